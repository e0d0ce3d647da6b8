"""What the demo's customers did: their orders and what became of them. No store, no keys."""

from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import Final

from bot.demo.catalogue import ARTICLES, Article, in_season
from bot.demo.opinions import BUT, SENTENCES, SHORT, sentences
from bot.demo.people import SEASON, Person, at_home
from crm_store.money import Rates, exponent
from crm_store.orders import OrderStatus, RefundStatus
from nlp.meaning import Aspect

DAY: Final = timedelta(days=1)
#: orders above this are sent free of charge, in whole units of the shop's currency
FREE_SHIPPING: Final = 75
_SLOW_TO_PAY: Final = frozenset({"invoice", "multibanco", "bank transfer"})


@dataclass(frozen=True, slots=True)
class Line:
    article: Article
    quantity: int
    #: minor units of the order's currency
    unit_price: int


@dataclass(frozen=True, slots=True)
class Shipped:
    carrier: str
    tracking_number: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refunded:
    amount: int
    reason: str
    status: RefundStatus
    at: datetime


@dataclass(frozen=True, slots=True)
class Reviewed:
    article: Article
    rating: int
    text: str
    language: str
    at: datetime


@dataclass(slots=True)
class Bought:
    """An order with all that belongs to it."""

    person: Person
    at: datetime
    status: OrderStatus
    currency: str
    lines: list[Line]
    shipping: int
    discount: int
    payment: str
    shipped: Shipped | None = None
    refund: Refunded | None = None
    review: Reviewed | None = None
    #: what went wrong, if anything
    troubles: set[Aspect] = field(default_factory=set)

    @property
    def goods(self) -> int:
        return sum(line.quantity * line.unit_price for line in self.lines)

    @property
    def total(self) -> int:
        return self.goods + self.shipping - self.discount


@dataclass(frozen=True, slots=True)
class Till:
    """Prices in each currency, round ones as shops have them."""

    rates: Rates

    def currency_of(self, person: Person) -> str:
        """The customer's own currency where the shop has a rate for it."""
        own = person.country.currency
        return own if own in self.rates.units else self.rates.base

    def price(self, amount: float, currency: str) -> int:
        """A price in minor units of a currency: `x.90`, or whole where it has no cents."""
        rate = 1.0 if currency == self.rates.base else float(self.rates.units[currency])
        unit = int(10 ** exponent(currency))
        if unit == 1:
            return max(1, round(amount / rate))
        return max(1, round(amount / rate + 0.1)) * unit - unit // 10


@dataclass(frozen=True, slots=True)
class Shop:
    """What every customer's history is made with."""

    till: Till
    random: Random
    now: datetime


def history(person: Person, shop: Shop) -> Iterator[Bought]:
    """A customer's orders from first to last."""
    random = shop.random
    until = shop.now - (person.role.ordered + 3) * DAY if person.role else shop.now
    at = _first_order(person, random)
    while at is not None and at < until:
        bought = _order(person, at, shop)
        yield bought
        at = None if _leaves(person, bought, random) else _next_order(person, at, random)
    if person.role is not None:
        yield _on_the_mind(person, shop)


def _first_order(person: Person, random: Random) -> datetime | None:
    """Most sign up to order; some look around first, a few never order."""
    look = random.random()
    if look < 0.07 and person.role is None:
        return None
    if look < 0.82:
        return person.signed_up_at + timedelta(minutes=random.randint(3, 40))
    return at_home(person.signed_up_at + random.expovariate(1 / 25) * DAY + DAY, person.country, random)


def _next_order(person: Person, at: datetime, random: Random) -> datetime:
    """A Poisson process thinned by the season (Lewis and Shedler, 1979); a black November week counts double."""
    most, last = 2 * max(SEASON), at
    while True:
        at += random.expovariate(person.habit.monthly * most / 30.4) * DAY
        black = 2 if at.month == 11 and 21 <= at.day <= 30 else 1
        if random.random() * most < black * SEASON[at.month - 1]:
            return max(at_home(at + DAY / 2, person.country, random), last + timedelta(hours=random.uniform(0.2, 9)))


def _leaves(person: Person, bought: Bought, random: Random) -> bool:
    """Trouble drives customers away."""
    chance = person.habit.leaving + 0.22 * len(bought.troubles) * (1 - person.habit.leaving)
    return random.random() < chance


# --- one order ----------------------------------------------------------------------------------------------------


def _order(person: Person, at: datetime, shop: Shop) -> Bought:
    random = shop.random
    currency = shop.till.currency_of(person)
    lines = _basket(person, at, currency, shop)
    bought = _priced(person, at, currency, lines, shop)
    if random.random() < 0.03:
        _cancel(bought, shop)
    else:
        _send(bought, shop)
        _be_used(bought, shop)
    return bought


def _basket(person: Person, at: datetime, currency: str, shop: Shop) -> list[Line]:
    random = shop.random
    size = 1 + min(5, int(random.expovariate(1 / (0.9 * person.habit.appetite))))
    weights = _demand(at.month)
    chosen = {ARTICLES[bisect(weights, random.random() * weights[-1])] for _ in range(size)}
    # a set's order differs between processes
    articles = sorted(chosen, key=lambda article: article.sku)
    quantities = [2 if article.price < 30 and random.random() < 0.2 else 1 for article in articles]
    return [
        Line(article, quantity, shop.till.price(article.price, currency))
        for article, quantity in zip(articles, quantities, strict=True)
    ]


@cache
def _demand(month: int) -> tuple[float, ...]:
    """The articles' shares in a month, added up."""
    shares = (a.popularity / (1 + a.price / 250) * in_season(a.category, month) for a in ARTICLES)
    return tuple(accumulate(shares))


def _priced(person: Person, at: datetime, currency: str, lines: list[Line], shop: Shop) -> Bought:
    random, till = shop.random, shop.till
    goods = sum(line.quantity * line.unit_price for line in lines)
    sale = 0.15 if at.month == 11 and at.day >= 21 else 0.10 if random.random() < 0.12 else 0.0
    return Bought(
        person=person,
        at=at,
        status="pending",
        currency=currency,
        lines=lines,
        shipping=0 if goods >= till.price(FREE_SHIPPING, currency) else till.price(4.9, currency),
        discount=round(goods * sale),
        payment=random.choice(person.country.payments),
    )


def _cancel(bought: Bought, shop: Shop) -> None:
    bought.status = "cancelled"
    at = bought.at + timedelta(hours=shop.random.uniform(0.3, 20))
    if bought.payment not in _SLOW_TO_PAY and at < shop.now:
        bought.refund = Refunded(bought.total, "order cancelled", "paid", at)


def _send(bought: Bought, shop: Shop) -> None:
    """From the till to the door, as far as there was time for it."""
    random, now = shop.random, shop.now
    paid_at = bought.at + timedelta(hours=random.uniform(8, 60) if bought.payment in _SLOW_TO_PAY else 0.2)
    sent_at = paid_at + random.uniform(0.5, 2.0) * DAY + (1.5 * DAY if paid_at.weekday() >= 4 else 0 * DAY)
    if now < paid_at:
        return
    bought.status = "paid"
    if now < sent_at:
        return
    country = bought.person.country
    days = random.uniform(*country.transit)
    if random.random() < _late_share(bought):
        days += random.uniform(5, 16)
        bought.troubles.add("delivery")
    delivered_at = sent_at + days * DAY
    bought.status = "delivered" if delivered_at <= now else "shipped"
    carrier = random.choice(country.carriers)
    arrived = delivered_at.replace(hour=9 + random.randint(0, 9)) if delivered_at <= now else None
    bought.shipped = Shipped(carrier, tracking_number(carrier, random), min(arrived, now) if arrived else None)


def _late_share(bought: Bought) -> float:
    """Before Christmas and across oceans parcels go astray more often."""
    share = 0.055 if bought.at.month != 12 else 0.13
    return share * (1.8 if bought.person.country.transit[1] > 9 else 1.0)


def tracking_number(carrier: str, random: Random) -> str:
    """A number of the carrier's shape, or near it."""
    figures = "".join(str(random.randint(0, 9)) for _ in range(16))
    shapes: Mapping[str, str] = {
        "DHL": f"JJD00{figures}",
        "UPS": f"1Z{figures}"[:18],
        "SF Express": f"SF{figures[:13]}",
        "YunExpress": f"YT{figures}",
        "Royal Mail": f"RM{figures[:9]}GB",
        "Correios": f"NT{figures[:9]}BR",
        "Correos": f"PQ{figures}",
    }
    return shapes.get(carrier, f"{carrier[:2].upper().replace('Ö', 'O')}{figures[:12]}")


# --- after delivery -----------------------------------------------------------------------------------------------


def _be_used(bought: Bought, shop: Shop) -> None:
    if bought.shipped is None or bought.shipped.delivered_at is None:
        return
    faulty = _fault(bought, shop.random)
    _give_back(bought, faulty, bought.shipped.delivered_at, shop)
    _rate(bought, faulty, bought.shipped.delivered_at, shop)


def _fault(bought: Bought, random: Random) -> Line:
    """The line that is trouble, if one is (it then stands in `troubles`); else one that may be spoken of."""
    for line in bought.lines:
        if random.random() * 100 < line.article.faults:
            bought.troubles.add("quality")
            return line
        if line.article.sized and random.random() < 0.05:
            bought.troubles.add("size")
            return line
    if random.random() < 0.015:
        bought.troubles.add("packaging")
    return random.choice(bought.lines)


_REASONS: Final[Mapping[Aspect, tuple[str, ...]]] = {
    "quality": ("defective", "damaged on arrival", "not as described"),
    "size": ("wrong size",),
    "delivery": ("arrived late",),
    "packaging": ("damaged on arrival",),
}


def _give_back(bought: Bought, faulty: Line, delivered_at: datetime, shop: Shop) -> None:
    """A refund: of everything for a return, of a line for a fault, of a part for a delay."""
    random = shop.random
    trouble = next((aspect for aspect in _REASONS if aspect in bought.troubles), None)
    chance = {"quality": 0.62, "size": 0.7, "delivery": 0.28, "packaging": 0.3}[trouble] if trouble else 0.025
    if random.random() >= chance:
        return
    asked_at = delivered_at + random.uniform(0.3, 14) * DAY
    if asked_at > shop.now:
        return
    reason = random.choice(_REASONS[trouble]) if trouble else "changed mind"
    whole = reason == "changed mind" or len(bought.lines) == 1
    amount = bought.goods - bought.discount if whole else faulty.quantity * faulty.unit_price
    if reason == "arrived late":
        amount = max(bought.shipping, round(bought.goods * 0.1))
    status = _refund_status(asked_at, random, shop.now)
    bought.refund = Refunded(min(amount, bought.total), reason, status, asked_at)
    if whole and status == "paid" and reason in ("changed mind", "wrong size", "not as described"):
        bought.status = "returned"


def _refund_status(asked_at: datetime, random: Random, now: datetime) -> RefundStatus:
    age = (now - asked_at) / DAY
    if age < random.uniform(1, 6):
        return "requested"
    if random.random() < 0.08:
        return "refused"
    return "approved" if age < random.uniform(5, 12) else "paid"


def _rate(bought: Bought, spoken_of: Line, delivered_at: datetime, shop: Shop) -> None:
    random = shop.random
    if random.random() >= (0.38 if bought.troubles else 0.24):
        return
    at = delivered_at + (0.8 + random.expovariate(1 / 7)) * DAY
    if at > shop.now:
        return
    language = bought.person.language if bought.person.language in SENTENCES else "en"
    rating = _stars(bought, random)
    text = review_text(language, rating, bought.troubles, spoken_of.article, random)
    bought.review = Reviewed(spoken_of.article, rating, text, language, at)


def _stars(bought: Bought, random: Random) -> int:
    stars = random.choices((5, 4, 3, 2, 1), (60, 28, 8, 3, 1))[0]
    if "quality" in bought.troubles:
        stars = random.choices((1, 2, 3), (50, 35, 15))[0]
    for trouble, loss in (("size", 1.5), ("delivery", 1.6), ("packaging", 0.8)):
        if trouble in bought.troubles:
            stars -= round(random.uniform(0, 2 * loss))
    if bought.refund is not None and bought.refund.status == "refused":
        stars -= 2
    return max(1, min(5, stars))


def review_text(language: str, rating: int, troubles: set[Aspect], article: Article, random: Random) -> str:
    """A review of one to three sentences that speaks of what went well or wrong."""
    praise = _pleasures(article.sized, random)
    small: Aspect = "quality" if random.random() < 0.5 else "price"
    # the first trouble by name: a set's order differs between processes
    blame: list[Aspect] = sorted(troubles)[:2] or [small]
    good = [random.choice(sentences(language, aspect, True, article.category)) for aspect in praise]
    bad = [random.choice(sentences(language, aspect, False, article.category)) for aspect in blame]
    if rating >= 4:
        said = [random.choice(SHORT[language]["good"])] if random.random() < 0.35 else good
        said = [*said, *good[:1]] if said is not good and random.random() < 0.4 else said
        complaint = [_after_but(language, bad[0])] if troubles and random.random() < 0.7 else []
        return _typed([*said, *complaint], language, random)
    if rating == 3:
        first = random.choice(SHORT[language]["fair"]) if random.random() < 0.5 else good[0]
        return _typed([first, _after_but(language, bad[0])] if troubles else [first], language, random)
    short = [random.choice(SHORT[language]["bad"])] if random.random() < 0.4 else []
    return _typed([*bad, *short], language, random)


def _pleasures(sized: bool, random: Random) -> list[Aspect]:
    aspects: list[Aspect] = ["quality", "delivery", "price", "service", "packaging"]
    weights = [10, 5, 4, 2, 1]
    if sized:
        aspects, weights = [*aspects, "size"], [*weights, 7]
    first = random.choices(aspects, weights)[0]
    second = random.choices(aspects, weights)[0]
    return [first] if second == first or random.random() < 0.5 else [first, second]


def _after_but(language: str, sentence: str) -> str:
    keep_capital = language == "de" or sentence[:2].isupper() or sentence[0] == "I"
    return BUT[language] + (sentence if keep_capital else sentence[0].lower() + sentence[1:])


def _typed(sentences: list[str], language: str, random: Random) -> str:
    """As people type: some in small letters, some without the last full stop."""
    text = ("" if language == "zh" else " ").join(dict.fromkeys(sentences))
    if random.random() < 0.15:
        text = text.rstrip(".。")
    return text.lower() if random.random() < 0.08 else text


# --- the order on a cast member's mind ----------------------------------------------------------------------------


def _on_the_mind(person: Person, shop: Shop) -> Bought:
    assert person.role is not None
    role, random, now = person.role, shop.random, shop.now
    currency = shop.till.currency_of(person)
    articles = [article for article in ARTICLES if article.name in role.items]
    lines = [Line(article, 1, shop.till.price(article.price, currency)) for article in articles]
    bought = _priced(person, now - role.ordered * DAY, currency, lines, shop)
    bought.status = role.status
    if role.status in ("shipped", "delivered"):
        carrier = person.country.carriers[0]
        arrived = None if role.delivered is None else now - role.delivered * DAY
        bought.shipped = Shipped(carrier, tracking_number(carrier, random), arrived)
    return bought
