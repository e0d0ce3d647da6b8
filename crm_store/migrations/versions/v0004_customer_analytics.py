"""What is thought of customers: scores, segments, fitted models, recommendations; digests' plans, staff's questions."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations.versions.v0001_whole_schema import KEY, OPTIONS, SEALED

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asked_questions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread", sa.String(length=255), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("suggestions", sa.Text(), nullable=False),
        sa.Column("is_chinese", sa.Boolean(), nullable=False),
        sa.Column("is_proposed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_asked_questions"),
        **OPTIONS,
    )
    op.create_index("ix_asked_questions_thread_id", "asked_questions", ["thread", "id"], unique=False)
    op.create_index("ix_asked_questions_at", "asked_questions", ["at"], unique=False)
    op.create_table(
        "saved_segments",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_saved_segments"),
        **OPTIONS,
    )
    op.create_table(
        "segment_sizes",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "at", name="pk_segment_sizes"),
        **OPTIONS,
    )
    op.create_table(
        "question_schedules",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("is_chinese", sa.Boolean(), nullable=False),
        sa.Column("cron", sa.String(length=100), nullable=False),
        sa.Column("room", sa.String(length=128), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_question_schedules"),
        **OPTIONS,
    )
    op.create_table(
        "digest_plans",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("cron", sa.String(length=100), nullable=False),
        sa.Column("room", sa.String(length=128), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_digest_plans"),
        **OPTIONS,
    )
    op.create_table(
        "fitted_models",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("fitted_at", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("data", SEALED, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_fitted_models"),
        **OPTIONS,
    )
    op.create_index("ix_fitted_models_kind_id", "fitted_models", ["kind", "id"], unique=False)
    op.create_table(
        "segment_days",
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.String(length=20), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("spend_base", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("at", "segment", name="pk_segment_days"),
        **OPTIONS,
    )
    op.create_table(
        "churn_listings",
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("churn_risk", sa.Double(), nullable=False),
        sa.Column("value_base", sa.BigInteger(), nullable=False),
        sa.Column("loss_base", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_churn_listings_customer_id"),
        sa.PrimaryKeyConstraint("at", "rank", name="pk_churn_listings"),
        **OPTIONS,
    )
    op.create_index("ix_churn_listings_customer_id", "churn_listings", ["customer_id"], unique=False)
    op.create_table(
        "churn_watches",
        sa.Column("customer_id", KEY, autoincrement=False, nullable=False),
        sa.Column("assignee_id", KEY, nullable=True),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name="fk_churn_watches_assignee_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_churn_watches_customer_id"),
        sa.PrimaryKeyConstraint("customer_id", name="pk_churn_watches"),
        **OPTIONS,
    )
    op.create_table(
        "customer_scores",
        sa.Column("customer_id", KEY, autoincrement=False, nullable=False),
        sa.Column("rfm_as_of", sa.BigInteger(), nullable=True),
        sa.Column("recency", sa.SmallInteger(), nullable=True),
        sa.Column("frequency", sa.SmallInteger(), nullable=True),
        sa.Column("monetary", sa.SmallInteger(), nullable=True),
        sa.Column("segment", sa.String(length=20), nullable=True),
        sa.Column("recency_ratio", sa.Double(), nullable=True),
        sa.Column("frequency_ratio", sa.Double(), nullable=True),
        sa.Column("monetary_ratio", sa.Double(), nullable=True),
        sa.Column("churn_risk", sa.Double(), nullable=True),
        sa.Column("churn_as_of", sa.BigInteger(), nullable=True),
        sa.Column("churn_reasons", sa.Text(), nullable=True),
        sa.Column("propensity", sa.Double(), nullable=True),
        sa.Column("propensity_as_of", sa.BigInteger(), nullable=True),
        sa.Column("propensity_reasons", sa.Text(), nullable=True),
        sa.Column("value_base", sa.BigInteger(), nullable=True),
        sa.Column("loss_base", sa.BigInteger(), nullable=True),
        sa.Column("value_as_of", sa.BigInteger(), nullable=True),
        sa.Column("value_reasons", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_customer_scores_customer_id"),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customer_scores"),
        **OPTIONS,
    )
    op.create_table(
        "recommendations",
        sa.Column("customer_id", KEY, autoincrement=False, nullable=False),
        sa.Column("rank", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_recommendations_customer_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_recommendations_product_id"),
        sa.PrimaryKeyConstraint("customer_id", "rank", name="pk_recommendations"),
        **OPTIONS,
    )
    op.create_table(
        "segment_moves",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("from_segment", sa.String(length=20), nullable=True),
        sa.Column("to_segment", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_segment_moves_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_segment_moves"),
        **OPTIONS,
    )
    op.create_index("ix_segment_moves_at_customer_id", "segment_moves", ["at", "customer_id"], unique=False)
    op.create_index("ix_segment_moves_customer_id", "segment_moves", ["customer_id"], unique=False)
    merged = sa.text("merged_into_id IS NOT NULL")
    op.create_index(
        "ix_customers_merged_into_id", "customers", ["merged_into_id"], sqlite_where=merged, postgresql_where=merged
    )
    for columns in (["last_order_at", "orders"], ["orders"], ["spend_base", "orders"]):
        op.create_index(f"ix_customer_stats_{'_'.join(columns)}", "customer_stats", columns, unique=False)
    # in this order: MariaDB needs an index for the reference at any time
    counted = ["customer_id", "placed_at", "status", "total_base"]
    op.create_index("ix_orders_customer_id_placed_at_status_total_base", "orders", counted, unique=False)
    op.drop_index("ix_orders_customer_id_placed_at", table_name="orders")
    counted = ["placed_at", "status", "customer_id", "total_base"]
    op.create_index("ix_orders_placed_at_status_customer_id_total_base", "orders", counted, unique=False)
    op.drop_index("ix_orders_placed_at", table_name="orders")
    op.create_index("ix_orders_total_base", "orders", ["total_base"], unique=False)
    op.create_index("ix_order_items_product_id_order_id", "order_items", ["product_id", "order_id"], unique=False)
    op.drop_index("ix_order_items_product_id", table_name="order_items")
