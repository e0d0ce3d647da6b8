"""Where is my order: answered without a person, by number or for a customer the shop knows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from crm_store import customers
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder, put_order
from crm_store.schema import Customer, Order
from crm_store.upsert import insert_row
from handlers.texts import text
from tests.dialogues.rehearsal import MORNING, Rehearsal
from tests.dialogues.shop import linked

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
    told = "I cannot find an order NT-99999, so a colleague will look into it and answer you here (request #1)."
    assert ada.screen == [told]
    maya.sees("where is my order NT-99999?")
    maya.sees(f"The bot answered: {told}")


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
    ada.sees("Hello Ada! This chat is now connected")
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
    maya.sees("The bot answered: Order NT-10023 · Status: on its way")
    assert len(desk.cards()) == 1


@pytest.mark.parametrize(
    ("language", "opening", "asking"),
    [
        ("en", "my parcel is wet", "where is my order?"),
        ("de", "Ich möchte mit einem Menschen sprechen", "Wo ist meine Bestellung?"),
    ],
)
def test_while_a_ticket_is_open_who_asks_for_an_order_without_its_number_is_answered_once(
    desk: Rehearsal, language: str, opening: str, asking: str
) -> None:
    ada, maya = desk.customer("Ada", language=language), desk.staff("Maya")
    ada.says(opening)
    ada.says(asking)
    assert ada.screen[-1] == text("order.passed_on", language, ticket=1)
    maya.sees(f"The bot answered: {text('order.passed_on', language, ticket=1)}")
    told = len(ada.screen)
    ada.says(asking)
    maya.sees(asking)
    assert (len(ada.screen), len(desk.cards())) == (told, 1)


def test_while_a_ticket_is_open_a_known_customer_is_shown_their_orders_once(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_10001="shipped", NT_10002="paid"), desk.staff("Maya")
    ada.says("my parcel is wet")
    ada.says("where is my order?")
    assert ada.screen[-1] == text("order.choose", "en")
    assert [button.label for button in desk.sent_to("ada")[-1].buttons][-1] == "Never mind"
    maya.sees("The bot answered: Which of your orders do you mean?")
    ada.presses("Never mind")
    assert ada.screen[-1] == text("flow.ended", "en")
    told = len(ada.screen)
    ada.says("where is my order?")
    assert len(ada.screen) == told


def test_a_question_the_bot_answers_does_not_reopen_what_was_resolved(desk: Rehearsal) -> None:
    an_order(desk, "NT-10023")
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.presses("Resolve")
    ada.says("where is my order NT-10023?")
    ada.sees("Status: on its way")
    assert desk.ticket(1).status == "resolved"

    ada.says("where is my order NT-99999?")
    ada.sees("opened your request #1 again")
    maya.presses("Resolve")
    ada.says("NT-10023 is wet again")
    assert desk.ticket(1).status == "open"


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


def test_an_order_that_a_button_showed_is_told_in_the_open_tickets_thread(desk: Rehearsal) -> None:
    key, token = a_customer(desk)
    an_order(desk, "NT-1", key, days_ago=30)
    an_order(desk, "NT-2", key)
    ada, maya = desk.customer("ada_l"), desk.staff("Maya")
    ada.says(f"/start {token}")
    ada.says("where is my parcel?")
    ada.says("my parcel is wet")
    ada.presses("NT-1")
    maya.sees("The bot answered: Order NT-1")


def test_each_item_has_a_line_of_its_own(desk: Rehearsal) -> None:
    items = (NewItem("S", 1, 900, "Hiking Socks, 2 pairs"), NewItem("L", 1, 900, "Lumen"))
    order = NewOrder("NT-30003", None, MORNING, "paid", "EUR", 1_800, items=items)
    with desk.store.begin() as connection:
        put_order(connection, RATES, order)
    ada = desk.customer("Ada")
    ada.says("where is order NT-30003?")
    ada.sees("Items: 1 × Hiking Socks, 2 pairs\n1 × Lumen")


def test_orders_that_are_too_many_for_one_message_are_asked_for_again(desk: Rehearsal) -> None:
    for number in range(1, 6):
        an_order(desk, f"NT-1000{number}")
    ada = desk.customer("Ada")
    ada.says("where are orders NT-10001, NT-10002, NT-10003, NT-10004 and NT-10005?")
    ada.sees("Order NT-10003")
    assert ada.screen[-1] == "I show 3 orders at a time: please send me NT-10004, NT-10005 again."


def test_a_number_of_no_order_is_named_beside_the_orders_that_are_there(desk: Rehearsal) -> None:
    an_order(desk, "NT-10001")
    ada = desk.customer("Ada")
    ada.says("where are orders NT-10001 and NT-99999?")
    ada.sees("Order NT-10001")
    assert ada.screen[-1] == "I cannot find NT-99999. Is that right?"
    assert desk.cards() == []

    ada.says("where are orders NT-77777 and NT-99999?")
    ada.sees("I cannot find an order NT-77777, NT-99999, so a colleague will look into it")


def test_staff_see_which_orders_were_shown_beside_one_that_was_not(desk: Rehearsal) -> None:
    for number in range(1, 8):
        an_order(desk, f"NT-1000{number}")
    eve, maya = desk.customer("Eve"), desk.staff("Maya")
    eve.says("where are orders NT-10001, NT-10002 and NT-10003?")
    eve.says("where are orders NT-10004, NT-10005 and NT-10006?")
    eve.does_not_see("Order NT-10006")
    maya.sees("The bot answered: Order NT-10004")


def test_a_chat_is_shown_few_orders_of_others_an_hour(desk: Rehearsal) -> None:
    key, token = a_customer(desk)
    for number in range(1, 8):
        an_order(desk, f"NT-1000{number}")
    an_order(desk, "NT-20000", key)
    eve, maya = desk.customer("Eve"), desk.staff("Maya")
    eve.says("where are orders NT-10001, NT-10002 and NT-10003?")
    eve.says("where are orders NT-10004 and NT-10005?")
    eve.says("where is NT-10001?")  # shown before: it tells nothing new
    assert desk.cards() == []

    eve.says("where is NT-10006?")
    eve.does_not_see("Order NT-10006")
    assert eve.screen[-1].startswith("I show a chat no more than 5 orders an hour that I do not know to be yours")
    maya.sees("where is NT-10006?")
    eve.says("and NT-10007?")  # while the ticket is open as well
    eve.does_not_see("Order NT-10007")

    eve.says(f"/start {token}")
    eve.says("where is NT-20000?")  # their own
    eve.sees("Order NT-20000")

    desk.passes(hours=1)
    eve.says("where is NT-10006?")
    eve.sees("Order NT-10006")


def test_who_asks_again_after_the_answer_gets_a_person(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    an_order(desk, "NT-10023")
    ada.says("where is my order nt-10023?")
    ada.sees("NT-10023")
    assert desk.cards() == []
    ada.says("that is what it said a week ago as well, could somebody look where it is?")
    maya.sees("a week ago")
    assert len(desk.cards()) == 1


@pytest.mark.parametrize(
    ("first", "again", "language"),
    [
        ("where is my order NT-10023?", "but where is NT-10023 now? it was promised for yesterday", "en"),
        ("我的订单NT-10023到哪里了？", "订单NT-10023到底在哪里？", "zh"),
    ],
)
def test_who_asks_again_for_an_order_that_is_as_it_was_gets_a_person(
    desk: Rehearsal, first: str, again: str, language: str
) -> None:
    key, token = a_customer(desk)
    an_order(desk, "NT-10023", key)
    ada = desk.customer("ada_l", language=language)
    ada.says(f"/start {token}")
    ada.says(first)
    shown = text("order.title", language, number="NT-10023")
    assert ada.screen[-1].startswith(shown)
    ada.says("NT-10023")  # the number alone is no question
    assert ada.screen[-1].startswith(shown)
    assert desk.cards() == []

    ada.says(again)
    assert not ada.screen[-1].startswith(shown)
    assert [card.message.quote for card in desk.cards()] == [again]
    before = list(ada.screen)
    ada.says(again)  # staff see it; what the customer has read twice is not told a third time
    assert ada.screen == before
    desk.staff("Maya").sees(again)


def test_who_asks_again_for_an_order_that_went_on_is_told(desk: Rehearsal) -> None:
    an_order(desk, "NT-10023")
    ada = desk.customer("Ada")
    ada.says("where is my order NT-10023?")
    with desk.store.begin() as connection:
        connection.execute(update(Order).values(status="delivered"))
    ada.says("where is my order NT-10023 now?")
    assert "delivered" in ada.screen[-1]
    assert desk.cards() == []
