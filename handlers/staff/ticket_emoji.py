"""An emoji on a ticket's card, or on anything in its thread, does what the button does."""

from dataclasses import dataclass

from crm_store import conversations, outbox
from crm_store.tickets import TicketView
from handlers.actions import Action
from handlers.desk import Desk, TooEarly
from handlers.events import StaffPressed, StaffReacted
from handlers.roles import may
from handlers.staff import changing, lifecycle
from handlers.staff.changes import Change, Prioritise, Snooze

#: what an emoji means: a button of the card, or a change
EMOJI: dict[str, str | Change] = {
    "eyes": "claim",
    "white_check_mark": "resolve",
    "heavy_check_mark": "resolve",
    "repeat": "reopen",
    "zzz": Snooze(None),
    "rotating_light": Prioritise("urgent"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """None: the post is no ticket's, and the emoji says nothing to the desk."""

    known: changing.Facts | lifecycle.Facts | None


def gather(event: StaffReacted, desk: Desk) -> Facts:
    ticket = _ticket(event, desk)
    meant = EMOJI.get(event.emoji)
    if ticket is None or meant is None:
        return Facts(None)
    ref = str(ticket.id)
    if not isinstance(meant, str):
        return Facts(changing.gather(event.staff, event.place, ref, (meant,), desk))
    if not may(desk.colleague(event.staff).role, meant, desk.policy.roles):
        return Facts(changing.not_allowed(event.staff, event.place, ref, meant, desk))
    return Facts(lifecycle.gather(StaffPressed(event.staff, event.place, event.message_id, event.at, meant, ref), desk))


def _ticket(event: StaffReacted, desk: Desk) -> TicketView | None:
    """The ticket whose card or thread the post belongs to."""
    connection, channel = desk.connection, event.staff.channel
    # the console page shows the threads of Slack as well
    posts = (outbox.post_at(connection, where, event.place, event.message_id) for where in (channel, "slack"))
    post = next((post for post in posts if post is not None), None)
    if post is not None and post.about.startswith("card:"):
        return desk.ticket(int(post.about.removeprefix("card:")))
    if post is not None:
        return None if post.thread is None else desk.ticket_at(channel, event.place, post.thread)
    source = f"{channel}/{event.place}/{event.message_id}"
    typed = conversations.message_typed_at(connection, desk.cipher, source)
    if typed is not None:
        return None if typed.ticket_id is None else desk.ticket(typed.ticket_id)
    if outbox.is_posting(connection, channel):
        raise TooEarly(f"where a post to {channel} stands is not known yet")
    return None


def decide(facts: Facts) -> list[Action]:
    match facts.known:
        case changing.Facts():
            return changing.decide(facts.known)
        case lifecycle.Facts():
            return lifecycle.decide(facts.known)
        case None:
            return []
