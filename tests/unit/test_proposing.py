"""What a language model is told, and what is taken from it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from crm_store.question.grammar import Is, Question
from nlp.ask.outcomes import Unclear, Unsupported
from nlp.ask.proposing import is_askable, may_propose, prompt, proposed
from nlp.ask.reading import read
from nlp.ask.saying import known_questions
from tests.unit.test_asking import NOW, SHOP, ZONE

GOLDEN = Path(__file__).parents[1] / "golden" / "questions" / "questions.jsonl"
WORDS = "which fancy people of germany are there"


def reply(**question: Any) -> str:
    return json.dumps(question)


def test_what_is_told_holds_the_words_and_no_customer() -> None:
    rules, words = prompt(WORDS, SHOP, NOW, ZoneInfo("Europe/Berlin"))
    assert words == {"role": "user", "content": WORDS}
    told = rules["content"]
    for known in ("net_revenue", "2026-06-30T14:00+02:00", "Europe/Berlin", "can't lose", "wrong size", '"did"'):
        assert known in told
    for untold in ('Berlin"', "Lyon", "maya", "SKU-001"):
        assert untold not in told


def test_a_question_of_the_grammar_is_taken_whatever_stands_around_it() -> None:
    found = proposed(
        "Sure!\n```json\n" + reply(measure="customers", where=[{"type": "is", "field": "country", "values": ["DE"]}])
        + "\n```",
        WORDS, SHOP, NOW, ZONE,
    )  # fmt: skip
    assert found == Question(measure="customers", where=(Is("country", ("DE",)),))


@pytest.mark.parametrize(
    "hostile",
    [
        "null",
        "",
        "no idea",
        "{" * 5_000 + "}",
        '{"measure": "customers"',
        reply(measure="profit"),
        reply(),
        reply(measure="customers", share=True, by="shoe size"),
        reply(subject="customers", limit=10**9),
        reply(subject="customers", order="name; DROP TABLE orders"),
        reply(measure="customers", where=[{"type": "is", "field": "email", "values": ["a"]}]),
        reply(measure="customers", where=[{"type": "is", "field": "country", "values": ["Atlantis"]}]),
        reply(measure="customers", where=[{"type": "is", "field": "country", "values": []}]),
        reply(measure="orders", where=[{"type": "is", "field": "customer", "values": ["C-1"]}]),
        reply(measure="orders", where=[{"type": "compare", "field": "name", "op": "gt", "value": 1}]),
        reply(measure="orders", where=[{"type": "compare", "field": "total", "op": "like", "value": 1}]),
        reply(measure="revenue", window={"start": "2026-02-30T00:00:00Z", "end": None}),
        reply(measure="revenue", window={"start": "2026-03-01T00:00:00", "end": None}),
        reply(measure="revenue", window={"start": "2026-03-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}),
        reply(measure="revenue", window={"start": "0001-03-01T00:00:00Z", "end": None}),
        reply(measure="customers", where=[{"type": "did", "event": "visits", "op": "lt", "value": 1e300}]),
        reply(measure="orders", where=[{"type": "compare", "field": "total", "op": "gt", "value": -1e300}]),
        reply(measure="orders", by="country", having=["ge", 1e300]),
        reply(
            measure="revenue",
            window={"start": "2026-03-01T00:00:00Z", "end": None},
            versus={"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z"},
        ),
        reply(measure="revenue", by="colour"),
        reply(measure="revenue", then="country"),
        reply(measure="revenue", growth=True),
        reply(measure="customers", where=[{"type": "did", "event": "orders", "where": [{"type": "or", "any": []}]}]),
        reply(measure="customers", where=[{"type": "is", "field": "consent", "values": [True]}] * 40),
    ],
)
def test_anything_else_is_not(hostile: str) -> None:
    assert proposed(hostile, WORDS, SHOP, NOW, ZONE) is None


def test_filters_inside_of_filters_end_somewhere() -> None:
    inner: dict[str, Any] = {"type": "is", "field": "consent", "values": [True]}
    for _ in range(8):
        inner = {"type": "not", "of": inner}
    assert proposed(reply(measure="customers", where=[inner]), WORDS, SHOP, NOW, ZONE) is None


def test_an_id_has_to_be_one_that_was_typed() -> None:
    one = reply(measure="orders", where=[{"type": "is", "field": "customer", "values": ["C-1"]}])
    assert proposed(one, "what about c-1, the fancy one", SHOP, NOW, ZONE) is not None
    assert proposed(one, "what about c-12, the fancy one", SHOP, NOW, ZONE) is None


def test_every_question_that_is_read_here_might_have_been_proposed() -> None:
    golden = [json.loads(line)["question"] for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    readings = {text: read(text, SHOP, NOW, ZONE) for text in (*known_questions(), *golden)}
    asked = {text: one for text, one in readings.items() if isinstance(one, Question)}
    assert len(asked) > 500
    assert [text for text, one in asked.items() if not is_askable(one, text, SHOP, NOW, ZONE)] == []
    for one in asked.values():
        assert msgspec.json.decode(msgspec.json.encode(one), type=Question) == one


def test_only_words_that_were_not_understood_and_name_nobody_are_sent() -> None:
    assert may_propose(Unclear("word", "fancy"), WORDS, SHOP)
    assert not may_propose(Unclear("time"), "revenue on february 30th", SHOP)
    assert not may_propose(Unclear("no_such", "C-99"), "orders of C-99", SHOP)
    assert not may_propose(Unsupported("secrets"), "card numbers please", SHOP)
    for personal in (
        "orders of ada@example.com",
        "who has 030 1234 5678",
        "what of 4111 1111 1111 1111",
        "what has Hugo Lindberg bought",
        "where is the stuff of Lindberg",
        "who lives in 17 Main Street",
        "what did Mr. lindberg order",
        "王女士买了什么",
        "南京路12号是谁",
    ):
        assert not may_propose(Unclear("word", "of"), personal, SHOP)
    for impersonal in ("how many fancy People of Germany", "Fancy people in Berlin this May"):
        assert may_propose(Unclear("word", "fancy"), impersonal, SHOP)
    assert not may_propose(Unclear("word", "x"), "x" * 501, SHOP)


def test_now_is_told_in_the_shops_own_time() -> None:
    rules = prompt(WORDS, SHOP, datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))[0]["content"]
    assert "2026-01-01T08:00+08:00" in rules
