"""A table of which most rows change is emptied and filled anew: rows in the order of their key, its indexes built once.

On PostgreSQL nobody reads the table meanwhile, so it is not waited for long: where a reader does not let go, or the
table is another user's, it stays as it is. MariaDB ends a transaction with a change of the schema, and does not do it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Connection, Index, text
from sqlalchemy import Table as CoreTable
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.schema import DropIndex

from crm_store import indexes
from crm_store.schema import Table


@contextmanager
def emptied(connection: Connection, model: type[Table]) -> Iterator[bool]:
    """The table without rows and plain indexes, to be filled in the block; at its end the indexes are there again.

    False: it is as it was. What it refers to is not checked where the user may leave that out: the block sees to it.
    """
    table = cast(CoreTable, model.__table__)
    plain = sorted((index for index in table.indexes if not index.unique), key=lambda index: str(index.name))
    if not _empty(connection, table, plain):
        yield False
        return
    with references_known(connection):
        yield True
    for index in plain:
        indexes.build(connection, index)


@contextmanager
def references_known(connection: Connection) -> Iterator[None]:
    """Rows that the block writes refer to rows that are there: PostgreSQL does not look them up one by one, where its
    user may leave that out."""
    if connection.dialect.name != "postgresql" or not may_skip_references(connection):
        yield
        return
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    yield
    connection.execute(text("SET LOCAL session_replication_role = origin"))


def may_skip_references(connection: Connection) -> bool:
    """Whether PostgreSQL's user may switch off the triggers that look up every foreign key of every row."""
    version = connection.dialect.server_version_info or (0,)
    if version < (15,):
        return bool(connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")))
    return bool(connection.scalar(text("SELECT has_parameter_privilege('session_replication_role', 'SET')")))


def _empty(connection: Connection, table: CoreTable, plain: list[Index]) -> bool:
    match connection.dialect.name:
        case "sqlite":
            for index in plain:
                connection.execute(DropIndex(index, if_exists=True))
            connection.execute(table.delete())
            return True
        case "postgresql":
            try:
                with connection.begin_nested():
                    connection.execute(text("SET LOCAL lock_timeout = '2s'"))
                    connection.execute(text(f"TRUNCATE {connection.dialect.identifier_preparer.format_table(table)}"))
                    for index in plain:
                        connection.execute(DropIndex(index, if_exists=True))
                    connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
            except (OperationalError, ProgrammingError):
                return False
            return True
        case _:
            return False
