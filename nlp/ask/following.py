"""What is said after a question changes it: "only those in France", "and last month?", "by city", "who are they?".

The words are read by the same reader as every question, beside the name of what was asked for; what they say is put
into the typed question before. Words that change nothing that can be told are asked back.
"""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from crm_store.question.grammar import (
    BUCKETS,
    Among,
    Compare,
    Did,
    During,
    Filter,
    Is,
    Not,
    Or,
    Question,
    Subject,
    Window,
)
from crm_store.question.measures import MEASURES
from nlp.ask.draft import FIELDS_OF, OF_BUYERS, pairs
from nlp.ask.lexing import Atom, is_chinese, lex, normalise
from nlp.ask.outcomes import Unclear, Unsupported
from nlp.ask.reading import LONGEST, read
from nlp.ask.reshaping import moved_window, reshaped
from nlp.ask.times import ImpossibleTime, Times
from nlp.ask.vocabulary import Shop

Outcome = Question | Unclear | Unsupported

#: what narrows the answer before, and what asks the same of something else
_NARROWS = re.compile(
    r"(?:(?:show|list|keep|take|filter|restrict|limit|narrow)\s+)?(?:me\s+|it\s+|that\s+|them\s+)?(?:down\s+)?(?:to\s+)?"
    r"(?:only|just)\b(?:\s+(?:show|keep|those|these|the ones|them|ones))*"
    r"|(?:which|how many) of (?:them|those|these)(?:\s+(?:are|is|were|was|have|has))?"
    r"|of (?:them|those|these)|(?:filter|restrict|limit|narrow)(?:\s+(?:it|that|them))?(?:\s+down)?(?:\s+(?:to|by|for))"
    r"|which (?:ones|of them) (?:are|is|were|was|have|has)(?: still)?\b|(?:those|these|the ones)\b"
    r"|(?:只看|只要|仅看|仅限|只显示|限于|其中|他们中|这些人中|只有|只)"
)
_CHANGES = re.compile(
    r"(?:what|how) about|(?:the )?same(?: thing)?(?: but)?(?: for)?"
    r"|(?:make|show|do|give me|split|break)\s+(?:it|that|this)\b(?:\s+down)?"
    r"|(?:change|switch)(?:\s+(?:it|that))? to|and\b|but\b|then\b|instead\b"
    r"|(?:那么|那|换成|改成|改为|换为|再看|如果是|同样|还有|再|以及)"
)
_COURTESY = re.compile(r"(?:ok(?:ay)?|so|now|please|pls|hm+|well|好的?|嗯|请|现在)\b[\s,，]*")
_TAIL = re.compile(r"(?:\s*(?:instead|please|pls|then|too|as well|rather|呢|吧|吗|的呢|[?？!！.。,，]))+$")
_PEOPLE = re.compile(
    r"(?:so\s+|and\s+)?(?:who(?: are|'re|) (?:they|these|those|these (?:people|customers)|those (?:people|customers))"
    r"|who exactly|name them|他们都?是谁|都?是谁|是哪些人|有哪些人|哪些人|都有谁)"
)
_LIST = re.compile(
    r"(?:and\s+)?(?:(?:can you\s+)?(?:list|show|give|show me|give me) (?:me )?(?:them|those|these|the list)(?: all)?"
    r"|which (?:ones|are they)|(?:what|which) are they|as a list|list"
    r"|列出来|列一下|列出(?:他们|它们)|名单|显示名单|有哪些|是哪些)"
)
_COUNT = re.compile(
    r"(?:and\s+)?(?:how many(?: (?:are|is) (?:they|there|that|those|it))?|how many of them|count them"
    r"|(?:一共|总共)?(?:有)?(?:多少|几)(?:个|人|位|单|笔)?|数量)"
)
_EACH_CUSTOMER = re.compile(
    r"(?:and )?(?:per|by|for each|for every|each) (?:customer|client|buyer)"
    r"|(?:按|每个|每位|各)(?:客户|顾客|买家)(?:分|看|统计)?"
)
#: those rows of the answer before that are of one kind
_LISTED = re.compile(
    r"(?:and )?(?:list|show me|give me|name) (?:only |just )?(?:the |all |all the )?"
    r"((?!them|those|these|list\b|top\b|first\b|last\b)[\w' -]+?) ?(?:ones?|of them)?"
    r"|(?:列出|列一下|显示)(?!来|他们|它们)(.+?)的?"
)
_INSTEAD = re.compile(r"\b(?:instead|rather)\W*$|换成|改成|改为|换为")
_LIMIT = re.compile(
    r"(?:the\s+|for\s+)?(top|first|best|worst|bottom|show|前|最高的?)\s*(\d{1,5}|[a-z]+)\s*(?:个|名|位|家|单)?"
)
#: what the rows before come to in money, and which things they are of
_MONEY = re.compile(
    r"(?:and\s+)?(?:how much (?:is|was|are|were) (?:that|it|this|those|they|these)"
    r"(?: (?:in|worth) ?(?:money|total|all|cash|euros?)?)?"
    r"|how much(?: money)?(?: (?:is|was) (?:that|it|this))?"
    r"|(?:what(?:'s| is| are)? )?(?:that )?in (?:money|cash|euros?)"
    r"|(?:what(?:'s| is| are)? )?(?:the )?(?:total )?amounts?"
    r"|(?:一共|总共)?(?:是)?(?:多少钱|金额(?:是)?(?:多少)?|总金额))"
)
_IN_MONEY = {"orders": "revenue", "refunds": "refund_amount", "carts": "cart_value"}
_WHICH = re.compile(r"(?:for |of |in |from |by )?(?:which|what) (\w+(?: \w+)?)|(?:是)?(?:哪些|哪个|哪几个|什么)(.+)")
#: said behind what it holds for
_ADDS = re.compile(r"\s*\b(?:too|as well|also)\W*$|也(?:要|算上|加上)?$")
_ONLY_BEHIND = re.compile(r"(\S.*\S)\s+only\W*$")
#: an adjective's `ones` are the rows before
_ONES = re.compile(r"(?<!\bwhich) \bones?\b(?! day| week| month| year)")
_NUMBERS = {"three": 3, "five": 5, "ten": 10, "twenty": 20, "fifty": 50, "hundred": 100}
#: measures whose names are read as another question, and those by which their own is asked
_SAID: dict[str, tuple[str, str]] = {
    "product_revenue": ("revenue", "销售额"),
    "spend": ("revenue", "销售额"),
    "signups": ("number of orders", "订单数"),
    "new_buyers": ("number of orders", "订单数"),
    "buyers": ("number of orders", "订单数"),
    "buyers_of": ("units sold", "销量"),
    "orders_with": ("units sold", "销量"),
    "visitors": ("number of visits", "访问次数"),
    "resolved_tickets": ("number of tickets", "工单数"),
    "largest_refund": ("refund amount", "退款金额"),
    "refunds_of": ("number of refunds", "退款笔数"),
    "refund_rate_of": ("number of orders", "订单数"),
    "days_between_orders": ("number of customers", "客户数"),
    "cancellation_rate": ("number of orders", "订单数"),
    "refund_rate": ("number of orders", "订单数"),
    "revenue_per_buyer": ("revenue", "销售额"),
    "orders_per_buyer": ("number of orders", "订单数"),
    "spend_per_customer": ("number of customers", "客户数"),
    "orders_per_customer": ("number of customers", "客户数"),
    "total_value": ("number of customers", "客户数"),
    "delivery_days": ("number of orders", "订单数"),
    "discount": ("number of orders", "订单数"),
    "shipping": ("number of orders", "订单数"),
    "cart_units": ("number of carts", "购物车数"),
}
#: of things: what a list's rows are called, and how they are counted
_THINGS: dict[str, tuple[str, str]] = {
    "customers": ("customers", "客户"), "orders": ("orders", "订单"), "products": ("products", "商品"),
    "refunds": ("refunds", "退款"), "reviews": ("reviews", "评价"), "tickets": ("tickets", "工单"),
    "visits": ("visits", "访问"), "carts": ("carts", "购物车"), "messages": ("messages", "消息"),
}  # fmt: skip
#: fields that orders have and their customers have not
_OF_PEOPLE = frozenset({"country", "city", "language", "consent", *OF_BUYERS})
_ITSELF = ("subj", "measure", "verb", "howmany", "howmuch", "howlong")


@dataclass(frozen=True, slots=True)
class _Said:
    """What is left of a text without the words that tie it to the question before."""

    rest: str
    narrows: bool
    changes: bool
    #: beside what was said before, not in its place
    adds: bool = False

    @property
    def is_tied(self) -> bool:
        return self.narrows or self.changes


class _NotOne(Exception):
    """It cannot be said what the words change."""

    def __init__(self, outcome: Unclear | Unsupported) -> None:
        super().__init__(outcome.why)
        self.outcome = outcome


def read_after(before: Question | None, text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Outcome:
    """The question that a text asks after another one: that one changed, or one of its own."""
    outcome = _read_after(before, text, shop, now, zone)
    number = None if before is None or not isinstance(outcome, Unclear) else _number_of_new(before)
    if number is None:
        return outcome
    # new buyers are listed, and may be set beside those of another time all the same
    of_number = _read_after(number, text, shop, now, zone)
    return of_number if isinstance(of_number, Question) else outcome


def _number_of_new(before: Question) -> Question | None:
    """How many a list of new buyers holds, as a measure of its time; None for any other question."""
    if before.subject != "customers" or before.measure is not None:
        return None
    firsts = [each for each in before.where if isinstance(each, During) and each.field == "first_order_at"]
    if len(firsts) != 1:
        return None
    where = tuple(each for each in before.where if each is not firsts[0] and each != Compare("orders", "ge", 1))
    return Question(measure="new_buyers", where=where, window=firsts[0].window)


def _read_after(before: Question | None, text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Outcome:
    asked = read(text, shop, now, zone)
    if before is None or len(text) > LONGEST or isinstance(asked, Unsupported):
        return asked
    said = _said(normalise(text))
    if (shaped := _shaped(before, said, text, shop, now, zone)) is not None:
        return shaped
    if _is_fragment(said.rest, shop):
        said = dataclasses.replace(said, changes=True)
    stands_alone = isinstance(asked, Question) and not said.is_tied
    if stands_alone and not _is_short(said.rest):
        return asked
    if not (said.is_tied or _is_short(said.rest)) and _names_something(said.rest, shop):
        return asked
    followed = follow(before, text, shop, now, zone)
    if isinstance(followed, Question):
        return followed
    if isinstance(asked, Question) and not said.narrows and _is_whole(asked, said.rest, shop):
        return asked
    tells_more = isinstance(asked, Unclear) and followed.why != "follow"
    return followed if said.is_tied or _is_short(said.rest) or tells_more else asked


def read_all(lines: Sequence[str], shop: Shop, now: datetime, zone: ZoneInfo) -> Outcome:
    """The question that several lines come to, each said after the one before; the first outcome that is none."""
    before: Question | None = None
    for line in lines:
        found = read_after(before, line, shop, now, zone)
        if not isinstance(found, Question):
            return found
        before = found
    return Unclear("empty") if before is None else before


def follow(before: Question, text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Outcome:
    """The question before as a text changes it; `Unclear` where the text does not say how."""
    if before.than is not None or before.each is not None or before.top_percent is not None:
        return Unclear("follow")
    said = _said(normalise(text))
    if (shaped := _shaped(before, said, text, shop, now, zone)) is not None:
        return shaped
    try:
        return _Changed(before, said, is_chinese(text), shop, now, zone).question()
    except _NotOne as error:
        return error.outcome
    except ImpossibleTime as error:
        return Unclear("time", str(error))


def _shaped(before: Question, said: _Said, text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Outcome | None:
    """The same in another shape, of the time beside it, row by row, or of another measure; None where none is asked."""
    shaped = reshaped(before, said.rest, shop, now, zone)
    if shaped is not None:
        return Unclear(shaped) if isinstance(shaped, str) else shaped
    change = _Changed(before, said, is_chinese(text), shop, now, zone)
    try:
        window = moved_window(before.window, said.rest, now, zone)
        if isinstance(window, Window):
            return change._in_time(window)
        if window is not None:
            return Unclear(window)
        if _EACH_CUSTOMER.fullmatch(said.rest):
            return change.by_customer()
        if found := _LISTED.fullmatch(said.rest):
            return change.listed_where(found[1] or found[2])
        if _INSTEAD.search(normalise(text)):
            return change.of_another_measure()
    except _NotOne as error:
        return error.outcome
    return None


def says_nothing(text: str, shop: Shop) -> bool:
    """Whether a text asks for nothing at all: thanks, a greeting, a name."""
    return all(atom.has("filler") for atom in lex(_said(normalise(text)).rest, shop))


def _said(text: str) -> _Said:
    adds = _ADDS.search(text.strip().rstrip("?？!.。")) is not None
    rest = _TAIL.sub("", text.strip())
    narrows = changes = False
    if behind := _ONLY_BEHIND.fullmatch(rest):
        rest, narrows = behind[1], True
    while True:
        for pattern, kind in ((_COURTESY, ""), (_NARROWS, "narrows"), (_CHANGES, "changes")):
            found = pattern.match(rest)
            if found and found.end() and not _is_short(rest):
                rest = rest[found.end() :].strip(" ,，")
                narrows, changes = narrows or kind == "narrows", changes or kind == "changes"
                break
        else:
            return _Said(_ONES.sub("", rest), narrows, changes, adds)


def _is_short(rest: str) -> bool:
    """Whether words are one of the few that ask for the same in another shape."""
    return any(pattern.fullmatch(rest) for pattern in (_PEOPLE, _LIST, _COUNT, _LIMIT, _MONEY))


def _names_something(rest: str, shop: Shop) -> bool:
    """Whether words say themselves what is asked for, and so change nothing that was asked before."""
    return any(atom.has(kind) for atom in lex(rest, shop) for kind in _ITSELF)


def _is_fragment(rest: str, shop: Shop) -> bool:
    """Whether words are no question but a value, a time or a thing to split by: for tom, which products."""
    atoms = lex(rest, shop)
    if _WHICH.fullmatch(rest):
        things = [atom for atom in atoms if not (atom.has("filler") or atom.has("which") or atom.has("by"))]
        return len(things) == 1 and (things[0].has("subj") or things[0].has("field"))
    said = [atom for atom in atoms if not atom.has("filler")]
    if any(name == "segment" for atom in said for name, _ in pairs(atom)) and not rest.startswith(("for ", "in ")):
        # the name of a segment asks for who is in it
        return False
    return bool(said) and all(any(atom.has(kind) for kind in ("val", "neg", "except", "or", "and")) for atom in said)


def _is_whole(asked: Question, rest: str, shop: Shop) -> bool:
    """Whether a question that begins like an addition is complete: it says what is asked and of what."""
    return _names_something(rest, shop) and bool(asked.where or asked.window)


class _Changed:
    def __init__(self, before: Question, said: _Said, chinese: bool, shop: Shop, now: datetime, zone: ZoneInfo) -> None:
        self.before, self.said, self.chinese = before, said, chinese
        self.shop, self.now, self.zone = shop, now, zone

    def question(self) -> Question:
        rest = self.said.rest
        if not rest:
            raise _NotOne(Unclear("follow"))
        if _PEOPLE.fullmatch(rest):
            return self._listed(people=True)
        if _LIST.fullmatch(rest):
            return self._listed(people=False)
        if _COUNT.fullmatch(rest):
            return self._counted()
        if _MONEY.fullmatch(rest):
            return self._in_money()
        if found := _LIMIT.fullmatch(rest):
            return self._limited(found[2], found[1] in ("worst", "bottom"))
        if (found := _WHICH.fullmatch(rest)) and _is_fragment(rest, self.shop):
            return self._which(found[1] or found[2])
        return self._put_in()

    # --- another shape ------------------------------------------------------------------------------------------

    def _listed(self, *, people: bool) -> Question:
        """A number becomes the list of what it counts."""
        before = self.before
        if before.share or before.growth or before.versus is not None or before.having is not None:
            raise _NotOne(Unclear("follow"))
        if before.by is not None and (people or before.limit is not None or before.measure not in get_args(Subject)):
            # what stands in one row of a table are several
            raise _NotOne(Unclear("follow"))
        if before.subject is not None:
            if people and before.subject != "customers":
                raise _NotOne(Unclear("follow"))
            return before
        measure = str(before.measure)
        where = self._as_customers(measure)
        if where is not None:
            return Question(subject="customers", where=where)
        if people or measure not in get_args(Subject):
            raise _NotOne(Unclear("follow"))
        return Question(subject=measure, where=before.where, window=before.window)  # type: ignore[arg-type]

    def listed_where(self, kind: str) -> Question | None:
        """The rows of one kind, of what was counted before; None where the words name no kind."""
        atoms = [atom for atom in lex(kind, self.shop) if not atom.has("filler")]
        if not atoms or any(atom.has(each) for atom in atoms for each in (*_ITSELF, "field", "top", "by", "num")):
            return None
        said = dataclasses.replace(self.said, rest=kind, narrows=True)
        only = _Changed(self.before, said, self.chinese, self.shop, self.now, self.zone)._put_in()
        return _Changed(only, said, self.chinese, self.shop, self.now, self.zone)._listed(people=False)

    def by_customer(self) -> Question:
        """A row for each customer of what was asked before."""
        before = self.before
        measure = str(before.measure or before.subject)
        if before.share or before.growth or before.versus is not None or before.having is not None:
            raise _NotOne(Unclear("follow"))
        if (
            measure not in MEASURES
            or "customer" not in FIELDS_OF.get(MEASURES[measure].fact, ())
            or measure == "customers"
        ):
            raise _NotOne(Unclear("mix", "customer"))
        changed = replace(before, measure=measure, subject=None, by="customer", then=None, order=None, descending=True)
        return replace(changed, limit=None)

    def of_another_measure(self) -> Question | None:
        """The same of another measure: units instead; None where the words name none."""
        before = self.before
        atoms = [atom for atom in lex(self.said.rest, self.shop) if not atom.has("filler")]
        if len(atoms) != 1 or before.subject is not None or before.share or before.having is not None:
            return None
        name = (
            str(atoms[0]["measure"])
            if atoms[0].has("measure")
            else str(atoms[0]["subj"])
            if atoms[0].has("subj")
            else ""
        )
        if name not in MEASURES or name in ("customers", "products"):
            return None
        if {before.by, before.then} & {"category", "product"} or _is_about_goods(before):
            name = {"revenue": "product_revenue", "orders": "orders_with", "buyers": "buyers_of"}.get(name, name)
        known = FIELDS_OF.get(MEASURES[name].fact, set())
        told = {str(getattr(each, "field", "")) for each in before.where} | {before.by, before.then} - {None, *BUCKETS}
        if not told <= known or (before.window is not None and MEASURES[name].fact in ("customers", "products")):
            raise _NotOne(Unclear("mix", self.said.rest))
        return replace(before, measure=name)

    def _as_customers(self, measure: str) -> tuple[Filter, ...] | None:
        """What holds for the customers that a measure counts; None where it counts something else."""
        where, window = self.before.where, self.before.window
        match measure:
            case "customers":
                return where
            case "signups" | "new_buyers":
                during = () if window is None else (During(MEASURES[measure].time, window),)
                return (*where, *during)
            case "buyers" | "buyers_of" | "visitors":
                own = tuple(each for each in where if _is_of_customers(each))
                of_rows = tuple(each for each in where if not _is_of_customers(each))
                event = MEASURES[measure].fact
                return (*own, Did(event, window=window, where=of_rows))  # type: ignore[arg-type]
            case _:
                return None

    def _counted(self) -> Question:
        before = self.before
        if before.subject is None:
            raise _NotOne(Unclear("follow"))
        return Question(measure=before.subject, where=before.where, window=before.window)

    def _in_money(self) -> Question:
        """What the rows counted or listed before come to."""
        before = self.before
        measure = _IN_MONEY.get(str(before.subject or before.measure))
        if measure is None or before.share or before.having is not None or before.limit is not None:
            raise _NotOne(Unclear("follow"))
        return replace(before, measure=measure, subject=None, order=None)

    def _which(self, thing: str) -> Question:
        """Which products, after a number of something else: the number of each."""
        if any(atom.has("subj", self.before.subject or self.before.measure) for atom in lex(thing, self.shop)):
            return self._listed(people=False)
        by = dataclasses.replace(self.said, rest=f"按{thing}" if self.chinese else f"by {thing}")
        return _Changed(self.before, by, self.chinese, self.shop, self.now, self.zone)._put_in()

    def _limited(self, number: str, from_below: bool) -> Question:
        before = self.before
        limit = int(number) if number.isdecimal() else _NUMBERS.get(number, 0)
        if not limit:
            raise _NotOne(Unclear("follow"))
        if before.order is not None:
            return replace(before, descending=before.descending and not from_below, limit=limit)
        if before.by is not None and before.by not in BUCKETS:
            return replace(before, order="value", descending=not from_below, limit=limit)
        raise _NotOne(Unclear("rank"))

    # --- more, or other, words ----------------------------------------------------------------------------------

    def _put_in(self) -> Question:
        before = self.before
        if self.said.adds and self._is_only_a_time():
            raise _NotOne(Unclear("follow"))
        if self._is_only_a_time():
            return self._in_time(self._beside(("number of orders", "订单数")).window, self._by_time())
        if before.growth or before.versus is not None:
            raise _NotOne(Unclear("follow"))
        if before.share and (parted := self._part_of_each()) is not None:
            return parted
        if before.share and before.by is None:
            raise _NotOne(Unclear("follow"))
        said = self._beside(self._name())
        if before.share and (said.by is not None or said.order is not None):
            raise _NotOne(Unclear("follow"))
        if said.share or said.versus is not None or said.having is not None:
            raise _NotOne(Unclear("follow"))
        changed = replace(before, where=self._where(said.where))
        if said.by is not None:
            changed = self._split(changed, said)
        elif _is_about_goods(said) and changed.measure in ("revenue", "spend"):
            changed = replace(changed, measure="product_revenue")
        if said.order is not None and said.by is None:
            if changed.subject != said.subject:
                raise _NotOne(Unclear("rank"))
            changed = replace(changed, order=said.order, descending=said.descending, limit=said.limit)
        if self.said.adds and (said.by is not None or said.order is not None or self._has_time()):
            raise _NotOne(Unclear("follow"))
        if said.window is not None and self._has_time():
            changed = _Changed(changed, self.said, self.chinese, self.shop, self.now, self.zone)._in_time(said.window)
        if changed == before:
            raise _NotOne(Unclear("follow"))
        return changed

    def _part_of_each(self) -> Question | None:
        """A share of each group, where the words are no more than what it is split by."""
        before, atoms = self.before, [atom for atom in self._atoms() if not atom.has("filler")]
        split = [atom for atom in atoms if atom.has("field")]
        if len(split) != 1 or any(not (atom.has("by") or atom in split) for atom in atoms) or before.first is not None:
            return None
        by = str(split[0]["field"])
        if by not in FIELDS_OF.get(MEASURES[str(before.measure)].fact, set()):
            raise _NotOne(Unclear("mix", split[0].text))
        if before.by is None:
            return replace(before, by=by, within=True)
        return replace(before, by=by)

    def _beside(self, name: tuple[str, str]) -> Question:
        """The rest of the words, read as said of something."""
        rest = self.said.rest
        text = f"{rest}的{name[1]}" if self.chinese else f"{name[0]} {rest}"
        found = read(text, self.shop, self.now, self.zone)
        if isinstance(found, Unclear | Unsupported):
            raise _NotOne(found)
        return found

    def _name(self) -> tuple[str, str]:
        """What was asked for, in words that are read as that."""
        before = self.before
        if before.subject is not None:
            return _THINGS[before.subject]
        measure = str(before.measure)
        known = MEASURES[measure]
        if measure == "customers" or known.fact == "customers":
            return ("number of customers", "客户数")
        return _SAID.get(measure, (known.english, known.chinese))

    def _atoms(self) -> list[Atom]:
        return Times(self.now, self.zone).reduce(lex(self.said.rest, self.shop))

    def _has_time(self) -> bool:
        return any(atom.has("span") for atom in self._atoms())

    def _is_only_a_time(self) -> bool:
        atoms = [atom for atom in self._atoms() if not atom.has("filler")]
        return len(atoms) == 1 and atoms[0].has("span")

    def _by_time(self) -> str | None:
        return self.before.by if self.before.by in BUCKETS else None

    def _in_time(self, window: Window | None, by: str | None = None) -> Question:
        """In another time: where exactly one is said so far, or what is asked for has one of its own."""
        before = self.before
        if window is None or before.growth or before.versus is not None:
            raise _NotOne(Unclear("follow"))
        if by is not None:
            english, chinese = f"number of orders by {by}", f"按{_BUCKETS[by]}的订单数"
            window = self._beside_bucket(english, chinese)
        places = sum(map(_times_in, before.where))
        has_own = before.window is not None
        if has_own + places > 1:
            raise _NotOne(Unclear("window"))
        if places:
            return replace(before, where=tuple(_moved(each, window, self.now) for each in before.where))
        if has_own or self._can_have_time():
            return replace(before, window=window)
        if len(timeless := [at for at, each in enumerate(before.where) if _may_have_time(each)]) == 1:
            # who paid by card: in that time
            where = list(before.where)
            where[timeless[0]] = replace(where[timeless[0]], window=window)
            return replace(before, where=tuple(where))
        raise _NotOne(Unclear("which_window"))

    def _beside_bucket(self, english: str, chinese: str) -> Window:
        rest = self.said.rest
        found = read(f"{rest}{chinese}" if self.chinese else f"{english} {rest}", self.shop, self.now, self.zone)
        if not isinstance(found, Question) or found.window is None:
            raise _NotOne(Unclear("follow"))
        return found.window

    def _can_have_time(self) -> bool:
        before = self.before
        if before.subject is not None:
            return before.subject not in ("customers", "products")
        known = MEASURES[str(before.measure)]
        return known.fact not in ("customers", "products") or bool(known.time)

    def _split(self, changed: Question, said: Question) -> Question:
        """By something: of a list, the number of its rows."""
        if changed.having is not None:
            raise _NotOne(Unclear("follow"))
        measure = changed.measure or changed.subject
        if said.by in ("category", "product") and said.measure != measure:
            # what is sold of an article is another number than what its orders come to
            if measure not in ("revenue", "spend", "orders"):
                raise _NotOne(Unclear("mix", str(said.by)))
            measure = said.measure
        is_time = said.by in BUCKETS
        window = changed.window
        if is_time and window is None:
            if not self._can_have_time():
                raise _NotOne(Unclear("which_window"))
            window = said.window
        ranked = changed.by is not None and changed.order == "value" and not is_time
        order, limit = ("value", changed.limit) if ranked else (None, None)
        if said.order is not None:
            order, limit = said.order, said.limit
        return Question(
            measure=measure, where=changed.where, window=window, by=said.by, order=order,
            descending=said.descending if said.order is not None else changed.descending if ranked else True,
            limit=limit,
        )  # fmt: skip

    def _where(self, added: tuple[Filter, ...]) -> tuple[Filter, ...]:
        where = list(self.before.where)
        for each in added:
            if each in where:
                continue
            against = [one for one in where if _contradict(one, each)]
            if against and (self.said.narrows or isinstance(each, Not)):
                raise _NotOne(Unclear("contradiction", self.said.rest))
            where = [one for one in where if one not in against]
            rival = next((at for at, one in enumerate(where) if _is_about_same(one, each)), None)
            if self.said.adds:
                old = None if rival is None else where[rival]
                if rival is None or not (isinstance(old, Is) and isinstance(each, Is)):
                    # beside which other one?
                    raise _NotOne(Unclear("follow"))
                where[rival] = Is(old.field, (*old.values, *each.values))
                continue
            if rival is None:
                where.append(each)
            elif self.said.narrows and isinstance(each, Is) and not _is_within(each, where[rival]):
                raise _NotOne(Unclear("contradiction", self.said.rest))
            elif self.said.narrows and not isinstance(each, Is):
                where.append(each)
            else:
                where[rival] = each
        return tuple(where)


_BUCKETS = {
    "day": "天",
    "week": "周",
    "month": "月",
    "quarter": "季度",
    "year": "年",
    "weekday": "星期",
    "hour": "小时",
}


def _is_about_goods(said: Question) -> bool:
    return any(isinstance(each, Is) and each.field in ("category", "product") for each in said.where)


def _is_about_same(one: Filter, other: Filter) -> bool:
    """Whether two conditions say something of the same field, the same way round."""
    match one, other:
        case (Is(field=a), Is(field=b)):
            return a == b
        case (Compare(field=a, op=x), Compare(field=b, op=y)):
            return a == b and x[0] == y[0]
        case (During(field=a), During(field=b)):
            return a == b
        case _:
            return False


def _contradict(one: Filter, other: Filter) -> bool:
    """Whether one condition leaves out all that the other asks for."""
    match one, other:
        case (Not(Is(field=a, values=out)), Is(field=b, values=asked)) | (
            Is(field=a, values=asked),
            Not(Is(field=b, values=out)),
        ):
            return a == b and set(asked) <= set(out)
        case _:
            return False


def _is_within(one: Is, other: Filter) -> bool:
    return isinstance(other, Is) and set(one.values) <= set(other.values)


def _is_of_customers(filter_: Filter) -> bool:
    match filter_:
        case Is(field=name):
            return name in _OF_PEOPLE
        case Not(inner):
            return _is_of_customers(inner)
        case Or(several):
            return all(map(_is_of_customers, several))
        case Compare(field=name):
            return name not in ("total", "amount", "stars")
        case During(field=name):
            return name in ("signed_up_at", "first_order_at", "last_order_at")
        case Did():
            return True
        case Among(by=by):
            return by == "customer"


def _may_have_time(filter_: Filter) -> bool:
    """Whether it is of all times, and could be of one alone."""
    match filter_:
        case Did(event=event, window=None):
            return event != "carts"
        case Among(measure=measure, window=None):
            return MEASURES[measure].fact not in ("customers", "products") or bool(MEASURES[measure].time)
        case _:
            return False


def _times_in(filter_: Filter) -> int:
    match filter_:
        case During() | Did(window=Window()) | Among(window=Window()):
            return 1
        case Not(inner):
            return _times_in(inner)
        case Or(several):
            return sum(map(_times_in, several))
        case _:
            return 0


def _moved(filter_: Filter, window: Window, now: datetime) -> Filter:
    match filter_:
        case During(field="last_order_at", window=Window(start=None)):
            # not since: a time that does not last until now says something else
            if window.end is None or window.end < now:
                raise _NotOne(Unclear("inactive"))
            return During("last_order_at", Window(None, window.start))
        case During(field=name):
            return During(name, window)
        case Did(window=Window()) | Among(window=Window()):
            return replace(filter_, window=window)
        case Not(inner):
            return Not(_moved(inner, window, now))
        case Or(several):
            return Or(tuple(_moved(each, window, now) for each in several))
        case _:
            return filter_
