"""What stands on somebody's own page is the same on every engine."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from bot.web import reading
from crm_store import home, outbox, tickets
from crm_store.outbox import NewCall
from crm_store.schema import Customer, Refund, RefundDecision, Ticket, TicketTarget
from crm_store.store import Store
from crm_store.tickets import StaffView
from crm_store.upsert import insert_row
from tests.conftest import NOW

HOUR = timedelta(hours=1)


def colleague(store: Store, name: str) -> StaffView:
    with store.begin() as connection:
        return tickets.colleague(connection, "slack", name.upper(), name, NOW)


def ticket(store: Store, number: int, staff: StaffView | None = None, **values: Any) -> None:
    with store.begin() as connection:
        sealed = store.cipher.seal("customers.name", f"Person {number}")
        person = insert_row(connection, Customer, {"name_sealed": sealed, "created_at": NOW})
        known = {
            "id": number,
            "customer_id": person,
            "kind": "refund",
            "status": "open",
            "priority": "normal",
            "subject_sealed": store.cipher.seal("tickets.subject", "It is torn"),
            "opened_at": NOW - HOUR,
            "assignee_id": staff.id if staff else None,
        }
        connection.execute(insert(Ticket).values(known | values))


def promise(store: Store, number: int, due_in: timedelta, **values: Any) -> None:
    known = {"ticket_id": number, "kind": "next_reply", "started_at": NOW, "target": 1, "used": 0, "escalated": 0}
    with store.begin() as connection:
        connection.execute(insert(TicketTarget).values(known | {"due_at": NOW + due_in} | values))


def test_the_queue_is_in_the_order_in_which_it_is_to_be_worked(store: Store) -> None:
    maya, noor = colleague(store, "Maya"), colleague(store, "Noor")
    ticket(store, 1, maya)
    ticket(store, 2, maya, waiting_since=NOW - 3 * HOUR)
    ticket(store, 3, maya, waiting_since=NOW - 5 * HOUR)
    ticket(store, 4, maya, priority="urgent")
    ticket(store, 5, maya, priority="low")
    ticket(store, 6, maya, priority="low")
    promise(store, 5, 2 * HOUR)
    promise(store, 5, 9 * HOUR)
    promise(store, 6, HOUR)
    promise(store, 4, -HOUR, met_at=NOW)
    promise(store, 3, -HOUR, dropped_at=NOW)
    for number, other in ((7, {"status": "resolved"}), (8, {"status": "snoozed"}), (9, {"merged_into_id": 1})):
        ticket(store, number, maya, **other)
    ticket(store, 10, noor)
    ticket(store, 11)
    with store.read() as connection:
        queue = home.queue_of(connection, store.cipher, maya.id, 50)
        assert [one.id for one in queue] == [6, 5, 4, 3, 2, 1]
        assert [one.due_at for one in queue[:3]] == [NOW + HOUR, NOW + 2 * HOUR, None]
        assert (queue[0].person, queue[0].subject) == ("Person 6", "It is torn")
        assert home.queue_length(connection, maya.id) == 6
        assert [one.id for one in home.queue_of(connection, store.cipher, maya.id, 2)] == [6, 5]
        assert home.queue_of(connection, store.cipher, noor.id + 99, 50) == []


def refund(store: Store, **values: Any) -> int:
    known = {
        "amount": 4_999,
        "currency": "EUR",
        "amount_base": 4_999,
        "status": "requested",
        "created_at": NOW,
        "ticket_id": 1,
        "requested_by": "customer",
        "expires_at": NOW + HOUR,
    }
    with store.begin() as connection:
        return insert_row(connection, Refund, known | values)


def test_a_refund_waits_for_everybody_but_who_asked_for_it_and_who_has_decided(store: Store) -> None:
    maya, noor = colleague(store, "Maya"), colleague(store, "Noor")
    ticket(store, 1)
    later, decided = refund(store, expires_at=NOW + 2 * HOUR, call_key="refund:77:1772443800000"), refund(store)
    namesakes = refund(store, requested_by="Maya", expires_at=NOW + 3 * HOUR)  # asked for by another Maya
    own = refund(store, requested_by="Maya", expires_at=NOW + 4 * HOUR)
    alone = refund(store, ticket_id=None, expires_at=NOW + 5 * HOUR)
    refund(store, expires_at=NOW)
    refund(store, status="approved")
    with store.begin() as connection:
        said = {"staff_id": maya.id, "verdict": "approve", "amount": 4_999, "at": NOW}
        connection.execute(insert(RefundDecision), [said | {"refund_id": decided}, said | {"refund_id": own}])
    with store.read() as connection:
        assert [one.id for one in home.approvals(connection, store.cipher, maya, NOW, 9)] == [later, namesakes, alone]
        waits = home.approvals(connection, store.cipher, noor, NOW, 9)
        mine = [(decided, decided), (later, 77), (namesakes, namesakes), (own, own), (alone, alone)]
        assert [(one.id, one.number) for one in waits] == mine
        assert waits[-1].ticket_id is None
        assert (waits[0].person, waits[0].ticket_id, waits[0].order) == ("Person 1", 1, "")


def test_what_did_not_reach_customers_is_told_and_nothing_else(store: Store) -> None:
    def call(lane: str, state: str, op: str = "post") -> int:
        new = NewCall("telegram", lane, "7", op, b"", NOW)
        with store.begin() as connection:
            key = outbox.add(connection, store.cipher, [new], NOW)[0]
            outbox.settle(connection, key, state, NOW, error="chat not found")
        return key

    failed, maybe = call("chat:telegram::7", "failed"), call("chat:telegram::8", "maybe", "file")
    for lane, state, op in (("card:1", "failed", "post"), ("chat:telegram::7", "sent", "post")):
        call(lane, state, op)
    call("chat:telegram::7", "failed", "edit")
    with store.read() as connection:
        told = home.undelivered(connection, 9)
        assert [(one.outbox_id, one.is_maybe) for one in told] == [(maybe, True), (failed, False)]
        assert (told[1].error, told[1].channel, told[1].ticket_id) == ("chat not found", "telegram", None)
        assert home.count_undelivered(connection) == 2
        # with those, as many as the console page's Failed counts
        assert home.count_failed_elsewhere(connection) == 2
        assert reading.counts(connection).failed == 4


def test_the_days_numbers(store: Store) -> None:
    midnight = NOW - 9 * HOUR
    with store.read() as connection:
        nothing = home.numbers(connection, midnight)
    assert (nothing.opened, nothing.resolved, nothing.unanswered) == (0, 0, 0)
    assert (nothing.oldest_wait, nothing.first_reply) == (None, None)
    for number, took in enumerate((1, 3, 8), 1):
        ticket(store, number, first_reply_at=NOW - HOUR + took * HOUR / 10)
    ticket(store, 4, waiting_since=NOW - 2 * HOUR)
    ticket(store, 5, opened_at=midnight - HOUR, waiting_since=midnight, first_reply_at=midnight)
    ticket(store, 6, status="resolved", resolved_at=NOW, opened_at=midnight)
    ticket(store, 7, status="resolved", resolved_at=midnight - HOUR, opened_at=midnight - HOUR)
    with store.read() as connection:
        told = home.numbers(connection, midnight)
    assert (told.opened, told.resolved, told.unanswered) == (5, 1, 2)
    assert (told.oldest_wait, told.first_reply) == (midnight, 3 * HOUR / 10)


def test_what_is_newer_takes_the_place_of_what_waits_and_not_of_what_is_under_way(store: Store) -> None:
    keys = []
    for _ in range(3):
        new = NewCall("slack", "home:U1", "U1", "home", b"", NOW, about="home:U1")
        with store.begin() as connection:
            outbox.supersede(connection, "home:U1", "slack", "home", NOW)
            keys += outbox.add(connection, store.cipher, [new], NOW)
            if len(keys) == 1:
                (head,) = outbox.queued(connection, "slack", NOW, NOW)
                assert outbox.begin_attempt(connection, head, NOW)
    with store.read() as connection:
        states = [call.state for key in keys if (call := outbox.state_of(connection, key)) is not None]
        assert states == ["sending", "cancelled", "queued"]
        assert outbox.is_shown(connection, "home:U1", "slack", "home")
        assert not outbox.is_shown(connection, "home:U2", "slack", "home")
