"""The weekly digest of sales."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from crm_store.schema import CartItem, Product
from crm_store.upsert import insert_row
from tests.dialogues.digesting import bought, facts, strikes
from tests.dialogues.rehearsal import Rehearsal

#: a Monday
NINE = datetime(2026, 3, 9, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def two_weeks_of_sales(desk: Rehearsal) -> None:
    desk.time = NINE
    bought(desk, "Ada", (NINE - 3 * DAY, 3_000), (NINE - 10 * DAY, 1_000), (NINE - 40 * DAY, 1_000))
    bea = bought(desk, "Bea", (NINE - 2 * DAY, 1_000))
    bought(desk, "Cid", (NINE, 99_000))
    with desk.store.begin() as connection:
        tent = insert_row(connection, Product, {"sku": "TENT", "price": 5_000, "currency": "EUR"})
        left = {"customer_id": bea, "product_id": tent, "quantity": 2, "updated_at": NINE - DAY}
        connection.execute(insert(CartItem), left)


def test_it_says_what_was_sold_and_how_that_changed(desk: Rehearsal) -> None:
    two_weeks_of_sales(desk)
    post = strikes(desk, "sales", NINE)
    assert post.message.title == "Sales · 2 Mar 2026 - 8 Mar 2026"
    assert facts(post.message) == {
        "Revenue": "€40.00 (+300 %)",
        "Orders": "2 (+1)",
        "Average order": "€20.00 (+100 %)",
        "Buyers": "2 (+1)",
        "New buyers": "1 (+1)",
        "Repeat buyers": "1 (=)",
        "Abandoned carts": "1 (+1)",
        "In abandoned carts": "€100.00 (before: €0.00)",
    }
    chart = post.message.chart
    assert chart is not None
    assert chart.kind == "heat"
    assert [(one.label, one.values) for one in chart.series] == [("Jan 2026 (1)", (100.0,))]
    assert "Jan 2026 (1): 100 %" in chart.alt


def test_its_buttons_open_who_bought_and_whose_carts_wait(desk: Rehearsal) -> None:
    two_weeks_of_sales(desk)
    strikes(desk, "sales", NINE)
    maya = desk.staff("Maya")
    maya.presses("New buyers (1)", place="digests")
    maya.presses("Repeat buyers (1)", place="digests")
    maya.presses("Abandoned carts (1)", place="digests")
    new, repeat, carts = maya.was_whispered()
    assert ("Bea" in new, "Ada" in new, "Ada" in repeat, "Bea" in carts) == (True, False, True, True)


def test_a_shop_without_orders_says_so(desk: Rehearsal) -> None:
    assert "no orders and no carts yet" in strikes(desk, "sales", NINE).text


def test_a_week_with_less_than_nothing_is_told_as_it_is(desk: Rehearsal) -> None:
    desk.time = NINE
    bought(desk, "Ada", (NINE - 3 * DAY, -500))
    said = facts(strikes(desk, "sales", NINE).message)
    assert said["Revenue"] == "-€5.00 (before: €0.00)"
    assert said["Average order"] == "-€5.00"
