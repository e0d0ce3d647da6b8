"""Spark gives everybody the scores that the store's own engine does: over Parquet, on two executors.

One session serves all of these tests: to start it takes longer than they do.
"""

import importlib.util
import os
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from sqlalchemy import insert, select

from crm_store import rfm, stats
from crm_store import spark as on_spark
from crm_store.schema import Customer, CustomerScore, Order, to_ms
from crm_store.store import Store
from jobs import rfm as job
from jobs.scoring import Scoring

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
JARS = {"postgresql": "/usr/share/java/postgresql.jar", "mariadb": "/usr/share/java/mariadb-java-client.jar"}


def _need(missing: list[str]) -> None:
    if not missing:
        return
    sentence = f"Spark needs {' and '.join(missing)}"
    if os.environ.get("SHOPDESK_TEST_NO_SKIP") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A cluster of this machine: two executors with one core each."""
    missing = [] if importlib.util.find_spec("pyspark") else ["pyspark (requirements-spark.lock)"]
    missing += [] if shutil.which("java") or os.environ.get("JAVA_HOME") else ["java, 17 or newer"]
    _need(missing)
    from pyspark.sql import SparkSession

    settings = {
        # its 200 parts are for more than some hundred rows
        "spark.sql.shuffle.partitions": "3",
        "spark.ui.enabled": "false",
        "spark.jars": ",".join(jar for jar in JARS.values() if Path(jar).exists()),
        "spark.executorEnv.PYTHONPATH": str(ROOT),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_LOCAL_HOSTNAME", "127.0.0.1")
        builder = SparkSession.builder.config(map=settings)
        with _started(builder, patch) as spark_session:
            yield spark_session


@contextmanager
def _started(builder: Any, patch: pytest.MonkeyPatch) -> Iterator[Any]:
    patch.setenv("PYSPARK_PYTHON", sys.executable)
    started = builder.master("local-cluster[2,1,1024]").getOrCreate()
    try:
        yield started
    finally:
        started.stop()


# --- files to files -----------------------------------------------------------------------------------------------


def _orders() -> list[dict[str, Any]]:
    chance = random.Random(11)
    return [
        {
            "external_id": f"O{n}",
            "customer_id": chance.choice((None, *(chance.randrange(1, 301) for _ in range(9)))),
            "placed_at": NOW - chance.randrange(-5, 90) * DAY - chance.choice((0, 0, 1234)) * timedelta(milliseconds=1),
            "status": chance.choice(("paid", "paid", "delivered", "cancelled")),
            "currency": "EUR",
            "total": 0,
            "total_base": chance.choice((-5, 0, 100, 100, chance.randrange(100_000))),
        }
        for n in range(1500)
    ]


@pytest.mark.usefixtures("session")
def test_spark_scores_every_buyer_as_the_store_does(sqlite_store: Store, tmp_path: Path) -> None:
    placed = _orders()
    with sqlite_store.begin() as connection:
        connection.execute(insert(Customer), [{"id": n, "created_at": NOW} for n in range(1, 301)])
        connection.execute(insert(Order), placed)
        stats.rebuild(connection)
    job.score(_work(sqlite_store, NOW))
    columns: list[Any] = [CustomerScore.customer_id, *(getattr(CustomerScore, name) for name in rfm.COLUMNS)]
    with sqlite_store.read() as connection:
        rows = connection.execute(select(*columns).where(CustomerScore.segment.is_not(None))).all()
    ours = sorted((row[0], to_ms(row[1]), *row[2:]) for row in rows)

    orders, scores = tmp_path / "orders.parquet", tmp_path / "scores.parquet"
    counted = ("customer_id", "placed_at", "status", "total_base")
    kept = [{name: one[name] for name in counted} | {"placed_at": to_ms(one["placed_at"])} for one in placed]
    pl.DataFrame(kept, infer_schema_length=None).write_parquet(orders)
    on_spark.main([str(orders), str(scores), "--as-of", NOW.isoformat()])
    assert sorted(pl.read_parquet(scores / "*.parquet").select("customer_id", *rfm.COLUMNS).rows()) == ours
    assert len(ours) > 250


def _work(store: Store, as_of: datetime) -> Scoring:
    return Scoring(store, as_of, ZoneInfo("UTC"), "EUR", lambda _: None)
