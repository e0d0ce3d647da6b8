"""Ratios to the average are told from the averages; when everybody was scored is one row, not one a customer."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations.versions.v0001_whole_schema import OPTIONS

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
