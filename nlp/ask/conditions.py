"""What holds for the rows: values of fields, and measures that are bounded."""

import re

from crm_store.question.grammar import Compare, Did, During, Filter, Is, Not, Op
from crm_store.question.measures import MEASURES
from nlp.ask.asking import mark_measures, mark_subject
from nlp.ask.bounds import minor_units, upper_op
from nlp.ask.draft import COUNTED, FIELDS_OF, RFM_SCORES, WHAT, WHO, Draft, grouped, pairs, place_of
from nlp.ask.grouping import SIDE_BY_SIDE
from nlp.ask.lexing import Atom
from nlp.ask.outcomes import unclear
from nlp.ask.windows import has_two_spans

#: what is computed of customers
_CHANCES = ("churn_risk", "propensity", "value")
_OF_A_CUSTOMER = {
    "revenue": "spend", "spend": "spend", "aov": "aov", "churn_risk": "churn_risk", "propensity": "propensity",
    "value": "value", "orders": "orders", "refunds": "refunds", "refund_amount": "refunded", "tickets": "tickets",
    "reviews": "reviews", "rating": "rating",
}  # fmt: skip

_REFUNDED = re.compile(r"\brefund|\breturned\b|退")
#: in one order together
_BOTH = re.compile(r"\bboth\b|\bcontain|\binclud|\btogether\b|同时|一起|都有|既.*又")
_WITH_BOTH = re.compile(r"\borders? (?:that )?(?:with|having|have|had) [^,]*\band\b(?!.*\bor\b)")
#: what was done with every order once, where more is said of how
_DONE = (
    "paid", "shipped", "付款", "付了款", "付过款", "已付", "已付款",
    "支付成功", "已支付", "发货", "已发货", "发货了", "发出", "已发出",
)  # fmt: skip
_NOW = r"\b(?:are|is|still|currently|only|been) {}\b(?! (?:by|with|via|through|using|from|in|to)\b)"
#: what is counted of an article, as what was done with it
_OF_A_PRODUCT = {"rating": ("reviews", "rating"), "reviews": ("reviews", "count"), "units": ("items", "units")}
_NAMED_ALONE = {"order": "orders", "ticket": "tickets", "product": "products"}
#: what an order is that is still to arrive
UNDELIVERED = ("pending", "paid", "shipped")
_UNTIMED = MEASURES["orders"]


def take_bounds(draft: Draft) -> None:
    """churn risk above 70 %, average rating below 3.5, orders over 200."""
    for atom in draft.free("bound"):
        op, number, of, _ = atom["bound"]
        tied = atom.kinds.get("with")
        uppers = [(upper_op(atom), atom["upper"])] if "upper" in atom.kinds else []
        if tied is None and of == "money" and _names_goods(draft) and _asks_nothing_else(draft):
            # watches under 60 euros
            draft.subject = "products"
        if tied is not None:
            name = str(tied["measure"]) if tied.has("measure") else COUNTED[str(tied["subj"])]
            _take_tied(draft, name, op, number, of)
            for below, upper in uppers:
                _take_tied(draft, name, below, upper, of)
            atom.used = tied.used = True
        elif of == "" and any(
            name in ("category", "product") for each in _after(draft, atom) for name, _ in pairs(each)
        ):
            # orders with more than 3 bags: pieces of an order are not counted
            raise unclear("mix", atom.text)
        elif (
            (of in ("money", "") and draft.subject == "orders" and not draft.measure)
            or (of == "money" and draft.measure == "orders" and not draft.subject)
            or (of in ("money", "") and draft.subject == "orders" and _is_of_orders(draft, atom))
        ):
            _compare_money(draft, "total", op, number, of, uppers)
            atom.used = True
        elif (of in ("money", "") and draft.subject == "refunds") or (
            of == "money" and draft.measure == "refunds" and not draft.subject
        ):
            _compare_money(draft, "amount", op, number, of, uppers)
            atom.used = True
        elif (of == "money" and "products" in (draft.subject, draft.measure)) or (
            of == "" and _is_of_price(draft, atom)
        ):
            _compare_money(draft, "price", op, number, of, uppers)
            atom.used = True
        elif of == "stars" and (draft.subject == "reviews" or draft.measure in ("reviews", "")):
            draft.subject = draft.subject or "reviews"
            draft.predicates.append(Compare("stars", op, number))
            atom.used = True
        elif of == "" and draft.by and not draft.having and (only := _groups_before(draft, atom)):
            # by country, only countries with at least 5
            draft.having = (op, number)
            for each in (*only, atom):
                each.used = True
        elif of == "" and draft.subject == "reviews":
            draft.predicates.append(Compare("stars", op, number))
            atom.used = True


def _is_of_orders(draft: Draft, bound: Atom) -> bool:
    """Revenue from orders under 50 euros: what each of them came to."""
    before = draft.atoms[max(0, place_of(draft.atoms, bound) - 1)]
    known = MEASURES.get(draft.measure)
    return known is not None and known.fact == "orders" and before.has("subj", "orders") and not draft.chinese


def _is_of_price(draft: Draft, bound: Atom) -> bool:
    """Products under 50: what they cost."""
    before = draft.atoms[max(0, place_of(draft.atoms, bound) - 1)]
    is_plain = draft.subject == "products" and before.has("subj", "products") and not draft.chinese
    return is_plain and bound.text.split(" ")[0] in ("under", "below", "over", "above", "between")


def _after(draft: Draft, atom: Atom) -> list[Atom]:
    return draft.atoms[place_of(draft.atoms, atom) + 1 :][:1]


def _groups_before(draft: Draft, bound: Atom) -> list[Atom]:
    """The groups, said once more, that are to come to so much."""
    place = place_of(draft.atoms, bound)
    said = draft.atoms[max(0, place - 2) : place]
    again = place > 1 and said[-1].has("field", draft.by) and not draft.chinese
    first = any(each.has("field", draft.by) for each in draft.atoms[: place - 1])
    return said if again and first and said[0].has("cmp", "eq") else []


def _compare_money(draft: Draft, name: str, op: str, number: float, of: str, uppers: list[tuple[Op, float]]) -> None:
    def minor(value: float) -> float:
        return value if of == "money" else minor_units(draft, value, draft.shop.currency)

    draft.predicates.append(Compare(name, op, minor(number)))  # type: ignore[arg-type]
    draft.predicates += [Compare(name, below, minor(upper)) for below, upper in uppers]


def _take_tied(draft: Draft, name: str, op: str, number: float, of: str) -> None:
    if name in ("first_reply", "resolution") and not draft.subject and not draft.measure and _says_kind(draft):
        # complaints answered within 2 hours
        draft.subject = "tickets"
    if _is_of_so_many(draft, name) and op in ("ge", "gt") and not of:
        # the best rated products with at least 20 reviews
        if draft.least is not None:
            raise unclear("two", "")
        draft.least = int(number) + (op == "gt")
        return
    if draft.having is not None:
        # countries with over 100 orders and an AOV above 90: groups are kept by one number
        raise unclear("two", "")
    if name == "csat" and draft.free("share") and not (draft.subject or draft.measure):
        # the share of csat 4-5: of the tickets that were scored
        draft.subject = "tickets"
        draft.predicates.append(Is("scored", (1,)))
    if name == "csat" and draft.subject in ("customers", "buyers") and not draft.by:
        # who gave a csat below 3, in a time: on tickets that were resolved in it
        scored: list[Filter] = [Compare("score", op, number)]  # type: ignore[arg-type]
        if len(spans := draft.free("span")) == 1 and not draft.clauses:
            spans[0].used = True
            scored.append(During("resolved_at", spans[0]["span"].window))
        draft.predicates.append(Did("tickets", where=tuple(scored)))
        return
    if name in _CHANCES and draft.measure in _CHANCES and draft.measure != name and not draft.subject:
        # the top 10 by CLV with a churn risk above 50 %
        draft.predicates.append(Compare(name, op, number / 100 if of == "percent" or number > 1 else number))  # type: ignore[arg-type]
        return
    if name in ("units", "products") and draft.subject == "orders" and not draft.by:
        # orders with more than 5 items
        draft.predicates.append(Compare("units", op, number))  # type: ignore[arg-type]
        return
    if name in _OF_A_PRODUCT and _names_goods(draft) and _asks_nothing_else(draft):
        # shoes rated above 4.2
        draft.subject = "products"
    if name in _CHANCES and not (draft.subject or draft.measure or draft.by):
        # who has a propensity over 50 %
        draft.subject = "customers"
    subject = draft.subject or (draft.measure if draft.measure in COUNTED else "")
    if name in RFM_SCORES:
        if of or (draft.subject or draft.measure) not in ("customers", "buyers", ""):
            raise unclear("mix", name)
        draft.subject = draft.subject or ("" if draft.measure else "customers")
        draft.predicates.append(Compare(name, op, number))  # type: ignore[arg-type]
        return
    if name == "order_total" and (draft.subject or draft.measure) in ("customers", "buyers"):
        # 有过金额超过500的订单的客户: one order of so much
        minor = number if of == "money" else minor_units(draft, number, draft.shop.currency)
        spans = draft.free("span")
        if len(spans) > 1:
            raise unclear("mix", name)
        for span in spans:
            span.used = True
        window = spans[0]["span"].window if spans else None
        draft.predicates.append(Did("orders", "ge", 1, "count", window, (Compare("total", op, minor),)))  # type: ignore[arg-type]
        return
    if name == "order_total":
        if draft.subject not in ("orders", ""):
            raise unclear("mix", name)
        draft.subject = "orders"
        _compare_money(draft, "total", op, number, of, [])
        return
    if MEASURES[name].unit == "money" and of == "":
        number = minor_units(draft, number, draft.shop.currency)
    if MEASURES[name].unit == "percent":
        # a rate of 8 is one of 8 %
        if of == "percent" or number > 1:
            number /= 100
    elif of == "percent":
        raise unclear("mix", name)
    if draft.subject in ("customers", "buyers") and name in _OF_A_CUSTOMER and not _splits_otherwise(draft):
        draft.predicates.append(Compare(_OF_A_CUSTOMER[name], op, number))  # type: ignore[arg-type]
    elif name in ("stock", "price") and _is_of_ranked(draft, name):
        # the best selling with less than 20 in stock
        draft.predicates.append(Compare(name, op, number))  # type: ignore[arg-type]
        _list_by_measure(draft)
    elif subject == "products" and name in ("stock", "price"):
        draft.predicates.append(Compare(name, op, number))  # type: ignore[arg-type]
    elif subject == "orders" and name in ("revenue", "aov"):
        draft.predicates.append(Compare("total", op, number))  # type: ignore[arg-type]
    elif subject == "orders" and name in ("discount", "shipping"):
        draft.predicates.append(Compare(name, op, number))  # type: ignore[arg-type]
    elif (draft.subject == "tickets" or draft.measure in ("tickets", "resolved_tickets")) and name == "csat":
        draft.predicates.append(Compare("score", op, number))  # type: ignore[arg-type]
    elif (
        (draft.subject == "tickets" or draft.measure in ("tickets", "resolved_tickets"))
        and name in ("first_reply", "resolution")
        and of in ("hours", "")
    ):
        draft.predicates.append(Compare(name, op, number))  # type: ignore[arg-type]
    elif draft.subject == "orders" and name == "delivery_days" and of in ("days", ""):
        draft.predicates.append(Compare("delivery_days", op, number))  # type: ignore[arg-type]
    elif draft.subject == "reviews" and name == "rating":
        draft.predicates.append(Compare("stars", op, number))  # type: ignore[arg-type]
    elif name in _OF_A_PRODUCT and _is_of_ranked(draft, name):
        # the best rated with at least 20 reviews
        event, tally = _OF_A_PRODUCT[name]
        draft.predicates.append(Did(event, op, number, tally))  # type: ignore[arg-type]
        _list_by_measure(draft)
    elif draft.subject == "products" and name in _OF_A_PRODUCT and _has_more(draft):
        # rated below 3.7, with more than 100 in stock
        event, tally = _OF_A_PRODUCT[name]
        window = None
        for span in [each for each in draft.atoms if each.has("span")]:
            if name != "rating" or not _is_of_sales(draft, span):
                span.used = True
                window = span["span"].window
        draft.predicates.append(Did(event, op, number, tally, window))  # type: ignore[arg-type]
    elif draft.subject == "products" and not draft.measure and draft.by in (None, "product"):
        draft.measure, draft.by, draft.having, draft.subject = name, "product", (op, number), ""
        mark_subject(draft, "products")
    elif draft.by is not None and not draft.measure and draft.subject in ("", name):
        # agents with more than 5 open tickets
        draft.measure, draft.having, draft.subject = name, (op, number), ""
    else:
        raise unclear("mix", MEASURES[name].chinese if draft.chinese else MEASURES[name].english)


def _is_of_so_many(draft: Draft, name: str) -> bool:
    """Whether a mean, by something, is of rows that are counted by this name."""
    known = MEASURES.get(draft.measure)
    in_order = draft.ranked or draft.sorted or any(atom.has("by") for atom in draft.atoms)
    by_goods = draft.by is None and draft.subject == "products" and in_order
    if known is None or known.aggregate not in ("avg", "part") or not (draft.by or by_goods):
        return False
    return COUNTED.get(known.fact) == name and draft.by != "customer" and draft.subject not in ("customers", "buyers")


def _names_goods(draft: Draft) -> bool:
    return any(name == "category" for atom in draft.free("val") for name, _ in pairs(atom))


def _asks_nothing_else(draft: Draft) -> bool:
    return not (draft.subject or draft.measure or draft.by or draft.clauses or _says_kind(draft))


def _says_kind(draft: Draft) -> bool:
    return any(name in ("kind", "priority") for atom in draft.free("val") for name, _ in pairs(atom))


def _has_more(draft: Draft) -> bool:
    """Whether more than one thing is said of an article's own numbers."""
    ties = [atom for atom in draft.atoms if atom.has("bound") and atom.kinds.get("with") is not None]
    # a time is that of what was done with it, where only one such thing is said; stock is what there is now
    timed = [each for each in ties if each.kinds["with"].has("measure", *_OF_A_PRODUCT)]
    spans = [each for each in draft.atoms if each.has("span")]
    placed = len(timed) == 1 or (bool(spans) and _is_of_sales(draft, spans[0]))
    lowest = any(each.has("crowd", "outofstock", "lowstock") for each in draft.atoms)
    several = len(ties) > 1 or draft.howmany or lowest
    return several and not draft.by and (not spans or (len(spans) == 1 and placed))


def _list_by_measure(draft: Draft) -> None:
    """Articles themselves, in the order of the measure."""
    mark_measures(draft)
    draft.subject, draft.order = "products", draft.measure
    draft.measure, draft.by = "", None
    mark_subject(draft, "products")


def _is_of_ranked(draft: Draft, name: str) -> bool:
    """Whether articles are ranked by another number of theirs than the one that is bounded, each of all times."""
    articles = draft.subject == "products" or draft.by == "product" or (not draft.subject and _names_goods(draft))
    others = draft.measure in _OF_A_PRODUCT and draft.measure != name
    timed = any(each.has("span") for each in draft.atoms)
    plain = draft.by in (None, "product") and not (draft.having or draft.howmany or timed)
    return articles and others and draft.ranked and plain


def _is_of_sales(draft: Draft, span: Atom) -> bool:
    """Rated under 3.5 that sold more than 100 this year: the time is of what was sold, the rating is of all times."""
    place = place_of(draft.atoms, span)
    ties = [(at, each) for at, each in enumerate(draft.atoms) if each.has("bound") and "with" in each.kinds]
    before, after = [tie for at, tie in ties if at < place][-1:], [tie for at, tie in ties if at > place][:1]
    beside = after + before if draft.chinese else before + after
    if not beside or not beside[0].kinds["with"].has("measure", "units"):
        return False
    others = [tie for _, tie in ties if tie is not beside[0]]
    return any(each.kinds["with"].has("measure", "rating") for each in others)


def _splits_otherwise(draft: Draft) -> bool:
    return draft.by is not None and not draft.howmany


def take_values(draft: Draft) -> None:
    fact = _fact_of(draft)
    for atom in draft.free("dayevery"):
        if not fact or fact in ("customers", "products", "carts") or MEASURES.get(draft.measure, _UNTIMED).time:
            raise unclear("mix", atom.text)
        draft.where.append(Is("weekday", tuple(int(number) for number in str(atom["dayevery"]))))
        atom.used = True
    positive: list[tuple[str, str]] = []
    negative: list[tuple[str, str]] = []
    places = {id(atom): place for place, atom in enumerate(draft.atoms)}
    for atom in draft.free("val"):
        choices = [pair for pair in atom["val"] if _fits(draft, pair[0], fact)]
        names = {pair[0] for pair in choices}
        if not choices:
            if atom.has("subj") or atom.has("verb") or atom.has("crowd") or atom.has("measure"):
                continue
            raise unclear("mix", atom.text)
        if len(names) > 1:
            raise unclear("ambiguous", atom.text)
        atom.used = True
        if atom.has("negated"):
            atom["negated"].used = True
            if choices[0] == ("refund_status", "paid") and not atom["negated"].has("except"):
                # not paid yet: what was refused never will be
                draft.where.append(Is("refund_status", ("requested", "approved")))
                continue
            if choices[0] == ("order_status", "delivered") and not atom["negated"].has("except"):
                # not delivered: what came back was
                draft.where.append(Is("order_status", UNDELIVERED))
                continue
            if choices[0] == ("order_status", "shipped") and not atom["negated"].has("except"):
                # have not shipped: what was delivered had
                draft.where.append(Is("order_status", ("pending", "paid")))
                continue
            negative.append(choices[0])
        else:
            positive.append(choices[0])
    fields = {name for name, _ in positive}
    for name, status in (("payment_method", "paid"), ("carrier", "shipped")):
        if name in fields and not _is_so_now(draft, status):
            # paid by card, shipped with DHL: said of every order
            positive = [pair for pair in positive if pair != ("order_status", status)]
    ors = draft.free("or")
    for atom in ors + draft.free("and"):
        place = places[id(atom)]
        pair = draft.atoms[place - 1 : place] + draft.atoms[place + 1 : place + 2]
        if len(pair) == 2 and all(each.has("val") for each in pair):
            atom.used = True
            if {pair[0]["val"][0][0]} != {pair[1]["val"][0][0]} and atom.has("or"):
                raise unclear("or", atom.text)
    compared = draft.free("compare")
    several = [name for name in sorted(fields) if sum(name == each for each, _ in positive) > 1]
    same = len(several) == 1 and draft.by in (None, *several)
    if compared and same and not has_two_spans(draft):
        draft.by = several[0]
        for atom in compared:
            atom.used = True
    if draft.by is None and len(positive) >= 2 and len(fields) == 1 and _asks_of_each(draft):
        draft.by = next(iter(fields))
    together = draft.take("together") if not draft.clauses else None
    if together is not None and (fact != "orders" or len(fields) != 1 or not fields <= {"category", "product"}):
        raise unclear("and", together.text)
    # shoes and bags in one order: each of them is asked for
    if together is None and fact == "orders" and (_BOTH.search(draft.text) or _WITH_BOTH.search(draft.text)):
        draft.where += _all_of(draft, positive)
    else:
        draft.where += [Is(name, (value,)) for name, value in positive] if together is not None else grouped(positive)
    draft.where += [Not(each) for each in grouped(negative)]


def _is_so_now(draft: Draft, status: str) -> bool:
    """DHL orders in transit, GLS orders that are shipped: where they are now, not how they were sent."""
    said = [atom.text for atom in draft.atoms if ("order_status", status) in pairs(atom)]
    return any(text not in _DONE or text.startswith("已") or re.search(_NOW.format(text), draft.text) for text in said)


def _all_of(draft: Draft, positive: list[tuple[str, str]]) -> list[Filter]:
    """Orders with both shoes and bags: a filter for each of them."""
    goods = [pair for pair in positive if pair[0] in ("category", "product")]
    if len(goods) < 2 or draft.free("or"):
        return list(grouped(positive))
    others = [pair for pair in positive if pair not in goods]
    return [*grouped(others), *(Is(name, (value,)) for name, value in goods)]


def _asks_of_each(draft: Draft) -> bool:
    """Which sells better, shoes or bags; 柏林和慕尼黑的客户各有多少: the values that are named are set side by side."""
    each = [atom for atom in draft.atoms if atom.text in SIDE_BY_SIDE]
    for atom in each:
        atom.used = True
    return bool(each) or (draft.ranked and draft.which is not None and draft.which.text not in (*WHAT, *WHO))


def _fact_of(draft: Draft) -> str:
    if draft.measure and draft.measure in MEASURES:
        return MEASURES[draft.measure].fact
    if draft.free("repeatrate") and not draft.subject:
        return "customers"
    if draft.subject:
        return {"buyers": "customers"}.get(draft.subject, draft.subject)
    if draft.new_measure:
        return "customers"
    names = {pair[0] for atom in draft.free("val") for pair in atom["val"]}
    if "kind" in names or "priority" in names or "agent" in names:
        draft.subject = "tickets"
        return "tickets"
    if names == {"customer"} and (draft.by in ("segment", "country", "city", "language") or len(draft.atoms) == 1):
        draft.subject = "customers"
        return "customers"
    if len(draft.atoms) == 1 and len(names) == 1 and (thing := _NAMED_ALONE.get(next(iter(names)))):
        # O009955, and no more
        draft.subject = thing
        return thing
    if names == {"order_status"} or names & {"payment_method", "carrier"}:
        draft.subject = "orders"
        return "orders"
    if draft.clauses and not draft.by:
        # who joined us last week from the UK
        return "customers"
    if names <= {"segment", "country", "city", "language"} and "segment" in names:
        draft.subject = "customers"
        return "customers"
    return ""


def _fits(draft: Draft, name: str, fact: str) -> bool:
    if fact == "customers" and name in ("category", "product"):
        return False
    if fact == "orders" and name == "reason" and not _REFUNDED.search(draft.text):
        # delivered late: no reason of a refund
        return False
    return name in FIELDS_OF.get(fact, set()) or (name in ("category", "product") and fact in ("orders", "refunds"))
