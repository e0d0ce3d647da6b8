"""Whatever nothing else answers becomes a ticket; while one is open, the customer's messages go into its thread."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import conversations
from crm_store.conversations import ConversationView, MessageView
from crm_store.tickets import NewTicket, TicketView
from handlers import message as messages
from handlers.actions import (
    Action,
    CustomerWaits,
    OpenTicket,
    ReopenTicket,
    Say,
    ShowCard,
    TellThread,
    Timeline,
)
from handlers.customer.hearing import (
    answered_by_bot,
    body_of,
    in_a_line,
    name_of,
    put_in_thread,
    records,
    subject_of,
)
from handlers.desk import Desk, Policy
from handlers.events import Said
from handlers.message import Fact, Message
from handlers.texts import text
from nlp.meaning import Reading

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
    #: the number a new ticket would have; None when one goes on
    number: int | None
    #: what was said just before a new ticket, oldest first
    before: tuple[MessageView, ...]
    inbox_id: int
    now: datetime
    policy: Policy


def goes_on(said: Said, desk: Desk) -> bool:
    """Whether the message belongs to a ticket there is: one is open, or the newest was resolved lately."""
    return continues(desk.latest_ticket(desk.conversation(said.chat)), desk)


def is_open(said: Said, desk: Desk) -> bool:
    """Whether a ticket of the conversation is open."""
    latest = desk.latest_ticket(desk.conversation(said.chat))
    return latest is not None and latest.is_open


def gather(said: Said, desk: Desk) -> Facts:
    conversation = desk.conversation(said.chat)
    ticket = desk.latest_ticket(conversation)
    number = None if continues(ticket, desk) else desk.new_ticket_number()
    reading = desk.reading(said.text) if number is not None else None
    before = _said_before(conversation, desk) if number is not None else ()
    return Facts(said, conversation, reading, ticket, number, before, desk.inbox_id, desk.now, desk.policy)


def _said_before(conversation: ConversationView, desk: Desk) -> tuple[MessageView, ...]:
    """The last few messages that stand in no ticket's thread."""
    last = conversations.messages_of(desk.connection, desk.cipher, conversation.id, limit=_LINES_BEFORE)
    lately = desk.now - _BEFORE
    return tuple(one for one in last if one.ticket_id is None and one.created_at > lately)


def decide(facts: Facts, told: str | None = None) -> list[Action]:
    """`told`: what the customer of a new ticket is told in place of the usual sentence; staff see that they were."""
    ticket = facts.ticket
    if facts.number is not None and facts.reading is not None:
        return [*_open(facts, facts.number, facts.reading), *_opening_answer(facts, facts.number, told)]
    if ticket is None:
        raise LookupError(facts.conversation.id)
    if ticket.is_open:
        return _go_on(facts, ticket)
    return _reopen(facts, ticket)


def _open(facts: Facts, number: int, reading: Reading) -> list[Action]:
    opened = NewTicket(
        number,
        facts.conversation.id,
        facts.conversation.customer_id,
        kind_of(reading),
        priority_of(reading),
        subject_of(body_of(facts.said)),
        facts.now,
        follows_id=facts.ticket.id if facts.ticket else None,
    )
    return [
        OpenTicket(opened),
        Timeline(number, "customer", "opened"),
        *records(facts.said, facts.conversation, number),
        ShowCard(number),
        *_before(facts, number),
        *_copy(facts, number),
    ]


def kind_of(reading: Reading) -> str:
    """What a ticket is about whose first message means this."""
    return "question" if reading.intent in _NO_KIND else reading.intent


def priority_of(reading: Reading) -> str:
    return _PRIORITY[reading.urgency]


def _before(facts: Facts, number: int) -> list[Action]:
    """What both sides said just before, so that staff do not ask or tell it again."""
    if not facts.before:
        return []
    who = {"in": name_of(facts.conversation), "out": text("thread.bot")}
    lines = tuple(Fact(who[one.direction], in_a_line(messages.decode(one.body))) for one in facts.before)
    return [TellThread(number, Message(title=text("thread.said_before"), facts=lines))]


def _opening_answer(facts: Facts, number: int, told: str | None) -> list[Action]:
    if told is None:
        return [answer(facts.conversation, "ticket.opened", number)]
    said = Message(text=told)
    return [Say(facts.conversation, said, ticket_id=number), answered_by_bot(number, [said])]


def _go_on(facts: Facts, ticket: TicketView) -> list[Action]:
    kept = records(facts.said, facts.conversation, ticket.id)
    heard = [*kept, CustomerWaits(ticket.id), *_copy(facts, ticket.id)]
    return heard if ticket.waiting_since is not None else [*heard, ShowCard(ticket.id)]


def _reopen(facts: Facts, ticket: TicketView) -> list[Action]:
    return [
        *reopen(ticket, facts.conversation, facts.now),
        *records(facts.said, facts.conversation, ticket.id),
        *_copy(facts, ticket.id),
        answer(facts.conversation, "ticket.reopened", ticket.id),
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
