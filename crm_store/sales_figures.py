"""What the shop sold in a time: one definition of revenue, orders, buyers, cohorts and abandoned carts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)

from crm_store.periods import Period
from crm_store.schema import CartItem, CustomerStats, Order, Product


@dataclass(frozen=True, slots=True)
class Sales:
    """Orders that are not cancelled, and who placed them; guests' orders have no buyer."""

    #: their totals in minor units of the base currency
    revenue_base: int
    orders: int
    buyers: int
    #: buyers whose first order this was, and those who had at least two by the end
    new_buyers: int
    repeat_buyers: int

    @property
    def aov_base(self) -> int | None:
        """Average order value in minor units; None without orders."""
        return round(self.revenue_base / self.orders) if self.orders else None


def sales(connection: Connection, period: Period) -> Sales:
    orders, revenue = connection.execute(
        select(func.count(), cast(func.coalesce(func.sum(Order.total_base), 0), BigInteger)).where(*_placed(period))
    ).one()
    who = _buyers(period)
    is_new, is_repeat = _is_new(who, period), _is_repeat(who, period)
    buyers, new, repeat = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((is_new, 1), else_=0)), 0),
            func.coalesce(func.sum(case((is_repeat, 1), else_=0)), 0),
        ).select_from(who)
    ).one()
    return Sales(revenue, orders, buyers, int(new), int(repeat))


def _placed(period: Period) -> tuple[ColumnElement[bool], ...]:
    return Order.status != "cancelled", Order.placed_at >= period.start, Order.placed_at < period.end


def _buyers(period: Period) -> Subquery:
    """A row for each buyer of a time: orders and spend in it, and when they first bought."""
    spent = cast(func.sum(Order.total_base), BigInteger)
    return (
        select(
            Order.customer_id.label("customer_id"),
            func.count().label("orders"),
            spent.label("spent"),
            func.min(CustomerStats.first_order_at).label("first_at"),
        )
        .join(CustomerStats, CustomerStats.customer_id == Order.customer_id)
        .where(*_placed(period))
        .group_by(Order.customer_id)
        .subquery()
    )


def _is_new(who: Subquery, period: Period) -> ColumnElement[bool]:
    return who.c.first_at >= period.start


def _is_repeat(who: Subquery, period: Period) -> ColumnElement[bool]:
    return or_(who.c.orders > 1, who.c.first_at < period.start)


def buyers(connection: Connection, period: Period, limit: int, *, new: bool) -> list[int]:
    """The new (or the repeat) buyers of a time, those who spent most in it first."""
    who = _buyers(period)
    mine = _is_new(who, period) if new else _is_repeat(who, period)
    query = select(who.c.customer_id).where(mine).order_by(who.c.spent.desc(), who.c.customer_id).limit(limit)
    return list(connection.scalars(query))


def cohorts(connection: Connection, months: Sequence[Period]) -> list[list[int]]:
    """Of the customers who first bought in a month (a row each), how many ordered in it and in each month after it.

    `months` follow one another, oldest first; the last row has one number, the one before it two.
    """
    whole = Period(months[0].start, months[-1].end)
    seen = (
        select(
            Order.customer_id.label("customer_id"),
            _number_of(CustomerStats.first_order_at, months).label("cohort"),
            _number_of(Order.placed_at, months).label("month"),
        )
        .join(CustomerStats, CustomerStats.customer_id == Order.customer_id)
        .where(*_placed(whole))
        .where(CustomerStats.first_order_at >= whole.start, CustomerStats.first_order_at < whole.end)
        .subquery()
    )
    query = select(seen.c.cohort, seen.c.month, func.count(seen.c.customer_id.distinct()).label("customers"))
    counts = [[0] * (len(months) - row) for row in range(len(months))]
    for row in connection.execute(query.group_by(seen.c.cohort, seen.c.month)):
        counts[row.cohort][row.month - row.cohort] = row.customers
    return counts


def _number_of(at: SQLColumnExpression[Any], months: Sequence[Period]) -> ColumnElement[int]:
    """Which of the months a time is in."""
    whens = [(at < month.end, number) for number, month in enumerate(months[:-1])]
    return case(*whens, else_=len(months) - 1) if whens else case((at < months[0].end, 0), else_=0)


@dataclass(frozen=True, slots=True)
class CartSum:
    """What abandoned carts hold at a currency's prices, in minor units of it."""

    currency: str
    total: int


@dataclass(frozen=True, slots=True)
class Carts:
    customers: int
    #: pieces without a price are in no sum
    sums: tuple[CartSum, ...]


def abandoned_carts(connection: Connection, period: Period, now: datetime) -> Carts:
    """Carts last touched in a time that their customers have not followed by an order up to now."""
    carts = _abandoned(period, now)
    query = (
        select(Product.currency, cast(func.sum(CartItem.quantity * Product.price), BigInteger).label("total"))
        .join(carts, carts.c.customer_id == CartItem.customer_id)
        .join(Product, Product.id == CartItem.product_id)
        .where(Product.currency.is_not(None), Product.price.is_not(None))
        .group_by(Product.currency)
        .order_by(Product.currency)
    )
    count = connection.scalar(select(func.count()).select_from(carts)) or 0
    return Carts(count, tuple(CartSum(row.currency, row.total) for row in connection.execute(query)))


def with_abandoned_cart(connection: Connection, period: Period, now: datetime, limit: int) -> list[int]:
    """Whose carts those are, the last touched first."""
    carts = _abandoned(period, now)
    query = select(carts.c.customer_id).order_by(carts.c.touched.desc(), carts.c.customer_id).limit(limit)
    return list(connection.scalars(query))


def _abandoned(period: Period, now: datetime) -> Subquery:
    touched = (
        select(CartItem.customer_id, func.max(CartItem.updated_at).label("touched"))
        .group_by(CartItem.customer_id)
        .having(and_(func.max(CartItem.updated_at) >= period.start, func.max(CartItem.updated_at) < period.end))
        .subquery()
    )
    ordered = exists().where(
        Order.customer_id == touched.c.customer_id,
        Order.status != "cancelled",
        Order.placed_at >= touched.c.touched,
        Order.placed_at <= now,
    )
    return select(touched.c.customer_id, touched.c.touched).where(~ordered).subquery()
