"""The weekly digest of segments: how many customers and how much revenue each has, and who moved since last time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import segment_figures
from crm_store.segment_figures import COLD, SEGMENTS, WARM, Move, Snapshot
from handlers.actions import Action, TellRoom
from handlers.desk import Desk, Policy
from handlers.digests import Listing, changed, difference, explains, late_note, money_changed, opens, unscored
from handlers.events import Slot
from handlers.message import Button, Chart, Fact, Message, Series, Table
from handlers.texts import counted, text
from handlers.texts.dates import day, moment
from handlers.texts.money import money

#: "last time" is what was computed at least so long before; a week, where every night ran at its time
_APART = timedelta(days=6, hours=12)
_FIVE = range(1, 6)
#: the segments with a button of their own
_OPENED = ("champions", "can't lose", "at risk")


@dataclass(frozen=True, slots=True)
class Facts:
    slot: Slot
    latest: Snapshot | None
    before: Snapshot | None
    moves: tuple[Move, ...]
    #: customers by R and F
    grid: Mapping[tuple[int, int], int]
    now: datetime
    policy: Policy


def gather(slot: Slot, desk: Desk) -> Facts:
    connection = desk.connection
    latest = segment_figures.latest(connection, slot.due)
    before = None if latest is None else segment_figures.before(connection, latest, _APART)
    moves = () if latest is None or before is None else segment_figures.moves(connection, before.at, latest.at)
    grid = {} if latest is None else segment_figures.grid(connection)
    return Facts(slot, latest, before, tuple(moves), grid, desk.now, desk.policy)


def decide(facts: Facts) -> list[Action]:
    return [TellRoom("digests", show(facts), about=facts.slot.about)]


def show(facts: Facts) -> Message:
    """The digest as a message."""
    zone = facts.policy.timezone
    title = text("rfm.title", at=day(facts.slot.due, zone))
    latest, before = facts.latest, facts.before
    if latest is None:
        return unscored(title, "rfm")
    if latest.customers == 0 and (before is None or before.customers == 0):
        late = late_note(facts.slot.due, facts.now, zone)
        return Message(title=title, text=text("rfm.no_buyers"), context=late, buttons=(explains("rfm"),))
    compared = text("rfm.as_of", at=moment(latest.at, zone))
    if before is not None:
        compared = text("rfm.compared", at=moment(latest.at, zone), before=moment(before.at, zone))
    return Message(
        title=title,
        text="\n".join(_sentences(facts, latest, before)),
        facts=_totals(facts, latest, before),
        table=_table(facts, latest, before),
        chart=_chart(facts.grid),
        context="\n".join(filter(None, (late_note(facts.slot.due, facts.now, zone), compared))),
        buttons=_buttons(facts, latest, before),
    )


def _sentences(facts: Facts, latest: Snapshot, before: Snapshot | None) -> list[str]:
    """What changed most, in three sentences at most."""
    if before is None:
        return [text("rfm.first")]
    said = [_grown(latest, before, facts.policy)]
    if not facts.moves:
        return [*said, text("rfm.nobody_moved")]
    largest = facts.moves[0]
    names = {"before": largest.before or text("rfm.no_order"), "after": largest.after or text("rfm.no_order")}
    said.append(counted("rfm.moved", largest.customers, **names))
    fell, back = _fell(facts.moves), _back(facts.moves)
    spent = money(sum(one.spend_base for one in facts.moves if one.before == "champions"), facts.policy.currency)
    said.append(text("rfm.champions", fell=fell, spent=spent, back=back))
    return said


def _grown(latest: Snapshot, before: Snapshot, policy: Policy) -> str:
    by = {name: latest.of(name).customers - before.of(name).customers for name in SEGMENTS}
    name = max(SEGMENTS, key=lambda one: abs(by[one]))
    since = day(before.at, policy.timezone)
    if by[name] == 0:
        return text("rfm.no_segment_changed", since=since)
    key = "rfm.grew" if by[name] > 0 else "rfm.shrank"
    return counted(key, abs(by[name]), segment=name.capitalize(), now=f"{latest.of(name).customers:,}", since=since)


def _fell(moves: tuple[Move, ...]) -> int:
    return sum(one.customers for one in moves if one.before == "champions")


def _back(moves: tuple[Move, ...]) -> int:
    return sum(one.customers for one in moves if one.before in COLD and one.after in WARM)


def _totals(facts: Facts, latest: Snapshot, before: Snapshot | None) -> tuple[Fact, ...]:
    spent = money_changed(latest.spend_base, before.spend_base if before else None, facts.policy.currency)
    return (
        Fact(text("rfm.buyers"), changed(latest.customers, before.customers if before else None)),
        Fact(text("rfm.revenue"), spent),
    )


def _table(facts: Facts, latest: Snapshot, before: Snapshot | None) -> Table:
    names = ("segment", "customers", "change", "revenue", "change", "share")
    columns = tuple(text(f"digests.column.{name}") for name in names)
    return Table(columns, tuple(_row(name, facts, latest, before) for name in SEGMENTS))


def _row(name: str, facts: Facts, latest: Snapshot, before: Snapshot | None) -> tuple[str, ...]:
    now, whole, currency = latest.of(name), latest.spend_base, facts.policy.currency
    by, spent = "", ""
    if before is not None:
        was = before.of(name)
        by, more = difference(now.customers - was.customers), now.spend_base - was.spend_base
        spent = "=" if more == 0 else ("+" if more > 0 else "") + money(more, currency)
    share = f"{now.spend_base / whole:.0%}" if whole > 0 else "—"
    return (name.capitalize(), f"{now.customers:,}", by, money(now.spend_base, currency), spent, share)


def _chart(grid: Mapping[tuple[int, int], int]) -> Chart:
    rows = tuple(
        Series(f"R {recency}", tuple(float(grid.get((recency, frequency), 0)) for frequency in _FIVE))
        for recency in reversed(_FIVE)
    )
    title = text("rfm.chart")
    most = sorted(grid.items(), key=lambda one: (-one[1], one[0]))[:3]
    spoken = "; ".join(text("rfm.cell", r=r, f=f, customers=f"{count:,}") for (r, f), count in most)
    return Chart("heat", title, tuple(f"F {one}" for one in _FIVE), rows, alt=f"{title}. {spoken}.")


def _buttons(facts: Facts, latest: Snapshot, before: Snapshot | None) -> tuple[Button, ...]:
    since = latest.at if before is None else before.at
    fell, back = _fell(facts.moves), _back(facts.moves)
    moved = [(text("rfm.list.fell"), fell, "fell"), (text("rfm.list.back"), back, "back")]
    found = [opens(f"{label} ({count:,})", Listing(name, since, latest.at)) for label, count, name in moved if count]
    for name in _OPENED:
        if latest.of(name).customers:
            label = f"{name.capitalize()} ({latest.of(name).customers:,})"
            found.append(opens(label, Listing("segment", since, latest.at, str(SEGMENTS.index(name)))))
    return (*found, explains("rfm"))
