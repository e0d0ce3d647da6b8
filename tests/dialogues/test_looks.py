"""Whoever looks at what is a customer's is written down, by whichever way they look."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import Config
from crm_store.schema import AuditEntry
from handlers.events import Arrival, StaffCameHome, StaffPressed
from tests.dialogues.colleague import commands, opens
from tests.dialogues.refunding import asks, bought, known, types
from tests.dialogues.rehearsal import Rehearsal


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    with Rehearsal(tmp_path, Config()) as rehearsal:
        yield rehearsal


def looks(desk: Rehearsal) -> list[tuple[str, str, str | None]]:
    query = select(AuditEntry.actor, AuditEntry.subject, AuditEntry.detail).where(AuditEntry.action == "looked")
    with desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(AuditEntry.id))]


def test_every_way_to_look_at_what_is_a_customers_is_kept_by_one_name(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    for label in ("Reply", "More", "Refund", "Wrong kind?"):  # the last shows nothing that is not on the card
        assert opens(maya, label) is not None
    partial = next(b for post in maya.thread() for b in post.message.buttons if b.action == "refund_partial")
    assert desk.run(desk.app.form_of(partial.action, partial.ref, maya.colleague)) is not None
    used = StaffPressed(maya.colleague, "tickets", "m", desk.time, "reply", "", maya.card().id)
    assert desk.run(desk.app.form_for(used)) is not None
    types(maya, "")
    types(maya, "C-7", "/customer")
    commands(maya, "1")
    desk.run(desk.app.console.staff_came_home(maya.colleague))
    came = StaffCameHome(desk.staff("Tom").colleague, desk.time)
    desk.run(desk.app.receive([Arrival("console", "home", "console:home", came)]))

    assert looks(desk) == [
        ("Maya", "ticket:1", "reply"),
        ("Maya", "ticket:1", "more"),
        ("Maya", "ticket:1", "refund"),
        ("Maya", f"refund:{partial.ref}", "refund_partial"),
        ("Maya", "ticket:1", "reply"),
        ("Maya", "refunds:waiting", "1"),
        ("Maya", "customer:1", "/customer"),
        ("Maya", "ticket:1", None),
        ("Maya", "home", "home"),
        ("Tom", "home", None),
    ]
