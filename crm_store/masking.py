"""Card numbers are masked before anything is stored: nothing but their last four digits is kept.

A card's number has 13 to 19 digits, of any script, of which the last one checks the others (Luhn, ISO/IEC 7812-1 annex
B). Where its digits stand together, or in groups as on a card, that is enough; other groupings are masked when the
number is also one of a card network's. Left alone are telephone numbers with their `+`, account numbers whose own check
digits are right (IBAN, ISO 13616), and what the caller knows to be something else.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

#: whether a number is known to be no card's: an order's, a parcel's
Spares = Callable[[str], bool]

_DIGIT = r"[\d²³¹⁰⁴-⁹₀-₉①-⑨⓪〇零一二三四五六七八九]"
#: what is written within a number and not seen
_UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u20e3"
_BETWEEN = rf"[\s\-‐-―−﹣－_.·,:;/\\|()\[\]'’~+*=<>{_UNSEEN}]"
_RUN = re.compile(rf"{_DIGIT}(?:{_BETWEEN}{{0,4}}{_DIGIT}){{12,}}")
_HIDE = re.compile(_DIGIT)
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
#: the one sign that people put between the groups of a number
_PLAIN = re.compile(r"[\s\-‐-―−﹣－_.·]")
#: the likeliest lengths come first
_LENGTHS = (16, 15, 19, 18, 17, 14, 13)
#: how a number is written on a card; the last group may be shorter or longer
_FOURS = re.compile(r"(?:4 ){2,4}[1-7]|(?:1 ){12,18}1|4 6 [45]|6 13|8 8|6 10")
_NETWORKS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7]|35)\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11,16}|220[0-4]\d{12,15}"
    r"|(?:60|62|64|65|81|82)\d{14,17}|(?:5[06-8]|6\d)\d{11,17}|9792\d{12}"
)
#: of a network, and as long as no telephone number that begins so
_NO_PHONE = re.compile(r"3[47]\d{13}|3[0689]\d{12}")
_LONGEST_PHONE = 15
_TOKEN_BEFORE, _TOKEN_AFTER = re.compile(r"[A-Za-z0-9_-]{0,40}$"), re.compile(r"[A-Za-z0-9_-]{0,40}")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])")


#: cards' numbers of two lengths: a pattern that matches both says nothing of what it matches
_TESTS = ("4111111111111111", "378282246310005")


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """The shop's own numbers, by the patterns it gave of its orders and parcels."""

    patterns: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, *patterns: Iterable[str]) -> Self:
        """Patterns so wide that they match any card's number are left out."""
        compiled = (re.compile(pattern) for some in patterns for pattern in some)
        return cls(tuple(one for one in compiled if not all(map(one.fullmatch, _TESTS))))

    def spares(self, number: str) -> bool:
        """Whether a number is one of the shop's.

        >>> [OwnNumbers.of([pattern]).spares("4111111111111111") for pattern in ("[0-9]{16}", "[0-9]{4,}")]
        [True, False]
        """
        return any(one.fullmatch(way) for one in self.patterns for way in (number, number.upper(), number.lower()))


def _nothing(_: str) -> bool:
    return False


def masked(text: str, spares: Spares = _nothing) -> str:
    """The text with every card number's digits but the last four replaced.

    >>> masked("my card 4111 1111 1111 1111 was charged")
    'my card •••• •••• •••• 1111 was charged'
    >>> masked("order 4111111111111111", spares=lambda number: number == "4111111111111111")
    'order 4111111111111111'
    """
    while True:
        spans = list(_cards(text, spares))
        if not spans:
            return text
        for start, end in reversed(spans):
            text = text[:start] + _hidden(text[start:end]) + text[end:]


def _hidden(number: str) -> str:
    digits = [match.start() for match in _HIDE.finditer(number)]
    return _HIDE.sub("•", number[: digits[-4]]) + number[digits[-4] :]


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits with no more between them than can stand within a number."""

    text: str
    #: where each digit stands, and the digits
    places: tuple[int, ...]
    digits: str
    #: where a group begins, by the number of its first digit; at last the number of digits
    groups: tuple[int, ...]
    #: whether what stands before each group is one plain sign
    plain: tuple[bool, ...]

    def sizes(self, first: int, last: int) -> list[int]:
        return [self.groups[at + 1] - self.groups[at] for at in range(first, last)]


def _cards(text: str, spares: Spares) -> Iterator[tuple[int, int]]:
    """Where card numbers stand, from the left."""
    accounts: list[tuple[int, int]] | None = None
    for found in _RUN.finditer(text):
        if accounts is None:
            accounts = list(_accounts(text))
        run = _run(text, found)
        first = 0
        while first < len(run.groups) - 1:
            last = _card_from(run, first, accounts, spares)
            if last:
                yield run.places[run.groups[first]], run.places[run.groups[last] - 1] + 1
            first = last or first + 1


def _run(text: str, found: re.Match[str]) -> _Run:
    places = tuple(found.start() + match.start() for match in _HIDE.finditer(found[0]))
    digits = "".join(str(int(unicodedata.numeric(text[at]))) for at in places)
    groups, plain = [0], [True]
    for number in range(1, len(places)):
        between = _INVISIBLE.sub("", text[places[number - 1] + 1 : places[number]])
        if between:
            groups.append(number)
            plain.append(bool(_PLAIN.fullmatch(between)))
    return _Run(text, places, digits, (*groups, len(digits)), tuple(plain))


def _card_from(run: _Run, first: int, accounts: list[tuple[int, int]], spares: Spares) -> int:
    """The group after the card that begins with a group; 0 when none does."""
    ends = {run.groups[last] - run.groups[first]: last for last in range(first + 1, min(first + 20, len(run.groups)))}
    for length in _LENGTHS:
        last = ends.get(length)
        if last and _is_card(run, first, last, accounts) and not _is_spared(run, first, last, spares):
            return last
    return 0


def _is_card(run: _Run, first: int, last: int, accounts: list[tuple[int, int]]) -> bool:
    number = run.digits[run.groups[first] : run.groups[last]]
    if not _luhn(number):
        return False
    start, end = run.places[run.groups[first]], run.places[run.groups[last] - 1] + 1
    if any(begin <= start and end <= stop for begin, stop in accounts) or _is_phone(run.text, start, number):
        return False
    if last == first + 1:
        return not _touches_letters(run.text, start, end) or bool(_NETWORKS.fullmatch(number))
    if _FOURS.fullmatch(" ".join(map(str, run.sizes(first, last)))):
        return True
    return all(run.plain[first + 1 : last]) and bool(_NETWORKS.fullmatch(number))


def _luhn(digits: str) -> bool:
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    total = sum(map(int, digits[-1::-2])) + sum(twice - 9 if twice > 9 else twice for twice in doubled)
    return total % 10 == 0


def _touches_letters(text: str, start: int, end: int) -> bool:
    """Whether a letter is written against a number, as in those of parcels."""
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return any(letter.isascii() and letter.isalpha() for letter in around)


def _is_phone(text: str, start: int, number: str) -> bool:
    before = text[max(0, start - 2) : start].rstrip(" (")
    return before.endswith(("+", "＋")) and len(number) <= _LONGEST_PHONE and not _NO_PHONE.fullmatch(number)


def _is_spared(run: _Run, first: int, last: int, spares: Spares) -> bool:
    """Whether the caller knows the number, or all the numbers that it consists of, to be something else."""
    start, end = run.places[run.groups[first]], run.places[run.groups[last] - 1] + 1
    number = run.digits[run.groups[first] : run.groups[last]]
    before, after = _TOKEN_BEFORE.search(run.text[:start]), _TOKEN_AFTER.match(run.text[end:])
    token = (before[0] if before else "") + run.text[start:end] + (after[0] if after else "")
    if spares(number) or spares(token):
        return True
    if last == first + 1 or _NETWORKS.fullmatch(number):
        return False
    bounds = [(run.groups[at], run.groups[at + 1]) for at in range(first, last)]
    return all(spares(run.digits[begin:stop]) for begin, stop in bounds)


def _accounts(text: str) -> Iterator[tuple[int, int]]:
    """Where account numbers stand whose check digits are right (the rest modulo 97 is 1)."""
    for match in _IBAN.finditer(text):
        written = match[0]
        while len(written) > 14:
            letters = written.replace(" ", "")
            turned = "".join(str(int(letter, 36)) for letter in letters[4:] + letters[:4])
            if int(turned) % 97 == 1:
                yield match.start(), match.start() + len(written)
                break
            written = written.rpartition(" ")[0]
