"""Staff change their mind about what they wrote: in time, too late, and before the desk has heard of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store.crypto import Cipher
from crm_store.schema import ChatMessage
from handlers import message as messages
from handlers.events import Arrival, FileRef, StaffDeleted, StaffEdited, StaffSaid
from handlers.message import Message
from tests.dialogues.rehearsal import Rehearsal


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
