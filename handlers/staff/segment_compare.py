"""`/segment compare A B`: how many are in both of two segments or in one alone, and what they have bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crm_store.answering import IN_A_TURN, NO_ANSWER, answer_in
from crm_store.asked import COMPARED, Asked
from crm_store.question.grammar import Question
from crm_store.saved_segments import Both, Meaning, SegmentView, Without, decode, encode
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, KeepAsked, Whisper
from handlers.desk import Desk, Policy
from handlers.events import StaffCommanded, StaffPressed
from handlers.message import Button, Message, Table
from handlers.staff import ask
from handlers.staff.looked import LOOKED
from handlers.texts import text
from nlp.ask.lexing import is_chinese
from nlp.ask.segments import filters_of, is_said_in_chinese

Pair: TypeAlias = tuple[SegmentView, SegmentView]

WORDS = ("compare", "比较")
#: the button that opens a list
LIST = "ask_compared"
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


def said(meaning: Meaning, language: str | None = None) -> str:
    """Who belongs to a segment, in the words it was made of."""
    if isinstance(meaning, Both | Without):
        key = "segment.said.both" if isinstance(meaning, Both) else "segment.said.without"
        return text(key, language, one=said(meaning.one, language), other=said(meaning.other, language))
    return " / ".join(meaning)


def gather(event: StaffCommanded, staff: StaffView, known: Sequence[SegmentView], desk: Desk) -> Compared | str:
    """The comparison that is asked for, or the sentence of why there is none."""
    pair = _pair(event.text.lower().split()[1:], known, "zh" if is_chinese(event.text) else None)
    if isinstance(pair, str):
        return pair
    questions = _questions(pair, desk)
    if isinstance(questions, str):
        return questions
    parts = [_part(one, desk) for one in questions]
    if any(one is None for one in parts):
        return text("segment.compare_slow", _language(pair))
    both, first, second = (one for one in parts if one is not None)
    names = (pair[0].name, pair[1].name)
    # what they mean now: whoever opens a list sees those who were counted, whatever the names are given to meanwhile
    words = (*names, *(encode(one.meaning) for one in pair))
    chinese = _language(pair) == "zh"
    kept = Asked(desk.inbox_id, COMPARED, event.staff.user, desk.now, None, words, (), chinese)
    return Compared(event, staff, names, (both, first, second), kept, desk.policy)


def _language(pair: Pair) -> str | None:
    """Of two segments that were made in Chinese it is told in Chinese."""
    return "zh" if all(is_said_in_chinese(one.meaning) for one in pair) else None


def _pair(words: list[str], known: Sequence[SegmentView], language: str | None) -> Pair | str:
    """Two segments by their names, which may have several words; or what is wrong with the names."""
    by_name = {one.name: one for one in known}
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    for first, second in splits:
        if first in by_name and second in by_name and first != second:
            return by_name[first], by_name[second]
    for first, second in splits:
        if first in by_name or second in by_name:
            missing = second if first in by_name else first
            return text("segment.compare_same" if first == second else "segment.none", language, name=missing)
    return text("segment.compare_which", language)


def _questions(pair: Pair, desk: Desk) -> tuple[Question, ...] | str:
    """The customers of each part, by `_PARTS`; or the sentence of why they cannot be told."""
    shop, now, zone = desk.vocabulary(), desk.now, desk.policy.timezone
    for segment in pair:
        if filters_of(segment.meaning, shop, now, zone) is None:
            return text("segment.unread", _language(pair), name=segment.name)
    wheres = [filters_of(_meaning(name, pair), shop, now, zone) for name in _PARTS]
    return tuple(Question(subject="customers", where=where) for where in wheres if where is not None)


def _meaning(part: str, pair: Pair) -> Meaning:
    """Who is in a part."""
    one, other = (segment.meaning for segment in pair)
    if part == "both":
        return Both(one, other)
    return Without(one, other) if part == "first" else Without(other, one)


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
    event, kept, language = facts.event, facts.kept, facts.kept.language
    both, first, second = facts.parts
    one, other = facts.names
    rows = (
        (one, both + first),
        (other, both + second),
        (text("segment.both", language), both),
        (text("segment.only", language, name=one), first),
        (text("segment.only", language, name=other), second),
    )
    columns = ("name", "size", "orders", "spend", "aov", "per_customer")
    heads = tuple(text(f"segment.column.{name}", language) for name in columns)
    buttons = tuple(
        Button(f"{label} ({part.customers:,})", LIST, f"{kept.id}|{name}")
        for name, (label, part) in zip(_PARTS, rows[2:], strict=True)
        if part.customers
    )
    empty = [text("segment.nobody", language, name=name) for name, part in rows[:2] if not part.customers]
    shown = Message(
        title=text("segment.compared", language, one=one, other=other),
        text="\n".join(empty),
        table=Table(heads, tuple((label, *_cells(part, facts.policy)) for label, part in rows)),
        context=text("segment.compare_how" if buttons else "segment.compare_none", language),
        buttons=buttons,
    )
    seen = Audit(facts.staff.name, LOOKED, "segments", f"{WORDS[0]}: {one} / {other}"[:500])
    return [KeepAsked(kept), seen, Whisper(event.staff, event.place, shown)]


def _cells(part: Part, policy: Policy) -> tuple[str, ...]:
    def amount(value: float | None) -> str:
        return _DASH if value is None else ask.number(value, policy.currency, policy.currency)

    average = part.spend / part.orders if part.orders else None
    each = part.spend / part.customers if part.customers else None
    return f"{part.customers:,}", f"{part.orders:,}", amount(part.spend), amount(average), amount(each)


# --- a list behind a number ---------------------------------------------------------------------------------------


def gather_list(event: StaffPressed, desk: Desk) -> ask.Facts | Whisper:
    pair = _compared(event.ref, desk)
    if pair is None:
        return Whisper(event.staff, event.place, Message(text=text("ask.gone")))
    questions = _questions(pair, desk)
    if isinstance(questions, str):
        return Whisper(event.staff, event.place, Message(text=questions))
    question, at = questions[_PARTS.index(_name(event.ref))], ask.Place(event.staff, event.place, "")
    return ask.facts_of_typed(question, at, desk, chinese=_language(pair) == "zh", key=f"{COMPARED}:{event.ref}")


def part_of(ref: str, desk: Desk) -> Meaning | None:
    """Who is in a part that was listed; None for one of a comparison that is not kept any more."""
    pair = _compared(ref, desk)
    return None if pair is None else _meaning(_name(ref), pair)


def _name(ref: str) -> str:
    return ref.partition("|")[2]


def _compared(ref: str, desk: Desk) -> Pair | None:
    """The two segments of the comparison that a button is of, as they were compared."""
    kept = ask.known(ref.partition("|")[0], desk)
    if kept is None or kept.thread != COMPARED or len(kept.words) != 4 or _name(ref) not in _PARTS:
        return None
    one, other = (
        SegmentView(name, decode(meaning), kept.user, kept.at)
        for name, meaning in zip(kept.words[:2], kept.words[2:], strict=True)
    )
    return one, other
