"""The weekly digest of reviews: what customers think of each aspect and category, and what moved beyond chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crm_store import review_figures
from crm_store.periods import Period, days_to, week_before
from crm_store.review_figures import Blame, Mood, Ratings
from handlers.actions import Action, TellRoom
from handlers.desk import Desk, Policy
from handlers.digests import Listing, changed, days_of, decimal_changed, explains, late_note, opens
from handlers.events import Slot
from handlers.message import Button, Chart, Fact, Message, Series, Table
from handlers.texts import text
from jobs.digests.chance import beyond, fisher

#: days in which a product's aspect may have moved, and the days before them that it is held against
_LATELY, _BASE = 28, 180
#: reviews that a product has to have in either time to be looked at
_ENOUGH = 5
#: what moved that is named, and categories
_MOST, _CATEGORIES = 5, 6


@dataclass(frozen=True, slots=True)
class Moved:
    """An aspect of a product that is blamed more often, or less, than before."""

    blame: Blame
    base_bad: int
    base_of: int
    #: how likely that is by chance
    chance: float

    @property
    def is_worse(self) -> bool:
        return self.blame.bad * self.base_of > self.base_bad * self.blame.of


@dataclass(frozen=True, slots=True)
class Facts:
    slot: Slot
    week: Period
    #: in which something may have moved
    lately: Period
    ratings: Ratings
    before: Ratings
    aspects: tuple[Mood, ...]
    aspects_before: tuple[Mood, ...]
    categories: tuple[Mood, ...]
    categories_before: tuple[Mood, ...]
    moved: tuple[Moved, ...]
    now: datetime
    policy: Policy


def gather(slot: Slot, desk: Desk) -> Facts:
    zone, connection = desk.policy.timezone, desk.connection
    week, before = week_before(slot.due, zone), week_before(slot.due, zone, back=2)
    lately = days_to(week.end, zone, _LATELY)
    base = days_to(lately.start, zone, _BASE)
    return Facts(
        slot,
        week,
        lately,
        review_figures.ratings(connection, week),
        review_figures.ratings(connection, before),
        tuple(review_figures.by_aspect(connection, week)),
        tuple(review_figures.by_aspect(connection, before)),
        tuple(review_figures.by_category(connection, week)),
        tuple(review_figures.by_category(connection, before)),
        tuple(
            moved(
                review_figures.blamed(connection, lately),
                review_figures.reviewed(connection, lately),
                review_figures.blamed(connection, base),
                review_figures.reviewed(connection, base),
            )
        ),
        desk.now,
        desk.policy,
    )


def moved(
    blamed: Sequence[Blame], reviewed: dict[int, int], base: Sequence[Blame], base_reviewed: dict[int, int]
) -> list[Moved]:
    """The aspects of products that moved beyond chance, the surest first: every product that has enough reviews lately
    and before, with every aspect that was ever spoken of, is tested against its own past."""
    now = {(one.product_id, one.aspect): one for one in blamed}
    past = {(one.product_id, one.aspect): one for one in base}
    tested = []
    for key in sorted(now.keys() | past.keys()):
        product, aspect = key
        of, base_of = reviewed.get(product, 0), base_reviewed.get(product, 0)
        if of < _ENOUGH or base_of < _ENOUGH:
            continue
        base_bad = past[key].bad if key in past else 0
        blame = now.get(key) or Blame(past[key].sku, product, aspect, 0, of)
        tested.append(Moved(blame, base_bad, base_of, fisher(blame.bad, of, base_bad, base_of)))
    sure = beyond([one.chance for one in tested])
    return sorted((one for one, is_sure in zip(tested, sure, strict=True) if is_sure), key=lambda one: one.chance)


def decide(facts: Facts) -> list[Action]:
    return [TellRoom("digests", show(facts), about=facts.slot.about)]


def show(facts: Facts) -> Message:
    """The digest as a message."""
    zone = facts.policy.timezone
    late = late_note(facts.slot.due, facts.now, zone)
    title = text("reviews.title", week=days_of(facts.week, zone))
    said = [_sentence(one) for one in facts.moved[:_MOST]] or [text("reviews.nothing_moved", days=_LATELY)]
    if not facts.ratings.reviews and not facts.moved:
        return Message(title=title, text=text("reviews.none"), context=late, buttons=(explains("reviews"),))
    return Message(
        title=title,
        text="\n".join(said),
        facts=(
            Fact(text("reviews.reviews"), changed(facts.ratings.reviews, facts.before.reviews)),
            Fact(text("reviews.rating"), decimal_changed(facts.ratings.rating, facts.before.rating)),
        ),
        table=_table(facts),
        chart=_chart(facts),
        context="\n".join(filter(None, (late, text("reviews.compared")))),
        buttons=_buttons(facts),
    )


def _sentence(one: Moved) -> str:
    key = "reviews.worse" if one.is_worse else "reviews.better"
    base = f"{one.base_bad / one.base_of:.0%}"
    return text(key, sku=one.blame.sku, aspect=one.blame.aspect, bad=one.blame.bad, of=one.blame.of, base=base)


def _table(facts: Facts) -> Table | None:
    """Sentiment by category."""
    if not facts.categories:
        return None
    before = {one.name: one.sentiment for one in facts.categories_before}
    names = ("category", "reviews", "sentiment")
    rows = tuple(
        (one.name, f"{one.reviews:,}", decimal_changed(one.sentiment, before.get(one.name)))
        for one in facts.categories[:_CATEGORIES]
    )
    return Table(tuple(text(f"digests.column.{name}") for name in names), rows, caption=text("reviews.by_category"))


def _chart(facts: Facts) -> Chart | None:
    """Sentiment by aspect, this week and the week before."""
    if not facts.aspects:
        return None
    before = {one.name: one.sentiment for one in facts.aspects_before}
    names = tuple(one.name for one in facts.aspects)
    series = (
        Series(text("reviews.this_week"), tuple(round(one.sentiment, 2) for one in facts.aspects)),
        Series(text("reviews.week_before"), tuple(round(before.get(name, 0.0), 2) for name in names)),
    )
    title = text("reviews.chart")
    spoken = "; ".join(
        text("reviews.mood", aspect=one.name, mood=decimal_changed(one.sentiment, before.get(one.name)), of=one.reviews)
        for one in facts.aspects
    )
    return Chart("bar", title, names, series if before else series[:1], alt=f"{title}. {spoken}.")


def _buttons(facts: Facts) -> tuple[Button, ...]:
    found = [
        opens(
            f"{one.blame.sku[:30]}: {one.blame.aspect} ({one.blame.bad})",
            Listing("blame", facts.lately.start, facts.lately.end, f"{one.blame.product_id}|{one.blame.aspect}"),
        )
        for one in facts.moved[:_MOST]
        if one.blame.bad
    ]
    if facts.ratings.reviews:
        found.append(opens(text("reviews.worst"), Listing("worst", facts.week.start, facts.week.end)))
    return (*found, explains("reviews"))
