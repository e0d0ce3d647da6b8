"""Two tickets become one and come apart again; one becomes two; two have to do with each other."""

from functools import partial

import pytest

from crm_store import surveys, ticket_links, tickets
from crm_store.ticket_links import Link
from tests.dialogues.colleague import commands, fills, opens
from tests.dialogues.rehearsal import MORNING, Customer, Rehearsal, StaffMember


@pytest.fixture
def ada(desk: Rehearsal) -> Customer:
    return desk.customer("Ada")


@pytest.fixture
def maya(desk: Rehearsal) -> StaffMember:
    return desk.staff("Maya")


@pytest.fixture
def two(desk: Rehearsal, ada: Customer, maya: StaffMember) -> None:
    """Two open tickets of one customer."""
    ada.says("my parcel is wet")
    desk.passes(minutes=5)
    ada.says("and I want a refund for my order")
    commands(maya, "1 split 2")


def history(desk: Rehearsal, number: int) -> list[tuple[str, str, str | None]]:
    with desk.store.read() as connection:
        return [(one.actor, one.kind, one.detail) for one in tickets.timeline(connection, number)]


# --- merge --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("two")
def test_what_the_customer_writes_after_a_merge_goes_to_the_ticket_that_was_kept(
    desk: Rehearsal, ada: Customer, maya: StaffMember
) -> None:
    assert commands(maya, "2 merge #1").startswith("#2: Maya merged this ticket into #1: ")

    maya.sees("Maya merged this ticket into #1", 2)
    maya.sees("Maya merged #2 (refund) into this ticket: and I want a refund for my order", 1)
    maya.sees("#2 (merged into this one)", 1)
    assert maya.card(2).buttons == ["Undo the merge"]
    assert (desk.ticket(2).status, desk.ticket(2).merged_into_id) == ("resolved", 1)

    ada.says("hello?")
    assert maya.thread(1)[-1].message.quote == "hello?"
    assert "hello?" not in [post.message.quote for post in maya.thread(2)]
    assert desk.ticket(1).waiting_since == MORNING
    assert history(desk, 2)[-1] == ("Maya", "merged", "#1")
    assert ("Maya", "took in", "#2") in history(desk, 1)


@pytest.mark.usefixtures("two")
def test_a_ticket_that_is_kept_was_answered_when_either_was_and_its_customer_is_asked_how_it_went(
    desk: Rehearsal, maya: StaffMember
) -> None:
    maya.replies("Your money is on its way.", 2)
    desk.passes(seconds=30)
    answered_at = desk.ticket(2).first_reply_at
    assert answered_at is not None
    commands(maya, "2 merge #1")
    assert desk.ticket(1).first_reply_at == answered_at
    commands(maya, "2 unmerge")
    assert desk.ticket(1).first_reply_at is None
    commands(maya, "2 merge #1")
    maya.presses("Resolve", 1)
    with desk.store.read() as connection:
        assert surveys.due(connection, MORNING, desk.time, 10)[0][0] == 1


@pytest.mark.usefixtures("two")
def test_a_later_answer_to_the_other_ticket_changes_no_first_answer(desk: Rehearsal, maya: StaffMember) -> None:
    maya.replies("We send you a dry one.", 1)
    desk.passes(minutes=5)
    first = desk.ticket(1).first_reply_at
    maya.replies("Your money is on its way.", 2)
    desk.passes(minutes=5)
    commands(maya, "2 merge #1")
    assert first is not None
    assert desk.ticket(1).first_reply_at == first


@pytest.mark.usefixtures("two")
def test_a_merge_is_undone(desk: Rehearsal, ada: Customer, maya: StaffMember) -> None:
    before = desk.ticket(2)
    commands(maya, "2 merge 1")
    ada.says("hello?")
    desk.passes(minutes=5)

    maya.presses("Undo the merge", 2)

    assert desk.ticket(2) == before
    maya.sees("Maya undid the merge into #1", 2)
    maya.sees("#2 is a ticket of its own again", 1)
    assert maya.card(2).buttons[:3] == ["Claim", "Reply", "Resolve"]
    assert commands(maya, "2 unmerge") == "Ticket #2 is not merged into another one."
    ada.says("are you there?")
    assert maya.thread(2)[-1].message.quote == "are you there?"


@pytest.mark.usefixtures("two")
def test_a_resolved_ticket_stays_resolved_when_its_merge_is_undone(desk: Rehearsal, maya: StaffMember) -> None:
    commands(maya, "2 resolve")
    desk.passes(minutes=5)
    before = desk.ticket(2)
    commands(maya, "2 merge 1")
    commands(maya, "2 unmerge")
    assert desk.ticket(2) == before


@pytest.mark.usefixtures("two")
def test_an_open_ticket_merged_into_a_resolved_one_opens_it(desk: Rehearsal, maya: StaffMember) -> None:
    commands(maya, "1 resolve")
    commands(maya, "2 merge 1")
    assert desk.ticket(1).status == "open"
    assert desk.ticket(1).waiting_since is not None


@pytest.mark.usefixtures("two")
def test_an_answer_to_the_kept_ticket_answers_both(desk: Rehearsal, ada: Customer, maya: StaffMember) -> None:
    commands(maya, "2 merge 1")
    maya.writes("> It is on its way", number=1)
    desk.passes(seconds=11)
    ada.sees("It is on its way")
    assert desk.ticket(1).waiting_since is None


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    "typed", ["claim", "resolve", "reopen", "assign me", "priority high", "snooze 2h", "merge 1", "split 2", "note x"]
)
def test_a_merged_ticket_tells_where_it_went(desk: Rehearsal, maya: StaffMember, typed: str) -> None:
    commands(maya, "2 merge 1")
    before = desk.ticket(2)
    said = commands(maya, f"2 {typed}")
    assert said == "Ticket #2 was merged into #1: go on there, or undo the merge."
    assert desk.ticket(2) == before


@pytest.mark.usefixtures("two")
def test_no_reply_leaves_from_the_thread_of_a_merged_ticket(desk: Rehearsal, ada: Customer, maya: StaffMember) -> None:
    commands(maya, "2 merge 1")
    maya.writes("> hello", number=2)
    desk.passes(minutes=1)
    ada.does_not_see("hello")
    assert maya.was_whispered()[-1] == "Ticket #2 was merged into #1: go on there, or undo the merge."


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1 merge 1", "Ticket #1 cannot be merged into itself."),
        ("1 merge 2", "Ticket #2 was merged into #1: merge into that one."),
        ("1 merge 99", "There is no ticket #99."),
        ("1 merge 999999999999999999", "There is no ticket #999999999999999999."),
    ],
)
def test_a_ticket_is_merged_into_one_that_takes_it(desk: Rehearsal, maya: StaffMember, typed: str, told: str) -> None:
    commands(maya, "2 merge 1")
    assert commands(maya, typed) == told
    assert desk.ticket(1).merged_into_id is None


@pytest.mark.usefixtures("two")
def test_a_ticket_merged_into_one_that_was_merged_in_turn_ends_at_the_last(
    desk: Rehearsal, ada: Customer, maya: StaffMember
) -> None:
    ada.says("the zip is broken")
    ada.says("and the box is open")
    commands(maya, "2 split 3")
    commands(maya, "1 merge 2")
    commands(maya, "2 merge 3")
    ada.says("hello?")
    assert maya.thread(3)[-1].message.quote == "hello?"


def test_two_customers_tickets_are_merged_only_by_who_is_sure(
    desk: Rehearsal, ada: Customer, maya: StaffMember
) -> None:
    bob = desk.customer("Bob")
    ada.says("my parcel is wet")
    bob.says("the parcel of my wife is wet")

    assert commands(maya, "1 merge 2").startswith("#1 is Ada's and #2 is Bob's.")
    maya.does_not_see("#1 is Ada's and #2 is Bob's.", 1)  # the question is for whoever asked
    assert desk.ticket(1).merged_into_id is None

    (sure,) = desk.app.console.whispers("maya", 0)[-1].message.buttons
    press = partial(desk.app.console.staff_press, maya.colleague, "tickets", maya.card(1).id, sure.action, sure.ref)
    desk.run(press())
    assert desk.ticket(1).merged_into_id == 2
    desk.run(press())  # a second time
    assert maya.was_whispered()[-1].startswith("Ticket #1 was merged into #2")

    ada.says("hello?")
    assert maya.thread(2)[-1].message.title == "Ada"
    maya.writes("> We are sorry", number=2)
    desk.passes(seconds=11)
    bob.sees("We are sorry")
    ada.does_not_see("We are sorry")


# --- split --------------------------------------------------------------------------------------------------------


def test_a_message_and_those_after_it_become_a_ticket_of_their_own(
    desk: Rehearsal, ada: Customer, maya: StaffMember
) -> None:
    ada.says("my parcel is wet")
    maya.writes("> Sorry for that!")
    desk.passes(minutes=5)
    asked = desk.time
    ada.says("I want a refund for my order")
    desk.passes(minutes=5)
    ada.says("it was blue")
    commands(maya, "1 claim")

    form = opens(maya, "More")
    assert form is not None
    split = next(field for field in form.fields if field.name == "split")
    assert [option.label.partition(": ")[2] for option in split.options] == [
        "I want a refund for my order",
        "it was blue",
    ]
    fills(maya, "More", split=split.options[0].value)

    new = desk.ticket(2)
    assert (new.kind, new.subject, new.opened_at, new.waiting_since, new.assignee) == (
        "refund", "I want a refund for my order", asked, asked, "Maya",
    )  # fmt: skip
    assert new.message_id == int(split.options[0].value)
    assert desk.ticket(1).waiting_since is None
    first = maya.thread(2)[0].message
    assert first.title == "Split off #1"
    assert [fact.value for fact in first.facts] == ["I want a refund for my order", "it was blue"]
    maya.sees("Maya made ticket #2 of a part of this one.", 1)
    maya.sees("#2 (split)", 1)
    maya.sees("#1 (split)", 2)
    assert history(desk, 2)[0] == ("Maya", "split off", "#1")

    ada.says("hello?")
    assert maya.thread(2)[-1].message.quote == "hello?"


def test_the_command_asks_at_which_message(desk: Rehearsal, ada: Customer, maya: StaffMember) -> None:
    ada.says("my parcel is wet")
    assert commands(maya, "1 split") == (
        "The customer said only one thing in ticket #1: there is nothing to split off."
    )
    ada.says("and the zip is broken")
    ada.says("hello?")
    which = "Which message does the new ticket begin with? Write /ticket 1 split and its number:\n"
    which += "2. and the zip is broken\n3. hello?"
    for typed in ("1 split", "1 split 1", "1 split 4", "1 split 99999999"):
        assert commands(maya, typed) == which
    assert len(desk.cards()) == 1
    commands(maya, "1 split 3")
    assert desk.ticket(2).subject == "hello?"


def test_pictures_go_along_with_a_split(desk: Rehearsal, ada: Customer, maya: StaffMember) -> None:
    ada.says("my parcel is wet")
    photo = desk.run(desk.app.console.keep_file("zip.png", "image/png", b"a picture"))
    ada.says("and the zip is broken", photo)
    commands(maya, "1 split 2")
    assert [file.name for post in maya.thread(2) for file in post.message.files] == ["zip.png"]


def test_an_edit_after_a_split_belongs_to_the_new_ticket(desk: Rehearsal, ada: Customer, maya: StaffMember) -> None:
    ada.says("my parcel is wet")
    message = ada.says("and the zip is broken")
    commands(maya, "1 split 2")
    ada.edits(message, "and the button is broken")
    assert desk.ticket(2).subject == "and the button is broken"
    maya.sees("and the button is broken", 2)


# --- link ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("two")
def test_tickets_are_linked_both_ways_and_unlinked(desk: Rehearsal, maya: StaffMember) -> None:
    desk.customer("Bob").says("my parcel is wet too")
    assert commands(maya, "1 link 3") == "#1: Maya linked this ticket with #3."
    maya.sees("#2 (split), #3 (related)", 1)
    maya.sees("#1 (related)", 3)
    maya.sees("Maya linked this ticket with #1.", 3)
    assert commands(maya, "3 link 1") == "Tickets #3 and #1 are linked already."
    assert commands(maya, "1 link 1") == "Ticket #1 cannot be linked with itself."

    fills(maya, "More", 3, links="#2")
    with desk.store.read() as connection:
        assert ticket_links.of(connection, 3) == (Link(2, "related"),)
    assert commands(maya, "1 unlink 3") == "Tickets #1 and #3 are not linked."
