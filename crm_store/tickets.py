"""Tickets and their timeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from crm_store import stats
from crm_store.crypto import Cipher
from crm_store.schema import Instant, Staff, Ticket, TicketEvent, TicketNumber
from crm_store.stats import CountedTicket
from crm_store.upsert import insert_once, insert_row

_SUBJECT = "tickets.subject"


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as it stands."""

    id: int
    conversation_id: int | None
    customer_id: int | None
    order_id: int | None
    kind: str
    status: str
    priority: str
    assignee: str | None
    #: empty where an import named somebody without an account here
    assignee_id: int | None
    subject: str
    opened_at: datetime
    first_reply_at: datetime | None
    resolved_at: datetime | None
    waiting_since: datetime | None
    follows_id: int | None
    #: the customer's message it was opened for, what that was read as and how surely (0 to 1)
    message_id: int | None = None
    intent: str | None = None
    confidence: float | None = None
    team: str | None = None
    #: when it wakes up, where it is snoozed; None: with the customer's answer
    snoozed_until: datetime | None = None
    #: the ticket it became a part of
    merged_into_id: int | None = None

    @property
    def is_open(self) -> bool:
        return self.status != "resolved"

    @property
    def is_snoozed(self) -> bool:
        return self.status == "snoozed"


@dataclass(frozen=True, slots=True)
class NewTicket:
    id: int
    #: empty where the customer has no chat: a review led to it
    conversation_id: int | None
    customer_id: int | None
    kind: str
    priority: str
    subject: str
    opened_at: datetime
    order_id: int | None = None
    follows_id: int | None = None
    message_id: int | None = None
    intent: str | None = None
    confidence: float | None = None
    #: who answers it
    team: str | None = None


@dataclass(frozen=True, slots=True)
class StaffView:
    """A staff member."""

    id: int
    channel: str
    user: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    at: datetime
    actor: str
    kind: str
    detail: str | None


def new_number(connection: Connection, now: datetime) -> int:
    """A ticket number nobody else gets."""
    return insert_row(connection, TicketNumber, {"at": now})


def open_ticket(connection: Connection, cipher: Cipher, ticket: NewTicket) -> None:
    """A new ticket; the customer waits from its opening on."""
    values = {
        "id": ticket.id,
        "conversation_id": ticket.conversation_id,
        "customer_id": ticket.customer_id,
        "order_id": ticket.order_id,
        "kind": ticket.kind,
        "status": "open",
        "priority": ticket.priority,
        "subject_sealed": cipher.seal(_SUBJECT, ticket.subject),
        "opened_at": ticket.opened_at,
        "waiting_since": ticket.opened_at,
        "follows_id": ticket.follows_id,
        "message_id": ticket.message_id,
        "intent": ticket.intent,
        "confidence": ticket.confidence,
        "team": ticket.team,
    }
    connection.execute(insert(Ticket).values(values))
    stats.ticket_changed(connection, None, CountedTicket(ticket.customer_id, "open"))


def claim(connection: Connection, ticket_id: int, staff: StaffView) -> None:
    """The ticket is now this colleague's."""
    _change(connection, ticket_id, assignee=staff.name, assignee_id=staff.id)


def unassign(connection: Connection, ticket_id: int) -> None:
    """The ticket is nobody's."""
    _change(connection, ticket_id, assignee=None, assignee_id=None)


def set_message(connection: Connection, ticket_id: int, message_id: int) -> None:
    """The customer's message a ticket was opened for."""
    _change(connection, ticket_id, message_id=message_id)


def set_order(connection: Connection, ticket_id: int, order_id: int | None) -> None:
    """The order a ticket is about."""
    _change(connection, ticket_id, order_id=order_id)


def set_priority(connection: Connection, ticket_id: int, priority: str) -> None:
    _change(connection, ticket_id, priority=priority)


def set_kind(connection: Connection, ticket_id: int, kind: str) -> None:
    _change(connection, ticket_id, kind=kind)


def set_waiting(connection: Connection, ticket_id: int, since: datetime | None) -> None:
    """Since when the customer waits; None when nobody does."""
    _change(connection, ticket_id, waiting_since=since)


def set_first_reply(connection: Connection, ticket_id: int, at: datetime | None) -> None:
    """When a ticket was first answered; None: it was not."""
    _change(connection, ticket_id, first_reply_at=at)


def snooze(connection: Connection, ticket_id: int, until: datetime | None) -> None:
    """Puts an open ticket aside until a time; None: until the customer's answer, which always wakes it."""
    mine = update(Ticket).where(Ticket.id == ticket_id, Ticket.status != "resolved")
    connection.execute(mine.values(status="snoozed", snoozed_until=until))


def wake(connection: Connection, ticket_id: int) -> None:
    """A snoozed ticket is open again."""
    mine = update(Ticket).where(Ticket.id == ticket_id, Ticket.status == "snoozed")
    connection.execute(mine.values(status="open", snoozed_until=None))


def set_merged(connection: Connection, ticket_id: int, into: int | None) -> None:
    """The ticket is a part of another one now, or (None) is one of its own again."""
    _change(connection, ticket_id, merged_into_id=into)


def resolve(connection: Connection, ticket: TicketView, now: datetime) -> None:
    _change(connection, ticket.id, status="resolved", resolved_at=now, waiting_since=None, snoozed_until=None)
    _recount(connection, ticket, "resolved")


def reopen(connection: Connection, ticket: TicketView, waiting_since: datetime | None) -> None:
    _change(connection, ticket.id, status="open", resolved_at=None, waiting_since=waiting_since)
    _recount(connection, ticket, "open")


def _recount(connection: Connection, ticket: TicketView, status: str) -> None:
    before, after = CountedTicket(ticket.customer_id, ticket.status), CountedTicket(ticket.customer_id, status)
    stats.ticket_changed(connection, before, after)


def customer_waits(connection: Connection, ticket_id: int, since: datetime) -> None:
    """The customer said something; the wait began with the first message that nobody answered."""
    connection.execute(_now_waits(), {"number": ticket_id, "since": since})


def answered(connection: Connection, ticket_id: int, at: datetime, waiting_since: datetime | None) -> None:
    """A reply that staff wrote at a time reached the customer, who waits since `waiting_since` for the next one.

    When they wait for nothing the ticket is pending: it is their turn to speak.
    """
    first = func.coalesce(Ticket.first_reply_at, literal(at, Instant))
    values: dict[str, Any] = {"waiting_since": waiting_since, "first_reply_at": first}
    if waiting_since is None:
        values["status"] = case((Ticket.status == "open", "pending"), else_=Ticket.status)
    _change(connection, ticket_id, **values)


def set_subject(connection: Connection, cipher: Cipher, ticket_id: int, subject: str) -> None:
    """The customer's first words are others now."""
    _change(connection, ticket_id, subject_sealed=cipher.seal(_SUBJECT, subject))


def _change(connection: Connection, ticket_id: int, **values: Any) -> None:
    connection.execute(update(Ticket).where(Ticket.id == ticket_id).values(**values))


def add_event(
    connection: Connection, ticket_id: int, at: datetime, actor: str, kind: str, detail: str | None = None
) -> None:
    """A line of the timeline; `detail` says nothing that only encrypted columns may hold."""
    connection.execute(insert(TicketEvent).values(ticket_id=ticket_id, at=at, actor=actor, kind=kind, detail=detail))


def timeline(connection: Connection, ticket_id: int) -> list[TimelineEntry]:
    columns = (TicketEvent.at, TicketEvent.actor, TicketEvent.kind, TicketEvent.detail)
    rows = connection.execute(select(*columns).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id))
    return [TimelineEntry(*row) for row in rows]


# --- reading ------------------------------------------------------------------------------------------------------


def get(connection: Connection, cipher: Cipher, ticket_id: int) -> TicketView | None:
    row = connection.execute(_by_number(), {"number": ticket_id}).first()
    return None if row is None else _view(cipher, row)


def latest_of(connection: Connection, cipher: Cipher, conversation_id: int) -> TicketView | None:
    """The conversation's ticket that messages belong to: the newest open one, else the newest.

    One that was merged stands for the one that was kept, wherever that came from.
    """
    row = connection.execute(_newest_of(), {"conversation": conversation_id}).first()
    own = None if row is None else _view(cipher, row)
    if own is not None and own.is_open:
        return own
    merged = select(Ticket.merged_into_id).where(
        Ticket.conversation_id == conversation_id, Ticket.merged_into_id.is_not(None)
    )
    into = {kept(connection, cipher, number) for number in connection.scalars(merged.distinct()) if number is not None}
    found = [ticket for ticket in (own, *into) if ticket is not None]
    return max(found, key=lambda ticket: (ticket.is_open, ticket.id), default=None)


def kept(connection: Connection, cipher: Cipher, ticket_id: int) -> TicketView | None:
    """The ticket with a number, or the one it was merged into in the end."""
    ticket = get(connection, cipher, ticket_id)
    seen = {ticket_id}
    while ticket is not None and ticket.merged_into_id is not None and ticket.merged_into_id not in seen:
        seen.add(ticket.merged_into_id)
        ticket = get(connection, cipher, ticket.merged_into_id)
    return ticket


def merged_into(connection: Connection, ticket_id: int) -> list[int]:
    """The tickets that became a part of one."""
    return list(connection.scalars(select(Ticket.id).where(Ticket.merged_into_id == ticket_id).order_by(Ticket.id)))


def assigned_to(connection: Connection, cipher: Cipher, staff_id: int, limit: int = 20) -> list[TicketView]:
    """A colleague's tickets that are not resolved: who waits longest comes first."""
    mine = _query().where(Ticket.assignee_id == staff_id, Ticket.status != "resolved")
    waits = case((Ticket.waiting_since.is_(None), 1), else_=0)
    return [
        _view(cipher, row)
        for row in connection.execute(mine.order_by(waits, Ticket.waiting_since, Ticket.id).limit(limit))
    ]


def due_to_wake(connection: Connection, now: datetime, limit: int = 100) -> list[int]:
    """The snoozed tickets whose time has come, the longest overdue first."""
    due = select(Ticket.id).where(Ticket.snoozed_until <= now, Ticket.status == "snoozed")
    return list(connection.scalars(due.order_by(Ticket.snoozed_until, Ticket.id).limit(limit)))


def open_of(connection: Connection, cipher: Cipher, conversation_id: int) -> list[TicketView]:
    """The conversation's tickets that are not resolved, oldest first."""
    theirs = (Ticket.conversation_id == conversation_id, Ticket.status != "resolved")
    return [_view(cipher, row) for row in connection.execute(_query().where(*theirs).order_by(Ticket.id))]


def open_of_customers(connection: Connection, customer_ids: Iterable[int]) -> list[int]:
    """The numbers of customers' tickets that are not resolved and have a conversation, oldest first."""
    theirs = (
        Ticket.customer_id.in_(list(customer_ids)),
        Ticket.status != "resolved",
        Ticket.conversation_id.is_not(None),
    )
    return list(connection.scalars(select(Ticket.id).where(*theirs).order_by(Ticket.id)))


def unresolved(connection: Connection, cipher: Cipher) -> list[TicketView]:
    """Every ticket that is not resolved, oldest first."""
    rows = connection.execute(_query().where(Ticket.status != "resolved").order_by(Ticket.opened_at, Ticket.id))
    return [_view(cipher, row) for row in rows]


# built once: building a statement costs more than running it


@cache
def _by_number() -> Select[*tuple[Any, ...]]:
    return _query().where(Ticket.id == bindparam("number"))


@cache
def _newest_of() -> Select[*tuple[Any, ...]]:
    mine = and_(Ticket.conversation_id == bindparam("conversation"), Ticket.merged_into_id.is_(None))
    return _query().where(mine).order_by(Ticket.status == "resolved", Ticket.id.desc()).limit(1)


@cache
def _now_waits() -> Update:
    since = func.coalesce(Ticket.waiting_since, bindparam("since", type_=Instant))
    # whoever was to be left alone until they answer has answered
    status = case((Ticket.status.in_(("pending", "snoozed")), "open"), else_=Ticket.status)
    values = {"waiting_since": since, "status": status, "snoozed_until": None}
    return update(Ticket).where(Ticket.id == bindparam("number")).values(values)


def _query() -> Select[*tuple[Any, ...]]:
    return select(
        Ticket.id,
        Ticket.conversation_id,
        Ticket.customer_id,
        Ticket.order_id,
        Ticket.kind,
        Ticket.status,
        Ticket.priority,
        Ticket.assignee,
        Ticket.assignee_id,
        Ticket.subject_sealed,
        Ticket.opened_at,
        Ticket.first_reply_at,
        Ticket.resolved_at,
        Ticket.waiting_since,
        Ticket.follows_id,
        Ticket.message_id,
        Ticket.intent,
        Ticket.confidence,
        Ticket.team,
        Ticket.snoozed_until,
        Ticket.merged_into_id,
    )


def _view(cipher: Cipher, row: Row[*tuple[Any, ...]]) -> TicketView:
    return TicketView(
        id=row.id,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        order_id=row.order_id,
        kind=row.kind,
        status=row.status,
        priority=row.priority,
        assignee=row.assignee,
        assignee_id=row.assignee_id,
        subject=cipher.open_optional(_SUBJECT, row.subject_sealed) or "",
        opened_at=row.opened_at,
        first_reply_at=row.first_reply_at,
        resolved_at=row.resolved_at,
        waiting_since=row.waiting_since,
        follows_id=row.follows_id,
        message_id=row.message_id,
        intent=row.intent,
        confidence=row.confidence,
        team=row.team,
        snoozed_until=row.snoozed_until,
        merged_into_id=row.merged_into_id,
    )


# --- staff --------------------------------------------------------------------------------------------------------


def colleague(
    connection: Connection, channel: str, user: str, name: str, now: datetime, role: str = "agent"
) -> StaffView:
    """The staff member with an account on a channel, added when new; the name follows the platform's, the role the
    configuration's."""
    mine = and_(Staff.channel == channel, Staff.user == user)
    known = _staff(connection, mine)
    if known is None:
        values = {"channel": channel, "user": user, "name": name or user, "role": role, "created_at": now}
        key = insert_once(connection, Staff, values, mine)
        known = _staff(connection, mine) if key is None else StaffView(key, channel, user, name or user, role)
        assert known is not None, "the account was taken a moment ago"
    is_named = bool(name) and name != user
    now_called = StaffView(known.id, channel, user, name if is_named else known.name, role)
    if now_called != known:
        changed = {"name": now_called.name, "role": role}
        connection.execute(update(Staff).where(Staff.id == known.id).values(changed))
    return now_called


def everybody(connection: Connection, limit: int = 100) -> list[StaffView]:
    """The staff members the desk has met, by name."""
    columns = (Staff.id, Staff.channel, Staff.user, Staff.name, Staff.role)
    rows = connection.execute(select(*columns).order_by(Staff.name, Staff.id).limit(limit))
    return [StaffView(*row) for row in rows]


def find_colleague(connection: Connection, channel: str, user: str) -> StaffView | None:
    """The staff member with an account on a channel, None for one who has done nothing here yet."""
    return _staff(connection, and_(Staff.channel == channel, Staff.user == user))


def known_colleague(connection: Connection, channel: str, user: str) -> StaffView | None:
    """The staff member with an account on a channel."""
    return _staff(connection, and_(Staff.channel == channel, Staff.user == user))


def staff_by_id(connection: Connection, staff_id: int) -> StaffView | None:
    return _staff(connection, Staff.id == staff_id)


def _staff(connection: Connection, which: ColumnElement[bool]) -> StaffView | None:
    row = connection.execute(select(Staff.id, Staff.channel, Staff.user, Staff.name, Staff.role).where(which)).first()
    return None if row is None else StaffView(*row)
