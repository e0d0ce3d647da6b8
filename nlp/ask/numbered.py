"""Things named by their number alone: customer 4711, order no. 100234, tickets #12 and #13, 客户4711."""

from nlp.ask.draft import Draft, text_of
from nlp.ask.lexing import Atom
from nlp.ask.outcomes import unclear

#: the field that an id of such a thing is a value of
ID_OF = {"customers": "customer", "buyers": "customer", "orders": "order", "tickets": "ticket"}
#: one thing, of which a number is the name; of several it is how many
_ONE = ("customer", "client", "user", "buyer", "order", "ticket", "case")
_MARKS = ("#", "no", "no.", "nr", "nr.", "number", "id", "ids", "numbers", "号", "编号", "单号", "第", ".", ":")
_JOINTS = ("and", "or", ",", "&", "、", "和", "或", "，", "以及", "与")
#: behind a number that counts
_COUNTED_BY = ("个", "位", "名", "单", "笔", "件", "条", "张", "份", "%")


def with_numbered(draft: Draft, atoms: list[Atom]) -> list[Atom]:
    """The atoms with each such number as the id that it is written as in this shop."""
    found = list(atoms)
    for place, atom in enumerate(atoms):
        name = ID_OF.get(str(atom["subj"])) if atom.has("subj") else None
        if name is None:
            continue
        at = place + 1
        while at < len(atoms) and atoms[at].text in _MARKS:
            at += 1
        is_marked = at > place + 1
        if at >= len(atoms) or not _is_number(atoms, at):
            continue
        is_known = any(length == len(atoms[at].text) > 3 for _, length in draft.shop.numbered.get(name, ()))
        if not (is_marked or is_known or atom.text in _ONE or (draft.chinese and draft.shop.numbered.get(name))):
            continue
        while at < len(atoms) and _is_number(atoms, at):
            external_id = _as_written(draft, name, atoms[at].text)
            if external_id is None:
                if draft.chinese and not is_marked:
                    break
                if _is_year(atoms[at].text) and not is_marked:
                    break
                raise unclear("no_such", text_of(atoms[place : at + 1]))
            found[at] = Atom(atoms[at].text, {"val": [(name, external_id)]})
            for mark in atoms[place + 1 : at]:
                if mark.text in _MARKS:
                    mark.kinds = {"filler": True}
            at += 1
            while at < len(atoms) and atoms[at].text in (*_JOINTS, *_MARKS):
                at += 1
    return found


def _is_number(atoms: list[Atom], at: int) -> bool:
    """Whether digits stand there that do not count, measure or date what follows."""
    if not atoms[at].text.isdecimal() or not atoms[at].text.isascii():
        return False
    after = atoms[at + 1] if at + 1 < len(atoms) else None
    counts = after is not None and (
        after.text in _COUNTED_BY or any(after.has(kind) for kind in ("unit", "cur", "post", "times", "month", "share"))
    )
    return not counts


def _as_written(draft: Draft, name: str, digits: str) -> str | None:
    """The id with this number: where all are as long, it has to be so too."""
    for shape, length in draft.shop.numbered.get(name, ()):
        if length in (0, len(digits)):
            return shape.replace("#", digits)
    return None


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")
