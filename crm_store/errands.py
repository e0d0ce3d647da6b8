"""Errands to the shop's back office: each is queued once a key, leaves by the outbox, and what came of it is kept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from crm_store import outbox
from crm_store.crypto import Cipher
from crm_store.outbox import NewCall
from crm_store.schema import ErrandRow
from crm_store.upsert import insert_once

_ERRAND = "errands.errand"
#: the desk is told of an errand that waits for so long, and once more when it still does
_WORTH_TELLING = (timedelta(seconds=15), timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class ErrandView:
    """An errand as it stands; `errand` is its bytes."""

    key: str
    errand: bytes
    outbox_id: int
    conversation_id: int | None
    ticket_id: int | None
    state: str
    created_at: datetime
    settled_at: datetime | None


def lane_of(errand: ErrandView) -> str:
    """Where an errand's result waits for its turn: one after the other for its conversation, or its ticket."""
    if errand.conversation_id is not None:
        return f"conversation:{errand.conversation_id}"
    return f"errand:{errand.key}" if errand.ticket_id is None else f"ticket:{errand.ticket_id}"


def queue(
    connection: Connection,
    cipher: Cipher,
    key: str,
    errand: bytes,
    call: NewCall,
    now: datetime,
    *,
    conversation_id: int | None = None,
    ticket_id: int | None = None,
) -> bool:
    """Queues an errand with the call that carries it; False when its key was used before: that is the same errand."""
    if _one(connection, cipher, ErrandRow.key == key) is not None:
        return False
    (outbox_id,) = outbox.add(connection, cipher, [replace(call, about=key)], now)
    values = {
        "key": key,
        "errand_sealed": cipher.seal_bytes(_ERRAND, errand),
        "outbox_id": outbox_id,
        "conversation_id": conversation_id,
        "ticket_id": ticket_id,
        "state": "queued",
        "waits_told": 0,
        "created_at": now,
    }
    if insert_once(connection, ErrandRow, values, ErrandRow.key == key) is None:
        outbox.forget(connection, outbox_id)  # another transaction was first a moment ago
        return False
    return True


def get(connection: Connection, cipher: Cipher, key: str) -> ErrandView | None:
    """The errand of a key."""
    return _one(connection, cipher, ErrandRow.key == key)


def of_call(connection: Connection, cipher: Cipher, outbox_id: int) -> ErrandView | None:
    """The errand that a call carries."""
    return _one(connection, cipher, ErrandRow.outbox_id == outbox_id)


def _one(connection: Connection, cipher: Cipher, which: ColumnElement[bool]) -> ErrandView | None:
    columns = (
        ErrandRow.key,
        ErrandRow.errand_sealed,
        ErrandRow.outbox_id,
        ErrandRow.conversation_id,
        ErrandRow.ticket_id,
        ErrandRow.state,
        ErrandRow.created_at,
        ErrandRow.settled_at,
    )
    row: Any = connection.execute(select(*columns).where(which)).first()
    if row is None:
        return None
    errand = cipher.open_bytes(_ERRAND, row.errand_sealed)
    return ErrandView(row.key, errand, *row[2:])


def settle(connection: Connection, key: str, state: str, now: datetime) -> None:
    """The errand was done or refused, or nobody can tell (`unknown`)."""
    connection.execute(update(ErrandRow).where(ErrandRow.key == key).values(state=state, settled_at=now))


def join(connection: Connection, key: str, ticket_id: int) -> None:
    """What comes of the errand from now on is told in this ticket."""
    connection.execute(update(ErrandRow).where(ErrandRow.key == key).values(ticket_id=ticket_id))


def is_wait_news(connection: Connection, key: str, now: datetime) -> bool:
    """Whether the desk is to be told now that an errand waits; says so once for each of the times worth telling."""
    mine = ErrandRow.key == key
    row = connection.execute(select(ErrandRow.created_at, ErrandRow.waits_told).where(mine)).first()
    if row is None:
        return False
    due = sum(now - row.created_at >= after for after in _WORTH_TELLING)
    if due <= row.waits_told:
        return False
    connection.execute(update(ErrandRow).where(mine).values(waits_told=due))
    return True
