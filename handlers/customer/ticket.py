"""Whatever nothing else answers becomes a ticket; while one is open, the customer's messages go into its thread."""

from dataclasses import dataclass
from datetime import datetime

from crm_store.conversations import ConversationView
from crm_store.tickets import NewTicket, TicketView
from handlers.actions import Action, CustomerWaits, OpenTicket, ReopenTicket, Say, ShowCard, Timeline
from handlers.customer.hearing import put_in_thread, records, subject_of
from handlers.desk import Desk, Policy
from handlers.events import Said
from handlers.message import Message
from handlers.texts import text
from nlp.meaning import Reading

#: intents that say what a message is about; a ticket of another one is a plain question
_NO_KIND = {"greeting", "thanks", "other", "human"}
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
    return Facts(said, conversation, reading, ticket, number, desk.inbox_id, desk.now, desk.policy)


def decide(facts: Facts) -> list[Action]:
    ticket = facts.ticket
    if facts.number is not None and facts.reading is not None:
        return _open(facts, facts.number, facts.reading)
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
        "question" if reading.intent in _NO_KIND else reading.intent,
        _PRIORITY[reading.urgency],
        subject_of(facts.said),
        facts.now,
        follows_id=facts.ticket.id if facts.ticket else None,
    )
    return [
        OpenTicket(opened),
        Timeline(number, "customer", "opened"),
        *records(facts.said, facts.conversation, number),
        ShowCard(number),
        *_copy(facts, number),
        answer(facts.conversation, "ticket.opened", number),
    ]


def _go_on(facts: Facts, ticket: TicketView) -> list[Action]:
    kept = records(facts.said, facts.conversation, ticket.id)
    heard = [*kept, CustomerWaits(ticket.id), *_copy(facts, ticket.id)]
    return heard if ticket.waiting_since is not None else [*heard, ShowCard(ticket.id)]


def _reopen(facts: Facts, ticket: TicketView) -> list[Action]:
    return [
        *reopen(ticket, facts.now),
        *records(facts.said, facts.conversation, ticket.id),
        *_copy(facts, ticket.id),
        answer(facts.conversation, "ticket.reopened", ticket.id),
    ]


def reopen(ticket: TicketView, now: datetime) -> list[Action]:
    """The customer comes back to a ticket that was resolved."""
    return [
        ReopenTicket(ticket, waiting_since=now),
        Timeline(ticket.id, "customer", "reopened"),
        ShowCard(ticket.id),
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
