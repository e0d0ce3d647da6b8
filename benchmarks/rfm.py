"""RFM of a large shop, against pandas and lifetimes over the same tables, in the same run.

    python benchmarks/rfm.py --customers 200000
    python benchmarks/rfm.py --customers 1000000 --engine postgresql=postgresql://localhost/test
    python benchmarks/rfm.py --shop sqlite=sqlite:////tmp/shop.db

`--shop` takes one that `big_shop.py` made: its scores and kept numbers are made anew, so they end as they were.
Ten orders a customer on average. What is timed: a segment's numbers from what is kept (`customer_stats`), the scores of
everybody written back, the same from the orders alone; pandas reads the orders (`read_sql`) and ranks, lifetimes makes
its summary of them. Each is a process of its own, so that the peak of its memory is its own.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
DAY_MS = 86_400_000
#: orders generated and stored at a time
CHUNK = 100_000
#: orders of one day, and what their ids begin with
NIGHTLY, _NIGHT = 20_000, "NIGHT-"


# --- the shop -----------------------------------------------------------------------------------------------------


def fill(url: str, customers: int) -> None:
    """Customers, ten times as many orders, and the kept numbers."""
    from crm_store import stats
    from crm_store.migrate import upgrade
    from crm_store.store import connect, open_store

    engine = connect(url)
    upgrade(engine)
    store = open_store(engine, bytes(32), AS_OF)
    raw = engine.raw_connection()
    put = _copy if engine.dialect.name == "postgresql" else _many
    put(raw, "customers", ("id", "created_at"), ((n, 0) for n in range(1, customers + 1)))
    columns = ("external_id", "customer_id", "placed_at", "status", "currency", "total", "total_base")
    for start in range(0, customers * 10, CHUNK):
        put(raw, "orders", columns, _orders(start, min(start + CHUNK, customers * 10), customers))
    raw.close()
    with store.begin() as connection:
        stats.rebuild(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE")
    store.close()


def _tidy(url: str) -> None:
    """What a server does by itself when it is idle."""
    from crm_store.store import connect

    engine = connect(url)
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "PRAGMA wal_checkpoint(TRUNCATE)" if sqlite else "VACUUM customer_stats, customer_scores"
        )
    engine.dispose()


def _orders(first: int, last: int, customers: int) -> Iterator[tuple[Any, ...]]:
    chance, now = random.Random(first), int(AS_OF.timestamp() * 1000)
    for n in range(first, last):
        # a few customers order often, and most of what is ordered is recent
        who = 1 + int(customers * chance.random() ** 1.5)
        at = now - int(min(chance.expovariate(1 / 200), 1500) * DAY_MS) - 1
        status = "cancelled" if n % 20 == 0 else "delivered"
        total = chance.randrange(500, 20_000)
        yield f"O{n}", min(who, customers), at, status, "EUR", total, total


def _many(raw: Any, table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    cursor = raw.cursor()
    cursor.execute("BEGIN")
    marks = ", ".join("?" * len(columns))
    cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
    cursor.execute("COMMIT")


def _copy(raw: Any, table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    raw.commit()


# --- what is timed ------------------------------------------------------------------------------------------------


def _store(url: str) -> Any:
    from crm_store.store import connect, open_store

    return open_store(connect(url), bytes(32), AS_OF)


def segments(url: str) -> int:
    """How many customers each segment has and what they spent, from what is kept."""
    from sqlalchemy import func, select

    from crm_store import rfm

    with _store(url).read() as connection:
        scale = rfm.measure(connection, AS_OF)
        rows = rfm.scored(rfm.buyers(AS_OF).subquery("buyers"), scale).subquery("scored")
        counted = select(rows.c.segment, func.count(), func.sum(rows.c.spend_base)).group_by(rows.c.segment)
        return sum(count for _, count, _ in connection.execute(counted))


def written(url: str) -> int:
    """Every customer's scores, written for the first time."""
    return _score(url, AS_OF)


def night(url: str) -> int:
    """A day later: every ratio is another, and few scores are."""
    return _score(url, AS_OF + timedelta(days=1))


def busy(url: str) -> int:
    """Two days later, when a day's orders came in: 20,000 of them (`order`)."""
    return _score(url, AS_OF + timedelta(days=2))


def again(url: str) -> int:
    """Once more as of the same moment: nothing differs."""
    return _score(url, AS_OF + timedelta(days=1))


def _score(url: str, as_of: datetime) -> int:
    from jobs import rfm
    from jobs.scoring import Scoring

    return rfm.score(Scoring(_store(url), as_of, ZoneInfo("UTC"), "EUR", lambda _: None)).scored


def scratch(url: str) -> int:
    """The kept numbers made anew from the orders, and a segment's numbers from them."""
    from crm_store import stats

    with _store(url).begin() as connection:
        stats.rebuild(connection)
    return segments(url)


def forget(url: str) -> None:
    """As though nobody had been scored yet."""
    from sqlalchemy import delete

    from crm_store.schema import CustomerScore, RfmScale, SegmentDay, SegmentMove

    with _store(url).begin() as connection:
        for model in (CustomerScore, RfmScale, SegmentDay, SegmentMove):
            connection.execute(delete(model))
    _tidy(url)


def spoil(url: str) -> None:
    """The kept numbers as they are before anything is counted: zeros."""
    from sqlalchemy import update

    from crm_store.schema import CustomerStats
    from crm_store.stats import COLUMNS

    with _store(url).begin() as connection:
        values = {name: None if name.endswith("_at") else 0 for name in COLUMNS}
        connection.execute(update(CustomerStats).values(values))
    _tidy(url)


def order(url: str) -> None:
    """A day's orders, each counted in the kept numbers as the desk counts one that comes in."""
    from sqlalchemy import insert

    from crm_store import stats
    from crm_store.schema import Order

    chance, placed = random.Random(1), AS_OF + timedelta(days=1)
    with _store(url).begin() as connection:
        for n in range(NIGHTLY):
            counted = stats.CountedOrder(1 + chance.randrange(100_000), placed, "paid", chance.randrange(500, 20_000))
            row = {"customer_id": counted.customer_id, "placed_at": placed, "status": "paid", "currency": "EUR"}
            row |= {"external_id": f"{_NIGHT}{n}", "total": counted.total_base, "total_base": counted.total_base}
            connection.execute(insert(Order), row)
            stats.order_changed(connection, None, counted)
    _tidy(url)


def take_back(url: str) -> None:
    """The shop without that day's orders."""
    from sqlalchemy import delete, select

    from crm_store import stats
    from crm_store.schema import Order

    with _store(url).begin() as connection:
        ordered = Order.external_id.startswith(_NIGHT)
        columns = (Order.customer_id, Order.placed_at, Order.status, Order.total_base)
        gone = [stats.CountedOrder(*row) for row in connection.execute(select(*columns).where(ordered))]
        connection.execute(delete(Order).where(ordered))
        for counted in gone:
            stats.order_changed(connection, counted, None)
    _tidy(url)


def past(url: str) -> int:
    """The scale of a day in the past, from the orders placed by then."""
    from crm_store import rfm

    with _store(url).read() as connection:
        return rfm.measure(connection, AS_OF - timedelta(days=60)).buyers


def pandas(url: str) -> int:
    """The same scores and segments the plain way."""
    import pandas as pd

    frame = _read(url)
    frame = frame[frame["status"] != "cancelled"]
    by = frame.groupby("customer_id").agg(
        last=("placed_at", "max"), orders=("placed_at", "size"), spend=("total_base", "sum")
    )
    for name in ("last", "orders", "spend"):
        rank = by[name].rank(method="min")
        by[f"{name}_score"] = (1 + (5 * (rank - 1) // len(by))).clip(upper=5).astype(int)
    by["segment"] = by["last_score"].astype(str) + by["orders_score"].astype(str)
    told = by.groupby("segment").agg(customers=("spend", "size"), spend=("spend", "sum"))
    assert isinstance(told, pd.DataFrame)
    return int(told["customers"].sum())


def lifetimes(url: str) -> int:
    """The summary that lifetimes makes of transactions: frequency, recency, age and mean spend, no scores."""
    import pandas as pd
    from lifetimes.utils import summary_data_from_transaction_data

    frame = _read(url)
    frame = frame[frame["status"] != "cancelled"]
    frame["at"] = pd.to_datetime(frame["placed_at"], unit="ms")
    summary = summary_data_from_transaction_data(
        frame, "customer_id", "at", monetary_value_col="total_base", observation_period_end="2026-03-01"
    )
    return len(summary)


def _read(url: str) -> Any:
    import pandas as pd

    from crm_store.store import connect

    with connect(url).connect() as connection:
        return pd.read_sql("SELECT customer_id, placed_at, status, total_base FROM orders", connection)


RUNS: dict[str, Callable[[str], int]] = {
    each.__name__: each for each in (segments, written, night, again, busy, past, scratch, pandas, lifetimes)
}
#: what is done to a shop before, and is not timed
BEFORE: dict[str, Callable[[str], None]] = {"written": forget, "scratch": spoil, "busy": order}
#: and after
AFTER: dict[str, Callable[[str], None]] = {"busy": take_back}


# --- the run ------------------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument(
        "--engine", action="append", default=[], metavar="NAME=URL", help="a server beside SQLite, such as postgresql=…"
    )
    parser.add_argument(
        "--shop", action="append", default=[], metavar="NAME=URL", help="one that is there already, and is written to"
    )
    parser.add_argument("--only", nargs="*", default=list(RUNS), choices=list(RUNS), help="what to run")
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "URL"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        _one(*arguments.one)
        return
    for shop in arguments.shop:
        name, _, url = shop.partition("=")
        _measure(name, url, arguments)
    if arguments.shop:
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure("sqlite", f"sqlite:///{Path(folder)}/store.db", arguments)
    for engine in arguments.engine:
        name, _, url = engine.partition("=")
        with _database(url) as fresh:
            _measure(name, fresh, arguments)


@contextmanager
def _database(url: str) -> Iterator[str]:
    from sqlalchemy import text
    from sqlalchemy.engine import make_url

    from crm_store.store import connect

    name = f"shopdesk_bench_{uuid.uuid4().hex[:8]}"
    with connect(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name}"))


def _measure(engine: str, url: str, arguments: argparse.Namespace) -> None:
    if not arguments.shop:
        started = perf_counter()
        fill(url, arguments.customers)
        print(f"{engine}: {arguments.customers:,} customers, filled in {perf_counter() - started:.0f} s", flush=True)
    for name in arguments.only:
        command = [sys.executable, __file__, "--one", name, url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{engine:<11} {name:<10} failed: {done.stderr.strip().splitlines()[-1]}", flush=True)
            continue
        told = json.loads(done.stdout.splitlines()[-1])
        what = f"{told['seconds']:8.2f} s  {told['peak']:7,.0f} MB  {told['buyers']:>10,} buyers"
        print(f"{engine:<11} {name:<10} {what}", flush=True)


def _one(what: str, url: str) -> None:
    """Runs one thing, and tells its time without imports and the peak of its memory."""
    if what in ("pandas", "lifetimes"):
        __import__(what)
    else:
        import jobs.rfm  # noqa: F401 - its time is not measured
    if what in BEFORE:
        BEFORE[what](url)
    started = perf_counter()
    buyers = RUNS[what](url)
    seconds = perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if what in AFTER:
        AFTER[what](url)
    print(json.dumps({"seconds": seconds, "peak": peak, "buyers": buyers}))


if __name__ == "__main__":
    main()
