"""What came in: stored once, before it is acknowledged, and worked in the order of its lane."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Integer, and_, bindparam, func, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import aliased

from crm_store.crypto import Cipher
from crm_store.schema import InboxRow, Instant

_EVENT = "inbox.event"
_ERROR = "inbox.error"
#: how long the columns are that hold what platforms call things
_SOURCE_ID, _LANE, _GROUP = 200, 150, 64


@dataclass(frozen=True, slots=True)
class NewRow:
    """An event to keep: its bytes, the platform's own id of it and the lane it waits in."""

    channel: str
    source_id: str
    lane: str
    event: bytes
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that no turn has taken yet."""

    id: int
    channel: str
    lane: str
    group: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A row whose turn failed, with the error that stopped it."""

    id: int
    channel: str
    received_at: datetime
    event: bytes
    error: str


def keep(connection: Connection, cipher: Cipher, rows: Sequence[NewRow], now: datetime) -> int:
    """Stores the rows that are new and returns their number; a repetition (same channel and source id) is left out."""
    values = [
        {
            "channel": row.channel,
            "source_id": _fitting(row.source_id, _SOURCE_ID),
            "lane": _fitting(row.lane, _LANE),
            "group": None if row.group is None else _fitting(row.group, _GROUP),
            "event_sealed": cipher.seal_bytes(_EVENT, row.event),
            "received_at": now,
            "state": "new",
        }
        for row in rows
    ]
    if not values:
        return 0
    return connection.execute(_insert_new(connection.dialect.name), values).rowcount


def _fitting(name: str, most: int) -> str:
    """What is too long for its column is told apart by its digest: a strict engine refuses the row otherwise."""
    if len(name) <= most:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return name[: most - len(digest)] + digest


def _insert_new(dialect: str) -> sqlite.Insert | postgresql.Insert | mysql.Insert:
    key = ["channel", "source_id"]
    match dialect:
        case "sqlite":
            return sqlite.insert(InboxRow).on_conflict_do_nothing(index_elements=key)
        case "postgresql":
            return postgresql.insert(InboxRow).on_conflict_do_nothing(index_elements=key)
        case _:
            return mysql.insert(InboxRow).on_duplicate_key_update(id=InboxRow.id)


def waiting(connection: Connection, busy: Collection[str] = (), limit: int = 500) -> list[Waiting]:
    """The rows that wait for a turn, oldest first, but those of busy lanes: a flood in one must not hide the others."""
    given: dict[str, Any] = {"most": limit, "busy": list(busy)} if busy else {"most": limit}
    rows: Sequence[Any] = connection.execute(_waiting(bool(busy)), given).all()
    return [Waiting(*row) for row in rows]


class Gone(Exception):
    """A row was taken by another process: the transaction must not commit."""


def take(connection: Connection, cipher: Cipher, ids: Sequence[int], now: datetime) -> list[bytes]:
    """The events of rows, now done. Done means: if this commits. Raises `Gone`."""
    if connection.execute(_taken(), {"ids": ids, "at": now}).rowcount != len(ids):
        raise Gone
    return events_of(connection, cipher, ids)


def events_of(connection: Connection, cipher: Cipher, ids: Sequence[int]) -> list[bytes]:
    """What rows hold, in the order they came, whatever became of them."""
    if not ids:
        return []
    return [cipher.open_bytes(_EVENT, sealed) for (sealed,) in connection.execute(_events(), {"ids": ids}).all()]


# built once: building a statement costs more than running it


@cache
def _waiting(without_busy: bool) -> Executable:
    columns = (InboxRow.id, InboxRow.channel, InboxRow.lane, InboxRow.group, InboxRow.received_at)
    oldest = select(*columns).where(InboxRow.state == "new").order_by(InboxRow.id)
    if without_busy:
        oldest = oldest.where(InboxRow.lane.not_in(bindparam("busy", expanding=True)))
    return oldest.limit(bindparam("most", type_=Integer))


@cache
def _taken() -> Executable:
    new = update(InboxRow).where(InboxRow.id.in_(bindparam("ids", expanding=True)), InboxRow.state == "new")
    return new.values(state="done", done_at=bindparam("at", type_=Instant))


@cache
def _events() -> Executable:
    mine = InboxRow.id.in_(bindparam("ids", expanding=True))
    return select(InboxRow.event_sealed).where(mine).order_by(InboxRow.id)


def fail(connection: Connection, cipher: Cipher, ids: Sequence[int], error: str, now: datetime) -> None:
    """Puts rows aside with the error that stopped their turn."""
    values = {"state": "failed", "done_at": now, "error_sealed": cipher.seal(_ERROR, error)}
    connection.execute(update(InboxRow).where(InboxRow.id.in_(ids), InboxRow.state == "new").values(values))


def failed(connection: Connection, cipher: Cipher) -> list[FailedRow]:
    """The rows put aside, oldest first."""
    columns = (InboxRow.id, InboxRow.channel, InboxRow.received_at, InboxRow.event_sealed, InboxRow.error_sealed)
    rows = connection.execute(select(*columns).where(InboxRow.state == "failed").order_by(InboxRow.id))
    return [
        FailedRow(id_, channel, at, cipher.open_bytes(_EVENT, event), cipher.open_optional(_ERROR, error) or "")
        for id_, channel, at, event, error in rows
    ]


def is_failed(connection: Connection, inbox_id: int) -> bool:
    """Whether a row is put aside; one that was replayed or discarded no longer is."""
    return connection.scalar(select(InboxRow.state).where(InboxRow.id == inbox_id)) == "failed"


def replay(connection: Connection, ids: Sequence[int] | None) -> int:
    """Puts failed rows (None: all of them) back to wait for a turn, an album as a whole. Returns how many."""
    return _move_failed(connection, ids, "new")


def discard(connection: Connection, ids: Sequence[int]) -> int:
    """Gives failed rows up, an album as a whole; they stay stored. Returns how many."""
    return _move_failed(connection, ids, "discarded")


def _move_failed(connection: Connection, ids: Sequence[int] | None, state: str) -> int:
    statement = update(InboxRow).where(InboxRow.state == "failed").values(state=state)
    if ids is not None:
        statement = statement.where(InboxRow.id.in_(_with_albums(connection, ids)))
    return connection.execute(statement).rowcount


def _with_albums(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Rows, and the other parts of the albums they belong to: those failed together."""
    part = aliased(InboxRow)
    same = and_(part.lane == InboxRow.lane, part.group == InboxRow.group, part.state == "failed")
    others = select(part.id).join(InboxRow, same).where(InboxRow.id.in_(ids), InboxRow.state == "failed")
    return {*ids, *connection.scalars(others)}


def count_failed(connection: Connection) -> int:
    return connection.scalar(select(func.count()).where(InboxRow.state == "failed")) or 0
