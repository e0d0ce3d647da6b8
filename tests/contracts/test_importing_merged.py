"""An import that names a customer who turned out to be another one reaches that other one, on every engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from crm_store import merging_customers, stats
from crm_store.importing import Report, import_shop
from crm_store.schema import Address, CartItem, Customer, Identity, Order, Review, Ticket, Visit
from crm_store.store import Store
from tests.contracts.test_importing import NOW, RATES, everything

CUSTOMERS = "customer_id,name,telegram_id\nC1,Ada,\nC2,Ada L.,4242\nC3,Bo,\n"
FILES = {
    "customers": CUSTOMERS,
    "addresses": "customer_id,kind,line1,city\nC1,shipping,Weg 1,Berlin\nC2,shipping,Weg 1,Berlin\n"
    "C2,billing,Weg 2,Berlin\n",
    "products": "sku,name\nMUG,Mug\nTEA,Tea\nJAM,Jam\n",
    "orders": "order_id,customer_id,placed_at,status,currency,total\n"
    "O1,C1,2026-03-01T12:00:00Z,paid,EUR,10\nO2,C2,2026-03-02T12:00:00Z,paid,EUR,20\n",
    "reviews": "review_id,customer_id,rating,created_at\nV1,C2,5,2026-03-11T00:00:00Z\n",
    "tickets": "ticket_id,customer_id,kind,status,opened_at\nT1,C2,question,open,2026-03-05T00:00:00Z\n",
    "carts": "customer_id,sku,quantity\nC1,MUG,1\nC2,MUG,2\nC2,TEA,3\n",
    "visits": "customer_id,sku,at\nC2,MUG,2026-06-01T00:00:00Z\nC2,MUG,2026-06-01T00:00:00Z\n",
}


@pytest.fixture
def bring_in(store: Store, tmp_path: Path) -> Callable[..., Report]:
    def run(**files: str) -> Report:
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            (folder / f"{name}.csv").write_text(content)
        out = tmp_path / "rejected.csv"
        return import_shop(store, folder, rates=RATES, timezone=ZoneInfo("UTC"), now=NOW, rejected_to=out)

    return run


def _merge(store: Store) -> int:
    """C2 becomes C1; the merge."""
    with store.begin() as connection:
        keys = {row.external_id: row.id for row in connection.execute(select(Customer.id, Customer.external_id))}
        return merging_customers.merge(connection, store.cipher, keys["C1"], keys["C2"], "Maya", NOW)


def _of(store: Store, model: Any, *columns: Any) -> list[Any]:
    """What the rows of a table say, beside the shop's id of their customer."""
    query = select(Customer.external_id, *columns).join(model, model.customer_id == Customer.id)
    with store.read() as connection:
        return sorted(tuple(row) for row in connection.execute(query))


def test_importing_the_same_folder_again_after_a_merge_changes_nothing(
    store: Store, bring_in: Callable[..., Report]
) -> None:
    bring_in(**FILES)
    _merge(store)
    before = everything(store)
    report = bring_in()
    assert report.rejected == 0
    assert everything(store) == before
    with store.read() as connection:
        assert stats.compare(connection) == []


def test_what_names_the_merged_customer_reaches_the_kept_one(store: Store, bring_in: Callable[..., Report]) -> None:
    bring_in(**FILES)
    _merge(store)
    report = bring_in(
        orders=FILES["orders"] + "O3,C2,2026-03-03T12:00:00Z,paid,EUR,30\n",
        carts=FILES["carts"] + "C2,JAM,4\n",
        visits=FILES["visits"] + "C2,TEA,2026-06-02T00:00:00Z\n",
        reviews=FILES["reviews"] + "V2,C2,4,2026-03-12T00:00:00Z\n",
        tickets=FILES["tickets"] + "T2,C2,question,open,2026-03-06T00:00:00Z\n",
        customers=CUSTOMERS.replace("Ada L.,4242", "Ada Lovelace,4243"),
    )
    assert report.rejected == 0
    assert _of(store, Order, Order.external_id) == [("C1", "O1"), ("C1", "O2"), ("C1", "O3")]
    assert _of(store, Review, Review.external_id) == [("C1", "V1"), ("C1", "V2")]
    assert _of(store, Ticket, Ticket.external_id) == [("C1", "T1"), ("C1", "T2")]
    assert _of(store, Identity, Identity.user) == [("C1", "4242"), ("C1", "4243")]
    assert len(_of(store, Visit, Visit.id)) == 3
    assert {owner for owner, _ in _of(store, Visit, Visit.id)} == {"C1"}
    # what lies in both carts, or is an address of both, stays where it is
    assert _of(store, CartItem, CartItem.quantity) == [("C1", 1), ("C1", 3), ("C1", 4), ("C2", 2)]
    assert _of(store, Address, Address.kind) == [("C1", "billing"), ("C1", "shipping"), ("C2", "shipping")]
    with store.read() as connection:
        assert stats.compare(connection) == []
        # their own row says what the shop says of them
        sealed = connection.scalar(select(Customer.name_sealed).where(Customer.external_id == "C2"))
        assert store.cipher.open_optional("customers.name", sealed) == "Ada Lovelace"


def test_after_an_undo_the_next_import_puts_everything_where_it_belongs(
    store: Store, bring_in: Callable[..., Report]
) -> None:
    bring_in(**FILES)
    merge = _merge(store)
    more = FILES["orders"] + "O3,C2,2026-03-03T12:00:00Z,paid,EUR,30\n"
    bring_in(orders=more)
    with store.begin() as connection:
        merging_customers.undo(connection, store.cipher, merge, NOW)
    assert _of(store, Order, Order.external_id) == [("C1", "O1"), ("C1", "O3"), ("C2", "O2")]
    bring_in(orders=more)
    assert _of(store, Order, Order.external_id) == [("C1", "O1"), ("C2", "O2"), ("C2", "O3")]
    with store.read() as connection:
        assert stats.compare(connection) == []
        assert connection.scalar(text("SELECT COUNT(*) FROM identities")) == 1
