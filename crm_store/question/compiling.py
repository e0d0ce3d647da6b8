"""A question as one SQL statement, for every engine of the store.

What was typed is in it as bound parameters alone. Stretches of time come as bounds that Python computed in the shop's
time zone, so no engine's date functions are asked.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Exists,
    FromClause,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList
from sqlalchemy.sql.operators import and_ as and_op
from sqlalchemy.sql.operators import is_
from sqlalchemy.sql.visitors import iterate

from crm_store.question import kept
from crm_store.question.facts import Fact, Facts, Setting
from crm_store.question.grammar import (
    BUCKETS,
    NEWNESS,
    Among,
    CannotAsk,
    Compare,
    Did,
    During,
    Filter,
    Is,
    Not,
    Op,
    Or,
    Question,
    Window,
)
from crm_store.question.measures import MEASURES, OF_ALL_ORDERS, Measure
from crm_store.schema import Customer, Order, Product

#: what a list shows, the raw key first; numbers and times of its rows
LISTED: dict[str, tuple[str, ...]] = {
    "customers": ("customer", "country", "city", "orders", "last_order_at", "spend"),
    "orders": ("order", "customer", "placed_at", "order_status", "total"),
    "products": ("product", "product_name", "category", "price", "stock"),
    "refunds": ("refund", "order", "customer", "created_at", "reason", "refund_status", "amount"),
    "reviews": ("review", "customer", "product", "created_at", "stars"),
    "tickets": ("ticket", "customer", "kind", "priority", "ticket_status", "agent", "opened_at"),
    "visits": ("customer", "product", "source", "at"),
    "carts": ("customer", "product", "quantity", "updated_at"),
    "messages": ("customer", "author", "created_at"),
}
#: the statuses that a field of a row may be asked for, and so the usual leaving out of cancelled orders does not hold
_STATUS = "order_status"
_TALLIES = {
    ("orders", "money"): "total",
    ("items", "money"): "amount",
    ("items", "count"): "quantity",
    ("items", "units"): "quantity",
    ("refunds", "money"): "amount",
    ("reviews", "rating"): "rating",
}


def listed(question: Question) -> tuple[str, ...]:
    """The columns of a list: of orders named by their number, also how they travel and when they came."""
    names = LISTED[str(question.subject)]
    if question.subject == "orders" and any(isinstance(each, Is) and each.field == "order" for each in question.where):
        return (*names[:-1], "carrier", "delivered_at", names[-1])
    return names


def compile_question(question: Question, setting: Setting) -> Select[Any]:
    """The statement. Raises `CannotAsk` where the store does not say what is asked.

    Its columns: `value` (a number), `part` and `whole` (a share), `value` and `before` (a comparison), `key` and
    `value` with `matches` (a table; it counts the groups), or those that are `listed`, with `matches` (a list).
    """
    return _Compiler(setting).statement(question)


def buckets(bucket: str, window: Window, zone: ZoneInfo) -> list[datetime]:
    """Where the days, weeks, ... of a closed window begin, in the shop's time zone, with the end of the last."""
    if window.start is None or window.end is None:
        raise CannotAsk(bucket, "time")
    at = start_of(bucket, window.start.astimezone(zone))
    found = [at]
    while at < window.end:
        at = step(bucket, at)
        found.append(at)
    return found


def start_of(bucket: str, at: datetime) -> datetime:
    """The beginning of the day, week, month, quarter or year around a local time."""
    at = at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    match bucket:
        case "week":
            return at - timedelta(days=at.weekday())
        case "month":
            return at.replace(day=1)
        case "quarter":
            return at.replace(month=at.month - (at.month - 1) % 3, day=1)
        case "year":
            return at.replace(month=1, day=1)
        case _:
            return at


def step(bucket: str, at: datetime, by: int = 1) -> datetime:
    """So many days, weeks, ... later (earlier) than the beginning of one, on the wall clock."""
    match bucket:
        case "week":
            return at + timedelta(weeks=by)
        case "month" | "quarter":
            month = at.year * 12 + at.month - 1 + by * (1 if bucket == "month" else 3)
            return at.replace(year=month // 12, month=month % 12 + 1)
        case "year":
            return at.replace(year=at.year + by)
        case _:
            return at + timedelta(days=by)


@dataclass(slots=True)
class _Rows:
    """Rows of a fact that meet conditions."""

    fact: Fact
    conditions: list[ColumnElement[bool]]


class _Compiler:
    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._facts = Facts(setting)

    def statement(self, question: Question) -> Select[Any]:
        if question.subject is not None:
            return self._list(question)
        if question.measure is None:
            raise CannotAsk("nothing", "anything")
        if question.by is not None:
            return self._table(question)
        if question.mean is not None:
            return select(self._mean(question, question.window).label("value"))
        value = self._number(question.measure, question.where, question.window)
        if question.than is not None:
            than = question.than
            return select(value.label("value"), self._number(than.measure, than.where, than.window).label("before"))
        if question.first is not None:
            return self._part_of_the_first(question, *question.first)
        if question.share:
            whole = self._number(question.measure, question.of, question.window)
            return select(value.label("part"), whole.label("whole"))
        if question.versus is not None:
            before = self._number(question.measure, question.where, question.versus)
            return select(value.label("value"), before.label("before"))
        return select(value.label("value"))

    def _part_of_the_first(self, question: Question, group: str, count: int) -> Select[Any]:
        """What the so many of a group that have most of it have together, and all."""
        measure = MEASURES[str(question.measure)]
        if measure.aggregate not in ("count", "sum") or question.versus is not None or question.growth:
            raise CannotAsk(measure.english, group)
        alone = replace(question, first=None, share=False, of=(), by=group, order="value", descending=True, limit=count)
        leaders = self._table(alone).subquery("leaders")
        whole = self._number(str(question.measure), question.where, question.window)
        return select(select(func.sum(leaders.c.value)).scalar_subquery().label("part"), whole.label("whole"))

    def _mean(self, question: Question, window: Window | None) -> ColumnElement[Any]:
        """So much a day, week, ...: those in which nothing happened count too."""
        whole = self._number(str(question.measure), question.where, window)
        return cast(whole, Double) / self._how_many(question)

    def _how_many(self, question: Question) -> float:
        """The days, weeks, ... that a mean is over; of weeks that the time cuts in two the days count."""
        measure = MEASURES[str(question.measure)]
        if question.mean is None or question.share or question.versus is not None or question.growth:
            raise CannotAsk(measure.english, "mean")
        if measure.aggregate not in ("count", "sum") or measure.each or question.mean in ("weekday", "hour"):
            raise CannotAsk(measure.english, question.mean)
        window = question.window or Window(None, None)
        bounds = buckets(question.mean, window, self._setting.zone)
        if bounds[0] == window.start:
            return len(bounds) - 1
        if question.mean not in ("day", "week") or window.start is None or window.end is None:
            raise CannotAsk(measure.english, question.mean)
        days = -((window.start - window.end) // timedelta(days=1))
        return days if question.mean == "day" else days / 7

    # --- a number ---------------------------------------------------------------------------------------------------

    def _number(self, name: str, where: Sequence[Filter], window: Window | None) -> ColumnElement[Any]:
        if name == "net_revenue":
            refunded = Is("refund_status", ("approved", "paid"))
            gained = self._number("revenue", where, window)
            lost = self._number("refund_amount", (*where, refunded), window)
            return func.coalesce(gained, 0) - func.coalesce(lost, 0)
        measure = MEASURES[name]
        if name == "customers" and window is None and not self._setting.historic:
            match where:
                case (Did() as did,) if not _holds_for_none(did) and kept.did(did, self._facts) is None:
                    return self._how_many_did(did)
        if not where and window is None and not self._setting.historic:
            if name in _KEPT:
                return self._of_everybody(name, measure)
            if name in _OF_KEPT:
                return self._of_kept(name)
        rows = self._rows(name, measure, where, window)
        if rows.fact is self._facts.customers and (measure.aggregate, measure.of) == ("count", "id"):
            return self._counted(rows).scalar_subquery()
        number = rows.fact.numbers.get(measure.of, rows.fact.key)
        if measure.each:
            return self._aggregate_of_each(measure, self._of_each(rows, measure), []).scalar_subquery()
        if measure.aggregate == "median":
            middle = self._middle(rows, number, None)
            return select(func.avg(middle.c.number)).select_from(middle).scalar_subquery()
        return self._select(rows, self._aggregate(rows.fact, measure)).scalar_subquery()

    def _of_everybody(self, name: str, measure: Measure) -> ColumnElement[Any]:
        """A sum over all orders: what is kept of customers, and guests' orders."""
        kept = select(func.coalesce(func.sum(self._facts.customers.numbers[_KEPT[name]]), 0))
        orders = self._facts.orders
        guests = _Rows(orders, [*orders.usual, orders.customer.is_(None)])
        of_guests = func.coalesce(self._select(guests, self._aggregate(orders, measure)).scalar_subquery(), 0)
        return kept.scalar_subquery() + of_guests

    def _of_kept(self, name: str) -> ColumnElement[Any]:
        """How many buyers there are, or a mean over all orders or buyers."""
        stats = self._facts.stats
        buyers = select(func.count()).select_from(stats).where(stats.c.orders > 0).scalar_subquery()
        if name == "buyers":
            return buyers
        of, per = _OF_KEPT[name]
        whole = cast(self._of_everybody(of, MEASURES[of]), Double)
        return whole / func.nullif(self._of_everybody(per, MEASURES[per]) if per in _KEPT else buyers, 0)

    def _how_many_did(self, did: Did) -> ColumnElement[Any]:
        """How many customers did something: counted where they did it, without a look at the customers."""
        who = self._who_did(did, of_goods=False).distinct().subquery("who")
        merged = select(Customer.id).where(Customer.merged_into_id.is_not(None))
        return select(func.count()).select_from(who).where(next(iter(who.c)).not_in(merged)).scalar_subquery()

    def _counted(self, rows: _Rows) -> Select[Any]:
        """How many rows there are; customers of whom only the kept numbers are asked are not looked at themselves."""
        fact, stats = rows.fact, self._facts.stats
        all_orders = fact is self._facts.orders and [*map(id, rows.conditions)] == [*map(id, fact.usual)]
        if all_orders and not self._setting.historic:
            return select(self._of_everybody("orders", MEASURES["orders"]))
        asked = rows.conditions[len(fact.always) :]
        if fact is self._facts.customers and not asked and not self._setting.historic:
            return kept.how_many_customers()
        if self._setting.historic or fact is not self._facts.customers or _tables(asked) != {stats}:
            return self._select(rows, func.count(fact.key))
        if not any(_needs_a_row(each) for each in asked) or any(map(_looks_elsewhere, asked)):
            return self._select(rows, func.count(fact.key))
        return kept.how_many(asked)

    def _aggregate(self, fact: Fact, measure: Measure) -> Any:
        number = fact.numbers.get(measure.of, fact.key)
        match measure.aggregate:
            case "count":
                return func.count(fact.key)
            case "distinct":
                return func.count(number.distinct())
            case "sum":
                return func.coalesce(func.sum(cast(number, Double) if measure.of in _FRACTIONS else number), 0)
            case "avg":
                return func.avg(cast(number, Double))
            case "min":
                return func.min(number)
            case "max":
                return func.max(number)
            case "ratio":
                per = fact.numbers[measure.per].distinct()
                return cast(func.sum(number), Double) / func.nullif(func.count(per), 0)
            case "quotient":
                return cast(func.sum(number), Double) / func.nullif(func.sum(fact.numbers[measure.per]), 0)
            case "part":
                whole = func.count(fact.numbers[measure.per].distinct())
                return cast(func.count(number.distinct()), Double) / func.nullif(whole, 0)
            case _:
                raise CannotAsk(measure.english, measure.aggregate)

    def _middle(self, rows: _Rows, number: ColumnElement[Any], key: ColumnElement[Any] | None) -> FromClause:
        """The one or two middle rows of each group, whose mean is the median."""
        rows.conditions.append(number.is_not(None))
        return _middle_of(self._select(rows, *_placed(number, key)))

    def _of_each(self, rows: _Rows, measure: Measure, *keys: ColumnElement[Any]) -> FromClause:
        """A number of each customer, order, ...: `number`, and the keys of the groups in which it stands."""
        owner, number = rows.fact.numbers[measure.each], rows.fact.numbers[measure.of]
        rows.conditions.append(owner.is_not(None))
        own = func.max(number) if measure.repeated else func.sum(number)
        return self._select(rows, *keys, own.label("number")).group_by(*keys, owner).subquery("of_each")

    def _aggregate_of_each(self, measure: Measure, each: FromClause, keys: Sequence[str]) -> Select[Any]:
        """What is told of them, by the keys."""
        number = each.c.number
        if measure.aggregate == "median":
            key = each.c[keys[0]] if keys else None
            each = _middle_of(select(*_placed(number, key)))
            value: ColumnElement[Any] = func.avg(each.c.number)
        else:
            told = {"avg": func.avg(cast(number, Double)), "sum": func.coalesce(func.sum(number), 0)}
            value = told.get(measure.aggregate, func.min(number) if measure.aggregate == "min" else func.max(number))
        groups = [each.c[key] for key in keys]
        return select(*groups, value.label("value")).group_by(*groups)

    # --- tables -----------------------------------------------------------------------------------------------------

    def _table(self, question: Question) -> Select[Any]:
        name, by = str(question.measure), str(question.by)
        measure = MEASURES[name]
        if question.than is not None or (question.least is not None and not _counts_rows(question, measure)):
            raise CannotAsk(name, by)
        if question.within:
            return self._parts_of_groups(question)
        if question.mean is not None:
            self._how_many(question)
            if name == "net_revenue" or by in BUCKETS or question.then in BUCKETS:
                raise CannotAsk(name, by)
        if self._is_of_whole_lives(question):
            return self._by_customer(question)
        everything = name == "orders" and by == _STATUS
        rows = self._rows(name, measure, question.where, question.window, everything=everything)
        if self._is_of_first_customers(question, measure, rows.fact):
            return self._first_customers(question, measure, rows)
        key = self._key(rows.fact, measure, by, question.window, question.then)
        shown, keys = [key.label("key")], [key]
        if question.then is not None:
            if name == "net_revenue" or measure.aggregate == "median":
                raise CannotAsk(name, question.then)
            second = self._key(rows.fact, measure, question.then, question.window, by)
            shown.append(second.label("then"))
            keys.append(second)
        if measure.each and by == measure.each:
            raise CannotAsk(measure.english, by)
        if "product" in (by, question.then):
            shown.append(func.max(rows.fact.fields["product_name"]).label("name"))
        if measure.each:
            shown = [column for column in shown if column.name != "name"]
            each = self._of_each(rows, measure, *shown)
            key = each.c.key
            grouped = self._aggregate_of_each(measure, each, [column.name for column in shown])
        elif measure.aggregate == "median":
            middle = self._middle(rows, rows.fact.numbers[measure.of], key)
            value: ColumnElement[Any] = func.avg(middle.c.number)
            key = middle.c.key
            grouped = select(key, value.label("value")).group_by(key)
        else:
            value = self._aggregate(rows.fact, measure)
            if question.mean is not None:
                value = cast(value, Double) / self._how_many(question)
            alone = question.then is None and question.mean is None and question.least is None
            alone = alone and by in ("product", "category")
            if alone and self._is_by_goods(rows.fact, measure, by):
                grouped = self._by_goods(rows, value, by)
            else:
                grouped = self._select(rows, *shown, value.label("value")).group_by(*keys)
            if question.least is not None:
                grouped = grouped.having(func.count(rows.fact.key) >= question.least)
        if by == "customer":
            grouped = grouped.where(key.is_not(None))
        elif question.then == "customer":
            grouped = grouped.where(keys[1].is_not(None))
        if question.mean is None and question.least is None:
            quicker = self._by_status(question) if everything else self._kept_groups(question)
            if quicker is None and rows.fact is self._facts.orders and measure.aggregate in ("count", "sum"):
                quicker = self._by_stretches(question, measure)
            if quicker is not None:
                grouped = quicker
        if name == "net_revenue":
            grouped = self._less_refunds(grouped, question)
        groups = grouped.subquery("groups")
        if question.each is not None:
            return _first_of_each(groups, question)
        result = select(*groups.c, func.count().over().label("matches"))
        if question.share:
            whole = cast(func.sum(groups.c.value).over(), Double)
            columns = [column for column in groups.c if column.key != "value"]
            share = 100.0 * groups.c.value / func.nullif(whole, 0)
            result = select(*columns, share.label("value"), func.count().over().label("matches"))
        if question.having is not None:
            result = result.where(_compare(groups.c.value, *question.having))
        elif measure.aggregate in ("avg", "median", "min", "max"):
            result = result.where(groups.c.value.is_not(None))
        if question.then is not None:
            result = result.order_by(groups.c.key, groups.c.then)
        elif by in BUCKETS and question.order is None:
            result = result.order_by(groups.c.key)
        elif question.descending:
            result = result.order_by(groups.c.value.desc(), groups.c.key)
        else:
            result = result.order_by(groups.c.value, groups.c.key)
        return result.limit(question.limit)

    def _parts_of_groups(self, question: Question) -> Select[Any]:
        """Of each group's rows that are `of`, what part is `where`: in per cent, 0 where none is."""
        measure = MEASURES[str(question.measure)]
        if measure.aggregate not in ("count", "sum", "distinct") or question.then or question.having or question.each:
            raise CannotAsk(measure.english, str(question.by))
        plain = replace(question, share=False, within=False, of=(), order=None, limit=None)
        wholes = self._table(replace(plain, where=question.of)).subquery("wholes")
        parts = self._table(plain).subquery("parts")
        share = 100.0 * cast(func.coalesce(parts.c.value, 0), Double) / func.nullif(wholes.c.value, 0)
        columns = [column for column in wholes.c if column.key not in ("value", "matches")]
        beside = wholes.outerjoin(parts, wholes.c.key.is_not_distinct_from(parts.c.key))
        found = select(*columns, share.label("value"), wholes.c.matches).select_from(beside)
        value = share.desc() if question.descending else share
        return found.order_by(value, wholes.c.key).limit(question.limit)

    def _by_stretches(self, question: Question, measure: Measure) -> Select[Any] | None:
        """All orders by day, ..., year: each stretch is summed by the index of times, and no row is put to a group."""
        name, window = str(question.measure), question.window
        if question.where or question.then is not None or question.by in (None, "weekday", "hour"):
            return None
        if window is None or window.start is None or window.end is None or question.by not in BUCKETS:
            return None
        bounds = buckets(question.by, window, self._setting.zone)
        if len(bounds) > _MOST_STRETCHES:
            return None
        parts = []
        for place, (start, end) in enumerate(pairwise(bounds)):
            stretch = Window(max(start, window.start), min(end, window.end))
            rows = self._rows(name, measure, (), stretch)
            value = self._aggregate(rows.fact, measure)
            columns = (literal(place).label("key"), value.label("value"), func.count(rows.fact.key).label("rows_of_it"))
            parts.append(self._select(rows, *columns))
        found = union_all(*parts).subquery("stretches")
        summed: list[Any] = [found.c.key, found.c.value]
        return select(*summed).where(found.c.rows_of_it > 0)

    def _is_by_goods(self, fact: Fact, measure: Measure, by: str) -> bool:
        """Whether a table can be summed by the products' keys first; what is summed again has to add up."""
        return fact.product is not None and (by == "product" or measure.aggregate in ("count", "sum"))

    def _by_goods(self, rows: _Rows, value: ColumnElement[Any], by: str) -> Select[Any]:
        """Names and categories are looked up once a product, not once a row."""
        own = rows.fact.product
        sold = self._select(rows, own.label("product_id"), value.label("value")).group_by(own).subquery("sold")
        beside = sold.outerjoin(Product, Product.id == sold.c.product_id)
        if by == "product":
            columns: list[Any] = [Product.sku.label("key"), Product.name.label("name"), sold.c.value]
            return select(*columns).select_from(beside)
        summed: list[Any] = [Product.category.label("key"), func.sum(sold.c.value).label("value")]
        return select(*summed).select_from(beside).group_by(Product.category)

    def _by_status(self, question: Question) -> Select[Any] | None:
        """All orders by status: the few that were not delivered are counted by their index, the rest of all were."""
        if question.where or question.window is not None or question.then is not None or self._setting.historic:
            return None
        # a bound parameter would not tell SQLite that the index has all of them
        elsewhere = Order.status != literal_column("'delivered'")
        count: Any = func.count()
        others = select(Order.status.label("key"), count.label("value")).where(elsewhere).group_by(Order.status)
        counted = select(-count).where(elsewhere, Order.status != "cancelled")
        # added up, not subtracted: SQLite would compute the difference once more for the condition below
        parts = union_all(select(self._of_everybody("orders", MEASURES["orders"]).label("part")), counted)
        rest = parts.subquery("rest")
        delivered = select(literal("delivered").label("key"), func.sum(rest.c.part).label("value"))
        found = union_all(others, delivered).subquery("found")
        return select(found.c.key, found.c.value).where(found.c.value > 0)

    def _kept_groups(self, question: Question) -> Select[Any] | None:
        """All customers, or all their orders, by a field of theirs: where what is kept of them tells it."""
        name, by = str(question.measure), str(question.by)
        if question.where or question.window is not None or question.then is not None or self._setting.historic:
            return None
        customers, stats = self._facts.customers, self._facts.stats
        if by == "customer" or by not in self._facts.customer_fields or not (name == "customers" or name in _KEPT):
            return None
        if by == "segment" and (found := kept.by_segment(name, self._facts)) is not None:
            return found
        if name == "customers":
            return None
        key, number = customers.fields[by], func.sum(customers.numbers[_KEPT[name]])
        rows = _Rows(customers, [*customers.always, stats.c.orders > 0])
        columns: list[Any] = [key.label("key"), number.label("value"), func.count().label("rows_of_it")]
        both = union_all(self._select(rows, *columns).group_by(key), kept.guests(name)).subquery("both")
        summed: list[Any] = [both.c.key, func.sum(both.c.value).label("value")]
        return select(*summed).where(both.c.rows_of_it > 0).group_by(both.c.key)

    def _is_of_whole_lives(self, question: Question) -> bool:
        """Whether what is kept of each customer tells it: all orders, and of customers of some kind alone."""
        if question.measure not in _KEPT or question.by != "customer" or question.window is not None:
            return False
        if question.then is not None or question.share or self._setting.historic:
            return False
        return all(self._is_of_customers(each) for each in question.where)

    def _is_of_customers(self, filter_: Filter) -> bool:
        """Whether a filter of orders says nothing of the orders themselves."""
        orders, customers = self._facts.orders, self._facts.customers
        match filter_:
            case Is(name):
                return name in customers.fields
            case Compare(name):
                return name in customers.numbers and name not in orders.numbers
            case During(name):
                return name in customers.times and name not in orders.times
            case Did():
                return True
            case Not(inner):
                return self._is_of_customers(inner)
            case Or(several):
                return all(self._is_of_customers(each) for each in several)
            case Among(by):
                return by == "customer"

    def _by_customer(self, question: Question) -> Select[Any]:
        fact = self._facts.customers
        number, key = fact.numbers[_KEPT[str(question.measure)]], fact.fields["customer"]
        where = (*question.where, Compare("orders", "ge", 1))
        rows = _Rows(fact, self._conditions(fact, where, "", None))
        if question.having is not None:
            rows.conditions.append(_compare(number, *question.having))
        matches = self._counted(rows).scalar_subquery()
        found = self._select(rows, key.label("key"), number.label("value"), matches.label("matches"))
        return found.order_by(number.desc() if question.descending else number, key).limit(question.limit)

    def _is_of_first_customers(self, question: Question, measure: Measure, fact: Fact) -> bool:
        """Whether rows are summed by customer, of whom the first few are shown."""
        if question.by != "customer" or question.limit is None or question.then is not None or question.share:
            return False
        if question.measure == "net_revenue" or measure.aggregate not in _NEVER_NULL or measure.each or question.mean:
            return False
        return fact is not self._facts.customers and "customer" in fact.fields

    def _first_customers(self, question: Question, measure: Measure, rows: _Rows) -> Select[Any]:
        """Sums by our own key; the shop's is looked up for those alone whose sums are among the first."""
        owner, key = rows.fact.customer, self._facts.customers.fields["customer"]
        of_kept = kept.first_customers(question, self._facts, key)
        if of_kept is not None:
            return of_kept
        rows.conditions.append(owner.is_not(None))
        value = self._aggregate(rows.fact, measure)
        summed = self._select(rows, owner.label("customer_id"), value.label("value")).group_by(owner)
        if question.having is not None:
            summed = summed.having(_compare(value, *question.having))
        elif measure.aggregate == "avg":
            summed = summed.having(value.is_not(None))
        groups = summed.cte("groups")
        matches = select(func.count()).select_from(groups).scalar_subquery()
        found = select(key.label("key"), groups.c.value, matches.label("matches")).join_from(
            groups, Customer, Customer.id == groups.c.customer_id
        )
        sorted_by = groups.c.value.desc() if question.descending else groups.c.value
        others = groups.alias("others")
        by_value = others.c.value.desc() if question.descending else others.c.value
        assert question.limit is not None
        last = select(others.c.value).order_by(by_value).limit(1).offset(question.limit - 1).scalar_subquery()
        # of fewer groups there is no last
        first = groups.c.value >= last if question.descending else groups.c.value <= last
        return found.where(or_(first, last.is_(None))).order_by(sorted_by, key).limit(question.limit)

    def _less_refunds(self, gained: Select[Any], question: Question) -> Select[Any]:
        """Revenue by group, less what was paid back in it."""
        by, measure = str(question.by), MEASURES["refund_amount"]
        where = (*question.where, Is("refund_status", ("approved", "paid")))
        rows = self._rows("refund_amount", measure, where, question.window)
        key = self._key(rows.fact, measure, by, question.window)
        lost = self._select(rows, key.label("key"), (-self._aggregate(rows.fact, measure)).label("value")).group_by(key)
        both = union_all(gained, lost).subquery("both")
        return select(both.c.key, func.sum(both.c.value).label("value")).group_by(both.c.key)

    def _newness(self, fact: Fact, time: str, window: Window | None, beside: str | None) -> Any:
        """new where the customer's first order lies in the window, or in the month beside it; else returning."""
        first = self._facts.stats.c.first_order_at
        if fact.customer is None or time not in fact.times or time not in ("placed_at",):
            raise CannotAsk(NEWNESS, time)
        if window is None or window.start is None:
            raise CannotAsk(NEWNESS, "time")
        if beside in ("weekday", "hour"):
            raise CannotAsk(NEWNESS, beside)
        returning = first < window.start
        if beside in BUCKETS:
            bounds = buckets(str(beside), window, self._setting.zone)
            labels = list(range(len(bounds) - 1))
            returning = or_(returning, _tree(first, bounds, labels) < _tree(fact.times[time], bounds, labels))
        return case((first.is_(None), null()), (returning, literal("returning")), else_=literal("new"))

    def _key(self, fact: Fact, measure: Measure, by: str, window: Window | None, beside: str | None = None) -> Any:
        if by == NEWNESS:
            return self._newness(fact, measure.time or fact.time, window, beside)
        if by not in BUCKETS:
            if by not in fact.fields:
                raise CannotAsk(measure.english, by)
            return fact.fields[by]
        time = measure.time or fact.time
        if not time or window is None:
            raise CannotAsk(measure.english, by)
        if by == "hour":
            return _hour(self._local_ms(fact.times[time], window))
        bounds = buckets("day" if by == "weekday" else by, window, self._setting.zone)
        labels = range(len(bounds) - 1)
        if by == "weekday":
            labels_of = [(bounds[index].weekday()) for index in labels]
            return _tree(fact.times[time], bounds, labels_of)
        return _tree(fact.times[time], bounds, list(labels))

    def _local_ms(self, time: ColumnElement[Any], window: Window | None) -> ColumnElement[Any]:
        """Milliseconds since 1970 on the shop's wall clock, of times in a window."""
        changes = _clock_changes(self._setting.zone)
        if window is not None and window.end is not None:
            changes = [change for change in changes if change[0] < window.end] or changes[:1]
        if window is not None and window.start is not None:
            before = sum(1 for at, _ in changes if at <= window.start)
            changes = changes[max(0, before - 1) :]
        bounds, offsets = [at for at, _ in changes], [offset for _, offset in changes]
        return type_coerce(time, BigInteger) + _tree(time, [*bounds, _NEVER], offsets)

    # --- lists ------------------------------------------------------------------------------------------------------

    def _list(self, question: Question) -> Select[Any]:
        subject = str(question.subject)
        fact = self._facts.of(subject)
        rows = _Rows(fact, self._conditions(fact, question.where, fact.time, question.window))
        columns = {name: _column(fact, name) for name in listed(question)}
        order = question.order or LISTED[subject][0]
        if order not in columns:
            columns[order] = _column(fact, order)
        if question.order is not None and question.order in fact.numbers and not _is_always_there(fact, columns[order]):
            rows.conditions.append(columns[order].is_not(None))
        shown = [column.label(name) for name, column in columns.items()]
        # of a few rows the others are counted apart: so the first are taken from an index, and the rest not made
        few = question.limit is not None and question.order is not None
        matches = self._counted(rows).scalar_subquery() if few else func.count().over()
        if few and self._is_walked(question, fact):
            conditions = rows.conditions[len(fact.always) :]
            rows.conditions.append(kept.bound(columns[order], conditions, question.limit or 1))
        statement = self._select(rows, *shown, matches.label("matches"))
        sorted_by = columns[order].desc() if question.order and question.descending else columns[order]
        first = columns[LISTED[subject][0]]
        if any(isinstance(each, Compare) and (each.field, each.op) == (order, "eq") for each in question.where):
            # all are equal: PostgreSQL would look for them in the order of the keys, which is any other's
            first = func.coalesce(first, first)
        return statement.order_by(sorted_by, first).limit(question.limit)

    def _is_walked(self, question: Question, fact: Fact) -> bool:
        """Whether the first of customers by a kept number are soon found in its index: of all, or of a segment."""
        if fact is not self._facts.customers or self._setting.historic or not question.descending:
            return False
        of_cuts = self._setting.cuts is not None and all(
            isinstance(each, Is) and each.field == "segment" for each in question.where
        )
        return question.order in ("spend", "orders") and (not question.where or of_cuts)

    # --- rows -------------------------------------------------------------------------------------------------------

    def _rows(
        self, name: str, measure: Measure, where: Sequence[Filter], window: Window | None, *, everything: bool = False
    ) -> _Rows:
        fact = self._facts.of(measure.fact)
        time = measure.time or fact.time
        conditions = self._conditions(fact, where, time, window, everything=everything or name in OF_ALL_ORDERS)
        if measure.time and window is None:
            conditions.append(fact.times[measure.time].is_not(None))
        return _Rows(fact, conditions)

    def _conditions(
        self, fact: Fact, where: Sequence[Filter], time: str, window: Window | None, *, everything: bool = False
    ) -> list[ColumnElement[bool]]:
        conditions = list(fact.always)
        if not everything and not any(_names_status(each) for each in where):
            conditions += fact.usual
        if window is not None:
            if not time:
                raise CannotAsk("products", "time")
            conditions.append(_within(fact.times[time], window))
        if self._setting.historic and time and fact.table is not self._facts.customers.table:
            conditions.append(fact.times[time] < self._facts.now)
        clock = window if time == fact.time else None
        return conditions + [self._condition(fact, each, clock) for each in where]

    def _select(self, rows: _Rows, *columns: ColumnElement[Any]) -> Select[Any]:
        """A SELECT from the fact, joined with every table that its columns and conditions name."""
        statement = select(*columns).select_from(self._joined(rows.fact, [*columns, *rows.conditions]))
        return statement.where(*rows.conditions)

    def _joined(self, fact: Fact, parts: Iterable[ColumnElement[Any]]) -> FromClause:
        wanted = _tables(parts)
        for join in reversed(fact.joins):
            if join.table in wanted:
                wanted |= set(join.after)
        joined = fact.table
        for join in fact.joins:
            if join.table in wanted:
                joined = joined.outerjoin(join.table, join.on)
        return joined

    # --- conditions -------------------------------------------------------------------------------------------------

    def _condition(self, fact: Fact, filter_: Filter, clock: Window | None = None) -> Any:
        """What a filter says of the fact's rows; their own times are known to lie in a window (`clock`)."""
        match filter_:
            case Is(name, values):
                return self._is(fact, name, values, clock)
            case Compare(name, op, value):
                if name in fact.numbers:
                    return _compare(fact.numbers[name], op, value)
                if name in fact.fields:
                    return _compare(fact.fields[name], op, value)
                return self._of_customers(fact, filter_)
            case During(name, window):
                if name in fact.times:
                    return _within(fact.times[name], window)
                return self._of_customers(fact, filter_)
            case Did():
                of_goods = fact.table is self._facts.products.table
                owner = fact.key if of_goods else fact.customer
                is_not = _holds_for_none(filter_)
                told = kept.did_not(_opposite(filter_), self._facts) if is_not else kept.did(filter_, self._facts)
                if told is not None and fact is self._facts.customers:
                    return told
                if is_not:
                    against = self._who_did(_opposite(filter_), of_goods=of_goods)
                    return not_(func.coalesce(owner.in_(against), false()))
                return owner.in_(self._who_did(filter_, of_goods=of_goods))
            case Not(Did() as inner) if fact is self._facts.customers and not _holds_for_none(inner):
                told = kept.did_not(inner, self._facts)
                inside = self._condition(fact, inner, clock) if told is None else None
                return told if inside is None else not_(func.coalesce(inside, false()))
            case Not(inner):
                return not_(func.coalesce(self._condition(fact, inner, clock), false()))
            case Or(several):
                return or_(*(self._condition(fact, each, clock) for each in several))
            case Among():
                return self._among(fact, filter_)
        raise CannotAsk("", "")

    def _among(self, fact: Fact, first: Among) -> Any:
        """Whether a row is of one of those that come first, in the order in which a table shows them."""
        table = Question(
            measure=first.measure, where=first.where, window=first.window, by=first.by, order="value",
            descending=first.descending, limit=first.count,
        )  # fmt: skip
        # in a SELECT of its own: MariaDB takes no LIMIT within IN
        leaders = self._table(table).cte()
        of_products = fact.table is self._facts.products.table
        if first.by == "product":
            owner = fact.key if of_products else fact.product
            if owner is None:
                raise CannotAsk(first.measure, "product")
            return owner.in_(select(Product.id).join(leaders, Product.sku == leaders.c.key))
        if of_products:
            raise CannotAsk("products", "customer")
        return fact.customer.in_(_whose_key_is(leaders))

    def _is(self, fact: Fact, name: str, values: tuple[Any, ...], clock: Window | None) -> Any:
        if name == "weekday" and fact.time:
            return _weekday(self._local_ms(fact.times[fact.time], clock)).in_(values)
        if name == "customer" and name in fact.fields:
            return fact.customer.in_(_known_as(values))
        if name == "segment" and name in fact.fields:
            return self._facts.in_segments(values)
        if name in fact.fields:
            column = fact.fields[name]
            return column.in_(values)
        if name in fact.through:
            column, rows = fact.through[name]
            return fact.key.in_(rows.where(column.in_(values)))
        return self._of_customers(fact, Is(name, values))

    def _of_customers(self, fact: Fact, filter_: Filter) -> Any:
        """A condition on the customer whose row it is."""
        customers = self._facts.customers
        name = getattr(filter_, "field", "")
        known = any(name in one for one in (customers.fields, customers.numbers, customers.times, customers.through))
        if fact.table is customers.table or not known or fact.table is self._facts.products.table:
            raise CannotAsk(str(getattr(fact.table, "name", "")), name)
        ids = self._select(_Rows(customers, [self._condition(customers, filter_)]), customers.key)
        return fact.customer.in_(ids)

    def _who_did(self, did: Did, *, of_goods: bool) -> Select[Any]:
        fact = self._facts.of(did.event)
        owner = fact.product if of_goods else fact.customer
        if owner is None:
            raise CannotAsk("products", did.event)
        conditions = self._conditions(fact, did.where, fact.time, did.window)
        conditions.append(owner.is_not(None))
        number = fact.numbers.get(_TALLIES.get((did.event, did.tally), ""))
        if did.tally == "rating" and number is not None:
            amount: ColumnElement[Any] = func.avg(cast(number, Double))
        elif number is not None:
            amount = func.sum(number)
        else:
            amount = func.count(fact.key)
        if did.tally in ("categories", "goods"):
            kind = fact.fields["category" if did.tally == "categories" else "product"]
            conditions.append(kind.is_not(None))
            amount = func.count(kind.distinct())
        if did.event == "items" and did.tally == "count" and (did.op, did.value) != ("ge", 1):
            amount = func.count(fact.numbers["order"].distinct())
        rows = self._select(_Rows(fact, conditions), owner)
        if (did.tally, did.op, did.value) == ("count", "ge", 1):
            return rows
        return rows.group_by(owner).having(_compare(amount, did.op, did.value))


def _placed(number: ColumnElement[Any], key: ColumnElement[Any] | None) -> list[ColumnElement[Any]]:
    """A number with its place among those of its group, and how many there are."""
    group = None if key is None else [key]
    place = func.row_number().over(partition_by=group, order_by=number)
    size = func.count().over(partition_by=group)
    columns: list[ColumnElement[Any]] = [number.label("number"), place.label("place"), size.label("size")]
    return columns if key is None else [*columns, key.label("key")]


def _middle_of(placed: Select[Any]) -> FromClause:
    ranked = placed.subquery("ranked")
    middle = and_(2 * ranked.c.place >= ranked.c.size, 2 * ranked.c.place <= ranked.c.size + 2)
    return select(ranked).where(middle).subquery("middle")


def _first_of_each(groups: FromClause, question: Question) -> Select[Any]:
    """Of the pairs of two groups those that come first within each of the one."""
    value = groups.c.value.desc() if question.descending else groups.c.value
    place = func.row_number().over(partition_by=groups.c.key, order_by=(value, groups.c.then)).label("place")
    ranked = select(*groups.c, place).where(groups.c.value.is_not(None)).subquery("ranked")
    columns = [column for column in ranked.c if column.key != "place"]
    kept = select(*columns, func.count().over().label("matches")).where(ranked.c.place <= question.each)
    return kept.order_by(ranked.c.key, ranked.c.place)


def _known_as(values: tuple[Any, ...]) -> Any:
    """Who has these ids: the shop's, or ours for who only ever wrote. Either is found by its index."""
    own = [int(value) for value in map(str, values) if _OWN_ID.fullmatch(value)]
    theirs = select(Customer.id).where(Customer.external_id.in_(values))
    if not own:
        return theirs
    return union_all(theirs, select(Customer.id).where(Customer.external_id.is_(None), Customer.id.in_(own)))


def _whose_key_is(leaders: FromClause) -> Any:
    """Who has the keys of a table: the shop's, or ours for who only ever wrote."""
    theirs = select(Customer.id).join(leaders, Customer.external_id == leaders.c.key)
    own = select(Customer.id).join(leaders, cast(Customer.id, Customer.external_id.type) == leaders.c.key)
    return union_all(theirs, own.where(Customer.external_id.is_(None)))


def _needs_a_row(condition: ColumnElement[Any]) -> bool:
    """Whether it never holds where nothing is kept of a customer."""
    if isinstance(condition, BooleanClauseList) and condition.operator is and_op:
        return any(_needs_a_row(each) for each in condition.clauses)
    return isinstance(condition, BinaryExpression) and condition.operator is not is_


def _looks_elsewhere(condition: ColumnElement[bool]) -> bool:
    """Whether it is of a SELECT of its own for each customer."""
    return any(isinstance(part, Exists) for part in iterate(condition))


#: of more stretches of time the statement would be too long
_MOST_STRETCHES = 60
#: a number of ours, as a database would write it
_OWN_ID = re.compile(r"[1-9][0-9]{0,17}")
#: aggregates that have a number in every group that is shown
_NEVER_NULL = frozenset({"count", "distinct", "sum", "avg"})
#: sums of orders that are kept of each customer
_KEPT = {"revenue": "spend", "spend": "spend", "orders": "orders"}
#: what is computed of these: a sum over how many orders or buyers
_OF_KEPT = {
    "buyers": ("buyers", ""),
    "aov": ("revenue", "orders"),
    "revenue_per_buyer": ("revenue", "buyers"),
    "orders_per_buyer": ("orders", "buyers"),
}
_NEVER = datetime(2100, 1, 1, tzinfo=UTC)
_HOUR_MS = 3_600_000


@cache
def _clock_changes(zone: ZoneInfo) -> list[tuple[datetime, int]]:
    """From when on the zone is so many milliseconds ahead of UTC."""
    at = datetime(1990, 1, 1, tzinfo=UTC)
    found: list[tuple[datetime, int]] = []
    while at < _NEVER:
        ahead = int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds()) * 1000
        if not found or found[-1][1] != ahead:
            found.append((_change(zone, at, ahead) if found else at, ahead))
        at += timedelta(days=7)
    return found


def _change(zone: ZoneInfo, at: datetime, ahead: int) -> datetime:
    """The hour of the week before in which the clock was set."""
    while int(((at - timedelta(hours=1)).astimezone(zone).utcoffset() or timedelta()).total_seconds()) * 1000 == ahead:
        at -= timedelta(hours=1)
    return at


def _hour(local_ms: ColumnElement[Any]) -> ColumnElement[Any]:
    return local_ms // _HOUR_MS % 24


def _weekday(local_ms: ColumnElement[Any]) -> ColumnElement[Any]:
    """0 is Monday; 1 January 1970 was a Thursday."""
    return (local_ms // (24 * _HOUR_MS) + 3) % 7


#: numbers that a rate was applied to, whose sum is no whole number
_FRACTIONS = frozenset({"shipping", "discount", "amount", "price", "unit_price"})
_OPPOSITE: dict[Op, Op] = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}


#: rows of which each stands for one order, review, ...
_COUNTED = ("orders", "reviews", "tickets", "refunds")


def _counts_rows(question: Question, measure: Measure) -> bool:
    """Whether it is told of each group's own rows: how many they are is counted beside it."""
    plain = not (question.then or question.mean or question.share or question.within or question.each)
    return plain and measure.aggregate in ("avg", "part") and measure.fact in _COUNTED and question.by != "customer"


def _holds_for_none(did: Did) -> bool:
    """Whether it holds for who has no such rows at all."""
    if did.tally == "rating":
        return False
    match did.op:
        case "eq":
            return did.value == 0
        case "lt":
            return did.value > 0
        case "le":
            return did.value >= 0
        case "ge":
            return did.value <= 0
        case _:
            return did.value < 0


def _opposite(did: Did) -> Did:
    op, value = ("gt", 0.0) if did.op == "eq" else (_OPPOSITE[did.op], did.value)
    if (op, value) == ("gt", 0.0) and did.tally == "count":
        op, value = "ge", 1
    return Did(did.event, op, value, did.tally, did.window, did.where)  # type: ignore[arg-type]


def _names_status(filter_: Filter) -> bool:
    match filter_:
        case Is(field=name) | Compare(field=name):
            # an order that is named is asked for whatever became of it
            return name in (_STATUS, "order")
        case Or(several):
            return any(_names_status(each) for each in several)
        case _:
            # not delivered yet: a cancelled order never will be
            return False


def _compare(column: Any, op: Op, value: float) -> Any:
    number: Any = int(value) if float(value).is_integer() else value
    match op:
        case "lt":
            return column < number
        case "le":
            return column <= number
        case "eq":
            return column == number
        case "ge":
            return column >= number
        case "gt":
            return column > number


def _within(time: ColumnElement[Any], window: Window) -> ColumnElement[bool]:
    bounds = [time.is_not(None)] if window.start is None else [time >= window.start]
    return and_(*bounds, *(() if window.end is None else (time < window.end,)))


def _tree(time: ColumnElement[Any], bounds: list[datetime], labels: list[int]) -> ColumnElement[Any]:
    """Which of the stretches between bounds a time lies in, found by halves."""
    pairs = list(pairwise(bounds))
    if len(labels) == 1:
        return case((time >= bounds[0], labels[0]))
    middle = len(labels) // 2
    left = _tree(time, bounds[: middle + 1], labels[:middle])
    return case((time < pairs[middle][0], left), else_=_tree(time, bounds[middle:], labels[middle:]))


def _is_always_there(fact: Fact, column: Any) -> bool:
    """Whether it is a column of the fact's own rows that none is without."""
    return getattr(column, "table", None) is fact.table and not getattr(column, "nullable", True)


def _column(fact: Fact, name: str) -> Any:
    for columns in (fact.fields, fact.times, fact.numbers):
        if name in columns:
            return columns[name]
    raise CannotAsk(str(getattr(fact.table, "name", "")), name)


def _tables(parts: Iterable[ColumnElement[Any]]) -> set[FromClause]:
    """The tables whose columns stand in expressions, those of inner SELECTs aside."""
    found: set[FromClause] = set()
    stack: list[Any] = list(parts)
    while stack:
        element = stack.pop()
        if isinstance(element, Select) or getattr(element, "__visit_name__", "") in (
            "select",
            "scalar_select",
            "exists",
        ):
            continue
        table = getattr(element, "table", None)
        if table is not None and getattr(element, "__visit_name__", "") in ("column", "label"):
            found.add(table)
        stack.extend(element.get_children())
    return found
