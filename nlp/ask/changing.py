"""One part of a question becomes something else: this filter, the time, what it is split by, how many.

What it becomes is read as a follow-up is, beside that part alone, so that it can neither touch nor add another one.
The parts are named as `describe_parts` names them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from crm_store.question.grammar import BUCKETS, Among, Compare, Did, During, Filter, Is, Not, Or, Question
from nlp.ask.following import follow, read_all
from nlp.ask.lexing import is_chinese
from nlp.ask.vocabulary import Shop

#: how a bare number or article is said of what customers did or are, `{}` for what was typed; by what a filter is about
_SAID: dict[str, tuple[str, ...]] = {
    "spend": ("spend {}", "消费{}"),
    "orders": ("{} orders", "下过{}单", "订单数{}"),
    "aov": ("average order value {}", "客单价{}"),
    "refunded": ("refund amount {}", "退款金额{}"),
    "items": ("who bought {}", "买过{}"),
    "churn_risk": ("churn risk {}", "流失风险{}"),
    "propensity": ("propensity {}", "购买倾向{}"),
    "value": ("customer value {}", "客户价值{}"),
    "recency": ("R score {}",),
    "frequency": ("F score {}",),
    "monetary": ("M score {}",),
    "score": ("CSAT {}", "满意度{}"),
    "first_reply": ("first reply time {}", "首次回复时间{}"),
    "resolution": ("resolution time {}", "解决时间{}"),
    "rating": ("average rating {}", "平均评分{}"),
    "total": ("{} orders", "order total {}"),
}
#: what a condition on a customer's own figure is about, as one on their rows
_TALLIES = {("orders", "money"): "spend", ("orders", "count"): "orders", ("refunds", "money"): "refunded"}


@dataclass(frozen=True, slots=True)
class Changed:
    question: Question
    #: what was typed, as it was read; empty: the part is gone
    said: str


def changed(question: Question, part: str, typed: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Changed | None:
    """The question with one part of it as typed, or (nothing typed) without it; None where that does not fit it."""
    said = typed.strip()
    if not said:
        without = _without(question, part)
        return None if without is None else Changed(without, "")
    for text in _spoken(question, part, said):
        if part == "window":
            found = _in_time(question, text, shop, now, zone)
        elif part == "limit":
            found = _limited(question, text, shop, now, zone)
        elif part in ("by", "then"):
            found = _split(question, part, text, shop, now, zone)
        else:
            found = _filtered(question, _place(part), text, text != said, shop, now, zone)
        if found is not None:
            return Changed(found, text)
    return None


def lines_of(change: Changed, before: Sequence[str], shop: Shop, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Lines that are read as the changed question, made from those of the one before; empty where none are.

    With what was typed as one more of them; a part that is gone, without the line that brought it.
    """
    if change.said:
        tied = f"改成{change.said}" if is_chinese(change.said) else f"what about {change.said}"
        candidates = [(*before, change.said), (*before, tied)] if before else []
    else:
        candidates = [(*before[:at], *before[at + 1 :]) for at in range(len(before))]
    for lines in candidates:
        if lines and read_all(lines, shop, now, zone) == change.question:
            return lines
    return ()


def _place(part: str) -> int:
    return int(part.removeprefix("where"))


def _spoken(question: Question, part: str, typed: str) -> Iterator[str]:
    """What was typed; then that in the words that belong to the part."""
    yield typed
    chinese = is_chinese(typed)
    if part == "limit":
        yield f"前{typed}" if chinese else f"top {typed}"
    elif part in ("by", "then"):
        yield f"按{typed}" if chinese else f"by {typed}"
    elif part.startswith("where"):
        about = _about(question.where[_place(part)])
        for said in _SAID.get(about, (f"{{}} {about}",)):
            yield said.format(typed)


def _without(question: Question, part: str) -> Question | None:
    if part == "window":
        # a table by month has to begin somewhere
        return None if {question.by, question.then} & set(BUCKETS) else replace(question, window=None)
    if part == "limit":
        return replace(question, limit=None)
    if part == "then":
        return replace(question, then=None)
    if part == "by":
        if question.then is not None:
            return replace(question, by=question.then, then=None)
        return replace(question, by=None, order=None, descending=True, limit=None)
    at = _place(part)
    return replace(question, where=(*question.where[:at], *question.where[at + 1 :]))


def _bare(question: Question, **of: object) -> Question:
    """What is asked for alone, with some parts of it."""
    return replace(Question(measure=None if question.subject else question.measure, subject=question.subject), **of)


def _in_time(question: Question, text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | None:
    by = next((one for one in (question.by, question.then) if one in BUCKETS), None)
    beside = _bare(question, window=question.window, by=by)
    found = follow(beside, text, shop, now, zone)
    if not isinstance(found, Question) or found.window is None or found != replace(beside, window=found.window):
        return None
    return replace(question, window=found.window)


def _limited(question: Question, text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | None:
    found = follow(question, text, shop, now, zone)
    is_one = isinstance(found, Question) and found == replace(question, limit=found.limit, descending=found.descending)
    return found if is_one and isinstance(found, Question) and found.limit is not None else None


def _split(question: Question, part: str, text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | None:
    beside = _bare(question, where=question.where, window=question.window)
    found = follow(beside, text, shop, now, zone)
    if not isinstance(found, Question) or found.by is None or found.then is not None or found.order is not None:
        return None
    if found.where != question.where or found.by in (question.by, question.then):
        return None
    if question.window is not None and found.window != question.window:
        return None
    changed = replace(question, measure=found.measure, window=found.window, **{part: found.by})
    if found.by in BUCKETS:
        # by time it stands in the order of time
        return replace(changed, order=None, descending=True, limit=None)
    return changed


def _filtered(
    question: Question, at: int, text: str, is_worded: bool, shop: Shop, now: datetime, zone: ZoneInfo
) -> Question | None:
    old = question.where[at]
    beside = _bare(question, where=(old,))
    found = follow(beside, text, shop, now, zone)
    if not isinstance(found, Question):
        return None
    new = [each for each in found.where if each != old]
    if len(new) != 1 or _about(new[0]) != _about(old):
        return None
    if found != replace(beside, where=found.where, measure=found.measure):
        return None
    becomes = _with_the_rest(new[0], old, is_worded)
    if becomes in question.where:
        return None
    where = (*question.where[:at], becomes, *question.where[at + 1 :])
    return replace(question, where=where, measure=found.measure if question.subject is None else question.measure)


def _with_the_rest(new: Filter, old: Filter, is_worded: bool) -> Filter:
    """What customers did: the time and the articles stay as they were where nothing is said of them.

    `is_worded`: that they did it at all was not typed.
    """
    if not isinstance(old, Did):
        return new
    if isinstance(new, Compare):
        return replace(old, op=new.op, value=new.value)
    if not isinstance(new, Did):
        return new
    merged = replace(new, window=new.window or old.window, where=new.where or old.where)
    return replace(merged, op=old.op, value=old.value) if is_worded and new.where else merged


def _about(filter_: Filter) -> str:
    """What a filter is about: another one about the same can stand in its place."""
    match filter_:
        case Is(field=name) | Compare(field=name) | During(field=name):
            return name
        case Did(event=event, tally=tally):
            return _TALLIES.get((event, tally), event)
        case Not(inner):
            return _about(inner)
        case Among(by=by):
            return by
        case Or(several):
            return " or ".join(sorted({_about(each) for each in several}))
