"""What customers bought of each category is kept; ratios of scores are told from one row of averages."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations.versions.v0001_whole_schema import KEY, OPTIONS

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rfm_scales",
        sa.Column("as_of", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("buyers", sa.BigInteger(), nullable=False),
        sa.Column("mean_age", sa.Double(), nullable=False),
        sa.Column("mean_orders", sa.Double(), nullable=False),
        sa.Column("mean_spend", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("as_of", name="pk_rfm_scales"),
        **OPTIONS,
    )
    for name in ("recency_ratio", "frequency_ratio", "monetary_ratio", "rfm_as_of"):
        op.drop_column("customer_scores", name)
    op.create_index("ix_customers_country_merged_into_id", "customers", ["country", "merged_into_id"], unique=False)
    op.create_index("ix_customer_scores_segment", "customer_scores", ["segment"], unique=False)
    op.create_table(
        "customer_categories",
        sa.Column("category", sa.String(length=100), nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("last_order_at", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_customer_categories_customer_id"),
        sa.PrimaryKeyConstraint("category", "customer_id", name="pk_customer_categories"),
        sqlite_with_rowid=False,
        **OPTIONS,
    )
    op.create_index("ix_customer_categories_customer_id", "customer_categories", ["customer_id"], unique=False)
    op.add_column("products", sa.Column("counted_category", sa.String(length=100), nullable=True))
    op.execute(_WHAT_WAS_BOUGHT)
    op.execute("UPDATE products SET counted_category = category")


_WHAT_WAS_BOUGHT = """
    INSERT INTO customer_categories (category, customer_id, last_order_at, units)
    SELECT products.category, orders.customer_id, max(orders.placed_at), sum(order_items.quantity)
    FROM orders
    JOIN order_items ON order_items.order_id = orders.id
    JOIN products ON products.id = order_items.product_id
    WHERE orders.customer_id IS NOT NULL AND orders.status <> 'cancelled' AND products.category IS NOT NULL
    GROUP BY orders.customer_id, products.category
"""
