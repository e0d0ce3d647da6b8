"""Reviews: live changes (each keeps `customer_stats` right), what they say, and whom to ask for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update
from sqlalchemy.orm import aliased

from crm_store import stats
from crm_store.crypto import Cipher
from crm_store.masking import masked
from crm_store.schema import (
    Conversation,
    Order,
    Product,
    Refund,
    Review,
    ReviewAspect,
    ReviewRequest,
    Shipment,
    Ticket,
)
from crm_store.stats import CountedReview
from crm_store.upsert import insert_once


@dataclass(frozen=True, slots=True)
class NewReview:
    """A review as the shop sends it."""

    external_id: str
    customer_id: int | None
    #: 1 to 5 stars
    rating: int
    created_at: datetime
    sku: str | None = None
    order_id: int | None = None
    text: str | None = None
    language: str | None = None


def put_review(connection: Connection, cipher: Cipher, review: NewReview) -> int:
    """Inserts a review or updates the one with its external id; its key. A sku no product has is left out.

    Raises SQLAlchemy's `IntegrityError` for a rating outside 1 to 5, or a customer or order that does not exist.
    """
    after = CountedReview(review.customer_id, review.rating)
    values = {
        "external_id": review.external_id,
        "customer_id": review.customer_id,
        "product_id": _product(connection, review.sku),
        "order_id": review.order_id,
        "rating": review.rating,
        "text_sealed": cipher.seal_optional("reviews.text", review.text and masked(review.text)),
        "language": review.language,
        "created_at": review.created_at,
    }
    found = _locked(connection, review.external_id)
    if found is None:
        review_id = insert_once(connection, Review, values, Review.external_id == review.external_id)
        if review_id is not None:
            stats.review_changed(connection, None, after)
            return review_id
        found = _locked(connection, review.external_id)
        assert found is not None, "the key was taken a moment ago"
    # what it says now has to be read anew
    connection.execute(update(Review).where(Review.id == found.id), {**values, "read_at": None})
    stats.review_changed(connection, CountedReview(found.customer_id, found.rating), after)
    return int(found.id)


def _locked(connection: Connection, external_id: str) -> Row[int, int | None, int] | None:
    lock = select(Review.id, Review.customer_id, Review.rating).where(Review.external_id == external_id)
    return connection.execute(lock.with_for_update()).one_or_none()


def _product(connection: Connection, sku: str | None) -> int | None:
    return None if sku is None else connection.scalar(select(Product.id).where(Product.sku == sku))


# --- what reviews say ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review with what is needed to act on it."""

    id: int
    external_id: str
    customer_id: int | None
    order_id: int | None
    #: the shop's own number of the order
    order: str | None
    product: str | None
    rating: int
    text: str
    created_at: datetime
    #: the ticket that it opened before it was changed
    ticket_id: int | None
    #: the customer's newest chat, where they can be written to
    conversation_id: int | None


def unread(connection: Connection, cipher: Cipher, until: datetime, limit: int) -> list[ReviewView]:
    """Reviews written until a time that nobody read yet, newest first."""
    chat = (
        select(func.max(Conversation.id))
        .where(Conversation.customer_id == Review.customer_id, Conversation.blocked_at.is_(None))
        .scalar_subquery()
    )
    query = (
        select(
            Review.id, Review.external_id, Review.customer_id, Review.order_id, Order.external_id.label("order"),
            Product.name.label("product"), Review.rating, Review.text_sealed, Review.created_at, Review.ticket_id,
            chat.label("conversation_id"),
        )
        .outerjoin(Order, Order.id == Review.order_id)
        .outerjoin(Product, Product.id == Review.product_id)
        .where(Review.read_at.is_(None), Review.created_at <= until)
        .order_by(Review.created_at.desc(), Review.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        ReviewView(
            row.id, row.external_id, row.customer_id, row.order_id, row.order, row.product, row.rating,
            cipher.open_optional("reviews.text", row.text_sealed) or "", row.created_at, row.ticket_id,
            row.conversation_id,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def was_read(
    connection: Connection, review_id: int, sentiment: float, aspects: Mapping[str, float], now: datetime
) -> None:
    """Keeps what a review says: its sentiment and that of its aspects, each -1 (bad) to 1 (good)."""
    connection.execute(update(Review).where(Review.id == review_id).values(sentiment=sentiment, read_at=now))
    connection.execute(delete(ReviewAspect).where(ReviewAspect.review_id == review_id))
    rows = [{"review_id": review_id, "aspect": name, "sentiment": value} for name, value in aspects.items()]
    if rows:
        connection.execute(insert(ReviewAspect), rows)


def opened_ticket(connection: Connection, review_id: int, ticket_id: int) -> None:
    connection.execute(update(Review).where(Review.id == review_id).values(ticket_id=ticket_id))


# --- asking for them ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestView:
    """A delivered order whose customer was, or could be, asked for a review."""

    order_id: int
    order: str
    customer_id: int
    conversation_id: int
    #: what was given already, 1 to 5
    rating: int | None = None


def to_ask(
    connection: Connection, delivered_since: datetime, delivered_until: datetime, quiet_since: datetime, limit: int
) -> list[RequestView]:
    """Orders delivered between two times whose customers can be asked, one a customer: they have a chat, have written
    no review of it and have had no refund for it, have no open ticket, and were not asked since `quiet_since`."""
    no_review = ~exists().where(Review.order_id == Order.id)
    no_refund = ~exists().where(Refund.order_id == Order.id)
    no_ticket = ~exists().where(Ticket.customer_id == Order.customer_id, Ticket.status != "resolved")
    lately = aliased(Conversation)
    not_lately = ~exists().where(
        ReviewRequest.conversation_id == lately.id,
        lately.customer_id == Order.customer_id,
        ReviewRequest.asked_at > quiet_since,
    )
    not_asked = ~exists().where(ReviewRequest.order_id == Order.id)
    chat = func.max(Conversation.id).label("conversation_id")
    query = (
        select(Order.id, Order.external_id, Order.customer_id, chat)
        .join(Shipment, Shipment.order_id == Order.id)
        .join(Conversation, Conversation.customer_id == Order.customer_id)
        .where(
            Shipment.delivered_at.between(delivered_since, delivered_until),
            Order.status == "delivered",
            Conversation.blocked_at.is_(None),
            Conversation.muted_until.is_(None),
            no_review, no_refund, no_ticket, not_lately, not_asked,
        )
        .group_by(Order.id, Order.external_id, Order.customer_id)
        .order_by(Order.id.desc())
        .limit(limit)
    )  # fmt: skip
    newest: dict[int, RequestView] = {}
    for row in connection.execute(query):
        found = RequestView(row.id, row.external_id, row.customer_id, row.conversation_id)
        newest.setdefault(row.customer_id, found)
    return list(newest.values())


def was_asked(connection: Connection, request: RequestView, now: datetime) -> None:
    """The customer was asked. Raises SQLAlchemy's `IntegrityError` when they were before: it is asked once an order."""
    values = {"order_id": request.order_id, "conversation_id": request.conversation_id, "asked_at": now}
    connection.execute(insert(ReviewRequest).values(values))


def request_for(connection: Connection, order_id: int) -> RequestView | None:
    """What a customer was asked of an order; None where nobody asked."""
    query = (
        select(Order.external_id, Order.customer_id, ReviewRequest.conversation_id, ReviewRequest.rating)
        .join(Order, Order.id == ReviewRequest.order_id)
        .where(ReviewRequest.order_id == order_id)
    )
    row = connection.execute(query).first()
    if row is None or row.customer_id is None:
        return None
    return RequestView(order_id, row.external_id, row.customer_id, row.conversation_id, row.rating)


def was_rated(connection: Connection, order_id: int, rating: int) -> None:
    connection.execute(update(ReviewRequest).where(ReviewRequest.order_id == order_id).values(rating=rating))
