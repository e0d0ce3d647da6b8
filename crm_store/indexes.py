"""Indexes wait while an empty table is filled: built once over sorted rows, they cost a fraction of row by row.

Only such as no rule depends on: unique ones stay. After an import that died in between (`crm_store.import_marks`) the
next one builds what is missing, or `shopdesk doctor --recount`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Index, inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.schema import CreateIndex, DropIndex

from crm_store.schema import Table
from crm_store.store import Store, StoreUnavailable

#: engines in which a dropped index comes back with its transaction; MariaDB needs an index for every reference besides
_TRANSACTIONAL = ("sqlite", "postgresql")


@contextmanager
def waiting(store: Store, tables: Iterable[str]) -> Iterator[None]:
    """The tables without their plain indexes; at the end of the block they have them again, whatever happened."""
    dropped = _drop(store, _plain(tables)) if store.dialect in _TRANSACTIONAL else []
    try:
        yield
    finally:
        _build(store, dropped)


def complete(store: Store) -> None:
    """Builds the plain indexes an interrupted import left out."""
    with store.read() as connection:
        left_out = missing(connection)
    _build(store, left_out)


def missing(connection: Connection) -> list[Index]:
    """The plain indexes that are not there."""
    there = {name: _names(connection, name) for name in Table.metadata.tables}
    return [index for index in _plain(there) if index.name not in there[_table(index)]]


def build(connection: Connection, index: Index) -> None:
    """Builds an index; nothing where the engine can tell that it is there by now."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
    connection.execute(CreateIndex(index, if_not_exists=dialect in _TRANSACTIONAL))


def _plain(tables: Iterable[str]) -> list[Index]:
    found = [index for name in tables for index in Table.metadata.tables[name].indexes if not index.unique]
    return sorted(found, key=lambda index: str(index.name))


def _table(index: Index) -> str:
    assert index.table is not None
    return index.table.name


def _names(connection: Connection, table: str) -> set[str | None]:
    return {index["name"] for index in inspect(connection).get_indexes(table)}


def _drop(store: Store, indexes: list[Index]) -> list[Index]:
    """Drops them together; none, where a reader does not let go or the tables are another user's."""
    if not indexes:
        return []
    try:
        with store.begin() as connection:
            if store.dialect == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '2s'"))
            for index in indexes:
                connection.execute(DropIndex(index, if_exists=True))
    except (StoreUnavailable, ProgrammingError):
        return []
    return indexes


def _build(store: Store, indexes: list[Index]) -> None:
    """Each in a transaction of its own: who wants to write waits for one."""
    for index in indexes:
        with store.begin() as connection:
            build(connection, index)
