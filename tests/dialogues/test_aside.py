"""What a customer says in the middle of a flow beside its question: answered, and the question comes again; a person
who takes over sees what was answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.texts import text
from tests.dialogues.refunding import JACKET, PHOTO, SOCKS, bought, known, requests
from tests.dialogues.rehearsal import Customer, Rehearsal
from tests.dialogues.shop import linked
from tests.dialogues.test_knowledge import opened


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    with opened(tmp_path) as rehearsal:
        yield rehearsal


def in_refund(desk: Rehearsal, language: str = "en", asking: str = "I want a refund for my order") -> Customer:
    """At the question which of two lines it is about."""
    ada = known(desk, language=language)
    bought(desk, "NT-10023", JACKET, SOCKS)
    ada.says(asking)
    assert ada.screen[-1] == text("refund.which_item", language, order="NT-10023")
    return ada


@pytest.mark.parametrize(
    ("language", "asking", "courtesies"),
    [
        ("en", "I want a refund for my order", ("thanks", "hello", "thank you")),
        ("de", "Ich möchte mein Geld zurück", ("Danke", "Hallo", "Vielen Dank")),
        ("zh", "我要退款", ("谢谢", "你好", "谢谢")),
    ],
)
def test_courtesies_are_answered_and_the_question_comes_again(
    desk: Rehearsal, language: str, asking: str, courtesies: tuple[str, ...]
) -> None:
    ada = in_refund(desk, language, asking)
    for courtesy in courtesies:
        ada.says(courtesy)
        assert ada.screen[-1] == text("refund.which_item", language, order="NT-10023")
    ada.sees(text("thanks", language))
    assert desk.cards() == []
    ada.presses("Rain jacket")
    assert text("refund.more_items", language, items="1 × Rain jacket") in ada.screen[-1]


@pytest.mark.parametrize(
    ("language", "asking", "question", "answer"),
    [
        ("en", "I want a refund for my order", "How can I pay?", "Mastercard"),
        ("de", "Ich möchte mein Geld zurück", "Was kostet der Versand?", "kostet 4,90 €"),
    ],
)
def test_a_question_that_an_article_answers_is_answered_in_a_flow(
    desk: Rehearsal, language: str, asking: str, question: str, answer: str
) -> None:
    ada = in_refund(desk, language, asking)
    ada.says(question)
    assert answer in ada.screen[-2]
    assert ada.screen[-1] == text("refund.which_item", language, order="NT-10023")
    assert desk.cards() == []


def test_a_question_where_any_words_are_a_reason_is_none(desk: Rehearsal) -> None:
    ada = known(desk)
    bought(desk)
    ada.says("I want a refund for my order")
    ada.says("How can I pay?")
    ada.sees("Mastercard")
    assert ada.screen[-1] == text("refund.why", "en")
    ada.says("My daughter has the same one")
    ada.presses("Send the request")
    assert requests(desk)[0].reason == "other"


@pytest.mark.parametrize(("language", "asking"), [("en", "where is my order?"), ("de", "Wo ist meine Bestellung?")])
def test_where_an_order_is_is_told_in_a_flow(desk: Rehearsal, language: str, asking: str) -> None:
    ada = linked(desk, language=language, NT_1="paid")
    ada.says({"en": "cancel my order", "de": "Bitte meine Bestellung stornieren"}[language])
    question = ada.screen[-1]
    ada.says(asking)
    assert text("order.title", language, number="NT-1") in ada.screen[-2]
    assert ada.screen[-1] == question
    assert desk.cards() == []


def test_a_courtesy_between_two_misunderstandings_is_none_and_does_not_make_up_for_them(desk: Rehearsal) -> None:
    ada, maya = in_refund(desk), desk.staff("Maya")
    ada.says("hmm")
    ada.says("thanks")
    assert desk.cards() == []
    ada.says("whatever")
    maya.sees("whatever")


def test_who_is_asked_who_they_are_keeps_the_keys_when_they_say_hello(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("/link")
    keys = ada.keys
    ada.says("hello")
    assert ada.keys == keys
    assert keys
    assert ada.screen[-1] == ada.screen[0]


@pytest.mark.parametrize(
    ("language", "asking", "person"),
    [
        ("en", "I want a refund for my order", "I would like to speak to a human"),
        ("zh", "我要退款", "我要找人工客服"),
    ],
)
def test_a_person_who_takes_over_a_refund_sees_what_was_answered(
    desk: Rehearsal, language: str, asking: str, person: str
) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    order = bought(desk)
    ada.says(asking)
    ada.presses(text("refund.reason.damaged", language))
    ada.says("", PHOTO)
    ada.says(person)
    ticket = desk.ticket(1)
    assert (ticket.kind, ticket.order_id) == ("refund", order)
    maya.sees(
        "Asked for money back; answered so far\nOrder: NT-10023\nItems: 1 × Rain jacket\nReason: It arrived damaged"
    )
    maya.sees(asking)
    maya.sees("torn.jpg")


@pytest.mark.parametrize(
    ("language", "first", "then", "key"),
    [
        ("en", "please send me my invoice", "I want to cancel an order", "cancel_order.which"),
        ("zh", "发票能发给我吗", "我想取消订单", "cancel_order.which"),
        ("de", "Bitte meine Bestellung stornieren", "Ich brauche die Rechnung", "invoice.which"),
    ],
)
def test_another_wish_in_the_middle_of_a_flow_begins_another_flow(
    desk: Rehearsal, language: str, first: str, then: str, key: str
) -> None:
    ada = linked(desk, language=language, NT_1="paid", NT_2="paid")
    ada.says(first)
    ada.says(then)
    assert ada.screen[-1] == text(key, language)
    assert desk.cards() == []


def test_what_answers_the_question_is_no_other_wish(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid", NT_2="paid")
    ada.says("please send me an invoice")
    ada.says("the one of the order I want to cancel, NT-2")
    ada.sees("NT-2")
    assert "cancel" not in ada.screen[-1].lower()


@pytest.mark.parametrize(
    ("language", "asking", "complaint"),
    [
        ("en", "I want a refund for my order", "This is the worst shop, I am so disappointed with your awful service"),
        ("zh", "我要退款", "太差了！你们的服务态度极其恶劣，我要投诉！"),
    ],
)
def test_a_complaint_in_a_flow_is_a_complaint(desk: Rehearsal, language: str, asking: str, complaint: str) -> None:
    ada, maya = in_refund(desk, language, asking), desk.staff("Maya")
    ada.says(complaint)
    ticket = desk.ticket(1)
    assert (ticket.kind, ticket.order_id is not None) == ("complaint", True)
    maya.sees("answered so far")
    ada.sees(text("complaint.angry", language, ticket=1).splitlines()[0][:20])


def test_a_complaint_that_is_the_second_misunderstanding_is_a_complaint(desk: Rehearsal) -> None:
    ada, maya = in_refund(desk), desk.staff("Maya")
    ada.says("hmm")
    ada.says("This is the worst shop, I am disappointed with your awful service")
    assert desk.ticket(1).kind == "complaint"
    maya.sees("Order: NT-10023")
