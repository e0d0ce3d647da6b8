"""What can be measured: a row a measure, with what its rows are and the definition of its number (`metrics.md`)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from crm_store.question.grammar import Subject

Aggregate = Literal["count", "distinct", "sum", "avg", "median", "min", "max", "ratio", "quotient", "part"]
Unit = Literal["money", "percent", "hours", "days", "stars", "score", "customers", "orders", "units", "products",
               "refunds", "reviews", "tickets", "visits", "carts", "messages", "number"]  # fmt: skip

#: fields and columns of lists that hold money of the base currency, and those that hold chances from 0 to 1
MONEY = frozenset(
    {"spend", "total", "amount", "price", "value", "refunded", "aov", "discount", "shipping", "refund_amount"}
)
CHANCES = frozenset({"churn_risk", "propensity"})


@dataclass(frozen=True, slots=True)
class Measure:
    #: whose rows are counted: `facts`
    fact: str
    aggregate: Aggregate
    #: a number or key of the fact
    of: str
    unit: Unit
    english: str
    chinese: str
    #: the time that a window is about; empty: the fact's usual one
    time: str = ""
    #: what it is divided by: a ratio by how many of them there are, a quotient by their sum; a part is how many of them
    per: str = ""
    #: a number of the fact whose rows are taken together first: the median of what each customer spent
    each: str = ""
    #: whether each one's number stands in every row of it, and is not their sum
    repeated: bool = False


def _m(*row: str, time: str = "", per: str = "", each: str = "", repeated: bool = False) -> Measure:
    return Measure(*row, time=time, per=per, each=each, repeated=repeated)  # type: ignore[arg-type, misc]


_PLAIN: Mapping[str, Measure] = {
    "customers": _m("customers", "count", "id", "customers", "number of customers", "客户数"),
    "signups": _m(
        "customers", "count", "id", "customers", "customers who signed up", "注册客户数", time="signed_up_at"
    ),
    "new_buyers": _m(
        "customers", "count", "id", "customers", "first-time buyers", "首次购买客户数", time="first_order_at"
    ),
    "buyers": _m("orders", "distinct", "customer", "customers", "customers who ordered", "下单客户数"),
    "orders": _m("orders", "count", "id", "orders", "number of orders", "订单数"),
    "revenue": _m("orders", "sum", "total", "money", "revenue", "销售额"),
    "spend": _m("orders", "sum", "total", "money", "spend", "消费额"),
    "aov": _m("orders", "avg", "total", "money", "average order value", "平均订单金额"),
    "median_order": _m("orders", "median", "total", "money", "median order value", "订单金额中位数"),
    "largest_order": _m("orders", "max", "total", "money", "largest order", "最大订单金额"),
    "smallest_order": _m("orders", "min", "total", "money", "smallest order", "最小订单金额"),
    "shipping": _m("orders", "sum", "shipping", "money", "shipping charged", "运费"),
    "discount": _m("orders", "sum", "discount", "money", "discounts given", "折扣额"),
    "deliveries": _m(
        "orders", "count", "id", "orders", "number of orders delivered", "送达订单数", time="delivered_at"
    ),
    "delivery_days": _m("orders", "avg", "delivery_days", "days", "average days to delivery", "平均送达天数"),
    "revenue_per_buyer": _m(
        "orders", "ratio", "total", "money", "average spend per buyer", "平均每位买家消费额", per="customer"
    ),
    "orders_per_buyer": _m(
        "orders", "ratio", "one", "number", "average number of orders per buyer", "平均每位买家订单数", per="customer"
    ),
    "spend_per_customer": _m("customers", "avg", "spend", "money", "average spend per customer", "平均每位客户消费额"),
    "orders_per_customer": _m(
        "customers", "avg", "orders", "number", "average number of orders per customer", "平均每位客户订单数"
    ),
    "units": _m("items", "sum", "quantity", "units", "units sold", "销量"),
    "product_revenue": _m("items", "sum", "amount", "money", "product revenue", "商品销售额"),
    "orders_with": _m("items", "distinct", "order", "orders", "number of orders with them", "含该商品的订单数"),
    "buyers_of": _m("items", "distinct", "customer", "customers", "customers who bought them", "购买客户数"),
    "selling_price": _m(
        "items", "quotient", "amount", "money", "average selling price", "平均成交单价", per="quantity"
    ),
    "units_per_order": _m("items", "ratio", "quantity", "number", "units per order", "每单件数", per="order"),
    "refunds_of": _m(
        "refunded_items",
        "distinct",
        "refund",
        "refunds",
        "number of refunds of orders with them",
        "含该商品的订单退款笔数",
    ),
    "refund_amount_of": _m(
        "refunded_items",
        "sum",
        "refund_amount",
        "money",
        "refund amount of orders with them",
        "含该商品的订单退款金额",
        each="refund",
        repeated=True,
    ),
    "average_refund_of": _m(
        "refunded_items",
        "avg",
        "refund_amount",
        "money",
        "average refund of orders with them",
        "含该商品的订单平均退款金额",
        each="refund",
        repeated=True,
    ),
    "refund_rate_of": _m(
        "items",
        "part",
        "refunded_order",
        "percent",
        "share of orders with them refunded",
        "含该商品的订单退款率",
        per="order",
    ),
    "days_between_orders": _m(
        "customers",
        "quotient",
        "days_ordering",
        "days",
        "average days between orders",
        "平均下单间隔天数",
        per="orders_again",
    ),
    "days_to_second": _m(
        "customers",
        "avg",
        "days_to_second",
        "days",
        "average days from first to second order",
        "首单到第二单平均间隔天数",
    ),
    "refunds": _m("refunds", "count", "id", "refunds", "number of refunds", "退款笔数"),
    "refund_amount": _m("refunds", "sum", "amount", "money", "refund amount", "退款金额"),
    "average_refund": _m("refunds", "avg", "amount", "money", "average refund", "平均退款金额"),
    "largest_refund": _m("refunds", "max", "amount", "money", "largest refund", "最大退款金额"),
    "reviews": _m("reviews", "count", "id", "reviews", "number of reviews", "评价数"),
    "rating": _m("reviews", "avg", "rating", "stars", "average rating", "平均评分"),
    "tickets": _m("tickets", "count", "id", "tickets", "number of tickets", "工单数"),
    "resolved_tickets": _m(
        "tickets", "count", "id", "tickets", "number of tickets resolved", "已解决工单数", time="resolved_at"
    ),
    "first_reply": _m("tickets", "avg", "first_reply", "hours", "average first reply time", "平均首次回复时间"),
    "median_first_reply": _m(
        "tickets", "median", "first_reply", "hours", "median first reply time", "首次回复时间中位数"
    ),
    "resolution": _m("tickets", "avg", "resolution", "hours", "average resolution time", "平均解决时间"),
    "median_resolution": _m("tickets", "median", "resolution", "hours", "median resolution time", "解决时间中位数"),
    "csat": _m("tickets", "avg", "csat", "score", "average CSAT", "平均满意度", time="resolved_at"),
    "visits": _m("visits", "count", "id", "visits", "number of visits", "访问次数"),
    "visitors": _m("visits", "distinct", "customer", "customers", "customers who visited", "访客数"),
    "carts": _m("carts", "distinct", "customer", "carts", "number of carts", "购物车数"),
    "cart_value": _m("carts", "sum", "amount", "money", "value of carts", "购物车金额"),
    "cart_units": _m("carts", "sum", "quantity", "units", "units in carts", "购物车件数"),
    "messages": _m("messages", "count", "id", "messages", "number of messages", "消息数"),
    "products": _m("products", "count", "id", "products", "number of products", "商品数"),
    "stock": _m("products", "sum", "stock", "units", "units in stock", "库存"),
    "stock_value": _m("products", "sum", "stock_value", "money", "stock value at list price", "按标价计的库存金额"),
    "price": _m("products", "avg", "price", "money", "average price", "平均价格"),
    "churn_risk": _m("customers", "avg", "churn_risk", "percent", "average churn risk", "平均流失风险"),
    "propensity": _m("customers", "avg", "propensity", "percent", "average purchase propensity", "平均购买倾向"),
    "value": _m("customers", "avg", "value", "money", "average customer value", "平均客户价值"),
    "total_value": _m("customers", "sum", "value", "money", "total customer value", "客户价值合计"),
    # put together from two of the above
    "net_revenue": _m("orders", "sum", "total", "money", "net revenue", "净销售额"),
    "cancellation_rate": _m("orders", "avg", "is_cancelled", "percent", "share of orders cancelled", "订单取消率"),
    "refund_rate": _m("orders", "avg", "is_refunded", "percent", "share of orders refunded", "订单退款率"),
}


@dataclass(frozen=True, slots=True)
class Family:
    """One number of rows, and what is told of it: its sum, mean, median, largest and smallest, each a measure."""

    #: aggregate → measure
    measures: Mapping[str, str]
    #: rows of the fact that have the number, if they are listed, and what it is called there
    subject: Subject | None
    order: str
    made: Mapping[str, Measure]


_SAID = {
    "avg": ("average", "average", "平均{}"), "median": ("median", "median", "{}中位数"),
    "max": ("largest", "highest", "最高{}"), "min": ("smallest", "lowest", "最低{}"),
}  # fmt: skip
_LASTING = {"max": ("longest", "最长{}"), "min": ("shortest", "最短{}")}


def _family(
    name: str, of: Measure, subject: Subject | None = None, *, order: str = "", without: str = "", **known: str
) -> Family:
    """The measures of a number: those that are `known` by another name, and the others as they are told."""
    measures, made = dict(known), {}
    for aggregate, (prefix, english, chinese) in _SAID.items():
        if aggregate in known or aggregate == without:
            continue
        if of.unit in ("hours", "days") and aggregate in _LASTING:
            english, chinese = _LASTING[aggregate]
        measures[aggregate] = f"{prefix}_{name}"
        made[measures[aggregate]] = replace(
            of,
            aggregate=aggregate,  # type: ignore[arg-type]
            english=f"{english} {of.english}",
            chinese=chinese.format(of.chinese),
        )
    return Family(measures, subject, order or of.of, made)


def _number(
    fact: str, of: str, unit: str, english: str, chinese: str, *, time: str = "", each: str = "", repeated: bool = False
) -> Measure:
    return _m(fact, "avg", of, unit, english, chinese, time=time, each=each, repeated=repeated)


FAMILIES: Mapping[str, Family] = {
    "order": _family(
        "order", _number("orders", "total", "money", "order value", "订单金额"), "orders",
        avg="aov", median="median_order", max="largest_order", min="smallest_order",
    ),
    "discount": _family(
        # the smallest is that of orders without one
        "discount", _number("orders", "discount", "money", "discount per order", "每单折扣"), "orders",
        sum="discount", without="min",
    ),
    "shipping": _family(
        "shipping", _number("orders", "shipping", "money", "shipping charged per order", "每单运费"), "orders",
        sum="shipping",
    ),
    "delivery_days": _family(
        "delivery_days", _number("orders", "delivery_days", "days", "days to delivery", "送达天数"), "orders",
        avg="delivery_days",
    ),
    "order_units": _family(
        "order_units", _number("items", "quantity", "number", "units per order", "每单件数", each="order"),
        avg="units_per_order",
    ),
    "line_units": _family("line_units", _number("items", "quantity", "number", "units per order line", "每行件数")),
    "selling_price": _family(
        "selling_price", _number("items", "unit_price", "money", "selling price", "成交单价"), avg="selling_price",
    ),
    "buyer_spend": _family(
        "buyer_spend", _number("orders", "total", "money", "spend per buyer", "每位买家消费额", each="customer"),
        avg="revenue_per_buyer",
    ),
    "buyer_orders": _family(
        "buyer_orders",
        _number("orders", "one", "number", "number of orders per buyer", "每位买家订单数", each="customer"),
        avg="orders_per_buyer",
    ),
    "customer_spend": _family(
        "customer_spend", _number("customers", "spend", "money", "spend per customer", "每位客户消费额"),
        avg="spend_per_customer",
    ),
    "customer_orders": _family(
        "customer_orders", _number("customers", "orders", "number", "number of orders per customer", "每位客户订单数"),
        avg="orders_per_customer",
    ),
    "gap": _family(
        "gap", _number("gaps", "days", "days", "time between orders", "下单间隔天数"), avg="days_between_orders",
    ),
    "refund": _family(
        "refund", _number("refunds", "amount", "money", "refund", "退款金额"), "refunds",
        sum="refund_amount", avg="average_refund", max="largest_refund",
    ),
    "refund_of": _family(
        "refund_of",
        _number("refunded_items", "refund_amount", "money", "refund of orders with them", "含该商品的订单退款金额",
                each="refund", repeated=True),
        sum="refund_amount_of", avg="average_refund_of",
    ),
    "rating": _family(
        "rating", _number("reviews", "rating", "stars", "rating", "评分"), "reviews", order="stars", avg="rating"
    ),
    "first_reply": _family(
        "first_reply", _number("tickets", "first_reply", "hours", "first reply time", "首次回复时间"), "tickets",
        avg="first_reply", median="median_first_reply",
    ),
    "resolution": _family(
        "resolution", _number("tickets", "resolution", "hours", "resolution time", "解决时间"), "tickets",
        avg="resolution", median="median_resolution",
    ),
    "csat": _family(
        "csat", _number("tickets", "csat", "score", "CSAT", "满意度", time="resolved_at"), "tickets", avg="csat"
    ),
    "cart": _family(
        "cart", _number("carts", "amount", "money", "cart value", "购物车金额", each="customer"), sum="cart_value"
    ),
    "price": _family("price", _number("products", "price", "money", "price", "价格"), "products", avg="price"),
    "stock": _family("stock", _number("products", "stock", "units", "stock", "库存"), "products", sum="stock"),
    "churn_risk": _family(
        "churn_risk", _number("customers", "churn_risk", "percent", "churn risk", "流失风险"), "customers",
        avg="churn_risk",
    ),
    "propensity": _family(
        "propensity", _number("customers", "propensity", "percent", "purchase propensity", "购买倾向"), "customers",
        avg="propensity",
    ),
    "value": _family(
        "value", _number("customers", "value", "money", "customer value", "客户价值"), "customers",
        sum="total_value", avg="value",
    ),
}  # fmt: skip
MEASURES: Mapping[str, Measure] = {
    **_PLAIN,
    **{name: measure for family in FAMILIES.values() for name, measure in family.made.items()},
}
_FAMILY_OF = {name: key for key, family in FAMILIES.items() for name in family.measures.values()}


def family_of(measure: str) -> Family | None:
    """The number that a measure tells something of."""
    return FAMILIES.get(_FAMILY_OF.get(measure, ""))


def aggregated(measure: str, aggregate: str) -> str | None:
    """The measure that tells the mean, median, ... of the same number; None where none does.

    >>> aggregated("refund_amount", "median"), aggregated("csat", "avg"), aggregated("orders", "median")
    ('median_refund', 'csat', None)
    """
    family = family_of(measure)
    return None if family is None else family.measures.get(aggregate)


#: the rows that a largest or smallest is one of, what they are ordered by, whether the largest comes first
LARGEST_OF: Mapping[str, tuple[Subject, str, bool]] = {
    family.measures[aggregate]: (family.subject, family.order, aggregate == "max")
    for family in FAMILIES.values()
    for aggregate in ("max", "min")
    # of marks many rows have the highest
    if family.subject not in (None, "customers", "reviews") and family.order != "csat" and aggregate in family.measures
}
#: these look at cancelled orders too
OF_ALL_ORDERS = frozenset({"cancellation_rate"})
