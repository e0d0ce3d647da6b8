"""Reviews: live changes. Each keeps `customer_stats` right."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from crm_store import stats
from crm_store.crypto import Cipher
from crm_store.masking import masked
from crm_store.schema import Product, Review
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
    connection.execute(update(Review).where(Review.id == found.id), values)
    stats.review_changed(connection, CountedReview(found.customer_id, found.rating), after)
    return int(found.id)


def _locked(connection: Connection, external_id: str) -> Row[int, int | None, int] | None:
    lock = select(Review.id, Review.customer_id, Review.rating).where(Review.external_id == external_id)
    return connection.execute(lock.with_for_update()).one_or_none()


def _product(connection: Connection, sku: str | None) -> int | None:
    return None if sku is None else connection.scalar(select(Product.id).where(Product.sku == sku))
