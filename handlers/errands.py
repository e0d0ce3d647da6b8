"""What the desk has the shop's back office do: each errand leaves by the outbox, once, and its result comes back as an
event (`handlers.events.ErrandSettled`). Its key makes a repeated errand the same errand."""

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


class FetchInvoice(Value, frozen=True, tag=True):
    """The order's invoice as a PDF."""

    order: str


Errand = PayBack | CancelOrder | ChangeAddress | FetchInvoice
