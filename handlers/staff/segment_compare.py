"""`/segment compare A B`: how many are in both of two segments or in one alone, and what they have bought."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_store import saved_segments
from crm_store.answering import IN_A_TURN, NO_ANSWER, answer_in
from crm_store.asked import Asked
from crm_store.question.grammar import Filter, Not, Or, Question
from crm_store.saved_segments import SegmentView
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, KeepAsked, Whisper
from handlers.desk import Desk, Policy
from handlers.events import StaffCommanded, StaffPressed
from handlers.message import Button, Message, Table
from handlers.staff import ask
from handlers.staff.looked import LOOKED
from handlers.texts import text
from nlp.ask.following import read_all

WORD = "compare"
#: the button that opens a list
LIST = "ask_compared"
#: the thread of what is no question in anybody's words: nothing follows it up
_THREAD = "compared"
#: of the two together, in the order in which they are shown
_PARTS = ("both", "first", "second")
_DASH = "—"


@dataclass(frozen=True, slots=True)
class Part:
    """Some customers. Money in the base currency's units; cancelled orders count for nothing."""

    customers: int
    orders: int
    spend: float

    def __add__(self, other: "Part") -> "Part":
        return Part(self.customers + other.customers, self.orders + other.orders, self.spend + other.spend)


@dataclass(frozen=True, slots=True)
class Compared:
    event: StaffCommanded
    staff: StaffView
    names: tuple[str, str]
    #: by `_PARTS`
    parts: tuple[Part, Part, Part]
    kept: Asked
    policy: Policy


def gather(event: StaffCommanded, staff: StaffView, known: Sequence[SegmentView], desk: Desk) -> Compared | str:
    """The comparison that is asked for, or the sentence of why there is none."""
    pair = _pair(event.text.lower().split()[1:], known)
    if pair is None:
        return text("segment.compare_which")
    questions = _questions(pair, desk)
    if isinstance(questions, str):
        return questions
    parts = [_part(one, desk) for one in questions]
    if any(one is None for one in parts):
        return text("segment.compare_slow")
    both, first, second = (one for one in parts if one is not None)
    names = (pair[0].name, pair[1].name)
    kept = Asked(desk.inbox_id, _THREAD, event.staff.user, desk.now, None, names, (), is_chinese=False)
    return Compared(event, staff, names, (both, first, second), kept, desk.policy)


def _pair(words: list[str], known: Sequence[SegmentView]) -> tuple[SegmentView, SegmentView] | None:
    """Two segments by their names, which may have several words."""
    by_name = {one.name: one for one in known}
    for at in range(1, len(words)):
        first, second = " ".join(words[:at]), " ".join(words[at:])
        if first in by_name and second in by_name and first != second:
            return by_name[first], by_name[second]
    return None


def _questions(pair: tuple[SegmentView, SegmentView], desk: Desk) -> tuple[Question, ...] | str:
    """The customers of each part."""
    wheres: list[tuple[Filter, ...]] = []
    for segment in pair:
        found = read_all(segment.words, desk.vocabulary(), desk.now, desk.policy.timezone)
        if not isinstance(found, Question):
            return text("segment.unread", name=segment.name)
        wheres.append(found.where)
    one, other = wheres
    return tuple(
        Question(subject="customers", where=where)
        for where in ((*one, *other), (*one, _none_of(other)), (*other, _none_of(one)))
    )


def _none_of(where: tuple[Filter, ...]) -> Filter:
    """Whoever does not meet all of it."""
    negated = tuple(each.of if isinstance(each, Not) else Not(each) for each in where)
    return negated[0] if len(negated) == 1 else Or(negated)


def _part(question: Question, desk: Desk) -> Part | None:
    """Figures of those whom a question finds; None where that took too long."""
    policy, numbers = desk.policy, []
    for measure in ("customers", "orders", "spend"):
        asks = Question(measure=measure, where=question.where)
        try:
            figures = answer_in(desk.connection, asks, desk.now, policy.timezone, policy.rates, IN_A_TURN / 3)
        except NO_ANSWER:
            return None
        numbers.append(float(figures.value or 0))
    return Part(int(numbers[0]), int(numbers[1]), numbers[2])


def decide(facts: Compared) -> list[Action]:
    event, kept = facts.event, facts.kept
    both, first, second = facts.parts
    one, other = facts.names
    rows = (
        (one, both + first),
        (other, both + second),
        (text("segment.both"), both),
        (text("segment.only", name=one), first),
        (text("segment.only", name=other), second),
    )
    heads = tuple(text(f"segment.column.{name}") for name in ("name", "size", "orders", "spend", "aov", "per_customer"))
    buttons = tuple(
        Button(f"{label} ({part.customers:,})", LIST, f"{kept.id}|{name}")
        for name, (label, part) in zip(_PARTS, rows[2:], strict=True)
        if part.customers
    )
    shown = Message(
        title=text("segment.compared", one=one, other=other),
        table=Table(heads, tuple((label, *_cells(part, facts.policy)) for label, part in rows)),
        context=text("segment.compare_how"),
        buttons=buttons,
    )
    seen = Audit(facts.staff.name, LOOKED, "segments", f"{WORD}: {one} / {other}"[:500])
    return [KeepAsked(kept), seen, Whisper(event.staff, event.place, shown)]


def _cells(part: Part, policy: Policy) -> tuple[str, ...]:
    def amount(value: float | None) -> str:
        return _DASH if value is None else ask.number(value, policy.currency, policy.currency)

    average = part.spend / part.orders if part.orders else None
    each = part.spend / part.customers if part.customers else None
    return f"{part.customers:,}", f"{part.orders:,}", amount(part.spend), amount(average), amount(each)


# --- a list behind a number ---------------------------------------------------------------------------------------


def gather_list(event: StaffPressed, desk: Desk) -> ask.Facts | Whisper:
    number, _, name = event.ref.partition("|")
    kept = ask.known(number, desk)
    known = {one.name: one for one in saved_segments.every(desk.connection)}
    pair = [known[one] for one in kept.words if one in known] if kept is not None else []
    if kept is None or kept.thread != _THREAD or len(pair) != 2 or name not in _PARTS:
        return Whisper(event.staff, event.place, Message(text=text("ask.gone")))
    questions = _questions((pair[0], pair[1]), desk)
    if isinstance(questions, str):
        return Whisper(event.staff, event.place, Message(text=questions))
    return ask.facts_of_typed(questions[_PARTS.index(name)], _THREAD, event, desk)
