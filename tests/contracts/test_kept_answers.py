"""What is told by the kept numbers of customers is what a look at all rows tells, on every engine."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert

from crm_store import goods
from crm_store.answering import setting_of
from crm_store.money import Rates
from crm_store.question import compiling
from crm_store.question.compiling import compile_question
from crm_store.question.grammar import Compare, Did, Is, Not, Or, Question, Window
from crm_store.rfm import cuts
from crm_store.schema import Customer, Order, OrderItem, Product
from crm_store.stats import rebuild
from crm_store.store import Store

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
ZONE, RATES = ZoneInfo("Europe/Berlin"), Rates("EUR", {})
DE, AT_RISK = Is("country", ("DE",)), Is("segment", ("at risk", "hibernating"))


def last(days: int) -> Window:
    return Window(NOW - timedelta(days=days), NOW)


def count(*where: Any) -> Question:
    return Question(measure="customers", where=where)


def top(measure: str, by: str, **more: Any) -> Question:
    return Question(measure=measure, by=by, order="value", **more)


def of(category: str, **more: Any) -> Did:
    return Did("items", where=(Is("category", (category,)),), **more)


QUESTIONS = [
    count(Compare("orders", "ge", 1), of("shoes", op="eq", value=0)),
    count(),
    count(DE),
    count(Did("orders", window=last(60))),
    count(Not(Did("orders", window=last(60)))),
    count(Did("orders", "ge", 3)),
    count(Did("orders", "eq", 0)),
    count(Did("orders", "lt", 2, window=last(100))),
    count(Did("orders", "ge", 2, window=last(100))),
    count(Did("orders", "gt", 2, window=last(20))),
    count(Did("orders", "gt", 1, window=Window(NOW - timedelta(days=300), NOW - timedelta(days=100)))),
    count(Did("orders", "gt", 1, window=Window(None, NOW))),
    count(Did("orders", "gt", 150.5, "money", last(100))),
    count(Did("orders", "le", 150, "money", last(100))),
    count(DE, Did("orders", "ge", 150, "money", last(100))),
    count(Or((DE, Did("orders", "ge", 150, "money", last(100))))),
    count(AT_RISK),
    count(DE, AT_RISK),
    count(Compare("monetary", "eq", 5), Compare("recency", "le", 2)),
    count(of("Shoes")),
    count(of("Shoes"), Not(of("Bags"))),
    count(Not(of("Bags"))),
    count(of("Shoes", window=last(100))),
    count(DE, of("Shoes", window=last(100)), Not(of("Bags", window=last(100)))),
    count(of("Shoes", op="ge", value=4, tally="units")),
    count(of("Shoes", op="lt", value=3, tally="units")),
    count(of("Shoes", op="ge", value=2)),
    count(of("Shoes", window=Window(NOW - timedelta(days=300), NOW - timedelta(days=100)))),
    count(Did("items", where=(Is("category", ("Shoes", "Bags")),))),
    count(Did("items", where=(Is("category", ("Shoes",)), Is("product", ("P-1",))))),
    *(top("revenue", "customer", limit=limit, window=last(days)) for limit in (3, 200) for days in (10, 100)),
    top("orders", "customer", limit=4, window=last(100)),
    top("revenue", "customer", limit=5, window=last(100), descending=False),
    *(
        top(measure, by)
        for measure in ("customers", "revenue", "orders")
        for by in ("country", "segment", "recency", "consent")
    ),
    top("orders", "order_status"),
    top("orders", "order_status", share=True),
    top("orders", "order_status", having=("gt", 70.0)),
    top("revenue", "country", having=("gt", 500.0)),
    top("customers", "segment", share=True),
    top("revenue", "country", where=(DE,)),
    top("units", "product", limit=3, window=last(100)),
    top("units", "category"),
    top("product_revenue", "category", window=last(100)),
    top("buyers_of", "category"),
    top("units_per_order", "product", limit=3),
    *(
        Question(measure=measure, by=by, window=window)
        for measure in ("revenue", "orders", "net_revenue")
        for by in ("day", "month", "weekday")
        for window in (last(100), last(40))
    ),
    Question(measure="revenue", by="month", window=Window(NOW - timedelta(days=600), NOW)),
    Question(measure="orders", by="month", order="value", limit=2, window=last(300)),
    Question(subject="customers", order="spend", limit=5),
    Question(subject="customers", order="orders", limit=500),
    Question(subject="customers", order="spend", limit=4, where=(AT_RISK,)),
    Question(subject="customers", order="spend", limit=4, where=(DE,)),
    Question(subject="orders", order="total", limit=2, where=(Compare("total", "eq", 60),)),
]


@pytest.fixture
def shop(store: Store) -> Store:
    dice = random.Random(11)
    customers = [
        {
            "id": number,
            "external_id": f"C{number:03}",
            "created_at": NOW,
            "country": dice.choice(("DE", "FR", None)),
            "marketing_consent": dice.choice((True, False, None)),
            # who was merged has orders no more
            "merged_into_id": 1 if number > 55 else None,
        }
        for number in range(1, 61)
    ]
    products = [
        {"id": number, "sku": f"P-{number}", "name": f"Thing {number}", "category": category}
        for number, category in enumerate(("Shoes", "Bags", "Shoes", "Tea", None), 1)
    ]
    orders, items = [], []
    for number in range(1, 301):
        total = dice.randrange(10, 120, 10)
        orders.append(
            {
                "id": number,
                "external_id": f"O{number:04}",
                "customer_id": None if dice.random() < 0.1 else min(dice.randint(1, 50), dice.randint(1, 50)),
                "placed_at": NOW - timedelta(minutes=dice.randint(1, 400 * 1440)),
                "status": dice.choice(("delivered", "delivered", "paid", "cancelled")),
                "currency": "EUR",
                "total": total,
                "total_base": total,
            }
        )
        items += [
            {
                "order_id": number,
                "product_id": product,
                "occurrence": 1,
                "quantity": dice.randint(1, 3),
                "unit_price": 9,
            }
            for product in dice.sample(range(1, 6), dice.randint(0, 2))
        ]
    with store.begin() as connection:
        for model, rows in ((Customer, customers), (Product, products), (Order, orders), (OrderItem, items)):
            connection.execute(insert(model), rows)
        rebuild(connection)
        goods.rebuild(connection)
    return store


def rows(connection: Connection, question: Question, *, kept: bool) -> list[tuple[Any, ...]]:
    setting = setting_of(connection, NOW, ZONE, RATES)
    assert not setting.historic
    # of the past nothing is kept: everything is made of the rows
    present = replace(setting, cuts=cuts(connection), categories_stand=goods.stand(connection))
    setting = present if kept else replace(setting, historic=True)
    found = connection.execute(compile_question(question, setting)).all()
    return [tuple(float(cell) if isinstance(cell, int | float | Decimal) else cell for cell in row) for row in found]


def test_the_kept_numbers_tell_the_same(shop: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop.read() as connection:
        for question in QUESTIONS:
            kept = rows(connection, question, kept=True)
            with monkeypatch.context() as slow:
                slow.setattr(compiling, "_MOST_STRETCHES", 0)
                slow.setattr(compiling._Compiler, "_is_by_goods", lambda *_: False)
                counted = rows(connection, question, kept=False)
            assert [*map(str, kept)] == [*map(str, counted)], question
            assert counted, question


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_orders_by_status_are_counted_by_the_index_of_the_few(shop: Store) -> None:
    with shop.read() as connection:
        statement = compile_question(top("orders", "order_status"), setting_of(connection, NOW, ZONE, RATES))
        sql = statement.compile(connection, compile_kwargs={"literal_binds": True})
        plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    assert sum("USING COVERING INDEX ix_orders_status" in step for step in plan) == 2
    assert not any("TEMP B-TREE FOR GROUP BY" in step for step in plan)
