"""Tickets and their timeline."""

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

    @property
    def is_open(self) -> bool:
        return self.status != "resolved"


@dataclass(frozen=True, slots=True)
class NewTicket:
    id: int
    conversation_id: int
    customer_id: int
    kind: str
    priority: str
    subject: str
    opened_at: datetime
    order_id: int | None = None
    follows_id: int | None = None


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
    }
    connection.execute(insert(Ticket).values(values))
    stats.ticket_changed(connection, None, CountedTicket(ticket.customer_id, "open"))


def claim(connection: Connection, ticket_id: int, staff: StaffView) -> None:
    """The ticket is now this colleague's."""
    _change(connection, ticket_id, assignee=staff.name, assignee_id=staff.id)


def resolve(connection: Connection, ticket: TicketView, now: datetime) -> None:
    _change(connection, ticket.id, status="resolved", resolved_at=now, waiting_since=None)
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
    """A reply that staff wrote at a time reached the customer, who waits since `waiting_since` for the next one."""
    first = func.coalesce(Ticket.first_reply_at, literal(at, Instant))
    _change(connection, ticket_id, waiting_since=waiting_since, first_reply_at=first)


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
    """The conversation's ticket that messages belong to: the newest open one, else the newest."""
    row = connection.execute(_newest_of(), {"conversation": conversation_id}).first()
    return None if row is None else _view(cipher, row)


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
    mine = Ticket.conversation_id == bindparam("conversation")
    return _query().where(mine).order_by(Ticket.status == "resolved", Ticket.id.desc()).limit(1)


@cache
def _now_waits() -> Update:
    since = func.coalesce(Ticket.waiting_since, bindparam("since", type_=Instant))
    return update(Ticket).where(Ticket.id == bindparam("number")).values(waiting_since=since)


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
    )


# --- staff --------------------------------------------------------------------------------------------------------


def colleague(connection: Connection, channel: str, user: str, name: str, now: datetime) -> StaffView:
    """The staff member with an account on a channel, added when new; the name follows the platform's."""
    mine = and_(Staff.channel == channel, Staff.user == user)
    known = _staff(connection, mine)
    if known is None:
        values = {"channel": channel, "user": user, "name": name or user, "role": "agent", "created_at": now}
        key = insert_once(connection, Staff, values, mine)
        known = _staff(connection, mine) if key is None else StaffView(key, channel, user, name or user, "agent")
        assert known is not None, "the account was taken a moment ago"
    if name and name not in (user, known.name):
        connection.execute(update(Staff).where(Staff.id == known.id).values(name=name))
        return StaffView(known.id, channel, user, name, known.role)
    return known


def known_colleague(connection: Connection, channel: str, user: str) -> StaffView | None:
    """The staff member with an account on a channel."""
    return _staff(connection, and_(Staff.channel == channel, Staff.user == user))


def staff_by_id(connection: Connection, staff_id: int) -> StaffView | None:
    return _staff(connection, Staff.id == staff_id)


def _staff(connection: Connection, which: ColumnElement[bool]) -> StaffView | None:
    row = connection.execute(select(Staff.id, Staff.channel, Staff.user, Staff.name, Staff.role).where(which)).first()
    return None if row is None else StaffView(*row)
