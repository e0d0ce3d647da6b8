"""What keeping `customer_stats` adds to a live order.

    python benchmarks/stats.py [--orders 3000] [--postgresql URL] [--rebuild CUSTOMERS]

Puts orders of two items one by one, each in its own transaction, in turns with and without the stats, so that both
meet the same store and the same noise; prints medians. Then the same for a cancellation, the dearest change. With
`--rebuild` it times one rebuild of so many customers with ten orders each.
"""

import argparse
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest import mock

from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url

from crm_store import stats
from crm_store.migrate import upgrade
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder, put_order, set_status
from crm_store.schema import Customer, Order
from crm_store.store import Store, connect, open_store

START = datetime(2026, 1, 1, tzinfo=UTC)
RATES = Rates("EUR", {})
CUSTOMERS = 500
ITEMS = (NewItem("MUG", 2, 750), NewItem("TEA", 1, 500))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=3000, help="orders timed on each side")
    parser.add_argument("--postgresql", default="postgresql://root@127.0.0.1/test", help="a server's URL")
    parser.add_argument("--mariadb", help="a server's URL")
    parser.add_argument("--rebuild", type=int, default=0, help="customers with ten orders each")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _measure(f"sqlite:///{Path(folder)}/store.db", arguments.orders, arguments.rebuild)
    for url in (arguments.postgresql, arguments.mariadb):
        if url:
            with _database(url) as fresh:
                _measure(fresh, arguments.orders, arguments.rebuild)


@contextmanager
def _database(url: str) -> Iterator[str]:
    name = f"shopdesk_bench_{uuid.uuid4().hex[:8]}"
    with connect(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name}"))


def _measure(url: str, orders: int, rebuilt: int) -> None:
    engine = connect(url)
    upgrade(engine)
    store = open_store(engine, bytes(32), START)
    customers = _customers(store)
    changes = {"new order": partial(_put, store, customers), "cancelled order": partial(_cancel, store)}
    for name, change in changes.items():
        without, with_ = _in_turns(change, orders)
        added = statistics.median(with_) - statistics.median(without)
        print(
            f"{store.dialect:<10} {name:<15} without stats {statistics.median(without):7.0f} µs, "
            f"with {statistics.median(with_):7.0f} µs, added {added:6.0f} µs"
        )
    if rebuilt:
        _rebuild(store, rebuilt)
    store.close()


def _in_turns(change: Callable[[int], None], count: int) -> tuple[list[float], list[float]]:
    """Microseconds of each change without and with stats, after a warm-up of a tenth."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(-count // 5, 2 * count):
        side = number % 2
        if side:
            taken = _time(change, number)
        else:
            with mock.patch.object(stats, "order_changed", _nothing):
                taken = _time(change, number)
        if number >= 0:
            times[side].append(taken)
    return times


def _nothing(*_: object) -> None:
    """What keeps no stats."""


def _time(change: Callable[[int], None], number: int) -> float:
    started = time.perf_counter()
    change(number)
    return (time.perf_counter() - started) * 1e6


def _customers(store: Store) -> list[int]:
    with store.begin() as connection:
        connection.execute(insert(Customer), [{"external_id": f"c{n}", "created_at": START} for n in range(CUSTOMERS)])
        return list(connection.scalars(select(Customer.id)))


def _put(store: Store, customers: list[int], number: int) -> None:
    at = START + timedelta(minutes=number)
    order = NewOrder(f"O{number}", customers[number % CUSTOMERS], at, "paid", "EUR", 2000, items=ITEMS)
    with store.begin() as connection:
        put_order(connection, RATES, order)


def _cancel(store: Store, number: int) -> None:
    with store.begin() as connection:
        order = connection.scalar(select(Order.id).where(Order.external_id == f"O{number}"))
        assert order is not None
        set_status(connection, order, "cancelled")


def _rebuild(store: Store, customers: int) -> None:
    with store.begin() as connection:
        rows = [{"external_id": f"r{n}", "created_at": START} for n in range(customers)]
        connection.execute(insert(Customer), rows)
        keys = list(connection.scalars(select(Customer.id).where(Customer.external_id.startswith("r"))))
        plain = {"status": "paid", "currency": "EUR", "total": 2000, "total_base": 2000}
        for turn in range(10):
            at = START + timedelta(days=turn)
            orders = [{"external_id": f"R{turn}/{k}", "customer_id": k, "placed_at": at, **plain} for k in keys]
            connection.execute(insert(Order), orders)
    for again in ("first", "again"):
        started = time.perf_counter()
        with store.begin() as connection:
            stats.rebuild(connection)
        print(f"{store.dialect:<10} rebuild of {customers} customers, {again}: {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
