"""Staff say whose a ticket is, how urgent, of what kind, what its first message means, and what it is labelled with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from crm_store import corrections, tags, tickets
from crm_store.tickets import StaffView
from handlers.actions import Action, AddTag, ClaimTicket, Correct, RemoveTag, SetPriority, Unassign
from handlers.actions import SetKind as PutKind
from handlers.desk import Desk
from handlers.roles import may
from handlers.staff.changes import Assign, Prioritise, Reread, Retag, SetKind
from handlers.staff.scene import Scene
from handlers.texts import text
from nlp.meaning import Intent

PRIORITIES = ("low", "normal", "high", "urgent")
#: what a message can mean that says nothing about the matter
_NO_MATTER = ("greeting", "thanks", "other", "human")
#: what a ticket can be about
KINDS = ("question", *(intent for intent in get_args(Intent) if intent not in _NO_MATTER))
INTENTS: tuple[str, ...] = get_args(Intent)
_MOST_TAGS = 20
_TAG = re.compile(r"[^\W_][\w-]{0,63}")


def spoken(name: str) -> str:
    """A kind or an intent as people read it."""
    return name.replace("_", " ")


# --- whose it is --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AssignFacts:
    scene: Scene
    change: Assign
    #: whom the change can mean
    meant: tuple[StaffView, ...]


def gather_assign(change: Assign, scene: Scene, desk: Desk) -> AssignFacts:
    if change.who is None:
        return AssignFacts(scene, change, ())
    if isinstance(change.who, int):
        found = tickets.staff_by_id(desk.connection, change.who)
        return AssignFacts(scene, change, () if found is None else (found,))
    everybody = tickets.everybody(desk.connection, limit=1_000)
    return AssignFacts(scene, change, tuple(_meant(change.who, scene.staff, everybody)))


def _meant(who: str, by: StaffView, everybody: Sequence[StaffView]) -> list[StaffView]:
    """The colleagues a name can mean; of one person's accounts on two platforms the one on the asker's."""
    name = re.sub(r"^<?@([^|>]+)(\|[^>]*)?>?$", r"\1", who.strip()).casefold()
    if name == "me":
        return [by]
    exact = [one for one in everybody if name in (one.name.casefold(), one.user.casefold())]
    found = exact or [one for one in everybody if one.name.casefold().split(" ")[0] == name]
    return [one for one in found if one.channel == by.channel] or found


def decide_assign(facts: AssignFacts) -> list[Action]:
    scene, ticket = facts.scene, facts.scene.ticket
    if facts.change.who is None:
        if ticket.assignee is None:
            return scene.whisper(text("assign.nobodys", ticket=ticket.id))
        told = text("assign.to_nobody", staff=scene.staff.name, before=ticket.assignee)
        return [Unassign(ticket.id), *scene.done("unassigned", told)]
    match facts.meant:
        case ():
            return scene.whisper(text("assign.unknown", who=facts.change.who))
        case (one,):
            return _assign(scene, one)
        case several:
            return scene.whisper(text("assign.several", names=", ".join(f"{one.name} ({one.user})" for one in several)))


def _assign(scene: Scene, to: StaffView) -> list[Action]:
    ticket = scene.ticket
    if ticket.assignee_id == to.id:
        return scene.whisper(text("assign.already", ticket=ticket.id, name=to.name))
    if not may(to.role, "claim", scene.policy.roles):
        return scene.whisper(text("assign.may_not", name=to.name))
    told = text("assign.to", staff=scene.staff.name, name=to.name)
    return [ClaimTicket(ticket.id, to), *scene.done("assigned", told, to.name)]


# --- how urgent, and of what kind ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PriorityFacts:
    scene: Scene
    change: Prioritise


def gather_priority(change: Prioritise, scene: Scene, _: Desk) -> PriorityFacts:
    return PriorityFacts(scene, change)


def decide_priority(facts: PriorityFacts) -> list[Action]:
    scene, priority = facts.scene, facts.change.priority.lower()
    ticket = scene.ticket
    if priority not in PRIORITIES:
        return scene.whisper(text("priority.unknown", said=priority, known=", ".join(PRIORITIES)))
    if ticket.priority == priority:
        return scene.whisper(text("priority.already", ticket=ticket.id, priority=priority))
    told = text("priority.set", staff=scene.staff.name, priority=priority, before=ticket.priority)
    return [SetPriority(ticket.id, priority), *scene.done("prioritised", told, priority)]


@dataclass(frozen=True, slots=True)
class KindFacts:
    scene: Scene
    change: SetKind


def gather_kind(change: SetKind, scene: Scene, _: Desk) -> KindFacts:
    return KindFacts(scene, change)


def decide_kind(facts: KindFacts) -> list[Action]:
    scene, ticket = facts.scene, facts.scene.ticket
    kind = _named(facts.change.kind)
    if kind not in KINDS:
        return scene.whisper(text("kind.unknown", said=spoken(kind), known=", ".join(map(spoken, KINDS))))
    if ticket.kind == kind:
        return scene.whisper(text("kind.already", ticket=ticket.id, kind=spoken(kind)))
    told = text("kind.set", staff=scene.staff.name, kind=spoken(kind), before=spoken(ticket.kind))
    return [PutKind(ticket.id, kind), *scene.done("kind", told, kind)]


def _named(said: str) -> str:
    """
    >>> _named("Order status ")
    'order_status'
    """
    return "_".join(said.lower().replace("_", " ").split())


# --- what its message means ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RereadFacts:
    scene: Scene
    change: Reread
    #: what staff said it means before
    corrected: str | None


def gather_reread(change: Reread, scene: Scene, desk: Desk) -> RereadFacts:
    message = scene.ticket.message_id
    corrected = None if message is None else corrections.of_message(desk.connection, message)
    return RereadFacts(scene, change, corrected)


def decide_reread(facts: RereadFacts) -> list[Action]:
    """The message is kept as an example to learn from, and the ticket is of the kind that it means."""
    scene, ticket = facts.scene, facts.scene.ticket
    intent = _named(facts.change.intent)
    if intent not in INTENTS:
        return scene.whisper(text("kind.unknown", said=spoken(intent), known=", ".join(map(spoken, INTENTS))))
    if ticket.message_id is None:
        return scene.whisper(text("reread.no_message", ticket=ticket.id))
    if facts.corrected == intent:
        return scene.whisper(text("reread.already", ticket=ticket.id, intent=spoken(intent)))
    kind = intent if intent in KINDS else "question"
    told = text("reread.done", staff=scene.staff.name, intent=spoken(intent), before=spoken(ticket.intent or "—"))
    return [
        Correct(ticket.message_id, intent, scene.staff.name),
        *([] if ticket.kind == kind else [PutKind(ticket.id, kind)]),
        *scene.done("corrected", told, intent),
    ]


# --- labels -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TagFacts:
    scene: Scene
    change: Retag
    tags: tuple[str, ...]


def gather_tags(change: Retag, scene: Scene, desk: Desk) -> TagFacts:
    return TagFacts(scene, change, tags.of(desk.connection, scene.ticket.id))


def decide_tags(facts: TagFacts) -> list[Action]:
    scene, ticket = facts.scene, facts.scene.ticket
    said = (*facts.change.add, *facts.change.remove)
    bad = next((one for one in said if not _TAG.fullmatch(tag_of(one))), None)
    if bad is not None or not said:
        return scene.whisper(text("tag.bad", tag=(bad or "")[:80]))
    more = sorted({tag_of(one) for one in facts.change.add} - set(facts.tags))
    less = sorted({tag_of(one) for one in facts.change.remove} & set(facts.tags))
    if not more and not less:
        return scene.whisper(text("tag.nothing", ticket=ticket.id, tags=", ".join(facts.tags) or "—"))
    if len(facts.tags) + len(more) - len(less) > _MOST_TAGS:
        return scene.whisper(text("tag.too_many", most=_MOST_TAGS))
    detail = " ".join([*(f"+{tag}" for tag in more), *(f"-{tag}" for tag in less)])
    return [
        *(AddTag(ticket.id, tag) for tag in more),
        *(RemoveTag(ticket.id, tag) for tag in less),
        *scene.done("tagged", text("tag.done", staff=scene.staff.name, tags=detail), detail[:500]),
    ]


def tag_of(said: str) -> str:
    """
    >>> tag_of(" #VIP customer ")
    'vip-customer'
    """
    return "-".join(said.lower().lstrip(" #").split())
