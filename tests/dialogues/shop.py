"""What dialogues about a customer's orders begin with: a customer whom the shop knows, and orders of theirs."""

from datetime import timedelta
from decimal import Decimal

from crm_store import customers, orders
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder, OrderStatus, put_order
from crm_store.schema import Customer as CustomerRow
from crm_store.upsert import insert_row
from tests.dialogues.rehearsal import MORNING, Customer, Rehearsal

RATES = Rates("EUR", {"GBP": Decimal("1.16")})


def linked(
    desk: Rehearsal, name: str = "Ada", *, language: str = "en", country: str | None = "DE", **states: OrderStatus
) -> Customer:
    """A customer whose chat is proven theirs, with an order for each number: `NT_1="paid"`, the first the newest."""
    person = desk.customer(name, language=language)
    with desk.store.begin() as connection:
        values = {"external_id": f"C-{name}", "country": country, "created_at": MORNING}
        key = insert_row(connection, CustomerRow, values)
        token = customers.make_link(connection, desk.store.cipher, key, MORNING)
        for age, (number, status) in enumerate(states.items(), 1):
            items = (NewItem("JKT-1", 2, 4_495, "Rain jacket"),)
            placed = MORNING - timedelta(days=age)
            put_order(connection, RATES, NewOrder(_number(number), key, placed, status, "EUR", 8_990, items=items))
    person.says(f"/start {token}")
    return person


def becomes(desk: Rehearsal, number: str, status: OrderStatus) -> None:
    """The shop tells how an order stands now."""
    with desk.store.begin() as connection:
        orders.set_status(connection, _order(desk, number).id, status)


def status_of(desk: Rehearsal, number: str) -> str:
    return _order(desk, number).status


def _order(desk: Rehearsal, number: str) -> orders.OrderView:
    with desk.store.read() as connection:
        found = orders.find_order(connection, number)
    assert found is not None
    return found


def _number(name: str) -> str:
    return name.replace("_", "-")
