"""The tables, as SQLAlchemy models.

Conventions, the same in every table:

- Times are `Instant`: integer milliseconds since 1970 UTC in the database, aware UTC `datetime` in Python. One form on
  every engine, compared and subtracted without a dialect's date functions.
- Money is an integer number of minor units (cents) beside its ISO 4217 currency; columns named `*_base` hold the same
  amount in the shop's base currency, converted once when the row is written.
- Columns named `*_sealed` are encrypted (`crm_store.crypto`); those named `*_hash` are keyed hashes to look them up by.
- Keys of other tables without a foreign key came in a later revision: SQLite adds none to a table that stands.
- `external_id` is the shop's own id. Ids of platforms are text: they hold any 64-bit number and Slack's letters alike.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.mysql import MEDIUMBLOB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware time, rounded down."""
    return (at - EPOCH) // MILLISECOND


def from_ms(ms: int) -> datetime:
    """The aware UTC time of milliseconds since 1970."""
    return EPOCH + ms * MILLISECOND


class Instant(TypeDecorator[datetime]):
    """A moment: an aware `datetime` in Python, milliseconds since 1970 UTC in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(int(value))


#: SQLite gives only INTEGER primary keys an automatic value.
BigKey = BigInteger().with_variant(Integer, "sqlite")
#: MariaDB's BLOB ends at 64 KB, this at 16 MB.
Sealed = LargeBinary().with_variant(MEDIUMBLOB, "mysql", "mariadb")
Hash = String(43)


class Table(DeclarativeBase):
    """The root of every model."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, int: BigInteger, bytes: Sealed}  # noqa: RUF012 - SQLAlchemy's own name


#: a dialect reads only the options that begin with its own name
_ENGINE_OPTIONS = {
    "mariadb_charset": "utf8mb4",
    # "nopad": 'A' and 'A ' are two ids, as on the other engines
    "mariadb_collate": "utf8mb4_nopad_bin",
    "mariadb_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
}


def _args(*constraints: Any) -> tuple[Any, ...]:
    """Table arguments: the constraints, and on MariaDB a collation that compares ids as they are written."""
    return (*constraints, dict(_ENGINE_OPTIONS))


def _key() -> Mapped[int]:
    return mapped_column(BigKey, primary_key=True, autoincrement=True)


# --- the shop -----------------------------------------------------------------------------------------------------


class Customer(Table):
    """A person the shop knows, or one who only ever wrote (then `external_id` is empty)."""

    __tablename__ = "customers"
    #: the few who were merged; the servers' planners must not take "nobody was merged" for a choice
    __table_args__ = _args(
        Index(
            None,
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index(None, "country", "merged_into_id"),
    )

    id: Mapped[int] = _key()
    external_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    name_sealed: Mapped[bytes | None]
    email_sealed: Mapped[bytes | None]
    email_hash: Mapped[str | None] = mapped_column(Hash, index=True)
    phone_sealed: Mapped[bytes | None]
    phone_hash: Mapped[str | None] = mapped_column(Hash, index=True)
    country: Mapped[str | None] = mapped_column(String(2))
    city: Mapped[str | None] = mapped_column(String(100))
    language: Mapped[str | None] = mapped_column(String(16))
    signed_up_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    marketing_consent: Mapped[bool | None]
    created_at: Mapped[datetime]
    #: the customer that this one turned out to be
    merged_into_id: Mapped[int | None]


class CustomerMerge(Table):
    """Two customers turned out to be one person; what moved is kept, so that it can be undone."""

    __tablename__ = "customer_merges"
    __table_args__ = _args()

    id: Mapped[int] = _key()
    kept_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    #: JSON: the keys of the rows that moved, by table
    moved_sealed: Mapped[bytes]


class CustomerStats(Table):
    """One row a customer, kept by whatever changes an order, a refund, a ticket or a review (`crm_store.stats`)."""

    __tablename__ = "customer_stats"
    #: the scores' cut values (`crm_store.rfm`), and whoever bought long ago, often or for much, are found by them
    __table_args__ = _args(
        Index(None, "last_order_at", "orders"), Index(None, "orders"), Index(None, "spend_base", "orders")
    )

    customer_id: Mapped[int] = mapped_column(BigKey, ForeignKey("customers.id"), primary_key=True, autoincrement=False)
    #: orders that are not cancelled, and their totals in minor units of the base currency
    orders: Mapped[int] = mapped_column(default=0)
    first_order_at: Mapped[datetime | None]
    last_order_at: Mapped[datetime | None]
    spend_base: Mapped[int] = mapped_column(default=0)
    #: all refunds, and the sum of those approved or paid
    refunds: Mapped[int] = mapped_column(default=0)
    refunded_base: Mapped[int] = mapped_column(default=0)
    tickets: Mapped[int] = mapped_column(default=0)
    open_tickets: Mapped[int] = mapped_column(default=0)
    #: the number of ratings and the sum of their stars
    ratings: Mapped[int] = mapped_column(default=0)
    rating_sum: Mapped[int] = mapped_column(default=0)


class CustomerCategory(Table):
    """What a customer bought of a category, kept by whatever changes an order or its lines (`crm_store.goods`)."""

    __tablename__ = "customer_categories"
    #: in the order of the key: who bought of a category is read in one go
    __table_args__ = (PrimaryKeyConstraint("category", "customer_id"), _ENGINE_OPTIONS | {"sqlite_with_rowid": False})

    category: Mapped[str] = mapped_column(String(100))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    last_order_at: Mapped[datetime]
    units: Mapped[int]


class Address(Table):
    __tablename__ = "addresses"
    __table_args__ = _args(UniqueConstraint("customer_id", "kind", "fingerprint"))

    id: Mapped[int] = _key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[str] = mapped_column(String(16))
    #: JSON of line1, line2, city, postcode, region
    address_sealed: Mapped[bytes]
    country: Mapped[str | None] = mapped_column(String(2))
    #: keyed hash of the content, so that the same address is stored once
    fingerprint: Mapped[str] = mapped_column(Hash)


class Product(Table):
    __tablename__ = "products"
    __table_args__ = _args()

    id: Mapped[int] = _key()
    sku: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str | None] = mapped_column(String(300))
    category: Mapped[str | None] = mapped_column(String(100), index=True)
    #: the one that its sold lines were counted under (`crm_store.goods`)
    counted_category: Mapped[str | None] = mapped_column(String(100))
    price: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    stock: Mapped[int | None]


class Order(Table):
    __tablename__ = "orders"
    #: a customer's orders by time, and all by time, with what is counted of them: numbers are summed without reading
    #: the rows; the largest are found by their totals, and by status those that were not delivered, as most were
    __table_args__ = _args(
        Index(None, "customer_id", "placed_at", "status", "total_base"),
        Index(None, "placed_at", "status", "customer_id", "total_base"),
        Index(None, "total_base"),
        Index(
            None,
            "status",
            sqlite_where=text("status <> 'delivered'"),
            postgresql_where=text("status <> 'delivered'"),
        ),
    )

    id: Mapped[int] = _key()
    external_id: Mapped[str] = mapped_column(String(100), unique=True)
    #: the id as people type it, small and without '#'; the database keeps it
    lookup: Mapped[str | None] = mapped_column(
        String(100), Computed("lower(replace(external_id, '#', ''))", persisted=True), index=True
    )
    #: empty for a guest's order
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    placed_at: Mapped[datetime]
    #: pending, paid, shipped, delivered, cancelled, returned
    status: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[int]
    total_base: Mapped[int]
    shipping: Mapped[int | None]
    discount: Mapped[int | None]
    payment_method: Mapped[str | None] = mapped_column(String(50))


class OrderItem(Table):
    __tablename__ = "order_items"
    #: the orders of a product are told by the index alone
    __table_args__ = _args(
        UniqueConstraint("order_id", "product_id", "occurrence"), Index(None, "product_id", "order_id")
    )

    id: Mapped[int] = _key()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    #: 1 for the first line of this product in the order, 2 for the second, ...
    occurrence: Mapped[int] = mapped_column(SmallInteger, default=1)
    quantity: Mapped[int]
    unit_price: Mapped[int]


class Shipment(Table):
    __tablename__ = "shipments"
    __table_args__ = _args(UniqueConstraint("order_id", "number"))

    id: Mapped[int] = _key()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    #: 1 for an order's first parcel, 2 for the second, ...
    number: Mapped[int] = mapped_column(SmallInteger, default=1)
    carrier: Mapped[str | None] = mapped_column(String(100))
    tracking_number: Mapped[str | None] = mapped_column(String(100), index=True)
    delivered_at: Mapped[datetime | None]


class Refund(Table):
    __tablename__ = "refunds"
    __table_args__ = _args(Index(None, "call_key", unique=True))

    id: Mapped[int] = _key()
    external_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    #: empty where an export names a return without its order
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount_base: Mapped[int]
    reason: Mapped[str | None] = mapped_column(String(200))
    #: requested, approved, paid, refused, failed, expired, withdrawn
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
    #: refund (money back) or return (the goods come back first)
    kind: Mapped[str | None] = mapped_column(String(8))
    ticket_id: Mapped[int | None] = mapped_column(index=True)
    #: customer, or the staff member's name
    requested_by: Mapped[str | None] = mapped_column(String(200))
    #: until when it can be decided
    expires_at: Mapped[datetime | None]
    #: what makes a repeated call to the shop the same call
    call_key: Mapped[str | None] = mapped_column(String(64))


class RefundItem(Table):
    __tablename__ = "refund_items"
    __table_args__ = _args(UniqueConstraint("refund_id", "product_id", "occurrence"))

    id: Mapped[int] = _key()
    refund_id: Mapped[int] = mapped_column(ForeignKey("refunds.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    occurrence: Mapped[int] = mapped_column(SmallInteger, default=1)
    quantity: Mapped[int]
    unit_price: Mapped[int]


class RefundClaim(Table):
    """An order's line that an open request is about: the key lets no second one be opened."""

    __tablename__ = "refund_claims"
    __table_args__ = _args()

    order_id: Mapped[int] = mapped_column(BigKey, ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(BigKey, ForeignKey("products.id"), primary_key=True, autoincrement=False)
    occurrence: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refunds.id"), index=True)


class RefundDecision(Table):
    """Who said what about a refund; above a limit it takes two."""

    __tablename__ = "refund_decisions"
    __table_args__ = _args(UniqueConstraint("refund_id", "staff_id"))

    id: Mapped[int] = _key()
    refund_id: Mapped[int] = mapped_column(ForeignKey("refunds.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    #: approve, refuse
    verdict: Mapped[str] = mapped_column(String(8))
    #: minor units of the refund's currency
    amount: Mapped[int]
    at: Mapped[datetime]


class Review(Table):
    __tablename__ = "reviews"
    __table_args__ = _args(CheckConstraint("rating BETWEEN 1 AND 5", name="rating"))

    id: Mapped[int] = _key()
    external_id: Mapped[str] = mapped_column(String(100), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    rating: Mapped[int] = mapped_column(SmallInteger)
    text_sealed: Mapped[bytes | None]
    language: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
    #: -1 (bad) to 1 (good), once its words were read
    sentiment: Mapped[float | None] = mapped_column(Double)
    #: when its words were read, and the ticket that came of it
    read_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    ticket_id: Mapped[int | None]


class ReviewAspect(Table):
    """What a review says of one aspect of the goods or the shop."""

    __tablename__ = "review_aspects"
    __table_args__ = _args(UniqueConstraint("review_id", "aspect"))

    id: Mapped[int] = _key()
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    #: one of nlp.meaning's
    aspect: Mapped[str] = mapped_column(String(16))
    sentiment: Mapped[float] = mapped_column(Double)


class ReviewRequest(Table):
    """A customer was asked for a review of a delivered order; once an order."""

    __tablename__ = "review_requests"
    __table_args__ = _args()

    order_id: Mapped[int] = mapped_column(BigKey, ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    asked_at: Mapped[datetime]
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    review_id: Mapped[int | None]


class CartItem(Table):
    __tablename__ = "carts"
    __table_args__ = _args(UniqueConstraint("customer_id", "product_id"))

    id: Mapped[int] = _key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[int]
    updated_at: Mapped[datetime | None]


class Visit(Table):
    __tablename__ = "visits"
    __table_args__ = _args(Index(None, "customer_id", "at"))

    id: Mapped[int] = _key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    at: Mapped[datetime]
    source: Mapped[str | None] = mapped_column(String(50))
    #: hash of the row and of how often it occurred before, so that an import twice is the same as once
    fingerprint: Mapped[str] = mapped_column(Hash, unique=True)


# --- people and what they say -------------------------------------------------------------------------------------


class Identity(Table):
    """A person's account on a channel; a customer may have several."""

    __tablename__ = "identities"
    __table_args__ = _args(UniqueConstraint("channel", "user"))

    id: Mapped[int] = _key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    user: Mapped[str] = mapped_column(String(64))
    #: the name the person goes by on the channel, and the @name
    name_sealed: Mapped[bytes | None]
    username_sealed: Mapped[bytes | None]
    #: how it came to belong to the customer: chat, import, link, phone, order, staff
    linked_by: Mapped[str] = mapped_column(String(16))
    linked_at: Mapped[datetime]


class LinkToken(Table):
    """A one-time deep link by which a customer of the shop joins a chat to the account."""

    __tablename__ = "link_tokens"
    __table_args__ = _args()

    token_hash: Mapped[str] = mapped_column(Hash, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Conversation(Table):
    """One chat between a customer and the shop on one channel."""

    __tablename__ = "conversations"
    __table_args__ = _args(UniqueConstraint("channel", "account", "chat"))

    id: Mapped[int] = _key()
    channel: Mapped[str] = mapped_column(String(16))
    #: the bot's own id, where a shop has several
    account: Mapped[str] = mapped_column(String(64))
    chat: Mapped[str] = mapped_column(String(64))
    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    #: what the customer is answered in
    language: Mapped[str | None] = mapped_column(String(16))
    #: since when the customer does not receive (blocked the bot)
    blocked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    #: ISO 639-1 of what the customer's messages are in, as far as they show it
    writes_in: Mapped[str | None] = mapped_column(String(16))
    #: the language the customer chose by /language; empty: that of their messages
    language_chosen: Mapped[str | None] = mapped_column(String(16))
    #: until when the customer is not heard, and who said so (the desk itself, or a staff member's name)
    muted_until: Mapped[datetime | None] = mapped_column(Instant, index=True)
    muted_by: Mapped[str | None] = mapped_column(String(200))
    #: the last message before that
    muted_after: Mapped[int | None]
    #: the token bucket that a flood empties: what was left in it, and when
    bucket: Mapped[float | None] = mapped_column(Double)
    bucket_at: Mapped[datetime | None]


class Flow(Table):
    """What a customer is in the middle of: one thing at a time in a conversation."""

    __tablename__ = "flows"
    __table_args__ = _args()

    conversation_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("conversations.id"), primary_key=True, autoincrement=False
    )
    #: the feature, and the question that was asked last
    name: Mapped[str] = mapped_column(String(32))
    step: Mapped[str] = mapped_column(String(32))
    #: JSON of what was answered so far
    answers_sealed: Mapped[bytes]
    #: answers in a row that were not understood
    misunderstood: Mapped[int] = mapped_column(SmallInteger, default=0)
    updated_at: Mapped[datetime]


class ChatMessage(Table):
    """Something said in a conversation or beside it (a note), in either direction."""

    __tablename__ = "messages"
    __table_args__ = _args(
        Index(None, "conversation_id", "id"),
        Index(None, "ticket_id", "id"),
        Index(None, "conversation_id", "platform_id"),
    )

    id: Mapped[int] = _key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    #: the inbox row it came with; empty for what the desk says of itself
    inbox_id: Mapped[int | None] = mapped_column(unique=True)
    #: in (from the customer), out (to the customer), note (among staff)
    direction: Mapped[str] = mapped_column(String(4))
    #: customer, staff, bot
    author_kind: Mapped[str] = mapped_column(String(8))
    author_id: Mapped[int | None]
    #: JSON of the text and the files
    body_sealed: Mapped[bytes]
    #: the customer's platform's own id of it, once known
    platform_id: Mapped[str | None] = mapped_column(String(64))
    #: where staff typed it: `channel/place/ts`, so that their edit finds it
    source: Mapped[str | None] = mapped_column(String(200), index=True)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class MessageVersion(Table):
    """What a message said before an edit."""

    __tablename__ = "message_versions"
    __table_args__ = _args()

    id: Mapped[int] = _key()
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    body_sealed: Mapped[bytes]
    replaced_at: Mapped[datetime]


class Consent(Table):
    """What a person agreed to or refused, with the version of the words shown."""

    __tablename__ = "consents"
    __table_args__ = _args(Index(None, "customer_id", "kind", "id"))

    id: Mapped[int] = _key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    #: broadcast, training, ...
    kind: Mapped[str] = mapped_column(String(16))
    given: Mapped[bool]
    version: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(16))


class Correction(Table):
    """What staff say a message means, where the reader said otherwise: an example to learn from, with consent."""

    __tablename__ = "corrections"
    __table_args__ = _args(UniqueConstraint("message_id"))

    id: Mapped[int] = _key()
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    #: one of nlp.meaning's
    intent: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


# --- the desk -----------------------------------------------------------------------------------------------------


class Staff(Table):
    __tablename__ = "staff"
    __table_args__ = _args(UniqueConstraint("channel", "user"))

    id: Mapped[int] = _key()
    channel: Mapped[str] = mapped_column(String(16))
    user: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    #: agent, manager, reader
    role: Mapped[str] = mapped_column(String(16), default="agent")
    created_at: Mapped[datetime]
    #: since when the person is on duty; empty: off duty
    on_duty_since: Mapped[datetime | None]
    #: when a ticket was last given to them in turn
    assigned_at: Mapped[datetime | None]


class Composing(Table):
    """Who has a ticket's reply form open."""

    __tablename__ = "composing"
    __table_args__ = _args()

    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class Macro(Table):
    """A reply that staff keep for use again, with variables such as `{customer.first_name}`."""

    __tablename__ = "macros"
    __table_args__ = _args(UniqueConstraint("name", "language"))

    id: Mapped[int] = _key()
    name: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class Article(Table):
    """A knowledge article that staff made of a reply; those of the shop's files are not kept here."""

    __tablename__ = "articles"
    __table_args__ = _args(UniqueConstraint("slug", "language"))

    id: Mapped[int] = _key()
    slug: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class ArticleVote(Table):
    """Whether an article helped a customer."""

    __tablename__ = "article_votes"
    __table_args__ = _args(UniqueConstraint("message_id"))

    id: Mapped[int] = _key()
    slug: Mapped[str] = mapped_column(String(100), index=True)
    language: Mapped[str] = mapped_column(String(16))
    #: the customer's question
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    helped: Mapped[bool | None]
    at: Mapped[datetime]


class TicketNumber(Table):
    """Where ticket numbers come from: a row is inserted, its key is the number. Gaps are possible, repeats are not."""

    __tablename__ = "ticket_numbers"
    __table_args__ = ({**_ENGINE_OPTIONS, "sqlite_autoincrement": True},)

    id: Mapped[int] = _key()
    at: Mapped[datetime]


class Ticket(Table):
    __tablename__ = "tickets"
    __table_args__ = _args(
        Index(None, "status", "opened_at"),
        Index(None, "conversation_id", "id"),
        Index(None, "customer_id", "opened_at"),
    )

    #: a `TicketNumber`
    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    external_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    #: empty for an imported ticket
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    #: an intent: refund, complaint, order_status, question, ...
    kind: Mapped[str] = mapped_column(String(32))
    #: open, pending, snoozed, resolved
    status: Mapped[str] = mapped_column(String(16))
    #: low, normal, high, urgent
    priority: Mapped[str] = mapped_column(String(8))
    #: the staff member's name: imported tickets name people who have no account here
    assignee: Mapped[str | None] = mapped_column(String(200))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    subject_sealed: Mapped[bytes | None]
    opened_at: Mapped[datetime]
    first_reply_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    #: since when the customer waits for an answer; empty when staff spoke last
    waiting_since: Mapped[datetime | None]
    csat: Mapped[int | None] = mapped_column(SmallInteger)
    #: the earlier ticket of the same conversation that this one follows
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    #: the customer's message it was opened for, what it was read as and how surely (0..1)
    message_id: Mapped[int | None]
    intent: Mapped[str | None] = mapped_column(String(16))
    confidence: Mapped[float | None] = mapped_column(Double)
    #: who answers tickets of its kind
    team: Mapped[str | None] = mapped_column(String(64))
    #: when a snoozed ticket wakes up; empty: with the customer's answer
    snoozed_until: Mapped[datetime | None] = mapped_column(Instant, index=True)
    #: the ticket that this one became a part of
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    #: when the customer was asked how it went, and what they said beside the mark
    csat_asked_at: Mapped[datetime | None]
    csat_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    csat_comment_sealed: Mapped[bytes | None]


class TicketTag(Table):
    __tablename__ = "ticket_tags"
    __table_args__ = _args()

    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"), primary_key=True, autoincrement=False)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class TicketLink(Table):
    """Two tickets that have to do with each other; the lower number comes first."""

    __tablename__ = "ticket_links"
    __table_args__ = _args()

    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"), primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("tickets.id"), primary_key=True, autoincrement=False, index=True
    )
    #: related, split
    kind: Mapped[str] = mapped_column(String(8))


class TicketTarget(Table):
    """A promise about a ticket with its clock, in business time: first reply, next reply, resolution."""

    __tablename__ = "ticket_targets"
    __table_args__ = _args(Index(None, "ticket_id", "kind"), Index(None, "met_at", "due_at"))

    id: Mapped[int] = _key()
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    #: first_reply, next_reply, resolution; promise: what the customer was told, due_at alone
    kind: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime]
    #: what is promised, and what of it was used before `running_since`, in milliseconds of business time
    target: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    #: since when the clock runs, and when the promise breaks if it goes on; both empty while it stands still
    running_since: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    #: when it was kept (or late, after `breached_at`) or fell away
    met_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    #: who was told of the breach so far: 1 the assignee, 2 the channel, 3 the manager
    escalated: Mapped[int] = mapped_column(SmallInteger, default=0)


class TicketEvent(Table):
    """A line of a ticket's timeline."""

    __tablename__ = "ticket_events"
    __table_args__ = _args(Index(None, "ticket_id", "id"))

    id: Mapped[int] = _key()
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    at: Mapped[datetime]
    #: customer, bot, clock, or a staff member's name
    actor: Mapped[str] = mapped_column(String(200))
    #: opened, claimed, replied, noted, resolved, reopened, edited, blocked, failed, ...
    kind: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str | None] = mapped_column(String(500))


# --- what is thought of customers ----------------------------------------------------------------------------------


class CustomerScore(Table):
    """What is thought of a customer (`jobs.rfm`, `churn`, `propensity`, `value`): one row each, as last computed."""

    __tablename__ = "customer_scores"
    __table_args__ = _args(Index(None, "segment"))

    customer_id: Mapped[int] = mapped_column(BigKey, ForeignKey("customers.id"), primary_key=True, autoincrement=False)
    #: scores and segment are empty for who never bought
    recency: Mapped[int | None] = mapped_column(SmallInteger)
    frequency: Mapped[int | None] = mapped_column(SmallInteger)
    monetary: Mapped[int | None] = mapped_column(SmallInteger)
    segment: Mapped[str | None] = mapped_column(String(20))
    #: the chance, 0 to 1, that a buyer places no order in the next 90 days
    churn_risk: Mapped[float | None] = mapped_column(Double)
    churn_as_of: Mapped[datetime | None]
    #: JSON: the strongest reasons, each a code with its numbers
    churn_reasons: Mapped[str | None] = mapped_column(Text)
    #: the chance, 0 to 1, that at least one order is placed in the next 30 days
    propensity: Mapped[float | None] = mapped_column(Double)
    propensity_as_of: Mapped[datetime | None]
    propensity_reasons: Mapped[str | None] = mapped_column(Text)
    #: expected spend in the next 12 months, and what of it is expected to be lost; minor units of the base currency
    value_base: Mapped[int | None]
    loss_base: Mapped[int | None]
    value_as_of: Mapped[datetime | None]
    value_reasons: Mapped[str | None] = mapped_column(Text)


class RfmScale(Table):
    """When everybody's recency, frequency and monetary scores were computed last, and the averages of then: one row."""

    __tablename__ = "rfm_scales"
    __table_args__ = _args()

    as_of: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    buyers: Mapped[int]
    #: of all buyers: milliseconds since the last order, orders, spend in minor units of the base currency
    mean_age: Mapped[float] = mapped_column(Double)
    mean_orders: Mapped[float] = mapped_column(Double)
    mean_spend: Mapped[float] = mapped_column(Double)


class SegmentMove(Table):
    """A customer came into another segment; kept for movements, as a copy of all scores a day would fill the store."""

    __tablename__ = "segment_moves"
    __table_args__ = _args(Index(None, "at", "customer_id"))

    id: Mapped[int] = _key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    #: what "now" was when it was found
    at: Mapped[datetime]
    #: empty before the first order
    from_segment: Mapped[str | None] = mapped_column(String(20))
    to_segment: Mapped[str | None] = mapped_column(String(20))


class SegmentDay(Table):
    """How many customers a segment had when it was computed, and what they had spent by then."""

    __tablename__ = "segment_days"
    __table_args__ = _args()

    at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    segment: Mapped[str] = mapped_column(String(20), primary_key=True)
    customers: Mapped[int]
    spend_base: Mapped[int]


class FittedModel(Table):
    """A model of customers that was fitted to the store, with its card."""

    __tablename__ = "fitted_models"
    __table_args__ = _args(Index(None, "kind", "id"))

    id: Mapped[int] = _key()
    #: churn, propensity, value, recommend
    kind: Mapped[str] = mapped_column(String(16))
    #: nothing later than this was looked at
    as_of: Mapped[datetime]
    fitted_at: Mapped[datetime]
    #: what serves: boosting, logistic, blend, bg_nbd, rule, ...; none: it was worse than the rule and is off
    method: Mapped[str] = mapped_column(String(32))
    #: JSON: the data and dates used and what was measured
    card: Mapped[str] = mapped_column(Text)
    #: the model itself; empty where nothing serves
    data: Mapped[bytes | None]


class Recommendation(Table):
    """A product that a customer is likely to buy next; rank 1 is the likeliest."""

    __tablename__ = "recommendations"
    __table_args__ = _args()

    customer_id: Mapped[int] = mapped_column(BigKey, ForeignKey("customers.id"), primary_key=True, autoincrement=False)
    rank: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    score: Mapped[float] = mapped_column(Double)
    as_of: Mapped[datetime]


class ChurnListing(Table):
    """A line of a churn digest, kept to say later how the list turned out."""

    __tablename__ = "churn_listings"
    __table_args__ = _args()

    #: when the digest was due
    at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    rank: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    churn_risk: Mapped[float] = mapped_column(Double)
    value_base: Mapped[int]
    loss_base: Mapped[int]


class ChurnWatch(Table):
    """What staff do about a customer who may be lost."""

    __tablename__ = "churn_watches"
    __table_args__ = _args()

    customer_id: Mapped[int] = mapped_column(BigKey, ForeignKey("customers.id"), primary_key=True, autoincrement=False)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    #: until then the customer is left out of the digest
    snoozed_until: Mapped[datetime | None]
    #: who did it last, and when
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class DigestPlan(Table):
    """Where and when staff want a digest, in place of what is configured."""

    __tablename__ = "digest_plans"
    __table_args__ = _args()

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: five cron fields in the shop's time zone; empty: off
    cron: Mapped[str] = mapped_column(String(100))
    #: a channel's name or id; empty: the digests' channel
    room: Mapped[str] = mapped_column(String(128))
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


# --- in, out, by the clock ----------------------------------------------------------------------------------------


class InboxRow(Table):
    """An event as it came, stored before it is acknowledged."""

    __tablename__ = "inbox"
    __table_args__ = _args(UniqueConstraint("channel", "source_id"), Index(None, "state", "id"))

    id: Mapped[int] = _key()
    #: telegram, slack, console, api, clock, delivery, doctor
    channel: Mapped[str] = mapped_column(String(16))
    #: the platform's own id of the event: a repetition meets the unique key
    source_id: Mapped[str] = mapped_column(String(200))
    #: rows of one lane are worked in order, one at a time
    lane: Mapped[str] = mapped_column(String(150))
    #: parts of one album share it and become one event
    group: Mapped[str | None] = mapped_column(String(64))
    event_sealed: Mapped[bytes]
    received_at: Mapped[datetime]
    #: new, done, failed, discarded
    state: Mapped[str] = mapped_column(String(10), default="new")
    done_at: Mapped[datetime | None]
    error_sealed: Mapped[bytes | None]


class OutboxRow(Table):
    """One call to a platform, to be made after the commit that decided it."""

    __tablename__ = "outbox"
    __table_args__ = _args(Index(None, "state", "id"), Index(None, "about", "id"), Index(None, "lane", "state", "id"))

    id: Mapped[int] = _key()
    channel: Mapped[str] = mapped_column(String(16))
    #: rows of one lane leave in order
    lane: Mapped[str] = mapped_column(String(150))
    #: where to: a chat or a channel of the platform
    place: Mapped[str] = mapped_column(String(128))
    #: the bot or the workspace it leaves by
    account: Mapped[str] = mapped_column(String(64), default="")
    #: post, edit, delete, file, whisper, home, errand
    op: Mapped[str] = mapped_column(String(8))
    #: what it shows (`card:12`, `said:55`, `reply:56`): an edit finds the post by it
    about: Mapped[str | None] = mapped_column(String(64))
    #: the post whose thread it belongs in, by its `about`
    thread: Mapped[str | None] = mapped_column(String(64))
    #: the inbox row that caused it
    inbox_id: Mapped[int | None] = mapped_column(index=True)
    message_sealed: Mapped[bytes]
    #: whether the desk wants to be told of the outcome
    report: Mapped[bool] = mapped_column(default=False)
    not_before: Mapped[datetime]
    #: queued, sending, sent, failed, maybe (sent or not: unknown), cancelled
    state: Mapped[str] = mapped_column(String(10), default="queued")
    #: how many may have arrived
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(String(500))
    #: something the platform said that tells later whether the call arrived (a file's id)
    trace: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    #: when the last attempt began
    tried_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class Post(Table):
    """Where something stands on a platform: a ticket's card, a message's copy, a reply's status line."""

    __tablename__ = "posts"
    __table_args__ = _args(
        UniqueConstraint("about", "channel", "part"), UniqueConstraint("channel", "place", "platform_id")
    )

    id: Mapped[int] = _key()
    about: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    #: a message too long for one post has several
    part: Mapped[int] = mapped_column(SmallInteger, default=1)
    place: Mapped[str] = mapped_column(String(128))
    platform_id: Mapped[str] = mapped_column(String(64))
    #: the platform id of the thread it stands in
    thread: Mapped[str | None] = mapped_column(String(64))
    #: the outbox row that holds what it shows now
    outbox_id: Mapped[int] = mapped_column(index=True)
    deleted_at: Mapped[datetime | None]


class ErrandRow(Table):
    """Something the shop's back office is to do: the key lets no second one be queued."""

    __tablename__ = "errands"
    __table_args__ = _args()

    id: Mapped[int] = _key()
    key: Mapped[str] = mapped_column(String(64), unique=True)
    errand_sealed: Mapped[bytes]
    #: the call that carries it
    outbox_id: Mapped[int] = mapped_column(index=True)
    #: where its result is told
    conversation_id: Mapped[int | None]
    ticket_id: Mapped[int | None]
    #: queued, done, refused, unknown
    state: Mapped[str] = mapped_column(String(8))
    #: how often the desk was told that it waits
    waits_told: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class RecordedErrand(Table):
    """What the recorded shop (`bot.backoffice.recorded`) was asked for, and what it answered."""

    __tablename__ = "recorded_errands"
    __table_args__ = _args()

    id: Mapped[int] = _key()
    key: Mapped[str] = mapped_column(String(64), unique=True)
    #: the shop's own number of the order
    order: Mapped[str] = mapped_column(String(100), index=True)
    errand_sealed: Mapped[bytes]
    #: done, refused
    state: Mapped[str] = mapped_column(String(8))
    receipt: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(String(500))
    #: money that went back, in minor units of the order's currency
    amount: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]


class JobRun(Table):
    """A job's slot: it is taken once, however many processes are up."""

    __tablename__ = "job_runs"
    __table_args__ = _args(UniqueConstraint("job", "due"))

    id: Mapped[int] = _key()
    job: Mapped[str] = mapped_column(String(64))
    due: Mapped[datetime]
    taken_at: Mapped[datetime]


class AskedQuestion(Table):
    """A question that staff asked: what a follow-up changes, and what the buttons of its answer are about."""

    __tablename__ = "asked_questions"
    __table_args__ = _args(Index(None, "thread", "id"))

    #: the inbox row it came with
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: what belongs together: `channel/place/thread`, or `channel/user` of whoever asked by a command
    thread: Mapped[str] = mapped_column(String(255))
    #: who asked, by the platform's id
    user: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
    #: typed, as JSON (`crm_store.question.grammar`); empty where it was asked back
    question: Mapped[str | None] = mapped_column(Text)
    #: as JSON: what was said, from the question that stands alone to the last that changed it
    words: Mapped[str] = mapped_column(Text)
    #: as JSON: questions that can be asked instead
    suggestions: Mapped[str] = mapped_column(Text)
    is_chinese: Mapped[bool]
    #: whether a language model read it so, and nobody has confirmed it
    is_proposed: Mapped[bool]


class SavedSegment(Table):
    """Customers that a question finds, under a name: who belongs to it is asked anew each time."""

    __tablename__ = "saved_segments"
    __table_args__ = _args()

    #: in small letters
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: as JSON: who belongs to it (`saved_segments.encode`)
    words: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class SegmentSize(Table):
    """How many customers a saved segment had when it was counted."""

    __tablename__ = "segment_sizes"
    __table_args__ = _args()

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    customers: Mapped[int]


class QuestionSchedule(Table):
    """A question that is asked anew by the clock, its answer posted where others read it."""

    __tablename__ = "question_schedules"
    __table_args__ = _args()

    id: Mapped[int] = _key()
    #: as JSON: what was said, as of `AskedQuestion.words`
    words: Mapped[str] = mapped_column(Text)
    is_chinese: Mapped[bool]
    #: five cron fields in the shop's time zone
    cron: Mapped[str] = mapped_column(String(100))
    #: a channel's name or id; empty: the digests' channel
    room: Mapped[str] = mapped_column(String(128))
    #: who planned it last, and when
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    #: when it was last answered, and the number, where it was one
    answered_at: Mapped[datetime | None]
    value: Mapped[float | None] = mapped_column(Double)
    #: since when it has no answer, as was said once
    failing_since: Mapped[datetime | None]


class AuditEntry(Table):
    """Who did or looked at what."""

    __tablename__ = "audit_log"
    __table_args__ = _args(Index(None, "subject", "id"))

    id: Mapped[int] = _key()
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(64))
    #: what it was done to: `ticket:12`, `customer:7`, `outbox:99`
    subject: Mapped[str] = mapped_column(String(100))
    detail: Mapped[str | None] = mapped_column(String(500))


class StoredFile(Table):
    """A file that went through the desk; its bytes are in `file_parts`."""

    __tablename__ = "files"
    __table_args__ = _args()

    id: Mapped[int] = _key()
    #: where it came from: `channel/its id there`
    source: Mapped[str] = mapped_column(String(255), unique=True)
    name_sealed: Mapped[bytes]
    mime: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    created_at: Mapped[datetime]


class FilePart(Table):
    """A megabyte of a file: small enough for every engine's packet."""

    __tablename__ = "file_parts"
    __table_args__ = _args()

    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    data_sealed: Mapped[bytes]


class KeyRow(Table):
    """A data key, wrapped by the key that is kept outside the database (`crm_store.crypto`)."""

    __tablename__ = "keyring"
    __table_args__ = _args()

    id: Mapped[int] = _key()
    #: seal (encrypts; the newest is used) or hash (looks up; only one, for life)
    purpose: Mapped[str] = mapped_column(String(8))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
