"""The platform tells of a chat itself (a message was pinned): a line for staff while a ticket is open, no answer."""

from dataclasses import dataclass

from crm_store.tickets import TicketView
from handlers.actions import Action, TellThread
from handlers.desk import Desk
from handlers.events import Happened
from handlers.message import Message
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Facts:
    event: Happened
    ticket: TicketView | None


def gather(event: Happened, desk: Desk) -> Facts:
    return Facts(event, desk.latest_ticket(desk.conversation(event.chat)))


def decide(facts: Facts) -> list[Action]:
    if facts.ticket is None or not facts.ticket.is_open:
        return []
    return [TellThread(facts.ticket.id, Message(context=text("thread.happened", what=facts.event.what)))]
