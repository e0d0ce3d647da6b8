"""Orders that were not delivered are found by their status."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    undelivered = sa.text("status <> 'delivered'")
    op.create_index("ix_orders_status", "orders", ["status"], sqlite_where=undelivered, postgresql_where=undelivered)
