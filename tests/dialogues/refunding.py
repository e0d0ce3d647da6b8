"""Customers who bought something, and a shop that answers: for rehearsals of refunds."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Literal

from sqlalchemy import select, update

from bot.config import Config, Refunds, Role, Roles, Slack
from crm_store import customers, refunding, stats
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder, put_order
from crm_store.refunding import RequestView
from crm_store.schema import Customer as CustomerRow
from crm_store.schema import CustomerStats, Product
from crm_store.upsert import insert_row
from handlers.errands import PayBack
from handlers.events import Arrival, ErrandSettled, FileRef, Slot, StaffCommanded
from tests.dialogues.rehearsal import MORNING, Customer, Rehearsal, StaffMember

RATES = Rates("EUR", {"USD": Decimal("0.5"), "GBP": Decimal("1.16")})
JACKET = NewItem("JKT-1", 1, 44_95, "Rain jacket")
SOCKS = NewItem("SCK-1", 3, 5_00, "Wool socks")
PHOTO = FileRef("console", "p1", "torn.jpg", "image/jpeg", 1_000, kind="photo")
_numbers = count(1)


def shop_is_silent(desk: Rehearsal) -> None:
    """The shop answers when the test says so, and nothing before."""
    desk.app.channels.pop("backoffice", None)


def known(desk: Rehearsal, name: str = "ada", language: str = "en", external_id: str = "C-7") -> Customer:
    """A customer of the shop who opened the chat by the shop's own link. The shop itself is silent."""
    shop_is_silent(desk)
    with desk.store.begin() as connection:
        values = {
            "external_id": external_id,
            "name_sealed": desk.store.cipher.seal("customers.name", "Ada Lovelace"),
            "created_at": MORNING,
        }
        key = insert_row(connection, CustomerRow, values)
        stats.customer_added(connection, key)
        token = customers.make_link(connection, desk.store.cipher, key, MORNING)
    customer = desk.customer(name, language=language)
    customer.says(f"/start {token}")
    return customer


def bought(
    desk: Rehearsal,
    number: str = "NT-10023",
    *items: NewItem,
    external_id: str = "C-7",
    days_ago: float = 5,
    **changes: Any,
) -> int:
    """An order of the customer's, delivered two days after it was placed."""
    items = items or (JACKET,)
    placed = MORNING - timedelta(days=days_ago)
    with desk.store.begin() as connection:
        key = connection.scalar(select(CustomerRow.id).where(CustomerRow.external_id == external_id))
        values: dict[str, Any] = {
            "status": "delivered",
            "currency": "EUR",
            "total": sum(item.quantity * item.unit_price for item in items),
            "delivered_at": placed + timedelta(days=2),
        }
        return put_order(connection, RATES, NewOrder(number, key, placed, items=items, **(values | changes)))


def categorised(desk: Rehearsal, sku: str, category: str) -> None:
    with desk.store.begin() as connection:
        connection.execute(update(Product).where(Product.sku == sku).values(category=category))


def asks(customer: Customer, *photos: FileRef) -> None:
    """The whole way to a request about an order of one piece of one line."""
    customer.says("I want a refund for my order")
    customer.presses("It arrived damaged" if photos else "I changed my mind")
    for photo in photos:
        customer.says("", photo)
    if photos:
        customer.presses("Done")
    customer.presses("Send the request")


def requests(desk: Rehearsal) -> list[RequestView]:
    """All requests, oldest first."""
    with desk.store.read() as connection:
        return refunding._views(connection, limit=100)


def the_request(desk: Rehearsal) -> RequestView:
    found = requests(desk)
    assert len(found) == 1, found
    return found[0]


def shop_says(
    desk: Rehearsal,
    state: Literal["done", "refused", "unknown", "waits"],
    *,
    reason: str = "",
    receipt: str = "",
    key: str | None = None,
    request: RequestView | None = None,
) -> None:
    """What comes of asking the shop to pay."""
    request = request or requests(desk)[-1]
    event = ErrandSettled(
        key or request.call_key,
        desk.time,
        PayBack(request.order, request.amount, request.currency),
        state,
        reason,
        receipt,
        ticket_id=request.ticket_id,
    )
    arrival = Arrival("backoffice", f"settled {next(_numbers)}", "errands", event)
    desk.comes_in([arrival])
    desk.settle()


def types(staff: StaffMember, text: str, command: str = "/refund") -> None:
    """A staff member types a command in the room of tickets."""
    event = StaffCommanded(staff.colleague, "tickets", staff.desk.time, command, text)
    staff.desk.comes_in([Arrival("console", f"command {next(_numbers)}", f"staff:{staff.colleague.user}", event)])
    staff.desk.settle()


def fills_in(staff: StaffMember, label: str, number: int | None = None, **answers: str) -> None:
    """The form that a button in the ticket's thread opens, filled in and sent."""
    shown = [staff.card(number), *staff.thread(number)]
    button = next(b for post in reversed(shown) for b in post.message.buttons if b.label == label)
    submits(staff, button.action, button.ref, number, **answers)


def submits(staff: StaffMember, action: str, ref: str, number: int | None = None, **answers: str) -> None:
    desk = staff.desk
    form = desk.run(desk.app.form_of(action, ref, staff.colleague))
    assert form is not None
    assert set(answers) <= {field.name for field in form.fields}
    card = staff.card(number)
    desk.run(desk.app.console.staff_submit(staff.colleague, card.id, form.name, form.ref, answers))


def the_clock_strikes(desk: Rehearsal) -> None:
    desk.run(desk.app.take_slot(Slot("refunds", desk.time)))


def stats_are_right(desk: Rehearsal) -> bool:
    with desk.store.read() as connection:
        return stats.compare(connection) == []


def refunded(desk: Rehearsal, external_id: str = "C-7") -> tuple[int, int]:
    """A customer's refunds, and their sum as far as it was approved or paid."""
    columns = (CustomerStats.refunds, CustomerStats.refunded_base)
    with desk.store.read() as connection:
        mine = select(*columns).join(CustomerRow, CustomerRow.id == CustomerStats.customer_id)
        number, amount = connection.execute(mine.where(CustomerRow.external_id == external_id)).one()
        return number, amount


def with_rules(**changes: Any) -> Config:
    """A configuration with some keys of `refunds`, or the roles, changed."""
    roles = changes.pop("roles", {})
    built = Roles(**{name: Role(members=tuple(members)) for name, members in roles.items()})
    return Config(refunds=Refunds(**changes), slack=Slack(roles=built))
