"""By what a question is split."""

from itertools import pairwise

from crm_store.question.grammar import NEWNESS
from nlp.ask.draft import WHAT, Draft, pairs, place_of
from nlp.ask.lexing import Atom
from nlp.ask.numbered import ID_OF
from nlp.ask.outcomes import unclear
from nlp.ask.ranking import MOST

#: said of values that are named: berlin and munich respectively
SIDE_BY_SIDE = ("各", "各自", "各有", "分别", "分别是", "各是", "分别有", "respectively", "separately", "each")
_EACH = ("per", "each", "every", "for each", "for every", "in each", "in every", "每个", "每", "各", "各个", "每种")


def _take_each(draft: Draft) -> None:
    """The top 3 products per category, the customer who spent most in each country: the first within each."""
    atoms = draft.atoms
    group = next((after for atom, after in pairwise(atoms) if atom.text in _EACH and after.has("field")), None)
    group = group or next((atom for atom in draft.free("bucket") if not draft.free("by")), None)
    priced = draft.order == "price" and draft.subject == "products"
    if group is None or not (priced or (draft.ranked and draft.order is None)) or draft.free("share"):
        return
    if priced:
        draft.measure, draft.order, draft.ranked = "price", None, True
    thing = _ranked_thing(draft, group)
    if thing is None:
        return
    if thing.has("subj"):
        draft.then = "product" if thing["subj"] == "products" else "customer"
        draft.subject = ""
        if not draft.measure and draft.then == "customer" and not draft.free("verb"):
            draft.measure = "spend"
        elif not draft.measure:
            raise unclear("rank", "")
    else:
        draft.then = str(thing["field"])
    thing.used = group.used = True
    draft.by = str(group["field"] if group.has("field") else group["bucket"])
    several = (thing.text.endswith("s") and not draft.chinese) or (draft.chinese and "最" not in draft.text)
    draft.each = 10 if several else 1
    for atom in draft.free("by"):
        atom.used = True


def _ranked_thing(draft: Draft, group: Atom) -> Atom | None:
    """What the first of each group are: not what they are measured by."""
    atoms = draft.atoms
    for place, atom in enumerate(atoms):
        is_thing = atom.has("subj", "products", "customers", "buyers") or (atom.has("field") and atom is not group)
        if not is_thing or atom.has("taken") or draft.howmany:
            continue
        before, after = atoms[max(0, place - 2) : place], atoms[place + 1 : place + 3]
        asked = any(each.has("which") for each in before[-1:] if each.text not in WHAT)
        leads = not draft.chinese and place == 0 and not atom.text.endswith("s")
        beside = [*before, *(after if draft.chinese else [])]
        counted = bool(before) and before[-1].text in MOST and not draft.chinese
        first = any(_ranks(each) for each in beside) and not counted
        last = draft.chinese and place == len(atoms) - 1
        if asked or leads or first or last:
            return atom
    return None


def _ranks(atom: Atom) -> bool:
    kinds = ("bestselling", "worstselling", "top", "bottom", "priciest", "cheapest")
    return any(atom.has(kind) for kind in kinds)


def take_groups(draft: Draft) -> None:
    _take_each(draft)
    if draft.each is not None:
        return
    buckets_ = draft.free("bucket")
    for atom in buckets_:
        atom.used = True
        draft.by = str(atom["bucket"])
    if len({atom["bucket"] for atom in buckets_}) > 1:
        raise unclear("two", buckets_[1].text)
    for place, atom in enumerate(draft.atoms[:-1]):
        if atom.has("by") and draft.atoms[place + 1].has("val"):
            # paid by card, delivered by DHL, placed by French customers
            if atom.text in _EACH and any(name == "segment" for name, _ in pairs(draft.atoms[place + 1])):
                # tickets per champion
                raise unclear("by", atom.text)
            atom.used = True
            last = draft.atoms[place + 2 : place + 3]
            if last and last[0].has("subj", "customers", "buyers") and draft.subject != last[0]["subj"]:
                last[0].used = True
    bys = draft.free("by")
    for atom in bys:
        atom.used = True
        after = draft.atoms[place_of(draft.atoms, atom) + 1 :][:1]
        if after and after[0].has("span") and after[0]["span"].count and draft.by is None:
            # each of the last 6 months
            draft.by = after[0]["span"].unit
    for place, atom in enumerate(draft.atoms):
        beside = draft.atoms[max(0, place - 1) : place] + draft.atoms[place + 1 : place + 2]
        names_it = atom.has("field") and not atom.text.startswith(("各", "每"))
        if names_it and any(pair[0].endswith(str(atom["field"])) for each in beside for pair in pairs(each)):
            # the shoes category: names the value, splits nothing
            atom.used = True
        if atom.has("subj") and any(pair[0] == ID_OF.get(str(atom["subj"])) for each in beside for pair in pairs(each)):
            # customer C00431
            atom.used = True
        if atom.has("by") and place + 1 < len(draft.atoms) and draft.atoms[place + 1].has("unit") and not draft.by:
            unit = draft.atoms[place + 1]
            if unit["unit"] != "hour":
                draft.by, unit.used = str(unit["unit"]), True
    fields = draft.free("field")
    for atom in fields:
        if atom.has("taken"):
            continue
        name = str(atom["field"])
        if name == "status" and {"order", "ticket"} & {pair[0] for each in draft.free("val") for pair in each["val"]}:
            # the status of one of them stands in its row
            draft.howmany, atom.used = False, True
            continue
        if name == "status":
            name = (
                "ticket_status"
                if draft.subject == "tickets" or draft.measure == "tickets"
                else (
                    "refund_status"
                    if draft.subject == "refunds" or draft.measure in ("refunds", "refund_amount")
                    else "order_status"
                )
            )
        if name == "consent" and not bys:
            continue
        if draft.by not in (None, name):
            if draft.then is not None:
                raise unclear("two", atom.text)
            draft.then, atom.used = name, True
            if name != NEWNESS and buckets_ and place_of(draft.atoms, atom) < place_of(draft.atoms, buckets_[0]):
                draft.by, draft.then = draft.then, draft.by
            continue
        draft.by, atom.used = name, True
    tied = any(each.kinds["with"].has("measure") for each in draft.free("bound") if "with" in each.kinds)
    if draft.by in ("payment_method", "carrier") and not (draft.measure or draft.subject or tied):
        # payment methods used in China
        draft.subject, draft.howmany = "orders", True
    if draft.by is None and (draft.which is not None or draft.ranked) and draft.free("unit"):
        named = draft.take("unit")
        if named is not None:
            draft.by = str(named["unit"])
    if draft.by is None and bys:
        # revenue by customer, per product
        for atom in draft.subject_atoms:
            if (
                not atom.used
                and atom["subj"] in ("customers", "products")
                and (draft.measure or len(draft.subject_atoms) > 1)
            ):
                draft.by = "customer" if atom["subj"] == "customers" else "product"
                atom.used = True
                if draft.subject == atom["subj"]:
                    others = [each for each in draft.subject_atoms if each is not atom]
                    draft.subject = str(others[0]["subj"]) if others else ""
                break
        else:
            if bys[0].text in SIDE_BY_SIDE and _names_several(draft):
                return
            if not draft.measure and not draft.ranked:
                raise unclear("by", bys[0].text)
            values = {pair[0] for atom in draft.free("val") for pair in atom["val"]}
            after = draft.atoms[place_of(draft.atoms, bys[-1]) + 1 :][:1]
            of_measure = bool(after) and (after[0].has("measure") or after[0].has("verb") or after[0].has("agg"))
            if not values and (not draft.measure or not (draft.ranked or of_measure)):
                raise unclear("by", bys[0].text)


def _names_several(draft: Draft) -> bool:
    """Whether several values of one field are named, and so each of them is meant: 柏林和慕尼黑的客户各有多少."""
    names = [name for atom in draft.free("val") if not atom.has("negated") for name, _ in atom["val"][:1]]
    return len(names) >= 2 and len(set(names)) == 1


def take_time_group(draft: Draft) -> None:
    """By country and month: the second of two is a unit of time."""
    atoms = draft.atoms
    if draft.by is None or draft.then is not None or not any(atom.has("by") for atom in atoms):
        return
    for place in range(2, len(atoms)):
        first, joint, unit = atoms[place - 2 : place + 1]
        grouped = first.has("field") or first.has("subj", "products", "customers")
        if grouped and joint.has("and") and unit.has("unit") and not unit.used:
            draft.then, joint.used, unit.used = str(unit["unit"]), True, True
            return
