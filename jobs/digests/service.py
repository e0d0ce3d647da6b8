"""The daily digest of the desk's work: what came in and was answered, how customers found it, what they complain of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import desk_figures, targets
from crm_store.desk_figures import DeskWork, ReasonSum, TicketLine
from crm_store.periods import Period, day_to
from crm_store.targets import Share
from handlers.actions import Action, TellRoom
from handlers.desk import Desk, Policy
from handlers.digests import Listing, changed, decimal_changed, explains, late_note, opens
from handlers.events import Slot
from handlers.message import Button, Chart, Fact, Message, Series, Table
from handlers.texts import text
from handlers.texts.dates import moment, spell
from handlers.texts.money import money
from nlp.keywords import aspects_said
from nlp.language import language_of

#: complaints whose words are looked through, products and reasons that are named
_COMPLAINTS, _PRODUCTS, _REASONS = 500, 5, 5


@dataclass(frozen=True, slots=True)
class Facts:
    slot: Slot
    day: Period
    work: DeskWork
    before: DeskWork
    shares: tuple[Share, ...]
    shares_before: tuple[Share, ...]
    complaints: int
    complaints_before: int
    #: by what their words name, and by product (sku), the most first
    aspects: tuple[tuple[str, int], ...]
    products: tuple[tuple[str, int], ...]
    reasons: tuple[ReasonSum, ...]
    refunds_before: int
    #: who waits longest
    oldest: TicketLine | None
    now: datetime
    policy: Policy


def gather(slot: Slot, desk: Desk) -> Facts:
    connection, cipher, zone = desk.connection, desk.cipher, desk.policy.timezone
    day, before = day_to(slot.due, zone), day_to(slot.due, zone, back=1)
    said = desk_figures.complaints(connection, cipher, day, _COMPLAINTS)
    return Facts(
        slot,
        day,
        desk_figures.desk_work(connection, day),
        desk_figures.desk_work(connection, before),
        tuple(targets.share_met(connection, day.start, day.end)),
        tuple(targets.share_met(connection, before.start, before.end)),
        desk_figures.count_complaints(connection, day),
        desk_figures.count_complaints(connection, before),
        _aspects(said),
        tuple(desk_figures.complaints_by_product(connection, day, _PRODUCTS)),
        tuple(desk_figures.refunds_by_reason(connection, day)),
        sum(one.refunds for one in desk_figures.refunds_by_reason(connection, before)),
        next(iter(desk_figures.waiting(connection, cipher, 1)), None),
        desk.now,
        desk.policy,
    )


def _aspects(said: Sequence[TicketLine]) -> tuple[tuple[str, int], ...]:
    """By the lists of words alone, so that the same complaints give the same numbers whichever reader serves."""
    found = Counter(aspect for one in said for aspect in sorted(aspects_said(one.subject, language_of(one.subject))))
    return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def decide(facts: Facts) -> list[Action]:
    return [TellRoom("digests", show(facts), about=facts.slot.about)]


def show(facts: Facts) -> Message:
    """The digest as a message."""
    zone = facts.policy.timezone
    late = late_note(facts.slot.due, facts.now, zone)
    since = moment(facts.day.start, zone)
    quiet = not any((facts.work.opened, facts.work.resolved, facts.complaints, facts.reasons))
    return Message(
        title=text("service.title", at=moment(facts.slot.due, zone)),
        text=text("service.quiet") if quiet else "",
        facts=_numbers(facts),
        table=_table(facts),
        chart=_chart(facts),
        context="\n".join(filter(None, (late, text("service.since", since=since)))),
        buttons=_buttons(facts),
    )


def _numbers(facts: Facts) -> tuple[Fact, ...]:
    work, before = facts.work, facts.before
    return (
        Fact(text("service.opened"), changed(work.opened, before.opened)),
        Fact(text("service.resolved"), changed(work.resolved, before.resolved)),
        Fact(text("service.first_reply"), _took(work.first_reply, before.first_reply)),
        Fact(text("service.met"), _met(facts)),
        Fact(text("service.csat"), _csat(work, before)),
        Fact(text("service.complaints"), changed(facts.complaints, facts.complaints_before)),
        Fact(text("service.refunds"), changed(sum(one.refunds for one in facts.reasons), facts.refunds_before)),
        Fact(text("service.oldest"), _oldest(facts)),
    )


def _took(took: timedelta | None, before: timedelta | None) -> str:
    if took is None:
        return "—"
    return spell(took) if before is None else text("digests.before", now=spell(took), before=spell(before))


def _met(facts: Facts) -> str:
    """Of all targets that came to an end, the share that was kept."""
    of = sum(one.of for one in facts.shares)
    if not of:
        return "—"
    kept, of_before = sum(one.kept for one in facts.shares), sum(one.of for one in facts.shares_before)
    share = text("service.share", share=f"{kept / of:.0%}", kept=kept, of=of)
    if not of_before:
        return share
    was = sum(one.kept for one in facts.shares_before) / of_before
    return text("digests.before", now=share, before=f"{was:.0%}")


def _csat(work: DeskWork, before: DeskWork) -> str:
    mean = decimal_changed(work.csat, before.csat)
    return mean if work.csat is None else text("service.marks", mean=mean, marks=work.marks)


def _oldest(facts: Facts) -> str:
    one = facts.oldest
    if one is None or one.waiting_since is None:
        return text("service.nobody_waits")
    return text("service.waits", ticket=one.id, waits=spell(facts.slot.due - one.waiting_since))


def _table(facts: Facts) -> Table | None:
    """Refunds by reason."""
    if not facts.reasons:
        return None
    currency = facts.policy.currency
    rows = tuple(
        (
            one.reason.replace("_", " ") or text("service.no_reason"),
            f"{one.refunds:,}",
            money(one.amount_base, currency),
        )
        for one in facts.reasons[:_REASONS]
    )
    names = ("reason", "refunds", "amount")
    return Table(tuple(text(f"digests.column.{name}") for name in names), rows, caption=text("service.by_reason"))


def _chart(facts: Facts) -> Chart | None:
    """Complaints by what they are about: the aspects their words name, then products."""
    bars = (*facts.aspects, *((sku, count) for sku, count in facts.products))
    if not bars:
        return None
    title = text("service.chart")
    series = Series(text("service.complaints"), tuple(float(count) for _, count in bars))
    spoken = ", ".join(f"{name} {count}" for name, count in bars)
    return Chart("bar", title, tuple(name for name, _ in bars), (series,), alt=f"{title}. {spoken}.")


def _buttons(facts: Facts) -> tuple[Button, ...]:
    work, day = facts.work, facts.day
    lists = (
        ("opened", text("service.opened"), work.opened),
        ("resolved", text("service.resolved"), work.resolved),
        ("csat", text("service.csat"), work.marks),
        ("complaints", text("service.complaints"), facts.complaints),
        ("refunds", text("service.refunds"), sum(one.refunds for one in facts.reasons)),
    )
    found = [opens(f"{label} ({count:,})", Listing(name, day.start, day.end)) for name, label, count in lists if count]
    if facts.oldest is not None:
        found.append(opens(text("service.who_waits"), Listing("waiting", day.start, day.end)))
    return (*found, explains("service"))
