"""Whatever happens to a shop's customers, in whatever order, their stats say what their histories say.

Many histories on SQLite, some on the servers: what differs between them is the SQL, not the histories.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, update

from crm_store import stats
from crm_store.crypto import Cipher
from crm_store.importing import import_shop
from crm_store.money import Rates
from crm_store.orders import (
    ORDER_STATUSES,
    REFUND_STATUSES,
    NewOrder,
    NewRefund,
    put_order,
    put_refund,
    set_refund_status,
    set_status,
)
from crm_store.reviews import NewReview, put_review
from crm_store.schema import Customer, CustomerStats, Order, Refund, Ticket, TicketNumber
from crm_store.stats import CountedOrder, CountedRefund, CountedTicket
from crm_store.store import Store
from crm_store.upsert import insert_row
from tests.conftest import empty

START = datetime(2026, 1, 1, tzinfo=UTC)
RATES = Rates("EUR", {"USD": Decimal("0.9"), "JPY": Decimal("0.006")})
TICKET_STATUSES = ("open", "pending", "snoozed", "resolved")
#: histories by engine: of single changes, and of imports
CHANGED = {"sqlite": 80, "postgresql": 10, "mariadb": 10}
IMPORTED = {"sqlite": 15, "postgresql": 5, "mariadb": 5}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens: what, to which of a few things, with which numbers."""

    what: str
    thing: int
    #: None is a guest
    customer: int | None
    #: few different days, so that first and last orders meet
    day: int
    amount: int
    status: int


STEPS = st.builds(
    Step,
    what=st.sampled_from(
        ["order", "status", "refund", "refund status", "ticket", "review", "delete order", "delete refund", "rebuild"]
    ),
    thing=st.integers(0, 3),
    customer=st.sampled_from([None, 0, 1, 2]),
    day=st.integers(0, 4),
    amount=st.integers(1, 5000),
    status=st.integers(0, 100),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: of which thing, whose, and the numbers that its file takes from it."""

    thing: int
    #: None is an empty cell
    customer: int | None
    day: int
    amount: int
    status: int


ROWS = st.lists(
    st.builds(
        Row,
        thing=st.integers(0, 3),
        customer=st.sampled_from([None, 0, 1, 2]),
        day=st.integers(0, 4),
        amount=st.integers(1, 50),
        status=st.integers(0, 100),
    ),
    max_size=4,
    unique_by=lambda row: row.thing,
)
#: the files of one import; what is None is not there
FOLDERS = st.fixed_dictionaries(
    {"orders": ROWS, **{name: st.none() | ROWS for name in ("refunds", "reviews", "tickets")}}
)


def test_stats_follow_every_history(store: Store) -> None:
    @settings(max_examples=CHANGED[store.dialect], deadline=None)
    @given(history=st.lists(STEPS, min_size=1, max_size=25))
    def follow(history: list[Step]) -> None:
        _follow(store, history)

    follow()


def test_stats_follow_imports_between_other_changes(store: Store, tmp_path: Path) -> None:
    @settings(max_examples=IMPORTED[store.dialect], deadline=None)
    @given(history=st.lists(st.tuples(FOLDERS, st.lists(STEPS, max_size=3)), min_size=2, max_size=3))
    def follow(history: list[tuple[dict[str, list[Row] | None], list[Step]]]) -> None:
        empty(store.engine)
        with store.begin() as connection:
            customers = _customers(connection)
        for files, steps in history:
            _import(store, tmp_path, files)
            with store.begin() as connection:
                assert stats.compare(connection) == [], files
                for step in steps:
                    _take(connection, store.cipher, customers, step)
                assert stats.compare(connection) == [], steps

    follow()


def _import(store: Store, folder: Path, files: dict[str, list[Row] | None]) -> None:
    shop = folder / "shop"
    shop.mkdir(exist_ok=True)
    (shop / "customers.csv").write_text("customer_id\nc0\nc1\nc2\nc3\n")
    for name, rows in files.items():
        (shop / f"{name}.csv").unlink(missing_ok=True)
        if rows is not None:
            (shop / f"{name}.csv").write_text("\n".join([HEADERS[name], *(_cells(name, row) for row in rows), ""]))
    rejected = folder / "rejected.csv"
    import_shop(store, shop, rates=RATES, timezone=ZoneInfo("UTC"), now=START, rejected_to=rejected)


HEADERS = {
    "orders": "order_id,customer_id,placed_at,status,currency,total",
    "refunds": "refund_id,order_id,amount,created_at,status",
    "reviews": "review_id,customer_id,rating,created_at",
    "tickets": "ticket_id,customer_id,kind,status,opened_at",
}


def _cells(name: str, row: Row) -> str:
    at = f"{START + timedelta(days=row.day):%F}"
    customer = "" if row.customer is None else f"c{row.customer}"
    match name:
        case "orders":
            status, currency = ORDER_STATUSES[row.status % len(ORDER_STATUSES)], ("EUR", "USD", "JPY")[row.status % 3]
            return f"o{row.thing},{customer},{at},{status},{currency},{row.amount}"
        case "refunds":
            status = REFUND_STATUSES[row.status % len(REFUND_STATUSES)]
            return f"r{row.thing},o{row.customer or 0},{row.amount},{at},{status}"
        case "reviews":
            return f"v{row.thing},{customer},{1 + row.status % 5},{at}"
        case _:
            return f"t{row.thing},{customer},question,{TICKET_STATUSES[row.status % 4]},{at}"


def _follow(store: Store, history: list[Step]) -> None:
    with store.engine.connect() as connection:
        connection.execution_options(shopdesk_writes=True)
        with connection.begin() as transaction:
            customers = _customers(connection)
            for step in history:
                _take(connection, store.cipher, customers, step)
                assert stats.compare(connection) == [], step
            kept = _kept(connection)
            stats.rebuild(connection)
            assert _kept(connection) == kept
            transaction.rollback()


def _customers(connection: Connection) -> list[int]:
    made = [insert_row(connection, Customer, {"external_id": f"c{n}", "created_at": START}) for n in range(3)]
    stats.make_missing(connection, after=0)
    return made


def _kept(connection: Connection) -> list[Any]:
    """The rows that say something."""
    rows = connection.execute(select(CustomerStats.__table__).order_by(CustomerStats.customer_id))
    return [tuple(row) for row in rows if any(tuple(row)[1:])]


def _take(connection: Connection, cipher: Cipher, customers: list[int], step: Step) -> None:
    customer = None if step.customer is None else customers[step.customer]
    at = START + timedelta(days=step.day)
    order = connection.execute(select(Order).where(Order.external_id == f"o{step.thing}")).one_or_none()
    refund = connection.execute(select(Refund).where(Refund.external_id == f"r{step.thing}")).one_or_none()
    match step.what:
        case "order":
            currency = ("EUR", "USD", "JPY")[step.status % 3]
            status = ORDER_STATUSES[step.status % len(ORDER_STATUSES)]
            put_order(connection, RATES, NewOrder(f"o{step.thing}", customer, at, status, currency, step.amount))
        case "status" if order:
            set_status(connection, order.id, ORDER_STATUSES[step.status % len(ORDER_STATUSES)])
        case "refund":
            status_ = REFUND_STATUSES[step.status % len(REFUND_STATUSES)]
            order_id = order.id if order else None
            new = NewRefund(f"r{step.thing}", order_id, step.amount, "USD", status_, at, customer_id=customer)
            put_refund(connection, RATES, new)
        case "refund status" if refund:
            set_refund_status(connection, refund.id, REFUND_STATUSES[step.status % len(REFUND_STATUSES)])
        case "ticket":
            _put_ticket(connection, step, customer, at)
        case "review":
            put_review(connection, cipher, NewReview(f"v{step.thing}", customer, 1 + step.status % 5, at))
        case "delete order" if order:
            _delete_order(connection, order)
        case "delete refund" if refund:
            connection.execute(delete(Refund).where(Refund.id == refund.id))
            stats.refund_changed(connection, _refund(refund), None)
        case "rebuild":
            stats.rebuild(connection, select(Customer.id).where(Customer.id == customer))


def _put_ticket(connection: Connection, step: Step, customer: int | None, at: datetime) -> None:
    status = TICKET_STATUSES[step.status % 4]
    found = connection.execute(select(Ticket).where(Ticket.external_id == f"t{step.thing}")).one_or_none()
    if found is None:
        key = connection.execute(insert(TicketNumber), {"at": at}).inserted_primary_key[0]
        row = {"kind": "question", "priority": "normal", "opened_at": at, "status": status, "customer_id": customer}
        connection.execute(insert(Ticket), {"id": key, "external_id": f"t{step.thing}", **row})
    else:
        connection.execute(update(Ticket).where(Ticket.id == found.id).values(status=status, customer_id=customer))
    before = found and CountedTicket(found.customer_id, found.status)
    stats.ticket_changed(connection, before, CountedTicket(customer, status))


def _delete_order(connection: Connection, order: Any) -> None:
    for refund in connection.execute(select(Refund).where(Refund.order_id == order.id)).all():
        connection.execute(delete(Refund).where(Refund.id == refund.id))
        stats.refund_changed(connection, _refund(refund), None)
    connection.execute(delete(Order).where(Order.id == order.id))
    before = CountedOrder(order.customer_id, order.placed_at, order.status, order.total_base)
    stats.order_changed(connection, before, None)


def _refund(row: Any) -> CountedRefund:
    return CountedRefund(row.customer_id, row.status, row.amount_base)
