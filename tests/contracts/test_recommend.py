"""The products that customers are likely to buy next, written to every engine's store, whatever its histories."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from crm_store.schema import (
    Customer,
    FittedModel,
    Order,
    OrderItem,
    Product,
    Recommendation,
    Refund,
    RefundItem,
)
from crm_store.store import Store
from jobs import recommend
from jobs.scoring import Scoring

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
PRODUCTS = 30
#: whose order it is, how many days ago, and of which products
Basket = tuple[int, float, list[int]]


def shop(store: Store, baskets: list[Basket], customers: int = 0, products: int = PRODUCTS) -> None:
    """Customers and products 1, 2, ...; orders 1, 2, ... of ten euros."""
    count = max([customers, *(who for who, _, _ in baskets)])
    money = {"currency": "EUR", "total": 1000, "total_base": 1000}
    orders = [
        {"id": n, "external_id": f"O-{n}", "customer_id": who, "placed_at": NOW - ago * DAY, "status": "paid"} | money
        for n, (who, ago, _) in enumerate(baskets, 1)
    ]
    items = [
        {"order_id": n, "product_id": product, "quantity": 1, "unit_price": 100}
        for n, (_, _, bought) in enumerate(baskets, 1)
        for product in bought
    ]
    people = [{"id": n, "created_at": NOW} for n in range(1, count + 1)]
    goods = [{"id": n, "sku": f"P-{n}", "stock": 5 if n % 2 else None} for n in range(1, products + 1)]
    with store.begin() as connection:
        for model, rows in ((Customer, people), (Product, goods), (Order, orders), (OrderItem, items)):
            if rows:
                connection.execute(insert(model), rows)


def two_tastes(customers: int, seed: int = 3) -> list[Basket]:
    """A shop of half a year: odd customers buy of products 1 to 15, even ones of 16 to 30, and what they like again."""
    chance = np.random.default_rng(seed)
    baskets: list[Basket] = []
    for who in range(1, customers + 1):
        taste = np.arange(1, 16) + (0 if who % 2 else 15)
        liked = chance.choice(taste, 4, replace=False)
        for _ in range(chance.integers(2, 7)):
            some = {*chance.choice(liked, 2, replace=False).tolist(), int(chance.choice(taste))}
            baskets.append((who, float(chance.uniform(0, 250)), sorted(some)))
    return baskets


def work(store: Store, *, train: bool = True, as_of: datetime = NOW) -> Scoring:
    return Scoring(store, as_of, ZoneInfo("UTC"), "EUR", lambda _: None, train)


def told(store: Store) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    columns = (Recommendation.customer_id, Recommendation.rank, Recommendation.product_id, Recommendation.score)
    with store.read() as connection:
        rows = connection.execute(select(*columns).order_by(Recommendation.customer_id, Recommendation.rank)).all()
    for customer, rank, product, score in rows:
        theirs = found.setdefault(customer, [])
        theirs.append(product)
        assert rank == len(theirs)
        assert 0 <= score <= 1
    return found


def cards(store: Store) -> list[Any]:
    with store.read() as connection:
        found = select(FittedModel.method, FittedModel.card).where(FittedModel.kind == "recommend")
        return [(row.method, json.loads(row.card)) for row in connection.execute(found.order_by(FittedModel.id))]


def test_everybody_is_told_ten_products_of_their_taste(store: Store) -> None:
    shop(store, two_tastes(120), customers=121)
    outcome = recommend.score(work(store))
    found = told(store)
    assert outcome.scored == len(found) == 121
    assert all(len(products) == len(set(products)) == 10 for products in found.values())
    fits = [product <= 15 for who, some in found.items() if who % 2 and who < 121 for product in some[:4]]
    assert np.mean(fits) > 0.9
    [(method, card)] = cards(store)
    assert method == "mixed"
    assert card["recall_at_10"] > card["recall_at_10_popular"]


def test_whoever_never_bought_is_told_what_is_popular(store: Store) -> None:
    shop(store, [(who, who % 20, [1, 2]) for who in range(1, 40)] + [(1, 3, [5])], customers=41)
    recommend.score(work(store))
    found = told(store)
    assert found[41] == found[40]
    assert set(found[41][:2]) == {1, 2}


def test_nobody_is_told_what_they_sent_back_or_what_is_out_of_stock(store: Store) -> None:
    shop(store, [*two_tastes(60), (1, 5, [1, 2]), (1, 6, [3]), (1, 7, [4]), (1, 8, [6])])
    last = len(two_tastes(60))
    money = {"customer_id": 1, "currency": "EUR", "status": "refused", "created_at": NOW - DAY}
    with store.begin() as connection:
        connection.execute(update(Product).where(Product.id == 7).values(stock=0))
        connection.execute(update(Order).where(Order.id == last + 2).values(status="returned"))
        # of its one product; of the whole order, by its sum; of a part of the sum, which names no product
        for key, order, amount in ((1, last + 1, 100), (2, last + 3, 1000), (3, last + 4, 10)):
            row = {"id": key, "order_id": order, "amount": amount, "amount_base": amount}
            connection.execute(insert(Refund), row | money)
        connection.execute(insert(RefundItem), {"refund_id": 1, "product_id": 1, "quantity": 1, "unit_price": 100})
    recommend.score(work(store))
    found = told(store)
    assert not {1, 3, 4, 7} & set(found[1])
    assert {2, 6} <= set(found[1])
    assert all(7 not in products for products in found.values())


def test_the_same_orders_have_the_same_products(store: Store) -> None:
    shop(store, two_tastes(80))
    recommend.score(work(store))
    first = told(store)
    recommend.score(work(store))
    again = told(store)
    recommend.score(work(store, train=False))  # by the model that was kept
    assert first == again == told(store)
    assert len(cards(store)) == 2
    with store.read() as connection:
        kept = connection.scalars(select(FittedModel.data.is_not(None)).order_by(FittedModel.id)).all()
    assert [bool(one) for one in kept] == [False, True]


def test_what_went_before_goes_with_a_new_score(sqlite_store: Store) -> None:
    shop(sqlite_store, two_tastes(60))
    recommend.score(work(sqlite_store))
    with sqlite_store.begin() as connection:
        connection.execute(update(Customer).where(Customer.id == 3).values(merged_into_id=1))
        connection.execute(update(Order).where(Order.customer_id == 3).values(customer_id=1))
    recommend.score(work(sqlite_store, as_of=NOW + DAY))
    assert set(told(sqlite_store)) == set(range(1, 61)) - {3}


def test_nothing_later_than_the_moment_is_looked_at(sqlite_store: Store) -> None:
    shop(sqlite_store, two_tastes(60))
    early = NOW - 100 * DAY
    recommend.score(work(sqlite_store, as_of=early))
    before = told(sqlite_store)
    with sqlite_store.begin() as connection:
        connection.execute(update(Order).where(Order.placed_at >= early).values(status="cancelled"))
    recommend.score(work(sqlite_store, as_of=early))
    assert told(sqlite_store) == before


@pytest.mark.parametrize("customers", [0, 3])
def test_a_shop_without_orders_recommends_nothing_and_says_so(store: Store, customers: int) -> None:
    shop(store, [], customers)
    assert recommend.score(work(store)).said == "nothing to recommend: no order names a product yet"
    assert told(store) == {}


@pytest.mark.parametrize(
    "baskets",
    [[(1, 10, [1, 2])], [(who, 0.01 * who, [who, 2]) for who in range(3, 20)], [(1, 300, [1]), (1, 1, [1])]],
    ids=["one customer", "all on one day", "one product"],
)
def test_a_young_shop_recommends_what_it_has(sqlite_store: Store, baskets: list[Basket]) -> None:
    shop(sqlite_store, baskets)
    recommend.score(work(sqlite_store))
    sold = {product for *_, products in baskets for product in products}
    assert set(told(sqlite_store)[baskets[0][0]]) <= sold
    assert len(told(sqlite_store)[baskets[0][0]]) == min(10, len(sold))


def test_a_customer_with_a_hundred_thousand_orders_is_one_of_many(sqlite_store: Store) -> None:
    shop(sqlite_store, [*two_tastes(60), *((61, 1 + n / 400, [1 + n % 15]) for n in range(100_000))])
    assert recommend.score(work(sqlite_store)).scored == 61
    assert all(product <= 15 for product in told(sqlite_store)[61])


def test_customers_are_scored_in_parts_of_constant_size(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(sqlite_store, two_tastes(60))
    recommend.score(work(sqlite_store))
    whole = told(sqlite_store)
    monkeypatch.setattr(recommend, "PART", 7)
    monkeypatch.setattr(recommend, "_CELLS", 100)
    recommend.score(work(sqlite_store, train=False))
    assert told(sqlite_store) == whole
