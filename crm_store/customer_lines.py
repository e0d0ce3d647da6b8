"""Customers as lines of a list: who they are, and what they bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from crm_store.crypto import Cipher
from crm_store.schema import Customer, CustomerScore, CustomerStats

#: keys named in one statement
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class CustomerLine:
    id: int
    #: the shop's id; None for somebody who only ever wrote
    external_id: str | None
    name: str | None
    email: str | None
    segment: str | None
    #: orders that are not cancelled, and their totals in minor units of the base currency
    orders: int
    spend_base: int
    last_order_at: datetime | None
    open_tickets: int


def lines(connection: Connection, cipher: Cipher, ids: Sequence[int]) -> dict[int, CustomerLine]:
    """Customers by key; one that is not there is left out."""
    found = {}
    for start in range(0, len(ids), _AT_ONCE):
        for row in connection.execute(_QUERY.where(Customer.id.in_(ids[start : start + _AT_ONCE]))):
            found[row.id] = CustomerLine(
                row.id,
                row.external_id,
                cipher.open_optional("customers.name", row.name_sealed),
                cipher.open_optional("customers.email", row.email_sealed),
                row.segment,
                row.orders or 0,
                row.spend_base or 0,
                row.last_order_at,
                row.open_tickets or 0,
            )
    return found


_QUERY = (
    select(
        Customer.id,
        Customer.external_id,
        Customer.name_sealed,
        Customer.email_sealed,
        CustomerScore.segment,
        CustomerStats.orders,
        CustomerStats.spend_base,
        CustomerStats.last_order_at,
        CustomerStats.open_tickets,
    )
    .outerjoin(CustomerStats, CustomerStats.customer_id == Customer.id)
    .outerjoin(CustomerScore, CustomerScore.customer_id == Customer.id)
)
