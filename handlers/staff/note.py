"""Staff write in a ticket's thread: an internal note, unless it begins with the reply prefix."""

from dataclasses import dataclass
from datetime import datetime

from crm_store.tickets import StaffView, TicketView
from handlers.actions import Action, Record, Timeline, Whisper
from handlers.desk import Desk
from handlers.events import StaffSaid
from handlers.message import Message
from handlers.staff.reply import source_of, words_of
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffSaid
    ticket: TicketView | None
    staff: StaffView
    now: datetime
    prefix: str


def gather(event: StaffSaid, desk: Desk) -> Facts:
    ticket = desk.ticket_at(event.staff.channel, event.place, event.thread)
    return Facts(event, ticket, desk.colleague(event.staff), desk.now, desk.policy.reply_prefix)


def decide(facts: Facts) -> list[Action]:
    """A thread of ours that is no ticket's (a digest's, an alert's) is talk among staff: nothing is kept."""
    ticket, event = facts.ticket, facts.event
    if ticket is None or ticket.conversation_id is None:
        return []
    note = Record(
        ticket.conversation_id,
        "note",
        "staff",
        Message(text=event.text, files=event.files),
        facts.now,
        ticket_id=ticket.id,
        author_id=facts.staff.id,
        source=source_of(event.staff.channel, event.place, event.message_id),
    )
    kept: list[Action] = [note, Timeline(ticket.id, facts.staff.name, "noted")]
    if words_of(event.text, facts.prefix) is None:
        return kept
    # it was edited before it came
    return [*kept, Whisper(event.staff, event.place, Message(text=text("reply.note_stays", prefix=facts.prefix)))]
