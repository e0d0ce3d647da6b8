"""The failed list: a message whose turn failed is told to staff once, and replayed or discarded by them."""

from dataclasses import dataclass

from crm_store import inbox, outbox
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, Discard, Replay, Revise, TellRoom, Whisper
from handlers.desk import Desk
from handlers.events import StaffPressed, key_in
from handlers.message import Button, Fact, Message
from handlers.texts import text
from handlers.texts.dates import moment


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffPressed
    #: the row the button names, as long as it is put aside
    inbox_id: int | None
    staff: StaffView


def about(inbox_id: int) -> str:
    """What the alert of a failed row is called in the outbox."""
    return f"failed:{inbox_id}"


def alert(inbox_id: int, error: str, desk: Desk) -> TellRoom:
    """Tells staff that a message could not be handled; the second time, that it failed again."""
    ref = str(inbox_id)
    told_before = outbox.address_of(desk.connection, about(inbox_id)) is not None
    at = moment(desk.now, desk.policy.timezone)
    told = Message(
        title=text("failed.title"),
        text=text("failed.text"),
        facts=(Fact(text("failed.error"), error[:500]),),
        context=text("failed.again", at=at) if told_before else "",
        buttons=(Button(text("replay"), "replay", ref), Button(text("discard"), "discard", ref, "danger")),
    )
    return TellRoom("alerts", told, about=about(inbox_id))


def gather(event: StaffPressed, desk: Desk) -> Facts:
    inbox_id = key_in(event.ref)
    if inbox_id is not None and not inbox.is_failed(desk.connection, inbox_id):
        inbox_id = None
    return Facts(event, inbox_id, desk.colleague(event.staff))


def decide(facts: Facts) -> list[Action]:
    inbox_id = facts.inbox_id
    if inbox_id is None:
        return [Whisper(facts.event.staff, facts.event.place, Message(text=text("nothing_to_retry")))]
    again = facts.event.action == "replay"
    told = text("failed.replayed" if again else "failed.discarded", staff=facts.staff.name)
    return [
        Replay(inbox_id) if again else Discard(inbox_id),
        Audit(facts.staff.name, facts.event.action, f"inbox:{inbox_id}"),
        Revise(about(inbox_id), Message(title=text("failed.title"), context=told)),
    ]
