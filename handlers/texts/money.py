"""Amounts of money as a customer reads them."""

import re
from copy import copy
from decimal import Decimal
from functools import cache

from babel.numbers import NumberPattern

from crm_store.money import exponent
from handlers.texts import locale_of, spoken

#: a currency without a sign of its own, before the number
_CODE_BEFORE = re.compile(r"(?<=[A-Z])(?=[0-9])")


def money(minor: int, currency: str, language: str | None = None) -> str:
    """An amount of minor units (cents) as the speakers of a language write it. Raises `UnknownCurrency`.

    >>> money(123450, "EUR", "en"), money(1200, "JPY", "zh"), money(-1500, "KWD", "en")
    ('€1,234.50', 'JP¥1,200', '-KWD\xa01.500')
    >>> money(123450, "EUR", "de"), money(990, "BRL", "pt")
    ('1.234,50\xa0€', 'R$\xa09,90')
    """
    # Babel's decimal places are those of the coins in use; ours are those that the amount was counted in
    amount = Decimal(minor).scaleb(-exponent(currency))
    pattern = _pattern(spoken(language), exponent(currency))
    written: str = pattern.apply(amount, locale_of(language), currency=currency, currency_digits=False)
    return _CODE_BEFORE.sub("\N{NO-BREAK SPACE}", written)


@cache
def _pattern(language: str, places: int) -> NumberPattern:
    pattern: NumberPattern = copy(locale_of(language).currency_formats["standard"])
    pattern.frac_prec = (places, places)
    return pattern
