"""The atoms of a question, each as what it is beside its neighbours."""

import re

from nlp.ask.bounds import with_bounds
from nlp.ask.draft import RFM_SCORES, Draft, pairs
from nlp.ask.lexing import Atom, lex
from nlp.ask.light import lightened
from nlp.ask.numbered import with_numbered
from nlp.ask.numbers import LARGEST
from nlp.ask.outcomes import Stop, Unsupported, unclear

#: words of a text: with more it is no question, and each is looked at beside the others
_MOST = 150
#: characters of a number that is too large
_SHOWN = 24
_AMOUNT = "[\\d一二两三四五六七八九十百千万]"


def atoms_of(draft: Draft) -> list[Atom]:
    atoms = lightened(with_numbered(draft, lex(draft.text, draft.shop)))
    if len(atoms) > _MOST:
        raise unclear("many", "")
    for atom in atoms:
        if atom.has("num") and atom["num"] > LARGEST and not atom.has("val"):
            raise unclear("large", atom.text if len(atom.text) <= _SHOWN else f"{atom.text[:_SHOWN]}…")
    beyond = [atom for atom in atoms if atom.has("beyond")]
    if beyond:
        raise Stop(Unsupported(str(beyond[0]["beyond"])))
    unknown = [atom.text for atom in atoms if not atom.kinds]
    if unknown:
        raise unclear("word", unknown[0])
    atoms = draft.times.reduce(atoms)
    if any(atom.has("span") and atom["span"].unit not in ("day", "week") for atom in atoms):
        # Saturday orders last month, 今年周末的订单: each of them in that time
        for atom in atoms:
            if atom.has("dayname"):
                atom.kinds = {"dayevery": atom["dayname"]}
    atoms = [atom for atom in atoms if not (atom.has("when", "ever"))]
    atoms = [atom for atom in atoms if not (atom.has("filler") and len(atom.kinds) == 1)]
    return with_bounds(draft, _said_plainly(draft, atoms))


def _said_plainly(draft: Draft, atoms: list[Atom]) -> list[Atom]:
    """Words that are two things in one, or another beside their neighbours."""
    found: list[Atom] = []
    atoms = list(atoms)
    for place in range(len(atoms) - 2):
        amount = any(atoms[place + 2].has(kind) for kind in ("num", "once", "twice"))
        if atoms[place].has("cmp") and atoms[place + 1].has("verb") and amount:
            # 至少下过5单, only bought once
            atoms[place : place + 2] = atoms[place + 1], atoms[place]
    for place, atom in enumerate(atoms):
        after = atoms[place + 1] if place + 1 < len(atoms) else None
        before = atoms[place - 1] if place else None
        beside = before if draft.chinese else after
        if before is not None and before.has("by") and atom.has("measure", *RFM_SCORES):
            # buyers by R score: each score is a group
            found.append(Atom(atom.text, {"field": atom["measure"]}))
            continue
        goods = after is not None and after.has("val") and after["val"][0][0] in ("category", "product")
        if atom.has("crowd", "never") and (
            goods
            or (_looked_before(atoms[:place]) and not _of_all_goods(atom))
            or (beside is not None and beside.has("span"))
        ):
            # never bought a watch, no orders in March
            found += [Atom(atom.text, {"neg": ""}), Atom(atom.text, {"verb": "buy"})]
        elif (
            atom.text == "order"
            and before is not None
            and before.has("neg")
            and (before.text != "no" and before.text != "without")
        ):
            found.append(Atom(atom.text, {"verb": "buy"}))
        elif atom.has("rel", "last") and after is not None and after.text in ("order", "purchase", "orders"):
            found.append(Atom(atom.text, {"newest": ""}))
        elif (
            atom.has("by")
            and after is not None
            and after.has("measure", "rating")
            and _of_reviews(draft, atoms)
            and not (before is not None and before.has("subj", "products"))
        ):
            found.append(atom)
            after.kinds = {"field": "stars"}
        elif atom.text in ("over", "across") and after is not None and after.has("span"):
            continue
        elif atom.has("subj", "refunds") and after is not None and after.text == "amount of":
            # the refund amount of French customers
            after.kinds = {"filler": True}
            found.append(Atom(atom.text, {"measure": "refund_amount"}))
        elif atom.text == "金额" and after is not None and after.has("cmp"):
            # 订单金额大于300
            continue
        elif (
            (atom.has("rel", "last") or atom.text == "最近")
            and place + 2 < len(atoms)
            and after is not None
            and (after.has("num") and atoms[place + 2].has("subj"))
        ):
            found.append(Atom(atom.text, {"newest": ""}))
        elif atom.has("cur") and _is_a_currency(draft, atom, before, after):
            # GBP orders
            found.append(Atom(atom.text, {"val": [("currency", str(atom["cur"]))]}))
        elif atom.has("verb", "spend") and _is_measure(draft, atom, before, after):
            found.append(Atom(atom.text, {"measure": "revenue"}))
        elif atom.has("verb", "buy") and after is not None and after.text in ("most", "least", "最多", "最少"):
            goods = place + 2 < len(atoms) and atoms[place + 2].has("val")
            if draft.chinese:
                # 夹克哪个国家买得最多
                goods = goods or any(name in ("category", "product") for each in atoms for name, _ in pairs(each))
            found.append(Atom(atom.text, {"measure": "units" if goods else "orders"}))
        elif (
            atom.has("subj", "refunds")
            and any(each.has("howmuch") for each in atoms)
            and not (any(each.has("measure") for each in atoms))
        ):
            found.append(Atom(atom.text, {"measure": "refund_amount"}))
        else:
            found.append(atom)
    return found


def _is_a_currency(draft: Draft, atom: Atom, before: Atom | None, after: Atom | None) -> bool:
    """GBP orders, orders in GBP: what was paid in, not an amount."""
    code = str(atom["cur"])
    orders = after is not None and (after.has("subj", "orders") or after.has("measure", "orders"))
    orders = orders or (before is not None and before.has("subj", "orders") and code != draft.shop.currency)
    amount = re.search(rf"\d ?{re.escape(atom.text)}|{re.escape(atom.text)} ?\d", draft.text)
    return orders and code in draft.shop.values.get("currency", ()) and amount is None


def _of_all_goods(never: Atom) -> bool:
    """从未下单 is said of every article; 从没买过, after an article, of it."""
    return re.search("从.*(?:单|东西|消费)|任何", never.text) is not None


def _looked_before(atoms: list[Atom]) -> bool:
    """Visited an article, but never bought it."""
    looked = any(each.has("verb", "visit", "cart") for each in atoms)
    return looked and any(name in ("category", "product") for each in atoms for name, _ in pairs(each))


def _of_reviews(draft: Draft, atoms: list[Atom]) -> bool:
    """Whether reviews are asked for; products with at least 20 reviews are not, and by rating is by their mean."""
    goods = any(each.has("subj", "products") for each in atoms)
    return any(
        (each.has("subj", "reviews") or each.has("measure", "reviews"))
        and not (goods and place and (atoms[place - 1].has("num") or atoms[place - 1].has("bound")))
        for place, each in enumerate(atoms)
    )


def _is_measure(draft: Draft, atom: Atom, before: Atom | None, after: Atom | None) -> bool:
    """Whether 'spend' is what is measured, not what somebody did."""
    fewest = (
        after is not None and after.has("bottom") and not re.search(rf"{re.escape(after.text)}\s*{_AMOUNT}", draft.text)
    )
    if fewest and draft.chinese:
        # 消费最少的客户, but not 消费最少500欧的
        return True
    if after is not None and (after.has("num") or after.has("cur") or (after.has("cmp") and not after.has("top"))):
        return False
    if before is not None and any(before.has(kind) for kind in ("by", "sort", "agg", "top")):
        return True
    if _asks_how_much(draft, atom, after):
        return True
    if after is not None and (after.has("top") or after.has("bottom") or (draft.chinese and after.has("agg"))):
        return True
    return (draft.chinese and after is None) or atom.text in ("总消费", "累计消费", "消费总额", "消费额", "消费金额")


def _asks_how_much(draft: Draft, atom: Atom, after: Atom | None) -> bool:
    """How much did they spend, 消费了多少."""
    if draft.chinese:
        return after is not None and ((after.has("howmany") and after.text == "多少") or after.text == "多少钱")
    return re.search(rf"how much .*\b{re.escape(atom.text)}\b", draft.text) is not None
