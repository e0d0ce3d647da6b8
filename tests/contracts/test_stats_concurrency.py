"""Whatever many threads do to one customer at the same time is counted once."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, insert, select

from crm_store import stats
from crm_store.money import Rates
from crm_store.orders import ORDER_STATUSES, NewItem, NewOrder, NewRefund, put_order, put_refund, set_status
from crm_store.reviews import NewReview, put_review
from crm_store.schema import Customer, CustomerStats, Order
from crm_store.store import Store, StoreUnavailable

AT = datetime(2026, 1, 1, tzinfo=UTC)
RATES = Rates("EUR", {"USD": Decimal("0.5")})
THREADS = 6


def _together(work: Callable[[int], None], threads: int = THREADS) -> None:
    """Runs `work(n)` in threads that start at the same moment; raises what the first of them raised."""
    start, errors = threading.Barrier(threads), []

    def run(number: int) -> None:
        start.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - raised again below, where the test sees it
            errors.append(error)

    workers = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]


def _customers(store: Store, count: int) -> list[int]:
    with store.begin() as connection:
        for number in range(count):
            connection.execute(insert(Customer), {"external_id": f"c{number}", "created_at": AT})
        stats.make_missing(connection, after=0)
        return list(connection.scalars(select(Customer.id).order_by(Customer.id)))


def _until_done(store: Store, change: Callable[[Connection], object]) -> None:
    """What a worker does: a transaction that the database ended is tried again."""
    while True:
        try:
            with store.begin() as connection:
                change(connection)
        except StoreUnavailable:
            continue
        return


def test_new_orders_of_one_customer_are_all_counted(store: Store) -> None:
    (ada,) = _customers(store, 1)

    def work(number: int) -> None:
        for count in range(5):
            at = AT + timedelta(days=number - count)
            with store.begin() as connection:
                items = (NewItem(f"SKU-{count}", 1, 10),)
                put_order(connection, RATES, NewOrder(f"{number}/{count}", ada, at, "paid", "EUR", 10, items=items))

    _together(work)
    with store.read() as connection:
        assert stats.compare(connection) == []
        kept = connection.execute(select(CustomerStats.orders, CustomerStats.spend_base)).one()
        assert tuple(kept) == (THREADS * 5, THREADS * 50)


def test_the_same_order_from_many_sides_is_one_order(store: Store) -> None:
    customers = _customers(store, 2)

    def work(number: int) -> None:
        for count in range(4):
            order = NewOrder(f"O-{count}", customers[number % 2], AT, "paid", "EUR", number)
            refund = NewRefund(f"R-{count}", None, 5, "EUR", "paid", AT, customer_id=customers[0])
            review = NewReview(f"V-{count}", customers[1], 1 + number % 5, AT)
            _until_done(store, lambda connection: put_order(connection, RATES, order))  # noqa: B023 - called at once
            _until_done(store, lambda connection: put_refund(connection, RATES, refund))  # noqa: B023
            _until_done(store, lambda connection: put_review(connection, store.cipher, review))  # noqa: B023

    _together(work)
    with store.read() as connection:
        assert stats.compare(connection) == []
        assert sum(connection.scalars(select(CustomerStats.orders))) == 4


def test_first_and_last_orders_cancelled_at_once_are_looked_up_right(store: Store) -> None:
    (ada,) = _customers(store, 1)
    for _ in range(4):
        with store.begin() as connection:
            keys = [
                put_order(connection, RATES, NewOrder(f"O-{day}", ada, AT + timedelta(days=day), "paid", "EUR", 1))
                for day in range(THREADS)
            ]

        def work(number: int, keys: list[int] = keys) -> None:
            with store.begin() as connection:
                set_status(connection, keys[number], "cancelled" if number % 3 else "delivered")

        _together(work)
        with store.read() as connection:
            assert stats.compare(connection) == []


@pytest.mark.parametrize("store", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize("everybody", [True, False])
def test_a_rebuild_counts_what_is_committed_while_it_waits(store: Store, everybody: bool) -> None:
    (ada,) = _customers(store, 1)
    ids = None if everybody else select(Customer.id).where(Customer.id == ada)
    with store.begin() as connection:
        put_order(connection, RATES, NewOrder("O-1", ada, AT, "paid", "EUR", 1))

    def rebuild() -> None:
        with store.begin() as connection:
            stats.rebuild(connection, ids)

    rebuilding = threading.Thread(target=rebuild)
    with store.begin() as connection:
        put_order(connection, RATES, NewOrder("O-2", ada, AT + timedelta(days=1), "paid", "EUR", 1))
        rebuilding.start()
        rebuilding.join(timeout=0.2)
        assert rebuilding.is_alive()
    rebuilding.join()
    with store.read() as connection:
        assert stats.compare(connection) == []
        assert connection.scalar(select(CustomerStats.orders)) == 2


@pytest.mark.parametrize("seed", range(2))
def test_any_changes_at_once_with_rebuilds_between_leave_the_stats_right(store: Store, seed: int) -> None:
    customers = _customers(store, 3)

    def work(number: int) -> None:
        chance = random.Random(f"{seed}/{number}")
        for _ in range(12):
            name, customer = f"O-{chance.randrange(4)}", chance.choice([*customers, None])
            order = NewOrder(
                name, customer, AT + timedelta(days=chance.randrange(5)), chance.choice(ORDER_STATUSES), "EUR", 7
            )
            refund = NewRefund(f"R-{chance.randrange(3)}", None, 3, "EUR", "paid", AT, customer_id=customer)
            _until_done(store, lambda connection: _change(connection, number, order, refund))  # noqa: B023 - called at once

    _together(work)
    with store.read() as connection:
        assert stats.compare(connection) == []
        assert len(connection.scalars(select(Order.id)).all()) == 4


def _change(connection: Connection, number: int, order: NewOrder, refund: NewRefund) -> None:
    put_order(connection, RATES, order)
    put_refund(connection, RATES, refund)
    if number == 0:
        stats.rebuild(connection)
    if number == 1:
        stats.rebuild(connection, select(Customer.id).where(Customer.id == order.customer_id))
