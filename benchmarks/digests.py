"""How long a digest takes to be built and its picture to be drawn, once scores are there.

    python benchmarks/digests.py [--customers 20000] [--store URL]

Makes the demo's shop with so many customers (in SQLite, or in an empty database of a server), gives everybody scores
and a week of movements, and times each digest: reading its facts, deciding, and its picture as a PNG.
"""

import argparse
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from msgspec.structs import replace
from sqlalchemy import Connection, insert, select

from bot.app import policy
from bot.charts import png
from bot.config import Config, StoreConfig
from bot.demo.shop import make_shop
from crm_store.migrate import upgrade
from crm_store.schema import CustomerScore, CustomerStats, SegmentDay, SegmentMove
from crm_store.segment_figures import SEGMENTS
from crm_store.store import connect, open_store
from handlers.actions import TellRoom
from handlers.desk import Desk
from handlers.events import Slot
from jobs import schedule
from nlp.keywords import KeywordReader

#: a Monday
NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--store", help="the URL of an empty database (default: SQLite)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _measure(arguments.store or f"sqlite:///{Path(folder)}/store.db", arguments.customers)


def _measure(url: str, customers: int) -> None:
    config = replace(Config(), store=StoreConfig(url=url))
    engine = connect(url)
    upgrade(engine)
    store = open_store(engine, bytes(32), NOW)
    make_shop(store, config.rates, now=NOW, customers=customers)
    with store.begin() as connection:
        _score(connection)
    with store.read() as connection:
        for name, job in schedule.DIGESTS.items():
            desk = Desk(connection, store.cipher, 0, NOW, KeywordReader(), policy(config))
            began = time.perf_counter()
            (message,) = (one.message for one in schedule.decide(Slot(job, NOW), desk) if isinstance(one, TellRoom))
            built = time.perf_counter()
            picture = b"" if message.chart is None else png(message.chart)
            drawn = time.perf_counter()
            print(
                f"{name:<8} built in {built - began:6.3f} s, picture in {drawn - built:6.3f} s"
                f" ({len(picture) / 1000:.0f} kB), in all {drawn - began:6.3f} s"
            )
    store.close()


def _score(connection: Connection) -> None:
    """Scores and movements as the night would leave them, at random."""
    dice = Random(7)
    keys = list(connection.scalars(select(CustomerStats.customer_id).where(CustomerStats.orders > 0)))
    scores, moves = [], []
    for key in keys:
        segment, value = dice.choice(SEGMENTS), dice.randrange(1_000, 90_000)
        risk = dice.random()
        scores.append(
            {
                "customer_id": key,
                "recency": dice.randrange(1, 6),
                "frequency": dice.randrange(1, 6),
                "segment": segment,
                "churn_risk": risk,
                "churn_as_of": NOW,
                "value_base": value,
                "loss_base": int(risk * value),
                "value_as_of": NOW,
            }
        )
        before = dice.choice(SEGMENTS)
        moves.append({"customer_id": key, "at": NOW - WEEK / 2, "from_segment": before, "to_segment": segment})
    connection.execute(insert(CustomerScore), scores)
    connection.execute(insert(SegmentMove), moves)
    days = [
        {"at": at, "segment": name, "customers": len(keys) // 10, "spend_base": 1_000_000}
        for at in (NOW - WEEK, NOW)
        for name in SEGMENTS
    ]
    connection.execute(insert(SegmentDay), days)


if __name__ == "__main__":
    main()
