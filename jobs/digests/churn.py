"""The weekly digest of customers whose loss would cost most, with how the last lists turned out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crm_store import churn_list, customer_lines
from crm_store.churn_list import HORIZON, AtRisk, Outcome
from crm_store.customer_lines import CustomerLine
from handlers.actions import Action, KeepChurnList, TellRoom
from handlers.desk import Desk, Policy
from handlers.digests import Listing, changed, explains, late_note, money_changed, opens, unscored
from handlers.events import Slot
from handlers.message import Button, Fact, Message, Table
from handlers.staff import churn
from handlers.staff.digest_lists import name_of
from handlers.staff.reasons import said
from handlers.texts import text
from handlers.texts.dates import day, moment
from handlers.texts.money import money

#: customers on the list
MOST = 20
#: reasons told of each
_REASONS = 2
_A_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Facts:
    slot: Slot
    #: when the scores were computed
    scored_at: datetime | None
    listed: tuple[AtRisk, ...]
    people: Mapping[int, CustomerLine]
    #: who was on the last list, what it was worth, and how it turned out so far
    last: tuple[int, ...]
    last_loss: int | None
    last_outcome: Outcome | None
    #: how the newest list turned out whose 90 days are over
    whole_outcome: Outcome | None
    now: datetime
    policy: Policy


def gather(slot: Slot, desk: Desk) -> Facts:
    connection = desk.connection
    found = churn_list.at_risk(connection, slot.due, MOST)
    why = desk.reasons("churn", {one.customer_id: one.reasons for one in found})
    listed = tuple(replace(one, reasons=why[one.customer_id]) for one in found)
    people = customer_lines.lines(connection, desk.cipher, [one.customer_id for one in listed])
    last = churn_list.last_before(connection, slot.due)
    whole = churn_list.last_before(connection, slot.due - HORIZON + _A_MOMENT)
    return Facts(
        slot,
        churn_list.scored_at(connection),
        listed,
        people,
        () if last is None else tuple(churn_list.listed(connection, last)),
        None if last is None else churn_list.loss_of(connection, last),
        None if last is None or last == whole else churn_list.outcome(connection, last, slot.due),
        None if whole is None else churn_list.outcome(connection, whole, slot.due),
        desk.now,
        desk.policy,
    )


def decide(facts: Facts) -> list[Action]:
    told = TellRoom("digests", show(facts), about=facts.slot.about)
    return [KeepChurnList(facts.slot.due, facts.listed), told] if facts.listed else [told]


def show(facts: Facts) -> Message:
    """The digest as a message."""
    zone = facts.policy.timezone
    title = text("churn.title", at=day(facts.slot.due, zone))
    if facts.scored_at is None:
        return unscored(title, "churn")
    late = late_note(facts.slot.due, facts.now, zone)
    context = "\n".join(filter(None, (late, text("churn.as_of", at=moment(facts.scored_at, zone)))))
    outcomes = ((facts.last_outcome, False), (facts.whole_outcome, True))
    said = [_said(one, facts.policy, is_whole=is_whole) for one, is_whole in outcomes if one is not None]
    if not facts.listed:
        words = "\n".join((text("churn.nobody"), *said))
        return Message(title=title, text=words, context=context, buttons=(explains("churn"),))
    return Message(
        title=title,
        text="\n".join(said or [text("churn.first")]),
        facts=_totals(facts),
        table=_table(facts),
        context=context,
        buttons=_buttons(facts),
    )


def _said(outcome: Outcome, policy: Policy, *, is_whole: bool) -> str:
    """How a list turned out, whatever that says of us."""
    key = "churn.turned_out" if is_whole else "churn.so_far"
    return text(
        key,
        at=day(outcome.at, policy.timezone),
        customers=outcome.customers,
        ordered=outcome.ordered,
        expected=f"{outcome.expected:.1f}",
    )


def _totals(facts: Facts) -> tuple[Fact, ...]:
    loss = sum(one.loss_base for one in facts.listed)
    ids = {one.customer_id for one in facts.listed}
    new = len(ids - set(facts.last)) if facts.last else None
    return (
        Fact(text("churn.customers"), changed(len(facts.listed), len(facts.last) if facts.last else None)),
        Fact(text("churn.loss"), money_changed(loss, facts.last_loss, facts.policy.currency)),
        *((Fact(text("churn.new"), str(new)),) if new is not None else ()),
    )


def _table(facts: Facts) -> Table:
    names = ("customer", "risk", "value", "loss", "why", "last", "tickets", "who")
    columns = tuple(text(f"digests.column.{name}") for name in names)
    return Table(columns, tuple(_row(one, facts) for one in facts.listed if one.customer_id in facts.people))


def _row(one: AtRisk, facts: Facts) -> tuple[str, ...]:
    person, currency = facts.people[one.customer_id], facts.policy.currency
    return (
        name_of(person),
        f"{one.churn_risk:.0%}",
        money(one.value_base, currency),
        money(one.loss_base, currency),
        "; ".join(said(one.reasons)[:_REASONS]) or "—",
        day(person.last_order_at, facts.policy.timezone) if person.last_order_at else "—",
        str(person.open_tickets),
        one.assignee or "—",
    )


def _buttons(facts: Facts) -> tuple[Button, ...]:
    this = Listing("churn", facts.slot.due, facts.slot.due)
    return (
        Button(text("churn.assign"), churn.ASSIGN, this.ref),
        Button(text("churn.snooze"), churn.SNOOZE, this.ref),
        Button(text("churn.win_back"), churn.WIN_BACK, this.ref),
        opens(text("churn.open"), this),
        explains("churn"),
    )
