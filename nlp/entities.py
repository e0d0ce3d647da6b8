"""What a text names: orders, parcels, articles, amounts, dates, e-mails, phones. And card numbers, to be masked.

Each kind is found by its own expression, in an order that settles disputes: what an earlier one took, a later one does
not see. Every repetition is bounded or begins at a boundary, so the time grows with the length of the text alone.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from nlp.meaning import Amount, Entities

T = TypeVar("T")

#: the shape of an order id when the shop does not say: up to three letters, then at least four digits
DEFAULT_ORDER_PATTERNS: Final = (r"[A-Z]{0,3}-?\d{4,}",)


class BadPattern(ValueError):
    """A shop's pattern of order ids, tracking numbers or articles is not a regular expression."""

    def __init__(self, pattern: str, why: str) -> None:
        super().__init__(f"the pattern {pattern!r} is not a regular expression: {why}")
        self.pattern = pattern


@dataclass(frozen=True, slots=True)
class Patterns:
    """What a shop's own numbers look like: regular expressions, each matching a whole one. Raises `BadPattern`."""

    orders: tuple[str, ...] = DEFAULT_ORDER_PATTERNS
    #: beside the shapes of the large couriers
    tracking: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for pattern in (*self.orders, *self.tracking, *self.skus):
            try:
                re.compile(pattern)
            except re.error as error:
                raise BadPattern(pattern, str(error)) from error


def find(text: str, patterns: Patterns = Patterns()) -> Entities:
    """What the text names. A date that can be read both ways is read day first.

    >>> found = find("Order #NT-10234 of 3 May 2026 cost 1.234,50 €, call +49 151 555 0199")
    >>> found.order_ids, found.dates, found.amounts[0].value, found.phones
    (('NT-10234',), ('2026-05-03',), Decimal('1234.50'), ('+491515550199',))
    """
    sheet = _Sheet(unicodedata.normalize("NFKC", text))
    emails = sheet.take(EMAIL, lambda match: match[0])
    sheet.take(_LINK, lambda match: match[0])
    cards = list(_cards(sheet.text))
    shown = [(start, masked(sheet.text[start:end])) for start, end in cards]
    sheet.blank(iter(cards))
    sheet.take(_IBAN, _iban)
    sheet.take(_TAX_NUMBER, lambda match: match[0])
    amounts = sheet.take(_AMOUNT, _amount)
    tracking = sheet.take(_ANNOUNCED_PARCEL, _announced_parcel)
    orders = sheet.take(_ANNOUNCED_ORDER, lambda match: _spelt(match["said"], patterns.orders))
    skus = sheet.take(_ANNOUNCED_SKU, lambda match: _sku(match["said"], patterns.skus))
    if patterns.tracking:
        tracking += sheet.take(_TOKEN, lambda match: _spelt(match["said"], patterns.tracking))
    if patterns.skus:
        skus += sheet.take(_TOKEN, lambda match: _spelt(match["said"], patterns.skus))
    tracking += sheet.take(_PARCEL, lambda match: match[0].replace(" ", "").upper())
    dates = [found for pattern in _DATES for found in sheet.take(pattern, _date)]
    phones = sheet.take(_PHONE, _phone)
    sheet.take(_POSTCODE, lambda match: match[0])
    orders += sheet.take(_TOKEN, lambda match: _bare_order_id(match, patterns.orders))
    return Entities(
        _said(orders),
        _said(tracking),
        _said(amounts),
        _said(dates),
        _said(emails),
        _said(phones),
        skus=_said(skus),
        cards=_said(shown),
    )


def masked(text: str) -> str:
    """The text with every card number's digits but the last four replaced.

    >>> masked("my card 4111 1111 1111 1111 was charged")
    'my card •••• •••• •••• 1111 was charged'
    """
    for start, end in _cards(text):
        hidden = text[start:end]
        rest = [at for at, letter in enumerate(hidden) if letter.isdecimal()][-4]
        text = text[:start] + re.sub(r"\d", "•", hidden[:rest]) + hidden[rest:] + text[end:]
    return text


@dataclass(slots=True)
class _Sheet:
    """A text from which what was found is blanked out."""

    text: str

    def take(self, pattern: re.Pattern[str], meaning: Callable[[re.Match[str]], T | None]) -> list[tuple[int, T]]:
        """Where and what the pattern finds, leaving out what `meaning` knows better (None)."""
        found = [(match, meaning(match)) for match in pattern.finditer(self.text)]
        taken = [(match, value) for match, value in found if value is not None]
        self.blank(match.span() for match, _ in taken)
        return [(match.start(), value) for match, value in taken]

    def blank(self, spans: Iterator[tuple[int, int]]) -> None:
        pieces, end = [], 0
        for start, stop in spans:
            pieces += [self.text[end:start], "\0" * (stop - start)]
            end = stop
        self.text = "".join([*pieces, self.text[end:]])


def _said(found: list[tuple[int, T]]) -> tuple[T, ...]:
    """The values in the order of the text, each once."""
    return tuple(dict.fromkeys(value for _, value in sorted(found, key=lambda place: place[0])))


# --- e-mails, links, cards ----------------------------------------------------------------------------------------

EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_LINK = re.compile(r"(?<![A-Za-z])(?:https?://|www\.)[^\s<>\"]+")
_DIGIT_RUN = re.compile(r"\d(?:[ -]?\d){12,}")
_CARD_LENGTHS = range(19, 12, -1)
#: how the numbers of the card networks begin, and their lengths (ISO/IEC 7812 ranges as the networks publish them)
_NETWORKS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}|(?:5[06-8]|6[0-9])\d{10,17}"
)


def _cards(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers stand, from the left."""
    for run in _DIGIT_RUN.finditer(text):
        yield from _cards_of_run(run[0], run.start())


def _cards_of_run(run: str, offset: int) -> Iterator[tuple[int, int]]:
    places = [at for at, letter in enumerate(run) if letter.isdecimal()]
    digits = "".join(str(int(run[at])) for at in places)
    first = 0
    while first < len(digits) - 12:
        length = _card_length(run, places, digits, first)
        if length:
            yield offset + places[first], offset + places[first + length - 1] + 1
        first += length or 1


def _card_length(run: str, places: list[int], digits: str, first: int) -> int:
    """The digits of the card that begins here, 0 when none does. A card begins and ends with a group of digits."""
    if first and places[first - 1] == places[first] - 1:
        return 0
    for length in _CARD_LENGTHS:
        last = first + length - 1
        ends = last == len(digits) - 1 or (last < len(digits) and places[last + 1] > places[last] + 1)
        if ends and _is_card(digits[first : last + 1]):
            return length
    return 0


_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])")
_TAX_NUMBER = re.compile(
    r"(?<![A-Za-z])(?:vat|uid|ust-?id(?:-?nr)?|tva|nif|cif|nip|btw|cnpj|税号)(?:[ .:#-]|number|no|id|nr|is){0,6}"
    r"[A-Z]{0,3}[0-9]{6,14}(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def _iban(match: re.Match[str]) -> str | None:
    """The account number, if its check digits are right (ISO 13616: the rest modulo 97 is 1)."""
    letters = match[0].replace(" ", "")
    turned = "".join(str(int(letter, 36)) for letter in letters[4:] + letters[:4])
    return letters if int(turned) % 97 == 1 else None


def _is_card(digits: str) -> bool:
    """Whether the number is of a card network and its check digit is right (Luhn, ISO/IEC 7812-1 annex B)."""
    if not _NETWORKS.fullmatch(digits):
        return False
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    total = sum(map(int, digits[-1::-2])) + sum(twice - 9 if twice > 9 else twice for twice in doubled)
    return total % 10 == 0


# --- amounts ------------------------------------------------------------------------------------------------------

_CURRENCIES: Final = {
    **dict.fromkeys(("€", "eur", "euro", "euros", "欧元"), "EUR"),
    **dict.fromkeys(("$", "us$", "usd", "dollar", "dollars", "bucks", "dólares", "美元", "美金"), "USD"),
    **dict.fromkeys(("£", "gbp", "pound", "pounds", "quid", "libras", "英镑"), "GBP"),
    **dict.fromkeys(("¥", "cny", "rmb", "yuan", "元", "块", "人民币"), "CNY"),
    **dict.fromkeys(("r$", "brl", "reais"), "BRL"),
    **dict.fromkeys(("zł", "pln", "zloty", "złoty", "złotych"), "PLN"),
    **dict.fromkeys(("chf", "franken"), "CHF"),
    **{code: code.upper() for code in ("jpy", "cad", "aud", "sek", "nok", "dkk", "czk", "huf", "inr", "mxn", "hkd")},
}
_NUMBER = r"(?:[0-9]{1,3}(?:[.,'\u2019 \u00a0\u202f][0-9]{3}){1,3}(?:[.,][0-9]{1,2})?|[0-9]{1,9}(?:[.,][0-9]{1,2})?)"
_NAMES = "|".join(sorted(map(re.escape, _CURRENCIES), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![^\W\d_])(?P<before>{_NAMES})[ \u00a0]?(?P<first>{_NUMBER})(?:,-|\.-)?(?![0-9]|[.,][0-9])"
    rf"|(?<![0-9A-Za-z#])(?<![0-9A-Za-z][.,-])(?P<second>{_NUMBER})(?:,-|\.-|,–)?[ \u00a0\u202f]?(?P<after>{_NAMES})"
    r"(?![A-Za-zÀ-ÿ0-9])",
    re.IGNORECASE,
)


def _amount(match: re.Match[str]) -> Amount:
    currency = _CURRENCIES[_folded(match["before"] or match["after"])]
    return Amount(_number(match["first"] or match["second"]), currency)


def _folded(name: str) -> str:
    """Small letters; Turkish ones count as i, as they do for an expression that ignores case."""
    return name.replace("İ", "i").replace("ı", "i").lower()


def _number(written: str) -> Decimal:
    """A number with either separator for decimals: one or two digits after the last one are decimals.

    >>> [str(_number(text)) for text in ("1.234,50", "1,234.5", "49", "1.234", "0,99")]
    ['1234.50', '1234.5', '49', '1234', '0.99']
    """
    decimals = re.search(r"[.,]([0-9]{1,2})$", written)
    whole = re.sub(r"[^0-9]", "", written[: decimals.start()] if decimals else written)
    return Decimal(f"{whole}.{decimals[1]}" if decimals else whole)


# --- orders and parcels -------------------------------------------------------------------------------------------

#: what may stand between the word "order" and its number
_FILLER = (
    r"(?:[\s:#.=°º*(\"'-]|number|numbers|nummer|numero|número|numéro|num|nr|no|n|id|code|ref|reference"
    r"|is|was|ist|lautet|est|es|é|编号|号码|号|是|为){0,8}"
)
_ORDER_WORDS = (
    r"order|orders|purchase|bestell\w{0,9}|auftrag\w{0,9}|commande|achat|pedido|encomenda|compra|bestelling"
    r"|zamówieni\w|订单|订单编?号|单号"
)
_PARCEL_WORDS = (
    r"tracking|tracking code|consignment|sendung\w{0,9}|paketnummer|suivi|seguimiento|rastre\w{0,8}|localizador"
    r"|快递单号?|运单号?|物流单号?"
)
_ID = r"(?P<said>[A-Za-z0-9][A-Za-z0-9_-]{2,38})(?![A-Za-z0-9_]|[.,/-][0-9])"
_ANNOUNCED_ORDER = re.compile(rf"(?<![A-Za-z])(?:{_ORDER_WORDS}){_FILLER}(?<![A-Za-z0-9]){_ID}", re.IGNORECASE)
_ANNOUNCED_PARCEL = re.compile(rf"(?<![A-Za-z])(?:{_PARCEL_WORDS}){_FILLER}(?<![A-Za-z0-9]){_ID}", re.IGNORECASE)
#: the shapes of UPS, the Universal Postal Union (S10), DHL and others: two to four letters and digits, or many digits
_PARCEL = re.compile(
    r"(?<![A-Za-z0-9-])(?:1Z[0-9A-Z]{16}|[A-Z]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3} ?[A-Z]{2}|[A-Z]{2,4}[0-9]{10,20}"
    r"|[0-9]{18,24})(?![A-Za-z0-9-])"
)
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9_/+-])(?<![0-9][.,:])(?P<hash>#?)(?P<said>[A-Za-z0-9][A-Za-z0-9_-]{2,38})"
    r"(?![A-Za-z0-9_]|[.,:/-][0-9])"
)
_SKU_WORDS = (
    r"sku|article|item (?:no|number|nr|id)|artikel\w{0,8}|art\.?-?nr|artículo|articulo|artigo"
    r"|货号|款号|商品编?号|商品id"
)
_ANNOUNCED_SKU = re.compile(rf"(?<![A-Za-z])(?:{_SKU_WORDS}){_FILLER}(?<![A-Za-z0-9]){_ID}", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_UNIT = re.compile(
    r" ?(?:mm|cm|m|km|miles|g|kg|lbs?|ml|l|mah|wh|watts?|%|mal|times|x|people|pieces|pcs|stück|毫米|米|毫安|个|件|次)"
    r"(?![A-Za-z])",
    re.IGNORECASE,
)


def _sku(token: str, patterns: tuple[str, ...]) -> str | None:
    """An article that is announced: of the shop's patterns, else with some digits in it."""
    return _spelt(token, patterns) or (token.upper() if not patterns and sum(map(str.isdigit, token)) >= 3 else None)


def _spelt(token: str, patterns: tuple[str, ...]) -> str | None:
    """The number in the shop's spelling (`nt-10234` is `NT-10234` where the shop writes capitals)."""
    spellings = (token, token.upper(), token.lower())
    return next((way for way in spellings for pattern in patterns if re.fullmatch(pattern, way)), None)


def _bare_order_id(match: re.Match[str], patterns: tuple[str, ...]) -> str | None:
    """An order id that nothing announces: not a year, not a measure."""
    token = match["said"]
    if not match["hash"] and (_YEAR.fullmatch(token) or _UNIT.match(match.string, match.end())):
        return None
    return _spelt(token, patterns)


def _announced_parcel(match: re.Match[str]) -> str | None:
    token = match["said"].upper()
    return token if len(token) >= 8 and sum(map(str.isdigit, token)) >= 6 else None


# --- dates --------------------------------------------------------------------------------------------------------

_MONTH_NAMES: Final = (
    "january jan januar jänner janvier janv enero ene janeiro",
    "february feb februar février févr fevrier febrero fevereiro fev",
    "march mar märz maerz mars marzo março marco",
    "april apr avril avr abril abr",
    "may mai mayo maio",
    "june jun juni juin junio junho",
    "july jul juli juillet juil julio julho",
    "august aug août aout agosto ago",
    "september sept sep septembre septiembre setembro set",
    "october oct oktober okt octobre octubre outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre diciembre dic dezembro",
)
_MONTHS: Final = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_MONTH = r"(?P<name>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")(?![A-Za-zÀ-ÿ])\.?"
_YEAR_AFTER = r"(?:,? (?:de |del )?(?P<year>(?:19|20)[0-9]{2})(?![0-9]))?"
_ALONE = r"(?<![0-9A-Za-zÀ-ÿ.,/-])"
_DATES = (
    re.compile(
        _ALONE + r"(?P<year>(?:19|20)[0-9]{2})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
        r"(?![0-9-])"
    ),
    re.compile(
        _ALONE + r"(?P<day>[0-9]{1,2})(?P<mark>[./-])(?P<month>[0-9]{1,2})(?P=mark)"
        r"(?P<year>(?:19|20)[0-9]{2}|(?<!-)[0-9]{2})(?![0-9/-]|[.,][0-9])"
    ),
    re.compile(
        r"(?:(?<![0-9])(?P<year>(?:19|20)[0-9]{2}) ?年 ?)?"
        r"(?<![0-9])(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?[日号]"
    ),
    re.compile(
        _ALONE + r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|º|\.)? (?:of |de )?" + _MONTH + _YEAR_AFTER, re.IGNORECASE
    ),
    re.compile(
        _ALONE + _MONTH + r" (?:the )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?![0-9A-Za-z%€$£]|[:.,][0-9])" + _YEAR_AFTER,
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![A-Za-z])(?:am|vom|bis|zum|ab|den|dem|seit) (?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?![0-9])",
        re.IGNORECASE,
    ),
)
#: stands for the year of a date without one while it is checked: a leap year, so that 29 February is a date
_LEAP: Final = 2000


def _date(match: re.Match[str]) -> str | None:
    """ISO 8601, without the year where none is said; None for a day that no calendar has."""
    parts = match.groupdict()
    month = int(parts["month"]) if parts.get("month") else _MONTHS[_folded(parts["name"])]
    day, year = int(parts["day"]), parts.get("year")
    if month > 12 and parts.get("mark"):
        day, month = month, day
    try:
        found = date(int(year) if year and len(year) == 4 else _LEAP + int(year or 0), month, day)
    except ValueError:
        return None
    return found.isoformat() if year else found.isoformat()[5:]


# --- phones and postcodes -----------------------------------------------------------------------------------------

_PHONE = re.compile(
    r"""(?<![A-Za-z0-9+\#_-])(?<![0-9][.,])(?:
        (?:\+|00)[1-9][0-9]{0,2}(?:[ ./()-]{0,2}[0-9]){6,12}       # international
      | \(0?[0-9]{2,5}\)[ ]?[0-9](?:[ ./-]?[0-9]){5,9}            # (11) 91234-5678
      | 0[1-9][0-9]{0,4}(?:[ ./-]?[0-9]){6,10}                    # national, with the trunk zero
      | [2-9][0-9]{2}[ .-][0-9]{3}[ .-][0-9]{4}                   # North America
      | [6-9][0-9]{2}[ ][0-9]{3}[ ][0-9]{3}                       # Spain, Poland
      | 1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}                     # China
      | (?:(?<=phone[ ])|(?<=phone:[ ])|(?<=tel[ ])|(?<=tel:[ ])|(?<=tel.[ ])|(?<=mobile[ ])|(?<=number[ ]is[ ])
         |(?<=call[ ])|(?<=call[ ]me[ ]on[ ])|(?<=call[ ]me[ ]at[ ])|(?<=whatsapp[ ])|(?<=Handy[ ])|(?<=Telefon[ ])
         |(?<=电话)|(?<=手机)|(?<=手机号))[0-9](?:[ ./-]?[0-9]){6,14}  # announced
    )(?![A-Za-z0-9_]|[-,.][0-9])""",
    re.VERBOSE,
)
#: only taken so that they are not mistaken for orders
_POSTCODE = re.compile(
    r"""(?<![A-Za-z0-9\#_-])(?:
        (?i:plz|postcode|post[ ]code|postal[ ]code|zip(?:[ ]code)?|postleitzahl|code[ ]postal|c[óo]digo[ ]postal|cep
            |邮编)[ :]{0,3}[A-Za-z0-9-]{3,10}
      | (?:AL|AK|AZ|AR|CA|CO|CT|DC|DE|FL|GA|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD|ME|MI|MN|MO|MS|MT|NC|ND|NE|NH
            |NJ|NM|NV|NY|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VA|VT|WA|WI|WV|WY)[ ][0-9]{5}(?:-[0-9]{4})?
      | (?:(?:D|DE|A|AT|CH|F|FR|E|ES|P|PT|B|BE|NL|L|I|IT|PL|DK|S|SE)-)[0-9]{4,5}(?=[ ][A-ZÀ-Þ])
      | (?:(?<=,[ ])|(?<=\n)|(?<=[ ]in[ ])|(?<=[ ]to[ ])|(?<=nach[ ])|(?<=[ ][àa][ ])|(?<=[ ]em[ ]))
            [0-9]{4,5}(?=[ ][A-ZÀ-Þ])
      | [0-9]{4,5}(?=[ ][A-ZÀ-Þ][A-Za-zÀ-ÿ]{1,30}(?:$|[\n,.;!)]))
      | [0-9]{4}[ ]?[A-Z]{2}(?=[ ,\n][ ]?[A-Z])
      | [0-9]{5}-[0-9]{3,4} | [0-9]{4}-[0-9]{3}
    )(?![A-Za-z0-9_-])""",
    re.VERBOSE,
)


def _phone(match: re.Match[str]) -> str | None:
    digits = re.sub(r"[^0-9]", "", match[0])
    if not 7 <= len(digits) <= 15:
        return None
    return "+" + digits if match[0].startswith("+") else digits
