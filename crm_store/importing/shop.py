"""One import from beginning to end: what is there, in which order, in which transactions.

Rows go in by chunks of three megabytes, each in a transaction of its own, so that a running desk waits for a chunk and
not for the import. `customer_stats` is made anew at the end of each file for the customers it touched, set by set;
until then it is as before the file. Where a large file fills an empty table, the table's plain indexes are built at the
end of the file. An import that was interrupted is found by its mark in `audit_log`: the next one completes the rows and
the indexes and makes all stats anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import cast
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import BindParameter, Connection, Select, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from crm_store import goods, import_marks, indexes, merging_customers, stats
from crm_store.importing import merging
from crm_store.importing.checking import Checked, check
from crm_store.importing.files import File
from crm_store.importing.loading import loader
from crm_store.importing.merging import Batch, Merged, Seen
from crm_store.importing.reading import LINE, RAW, REASON, Chunk, ahead, read_csv
from crm_store.importing.rejected import Rejected
from crm_store.importing.report import FileReport, Progress
from crm_store.money import Rates
from crm_store.schema import Customer, Order, OrderItem, TicketNumber, to_ms
from crm_store.store import Store

#: above so many touched customers the stats of all are made anew
TOUCHED_AT_MOST = 200_000
_IDS_AT_ONCE = 10_000
#: added rows of a table whose ids are kept in memory (some 50 bytes each): beyond it they are looked up
KNOWN_AT_MOST = 2_000_000
#: files of so many bytes are worth dropping and building indexes for
LARGE = 4 << 20
_TABLES = (
    "customers",
    "addresses",
    "products",
    "orders",
    "order_items",
    "refunds",
    "refund_items",
    "reviews",
    "tickets",
    "carts",
    "visits",
)
#: files after which the numbers of customers are not what they were
_COUNTED = ("orders", "refunds", "reviews", "tickets")
#: tables that a file fills beside its own
_BESIDE = {"orders": ("shipments",)}


@dataclass(slots=True)
class Touched:
    """Ids of rows that something follows from; beyond so many, all."""

    ids: set[int] = field(default_factory=set)
    is_all: bool = False

    def add(self, ids: pl.Series) -> None:
        if self.is_all:
            return
        self.ids.update(ids.to_list())
        if len(self.ids) > TOUCHED_AT_MOST:
            self.is_all = True
            self.ids.clear()

    def some(self) -> Iterator[list[int]]:
        """The ids, in parts of one statement each."""
        ids = sorted(self.ids)
        return (ids[start : start + _IDS_AT_ONCE] for start in range(0, len(ids), _IDS_AT_ONCE))


Merge = Callable[[Batch, pl.DataFrame], Merged]


@dataclass(slots=True)
class Counts:
    """A file's counts while it is read."""

    read: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    def add(self, merged: Merged) -> None:
        self.imported += merged.imported
        self.updated += merged.updated
        self.unchanged += merged.unchanged


@dataclass(slots=True)
class Import:
    """What holds for a whole import, and what it has come across."""

    store: Store
    rates: Rates
    timezone: ZoneInfo
    now: datetime
    rejected: Rejected
    progress: Callable[[Progress], None]
    make_products: bool = False
    seen: dict[str, Seen] = field(default_factory=dict)
    known: dict[str, pl.DataFrame] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    all_touched: bool = False
    #: the same of what was bought of categories: customers by their orders, orders by their lines
    buyers: "Touched" = field(default_factory=lambda: Touched())
    with_lines: "Touched" = field(default_factory=lambda: Touched())
    #: the highest id of a customer before the import
    newest_customer: int = 0

    # --- transactions -----------------------------------------------------------------------------------------------

    def open_file(self) -> None:
        """Forgets the rows of the file before."""
        with self.store.read() as connection:
            load = loader(connection)
            self.seen = {table: Seen(load.newest(table)) for table in _TABLES}

    def bulky(self, path: Path, *tables: str) -> AbstractContextManager[None]:
        """Where a large file fills empty tables, their plain indexes wait for the end of the block."""
        if path.stat().st_size < LARGE:
            return nullcontext()
        return indexes.waiting(self.store, [table for table in tables if self._is_empty(table)])

    def _is_empty(self, table: str) -> bool:
        with self.store.read() as connection:
            return loader(connection).newest(table) == 0

    def write(self, step: Callable[[Batch], Sequence[Merged]]) -> Sequence[Merged]:
        """Runs a step in a transaction; once more, looking first, when the database refuses a row as not new."""
        try:
            done = self._write(step, blind=True)
        except IntegrityError:
            done = self._write(step, blind=False)
        for merged in done:
            for table, ids in merged.met:
                self.seen[table].add(ids)
            for table, ids in merged.doubted:
                self.seen[table].doubt(ids)
            for table, rows in merged.added:
                self._know(table, rows)
            self.touch(merged.touched)
            if any(table == "orders" for table, _ in merged.met):
                self.buyers.add(merged.touched)
            self.with_lines.add(merged.orders_touched)
        return done

    def _write(self, step: Callable[[Batch], Sequence[Merged]], *, blind: bool) -> Sequence[Merged]:
        with self.store.begin() as connection, roomy(connection):
            return step(self._batch(connection, blind))

    def _batch(self, connection: Connection, blind: bool) -> Batch:
        return Batch(
            loader(connection),
            self.store.cipher,
            self.rates,
            to_ms(self.now),
            self.seen,
            blind,
            self.make_products,
            self.known,
            merging_customers.survivors(connection),
        )

    def _know(self, table: str, rows: pl.DataFrame) -> None:
        before = self.known.get(table, rows.clear())
        if before.height + rows.height <= KNOWN_AT_MOST:
            self.known[table] = before.vstack(rows)

    def drop_lines(self, counts: Counts) -> tuple[str, ...]:
        """Removes the lines that orders of this file have no longer; a notice of it.

        They stay where a row was rejected: it may be one of them.
        """
        missing = self.seen["order_items"].missing()
        if counts.rejected:
            stay = sum(1 for _ in missing)
            return (f"order lines no longer in the file stay, as rows were rejected: {stay:,}",) if stay else ()
        removed = 0
        while some := list(islice(missing, _IDS_AT_ONCE)):
            with self.store.begin() as connection:
                these = OrderItem.id.in_(_literal(some))
                self.with_lines.add(pl.Series(list(connection.scalars(select(OrderItem.order_id).where(these)))))
                connection.execute(delete(OrderItem).where(these))
            removed += len(some)
        return (f"order lines no longer in the file were removed: {removed:,}",) if removed else ()

    # --- the customers' numbers -------------------------------------------------------------------------------------

    def touch(self, ids: pl.Series) -> None:
        if self.all_touched or not len(ids):
            return
        self.touched.update(ids.to_list())
        if len(self.touched) > TOUCHED_AT_MOST:
            self.all_touched = True
            self.touched.clear()

    def count_customers(self) -> None:
        """Makes the stats of the touched customers anew, in one transaction."""
        if not (self.all_touched or self.touched):
            return
        ids = sorted(self.touched)
        with self.store.begin() as connection, roomy(connection):
            if self.all_touched:
                stats.rebuild(connection)
            for start in range(0, len(ids), _IDS_AT_ONCE):
                stats.rebuild(connection, _select(ids[start : start + _IDS_AT_ONCE]))
        self.touched.clear()
        self.all_touched = False

    def count_goods(self) -> None:
        """Makes anew what the touched customers bought of categories, and the buyers of goods of another category."""
        with self.store.begin() as connection, roomy(connection):
            if self.buyers.is_all or self.with_lines.is_all:
                goods.rebuild(connection)
                return
            for some in self.with_lines.some():
                owners = select(Order.customer_id).where(Order.id.in_(_literal(some)), Order.customer_id.is_not(None))
                self.buyers.add(pl.Series(list(connection.scalars(owners.distinct()))))
            for some in self.buyers.some():
                goods.rebuild(connection, _select(some))
            goods.follow_products(connection)

    def began(self) -> None:
        """Marks the beginning; after an interrupted import everybody counts as touched."""
        with self.store.begin() as connection:
            self.all_touched = self.buyers.is_all = import_marks.unfinished(connection) is not None
            import_marks.begin(connection, self.now)
            self.newest_customer = loader(connection).newest("customers")
        if self.all_touched:
            indexes.complete(self.store)

    def ended(self, detail: str) -> None:
        """Marks the end; customers without any history have their numbers too, then."""
        self.count_goods()
        with self.store.begin() as connection:
            stats.make_missing(connection, self.newest_customer)
            import_marks.end(connection, self.now, detail)

    # --- our own files ----------------------------------------------------------------------------------------------

    def read_file(self, file: File, path: Path, notices: tuple[str, ...]) -> FileReport:
        """Imports one file of our format."""
        merge = _MERGES[file.name]
        return self.read_chunks(
            path.name,
            ((chunk, check(file, chunk.rows, self.rates, self.timezone)) for chunk in read_csv(path)),
            lambda batch, rows: [self._numbered(batch, rows) if merge is None else merge(batch, rows)],
            file.name in _COUNTED,
            notices,
            self.bulky(path, file.name, *_BESIDE.get(file.name, ())),
        )

    def read_chunks(
        self,
        name: str,
        chunks: Iterator[tuple[Chunk, Checked]],
        merge: Callable[[Batch, pl.DataFrame], Sequence[Merged]],
        counted: bool,
        notices: tuple[str, ...] = (),
        bulky: AbstractContextManager[None] | None = None,
    ) -> FileReport:
        """Imports chunks, read and checked ahead in a thread. `merge` returns the merge that counts rows first."""
        started, counts = perf_counter(), Counts()
        self.open_file()
        with bulky or nullcontext():
            for chunk, checked in ahead(chunks):
                self.take(name, counts, chunk, checked, merge)
                self.progress(Progress(name, counts.read, chunk.share, perf_counter() - started))
        notices += self.drop_lines(counts)
        if counted:
            self.count_customers()
        seconds = perf_counter() - started
        self.progress(Progress(name, counts.read, 1.0, seconds))
        return self.report(name, counts, seconds, notices)

    def report(self, name: str, counts: Counts, seconds: float, notices: tuple[str, ...]) -> FileReport:
        return FileReport(
            name,
            counts.read,
            counts.imported,
            counts.updated,
            counts.unchanged,
            counts.rejected,
            seconds,
            notices,
        )

    def take(
        self,
        name: str,
        counts: Counts,
        chunk: Chunk,
        checked: Checked,
        merge: Callable[[Batch, pl.DataFrame], Sequence[Merged]],
    ) -> None:
        """Writes one chunk and what is wrong with it."""
        done: Sequence[Merged] = ()
        if checked.good.height:
            done = self.write(lambda batch: merge(batch, checked.good))
        bad = pl.concat([checked.bad, *(merged.rejected for merged in reversed(done))])
        if bad.height:
            # what is wrong with an order is said before what follows from it for its lines
            bad = bad.unique(LINE, keep="first").join(chunk.originals(bad[LINE]), on=LINE)
        bad = pl.concat([bad.select(LINE, REASON, RAW), chunk.broken]) if bad.height else chunk.broken
        self.rejected.add(name, bad)
        counts.read += chunk.read
        counts.rejected += bad.height
        if done:
            counts.add(done[0])

    def _numbered(self, batch: Batch, rows: pl.DataFrame) -> Merged:
        return merging.tickets(batch, rows, lambda count: _ticket_numbers(batch.loader.connection, count, self.now))


_MERGES: Mapping[str, Merge | None] = {
    "customers": merging.customers,
    "addresses": merging.addresses,
    "products": merging.products,
    "orders": merging.orders,
    "order_items": merging.order_items,
    "refunds": merging.refunds,
    "reviews": merging.reviews,
    # takes numbers beside the rows
    "tickets": None,
    "carts": merging.carts,
    "visits": merging.visits,
}


def _select(ids: list[int]) -> Select[tuple[int]]:
    """A SELECT of these customers."""
    return cast(Select[tuple[int]], select(Customer.id).where(Customer.id.in_(_literal(ids))))


def _literal(ids: list[int]) -> BindParameter[list[int]]:
    """Ids that become part of a statement's text: drivers take some thousand parameters at most."""
    return bindparam("ids", ids, expanding=True, literal_execute=True)


def _ticket_numbers(connection: Connection, count: int, now: datetime) -> list[int]:
    """Fresh ticket numbers, in order."""
    numbers: list[int] = []
    for start in range(0, count, 1000):
        some = [{"at": now}] * min(1000, count - start)
        if connection.dialect.insert_returning:
            numbers += connection.scalars(insert(TicketNumber).values(some).returning(TicketNumber.id))
        else:
            keys = (connection.execute(insert(TicketNumber).values(row)).inserted_primary_key for row in some)
            numbers += [key[0] for key in keys if key is not None]
    return sorted(numbers)


@contextmanager
def roomy(connection: Connection) -> Iterator[None]:
    """Settings of a transaction that writes many rows.

    SQLite gets a page cache of 64 MB: its usual 2 MB do not hold the indexes it writes to. PostgreSQL does not wait for
    the disk: the mark at the import's end does, and with it all that was written before.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("PRAGMA cache_size = -65536")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA cache_size = -2000")
