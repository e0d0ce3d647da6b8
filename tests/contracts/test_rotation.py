"""Keys change and every value stays readable, on every engine."""

import os
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from crm_store import rotation
from crm_store.crypto import WrongKey
from crm_store.rotation import reencrypt, rewrap
from crm_store.schema import Customer, FilePart, KeyRow, Review, StoredFile, Table
from crm_store.store import Store, open_store

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MASTER = bytes(range(32))
OTHER = bytes(reversed(range(32)))


def _fill(store: Store, people: int) -> None:
    seal = store.cipher.seal
    with store.begin() as connection:
        for number in range(people):
            name = seal("customers.name", f"Ada {number} 🐈")
            email = None if number % 2 else seal("customers.email", f"ada{number}@example.com")
            row = {"external_id": f"c{number}", "name_sealed": name, "email_sealed": email, "created_at": NOW}
            connection.execute(insert(Customer), row)
        text = seal("reviews.text", "fine 🙂")
        connection.execute(insert(Review), {"external_id": "v", "rating": 5, "text_sealed": text, "created_at": NOW})
        file = {"source": "telegram/1", "name_sealed": seal("files.name", "a.pdf"), "mime": "x", "size": 9}
        key = connection.execute(insert(StoredFile), file | {"created_at": NOW}).inserted_primary_key
        for number in range(3):
            part = store.cipher.seal_bytes("file_parts.data", b"%d" % number)
            connection.execute(insert(FilePart), {"file_id": key[0], "number": number, "data_sealed": part})


def _read(store: Store) -> list[Any]:
    cipher = store.cipher
    with store.read() as connection:
        people = connection.execute(select(Customer.name_sealed, Customer.email_sealed).order_by(Customer.id)).all()
        parts = connection.scalars(select(FilePart.data_sealed).order_by(FilePart.number)).all()
        file = connection.scalar(select(StoredFile.name_sealed))
        review = cipher.open_optional("reviews.text", connection.scalar(select(Review.text_sealed)))
    names = [(cipher.open("customers.name", n), cipher.open_optional("customers.email", e)) for n, e in people]
    return [
        *names,
        *(cipher.open_bytes("file_parts.data", part) for part in parts),
        cipher.open("files.name", file),
        review,
    ]


def _heads(store: Store) -> set[bytes]:
    """The first bytes of every sealed value."""
    columns = [c for table in Table.metadata.sorted_tables for c in table.columns if c.name.endswith("_sealed")]
    with store.read() as connection:
        return {value[:5] for column in columns for value in connection.scalars(select(column)) if value}


def _keys(store: Store) -> int:
    with store.read() as connection:
        return connection.scalar(select(func.count()).select_from(KeyRow)) or 0


def test_another_master_key_opens_the_same_values(store: Store) -> None:
    _fill(store, 2)
    before = _read(store)
    with store.begin() as connection:
        assert rewrap(connection, MASTER, OTHER) == 2
    assert _read(open_store(store.engine, OTHER, NOW)) == before
    with pytest.raises(WrongKey, match="SHOPDESK_KEY"):
        open_store(store.engine, MASTER, NOW)


def test_a_wrong_master_key_changes_nothing(store: Store) -> None:
    _fill(store, 1)
    with pytest.raises(WrongKey), store.begin() as connection:
        rewrap(connection, os.urandom(32), OTHER)
    assert _read(open_store(store.engine, MASTER, NOW)) == _read(store)


def test_every_value_moves_to_the_new_key(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    monkeypatch.setattr(rotation, "FILE_BATCH", 2)
    _fill(store, 5)
    before, told = _read(store), []
    renewed = reencrypt(store, MASTER, NOW, lambda done, total: told.append((done, total)))
    assert _read(renewed) == before
    assert renewed.cipher.newest > store.cipher.newest
    assert _heads(renewed) == {renewed.cipher.head}
    assert told[-1] == (10, 10)
    assert renewed.cipher.digest("email", "a@b") == store.cipher.digest("email", "a@b")


def test_what_is_broken_off_is_taken_up_under_the_same_key(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class BrokenOff(Exception):
        """Somebody pulled the plug."""

    def pull(done: int, total: int) -> None:
        if done >= total // 2:
            raise BrokenOff

    monkeypatch.setattr(rotation, "BATCH", 2)
    _fill(store, 6)
    before = _read(store)
    with pytest.raises(BrokenOff):
        reencrypt(store, MASTER, NOW, pull)
    assert len(_heads(store)) == 2
    assert _read(open_store(store.engine, MASTER, NOW)) == before
    renewed = reencrypt(store, MASTER, NOW)
    assert (_read(renewed), _heads(renewed), _keys(renewed)) == (before, {renewed.cipher.head}, 3)
    assert reencrypt(renewed, MASTER, NOW).cipher.newest > renewed.cipher.newest


def test_a_changed_value_stops_the_work(store: Store) -> None:
    _fill(store, 1)
    with store.begin() as connection:
        connection.execute(Customer.__table__.update().values(email_sealed=store.cipher.seal("customers.name", "x")))
    with pytest.raises(WrongKey, match=r"customers\.email"):
        reencrypt(store, MASTER, NOW)
