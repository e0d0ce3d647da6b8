"""What a language model may propose: a question as JSON, where the words were not understood here.

It is told what can be asked and the names of the shop's categories and the like; no customer, and no number of the
shop's. Contact data and card numbers in the words keep them from being sent at all. What comes back is as hostile as
what anybody types: it has to be a question of the grammar, of fields and values that there are, about ids that were
typed; and whoever asked has to confirm it.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec

from crm_store.answering import tables_of
from crm_store.question.compiling import compile_question
from crm_store.question.facts import Fact, Facts, Setting
from crm_store.question.grammar import (
    BUCKETS,
    NEWNESS,
    Among,
    CannotAsk,
    Compare,
    Did,
    During,
    Filter,
    Is,
    Not,
    Or,
    Question,
    Subject,
    Window,
)
from crm_store.question.measures import MEASURES
from nlp.ask.lexing import known_words
from nlp.ask.numbers import LARGEST
from nlp.ask.outcomes import Unclear, Unsupported
from nlp.ask.reading import LONGEST
from nlp.ask.vocabulary import Shop

#: why there is no answer, where another reading of the words may help
_PROPOSABLE = frozenset(
    {"word", "left", "two", "ambiguous", "mix", "measure", "rank", "by", "share", "average", "number", "neg", "or"}
)
_MOST_PARTS, _DEEPEST, _MOST_VALUES, _LONGEST_VALUE, _LONGEST_LIST = 30, 4, 50, 100, 1_000
#: how far a time may lie from now
_FURTHEST = timedelta(days=366 * 50)
_CONTACTS = re.compile(r"\S@\S|\+?\d[\d ()./-]{7,}\d")
_STREET = re.compile(
    r"\w+stra(?:ß|ss)e\b|\b(?:street|avenue|boulevard|straat|rue|calle)\b|[路街巷弄]\d+号|\d+号楼|\d+室", re.IGNORECASE
)
_ADDRESSED = re.compile(
    r"\b(?:mr|mrs|ms|miss|dr|prof|herr|frau|madame|monsieur|señora?)\b|先生|女士|小姐|太太|老师", re.IGNORECASE
)
#: where a sentence does not begin
_CAPITALISED = re.compile(r"(?<=[\w,;:]\s)(?<![.?!]\s)([A-Z][a-zà-ÿ'’-]+)")
_IDS = ("customer", "order", "ticket", "refund", "review")
#: fields whose values say something of customers or colleagues, or are too many: they are not told
_UNTOLD = frozenset({"city", "agent", "product", "country", "language"})
_RULES = """\
You translate questions that staff of an online shop ask into JSON of the schema below. Reply with that JSON alone: \
no words around it. Reply null when the schema cannot say exactly what is asked.
- Now is {now}; the shop's time zone is {zone}. Times are ISO 8601 with an offset; a window begins at `start` and ends \
just before `end`, null is open.
- Money is in minor units of {currency} (100 is one {currency} where it has two decimals); chances are from 0 to 1.
- A number: `measure`. A table: `measure` and `by`. A list: `subject` (and `order`, `limit`). Two times: `window` and \
`versus`, with `growth` true for the growth in per cent. Two numbers of anything, and by how much the first is more: \
`than` (`ratio` true: how many times). The first few of `then` in each of `by`: `each`. A share of all: `share` true; \
of a part: `of` as well.
- `did` is what customers did; a filter of tag `not` turns another around.
Measures: {measures}
Fields by the rows that a measure or subject is of: {fields}
Values: {values}
Schema: {schema}
"""


def may_propose(outcome: Unclear | Unsupported, text: str, shop: Shop) -> bool:
    """Whether a language model may be asked what is meant by a text that was not understood.

    A text that may name somebody is not sent: contact data, a street, a form of address, and a word that is written
    like a name and is none of the shop's. A name in small letters, or a Chinese one alone, looks like no name.
    """
    if len(text) > LONGEST or any(each.search(text) for each in (_CONTACTS, _STREET, _ADDRESSED)):
        return False
    known = known_words(shop)
    if any(word.lower() not in known for word in _CAPITALISED.findall(text)):
        return False
    return isinstance(outcome, Unclear) and outcome.why in _PROPOSABLE


def prompt(text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> list[dict[str, str]]:
    """The messages of a chat completion that asks for the question behind a text."""
    facts = _facts(shop, now, zone)
    measures = {key: f"{one.english} (of {one.fact})" for key, one in MEASURES.items()}
    names = dict.fromkeys([*(one.fact for one in MEASURES.values()), *get_args(Subject)])
    rules = _RULES.format(
        now=now.astimezone(zone).isoformat(timespec="minutes"),
        zone=zone.key,
        currency=shop.currency,
        measures=_json(measures),
        fields=_json({name: sorted(_names(facts.of(name))) for name in names}),
        values=_json({name: sorted(values) for name, values in _values(shop).items() if name not in _UNTOLD}),
        schema=_json(msgspec.json.schema(Question)),
    )
    return [{"role": "system", "content": rules}, {"role": "user", "content": text}]


def proposed(reply: str, text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | None:
    """The question that a reply holds; None where it is none, or one that cannot be asked of this shop."""
    found = re.search(r"\{.*\}", reply, re.DOTALL)
    if found is None:
        return None
    try:
        question = msgspec.json.decode(found[0], type=Question)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    return question if is_askable(question, text, shop, now, zone) else None


def is_askable(question: Question, text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a question has an answer here, and its ids stand in the text."""
    try:
        _Check(_facts(shop, now, zone), _values(shop) | {name: frozenset(_words(text)) for name in _IDS}, now).all(
            question
        )
        for table in tables_of(question):
            compile_question(table, _setting(shop, now, zone))
    except (_Wrong, CannotAsk):
        return False
    return True


class _Wrong(Exception):
    """It names what there is not, or says nothing."""


class _Check:
    def __init__(self, facts: Facts, values: dict[str, frozenset[str]], now: datetime) -> None:
        self._facts = facts
        self._values = values
        self._now = now
        self._parts = 0

    def all(self, question: Question) -> None:
        """Raises `_Wrong`."""
        if question.measure is not None and question.measure not in MEASURES:
            raise _Wrong(question.measure)
        name = MEASURES[question.measure].fact if question.measure is not None else question.subject
        if name is None or (question.measure is None and (question.by or question.share or question.versus)):
            raise _Wrong
        fact = self._facts.of(name)
        for filter_ in (*question.where, *question.of):
            self.filter(filter_, fact)
        for window in (question.window, question.versus):
            self.window(window)
        if question.than is not None:
            self._is(question.than.measure in MEASURES and question.measure is not None)
            for filter_ in question.than.where:
                self.filter(filter_, self._facts.of(MEASURES[question.than.measure].fact))
            self.window(question.than.window)
            self._is(not (question.share or question.versus or question.growth or question.subject))
            self._is(question.by is None or question.ratio)
        self._is(not question.ratio or question.than is not None)
        self._is(not question.percent or question.ratio)
        self._is(question.top_percent is None or 0 < question.top_percent <= 100)
        if question.first is not None:
            group, count = question.first
            self._is(question.share and question.by is None and group in {*fact.fields, *fact.through})
            self._is(1 <= count <= _LONGEST_LIST)
        self._is(question.each is None or (1 <= question.each <= _LONGEST_LIST and question.then is not None))
        self._is(question.limit is None or 1 <= question.limit <= _LONGEST_LIST)
        self._is(question.then is None or question.by is not None)
        for by in (question.by, question.then):
            self._is(by is None or by in fact.fields or by in fact.through or by in (*BUCKETS, NEWNESS))
        self._is(not question.growth or question.versus is not None or question.by is not None)
        if question.subject is not None:
            order = question.order
            self._is(order is None or order in fact.numbers or order in fact.times or order in MEASURES)
        self._is(question.having is None or (question.by is not None and abs(question.having[1]) <= LARGEST))
        self._is(question.least is None or (question.by is not None and 1 <= question.least <= _LONGEST_LIST))
        if question.versus is not None:
            compared = (question.window, question.versus)
            self._is(all(one is not None and one.start is not None and one.end is not None for one in compared))

    def filter(self, filter_: Filter, fact: Fact, depth: int = 0) -> None:
        self._parts += 1
        self._is(self._parts <= _MOST_PARTS and depth <= _DEEPEST)
        match filter_:
            case Is(field, values):
                self._is(field in fact.fields or field in fact.through or (field == "weekday" and bool(fact.time)))
                self._is(0 < len(values) <= _MOST_VALUES and all(self._known(field, value) for value in values))
            case Compare(field, _, value):
                self._is(abs(value) <= LARGEST)
                self._is(any(field in one.numbers or field in one.fields for one in self._said_of(fact)))
            case During(field, window):
                self._is(any(field in one.times for one in self._said_of(fact)))
                self.window(window)
            case Did(event=event, value=value, window=window, where=where):
                self._is(abs(value) <= LARGEST)
                self.window(window)
                for each in where:
                    self.filter(each, self._facts.of(event), depth + 1)
            case Among(by=by, measure=measure, count=count, window=window, where=where):
                self._is(measure in MEASURES and 1 <= count <= _LONGEST_LIST)
                first = self._facts.of(MEASURES[measure].fact)
                self._is(by in first.fields)
                self.window(window)
                for each in where:
                    self.filter(each, first, depth + 1)
            case Not(of):
                self.filter(of, fact, depth + 1)
            case Or(several):
                self._is(bool(several))
                for each in several:
                    self.filter(each, fact, depth + 1)

    def _said_of(self, fact: Fact) -> tuple[Fact, ...]:
        """Whose fields filters may name: the rows', and those of the customer whose they are."""
        return (fact, self._facts.customers) if "customer" in fact.fields else (fact,)

    def window(self, window: Window | None) -> None:
        if window is None:
            return
        times = [time for time in (window.start, window.end) if time is not None]
        self._is(bool(times) and all(time.tzinfo is not None and abs(time - self._now) < _FURTHEST for time in times))
        self._is(len(times) < 2 or times[0] < times[1])

    def _known(self, field: str, value: str | bool | int) -> bool:
        if not isinstance(value, str):
            return abs(value) <= 6  # yes and no, stars, marks, days of the week
        return len(value) <= _LONGEST_VALUE and value in self._values.get(field, ())

    @staticmethod
    def _is(holds: bool) -> None:
        if not holds:
            raise _Wrong


def _facts(shop: Shop, now: datetime, zone: ZoneInfo) -> Facts:
    return Facts(_setting(shop, now, zone))


def _setting(shop: Shop, now: datetime, zone: ZoneInfo) -> Setting:
    return Setting(now, zone, shop.units)


def _names(fact: Fact) -> Iterator[str]:
    yield from (name for names in (fact.fields, fact.through, fact.numbers, fact.times) for name in names)


def _values(shop: Shop) -> dict[str, frozenset[str]]:
    """What fields can be, by field."""
    known: dict[str, set[str]] = {}
    for readings in shop.words.values():
        for _, field, value in readings:
            known.setdefault(field, set()).add(value)
    return {name: frozenset(values) for name, values in known.items()}


def _words(text: str) -> Iterator[str]:
    yield from re.findall(r"[\w#-]+", text.upper())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
