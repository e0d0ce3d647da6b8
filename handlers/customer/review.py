"""A customer is asked for a review of a delivered order: stars by a button, then a few words, or never again."""

from dataclasses import dataclass
from datetime import datetime

from crm_store import reviews
from crm_store.conversations import ConversationView
from crm_store.flows import FlowView
from crm_store.reviews import NewReview, RequestView
from handlers.actions import Action, Consented, Enter, KeepReview, Leave, ReviewAsked, Revise, Say
from handlers.customer import flow
from handlers.customer.hearing import record
from handlers.desk import Desk
from handlers.events import Pressed, Said, key_in
from handlers.message import Button, Message
from handlers.texts import text

#: the flow, and the action of the buttons
FLOW = "review"
#: the consent that is taken back by "do not ask me again" and by /stop
CONSENT = "surveys"
_NEVER = "never"
#: how the shop's own id of a review begins that was written in a chat
_OURS = "chat-"


def is_ours(external_id: str) -> bool:
    """Whether a review was written in a chat of ours."""
    return external_id.startswith(_OURS)


def about(order_id: int) -> str:
    """What the question is called in the outbox."""
    return f"review:{order_id}"


def ask(conversation: ConversationView, request: RequestView, product: str) -> list[Action]:
    """The question, with a button for each number of stars."""
    language = conversation.language
    stars = [Button("★" * count, FLOW, f"{request.order_id}:{count}") for count in (5, 4, 3, 2, 1)]
    never = Button(text("review.never", language), FLOW, f"{request.order_id}:{_NEVER}")
    words = text("review.ask", language, number=request.order, product=product)
    message = Message(text=words, buttons=(*stars, never))
    return [ReviewAsked(request), Say(conversation, message, about=about(request.order_id))]


# --- the stars ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    conversation: ConversationView
    #: what this chat was asked; None for a button of another chat's, or none of ours
    request: RequestView | None
    choice: str
    channel: str
    now: datetime


def gather(event: Pressed, desk: Desk) -> Facts:
    conversation = desk.conversation(event.chat)
    order, _, choice = event.ref.partition(":")
    key = key_in(order)
    request = None if key is None else reviews.request_for(desk.connection, key)
    mine = request if request is not None and request.conversation_id == conversation.id else None
    return Facts(conversation, mine, choice, event.chat.channel, desk.now)


def decide(facts: Facts) -> list[Action]:
    request, conversation = facts.request, facts.conversation
    language = conversation.language
    if request is None or (facts.choice != _NEVER and facts.choice not in "12345"):
        return [Say(conversation, Message(text=text("button.expired", language)))]
    if facts.choice == _NEVER:
        never = Message(text=text("review.never_again", language))
        consented = Consented(conversation.customer_id, CONSENT, False, facts.channel)
        return [consented, Revise(about(request.order_id), never)]
    stars = int(facts.choice)
    given = Message(text=text("review.given", language, stars="★" * stars, number=request.order))
    at = FlowView(FLOW, "words", {"order": str(request.order_id), "stars": str(stars)})
    no = flow.button(at, text("review.no_words", language), flow.NEVER_MIND)
    return [
        KeepReview(request.order_id, _review(request, stars, "", facts.now)),
        Revise(about(request.order_id), given),
        Enter(conversation.id, at),
        Say(conversation, Message(text=text("review.words", language), buttons=(no,))),
    ]


def _review(request: RequestView, stars: int, words: str, now: datetime) -> NewReview:
    return NewReview(
        f"{_OURS}{request.order}"[:100], request.customer_id, stars, now, order_id=request.order_id, text=words or None
    )


# --- the words ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WordsFacts:
    answer: flow.Answer
    conversation: ConversationView
    request: RequestView | None
    now: datetime


def gather_words(answer: flow.Answer, desk: Desk) -> WordsFacts:
    key = key_in(answer.flow.answers["order"])
    request = None if key is None else reviews.request_for(desk.connection, key)
    return WordsFacts(answer, desk.conversation(answer.event.chat), request, desk.now)


def decide_words(facts: WordsFacts) -> list[Action]:
    """What is done about a bad one comes with its reading (`jobs.reviews`)."""
    answer, conversation = facts.answer, facts.conversation
    if facts.request is None or not isinstance(answer.event, Said):
        return [Leave(conversation.id)]
    stars = int(answer.flow.answers["stars"])
    return [
        record(answer.event, conversation, None),
        KeepReview(facts.request.order_id, _review(facts.request, stars, answer.words, facts.now)),
        Leave(conversation.id),
        Say(conversation, Message(text=text("review.thanks", conversation.language))),
    ]
