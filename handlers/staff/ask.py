"""Staff ask about the shop in plain English or Chinese: `/ask`, by the desk's name in a channel, and what comes after.

The answer stands where it was asked: in the message's thread, or with whoever gave the command. What is not understood
is asked back. People are named only to one who may see contacts, and never where others read along; every look stands
in the audit log.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from msgspec.structs import replace

from crm_store import asked, customer_lines, customers, outbox
from crm_store.answering import IN_A_TURN, NO_ANSWER, Figures, answer_in
from crm_store.asked import BY_CLOCK, KEPT, Asked
from crm_store.money import exponent
from crm_store.question.describing import describe, describe_parts, describe_periods, label
from crm_store.question.grammar import BUCKETS, Question
from crm_store.question.measures import CHANCES, MEASURES, MONEY
from crm_store.question.values import in_chinese
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, KeepAsked, KeepFile, Propose, TellUnder, Whisper
from handlers.desk import Desk, Policy
from handlers.digests import percent
from handlers.events import Colleague, FileRef, StaffAsked, StaffCommanded, StaffPressed, StaffSaid, key_in
from handlers.message import Button, Chart, Fact, Message, Series, Table
from handlers.roles import CONTACTS, may
from handlers.staff import customer
from handlers.staff.looked import LOOKED
from handlers.texts import counted, text
from handlers.texts.dates import day, moment
from handlers.texts.money import money
from nlp.ask.addressed import with_ids
from nlp.ask.following import read_after, read_all, says_nothing
from nlp.ask.lexing import is_chinese
from nlp.ask.outcomes import Unclear, Unsupported, declined
from nlp.ask.proposing import may_propose
from nlp.ask.reading import read
from nlp.ask.saying import sentence, suggestions

COMMAND = "/ask"
#: buttons of an answer
AGAIN, MEANING, FILE, CUSTOMER = "ask_again", "ask_meaning", "ask_file", "ask_customer"
SEGMENT, SCHEDULE, CHANGE = "ask_segment", "ask_schedule", "ask_change"
#: rows that are shown, points that are drawn, and customers with a button of their own
_SHOWN, _DRAWN, _OPENED = 12, 24, 3
#: a thread that went on for longer is no segment
_MOST_LINES = 20
#: what a button's reference may be long, beside the name of what it does
_LONGEST_ID = 40
#: times of which the day alone says too little
_BY_THE_MINUTE = ("opened_at", "at")
#: cells that a spreadsheet would take for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DASH = "—"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the answer goes: under a message, or (without one) to whoever asked alone."""

    staff: Colleague
    place: str
    thread: str

    @property
    def key(self) -> str:
        """What belongs together: the thread, or all that one colleague asks by command."""
        of = f"{self.place}/{self.thread}" if self.thread else self.staff.user
        return f"{self.staff.channel}/{of}"

    def tells(self, message: Message) -> Action:
        if self.thread:
            return TellUnder(self.place, self.thread, message)
        return Whisper(self.staff, self.place, message)


@dataclass(frozen=True, slots=True)
class Answered:
    understood: str
    at: datetime
    question: Question
    figures: Figures
    #: by the shop's id, of those whose names the reader may see
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    at: Place
    staff: StaffView
    #: what is kept of it
    asked: Asked
    #: the answer, or the sentence of why there is none
    outcome: Answered | str
    policy: Policy
    #: what is asked back is for whoever wrote alone: they may have spoken to others
    is_aside: bool = False
    #: words of which a language model may know what was meant
    proposes: str = ""


# --- asking -------------------------------------------------------------------------------------------------------


def gather_command(event: StaffCommanded, desk: Desk) -> Facts:
    return _facts(event.text, Place(event.staff, event.place, ""), desk)


def gather_asked(event: StaffAsked, desk: Desk) -> Facts:
    return _facts(event.text, Place(event.staff, event.place, event.thread), desk)


def gather_said(event: StaffSaid, desk: Desk) -> Facts | None:
    """What is said in a thread in which something was asked, and is no ticket's; None where it goes on from nothing."""
    at = Place(event.staff, event.place, event.thread)
    before = _before(at, desk)
    if before is None or event.calls_desk or says_nothing(event.text, desk.vocabulary()):
        return None
    if desk.number_at(event.staff.channel, event.place, event.thread) is not None:
        return None
    facts = _facts(event.text, at, desk, is_aside=True)
    # colleagues talk among themselves: only who asked is asked back
    return None if isinstance(facts.outcome, str) and before.user != event.staff.user else facts


def gather_again(event: StaffPressed, desk: Desk) -> Facts | Whisper:
    """A suggestion was pressed: it is asked."""
    number, _, which = event.ref.partition("|")
    before = known(number, desk)
    chosen = key_in(which)
    if before is None or chosen is None or chosen >= len(before.suggestions):
        return gone(event)
    return _facts(before.suggestions[chosen], Place(event.staff, event.place, before.under), desk, is_new=True)


def facts_of(lines: tuple[str, ...], at: Place, desk: Desk) -> Facts:
    """The answer to what several lines come to, each said after the one before."""
    found = read_all(lines, desk.vocabulary(), desk.now, desk.policy.timezone)
    return _told(found, lines[-1], lines, at, desk)


def facts_of_changed(question: Question, lines: tuple[str, ...], before: Asked, at: Place, desk: Desk) -> Facts:
    """The answer to a question that came of another (`before`). `lines`: what is read as it; empty where nothing is."""
    return _found(question, lines, tuple, before.is_chinese, at, desk)


def facts_of_typed(question: Question, at: Place, desk: Desk, *, chinese: bool, key: str = "") -> Facts:
    """The answer to a question that nobody put into words. `key`: what it belongs together with, in place of `at`."""
    return _found(question, (), tuple, chinese, at, desk, key=key)


def _facts(words: str, at: Place, desk: Desk, *, is_aside: bool = False, is_new: bool = False) -> Facts:
    shop, now, zone = desk.vocabulary(), desk.now, desk.policy.timezone
    # an address is looked up by its hash, and is not kept
    typed = words
    words, nobody = with_ids(words, lambda email: customers.ids_with_email(desk.connection, desk.cipher, email))
    if nobody is not None:
        return _told(nobody, words, (), at, desk, is_aside=is_aside, names_somebody=True)
    before = None if is_new else _before(at, desk)
    if before is None:
        found = read(words, shop, now, zone)
        return _told(found, words, (words,), at, desk, is_aside=is_aside, names_somebody=words != typed)
    found = read_after(before.question, words, shop, now, zone)
    lines = (words,) if found == read(words, shop, now, zone) else (*before.words, words) if before.words else ()
    return _told(found, words, lines, at, desk, is_aside=is_aside, names_somebody=words != typed)


def _before(at: Place, desk: Desk) -> Asked | None:
    """The question that the next words at a place go on from."""
    before = asked.last_in(desk.connection, at.key, desk.now)
    if before is not None or not at.thread:
        return before
    posted = _posted(at, desk)
    # under an answer on a schedule there is no doubt, however late it is, what is spoken of
    return None if posted is None else asked.last_in(desk.connection, at.key, desk.now, KEPT) or posted


def _posted(at: Place, desk: Desk) -> Asked | None:
    """The question on a schedule under whose answer a thread hangs."""
    post = outbox.post_at(desk.connection, at.staff.channel, at.place, at.thread)
    calls = [] if post is None else outbox.states_about(desk.connection, post.about)
    found = asked.find(desk.connection, calls[0].inbox_id) if calls and calls[0].inbox_id is not None else None
    return found if found is not None and found.thread == BY_CLOCK and found.question is not None else None


def _told(
    found: Question | Unclear | Unsupported,
    words: str,
    lines: tuple[str, ...],
    at: Place,
    desk: Desk,
    *,
    is_aside: bool = False,
    names_somebody: bool = False,
) -> Facts:
    """What comes of the last words that were said. `lines`: all that were, as far as they are read as the question.

    Words that name somebody by an address (`names_somebody`) go to no language model, not even with an id instead.
    """

    def can_ask(one: str) -> bool:
        return isinstance(read(one, desk.vocabulary(), desk.now, desk.policy.timezone), Question)

    def instead() -> tuple[str, ...]:
        return tuple(suggestions(words, found, can_ask=can_ask))

    if isinstance(found, Question):
        return _found(found, lines, instead, is_chinese(words), at, desk, is_aside=is_aside)
    why = text("ask.usage") if not words.strip() else sentence(found, words)
    kept = Asked(desk.inbox_id, at.key, at.staff.user, desk.now, None, lines, instead(), is_chinese(words))
    asks = (
        desk.policy.has_language_model
        and not is_aside
        and not names_somebody
        and may_propose(found, words, desk.vocabulary())
    )
    return Facts(at, desk.colleague(at.staff), kept, why, desk.policy, is_aside, words if asks else "")


def _found(
    question: Question,
    lines: tuple[str, ...],
    instead: Callable[[], tuple[str, ...]],
    chinese: bool,
    at: Place,
    desk: Desk,
    *,
    is_aside: bool = False,
    key: str = "",
) -> Facts:
    """The answer to a question, or why there is none and what can be asked `instead`, which is only then looked for.

    `key`: what it belongs together with, in place of all that is asked `at` that place.
    """
    staff = desk.colleague(at.staff)
    names_people = not at.thread and may(staff.role, CONTACTS, desk.policy.roles)
    outcome = _answer(question, chinese, names_people, desk)
    if isinstance(outcome, Answered):
        kept = Asked(desk.inbox_id, key or at.key, at.staff.user, desk.now, question, lines, (), chinese)
        return Facts(at, staff, kept, outcome, desk.policy, is_aside)
    kept = Asked(desk.inbox_id, key or at.key, at.staff.user, desk.now, None, lines, instead(), chinese)
    return Facts(at, staff, kept, _sentence(outcome, chinese), desk.policy, is_aside)


def _sentence(outcome: Unclear | Unsupported, chinese: bool) -> str:
    """Why a question that was understood has no answer."""
    return sentence(outcome, "中文" if chinese else "")


def _answer(question: Question, chinese: bool, names_people: bool, desk: Desk) -> Answered | Unclear | Unsupported:
    policy = desk.policy
    try:
        figures = answer_in(desk.connection, question, desk.now, policy.timezone, policy.rates, IN_A_TURN)
    except NO_ANSWER as error:
        return declined(error)
    said = describe(question, chinese=chinese, now=desk.now, zone=policy.timezone, currency=policy.currency)
    return Answered(said, desk.now, question, figures, _names(figures, desk) if names_people else {})


def _names(figures: Figures, desk: Desk) -> dict[str, str]:
    """What the customers are called whom the rows that are shown are about."""
    keys = {ref: customers.key_of(desk.connection, ref) for ref in _customers(figures)}
    lines = customer_lines.lines(desk.connection, desk.cipher, [key for key in keys.values() if key is not None])
    return {ref: line.name for ref, key in keys.items() if key and (line := lines.get(key)) and line.name}


def _customers(figures: Figures) -> list[str]:
    """The shop's ids of the customers in the rows that are shown."""
    if "customer" not in figures.columns:
        return []
    at = figures.columns.index("customer")
    return list(dict.fromkeys(str(row[at]) for row in figures.rows[:_SHOWN] if row[at] is not None))


def decide(facts: Facts | Whisper, more: tuple[Fact, ...] = (), chart: Chart | None = None) -> list[Action]:
    """`more` and `chart`: what else is shown with the answer."""
    if isinstance(facts, Whisper):
        return [facts]
    at, outcome = facts.at, facts.outcome
    kept = KeepAsked(facts.asked)
    if isinstance(outcome, str):
        told = Message(text=outcome, buttons=_again(facts.asked))
        asks = [Propose(at.staff, facts.proposes)] if facts.proposes else []
        return [kept, Whisper(at.staff, at.place, told) if facts.is_aside else at.tells(told), *asks]
    seen = Audit(facts.staff.name, LOOKED, f"question:{facts.asked.id}", outcome.understood[:500])
    shown = _shown(outcome, facts.asked, facts.policy)
    if more or chart is not None:
        shown = replace(shown, facts=(*shown.facts, *more), chart=chart or shown.chart)
    return [kept, seen, at.tells(shown)]


def _again(kept: Asked) -> tuple[Button, ...]:
    return tuple(Button(one, AGAIN, f"{kept.id}|{at}") for at, one in enumerate(kept.suggestions))


# --- showing ------------------------------------------------------------------------------------------------------


def _shown(answer: Answered, kept: Asked, policy: Policy, planned: Button | None = None) -> Message:
    figures, question, language, ref = answer.figures, answer.question, kept.language, str(kept.id)
    facts: tuple[Fact, ...] = ()
    asks_for_one = (question.growth or question.ratio) and question.by is None
    if not figures.columns or figures.value is not None or asks_for_one:
        facts = (Fact(_title(question, language), _value(figures, policy, language)),)
    return Message(
        text=answer.understood,
        facts=facts,
        chart=_chart(question, figures, policy, language),
        table=_table(answer, policy, language) if figures.rows else None,
        context=_how_many(figures, language),
        buttons=(
            Button(text("ask.button.meaning", language), MEANING, ref),
            *((Button(text("ask.button.file", language), FILE, ref),) if figures.rows else ()),
            *((Button(text("ask.button.segment", language), SEGMENT, ref),) if is_segment(kept) else ()),
            *_planning(kept, planned),
            *((Button(text("ask.button.change", language), CHANGE, ref),) if parts_of(question, kept, policy) else ()),
            *(
                Button(text("ask.button.customer", language, customer=ref), CUSTOMER, ref)
                for ref in _customers(figures)[:_OPENED]
                if len(ref.encode()) <= _LONGEST_ID
            ),
        ),
    )


def parts_of(question: Question, kept: Asked, policy: Policy) -> dict[str, str]:
    """What of a question can become something else by itself, in the words of its answer, by name."""
    return describe_parts(
        question, chinese=kept.is_chinese, now=kept.at, zone=policy.timezone, currency=policy.currency
    )


def _planning(kept: Asked, planned: Button | None) -> tuple[Button, ...]:
    """What plans a question, or (`planned`) changes when it is answered; nothing for one that nobody put into words."""
    if planned is not None:
        return (planned,)
    return (Button(text("ask.button.schedule", kept.language), SCHEDULE, str(kept.id)),) if kept.words else ()


def shown_again(
    answer: Answered, kept: Asked, policy: Policy, before: tuple[float | None, datetime | None], planned: Button
) -> Message:
    """The answer to a question on a schedule. `before`: the number it was last, and when; `planned` changes when."""
    shown = _shown(answer, kept, policy, planned)
    (was, at), value = before, answer.figures.value
    if was is None or at is None or value is None or not shown.facts:
        return shown
    unit, by, language = answer.figures.unit, value - was, kept.language
    change = "=" if by == 0 else f"{'+' if by > 0 else '-'}{number(abs(by), unit, policy.currency, language)}"
    if by and was > 0 and unit != "%":
        change += f", {percent(value, was)}"
    since = day(at, policy.timezone, language)
    said = text("schedule.change_of", language, now=shown.facts[0].value, change=change, at=since)
    return replace(shown, facts=(Fact(shown.facts[0].label, said),))


def asked_anew(words: tuple[str, ...], is_chinese: bool, desk: Desk) -> tuple[Answered | str, Asked]:
    """What was said once, asked by the desk itself, for all to read; and what is kept of it."""
    found = read_all(words, desk.vocabulary(), desk.now, desk.policy.timezone)
    outcome = found if isinstance(found, Unclear | Unsupported) else _answer(found, is_chinese, False, desk)
    question = outcome.question if isinstance(outcome, Answered) else None
    kept = Asked(desk.inbox_id, BY_CLOCK, "", desk.now, question, words, (), is_chinese)
    return (outcome if isinstance(outcome, Answered) else sentence(outcome, words[-1])), kept


def is_segment(kept: Asked) -> bool:
    """Whether a question finds customers by what they are, whatever their number."""
    question = kept.question
    if question is None or question.subject != "customers":
        return False
    if not kept.part and not 0 < len(kept.words) <= _MOST_LINES:
        return False
    return question.limit is None and question.top_percent is None and bool(question.where)


def _name(measure: str | None, language: str | None) -> str:
    known = MEASURES[str(measure)]
    return known.chinese if language == "zh" else known.english


def _title(question: Question, language: str | None) -> str:
    name = _name(question.measure, language)
    if question.growth:
        return text("ask.growth", language, measure=name)
    return text("ask.share", language, measure=name) if question.share else name[:1].upper() + name[1:]


def _value(figures: Figures, policy: Policy, language: str | None) -> str:
    if figures.value is None:
        return text("ask.nothing", language)
    return number(figures.value, figures.unit, policy.currency, language)


def number(value: float, unit: str, currency: str, language: str | None = None) -> str:
    """A number with its unit.

    >>> number(1234, "customers", "EUR"), number(12.5, "%", "EUR"), number(99.5, "EUR", "EUR")
    ('1,234 customers', '12.5%', '€99.50')
    >>> number(1, "orders", "EUR"), number(2, "orders", "EUR", "zh")
    ('1 order', '2 单')
    """
    if unit == currency:
        return money(round(value * 10 ** exponent(currency)), currency)
    said = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    if unit == "%":
        return f"{said}%"
    if unit in ("number", ""):
        return said
    return counted(f"ask.unit.{unit}", 1 if said == "1" else 2, language, number=said)


def _how_many(figures: Figures, language: str | None) -> str:
    if not figures.columns:
        return ""
    if not figures.rows:
        return text("ask.none", language)
    shown, total = min(len(figures.rows), _SHOWN), max(figures.total, len(figures.rows))
    return text("ask.rows", language, shown=f"{shown:,}", total=f"{total:,}")


def _table(answer: Answered, policy: Policy, language: str | None) -> Table:
    figures, unit = answer.figures, _unit_of_rows(answer, policy)
    columns, rows = list(figures.columns), [list(row) for row in figures.rows[:_SHOWN]]
    units = [_unit_of(name, unit if name in (figures.metric, "before") else "", figures, policy) for name in columns]
    cells = [
        [_cell(name, one, of, policy, language) for name, one, of in zip(columns, row, units, strict=True)]
        for row in rows
    ]
    periods = describe_periods(answer.question, chinese=language == "zh", now=answer.at, zone=policy.timezone)
    for row, period in zip(cells, periods, strict=False):
        row[0] = period
    heads = [label(name, chinese=language == "zh", of_each=answer.question.subject is not None) for name in columns]
    if answer.names:
        at = columns.index("customer") + 1
        heads.insert(at, text("ask.column.name", language))
        for row in cells:
            row.insert(at, answer.names.get(row[at - 1], _DASH))
    return Table(tuple(heads), tuple(tuple(row) for row in cells))


def _unit_of_rows(answer: Answered, policy: Policy) -> str:
    """What the measured column is in: of a growth, whose own number is a percentage, the two amounts it is made of."""
    question = answer.question
    than = question.than.measure if question.than is not None and question.percent else None
    if question.by is not None or not (question.growth or than is not None):
        return answer.figures.unit
    unit = MEASURES[str(question.measure)].unit
    if than is not None and MEASURES[than].unit != unit:
        return "number"
    return {"money": policy.currency, "percent": "%"}.get(unit, unit)


def _unit_of(column: str, measured: str, figures: Figures, policy: Policy) -> str:
    is_list = figures.unit in _THINGS
    if measured and not is_list:
        # what is counted is said by the column's head
        return "" if measured in _COUNTED else measured
    if is_list and column in MONEY:
        return policy.currency
    return "chance" if is_list and column in CHANCES else ""


def _cell(column: str, value: Any, unit: str, policy: Policy, language: str | None) -> str:
    if value is None:
        return _DASH
    if isinstance(value, bool):
        return text("ask.yes" if value else "ask.no", language)
    if isinstance(value, str):
        if column in _BY_THE_MINUTE:
            return moment(datetime.fromisoformat(value), policy.timezone, language)
        if column.endswith("_at"):
            return day(datetime.fromisoformat(value), policy.timezone, language)
        return _name_of(column, value, language)
    if column == "hour":
        return _name_of(column, str(value), language)
    return f"{value:.0%}" if unit == "chance" else number(value, unit, policy.currency, language)


def _name_of(column: str, value: str, language: str | None) -> str:
    """What a value is called in the answer's language: in files and for programs it stays what it is.

    >>> _name_of("hour", "7", None), _name_of("segment", "loyal", "zh"), _name_of("agent", "unknown", None)
    ('07:00', '忠诚客户', 'unassigned')
    """
    if column == "hour" and value.isdecimal():
        return f"{int(value):02}:00"
    if language == "zh":
        return in_chinese(column, value)
    return "unassigned" if (column, value) == ("agent", "unknown") else value


#: what a list's rows are, in place of a unit
_THINGS = frozenset({"customers", "orders", "products", "refunds", "reviews", "tickets", "visits", "carts", "messages"})
#: units that the name of a measure says
_COUNTED = _THINGS | {"units"}


def _unit_alone(unit: str, policy: Policy, language: str | None) -> str:
    """What a measure is in; nothing for what is counted, which its name says."""
    if unit in ("number", "") or unit in _COUNTED:
        return ""
    if unit in ("%", policy.currency):
        return unit
    return text(f"ask.in.{unit}", language)


def _chart(question: Question, figures: Figures, policy: Policy, language: str | None) -> Chart | None:
    """By time a line, by anything else bars."""
    if (
        question.by is None
        or question.versus is not None
        or not 2 <= len(figures.rows) <= _DRAWN
        or any(row[-1] is None for row in figures.rows)
    ):
        return None
    name = _name(question.measure, language)
    values = tuple(round(float(row[-1]), 2) for row in figures.rows)
    labels = tuple(
        _name_of(figures.columns[-2], str(row[-2] if row[-2] is not None else row[0]), language) for row in figures.rows
    )
    if len(set(labels)) < len(labels) or min(values) < 0:
        return None
    is_line = question.by in BUCKETS and question.by not in ("weekday", "hour") and question.order is None
    unit = _unit_alone(figures.unit, policy, language)
    series = Series(f"{name} ({unit})" if unit else name, values)
    title = label(figures.metric, chinese=language == "zh")
    return Chart("line" if is_line else "bar", title, labels, (series,), language=language)


# --- what it means, the whole of it, and whom it is about ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Looked:
    """A question that was answered before, and is looked at again."""

    event: StaffPressed
    staff: StaffView
    asked: Asked
    question: Question
    #: None: it was not computed again
    outcome: Answered | str | None
    now: datetime
    policy: Policy
    inbox_id: int


def gather_meaning(event: StaffPressed, desk: Desk) -> Looked | Whisper:
    return _look(event, desk, computes=False)


def gather_file(event: StaffPressed, desk: Desk) -> Looked | Whisper:
    return _look(event, desk, computes=True)


def _look(event: StaffPressed, desk: Desk, *, computes: bool) -> Looked | Whisper:
    before = known(event.ref, desk)
    if before is None or before.question is None:
        return gone(event)
    outcome: Answered | str | None = None
    if computes:
        found = _answer(before.question, before.is_chinese, False, desk)
        outcome = found if isinstance(found, Answered) else _sentence(found, before.is_chinese)
    staff = desk.colleague(event.staff)
    return Looked(event, staff, before, before.question, outcome, desk.now, desk.policy, desk.inbox_id)


def known(ref: str, desk: Desk) -> Asked | None:
    """The question that a button or a form is about, by its number; None for one that is not kept any more."""
    number = key_in(ref)
    return None if number is None else asked.find(desk.connection, number)


def gone(event: StaffPressed) -> Whisper:
    return Whisper(event.staff, event.place, Message(text=text("ask.gone")))


def decide_meaning(facts: Looked | Whisper) -> list[Action]:
    if isinstance(facts, Whisper):
        return [facts]
    question, policy, language = facts.question, facts.policy, facts.asked.language
    fact = MEASURES[question.measure].fact if question.measure is not None else str(question.subject)
    said = describe(
        question, chinese=facts.asked.is_chinese, now=facts.now, zone=policy.timezone, currency=policy.currency
    )
    message = Message(
        title=text("ask.meaning", language),
        text=f"{said}\n{text(f'ask.meaning.{fact}', language, currency=policy.currency)}",
        facts=(
            Fact(text("ask.from", language), _first_day(question, policy, language)),
            Fact(text("ask.until", language), _last_day(question, facts, policy)),
            Fact(text("ask.zone", language), policy.timezone.key),
        ),
    )
    return [Whisper(facts.event.staff, facts.event.place, message)]


def _day(at: datetime | None, policy: Policy, language: str | None) -> str:
    return _DASH if at is None else moment(at, policy.timezone, language)


def _first_day(question: Question, policy: Policy, language: str | None) -> str:
    return _DASH if question.window is None else _day(question.window.start, policy, language)


def _last_day(question: Question, facts: Looked, policy: Policy) -> str:
    end = question.window.end if question.window is not None else None
    return _day(end if end is not None else facts.asked.at, policy, facts.asked.language)


def decide_file(facts: Looked | Whisper) -> list[Action]:
    if isinstance(facts, Whisper):
        return [facts]
    event, outcome = facts.event, facts.outcome
    if not isinstance(outcome, Answered):
        return [Whisper(event.staff, event.place, Message(text=outcome or ""))]
    data = _csv(outcome.figures)
    key, name = f"question-{facts.inbox_id}", f"answer-{facts.asked.id}.csv"
    file = FileRef("store", key, name, "text/csv", len(data))
    rows = text("ask.file", facts.asked.language, rows=f"{len(outcome.figures.rows):,}")
    message = Message(title=rows, text=outcome.understood, files=(file,))
    # what one person alone is shown in Slack can hold no file
    under = event.message_id if facts.asked.thread == BY_CLOCK else facts.asked.under
    told: Action = TellUnder(event.place, under, message)
    if event.staff.channel == "console":
        told = Whisper(event.staff, event.place, message)
    seen = Audit(facts.staff.name, LOOKED, f"question:{facts.asked.id}", f"csv: {outcome.understood}"[:500])
    return [KeepFile(key, name, "text/csv", data), seen, told]


def _csv(figures: Figures) -> bytes:
    """Every row, for a spreadsheet: in UTF-8 with its mark, and nothing in it is a formula."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(figures.columns)
    for row in figures.rows:
        writer.writerow(
            [
                f"'{one}" if isinstance(one, str) and one.startswith(_FORMULA) else "" if one is None else one
                for one in row
            ]
        )
    return written.getvalue().encode("utf-8-sig", errors="replace")


def gather_customer(event: StaffPressed, desk: Desk) -> customer.Facts:
    """A customer's card, as `/customer` shows it."""
    typed = StaffCommanded(event.staff, event.place, event.at, customer.COMMAND, event.ref, event.answer_to)
    return customer.gather(typed, desk)
