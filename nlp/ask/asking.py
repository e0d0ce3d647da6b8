"""What is asked for: the things that are listed, the measure, and the verbs that name one."""

import re
from itertools import pairwise

from crm_store.question.grammar import Compare, Is
from crm_store.question.measures import FAMILIES, MEASURES, aggregated, family_of
from nlp.ask.draft import COUNTED, MONEY, OF_BUYERS, WHAT, Draft, pairs, place_of
from nlp.ask.lexing import Atom
from nlp.ask.outcomes import Stop, unclear
from nlp.ask.ranking import says_rank

#: what only tickets have that are resolved; and of these what is told of a time in which they were opened
_OF_RESOLVED = frozenset(family for name in ("csat", "resolution") for family in FAMILIES[name].measures.values())
_OF_RESOLVED_IN = frozenset(FAMILIES["resolution"].measures.values())
_TAKEN_ON = ("handled", "dealt with")
#: what a mean may be over
OVER = ("day", "week", "month", "quarter", "year")
#: 今年卖了多少: money, where no goods and no pieces are named
_SOLD_IN_ALL = re.compile(r"卖(?:了|出|了出)?(?:多少|得怎么样|得如何)(?![件个双只台块本套款种把条瓶])")
#: 退了几笔款: how many of them, not how much
_HOW_MANY_REFUNDS = re.compile(r"(?:退|退款)(?:了|过)?(?:多少|几)[笔单次个]")
#: what is told of single rows, whose sum is another number
_SINGLE = ("avg", "median", "min", "max")
_LARGEST = ("highest", "largest", "biggest", "greatest", "longest", "slowest", "最高", "最大", "最长", "最慢",
            "most expensive", "priciest", "dearest", "最贵")  # fmt: skip
_SMALLEST = ("lowest", "smallest", "shortest", "fastest", "quickest", "最低", "最小", "最短", "最快",
             "cheapest", "least expensive", "最便宜")  # fmt: skip
_PER = ("per", "each", "every", "for each", "for every", "in each", "每", "每个", "每一", "各")
#: of a group said of those who are it, not of its rows: the fastest agent
_OF_GROUPS = ("fastest", "quickest", "slowest", "最快", "最慢")


#: counted, and each of them worth so much
_PRICED = ("orders", "products", "refunds")
#: rows that are no orders: whoever has them may have ordered or not
_NOT_ORDERED = ("customers", "visits", "tickets", "reviews")


def mark_negated(draft: Draft) -> None:
    """Values that only customers have, and those of every row; each with the `not` before it."""
    for place, atom in enumerate(draft.atoms):
        if atom.has("val") and len(atom["val"]) > 1:
            names = {name for name, _ in atom["val"]}
            if names == {"country", "language"}:
                atom.kinds["val"] = [pair for pair in atom["val"] if pair[0] == "country"]
        if atom.has("val"):
            before = draft.atoms[place - 1] if place else None
            if before is not None and (before.has("neg") or before.has("except")):
                atom.kinds["negated"] = before
                _negate_more(draft.atoms, place, before)


def _negate_more(atoms: list[Atom], place: int, negation: Atom) -> None:
    """Not in France or Spain, not paid by card: the same is said of what follows."""
    names = {name for name, _ in atoms[place]["val"]}
    while place + 2 < len(atoms) and (atoms[place + 1].has("or") or atoms[place + 1].has("and")):
        if not names & {name for name, _ in pairs(atoms[place + 2])}:
            return
        place += 2
        atoms[place].kinds["negated"] = negation
    following = [each for each in atoms[place + 1 : place + 3] if not each.has("by")]
    how = {("order_status", "paid"): "payment_method", ("order_status", "shipped"): "carrier"}
    for pair in pairs(atoms[place]):
        if pair in how and following and any(name == how[pair] for name, _ in pairs(following[0])):
            del atoms[place].kinds["val"]
            atoms[place].kinds["filler"] = ""
            following[0].kinds["negated"] = negation
            _negate_more(atoms, next(at for at, each in enumerate(atoms) if each is following[0]), negation)
            return


def take_target(draft: Draft) -> None:
    """The things asked for and the measure, either may be empty."""
    atoms = draft.atoms
    _mark_conditions(draft)
    measures = [atom for atom in atoms if not atom.used and atom.has("measure") and not atom.has("taken")]
    subjects = [atom for atom in atoms if not atom.used and atom.has("subj") and not atom.has("taken")]
    draft.measure_atoms, draft.subject_atoms = measures, subjects
    if measures:
        names = {str(atom["measure"]) for atom in measures}
        if "per_customer" in names and _is_of_segments(draft):
            names = _per_buyer(draft, names - {"per_customer"})
        if "per_customer" in names:
            raise _of_all_or_buyers(draft)
        if len(names) > 1:
            raise unclear("two", measures[1].text)
        draft.measure = next(iter(names))
    ties = [atom.kinds["with"] for atom in atoms if atom.has("bound") and "with" in atom.kinds]
    if not subjects and not measures and any(tie.has("measure", "stock", "price") for tie in ties):
        # what do we have fewer than 15 of in stock
        draft.subject = "products"
    elif not subjects and not measures and any(_is_of_people(atom) for atom in atoms):
        # 90天没下单的老客户, inactive for 120 days and spent over 1000
        draft.subject = "customers"
    elif not subjects and not measures and any(pair[0] == "segment" for atom in atoms for pair in pairs(atom)):
        draft.subject = "customers"
    elif not subjects and not measures and _lists_goods(atoms):
        draft.subject = "products"
    elif subjects := [atom for atom in subjects if not atom.used]:
        draft.subject = str((subjects[-1] if draft.chinese else subjects[0])["subj"])


def _lists_goods(atoms: list[Atom]) -> bool:
    """List all headphones: nothing is said but that they are to be shown."""
    goods = [any(name in ("category", "product") for name, _ in pairs(atom)) for atom in atoms]
    rest = [atom for atom, is_goods in zip(atoms, goods, strict=True) if not is_goods]
    return any(goods) and bool(rest) and all(atom.has("list") for atom in rest)


def _is_of_people(atom: Atom) -> bool:
    return (
        atom.has("crowd", "inactive", "never", "consent", "noconsent")
        or (atom.has("crowd", "churning") and not atom.has("measure"))
        or (atom.has("crowd", "repeat") and "客" in atom.text)
    )


def _is_of_segments(draft: Draft) -> bool:
    """Whether all that are asked for have bought: so it is the same per customer as per buyer.

    In a stretch of time it is told of those who bought in it.
    """
    in_time = bool(draft.free("span")) or bool(draft.free("bucket"))
    of_a_segment = any(name == "segment" for atom in draft.free("val") for name, _ in pairs(atom))
    of_buyers = any(atom.has("subj", "buyers") for atom in draft.subject_atoms)
    of_segments = of_a_segment or bool(draft.free("field", "segment"))
    return in_time or of_segments or of_buyers or bool(draft.free("crowd", "repeat"))


def _of_all_or_buyers(draft: Draft) -> Stop:
    """Both of what may be meant by "per customer", in the language of the question."""
    of_orders = re.search("order|purchase|单|次", draft.text) is not None
    if draft.chinese:
        perhaps = (
            ("买家平均下单次数", "全部客户人均订单数") if of_orders else ("平均每位买家消费额", "全部客户人均消费额")
        )
    elif of_orders:
        perhaps = ("orders per buyer", "orders per customer of all customers")
    else:
        perhaps = ("revenue per buyer", "spend per customer of all customers")
    return unclear("per_customer", "", *perhaps)


def _per_buyer(draft: Draft, names: set[str]) -> set[str]:
    each = {"revenue": "revenue_per_buyer", "spend": "revenue_per_buyer", "orders": "orders_per_buyer"}
    name = (
        next(iter(names))
        if len(names) == 1
        else "orders"
        if any(atom.has("subj", "orders") for atom in draft.subject_atoms)
        else _of_verbs(draft)
    )
    found = each.get(name, "per_customer")
    for atom in draft.measure_atoms:
        atom.kinds["measure"] = found
    for atom in draft.subject_atoms:
        atom.used = atom.used or (name == "orders" and atom.has("subj", "orders"))
    return {found}


def _of_verbs(draft: Draft) -> str:
    """How much they spend each, how many orders they place."""
    spends, buys = draft.free("verb", "spend"), draft.free("verb", "buy")
    if spends and not buys:
        spends[0].used = True
        return "revenue"
    return ""


def _mark_conditions(draft: Draft) -> None:
    """A measure or a thing that a bound belongs to is a condition, not what is asked for."""
    atoms = draft.atoms
    for place, atom in enumerate(atoms):
        if not atom.has("bound"):
            continue
        after = atoms[place + 1] if place + 1 < len(atoms) else None
        before = atoms[place - 1] if place else None
        _, _, of, _ = atom["bound"]
        if (of == "" and after is not None and after.has("subj") and not after.has("subj", "customers", "buyers")) or (
            of == "" and after is not None and (after.has("measure", "units", "stock") or after.has("distinct"))
        ):
            after.kinds["taken"] = atom
            atom.kinds["with"] = after
        elif of == "" and after is not None and after.has("subj", "customers") and _is_group_bound(draft, place):
            # countries with more than 300 customers
            after.kinds["taken"] = atom
            atom.kinds["with"] = after
        elif of == "money" and before is not None and before.has("measure", *_PRICED) and not draft.chinese:
            # number of orders above 1000 euros
            continue
        elif (before is not None and before.has("measure") and not before.has("taken")) or (
            before is not None and before.has("subj") and of == "times" and draft.chinese
        ):
            before.kinds["taken"] = atom
            atom.kinds["with"] = before
        elif of == "" and before is not None and before.has("verb", "sell") and _names_products(atoms):
            # 卖出超过50件的商品
            before.kinds = {"measure": "units", "taken": atom}
            atom.kinds["with"] = before
        elif draft.chinese and of == "" and before is not None and _is_counted_by_group(atoms, place):
            # 订单超过100的国家
            before.kinds["taken"] = atom
            atom.kinds["with"] = before


def _names_products(atoms: list[Atom]) -> bool:
    if any(each.has("subj") and not each.has("subj", "products") for each in atoms):
        return False
    return any(each.has("subj", "products") or any(name == "category" for name, _ in pairs(each)) for each in atoms)


def _is_counted_by_group(atoms: list[Atom], place: int) -> bool:
    counted = atoms[place - 1].has("subj", "customers", "orders", "refunds", "reviews", "tickets", "visits")
    return counted and any(each.has("field") or each.has("subj", "products") for each in atoms[place + 1 :])


def _is_group_bound(draft: Draft, place: int) -> bool:
    before = draft.atoms[:place]
    return any(each.has("field") for each in before) and not any(each.has("subj") for each in before)


def take_order_total(draft: Draft) -> None:
    """What an order comes to: the average, the median, ... of it, or what orders are ranked by."""
    if draft.measure != "order_total":
        return
    atom = draft.measure_atoms[0]
    agg = draft.free("agg")
    if len({str(each["agg"]) for each in agg}) > 1:
        raise unclear("two", agg[1].text)
    if agg:
        kind = str(agg[0]["agg"])
        draft.measure = {
            "avg": "aov", "median": "median_order", "sum": "revenue", "max": "largest_order", "min": "smallest_order"
        }[kind]  # fmt: skip
        agg[0].used = True
    elif _names_order(draft) or (draft.chinese and re.search("一共|总共|合计|总计|共计|加起来|加总", draft.text)):
        draft.measure = "revenue"
    elif draft.subject in ("orders", "") and says_rank(draft):
        draft.measure, draft.subject = "", "orders"
    else:
        raise unclear("average", atom.text)
    mark_measures(draft)


def _names_order(draft: Draft) -> bool:
    return any(name == "order" for atom in draft.free("val") for name, _ in pairs(atom))


def take_row_averages(draft: Draft) -> None:
    """Discount per order, refund amount per refund: the mean of it, unless another number of single rows is named."""
    family = family_of(draft.measure)
    if family is None or family.subject is None:
        return
    if family.subject == "products" and not draft.free("agg"):
        # stock per product: an article has one number of its own
        return
    atoms = draft.atoms
    for by, subject in pairwise(atoms):
        if not (by.has("by") and by.text in _PER and subject.has("subj", family.subject)) or subject.used:
            continue
        told = draft.measure if draft.free("agg") else aggregated(draft.measure, "avg")
        if told is not None:
            by.used = subject.used = True
            draft.measure = told
            mark_measures(draft)
            if draft.subject == family.subject:
                others = [each for each in draft.subject_atoms if not each.used]
                draft.subject = str(others[0]["subj"]) if others else ""
        return


def take_extreme(draft: Draft) -> None:
    """Highest rating, longest first reply time: one number of the rows, where nothing is there to be ranked by it."""
    family = family_of(draft.measure)
    ranks = [atom for kind in ("top", "bottom", "slowest", "fastest") for atom in draft.free(kind)]
    if draft.measure == "price":
        ranks += draft.free("priciest") + draft.free("cheapest")
    if family is None or len(ranks) != 1 or ranks[0].text not in _LARGEST + _SMALLEST or len(draft.measure_atoms) != 1:
        return
    rank, of = ranks[0], draft.measure_atoms[0]
    asks_which = draft.which is not None and draft.which.text not in WHAT
    known = MEASURES[draft.measure]
    if asks_which or draft.free("num") or draft.free("agg") or _says_average(of):
        return
    if known.fact == "customers" and draft.measure != "days_between_orders":
        return
    if rank.text in _OF_GROUPS and sum(name == "agent" for atom in draft.atoms for name, _ in pairs(atom)) > 1:
        # the slowest first reply, maya or tom: of each of them
        return
    of_price = rank.has("priciest") or rank.has("cheapest")
    if of.text == "rated" or any(
        not of_price and f"{of.text} {atom.text}" in draft.text for atom in draft.subject_atoms
    ):
        # the lowest rated product
        return
    atoms = [atom for atom in draft.atoms if atom.text != "的"]
    at, place = place_of(atoms, rank), place_of(atoms, of)
    is_behind = draft.chinese and at == place + 1 and not draft.subject_atoms and not draft.free("field")
    if at + 1 != place and not is_behind and not of_price:
        return
    if draft.subject_atoms and not (draft.chinese or of_price) and place_of(atoms, draft.subject_atoms[0]) < at:
        # tickets with the longest resolution time
        return
    if draft.free("field") or draft.free("bucket"):
        is_of_each = any(atom.text.startswith(("各", "每")) for atom in atoms[:at])
        if not (draft.free("by") or draft.free("bucket") or is_of_each):
            return
        if known.aggregate == "sum" and draft.measure in ("discount", "shipping"):
            raise unclear("average", of.text)
        is_mean = draft.measure in ("rating", "csat", "aov") and not is_of_each
        if known.aggregate == "sum" or is_mean or rank.text in _OF_GROUPS:
            return
    told = aggregated(draft.measure, "max" if rank.text in _LARGEST else "min")
    if told is None:
        return
    rank.used = True
    draft.measure = told
    mark_measures(draft)


def _says_average(measure: Atom) -> bool:
    return any(word in measure.text for word in ("average", "avg", "mean", "平均", "均价", "aov", "客单价"))


def mark_measures(draft: Draft) -> None:
    for atom in draft.measure_atoms:
        atom.used = True


def take_verbs(draft: Draft) -> None:
    """Verbs outside of clauses name the measure: sold, spent, refunded, resolved."""
    for atom in draft.free("verb"):
        verb = str(atom["verb"])
        money = draft.howmuch or bool(draft.free("top")) or bool(draft.free("bottom"))
        if verb == "buy" and any(each.has("negated") for each in draft.free("val")):
            raise unclear("neg", atom.text)
        if verb == "sell" and (draft.free("priciest") or draft.free("cheapest")) and not draft.measure:
            atom.used = True
        elif verb == "sell" and _is_of_articles(draft) and not draft.measure and _says_how_many_units(draft):
            # products that sold more than 50 units, which jackets did
            atom.used = True
        elif verb in ("buy", "sell") and not draft.measure:
            if draft.subject in ("orders", "refunds", "tickets", "reviews") and verb == "buy":
                atom.used = True
            elif verb == "sell":
                if draft.subject in ("customers", "buyers") and not _names_goods(draft):
                    raise unclear("left", atom.text)  # goods are sold, customers sell nothing
                of_money = draft.howmuch or (_SOLD_IN_ALL.search(draft.text) is not None and not _names_goods(draft))
                draft.measure = "revenue" if of_money and draft.subject != "products" else "units"
                atom.used = True
            elif draft.howmuch:
                draft.measure, atom.used = "revenue", True
            elif draft.subject in ("", "products") and _names_goods(draft):
                draft.measure, atom.used = "units", True
            elif (draft.which is not None and draft.which.text not in WHAT) or draft.free("field"):
                draft.measure, atom.used = "orders", True
        elif verb in ("buy", "sell"):
            if verb == "buy" and MEASURES[draft.measure].fact in _NOT_ORDERED:
                # how many of the sign-ups, of the visitors, ordered
                raise unclear("left", atom.text)
            atom.used = True
        elif verb in ("spend", "earn") and (not draft.measure or draft.measure in MONEY):
            if verb == "earn" and draft.subject in ("orders", "tickets", "refunds", "reviews", "visits"):
                atom.used = True
            elif verb == "earn" and not (money or draft.which is not None):
                atom.used = bool(draft.measure)
            else:
                draft.measure, atom.used = draft.measure or "revenue", True
        elif verb in ("refund", "return"):
            if draft.subject == "orders" and draft.free("share") and not draft.measure:
                draft.take("share")
                draft.measure, atom.used = "refund_rate", True
            elif draft.howmuch or (not draft.measure and not draft.subject):
                ranked = (says_rank(draft) and not draft.howmuch) or _HOW_MANY_REFUNDS.search(draft.text) is not None
                draft.measure = draft.measure or ("refunds" if ranked else "refund_amount")
                atom.used = True
            elif (draft.subject == "orders" and not draft.measure) or draft.measure == "orders":
                _take_refunded_orders(draft, atom)
            elif draft.measure in ("refund_amount", "refunds"):
                atom.used = True
        elif verb == "signup" and draft.subject in ("", "customers") and draft.measure in ("", "customers", "signups"):
            draft.measure, draft.subject, atom.used = "signups", "", True
        elif verb == "opened" and (
            "tickets" in (draft.subject, draft.measure)
            or any(each["subj"] == "tickets" for each in draft.subject_atoms)
            or _is_of_tickets(draft)
        ):
            atom.used = True
        elif verb == "resolved" and draft.subject == "tickets" and draft.free("share") and _is_of_state(draft):
            # what share of tickets are resolved
            draft.predicates.append(Is("is_open", (0,)))
            atom.used = True
        elif verb == "resolved" and draft.measure in _OF_RESOLVED and _is_marked_resolved(draft, atom):
            # csat of complaints handled by maya: no other ticket has one
            atom.used = True
        elif verb == "resolved" and (draft.subject == "tickets" or draft.measure == "tickets" or _is_of_tickets(draft)):
            atom.used = True
            if draft.measure == "tickets":
                mark_measures(draft)
            draft.measure = "resolved_tickets"
            if draft.subject == "tickets":
                use_subject(draft)
        elif verb == "complain" and not draft.measure:
            draft.subject = "tickets"
            draft.predicates.append(Is("kind", ("complaint",)))
            atom.used = True
        elif verb == "opened" and (
            {draft.subject, draft.measure} & {"orders", "refunds", "reviews", "visits"}
            or any(clause.event == "tickets" for clause in draft.clauses)
        ):
            atom.used = True
        elif verb == "visit" and draft.subject in ("customers", ""):
            draft.measure, atom.used = "visitors", True
        elif verb == "review" and (draft.free("top") or draft.free("bottom")):
            draft.measure, atom.used = "reviews", True
    if draft.howlong and (draft.measure not in MEASURES or MEASURES[draft.measure].unit not in ("hours", "days")):
        raise unclear("measure", "")


def _is_of_articles(draft: Draft) -> bool:
    return draft.subject == "products" or (not draft.subject and not draft.by and _names_goods(draft))


def _is_of_state(draft: Draft) -> bool:
    """Whether nobody is named who resolved them."""
    return not draft.measure and not any(name == "agent" for atom in draft.free("val") for name, _ in atom["val"])


def _is_marked_resolved(draft: Draft, verb: Atom) -> bool:
    """Whether no time is said to be that in which they were resolved, where another is told of."""
    timed = draft.measure in _OF_RESOLVED_IN and draft.free("span") and verb.text not in _TAKEN_ON
    return not timed and not draft.howlong


def _says_how_many_units(draft: Draft) -> bool:
    tied = [each.kinds["with"] for each in draft.free("bound") if each.kinds.get("with") is not None]
    return any(each.has("measure", "units") for each in tied)


def _take_refunded_orders(draft: Draft, atom: Atom) -> None:
    """Orders that were refunded; in a time: whose refund was made in it, where they are not placed in it."""
    timed = bool(draft.free("span"))
    placed = re.search(r"\b(?:placed|made|from|bought|下)\b", draft.text) is not None
    # how an order was sent or paid is said of no refund
    placed = placed or any(name in ("carrier", "currency") for each in draft.free("val") for name, _ in pairs(each))
    because = any(pair[0] == "reason" for each in draft.free("val") for pair in each["val"])
    atom.used = True
    if timed and not placed:
        draft.measure = "refunds"
        use_subject(draft)
        mark_measures(draft)
    elif not because:
        draft.predicates.append(Compare("is_refunded", "ge", 1))


def _names_goods(draft: Draft) -> bool:
    return any(pair[0] in ("category", "product") for atom in draft.free("val") for pair in atom["val"])


def _is_of_tickets(draft: Draft) -> bool:
    return not draft.subject and (
        any(pair[0] in ("kind", "agent") for atom in draft.free("val") for pair in atom["val"])
        or bool(draft.free("field", "agent"))
        or bool(draft.free("crowd", "inopen", "unanswered", "unassigned"))
    )


def use_subject(draft: Draft) -> None:
    for atom in draft.subject_atoms:
        if atom["subj"] == draft.subject:
            atom.used = True
    draft.subject = ""


def take_aggregate(draft: Draft) -> None:
    if len({str(each["agg"]) for each in draft.free("agg")}) > 1:
        raise unclear("two", draft.free("agg")[1].text)
    atom = draft.take("agg")
    if draft.measure == "per_customer" or draft.free("measure", "per_customer"):
        raise _of_all_or_buyers(draft)
    if atom is None:
        return
    kind = str(atom["agg"])
    if kind != "sum" and draft.subject == "refunds" and not draft.measure:
        draft.measure = "refund_amount"
        use_subject(draft)
    if kind == "avg" and _is_over_time(draft):
        return
    after = draft.atoms[place_of(draft.atoms, atom) + 1 :][:1]
    tied = [each.kinds["with"] for each in draft.free("bound") if "with" in each.kinds]
    if kind == "avg" and not draft.measure and any(each.has("measure", "rating", "csat") for each in tied):
        # rated above 3.9 on average
        return
    if kind == "sum" and after and (after[0].has("taken") or after[0].has("verb", "spend")):
        # total spend below 300: of each customer
        return
    if kind == "sum" and _names_order(draft) and not draft.measure and draft.subject in ("orders", ""):
        # order 1017 total
        draft.measure = "revenue"
        use_subject(draft)
        return
    if kind == "sum":
        money = {"orders": "revenue", "refunds": "refund_amount", "carts": "cart_value"}.get(draft.subject)
        if atom.text in ("总金额", "总额") and not draft.measure:
            if money is None:
                raise unclear("measure", "")
            draft.measure = money
            use_subject(draft)
            return
        if atom.text.startswith("sum") and draft.subject in ("orders", "refunds") and not draft.measure:
            # the sum of refunds is money; total orders are how many there are
            draft.measure = str(money)
            use_subject(draft)
            return
        if draft.subject == "refunds" and not draft.measure:
            raise unclear("refunds", "")
        if not draft.measure and draft.subject:
            draft.howmany = True
        if draft.measure == "value":
            draft.measure = "total_value"
            mark_measures(draft)
        elif draft.measure == "refunds" or (draft.measure and MEASURES[draft.measure].aggregate in _SINGLE):
            raise unclear("mix", atom.text)
        return
    said = draft.measure_atoms[0].text if draft.measure_atoms else ""
    told = aggregated(draft.measure, kind)
    if (
        draft.measure in ("revenue", "spend")
        and _said_of_people(said)
        and kind != "sum"
        and (_asks_for_buyers(draft) or _have_all_bought(draft))
    ):
        told = aggregated("revenue_per_buyer", kind)
    elif draft.measure == "orders" and draft.subject == "buyers" and _asks_for_buyers(draft):
        told = aggregated("orders_per_buyer", kind)
    if told is None:
        raise unclear("average", atom.text)
    if told != draft.measure:
        is_told = MEASURES[draft.measure].aggregate in ("median", "min", "max")
        if is_told or any(map(_says_average, draft.measure_atoms[:1])):
            # max and min order value
            raise unclear("two", atom.text)
        draft.measure = told
        mark_measures(draft)


def _is_over_time(draft: Draft) -> bool:
    """Average orders per day: takes the days as what the mean is over."""
    if [each.event for each in draft.clauses] == ["signup"] and not draft.measure and draft.clauses[0].span is None:
        draft.clauses.clear()
        draft.measure = "signups"
        use_subject(draft)
    measure = draft.measure or COUNTED.get(draft.subject, "")
    known = MEASURES.get(measure)
    over = next((by for by in (draft.by, draft.then) if by in OVER), None)
    if over is None or known is None or known.aggregate not in ("count", "sum") or known.each:
        return False
    if measure in ("customers", "products") or known.fact == "products" or draft.ranked:
        return False
    draft.mean, draft.by, draft.then = over, draft.then if draft.by == over else draft.by, None
    if not draft.measure:
        draft.measure = measure
        use_subject(draft)
    return True


def _asks_for_buyers(draft: Draft) -> bool:
    """Whether all whose numbers are asked for have bought: buyers, segments, who ordered at least once."""
    of_segment = any(name == "segment" for atom in draft.free("val") for name, _ in pairs(atom))
    if draft.by in OF_BUYERS or draft.subject == "buyers" or of_segment:
        return True
    ordered = [each for each in draft.clauses if each.event == "orders" and not each.negative]
    return len(ordered) == len(draft.clauses) == 1 and not (ordered[0].span or ordered[0].things or draft.free("span"))


def _have_all_bought(draft: Draft) -> bool:
    """Whether all that are asked about are buyers: those of a segment, repeat customers."""
    segments = any(pair[0] == "segment" for atom in draft.atoms for pair in pairs(atom))
    repeat = any(atom.has("crowd", "repeat", "once") for atom in draft.atoms)
    return draft.by in OF_BUYERS or ((segments or repeat) and draft.by is None)


def _said_of_people(text: str) -> bool:
    """Spend is what people spend, revenue what orders come to."""
    return text.startswith("spen") or "消费" in text or "花" in text


def mark_subject(draft: Draft, subject: str) -> None:
    for atom in draft.subject_atoms:
        if atom["subj"] == subject:
            atom.used = True
