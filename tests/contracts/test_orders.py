"""What the shop says of orders, refunds and reviews, and what is read of it, on every engine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from crm_store import stats
from crm_store.money import Rates, UnknownCurrency
from crm_store.orders import (
    ItemView,
    NewItem,
    NewOrder,
    NewRefund,
    UnknownOrder,
    UnknownRefund,
    find_order,
    get_order,
    names_something,
    orders_of,
    put_order,
    put_refund,
    set_refund_status,
    set_status,
)
from crm_store.reviews import NewReview, put_review
from crm_store.schema import Customer, CustomerStats, Order, OrderItem, Product, Refund, Review, Shipment
from crm_store.store import Store
from crm_store.upsert import insert_row

AT = datetime(2026, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)
RATES = Rates("EUR", {"USD": Decimal("0.5")})
MUG = NewItem("MUG", 2, 750, "Mug")
TEA = NewItem("TEA", 1, 500, "Green tea 🍵")


@pytest.fixture
def ada(store: Store) -> int:
    return _customer(store, "ada")


def _customer(store: Store, name: str) -> int:
    with store.begin() as connection:
        key = insert_row(connection, Customer, {"external_id": name, "created_at": AT})
        stats.customer_added(connection, key)
        return key


def _order(customer_id: int | None, external_id: str = "O-1", **changes: Any) -> NewOrder:
    plain = NewOrder(external_id, customer_id, AT, "paid", "EUR", 2000, items=(MUG, TEA))
    return replace(plain, **changes)


def _stats(connection: Connection, customer_id: int) -> dict[str, Any]:
    row = connection.execute(select(CustomerStats.__table__).where(CustomerStats.customer_id == customer_id)).mappings()
    found = {name: value for name, value in dict(row.one()).items() if name != "customer_id" and value}
    assert stats.compare(connection) == []
    return found


def test_an_order_is_read_as_it_was_put(store: Store, ada: int) -> None:
    with store.begin() as connection:
        key = put_order(connection, RATES, _order(ada, carrier="DHL", tracking_number="T1", delivered_at=AT))
        (order,) = orders_of(connection, ada)
    assert (order.id, order.external_id, order.customer_id, order.placed_at) == (key, "O-1", ada, AT)
    assert (order.status, order.currency, order.total) == ("paid", "EUR", 2000)
    assert (order.carrier, order.tracking_number, order.delivered_at) == ("DHL", "T1", AT)
    assert order.items == (ItemView("MUG", "Mug", 2, 750), ItemView("TEA", "Green tea 🍵", 1, 500))


def test_an_order_put_again_changes_nothing(store: Store, ada: int) -> None:
    with store.begin() as connection:
        first = put_order(connection, RATES, _order(ada))
        assert put_order(connection, RATES, _order(ada)) == first
        assert _stats(connection, ada) == {"orders": 1, "spend_base": 2000, "first_order_at": AT, "last_order_at": AT}
        assert connection.scalar(select(func.count()).select_from(OrderItem)) == 2


def test_an_order_put_again_takes_its_new_values(store: Store, ada: int) -> None:
    later = AT + timedelta(days=1)
    with store.begin() as connection:
        put_order(connection, RATES, _order(ada, payment_method="card", shipping=490, carrier="DHL"))
        changed = _order(ada, placed_at=later, currency="USD", total=999, status="shipped", tracking_number="T1")
        put_order(connection, RATES, replace(changed, items=(TEA, TEA)))
        (order,) = orders_of(connection, ada)
        assert (order.placed_at, order.status, order.total, order.currency) == (later, "shipped", 999, "USD")
        assert [item.sku for item in order.items] == ["TEA", "TEA"]
        assert (order.carrier, order.tracking_number) == ("DHL", "T1")
        row = connection.execute(select(Order.total_base, Order.payment_method, Order.shipping)).one()
        assert tuple(row) == (500, "card", 490)
        expected = {"orders": 1, "spend_base": 500, "first_order_at": later, "last_order_at": later}
        assert _stats(connection, ada) == expected


def test_items_not_told_stay(store: Store, ada: int) -> None:
    with store.begin() as connection:
        put_order(connection, RATES, _order(ada))
        put_order(connection, RATES, _order(ada, items=None))
        assert len(orders_of(connection, ada)[0].items) == 2
        put_order(connection, RATES, _order(ada, items=()))
        assert orders_of(connection, ada)[0].items == ()


def test_a_known_product_keeps_its_name(store: Store, ada: int) -> None:
    with store.begin() as connection:
        connection.execute(insert(Product), {"sku": "MUG", "name": "The mug"})
        put_order(connection, RATES, _order(ada))
        assert [item.name for item in orders_of(connection, ada)[0].items] == ["The mug", "Green tea 🍵"]


def test_cancelling_and_taking_it_back_moves_the_stats(store: Store, ada: int) -> None:
    with store.begin() as connection:
        early = put_order(connection, RATES, _order(ada, "O-1"))
        put_order(connection, RATES, _order(ada, "O-2", placed_at=AT + timedelta(days=2), total=100))
        both = _stats(connection, ada)
        set_status(connection, early, "cancelled")
        later = AT + timedelta(days=2)
        expected = {"orders": 1, "spend_base": 100, "first_order_at": later, "last_order_at": later}
        assert _stats(connection, ada) == expected
        set_status(connection, early, "delivered")
        assert _stats(connection, ada) == both


def test_the_last_order_gone_leaves_no_times(store: Store, ada: int) -> None:
    with store.begin() as connection:
        set_status(connection, put_order(connection, RATES, _order(ada)), "cancelled")
        assert _stats(connection, ada) == {}


def test_an_order_goes_to_another_customer_with_its_refunds(store: Store, ada: int) -> None:
    bob = _customer(store, "bob")
    with store.begin() as connection:
        key = put_order(connection, RATES, _order(ada))
        put_refund(connection, RATES, NewRefund("R-1", key, 300, "EUR", "paid", AT))
        put_order(connection, RATES, _order(bob))
        assert _stats(connection, ada) == {}
        expected = {"orders": 1, "spend_base": 2000, "first_order_at": AT, "last_order_at": AT}
        assert _stats(connection, bob) == expected | {"refunds": 1, "refunded_base": 300}
        put_order(connection, RATES, _order(None))
        assert _stats(connection, bob) == {}


def test_a_refund_counts_at_once_and_sums_when_approved(store: Store, ada: int) -> None:
    with store.begin() as connection:
        order = put_order(connection, RATES, _order(ada))
        refund = put_refund(connection, RATES, NewRefund(None, order, 600, "USD", "requested", AT, "broken"))
        assert _stats(connection, ada)["refunds"] == 1
        assert "refunded_base" not in _stats(connection, ada)
        set_refund_status(connection, refund, "approved")
        assert _stats(connection, ada)["refunded_base"] == 300
        set_refund_status(connection, refund, "refused")
        assert "refunded_base" not in _stats(connection, ada)
        second = put_refund(connection, RATES, NewRefund(None, order, 600, "USD", "paid", AT))
        assert second != refund
        assert _stats(connection, ada)["refunds"] == 2


def test_a_refund_put_again_is_the_same_refund(store: Store, ada: int) -> None:
    with store.begin() as connection:
        new = NewRefund("R-1", None, 600, "EUR", "paid", AT, customer_id=ada)
        first = put_refund(connection, RATES, new)
        assert put_refund(connection, RATES, replace(new, amount=700)) == first
        assert _stats(connection, ada) == {"refunds": 1, "refunded_base": 700}


def test_a_review_put_again_is_the_same_review(store: Store, ada: int) -> None:
    with store.begin() as connection:
        put_order(connection, RATES, _order(ada))
        first = put_review(connection, store.cipher, NewReview("V-1", ada, 2, AT, sku="MUG", text="meh 🙁"))
        assert put_review(connection, store.cipher, NewReview("V-1", ada, 5, AT, sku="MUG", text="fine 🙂")) == first
        assert _stats(connection, ada) | {"ratings": 1, "rating_sum": 5} == _stats(connection, ada)
        text = connection.scalar(select(Review.text_sealed))
        assert text is not None
        assert store.cipher.open("reviews.text", text) == "fine 🙂"


def test_what_does_not_exist_is_named(store: Store, ada: int) -> None:
    with store.begin() as connection:
        with pytest.raises(UnknownOrder, match="key 77"):
            set_status(connection, 77, "paid")
        with pytest.raises(UnknownOrder):
            put_refund(connection, RATES, NewRefund("R-1", 77, 1, "EUR", "paid", AT))
        with pytest.raises(UnknownRefund):
            set_refund_status(connection, 77, "paid")
        with pytest.raises(UnknownCurrency, match="GBP"):
            put_order(connection, RATES, _order(ada, currency="GBP"))
    for new in (_order(77), _order(77, "O-2", items=None)):
        with pytest.raises(IntegrityError), store.begin() as connection:
            put_order(connection, RATES, new)
    with pytest.raises(IntegrityError), store.begin() as connection:
        put_refund(connection, RATES, NewRefund(None, None, 1, "EUR", "paid", AT, customer_id=77))


@pytest.mark.parametrize("typed", ["#Shop-12a", "shop-12A", " SHOP-12A ", "#SHOP-12a"])
def test_an_order_is_found_as_people_type_it(store: Store, ada: int, typed: str) -> None:
    with store.begin() as connection:
        key = put_order(connection, RATES, _order(ada, "#Shop-12a"))
        found = find_order(connection, typed)
        assert found is not None
        assert found == get_order(connection, key)
        assert find_order(connection, "shop-12") is None
        assert find_order(connection, "") is None


def test_ids_that_differ_only_in_case_are_two_orders(store: Store, ada: int) -> None:
    with store.begin() as connection:
        small = put_order(connection, RATES, _order(ada, "a1"))
        large = put_order(connection, RATES, _order(ada, "A1"))
        assert small != large
        found = [find_order(connection, typed) for typed in ("a1", "A1", "#A1")]
        assert [order.id for order in found if order] == [small, large, large]


def test_orders_come_newest_first(store: Store, ada: int) -> None:
    with store.begin() as connection:
        for day in (2, 0, 1):
            put_order(connection, RATES, _order(ada, f"O-{day}", placed_at=AT + timedelta(days=day)))
        put_order(connection, RATES, _order(None, "guest's"))
        assert [order.external_id for order in orders_of(connection, ada, limit=2)] == ["O-2", "O-1"]
        assert orders_of(connection, 0) == ()


def test_a_second_parcel_does_not_double_the_order(store: Store, ada: int) -> None:
    with store.begin() as connection:
        key = put_order(connection, RATES, _order(ada, tracking_number="T1"))
        connection.execute(insert(Shipment), {"order_id": key, "number": 2, "tracking_number": "T2"})
        assert [order.tracking_number for order in orders_of(connection, ada)] == ["T1"]


def test_differences_are_found_and_rebuilt(store: Store, ada: int) -> None:
    bob = _customer(store, "bob")
    with store.begin() as connection:
        put_order(connection, RATES, _order(ada))
        put_review(connection, store.cipher, NewReview("V-1", bob, 4, AT))
        connection.execute(CustomerStats.__table__.update().values(orders=7, last_order_at=None))
        connection.execute(CustomerStats.__table__.delete().where(CustomerStats.customer_id == bob))
        found = [(d.customer_id, d.column, d.kept, d.right) for d in stats.compare(connection)]
        assert found == [
            (ada, "orders", 7, 1),
            (ada, "last_order_at", None, AT),
            *((bob, column, None, 0) for column in ("orders", "spend_base", "refunds", "refunded_base")),
            *((bob, column, None, 0) for column in ("tickets", "open_tickets")),
            (bob, "ratings", None, 1),
            (bob, "rating_sum", None, 4),
        ]
        assert {d.customer_id for d in stats.compare(connection, limit=1)} == {ada}
        stats.rebuild(connection, select(Customer.id).where(Customer.id == ada))
        assert {d.customer_id for d in stats.compare(connection)} == {bob}
        stats.rebuild(connection)
        assert stats.compare(connection) == []


def test_a_refund_that_left_its_order_is_found_and_brought_back(store: Store, ada: int) -> None:
    bob = _customer(store, "bob")
    with store.begin() as connection:
        order = put_order(connection, RATES, _order(ada))
        put_refund(connection, RATES, NewRefund("R-1", order, 500, "EUR", "paid", AT))
        connection.execute(Refund.__table__.update().values(customer_id=bob))
    with store.begin() as connection:
        found = stats.compare(connection)
        assert (ada, "customer of a refund", bob, ada) in [(d.customer_id, d.column, d.kept, d.right) for d in found]
        stats.rebuild(connection)
        assert stats.compare(connection) == []
        assert connection.scalar(select(Refund.customer_id)) == ada


def test_a_number_is_known_as_an_orders_or_a_parcels(store: Store) -> None:
    with store.begin() as connection:
        order = NewOrder("#5123456789013", None, AT, "shipped", "EUR", 100, carrier="DHL", tracking_number="RR4111CN")
        put_order(connection, RATES, order)

        known = [names_something(connection, number) for number in ("5123456789013", "rr4111cn", "RR4111CN", "4111")]

    assert known == [True, True, True, False]
