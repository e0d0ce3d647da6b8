"""What a service desk needs: flows, refunds with their approvals, promises with their clocks, macros, articles."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations.versions.v0001_whole_schema import KEY, OPTIONS, SEALED

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("slug", "language", name="uq_articles_slug_language"),
        **OPTIONS,
    )
    op.create_table(
        "macros",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_macros"),
        sa.UniqueConstraint("name", "language", name="uq_macros_name_language"),
        **OPTIONS,
    )
    op.create_table(
        "customer_merges",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kept_id", KEY, nullable=False),
        sa.Column("merged_id", KEY, nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("moved_sealed", SEALED, nullable=False),
        sa.ForeignKeyConstraint(["kept_id"], ["customers.id"], name="fk_customer_merges_kept_id"),
        sa.ForeignKeyConstraint(["merged_id"], ["customers.id"], name="fk_customer_merges_merged_id"),
        sa.PrimaryKeyConstraint("id", name="pk_customer_merges"),
        **OPTIONS,
    )
    op.create_index("ix_customer_merges_kept_id", "customer_merges", ["kept_id"], unique=False)
    op.create_index("ix_customer_merges_merged_id", "customer_merges", ["merged_id"], unique=False)
    op.create_table(
        "flows",
        sa.Column("conversation_id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("answers_sealed", SEALED, nullable=False),
        sa.Column("misunderstood", sa.SmallInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_flows_conversation_id"),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_flows"),
        **OPTIONS,
    )
    op.create_table(
        "refund_claims",
        sa.Column("order_id", KEY, autoincrement=False, nullable=False),
        sa.Column("product_id", KEY, autoincrement=False, nullable=False),
        sa.Column("occurrence", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("refund_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_refund_claims_order_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_refund_claims_product_id"),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name="fk_refund_claims_refund_id"),
        sa.PrimaryKeyConstraint("order_id", "product_id", "occurrence", name="pk_refund_claims"),
        **OPTIONS,
    )
    op.create_index("ix_refund_claims_refund_id", "refund_claims", ["refund_id"], unique=False)
    op.create_table(
        "refund_decisions",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("refund_id", KEY, nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name="fk_refund_decisions_refund_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_refund_decisions_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refund_decisions"),
        sa.UniqueConstraint("refund_id", "staff_id", name="uq_refund_decisions_refund_id_staff_id"),
        **OPTIONS,
    )
    op.create_table(
        "review_aspects",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("review_id", KEY, nullable=False),
        sa.Column("aspect", sa.String(length=16), nullable=False),
        sa.Column("sentiment", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_review_aspects_review_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review_aspects"),
        sa.UniqueConstraint("review_id", "aspect", name="uq_review_aspects_review_id_aspect"),
        **OPTIONS,
    )
    op.create_table(
        "review_requests",
        sa.Column("order_id", KEY, autoincrement=False, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("review_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_review_requests_conversation_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_review_requests_order_id"),
        sa.PrimaryKeyConstraint("order_id", name="pk_review_requests"),
        **OPTIONS,
    )
    op.create_index("ix_review_requests_conversation_id", "review_requests", ["conversation_id"], unique=False)
    op.create_table(
        "composing",
        sa.Column("ticket_id", KEY, autoincrement=False, nullable=False),
        sa.Column("staff_id", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_composing_staff_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_composing_ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", "staff_id", name="pk_composing"),
        **OPTIONS,
    )
    op.create_table(
        "ticket_links",
        sa.Column("ticket_id", KEY, autoincrement=False, nullable=False),
        sa.Column("other_id", KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["tickets.id"], name="fk_ticket_links_other_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_links_ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", name="pk_ticket_links"),
        **OPTIONS,
    )
    op.create_index("ix_ticket_links_other_id", "ticket_links", ["other_id"], unique=False)
    op.create_table(
        "ticket_tags",
        sa.Column("ticket_id", KEY, autoincrement=False, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_tags_ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", "tag", name="pk_ticket_tags"),
        **OPTIONS,
    )
    op.create_index("ix_ticket_tags_tag", "ticket_tags", ["tag"], unique=False)
    op.create_table(
        "ticket_targets",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("running_since", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("met_at", sa.BigInteger(), nullable=True),
        sa.Column("dropped_at", sa.BigInteger(), nullable=True),
        sa.Column("warned_at", sa.BigInteger(), nullable=True),
        sa.Column("breached_at", sa.BigInteger(), nullable=True),
        sa.Column("escalated", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_targets_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_targets"),
        **OPTIONS,
    )
    op.create_index("ix_ticket_targets_met_at_due_at", "ticket_targets", ["met_at", "due_at"], unique=False)
    op.create_index("ix_ticket_targets_ticket_id_kind", "ticket_targets", ["ticket_id", "kind"], unique=False)
    op.create_table(
        "article_votes",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_article_votes_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_article_votes"),
        sa.UniqueConstraint("message_id", name="uq_article_votes_message_id"),
        **OPTIONS,
    )
    op.create_index("ix_article_votes_slug", "article_votes", ["slug"], unique=False)
    op.create_table(
        "errands",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("errand_sealed", SEALED, nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("waits_told", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_errands"),
        sa.UniqueConstraint("key", name="uq_errands_key"),
        **OPTIONS,
    )
    op.create_index("ix_errands_outbox_id", "errands", ["outbox_id"], unique=False)
    op.create_table(
        "recorded_errands",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("order", sa.String(length=100), nullable=False),
        sa.Column("errand_sealed", SEALED, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("receipt", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recorded_errands"),
        sa.UniqueConstraint("key", name="uq_recorded_errands_key"),
        **OPTIONS,
    )
    op.create_index("ix_recorded_errands_order", "recorded_errands", ["order"], unique=False)
    op.add_column("conversations", sa.Column("language_chosen", sa.String(length=16), nullable=True))
    op.add_column("conversations", sa.Column("muted_until", sa.BigInteger(), nullable=True))
    op.add_column("conversations", sa.Column("muted_by", sa.String(length=200), nullable=True))
    op.add_column("conversations", sa.Column("bucket", sa.Double(), nullable=True))
    op.add_column("conversations", sa.Column("bucket_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_conversations_muted_until", "conversations", ["muted_until"], unique=False)
    op.add_column("customers", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("refunds", sa.Column("kind", sa.String(length=8), nullable=True))
    op.add_column("refunds", sa.Column("ticket_id", sa.BigInteger(), nullable=True))
    op.add_column("refunds", sa.Column("requested_by", sa.String(length=200), nullable=True))
    op.add_column("refunds", sa.Column("expires_at", sa.BigInteger(), nullable=True))
    op.add_column("refunds", sa.Column("call_key", sa.String(length=64), nullable=True))
    op.create_index("ix_refunds_call_key", "refunds", ["call_key"], unique=True)
    op.create_index("ix_refunds_ticket_id", "refunds", ["ticket_id"], unique=False)
    op.add_column("reviews", sa.Column("sentiment", sa.Double(), nullable=True))
    op.add_column("reviews", sa.Column("read_at", sa.BigInteger(), nullable=True))
    op.add_column("reviews", sa.Column("ticket_id", sa.BigInteger(), nullable=True))
    op.add_column("staff", sa.Column("on_duty_since", sa.BigInteger(), nullable=True))
    op.add_column("staff", sa.Column("assigned_at", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("message_id", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("intent", sa.String(length=16), nullable=True))
    op.add_column("tickets", sa.Column("confidence", sa.Double(), nullable=True))
    op.add_column("tickets", sa.Column("team", sa.String(length=64), nullable=True))
    op.add_column("tickets", sa.Column("snoozed_until", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("csat_asked_at", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("csat_at", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("csat_comment_sealed", SEALED, nullable=True))
    op.create_index("ix_tickets_csat_at", "tickets", ["csat_at"], unique=False)
    op.create_index("ix_tickets_merged_into_id", "tickets", ["merged_into_id"], unique=False)
    op.create_index("ix_tickets_snoozed_until", "tickets", ["snoozed_until"], unique=False)
