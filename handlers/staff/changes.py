"""Everything staff can want of a ticket beside answering it: however they say so, it becomes one of these."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Assign:
    """To a colleague: by the key of their account, by name or by user id; None: to nobody."""

    who: int | str | None


@dataclass(frozen=True, slots=True)
class Prioritise:
    priority: str


@dataclass(frozen=True, slots=True)
class Retag:
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetKind:
    kind: str


@dataclass(frozen=True, slots=True)
class Reread:
    """The message it was opened for means something else than it was read as."""

    intent: str


@dataclass(frozen=True, slots=True)
class Snooze:
    """None: until the customer's answer."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Wake:
    pass


@dataclass(frozen=True, slots=True)
class Merge:
    """`sure`: the colleague confirmed that the two are different customers'."""

    into: int
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Unmerge:
    pass


@dataclass(frozen=True, slots=True)
class Split:
    """A message and those after it become a ticket: by its key, or as the n-th of the customer's; neither: ask."""

    message_id: int | None = None
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    other: int


@dataclass(frozen=True, slots=True)
class Unlink:
    other: int


@dataclass(frozen=True, slots=True)
class Note:
    words: str


@dataclass(frozen=True, slots=True)
class MuteChat:
    """For one of the lengths that are offered, by its name."""

    length: str


@dataclass(frozen=True, slots=True)
class UnmuteChat:
    pass


@dataclass(frozen=True, slots=True)
class Export:
    form: Literal["text", "json"] = "text"


@dataclass(frozen=True, slots=True)
class Look:
    """At the ticket as it stands."""


Change = (
    Assign
    | Prioritise
    | Retag
    | SetKind
    | Reread
    | Snooze
    | Wake
    | Merge
    | Unmerge
    | Split
    | Link
    | Unlink
    | Note
    | MuteChat
    | UnmuteChat
    | Export
    | Look
)
