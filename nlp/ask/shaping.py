"""The question put together of what was found; nothing may be left over."""

import re
from collections.abc import Sequence
from datetime import datetime

from crm_store.question.grammar import (
    BUCKETS,
    NEWNESS,
    CannotAsk,
    Compare,
    Did,
    During,
    Filter,
    Is,
    Not,
    Question,
    Window,
)
from crm_store.question.measures import FAMILIES, LARGEST_OF, MEASURES
from nlp.ask.asking import mark_measures, mark_subject, use_subject
from nlp.ask.clauses import filters_of_clauses, says_when_delivered
from nlp.ask.draft import COUNTED, MONEY, OF_BUYERS, OF_CUSTOMERS, WHAT, WHO, Draft, named, pairs, place_of
from nlp.ask.lexing import Atom
from nlp.ask.outcomes import unclear
from nlp.ask.ranking import default_limit, size_of
from nlp.ask.shares import share_of
from nlp.ask.times import Span, previous
from nlp.ask.windows import GROWING, bucketed, mean_window, place_spans

#: what there is of each, where no more is said: the shares of refund reasons
_COUNTED_BY_FIELD = {
    "reason": "refunds", "kind": "tickets", "priority": "tickets", "payment_method": "orders", "carrier": "orders",
    "order_status": "orders", "source": "visits", "stars": "reviews", "currency": "orders", "refund_status": "refunds",
    "language": "customers",
}  # fmt: skip
#: how many there are of each, and nothing else
_SPREAD = re.compile("分布|构成|排名|排行|排序|情况|从[多高大]到[少低小]")
#: what is told of the rows of some customers
_OF_PEOPLE = frozenset(
    {"orders", "units", "aov", "refunds", "rating", "tickets", "first_reply", "resolution", "csat", "delivery_days",
     "refund_rate", "cancellation_rate", "visits", "reviews"}
)  # fmt: skip
#: said of how many are in a segment
_SIZED = ("biggest", "largest", "smallest", "most", "fewest", "common", "most common", "最大", "最小", "最多", "最少")
_MANY = ("最多", "最少")
_RANKED_BY_OWN = ("orders", "tickets", "refunds", "reviews")
#: another time is meant that is not said; groups are compared with each other
_TO_WHAT = re.compile(
    r"\b(?:compared (?:to|with)|versus|vs\.?|against|relative to)(?! (?:returning|new|old))|相比|比(?:去|上)"
)
#: it is of orders that money is
_FROM_ORDERS = re.compile(r"\b(?:from|of|on|with|for|in)\b[^,]*?\borders?\b|订单的")
_SAME_PERIOD = re.compile("same|同期")
_DELIVERED = Is("order_status", ("delivered",))
_OF_ITEMS = {"revenue": "product_revenue", "buyers": "buyers_of", "orders": "orders_with", "customers": "buyers_of"}


#: numbers of a row that a list is put in order by where it is bounded by one
_BOUNDED = {"stock", "price", "spend", "orders", "total", "amount", "stars", "churn_risk", "propensity"}


#: what is asked of numbers alone
_OF_A_NUMBER = ("growth", "compare", "yoy", "mom", "periodbefore", "share", "agg")


def question_of(draft: Draft) -> Question:
    if draft.free("share") and draft.chinese and draft.subject == "buyers":
        # 买过两次的客户占买家的比例
        mark_subject(draft, "customers")
    share = draft.take("share") is not None
    rate = draft.take("repeatrate")
    growth = draft.take("growth") is not None
    year_before, mom = draft.take("yoy"), draft.take("mom") is not None
    yoy = year_before is not None
    # against the same period last year both are told, year on year how much it grew
    tells_growth = growth or mom or (year_before is not None and not _SAME_PERIOD.search(year_before.text))
    before = draft.take("periodbefore") is not None
    compare = draft.take("compare") is not None
    if rate is not None:
        return _rate_of(draft, rate, share=share, compared=growth or yoy or mom or before or compare)
    _settle(draft)
    clause_filters = filters_of_clauses(draft)
    if draft.subject == "buyers":
        draft.everyone = True
    if draft.of_new:
        _take_of_new(draft)
    windows = place_spans(draft, clause_filters, growth or compare or yoy or mom or before)
    versus = None
    if len(windows) == 2:
        joined = draft.free("and")
        if joined and not growth and _are_now_and_before(windows, draft.now):
            # this month and last month: nobody means both as one
            compare = True
        if not (growth or compare or joined):
            raise unclear("two", "")
        for atom in joined:
            atom.used = True
        window, versus = windows[0].window, windows[1].window
        if growth and _is_by_group(draft) and window.start and versus.start and window.start < versus.start:
            # each category from Q1 to Q2
            window, versus = versus, window
        if compare and "year" in (units := {each.unit for each in windows}) and len(units) > 1 and "" not in units:
            # 2025 vs 2026 first quarter: a quarter of both?
            raise unclear("compare", "")
        if before or window == versus or (compare and draft.by in BUCKETS):
            raise unclear("compare", "")
        if not (growth or compare):
            # in January and February
            if window.end is None or window.end != versus.start:
                raise unclear("two", "")
            window, versus = Window(window.start, versus.end), None
    elif windows:
        window = windows[0].window
        if mom and not yoy and not draft.chinese and windows[0].unit != "month":
            raise unclear("compare", "")
        unfinished = window is not None and window.end == draft.now and not windows[0].count
        if growth and not (windows[0].unit or yoy) and draft.by is None:
            # from April to May: is that one time, or two?
            raise unclear("compare", "")
        if growth and unfinished and not yoy and (draft.by is None or _is_by_group(draft)):
            # a month that goes on is not measured by a whole one
            raise unclear("compare", "")
        if before and draft.by is not None:
            raise unclear("compare", "")
        if compare and not (yoy or mom or before) and (draft.by is None or _TO_WHAT.search(draft.text)):
            raise unclear("compare", "")
        if ((yoy or mom or before or growth) and draft.by is None) or ((growth or yoy or mom) and _is_by_group(draft)):
            versus = previous(windows[0], draft.times, a_year=yoy)
    else:
        window = None
        if compare or yoy or before or ((growth or mom) and draft.by not in GROWING):
            raise unclear("compare", "")
    return _finish(draft, window, versus, clause_filters, share=share, growth=tells_growth)


def _are_now_and_before(windows: Sequence[Span], now: datetime) -> bool:
    later, earlier = windows
    follows = later.window.end == now and later.window.start == earlier.window.end
    return follows and bool(later.unit) and later.unit == earlier.unit


def _is_by_group(draft: Draft) -> bool:
    """Whether it is split by something else than time."""
    return draft.by is not None and draft.by not in BUCKETS and draft.then is None


def _rate_of(draft: Draft, rate: Atom, *, share: bool, compared: bool) -> Question:
    """What part of the buyers bought again, of the customers agreed to marketing: of all, or of each country, ..."""
    of_people = draft.by is None or (draft.by in OF_CUSTOMERS and draft.by not in ("customer", "account"))
    if (
        draft.measure
        or draft.spans
        or draft.clauses
        or draft.then
        or draft.having
        or share
        or compared
        or not of_people
        or draft.new_measure
        or draft.of_new
    ):
        raise unclear("mix", "")
    if draft.subject not in ("", "customers", "buyers"):
        raise unclear("mix", "")
    use_subject(draft)
    consents = rate.has("repeatrate", "consent")
    part = Is("consent", (True,)) if consents else Compare("orders", "ge", 2)
    if draft.by == "consent" or part in draft.predicates or (consents and draft.everyone):
        raise unclear("mix", "")
    of = (
        (*draft.where, *draft.predicates) if consents else (*draft.where, *draft.predicates, Compare("orders", "ge", 1))
    )
    return Question(
        measure="customers", where=(*of, part), of=of, share=True, by=draft.by, within=draft.by is not None,
        limit=draft.limit or (default_limit(draft) if draft.ranked and draft.by else None), descending=draft.descending,
        order="value" if draft.by and (draft.ranked or draft.sorted or draft.limit) else None,
    )  # fmt: skip


def _take_of_new(draft: Draft) -> None:
    """New is whose first order lies in the time asked for (`metrics.md`, New buyer)."""
    if len(draft.spans) != 1 or draft.by in BUCKETS or draft.by == "customer":
        raise unclear("window", "")
    if any(atom.has(kind) for atom in draft.atoms for kind in ("growth", "compare", "yoy", "mom")):
        # new in which of the two times?
        raise unclear("compare", "")
    if any(atom.has("crowd", "repeat", "once", "never") for atom in draft.atoms):
        raise unclear("two", "")
    draft.predicates.append(During("first_order_at", draft.spans[0].window))
    for atom in draft.subject_atoms:
        atom.used = atom.used or atom.has("subj", "customers", "buyers")


def _settle(draft: Draft) -> None:
    """Which measure a thing is counted by, and which rows a list has."""
    if draft.new_measure and _are_listed(draft):
        # the customers whose first order was in April
        draft.predicates.append(During("first_order_at", draft.spans.pop().window))
    elif draft.new_measure and (draft.spans or draft.by):
        draft.measure = "new_buyers"
        if draft.subject in ("customers", "buyers"):
            use_subject(draft)
        for atom in draft.measure_atoms:
            atom.used = atom.used or atom.has("measure", "customers", "buyers")
    elif draft.new_measure and not any(clause.event == "signup" for clause in draft.clauses):
        raise unclear("window", "")
    of_goods = draft.subject == "products" and draft.measure in MEASURES and MEASURES[draft.measure].fact == "items"
    if of_goods and draft.chinese and not draft.clauses:
        # 法国客户销量最高的商品
        mark_subject(draft, "customers")
    for atom in draft.measure_atoms:
        if (
            str(atom["measure"]) == draft.measure
            or draft.order == "churn_risk"
            or any(isinstance(each, Compare) and each.field == atom["measure"] for each in draft.predicates)
        ):
            atom.used = True
    if draft.measure == "resolved_tickets" and not draft.howmany and not draft.by and len(draft.spans) == 1:
        scored = [each for each in draft.predicates if named(each) == "score"]
        if scored:
            # tickets resolved last month with a csat of 1: they, not how many
            draft.measure, draft.subject = "", "tickets"
            draft.predicates.append(During("resolved_at", draft.spans.pop().window))
    if draft.measure in ("revenue", "spend", "aov") and draft.subject == "orders" and _FROM_ORDERS.search(draft.text):
        # revenue from PayPal orders
        use_subject(draft)
    if draft.measure in ("revenue", "spend") and draft.subject == "orders":
        raise unclear("two", "")


def _are_listed(draft: Draft) -> bool:
    """New buyers in China this month: who they are, which tells their number as well."""
    people = draft.subject == "customers" if draft.first_order_listed else draft.subject in ("customers", "buyers")
    told = draft.howmany or draft.by or draft.ranked or draft.measure
    compared = any(atom.has(kind) for atom in draft.atoms for kind in _OF_A_NUMBER)
    return people and len(draft.spans) == 1 and not told and not compared


def _finish(
    draft: Draft,
    window: Window | None,
    versus: Window | None,
    clause_filters: list[Filter],
    *,
    share: bool,
    growth: bool,
) -> Question:
    subject, measure = draft.subject, draft.measure
    if window is not None and _DELIVERED in draft.where:
        if share or not says_when_delivered(draft):
            # ordered or delivered in that time?
            raise unclear("delivered", "")
        draft.where.remove(_DELIVERED)
        measure, window = _of_delivery(draft, measure, window, versus)
        if measure == "deliveries":
            use_subject(draft)
            subject = ""
    predicates = [*draft.predicates, *clause_filters]
    everyone: list[Filter] = [Compare("orders", "ge", 1)] if draft.everyone else []
    by = draft.by
    of_theirs = by == "reason" or (by in ("payment_method", "carrier") and draft.ranked)
    if by is not None and of_theirs and subject in ("customers", "buyers") and not (measure or draft.howmany):
        # the refund reasons of French customers, which payment method people use most
        measure = _COUNTED_BY_FIELD[by]
        mark_subject(draft, subject)
        subject = ""
    if by is None and measure and subject in ("customers", "buyers", "products") and measure != subject:
        # customers by spend, products with the lowest rating
        if draft.ranked or draft.sorted or draft.having or draft.least or (_wants_rows(draft) and not share):
            by = "customer" if subject != "products" else "product"
            use_subject(draft)
            subject = ""
        elif draft.then is not None:
            raise unclear("two", "")
        elif draft.howmany and measure in ("customers",):
            subject = ""
        elif draft.howmany and measure in MONEY and not draft.chinese:
            # how many customers, and money: which of them?
            raise unclear("two", "")
        elif measure in MONEY | _OF_PEOPLE and subject != "products":
            # revenue from new/French customers
            mark_subject(draft, subject)
            subject = ""
        elif subject == "products":
            mark_subject(draft, subject)
            subject = ""
    if draft.chinese and by == "customer" and measure in MEASURES and _counts_some_rows(draft, MEASURES[measure].fact):
        predicates = _as_rows(predicates, MEASURES[measure].fact)
    if not measure and not subject and by in OF_BUYERS:
        if draft.ranked and not any(atom.text in _SIZED for atom in draft.atoms):
            # the best segments: those of the most people, or of the most money?
            raise unclear("rank", "")
        subject = "customers"
    if NEWNESS in (by, draft.then):
        if not measure and subject in ("", "customers", "buyers"):
            use_subject(draft)
            measure, subject = "buyers", ""
        elif measure == "customers":
            measure = "buyers"
    spread = by is not None and draft.chinese and _SPREAD.search(draft.text) is not None
    if not measure and not subject and by in _COUNTED_BY_FIELD and (share or draft.howmany or spread):
        measure = _COUNTED_BY_FIELD[by]
    if not measure and not subject and by is not None:
        raise unclear("measure", "")
    if not measure and not subject:
        who = draft.which is not None and draft.which.text in WHO
        if clause_filters or predicates or (who and (draft.order or draft.ranked) and draft.where):
            subject = "customers"
        else:
            raise unclear("measure", "")
    if own := _own_number(draft, subject, measure, by):
        draft.order, draft.ranked = FAMILIES[own].order, True
        mark_measures(draft)
        measure = ""
    if subject and not measure:
        return _of_things(draft, subject, by, window, versus, predicates, everyone, share=share, growth=growth)
    if subject and measure:
        if measure not in MEASURES:
            # a score that is said without its bound
            raise unclear("measure", "")
        if (
            COUNTED.get(subject) == measure
            or MEASURES[measure].fact == subject
            or (subject in ("customers", "orders") and MEASURES[measure].fact in ("orders", "items", "customers"))
            or (
                subject in ("customers", "buyers")
                and MEASURES[measure].fact in ("gaps", "tickets", "refunds", "reviews")
            )
            or (measure == "resolved_tickets" and subject == "tickets")
            or (measure in ("refund_amount", "average_refund") and subject in ("orders", "refunds"))
        ):
            mark_subject(draft, subject)
        else:
            raise unclear("two", "")
    return _of_measure(draft, measure, by, window, versus, predicates, everyone, share=share, growth=growth)


def _of_delivery(draft: Draft, measure: str, window: Window, versus: Window | None) -> tuple[str, Window | None]:
    """Orders are counted by the time of their delivery; of others the time is one more condition."""
    counted = measure in ("orders", "deliveries") or (not measure and (draft.howmany or draft.by is not None))
    if counted and draft.subject in ("", "orders"):
        return "deliveries", window
    own = MEASURES[measure].fact if measure else draft.subject
    if own != "orders" or versus is not None or {draft.by, draft.then} & set(BUCKETS) or draft.mean:
        raise unclear("delivered", "")
    draft.predicates.append(During("delivered_at", window))
    return measure, None


def _counts_some_rows(draft: Draft, fact: str) -> bool:
    """投诉最多的客户, 差评最多的客户: who has most of these, not who has most of all and one of these."""
    atoms = [atom for atom in draft.atoms if atom.text != "的"]
    for some, rows, rank in zip(atoms, atoms[1:], atoms[2:], strict=False):
        counted = rows.has("subj", fact) or (rows.has("measure") and MEASURES[str(rows["measure"])].fact == fact)
        told = some.has("bound") or any(name in ("kind", "priority", "reason") for name, _ in pairs(some))
        if counted and told and (rank.has("top") or rank.has("bottom")):
            return True
    return False


def _as_rows(filters: list[Filter], fact: str) -> list[Filter]:
    found: list[Filter] = []
    for each in filters:
        is_of_rows = (
            isinstance(each, Did) and each.event == fact and (each.op, each.value, each.window) == ("ge", 1, None)
        )
        found += each.where if is_of_rows and isinstance(each, Did) else [each]
    return found


def _own_number(draft: Draft, subject: str, measure: str, by: str | None) -> str:
    """Tickets with the longest resolution time, orders sorted by discount: the number of its own that a list is by."""
    name = next((name for name, family in FAMILIES.items() if measure in family.measures.values()), "")
    if by is not None or subject not in _RANKED_BY_OWN or not name or FAMILIES[name].subject != subject:
        return ""
    if draft.ranked or draft.sorted:
        return name
    for thing, joint, number in zip(draft.atoms, draft.atoms[1:], draft.atoms[2:], strict=False):
        if thing.has("subj", subject) and joint.has("by") and number.has("measure"):
            if name in ("rating", "csat"):
                # in that order, or how many of each mark?
                raise unclear("by", joint.text)
            return name
    return ""


def _wants_rows(draft: Draft) -> bool:
    """Which customers, a list of customers with their spend: not the one number of all of them."""
    if draft.which is not None and draft.which.text not in WHAT:
        return True
    places = {id(atom): place for place, atom in enumerate(draft.atoms)}
    things, measures = draft.subject_atoms, draft.measure_atoms
    in_order = bool(things and measures) and places[id(things[0])] < places[id(measures[0])]
    return draft.listed and not draft.chinese and in_order


def _of_things(draft: Draft, subject: str, by: str | None, window: Window | None, versus: Window | None,
    predicates: list[Filter], everyone: list[Filter], *, share: bool, growth: bool,
) -> Question:  # fmt: skip
    mark_subject(draft, subject)
    if draft.which is not None and draft.which.text in WHO and subject in ("reviews", "refunds", "visits", "messages"):
        # who gave 5 stars: people are asked for, not what they did
        raise unclear("by", draft.which.text)
    if draft.howmuch and not draft.having and subject not in ("products", "customers", "buyers"):
        money = {"orders": "revenue", "refunds": "refund_amount"}.get(subject)
        if money is not None:
            return _of_measure(draft, money, by, window, versus, predicates, everyone, share=share, growth=growth)
        raise unclear("measure", "")
    if draft.howmuch and subject in ("customers", "buyers") and not (draft.howmany or by or draft.having):
        # how much, and not who
        raise unclear("measure", "")
    if draft.chinese and any(_names_a_count(atom, subject) for atom in draft.subject_atoms):
        draft.howmany = True
    if by is not None and draft.order is not None:
        # the dearest articles by category: neither one list nor one number each
        raise unclear("rank", subject)
    rows = "customers" if subject == "buyers" else subject
    if by is not None and draft.order is not None:
        # the cheapest product of each category
        raise unclear("two", "")
    if by is not None or draft.howmany or share or versus is not None or growth:
        measure = COUNTED[subject]
        if subject == "buyers" and (window is None or predicates):
            measure = "customers"
        if measure == "customers" and window is not None:
            raise unclear("which_window", "")
        return _of_measure(draft, measure, by, window, versus, predicates, everyone, share=share, growth=growth)
    if draft.ranked and draft.order is None:
        if (
            rows == "customers"
            and draft.chinese
            and any(atom.has("top") and atom.text in _MANY for atom in draft.atoms)
        ):
            # 咨询最多的客户: of what they have most is not told
            raise unclear("rank", rows)
        if rows == "customers":
            if any(atom.text in ("most", "fewest", "least") for atom in draft.atoms):
                # the most of something is not what they spent
                raise unclear("rank", rows)
            return _of_measure(
                draft, "spend", "customer", window, None, predicates, everyone, share=False, growth=False
            )
        if rows == "orders":
            draft.order = "total"
        elif rows == "refunds":
            draft.order = "amount"
        elif rows == "reviews":
            draft.order = "stars"
        elif rows == "products":
            raise unclear("rank", "products")
        else:
            raise unclear("rank", rows)
    if draft.sorted and draft.order is None:
        bounded = {each.field for each in (*draft.where, *predicates) if isinstance(each, Compare)}
        # stock below 15, lowest first: by that
        draft.order = bounded.pop() if len(bounded) == 1 and bounded <= _BOUNDED else size_of(rows)
        if not draft.order or bounded == {"value"}:
            raise unclear("rank", rows)
    if rows == "customers" and window is not None:
        raise unclear("which_window", "")
    if rows == "products" and window is not None:
        raise unclear("rank", "products")
    untouched = rows == "carts" and draft.order is None and any(named(each) == "updated_at" for each in predicates)
    if untouched or (
        rows in ("carts", "messages", "visits") and not (draft.where or predicates or window or draft.order)
    ):
        return Question(measure=rows, where=(*draft.where, *predicates), window=window)
    limit = draft.limit
    if limit is None and (draft.ranked or draft.order) and not draft.sorted:
        limit = default_limit(draft)
    return Question(
        subject=rows,  # type: ignore[arg-type]
        where=(
            *draft.where,
            *everyone,
            *predicates,
        ),
        window=window,
        order=draft.order,
        descending=draft.descending,
        limit=limit,
    )


def _names_a_count(atom: Atom, subject: str) -> bool:
    """浏览量 is how many there are."""
    return atom.has("subj", subject) and atom.text.endswith(("量", "次数"))


def _of_each(draft: Draft, measure: str, by: str | None, window: Window | None, where: tuple[Filter, ...]) -> Question:
    """The best customers of each country."""
    if draft.having or draft.everyone:
        raise unclear("mix", "")
    return Question(
        measure=measure, by=by, then=draft.then, where=where, window=window, each=draft.limit or draft.each,
        descending=draft.descending,
    )  # fmt: skip


def _of_measure(draft: Draft, measure: str, by: str | None, window: Window | None, versus: Window | None,
    predicates: list[Filter], everyone: list[Filter], *, share: bool, growth: bool,
) -> Question:  # fmt: skip
    where = list(draft.where)
    by_goods = bool({by, draft.then} & {"category", "product"})
    goods = by_goods or any(named(each) in ("category", "product") for each in where)
    others = any(isinstance(each, Not) and named(each.of) in ("category", "product") for each in where)
    if (goods or others) and measure in ("revenue", "spend"):
        # revenue without shoes: what all else brought, also where it was bought with shoes
        measure = "product_revenue"
    elif by_goods and measure in _OF_ITEMS:
        measure = _OF_ITEMS[measure]
    elif goods and measure == "aov" and by is not None:
        raise CannotAsk(measure, str(by))
    elif goods and measure in ("refunds", "refund_rate") and not share:
        measure = {"refunds": "refunds_of", "refund_rate": "refund_rate_of"}[measure]
    elif by_goods and MEASURES[measure].fact == "refunds" and not share:
        measure = _refunds_of(measure)
    elif (goods and measure in ("refund_rate", "tickets")) or (by_goods and MEASURES[measure].fact == "refunds"):
        raise CannotAsk(measure, "category")
    if measure == "customers" and by in ("payment_method", "carrier", "currency"):
        # customers by payment method: who ordered with each
        measure = "buyers"
    if measure == "customers" and (by in OF_BUYERS or draft.then in OF_BUYERS):
        everyone = everyone or [Compare("orders", "ge", 1)]
    if growth and by is not None and (share or draft.having or draft.then):
        raise unclear("mix", "")
    if growth and by is not None and (versus is None) != (by in GROWING):
        raise unclear("mix", "")
    if draft.mean is not None:
        if any(named(each) == "weekday" for each in where):
            # the average working day: over those days alone, or over all?
            raise unclear("average", "")
        if draft.everyone and measure == "customers":
            raise unclear("mix", "")
        window = mean_window(draft, draft.mean, window)
        if share or growth or versus is not None or draft.having is not None or by in BUCKETS:
            raise unclear("two", "")
    if by in BUCKETS:
        window = bucketed(draft, by, window)
        if measure == "customers":
            raise unclear("which_window", "")
        if versus is not None:
            raise unclear("two", "")
    if measure not in MEASURES:
        # the best by one of the three scores are a fifth of them all, in no order
        raise unclear("rank", "")
    if (measure == "customers" or MEASURES[measure].fact == "products") and window is not None:
        raise unclear("which_window", "")
    if MEASURES[measure].fact == "customers" and window is not None and not MEASURES[measure].time:
        raise unclear("which_window", "")
    if draft.order is not None:
        # the first orders by country, the stock of the dearest article
        raise unclear("rank", "")
    if NEWNESS in (by, draft.then) and window is None and not ({by, draft.then} & set(GROWING)):
        raise unclear("window", "")
    if draft.least is not None and (by is None or share or growth or versus is not None or draft.each or draft.then):
        raise unclear("mix", "")
    if draft.each is not None:
        return _of_each(draft, measure, by, window, (*where, *everyone, *predicates))
    if draft.then is not None:
        plain = not (share or growth or versus or draft.ranked or draft.having or draft.limit or draft.everyone)
        if not plain or by is None or (draft.which is not None and draft.which.text not in WHAT):
            raise unclear("two", "")
        if by not in BUCKETS and draft.then in BUCKETS:
            window = bucketed(draft, draft.then, window)
    if share and draft.ranked and (by is None or by in BUCKETS or any(named(each) != "order_status" for each in where)):
        # the share of champions: of all of them, or of the customers of each country?
        raise unclear("share", "")
    if share and versus is not None and by is None:
        # a share this year and last: one number tells of one time
        raise unclear("compare", "")
    if share:
        return share_of(draft, measure, by, window, where, predicates, everyone)
    if by is None and draft.ranked:
        asks_who = draft.which is not None and draft.which.text in WHO
        if MEASURES[measure].fact == "items":
            by = "customer" if asks_who else "product"
        elif MEASURES[measure].fact in ("carts", "refunds", "reviews", "visits") and asks_who:
            by = "customer"
        elif MEASURES[measure].fact == "tickets" and draft.which is not None and draft.which.text in WHO:
            by = "agent"
        elif (measure == "rating" or MEASURES[measure].fact == "products") and any(
            named(each) == "category" for each in where
        ):
            # the worst rated bag, the bags of which there are fewest
            by = "product"
        elif (MEASURES[measure].fact == "orders" and asks_who) or measure in ("value", "propensity", "churn_risk"):
            by = "customer"
        elif MEASURES[measure].fact == "orders" and any(named(each) == "segment" for each in where):
            # the top 5 champions
            by = "customer"
        elif measure in ("value", "propensity", "churn_risk") and (draft.limit or asks_who):
            by = "customer"
        elif measure in LARGEST_OF and (draft.limit or 1) == 1:
            # its row comes with it
            return Question(measure=measure, where=(*where, *everyone, *predicates), window=window)
        else:
            raise unclear("rank", "")
    if by is None and draft.which is not None and draft.which.text in WHO and not versus:
        # who resolved how many
        raise unclear("by", draft.which.text)
    of_segment = any(named(each) == "segment" for each in where)
    if draft.sorted and by is None and MEASURES[measure].fact == "orders" and of_segment:
        # champions, by what they spent
        by = "customer"
    if draft.sorted and by is None:
        raise unclear("by", "")
    if draft.limit is not None and by is None:
        raise unclear("number", f"{draft.limit}")
    ranked = draft.ranked or draft.sorted or (draft.limit is not None)
    order = "value" if ranked else None
    limit = draft.limit
    if limit is None and draft.ranked and by is not None:
        limit = default_limit(draft)
    if by == "customer" and MEASURES[measure].fact == "tickets" and not _HAS_COMPLAINED.search(draft.text):
        # who has the most complaints: of all tickets of theirs, those
        where, everyone, predicates = (
            [part for each in conditions for part in _of_their_own(each)]
            for conditions in (where, everyone, predicates)
        )
    return Question(
        measure=measure,
        where=(
            *where,
            *everyone,
            *predicates,
        ),
        window=window,
        by=by,
        then=draft.then,
        mean=draft.mean,  # type: ignore[arg-type]
        having=draft.having,
        least=draft.least,
        order=order,
        descending=draft.descending,
        limit=limit,
        versus=versus,
        growth=growth and (versus is not None or by is not None),
    )


#: who has complained, whatever else is told of them
_HAS_COMPLAINED = re.compile(
    "(?:投诉|客诉|提|开|找|联系|咨询)(?:过|了)|[诉单][^最]*[客用]户[^最]*最|complained|contacted|opened|raised"
)


def _of_their_own(condition: Filter) -> tuple[Filter, ...]:
    """Of customers with a ticket of a kind, what their tickets are."""
    is_theirs = (
        isinstance(condition, Did)
        and (condition.event, condition.op, condition.value) == ("tickets", "ge", 1)
        and condition.window is None
        and [named(each) for each in condition.where] == ["kind"]
    )
    return condition.where if is_theirs and isinstance(condition, Did) else (condition,)


def _refunds_of(measure: str) -> str:
    """What is told of refunds, told of those of orders with an article: a refund is of an order."""
    told = FAMILIES["refund_of"].measures.get(MEASURES[measure].aggregate)
    if told is None:
        raise CannotAsk(measure, "category")
    return told


def nothing_left(draft: Draft) -> None:
    for atom in draft.atoms:
        if atom.used or atom.has("filler") or atom.has("taken"):
            continue
        if any(atom.has(kind) for kind in ("who", "but", "and", "times")) and len(atom.kinds) <= 2:
            continue
        if atom.text in ("to", "-", "在") or _says_whose(draft, atom) or _says_in_what(draft, atom):
            continue
        raise unclear("left", atom.text)


def _says_in_what(draft: Draft, atom: Atom) -> bool:
    """Revenue in euros, where it is told in them anyway."""
    return atom.has("cur", draft.shop.currency) and draft.measure in MONEY


def _says_whose(draft: Draft, atom: Atom) -> bool:
    """Orders of French customers: the customers are there for the sake of what is said of them."""
    place = place_of(draft.atoms, atom)
    if not place or not atom.has("subj", "customers", "buyers"):
        return False
    before, after = draft.atoms[place - 1], draft.atoms[place + 1 : place + 2]
    of_whom = any(atom.used and atom.has("crowd") for atom in draft.atoms[place + 1 :])
    if after and after[0].has("who") and (draft.clauses or of_whom):
        # refunds of customers who spent more than 1000, carts of those who never ordered
        return True
    if after and after[0].used and any(name in ("country", "city", "language") for name, _ in pairs(after[0])):
        return not draft.chinese
    of_people = any(name in OF_CUSTOMERS for name, _ in pairs(before)) or before.has("crowd", "repeat", "once")
    said_after = [each for each in after if any(name in OF_CUSTOMERS for name, _ in pairs(each))]
    return (before.used and of_people) or (bool(said_after) and said_after[0].used and not draft.chinese)
