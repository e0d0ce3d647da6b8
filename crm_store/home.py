"""What a staff member's own page is made of: their queue, what waits for their word, what did not arrive, today's
numbers (`contracts/metrics.md`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, select

from crm_store import inbox
from crm_store.crypto import Cipher
from crm_store.schema import (
    ChatMessage,
    Conversation,
    Customer,
    Identity,
    Order,
    OutboxRow,
    Refund,
    RefundDecision,
    Ticket,
    TicketTarget,
)
from crm_store.tickets import StaffView

_STATES = ("open", "pending", "snoozed", "resolved")
_PRIORITIES = ("urgent", "high", "normal", "low")


@dataclass(frozen=True, slots=True)
class QueuedTicket:
    """A ticket that is somebody's to work on."""

    id: int
    kind: str
    priority: str
    #: who waits, as the shop or their platform calls them
    person: str
    subject: str
    opened_at: datetime
    waiting_since: datetime | None
    #: when the first promise about it breaks
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Approval:
    """A refund that waits for somebody's word."""

    id: int
    #: what buttons name it by
    number: int
    #: None: its post stands in a room
    ticket_id: int | None
    order: str
    person: str
    #: minor units
    amount: int
    currency: str
    requested_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Something said to a customer that did not arrive, or perhaps did."""

    outbox_id: int
    ticket_id: int | None
    channel: str
    error: str
    is_maybe: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """The desk since a moment, and as it stands."""

    opened: int
    resolved: int
    unanswered: int
    oldest_wait: datetime | None
    #: of the tickets opened since then that have one
    first_reply: timedelta | None


def queue_of(connection: Connection, cipher: Cipher, staff_id: int, limit: int) -> list[QueuedTicket]:
    """The tickets somebody has to work on: by what is promised first, then by priority, then by how long they wait."""
    promised = and_(TicketTarget.ticket_id == Ticket.id, TicketTarget.met_at.is_(None))
    running = and_(promised, TicketTarget.dropped_at.is_(None))
    due = select(func.min(TicketTarget.due_at)).where(running).correlate(Ticket).scalar_subquery().label("due_at")
    columns = (Ticket.id, Ticket.kind, Ticket.priority, Ticket.subject_sealed, Ticket.opened_at, Ticket.waiting_since)
    found = _with_person(select(*columns, due, Identity.name_sealed.label("person_sealed"), Customer.name_sealed))
    mine = found.where(_is_mine(staff_id)).subquery()
    first = (_last(mine.c.due_at), mine.c.due_at, _rank_of(mine.c.priority), _last(mine.c.waiting_since))
    ordered = select(mine).order_by(*first, mine.c.waiting_since, mine.c.opened_at, mine.c.id).limit(limit)
    return [
        QueuedTicket(
            id=row.id,
            kind=row.kind,
            priority=row.priority,
            person=_name(cipher, row),
            subject=cipher.open_optional("tickets.subject", row.subject_sealed) or "",
            opened_at=row.opened_at,
            waiting_since=row.waiting_since,
            due_at=row.due_at,
        )
        for row in connection.execute(ordered)
    ]


def queue_length(connection: Connection, staff_id: int) -> int:
    """How many tickets somebody has to work on."""
    return connection.scalar(select(func.count()).select_from(Ticket).where(_is_mine(staff_id))) or 0


def _is_mine(staff_id: int) -> ColumnElement[bool]:
    """One that sleeps until later is nobody's work now."""
    at_work = and_(Ticket.status.in_(("open", "pending")), Ticket.merged_into_id.is_(None))
    return and_(Ticket.assignee_id == staff_id, at_work)


def _last(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Orders what has no value behind everything that has one, on every engine."""
    return case((column.is_(None), 1), else_=0)


def _rank_of(priority: ColumnElement[Any]) -> ColumnElement[int]:
    ranks = {name: place for place, name in enumerate(_PRIORITIES)}
    return case(ranks, value=priority, else_=len(ranks))


def approvals(connection: Connection, cipher: Cipher, staff: StaffView, now: datetime, limit: int) -> list[Approval]:
    """Refunds asked for that somebody may still decide on; those that end first come first.

    Who asks for one at the desk decides on it by that, so it is not theirs to decide again.
    """
    waits = and_(Refund.status == "requested", Refund.expires_at > now)
    said = exists().where(RefundDecision.refund_id == Refund.id, RefundDecision.staff_id == staff.id)
    columns = (
        Refund.id,
        Refund.ticket_id,
        Refund.amount,
        Refund.currency,
        Refund.call_key,
        Refund.requested_by,
        Refund.expires_at,
        Order.external_id.label("order"),
        Identity.name_sealed.label("person_sealed"),
        Customer.name_sealed,
    )
    query = (
        select(*columns)
        .outerjoin(Ticket, Ticket.id == Refund.ticket_id)
        .outerjoin(Conversation, Conversation.id == Ticket.conversation_id)
        .outerjoin(Identity, Identity.id == Conversation.identity_id)
        .outerjoin(Customer, Customer.id == func.coalesce(Refund.customer_id, Ticket.customer_id))
        .outerjoin(Order, Order.id == Refund.order_id)
        .where(waits, ~said)
        .order_by(Refund.expires_at, Refund.id)
        .limit(limit)
    )
    return [
        Approval(
            row.id, _number(row.call_key, row.id), row.ticket_id, row.order or "", _name(cipher, row),
            row.amount, row.currency, row.requested_by or "", row.expires_at,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def _number(call_key: str | None, refund_id: int) -> int:
    """A request's number: it stands in the key of its call to the shop (`refund:12:...`)."""
    kind, _, rest = (call_key or "").partition(":")
    number = rest.partition(":")[0]
    return int(number) if kind == "refund" and number.isdecimal() else refund_id


def undelivered(connection: Connection, limit: int) -> list[Undelivered]:
    """What did not reach customers, newest first."""
    query = (
        select(OutboxRow.id, ChatMessage.ticket_id, OutboxRow.channel, OutboxRow.error, OutboxRow.state)
        .outerjoin(ChatMessage, ChatMessage.inbox_id == OutboxRow.inbox_id)
        .where(_did_not_arrive())
        .order_by(OutboxRow.id.desc())
        .limit(limit)
    )
    rows: Sequence[Any] = connection.execute(query).all()
    return [Undelivered(row.id, row.ticket_id, row.channel, row.error or "", row.state == "maybe") for row in rows]


def count_undelivered(connection: Connection) -> int:
    """How many things said to customers did not arrive, or perhaps did."""
    return connection.scalar(select(func.count()).select_from(OutboxRow).where(_did_not_arrive())) or 0


def count_failed_elsewhere(connection: Connection) -> int:
    """What failed beside that: calls to staff and to the shop, edits, and messages that could not be handled."""
    gone = select(func.count()).select_from(OutboxRow).where(OutboxRow.state.in_(("failed", "maybe")))
    all_calls = connection.scalar(gone) or 0
    return all_calls - count_undelivered(connection) + inbox.count_failed(connection)


def _did_not_arrive() -> ColumnElement[bool]:
    said = and_(OutboxRow.op.in_(("post", "file")), OutboxRow.lane.like("chat:%"))
    return and_(OutboxRow.state.in_(("failed", "maybe")), said)


def numbers(connection: Connection, since: datetime) -> Numbers:
    """The desk's numbers since a moment (midnight of the shop's day)."""
    # every status: the index begins with it
    opened = and_(Ticket.status.in_(_STATES), Ticket.opened_at >= since, Ticket.merged_into_id.is_(None))
    replies = connection.execute(select(Ticket.opened_at, Ticket.first_reply_at).where(opened)).all()
    took = [row.first_reply_at - row.opened_at for row in replies if row.first_reply_at is not None]
    waits = and_(Ticket.status != "resolved", Ticket.waiting_since.is_not(None), Ticket.merged_into_id.is_(None))
    waiting = connection.execute(select(func.count(), func.min(Ticket.waiting_since)).where(waits)).one()
    ended = and_(Ticket.resolved_at >= since, Ticket.merged_into_id.is_(None))
    return Numbers(
        opened=len(replies),
        resolved=connection.scalar(select(func.count()).select_from(Ticket).where(ended)) or 0,
        unanswered=waiting[0],
        oldest_wait=waiting[1],
        first_reply=median(took) if took else None,
    )


def _with_person(query: Any) -> Any:
    return (
        query.select_from(Ticket)
        .outerjoin(Conversation, Conversation.id == Ticket.conversation_id)
        .outerjoin(Identity, Identity.id == Conversation.identity_id)
        .outerjoin(Customer, Customer.id == func.coalesce(Conversation.customer_id, Ticket.customer_id))
    )


def _name(cipher: Cipher, row: Any) -> str:
    """The shop's name for somebody, else the platform's."""
    known = cipher.open_optional("customers.name", row.name_sealed)
    return known or cipher.open_optional("identities.name", row.person_sealed) or ""
