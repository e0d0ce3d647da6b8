"""Reviews are read: what they say is kept, a bad one becomes a ticket joined to its order, a good one gets thanks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import conversations, reviews, tickets
from crm_store.conversations import ConversationView
from crm_store.reviews import RequestView, ReviewView
from crm_store.tickets import TicketView
from handlers.actions import Action, ReviewRead, Say, TellThread
from handlers.customer import review as asked
from handlers.customer.hearing import in_a_line
from handlers.customer.ticket import Opening, begun, handed, new_ticket, opening
from handlers.desk import Desk
from handlers.events import Slot
from handlers.message import Fact, Message
from handlers.texts import text
from jobs.surveys import may_ask
from nlp.meaning import Reading

#: reviews read in one turn
_TOGETHER = 100
#: an older one is history that was imported: it is read, and nobody is troubled with it
_FRESH = timedelta(days=7)
#: stars of a bad and of a good review, and the sentiment that makes three stars a bad one
_BAD, _GOOD, _ANGRY = 2, 4, -0.3
#: who has just given stars is still writing the words
_STILL_WRITING = timedelta(minutes=10)
#: customers asked for a review in one turn
_ASKED = 25
#: an order delivered longer ago than this after the time to ask is not asked about any more
_ASK_UNTIL = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Read:
    """A review and what it means."""

    review: ReviewView
    #: None where it has no words
    reading: Reading | None
    conversation: ConversationView | None
    #: the conversation's ticket that is open
    open: TicketView | None
    #: what a ticket of it begins with; None when none is opened
    opening: Opening | None
    #: whether the customer may be written to about it
    may_say: bool

    @property
    def sentiment(self) -> float:
        """-1 to 1: of the words, else of the stars."""
        return (self.review.rating - 3) / 2 if self.reading is None else self.reading.sentiment


@dataclass(frozen=True, slots=True)
class Facts:
    read: tuple[Read, ...]
    now: datetime


def gather(slot: Slot, desk: Desk) -> Facts:
    found = [
        one
        for one in reviews.unread(desk.connection, desk.cipher, desk.now, _TOGETHER)
        if one.text or not asked.is_ours(one.external_id) or one.created_at < desk.now - _STILL_WRITING
    ]
    readings = iter(desk.reader.read_all([one.text for one in found if one.text]))
    taken: set[int] = set()
    return Facts(tuple(_read(one, next(readings) if one.text else None, taken, desk) for one in found), desk.now)


def is_wanted(desk: Desk) -> bool:
    """Whether there is a review nobody has read."""
    return bool(reviews.unread(desk.connection, desk.cipher, desk.now, 1))


def _read(review: ReviewView, reading: Reading | None, taken: set[int], desk: Desk) -> Read:
    fresh = review.created_at > desk.now - _FRESH
    if not fresh or review.conversation_id is None:
        opens = fresh and _is_bad(review, reading) and review.ticket_id is None
        # nobody can answer it: nobody's turn is spent on it
        begins = opening("review", None, None, desk, in_turn=False) if opens else None
        return Read(review, reading, None, None, begins, may_say=False)
    conversation = conversations.look_at(desk.connection, desk.cipher, review.conversation_id)
    latest = tickets.latest_of(desk.connection, desk.cipher, review.conversation_id)
    goes_on = latest if latest is not None and latest.is_open else None
    opens = _is_bad(review, reading) and review.ticket_id is None and goes_on is None
    if review.conversation_id in taken:
        opens = False  # another of their reviews opens one in this very turn
    # one has their turn; the others of this moment are handed out like all that are nobody's (`jobs.assignment`)
    begins = opening("review", conversation, latest, desk, in_turn=not taken) if opens else None
    if opens:
        taken.add(review.conversation_id)
    may_say = conversation is not None and may_ask(conversation, desk)
    return Read(review, reading, conversation, goes_on, begins, may_say)


def _is_bad(review: ReviewView, reading: Reading | None) -> bool:
    angry = reading is not None and reading.sentiment < _ANGRY
    return review.rating <= _BAD or (review.rating < _GOOD and angry)


def decide(facts: Facts) -> list[Action]:
    return [action for one in facts.read for action in _about(one, facts.now)]


def _about(one: Read, now: datetime) -> list[Action]:
    sides = one.reading.aspects if one.reading is not None else ()
    aspects: dict[str, float] = {each.aspect: each.sentiment for each in sides}
    known = ReviewRead(one.review.id, one.sentiment, aspects, None if one.opening is None else one.opening.number)
    if one.opening is not None:
        return [*_open(one, one.opening, now), known]
    if not _is_bad(one.review, one.reading):
        return [known, *_thank(one, now)]
    ticket = one.review.ticket_id or (one.open.id if one.open is not None else None)
    return [known] if ticket is None else [known, TellThread(ticket, _shown(one))]


def _open(one: Read, begins: Opening, now: datetime) -> list[Action]:
    review = one.review
    subject = in_a_line(Message(text=review.text)) or text("review.stars", stars="★" * review.rating)
    opened = new_ticket(
        begins,
        subject,
        now,
        one.reading,
        priority="high" if review.rating == 1 else "normal",
        customer_id=review.customer_id,
        order_id=review.order_id,
    )
    number = begins.number
    actions = [*begun(begins, opened, detail="review"), TellThread(number, _shown(one)), *handed(begins)]
    if one.conversation is not None and one.may_say:
        sorry = text("review.sorry", one.conversation.language, ticket=number)
        actions.append(Say(one.conversation, Message(text=sorry), ticket_id=number))
    return actions


def _thank(one: Read, now: datetime) -> list[Action]:
    """Who wrote it in a chat was thanked there."""
    review = one.review
    fresh = review.created_at > now - _FRESH
    if not fresh or review.rating < _GOOD or asked.is_ours(review.external_id):
        return []
    if one.conversation is None or not one.may_say:
        return []
    return [Say(one.conversation, Message(text=text("review.thanks", one.conversation.language)))]


def _shown(one: Read) -> Message:
    """The review among staff."""
    review = one.review
    lines = [
        ("review.fact.stars", "★" * review.rating + "☆" * (5 - review.rating)),
        ("review.fact.order", review.order),
        ("review.fact.product", review.product),
        ("review.fact.aspects", _sides(one.reading)),
    ]
    facts = tuple(Fact(text(label), value) for label, value in lines if value)
    return Message(title=text("review.title"), quote=review.text, facts=facts)


def _sides(reading: Reading | None) -> str:
    if reading is None:
        return ""
    return ", ".join(f"{one.aspect} {'+' if one.sentiment > 0 else '−'}" for one in reading.aspects)


# --- asking -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskFacts:
    #: the orders to ask about, their chats, and what was bought
    due: tuple[tuple[RequestView, ConversationView, str], ...]


def gather_due(slot: Slot, desk: Desk) -> AskFacts:
    wait, pace = desk.policy.review_after, desk.policy.review_every
    until = desk.now - wait
    found = reviews.to_ask(desk.connection, until - _ASK_UNTIL, until, desk.now - pace, _ASKED)
    chats = ((one, conversations.look_at(desk.connection, desk.cipher, one.conversation_id)) for one in found)
    asked_now = ((one, chat) for one, chat in chats if chat is not None and may_ask(chat, desk))
    return AskFacts(tuple((one, chat, _bought(one, desk)) for one, chat in asked_now))


def _bought(request: RequestView, desk: Desk) -> str:
    order = desk.order(request.order)
    return ", ".join(item.name or item.sku for item in order.items) if order is not None else ""


def decide_due(facts: AskFacts) -> list[Action]:
    return [action for one, chat, bought in facts.due for action in asked.ask(chat, one, bought)]
