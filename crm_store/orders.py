"""Orders and refunds: live changes and what is read of them. Each change keeps `customer_stats` right."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
    update,
)

from crm_store import goods, stats
from crm_store.money import Rates
from crm_store.schema import Order, OrderItem, Product, Refund, Shipment
from crm_store.stats import CountedOrder, CountedRefund
from crm_store.upsert import Columns, insert_once, upsert

OrderStatus = Literal["pending", "paid", "shipped", "delivered", "cancelled", "returned"]
RefundStatus = Literal["requested", "approved", "paid", "refused"]
ORDER_STATUSES: tuple[OrderStatus, ...] = get_args(OrderStatus)
REFUND_STATUSES: tuple[RefundStatus, ...] = get_args(RefundStatus)


class UnknownOrder(Exception):
    """There is no order with this key."""

    def __init__(self, order_id: int) -> None:
        super().__init__(f"there is no order with the key {order_id}")
        self.order_id = order_id


class UnknownRefund(Exception):
    """There is no refund with this key."""

    def __init__(self, refund_id: int) -> None:
        super().__init__(f"there is no refund with the key {refund_id}")
        self.refund_id = refund_id


@dataclass(frozen=True, slots=True)
class NewItem:
    """A line of an order as the shop sends it."""

    sku: str
    quantity: int
    #: minor units of the order's currency
    unit_price: int
    #: a product that is not known yet is made with this name
    name: str | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as the shop sends it. Money in minor units of `currency`; None is "not known" and changes nothing."""

    external_id: str
    #: None for a guest's order
    customer_id: int | None
    placed_at: datetime
    status: OrderStatus
    currency: str
    total: int
    shipping: int | None = None
    discount: int | None = None
    payment_method: str | None = None
    #: all lines of the order
    items: tuple[NewItem, ...] | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewRefund:
    """A refund, asked for or made. `amount` in minor units of `currency`."""

    #: the shop's id; None for one that begins at the desk
    external_id: str | None
    #: None where only the customer is known
    order_id: int | None
    amount: int
    currency: str
    status: RefundStatus
    created_at: datetime
    reason: str | None = None
    #: of a refund without an order; otherwise the order's customer counts
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class ItemView:
    """A line of an order as it is shown."""

    sku: str
    name: str | None
    quantity: int
    #: minor units of the order's currency
    unit_price: int


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as it is shown. `total` in minor units of `currency`."""

    id: int
    external_id: str
    customer_id: int | None
    placed_at: datetime
    status: OrderStatus
    currency: str
    total: int
    carrier: str | None
    tracking_number: str | None
    delivered_at: datetime | None
    items: tuple[ItemView, ...]


# --- changes ------------------------------------------------------------------------------------------------------


def put_order(connection: Connection, rates: Rates, order: NewOrder) -> int:
    """Inserts an order or updates the one with its external id; its key.

    Items are replaced as a set, what is None stays as it is, refunds follow the order to another customer. A sku no
    product has makes one. Raises `UnknownCurrency`; SQLAlchemy's `IntegrityError` for a customer who does not exist.
    """
    total_base = rates.to_base(order.total, order.currency)
    after = CountedOrder(order.customer_id, order.placed_at, order.status, total_base)
    found = _locked(connection, order.external_id)
    if found is None:
        order_id = _insert_order(connection, order, total_base)
        if order_id is not None:
            _put_parts(connection, order_id, order, new=True)
            stats.order_changed(connection, None, after)
            if order.items:
                goods.recount(connection, [order.customer_id])
            return order_id
        found = _locked(connection, order.external_id)
        assert found is not None, "the key was taken a moment ago"
    _update_order(connection, found, order, after)
    return int(found.id)


def set_status(connection: Connection, order_id: int, status: OrderStatus) -> None:
    """Changes an order's status. Raises `UnknownOrder`."""
    found = connection.execute(_LOCK_BY_KEY, {"key": order_id}).one_or_none()
    if found is None:
        raise UnknownOrder(order_id)
    if found.status != status:
        connection.execute(update(Order).where(Order.id == order_id).values(status=status))
        before = _counted(found)
        stats.order_changed(
            connection, before, CountedOrder(before.customer_id, before.placed_at, status, before.total_base)
        )
        if "cancelled" in (before.status, status):
            goods.recount(connection, [before.customer_id])


def put_refund(connection: Connection, rates: Rates, refund: NewRefund) -> int:
    """Inserts a refund or updates the one with its external id (one without is always new); its key.

    Raises `UnknownOrder` and `UnknownCurrency`.
    """
    customer_id = refund.customer_id if refund.order_id is None else _customer_of(connection, refund.order_id)
    after = CountedRefund(customer_id, refund.status, rates.to_base(refund.amount, refund.currency))
    values = {
        "external_id": refund.external_id,
        "order_id": refund.order_id,
        "customer_id": customer_id,
        "amount": refund.amount,
        "currency": refund.currency,
        "amount_base": after.amount_base,
        "reason": refund.reason,
        "status": refund.status,
        "created_at": refund.created_at,
    }
    found = _locked_refund(connection, refund.external_id)
    if found is None:
        taken = false() if refund.external_id is None else Refund.external_id == refund.external_id
        refund_id = insert_once(connection, Refund, values, taken)
        if refund_id is not None:
            stats.refund_changed(connection, None, after)
            return refund_id
        found = _locked_refund(connection, refund.external_id)
        assert found is not None, "the key was taken a moment ago"
    connection.execute(update(Refund).where(Refund.id == found.id), values)
    stats.refund_changed(connection, _counted_refund(found), after)
    return int(found.id)


def set_refund_status(connection: Connection, refund_id: int, status: RefundStatus) -> None:
    """Changes a refund's status. Raises `UnknownRefund`."""
    found = connection.execute(_REFUND.where(Refund.id == refund_id)).one_or_none()
    if found is None:
        raise UnknownRefund(refund_id)
    connection.execute(update(Refund).where(Refund.id == refund_id).values(status=status))
    before = _counted_refund(found)
    stats.refund_changed(connection, before, CountedRefund(before.customer_id, status, before.amount_base))


_LOCK_COLUMNS = (
    Order.id,
    Order.customer_id,
    Order.placed_at,
    Order.status,
    Order.total_base,
)
_LOCK_BY_KEY = select(*_LOCK_COLUMNS).where(Order.id == bindparam("key")).with_for_update()
_LOCK_BY_NAME = select(*_LOCK_COLUMNS).where(Order.external_id == bindparam("name")).with_for_update()
_REFUND = select(Refund.id, Refund.customer_id, Refund.status, Refund.amount_base).with_for_update()


#: key, customer, placed at, status, total in base
_OrderRow = Row[int, int | None, datetime, str, int]
#: key, customer, status, amount in base
_RefundRow = Row[int, int | None, str, int]


def _locked(connection: Connection, external_id: str) -> _OrderRow | None:
    return connection.execute(_LOCK_BY_NAME, {"name": external_id}).one_or_none()


def _locked_refund(connection: Connection, external_id: str | None) -> _RefundRow | None:
    if external_id is None:
        return None
    return connection.execute(_REFUND.where(Refund.external_id == external_id)).one_or_none()


def _counted(row: _OrderRow) -> CountedOrder:
    return CountedOrder(row.customer_id, row.placed_at, row.status, row.total_base)


def _counted_refund(row: _RefundRow) -> CountedRefund:
    return CountedRefund(row.customer_id, row.status, row.amount_base)


def _customer_of(connection: Connection, order_id: int) -> int | None:
    # locked, so that the order cannot go to another customer before its refund is there to follow
    found = connection.execute(_LOCK_BY_KEY, {"key": order_id}).one_or_none()
    if found is None:
        raise UnknownOrder(order_id)
    customer_id: int | None = found.customer_id
    return customer_id


def _values(order: NewOrder, total_base: int) -> dict[str, Any]:
    return {
        "customer_id": order.customer_id,
        "placed_at": order.placed_at,
        "status": order.status,
        "currency": order.currency,
        "total": order.total,
        "total_base": total_base,
    }


def _insert_order(connection: Connection, order: NewOrder, total_base: int) -> int | None:
    values = {
        "external_id": order.external_id,
        **_values(order, total_base),
        "shipping": order.shipping,
        "discount": order.discount,
        "payment_method": order.payment_method,
    }
    return insert_once(connection, Order, values, Order.external_id == order.external_id)


def _update_order(connection: Connection, found: _OrderRow, order: NewOrder, after: CountedOrder) -> None:
    known = {"shipping": order.shipping, "discount": order.discount, "payment_method": order.payment_method}
    values = _values(order, after.total_base) | {name: value for name, value in known.items() if value is not None}
    connection.execute(update(Order).where(Order.id == found.id), values)
    other_lines = _put_parts(connection, found.id, order, new=False)
    before = _counted(found)
    if before.customer_id != after.customer_id:
        _move_refunds(connection, found.id, after.customer_id)
    stats.order_changed(connection, before, after)
    if other_lines or _goods_seen(before) != _goods_seen(after):
        goods.recount(connection, [before.customer_id, after.customer_id])


def _goods_seen(order: CountedOrder) -> tuple[object, ...]:
    """What of an order tells whose its goods are, and since when."""
    return order.customer_id, order.placed_at, order.status == "cancelled"


def _move_refunds(connection: Connection, order_id: int, customer_id: int | None) -> None:
    rows = connection.execute(_REFUND.where(Refund.order_id == order_id)).all()
    connection.execute(update(Refund).where(Refund.order_id == order_id).values(customer_id=customer_id))
    for row in rows:
        before = _counted_refund(row)
        stats.refund_changed(connection, before, CountedRefund(customer_id, before.status, before.amount_base))


def _put_parts(connection: Connection, order_id: int, order: NewOrder, *, new: bool) -> bool:
    """Whether its lines are other ones now."""
    other_lines = order.items is not None and _put_items(connection, order_id, order, new=new)
    if order.carrier or order.tracking_number or order.delivered_at:
        _put_shipment(connection, order_id, order)
    return other_lines


def _put_items(connection: Connection, order_id: int, order: NewOrder, *, new: bool) -> bool:
    """Whether its lines are other ones now."""
    lines = _lines(order.items or (), product_ids(connection, order.items or (), order.currency))
    if not new:
        kept = select(OrderItem.product_id, OrderItem.occurrence, OrderItem.quantity, OrderItem.unit_price)
        if {tuple(row) for row in connection.execute(kept.where(OrderItem.order_id == order_id))} == set(lines):
            return False
        connection.execute(delete(OrderItem).where(OrderItem.order_id == order_id))
    if lines:
        names = ("product_id", "occurrence", "quantity", "unit_price")
        connection.execute(
            insert(OrderItem), [{"order_id": order_id, **dict(zip(names, line, strict=True))} for line in lines]
        )
    return True


def _lines(items: Iterable[NewItem], products: dict[str, int]) -> list[tuple[int, int, int, int]]:
    """(product, occurrence, quantity, unit price) of each item."""
    seen: dict[str, int] = defaultdict(int)
    lines = []
    for item in items:
        seen[item.sku] += 1
        lines.append((products[item.sku], seen[item.sku], item.quantity, item.unit_price))
    return lines


def product_ids(connection: Connection, items: Sequence[NewItem], currency: str) -> dict[str, int]:
    """The products' keys by sku; a product that is not known is made with the item's name and price."""
    by_sku = {item.sku: item for item in items}
    known = _known_products(connection, by_sku)
    # in one order, so that two transactions that make the same products do not wait for each other
    missing = [by_sku[sku] for sku in sorted(by_sku.keys() - known.keys())]
    if not missing:
        return known
    rows = [{"sku": item.sku, "name": item.name, "price": item.unit_price, "currency": currency} for item in missing]
    connection.execute(upsert(connection.dialect.name, Product, ["sku"], lambda old, _: {"sku": old.sku}), rows)
    return _known_products(connection, by_sku)


def _known_products(connection: Connection, skus: Iterable[str]) -> dict[str, int]:
    rows = connection.execute(select(Product.sku, Product.id).where(Product.sku.in_(list(skus))))
    return {row.sku: row.id for row in rows}


def _put_shipment(connection: Connection, order_id: int, order: NewOrder) -> None:
    def change(old: Columns, new: Columns) -> dict[str, ColumnElement[Any]]:
        return {name: func.coalesce(new[name], old[name]) for name in ("carrier", "tracking_number", "delivered_at")}

    connection.execute(
        upsert(connection.dialect.name, Shipment, ["order_id", "number"], change),
        {
            "order_id": order_id,
            "number": 1,
            "carrier": order.carrier,
            "tracking_number": order.tracking_number,
            "delivered_at": order.delivered_at,
        },
    )


# --- reads --------------------------------------------------------------------------------------------------------


_VIEW = select(
    Order.id,
    Order.external_id,
    Order.customer_id,
    Order.placed_at,
    Order.status,
    Order.currency,
    Order.total,
    Shipment.carrier,
    Shipment.tracking_number,
    Shipment.delivered_at,
).outerjoin(Shipment, (Shipment.order_id == Order.id) & (Shipment.number == 1))
_ITEMS = (
    select(OrderItem.order_id, Product.sku, Product.name, OrderItem.quantity, OrderItem.unit_price)
    .join(Product, Product.id == OrderItem.product_id)
    .order_by(OrderItem.order_id, OrderItem.id)
)


def find_order(connection: Connection, external_id: str) -> OrderView | None:
    """The order people mean by a number: any case, with or without '#'. Of several the one written exactly so."""
    typed = external_id.strip()
    bare = typed.lstrip("#")
    # SQLite makes only ASCII letters small, the servers all
    forms = {bare.lower(), "".join(c.lower() if c.isascii() else c for c in bare)}
    rows = connection.execute(_VIEW.where(Order.lookup.in_(forms)).order_by(Order.id)).all()
    if not rows:
        return None
    exact = [row for row in rows if row.external_id == typed] or [row for row in rows if row.external_id == bare]
    return _views(connection, (exact or rows)[:1])[0]


def names_something(connection: Connection, number: str) -> bool:
    """Whether a number is that of an order or a parcel."""
    order = select(Order.id).where(Order.lookup == number.lower().replace("#", "")).limit(1)
    if connection.execute(order).first() is not None:
        return True
    parcel = select(Shipment.id).where(Shipment.tracking_number.in_((number, number.upper()))).limit(1)
    return connection.execute(parcel).first() is not None


def get_order(connection: Connection, order_id: int) -> OrderView | None:
    """The order with a key."""
    rows = connection.execute(_VIEW.where(Order.id == order_id)).all()
    return _views(connection, rows)[0] if rows else None


def orders_of(connection: Connection, customer_id: int, limit: int = 10) -> tuple[OrderView, ...]:
    """A customer's orders, newest first, with their items."""
    newest = _VIEW.where(Order.customer_id == customer_id).order_by(Order.placed_at.desc(), Order.id.desc())
    return _views(connection, connection.execute(newest.limit(limit)).all())


def _views(connection: Connection, rows: Sequence[Any]) -> tuple[OrderView, ...]:
    items: dict[int, list[ItemView]] = defaultdict(list)
    for line in connection.execute(_ITEMS.where(OrderItem.order_id.in_([row.id for row in rows]))):
        items[line.order_id].append(ItemView(line.sku, line.name, line.quantity, line.unit_price))
    return tuple(_view(row, tuple(items[row.id])) for row in rows)


def _view(row: Any, items: tuple[ItemView, ...]) -> OrderView:
    return OrderView(
        id=row.id,
        external_id=row.external_id,
        customer_id=row.customer_id,
        placed_at=row.placed_at,
        status=row.status,
        currency=row.currency,
        total=row.total,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        delivered_at=row.delivered_at,
        items=items,
    )
