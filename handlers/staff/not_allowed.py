"""A colleague presses, sends in or writes what their role does not allow: nothing happens, and they are told why.

Commands and emoji are as many things as they have words; their features ask `handlers.roles.may` themselves.
"""

from dataclasses import dataclass

from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, TellThread, Whisper
from handlers.desk import Desk
from handlers.digests import LIST, MEANING
from handlers.events import StaffPressed, StaffSaid, StaffSubmitted
from handlers.message import Message
from handlers.roles import LOOK, may, refusal
from handlers.texts import text

#: what buttons and forms do that are called otherwise; every other one does what it is called
_CALLED = {
    "reply": (
        "undo",
        "edit_reply",
        "retry",
        "arrived",
        "send_anyway",
        "edit_held",
        "use_suggestion",
        "winback",
        "open_winback",
    ),
    "merge": ("unmerge", "merge_sure"),
    "claim": ("churn_assign", "churn_snooze"),
    "digest": ("digest_plan", "ask_schedule"),
    "refund": ("refund_approve", "refund_partial", "refund_refuse", "refund_paid", "refund_not_paid", "refund_again"),
    "errand": ("errand_again", "errand_done"),
    "article": ("make_article", "edit_article", "delete_article"),
    "export": ("ask_file", "ask_segment"),
    "replay": ("discard",),
    "mute": ("unmute",),
    "contacts": ("errand_address",),
    # what a list shows is for its own feature
    LOOK: (
        LIST,
        MEANING,
        "ask_again",
        "ask_confirm",
        "ask_meaning",
        "ask_customer",
        "ask_compared",
        "segment_open",
        "ask_change",
    ),
}
_DOES = {name: action for action, names in _CALLED.items() for name in names}
#: the form that does several things, each of which is asked about when it is sent in
_SEVERAL = {"more": ("assign", "priority", "kind", "tag", "link", "merge", "split", "snooze", "mute", "export")}


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffPressed | StaffSubmitted | StaffSaid
    staff: StaffView
    #: what they wanted to do
    action: str
    #: the ticket of a form: there is no place to whisper at
    ticket_id: int | None


def gather(event: StaffPressed | StaffSubmitted | StaffSaid, desk: Desk, action: str = "") -> Facts | None:
    """What is refused; None where the colleague may do it."""
    staff = desk.colleague(event.staff)
    action = action or does(event)
    if _may(staff.role, action, desk):
        return None
    if isinstance(event, StaffSaid) and desk.ticket_at(event.staff.channel, event.place, event.thread) is None:
        return None  # talk among staff, in the thread of a digest
    ticket = desk.ticket_named(event.ref) if isinstance(event, StaffSubmitted) else None
    return Facts(event, staff, action, ticket.id if ticket else None)


def keeps_shut(opens: str, desk: Desk) -> bool:
    """Whether a form does not open for whoever asks: it is for something that their role does not allow."""
    return desk.asking is not None and not _may(desk.policy.roles.of(desk.asking.user), opens, desk)


def actions_of(name: str) -> tuple[str, ...]:
    """What a button or a form does, by the names that roles are given; any of several.

    >>> actions_of("undo"), actions_of("claim")
    (('reply',), ('claim',))
    """
    action = _DOES.get(name, name)
    return _SEVERAL.get(action, (action,))


def _may(staff_role: str, name: str, desk: Desk) -> bool:
    return any(may(staff_role, one, desk.policy.roles) for one in actions_of(name))


def does(event: StaffPressed | StaffSubmitted | StaffSaid) -> str:
    """What an event does, by the name that roles are given."""
    match event:
        case StaffPressed(action=name) | StaffSubmitted(form=name):
            return _DOES.get(name, name)
        case StaffSaid():
            return "note"


def decide(facts: Facts) -> list[Action]:
    told = Message(text=refusal(facts.staff.role, facts.action))
    kept = Audit(facts.staff.name, "not allowed", f"staff:{facts.staff.id}", facts.action)
    if not isinstance(facts.event, StaffSubmitted):
        return [kept, Whisper(facts.event.staff, facts.event.place, told)]
    if facts.ticket_id is None:
        place = facts.event.place
        return [kept, *([Whisper(facts.event.staff, place, told)] if place else [])]
    named = text("role.refused_to", staff=facts.staff.name)
    return [kept, TellThread(facts.ticket_id, Message(text=f"{named} {told.text}"))]
