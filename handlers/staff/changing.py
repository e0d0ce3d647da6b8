"""Staff want something of a ticket: whether they may, whether the ticket still takes it, and which feature does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from crm_store import outbox
from crm_store.tickets import StaffView, TicketView
from handlers.actions import Action, Audit, Record, TellThread, Whisper
from handlers.desk import Desk
from handlers.events import Colleague
from handlers.message import Message
from handlers.roles import LOOK, may, refusal
from handlers.staff import card, export, merging, muting, properties, snooze
from handlers.staff.changes import (
    Assign,
    Change,
    Export,
    Link,
    Look,
    Merge,
    MuteChat,
    Note,
    Prioritise,
    Reread,
    Retag,
    SetKind,
    Snooze,
    Split,
    Unlink,
    Unmerge,
    UnmuteChat,
    Wake,
)
from handlers.staff.looked import LOOKED
from handlers.staff.scene import Scene
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Way:
    """How a change is made: the name that roles are given it by, the facts it needs, and what it decides."""

    action: str
    gather: Callable[[Any, Scene, Desk], Any]
    decide: Callable[[Any], list[Action]]
    #: whether a ticket takes it that became a part of another one
    of_merged: bool = False


# --- what needs no file of its own --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoteFacts:
    scene: Scene
    change: Note


def _gather_note(change: Note, scene: Scene, _: Desk) -> NoteFacts:
    return NoteFacts(scene, change)


def _decide_note(facts: NoteFacts) -> list[Action]:
    """A note from the form, which stands in the thread nowhere else."""
    scene, ticket, words = facts.scene, facts.scene.ticket, facts.change.words.strip()
    if not words:
        return scene.whisper(text("note.empty"))
    if ticket.conversation_id is None:
        return scene.whisper(text("note.no_chat", ticket=ticket.id))
    body = Message(text=words)
    return [
        Record(ticket.conversation_id, "note", "staff", body, scene.now, ticket_id=ticket.id, author_id=scene.staff.id),
        *scene.kept("noted"),
        TellThread(ticket.id, Message(title=text("note.by", staff=scene.staff.name), text=words)),
    ]


@dataclass(frozen=True, slots=True)
class LookFacts:
    scene: Scene
    card: card.Facts


def _gather_look(_: Look, scene: Scene, desk: Desk) -> LookFacts:
    return LookFacts(scene, card.gather(scene.ticket, desk))


def _decide_look(facts: LookFacts) -> list[Action]:
    """The card for one colleague; whoever looks at a customer's data is written down."""
    scene = facts.scene
    seen = Audit(scene.staff.name, LOOKED, f"ticket:{scene.ticket.id}")
    return [seen, Whisper(scene.colleague, scene.place, card.summary(facts.card))]


#: every change, and how it is made
WAYS: dict[type[Change], Way] = {
    Assign: Way("assign", properties.gather_assign, properties.decide_assign),
    Prioritise: Way("priority", properties.gather_priority, properties.decide_priority),
    Retag: Way("tag", properties.gather_tags, properties.decide_tags),
    SetKind: Way("kind", properties.gather_kind, properties.decide_kind),
    Reread: Way("correct", properties.gather_reread, properties.decide_reread),
    Snooze: Way("snooze", snooze.gather, snooze.decide),
    Wake: Way("snooze", snooze.gather_wake, snooze.decide_wake),
    Merge: Way("merge", merging.gather_merge, merging.decide_merge),
    Unmerge: Way("merge", merging.gather_unmerge, merging.decide_unmerge, of_merged=True),
    Split: Way("split", merging.gather_split, merging.decide_split),
    Link: Way("link", merging.gather_link, merging.decide_link),
    Unlink: Way("link", merging.gather_link, merging.decide_link),
    Note: Way("note", _gather_note, _decide_note),
    MuteChat: Way("mute", muting.gather, muting.decide),
    UnmuteChat: Way("mute", muting.gather_unmute_of, muting.decide_unmute_of),
    Export: Way("export", export.gather, export.decide, of_merged=True),
    Look: Way(LOOK, _gather_look, _decide_look, of_merged=True),
}


# --- all of them --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    colleague: Colleague
    staff: StaffView
    place: str
    #: what the ticket was called, for whoever named one that there is none of
    named: str
    ticket: TicketView | None
    #: what the colleague's role does not allow; empty: all is allowed
    refused: str
    #: what stopped the form from opening, or is wrong with what was sent in
    problem: str
    #: each change with its facts, where it can be made
    steps: tuple[tuple[Way, Any], ...]


def gather(
    colleague: Colleague, place: str, ref: str, changes: Sequence[Change], desk: Desk, problem: str = ""
) -> Facts:
    """`place`: where the colleague is; empty: where the ticket's card stands."""
    staff, ticket = desk.colleague(colleague), desk.ticket_named(ref)
    ways = [(WAYS[type(change)], change) for change in changes]
    roles = desk.policy.roles
    refused = next((way.action for way, _ in ways if not may(staff.role, way.action, roles)), "")
    place = place or _place_of(ticket, desk)
    steps: tuple[tuple[Way, Any], ...] = ()
    if ticket is not None and not refused and not problem:
        scene = Scene(colleague, staff, place, ticket, desk.inbox_id, desk.now, desk.policy)
        taken = [(way, change) for way, change in ways if ticket.merged_into_id is None or way.of_merged]
        steps = tuple((way, way.gather(change, scene, desk)) for way, change in taken)
    named = ref.partition("|")[0]
    return Facts(colleague, staff, place, named, ticket, refused, problem, steps)


def not_allowed(colleague: Colleague, place: str, ref: str, action: str, desk: Desk) -> Facts:
    """What a colleague wanted to do that their role does not allow."""
    staff = desk.colleague(colleague)
    return Facts(colleague, staff, place, ref, desk.ticket_named(ref), action, "", ())


def _place_of(ticket: TicketView | None, desk: Desk) -> str:
    stands = None if ticket is None else outbox.address_of(desk.connection, card.about(ticket.id))
    return desk.policy.alerts_place if stands is None else stands.place


def decide(facts: Facts) -> list[Action]:
    if facts.refused:
        kept = Audit(facts.staff.name, "not allowed", f"staff:{facts.staff.id}", facts.refused)
        return [kept, _whisper(facts, refusal(facts.staff.role, facts.refused))]
    if facts.ticket is None:
        return [_whisper(facts, text("ticket.unknown", number=facts.named[:40]))]
    if facts.problem:
        return [_whisper(facts, facts.problem)]
    if facts.ticket.merged_into_id is not None and not facts.steps:
        return [_whisper(facts, went(facts.ticket))]
    return _in_one_post([action for way, known in facts.steps for action in way.decide(known)])


def went(ticket: TicketView) -> str:
    """Where a merged ticket is now."""
    return text("merge.went", ticket=ticket.id, into=ticket.merged_into_id)


def _whisper(facts: Facts, words: str) -> Whisper:
    return Whisper(facts.colleague, facts.place, Message(text=words))


def _in_one_post(decided: list[Action]) -> list[Action]:
    """Several changes at once are one line each of one post in the thread, not a post each."""
    lines: dict[int, list[str]] = {}
    for action in decided:
        if _is_line(action):
            lines.setdefault(action.ticket_id, []).append(action.message.context)
    kept: list[Action] = []
    for action in decided:
        if not _is_line(action):
            kept.append(action)
        elif action.ticket_id in lines:
            kept.append(TellThread(action.ticket_id, Message(context="\n".join(lines.pop(action.ticket_id)))))
    return kept


def _is_line(action: Action) -> TypeGuard[TellThread]:
    return isinstance(action, TellThread) and action.message == Message(context=action.message.context)
