"""Money as a customer reads it."""

from decimal import Decimal

from babel.numbers import format_currency

from crm_store.money import exponent
from handlers.texts import spoken


def money(minor: int, currency: str, language: str | None) -> str:
    """An amount in minor units, written as in a language. Raises `UnknownCurrency`.

    >>> money(123450, "EUR", "en"), money(1200, "JPY", "en"), money(500, "GBP", "zh")
    ('€1,234.50', '¥1,200', '£5.00')
    """
    places = exponent(currency)
    amount = Decimal(minor).scaleb(-places)
    return format_currency(amount, currency, locale=spoken(language), currency_digits=True)
