"""The change of a typed message comes before the message: what Slack failed to deliver it sends again minutes later.

The change is remembered by where the message stands, and the message is taken as it reads by then.
"""

from datetime import timedelta

import msgspec

from crm_store import inbox
from crm_store.tickets import StaffView
from handlers import events
from handlers.actions import Audit
from handlers.desk import Desk
from handlers.events import StaffDeleted, StaffEdited, StaffSaid
from handlers.staff.reply import source_of

#: what the audit log calls it; its detail is the inbox row that holds the new words, encrypted
_CHANGED = "changed before it came"
#: Slack gives a delivery up after an hour
_LATELY = timedelta(days=1)


def remember(event: StaffEdited | StaffDeleted, staff: StaffView, inbox_id: int) -> Audit:
    """Keeps the change of a message that has not come yet."""
    return Audit(staff.name, _CHANGED, _subject(event), str(inbox_id))


def changes_of(event: StaffSaid | StaffEdited, desk: Desk) -> list[StaffEdited | StaffDeleted]:
    """The changes of a typed message that came before it."""
    rows = [int(row) for row in desk.done_to(_subject(event), _CHANGED, _LATELY)]
    changes = map(events.decode, inbox.events_of(desk.connection, desk.cipher, rows))
    return [change for change in changes if isinstance(change, StaffEdited | StaffDeleted)]


def as_it_reads(said: StaffSaid, desk: Desk) -> StaffSaid | None:
    """The message with its latest words; None when it is deleted by now."""
    edits: list[StaffEdited] = []
    for change in changes_of(said, desk):
        if isinstance(change, StaffDeleted):
            return None
        edits.append(change)
    if not edits:
        return said
    return msgspec.structs.replace(said, text=max(edits, key=lambda edit: edit.at).text)


def _subject(event: StaffSaid | StaffEdited | StaffDeleted) -> str:
    return f"typed:{source_of(event.staff.channel, event.place, event.message_id)}"
