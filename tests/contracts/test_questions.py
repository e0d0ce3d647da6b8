"""Answers to staff's questions, on every engine, against an evaluation that anybody can read."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from math import ceil
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from sqlalchemy import event, insert

from crm_store.answering import Figures, TooSlow, answer, answer_in
from crm_store.money import Rates
from crm_store.question.grammar import (
    Among,
    CannotAsk,
    Compare,
    Did,
    During,
    Filter,
    Is,
    Not,
    Or,
    Question,
    Than,
    Window,
)
from crm_store.schema import (
    CartItem,
    ChatMessage,
    Conversation,
    Customer,
    Identity,
    Order,
    OrderItem,
    Product,
    Refund,
    Review,
    Shipment,
    Ticket,
    Visit,
)
from crm_store.stats import rebuild
from crm_store.store import Store
from nlp.ask.learning import learn
from nlp.ask.reading import read

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
RATES = Rates("EUR", {})
CATEGORIES = ("Shoes", "Bags", "Watches")
Row = dict[str, Any]


@dataclass(frozen=True)
class Shop:
    """A small shop as plain rows."""

    customers: list[Row]
    products: list[Row]
    orders: list[Row]
    items: list[Row]
    refunds: list[Row]
    reviews: list[Row]
    tickets: list[Row]
    shipments: list[Row]
    visits: list[Row]
    carts: list[Row]
    conversations: list[Row]
    messages: list[Row]

    def placed(self, start: datetime | None = None, end: datetime | None = None) -> list[Row]:
        """Orders that are not cancelled, in a window."""
        return [each for each in self.orders if each["status"] != "cancelled" and within(each["placed_at"], start, end)]


def within(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or at >= start) and (end is None or at < end)


def make_shop() -> Shop:
    dice = random.Random(7)

    def moment(first: datetime = datetime(2025, 1, 1, tzinfo=UTC)) -> datetime:
        seconds = int((NOW - timedelta(hours=1) - first).total_seconds())
        return first + timedelta(seconds=dice.randrange(seconds))

    customers = [
        {
            "id": number, "external_id": f"C{number:03}", "created_at": NOW, "signed_up_at": moment(),
            "country": dice.choice(("DE", "FR", "GB")), "city": dice.choice(("Berlin", "Paris", "Leeds")),
            "language": "de", "marketing_consent": dice.random() < 0.5,
        }
        for number in range(1, 61)
    ]  # fmt: skip
    products = [
        {
            "id": number, "sku": f"P-{number}", "name": f"Thing {number}", "category": CATEGORIES[number % 3],
            "price": 1000 + number, "currency": "EUR", "stock": number - 1,
        }
        for number in range(1, 10)
    ]  # fmt: skip
    orders, items = [], []
    for number in range(1, 221):
        wanted = dice.sample(products, dice.randint(1, 2))
        lines = [(product, dice.randint(1, 3), dice.randint(500, 9000)) for product in wanted]
        total = sum(quantity * price for _, quantity, price in lines)
        orders.append({
            "id": number, "external_id": f"O{number:04}", "customer_id": dice.randint(1, 50), "placed_at": moment(),
            "status": dice.choice(("delivered", "delivered", "delivered", "paid", "cancelled")), "currency": "EUR",
            "total": total, "total_base": total, "payment_method": dice.choice(("card", "paypal")),
            "shipping": (0, 490)[number % 2], "discount": (0, 0, 150)[number % 3],
        })  # fmt: skip
        items += [
            {
                "order_id": number,
                "product_id": product["id"],
                "occurrence": 1,
                "quantity": quantity,
                "unit_price": price,
            }
            for product, quantity, price in lines
        ]
    refunds = [
        {
            "id": number, "external_id": f"R{number}", "order_id": order["id"], "customer_id": order["customer_id"],
            "amount": 500 * number, "amount_base": 500 * number, "currency": "EUR",
            "reason": dice.choice(("late", "damaged")), "status": dice.choice(("paid", "requested")),
            "created_at": order["placed_at"] + timedelta(minutes=30),
        }
        for number, order in enumerate(dice.sample(orders, 50), 1)
    ]  # fmt: skip
    reviews = [
        {
            "id": number, "external_id": f"V{number}", "customer_id": dice.randint(1, 50), "rating": dice.randint(1, 5),
            "product_id": dice.randint(1, 9), "created_at": moment(),
        }
        for number in range(1, 81)
    ]  # fmt: skip
    tickets = []
    for number in range(1, 71):
        opened = moment(datetime(2026, 1, 1, tzinfo=UTC))
        resolved = opened + timedelta(minutes=dice.randint(5, 50)) if dice.random() < 0.7 else None
        tickets.append({
            "id": number, "external_id": f"T{number}", "customer_id": dice.randint(1, 60),
            "kind": dice.choice(("complaint", "question")), "status": "resolved" if resolved else "open",
            "priority": dice.choice(("low", "normal", "urgent")), "assignee": dice.choice(("maya", "tom")),
            "opened_at": opened, "first_reply_at": opened + timedelta(minutes=dice.randint(1, 4)),
            "resolved_at": resolved, "csat": dice.randint(1, 5) if resolved else None,
        })  # fmt: skip
    chance = random.Random(8)
    shipments = [
        {
            "id": order["id"], "order_id": order["id"], "number": 1, "carrier": chance.choice(("DHL", "UPS")),
            "tracking_number": None if chance.random() < 0.1 else f"TR{order['id']}",
            "delivered_at": order["placed_at"] + timedelta(minutes=chance.randint(10, 50)),
        }
        for order in orders if order["status"] == "delivered"
    ]  # fmt: skip
    chance = random.Random(9)

    def at() -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(180 * 24 * 60))

    visits = [
        {
            "id": number, "customer_id": chance.randint(1, 60), "product_id": chance.choice((None, *range(1, 10))),
            "at": at(), "source": chance.choice(("search", "email", "social", "direct")),
            "fingerprint": f"{number:043}",
        }
        for number in range(1, 121)
    ]  # fmt: skip
    carts = [
        {
            "id": number, "customer_id": number % 45 + 1, "product_id": number % 7 + 1,
            "quantity": chance.randint(1, 4), "updated_at": at(),
        }
        for number in range(1, 61)
    ]  # fmt: skip
    conversations = [
        {
            "id": number, "customer_id": number, "channel": ("telegram", "web")[number % 2], "account": "",
            "chat": str(number), "identity_id": number, "created_at": NOW,
        }
        for number in range(1, 31)
    ]  # fmt: skip
    messages = [
        {
            "id": number, "conversation_id": chance.randint(1, 30), "author_kind": kind, "body_sealed": b"",
            "direction": "in" if kind == "customer" else chance.choice(("out", "out", "note")), "created_at": at(),
        }
        for number, kind in enumerate(chance.choices(("customer", "staff", "bot"), k=150), 1)
    ]  # fmt: skip
    return Shop(
        customers, products, orders, items, refunds, reviews, tickets, shipments, visits, carts, conversations, messages
    )


SHOP = make_shop()


def fill(store: Store) -> None:
    with store.begin() as connection:
        rows = {
            Customer: SHOP.customers, Product: SHOP.products, Order: SHOP.orders, OrderItem: SHOP.items,
            Refund: SHOP.refunds, Review: SHOP.reviews, Ticket: SHOP.tickets, Shipment: SHOP.shipments,
            Visit: SHOP.visits, CartItem: SHOP.carts,
            Identity: [
                {"id": each["id"], "customer_id": each["customer_id"], "channel": each["channel"], "user": each["chat"],
                 "linked_by": "link", "linked_at": NOW}
                for each in SHOP.conversations
            ],
            Conversation: SHOP.conversations, ChatMessage: SHOP.messages,
        }  # fmt: skip
        for model, each in rows.items():
            connection.execute(insert(model), each)
        rebuild(connection)


@pytest.fixture
def shop(store: Store) -> Store:
    fill(store)
    return store


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


YEAR = local("2026-01-01")
MAY, JUNE = local("2026-05-01"), local("2026-06-01")


def money(rows: list[Row], column: str = "total_base") -> float:
    return sum(row[column] for row in rows) / 100


def of_customer(rows: list[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["customer_id"]].append(row)
    return found


def ids(keep: Callable[[Row], bool]) -> set[str]:
    return {row["external_id"] for row in SHOP.customers if keep(row)}


def grouped(rows: list[Row], key: Callable[[Row], Any], value: Callable[[list[Row]], Any] = len) -> dict[Any, Any]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return {name: value(each) for name, each in found.items()}


#: notes are said to nobody outside
SAID = [row for row in SHOP.messages if row["direction"] != "note"]
COUNTRY = {row["id"]: row["country"] for row in SHOP.customers}
CATEGORY = {row["id"]: row["category"] for row in SHOP.products}
ORDER = {row["id"]: row for row in SHOP.orders}
CARRIER = {row["order_id"]: row["carrier"] for row in SHOP.shipments}


def bought(category: str, start: datetime | None = None) -> set[int]:
    return {
        ORDER[item["order_id"]]["customer_id"]
        for item in SHOP.items
        if CATEGORY[item["product_id"]] == category and ORDER[item["order_id"]] in SHOP.placed(start)
    }


def scores(value: Callable[[list[Row]], Any]) -> dict[int, int]:
    """Each buyer's score by the rank of a number of their orders, as `metrics.md` has it."""
    values = {who: value(rows) for who, rows in of_customer(SHOP.placed()).items()}
    below = {who: sum(1 for other in values.values() if other < own) for who, own in values.items()}
    return {who: min(5, 1 + 5 * rank // len(values)) for who, rank in below.items()}


def recency() -> dict[int, int]:
    return scores(lambda rows: max(row["placed_at"] for row in rows))


def segments() -> dict[int, str]:
    """R and F by ranks, as `metrics.md` has them."""
    last, count = recency(), scores(len)
    names = {}
    for who in last:
        r, f = last[who], count[who]
        if r == 5:
            names[who] = {1: "new", 2: "potential loyalist", 3: "potential loyalist"}.get(f, "champions")
        elif r == 4:
            names[who] = {1: "promising", 2: "potential loyalist", 3: "potential loyalist"}.get(f, "loyal")
        elif r == 3:
            names[who] = {1: "about to sleep", 2: "about to sleep", 3: "need attention"}.get(f, "loyal")
        else:
            names[who] = {1: "hibernating", 2: "hibernating", 5: "can't lose"}.get(f, "at risk")
    return names


SPENT = {who: money(rows) for who, rows in of_customer(SHOP.placed()).items()}
COUNT = {who: len(rows) for who, rows in of_customer(SHOP.placed()).items()}
LAST = {who: max(row["placed_at"] for row in rows) for who, rows in of_customer(SHOP.placed()).items()}
OPEN = [row for row in SHOP.tickets if row["status"] != "resolved"]

FIRST = {who: min(row["placed_at"] for row in rows) for who, rows in of_customer(SHOP.placed()).items()}


def newness(order: Row, start: datetime) -> str:
    return "new" if FIRST[order["customer_id"]] >= start else "returning"


def to_second() -> list[float]:
    """Days from first to second order, of who has two."""
    times = [sorted(row["placed_at"] for row in rows)[:2] for rows in of_customer(SHOP.placed()).values()]
    return [(two[1] - two[0]).total_seconds() / 86400 for two in times if len(two) == 2]


#: what the question is in each language → what is right
GOLD: list[tuple[tuple[str, ...], Any]] = [
    (("how many customers do we have?", "一共有多少客户"), 60),
    (("how many clients are from germany", "德国有多少客户"), len(ids(lambda row: row["country"] == "DE"))),
    (("revenue last month", "turnover last mnth", "上个月的销售额", "上月卖了多少钱"), money(SHOP.placed(MAY, JUNE))),
    (("sales since june", "六月以来的销售额"), money(SHOP.placed(JUNE, NOW))),
    (("avg order value this year", "今年的客单价"), mean(row["total_base"] for row in SHOP.placed(YEAR)) / 100),
    (("median order value", "订单金额中位数"), median(row["total_base"] for row in SHOP.placed()) / 100),
    (
        ("revenue by country this year", "按国家统计今年的销售额"),
        grouped(SHOP.placed(YEAR), lambda row: COUNTRY[row["customer_id"]], money),
    ),
    (
        ("orders by month this year", "今年每月的订单数"),
        grouped(SHOP.placed(YEAR), lambda row: f"{row['placed_at'].astimezone(ZONE):%Y-%m}"),
    ),
    (("cancelled orders in may", "五月取消的订单有多少"), len([
        row for row in SHOP.orders if row["status"] == "cancelled" and within(row["placed_at"], MAY, JUNE)
    ])),
    (("how many deliveries in may", "how many orders were delivered in may"),
     sum(within(row["delivered_at"], MAY, JUNE) for row in SHOP.shipments)),
    (("deliveries by carrier this year",),
     grouped([row for row in SHOP.shipments if row["delivered_at"] >= YEAR], lambda row: row["carrier"])),
    (("how many orders have no tracking number",),
     len(SHOP.placed()) - sum(row["tracking_number"] is not None for row in SHOP.shipments)),
    (("refunds by carrier",), grouped(SHOP.refunds, lambda row: CARRIER.get(row["order_id"], "unknown"))),
    (("how many units were sent with DHL",),
     sum(item["quantity"] for item in SHOP.items if CARRIER.get(item["order_id"]) == "DHL")),
    (("how many customers bought exactly once", "只买过一次的客户有多少"),
     sum(1 for each in COUNT.values() if each == 1)),
    (("customers with more than 5 orders", "订单数超过5的客户"), ids(lambda row: COUNT.get(row["id"], 0) > 5)),
    (("customers who never ordered", "从未下单的客户"), ids(lambda row: row["id"] not in COUNT)),
    (
        ("customers who have not bought in the last 60 days", "最近60天没有下单的客户"),
        ids(lambda row: row["id"] in LAST and LAST[row["id"]] <= NOW - timedelta(days=60)),
    ),
    (
        ("customers who bought shoes but never bags", "买过鞋但没买过包的客户"),
        ids(lambda row: row["id"] in bought("Shoes") - bought("Bags")),
    ),
    (
        ("french customers who spent over 200 this year", "今年消费超过200欧元的法国客户"),
        ids(
            lambda row: row["country"] == "FR"
            and money([each for each in SHOP.placed(YEAR) if each["customer_id"] == row["id"]]) > 200
        ),
    ),
    (("customers by segment", "各分群的客户数"),
     grouped([{"s": each} for each in segments().values()], lambda row: row["s"])),
    (("customers by R score", "按R分的客户数"),
     grouped([{"s": each} for each in recency().values()], lambda row: row["s"])),
    (("buyers by M score", "按M分的买家数"),
     grouped([{"s": each} for each in scores(money).values()], lambda row: row["s"])),
    (("revenue by F score this year", "今年按F分的销售额"),
     grouped(SHOP.placed(YEAR), lambda row: scores(len)[row["customer_id"]], money)),
    (("visits by source", "按来源统计访问数"), grouped(SHOP.visits, lambda row: row["source"])),
    (
        ("how many visits from search in may", "5月来自搜索的访问有多少"),
        sum(row["source"] == "search" and within(row["at"], MAY, JUNE) for row in SHOP.visits),
    ),
    (("customers who visited in may", "5月访问过的客户"),
     ids(lambda row: any(each["customer_id"] == row["id"] and within(each["at"], MAY, JUNE) for each in SHOP.visits))),
    (("how many customers have something in their cart", "购物车里有商品的客户有多少"),
     len({row["customer_id"] for row in SHOP.carts})),
    (
        ("cart value", "购物车金额"),
        sum(row["quantity"] * SHOP.products[row["product_id"] - 1]["price"] for row in SHOP.carts) / 100,
    ),
    (("messages by author", "按发送者统计消息"), grouped(SAID, lambda row: row["author_kind"])),
    (("messages by channel", "按渠道统计消息"),
     grouped(SAID, lambda row: SHOP.conversations[row["conversation_id"] - 1]["channel"])),
    (
        ("how many messages did customers send in may", "5月客户发了多少消息"),
        sum(row["author_kind"] == "customer" and within(row["created_at"], MAY, JUNE) for row in SAID),
    ),
    (
        ("how many messages did the team send this year", "今年客服发了多少消息"),
        sum(row["author_kind"] == "staff" for row in SAID),
    ),
    (("how many champions do we have", "冠军客户有多少"),
     sum(1 for each in segments().values() if each == "champions")),
    (
        ("what percentage of buyers are repeat buyers", "回头客占买家的百分比"),
        100 * sum(1 for each in COUNT.values() if each >= 2) / len(COUNT),
    ),
    (("share of customers with marketing consent", "同意营销的客户占比"),
     100 * len(ids(lambda row: row["marketing_consent"])) / 60),
    (("percentage of orders that were cancelled", "订单取消率"),
     100 * sum(1 for row in SHOP.orders if row["status"] == "cancelled") / len(SHOP.orders)),
    (("open tickets by priority", "按优先级统计未解决的工单"), grouped(OPEN, lambda row: row["priority"])),
    (
        ("average first reply time last month", "上个月的平均首次回复时间"),
        mean(
            (row["first_reply_at"] - row["opened_at"]).total_seconds() / 3600
            for row in SHOP.tickets
            if within(row["opened_at"], MAY, JUNE)
        ),
    ),
    (
        ("average csat this year", "今年的平均满意度"),
        mean(row["csat"] for row in SHOP.tickets if row["resolved_at"] and row["resolved_at"] >= YEAR),
    ),
    (
        ("how much did we refund this year", "今年退款多少钱"),
        money([row for row in SHOP.refunds if row["created_at"] >= YEAR], "amount_base"),
    ),
    (("refunds by reason", "按原因统计退款"), grouped(SHOP.refunds, lambda row: row["reason"])),
    (
        ("net revenue", "净销售额"),
        money(SHOP.placed()) - money([row for row in SHOP.refunds if row["status"] == "paid"], "amount_base"),
    ),
    (
        ("average rating by product", "每个商品的平均评分"),
        grouped(SHOP.reviews, lambda row: f"P-{row['product_id']}", lambda rows: mean(row["rating"] for row in rows)),
    ),
    (
        ("units sold by category", "各品类的销量"),
        grouped(
            [item for item in SHOP.items if ORDER[item["order_id"]]["status"] != "cancelled"],
            lambda item: CATEGORY[item["product_id"]],
            lambda rows: sum(row["quantity"] for row in rows),
        ),
    ),
    (("products out of stock", "缺货的商品"), {"P-1"}),
    (
        ("products not sold in the last 7 days", "最近7天没有卖出的商品"),
        {row["sku"] for row in SHOP.products} - {
            f"P-{item['product_id']}" for item in SHOP.items
            if ORDER[item["order_id"]] in SHOP.placed(NOW - timedelta(days=7))
        },
    ),
    (
        ("refunds by category", "各品类退款笔数"),
        grouped(
            list({
                (CATEGORY[item["product_id"]], row["id"]): {"category": CATEGORY[item["product_id"]]}
                for row in SHOP.refunds for item in SHOP.items if item["order_id"] == row["order_id"]
            }.values()),
            lambda row: row["category"],
        ),
    ),
    (
        ("refund rate by category", "各品类的退款率"),
        {
            name: 100 * mean(
                any(refund["order_id"] == order["id"] for refund in SHOP.refunds)
                for order in SHOP.placed()
                if any(item["order_id"] == order["id"] and CATEGORY[item["product_id"]] == name for item in SHOP.items)
            )
            for name in CATEGORIES
        },
    ),
    (
        ("customers who bought more than 3 bags", "买过超过3个包的客户"),
        ids(lambda row: sum(
            item["quantity"] for item in SHOP.items
            if ORDER[item["order_id"]] in SHOP.placed() and ORDER[item["order_id"]]["customer_id"] == row["id"]
            and CATEGORY[item["product_id"]] == "Bags"
        ) > 3),
    ),
    (
        ("average days between orders", "平均下单间隔"),
        mean(
            (after - before).total_seconds() / 86400
            for rows in of_customer(SHOP.placed()).values()
            for before, after in pairwise(sorted(row["placed_at"] for row in rows))
        ),
    ),
    (
        ("orders by hour of the day", "按小时统计订单数"),
        dict.fromkeys(range(24), 0) | grouped(SHOP.placed(), lambda row: row["placed_at"].astimezone(ZONE).hour),
    ),
    (
        ("how many orders on mondays", "每周一的订单数"),
        sum(1 for row in SHOP.placed() if row["placed_at"].astimezone(ZONE).weekday() == 0),
    ),
    (
        ("how many orders on weekends this year", "今年每个周末的订单数"),
        sum(1 for row in SHOP.placed(YEAR) if row["placed_at"].astimezone(ZONE).weekday() >= 5),
    ),
    (
        ("net revenue by country", "各国净销售额"),
        {
            country: money([row for row in SHOP.placed() if COUNTRY[row["customer_id"]] == country])
            - money(
                [row for row in SHOP.refunds if row["status"] == "paid" and COUNTRY[row["customer_id"]] == country],
                "amount_base",
            )
            for country in ("DE", "FR", "GB")
        },
    ),
    (("orders by status", "各状态的订单数"), grouped(SHOP.orders, lambda row: row["status"])),
    (("how much has C007 spent", "C007消费了多少"), SPENT.get(7, 0)),
    (
        ("revenue from new and returning customers in may", "五月新老客户的销售额"),
        grouped(SHOP.placed(MAY, JUNE), lambda row: newness(row, MAY), money),
    ),
    (
        ("how many more orders in june than in may", "六月比五月多了多少订单"),
        len(SHOP.placed(JUNE, NOW)) - len(SHOP.placed(MAY, JUNE)),
    ),
    (
        ("ratio of refunds to orders this year", "今年退款数与订单数的比值"),
        sum(1 for row in SHOP.refunds if row["created_at"] >= YEAR) / len(SHOP.placed(YEAR)),
    ),
    (
        ("the biggest spender in each country", "每个国家消费最高的客户"),
        grouped(
            [{"who": who, "spent": spent} for who, spent in SPENT.items()],
            lambda row: COUNTRY[row["who"]],
            lambda rows: max(row["spent"] for row in rows),
        ),
    ),
    (
        ("how many customers came back within 30 days", "30天内复购的客户有多少"),
        sum(1 for gap in to_second() if gap <= 30),
    ),
    (("average time to second order", "首单到第二单的平均天数"), mean(to_second())),
    (
        ("agents with more than 5 open tickets", "未解决工单超过5个的客服"),
        {name for name, count in grouped(OPEN, lambda row: row["assignee"]).items() if count > 5},
    ),
    (("orders of customer c007", "客户C007的订单"),
     {row["external_id"] for row in SHOP.placed() if row["customer_id"] == 7}),
]  # fmt: skip


def test_two_groups_have_a_row_for_each_pair(shop: Store) -> None:
    with shop.read() as connection:
        words = learn(connection, RATES, NOW)

    def pair(row: Row) -> tuple[str, str]:
        return COUNTRY[row["customer_id"]], f"{row['placed_at'].astimezone(ZONE):%Y-%m}"

    gold = grouped(SHOP.placed(YEAR), pair, money)
    for phrase in ("revenue by country and month this year", "按国家和月份统计今年的销售额"):
        question = read(phrase, words, NOW, ZONE)
        assert isinstance(question, Question), (phrase, question)
        figures = answer(shop, question, NOW, ZONE, RATES)
        assert figures.columns == ("country", "month", "revenue")
        assert {row[:2]: row[2] for row in figures.rows} == pytest.approx(gold, abs=0.006)


def test_new_and_returning_buyers_are_told_apart_in_each_month(shop: Store) -> None:
    question = Question(measure="buyers", by="month", then="newness", window=Window(YEAR, NOW))
    gold = grouped(
        SHOP.placed(YEAR),
        lambda row: (
            f"{row['placed_at'].astimezone(ZONE):%Y-%m}",
            newness(row, row["placed_at"].astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)),
        ),
        lambda rows: len({row["customer_id"] for row in rows}),
    )
    figures = answer(shop, question, NOW, ZONE, RATES)
    assert {row[:2]: row[2] for row in figures.rows} == gold


def test_the_first_few_of_each_group_stand_in_order(shop: Store) -> None:
    question = Question(measure="revenue", by="country", then="customer", each=2)
    gold = [
        (country, f"C{who:03}")
        for country in sorted({"DE", "FR", "GB"})
        for who in sorted((who for who in SPENT if COUNTRY[who] == country), key=lambda who: -SPENT[who])[:2]
    ]
    assert [row[:2] for row in answer(shop, question, NOW, ZONE, RATES).rows] == gold


def test_a_part_of_each_group_is_told_of_that_group(shop: Store) -> None:
    buyers, again = Compare("orders", "ge", 1), Compare("orders", "ge", 2)
    where, of = (buyers, again), (buyers,)
    question = Question(measure="customers", by="country", where=where, of=of, share=True, within=True)
    gold = {
        country: 100 * sum(COUNT[who] >= 2 for who in COUNT if COUNTRY[who] == country)
        / sum(COUNTRY[who] == country for who in COUNT)
        for country in {COUNTRY[who] for who in COUNT}
    }  # fmt: skip
    rows = answer(shop, question, NOW, ZONE, RATES).rows
    assert {row[0]: row[1] for row in rows} == pytest.approx(gold, abs=0.01)


def test_growth_by_month_is_told_from_the_month_before(shop: Store) -> None:
    with shop.read() as connection:
        words = learn(connection, RATES, NOW)
    question = read("revenue growth by month this year", words, NOW, ZONE)
    assert isinstance(question, Question), question
    months = [local(f"2025-{month:02}-01") for month in (11, 12)] + [
        local(f"2026-{month:02}-01") for month in range(1, 7)
    ]
    sums = [money(SHOP.placed(start, end)) for start, end in pairwise([*months, NOW])][1:]
    gold = [100 * (after - before) / before for before, after in pairwise(sums)]
    figures = answer(shop, question, NOW, ZONE, RATES)
    assert [row[0] for row in figures.rows] == [f"2026-{month:02}" for month in range(1, 7)]
    assert [row[1] for row in figures.rows] == pytest.approx(gold, abs=0.01)


def test_questions_are_answered_right_in_both_languages(shop: Store) -> None:
    with shop.read() as connection:
        words = learn(connection, RATES, NOW)
    for phrases, gold in GOLD:
        for phrase in phrases:
            question = read(phrase, words, NOW, ZONE)
            assert isinstance(question, Question), (phrase, question)
            assert_right(answer(shop, question, NOW, ZONE, RATES), gold, phrase)


def assert_right(figures: Figures, gold: Any, phrase: str) -> None:
    if isinstance(gold, set):
        assert {row[0] for row in figures.rows} == gold, phrase
    elif isinstance(gold, dict):
        got = {row[0]: row[-1] for row in figures.rows}
        assert got == pytest.approx(gold, abs=0.006), phrase
    else:
        assert (figures.total if figures.value is None else figures.value) == pytest.approx(gold, abs=0.006), phrase


def test_the_top_are_in_order(shop: Store) -> None:
    figures = answer(shop, Question(measure="revenue", by="customer", order="value", limit=5), NOW, ZONE, RATES)
    best = sorted(SPENT, key=lambda who: -SPENT[who])[:5]
    assert [row[0] for row in figures.rows] == [f"C{who:03}" for who in best]
    assert figures.total == len(SPENT)


def test_the_first_few_have_a_part_of_all(shop: Store) -> None:
    figures = answer(shop, Question(measure="revenue", share=True, first=("customer", 5)), NOW, ZONE, RATES)
    whole = answer(shop, Question(measure="revenue"), NOW, ZONE, RATES).value
    assert whole is not None
    assert figures.unit == "%"
    assert figures.value == pytest.approx(100 * sum(sorted(SPENT.values())[-5:]) / whole, abs=0.006)


def test_groups_stand_beside_those_of_another_time(shop: Store) -> None:
    def orders(window: Window, versus: Window | None = None) -> Figures:
        return answer(shop, Question(measure="orders", by="country", window=window, versus=versus), NOW, ZONE, RATES)

    now, before = Window(local("2026-01-01"), NOW), Window(local("2025-01-01"), local("2026-01-01"))
    both, one, other = orders(now, before), dict(orders(now).rows), dict(orders(before).rows)
    assert both.columns == ("country", "orders", "before")
    assert {row[0]: row[1:] for row in both.rows} == {
        name: (one.get(name, 0), other.get(name, 0)) for name in {*one, *other}
    }
    with pytest.raises(CannotAsk):
        answer(shop, Question(measure="orders", by="month", window=now, versus=before), NOW, ZONE, RATES)


THIS_YEAR, LAST_YEAR = Window(local("2026-01-01"), NOW), Window(local("2025-01-01"), local("2026-01-01"))


def test_growth_of_each_group_is_told_from_its_own_past(shop: Store) -> None:
    """Of a group that had nothing before none is told: it stands last, and is none of the first few."""
    dearest = Compare("price", "gt", 0)
    question = Question(measure="revenue", by="country", window=THIS_YEAR, versus=LAST_YEAR, growth=True)
    now, before = (
        grouped(SHOP.placed(*times), lambda row: COUNTRY[row["customer_id"]], money)
        for times in ((LAST_YEAR.end, NOW), (LAST_YEAR.start, LAST_YEAR.end))
    )
    gold = {name: 100 * (now.get(name, 0) - spent) / spent for name, spent in before.items()}
    figures = answer(shop, question, NOW, ZONE, RATES)
    assert (figures.columns, figures.unit, figures.metric) == (("country", "revenue"), "%", "revenue")
    assert dict(figures.rows) == pytest.approx(gold | dict.fromkeys(now.keys() - gold), abs=0.01)
    best = answer(shop, replace(question, order="value", limit=1), NOW, ZONE, RATES).rows
    assert best[0][0] == max(gold, key=lambda name: gold[name])
    for impossible in (replace(question, then="city"), replace(question, where=(dearest,))):
        with pytest.raises(CannotAsk):
            answer(shop, impossible, NOW, ZONE, RATES)


def test_one_number_is_told_in_per_cent_of_another_in_all_and_by_group(shop: Store) -> None:
    revenue = Than(measure="revenue", window=THIS_YEAR)
    question = Question(measure="refund_amount", window=THIS_YEAR, than=revenue, ratio=True, percent=True)
    back = [row for row in SHOP.refunds if row["created_at"] >= YEAR]
    gold = 100 * sum(row["amount_base"] for row in back) / 100 / money(SHOP.placed(YEAR))
    figures = answer(shop, question, NOW, ZONE, RATES)
    assert (figures.unit, figures.value) == ("%", pytest.approx(gold, abs=0.01))
    gained = grouped(SHOP.placed(YEAR), lambda row: COUNTRY[row["customer_id"]], money)
    lost = grouped(back, lambda row: COUNTRY[row["customer_id"]], lambda rows: sum(row["amount_base"] for row in rows))
    parts = {name: lost.get(name, 0) / spent for name, spent in gained.items()}
    by_country = answer(shop, replace(question, by="country"), NOW, ZONE, RATES)
    assert dict(by_country.rows) == pytest.approx(parts, abs=0.01)
    assert [row[0] for row in by_country.rows] == sorted(parts, key=lambda name: -parts[name])
    with pytest.raises(CannotAsk):
        answer(shop, replace(question, by="country", ratio=False, percent=False), NOW, ZONE, RATES)


def test_the_first_per_cent_of_a_table_a_list_and_a_share_are_rounded_up(shop: Store) -> None:
    best = sorted(SPENT, key=lambda who: -SPENT[who])
    first = best[: -(-len(best) // 10)]
    table = Question(measure="revenue", by="customer", order="value", top_percent=10)
    listed = Question(subject="customers", where=(Compare("orders", "ge", 1),), order="spend", top_percent=10)
    for question in (table, listed):
        figures = answer(shop, question, NOW, ZONE, RATES)
        assert [row[0] for row in figures.rows] == [f"C{who:03}" for who in first]
        assert figures.total == len(best)
    share = Question(measure="revenue", share=True, first=("customer", 10), top_percent=10)
    whole = sum(SPENT.values())
    gold = 100 * sum(SPENT[who] for who in first) / whole
    assert answer(shop, share, NOW, ZONE, RATES).value == pytest.approx(gold, abs=0.01)


def test_what_is_asked_of_the_first_few_is_told_of_them_alone(shop: Store) -> None:
    """Those that a ranking of the same shows, whichever rows are asked for, and of which kind they are."""
    best = sorted(SPENT, key=lambda who: -SPENT[who])
    first = Among("customer", "revenue", 7)
    listed = answer(shop, Question(subject="customers", where=(first,)), NOW, ZONE, RATES)
    assert {row[0] for row in listed.rows} == {f"C{who:03}" for who in best[:7]}
    others = answer(shop, Question(measure="customers", where=(Not(first),)), NOW, ZONE, RATES)
    assert others.value == len(SHOP.customers) - 7
    revenue = answer(shop, Question(measure="revenue", where=(first,), window=THIS_YEAR), NOW, ZONE, RATES)
    gold = money([row for row in SHOP.placed(YEAR) if row["customer_id"] in best[:7]])
    assert revenue.value == pytest.approx(gold)
    german = replace(first, where=(Is("country", ("DE",)),), window=LAST_YEAR, count=3)
    then = of_customer(SHOP.placed(LAST_YEAR.start, LAST_YEAR.end))
    spent = {who: money(rows) for who, rows in then.items() if COUNTRY[who] == "DE"}
    figures = answer(shop, Question(measure="orders", by="customer", where=(german,)), NOW, ZONE, RATES)
    gold = {f"C{who:03}": COUNT[who] for who in sorted(spent, key=lambda who: -spent[who])[:3]}
    assert dict(figures.rows) == gold


def test_stock_of_the_articles_that_sell_best(shop: Store) -> None:
    with shop.read() as connection:
        words = learn(connection, RATES, NOW)
    sold = grouped(
        [item for item in SHOP.items if ORDER[item["order_id"]]["status"] != "cancelled"],
        lambda item: item["product_id"],
        lambda rows: sum(row["quantity"] for row in rows),
    )
    best = sorted(sold, key=lambda goods: (-sold[goods], f"P-{goods}"))[:4]
    gold = {f"P-{goods}": PRODUCT[goods]["stock"] for goods in best}
    for phrase in ("stock of our four best sellers", "销量最高的4个商品的库存"):
        question = read(phrase, words, NOW, ZONE)
        assert isinstance(question, Question), (phrase, question)
        assert {row[0]: row[-1] for row in answer(shop, question, NOW, ZONE, RATES).rows} == gold
    with pytest.raises(CannotAsk):
        answer(shop, Question(measure="stock", where=(Among("customer", "spend", 3),)), NOW, ZONE, RATES)


def test_orders_are_ranked_by_their_refunds_and_by_their_pieces(shop: Store) -> None:
    placed = [row for row in SHOP.refunds if ORDER[row["order_id"]]["status"] != "cancelled"]
    amounts = grouped(placed, lambda row: row["order_id"], lambda rows: money(rows, "amount_base"))
    back = {ORDER[order]["external_id"]: amount for order, amount in amounts.items()}
    question = Question(subject="orders", order="refund_amount", limit=5)
    figures = answer(shop, question, NOW, ZONE, RATES)
    assert [row[0] for row in figures.rows] == sorted(back, key=lambda name: -back[name])[:5]
    assert [row[-1] for row in figures.rows] == sorted(back.values())[: -5 - 1 : -1]
    # an order without a refund is not ranked by it
    assert (figures.total, figures.metric) == (len(back), "refund_amount")
    pieces = answer(shop, Question(subject="orders", order="units", limit=3), NOW, ZONE, RATES)
    counts = grouped(SHOP.items, lambda item: item["order_id"], lambda rows: sum(row["quantity"] for row in rows))
    most = sorted((counts[row["id"]] for row in SHOP.placed()), reverse=True)[:3]
    assert [row[-1] for row in pieces.rows] == most
    assert all(isinstance(row[-1], int) for row in pieces.rows)


def test_articles_that_sold_in_one_time_and_not_in_another(shop: Store) -> None:
    def sold(window: Window) -> set[str]:
        rows = SHOP.placed(window.start, window.end)
        return {f"P-{item['product_id']}" for item in SHOP.items if ORDER[item["order_id"]] in rows}

    one, other = Window(MAY, JUNE), Window(NOW - timedelta(days=6), NOW)
    gold = sold(one) - sold(other)
    assert gold
    where = (Did("items", window=one), Did("items", "eq", 0, window=other))
    assert {row[0] for row in answer(shop, Question(subject="products", where=where), NOW, ZONE, RATES).rows} == gold


def test_a_share_of_marks_is_of_the_tickets_that_were_marked(shop: Store) -> None:
    with shop.read() as connection:
        words = learn(connection, RATES, NOW)
    marks = [row for row in SHOP.tickets if row["csat"]]
    gold = 100 * sum(row["csat"] >= 4 for row in marks) / len(marks)
    for phrase in ("share of csat 4-5", "满意度4到5分的占比"):
        question = read(phrase, words, NOW, ZONE)
        assert isinstance(question, Question), (phrase, question)
        assert answer(shop, question, NOW, ZONE, RATES).value == pytest.approx(gold)
    by_agent = read("which agent has the highest share of csat 4-5", words, NOW, ZONE)
    assert isinstance(by_agent, Question), by_agent
    parts = grouped(marks, lambda row: row["assignee"], lambda rows: 100 * mean(row["csat"] >= 4 for row in rows))
    rows = answer(shop, by_agent, NOW, ZONE, RATES).rows
    assert rows[0] == (max(parts, key=lambda name: parts[name]), pytest.approx(max(parts.values())))


def test_weeks_that_a_year_cuts_in_two_count_by_their_days(shop: Store) -> None:
    question = Question(measure="orders", window=LAST_YEAR, mean="week")
    gold = len(SHOP.placed(LAST_YEAR.start, LAST_YEAR.end)) / (365 / 7)
    assert answer(shop, question, NOW, ZONE, RATES).value == pytest.approx(gold)


def test_orders_are_told_by_their_pieces_and_by_what_is_in_them_together(shop: Store) -> None:
    def lines(order: Row) -> list[Row]:
        return [item for item in SHOP.items if item["order_id"] == order["id"]]

    many = {row["external_id"] for row in SHOP.placed() if sum(item["quantity"] for item in lines(row)) > 3}
    question = Question(subject="orders", where=(Compare("units", "gt", 3),))
    assert many
    assert {row[0] for row in answer(shop, question, NOW, ZONE, RATES).rows} == many
    one, other = CATEGORIES[:2]
    both = [row for row in SHOP.placed() if {one, other} <= {CATEGORY[item["product_id"]] for item in lines(row)}]
    together = Did("orders", where=(Is("category", (one,)), Is("category", (other,))))
    figures = answer(shop, Question(subject="customers", where=(together,)), NOW, ZONE, RATES)
    assert {row[0] for row in figures.rows} == {f"C{row['customer_id']:03}" for row in both}


def test_a_question_as_of_the_past_sees_nothing_later(shop: Store) -> None:
    then = local("2026-01-15")
    before = SHOP.placed(None, then)
    for question, gold in (
        (Question(measure="revenue"), money(before)),
        (Question(measure="customers", where=(Compare("orders", "ge", 1),)), len(of_customer(before))),
        (Question(measure="refunds"), sum(1 for row in SHOP.refunds if row["created_at"] < then)),
    ):
        assert answer(shop, question, then, ZONE, RATES).value == pytest.approx(gold)


# --- random questions -------------------------------------------------------------------------------------------------


def holds(filter_: Filter, row: Row) -> bool:
    """The slow, obvious meaning of a filter on a customer."""
    mine = [order for order in SHOP.placed() if order["customer_id"] == row["id"]]
    match filter_:
        case Is(name, values):
            return row[{"consent": "marketing_consent"}.get(name, name)] in values
        case Compare(name, op, value):
            return compare(len(mine) if name == "orders" else sum(order["total_base"] for order in mine), op, value)
        case During(name, window):
            times = [order["placed_at"] for order in mine]
            if name == "signed_up_at":
                return within(row["signed_up_at"], window.start, window.end)
            at = (min if name == "first_order_at" else max)(times, default=None)
            return at is not None and within(at, window.start, window.end)
        case Did("orders", "ge", 1, where=(Is("category", (one,)), Is("category", (other,)))):
            return any({one, other} <= categories_of(order["id"]) for order in mine)
        case Did("orders", op, value, tally, window):
            seen = [each for each in mine if window is None or within(each["placed_at"], window.start, window.end)]
            return compare(sum(each["total_base"] for each in seen) if tally == "money" else len(seen), op, value)
        case Did("items", op, value, "units", where=(Is("category", (name,)),)):
            return compare(
                sum(
                    item["quantity"]
                    for item in SHOP.items
                    if ORDER[item["order_id"]] in mine and CATEGORY[item["product_id"]] == name
                ),
                op,
                value,
            )
        case Did("items", "ge", 1, where=(Is("category", values),)):
            return any(row["id"] in bought(str(value)) for value in values)
        case Did("items", op, value, "categories" | "goods" as kind, window):
            times = (None, None) if window is None else (window.start, window.end)
            lines = [item for item in SHOP.items if ORDER[item["order_id"]] in mine]
            lines = [item for item in lines if within(ORDER[item["order_id"]]["placed_at"], *times)]
            seen = {CATEGORY[item["product_id"]] if kind == "categories" else item["product_id"] for item in lines}
            return compare(len(seen), op, value)
        case Did("refunds" | "reviews" | "tickets" as event, op, value, tally, window, where):
            rows = [each for each in plain_rows(event) if each["customer_id"] == row["id"] and kept(each, where)]
            if window is not None:
                rows = [each for each in rows if within(each["at"], window.start, window.end)]
            if tally == "rating":
                return bool(rows) and compare(mean(each["rating"] for each in rows), op, value)
            return compare(sum(each["amount"] for each in rows) if tally == "money" else len(rows), op, value)
        case Among():
            return row["external_id"] in first_of(filter_)
        case Not(inner):
            return not holds(inner, row)
        case Or(several):
            return any(holds(each, row) for each in several)
    raise AssertionError(filter_)


def categories_of(order: int) -> set[str]:
    return {CATEGORY[item["product_id"]] for item in SHOP.items if item["order_id"] == order}


@cache
def first_of(first: Among) -> frozenset[str]:
    """Who, or which articles, come first; of equals those whose keys do."""
    fact, numbers, told, _ = MEASURED[first.measure]
    window = first.window or Window(None, None)
    rows = [each for each in plain_rows(fact) if within(each["at"], window.start, window.end)]
    rows = [each for each in rows if kept(each, first.where)]
    values = grouped(rows, lambda row: row[first.by], lambda rows: TOLD[told](numbers(rows)))
    way = -1 if first.descending else 1
    return frozenset(sorted(values, key=lambda key: (way * values[key], key))[: first.count])


def compare(left: float, op: str, right: float) -> bool:
    return {"lt": left < right, "le": left <= right, "eq": left == right, "ge": left >= right, "gt": left > right}[op]


def random_filter(dice: random.Random, depth: int = 2) -> Filter:
    start = NOW - timedelta(days=dice.randint(30, 500))
    window = Window(dice.choice((None, start)), dice.choice((None, start + timedelta(days=60))))
    op: Any = dice.choice(("lt", "le", "eq", "ge", "gt"))
    kinds: list[Callable[[], Filter]] = [
        lambda: Is("country", tuple(dice.sample(("DE", "FR", "GB"), dice.randint(1, 2)))),
        lambda: Is("consent", (dice.random() < 0.5,)),
        lambda: Compare(*dice.choice((("orders", op, dice.randint(0, 6)), ("spend", op, dice.randint(0, 90_000))))),
        lambda: During(dice.choice(("signed_up_at", "first_order_at", "last_order_at")), window),
        lambda: Did("orders", op, dice.randint(0, 3), "count", window),
        lambda: Did("orders", op, dice.randint(0, 30_000), "money", window),
        lambda: Did("items", where=(Is("category", (dice.choice(CATEGORIES),)),)),
        lambda: Did("items", op, dice.randint(0, 5), "units", where=(Is("category", (dice.choice(CATEGORIES),)),)),
        lambda: Did("items", op, dice.randint(0, 4), dice.choice(("categories", "goods")), window),
        lambda: Did("orders", where=tuple(Is("category", (each,)) for each in dice.sample(CATEGORIES, 2))),
        lambda: Did("refunds", op, dice.randint(0, 2), "count", window, (Is("reason", ("late",)),)),
        lambda: Did("refunds", op, dice.randint(0, 15_000), "money", window),
        lambda: Did("reviews", op, dice.randint(1, 5), "rating", window),
        lambda: Did("tickets", op, dice.randint(0, 2), "count", window, (Is("priority", ("urgent", "low")),)),
    ]
    if depth:
        kinds.append(lambda: random_first(dice, window))
        kinds += [
            lambda: Not(random_filter(dice, depth - 1)),
            lambda: Or((random_filter(dice, depth - 1), random_filter(dice, depth - 1))),
        ]
    return dice.choice(kinds)()


def random_first(dice: random.Random, window: Window) -> Among:
    """The first few customers by what they ordered or gave back."""
    where = (random_filter(dice, 0),) if dice.random() < 0.4 else ()
    measure = dice.choice(("revenue", "orders", "refund_amount", "units", "aov"))
    descending = measure != "aov" or dice.random() < 0.5
    return Among("customer", measure, dice.randint(1, 20), dice.choice((None, window)), where, descending)


def test_random_questions_agree_with_a_slow_reading_of_them(shop: Store) -> None:
    dice = random.Random(11)
    for _ in range(40):
        where = tuple(random_filter(dice) for _ in range(dice.randint(1, 3)))
        figures = answer(shop, Question(subject="customers", where=where), NOW, ZONE, RATES)
        assert {row[0] for row in figures.rows} == ids(lambda row, where=where: all(holds(f, row) for f in where)), (
            where
        )


# --- random measures, groups and windows ------------------------------------------------------------------------------

CUSTOMER = {row["id"]: row for row in SHOP.customers}
PRODUCT = {row["id"]: row for row in SHOP.products}
REFUNDED = {row["order_id"] for row in SHOP.refunds}


def hours_between(before: datetime, after: datetime | None) -> float | None:
    return None if after is None else (after - before).total_seconds() / 3600


#: what only buyers have
SCORED: dict[str, dict[int, Any]] = {
    "segment": dict(segments()), "recency": dict(recency()), "frequency": dict(scores(len)),
    "monetary": dict(scores(money)),
}  # fmt: skip


def of_whom(customer: int) -> Row:
    where = {name: CUSTOMER[customer][name] for name in ("country", "city")}
    scored = {name: each.get(customer, "unknown") for name, each in SCORED.items()}
    return {"customer": f"C{customer:03}", "customer_id": customer, **where, **scored}


@cache
def plain_rows(fact: str) -> list[Row]:
    """The rows of a fact, each with the names that questions use, its customer and its time beside it."""
    placed = [row for row in SHOP.orders if row["status"] != "cancelled"]
    match fact:
        case "orders":
            return [
                {**of_whom(row["customer_id"]), "at": row["placed_at"], "total": row["total_base"], "one": 1,
                 "payment_method": row["payment_method"], "shipping": row["shipping"], "discount": row["discount"],
                 "order": row["external_id"], "order_status": row["status"],
                 "units": sum(item["quantity"] for item in SHOP.items if item["order_id"] == row["id"]),
                 "refund_amount": sum(each["amount_base"] for each in SHOP.refunds if each["order_id"] == row["id"])
                 or None,
                 "is_refunded": int(row["id"] in REFUNDED), "each": row["id"]}
                for row in placed
            ]  # fmt: skip
        case "items":
            return [
                {**of_whom(order["customer_id"]), "at": order["placed_at"], "quantity": item["quantity"],
                 "amount": item["quantity"] * item["unit_price"], "unit_price": item["unit_price"],
                 "order": order["id"], "payment_method": order["payment_method"],
                 "category": PRODUCT[item["product_id"]]["category"],
                 "product": PRODUCT[item["product_id"]]["sku"]}
                for item in SHOP.items
                if (order := ORDER[item["order_id"]])["status"] != "cancelled"
            ]  # fmt: skip
        case "refunds" | "refunded":
            found = []
            for row in SHOP.refunds:
                own = {**of_whom(row["customer_id"]), "at": row["created_at"], "amount": row["amount_base"],
                       "reason": row["reason"], "refund_status": row["status"], "refund": row["id"],
                       "payment_method": ORDER[row["order_id"]]["payment_method"]}  # fmt: skip
                goods = {
                    PRODUCT[item["product_id"]]["category"]
                    for item in SHOP.items
                    if item["order_id"] == row["order_id"]
                }
                found += [own] if fact == "refunds" else [{**own, "category": category} for category in sorted(goods)]
            return found
        case "reviews":
            return [
                {**of_whom(row["customer_id"]), "at": row["created_at"], "rating": row["rating"],
                 "category": PRODUCT[row["product_id"]]["category"],
                 "product": PRODUCT[row["product_id"]]["sku"]}
                for row in SHOP.reviews
            ]  # fmt: skip
        case "tickets":
            return [
                {**of_whom(row["customer_id"]), "at": row["opened_at"], "kind": row["kind"],
                 "priority": row["priority"], "agent": row["assignee"],
                 "first_reply": hours_between(row["opened_at"], row["first_reply_at"]),
                 "resolution": hours_between(row["opened_at"], row["resolved_at"]), "csat": row["csat"],
                 "resolved_at": row["resolved_at"]}
                for row in SHOP.tickets
            ]  # fmt: skip
        case "visits":
            return [
                {**of_whom(row["customer_id"]), "at": row["at"], "source": row["source"], "one": 1}
                for row in SHOP.visits
            ]
        case "messages":
            return [
                {**of_whom(row["conversation_id"]), "at": row["created_at"], "author": row["author_kind"], "one": 1,
                 "channel": SHOP.conversations[row["conversation_id"] - 1]["channel"]}
                for row in SAID
            ]  # fmt: skip
        case "gaps":
            return [
                {**of_whom(who), "at": after["placed_at"],
                 "days": (after["placed_at"] - before["placed_at"]).total_seconds() / 86400}
                for who, rows in of_customer(placed).items()
                for before, after in pairwise(sorted(rows, key=lambda row: (row["placed_at"], row["id"])))
            ]  # fmt: skip
    raise AssertionError(fact)


def numbers_of(name: str) -> Callable[[list[Row]], list[float]]:
    return lambda rows: [row[name] for row in rows if row[name] is not None]


def sums_of(name: str, each: str) -> Callable[[list[Row]], list[float]]:
    def sums(rows: list[Row]) -> list[float]:
        return [sum(row[name] for row in own) for own in grouped(rows, lambda row: row[each], list).values()]

    return sums


TOLD: dict[str, Callable[[list[float]], float]] = {
    "sum": sum, "avg": mean, "median": median, "max": max, "min": min, "count": len
}  # fmt: skip
#: measure → its rows, the numbers of them, what is told of those, and what a unit of it is
MEASURED: dict[str, tuple[str, Callable[[list[Row]], list[float]], str, float]] = {
    "orders": ("orders", numbers_of("one"), "count", 1),
    "revenue": ("orders", numbers_of("total"), "sum", 100),
    "aov": ("orders", numbers_of("total"), "avg", 100),
    "median_order": ("orders", numbers_of("total"), "median", 100),
    "largest_order": ("orders", numbers_of("total"), "max", 100),
    "smallest_order": ("orders", numbers_of("total"), "min", 100),
    "shipping": ("orders", numbers_of("shipping"), "sum", 100),
    "average_shipping": ("orders", numbers_of("shipping"), "avg", 100),
    "median_shipping": ("orders", numbers_of("shipping"), "median", 100),
    "discount": ("orders", numbers_of("discount"), "sum", 100),
    "average_discount": ("orders", numbers_of("discount"), "avg", 100),
    "largest_discount": ("orders", numbers_of("discount"), "max", 100),
    "refund_rate": ("orders", numbers_of("is_refunded"), "avg", 0.01),
    "revenue_per_buyer": ("orders", sums_of("total", "customer_id"), "avg", 100),
    "median_buyer_spend": ("orders", sums_of("total", "customer_id"), "median", 100),
    "largest_buyer_spend": ("orders", sums_of("total", "customer_id"), "max", 100),
    "median_buyer_orders": ("orders", sums_of("one", "customer_id"), "median", 1),
    "smallest_buyer_orders": ("orders", sums_of("one", "customer_id"), "min", 1),
    "units": ("items", numbers_of("quantity"), "sum", 1),
    "product_revenue": ("items", numbers_of("amount"), "sum", 100),
    "units_per_order": ("items", sums_of("quantity", "order"), "avg", 1),
    "median_order_units": ("items", sums_of("quantity", "order"), "median", 1),
    "largest_order_units": ("items", sums_of("quantity", "order"), "max", 1),
    "median_selling_price": ("items", numbers_of("unit_price"), "median", 100),
    "median_gap": ("gaps", numbers_of("days"), "median", 1),
    "largest_gap": ("gaps", numbers_of("days"), "max", 1),
    "refunds": ("refunds", numbers_of("amount"), "count", 1),
    "refund_amount": ("refunds", numbers_of("amount"), "sum", 100),
    "average_refund": ("refunds", numbers_of("amount"), "avg", 100),
    "median_refund": ("refunds", numbers_of("amount"), "median", 100),
    "smallest_refund": ("refunds", numbers_of("amount"), "min", 100),
    "refund_amount_of": ("refunded", numbers_of("amount"), "sum", 100),
    "average_refund_of": ("refunded", numbers_of("amount"), "avg", 100),
    "median_refund_of": ("refunded", numbers_of("amount"), "median", 100),
    "reviews": ("reviews", numbers_of("rating"), "count", 1),
    "rating": ("reviews", numbers_of("rating"), "avg", 1),
    "median_rating": ("reviews", numbers_of("rating"), "median", 1),
    "visits": ("visits", numbers_of("one"), "count", 1),
    "messages": ("messages", numbers_of("one"), "count", 1),
    "first_reply": ("tickets", numbers_of("first_reply"), "avg", 1),
    "median_first_reply": ("tickets", numbers_of("first_reply"), "median", 1),
    "largest_resolution": ("tickets", numbers_of("resolution"), "max", 1),
    "smallest_resolution": ("tickets", numbers_of("resolution"), "min", 1),
}  # fmt: skip
GROUPS = {
    "orders": ("country", "city", "payment_method", "month", "weekday", *SCORED, "day", "week", "quarter", "year"),
    "gaps": ("country", "city", "segment"), "refunded": ("category",),
    "items": ("country", "category", "product", "payment_method", "month", "segment", "monetary", "week"),
    "refunds": ("country", "reason", "refund_status", "month", "segment", "quarter"),
    "reviews": ("country", "category", "month", "segment", "year"), "messages": ("author", "channel", "month", "day"),
    "tickets": ("country", "kind", "priority", "agent", "month", "weekday", "week"), "visits": ("source", "week"),
}  # fmt: skip
OWN_VALUES: dict[str, dict[str, tuple[Any, ...]]] = {
    "orders": {
        "payment_method": ("card", "paypal"), "is_refunded": (0, 1), "weekday": (0, 3, 6),
        "segment": ("champions", "loyal", "at risk", "hibernating"), "recency": (1, 2, 3, 4, 5), "monetary": (1, 5),
    },
    "items": {"category": CATEGORIES, "payment_method": ("card", "paypal"), "segment": ("champions", "hibernating")},
    "gaps": {}, "visits": {"source": ("search", "email", "social", "direct"), "segment": ("loyal", "at risk")},
    "messages": {"author": ("customer", "staff", "bot"), "segment": ("champions", "hibernating")},
    "refunds": {"reason": ("late", "damaged"), "refund_status": ("paid", "requested")},
    "refunded": {"reason": ("late", "damaged")}, "reviews": {"category": CATEGORIES},
    "tickets": {"priority": ("low", "normal", "urgent"), "agent": ("maya", "tom"), "kind": ("complaint", "question")},
}  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def told_by(row: Row, by: str) -> Any:
    local = row["at"].astimezone(ZONE)
    times = {
        "day": f"{local:%Y-%m-%d}", "week": f"{local:%G-W%V}", "month": f"{local:%Y-%m}", "year": f"{local:%Y}",
        "quarter": f"{local.year}-Q{(local.month + 2) // 3}", "weekday": DAYS[local.weekday()],
    }  # fmt: skip
    return times[by] if by in times else row[by]


@cache
def is_of_whom(filter_: Filter, customer: int) -> bool:
    return holds(filter_, CUSTOMER[customer])


def kept(row: Row, where: tuple[Filter, ...]) -> bool:
    """The slow, obvious meaning of filters of rows: of the row's own fields, and of the customer whose it is."""
    for each in where:
        inner = each.of if isinstance(each, Not) else each
        if isinstance(inner, Is) and inner.field == "weekday":
            said = row["at"].astimezone(ZONE).weekday() in inner.values
        elif isinstance(inner, Is) and inner.field in row:
            said = row[inner.field] in inner.values
        else:
            said = is_of_whom(inner, row["customer_id"])
        if said == isinstance(each, Not):
            return False
    return True


def random_measure(dice: random.Random) -> tuple[Question, str]:
    name = dice.choice(list(MEASURED))
    fact = MEASURED[name][0]
    where: list[Filter] = []
    if (own := OWN_VALUES[fact]) and dice.random() < 0.5:
        field = dice.choice(list(own))
        one = Is(field, tuple(dice.sample(own[field], dice.randint(1, len(own[field]) - 1))))
        where.append(Not(one) if dice.random() < 0.2 else one)
    if dice.random() < 0.4:
        where.append(random_filter(dice, 0))
    start = local(f"2025-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}")
    window = Window(start, start + timedelta(days=dice.randint(40, 400))) if dice.random() < 0.7 else None
    by: Any = dice.choice((None, *GROUPS[fact])) if fact != "refunded" else "category"
    told = MEASURED[name][2]
    then = None
    if by is not None and told != "median" and dice.random() < 0.3:
        then = dice.choice([group for group in GROUPS[fact] if group != by] or [None])
    if window is None and {by, then} & {"day", "week", "month", "quarter", "year", "weekday"}:
        window = Window(local("2025-01-01"), NOW)
    mean_over: Any = None
    if (
        told in ("sum", "count")
        and fact != "refunded"
        and by in (None, "country", "category")
        and then is None
        and dice.random() < 0.3
    ):
        mean_over, window = "month", Window(local("2025-03-01"), local("2026-03-01"))
    return Question(measure=name, where=tuple(where), window=window, by=by, then=then, mean=mean_over), fact


def slowly(question: Question, fact: str) -> Any:
    """What is right: a number, or one for each group that has any."""
    _, numbers, told, unit = MEASURED[str(question.measure)]
    window = question.window or Window(None, None)
    rows = [
        row for row in plain_rows(fact) if within(row["at"], window.start, window.end) and kept(row, question.where)
    ]

    def value(rows: list[Row]) -> float | None:
        found = numbers(rows)
        if not found and told not in ("sum", "count"):
            return None
        return TOLD[told](found) / unit / (12 if question.mean else 1)

    if question.by is None:
        return value(rows)
    names = [name for name in (question.by, question.then) if name]
    groups = grouped(rows, lambda row: tuple(told_by(row, name) for name in names), value)
    return {key: each for key, each in groups.items() if each is not None}


def test_random_measures_agree_with_a_slow_reading_of_them(shop: Store) -> None:
    dice = random.Random(5)
    seen = set()
    for _ in range(120):
        question, fact = random_measure(dice)
        seen.add(question.measure)
        figures = answer(shop, question, NOW, ZONE, RATES)
        gold = slowly(question, fact)
        if question.by is None:
            got = None if figures.value is None else float(figures.value)
            assert got == (None if gold is None else pytest.approx(gold, abs=0.006)), question
            continue
        width = 1 + (question.then is not None)
        table = {row[:width]: row[-1] for row in figures.rows if row[-1] is not None}
        # a month in which nothing happened is said to have come to nothing
        table = {key: each for key, each in table.items() if key in gold or each != 0}
        assert table == pytest.approx(gold, abs=0.006), question
    assert len(seen) > 30


# --- random questions that set numbers against each other, and that keep a part of a table ----------------------------

#: what is counted or summed: a part of it is one of all of it
ADDED = tuple(name for name, (fact, _, told, _) in MEASURED.items() if told in ("sum", "count") and fact != "refunded")
#: which of them have a group of another kind than time, and which
SPLIT = {
    fact: tuple(by for by in groups if by not in ("month", "weekday"))
    for fact, groups in GROUPS.items() if fact != "refunded"
}  # fmt: skip


def value_of(measure: str, where: tuple[Filter, ...], window: Window | None) -> float | None:
    """One number, slowly."""
    found = slowly(Question(measure=measure, where=where, window=window), MEASURED[measure][0])
    assert found is None or isinstance(found, int | float)
    return found


def groups_of(measure: str, where: tuple[Filter, ...], window: Window | None, by: str) -> dict[Any, float]:
    found = slowly(Question(measure=measure, where=where, window=window, by=by), MEASURED[measure][0])
    return {key[0]: value for key, value in found.items()}


def random_window(dice: random.Random) -> Window:
    start = local(f"2025-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}")
    return Window(start, start + timedelta(days=dice.randint(60, 300)))


def per_cent(part: float | None, whole: float | None) -> float | None:
    return 100 * (part or 0) / whole if whole else None


def grown(measure: str, now: float | None, before: float | None) -> float | None:
    """From what is shown: amounts in cents."""
    if MEASURED[measure][3] == 100:
        now, before = (None if each is None else round(each, 2) for each in (now, before))
    return 100 * (now - before) / before if now is not None and before else None


def near(value: Any) -> Any:
    return None if value is None else pytest.approx(value, abs=0.02, rel=1e-3)


class Shapes:
    """A question of each shape of the grammar, and what is right, drawn by dice."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.window, self.versus = random_window(dice), random_window(dice)
        self.where: tuple[Filter, ...] = (random_filter(dice, 0),) if dice.random() < 0.5 else ()

    def measure(self, names: tuple[str, ...] = tuple(MEASURED)) -> str:
        return self.dice.choice([name for name in names if MEASURED[name][0] not in ("refunded",)])

    def split(self, measure: str) -> str:
        return self.dice.choice(SPLIT[MEASURED[measure][0]])

    def growth(self) -> tuple[Question, Any]:
        measure = self.measure()
        now, before = (value_of(measure, self.where, window) for window in (self.window, self.versus))
        question = Question(measure=measure, where=self.where, window=self.window, versus=self.versus, growth=True)
        return question, grown(measure, now, before)

    def growth_of_groups(self) -> tuple[Question, Any]:
        measure = self.measure()
        by = self.split(measure)
        now, before = (groups_of(measure, self.where, window, by) for window in (self.window, self.versus))
        none = 0 if MEASURED[measure][2] in ("sum", "count") else None
        gold = {key: grown(measure, now.get(key, none), before.get(key)) for key in now | before}
        question = Question(measure=measure, where=self.where, window=self.window, versus=self.versus, growth=True)
        return replace(question, by=by), gold

    def growth_of_months(self) -> tuple[Question, Any]:
        measure = self.measure(ADDED)
        months = [local(f"2025-{month:02}-01") for month in range(2, 9)]
        values = [value_of(measure, self.where, Window(*pair)) for pair in pairwise(months)]
        gold = {f"{months[at + 1]:%Y-%m}": grown(measure, *pair[::-1]) for at, pair in enumerate(pairwise(values))}
        window = Window(months[1], months[-1])
        return Question(measure=measure, where=self.where, window=window, by="month", growth=True), gold

    def two_times(self) -> tuple[Question, Any]:
        measure = self.measure()
        question = Question(measure=measure, where=self.where, window=self.window, versus=self.versus)
        return question, [value_of(measure, self.where, window) for window in (self.window, self.versus)]

    def groups_in_two_times(self) -> tuple[Question, Any]:
        measure = self.measure()
        by = self.split(measure)
        now, before = (groups_of(measure, self.where, window, by) for window in (self.window, self.versus))
        none = 0 if MEASURED[measure][2] in ("sum", "count") else None
        gold = {key: (now.get(key, none), before.get(key, none)) for key in now | before}
        question = Question(measure=measure, where=self.where, window=self.window, versus=self.versus, by=by)
        return question, gold

    def two_measures(self) -> tuple[Question, Any]:
        one, other = self.measure(ADDED), self.measure(ADDED)
        values = [value_of(one, self.where, self.window), value_of(other, (), self.versus)]
        than = Than(measure=other, window=self.versus)
        question = Question(measure=one, where=self.where, window=self.window, than=than)
        match self.dice.choice(("difference", "ratio", "percent")):
            case "difference":
                return question, (values[0] or 0) - (values[1] or 0)
            case "ratio":
                return replace(question, ratio=True), (per_cent(*values) or 0) / 100 if values[1] else None
            case _:
                return replace(question, ratio=True, percent=True), per_cent(*values)

    def two_measures_of_groups(self) -> tuple[Question, Any]:
        one, other = self.measure(ADDED), self.measure(ADDED)
        top, bottom = (groups_of(each, self.where, self.window, "country") for each in (one, other))
        scale = self.dice.choice((1, 100))
        gold = {
            key: (top.get(key, 0) * scale / bottom[key] if bottom.get(key) else None) for key in top | bottom
        }  # fmt: skip
        than = Than(measure=other, where=self.where, window=self.window)
        question = Question(measure=one, where=self.where, window=self.window, than=than, ratio=True, by="country")
        return replace(question, percent=scale == 100), gold

    def share(self) -> tuple[Question, Any]:
        measure, part = self.measure(ADDED), random_filter(self.dice, 0)
        whole = value_of(measure, self.where, self.window)
        gold = per_cent(value_of(measure, (*self.where, part), self.window), whole)
        question = Question(measure=measure, where=(*self.where, part), of=self.where, window=self.window, share=True)
        return question, gold

    def share_of_each_group(self) -> tuple[Question, Any]:
        measure, part = self.measure(ADDED), random_filter(self.dice, 0)
        by = self.split(measure)
        wholes = groups_of(measure, self.where, self.window, by)
        parts = groups_of(measure, (*self.where, part), self.window, by)
        gold = {key: per_cent(parts.get(key), whole) for key, whole in wholes.items()}
        question = Question(measure=measure, where=(*self.where, part), of=self.where, window=self.window, share=True)
        return replace(question, by=by, within=True), gold

    def groups_as_shares(self) -> tuple[Question, Any]:
        measure = self.measure(ADDED)
        by = self.split(measure)
        groups = groups_of(measure, self.where, self.window, by)
        gold = {key: per_cent(value, sum(groups.values())) for key, value in groups.items()}
        return Question(measure=measure, where=self.where, window=self.window, by=by, share=True), gold

    def groups_that_come_to_so_much(self) -> tuple[Question, Any]:
        measure = self.measure(("orders", "units", "reviews", "refunds"))
        by, least = self.split(measure), self.dice.randint(1, 30)
        op: Any = self.dice.choice(("lt", "le", "eq", "ge", "gt"))
        groups = groups_of(measure, self.where, self.window, by)
        gold = {key: value for key, value in groups.items() if compare(value, op, least)}
        return Question(measure=measure, where=self.where, window=self.window, by=by, having=(op, least)), gold

    def means_of_so_many(self) -> tuple[Question, Any]:
        measure, rows = self.dice.choice((("aov", "orders"), ("rating", "reviews")))
        by, least = self.split(measure), self.dice.randint(1, 12)
        counts = groups_of(rows, self.where, self.window, by)
        groups = groups_of(measure, self.where, self.window, by)
        gold = {key: value for key, value in groups.items() if counts.get(key, 0) >= least}
        return Question(measure=measure, where=self.where, window=self.window, by=by, least=least), gold

    def part_of_the_first(self) -> tuple[Question, Any]:
        measure = self.measure(ADDED)
        by = self.split(measure)
        groups = groups_of(measure, self.where, self.window, by)
        percent = self.dice.choice((None, None, 10.0, 34.0))
        count = self.dice.randint(1, 5) if percent is None else max(1, ceil(len(groups) * percent / 100))
        gold = per_cent(sum(sorted(groups.values())[::-1][:count]), sum(groups.values()))
        question = Question(measure=measure, where=self.where, window=self.window, share=True, first=(by, count))
        return replace(question, top_percent=percent), gold

    def first_groups(self) -> tuple[Question, Any]:
        measure = self.measure()
        by, descending = self.split(measure), self.dice.random() < 0.7
        percent = self.dice.choice((None, None, 25.0))
        ranked = sorted(groups_of(measure, self.where, self.window, by).values(), reverse=descending)
        count = self.dice.randint(1, 4) if percent is None else max(1, ceil(len(ranked) * percent / 100))
        question = Question(measure=measure, where=self.where, window=self.window, by=by, order="value")
        limit = None if percent else count
        return replace(question, descending=descending, limit=limit, top_percent=percent), ranked[:count]

    def first_of_each_group(self) -> tuple[Question, Any]:
        measure = self.measure(("orders", "revenue", "aov", "units", "refunds", "rating"))
        fact = MEASURED[measure][0]
        then = self.dice.choice([each for each in SPLIT[fact] if each != "country"])
        pairs = slowly(Question(measure=measure, where=self.where, window=self.window, by="country", then=then), fact)
        gold: dict[Any, list[float]] = defaultdict(list)
        for (key, _), value in pairs.items():
            gold[key].append(value)
        question = Question(measure=measure, where=self.where, window=self.window, by="country", then=then, each=2)
        return question, {key: sorted(values, reverse=True)[:2] for key, values in gold.items()}

    def mean_of_days(self) -> tuple[Question, Any]:
        measure = self.measure(ADDED)
        unit: Any = self.dice.choice(("day", "week"))
        start, end = self.window.start, self.window.end
        assert start is not None
        assert end is not None
        # of local days: a clock that is set in between makes none of them more or less
        days = (end.date() - start.date()).days
        over = days if unit == "day" else len(weeks) if (weeks := whole_weeks(self.window)) else days / 7
        gold = (value_of(measure, self.where, self.window) or 0) / over
        return Question(measure=measure, where=self.where, window=self.window, mean=unit), gold


def whole_weeks(window: Window) -> list[datetime]:
    """The weeks of a time that begins with one, also the last that is not over."""
    assert window.start is not None
    assert window.end is not None
    if window.start.weekday():
        return []
    weeks = [window.start]
    while (after := weeks[-1] + timedelta(days=7)) < window.end:
        weeks.append(after)
    return weeks


SHAPES = tuple(name for name in vars(Shapes) if not name.startswith("_") and name not in ("measure", "split"))


def test_random_shapes_agree_with_a_slow_reading_of_them(shop: Store) -> None:
    """Growth, shares, ratios, the first few: each shape of a question is drawn several times."""
    dice = random.Random(23)
    told: Counter[str] = Counter()
    for shape in SHAPES * 7:
        question, gold = getattr(Shapes(dice), shape)()
        try:
            figures = answer(shop, question, NOW, ZONE, RATES)
        except CannotAsk:
            continue
        told[shape] += 1
        if shape == "first_of_each_group":
            got: Any = {
                key: [row[-1] for row in figures.rows if row[0] == key] for key in {row[0] for row in figures.rows}
            }
            assert got == {key: near(values) for key, values in gold.items()}, question
        elif shape == "groups_in_two_times":
            got = {row[0]: row[-2:] for row in figures.rows}
            assert got == {key: tuple(map(near, values)) for key, values in gold.items()}, question
        elif isinstance(gold, dict):
            got = {row[0]: row[-1] for row in figures.rows}
            assert got == {key: near(value) for key, value in gold.items()}, question
        elif isinstance(gold, list):
            assert [row[-1] for row in figures.rows] == [near(value) for value in gold], question
        else:
            assert figures.value == near(gold), question
    assert set(told) == set(SHAPES)
    assert min(told.values()) > 3


def test_random_lists_agree_with_a_slow_reading_of_them(shop: Store) -> None:
    """Orders by their pieces, refunds and goods; articles by what was sold, how they are rated and which are first."""
    dice = random.Random(31)
    for _ in range(40):
        where = tuple(random_order_filter(dice) for _ in range(dice.randint(1, 2)))
        order = dice.choice(("units", "refund_amount", "total"))
        limit, descending = dice.choice((None, 5)), dice.random() < 0.7
        question = Question(subject="orders", where=where, order=order, limit=limit, descending=descending)
        rows = [row for row in plain_rows("orders") if row[order] is not None and order_meets(row, where)]
        ranked = sorted((row[order] for row in rows), reverse=descending)[:limit]
        figures = answer(shop, question, NOW, ZONE, RATES)
        assert [row[-1] for row in figures.rows] == [near(each / (1 if order == "units" else 100)) for each in ranked]
        assert figures.total == len(rows) or not rows, question
    for _ in range(40):
        where = tuple(random_article_filter(dice) for _ in range(dice.randint(1, 3)))
        got = {row[0] for row in answer(shop, Question(subject="products", where=where), NOW, ZONE, RATES).rows}
        assert got == {row["sku"] for row in SHOP.products if all(article_meets(each, row) for each in where)}, where


def random_order_filter(dice: random.Random) -> Filter:
    goods = Is("category", tuple(dice.sample(CATEGORIES, dice.randint(1, 2))))
    op: Any = dice.choice(("lt", "le", "eq", "ge", "gt"))
    return dice.choice(
        (goods, Not(goods), Compare("units", op, dice.randint(1, 5)), Is("payment_method", ("card",)),
         Compare("refund_amount", op, dice.randint(0, 20_000)), random_filter(dice, 0))
    )  # fmt: skip


def order_meets(row: Row, where: tuple[Filter, ...]) -> bool:
    def meets(filter_: Filter) -> bool:
        match filter_:
            case Is("category", values):
                return bool(categories_of(row["each"]) & set(values))
            case Not(Is("category") as inner):
                return not meets(inner)
            case Compare("units" | "refund_amount" as name, op, value):
                return row[name] is not None and compare(row[name], op, value)
            case _:
                return kept(row, (filter_,))

    return all(map(meets, where))


def random_article_filter(dice: random.Random) -> Filter:
    op: Any = dice.choice(("lt", "le", "eq", "ge", "gt"))
    window = random_window(dice)
    first = Among("product", dice.choice(("units", "product_revenue")), dice.randint(1, 6), window)
    return dice.choice(
        (Did("items", window=window), Did("items", "eq", 0, window=window), first, Not(first),
         Did("items", op, dice.randint(0, 40), "units", window), Did("reviews", op, dice.randint(1, 5), "rating"),
         Compare("stock", op, dice.randint(0, 8)), Compare("price", op, dice.randint(1000, 1010)),
         Or((Is("category", ("Bags",)), Compare("stock", "lt", 3))))
    )  # fmt: skip


def article_meets(filter_: Filter, article: Row) -> bool:
    match filter_:
        case Is(name, values):
            return article[name] in values
        case Compare(name, op, value):
            return compare(article[name], op, value)
        case Did(event, op, value, tally, window):
            times = window or Window(None, None)
            rows = [row for row in plain_rows(event) if row["product"] == article["sku"]]
            rows = [row for row in rows if within(row["at"], times.start, times.end)]
            if tally == "rating":
                return bool(rows) and compare(mean(row["rating"] for row in rows), op, value)
            return compare(sum(row["quantity"] for row in rows), op, value)
        case Among():
            return article["sku"] in first_of(filter_)
        case Not(inner):
            return not article_meets(inner, article)
        case Or(several):
            return any(article_meets(each, article) for each in several)
    raise AssertionError(filter_)


def test_a_question_that_takes_too_long_is_stopped(shop: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import text

    from crm_store import answering

    slow = {
        "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) AS value FROM n",
        "postgresql": "SELECT pg_sleep(30) AS value",
        "mariadb": "SELECT count(*) AS value FROM seq_1_to_1000000 a, seq_1_to_1000000 b",
    }[shop.dialect]
    monkeypatch.setattr(answering, "PATIENCE", timedelta(milliseconds=300))
    monkeypatch.setattr(answering, "WORTH_TELLING", timedelta(milliseconds=100))
    monkeypatch.setattr(answering, "compile_question", lambda *_: text(slow))
    told: list[int] = []
    with pytest.raises(TooSlow):
        answer(shop, Question(measure="orders"), NOW, ZONE, RATES, told.append)
    assert told == [len(make_shop().orders)]
    monkeypatch.undo()
    assert answer(shop, Question(measure="customers"), NOW, ZONE, RATES, told.append).value == 60
    assert len(told) == 1


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_only_lines_of_a_stretch_of_time_are_looked_up_order_by_order(shop: Store) -> None:
    costs: list[str] = []
    usual = "SELECT current_setting('random_page_cost')"

    def note(connection: Any, *_: Any) -> None:
        with connection.connection.cursor() as cursor:
            costs.append(cursor.execute(usual).fetchone()[0])

    month = Window(NOW - timedelta(days=30), NOW)
    products = Question(measure="units", by="product", order="value", limit=10)
    with shop.read() as connection:
        told = connection.exec_driver_sql(usual).scalar_one()
        event.listen(connection, "after_cursor_execute", note)
        for question in (replace(products, window=month), products, Question(measure="revenue", window=month)):
            answer_in(connection, question, NOW, ZONE, RATES, timedelta(seconds=20))
            assert costs[-1] == told, "what comes after is planned as before"
            assert ("1.1" in costs) == (question.measure == "units" and question.window is not None)
            costs.clear()
