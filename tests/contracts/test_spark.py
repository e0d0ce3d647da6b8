"""Spark gives everybody the scores that the store's own engine does: over Parquet and JDBC, on two executors.

One session serves most of these tests: to start it takes longer than they do.
"""

import importlib.util
import os
import random
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from sqlalchemy import insert, select, update

from bot.__main__ import main
from crm_store import rfm, stats
from crm_store import spark as on_spark
from crm_store.schema import Customer, CustomerScore, Order, RfmScale, SegmentDay, SegmentMove, Table, to_ms
from crm_store.spark_source import Database, SparkFailed
from crm_store.spark_source import orders as read_orders
from crm_store.store import Store
from jobs import rfm as job
from jobs.scoring import Scoring
from tests.conftest import MASTER

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
JARS = {"postgresql": "/usr/share/java/postgresql.jar", "mariadb": "/usr/share/java/mariadb-java-client.jar"}
#: what scoring writes
WRITTEN: tuple[Any, ...] = (CustomerScore, RfmScale, SegmentMove, SegmentDay)
COMMAND = ["score", "--spark", "--partitions", "3", "--as-of", NOW.isoformat(), "--config", os.devnull]


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
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_LOCAL_HOSTNAME", "127.0.0.1")
        started = SparkSession.builder.config(map=settings).master("local-cluster[2,1,1024]").getOrCreate()
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


def _fill(store: Store, placed: list[dict[str, Any]]) -> None:
    with store.begin() as connection:
        connection.execute(insert(Customer), [{"id": n, "created_at": NOW} for n in range(1, 301)])
        connection.execute(insert(Order), placed)
        stats.rebuild(connection)


@pytest.mark.usefixtures("session")
def test_spark_scores_every_buyer_as_the_store_does(sqlite_store: Store, tmp_path: Path) -> None:
    placed = _orders()
    _fill(sqlite_store, placed)
    job.score(_work(sqlite_store, NOW))
    columns: list[Any] = [CustomerScore.customer_id, *(getattr(CustomerScore, name) for name in rfm.KEPT)]
    with sqlite_store.read() as connection:
        rows = connection.execute(select(*columns).where(CustomerScore.segment.is_not(None))).all()
        ratios = rfm.rated(connection)
    ours = sorted((row[0], to_ms(NOW), *row[1:], *ratios[row[0]]) for row in rows)

    orders, scores = _parquet(tmp_path, placed), tmp_path / "scores.parquet"
    on_spark.main([str(orders), str(scores), "--as-of", NOW.isoformat()])
    assert sorted(pl.read_parquet(scores / "*.parquet").select("customer_id", *rfm.COLUMNS).rows()) == ours
    assert len(ours) > 250


def _parquet(folder: Path, placed: list[dict[str, Any]]) -> Path:
    counted = ("customer_id", "placed_at", "status", "total_base")
    kept = [{name: one[name] for name in counted} | {"placed_at": to_ms(one["placed_at"])} for one in placed]
    pl.DataFrame(kept, infer_schema_length=None).write_parquet(folder / "orders.parquet")
    return folder / "orders.parquet"


# --- into the store -----------------------------------------------------------------------------------------------


def _work(store: Store, as_of: datetime) -> Scoring:
    return Scoring(store, as_of, ZoneInfo("UTC"), "EUR", lambda _: None)


def _held(store: Store, *, written: bool) -> dict[str, list[str]]:
    """The rows of the tables that scoring writes, or of all others; a movement's without the number it was given."""
    ours = {model.__tablename__ for model in WRITTEN}
    told = {}
    with store.read() as connection:
        for table in Table.metadata.sorted_tables:
            if (table.name in ours) is not written:
                continue
            columns = [one for one in table.c if table.name != SegmentMove.__tablename__ or one.name != "id"]
            told[table.name] = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
    return told


def _as_environment(store: Store, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("SHOPDESK_STORE_URL", store.engine.url.render_as_string(hide_password=False))
    patch.setenv("SHOPDESK_KEY", b64encode(MASTER).decode())


def _in_a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command with a Spark of its own."""
    settings = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "127.0.0.1", "PYTHONPATH": str(ROOT)}
    settings["PYSPARK_SUBMIT_ARGS"] = (
        "--conf spark.sql.shuffle.partitions=3 --conf spark.ui.enabled=false pyspark-shell"
    )
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("store", ["postgresql", "mariadb"], indirect=True)
def test_scores_come_from_the_server_and_go_back_to_it(
    store: Store, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _need([f"the driver {JARS[store.dialect]}"] if not Path(JARS[store.dialect]).exists() else [])
    monkeypatch.setattr(rfm, "AT_ONCE", 70)  # in several parts
    for one in (store, sqlite_store):
        _fill(one, _orders())
        job.score(_work(one, NOW - 9 * DAY))
        # whoever sent everything back since is to lose what was said
        with one.begin() as connection:
            connection.execute(update(Order).where(Order.customer_id.in_((5, 300))).values(status="cancelled"))
            stats.rebuild(connection)
    job.score(_work(sqlite_store, NOW))
    others = _held(store, written=False)
    _as_environment(store, monkeypatch)
    assert main(COMMAND) == 0, capsys.readouterr().err
    told, expected = _held(store, written=True), _held(sqlite_store, written=True)
    assert told == expected
    assert _held(store, written=False) == others
    assert len(told["customer_scores"]) > 250
    assert len(told["segment_moves"]) > 20
    assert len(told["segment_days"]) > 10
    # an order that came late counts, whatever Spark has read before
    for one in (store, sqlite_store):
        with one.begin() as connection:
            late = {"external_id": "late", "customer_id": 300, "placed_at": NOW - DAY, "status": "paid"}
            connection.execute(insert(Order), late | {"currency": "EUR", "total": 0, "total_base": 5})
            stats.rebuild(connection)
    others = _held(store, written=False)
    job.score(_work(sqlite_store, NOW))
    assert main(COMMAND) == 0, capsys.readouterr().err
    again = _held(store, written=True)
    assert again == _held(sqlite_store, written=True)
    assert again != told
    # nothing is said twice; one of them with a Spark of its own
    if store.dialect == "postgresql":
        done = _in_a_process("score", "--spark", "local[1]", *COMMAND[2:])
        assert done.returncode == 0, done.stderr[-3000:]
        assert "buyers have recency, frequency and monetary scores" in done.stdout
    else:
        assert main(COMMAND) == 0, capsys.readouterr().err
    assert _held(store, written=True) == again
    assert _held(store, written=False) == others


@pytest.mark.usefixtures("session")
def test_parquet_goes_into_the_store(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    placed = _orders()
    _fill(sqlite_store, placed)
    orders = _parquet(tmp_path, placed)
    _as_environment(sqlite_store, monkeypatch)
    command = ["score", "--spark", "--as-of", NOW.isoformat(), "--config", os.devnull, "--parquet"]
    assert main([*command, str(orders)]) == 0, capsys.readouterr().err
    told = _held(sqlite_store, written=True)
    job.score(_work(sqlite_store, NOW))
    assert told["customer_scores"] == _held(sqlite_store, written=True)["customer_scores"]
    assert len(told["customer_scores"]) > 250

    assert main([*command, str(tmp_path / "none.parquet")]) == 2
    assert "it has to hold the columns customer_id, placed_at, status, total_base" in capsys.readouterr().err
    pl.read_parquet(orders).drop("status").write_parquet(tmp_path / "less.parquet")
    assert main([*command, str(tmp_path / "less.parquet")]) == 2
    assert "less.parquet lacks status: export these columns" in capsys.readouterr().err
    stranger = placed[0] | {"customer_id": 987, "status": "paid", "placed_at": NOW - DAY}
    assert main([*command, str(_parquet(tmp_path, [*placed, stranger]))]) == 1
    said = "orders belong to 1 customers that the store does not have, the first with the id 987"
    assert said in capsys.readouterr().err
    assert _held(sqlite_store, written=True) == told


@pytest.mark.parametrize("store", ["postgresql", "mariadb"], indirect=True)
def test_a_server_that_refuses_is_told(session: Any, store: Store) -> None:
    _need([f"the driver {JARS[store.dialect]}"] if not Path(JARS[store.dialect]).exists() else [])
    url = store.engine.url.set(database="not_there").render_as_string(hide_password=False)
    with pytest.raises(SparkFailed, match=r"^Spark cannot read orders: .*(not exist|Unknown database|Access denied)"):
        read_orders(session, Database(url))


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("store", ["mariadb"], indirect=True)
def test_a_jar_that_is_no_driver_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    _need([f"the driver {JARS['postgresql']}"] if not Path(JARS["postgresql"]).exists() else [])
    _as_environment(store, monkeypatch)
    done = _in_a_process("score", "--spark", "local[1]", "--jar", JARS["postgresql"], "--config", os.devnull)
    said = f"the JDBC driver of mariadb is not in {JARS['postgresql']}"
    assert done.returncode == 2, done.stderr[-3000:]
    assert said in done.stderr
    assert "name its .jar with --jar (Debian's libmariadb-java brings one)" in done.stderr


@pytest.mark.usefixtures("session")
def test_a_master_that_is_none_is_told(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_environment(sqlite_store, monkeypatch)
    done = _in_a_process("score", "--spark", "nowhere", "--parquet", str(tmp_path), "--config", os.devnull)
    assert done.returncode == 1, done.stderr[-3000:]
    assert "Spark does not start on nowhere: " in done.stderr
