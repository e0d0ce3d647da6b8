"""A question on a schedule: "Schedule" under an answer opens a form, `/ask schedule` lists what is planned.

The clock asks it anew and posts the answer (`jobs.questions`). Where others read along nobody is named.
"""

from dataclasses import dataclass
from datetime import datetime

from crm_store import question_schedules
from crm_store.asked import Asked
from crm_store.question_schedules import ScheduleView
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, ForgetSchedule, KeepSchedule, Whisper
from handlers.desk import Desk, Policy
from handlers.events import StaffCommanded, StaffSubmitted, key_in
from handlers.forms import Field, Form, Option
from handlers.message import Button, Message, Table
from handlers.staff import ask
from handlers.staff.recurrence import MONTHLY, ROOMS, WEEKLY, chosen, cron_of, label, room_of, spoken
from handlers.texts import text
from handlers.texts.dates import moment
from nlp.ask.lexing import is_chinese

#: what `/ask` is given for the list
WORDS = frozenset({"schedule", "schedules", "定时", "计划"})
DAYS, TIME, ROOM = "days", "time", "room"
STOP = "stop"
_DASH = "—"
_WORDS = 120


# --- the form -----------------------------------------------------------------------------------------------------


def form(ref: str, desk: Desk) -> Form | None:
    """What plans the question of an answer (`12`), or changes a schedule (`s3`)."""
    planned = _planned(ref, desk)
    before = _asked(ref, desk) if planned is None else None
    if planned is None and before is None:
        return None
    language = _language(planned, before)
    days, time = (chosen(planned.cron) if planned is not None else None) or ("mon", "09:00")
    options = [Option(label(one, language), one) for one in (*WEEKLY, *MONTHLY)]
    options += [Option(text("schedule.stop", language), STOP)] if planned is not None else []
    fields = (
        Field(DAYS, text("schedule.when", language), kind="one", options=tuple(options), initial=days),
        Field(TIME, text("schedule.time", language, zone=desk.policy.timezone.key), initial=time, max_length=5),
        _room_field(planned, desk.policy, language),
    )
    words = planned.words if planned is not None else before.words if before is not None else ()
    title, save = text("schedule.title", language), text("form.save", language)
    return Form(ask.SCHEDULE, ref, title, save, fields, "\n".join(words), language)


def _language(planned: ScheduleView | None, before: Asked | None) -> str | None:
    """The language of the question that is planned, or is to be."""
    if planned is not None:
        return "zh" if planned.is_chinese else None
    return None if before is None else before.language


def _room_field(planned: ScheduleView | None, policy: Policy, language: str | None) -> Field:
    room = planned.room if planned is not None else ""
    if policy.staff_channel == "console":
        options = tuple(Option(one, one) for one in ROOMS)
        return Field(
            ROOM, text("schedule.column.room", language), kind="one", options=options, initial=room or ROOMS[0]
        )
    return Field(ROOM, text("schedule.room", language), initial=room, max_length=80, optional=True)


def _planned(ref: str, desk: Desk) -> ScheduleView | None:
    number = key_in(ref[1:]) if ref.startswith("s") else None
    return None if number is None else question_schedules.find(desk.connection, number)


def _asked(ref: str, desk: Desk) -> Asked | None:
    before = ask.known(ref, desk)
    return before if before is not None and before.question is not None else None


@dataclass(frozen=True, slots=True)
class Sent:
    event: StaffSubmitted
    staff: StaffView
    #: the schedule that is changed; None: a new one
    planned: ScheduleView | None
    #: the question that is planned; None: it is not kept any more
    asked: Asked | None
    #: how many there are
    count: int
    now: datetime
    policy: Policy


def gather_submitted(event: StaffSubmitted, desk: Desk) -> Sent:
    staff, ref = desk.colleague(event.staff), event.ref
    count = len(question_schedules.every(desk.connection))
    return Sent(event, staff, _planned(ref, desk), _asked(ref, desk), count, desk.now, desk.policy)


def decide_submitted(facts: Sent) -> list[Action]:
    event, planned = facts.event, facts.planned
    values = {name: value.strip() for name, value in event.values.items()}
    language = _language(planned, facts.asked)
    if planned is None and event.ref.startswith("s"):
        return [_tell(event, text("schedule.gone"))]
    if planned is None and facts.asked is None:
        return [_tell(event, text("ask.gone"))]
    if planned is None and facts.count >= facts.policy.scheduled_questions:
        return [_tell(event, text("schedule.full", language, most=facts.policy.scheduled_questions))]
    if planned is not None and values.get(DAYS) == STOP:
        return [
            ForgetSchedule(planned.id),
            Audit(facts.staff.name, "stop schedule", f"schedule:{planned.id}", _said(planned.words)),
            _tell(event, text("schedule.stopped", language, question=_said(planned.words))),
        ]
    return _kept(facts, values)


def _kept(facts: Sent, values: dict[str, str]) -> list[Action]:
    event, planned, policy = facts.event, facts.planned, facts.policy
    language = _language(planned, facts.asked)
    room = room_of(values.get(ROOM, ""), policy)
    if room is None:
        return [_tell(event, text("plan.bad_room", language, room=values[ROOM][:80]))]
    if values.get(DAYS) not in WEEKLY | MONTHLY:
        return [_tell(event, text("schedule.bad_days", language))]
    cron = cron_of(values[DAYS], values.get(TIME, ""))
    if cron is None:
        return [_tell(event, text("plan.bad_time", language, time=values.get(TIME, "")[:20] or _DASH))]
    if not room and event.staff.channel == policy.staff_channel == "slack":
        room = event.place
    words = planned.words if planned is not None else facts.asked.words if facts.asked is not None else ()
    is_chinese = planned.is_chinese if planned is not None else facts.asked is not None and facts.asked.is_chinese
    number = planned.id if planned is not None else 0
    done = text(
        "schedule.done",
        language,
        question=_said(words),
        when=spoken(cron, language),
        room=text("schedule.here", language) if room and room == event.place else room or ROOMS[0],
    )
    detail = f"{cron} {room}: {_said(words)}"[:500]
    return [
        KeepSchedule(ScheduleView(number, words, is_chinese, cron, room, facts.staff.name, facts.now)),
        Audit(facts.staff.name, "schedule question", f"schedule:{number or 'new'}", detail),
        _tell(event, done),
    ]


def _said(words: tuple[str, ...]) -> str:
    said = " / ".join(words)
    return said if len(said) <= _WORDS else f"{said[:_WORDS]}…"


# --- the list -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    event: StaffCommanded
    staff: StaffView
    planned: tuple[ScheduleView, ...]
    policy: Policy


def is_asked_for(typed: str) -> bool:
    """Whether `/ask` is given what lists the schedules, and no question."""
    return typed.strip().lower() in WORDS


def gather(event: StaffCommanded, desk: Desk) -> Listed | ask.Facts:
    if not is_asked_for(event.text):
        return ask.gather_command(event, desk)
    planned = tuple(question_schedules.every(desk.connection))
    return Listed(event, desk.colleague(event.staff), planned, desk.policy)


def decide(facts: Listed | ask.Facts) -> list[Action]:
    if not isinstance(facts, Listed):
        return ask.decide(facts)
    language = "zh" if is_chinese(facts.event.text) else None
    if not facts.planned:
        return [_tell(facts.event, text("schedule.none", language))]
    names = ("number", "words", "when", "room", "actor", "answered")
    table = Table(
        tuple(text(f"schedule.column.{name}", language) for name in names),
        tuple(_row(one, facts.policy, language) for one in facts.planned),
    )
    buttons = tuple(
        Button(text("schedule.change", language, number=one.id), ask.SCHEDULE, f"s{one.id}") for one in facts.planned
    )
    shown = Message(title=text("schedule.list", language), table=table, buttons=buttons)
    return [Whisper(facts.event.staff, facts.event.place, shown)]


def _row(one: ScheduleView, policy: Policy, language: str | None) -> tuple[str, ...]:
    answered = _DASH if one.answered_at is None else moment(one.answered_at, policy.timezone, language)
    if one.failing_since is not None:
        answered = text("schedule.failing", language, at=moment(one.failing_since, policy.timezone, language))
    return str(one.id), " / ".join(one.words), spoken(one.cron, language), one.room or ROOMS[0], one.actor, answered


def _tell(event: StaffCommanded | StaffSubmitted, words: str) -> Whisper:
    return Whisper(event.staff, event.place, Message(text=words))
