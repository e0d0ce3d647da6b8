"""What the desk has the shop's back office do: each errand leaves by the outbox, once, and its result comes back as an
event (`handlers.events.ErrandSettled`). Its key makes a repeated errand the same errand."""

import hashlib
from datetime import datetime

import msgspec

from handlers.value import Value


class Line(Value, frozen=True):
    """A line of an order, or some pieces of it."""

    sku: str
    quantity: int
    #: minor units of the order's currency, for all the pieces
    amount: int


class PayBack(Value, frozen=True, tag=True):
    """Money goes back to the customer, the way it came."""

    #: the shop's own number of the order
    order: str
    #: minor units
    amount: int
    currency: str
    lines: tuple[Line, ...] = ()
    reason: str = ""


class CancelOrder(Value, frozen=True, tag=True):
    order: str
    reason: str = ""


class ChangeAddress(Value, frozen=True, tag=True):
    """The parcel goes elsewhere; the shop says no once it has left."""

    order: str
    line1: str
    line2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


def lines_of(address: ChangeAddress) -> tuple[str, ...]:
    """The address as it stands on a parcel.

    >>> lines_of(ChangeAddress("NT-1", "Musterweg 5", postcode="10115", city="Berlin", country="DE"))
    ('Musterweg 5', '10115 Berlin', 'DE')
    """
    town = " ".join(part for part in (address.postcode, address.city) if part)
    return tuple(line for line in (address.line1, address.line2, town, address.region, address.country) if line)


def town_of(address: ChangeAddress) -> str:
    """What everybody at the desk may see of an address.

    >>> town_of(ChangeAddress("NT-1", "Musterweg 5", postcode="10115", city="Berlin", country="DE"))
    'Berlin, DE'
    """
    return ", ".join(part for part in (address.city, address.country) if part)


class FetchInvoice(Value, frozen=True, tag=True):
    """The order's invoice as a PDF."""

    order: str


Errand = PayBack | CancelOrder | ChangeAddress | FetchInvoice

_decoder: msgspec.json.Decoder[Errand] = msgspec.json.Decoder(Errand)


def encode(errand: Errand) -> bytes:
    """An errand as it is stored."""
    return msgspec.json.encode(errand)


def decode(stored: bytes) -> Errand:
    """A stored errand again."""
    return _decoder.decode(stored)


def key_for(what: str, order: str, inbox_id: int, now: datetime) -> str:
    """A key for an errand that this turn decides on.

    It holds the time: a store that is set up anew counts its rows from 1 again, and the shop knows the old keys.
    """
    told_apart = hashlib.sha256(f"{what}|{order}|{inbox_id}|{now.isoformat()}".encode()).hexdigest()
    return f"{what}-{told_apart[:32]}"
