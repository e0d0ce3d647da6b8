"""What was done where no verb says it, or twice: paid by card, came from search, sold in May but not in June."""

from itertools import pairwise

from crm_store.question.grammar import Did, Filter
from nlp.ask.draft import Draft, pairs, place_of
from nlp.ask.lexing import Atom

#: fields that only rows of what customers do have, and the verb of those rows
_VERBS = {"payment_method": "buy", "source": "visit", "reason": "return"}
_SAID_AS = {"buy": ("buy", "spend"), "visit": ("visit",), "return": ("return", "refund")}
_BETWEEN = ("by", "filler", "who", "since", "to")
_THROUGH = ("through", "via", "over", "using")
#: what else may stand in a question of articles that were sold in one time and not in another
_RANKED = ("top", "bottom", "by", "sort", "sorted", "field", "bucket", "howmuch", "bound", "share", "bestselling",
           "worstselling", "growth", "compare", "num")  # fmt: skip


def name_deeds(draft: Draft) -> None:
    """Customers who paid by card, who came from search, 退款原因是损坏的客户: who ordered, visited, got money back."""
    atoms = draft.atoms
    subjects = [atom for atom in atoms if atom.has("subj")]
    whom = [atom for atom in subjects if atom.has("subj", "customers", "buyers")]
    asks_who = bool(atoms) and atoms[0].has("which") and atoms[0].text in ("who", "谁", "哪些人")
    if whom and not draft.chinese:
        _say_orders_first(draft, whom[0])
    # at least 8 orders, and what comes after "who" or "and", are told of them: neither is what is asked for
    told = [
        atom
        for before, atom, after in zip(atoms, atoms[1:], atoms[2:], strict=False)
        if before.has("bound") and any(after.has(kind) for kind in ("who", "and", "but"))
    ]
    others = [atom for atom in subjects if atom not in whom and atom not in told]
    if any(atom.has("measure") for atom in atoms) or others or not (whom or asks_who):
        _pass_over_paid(draft)
        return
    if any(atom.has("field") and not atom.has("field", *_VERBS) for atom in atoms):
        return
    if any(atom.has(kind) for atom in atoms for kind in ("top", "bottom", "compare")):
        return
    for value in [atom for atom in atoms if pairs(atom)]:
        names = {name for name, _ in pairs(value)}
        verb = _VERBS.get(next(iter(names))) if len(names) == 1 else None
        if verb is not None:
            _name_deed(draft, value, verb)


def _pass_over_paid(draft: Draft) -> None:
    """Orders paid by card: how they were paid, not that nothing more became of them."""
    for before, atom in pairwise([atom for atom in draft.atoms if not atom.has("by")]):
        if ("order_status", "paid") in pairs(before) and any(name == "payment_method" for name, _ in pairs(atom)):
            before.kinds = {"filler": True}


def _say_orders_first(draft: Draft, whom: Atom) -> None:
    """Customers with paypal orders: orders by paypal that they have."""
    atoms = draft.atoms
    for place in range(place_of(atoms, whom) + 1, len(atoms) - 1):
        value, thing = atoms[place : place + 2]
        if thing.has("subj", "orders") and any(name == "payment_method" for name, _ in pairs(value)):
            atoms[place : place + 2] = thing, value


def _name_deed(draft: Draft, value: Atom, verb: str) -> None:
    place = place_of(draft.atoms, value)
    if place and draft.atoms[place - 1].has("by"):
        # but not by paypal: what is said not to be stands beside it
        del draft.atoms[place - 1]
        place -= 1
    if place and verb == "buy" and draft.atoms[place - 1].has("crowd", "never"):
        # never bought by paypal: not that nothing was ever bought
        never = draft.atoms[place - 1]
        draft.atoms[place - 1 : place] = Atom(never.text, {"neg": ""}), Atom(never.text, {"verb": verb})
        return
    before = [each for each in draft.atoms[max(0, place - 3) : place] if not _is_between(each)]
    after = draft.atoms[place + 1 : place + 2]
    for said in (*before[-1:], *after):
        paid = ("order_status", "paid") in pairs(said)
        if verb == "buy" and (paid or (said.has("sort") and said in before)):
            # paid by card, ordered by card
            said.kinds = {"verb": "buy"}
            _say_not(draft, place_of(draft.atoms, said))
            return
    is_not = place > 0 and draft.atoms[place - 1].has("neg") and not any(each.has("verb") for each in after)
    if any(each.has("verb", *_SAID_AS[verb]) for each in draft.atoms) and not is_not:
        return
    for each in draft.atoms[max(0, place - 2) : place]:
        if each.has("since") or each.has("by") or each.text in _THROUGH:
            # 从社交媒体来的, through email
            each.kinds = {"filler": True}
    for each in draft.atoms[max(0, place - 2) : place + 2]:
        if each.has("field", *_VERBS):
            # 退款原因是损坏的
            each.kinds = {"filler": True}
    draft.atoms.insert(place, Atom("", {"verb": verb}))


def _say_not(draft: Draft, place: int) -> None:
    """Never paid by card is not paid by card: what else was ordered is told elsewhere."""
    never = draft.atoms[place - 1]
    if place and never.has("crowd", "never"):
        never.kinds = {"neg": ""}


def _is_between(atom: Atom) -> bool:
    return any(atom.has(kind) for kind in _BETWEEN) and not (atom.has("val") or atom.has("verb"))


def take_sales(draft: Draft) -> None:
    """Articles that sold in May but not in June: each time with whether they were sold in it."""
    atoms = draft.atoms
    spans = [atom for atom in atoms if atom.has("span")]
    of_goods = draft.subject == "products" and draft.measure in ("", "units")
    sells = draft.measure == "units" or (not draft.measure and any(_is_sale(atom) for atom in atoms))
    of_goods = of_goods or (not draft.subject and sells and _names_goods(draft))
    if len(spans) != 2 or not of_goods or any(atom.has(kind) for atom in atoms for kind in _RANKED):
        return
    said = _times_sold_in_chinese(draft) if draft.chinese else _times_sold(draft)
    if len(said) != 2 or {sold for _, sold in said} != {True, False}:
        return
    for atom in atoms:
        if atom.has("span") or atom.has("neg") or atom.has("except") or atom.has("but") or _is_sale(atom):
            atom.used = True
    draft.subject, draft.measure = "products", ""
    draft.predicates += [_sold(atom, sold) for atom, sold in said]


def _sold(time: Atom, sold: bool) -> Filter:
    return Did("items", "ge" if sold else "eq", 1 if sold else 0, "count", time["span"].window)


def _names_goods(draft: Draft) -> bool:
    said = {name for atom in draft.atoms for name, _ in pairs(atom)}
    words = ("products", "articles", "items", "skus", "things", "goods")
    return "category" in said or any(atom.text.startswith(words) for atom in draft.measure_atoms)


def _is_sale(atom: Atom) -> bool:
    return atom.has("verb", "sell") or atom.has("crowd", "selling", "unsold") or atom.has("measure", "units")


def _times_sold(draft: Draft) -> list[tuple[Atom, bool]]:
    """In English a time follows what it is of; what is not said again is the same."""
    found: list[tuple[Atom, bool]] = []
    sold: bool | None = None
    not_yet = False
    for atom in draft.atoms:
        if atom.has("neg") or atom.has("except"):
            sold, not_yet = False, True
        elif atom.has("crowd", "unsold"):
            sold, not_yet = False, False
        elif _is_sale(atom):
            sold, not_yet = not not_yet, False
        elif atom.has("but"):
            sold, not_yet = True, False
        elif atom.has("span") and sold is not None:
            found.append((atom, sold))
            not_yet = False
    return found


def _times_sold_in_chinese(draft: Draft) -> list[tuple[Atom, bool]]:
    """In Chinese it stands before."""
    found: list[tuple[Atom, bool]] = []
    waiting: list[Atom] = []
    not_yet = False
    for atom in draft.atoms:
        if atom.has("span"):
            waiting.append(atom)
        elif atom.has("neg"):
            not_yet = True
        elif _is_sale(atom):
            sold = not (not_yet or atom.has("crowd", "unsold"))
            found += [(each, sold) for each in waiting]
            waiting, not_yet = [], False
    return found
