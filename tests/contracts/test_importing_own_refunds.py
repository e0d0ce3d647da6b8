"""A shop's records of refunds that went through the desk come in: they count once, on every engine."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm_store import refunding, stats
from crm_store.importing import Report, import_shop
from crm_store.money import Rates
from crm_store.refunding import NewRequest
from crm_store.schema import Order, Refund
from crm_store.store import Store
from tests.contracts.test_importing import GOOD
from tests.contracts.test_importing_exports import SHOPIFY_ORDERS

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ASKED = datetime(2026, 5, 20, 12, tzinfo=UTC)
RATES = Rates("EUR", {"USD": Decimal("0.92"), "GBP": Decimal("1.16"), "JPY": Decimal("0.0061")})
SHOP = {name: GOOD[name] for name in ("customers", "products", "orders", "order_items")}
#: nothing was paid back yet
ORDERS = SHOPIFY_ORDERS.replace("PayPal,4.00,6", "PayPal,0,6")


def bring_in(store: Store, folder: Path, **files: str) -> Report:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return import_shop(
        store, folder, rates=RATES, timezone=ZoneInfo("UTC"), now=NOW, rejected_to=folder.parent / "rejected.csv"
    )


def pays_back(store: Store, number: int, order: str, amount: int) -> None:
    """The desk had the shop pay it."""
    with store.begin() as connection:
        key = connection.scalar(select(Order.id).where(Order.external_id == order))
        assert key is not None
        new = NewRequest(number, key, amount, "refund", "damaged", (), "customer", ASKED, ASKED + timedelta(days=7))
        refund = refunding.request(connection, new)
        refunding.approve(connection, refund)
        refunding.end(connection, refund, "paid")


def refunds(store: Store) -> list[Any]:
    columns = (Refund.external_id, Refund.amount, Refund.reason, Refund.status, Refund.created_at)
    with store.read() as connection:
        assert stats.compare(connection) == []
        return [tuple(row) for row in connection.execute(select(*columns).order_by(Refund.id))]


REFUNDS = "refund_id,order_id,amount,reason,created_at,status\n"


def test_a_refund_of_the_desks_gets_the_shops_id_and_counts_once(store: Store, tmp_path: Path) -> None:
    bring_in(store, tmp_path / "shop", **SHOP)
    pays_back(store, 7, "O1", 4_00)
    told = REFUNDS + "R1,O1,4.00,zip,2026-05-22T10:00:00Z,paid\n"
    bring_in(store, tmp_path / "shop", **SHOP, refunds=told)
    assert refunds(store) == [("R1", 4_00, "damaged", "paid", ASKED)]
    again = bring_in(store, tmp_path / "shop", **SHOP, refunds=told.replace("zip", "zip broken"))
    assert (again.changed, again.rejected) == (0, 0)
    assert refunds(store) == [("R1", 4_00, "damaged", "paid", ASKED)]


def test_two_of_one_amount_are_two_and_so_are_others_of_another_amount_order_or_time(
    store: Store, tmp_path: Path
) -> None:
    bring_in(store, tmp_path / "shop", **SHOP)
    pays_back(store, 7, "O1", 4_00)
    told = REFUNDS + (
        "R0,O1,4.00,,2026-05-10T10:00:00Z,paid\n"  # long before it was asked for
        "R1,O1,4.00,,2026-05-22T10:00:00Z,paid\n"
        "R2,O1,4.00,,2026-05-23T10:00:00Z,paid\n"
        "R3,O1,1.00,,2026-05-22T10:00:00Z,paid\n"
        "R4,O3,4.00,,2026-05-22T10:00:00Z,paid\n"
        "R5,O1,4.00,,2026-05-20T13:00:00Z,refused\n"
    )
    bring_in(store, tmp_path / "shop", **SHOP, refunds=told)
    found = refunds(store)
    assert found[0] == ("R1", 4_00, "damaged", "paid", ASKED)
    assert sorted(one[0] for one in found) == ["R0", "R1", "R2", "R3", "R4", "R5"]


def test_of_all_that_was_paid_back_of_an_order_the_desks_part_is_taken_off(store: Store, tmp_path: Path) -> None:
    bring_in(store, tmp_path / "orders", orders_export=ORDERS)
    pays_back(store, 7, "1002", 3_00)
    bring_in(store, tmp_path / "orders", orders_export=ORDERS.replace("PayPal,0,6", "PayPal,3.00,6"))
    assert [one[:2] for one in refunds(store)] == [(None, 3_00)]
    bring_in(store, tmp_path / "orders", orders_export=ORDERS.replace("PayPal,0,6", "PayPal,4.00,6"))
    assert sorted(one[1] for one in refunds(store)) == [1_00, 3_00]
