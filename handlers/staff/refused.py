"""A room has taken nothing for minutes: staff are told in the room of alerts, once."""

from dataclasses import dataclass

from crm_store import outbox
from handlers.actions import Action, TellRoom
from handlers.desk import Desk
from handlers.events import RoomRefused
from handlers.message import Message
from handlers.texts import text


def about(outbox_id: int) -> str:
    """What the alert is called in the outbox, by the call that waits longest."""
    return f"refused:{outbox_id}"


@dataclass(frozen=True, slots=True)
class Facts:
    event: RoomRefused
    told_before: bool
    #: whether the alert would go another way than what is refused
    elsewhere: bool


def gather(event: RoomRefused, desk: Desk) -> Facts:
    told_before = outbox.address_of(desk.connection, about(event.outbox_id)) is not None
    policy = desk.policy
    elsewhere = event.channel == policy.staff_channel and event.place != policy.alerts_place
    return Facts(event, told_before, elsewhere)


def decide(facts: Facts) -> list[Action]:
    if facts.told_before or not facts.elsewhere:
        return []
    event = facts.event
    told = Message(title=text("refused.title", place=event.place), text=text("refused.text", reason=event.reason))
    return [TellRoom("alerts", told, about=about(event.outbox_id))]
