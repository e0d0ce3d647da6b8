"""Ways round the rows of orders: what is kept of each customer (`customer_stats`) says the same in less time.

Everything here holds for the present alone: the store has no order later than now (`Setting.historic` is false). Then
an open window, one that ends now or later, holds whatever came after its start. Totals of orders are never negative.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    false,
    func,
    literal,
    not_,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.operators import is_not

from crm_store.question.facts import Facts, Setting
from crm_store.question.grammar import Did, Is, Question, Window
from crm_store.rfm import SEGMENTS
from crm_store.schema import Customer, CustomerCategory, CustomerStats, Order

#: from a window of so many days on the orders of each customer are looked up, up to it all orders of the window
WIDE = timedelta(days=45)
#: who has spent most in all, among whom those who spent most lately are looked for first
_LIKELY = 1000
_NUMBERS = {"count": CustomerStats.orders, "money": CustomerStats.spend_base}
_OF_ORDERS = {"orders": "count", "revenue": "money", "spend": "money"}


def is_open(window: Window | None, setting: Setting) -> bool:
    """Whether nothing is later than a window."""
    return window is None or window.end is None or window.end >= setting.now


def did(asked: Did, facts: Facts) -> ColumnElement[bool] | None:
    """Whether a customer ordered so much, by the kept numbers; None where they do not tell it.

    `asked` holds for nobody without orders.
    """
    if asked.event == "items":
        bought = _of_category(asked, facts)
        return None if bought is None else Customer.id.in_(bought)
    if facts.setting.historic or asked.event != "orders" or asked.where or asked.tally not in _NUMBERS:
        return None
    window, number = asked.window, _NUMBERS[asked.tally]
    if asked.op not in ("ge", "gt"):
        return None
    least = _least(asked)
    if window is None:
        return number >= least
    if window.start is None or not is_open(window, facts.setting):
        return None
    if asked.tally == "count" and least == 1:
        return CustomerStats.last_order_at >= window.start
    if facts.setting.now - window.start < WIDE:
        return None
    # who did not order as much in all, or nothing lately, needs no look at the orders
    may_have = and_(
        _scanned(number) >= least, _scanned(CustomerStats.last_order_at) >= literal(window.start, Order.placed_at.type)
    )
    return and_(may_have, _since(window, asked.tally) >= least)


def did_not(asked: Did, facts: Facts) -> ColumnElement[bool] | None:
    """Whether a customer did not, in the same cases."""
    bought = _of_category(asked, facts) if asked.event == "items" else None
    if bought is not None:
        # PostgreSQL passes once over both; of NOT IN each of its processes makes a table of its own
        return not_(bought.where(CustomerCategory.customer_id == Customer.id).correlate(Customer).exists())
    told = did(asked, facts)
    return None if told is None else not_(func.coalesce(told, false()))


def _of_category(asked: Did, facts: Facts) -> Select[Any] | None:
    """Who bought of some categories, or so many articles of one."""
    match asked.where:
        case (Is("category", names),) if facts.setting.categories_stand and not facts.setting.historic:
            pass
        case _:
            return None
    window, is_any = asked.window, (asked.tally in ("count", "units"), asked.op, asked.value) == (True, "ge", 1)
    if asked.op not in ("ge", "gt") or not (is_any or (asked.tally == "units" and len(names) == 1 and window is None)):
        return None
    bought = select(CustomerCategory.customer_id).where(CustomerCategory.category.in_(names))
    if not is_any:
        bought = bought.where(CustomerCategory.units >= _least(asked))
    if window is not None:
        if window.start is None or not is_open(window, facts.setting):
            return None
        bought = bought.where(CustomerCategory.last_order_at >= window.start)
    return bought


def _least(asked: Did) -> float:
    """The smallest whole number that meets a lower bound."""
    whole = int(asked.value) if asked.op == "ge" and float(asked.value).is_integer() else int(asked.value // 1) + 1
    return max(whole, 1)


def _scanned(column: Any) -> ColumnElement[Any]:
    """A column that no index is used for: so customers come by their keys, and with them their orders' index."""
    return type_coerce(column, BigInteger) + 0


def _since(window: Window, tally: str) -> ColumnElement[Any]:
    """A customer's orders of an open window: how many, or their totals."""
    own = (Order.customer_id == CustomerStats.customer_id, Order.placed_at >= window.start, Order.status != "cancelled")
    number = func.count() if tally == "count" else func.sum(Order.total_base)
    return select(number).where(*own).correlate(CustomerStats).scalar_subquery()


# --- the first few ------------------------------------------------------------------------------------------------


def first_customers(question: Question, facts: Facts, key: ColumnElement[Any]) -> Select[Any] | None:
    """Who spent most, or ordered most often, in an open window; None where it is not told by the kept numbers.

    Nobody spent more in a window than in all. So the least of the first few, found among those who have spent most in
    all, is a bound below which nobody needs a look (the threshold algorithm: Fagin, Lotem, Naor, 2003).
    """
    window, tally = question.window, _OF_ORDERS.get(str(question.measure))
    if facts.setting.historic or tally is None or question.where or question.having is not None:
        return None
    if window is None or window.start is None or not is_open(window, facts.setting):
        return None
    if not question.descending or question.limit is None or facts.setting.now - window.start < WIDE:
        return None
    number, lately = _NUMBERS[tally], CustomerStats.last_order_at >= window.start
    some = select(_since(window, tally).label("value")).where(lately).order_by(number.desc()).limit(_LIKELY)
    likely = some.subquery("likely")
    bound = select(likely.c.value).order_by(likely.c.value.desc()).limit(1).offset(question.limit - 1)
    # of fewer customers there is no bound
    may_be = number >= func.coalesce(bound.scalar_subquery(), 0)
    value = _since(window, tally)
    summed = select(CustomerStats.customer_id, value.label("value")).where(lately, may_be).subquery("summed")
    matches = select(func.count()).where(lately).scalar_subquery()
    found = select(key.label("key"), summed.c.value, matches.label("matches"))
    found = found.join_from(summed, Customer, Customer.id == summed.c.customer_id)
    return found.order_by(summed.c.value.desc(), key).limit(question.limit)


# --- all of them --------------------------------------------------------------------------------------------------


def how_many(conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """How many customers meet conditions on their kept numbers: of all rows, less those of the few who were merged."""
    merged = select(Customer.id).where(Customer.merged_into_id.is_not(None))
    asked = (each for each in conditions if not _is_of_all(each))
    all_ = select(func.count()).select_from(CustomerStats).where(*asked)
    theirs = all_.where(CustomerStats.customer_id.in_(merged))
    return select(all_.scalar_subquery() - theirs.scalar_subquery())


def _is_of_all(condition: ColumnElement[bool]) -> bool:
    """Whether it only says that a column has a value which always has one."""
    if not isinstance(condition, BinaryExpression) or condition.operator is not is_not:
        return False
    return not getattr(condition.left, "nullable", True)


def bound(number: ColumnElement[Any], conditions: Sequence[ColumnElement[bool]], limit: int) -> ColumnElement[bool]:
    """Whether a kept number is among the largest, in whose index the first few are soon found, before any is sorted."""
    merged = select(Customer.id).where(Customer.merged_into_id.is_not(None))
    first = select(number).select_from(CustomerStats).where(*conditions, CustomerStats.customer_id.not_in(merged))
    last = first.order_by(number.desc()).limit(1).offset(limit - 1).scalar_subquery()
    # of fewer there is no last
    return number >= func.coalesce(last, 0)


def how_many_customers() -> Select[Any]:
    """How many customers there are: an engine counts all rows of a table faster than those that meet something."""
    all_ = select(func.count()).select_from(Customer)
    return select(all_.scalar_subquery() - all_.where(Customer.merged_into_id.is_not(None)).scalar_subquery())


def by_segment(measure: str, facts: Facts) -> Select[Any] | None:
    """`key` and `value` of each segment that has customers, by the cut values alone; None where they are not known."""
    if facts.setting.historic or facts.setting.stored_segments or facts.setting.cuts is None:
        return None
    merged = select(Customer.id).where(Customer.merged_into_id.is_not(None))
    value = func.count() if measure == "customers" else func.sum(_NUMBERS[_OF_ORDERS[measure]])
    parts = [
        select(literal(name).label("key"), value.label("value"), func.count().label("rows_of_it"))
        .select_from(CustomerStats)
        .where(facts.in_segments([name]), CustomerStats.customer_id.not_in(merged))
        for name in SEGMENTS
    ]
    others = _never_bought() if measure == "customers" else guests(measure)
    found = union_all(*parts, others).subquery("segments")
    return select(found.c.key, found.c.value).where(found.c.rows_of_it > 0)


def _never_bought() -> Select[Any]:
    number = how_many_customers().scalar_subquery() - how_many([CustomerStats.orders > 0]).scalar_subquery()
    return select(null().label("key"), number.label("value"), number.label("rows_of_it"))


def guests(measure: str) -> Select[Any]:
    """`key` (none), `value` and `rows_of_it` of the orders that are nobody's."""
    value = func.count() if _OF_ORDERS[measure] == "count" else func.sum(Order.total_base)
    columns: list[Any] = [null().label("key"), value.label("value"), func.count().label("rows_of_it")]
    return select(*columns).where(Order.customer_id.is_(None), Order.status != "cancelled")
