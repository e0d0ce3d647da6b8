"""What every engine promises: values come back as they went in, and a store that cannot be used says so."""

import os
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from crm_store.crypto import WrongKey
from crm_store.importing.loading import loader
from crm_store.schema import (
    Customer,
    FilePart,
    Identity,
    InboxRow,
    KeyRow,
    Order,
    Product,
    Review,
    StoredFile,
    TicketNumber,
    to_ms,
)
from crm_store.store import BadStoreUrl, Store, StoreUnavailable, add_data_key, connect, open_store, parse_url

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MASTER = bytes(range(32))
servers = pytest.mark.parametrize("store", ["postgresql", "mariadb"], indirect=True)


def _customer(store: Store, **values: Any) -> int:
    with store.begin() as connection:
        row = {"created_at": NOW, **values}
        key = connection.execute(insert(Customer), row).inserted_primary_key
    return int(key[0])


def _order(**values: Any) -> dict[str, Any]:
    plain = {"external_id": "O-1", "placed_at": NOW, "status": "paid", "currency": "EUR", "total": 1, "total_base": 1}
    return plain | values


# --- values -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 2, 9, 30, 15, 123_000, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
        datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_times_keep_their_milliseconds(store: Store, at: datetime) -> None:
    key = _customer(store, signed_up_at=at)
    with store.read() as connection:
        found = connection.scalar(select(Customer.signed_up_at).where(Customer.signed_up_at == at))
        assert found == at
        assert found.tzinfo is UTC
        assert connection.scalar(select(Customer.id).where(Customer.signed_up_at >= at)) == key
        assert connection.scalar(select(Customer.id).where(Customer.signed_up_at < at)) is None


def test_times_are_added_and_compared_in_the_database(store: Store) -> None:
    _customer(store, signed_up_at=NOW)
    with store.read() as connection:
        latest = connection.scalar(select(func.max(Customer.signed_up_at)))
        assert latest == NOW
        assert connection.scalar(select(Customer.created_at - Customer.signed_up_at)) in (0, timedelta(0))


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)])
def test_numbers_hold_64_bits(store: Store, number: int) -> None:
    with store.begin() as connection:
        connection.execute(insert(Order), _order(total=number, total_base=number))
        assert tuple(connection.execute(select(Order.total, Order.total_base)).one()) == (number, number)


def test_keys_hold_64_bits(store: Store) -> None:
    assert _customer(store, id=2**62) == 2**62
    with store.begin() as connection:
        user = str(2**63 - 1)
        row = {"customer_id": 2**62, "channel": "telegram", "user": user, "linked_by": "chat", "linked_at": NOW}
        connection.execute(insert(Identity), row)
        assert connection.scalar(select(Identity.customer_id).where(Identity.user == user)) == 2**62


def test_every_letter_of_every_script_comes_back(store: Store) -> None:
    sentence = "Zażółć 你好 مرحبا 👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿 e\u0301 \u2028 '\"\\%_ $$ :x ?"
    with store.begin() as connection:
        connection.execute(insert(Product), {"sku": "🍵", "name": sentence})
        assert connection.scalar(select(Product.name).where(Product.name == sentence)) == sentence
        assert connection.scalar(select(Product.name).where(Product.sku == "🍵")) == sentence


@pytest.mark.parametrize("size", [0, 1, 65_536, 5_000_000])
def test_blobs_come_back(store: Store, size: int) -> None:
    data = os.urandom(size)
    with store.begin() as connection:
        file = {"source": "telegram/1", "name_sealed": b"", "mime": "x", "size": size, "created_at": NOW}
        key = connection.execute(insert(StoredFile), file).inserted_primary_key
        connection.execute(insert(FilePart), {"file_id": key[0], "number": 0, "data_sealed": data})
        assert connection.scalar(select(FilePart.data_sealed)) == data


def test_what_is_sealed_in_the_store_opens_again(store: Store) -> None:
    cipher = store.cipher
    _customer(
        store,
        name_sealed=cipher.seal("customers.name", "Ada 🐈"),
        email_sealed=cipher.seal("customers.email", "ada@example.com"),
        email_hash=cipher.digest("email", "Ada@Example.com"),
    )
    again = open_store(store.engine, MASTER, NOW).cipher
    with store.read() as connection:
        lookup = select(Customer.name_sealed, Customer.email_sealed)
        row = connection.execute(lookup.where(Customer.email_hash == again.digest("email", "ada@example.com"))).one()
    assert b"Ada" not in row.name_sealed
    assert again.open("customers.name", row.name_sealed) == "Ada 🐈"
    assert again.open_optional("customers.email", row.email_sealed) == "ada@example.com"


# --- rows ---------------------------------------------------------------------------------------------------------


def test_ids_are_compared_as_they_are_written(store: Store) -> None:
    names = ("abc", "ABC", "äbc", "abc ")
    for name in names:
        _customer(store, external_id=name)
    with store.read() as connection:
        for name in (*names, "Abc", "ÄBC"):
            found = list(connection.scalars(select(Customer.external_id).where(Customer.external_id == name)))
            assert found == [name] * (name in names)


def test_an_event_is_stored_once(store: Store) -> None:
    row = {"channel": "telegram", "source_id": "7/1", "lane": "x", "event_sealed": b"", "received_at": NOW}
    with store.begin() as connection:
        connection.execute(insert(InboxRow), row)
    with pytest.raises(IntegrityError), store.begin() as connection:
        connection.execute(insert(InboxRow), row)
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(InboxRow)) == 1


def test_two_people_without_the_shops_id_are_two(store: Store) -> None:
    assert _customer(store) != _customer(store)


def test_what_the_schema_forbids_is_refused(store: Store) -> None:
    wrong = [
        (insert(Order), _order(customer_id=77)),
        (insert(Review), {"external_id": "V-1", "rating": 6, "created_at": NOW}),
        (insert(Review), {"external_id": "V-2", "rating": 0, "created_at": NOW}),
        (insert(Order), _order(status=None)),
    ]
    for statement, row in wrong:
        with pytest.raises(IntegrityError), store.begin() as connection:
            connection.execute(statement, row)


def test_ticket_numbers_are_never_given_twice(store: Store) -> None:
    numbers = []
    for _ in range(3):
        with store.begin() as connection:
            key = connection.execute(insert(TicketNumber), {"at": NOW}).inserted_primary_key
            numbers.append(key[0])
            connection.execute(TicketNumber.__table__.delete())
    assert numbers == sorted(set(numbers))


# --- transactions -------------------------------------------------------------------------------------------------


def test_an_exception_undoes_the_transaction(store: Store) -> None:
    def stumble() -> None:
        with store.begin() as connection:
            connection.execute(insert(Customer), {"created_at": NOW})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(Customer)) == 0


def test_a_part_of_a_transaction_can_be_undone(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(insert(Customer), {"external_id": "stays", "created_at": NOW})
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(insert(Customer), {"external_id": "stays", "created_at": NOW})
        connection.execute(insert(Customer), {"external_id": "also", "created_at": NOW})
    with store.read() as connection:
        assert list(connection.scalars(select(Customer.external_id).order_by(Customer.id))) == ["stays", "also"]


def test_a_reader_does_not_wait_for_a_writer(store: Store) -> None:
    with store.begin() as writer:
        writer.execute(insert(Customer), {"created_at": NOW})
        with store.read() as reader:
            assert reader.scalar(select(func.count()).select_from(Customer)) == 0


def test_many_threads_write_in_turn(store: Store) -> None:
    key = _customer(store)
    start, errors = threading.Barrier(8), []

    def work() -> None:
        start.wait()
        try:
            for _ in range(10):
                with store.begin() as connection:
                    locked = select(Customer.signed_up_at).where(Customer.id == key).with_for_update()
                    before = connection.scalar(locked) or NOW
                    connection.execute(update(Customer).values(signed_up_at=before + timedelta(milliseconds=1)))
        except StoreUnavailable as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with store.read() as connection:
        assert connection.scalar(select(Customer.signed_up_at)) == NOW + timedelta(milliseconds=80)


@servers
def test_statements_see_what_others_committed_before_them(store: Store) -> None:
    key = _customer(store, city="Ulm")
    with store.begin() as connection:
        assert connection.scalar(select(Customer.city)) == "Ulm"
        with store.begin() as other:
            other.execute(update(Customer).values(city="Bonn"))
        assert connection.scalar(select(Customer.city).where(Customer.id == key)) == "Bonn"
        connection.execute(update(Customer).where(Customer.id == key).values(city=Customer.city + "!"))
    with store.read() as connection:
        assert connection.scalar(select(Customer.city)) == "Bonn!"


# --- keys ---------------------------------------------------------------------------------------------------------


def test_the_keyring_is_made_once(store: Store) -> None:
    open_store(store.engine, MASTER, NOW)
    with store.read() as connection:
        assert list(connection.scalars(select(KeyRow.purpose).order_by(KeyRow.id))) == ["seal", "hash"]


def test_another_key_does_not_open_the_store(store: Store) -> None:
    with pytest.raises(WrongKey, match="SHOPDESK_KEY"):
        open_store(store.engine, bytes(32), NOW)


def test_a_new_data_key_leaves_old_values_readable(store: Store) -> None:
    old = store.cipher.seal("customers.name", "Ada")
    with store.begin() as connection:
        add_data_key(connection, MASTER, NOW)
    cipher = open_store(store.engine, MASTER, NOW).cipher
    assert cipher.open("customers.name", old) == "Ada"
    assert cipher.head != store.cipher.head


# --- a store that cannot be used ----------------------------------------------------------------------------------


def test_a_locked_file_is_unavailable(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_store.store.BUSY_TIMEOUT", 50)
    hurried = open_store(connect(sqlite_store.engine.url.render_as_string()), MASTER, NOW)
    other = sqlite3.connect(str(sqlite_store.engine.url.database), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE").close()
    started = time.perf_counter()
    with pytest.raises(StoreUnavailable, match="locked"), hurried.begin():
        pass
    assert time.perf_counter() - started < 2
    other.execute("ROLLBACK").close()
    other.close()
    assert _customer(hurried) == 1
    hurried.close()


def test_a_full_disk_is_unavailable_and_nothing_is_written(sqlite_store: Store) -> None:
    def fill() -> None:
        with sqlite_store.begin() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1").close()
            for number in range(200):
                row = {"external_id": str(number), "name_sealed": bytes(100_000), "created_at": NOW}
                connection.execute(insert(Customer), row)

    with pytest.raises(StoreUnavailable, match="full"):
        fill()
    with sqlite_store.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823").close()
        assert connection.scalar(select(func.count()).select_from(Customer)) == 0
    assert _customer(sqlite_store) == 1


def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "store.db").mkdir()
    with pytest.raises(StoreUnavailable, match="unable to open"):
        open_store(connect(f"sqlite:///{tmp_path}/store.db"), MASTER, NOW)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("something else\n" * 1000)
    with pytest.raises(BadStoreUrl, match=r"store\.db is not an SQLite database"):
        open_store(connect(f"sqlite:///{tmp_path}/store.db"), MASTER, NOW)


def _told(error: BaseException | None) -> str:
    """What an error and those behind it say."""
    told = ""
    while error is not None:
        told, error = f"{told}\n{error}", error.__cause__ or error.__context__
    return told


def test_an_error_does_not_tell_what_was_to_be_stored(store: Store) -> None:
    _customer(store, external_id="C-1", city="Ada's home")
    with pytest.raises(IntegrityError) as refused, store.begin() as connection:
        connection.execute(insert(Customer), {"external_id": "C-1", "city": "Ada's home", "created_at": NOW})
    assert "Ada's home" not in _told(refused.value)
    review = {"external_id": "V-1", "rating": 9, "language": "Ada's home", "created_at": NOW}
    with pytest.raises(IntegrityError) as refused, store.begin() as connection:
        connection.execute(insert(Review), review)
    with pytest.raises(IntegrityError) as copied, store.begin() as connection:
        loader(connection).insert("reviews", pl.DataFrame([review | {"created_at": to_ms(NOW)}]))
    for error in (refused.value, copied.value):
        assert "rating" in str(error)
        assert "Ada's home" not in _told(error)


def test_a_wrong_statement_is_not_an_outage(store: Store) -> None:
    for statement in ("SELECT nothing FROM customers", "SELECT 1 FROM nowhere", "SELEC 1"):
        with pytest.raises(DBAPIError), store.read() as connection:
            connection.execute(text(statement))


@servers
def test_a_lost_connection_is_unavailable_and_the_next_one_works(store: Store) -> None:
    own, end = {
        "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"),
        "mariadb": ("SELECT connection_id()", "KILL {}"),
    }[store.dialect]

    def lose_it_midway() -> None:
        with store.begin() as connection:
            connection.execute(insert(Customer), {"created_at": NOW})
            backend = connection.scalar(text(own))
            with store.begin() as other:
                other.execute(text(end.format(backend)))
            time.sleep(0.05)
            connection.execute(insert(Customer), {"created_at": NOW})

    with pytest.raises(StoreUnavailable):
        lose_it_midway()
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(Customer)) == 0


@servers
def test_connections_that_died_while_unused_are_replaced(store: Store) -> None:
    others, end = {
        "postgresql": (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
            "SELECT pg_terminate_backend({})",
        ),
        "mariadb": (
            "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()",
            "KILL {}",
        ),
    }[store.dialect]
    with store.read(), store.read() as connection:
        pids = list(connection.scalars(text(others)))
    engine = connect(store.engine.url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        for pid in pids:
            connection.execute(text(end.format(pid)))
    engine.dispose()
    for _ in range(2):
        assert _customer(store) > 0


@servers
def test_transactions_that_wait_for_each_other_end_as_unavailable(store: Store) -> None:
    keys = [_customer(store), _customer(store)]
    barrier, ends = threading.Barrier(2), []

    def work(first: int, second: int) -> None:
        try:
            with store.begin() as connection:
                connection.execute(update(Customer).where(Customer.id == first).values(city="Ulm"))
                barrier.wait()
                connection.execute(update(Customer).where(Customer.id == second).values(city="Ulm"))
            ends.append("done")
        except StoreUnavailable:
            ends.append("unavailable")

    threads = [threading.Thread(target=work, args=order) for order in (keys, keys[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done", "unavailable"]


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/x", "mariadb://nobody@127.0.0.1:1/x"])
def test_a_server_that_is_not_there_is_unavailable(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be used at the moment"):
        open_store(connect(url), MASTER, NOW)


@pytest.mark.parametrize("url", ["", "store.db", "oracle://x/y", "mssql://x/y"])
def test_a_url_that_cannot_be_used_names_what_can(url: str) -> None:
    with pytest.raises(BadStoreUrl, match="allowed are sqlite"):
        parse_url(url)
