"""Where most of the kept numbers are wrong the table is filled anew: to the same rows, with its indexes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, update

from crm_store import indexes, stats
from crm_store.money import Rates
from crm_store.orders import NewOrder, NewRefund, put_order, put_refund
from crm_store.reviews import NewReview, put_review
from crm_store.schema import Customer, CustomerStats, Refund, Ticket
from crm_store.store import Store

AT = datetime(2026, 1, 1, tzinfo=UTC)
RATES = Rates("EUR", {"USD": Decimal("0.5")})


@pytest.fixture(autouse=True)
def _small_shops_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stats, "WORTH_EMPTYING", 1)


def _shop(store: Store) -> list[Any]:
    """A shop, and its right numbers: as they were kept change by change."""
    with store.begin() as connection:
        connection.execute(insert(Customer), [{"external_id": f"c{n}", "created_at": AT} for n in range(30)])
        stats.make_missing(connection, after=0)
        for n, customer in enumerate(connection.scalars(select(Customer.id).order_by(Customer.id)).all()[:25]):
            for number in range(1 + n % 3):
                status = "cancelled" if n % 7 == number else "paid"
                at = AT + timedelta(days=n * number)
                order = put_order(connection, RATES, NewOrder(f"O-{n}-{number}", customer, at, status, "EUR", 100 + n))
            put_refund(connection, RATES, NewRefund(f"R-{n}", order, n + 1, "USD", "paid" if n % 2 else "refused", AT))
            put_review(connection, store.cipher, NewReview(f"V-{n}", customer, 1 + n % 5, AT))
        customers = connection.scalars(select(Customer.id).order_by(Customer.id)).all()
        for n in (3, 3, 17, 26):
            put_review(connection, store.cipher, NewReview(f"W-{n}", customers[n], 4, AT))
        for n in range(0, 30, 2):
            status = "resolved" if n % 3 else "open"
            row = {"id": n + 1, "customer_id": customers[n], "kind": "question", "status": status, "priority": "normal"}
            connection.execute(insert(Ticket), {**row, "opened_at": AT})
            stats.ticket_changed(connection, None, stats.CountedTicket(customers[n], status))
        return _rows(connection)


def _rows(connection: Connection) -> list[Any]:
    return [tuple(row) for row in connection.execute(select(CustomerStats.__table__).order_by("customer_id"))]


def _spoil(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(update(CustomerStats).values(orders=1000 + CustomerStats.customer_id, last_order_at=None))


def _statements(store: Store) -> list[str]:
    said: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    return said


def test_everybody_wrong_is_made_right(store: Store) -> None:
    right = _shop(store)
    _spoil(store)
    with store.begin() as connection:
        # the strayed refund of an order names its customer again
        connection.execute(update(Refund).where(Refund.external_id == "R-4").values(customer_id=right[0][0]))
    said = _statements(store)
    with store.begin() as connection:
        stats.rebuild(connection)
    with store.read() as connection:
        assert _rows(connection) == right
        assert stats.compare(connection) == []
        assert indexes.missing(connection) == []
    emptied = any(one.startswith(("TRUNCATE", "DELETE FROM customer_stats")) for one in said)
    assert emptied == (store.dialect != "mariadb")


def test_a_few_wrong_rows_are_written_alone(store: Store) -> None:
    right = _shop(store)
    with store.begin() as connection:
        third = CustomerStats.customer_id == right[2][0]
        connection.execute(update(CustomerStats).where(third).values(orders=77))
    said = _statements(store)
    with store.begin() as connection:
        stats.rebuild(connection)
    with store.read() as connection:
        assert _rows(connection) == right
    assert not any(one.startswith(("TRUNCATE", "DELETE", "DROP")) for one in said)


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_reader_who_does_not_let_go_is_not_waited_for(store: Store) -> None:
    right = _shop(store)
    _spoil(store)
    with store.read() as reader:
        wrong = _rows(reader)
        with store.begin() as connection:
            stats.rebuild(connection)
        assert wrong != right
        assert _rows(reader) == right, "the numbers are right all the same"


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_references_are_checked_again_afterwards(store: Store) -> None:
    _shop(store)
    _spoil(store)
    with store.begin() as connection:
        stats.rebuild(connection)
        assert connection.exec_driver_sql("SHOW session_replication_role").scalar() == "origin"
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "0"
