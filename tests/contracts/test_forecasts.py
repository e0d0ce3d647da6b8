"""Churn risk and purchase propensity from end to end, on every engine: honest where there is little, the same twice."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import Connection, func, select

from crm_store import forecasts
from crm_store.features import Past, read
from crm_store.schema import Customer, CustomerScore, Order, Visit
from crm_store.store import Store
from handlers.staff.reasons import said
from jobs import churn, forecasting, propensity
from jobs.explaining import Explainer
from jobs.scoring import SCORERS, Outcome, Scoring
from tests import past

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)

#: what the first engine said
_scores: dict[str, list[tuple[int, float, str]]] = {}


def work(store: Store, as_of: datetime = NOW, *, train: bool = False) -> Scoring:
    return Scoring(store, as_of, ZoneInfo("UTC"), "EUR", lambda line: None, train)


def risks(store: Store) -> list[tuple[int, float, str]]:
    columns = (CustomerScore.customer_id, CustomerScore.churn_risk)
    with store.read() as connection:
        found = select(*columns).where(CustomerScore.churn_risk.is_not(None)).order_by(columns[0])
        rows = connection.execute(found).all()
        why = Explainer("EUR")(connection, "churn", [row[0] for row in rows])
    return [(row[0], row[1], why[row[0]]) for row in rows]


def wishes(store: Store) -> dict[int, float]:
    columns = (CustomerScore.customer_id, CustomerScore.propensity)
    with store.read() as connection:
        rows = connection.execute(select(*columns).where(CustomerScore.propensity.is_not(None)))
        return {row[0]: row[1] for row in rows}


def card(store: Store, kind: str) -> dict[str, object]:
    with store.read() as connection:
        model = forecasts.last_model(connection, kind)
    assert model is not None
    told: dict[str, object] = json.loads(model.card)
    return told


def test_both_have_a_row_in_the_table_of_scorers() -> None:
    assert SCORERS["churn"] == "jobs.churn"
    assert SCORERS["propensity"] == "jobs.propensity"


def test_everybody_is_scored_with_reasons_and_the_same_on_every_engine(store: Store) -> None:
    past.make(store, NOW, customers=300)
    outcome = churn.score(work(store))
    scores = risks(store)
    assert outcome.scored == len(scores) > 200
    assert "churn risk" in outcome.said
    assert all(0 < risk < 1 for _, risk, _ in scores)
    assert all(said(reasons) for _, _, reasons in scores)
    first = _scores.setdefault("churn", scores)
    np.testing.assert_allclose([risk for _, risk, _ in scores], [risk for _, risk, _ in first], rtol=1e-4)

    told = card(store, "churn")
    assert told["chosen"] in told["candidates"]  # type: ignore[operator]
    assert "AUC" in str(told["text"])
    assert told["drift"]


def test_a_second_time_the_model_that_was_kept_says_the_same(sqlite_store: Store) -> None:
    past.make(sqlite_store, NOW, customers=300)
    churn.score(work(sqlite_store))
    first = risks(sqlite_store)
    churn.score(work(sqlite_store))
    assert risks(sqlite_store) == first
    churn.score(work(sqlite_store, train=True))
    assert risks(sqlite_store) == first
    with sqlite_store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(forecasts.FittedModel)) == 2


def test_what_comes_after_the_moment_changes_no_score(sqlite_store: Store) -> None:
    past.make(sqlite_store, NOW, customers=300)
    churn.score(work(sqlite_store, NOW - 30 * DAY, train=True))
    before = risks(sqlite_store)
    with sqlite_store.read() as connection:
        number = connection.scalar(past.highest(Order))
    assert number is not None
    later = NOW - 30 * DAY
    past.put(
        sqlite_store,
        {
            Order: [past.order(customer, later, number + customer) for customer in range(1, 301)],
            Visit: [past.visit(customer, later, -customer) for customer in range(1, 301)],
        },
    )
    churn.score(work(sqlite_store, NOW - 30 * DAY, train=True))
    assert risks(sqlite_store) == before


def test_reasons_are_of_what_was_known_when_the_chance_was_said(sqlite_store: Store) -> None:
    past.make(sqlite_store, NOW, customers=300)
    churn.score(work(sqlite_store))
    before = risks(sqlite_store)
    with sqlite_store.read() as connection:
        number = connection.scalar(past.highest(Order)) or 0
    past.put(sqlite_store, {Order: [past.order(customer, NOW, number + customer) for customer in range(1, 301)]})
    assert risks(sqlite_store) == before
    some = [customer for customer, _, _ in before][:3]
    with sqlite_store.read() as connection:
        why = Explainer("EUR")(connection, "churn", [*some, 10_000])
    assert why == {customer: reasons for customer, _, reasons in before[:3]}


def test_who_never_bought_has_a_propensity_and_no_churn_risk(sqlite_store: Store) -> None:
    past.make(sqlite_store, NOW, customers=300)
    looks_only = past.customer(900, NOW, NOW - 5 * DAY)
    past.put(sqlite_store, {Customer: [looks_only], Visit: [past.visit(900, NOW - 2 * DAY, 90_000)]})
    churn.score(work(sqlite_store))
    outcome = propensity.score(work(sqlite_store))
    assert outcome.scored == len(wishes(sqlite_store))
    assert 0 < wishes(sqlite_store)[900] < 1
    assert 900 not in {customer for customer, _, _ in risks(sqlite_store)}


# --- little, and odd -----------------------------------------------------------------------------------------------


def both(store: Store) -> list[Outcome]:
    return [churn.score(work(store)), propensity.score(work(store))]


def test_one_scoring_reads_what_happened_once_for_both(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    past.make(sqlite_store, NOW, customers=300)
    for one in (churn, propensity):
        one.score(work(sqlite_store))
    apart = [one[:2] for one in risks(sqlite_store)], wishes(sqlite_store)
    asked: list[Sequence[datetime]] = []

    def reads(connection: Connection, moments: Sequence[datetime], **more: Any) -> Past:
        asked.append(moments)
        return read(connection, moments, **more)

    monkeypatch.setattr(forecasting, "read", reads)
    together = work(sqlite_store)
    for one in (churn, propensity):
        one.score(together)
    assert asked == [[NOW]]
    assert ([one[:2] for one in risks(sqlite_store)], wishes(sqlite_store)) == apart
    assert not together.kept, "it is not held any longer"


def test_an_empty_store_has_no_scores_and_says_what_is_missing(store: Store) -> None:
    for outcome in both(store):
        assert outcome.scored == 0
        assert "RFM alone serves" in outcome.said


def test_one_customer_is_too_few(store: Store) -> None:
    orders = [past.order(1, NOW - number * 20 * DAY, number) for number in range(1, 40)]
    past.put(store, {Customer: [past.customer(1, NOW)], Order: orders})
    for outcome in both(store):
        assert outcome.scored == 0
        assert "of 1 " in outcome.said


def test_all_orders_on_one_day_teach_nothing(store: Store) -> None:
    people = range(1, 101)
    orders = [past.order(number, NOW - 500 * DAY, number) for number in people]
    past.put(store, {Customer: [past.customer(number, NOW) for number in people], Order: orders})
    for outcome in both(store):
        assert outcome.scored == 0
        assert "RFM alone serves" in outcome.said


def test_a_short_history_says_how_long_it_has_to_be(store: Store) -> None:
    past.make(store, NOW, customers=60, days=40)
    outcome = churn.score(work(store))
    assert outcome.scored == 0
    assert "360 are needed" in outcome.said


def test_scores_that_no_longer_hold_are_taken_back(sqlite_store: Store) -> None:
    with sqlite_store.begin() as connection:
        connection.execute(Customer.__table__.insert(), past.customer(1, NOW))
        forecasts.put_forecasts(connection, "churn", NOW - DAY, np.array([1]), np.array([0.5]))
    churn.score(work(sqlite_store))
    assert risks(sqlite_store) == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_customer_with_a_hundred_thousand_orders_breaks_nothing(store: Store) -> None:
    past.make(store, NOW, customers=200)
    with store.read() as connection:
        number = connection.scalar(past.highest(Order)) or 0
    minutes = (timedelta(minutes=10 * step) for step in range(1, 100_001))
    past.put(store, {Order: [past.order(1, NOW - ago, number + serial) for serial, ago in enumerate(minutes, 1)]})
    outcome = churn.score(work(store))
    assert outcome.scored > 100
    (risk,) = [risk for customer, risk, _ in risks(store) if customer == 1]
    assert 0 <= risk < 0.5


def test_without_what_models_are_made_with_that_is_said(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jobs.learning", None)
    past.make(sqlite_store, NOW, customers=60)
    outcome = churn.score(work(sqlite_store))
    assert outcome.scored == 0
    assert "not installed" in outcome.said
