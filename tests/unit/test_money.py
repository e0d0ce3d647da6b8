"""Money is exact: in and out of text, from one currency to another."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.money import (
    EXPONENTS,
    BadAmount,
    Rates,
    UnknownCurrency,
    exponent,
    format_minor,
    parse_minor,
)

AMOUNTS = st.integers(-(2**63) + 1, 2**63 - 1)
CURRENCIES = st.sampled_from(sorted(EXPONENTS))


@given(AMOUNTS, CURRENCIES)
def test_what_is_shown_is_read_again(amount: int, currency: str) -> None:
    shown = format_minor(amount, currency)
    sign = "-" if shown.startswith("-") else ""
    assert parse_minor(sign + shown.split(" ")[1].replace(",", ""), currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("105.72", "EUR", 10572),
        ("105.7", "EUR", 10570),
        ("105.", "EUR", 10500),
        (".5", "EUR", 50),
        ("0.0", "EUR", 0),
        ("-0", "EUR", 0),
        ("+3", "USD", 300),
        (" 7 ", "USD", 700),
        ("1.250000", "EUR", 125),
        ("80", "JPY", 80),
        ("80.00", "JPY", 80),
        ("1.234", "KWD", 1234),
        ("92233720368547758.07", "EUR", 2**63 - 1),
    ],
)
def test_amounts_are_read(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a decimal"),
        ("-", "not a decimal"),
        (".", "not a decimal"),
        ("1,234.50", "not a decimal"),
        ("1e3", "not a decimal"),
        ("NaN", "not a decimal"),
        ("١٢", "not a decimal"),
        ("1.234", "more than 2 decimal places"),
        ("92233720368547758.08", "too large"),
        ("9" * 400, "too large"),
    ],
)
def test_what_is_not_an_amount_says_why(text: str, why: str) -> None:
    with pytest.raises(BadAmount, match=why) as caught:
        parse_minor(text, "EUR")
    assert (caught.value.text, caught.value.currency) == (text, "EUR")


@given(st.decimals(-(10**9), 10**9, places=6), CURRENCIES)
def test_rounding_is_half_to_even(value: Decimal, currency: str) -> None:
    unit = Decimal(1).scaleb(-exponent(currency))
    expected = value.quantize(unit, ROUND_HALF_EVEN, Context(prec=40)).scaleb(exponent(currency))
    assert parse_minor(f"{value:f}", currency, rounded=True) == int(expected)


@given(AMOUNTS, CURRENCIES, CURRENCIES, st.decimals("0.000001", 1_000_000, places=6))
def test_conversion_is_exact_and_rounds_half_to_even(amount: int, base: str, currency: str, rate: Decimal) -> None:
    exact = Context(prec=80)
    in_units = exact.multiply(Decimal(amount).scaleb(-exponent(currency), exact), rate)
    expected = exact.quantize(in_units.scaleb(exponent(base), exact), Decimal(1))
    result = Rates(base, {currency: rate}).to_base(amount, currency)
    assert result == (amount if base == currency else int(expected))


def test_currencies_differ_in_their_decimals() -> None:
    rates = Rates("JPY", {"EUR": Decimal("160.5"), "KWD": Decimal(500)})
    assert (rates.to_base(100, "EUR"), rates.to_base(1000, "KWD")) == (160, 500)
    assert Rates("KWD", {"JPY": Decimal("0.002")}).to_base(3, "JPY") == 6


def test_halves_go_to_the_even_side() -> None:
    rates = Rates("EUR", {"USD": Decimal("0.5")})
    assert [rates.to_base(amount, "USD") for amount in (1, 3, 5, -1, -3)] == [0, 2, 2, 0, -2]


def test_a_currency_without_a_rate_is_named() -> None:
    with pytest.raises(UnknownCurrency, match="'USD': there is no rate to EUR") as caught:
        Rates("EUR", {}).to_base(1, "USD")
    assert caught.value.code == "USD"


def test_a_currency_nobody_has_is_named() -> None:
    for call in (
        lambda: exponent("XXX"),
        lambda: Rates("EUR", {"EURO": Decimal(1)}),
        lambda: Rates("euro", {}),
        lambda: format_minor(1, "eur"),
        lambda: parse_minor("1", ""),
    ):
        with pytest.raises(UnknownCurrency, match="not in ISO 4217"):
            call()


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_a_rate_is_a_positive_number(rate: str) -> None:
    with pytest.raises(ValueError, match="the rate of USD"):
        Rates("EUR", {"USD": Decimal(rate)})


def test_amounts_are_shown_in_simple_english_form() -> None:
    shown = [format_minor(123450, code) for code in ("EUR", "USD", "GBP", "JPY", "CHF", "KWD")]
    assert shown == ["€ 1,234.50", "$ 1,234.50", "£ 1,234.50", "¥ 123,450", "CHF 1,234.50", "KWD 123.450"]
    assert format_minor(-5, "EUR") == "-€ 0.05"


def test_exponents_are_those_of_iso_4217() -> None:
    assert len(EXPONENTS) > 170
    assert all(len(code) == 3 and code.isupper() for code in EXPONENTS)
    assert [exponent(code) for code in ("EUR", "JPY", "KWD", "CLF", "XOF", "MGA", "XCG")] == [2, 0, 3, 4, 0, 2, 2]
