"""What customers are expected to spend, written to every engine's store, whatever its histories."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import func, insert, select, update

from crm_store.schema import Customer, CustomerScore, FittedModel, Order
from crm_store.store import Store
from jobs import histories, value
from jobs.scoring import Outcome, Scoring

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
_COLUMNS = (CustomerScore.customer_id, CustomerScore.value_base, CustomerScore.loss_base, CustomerScore.value_reasons)


def shop(store: Store, orders: list[tuple[int, float, int]], customers: int = 0, status: str = "paid") -> None:
    """Customers 1, 2, ...; of each order: whose it is, how many days ago, and its total."""
    count = max([customers, *(who for who, _, _ in orders)])
    rows = [
        {"external_id": f"{status}-{n}", "customer_id": who, "placed_at": NOW - ago * DAY, "status": status}
        | {"currency": "EUR", "total": total, "total_base": total}
        for n, (who, ago, total) in enumerate(orders)
    ]
    with store.begin() as connection:
        there = connection.scalar(select(func.max(Customer.id))) or 0
        people = [{"id": n, "created_at": NOW} for n in range(there + 1, count + 1)]
        for model, made in ((Customer, people), (Order, rows)):
            if made:
                connection.execute(insert(model), made)


def regulars(customers: int, seed: int = 7) -> list[tuple[int, float, int]]:
    """A shop of two years: everybody comes at a pace and with a purse of their own, and some leave."""
    chance = np.random.default_rng(seed)
    orders = []
    for who in range(1, customers + 1):
        ago, gap, purse = chance.uniform(30, 760), chance.gamma(1.5, 40) + 3, chance.gamma(4, 1000)
        while ago > 0:
            orders.append((who, float(ago), int(chance.gamma(5, purse / 5)) + 1))
            ago -= chance.exponential(gap) if chance.random() > 0.15 else 10_000
    return orders


def work(store: Store, *, train: bool = True, margin: float = 1.0, as_of: datetime = NOW) -> Scoring:
    return Scoring(store, as_of, ZoneInfo("UTC"), "EUR", lambda _: None, train, margin)


def scores(store: Store) -> list[Any]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(select(*_COLUMNS).order_by(CustomerScore.customer_id))]


def cards(store: Store) -> list[Any]:
    with store.read() as connection:
        found = select(FittedModel.method, FittedModel.card).where(FittedModel.kind == "value").order_by(FittedModel.id)
        return [(row.method, json.loads(row.card)) for row in connection.execute(found)]


def test_everybody_who_bought_has_a_value_with_its_reasons(store: Store) -> None:
    shop(store, regulars(60), customers=62)
    outcome = value.score(work(store))
    found = scores(store)
    assert outcome.scored == len(found) == 60
    assert all(worth >= 0 and loss is None for _, worth, loss, _ in found)
    assert sum(worth for _, worth, _, _ in found) > 0
    codes = {reason["code"] for *_, reasons in found for reason in json.loads(reasons)}
    assert {"usual_spend", "silent", "orders_again"} <= codes
    assert all(1 <= len(json.loads(reasons)) <= 3 for *_, reasons in found)
    [(method, card)] = cards(store)
    assert method == "bg_nbd"
    assert (card["customers"], card["horizon_days"]) == (60, 180)


def test_the_same_orders_have_the_same_values(store: Store) -> None:
    shop(store, regulars(60))
    value.score(work(store))
    first = scores(store)
    value.score(work(store))
    again = scores(store)
    value.score(work(store, train=False))  # by the model that was kept
    assert first == again == scores(store)
    assert len(cards(store)) == 2


def test_nothing_later_than_the_moment_is_looked_at(store: Store) -> None:
    shop(store, regulars(60))
    value.score(work(store, as_of=NOW - 100 * DAY))
    before = scores(store)
    with store.begin() as connection:
        connection.execute(update(Order).where(Order.placed_at >= NOW - 100 * DAY).values(total_base=10**9))
    value.score(work(store, as_of=NOW - 100 * DAY))
    assert scores(store) == before


def test_what_is_lost_is_the_value_by_its_risk_and_the_margin(store: Store) -> None:
    shop(store, regulars(60))
    with store.begin() as connection:
        connection.execute(insert(CustomerScore), [{"customer_id": 1, "churn_risk": 0.5}])
    value.score(work(store, margin=0.4))
    by_customer = {key: (worth, loss) for key, worth, loss, _ in scores(store)}
    worth, loss = by_customer[1]
    assert loss == round(worth * 0.5 * 0.4)
    assert by_customer[2][1] is None


def test_whoever_has_no_order_any_more_has_no_value(store: Store) -> None:
    shop(store, regulars(60))
    value.score(work(store))
    with store.begin() as connection:
        connection.execute(update(Order).where(Order.customer_id == 5).values(status="cancelled"))
    value.score(work(store, train=False, as_of=NOW + DAY))
    assert {key for key, worth, _, reasons in scores(store) if worth is None and reasons is None} == {5}


@pytest.mark.parametrize(
    "orders",
    [
        [],
        [(1, 10, 5000), (1, 40, 5000)],
        [(who, 0.01 * turn, 1000) for who in range(1, 40) for turn in (1, 2)],
        [(who, 100, 1000) for who in range(1, 40)],
        [(who, ago, 0) for who in range(1, 40) for ago in (1, 50)],
    ],
    ids=["no orders", "one customer", "all on one day", "nobody came back", "everything free"],
)
def test_a_history_that_says_too_little_gives_no_value_and_says_so(
    store: Store, orders: list[tuple[int, float, int]]
) -> None:
    shop(store, orders, customers=3)
    outcome = value.score(work(store))
    assert outcome.scored == 0
    assert outcome.said.startswith("no value yet: ")
    assert scores(store) == cards(store) == []


def test_totals_below_zero_count_as_nothing_spent(store: Store) -> None:
    shop(store, [*regulars(60), (61, 5, -90_000), (61, 50, -100)])
    value.score(work(store))
    kept = {key: worth for key, worth, *_ in scores(store)}
    assert kept[61] >= 0
    shop(store, [(1, 3, -(10**9))], status="returned")
    value.score(work(store))
    assert all(worth >= 0 for _, worth, *_ in scores(store))


def test_a_customer_with_a_hundred_thousand_orders_is_one_of_many(sqlite_store: Store) -> None:
    shop(sqlite_store, [*regulars(60), *((61, 1 + n / 200, 100) for n in range(100_000))])
    assert value.score(work(sqlite_store)).scored == 61
    worth = {key: worth for key, worth, *_ in scores(sqlite_store)}[61]
    # at most a year of days like theirs, of 200 orders of one euro
    assert 0.5 * 365 * 20_000 < worth < 1.05 * 365 * 20_000


def test_the_parts_of_a_shop_make_the_whole(store: Store) -> None:
    orders = regulars(60)
    shop(store, orders)
    parts = list(histories.read(store, NOW, part=50))
    assert len(parts) > 5
    assert np.concatenate([part.customers for part in parts]).tolist() == list(range(1, 61))
    assert sum(part.ago.size for part in parts) == len(orders)
    sampled = histories.sample(store, NOW, 20)
    assert sampled.customers.tolist() == list(range(3, 61, 3))
    assert sampled.spend.sum() == sum(total for who, _, total in orders if who % 3 == 0)


def test_a_shop_of_two_years_is_learnt_from_and_checked_on_its_last_months(sqlite_store: Store) -> None:
    shop(sqlite_store, regulars(900))
    outcome: Outcome = value.score(work(sqlite_store))
    assert outcome.scored == 900
    [(method, card)] = cards(sqlite_store)
    assert card["checked_days"] == 180
    better = card["blend"]["error"] < card["bg_nbd"]["error"]
    assert better or method == "bg_nbd"
    first = scores(sqlite_store)
    value.score(work(sqlite_store, train=False))
    assert scores(sqlite_store) == first
