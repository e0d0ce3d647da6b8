"""An errand is queued once a key, however many ask for it at once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from crm_store import errands, outbox, recorded_shop
from crm_store.outbox import NewCall
from crm_store.recorded_shop import Answer
from crm_store.store import Store, StoreUnavailable

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CALL = NewCall("backoffice", "errand:NT-1", "NT-1", "errand", b"", NOW, report=True)


def queue(store: Store, key: str = "cancel-1", ticket_id: int | None = None) -> bool:
    with store.begin() as connection:
        return errands.queue(connection, store.cipher, key, b"{}", CALL, NOW, ticket_id=ticket_id)


def test_the_same_key_twice_is_one_errand_and_one_call(store: Store) -> None:
    assert [queue(store), queue(store, ticket_id=7), queue(store, "cancel-2")] == [True, False, True]
    with store.read() as connection:
        calls = outbox.queued(connection, "backoffice", NOW, NOW)
        assert [call.about for call in calls] == ["cancel-1"]  # one lane: the second waits for the first
        assert outbox.count_open(connection) == 2
        found = errands.of_call(connection, store.cipher, calls[0].id)
    assert found is not None
    assert (found.key, found.errand, found.ticket_id, found.state) == ("cancel-1", b"{}", None, "queued")


@pytest.mark.parametrize("store", ["postgresql", "mariadb"], indirect=True)
def test_many_who_queue_one_key_at_once_queue_one_call(store: Store) -> None:
    start, said = threading.Barrier(6), []

    def work() -> None:
        start.wait()
        while True:
            try:
                said.append(queue(store, "refund-1"))
            except StoreUnavailable:  # a deadlock of MariaDB's: it can be tried again
                continue
            return

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False] * 5 + [True]
    with store.read() as connection:
        assert outbox.count_open(connection) == 1


def test_an_errand_is_told_of_as_waiting_twice(store: Store) -> None:
    queue(store)

    def news(**after: float) -> bool:
        with store.begin() as connection:
            return errands.is_wait_news(connection, "cancel-1", NOW + timedelta(**after))

    assert [news(seconds=14), news(seconds=15), news(seconds=60), news(minutes=15), news(days=1)] == [
        *(False, True, False),
        *(True, False),
    ]


def test_what_comes_of_an_errand_is_kept_with_the_ticket_that_is_told(store: Store) -> None:
    queue(store)
    with store.begin() as connection:
        errands.join(connection, "cancel-1", 12)
        errands.settle(connection, "cancel-1", "refused", NOW)
        found = errands.get(connection, store.cipher, "cancel-1")
    assert found is not None
    assert (found.ticket_id, found.state, found.settled_at, errands.lane_of(found)) == (12, "refused", NOW, "ticket:12")


def test_the_recorded_shop_answers_a_key_as_it_did_first(store: Store) -> None:
    first = Answer("NT-1", b"{}", True, "CANCEL-1", "", NOW)
    with store.begin() as connection:
        assert recorded_shop.keep_answer(connection, store.cipher, "cancel-1", first, 0)
    with store.read() as connection:
        assert recorded_shop.answer_of(connection, store.cipher, "cancel-1") == first
        assert recorded_shop.answer_of(connection, store.cipher, "cancel-2") is None
