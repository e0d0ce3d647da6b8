"""Staff say whose a ticket is, how urgent, of what kind and what it is labelled with: by form, command and emoji."""

import pytest
from sqlalchemy import select

from bot.config import Config, Role, Roles, Slack
from crm_store import tags, tickets
from crm_store.schema import AuditEntry
from tests.dialogues.colleague import commands, fills, opens, reacts, sends
from tests.dialogues.rehearsal import Rehearsal, StaffMember


@pytest.fixture
def maya(desk: Rehearsal) -> StaffMember:
    """At a ticket that Ada opened."""
    desk.customer("Ada").says("my parcel is wet")
    return desk.staff("Maya")


def tags_of(desk: Rehearsal, number: int = 1) -> tuple[str, ...]:
    with desk.store.read() as connection:
        return tags.of(connection, number)


def audited(desk: Rehearsal) -> list[tuple[str, str, str | None]]:
    with desk.store.read() as connection:
        rows = connection.execute(
            select(AuditEntry.actor, AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id)
        )
        return [tuple(row) for row in rows]


def test_more_changes_at_once_what_was_changed_in_it(desk: Rehearsal, maya: StaffMember) -> None:
    tom = desk.staff("Tom")
    commands(tom, "1 claim")

    form = opens(maya, "More")
    assert form is not None
    assert {field.name: field.initial for field in form.fields} == {
        "assignee": "1", "priority": "high", "kind": desk.ticket(1).kind, "tags": "", "links": "", "merge": "",
        "snooze": "", "mute": "", "also": "",
    }  # fmt: skip
    commands(maya, "")  # by which the desk knows her
    assert fills(maya, "More", assignee="2", priority="urgent", kind="return", tags="VIP, second time") == ""

    ticket = desk.ticket(1)
    assert (ticket.assignee, ticket.priority, ticket.kind) == ("Maya", "urgent", "return")
    assert tags_of(desk) == ("second-time", "vip")
    last = maya.thread()[-1].text.split("\n")
    assert [line.partition(" (it was")[0] for line in last] == [
        "Maya gave this ticket to Maya.",
        "Maya set the priority to urgent",
        "Maya made this ticket one of the kind return",
        "Maya changed the tags: +second-time +vip",
    ]
    maya.sees("second-time, vip")


def test_more_leaves_alone_what_somebody_else_changed_meanwhile(desk: Rehearsal, maya: StaffMember) -> None:
    form = opens(maya, "More")
    assert form is not None
    commands(desk.staff("Tom"), "1 priority urgent")

    sends(maya, form, tags="vip")

    assert desk.ticket(1).priority == "urgent"
    assert tags_of(desk) == ("vip",)


def test_more_opens_however_much_a_ticket_carries(desk: Rehearsal, maya: StaffMember) -> None:
    """Slack carries 3,000 characters along with a form."""
    long = [f"{chr(0x4E00 + number) * 64}" for number in range(20)]
    commands(maya, "1 tag " + " ".join(long))
    assert len(tags_of(desk)) == 20

    form = opens(maya, "More")
    assert form is not None
    assert len(form.ref) < 2_000
    assert "tags" not in [field.name for field in form.fields]
    sends(maya, form, priority="urgent")
    assert desk.ticket(1).priority == "urgent"
    assert len(tags_of(desk)) == 20


def test_more_with_nothing_changed_does_nothing(desk: Rehearsal, maya: StaffMember) -> None:
    before = len(maya.thread())
    assert fills(maya, "More") == ""
    assert len(maya.thread()) == before


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"priority": "yesterday"}, "“yesterday” is no priority."),
        ({"kind": "<!channel>"}, "“<!channel>” is not known here."),
        ({"assignee": "999"}, "The desk knows no colleague “999”"),
        ({"assignee": "x"}, "The desk knows no colleague “x”"),
        ({"tags": "a/b"}, "“a/b” cannot be a tag"),
        ({"links": "abc"}, "“abc” is no ticket's number."),
        ({"links": "77"}, "There is no ticket #77."),
        ({"merge": "1 2"}, "A ticket is merged into one other: give one number."),
        ({"merge": "9" * 18}, f"There is no ticket #{'9' * 18}."),
        ({"tags": ",".join(f"t{n}" for n in range(30))}, "A ticket has 20 tags at most."),
    ],
)
def test_what_more_cannot_do_is_told_in_a_sentence(
    desk: Rehearsal, maya: StaffMember, answers: dict[str, str], told: str
) -> None:
    before = desk.ticket(1)
    assert fills(maya, "More", **answers).startswith(told)
    assert desk.ticket(1) == before
    assert tags_of(desk) == ()


def test_a_ticket_is_given_to_a_colleague_to_oneself_and_to_nobody(desk: Rehearsal, maya: StaffMember) -> None:
    commands(desk.staff("Tom Jones"), "")

    assert commands(maya, "1 assign @tom jones") == "#1: Maya gave this ticket to Tom Jones."
    assert desk.ticket(1).assignee == "Tom Jones"
    assert commands(maya, "1 assign tom") == "Ticket #1 is Tom Jones's already."
    commands(maya, "1 assign me")
    assert desk.ticket(1).assignee == "Maya"
    commands(maya, "1 assign nobody")
    assert desk.ticket(1).assignee is None
    assert commands(maya, "1 assign nobody") == "Ticket #1 is nobody's already."
    assert commands(maya, "1 assign zoe").startswith("The desk knows no colleague “zoe”")
    commands(desk.staff("Tom Smith"), "")
    assert commands(maya, "1 assign tom").startswith("That can be several people: Tom Jones (tom jones), Tom Smith")


def test_priority_kind_and_tags_by_command(desk: Rehearsal, maya: StaffMember) -> None:
    assert commands(maya, "#1 priority URGENT") == "#1: Maya set the priority to urgent (it was high)."
    assert commands(maya, "1 kind order status").startswith("#1: Maya made this ticket one of the kind order status")
    assert commands(maya, "1 tag +vip -old wet") == "#1: Maya changed the tags: +vip +wet"
    assert (desk.ticket(1).priority, desk.ticket(1).kind) == ("urgent", "order_status")
    assert tags_of(desk) == ("vip", "wet")

    assert commands(maya, "1 priority urgent") == "Ticket #1 has the priority urgent already."
    assert commands(maya, "1 kind order_status") == "Ticket #1 is of the kind order status already."
    assert commands(maya, "1 tag +vip -old") == "That changes nothing. Tags of ticket #1: vip, wet"
    commands(maya, "1 tag -vip -wet")
    assert tags_of(desk) == ()
    assert ("Maya", "tagged", "+vip +wet") in audited(desk)


def test_the_commands_of_claim_resolve_and_reopen_are_the_buttons(desk: Rehearsal, maya: StaffMember) -> None:
    assert commands(maya, "1 claim") == "#1: Maya took this ticket."
    assert desk.ticket(1).assignee == "Maya"
    assert commands(maya, "1 note she called") == "#1: Note by Maya"
    assert commands(maya, "1 claim") == "Ticket #1 is yours already."
    commands(maya, "1 resolve")
    assert commands(maya, "1 resolve") == "Ticket #1 is resolved already."
    assert commands(maya, "1 claim") == "Ticket #1 is resolved already."
    commands(maya, "1 reopen")
    assert desk.ticket(1).status == "open"


def test_two_people_press_the_same_button(desk: Rehearsal, maya: StaffMember) -> None:
    tom = desk.staff("Tom")
    maya.presses("Resolve")
    assert commands(tom, "1 resolve") == "Ticket #1 is resolved already."
    assert [post.text for post in maya.thread()].count("Maya resolved this ticket.") == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("999 claim", "That ticket does not exist any more."),
        ("999", "There is no ticket #999."),
        ("999 tag vip", "There is no ticket #999."),
        ("abc", "“abc” is no ticket's number."),
        ("9" * 50, f"“{'9' * 40}” is no ticket's number."),
        ("1 explode", "“explode” is nothing that can be done to a ticket."),
        ("1 tag", "Say which tags: +vip -old."),
        ("1 assign", "Say to whom: a name, me or nobody."),
        ("1 merge", "“—” is no ticket's number."),
        ("1 snooze never", "“never” is no time."),
        ("help", "/ticket — your open tickets"),
    ],
)
def test_nonsense_is_answered_with_what_can_be_typed(desk: Rehearsal, maya: StaffMember, typed: str, told: str) -> None:
    before = desk.ticket(1)
    said = commands(maya, typed)
    assert said.startswith(told)
    assert desk.ticket(1) == before


def test_the_command_alone_lists_ones_own_open_tickets(desk: Rehearsal, maya: StaffMember) -> None:
    assert commands(maya, "").startswith("You have no open tickets.")
    commands(maya, "1 claim")
    listed = commands(maya, "")
    assert listed.startswith("Your open tickets\n#1 · ")
    assert "my parcel is wet" in listed
    commands(maya, "1 resolve")
    assert commands(maya, "").startswith("You have no open tickets.")


def test_a_look_at_a_ticket_shows_its_card_and_is_written_down(desk: Rehearsal, maya: StaffMember) -> None:
    seen = commands(maya, "1")
    assert "my parcel is wet" in seen
    assert seen.startswith(maya.card().message.title)
    assert audited(desk)[-1] == ("Maya", "looked", None)


@pytest.mark.parametrize(
    ("emoji", "column", "value"),
    [
        ("eyes", "assignee", "Maya"),
        ("white_check_mark", "status", "resolved"),
        ("zzz", "status", "snoozed"),
        ("rotating_light", "priority", "urgent"),
    ],
)
@pytest.mark.parametrize("on", ["card", "message", "note"])
def test_an_emoji_on_the_card_or_in_its_thread_does_what_the_button_does(
    desk: Rehearsal, maya: StaffMember, emoji: str, column: str, value: str, on: str
) -> None:
    note = maya.writes("who takes this?")
    post = {"card": maya.card().id, "message": maya.thread()[0].id, "note": note}[on]
    assert reacts(maya, emoji, post) == ""
    assert getattr(desk.ticket(1), column) == value


def test_an_emoji_reopens_and_one_on_another_post_says_nothing(desk: Rehearsal, maya: StaffMember) -> None:
    reacts(maya, "white_check_mark", maya.card().id)
    reacts(maya, "repeat", maya.card().id)
    assert desk.ticket(1).status == "open"
    assert reacts(maya, "repeat", maya.card().id) == "Ticket #1 is open already."
    assert reacts(maya, "eyes", "no such post") == ""
    assert reacts(maya, "tada", maya.card().id) == ""


def test_readers_look_and_change_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    config = Config(slack=Slack(roles=Roles(readers=Role(members=("rita",)))))
    with Rehearsal(tmp_path_factory.mktemp("desk"), config) as desk:
        desk.customer("Ada").says("my parcel is wet")
        rita = desk.staff("Rita")
        before = desk.ticket(1)
        for typed in ("claim", "assign me", "priority high", "tag +x", "kind refund", "snooze 2h", "merge 2", "split 2",
                      "link 2", "note hello", "export", "correct refund", "resolve"):  # fmt: skip
            assert commands(rita, f"1 {typed}").startswith("Your role here (read-only) does not allow this: ")
        assert reacts(rita, "eyes", rita.card().id).startswith("Your role here (read-only)")
        assert reacts(rita, "zzz", rita.card().id).startswith("Your role here (read-only)")
        assert desk.ticket(1) == before
        assert "my parcel is wet" in commands(rita, "1")
        commands(desk.staff("Maya"), "1 claim")
        assert commands(desk.staff("Maya"), "1 assign rita") == "Rita may not work on tickets."


def test_everything_done_stands_in_the_history(desk: Rehearsal, maya: StaffMember) -> None:
    for typed in ("priority urgent", "tag +vip", "kind return", "assign me", "snooze 2h", "wake", "note hello"):
        commands(maya, f"1 {typed}")
    with desk.store.read() as connection:
        history = [(one.actor, one.kind, one.detail) for one in tickets.timeline(connection, 1)]
    assert history == [
        ("customer", "opened", None),
        ("Maya", "prioritised", "urgent"),
        ("Maya", "tagged", "+vip"),
        ("Maya", "kind", "return"),
        ("Maya", "assigned", "Maya"),
        ("Maya", "snoozed", "until 2026-03-02T11:30+00:00"),
        ("Maya", "woke", None),
        ("Maya", "noted", None),
    ]
