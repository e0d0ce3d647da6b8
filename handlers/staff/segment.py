"""Questions over customers that have a name: `/segment` lists them with their sizes, or answers one.

A segment is what was said, read anew each time: "the last 90 days" are those before today.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import asked, saved_segments
from crm_store.answering import NO_ANSWER, answer_in
from crm_store.asked import Asked
from crm_store.question.grammar import Question
from crm_store.saved_segments import LONGEST_NAME, SegmentView, named
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, ForgetSegment, SaveSegment, Whisper
from handlers.desk import Desk
from handlers.events import StaffCommanded, StaffSubmitted, key_in
from handlers.forms import Field, Form
from handlers.message import Message, Table
from handlers.roles import may, refusal
from handlers.staff import ask
from handlers.staff.looked import LOOKED
from handlers.texts import text
from handlers.texts.dates import day
from nlp.ask.following import read_all

COMMAND = "/segment"
NAME = "name"
_DELETE = "delete"
#: segments of a list, and how long the size of each may take: others wait for the turn
_LISTED, _PATIENCE = 20, timedelta(milliseconds=500)
_DASH = "—"


# --- the form -----------------------------------------------------------------------------------------------------


def form(ref: str, desk: Desk) -> Form | None:
    """What \"Save as segment\" opens; nothing for what is no segment, or is not kept any more."""
    kept = _asked(ref, desk)
    if kept is None:
        return None
    field = Field(NAME, text("segment.name"), max_length=LONGEST_NAME)
    return Form(ask.SEGMENT, ref, text("segment.title"), text("form.save"), (field,), "\n".join(kept.words))


def _asked(ref: str, desk: Desk) -> Asked | None:
    number = key_in(ref)
    kept = None if number is None else asked.find(desk.connection, number)
    return kept if kept is not None and ask.is_segment(kept) else None


@dataclass(frozen=True, slots=True)
class Sent:
    event: StaffSubmitted
    staff: StaffView
    asked: Asked | None
    now: datetime


def gather_submitted(event: StaffSubmitted, desk: Desk) -> Sent:
    return Sent(event, desk.colleague(event.staff), _asked(event.ref, desk), desk.now)


def decide_submitted(facts: Sent) -> list[Action]:
    event, name = facts.event, named(facts.event.values.get(NAME, ""))
    if facts.asked is None:
        return [_tell(event, text("ask.gone"))]
    if not name or name.split()[0] == _DELETE:
        return [_tell(event, text("segment.bad_name"))]
    return [
        SaveSegment(SegmentView(name, facts.asked.words, facts.staff.name, facts.now)),
        Audit(facts.staff.name, "save segment", f"segment:{name}", " / ".join(facts.asked.words)[:500]),
        _tell(event, text("segment.saved", name=name)),
    ]


# --- the command --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    segment: SegmentView
    #: None: it could not be told
    size: int | None
    #: the day on which it was saved
    saved: str


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded
    staff: StaffView
    #: the list, the answer of one, the name of the one that goes, or a sentence
    wanted: tuple[Listed, ...] | ask.Facts | ForgetSegment | str


def gather(event: StaffCommanded, desk: Desk) -> Facts:
    staff = desk.colleague(event.staff)
    return Facts(event, staff, _wanted(event, staff, saved_segments.every(desk.connection), desk))


def _wanted(
    event: StaffCommanded, staff: StaffView, known: list[SegmentView], desk: Desk
) -> tuple[Listed, ...] | ask.Facts | ForgetSegment | str:
    name = named(event.text)
    if not name:
        zone = desk.policy.timezone
        return tuple(Listed(one, _size(one, desk), day(one.at, zone)) for one in known[:_LISTED])
    goes = name.removeprefix(f"{_DELETE} ") if name.startswith(f"{_DELETE} ") else ""
    found = next((one for one in known if one.name == (goes or name)), None)
    if found is None:
        return text("segment.none", name=goes or name)
    if not goes:
        return ask.facts_of(found.words, ask.Place(event.staff, event.place, ""), desk)
    if not may(staff.role, "export", desk.policy.roles):
        return refusal(staff.role, "export")
    return ForgetSegment(found.name)


def _size(segment: SegmentView, desk: Desk) -> int | None:
    policy = desk.policy
    found = read_all(segment.words, desk.vocabulary(), desk.now, policy.timezone)
    if not isinstance(found, Question):
        return None
    count = Question(measure="customers", where=found.where)
    try:
        size = answer_in(desk.connection, count, desk.now, policy.timezone, policy.rates, _PATIENCE).value
    except NO_ANSWER:
        return None
    return None if size is None else int(size)


def decide(facts: Facts) -> list[Action]:
    event = facts.event
    match facts.wanted:
        case ask.Facts() as answered:
            return ask.decide(answered)
        case ForgetSegment(name=name):
            kept = Audit(facts.staff.name, "delete segment", f"segment:{name}")
            return [facts.wanted, kept, _tell(event, text("segment.deleted", name=name))]
        case str(problem):
            return [_tell(event, problem)]
        case ():
            return [_tell(event, text("segment.empty"))]
        case listed:
            seen = Audit(facts.staff.name, LOOKED, "segments", COMMAND)
            return [seen, Whisper(event.staff, event.place, _shown(listed))]


def _shown(listed: tuple[Listed, ...]) -> Message:
    heads = tuple(text(f"segment.column.{name}") for name in ("name", "size", "words", "actor", "at"))
    rows = tuple(
        (
            one.segment.name,
            _DASH if one.size is None else f"{one.size:,}",
            " / ".join(one.segment.words),
            one.segment.actor,
            one.saved,
        )
        for one in listed
    )
    return Message(title=text("segment.list"), table=Table(heads, rows), context=text("segment.how"))


def _tell(event: StaffCommanded | StaffSubmitted, words: str) -> Whisper:
    return Whisper(event.staff, event.place, Message(text=words))
