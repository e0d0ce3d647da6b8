"""Everything that is kept of a ticket, as a file in its thread."""

import json
from typing import Any

from sqlalchemy import select

from crm_store.schema import AuditEntry
from handlers.events import FileRef
from tests.dialogues.colleague import commands, fills
from tests.dialogues.rehearsal import Rehearsal, StaffMember


def exported(desk: Rehearsal, maya: StaffMember) -> tuple[FileRef, str]:
    """The newest file in the thread, and what it says."""
    file = [file for post in maya.thread() for file in post.message.files][-1]
    data: bytes = desk.run(desk.app.delivery.fetch(file))
    return file, data.decode()


def busy(desk: Rehearsal) -> StaffMember:
    """A ticket with some of everything."""
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    message = ada.says("my parcel is wet")
    desk.passes(minutes=1)
    ada.edits(message, "my parcel is very wet")
    maya.writes("she is a regular")
    maya.writes("> Sorry for that!")
    desk.passes(seconds=11)
    commands(maya, "1 tag +vip")
    return maya


def test_the_export_holds_the_history_the_messages_with_their_edits_notes_and_deliveries(desk: Rehearsal) -> None:
    maya = busy(desk)
    assert commands(maya, "1 export json") == "#1: Maya exported everything that is kept of this ticket."

    file, data = exported(desk, maya)
    assert (file.name, file.mime) == ("ticket-1.json", "application/json")
    whole: dict[str, Any] = json.loads(data)
    assert (whole["ticket"]["number"], whole["ticket"]["tags"]) == (1, ["vip"])
    assert [one["what"] for one in whole["timeline"]][:4] == ["opened", "edited", "noted", "replied"]
    said = [(one["direction"], one["by"], one["text"]) for one in whole["messages"]]
    assert ("from the customer", "customer", "my parcel is very wet") in said
    assert ("note", "Maya", "she is a regular") in said
    assert ("to the customer", "Maya", "Sorry for that!") in said
    (before,) = whole["messages"][0]["before"]
    assert before["text"] == "my parcel is wet"
    reply = next(one for one in whole["messages"] if one["text"] == "Sorry for that!")
    assert [call["state"] for call in reply["deliveries"]] == ["sent"]


def test_the_export_reads_as_text_and_takes_in_what_was_merged(desk: Rehearsal) -> None:
    maya = busy(desk)
    desk.customer("Ada").says("and the zip is broken")
    commands(maya, "1 split 2")
    commands(maya, "2 merge 1")
    fills(maya, "More", 1, also="export")

    file = [file for post in maya.thread(1) for file in post.message.files][-1]
    told = desk.run(desk.app.delivery.fetch(file)).decode()
    assert file.name == "ticket-1.txt"
    for words in ("Ticket #1\ncustomer: Ada", "took in: #2", "it said:\n        my parcel is wet", "the zip is broken"):
        assert words in told


def test_who_exported_is_written_down(desk: Rehearsal) -> None:
    maya = busy(desk)
    commands(maya, "1 export")
    with desk.store.read() as connection:
        row = connection.execute(
            select(AuditEntry.actor, AuditEntry.subject, AuditEntry.detail).where(AuditEntry.action == "exported")
        ).one()
    assert tuple(row) == ("Maya", "ticket:1", "text")
    maya.sees("Maya exported everything that is kept of this ticket.")
