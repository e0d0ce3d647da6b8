"""Top, worst, best selling, newest: by what, which way round, how many."""

import re

from nlp.ask.draft import COUNTED, WHO, Draft, pairs, place_of
from nlp.ask.lexing import Atom
from nlp.ask.outcomes import unclear

#: they may say of what there is most, not only what comes first
MOST = ("most", "fewest", "least", "highest", "lowest", "最多", "最少", "largest", "smallest")

#: the highest refunds are money, the most refunds are many
_SIZED = ("highest", "largest", "biggest", "greatest", "lowest", "smallest")
#: 从高到低前10: so many from the beginning, whichever way it is sorted
_FIRST = ("前", "排名前", "排前", "top", "first")
_ONE_OF_THEM = ("order", "ticket", "refund", "review", "customer", "cart", "visit")
_TIMES = {
    "orders": "placed_at", "tickets": "opened_at", "refunds": "created_at", "reviews": "created_at",
    "customers": "signed_up_at", "carts": "updated_at", "visits": "at",
}  # fmt: skip
_SIZES = {"orders": "total", "refunds": "amount", "reviews": "stars", "customers": "spend", "products": "price"}

#: opened tickets, wrote reviews: no more than that they are theirs
_HAD = ("opened", "review", "visit", "contact")
_ROWS = ("orders", "refunds", "reviews", "tickets", "visits", "carts")
_COMMON = (
    "busiest", "most common", "common", "most used", "most", "最多", "main", "most frequent", "最常见", "最主要",
    "最常用", "最经常", "用得最多", "用的最多", "最频繁", "使用最多", "最普遍",
)  # fmt: skip


def says_rank(draft: Draft) -> bool:
    return any(atom.has(kind) for atom in draft.atoms for kind in ("top", "bottom"))


def take_most(draft: Draft) -> None:
    """Customers with the most open tickets: what there is most of, though what sort of it stands between."""
    if draft.chinese or draft.measure:
        return
    for place, atom in enumerate(draft.atoms):
        if atom.used or not (atom.has("top") or atom.has("bottom")) or atom.text not in MOST:
            continue
        end = place + 1
        while end < len(draft.atoms) and _is_a_sort(draft.atoms[end]):
            end += 1
        counted = draft.atoms[end] if place + 1 < end < len(draft.atoms) else None
        if counted is None or not counted.has("subj", *_ROWS) or counted.used or counted.has("taken"):
            continue
        others = [each for each in draft.subject_atoms if each is not counted and not each.used]
        asks_who = any(each.has("which") and each.text in WHO for each in draft.atoms)
        if not (others or draft.free("field") or asks_who) or (
            asks_who and not others and counted.has("subj", "tickets")
        ):
            # customers or agents?
            return
        draft.measure = COUNTED[str(counted["subj"])]
        draft.subject = str(others[0]["subj"]) if others else "customers" if asks_who else ""
        for said in reversed(draft.atoms[max(1, place - 2) : place]):
            if not (said.has("verb", *_HAD) or said.text in ("who", "that")):
                break
            said.kinds, said.used = {"filler": True}, True
        # it is what is counted, not what they have
        counted.kinds = {"filler": True}
        draft.subject_atoms = [each for each in draft.subject_atoms if each is not counted]
        counted.used = atom.used = draft.ranked = True
        draft.descending = not atom.has("bottom")
        return


def _is_a_sort(atom: Atom) -> bool:
    """Open, urgent, cancelled, 1-star: of which tickets, orders or reviews."""
    return (
        bool(pairs(atom))
        or atom.has("crowd", "inopen", "unanswered", "unassigned")
        or (atom.has("bound") and atom["bound"][2] == "stars")
    )


def take_rank(draft: Draft) -> None:
    """top, worst, best selling, fastest, newest: by what and which way round."""
    if draft.take("bestselling"):
        draft.measure, draft.ranked = draft.measure or _sold(draft), True
    if worst := draft.take("worstselling"):
        popular = worst.text in ("least popular", "unpopular", "最不受欢迎")
        goods = draft.subject == "products" or bool(draft.free("field", "category"))
        draft.measure = draft.measure or (_sold(draft) if goods or not popular else "orders")
        draft.ranked, draft.descending = True, False
    top, bottom = draft.free("top"), draft.free("bottom")
    if top and bottom:
        raise unclear("contradiction", bottom[0].text)
    for share in draft.free("bound"):
        at = place_of(draft.atoms, share)
        said_before = [each for each in draft.atoms[max(0, at - 2) : at] if each.text != "的"][-1:]
        if (
            share["bound"][2] == "percent"
            and not share["bound"][3]
            and any(each in top + bottom for each in said_before)
        ):
            # the top 10 % of customers
            draft.top_percent, share.used = float(share["bound"][1]), True
            if not 0 < draft.top_percent <= 100:
                raise unclear("number", share.text)
    for atom in top + bottom:
        place = next(index for index, each in enumerate(draft.atoms) if each is atom)
        after = draft.atoms[place + 1] if place + 1 < len(draft.atoms) else None
        before = draft.atoms[place - 1] if place else None
        near = before if draft.chinese else after
        is_amount = near is not None and near.has("subj", "refunds") and atom.text in _SIZED
        is_number = near is not None and near.has("subj") and near.text.endswith(("量", "数"))
        counts = is_amount or is_number or atom.text in MOST
        if counts and (near is not None and near.has("subj") and not near.used and not near.has("taken")):
            others = [each for each in draft.subject_atoms if each is not near and not each.used]
            if (others or draft.free("field") or draft.which) and not draft.measure:
                draft.measure = "refund_amount" if is_amount else COUNTED[str(near["subj"])]
                near.used = True
                asks_who = draft.which is not None and draft.which.text in WHO
                if asks_who and draft.measure == "tickets":
                    # customers or agents?
                    raise unclear("by", str(draft.which and draft.which.text))
                draft.subject = str(others[0]["subj"]) if others else "customers" if asks_who else ""
        if atom.text in (
            "popular",
            "most popular",
            "favourite",
            "favorite",
            "最受欢迎",
            "最畅销",
            "畅销",
            "热销",
            "最热门",
        ):
            goods = draft.subject == "products" or bool(draft.free("field", "category"))
            draft.measure = draft.measure or ("units" if goods else "orders")
        elif atom.text in _COMMON and not draft.measure and not draft.subject:
            if draft.free("field", "reason"):
                draft.measure = "refunds"
            elif draft.free("field", "payment_method", "carrier") or atom.text == "busiest":
                draft.measure = "orders"
        draft.ranked = True
        atom.used = True
    if bottom:
        draft.descending = _most_is_worst(draft, bottom[0])
    if (
        top
        and draft.measure in ("first_reply", "resolution", "delivery_days")
        and top[0].text in ("best", "最好", "最佳")
    ):
        draft.descending = False
    for kind, descending in (("fastest", False), ("slowest", True)):
        if draft.take(kind):
            draft.ranked, draft.descending = True, descending
            if not draft.measure:
                if draft.free("field", "carrier"):
                    draft.measure = "delivery_days"
                else:
                    raise unclear("rank", kind)
    for kind, descending in (("newest", True), ("oldest", False)):
        if draft.take(kind):
            if draft.subject not in ("orders", "tickets", "refunds", "reviews", "customers", "carts", "visits"):
                raise unclear("rank", kind)
            draft.order = _TIMES[draft.subject]
            draft.descending = descending
            if draft.limit is None:
                draft.limit = 1 if draft.subject_atoms and draft.subject_atoms[0].text in _ONE_OF_THEM else 10
    for kind, descending in (("priciest", True), ("cheapest", False)):
        if draft.take(kind):
            if draft.subject == "orders" and not draft.measure:
                # the five priciest orders
                draft.order, draft.descending = "total", descending
                continue
            if draft.subject not in ("products", ""):
                raise unclear("rank", kind)
            draft.subject, draft.order, draft.descending = "products", "price", descending
            if draft.measure == "price":
                # 单价最贵的
                draft.measure = ""
                for atom in draft.free("measure", "price"):
                    atom.used = True
    if ordered := draft.take("sorted"):
        way = str(ordered["sorted"])
        only_first = bool(top) and all(atom.text in _FIRST for atom in top) and way in ("desc", "asc")
        if (draft.ranked and not only_first) or draft.order:
            raise unclear("rank", ordered.text)
        quick_is_best = draft.measure in ("first_reply", "resolution", "delivery_days")
        draft.sorted, draft.descending = True, way in ("desc", "newest") or (way == "best" and not quick_is_best)
        if way == "worst":
            draft.descending = _are_bad(draft.measure)
        if way in ("newest", "oldest"):
            draft.order = _TIMES.get(draft.subject)
            if draft.order is None:
                raise unclear("rank", ordered.text)
    draft.sorted = draft.take("sort") is not None or draft.sorted
    if by_size := draft.take("bysize"):
        if draft.subject not in ("orders", "refunds") or draft.measure:
            raise unclear("rank", by_size.text)
        draft.order = "total" if draft.subject == "orders" else "amount"


_WHEN = re.compile("哪一?个?(?:月|天|周|星期|季度?|年|几天|几个月)|星期几|周几")


def _sold(draft: Draft) -> str:
    """Of goods so many pieces; where, when or to whom most is sold is told in money."""
    if not draft.chinese or draft.subject == "products" or draft.free("field", "category"):
        return "units"
    of_goods = any(name in ("category", "product") for atom in draft.free("val") for name, _ in pairs(atom))
    split = bool(draft.free("field") or draft.free("bucket")) or _WHEN.search(draft.text) is not None
    return "revenue" if split and not of_goods else "units"


#: numbers of an order that others are named by: its refunds, what is in it
_OF_ORDERS = {"refunds": "refund_amount", "refund_amount": "refund_amount", "largest_refund": "refund_amount",
              "units": "units", "products": "units"}  # fmt: skip


def take_order_of_orders(draft: Draft) -> None:
    """Orders with the largest refund, the largest orders by number of items, 件数最多的订单."""
    if draft.subject != "orders" or any(atom.has("field") or atom.has("bucket") for atom in draft.atoms):
        return
    if any(atom.has("subj", "customers", "buyers") for atom in draft.atoms) or draft.free("share"):
        return
    told = [
        (atom, name)
        for atom in draft.atoms
        for kind in ("subj", "measure")
        if atom.has(kind) and not (atom.used or atom.has("taken")) and (name := _OF_ORDERS.get(str(atom[kind])))
    ]
    ranks = [atom for atom in draft.atoms if atom.has("top") or atom.has("bottom") or atom.has("sort")]
    if len(told) != 1 or len(draft.measure_atoms) > told[0][0].has("measure"):
        return
    number, name = told[0]
    place = place_of(draft.atoms, number)
    before = [each for each in draft.atoms[max(0, place - 2) : place] if not each.has("howmany")][-1:]
    after = [each for each in draft.atoms[place + 1 : place + 3] if each.text not in ("金额",)][:1]
    tie = next((each for each in (after if draft.chinese else before) if each in ranks), None)
    by = next((each for each in before if each.has("by") or each.has("sort")), None)
    is_largest = number.has("measure", "largest_refund")
    if tie is None and by is None and not is_largest:
        return
    if tie is None and number.has("subj", "products") and not draft.atoms[place - 1].has("howmany"):
        # orders by product: how many with each
        return
    if name == "refund_amount" and number.has("subj") and tie is not None and not draft.chinese and tie.text in _MANY:
        # the most refunds: how many, or how much?
        raise unclear("rank", number.text)
    for each in (number, tie, by, *ranks):
        if each is not None:
            each.used = True
    for each in draft.free("howmany")[:1]:
        if name == "units" and place_of(draft.atoms, each) == place - 1:
            each.used = True
    draft.order, draft.measure = name, ""
    draft.descending = not any(each.has("bottom") for each in ranks)
    draft.sorted = by is not None and not any(each.has("top") or each.has("bottom") for each in ranks)


_MANY = ("most", "fewest", "least")


def _most_is_worst(draft: Draft, atom: Atom) -> bool:
    """Whether the worst are those with the most: refunds, waiting."""
    return _are_bad(draft.measure) and atom.text in ("worst", "poorest", "最差")


def _are_bad(measure: str) -> bool:
    return measure in (
        "refunds",
        "refund_amount",
        "refund_rate",
        "cancellation_rate",
        "first_reply",
        "resolution",
        "delivery_days",
        "churn_risk",
    )


def size_of(subject: str) -> str:
    """What a list is put in order by where nothing else is said; empty where nothing is."""
    return _SIZES.get(subject, "")


def take_limit(draft: Draft) -> None:
    numbers = draft.free("num")
    if len(numbers) > 1:
        raise unclear("number", numbers[1].text)
    if numbers:
        number = float(numbers[0]["num"])
        if number != int(number) or not 1 <= number <= 100_000:
            raise unclear("number", numbers[0].text)
        if not (draft.ranked or draft.listed or draft.order or draft.which is not None or draft.subject or draft.by):
            raise unclear("number", numbers[0].text)
        if draft.howmany and not draft.ranked:
            raise unclear("number", numbers[0].text)
        place = next(index for index, each in enumerate(draft.atoms) if each is numbers[0])
        if (
            any(atom.has("subj", "customers", "buyers") for atom in draft.atoms[place + 1 : place + 2])
            and not draft.chinese
        ):
            asked = [atom for atom in draft.atoms[:place] if atom.has("subj", "customers", "buyers")]
            if asked:
                # customers with two accounts
                raise unclear("number", numbers[0].text)
        before = draft.atoms[place - 1] if place else None
        after = draft.atoms[place + 1] if place + 1 < len(draft.atoms) else None
        of_goods = after is not None and any(name in ("category", "product") for name, _ in pairs(after))
        if draft.chinese and before is not None and before.text == "的" and place > 1:
            # 销量最高的三双鞋
            before = draft.atoms[place - 2]
        first = before is not None and any(before.has(kind) for kind in ("top", "bottom", "list", "bestselling"))
        is_ranked = draft.ranked or bool(draft.order) or first
        if not (is_ranked or draft.chinese) and any(atom.has("subj") for atom in draft.atoms[:place]):
            # customers with 3 complaints: so many of what?
            raise unclear("number", numbers[0].text)
        if (of_goods and not first) or (before is not None and before.has("bound")):
            # customers who bought 3 watches
            raise unclear("number", numbers[0].text)
        last = place + 1 == len(draft.atoms) or draft.atoms[place + 1].has("span")
        if last and before is not None and not any(before.has(kind) for kind in ("top", "bottom", "subj", "list")):
            # customers with rfm 555
            raise unclear("number", numbers[0].text)
        draft.limit, numbers[0].used = int(number), True


def default_limit(draft: Draft) -> int:
    if draft.chinese:
        single = draft.which is not None and draft.which.text in (
            "哪个",
            "哪一个",
            "哪种",
            "哪款",
            "哪家",
        )
    else:
        single = (
            draft.which is not None
            and draft.which.text not in WHO
            and not any(
                atom.text.endswith("s") and atom.text not in ("gross sales", "sales")
                for atom in draft.atoms
                if atom.has("subj", "customers", "products", "orders") or atom.has("field")
            )
            and not any(atom.text.startswith(("products ", "items ")) for atom in draft.atoms if atom.has("measure"))
        )
    return 1 if single else 10
