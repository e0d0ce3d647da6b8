"""Things that are named by their number alone, in shops that write ids in other ways."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crm_store.question.grammar import Is, Question
from nlp.ask.outcomes import Unclear
from nlp.ask.reading import read
from nlp.ask.vocabulary import Shop

NOW, ZONE = datetime(2026, 6, 30, 12, tzinfo=UTC), ZoneInfo("UTC")


def shop(**numbered: tuple[tuple[str, int], ...]) -> Shop:
    return Shop(
        values={}, products={}, currency="EUR", units={"EUR": 100.0}, since=datetime(2025, 1, 1, tzinfo=UTC),
        numbered=numbered,
    )  # fmt: skip


DIGITS = shop(customer=(("#", 0),), order=(("#", 0),), ticket=(("#", 0),))
LETTERS = shop(customer=(("C#", 5),), order=(("ORD-#", 6),))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("orders of customer 4711", Is("customer", ("4711",))),
        ("how much has customer 4711 spent", Is("customer", ("4711",))),
        ("order 100234", Is("order", ("100234",))),
        ("order 100234 total", Is("order", ("100234",))),
        ("what was in order #100234", Is("order", ("100234",))),
        ("order no. 2025", Is("order", ("2025",))),
        ("orders #1001, #1002 and #1003", Is("order", ("1001", "1002", "1003"))),
        ("status of ticket 12", Is("ticket", ("12",))),
        ("客户4711的订单", Is("customer", ("4711",))),
        ("订单100234的金额", Is("order", ("100234",))),
        ("工单12的状态", Is("ticket", ("12",))),
    ],
)
def test_digits_behind_a_thing_are_its_id(text: str, named: Is) -> None:
    question = read(text, DIGITS, NOW, ZONE)
    assert isinstance(question, Question), question
    assert question.where == (named,)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("orders of customer 00431", Is("customer", ("C00431",))),
        ("order 000123", Is("order", ("ORD-000123",))),
        ("客户00431的订单", Is("customer", ("C00431",))),
    ],
)
def test_digits_are_written_as_the_shop_writes_ids(text: str, named: Is) -> None:
    question = read(text, LETTERS, NOW, ZONE)
    assert isinstance(question, Question), question
    assert question.where == (named,)


@pytest.mark.parametrize("text", ["orders of customer 431", "customer 431", "order number 12", "ticket 5"])
def test_a_number_that_no_id_has_is_asked_back(text: str) -> None:
    assert isinstance(read(text, LETTERS, NOW, ZONE), Unclear)


@pytest.mark.parametrize(
    "text", ["top 10 customers", "latest 5 orders", "10 latest orders", "订单最多的10个客户", "orders over 200"]
)
def test_a_number_that_counts_is_none(text: str) -> None:
    for words in (DIGITS, LETTERS):
        question = read(text, words, NOW, ZONE)
        assert isinstance(question, Question), question
        assert not any(isinstance(each, Is) for each in question.where)
