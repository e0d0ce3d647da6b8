"""Everything that is kept of a ticket, as a file in its thread: for whoever has to tell what happened."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crm_store import conversations, outbox, tags, ticket_links, tickets
from crm_store.conversations import MessageView
from crm_store.outbox import CallState
from crm_store.tickets import StaffView, TicketView, TimelineEntry
from handlers import message as messages
from handlers.actions import Action, KeepFile, TellThread
from handlers.customer.hearing import name_of
from handlers.desk import Desk
from handlers.events import FileRef
from handlers.message import Message, plain
from handlers.staff import reply
from handlers.staff.changes import Export
from handlers.staff.scene import Scene
from handlers.texts import text

_MIME = {"text": "text/plain", "json": "application/json"}
_SUFFIX = {"text": "txt", "json": "json"}


@dataclass(frozen=True, slots=True)
class Said:
    """A message with everything that became of it."""

    message: MessageView
    #: what it said before, oldest first, each with the time it was replaced
    versions: tuple[tuple[Any, bytes], ...]
    calls: tuple[CallState, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    scene: Scene
    change: Export
    person: str
    #: with the ticket that each line belongs to, in the order of time
    history: tuple[tuple[int, TimelineEntry], ...]
    said: tuple[Said, ...]
    tags: tuple[str, ...]
    links: tuple[ticket_links.Link, ...]
    #: the tickets that became a part of it
    merged: tuple[int, ...]
    authors: dict[int, StaffView]


def gather(change: Export, scene: Scene, desk: Desk) -> Facts:
    ticket, connection = scene.ticket, desk.connection
    merged = tuple(tickets.merged_into(connection, ticket.id))
    said = _said((ticket.id, *merged), desk)
    writers = {one.message.author_id for one in said if one.message.author_id is not None}
    authors = {key: found for key in writers if (found := tickets.staff_by_id(connection, key)) is not None}
    conversation = None
    if ticket.conversation_id is not None:
        conversation = conversations.look_at(connection, desk.cipher, ticket.conversation_id)
    return Facts(
        scene,
        change,
        "—" if conversation is None else name_of(conversation),
        _history((ticket.id, *merged), desk),
        said,
        tags.of(connection, ticket.id),
        ticket_links.of(connection, ticket.id),
        merged,
        authors,
    )


def _history(numbers: Sequence[int], desk: Desk) -> tuple[tuple[int, TimelineEntry], ...]:
    lines = [(number, entry) for number in numbers for entry in tickets.timeline(desk.connection, number)]
    return tuple(sorted(lines, key=lambda line: line[1].at))


def _said(numbers: Sequence[int], desk: Desk) -> tuple[Said, ...]:
    connection, cipher = desk.connection, desk.cipher
    found = [one for number in numbers for one in conversations.said_in_ticket(connection, cipher, number)]
    versions = conversations.versions_of(connection, cipher, [one.id for one in found])
    return tuple(
        Said(one, tuple(versions.get(one.id, ())), _calls(one, desk)) for one in sorted(found, key=lambda one: one.id)
    )


def _calls(said: MessageView, desk: Desk) -> tuple[CallState, ...]:
    """How what staff sent was delivered."""
    if said.direction != "out" or said.inbox_id is None:
        return ()
    return tuple(outbox.states_about(desk.connection, reply.about(said.inbox_id)))


def decide(facts: Facts) -> list[Action]:
    scene, form = facts.scene, facts.change.form
    whole = _whole(facts)
    written = json.dumps(whole, ensure_ascii=False, indent=2) if form == "json" else "\n".join(_lines(whole)) + "\n"
    data = written.encode(errors="replace")
    name, key = f"ticket-{scene.ticket.id}.{_SUFFIX[form]}", f"export-{scene.inbox_id}"
    file = FileRef("store", key, name, _MIME[form], len(data))
    return [
        KeepFile(key, name, _MIME[form], data),
        *scene.kept("exported", form),
        scene.tell(text("export.done", staff=scene.staff.name)),
        TellThread(scene.ticket.id, Message(files=(file,))),
    ]


def _whole(facts: Facts) -> dict[str, Any]:
    return {
        "ticket": _ticket(facts.scene.ticket, facts),
        "timeline": [
            {"at": _at(one.at), "ticket": number, "actor": one.actor, "what": one.kind, "detail": one.detail or ""}
            for number, one in facts.history
        ],
        "messages": [_message(one, facts) for one in facts.said],
    }


def _ticket(ticket: TicketView, facts: Facts) -> dict[str, Any]:
    return {
        "number": ticket.id,
        "customer": facts.person,
        "kind": ticket.kind,
        "status": ticket.status,
        "priority": ticket.priority,
        "assignee": ticket.assignee or "",
        "subject": ticket.subject,
        "read as": "" if ticket.intent is None else f"{ticket.intent} ({ticket.confidence or 0:.0%})",
        "opened": _at(ticket.opened_at),
        "first reply": _at(ticket.first_reply_at),
        "resolved": _at(ticket.resolved_at),
        "waiting since": _at(ticket.waiting_since),
        "snoozed until": _at(ticket.snoozed_until),
        "tags": list(facts.tags),
        "links": [f"#{link.ticket_id} ({link.kind})" for link in facts.links],
        "merged into": "" if ticket.merged_into_id is None else f"#{ticket.merged_into_id}",
        "took in": [f"#{number}" for number in facts.merged],
    }


def _message(said: Said, facts: Facts) -> dict[str, Any]:
    one = said.message
    author = facts.authors.get(one.author_id or 0)
    return {
        "at": _at(one.created_at),
        "ticket": one.ticket_id,
        "direction": {"in": "from the customer", "out": "to the customer", "note": "note"}[one.direction],
        "by": author.name if author else one.author_kind,
        "text": _words(one.body),
        "edited": _at(one.edited_at),
        "deleted": _at(one.deleted_at),
        "before": [{"until": _at(at), "text": _words(body)} for at, body in said.versions],
        "deliveries": [
            {"what": call.op, "state": call.state, "at": _at(call.settled_at), "error": call.error or ""}
            for call in said.calls
        ],
    }


def _words(body: bytes) -> str:
    return plain(messages.decode(body))


def _at(at: Any) -> str:
    return "" if at is None else str(at.isoformat(timespec="seconds"))


def _lines(whole: dict[str, Any]) -> Iterator[str]:
    """The same for people to read."""
    ticket = whole["ticket"]
    yield f"Ticket #{ticket['number']}"
    for name, value in ticket.items():
        told = ", ".join(value) if isinstance(value, list) else str(value)
        if told and name != "number":
            yield f"{name}: {told}"
    yield from ("", "Timeline")
    for one in whole["timeline"]:
        yield f"{one['at']}  #{one['ticket']} {one['actor']}: {one['what']} {one['detail']}".rstrip()
    yield from ("", "Messages")
    for one in whole["messages"]:
        yield f"{one['at']}  {one['by']} ({one['direction']})" + (" — deleted" if one["deleted"] else "")
        yield from (f"    {line}" for line in one["text"].splitlines())
        for before in one["before"]:
            yield f"    until {before['until']} it said:"
            yield from (f"        {line}" for line in before["text"].splitlines())
        for call in one["deliveries"]:
            yield f"    {call['what']}: {call['state']} {call['at']} {call['error']}".rstrip()
