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
#: values are read from so many rows of a table at a time: a glance at all would take longer than the question
_STRETCH = 10_000
#: more values of a field are not words but texts; more articles are found by their SKU alone
_MOST_VALUES, _MOST_PRODUCTS = 5_000, 50_000


def _shapes(connection: Connection, column: Any) -> tuple[str, ...]:
    """How ids are written; one of digits alone is not told from a number."""
    sample = connection.scalars(select(column).where(column.is_not(None)).limit(_SAMPLE))
    shapes = {re.sub(r"\d+", "#", each) for each in sample}
    return tuple(sorted(shape for shape in shapes if "#" in shape and re.search("[A-Za-z]", shape))[:8])


def _numbered(connection: Connection, column: Any) -> tuple[tuple[str, int], ...]:
    """How ids with one number in them are made of it: C# and 5 for C00431, # and 0 for 4711."""
    lengths: dict[str, set[int]] = {}
    for each in connection.scalars(select(column).where(column.is_not(None)).limit(_SAMPLE)):
        digits = re.findall(r"\d+", each)
        if len(digits) == 1:
            lengths.setdefault(re.sub(r"\d+", "#", each), set()).add(len(digits[0]))
    if len(lengths) > 1:
        # which of them?
        return ()
    return tuple(
        (shape, min(known) if shape != "#" else 0)
        for shape, known in lengths.items()
        if len(known) == 1 or shape == "#"
    )


class Heard:
    """What stood in columns so far. Each look reads the newest rows and as many older ones: next time those below."""

    def __init__(self) -> None:
        self._values: dict[str, set[str]] = {name: set() for name in _COLUMNS}
        #: down to which key the older rows were read
        self._down_to: dict[str, int] = {}

    def values(self, connection: Connection, name: str) -> tuple[str, ...]:
        """What a column is known to hold, after another look."""
        newest = self._read(connection, name)
        if newest is None:
            return tuple(sorted(self._values[name]))
        below = self._down_to.get(name, newest)
        older = self._read(connection, name, below)
        # at the oldest row it begins again: rows change, and many may have come at once
        self._down_to[name] = newest if older is None or older == below else older
        return tuple(sorted(self._values[name]))

    def _read(self, connection: Connection, name: str, below: int | None = None) -> int | None:
        """Reads a stretch of rows, from a key downwards (its own too: several rows may share it); its least key."""
        column, known = _COLUMNS[name], self._values[name]
        key = inspect(column.class_).primary_key[0]
        stretch = select(key.label("key"), column.label("value")).order_by(key.desc()).limit(_STRETCH)
        rows = (stretch if below is None else stretch.where(key <= below)).subquery()
        found = connection.execute(select(rows.c.value, func.min(rows.c.key)).group_by(rows.c.value)).all()
        known.update([value for value, _ in found if value is not None][: max(0, _MOST_VALUES - len(known))])
        return min((int(least) for _, least in found), default=None)


def learn(connection: Connection, rates: Rates, now: datetime, heard: Heard | None = None) -> Shop:
    """What the store's values are called; with `heard`, more of older rows each time."""
    heard = heard or Heard()
    values = {name: heard.values(connection, name) for name in _COLUMNS}
    ids = {name: _shapes(connection, column) for name, column in _IDS.items()}
    products = connection.execute(select(Product.sku, Product.name).limit(_MOST_PRODUCTS))
    times = (Customer.signed_up_at, Order.placed_at, Ticket.opened_at, Refund.created_at, Review.created_at)
    firsts = [connection.scalar(select(func.min(column))) for column in times]
    minor = {code: rates.to_base(10**6 * 10 ** exponent(code), code) / 10**6 for code in (rates.base, *rates.units)}
    return Shop(
        values=values,
        products={row.sku: row.name for row in products},
        ids=ids,
        numbered={name: _numbered(connection, column) for name, column in _IDS.items()},
        currency=rates.base,
        units=minor,
        since=min((first for first in firsts if first is not None), default=now),
    )
