"""Questions on a schedule: each has a job of its own (`question:7`), which asks it anew and posts the answer."""

from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import structs

from crm_store import question_schedules
from crm_store.asked import Asked
from crm_store.question_schedules import ScheduleView
from handlers.actions import Action, KeepAsked, ScheduleAnswered, ScheduleFailed, TellRoom
from handlers.desk import Desk, Policy
from handlers.digests import late_note
from handlers.events import Slot, key_in
from handlers.message import Button, Message
from handlers.staff import ask
from handlers.staff.recurrence import spoken
from handlers.texts import text

#: how the names of these jobs begin
NAME = "question"


def job_of(number: int) -> str:
    """The job of a schedule."""
    return f"{NAME}:{number}"


@dataclass(frozen=True, slots=True)
class Facts:
    slot: Slot
    #: None: it was stopped since
    schedule: ScheduleView | None
    #: the answer, or the sentence of why there is none
    outcome: ask.Answered | str
    asked: Asked | None
    now: datetime
    policy: Policy


def gather(slot: Slot, desk: Desk) -> Facts:
    number = key_in(slot.job.partition(":")[2])
    schedule = None if number is None else question_schedules.find(desk.connection, number)
    if schedule is None:
        return Facts(slot, None, "", None, desk.now, desk.policy)
    outcome, kept = ask.asked_anew(schedule.words, schedule.is_chinese, replace(desk, now=slot.due))
    return Facts(slot, schedule, outcome, kept, desk.now, desk.policy)


def decide(facts: Facts) -> list[Action]:
    schedule, outcome = facts.schedule, facts.outcome
    if schedule is None or facts.asked is None:
        return []
    language = facts.asked.language
    planned = Button(text("ask.button.replan", language), ask.SCHEDULE, f"s{schedule.id}")
    if isinstance(outcome, str):
        if schedule.failing_since is not None:  # it was said
            return []
        said = text("schedule.fails", language, question=" / ".join(schedule.words)[:200], why=outcome)
        told = TellRoom("digests", Message(text=said, buttons=(planned,)), facts.slot.about, schedule.room)
        return [ScheduleFailed(schedule.id, facts.slot.due), told]
    note = text("schedule.planned", language, when=spoken(schedule.cron, language), staff=schedule.actor)
    late = late_note(facts.slot.due, facts.now, facts.policy.timezone, language)
    shown = ask.shown_again(outcome, facts.asked, facts.policy, (schedule.value, schedule.answered_at), planned)
    context = "\n".join(filter(None, (shown.context, late, note)))
    message = structs.replace(shown, context=context)
    value = outcome.figures.value if not outcome.figures.columns else None
    return [
        KeepAsked(facts.asked),
        ScheduleAnswered(schedule.id, facts.slot.due, None if value is None else float(value)),
        TellRoom("digests", message, facts.slot.about, schedule.room),
    ]
