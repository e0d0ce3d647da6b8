"""The whole schema, as the first release has it."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: SQLite gives only INTEGER primary keys an automatic value
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: MariaDB's BLOB and TEXT end at 64 KB
SEALED = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB, "mysql", "mariadb")
OPTIONS: dict[str, Any] = {
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_nopad_bin",
    "mariadb_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
}


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
        **OPTIONS,
    )
    op.create_index("ix_audit_log_subject_id", "audit_log", ["subject", "id"], unique=False)

    op.create_table(
        "customers",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("name_sealed", SEALED, nullable=True),
        sa.Column("email_sealed", SEALED, nullable=True),
        sa.Column("email_hash", sa.String(length=43), nullable=True),
        sa.Column("phone_sealed", SEALED, nullable=True),
        sa.Column("phone_hash", sa.String(length=43), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("signed_up_at", sa.BigInteger(), nullable=True),
        sa.Column("marketing_consent", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("external_id", name="uq_customers_external_id"),
        **OPTIONS,
    )
    op.create_index("ix_customers_email_hash", "customers", ["email_hash"], unique=False)
    op.create_index("ix_customers_phone_hash", "customers", ["phone_hash"], unique=False)
    op.create_index("ix_customers_signed_up_at", "customers", ["signed_up_at"], unique=False)

    op.create_table(
        "files",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("name_sealed", SEALED, nullable=False),
        sa.Column("mime", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.UniqueConstraint("source", name="uq_files_source"),
        **OPTIONS,
    )
    op.create_table(
        "inbox",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=150), nullable=False),
        sa.Column("group", sa.String(length=64), nullable=True),
        sa.Column("event_sealed", SEALED, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("error_sealed", SEALED, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "source_id", name="uq_inbox_channel_source_id"),
        **OPTIONS,
    )
    op.create_index("ix_inbox_state_id", "inbox", ["state", "id"], unique=False)

    op.create_table(
        "job_runs",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_runs"),
        sa.UniqueConstraint("job", "due", name="uq_job_runs_job_due"),
        **OPTIONS,
    )
    op.create_table(
        "keyring",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_keyring"),
        **OPTIONS,
    )
    op.create_table(
        "outbox",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.String(length=150), nullable=False),
        sa.Column("place", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("op", sa.String(length=8), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("thread", sa.String(length=64), nullable=True),
        sa.Column("inbox_id", sa.BigInteger(), nullable=True),
        sa.Column("message_sealed", SEALED, nullable=False),
        sa.Column("report", sa.Boolean(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("trace", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        **OPTIONS,
    )
    op.create_index("ix_outbox_about_id", "outbox", ["about", "id"], unique=False)
    op.create_index("ix_outbox_inbox_id", "outbox", ["inbox_id"], unique=False)
    op.create_index("ix_outbox_lane_state_id", "outbox", ["lane", "state", "id"], unique=False)
    op.create_index("ix_outbox_state_id", "outbox", ["state", "id"], unique=False)

    op.create_table(
        "posts",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("place", sa.String(length=128), nullable=False),
        sa.Column("platform_id", sa.String(length=64), nullable=False),
        sa.Column("thread", sa.String(length=64), nullable=True),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.UniqueConstraint("about", "channel", "part", name="uq_posts_about_channel_part"),
        sa.UniqueConstraint("channel", "place", "platform_id", name="uq_posts_channel_place_platform_id"),
        **OPTIONS,
    )
    op.create_index("ix_posts_outbox_id", "posts", ["outbox_id"], unique=False)

    op.create_table(
        "products",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("sku", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("category", sa.String(length=100), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("stock", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
        sa.UniqueConstraint("sku", name="uq_products_sku"),
        **OPTIONS,
    )
    op.create_index("ix_products_category", "products", ["category"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("channel", "user", name="uq_staff_channel_user"),
        **OPTIONS,
    )
    op.create_table(
        "ticket_numbers",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_numbers"),
        **OPTIONS,
        sqlite_autoincrement=True,
    )
    op.create_table(
        "addresses",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address_sealed", SEALED, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("fingerprint", sa.String(length=43), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_addresses_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_addresses"),
        sa.UniqueConstraint("customer_id", "kind", "fingerprint", name="uq_addresses_customer_id_kind_fingerprint"),
        **OPTIONS,
    )
    op.create_table(
        "carts",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_carts_customer_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_carts_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_carts"),
        sa.UniqueConstraint("customer_id", "product_id", name="uq_carts_customer_id_product_id"),
        **OPTIONS,
    )
    op.create_table(
        "consents",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_consents_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        **OPTIONS,
    )
    op.create_index("ix_consents_customer_id_kind_id", "consents", ["customer_id", "kind", "id"], unique=False)

    op.create_table(
        "customer_stats",
        sa.Column("customer_id", KEY, autoincrement=False, nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("first_order_at", sa.BigInteger(), nullable=True),
        sa.Column("last_order_at", sa.BigInteger(), nullable=True),
        sa.Column("spend_base", sa.BigInteger(), nullable=False),
        sa.Column("refunds", sa.BigInteger(), nullable=False),
        sa.Column("refunded_base", sa.BigInteger(), nullable=False),
        sa.Column("tickets", sa.BigInteger(), nullable=False),
        sa.Column("open_tickets", sa.BigInteger(), nullable=False),
        sa.Column("ratings", sa.BigInteger(), nullable=False),
        sa.Column("rating_sum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_customer_stats_customer_id"),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customer_stats"),
        **OPTIONS,
    )
    op.create_table(
        "file_parts",
        sa.Column("file_id", KEY, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data_sealed", SEALED, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_file_parts_file_id"),
        sa.PrimaryKeyConstraint("file_id", "number", name="pk_file_parts"),
        **OPTIONS,
    )
    op.create_table(
        "identities",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("name_sealed", SEALED, nullable=True),
        sa.Column("username_sealed", SEALED, nullable=True),
        sa.Column("linked_by", sa.String(length=16), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_identities_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("channel", "user", name="uq_identities_channel_user"),
        **OPTIONS,
    )
    op.create_index("ix_identities_customer_id", "identities", ["customer_id"], unique=False)

    op.create_table(
        "link_tokens",
        sa.Column("token_hash", sa.String(length=43), nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_link_tokens_customer_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_link_tokens"),
        **OPTIONS,
    )
    op.create_index("ix_link_tokens_customer_id", "link_tokens", ["customer_id"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column(
            "lookup",
            sa.String(length=100),
            sa.Computed("lower(replace(external_id, '#', ''))", persisted=True),
            nullable=True,
        ),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("total_base", sa.BigInteger(), nullable=False),
        sa.Column("shipping", sa.BigInteger(), nullable=True),
        sa.Column("discount", sa.BigInteger(), nullable=True),
        sa.Column("payment_method", sa.String(length=50), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_orders_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("external_id", name="uq_orders_external_id"),
        **OPTIONS,
    )
    op.create_index("ix_orders_customer_id_placed_at", "orders", ["customer_id", "placed_at"], unique=False)
    op.create_index("ix_orders_lookup", "orders", ["lookup"], unique=False)
    op.create_index("ix_orders_placed_at", "orders", ["placed_at"], unique=False)

    op.create_table(
        "visits",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=True),
        sa.Column("fingerprint", sa.String(length=43), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_visits_customer_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_visits_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.UniqueConstraint("fingerprint", name="uq_visits_fingerprint"),
        **OPTIONS,
    )
    op.create_index("ix_visits_customer_id_at", "visits", ["customer_id", "at"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("identity_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("blocked_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_conversations_customer_id"),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"], name="fk_conversations_identity_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("channel", "account", "chat", name="uq_conversations_channel_account_chat"),
        **OPTIONS,
    )
    op.create_index("ix_conversations_customer_id", "conversations", ["customer_id"], unique=False)
    op.create_index("ix_conversations_identity_id", "conversations", ["identity_id"], unique=False)

    op.create_table(
        "order_items",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("occurrence", sa.SmallInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_items_order_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_order_items_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_order_items"),
        sa.UniqueConstraint(
            "order_id", "product_id", "occurrence", name="uq_order_items_order_id_product_id_occurrence"
        ),
        **OPTIONS,
    )
    op.create_index("ix_order_items_product_id", "order_items", ["product_id"], unique=False)

    op.create_table(
        "refunds",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_base", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_refunds_customer_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_refunds_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refunds"),
        sa.UniqueConstraint("external_id", name="uq_refunds_external_id"),
        **OPTIONS,
    )
    op.create_index("ix_refunds_created_at", "refunds", ["created_at"], unique=False)
    op.create_index("ix_refunds_customer_id", "refunds", ["customer_id"], unique=False)
    op.create_index("ix_refunds_order_id", "refunds", ["order_id"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("product_id", KEY, nullable=True),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.Column("text_sealed", SEALED, nullable=True),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_reviews_rating")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_reviews_customer_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_reviews_order_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_reviews_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.UniqueConstraint("external_id", name="uq_reviews_external_id"),
        **OPTIONS,
    )
    op.create_index("ix_reviews_created_at", "reviews", ["created_at"], unique=False)
    op.create_index("ix_reviews_customer_id", "reviews", ["customer_id"], unique=False)
    op.create_index("ix_reviews_order_id", "reviews", ["order_id"], unique=False)
    op.create_index("ix_reviews_product_id", "reviews", ["product_id"], unique=False)

    op.create_table(
        "shipments",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("carrier", sa.String(length=100), nullable=True),
        sa.Column("tracking_number", sa.String(length=100), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_shipments_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_shipments"),
        sa.UniqueConstraint("order_id", "number", name="uq_shipments_order_id_number"),
        **OPTIONS,
    )
    op.create_index("ix_shipments_tracking_number", "shipments", ["tracking_number"], unique=False)

    op.create_table(
        "refund_items",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("refund_id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("occurrence", sa.SmallInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_refund_items_product_id"),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name="fk_refund_items_refund_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refund_items"),
        sa.UniqueConstraint(
            "refund_id", "product_id", "occurrence", name="uq_refund_items_refund_id_product_id_occurrence"
        ),
        **OPTIONS,
    )
    op.create_index("ix_refund_items_product_id", "refund_items", ["product_id"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("conversation_id", KEY, nullable=True),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("assignee", sa.String(length=200), nullable=True),
        sa.Column("assignee_id", KEY, nullable=True),
        sa.Column("subject_sealed", SEALED, nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("first_reply_at", sa.BigInteger(), nullable=True),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("csat", sa.SmallInteger(), nullable=True),
        sa.Column("follows_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name="fk_tickets_assignee_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_tickets_conversation_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_tickets_customer_id"),
        sa.ForeignKeyConstraint(["follows_id"], ["tickets.id"], name="fk_tickets_follows_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_tickets_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("external_id", name="uq_tickets_external_id"),
        **OPTIONS,
    )
    op.create_index("ix_tickets_conversation_id_id", "tickets", ["conversation_id", "id"], unique=False)
    op.create_index("ix_tickets_customer_id_opened_at", "tickets", ["customer_id", "opened_at"], unique=False)
    op.create_index("ix_tickets_order_id", "tickets", ["order_id"], unique=False)
    op.create_index("ix_tickets_resolved_at", "tickets", ["resolved_at"], unique=False)
    op.create_index("ix_tickets_status_opened_at", "tickets", ["status", "opened_at"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("inbox_id", sa.BigInteger(), nullable=True),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("author_kind", sa.String(length=8), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("body_sealed", SEALED, nullable=False),
        sa.Column("platform_id", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_messages_conversation_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_messages_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("inbox_id", name="uq_messages_inbox_id"),
        **OPTIONS,
    )
    op.create_index("ix_messages_conversation_id_id", "messages", ["conversation_id", "id"], unique=False)
    op.create_index(
        "ix_messages_conversation_id_platform_id", "messages", ["conversation_id", "platform_id"], unique=False
    )
    op.create_index("ix_messages_source", "messages", ["source"], unique=False)
    op.create_index("ix_messages_ticket_id_id", "messages", ["ticket_id", "id"], unique=False)

    op.create_table(
        "ticket_events",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_events_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_events"),
        **OPTIONS,
    )
    op.create_index("ix_ticket_events_ticket_id_id", "ticket_events", ["ticket_id", "id"], unique=False)

    op.create_table(
        "message_versions",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("body_sealed", SEALED, nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_message_versions_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message_versions"),
        **OPTIONS,
    )
    op.create_index("ix_message_versions_message_id", "message_versions", ["message_id"], unique=False)


def downgrade() -> None:
    """There is nothing before the first revision."""
