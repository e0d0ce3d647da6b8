"""A made-up shop as the CSV files that `shopdesk import` reads. The same numbers every time."""

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
#: what a unit of each currency is worth in euros
RATES = {"EUR": 1.0, "GBP": 1.16, "USD": 0.92, "CNY": 0.128}
FIRST = datetime(2024, 7, 1, tzinfo=UTC)
PLACES = {
    "DE": ("de", "EUR", ("Berlin", "Munich", "Hamburg")), "FR": ("fr", "EUR", ("Paris", "Lyon")),
    "GB": ("en", "GBP", ("London", "Leeds")), "US": ("en", "USD", ("New York", "Austin")),
    "CN": ("zh", "CNY", ("Beijing", "Shanghai")), "ES": ("es", "EUR", ("Madrid",)),
    "NL": ("nl", "EUR", ("Utrecht",)), "JP": ("ja", "USD", ("Tokyo",)),
}  # fmt: skip
WEIGHTS = (26, 16, 14, 12, 14, 8, 6, 4)
CATEGORIES = {"Shoes": "Shoe", "Jackets": "Jacket", "Bags": "Bag", "Watches": "Watch", "Headphones": "Headphone"}
Row = dict[str, Any]


def make_shop() -> dict[str, list[Row]]:
    """File → rows, every value as it is written."""
    dice = random.Random(11)

    def moment(first: datetime = FIRST, last: datetime = NOW - timedelta(hours=1)) -> datetime:
        return first + timedelta(seconds=dice.randrange(int((last - first).total_seconds())))

    files: dict[str, list[Row]] = {
        name: []
        for name in (
            "customers", "products", "orders", "order_items", "refunds", "reviews", "tickets", "visits", "carts",
        )
    }  # fmt: skip
    for number in range(30):
        category = list(CATEGORIES)[number % 5]
        files["products"].append({
            "sku": f"P-{number:03}", "name": f"{CATEGORIES[category]} {chr(65 + number // 5)}", "category": category,
            "price": f"{dice.randint(900, 19000) / 100:.2f}", "currency": "EUR",
            "stock": 0 if number in (7, 19) else dice.randint(1, 180),
        })  # fmt: skip
    order = 0
    for number in range(1, 501):
        country = dice.choices(list(PLACES), WEIGHTS)[0]
        language, currency, cities = PLACES[country]
        signed_up = moment()
        customer = f"C{number:04}"
        files["customers"].append({
            "customer_id": customer, "name": f"Person {number}", "country": country, "city": dice.choice(cities),
            "language": language, "signed_up_at": iso(signed_up),
            "marketing_consent": dice.choice(("true", "true", "false")), "email": f"person.{number}@example.com",
        })  # fmt: skip
        for _ in range(dice.choice((0, 1, 1, 1, 2, 2, 3, 4, 6, 9))):
            order += 1
            _add_order(files, dice, f"O{order:05}", customer, currency, moment(signed_up), moment)
    for number in range(1, 181):
        opened = moment(datetime(2025, 6, 1, tzinfo=UTC))
        replied = opened + timedelta(minutes=dice.randint(4, 400))
        resolved = replied + timedelta(minutes=dice.randint(30, 4000))
        done = resolved < NOW and dice.random() < 0.85
        files["tickets"].append({
            "ticket_id": f"T{number:04}", "customer_id": f"C{dice.randint(1, 500):04}", "order_id": "",
            "kind": dice.choice(("refund", "complaint", "question", "order_status")),
            "status": "resolved" if done else "open", "priority": dice.choice(("low", "normal", "high", "urgent")),
            "assignee": dice.choice(("maya", "tom", "ines")), "subject": "help", "opened_at": iso(opened),
            "first_reply_at": iso(replied) if replied < NOW else "", "resolved_at": iso(resolved) if done else "",
            "csat": dice.choice(("", 1, 2, 3, 4, 5, 5)) if done else "",
        })  # fmt: skip
    for _ in range(700):
        files["visits"].append({
            "customer_id": f"C{dice.randint(1, 500):04}", "sku": f"P-{dice.randrange(30):03}",
            "at": iso(moment(datetime(2026, 1, 1, tzinfo=UTC))),
            "source": dice.choice(("search", "search", "social", "email", "direct")),
        })  # fmt: skip
    for customer in dice.sample(range(1, 501), 40):
        files["carts"].append({
            "customer_id": f"C{customer:04}", "sku": f"P-{dice.randrange(30):03}", "quantity": dice.randint(1, 3),
            "updated_at": iso(moment(datetime(2026, 6, 1, tzinfo=UTC))),
        })  # fmt: skip
    return files


def _add_order(
    files: dict[str, list[Row]],
    dice: random.Random,
    order: str,
    customer: str,
    currency: str,
    at: datetime,
    moment: Any,
) -> None:
    lines = [
        (product["sku"], dice.randint(1, 3), dice.randint(700, 16000))
        for product in dice.sample(files["products"], dice.choice((1, 1, 2, 3)))
    ]
    shipping, discount = dice.choice((0, 490)), dice.choice((0, 0, 500))
    total = max(sum(quantity * price for _, quantity, price in lines) + shipping - discount, 100)
    status = dice.choices(("delivered", "cancelled", "shipped", "paid"), (84, 7, 5, 4))[0]
    delivered = at + timedelta(days=dice.randint(2, 9), hours=dice.randint(0, 20))
    if status == "delivered" and delivered >= NOW:
        status = "shipped"
    sent = status in ("delivered", "shipped")
    files["orders"].append({
        "order_id": order, "customer_id": customer, "placed_at": iso(at), "status": status, "currency": currency,
        "total": f"{total / 100:.2f}", "shipping": f"{shipping / 100:.2f}", "discount": f"{discount / 100:.2f}",
        "payment_method": dice.choice(("card", "card", "paypal", "alipay", "invoice")),
        "tracking_number": f"TR{order}" if sent else "", "carrier": dice.choice(("DHL", "UPS", "GLS")) if sent else "",
        "delivered_at": iso(delivered) if status == "delivered" else "",
    })  # fmt: skip
    files["order_items"] += [
        {"order_id": order, "sku": sku, "quantity": quantity, "unit_price": f"{price / 100:.2f}"}
        for sku, quantity, price in lines
    ]
    if status == "delivered" and dice.random() < 0.13:
        created = moment(delivered)
        files["refunds"].append({
            "refund_id": f"R{order}", "order_id": order, "amount": f"{dice.randint(100, total) / 100:.2f}",
            "reason": dice.choice(("wrong size", "damaged", "late", "changed mind", "not as described")),
            "created_at": iso(created), "status": dice.choice(("paid", "paid", "approved", "requested", "refused")),
        })  # fmt: skip
    if status == "delivered" and dice.random() < 0.3:
        files["reviews"].append({
            "review_id": f"V{order}", "customer_id": customer, "sku": lines[0][0], "order_id": order,
            "rating": dice.choice((1, 2, 3, 4, 4, 5, 5)), "text": "Fine.", "language": "en",
            "created_at": iso(moment(delivered)),
        })  # fmt: skip


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def write_shop(folder: Path) -> None:
    for name, rows in make_shop().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
