"""The exports of Shopify and WooCommerce, as they are written."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from crm_store import goods, stats
from crm_store.importing import Report, import_shop
from crm_store.importing.shop import _TABLES
from crm_store.money import Rates
from crm_store.schema import Address, Customer, Order, OrderItem, Product, Refund, Table
from crm_store.store import Store

NOW = datetime(2026, 7, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
RATES = Rates("EUR", {"USD": Decimal("0.92")})

SHOPIFY_ORDERS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem sku,Billing Name,Billing Address1,Billing City,Billing Zip,Billing Country,Billing Phone,"
    "Cancelled at,Payment Method,Refunded Amount,Id\n"
    "#1001,ada@example.com,paid,2026-05-01 10:00:00 +0200,fulfilled,,yes,EUR,100.90,5.00,0,105.90,,0.00,Post,"
    "2026-05-01 09:59:00 +0200,1,Tea 100 g,62.95,TEA-100,Ada Kern,Laan 2,Gouda,'2801AA,NL,'+31612345678,,Card,0.00,5\n"
    "#1001,ada@example.com,,,,,,,,,,,,,,,1,Tea 50 g,37.95,TEA-50,,,,,,,,,,\n"
    "#1002,bo@example.com,partially_refunded,2026-05-03 10:00:00 +0200,unfulfilled,,no,USD,10.00,0.00,0,10.00,,0.00,,"
    "2026-05-03 09:00:00 +0200,2,Mug,5.00,,Bo Li,,,,US,,,PayPal,4.00,6\n"
    "#1003,eve@example.com,voided,,,,no,EUR,1,0,0,1,,0,,2026-05-04 09:00:00 +0200,1,Mug,1.00,,Eve,,,,US,,,,0,7\n"
    "#1004,,paid,,,,no,XXX,1,0,0,1,,0,,2026-05-04 09:00:00 +0200,1,Mug,1.00,,,,,,,,,,0,8\n"
)
SHOPIFY_CUSTOMERS = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,"
    "Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,"
    "Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,"
    "Tags\n"
    "'7210,Ada,Kern,ADA@example.com,yes,,Laan 2,,Gouda,ZH,NL,2801AA,,'+31612345678,no,105.90,1,,no,\n"
    "'7211,Noor,,,no,,,,,,,,,,no,0,0,,no,\n"
)
SUITE_ORDERS = (
    "order_id,order_number,order_date,paid_date,status,shipping_total,discount_total,order_total,order_currency,"
    "payment_method,payment_method_title,customer_id,customer_user,customer_email,billing_first_name,billing_last_name,"
    "billing_email,billing_phone,billing_address_1,billing_postcode,billing_city,billing_country,line_item_1,"
    "line_item_2\n"
    "71,71,2026-05-01 10:00:00,,wc-completed,5.00,0,24.00,EUR,stripe,Card,0,0,,Ada,Kern,ada@example.com,,Weg 1,10115,"
    "Berlin,DE,name:Mug|product_id:14|sku:MUG-1|quantity:2|total:10.00|sub_total:10.00,"
    "name:Tea|product_id:15|sku:|quantity:1|total:9.00|sub_total:9.00\n"
    "72,72,05/02/2026 10:00:00,,odd,0,0,1.00,EUR,,,9,9,bo@example.com,Bo,,bo@example.com,,,,,DE,,\n"
    "73,73,05/02/2026 10:00:00,,processing,0,0,1.00,EUR,,,9,9,bo@example.com,Bo,,bo@example.com,,,,,DE,,\n"
)
LINES = (
    '"Order Number","Order Status","Order Date","Customer Note","First Name (Billing)","Last Name (Billing)",'
    '"Address 1&2 (Billing)","City (Billing)","Postcode (Billing)","Country Code (Billing)","Email (Billing)",'
    '"Phone (Billing)","Item #",SKU,Name,Quantity,"Item Cost","Cart Discount Amount","Order Shipping Amount",'
    '"Order Refund Amount","Order Total Amount","Payment Method Title"\n'
    "501,Processing,2026-05-01 10:00,,Ada,Kern,Weg 1,Berlin,10115,DE,ada@example.com,,1,MUG-1,Mug,2,5,0,4,0,23,Card\n"
    "501,Processing,2026-05-01 10:00,,Ada,Kern,Weg 1,Berlin,10115,DE,ada@example.com,,2,TEA-1,Tea,1,9,0,4,0,23,Card\n"
    "502,Completed,2026-05-02 10:00,,Bo,Li,,,,CN,bo@example.com,,1,MUG-1,Mug,1,5,0,0,2,5,Card\n"
    "503,Cancelled,2026-05-03 10:00,,,,,,,,,,1,MUG-1,Mug,1,5,0,0,0,5,Card\n"
)
#: the columns the plugin writes unless it is told otherwise
LINES_AS_DELIVERED = (
    "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Company (Billing),"
    "Address 1&2 (Billing),City (Billing),State Code (Billing),Postcode (Billing),Country Code (Billing),"
    "Email (Billing),Phone (Billing),First Name (Shipping),Last Name (Shipping),Address 1&2 (Shipping),"
    "City (Shipping),State Code (Shipping),Postcode (Shipping),Country Code (Shipping),Payment Method Title,"
    "Cart Discount Amount,Order Subtotal Amount,Shipping Method Title,Order Shipping Amount,Order Refund Amount,"
    "Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost,Coupon Code,"
    "Discount Amount,Discount Amount Tax\n"
    "601,Completed,2026-05-01 10:00,,Ada,Kern,,Weg 1,Berlin,,10115,DE,ada@example.com,,,,,,,,,Card,0,19,Post,4,0,23,0,"
    "MUG-1,1,Mug,2,5,,0,0\n"
    "601,Completed,2026-05-01 10:00,,Ada,Kern,,Weg 1,Berlin,,10115,DE,ada@example.com,,,,,,,,,Card,0,19,Post,4,0,23,0,"
    ",2,Gift wrapping,1,9,,0,0\n"
    "602,Processing,2026-05-02 10:00,,Bo,Li,,,,,,CN,bo@example.com,,,,,,,,,Card,0,5,Post,0,0,5,0,,1,Sticker,1,5,,0,0\n"
    # a name and no quantity; an order of fees alone
    "603,Processing,2026-05-03 10:00,,Bo,Li,,,,,,CN,bo@example.com,,,,,,,,,Card,0,5,Post,0,0,5,0,,1,Sticker,,5,,0,0\n"
    "604,Processing,2026-05-03 10:00,,,,,,,,,,,,,,,,,,,Card,0,5,Post,0,0,5,0,,,,,,,,\n"
)
#: neither first nor last names
LINES_OF_NOBODY = (
    "Order Number,Order Status,Order Date,Order Total Amount,SKU,Quantity,Item Cost\n"
    "701,Completed,2026-05-01 10:00,5,MUG-1,1,5\n"
    "702,Completed,2026-05-02 10:00,5,MUG-1,1,5\n"
    "703,Completed,2026-05-03 10:00,5,MUG-1,1,5\n"
    ",Completed,2026-05-03 10:00,5,MUG-1,1,5\n"
)
ANALYTICS_ORDERS = (
    'Date,"Order #","N. Revenue (formatted)",Status,Customer,"Customer type",Product(s),"Items sold",Coupon(s),'
    '"Net Sales",Attribution\n'
    '"2026-05-01 10:00:00",88,"&euro;1,234.50",completed,"Ada Kern",new,"2× Mug",2,,1234.5,Direct\n'
    '"2026-05-02 10:00:00",89,"&euro;10.00 (includes &euro;1.60 VAT)",processing,"Bo Li",new,"1× Mug",1,,8.4,Direct\n'
    '"2026-05-03 10:00:00",90,"&euro;7.00 &euro;2.00",wc-partially-refunded,,new,"1× Tea",1,,7,\n'
    '"2026-05-03 10:00:00",,"&euro;7.00",completed,,new,"1× Tea",1,,7,\n'
)
ANALYTICS_CUSTOMERS = (
    'Name,Username,"Last Active","Sign Up",Email,Orders,"Total Spend",AOV,"Country / Region",City,Region,'
    '"Postal Code"\n'
    '"Ada Kern",ada,"2026-05-01 10:00:00","2026-01-01 09:00:00",ada@example.com,1,10,10,DE,Berlin,,10115\n'
    '"No Body",,,,,1,10,10,DE,,,\n'
)


def bring_in(store: Store, tmp_path: Path, name: str, content: str) -> Report:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    report = import_shop(
        store,
        path,
        rates=RATES,
        timezone=BERLIN,
        now=NOW,
        rejected_to=tmp_path / "rejected.csv",
    )
    with store.read() as connection:
        assert stats.compare(connection) == []
        assert goods.compare(connection) == []
        assert goods.stand(connection)
    for file in report.files:
        assert file.read == file.imported + file.updated + file.unchanged + file.rejected
    return report


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table an import writes."""
    with store.read() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select(Table.metadata.tables[name])).all()), key=repr)
            for name in _TABLES
        }


def twice_is_once(store: Store, tmp_path: Path, name: str, content: str) -> None:
    before = everything(store)
    assert bring_in(store, tmp_path, name, content).changed == 0
    assert everything(store) == before


def orders(store: Store) -> dict[str, tuple[str, str, int]]:
    with store.read() as connection:
        rows = connection.execute(select(Order.external_id, Order.status, Order.currency, Order.total)).all()
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def test_shopify_orders(store: Store, tmp_path: Path) -> None:
    report = bring_in(store, tmp_path, "orders_export.csv", SHOPIFY_ORDERS)
    assert (report.read, report.changed, report.rejected) == (5, 4, 1)
    assert 'orders_export.csv,6,"currency ""XXX"" is not' in (tmp_path / "rejected.csv").read_text()
    assert orders(store) == {
        "1001": ("shipped", "EUR", 10590),
        "1002": ("paid", "USD", 1000),
        "1003": ("cancelled", "EUR", 100),
    }
    with store.read() as connection:
        assert connection.execute(select(Refund.amount, Refund.amount_base, Refund.status)).all() == [
            (400, 368, "paid")
        ]
        ada = store.cipher.digest("email", "ada@example.com")
        person = connection.execute(select(Customer).where(Customer.email_hash == ada)).one()
        assert store.cipher.open_optional("customers.phone", person.phone_sealed) == "+31612345678"
        assert (person.country, person.city, person.external_id) == ("NL", "Gouda", f"email:{ada}")
        assert connection.scalar(select(func.count()).select_from(Address)) == 1
        assert sorted(connection.scalars(select(Product.sku))) == ["Mug", "TEA-100", "TEA-50"]
    twice_is_once(store, tmp_path, "orders_export.csv", SHOPIFY_ORDERS)


@pytest.mark.parametrize("first", ["orders", "customers"])
def test_shopify_customers_and_orders_meet_by_email(store: Store, tmp_path: Path, first: str) -> None:
    steps = [("orders.csv", SHOPIFY_ORDERS), ("customers.csv", SHOPIFY_CUSTOMERS)]
    reports = [bring_in(store, tmp_path, *step) for step in (steps if first == "orders" else reversed(steps))]
    assert sum(report.rejected for report in reports) == 1
    with store.read() as connection:
        hashed = Customer.email_hash == store.cipher.digest("email", "ada@example.com")
        assert connection.scalars(select(Customer.external_id).where(hashed)).all() == ["7210"]
        assert connection.scalar(select(Customer.marketing_consent).where(hashed)) is True
        buyer = select(Customer.external_id).join(Order, Order.customer_id == Customer.id)
        assert connection.scalar(buyer.where(Order.external_id == "1001")) == "7210"
    for step in steps:
        twice_is_once(store, tmp_path, *step)


def test_woocommerce_orders_of_the_suite(store: Store, tmp_path: Path) -> None:
    report = bring_in(store, tmp_path, "orders.csv", SUITE_ORDERS)
    assert report.rejected == 1
    assert orders(store) == {"71": ("delivered", "EUR", 2400), "73": ("paid", "EUR", 100)}
    with store.read() as connection:
        items = connection.execute(select(Product.sku, OrderItem.quantity, OrderItem.unit_price).join(Product)).all()
        assert sorted(map(tuple, items)) == [("MUG-1", 2, 500), ("Tea", 1, 900)]
        assert connection.scalar(select(Customer.external_id).where(Customer.external_id == "9")) == "9"
    twice_is_once(store, tmp_path, "orders.csv", SUITE_ORDERS)


def test_woocommerce_order_lines(store: Store, tmp_path: Path) -> None:
    report = bring_in(store, tmp_path, "lines.csv", LINES)
    assert (report.read, report.changed, report.rejected) == (4, 4, 0)
    assert orders(store) == {
        "501": ("paid", "EUR", 2300),
        "502": ("delivered", "EUR", 500),
        "503": ("cancelled", "EUR", 500),
    }
    twice_is_once(store, tmp_path, "lines.csv", LINES)


def test_woocommerce_order_lines_as_the_plugin_is_delivered(store: Store, tmp_path: Path) -> None:
    report = bring_in(store, tmp_path, "lines.csv", LINES_AS_DELIVERED)
    assert (report.read, report.changed, report.rejected) == (5, 4, 1)
    assert "lines.csv,5,quantity is missing" in (tmp_path / "rejected.csv").read_text()
    with store.read() as connection:
        items = connection.execute(select(Product.sku, OrderItem.quantity, OrderItem.unit_price).join(Product)).all()
    assert sorted(map(tuple, items)) == [("Gift wrapping", 1, 900), ("MUG-1", 2, 500), ("Sticker", 1, 500)]
    assert set(orders(store)) == {"601", "602", "603", "604"}
    twice_is_once(store, tmp_path, "lines.csv", LINES_AS_DELIVERED)


def test_what_is_no_amount_is_rejected_and_never_guessed(store: Store, tmp_path: Path) -> None:
    wrong = (
        LINES.replace("0,4,0,23,Card", "0,4,(1.00),1e5,Card")
        .replace("Mug,1,5,0,0,2,5,Card", "Mug,1,12abc,0,0,2x,5,Card")
        .replace("Mug,1,5,0,0,0,5,Card", 'Mug,1,"1.234,50",0,0,"-1,50","€1.234,50",Card')
    )
    report = bring_in(store, tmp_path, "lines.csv", wrong)
    assert (report.read, report.rejected) == (4, 3)
    said = (tmp_path / "rejected.csv").read_text()
    assert 'total ""1e5"" is not an amount' in said
    assert 'unit_price ""12abc"" is not an amount' in said
    assert orders(store) == {"502": ("delivered", "EUR", 500), "503": ("cancelled", "EUR", 123450)}
    with store.read() as connection:
        assert connection.scalars(select(OrderItem.unit_price)).all() == [123450]
        assert connection.scalars(select(Refund.amount)).all() == [150]
    refund = bring_in(store, tmp_path, "lines.csv", LINES.replace("0,0,2,5,Card", "0,0,2x,5,Card"))
    assert refund.rejected == 1
    assert 'its refund was left out: amount ""2x"" is not an amount' in (tmp_path / "rejected.csv").read_text()


def test_columns_that_stand_twice_in_an_export_and_columns_without_a_name(store: Store, tmp_path: Path) -> None:
    head, *rows = LINES_OF_NOBODY.strip().split("\n")
    wide = "\n".join([f"{head},SKU,order_number,,,_raw", *(f"{row},?,?,,," for row in rows)])
    report = bring_in(store, tmp_path, "lines.csv", wide)
    assert (report.read, report.changed, report.rejected) == (4, 4, 0)
    with store.read() as connection:
        assert connection.scalars(select(Product.sku)).all() == ["MUG-1"]


def test_a_workbook_of_orders_with_several_sheets(store: Store, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for title, content in (("May", LINES), ("June", LINES_OF_NOBODY), ("Notes", "a,b\n1,2\n")):
        sheet = book.create_sheet(title)
        for row in csv.reader(content.splitlines()):
            sheet.append(row)
    book.save(tmp_path / "orders.xlsx")
    report = import_shop(
        store, tmp_path / "orders.xlsx", rates=RATES, timezone=BERLIN, now=NOW, rejected_to=tmp_path / "rejected.csv"
    )
    assert (report.read, report.changed, report.rejected) == (8, 8, 0)
    assert report.files[0].notices[-1] == "sheets left out: Notes"
    assert set(orders(store)) == {"501", "502", "503", "701", "702", "703"}


def test_the_days_of_a_file_tell_how_its_dates_are_written(store: Store, tmp_path: Path) -> None:
    def placed(content: str) -> tuple[list[datetime], tuple[str, ...]]:
        report = bring_in(store, tmp_path, "lines.csv", content)
        assert report.rejected == 0
        with store.read() as connection:
            return list(connection.scalars(select(Order.placed_at).order_by(Order.external_id))), report.files[
                0
            ].notices

    british = LINES_OF_NOBODY
    for day, written in (("01", "05/04/2026 3:30 PM"), ("02", "05.04.2026 15:30"), ("03", "13/04/2026 15:30")):
        british = british.replace(f"2026-05-{day} 10:00", written)
    afternoon = datetime(2026, 4, 5, 13, 30, tzinfo=UTC)
    times, notices = placed(british)
    assert times == [afternoon, afternoon, afternoon.replace(day=13)]
    assert len(notices) == 1
    times, notices = placed(british.replace("13/04/2026", "12/04/2026"))
    assert [(at.month, at.day) for at in times] == [(5, 4), (4, 5), (12, 4)]
    assert notices[-1].startswith("dates such as 05/04/2026 3:30 PM were read as month/day/year")


def test_order_lines_without_columns_of_people(store: Store, tmp_path: Path) -> None:
    report = bring_in(store, tmp_path, "lines.csv", LINES_OF_NOBODY)
    assert (report.read, report.changed, report.rejected) == (4, 4, 0)
    twice_is_once(store, tmp_path, "lines.csv", LINES_OF_NOBODY)


def test_what_changed_beside_the_lines_is_counted(store: Store, tmp_path: Path) -> None:
    bring_in(store, tmp_path, "lines.csv", LINES)
    finished = bring_in(store, tmp_path, "lines.csv", LINES.replace("501,Processing", "501,Completed"))
    assert [(f.imported, f.updated, f.unchanged) for f in finished.files] == [(0, 1, 3)]
    given_back = bring_in(store, tmp_path, "lines.csv", LINES.replace("0,0,2,5,Card", "0,0,3,5,Card"))
    # and the other order is back to what it was
    assert [(f.imported, f.updated, f.unchanged) for f in given_back.files] == [(0, 2, 2)]


def test_woocommerce_analytics(store: Store, tmp_path: Path) -> None:
    people = bring_in(store, tmp_path, "customers.csv", ANALYTICS_CUSTOMERS)
    assert (people.changed, people.rejected) == (1, 1)
    sold = bring_in(store, tmp_path, "orders.csv", ANALYTICS_ORDERS)
    assert (sold.changed, sold.rejected, len(sold.files[0].notices)) == (3, 1, 2)
    assert "it names no order" in (tmp_path / "rejected.csv").read_text()
    assert orders(store) == {
        "88": ("delivered", "EUR", 123450),
        "89": ("paid", "EUR", 1000),
        "90": ("paid", "EUR", 700),
    }
    twice_is_once(store, tmp_path, "orders.csv", ANALYTICS_ORDERS)
    twice_is_once(store, tmp_path, "customers.csv", ANALYTICS_CUSTOMERS)
