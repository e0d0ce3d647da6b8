"""Files that went through the desk, kept encrypted in the store, a megabyte a row."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from crm_store.crypto import Cipher
from crm_store.masking import masked
from crm_store.schema import FilePart, StoredFile
from crm_store.upsert import insert_once

PART = 1_000_000
_NAME = "files.name"
_DATA = "file_parts.data"


@dataclass(frozen=True, slots=True)
class FileView:
    id: int
    source: str
    name: str
    mime: str
    size: int


def keep(
    connection: Connection, cipher: Cipher, source: str, name: str, mime: str, data: bytes, now: datetime
) -> FileView:
    """Stores a file under where it came from; a second time it is the same file."""
    known = find(connection, cipher, source)
    if known is not None:
        return known
    name = masked(name)
    values = {
        "source": source,
        "name_sealed": cipher.seal(_NAME, name),
        "mime": mime[:100],
        "size": len(data),
        "created_at": now,
    }
    key = insert_once(connection, StoredFile, values, StoredFile.source == source)
    if key is None:
        known = find(connection, cipher, source)
        assert known is not None, "the source was taken a moment ago"
        return known
    for number, start in enumerate(range(0, len(data), PART)):
        sealed = cipher.seal_bytes(_DATA, data[start : start + PART])
        connection.execute(insert(FilePart).values(file_id=key, number=number, data_sealed=sealed))
    return FileView(key, source, name, mime, len(data))


def find(connection: Connection, cipher: Cipher, source: str) -> FileView | None:
    """The file that came from somewhere, if it is stored."""
    columns = (StoredFile.id, StoredFile.source, StoredFile.name_sealed, StoredFile.mime, StoredFile.size)
    row = connection.execute(select(*columns).where(StoredFile.source == source)).first()
    if row is None:
        return None
    return FileView(row.id, row.source, cipher.open(_NAME, row.name_sealed), row.mime, row.size)


def read(connection: Connection, cipher: Cipher, file_id: int) -> bytes:
    """A stored file's bytes."""
    parts = select(FilePart.data_sealed).where(FilePart.file_id == file_id).order_by(FilePart.number)
    return b"".join(cipher.open_bytes(_DATA, sealed) for (sealed,) in connection.execute(parts))
