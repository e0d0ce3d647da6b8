"""The daily digest of the desk's work."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from crm_store.orders import NewRefund, put_refund
from crm_store.schema import Order, Ticket
from tests.dialogues.digesting import bought, facts, strikes
from tests.dialogues.rehearsal import MORNING, Rehearsal

SIX = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def a_day_at_the_desk(desk: Rehearsal) -> None:
    ada, bea = desk.customer("Ada"), desk.customer("Bea")
    ada.says("The jacket arrived torn, the quality is terrible!!!")
    bea.says("Do you sell tents?")
    maya = desk.staff("Maya")
    desk.passes(minutes=30)
    maya.writes("> We are sorry", number=1)
    desk.passes(minutes=1)
    maya.presses("Resolve", number=1)
    buyer = bought(desk, "Cid", (MORNING - timedelta(days=9), 5_000))
    with desk.store.begin() as connection:
        order = connection.scalar(Order.__table__.select().with_only_columns(Order.id))
        assert order is not None
        for number, reason in enumerate(("damaged", "damaged", None)):
            new = NewRefund(f"R-{number}", order, 1_000, "EUR", "requested", desk.time, reason=reason)
            put_refund(connection, desk.config.rates, new)
        connection.execute(update(Ticket).where(Ticket.id == 1).values(kind="complaint", csat=4, order_id=order))
    assert buyer


def test_it_says_what_came_in_and_how_it_was_answered(desk: Rehearsal) -> None:
    a_day_at_the_desk(desk)
    desk.time = SIX
    post = strikes(desk, "service", SIX)
    assert post.message.title == "The desk's day · 2 Mar 2026, 18:00"
    said = facts(post.message)
    assert said["Opened"] == "2 (+2)"
    assert said["Resolved"] == "1 (+1)"
    assert said["First reply (median)"] == "30 min"
    assert said["CSAT"] == "4.00, of 1"
    assert said["Complaints"] == "1 (+1)"
    assert said["Refunds"] == "3 (+3)"
    assert said["Waits longest"] == "#2, 8 h"
    table, chart = post.message.table, post.message.chart
    assert table is not None
    assert table.rows == (("damaged", "2", "€20.00"), ("no reason given", "1", "€10.00"))
    assert chart is not None
    assert "quality 1" in chart.alt
    assert "MUG 1" in chart.alt


def test_its_buttons_open_the_tickets(desk: Rehearsal) -> None:
    a_day_at_the_desk(desk)
    desk.time = SIX
    strikes(desk, "service", SIX)
    maya = desk.staff("Maya")
    for label in ("Opened (2)", "Resolved (1)", "CSAT (1)", "Complaints (1)", "Refunds (3)", "Who waits now"):
        maya.presses(label, place="digests")
    opened, resolved, marked, complaints, refunds, waits = maya.was_whispered()
    assert "Do you sell tents?" in opened
    assert "#2" not in resolved
    assert "#1" in marked
    assert "arrived torn" in complaints
    assert "Cid (C-Cid) | €10.00 | damaged" in refunds
    assert "#1" not in waits


def test_a_day_without_work_is_a_quiet_one(desk: Rehearsal) -> None:
    post = strikes(desk, "service", SIX)
    assert "A quiet day" in post.text
    assert facts(post.message)["First reply (median)"] == "—"
    assert facts(post.message)["Waits longest"] == "nobody waits"
