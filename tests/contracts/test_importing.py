"""A shop's history comes in: the same on every engine."""

import csv
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from sqlalchemy import func, insert, inspect, select, text

from crm_store import customers, goods, indexes, stats
from crm_store.importing import MissingColumns, MissingFile, NotAFile, Report, UnknownFormat, import_shop
from crm_store.importing import shop as shop_module
from crm_store.money import Rates
from crm_store.schema import (
    Address,
    CartItem,
    Consent,
    Customer,
    CustomerStats,
    Identity,
    Order,
    OrderItem,
    Product,
    Refund,
    RefundItem,
    Review,
    Shipment,
    Table,
    Ticket,
    TicketNumber,
    Visit,
)
from crm_store.store import Store

NOW = datetime(2026, 7, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
RATES = Rates(
    "EUR", {"GBP": Decimal("1.16"), "USD": Decimal("0.92"), "CNY": Decimal("0.128"), "JPY": Decimal("0.0061")}
)
SHARED = Path(__file__).parents[2].parent / "shared"
SHOP = SHARED / "questions" / "shop"
RETAIL = SHARED / "data" / "online_retail_II.parquet"

CUSTOMERS = "customer_id,name,email,phone,country,city,language,signed_up_at,marketing_consent,telegram_id\n"
ORDERS = (
    "order_id,customer_id,placed_at,status,currency,total,shipping,discount,"
    "payment_method,tracking_number,carrier,delivered_at\n"
)
GOOD: dict[str, str] = {
    "customers": CUSTOMERS
    + "C1,Ada Kern,ada@example.com,+49 151 1,DE,Berlin,de,2026-01-05T10:00:00Z,true,4242\n"
    + "C2,Bo Li,bo@example.com,,CN,,zh,2026-02-01,false,\n",
    "addresses": "customer_id,kind,line1,line2,city,postcode,region,country\nC1,shipping,Weg 1,,Berlin,10115,,DE\n",
    "products": "sku,name,category,price,currency,stock\nMUG,Mug,Kitchen,9.90,EUR,5\nTEA,Tea,Kitchen,4.50,GBP,\n",
    "orders": ORDERS
    + "O1,C1,2026-03-01T12:00:00,delivered,EUR,24.30,4.50,0,card,TR1,DHL,2026-03-04T09:00:00Z\n"
    + "O2,C2,2026-03-02T12:00:00Z,cancelled,JPY,1000,,,,,,\n"
    + "O3,,2026-03-03T12:00:00Z,paid,GBP,10.00,,,,,,\n",
    "order_items": "order_id,sku,quantity,unit_price\nO1,MUG,2,9.90\nO1,MUG,2,9.90\nO3,TEA,1,10.00\n",
    "refunds": "refund_id,order_id,amount,reason,created_at,status\nR1,O1,9.90,broken,2026-03-10T00:00:00Z,paid\n",
    "reviews": "review_id,customer_id,sku,order_id,rating,text,language,created_at\n"
    'V1,C1,MUG,O1,5,"Good,\nreally ""good""",en,2026-03-11T00:00:00Z\n',
    "tickets": "ticket_id,customer_id,order_id,kind,status,priority,assignee,subject,opened_at,first_reply_at,"
    "resolved_at,csat\nT1,C1,O1,complaint,open,high,tom,wet parcel,2026-03-05T00:00:00Z,,,\n"
    "T2,C1,,question,resolved,,maya,when,2026-03-06T00:00:00Z,2026-03-06T01:00:00Z,2026-03-06T02:00:00Z,4\n",
    "carts": "customer_id,sku,quantity,updated_at\nC1,TEA,3,2026-06-01T00:00:00Z\n",
    "visits": "customer_id,sku,at,source\nC1,MUG,2026-06-01T00:00:00Z,mail\nC1,MUG,2026-06-01T00:00:00Z,mail\n"
    "C2,,2026-06-02T00:00:00Z,\n",
}
ALL_TABLES = (
    Customer,
    Identity,
    Address,
    Product,
    Order,
    Shipment,
    OrderItem,
    Refund,
    RefundItem,
    Review,
    Ticket,
    TicketNumber,
    CartItem,
    Visit,
    CustomerStats,
)

BringIn = Callable[..., Report]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    made.mkdir()
    return made


@pytest.fixture
def bring_in(store: Store, tmp_path: Path) -> BringIn:
    def run(path: Path, rates: Rates = RATES) -> Report:
        return import_shop(
            store, path, rates=rates, timezone=BERLIN, now=NOW, rejected_to=tmp_path / "out" / "rejected.csv"
        )

    return run


def write(folder: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return folder


def rejected(report: Report) -> list[tuple[str, int, str, str]]:
    if report.rejected_to is None:
        return []
    with report.rejected_to.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["file", "line", "reason", "content"]
    return [(name, int(line), reason, content) for name, line, reason, content in rows[1:]]


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table an import writes, byte for byte."""
    with store.read() as connection:
        return {
            model.__tablename__: sorted(map(tuple, connection.execute(select(model.__table__)).all()), key=repr)
            for model in ALL_TABLES
        }


def numbers(report: Report) -> dict[str, tuple[int, int, int, int, int]]:
    return {f.name: (f.read, f.imported, f.updated, f.unchanged, f.rejected) for f in report.files}


def stats_are_right(store: Store) -> bool:
    with store.read() as connection:
        return stats.compare(connection) == [] and goods.compare(connection) == [] and goods.stand(connection)


def test_every_file_and_column_arrives(store: Store, folder: Path, bring_in: BringIn) -> None:
    report = bring_in(write(folder, **GOOD))
    assert (report.rejected, report.rejected_to) == (0, None)
    assert next(f.name for f in report.files) == "customers.csv"
    with store.read() as connection:
        ada = connection.execute(select(Customer).where(Customer.external_id == "C1")).one()
        cipher = store.cipher
        assert cipher.open_optional("customers.name", ada.name_sealed) == "Ada Kern"
        assert cipher.open_optional("customers.email", ada.email_sealed) == "ada@example.com"
        assert cipher.open_optional("customers.phone", ada.phone_sealed) == "+49 151 1"
        assert (ada.email_hash, ada.phone_hash) == (
            cipher.digest("email", "ADA@example.com"),
            cipher.digest("phone", "0049151 1"),
        )
        assert (ada.country, ada.city, ada.language, ada.marketing_consent) == ("DE", "Berlin", "de", True)
        assert ada.signed_up_at == datetime(2026, 1, 5, 10, tzinfo=UTC)
        chat = connection.execute(select(Identity)).one()
        assert (chat.channel, chat.user, chat.customer_id, chat.linked_by) == ("telegram", "4242", ada.id, "import")
        address = connection.execute(select(Address)).one()
        assert '"line1": "Weg 1"' in cipher.open("addresses.address", address.address_sealed)
        order = connection.execute(select(Order).where(Order.external_id == "O1")).one()
        # without an offset it is Berlin's noon
        assert order.placed_at == datetime(2026, 3, 1, 11, tzinfo=UTC)
        assert (order.total, order.total_base, order.shipping, order.discount) == (2430, 2430, 450, 0)
        yen = connection.execute(select(Order).where(Order.external_id == "O2")).one()
        assert (yen.total, yen.total_base) == (1000, 610)
        guest = connection.execute(select(Order).where(Order.external_id == "O3")).one()
        assert (guest.customer_id, guest.total_base) == (None, 1160)
        parcel = connection.execute(select(Shipment)).one()
        assert (parcel.order_id, parcel.number, parcel.carrier, parcel.tracking_number) == (order.id, 1, "DHL", "TR1")
        assert parcel.delivered_at == datetime(2026, 3, 4, 9, tzinfo=UTC)
        items = connection.execute(select(OrderItem.occurrence).where(OrderItem.order_id == order.id)).scalars()
        assert sorted(items) == [1, 2]
        refund = connection.execute(select(Refund)).one()
        assert (refund.amount, refund.currency, refund.customer_id, refund.reason) == (990, "EUR", ada.id, "broken")
        review = connection.scalar(select(Review.text_sealed))
        assert review is not None
        assert store.cipher.open("reviews.text", review) == 'Good,\nreally "good"'
        tickets = connection.execute(select(Ticket).order_by(Ticket.external_id)).all()
        assert [t.priority for t in tickets] == ["high", "normal"]
        assert cipher.open_optional("tickets.subject", tickets[0].subject_sealed) == "wet parcel"
        assert set(connection.scalars(select(TicketNumber.id))) == {t.id for t in tickets}
        assert connection.scalar(select(func.count()).select_from(Visit)) == 3
        row = connection.execute(select(CustomerStats).where(CustomerStats.customer_id == ada.id)).one()
        assert (row.orders, row.spend_base, row.refunds, row.refunded_base) == (1, 2430, 1, 990)
        assert (row.tickets, row.open_tickets, row.ratings, row.rating_sum) == (2, 1, 1, 5)
    assert stats_are_right(store)


def test_twice_is_once(store: Store, folder: Path, bring_in: BringIn) -> None:
    bring_in(write(folder, **GOOD))
    before = everything(store)
    again = bring_in(folder)
    assert again.changed == 0
    assert all(f.unchanged == f.read for f in again.files)
    assert everything(store) == before


def test_a_card_number_in_a_text_is_masked_and_twice_is_once_all_the_same(
    store: Store, folder: Path, bring_in: BringIn
) -> None:
    card = "4111 1111 1111 1111"
    told = {"reviews": GOOD["reviews"].replace("Good,", f"Paid by {card},")}
    told["tickets"] = GOOD["tickets"].replace("wet parcel", f"charged {card} twice")

    bring_in(write(folder, **(GOOD | told)))
    again = bring_in(folder)

    assert again.changed == 0
    with store.read() as connection:
        review = connection.scalars(select(Review.text_sealed)).one()
        subject = connection.scalars(select(Ticket.subject_sealed).where(Ticket.external_id == "T1")).one()
    assert store.cipher.open("reviews.text", review or b"").startswith("Paid by •••• •••• •••• 1111,")
    assert store.cipher.open("tickets.subject", subject or b"") == "charged •••• •••• •••• 1111 twice"


def test_rows_are_updated_in_place_and_an_empty_cell_changes_nothing(
    store: Store, folder: Path, bring_in: BringIn
) -> None:
    bring_in(write(folder, **GOOD))
    with store.read() as connection:
        ids = dict(connection.execute(select(Order.external_id, Order.id)).all())
    changed = write(
        folder,
        customers=CUSTOMERS + "C1,Ada King,,,,,,,,\n" + "C2,Bo Li,bo@example.com,,CN,,zh,,false,77\n",
        orders=GOOD["orders"].replace("O3,,", "O3,C2,").replace("cancelled,JPY", "paid,JPY").replace("TR1", "TR9"),
        order_items=GOOD["order_items"].replace("TEA,1,", "TEA,2,"),
        tickets=GOOD["tickets"].replace("question,resolved", "question,open").replace("2026-03-06T02:00:00Z", ""),
    )
    report = bring_in(changed)
    counts = numbers(report)
    assert counts["customers.csv"] == (2, 0, 1, 1, 0)
    assert counts["orders.csv"] == (3, 0, 3, 0, 0)
    assert counts["order_items.csv"] == (3, 0, 1, 2, 0)
    with store.read() as connection:
        assert dict(connection.execute(select(Order.external_id, Order.id)).all()) == ids
        ada = connection.execute(select(Customer).where(Customer.external_id == "C1")).one()
        assert store.cipher.open_optional("customers.name", ada.name_sealed) == "Ada King"
        assert store.cipher.open_optional("customers.email", ada.email_sealed) == "ada@example.com"
        assert connection.execute(select(Shipment.tracking_number)).scalars().all() == ["TR9"]
        assert connection.scalar(select(Ticket.resolved_at).where(Ticket.external_id == "T2")) is None
        assert sorted(connection.execute(select(Identity.user)).scalars()) == ["4242", "77"]
    assert stats_are_right(store)
    assert bring_in(folder).changed == 0


def test_a_ticket_without_a_priority_is_normal_and_keeps_the_one_it_has(
    store: Store, folder: Path, bring_in: BringIn
) -> None:
    head, row = "ticket_id,kind,status,opened_at", "T1,question,open,2026-01-01"
    write(folder, customers=CUSTOMERS, orders=ORDERS, tickets=f"{head}\n{row}\n")
    assert bring_in(folder).rejected == 0
    write(folder, tickets=f"{head},priority\n{row},urgent\nT2,question,open,2026-01-01,\n")
    assert numbers(bring_in(folder))["tickets.csv"] == (2, 1, 1, 0, 0)
    write(folder, tickets=f"{head},priority\n{row},\n")
    assert numbers(bring_in(folder))["tickets.csv"] == (1, 0, 0, 1, 0)
    with store.read() as connection:
        kept = dict(connection.execute(select(Ticket.external_id, Ticket.priority)).all())
    assert kept == {"T1": "urgent", "T2": "normal"}


BAD_ROWS: Mapping[str, tuple[str, str, str]] = {
    "unknown customer": ("orders", "B,C9,2026-01-01,paid,EUR,1,,,,,,", 'customer_id "C9" is not known'),
    "impossible date": ("orders", "B,C1,2026-02-30,paid,EUR,1,,,,,,", 'placed_at "2026-02-30" is not a possible time'),
    "unknown currency": ("orders", "B,C1,2026-01-01,paid,QQQ,1,,,,,,", "is not an ISO 4217 currency"),
    "currency without a rate": ("orders", "B,C1,2026-01-01,paid,CHF,1,,,,,,", "is a currency without a rate"),
    "wrong column count": ("orders", "B,C1,2026-01-01", "it has 3 cells, the header has 12"),
    "bad status": ("orders", "B,C1,2026-01-01,lost,EUR,1,,,,,,", 'status "lost" is not one of'),
    "negative total": ("orders", "B,C1,2026-01-01,paid,EUR,-1,,,,,,", 'total "-1" is negative'),
    "bad amount": ("orders", "B,C1,2026-01-01,paid,EUR,1e3,,,,,,", 'total "1e3" is not an amount'),
    "too fine an amount": ("orders", "B,C1,2026-01-01,paid,JPY,1.5,,,,,,", "has more than 0 decimal places"),
    "missing amount": ("orders", "B,C1,2026-01-01,paid,EUR,,,,,,,", "total is missing"),
    "duplicate order": ("orders", "O1,C2,2026-01-01,paid,EUR,1,,,,,,", "earlier row with other content"),
    "missing id": ("customers", ",Ada,,,,,,,,", "customer_id is missing"),
    "bad country": ("customers", "B,,,,UK,,,,,", 'country "UK" is not an ISO 3166-1 country code'),
    "bad consent": ("customers", "B,,,,,,,,maybe,", 'marketing_consent "maybe" is not true or false'),
    "long id": ("customers", f"{'x' * 101},,,,,,,,,", "longer than 100 characters"),
    "bad kind of address": ("addresses", "C1,home,Weg 1,,,,,", 'kind "home" is not one of shipping, billing'),
    "negative quantity": ("order_items", "O1,MUG,-1,9.90", 'quantity "-1" is negative'),
    "unknown product": ("order_items", "O1,CUP,1,9.90", 'sku "CUP" is not known'),
    "unknown order": ("order_items", "O9,MUG,1,9.90", 'order_id "O9" is not known'),
    "bad refund status": ("refunds", "B,O1,1,,2026-01-01,lost", 'status "lost" is not one of'),
    "bad rating": ("reviews", "B,C1,MUG,O1,6,,,2026-01-01", 'rating "6" is not one of 1 to 5'),
    "bad kind of ticket": ("tickets", "B,C1,,two words,open,low,,,2026-01-01,,,", 'kind "two words" is not a word'),
    "bad csat": ("tickets", "B,C1,,refund,resolved,low,,,2026-01-01,,,0", 'csat "0" is not one of 1 to 5'),
    "duplicate cart": ("carts", "C1,TEA,4,", "earlier row with other content"),
    "impossible hour": ("visits", "C1,MUG,2026-01-01T25:00:00Z,", "is not a possible time"),
    "NUL": ("carts", "C2,TEA,1\0,", "it holds a NUL byte"),
    "open quotation mark": ("customers", 'B,"Ada,,,,,,,,', "a quotation mark"),
}


def test_bad_rows_are_written_down_and_every_good_row_goes_in(store: Store, folder: Path, bring_in: BringIn) -> None:
    files = dict(GOOD)
    lines: dict[tuple[str, int], tuple[str, str]] = {}
    for file, row, reason in BAD_ROWS.values():
        files[file] += row + "\n"
        lines[f"{file}.csv", files[file].count("\n")] = (row, reason)
    report = bring_in(write(folder, **files))
    found = {(name, line): (reason, content) for name, line, reason, content in rejected(report)}
    assert set(found) == set(lines)
    for place, (row, reason) in lines.items():
        assert reason in found[place][0]
        assert found[place][1].split(",")[0] == row.split(",")[0]
    assert report.rejected == len(BAD_ROWS)
    with store.read() as connection:
        for model, count in ((Customer, 2), (Order, 3), (OrderItem, 3), (Refund, 1), (Review, 1), (Ticket, 2)):
            assert connection.scalar(select(func.count()).select_from(model)) == count
    again = bring_in(folder)
    assert (again.changed, again.rejected) == (0, len(BAD_ROWS))


def test_a_customer_goes_in_without_an_account_that_cannot_be(store: Store, folder: Path, bring_in: BringIn) -> None:
    accounts = ("12345.0", "1.23E+09", "@ada", "-5", "٤٢", "4503599627370497", "9" * 70, "12345", "00777")
    people = "".join(f"C{n},Name {n},,,,,,,,{account}\n" for n, account in enumerate(accounts))
    orders = "".join(f"O{n},C{n},2026-01-01,paid,EUR,1,,,,,,\n" for n in range(len(accounts)))
    report = bring_in(write(folder, customers=CUSTOMERS + people, orders=ORDERS + orders))
    assert numbers(report) == {"customers.csv": (9, 2, 0, 0, 7), "orders.csv": (9, 9, 0, 0, 0)}
    reasons = [reason for _, _, reason, _ in rejected(report)]
    assert 'telegram_id "@ada" is not the number of an account: the customer goes in without it' in reasons
    assert 'telegram_id "12345" belongs to customer "C0": the customer goes in without it' in reasons
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(Customer)) == 9
        assert sorted(connection.scalars(select(Identity.user))) == ["12345", "777"]
    before = everything(store)
    assert numbers(bring_in(folder))["customers.csv"] == (9, 0, 0, 2, 7)
    assert everything(store) == before


def test_more_equal_lines_than_can_be_numbered_are_rejected(
    store: Store, folder: Path, bring_in: BringIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        folder,
        customers=CUSTOMERS,
        orders=ORDERS + "O1,,2026-01-01,paid,EUR,1,,,,,,\n",
        order_items="order_id,sku,quantity,unit_price\n" + "O1,MUG,1,1\n" * (2**15 + 2),
    )
    assert numbers(bring_in(folder))["order_items.csv"] == (32_770, 32_767, 0, 0, 3)
    small = shop_module.read_csv
    monkeypatch.setattr(shop_module, "read_csv", lambda path: small(path, 200_000))
    again = bring_in(folder)
    assert numbers(again)["order_items.csv"] == (32_770, 0, 0, 32_767, 3)
    assert "more than 32,767 lines of one product in one order" in rejected(again)[0][2]


def test_broken_utf8_bom_crlf_and_quoted_newlines(store: Store, folder: Path, bring_in: BringIn) -> None:
    rows = [
        b"\xef\xbb\xbf" + CUSTOMERS.strip().encode(),
        b'C1,"Ada\r\nKern",,,,,,,,',
        b"C2,B\xff,,,,,,,,",
        b"",
        "C3,李雷,,,,,,,,".encode(),
        b"C4,=cmd|' /C calc'!A0,,,XX,,,,,",
    ]
    report = bring_in(write(folder, customers=b"\r\n".join(rows), orders=ORDERS))
    assert [(name, line) for name, line, _, _ in rejected(report)] == [("customers.csv", 4), ("customers.csv", 7)]
    (_, _, not_utf8, shown), (_, _, _, formula) = rejected(report)
    assert not_utf8 == "it is not UTF-8"
    assert shown.startswith("C2,B\\xff")
    assert ",'=cmd" in formula
    with store.read() as connection:
        names = connection.scalars(select(Customer.name_sealed).order_by(Customer.external_id))
        texts = [store.cipher.open_optional("customers.name", name) for name in names]
    assert texts == ["Ada\r\nKern", "李雷"]
    assert numbers(report)["customers.csv"] == (4, 2, 0, 0, 2)


def test_a_missing_file_or_column_stops_before_anything_is_written(
    store: Store, folder: Path, bring_in: BringIn
) -> None:
    write(folder, customers=GOOD["customers"])
    with pytest.raises(MissingFile, match=r"orders\.csv is missing"):
        bring_in(folder)
    write(folder, orders="order_id,customer_id,placed_at,status,total\n")
    with pytest.raises(MissingColumns, match="currency") as error:
        bring_in(folder)
    assert error.value.columns == ("currency",)
    write(folder, orders=b"")
    with pytest.raises(MissingColumns):
        bring_in(folder)
    with pytest.raises(MissingFile):
        bring_in(folder / "nowhere")
    with pytest.raises(UnknownFormat):
        bring_in(write(folder, strange="a,b\n1,2\n") / "strange.csv")
    assert not any(everything(store).values())


def test_files_without_rows_and_columns_nobody_knows(store: Store, folder: Path, bring_in: BringIn) -> None:
    write(folder, customers=CUSTOMERS, orders="shoe_size," + ORDERS, visits=b"")
    report = bring_in(folder)
    assert report.read == 0
    assert {f.name: f.notices for f in report.files}["orders.csv"] == ("columns left out: shoe_size",)


def test_headers_are_read_as_people_write_them(store: Store, folder: Path, bring_in: BringIn) -> None:
    write(
        folder,
        customers="Customer ID;Name;_line;;\nC1;Ada;1;;\n",
        orders="ORDER_ID\tcustomer id\tPlaced At\tStatus\tcurrency\ttotal\rO1\tC1\t2026-01-01\tpaid\tEUR\t1\r",
    )
    report = bring_in(folder)
    assert (report.rejected, report.changed) == (0, 2)
    assert report.files[0].notices == ("columns left out: _line (column 3), (column 4), (column 5)",)
    write(folder, orders="order_id,Order ID,placed_at,status,currency,total\n")
    with pytest.raises(UnknownFormat, match="order_id stands in it more than once"):
        bring_in(folder)


def test_what_is_left_out_of_a_folder_is_said(store: Store, folder: Path, bring_in: BringIn) -> None:
    write(folder, customers=CUSTOMERS, orders=ORDERS, notes="größe\n".encode("latin-1"))
    (folder / "Refunds.CSV").write_text(GOOD["refunds"])
    (folder / "order-items.csv").write_text(GOOD["order_items"])
    (folder / "orders_export.csv").write_text(
        "Name,Financial Status,Fulfillment Status,Currency,Total,Lineitem quantity,Lineitem price\n"
    )
    (folder / "old.xlsx").write_bytes(b"PK broken")
    (folder / "visits.csv").mkdir()
    (folder / "rejected.csv").write_text("file,line,reason,content\n")
    (folder / ".DS_Store").write_bytes(b"")
    report = bring_in(folder)
    assert [file.name for file in report.files] == ["customers.csv", "orders.csv"]
    assert report.notices == (
        "left out: Refunds.CSV (if it is one of ours, call it refunds.csv), notes.csv, old.xlsx, "
        "order-items.csv (if it is one of ours, call it order_items.csv), orders_export.csv, visits.csv (a folder)",
    )
    assert report.as_json()["notices"] == list(report.notices)


def test_a_folder_where_a_file_must_be_and_a_folder_without_a_readable_file(
    store: Store, folder: Path, bring_in: BringIn
) -> None:
    (folder / "old.xlsx").write_bytes(b"PK broken")
    with pytest.raises(UnknownFormat, match="it is not a workbook"):
        bring_in(folder)
    write(folder, orders=ORDERS)
    (folder / "customers.csv").mkdir()
    with pytest.raises(NotAFile, match=r"customers\.csv is a folder"):
        bring_in(folder)


def test_products_are_made_from_items_only_where_no_file_describes_them(
    store: Store, folder: Path, bring_in: BringIn
) -> None:
    files = {name: GOOD[name] for name in ("customers", "orders", "order_items", "carts")}
    assert bring_in(write(folder, **files)).rejected == 0
    with store.read() as connection:
        assert sorted(connection.scalars(select(Product.sku))) == ["MUG", "TEA"]
    report = bring_in(write(folder, products="sku,name\nMUG,Mug\n", order_items=GOOD["order_items"] + "O1,CUP,1,1\n"))
    assert [reason for _, _, reason, _ in rejected(report)] == ['sku "CUP" is not known']
    with store.read() as connection:
        assert connection.scalar(select(Product.name).where(Product.sku == "MUG")) == "Mug"


def test_rows_of_one_order_far_apart_and_repeated_ids_over_chunks(
    store: Store, folder: Path, bring_in: BringIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    # blocks so small that every few rows are a chunk and a transaction of their own
    small = shop_module.read_csv
    monkeypatch.setattr(shop_module, "read_csv", lambda path: small(path, 120))
    people = "".join(f"C{n},Name {n},,,,,,,,\n" for n in range(60))
    orders = "".join(f"O{n},C{n},2026-01-0{n % 9 + 1},paid,EUR,{n}.50,,,,,,\n" for n in range(60))
    items = "".join(f"O{n % 7},MUG,1,{n % 3}\n" for n in range(70))
    visits = "C1,MUG,2026-01-01T00:00:00Z,mail\n" * 40
    write(
        folder,
        customers=CUSTOMERS + people + "C3,Name 3,,,,,,,,\nC4,Other,,,,,,,,\n",
        orders=ORDERS + orders + "O5,C5,2026-01-06,paid,EUR,5.50,,,,,,\nO6,C6,2026-01-06,paid,EUR,5.50,,,,,,\n",
        order_items="order_id,sku,quantity,unit_price\n" + items,
        visits="customer_id,sku,at,source\n" + visits,
    )
    report = bring_in(folder)
    expected = {
        "customers.csv": (62, 60, 0, 1, 1),
        "orders.csv": (62, 60, 0, 1, 1),
        "order_items.csv": (70, 70, 0, 0, 0),
        "visits.csv": (40, 40, 0, 0, 0),
    }
    assert numbers(report) == expected
    assert [(name, line) for name, line, _, _ in rejected(report)] == [("customers.csv", 63), ("orders.csv", 63)]
    before = everything(store)
    again = bring_in(folder)
    assert (again.changed, again.rejected) == (0, 2)
    assert everything(store) == before
    assert stats_are_right(store)


def test_a_second_run_completes_what_a_crash_left(
    store: Store, folder: Path, bring_in: BringIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, **GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(shop_module.Import, "count_customers", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            bring_in(folder)
    assert not stats_are_right(store)
    bring_in(folder)
    assert stats_are_right(store)
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(Visit)) == 3


def test_an_account_known_from_chat_goes_to_the_customer_with_its_tickets(
    store: Store, folder: Path, bring_in: BringIn
) -> None:
    with store.begin() as connection:
        guest = connection.execute(insert(Customer).values(created_at=NOW)).inserted_primary_key[0]  # type: ignore[index]
        values = {"customer_id": guest, "channel": "telegram", "user": "4242", "linked_by": "chat", "linked_at": NOW}
        connection.execute(insert(Identity).values(values))
    bring_in(write(folder, **GOOD))
    with store.read() as connection:
        owner = select(Customer.external_id).join(Identity, Identity.customer_id == Customer.id)
        assert connection.scalars(owner).all() == ["C1"]
    assert bring_in(folder).changed == 0


def test_customers_who_never_bought_have_numbers_too(store: Store, folder: Path, bring_in: BringIn) -> None:
    bring_in(write(folder, customers=CUSTOMERS + "A,,,,,,,,,\nB,,,,,,,,,\n", orders=ORDERS))
    with store.read() as connection:
        assert connection.scalars(select(CustomerStats.orders)).all() == [0, 0]
    assert stats_are_right(store)


def lines_of(store: Store, order: str) -> list[tuple[str, int, int]]:
    with store.read() as connection:
        lines = select(Product.sku, OrderItem.occurrence, OrderItem.quantity).select_from(OrderItem).join(Product)
        lines = lines.join(Order, Order.id == OrderItem.order_id).where(Order.external_id == order)
        return sorted(map(tuple, connection.execute(lines)))


def test_lines_an_order_has_no_longer_go(
    store: Store, folder: Path, bring_in: BringIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = GOOD["order_items"].splitlines()[0] + "\n"
    filling = "".join(f"O3,TEA,{n},1.00\n" for n in range(1, 101))
    bring_in(write(folder, **GOOD | {"order_items": head + "O1,MUG,1,9.90\nO1,MUG,2,9.90\nO2,MUG,4,1\n" + filling}))
    # the lines of one order far apart, in chunks of their own
    small = shop_module.read_csv
    monkeypatch.setattr(shop_module, "read_csv", lambda path: small(path, 120))
    bring_in(write(folder, order_items=head + "O1,TEA,1,9.90\n" + filling + "O1,MUG,2,9.90\n"))
    assert lines_of(store, "O1") == [("MUG", 1, 2), ("TEA", 1, 1)]
    assert lines_of(store, "O2") == [("MUG", 1, 4)], "the file does not name the order"
    assert len(lines_of(store, "O3")) == 100
    before = everything(store)
    assert bring_in(folder).changed == 0
    assert everything(store) == before


def test_lines_stay_where_the_row_that_replaces_them_was_rejected(
    store: Store, folder: Path, bring_in: BringIn
) -> None:
    bring_in(write(folder, **GOOD))
    report = bring_in(write(folder, order_items=GOOD["order_items"].replace("O1,MUG,2,9.90\n", "O1,MUG,x,9.90\n", 1)))
    assert lines_of(store, "O1") == [("MUG", 1, 2), ("MUG", 2, 2)]
    notices = {file.name: file.notices for file in report.files}
    assert notices["order_items.csv"] == ("order lines no longer in the file stay, as rows were rejected: 1",)
    report = bring_in(write(folder, order_items=GOOD["order_items"].replace("O1,MUG,2,9.90\n", "", 1)))
    assert lines_of(store, "O1") == [("MUG", 1, 2)]
    notices = {file.name: file.notices for file in report.files}
    assert notices["order_items.csv"] == ("order lines no longer in the file were removed: 1",)


def test_who_said_stop_in_the_chat_stays_stopped(store: Store, folder: Path, bring_in: BringIn) -> None:
    with store.begin() as connection:
        guest = connection.execute(insert(Customer).values(created_at=NOW)).inserted_primary_key[0]  # type: ignore[index]
        values = {"customer_id": guest, "channel": "telegram", "user": "4242", "linked_by": "chat", "linked_at": NOW}
        connection.execute(insert(Identity).values(values))
        for kind, given in (("training", True), ("broadcast", True), ("broadcast", False)):
            customers.consent(connection, guest, kind, given, "1", "telegram", NOW)
    for _ in range(2):
        bring_in(write(folder, **GOOD))
        with store.read() as connection:
            ada = connection.execute(select(Customer).where(Customer.external_id == "C1")).one()
            assert ada.marketing_consent is True
            assert customers.consents(connection, ada.id) == {"broadcast": False, "training": True}
            kept = select(func.count()).select_from(Consent).where(Consent.customer_id == ada.id)
            assert connection.scalar(kept) == 3


def test_an_order_goes_to_another_customer_with_its_refunds(store: Store, folder: Path, bring_in: BringIn) -> None:
    bring_in(write(folder, **GOOD))
    (folder / "refunds.csv").unlink()
    moved = GOOD["orders"].replace("O1,C1,2026-03-01T12:00:00,delivered,EUR", "O1,C2,2026-03-01T12:00:00,delivered,USD")
    bring_in(write(folder, orders=moved))
    with store.read() as connection:
        bo = connection.scalar(select(Customer.id).where(Customer.external_id == "C2"))
        columns = (Refund.customer_id, Refund.amount, Refund.currency, Refund.amount_base)
        assert connection.execute(select(*columns)).one() == (bo, 990, "USD", 911)
        kept = select(CustomerStats.refunds, CustomerStats.refunded_base).order_by(CustomerStats.customer_id)
        assert connection.execute(kept).all() == [(0, 0), (1, 911)]
    assert stats_are_right(store)
    bring_in(write(folder, orders=moved.replace("delivered,USD,24.30,4.50", "paid,JPY,24,4")))
    with store.read() as connection:
        assert connection.execute(select(*columns)).one() == (bo, 10, "JPY", 6)
    assert stats_are_right(store)


def test_rows_that_go_to_another_customer_count_for_the_former_no_longer(
    store: Store, folder: Path, bring_in: BringIn
) -> None:
    bring_in(write(folder, **GOOD))
    moved = {name: GOOD[name].replace(",C1,", ",C2,") for name in ("reviews", "tickets")}
    # O3 is a guest's
    moved["refunds"] = GOOD["refunds"].replace("R1,O1", "R1,O3")
    bring_in(write(folder, **moved))
    with store.read() as connection:
        columns = (CustomerStats.refunds, CustomerStats.tickets, CustomerStats.ratings)
        kept = connection.execute(select(*columns).order_by(CustomerStats.customer_id)).all()
        assert kept == [(0, 0, 0), (0, 2, 1)]
        assert connection.execute(select(Refund.customer_id, Refund.currency)).one() == (None, "GBP")
    assert stats_are_right(store)
    assert bring_in(folder).changed == 0


def test_tickets_without_a_column_of_priorities_are_normal_and_keep_what_they_had(
    store: Store, folder: Path, bring_in: BringIn
) -> None:
    bring_in(write(folder, **GOOD))
    head = "ticket_id,customer_id,kind,status,opened_at\n"
    rows = "".join(f"{ticket},C1,complaint,open,2026-03-05T00:00:00Z\n" for ticket in ("T1", "T9"))
    assert bring_in(write(folder, tickets=head + rows)).rejected == 0
    with store.read() as connection:
        kept = connection.execute(select(Ticket.external_id, Ticket.priority).order_by(Ticket.external_id)).all()
    assert kept == [("T1", "high"), ("T2", "normal"), ("T9", "normal")]


# --- real exports -------------------------------------------------------------------------------------------------

RETAIL_ROWS = (
    "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
    "100,A,Bell,2,2010-01-01 10:00:00,1.50,13085.0,EIRE\n"
    "100,A,Bell,2,2010-01-01 10:00:00,1.50,13085.0,EIRE\n"
    "101,B,Lamp,1,1/2/2010 10:00,4.00,13085.0,EIRE\n"
    "102,A,Bell,1,2010-01-03 10:00:00,1.50,,Unspecified\n"
    "C103,A,Bell,-1,2010-01-04 10:00:00,1.50,13085.0,EIRE\n"
    "C104,Z,Star,-1,2010-01-04 10:00:00,1.50,13085.0,EIRE\n"
    "105,A,Bell,-5,2010-01-04 10:00:00,1.50,,EIRE\n"
    "106,A,Bell,5,2010-01-04 10:00:00,-1.50,,EIRE\n"
    "100,C,Cup,1,2010-01-01 10:00:00,3.00,13085.0,EIRE\n"
)


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_online_retail_in_every_form(store: Store, tmp_path: Path, bring_in: BringIn, form: str) -> None:
    path = tmp_path / f"retail.{form}"
    _write_retail(path, form)
    report = bring_in(path)
    assert [line for _, line, _, _ in rejected(report)] == ([7, 8] if form == "parquet" else [8, 9])
    assert (report.read, report.rejected, report.changed) == (9, 2, 7)
    with store.read() as connection:
        orders = dict(connection.execute(select(Order.external_id, Order.total)).all())
        assert orders == {"100": 900, "101": 400, "102": 150}
        bell = connection.execute(select(Refund).where(Refund.external_id == "C103")).one()
        first = connection.scalar(select(Order.id).where(Order.external_id == "100"))
        assert (bell.order_id, bell.amount, bell.amount_base, bell.status) == (first, 150, 174, "paid")
        assert connection.scalar(select(Refund.order_id).where(Refund.external_id == "C104")) is None
        assert connection.scalar(select(func.count()).select_from(RefundItem)) == 2
        assert connection.execute(select(Customer.external_id, Customer.country)).all() == [("13085", "IE")]
        assert connection.scalar(select(Order.customer_id).where(Order.external_id == "102")) is None
        assert connection.scalar(select(func.count()).select_from(OrderItem)) == 5
    assert stats_are_right(store)
    before = everything(store)
    assert bring_in(path).changed == 0
    assert everything(store) == before


def test_sheets_of_other_content_are_left_out(store: Store, tmp_path: Path, bring_in: BringIn) -> None:
    from openpyxl import Workbook

    book = Workbook()
    notes = book.active
    assert notes is not None
    notes.title = "Read me"
    notes.append(["Made by", "Tom", "", "Tom"])
    for title, invoice in (("2010", "100"), ("2011", "101")):
        sheet = book.create_sheet(title)
        sheet.append([*RETAIL_ROWS.split("\n")[0].split(","), "", ""])
        sheet.append(_typed([invoice, "A", "Bell", "2", "2010-01-01 10:00:00", "1.50", "13085", "EIRE"]))
    book.save(tmp_path / "retail.xlsx")
    report = bring_in(tmp_path / "retail.xlsx")
    assert (report.read, report.rejected, report.changed) == (2, 0, 2)
    assert report.files[0].notices == ("sheets left out: Read me",)


def _write_retail(path: Path, form: str) -> None:
    if form == "csv":
        path.write_text(RETAIL_ROWS)
        return
    cells = [line.split(",") for line in RETAIL_ROWS.strip().splitlines()]
    rows = [_typed(row) for row in cells[1:]]
    if form == "parquet":
        pl.DataFrame(rows, cells[0], orient="row").write_parquet(path)
        return
    from openpyxl import Workbook

    book = Workbook()
    for title, some in (("Year 1", rows), ("Year 2", [])):
        sheet = book.active if title == "Year 1" else book.create_sheet()
        assert sheet is not None
        sheet.title = title
        sheet.append(cells[0])
        for row in some:
            sheet.append(row)
    book.save(path)


def _typed(row: list[str]) -> list[Any]:
    invoice, code, name, quantity, at, price, customer, country = row
    moment = datetime.strptime(at, "%m/%d/%Y %H:%M") if "/" in at else datetime.fromisoformat(at)  # noqa: DTZ007
    return [invoice, code, name, int(quantity), moment, float(price), float(customer) if customer else None, country]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_real_online_retail(store: Store, tmp_path: Path, bring_in: BringIn) -> None:
    if not RETAIL.exists():
        pytest.skip("shared/data/online_retail_II.parquet is not beside the repository")
    path = tmp_path / "first.parquet"
    pl.scan_parquet(RETAIL).head(100_000).collect().write_parquet(path)
    source = pl.read_parquet(path)
    report = bring_in(path)
    sold = source.filter(~pl.col("invoice").str.starts_with("C") & (pl.col("quantity") > 0) & (pl.col("price") > 0))
    assert report.read == 100_000
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(Order)) == sold["invoice"].n_unique()
        assert connection.scalar(select(func.count()).select_from(OrderItem)) == sold.height
        total = connection.scalar(select(func.sum(Order.total)))
        linked = connection.scalar(text("SELECT COUNT(*) FROM refunds WHERE order_id IS NOT NULL"))
    assert total == pytest.approx((sold["quantity"] * sold["price"]).sum() * 100, rel=1e-6)
    assert linked
    assert stats_are_right(store)


def test_the_shop_of_the_questions(store: Store, bring_in: BringIn) -> None:
    if not SHOP.exists():
        pytest.skip("shared/questions/shop is not beside the repository")
    report = bring_in(SHOP)
    assert report.rejected == 0
    with store.read() as connection:
        for model, file in (
            (Customer, "customers"),
            (Order, "orders"),
            (OrderItem, "order_items"),
            (Ticket, "tickets"),
        ):
            lines = pl.read_csv(SHOP / f"{file}.csv", infer_schema=False).height
            assert connection.scalar(select(func.count()).select_from(model)) == lines
    assert stats_are_right(store)
    assert bring_in(SHOP).changed == 0


def test_tables_are_all_watched() -> None:
    """A table that an import writes and this file does not compare would make twice-is-once an empty promise."""
    written = set(shop_module._TABLES)
    assert written <= {model.__tablename__ for model in ALL_TABLES}
    assert written <= set(Table.metadata.tables)


def test_ids_may_hold_any_character(store: Store, folder: Path, bring_in: BringIn) -> None:
    odd = ("a\\b", "it's", "{x}", "100%", "%s", "ü漢😀", "null")
    people = "".join(f"{name},,,,,,,,,\n" for name in odd) + '"say ""hi"", you",,,,,,,,,\n'
    orders = "".join(f"O{n},{name},2026-01-01,paid,EUR,1,,,,,,\n" for n, name in enumerate(odd))
    write(folder, customers=CUSTOMERS + people, orders=ORDERS + orders)
    assert bring_in(folder).rejected == 0
    assert bring_in(folder).changed == 0


def missing_indexes(store: Store) -> set[str]:
    with store.read() as connection:
        there = {index["name"] for name in Table.metadata.tables for index in inspect(connection).get_indexes(name)}
    every = {str(index.name) for table in Table.metadata.tables.values() for index in table.indexes}
    return every - there


def test_indexes_wait_while_a_large_file_fills_an_empty_table(
    store: Store, folder: Path, bring_in: BringIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop_module, "LARGE", 0)
    waited: list[set[str]] = []
    build = indexes._build

    def watched(where: Store, some: Any) -> None:
        waited.append(missing_indexes(where))
        build(where, some)

    monkeypatch.setattr(indexes, "_build", watched)
    bring_in(write(folder, **GOOD))
    # MariaDB cannot take a dropped index back
    wanted = set() if store.dialect == "mariadb" else {"ix_orders_total_base", "ix_shipments_tracking_number"}
    assert any(wanted <= names for names in waited)
    assert missing_indexes(store) == set()
    assert stats_are_right(store)
    waited.clear()
    before = everything(store)
    assert bring_in(folder).changed == 0
    assert everything(store) == before
    assert not any(waited), "the tables were full by then"


def test_the_next_import_builds_the_indexes_a_crash_left_out(
    store: Store, folder: Path, bring_in: BringIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, **GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(shop_module, "LARGE", 0)
        patched.setattr(indexes, "_build", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            bring_in(folder)
    assert bool(missing_indexes(store)) is (store.dialect != "mariadb")
    bring_in(folder)
    assert missing_indexes(store) == set()
    assert stats_are_right(store)
