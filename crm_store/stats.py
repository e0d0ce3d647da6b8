"""How `customer_stats` is kept: by what changes, in the transaction that changes it.

Counts and sums move by differences in one atomic statement, so two transactions never lose each other's. Only when a
customer's first or last order may have gone are they looked up again, by index. `rebuild` makes rows from scratch, all
in one statement; `compare` says where they differ from what `rebuild` would make.

Every customer has a row, made with the customer; one that is missing all the same is made by the first change.

A refund of an order counts for the order's customer; it names that customer itself, and `rebuild` of everybody and
`compare` see to it that it does.

Locks: a change locks its own row (the order, ...) first and the customer's stats last, of two customers the smaller id
first. A transaction that changes several orders should go through them by customer; where two still wait for each other
the database ends one of them, which is `StoreUnavailable`: nothing was done, it can be tried again.

What is counted: orders, spend, first and last leave out cancelled orders; refunds are counted whatever their status and
summed when approved or paid; a ticket is open until it is resolved; every review has a rating.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Insert,
    Row,
    Select,
    Subquery,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
    update,
)

from crm_store.refilling import emptied
from crm_store.schema import Customer, CustomerStats, Order, Refund, Review, Ticket
from crm_store.upsert import Columns, upsert

#: what a customer's row holds beside the key
COLUMNS = tuple(column.key for column in CustomerStats.__table__.columns if column.key != "customer_id")
_COUNTED = tuple(column for column in COLUMNS if not column.endswith("_at"))
PAID_BACK = ("approved", "paid")
#: customers of whom on it is looked whether most rows are wrong, and how many rows are looked at
WORTH_EMPTYING, _TRIED = 20_000, 400


@dataclass(frozen=True, slots=True)
class CountedOrder:
    """What the stats see of an order."""

    #: None for a guest's order
    customer_id: int | None
    placed_at: datetime
    status: str
    #: minor units of the base currency
    total_base: int


@dataclass(frozen=True, slots=True)
class CountedRefund:
    """What the stats see of a refund."""

    customer_id: int | None
    status: str
    #: minor units of the base currency
    amount_base: int


@dataclass(frozen=True, slots=True)
class CountedTicket:
    """What the stats see of a ticket."""

    customer_id: int | None
    status: str


@dataclass(frozen=True, slots=True)
class CountedReview:
    """What the stats see of a review."""

    customer_id: int | None
    rating: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that is not what its customer's history says."""

    customer_id: int
    column: str
    kept: int | datetime | None
    right: int | datetime | None


def spend_of(connection: Connection, customer_id: int) -> int:
    """What a customer spent in all, in minor units of the base currency."""
    return connection.scalar(_spend_of(), {"customer": customer_id}) or 0


@cache
def _spend_of() -> Select[int]:
    return select(CustomerStats.spend_base).where(CustomerStats.customer_id == bindparam("customer"))


# --- one change ---------------------------------------------------------------------------------------------------


def customer_added(connection: Connection, customer_id: int) -> None:
    """Gives a customer who was just made a row: whoever never bought is found by its zeros."""
    connection.execute(insert(CustomerStats), {"customer_id": customer_id})


def order_changed(connection: Connection, before: CountedOrder | None, after: CountedOrder | None) -> None:
    """Takes an order's change into account; None where it did not exist or does no longer.

    The order itself is written already: its row's lock keeps two changes of it in order.
    """
    lost = before if before and _counts(before) else None
    gained = after if after and _counts(after) else None
    if lost == gained:
        return
    if lost and gained and lost.customer_id == gained.customer_id:
        _gain_order(connection, gained, orders=0, spend=gained.total_base - lost.total_base)
        if lost.placed_at != gained.placed_at:
            _look_up_times(connection, lost)
        return
    # always the smaller customer first: two transactions that swap orders must not wait for each other
    for order in sorted((o for o in (lost, gained) if o), key=lambda o: o.customer_id or 0):
        if order is gained:
            _gain_order(connection, order, orders=1, spend=order.total_base)
        else:
            _lose_order(connection, order)


def refund_changed(connection: Connection, before: CountedRefund | None, after: CountedRefund | None) -> None:
    """Takes a refund's change into account; None where it did not exist or does no longer."""
    _move(connection, _refund_numbers(before), _refund_numbers(after))


def ticket_changed(connection: Connection, before: CountedTicket | None, after: CountedTicket | None) -> None:
    """Takes a ticket's change into account; None where it did not exist or does no longer."""
    _move(connection, _ticket_numbers(before), _ticket_numbers(after))


def review_changed(connection: Connection, before: CountedReview | None, after: CountedReview | None) -> None:
    """Takes a review's change into account; None where it did not exist or does no longer."""
    _move(connection, _review_numbers(before), _review_numbers(after))


def _counts(order: CountedOrder) -> bool:
    return order.customer_id is not None and order.status != "cancelled"


def _gain_order(connection: Connection, order: CountedOrder, orders: int, spend: int) -> None:
    row = {"customer_id": order.customer_id, "orders": orders, "spend_base": spend}
    times = {"first_order_at": order.placed_at, "last_order_at": order.placed_at}
    connection.execute(_gain(connection.dialect.name), row | times)


def _lose_order(connection: Connection, order: CountedOrder) -> None:
    connection.execute(_LOSE, {"customer": order.customer_id, "spend": order.total_base})
    _look_up_times(connection, order)


def _look_up_times(connection: Connection, gone: CountedOrder) -> None:
    # a statement of its own, after the one that took the row's lock: so it sees what others committed meanwhile
    connection.execute(_LOOK_UP_TIMES, {"customer": gone.customer_id, "gone": gone.placed_at})


@cache
def _gain(dialect: str) -> Insert:
    def change(old: Columns, new: Columns) -> dict[str, ColumnElement[Any]]:
        later = or_(old.last_order_at.is_(None), old.last_order_at < new.last_order_at)
        earlier = or_(old.first_order_at.is_(None), old.first_order_at > new.first_order_at)
        return {
            "orders": old.orders + new.orders,
            "spend_base": old.spend_base + new.spend_base,
            "first_order_at": case((earlier, new.first_order_at), else_=old.first_order_at),
            "last_order_at": case((later, new.last_order_at), else_=old.last_order_at),
        }

    return upsert(dialect, CustomerStats, ["customer_id"], change)


_OWN = CustomerStats.customer_id == bindparam("customer")
_ORDERS = (Order.customer_id == CustomerStats.customer_id, Order.status != "cancelled")
_LOSE = (
    update(CustomerStats)
    .where(_OWN)
    .values(orders=CustomerStats.orders - 1, spend_base=CustomerStats.spend_base - bindparam("spend", type_=BigInteger))
)
_LOOK_UP_TIMES = (
    update(CustomerStats)
    .where(
        _OWN, or_(CustomerStats.first_order_at >= bindparam("gone"), CustomerStats.last_order_at <= bindparam("gone"))
    )
    .values(
        first_order_at=select(func.min(Order.placed_at)).where(*_ORDERS).scalar_subquery(),
        last_order_at=select(func.max(Order.placed_at)).where(*_ORDERS).scalar_subquery(),
    )
)


# --- plain counts and sums ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What one refund, ticket or review adds to its customer's row."""

    customer_id: int
    columns: tuple[str, ...]
    values: tuple[int, ...]

    def __neg__(self) -> "_Numbers":
        return replace(self, values=tuple(-value for value in self.values))


def _refund_numbers(refund: CountedRefund | None) -> _Numbers | None:
    if refund is None or refund.customer_id is None:
        return None
    paid_back = refund.amount_base if refund.status in PAID_BACK else 0
    return _Numbers(refund.customer_id, ("refunds", "refunded_base"), (1, paid_back))


def _ticket_numbers(ticket: CountedTicket | None) -> _Numbers | None:
    if ticket is None or ticket.customer_id is None:
        return None
    return _Numbers(ticket.customer_id, ("tickets", "open_tickets"), (1, int(ticket.status != "resolved")))


def _review_numbers(review: CountedReview | None) -> _Numbers | None:
    if review is None or review.customer_id is None:
        return None
    return _Numbers(review.customer_id, ("ratings", "rating_sum"), (1, review.rating))


def _move(connection: Connection, lost: _Numbers | None, gained: _Numbers | None) -> None:
    for numbers in _net(lost, gained):
        if any(numbers.values):
            row = dict(zip(numbers.columns, numbers.values, strict=True))
            connection.execute(
                _add(connection.dialect.name, numbers.columns), {"customer_id": numbers.customer_id} | row
            )


def _net(lost: _Numbers | None, gained: _Numbers | None) -> list[_Numbers]:
    """What to add, one a customer, the smaller customer first."""
    if lost and gained and lost.customer_id == gained.customer_id:
        moved = tuple(new - old for old, new in zip(lost.values, gained.values, strict=True))
        return [replace(gained, values=moved)]
    both = [numbers for numbers in (lost and -lost, gained) if numbers]
    return sorted(both, key=lambda numbers: numbers.customer_id)


@cache
def _add(dialect: str, columns: tuple[str, ...]) -> Insert:
    def change(old: Columns, new: Columns) -> dict[str, ColumnElement[Any]]:
        return {column: old[column] + new[column] for column in columns}

    return upsert(dialect, CustomerStats, ["customer_id"], change)


# --- all at once --------------------------------------------------------------------------------------------------


def rebuild(connection: Connection, customer_ids: Select[tuple[int]] | None = None) -> None:
    """Makes the rows of these customers (a SELECT of ids; None for all) from their histories.

    Rows that are right are not written, unless most are wrong: then the table is filled anew. Changes that others make
    at the same time are waited for or wait, and are counted once.
    """
    if customer_ids is None:
        _help_the_planner(connection)
        # before others are kept out: who wants more of a lock later may wait for whoever waits for him
        with _emptied_if_wrong(connection) as is_empty:
            if is_empty:
                _bring_back(connection)
                _fill(connection)
                return
    _keep_others_out(connection, customer_ids)
    if customer_ids is None:
        _bring_back(connection)

    def change(_old: Columns, new: Columns) -> dict[str, ColumnElement[Any]]:
        return {column: new[column] for column in COLUMNS}

    right, joined, differs = _beside_kept(customer_ids)
    columns: list[Any] = [right.c[name] for name in ("customer_id", *COLUMNS)]
    rows = (("customer_id", *COLUMNS), select(*columns).select_from(joined).where(differs))
    connection.execute(upsert(connection.dialect.name, CustomerStats, ["customer_id"], change, rows))


def _fill(connection: Connection) -> None:
    """Everybody's rows, into the empty table in the order of their key."""
    if connection.dialect.name != "sqlite":
        everybody = _rebuilt(None).order_by(Customer.id)
        connection.execute(insert(CustomerStats).from_select(["customer_id", *COLUMNS], everybody))
        return
    # SQLite would write what it joins into tables of their own first, and find every customer in them
    orders, others = _of_orders(None), _of_others(None)
    added = [name for numbers in _ADDED.values() for name in numbers]
    bought = _with_zeros(orders).order_by(orders.c.customer_id)
    connection.execute(insert(CustomerStats).from_select(bought.selected_columns.keys(), bought))
    make_missing(connection, 0)

    def change(_old: Columns, new: Columns) -> dict[str, ColumnElement[Any]]:
        return {column: new[column] for column in added}

    rest = _with_zeros(others).where(true())
    rows = (rest.selected_columns.keys(), rest)
    connection.execute(upsert(connection.dialect.name, CustomerStats, ["customer_id"], change, rows))


def _with_zeros(part: Subquery) -> Select[Any]:
    """A part of the numbers as whole rows: what others tell is zero."""
    return select(part).add_columns(*(literal(0).label(name) for name in _COUNTED if name not in part.c))


@contextmanager
def _emptied_if_wrong(connection: Connection) -> Iterator[bool]:
    """The table emptied, where it is large and most of it seems to be wrong; else as it is."""
    if not _seems_wrong(connection):
        yield False
        return
    with emptied(connection, CustomerStats) as is_empty:
        yield is_empty


def _seems_wrong(connection: Connection) -> bool:
    """Whether a quarter of some customers' rows are not what their histories say: of a few hundred, spread over all."""
    last = connection.scalar(select(func.max(Customer.id))) or 0
    if last < WORTH_EMPTYING:
        return False
    some: Select[Any] = select(Customer.id).where(Customer.id.in_(range(1, last + 1, max(1, last // _TRIED))))
    _, joined, differs = _beside_kept(some)
    tried, wrong = connection.execute(
        select(func.count(), func.sum(case((differs, 1), else_=0))).select_from(joined)
    ).one()
    return bool(tried and wrong * 4 > tried)


def _bring_back(connection: Connection) -> None:
    """Sees to it that refunds name the customer of their order."""
    # PostgreSQL looks with several processes, where it would change with one
    if connection.scalar(_STRAY) is not None:
        connection.execute(_BRING_BACK)


def _help_the_planner(connection: Connection) -> None:
    """Everybody's numbers are summed in the order of the indexes by customer, and no refund's order is far."""
    if connection.dialect.name == "postgresql":
        for setting in ("enable_hashagg = off", "jit = off", "random_page_cost = 1.1", "work_mem = '256MB'"):
            connection.execute(text(f"SET LOCAL {setting}"))


def compare(connection: Connection, limit: int = 1000) -> list[Difference]:
    """The first `limit` customers' numbers that are not what their histories say; those of a missing row are None."""
    right, joined, differs = _beside_kept(None)
    pairs = [pair for column in COLUMNS for pair in (_STANDS.c[column], right.c[column])]
    rows = connection.execute(
        select(right.c.customer_id, *pairs)
        .select_from(joined)
        .where(differs)
        .order_by(right.c.customer_id)
        .limit(limit)
    )
    return [difference for row in rows for difference in _differences(row)] + _strayed(connection, limit)


def _strayed(connection: Connection, limit: int) -> list[Difference]:
    """Refunds that name another customer than their order does."""
    owner = func.coalesce(Order.customer_id, Refund.customer_id)
    strays = select(owner, Refund.customer_id, Order.customer_id).select_from(Refund)
    strays = strays.join(Order, Order.id == Refund.order_id).where(_IS_STRAY).order_by(Refund.id)
    rows = connection.execute(strays.limit(limit))
    return [Difference(someone, "customer of a refund", kept, right) for someone, kept, right in rows]


def _differences(row: Row[Any]) -> Iterator[Difference]:
    customer_id, *values = tuple(row)
    for column, kept, right in zip(COLUMNS, values[::2], values[1::2], strict=True):
        if kept != right:
            yield Difference(customer_id, column, kept, right)


def _keep_others_out(connection: Connection, customer_ids: Select[tuple[int]] | None) -> None:
    """Waits for changes under way and holds back new ones till the end of the transaction.

    Without it a rebuild that read its orders before another transaction committed would write over that one's numbers.
    """
    match connection.dialect.name:
        case "sqlite":
            pass  # has one writer
        case "postgresql":
            connection.execute(text("LOCK TABLE customer_stats IN SHARE ROW EXCLUSIVE MODE"))
        case _:
            # MariaDB has no table lock inside a transaction: every row is made, if need be, and locked
            _make_rows(connection, select(Customer.id).where(_among(Customer.id, customer_ids)))


def make_missing(connection: Connection, after: int) -> None:
    """Makes rows of zeros for customers with an id above `after` who have none."""
    has_one = select(CustomerStats.customer_id).where(CustomerStats.customer_id == Customer.id).exists()
    _make_rows(connection, select(Customer.id).where(Customer.id > after, ~has_one))


def _make_rows(connection: Connection, ids: Select[Any]) -> None:
    """Makes rows of zeros, and locks those that are there."""
    rows = (("customer_id", *_COUNTED), ids.order_by(Customer.id).add_columns(*(literal(0) for _ in _COUNTED)))
    stay = upsert(connection.dialect.name, CustomerStats, ["customer_id"], lambda old, _: {"orders": old.orders}, rows)
    connection.execute(stay)


def _beside_kept(customer_ids: Select[tuple[int]] | None) -> tuple[Subquery, FromClause, ColumnElement[bool]]:
    """What `_rebuilt` says, the same joined to the rows that stand, and whether they differ: also where none stands."""
    right = _rebuilt(customer_ids).subquery("right_")
    joined = right.outerjoin(_STANDS, _STANDS.c.customer_id == right.c.customer_id)
    differs = (_STANDS.c[column].is_distinct_from(right.c[column]) for column in COLUMNS)
    return right, joined, or_(_STANDS.c.customer_id.is_(None), *differs)


def _rebuilt(customer_ids: Select[tuple[int]] | None) -> Select[Any]:
    """A SELECT of `customer_id` and `COLUMNS` over the histories: zeros for a customer without any."""
    parts = (_of_orders(customer_ids), _of_others(customer_ids))
    found = {column.key: column for part in parts for column in part.c if column.key != "customer_id"}
    joined: FromClause = Customer.__table__
    for part in parts:
        joined = joined.outerjoin(part, part.c.customer_id == Customer.id)
    numbers = {name: func.coalesce(found[name], 0) if name in _COUNTED else found[name] for name in COLUMNS}
    columns: list[Any] = [number.label(name) for name, number in numbers.items()]
    rows = select(Customer.id.label("customer_id"), *columns).select_from(joined)
    return rows.where(_among(Customer.id, customer_ids))


def _of_orders(customer_ids: Select[tuple[int]] | None) -> Subquery:
    numbers = [number.label(name) for name, number in _SUMS.items()]
    counted = (Order.customer_id.is_not(None), Order.status != "cancelled", _among(Order.customer_id, customer_ids))
    return select(Order.customer_id, *numbers).where(*counted).group_by(Order.customer_id).subquery("of_orders")


def _of_others(customer_ids: Select[tuple[int]] | None) -> Subquery:
    """Refunds, tickets and reviews, one after another and summed together: they are few beside the orders, and joined
    once."""
    names = [name for numbers in _ADDED.values() for name in numbers]
    zero = literal(0, BigInteger)
    parts = [
        select(model.customer_id, *(numbers.get(name, zero).label(name) for name in names)).where(
            model.customer_id.is_not(None), _among(model.customer_id, customer_ids)
        )
        for model, numbers in _ADDED.items()
    ]
    others = union_all(*parts).subquery("others")
    sums = [_sum(others.c[name]).label(name) for name in names]
    return select(others.c.customer_id, *sums).group_by(others.c.customer_id).subquery("of_others")


def _among(column: Any, customer_ids: Select[tuple[int]] | None) -> ColumnElement[bool]:
    return true() if customer_ids is None else column.in_(customer_ids)


def _sum(column: Any) -> ColumnElement[int]:
    # the servers' sums are decimals
    return cast(func.sum(column), BigInteger)


_STANDS = CustomerStats.__table__.alias("stands")
#: what a customer's orders come to
_SUMS: dict[str, ColumnElement[Any]] = {
    "orders": func.count(),
    "first_order_at": func.min(Order.placed_at),
    "last_order_at": func.max(Order.placed_at),
    "spend_base": _sum(Order.total_base),
}
#: what each refund, ticket and review adds
_ADDED: dict[Any, dict[str, ColumnElement[Any]]] = {
    Refund: {
        "refunds": literal(1),
        "refunded_base": case((Refund.status.in_(PAID_BACK), Refund.amount_base), else_=0),
    },
    Ticket: {"tickets": literal(1), "open_tickets": case((Ticket.status != "resolved", 1), else_=0)},
    Review: {"ratings": literal(1), "rating_sum": Review.__table__.c.rating},
}


_OWNER = select(Order.customer_id).where(Order.id == Refund.order_id)
_IS_STRAY = Refund.customer_id.is_distinct_from(Order.customer_id)
_STRAY = select(Refund.id).join(Order, Order.id == Refund.order_id).where(_IS_STRAY).limit(1)
_BRING_BACK = (
    update(Refund)
    .where(select(Order.id).where(Order.id == Refund.order_id, _IS_STRAY).exists())
    .values(customer_id=_OWNER.scalar_subquery())
)
