"""Where and when staff want digests: `/digest` without a name opens a form; what is planned in it goes before what is
configured, from the next minute on."""

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
from handlers.staff.recurrence import MONTHLY, ROOMS, WEEKLY, cron_of, label, room_of, spoken
from handlers.texts import text

FORM = "digest_plan"
DIGEST, DAYS, TIME, ROOM = "digest", "days", "time", "room"
_CONFIGURED, _OFF = "configured", "off"


# --- the form -----------------------------------------------------------------------------------------------------


def form(event: StaffCommanded, desk: Desk) -> Form | None:
    """What `/digest` opens; nothing with a name behind it, or for who may not plan."""
    if event.text.strip() or not desk.policy.roles.leads(desk.policy.roles.of(event.staff.user)):
        return None
    policy, plans = desk.policy, digest_plans.every(desk.connection)
    names = tuple(Option(name, name) for name in policy.digests)
    days = tuple(Option(label(one), one) for one in (_CONFIGURED, *WEEKLY, *MONTHLY, _OFF))
    room = Field(ROOM, text("plan.room"), max_length=80, optional=True)
    if policy.staff_channel == "console":
        rooms = tuple(Option(one, one) for one in ROOMS)
        room = Field(ROOM, text("plan.room"), kind="one", options=rooms, initial=ROOMS[0])
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
    where = (plan.room if plan is not None else "") or ROOMS[0]
    key = "plan.line" if plan is None else "plan.line_by"
    return text(key, name=name, when=spoken(cron), room=where, staff="" if plan is None else plan.actor)


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
    room = room_of(values.get(ROOM, ""), facts.policy)
    if name not in facts.policy.digests or days not in (_CONFIGURED, _OFF, *WEEKLY, *MONTHLY):
        return [_tell(facts, text("digest.which", names=", ".join(facts.policy.digests)))]
    if room is None:
        return [_tell(facts, text("plan.bad_room", room=values[ROOM][:80]))]
    cron = _cron(days, values, facts.policy.crons.get(name, ""))
    if cron is None:
        return [_tell(facts, text("plan.bad_time", time=values.get(TIME, "")[:20] or "—"))]
    kept = Audit(facts.staff.name, "plan digest", f"digest:{name}", f"{cron or _OFF} {room}".strip())
    told = _tell(facts, text("plan.done", name=name, when=spoken(cron), room=room or ROOMS[0]))
    if days == _CONFIGURED and not room:
        return [UnplanDigest(name), kept, told]
    return [PlanDigest(PlanView(name, cron, room, facts.staff.name, facts.now)), kept, told]


def _cron(days: str, values: Mapping[str, str], configured: str) -> str | None:
    """When; empty: never, None for a time that is none."""
    if days == _CONFIGURED:
        return configured
    if days == _OFF:
        return ""
    return cron_of(days, values.get(TIME, ""))


def _tell(facts: Facts, words: str) -> Whisper:
    return Whisper(facts.event.staff, facts.event.place or facts.policy.alerts_place, Message(text=words))
