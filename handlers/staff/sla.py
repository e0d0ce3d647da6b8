"""How a ticket's clocks stand, and `/sla`: how many of the targets were met."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import targets
from crm_store.targets import KINDS, PROMISE, Share, TargetView
from crm_store.tickets import TicketView
from handlers.actions import Action, Whisper
from handlers.desk import Desk
from handlers.events import StaffCommanded
from handlers.message import Message, Table
from handlers.staffing import Staffing
from handlers.texts import text
from handlers.texts.dates import moment_beside

#: days that are looked back on
_DAYS, _MOST_DAYS = 30, 3650


def clock_of(ticket: TicketView, desk: Desk) -> str:
    """How the clocks of a ticket stand now."""
    clocks = targets.clocks_of(desk.connection, ticket.id)
    if all(clock.kind == PROMISE for clock in clocks):
        return ""
    clocked = targets.clocked(desk.connection, ticket.id)
    return clock_facts(clocks, ticket.status, clocked.team if clocked else None, desk.now, desk.policy.staffing)


def clock_facts(clocks: Sequence[TargetView], status: str, team: str | None, now: datetime, staffing: Staffing) -> str:
    """The clocks of a ticket that have not ended, a line each: when it is due, how late it is, or why it stands still.

    What is left is open time, as targets are; how late it is is time as everybody has it.
    """
    shown = sorted((clock for clock in clocks if clock.kind != PROMISE), key=lambda clock: KINDS.index(clock.kind))
    return "\n".join(_line(clock, status, team, now, staffing) for clock in shown)


def _line(clock: TargetView, status: str, team: str | None, now: datetime, staffing: Staffing) -> str:
    kind, hours = text(f"sla.{clock.kind}"), staffing.calendar(team)
    if clock.due_at is None:
        why = text("sla.asleep" if status == "snoozed" else "sla.customer")
        left = clock.target - clock.used
        if left <= timedelta(0):
            return text("sla.still_late", kind=kind, why=why)
        return text("sla.still", kind=kind, why=why, left=length(left))
    if clock.due_at <= now:
        return text("sla.overdue", kind=kind, by=length(now - clock.due_at))
    at = moment_beside(clock.due_at, now, hours.zone)
    left = hours.open_time(now, clock.due_at)
    return text("sla.due" if left == clock.due_at - now else "sla.due_open", kind=kind, at=at, left=length(left))


def length(time: timedelta) -> str:
    """A length of time, to the minute below a day.

    >>> length(timedelta(seconds=30)), length(timedelta(minutes=80)), length(timedelta(days=2, hours=3, minutes=5))
    ('under a minute', '1 h 20 min', '2 d 3 h')
    """
    minutes = int(time.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (0 if days else minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "under a minute"


# --- /sla ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded
    #: None for a word that is no number of days
    days: int | None
    shares: tuple[Share, ...]


def gather(event: StaffCommanded, desk: Desk) -> Facts:
    days = _days(event.text)
    since = desk.now - timedelta(days=days or 0)
    shares = targets.share_met(desk.connection, since, desk.now) if days else []
    return Facts(event, days, tuple(shares))


def _days(words: str) -> int | None:
    """
    >>> _days(""), _days("7d"), _days(" 90 "), _days("soon"), _days("0"), _days("9" * 40)
    (30, 7, 90, None, None, None)
    """
    if not words.strip():
        return _DAYS
    match = re.fullmatch(r"\s*([0-9]{1,4})\s*d?\s*", words)
    days = int(match[1]) if match else 0
    return days if 1 <= days <= _MOST_DAYS else None


def decide(facts: Facts) -> list[Action]:
    return [Whisper(facts.event.staff, facts.event.place, _shown(facts))]


def _shown(facts: Facts) -> Message:
    if facts.days is None:
        return Message(text=text("sla.usage", most=_MOST_DAYS))
    title = text("sla.title", days=facts.days)
    if not facts.shares:
        return Message(title=title, text=text("sla.nothing"))
    columns = tuple(text(f"sla.column.{name}") for name in ("kind", "priority", "share", "kept"))
    rows = tuple(
        (text(f"sla.{one.kind}").capitalize(), one.priority, f"{one.value:.0%}", f"{one.kept} / {one.of}")
        for one in facts.shares
    )
    return Message(title=title, table=Table(columns, rows), context=text("sla.meaning"))
