"""The channel port: a platform's way in and out, and the errors its calls may end with."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from handlers.errands import Errand
from handlers.events import Arrival, Colleague, FileRef, FromStaff, StaffCommanded, StaffPressed, StaffSubmitted
from handlers.forms import Form
from handlers.message import Message

Op = Literal["post", "edit", "delete", "file", "whisper", "home", "errand"]

#: stores arrivals; once it has returned they may be acknowledged
Receive = Callable[[Sequence[Arrival]], Awaitable[None]]
#: the form that a button, a shortcut or a command opens, or None when it opens none
FormFor = Callable[[StaffPressed | StaffCommanded], Awaitable[Form | None]]
#: the form a staff button opens (action, ref, who pressed it), or None when the button opens none
FormOf = Callable[[str, str, Colleague], Awaitable[Form | None]]
#: what keeps a filled-in form from being taken: a sentence by the name of its field; nothing: it is taken
WrongIn = Callable[[StaffSubmitted], Awaitable[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a platform, ready to be made."""

    outbox_id: int
    op: Op
    account: str
    place: str
    message: Message
    #: platform id of the post in whose thread it belongs
    thread: str | None = None
    #: platform id of the post to edit or delete, or the user a whisper is for, or whose page a home is
    target: str | None = None
    #: the message's files, in their order, fetched
    files: tuple[bytes, ...] = ()
    #: when an earlier attempt of the same call began, and what the platform said then
    tried_at: datetime | None = None
    trace: str | None = None
    #: of a whisper: what its reader did, which may say where else an answer is taken
    asked_by: FromStaff | None = None
    #: what the back office is to do, and what makes a repeated errand the same
    errand: Errand | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """Where the post stands now."""

    platform_id: str
    place: str
    #: of an album: its parts after the first
    more: tuple[str, ...] = ()
    #: what an errand brought back, with its bytes
    files: tuple[tuple[FileRef, bytes], ...] = ()


class TryLater(Exception):
    """The call did not happen and may be repeated, after some seconds (None: the usual back-off)."""

    def __init__(
        self, reason: str, after: float | None = None, *, whole_account: bool = False, to_mend: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        #: whether it stays so until a person mends it
        self.to_mend = to_mend
        #: whether the platform wants everything of this account to wait, not this place alone
        self.whole_account = whole_account


class Refused(Exception):
    """The platform will never take this call. The reason is kept and logged as it reads: it names no file or person."""

    def __init__(self, reason: str, *, blocked: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        #: the customer blocked the bot
        self.blocked = blocked


class OutcomeUnknown(Exception):
    """The connection ended before the answer: the platform may have carried the call out."""

    def __init__(self, reason: str, trace: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.trace = trace


class FileUnavailable(Exception):
    """A file cannot be fetched, now or ever; said so that a person understands."""

    def __init__(self, file: FileRef, reason: str) -> None:
        super().__init__(f"{file.name}: {reason}")
        self.file = file
        self.reason = reason


class Channel(Protocol):
    """A platform."""

    @property
    def name(self) -> str:
        """telegram, slack, console."""
        ...

    def split(self, message: Message) -> list[Message]:
        """The message in parts that each fit one post of this platform; nothing is cut off."""
        ...

    async def perform(self, call: Call) -> Sent:
        """Makes the call. Raises `TryLater`, `Refused` or `OutcomeUnknown`."""
        ...

    async def find(self, call: Call) -> Sent | None:
        """Where an earlier attempt of the same call stands, None when it never arrived.

        Raises `OutcomeUnknown` when the platform cannot tell, `TryLater` when it can, but not now.
        """
        ...

    async def fetch(self, file: FileRef) -> bytes:
        """A file of this platform. Raises `FileUnavailable`, `TryLater`."""
        ...

    async def start(self) -> None:
        """Begins to receive."""
        ...

    async def stop(self) -> None:
        """Stops receiving; what was stored stays, what was not acknowledged comes again."""
        ...
