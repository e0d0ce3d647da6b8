"""Numbers with what they are of: more than 500 euros, at least 5 orders, twice, below 3.5."""

import re

from crm_store.question.grammar import Op
from nlp.ask.draft import MONEY, RFM_SCORES, Draft, text_of
from nlp.ask.lexing import Atom
from nlp.ask.outcomes import unclear


def with_bounds(draft: Draft, atoms: list[Atom]) -> list[Atom]:
    """more than 500 euros, at least 5 orders, twice, 3 or more, below 3.5 → one atom `bound`."""
    found: list[Atom] = []
    at = 0
    while at < len(atoms):
        taken = _bound_at(draft, atoms, at)
        if taken is None:
            found.append(atoms[at])
            at += 1
        else:
            at, atom = taken
            found.append(atom)
    at = 0
    while at + 2 < len(found):
        if both := _both_ends(found, at):
            found[at : at + 3] = [both]
        at += 1
    return found


def _both_ends(atoms: list[Atom], at: int) -> Atom | None:
    """More than 100 and less than 500 as one bound with two ends."""
    one, joint, other = atoms[at : at + 3]
    if not (one.has("bound") and other.has("bound") and (joint.has("and") or joint.has("but"))):
        return None
    ends = sorted((each["bound"] for each in (one, other)), key=lambda bound: bound[0] not in ("gt", "ge"))
    (least, low, of, _), (most, high, of_high, _) = ends
    if least not in ("gt", "ge") or most not in ("lt", "le") or (of != of_high and "" not in (of, of_high)):
        return None
    said = text_of([one, joint, other])
    if of == of_high and (low > high or (low == high and (least, most) != ("ge", "le"))):
        # nothing is both
        raise unclear("contradiction", said)
    if of or of_high or not _is_of_one_thing(atoms, at):
        # each is read by itself
        return None
    return Atom(said, {"bound": (least, low, of, True), "upper": high, "below": most})


def _is_of_one_thing(atoms: list[Atom], at: int) -> bool:
    """Spent more than 100 and less than 500, more than 3 and fewer than 6 orders: one word says what both are of."""
    before = atoms[at - 1] if at else None
    after = atoms[at + 3] if at + 3 < len(atoms) else None
    spent = before is not None and (before.has("verb", "spend") or before.has("measure", *MONEY))
    return spent or (after is not None and after.has("subj"))


def upper_op(bound: Atom) -> Op:
    """Whether the upper end of a range still belongs to it: it does, but for "less than"."""
    return "lt" if bound.has("below", "lt") else "le"


def _bound_at(draft: Draft, atoms: list[Atom], at: int) -> tuple[int, Atom] | None:
    start, op = at, ""
    atom = atoms[at]
    if atom.has("between") and (both := _range_at(draft, atoms, at)):
        return both
    if atom.has("num") and (both := _plain_range_at(draft, atoms, at)):
        return both
    if atom.has("neg") and at + 1 < len(atoms) and atoms[at + 1].has("cmp"):
        return None
    if atom.has("cmp"):
        op, at = str(atom["cmp"]), at + 1
    if at < len(atoms) and (atoms[at].has("once") or atoms[at].has("twice")) and not atoms[at].has("crowd"):
        number = 1.0 if atoms[at].has("once") else 2.0
        at += 1
        if at < len(atoms) and atoms[at].has("post"):
            op, at = str(atoms[at]["post"]), at + 1
        return at, Atom(text_of(atoms[start:at]), {"bound": (op or "eq", number, "times", op != "")})
    money = None
    if at < len(atoms) and atoms[at].has("cur"):
        money, at = str(atoms[at]["cur"]), at + 1
    if at >= len(atoms) or not atoms[at].has("num"):
        return None
    number, at = float(atoms[at]["num"]), at + 1
    if at < len(atoms) and atoms[at].has("post") and not op:
        op, at = str(atoms[at]["post"]), at + 1
    if at < len(atoms) and atoms[at].has("cur") and money is None:
        money, at = str(atoms[at]["cur"]), at + 1
    of = "money" if money else ""
    if at < len(atoms) and not of:
        if atoms[at].has("share") or atoms[at].text == "%":
            of, at = "percent", at + 1
        elif atoms[at].has("times"):
            of, at = "times", at + 1
        elif atoms[at].has("unit", "hour"):
            of, at = "hours", at + 1
        elif atoms[at].has("unit", "day"):
            of, at = "days", at + 1
        elif atoms[at].text in ("分", "stars on average"):
            at += 1
        elif atoms[at].has("field", "stars") or atoms[at].text in ("星级",):
            of, at = "stars", at + 1
    if at < len(atoms) and atoms[at].has("post") and not op:
        op, at = str(atoms[at]["post"]), at + 1
    if not op and of == "" and start and atoms[start - 1].has("measure", *RFM_SCORES, "csat", "rating"):
        op = "eq"
    if not op and of == "" and _of_each(draft, atoms, start, at):
        op = "eq"
    if not op and of == "":
        return None
    if money:
        number = minor_units(draft, number, money)
    return at, Atom(text_of(atoms[start:at]), {"bound": (op or "eq", number, of, bool(op))})


def _of_each(draft: Draft, atoms: list[Atom], start: int, after: int) -> bool:
    """Customers with 3 orders: so many for each of them, not the first three."""
    if after >= len(atoms) or not atoms[after].has("subj", "orders", "refunds", "reviews", "tickets"):
        return False
    before = atoms[start - 1] if start else None
    if before is not None and any(before.has(kind) for kind in ("newest", "oldest", "top", "bottom", "measure")):
        # the last 3 orders, tickets of csat 1
        return False
    whose = atoms[after + 1 :] if draft.chinese else atoms[:start]
    return any(each.has("subj", "customers", "buyers") for each in whose)


def _range_at(draft: Draft, atoms: list[Atom], at: int) -> tuple[int, Atom] | None:
    """between 100 and 200 euros: both ends belong to it."""
    numbers: list[float] = []
    money, percent, place = None, False, at + 1
    while place < len(atoms) and (len(numbers) < 2 or _is_percent(atoms[place])):
        if atoms[place].has("cur"):
            money = str(atoms[place]["cur"])
        elif numbers and _is_percent(atoms[place]):
            percent = True
        elif atoms[place].has("num"):
            numbers.append(float(atoms[place]["num"]))
        elif not (atoms[place].has("and") or atoms[place].has("to")):
            return None
        place += 1
    if len(numbers) < 2:
        return None
    if place < len(atoms) and atoms[place].has("cur"):
        money, place = str(atoms[place]["cur"]), place + 1
    if numbers[0] > numbers[1]:
        raise unclear("contradiction", text_of(atoms[at:place]))
    if place < len(atoms) and (atoms[place].has("bucket", "hour") or atoms[place].text in ("am", "pm", "h")):
        # between 8 and 12 o'clock
        raise unclear("mix", text_of(atoms[at : place + 1]))
    if money:
        numbers = [minor_units(draft, number, money) for number in numbers]
    of = "money" if money else "percent" if percent else ""
    kinds = {"bound": ("ge", numbers[0], of, True), "upper": numbers[1]}
    return place, Atom(text_of(atoms[at:place]), kinds)


def _is_percent(atom: Atom) -> bool:
    return atom.text in ("%", "percent", "per cent")


def _plain_range_at(draft: Draft, atoms: list[Atom], at: int) -> tuple[int, Atom] | None:
    """100 to 200 euros, 200到300欧之间: a range of money, or one that is said to be between."""
    if not (at + 2 < len(atoms) and atoms[at + 1].has("to") and atoms[at + 2].has("num")):
        return None
    after = atoms[at + 3] if at + 3 < len(atoms) else None
    joined = re.search(rf"{re.escape(atoms[at + 2].text)} ?\S{{0,2}} ?之间", draft.text) is not None
    before = atoms[at - 1] if at else Atom("")
    of_money = before.has("verb", "spend") or before.has("measure", "order_total", "price", "spend")
    if not (joined or of_money or (after is not None and after.has("cur"))):
        return None
    place, found = _range_at(draft, [atoms[at], *atoms[at:]], 0) or (0, atoms[at])
    return (place - 1 + at, Atom(text_of(atoms[at : place - 1 + at]), found.kinds)) if place else None


def minor_units(draft: Draft, number: float, currency: str) -> float:
    base = draft.shop.currency
    if currency in ("元", "块", "¥"):
        if base in ("CNY", "JPY"):
            currency = base
        elif currency != "块" and "CNY" in draft.shop.units and (currency == "元" or "JPY" not in draft.shop.units):
            currency = "CNY"
        else:
            raise unclear("which_currency", currency)
    if currency not in draft.shop.units:
        raise unclear("currency", currency)
    return round(number * draft.shop.units[currency])
