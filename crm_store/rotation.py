"""Changing keys: of the master key, which opens the keyring, and of the data keys, which seal the values.

A changed master key costs a few rows (`rewrap`). A new data key seals what is written from then on; `reencrypt` moves
what is there already. The key of the look-up hashes stays for life.

`reencrypt` is for a desk that stands still: processes that have the store open do not know the new key.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, bindparam, false, func, or_, select, tuple_, update
from sqlalchemy import Table as CoreTable

from crm_store import crypto
from crm_store.crypto import Cipher
from crm_store.schema import FilePart, KeyRow, Table
from crm_store.store import Store, add_data_key, open_store

#: rows moved in one transaction; those of files hold a megabyte each
BATCH = 500
FILE_BATCH = 16

#: told after each batch: rows done, rows in all
Progress = Callable[[int, int], None]


def rewrap(connection: Connection, old_master: bytes, new_master: bytes) -> int:
    """Wraps every data key with another master key; how many there are. Raises `WrongKey`, then nothing is changed."""
    rows = connection.execute(select(KeyRow.id, KeyRow.wrapped).with_for_update()).all()
    wrapped = {row.id: crypto.wrap(new_master, crypto.unwrap(old_master, row.wrapped)) for row in rows}
    for key, value in wrapped.items():
        connection.execute(update(KeyRow).where(KeyRow.id == key).values(wrapped=value))
    return len(wrapped)


def reencrypt(store: Store, master: bytes, now: datetime, progress: Progress | None = None) -> Store:
    """Seals every value with a new data key; the store opened with it.

    Values move in batches, each in its own transaction. A run that was broken off is taken up by the next one: while
    values stand under an older key no further key is added. The old keys stay, for what a backup may bring back.
    Raises `WrongKey` for a master key or a value that does not open, and `StoreUnavailable`.
    """
    newest = open_store(store.engine, master, now)
    with newest.begin() as connection:
        finished = not _count(connection, newest.cipher)
        if finished:
            add_data_key(connection, master, now)
    renewed = open_store(store.engine, master, now) if finished else newest
    with renewed.read() as connection:
        total = _count(connection, renewed.cipher)
    done = 0
    for moved in _move_all(renewed):
        done += moved
        if progress:
            progress(done, total)
    return renewed


@dataclass(frozen=True, slots=True)
class _SealedTable:
    """A table that holds sealed values: its primary key, and the columns `*_sealed`."""

    table: CoreTable
    key: tuple[Column[Any], ...]
    sealed: tuple[Column[Any], ...]

    @property
    def batch(self) -> int:
        return FILE_BATCH if self.table is FilePart.__table__ else BATCH

    def is_old(self, cipher: Cipher) -> ColumnElement[bool]:
        """Whether a row holds a value under another key than the newest."""
        head = cipher.head
        return or_(false(), *(and_(c.is_not(None), func.substr(c, 1, len(head)) != head) for c in self.sealed))


def _sealed_tables() -> Iterator[_SealedTable]:
    for table in Table.metadata.sorted_tables:
        sealed = tuple(column for column in table.columns if column.name.endswith("_sealed"))
        if sealed:
            yield _SealedTable(table, tuple(table.primary_key.columns), sealed)


def _count(connection: Connection, cipher: Cipher) -> int:
    """Rows that hold a value under an older key."""
    counts = (select(func.count()).select_from(part.table).where(part.is_old(cipher)) for part in _sealed_tables())
    return sum(connection.scalar(count) or 0 for count in counts)


def _move_all(store: Store) -> Iterator[int]:
    for part in _sealed_tables():
        last: tuple[Any, ...] | None = None
        while True:
            with store.begin() as connection:
                keys = _move_batch(connection, store.cipher, part, last)
            if not keys:
                break
            last = keys[-1]
            yield len(keys)


def _move_batch(
    connection: Connection, cipher: Cipher, part: _SealedTable, last: tuple[Any, ...] | None
) -> list[tuple[Any, ...]]:
    """Re-encrypts the next rows after a key; their keys, none at the end."""
    after = () if last is None else (tuple_(*part.key) > last,)
    old = select(*part.key, *part.sealed).where(part.is_old(cipher), *after).order_by(*part.key)
    rows = [tuple(row) for row in connection.execute(old.limit(part.batch).with_for_update())]
    if rows:
        connection.execute(_renewal(part), [_renewed(cipher, part, row) for row in rows])
    return [row[: len(part.key)] for row in rows]


def _renewal(part: _SealedTable) -> Any:
    is_row = and_(*(column == bindparam(f"key_{column.name}") for column in part.key))
    return update(part.table).where(is_row).values({c.name: bindparam(f"new_{c.name}") for c in part.sealed})


def _renewed(cipher: Cipher, part: _SealedTable, row: tuple[Any, ...]) -> dict[str, Any]:
    key, values = row[: len(part.key)], row[len(part.key) :]
    return {f"key_{c.name}": value for c, value in zip(part.key, key, strict=True)} | {
        f"new_{c.name}": _reseal(cipher, _name(part.table, c), value)
        for c, value in zip(part.sealed, values, strict=True)
    }


def _name(table: CoreTable, column: Column[Any]) -> str:
    """What a value of the column is bound to when it is sealed: `customers.email` for `customers.email_sealed`."""
    return f"{table.name}.{column.name.removesuffix('_sealed')}"


def _reseal(cipher: Cipher, name: str, value: bytes | None) -> bytes | None:
    return None if value is None else cipher.seal_bytes(name, cipher.open_bytes(name, value))
