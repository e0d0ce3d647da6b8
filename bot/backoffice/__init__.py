"""The back office port: what the shop does for the desk, each errand once, whatever becomes of a connection."""

from dataclasses import dataclass
from typing import Protocol

from bot.channels import OutcomeUnknown, Refused, TryLater
from handlers.errands import Errand

__all__ = ["Backoffice", "Document", "Done", "OutcomeUnknown", "Refused", "TryLater"]


@dataclass(frozen=True, slots=True)
class Document:
    """A file that an errand brings back."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """The shop did it."""

    #: the shop's own id of what it did; at most 200 characters
    receipt: str = ""
    documents: tuple[Document, ...] = ()


class Backoffice(Protocol):
    """The shop's own systems.

    An errand's key makes it the same errand however often it is asked for: what was done or refused under a key is not
    done again, and answered as it was the first time.
    """

    async def carry_out(self, errand: Errand, key: str) -> Done:
        """Has an errand done.

        Raises `TryLater` when nothing happened and it may be asked for again, `Refused` with the shop's words when the
        shop will not do it, `OutcomeUnknown` when it may or may not have been done.
        """
        ...

    async def look_up(self, key: str) -> Done | None:
        """What came of an errand; None when the shop was never asked for it.

        Raises `Refused` when the shop refused it, `TryLater` when it cannot tell at the moment, `OutcomeUnknown` when
        it never will.
        """
        ...

    async def start(self) -> None:
        """Gets ready."""
        ...

    async def stop(self) -> None:
        """Ends what is under way."""
        ...
