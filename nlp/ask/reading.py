"""What a question asks. Every word that carries meaning has to find its place; one that does not is asked back."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from crm_store.answering import NoAnswer, NoSuch, NotScored, TooSlow
from crm_store.question.compiling import buckets, start_of, step
from crm_store.question.grammar import (
    BUCKETS,
    CannotAsk,
    Compare,
    Did,
    During,
    Filter,
    Is,
    Not,
    Question,
    Window,
)
from crm_store.question.measures import LARGEST_OF, MEASURES
from nlp.ask.lexing import Atom, is_chinese, lex, normalise
from nlp.ask.phrasing import plainly
from nlp.ask.times import ImpossibleTime, Span, Times, WhichDay, previous
from nlp.ask.vocabulary import Shop

LONGEST = 500
_BEFORE_MEASURES = ("top", "bottom", "howmany", "by", "sort")
_COMMON = (
    "busiest", "most common", "common", "most used", "most", "最多", "main", "most frequent", "最常见", "最主要",
)  # fmt: skip
_WHAT = ("what", "whats", "what's", "什么")
_WHO = ("who", "whos", "who's", "谁", "哪位")
#: from this chance on a customer counts as a churn risk
CHURNING = 0.5
ORDER_STATUSES = ("pending", "paid", "shipped", "delivered", "cancelled", "returned")
RFM_SCORES = ("recency", "frequency", "monetary")
#: from this many left on a product is not low
LOW_STOCK = 10


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood, or in more than one way: a word that stands in the way, if it is one, and why."""

    why: str
    word: str = ""
    #: questions that it may be, as this module knows them
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Understood well enough to know that the shop's data do not say it."""

    why: str


def declined(error: NoAnswer) -> Unclear | Unsupported:
    """What the store's refusal to answer comes to."""
    match error:
        case NotScored():
            return Unsupported("score")
        case TooSlow():
            return Unsupported("slow")
        case NoSuch():
            return Unclear("no_such", error.external_id)
        case CannotAsk():
            return Unclear("mix", error.field)
        case _:
            assert_never(error)


class _Stop(Exception):
    def __init__(self, outcome: Unclear | Unsupported) -> None:
        super().__init__(outcome.why)
        self.outcome = outcome


def _unclear(why: str, word: str = "", *perhaps: str) -> _Stop:
    return _Stop(Unclear(why, word, perhaps))


def read(text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | Unclear | Unsupported:
    """The question that a text asks."""
    if len(text) > LONGEST:
        return Unclear("long")
    folded = plainly(normalise(_with_the_country(text)))
    if not folded.strip(" ?!.,;:。？！，"):
        return Unclear("empty")
    try:
        return _Reader(folded, shop, now, zone).question()
    except _Stop as stop:
        return stop.outcome
    except WhichDay as error:
        return Unclear("which_day", str(error))
    except ImpossibleTime as error:
        return Unclear("time", str(error))
    except CannotAsk as error:
        return Unclear("mix", error.field)


def _with_the_country(text: str) -> str:
    """US in capitals is the country, where not everything is."""
    return text if text.isupper() else re.sub(r"\bUS\b", "USA", text)


@dataclass(slots=True)
class _Clause:
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
    #: the one beside it that a time said after both belongs to as well
    twin: "_Clause | None" = None


_EVENTS = {
    "buy": "orders", "spend": "orders", "return": "refunds", "review": "reviews", "complain": "tickets",
    "contact": "tickets", "visit": "visits", "cart": "carts", "signup": "signup", "refund": "refunds",
}  # fmt: skip
_OF_CUSTOMERS = ("country", "city", "language", "segment", "consent", "customer")
_COUNTED = {
    "customers": "customers", "buyers": "buyers", "orders": "orders", "products": "products", "refunds": "refunds",
    "reviews": "reviews", "tickets": "tickets", "visits": "visits", "carts": "carts", "messages": "messages",
}  # fmt: skip
_MONEY = frozenset(name for name, measure in MEASURES.items() if measure.unit == "money")
_OF_A_CUSTOMER = {
    "revenue": "spend", "spend": "spend", "aov": "aov", "churn_risk": "churn_risk", "propensity": "propensity",
    "value": "value", "orders": "orders", "refunds": "refunds", "refund_amount": "refunded", "tickets": "tickets",
    "reviews": "reviews", "rating": "rating",
}  # fmt: skip
_OF_ITEMS = {"revenue": "product_revenue", "buyers": "buyers_of", "orders": "orders_with", "customers": "buyers_of"}
#: by what growth is told from one to the next
_GROWING = ("day", "week", "month", "quarter", "year")
_UNTIMED = MEASURES["orders"]
#: the field that an id of such a thing is a value of
_ID_OF = {"customers": "customer", "buyers": "customer", "orders": "order", "tickets": "ticket"}
_FIELDS_OF = {
    "customers": {*_OF_CUSTOMERS},
    "orders": {"order", "order_status", "payment_method", "currency", "carrier", "category", "product", *_OF_CUSTOMERS},
    "items": {"order_status", "payment_method", "currency", "category", "product", *_OF_CUSTOMERS},
    "refunds": {"order", "reason", "refund_status", "payment_method", *_OF_CUSTOMERS},
    "reviews": {"category", "product", "stars", *_OF_CUSTOMERS},
    "tickets": {"ticket", "kind", "ticket_status", "is_open", "priority", "agent", "tag", *_OF_CUSTOMERS},
    "visits": {"source", "category", "product", *_OF_CUSTOMERS},
    "carts": {"category", "product", *_OF_CUSTOMERS},
    "messages": {"author", *_OF_CUSTOMERS},
    "products": {"category", "product"},
}


class _Reader:
    def __init__(self, text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> None:
        self.text, self.shop, self.now, self.zone = text, shop, now, zone
        self.chinese = is_chinese(text)
        self.times = Times(now, zone)
        self.filters: list[Filter] = []
        self.clauses: list[_Clause] = []
        self.spans: list[Span] = []
        self.having: tuple[str, float] | None = None
        self.atoms = self._atoms()

    def _atoms(self) -> list[Atom]:
        atoms = lex(self.text, self.shop)
        beyond = [atom for atom in atoms if atom.has("beyond")]
        if beyond:
            raise _Stop(Unsupported(str(beyond[0]["beyond"])))
        unknown = [atom.text for atom in atoms if not atom.kinds]
        if unknown:
            raise _unclear("word", unknown[0])
        atoms = self.times.reduce(atoms)
        atoms = [atom for atom in atoms if not (atom.has("when", "ever"))]
        atoms = [atom for atom in atoms if not (atom.has("filler") and len(atom.kinds) == 1)]
        return self._bounds(self._said_plainly(atoms))

    def _said_plainly(self, atoms: list[Atom]) -> list[Atom]:
        """Words that are two things in one, or another beside their neighbours."""
        found: list[Atom] = []
        atoms = list(atoms)
        for place in range(len(atoms) - 2):
            amount = atoms[place + 2].has("num") or (not self.chinese and atoms[place + 2].has("once"))
            amount = amount or (not self.chinese and atoms[place + 2].has("twice"))
            if atoms[place].has("cmp") and atoms[place + 1].has("verb") and amount:
                # 至少下过5单, only bought once
                atoms[place : place + 2] = atoms[place + 1], atoms[place]
        for place, atom in enumerate(atoms):
            after = atoms[place + 1] if place + 1 < len(atoms) else None
            before = atoms[place - 1] if place else None
            beside = before if self.chinese else after
            goods = after is not None and after.has("val") and after["val"][0][0] in ("category", "product")
            if atom.has("crowd", "never") and (goods or (beside is not None and beside.has("span"))):
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
            elif atom.has("by") and after is not None and after.has("measure", "rating") and self._of_reviews(atoms):
                found.append(atom)
                after.kinds = {"field": "stars"}
            elif atom.text in ("over", "across") and after is not None and after.has("span"):
                continue
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
            elif atom.has("verb", "spend") and self._is_measure(atom, before, after):
                found.append(Atom(atom.text, {"measure": "revenue"}))
            elif atom.has("verb", "buy") and after is not None and after.text in ("most", "least", "最多", "最少"):
                goods = place + 2 < len(atoms) and atoms[place + 2].has("val")
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

    def _of_reviews(self, atoms: list[Atom]) -> bool:
        return any(each.has("subj", "reviews") or each.has("measure", "reviews") for each in atoms)

    def _is_measure(self, atom: Atom, before: Atom | None, after: Atom | None) -> bool:
        """Whether 'spend' is what is measured, not what somebody did."""
        if after is not None and (after.has("num") or after.has("cur") or (after.has("cmp") and not after.has("top"))):
            return False
        if before is not None and any(before.has(kind) for kind in ("by", "sort", "agg", "top")):
            return True
        if self._asks_how_much(atom, after):
            return True
        if after is not None and (after.has("top") or after.has("bottom")):
            return True
        return (self.chinese and after is None) or atom.text in ("总消费", "累计消费", "消费总额", "消费额", "消费金额")

    def _asks_how_much(self, atom: Atom, after: Atom | None) -> bool:
        """How much did they spend, 消费了多少."""
        if self.chinese:
            return after is not None and after.has("howmany") and after.text == "多少"
        return re.search(rf"how much .*\b{re.escape(atom.text)}\b", self.text) is not None

    # --- numbers with what they are of ------------------------------------------------------------------------------

    def _bounds(self, atoms: list[Atom]) -> list[Atom]:
        """more than 500 euros, at least 5 orders, twice, 3 or more, below 3.5 → one atom `bound`."""
        found: list[Atom] = []
        at = 0
        while at < len(atoms):
            taken = self._bound(atoms, at)
            if taken is None:
                found.append(atoms[at])
                at += 1
            else:
                at, atom = taken
                found.append(atom)
        return found

    def _bound(self, atoms: list[Atom], at: int) -> tuple[int, Atom] | None:
        start, op = at, ""
        atom = atoms[at]
        if atom.has("between") and (both := self._range(atoms, at)):
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
            return at, Atom(_text(atoms[start:at]), {"bound": (op or "eq", number, "times", op != "")})
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
            elif atoms[at].text == "分":
                at += 1
            elif atoms[at].has("field", "stars") or atoms[at].text in ("星级",):
                of, at = "stars", at + 1
        if at < len(atoms) and atoms[at].has("post") and not op:
            op, at = str(atoms[at]["post"]), at + 1
        if not op and of == "" and start and atoms[start - 1].has("measure", *RFM_SCORES, "csat", "rating"):
            op = "eq"
        if not op and of == "" and self._of_each(atoms, start, at):
            op = "eq"
        if not op and of == "":
            return None
        if money:
            number = self._minor(number, money)
        return at, Atom(_text(atoms[start:at]), {"bound": (op or "eq", number, of, bool(op))})

    def _of_each(self, atoms: list[Atom], start: int, after: int) -> bool:
        """Customers with 3 orders: so many for each of them, not the first three."""
        if after >= len(atoms) or not atoms[after].has("subj", "orders", "refunds", "reviews", "tickets"):
            return False
        before = atoms[start - 1] if start else None
        if before is not None and any(before.has(kind) for kind in ("newest", "oldest", "top", "bottom")):
            return False
        whose = atoms[after + 1 :] if self.chinese else atoms[:start]
        return any(each.has("subj", "customers", "buyers") for each in whose)

    def _range(self, atoms: list[Atom], at: int) -> tuple[int, Atom] | None:
        """between 100 and 200 euros: both ends belong to it."""
        numbers: list[float] = []
        money, place = None, at + 1
        while place < len(atoms) and len(numbers) < 2:
            if atoms[place].has("cur"):
                money = str(atoms[place]["cur"])
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
            raise _unclear("contradiction", _text(atoms[at:place]))
        if money:
            numbers = [self._minor(number, money) for number in numbers]
        kinds = {"bound": ("ge", numbers[0], "money" if money else "", True), "upper": numbers[1]}
        return place, Atom(_text(atoms[at:place]), kinds)

    def _minor(self, number: float, currency: str) -> float:
        base = self.shop.currency
        if currency == "元" or currency == "¥":
            if base in ("CNY", "JPY"):
                currency = base
            elif "CNY" in self.shop.units and (currency == "元" or "JPY" not in self.shop.units):
                currency = "CNY"
            else:
                raise _unclear("which_currency", currency)
        if currency not in self.shop.units:
            raise _unclear("currency", currency)
        return round(number * self.shop.units[currency])

    # --- the whole --------------------------------------------------------------------------------------------------

    def question(self) -> Question:
        atoms = self.atoms
        self._take_values()
        subject, measure = self._target()
        if subject in ("customers", "buyers") or any(atom.has("who") for atom in atoms) or measure in (
            "customers", "buyers", "signups",
        ):  # fmt: skip
            self._take_clauses(subject, measure)
        return _Asked(self, subject, measure).build()

    def free(self, kind: str, *values: Any) -> list[Atom]:
        return [atom for atom in self.atoms if not atom.used and atom.has(kind, *values)]

    def take(self, kind: str, *values: Any) -> Atom | None:
        found = self.free(kind, *values)
        for atom in found:
            atom.used = True
        return found[0] if found else None

    def _take_values(self) -> None:
        """Values that only customers have, and those of every row; each with the `not` before it."""
        for place, atom in enumerate(self.atoms):
            if atom.has("val") and len(atom["val"]) > 1:
                names = {name for name, _ in atom["val"]}
                if names == {"country", "language"}:
                    atom.kinds["val"] = [pair for pair in atom["val"] if pair[0] == "country"]
            if atom.has("val"):
                before = self.atoms[place - 1] if place else None
                if before is not None and (before.has("neg") or before.has("except")):
                    atom.kinds["negated"] = True

    # --- target -----------------------------------------------------------------------------------------------------

    def _target(self) -> tuple[str, str]:
        """The things asked for and the measure, either may be empty."""
        atoms = self.atoms
        self._mark_conditions()
        measures = [atom for atom in atoms if not atom.used and atom.has("measure") and not atom.has("taken")]
        subjects = [atom for atom in atoms if not atom.used and atom.has("subj") and not atom.has("taken")]
        self._measures, self._subjects = measures, subjects
        measure = ""
        if measures:
            names = {str(atom["measure"]) for atom in measures}
            if len(names) > 1:
                raise _unclear("two", measures[1].text)
            measure = str(measures[0]["measure"])
        subject = ""
        if not subjects and not measures and any(pair[0] == "segment" for atom in atoms for pair in _pairs(atom)):
            return "customers", ""
        if subjects:
            subject = str((subjects[-1] if self.chinese else subjects[0])["subj"])
        return subject, measure

    def _mark_conditions(self) -> None:
        """A measure or a thing that a bound belongs to is a condition, not what is asked for."""
        atoms = self.atoms
        for place, atom in enumerate(atoms):
            if not atom.has("bound"):
                continue
            after = atoms[place + 1] if place + 1 < len(atoms) else None
            before = atoms[place - 1] if place else None
            _, _, of, _ = atom["bound"]
            if (
                of == "" and after is not None and after.has("subj") and not after.has("subj", "customers", "buyers")
            ) or (of == "" and after is not None and after.has("measure", "units", "stock")):
                after.kinds["taken"] = atom
                atom.kinds["with"] = after
            elif of == "" and after is not None and after.has("subj", "customers") and self._is_group_bound(place):
                # countries with more than 300 customers
                after.kinds["taken"] = atom
                atom.kinds["with"] = after
            elif (before is not None and before.has("measure") and not before.has("taken")) or (
                before is not None and before.has("subj") and of == "times" and self.chinese
            ):
                before.kinds["taken"] = atom
                atom.kinds["with"] = before

    def _is_group_bound(self, place: int) -> bool:
        before = self.atoms[:place]
        return any(each.has("field") for each in before) and not any(each.has("subj") for each in before)

    def _never_bought(self) -> bool:
        return any(atom.has("crowd", "never") for atom in self.atoms)

    # --- what customers did -----------------------------------------------------------------------------------------

    def _take_clauses(self, subject: str, measure: str) -> None:
        current: _Clause | None = None
        negative: Atom | None = None
        waiting: list[Span] = []
        target_seen = False
        target = self._subjects[-1 if self.chinese else 0] if self._subjects else None
        about_customers = subject in ("customers", "buyers") or measure in ("customers", "buyers", "signups")
        relative = False
        for place, atom in enumerate(self.atoms):
            after = self.atoms[place + 1] if place + 1 < len(self.atoms) else None
            before = self.atoms[place - 1] if place else None
            if atom is target:
                target_seen = True
                if self.chinese:
                    current = None
                continue
            of_customers = atom.text in ("who", "whose", "whom") or (
                before is not None and before.has("subj", "customers", "buyers")
            )
            if atom.has("who") and atom.text != "的" and of_customers:
                relative = True
                # at the beginning it asks
                atom.used = place > 0
            if not about_customers and not relative:
                continue
            order_verb = (
                atom.has("subj", "orders")
                and atom.text in ("order", "orders")
                and (before is not None and (before.has("neg") or before.has("who")) and atom.text == "order")
            )
            if (atom.has("verb") and str(atom["verb"]) in _EVENTS) or order_verb:
                verb = "buy" if order_verb else str(atom["verb"])
                current = self._start(verb, negative)
                negative = None
                atom.used = True
                if order_verb:
                    atom.kinds["taken"] = True
                if waiting and self.chinese:
                    current.span = waiting.pop()
                if before is not None and before.has("oldest") and verb == "buy":
                    current.which, before.used = "first", True
                if before is not None and before.has("newest") and verb == "buy":
                    current.which, before.used = "last", True
                continue
            if (atom.has("neg") or (atom.has("except") and after is not None and after.has("span"))) and not atom.used:
                if (
                    after is not None
                    and (after.has("val") or after.has("cmp"))
                    and not (after.has("val") and current is not None and after["val"][0][0] in ("category", "product"))
                ) and after.has("val"):
                    atom.used = True
                    continue
                negative = atom
                continue
            if (
                self.chinese
                and atom.has("subj", "orders", "refunds", "reviews", "tickets", "carts")
                and not (atom.has("taken") or atom.used or negative or self._measures)
                and target is not None
                and target.has("subj", "customers", "buyers")
                and not any(each.has(kind) for each in self.atoms for kind in ("top", "bottom", "by", "sort", "field"))
                and not (after is not None and after.has("howmany"))
            ):
                # 有退款的客户
                current = self._start_with_things(str(atom["subj"]), None)
                if waiting:
                    current.span = waiting.pop()
                atom.used = True
                continue
            is_none = atom.has("subj") and not atom.has("taken") and negative is not None
            if is_none and (current is None or self.chinese):
                current = self._start_with_things(str(atom["subj"]), negative)
                atom.used, negative = True, None
                atom.kinds["taken"] = True
                continue
            is_thing = atom.has("subj", "orders", "refunds", "reviews", "tickets", "visits", "carts")
            if is_thing and not atom.has("taken") and about_customers and target_seen and not self.chinese:
                if current is not None and current.event == str(atom["subj"]) and not negative:
                    atom.used = True
                    continue
                if before is not None and any(before.has(kind) for kind in _BEFORE_MEASURES):
                    continue
                current = self._start_with_things(str(atom["subj"]), negative)
                if before is not None and before.has("oldest"):
                    current.which, before.used = "first", True
                if before is not None and before.has("newest"):
                    current.which, before.used = "last", True
                negative = None
                atom.used = True
                continue
            if atom.has("bound") and not atom.used:
                current = self._bound_in_clause(atom, current, negative, waiting)
                if current is not None and atom.used:
                    negative = None
                continue
            if atom.has("span") and not atom.used:
                if negative is not None and current is not None and not self.chinese:
                    # ordered in May but not in June
                    current = replace(current, negative=True, span=None)
                    self.clauses.append(current)
                    negative.used, negative = True, None
                if current is not None and current.twin is not None and current.twin.span is None:
                    # bought shoes but not bags in May
                    current.twin.span = atom["span"]
                if current is not None and not self.chinese and current.span is None:
                    current.span, atom.used = atom["span"], True
                elif self.chinese:
                    waiting.append(atom["span"])
                    atom.used = True
                continue
            if atom.has("val") and not atom.used and current is not None:
                self._value_in_clause(atom, current, negative, before)
                if negative is not None and atom.used:
                    negative = None
        if negative is not None:
            raise _unclear("neg", negative.text)
        self.spans = waiting + self.spans

    def _start(self, verb: str, negative: Atom | None) -> _Clause:
        clause = _Clause(event=_EVENTS[verb], tally="money" if verb == "spend" else "count")
        if verb == "complain":
            clause.kinds.append(Is("kind", ("complaint",)))
        if negative is not None:
            clause.negative, negative.used = True, True
        self.clauses.append(clause)
        return clause

    def _start_with_things(self, subject: str, negative: Atom | None) -> _Clause:
        if subject in ("products", "customers", "buyers", "messages"):
            raise _unclear("mix", subject)
        clause = _Clause(event=subject)
        if negative is not None:
            clause.negative, negative.used = True, True
        self.clauses.append(clause)
        return clause

    def _bound_in_clause(
        self, atom: Atom, current: _Clause | None, negative: Atom | None, waiting: list[Span]
    ) -> _Clause | None:
        op, number, of, _ = atom["bound"]
        tied = atom.kinds.get("with")
        if tied is not None and tied.has("subj"):
            event = str(tied["subj"])
            if event == "products":
                raise _unclear("mix", tied.text)
            if current is None or current.event != event or current.op:
                current = _Clause(event=event)
                self.clauses.append(current)
                if waiting and self.chinese:
                    current.span = waiting.pop()
            current.op, current.number = op, number
            atom.used = tied.used = True
            if "upper" in atom.kinds:
                self.clauses.append(replace(current, op="le", number=atom["upper"]))
        elif tied is not None and tied.has("measure"):
            return current
        elif current is not None and (of in ("times", "money") or (current.tally == "money" and of == "")):
            if current.tally == "money" and of == "":
                number = self._minor(number, self.shop.currency)
            if of == "times" and current.tally == "money":
                current.tally = "count"
            if of == "money":
                current.tally = "money"
            current.op, current.number = op, number
            if "upper" in atom.kinds:
                upper = atom["upper"] if of == "money" else self._minor(atom["upper"], self.shop.currency)
                self.clauses.append(replace(current, op="le", number=upper))
            atom.used = True
        if negative is not None and atom.used and current is not None:
            current.negative, negative.used = True, True
        return current

    def _value_in_clause(self, atom: Atom, current: _Clause, negative: Atom | None, before: Atom | None) -> None:
        fields = (
            _FIELDS_OF["items" if current.event == "orders" else current.event] if current.event != "signup" else ()
        )
        own = [pair for pair in atom["val"] if pair[0] in fields and pair[0] not in _OF_CUSTOMERS]
        if not own:
            return
        if (negative is not None or atom.has("negated")) and current.things:
            clause = _Clause(event=current.event, negative=True, span=current.span)
            if negative is not None:
                negative.used = True
            elif before is not None:
                before.used = True
            clause.things.append(own[0])
            self.clauses.append(clause)
            if current.span is None:
                current.twin = clause
        elif negative is not None or atom.has("negated"):
            current.negative = True
            if negative is not None:
                negative.used = True
            current.things.append(own[0])
        else:
            if before is not None and before.has("and") and current.things:
                clause = replace(current, things=[own[0]], kinds=list(current.kinds))
                self.clauses.append(clause)
                before.used = atom.used = True
                return
            if before is not None and (before.has("and") or before.has("or")):
                before.used = True
            current.things.append(own[0])
        atom.used = True

    def clause_filters(self) -> list[Filter]:
        """What the clauses say of customers."""
        found: list[Filter] = []
        for clause in self.clauses:
            found += self._filters_of(clause)
        return found

    def _filters_of(self, clause: _Clause) -> list[Filter]:
        if clause.event == "signup":
            if clause.span is None and (clause.negative or not (len(self.clauses) > 1 or self._never_bought())):
                raise _unclear("window", "")
            until_now = Window(None, self.now)
            filter_: Filter = During("signed_up_at", clause.span.window if clause.span else until_now)
            return [Not(filter_) if clause.negative else filter_]
        if clause.which:
            if clause.span is None:
                raise _unclear("window", "")
            return [During(f"{clause.which}_order_at", clause.span.window)]
        where = [*clause.kinds, *_grouped(clause.things)]
        window = clause.span.window if clause.span else None
        op, number = (clause.op, clause.number) if clause.op else ("ge", 1.0)
        event = clause.event
        if clause.tally == "money" and not clause.op and not clause.negative:
            raise _unclear("rank", "")
        if clause.negative:
            if clause.op and clause.op != "eq":
                op = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt"}[op]
            elif clause.op:
                raise _unclear("neg", "")
            else:
                return self._never(clause, where, window)
        if event == "orders" and not where and window is None:
            return [Compare("spend" if clause.tally == "money" else "orders", op, number)]  # type: ignore[arg-type]
        if event == "orders" and any(each.field in ("category", "product") for each in where if isinstance(each, Is)):
            event = "items"
        if event == "signup":
            raise _unclear("mix", "")
        return [Did(event, op, number, clause.tally, window, tuple(where))]  # type: ignore[arg-type]

    def _never(self, clause: _Clause, where: list[Filter], window: Window | None) -> list[Filter]:
        event = clause.event
        if event == "orders" and not where:
            if window is None:
                return [Compare("orders", "eq", 0)]
            if window.end is not None and window.end >= self.now and window.start is not None:
                # inactive: bought before, and not since
                return [During("last_order_at", Window(None, window.start))]
            return [Compare("orders", "ge", 1), Did("orders", "eq", 0, "count", window)]
        if event == "orders":
            event = "items" if any(_named(each) in ("category", "product") for each in where) else "orders"
        never = Did(event, "eq", 0, "count", window, tuple(where))  # type: ignore[arg-type]
        return [never]


def _named(filter_: Filter) -> str:
    return getattr(filter_, "field", "")


def _grouped(pairs: list[tuple[str, str]]) -> list[Filter]:
    """Values of one field are alternatives; fields add up."""
    by_field: dict[str, list[str]] = {}
    for name, value in pairs:
        by_field.setdefault(name, []).append(value)
    return [Is(name, tuple(dict.fromkeys(values))) for name, values in by_field.items()]


def _pairs(atom: Atom) -> list[tuple[str, str]]:
    return list(atom["val"]) if atom.has("val") else []


def _place(atoms: list[Atom], atom: Atom) -> int:
    return next(place for place, each in enumerate(atoms) if each is atom)


def _text(atoms: list[Atom]) -> str:
    return " ".join(atom.text for atom in atoms)


class _Asked:
    """Puts the question together of what was found, and sees to it that nothing is left over."""

    def __init__(self, reader: _Reader, subject: str, measure: str) -> None:
        self.reader = reader
        self.subject = subject
        self.measure = measure
        self.order: str | None = None
        self.descending = True
        self.limit: int | None = None
        self.by: str | None = None
        self.then: str | None = None
        self.where: list[Filter] = []
        self.predicates: list[Filter] = []
        self.window: Window | None = None
        self.having: tuple[Any, float] | None = None
        self.everyone = False

    # --- helpers ----------------------------------------------------------------------------------------------------

    def free(self, kind: str, *values: Any) -> list[Atom]:
        return self.reader.free(kind, *values)

    def take(self, kind: str, *values: Any) -> Atom | None:
        return self.reader.take(kind, *values)

    def build(self) -> Question:
        reader = self.reader
        atoms = reader.atoms
        self.howmany = self.take("howmany") is not None
        howmuch = self.take("howmuch")
        self.howmuch = howmuch is not None and howmuch.text != "是多少"
        if howmuch is not None and howmuch.text == "金额" and self._ranked():
            # 金额最高的: by amount
            self.howmuch = False
        elif howmuch is not None and not self.howmuch and not self.measure:
            self.howmany = True
        self.howlong = self.take("howlong") is not None
        self.listed = self.take("list") is not None
        self.which = self.take("which")
        self._order_total()
        self._verbs()
        self._crowds()
        self._rank()
        self._group()
        self._group_by_time_too()
        self._aggregate()
        self._measured_conditions()
        self._values()
        self._windows()
        self._limit()
        question = self._question()
        self._nothing_left(atoms)
        return question

    # --- pieces -----------------------------------------------------------------------------------------------------

    def _order_total(self) -> None:
        """What an order comes to: the average, the median, ... of it, or what orders are ranked by."""
        if self.measure != "order_total":
            return
        atom = self.reader._measures[0]
        agg = self.free("agg")
        if agg:
            kind = str(agg[0]["agg"])
            self.measure = {
                "avg": "aov", "median": "median_order", "sum": "revenue", "max": "largest_order", "min": "smallest_order"
            }[kind]  # fmt: skip
            agg[0].used = True
        elif self.subject in ("orders", "") and self._ranked():
            self.measure, self.subject = "", "orders"
        else:
            raise _unclear("average", atom.text)
        self._measures_used()

    def _measures_used(self) -> None:
        for atom in self.reader._measures:
            atom.used = True

    def _verbs(self) -> None:
        """Verbs outside of clauses name the measure: sold, spent, refunded, resolved."""
        for atom in self.free("verb"):
            verb = str(atom["verb"])
            money = self.howmuch or bool(self.free("top")) or bool(self.free("bottom"))
            if verb == "buy" and any(each.has("negated") for each in self.free("val")):
                raise _unclear("neg", atom.text)
            if verb in ("buy", "sell") and not self.measure:
                if self.subject in ("orders", "refunds", "tickets", "reviews") and verb == "buy":
                    atom.used = True
                elif verb == "sell":
                    if self.subject in ("customers", "buyers") and not self._names_goods():
                        raise _unclear("left", atom.text)  # goods are sold, customers sell nothing
                    self.measure = "revenue" if self.howmuch and self.subject != "products" else "units"
                    atom.used = True
                elif self.howmuch:
                    self.measure, atom.used = "revenue", True
                elif self.subject in ("", "products") and self._names_goods():
                    self.measure, atom.used = "units", True
                elif (self.which is not None and self.which.text not in _WHAT) or self.free("field"):
                    self.measure, atom.used = "orders", True
            elif verb in ("buy", "sell"):
                atom.used = True
            elif verb in ("spend", "earn") and (not self.measure or self.measure in _MONEY):
                if verb == "earn" and self.subject in ("orders", "tickets", "refunds", "reviews", "visits"):
                    atom.used = True
                elif verb == "earn" and not (money or self.which is not None):
                    atom.used = bool(self.measure)
                else:
                    self.measure, atom.used = self.measure or "revenue", True
            elif verb in ("refund", "return"):
                if self.subject == "orders" and self.free("share") and not self.measure:
                    self.take("share")
                    self.measure, atom.used = "refund_rate", True
                elif self.howmuch or (not self.measure and not self.subject):
                    ranked = self._ranked() and not self.howmuch
                    self.measure = self.measure or ("refunds" if ranked else "refund_amount")
                    atom.used = True
                elif self.subject == "orders" and verb in ("refund", "return"):
                    raise _unclear("mix", atom.text)
                elif self.measure in ("refund_amount", "refunds"):
                    atom.used = True
            elif (
                verb == "signup" and self.subject in ("", "customers") and self.measure in ("", "customers", "signups")
            ):
                self.measure, self.subject, atom.used = "signups", "", True
            elif verb == "opened" and ("tickets" in (self.subject, self.measure) or self._ticketish()):
                atom.used = True
            elif verb == "resolved" and (self.subject == "tickets" or self.measure == "tickets" or self._ticketish()):
                self.resolved = True
                atom.used = True
                if self.measure == "tickets":
                    self._measures_used()
                self.measure = "resolved_tickets"
                if self.subject == "tickets":
                    self._use_subject()
            elif verb == "complain" and not self.measure:
                self.subject = "tickets"
                self.predicates.append(Is("kind", ("complaint",)))
                atom.used = True
            elif verb == "opened" and self.subject in ("orders", "refunds", "reviews"):
                atom.used = True
            elif verb == "visit" and self.subject in ("customers", ""):
                self.measure, atom.used = "visitors", True
            elif verb == "review" and self.free("top", "bottom"):
                self.measure, atom.used = "reviews", True
        if self.howlong and not self.measure:
            raise _unclear("measure", "")

    def _names_goods(self) -> bool:
        return any(pair[0] in ("category", "product") for atom in self.free("val") for pair in atom["val"])

    def _ticketish(self) -> bool:
        return not self.subject and (
            any(pair[0] in ("kind", "agent") for atom in self.free("val") for pair in atom["val"])
            or bool(self.free("field", "agent"))
            or bool(self.free("crowd", "inopen", "unanswered", "unassigned"))
        )

    def _use_subject(self) -> None:
        for atom in self.reader._subjects:
            if atom["subj"] == self.subject:
                atom.used = True
        self.subject = ""

    def _crowds(self) -> None:
        """Kinds of customers, tickets and articles that have a name of their own."""
        for atom in self.free("crowd"):
            crowd = str(atom["crowd"])
            negated = self._negated(atom)
            filter_: Filter | None = None
            if crowd == "new":
                self.new = True
                atom.used = True
                self.measure_new(atom)
                self.first_order_listed = atom.text.startswith(("首单", "首次", "第一次", "ordered for", "bought for"))
                continue
            if crowd == "repeat":
                filter_ = Compare("orders", "ge", 2)
            elif crowd == "once":
                filter_ = Compare("orders", "eq", 1)
            elif crowd == "never":
                filter_ = Compare("orders", "eq", 0)
            elif crowd == "churning":
                if atom.has("measure") and (self._wants_average() or atom.has("taken") or self.by_next(atom)):
                    continue
                if (self._ranked() and self.subject in ("customers", "")) or (atom.has("measure") and self._ranked()):
                    self.order = "churn_risk"
                    self.take("by")
                    if self.measure == "churn_risk":
                        self.measure = ""
                    atom.used = True
                    self.subject = self.subject or "customers"
                    continue
                if self.measure == "churn_risk":
                    self.measure = ""
                filter_ = Compare("churn_risk", "ge", CHURNING)
            elif crowd == "consent":
                filter_ = Is("consent", (True,))
            elif crowd == "noconsent":
                filter_ = Is("consent", (False,))
            elif crowd == "openticket":
                filter_ = Compare("open_tickets", "ge", 1)
            elif crowd == "inactive":
                filter_ = self._inactive()
            elif crowd == "active":
                self.measure = self.measure or "buyers"
                if self.subject not in ("customers", ""):
                    raise _unclear("word", atom.text)
                self._use_subject()
                atom.used = True
                continue
            elif crowd in ("outofstock", "lowstock"):
                op, number = ("eq", 0.0) if crowd == "outofstock" else ("lt", float(LOW_STOCK))
                filter_ = Compare("stock", op, number)  # type: ignore[arg-type]
                self.subject = self.subject or "products"
                if self.measure == "stock":
                    self.measure = ""
            elif crowd in ("inopen", "unanswered", "unassigned"):
                if self.subject not in ("tickets", "") and self.measure not in ("tickets",):
                    if crowd == "inopen" and self.subject == "refunds":
                        raise _unclear("word", atom.text)
                    raise _unclear("word", atom.text)
                self.subject = self.subject or ("" if self.measure else "tickets")
                filter_ = {
                    "inopen": Is("is_open", (1,)), "unanswered": Is("answered", (0,)), "unassigned": Is("assigned", (0,))
                }[crowd]  # fmt: skip
                if crowd == "unassigned":
                    self.predicates.append(Is("is_open", (1,)))
            if filter_ is None:
                continue
            atom.used = True
            self.predicates.append(Not(filter_) if negated and crowd != "inactive" else filter_)

    def by_next(self, atom: Atom) -> bool:
        return bool(self.free("by")) and not self._ranked() and not self.subject

    def _wants_average(self) -> bool:
        return bool(self.free("agg", "avg")) or any(
            "average" in atom.text or "平均" in atom.text for atom in self.reader._measures
        )

    def measure_new(self, atom: Atom) -> None:
        if self.subject in ("customers", "buyers", "") and self.measure in ("", "customers", "buyers", "signups"):
            if self.measure != "signups" and not any(clause.event == "signup" for clause in self.reader.clauses):
                self.new_measure = "new_buyers"
        elif self.subject and self.measure == "":
            # new orders, new tickets: orders, tickets
            return
        else:
            raise _unclear("word", atom.text)

    new = False
    first_order_listed = False
    new_measure = ""
    resolved = False

    def _negated(self, atom: Atom) -> bool:
        place = next(index for index, each in enumerate(self.reader.atoms) if each is atom)
        before = self.reader.atoms[place - 1] if place else None
        if before is not None and before.has("neg"):
            before.used = True
            return True
        return False

    def _inactive(self) -> Filter:
        days = [atom for atom in self.free("bound") if atom["bound"][2] == "days"]
        spans = [*self.free("span")]
        if days:
            days[0].used = True
            window = self.reader.times.rolling("day", days[0]["bound"][1]).window
        elif spans:
            spans[0].used = True
            window = spans[0]["span"].window
        elif self.reader.spans:
            window = self.reader.spans.pop(0).window
        else:
            raise _unclear("inactive", "")
        return During("last_order_at", Window(None, window.start))

    def _ranked(self) -> bool:
        return any(atom.has(kind) for atom in self.reader.atoms for kind in ("top", "bottom"))

    def _rank(self) -> None:
        """top, worst, best selling, fastest, newest: by what and which way round."""
        reader = self.reader
        if self.take("bestselling"):
            self.measure, self.ranked = self.measure or "units", True
        if self.take("worstselling"):
            self.measure, self.ranked, self.descending = self.measure or "units", True, False
        top, bottom = self.free("top"), self.free("bottom")
        if top and bottom:
            raise _unclear("contradiction", bottom[0].text)
        for atom in top + bottom:
            place = next(index for index, each in enumerate(reader.atoms) if each is atom)
            after = reader.atoms[place + 1] if place + 1 < len(reader.atoms) else None
            before = reader.atoms[place - 1] if place else None
            near = before if reader.chinese else after
            if atom.text in (
                "most",
                "fewest",
                "least",
                "highest",
                "lowest",
                "最多",
                "最少",
                "largest",
                "smallest",
            ) and (near is not None and near.has("subj") and not near.used and not near.has("taken")):
                others = [each for each in reader._subjects if each is not near and not each.used]
                if (others or self.free("field") or self.which) and not self.measure:
                    self.measure = _COUNTED[str(near["subj"])]
                    near.used = True
                    asks_who = self.which is not None and self.which.text in _WHO
                    if asks_who and self.measure == "tickets":
                        # customers or agents?
                        raise _unclear("by", str(self.which and self.which.text))
                    self.subject = str(others[0]["subj"]) if others else "customers" if asks_who else ""
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
                goods = self.subject == "products" or bool(self.free("field", "category"))
                self.measure = self.measure or ("units" if goods else "orders")
            elif atom.text in _COMMON and not self.measure and not self.subject:
                if self.free("field", "reason"):
                    self.measure = "refunds"
                elif self.free("field", "payment_method", "carrier") or atom.text == "busiest":
                    self.measure = "orders"
            self.ranked = True
            atom.used = True
        if bottom:
            self.descending = self._worst(bottom[0])
        if (
            top
            and self.measure in ("first_reply", "resolution", "delivery_days")
            and top[0].text in ("best", "最好", "最佳")
        ):
            self.descending = False
        for kind, descending in (("fastest", False), ("slowest", True)):
            if self.take(kind):
                self.ranked, self.descending = True, descending
                if not self.measure:
                    if self.free("field", "carrier"):
                        self.measure = "delivery_days"
                    else:
                        raise _unclear("rank", kind)
        for kind, descending in (("newest", True), ("oldest", False)):
            if self.take(kind):
                if self.subject not in ("orders", "tickets", "refunds", "reviews", "customers"):
                    raise _unclear("rank", kind)
                self.order = {
                    "orders": "placed_at", "tickets": "opened_at", "refunds": "created_at", "reviews": "created_at",
                    "customers": "signed_up_at",
                }[self.subject]  # fmt: skip
                self.descending = descending
                if self.limit is None:
                    self.limit = 10
        for kind, descending in (("priciest", True), ("cheapest", False)):
            if self.take(kind):
                if self.subject not in ("products", ""):
                    raise _unclear("rank", kind)
                self.subject, self.order, self.descending = "products", "price", descending
        self.take("sort")
        if by_size := self.take("bysize"):
            if self.subject not in ("orders", "refunds") or self.measure:
                raise _unclear("rank", by_size.text)
            self.order = "total" if self.subject == "orders" else "amount"

    ranked = False

    def _worst(self, atom: Atom) -> bool:
        """Whether the worst are those with the most: refunds, waiting."""
        bad = self.measure in (
            "refunds",
            "refund_amount",
            "refund_rate",
            "cancellation_rate",
            "first_reply",
            "resolution",
            "delivery_days",
            "churn_risk",
        )
        return bad and atom.text in ("worst", "poorest", "最差")

    def _group(self) -> None:
        reader = self.reader
        buckets_ = self.free("bucket")
        for atom in buckets_:
            atom.used = True
            self.by = str(atom["bucket"])
        if len({atom["bucket"] for atom in buckets_}) > 1:
            raise _unclear("two", buckets_[1].text)
        for place, atom in enumerate(reader.atoms[:-1]):
            if atom.has("by") and reader.atoms[place + 1].has("val"):
                # paid by card, delivered by DHL, placed by French customers
                atom.used = True
                last = reader.atoms[place + 2 : place + 3]
                if last and last[0].has("subj", "customers", "buyers") and self.subject != last[0]["subj"]:
                    last[0].used = True
        bys = self.free("by")
        for atom in bys:
            atom.used = True
            after = reader.atoms[_place(reader.atoms, atom) + 1 :][:1]
            if after and after[0].has("span") and after[0]["span"].count and self.by is None:
                # each of the last 6 months
                self.by = after[0]["span"].unit
        for place, atom in enumerate(reader.atoms):
            beside = reader.atoms[max(0, place - 1) : place] + reader.atoms[place + 1 : place + 2]
            if atom.has("field") and any(
                pair[0].endswith(str(atom["field"])) for each in beside for pair in _pairs(each)
            ):
                # the shoes category: names the value, splits nothing
                atom.used = True
            if atom.has("subj") and any(
                pair[0] == _ID_OF.get(str(atom["subj"])) for each in beside for pair in _pairs(each)
            ):
                # customer C00431
                atom.used = True
            if atom.has("by") and place + 1 < len(reader.atoms) and reader.atoms[place + 1].has("unit") and not self.by:
                unit = reader.atoms[place + 1]
                if unit["unit"] != "hour":
                    self.by, unit.used = str(unit["unit"]), True
        fields = self.free("field")
        for atom in fields:
            if atom.has("taken"):
                continue
            name = str(atom["field"])
            if name == "status" and {"order", "ticket"} & {
                pair[0] for each in self.free("val") for pair in each["val"]
            }:
                # the status of one of them stands in its row
                self.howmany, atom.used = False, True
                continue
            if name == "status":
                name = (
                    "ticket_status"
                    if self.subject == "tickets" or self.measure == "tickets"
                    else (
                        "refund_status"
                        if self.subject == "refunds" or self.measure in ("refunds", "refund_amount")
                        else "order_status"
                    )
                )
            if name == "consent" and not bys:
                continue
            if self.by not in (None, name):
                if self.then is not None:
                    raise _unclear("two", atom.text)
                self.then, atom.used = name, True
                if buckets_ and _place(reader.atoms, atom) < _place(reader.atoms, buckets_[0]):
                    self.by, self.then = self.then, self.by
                continue
            self.by, atom.used = name, True
        if self.by is None and (self.which is not None or self.ranked) and self.free("unit"):
            named = self.take("unit")
            if named is not None:
                self.by = str(named["unit"])
        if self.by is None and bys:
            # revenue by customer, per product
            for atom in reader._subjects:
                if (
                    not atom.used
                    and atom["subj"] in ("customers", "products")
                    and (self.measure or len(reader._subjects) > 1)
                ):
                    self.by = "customer" if atom["subj"] == "customers" else "product"
                    atom.used = True
                    if self.subject == atom["subj"]:
                        others = [each for each in reader._subjects if each is not atom]
                        self.subject = str(others[0]["subj"]) if others else ""
                    break
            else:
                if not self.measure and not self.ranked:
                    raise _unclear("by", bys[0].text)
                values = {pair[0] for atom in self.free("val") for pair in atom["val"]}
                after = reader.atoms[_place(reader.atoms, bys[-1]) + 1 :][:1]
                of_measure = bool(after) and (after[0].has("measure") or after[0].has("verb") or after[0].has("agg"))
                if not values and (not self.measure or not (self.ranked or of_measure)):
                    raise _unclear("by", bys[0].text)

    def _group_by_time_too(self) -> None:
        """By country and month: the second of two is a unit of time."""
        atoms = self.reader.atoms
        if self.by is None or self.then is not None or not any(atom.has("by") for atom in atoms):
            return
        for place in range(2, len(atoms)):
            first, joint, unit = atoms[place - 2 : place + 1]
            grouped = first.has("field") or first.has("subj", "products", "customers")
            if grouped and joint.has("and") and unit.has("unit") and not unit.used:
                self.then, joint.used, unit.used = str(unit["unit"]), True, True
                return

    def _aggregate(self) -> None:
        atom = self.take("agg")
        if self.measure == "per_customer" or self.free("measure", "per_customer"):
            raise _unclear("per_customer", "", "revenue per buyer", "orders per buyer")
        if atom is None:
            return
        kind = str(atom["agg"])
        if kind == "sum":
            money = {"orders": "revenue", "refunds": "refund_amount", "carts": "cart_value"}.get(self.subject)
            if atom.text in ("总金额", "总额") and not self.measure:
                if money is None:
                    raise _unclear("measure", "")
                self.measure = money
                self._use_subject()
                return
            if self.subject == "refunds" and not self.measure:
                raise _unclear("refunds", "")
            if not self.measure and self.subject:
                self.howmany = True
            if self.measure == "value":
                self.measure = "total_value"
                self._measures_used()
            elif self.measure == "refunds" or (self.measure and MEASURES[self.measure].aggregate in ("avg", "median")):
                raise _unclear("mix", atom.text)
            return
        allowed = {
            ("avg", "rating"), ("avg", "csat"), ("avg", "first_reply"), ("avg", "resolution"), ("avg", "price"),
            ("avg", "aov"), ("avg", "churn_risk"), ("avg", "propensity"), ("avg", "value"), ("avg", "delivery_days"),
            ("avg", "average_refund"), ("avg", "revenue_per_buyer"), ("avg", "orders_per_buyer"), ("avg", "units_per_order"),
        }  # fmt: skip
        other = {
            ("avg", "refund_amount"): "average_refund", ("median", "aov"): "median_order",
            ("median", "first_reply"): "median_first_reply", ("median", "resolution"): "median_resolution",
        }  # fmt: skip
        if (kind, self.measure) in other:
            self.measure = other[kind, self.measure]
            self._measures_used()
        elif (kind, self.measure) not in allowed:
            raise _unclear("average", atom.text)

    def _measured_conditions(self) -> None:
        """churn risk above 70 %, average rating below 3.5, orders over 200."""
        for atom in self.free("bound"):
            op, number, of, _ = atom["bound"]
            tied = atom.kinds.get("with")
            uppers = [atom["upper"]] if "upper" in atom.kinds else []
            if tied is not None:
                name = str(tied["measure"]) if tied.has("measure") else _COUNTED[str(tied["subj"])]
                self._tied(name, op, number, of, uppers)
                atom.used = tied.used = True
            elif of in ("money", "") and self.subject == "orders" and not self.measure:
                self._compare("total", op, number, of, uppers)
                atom.used = True
            elif of in ("money", "") and self.subject == "refunds":
                self._compare("amount", op, number, of, uppers)
                atom.used = True
            elif of == "money" and self.subject == "products":
                self._compare("price", op, number, of, uppers)
                atom.used = True
            elif of == "stars" and (self.subject == "reviews" or self.measure in ("reviews", "")):
                self.subject = self.subject or "reviews"
                self.predicates.append(Compare("stars", op, number))
                atom.used = True
            elif of == "" and self.subject == "reviews":
                self.predicates.append(Compare("stars", op, number))
                atom.used = True

    def _compare(self, name: str, op: str, number: float, of: str, uppers: list[float]) -> None:
        def minor(value: float) -> float:
            return value if of == "money" else self.reader._minor(value, self.reader.shop.currency)

        self.predicates.append(Compare(name, op, minor(number)))  # type: ignore[arg-type]
        self.predicates += [Compare(name, "le", minor(upper)) for upper in uppers]

    def _tied(self, name: str, op: str, number: float, of: str, uppers: list[float]) -> None:
        if uppers:
            raise _unclear("mix", name)
        if name in RFM_SCORES:
            if of or (self.subject or self.measure) not in ("customers", "buyers", ""):
                raise _unclear("mix", name)
            self.subject = self.subject or ("" if self.measure else "customers")
            self.predicates.append(Compare(name, op, number))  # type: ignore[arg-type]
            return
        if name == "order_total":
            if self.subject not in ("orders", ""):
                raise _unclear("mix", name)
            self.subject = "orders"
            self._compare("total", op, number, of, [])
            return
        if MEASURES[name].unit == "money" and of == "":
            number = self.reader._minor(number, self.reader.shop.currency)
        if name in ("churn_risk", "propensity"):
            if of == "percent" or number > 1:
                number /= 100
        elif of == "percent":
            raise _unclear("mix", name)
        if self.subject in ("customers", "buyers") and name in _OF_A_CUSTOMER and not self._group_is_other():
            self.predicates.append(Compare(_OF_A_CUSTOMER[name], op, number))  # type: ignore[arg-type]
        elif self.subject == "products" and name in ("stock", "price"):
            self.predicates.append(Compare(name, op, number))  # type: ignore[arg-type]
        elif self.subject == "orders" and name in ("revenue", "aov"):
            self.predicates.append(Compare("total", op, number))  # type: ignore[arg-type]
        elif self.subject == "tickets" and name == "csat":
            self.predicates.append(Compare("score", op, number))  # type: ignore[arg-type]
        elif self.subject == "tickets" and name in ("first_reply", "resolution") and of in ("hours", ""):
            self.predicates.append(Compare(name, op, number))  # type: ignore[arg-type]
        elif self.subject == "reviews" and name == "rating":
            self.predicates.append(Compare("stars", op, number))  # type: ignore[arg-type]
        elif self.subject == "products" and not self.measure and self.by in (None, "product"):
            self.measure, self.by, self.having, self.subject = name, "product", (op, number), ""
            self._subject_used("products")
        elif self.by is not None and not self.measure and not self.subject:
            self.measure, self.having = name, (op, number)
        else:
            raise _unclear("mix", MEASURES[name].chinese if self.reader.chinese else MEASURES[name].english)

    def _group_is_other(self) -> bool:
        return self.by is not None and not self.howmany

    def _subject_used(self, subject: str) -> None:
        for atom in self.reader._subjects:
            if atom["subj"] == subject:
                atom.used = True

    def _values(self) -> None:
        fact = self._fact()
        for atom in self.free("dayevery"):
            if not fact or fact in ("customers", "products", "carts") or MEASURES.get(self.measure, _UNTIMED).time:
                raise _unclear("mix", atom.text)
            self.where.append(Is("weekday", tuple(int(number) for number in str(atom["dayevery"]))))
            atom.used = True
        positive: list[tuple[str, str]] = []
        negative: list[tuple[str, str]] = []
        places = {id(atom): place for place, atom in enumerate(self.reader.atoms)}
        for atom in self.free("val"):
            choices = [pair for pair in atom["val"] if self._fits(pair[0], fact)]
            names = {pair[0] for pair in choices}
            if not choices:
                if atom.has("subj") or atom.has("verb") or atom.has("crowd") or atom.has("measure"):
                    continue
                raise _unclear("mix", atom.text)
            if len(names) > 1:
                raise _unclear("ambiguous", atom.text)
            atom.used = True
            if atom.has("negated"):
                before = self.reader.atoms[places[id(atom)] - 1]
                before.used = True
                negative.append(choices[0])
            else:
                positive.append(choices[0])
        fields = {name for name, _ in positive}
        for name, status in (("payment_method", "paid"), ("carrier", "shipped")):
            if name in fields:
                # paid by card, shipped with DHL: said of every order
                positive = [pair for pair in positive if pair != ("order_status", status)]
        ors = self.free("or")
        for atom in ors + self.free("and"):
            place = places[id(atom)]
            pair = self.reader.atoms[place - 1 : place] + self.reader.atoms[place + 1 : place + 2]
            if len(pair) == 2 and all(each.has("val") for each in pair):
                atom.used = True
                if {pair[0]["val"][0][0]} != {pair[1]["val"][0][0]} and atom.has("or"):
                    raise _unclear("or", atom.text)
        compared = self.free("compare")
        if compared and len(positive) >= 2 and len(fields) == 1 and self.by is None and not self._two_windows():
            self.by = next(iter(fields))
            for atom in compared:
                atom.used = True
        self.where += _grouped(positive)
        self.where += [Not(each) for each in _grouped(negative)]

    def _two_windows(self) -> bool:
        return len(self.free("span")) + len(self.reader.spans) > 1

    def _fact(self) -> str:
        if self.measure and self.measure in MEASURES:
            return MEASURES[self.measure].fact
        if self.subject:
            return {"buyers": "customers"}.get(self.subject, self.subject)
        names = {pair[0] for atom in self.free("val") for pair in atom["val"]}
        if "kind" in names or "priority" in names or "agent" in names:
            self.subject = "tickets"
            return "tickets"
        if names <= {"segment", "country", "city", "language"} and "segment" in names:
            self.subject = "customers"
            return "customers"
        return ""

    def _fits(self, name: str, fact: str) -> bool:
        if fact == "customers" and name in ("category", "product"):
            return False
        return name in _FIELDS_OF.get(fact, set()) or (name in ("category", "product") and fact == "orders")

    def _windows(self) -> None:
        spans = [atom["span"] for atom in self.free("span")]
        for atom in self.free("span"):
            atom.used = True
        self.spans = [*self.reader.spans, *spans]

    def _limit(self) -> None:
        numbers = self.free("num")
        if len(numbers) > 1:
            raise _unclear("number", numbers[1].text)
        if numbers:
            number = float(numbers[0]["num"])
            if number != int(number) or not 1 <= number <= 100_000:
                raise _unclear("number", numbers[0].text)
            if not (self.ranked or self.listed or self.order or self.which is not None or self.subject or self.by):
                raise _unclear("number", numbers[0].text)
            if self.howmany and not self.ranked:
                raise _unclear("number", numbers[0].text)
            place = next(index for index, each in enumerate(self.reader.atoms) if each is numbers[0])
            before = self.reader.atoms[place - 1] if place else None
            after = self.reader.atoms[place + 1] if place + 1 < len(self.reader.atoms) else None
            of_goods = after is not None and any(name in ("category", "product") for name, _ in _pairs(after))
            first = before is not None and any(before.has(kind) for kind in ("top", "bottom", "list", "bestselling"))
            if (of_goods and not first) or (before is not None and before.has("bound")):
                # customers who bought 3 watches
                raise _unclear("number", numbers[0].text)
            last = place + 1 == len(self.reader.atoms) or self.reader.atoms[place + 1].has("span")
            if last and before is not None and not any(before.has(kind) for kind in ("top", "bottom", "subj", "list")):
                # customers with rfm 555
                raise _unclear("number", numbers[0].text)
            self.limit, numbers[0].used = int(number), True

    # --- put together -----------------------------------------------------------------------------------------------

    def _question(self) -> Question:
        share = self.take("share") is not None
        rate = self.take("repeatrate") is not None
        growth = self.take("growth") is not None
        yoy, mom = self.take("yoy") is not None, self.take("mom") is not None
        compare = self.take("compare") is not None
        if rate:
            if self.subject or self.measure or self.spans:
                raise _unclear("mix", "")
            buyers = Compare("orders", "ge", 1)
            return Question(
                measure="customers",
                where=(*self.where, Compare("orders", "ge", 2)),
                of=(*self.where, buyers),
                share=True,
            )
        self._settle()
        clause_filters = self.reader.clause_filters()
        if self.subject == "buyers":
            self.everyone = True
        windows = self._place_windows(clause_filters, growth or compare or yoy or mom)
        versus = None
        if len(windows) == 2:
            joined = self.free("and")
            if not (growth or compare or joined):
                raise _unclear("two", "")
            for atom in joined:
                atom.used = True
            window, versus = windows[0].window, windows[1].window
            if not (growth or compare):
                # in January and February
                if window.end is None or window.end != versus.start:
                    raise _unclear("two", "")
                window, versus = Window(window.start, versus.end), None
        elif windows:
            window = windows[0].window
            if mom and not yoy and windows[0].unit != "month":
                raise _unclear("compare", "")
            unfinished = window is not None and window.end == self.reader.now and not windows[0].count
            if growth and unfinished and not yoy and self.by is None:
                # a month that goes on is not measured by a whole one
                raise _unclear("compare", "")
            if (yoy or mom or compare or growth) and self.by is None:
                versus = previous(windows[0], self.reader.times, a_year=yoy)
                if compare and not (yoy or mom):
                    raise _unclear("compare", "")
        else:
            window = None
            if compare or yoy or ((growth or mom) and self.by not in _GROWING):
                raise _unclear("compare", "")
        return self._finish(window, versus, clause_filters, share=share, growth=growth or (yoy or mom))

    def _settle(self) -> None:
        """Which measure a thing is counted by, and which rows a list has."""
        listed = self.first_order_listed and self.subject == "customers" and len(self.spans) == 1
        if self.new_measure and listed and not (self.howmany or self.by or self.ranked or self.measure):
            # the customers whose first order was in April
            self.predicates.append(During("first_order_at", self.spans.pop().window))
        elif self.new_measure and (self.spans or self.by):
            self.measure = "new_buyers"
            if self.subject in ("customers", "buyers"):
                self._use_subject()
            for atom in self.reader._measures:
                atom.used = atom.used or atom.has("measure", "customers", "buyers")
        elif self.new_measure and not any(clause.event == "signup" for clause in self.reader.clauses):
            raise _unclear("window", "")
        for atom in self.reader._measures:
            if (
                str(atom["measure"]) == self.measure
                or self.order == "churn_risk"
                or any(isinstance(each, Compare) and each.field == atom["measure"] for each in self.predicates)
            ):
                atom.used = True
        if self.measure in ("revenue", "spend") and self.subject == "orders":
            raise _unclear("two", "")

    def _place_windows(self, clause_filters: list[Filter], comparing: bool) -> list[Span]:
        spans = list(self.spans)
        if self.reader.clauses and spans and not comparing and self.measure in ("", "customers", "buyers"):
            for clause in self.reader.clauses:
                if clause.span is None and spans:
                    clause.span = spans.pop(0)
            clause_filters[:] = self.reader.clause_filters()
        if len(spans) > 2:
            raise _unclear("two", "")
        return spans

    def _finish(
        self, window: Window | None, versus: Window | None, clause_filters: list[Filter], *, share: bool, growth: bool
    ) -> Question:
        predicates = [*self.predicates, *clause_filters]
        subject, measure = self.subject, self.measure
        if window is not None and Is("order_status", ("delivered",)) in self.where:
            # ordered or delivered in that time?
            raise _unclear("delivered", "")
        everyone: list[Filter] = [Compare("orders", "ge", 1)] if self.everyone else []
        by = self.by
        if by is None and measure and subject in ("customers", "buyers", "products") and measure != subject:
            # customers by spend, products with the lowest rating
            if self.ranked or self.having or (self._rows_wanted() and not share):
                by = "customer" if subject != "products" else "product"
                self._use_subject()
                subject = ""
            elif self.then is not None:
                raise _unclear("two", "")
            elif self.howmany and measure in ("customers",):
                subject = ""
            elif (
                measure in _MONEY | {"orders", "units", "aov", "refunds", "rating", "tickets"} and subject != "products"
            ):
                # revenue from new/French customers
                self._subject_used(subject)
                subject = ""
            elif subject == "products":
                self._subject_used(subject)
                subject = ""
        if not measure and not subject and by == "segment":
            subject = "customers"
        if not measure and not subject and by is not None:
            raise _unclear("measure", "")
        if not measure and not subject:
            who = self.which is not None and self.which.text in _WHO
            if clause_filters or predicates or (who and (self.order or self.ranked) and self.where):
                subject = "customers"
            else:
                raise _unclear("measure", "")
        if subject and not measure:
            return self._of_things(subject, by, window, versus, predicates, everyone, share=share, growth=growth)
        if subject and measure:
            if (
                _COUNTED.get(subject) == measure
                or MEASURES[measure].fact == subject
                or (subject in ("customers", "orders") and MEASURES[measure].fact in ("orders", "items", "customers"))
                or (measure == "resolved_tickets" and subject == "tickets")
                or (measure in ("refund_amount", "average_refund") and subject in ("orders", "refunds"))
            ):
                self._subject_used(subject)
            else:
                raise _unclear("two", "")
        return self._of_measure(measure, by, window, versus, predicates, everyone, share=share, growth=growth)

    def _rows_wanted(self) -> bool:
        """Which customers, a list of customers with their spend: not the one number of all of them."""
        if self.which is not None and self.which.text not in _WHAT:
            return True
        places = {id(atom): place for place, atom in enumerate(self.reader.atoms)}
        things, measures = self.reader._subjects, self.reader._measures
        in_order = bool(things and measures) and places[id(things[0])] < places[id(measures[0])]
        return self.listed and not self.reader.chinese and in_order

    def _of_things(
        self, subject: str, by: str | None, window: Window | None, versus: Window | None,
        predicates: list[Filter], everyone: list[Filter], *, share: bool, growth: bool,
    ) -> Question:  # fmt: skip
        self._subject_used(subject)
        if self.howmuch and not self.having and subject not in ("products", "customers", "buyers"):
            if subject == "orders":
                return self._of_measure("revenue", by, window, versus, predicates, everyone, share=share, growth=growth)
            raise _unclear("measure", "")
        rows = "customers" if subject == "buyers" else subject
        if by is not None or self.howmany or share or versus is not None or growth:
            measure = _COUNTED[subject]
            if subject == "buyers" and (window is None or predicates):
                measure = "customers"
            if measure == "customers" and window is not None:
                raise _unclear("which_window", "")
            return self._of_measure(measure, by, window, versus, predicates, everyone, share=share, growth=growth)
        if self.ranked and self.order is None:
            if rows == "customers":
                return self._of_measure(
                    "spend", "customer", window, None, predicates, everyone, share=False, growth=False
                )
            if rows == "orders":
                self.order = "total"
            elif rows == "refunds":
                self.order = "amount"
            elif rows == "reviews":
                self.order = "stars"
            elif rows == "products":
                raise _unclear("rank", "products")
            else:
                raise _unclear("rank", rows)
        if rows == "customers" and window is not None:
            raise _unclear("which_window", "")
        if rows == "products" and window is not None:
            raise _unclear("rank", "products")
        if rows in ("carts", "messages", "visits") and not (self.where or predicates or window):
            return Question(measure=rows, window=window)
        limit = self.limit
        if limit is None and (self.ranked or self.order):
            limit = self._default_limit()
        return Question(
            subject=rows,  # type: ignore[arg-type]
            where=(
                *self.where,
                *everyone,
                *predicates,
            ),
            window=window,
            order=self.order,
            descending=self.descending,
            limit=limit,
        )

    def _default_limit(self) -> int:
        if self.reader.chinese:
            single = self.which is not None and self.which.text in (
                "哪个",
                "哪一个",
                "哪种",
                "哪款",
                "哪家",
            )
        else:
            single = (
                self.which is not None
                and self.which.text not in _WHO
                and not any(
                    atom.text.endswith("s") and atom.text not in ("gross sales", "sales")
                    for atom in self.reader.atoms
                    if atom.has("subj", "customers", "products", "orders") or atom.has("field")
                )
                and not any(
                    atom.text.startswith(("products ", "items ")) for atom in self.reader.atoms if atom.has("measure")
                )
            )
        return 1 if single else 10

    def _of_measure(
        self, measure: str, by: str | None, window: Window | None, versus: Window | None,
        predicates: list[Filter], everyone: list[Filter], *, share: bool, growth: bool,
    ) -> Question:  # fmt: skip
        where = list(self.where)
        by_goods = bool({by, self.then} & {"category", "product"})
        goods = by_goods or any(_named(each) in ("category", "product") for each in where)
        if goods and measure in ("revenue", "spend"):
            measure = "product_revenue"
        elif by_goods and measure in _OF_ITEMS:
            measure = _OF_ITEMS[measure]
        elif goods and measure == "aov" and by is not None:
            raise CannotAsk(measure, str(by))
        elif goods and measure in ("refunds", "refund_amount", "tickets"):
            raise CannotAsk(measure, "category")
        if "segment" in (by, self.then) and measure == "customers":
            everyone = everyone or [Compare("orders", "ge", 1)]
        if growth and by is not None and (by not in _GROWING or versus is not None or share or self.having):
            raise _unclear("mix", "")
        if by in BUCKETS:
            window = self._bucketed(by, window)
            if measure == "customers":
                raise _unclear("which_window", "")
            if versus is not None:
                raise _unclear("two", "")
        if measure in ("customers", "stock", "price", "products") and window is not None:
            raise _unclear("which_window", "")
        if MEASURES[measure].fact == "customers" and window is not None and not MEASURES[measure].time:
            raise _unclear("which_window", "")
        if self.order is not None and self.order.endswith("_at"):
            # the first orders by country
            raise _unclear("rank", "")
        if self.then is not None:
            plain = not (share or growth or versus or self.ranked or self.having or self.limit or self.everyone)
            if not plain or by is None or (self.which is not None and self.which.text not in _WHAT):
                raise _unclear("two", "")
            if by not in BUCKETS and self.then in BUCKETS:
                window = self._bucketed(self.then, window)
        if share and self.ranked:
            raise _unclear("share", "")
        if share:
            return self._share(measure, by, window, where, predicates, everyone)
        if by is None and self.ranked:
            asks_who = self.which is not None and self.which.text in _WHO
            if MEASURES[measure].fact == "items":
                by = "customer" if asks_who else "product"
            elif MEASURES[measure].fact == "tickets" and self.which is not None and self.which.text in _WHO:
                by = "agent"
            elif MEASURES[measure].fact == "orders" and asks_who:
                by = "customer"
            elif MEASURES[measure].fact == "orders" and any(_named(each) == "segment" for each in where):
                # the top 5 champions
                by = "customer"
            elif measure in LARGEST_OF and (self.limit or 1) == 1:
                # its row comes with it
                return Question(measure=measure, where=(*where, *everyone, *predicates), window=window)
            else:
                raise _unclear("rank", "")
        if by is None and self.which is not None and self.which.text in _WHO and not versus:
            # who resolved how many
            raise _unclear("by", self.which.text)
        if self.limit is not None and by is None:
            raise _unclear("number", f"{self.limit}")
        ranked = self.ranked or (self.limit is not None)
        order = "value" if ranked else None
        limit = self.limit
        if limit is None and self.ranked and by is not None:
            limit = self._default_limit()
        return Question(
            measure=measure,
            where=(
                *where,
                *everyone,
                *predicates,
            ),
            window=window,
            by=by,
            then=self.then,
            having=self.having,
            order=order,
            descending=self.descending,
            limit=limit,
            versus=versus if by is None else None,
            growth=growth and (versus is not None or by is not None),
        )

    def _share(
        self, measure: str, by: str | None, window: Window | None, where: list[Filter],
        predicates: list[Filter], everyone: list[Filter],
    ) -> Question:  # fmt: skip
        if by is not None:
            return Question(
                measure=measure, by=by, window=window, where=(*where, *everyone, *predicates,), share=True,
                limit=self.limit, order="value" if self.ranked else None,
            )  # fmt: skip
        if measure == "buyers" and window is None:
            measure, everyone = "customers", [Compare("orders", "ge", 1)]
        if everyone and not predicates and not where:
            # how many of the customers are buyers
            return Question(measure=measure, where=tuple(everyone), share=True, window=window)
        part: list[Filter] = predicates
        of: list[Filter] = [*where, *everyone]
        if len(where) + len(predicates) > 1 and where and not self.reader.clauses:
            part, of = self._part_and_whole(where, predicates)
            return Question(
                measure=measure, where=(*everyone, *of, *part), of=(*everyone, *of), share=True, window=window
            )
        if not predicates:
            if not where:
                raise _unclear("share", "")
            part, of = where, list(everyone)
        elif (
            (
                any(isinstance(each, Compare) and each == Compare("orders", "ge", 2) for each in predicates)
                and not everyone
            )
            and len(predicates) == 1
            and measure == "customers"
            and self.subject != "customers"
        ):
            of = [*where, Compare("orders", "ge", 1)]
        if any(_named(each) == "order_status" for each in part):
            # 100 % are the orders of every status
            of.append(Is("order_status", ORDER_STATUSES))
        return Question(
            measure=measure,
            where=(
                *of,
                *part,
            ),
            of=tuple(of),
            share=True,
            window=window,
        )

    def _part_and_whole(self, where: list[Filter], predicates: list[Filter]) -> tuple[list[Filter], list[Filter]]:
        """What share of champions are German: what is said after the verb is the part, what before it the whole."""
        text = self.reader.text
        joint = re.search(
            r"[中里]"
            if self.reader.chinese
            else r"\b(?:are|is|was|were|come|comes|that|who|with|without|paid|shipped)\b",
            text,
        )
        if joint is None or any(isinstance(each, Not) for each in where) or len(predicates) > 1:
            raise _unclear("share", "")
        said = {pair: text.find(atom.text) for atom in self.reader.atoms for pair in _pairs(atom)}
        crowds = [text.find(atom.text) for atom in self.reader.atoms if atom.has("crowd")]
        part: list[Filter] = []
        of: list[Filter] = []
        for each in where:
            if not isinstance(each, Is):
                raise _unclear("share", "")
            places = [said.get((each.field, str(value)), -1) for value in each.values]
            if min(places) < 0:
                raise _unclear("share", "")
            (of if max(places) < joint.start() else part).append(each)
        if predicates and (len(crowds) != 1 or crowds[0] < 0):
            raise _unclear("share", "")
        for filter_ in predicates:
            (of if crowds[0] < joint.start() else part).append(filter_)
        if not part or any(_named(each) == "order_status" for each in of):
            raise _unclear("share", "")
        if any(_named(each) == "order_status" for each in part):
            # 100 % are the orders of every status
            of.append(Is("order_status", ORDER_STATUSES))
        return part, of

    def _bucketed(self, by: str, window: Window | None) -> Window:
        reader = self.reader
        unit = "day" if by in ("weekday", "hour") else by
        if window is None:
            start = start_of(unit, reader.shop.since.astimezone(reader.zone))
            window = Window(start, reader.now)
        span = self.spans[0] if self.spans else None
        if span is not None and span.count and by not in ("weekday", "hour"):
            if span.unit == by:
                end = start_of(by, reader.now.astimezone(reader.zone))
                window = Window(step(by, end, -span.count), end)
            elif by in ("month", "quarter", "year", "week") and span.unit == "year" and by != "week":
                end = start_of(by, reader.now.astimezone(reader.zone))
                count = span.count * {"month": 12, "quarter": 4, "year": 1}[by]
                window = Window(step(by, end, -count), end)
        if window.start is None:
            window = Window(start_of(unit, reader.shop.since.astimezone(reader.zone)), window.end)
        if window.end is None:
            window = Window(window.start, reader.now)
        if len(buckets(unit, window, reader.zone)) > 4000:
            raise _unclear("time", by)
        return window

    def _nothing_left(self, atoms: list[Atom]) -> None:
        for atom in atoms:
            if atom.used or atom.has("filler") or atom.has("taken"):
                continue
            if any(atom.has(kind) for kind in ("who", "but", "and", "times")) and len(atom.kinds) <= 2:
                continue
            if atom.text in ("to", "-", "在"):
                continue
            raise _unclear("left", atom.text)
