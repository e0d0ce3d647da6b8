"""What customers think: asked once after a ticket, asked for a review after delivery, heard when they are unhappy."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from crm_store import customers, surveys
from crm_store.orders import NewItem, NewOrder, NewRefund, find_order, put_order, put_refund
from crm_store.reviews import NewReview, put_review
from crm_store.schema import Review, ReviewAspect
from handlers.events import Arrival, Slot
from tests.dialogues.rehearsal import MORNING, Customer, Rehearsal
from tests.dialogues.test_order_status import RATES, a_customer

_SOURCES: Iterator[int] = count()


def the_clock_strikes(desk: Rehearsal, job: str) -> None:
    slot = Slot(job, desk.time + timedelta(microseconds=next(_SOURCES)))
    desk.run(desk.app.receive([Arrival("clock", f"{job}@{slot.due.isoformat()}", f"job:{job}", slot)]))


def a_resolved_ticket(desk: Rehearsal, customer: Customer, words: str = "my parcel is wet") -> None:
    maya = desk.staff("Maya")
    customer.says(words)
    maya.replies("A new one is on its way.")
    desk.passes(minutes=1)
    maya.presses("Resolve")
    desk.passes(minutes=6)


# --- how did it go ------------------------------------------------------------------------------------------------


def test_a_customer_is_asked_once_how_it_went(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    a_resolved_ticket(desk, ada)
    the_clock_strikes(desk, "surveys")
    the_clock_strikes(desk, "surveys")
    assert [told for told in ada.screen if "How did we do?" in told] == [ada.screen[-1]]

    ada.presses("4 ")
    ada.sees("You gave us: 4")
    ada.does_not_see("How did we do?")
    ada.sees("add a sentence?")
    maya.sees("Ada rated the service: 4 / 5")
    assert desk.posts("alerts") == []

    ada.says("quick and friendly, thanks")
    ada.sees("passed it on")
    maya.sees("quick and friendly")
    with desk.store.read() as connection:
        assert surveys.comment(connection, desk.store.cipher, 1) == "quick and friendly, thanks"
        numbers = surveys.satisfaction(connection, MORNING, desk.time + timedelta(seconds=1))
        assert (numbers.asked, numbers.marks, numbers.satisfied, numbers.score) == (1, 1, 1, 1.0)

    maya.presses("Reopen")
    maya.presses("Resolve")
    desk.passes(minutes=6)
    the_clock_strikes(desk, "surveys")
    ada.does_not_see("How did we do?")


def test_a_low_mark_alerts_staff_with_what_was_said(desk: Rehearsal) -> None:
    ada = desk.customer("Ada", language="de")
    a_resolved_ticket(desk, ada, "die Lampe kam kaputt an, ich möchte mich beschweren")
    the_clock_strikes(desk, "surveys")
    ada.sees("Wie zufrieden sind Sie mit uns?")
    ada.presses("1 ")
    ada.sees("besser machen")
    (alert,) = desk.posts("alerts")
    assert alert.message.title == "An unhappy customer · ticket #1"

    ada.says("schlechter Service, das hat viel zu lange gedauert")
    (alert,) = desk.posts("alerts")
    assert alert.message.quote == "schlechter Service, das hat viel zu lange gedauert"
    ada.sees("dem Team weitergegeben")


def test_a_question_after_the_mark_is_no_comment(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    a_resolved_ticket(desk, ada)
    the_clock_strikes(desk, "surveys")
    ada.presses("5 ")
    ada.says("I want to return the blue jacket")
    ada.sees("opened your request #1 again")
    with desk.store.read() as connection:
        assert surveys.comment(connection, desk.store.cipher, 1) is None
    maya.does_not_see("Said beside the rating", 1)


def test_no_comment_is_fine(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    a_resolved_ticket(desk, ada)
    the_clock_strikes(desk, "surveys")
    ada.presses("5 ")
    ada.presses("No, thanks")
    ada.sees("All right")


def test_a_mark_counts_once_and_only_in_the_chat_that_was_asked(desk: Rehearsal) -> None:
    ada, eve = desk.customer("Ada"), desk.customer("Eve")
    a_resolved_ticket(desk, ada)
    the_clock_strikes(desk, "surveys")
    for ref in ("1:1", "1:9", "99:5", "x:5", "1", "9" * 40 + ":5"):
        desk.run(desk.app.console.press(eve.chat, "", "survey", ref))
    assert all("no longer works" in told for told in eve.screen)
    ada.presses("5 ")
    desk.run(desk.app.console.press(ada.chat, "", "survey", "1:1"))
    ada.sees("You gave 5 of 5 already")
    with desk.store.read() as connection:
        asked = surveys.survey(connection, 1)
    assert asked is not None
    assert asked.mark == 5


def test_a_mark_two_weeks_late_is_not_taken(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    a_resolved_ticket(desk, ada)
    the_clock_strikes(desk, "surveys")
    desk.passes(days=15)
    ada.presses("5 ")
    ada.sees("no longer works")


@pytest.mark.parametrize("why", ["nobody answered", "stop", "blocked", "goes on", "long ago"])
def test_nobody_is_asked(desk: Rehearsal, why: str) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    if why != "nobody answered":
        maya.replies("Sorry!")
        desk.passes(minutes=1)
    maya.presses("Resolve")
    if why == "stop":
        ada.says("/stop")
    if why == "blocked":
        ada.blocks()
    if why == "goes on":
        ada.says("and the second parcel is wet as well")
    desk.passes(days=3 if why == "long ago" else 0, minutes=10)
    the_clock_strikes(desk, "surveys")
    ada.does_not_see("How did we do?")


# --- reviews ------------------------------------------------------------------------------------------------------


def a_delivered_order(desk: Rehearsal, customer_id: int, number: str = "NT-10023", days_ago: int = 4) -> int:
    at = desk.time - timedelta(days=days_ago)
    order = NewOrder(
        number, customer_id, at - timedelta(days=2), "delivered", "EUR", 8_990,
        items=(NewItem("JKT-1", 1, 8_990, "Rain jacket"),), carrier="DHL", delivered_at=at,
    )  # fmt: skip
    with desk.store.begin() as connection:
        return put_order(connection, RATES, order)


def a_linked_customer(desk: Rehearsal, language: str = "en") -> tuple[int, Customer]:
    key, token = a_customer(desk)
    ada = desk.customer("Ada", language=language)
    ada.says(f"/start {token}")
    return key, ada


def a_review(desk: Rehearsal, key: int, stars: int, words: str, at: datetime, order: str | None = "NT-10023") -> None:
    with desk.store.begin() as connection:
        found = find_order(connection, order) if order else None
        told = NewReview(f"R-{at:%d%H%M}-{stars}", key, stars, at, "JKT-1", found.id if found else None, words)
        put_review(connection, desk.store.cipher, told)


def test_a_bad_review_opens_a_ticket_joined_to_its_order(desk: Rehearsal) -> None:
    key, ada = a_linked_customer(desk)
    order = a_delivered_order(desk, key)
    a_review(desk, key, 1, "The zip broke after a day, poor quality", desk.time)
    the_clock_strikes(desk, "reviews")

    ada.sees("sorry that you are not satisfied")
    ticket = desk.ticket(1)
    assert (ticket.kind, ticket.priority, ticket.order_id) == ("review", "high", order)
    assert ticket.intent is not None
    (shown,) = desk.staff("Maya").thread()
    assert shown.message.quote == "The zip broke after a day, poor quality"
    assert {fact.label: fact.value for fact in shown.message.facts}["Order"] == "NT-10023"
    with desk.store.read() as connection:
        sentiment, read_at, ticket_id = connection.execute(
            select(Review.sentiment, Review.read_at, Review.ticket_id)
        ).one()
        aspects = {
            row.aspect: row.sentiment for row in connection.execute(select(ReviewAspect.aspect, ReviewAspect.sentiment))
        }
    assert sentiment is not None
    assert sentiment < 0
    assert read_at == desk.time
    assert ticket_id == 1
    assert aspects["quality"] < 0

    the_clock_strikes(desk, "reviews")
    assert len(desk.cards()) == 1


def test_a_bad_review_that_is_changed_opens_no_second_ticket(desk: Rehearsal) -> None:
    key, _ = a_linked_customer(desk)
    a_delivered_order(desk, key)
    at = desk.time
    a_review(desk, key, 2, "poor quality", at)
    the_clock_strikes(desk, "reviews")
    desk.staff("Maya").presses("Resolve")
    desk.passes(minutes=10)
    a_review(desk, key, 2, "poor quality, and nobody answers", at)
    the_clock_strikes(desk, "reviews")
    assert len(desk.cards()) == 1
    assert [post.message.quote for post in desk.staff("Maya").thread() if post.message.quote] == [
        "poor quality",
        "poor quality, and nobody answers",
    ]


def test_a_bad_review_of_somebody_in_an_open_ticket_goes_into_its_thread(desk: Rehearsal) -> None:
    key, ada = a_linked_customer(desk)
    ada.says("my parcel is wet")
    a_review(desk, key, 1, "never again", desk.time, None)
    the_clock_strikes(desk, "reviews")
    assert len(desk.cards()) == 1
    desk.staff("Maya").sees("never again")


def test_a_bad_review_without_a_chat_still_becomes_a_ticket(desk: Rehearsal) -> None:
    key, _ = a_customer(desk)
    a_review(desk, key, 1, "never again", desk.time, None)
    the_clock_strikes(desk, "reviews")
    assert desk.ticket(1).conversation_id is None
    desk.staff("Maya").sees("never again")


def test_a_good_review_is_thanked_for_and_old_ones_trouble_nobody(desk: Rehearsal) -> None:
    key, ada = a_linked_customer(desk, "es")
    a_review(desk, key, 5, "me encanta, muy buena calidad", desk.time, None)
    a_review(desk, key, 1, "horrible", desk.time - timedelta(days=40), None)
    the_clock_strikes(desk, "reviews")
    ada.sees("¡Gracias por su opinión!")
    assert desk.cards() == []
    with desk.store.read() as connection:
        assert all(at is not None for at in connection.scalars(select(Review.read_at)))


def test_after_delivery_a_customer_is_asked_once_and_says_it_in_stars_and_words(desk: Rehearsal) -> None:
    key, ada = a_linked_customer(desk, "zh")
    order = a_delivered_order(desk, key)
    the_clock_strikes(desk, "review_requests")
    the_clock_strikes(desk, "review_requests")
    assert [told for told in ada.screen if "您觉得怎么样" in told] == [ada.screen[-1]]
    ada.presses("★★")
    ada.sees("订单 NT-10023：★★★★★")
    ada.says("质量很好，很喜欢")
    ada.sees("谢谢您的评价")
    the_clock_strikes(desk, "reviews")
    assert len([told for told in ada.screen if "谢谢您的评价" in told]) == 1
    assert desk.cards() == []
    with desk.store.read() as connection:
        row = connection.execute(select(Review.rating, Review.order_id, Review.sentiment)).one()
    assert (row.rating, row.order_id) == (5, order)
    assert row.sentiment > 0


def test_a_bad_review_in_the_chat_becomes_a_ticket(desk: Rehearsal) -> None:
    key, ada = a_linked_customer(desk)
    a_delivered_order(desk, key)
    the_clock_strikes(desk, "review_requests")
    desk.run(desk.app.console.press(ada.chat, "", "review", "1:1"))
    ada.presses("No, that is all")
    the_clock_strikes(desk, "reviews")
    assert desk.cards() == []  # there may be words to come
    desk.passes(minutes=11)
    the_clock_strikes(desk, "reviews")
    assert desk.ticket(1).kind == "review"
    desk.staff("Maya").sees("★☆☆☆☆")


def test_a_wish_after_the_stars_is_no_review(desk: Rehearsal) -> None:
    key, ada = a_linked_customer(desk)
    a_delivered_order(desk, key)
    the_clock_strikes(desk, "review_requests")
    ada.presses("★★★★")
    ada.says("can I speak to a person about my parcel please")
    assert len(desk.cards()) == 1
    with desk.store.read() as connection:
        assert connection.scalars(select(Review.text_sealed)).all() == [None]


def test_who_does_not_want_to_be_asked_is_not_asked_again(desk: Rehearsal) -> None:
    key, ada = a_linked_customer(desk)
    a_delivered_order(desk, key)
    the_clock_strikes(desk, "review_requests")
    ada.presses("Do not ask me again")
    ada.sees("I will not ask you again")
    with desk.store.read() as connection:
        assert customers.consents(connection, key)["surveys"] is False
    desk.passes(days=40)
    a_delivered_order(desk, key, "NT-10099")
    the_clock_strikes(desk, "review_requests")
    assert not any("NT-10099" in told for told in ada.screen)


@pytest.mark.parametrize("why", ["lately", "refund", "reviewed", "ticket", "long ago", "stranger"])
def test_no_review_is_asked_for(desk: Rehearsal, why: str) -> None:
    key, ada = a_linked_customer(desk)
    if why == "lately":
        a_delivered_order(desk, key, "NT-10001")
        the_clock_strikes(desk, "review_requests")
        desk.passes(days=10)
    order = a_delivered_order(desk, key, days_ago=30 if why == "long ago" else 4)
    if why == "refund":
        with desk.store.begin() as connection:
            put_refund(connection, RATES, NewRefund("F-1", order, 100, "EUR", "paid", desk.time))
    if why == "reviewed":
        a_review(desk, key, 4, "fine", desk.time)
    if why == "ticket":
        ada.says("my parcel is wet")
    if why == "stranger":
        bob = desk.customer("Bob")
        bob.says("hello")
        desk.run(desk.app.console.press(bob.chat, "", "review", f"{order}:5"))
        bob.sees("no longer works")
        return
    the_clock_strikes(desk, "review_requests")
    assert not any("NT-10023" in told for told in ada.screen)
