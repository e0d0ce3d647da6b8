"""Spark gives everybody the scores that the store's own engine does: over Parquet and JDBC, on two executors.

One session serves all of these tests: to start it takes longer than they do.
"""

import importlib.util
import os
import random
import shutil
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from sqlalchemy import Connection, insert, select

from bot.__main__ import main
from crm_store import rfm, stats
from crm_store import spark as on_spark
from crm_store.schema import Customer, CustomerScore, FittedModel, KeyRow, Order, SegmentDay, SegmentMove, Table, to_ms
from crm_store.store import Store
from jobs import churn, propensity, scoring
from jobs import rfm as job
from jobs.scoring import Scoring
from tests import past
from tests.conftest import MASTER

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
JARS = {"postgresql": "/usr/share/java/postgresql.jar", "mariadb": "/usr/share/java/mariadb-java-client.jar"}
IN_STORE = {"rfm": job.score, "churn": churn.score, "propensity": propensity.score}
#: what scoring writes
WRITTEN: tuple[Any, ...] = (CustomerScore, SegmentMove, SegmentDay, FittedModel)


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


# --- into the store -----------------------------------------------------------------------------------------------


def _work(store: Store, as_of: datetime, *, train: bool = False) -> Scoring:
    return Scoring(store, as_of, ZoneInfo("UTC"), "EUR", lambda _: None, train)


def _rows(connection: Connection, model: Any) -> list[tuple[Any, ...]]:
    """All rows of a table, but for the number that a movement was given."""
    columns = [column for column in model.__table__.c if model is not SegmentMove or column.name != "id"]
    return sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)


def _held(store: Store, models: tuple[Any, ...] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    with store.read() as connection:
        if models is not None:
            return {model.__tablename__: _rows(connection, model) for model in models}
        written = {model.__tablename__ for model in WRITTEN}
        others = [table for table in Table.metadata.sorted_tables if table.name not in written]
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in others}


def _alike(told: dict[str, list[tuple[Any, ...]]], expected: dict[str, list[tuple[Any, ...]]]) -> None:
    """Every row the same; chances to a millionth, since sums of fractions depend on their order."""
    for name in ("customer_scores", "segment_moves", "segment_days"):
        assert len(told[name]) == len(expected[name]) > 0
    assert told["segment_moves"] == expected["segment_moves"]
    assert told["segment_days"] == expected["segment_days"]
    place = [column.name for column in CustomerScore.__table__.c].index
    chances = [place("churn_risk"), place("propensity")]
    ours, theirs = (sorted(those["customer_scores"]) for those in (told, expected))
    for one, other in zip(ours, theirs, strict=True):
        rest = [n for n in range(len(one)) if n not in chances]
        assert [one[n] for n in rest] == [other[n] for n in rest]
    pairs = [[[row[n] for n in chances] for row in those] for those in (ours, theirs)]
    said = [np.array(those, np.float64) for those in pairs]
    assert_allclose(said[0], said[1], rtol=1e-6)
    assert (~np.isnan(said[0])).sum() > 100


def _a_day_later(store: Store, sqlite_store: Store) -> None:
    """The same shop in both stores, scored yesterday in both, with the same models."""
    past.make(sqlite_store, NOW, customers=160)
    scoring.score(_work(sqlite_store, NOW - DAY, train=True), IN_STORE)
    with sqlite_store.read() as connection, store.begin() as into:
        for table in Table.metadata.sorted_tables:
            # what a server gives by itself, it is to give to what follows too
            left_out = {column.name for column in table.c if column.computed is not None}
            left_out |= {"id"} if table.name == SegmentMove.__tablename__ else set()
            kept = [column for column in table.c if column.name not in left_out]
            rows = [row._asdict() for row in connection.execute(select(*kept))]
            if rows and table.name != KeyRow.__tablename__:
                into.execute(insert(table), rows)


@pytest.mark.parametrize("store", ["postgresql", "mariadb"], indirect=True)
def test_scores_come_from_the_server_and_go_back_to_it(
    session: Any, store: Store, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _need([f"the driver {JARS[store.dialect]}"] if not Path(JARS[store.dialect]).exists() else [])
    _a_day_later(store, sqlite_store)
    scoring.score(_work(sqlite_store, NOW), IN_STORE)
    others = _held(store)
    monkeypatch.setenv("SHOPDESK_STORE_URL", store.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SHOPDESK_KEY", b64encode(MASTER).decode())
    command = ["score", "--spark", "--partitions", "3", "--as-of", NOW.isoformat(), "--config", os.devnull]
    assert main(command) == 0, capsys.readouterr().err
    told = _held(store, WRITTEN)
    _alike(told, _held(sqlite_store, WRITTEN))
    assert _held(store) == others
    # nothing is said twice of a day
    assert main(command) == 0
    assert _held(store, WRITTEN) == told
    assert "recommend: not computed on Spark" in capsys.readouterr().out
