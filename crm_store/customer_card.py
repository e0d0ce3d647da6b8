"""What staff see of a customer at a glance, on a ticket's card and on the customer's page: four reads by index."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import BigInteger, Connection, cast, func, select

from crm_store import customers
from crm_store.crypto import Cipher
from crm_store.schema import (
    CartItem,
    Customer,
    CustomerScore,
    CustomerStats,
    Identity,
    Order,
    Product,
    Recommendation,
    Ticket,
)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in a line. `total` in minor units of `currency`."""

    external_id: str
    placed_at: datetime
    status: str
    currency: str
    total: int


@dataclass(frozen=True, slots=True)
class CartSum:
    """What lies in the open cart at a currency's prices, in minor units."""

    currency: str
    total: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What was computed of a customer; None where it is not known. Reasons are JSON, money is in minor units of the
    base currency, chances are from 0 to 1."""

    segment: str | None = None
    churn_risk: float | None = None
    churn_reasons: str | None = None
    propensity: float | None = None
    propensity_reasons: str | None = None
    value_base: int | None = None
    loss_base: int | None = None
    value_reasons: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerCard:
    #: orders that are not cancelled, and their totals in minor units of the base currency
    orders: int
    spend_base: int
    #: when the last of them was placed
    last_order_at: datetime | None
    #: all refunds, and the sum of those approved or paid in minor units of the base currency
    refunds: int
    refunded_base: int
    #: newest first, cancelled ones too
    last_orders: tuple[OrderLine, ...]
    #: pieces in the open cart, and what they cost; pieces without a price are in no sum
    cart_pieces: int
    cart: tuple[CartSum, ...]
    #: the numbers of the customer's open tickets but the one at hand, newest first
    open_tickets: tuple[int, ...]
    scores: Scores = Scores()


def read(
    connection: Connection, customer_id: int, *, beside_ticket: int | None = None, last: int = 3, tickets: int = 20
) -> CustomerCard:
    """The card of a customer. `beside_ticket`: the ticket at hand, which is not named among the open ones; `last` and
    `tickets`: the most orders and tickets named."""
    numbers = connection.execute(_NUMBERS.where(CustomerStats.customer_id == customer_id)).first()
    pieces, cart = _cart(connection, customer_id)
    return CustomerCard(
        orders=numbers.orders if numbers else 0,
        spend_base=numbers.spend_base if numbers else 0,
        last_order_at=numbers.last_order_at if numbers else None,
        refunds=numbers.refunds if numbers else 0,
        refunded_base=numbers.refunded_base if numbers else 0,
        last_orders=last_orders(connection, customer_id, last),
        cart_pieces=pieces,
        cart=cart,
        open_tickets=_open_tickets(connection, customer_id, beside_ticket, tickets),
        scores=Scores(*numbers[-len(_SCORES) :]) if numbers else Scores(),
    )


_SCORES = tuple(getattr(CustomerScore, each.name) for each in fields(Scores))
_NUMBERS = select(
    CustomerStats.orders,
    CustomerStats.spend_base,
    CustomerStats.last_order_at,
    CustomerStats.refunds,
    CustomerStats.refunded_base,
    *_SCORES,
).outerjoin_from(CustomerStats, CustomerScore, CustomerScore.customer_id == CustomerStats.customer_id)


def last_orders(connection: Connection, customer_id: int, limit: int) -> tuple[OrderLine, ...]:
    """A customer's newest orders, without their items."""
    columns = (Order.external_id, Order.placed_at, Order.status, Order.currency, Order.total)
    newest = select(*columns).where(Order.customer_id == customer_id)
    rows = connection.execute(newest.order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit))
    return tuple(OrderLine(*row) for row in rows)


def _cart(connection: Connection, customer_id: int) -> tuple[int, tuple[CartSum, ...]]:
    # the servers' sums are decimals
    pieces = cast(func.sum(CartItem.quantity), BigInteger)
    total = cast(func.sum(CartItem.quantity * Product.price), BigInteger)
    lines = (
        select(Product.currency, pieces.label("pieces"), total.label("total"))
        .join(Product, Product.id == CartItem.product_id)
        .where(CartItem.customer_id == customer_id)
        .group_by(Product.currency)
        .order_by(Product.currency)
    )
    rows = connection.execute(lines).all()
    sums = tuple(CartSum(row.currency, row.total) for row in rows if row.currency and row.total is not None)
    return sum(row.pieces for row in rows), sums


def _open_tickets(connection: Connection, customer_id: int, beside: int | None, limit: int) -> tuple[int, ...]:
    theirs = select(Ticket.id).where(Ticket.customer_id == customer_id, Ticket.status != "resolved")
    if beside is not None:
        theirs = theirs.where(Ticket.id != beside)
    return tuple(connection.scalars(theirs.order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(limit)))


@dataclass(frozen=True, slots=True)
class RecommendedProduct:
    """A product that a customer is likely to buy next; `chance` that they do in 90 days, 0 to 1."""

    sku: str
    name: str | None
    chance: float


def recommended(connection: Connection, customer_id: int, limit: int) -> tuple[RecommendedProduct, ...]:
    """The likeliest first; none where nothing was computed."""
    theirs = select(Product.sku, Product.name, Recommendation.score).join_from(
        Recommendation, Product, Product.id == Recommendation.product_id
    )
    theirs = theirs.where(Recommendation.customer_id == customer_id).order_by(Recommendation.rank).limit(limit)
    return tuple(RecommendedProduct(*row) for row in connection.execute(theirs))


# --- what staff see who look closer -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkedChat:
    """A chat account that is the customer's."""

    channel: str
    #: chat, import, link, phone, order, staff
    linked_by: str
    linked_at: datetime
    #: the @name there
    username: str | None


@dataclass(frozen=True, slots=True)
class CustomerDetails:
    email: str | None
    phone: str | None
    city: str | None
    language: str | None
    signed_up_at: datetime | None
    chats: tuple[LinkedChat, ...]
    #: the shop's ids of customers who turned out to be this one
    merged: tuple[str, ...]


def details(connection: Connection, cipher: Cipher, customer_id: int) -> CustomerDetails | None:
    """What the shop told of a customer, and their chats; None where there is no such customer."""
    columns = (
        Customer.email_sealed,
        Customer.phone_sealed,
        Customer.city,
        Customer.language,
        Customer.signed_up_at,
    )
    row = connection.execute(select(*columns).where(Customer.id == customer_id)).one_or_none()
    if row is None:
        return None
    return CustomerDetails(
        email=cipher.open_optional("customers.email", row.email_sealed),
        phone=cipher.open_optional("customers.phone", row.phone_sealed),
        city=row.city,
        language=row.language,
        signed_up_at=row.signed_up_at,
        chats=_chats(connection, cipher, customer_id),
        merged=_merged(connection, customer_id),
    )


def _chats(connection: Connection, cipher: Cipher, customer_id: int) -> tuple[LinkedChat, ...]:
    columns = (Identity.channel, Identity.linked_by, Identity.linked_at, Identity.username_sealed)
    theirs = select(*columns).where(Identity.customer_id == customer_id).order_by(Identity.id)
    return tuple(
        LinkedChat(
            row.channel,
            row.linked_by,
            row.linked_at,
            cipher.open_optional("identities.username", row.username_sealed),
        )
        for row in connection.execute(theirs)
    )


def _merged(connection: Connection, customer_id: int) -> tuple[str, ...]:
    ids = customers.merged_into(connection, customer_id)
    theirs = select(Customer.external_id).where(Customer.id.in_(ids), Customer.external_id.is_not(None))
    return tuple(name for name in connection.scalars(theirs.order_by(Customer.id)) if name)
