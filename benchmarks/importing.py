"""How fast a shop's history comes in, against the plain way: `pandas.read_csv` and `to_sql`, in the same run.

    python benchmarks/importing.py --retail ../shared/data/online_retail_II.parquet
    python benchmarks/importing.py --orders 1000000 --engine postgresql=postgresql://localhost/test

pandas only copies the files into tables without keys; ours checks, encrypts, joins, indexes and counts the rows. Each
run is a process of its own, so that the peak of its memory is its own.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

STATUSES = ("delivered",) * 8 + ("paid", "cancelled")
START = datetime(2024, 1, 1, tzinfo=UTC)


def generate(folder: Path, orders: int, seed: int = 7) -> int:
    """A shop of so many orders, a fifth as many customers and about two lines an order; returns the number of rows."""
    chance, customers, rows = random.Random(seed), max(orders // 5, 1), 0
    with (folder / "customers.csv").open("w") as file:
        file.write("customer_id,name,email,phone,country,city,language,signed_up_at,marketing_consent\n")
        for n in range(customers):
            at = START + timedelta(minutes=n)
            file.write(f"C{n},Name {n},c{n}@example.com,+49151{n:08},DE,Berlin,de,{at:%Y-%m-%dT%H:%M:%SZ},true\n")
            rows += 1
    with (folder / "products.csv").open("w") as file:
        file.write("sku,name,category,price,currency,stock\n")
        file.writelines(f"S{n},Product {n},Category {n % 20},{n % 90 + 5}.50,EUR,{n}\n" for n in range(5000))
        rows += 5000
    with (folder / "orders.csv").open("w") as file, (folder / "order_items.csv").open("w") as items:
        file.write("order_id,customer_id,placed_at,status,currency,total,shipping,discount,payment_method\n")
        items.write("order_id,sku,quantity,unit_price\n")
        for n in range(orders):
            at = START + timedelta(seconds=n * 60)
            status, person = STATUSES[n % 10], chance.randrange(customers)
            total = 0
            for _ in range(chance.choice((1, 2, 2, 3))):
                product, quantity = chance.randrange(5000), chance.choice((1, 1, 2))
                total += quantity * (product % 90 + 5)
                items.write(f"O{n},S{product},{quantity},{product % 90 + 5}.50\n")
                rows += 1
            file.write(f"O{n},C{person},{at:%Y-%m-%dT%H:%M:%SZ},{status},EUR,{total}.00,4.90,0.00,card\n")
            rows += 1
    return rows


def ours(source: Path, url: str) -> dict[str, Any]:
    from crm_store.importing import import_shop
    from crm_store.migrate import upgrade
    from crm_store.money import Rates
    from crm_store.store import connect, open_store

    engine = connect(url)
    upgrade(engine)
    store = open_store(engine, bytes(32), datetime.now(UTC))
    rates = Rates("EUR", {"GBP": Decimal("1.16")})
    with tempfile.TemporaryDirectory() as folder:
        started = perf_counter()
        report = import_shop(
            store,
            source,
            rates=rates,
            timezone=ZoneInfo("Europe/Berlin"),
            now=datetime.now(UTC),
            rejected_to=Path(folder) / "rejected.csv",
        )
        seconds = perf_counter() - started
        again = import_shop(
            store,
            source,
            rates=rates,
            timezone=ZoneInfo("Europe/Berlin"),
            now=datetime.now(UTC),
            rejected_to=Path(folder) / "rejected.csv",
        )
    engine.dispose()
    return {"rows": report.read, "seconds": seconds, "again": again.seconds, "files": report.as_json()["files"]}


def plain(source: Path, url: str) -> dict[str, Any]:
    import pandas as pd

    from crm_store.store import connect

    engine = connect(url)
    paths = sorted(source.glob("*.csv")) if source.is_dir() else [source]
    started, rows = perf_counter(), 0
    for path in paths:
        frame = pd.read_csv(path)
        frame.to_sql(f"plain_{path.stem}", engine, if_exists="replace", index=False)
        rows += len(frame)
    seconds = perf_counter() - started
    engine.dispose()
    return {"rows": rows, "seconds": seconds}


@contextmanager
def database(url: str) -> Iterator[str]:
    """A database of its own beside the one of the URL."""
    from sqlalchemy import text
    from sqlalchemy.engine import make_url

    from crm_store.store import connect

    if url.startswith("sqlite"):
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/store.db"
        return
    name = f"shopdesk_bench_{uuid.uuid4().hex[:8]}"
    engine = connect(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        engine.dispose()


def measure(way: str, source: Path, url: str) -> dict[str, Any]:
    """Runs one way in a process of its own."""
    with database(url) as fresh:
        command = [sys.executable, __file__, "--one", way, "--source", str(source), "--url", fresh]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


def compare(title: str, sources: dict[str, Path], engines: dict[str, str]) -> None:
    print(f"\n{title}\n")
    print("| engine | pandas rows/s | ours rows/s | ratio | again rows/s | peak MB pandas | peak MB ours |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for engine, url in engines.items():
        slow, fast = (measure(way, sources[way], url) for way in ("plain", "ours"))
        ratio = (fast["rows"] / fast["seconds"]) / (slow["rows"] / slow["seconds"])
        cells = (
            f"{slow['rows'] / slow['seconds']:,.0f}",
            f"{fast['rows'] / fast['seconds']:,.0f}",
            f"{ratio:.1f}x",
            f"{fast['rows'] / fast['again']:,.0f}",
            f"{slow['peak']:,.0f}",
            f"{fast['peak']:,.0f}",
        )
        print(f"| {engine} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--retail", type=Path, help="the Online Retail II parquet file")
    parser.add_argument("--orders", type=int, action="append", default=[], help="so many generated orders")
    parser.add_argument("--engine", action="append", default=[], metavar="NAME=URL", help="default: sqlite=sqlite://")
    for name in ("--one", "--source", "--url"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        done = {"ours": ours, "plain": plain}[arguments.one](Path(arguments.source), arguments.url)
        done["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(done))
        return
    engines = dict(engine.split("=", 1) for engine in arguments.engine or ["sqlite=sqlite://"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.retail:
            import polars as pl

            copy = folder / "retail.csv"
            pl.read_parquet(arguments.retail).write_csv(copy)
            sources = {"plain": copy, "ours": arguments.retail}
            compare("Online Retail II (ours from parquet, pandas from CSV)", sources, engines)
            compare("Online Retail II (both from CSV)", {"plain": copy, "ours": copy}, engines)
        for orders in arguments.orders:
            shop = folder / f"shop{orders}"
            shop.mkdir()
            rows = generate(shop, orders)
            compare(f"A generated shop of {orders:,} orders, {rows:,} rows", {"plain": shop, "ours": shop}, engines)


if __name__ == "__main__":
    main()
