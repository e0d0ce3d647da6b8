"""In the middle of a flow a customer says something else that the desk can answer at once: it does, and asks its own
question again. That is no answer which was not understood."""

from collections.abc import Iterable

from crm_store import conversations
from handlers.actions import Action, Enter, Say
from handlers.customer import flow, greeting, knowledge, order_status, thanks
from handlers.desk import Desk
from handlers.events import Said
from handlers.message import Message, decode

#: a courtesy is no longer than this, in characters: a longer one says something else as well
_COURTESY = 30
_COURTESIES = {"thanks": (thanks.gather, thanks.decide), "greeting": (greeting.gather, greeting.decide)}
_QUESTION_MARKS = ("?", "？")
#: the question stands among so many messages
_LAST = 20


def told(answer: flow.Answer, desk: Desk) -> list[Action]:
    """What the desk answers to a message that may have nothing to do with the flow, and its question once more; nothing
    where it has no answer."""
    said = answer.event
    if not isinstance(said, Said) or said.files or said.extras or not said.text.strip():
        return []
    answered = _answered(said, desk)
    again = _question(answer, desk) if answered else None
    if again is None:
        return []
    conversation = desk.conversation(said.chat)
    return [*answered, Enter(conversation.id, answer.flow), Say(conversation, again)]


def _answered(said: Said, desk: Desk) -> list[Action]:
    reading = desk.reading(said.text)
    if reading.is_abuse or set(reading.intents) - {reading.intent}:
        return []
    if reading.route in _COURTESIES and len(said.text.strip()) <= _COURTESY:
        gather, decide = _COURTESIES[reading.route]
        return decide(gather(said, desk))
    if reading.route == "order_status":
        shown = order_status.gather_shown(said, desk)
        is_news = shown is not None and not order_status.was_just_shown(said, desk)
        return order_status.decide(shown) if shown is not None and is_news else []
    return knowledge.decide(knowledge.gather(said, desk)) if knowledge.answers(said, desk) else []


def _question(answer: flow.Answer, desk: Desk) -> Message | None:
    """The flow's last question, as it was asked: with its buttons, or its keys."""
    key = desk.conversation(answer.event.chat).id
    last = reversed(conversations.messages_of(desk.connection, desk.cipher, key, limit=_LAST))
    bodies = (decode(one.body) for one in last if one.author_kind == "bot")
    return next((body for body in bodies if body.keys or any(b.action == flow.ACTION for b in body.buttons)), None)


def is_beside(answer: flow.Answer, decided: Iterable[Action]) -> bool:
    """Whether a flow made nothing of a message, by what it decided about it as a first answer to its question.

    Where it takes any words as the customer's own reason, a question is none.
    """
    entered = next((one.flow for one in decided if isinstance(one, Enter)), None)
    if entered is None or entered.misunderstood:
        return entered is not None
    is_own_reason = answer.flow.step == "reason" and entered.answers.get("reason") == "other"
    return is_own_reason and (answer.words.endswith(_QUESTION_MARKS) or len(answer.words) <= _COURTESY)
