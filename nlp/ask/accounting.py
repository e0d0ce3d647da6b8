"""Whether all that a text says is in the question that it was read as.

Each reader marks the words that it used, but one may use a word and another overwrite what came of it: of two bounds on
one number the second is kept, of two negations one. So what was read is held against the words once more, at the end.
"""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from crm_store.question.grammar import (
    BUCKETS,
    NEWNESS,
    Among,
    Compare,
    Did,
    During,
    Filter,
    Is,
    Not,
    Or,
    Question,
    Window,
)
from crm_store.question.measures import MEASURES
from nlp.ask.draft import MONEY, Draft, pairs
from nlp.ask.lexing import Atom
from nlp.ask.outcomes import Unclear, unclear

#: not one is as good as none
_NONE = {("lt", 1.0), ("le", 0.0), ("eq", 0.0)}
_STATUS = ("order_status", "refund_status")
_GOODS = ("category", "product")
#: rows that a deed of customers leaves
_DEEDS = {"cart": "carts", "visit": "visits", "review": "reviews", "complain": "tickets"}
_OF_EACH = ("各", "各个", "每", "每个", "每种", "每家", "每款")
#: paid by card, shipped with DHL: how says that it was done
_DONE_BY = {("order_status", "paid", "payment_method"), ("order_status", "shipped", "carrier")}
#: what an order is, so that who has it has ordered
_OF_ORDERS = ("order_status", "payment_method", "carrier", *_GOODS)
_PER_CENT = re.compile(r"%|per ?cent|pct|percentage|百分|成")
#: what part of some are something
_OF_SOME = re.compile(r"\b(?:share|percentage|per ?cent|proportion|fraction) of .+? (?:are|is|were|was|come|live) ")
_FIRST_TIME = re.compile(r"\bfirst[- ]time\b|首单|首次(?!回复|响应|答复|应答)|首购|第一次|头一次")
#: a number that is not meant as it is typed
_NEARLY = re.compile(
    r"\b(?P<word>about|around|roughly|approximately|approx\.?|nearly|almost|close to|circa)"
    r" (?:[€$£] ?)?\d+(?:[.,]\d+)? ?(?:[€$£]|eur|euros?|usd|dollars?|gbp|pounds?|"
    r"orders?|items?|units?|refunds?|tickets?|times|reviews?)"
    r"|(?P<before>大约|差不多|大概|约|将近|接近) ?\d+(?:\.\d+)? ?"
    r"(?:欧|元|块|件|单|笔|次|个(?!月|星期|小时|工作日)|英镑|美元)"
    r"|\d ?(?:欧元|欧|元|块|件|单|笔|次|英镑|美元)(?P<after>左右|上下|差不多)"
)
#: at once is not once, the second time is not twice, and the biggest order not the most spent
_OTHERWISE = re.compile(
    r"\b(?:at once|each other|(?:bought|ordered|purchased) (?:\w+ ){1,3}(?<!the )first(?! time))\b"
    r"|(?<![只下])单次(?!购买|下单|客)|第[二三四五六七八九\d]次|一起(?![买加])|(?<!买)(?<!没有)(?:其他|其它|其余)(?!的?都)"
)
#: what is counted in as well is not all that is counted
_AS_WELL = re.compile(r"(?<!不)(?:包括|包含|算上|连同|加上)|(?<=[,，])含|\b(?:including|incl\.?|inclusive of)\b")
_COMPARED = re.compile(r"同比|环比|\b(?:yoy|mom|year[- ]on[- ]year|month[- ]on[- ]month)\b")
_PIECES = re.compile(r"(\d+)\s*件")


def more_than_read(typed: str, question: Question) -> Unclear | None:
    """What a normalised text says in words that are passed over elsewhere, where they mean something."""
    if found := _NEARLY.search(typed):
        return Unclear("left", next(word for word in found.groups() if word))
    if (found := _OTHERWISE.search(typed)) and "second" not in str(question.measure):
        return Unclear("left", found[0])
    if _COMPARED.search(typed) and not (question.versus or question.than or question.growth):
        return Unclear("compare")
    fields = {name for name, _, _ in _held(_filters(question))}
    if (found := _AS_WELL.search(typed)) and fields - set(_GOODS):
        return Unclear("left", found[0])
    return None


def all_said(draft: Draft, question: Question) -> None:
    """Ask back the word of which nothing is in the question."""
    _hold_values(draft, question)
    _hold_numbers(draft, question)
    _hold_times(draft, question)
    _hold_groups(draft, question)
    _hold_negations(draft, question)
    _hold_people(draft, question)
    _hold_deeds(draft, question)
    _hold_share(draft, question)
    _hold_bounds(question)


def _hold_bounds(question: Question) -> None:
    """No number is 1 and 2, or over 4 and under 3: what holds for no row was not asked for."""
    bounds: dict[str, tuple[float, float]] = {}
    for each in question.where:
        if not isinstance(each, Compare):
            continue
        low, high = bounds.get(each.field, (-math.inf, math.inf))
        match each.op:
            case "eq":
                low, high = max(low, each.value), min(high, each.value)
            case "ge" | "gt":
                low = max(low, each.value)
            case "le" | "lt":
                high = min(high, each.value)
        if low > high:
            raise unclear("contradiction", each.field)
        bounds[each.field] = (low, high)


def _hold_values(draft: Draft, question: Question) -> None:
    held = set(_held(_filters(question)))
    statuses = [atom for atom in draft.atoms if any(name == "order_status" for name, _ in pairs(atom)) and atom.used]
    plain = [atom for atom in statuses if not atom.has("negated") and len(pairs(atom)) == 1]
    joined = any(atom.has(kind) for atom in draft.atoms for kind in ("or", "and", "compare", "except"))
    both = {pair for atom in plain for pair in pairs(atom)}
    is_one = len(both) < 2 or joined or question.by is not None or "、" in draft.text or not draft.chinese
    if not is_one and all((*pair, True) in held for pair in both):
        # of the orders that were sent in March those that have arrived: no order is both now
        raise unclear("two", plain[-1].text)
    values = {(name, value) for name, value, _ in held}
    for atom in draft.atoms:
        named = pairs(atom)
        if not (named and atom.used) or set(atom.kinds) - {"val", "negated"}:
            continue
        if all(name in _STATUS for name, _ in named):
            # not delivered is pending, paid or shipped; paid by card is paid, shipped with DHL is shipped
            how = any((*pair, name) in _DONE_BY for pair in named for name, _ in values)
            arrived = ("order_status", "delivered") in named and _is_of_arrival(question)
            if not (atom.has("negated") or how or arrived or any(pair in values for pair in named)):
                raise unclear("left", atom.text)
        elif not any(pair in values for pair in named):
            raise unclear("left", atom.text)
        elif atom.has("negated") and not any((*pair, False) in held for pair in named):
            raise unclear("neg", atom.text)


def _is_of_arrival(question: Question) -> bool:
    """Whether orders are told of a time in which they arrived."""
    where = [part for each in _filters(question) for part in (each, *(each.where if isinstance(each, Did) else ()))]
    timed = any(isinstance(each, During) and each.field == "delivered_at" for each in where)
    return timed or question.measure == "deliveries"


def _hold_numbers(draft: Draft, question: Question) -> None:
    numbers = set(_numbers(question))
    pieces = {float(each) for each in _PIECES.findall(draft.text)}
    for atom in draft.atoms:
        if atom.used and atom.has("num") and len(atom.kinds) == 1 and float(atom["num"]) not in numbers:
            raise unclear("number", atom.text)
        if not atom.has("bound"):
            continue
        op, number, of, *_ = atom["bound"]
        if of == "days" or op == "between":
            continue
        # 1000 sells as minor units, 5 % as 0.05, under 2 as at most 1
        near = {round((number + by) * scale, 6) for by in (0, 1, -1) for scale in (1, 100, 0.01)}
        if not near & numbers:
            raise unclear("left", atom.text)
        if of == "times" and question.having is not None and question.measure in MONEY:
            raise unclear("number", atom.text)
        if number in pieces and _is_price(question, number):
            raise unclear("number", atom.text)
    of_all = question.share and not question.of and question.by is None and len(question.where) > 1
    if of_all and _OF_SOME.search(draft.text):
        # what share of those without consent are from Germany: of those, or of all?
        raise unclear("share", "")
    if question.top_percent is not None and not _PER_CENT.search(draft.text):
        raise unclear("number", f"{question.top_percent:g}")


def _is_price(question: Question, number: float) -> bool:
    """Whether a number that is one of pieces was taken for one of euros."""
    return any(isinstance(each, Compare) and each.value == number * 100 for each in question.where)


def _hold_times(draft: Draft, question: Question) -> None:
    edges = set(_edges(question))
    for atom in draft.atoms:
        if not (atom.used and atom.has("span")):
            continue
        span = atom["span"]
        own = {span.window.start, span.window.end} - {None}
        # the last six months, month by month, are whole ones
        if own and not own & edges and not (span.count and question.by in BUCKETS):
            raise unclear("window", atom.text)
    spans = [place for place, atom in enumerate(draft.atoms) if atom.used and atom.has("span")]
    for one, other in pairwise(spans):
        first, last = draft.atoms[one]["span"].window, draft.atoms[other]["span"].window
        between = draft.atoms[one + 1 : other]
        joined = question.window is not None and (first.start, last.end) == (question.window.start, question.window.end)
        if joined and first != last and any(atom.has("verb") or atom.has("val") for atom in between):
            # opened in May and resolved in June
            raise unclear("two", "")
    relative = next((place for place, atom in enumerate(draft.atoms) if place and atom.text == "who"), 0)
    if question.by == "customer" and question.window is None and any(place < relative for place in spans):
        # the top customers in May who bought shoes: then?
        raise unclear("which_window", "")


def _hold_groups(draft: Draft, question: Question) -> None:
    groups = {question.by, question.then}
    if question.by not in (None, NEWNESS, *BUCKETS) and not (question.versus or question.than):
        several = sum(name == question.by for name, _, _ in _held(_filters(question))) > 1
        for atom in draft.atoms:
            if atom.used and atom.has("compare") and len(atom.kinds) == 1 and not several and _says_time(draft):
                raise unclear("compare", "")
    for place, atom in enumerate(draft.atoms[:-1]):
        after = draft.atoms[place + 1]
        of_each = atom.has("by") and after.has("subj", "customers", "buyers") and "each" in atom.text
        if set(atom.kinds) == {"by"} and atom.text in _OF_EACH and not _is_split(question):
            # 各客服工单数, where 客服工单数 is one word, 每款手表的库存
            raise unclear("by", after.text)
        if of_each and "customer" not in groups and "_per_" not in str(question.measure):
            raise unclear("by", after.text)
        if atom.has("top") and after.text == "次":
            # 第一次: the first time, not the first in rank
            raise unclear("left", f"{atom.text}{after.text}")


def _hold_share(draft: Draft, question: Question) -> None:
    """老客贡献了几成销售额: a part is asked for, not the number."""
    told = question.share or question.within or question.than or question.growth or question.percent
    for atom in draft.atoms:
        if draft.chinese and atom.used and atom.has("share") and set(atom.kinds) <= {"share", "howmany"} and not told:
            raise unclear("share", "")


def _hold_deeds(draft: Draft, question: Question) -> None:
    """Who bought and who is new, where what is counted is of other things: 访客里有多少下了单."""
    if not draft.chinese:
        return
    where = [*_filters(question)]
    names = {name for name, _, _ in _held(where)}
    known = MEASURES.get(question.measure or "")
    events = {each.event for each in where if isinstance(each, Did)}
    of_orders = events & {"orders", "items"} or names & {"orders", *_OF_ORDERS, "segment"}
    elsewhere = known is not None and known.fact in ("visits", "products", "carts", "reviews", "tickets", "messages")
    rows = {question.subject or "", known.fact if known else "", *events}
    for atom in draft.atoms:
        verb = str(atom["verb"]) if set(atom.kinds) == {"verb"} and atom.used else ""
        if verb in _DEEDS and _DEEDS[verb] not in rows and not names & {"reviews", "rating", "tickets", "open_tickets"}:
            # 上周加购的客户现在下单了吗
            raise unclear("left", atom.text)
        if atom.has("verb", "buy") and len(atom.kinds) == 1 and elsewhere and not of_orders:
            raise unclear("left", atom.text)
        if atom.has("crowd", "new") and len(atom.kinds) == 1 and known is not None and known.fact == "items":
            times = {each.field for each in where if isinstance(each, During)}
            if not times & {"first_order_at", "signed_up_at"} and NEWNESS not in (question.by, question.then):
                raise unclear("left", atom.text)


def _is_split(question: Question) -> bool:
    compared = question.versus or question.than
    return bool(question.by or question.then or question.mean or compared) or "_per_" in str(question.measure)


def _says_time(draft: Draft) -> bool:
    return any(atom.has("span") for atom in draft.atoms)


def _hold_negations(draft: Draft, question: Question) -> None:
    where = list(_filters(question))
    held = list(_held(where))
    never = any(_is_never(each) for each in where)
    # shoes in a cart are not ordered yet
    ordered = _held(each for each in where if not isinstance(each, Did) or each.event in ("orders", "items"))
    if never and any(name in _OF_ORDERS and is_so for name, _, is_so in ordered):
        raise unclear("contradiction", "")
    only = {
        part.of.values
        for each in where
        if isinstance(each, Not) and isinstance(each.of, Did)
        for part in each.of.where
        if isinstance(part, Not) and isinstance(part.of, Is) and part.of.field in _GOODS
    }
    if len(only) > 1:
        # bought only shoes and only bags
        raise unclear("and", "")
    if question.subject == "carts" and any(name in _GOODS and not is_so for name, _, is_so in held):
        # rows of other things, or carts that have none of it?
        raise unclear("neg", "")
    _hold_exceptions(draft, where)
    _hold_alternatives(draft)


def _hold_exceptions(draft: Draft, where: list[Filter]) -> None:
    """Bought in May except shoes; did not order except with PayPal: what was done is not what was not."""
    for place, atom in enumerate(draft.atoms):
        if not (atom.has("verb", "buy", "spend") and atom.used):
            continue
        before = draft.atoms[max(place - 1, 0) : place]
        after = draft.atoms[place + 1 :]
        excepted = [
            each for each in after if each.has("negated") and any(name in _OF_ORDERS for name, _ in pairs(each))
        ]
        if not excepted:
            continue
        if any(each.has("neg") for each in before) or _excepts_rows(excepted[0]):
            raise unclear("neg", excepted[0].text)
        turned = any(isinstance(each, Did) and each.op in ("lt", "le") and each.where for each in where)
        if not any(_says_bought(each) for each in where) or (turned and _says_more(draft)):
            raise unclear("neg", excepted[0].text)


def _excepts_rows(atom: Atom) -> bool:
    """Bought shoes, excluding cancelled ones: of orders, not of who has none."""
    negation = atom["negated"]
    return isinstance(negation, Atom) and negation.has("except") and any(name in _STATUS for name, _ in pairs(atom))


def _says_more(draft: Draft) -> bool:
    """More than once, not cancelled: not at most once."""
    return any(atom.has("bound") and atom["bound"][0] in ("gt", "ge") for atom in draft.atoms)


def _says_bought(filter_: Filter) -> bool:
    match filter_:
        case Did():
            return filter_.event in ("orders", "items") and (filter_.op, filter_.value) not in _NONE
        case Compare():
            return filter_.field in ("orders", "spend")
        case During():
            return "order" in filter_.field
        case _:
            return False


def _hold_alternatives(draft: Draft) -> None:
    """No refunds or complaints: what is joined by 'or' is of one kind."""
    for place, atom in enumerate(draft.atoms[1:-1], start=1):
        if not (atom.used and atom.has("or")):
            continue
        before, after = draft.atoms[place - 1], draft.atoms[place + 1]
        if before.has("subj") and not after.has("subj"):
            raise unclear("or", "")


def _hold_people(draft: Draft, question: Question) -> None:
    first = _FIRST_TIME.search(draft.text)
    if first and not (_is_of_new(question) or any(_is_of_first(each) for each in question.where)):
        raise unclear("left", first[0])
    # customers with a refund who live in Berlin: the customers do
    of_people = question.subject == "customers" or question.measure in ("customers", "buyers")
    for atom, relative in zip(draft.atoms, draft.atoms[1:], strict=False):
        rows = not of_people and atom.has("subj", "orders", "refunds", "reviews", "visits", "carts", "tickets")
        if rows and relative.text == "who" and any(isinstance(each, Did) for each in question.where):
            # orders buy nothing
            raise unclear("left", relative.text)
    if question.measure == "refunds" and draft.subject_atoms and not draft.howmany:
        named = {str(atom["subj"]) for atom in draft.subject_atoms}
        if named == {"orders"}:
            raise unclear("mix", "")


def _is_of_new(question: Question) -> bool:
    measure = str(question.measure)
    return (
        measure == "new_buyers" or "first" in measure or "second" in measure or NEWNESS in (question.by, question.then)
    )


def _is_of_first(filter_: Filter) -> bool:
    match filter_:
        case During():
            return filter_.field == "first_order_at"
        case Compare():
            return filter_.field == "orders"
        case Is():
            return filter_.field == NEWNESS
        case Not():
            return _is_of_first(filter_.of)
        case _:
            return False


def _is_never(filter_: Filter) -> bool:
    match filter_:
        case Compare():
            return filter_.field == "orders" and (filter_.op, filter_.value) in _NONE
        case Did():
            return (
                filter_.event == "orders"
                and not (filter_.where or filter_.window)
                and (filter_.op, filter_.value) in _NONE
            )
        case _:
            return False


def _filters(question: Question) -> Iterator[Filter]:
    yield from question.where
    yield from question.of
    if question.than is not None:
        yield from question.than.where


def _held(filters: Iterable[Filter], is_so: bool = True) -> Iterator[tuple[str, str | bool | int, bool]]:
    """Values that are asked for, and those that are not wanted."""
    for each in filters:
        match each:
            case Is():
                yield from ((each.field, value, is_so) for value in each.values)
            case Not():
                yield from _held((each.of,), not is_so)
            case Or():
                yield from _held(each.any, is_so)
            case Did():
                yield from _held(each.where, is_so is ((each.op, each.value) not in _NONE))
            case Among():
                yield from _held(each.where, is_so)
            case _:
                pass


def _numbers(question: Question) -> Iterator[float]:
    yield from (float(each) for each in (question.limit, question.top_percent, question.each) if each is not None)
    if question.having is not None:
        yield round(question.having[1], 6)
    if question.least is not None:
        yield float(question.least)
    if question.first is not None:
        yield float(question.first[1])
    yield from _counted(_filters(question))


def _counted(filters: Iterable[Filter]) -> Iterator[float]:
    for each in filters:
        match each:
            case Is():
                yield from (float(value) for value in each.values if not isinstance(value, str))
            case Compare():
                yield round(each.value, 6)
            case Did():
                yield round(each.value, 6)
                yield from _counted(each.where)
            case Not():
                yield from _counted((each.of,))
            case Or():
                yield from _counted(each.any)
            case Among():
                yield float(each.count)
                yield from _counted(each.where)
            case During():
                pass


def _edges(question: Question) -> Iterator[datetime | None]:
    windows = (question.window, question.versus, question.than.window if question.than is not None else None)
    for window in windows:
        yield from _ends(window)
    yield from _edges_of(_filters(question))


def _ends(window: Window | None) -> Iterator[datetime | None]:
    if window is not None:
        yield from (window.start, window.end)


def _edges_of(filters: Iterable[Filter]) -> Iterator[datetime | None]:
    for each in filters:
        match each:
            case During():
                yield from _ends(each.window)
            case Did():
                yield from _ends(each.window)
                yield from _edges_of(each.where)
            case Among():
                yield from _ends(each.window)
                yield from _edges_of(each.where)
            case Not():
                yield from _edges_of((each.of,))
            case Or():
                yield from _edges_of(each.any)
            case _:
                pass
