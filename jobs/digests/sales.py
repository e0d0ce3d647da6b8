"""The weekly digest of sales: revenue, orders and buyers of the last whole week, who comes back, abandoned carts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import sales_figures
from crm_store.periods import Period, months_before, week_before
from crm_store.sales_figures import Carts, Sales
from handlers.actions import Action, TellRoom
from handlers.desk import Desk, Policy
from handlers.digests import Listing, changed, days_of, explains, late_note, money_changed, opens
from handlers.events import Slot
from handlers.message import Button, Chart, Fact, Message, Series
from handlers.texts import text

#: months of the cohorts that are shown
_MONTHS = 6
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Facts:
    slot: Slot
    week: Period
    now_sold: Sales
    before: Sales
    now_carts: Carts
    carts_before: Carts
    months: tuple[Period, ...]
    cohorts: list[list[int]]
    now: datetime
    policy: Policy


def gather(slot: Slot, desk: Desk) -> Facts:
    zone, connection = desk.policy.timezone, desk.connection
    week, before = week_before(slot.due, zone), week_before(slot.due, zone, back=2)
    months = months_before(slot.due, zone, _MONTHS)
    return Facts(
        slot,
        week,
        sales_figures.sales(connection, week),
        sales_figures.sales(connection, before),
        sales_figures.abandoned_carts(connection, week, slot.due),
        sales_figures.abandoned_carts(connection, before, slot.due - _WEEK),
        months,
        sales_figures.cohorts(connection, months),
        desk.now,
        desk.policy,
    )


def decide(facts: Facts) -> list[Action]:
    return [TellRoom("digests", show(facts), about=facts.slot.about)]


def show(facts: Facts) -> Message:
    """The digest as a message."""
    zone, late = facts.policy.timezone, late_note(facts.slot.due, facts.now, facts.policy.timezone)
    title = text("sales.title", week=days_of(facts.week, zone))
    nothing = facts.now_sold.orders == facts.before.orders == facts.now_carts.customers == 0
    if nothing and not any(map(sum, facts.cohorts)):
        return Message(title=title, text=text("sales.nothing"), context=late, buttons=(explains("sales"),))
    return Message(
        title=title,
        text=text("sales.no_orders") if facts.now_sold.orders == 0 else "",
        facts=_numbers(facts),
        chart=_chart(facts),
        context="\n".join(filter(None, (late, text("sales.compared")))),
        buttons=_buttons(facts),
    )


def _numbers(facts: Facts) -> tuple[Fact, ...]:
    sold, before, currency = facts.now_sold, facts.before, facts.policy.currency
    carts, were = _worth(facts.now_carts, facts.policy), _worth(facts.carts_before, facts.policy)
    average = "—" if sold.aov_base is None else money_changed(sold.aov_base, before.aov_base, currency)
    return (
        Fact(text("sales.revenue"), money_changed(sold.revenue_base, before.revenue_base, currency)),
        Fact(text("sales.orders"), changed(sold.orders, before.orders)),
        Fact(text("sales.aov"), average),
        Fact(text("sales.buyers"), changed(sold.buyers, before.buyers)),
        Fact(text("sales.new"), changed(sold.new_buyers, before.new_buyers)),
        Fact(text("sales.repeat"), changed(sold.repeat_buyers, before.repeat_buyers)),
        Fact(text("sales.carts"), changed(facts.now_carts.customers, facts.carts_before.customers)),
        Fact(text("sales.carts_worth"), money_changed(carts, were, currency)),
    )


def _worth(carts: Carts, policy: Policy) -> int:
    """In the base currency; prices in a currency that is worth nothing known count as nothing."""
    known = (one for one in carts.sums if one.currency in (policy.rates.base, *policy.rates.units))
    return sum(policy.rates.to_base(one.total, one.currency) for one in known)


def _chart(facts: Facts) -> Chart | None:
    """Of those who first bought in a month, how many per cent ordered in each month after it."""
    rows = [
        (f"{month.start.astimezone(facts.policy.timezone):%b %Y} ({counts[0]:,})", _shares(counts))
        for month, counts in zip(facts.months, facts.cohorts, strict=True)
        if counts[0] and len(counts) > 1
    ]
    if not rows:
        return None
    columns = tuple(text("sales.month", number=number) for number in range(1, _MONTHS))
    series = tuple(Series(label, tuple(shares)) for label, shares in rows)  # months to come are left out
    title = text("sales.chart")
    spoken = "; ".join(f"{label}: " + ", ".join(f"{share:.0f} %" for share in shares) for label, shares in rows)
    return Chart("heat", title, columns, series, alt=f"{title}. {spoken}.")


def _shares(counts: list[int]) -> list[float]:
    return [float(round(100 * count / counts[0])) for count in counts[1:]]


def _buttons(facts: Facts) -> tuple[Button, ...]:
    sold, week = facts.now_sold, facts.week
    lists = (
        ("new", text("sales.new"), sold.new_buyers),
        ("repeat", text("sales.repeat"), sold.repeat_buyers),
        ("carts", text("sales.carts"), facts.now_carts.customers),
    )
    found = [
        opens(f"{label} ({count:,})", Listing(name, week.start, week.end)) for name, label, count in lists if count
    ]
    return (*found, explains("sales"))
