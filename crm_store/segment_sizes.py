"""How many customers saved segments had whenever they were counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from crm_store.schema import SegmentSize
from crm_store.upsert import upsert

#: how long a size is kept: a year, and the same season of the one before beside it
KEPT = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class SizeView:
    at: datetime
    customers: int


def keep(connection: Connection, name: str, at: datetime, customers: int) -> None:
    """Keeps a size, in place of one of the same moment, and forgets those that are too old."""
    connection.execute(delete(SegmentSize).where(SegmentSize.name == name, SegmentSize.at < at - KEPT))
    statement = upsert(
        connection.dialect.name, SegmentSize, ("name", "at"), lambda _, new: {"customers": new.customers}
    )
    connection.execute(statement, {"name": name, "at": at, "customers": customers})


def history(connection: Connection, name: str, since: datetime, until: datetime) -> list[SizeView]:
    """The sizes from a time up to and with another, oldest first."""
    query = (
        select(SegmentSize.at, SegmentSize.customers)
        .where(SegmentSize.name == name, SegmentSize.at >= since, SegmentSize.at <= until)
        .order_by(SegmentSize.at)
    )
    return [SizeView(row.at, row.customers) for row in connection.execute(query)]


def forget(connection: Connection, name: str) -> None:
    connection.execute(delete(SegmentSize).where(SegmentSize.name == name))
