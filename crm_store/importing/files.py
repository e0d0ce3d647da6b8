"""The files of a shop's folder: their columns, what a cell may hold, and the order in which they are read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a cell holds, and so how it is checked and stored."""

    ID = "id"
    TEXT = "text"
    MONEY = "money"
    COUNT = "count"
    STARS = "stars"
    TIME = "time"
    COUNTRY = "country"
    LANGUAGE = "language"
    CURRENCY = "currency"
    FLAG = "flag"
    CHOICE = "choice"
    SLUG = "slug"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: whether its header and its cells must be there, and the longest text the store takes."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    size: int | None = None
    allowed: tuple[str, ...] = ()
    #: what a new row gets where the cell is empty or the column absent, and the store must have a value
    default: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One file of the format: `name` is its file name without `.csv`."""

    name: str
    columns: tuple[Column, ...]
    required: bool = False

    @property
    def required_columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    def own_names(self, header: Iterable[str]) -> dict[str, str]:
        """Which of a header's names stand for which of our columns."""
        ours = {plain(column.name): column.name for column in self.columns}
        return {name: ours[plain(name)] for name in header if plain(name) in ours}


def plain(name: str) -> str:
    """A header's name without case, spaces and underscores, which nobody writes alike.

    >>> plain("Customer ID"), plain("customer_id")
    ('customerid', 'customerid')
    """
    return re.sub(r"[\s_]", "", name).lower()


def _id(name: str, *, required: bool = False) -> Column:
    return Column(name, Kind.ID, required, size=100)


def _time(name: str, *, required: bool = False) -> Column:
    return Column(name, Kind.TIME, required)


def _money(name: str, *, required: bool = False) -> Column:
    return Column(name, Kind.MONEY, required)


def _text(name: str, size: int | None = None) -> Column:
    return Column(name, Kind.TEXT, size=size)


def _choice(name: str, *allowed: str, default: str | None = None) -> Column:
    return Column(name, Kind.CHOICE, default is None, allowed=allowed, default=default)


ORDER_STATUSES = ("pending", "paid", "shipped", "delivered", "cancelled", "returned")
REFUND_STATUSES = ("requested", "approved", "paid", "refused")
_COUNTRY = Column("country", Kind.COUNTRY)
_LANGUAGE = Column("language", Kind.LANGUAGE, size=16)
_CURRENCY = Column("currency", Kind.CURRENCY)
_QUANTITY = Column("quantity", Kind.COUNT, required=True)

#: in the order they are read: a row may name what an earlier file brought
FILES = (
    File(
        "customers",
        (
            _id("customer_id", required=True),
            _text("name"),
            _text("email"),
            _text("phone"),
            _COUNTRY,
            _text("city", 100),
            _LANGUAGE,
            _time("signed_up_at"),
            Column("marketing_consent", Kind.FLAG),
            # checked where customers are merged: a customer without the account is better than none
            Column("telegram_id"),
        ),
        required=True,
    ),
    File(
        "addresses",
        (
            _id("customer_id", required=True),
            _choice("kind", "shipping", "billing"),
            _text("line1"),
            _text("line2"),
            _text("city"),
            _text("postcode"),
            _text("region"),
            _COUNTRY,
        ),
    ),
    File(
        "products",
        (
            _id("sku", required=True),
            _text("name", 300),
            _text("category", 100),
            _money("price"),
            _CURRENCY,
            Column("stock", Kind.COUNT),
        ),
    ),
    File(
        "orders",
        (
            _id("order_id", required=True),
            Column("customer_id", Kind.ID, size=100),
            _time("placed_at", required=True),
            _choice("status", *ORDER_STATUSES),
            Column("currency", Kind.CURRENCY, required=True),
            _money("total", required=True),
            _money("shipping"),
            _money("discount"),
            _text("payment_method", 50),
            _text("tracking_number", 100),
            _text("carrier", 100),
            _time("delivered_at"),
        ),
        required=True,
    ),
    File(
        "order_items",
        (
            _id("order_id", required=True),
            _id("sku", required=True),
            _QUANTITY,
            _money("unit_price", required=True),
        ),
    ),
    File(
        "refunds",
        (
            _id("refund_id", required=True),
            _id("order_id", required=True),
            _money("amount", required=True),
            _text("reason", 200),
            _time("created_at", required=True),
            _choice("status", *REFUND_STATUSES),
        ),
    ),
    File(
        "reviews",
        (
            _id("review_id", required=True),
            _id("customer_id"),
            _id("sku"),
            _id("order_id"),
            Column("rating", Kind.STARS, required=True),
            _text("text"),
            _LANGUAGE,
            _time("created_at", required=True),
        ),
    ),
    File(
        "tickets",
        (
            _id("ticket_id", required=True),
            _id("customer_id"),
            _id("order_id"),
            Column("kind", Kind.SLUG, required=True, size=32),
            _choice("status", "open", "pending", "snoozed", "resolved"),
            _choice("priority", "low", "normal", "high", "urgent", default="normal"),
            _text("assignee", 200),
            _text("subject"),
            _time("opened_at", required=True),
            _time("first_reply_at"),
            _time("resolved_at"),
            Column("csat", Kind.STARS),
        ),
    ),
    File("carts", (_id("customer_id", required=True), _id("sku", required=True), _QUANTITY, _time("updated_at"))),
    File(
        "visits",
        (_id("customer_id", required=True), _id("sku"), _time("at", required=True), _text("source", 50)),
    ),
)
BY_NAME = {file.name: file for file in FILES}
