"""Writes what representative questions are compiled to, a file an engine, with the bound values apart.

    python -m tests.golden.sql.make [FOLDER]

Run it after a change of the compiler, and read the difference: it is what the engines will be asked.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Dialect
from sqlalchemy.dialects import mysql, postgresql, sqlite

from crm_store.question.compiling import compile_question
from crm_store.question.facts import Setting
from crm_store.question.grammar import Among, Compare, Did, During, Is, Not, Or, Question, Than, Window

HERE = Path(__file__).parent
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
#: the shop of now, one whose stored segments stand, and one asked about a day of its past
PRESENT = Setting(NOW, ZONE, {"EUR": 1.0, "USD": 0.92})
SCORED = replace(PRESENT, stored_segments=True)
PAST = replace(PRESENT, historic=True)
#: one whose cut values were looked up first, as they are where no stored segments stand
CUT = replace(PRESENT, cuts=((100, 200, 300, 400), (1, 1, 2, 4), (500, 1000, 2000, 9000)))
DIALECTS: Mapping[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.dialect(paramstyle="named"),
    "mariadb": mysql.dialect(paramstyle="named", is_mariadb=True),
}
# found out from the server, as soon as one is connected to
DIALECTS["mariadb"]._support_float_cast = True  # type: ignore[attr-defined]
#: what somebody may type as a value of the shop's own
TYPED = "Robert'); DROP TABLE orders;--"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def days(count: int) -> Window:
    return Window(NOW - timedelta(days=count), NOW)


THIS_YEAR, MAY = Window(local("2026-01-01"), NOW), Window(local("2026-05-01"), local("2026-06-01"))
APRIL = Window(local("2026-04-01"), local("2026-05-01"))
LONG_GONE = Window(None, NOW - timedelta(days=90))
#: questions in plain words, and as they are read
QUESTIONS: Mapping[str, Question | tuple[Question, Setting]] = {
    # numbers
    "how many customers are there": Question(measure="customers"),
    "how many customers live in that city": Question(measure="customers", where=(Is("city", (TYPED,)),)),
    "how many customers are from Germany or France and agreed to marketing": Question(
        measure="customers", where=(Is("country", ("DE", "FR")), Is("consent", (True,)))
    ),
    "revenue": Question(measure="revenue"),
    "revenue in May": Question(measure="revenue", window=MAY),
    "net revenue this year": Question(measure="net_revenue", window=THIS_YEAR),
    "median order value": Question(measure="median_order"),
    "average spend per buyer this year": Question(measure="revenue_per_buyer", window=THIS_YEAR),
    "shipping charged in May": Question(measure="shipping", window=MAY),
    "refund rate": Question(measure="refund_rate"),
    "cancelled orders in May": Question(
        measure="orders", where=(Is("order_status", ("cancelled",)),), window=MAY
    ),
    "largest order of a customer": Question(measure="largest_order", where=(Is("customer", (TYPED,)),)),
    "orders with shoes in May": Question(measure="orders", where=(Is("category", ("Shoes",)),), window=MAY),
    "orders on Mondays this year": Question(measure="orders", where=(Is("weekday", (0,)),), window=THIS_YEAR),
    "how many customers signed up in May": Question(measure="signups", window=MAY),
    "first-time buyers in May": Question(measure="new_buyers", window=MAY),
    "average first reply in May": Question(measure="first_reply", window=MAY),
    "open tickets with a tag": Question(measure="tickets", where=(Is("is_open", (1,)), Is("tag", (TYPED,)))),
    "value of carts": Question(measure="cart_value"),
    "deliveries in May": Question(measure="deliveries", window=MAY),
    "orders without a tracking number": Question(measure="orders", where=(Is("is_tracked", (0,)),)),
    "refunds by carrier": Question(measure="refunds", by="carrier"),
    "best rated products with at least 20 reviews": Question(
        subject="products", where=(Did("reviews", "ge", 20),), order="rating", limit=10
    ),
    "messages of customers in May": Question(
        measure="messages", where=(Is("author", ("customer",)),), window=MAY
    ),
    # shares and comparisons
    "which share of buyers are repeat buyers": Question(
        measure="customers",
        where=(Compare("orders", "ge", 1), Compare("orders", "ge", 2)),
        of=(Compare("orders", "ge", 1),),
        share=True,
    ),
    "revenue in May against April": Question(measure="revenue", window=MAY, versus=APRIL),
    "which share of each country's buyers are repeat buyers": Question(
        measure="customers",
        where=(Compare("orders", "ge", 1), Compare("orders", "ge", 2)),
        of=(Compare("orders", "ge", 1),),
        share=True,
        by="country",
        within=True,
    ),
    "what part of revenue the ten best customers have": Question(measure="revenue", share=True, first=("customer", 10)),
    "share of revenue by country": Question(measure="revenue", by="country", share=True, order="value"),
    "how many more orders in May than in April": Question(
        measure="orders", window=MAY, than=Than(measure="orders", window=APRIL)
    ),
    "ratio of refunds to orders in May": Question(
        measure="refunds", window=MAY, than=Than(measure="orders", window=MAY), ratio=True
    ),
    "orders of more than 5 pieces": Question(subject="orders", where=(Compare("units", "gt", 5),), window=MAY),
    "customers who bought shoes and bags in one order": Question(
        subject="customers", where=(Did("orders", where=(Is("category", ("Shoes",)), Is("category", ("Bags",)))),)
    ),
    "orders per week of a year": Question(measure="orders", window=THIS_YEAR, mean="week"),
    "customers whose shoes lie in the cart for 90 days": Question(
        subject="customers", where=(Did("carts", where=(During("updated_at", LONG_GONE), Is("category", ("Shoes",)))),)
    ),
    "articles in stock that nobody bought in May": Question(
        subject="products", where=(Compare("stock", "gt", 100), Did("items", "eq", 0, "count", MAY))
    ),
    "customers with an open urgent ticket": Question(
        subject="customers", where=(Did("tickets", where=(Is("is_open", (1,)), Is("priority", ("urgent",)))),)
    ),
    "carts untouched for 90 days": Question(measure="carts", where=(During("updated_at", LONG_GONE),)),
    # tables
    "revenue from new and returning customers in May": Question(
        measure="revenue", by="newness", window=MAY, order="value"
    ),
    "new and returning buyers by month this year": Question(
        measure="buyers", by="month", then="newness", window=THIS_YEAR
    ),
    "best 3 customers of each country": Question(measure="revenue", by="country", then="customer", each=3),
    "best selling article of each category in May": Question(
        measure="units", by="category", then="product", window=MAY, each=1
    ),
    "revenue by country this year": Question(measure="revenue", by="country", window=THIS_YEAR, order="value"),
    "revenue by month this year": Question(measure="revenue", by="month", window=THIS_YEAR),
    "revenue by country and month this year": Question(
        measure="revenue", by="country", then="month", window=THIS_YEAR
    ),
    "orders by hour of the day in May": Question(measure="orders", by="hour", window=MAY),
    "orders by status": Question(measure="orders", by="order_status", order="value"),
    "net revenue by country": Question(measure="net_revenue", by="country", order="value"),
    "units by category in May": Question(measure="units", by="category", window=MAY, order="value"),
    "the 5 best selling articles this year": Question(
        measure="units", by="product", window=THIS_YEAR, order="value", limit=5
    ),
    "articles with an average rating below 3": Question(
        measure="rating", by="product", having=("lt", 3), order="value", descending=False
    ),
    "articles by their rating that have at least 20 reviews": Question(
        measure="rating", by="product", least=20, order="value"
    ),
    "median resolution by agent": Question(measure="median_resolution", by="agent", order="value"),
    "orders per day in May on average": Question(measure="orders", mean="day", window=MAY),
    "revenue per month on average by country": Question(
        measure="revenue", mean="month", by="country", window=THIS_YEAR, order="value"
    ),
    "orders with both shoes and bags": Question(
        measure="orders", where=(Is("category", ("Shoes",)), Is("category", ("Bags",)))
    ),
    "revenue of customers on Telegram": Question(measure="revenue", where=(Is("account", ("telegram",)),)),
    "median spend per buyer by country this year": Question(
        measure="median_buyer_spend", by="country", window=THIS_YEAR, order="value"
    ),
    "most pieces in an order": Question(measure="largest_order_units"),
    "median days between orders of French customers": Question(measure="median_gap", where=(Is("country", ("FR",)),)),
    "average refund by category in May": Question(measure="average_refund_of", by="category", window=MAY),
    "median refund for that category": Question(measure="median_refund", where=(Is("category", (TYPED,)),)),
    "largest discount by country": Question(measure="largest_discount", by="country", order="value"),
    "average selling price by category": Question(measure="selling_price", by="category", order="value"),
    "orders in May with a refund": Question(measure="orders", where=(Is("is_refunded", (1,)),), window=MAY),
    "median order by customer": Question(measure="median_order", by="customer", order="value", limit=10),
    "refunds by reason this year": Question(measure="refunds", by="reason", window=THIS_YEAR, order="value"),
    "visits by source in May": Question(measure="visits", by="source", window=MAY, order="value"),
    "top 10 customers by revenue": Question(measure="revenue", by="customer", order="value", limit=10),
    "top 10 customers by spend this year": Question(
        measure="revenue", by="customer", window=THIS_YEAR, order="value", limit=10
    ),
    # lists
    "the 10 customers who spent most": Question(subject="customers", order="spend", limit=10),
    "customers with more than 5 orders": Question(subject="customers", where=(Compare("orders", "gt", 5),)),
    "the latest 10 orders": Question(subject="orders", order="placed_at", limit=10),
    "articles out of stock": Question(subject="products", where=(Compare("stock", "eq", 0),)),
    "refunds above 100 in May": Question(subject="refunds", where=(Compare("amount", "gt", 10_000),), window=MAY),
    "reviews with one star of that category": Question(
        subject="reviews", where=(Is("stars", (1,)), Is("category", (TYPED,)))
    ),
    "urgent open tickets": Question(subject="tickets", where=(Is("priority", ("urgent",)), Is("is_open", (1,)))),
    "visits in May": Question(subject="visits", window=MAY),
    "carts": Question(subject="carts"),
    "messages in May": Question(subject="messages", window=MAY),
    # what customers did
    "customers who never ordered": Question(measure="customers", where=(Compare("orders", "eq", 0),)),
    "buyers who have not bought for 90 days": Question(
        measure="customers", where=(During("last_order_at", LONG_GONE),)
    ),
    "French customers who spent over 200 in the last 90 days": Question(
        subject="customers",
        where=(Is("country", ("FR",)), Did("orders", "gt", 20_000, "money", days(90))),
    ),
    "customers who bought shoes but never bags": Question(
        measure="customers",
        where=(
            Did("items", where=(Is("category", ("Shoes",)),)),
            Not(Did("items", where=(Is("category", ("Bags",)),))),
        ),
    ),
    "customers who ordered again within 30 days": Question(
        measure="customers", where=(Compare("days_to_second", "le", 30),)
    ),
    "average days to the second order": Question(measure="days_to_second"),
    "customers with less than 2 orders this year": Question(
        measure="customers", where=(Did("orders", "lt", 2, window=THIS_YEAR),)
    ),
    "customers with a bad average rating or more than 2 refunds": Question(
        measure="customers", where=(Or((Did("reviews", "lt", 3, "rating"), Did("refunds", "gt", 2))),)
    ),
    "orders of customers who wrote in May": Question(measure="orders", where=(Did("messages", window=MAY),)),
    "revenue of customers who spent over 500": Question(measure="revenue", where=(Compare("spend", "gt", 50_000),)),
    "orders with the largest refunds": Question(subject="orders", order="refund_amount", limit=10),
    "how many of the 50 best customers live in France": Question(
        measure="customers", where=(Among("customer", "spend", 50), Is("country", ("FR",)))
    ),
    "stock of the ten articles that sold best this year": Question(
        measure="stock", by="product", where=(Among("product", "units", 10, THIS_YEAR),)
    ),
    # segments
    "customers by segment, computed": (Question(measure="customers", by="segment", order="value"), CUT),
    "customers by segment, stored": (Question(measure="customers", by="segment", order="value"), SCORED),
    "champions, computed": (Question(measure="customers", where=(Is("segment", ("champions",)),)), CUT),
    "revenue of champions in May, stored": (
        Question(measure="revenue", where=(Is("segment", ("champions",)),), window=MAY),
        SCORED,
    ),
    "customers with M 5 and R 1": (
        Question(subject="customers", where=(Compare("monetary", "eq", 5), Compare("recency", "eq", 1))),
        CUT,
    ),
    "customers by churn risk": Question(subject="customers", order="churn_risk", limit=10),
    # as of the past
    "buyers then": (Question(measure="customers", where=(Compare("orders", "ge", 1),)), PAST),
    "revenue then": (Question(measure="revenue"), PAST),
    "customers by segment then": (Question(measure="customers", by="segment", order="value"), PAST),
    "median days between orders then": (Question(measure="median_gap"), PAST),
    "open tickets then": (Question(measure="tickets", where=(Is("is_open", (1,)),)), PAST),
}  # fmt: skip


def compiled(name: str, engine: str) -> tuple[str, dict[str, Any]]:
    """The SQL of a question and the values bound to it, by name."""
    asked = QUESTIONS[name]
    question, setting = asked if isinstance(asked, tuple) else (asked, PRESENT)
    statement = compile_question(question, setting)
    made = statement.compile(dialect=DIALECTS[engine], compile_kwargs={"render_postcompile": True})
    return str(made), made.construct_params()


def make(engine: str) -> str:
    """The file of an engine."""
    parts = []
    for name in QUESTIONS:
        sql, values = compiled(name, engine)
        lines = "\n".join(line.rstrip() for line in sql.splitlines())
        bound = json.dumps(values, ensure_ascii=False, default=str)
        parts.append(f"-- {name}\n{lines};\n-- bound: {bound}\n")
    return "\n".join(parts)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for engine in DIALECTS:
        (folder / f"{engine}.sql").write_text(make(engine), encoding="utf-8")


if __name__ == "__main__":
    main()
