"""Customers' orders as arrays: read from the store a part of the customers at a time, so memory never grows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, func, select, type_coerce

from crm_store.schema import Order, to_ms
from crm_store.store import Store

#: orders that are held in memory at a time, about; a single customer's are never parted
PART = 200_000
_DAY = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Histories:
    """Orders that are not cancelled, sorted by nothing; but for `customers` one entry an order."""

    #: the keys of the customers, ascending
    customers: NDArray[np.int64]
    #: whose order it is: a place in `customers`
    whose: NDArray[np.int64]
    #: whole days (24 hours) between the order and the moment that is looked from
    ago: NDArray[np.int64]
    #: what it cost, in minor units of the base currency; a negative total counts as nothing
    spend: NDArray[np.float64]

    def before(self, days: int) -> "Histories":
        """As they were seen that many days earlier; whoever had not bought by then has no orders in it."""
        known = self.ago >= days
        return Histories(self.customers, self.whose[known], self.ago[known] - days, self.spend[known])

    def spent(self, ago: int, days: int) -> NDArray[np.float64]:
        """What each customer spent in the `days` that began `ago` days ago."""
        inside = (self.ago < ago) & (self.ago >= ago - days)
        return np.asarray(np.bincount(self.whose[inside], self.spend[inside], self.customers.size), np.float64)


def read(store: Store, as_of: datetime, *, part: int = PART) -> Iterator[Histories]:
    """The histories of everybody who ordered before a moment, some customers at a time, by ascending key.

    Each part is a transaction of its own: nothing is kept open while the caller computes.
    """
    for first, last in _ranges(store, part):
        histories = _read_range(store, as_of, first, last)
        if histories.customers.size:
            yield histories


def sample(store: Store, as_of: datetime, customers: int) -> Histories:
    """The histories of about so many customers: all, or every third, tenth, ... by key, the same ones each time."""
    with store.read() as connection:
        known = connection.scalar(select(func.count(func.distinct(Order.customer_id)))) or 0
    step = max(1, known // max(1, customers))
    parts = [_read_range(store, as_of, first, last, step) for first, last in _ranges(store, PART * step)]
    return _joined([part for part in parts if part.customers.size])


def _ranges(store: Store, orders: int) -> Iterator[tuple[int, int]]:
    """Ranges of customers' keys, from and to, with about so many orders each."""
    with store.read() as connection:
        first = connection.scalar(select(func.min(Order.customer_id)))
        end = connection.scalar(select(func.max(Order.customer_id)))
    if first is None or end is None:
        return
    while first <= end:
        with store.read() as connection:
            later = select(Order.customer_id).where(Order.customer_id >= first).order_by(Order.customer_id)
            found = connection.scalar(later.offset(orders).limit(1))
        # a customer with more orders than a part holds is a part alone
        last = end if found is None else max(first, int(found) - 1)
        yield first, last
        first = last + 1


def _read_range(store: Store, as_of: datetime, first: int, last: int, step: int = 1) -> Histories:
    # the moment as the number it is stored as: ten million of them are not made into datetimes
    columns = select(Order.customer_id, type_coerce(Order.placed_at, BigInteger), Order.total_base)
    theirs = columns.where(Order.customer_id.between(first, last), Order.status != "cancelled", Order.placed_at < as_of)
    if step > 1:
        theirs = theirs.where(Order.customer_id % step == 0)
    with store.read() as connection:
        rows = connection.execute(theirs).all()
    numbers = np.fromiter(chain.from_iterable(rows), np.int64, 3 * len(rows)).reshape(-1, 3)
    keys, ago, spend = numbers[:, 0], (to_ms(as_of) - numbers[:, 1]) // _DAY, numbers[:, 2].astype(np.float64)
    customers, whose = np.unique(keys, return_inverse=True)
    return Histories(customers, whose.astype(np.int64), ago, np.maximum(spend, 0))


def _joined(parts: list[Histories]) -> Histories:
    none = np.zeros(0, np.int64)
    offsets = np.cumsum([0, *(part.customers.size for part in parts)])
    return Histories(
        np.concatenate([none, *(part.customers for part in parts)]),
        np.concatenate([none, *(part.whose + offset for part, offset in zip(parts, offsets, strict=False))]),
        np.concatenate([none, *(part.ago for part in parts)]),
        np.concatenate([none.astype(np.float64), *(part.spend for part in parts)]),
    )
