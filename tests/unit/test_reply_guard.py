"""The reply guard: silent on ordinary replies, and right about bad ones, in six languages and with either reader."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crm_store.composing import Composer
from crm_store.money import Rates
from crm_store.orders import OrderView
from handlers.staff import guard
from handlers.staff.checks import CHECKS
from nlp.keywords import KeywordReader
from nlp.meaning import Reader
from nlp.models import Making, open_reader

GOLDEN = Path(__file__).parent.parent / "golden" / "replies"
RATES = Rates("EUR", {"USD": Decimal("0.92")})
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER = OrderView(1, "NT-1", 1, NOON, "paid", "EUR", 250_00, None, None, None, ())


def rows(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(params=["trained", "keywords"], scope="module")
def reader(request: pytest.FixtureRequest, models: Path) -> Reader:
    return KeywordReader() if request.param == "keywords" else open_reader(Making(models), print)


def facts(words: str, language: str, reader: Reader, **other: object) -> guard.Facts:
    reading = reader.read(words)
    known: dict[str, object] = {
        "words": words,
        "language": guard.sure_language(reading),
        "expected": frozenset({language}),
        "entities": reading.entities,
        "others": (),
        "order": ORDER,
        "limit": 100_00,
        "rates": RATES,
        "shop": "NORTHERN TRAIL OUTFITTERS",
        "answered": (),
        "macro": None,
        "checks": frozenset(CHECKS),
        "zone": ZoneInfo("UTC"),
    }
    return guard.Facts(**{**known, **other})  # type: ignore[arg-type]


def test_ordinary_replies_are_never_warned_about(reader: Reader) -> None:
    ordinary = rows("ordinary.csv")
    warned = [
        (row["reply"], found)
        for row in ordinary
        if (found := guard.decide(facts(row["reply"], row["language"], reader)))
    ]
    assert len(ordinary) >= 60
    assert warned == []


def test_bad_replies_are_warned_about_for_what_is_bad_in_them(reader: Reader) -> None:
    missed = [
        row
        for row in rows("bad.csv")
        if row["check"] not in {r.check for r in guard.decide(facts(row["reply"], row["language"], reader))}
    ]
    assert missed == []


def test_all_reasons_are_told_at_once() -> None:
    words = "[NAME], PLEASE BE PATIENT: we refund 400 EUR to your card 4111 1111 1111 1111."
    found = guard.decide(facts(words, "en", KeywordReader(), others=("NT-7",), answered=(Composer(2, "Tom", NOON),)))
    assert [reason.check for reason in found] == ["answered", "others_data", "card", "variable", "promise", "shouting"]
    assert found[0].sentence == "Tom answered at 12:00, while this was written."
    assert "4111 1111" not in found[2].sentence


def test_without_a_limit_nothing_is_promised_too_much() -> None:
    assert guard.decide(facts("We will refund you 90000 EUR.", "en", KeywordReader(), limit=None)) == ()


def test_another_currency_is_compared_at_its_rate() -> None:
    assert guard.promise("We refund you 108 USD.", 100_00, RATES) is None
    assert guard.promise("We refund you 109 USD.", 100_00, RATES) is not None


def test_a_check_that_is_switched_off_finds_nothing() -> None:
    words = "PLEASE READ OUR TERMS before you write again."
    assert guard.decide(facts(words, "en", KeywordReader(), checks=frozenset({"card"}))) == ()
