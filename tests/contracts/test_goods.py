"""What customers bought of categories is kept right by everything that changes an order, on every engine."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from crm_store import goods, merging_customers, stats
from crm_store.importing.plan import import_shop
from crm_store.money import Rates
from crm_store.orders import ORDER_STATUSES, NewItem, NewOrder, put_order, set_status
from crm_store.schema import Customer, CustomerCategory, Order, Product
from crm_store.store import Store
from crm_store.upsert import insert_row

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
RATES = Rates("EUR", {})
CATEGORIES = ("Shoes", "Bags", "Shoes", None)


@pytest.fixture
def customers(store: Store) -> list[int]:
    with store.begin() as connection:
        for number, category in enumerate(CATEGORIES):
            row = {"sku": f"P-{number}", "category": category, "counted_category": category}
            insert_row(connection, Product, row)
        made = [insert_row(connection, Customer, {"external_id": f"C{n}", "created_at": NOW}) for n in range(3)]
        stats.make_missing(connection, after=0)
    return made


def order(number: int, customer: int | None, dice: random.Random, status: Any = "paid") -> NewOrder:
    skus = dice.sample(range(len(CATEGORIES)), dice.randint(0, 3))
    items = tuple(NewItem(f"P-{sku}", dice.randint(1, 3), 100) for sku in skus)
    at = NOW - timedelta(days=dice.randint(1, 300))
    return NewOrder(f"O{number}", customer, at, status, "EUR", 300, items=items)


def rows(store: Store) -> list[tuple[Any, ...]]:
    kept = CustomerCategory.__table__
    with store.read() as connection:
        found = connection.execute(select(kept).order_by(kept.c.category, kept.c.customer_id))
        return [tuple(row) for row in found]


def test_live_changes_keep_it(store: Store, customers: list[int]) -> None:
    dice = random.Random(5)
    for step in range(150):
        with store.begin() as connection:
            number, status = dice.randrange(12), dice.choice(ORDER_STATUSES)
            known = connection.scalar(select(Order.id).where(Order.external_id == f"O{number}"))
            if known is not None and dice.random() < 0.4:
                set_status(connection, known, status)
            else:
                put_order(connection, RATES, order(number, dice.choice((*customers, None)), dice, status))
            assert goods.compare(connection) == [], step
    assert rows(store)


def test_customers_who_become_one_have_bought_what_both_did(store: Store, customers: list[int]) -> None:
    with store.begin() as connection:
        for number, customer in enumerate(customers * 3):
            put_order(connection, RATES, order(number, customer, random.Random(number)))
    before = rows(store)
    with store.begin() as connection:
        merge = merging_customers.merge(connection, store.cipher, customers[0], customers[1], "maya", NOW)
        assert goods.compare(connection) == []
    assert {row[1] for row in rows(store)} == {customers[0], customers[2]}
    with store.begin() as connection:
        merging_customers.undo(connection, store.cipher, merge, NOW)
        assert goods.compare(connection) == []
    assert rows(store) == before


@pytest.fixture
def bring_in(store: Store, tmp_path: Path) -> Callable[..., None]:
    def run(**files: str) -> None:
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, content in files.items():
            (folder / f"{name}.csv").write_text(content, encoding="utf-8")
        zone = ZoneInfo("Europe/Berlin")
        import_shop(store, folder, rates=RATES, timezone=zone, now=NOW, rejected_to=tmp_path / "rejected.csv")
        with store.read() as connection:
            assert goods.compare(connection) == []
            assert goods.stand(connection)

    return run


SHOP = {
    "customers": "customer_id\nA\nB\n",
    "products": "sku,category\nS,Shoes\nT,Tea\n",
    "orders": "order_id,customer_id,placed_at,status,currency,total\n"
    "O1,A,2026-01-02,paid,EUR,9\nO2,B,2026-02-03,paid,EUR,9\n",
    "order_items": "order_id,sku,quantity,unit_price\nO1,S,2,1\nO1,T,1,1\nO2,S,1,1\n",
}


def test_imports_keep_it(store: Store, bring_in: Callable[..., None]) -> None:
    def units() -> list[tuple[str, int]]:
        return [(category, units) for category, _, _, units in rows(store)]

    bring_in(**SHOP)
    assert units() == [("Shoes", 2), ("Shoes", 1), ("Tea", 1)]
    # lines alone, and one less
    now = SHOP | {"order_items": "order_id,sku,quantity,unit_price\nO1,S,5,1\nO2,S,1,1\n"}
    bring_in(**now)
    assert units() == [("Shoes", 5), ("Shoes", 1)]
    # an order of somebody else, then cancelled; a product of another category
    now["orders"] = now["orders"].replace("O2,B", "O2,A")
    bring_in(**now)
    assert units() == [("Shoes", 6)]
    now["orders"] = now["orders"].replace("2026-02-03,paid", "2026-02-03,cancelled")
    bring_in(**now)
    assert units() == [("Shoes", 5)]
    bring_in(**now | {"products": "sku,category\nS,Boots\nT,Tea\n"})
    assert units() == [("Boots", 5)]


def test_rows_of_another_category_are_not_used(store: Store, customers: list[int]) -> None:
    with store.begin() as connection:
        put_order(connection, RATES, order(1, customers[0], random.Random(1)))
        assert goods.stand(connection)
        connection.execute(update(Product).where(Product.sku == "P-0").values(category="Boots"))
        assert not goods.stand(connection)
        goods.rebuild(connection)
        assert goods.stand(connection)
        assert goods.compare(connection) == []


@pytest.mark.parametrize("store", ["postgresql", "mariadb"], indirect=True)  # SQLite has one writer
def test_two_orders_of_one_customer_at_once_both_count(store: Store, customers: list[int]) -> None:
    written, waits = Event(), Event()
    line = (NewItem("P-0", 1, 100),)

    def first() -> None:
        with store.begin() as connection:
            put_order(connection, RATES, NewOrder("O1", customers[0], NOW, "paid", "EUR", 1, items=line))
            written.set()
            waits.wait(0.5)

    def second() -> None:
        written.wait(5)
        with store.begin() as connection:
            put_order(connection, RATES, NewOrder("O2", customers[0], NOW, "paid", "EUR", 1, items=line))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result()
    with store.read() as connection:
        assert goods.compare(connection) == []
    assert [row[3] for row in rows(store)] == [2]
