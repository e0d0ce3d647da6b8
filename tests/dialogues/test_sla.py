"""Targets: what the card says of them, who is warned before they are missed, and who is told when they were."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, update

from bot.config import Assignment, Config, Days, DeskConfig, Duration, Hours, Interval, Shop, Sla, Target, Team
from bot.perform import Performer
from crm_store.schema import InboxRow, JobRun, Ticket, TicketTarget
from handlers.actions import ShowCard
from handlers.events import Arrival, Slot, StaffCommanded
from handlers.message import decode, plain
from tests.dialogues.refunding import bought, known
from tests.dialogues.rehearsal import Rehearsal, StaffMember

BERLIN = ZoneInfo("Europe/Berlin")
#: a Monday, 9 o'clock
NINE = datetime(2026, 3, 2, 9, tzinfo=BERLIN)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WEEK = {Days.parse("mon-fri"): (Interval.parse("09:00-17:00"),)}
TARGET = Target(first_reply=Duration(hours=2), next_reply=Duration(hours=1), resolution=Duration(hours=16))


def open_desk(folder: Path, **desk: object) -> Rehearsal:
    settings = {"hours": Hours(week=WEEK), "sla": Sla(normal=TARGET), **desk}
    return Rehearsal(folder, Config(shop=Shop(timezone=BERLIN), desk=DeskConfig(**settings)), NINE)  # type: ignore[arg-type]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    with open_desk(tmp_path) as rehearsal:
        yield rehearsal


def until(desk: Rehearsal, at: datetime, step: timedelta = 5 * MINUTE) -> None:
    """The clock goes on, minute by minute (or so)."""
    while desk.time < at:
        desk.time = min(desk.time + step, at)
        for job in ("sla", "promises", "assignment"):
            desk.run(desk.app.take_slot(Slot(job, desk.time)))


def types(staff: StaffMember, command: str, text: str = "") -> str:
    """Types a command; what they are told."""
    desk, before = staff.desk, len(staff.was_whispered())
    event = StaffCommanded(staff.colleague, "tickets", desk.time, command, text)
    desk.run(desk.app.receive([Arrival("console", f"{command} {text} {desk.time} {before}", "staff", event)]))
    told = staff.was_whispered()
    assert len(told) == before + 1
    return told[-1]


def clock(desk: Rehearsal, number: int = 1) -> str:
    facts = {fact.label: fact.value for fact in desk.staff("Maya").card(number).message.facts}
    return facts.get("SLA", "")


def said(desk: Rehearsal, number: int = 1) -> list[str]:
    """What the desk said of the targets in a ticket's thread."""
    return [post.text for post in desk.staff("Maya").thread(number) if "overdue" in post.text or "is due" in post.text]


def beside(desk: Rehearsal) -> list[str]:
    """What was posted in the channel itself."""
    return [plain(post.message) for post in desk.posts("tickets") if not post.about.startswith("card:")]


def test_the_card_says_what_is_due_and_what_stands_still(desk: Rehearsal) -> None:
    desk.time = NINE + 7.5 * HOUR
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("does the tent come in green?")
    assert clock(desk).splitlines() == [
        "first reply due 3 Mar 2026, 10:30 (2 h of open hours left)",
        "resolution due 4 Mar 2026, 16:30 (16 h of open hours left)",
    ]
    desk.time = NINE + 24 * HOUR
    maya.writes("> Yes")
    desk.passes(seconds=10)
    assert clock(desk).startswith("resolution stands still: waiting for the customer, 15 h 2")
    desk.time = NINE + 25 * HOUR
    ada.says("and in blue?")
    assert clock(desk).splitlines()[0] == "next reply due 11:00 (in 1 h)"
    maya.presses("Resolve")
    assert clock(desk) == ""


def test_without_targets_the_card_says_nothing(tmp_path: Path) -> None:
    with open_desk(tmp_path, sla=Sla()) as desk:
        desk.customer("Ada").says("does the tent come in green?")
        assert clock(desk) == ""


def test_a_target_that_is_missed_is_carried_from_the_assignee_to_the_channel_and_on(desk: Rehearsal) -> None:
    desk.customer("Ada").says("does the tent come in green?")
    desk.staff("Maya").presses("Claim")
    until(desk, NINE + 95 * MINUTE)
    assert said(desk) == []
    until(desk, NINE + 119 * MINUTE)
    (warning,) = said(desk)
    assert warning == "The first reply is due 11:00: 20 min left.\n@Maya"
    assert "in 20 min" in clock(desk)

    until(desk, NINE + 2 * HOUR + 10 * MINUTE)
    assert said(desk)[1:] == ["The first reply is overdue by under a minute.\n@Maya"] or len(said(desk)) == 2
    assert beside(desk) == []
    until(desk, NINE + 2 * HOUR + 45 * MINUTE)
    (channel,) = beside(desk)
    assert channel.startswith("#1 (normal): the first reply is overdue by 1")
    assert channel.endswith("Assignee: Maya.\n@Maya")
    assert desk.posts("alerts") == []
    until(desk, NINE + 8 * HOUR)
    (alert,) = desk.posts("alerts")
    assert "A target was missed" in alert.text
    assert "#1 (normal): the first reply is overdue by 1 h" in alert.text
    assert len(said(desk)) == 2
    assert len(beside(desk)) == 1
    assert "first reply overdue by" in clock(desk)


def test_a_ticket_of_nobodys_is_the_channels_at_once(desk: Rehearsal) -> None:
    desk.customer("Ada").says("does the tent come in green?")
    until(desk, NINE + 2 * HOUR)
    (channel,) = beside(desk)
    assert "Assignee: nobody yet." in channel


def test_nights_and_weekends_escalate_nothing(desk: Rehearsal) -> None:
    desk.time = NINE + 101 * HOUR  # Friday, 14:00
    desk.customer("Ada").says("does the tent come in green?")
    desk.staff("Maya").presses("Claim")
    until(desk, NINE + 103 * HOUR + 5 * MINUTE)
    assert len(said(desk)) == 2
    until(desk, NINE + 103 * HOUR + 10 * MINUTE)
    desk.time = NINE + 104 * HOUR
    assert beside(desk) == []
    desk.time = NINE + 103 * HOUR + 14 * MINUTE
    until(desk, NINE + 104 * HOUR, 20 * MINUTE)
    assert len(beside(desk)) == 1
    until(desk, NINE + 7 * 24 * HOUR, HOUR)
    assert len(desk.posts("alerts")) == 1


@pytest.mark.parametrize("end", ["answered", "resolved"])
def test_nothing_is_said_of_what_was_answered_or_resolved(desk: Rehearsal, end: str) -> None:
    desk.customer("Ada").says("does the tent come in green?")
    maya = desk.staff("Maya")
    maya.presses("Claim")
    if end == "answered":
        maya.writes("> Yes")
        desk.passes(seconds=11)
    else:
        maya.presses("Resolve")
    until(desk, NINE + 10 * 24 * HOUR, HOUR)
    assert (said(desk), beside(desk), desk.posts("alerts")) == ([], [], [])


def test_a_minute_with_nothing_to_do_leaves_nothing_behind(desk: Rehearsal) -> None:
    desk.customer("Ada").says("does the tent come in green?")

    def kept() -> tuple[int, int]:
        with desk.store.read() as connection:
            rows, runs = (connection.scalar(select(func.count()).select_from(one)) for one in (InboxRow, JobRun))
            return rows or 0, runs or 0

    before = kept()
    until(desk, NINE + HOUR, MINUTE)
    assert kept() == before
    until(desk, NINE + 2 * HOUR, MINUTE)
    assert kept() == (before[0] + 2, before[1] + 2), "one warning, one breach"


def test_how_many_were_met_is_a_number(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    for number in (1, 2):
        desk.customer(f"customer {number}").says("does the tent come in green?")
    assert "No target came to its end" in types(maya, "/sla")
    maya.writes("> Yes", number=1)
    desk.passes(seconds=11)
    until(desk, NINE + 3 * HOUR)
    shown = types(maya, "/sla", "7d")
    assert "Targets met in the last 7 days" in shown
    assert "First reply | normal | 50% | 1 / 2" in shown
    assert types(maya, "/sla", "soon").startswith("Type /sla")


# --- duty ---------------------------------------------------------------------------------------------------------

BY_TURNS = Assignment(mode="round_robin", cap=2)


def assignees(desk: Rehearsal, count: int) -> list[str | None]:
    return [desk.ticket(number).assignee for number in range(1, count + 1)]


def writes_in(desk: Rehearsal, *numbers: int) -> None:
    for number in numbers:
        desk.customer(f"customer {number}").says("does the tent come in green?")


def test_tickets_go_round_among_those_on_duty_up_to_the_cap(tmp_path: Path) -> None:
    with open_desk(tmp_path, assignment=BY_TURNS) as desk:
        maya, noor = desk.staff("Maya"), desk.staff("Noor")
        writes_in(desk, 1)
        assert assignees(desk, 1) == [None]
        assert types(maya, "/duty", "on").startswith("You are on duty.")
        until(desk, NINE + MINUTE, MINUTE)
        assert assignees(desk, 1) == ["Maya"]
        maya.sees("It is Maya's turn: this ticket is theirs.\n@Maya", number=1)

        types(noor, "/duty", "on")
        writes_in(desk, 2, 3, 4, 5)
        assert assignees(desk, 5) == ["Maya", "Noor", "Maya", "Noor", None]
        noor.presses("Resolve", number=2)
        until(desk, desk.time + MINUTE, MINUTE)
        assert assignees(desk, 5) == ["Maya", "Noor", "Maya", "Noor", "Noor"]
        assert "Maya | 09:00 | 2" in types(noor, "/duty", "list")


def test_whoever_goes_off_duty_passes_on_what_waits_for_an_answer(tmp_path: Path) -> None:
    with open_desk(tmp_path, assignment=Assignment(mode="round_robin", cap=3)) as desk:
        maya, noor = desk.staff("Maya"), desk.staff("Noor")
        types(maya, "/duty", "on")
        writes_in(desk, 1, 2, 3)
        maya.writes("> Yes", number=1)
        desk.passes(seconds=11)
        types(noor, "/duty", "on")
        writes_in(desk, 4, 5)
        told = types(maya, "/duty", "off")
        assert told == "You are off duty. The 2 tickets of yours that waited for an answer were passed on."
        assert assignees(desk, 5) == ["Maya", "Noor", None, "Noor", "Noor"]
        noor.sees("Maya went off duty: this ticket is Noor's now.\n@Noor", number=2)
        noor.sees("this ticket waits for somebody with room for it", number=3)
        assert types(maya, "/duty", "off") == "You are off duty already."
        assert "Nobody" not in types(maya, "/duty")


def test_a_teams_tickets_wait_for_the_team(tmp_path: Path) -> None:
    teams = {"billing": Team(members=("noor",), kinds=("refund",))}
    with open_desk(tmp_path, assignment=BY_TURNS, teams=teams) as desk:
        types(desk.staff("Maya"), "/duty", "on")
        desk.customer("Ada").says("I want my money back")
        until(desk, NINE + MINUTE, MINUTE)
        assert assignees(desk, 1) == [None]
        types(desk.staff("Noor"), "/duty", "on")
        until(desk, NINE + 2 * MINUTE, MINUTE)
        assert assignees(desk, 1) == ["Noor"]


def test_a_request_for_money_back_is_given_in_turn_and_begins_with_what_was_written(tmp_path: Path) -> None:
    teams = {"billing": Team(members=("noor",), kinds=("refund", "cancel_order"))}
    with open_desk(tmp_path, assignment=BY_TURNS, teams=teams) as desk:
        ada, maya, noor = known(desk), desk.staff("Maya"), desk.staff("Noor")
        bought(desk)
        types(maya, "/duty", "on")
        desk.passes(minutes=1)
        types(noor, "/duty", "on")
        ada.says("I want a refund for my order")
        ada.presses("I changed my mind")
        ada.presses("Send the request")
        assert assignees(desk, 1) == ["Noor"]
        noor.sees("It is Noor's turn: this ticket is theirs.\n@Noor")
        ticket = desk.ticket(1)
        words = next(one for one in desk.said_in("ada") if one.id == ticket.message_id)
        assert decode(words.body).text == "I want a refund for my order"
        assert (ticket.intent, ticket.follows_id) == ("refund", None)


def test_with_assignment_off_duty_is_only_told(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    assert "Nobody is on duty" in types(maya, "/duty", "list")
    assert types(maya, "/duty", "on").endswith("claimed by hand here.")
    assert types(maya, "/duty", "ON").startswith("You are on duty already")
    writes_in(desk, 1)
    until(desk, NINE + MINUTE, MINUTE)
    assert assignees(desk, 1) == [None]
    maya.presses("Claim")
    assert types(maya, "/duty", "off") == "You are off duty. A ticket of yours still waits for an answer."
    assert assignees(desk, 1) == ["Maya"]
    assert types(maya, "/duty", "x" * 500).startswith("Type /duty on")


def test_a_ticket_that_staff_write_first_in_starts_no_clock_until_the_customer_waits(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("does the tent come in green?")
    with desk.store.begin() as connection:
        connection.execute(delete(TicketTarget))
        connection.execute(update(Ticket).values(waiting_since=None))
        Performer(desk.app.desk(connection), desk.app.rooms, {}).perform([ShowCard(1)])
        assert connection.scalar(select(func.count()).select_from(TicketTarget)) == 0
    ada.says("and in blue?")
    assert "first reply due" in clock(desk)
