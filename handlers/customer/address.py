"""Postal addresses as people type them: what of one message is street, town and country, and what is no answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from babel import Locale

from crm_store.countries import BY_NAME, CODES
from handlers.texts import LANGUAGES, spoken

#: the longest line of an address, and the longest postcode
_LINE, _POSTCODE = 100, 12
#: 10115, D-10115, 1000-001, 1012 AB; SW1A 1AA; K1A 0B1
_ANY_POSTCODE = (
    r"(?:[A-Z]{1,2}-)?\d{3,6}(?:-\d{3,4})?(?:\s?[A-Z]{2}(?=\s|$))?"
    r"|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}"
    r"|[A-Z]\d[A-Z]\s?\d[A-Z]\d"
)
#: 10115 Berlin, 1012 AB Amsterdam, 1000-001 Lisboa
_CODE_FIRST = re.compile(rf"(?P<postcode>{_ANY_POSTCODE})\s+(?P<city>[^\d\s].*)", re.IGNORECASE)
#: Springfield IL 62704
_STATE = re.compile(r"(?P<city>\D+?)\s+(?P<region>[A-Z]{2})\s+(?P<postcode>\d{5}(?:-\d{4})?)")
#: London SW1A 1AA, 北京 100000
_CODE_LAST = re.compile(rf"(?P<city>[^\d\s]\D*?)\s*(?P<postcode>{_ANY_POSTCODE})", re.IGNORECASE)
_CODE_ALONE = re.compile(_ANY_POSTCODE, re.IGNORECASE)
#: what an address follows in a sentence
_LEAD = re.compile(
    r"\b(?:to|at|address|an|nach|adresse|à|au|pour|en|a|para|dirección|endereço)\b(?: (?:is|ist|lautet|est|es|é))?:?\s+"
    r"|[:：]\s*|(?:寄到|送到|寄往|改到|改成|改为|换成|地址是|地址为)\s*"
)
#: what follows the town in a sentence and is no part of it
_TAIL = re.compile(
    r"\s*(?:(?<=\w{3})[.!?]|[!?。！？]"
    r"|\b(?:instead|rather|please|thanks?|because|not|and"
    r"|stattdessen|anstatt|statt|bitte|danke|weil|und|schicken|senden|liefern"
    r"|merci|svp|plutôt|et|gracias|por favor|y|em vez|obrigad[oa]|e)\b"
    r"|s'il|à la place|en (?:lugar|vez)).*",
    re.IGNORECASE | re.DOTALL,
)
_CHINESE = re.compile(r"([\u4e00-\u9fff]\S*\d+号\S*?)[\s,，]*(\d{6})?[\s。！]*")


@dataclass(frozen=True, slots=True)
class Parts:
    """What of an address was understood; empty: it was not said."""

    line1: str = ""
    line2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


def parse(words: str) -> Parts | None:
    """The parts of an address in one message, by lines or commas; None for what is none.

    >>> parse("Ada Lovelace, Musterweg 5\\n10115 Berlin\\nDeutschland")
    Parts(line1='Ada Lovelace', line2='Musterweg 5', postcode='10115', city='Berlin', region='', country='DE')
    >>> parse("12 High Street, London SW1A 1AA").city
    'London'
    >>> parse("the blue one")
    """
    pieces = [line for each in re.split(r"[\n,;，；]", words) if (line := tidy(each))]
    country = country_code(pieces[-1]) if len(pieces) > 1 else None
    if country is not None:
        pieces.pop()
    postcode = city = region = ""
    for number in range(len(pieces) - 1, 0, -1):
        found = next((m for form in (_STATE, _CODE_FIRST, _CODE_LAST) if (m := form.fullmatch(pieces[number]))), None)
        if found is not None:
            postcode, city, region = found["postcode"], found["city"], found.groupdict().get("region") or ""
            pieces.pop(number)
            break
        if _CODE_ALONE.fullmatch(pieces[number]):
            postcode = pieces.pop(number)
            city = pieces.pop(number - 1) if number > 1 else ""
            break
    is_address = bool(postcode) or any(sign.isdigit() for sign in words)
    if not pieces or not is_address or any(len(piece) > _LINE for piece in pieces):
        return None
    line2 = ", ".join(pieces[1:])
    return None if len(line2) > _LINE else Parts(pieces[0], line2, postcode.upper(), city, region, country or "")


def find(words: str) -> Parts | None:
    """The address that a sentence holds; None where none is sure: it has a street with a number, a postcode and a town,
    in Chinese a number with `号`.

    >>> find("please send it to Hauptstr. 5, 10115 Berlin instead")
    Parts(line1='Hauptstr. 5', line2='', postcode='10115', city='Berlin', region='', country='')
    >>> find("My new address:\\nAda Lovelace\\nMusterweg 5\\n10115 Berlin\\nDeutschland").line1
    'Ada Lovelace'
    >>> find("请把订单改寄到北京市朝阳区建国路5号 100000").line1
    '北京市朝阳区建国路5号'
    >>> find("please change the address of order NT-10023, I moved")
    """
    # the shortest that is one: what stands before the last lead is the sentence
    for lead in reversed(list(_LEAD.finditer(words))):
        rest = words[lead.end() :]
        if chinese := _CHINESE.fullmatch(rest):
            return Parts(chinese[1], postcode=chinese[2] or "")
        parts = next(filter(_is_sure, map(parse, _without_tails(rest))), None)
        if parts is not None:
            return parts
    return None


def _is_sure(parts: Parts | None) -> bool:
    street = "" if parts is None else parts.line1 + parts.line2
    return parts is not None and bool(parts.postcode and parts.city) and any(map(str.isdecimal, street))


def _without_tails(words: str) -> Iterator[str]:
    """What may be an address, without what the sentence says after it: whichever number is the postcode."""
    for code in re.finditer(rf"\b(?:{_ANY_POSTCODE})\b", words, re.IGNORECASE):
        yield words[: code.end()] + _TAIL.sub("", words[code.end() :], count=1)


def tidy(words: str) -> str:
    """Words on one line, without what cannot be printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())


def line(words: str) -> str | None:
    """An answer as a line of an address; None for what cannot be one.

    >>> line(" Musterweg  5 "), line("?!"), line("x" * 200)
    ('Musterweg 5', None, None)
    """
    found = tidy(words)
    return found if 0 < len(found) <= _LINE and any(sign.isalnum() for sign in found) else None


def postcode(words: str) -> str | None:
    """An answer as a postcode; None for what cannot be one.

    >>> postcode("sw1a 1aa"), postcode("D-10115"), postcode("in Berlin")
    ('SW1A 1AA', 'D-10115', None)
    """
    found = tidy(words).upper()
    is_one = re.fullmatch(r"[A-Z\d][A-Z\d -]*", found) and any(sign.isdigit() for sign in found)
    return found if is_one and len(found) <= _POSTCODE else None


def country_code(words: str) -> str | None:
    """The country of a name in any of our languages, or of a code.

    >>> country_code("Deutschland"), country_code("中国"), country_code("uk"), country_code("Atlantis")
    ('DE', 'CN', 'GB', None)
    """
    return _names().get(tidy(words).strip(".").casefold())


def country_name(code: str, language: str | None) -> str:
    """What a country is called in a language."""
    return str(_territories(spoken(language)).get(code, code))


@cache
def _names() -> dict[str, str]:
    told = {name.casefold(): code for name, code in BY_NAME.items()}
    for language in LANGUAGES:
        names = _territories(language)
        told |= {names[code].casefold(): code for code in CODES if code in names}
    return told


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)
