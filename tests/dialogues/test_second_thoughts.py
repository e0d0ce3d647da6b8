"""Staff change their mind about what they wrote: in time, too late, and before the desk has heard of it."""

import pytest
from sqlalchemy import select

from crm_store.crypto import Cipher
from crm_store.schema import ChatMessage
from handlers import message as messages
from handlers.events import FileRef
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
