"""Recency, frequency and monetary scores, on every engine: row for row what a slow, obvious evaluation says."""

import math
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Integer, insert, literal, select, update

from crm_store import merging_customers, rfm, stats
from crm_store.money import Rates
from crm_store.orders import NewOrder, put_order, set_status
from crm_store.schema import Customer, CustomerScore, Order, RfmScale, SegmentDay, SegmentMove, from_ms, to_ms
from crm_store.store import Store
from jobs import rfm as job
from jobs.scoring import Outcome, Scoring
from tests.conftest import empty

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
RATES = Rates("EUR", {})
HISTORIES = {"sqlite": 60, "postgresql": 12, "mariadb": 12}


@dataclass(frozen=True, slots=True)
class Placed:
    """An order of a customer (-1: a guest), so many days before now; the total may be anything."""

    customer: int
    days: int
    total: int
    status: str = "paid"


def _histories(customers: int) -> st.SearchStrategy[list[Placed]]:
    one = st.builds(
        Placed,
        customer=st.integers(-1, customers - 1),
        # few values and many customers: heavy ties; below zero lies ahead
        days=st.one_of(st.integers(-2, 4), st.integers(-30, 400)),
        total=st.one_of(st.integers(-1, 3), st.integers(-10_000, 1_000_000)),
        status=st.sampled_from(["paid", "paid", "delivered", "returned", "cancelled"]),
    )
    return st.lists(one, max_size=60)


HISTORY = st.integers(1, 25).flatmap(_histories)


# --- the slow evaluation ------------------------------------------------------------------------------------------


def expected(history: list[Placed], as_of: datetime) -> dict[int, tuple[Any, ...]]:
    """By customer: R, F, M, segment, and the three ratios, straight from the definition."""
    bought: dict[int, list[Placed]] = {}
    for order in history:
        if order.customer >= 0 and order.status != "cancelled" and NOW - order.days * DAY <= as_of:
            bought.setdefault(order.customer, []).append(order)
    recency = {who: to_ms(max(NOW - one.days * DAY for one in orders)) for who, orders in bought.items()}
    frequency = {who: len(orders) for who, orders in bought.items()}
    monetary = {who: sum(one.total for one in orders) for who, orders in bought.items()}
    ages = {who: to_ms(as_of) - last for who, last in recency.items()}
    found = {}
    for who in bought:
        r, f, m = (_score(values, who) for values in (recency, frequency, monetary))
        ratios = (_ratio(values, who) for values in (ages, frequency, monetary))
        found[who] = (r, f, m, _segment(r, f), *ratios)
    return found


def _score(values: dict[int, int], who: int) -> int:
    rank = 1 + sum(value < values[who] for value in values.values())
    return min(5, 1 + math.floor(5 * (rank - 1) / len(values)))


def _ratio(values: dict[int, int], who: int) -> float | None:
    mean = sum(values.values()) / len(values)
    return values[who] / mean if mean else None


def _segment(r: int, f: int) -> str:
    table = {
        5: ["new", "potential loyalist", "potential loyalist", "champions", "champions"],
        4: ["promising", "potential loyalist", "potential loyalist", "loyal", "loyal"],
        3: ["about to sleep", "about to sleep", "need attention", "loyal", "loyal"],
        2: ["hibernating", "hibernating", "at risk", "at risk", "can't lose"],
        1: ["hibernating", "hibernating", "at risk", "at risk", "can't lose"],
    }
    return table[r][f - 1]


# --- stores -------------------------------------------------------------------------------------------------------


def _shop(store: Store, history: list[Placed], customers: int = 25) -> None:
    empty(store.engine)
    with store.begin() as connection:
        connection.execute(insert(Customer), [{"id": n + 1, "created_at": NOW} for n in range(customers)])
        if history:
            connection.execute(insert(Order), [_row(number, one) for number, one in enumerate(history)])
        stats.rebuild(connection)


def _row(number: int, one: Placed) -> dict[str, Any]:
    return {
        "external_id": f"O{number}",
        "customer_id": None if one.customer < 0 else one.customer + 1,
        "placed_at": NOW - one.days * DAY,
        "status": one.status,
        "currency": "EUR",
        "total": one.total,
        "total_base": one.total,
    }


def _score_all(store: Store, as_of: datetime = NOW) -> Outcome:
    return job.score(Scoring(store, as_of, ZoneInfo("UTC"), "EUR", lambda _: None))


def _scores(store: Store) -> dict[int, tuple[Any, ...]]:
    columns = (getattr(CustomerScore, name) for name in rfm.KEPT)
    with store.read() as connection:
        rows = connection.execute(select(CustomerScore.customer_id, *columns)).all()
        ratios = rfm.rated(connection)
    nothing = (None, None, None)
    return {row[0] - 1: (*row[1:], *ratios.get(row[0], nothing)) for row in rows if row[1] is not None}


def _moves(store: Store) -> list[tuple[int, str | None, str | None]]:
    moves = select(SegmentMove.customer_id, SegmentMove.from_segment, SegmentMove.to_segment).order_by(SegmentMove.id)
    with store.read() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(moves)]


@contextmanager
def _small_stretches() -> Iterator[None]:
    with mock.patch.object(rfm, "AT_ONCE", 7):
        yield


# --- promises -----------------------------------------------------------------------------------------------------


def test_every_row_is_what_the_definition_says(store: Store) -> None:
    @settings(
        max_examples=HISTORIES[store.dialect],
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(history=HISTORY, days=st.sampled_from([0, 0, 1, 3, 50]))
    def holds(history: list[Placed], days: int) -> None:
        _shop(store, history)
        as_of = NOW - days * DAY
        with _small_stretches():
            outcome = _score_all(store, as_of)
        right = expected(history, as_of)
        assert _scores(store) == right
        assert outcome.scored == len(right)
        with store.read() as connection:
            kept = {row.segment: row for row in connection.execute(select(SegmentDay.__table__))}
        counts = Counter(row[3] for row in right.values())
        assert {name: row.customers for name, row in kept.items()} == {name: counts[name] for name in rfm.SEGMENTS}

    holds()


@pytest.mark.parametrize(
    "history",
    [
        [],
        [Placed(0, 3, 500)],
        [Placed(0, 0, 500)],
        [Placed(n, 3, 500) for n in range(20)],
        [Placed(n % 4, n, 0) for n in range(20)],
        [Placed(n, n, -n) for n in range(20)],
        [Placed(n, -n, 100 * n) for n in range(-10, 10) if n < 0] + [Placed(n, -5, 100) for n in range(10)],
        [Placed(-1, 1, 100), Placed(3, 1, 100, "cancelled")],
    ],
    ids=["nobody", "one", "one just now", "all equal", "no spend", "below zero", "all ahead", "guests and cancelled"],
)
def test_odd_shops_are_scored_by_the_same_rule(store: Store, history: list[Placed]) -> None:
    _shop(store, history)
    _score_all(store)
    assert _scores(store) == expected(history, NOW)


def test_a_large_shop_with_every_tie_is_scored_alike(store: Store) -> None:
    chance = random.Random(7)
    history = [
        Placed(who, chance.randrange(90), chance.randrange(50))
        for who in range(400)
        for _ in range(chance.choice((1, 2, 3, 4, 9)))
    ]
    _shop(store, history, customers=400)
    with mock.patch.object(rfm, "AT_ONCE", 150):
        _score_all(store)
    right = expected(history, NOW)
    assert _scores(store) == right
    assert {row[3] for row in right.values()} == set(rfm.SEGMENTS)


def test_every_pair_of_scores_is_in_one_segment(store: Store) -> None:
    for r in range(1, 6):
        for f in range(1, 6):
            with store.read() as connection:
                named = connection.scalar(select(rfm.segment(literal(r, Integer), literal(f, Integer))))
            assert named == _segment(r, f)


def test_the_past_is_what_it_was_and_the_future_has_not_happened(store: Store) -> None:
    history = [Placed(n, n, 100 + n) for n in range(20)] + [Placed(n, -n, 9000) for n in range(1, 10)]
    _shop(store, history)
    for days in (0, 10, -3, -100):
        _score_all(store, NOW - days * DAY)
        assert _scores(store) == expected(history, NOW - days * DAY)


def test_only_what_differs_is_written(store: Store) -> None:
    _shop(store, [Placed(n, n, 100 + n) for n in range(20)])
    _score_all(store)
    with store.begin() as connection:
        # nobody else writes here: what is overwritten is seen
        connection.execute(update(CustomerScore).values(churn_risk=0.5))
        connection.execute(update(CustomerScore).where(CustomerScore.customer_id == 3).values(segment="loyal"))
    with store.begin() as connection:
        scale = rfm.measure(connection, NOW)
        bought = rfm.buyers(NOW).subquery("buyers")
        newer = rfm.bring_up_to_date(store.dialect, rfm.scored(bought, scale).subquery("scored"), (1, None))
        counted = {"preserve_rowcount": True}
        statements = [connection.execute(newer, execution_options=counted).rowcount for _ in range(2)]
    # MariaDB counts a changed row twice
    assert statements == [2 if store.dialect == "mariadb" else 1, 0]
    with store.read() as connection:
        assert set(connection.scalars(select(CustomerScore.churn_risk))) == {0.5}, "other scores stay"


def test_who_comes_into_another_segment_is_noted(store: Store) -> None:
    _shop(store, [Placed(n, n + 1, 100) for n in range(20)])
    assert "for the first time" in _score_all(store).said
    assert _moves(store) == [], "at first there is nothing to have moved from"
    before = _scores(store)
    with store.begin() as connection:
        put_order(connection, RATES, NewOrder("late", 20, NOW - DAY / 2, "paid", "EUR", 100))
        put_order(connection, RATES, NewOrder("first", 25, NOW - DAY / 2, "paid", "EUR", 100))
        only = connection.scalar(select(Order.id).where(Order.customer_id == 1))
        assert only is not None
        set_status(connection, only, "cancelled")
    outcome = _score_all(store, NOW + DAY)
    after = _scores(store)
    right = {
        (who + 1, before[who][3] if who in before else None, after[who][3] if who in after else None)
        for who in {*before, *after}
        if before.get(who, (None,) * 4)[3] != after.get(who, (None,) * 4)[3]
    }
    assert set(_moves(store)) == right
    assert len(_moves(store)) == len(right)
    assert {(25, None, after[24][3]), (1, before[0][3], None)} <= right
    assert f"{len(right):,} customers came" in outcome.said
    assert _score_all(store, NOW + DAY).said.endswith("0 customers came into another segment")


def test_who_is_no_buyer_any_more_has_no_scores(store: Store) -> None:
    _shop(store, [Placed(0, 1, 100), Placed(1, 2, 100)])
    _score_all(store)
    with store.begin() as connection:
        connection.execute(update(CustomerScore).values(value_base=7))
        for order in connection.scalars(select(Order.id)).all():
            set_status(connection, order, "cancelled")
    assert "nobody has bought" in _score_all(store).said
    assert _scores(store) == {}
    with store.read() as connection:
        rows = connection.execute(select(CustomerScore.__table__)).all()
    assert {(row.recency, row.segment, row.value_base) for row in rows} == {(None, None, 7)}


def test_scoring_that_broke_off_goes_on_from_there(store: Store) -> None:
    history = [Placed(n, n, 100 + n) for n in range(20)]
    _shop(store, history)
    written: list[Any] = []
    write = rfm.write

    def breaks(*arguments: Any, **more: Any) -> rfm.Written:
        if len(written) == 2:
            raise ConnectionError
        written.append(arguments)
        return write(*arguments, **more)

    with _small_stretches():
        with mock.patch.object(rfm, "write", breaks), pytest.raises(ConnectionError):
            _score_all(store)
        assert 0 < len(_scores(store)) < 20
        _score_all(store)
    assert _scores(store) == expected(history, NOW)
    assert _moves(store) == []


def test_orders_that_come_in_between_change_no_score_of_that_moment(store: Store) -> None:
    history = [Placed(n, n, 100 + n) for n in range(20)]
    _shop(store, history)
    with store.read() as connection:
        scale, stretches = rfm.measure(connection, NOW), rfm.stretches(connection)
    with store.begin() as connection:
        put_order(connection, RATES, NewOrder("late", 5, NOW + DAY, "paid", "EUR", 999_999))
    for stretch in stretches:
        with store.begin() as connection:
            rfm.write(connection, scale, stretch, keeps_moves=False)
    with store.begin() as connection:
        rfm.record(connection, scale, {})
    assert _scores(store) == expected(history, NOW)


def test_a_customer_who_turned_out_to_be_another_loses_the_scores_to_them(store: Store) -> None:
    _shop(store, [Placed(0, 1, 100), Placed(1, 2, 300), Placed(2, 9, 50)])
    _score_all(store)
    with store.begin() as connection:
        merge = merging_customers.merge(connection, store.cipher, 1, 2, "maya", NOW)
    assert set(_scores(store)) == {0, 2}
    _score_all(store)
    assert _scores(store) == expected([Placed(0, 1, 100), Placed(0, 2, 300), Placed(2, 9, 50)], NOW)
    assert [move[0] for move in _moves(store)].count(2) == 0, "being another is no movement"
    with store.begin() as connection:
        merging_customers.undo(connection, store.cipher, merge, NOW)
    _score_all(store)
    assert _scores(store) == expected([Placed(0, 1, 100), Placed(1, 2, 300), Placed(2, 9, 50)], NOW)


def test_a_moment_counts_in_milliseconds(store: Store) -> None:
    _shop(store, [Placed(0, 0, 100)])
    _score_all(store, NOW + timedelta(microseconds=400))
    with store.read() as connection:
        assert connection.scalar(select(RfmScale.as_of)) == from_ms(to_ms(NOW))
    assert _scores(store) == expected([Placed(0, 0, 100)], NOW)


def test_ratios_are_told_of_some_customers_alone(store: Store) -> None:
    _shop(store, [Placed(n, n, 100 + n) for n in range(6)])
    with store.read() as connection:
        assert rfm.rated(connection) == {}, "nobody was scored yet"
    _score_all(store)
    with store.read() as connection:
        everybody = rfm.rated(connection)
        assert rfm.rated(connection, [2, 5, 20]) == {who: everybody[who] for who in (2, 5)}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_sqlite_reads_the_kept_numbers_in_their_own_order(store: Store) -> None:
    plans = []
    with store.read() as connection:
        for stretch in (None, (1, 20_000)):
            sql = rfm.buyers(NOW, stretch).compile(connection, compile_kwargs={"literal_binds": True})
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
            plans.append(next(row[-1] for row in found if "customer_stats" in row[-1]))
    assert plans == ["SCAN customer_stats", "SEARCH customer_stats USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]
