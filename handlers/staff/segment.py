"""Questions over customers that have a name: `/segment` lists them with their sizes, or answers one.

A segment is what was said, read anew each time: "the last 90 days" are those before today.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crm_store import saved_segments, segment_sizes
from crm_store.answering import NO_ANSWER, answer_in
from crm_store.asked import Asked
from crm_store.question.grammar import Question
from crm_store.saved_segments import LONGEST_NAME, Both, Meaning, SegmentView, Without, named
from crm_store.segment_sizes import SizeView
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, ForgetSegment, SaveSegment, Whisper
from handlers.desk import Desk
from handlers.digests import difference
from handlers.events import StaffCommanded, StaffPressed, StaffSubmitted
from handlers.forms import Field, Form
from handlers.message import Button, Chart, Fact, Message, Series, Table
from handlers.roles import may, refusal
from handlers.staff import ask, segment_compare
from handlers.staff.looked import LOOKED
from handlers.staff.segment_compare import Compared
from handlers.texts import text
from handlers.texts.dates import day
from nlp.ask.lexing import is_chinese
from nlp.ask.segments import filters_of, is_said_in_chinese

COMMAND = "/segment"
NAME = "name"
#: the button that opens one of the list, and how many have one
OPEN, _OPENED = "segment_open", 8
_DELETE = ("delete", "删除")
#: segments of a list, and how long the size of each may take: others wait for the turn
_LISTED, _PATIENCE = 20, timedelta(milliseconds=500)
#: sizes that are drawn: of how long, at how many points; what the size of now is held against, in days
_DRAWN, _POINTS, _APART = timedelta(days=92), 20, (7, 30)
_DASH = "—"


# --- the form -----------------------------------------------------------------------------------------------------


def form(ref: str, desk: Desk) -> Form | None:
    """What \"Save as segment\" opens; nothing for what is no segment, or is not kept any more."""
    kept, meaning = _asked(ref, desk)
    if kept is None or meaning is None:
        return None
    field = Field(NAME, text("segment.name", kept.language), max_length=LONGEST_NAME)
    title, save = text("segment.title", kept.language), text("form.save", kept.language)
    lines = [segment_compare.said(meaning, kept.language)] if isinstance(meaning, Both | Without) else meaning
    return Form(ask.SEGMENT, ref, title, save, (field,), "\n".join(lines), kept.language)


def _asked(ref: str, desk: Desk) -> tuple[Asked | None, Meaning | None]:
    """The question that is to have a name, and who belongs to it; None where it is none, or is not kept any more."""
    kept = ask.known(ref, desk)
    if kept is None or not ask.is_segment(kept):
        return None, None
    return kept, segment_compare.part_of(kept.part, desk) if kept.part else kept.words


@dataclass(frozen=True, slots=True)
class Sent:
    event: StaffSubmitted
    staff: StaffView
    asked: Asked | None
    #: who belongs to it; None: it is not kept any more
    meaning: Meaning | None
    #: how many customers it finds now; None: it could not be told
    size: int | None
    now: datetime


def gather_submitted(event: StaffSubmitted, desk: Desk) -> Sent:
    kept, meaning = _asked(event.ref, desk)
    size = None if meaning is None else _size(meaning, desk)
    return Sent(event, desk.colleague(event.staff), kept, meaning, size, desk.now)


def decide_submitted(facts: Sent) -> list[Action]:
    event, name = facts.event, named(facts.event.values.get(NAME, ""))
    if facts.asked is None or facts.meaning is None:
        return [_tell(event, text("ask.gone"))]
    if not name or name.split()[0] in (*_DELETE, *segment_compare.WORDS):
        return [_tell(event, text("segment.bad_name", facts.asked.language))]
    return [
        SaveSegment(SegmentView(name, facts.meaning, facts.staff.name, facts.now), facts.size),
        Audit(facts.staff.name, "save segment", f"segment:{name}", segment_compare.said(facts.meaning)[:500]),
        _tell(event, text("segment.saved", facts.asked.language, name=name)),
    ]


def gather_open(event: StaffPressed, desk: Desk) -> "Facts":
    """A segment of the list, as its name after the command shows it."""
    return gather(StaffCommanded(event.staff, event.place, event.at, COMMAND, event.ref, event.answer_to), desk)


# --- the command --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    segment: SegmentView
    #: None: it could not be told
    size: int | None
    #: the shop's
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Told:
    """A segment's customers, and how many they were."""

    name: str
    answered: ask.Facts
    #: of the last months, oldest first
    sizes: tuple[SizeView, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded
    staff: StaffView
    #: the list, the answer of one, two beside each other, the name of the one that goes, or a sentence
    wanted: tuple[Listed, ...] | Told | Compared | ForgetSegment | str


def gather(event: StaffCommanded, desk: Desk) -> Facts:
    staff = desk.colleague(event.staff)
    return Facts(event, staff, _wanted(event, staff, saved_segments.every(desk.connection), desk))


def _wanted(
    event: StaffCommanded, staff: StaffView, known: list[SegmentView], desk: Desk
) -> tuple[Listed, ...] | Told | Compared | ForgetSegment | str:
    name = named(event.text)
    first, _, rest = name.partition(" ")
    if first in segment_compare.WORDS:
        return segment_compare.gather(event, staff, known, desk)
    if not name:
        zone = desk.policy.timezone
        return tuple(Listed(one, _size(one.meaning, desk), zone) for one in known[:_LISTED])
    goes = rest if first in _DELETE else ""
    found = next((one for one in known if one.name == (goes or name)), None)
    if found is None:
        return text("segment.none", "zh" if is_chinese(goes or name) else None, name=goes or name)
    if not goes:
        answered = _answered(found, ask.Place(event.staff, event.place, ""), desk)
        if answered is None:
            return text("segment.unread", _language(found), name=found.name)
        sizes = segment_sizes.history(desk.connection, found.name, desk.now - _DRAWN, desk.now)
        return Told(found.name, answered, tuple(sizes))
    if not may(staff.role, "export", desk.policy.roles):
        return refusal(staff.role, "export")
    return ForgetSegment(found.name)


def _answered(segment: SegmentView, at: ask.Place, desk: Desk) -> ask.Facts | None:
    """Who belongs to it; None where its parts can no longer be read."""
    meaning = segment.meaning
    if not isinstance(meaning, Both | Without):
        return ask.facts_of(meaning, at, desk)
    where = filters_of(meaning, desk.vocabulary(), desk.now, desk.policy.timezone)
    if where is None:
        return None
    customers = Question(subject="customers", where=where)
    return ask.facts_of_typed(customers, at, desk, chinese=is_said_in_chinese(meaning))


def _size(meaning: Meaning, desk: Desk) -> int | None:
    policy = desk.policy
    where = filters_of(meaning, desk.vocabulary(), desk.now, policy.timezone)
    if where is None:
        return None
    count = Question(measure="customers", where=where)
    try:
        size = answer_in(desk.connection, count, desk.now, policy.timezone, policy.rates, _PATIENCE).value
    except NO_ANSWER:
        return None
    return None if size is None else int(size)


def decide(facts: Facts) -> list[Action]:
    event = facts.event
    match facts.wanted:
        case Told() as told:
            return _with_sizes(told)
        case Compared() as compared:
            return segment_compare.decide(compared)
        case ForgetSegment(name=name):
            kept = Audit(facts.staff.name, "delete segment", f"segment:{name}")
            language = "zh" if is_chinese(event.text) else None
            return [facts.wanted, kept, _tell(event, text("segment.deleted", language, name=name))]
        case str(problem):
            return [_tell(event, problem)]
        case ():
            return [_tell(event, text("segment.empty"))]
        case listed:
            seen = Audit(facts.staff.name, LOOKED, "segments", COMMAND)
            return [seen, Whisper(event.staff, event.place, _shown(listed))]


def _with_sizes(told: Told) -> list[Action]:
    """The answer, with how its number has changed and a line of it."""
    outcome, sizes = told.answered.outcome, told.sizes
    if isinstance(outcome, str):
        return ask.decide(told.answered)
    now, at, zone = outcome.figures.total, told.answered.asked.at, told.answered.policy.timezone
    language = told.answered.asked.language
    changes = [
        text("segment.since", language, change=difference(now - before.customers), days=days)
        for days in _APART
        if (before := next((one for one in reversed(sizes) if one.at <= at - timedelta(days=days)), None)) is not None
    ]
    value = f"{now:,}" + (f" ({', '.join(changes)})" if changes else "")
    points = {day(one.at, zone, language): one.customers for one in sizes} | {day(at, zone, language): now}
    labels = list(points)[:: -(-len(points) // _POINTS) * -1][::-1]
    chart = None
    if len(labels) > 1:
        title = text("segment.chart", language)
        spoken = "; ".join(f"{label}: {points[label]:,}" for label in labels)
        series = Series(told.name[:20], tuple(float(points[label]) for label in labels))
        chart = Chart("line", title, tuple(labels), (series,), f"{title}. {spoken}.", language)
    return ask.decide(told.answered, (Fact(text("segment.size", language), value),), chart)


def _shown(listed: tuple[Listed, ...]) -> Message:
    # a list of what was said in Chinese alone is for one who reads it
    language = "zh" if all(_language(one.segment) for one in listed) else None
    heads = tuple(text(f"segment.column.{name}", language) for name in ("name", "size", "words", "actor", "at"))
    rows = tuple(
        (
            one.segment.name,
            _DASH if one.size is None else f"{one.size:,}",
            segment_compare.said(one.segment.meaning, language),
            one.segment.actor,
            day(one.segment.at, one.zone, language),
        )
        for one in listed
    )
    buttons = tuple(
        Button(text("ask.button.customer", language, customer=one.segment.name), OPEN, one.segment.name)
        for one in listed[:_OPENED]
    )
    return Message(
        title=text("segment.list", language),
        table=Table(heads, rows),
        context=text("segment.how", language),
        buttons=buttons,
    )


def _language(segment: SegmentView) -> str | None:
    return "zh" if is_said_in_chinese(segment.meaning) else None


def _tell(event: StaffCommanded | StaffSubmitted, words: str) -> Whisper:
    return Whisper(event.staff, event.place, Message(text=words))
