"""What the shop's own software calls: tell of a customer or an order, ask for a customer's chat link."""

import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from crm_store import customers, orders, reviews
from crm_store.countries import CODES
from crm_store.customers import LINK_LIFE, AccountTaken, NewCustomer
from crm_store.money import BadAmount, UnknownCurrency, parse_minor
from crm_store.orders import NewItem, NewOrder, OrderStatus
from crm_store.reviews import NewReview

if TYPE_CHECKING:
    from bot.app import App

#: no engine but SQLite keeps a NUL in a text
_NO_NUL = r"^[^\x00]*$"


def _blank_is_unknown(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _possible(at: datetime) -> datetime:
    """As in an import; the first and the last years have no moment in every time zone."""
    if not 1900 <= at.year < 2200:
        raise ValueError("is not a possible time: its year must be 1900 to 2199")
    return at


def _country(code: str) -> str:
    if code.upper() not in CODES:
        raise ValueError("is not an ISO 3166-1 country code, such as DE")
    return code.upper()


def _language(code: str) -> str:
    normal = code.replace("_", "-").lower()
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", normal):
        raise ValueError("is not a language code, such as de")
    return normal


Id = Annotated[str, Field(min_length=1, max_length=100, pattern=_NO_NUL)]
Moment = Annotated[datetime, AfterValidator(_possible)]
Unknown = BeforeValidator(_blank_is_unknown)


class Customer(BaseModel):
    """A customer as the shop knows them now; what is left out or empty is not known, and not changed."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, str_strip_whitespace=True)

    name: Annotated[Annotated[str, Field(max_length=300)] | None, Unknown] = None
    email: Annotated[Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")] | None, Unknown] = None
    phone: Annotated[Annotated[str, Field(max_length=50)] | None, Unknown] = None
    #: ISO 3166-1 alpha-2
    country: Annotated[Annotated[str, AfterValidator(_country)] | None, Unknown] = None
    city: Annotated[Annotated[str, Field(max_length=100, pattern=_NO_NUL)] | None, Unknown] = None
    #: ISO 639-1
    language: Annotated[Annotated[str, Field(max_length=16), AfterValidator(_language)] | None, Unknown] = None
    signed_up_at: Moment | None = None
    marketing_consent: bool | None = None
    #: the number Telegram knows the customer's account by: its chat then belongs to this customer
    telegram_id: Annotated[Annotated[str, Field(pattern=r"^[1-9]\d{0,15}$")] | None, Unknown] = None


class Item(BaseModel):
    """A line of an order."""

    model_config = ConfigDict(extra="forbid")

    sku: Id
    quantity: Annotated[int, Field(ge=1)]
    #: in the order's currency
    unit_price: Decimal
    name: Annotated[str, Field(max_length=300)] | None = None


class Order(BaseModel):
    """An order as it stands now; what is left out is not changed."""

    model_config = ConfigDict(extra="forbid")

    #: the shop's id of the customer; empty for a guest
    customer_id: Id | None = None
    placed_at: Moment
    status: OrderStatus
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    total: Annotated[Decimal, Field(ge=0)]
    shipping: Decimal | None = None
    discount: Decimal | None = None
    payment_method: Annotated[str, Field(max_length=50)] | None = None
    items: list[Item] | None = None
    carrier: Annotated[str, Field(max_length=100)] | None = None
    tracking_number: Annotated[str, Field(max_length=100)] | None = None
    delivered_at: Moment | None = None


class Review(BaseModel):
    """A customer's review of a product, an order or the shop, as it reads now."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    #: the shop's ids; empty where they are not known
    customer_id: Id | None = None
    order_id: Id | None = None
    sku: Id | None = None
    #: stars
    rating: Annotated[int, Field(ge=1, le=5)]
    text: Annotated[str, Field(max_length=10_000)] | None = None
    language: Annotated[Annotated[str, Field(max_length=16), AfterValidator(_language)] | None, Unknown] = None
    created_at: Moment


class Link(BaseModel):
    """A one-time link by which the customer joins a Telegram chat to the account."""

    token: str
    #: to be opened by the customer; empty while the bot's name is not known
    url: str
    expires_at: datetime


class Kept(BaseModel):
    order_id: str


class KeptReview(BaseModel):
    review_id: str


class KeptCustomer(BaseModel):
    customer_id: str


def add_api(web: FastAPI, app: "App") -> None:
    """Adds `/api/v1`; every call needs `Authorization: Bearer SHOPDESK_API_TOKEN`."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(_authorised(app.config.secrets.api_token))])

    @router.put("/customers/{customer_id}", summary="Tell of a customer")
    def put_customer(customer_id: Id, customer: Customer) -> KeptCustomer:
        """Stores the customer, or what changed of them; the same call twice is the same as once."""
        told = customer.model_dump()
        if customer.signed_up_at is not None:
            told["signed_up_at"] = _aware(customer.signed_up_at, app)
        try:
            with app.store.begin() as connection:
                customers.put_customer(connection, app.store.cipher, NewCustomer(customer_id, **told), app.now())
        except AccountTaken as taken:
            raise HTTPException(422, str(taken)) from taken
        return KeptCustomer(customer_id=customer_id)

    @router.put("/orders/{order_id}", summary="Tell of an order")
    def put_order(order_id: Id, order: Order) -> Kept:
        """Stores the order, or what changed of it; the same call twice is the same as once."""
        with app.store.begin() as connection:
            customer_id = None
            if order.customer_id is not None:
                customer = customers.find(connection, app.store.cipher, order.customer_id)
                if customer is None:
                    unknown = f"customer_id {order.customer_id!r} is not a customer of the shop"
                    raise HTTPException(422, f"{unknown}: PUT /api/v1/customers/ID makes one")
                customer_id = customer.id
            try:
                orders.put_order(connection, app.config.rates, _stored(order_id, customer_id, order, app))
            except (UnknownCurrency, BadAmount) as error:
                raise HTTPException(422, str(error)) from error
        return Kept(order_id=order_id)

    @router.put("/reviews/{review_id}", summary="Tell of a review")
    def put_review(review_id: Id, review: Review) -> KeptReview:
        """Stores the review, or what changed of it. A bad one becomes a ticket within minutes."""
        with app.store.begin() as connection:
            customer = order = None
            if review.customer_id is not None:
                customer = customers.find(connection, app.store.cipher, review.customer_id)
                if customer is None:
                    raise HTTPException(422, f"customer_id {review.customer_id!r} is not a customer of the shop")
            if review.order_id is not None:
                order = orders.find_order(connection, review.order_id)
                if order is None:
                    raise HTTPException(422, f"order_id {review.order_id!r} is not an order of the shop")
            told = NewReview(
                review_id,
                customer.id if customer is not None else None,
                review.rating,
                _aware(review.created_at, app),
                review.sku,
                order.id if order is not None else None,
                review.text,
                review.language,
            )
            reviews.put_review(connection, app.store.cipher, told)
        return KeptReview(review_id=review_id)

    @router.post("/customers/{customer_id}/telegram-link", summary="Make a link that joins a chat to a customer")
    def telegram_link(customer_id: Id) -> Link:
        """The link works once, for seven days."""
        now = app.now()
        with app.store.begin() as connection:
            customer = customers.find(connection, app.store.cipher, customer_id)
            if customer is None:
                raise HTTPException(404, f"{customer_id!r} is not a customer of the shop")
            token = customers.make_link(connection, app.store.cipher, customer.id, now)
            customers.audit(connection, now, "api", "link", f"customer:{customer.id}")
        name = app.telegram.username if app.telegram is not None else ""
        return Link(token=token, url=f"https://t.me/{name}?start={token}" if name else "", expires_at=now + LINK_LIFE)

    web.include_router(router)


def _stored(order_id: str, customer_id: int | None, order: Order, app: "App") -> NewOrder:
    return NewOrder(
        external_id=order_id,
        customer_id=customer_id,
        placed_at=_aware(order.placed_at, app),
        status=order.status,
        currency=order.currency,
        total=_minor(order.total, order.currency),
        shipping=_optional(order.shipping, order.currency),
        discount=_optional(order.discount, order.currency),
        payment_method=order.payment_method,
        items=None if order.items is None else tuple(_item(item, order.currency) for item in order.items),
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        delivered_at=None if order.delivered_at is None else _aware(order.delivered_at, app),
    )


def _item(item: Item, currency: str) -> NewItem:
    return NewItem(item.sku, item.quantity, _minor(item.unit_price, currency), item.name)


def _minor(amount: Decimal, currency: str) -> int:
    return parse_minor(str(amount), currency, rounded=True)


def _optional(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else _minor(amount, currency)


def _aware(at: datetime, app: "App") -> datetime:
    """A time without an offset is in the shop's time zone, as in an import."""
    return (at if at.tzinfo else at.replace(tzinfo=app.config.shop.timezone)).astimezone(UTC)


def _authorised(token: str | None) -> Callable[[str | None], None]:
    known = bearer(token)

    def check(authorization: str | None = Header(None)) -> None:
        if token is None:
            raise HTTPException(403, "the API is off: set SHOPDESK_API_TOKEN")
        known(authorization)

    return check


def bearer(token: str | None) -> Callable[[str | None], None]:
    """Lets those in who know the token; everybody where there is none."""

    def check(authorization: str | None = Header(None)) -> None:
        if token is None:
            return
        given = (authorization or "").removeprefix("Bearer ").encode()
        if not hmac.compare_digest(given, token.encode()):
            raise HTTPException(401, "Authorization must be 'Bearer' and SHOPDESK_API_TOKEN")

    return check
