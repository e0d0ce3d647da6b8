"""Cancel my order: confirmed first, done by the shop, and told as it went."""

from datetime import timedelta

import pytest

from crm_store import refunding
from crm_store.orders import find_order
from crm_store.refunding import NewRequest
from handlers.texts import text
from tests.dialogues.rehearsal import Rehearsal
from tests.dialogues.shop import becomes, linked, status_of


def test_the_only_order_that_can_be_cancelled_is_shown_and_confirmed(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid", NT_2="delivered")
    ada.says("I want to cancel my order")
    assert ada.screen[-1].startswith("Shall I have order NT-1 cancelled (€89.90)?")
    ada.sees("2 × Rain jacket")
    assert status_of(desk, "NT-1") == "paid"

    ada.presses("Yes, cancel the order")
    assert ada.screen[-2:] == [
        "I have asked the shop to cancel order NT-1, and will tell you here once it is done.",
        "Order NT-1 is cancelled.",
    ]
    assert status_of(desk, "NT-1") == "cancelled"
    assert desk.cards() == []


def test_a_customer_writes_german_and_is_answered_in_german(desk: Rehearsal) -> None:
    ada = linked(desk, language="de", NT_1="paid", NT_2="pending")
    ada.says("Bitte stornieren Sie meine Bestellung")
    ada.sees("Welche Bestellung soll storniert werden?")
    ada.presses("NT-2 · 28.02.2026 · 89,90\xa0€")
    ada.sees("Soll ich die Bestellung NT-2 (89,90\xa0€) stornieren lassen?")
    ada.says("Ja, bitte!")
    assert ada.screen[-1] == "Die Bestellung NT-2 ist storniert."
    assert (status_of(desk, "NT-1"), status_of(desk, "NT-2")) == ("paid", "cancelled")


def test_an_order_may_be_named_at_once_or_typed(desk: Rehearsal) -> None:
    ada = linked(desk, NT_10001="paid", NT_10002="paid")
    ada.says("please cancel order NT-10002")
    ada.sees("order NT-10002 cancelled")
    ada.says("no, keep it")
    ada.sees("All right, I leave it as it is.")
    ada.says("cancel my order")
    ada.says("the one with 10001")
    ada.sees("order NT-10001 cancelled")


@pytest.mark.parametrize("words", ["never mind", "Never mind!", "stop"])
def test_never_mind_ends_it_at_any_step(desk: Rehearsal, words: str) -> None:
    ada = linked(desk, NT_1="paid", NT_2="paid")
    ada.says("cancel my order")
    ada.says(words)
    assert ada.screen[-1].startswith("All right, I leave it as it is.")
    ada.says("cancel my order")
    ada.presses("NT-1")
    ada.presses("Never mind")
    assert ada.screen[-1].startswith("All right, I leave it as it is.")
    assert (status_of(desk, "NT-1"), desk.cards()) == ("paid", [])


def test_cancel_said_at_the_question_is_asked_back_because_it_can_mean_both(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid")
    ada.says("cancel my order")
    ada.says("cancel")
    ada.sees("is order NT-1 to be cancelled, or shall it stay?")
    assert status_of(desk, "NT-1") == "paid"
    ada.presses("Yes, cancel the order")
    assert status_of(desk, "NT-1") == "cancelled"


def test_two_misunderstandings_bring_a_person(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_1="paid", NT_2="paid"), desk.staff("Maya")
    ada.says("cancel my order")
    ada.says("the blue one")
    ada.sees("I did not find that among your orders.")
    assert desk.cards() == []
    ada.says("well, the blue jacket from last week")
    maya.sees("the blue jacket from last week")
    maya.sees("Said before")
    ada.sees("request #1")
    ada.presses("NT-1")
    assert ada.screen[-1].startswith("That button no longer works")


def test_a_photo_where_words_were_asked_is_no_answer_and_reaches_a_person(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_1="paid"), desk.staff("Maya")
    photo = desk.run(desk.app.console.keep_file("torn.png", "image/png", b"\x89PNG"))
    ada.says("cancel my order")
    ada.says("", photo)
    ada.sees("is order NT-1 to be cancelled, or shall it stay?")
    ada.says("", photo)
    maya.sees("torn.png")
    assert status_of(desk, "NT-1") == "paid"


def test_a_person_is_there_on_request(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_1="paid"), desk.staff("Maya")
    ada.says("cancel my order")
    ada.says("I want to speak to a person")
    maya.sees("I want to speak to a person")
    assert status_of(desk, "NT-1") == "paid"


def test_an_order_that_has_left_is_said_and_can_be_sent_back_instead(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_10001="shipped"), desk.staff("Maya")
    ada.says("cancel my order")
    ada.sees("Order NT-10001 has left us already")
    ada.presses("Send it back")
    ada.sees("How many of Rain jacket")
    ada.presses("2")
    ada.presses("I changed my mind")
    ada.presses("Send the request")
    maya.sees("I want to return order NT-10001.")


def test_an_order_that_leaves_between_question_and_answer_is_not_cancelled(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_1="paid"), desk.staff("Maya")
    ada.says("cancel my order")
    becomes(desk, "NT-1", "shipped")
    ada.presses("Yes, cancel the order")
    assert ada.screen[-1].startswith("Order NT-1 has left us already")
    assert status_of(desk, "NT-1") == "shipped"
    ada.presses("Ask a person")
    maya.sees("I want to speak to a person about order NT-1.")


def test_an_order_that_leaves_before_the_shop_hears_of_it_is_not_cancelled(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid")
    ada.says("cancel my order")
    yes = next(button for button in desk.sent_to("ada")[-1].buttons if button.label == "Yes, cancel the order")
    press = desk.app.console.press(ada.chat, "", yes.action, yes.ref)
    desk._loop.run_until_complete(press)
    desk.decide()
    becomes(desk, "NT-1", "shipped")
    desk.settle()
    ada.sees("I have asked the shop to cancel order NT-1")
    assert ada.screen[-1].startswith("Order NT-1 has left us already")
    ada.does_not_see("is cancelled")


def test_a_button_pressed_twice_or_late_cancels_once_and_nothing_else(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid", NT_2="paid")
    ada.says("cancel order NT-1 please")
    ada.presses("NT-1")
    ada.presses("Yes, cancel the order")
    ada.presses("Yes, cancel the order")
    assert ada.screen[-1].startswith("That button no longer works")
    ada.presses("NT-2")
    assert ada.screen[-1].startswith("That button no longer works")
    assert (status_of(desk, "NT-1"), status_of(desk, "NT-2")) == ("cancelled", "paid")


@pytest.mark.parametrize(("language", "wish"), [("en", "cancel order"), ("de", "Bitte stornieren Sie die Bestellung")])
def test_the_button_of_an_earlier_question_does_not_answer_a_later_one(
    desk: Rehearsal, language: str, wish: str
) -> None:
    ada = linked(desk, language=language, NT_10001="paid", NT_10002="paid")
    ada.says(f"{wish} NT-10001")
    earlier = next(one for one in desk.sent_to("ada")[-1].buttons if one.label == text("cancel_order.yes", language))
    ada.presses(text("flow.never_mind", language))
    ada.says(f"{wish} NT-10002")
    desk.run(desk.app.console.press(ada.chat, "", earlier.action, earlier.ref))
    assert ada.screen[-1] == text("button.expired", language)
    assert (status_of(desk, "NT-10001"), status_of(desk, "NT-10002")) == ("paid", "paid")
    ada.presses(text("cancel_order.yes", language))
    assert status_of(desk, "NT-10002") == "cancelled"


@pytest.mark.parametrize("value", ["yes", "999999999999999999999", "", "=refund", "x'; --"])
def test_a_forged_button_picks_nobody_elses_order(desk: Rehearsal, value: str) -> None:
    linked(desk, "Bob", NT_9="paid")
    ada = linked(desk, NT_1="paid", NT_2="paid")
    ada.says("cancel my order")
    asked = desk.sent_to("ada")[-1].buttons[0].ref.partition(":")[0]
    desk.run(desk.app.console.press(ada.chat, "", "flow", f"{asked}:{value}"))
    assert [status_of(desk, number) for number in ("NT-1", "NT-2", "NT-9")] == ["paid"] * 3


def test_somebody_elses_order_goes_to_a_person(desk: Rehearsal) -> None:
    linked(desk, "Bob", NT_90000="paid")
    ada, maya = linked(desk, NT_1="paid"), desk.staff("Maya")
    ada.says("please cancel order NT-90000")
    maya.sees("please cancel order NT-90000")
    assert status_of(desk, "NT-90000") == "paid"


def test_a_chat_that_is_not_linked_changes_nothing_and_gets_a_person(desk: Rehearsal) -> None:
    linked(desk, "Bob", NT_90000="paid")
    eve, maya = desk.customer("Eve"), desk.staff("Maya")
    eve.says("please cancel order NT-90000")
    maya.sees("please cancel order NT-90000")
    assert (status_of(desk, "NT-90000"), len(desk.cards())) == ("paid", 1)


def test_an_order_cancelled_already_is_said(desk: Rehearsal) -> None:
    ada = linked(desk, NT_10001="cancelled", NT_10002="paid")
    ada.says("cancel order NT-10001")
    assert ada.screen[-1] == "Order NT-10001 is cancelled already."


def test_the_flow_is_over_after_two_days(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid")
    ada.says("cancel my order")
    desk.passes(days=3)
    ada.presses("Yes, cancel the order")
    assert ada.screen[-1].startswith("That button no longer works")
    assert status_of(desk, "NT-1") == "paid"


@pytest.mark.parametrize(
    ("language", "refund", "cancel"),
    [
        ("en", "please refund order NT-10001", "cancel order NT-10001"),
        ("de", "Bitte Geld zurück für NT-10001", "Bitte stornieren Sie die Bestellung NT-10001"),
    ],
)
def test_an_order_whose_money_is_asked_for_is_cancelled_by_a_person(
    desk: Rehearsal, language: str, refund: str, cancel: str
) -> None:
    ada, maya = linked(desk, language=language, NT_10001="paid", NT_10002="paid"), desk.staff("Maya")
    ada.says(refund)
    ada.presses("2")
    ada.presses(text("refund.reason.changed_mind", language))
    ada.presses(text("refund.send", language))
    ada.says(cancel)
    maya.sees(cancel)
    maya.presses("Resolve")
    ada.says(cancel)  # the ticket is over, the request is not
    assert ada.screen[-1] == text("cancel_order.in_refund", language, order="NT-10001", ticket=1)
    assert desk.ticket(1).status == "open"
    assert (status_of(desk, "NT-10001"), len(desk.cards())) == ("paid", 1)


def test_a_request_for_money_back_that_comes_between_question_and_answer_stops_the_cancelling(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_10001="paid", NT_10002="paid"), desk.staff("Maya")
    ada.says("cancel order NT-10001")
    with desk.store.begin() as connection:
        order = find_order(connection, "NT-10001")
        assert order is not None
        until = desk.time + timedelta(days=7)
        asked = NewRequest(1, order.id, 10_00, "refund", "by phone", (), "Maya", desk.time, until)
        refunding.request(connection, asked)
    ada.presses("Yes, cancel the order")
    assert ada.screen[-1] == text("cancel_order.in_refund", "en", order="NT-10001", ticket=1)
    maya.sees("Please cancel order NT-10001.")
    assert (desk.ticket(1).kind, desk.ticket(1).order_id) == ("cancel_order", order.id)
    assert status_of(desk, "NT-10001") == "paid"
