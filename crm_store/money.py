"""Money: integers of minor units (cents), their currency, and what they are worth in the shop's own.

Exponents are those of ISO 4217 (list one of SIX, the maintenance agency). All arithmetic is exact; where a result must
be rounded it is rounded half to even.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
    "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
    "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
    "YER ZAR ZMW ZWG "
    # withdrawn in the last years: histories still hold them
    "ANG BGN CUC HRK SLL ZWL"
)
_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"

#: decimal places by currency
EXPONENTS: Mapping[str, int] = {
    code: exponent for exponent, codes in ((2, _TWO), (0, _ZERO), (3, _THREE), (4, _FOUR)) for code in codes.split()
}
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_DECIMAL = re.compile(r"([+-]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?", re.ASCII)
#: what a column of the store holds
_LARGEST = 2**63 - 1


class UnknownCurrency(Exception):
    """A currency that ISO 4217 does not name, or for which the shop has no rate."""

    def __init__(self, code: str, why: str = "it is not in ISO 4217") -> None:
        super().__init__(f"unknown currency {code!r}: {why}")
        self.code = code
        self.why = why


class BadAmount(Exception):
    """A text that is not an amount of a currency."""

    def __init__(self, text: str, currency: str, why: str) -> None:
        super().__init__(f"{text!r} is not an amount of {currency}: {why}")
        self.text = text
        self.currency = currency
        self.why = why


def exponent(currency: str) -> int:
    """Decimal places of a currency. Raises `UnknownCurrency`.

    >>> exponent("EUR"), exponent("JPY"), exponent("KWD")
    (2, 0, 3)
    """
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


def parse_minor(text: str, currency: str, *, rounded: bool = False) -> int:
    """Decimal text ('1234.5', no thousands separators, no exponent) as minor units of a currency.

    More decimal places than the currency has are an error, or rounded half to even where `rounded` says so.
    Raises `UnknownCurrency` and `BadAmount`.

    >>> parse_minor("1234.5", "EUR"), parse_minor("-0.007", "KWD"), parse_minor("80.0", "JPY")
    (123450, -7, 80)
    >>> parse_minor("2.345", "EUR", rounded=True)
    234
    """
    places = exponent(currency)
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        raise BadAmount(text, currency, "it is not a decimal number")
    sign, whole, fraction = match.group(1), match.group(2), (match.group(3) or "").rstrip("0")
    if len(fraction) > places and not rounded:
        raise BadAmount(text, currency, f"it has more than {places} decimal places")
    digits = int(whole + fraction.ljust(places, "0") or "0")
    amount = _divide(digits, 10 ** max(0, len(fraction) - places))
    if amount > _LARGEST:
        raise BadAmount(text, currency, "it is too large")
    return -amount if sign == "-" else amount


def format_minor(amount: int, currency: str) -> str:
    """An amount for people, in simple English form. Raises `UnknownCurrency`.

    >>> format_minor(123450, "EUR"), format_minor(-5, "USD"), format_minor(1200, "JPY"), format_minor(1500, "KWD")
    ('€ 1,234.50', '-$ 0.05', '¥ 1,200', 'KWD 1.500')
    """
    places = exponent(currency)
    whole, fraction = divmod(abs(amount), 10**places)
    digits = f"{whole:,}.{fraction:0{places}d}" if places else f"{whole:,}"
    return f"{'-' if amount < 0 else ''}{_SYMBOLS.get(currency, currency)} {digits}"


@dataclass(frozen=True, slots=True)
class Rates:
    """What one unit of each currency is worth in the shop's own ('base') currency.

    Raises `UnknownCurrency` for a code outside ISO 4217, `ValueError` for a rate that is not a positive number.

    >>> rates = Rates("EUR", {"USD": Decimal("0.92"), "JPY": Decimal("0.0061")})
    >>> rates.to_base(1999, "USD"), rates.to_base(1000, "JPY"), rates.to_base(5, "EUR")
    (1839, 610, 5)
    """

    base: str
    units: Mapping[str, Decimal]
    #: minor base units a minor unit, as a fraction, by currency
    _ratios: Mapping[str, tuple[int, int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rates = {**self.units, self.base: Decimal(1)}
        object.__setattr__(self, "_ratios", {code: self._ratio(code, rate) for code, rate in rates.items()})

    def to_base(self, amount: int, currency: str) -> int:
        """Minor units of a currency as minor units of the base, rounded half to even. Raises `UnknownCurrency`."""
        if currency == self.base:
            return amount
        try:
            numerator, denominator = self._ratios[currency]
        except KeyError:
            raise UnknownCurrency(currency, f"there is no rate to {self.base}") from None
        return _divide(amount * numerator, denominator)

    def _ratio(self, code: str, rate: Decimal) -> tuple[int, int]:
        if not (rate.is_finite() and rate > 0):
            raise ValueError(f"the rate of {code} is {rate}, not a positive number")
        numerator, denominator = rate.as_integer_ratio()
        return numerator * 10 ** exponent(self.base), denominator * 10 ** exponent(code)


def _divide(numerator: int, denominator: int) -> int:
    """The quotient, rounded half to even; the denominator is positive."""
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1))
