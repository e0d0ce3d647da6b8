"""`/doctor`: a manager asks whether the desk is well, and is told what is not and how to mend it."""

from dataclasses import dataclass

from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, Examine, Whisper
from handlers.desk import Desk
from handlers.events import Examined, Remark, StaffCommanded
from handlers.message import Fact, Message
from handlers.texts import counted, text

_MARKS = {"ok": "✓", "warn": "⚠", "bad": "✗"}


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded
    staff: StaffView
    may: bool


def gather(event: StaffCommanded, desk: Desk) -> Facts:
    staff = desk.colleague(event.staff)
    return Facts(event, staff, desk.policy.roles.leads(staff.role))


def decide(facts: Facts) -> list[Action]:
    event = facts.event
    if not facts.may:
        return [Whisper(event.staff, event.place, Message(text=text("doctor.managers")))]
    begun = Whisper(event.staff, event.place, Message(text=text("doctor.begun")))
    return [Audit(facts.staff.name, "doctor", "desk"), Examine(event.staff), begun]


def gather_examined(event: Examined, desk: Desk) -> Examined:
    return event


def decide_examined(event: Examined) -> list[Action]:
    asked = event.asked_by
    return [Whisper(asked.staff, asked.place, report(event.remarks))]


def report(remarks: tuple[Remark, ...]) -> Message:
    """What was found: what is not well first, with how to mend it."""
    unwell = [one for one in remarks if one.level != "ok"]
    first = sorted(remarks, key=lambda one: ("bad", "warn", "ok").index(one.level))
    title = counted("doctor.unwell", len(unwell)) if unwell else text("doctor.well")
    return Message(title=title, facts=tuple(Fact(f"{_MARKS[one.level]} {one.area}", _told(one)) for one in first))


def _told(remark: Remark) -> str:
    return f"{remark.what}\n→ {remark.mend}" if remark.mend else remark.what
