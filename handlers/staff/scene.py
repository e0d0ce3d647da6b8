"""A colleague at a ticket: what everything they do there starts from, and what each of it leaves behind."""

from dataclasses import dataclass
from datetime import datetime

from crm_store.tickets import StaffView, TicketView
from handlers.actions import Action, Audit, ShowCard, TellThread, Timeline, Whisper
from handlers.desk import Policy
from handlers.events import Colleague
from handlers.message import Message


@dataclass(frozen=True, slots=True)
class Scene:
    colleague: Colleague
    staff: StaffView
    #: where they are told what only they need to see
    place: str
    ticket: TicketView
    inbox_id: int
    now: datetime
    policy: Policy

    def whisper(self, words: str) -> list[Action]:
        """Tells the colleague alone."""
        return [Whisper(self.colleague, self.place, Message(text=words))]

    def done(self, what: str, told: str, detail: str = "") -> list[Action]:
        """What was done to the ticket, in its history, on its card and in its thread."""
        return [*self.kept(what, detail), ShowCard(self.ticket.id), self.tell(told)]

    def kept(self, what: str, detail: str = "") -> list[Action]:
        """What was done to the ticket, in its history and the audit log; nothing of what only sealed columns hold."""
        return [
            Timeline(self.ticket.id, self.staff.name, what, detail or None),
            Audit(self.staff.name, what, f"ticket:{self.ticket.id}", detail),
        ]

    def tell(self, words: str, ticket_id: int | None = None) -> TellThread:
        """A line in the ticket's thread, or another one's."""
        return TellThread(self.ticket.id if ticket_id is None else ticket_id, Message(context=words))
