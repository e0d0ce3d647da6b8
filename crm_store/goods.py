"""How `customer_categories` is kept: which categories a customer bought from, how much and when last.

Whoever changes an order or its lines has its customer's rows made anew, in the same transaction: a history is short.
An import does so at its end, for all whom it touched. Which category a product's lines were counted under stands with
the product (`counted_category`): where that is not its category any more, the rows are not used until they were made
anew (`stand`).

What is counted: lines of orders that are not cancelled and somebody's, of products that have a category.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    and_,
    cast,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from crm_store.schema import CustomerCategory, CustomerStats, Order, OrderItem, Product

_COLUMNS = ("customer_id", "category", "last_order_at", "units")
_MOVED = Product.category.is_distinct_from(Product.counted_category)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what its customer's history says; None where there is none, or should be none."""

    customer_id: int
    category: str
    kept: tuple[datetime, int] | None
    right: tuple[datetime, int] | None


def stand(connection: Connection) -> bool:
    """Whether the rows are of the categories that products have now."""
    return connection.scalar(select(Product.id).where(_MOVED).limit(1)) is None


def recount(connection: Connection, customer_ids: Iterable[int | None]) -> None:
    """Makes the rows of a few customers anew, after their orders or lines were written."""
    for customer_id in sorted(each for each in set(customer_ids) if each is not None):
        # takes the lock of the customer's numbers; the statements after it see what others committed meanwhile
        own = update(CustomerStats).where(CustomerStats.customer_id == customer_id)
        connection.execute(own.values(orders=CustomerStats.orders))
        _make(connection, select(CustomerStats.customer_id).where(CustomerStats.customer_id == customer_id))


def rebuild(connection: Connection, customer_ids: Select[tuple[int]] | None = None) -> None:
    """Makes the rows of these customers (a SELECT of ids; None for all) anew; changes of others wait till the end."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE customer_stats IN SHARE ROW EXCLUSIVE MODE"))
        # else sums of a long history are spilled to disk
        connection.execute(text("SET LOCAL work_mem = '256MB'"))
    elif connection.dialect.name != "sqlite":
        ids = select(CustomerStats.customer_id)
        if customer_ids is not None:
            ids = ids.where(CustomerStats.customer_id.in_(customer_ids))
        connection.execute(ids.order_by(CustomerStats.customer_id).with_for_update()).close()
    _make(connection, customer_ids)
    if customer_ids is None:
        connection.execute(update(Product).where(_MOVED).values(counted_category=Product.category))


def follow_products(connection: Connection) -> None:
    """Makes the rows anew of whoever bought a product that has another category now."""
    if stand(connection):
        return
    moved = select(OrderItem.order_id).join(Product, Product.id == OrderItem.product_id).where(_MOVED)
    buyers: Select[Any] = select(Order.customer_id).where(Order.id.in_(moved), Order.customer_id.is_not(None))
    rebuild(connection, buyers)
    connection.execute(update(Product).where(_MOVED).values(counted_category=Product.category))


def compare(connection: Connection, limit: int = 1000) -> list[Difference]:
    """The first `limit` rows that are not what the histories say."""
    kept, right = CustomerCategory.__table__, _counted(None).subquery("right_")
    same = and_(kept.c.customer_id == right.c.customer_id, kept.c.category == right.c.category)
    differs = or_(kept.c.last_order_at != right.c.last_order_at, kept.c.units != right.c.units)
    found: list[Difference] = []
    wrong = select(right, kept.c.last_order_at, kept.c.units).select_from(right.outerjoin(kept, same))
    for row in connection.execute(wrong.where(or_(kept.c.customer_id.is_(None), differs)).limit(limit)):
        customer_id, category, at, units, kept_at, kept_units = row
        found.append(Difference(customer_id, category, kept_at and (kept_at, kept_units), (at, units)))
    beyond = select(kept).select_from(kept.outerjoin(right, same)).where(right.c.customer_id.is_(None))
    for row in connection.execute(beyond.limit(limit)):
        found.append(Difference(row.customer_id, row.category, (row.last_order_at, row.units), None))
    return found[:limit]


def _make(connection: Connection, customer_ids: Select[Any] | None) -> None:
    old = delete(CustomerCategory)
    connection.execute(old if customer_ids is None else old.where(CustomerCategory.customer_id.in_(customer_ids)))
    if connection.scalar(select(exists().where(OrderItem.id.is_not(None)))):
        connection.execute(insert(CustomerCategory).from_select(list(_COLUMNS), _counted(customer_ids)))


def _counted(customer_ids: Select[Any] | None) -> Select[Any]:
    columns: list[Any] = [
        Order.customer_id,
        Product.category,
        func.max(Order.placed_at).label("last_order_at"),
        # the servers' sums are decimals
        cast(func.sum(OrderItem.quantity), BigInteger).label("units"),
    ]
    joined = select(*columns).join(OrderItem, OrderItem.order_id == Order.id)
    joined = joined.join(Product, Product.id == OrderItem.product_id)
    counted = joined.where(
        Order.customer_id.is_not(None), Order.status != "cancelled", Product.category.is_not(None)
    ).group_by(Order.customer_id, Product.category)
    return counted if customer_ids is None else counted.where(Order.customer_id.in_(customer_ids))
