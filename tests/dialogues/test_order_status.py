"""Where is my order: answered without a person, by number or for a customer the shop knows."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crm_store import customers
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder, put_order
from crm_store.schema import Customer
from crm_store.upsert import insert_row
from tests.dialogues.rehearsal import MORNING, Rehearsal

RATES = Rates("EUR", {"GBP": Decimal("1.16")})


def an_order(desk: Rehearsal, number: str, customer_id: int | None = None, *, days_ago: int = 3) -> None:
    order = NewOrder(
        number,
        customer_id,
        MORNING - timedelta(days=days_ago),
        "shipped",
        "EUR",
        8_990,
        items=(NewItem("JKT-1", 2, 4_495, "Rain jacket"),),
        carrier="DHL",
        tracking_number="JD0146",
    )
    with desk.store.begin() as connection:
        put_order(connection, RATES, order)


def a_customer(desk: Rehearsal, external_id: str = "C-7") -> tuple[int, str]:
    """A customer of the shop, and the token of a link for them."""
    with desk.store.begin() as connection:
        values = {
            "external_id": external_id,
            "name_sealed": desk.store.cipher.seal("customers.name", "Ada Lovelace"),
            "created_at": MORNING,
        }
        key = insert_row(connection, Customer, values)
        return key, customers.make_link(connection, desk.store.cipher, key, MORNING)


def test_an_order_is_found_by_its_number(desk: Rehearsal) -> None:
    an_order(desk, "NT-10023")
    ada = desk.customer("Ada")
    ada.says("where is my order nt-10023?")
    ada.sees("Order NT-10023")
    ada.sees("Status: on its way")
    ada.sees("Items: 2 × Rain jacket")
    ada.sees("Carrier: DHL")
    ada.sees("Tracking: JD0146")
    assert desk.cards() == []


def test_the_card_of_an_order_tells_a_stranger_no_name_address_or_price(desk: Rehearsal) -> None:
    key, _ = a_customer(desk)
    an_order(desk, "NT-10023", key)
    eve = desk.customer("Eve")
    eve.says("where is order NT-10023")
    eve.sees("Order NT-10023")
    for secret in ("Lovelace", "89", "EUR", "€"):
        eve.does_not_see(secret)


def test_an_unknown_number_is_said_and_goes_to_a_person(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("where is my order NT-99999?")
    ada.sees("I cannot find an order NT-99999")
    ada.sees("request #1")
    maya.sees("NT-99999")


def test_a_stranger_without_a_number_is_asked_for_it(desk: Rehearsal) -> None:
    an_order(desk, "NT-10023")
    ada = desk.customer("Ada")
    ada.says("where is my order?")
    ada.sees("Please send me its number")
    ada.says("NT-10023")
    ada.sees("on its way")
    assert desk.cards() == []


def test_a_linked_customer_with_one_order_needs_no_number(desk: Rehearsal) -> None:
    key, token = a_customer(desk)
    an_order(desk, "NT-1", key)
    ada = desk.customer("ada_l")
    ada.says(f"/start {token}")
    ada.sees("Hello Ada, this chat is now connected")
    ada.says("where is my parcel?")
    ada.sees("Order NT-1")


def test_a_linked_customer_with_several_orders_chooses(desk: Rehearsal) -> None:
    key, token = a_customer(desk)
    an_order(desk, "NT-1", key, days_ago=30)
    an_order(desk, "NT-2", key)
    ada = desk.customer("ada_l")
    ada.says(f"/start {token}")
    ada.says("where is my parcel?")
    ada.sees("Which of your orders")
    ada.presses("NT-1")
    ada.sees("Order NT-1")


def test_a_link_works_once(desk: Rehearsal) -> None:
    _, token = a_customer(desk)
    desk.customer("ada_l").says(f"/start {token}")
    eve = desk.customer("Eve")
    eve.says(f"/start {token}")
    eve.sees("This link has expired or was used before")


def test_start_pressed_twice_is_told_apart_from_a_link_that_ended(desk: Rehearsal) -> None:
    _, token = a_customer(desk)
    ada = desk.customer("ada_l")
    ada.says(f"/start {token}")
    ada.says(f"/start {token}")
    assert "already connected" in ada.screen[-1]


def test_a_link_ends_after_a_week(desk: Rehearsal) -> None:
    _, token = a_customer(desk)
    desk.passes(days=7)
    ada = desk.customer("Ada")
    ada.says(f"/start {token}")
    ada.sees("This link has expired")


def test_linking_brings_the_open_ticket_along(desk: Rehearsal) -> None:
    _, token = a_customer(desk)
    ada, maya = desk.customer("ada_l"), desk.staff("Maya")
    ada.says("my parcel is wet")
    ada.says(f"/start {token}")
    maya.sees("connected this chat to the shop account C-7")
    maya.sees("Customer: C-7")


@pytest.mark.parametrize("ref", ["NT-1", "'; DROP TABLE orders", "", "9" * 60])
def test_a_forged_button_shows_nobody_elses_order(desk: Rehearsal, ref: str) -> None:
    key, _ = a_customer(desk)
    an_order(desk, "NT-1", key)
    eve = desk.customer("Eve")
    eve.says("hello")
    desk.run(desk.app.console.press(eve.chat, "", "order", ref))
    eve.sees("That button no longer works")
    eve.does_not_see("Order NT-1")


def test_while_a_ticket_is_open_a_known_number_is_answered_as_well(desk: Rehearsal) -> None:
    an_order(desk, "NT-10023")
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    ada.says("where is my order NT-10023?")
    ada.sees("Status: on its way")
    maya.sees("where is my order NT-10023?")
    assert len(desk.cards()) == 1


def test_a_linked_customer_may_leave_out_the_letters(desk: Rehearsal) -> None:
    key, token = a_customer(desk)
    an_order(desk, "NT-10023", key)
    an_order(desk, "NT-55", key)
    ada = desk.customer("ada_l")
    ada.says(f"/start {token}")
    ada.says("where is order 10023?")
    ada.sees("Order NT-10023")
    eve = desk.customer("Eve")
    eve.says("where is order 10023?")
    eve.does_not_see("Order NT-10023")
