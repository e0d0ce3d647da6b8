"""A customer edits a message: staff see what it said before and what it says now."""

from dataclasses import dataclass, field

from crm_store import conversations
from crm_store.conversations import ConversationView, MessageView
from handlers import message as messages
from handlers.actions import Action, ReplaceBody, SetSubject, ShowCard, TellThread, Timeline
from handlers.customer.hearing import name_of, subject_of
from handlers.desk import Desk
from handlers.events import Edited, Said
from handlers.message import Fact, Message
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Facts:
    event: Edited
    conversation: ConversationView
    #: the message as it was kept
    kept: MessageView
    #: whether it is the first message of its ticket, whose words the card shows
    opens: bool
    before: Message = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "before", messages.decode(self.kept.body))


def as_new(event: Edited, desk: Desk) -> Said | None:
    """The edit as a message of its own, when no ticket holds what was edited: then it is read afresh."""
    kept = _kept(event, desk)
    if kept is not None and kept.ticket_id is not None:
        return None
    if kept is not None and messages.decode(kept.body).text == event.text:
        return None
    return Said(event.chat, event.message_id, event.at, event.text)


def gather(event: Edited, desk: Desk) -> Facts | None:
    kept = _kept(event, desk)
    if kept is None:
        return None
    opening = conversations.opening_of(desk.connection, kept.ticket_id) if kept.ticket_id is not None else None
    return Facts(event, desk.conversation(event.chat), kept, opening == kept.id)


def decide(facts: Facts | None) -> list[Action]:
    if facts is None or facts.kept.ticket_id is None or facts.before.text == facts.event.text:
        return []
    now = Message(text=facts.event.text, context=facts.before.context, files=facts.before.files)
    told = Message(
        title=text("thread.edited", person=name_of(facts.conversation)),
        facts=(Fact(text("thread.before"), facts.before.text or "…"), Fact(text("thread.after"), facts.event.text)),
    )
    edited: list[Action] = [
        ReplaceBody(facts.kept.id, now),
        Timeline(facts.kept.ticket_id, "customer", "edited"),
        TellThread(facts.kept.ticket_id, told),
    ]
    if facts.opens:
        edited += [SetSubject(facts.kept.ticket_id, subject_of(now)), ShowCard(facts.kept.ticket_id)]
    return edited


def _kept(event: Edited, desk: Desk) -> MessageView | None:
    conversation = desk.conversation(event.chat)
    return conversations.message_from_customer(desk.connection, desk.cipher, conversation.id, event.message_id)
