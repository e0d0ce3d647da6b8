"""Where and when staff want digests: `/digest` without a name opens a form; what is planned in it goes before what is
configured, from the next minute on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crm_store import digest_plans
from crm_store.digest_plans import PlanView
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, PlanDigest, UnplanDigest, Whisper
from handlers.desk import Desk, Policy
from handlers.events import StaffCommanded, StaffSubmitted
from handlers.forms import Field, Form, Option
from handlers.message import Message
from handlers.texts import text

FORM = "digest_plan"
DIGEST, DAYS, TIME, ROOM = "digest", "days", "time", "room"
_CONFIGURED, _OFF = "configured", "off"
#: cron's weekdays
_WEEKDAYS = {
    "daily": "*",
    "weekdays": "mon-fri",
    **{day: day for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
}
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_SIMPLE = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* (\S+)")
#: a channel of Slack, by its name or id
_CHANNEL = re.compile(r"#?[\w.-]{1,80}")
#: the rooms of the console page
_ROOMS = ("digests", "tickets", "alerts")


# --- the form -----------------------------------------------------------------------------------------------------


def form(event: StaffCommanded, desk: Desk) -> Form | None:
    """What `/digest` opens; nothing with a name behind it, or for who may not plan."""
    if event.text.strip() or not desk.policy.roles.leads(desk.policy.roles.of(event.staff.user)):
        return None
    policy, plans = desk.policy, digest_plans.every(desk.connection)
    names = tuple(Option(name, name) for name in policy.digests)
    days = tuple(Option(text(f"plan.days.{one}"), one) for one in (_CONFIGURED, *_WEEKDAYS, _OFF))
    room = Field(ROOM, text("plan.room"), max_length=80, optional=True)
    if policy.staff_channel == "console":
        rooms = tuple(Option(one, one) for one in _ROOMS)
        room = Field(ROOM, text("plan.room"), kind="one", options=rooms, initial=_ROOMS[0])
    fields = (
        Field(DIGEST, text("plan.digest"), kind="one", options=names, initial=policy.digests[0]),
        Field(DAYS, text("plan.days"), kind="one", options=days, initial=_CONFIGURED),
        Field(TIME, text("plan.time"), initial="09:00", max_length=5, optional=True),
        room,
    )
    lines = "\n".join(_line(name, plans.get(name), policy) for name in policy.digests)
    return Form(FORM, "", text("plan.title"), text("form.save"), fields, lines)


def _line(name: str, plan: PlanView | None, policy: Policy) -> str:
    """A digest as it is planned."""
    cron = policy.crons.get(name, "") if plan is None else plan.cron
    where = (plan.room if plan is not None else "") or _ROOMS[0]
    key = "plan.line" if plan is None else "plan.line_by"
    return text(key, name=name, when=spoken(cron), room=where, staff="" if plan is None else plan.actor)


def spoken(cron: str) -> str:
    """A cron as people read it, as far as it is one of the form's.

    >>> spoken("5 9 * * mon"), spoken(""), spoken("*/5 * * * *")
    ('Mondays, 09:05', 'off', '*/5 * * * *')
    """
    if not cron:
        return text("plan.days.off")
    found = _SIMPLE.fullmatch(cron)
    days = next((name for name, days in _WEEKDAYS.items() if found is not None and days == found[3]), None)
    if found is None or days is None:
        return cron
    return f"{text(f'plan.days.{days}')}, {int(found[2]):02}:{found[1]:0>2}"


# --- what was sent in ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffSubmitted
    staff: StaffView
    now: datetime
    policy: Policy


def gather(event: StaffSubmitted, desk: Desk) -> Facts:
    return Facts(event, desk.colleague(event.staff), desk.now, desk.policy)


def decide(facts: Facts) -> list[Action]:
    if not facts.policy.roles.leads(facts.staff.role):
        return [_tell(facts, text("plan.managers"))]
    values = {name: value.strip() for name, value in facts.event.values.items()}
    name, days = values.get(DIGEST, ""), values.get(DAYS, "")
    room = _room(values.get(ROOM, ""), facts.policy)
    if name not in facts.policy.digests or days not in (_CONFIGURED, _OFF, *_WEEKDAYS):
        return [_tell(facts, text("digest.which", names=", ".join(facts.policy.digests)))]
    if room is None:
        return [_tell(facts, text("plan.bad_room", room=values[ROOM][:80]))]
    cron = _cron(days, values, facts.policy.crons.get(name, ""))
    if cron is None:
        return [_tell(facts, text("plan.bad_time", time=values.get(TIME, "")[:20] or "—"))]
    kept = Audit(facts.staff.name, "plan digest", f"digest:{name}", f"{cron or _OFF} {room}".strip())
    told = _tell(facts, text("plan.done", name=name, when=spoken(cron), room=room or _ROOMS[0]))
    if days == _CONFIGURED and not room:
        return [UnplanDigest(name), kept, told]
    return [PlanDigest(PlanView(name, cron, room, facts.staff.name, facts.now)), kept, told]


def _room(typed: str, policy: Policy) -> str | None:
    """Where it goes; empty where all go, None for what is no place."""
    if policy.staff_channel == "console":
        return None if typed not in ("", *_ROOMS) else ("" if typed == _ROOMS[0] else typed)
    return typed if not typed or _CHANNEL.fullmatch(typed) else None


def _cron(days: str, values: Mapping[str, str], configured: str) -> str | None:
    """When; empty: never, None for a time that is none."""
    if days == _CONFIGURED:
        return configured
    if days == _OFF:
        return ""
    time = _TIME.fullmatch(values.get(TIME, ""))
    return None if time is None else f"{int(time[2])} {int(time[1])} * * {_WEEKDAYS[days]}"


def _tell(facts: Facts, words: str) -> Whisper:
    return Whisper(facts.event.staff, facts.event.place or facts.policy.alerts_place, Message(text=words))
