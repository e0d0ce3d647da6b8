"""What is known of customers before a moment: the same on every engine, and nothing from later."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.testing import assert_allclose

from crm_store.features import EVERYBODY, Among, Features, features, ordered_between
from crm_store.schema import CartItem, Customer, Order, Refund, Review, Visit
from crm_store.store import Store
from tests import past

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CUT = NOW - timedelta(days=90)
DAY = timedelta(days=1)

_told: list[Features] = []


def read(store: Store, cut_off: datetime = CUT, among: Among = EVERYBODY) -> Features:
    with store.read() as connection:
        return features(connection, cut_off, among)


def test_every_engine_tells_the_same(store: Store) -> None:
    past.make(store, NOW, customers=120)
    told = read(store)
    assert len(told.ids) > 60
    assert told.values.dtype == np.float32
    _told.append(told)
    assert told.names == _told[0].names
    assert told.ids.tolist() == _told[0].ids.tolist()
    assert_allclose(told.values, _told[0].values, rtol=1e-5)


def test_what_comes_later_changes_nothing(store: Store) -> None:
    past.make(store, NOW, customers=60)
    before = read(store)
    later = CUT + timedelta(minutes=1)
    with store.read() as connection:
        number = 1 + connection.scalar(past.highest(Order))
    past.put(
        store,
        {
            Order: [past.order(customer, CUT + customer * DAY, number + customer) for customer in range(1, 61)],
            Visit: [past.visit(customer, CUT, -customer) for customer in range(1, 61)],
            Refund: [past.refund(1, 1, later), past.refund(2, 2, CUT)],
            Review: [past.review(3, 900, CUT)],
            CartItem: [],
            Customer: [past.customer(1000, NOW, later)],
        },
    )
    after = read(store)
    assert after.ids.tolist() == before.ids.tolist()
    assert after.values.tobytes() == before.values.tobytes()


def test_numbers_of_one_customer(store: Store) -> None:
    days = (100, 70, 40, 10)
    orders = [past.order(1, CUT - age * DAY, number, 1000 * number) for number, age in enumerate(days, start=1)]
    cancelled = past.order(1, CUT - 5 * DAY, 9, status="cancelled")
    at_the_moment = past.order(1, CUT, 10)
    past.put(
        store,
        {
            Customer: [past.customer(1, NOW), past.customer(2, NOW, CUT - DAY), past.customer(3, NOW)],
            Order: [*orders, cancelled, at_the_moment],
        },
    )
    told = read(store)
    assert told.ids.tolist() == [1, 2]  # nobody had heard of the third by then
    first, second = (dict(zip(told.names, row, strict=True)) for row in told.values.tolist())
    expected = {
        "orders": 4,
        "spend": 10_000,
        "recency": 10,
        "tenure": 100,
        "gap_mean": 30,
        "gap_sd": 0,
        "gap_last": 30,
        "overdue": 1 / 3,
        "orders_60": 2,
        "spend_30": 4000,
        "aov": 2500,
    }
    assert {name: first[name] for name in expected} == pytest.approx(expected, abs=1e-5)
    assert second["orders"] == 0
    assert np.isnan(second["recency"])
    assert second["days_since_sign_up"] == 1


def test_a_part_of_the_customers(store: Store) -> None:
    past.make(store, NOW, customers=60)
    everybody, some = read(store), read(store, among=Among(3))
    assert some.ids.tolist() == [one for one in everybody.ids.tolist() if one % 3 == 0]
    same = everybody.only(everybody.ids % 3 == 0)
    assert_allclose(some.values, same.values, rtol=1e-6)
    few = read(store, among=Among(1, 10, 20))
    assert few.ids.tolist() == [one for one in everybody.ids.tolist() if 10 <= one <= 20]


def test_who_ordered_in_a_window(store: Store) -> None:
    orders = [past.order(1, CUT, 1), past.order(2, CUT + 30 * DAY, 2), past.order(3, CUT, 3, status="cancelled")]
    past.put(store, {Customer: [past.customer(number, NOW) for number in (1, 2, 3)], Order: orders})
    with store.read() as connection:
        assert ordered_between(connection, CUT, CUT + 30 * DAY).tolist() == [1]


def test_an_empty_store(store: Store) -> None:
    told = read(store)
    assert told.values.shape == (0, len(told.names))
