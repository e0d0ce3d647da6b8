"""What is known of each customer strictly before a moment, as numbers to learn from.

What happened is read once, as it is, and sorted into arrays (`Past`); numpy counts it, for as many moments as are asked
about. The same rows give the same numbers on every engine.

Nothing from the moment on is seen, with what the store keeps no history of as the exceptions:

- an order counts unless it is cancelled, whenever that happened; its other statuses are not looked at;
- a ticket's kind, a refund's kind, a customer's country and an order's total are as they are now;
- a cart is what of it was last changed before the moment: what has been changed or emptied since is not seen;
- whoever was merged into another customer is that customer, and was from the beginning.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Select,
    and_,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
    type_coerce,
)

from crm_store.schema import (
    CartItem,
    Customer,
    CustomerStats,
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
    Keys = NDArray[np.int64]

#: milliseconds
_DAY = 86_400_000
#: days before the moment in which orders and spend are counted
WINDOWS = (30, 60, 90, 180, 365)
#: days after the moment that are asked about: the same days of a year ago are counted, and the gaps that span them
AHEAD = (30, 90)
#: a parcel that took more days than this was late: the store knows no promised date
LATE_DAYS = 10
#: rows fetched at a time from a server and from SQLite (more leave the processor's cache before they are read), and
#: customers whose numbers are worked out at a time
_CHUNK, _CHUNK_OF_FILE, _BLOCK = 50_000, 2_000, 50_000
#: bytes before the first row of PostgreSQL's binary copies
_HEAD = 19


@dataclass(frozen=True, slots=True)
class Among:
    """Which customers: all with an id from `first` to `last` (None: no bound at all) that `one_in` divides, or `ids`
    alone."""

    one_in: int = 1
    first: int = 0
    last: int | None = None
    ids: tuple[int, ...] | None = None


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


@dataclass(frozen=True, slots=True)
class _Events:
    """Something that happened to customers, by customer: those of the customer at place p are at starts[p] to
    starts[p + 1]."""

    starts: "Keys"
    #: a column each, one entry an event
    columns: "Mapping[str, NDArray[Any]]"

    @classmethod
    def of(cls, owners: int, whose: "Keys", columns: "Mapping[str, NDArray[Any]]") -> "_Events":
        """Sorted by `whose`, places in the customers; those below zero are nobody's."""
        import numpy as np

        order = np.argsort(whose, kind="stable")
        order = order[np.searchsorted(whose[order], 0) :]
        starts = np.searchsorted(whose[order], np.arange(owners + 1))
        return cls(starts, {name: column[order] for name, column in columns.items()})

    def part(self, first: int, last: int) -> "tuple[Keys, Mapping[str, NDArray[Any]]]":
        """Of the customers at places from `first` and before `last`: whose they are, counted from `first`."""
        import numpy as np

        starts = self.starts[first : last + 1]
        whose = np.repeat(np.arange(last - first), np.diff(starts))
        return whose, {name: column[starts[0] : starts[-1]] for name, column in self.columns.items()}


@dataclass(frozen=True, slots=True)
class Past:
    """What happened to customers before a moment."""

    #: ascending, and where each lives
    ids: "Keys"
    countries: "NDArray[np.object_]"
    #: milliseconds, as all times here; NaN where it is not known
    signed_up: "Column"
    #: in the order of their time
    orders: _Events
    events: Mapping[str, _Events]
    #: the customers of the whole store by country: how many were known by each moment that is asked about
    shares: "Mapping[int, Mapping[str | None, float]]"

    def at(self, cut_off: datetime) -> Features:
        """What was known before one of the moments it was read for, of every customer known by then."""
        import numpy as np

        parts = list(self.blocks(cut_off))
        return Features(
            parts[0].names, np.concatenate([one.ids for one in parts]), np.concatenate([one.values for one in parts])
        )

    def blocks(self, cut_off: datetime) -> Iterator[Features]:
        """The same, some customers at a time."""
        for first in range(0, max(len(self.ids), 1), _BLOCK):
            yield self._block(cut_off, first, min(first + _BLOCK, len(self.ids)))

    def ordered(self, start: datetime, end: datetime) -> "Keys":
        """The ids, ascending, of customers with an order that counts from `start` on and before `end`."""
        import numpy as np

        at = self.orders.columns["at"]
        inside = np.append(0, np.cumsum((at >= to_ms(start)) & (at < to_ms(end))))
        return self.ids[inside[self.orders.starts[1:]] > inside[self.orders.starts[:-1]]]

    def _block(self, cut_off: datetime, first: int, last: int) -> Features:
        import numpy as np

        before, count = to_ms(cut_off), last - first
        seen = _orders(count, before, *self.orders.part(first, last))
        for name, count_up in _COUNTS.items():
            seen |= count_up(count, before, *self.events[name].part(first, last))
        signed_up = self.signed_up[first:last].copy()
        signed_up[~(signed_up < before)] = np.nan
        known = ~np.isnan(signed_up)
        for name in _MAKES_KNOWN:
            known |= seen[name] > 0
        told = _told({name: values[known] for name, values in seen.items()}, before)
        told["days_since_sign_up"] = (before - signed_up[known]) / _DAY
        shares = self.shares[before]
        told["country_share"] = np.array([shares.get(one, np.nan) for one in self.countries[first:last][known]], float)
        turn = 2 * pi * cut_off.timetuple().tm_yday / 365.25
        told["season_sin"], told["season_cos"] = (np.full(known.sum(), value) for value in (sin(turn), cos(turn)))
        values = np.empty((int(known.sum()), len(told)), np.float32)
        for number, one in enumerate(told.values()):
            values[:, number] = one
        return Features(tuple(told), self.ids[first:last][known], values)


def features(connection: Connection, cut_off: datetime, among: Among = EVERYBODY) -> Features:
    """What was known before `cut_off` of every customer known by then, or of those who are `among` some.

    Known is who had signed up, ordered, visited, filled a cart, written or rated. Times are in days, money in minor
    units of the base currency.
    """
    return read(connection, [cut_off], among=among).at(cut_off)


def ordered_between(
    connection: Connection, start: datetime, end: datetime, among: Among = EVERYBODY
) -> "NDArray[np.int64]":
    """The ids, ascending, of customers with an order that counts from `start` on and before `end`."""
    import numpy as np

    within = and_(Order.placed_at >= start, Order.placed_at < end, *_ordered(among))
    return np.sort(_whole(connection, select(Order.customer_id).where(within).distinct())[0])


# --- the SELECTs ---------------------------------------------------------------------------------------------------


def read(
    connection: Connection, moments: Sequence[datetime], until: datetime | None = None, among: Among = EVERYBODY
) -> Past:
    """What happened before the last of the moments, to tell what was known at each; orders before `until`, where that
    is later."""
    import numpy as np

    last = to_ms(max(moments))
    ids, signed_up, countries = _people(connection, among)
    number, whose, at, spend = _whole(connection, _placed(to_ms(until) if until else last, among))
    whose = _places(ids, whose)
    by_time = np.lexsort((at, whose))
    orders = _Events.of(len(ids), whose[by_time], {"at": at[by_time], "spend": spend[by_time]})
    # of the orders by their numbers: whose, and when
    by_number = np.argsort(number, kind="stable")
    number, whose, at = number[by_number], whose[by_number].astype(np.int32), at[by_number]
    events: dict[str, _Events] = {"baskets": _baskets_read(connection, last, among, len(ids), number, whose, at)}
    for name, statement in _statements(last, among).items():
        names = [column.name for column in statement.selected_columns]
        rows = _numbers(connection, statement)
        columns = dict(zip(names[1:], rows.T[1:], strict=True))
        events[name] = _Events.of(len(ids), _places(ids, rows[:, 0].astype(np.int64)), columns)
    shares = _country_shares(connection, [to_ms(one) for one in moments])
    return Past(ids, countries, signed_up, orders, events, shares)


def _people(connection: Connection, among: Among) -> "tuple[Keys, Column, NDArray[np.object_]]":
    """Ids, when they signed up, and their country."""
    import numpy as np

    found = select(Customer.id, _ms(Customer.signed_up_at), Customer.country).where(
        Customer.merged_into_id.is_(None), _is_among(Customer.id, among)
    )
    ids, since, countries = [np.zeros(0, np.int64)], [np.zeros(0)], [np.zeros(0, np.object_)]
    for part in _fetched(connection, found.order_by(Customer.id)):
        columns = list(zip(*part, strict=True))
        ids.append(np.array(columns[0], np.int64))
        since.append(np.array(columns[1], np.float64))
        countries.append(np.array(columns[2], np.object_))
    return np.concatenate(ids), np.concatenate(since), np.concatenate(countries)


def _country_shares(connection: Connection, moments: Sequence[int]) -> "Mapping[int, Mapping[str | None, float]]":
    """The share of each country in the customers who had signed up or ordered by each moment."""

    def known(moment: int) -> ColumnElement[Any]:
        by_then = (_ms(Customer.signed_up_at) < moment) | (_ms(CustomerStats.first_order_at) < moment)
        return func.sum(case((by_then, 1), else_=0))

    counted = (
        select(Customer.country, *(known(moment).label(f"known_{n}") for n, moment in enumerate(moments)))
        .outerjoin(CustomerStats, CustomerStats.customer_id == Customer.id)
        .where(Customer.merged_into_id.is_(None), Customer.country.is_not(None))
        .group_by(Customer.country)
    )
    rows = connection.execute(counted).all()
    totals = [float(sum(row[1 + n] for row in rows)) for n in range(len(moments))]
    return {
        moment: {row[0]: float(row[1 + n]) / totals[n] for row in rows if row[1 + n]}
        for n, moment in enumerate(moments)
    }


def _placed(before: int, among: Among) -> Select[Any]:
    placed = _ms(Order.placed_at)
    columns: tuple[Any, ...] = (Order.id, Order.customer_id, placed, Order.total_base)
    return select(*columns).where(placed < before, *_ordered(among))


def _baskets_read(
    connection: Connection, before: int, among: Among, owners: int, number: "Keys", whose: "Keys", at: "Keys"
) -> _Events:
    """What was in orders. Of everybody the items are read as they lie, and find their order here: faster than a join,
    which meets the rows of one table in the order of the other."""
    import numpy as np

    lines = select(OrderItem.order_id, OrderItem.product_id, OrderItem.quantity)
    if among != EVERYBODY:
        lines = lines.join(Order, Order.id == OrderItem.order_id)
        lines = lines.where(_ms(Order.placed_at) < before, *_ordered(among))
    kinds = connection.execute(select(Product.id, Product.category).order_by(Product.id)).all()
    codes = {name: code for code, name in enumerate(sorted({name for _, name in kinds if name}))}
    products = np.array([key for key, _ in kinds], np.int64)
    category = np.array([codes.get(name or "", -1) for _, name in kinds], np.int32)
    read: list[list[Any]] = [[np.zeros(0, np.int32)] for _ in range(3)]
    for part in _integers(connection, lines):
        order, product, units = part.T
        place = _places(number, order)
        kept = place >= 0
        found = (place[kept], np.searchsorted(products, product[kept]), units[kept])
        for column, part in zip(read, found, strict=True):
            column.append(part.astype(np.int32))
    place, product, units = (np.concatenate(read.pop(0)) for _ in range(3))
    columns = {"order": place, "product": product, "units": units}
    sorted_ = _Events.of(owners, whose[place] if len(place) else place, columns)
    more = {"at": at[sorted_.columns["order"]], "category": category[sorted_.columns["product"]]}
    return _Events(sorted_.starts, {name: sorted_.columns[name] for name in ("product", "units")} | more)


def _statements(before: int, among: Among) -> dict[str, Select[Any]]:
    """What else happened: a row an event, whose it was first."""
    delivered, placed = _ms(Shipment.delivered_at), _ms(Order.placed_at)
    parcels = select(Order.customer_id, delivered.label("at"), placed.label("placed"))
    parcels = parcels.join(Shipment, Shipment.order_id == Order.id)
    is_return = case((Refund.kind == "return", 1), else_=0)
    is_complaint = case((Ticket.kind == "complaint", 1), else_=0)
    return {
        "parcels": parcels.where(delivered < before, placed < before, *_ordered(among)),
        "refunds": _of(
            Refund.customer_id, Refund.created_at, before, among, is_return=is_return, amount=Refund.amount_base
        ),
        "tickets": _of(
            Ticket.customer_id,
            Ticket.opened_at,
            before,
            among,
            is_complaint=is_complaint,
            answered_at=_ms(Ticket.csat_at),
            csat=Ticket.csat,
        ),
        "reviews": _of(
            Review.customer_id,
            Review.created_at,
            before,
            among,
            rating=Review.rating,
            read_at=_ms(Review.read_at),
            sentiment=cast(Review.sentiment, Double),
        ),
        "visits": _of(Visit.customer_id, Visit.at, before, among, product=Visit.product_id),
        "carts": _of(CartItem.customer_id, CartItem.updated_at, before, among, units=CartItem.quantity),
    }


def _of(owner: Any, at: Any, before: int, among: Among, **columns: Any) -> Select[Any]:
    named = [column.label(name) for name, column in columns.items()]
    rows = select(owner, _ms(at).label("at"), *named)
    return rows.where(owner.is_not(None), _ms(at) < before, _is_among(owner, among))


def _ordered(among: Among) -> tuple[ColumnElement[bool], ...]:
    return (Order.customer_id.is_not(None), Order.status != "cancelled", _is_among(Order.customer_id, among))


def _is_among(owner: Any, among: Among) -> ColumnElement[bool]:
    if among.ids is not None:
        return owner.in_(among.ids)  # type: ignore[no-any-return]
    part = true() if among.one_in == 1 else owner % among.one_in == 0
    return part if among.last is None else and_(part, owner.between(among.first, among.last))


def _ms(column: Any) -> ColumnElement[int]:
    """A moment as the database holds it: no `datetime` is made of millions of rows."""
    return type_coerce(column, BigInteger)


def _places(ids: "Keys", wanted: "Keys") -> "Keys":
    """Where these stand among ascending ids; -1 where they do not: an old import's row of someone merged away."""
    import numpy as np

    if not len(ids):
        return np.full(len(wanted), -1)
    places = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[places] == wanted, places, -1)


def _fetched(connection: Connection, statement: Any) -> Iterator[Sequence[Any]]:
    """Rows, some at a time."""
    if connection.dialect.name != "sqlite":
        yield from connection.execute(statement, execution_options={"yield_per": _CHUNK}).partitions()
        return
    # from the driver: SQLAlchemy's own rows would be made by the million to be taken apart
    sql = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
    cursor: Any = connection.exec_driver_sql(sql).cursor
    try:
        while rows := cursor.fetchmany(_CHUNK_OF_FILE):
            yield rows
    finally:
        cursor.close()


def _whole(connection: Connection, statement: Any) -> "list[Keys]":
    """The columns of a SELECT of whole numbers, none of them NULL."""
    import numpy as np

    parts: list[list[Keys]] = [[np.zeros(0, np.int64)] for _ in statement.selected_columns]
    for rows in _integers(connection, statement):
        for column, part in zip(parts, rows.T, strict=True):
            column.append(part.copy())
    return [np.concatenate(parts.pop(0)) for _ in statement.selected_columns]


def _integers(connection: Connection, statement: Any) -> "Iterator[Keys]":
    """Rows of whole numbers, none of them NULL, some at a time: (rows, columns)."""
    import numpy as np

    if connection.dialect.name == "postgresql":
        columns = (cast(column, BigInteger) for column in statement.selected_columns)
        yield from _copied(connection, statement.with_only_columns(*columns), ">i8")
        return
    for rows in _fetched(connection, statement):
        width = len(rows[0])
        yield np.fromiter(chain.from_iterable(rows), np.int64, width * len(rows)).reshape(-1, width)


def _copied(connection: Connection, statement: Any, kind: str) -> "Iterator[NDArray[Any]]":
    """Rows of numbers of 8 bytes, none of them NULL, as PostgreSQL holds them: no object is made of any.

    The format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
    """
    import numpy as np

    width = len(statement.selected_columns)
    row = np.dtype([("fields", ">i2"), ("cells", [("length", ">i4"), ("value", kind)], (width,))])
    # compiled for a driver that is given values, which has every % doubled
    sql = str(statement.compile(connection, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT BINARY)") as copy:
        kept, had_head = bytearray(), False
        for block in copy:
            kept += block
            if not had_head and len(kept) >= _HEAD:
                had_head = True
                del kept[:_HEAD]
            # the end is two bytes: never as long as a row
            whole = len(kept) // row.itemsize
            if whole >= _CHUNK:
                yield np.frombuffer(bytes(kept), row, whole)["cells"]["value"]
                del kept[: whole * row.itemsize]
        whole = len(kept) // row.itemsize
        if whole:
            yield np.frombuffer(bytes(kept), row, whole)["cells"]["value"]


def _numbers(connection: Connection, statement: Select[Any]) -> "Column":
    """The rows of a SELECT of numbers; NULL is NaN."""
    import numpy as np

    parts = [np.zeros((0, len(statement.selected_columns)))]
    if connection.dialect.name == "postgresql":
        # a whole number below 2^53 is the same as a float
        columns = (
            func.coalesce(cast(column, Double), literal_column("'NaN'::float8"))
            for column in statement.selected_columns
        )
        parts += [rows.astype(np.float64) for rows in _copied(connection, statement.with_only_columns(*columns), ">f8")]
        return np.concatenate(parts)
    parts += [np.array([tuple(row) for row in rows], np.float64) for rows in _fetched(connection, statement)]
    return np.concatenate(parts)


# --- counted, an entry a customer ----------------------------------------------------------------------------------

_MAKES_KNOWN = ("orders", "refunds", "tickets", "ratings", "visits", "cart_units")


def _sum(count: int, whose: "Keys", values: Any = None, where: Any = None) -> "Column":
    import numpy as np

    if where is not None:
        whose, values = whose[where], None if values is None else values[where]
    return np.bincount(whose, values, count).astype(np.float64)


def _largest(count: int, whose: "Keys", values: Any, where: Any = None, least: bool = False) -> "Column":
    """Of each customer; NaN where there is none. `whose` is ascending."""
    import numpy as np

    if where is not None:
        whose, values = whose[where], values[where]
    found = np.full(count, np.nan)
    if len(whose):
        starts = np.flatnonzero(np.append(True, whose[1:] != whose[:-1]))
        found[whose[starts]] = (np.minimum if least else np.maximum).reduceat(values.astype(np.float64), starts)
    return found


def _different(count: int, whose: "Keys", values: "Keys") -> "Column":
    """How many different ones each customer has; those below zero do not count."""
    import numpy as np

    told = values >= 0
    width = int(values.max(initial=0)) + 1
    pairs = np.sort(whose[told] * width + values[told])
    first = np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]
    return _sum(count, pairs[first] // width)


def _orders(count: int, before: int, whose: "Keys", of: "Mapping[str, NDArray[Any]]") -> "dict[str, Column]":
    """Orders by customer and day before the moment, and what lies between those days."""
    import numpy as np

    at, spend = of["at"], of["spend"]
    if len(at) and at.max() >= before:
        known = at < before
        whose, at, spend = whose[known], at[known], spend[known]
    # whole days before the moment; those of a day are one purchase
    age = (before - 1 - at) // _DAY
    new = np.append(True, (whose[1:] != whose[:-1]) | (age[1:] != age[:-1]))[: len(at)]
    starts = np.flatnonzero(new)
    own, age = whose[starts], age[starts]
    orders = np.diff(starts, append=len(at)).astype(np.float64)
    spend = np.add.reduceat(spend, starts).astype(np.float64) if len(starts) else np.zeros(0)
    first = np.append(True, own[1:] != own[:-1])[: len(own)]
    last = np.append(own[1:] != own[:-1], True)[: len(own)]
    whose_first, whose_last = np.flatnonzero(first), np.flatnonzero(last)

    def of_one(values: Any, places: "Keys") -> "Column":
        found = np.full(count, np.nan)
        found[own[places]] = values[places]
        return found

    silent = of_one(age, whose_last)
    later = ~first
    gap = np.where(later, np.append(0, age[:-1] - age[1:])[: len(age)], 0).astype(np.float64)
    own_silent = silent[own]
    ends = np.zeros(count, np.int64)
    ends[own[whose_last]] = whose_last
    lately = later & (ends[own] - np.arange(len(own)) < 3)
    month = age // 30
    other_month = np.append(True, (month[1:] != month[:-1]) | first[1:])[: len(age)]
    seen = {
        "orders": _sum(count, own, orders),
        "days": _sum(count, own),
        "spend": _sum(count, own, spend),
        "first_at": of_one(at[starts], whose_first),
        "last_at": _largest(count, whose, at),
        "oldest": of_one(age, whose_first),
        "newest": silent,
        "gap_squares": _sum(count, own, gap * gap),
        "gap_longest": _largest(count, own, gap, later),
        "gap_last": of_one(np.where(later, gap, np.nan), whose_last),
        "gap_last_sum": _sum(count, own, gap, lately),
        "gap_last_count": _sum(count, own, None, lately),
        "gaps_longer": _sum(count, own, None, later & (gap > own_silent)),
        "spend_last": of_one(spend, whose_last),
        "months": _sum(count, own, None, other_month),
        # how much of the past is recent: an order weighs 1 now, a half after 30 (180) days, a third after twice that
        "recent_30": _sum(count, own, orders / (1 + age / 30)),
        "recent_180": _sum(count, own, orders / (1 + age / 180)),
    }
    for days in WINDOWS:
        seen[f"orders_{days}"] = _sum(count, own, orders, age < days)
        seen[f"spend_{days}"] = _sum(count, own, spend, age < days)
    for days in AHEAD:
        seen[f"gaps_longer_{days}"] = _sum(count, own, None, later & (gap > own_silent + days))
        seen[f"year_ago_{days}"] = _sum(count, own, orders, (age < 365) & (age >= 365 - days))
    return seen


def _baskets(count: int, before: int, whose: "Keys", of: "Mapping[str, NDArray[Any]]") -> "dict[str, Column]":
    whose, of = _earlier(before, whose, of)
    recent = of["at"] >= before - 90 * _DAY
    return {
        "lines": _sum(count, whose),
        "units": _sum(count, whose, of["units"]),
        "units_90": _sum(count, whose, of["units"], recent),
        "products": _different(count, whose, of["product"]),
        "categories": _different(count, whose, of["category"]),
    }


def _parcels(count: int, before: int, whose: "Keys", of: "Mapping[str, NDArray[Any]]") -> "dict[str, Column]":
    whose, of = _earlier(before, whose, of)
    took = of["at"] - of["placed"]
    is_late = took > LATE_DAYS * _DAY
    return {
        "parcels": _sum(count, whose),
        "parcels_late": _sum(count, whose, None, is_late),
        "parcel_late_at": _largest(count, whose, of["at"], is_late),
        "parcels_time": _sum(count, whose, took),
        "parcel_longest": _largest(count, whose, took),
    }


def _refunds(count: int, before: int, whose: "Keys", of: "Mapping[str, NDArray[Any]]") -> "dict[str, Column]":
    whose, of = _earlier(before, whose, of)
    return {
        "refunds": _sum(count, whose),
        "returns": _sum(count, whose, of["is_return"]),
        "refund_sum": _sum(count, whose, of["amount"]),
        "refund_last_at": _largest(count, whose, of["at"]),
    }


def _tickets(count: int, before: int, whose: "Keys", of: "Mapping[str, NDArray[Any]]") -> "dict[str, Column]":
    whose, of = _earlier(before, whose, of)
    recent, is_complaint = of["at"] >= before - 90 * _DAY, of["is_complaint"] > 0
    answered = (of["answered_at"] < before) & (of["csat"] == of["csat"])
    return {
        "tickets": _sum(count, whose),
        "tickets_90": _sum(count, whose, None, recent),
        "complaints": _sum(count, whose, None, is_complaint),
        "complaints_90": _sum(count, whose, None, is_complaint & recent),
        "complaint_last_at": _largest(count, whose, of["at"], is_complaint),
        "csat_sum": _sum(count, whose, of["csat"], answered),
        "csat_count": _sum(count, whose, None, answered),
    }


def _reviews(count: int, before: int, whose: "Keys", of: "Mapping[str, NDArray[Any]]") -> "dict[str, Column]":
    whose, of = _earlier(before, whose, of)
    was_read = (of["read_at"] < before) & (of["sentiment"] == of["sentiment"])
    return {
        "ratings": _sum(count, whose),
        "rating_sum": _sum(count, whose, of["rating"]),
        "rating_worst": _largest(count, whose, of["rating"], least=True),
        "sentiment_sum": _sum(count, whose, of["sentiment"], was_read),
        "sentiment_count": _sum(count, whose, None, was_read),
    }


def _visits(count: int, before: int, whose: "Keys", of: "Mapping[str, NDArray[Any]]") -> "dict[str, Column]":
    import numpy as np

    whose, of = _earlier(before, whose, of)
    at = of["at"]
    seen = {f"visits_{days}": _sum(count, whose, None, at >= before - days * _DAY) for days in (7, 30, 90)}
    product = np.nan_to_num(of["product"], nan=-1).astype(np.int64)
    return {
        "visits": _sum(count, whose),
        "visit_last_at": _largest(count, whose, at),
        **seen,
        "looked_at": _different(count, whose, product),
    }


def _carts(count: int, before: int, whose: "Keys", of: "Mapping[str, NDArray[Any]]") -> "dict[str, Column]":
    whose, of = _earlier(before, whose, of)
    return {"cart_units": _sum(count, whose, of["units"]), "cart_at": _largest(count, whose, of["at"])}


def _earlier(before: int, whose: "Keys", of: "Mapping[str, NDArray[Any]]") -> "tuple[Keys, Mapping[str, NDArray[Any]]]":
    """What happened before the moment."""
    known = of["at"] < before
    return (whose, of) if known.all() else (whose[known], {name: column[known] for name, column in of.items()})


_COUNTS = {
    "baskets": _baskets,
    "parcels": _parcels,
    "refunds": _refunds,
    "tickets": _tickets,
    "reviews": _reviews,
    "visits": _visits,
    "carts": _carts,
}


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
