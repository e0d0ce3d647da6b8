"""Staff make one ticket of two, take that back, make two of one, or say that two have to do with each other.

The messages of a merged ticket stay its own: that is why a merge can be undone. What the customer writes from then on
goes to the ticket that was kept (`crm_store.tickets.latest_of`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crm_store import conversations, ticket_links, tickets
from crm_store.conversations import ConversationView, MessageView
from crm_store.tickets import StaffView, TicketView
from handlers import actions
from handlers import message as messages
from handlers.actions import (
    Action,
    ClaimTicket,
    LinkTickets,
    MoveMessages,
    ReopenTicket,
    ResolveTicket,
    SetFirstReply,
    SetMerged,
    SetWaiting,
    ShowCard,
    TellThread,
    Timeline,
    UnlinkTickets,
    Whisper,
)
from handlers.customer.hearing import in_a_line, name_of, subject_of
from handlers.customer.ticket import Opening, begun, handed, kind_of, new_ticket, opening, priority_of
from handlers.desk import Desk, Policy
from handlers.events import StaffPressed, key_in
from handlers.message import Button, Fact, Message
from handlers.staff.changes import Link, Merge, Split, Unlink, Unmerge
from handlers.staff.scene import Scene
from handlers.texts import text
from handlers.texts.dates import moment
from nlp.meaning import Reading

#: the button below the sentence that asks whether two customers' tickets are to become one
SURE = "merge_sure"
#: lines of a thread that stand in another one's, the newest, and how many of them a post holds
_LINES, _A_POST = 60, 20
#: messages that a split can begin with
CHOICES = 50


# --- one of two ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MergeFacts:
    scene: Scene
    change: Merge
    into: TicketView | None
    #: whose the two tickets are
    person: str
    other_person: str
    #: what was said in the ticket
    said: tuple[MessageView, ...]


def gather_merge(change: Merge, scene: Scene, desk: Desk) -> MergeFacts:
    into = desk.ticket_held(change.into)
    person, other = _person(scene.ticket, desk), _person(into, desk)
    return MergeFacts(scene, change, into, person, other, _said(scene.ticket.id, desk))


def _person(ticket: TicketView | None, desk: Desk) -> str:
    if ticket is None or ticket.conversation_id is None:
        return "—"
    conversation = conversations.look_at(desk.connection, desk.cipher, ticket.conversation_id)
    return name_of(conversation) if conversation is not None else "—"


def _said(ticket_id: int, desk: Desk) -> tuple[MessageView, ...]:
    return tuple(conversations.said_in_ticket(desk.connection, desk.cipher, ticket_id))


def decide_merge(facts: MergeFacts) -> list[Action]:
    scene, ticket, into = facts.scene, facts.scene.ticket, facts.into
    problem = _merge_problem(facts)
    if into is None or problem is not None:
        return scene.whisper(problem or text("ticket.unknown", number=facts.change.into))
    if into.customer_id != ticket.customer_id and not facts.change.sure:
        return [_ask_whether_sure(facts, into)]
    return [*_merge(facts, into), *copied(facts.said, into.id, text("merge.said_in", ticket=ticket.id), facts)]


def _merge_problem(facts: MergeFacts) -> str | None:
    ticket, into = facts.scene.ticket, facts.into
    if into is None:
        return text("ticket.unknown", number=facts.change.into)
    if into.id == ticket.id:
        return text("merge.itself", ticket=ticket.id)
    if into.merged_into_id is not None:
        return text("merge.other_went", other=into.id, into=into.merged_into_id)
    if into.conversation_id is None:
        return text("merge.no_chat", ticket=into.id)
    return None


def _ask_whether_sure(facts: MergeFacts, into: TicketView) -> Whisper:
    ticket = facts.scene.ticket
    values = {"ticket": ticket.id, "person": facts.person, "into": into.id, "other": facts.other_person}
    button = Button(text("merge.sure"), SURE, f"{ticket.id}|{into.id}", "danger")
    told = Message(text=text("merge.ask", **values), buttons=(button,))
    return Whisper(facts.scene.colleague, facts.scene.place, told)


def _merge(facts: MergeFacts, into: TicketView) -> list[Action]:
    scene, ticket = facts.scene, facts.scene.ticket
    waits = min((at for at in (ticket.waiting_since, into.waiting_since) if at is not None), default=None)
    kept: list[Action] = []
    if ticket.is_open and not into.is_open:
        kept = [ReopenTicket(into, waits), Timeline(into.id, scene.staff.name, "reopened")]
    elif waits != into.waiting_since:
        kept = [SetWaiting(into.id, waits)]
    taken = text("merge.took_in", staff=scene.staff.name, ticket=ticket.id, kind=ticket.kind, subject=ticket.subject)
    replied = min((at for at in (ticket.first_reply_at, into.first_reply_at) if at is not None), default=None)
    if replied != into.first_reply_at:
        kept.append(SetFirstReply(into.id, replied))
    return [
        SetMerged(ticket.id, into.id),
        *([ResolveTicket(ticket)] if ticket.is_open else []),
        *kept,
        *scene.done("merged", text("merge.done", staff=scene.staff.name, into=into.id), f"#{into.id}"),
        Timeline(into.id, scene.staff.name, "took in", f"#{ticket.id}"),
        ShowCard(into.id),
        scene.tell(taken, into.id),
    ]


def sure(event: StaffPressed) -> Merge | None:
    """What the button below the question says."""
    into = key_in(event.ref.partition("|")[2])
    return None if into is None else Merge(into, sure=True)


# --- and back -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnmergeFacts:
    scene: Scene
    into: TicketView | None
    #: when it was merged
    merged_at: datetime | None
    said: tuple[MessageView, ...]
    said_in_other: tuple[MessageView, ...]


def gather_unmerge(_: Unmerge, scene: Scene, desk: Desk) -> UnmergeFacts:
    number = scene.ticket.merged_into_id
    into = None if number is None else desk.ticket_held(number)
    history = tickets.timeline(desk.connection, scene.ticket.id)
    merged_at = next((entry.at for entry in reversed(history) if entry.kind == "merged"), None)
    in_other = () if into is None else _said(into.id, desk)
    return UnmergeFacts(scene, into, merged_at, _said(scene.ticket.id, desk), in_other)


def decide_unmerge(facts: UnmergeFacts) -> list[Action]:
    scene, ticket, into = facts.scene, facts.scene.ticket, facts.into
    if into is None:
        return scene.whisper(text("merge.is_not", ticket=ticket.id))
    # what ended with the merge was open until then
    was_open = ticket.resolved_at is not None and ticket.resolved_at == facts.merged_at
    waits = None if into.waiting_since is None else unanswered(facts.said_in_other)
    is_taken = into.first_reply_at is not None and into.first_reply_at == ticket.first_reply_at
    return [
        SetMerged(ticket.id, None),
        *([ReopenTicket(ticket, unanswered(facts.said))] if was_open else []),
        *([] if waits == into.waiting_since else [SetWaiting(into.id, waits)]),
        *([SetFirstReply(into.id, _first_reply(facts.said_in_other))] if is_taken else []),
        *scene.done("unmerged", text("merge.undone", staff=scene.staff.name, into=into.id), f"#{into.id}"),
        Timeline(into.id, scene.staff.name, "gave back", f"#{ticket.id}"),
        ShowCard(into.id),
        scene.tell(text("merge.gave_back", staff=scene.staff.name, ticket=ticket.id), into.id),
    ]


def _first_reply(said: Sequence[MessageView]) -> datetime | None:
    staffs = (one for one in said if one.direction == "out" and one.author_kind == "staff" and one.deleted_at is None)
    return min((one.created_at for one in staffs), default=None)


def unanswered(said: Sequence[MessageView]) -> datetime | None:
    """When the customer first spoke after staff's last answer; None when staff spoke last."""
    since: datetime | None = None
    for one in said:
        if one.direction == "in":
            since = since or one.created_at
        elif one.direction == "out" and one.author_kind == "staff" and one.deleted_at is None:
            since = None
    return since


# --- two of one ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SplitFacts:
    scene: Scene
    change: Split
    said: tuple[MessageView, ...]
    #: where the new ticket begins; None: nowhere it could
    first: MessageView | None
    #: what that message means, and whose chat it stands in
    reading: Reading | None
    conversation: ConversationView | None
    opening: Opening | None
    assignee: StaffView | None


def gather_split(change: Split, scene: Scene, desk: Desk) -> SplitFacts:
    said = _said(scene.ticket.id, desk)
    first = _first(change, said)
    if first is None:
        return SplitFacts(scene, change, said, None, None, None, None, None)
    conversation = conversations.look_at(desk.connection, desk.cipher, first.conversation_id)
    reading = desk.reading(messages.decode(first.body).text)
    who = scene.ticket.assignee_id
    assignee = None if who is None else tickets.staff_by_id(desk.connection, who)
    begins = opening(kind_of(reading), conversation, None, desk, in_turn=assignee is None)
    # whoever answered both goes on with both
    begins = replace(begins, team=scene.ticket.team or begins.team)
    return SplitFacts(scene, change, said, first, reading, conversation, begins, assignee)


def _first(change: Split, said: Sequence[MessageView]) -> MessageView | None:
    heard = heard_in(said)
    if change.nth is not None:
        return heard[change.nth - 1] if 1 < change.nth <= len(heard) else None
    return next((one for one in heard[1:] if one.id == change.message_id), None)


def heard_in(said: Sequence[MessageView]) -> list[MessageView]:
    """What the customer said."""
    return [one for one in said if one.direction == "in"]


def decide_split(facts: SplitFacts) -> list[Action]:
    scene = facts.scene
    if facts.first is None or facts.reading is None or facts.opening is None:
        return scene.whisper(_which(facts))
    number = facts.opening.number
    before = [one for one in facts.said if one.id < facts.first.id]
    moved = [one for one in facts.said if one.id >= facts.first.id]
    return [
        *_open(facts, facts.first, facts.reading, facts.opening),
        SetWaiting(number, unanswered(moved)),
        *([SetWaiting(scene.ticket.id, unanswered(before))] if scene.ticket.is_open else []),
        ShowCard(number),
        *copied(moved, number, text("split.from", ticket=scene.ticket.id), facts),
        *handed(facts.opening),
        *scene.done("split", text("split.done", staff=scene.staff.name, ticket=number), f"#{number}"),
    ]


def _open(facts: SplitFacts, first: MessageView, reading: Reading, begins: Opening) -> list[Action]:
    scene, subject = facts.scene, subject_of(messages.decode(first.body))
    priority = priority_of(reading)
    new = new_ticket(begins, subject, first.created_at, reading, priority=priority, message_id=first.id)
    return [
        *begun(begins, new, scene.staff.name, "split off", f"#{scene.ticket.id}"),
        MoveMessages(scene.ticket.id, first.id, new.id),
        LinkTickets(scene.ticket.id, new.id, "split"),
        *([ClaimTicket(new.id, facts.assignee)] if facts.assignee is not None else []),
    ]


def _which(facts: SplitFacts) -> str:
    """Which messages a ticket can be split at; with a number each for whoever types it."""
    ticket, heard = facts.scene.ticket, heard_in(facts.said)
    if len(heard) < 2:
        return text("split.nothing", ticket=ticket.id)
    numbered = list(enumerate(heard, 1))[1:][-CHOICES:]
    lines = [f"{number}. {in_a_line(messages.decode(one.body))[:80]}" for number, one in numbered]
    return "\n".join([text("split.which", ticket=ticket.id), *lines])


# --- have to do with each other -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkFacts:
    scene: Scene
    change: Link | Unlink
    other: TicketView | None
    linked: frozenset[int]


def gather_link(change: Link | Unlink, scene: Scene, desk: Desk) -> LinkFacts:
    linked = frozenset(link.ticket_id for link in ticket_links.of(desk.connection, scene.ticket.id))
    return LinkFacts(scene, change, desk.ticket(change.other), linked)


def decide_link(facts: LinkFacts) -> list[Action]:
    scene, ticket, other = facts.scene, facts.scene.ticket, facts.other
    if other is None:
        return scene.whisper(text("ticket.unknown", number=facts.change.other))
    if other.id == ticket.id:
        return scene.whisper(text("ticket_link.itself", ticket=ticket.id))
    linking = isinstance(facts.change, Link)
    if linking == (other.id in facts.linked):
        key = "ticket_link.already" if linking else "ticket_link.is_not"
        return scene.whisper(text(key, ticket=ticket.id, other=other.id))
    what, key = ("linked", "ticket_link.done") if linking else ("unlinked", "ticket_link.undone")
    action = actions.LinkTickets(ticket.id, other.id) if linking else UnlinkTickets(ticket.id, other.id)
    return [
        action,
        *scene.done(what, text(key, staff=scene.staff.name, other=other.id), f"#{other.id}"),
        Timeline(other.id, scene.staff.name, what, f"#{ticket.id}"),
        ShowCard(other.id),
        scene.tell(text(key, staff=scene.staff.name, other=ticket.id), other.id),
    ]


# --- what was said elsewhere --------------------------------------------------------------------------------------


def copied(said: Sequence[MessageView], to: int, title: str, facts: MergeFacts | SplitFacts) -> list[Action]:
    """What was said in one thread, in another one: so many of the newest lines, and every file among them."""
    shown = [one for one in said if one.deleted_at is None][-_LINES:]
    lines = [_line(one, facts.scene.policy) for one in shown]
    posts = [Message(title=title, facts=tuple(lines[at : at + _A_POST])) for at in range(0, len(lines), _A_POST)]
    files = tuple(file for one in shown for file in messages.decode(one.body).files)
    return [
        *(TellThread(to, post) for post in posts),
        *([TellThread(to, Message(files=files))] if files else []),
    ]


def _line(said: MessageView, policy: Policy) -> Fact:
    who = text(f"said.{said.direction}.{said.author_kind}")
    return Fact(f"{who} · {moment(said.created_at, policy.timezone)}", in_a_line(messages.decode(said.body)))
