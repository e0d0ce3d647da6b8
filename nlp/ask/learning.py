"""The shop's own words, learnt from the store."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

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
#: more values of a field are not words but texts; more articles are found by their SKU alone
_MOST_VALUES, _MOST_PRODUCTS = 5_000, 50_000


def learn(connection: Connection, rates: Rates, now: datetime) -> Shop:
    """What the store's values are called."""
    values = {}
    for name, column in _COLUMNS.items():
        found = connection.scalars(select(column).where(column.is_not(None)).distinct().limit(_MOST_VALUES))
        values[name] = tuple(sorted(found))
    products = connection.execute(select(Product.sku, Product.name).limit(_MOST_PRODUCTS))
    times = (Customer.signed_up_at, Order.placed_at, Ticket.opened_at, Refund.created_at, Review.created_at)
    firsts = [connection.scalar(select(func.min(column))) for column in times]
    minor = {code: rates.to_base(10**6 * 10 ** exponent(code), code) / 10**6 for code in (rates.base, *rates.units)}
    return Shop(
        values=values,
        products={row.sku: row.name for row in products},
        currency=rates.base,
        units=minor,
        since=min((first for first in firsts if first is not None), default=now),
    )
