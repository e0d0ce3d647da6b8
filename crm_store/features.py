"""What is known of each customer strictly before a moment, as numbers to learn from.

A few grouped SELECTs do the counting in the store's engine; numpy puts them side by side. The same rows give the same
numbers on every engine.

Nothing from the moment on is seen, with what the store keeps no history of as the exceptions:

- an order counts unless it is cancelled, whenever that happened; its other statuses are not looked at;
- a ticket's kind, a refund's kind, a customer's country and an order's total are as they are now;
- a cart is what of it was last changed before the moment: what has been changed or emptied since is not seen;
- whoever was merged into another customer is that customer, and was from the beginning.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    distinct,
    func,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)

from crm_store.schema import (
    CartItem,
    Customer,
    Order,
    OrderItem,
    Product,
    Refund,
    Review,
    Shipment,
    Ticket,
    Visit,
    to_ms,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

#: milliseconds
_DAY = 86_400_000
#: days before the moment in which orders and spend are counted
WINDOWS = (30, 60, 90, 180, 365)
#: days after the moment that are asked about: the same days of a year ago are counted, and the gaps that span them
AHEAD = (30, 90)
#: a parcel that took more days than this was late: the store knows no promised date
LATE_DAYS = 10
#: rows fetched at a time
_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Among:
    """Which customers: all with an id from `first` to `last` (None: no bound at all) that `one_in` divides."""

    one_in: int = 1
    first: int = 0
    last: int | None = None


EVERYBODY = Among()


@dataclass(frozen=True, slots=True)
class Features:
    """What was known of customers at a moment."""

    names: tuple[str, ...]
    #: ascending
    ids: "NDArray[np.int64]"
    #: (customers, names); NaN where there is nothing to tell: no order yet, no gap yet, no parcel
    values: "NDArray[np.float32]"

    def column(self, name: str) -> "NDArray[np.float32]":
        """One feature of everybody."""
        return self.values[:, self.names.index(name)]

    def only(self, rows: "NDArray[np.bool_]") -> "Features":
        """The same of some customers: a mask, one a customer."""
        return Features(self.names, self.ids[rows], self.values[rows])


def features(connection: Connection, cut_off: datetime, among: Among = EVERYBODY) -> Features:
    """What was known before `cut_off` of every customer known by then, or of those who are `among` some.

    Known is who had signed up, ordered, visited, filled a cart, written or rated. Times are in days, money in minor
    units of the base currency.
    """
    import numpy as np

    before = to_ms(cut_off)
    ids, signed_up, countries = _everybody(connection, before, among)
    seen: dict[str, Column] = {}
    for statement in _counts(before, among):
        names, rows = _fetch(connection, statement)
        # someone merged away may still own a row of an old import
        rows = rows[np.isin(rows[:, 0], ids)]
        places = np.searchsorted(ids, rows[:, 0].astype(np.int64))
        for name, values in zip(names[1:], rows.T[1:], strict=True):
            seen[name] = np.full(len(ids), np.nan)
            seen[name][places] = values
    return put_together(ids, signed_up, countries, seen, cut_off)


def put_together(
    ids: "NDArray[np.int64]", signed_up: "Column", countries: "Column", seen: "Mapping[str, Column]", cut_off: datetime
) -> Features:
    """The features of customers, one entry each: when they signed up, the share of their country and what was counted.

    Signing up is in milliseconds since 1970 UTC. NaN: not before `cut_off`, and whatever nothing is told of.
    """
    import numpy as np

    before = to_ms(cut_off)
    known = ~np.isnan(signed_up)
    for name in _MAKES_KNOWN:
        known |= seen[name] > 0
    told = _told({name: values[known] for name, values in seen.items()}, before)
    told["days_since_sign_up"] = (before - signed_up[known]) / _DAY
    told["country_share"] = countries[known]
    turn = 2 * pi * cut_off.timetuple().tm_yday / 365.25
    told["season_sin"], told["season_cos"] = (np.full(known.sum(), value) for value in (sin(turn), cos(turn)))
    values = np.empty((int(known.sum()), len(told)), np.float32)
    for number, one in enumerate(told.values()):
        values[:, number] = one
    return Features(tuple(told), ids[known], values)


def ordered_between(
    connection: Connection, start: datetime, end: datetime, among: Among = EVERYBODY
) -> "NDArray[np.int64]":
    """The ids, ascending, of customers with an order that counts from `start` on and before `end`."""
    import numpy as np

    within = and_(Order.placed_at >= start, Order.placed_at < end, *_ordered(among))
    _, rows = _fetch(connection, select(Order.customer_id).where(within).distinct())
    return np.sort(rows[:, 0].astype(np.int64))


def side_by_side(cut_off: datetime) -> Select[Any]:
    """All that is counted of every customer in one SELECT: `id`, `signed_up_at`, `country`, and the counts."""
    people = _people(EVERYBODY).subquery("people")
    joined: FromClause = people
    columns: list[Any] = [*people.c]
    for number, statement in enumerate(_counts(to_ms(cut_off), EVERYBODY)):
        counted = statement.subquery(f"counted_{number}")
        joined = joined.outerjoin(counted, counted.c.customer_id == people.c.id)
        columns += [column for column in counted.c if column.name != "customer_id"]
    return select(*columns).select_from(joined)


# --- the SELECTs: a row a customer, the id first -------------------------------------------------------------------


def _everybody(connection: Connection, before: int, among: Among) -> "tuple[NDArray[np.int64], Column, Column]":
    """Ids, when they signed up if before the moment, and the share of their country."""
    import numpy as np

    found = connection.execute(_people(among).order_by(Customer.id), execution_options={"yield_per": _CHUNK})
    rows = list(found.partitions())
    shares = _country_shares(connection, before)
    ids, since, countries = [np.zeros(0, np.int64)], [np.zeros(0)], [np.zeros(0)]
    for part in rows:
        ids.append(np.array([row[0] for row in part], np.int64))
        since.append(np.array([row[1] for row in part], np.float64))
        countries.append(np.array([shares.get(row[2]) for row in part], np.float64))
    signed_up = np.concatenate(since)
    signed_up[~(signed_up < before)] = np.nan
    return np.concatenate(ids), signed_up, np.concatenate(countries)


def _people(among: Among) -> Select[Any]:
    columns: list[Any] = [Customer.id, _ms(Customer.signed_up_at).label("signed_up_at"), Customer.country]
    return select(*columns).where(Customer.merged_into_id.is_(None), _is_among(Customer.id, among))


def _country_shares(connection: Connection, before: int) -> dict[str | None, float]:
    return country_shares(connection.execute(countries(before)))


def countries(before: int) -> Select[str | None, int]:
    """How many customers each country has, of those who had signed up or ordered before a moment (milliseconds)."""
    ordered = select(Order.id).where(
        Order.customer_id == Customer.id, _ms(Order.placed_at) < before, Order.status != "cancelled"
    )
    return (
        select(Customer.country, func.count())
        .where(Customer.merged_into_id.is_(None), or_(_ms(Customer.signed_up_at) < before, ordered.exists()))
        .group_by(Customer.country)
    )


def country_shares(counted: Iterable[Any]) -> dict[str | None, float]:
    """The share of each country, of what `countries` found."""
    counts = {country: count for country, count in counted if country is not None}
    total = sum(counts.values())
    return {country: count / total for country, count in counts.items()}


def _counts(before: int, among: Among) -> Iterator[Select[Any]]:
    yield _orders(before, among)
    yield _baskets(before, among)
    yield _parcels(before, among)
    yield _refunds(before, among)
    yield _tickets(before, among)
    yield _reviews(before, among)
    yield _visits(before, among)
    yield _carts(before, among)


_MAKES_KNOWN = ("orders", "refunds", "tickets", "ratings", "visits", "cart_units")


def _orders(before: int, among: Among) -> Select[Any]:
    """Orders by customer and day before the moment, and what lies between those days."""
    placed = _ms(Order.placed_at)
    since = literal_column(str(before - 1), BigInteger) - placed
    aged = (
        select(
            Order.customer_id,
            placed.label("placed"),
            Order.total_base,
            # whole days before the moment, in whole numbers: MariaDB would round a quotient up
            ((since - since % _DAY) / literal_column(f"{_DAY}e0")).label("age"),
        )
        .where(placed < before, *_ordered(among))
        .subquery("aged")
    )
    day = (
        select(
            aged.c.customer_id,
            aged.c.age,
            func.count().label("orders"),
            func.sum(aged.c.total_base).label("spend"),
            func.min(aged.c.placed).label("first_at"),
            func.max(aged.c.placed).label("last_at"),
        )
        .group_by(aged.c.customer_id, aged.c.age)
        .subquery("days")
    )
    own = day.c.customer_id
    d = select(
        *day.c,
        (func.lag(day.c.age).over(partition_by=own, order_by=day.c.age.desc()) - day.c.age).label("gap"),
        func.row_number().over(partition_by=own, order_by=day.c.age).label("newest"),
        func.min(day.c.age).over(partition_by=own).label("silent"),
    ).subquery("gaps")

    def total(condition: Any, value: Any = 1) -> ColumnElement[Any]:
        return func.sum(case((condition, value), else_=0))

    numbers: dict[str, ColumnElement[Any]] = {
        "orders": func.sum(d.c.orders),
        "days": func.count(),
        "spend": func.sum(d.c.spend),
        "first_at": func.min(d.c.first_at),
        "last_at": func.max(d.c.last_at),
        "oldest": func.max(d.c.age),
        "newest": func.min(d.c.age),
        "gap_squares": func.sum(d.c.gap * d.c.gap),
        "gap_longest": func.max(d.c.gap),
        "gap_last": func.max(case((d.c.newest == 1, d.c.gap))),
        "gap_last_sum": total(and_(d.c.newest <= 3, d.c.gap.is_not(None)), d.c.gap),
        "gap_last_count": total(and_(d.c.newest <= 3, d.c.gap.is_not(None))),
        "gaps_longer": total(d.c.gap > d.c.silent),
        "spend_last": total(d.c.newest == 1, d.c.spend),
        "months": func.count(distinct(func.floor(d.c.age / literal_column("30e0")))),
        # how much of the past is recent: an order weighs 1 now, a half after 30 (180) days, a third after twice that
        "recent_30": func.sum(d.c.orders / (1 + d.c.age / literal_column("30e0"))),
        "recent_180": func.sum(d.c.orders / (1 + d.c.age / literal_column("180e0"))),
    }
    for days in WINDOWS:
        numbers[f"orders_{days}"] = total(d.c.age < days, d.c.orders)
        numbers[f"spend_{days}"] = total(d.c.age < days, d.c.spend)
    for days in AHEAD:
        numbers[f"gaps_longer_{days}"] = total(d.c.gap > d.c.silent + days)
        numbers[f"year_ago_{days}"] = total(and_(d.c.age < 365, d.c.age >= 365 - days), d.c.orders)
    return select(d.c.customer_id, *_labelled(numbers)).group_by(d.c.customer_id)


def _baskets(before: int, among: Among) -> Select[Any]:
    placed = _ms(Order.placed_at)
    recent = placed >= before - 90 * _DAY
    numbers = {
        "lines": func.count(),
        "units": func.sum(OrderItem.quantity),
        "units_90": func.sum(case((recent, OrderItem.quantity), else_=0)),
        "products": func.count(distinct(OrderItem.product_id)),
        "categories": func.count(distinct(Product.category)),
    }
    joined = select(Order.customer_id, *_labelled(numbers)).join(OrderItem, OrderItem.order_id == Order.id)
    joined = joined.join(Product, Product.id == OrderItem.product_id)
    return joined.where(placed < before, *_ordered(among)).group_by(Order.customer_id)


def _parcels(before: int, among: Among) -> Select[Any]:
    placed, delivered = _ms(Order.placed_at), _ms(Shipment.delivered_at)
    is_late = delivered - placed > LATE_DAYS * _DAY
    numbers = {
        "parcels": func.count(),
        "parcels_late": func.sum(case((is_late, 1), else_=0)),
        "parcel_late_at": func.max(case((is_late, delivered))),
        "parcels_time": func.sum(delivered - placed),
        "parcel_longest": func.max(delivered - placed),
    }
    joined = select(Order.customer_id, *_labelled(numbers)).join(Shipment, Shipment.order_id == Order.id)
    return joined.where(delivered < before, placed < before, *_ordered(among)).group_by(Order.customer_id)


def _refunds(before: int, among: Among) -> Select[Any]:
    numbers = {
        "refunds": func.count(),
        "returns": func.sum(case((Refund.kind == "return", 1), else_=0)),
        "refund_sum": func.sum(Refund.amount_base),
        "refund_last_at": func.max(_ms(Refund.created_at)),
    }
    return _of(Refund.customer_id, numbers, _ms(Refund.created_at) < before, among)


def _tickets(before: int, among: Among) -> Select[Any]:
    opened = _ms(Ticket.opened_at)
    recent = opened >= before - 90 * _DAY
    answered = _ms(Ticket.csat_at) < before
    is_complaint = Ticket.kind == "complaint"
    numbers = {
        "tickets": func.count(),
        "tickets_90": func.sum(case((recent, 1), else_=0)),
        "complaints": func.sum(case((is_complaint, 1), else_=0)),
        "complaints_90": func.sum(case((and_(is_complaint, recent), 1), else_=0)),
        "complaint_last_at": func.max(case((is_complaint, opened))),
        "csat_sum": func.sum(case((answered, Ticket.csat))),
        "csat_count": func.count(case((answered, Ticket.csat))),
    }
    return _of(Ticket.customer_id, numbers, opened < before, among)


def _reviews(before: int, among: Among) -> Select[Any]:
    was_read = _ms(Review.read_at) < before
    numbers = {
        "ratings": func.count(),
        "rating_sum": func.sum(Review.rating),
        "rating_worst": func.min(Review.rating),
        "sentiment_sum": func.sum(case((was_read, Review.sentiment))),
        "sentiment_count": func.count(case((was_read, Review.sentiment))),
    }
    return _of(Review.customer_id, numbers, _ms(Review.created_at) < before, among)


def _visits(before: int, among: Among) -> Select[Any]:
    at = _ms(Visit.at)
    numbers = {
        "visits": func.count(),
        "visit_last_at": func.max(at),
        "visits_7": func.sum(case((at >= before - 7 * _DAY, 1), else_=0)),
        "visits_30": func.sum(case((at >= before - 30 * _DAY, 1), else_=0)),
        "visits_90": func.sum(case((at >= before - 90 * _DAY, 1), else_=0)),
        "looked_at": func.count(distinct(Visit.product_id)),
    }
    return _of(Visit.customer_id, numbers, at < before, among)


def _carts(before: int, among: Among) -> Select[Any]:
    changed = _ms(CartItem.updated_at)
    numbers = {"cart_units": func.sum(CartItem.quantity), "cart_at": func.max(changed)}
    return _of(CartItem.customer_id, numbers, changed < before, among)


def _of(
    owner: Any, numbers: Mapping[str, ColumnElement[Any]], condition: ColumnElement[bool], among: Among
) -> Select[Any]:
    rows = select(owner, *_labelled(numbers)).where(owner.is_not(None), condition, _is_among(owner, among))
    return rows.group_by(owner)


def _labelled(numbers: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [number.label(name) for name, number in numbers.items()]


def _ordered(among: Among) -> tuple[ColumnElement[bool], ...]:
    return (Order.customer_id.is_not(None), Order.status != "cancelled", _is_among(Order.customer_id, among))


def _is_among(owner: Any, among: Among) -> ColumnElement[bool]:
    part = true() if among.one_in == 1 else owner % among.one_in == 0
    return part if among.last is None else and_(part, owner.between(among.first, among.last))


def _ms(column: Any) -> ColumnElement[int]:
    """A moment as the database holds it: no `datetime` is made of millions of rows."""
    return type_coerce(column, BigInteger)


def _fetch(connection: Connection, statement: Select[Any]) -> "tuple[list[str], Column]":
    """The names and the rows of a SELECT of numbers; NULL is NaN."""
    import numpy as np

    rows = connection.execute(statement, execution_options={"yield_per": _CHUNK})
    names = list(rows.keys())
    parts = [np.zeros((0, len(names)))]
    parts += [np.array([tuple(row) for row in part], np.float64) for part in rows.partitions()]
    return names, np.concatenate(parts)


# --- put side by side ----------------------------------------------------------------------------------------------


def _told(seen: "Mapping[str, Column]", before: int) -> "dict[str, Column]":
    """The features, from what was counted."""
    import numpy as np

    def count(name: str) -> "Column":
        return np.nan_to_num(seen[name])

    def ago(name: str) -> "Column":
        return (before - seen[name]) / _DAY

    def ratio(above: "Column", below: "Column") -> "Column":
        return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))

    gaps = count("days") - 1
    gap_mean = ratio(seen["oldest"] - seen["newest"], gaps)
    gap_sd = np.sqrt(np.maximum(ratio(seen["gap_squares"], gaps) - gap_mean**2, 0))
    gap_recent = ratio(seen["gap_last_sum"], count("gap_last_count"))
    recency, tenure = ago("last_at"), ago("first_at")
    counted = [name for name in seen if name.startswith(("orders_", "spend_", "recent_", "year_ago_", "visits"))]
    counted += ["orders", "days", "spend", "months", "lines", "units", "products", "categories", "parcels"]
    counted += ["parcels_late", "refunds", "returns", "refund_sum", "tickets", "tickets_90", "complaints"]
    counted += ["complaints_90", "ratings", "looked_at", "cart_units"]
    told = {name: count(name) for name in counted}
    told |= {
        "recency": recency,
        "tenure": tenure,
        "aov": ratio(seen["spend"], seen["orders"]),
        "spend_last_ratio": ratio(seen["spend_last"] * seen["days"], seen["spend"]),
        "rate": ratio(count("days"), tenure + 30),
        "months_share": ratio(count("months"), np.ceil((tenure + 1) / 30)),
        "gap_mean": gap_mean,
        "gap_sd": gap_sd,
        "gap_last": seen["gap_last"],
        "gap_recent": gap_recent,
        "gap_longest": seen["gap_longest"],
        "gap_trend": ratio(gap_recent, gap_mean),
        "overdue": ratio(recency, gap_mean),
        "overdue_longest": ratio(recency, seen["gap_longest"]),
        # of the gaps that outlasted the silence now, the share that went on through the days ahead; drawn to 1/2
        **{f"stays_{d}": (count(f"gaps_longer_{d}") + 0.5) / (count("gaps_longer") + 1) for d in AHEAD},
        "units_order": ratio(count("units"), count("orders")),
        "units_90": count("units_90"),
        "products_line": ratio(count("products"), count("lines")),
        "refund_share": ratio(count("refund_sum"), count("spend")),
        "refund_ago": ago("refund_last_at"),
        "complaint_ago": ago("complaint_last_at"),
        "csat": ratio(count("csat_sum"), count("csat_count")),
        "rating": ratio(count("rating_sum"), count("ratings")),
        "rating_worst": seen["rating_worst"],
        "sentiment": ratio(count("sentiment_sum"), count("sentiment_count")),
        "parcel_days": ratio(count("parcels_time") / _DAY, count("parcels")),
        "parcel_longest": seen["parcel_longest"] / _DAY,
        "parcel_late_ago": ago("parcel_late_at"),
        "visit_ago": ago("visit_last_at"),
        "visit_since_order": recency - ago("visit_last_at"),
        "cart_ago": ago("cart_at"),
    }
    return told
