"""`shopdesk score`: what it says, and how it ends."""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.__main__ import main
from bot.commands import opened_store
from bot.config import load
from crm_store import import_marks, spark_source, stats
from crm_store.alone import alone
from crm_store.schema import Customer, CustomerScore, FittedModel, Order, RfmScale
from crm_store.store import connect

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three customers, two of whom bought; one order lies ahead."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("SHOPDESK_", "SLACK_", "TELEGRAM_")) and not name.startswith("SHOPDESK__NLP"):
            monkeypatch.delenv(name)
    with opened_store(load(None)) as store, store.begin() as connection:
        connection.execute(insert(Customer), [{"id": n, "created_at": NOW} for n in (1, 2, 3)])
        plain = {"status": "paid", "currency": "EUR", "total": 100, "total_base": 100}
        placed = [(1, 9), (1, 5), (2, 30), (2, -4)]
        connection.execute(
            insert(Order),
            [
                {"external_id": f"O{n}", "customer_id": who, "placed_at": NOW - timedelta(days=days), **plain}
                for n, (who, days) in enumerate(placed)
            ],
        )
        stats.rebuild(connection)
    return tmp_path


def test_it_says_what_each_scorer_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "--as-of", "2026-03-02T09:30:00Z"]) == 0
    out, err = capsys.readouterr()
    assert "rfm: 2 buyers have recency, frequency and monetary scores, for the first time" in out
    assert "rfm: 1 of 1 parts" in err
    with opened_store(load(None)) as store, store.read() as connection:
        found = select(CustomerScore.customer_id, CustomerScore.segment)
        rows = connection.execute(found.order_by(CustomerScore.customer_id)).all()
        assert connection.scalar(select(RfmScale.as_of)) == NOW
    assert [tuple(row) for row in rows] == [(1, "need attention"), (2, "hibernating")]


def test_a_program_may_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "--as-of", "2026-03-02T09:30:00Z", "--json"]) == 0
    out, err = capsys.readouterr()
    said = json.loads(out)
    assert said["as_of"] == "2026-03-02T09:30:00Z"
    assert said["scorers"]["rfm"]["scored"] == 2
    assert err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as-of", "soon"], "--as-of is 'soon', allowed is a time such as"),
        (["--report", "--train"], "--report shows what is there"),
        (["--report", "--spark"], "--report shows what is there: leave --spark out"),
        (["--spark", "--train"], "Spark computes RFM alone"),
        (["--parquet", "orders"], "--parquet says what Spark reads: add --spark"),
        (["--spark", "--parquet", "orders", "--jar", "a.jar"], "--jar is for reading over JDBC"),
        (["--spark", "--partitions", "0"], "--partitions is 0, allowed is a whole number above 0"),
        (["--spark"], "Spark reads no SQLite file: name Parquet files of its orders with --parquet"),
    ],
)
def test_a_wrong_call_is_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_without_a_store_there_is_nobody_to_score(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert main(["score"]) == 2
    assert "there is no store" in capsys.readouterr().err


def test_scores_are_not_computed_from_half_an_import(capsys: pytest.CaptureFixture[str]) -> None:
    with opened_store(load(None)) as store, store.begin() as connection:
        import_marks.begin(connection, NOW)
    assert main(["score"]) == 1
    assert "the import that began 2026-03-02 09:30Z has not ended" in capsys.readouterr().err


def test_two_do_not_score_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    engine = connect(load(None).store.url)
    with alone(engine, work="scores"):
        assert main(["score"]) == 1
    engine.dispose()
    assert "scores are being computed on" in capsys.readouterr().err
    assert main(["score"]) == 0


def test_the_report_shows_the_newest_card_of_each_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "--report"]) == 0
    assert "no model has been fitted yet" in capsys.readouterr().out
    with opened_store(load(None)) as store, store.begin() as connection:
        for kind, card in (
            ("churn", '{"text": "an old one"}'),
            ("churn", '{"text": "AUC 0.81"}'),
            ("value", '{"n": 3}'),
        ):
            row = {"kind": kind, "as_of": NOW, "fitted_at": NOW, "method": "logistic", "card": card}
            connection.execute(insert(FittedModel), row)
    assert main(["score", "--report"]) == 0
    out = capsys.readouterr().out
    assert "churn: logistic, fitted 2026-03-02 09:30Z" in out
    assert "AUC 0.81" in out
    assert "an old one" not in out
    assert '{"n": 3}' in out
    assert main(["score", "--report", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"churn": {"text": "AUC 0.81"}, "value": {"n": 3}}


def test_what_spark_lacks_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["score", "--spark", "--parquet", "orders"]
    monkeypatch.setattr(spark_source, "find_spec", lambda _: None)
    assert main(command) == 2
    assert "Spark needs pyspark: pip install 'shopdesk[spark]'" in capsys.readouterr().err
    monkeypatch.setattr(spark_source, "find_spec", lambda name: name)
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert main(command) == 2
    assert "Spark needs Java 17 or newer: install it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("family", "package"), [("postgresql", "libpostgresql-jdbc-java"), ("mysql", "libmariadb-java")]
)
def test_a_driver_that_is_not_there_is_told(family: str, package: str, tmp_path: Path) -> None:
    jar = tmp_path / "none.jar"
    source = spark_source.Database(f"{family}://shop@localhost/desk", str(jar))
    said = f"{jar}, which is not there: name its .jar with --jar (Debian's {package} brings one)"
    with pytest.raises(spark_source.NoDriver, match=re.escape(said)), spark_source.started(None, source):
        pass
