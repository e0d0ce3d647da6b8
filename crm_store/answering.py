"""Runs a question: the statement with a time limit, the rows in the form in which they are shown."""

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, Row, func, select, text
from sqlalchemy.exc import DBAPIError

from crm_store import goods
from crm_store.money import Rates, exponent
from crm_store.question.compiling import buckets, compile_question, listed, start_of, step
from crm_store.question.facts import Setting
from crm_store.question.grammar import (
    BUCKETS,
    Among,
    CannotAsk,
    Compare,
    Did,
    Filter,
    Is,
    Not,
    Or,
    Question,
    Than,
    Window,
)
from crm_store.question.measures import CHANCES, LARGEST_OF, MEASURES, MONEY, Measure
from crm_store.rfm import cuts
from crm_store.schema import Customer, CustomerScore, Order, RfmScale, Ticket
from crm_store.store import Store

#: how long a question may take, and how long within a turn, which others wait for
PATIENCE, IN_A_TURN = timedelta(seconds=20), timedelta(seconds=5)
#: after so long whoever waits is told that it may take all of that
WORTH_TELLING = timedelta(seconds=2)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_IDS = {"customer": Customer.external_id, "order": Order.external_id, "ticket": Ticket.external_id}
#: whole numbers of lists: what was computed is not found again by its value
_EXACT = frozenset({"total", "amount", "stock"})
_RFM = frozenset({"segment", "recency", "frequency", "monetary"})
_SCORES = frozenset({"churn_risk", "propensity", "value", "total_value"})


class TooSlow(Exception):
    """The statement was stopped: it took too long."""


class NotScored(Exception):
    """What is asked for was never computed for this shop."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was never computed")
        self.name = name


class NoSuch(Exception):
    """An id that is asked about is none of the shop's."""

    def __init__(self, external_id: str) -> None:
        super().__init__(f"there is no {external_id}")
        self.external_id = external_id


#: why a question that was understood has no answer
NoAnswer = CannotAsk | NoSuch | NotScored | TooSlow
NO_ANSWER = (CannotAsk, NoSuch, NotScored, TooSlow)


@dataclass(frozen=True, slots=True)
class Figures:
    """An answer's numbers. Money in the base currency's units, shares from 0 to 100, times of ISO 8601."""

    value: float | int | None
    unit: str
    columns: tuple[str, ...]
    metric: str
    rows: tuple[tuple[Any, ...], ...]
    total: int


def setting_of(connection: Connection, now: datetime, zone: ZoneInfo, rates: Rates) -> Setting:
    """What a question is answered against: what the store holds that is later than now, and whether segments stand."""
    newest = connection.scalar(select(func.max(Order.placed_at)))
    units = {code: rates.to_base(10**9, code) / 10**9 for code in (rates.base, *rates.units)}
    historic = newest is not None and newest >= now
    stands = newest is not None and not historic and _segments_stand(connection, newest, now)
    return Setting(now, zone, units, historic, stands)


def _segments_stand(connection: Connection, newest: datetime, now: datetime) -> bool:
    """Whether everybody's segment was computed after the newest order."""
    scored_at = connection.scalar(select(func.max(RfmScale.as_of)))
    return scored_at is not None and newest <= scored_at <= now


def answer(
    store: Store,
    question: Question,
    now: datetime,
    zone: ZoneInfo,
    rates: Rates,
    tell: Callable[[int], None] | None = None,
) -> Figures:
    """The numbers. Raises `CannotAsk`, `NoSuch`, `TooSlow`, `NotScored` and `StoreUnavailable`.

    `tell` is called, in a thread of its own, once it has taken `WORTH_TELLING`: with about how many orders there are.
    """
    with store.read() as connection, _telling(connection, tell):
        return answer_in(connection, question, now, zone, rates, PATIENCE)


def answer_in(
    connection: Connection, question: Question, now: datetime, zone: ZoneInfo, rates: Rates, patience: timedelta
) -> Figures:
    """The numbers, read in a transaction that goes on. Raises `CannotAsk`, `NoSuch`, `TooSlow` and `NotScored`."""
    if question.top_percent is not None:
        counted = answer_in(connection, _all_of_them(question), now, zone, rates, patience)
        question = _first_of_all(question, counted.total)
    if question.by is not None and (question.versus is not None or question.than is not None):
        both = [answer_in(connection, each, now, zone, rates, patience) for each in _tables_of_both(question)]
        plain = question.than is None and not question.growth
        return _beside(question, *both) if plain else _set_against(question, *both)
    for column, external_id in _ids_in(question):
        if connection.scalar(select(column).where(column == external_id).limit(1)) is None:
            raise NoSuch(external_id)
    for name in sorted(_scores_in(question)):
        column = CustomerScore.value_base if name == "value" else getattr(CustomerScore, name)
        if connection.scalar(select(CustomerScore.customer_id).where(column.is_not(None)).limit(1)) is None:
            raise NotScored(name)
    setting = setting_of(connection, now, zone, rates)
    ranked = _RFM & set(_fields_in(question))
    if not setting.historic and not setting.stored_segments and ranked:
        # a segment is told by two of the scores
        scores = (ranked - {"segment"}) | ({"recency", "frequency"} if "segment" in ranked else set())
        setting = replace(setting, cuts=cuts(connection, scores))
    if any(isinstance(each, Did) and each.event == "items" for each in _filters_in(question)):
        setting = replace(setting, categories_stand=goods.stand(connection))
    statement = compile_question(_with_the_one_before(question, zone), setting)
    one = _the_one(question)
    try:
        # a statement that is stopped takes nothing with it that was done before
        with connection.begin_nested(), _limited(connection, patience), _lines_at_hand(connection, question):
            rows = connection.execute(statement).all()
            its_rows: Sequence[Row[Any]] = ()
            if one is not None:
                found = _of_value(one, rows[0]._mapping["value"])
                its_rows = connection.execute(compile_question(found, setting)).all()
    except DBAPIError as error:
        if _was_stopped(error):
            raise TooSlow from error
        raise
    figures = _figures(question, rows, setting, rates.base)
    if one is None:
        return figures
    listed = _list(one, its_rows, setting, rates.base)
    return replace(figures, columns=listed.columns, metric=listed.metric, rows=listed.rows)


def _all_of_them(question: Question) -> Question:
    """What a number of per cent is of: as many as it counts."""
    if question.first is None:
        return msgspec.structs.replace(question, top_percent=None, limit=1)
    return Question(
        measure=question.measure, where=question.where, window=question.window, by=question.first[0], order="value",
        limit=1,
    )  # fmt: skip


def _first_of_all(question: Question, total: int) -> Question:
    """So many per cent of all of them as a number, rounded up."""
    first = max(1, math.ceil(total * (question.top_percent or 0) / 100 - 1e-9))
    if question.first is None:
        return msgspec.structs.replace(question, top_percent=None, limit=first)
    return msgspec.structs.replace(question, top_percent=None, first=(question.first[0], first))


def tables_of(question: Question) -> tuple[Question, ...]:
    """The questions that the store is asked for it: a table that is set against another is two. Raises `CannotAsk`."""
    two = question.by is not None and (question.versus is not None or question.than is not None)
    return _tables_of_both(question) if two else (question,)


def _tables_of_both(question: Question) -> tuple[Question, Question]:
    """Each group now, and each group in the time, or of the measure, that it is set against."""
    than = question.than
    alone = question.then is None and question.having is None and question.mean is None and not question.share
    alone = alone and question.least is None
    if not alone or question.each is not None or question.by in BUCKETS or (than is not None and not question.ratio):
        raise CannotAsk(str(question.measure), str(question.by))
    now = msgspec.structs.replace(question, versus=None, than=None, ratio=False, percent=False, growth=False)
    if than is None and not question.growth:
        return now, msgspec.structs.replace(now, window=question.versus, order=None, limit=None)
    every = msgspec.structs.replace(now, order=None, descending=True, limit=None)
    if than is None:
        return every, msgspec.structs.replace(every, window=question.versus)
    return every, msgspec.structs.replace(every, measure=than.measure, where=than.where, window=than.window)


def _beside(question: Question, now: Figures, before: Figures) -> Figures:
    """Each group's number with the one before it; without a limit those that had one before alone as well."""
    at_before = before.columns.index(before.metric)
    was = {row[0]: row for row in before.rows}
    none = 0 if MEASURES[now.metric].aggregate in ("count", "sum") else None
    lines = [(*row, was[row[0]][at_before] if row[0] in was else none) for row in now.rows]
    if question.limit is None:
        still = {row[0] for row in now.rows}
        gone = [row for key, row in was.items() if key not in still]
        lines += [(*row[:at_before], none, row[at_before]) for row in gone]
    columns = now.columns if now.rows else before.columns
    return replace(now, columns=(*columns, "before"), rows=tuple(lines), total=max(now.total, len(lines)))


def _set_against(question: Question, one: Figures, other: Figures) -> Figures:
    """By how many per cent each group grew, or how many times (in per cent: which part of) the other number it is.

    Nothing is told of a group that had nothing of the other: it stands last, and is left out where the first are asked.
    """
    cells, others = ({row[0]: row for row in each.rows} for each in (one, other))
    none = 0 if MEASURES[one.metric].aggregate in ("count", "sum") else None
    lines: list[tuple[Any, ...]] = []
    for key in {**cells, **others}:
        now = cells[key][-1] if key in cells else none
        beside = others[key][-1] if key in others else None
        value = None
        if now is not None and beside:
            value = 100 * (now - beside) / beside if question.growth else now / beside
            value *= 100 if question.percent else 1
        lines.append((*(cells.get(key) or others[key])[:-1], value))
    told = sorted((line for line in lines if line[-1] is not None), key=lambda line: str(line[0]))
    told.sort(key=lambda line: line[-1], reverse=question.descending)
    if question.limit is None:
        told += [line for line in lines if line[-1] is None]
    columns = one.columns if one.rows else other.columns
    unit = "%" if question.growth or question.percent else "number"
    return Figures(None, unit, (*columns[:-1], one.metric), one.metric, tuple(told[: question.limit]), len(told))


def _the_one(question: Question) -> Question | None:
    """The row that the largest order or refund is."""
    if question.measure is None or question.measure not in LARGEST_OF:
        return None
    if question.by or question.share or question.versus or question.subject or question.than:
        return None
    subject, order, descending = LARGEST_OF[question.measure]
    return Question(
        subject=subject, where=question.where, window=question.window, order=order, descending=descending, limit=1
    )


def _of_value(one: Question, value: Any) -> Question:
    """The same among the rows that have the value: found by it, not by looking through all in its order."""
    if value is None or one.order not in _EXACT:
        return one
    return msgspec.structs.replace(one, where=(*one.where, Compare(one.order, "eq", value)))


def _grown(question: Question, rows: Sequence[Row[Any]], setting: Setting, unit: str, number: Any) -> Figures:
    """By how many per cent each month exceeds the one before, none where there was nothing."""
    plain = _table(_with_the_one_before(question, setting.zone), rows, setting, unit, number)
    lines = [
        (key, 100 * (value - before) / before if value is not None and before else None)
        for (_, before), (key, value) in pairwise(plain.rows)
    ]
    if question.order is not None:
        lines = sorted((line for line in lines if line[1] is not None), key=lambda line: line[1] or 0)
        lines = lines[::-1] if question.descending else lines
    return Figures(None, "%", plain.columns, plain.metric, tuple(lines[: question.limit]), len(lines))


def _with_the_one_before(question: Question, zone: ZoneInfo) -> Question:
    """Growth by month needs the month before the first."""
    window, by = question.window, question.by
    if not question.growth or by is None or window is None or window.start is None:
        return question
    start = step(by, start_of(by, window.start.astimezone(zone)), -1)
    return msgspec.structs.replace(question, window=Window(start, window.end), growth=False, order=None, limit=None)


def _filters_in(question: Question) -> Iterator[Filter]:
    """Every filter of a question, those inside of others too."""
    stack: list[Filter] = [*question.where, *question.of, *(question.than.where if question.than else ())]
    while stack:
        filter_ = stack.pop()
        yield filter_
        match filter_:
            case Not(inner):
                stack.append(inner)
            case Or(several):
                stack.extend(several)
            case Did(where=where) | Among(where=where):
                stack.extend(where)
            case _:
                pass


def _ids_in(question: Question) -> Iterator[tuple[Any, str]]:
    for filter_ in _filters_in(question):
        if isinstance(filter_, Is) and filter_.field in _IDS:
            yield from ((_IDS[filter_.field], str(value)) for value in filter_.values)


def _fields_in(question: Question) -> Iterator[str]:
    """What a question names: fields that it filters, groups and sorts by."""
    yield from (str(name) for name in (question.by, question.then, question.order))
    yield from (each.field for each in _filters_in(question) if isinstance(each, Is | Compare))


def _scores_in(question: Question) -> set[str]:
    names = {question.measure, question.order if question.subject else None}
    names |= {question.than.measure} if question.than else set()
    names |= {each.field for each in _filters_in(question) if isinstance(each, Compare)}
    names |= {each.measure for each in _filters_in(question) if isinstance(each, Among)}
    return {"value" if name == "total_value" else str(name) for name in names if name in _SCORES}


@contextmanager
def _telling(connection: Connection, tell: Callable[[int], None] | None) -> Iterator[None]:
    if tell is None:
        yield
        return
    # counting them would take longer than most answers
    about = connection.scalar(select(func.max(Order.id))) or 0
    timer = threading.Timer(WORTH_TELLING.total_seconds(), tell, [about])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


# --- the time limit -------------------------------------------------------------------------------------------------


@contextmanager
def _limited(connection: Connection, patience: timedelta) -> Iterator[None]:
    """A statement in this block is stopped after a time, by the engine itself."""
    seconds = patience.total_seconds()
    match connection.dialect.name:
        case "postgresql":
            connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
            # of what does not fit a hash, its planner looks everything through for each row ("but never bags")
            connection.execute(text("SET LOCAL work_mem = '64MB'"))
            # compiling a statement takes longer than it saves where an index leads to the rows
            connection.execute(text("SET LOCAL jit = off"))
            yield
            connection.execute(text("SET LOCAL jit TO DEFAULT"))
            connection.execute(text("SET LOCAL work_mem TO DEFAULT"))
            connection.execute(text("SET LOCAL statement_timeout TO DEFAULT"))
        case "sqlite":
            driver = connection.connection.driver_connection
            timer = threading.Timer(seconds, driver.interrupt)  # type: ignore[union-attr]
            timer.daemon = True
            timer.start()
            try:
                yield
            finally:
                timer.cancel()
                timer.join()
        case _:
            connection.execute(text(f"SET SESSION max_statement_time = {seconds}"))
            try:
                yield
            finally:
                connection.execute(text("SET SESSION max_statement_time = DEFAULT"))


@contextmanager
def _lines_at_hand(connection: Connection, question: Question) -> Iterator[None]:
    """Lines of orders of a stretch of time lie together, which PostgreSQL's planner does not know: for ten products of
    a month it reads the lines of all years, unless looking up an order's costs little."""
    of_lines = question.measure is not None and MEASURES[question.measure].fact == "items"
    if connection.dialect.name != "postgresql" or not of_lines or question.window is None:
        yield
        return
    # not for all questions: of customers, whose rows lie anywhere, it would look up too many
    connection.execute(text("SET LOCAL random_page_cost = 1.1"))
    yield
    connection.execute(text("SET LOCAL random_page_cost TO DEFAULT"))


def _was_stopped(error: DBAPIError) -> bool:
    said = str(error.orig).lower()
    return any(word in said for word in ("interrupted", "statement timeout", "max_statement_time"))


# --- rows -----------------------------------------------------------------------------------------------------------


def _figures(question: Question, rows: Sequence[Row[Any]], setting: Setting, base: str) -> Figures:
    if question.subject is not None:
        return _list(question, rows, setting, base)
    measure = MEASURES[str(question.measure)]
    unit = {"money": base, "percent": "%"}.get(measure.unit, measure.unit)

    def number(value: Any) -> Any:
        return _number(measure, value, base, is_mean=question.mean is not None)

    if question.by is not None and question.growth:
        return _grown(question, rows, setting, unit, number)
    if question.by is not None:
        return _table(question, rows, setting, unit, number)
    row = rows[0]._mapping
    if question.share:
        whole = float(row["whole"] or 0)
        value = 100 * float(row["part"] or 0) / whole if whole else None
        return Figures(value, "%", (), str(question.measure), (), int(whole) if measure.unit != "money" else 1)
    if question.than is not None:
        other = _number(MEASURES[question.than.measure], row["before"], base)
        return _contrast(question, question.than, number(row["value"]), other, setting, unit)
    if question.versus is not None and question.window is not None:
        now, before = number(row["value"]), number(row["before"])
        lines = ((_period(question.window, setting), now), (_period(question.versus, setting), before))
        grown = 100 * (now - before) / before if question.growth and now is not None and before else None
        metric = str(question.measure)
        return Figures(grown, "%" if question.growth else unit, ("period", metric), metric, lines, 2)
    value = number(row["value"])
    return Figures(value, unit, (), str(question.measure), (), 1)


def _number(measure: Measure, value: Any, base: str, *, is_mean: bool = False) -> Any:
    """A value of the store in the units in which it is shown."""
    if value is None:
        return None
    match measure.unit:
        case "money":
            return round(float(value) / 10 ** exponent(base), 2)
        case "percent":
            return float(value) * 100
        case _:
            is_whole = float(value).is_integer() and measure.aggregate != "avg" and not is_mean
            return int(value) if is_whole else float(value)


def _contrast(question: Question, than: Than, one: Any, other: Any, setting: Setting, unit: str) -> Figures:
    """Two numbers with how much the first is more, or how many times the other it is."""
    value = None
    if question.ratio:
        times, unit = (100, "%") if question.percent else (1, "number")
        value = times * float(one or 0) / other if other else None
    elif one is not None and other is not None:
        value = round(one - other, 2) if isinstance(one - other, float) else one - other
    metric = str(question.measure)
    names = [_side(question, than, setting), _side(than, question, setting)]
    return Figures(value, unit, ("of", metric), metric, ((names[0], one), (names[1], other)), 2)


def _side(one: Question | Than, other: Question | Than, setting: Setting) -> str:
    """What tells one number from the other: its measure, its time, or the value that only it is of."""
    if one.measure != other.measure:
        return str(one.measure)
    if one.window != other.window and one.window is not None and one.window.start and one.window.end:
        return _period(one.window, setting)
    own = [_named(each) for each in one.where if isinstance(each, Is) and each not in other.where]
    return own[0] if own else str(one.measure)


def _period(window: Any, setting: Setting) -> str:
    start, end = (at.astimezone(setting.zone) for at in (window.start, window.end))
    return f"{start:%Y-%m-%d}/{end:%Y-%m-%d}"


def _table(question: Question, rows: Sequence[Row[Any]], setting: Setting, unit: str, number: Any) -> Figures:
    by, metric = str(question.by), str(question.measure)
    if question.then is not None:
        return _crossed(question, rows, setting, unit, number)
    if question.share:
        unit = "%"
        number = lambda value: None if value is None else float(value)  # noqa: E731 - a share is one already
    lines: list[tuple[Any, ...]] = []
    for row in rows:
        cells = row._mapping
        names = (cells["name"],) if "name" in cells else ()
        lines.append((cells["key"], *names, number(cells["value"])))
    total = int(rows[0]._mapping["matches"]) if rows else 0
    if by in BUCKETS and question.window is not None:
        lines = _named_buckets(question, lines, setting)
        total = max(total, len(lines)) if question.limit is None else total
    else:
        lines = [("unknown" if line[0] is None else _plain(line[0]), *line[1:]) for line in lines]
    columns = (by, "name", metric) if rows and "name" in rows[0]._mapping else (by, metric)
    return Figures(None, unit, columns, metric, tuple(lines), total)


def _crossed(question: Question, rows: Sequence[Row[Any]], setting: Setting, unit: str, number: Any) -> Figures:
    """A row for each pair of two groups that has any rows."""
    groups = (str(question.by), str(question.then))
    names = [_bucket_names(by, question, setting) if by in BUCKETS else None for by in groups]
    lines = []
    for row in rows:
        cells = row._mapping
        keys = [
            "unknown"
            if cells[column] is None
            else _plain(cells[column])
            if known is None
            else known[int(cells[column])]
            for column, known in zip(("key", "then"), names, strict=True)
        ]
        lines.append((*keys, *((cells["name"],) if "name" in cells else ()), number(cells["value"])))
    metric = str(question.measure)
    columns = (*groups, "name", metric) if rows and "name" in rows[0]._mapping else (*groups, metric)
    return Figures(None, unit, columns, metric, tuple(lines), len(lines))


def _plain(value: Any) -> Any:
    return bool(value) if isinstance(value, bool) else value


def _named_buckets(question: Question, lines: list[tuple[Any, ...]], setting: Setting) -> list[tuple[Any, ...]]:
    """Months as YYYY-MM, weeks as YYYY-Www, ...; one in which nothing happened is 0 where things are counted."""
    labels = _bucket_names(str(question.by), question, setting)
    counted = MEASURES[str(question.measure)].aggregate in ("count", "distinct", "sum")
    if question.order is None and question.having is None and counted and not question.share:
        known = {int(line[0]): line for line in lines}
        lines = [known.get(at, (at, 0)) for at in labels]
    return [(labels[int(line[0])], *line[1:]) for line in lines if line[0] is not None]


def _bucket_names(by: str, question: Question, setting: Setting) -> Mapping[int, Any]:
    assert question.window is not None
    if by == "hour":
        return {hour: hour for hour in range(24)}
    if by == "weekday":
        return dict(enumerate(_WEEKDAYS))
    return {at: _label(by, start) for at, start in enumerate(buckets(by, question.window, setting.zone)[:-1])}


def _named(of: Is) -> str:
    """A value; of days of the week the first and the last."""
    if of.field != "weekday":
        return str(of.values[0])
    days = [_WEEKDAYS[int(number)] for number in of.values]
    return days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"


def _label(by: str, start: datetime) -> str:
    match by:
        case "week":
            year, week, _ = start.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{start:%Y-%m}"
        case "quarter":
            return f"{start.year}-Q{(start.month + 2) // 3}"
        case "year":
            return str(start.year)
        case _:
            return f"{start:%Y-%m-%d}"


def _list(question: Question, rows: Sequence[Row[Any]], setting: Setting, base: str) -> Figures:
    subject = str(question.subject)
    names = list(listed(question))
    if question.order is not None and question.order not in names:
        names.append(question.order)
    lines = [tuple(_cell(name, row._mapping[name], setting, base) for name in names) for row in rows]
    total = int(rows[0]._mapping["matches"]) if rows else 0
    metric = question.order or names[-1]
    return Figures(None, subject, tuple(names), metric, tuple(lines), total)


def _cell(name: str, value: Any, setting: Setting, base: str) -> Any:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if name in MONEY:
        return round(float(value) / 10 ** exponent(base), 2)
    if name in CHANCES:
        return float(value)
    # a sum, as engines tell it
    return int(value) if name == "units" else value
