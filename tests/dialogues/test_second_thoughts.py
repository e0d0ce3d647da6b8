"""Staff change their mind about what they wrote: in time, too late, and before the desk has heard of it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels import Call, OutcomeUnknown, Refused, Sent, TryLater
from crm_store import outbox, tickets
from crm_store.crypto import Cipher
from crm_store.schema import AuditEntry, ChatMessage, OutboxRow
from handlers import message as messages
from handlers.events import Arrival, FileRef, Settled, StaffDeleted, StaffEdited, StaffSaid
from handlers.message import Message, plain
from tests.dialogues.rehearsal import Rehearsal, Shown


def kept(desk: Rehearsal, direction: str) -> list[Message]:
    """What the store has of staff's messages of a direction, but the deleted ones."""
    mine = select(ChatMessage.body_sealed).where(
        ChatMessage.direction == direction, ChatMessage.author_kind == "staff", ChatMessage.deleted_at.is_(None)
    )
    cipher: Cipher = desk.store.cipher
    with desk.store.read() as connection:
        return [messages.decode(cipher.open_bytes("messages.body", sealed)) for sealed in connection.scalars(mine)]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("> Hello\n> Ada", "Hello\nAda"),
        ("> Hello\n>\n>   Ada", "Hello\n\n  Ada"),
        ("> Hello\n\n> Ada", "Hello\n\nAda"),
        ("> You wrote:\nup > down", "You wrote:\nup > down"),
    ],
)
def test_a_reply_quoted_in_every_line_reaches_the_customer_without_the_marks(
    desk: Rehearsal, typed: str, read: str
) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes(typed)
    desk.passes(seconds=10)
    assert ada.screen[-1] == read
    maya.edits(message, typed.replace("Hello", "Dear").replace("wrote", "said"))
    assert ada.screen[-1] == read.replace("Hello", "Dear").replace("wrote", "said")


def test_an_edited_note_keeps_its_files(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    photo = FileRef("console", "gone", "box.png", kind="photo")
    note = maya.writes("ask the warehouse", photo)
    maya.edits(note, "I asked the warehouse")
    assert kept(desk, "note") == [Message(text="I asked the warehouse", files=(photo,))]


# --- too late, or nearly ------------------------------------------------------------------------------------------


class Fails:
    """The customer's chat takes nothing: each call ends as it is told."""

    def __init__(self, desk: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.outcomes: list[Exception | Callable[[], Awaitable[None]]] = []
        perform = desk.app.console.perform

        async def fails(call: Call) -> Sent:
            if call.place != "ada" or not self.outcomes:
                return await perform(call)
            outcome = self.outcomes.pop(0)
            if isinstance(outcome, Exception):
                raise outcome
            await outcome()
            return await perform(call)

        async def cannot_tell(call: Call) -> None:
            raise OutcomeUnknown("nobody knows.", None)

        monkeypatch.setattr(desk.app.console, "perform", fails)
        monkeypatch.setattr(desk.app.console, "find", cannot_tell)


@pytest.fixture
def platform(desk: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> Fails:
    return Fails(desk, monkeypatch)


NO_ANSWER = OutcomeUnknown("no answer.", None)


def line(desk: Rehearsal) -> Shown:
    """How the newest reply stands."""
    return next(post for post in reversed(desk.staff("Maya").thread()) if post.about.startswith("status:"))


def queued_for_staff(desk: Rehearsal) -> list[str]:
    """What is about to be said in the staff's rooms."""
    with desk.store.read() as connection:
        rows = connection.scalars(select(OutboxRow.id).where(OutboxRow.place == "tickets", OutboxRow.state == "queued"))
        return [plain(messages.decode(outbox.message_of(connection, desk.store.cipher, row))) for row in rows.all()]


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (Refused("no."), "Taken back. The customer has not seen it."),
        (NO_ANSWER, "The reply was deleted here; the customer may have it."),
    ],
)
def test_a_reply_that_did_not_arrive_and_was_deleted_is_not_sent_again(
    desk: Rehearsal, platform: Fails, outcome: Exception, says: str
) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> insulting text")
    platform.outcomes = [outcome]
    desk.passes(seconds=10)
    retry = next(button for button in line(desk).message.buttons if button.label == "Retry")

    maya.deletes(message)
    assert (line(desk).text, line(desk).buttons) == (says, [])
    desk.run(desk.app.console.staff_press(maya.colleague, "tickets", line(desk).id, retry.action, retry.ref))
    assert maya.was_whispered() == ["That reply was deleted: it is not sent again."]
    ada.does_not_see("insulting")
    with desk.store.read() as connection:
        assert outbox.undelivered(connection) == []


@pytest.mark.parametrize(
    ("first", "again", "says"),
    [
        (NO_ANSWER, TryLater("full.", 60), "The reply was deleted here; the customer may have it."),
        (NO_ANSWER, Refused("no."), "The reply was deleted here; the customer may have it."),
        (Refused("no."), TryLater("full.", 60), "Taken back. The customer has not seen it."),
        (Refused("no."), Refused("no."), "Taken back. The customer has not seen it."),
    ],
)
def test_a_reply_that_was_retried_and_deleted_is_not_sent_and_its_line_doubts_what_the_first_attempt_leaves_in_doubt(
    desk: Rehearsal, platform: Fails, first: Exception, again: Exception, says: str
) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> insulting text")
    platform.outcomes = [first, again]
    desk.passes(seconds=10)
    maya.presses("Retry")
    maya.deletes(message)
    assert (line(desk).text, line(desk).buttons) == (says, [])
    desk.passes(minutes=10)
    ada.does_not_see("insulting")
    with desk.store.read() as connection:
        assert outbox.undelivered(connection) == []


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (None, "The reply was deleted at the customer's side too."),
        (Refused("no."), "Taken back. The customer has not seen it."),
        (NO_ANSWER, "The reply was deleted here; the customer may have it."),
    ],
)
def test_the_line_of_a_reply_deleted_while_it_was_sent_says_so(
    desk: Rehearsal, platform: Fails, outcome: Exception | None, says: str
) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> slow one")

    async def deletion_overtakes() -> None:
        deleted = StaffDeleted(maya.colleague, "tickets", message, desk.time)
        await desk.app.receive([Arrival("console", "overtakes", "console:tickets", deleted)])
        await desk.app.runner.drain()
        queued = "The reply is on its way; it is deleted at the customer's side once it arrived."
        assert any(queued in words for words in queued_for_staff(desk))
        if outcome is not None:
            raise outcome

    platform.outcomes = [deletion_overtakes]
    desk.passes(minutes=10)
    assert (line(desk).text, line(desk).buttons) == (says, [])
    assert desk.ticket(1).first_reply_at is None
    assert [post for post in desk.posts("ada") if "slow one" in post.text] == []


def test_a_reply_deleted_while_it_was_sent_is_deleted_however_soon_the_desk_hears_that_it_left(
    desk: Rehearsal, platform: Fails
) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> slow one")
    with desk.store.read() as connection:
        post = connection.scalars(select(OutboxRow.id).where(OutboxRow.about.startswith("reply:"))).one()

    async def the_desk_is_faster_than_its_delivery() -> None:
        deleted = StaffDeleted(maya.colleague, "tickets", message, desk.time)
        sent = Settled(post, desk.time, "sent")
        for number, event in enumerate((deleted, sent)):
            await desk.app.receive([Arrival("console", f"fast {number}", "console:tickets", event)])
        await desk.app.runner.drain()

    platform.outcomes = [the_desk_is_faster_than_its_delivery]
    desk.passes(minutes=10)
    assert [post for post in desk.posts("ada") if "slow one" in post.text] == []


def test_a_reply_edited_while_it_was_in_doubt_may_have_been_read_with_the_earlier_words(
    desk: Rehearsal, platform: Fails
) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> It costs 10")
    platform.outcomes = [NO_ANSWER]
    desk.passes(seconds=10)
    desk.passes(minutes=1)
    behind = desk.time - timedelta(hours=1)  # so does the platform's clock say
    edit = StaffEdited(maya.colleague, "tickets", maya.card().id, message, behind, "> It costs 1000")
    desk.run(desk.app.receive([Arrival("console", "edit", f"console:{maya.card().id}", edit)]))
    assert line(desk).buttons == ["Retry", "It arrived"]
    maya.presses("It arrived")
    assert line(desk).text == "Sent 09:31, edited afterwards: the customer may have read the earlier words."


def test_a_deletion_that_the_platform_refuses_is_said(desk: Rehearsal, platform: Fails) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> slow one")
    desk.passes(seconds=10)
    platform.outcomes = [Refused("it is too old.")]
    maya.deletes(message)
    assert line(desk).text == "The reply was deleted here, but not at the customer's side: it is too old."


def test_a_reply_that_loses_its_prefix_in_time_becomes_a_note(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> he is a liar")
    maya.edits(message, "he is a liar")
    assert line(desk).text == "Taken back: without > it is a note. The customer has not seen it."
    desk.passes(minutes=1)
    ada.does_not_see("liar")
    maya.edits(message, "he is no liar")
    assert (kept(desk, "out"), kept(desk, "note")) == ([], [Message(text="he is no liar")])
    with desk.store.read() as connection:
        assert [entry.kind for entry in tickets.timeline(connection, 1)][-2:] == ["took back", "noted"]


def test_a_reply_that_loses_its_prefix_too_late_stays_as_it_is(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> Sorry")
    desk.passes(seconds=10)
    maya.edits(message, "Sorry")
    assert maya.was_whispered() == ["The reply was not changed: its edit must begin with > too."]
    ada.sees("Sorry")


def test_an_edit_that_the_platform_puts_off_is_on_its_way(desk: Rehearsal, platform: Fails) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> It costs 10")
    desk.passes(seconds=10)
    platform.outcomes = [TryLater("ada's chat is full.", 60)]
    maya.edits(message, "> It costs 1000")
    assert line(desk).text == "Edit on its way."
    desk.passes(minutes=2)
    assert line(desk).text == "Edited 09:32."


def test_a_reply_of_which_a_part_was_sent_cannot_be_taken_back(
    desk: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def puts_off(file: FileRef) -> bytes:
        raise TryLater("the files are asleep.", 60)

    monkeypatch.setattr(desk.app.console, "fetch", puts_off)
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.writes("> Here is the label", FileRef("console", "label", "label.png", kind="photo"))
    desk.passes(seconds=10)
    says = "The text was sent. The rest is tried again at 09:31: the files are asleep."
    assert (line(desk).text, line(desk).buttons) == (says, [])


def test_undo_of_a_reply_that_is_under_way_says_so(desk: Rehearsal, platform: Fails) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.writes("> Sorry")
    undo = line(desk).message.buttons[0]

    async def undo_comes() -> None:
        await desk.app.console.staff_press(maya.colleague, "tickets", maya.card().id, undo.action, undo.ref)
        await desk.app.runner.drain()

    platform.outcomes = [undo_comes]
    desk.passes(seconds=10)
    assert maya.was_whispered() == ["Too late: it is on its way already."]


# --- the platform delivers in the wrong order ---------------------------------------------------------------------


def said(desk: Rehearsal, text: str) -> StaffSaid:
    maya = desk.staff("Maya")
    return StaffSaid(maya.colleague, "tickets", maya.card().id, "m1", desk.time, text)


def edited(desk: Rehearsal, text: str, after: int) -> StaffEdited:
    maya = desk.staff("Maya")
    at = desk.time + timedelta(seconds=after)
    return StaffEdited(maya.colleague, "tickets", maya.card().id, "m1", at, text)


def arrive(desk: Rehearsal, *events: StaffSaid | StaffEdited | StaffDeleted) -> None:
    lane = f"console:{desk.staff('Maya').card().id}"
    for event in events:
        source = f"{type(event).__name__} {event.at}"
        desk.run(desk.app.receive([Arrival("console", source, lane, event)]))
    desk.passes(minutes=1)


def changed_early(desk: Rehearsal) -> int:
    """How many changes are remembered of messages that may still come."""
    with desk.store.read() as connection:
        return len(connection.scalars(select(AuditEntry.id).where(AuditEntry.subject.startswith("typed:"))).all())


def test_only_a_change_in_a_tickets_thread_is_remembered(desk: Rehearsal) -> None:
    desk.customer("Ada").says("my parcel is wet")
    maya = desk.staff("Maya")
    desk.run(desk.app.console.staff_delete(maya.colleague, "tickets", "lunch", "m1"))
    assert changed_early(desk) == 0
    maya.deletes("m2")
    assert changed_early(desk) == 1


@pytest.mark.parametrize("text", ["> SECRET", "SECRET"])
def test_a_message_deleted_before_the_desk_heard_it_goes_nowhere(desk: Rehearsal, text: str) -> None:
    ada = desk.customer("Ada")
    ada.says("my parcel is wet")
    arrive(desk, StaffDeleted(desk.staff("Maya").colleague, "tickets", "m1", desk.time), said(desk, text))
    ada.does_not_see("SECRET")
    assert kept(desk, "out") == kept(desk, "note") == []


def test_a_reply_edited_before_the_desk_heard_it_leaves_with_its_latest_words(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("my parcel is wet")
    second, first = edited(desk, "> It costs 1000", 2), edited(desk, "> It costs 100", 1)
    arrive(desk, second, first, said(desk, "> It costs 10"))
    assert ada.screen[-1] == "It costs 1000"
    assert kept(desk, "out") == [Message(text="It costs 1000")]


def test_an_older_edit_does_not_undo_a_newer_one(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("my parcel is wet")
    second, first = edited(desk, "> It costs 1000", 2), edited(desk, "> It costs 100", 1)
    arrive(desk, said(desk, "> It costs 10"), second, first)
    assert ada.screen[-1] == "It costs 1000"


def test_an_older_edit_does_not_undo_one_that_came_before_the_message(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("my parcel is wet")
    second, first = edited(desk, "> It costs 1000", 2), edited(desk, "> It costs 100", 1)
    arrive(desk, second, said(desk, "> It costs 10"), first)
    assert ada.screen[-1] == "It costs 1000"


@pytest.mark.parametrize(("typed", "then"), [("> wait for it", "wait for it"), ("wait for it", "> wait for it")])
def test_an_edit_that_came_before_the_message_makes_no_reply_of_it(desk: Rehearsal, typed: str, then: str) -> None:
    ada = desk.customer("Ada")
    ada.says("my parcel is wet")
    arrive(desk, edited(desk, then, 1), said(desk, typed))
    ada.does_not_see("wait for it")
    assert kept(desk, "note") == [Message(text=then)]
    assert len(desk.staff("Maya").was_whispered()) == then.startswith(">")
