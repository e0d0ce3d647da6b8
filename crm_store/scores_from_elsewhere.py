"""Scores that were computed elsewhere, brought into the store: the same statements write them as write its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    SmallInteger,
    String,
    Table,
    func,
    insert,
    select,
)

from crm_store import rfm
from crm_store.rfm import Stretch, Written
from crm_store.schema import Customer

_ROWS = Table(
    "scores_from_elsewhere",
    MetaData(),
    Column("customer_id", BigInteger, primary_key=True, autoincrement=False),
    Column("spend_base", BigInteger),
    Column("recency", SmallInteger),
    Column("frequency", SmallInteger),
    Column("monetary", SmallInteger),
    Column("segment", String(20)),
    prefixes=["TEMPORARY"],
    mariadb_charset="utf8mb4",
    mariadb_collate="utf8mb4_nopad_bin",
    mysql_charset="utf8mb4",
    mysql_collate="utf8mb4_bin",
)


class UnknownCustomers(Exception):
    """Orders belong to customers that the store does not have."""

    def __init__(self, count: int, first: int) -> None:
        super().__init__(
            f"orders belong to {count:,} customers that the store does not have, the first with the id {first}: "
            "take the files and the store of the same moment"
        )
        self.count = count
        self.first = first


def write(
    connection: Connection, as_of: datetime, scores: Sequence[dict[str, Any]], stretch: Stretch, *, keeps_moves: bool
) -> Written:
    """Brings a stretch of customers up to date with scores by column: `customer_id`, `spend_base` and `rfm.KEPT`.

    Who is in the stretch and not in the scores has bought nothing. Raises `UnknownCustomers`; then nothing was written.
    """
    # what rolling back leaves behind on MariaDB's connections
    _drop(connection)
    _ROWS.create(connection, checkfirst=False)
    if scores:
        connection.execute(insert(_ROWS), scores)
    strangers = select(func.count(), func.min(_ROWS.c.customer_id)).where(
        _ROWS.c.customer_id.not_in(select(Customer.id))
    )
    count, first = connection.execute(strangers).one()
    if count:
        raise UnknownCustomers(count, first)
    written = rfm.put(connection, as_of, _ROWS, stretch, keeps_moves=keeps_moves)
    _drop(connection)
    return written


def _drop(connection: Connection) -> None:
    # without TEMPORARY, MariaDB would commit what was written so far
    kind = "TEMPORARY TABLE" if connection.dialect.name in ("mysql", "mariadb") else "TABLE"
    connection.exec_driver_sql(f"DROP {kind} IF EXISTS {_ROWS.name}")
