"""Kinds of customers, tickets and articles that have a name of their own."""

import re
from collections.abc import Mapping
from datetime import timedelta

from crm_store.question.grammar import Compare, Did, During, Filter, Is, Not, Op, Window
from crm_store.question.measures import MEASURES
from nlp.ask.asking import mark_measures, use_subject
from nlp.ask.draft import Clause, Draft, pairs
from nlp.ask.lexing import Atom
from nlp.ask.outcomes import unclear
from nlp.ask.ranking import says_rank

#: what is told of the orders that somebody made in a time
_MADE = frozenset(
    {"revenue", "spend", "orders", "aov", "units", "net_revenue", "refund_amount", "refunds", "product_revenue"}
)
#: from this chance on a customer counts as a churn risk
CHURNING = 0.5

_OF_ORDERS: Mapping[str, Filter] = {
    "discounted": Compare("discount", "gt", 0), "undiscounted": Compare("discount", "eq", 0),
    "paidshipping": Compare("shipping", "gt", 0), "freeshipping": Compare("shipping", "eq", 0),
    "refunded": Is("is_refunded", (1,)), "unrefunded": Is("is_refunded", (0,)),
    "tracked": Is("is_tracked", (1,)), "untracked": Is("is_tracked", (0,)),
    "carried": Is("has_carrier", (1,)), "uncarried": Is("has_carrier", (0,)),
    "arrived": Is("has_arrived", (1,)), "unarrived": Is("has_arrived", (0,)),
}  # fmt: skip
_OF_GOODS: Mapping[str, Filter] = {"incarts": Did("carts"), "incartsnever": Did("carts", "eq", 0)}

_OF_WHOM = r"\b{} (?:of|for|among|across)\b"
_FIRST_ORDERED = (
    "首单", "首次", "第一次", "ordered for", "bought for", "purchased for", "first bought", "first ordered",
    "placed their", "made their",
)  # fmt: skip
#: from this many left on a product is not low
LOW_STOCK = 10


def take_crowds(draft: Draft) -> None:
    """Kinds of customers, tickets and articles that have a name of their own."""
    for atom in draft.free("crowd"):
        crowd = str(atom["crowd"])
        negated = _is_negated(draft, atom)
        if negated and crowd in ("new", "active", "unsold", "unassigned"):
            raise unclear("neg", atom.text)
        filter_: Filter | None = None
        if crowd == "new":
            atom.used = True
            _take_new(draft, atom)
            draft.first_order_listed = atom.text.startswith(_FIRST_ORDERED)
            continue
        if crowd == "repeat":
            filter_ = Compare("orders", "ge", 2)
        elif crowd == "reordered":
            filter_ = _reordered(draft, atom)
        elif crowd == "untouched" and (had := [each for each in draft.clauses if each.event == "carts"]):
            _leave_untouched(draft, had[-1])
            atom.used = True
            continue
        elif crowd == "untouched":
            filter_ = _untouched(draft, atom)
        elif crowd == "once":
            is_said = atom.text.startswith(("只", "仅", "就")) and not (draft.measure or draft.clauses)
            if is_said and len(draft.unclaimed) == 1:
                # 今年只买过一次
                filter_ = Did("orders", "eq", 1, "count", draft.unclaimed.pop().window)
            else:
                filter_ = Compare("orders", "eq", 1)
        elif crowd == "never":
            filter_ = Compare("orders", "eq", 0)
        elif crowd == "churning":
            if atom.has("measure") and (_wants_average(draft) or atom.has("taken") or _is_split_next(draft, atom)):
                continue
            if atom.has("measure") and any(name == "customer" for each in draft.free("val") for name, _ in each["val"]):
                # the churn risk of one
                continue
            if atom.has("measure") and not draft.subject and re.search(_OF_WHOM.format(atom.text), draft.text):
                # the churn risk of champions
                continue
            if (
                says_rank(draft) and draft.subject in ("customers", "") and draft.measure in ("", None, "churn_risk")
            ) or (atom.has("measure") and says_rank(draft)):
                draft.order = "churn_risk"
                draft.take("by")
                if draft.measure == "churn_risk":
                    draft.measure = ""
                atom.used = True
                draft.subject = draft.subject or "customers"
                continue
            if draft.measure == "churn_risk":
                draft.measure = ""
            filter_ = Compare("churn_risk", "ge", CHURNING)
        elif crowd == "consent":
            filter_ = Is("consent", (True,))
        elif crowd == "noconsent":
            filter_ = Is("consent", (False,))
        elif crowd == "openticket":
            filter_ = Compare("open_tickets", "ge", 1)
        elif crowd == "inactive" and atom.text.startswith("休眠") and not _is_for_long(draft, atom):
            # so is the segment called
            filter_ = Is("segment", ("hibernating",))
        elif crowd == "inactive":
            if draft.measure in _MADE and not _is_for_long(draft, atom):
                # what inactive customers spent this year: the year is not how long they were
                raise unclear("inactive", "")
            filter_ = _inactive(draft)
        elif crowd == "unsold":
            filter_ = _sold(draft, atom, "eq", 0)
        elif crowd == "selling":
            filter_ = _sold(draft, atom, "ge", 1)
        elif crowd in _OF_ORDERS:
            measure = MEASURES.get(draft.measure)
            if draft.subject != "orders" and (measure is None or measure.fact != "orders"):
                raise unclear("word", atom.text)
            filter_ = _OF_ORDERS[crowd]
            by_whom = any(name == "carrier" for each in draft.atoms for name, _ in pairs(each))
            if crowd == "carried" and by_whom and not negated:
                # shipments by DHL have one
                atom.used = True
                continue
        elif crowd == "active":
            draft.measure = draft.measure or "buyers"
            if draft.subject not in ("customers", ""):
                raise unclear("word", atom.text)
            use_subject(draft)
            atom.used = True
            continue
        elif crowd in _OF_GOODS:
            if draft.subject not in ("products", "") or draft.measure not in ("", "products"):
                raise unclear("word", atom.text)
            draft.subject = draft.subject or ("" if draft.measure else "products")
            filter_ = _OF_GOODS[crowd]
        elif crowd == "unreviewed":
            if draft.subject not in ("products", "customers", "buyers") or draft.measure:
                raise unclear("word", atom.text)
            filter_ = Did("reviews", "eq", 0)
        elif crowd == "scored":
            if draft.subject not in ("tickets", "") or draft.measure not in ("tickets", "resolved_tickets", ""):
                raise unclear("word", atom.text)
            # a score belongs to the time in which its ticket was resolved
            draft.measure = "resolved_tickets"
            use_subject(draft)
            mark_measures(draft)
            filter_ = Is("scored", (1,))
        elif crowd == "unscored":
            if draft.subject not in ("tickets", "") and draft.measure not in ("tickets", "resolved_tickets"):
                raise unclear("word", atom.text)
            filter_ = Not(Compare("score", "ge", 1))
        elif crowd == "unshipped":
            if draft.subject not in ("orders", "") and draft.measure not in ("orders", "revenue"):
                raise unclear("word", atom.text)
            draft.subject = draft.subject or ("" if draft.measure else "orders")
            filter_ = Is("order_status", ("pending", "paid"))
        elif crowd in ("outofstock", "lowstock"):
            op, number = ("eq", 0.0) if crowd == "outofstock" else ("lt", float(LOW_STOCK))
            filter_ = Compare("stock", op, number)  # type: ignore[arg-type]
            draft.subject = draft.subject or "products"
            if draft.measure == "stock":
                draft.measure = ""
        elif crowd in ("inopen", "unanswered", "unassigned"):
            if crowd == "inopen" and (draft.subject == "carts" or draft.measure in ("carts", "cart_value")):
                # every cart is
                atom.used = True
                continue
            if draft.subject not in ("tickets", "") and draft.measure not in ("tickets",):
                if crowd == "inopen" and draft.subject == "refunds":
                    raise unclear("word", atom.text)
                raise unclear("word", atom.text)
            draft.subject = draft.subject or ("" if draft.measure else "tickets")
            filter_ = {
                "inopen": Is("is_open", (1,)), "unanswered": Is("answered", (0,)), "unassigned": Is("assigned", (0,))
            }[crowd]  # fmt: skip
            if crowd == "unassigned":
                draft.predicates.append(Is("is_open", (1,)))
            draft.predicates += _waiting(draft)
        if filter_ is None:
            continue
        atom.used = True
        draft.predicates.append(Not(filter_) if negated and crowd != "inactive" else filter_)


def _waiting(draft: Draft) -> list[Filter]:
    """Open for more than 7 days."""
    length = {"days": timedelta(days=1), "hours": timedelta(hours=1)}
    bound = next((each for each in draft.free("bound") if each["bound"][2] in length), None)
    if bound is None or "with" in bound.kinds:
        return []
    op, number, of, _ = bound["bound"]
    if op not in ("gt", "ge", "eq"):
        raise unclear("number", bound.text)
    bound.used = True
    return [During("opened_at", Window(None, draft.now - number * length[of]))]


def _reordered(draft: Draft, atom: Atom) -> Filter:
    """A second order so many days after the first."""
    bound = next((each for each in draft.free("bound") if each["bound"][2] == "days"), None)
    if bound is None or draft.subject not in ("customers", "buyers", ""):
        raise unclear("left", atom.text)
    bound.used = True
    draft.subject = draft.subject or ("" if draft.measure else "customers")
    return Compare("days_to_second", bound["bound"][0], bound["bound"][1])


def _untouched(draft: Draft, atom: Atom) -> Filter:
    """Carts in which nothing changed for so long."""
    if draft.subject != "carts" and draft.measure not in ("carts", "cart_value", "cart_units"):
        raise unclear("word", atom.text)
    if any(not each["span"].count for each in draft.free("span")):
        # left alone last week: since it, or until it?
        raise unclear("window", "")
    return During("updated_at", Window(None, _how_long_ago(draft, "window").start))


def _leave_untouched(draft: Draft, clause: Clause) -> None:
    """Who has a cart in which nothing changed for so long; of some goods: in which these did not."""
    if clause.negative or clause.op or (clause.span is not None and not clause.span.count):
        raise unclear("window", "")
    window = clause.span.window if clause.span is not None else _how_long_ago(draft, "window")
    clause.span = None
    if clause.things:
        clause.kinds.append(During("updated_at", Window(None, window.start)))
    else:
        draft.predicates.append(Did("carts", "eq", 0, "count", Window(window.start, None)))


def _sold(draft: Draft, atom: Atom, op: Op, number: float) -> Filter:
    """Articles that somebody, or nobody, bought, in a time or at all."""
    bounds = [each for each in draft.atoms if each.has("bound")]
    lasting = all("with" in each.kinds and each.kinds["with"].has("measure", "stock", "price") for each in bounds)
    if (
        not draft.subject
        and not draft.howmany
        and any(name == "category" for each in draft.atoms for name, _ in pairs(each))
    ):
        # shoes that nobody bought
        draft.subject = "products"
    if draft.subject != "products" or draft.measure or not lasting:
        raise unclear("word", atom.text)
    spans = draft.free("span")
    if len(spans) > 1:
        raise unclear("two", "")
    for span in spans:
        span.used = True
    return Did("items", op, number, "count", spans[0]["span"].window if spans else None)


def _is_split_next(draft: Draft, atom: Atom) -> bool:
    return bool(draft.free("by")) and not says_rank(draft) and not draft.subject


def _wants_average(draft: Draft) -> bool:
    return bool(draft.free("agg", "avg")) or any(
        "average" in atom.text or "平均" in atom.text for atom in draft.measure_atoms
    )


def _take_new(draft: Draft, atom: Atom) -> None:
    if draft.subject in ("customers", "buyers", "") and draft.measure in ("", "customers", "buyers", "signups"):
        if draft.measure != "signups" and not any(clause.event == "signup" for clause in draft.clauses):
            draft.new_measure = "new_buyers"
    elif _is_of_orders(draft, atom):
        draft.of_new = True
    elif draft.subject and draft.measure == "":
        # new orders, new tickets: orders, tickets
        return
    else:
        raise unclear("word", atom.text)


def _is_of_orders(draft: Draft, new: Atom) -> bool:
    """Revenue from new customers, orders of first-time buyers."""
    people = [each for each in draft.subject_atoms if each.has("subj", "customers", "buyers")]
    measured = draft.measure in ("revenue", "spend", "aov", "orders") or (
        draft.subject == "orders" and not draft.measure
    )
    if not people and new.text.endswith(("客", "客户", "顾客", "买家", "用户", "会员")):
        return measured and {str(each["subj"]) for each in draft.subject_atoms} <= {"orders"}
    return bool(people) and measured and len({str(each["subj"]) for each in draft.subject_atoms} - {"orders"}) == 1


def _is_negated(draft: Draft, atom: Atom) -> bool:
    place = next(index for index, each in enumerate(draft.atoms) if each is atom)
    before = draft.atoms[place - 1] if place else None
    if before is not None and before.has("neg"):
        before.used = True
        return True
    return False


def _says_how_long(draft: Draft) -> bool:
    return bool(draft.free("span") or draft.unclaimed) or any(
        each["bound"][2] == "days" for each in draft.free("bound")
    )


def _is_for_long(draft: Draft, atom: Atom) -> bool:
    """最近90天的休眠客户, inactive for 90 days: the time is how long it has been; in 休眠客户今年的订单数 it is not."""
    if not draft.measure or draft.measure in ("customers", "buyers"):
        return _says_how_long(draft)
    if any(each["bound"][2] == "days" for each in draft.free("bound")):
        return True
    place = next(at for at, each in enumerate(draft.atoms) if each is atom)
    beside = draft.atoms[max(place - 1, 0) : place + 2]
    return any(each.has("span") and each["span"].count for each in beside)


def _inactive(draft: Draft) -> Filter:
    return During("last_order_at", Window(None, _how_long_ago(draft, "inactive").start))


def _how_long_ago(draft: Draft, why: str) -> Window:
    days = [atom for atom in draft.free("bound") if atom["bound"][2] == "days"]
    spans = [*draft.free("span")]
    if days:
        days[0].used = True
        window = draft.times.rolling("day", days[0]["bound"][1]).window
    elif spans:
        spans[0].used = True
        window = spans[0]["span"].window
    elif draft.unclaimed:
        window = draft.unclaimed.pop(0).window
    else:
        raise unclear(why, "")
    return window
