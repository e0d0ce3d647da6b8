"""Targets that are about to be missed, or were: the assignee is warned and told, then the channel, then whoever leads.

Looked at every minute. Each is told once: a turn holds the ticket's conversation before it looks again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crm_store import conversations, targets, tickets
from crm_store.targets import TO_ASSIGNEE, TO_CHANNEL, TO_MANAGER, Late
from crm_store.tickets import StaffView
from handlers.actions import Action, MarkTarget, ShowCard, TellChannel, TellRoom, TellThread, Timeline
from handlers.desk import Desk, Policy
from handlers.events import Colleague, Slot
from handlers.message import Message
from handlers.staff.sla import length
from handlers.staffing import Staffing, account_of
from handlers.texts import text
from handlers.texts.dates import moment_beside

Step = Literal["warn", "assignee", "channel", "manager"]

#: tickets a turn takes on: more wait a minute
_MOST = 50


@dataclass(frozen=True, slots=True)
class Case:
    late: Late
    step: Step
    assignee: StaffView | None


@dataclass(frozen=True, slots=True)
class Facts:
    cases: tuple[Case, ...]
    now: datetime
    policy: Policy


def is_wanted(desk: Desk) -> bool:
    return bool(_wanting(desk))


def gather(slot: Slot, desk: Desk) -> Facts:
    staffing = desk.policy.staffing
    cases = []
    for one in _wanting(desk)[:_MOST]:
        if desk.connection.dialect.name != "sqlite":
            conversations.hold(desk.connection, one.conversation_id)
        again = targets.is_late(desk.connection, one.clock.id, desk.now)
        step = None if again is None else step_of(again, desk.now, staffing)
        if again is not None and step is not None:
            staff = None if again.assignee_id is None else tickets.staff_by_id(desk.connection, again.assignee_id)
            cases.append(Case(again, step, staff))
    return Facts(tuple(cases), desk.now, desk.policy)


def _wanting(desk: Desk) -> list[Late]:
    """The clocks that want somebody's attention now, by conversation: the order in which they are held."""
    staffing, now = desk.policy.staffing, desk.now
    clocks = [clock for each in staffing.targets.values() for kind in targets.KINDS if (clock := each.of(kind))]
    longest = max(clocks, default=timedelta(0)) * staffing.warn_left
    calendars = [staffing.hours, *(team.hours for team in staffing.teams if team.hours is not None)]
    horizon = max(calendar.after(now, longest) for calendar in calendars)
    return [one for one in targets.late(desk.connection, now, horizon) if step_of(one, now, staffing) is not None]


def step_of(late: Late, now: datetime, staffing: Staffing) -> Step | None:
    """What is to be done about a clock now; nothing about one that stands still, or whose answer is on its way."""
    clock, hours = late.clock, staffing.calendar(late.team)
    if clock.running_since is None or clock.due_at is None or late.is_answered:
        return None
    if now >= clock.due_at:
        since = hours.open_time(clock.breached_at or clock.due_at, now)
        if clock.escalated < TO_ASSIGNEE and late.assignee_id is not None:
            return "assignee"
        if clock.escalated < TO_CHANNEL and (late.assignee_id is None or since >= staffing.to_channel):
            return "channel"
        return "manager" if clock.escalated < TO_MANAGER and since >= staffing.to_manager else None
    if clock.warned_at is not None or clock.breached_at is not None or not staffing.warn_left:
        return None
    return "warn" if hours.open_time(now, clock.due_at) <= clock.target * staffing.warn_left else None


def decide(facts: Facts) -> list[Action]:
    return [action for case in facts.cases for action in _decide(case, facts)]


def _decide(case: Case, facts: Facts) -> list[Action]:
    clock = case.late.clock
    breached = clock.breached_at or clock.due_at
    match case.step:
        case "warn":
            mark = MarkTarget(clock.id, warned_at=facts.now)
        case "assignee":
            mark = MarkTarget(clock.id, breached_at=breached, escalated=TO_ASSIGNEE)
        case "channel":
            mark = MarkTarget(clock.id, breached_at=breached, escalated=TO_CHANNEL)
        case "manager":
            mark = MarkTarget(clock.id, breached_at=breached, escalated=TO_MANAGER)
    what = "warned" if case.step == "warn" else "breached" if clock.breached_at is None else "escalated"
    return [
        mark,
        Timeline(clock.ticket_id, "clock", what, clock.kind),
        ShowCard(clock.ticket_id),
        *_told(case, facts),
    ]


def _told(case: Case, facts: Facts) -> list[Action]:
    clock, calls = case.late.clock, _called(case)
    words = _words(case, facts)
    match case.step:
        case "warn" | "assignee":
            return [TellThread(clock.ticket_id, Message(text=words, calls=calls))]
        case "channel":
            return [TellChannel(clock.ticket_id, Message(text=words, calls=calls))]
        case "manager":
            return [TellRoom("alerts", Message(title=text("sla.escalated"), text=words))]


def _called(case: Case) -> tuple[Colleague, ...]:
    return () if case.assignee is None else (account_of(case.assignee),)


def _words(case: Case, facts: Facts) -> str:
    clock, hours = case.late.clock, facts.policy.staffing.calendar(case.late.team)
    kind, due = text(f"sla.{clock.kind}"), clock.due_at or facts.now
    if case.step == "warn":
        left = length(hours.open_time(facts.now, due))
        return text("sla.warning", kind=kind, at=moment_beside(due, facts.now, hours.zone), left=left)
    late = length(facts.now - due)
    if case.step == "assignee":
        return text("sla.breach", kind=kind, by=late)
    who = case.late.assignee or text("card.unassigned")
    return text("sla.breach_of", ticket=clock.ticket_id, kind=kind, by=late, priority=case.late.priority, who=who)
