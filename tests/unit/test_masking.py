"""Card numbers: none is left in a text, whatever way it is written; and nothing else is taken for one."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.masking import OwnNumbers, masked
from nlp.entities import DEFAULT_ORDER_PATTERNS

CARDS = (
    "4111111111111111",
    "4222222222222",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "6011111111111117",
    "3530111333300000",
    "30569309025904",
    "6304000000000000",
    "6212345678901232",
    "4000000000000000006",
    "2200000000000004",
)
SCRIPTS = (
    *("0123456789", "٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９", "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"),
    *("⁰¹²³⁴⁵⁶⁷⁸⁹", "〇一二三四五六七八九"),
)


def luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        twice = digit * 2 if place % 2 else digit
        total += twice - 9 if twice > 9 else twice
    return total % 10 == 0


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Any number whose last digit checks the others."""
    first = draw(st.text("0123456789", min_size=12, max_size=18))
    return next(first + last for last in "0123456789" if luhn(first + last))


def in_digits(text: str) -> str:
    return "".join(str(int(unicodedata.numeric(c))) if unicodedata.numeric(c, 99) < 10 else c for c in text)


#: words that hold no digit and nothing that could belong to a number
WORDS = st.text(st.characters(categories=("Ll", "Lo"), max_codepoint=0x24F), max_size=20)


@settings(deadline=None)
@given(numbers(), WORDS, WORDS)
def test_no_number_survives_that_stands_alone(number: str, before: str, after: str) -> None:
    told = masked(f"{before} {number} {after}")

    assert number not in told
    assert told == f"{before} {'•' * (len(number) - 4)}{number[-4:]} {after}"


@settings(deadline=None)
@given(numbers(), st.sampled_from((" ", "-", ".", "\xa0", " - ", "/", "\u200b", "  ", "\n")))
def test_no_number_survives_in_groups_of_four(number: str, sign: str) -> None:
    groups = [number[at : at + 4] for at in range(0, len(number), 4)]

    left = re.sub(r"\D", "", masked(f"card: {sign.join(groups)}, thanks"))

    # the first sixteen of nineteen digits may look like a number of their own
    assert left.endswith(number[-1:])
    assert len(left) <= 7


@settings(deadline=None)
@given(st.sampled_from(CARDS), st.lists(st.sampled_from(["", " ", "-", "."]), min_size=18, max_size=18))
def test_no_networks_number_survives_however_it_is_grouped(number: str, signs: list[str]) -> None:
    written = "".join(digit + sign for digit, sign in zip(number, [*signs[: len(number) - 1], ""], strict=True))

    assert number not in re.sub(r"\D", "", masked(f"it is {written}!"))


@settings(deadline=None)
@given(st.sampled_from(CARDS), st.sampled_from(SCRIPTS), st.sampled_from(["", " ", "-"]))
def test_no_number_survives_in_any_script(number: str, script: str, sign: str) -> None:
    groups = [number[at : at + 4] for at in range(0, len(number), 4)]
    written = sign.join(groups).translate({ord(str(digit)): script[digit] for digit in range(10)})

    told = masked(f"it is {written} ok")

    assert re.sub(r"\D", "", in_digits(told)) == number[-4:]


@settings(deadline=None)
@given(st.text())
def test_masking_again_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize("number", CARDS)
def test_every_number_here_is_one(number: str) -> None:
    assert luhn(number)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("4111 1111 1111 1111 exp 12/27 cvv 123", "•••• •••• •••• 1111 exp 12/27 cvv 123"),
        ("4111-1111-1111-1111 and 5555 5555 5555 4444", "••••-••••-••••-1111 and •••• •••• •••• 4444"),
        ("amex 3782 822463 10005", "amex •••• •••••• •0005"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "• • • • • • • • • • • • 1 1 1 1"),
        ("card4111111111111111", "card••••••••••••1111"),
        ("4️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣", "•️⃣•️⃣•️⃣•️⃣•️⃣•️⃣•️⃣•️⃣•️⃣•️⃣•️⃣•️⃣1️⃣1️⃣1️⃣1️⃣"),
        ("photo of 4111111111111111.jpg", "photo of ••••••••••••1111.jpg"),
        ("卡号：4111 1111 1111 1111。", "卡号：•••• •••• •••• 1111。"),
    ],
)
def test_as_people_write_them(text: str, told: str) -> None:
    assert masked(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "order NT-10023 of 3 May 2026, 49.90 EUR",
        "4111111111111112 is no card",
        "call +49 1512 3456786 or +55 11 91234 5674",
        "my IBAN is DE89 3704 0044 0532 0130 00",
        "pay to GB82WEST12345698765432",
        "parcel JJD000390007882132123 or 1Z999AA10123456784",
        "00340434161094042557 is twenty digits",
        "2026-03-02 09:30:45 and 2026-03-02 09:30:46",
        "10023, 10024, 10025, 10026",
        "1.234,50 + 2.345,60 = 3.580,10",
        "",
    ],
)
def test_what_is_no_card_is_left_alone(text: str) -> None:
    assert masked(text) == text


def test_every_telephone_number_of_a_country_is_left_alone() -> None:
    for last in range(100):
        text = f"call me at +49 151 234567{last:02}0, or +55 (11) 91234-56{last:02}"
        assert masked(text) == text


@settings(deadline=None)
@given(numbers())
def test_the_shops_own_numbers_are_left_alone(number: str) -> None:
    own = OwnNumbers.of(["NT-[0-9]{13,19}"], [rf"{number}"])

    assert masked(f"where is {number}?", own.spares) == f"where is {number}?"
    assert masked(f"where is nt-{number}?", own.spares) == f"where is nt-{number}?"


@settings(deadline=None)
@given(numbers())
def test_a_pattern_that_matches_any_number_spares_none(number: str) -> None:
    own = OwnNumbers.of(DEFAULT_ORDER_PATTERNS, [r"\d+", "[0-9]{4,}"])

    assert number not in masked(f"where is {number}?", own.spares)


def test_several_orders_in_a_row_are_no_card() -> None:
    own = OwnNumbers.of(["10[0-9]{5}"])
    lists = [f"1000{one:03} 1000{two:03}" for one in range(0, 1000, 37) for two in range(0, 1000, 41)]

    assert [masked(text, own.spares) for text in lists] == lists


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    text = "4111 " * 20_000 + "1 " * 50_000 + "9" * 50_000

    assert len(masked(text)) == len(text)
