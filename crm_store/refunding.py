"""Requests to give money back: what of an order can still be asked for, who decided what, and how each request stands.

A request is a row of `refunds` with the lines it is about. While it is open (requested, or approved and being paid) it
holds a claim on each of its lines: the claim's primary key lets no second request for a line be opened. Whatever
changes a request locks its order first, as imported refunds do, so that all refunds of an order are counted together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from crm_store import orders, stats
from crm_store.orders import OrderView, UnknownOrder, UnknownRefund
from crm_store.schema import (
    Conversation,
    Order,
    OrderItem,
    Product,
    Refund,
    RefundClaim,
    RefundDecision,
    RefundItem,
    Staff,
    Ticket,
    to_ms,
)
from crm_store.stats import CountedRefund
from crm_store.upsert import insert_row, upsert

Kind = Literal["refund", "return"]
Verdict = Literal["approve", "refuse"]
Ending = Literal["paid", "failed", "refused", "expired", "withdrawn"]

#: of these the money is asked for, on its way or with the customer; the others take nothing from what was paid
COUNTED = ("requested", "approved", "paid")
#: of these nothing can be given back: nothing was paid yet, or the shop pays back as it cancels
_NOTHING_TO_GIVE_BACK = ("pending", "cancelled")
_KEY = "refund:"
#: a payment that the shop reports late is one, whatever was thought of it meanwhile
_ENDS_FROM: dict[Ending, tuple[str, ...]] = {
    "refused": ("requested",),
    "expired": ("requested",),
    "withdrawn": ("requested",),
    "failed": ("approved",),
    "paid": ("requested", "approved", "failed", "refused", "expired", "withdrawn"),
}
#: a ticket that was merged into one that was merged ...
_MERGES = 20


class LineTaken(Exception):
    """A line has no such pieces left: an open request is about it, or (`refund_id` None) their money went back."""

    def __init__(self, refund_id: int | None) -> None:
        by = "their money went back" if refund_id is None else f"the request with the key {refund_id} is about them"
        super().__init__(f"there are no such pieces left to ask for: {by}")
        self.refund_id = refund_id


class AboveWhatWasPaid(Exception):
    """All refunds of the order together would be more than what was paid for it."""

    def __init__(self, amount: int, left: int, currency: str) -> None:
        super().__init__(f"{amount} is above the {left} {currency} (minor units) that are left of what was paid")
        self.amount = amount
        self.left = left
        self.currency = currency


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of an order, and what of it was given back or is asked for."""

    product_id: int
    #: 1 for the first line of this product in the order, 2 for the second, ...
    occurrence: int
    sku: str
    name: str | None
    category: str | None
    quantity: int
    #: minor units of the order's currency
    unit_price: int
    #: pieces whose money went back, or is on its way
    refunded: int = 0
    #: the open request that is about it
    claimed_by: int | None = None

    @property
    def key(self) -> tuple[int, int]:
        return self.product_id, self.occurrence

    @property
    def left(self) -> int:
        return max(0, self.quantity - self.refunded)


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as far as money can go back for it. Amounts in minor units of its currency."""

    order: OrderView
    total_base: int
    shipping: int
    lines: tuple[LineView, ...]
    #: what refunds have been asked for, approved or paid
    asked: int
    #: what of these is approved or paid
    settled: int

    @property
    def paid(self) -> int:
        """What the customer paid, as far as it is not for the shop alone to pay back."""
        return 0 if self.order.status in _NOTHING_TO_GIVE_BACK else max(0, self.order.total)

    @property
    def left(self) -> int:
        """What can still be asked for."""
        return max(0, self.paid - self.asked)

    def in_base(self, amount: int) -> int:
        """An amount in the base currency, at the order's own rate."""
        if self.order.total == 0:
            return 0
        return round(amount * self.total_base / self.order.total)


@dataclass(frozen=True, slots=True)
class NewLine:
    """Pieces of an order's line that money is asked back for."""

    product_id: int
    occurrence: int
    quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True)
class NewRequest:
    """Somebody asks for money back. `amount` in minor units of the order's currency."""

    #: what it is known by: the inbox row it came of
    number: int
    order_id: int
    amount: int
    kind: Kind
    reason: str
    lines: tuple[NewLine, ...]
    #: customer, or the staff member's name
    requested_by: str
    created_at: datetime
    expires_at: datetime
    ticket_id: int | None = None


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """What a request is about, as it is shown."""

    product_id: int
    occurrence: int
    sku: str
    name: str | None
    quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody of staff said."""

    staff_id: int
    staff: str
    user: str
    role: str
    verdict: str
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as it stands. Amounts in minor units of `currency`."""

    id: int
    number: int
    #: what makes a repeated call to the shop the same call
    call_key: str
    order_id: int
    order: str
    customer_id: int | None
    ticket_id: int | None
    amount: int
    amount_base: int
    currency: str
    kind: Kind
    reason: str
    status: str
    requested_by: str
    created_at: datetime
    expires_at: datetime | None
    lines: tuple[RequestedLine, ...]
    decisions: tuple[Decision, ...]

    @property
    def is_open(self) -> bool:
        return self.status in ("requested", "approved")


@dataclass(frozen=True, slots=True)
class History:
    """What a customer bought and got back. Amounts in minor units of the base currency."""

    orders: int = 0
    first_order_at: datetime | None = None
    #: since a time: refunds that count, their sum, spend on orders, requests that were refused
    refunds: int = 0
    refunded_base: int = 0
    spend_base: int = 0
    refused: int = 0


# --- what can be asked for ----------------------------------------------------------------------------------------


def look(connection: Connection, order_id: int, *, lock: bool = False) -> OrderState | None:
    """What of an order can still be given back. `lock`: it stays so until the transaction ends."""
    if lock:
        _hold(connection, order_id)
    order = orders.get_order(connection, order_id)
    if order is None:
        return None
    more = connection.execute(select(Order.total_base, Order.shipping).where(Order.id == order_id)).one()
    asked, settled = _sums(connection, order, more.total_base)
    return OrderState(order, more.total_base, more.shipping or 0, _lines(connection, order_id), asked, settled)


def _hold(connection: Connection, order_id: int) -> None:
    connection.execute(select(Order.id).where(Order.id == order_id).with_for_update())


def _sums(connection: Connection, order: OrderView, total_base: int) -> tuple[int, int]:
    """What was asked for, and what of it is settled; a refund in another currency counts at the order's rate."""
    columns = (Refund.amount, Refund.currency, Refund.amount_base, Refund.status)
    counted = (Refund.order_id == order.id, Refund.status.in_(COUNTED))
    asked = settled = 0
    for row in connection.execute(select(*columns).where(*counted)):
        amount = row.amount
        if row.currency != order.currency and total_base:
            amount = -(-row.amount_base * order.total // total_base)  # rounded up: never more than what was paid
        asked += amount
        settled += amount if row.status in stats.PAID_BACK else 0
    return asked, settled


def _lines(connection: Connection, order_id: int) -> tuple[LineView, ...]:
    columns = (
        OrderItem.product_id, OrderItem.occurrence, Product.sku, Product.name, Product.category,
        OrderItem.quantity, OrderItem.unit_price,
    )  # fmt: skip
    rows = connection.execute(
        select(*columns)
        .join(Product, Product.id == OrderItem.product_id)
        .where(OrderItem.order_id == order_id)
        .order_by(OrderItem.id)
    ).all()
    back = (RefundItem.product_id, RefundItem.occurrence, func.sum(RefundItem.quantity))
    settled = select(*back).join(Refund, Refund.id == RefundItem.refund_id)
    settled = settled.where(Refund.order_id == order_id, Refund.status.in_(stats.PAID_BACK))
    refunded = {(p, o): int(n) for p, o, n in connection.execute(settled.group_by(*back[:2]))}
    claims = select(RefundClaim.product_id, RefundClaim.occurrence, RefundClaim.refund_id)
    claimed = {(p, o): r for p, o, r in connection.execute(claims.where(RefundClaim.order_id == order_id))}
    views = (LineView(*row) for row in rows)
    return tuple(replace(view, refunded=refunded.get(view.key, 0), claimed_by=claimed.get(view.key)) for view in views)


def history(connection: Connection, customer_id: int, since: datetime) -> History:
    """What a customer bought, and got back since a time."""
    mine = (Order.customer_id == customer_id, Order.status != "cancelled")
    first, count = connection.execute(select(func.min(Order.placed_at), func.count()).where(*mine)).one()
    spend = connection.scalar(select(func.sum(Order.total_base)).where(*mine, Order.placed_at >= since))
    lately = (Refund.customer_id == customer_id, Refund.created_at >= since)
    rows = connection.execute(
        select(Refund.status, func.count(), func.sum(Refund.amount_base)).where(*lately).group_by(Refund.status)
    )
    by_status = {status: (int(number), int(amount or 0)) for status, number, amount in rows}
    refunds = [by_status.get(status, (0, 0)) for status in COUNTED]
    return History(
        orders=count,
        first_order_at=first,
        refunds=sum(number for number, _ in refunds),
        refunded_base=sum(amount for _, amount in refunds),
        spend_base=int(spend or 0),
        refused=by_status.get("refused", (0, 0))[0],
    )


# --- a request's life ---------------------------------------------------------------------------------------------


def request(connection: Connection, new: NewRequest) -> int:
    """Opens a request; its key.

    Raises `LineTaken`, `AboveWhatWasPaid` and `UnknownOrder`; then the transaction must be rolled back.
    """
    state = look(connection, new.order_id, lock=True)
    if state is None:
        raise UnknownOrder(new.order_id)
    if not 0 < new.amount <= state.left:
        raise AboveWhatWasPaid(new.amount, state.left, state.order.currency)
    there = {line.key: line.left for line in state.lines}
    if any(not 0 < line.quantity <= there.get((line.product_id, line.occurrence), 0) for line in new.lines):
        raise LineTaken(None)
    base = state.in_base(new.amount)
    values = {
        "order_id": new.order_id,
        "customer_id": state.order.customer_id,
        "amount": new.amount,
        "currency": state.order.currency,
        "amount_base": base,
        "reason": new.reason[:200],
        "status": "requested",
        "created_at": new.created_at,
        "kind": new.kind,
        "ticket_id": new.ticket_id,
        "requested_by": new.requested_by,
        "expires_at": new.expires_at,
        "call_key": key_of(new.number, new.created_at),
    }
    refund_id = insert_row(connection, Refund, values)
    if new.lines:
        parts = [
            {
                "refund_id": refund_id,
                "product_id": line.product_id,
                "occurrence": line.occurrence,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
            }
            for line in new.lines
        ]
        connection.execute(insert(RefundItem), parts)
    _claim(connection, refund_id, new.order_id, [(line.product_id, line.occurrence) for line in new.lines])
    stats.refund_changed(connection, None, CountedRefund(state.order.customer_id, "requested", base))
    return refund_id


def _claim(connection: Connection, refund_id: int, order_id: int, lines: Sequence[tuple[int, int]]) -> None:
    for product_id, occurrence in lines:
        where = (
            RefundClaim.order_id == order_id,
            RefundClaim.product_id == product_id,
            RefundClaim.occurrence == occurrence,
        )
        taken = connection.scalar(select(RefundClaim.refund_id).where(*where))
        if taken is not None and taken != refund_id:
            raise LineTaken(taken)
        if taken is None:
            values = {"order_id": order_id, "product_id": product_id, "occurrence": occurrence, "refund_id": refund_id}
            connection.execute(insert(RefundClaim), values)


def say(connection: Connection, refund_id: int, staff_id: int, verdict: Verdict, amount: int, at: datetime) -> None:
    """Writes down what somebody of staff says of a request; what they say last counts."""
    values = {"refund_id": refund_id, "staff_id": staff_id, "verdict": verdict, "amount": amount, "at": at}
    changed = ("verdict", "amount", "at")
    statement = upsert(
        connection.dialect.name,
        RefundDecision,
        ["refund_id", "staff_id"],
        lambda _, new: {name: new[name] for name in changed},
    )
    connection.execute(statement, [values])


def set_amount(connection: Connection, refund_id: int, amount: int) -> None:
    """A request that waits is about this much now. Raises `AboveWhatWasPaid` and `UnknownRefund`."""
    found, state = _locked(connection, refund_id)
    left = state.left + found.amount
    if not 0 < amount <= left:
        raise AboveWhatWasPaid(amount, left, found.currency)
    base = state.in_base(amount)
    connection.execute(update(Refund).where(Refund.id == refund_id).values(amount=amount, amount_base=base))
    before = CountedRefund(found.customer_id, found.status, found.amount_base)
    stats.refund_changed(connection, before, CountedRefund(found.customer_id, found.status, base))


def approve(connection: Connection, refund_id: int) -> bool:
    """A request that waits is to be paid. Returns whether it was this call that approved it.

    Raises `AboveWhatWasPaid` where other refunds have come in meanwhile, and `UnknownRefund`.
    """
    found, state = _locked(connection, refund_id)
    if found.status != "requested":
        return False
    if found.amount > state.paid - state.settled:
        raise AboveWhatWasPaid(found.amount, state.paid - state.settled, found.currency)
    _set_status(connection, found, "approved")
    return True


def end(connection: Connection, refund_id: int, status: Ending) -> bool:
    """A request is settled in one way or another; its lines are free for another one. Returns False, and changes
    nothing, where it cannot end like this any more. Raises `UnknownRefund`.
    """
    found, _ = _locked(connection, refund_id)
    if found.status not in _ENDS_FROM[status]:
        return False
    _set_status(connection, found, status)
    connection.execute(delete(RefundClaim).where(RefundClaim.refund_id == refund_id))
    return True


def ask_again(connection: Connection, refund_id: int, expires_at: datetime) -> None:
    """A request that the shop did not pay waits for a decision again; its next call to the shop is another one.

    Raises `LineTaken`, `AboveWhatWasPaid` and `UnknownRefund`.
    """
    found, state = _locked(connection, refund_id)
    if found.amount > state.left:
        raise AboveWhatWasPaid(found.amount, state.left, found.currency)
    parts = select(RefundItem.product_id, RefundItem.occurrence).where(RefundItem.refund_id == refund_id)
    _claim(connection, refund_id, found.order_id, [(p, o) for p, o in connection.execute(parts)])
    connection.execute(delete(RefundDecision).where(RefundDecision.refund_id == refund_id))
    values = {"call_key": _next(found.call_key), "expires_at": expires_at}
    connection.execute(update(Refund).where(Refund.id == refund_id).values(values))
    _set_status(connection, found, "requested")


def move(connection: Connection, refund_id: int, ticket_id: int) -> None:
    """The request belongs to this ticket now."""
    connection.execute(update(Refund).where(Refund.id == refund_id).values(ticket_id=ticket_id))


def _locked(connection: Connection, refund_id: int) -> tuple[Any, OrderState]:
    """A request's row and its order, both locked."""
    order_id = connection.scalar(select(Refund.order_id).where(Refund.id == refund_id))
    state = None if order_id is None else look(connection, order_id, lock=True)
    columns = (
        Refund.id, Refund.order_id, Refund.customer_id, Refund.status, Refund.amount, Refund.amount_base,
        Refund.currency, Refund.call_key,
    )  # fmt: skip
    found = connection.execute(select(*columns).where(Refund.id == refund_id).with_for_update()).one_or_none()
    if found is None or state is None:
        raise UnknownRefund(refund_id)
    return found, state


def _set_status(connection: Connection, found: Any, status: str) -> None:
    connection.execute(update(Refund).where(Refund.id == found.id).values(status=status))
    before = CountedRefund(found.customer_id, found.status, found.amount_base)
    stats.refund_changed(connection, before, CountedRefund(found.customer_id, status, found.amount_base))


# --- what a request is known by -----------------------------------------------------------------------------------


def key_of(number: int, at: datetime) -> str:
    """The key of a request's first call to the shop. It holds the time: a store that is set up anew counts from 1
    again, and the shop knows the keys of the old one.

    >>> from datetime import UTC
    >>> key_of(12, datetime(2026, 3, 2, tzinfo=UTC))
    'refund:12:1772409600000'
    """
    return f"{_KEY}{number}:{to_ms(at)}"


def number_of(key: str) -> int | None:
    """The number of the request that a call's key belongs to; None for a call of another kind.

    >>> number_of("refund:12:177"), number_of("refund:12:177/2"), number_of("cancel:12:177")
    (12, 12, None)
    """
    match = re.fullmatch(rf"{_KEY}([0-9]{{1,18}}):[0-9]+(/[0-9]+)?", key)
    return int(match.group(1)) if match else None


def _next(key: str) -> str:
    """The key of the call after this one.

    >>> _next("refund:12:177"), _next("refund:12:177/2")
    ('refund:12:177/2', 'refund:12:177/3')
    """
    first, _, attempt = key.partition("/")
    return f"{first}/{int(attempt or 1) + 1}"


# --- reading ------------------------------------------------------------------------------------------------------


def by_number(connection: Connection, number: int, *, lock: bool = False) -> RequestView | None:
    """The request with a number. `lock`: with its order, until the transaction ends."""
    return _one(connection, Refund.call_key.startswith(f"{_KEY}{number}:", autoescape=True), lock=lock)


def by_id(connection: Connection, refund_id: int, *, lock: bool = False) -> RequestView | None:
    """The request with a key; None for a refund that did not begin at the desk."""
    return _one(connection, Refund.id == refund_id, lock=lock)


def _one(connection: Connection, which: ColumnElement[bool], *, lock: bool) -> RequestView | None:
    if lock:
        order_id = connection.scalar(select(Refund.order_id).where(which))
        if order_id is not None:
            _hold(connection, order_id)
    found = _views(connection, which)
    return found[0] if found else None


def open_of_customer(connection: Connection, customer_id: int, limit: int = 20) -> list[RequestView]:
    """A customer's requests that wait or are being paid, newest first."""
    mine = (Refund.customer_id == customer_id, Refund.status.in_(("requested", "approved")))
    return _views(connection, *mine, order=Refund.id.desc(), limit=limit)


def waiting(connection: Connection, limit: int = 50) -> list[RequestView]:
    """Requests that wait for a decision, the one that expires first before the others."""
    return _views(connection, Refund.status == "requested", order=Refund.expires_at, limit=limit)


def in_doubt(connection: Connection, before: datetime, limit: int = 20) -> list[RequestView]:
    """Requests that were approved, asked before a time, and whose money has not gone."""
    return _views(connection, Refund.status == "approved", Refund.created_at < before, limit=limit)


def due(connection: Connection, now: datetime, limit: int = 100) -> list[RequestView]:
    """Requests that nobody decided in time."""
    mine = (Refund.status == "requested", Refund.expires_at <= now)
    return _views(connection, *mine, order=Refund.expires_at, limit=limit)


def _views(
    connection: Connection, *which: ColumnElement[bool], order: ColumnElement[Any] | Any = None, limit: int = 1
) -> list[RequestView]:
    columns = (
        Refund.id, Refund.call_key, Refund.order_id, Order.external_id, Refund.customer_id, Refund.ticket_id,
        Refund.amount, Refund.amount_base, Refund.currency, Refund.kind, Refund.reason, Refund.status,
        Refund.requested_by, Refund.created_at, Refund.expires_at,
    )  # fmt: skip
    query = select(*columns).join(Order, Order.id == Refund.order_id).where(Refund.call_key.is_not(None), *which)
    keys = (Refund.id,) if order is None else (order, Refund.id)
    rows = connection.execute(query.order_by(*keys).limit(limit)).all()
    ids = [row.id for row in rows]
    lines, decisions = _lines_of(connection, ids), _decisions_of(connection, ids)
    return [
        RequestView(
            id=row.id,
            number=number_of(row.call_key) or 0,
            call_key=row.call_key,
            order_id=row.order_id,
            order=row.external_id,
            customer_id=row.customer_id,
            ticket_id=row.ticket_id,
            amount=row.amount,
            amount_base=row.amount_base,
            currency=row.currency,
            kind=row.kind or "refund",
            reason=row.reason or "",
            status=row.status,
            requested_by=row.requested_by or "",
            created_at=row.created_at,
            expires_at=row.expires_at,
            lines=tuple(lines.get(row.id, ())),
            decisions=tuple(decisions.get(row.id, ())),
        )
        for row in rows
    ]


def _lines_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[RequestedLine]]:
    columns = (
        RefundItem.refund_id, RefundItem.product_id, RefundItem.occurrence, Product.sku, Product.name,
        RefundItem.quantity, RefundItem.unit_price,
    )  # fmt: skip
    query = select(*columns).join(Product, Product.id == RefundItem.product_id)
    found: dict[int, list[RequestedLine]] = {}
    for row in connection.execute(query.where(RefundItem.refund_id.in_(ids)).order_by(RefundItem.id)):
        found.setdefault(row.refund_id, []).append(RequestedLine(*row[1:]))
    return found


def _decisions_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[Decision]]:
    columns = (
        RefundDecision.refund_id, RefundDecision.staff_id, Staff.name, Staff.user, Staff.role,
        RefundDecision.verdict, RefundDecision.amount, RefundDecision.at,
    )  # fmt: skip
    query = select(*columns).join(Staff, Staff.id == RefundDecision.staff_id)
    found: dict[int, list[Decision]] = {}
    for row in connection.execute(query.where(RefundDecision.refund_id.in_(ids)).order_by(RefundDecision.id)):
        found.setdefault(row.refund_id, []).append(Decision(*row[1:]))
    return found


# --- where it is told ---------------------------------------------------------------------------------------------


def ticket_now(connection: Connection, ticket_id: int) -> int:
    """The ticket, or the one it became a part of."""
    for _ in range(_MERGES):
        into = connection.scalar(select(Ticket.merged_into_id).where(Ticket.id == ticket_id))
        if into is None:
            break
        ticket_id = into
    return ticket_id


def ticket_about(connection: Connection, order_id: int) -> int | None:
    """The newest open ticket about an order."""
    about = (Ticket.order_id == order_id, Ticket.status != "resolved", Ticket.merged_into_id.is_(None))
    return connection.scalar(select(func.max(Ticket.id)).where(*about))


def conversation_of(connection: Connection, customer_id: int) -> int | None:
    """The chat in which a customer is told what came of a request without a ticket: the newest that takes messages."""
    mine = (Conversation.customer_id == customer_id, Conversation.blocked_at.is_(None))
    return connection.scalar(select(func.max(Conversation.id)).where(*mine))
