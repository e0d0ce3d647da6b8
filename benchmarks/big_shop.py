"""Fills a store with a large made-up shop: three years of customers, orders and what belongs to them.

    python benchmarks/big_shop.py sqlite:////tmp/big/shop.db --customers 1000000

Ten orders a customer on average, one to a few items each; beside them products, refunds, reviews, tickets, visits and
parcels. Customers join ever faster, buy at rates of their own (gamma) until they stop (exponential), and a twentieth of
them never bought. The same numbers come with every run. What is written goes past the desk's own code, as fast as the
engine takes it: keys are checked by nobody (a server's user needs the right to switch that off), plain indexes are
built at the end.
"""

import argparse
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import NDArray
from sqlalchemy import Connection

from crm_store import goods, indexes, stats
from crm_store.migrate import upgrade
from crm_store.store import Store, connect, open_store

#: what "now" is in this shop
AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
KEY = bytes(32)
DAY_MS = 86_400_000
SPAN = 3 * 365 * DAY_MS
NOW_MS = int(AS_OF.timestamp() * 1000)
#: orders generated and stored at a time
CHUNK = 250_000
ORDERS, PRODUCTS = 10, 5_000
#: beside ten orders a customer: of each order
REFUNDED, REVIEWED, ASKED, VISITED, SENT = 0.03, 0.04, 0.02, 0.2, 0.1
COUNTRIES = {"DE": 30, "FR": 18, "GB": 14, "NL": 10, "ES": 9, "IT": 8, "PL": 6, "SE": 3, "US": 2}
CITIES = ("Berlin", "Lyon", "London", "Utrecht", "Madrid", "Milan", "Warsaw", "Malmo", "Boston", "Hamburg", "Paris")
CATEGORIES = ("Bags", "Books", "Headphones", "Jackets", "Kitchen", "Lamps", "Shoes", "Tea", "Toys", "Watches")
TABLES = ("customers", "products", "orders", "order_items", "refunds", "reviews", "tickets", "visits", "shipments")

Ints = NDArray[np.int64]


def fill(url: str, customers: int, *, whole: bool = True) -> None:
    """Makes the schema and the shop; not `whole`: customers, orders and refunds alone. Then the kept numbers."""
    engine = connect(url)
    upgrade(engine)
    store = open_store(engine, KEY, AS_OF)
    with indexes.waiting(store, TABLES):
        for table, rows in _rows(customers, whole):
            with store.engine.connect() as connection:
                _put(connection, table, rows)
    _set_sequences(store)
    analyse(store)
    with store.begin() as connection:
        stats.rebuild(connection)
        goods.rebuild(connection)
    analyse(store)
    store.close()


def analyse(store: Store) -> None:
    """Tells the planner what is there."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        match store.dialect:
            case "postgresql":
                connection.exec_driver_sql("VACUUM ANALYZE")
            case "sqlite":
                connection.exec_driver_sql("ANALYZE")
            case _:
                connection.exec_driver_sql("ANALYZE TABLE customers, orders, customer_stats")


# --- what there is ------------------------------------------------------------------------------------------------


def _rows(customers: int, whole: bool) -> Iterator[tuple[str, pl.DataFrame]]:
    chance = np.random.default_rng(2026)
    joined = np.sort(NOW_MS - SPAN + (SPAN * chance.random(customers) ** 0.8).astype(np.int64))
    yield from _sliced("customers", _customers(joined, chance))
    prices = (chance.lognormal(7.6, 0.7, PRODUCTS)).astype(np.int64) + 100
    yield "products", _products(prices)
    who, placed = _placed(joined, customers * ORDERS, chance)
    for start in range(0, len(who), CHUNK):
        part = slice(start, start + CHUNK)
        yield from _histories(start + 1, who[part], placed[part], prices, chance, whole)


def _customers(joined: Ints, chance: Generator) -> pl.DataFrame:
    ids = np.arange(1, len(joined) + 1)
    weights = np.array(list(COUNTRIES.values())) / 100
    return pl.DataFrame(
        {
            "id": ids,
            "external_id": _named("C", ids),
            "country": np.array(list(COUNTRIES))[chance.choice(len(COUNTRIES), len(ids), p=weights)],
            "city": np.array(CITIES)[chance.integers(0, len(CITIES), len(ids))],
            "language": np.array(("en", "de", "fr", "zh"))[chance.integers(0, 4, len(ids))],
            "signed_up_at": joined,
            "marketing_consent": chance.random(len(ids)) < 0.6,
            "created_at": joined,
        }
    )


def _products(prices: Ints) -> pl.DataFrame:
    ids = np.arange(1, PRODUCTS + 1)
    return pl.DataFrame(
        {
            "id": ids,
            "sku": _named("SKU-", ids),
            "name": _named("Thing ", ids),
            "category": np.array(CATEGORIES)[ids % len(CATEGORIES)],
            "price": prices,
            "currency": "EUR",
            "stock": ids % 300,
        }
    )


def _placed(joined: Ints, count: int, chance: Generator) -> tuple[Ints, Ints]:
    """Whose each order is and when it was placed, by time."""
    active = np.minimum(chance.exponential(500 * DAY_MS, len(joined)), NOW_MS - joined)
    weight = chance.gamma(1.5, 1, len(joined)) * active * (chance.random(len(joined)) > 0.05)
    much = np.cumsum(weight)
    who = np.minimum(np.searchsorted(much, chance.random(count) * much[-1], "right"), len(joined) - 1)
    placed = joined[who] + (active[who] * chance.random(count)).astype(np.int64) - 1
    order = np.argsort(placed)
    return who[order] + 1, placed[order]


def _histories(
    first: int, who: Ints, placed: Ints, prices: Ints, chance: Generator, whole: bool
) -> Iterator[tuple[str, pl.DataFrame]]:
    ids = np.arange(first, first + len(who))
    # some products sell much better than others; a line is a product once
    count = np.minimum(chance.geometric(0.62, len(who)), 6)
    order = np.repeat(np.arange(len(who)), count)
    product = (PRODUCTS * chance.random(len(order)) ** 2).astype(np.int64)
    lines = np.unique(order * PRODUCTS + product)
    order, product = lines // PRODUCTS, lines % PRODUCTS
    quantity = np.minimum(chance.geometric(0.75, len(lines)), 5)
    worth = np.bincount(order, quantity * prices[product], len(who)).astype(np.int64)
    status = _statuses(placed, chance)
    total = worth + 490
    yield (
        "orders",
        pl.DataFrame(
            {
                "id": ids,
                "external_id": _named("O", ids),
                "customer_id": who,
                "placed_at": placed,
                "status": status,
                "currency": "EUR",
                "total": total,
                "total_base": total,
                "shipping": 490,
                "payment_method": np.array(("card", "paypal", "invoice"))[chance.integers(0, 3, len(ids))],
            }
        ),
    )
    some = _some(len(ids), REFUNDED, chance)
    yield "refunds", _refunds(ids[some], who[some], placed[some], total[some], chance)
    if not whole:
        return
    yield (
        "order_items",
        pl.DataFrame(
            {
                "order_id": ids[order],
                "product_id": product + 1,
                "occurrence": 1,
                "quantity": quantity,
                "unit_price": prices[product],
            }
        ),
    )
    lead = product[np.searchsorted(order, np.arange(len(who)))] + 1
    some = _some(len(ids), REVIEWED, chance)
    yield "reviews", _reviews(ids[some], who[some], placed[some], lead[some], chance)
    some = _some(len(ids), ASKED, chance)
    yield from _tickets(ids[some], who[some], placed[some], chance)
    some = _some(len(ids), VISITED, chance)
    yield "visits", _visits(ids[some], who[some], placed[some], lead[some], chance)
    some = _some(len(ids), SENT, chance)
    yield "shipments", _shipments(ids[some], placed[some], chance)


def _some(count: int, share: float, chance: Generator) -> Ints:
    return np.flatnonzero(chance.random(count) < share)


def _statuses(placed: Ints, chance: Generator) -> Any:
    names = np.array(("delivered", "cancelled", "returned", "pending", "paid", "shipped"))
    drawn = np.searchsorted(np.array((0.93, 0.98)), chance.random(len(placed)))
    under_way = (placed > NOW_MS - 7 * DAY_MS) & (drawn == 0)
    return names[np.where(under_way, 3 + chance.integers(0, 3, len(placed)), drawn)]


def _refunds(order: Ints, who: Ints, placed: Ints, total: Ints, chance: Generator) -> pl.DataFrame:
    amount = (total * chance.uniform(0.2, 1, len(order))).astype(np.int64)
    return pl.DataFrame(
        {
            "external_id": _named("R", order),
            "order_id": order,
            "customer_id": who,
            "amount": amount,
            "currency": "EUR",
            "amount_base": amount,
            "reason": np.array(("damaged", "late", "wrong size"))[chance.integers(0, 3, len(order))],
            "status": np.array(("paid", "paid", "approved", "refused"))[chance.integers(0, 4, len(order))],
            "created_at": _after(placed, 14, chance),
            "kind": np.array(("refund", "return"))[chance.integers(0, 2, len(order))],
        }
    )


def _reviews(order: Ints, who: Ints, placed: Ints, product: Ints, chance: Generator) -> pl.DataFrame:
    at = _after(placed, 20, chance)
    return pl.DataFrame(
        {
            "external_id": _named("V", order),
            "customer_id": who,
            "product_id": product,
            "order_id": order,
            "rating": np.array((1, 2, 3, 4, 4, 5, 5, 5))[chance.integers(0, 8, len(order))],
            "created_at": at,
            "read_at": at,
        }
    )


def _tickets(order: Ints, who: Ints, placed: Ints, chance: Generator) -> Iterator[tuple[str, pl.DataFrame]]:
    opened = _after(placed, 10, chance)
    reply = opened + chance.exponential(3 * 3_600_000, len(order)).astype(np.int64)
    resolved = reply + chance.exponential(20 * 3_600_000, len(order)).astype(np.int64)
    done = resolved < NOW_MS
    rows = {
        "id": order,
        "customer_id": who,
        "order_id": order,
        "kind": np.array(("refund", "complaint", "order_status", "question"))[chance.integers(0, 4, len(order))],
        "status": np.where(done, "resolved", "open"),
        "priority": np.array(("normal", "normal", "high"))[chance.integers(0, 3, len(order))],
        "assignee": np.array(("maya", "tom", "li"))[chance.integers(0, 3, len(order))],
        "opened_at": opened,
        "first_reply_at": pl.Series(reply).set(pl.Series(reply >= NOW_MS), None),
        "resolved_at": pl.Series(resolved).set(pl.Series(~done), None),
        "csat": pl.Series(chance.integers(1, 6, len(order))).set(pl.Series(~done), None),
    }
    yield "ticket_numbers", pl.DataFrame({"id": order, "at": opened})
    yield "tickets", pl.DataFrame(rows)


def _visits(order: Ints, who: Ints, placed: Ints, product: Ints, chance: Generator) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": who,
            "product_id": product,
            "at": placed - chance.integers(1, 2 * DAY_MS, len(order)),
            "source": np.array(("search", "social", "mail"))[chance.integers(0, 3, len(order))],
            "fingerprint": _named("visit", order),
        }
    )


def _shipments(order: Ints, placed: Ints, chance: Generator) -> pl.DataFrame:
    there = _after(placed, 12, chance)
    return pl.DataFrame(
        {
            "order_id": order,
            "number": 1,
            "carrier": np.array(("DHL", "UPS", "GLS"))[chance.integers(0, 3, len(order))],
            "tracking_number": _named("T", order),
            "delivered_at": pl.Series(there).set(pl.Series(there >= NOW_MS), None),
        }
    )


def _after(placed: Ints, days: int, chance: Generator) -> Ints:
    """Some time after an order, never in the future."""
    later = placed + chance.integers(1, days * DAY_MS, len(placed))
    return np.minimum(later, NOW_MS - 1).astype(np.int64)


def _named(prefix: str, ids: Ints) -> pl.Series:
    # of one width, so that the index of the names grows at its end
    return prefix + pl.Series(ids).cast(pl.String).str.zfill(8)


# --- into the store -----------------------------------------------------------------------------------------------


def _sliced(table: str, rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    return ((table, part) for part in rows.iter_slices(CHUNK))


def _put(connection: Connection, table: str, rows: pl.DataFrame) -> None:
    driver: Any = connection.connection.driver_connection
    names = ", ".join(rows.columns)
    match connection.dialect.name:
        case "sqlite":
            _put_sqlite(driver, f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * rows.width)})", rows)
        case "postgresql":
            with driver.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
                    copy.write(rows.write_csv(include_header=False))
                cursor.execute("SET session_replication_role = origin")
            driver.commit()
        case _:
            with driver.cursor() as cursor:
                cursor.execute("SET foreign_key_checks = 0, unique_checks = 0")
                marks = ", ".join(["%s"] * rows.width)
                for part in rows.iter_slices(10_000):
                    cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part.rows())
                cursor.execute("SET foreign_key_checks = 1, unique_checks = 1")
            driver.commit()


def _put_sqlite(driver: sqlite3.Connection, sql: str, rows: pl.DataFrame) -> None:
    driver.execute("PRAGMA foreign_keys = OFF").close()
    driver.execute("PRAGMA synchronous = OFF").close()
    driver.execute("PRAGMA cache_size = -500000").close()
    driver.execute("BEGIN IMMEDIATE").close()
    driver.executemany(sql, rows.iter_rows()).close()
    driver.execute("COMMIT").close()
    driver.execute("PRAGMA synchronous = FULL").close()
    driver.execute("PRAGMA foreign_keys = ON").close()


def _set_sequences(store: Store) -> None:
    """The server goes on counting after the ids that were given."""
    if store.dialect != "postgresql":
        return
    with store.begin() as connection:
        for table in ("customers", "products", "orders", "ticket_numbers"):
            last = f"(SELECT max(id) FROM {table})"
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="an empty database")
    parser.add_argument("--customers", type=int, default=1_000_000)
    arguments = parser.parse_args()
    started = perf_counter()
    fill(arguments.url, arguments.customers)
    print(f"{arguments.customers:,} customers, filled in {perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
