"""Two customers become one, and two again, on every engine: nothing is lost, nothing is counted twice."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from crm_store import conversations, customers, merging_customers, stats, tickets
from crm_store.conversations import ChatPerson
from crm_store.customers import NewCustomer
from crm_store.merging_customers import OWNED, PAST, THOUGHT, CannotMerge
from crm_store.money import Rates
from crm_store.orders import NewOrder, NewRefund, orders_of, put_order, put_refund
from crm_store.reviews import NewReview, put_review
from crm_store.schema import (
    Address,
    CartItem,
    Conversation,
    Customer,
    CustomerMerge,
    CustomerStats,
    Product,
    Table,
    Ticket,
    TicketNumber,
    Visit,
)
from crm_store.store import Store
from crm_store.tickets import NewTicket
from crm_store.upsert import insert_row
from tests.conftest import empty

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
RATES = Rates("EUR", {"USD": Decimal("0.5")})
#: histories by engine
MERGED = {"sqlite": 40, "postgresql": 8, "mariadb": 8}


@dataclass(frozen=True, slots=True)
class Thing:
    """Something a customer has: what, whose, and a number that makes things differ or not."""

    what: str
    customer: int
    number: int


THINGS = st.lists(
    st.builds(
        Thing,
        what=st.sampled_from(
            ["order", "refund", "review", "cart", "address", "visit", "chat", "ticket", "consent", "link"]
        ),
        customer=st.integers(0, 2),
        number=st.integers(0, 3),
    ),
    max_size=25,
)


def _customers(connection: Connection, cipher: Any) -> list[int]:
    for sku in range(4):
        insert_row(connection, Product, {"sku": f"S{sku}", "price": 100, "currency": "EUR"})
    return [customers.put_customer(connection, cipher, NewCustomer(f"C-{n}", name=f"N{n}"), NOW) for n in range(3)]


def _give(store: Store, connection: Connection, owner: int, thing: Thing, place: int) -> None:
    """Puts one thing there; `place` makes its id its own."""
    cipher, at = store.cipher, NOW - thing.number * DAY
    match thing.what:
        case "order":
            put_order(connection, RATES, NewOrder(f"O{place}", owner, at, "paid", "EUR", 100 + thing.number))
        case "refund":
            order = next(iter(orders_of(connection, owner, 1)), None)
            new = NewRefund(f"R{place}", order and order.id, 50, "USD", "paid", at, customer_id=owner)
            put_refund(connection, RATES, new)
        case "review":
            put_review(connection, cipher, NewReview(f"V{place}", owner, 1 + thing.number, at))
        case "cart":
            product = connection.scalar(select(Product.id).where(Product.sku == f"S{thing.number}"))
            taken = (CartItem.customer_id == owner, CartItem.product_id == product)
            if connection.scalar(select(CartItem.id).where(*taken)) is None:
                row = {"customer_id": owner, "product_id": product, "quantity": 1 + thing.number}
                insert_row(connection, CartItem, row)
        case "address":
            fingerprint = cipher.digest("address", str(thing.number))
            taken = (Address.customer_id == owner, Address.fingerprint == fingerprint)
            if connection.scalar(select(Address.id).where(*taken)) is None:
                row = {"customer_id": owner, "kind": "shipping", "fingerprint": fingerprint}
                insert_row(connection, Address, {**row, "address_sealed": cipher.seal("addresses.address", "{}")})
        case "visit":
            insert_row(connection, Visit, {"customer_id": owner, "at": at, "fingerprint": f"visit {place}"})
        case "chat":
            chat = _chat(store, connection, f"{owner}-{thing.number}")
            customers.join(connection, chat.identity_id, owner, "link", NOW)
        case "ticket":
            _ticket(connection, owner, "open" if thing.number % 2 else "resolved")
        case "consent":
            customers.consent(connection, owner, "broadcast", bool(thing.number % 2), "1", "telegram", at)
        case "link":
            customers.make_link(connection, cipher, owner, NOW)


def _chat(store: Store, connection: Connection, user: str) -> conversations.ConversationView:
    return conversations.enter(connection, store.cipher, ChatPerson("telegram", "1", user, user, "Ada"), NOW)


def _ticket(connection: Connection, customer: int, status: str) -> int:
    key = insert_row(connection, TicketNumber, {"at": NOW})
    row = {"kind": "question", "priority": "normal", "opened_at": NOW, "status": status, "customer_id": customer}
    connection.execute(insert(Ticket), {"id": key, **row})
    stats.ticket_changed(connection, None, stats.CountedTicket(customer, status))
    return key


def _everything(connection: Connection) -> dict[str, list[Any]]:
    """Every row of every table, but for the merges themselves."""
    tables = [table for table in Table.metadata.sorted_tables if table.name != "customer_merges"]
    return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


def _owned(connection: Connection, owner: int) -> dict[str, int]:
    return {
        model.__tablename__: len(connection.execute(select(model.__table__).where(model.customer_id == owner)).all())  # type: ignore[attr-defined]
        for model in OWNED
    }


def test_merge_then_undo_is_as_if_nothing_had_happened(store: Store) -> None:
    @settings(max_examples=MERGED[store.dialect], deadline=None)
    @given(things=THINGS)
    def follow(things: list[Thing]) -> None:
        empty(store.engine)
        with store.begin() as connection:
            owners = _customers(connection, store.cipher)
            for place, thing in enumerate(things):
                _give(store, connection, owners[thing.customer], thing, place)
            before = _everything(connection)
            others = _owned(connection, owners[2])
            had = [_owned(connection, owner) for owner in owners[:2]]

            merge = merging_customers.merge(connection, store.cipher, owners[0], owners[1], "Maya", NOW)
            assert stats.compare(connection) == []
            assert _owned(connection, owners[2]) == others
            left = {name: number for name, number in _owned(connection, owners[1]).items() if number}
            assert set(left) <= {"carts", "addresses"}
            for name, number in _owned(connection, owners[0]).items():
                assert number == had[0][name] + had[1][name] - left.get(name, 0)

            merging_customers.undo(connection, store.cipher, merge, NOW)
            assert stats.compare(connection) == []
            assert _everything(connection) == before

    follow()


def test_what_came_in_meanwhile_stays_but_for_what_belongs_to_a_row_that_goes_back(store: Store) -> None:
    @settings(max_examples=MERGED[store.dialect], deadline=None)
    @given(before=THINGS, since=THINGS)
    def follow(before: list[Thing], since: list[Thing]) -> None:
        empty(store.engine)
        with store.begin() as connection:
            owners = _customers(connection, store.cipher)
            for place, thing in enumerate(before):
                _give(store, connection, owners[thing.customer], thing, place)
            theirs = {model: set(_keys(connection, model, owners[1])) for model in OWNED}
            merge = merging_customers.merge(connection, store.cipher, owners[0], owners[1], "Maya", NOW)
            for place, thing in enumerate(since, len(before)):
                _give(store, connection, owners[0] if thing.customer < 2 else owners[2], thing, place)
            merging_customers.undo(connection, store.cipher, merge, NOW + DAY)
            assert stats.compare(connection) == []
            for model, keys in theirs.items():
                assert keys <= set(_keys(connection, model, owners[1])), model

    follow()


def _keys(connection: Connection, model: Any, owner: int) -> list[Any]:
    return list(connection.scalars(select(getattr(model, OWNED[model])).where(model.customer_id == owner)))


def test_everything_that_names_a_customer_is_moved_or_computed_again() -> None:
    naming = {
        column.table.name
        for table in Table.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "customers" for key in column.foreign_keys) or column.name == "customer_id"
    }
    again = {model.__tablename__ for model in THOUGHT} | {"customer_stats", "customer_categories"}
    assert naming == {model.__tablename__ for model in OWNED} | again | {*PAST, "customer_merges"}


def test_two_customers_are_counted_as_one(store: Store) -> None:
    with store.begin() as connection:
        ada, other, _ = _customers(connection, store.cipher)
        put_order(connection, RATES, NewOrder("O1", ada, NOW, "paid", "EUR", 100))
        order = put_order(connection, RATES, NewOrder("O2", other, NOW - DAY, "paid", "EUR", 200))
        put_refund(connection, RATES, NewRefund("R1", order, 50, "EUR", "paid", NOW))
        merging_customers.merge(connection, store.cipher, ada, other, "Maya", NOW)
        kept = connection.execute(select(CustomerStats).where(CustomerStats.customer_id == ada)).one()
        assert (kept.orders, kept.spend_base, kept.first_order_at, kept.refunded_base) == (2, 300, NOW - DAY, 50)
        gone = connection.execute(select(CustomerStats).where(CustomerStats.customer_id == other)).one()
        assert (gone.orders, gone.spend_base, gone.first_order_at) == (0, 0, None)
        assert [order.external_id for order in orders_of(connection, ada)] == ["O1", "O2"]


def test_what_moved_is_kept_sealed(store: Store) -> None:
    with store.begin() as connection:
        ada, other, _ = _customers(connection, store.cipher)
        merging_customers.merge(connection, store.cipher, ada, other, "Maya", NOW)
        sealed = connection.scalar(select(CustomerMerge.moved_sealed))
        assert sealed is not None
        assert b"orders" not in sealed
        assert b'"orders":[]' in store.cipher.open_bytes("customer_merges.moved", sealed)


def test_a_refund_and_a_ticket_of_what_goes_back_go_along(store: Store) -> None:
    with store.begin() as connection:
        ada, other, _ = _customers(connection, store.cipher)
        order = put_order(connection, RATES, NewOrder("O1", other, NOW, "paid", "EUR", 100))
        chat = _chat(store, connection, "77")
        customers.join(connection, chat.identity_id, other, "link", NOW)
        merge = merging_customers.merge(connection, store.cipher, ada, other, "Maya", NOW)

        put_refund(connection, RATES, NewRefund("R1", order, 50, "EUR", "paid", NOW))
        number = tickets.new_number(connection, NOW)
        opened = NewTicket(number, chat.id, ada, "question", "normal", "hello", NOW)
        tickets.open_ticket(connection, store.cipher, opened)
        put_order(connection, RATES, NewOrder("O2", ada, NOW, "paid", "EUR", 300))
        customers.consent(connection, ada, "broadcast", False, "1", "telegram", NOW + DAY)
        merging_customers.undo(connection, store.cipher, merge, NOW + 2 * DAY)

        assert stats.compare(connection) == []
        spent = connection.execute(select(CustomerStats.customer_id, CustomerStats.spend_base))
        owners = {row.customer_id: row.spend_base for row in spent}
        assert (owners[ada], owners[other]) == (300, 100)
        assert connection.scalar(select(Ticket.customer_id)) == other
        assert connection.scalar(select(Conversation.customer_id)) == other
        # nobody knows in which chat it was said
        assert customers.consents(connection, ada) == customers.consents(connection, other) == {"broadcast": False}


def test_whoever_names_the_merged_one_reaches_the_kept_one(store: Store) -> None:
    with store.begin() as connection:
        ada, other, third = _customers(connection, store.cipher)
        token = customers.make_link(connection, store.cipher, other, NOW)
        merging_customers.merge(connection, store.cipher, ada, other, "Maya", NOW)
        merging_customers.merge(connection, store.cipher, third, ada, "Maya", NOW)
        found = customers.find(connection, store.cipher, "C-1")
        assert found is not None
        assert (found.id, found.external_id) == (third, "C-2")
        told = NewCustomer("C-1", name="New name", telegram_id="77")
        assert customers.put_customer(connection, store.cipher, told, NOW) == third
        assert customers.put_customer(connection, store.cipher, told, NOW) == third
        assert customers.token_owner(connection, store.cipher, token, NOW) == third
        # their own row says what the shop says of them
        rows = connection.execute(select(Customer.external_id, Customer.name_sealed))
        names = {row.external_id: row.name_sealed for row in rows}
        assert store.cipher.open_optional("customers.name", names["C-1"]) == "New name"
        assert store.cipher.open_optional("customers.name", names["C-2"]) == "N2"


def test_a_no_to_the_shop_stands_for_both(store: Store) -> None:
    with store.begin() as connection:
        for name, consent in (("yes", True), ("no", False)):
            customers.put_customer(connection, store.cipher, NewCustomer(name, marketing_consent=consent), NOW)
        yes, no = connection.scalars(select(Customer.id).order_by(Customer.id))
        merging_customers.merge(connection, store.cipher, yes, no, "Maya", NOW)
        assert customers.consents(connection, yes) == {"broadcast": False}


def _problem(store: Store, connection: Connection, kept: int, merged: int) -> str:
    with pytest.raises(CannotMerge) as raised:
        merging_customers.merge(connection, store.cipher, kept, merged, "Maya", NOW)
    return raised.value.problem


def test_what_cannot_be_merged(store: Store) -> None:
    with store.begin() as connection:
        ada, other, third = _customers(connection, store.cipher)
        assert _problem(store, connection, ada, ada) == "self"
        assert _problem(store, connection, ada, 999_999) == "missing"
        merging_customers.merge(connection, store.cipher, ada, other, "Maya", NOW)
        assert _problem(store, connection, third, other) == "merged"
        assert _problem(store, connection, other, third) == "merged"


def test_what_cannot_be_undone(store: Store) -> None:
    with store.begin() as connection:
        ada, other, third = _customers(connection, store.cipher)
        first = merging_customers.merge(connection, store.cipher, ada, other, "Maya", NOW)
        second = merging_customers.merge(connection, store.cipher, third, ada, "Maya", NOW)
        for merge, problem in ((first, "merged since"), (999_999, "not merged")):
            with pytest.raises(CannotMerge) as raised:
                merging_customers.undo(connection, store.cipher, merge, NOW)
            assert raised.value.problem == problem
        for merge in (second, first):
            merging_customers.undo(connection, store.cipher, merge, NOW)
        with pytest.raises(CannotMerge):
            merging_customers.undo(connection, store.cipher, first, NOW)
        assert merging_customers.last_of(connection, ada) is None


def test_customers_with_the_same_address_or_number_are_only_suggested(store: Store) -> None:
    with store.begin() as connection:
        for name, email, phone in (("A", "a@x.example", None), ("B", "A@x.example", "+49 151 1"), ("C", None, None)):
            customers.put_customer(connection, store.cipher, NewCustomer(name, email=email, phone=phone), NOW)
        customers.put_customer(connection, store.cipher, NewCustomer("D", phone="0049 151-1"), NOW)
        first, second, third, fourth = connection.scalars(select(Customer.id).order_by(Customer.id))
        assert merging_customers.alike(connection, first) == [(second, "email")]
        assert merging_customers.alike(connection, second) == [(first, "email"), (fourth, "phone")]
        assert merging_customers.alike(connection, third) == []
        merging_customers.merge(connection, store.cipher, first, second, "Maya", NOW)
        assert merging_customers.alike(connection, first) == []
