"""RFM: how recently, how often and for how much each buyer bought, against all the others. Computed by the engine.

A score is `min(5, 1 + floor(5 * (rank - 1) / n))` with the competition rank of a value among `n` buyers. So a value
scores k or more where at least ceil((k - 1) * n / 5) values are smaller, which is where the one at that place of the
order is: four cut values a score replace the ranks of everybody. In the kept numbers (`customer_stats`) indexes lead
to them, and nothing is sorted.

What counts is what was ordered up to a moment and is not cancelled. The kept numbers of a customer whose last order is
not later say just that; only the others' orders are summed again. So one way serves now and any day of the past, and
what comes in while scores are written changes none of them.

The scheme: Hughes, Strategic Database Marketing (1994); ties share a score, as they should and NTILE does not do.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Double,
    FromClause,
    Insert,
    Select,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    true,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import Grouping

from crm_store.refilling import references_known
from crm_store.schema import (
    CustomerScore,
    CustomerStats,
    Instant,
    Order,
    RfmScale,
    SegmentDay,
    SegmentMove,
    from_ms,
    to_ms,
)
from crm_store.upsert import Columns, upsert

#: what R and F say together: (least R, most R, least F, most F); every pair is in one of them
SEGMENTS: Mapping[str, tuple[tuple[int, int, int, int], ...]] = {
    "champions": ((5, 5, 4, 5),),
    "loyal": ((3, 4, 4, 5),),
    "potential loyalist": ((4, 5, 2, 3),),
    "new": ((5, 5, 1, 1),),
    "promising": ((4, 4, 1, 1),),
    "need attention": ((3, 3, 3, 3),),
    "about to sleep": ((3, 3, 1, 2),),
    "can't lose": ((1, 2, 5, 5),),
    "at risk": ((1, 2, 3, 4),),
    "hibernating": ((1, 2, 1, 2),),
}
#: the columns of `customer_scores` that are written here: they change when a customer or the order of all does
KEPT = ("recency", "frequency", "monetary", "segment")
#: all that is told of a customer; the rest moves with every day, and is told from `rfm_scales`
COLUMNS = ("rfm_as_of", *KEPT, "recency_ratio", "frequency_ratio", "monetary_ratio")
#: customers in one transaction: others write in between
AT_ONCE = 20_000
SCORES = ("recency", "frequency", "monetary")
_VALUES = ("last_order_at", "orders", "spend_base")

#: four values a score, R, F and M, as in `Scale`
Cuts = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
#: the first and the last customer of a stretch; None: to the end
Stretch = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Scale:
    """What every buyer is measured by."""

    as_of: datetime
    buyers: int
    #: four values a score, ascending: a score is one more than there are smaller ones. Milliseconds since 1970 UTC,
    #: orders, minor units of the base currency; empty where nobody bought
    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    monetary: tuple[int, ...]
    #: averages over all buyers: milliseconds since the last order, orders, minor units
    mean_age: float
    mean_orders: float
    mean_spend: float


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a stretch of customers."""

    #: buyers and what they had spent, by segment
    segments: Mapping[str, tuple[int, int]]
    #: customers who came into another segment
    moved: int


def measure(connection: Connection, as_of: datetime) -> Scale:
    """The scale of everybody who bought up to a moment (of which the milliseconds count)."""
    as_of = from_ms(to_ms(as_of))
    has_later = connection.scalar(select(exists().where(CustomerStats.last_order_at > as_of)))
    if connection.dialect.name == "postgresql":
        # else sums of a long history are spilled to disk
        connection.execute(text("SET LOCAL work_mem = '256MB'"))
    if has_later:
        found = connection.execute(measured(buyers(as_of).cte("buyers"), as_of))
        return scale_of(as_of, [(what, place, value) for what, place, value in found])
    # of everybody: whoever bought nothing adds nothing, and a condition would lead the planner by an index
    totals = connection.execute(select(*_totals(CustomerStats.__table__, as_of).values())).one()
    # PostgreSQL reads the table beside an index wherever it has been written to since it was last vacuumed
    cuts_of = _at_once if connection.dialect.name == "postgresql" else _by_index
    cuts = [cuts_of(connection, name, totals[0]) for name in _VALUES]
    return _scale(as_of, [int(total or 0) for total in totals], cuts)


def cuts(connection: Connection, scores: Container[str] = SCORES) -> Cuts:
    """The cut values of R, F and M as of now, in which `Scale` has them; of scores that nobody asks for, none."""
    buyers = connection.scalar(select(func.count()).where(CustomerStats.orders > 0)) or 0
    recency, frequency, monetary = (
        tuple(_by_index(connection, value, buyers)) if name in scores else ()
        for name, value in zip(SCORES, _VALUES, strict=True)
    )
    return recency, frequency, monetary


def stretches(connection: Connection) -> list[Stretch]:
    """All customers in parts that are written at once."""
    number = func.row_number().over(order_by=CustomerStats.customer_id).label("number")
    numbered = select(CustomerStats.customer_id, number).subquery()
    firsts = select(numbered.c.customer_id).where(numbered.c.number % AT_ONCE == 1).order_by(numbered.c.customer_id)
    starts = [int(first) for first in connection.scalars(firsts)]
    return [*((a, b - 1) for a, b in pairwise(starts)), *((a, None) for a in starts[-1:])]


def write(connection: Connection, scale: Scale, stretch: Stretch, *, keeps_moves: bool) -> Written:
    """Brings the scores of a stretch of customers up to date; a row in which nothing differs is left as it is.

    Who bought nothing up to then has no scores any more. `keeps_moves` is whether whoever comes into another segment
    is noted.
    """
    rows = scored(buyers(scale.as_of, stretch).subquery("buyers"), scale).subquery("scored")
    return put(connection, scale.as_of, rows, stretch, keeps_moves=keeps_moves)


def put(connection: Connection, as_of: datetime, rows: FromClause, stretch: Stretch, *, keeps_moves: bool) -> Written:
    """The same with the scores of the stretch's buyers at hand, as `scored` has them, wherever they were computed."""
    beside, differs = _beside_kept(rows, stretch)
    one: Any = literal(1)
    counted = select(
        rows.c.segment,
        func.count(),
        func.sum(rows.c.spend_base),
        func.sum(case((differs, one), else_=0)),
        func.count(_STANDS.c.segment),
    )
    found = connection.execute(counted.select_from(beside).group_by(rows.c.segment)).all()
    gone = and_(
        _within(CustomerScore.customer_id, stretch),
        CustomerScore.segment.is_not(None),
        CustomerScore.customer_id.not_in(select(rows.c.customer_id)),
    )
    kept = select(func.count(CustomerScore.segment)).where(_within(CustomerScore.customer_id, stretch))
    moved = 0
    # most nights nobody goes, and of many a stretch nothing changes: what is looked for then is not there
    if connection.scalar(kept) != sum(row[4] for row in found):
        moved += _note_who_left(connection, as_of, gone) if keeps_moves else 0
        connection.execute(update(CustomerScore).where(gone).values(dict.fromkeys(KEPT)))
    if any(row[3] for row in found):
        moved += _note_who_came(connection, as_of, rows, stretch) if keeps_moves else 0
        # no customer ever goes away
        with references_known(connection):
            connection.execute(bring_up_to_date(connection.dialect.name, rows, stretch))
    return Written({row[0]: (int(row[1]), int(row[2])) for row in found}, moved)


def begin(connection: Connection, as_of: datetime) -> None:
    """Before the first stretch: what stands no longer says that all scores are of a later moment."""
    connection.execute(delete(RfmScale).where(RfmScale.as_of > as_of))


def record(connection: Connection, scale: Scale, segments: Mapping[str, tuple[int, int]]) -> None:
    """After the last stretch: keeps the averages, how many buyers each segment had and what they had spent; nobody is a
    number too."""
    at = from_ms(to_ms(scale.as_of))
    connection.execute(delete(RfmScale))
    averages = {name: getattr(scale, name) for name in ("buyers", "mean_age", "mean_orders", "mean_spend")}
    connection.execute(insert(RfmScale), {"as_of": at, **averages})
    connection.execute(delete(SegmentDay).where(SegmentDay.at == at))
    days = [(name, *segments.get(name, (0, 0))) for name in SEGMENTS]
    connection.execute(
        insert(SegmentDay),
        [{"at": at, "segment": name, "customers": count, "spend_base": spend} for name, count, spend in days],
    )


def rated(connection: Connection, ids: Sequence[int] | None = None) -> dict[int, tuple[float | None, ...]]:
    """What customers' days since the last order, orders and spend are to the averages, as of when everybody was scored
    last; who had bought nothing by then is left out, as is an average of zero (None). `ids`: of these alone."""
    scale = connection.execute(select(*RfmScale.__table__.c)).one_or_none()
    if scale is None:
        return {}
    bought = buyers(scale.as_of).subquery("buyers")
    ratios: dict[str, ColumnElement[Any]] = _ratios(bought, scale)
    of_whom = true() if ids is None else bought.c.customer_id.in_(ids)
    found = select(bought.c.customer_id, *ratios.values()).where(of_whom)
    return {row[0]: tuple(row[1:]) for row in connection.execute(found)}


def is_first(connection: Connection) -> bool:
    """Whether no scores were ever completed: then there is nothing anybody could have moved from."""
    return connection.scalar(select(SegmentDay.at).limit(1)) is None


# --- who bought what ----------------------------------------------------------------------------------------------


def buyers(as_of: datetime, stretch: Stretch | None = None) -> Select[Any] | CompoundSelect[Any]:
    """Buyers up to a moment: customer_id, last_order_at, orders, spend_base."""
    kept = _kept().where(_Likely(CustomerStats.last_order_at <= as_of))
    later = select(CustomerStats.customer_id).where(CustomerStats.last_order_at > as_of)
    if stretch is not None:
        kept = kept.where(_within(CustomerStats.customer_id, stretch))
        later = later.where(_within(CustomerStats.customer_id, stretch))
    again = summed(as_of).where(Order.customer_id.in_(later))
    if stretch is not None:
        again = again.where(_within(Order.customer_id, stretch))
    return union_all(kept, again)


def summed(as_of: datetime) -> Select[Any]:
    """The same from the orders alone; guests are nobody's."""
    counted = (Order.customer_id.is_not(None), Order.status != "cancelled", Order.placed_at <= as_of)
    columns: list[Any] = [
        Order.customer_id,
        func.max(Order.placed_at).label("last_order_at"),
        func.count().label("orders"),
        # the servers' sums are decimals
        cast(func.sum(Order.total_base), BigInteger).label("spend_base"),
    ]
    return select(*columns).where(*counted).group_by(Order.customer_id)


def _kept() -> Select[Any]:
    columns: list[Any] = [CustomerStats.customer_id, *(getattr(CustomerStats, name) for name in _VALUES)]
    return select(*columns).where(_Likely(CustomerStats.orders > 0))


class _Likely(Grouping[bool]):
    """A condition that most rows meet: SQLite would take an index for it, and look up every row apart."""

    inherit_cache = True


@compiles(_Likely, "sqlite")
def _(condition: _Likely, compiler: SQLCompiler, **options: Any) -> str:
    return f"likely({compiler.process(condition.element, **options)})"


def _within(column: Any, stretch: Stretch) -> ColumnElement[bool]:
    first, last = stretch
    return and_(column >= first) if last is None else and_(column >= first, column <= last)


# --- the scale ----------------------------------------------------------------------------------------------------


def measured(rows: FromClause, as_of: datetime) -> CompoundSelect[Any]:
    """Totals and cut values of buyers that have no index, in one statement: what it is, its place from 1 (0: a total),
    and the value. The rows are gathered once and sorted three times."""
    totals = [
        select(literal(what).label("what"), literal(0).label("place"), cast(total, BigInteger).label("value"))
        for what, total in _totals(rows, as_of).items()
    ]
    return union_all(*totals, *(_sorted_cuts(rows, name) for name in _VALUES))


def scale_of(as_of: datetime, found: Iterable[tuple[str, int, int | None]]) -> Scale:
    """The scale of what `measured` found."""
    values = {(what, place): value or 0 for what, place, value in found}
    totals = [values[what, 0] for what in ("buyers", "ages", "total orders", "total spend")]
    places = cut_ranks(totals[0]) if totals[0] else []
    return _scale(as_of, totals, [[values[name, place] for place in places] for name in _VALUES])


def _scale(as_of: datetime, totals: Sequence[int], cuts: Sequence[Sequence[int]]) -> Scale:
    count, *sums = totals
    age, orders, spend = (total / count if count else 0.0 for total in sums)
    recency, frequency, monetary = (tuple(values) for values in cuts)
    return Scale(as_of, count, recency, frequency, monetary, age, orders, spend)


def _totals(rows: FromClause, as_of: datetime) -> dict[str, ColumnElement[Any]]:
    return {
        "buyers": func.count(rows.c.last_order_at),
        "ages": func.sum(_age(rows, as_of)),
        "total orders": func.sum(rows.c.orders),
        "total spend": func.sum(rows.c.spend_base),
    }


def _age(rows: FromClause, as_of: datetime) -> ColumnElement[int]:
    """Milliseconds since the last order."""
    return literal(to_ms(as_of), BigInteger) - type_coerce(rows.c.last_order_at, BigInteger)


def cut_ranks(count: int) -> list[int]:
    """The places, from 1, of the four values above which a score begins.

    >>> cut_ranks(10), cut_ranks(1)
    ([2, 4, 6, 8], [1, 1, 1, 1])
    """
    return [-(-count * fifth // 5) for fifth in range(1, 5)]


def _by_index(connection: Connection, name: str, count: int) -> list[int]:
    """The cut values of a column of the kept numbers, each reached from the nearer end of its index."""
    if not count:
        return []
    column = getattr(CustomerStats, name)
    found = []
    for rank in cut_ranks(count):
        is_low = rank <= count // 2
        skipped = rank - 1 if is_low else count - rank
        order = column if is_low else column.desc()
        value = select(type_coerce(column, BigInteger)).where(CustomerStats.orders > 0).order_by(order)
        found.append(connection.execute(value.limit(1).offset(skipped)).scalar_one())
    return found


def _at_once(connection: Connection, name: str, count: int) -> list[int]:
    """The same of one sort of all, in PostgreSQL's words."""
    if not count:
        return []
    column = type_coerce(getattr(CustomerStats, name), BigInteger)
    ascending: Any = func.array_agg(aggregate_order_by(column, column.asc()), type_=ARRAY(BigInteger))
    found = select(*(ascending[place] for place in cut_ranks(count))).where(CustomerStats.orders > 0)
    return [int(value) for value in connection.execute(found).one()]


def _sorted_cuts(rows: FromClause, name: str) -> Select[Any]:
    place = func.row_number().over(order_by=rows.c[name]).label("place")
    value = type_coerce(rows.c[name], BigInteger).label("value")
    places = select(value, place, func.count().over().label("count")).subquery(f"{name}_places")
    # the place is ceil(count * fifth / 5), of whichever kind the engine's division is
    here, count = places.c.place * 5, places.c.count
    is_cut = or_(*(and_(here >= count * fifth, here < count * fifth + 5) for fifth in range(1, 5)))
    columns: list[Any] = [literal(name).label("what"), places.c.place, places.c.value]
    return select(*columns).where(is_cut)


# --- scores -------------------------------------------------------------------------------------------------------


def scored(rows: FromClause, scale: Scale) -> Select[Any]:
    """Every buyer's scores, segment and ratios, with what was spent (`spend_base`)."""
    inner = select(
        rows.c.customer_id,
        rows.c.spend_base,
        score_of(type_coerce(rows.c.last_order_at, BigInteger), scale.recency).label("recency"),
        score_of(rows.c.orders, scale.frequency).label("frequency"),
        score_of(rows.c.spend_base, scale.monetary).label("monetary"),
        *(ratio.label(name) for name, ratio in _ratios(rows, scale).items()),
    ).subquery("rated")
    as_of: ColumnElement[Any] = literal(scale.as_of, Instant)
    columns = {**inner.c, "rfm_as_of": as_of, "segment": segment(inner.c.recency, inner.c.frequency)}
    return select(inner.c.customer_id, inner.c.spend_base, *(columns[name].label(name) for name in COLUMNS))


def segment(recency: ColumnElement[int], frequency: ColumnElement[int]) -> ColumnElement[str]:
    """The segment of two scores."""
    # by one number: asked for each box again, SQLite would work the scores out each time
    names = {
        literal(5 * r + f): literal(name)
        for name, boxes in SEGMENTS.items()
        for r1, r2, f1, f2 in boxes
        for r in range(r1, r2 + 1)
        for f in range(f1, f2 + 1)
    }
    return case(names, value=recency * 5 + frequency)


def has_score(value: ColumnElement[Any], cuts: tuple[int, ...], least: int, most: int) -> ColumnElement[bool]:
    """Whether a value's score is from `least` to `most`, so that an index on the value serves."""
    bounds = [value > literal(cuts[least - 2], BigInteger)] if cuts and least > 1 else []
    bounds += [value <= literal(cuts[most - 1], BigInteger)] if cuts and most < 5 else []
    return and_(true(), *bounds)


def score_of(value: ColumnElement[Any], cuts: tuple[int, ...]) -> ColumnElement[int]:
    """The score of a value."""
    above = [(value > literal(cut, BigInteger), literal(score)) for score, cut in enumerate(cuts, 2)]
    return case(*reversed(above), else_=literal(1)) if above else literal(1)


def _ratios(rows: FromClause, scale: Any) -> dict[str, ColumnElement[Any]]:
    """The averages are those of a `Scale`, or of a row that keeps them."""
    return {
        "recency_ratio": _ratio(_age(rows, scale.as_of), scale.mean_age),
        "frequency_ratio": _ratio(rows.c.orders, scale.mean_orders),
        "monetary_ratio": _ratio(rows.c.spend_base, scale.mean_spend),
    }


def _ratio(value: ColumnElement[Any], mean: float) -> ColumnElement[Any]:
    """To the average; nothing where that is zero."""
    return cast(value, Double) / literal(mean, Double) if mean else cast(null(), Double)


# --- what is kept -------------------------------------------------------------------------------------------------


def _note_who_came(connection: Connection, as_of: datetime, rows: FromClause, stretch: Stretch) -> int:
    beside, _ = _beside_kept(rows, stretch)
    columns: list[Any] = [rows.c.customer_id, literal(as_of, Instant), _STANDS.c.segment, rows.c.segment]
    came = select(*columns).select_from(beside).where(_STANDS.c.segment.is_distinct_from(rows.c.segment))
    return _note(connection, came)


def _note_who_left(connection: Connection, as_of: datetime, gone: ColumnElement[bool]) -> int:
    columns: list[Any] = [CustomerScore.customer_id, literal(as_of, Instant), CustomerScore.segment, null()]
    return _note(connection, select(*columns).where(gone))


def _note(connection: Connection, moves: Select[Any]) -> int:
    note = insert(SegmentMove).from_select(["customer_id", "at", "from_segment", "to_segment"], moves)
    return connection.execute(note, execution_options={"preserve_rowcount": True}).rowcount


def bring_up_to_date(dialect: str, rows: FromClause, stretch: Stretch) -> Insert:
    """Writes what `scored` says of a stretch of customers, where it is not what is kept."""

    def change(_old: Columns, new: Columns) -> dict[str, ColumnElement[Any]]:
        return {name: new[name] for name in KEPT}

    beside, differs = _beside_kept(rows, stretch)
    newer = select(rows.c.customer_id, *(rows.c[name] for name in KEPT)).select_from(beside).where(differs)
    return upsert(dialect, CustomerScore, ["customer_id"], change, (("customer_id", *KEPT), newer))


_STANDS = CustomerScore.__table__.alias("stands")


def _beside_kept(rows: FromClause, stretch: Stretch) -> tuple[FromClause, ColumnElement[bool]]:
    """The rows beside what is kept, and whether they differ: also where nothing is."""
    # the limits are implied, but PostgreSQL would not see it and read the scores of everybody for each stretch
    own = and_(_STANDS.c.customer_id == rows.c.customer_id, _within(_STANDS.c.customer_id, stretch))
    differs = (_STANDS.c[name].is_distinct_from(rows.c[name]) for name in KEPT)
    return rows.outerjoin(_STANDS, own), or_(_STANDS.c.customer_id.is_(None), *differs)
