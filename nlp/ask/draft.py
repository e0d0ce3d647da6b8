"""What is known of a question while it is read: its atoms, and what was made of them so far."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm_store.question.grammar import Filter, Is
from crm_store.question.measures import MEASURES
from nlp.ask.lexing import Atom, is_chinese
from nlp.ask.times import Span, Times
from nlp.ask.vocabulary import Shop

WHAT = ("what", "whats", "what's", "什么")

WHO = ("who", "whos", "who's", "谁", "哪位")

RFM_SCORES = ("recency", "frequency", "monetary")
#: what only who bought has
OF_BUYERS = ("segment", *RFM_SCORES)


@dataclass(slots=True)
class Clause:
    """What is said around one thing that customers did."""

    event: str = ""
    negative: bool = False
    op: str = ""
    number: float = 0
    tally: str = "count"
    things: list[tuple[str, str]] = field(default_factory=list)
    span: Span | None = None
    kinds: list[Filter] = field(default_factory=list)
    #: first, last: "first order in April"
    which: str = ""
    #: the atom that says it
    said: int = 0
    #: the atom that it begins with: a verb, or a thing that they have
    begun: int = 0
    #: nothing else than that: only bought shoes
    only: bool = False
    #: it was not the first time
    again: bool = False
    #: the one beside it that a time said after both belongs to as well
    twin: "Clause | None" = None


OF_CUSTOMERS = ("country", "city", "language", "consent", "customer", "account", *OF_BUYERS)

COUNTED = {
    "customers": "customers", "buyers": "buyers", "orders": "orders", "products": "products", "refunds": "refunds",
    "reviews": "reviews", "tickets": "tickets", "visits": "visits", "carts": "carts", "messages": "messages",
}  # fmt: skip

MONEY = frozenset(name for name, measure in MEASURES.items() if measure.unit == "money")

FIELDS_OF = {
    "customers": {"account", *OF_CUSTOMERS},
    "orders": {
        "order",
        "reason",
        "order_status",
        "payment_method",
        "currency",
        "carrier",
        "tracking",
        "category",
        "product",
        *OF_CUSTOMERS,
    },
    "items": {"order", "order_status", "payment_method", "currency", "carrier", "category", "product", *OF_CUSTOMERS},
    "refunds": {
        "order",
        "reason",
        "refund_status",
        "payment_method",
        "currency",
        "carrier",
        "category",
        "product",
        *OF_CUSTOMERS,
    },
    "gaps": {*OF_CUSTOMERS},
    "reviews": {"category", "product", "stars", *OF_CUSTOMERS},
    "tickets": {"ticket", "kind", "ticket_status", "is_open", "priority", "agent", "tag", *OF_CUSTOMERS},
    "visits": {"source", "category", "product", *OF_CUSTOMERS},
    "carts": {"category", "product", *OF_CUSTOMERS},
    "messages": {"author", "channel", *OF_CUSTOMERS},
    "products": {"category", "product"},
}


def named(filter_: Filter) -> str:
    return getattr(filter_, "field", "")


def grouped(pairs: list[tuple[str, str]]) -> list[Filter]:
    """Values of one field are alternatives; fields add up."""
    by_field: dict[str, list[str]] = {}
    for name, value in pairs:
        by_field.setdefault(name, []).append(value)
    return [Is(name, tuple(dict.fromkeys(values))) for name, values in by_field.items()]


def pairs(atom: Atom) -> list[tuple[str, str]]:
    return list(atom["val"]) if atom.has("val") else []


def place_of(atoms: list[Atom], atom: Atom) -> int:
    return next(place for place, each in enumerate(atoms) if each is atom)


def text_of(atoms: list[Atom]) -> str:
    return " ".join(atom.text for atom in atoms)


@dataclass(slots=True)
class Draft:
    """A question as far as it is read."""

    text: str
    shop: Shop
    now: datetime
    zone: ZoneInfo
    chinese: bool = field(init=False)
    times: Times = field(init=False)
    atoms: list[Atom] = field(default_factory=list)
    #: the atoms that may name what is asked for, before any of them is chosen
    measure_atoms: list[Atom] = field(default_factory=list)
    subject_atoms: list[Atom] = field(default_factory=list)
    #: the things asked for and the measure, either may be empty
    subject: str = ""
    measure: str = ""
    clauses: list[Clause] = field(default_factory=list)
    #: what holds for the rows, and what is said of them otherwise
    where: list[Filter] = field(default_factory=list)
    predicates: list[Filter] = field(default_factory=list)
    having: tuple[Any, float] | None = None
    #: of how many rows at least each group's mean is to be
    least: int | None = None
    #: times that no clause took, and all that are left for the measure
    unclaimed: list[Span] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    by: str | None = None
    then: str | None = None
    #: a mean over its days, weeks, ...
    mean: str | None = None
    ranked: bool = False
    #: in the order of a measure, highest first where no other way is said
    sorted: bool = False
    order: str | None = None
    descending: bool = True
    limit: int | None = None
    #: so many per cent of all there are, where a part of them is wanted
    top_percent: float | None = None
    #: how many of `then` in each of `by`, where only the first are wanted
    each: int | None = None
    #: by how much the one is more, or less, than the other
    differ: str = ""
    howmany: bool = False
    howmuch: bool = False
    howlong: bool = False
    listed: bool = False
    which: Atom | None = None
    #: buyers are asked for, not customers
    everyone: bool = False
    #: new customers, and whether their list is meant
    new_measure: str = ""
    first_order_listed: bool = False
    #: orders of customers whose first one was in the same time
    of_new: bool = False

    def __post_init__(self) -> None:
        self.chinese = is_chinese(self.text)
        self.times = Times(self.now, self.zone)

    def free(self, kind: str, *values: Any) -> list[Atom]:
        return [atom for atom in self.atoms if not atom.used and atom.has(kind, *values)]

    def take(self, kind: str, *values: Any) -> Atom | None:
        found = self.free(kind, *values)
        for atom in found:
            atom.used = True
        return found[0] if found else None
