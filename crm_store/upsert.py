"""INSERT where the row may be there already: the one statement the engines spell differently."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Insert, Select, insert, select
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from crm_store.schema import Table

Columns = ReadOnlyColumnCollection[str, Any]
#: from the row that stands and the row that was to be inserted, the new values by column name.
#: One that changes a column must not read another column it changes: MariaDB assigns from left to right.
Change = Callable[[Columns, Columns], dict[str, ColumnElement[Any]]]


def upsert(
    dialect: str,
    model: type[Table],
    key: Sequence[str],
    change: Change,
    rows: tuple[Sequence[str], Select[Any]] | None = None,
) -> Insert:
    """An upsert into a model's table for an engine (`connection.dialect.name`).

    `key` names the columns of the unique key that decides. The rows are those of `rows` (column names and a SELECT,
    which needs a WHERE: SQLite would take ON for a join), or parameters given when it is executed.
    """
    table = cast(CoreTable, model.__table__)
    match dialect:
        case "mysql" | "mariadb":
            mariadb = _filled(mysql.insert(table), rows)
            return mariadb.on_duplicate_key_update(change(table.c, mariadb.inserted))
        case "postgresql":
            pg = _filled(postgresql.insert(table), rows)
            return pg.on_conflict_do_update(index_elements=key, set_=change(table.c, pg.excluded))
        case _:
            lite = _filled(sqlite.insert(table), rows)
            return lite.on_conflict_do_update(index_elements=key, set_=change(table.c, lite.excluded))


_AnInsert = TypeVar("_AnInsert", bound=Insert)


def _filled(statement: _AnInsert, rows: tuple[Sequence[str], Select[Any]] | None) -> _AnInsert:
    return statement if rows is None else statement.from_select(rows[0], rows[1])


def insert_once(
    connection: Connection, model: type[Any], values: dict[str, Any], taken: ColumnElement[bool]
) -> int | None:
    """Inserts a row; its `id`, or None where another transaction was first with the row that `taken` finds.

    Raises SQLAlchemy's `IntegrityError` for every other broken constraint. On MariaDB several transactions that meet
    over one new row can end as a deadlock, which is `StoreUnavailable` and can be tried again.
    """
    if connection.dialect.name == "sqlite":
        # its one writer has looked already
        return insert_row(connection, model, values)
    try:
        with connection.begin_nested():
            return insert_row(connection, model, values)
    except IntegrityError:
        if connection.scalar(select(model.id).where(taken)) is None:
            raise
        return None


def insert_row(connection: Connection, model: type[Any], values: dict[str, Any]) -> int:
    """Inserts a row; its `id`."""
    key = connection.execute(insert(model), values).inserted_primary_key
    assert key is not None
    return int(key[0])
