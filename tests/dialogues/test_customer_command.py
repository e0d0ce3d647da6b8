"""Staff look a customer up, make one of two, and two again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.config import Config, Role, Roles, Shop, Slack
from crm_store import customers
from crm_store.customers import NewCustomer
from crm_store.orders import NewRefund, put_refund
from crm_store.schema import AuditEntry, CartItem, Order, Product
from crm_store.upsert import insert_row
from tests.dialogues.rehearsal import MORNING, Rehearsal
from tests.dialogues.test_order_status import RATES, an_order

ROLES = Roles(readers=Role(members=("rita",)), managers=Role(members=("bo",)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    config = Config(shop=Shop(country="DE"), slack=Slack(roles=ROLES))  # type: ignore[arg-type]
    with Rehearsal(tmp_path, config) as rehearsal:
        a_customer(rehearsal, "C-7", name="Ada Lovelace", email="ada@example.com", phone="0151 23456789")
        rehearsal.ada = a_chat(rehearsal, "C-7")  # type: ignore[attr-defined]
        yield rehearsal


def a_customer(desk: Rehearsal, external_id: str, **known: Any) -> int:
    with desk.store.begin() as connection:
        return customers.put_customer(connection, desk.store.cipher, NewCustomer(external_id, **known), MORNING)


def a_chat(desk: Rehearsal, external_id: str) -> Any:
    """A chat that the shop's link made a customer's."""
    with desk.store.begin() as connection:
        key = customers.key_of(connection, external_id)
        assert key is not None
        token = customers.make_link(connection, desk.store.cipher, key, MORNING)
    person = desk.customer(f"chat of {external_id}")
    person.says(f"/start {token}")
    return person


def key_of(desk: Rehearsal, external_id: str) -> int:
    with desk.store.read() as connection:
        key = customers.key_of(connection, external_id)
    assert key is not None
    return key


def seen(desk: Rehearsal, name: str, command: str) -> str:
    """What a colleague was told last."""
    staff = desk.staff(name)
    staff.types(command)
    return staff.was_whispered()[-1]


def audited(desk: Rehearsal, action: str) -> list[tuple[str, str, str | None]]:
    with desk.store.read() as connection:
        rows = connection.execute(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id))
        return [(row.actor, row.subject, row.detail) for row in rows]


# --- looking ------------------------------------------------------------------------------------------------------


def test_a_customer_is_shown_with_everything_there_is(desk: Rehearsal) -> None:
    key = key_of(desk, "C-7")
    for number in range(1, 5):
        an_order(desk, f"NT-{number}", key, days_ago=number)
    with desk.store.begin() as connection:
        order = connection.scalar(select(Order.id).where(Order.external_id == "NT-1"))
        put_refund(connection, RATES, NewRefund("R-1", order, 500, "EUR", "paid", MORNING))
        product = insert_row(connection, Product, {"sku": "MUG", "price": 1250, "currency": "EUR"})
        connection.execute(insert(CartItem), {"customer_id": key, "product_id": product, "quantity": 2})
    desk.ada.says("/stop")  # type: ignore[attr-defined]
    desk.ada.says("my parcel is wet")  # type: ignore[attr-defined]
    assert seen(desk, "Maya", "/customer C-7").splitlines() == [
        "Ada Lovelace",
        "Customer: C-7",
        "E-mail: ada@example.com",
        "Telephone: 0151 23456789",
        "Spend: €359.60 in 4 orders",
        "Last orders: NT-1 · shipped · 1 Mar 2026 · €89.90",
        "NT-2 · shipped · 28 Feb 2026 · €89.90",
        "NT-3 · shipped · 27 Feb 2026 · €89.90",
        "Open cart: 2 pieces · €25.00",
        "Refunds: 1 · €5.00",
        "Open tickets: #1",
        "Consents: broadcast: no · training: no · surveys: no",
        "Chats: console · by a link of the shop on 2 Mar 2026",
    ]
    assert audited(desk, "looked") == [("Maya", f"customer:{key}", "/customer")]


@pytest.mark.parametrize(
    "ref",
    [
        "C-7", "#nt-1", "Ada@Example.com", "<mailto:ada@example.com|ada@example.com>",
        "+49 151 23456789", "0151/23456789", "0049 151 23456789", "<tel:+4915123456789|+4915123456789>", "#1", "1",
    ],
)  # fmt: skip
def test_a_customer_is_found_by_whatever_staff_know(desk: Rehearsal, ref: str) -> None:
    an_order(desk, "NT-1", key_of(desk, "C-7"))
    desk.ada.says("my parcel is wet")  # type: ignore[attr-defined]
    assert seen(desk, "Maya", f"/customer {ref}").startswith("Ada Lovelace\nCustomer: C-7")


@pytest.mark.parametrize("ref", ["C-99", "9" * 40, "nobody@example.com", "+49 30 1", "Ada Lovelace", "\0", "💥" * 60])
def test_whoever_is_not_found_is_said_so(desk: Rehearsal, ref: str) -> None:
    told = seen(desk, "Maya", f"/customer {ref}")
    assert told.startswith(("I find no customer by", "/customer and what you know of them"))
    assert audited(desk, "looked") == []


def test_several_who_fit_are_named(desk: Rehearsal) -> None:
    a_customer(desk, "C-8", email="ada@example.com")
    assert seen(desk, "Maya", "/customer ada@example.com") == (
        "Several customers fit: C-7, C-8. Please name one of them."
    )


def test_a_reader_sees_no_addresses_and_numbers(desk: Rehearsal) -> None:
    told = seen(desk, "Rita", "/customer C-7")
    assert "Contact: not shown to your role" in told
    for secret in ("ada@", "0151"):
        assert secret not in told
    assert audited(desk, "looked") == [("Rita", f"customer:{key_of(desk, 'C-7')}", "/customer")]


def test_somebody_the_shop_does_not_know_is_found_by_their_ticket(desk: Rehearsal) -> None:
    desk.customer("Bob").says("my parcel is wet")
    assert "not known to the shop" in seen(desk, "Maya", "/customer #1")


def test_without_words_the_command_explains_itself(desk: Rehearsal) -> None:
    for command in ("/customer", "/customer merge C-7", "/customer undo", "/customer merge a b c"):
        assert seen(desk, "Maya", command).startswith("/customer and what you know of them")


# --- merging ------------------------------------------------------------------------------------------------------


def test_the_same_address_or_number_is_only_a_suggestion(desk: Rehearsal) -> None:
    a_customer(desk, "C-8", email="ada@example.com")
    told = seen(desk, "Maya", "/customer C-7")
    assert told.endswith("C-8 has the same e-mail address. If it is the same person: /customer merge C-7 C-8")
    assert audited(desk, "merge customers") == []


def test_two_customers_become_one_and_two_again(desk: Rehearsal) -> None:
    first, second = key_of(desk, "C-7"), a_customer(desk, "C-8", name="A. Lovelace")
    an_order(desk, "NT-1", first)
    an_order(desk, "NT-2", second)
    other = a_chat(desk, "C-8")
    other.says("my parcel is wet")
    maya = desk.staff("Maya")

    assert seen(desk, "Maya", "/customer merge C-7 C-8").endswith("/customer undo C-8 makes two of them again.")
    maya.sees("Maya merged two customers: C-8 is a part of C-7 now.", 1)
    assert "NT-1" in maya.card(1).text
    assert desk.ticket(1).customer_id == first
    told = seen(desk, "Maya", "/customer C-8")
    assert told.startswith("Ada Lovelace\nCustomer: C-7")
    assert "€179.80 in 2 orders" in told
    assert "Also known as: C-8" in told
    other.says("where is my order?")
    an_order(desk, "NT-3", first)

    assert seen(desk, "Maya", "/customer undo C-8").startswith("C-8 and C-7 are two customers again.")
    maya.sees("Maya undid a merge: C-8 and C-7 are two customers again.", 1)
    assert "NT-1" not in maya.card(1).text
    assert desk.ticket(1).customer_id == second
    assert "€179.80 in 2 orders" in seen(desk, "Maya", "/customer C-7")
    assert "€89.90 in 1 order" in seen(desk, "Maya", "/customer C-8")
    assert audited(desk, "merge customers") == [
        ("Maya", f"customer:{first}", f"with customer:{second}"),
        ("Maya", f"customer:{second}", f"with customer:{first}"),
    ]
    assert len(audited(desk, "undo merge")) == 2


def test_what_cannot_be_merged_is_said_in_a_sentence(desk: Rehearsal) -> None:
    for name in ("C-8", "C-9"):
        a_customer(desk, name)
    assert seen(desk, "Maya", "/customer merge C-7 C-7").startswith("Both name the same customer (C-7)")
    assert seen(desk, "Maya", "/customer merge C-7 C-77").startswith("I find no customer by “C-77”")
    assert seen(desk, "Maya", "/customer undo C-7") == (
        "C-7 is a part of no other customer, and no other is a part of C-7: there is nothing to undo."
    )
    desk.staff("Maya").types("/customer merge C-7 C-8")
    for command in ("/customer merge C-9 C-8", "/customer merge C-8 C-9", "/customer merge C-7 C-8"):
        assert seen(desk, "Maya", command).startswith("C-8 is a part of C-7 already.")
    desk.staff("Maya").types("/customer merge C-9 C-7")
    assert seen(desk, "Maya", "/customer undo C-8") == (
        "C-7 became a part of C-9 since. Undo that first: /customer undo C-7"
    )
    assert seen(desk, "Maya", "/customer undo C-9").startswith("C-7 and C-9 are two customers again.")
    assert seen(desk, "Maya", "/customer undo C-8").startswith("C-8 and C-7 are two customers again.")
    assert seen(desk, "Maya", "/customer undo C-8").endswith("there is nothing to undo.")


def test_whom_the_shop_knows_stays_whoever_is_named_first(desk: Rehearsal) -> None:
    bob = desk.customer("Bob")
    bob.says("my parcel is wet")
    assert seen(desk, "Maya", "/customer merge #1 C-7").endswith("/customer undo C-7 makes two of them again.")
    assert desk.ticket(1).customer_id == key_of(desk, "C-7")
    assert desk.staff("Maya").card(1).message.title.endswith("Ada Lovelace")
    desk.staff("Maya").types("/customer undo C-7")
    assert desk.ticket(1).customer_id != key_of(desk, "C-7")


def test_a_reader_merges_nothing(desk: Rehearsal) -> None:
    a_customer(desk, "C-8")
    for command in ("/customer merge C-7 C-8", "/customer undo C-7"):
        assert seen(desk, "Rita", command).startswith(
            "Your role here (read-only) does not allow this: merge customers."
        )
    assert audited(desk, "merge customers") == []
    assert "C-8 is now a part of C-7" in seen(desk, "Bo", "/customer merge C-7 C-8")


def test_a_customer_of_two_who_became_one_is_still_known_by_either_order(desk: Rehearsal) -> None:
    second = a_customer(desk, "C-8", email="other@example.com")
    an_order(desk, "NT-1", key_of(desk, "C-7"))
    an_order(desk, "NT-2", second)
    desk.staff("Maya").types("/customer merge C-7 C-8")
    ada = desk.customer("another chat", language="de")
    ada.says("/link")
    ada.says("NT-1")
    ada.says("other@example.com")
    ada.sees("Dieser Chat ist jetzt mit Ihrem Konto bei My shop verbunden")
