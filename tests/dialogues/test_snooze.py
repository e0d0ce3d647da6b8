"""Staff put a ticket aside; the clock, the customer or a colleague wakes it up."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm_store.schema import InboxRow, JobRun
from handlers.events import Slot
from tests.dialogues.colleague import commands, fills, opens
from tests.dialogues.rehearsal import MORNING, Customer, Rehearsal, StaffMember


@pytest.fixture
def ada(desk: Rehearsal) -> Customer:
    person = desk.customer("Ada")
    person.says("my parcel is wet")
    return person


@pytest.fixture
def maya(desk: Rehearsal, ada: Customer) -> StaffMember:
    return desk.staff("Maya")


def strikes(desk: Rehearsal) -> None:
    """The clock comes to a full minute."""
    desk.run(desk.app.take_slot(Slot("snooze", desk.time)))


def counted(desk: Rehearsal, table: type[InboxRow] | type[JobRun]) -> int:
    with desk.store.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_a_ticket_sleeps_until_its_time(desk: Rehearsal, maya: StaffMember) -> None:
    assert fills(maya, "Snooze", when="1h") == ""
    assert (desk.ticket(1).status, desk.ticket(1).snoozed_until) == ("snoozed", MORNING + timedelta(hours=1))
    maya.sees("snoozed until 2 Mar 2026, 10:30")
    maya.sees("Maya snoozed this ticket until 2 Mar 2026, 10:30.")

    desk.passes(minutes=59)
    strikes(desk)
    assert desk.ticket(1).status == "snoozed"

    desk.passes(minutes=1)
    strikes(desk)
    strikes(desk)
    assert (desk.ticket(1).status, desk.ticket(1).snoozed_until) == ("open", None)
    lines = [post.text for post in maya.thread()]
    assert lines.count("The time has come: this ticket is awake again.") == 1


def test_minutes_in_which_nothing_wakes_are_not_kept(desk: Rehearsal, maya: StaffMember) -> None:
    commands(maya, "1 snooze 2h")
    rows = counted(desk, InboxRow)
    for _ in range(10):
        desk.passes(minutes=1)
        strikes(desk)
    assert (counted(desk, InboxRow), counted(desk, JobRun)) == (rows, 0)


@pytest.mark.parametrize("typed", ["1 snooze until answer", "1 snooze", "1 snooze 2d"])
def test_the_customers_message_wakes_a_ticket(desk: Rehearsal, ada: Customer, maya: StaffMember, typed: str) -> None:
    maya.writes("> Is it the blue one?")
    desk.passes(minutes=1)
    commands(maya, typed)
    assert desk.ticket(1).status == "snoozed"
    desk.passes(hours=5)
    strikes(desk)
    assert desk.ticket(1).status == "snoozed"

    ada.says("yes, the blue one")
    assert (desk.ticket(1).status, desk.ticket(1).waiting_since) == ("open", desk.time)
    maya.sees("The customer wrote: this ticket is awake again.")
    maya.does_not_see("snoozed until the customer answers\n")
    assert maya.thread()[-1].message.quote == "yes, the blue one"


def test_an_edit_of_the_customer_wakes_a_ticket_too(desk: Rehearsal, ada: Customer, maya: StaffMember) -> None:
    message = ada.says("it is the red one")
    commands(maya, "1 snooze until answer")
    ada.edits(message, "it is the blue one")
    assert desk.ticket(1).status == "open"


@pytest.mark.parametrize("typed", ["1 wake", "1 reopen"])
def test_a_colleague_wakes_a_ticket(desk: Rehearsal, maya: StaffMember, typed: str) -> None:
    commands(maya, "1 snooze tomorrow 8:00")
    maya.sees("snoozed until 3 Mar 2026, 08:00")
    assert commands(maya, typed) == "#1: Maya woke this ticket up."
    assert desk.ticket(1).status == "open"
    assert commands(maya, "1 wake") == "Ticket #1 is not snoozed."


def test_the_form_takes_a_time_of_ones_own_and_wakes_who_sleeps(desk: Rehearsal, maya: StaffMember) -> None:
    at = MORNING + timedelta(days=10)
    fills(maya, "Snooze", when="time", at=str(int(at.timestamp())))
    assert desk.ticket(1).snoozed_until == at

    form = opens(maya, "Snooze")
    assert form is not None
    assert [option.value for option in form.fields[0].options][-1] == "now"
    fills(maya, "Snooze", when="now")
    assert desk.ticket(1).status == "open"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"when": "time"}, "“—” is no time."),
        ({"when": "time", "at": "soon"}, "“soon” is no time."),
        ({"when": "time", "at": "9" * 40}, "“9999"),
        ({"when": "time", "at": "1000000000"}, "9 Sep 2001, 01:46 is over already."),
        ({"when": "time", "at": "99999999999"}, "A ticket is snoozed for a year at most."),
        ({"when": "never"}, "“never” is no time."),
        ({"when": ""}, "“” is no time."),
    ],
)
def test_a_time_that_is_none_snoozes_nothing(
    desk: Rehearsal, maya: StaffMember, answers: dict[str, str], told: str
) -> None:
    assert fills(maya, "Snooze", **answers).startswith(told)
    assert desk.ticket(1).status == "open"


def test_a_resolved_ticket_sleeps_no_longer(desk: Rehearsal, maya: StaffMember) -> None:
    commands(maya, "1 snooze 1h")
    commands(maya, "1 resolve")
    desk.passes(hours=2)
    strikes(desk)
    assert (desk.ticket(1).status, desk.ticket(1).snoozed_until) == ("resolved", None)
    assert commands(maya, "1 snooze 1h") == "Ticket #1 is resolved already."
