"""The morning digest: what waits. Open tickets by age and priority, and whoever has waited longest for an answer."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import tickets
from crm_store.tickets import TicketView
from handlers.actions import Action, TellRoom
from handlers.customer.hearing import name_of
from handlers.desk import Desk, Policy
from handlers.events import Slot
from handlers.message import Chart, Fact, Message, Series, Table
from handlers.texts import text
from handlers.texts.dates import moment, spell

#: rows of the list: what one screen holds
LONGEST = 10
PRIORITIES = ("urgent", "high", "normal", "low")
#: the ages shown: a name, and how old a ticket of it is at most
AGES = (
    ("waiting.age.day", timedelta(days=1)),
    ("waiting.age.three", timedelta(days=3)),
    ("waiting.age.week", timedelta(days=7)),
    ("waiting.age.older", timedelta.max),
)


@dataclass(frozen=True, slots=True)
class Facts:
    slot: Slot
    open: tuple[TicketView, ...]
    #: who is behind the tickets that have waited longest, by ticket
    people: dict[int, str]
    now: datetime
    policy: Policy


def gather(slot: Slot, desk: Desk) -> Facts:
    unresolved = tuple(tickets.unresolved(desk.connection, desk.cipher))
    people = {}
    for ticket in _longest(unresolved):
        conversation = desk.conversation_of(ticket)
        people[ticket.id] = name_of(conversation) if conversation else "—"
    return Facts(slot, unresolved, people, desk.now, desk.policy)


def decide(facts: Facts) -> list[Action]:
    return [TellRoom("digests", show(facts), about=facts.slot.about)]


def show(facts: Facts) -> Message:
    """The digest as a message."""
    title = text("waiting.title", at=moment(facts.slot.due, facts.policy.timezone))
    late = facts.now - facts.slot.due > timedelta(minutes=15)
    context = text("waiting.meaning")
    if late:
        context = text("waiting.late", at=moment(facts.now, facts.policy.timezone)) + "\n" + context
    if not facts.open:
        return Message(title=title, text=text("waiting.nothing"), context=context)
    return Message(
        title=title,
        facts=_numbers(facts),
        chart=_chart(facts),
        table=_table(facts),
        context=context,
    )


def _numbers(facts: Facts) -> tuple[Fact, ...]:
    waiting = [ticket for ticket in facts.open if ticket.waiting_since is not None]
    unassigned = sum(ticket.assignee is None for ticket in facts.open)
    return (
        Fact(text("waiting.open"), str(len(facts.open))),
        Fact(text("waiting.unanswered"), str(len(waiting))),
        Fact(text("waiting.unassigned"), str(unassigned)),
    )


def _chart(facts: Facts) -> Chart:
    ages = [text(key) for key, _ in AGES]
    counted = Counter((ticket.priority, _age(facts.now - ticket.opened_at)) for ticket in facts.open)
    series = tuple(
        Series(priority, tuple(float(counted[priority, age]) for age in range(len(AGES))))
        for priority in PRIORITIES
        if any(counted[priority, age] for age in range(len(AGES)))
    )
    spoken = "; ".join(
        f"{one.label}: " + ", ".join(f"{age} {value:.0f}" for age, value in zip(ages, one.values, strict=True) if value)
        for one in series
    )
    title = text("waiting.chart")
    return Chart("bar", title, tuple(ages), series, alt=f"{title}. {spoken}.")


def _age(age: timedelta) -> int:
    return next(number for number, (_, most) in enumerate(AGES) if age <= most)


def _table(facts: Facts) -> Table | None:
    longest = _longest(facts.open)
    if not longest:
        return None
    names = ("ticket", "customer", "kind", "priority", "waits", "who")
    columns = tuple(text(f"waiting.column.{name}") for name in names)
    return Table(columns, tuple(_row(ticket, facts) for ticket in longest), caption=text("waiting.longest"))


def _row(ticket: TicketView, facts: Facts) -> tuple[str, ...]:
    since = ticket.waiting_since or facts.now
    return (
        f"#{ticket.id}",
        facts.people.get(ticket.id, ""),
        ticket.kind.replace("_", " "),
        ticket.priority,
        spell(facts.now - since),
        ticket.assignee or text("card.unassigned"),
    )


def _longest(unresolved: tuple[TicketView, ...]) -> list[TicketView]:
    """The tickets that have waited longest for an answer."""
    waiting = [ticket for ticket in unresolved if ticket.waiting_since is not None]
    return sorted(waiting, key=lambda ticket: (ticket.waiting_since, ticket.id))[:LONGEST]
