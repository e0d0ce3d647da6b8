"""Whatever nothing else answers becomes a ticket; while one is open, the customer's messages go into its thread."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import conversations, stats, tags, targets
from crm_store.conversations import ConversationView, MessageView
from crm_store.tickets import NewTicket, StaffView, TicketView
from handlers import message as messages
from handlers.actions import (
    Action,
    AddTag,
    CustomerWaits,
    GiveTicket,
    OpenTicket,
    PromiseAnswer,
    ReopenTicket,
    Say,
    ShowCard,
    TellThread,
    Timeline,
    Wake,
)
from handlers.customer import promise
from handlers.customer.hearing import (
    answered_by_bot,
    body_of,
    in_a_line,
    name_of,
    put_in_thread,
    records,
    subject_of,
)
from handlers.customer.promise import Expected
from handlers.desk import Desk, Policy
from handlers.events import Said
from handlers.message import Fact, Message
from handlers.priority import of_complaint
from handlers.staffing import account_of
from handlers.texts import text
from nlp.meaning import Reading

#: the kind of a ticket whose writer complains
COMPLAINT = "complaint"
#: intents that say what a message is about; a ticket of another one is a plain question
_NO_KIND = {"greeting", "thanks", "other", "human"}
#: how much of what was said before a ticket stands in its thread, and how old it may be
_LINES_BEFORE = 3
_BEFORE = timedelta(days=1)
_PRIORITY = {"low": "low", "normal": "normal", "high": "high"}


@dataclass(frozen=True, slots=True)
class Facts:
    said: Said
    conversation: ConversationView
    #: what a new ticket's message means; None when one goes on
    reading: Reading | None
    #: the conversation's newest open ticket, else the newest of all
    ticket: TicketView | None
    #: what a new ticket begins with; None when one goes on
    opening: "Opening | None"
    #: whether the message is abusive and its ticket does not say so yet
    is_abuse: bool
    #: what was said just before a new ticket, oldest first
    before: tuple[MessageView, ...]
    inbox_id: int
    now: datetime
    policy: Policy
    #: of a new ticket
    order_id: int | None = None
    priority: str = "normal"
    #: what the customer can be told about the time of an answer, when one is due now
    expected: Expected | None = None

    @property
    def number(self) -> int | None:
        """The number a new ticket would have; None when one goes on."""
        return None if self.opening is None else self.opening.number

    @property
    def complains(self) -> bool:
        """Whether a new ticket is a complaint."""
        return self.opening is not None and self.opening.kind == COMPLAINT


# --- how every ticket begins --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new ticket begins with, whatever leads to it."""

    number: int
    kind: str
    #: who answers it
    team: str | None
    #: whose turn it is to be given it
    turn: StaffView | None
    #: the conversation's ticket before it
    follows: TicketView | None
    conversation: ConversationView | None


def opening(
    kind: str,
    conversation: ConversationView | None,
    follows: TicketView | None,
    desk: Desk,
    *,
    in_turn: bool = True,
    of: object = None,
) -> Opening:
    """`in_turn`: whether the ticket is given to whoever's turn it is; `of`: the message that opens it."""
    found = desk.policy.staffing.team_for(kind, conversation.language if conversation is not None else None)
    team = found.name if found else None
    turn = desk.whose_turn(team) if in_turn else None
    return Opening(desk.new_ticket_number(of), kind, team, turn, follows, conversation)


def new_ticket(
    begins: Opening,
    subject: str,
    opened_at: datetime,
    reading: Reading | None = None,
    *,
    priority: str = "normal",
    customer_id: int | None = None,
    order_id: int | None = None,
    message_id: int | None = None,
) -> NewTicket:
    """A new ticket as it is kept. `reading`: what its first message means; `message_id`: that message, where it was
    kept before. `customer_id`: whose it is, where there is no chat."""
    chat = begins.conversation
    return NewTicket(
        begins.number,
        None if chat is None else chat.id,
        customer_id if chat is None else chat.customer_id,
        begins.kind,
        priority,
        subject,
        opened_at,
        order_id=order_id,
        follows_id=None if begins.follows is None else begins.follows.id,
        message_id=message_id,
        intent=None if reading is None else reading.intent,
        confidence=None if reading is None else reading.confidence,
        team=begins.team,
    )


def begun(
    begins: Opening, new: NewTicket, by: str = "customer", what: str = "opened", detail: str | None = None
) -> list[Action]:
    """The ticket is opened, given to whoever's turn it is, and its card is shown. `by`, `what`, `detail`: the first
    line of its history."""
    return [
        OpenTicket(new),
        Timeline(new.id, by, what, detail),
        *([GiveTicket(new.id, begins.turn)] if begins.turn else []),
        ShowCard(new.id),
    ]


def handed(begins: Opening) -> list[Action]:
    """Below what stands in its thread, whoever was given the new ticket is told."""
    return given(begins.number, begins.turn) if begins.turn else []


# --- a message ----------------------------------------------------------------------------------------------------


def goes_on(said: Said, desk: Desk) -> bool:
    """Whether the message belongs to a ticket there is: one is open, or the newest was resolved lately."""
    return continues(desk.latest_ticket(desk.conversation(said.chat)), desk)


def is_open(said: Said, desk: Desk) -> bool:
    """Whether a ticket of the conversation is open."""
    latest = desk.latest_ticket(desk.conversation(said.chat))
    return latest is not None and latest.is_open


def gather(said: Said, desk: Desk, about: str | None = None, order_id: int | None = None) -> Facts:
    """`about`: a new ticket's kind, where what went before tells it better than the message; a complaint stays one.

    `order_id`: the order it is about.
    """
    conversation = desk.conversation(said.chat)
    ticket = desk.latest_ticket(conversation)
    if continues(ticket, desk):
        awaited = None
        if ticket is not None and not ticket.is_open:
            clocked = targets.clocked(desk.connection, ticket.id)
            awaited = promise.expected(ticket.priority, clocked.team if clocked else None, desk, ticket.id)
        is_abuse = _is_abuse(said, ticket, desk)
        return Facts(
            said, conversation, None, ticket, None, is_abuse, (), desk.inbox_id, desk.now, desk.policy, expected=awaited
        )  # fmt: skip
    reading = desk.reading(said.text)
    kind = kind_of(reading)
    if about is not None and kind != COMPLAINT:
        kind = about
    begins, priority = opening(kind, conversation, ticket, desk, of=said), _priority(reading, conversation, desk)
    return Facts(
        said, conversation, reading, ticket, begins, _is_abuse(said, None, desk), _said_before(conversation, desk),
        desk.inbox_id, desk.now, desk.policy,
        order_id, priority, promise.expected(priority, begins.team, desk),
    )  # fmt: skip


def _priority(reading: Reading, conversation: ConversationView, desk: Desk) -> str:
    if kind_of(reading) != COMPLAINT:
        return _PRIORITY[reading.urgency]
    spent = stats.spend_of(desk.connection, conversation.customer_id)
    valued = spent >= desk.policy.staffing.valued_from
    return of_complaint(reading.urgency, reading.sentiment, is_valued=valued, is_abuse=reading.is_abuse)


def _is_abuse(said: Said, goes_on: TicketView | None, desk: Desk) -> bool:
    if not said.text.strip() or not desk.reading(said.text).is_abuse:
        return False
    return goes_on is None or tags.ABUSE not in tags.of(desk.connection, goes_on.id)


def _said_before(conversation: ConversationView, desk: Desk) -> tuple[MessageView, ...]:
    """The last few messages that stand in no ticket's thread."""
    last = conversations.messages_of(desk.connection, desk.cipher, conversation.id, limit=_LINES_BEFORE)
    lately = desk.now - _BEFORE
    return tuple(one for one in last if one.ticket_id is None and one.created_at > lately)


def decide(facts: Facts, told: str | None = None, opened: str = "ticket.opened") -> list[Action]:
    """`told`: what the customer of a new ticket is told in place of the usual sentence; staff see that they were.

    `opened`: the usual sentence's key.
    """
    ticket = facts.ticket
    if facts.opening is not None and facts.reading is not None:
        number = facts.opening.number
        return [*_open(facts, facts.opening, facts.reading), *_opening_answer(facts, number, told, opened)]
    if ticket is None:
        raise LookupError(facts.conversation.id)
    if ticket.is_open:
        return _go_on(facts, ticket)
    return _reopen(facts, ticket)


def kind_of(reading: Reading) -> str:
    """What a ticket is about whose first message was read so."""
    return "question" if reading.intent in _NO_KIND else reading.intent


def priority_of(reading: Reading) -> str:
    return _PRIORITY[reading.urgency]


def _open(facts: Facts, begins: Opening, reading: Reading) -> list[Action]:
    subject, number = subject_of(body_of(facts.said)), begins.number
    new = new_ticket(begins, subject, facts.now, reading, priority=facts.priority, order_id=facts.order_id)
    return [
        *begun(begins, new),
        *records(facts.said, facts.conversation, number),
        *_label(facts, number),
        *_before(facts, number),
        *_copy(facts, number),
        *handed(begins),
    ]


def given(ticket_id: int, staff: StaffView) -> list[Action]:
    """Whoever was given a ticket in turn is told."""
    told = Message(context=text("duty.given", staff=staff.name), calls=(account_of(staff),))
    return [Timeline(ticket_id, "bot", "assigned", staff.name), TellThread(ticket_id, told)]


def _label(facts: Facts, ticket_id: int) -> list[Action]:
    """Abuse is labelled, so that whoever opens the ticket knows; what was said stands as it was said."""
    if not facts.is_abuse:
        return []
    return [AddTag(ticket_id, tags.ABUSE), Timeline(ticket_id, "bot", "tagged", tags.ABUSE), ShowCard(ticket_id)]


def _before(facts: Facts, number: int) -> list[Action]:
    """What both sides said just before, so that staff do not ask or tell it again."""
    if not facts.before:
        return []
    who = {"in": name_of(facts.conversation), "out": text("thread.bot")}
    lines = tuple(Fact(who[one.direction], in_a_line(messages.decode(one.body))) for one in facts.before)
    return [TellThread(number, Message(title=text("thread.said_before"), facts=lines))]


def _opening_answer(facts: Facts, number: int, told: str | None, opened: str) -> list[Action]:
    if told is None:
        return _answer(facts, opened, number)
    awaited, promised = _awaited(facts, number)
    said = Message(text="\n".join(part for part in (told, awaited) if part))
    return [Say(facts.conversation, said, ticket_id=number), *promised, answered_by_bot(number, [said])]


def _answer(facts: Facts, key: str, ticket_id: int) -> list[Action]:
    """What the customer is told about a ticket, and when to expect an answer."""
    awaited, promised = _awaited(facts, ticket_id)
    words = text(key, facts.conversation.language, ticket=ticket_id)
    said = Message(text="\n".join(part for part in (words, awaited) if part))
    return [Say(facts.conversation, said, ticket_id=ticket_id), *promised]


def _awaited(facts: Facts, ticket_id: int) -> tuple[str, list[Action]]:
    if facts.expected is None:
        return "", []
    words, by = promise.told(facts.expected, facts.now, facts.conversation.language)
    return words, [] if by is None else [PromiseAnswer(ticket_id, by)]


def _go_on(facts: Facts, ticket: TicketView) -> list[Action]:
    kept = records(facts.said, facts.conversation, ticket.id)
    labelled = _label(facts, ticket.id)
    heard = [*kept, *labelled, CustomerWaits(ticket.id), *woken(ticket, "customer"), *_copy(facts, ticket.id)]
    if ticket.waiting_since is not None and not ticket.is_snoozed:
        return heard
    return [*heard, ShowCard(ticket.id)]


def woken(ticket: TicketView, by: str) -> list[Action]:
    """A ticket that was snoozed is open again: its customer said something (`customer`), or its time came (`clock`)."""
    if not ticket.is_snoozed:
        return []
    return [
        Wake(ticket.id),
        Timeline(ticket.id, by, "woke"),
        TellThread(ticket.id, Message(context=text(f"snooze.woken_by_{by}"))),
    ]


def _reopen(facts: Facts, ticket: TicketView) -> list[Action]:
    return [
        *reopen(ticket, facts.conversation, facts.now),
        *records(facts.said, facts.conversation, ticket.id),
        *_label(facts, ticket.id),
        *_copy(facts, ticket.id),
        *_answer(facts, "ticket.reopened", ticket.id),
    ]


def reopen(ticket: TicketView, conversation: ConversationView, now: datetime) -> list[Action]:
    """The customer comes back to a ticket that was resolved."""
    return [
        ReopenTicket(ticket, waiting_since=now),
        Timeline(ticket.id, "customer", "reopened"),
        ShowCard(ticket.id),
        TellThread(ticket.id, Message(context=text("thread.wrote_again", person=name_of(conversation)))),
    ]


def _copy(facts: Facts, ticket_id: int) -> list[Action]:
    return put_in_thread(facts.said, facts.conversation, ticket_id, facts.inbox_id, facts.policy)


def answer(conversation: ConversationView, key: str, ticket_id: int) -> Say:
    """What the customer is told about a ticket."""
    return Say(conversation, Message(text=text(key, conversation.language, ticket=ticket_id)), ticket_id=ticket_id)


def continues(ticket: TicketView | None, desk: Desk) -> bool:
    """Whether a ticket is open, or was resolved lately."""
    if ticket is None or ticket.is_open:
        return ticket is not None
    return ticket.resolved_at is not None and desk.now - ticket.resolved_at <= desk.policy.reopen_within
