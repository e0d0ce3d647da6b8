"""Spark gives every buyer the scores that the store's own engine does: over Parquet, on two executors."""

import importlib.util
import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from sqlalchemy import insert, select

from crm_store import rfm, stats
from crm_store.schema import Customer, CustomerScore, Order, to_ms
from crm_store.store import Store
from jobs import rfm as job
from jobs.scoring import Scoring

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def _expect_spark() -> None:
    missing = [] if importlib.util.find_spec("pyspark") else ["pyspark (requirements-spark.lock)"]
    missing += [] if shutil.which("java") or os.environ.get("JAVA_HOME") else ["java, 17 or newer"]
    if not missing:
        return
    sentence = f"Spark needs {' and '.join(missing)}"
    if os.environ.get("SHOPDESK_TEST_NO_SKIP") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


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


def test_spark_scores_every_buyer_as_the_store_does(sqlite_store: Store, tmp_path: Path) -> None:
    _expect_spark()
    placed = _orders()
    with sqlite_store.begin() as connection:
        connection.execute(insert(Customer), [{"id": n, "created_at": NOW} for n in range(1, 301)])
        connection.execute(insert(Order), placed)
        stats.rebuild(connection)
    job.score(Scoring(sqlite_store, NOW, ZoneInfo("UTC"), "EUR", lambda _: None))
    columns: list[Any] = [CustomerScore.customer_id, *(getattr(CustomerScore, name) for name in rfm.COLUMNS)]
    with sqlite_store.read() as connection:
        rows = connection.execute(select(*columns).where(CustomerScore.segment.is_not(None))).all()
    ours = sorted((row[0], to_ms(row[1]), *row[2:]) for row in rows)

    orders, scores = tmp_path / "orders.parquet", tmp_path / "scores.parquet"
    counted = ("customer_id", "placed_at", "status", "total_base")
    kept = [{name: one[name] for name in counted} | {"placed_at": to_ms(one["placed_at"])} for one in placed]
    pl.DataFrame(kept, infer_schema_length=None).write_parquet(orders)
    command = [sys.executable, "-m", "crm_store.spark", str(orders), str(scores)]
    where = ["--as-of", NOW.isoformat(), "--master", "local-cluster[2,1,1024]"]
    settings = {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME": "127.0.0.1",
        "PYTHONPATH": str(ROOT),
        # its 200 parts are for more than some hundred rows
        "PYSPARK_SUBMIT_ARGS": "--conf spark.sql.shuffle.partitions=3 --conf spark.ui.enabled=false pyspark-shell",
    }
    done = subprocess.run(
        [*command, *where], cwd=tmp_path, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert sorted(pl.read_parquet(scores / "*.parquet").select("customer_id", *rfm.COLUMNS).rows()) == ours
    assert len(ours) > 250
