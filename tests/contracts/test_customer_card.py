"""What staff see of a customer at a glance, on every engine."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, event, insert

from crm_store import customer_card, stats
from crm_store.customer_card import CartSum, CustomerCard, OrderLine
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder, NewRefund, put_order, put_refund
from crm_store.schema import CartItem, Customer, Product, Ticket, TicketNumber
from crm_store.stats import CountedTicket
from crm_store.store import Store
from crm_store.upsert import insert_row

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
RATES = Rates("EUR", {"GBP": Decimal("1.16")})


def _customer(connection: Connection, name: str) -> int:
    key = insert_row(connection, Customer, {"external_id": name, "created_at": NOW})
    stats.customer_added(connection, key)
    return key


def _order(connection: Connection, number: str, customer: int, days_ago: int, status: Any = "paid") -> int:
    placed = NOW - days_ago * DAY
    items = (NewItem("MUG", 1, 500, "Mug"),)
    return put_order(connection, RATES, NewOrder(number, customer, placed, status, "GBP", 1000, items=items))


def _ticket(connection: Connection, customer: int, status: str, days_ago: int) -> int:
    key = insert_row(connection, TicketNumber, {"at": NOW})
    row = {"kind": "question", "priority": "normal", "opened_at": NOW - days_ago * DAY}
    connection.execute(insert(Ticket), {"id": key, "status": status, "customer_id": customer, **row})
    stats.ticket_changed(connection, None, CountedTicket(customer, status))
    return key


def _cart(connection: Connection, customer: int, sku: str, quantity: int, price: int | None, currency: str) -> None:
    product = insert_row(connection, Product, {"sku": sku, "price": price, "currency": currency})
    connection.execute(insert(CartItem), {"customer_id": customer, "product_id": product, "quantity": quantity})


def test_the_card_names_what_the_customer_has(store: Store) -> None:
    with store.begin() as connection:
        ada, bob = _customer(connection, "ada"), _customer(connection, "bob")
        for number in range(1, 5):
            _order(connection, f"O-{number}", ada, days_ago=number, status="cancelled" if number == 2 else "paid")
        theirs = _order(connection, "O-9", bob, days_ago=1)
        mine = _order(connection, "O-5", ada, days_ago=9)
        put_refund(connection, RATES, NewRefund("R-1", mine, 500, "GBP", "paid", NOW))
        put_refund(connection, RATES, NewRefund("R-2", mine, 200, "GBP", "requested", NOW))
        put_refund(connection, RATES, NewRefund("R-3", theirs, 200, "GBP", "paid", NOW))
        for sku, quantity, price, currency in (("A", 2, 250, "EUR"), ("B", 1, 100, "EUR"), ("C", 3, 10, "GBP")):
            _cart(connection, ada, sku, quantity, price, currency)
        _cart(connection, ada, "D", 4, None, "USD")
        here, older, newer = (_ticket(connection, ada, "open", days_ago) for days_ago in (1, 3, 2))
        _ticket(connection, ada, "resolved", 1)
        _ticket(connection, bob, "open", 1)

        card = customer_card.read(connection, ada, beside_ticket=here)

    placed = {number: NOW - number * DAY for number in (1, 2, 3)}
    assert card == CustomerCard(
        orders=4,
        spend_base=4 * 1160,
        last_order_at=NOW - DAY,
        refunds=2,
        refunded_base=580,
        last_orders=(
            OrderLine("O-1", placed[1], "paid", "GBP", 1000),
            OrderLine("O-2", placed[2], "cancelled", "GBP", 1000),
            OrderLine("O-3", placed[3], "paid", "GBP", 1000),
        ),
        cart_pieces=10,
        cart=(CartSum("EUR", 600), CartSum("GBP", 30)),
        open_tickets=(newer, older),
    )


def test_a_customer_without_anything_has_an_empty_card(store: Store) -> None:
    with store.begin() as connection:
        nobody = insert_row(connection, Customer, {"created_at": NOW})
        card = customer_card.read(connection, nobody)
    assert card == CustomerCard(0, 0, None, 0, 0, (), 0, (), ())


def test_the_card_takes_four_reads(store: Store) -> None:
    with store.begin() as connection:
        ada = _customer(connection, "ada")
        for number in range(5):
            _order(connection, f"O-{number}", ada, days_ago=number)
    said: list[str] = []
    with store.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *args: said.append(args[2]))
        customer_card.read(connection, ada)
    assert len(said) == 4
