"""What dialogues about digests begin with: customers with orders, and digests asked for by the clock."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from crm_store import stats
from crm_store.orders import NewItem, NewOrder, put_order
from crm_store.schema import AuditEntry, Customer, CustomerScore, SegmentDay, SegmentMove
from crm_store.upsert import insert_row
from handlers.events import Arrival, Slot
from handlers.message import Message
from tests.dialogues.rehearsal import Rehearsal, Shown


def strikes(desk: Rehearsal, job: str, due: datetime) -> Shown:
    """The clock strikes for a digest; what is posted."""
    desk.run(desk.app.receive([Arrival("clock", f"{job} {due}", f"job:{job}", Slot(job, due))]))
    return desk.posts("digests")[-1]


def bought(desk: Rehearsal, name: str, *orders: tuple[datetime, int], **customer: Any) -> int:
    """A customer of the shop with orders, each placed at a time for so many cents; the key."""
    store = desk.store
    with store.begin() as connection:
        sealed = {
            "name_sealed": store.cipher.seal_optional("customers.name", name),
            "email_sealed": store.cipher.seal_optional("customers.email", f"{name.lower()}@mail.test"),
        }
        values = {"external_id": f"C-{name}", "created_at": desk.time, **sealed, **customer}
        key = insert_row(connection, Customer, values)
        stats.customer_added(connection, key)
        for number, (at, cents) in enumerate(orders):
            items = (NewItem("MUG", 1, cents, "Mug"),)
            order = NewOrder(f"{name}-{number}", key, at, "paid", "EUR", cents, items=items)
            put_order(connection, desk.config.rates, order)
    return key


def scored(desk: Rehearsal, customer: int, **scores: Any) -> None:
    with desk.store.begin() as connection:
        connection.execute(insert(CustomerScore), {"customer_id": customer, **scores})


def segments(desk: Rehearsal, at: datetime, **sizes: tuple[int, int]) -> None:
    """Customers and spend by segment, as they were computed at a time."""
    with desk.store.begin() as connection:
        for name, (customers, spent) in sizes.items():
            row = {"segment": name.replace("_", " "), "customers": customers, "spend_base": spent}
            connection.execute(insert(SegmentDay), {"at": at, **row})


def moved(desk: Rehearsal, customer: int, at: datetime, before: str | None, after: str) -> None:
    row = {"customer_id": customer, "at": at, "from_segment": before, "to_segment": after}
    with desk.store.begin() as connection:
        connection.execute(insert(SegmentMove), row)


def facts(message: Message) -> dict[str, str]:
    return {fact.label: fact.value for fact in message.facts}


def audited(desk: Rehearsal, action: str) -> list[tuple[str, str]]:
    with desk.store.read() as connection:
        rows = connection.execute(select(AuditEntry.actor, AuditEntry.subject).where(AuditEntry.action == action))
        return [(row.actor, row.subject) for row in rows]
