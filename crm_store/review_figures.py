"""What reviews say: sentiment by aspect and category, and how often a product is blamed for an aspect."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, func, select

from crm_store.crypto import Cipher
from crm_store.periods import Period
from crm_store.schema import Product, Review, ReviewAspect


@dataclass(frozen=True, slots=True)
class Mood:
    """What is thought of something: in how many reviews, and the mean sentiment (-1 to 1)."""

    name: str
    reviews: int
    sentiment: float


@dataclass(frozen=True, slots=True)
class Ratings:
    reviews: int
    #: the mean of 1 to 5 stars; None without reviews
    rating: float | None


@dataclass(frozen=True, slots=True)
class Blame:
    """In how many of a product's reviews an aspect is spoken of badly."""

    sku: str
    product_id: int
    aspect: str
    bad: int
    of: int


def _written(period: Period) -> tuple[ColumnElement[bool], ...]:
    return Review.created_at >= period.start, Review.created_at < period.end


def ratings(connection: Connection, period: Period) -> Ratings:
    count, stars = connection.execute(select(func.count(), func.sum(Review.rating)).where(*_written(period))).one()
    return Ratings(count, int(stars) / count if count else None)


def by_aspect(connection: Connection, period: Period) -> list[Mood]:
    """Of the reviews whose words were read, what each aspect is thought of; the most spoken of first."""
    query = (
        select(ReviewAspect.aspect, func.count().label("reviews"), func.avg(ReviewAspect.sentiment).label("mood"))
        .join(Review, Review.id == ReviewAspect.review_id)
        .where(*_written(period))
        .group_by(ReviewAspect.aspect)
    )
    moods = [Mood(row.aspect, row.reviews, float(row.mood)) for row in connection.execute(query)]
    return sorted(moods, key=lambda one: (-one.reviews, one.name))


def by_category(connection: Connection, period: Period) -> list[Mood]:
    """Of the reviews whose words were read, what each product category is thought of; the most reviewed first."""
    query = (
        select(Product.category, func.count().label("reviews"), func.avg(Review.sentiment).label("mood"))
        .join(Product, Product.id == Review.product_id)
        .where(*_written(period), Review.sentiment.is_not(None), Product.category.is_not(None))
        .group_by(Product.category)
    )
    moods = [Mood(row.category, row.reviews, float(row.mood)) for row in connection.execute(query)]
    return sorted(moods, key=lambda one: (-one.reviews, one.name))


def blamed(connection: Connection, period: Period) -> list[Blame]:
    """Every product that was reviewed in a time with every aspect that any review of it speaks of badly then; of the
    reviews whose words were read."""
    read = (*_written(period), Review.read_at.is_not(None))
    products = (
        select(Review.product_id, Product.sku, func.count().label("of"))
        .join(Product, Product.id == Review.product_id)
        .where(*read)
        .group_by(Review.product_id, Product.sku)
        .subquery()
    )
    bad = (
        select(
            Review.product_id,
            ReviewAspect.aspect,
            func.sum(case((ReviewAspect.sentiment < 0, 1), else_=0)).label("bad"),
        )
        .join(ReviewAspect, ReviewAspect.review_id == Review.id)
        .where(*read)
        .group_by(Review.product_id, ReviewAspect.aspect)
        .subquery()
    )
    query = (
        select(products.c.sku, products.c.product_id, bad.c.aspect, bad.c.bad, products.c.of)
        .join(bad, bad.c.product_id == products.c.product_id)
        .order_by(products.c.sku, bad.c.aspect)
    )
    return [Blame(row[0], row[1], row[2], int(row[3]), row[4]) for row in connection.execute(query)]


def reviewed(connection: Connection, period: Period) -> dict[int, int]:
    """How many reviews of each product were written in a time and read."""
    query = select(Review.product_id, func.count()).where(
        *_written(period), Review.read_at.is_not(None), Review.product_id.is_not(None)
    )
    return {key: count for key, count in connection.execute(query.group_by(Review.product_id)) if key is not None}


@dataclass(frozen=True, slots=True)
class ReviewLine:
    customer_id: int | None
    sku: str | None
    rating: int
    text: str
    created_at: datetime


def worst(connection: Connection, cipher: Cipher, period: Period, limit: int) -> list[ReviewLine]:
    """The reviews written in a time, the worst first."""
    return _lines(connection, cipher, _written(period), limit)


def blaming(
    connection: Connection, cipher: Cipher, product_id: int, aspect: str, period: Period, limit: int
) -> list[ReviewLine]:
    """The reviews of a product that speak badly of an aspect."""
    theirs = select(ReviewAspect.review_id).where(ReviewAspect.aspect == aspect, ReviewAspect.sentiment < 0)
    which = (*_written(period), Review.product_id == product_id, Review.id.in_(theirs))
    return _lines(connection, cipher, which, limit)


def _lines(
    connection: Connection, cipher: Cipher, which: tuple[ColumnElement[bool], ...], limit: int
) -> list[ReviewLine]:
    query = (
        select(Review.customer_id, Product.sku, Review.rating, Review.text_sealed, Review.created_at)
        .outerjoin(Product, Product.id == Review.product_id)
        .where(*which)
        .order_by(Review.rating, Review.created_at.desc(), Review.id)
        .limit(limit)
    )
    return [
        ReviewLine(row[0], row[1], row[2], cipher.open_optional("reviews.text", row[3]) or "", row[4])
        for row in connection.execute(query)
    ]
