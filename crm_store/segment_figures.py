"""Numbers of the customers' segments: how many each has, who moved, and where buyers stand in R and F."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, and_, cast, func, select

from crm_store import rfm
from crm_store.schema import CustomerScore, CustomerStats, SegmentDay, SegmentMove

#: best first
SEGMENTS = tuple(rfm.SEGMENTS)
#: who was on the way out, and who has bought lately
COLD = ("about to sleep", "can't lose", "at risk", "hibernating")
WARM = ("champions", "loyal", "potential loyalist", "new", "promising")


@dataclass(frozen=True, slots=True)
class Size:
    customers: int = 0
    #: what they had spent by then, in minor units of the base currency
    spend_base: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The segments as they were computed at a time."""

    at: datetime
    sizes: Mapping[str, Size]

    def of(self, segment: str) -> Size:
        return self.sizes.get(segment, Size())

    @property
    def customers(self) -> int:
        return sum(one.customers for one in self.sizes.values())

    @property
    def spend_base(self) -> int:
        return sum(one.spend_base for one in self.sizes.values())


@dataclass(frozen=True, slots=True)
class Move:
    """How many customers went from one segment to another, and what they have spent in minor units; no segment: they
    had bought nothing yet."""

    before: str | None
    after: str | None
    customers: int
    spend_base: int


def latest(connection: Connection, now: datetime) -> Snapshot | None:
    """The segments as last computed up to a time; None before the first."""
    return _snapshot(connection, SegmentDay.at <= now)


def before(connection: Connection, one: Snapshot, apart: timedelta) -> Snapshot | None:
    """The segments as they were so long before, or the nearest to it that there is; None where there is no other."""
    older = _snapshot(connection, SegmentDay.at <= one.at - apart)
    if older is not None:
        return older
    first = connection.scalar(select(func.min(SegmentDay.at)).where(SegmentDay.at < one.at))
    return None if first is None else _snapshot(connection, SegmentDay.at == first)


def _snapshot(connection: Connection, which: Any) -> Snapshot | None:
    at = connection.scalar(select(func.max(SegmentDay.at)).where(which))
    if at is None:
        return None
    rows = connection.execute(
        select(SegmentDay.segment, SegmentDay.customers, SegmentDay.spend_base).where(SegmentDay.at == at)
    )
    return Snapshot(at, {row.segment: Size(row.customers, row.spend_base) for row in rows})


def moves(connection: Connection, since: datetime, until: datetime) -> list[Move]:
    """Who was in another segment at the end of a time than at its beginning, the most first. Somebody who went and
    came back in it did not move."""
    net = _net(since, until).subquery()
    query = (
        select(
            net.c.before,
            net.c.after,
            func.count().label("customers"),
            cast(func.coalesce(func.sum(CustomerStats.spend_base), 0), BigInteger).label("spend"),
        )
        .outerjoin(CustomerStats, CustomerStats.customer_id == net.c.customer_id)
        .group_by(net.c.before, net.c.after)
    )
    found = [Move(row.before, row.after, row.customers, row.spend) for row in connection.execute(query)]
    return sorted(found, key=lambda one: (-one.customers, one.before or "", one.after or ""))


def _net(since: datetime, until: datetime) -> Select[Any]:
    """Each customer who moved, with where from and where to in the end."""
    ends = (
        select(
            SegmentMove.customer_id,
            func.min(SegmentMove.id).label("first"),
            func.max(SegmentMove.id).label("last"),
        )
        .where(SegmentMove.at > since, SegmentMove.at <= until)
        .group_by(SegmentMove.customer_id)
        .subquery()
    )
    first, last = SegmentMove.__table__.alias("first_move"), SegmentMove.__table__.alias("last_move")
    moved = func.coalesce(first.c.from_segment, "") != func.coalesce(last.c.to_segment, "")
    return (
        select(ends.c.customer_id, first.c.from_segment.label("before"), last.c.to_segment.label("after"))
        .join(first, first.c.id == ends.c.first)
        .join(last, last.c.id == ends.c.last)
        .where(moved)
    )


def fallen(connection: Connection, since: datetime, until: datetime, limit: int) -> list[tuple[int, str, str]]:
    """Who is a champion no more, those who spent most first: key, segment before and after."""
    return _movers(connection, since, until, ("champions",), None, limit)


def returned(connection: Connection, since: datetime, until: datetime, limit: int) -> list[tuple[int, str, str]]:
    """Who came back from `COLD` to `WARM`, those who spent most first: key, segment before and after."""
    return _movers(connection, since, until, COLD, WARM, limit)


def _movers(
    connection: Connection,
    since: datetime,
    until: datetime,
    from_: tuple[str, ...],
    to: tuple[str, ...] | None,
    limit: int,
) -> list[tuple[int, str, str]]:
    net = _net(since, until).subquery()
    mine = net.c.before.in_(from_) if to is None else and_(net.c.before.in_(from_), net.c.after.in_(to))
    query = (
        select(net.c.customer_id, net.c.before, net.c.after)
        .outerjoin(CustomerStats, CustomerStats.customer_id == net.c.customer_id)
        .where(mine)
        .order_by(func.coalesce(CustomerStats.spend_base, 0).desc(), net.c.customer_id)
        .limit(limit)
    )
    return [(row.customer_id, row.before, row.after or "") for row in connection.execute(query)]


def members(connection: Connection, segment: str, limit: int) -> list[int]:
    """The customers who are in a segment now, those who spent most first."""
    query = (
        select(CustomerScore.customer_id)
        .outerjoin(CustomerStats, CustomerStats.customer_id == CustomerScore.customer_id)
        .where(CustomerScore.segment == segment)
        .order_by(func.coalesce(CustomerStats.spend_base, 0).desc(), CustomerScore.customer_id)
        .limit(limit)
    )
    return list(connection.scalars(query))


def grid(connection: Connection) -> dict[tuple[int, int], int]:
    """How many customers have each pair of R and F now."""
    query = (
        select(CustomerScore.recency, CustomerScore.frequency, func.count().label("customers"))
        .where(CustomerScore.recency.is_not(None), CustomerScore.frequency.is_not(None))
        .group_by(CustomerScore.recency, CustomerScore.frequency)
    )
    return {(row.recency, row.frequency): row.customers for row in connection.execute(query)}
