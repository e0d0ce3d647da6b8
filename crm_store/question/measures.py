"""What can be measured: a row a measure, with what its rows are and the definition of its number (`metrics.md`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from crm_store.question.grammar import Subject

Aggregate = Literal["count", "distinct", "sum", "avg", "median", "min", "max", "ratio", "quotient", "part"]
Unit = Literal["money", "percent", "hours", "days", "stars", "score", "customers", "orders", "units", "products",
               "refunds", "reviews", "tickets", "visits", "carts", "messages", "number"]  # fmt: skip


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


def _m(*row: str, time: str = "", per: str = "") -> Measure:
    return Measure(*row, time=time, per=per)  # type: ignore[arg-type, misc]


MEASURES: Mapping[str, Measure] = {
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
    "units_per_order": _m("items", "ratio", "quantity", "number", "units per order", "每单件数", per="order"),
    "refunds_of": _m(
        "refunded_items",
        "distinct",
        "refund",
        "refunds",
        "number of refunds of orders with them",
        "含该商品的订单退款笔数",
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
#: the rows that a largest or smallest is one of, what they are ordered by, whether the largest comes first
LARGEST_OF: Mapping[str, tuple[Subject, str, bool]] = {
    "largest_order": ("orders", "total", True),
    "smallest_order": ("orders", "total", False),
    "largest_refund": ("refunds", "amount", True),
}
#: these look at cancelled orders too
OF_ALL_ORDERS = frozenset({"cancellation_rate"})
