"""A customer asks for money back, staff decide, the shop pays: told at every step, and nobody is paid twice."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import select

from bot.config import Amount, Duration, FinalSale
from crm_store import customers, surveys
from crm_store.orders import NewItem, NewRefund, put_refund, set_status
from crm_store.schema import Customer as Row
from handlers.texts import text
from tests.dialogues.refunding import (
    JACKET,
    PHOTO,
    RATES,
    SOCKS,
    asks,
    bought,
    categorised,
    fills_in,
    known,
    refunded,
    requests,
    shop_says,
    stats_are_right,
    the_clock_strikes,
    the_request,
    with_rules,
)
from tests.dialogues.rehearsal import MORNING, Customer, Rehearsal


def presses(customer: Customer, key: str, language: str) -> None:
    customer.presses(text(key, language))


# --- the whole way ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "asking", "piece", "paid"),
    [
        ("en", "I want a refund for my order", "Wool socks", "€54.95 for order NT-10023 has been paid back"),
        ("zh", "我要退款", "Wool socks", "订单 NT-10023 的 €54.95 已原路退回"),
        ("de", "Ich möchte mein Geld zurück", "Wool socks", "54,95\xa0€ für die Bestellung NT-10023 sind"),
    ],
)
def test_a_customer_asks_staff_approve_and_the_shop_pays(
    desk: Rehearsal, language: str, asking: str, piece: str, paid: str
) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    bought(desk, "NT-10023", JACKET, SOCKS)

    ada.says(asking)
    assert ada.screen[-1] == text("refund.which_item", language, order="NT-10023")
    ada.presses("Rain jacket")
    ada.presses(piece)
    assert ada.screen[-1] == text("refund.how_many", language, item="Wool socks", left=3)
    ada.presses("2")
    presses(ada, "refund.reason.damaged", language)
    assert ada.screen[-1] == text("refund.photos", language)
    ada.says("", PHOTO)
    presses(ada, "refund.photos_done", language)
    assert text("refund.reason.damaged", language) in ada.screen[-1]
    assert desk.cards() == []
    presses(ada, "refund.send", language)

    assert "#1" in ada.screen[-1] or "Nr" in ada.screen[-1]
    ticket = desk.ticket(1)
    assert (ticket.kind, ticket.order_id, ticket.status) == ("refund", the_request(desk).order_id, "open")
    maya.sees("Refund request · order NT-10023 · € 54.95")
    maya.sees("1 × Rain jacket, 2 × Wool socks")
    maya.sees("Reason: It arrived damaged")
    maya.sees(asking)
    maya.sees("torn.jpg")
    maya.sees("Waits for a decision until 9 Mar 2026, 09:30.")

    maya.presses("Approve")
    assert (the_request(desk).status, refunded(desk)) == ("approved", (1, 54_95))
    maya.sees("Maya approved € 54.95: being paid.")
    assert "NT-10023" in ada.screen[-1]

    shop_says(desk, "done", receipt="R-77")
    assert the_request(desk).status == "paid"
    maya.sees("The shop paid. Its receipt: R-77")
    assert paid in ada.screen[-1]
    assert text("refund.receipt", language, receipt="R-77") in ada.screen[-1]
    assert stats_are_right(desk)


@pytest.mark.parametrize("step", ["half-way", "asked"])
def test_who_deletes_the_account_midway_loses_neither_the_request_nor_the_money(desk: Rehearsal, step: str) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    ada.says("I want a refund for my order")
    if step == "half-way":
        ada.blocks()
        assert (requests(desk), desk.cards()) == ([], [])
        ada.blocks(blocked=False)
        ada.presses("It does not fit")
        ada.presses("Send the request")
        assert the_request(desk).status == "requested"
        return
    ada.presses("It does not fit")
    ada.presses("Send the request")
    ada.blocks()
    maya.sees("Ada Lovelace has blocked the bot")
    maya.presses("Approve")
    shop_says(desk, "done", receipt="R-78")
    assert the_request(desk).status == "paid"
    maya.sees("The shop paid. Its receipt: R-78")


@pytest.mark.parametrize(("language", "asking"), [("en", "I want to return the jacket"), ("zh", "我想退货")])
def test_a_return_is_paid_once_the_goods_are_back_and_has_a_month(desk: Rehearsal, language: str, asking: str) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    bought(desk)
    ada.says(asking)
    presses(ada, "refund.reason.does_not_fit", language)
    presses(ada, "refund.send", language)
    assert desk.ticket(1).kind == "return"
    maya.sees("Return request · order NT-10023 · € 44.95")
    assert the_request(desk).expires_at == MORNING + timedelta(days=30)
    if language == "en":
        ada.sees("A colleague will tell you here where to send it")


def test_an_order_that_is_named_is_not_asked_for(desk: Rehearsal) -> None:
    ada = known(desk)
    bought(desk, "NT-10023")
    bought(desk, "NT-10024", SOCKS)
    ada.says("please refund order NT-10024")
    ada.sees("How many of Wool socks")


def test_one_of_several_orders_is_chosen_and_a_typed_number_does_as_well(desk: Rehearsal) -> None:
    ada = known(desk)
    bought(desk, "NT-10023")
    bought(desk, "NT-10024", SOCKS)
    ada.says("I want a refund for my order")
    assert ada.screen[-1] == "Which order is it about?"
    ada.says("NT-10023")
    assert ada.screen[-1] == "What is the reason?"


def test_answers_can_be_typed(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk, "NT-10023", JACKET, SOCKS)
    ada.says("I want a refund for my order")
    ada.says("the wool socks")
    ada.says("2")
    ada.says("no")
    ada.says("they are too small")
    assert "It does not fit" in ada.screen[-1]
    ada.says("yes")
    maya.sees("Refund request · order NT-10023 · € 10.00")
    maya.sees("they are too small")


def test_everything_comes_back_with_the_shipping(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk, "NT-10023", JACKET, SOCKS, total=64_90, shipping=4_95)
    ada.says("I want a refund for my order")
    ada.presses("Everything")
    ada.presses("I changed my mind")
    ada.presses("Send the request")
    maya.sees("Refund request · order NT-10023 · € 64.90")


def test_a_reason_in_the_customers_own_words_is_shown_to_staff(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    ada.says("I want a refund for my order")
    ada.says("my dog is afraid of it")
    ada.presses("Send the request")
    maya.sees("Reason: Another reason")
    maya.sees("my dog is afraid of it")


# --- in the middle of it ------------------------------------------------------------------------------------------


def test_the_customer_can_leave_at_any_step(desk: Rehearsal) -> None:
    ada = known(desk)
    bought(desk)
    ada.says("I want a refund for my order")
    ada.says("never mind")
    ada.sees("All right, I leave it as it is.")
    ada.says("I want a refund for my order")
    ada.presses("I changed my mind")
    ada.presses("Never mind")
    assert requests(desk) == []
    assert desk.cards() == []


@pytest.mark.parametrize(
    ("language", "asking", "person"),
    [("en", "I want a refund for my order", "I would like to speak to a human"), ("zh", "我要退款", "我要找人工客服")],
)
def test_a_person_takes_over_on_request_and_gets_the_photos(
    desk: Rehearsal, language: str, asking: str, person: str
) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    bought(desk)
    ada.says(asking)
    presses(ada, "refund.reason.damaged", language)
    ada.says("", PHOTO)
    ada.says(person)
    maya.sees(person)
    maya.sees("torn.jpg")
    assert requests(desk) == []
    ada.says("hello?")
    maya.sees("hello?")


def test_after_two_answers_that_are_not_understood_a_person_takes_over(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    order = bought(desk, "NT-10023", JACKET, SOCKS)
    ada.says("I want a refund for my order")
    ada.says("hmm")
    ada.sees("I did not find that in order NT-10023. Please press one of these, or write its name.")
    ada.says("whatever")
    maya.sees("whatever")
    assert (desk.ticket(1).kind, desk.ticket(1).order_id) == ("refund", order)


def test_a_photo_where_words_were_asked_for_is_kept_and_the_question_comes_again(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    ada.says("I want a refund for my order")
    ada.says("", PHOTO)
    assert ada.screen[-1] == "Thank you, I keep the photo with your request. What is the reason?"
    ada.presses("It is the wrong item")
    assert "I have 1 photo" in ada.screen[-1]
    ada.presses("Done")
    ada.presses("Send the request")
    maya.sees("torn.jpg")


@pytest.mark.parametrize(
    ("language", "asking", "words"),
    [("en", "I want a refund for my order", "the zip is torn"), ("zh", "我要退款", "拉链坏了")],
)
def test_words_where_a_photo_was_asked_for_are_asked_again_and_read_by_staff(
    desk: Rehearsal, language: str, asking: str, words: str
) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    bought(desk)
    ada.says(asking)
    presses(ada, "refund.reason.damaged", language)
    ada.says(words)
    assert ada.screen[-1] == text("refund.photos_again", language)
    presses(ada, "refund.photos_none", language)
    presses(ada, "refund.send", language)
    maya.sees(f"{asking}\n{words}")
    maya.sees("The customer has no photo of it.")


def test_what_was_said_in_the_flow_belongs_to_the_ticket(desk: Rehearsal) -> None:
    ada = known(desk)
    bought(desk)
    desk.passes(minutes=1)
    asks(ada, PHOTO)
    said = [message for message in desk.said_in("ada") if message.direction == "in"]
    assert [message.ticket_id for message in said] == [None, 1, 1]  # /start was said before


def test_a_button_of_an_earlier_question_does_nothing(desk: Rehearsal) -> None:
    ada = known(desk)
    bought(desk)
    ada.says("I want a refund for my order")
    ada.presses("I changed my mind")
    ada.presses("It arrived damaged")
    ada.sees("That button no longer works.")
    ada.presses("Send the request")
    assert the_request(desk).reason == "changed_mind"


def test_hostile_buttons_change_nothing(desk: Rehearsal) -> None:
    ada, eve = known(desk), known(desk, "eve", external_id="C-8")
    bought(desk)
    bought(desk, "EV-1", external_id="C-8")
    asks(ada)
    number = str(the_request(desk).number)
    eve.says("I want a refund for my order")
    asked = desk.sent_to("eve")[-1].buttons[0].ref.partition(":")[0]
    for action, ref in (
        ("refund_withdraw", number),
        ("refund_withdraw", "9" * 40),
        ("refund_withdraw", "-1"),
        ("flow", f"refund.order:{the_request(desk).order_id}"),
        ("flow", f"{asked}:free money"),
        ("flow", f"{asked}:" + "9" * 30),
    ):
        press = desk.app.console.press(eve.chat, "", action, ref)
        desk.run(press)
    assert the_request(desk).status == "requested"


# --- who can ask, and for what ------------------------------------------------------------------------------------


def test_somebody_the_shop_does_not_know_gets_a_person(desk: Rehearsal) -> None:
    eve, maya = desk.customer("Eve"), desk.staff("Maya")
    eve.says("I want a refund for my order")
    eve.sees("your message is with our team (request #1)")
    maya.sees("I want a refund for my order")


def test_somebody_elses_order_goes_to_a_person(desk: Rehearsal) -> None:
    eve = known(desk, "eve", external_id="C-8")
    known(desk)
    bought(desk, "NT-10023")
    bought(desk, "EV-1", external_id="C-8")
    eve.says("please refund order NT-10023")
    eve.sees("your message is with our team")
    assert requests(desk) == []


@pytest.mark.parametrize(
    ("language", "asking", "why"),
    [
        ("en", "I want a refund for my order", "Rain jacket: the time to send it back ended on 2 Mar 2026."),
        ("zh", "我要退款", "Rain jacket：退货期限已于2026年3月2日截止。"),
    ],
)
def test_a_window_that_is_over_is_said_and_a_person_offered(
    desk: Rehearsal, language: str, asking: str, why: str
) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    order = bought(desk, days_ago=32.1)
    ada.says(asking)
    assert why in ada.screen[-1]
    presses(ada, "refund.ask_person", language)
    assert (desk.ticket(1).kind, desk.ticket(1).order_id) == ("refund", order)
    maya.sees(asking)
    assert requests(desk) == []


def test_final_sale_and_windows_by_category_are_said_by_line(tmp_path: Path) -> None:
    config = with_rules(windows={"Shoes": Duration(days=1)}, final_sale=FinalSale(categories=("Underwear",)))
    with Rehearsal(tmp_path, config) as desk:
        ada = known(desk)
        boots = NewItem("BTS-1", 1, 80_00, "Boots")
        bought(desk, "NT-1", JACKET, SOCKS, boots)
        categorised(desk, "SCK-1", "underwear")
        categorised(desk, "BTS-1", "shoes")
        ada.says("I want a refund for my order")
        ada.sees("Wool socks: it was sold without the right to return it.")
        ada.sees("Boots: the time to send it back ended on 28 Feb 2026.")
        with pytest.raises(AssertionError):
            ada.presses("Boots")
        ada.says("wool socks")
        assert "I cannot take this request myself" in ada.screen[-1]


def test_what_is_on_its_way_is_not_late(desk: Rehearsal) -> None:
    ada = known(desk)
    bought(desk, days_ago=90, status="shipped", delivered_at=None)
    ada.says("I want a refund for my order")
    assert ada.screen[-1] == "What is the reason?"


def test_an_order_that_was_not_paid_has_nothing_to_give_back(desk: Rehearsal) -> None:
    ada = known(desk)
    bought(desk, "NT-10023", status="pending", delivered_at=None)
    ada.says("please refund order NT-10023")
    ada.sees("Order NT-10023 has not been paid yet, so there is nothing to give back.")
    ada.presses("Never mind")
    ada.says("I want a refund for my order")
    ada.sees("I see no order of yours that has been paid.")


def test_what_was_given_back_elsewhere_counts(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    order = bought(desk, "NT-10023", JACKET, SOCKS)
    with desk.store.begin() as connection:
        # $ 70 are € 35
        put_refund(connection, RATES, NewRefund("R-1", order, 70_00, "USD", "paid", MORNING))
        put_refund(connection, RATES, NewRefund("R-2", order, 10_00, "EUR", "refused", MORNING))
    ada.says("I want a refund for my order")
    ada.presses("Rain jacket")
    ada.presses("No, that is all")
    ada.presses("I changed my mind")
    assert "Money back: €24.95" in ada.screen[-1]
    ada.presses("Send the request")
    maya.sees("Given back before: € 35.00")

    ada.says("please refund order NT-10023")
    ada.sees("Your request #1 for order NT-10023 (€24.95) is waiting")
    ada.presses("Ask for something else")
    ada.sees("You have asked for Rain jacket already (request #1)")


def test_everything_given_back_already_is_said(desk: Rehearsal) -> None:
    ada = known(desk)
    order = bought(desk)
    with desk.store.begin() as connection:
        put_refund(connection, RATES, NewRefund("R-1", order, 44_95, "EUR", "paid", MORNING))
    ada.says("I want a refund for my order")
    ada.sees("Everything that was paid for order NT-10023 has been given back, or is asked for, already.")


# --- a second time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "asking", "joined"),
    [
        ("en", "I want a refund for my order", "You have asked for Rain jacket already (request #1)."),
        ("zh", "我要退款", "您已经申请过 Rain jacket（申请 #1）"),
    ],
)
def test_a_second_request_for_the_same_line_joins_the_open_one(
    desk: Rehearsal, language: str, asking: str, joined: str
) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    bought(desk, "NT-10023", JACKET, SOCKS)
    ada.says(asking)
    ada.presses("Rain jacket")
    presses(ada, "refund.no_more", language)
    presses(ada, "refund.reason.changed_mind", language)
    presses(ada, "refund.send", language)

    ada.says(asking)
    maya.sees(asking)
    presses(ada, "refund.another", language)
    ada.presses("Rain jacket")
    ada.sees(joined)
    maya.sees("Ada Lovelace asked again for Rain jacket.")
    assert len(requests(desk)) == 1
    ada.presses("Wool socks")
    ada.presses("3")
    presses(ada, "refund.reason.changed_mind", language)
    presses(ada, "refund.send", language)
    assert [(request.ticket_id, request.amount) for request in requests(desk)] == [(1, 44_95), (2, 15_00)]


def test_the_same_line_asked_for_in_two_chats_at_once_is_one_request(desk: Rehearsal) -> None:
    ada = known(desk)
    bought(desk)
    with desk.store.begin() as connection:
        key = connection.scalar(select(Row.id).where(Row.external_id == "C-7"))
        token = customers.make_link(connection, desk.store.cipher, key, MORNING)
    phone = desk.customer("ada_on_the_phone")
    phone.says(f"/start {token}")
    for chat in (ada, phone):
        chat.says("I want a refund for my order")
        chat.presses("I changed my mind")
    ada.presses("Send the request")
    phone.presses("Send the request")
    phone.sees("You have asked for Rain jacket already (request #1)")
    assert the_request(desk).ticket_id == 1


@pytest.mark.parametrize(("language", "over"), [("en", "never mind"), ("zh", "算了")])
def test_the_customer_takes_a_request_back_before_it_is_decided(desk: Rehearsal, language: str, over: str) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    bought(desk)
    ada.says("I want a refund for my order" if language == "en" else "我要退款")
    presses(ada, "refund.reason.changed_mind", language)
    presses(ada, "refund.send", language)
    ada.says(over)
    presses(ada, "refund.withdraw", language)
    assert the_request(desk).status == "withdrawn"
    assert text("refund.withdrawn", language, ticket=1, order="NT-10023") == ada.screen[-1]
    maya.sees("Ada Lovelace withdrew the request.")
    maya.sees("Withdrawn by the customer.")
    assert "Approve" not in [label for post in maya.thread() for label in post.buttons]
    presses(ada, "refund.withdraw", language)
    assert ada.screen[-1] == text("refund.is_over", language)
    assert stats_are_right(desk)


def test_a_request_that_is_being_paid_cannot_be_taken_back(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    maya.presses("Approve")
    ada.presses("Withdraw the request")
    ada.sees("It is too late to withdraw it")
    assert the_request(desk).status == "approved"


def test_a_line_can_be_asked_for_again_once_the_first_request_is_settled(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    fills_in(maya, "Refuse…", reason="")
    asks(ada)
    assert [request.status for request in requests(desk)] == ["refused", "requested"]


def test_while_staff_and_the_customer_talk_a_message_stays_with_them(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    ada.says("my parcel is wet")
    maya.writes("> Oh no! What would you like?")
    desk.passes(seconds=11)
    ada.says("I want a refund for my order")
    maya.sees("I want a refund for my order")
    ada.does_not_see("What is the reason?")


# --- without staff ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "asking"), [("en", "I want a refund for my order"), ("zh", "我要退款")])
def test_a_small_request_of_a_customer_in_good_standing_is_paid_at_once(
    tmp_path: Path, language: str, asking: str
) -> None:
    with Rehearsal(tmp_path, with_rules(automatic=Amount(50))) as desk:
        ada, maya = known(desk, language=language), desk.staff("Maya")
        bought(desk, "NT-10022", days_ago=200)
        bought(desk, "NT-10023")
        ada.says(f"{asking} NT-10023")
        presses(ada, "refund.reason.changed_mind", language)
        presses(ada, "refund.send", language)
        assert the_request(desk).status == "approved"
        maya.sees("Paid without staff")
        shop_says(desk, "done")
        maya.sees("The shop paid.")
        assert the_request(desk).status == "paid"


def test_a_new_customer_and_a_large_amount_wait_for_staff(tmp_path: Path) -> None:
    with Rehearsal(tmp_path, with_rules(automatic=Amount(50))) as desk:
        ada = known(desk)
        bought(desk, "NT-10024")
        asks(ada)
        assert the_request(desk).status == "requested"
        bought(desk, "NT-10025", NewItem("BTS-1", 1, 50_01, "Boots"), days_ago=200, delivered_at=MORNING)
        ada.says("please refund order NT-10025")
        ada.presses("I changed my mind")
        ada.presses("Send the request")
        assert requests(desk)[-1].status == "requested"


# --- what becomes of the ticket -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "asking"), [("en", "please refund order"), ("de", "Bitte Geld zurück für")])
def test_a_refund_paid_without_staff_ends_its_ticket_and_nobody_is_asked_how_it_went(
    tmp_path: Path, language: str, asking: str
) -> None:
    with Rehearsal(tmp_path, with_rules(automatic=Amount(50))) as desk:
        ada, maya = known(desk, language=language), desk.staff("Maya")
        bought(desk, "NT-10022", days_ago=200)
        bought(desk, "NT-10023")
        ada.says(f"{asking} NT-10023")
        presses(ada, "refund.reason.changed_mind", language)
        presses(ada, "refund.send", language)
        assert (desk.ticket(1).status, desk.ticket(1).waiting_since) == ("open", None)
        shop_says(desk, "done")
        ticket = desk.ticket(1)
        assert (ticket.status, ticket.resolved_at, ticket.first_reply_at) == ("resolved", desk.time, None)
        maya.sees("The customer asked for nothing else: this ticket is resolved.")
        assert maya.card().buttons[0] == "Reopen"
        assert stats_are_right(desk)
        assert is_asked_how_it_went(desk) == []


def is_asked_how_it_went(desk: Rehearsal) -> list[int]:
    with desk.store.read() as connection:
        return [ticket for ticket, _ in surveys.due(connection, MORNING, desk.time, 10)]


def test_an_approved_refund_is_an_answer_and_its_payment_ends_the_ticket(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    desk.passes(minutes=5)
    maya.presses("Approve")
    ticket = desk.ticket(1)
    assert (ticket.status, ticket.waiting_since, ticket.first_reply_at) == ("pending", None, desk.time)
    shop_says(desk, "done")
    assert desk.ticket(1).status == "resolved"
    maya.sees("The customer asked for nothing else: this ticket is resolved.")
    assert is_asked_how_it_went(desk) == [1]
    ada.says("thanks")
    assert desk.ticket(1).status == "resolved"


@pytest.mark.parametrize(("language", "words"), [("en", "my other parcel is wet"), ("zh", "我的另一个包裹湿了")])
@pytest.mark.parametrize("is_approved", [True, False])
def test_who_wrote_meanwhile_still_waits_once_the_money_is_paid(
    desk: Rehearsal, language: str, words: str, is_approved: bool
) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    if is_approved:
        maya.presses("Approve")
    desk.passes(minutes=5)
    ada.says(words)
    wrote_at = desk.time
    desk.passes(minutes=5)
    if not is_approved:
        maya.presses("Approve")
    shop_says(desk, "done")
    assert (desk.ticket(1).status, desk.ticket(1).waiting_since) == ("open", wrote_at)
    maya.does_not_see("this ticket is resolved")
    maya.replies("Please send it back to us.")
    desk.passes(seconds=30)
    assert desk.ticket(1).waiting_since is None


@pytest.mark.parametrize("state", ["refused", "unknown"])
def test_money_that_does_not_come_is_somebodys_business_again_and_ends_the_ticket_once_it_was_paid(
    desk: Rehearsal, state: Literal["refused", "unknown"]
) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    maya.presses("Approve")
    desk.passes(minutes=5)
    shop_says(desk, state, reason="no such charge")
    assert (desk.ticket(1).status, desk.ticket(1).waiting_since) == ("open", desk.time)
    maya.presses("It was paid")
    assert desk.ticket(1).status == "resolved"


# --- nobody decides -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "asking"), [("en", "I want a refund for my order"), ("zh", "我要退款")])
def test_a_request_that_nobody_decides_expires(desk: Rehearsal, language: str, asking: str) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    bought(desk)
    ada.says(asking)
    presses(ada, "refund.reason.changed_mind", language)
    presses(ada, "refund.send", language)
    desk.passes(days=6, hours=23)
    the_clock_strikes(desk)
    assert the_request(desk).status == "requested"
    desk.passes(hours=1)
    the_clock_strikes(desk)
    assert the_request(desk).status == "expired"
    maya.sees("The request for order NT-10023 has expired")
    assert "NT-10023" in ada.screen[-1]
    assert stats_are_right(desk)
    before = len(ada.screen)
    desk.passes(minutes=15)
    the_clock_strikes(desk)
    assert len(ada.screen) == before


def test_a_press_after_the_time_comes_too_late_although_the_clock_did_not_strike(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    desk.passes(days=7)
    maya.presses("Approve")
    assert maya.was_whispered() == ["Too late: the request has expired."]
    assert the_request(desk).status == "expired"
    ada.sees("Nobody decided on your request")


def test_an_order_cancelled_while_the_customer_answers_ends_the_flow_honestly(desk: Rehearsal) -> None:
    ada = known(desk)
    order = bought(desk)
    ada.says("I want a refund for my order")
    ada.presses("I changed my mind")
    with desk.store.begin() as connection:
        set_status(connection, order, "cancelled")
    ada.presses("Send the request")
    ada.sees("Order NT-10023 was cancelled.")
    assert requests(desk) == []
