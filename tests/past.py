"""A made-up shop with a past, in bulk: customers with habits of their own, some of whom stop."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Select, func, insert, select

from crm_store import stats
from crm_store.schema import (
    CartItem,
    Customer,
    Order,
    OrderItem,
    Product,
    Refund,
    Review,
    Shipment,
    Ticket,
    TicketNumber,
    Visit,
)
from crm_store.store import Store

PRODUCTS = 12
#: rows sent at a time
_CHUNK = 2000


def make(store: Store, now: datetime, customers: int = 200, days: int = 700, seed: int = 1) -> None:
    """Fills an empty store with what `customers` did in the `days` before `now`; the same seed, the same shop.

    Half of them buy out of habit, every 10 to 60 days, until many stop for good; a tenth only look. Who is about to buy
    visits first; whose parcel is late stops more often.
    """
    chance = Random(seed)
    rows: dict[Any, list[dict[str, Any]]] = {model: [] for model in _ORDER}
    for number in range(1, PRODUCTS + 1):
        product = {"id": number, "sku": f"P{number}", "category": f"C{number % 4}" if number % 5 else None}
        rows[Product].append(product)
    for number in range(1, customers + 1):
        _life(rows, chance, number, now, days)
    put(store, rows)


def put(store: Store, rows: dict[Any, list[dict[str, Any]]]) -> None:
    """Inserts rows in bulk, by model, and counts them."""
    with store.begin() as connection:
        for model in _ORDER:
            for part in _parts(rows.get(model, [])):
                connection.execute(insert(model), part)
        stats.rebuild(connection)


_ORDER = (
    Customer,
    Product,
    Order,
    OrderItem,
    Shipment,
    Refund,
    TicketNumber,
    Ticket,
    Review,
    Visit,
    CartItem,
)


def _parts(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def highest(model: Any) -> Select[Any]:
    """The highest id of a model's rows."""
    return select(func.max(model.id))


def order(customer: int, at: datetime, number: int, total: int = 2500, status: str = "delivered") -> dict[str, Any]:
    """An order's row."""
    return {
        "id": number,
        "external_id": f"O{number}",
        "customer_id": customer,
        "placed_at": at,
        "status": status,
        "currency": "EUR",
        "total": total,
        "total_base": total,
    }


def customer(number: int, now: datetime, since: datetime | None = None, country: str | None = None) -> dict[str, Any]:
    """A customer's row."""
    return {
        "id": number,
        "external_id": f"K{number}",
        "signed_up_at": since,
        "country": country,
        "created_at": now,
    }


def visit(customer: int, at: datetime, number: int, product: int | None = None) -> dict[str, Any]:
    """A visit's row."""
    return {"customer_id": customer, "at": at, "product_id": product, "fingerprint": f"V{number}"}


def _life(rows: dict[Any, list[dict[str, Any]]], chance: Random, number: int, now: datetime, days: int) -> None:
    begun = now - timedelta(days=chance.uniform(1, days))
    country = chance.choice((None, "DE", "FR", "GB", "GB"))
    rows[Customer].append(customer(number, now, begun if chance.random() < 0.8 else None, country))
    at, usual = begun, chance.choice((10, 15, 30, 60, 200, 300))
    looks_only = chance.random() < 0.1
    while at < now:
        for _ in range(chance.randint(0, 3)):
            rows[Visit].append(_looked(rows, chance, number, at - timedelta(days=chance.uniform(0, 6))))
        late = False if looks_only else _bought(rows, chance, number, at, now)
        if chance.random() < (0.25 if late else 0.06):
            break
        at += timedelta(days=chance.gammavariate(4, usual / 4) + 0.01)
    if chance.random() < 0.2:
        changed = now - timedelta(days=chance.uniform(0, 60))
        cart = {"customer_id": number, "product_id": chance.randint(1, PRODUCTS), "quantity": 2, "updated_at": changed}
        rows[CartItem].append(cart)


def _looked(rows: dict[Any, list[dict[str, Any]]], chance: Random, number: int, at: datetime) -> dict[str, Any]:
    return visit(number, at, len(rows[Visit]) + 1, chance.choice((None, 1, 2, 3)))


def _bought(rows: dict[Any, list[dict[str, Any]]], chance: Random, number: int, at: datetime, now: datetime) -> bool:
    """Adds an order and what comes of it; whether its parcel was late."""
    serial = len(rows[Order]) + 1
    status = "cancelled" if chance.random() < 0.05 else "delivered"
    rows[Order].append(order(number, at, serial, chance.randint(500, 9000), status))
    for product in chance.sample(range(1, PRODUCTS + 1), chance.randint(1, 3)):
        item = {"order_id": serial, "product_id": product, "quantity": chance.randint(1, 4), "unit_price": 500}
        rows[OrderItem].append(item | {"occurrence": 1})
    took = timedelta(days=chance.choice((2, 3, 4, 15)))
    if at + took < now:
        rows[Shipment].append({"order_id": serial, "number": 1, "delivered_at": at + took})
    after = at + took + timedelta(days=1)
    if after < now and chance.random() < 0.1:
        rows[Refund].append(refund(number, serial, after, chance.choice(("refund", "return"))))
    if after < now and chance.random() < 0.15:
        ticket = len(rows[Ticket]) + 1
        rows[TicketNumber].append({"id": ticket, "at": after})
        rows[Ticket].append(_ticket(number, ticket, after, chance))
    if after < now and chance.random() < 0.2:
        rows[Review].append(review(number, len(rows[Review]) + 1, after, chance))
    return took > timedelta(days=10)


def refund(number: int, serial: int, at: datetime, kind: str = "refund") -> dict[str, Any]:
    """A refund's row, of an order that is there."""
    money = {"amount": 500, "currency": "EUR", "amount_base": 500, "status": "paid"}
    return {"order_id": serial, "customer_id": number, "created_at": at, "kind": kind} | money


def _ticket(number: int, ticket: int, at: datetime, chance: Random) -> dict[str, Any]:
    marked = chance.random() < 0.5
    return {
        "id": ticket,
        "customer_id": number,
        "kind": chance.choice(("complaint", "question")),
        "status": "resolved",
        "priority": "normal",
        "opened_at": at,
        "csat": chance.randint(1, 5) if marked else None,
        "csat_at": at + timedelta(days=1) if marked else None,
    }


def review(number: int, serial: int, at: datetime, chance: Random | None = None) -> dict[str, Any]:
    """A review's row."""
    chance = chance or Random(serial)
    stars = chance.randint(1, 5)
    was_read = chance.random() < 0.7
    read = {"sentiment": (stars - 3) / 2 if was_read else None, "read_at": at if was_read else None}
    return {"external_id": f"R{serial}", "customer_id": number, "rating": stars, "created_at": at} | read
