"""The demo's customers: who they are, since when, and how they shop."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bot.demo.cast import CAST, Role
from bot.demo.countries import COUNTRIES, Country

#: how far back the shop's history goes, in days
HISTORY: Final = 740
_BY_CODE: Final = {country.code: country for country in COUNTRIES}
_FIRST_NUMBER: Final = 1001
#: trade by month, January first: gifts and the November sales, a summer, a quiet February
SEASON: Final = (0.85, 0.70, 0.85, 1.0, 1.15, 1.2, 1.1, 0.9, 0.85, 0.95, 1.6, 1.75)


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody shops: orders a month while they stay, and the chance that an order is their last."""

    monthly: float
    leaving: float
    #: how much goes into a basket, 1 is usual
    appetite: float


@dataclass(frozen=True, slots=True)
class Person:
    """A customer; `number` is also the key in the store, from 1."""

    number: int
    external_id: str
    country: Country
    language: str
    name: str
    email: str
    phone: str | None
    city: str
    street: str
    postcode: str
    signed_up_at: datetime
    consent: bool
    habit: Habit
    #: what the cast has on its mind; empty for everybody else
    role: Role | None = None


def people(count: int, random: Random, now: datetime) -> list[Person]:
    """The cast, then everybody else by the time of signing up."""
    days = sorted(_signed_up(count, random, now), reverse=True)
    return [_person(number, days, random, now) for number in range(1, count + 1)]


def _signed_up(count: int, random: Random, now: datetime) -> Iterator[float]:
    """Days ago: some from the shop's first weeks, then more and more, most of them when everybody shops."""
    for _ in range(count):
        while True:
            first_weeks = random.random() < 0.1
            ago = HISTORY * (random.uniform(0.94, 1) if first_weeks else 1 - random.random() ** 0.8)
            if random.random() * max(SEASON) < SEASON[(now - timedelta(days=ago)).month - 1]:
                yield ago
                break


def _person(number: int, days: list[float], random: Random, now: datetime) -> Person:
    role = CAST[number - 1] if number <= len(CAST) else None
    country = _BY_CODE[role.country] if role else random.choices(COUNTRIES, [land.share for land in COUNTRIES])[0]
    name, ascii_name = _name(country, random)
    if role:
        name, ascii_name = role.name, "wang.jing" if role.country == "CN" else _ascii(role.name)
    ago = days[number * 7 % min(len(days), 200)] if role else days[number - 1]
    return Person(
        number=number,
        external_id=f"C-{_FIRST_NUMBER + number - 1}",
        country=country,
        language=role.language if role else random.choices(country.languages, [9, 1][: len(country.languages)])[0],
        name=name,
        email=f"{ascii_name}{number}@example.{'org' if random.random() < 0.2 else 'com'}",
        phone=_digits(country.phone, random) if random.random() < 0.7 or role else None,
        city=random.choice(country.cities),
        street=random.choice(country.streets).format(n=random.randint(1, 98)),
        postcode=_digits(country.postcode, random),
        signed_up_at=min(at_home(now - timedelta(days=ago), country, random), now - timedelta(minutes=5)),
        consent=random.random() < 0.55,
        habit=Habit(0.35, 0.05, 1.0) if role else _habit(random),
        role=role,
    )


def _habit(random: Random) -> Habit:
    """Heavy-tailed: most come once or seldom, some regularly, a few all the time."""
    kind = random.random()
    if kind < 0.03:
        return Habit(random.uniform(0.9, 2.4), random.uniform(0.01, 0.04), random.uniform(1.2, 2.0))
    if kind < 0.28:
        return Habit(random.uniform(0.22, 0.65), random.uniform(0.04, 0.14), random.uniform(0.8, 1.5))
    if kind < 0.66:
        return Habit(random.uniform(0.12, 0.32), random.uniform(0.18, 0.38), random.uniform(0.7, 1.3))
    return Habit(random.uniform(0.03, 0.12), random.uniform(0.75, 0.97), random.uniform(0.6, 1.3))


def _name(country: Country, random: Random) -> tuple[str, str]:
    """The name as it is written, and for an e-mail address."""
    first, last = random.choice(country.first), random.choice(country.last)
    if country.family_first:
        (given, given_ascii), (family, family_ascii) = first.split(":"), last.split(":")
        return family + given, f"{family_ascii}.{given_ascii}"
    return f"{first} {last}", _ascii(f"{first} {last}")


def _ascii(name: str) -> str:
    """
    >>> _ascii("Élodie de Vries"), _ascii("Jürgen Groß"), _ascii("Michał Wójcik")
    ('elodie.de.vries', 'juergen.gross', 'michal.wojcik')
    """
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ł", "l")):
        name = name.lower().replace(letter, written)
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return plain.replace(" ", ".")


def _digits(pattern: str, random: Random) -> str:
    """`#` becomes a digit, `@` a letter; a number does not begin with a zero."""
    filled = "".join(str(random.randint(0, 9)) if c == "#" else c for c in pattern)
    filled = "".join(random.choice("ABDEGHJLNPRSTUWY") if c == "@" else c for c in filled)
    return f"1{filled[1:]}" if filled[0] == "0" and len(filled) > 3 else filled


#: orders and visits by hour of the day where the customer lives
_HOURS: Final = (2, 1, 1, 0, 0, 1, 3, 6, 8, 9, 9, 9, 11, 10, 8, 8, 8, 9, 11, 14, 17, 17, 12, 6)


def at_home(day: datetime, country: Country, random: Random) -> datetime:
    """A moment of the day (of UTC) at which somebody who lives there is likely to shop."""
    hour = (random.choices(range(24), _HOURS)[0] - country.offset) % 24
    return day.replace(hour=hour, minute=random.randint(0, 59), second=random.randint(0, 59), microsecond=0)
