"""An emoji on a post of a ticket that does more than a button (`handlers.staff.shortcuts` has those)."""

from handlers.actions import Action
from handlers.desk import Desk
from handlers.events import StaffReacted
from handlers.staff import changing
from handlers.staff.changes import Change, Prioritise, Snooze

#: what each changes
EMOJI: dict[str, Change] = {
    "zzz": Snooze(None),
    "rotating_light": Prioritise("urgent"),
}


def gather(event: StaffReacted, desk: Desk) -> changing.Facts | None:
    """None: the post is no ticket's, and the emoji says nothing to the desk."""
    number = desk.number_under(event.staff.channel, event.place, event.message_id, "")
    if number is None:
        return None
    return changing.gather(event.staff, event.place, str(number), (EMOJI[event.emoji],), desk)


def decide(facts: changing.Facts | None) -> list[Action]:
    return [] if facts is None else changing.decide(facts)
