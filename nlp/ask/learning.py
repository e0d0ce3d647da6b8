"""The shop's own words, learnt from the store."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, inspect, select

from crm_store.money import Rates, exponent
from crm_store.schema import (
    Customer,
    Order,
    Product,
    Refund,
    Review,
    Shipment,
    Ticket,
    TicketTag,
    Visit,
)
from nlp.ask.vocabulary import Shop

_COLUMNS: dict[str, Any] = {
    "city": Customer.city,
    "language": Customer.language,
    "category": Product.category,
    "agent": Ticket.assignee,
    "reason": Refund.reason,
    "payment_method": Order.payment_method,
    "carrier": Shipment.carrier,
    "source": Visit.source,
    "kind": Ticket.kind,
    "tag": TicketTag.tag,
    "currency": Order.currency,
}
_IDS: dict[str, Any] = {"customer": Customer.external_id, "order": Order.external_id, "ticket": Ticket.external_id}
#: so many ids show how they are written
_SAMPLE = 500
#: values are read from a table's newest rows: of more, a glance at all would take longer than the question
_NEWEST = 100_000
#: more values of a field are not words but texts; more articles are found by their SKU alone
_MOST_VALUES, _MOST_PRODUCTS = 5_000, 50_000


def _shapes(connection: Connection, column: Any) -> tuple[str, ...]:
    """How ids are written; one of digits alone is not told from a number."""
    sample = connection.scalars(select(column).where(column.is_not(None)).limit(_SAMPLE))
    shapes = {re.sub(r"\d+", "#", each) for each in sample}
    return tuple(sorted(shape for shape in shapes if "#" in shape and re.search("[A-Za-z]", shape))[:8])


def _values(connection: Connection, column: Any) -> tuple[str, ...]:
    """What stands in a column, in the table's newest rows."""
    key = inspect(column.class_).primary_key[0]
    newest = select(column.label("value")).order_by(key.desc()).limit(_NEWEST).subquery()
    found = select(newest.c.value).where(newest.c.value.is_not(None)).distinct().limit(_MOST_VALUES)
    return tuple(sorted(connection.scalars(found)))


def learn(connection: Connection, rates: Rates, now: datetime) -> Shop:
    """What the store's values are called."""
    values = {name: _values(connection, column) for name, column in _COLUMNS.items()}
    ids = {name: _shapes(connection, column) for name, column in _IDS.items()}
    products = connection.execute(select(Product.sku, Product.name).limit(_MOST_PRODUCTS))
    times = (Customer.signed_up_at, Order.placed_at, Ticket.opened_at, Refund.created_at, Review.created_at)
    firsts = [connection.scalar(select(func.min(column))) for column in times]
    minor = {code: rates.to_base(10**6 * 10 ** exponent(code), code) / 10**6 for code in (rates.base, *rates.units)}
    return Shop(
        values=values,
        products={row.sku: row.name for row in products},
        ids=ids,
        currency=rates.base,
        units=minor,
        since=min((first for first in firsts if first is not None), default=now),
    )
