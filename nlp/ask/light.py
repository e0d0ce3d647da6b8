"""Verbs that say nothing of their own beside a word that says it all: went out with DHL, ended up cancelled.

Anywhere else they are words that are not known, and are asked back: customers who left are not those who left a review.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from nlp.ask.lexing import Atom

#: said after a verb as a part of it
_PARTICLES = frozenset(("up", "out", "in", "back", "over", "down", "through", "on"))
#: so that something is no more there: only discounts are given away
_AWAY = frozenset(("off", "away"))
_ARTICLES = frozenset("a an the any some our their his her its us both all no of them these those".split())  # noqa: SIM905
_GOODS = ("category", "product")


@dataclass(frozen=True, slots=True)
class _Light:
    """A family of verbs, and what they are light beside."""

    verbs: frozenset[str]
    #: kind → its values, none for all of them; of `val` the fields
    beside: dict[str, tuple[str, ...]]
    #: what it stands for there; nothing where empty
    means: dict[str, Any] = field(default_factory=dict)
    #: whether the word may stand before it, and whether prepositions may stand between
    before: bool = False
    across: bool = True


def _verbs(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TABLE: tuple[_Light, ...] = (
    # ended up cancelled, turned out to be returned, wound up refunded
    _Light(
        _verbs("end ends ended ending finish finishes wound wind turned turns turn became become becomes"),
        {"val": ("order_status", "refund_status", "segment"), "verb": ("refund", "return", "buy", "resolved")},
    ),
    # went out with DHL, left with UPS, came in via PayPal
    _Light(
        _verbs(
            "go goes went gone leave leaves left leaving travel travels travelled traveled run runs ran sent "
            "dispatched "
            "move moved moving flow flowed handle handles handled transport transported "
            "haul hauled ship ships"
        ),
        {"val": ("carrier",), "field": ("carrier",)},
        before=True,
    ),
    _Light(
        _verbs("go goes went gone run runs ran flow flowed pass passed passes settle settled"),
        {"val": ("payment_method",), "field": ("payment_method",)},
    ),
    _Light(
        _verbs(
            "arrive arrives arrived land lands landed come reach reached send sends sending bring brings brought "
            "drive drives"
        ),
        {"val": ("source",), "measure": ("visits", "visitors"), "subj": ("visits",)},
        before=True,
    ),
    # tickets that landed, reviews that rolled in
    _Light(
        _verbs(
            "land lands landed landing arrive arrives arrived arriving roll rolls rolled pour poured flood flooded "
            "trickle "
            "trickled pop popped show showed reach reached hit hits turned"
        ),
        {"subj": ("tickets", "reviews", "refunds"), "val": ("kind",)},
        before=True,
    ),
    _Light(
        _verbs("roll rolled rolls pour poured flood flooded trickle trickled flow flowed"),
        {"subj": ("orders",), "measure": ("revenue",)},
        before=True,
    ),
    # money that came in
    _Light(_verbs("came come coming"), {"measure": ("revenue", "signups", "visits", "visitors")}, before=True),
    # left a review
    _Light(
        _verbs(
            "leave leaves left leaving write writes wrote written writing post posts posted share shared drop "
            "submit submits"
        ),
        {"subj": ("reviews",), "field": ("stars",), "measure": ("rating",)},
        across=False,
    ),
    # marked as urgent, put down as damaged
    _Light(
        _verbs(
            "set mark marked flag flagged tag tagged label labelled labeled class classed classified categorised "
            "categorized logged listed put recorded saved stored"
        ),
        {"val": ("kind", "priority", "segment", "reason", "tag", "order_status", "refund_status")},
        before=True,
    ),
    # sitting in their cart, lying in stock, stuck at paid
    _Light(
        _verbs(
            "sit sits sat sitting lie lies lying lay laying stay stays stayed staying hang hangs hanging hung stand "
            "stands "
            "standing stood rest resting remain remains remained remaining stuck parked keep keeps kept keeping hold "
            "holds "
            "holding waiting fall falls falling rank ranks count counted drop"
        ),
        {
            "subj": ("carts",),
            "verb": ("cart",),
            "measure": ("stock", "cart_value"),
            "crowd": ("inopen", "unanswered", "unassigned", "untouched"),
            "val": ("segment", "order_status", "priority", "refund_status"),
            "field": ("segment",),
        },
    ),
    # left open, left unpaid
    _Light(
        _verbs("leave leaves left leaving"),
        {"crowd": ("inopen", "unanswered", "unassigned", "untouched"), "val": ("order_status",)},
        across=False,
    ),
    # put in an order, booked orders
    _Light(
        _verbs(
            "put puts putting book books booked booking record recorded process processed fulfil fulfill fulfilled "
            "clock "
            "clocked notch notched rack racked ring rang log see sees saw seen witnessed enjoyed register take takes "
            "took"
        ),
        {"subj": ("orders",), "measure": ("revenue", "orders", "units", "aov")},
        before=True,
    ),
    # saw the most sign-ups
    _Light(_verbs("see sees saw seen witnessed enjoyed recorded clocked"), {"top": (), "bottom": ()}),
    # threw something into the cart
    _Light(
        _verbs(
            "put puts putting throw threw thrown throws pop popped stick chuck chucked stash stashed toss tossed "
            "add adds saved save"
        ),
        {"subj": ("carts",), "verb": ("cart",)},
    ),
    # handed out in discounts
    _Light(
        _verbs(
            "hand hands handed handing grant grants granted dish dished knock knocked shave shaved offer offers "
            "offered hand give gave given"
        ),
        {"measure": ("discount",), "crowd": ("discounted", "undiscounted")},
        before=True,
    ),
    # the same, of goods: picked up a jacket
    _Light(
        _verbs(
            "pick picks picked grab grabs grabbed snap snaps snapped own owns owned took take takes choose chose "
            "chosen opt "
            "opted nab nabbed get gets got score scored acquire acquired went go"
        ),
        {"val": _GOODS},
        means={"verb": "buy"},
        across=False,
    ),
)
#: known words that are light there all the same
_KNOWN = frozenset(
    (
        "came in",
        "come in",
        "coming in",
        "handled",
        "took",
        "take",
        "got",
        "bring",
        "brings",
        "brought",
        "drive",
        "drives",
    )
)


def lightened(atoms: list[Atom]) -> list[Atom]:
    """Atoms without the verbs that say nothing where they stand."""
    found: list[Atom] = []
    at = 0
    while at < len(atoms):
        atom = atoms[at]
        if _is_misled(atoms, at):
            atom.kinds = {}
        light = _light(atoms, at) if not atom.kinds or atom.text in _KNOWN else None
        if light is None:
            found.append(atom)
            at += 1
            continue
        found.append(Atom(atom.text, dict(light.means) or {"filler": True}))
        at += 1
        while at < len(atoms) and _is_part(atoms[at], light):
            at += 1
    return found


def _is_misled(atoms: list[Atom], at: int) -> bool:
    """Words that say another thing here than they say elsewhere: orders that came back, who just bought."""
    atom = atoms[at]
    if atom.text == "just" and at + 1 < len(atoms) and atoms[at + 1].has("verb"):
        return True
    if not atom.text.startswith(("came back", "come back", "went back")):
        return False
    before = _next(reversed(atoms[:at]), lambda each: each.has("filler") or each.has("who"))
    return before is not None and before.has("subj", "orders", "products")


def _light(atoms: list[Atom], at: int) -> _Light | None:
    for light in _TABLE:
        if atoms[at].text.partition(" ")[0] not in light.verbs:
            continue
        if light.means and not _is_of_people(atoms[:at]):
            continue
        for following in (_without_ranks(atoms[at + 1 :]), atoms[at + 1 :]):
            after = _next(following, partial(_is_between, light=light))
            if after is not None and _is_beside(after, light):
                return light
        if light.before:
            before = _next(reversed(atoms[:at]), _is_crossed)
            if before is not None and _is_beside(before, light):
                return light
    return None


def _is_part(atom: Atom, light: _Light) -> bool:
    """Whether a word belongs to the verb before it: went out, gave away, went through PayPal."""
    if atom.text in _AWAY:
        return "discount" in light.beside.get("measure", ())
    if atom.text == "through":
        return "payment_method" in light.beside.get("val", ())
    return atom.text in ("up", "out")


def _is_of_people(before: list[Atom]) -> bool:
    return any(
        atom.has("who") or atom.has("subj", "customers", "buyers") or atom.text in ("who", "anyone") for atom in before
    )


def _next(atoms: Iterable[Atom], is_passed: Callable[[Atom], bool]) -> Atom | None:
    return next((atom for atom in atoms if not is_passed(atom)), None)


def _without_ranks(atoms: list[Atom]) -> list[Atom]:
    """Atoms without the ranks before a noun: the most orders, but not the most in the cart."""
    found = []
    for place, atom in enumerate(atoms):
        after = atoms[place + 1] if place + 1 < len(atoms) else None
        ranks = atom.has("top") or atom.has("bottom")
        if not ranks or after is None or not (after.has("subj") or after.has("measure") or after.has("num")):
            found.append(atom)
    return found


def _is_crossed(atom: Atom) -> bool:
    return (
        (atom.has("filler") and len(atom.kinds) == 1)
        or atom.text in _PARTICLES
        or _is_quantity(atom)
        or atom.has("which")
        or atom.has("who")
    )


def _is_between(atom: Atom, light: _Light) -> bool:
    return _is_part(atom, light) or (_is_crossed(atom) if light.across else _is_quantity(atom))


def _is_quantity(atom: Atom) -> bool:
    return (
        atom.text in _ARTICLES
        or (atom.text in _PARTICLES and atom.text not in ("in", "on", "over", "through"))
        or any(atom.has(kind) for kind in ("cmp", "num", "post", "neg", "howmany", "howmuch"))
    )


def _is_beside(atom: Atom, light: _Light) -> bool:
    for kind, values in light.beside.items():
        if kind == "val":
            if atom.has("val") and any(name in values for name, _ in atom["val"]):
                return True
        elif atom.has(kind, *values):
            return True
    return False
