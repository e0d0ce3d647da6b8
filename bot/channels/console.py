"""The console: a channel that never leaves the process, played on both sides on the console page."""

import asyncio
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.channels import Call, FileUnavailable, Receive, Sent
from bot.web import changes
from crm_store import files, outbox
from crm_store.store import Store
from handlers.events import (
    Arrival,
    Chat,
    Colleague,
    Edited,
    Event,
    FileKind,
    FileRef,
    Pressed,
    Said,
    SharedContact,
    StaffCommanded,
    StaffDeleted,
    StaffEdited,
    StaffOpened,
    StaffPressed,
    StaffSaid,
    StaffSubmitted,
)
from handlers.message import Message

NAME = "console"
#: what stands where other channels name a bot
ACCOUNT = "console"
#: the place where commands are typed, and answered
COMMANDS = "commands"
#: the place of what somebody does on their own page
HOME = "home"
#: the largest file somebody may attach, in bytes
LARGEST_FILE = 20_000_000
#: uploads remembered until their message is sent
_UPLOADS = 1_000
_KINDS: dict[str, FileKind] = {"image": "photo", "audio": "audio", "video": "video"}
#: pictures a browser shows as such; other images (SVG above all) are documents
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class Whisper:
    """What one colleague was told."""

    number: int
    user: str
    message: Message
    place: str = ""


class ConsoleChannel:
    """The channel port, and what the page calls when somebody types or presses."""

    name = NAME

    def __init__(self, store: Store, *, receive: Receive, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._store = store
        self._receive = receive
        self._now = now
        self._whispers: deque[Whisper] = deque(maxlen=50)
        self._uploads: OrderedDict[str, FileRef] = OrderedDict()

    # --- the way out ----------------------------------------------------------------------------------------------

    def split(self, message: Message) -> list[Message]:
        """A page takes any length."""
        return [message]

    async def perform(self, call: Call) -> Sent:
        """The outbox row is the post: nothing is left to do but to tell the pages."""
        if call.op == "whisper":
            # the time: a number pages compare with the moment they were opened
            self._whispers.append(Whisper(time.monotonic_ns(), call.target or "", call.message, call.place))
        changes.bump()
        return Sent(self._platform_id(call), call.place)

    async def find(self, call: Call) -> Sent | None:
        """Whether the store knows the post; a call that died with its process left nothing behind."""
        return await asyncio.to_thread(self._find, call)

    def _find(self, call: Call) -> Sent | None:
        with self._store.read() as connection:
            post = outbox.post_at(connection, NAME, call.place, self._platform_id(call))
        return None if post is None or call.op in ("edit", "delete") else Sent(post.platform_id, post.place)

    @staticmethod
    def _platform_id(call: Call) -> str:
        if call.op in ("edit", "delete") and call.target is not None:
            return call.target
        return str(call.outbox_id)

    async def fetch(self, file: FileRef) -> bytes:
        """A file that was attached on the page. Raises `FileUnavailable`."""
        return await asyncio.to_thread(self._fetch, file)

    def _fetch(self, file: FileRef) -> bytes:
        with self._store.read() as connection:
            known = files.find(connection, self._store.cipher, f"{NAME}/{file.id}")
            if known is None:
                raise FileUnavailable(file, "it is not in the store")
            return files.read(connection, self._store.cipher, known.id)

    def whispers(self, user: str, after: int) -> list[Whisper]:
        """What a colleague was told since a moment (`time.monotonic_ns`)."""
        return [whisper for whisper in self._whispers if whisper.user == user and whisper.number > after]

    async def start(self) -> None:
        """Nothing to begin: the page is the way in."""

    async def stop(self) -> None:
        """Nothing to end."""

    # --- the way in: a customer -----------------------------------------------------------------------------------

    async def keep_file(self, name: str, mime: str, data: bytes) -> FileRef:
        """Stores an attachment. Raises `StoreUnavailable`."""
        file_id = secrets.token_hex(16)
        await asyncio.to_thread(self._keep_file, file_id, name, mime, data)
        kind = _KINDS.get(mime.partition("/")[0], "document")
        if kind == "photo" and mime not in PICTURES:
            kind = "document"
        file = FileRef(NAME, file_id, name, mime, len(data), kind)
        self._uploads[file_id] = file
        if len(self._uploads) > _UPLOADS:
            self._uploads.popitem(last=False)
        return file

    def uploaded(self, file_id: str) -> FileRef | None:
        """A file that was attached lately."""
        return self._uploads.get(file_id)

    def _keep_file(self, file_id: str, name: str, mime: str, data: bytes) -> None:
        with self._store.begin() as connection:
            files.keep(connection, self._store.cipher, f"{NAME}/{file_id}", name, mime, data, self._now())

    async def say(self, chat: Chat, text: str, attached: tuple[FileRef, ...] = ()) -> str:
        """A customer writes. Returns the message's id. Raises `StoreUnavailable`, as all of these do."""
        message_id = _new_id()
        await self._take(chat.chat, Said(chat, message_id, self._now(), text, attached))
        return message_id

    async def share_phone(self, chat: Chat, phone: str) -> None:
        """A customer shares their own telephone number."""
        contact = SharedContact(chat.name, phone, chat.user)
        await self._take(chat.chat, Said(chat, _new_id(), self._now(), extras=(contact,)))

    async def edit(self, chat: Chat, message_id: str, text: str) -> None:
        await self._take(chat.chat, Edited(chat, message_id, self._now(), text))

    async def press(self, chat: Chat, message_id: str, action: str, ref: str) -> None:
        await self._take(chat.chat, Pressed(chat, message_id, self._now(), action, ref))

    # --- the way in: staff ----------------------------------------------------------------------------------------

    async def staff_say(
        self, staff: Colleague, place: str, thread: str, text: str, attached: tuple[FileRef, ...] = ()
    ) -> str:
        """A colleague writes in a thread. Returns the message's id."""
        message_id = _new_id()
        await self._take(thread, StaffSaid(staff, place, thread, message_id, self._now(), text, attached))
        return message_id

    async def staff_edit(self, staff: Colleague, place: str, thread: str, message_id: str, text: str) -> None:
        await self._take(thread, StaffEdited(staff, place, thread, message_id, self._now(), text))

    async def staff_delete(self, staff: Colleague, place: str, thread: str, message_id: str) -> None:
        await self._take(thread, StaffDeleted(staff, place, message_id, self._now(), thread))

    async def staff_press(
        self, staff: Colleague, place: str, message_id: str, action: str, ref: str, thread: str | None = None
    ) -> None:
        """A colleague presses a button of a post, in whose thread the press waits its turn."""
        await self._take(thread or message_id, StaffPressed(staff, place, message_id, self._now(), action, ref))

    async def staff_submit(
        self, staff: Colleague, thread: str, form: str, ref: str, values: dict[str, str], place: str = ""
    ) -> None:
        await self._take(thread, self.submitted(staff, form, ref, values, place))

    def submitted(self, staff: Colleague, form: str, ref: str, values: dict[str, str], place: str) -> StaffSubmitted:
        """A form as a colleague filled it in."""
        return StaffSubmitted(staff, self._now(), form, ref, values, place)

    async def staff_came_home(self, staff: Colleague) -> None:
        """A colleague turns to their own page, which the console reads from the store."""
        await self._take(f"opened:{staff.user}", StaffOpened(staff, self._now(), "home", ""))

    def commanded(self, staff: Colleague, typed: str) -> StaffCommanded:
        """What a colleague typed as a command."""
        command, _, text = typed.strip().partition(" ")
        return StaffCommanded(staff, COMMANDS, self._now(), "/" + command.lstrip("/").lower(), text.strip())

    async def staff_command(self, command: StaffCommanded) -> None:
        """A colleague gives a command; the answer is a whisper at `COMMANDS`."""
        await self._take(f"command:{command.staff.user}", command)

    async def _take(self, lane: str, event: Event) -> None:
        await self._receive([Arrival(NAME, _new_id(), f"{NAME}:{lane}", event)])
        changes.bump()


def _new_id() -> str:
    return secrets.token_hex(16)
