"""Many rows in and out of each engine: driver tuples (SQLite), COPY (PostgreSQL), INSERT of many rows (MariaDB).

Frames have the columns of the table they are for, as the database holds them: times in milliseconds, money in minor
units. Nothing here decides what is written.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import polars as pl
import psycopg
from sqlalchemy import Boolean, Connection, LargeBinary, String
from sqlalchemy.exc import DBAPIError, IntegrityError

from crm_store.importing.reading import LINE
from crm_store.refilling import may_skip_references
from crm_store.schema import Table
from crm_store.store import strip_data

#: keys a MariaDB statement takes at once: some 300 KB of text
_KEYS_AT_ONCE = 10_000
#: rows of one INSERT on SQLite, and how many parameters every build of it takes
_ROWS_AT_ONCE, _PARAMETERS = 500, 30_000
#: rows for which it is cheaper to lock what they refer to all at once
_WORTH_LOCKING = 1_000


class Loader(ABC):
    """One engine's way to find, add and change many rows of a table within a transaction."""

    mark = "%s"

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._quote = connection.dialect.identifier_preparer.quote

    def newest(self, table: str) -> int:
        """The highest `id` of a table, 0 when it is empty."""
        (row,) = self._select(f"SELECT COALESCE(MAX(id), 0) FROM {self._quote(table)}", ())
        return int(row[0])

    def find(self, table: str, column: str, keys: pl.Series, columns: Sequence[str]) -> pl.DataFrame:
        """`id`, `column` and `columns` of the rows of a table in which `column` is one of the keys."""
        names = list(dict.fromkeys(["id", column, *columns]))
        # sorted keys meet the pages of an index one after the other
        wanted = keys.drop_nulls().unique().sort()
        sql = f"SELECT {self._names(names)} FROM {self._quote(table)} WHERE {self._quote(column)}"
        rows = self._find(sql, wanted) if len(wanted) else []
        return self._frame(table, names, rows)

    def find_newer(self, table: str, floor: int, columns: Sequence[str]) -> pl.DataFrame:
        """`id` and `columns` of the rows with an `id` above `floor`."""
        names = ["id", *columns]
        sql = f"SELECT {self._names(names)} FROM {self._quote(table)} WHERE id > {self.mark}"
        return self._frame(table, names, self._select(sql, (floor,)))

    def earlier_orders(self, refunds: pl.Series) -> pl.DataFrame:
        """For refunds (by `id`) the orders they may be for: `id`, `order_id`, `placed_at` in milliseconds."""
        sql = (
            "SELECT DISTINCT r.id, o.id, o.placed_at FROM refunds AS r JOIN refund_items AS ri ON ri.refund_id = r.id"
            " JOIN orders AS o ON o.customer_id = r.customer_id AND o.placed_at < r.created_at"
            " JOIN order_items AS i ON i.order_id = o.id AND i.product_id = ri.product_id"
            " WHERE o.status <> 'cancelled' AND r.id"
        )
        rows = self._find(sql, refunds.sort()) if len(refunds) else []
        return pl.DataFrame(rows, dict.fromkeys(("id", "order_id", "placed_at"), pl.Int64), orient="row")

    def take_ids(self, table: str, count: int) -> pl.Series | None:
        """Ids for so many new rows, in order; None where the engine gives them."""
        return None

    @abstractmethod
    def insert(self, table: str, rows: pl.DataFrame) -> None:
        """Adds rows. Raises SQLAlchemy's `IntegrityError` when one of them is there already."""

    @abstractmethod
    def update(self, table: str, rows: pl.DataFrame) -> None:
        """Changes rows named by `id`."""

    @abstractmethod
    def _find(self, sql: str, keys: pl.Series) -> list[Any]: ...

    def _select(self, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
        # straight from the driver: a million SQLAlchemy rows would be made only to be taken apart
        return list(self.connection.exec_driver_sql(sql, parameters).cursor.fetchall())

    def _names(self, names: Sequence[str]) -> str:
        return ", ".join(self._quote(name) for name in names)

    def _insert_sql(self, table: str, names: Sequence[str]) -> str:
        marks = ", ".join([self.mark] * len(names))
        return f"INSERT INTO {self._quote(table)} ({self._names(names)}) VALUES ({marks})"

    def _frame(self, table: str, names: Sequence[str], rows: list[Any]) -> pl.DataFrame:
        types = Table.metadata.tables[table].columns
        schema = {name: _dtype(types[name].type) for name in names}
        frame = pl.DataFrame(rows, schema, orient="row") if rows else pl.DataFrame(schema=schema)
        flags = [name for name in names if isinstance(types[name].type, Boolean)]
        return frame.with_columns(pl.col(flags).cast(pl.Boolean)) if flags else frame


class _Sqlite(Loader):
    mark = "?"

    def take_ids(self, table: str, count: int) -> pl.Series | None:
        # there is one writer, and it is this transaction
        first = self.newest(table) + 1
        return pl.int_range(first, first + count, dtype=pl.Int64, eager=True)

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        # some hundred rows a statement: the driver gives up Python's lock once a step, and the reader's thread takes it
        at_once = min(_ROWS_AT_ONCE, _PARAMETERS // max(rows.width, 1))
        whole = rows.height - rows.height % at_once
        if whole:
            marks = f"({', '.join('?' * rows.width)})"
            sql = f"{self._insert_sql(table, rows.columns)}{f', {marks}' * (at_once - 1)}"
            for start in range(0, whole, at_once):
                flat = tuple(chain.from_iterable(rows[start : start + at_once].rows()))
                self.connection.exec_driver_sql(sql, flat)
        if rest := rows[whole:].rows():
            self.connection.exec_driver_sql(self._insert_sql(table, rows.columns), rest)

    def update(self, table: str, rows: pl.DataFrame) -> None:
        if rows.height:
            names = [name for name in rows.columns if name != "id"]
            changes = ", ".join(f"{self._quote(name)} = ?" for name in names)
            sql = f"UPDATE {self._quote(table)} SET {changes} WHERE id = ?"
            self.connection.exec_driver_sql(sql, rows.select(*names, "id").rows())

    def _find(self, sql: str, keys: pl.Series) -> list[Any]:
        return self._select(f"{sql} IN (SELECT value FROM json_each(?))", (json.dumps(keys.to_list()),))


class _Staged(Loader):
    """Engines in which a change of many rows goes through a temporary table."""

    def update(self, table: str, rows: pl.DataFrame) -> None:
        if not rows.height:
            return
        names = [name for name in rows.columns if name != "id"]
        self._execute("DROP TABLE IF EXISTS import_changes")
        source = f"SELECT {self._names(rows.columns)} FROM {self._quote(table)} WHERE 1 = 0"
        self._execute(f"CREATE TEMPORARY TABLE import_changes AS {source}")
        self._stage("import_changes", rows)
        self._execute(self._update_sql(self._quote(table), names))
        self._execute("DROP TABLE import_changes")

    @abstractmethod
    def _stage(self, table: str, rows: pl.DataFrame) -> None: ...

    @abstractmethod
    def _update_sql(self, table: str, names: list[str]) -> str: ...

    def _execute(self, sql: str) -> None:
        self.connection.exec_driver_sql(sql)


class _Postgres(_Staged):
    def take_ids(self, table: str, count: int) -> pl.Series | None:
        taken = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) AS id FROM generate_series(1, %s)"
        ((first, last),) = self._select(f"SELECT MIN(id), MAX(id) FROM ({taken}) AS taken", (table, count))
        if not count or last - first + 1 != count:
            return None  # somebody else took some in between
        return pl.int_range(first, last + 1, dtype=pl.Int64, eager=True)

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        if not rows.height:
            return
        if rows.height < _WORTH_LOCKING or not may_skip_references(self.connection):
            self._copy(table, rows)
            return
        self._lock_references(table, rows)
        self._execute("SET LOCAL session_replication_role = replica")
        self._copy(table, rows)
        self._execute("SET LOCAL session_replication_role = origin")

    def _lock_references(self, table: str, rows: pl.DataFrame) -> None:
        """What those triggers do, set by set: the rows referred to are there, and stay till the transaction's end."""
        for key in Table.metadata.tables[table].foreign_keys:
            if key.parent.name not in rows.columns:
                continue
            ids = rows[key.parent.name].drop_nulls().unique().sort()
            sql = f"SELECT id FROM {self._quote(key.column.table.name)} WHERE id"
            if len(self._find(sql, ids, " ORDER BY id FOR KEY SHARE")) != len(ids):
                raise IntegrityError(sql, None, psycopg.errors.ForeignKeyViolation(f"{table}.{key.parent.name}"))

    def _stage(self, table: str, rows: pl.DataFrame) -> None:
        self._copy(table, rows)

    def _copy(self, table: str, rows: pl.DataFrame) -> None:
        binary = [name for name, dtype in rows.schema.items() if dtype == pl.Binary]
        hexed = [("\\x" + pl.col(name).bin.encode("hex")).alias(name) for name in binary]
        text = rows.with_columns(hexed).write_csv(include_header=False)
        sql = f"COPY {self._quote(table)} ({self._names(rows.columns)}) FROM STDIN (FORMAT csv)"
        driver: Any = self.connection.connection.driver_connection
        with _as_sqlalchemy(sql), driver.cursor() as cursor, cursor.copy(sql) as copy:
            copy.write(text)

    def _update_sql(self, table: str, names: list[str]) -> str:
        changes = ", ".join(f"{self._quote(name)} = c.{self._quote(name)}" for name in names)
        return f"UPDATE {table} AS t SET {changes} FROM import_changes AS c WHERE t.id = c.id"

    def _find(self, sql: str, keys: pl.Series, then: str = "") -> list[Any]:
        # an array as text: the driver would write it cell by cell
        if keys.dtype == pl.String:
            escaped = keys.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
            cells, kind = ('"' + escaped + '"'), "text"
        else:
            cells, kind = keys.cast(pl.String), "bigint"
        array = "{" + ",".join(cells.to_list()) + "}"
        return self._select(f"{sql} = ANY(%s::{kind}[]){then}", (array,))


class _MariaDb(_Staged):
    def insert(self, table: str, rows: pl.DataFrame) -> None:
        if rows.height:
            self.connection.exec_driver_sql(self._insert_sql(table, rows.columns), rows.rows())

    def _stage(self, table: str, rows: pl.DataFrame) -> None:
        self.insert(table, rows)

    def _update_sql(self, table: str, names: list[str]) -> str:
        changes = ", ".join(f"t.{self._quote(name)} = c.{self._quote(name)}" for name in names)
        return f"UPDATE {table} AS t JOIN import_changes AS c ON t.id = c.id SET {changes}"

    def _find(self, sql: str, keys: pl.Series) -> list[Any]:
        rows: list[Any] = []
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = keys[start : start + _KEYS_AT_ONCE].to_list()
            rows += self._select(f"{sql} IN ({', '.join(['%s'] * len(some))})", tuple(some))
        return rows


def loader(connection: Connection) -> Loader:
    """The loader for a connection's engine."""
    match connection.dialect.name:
        case "sqlite":
            return _Sqlite(connection)
        case "postgresql":
            return _Postgres(connection)
        case _:
            return _MariaDb(connection)


def for_table(rows: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The columns of a table, without what only the import knows."""
    return rows.select(*names) if names else rows.drop(LINE, strict=False)


@contextmanager
def _as_sqlalchemy(statement: str) -> Iterator[None]:
    """COPY goes past SQLAlchemy: its errors are given the form the store's callers know."""
    try:
        yield
    except psycopg.Error as error:
        strip_data(error)
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def _dtype(kind: Any) -> pl.DataType:
    if isinstance(kind, LargeBinary):
        return pl.Binary()
    return pl.String() if isinstance(kind, String) else pl.Int64()
