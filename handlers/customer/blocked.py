"""A customer blocks the bot, or lets it in again: by saying so to the platform, or by writing."""

from dataclasses import dataclass

from crm_store.conversations import ConversationView
from crm_store.tickets import TicketView
from handlers.actions import Action, SetBlocked, TellThread, Timeline
from handlers.customer.hearing import name_of
from handlers.desk import Desk
from handlers.events import Blocked, Edited, Pressed, Said
from handlers.message import Message
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Facts:
    blocked: bool
    conversation: ConversationView
    ticket: TicketView | None


def gather(event: Blocked, desk: Desk) -> Facts:
    return facts_of(desk.conversation(event.chat), event.blocked, desk)


def gather_heard(event: Said | Edited | Pressed, desk: Desk) -> Facts | None:
    """Whoever is heard after a block has let the bot in again, whether or not the platform told of it."""
    conversation = desk.conversation(event.chat)
    if conversation.blocked_at is None or event.at < conversation.blocked_at:
        return None
    return facts_of(conversation, False, desk)


def facts_of(conversation: ConversationView, blocked: bool, desk: Desk) -> Facts:
    """What there is to know once a chat proves to be blocked, or not to be."""
    return Facts(blocked, conversation, desk.latest_ticket(conversation))


def decide(facts: Facts | None) -> list[Action]:
    """Staff are told once, in the thread of the ticket that is open."""
    if facts is None or facts.blocked == (facts.conversation.blocked_at is not None):
        return []
    changed: list[Action] = [SetBlocked(facts.conversation.id, facts.blocked)]
    if facts.ticket is None or not facts.ticket.is_open:
        return changed
    what = "blocked" if facts.blocked else "unblocked"
    return [
        *changed,
        Timeline(facts.ticket.id, "customer", what),
        TellThread(facts.ticket.id, Message(context=text(f"thread.{what}", person=name_of(facts.conversation)))),
    ]
