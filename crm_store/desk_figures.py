"""What the desk did in a time: tickets opened and resolved, first reply, CSAT, complaints, refunds by reason.

A ticket that became a part of another one counts nowhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, cast, exists, func, select, union

from crm_store.crypto import Cipher
from crm_store.periods import Period
from crm_store.schema import MILLISECOND, OrderItem, Product, Refund, Review, Ticket

#: a ticket of a complaint, as the desk and reviews call it
COMPLAINT = "complaint"
_SUBJECT = "tickets.subject"
#: with every status named, the index that begins with it is of use
_STATES = ("open", "pending", "snoozed", "resolved")
_WHOLE = Ticket.merged_into_id.is_(None)


@dataclass(frozen=True, slots=True)
class DeskWork:
    opened: int
    resolved: int
    #: the median over tickets opened in the time that have a first reply; None where none has
    first_reply: timedelta | None
    #: the mean mark (1 to 5) of tickets resolved in the time that have one, and how many have
    csat: float | None
    marks: int


def desk_work(connection: Connection, period: Period) -> DeskWork:
    resolved, marks, csat = connection.execute(
        select(func.count(), func.count(Ticket.csat), func.sum(Ticket.csat)).where(*_resolved(period))
    ).one()
    return DeskWork(
        opened=connection.scalar(select(func.count()).select_from(Ticket).where(*_opened(period))) or 0,
        resolved=resolved,
        first_reply=_median_first_reply(connection, period),
        csat=int(csat or 0) / marks if marks else None,
        marks=marks,
    )


def _opened(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        _WHOLE,
        Ticket.status.in_(_STATES),
        Ticket.opened_at >= period.start,
        Ticket.opened_at < period.end,
    )


def _resolved(period: Period) -> tuple[ColumnElement[bool], ...]:
    return _WHOLE, Ticket.resolved_at >= period.start, Ticket.resolved_at < period.end


def _median_first_reply(connection: Connection, period: Period) -> timedelta | None:
    """The middle one, or the mean of the middle two."""
    took = cast(cast(Ticket.first_reply_at, BigInteger) - cast(Ticket.opened_at, BigInteger), BigInteger)
    lengths = select(took.label("took")).where(*_opened(period), Ticket.first_reply_at.is_not(None)).subquery()
    ranked = select(
        lengths.c.took,
        func.row_number().over(order_by=lengths.c.took).label("place"),
        func.count().over().label("of"),
    ).subquery()
    middle = and_(2 * ranked.c.place >= ranked.c.of, 2 * ranked.c.place <= ranked.c.of + 2)
    found = list(connection.scalars(select(ranked.c.took).where(middle)))
    return sum(map(int, found)) * MILLISECOND / len(found) if found else None


# --- the tickets behind the numbers -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TicketLine:
    id: int
    customer_id: int | None
    kind: str
    status: str
    priority: str
    assignee: str | None
    #: the customer's words it was opened for, cut short
    subject: str
    opened_at: datetime
    waiting_since: datetime | None
    csat: int | None


def opened(connection: Connection, cipher: Cipher, period: Period, limit: int) -> list[TicketLine]:
    """The tickets opened in a time, newest first."""
    return _lines(connection, cipher, _opened(period), Ticket.opened_at.desc(), limit)


def resolved(connection: Connection, cipher: Cipher, period: Period, limit: int) -> list[TicketLine]:
    """The tickets resolved in a time, newest first."""
    return _lines(connection, cipher, _resolved(period), Ticket.resolved_at.desc(), limit)


def marked(connection: Connection, cipher: Cipher, period: Period, limit: int) -> list[TicketLine]:
    """Those of them that customers gave a mark, the worst first."""
    which = (*_resolved(period), Ticket.csat.is_not(None))
    return _lines(connection, cipher, which, Ticket.csat, limit)


def complaints(connection: Connection, cipher: Cipher, period: Period, limit: int) -> list[TicketLine]:
    """The complaints opened in a time, newest first."""
    return _lines(connection, cipher, (*_opened(period), Ticket.kind == COMPLAINT), Ticket.opened_at.desc(), limit)


def waiting(connection: Connection, cipher: Cipher, limit: int) -> list[TicketLine]:
    """The tickets whose customers wait for an answer now, the longest first."""
    which = (_WHOLE, Ticket.status != "resolved", Ticket.waiting_since.is_not(None))
    return _lines(connection, cipher, which, Ticket.waiting_since, limit)


def _lines(
    connection: Connection, cipher: Cipher, which: tuple[ColumnElement[bool], ...], order: Any, limit: int
) -> list[TicketLine]:
    columns = (
        Ticket.id,
        Ticket.customer_id,
        Ticket.kind,
        Ticket.status,
        Ticket.priority,
        Ticket.assignee,
        Ticket.subject_sealed,
        Ticket.opened_at,
        Ticket.waiting_since,
        Ticket.csat,
    )
    rows = connection.execute(select(*columns).where(*which).order_by(order, Ticket.id).limit(limit))
    return [
        TicketLine(
            row.id,
            row.customer_id,
            row.kind,
            row.status,
            row.priority,
            row.assignee,
            cipher.open_optional(_SUBJECT, row.subject_sealed) or "",
            row.opened_at,
            row.waiting_since,
            row.csat,
        )
        for row in rows
    ]


# --- complaints and refunds ---------------------------------------------------------------------------------------


def count_complaints(connection: Connection, period: Period) -> int:
    mine = (*_opened(period), Ticket.kind == COMPLAINT)
    return connection.scalar(select(func.count()).select_from(Ticket).where(*mine)) or 0


def complaints_by_product(connection: Connection, period: Period, limit: int) -> list[tuple[str, int]]:
    """Products (by sku) with the number of complaints opened in a time that are about them, the most first: the
    product of the review a complaint came of, else every product of the order it is about."""
    mine = (*_opened(period), Ticket.kind == COMPLAINT)
    reviewed = (
        select(Ticket.id.label("ticket"), Review.product_id.label("product"))
        .join(Review, Review.ticket_id == Ticket.id)
        .where(*mine, Review.product_id.is_not(None))
    )
    of_review = exists().where(Review.ticket_id == Ticket.id, Review.product_id.is_not(None))
    ordered = (
        select(Ticket.id.label("ticket"), OrderItem.product_id.label("product"))
        .join(OrderItem, OrderItem.order_id == Ticket.order_id)
        .where(*mine, ~of_review)
    )
    about = union(reviewed, ordered).subquery()
    query = (
        select(Product.sku, func.count().label("complaints"))
        .select_from(about)
        .join(Product, Product.id == about.c.product)
        .group_by(Product.sku)
        .order_by(func.count().desc(), Product.sku)
        .limit(limit)
    )
    return [(row.sku, row.complaints) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class ReasonSum:
    """Refunds created for a reason, whatever became of them. `amount_base` in minor units of the base currency."""

    reason: str
    refunds: int
    amount_base: int


def refunds_by_reason(connection: Connection, period: Period) -> list[ReasonSum]:
    """The most first; refunds without a reason have the empty one."""
    reasons = (
        select(func.coalesce(Refund.reason, "").label("reason"), Refund.amount_base)
        .where(Refund.created_at >= period.start, Refund.created_at < period.end)
        .subquery()
    )
    total = cast(func.sum(reasons.c.amount_base), BigInteger)
    query = select(reasons.c.reason, func.count().label("refunds"), total.label("amount")).group_by(reasons.c.reason)
    found = [ReasonSum(row.reason, row.refunds, row.amount) for row in connection.execute(query)]
    return sorted(found, key=lambda one: (-one.refunds, -one.amount_base, one.reason))


@dataclass(frozen=True, slots=True)
class RefundLine:
    customer_id: int | None
    reason: str
    status: str
    #: minor units of `currency`
    amount: int
    currency: str
    created_at: datetime


def refunds(connection: Connection, period: Period, limit: int) -> list[RefundLine]:
    """The refunds created in a time, the largest first."""
    columns = (
        Refund.customer_id,
        func.coalesce(Refund.reason, "").label("reason"),
        Refund.status,
        Refund.amount,
        Refund.currency,
        Refund.created_at,
    )
    query = (
        select(*columns)
        .where(Refund.created_at >= period.start, Refund.created_at < period.end)
        .order_by(Refund.amount_base.desc(), Refund.id)
        .limit(limit)
    )
    return [RefundLine(*row) for row in connection.execute(query)]
