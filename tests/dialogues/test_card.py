"""What a ticket's card tells, and the buttons below it."""

import pytest
from sqlalchemy import insert, select

from crm_store import corrections, customers, orders
from crm_store.customers import NewCustomer
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder
from crm_store.schema import CartItem, Correction, Product
from handlers.events import Arrival, StaffPressed
from tests.dialogues.colleague import commands, fills, opens
from tests.dialogues.rehearsal import MORNING, Rehearsal


def facts(desk: Rehearsal, number: int = 1) -> dict[str, str]:
    card = next(card for card in desk.cards() if card.about == f"card:{number}")
    return {fact.label: fact.value for fact in card.message.facts}


def test_a_card_tells_what_the_message_was_read_as_and_how_surely(desk: Rehearsal) -> None:
    desk.customer("Ada").says("I want a refund for my order")

    ticket = desk.ticket(1)
    assert (ticket.kind, ticket.intent) == ("refund", "refund")
    assert ticket.confidence is not None
    assert ticket.message_id is not None
    assert facts(desk)["Read as"] == f"refund, {ticket.confidence:.0%}"
    assert desk.cards()[0].buttons == [
        "Claim", "Reply", "Resolve", "Note", "Snooze", "Refund", "Wrong kind?", "More"
    ]  # fmt: skip


def test_a_card_has_the_buttons_that_its_ticket_has_a_use_for(desk: Rehearsal) -> None:
    desk.customer("Ada").says("my parcel is wet")
    maya = desk.staff("Maya")
    assert maya.card().buttons == ["Claim", "Reply", "Resolve", "Note", "Snooze", "Wrong kind?", "More"]

    maya.presses("Claim")
    assert maya.card().buttons == ["Reply", "Resolve", "Note", "Snooze", "Wrong kind?", "More"]
    commands(maya, "1 kind refund")
    assert maya.card().buttons == ["Reply", "Resolve", "Note", "Snooze", "Refund", "Wrong kind?", "More"]

    fills(maya, "More", assignee="nobody")
    assert maya.card().buttons[0] == "Claim"


def test_the_button_of_an_old_card_that_muted_opens_what_mutes_now(desk: Rehearsal) -> None:
    desk.customer("Ada").says("my parcel is wet")
    maya = desk.staff("Maya")
    form = desk.run(desk.app.form_of("mute", "1", maya.colleague))
    assert form is not None
    assert "mute" in {field.name for field in form.fields}

    fills(maya, "More", merge="")
    press = StaffPressed(maya.colleague, "tickets", maya.card().id, desk.time, "mute", "9")
    desk.run(desk.app.receive([Arrival("console", "old", "console:x", press)]))
    assert maya.was_whispered()[-1] == "There is no ticket #9."


def test_more_snoozes_a_ticket_and_wakes_it(desk: Rehearsal) -> None:
    desk.customer("Ada").says("I want a refund for my order")
    maya = desk.staff("Maya")

    assert fills(maya, "More", snooze="4h") == ""
    assert desk.ticket(1).is_snoozed
    assert fills(maya, "More", snooze="someday").startswith("“someday” is no time.")
    fills(maya, "More", snooze="now")
    assert not desk.ticket(1).is_snoozed
    maya.presses("Resolve")
    form = opens(maya, "More")
    assert form is not None
    assert "snooze" not in {field.name for field in form.fields}


def test_a_misread_message_is_corrected_once_and_learnt_from(desk: Rehearsal) -> None:
    desk.customer("Ada").says("I want a refund for my order")
    maya = desk.staff("Maya")

    fills(maya, "Wrong kind?", intent="complaint")

    assert desk.ticket(1).kind == "complaint"
    assert facts(desk)["Read as"].endswith("staff say complaint")
    assert maya.card().buttons == ["Claim", "Reply", "Resolve", "Note", "Snooze", "More"]
    maya.sees("Maya says the message means complaint; it was read as refund.")
    with desk.store.read() as connection:
        kept = connection.execute(select(Correction.message_id, Correction.intent, Correction.actor)).all()
    assert [tuple(row) for row in kept] == [(desk.ticket(1).message_id, "complaint", "Maya")]

    assert commands(maya, "1 correct complaint") == (
        "It is kept already that the message of ticket #1 means complaint."
    )
    commands(maya, "1 correct order status")
    with desk.store.read() as connection:
        assert corrections.of_message(connection, desk.ticket(1).message_id or 0) == "order_status"


def test_an_intent_nobody_knows_corrects_nothing(desk: Rehearsal) -> None:
    desk.customer("Ada").says("I want a refund for my order")
    assert commands(desk.staff("Maya"), "1 correct world peace").startswith("“world peace” is not known here.")
    assert desk.ticket(1).kind == "refund"


def test_a_card_tells_what_the_shop_knows_of_the_customer(desk: Rehearsal) -> None:
    with desk.store.begin() as connection:
        ada = customers.put_customer(connection, desk.store.cipher, NewCustomer("C-1", name="Ada Lovelace"), MORNING)
        for number in range(1, 5):
            items = (NewItem("MUG", 1, 1_250, name="Mug"),)
            order = NewOrder(f"NT-{number}", ada, MORNING, "shipped", "EUR", 1_250, items=items)
            orders.put_order(connection, Rates("EUR", {}), order)
        mug = connection.scalar(select(Product.id))
        connection.execute(insert(CartItem).values(customer_id=ada, product_id=mug, quantity=2))
        token = customers.make_link(connection, desk.store.cipher, ada, MORNING)
    person = desk.customer("Ada")
    person.says(f"/start {token}")
    person.says("my parcel is wet")

    told = facts(desk)
    assert told["Customer"] == "C-1"
    assert told["Bought"] == "€ 50.00 in 4 orders"
    assert told["Last orders"].split("\n") == [f"NT-{number} · shipped · 2 Mar 2026" for number in (4, 3, 2)]
    assert told["In the cart"] == "2 pieces · € 25.00"
    assert told["Language"] == "English"
    assert "Other open tickets" not in told


def test_a_card_names_the_customers_other_open_tickets(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    ada.says("and the zip is broken")
    commands(maya, "1 split 2")
    assert facts(desk, 2)["Other open tickets"] == "#1"


@pytest.mark.parametrize("action", ["note", "snooze", "more", "correct", "unmerge", "merge_sure"])
@pytest.mark.parametrize("ref", ["999", "9" * 40, "card", "", "1|x", "-1"])
def test_a_button_of_a_ticket_that_is_not_there_is_answered_with_a_sentence(
    desk: Rehearsal, action: str, ref: str
) -> None:
    maya = desk.staff("Maya")
    event = StaffPressed(maya.colleague, "tickets", "1", desk.time, action, ref)
    assert desk.run(desk.app.form_of(action, ref, maya.colleague)) is None
    desk.run(desk.app.receive([Arrival("console", "press", "console:x", event)]))
    assert maya.was_whispered() == [f"There is no ticket #{ref.partition('|')[0]}."]


def test_the_note_of_a_form_stands_in_the_thread_and_not_at_the_customer(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.presses("Claim")

    assert fills(maya, "Note", text="she called as well") == ""
    assert fills(maya, "Note", text="  ") == "There is nothing to note: write some text."

    maya.sees("Note by Maya\nshe called as well")
    desk.passes(minutes=1)
    ada.does_not_see("she called")


def test_a_resolved_ticket_takes_notes_and_more_and_no_snooze(desk: Rehearsal) -> None:
    desk.customer("Ada").says("my parcel is wet")
    maya = desk.staff("Maya")
    maya.presses("Resolve")
    assert maya.card().buttons == ["Reopen", "Reply", "Note", "More"]
    assert desk.run(desk.app.form_of("snooze", "1", maya.colleague)) is None

    event = StaffPressed(maya.colleague, "tickets", maya.card().id, desk.time, "snooze", "1")
    desk.run(desk.app.receive([Arrival("console", "late", "console:x", event)]))
    assert maya.was_whispered() == ["Ticket #1 is resolved already: there is nothing to snooze."]
    assert opens(maya, "More") is not None
