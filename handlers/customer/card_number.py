"""A customer sends a card number: it was masked before it was stored, and they are told not to send it, once."""

from dataclasses import dataclass
from datetime import timedelta

from crm_store.conversations import ConversationView
from handlers.actions import Action, Audit, Say
from handlers.desk import Desk
from handlers.events import Edited, Said
from handlers.message import Message
from handlers.texts import text

#: what the audit log calls it; for so long it is not said again
_HIDDEN = "card number hidden"
_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Facts:
    conversation: ConversationView
    inbox_id: int
    was_told: bool


def gather(event: Said | Edited, desk: Desk) -> Facts | None:
    if not event.hidden:
        return None
    conversation = desk.conversation(event.chat)
    was_told = bool(desk.done_to(f"conversation:{conversation.id}", _HIDDEN, _AGAIN))
    return Facts(conversation, desk.inbox_id, was_told)


def decide(facts: Facts | None) -> list[Action]:
    if facts is None or facts.was_told:
        return []
    chat = facts.conversation
    return [
        Audit("bot", _HIDDEN, f"conversation:{chat.id}", str(facts.inbox_id)),
        Say(chat, Message(text=text("card_number.hidden", chat.language))),
    ]
