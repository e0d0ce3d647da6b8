"""A customer blocks the bot, or lets it in again."""

from dataclasses import dataclass

from crm_store.conversations import ConversationView
from crm_store.tickets import TicketView
from handlers.actions import Action, SetBlocked, TellThread, Timeline
from handlers.customer.hearing import name_of
from handlers.desk import Desk
from handlers.events import Blocked
from handlers.message import Message
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Facts:
    event: Blocked
    conversation: ConversationView
    ticket: TicketView | None


def gather(event: Blocked, desk: Desk) -> Facts:
    conversation = desk.conversation(event.chat)
    return Facts(event, conversation, desk.latest_ticket(conversation))


def decide(facts: Facts) -> list[Action]:
    if facts.event.blocked == (facts.conversation.blocked_at is not None):
        return []
    changed: list[Action] = [SetBlocked(facts.conversation.id, facts.event.blocked)]
    if facts.ticket is None or not facts.ticket.is_open:
        return changed
    what = "blocked" if facts.event.blocked else "unblocked"
    return [
        *changed,
        Timeline(facts.ticket.id, "customer", what),
        TellThread(facts.ticket.id, Message(context=text(f"thread.{what}", person=name_of(facts.conversation)))),
    ]
