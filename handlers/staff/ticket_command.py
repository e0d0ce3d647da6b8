"""`/ticket`: a colleague's open tickets, one ticket as it stands, and everything its buttons do, typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_store import tickets
from crm_store.tickets import TicketView
from handlers.actions import Action, Audit, TellThread, Whisper
from handlers.desk import Desk
from handlers.events import Colleague, StaffCommanded, StaffPressed, key_in
from handlers.message import Fact, Message
from handlers.roles import may
from handlers.staff import changing, lifecycle, properties, snooze
from handlers.staff.changes import (
    Assign,
    Change,
    Export,
    Link,
    Look,
    Merge,
    Note,
    Prioritise,
    Reread,
    Retag,
    SetKind,
    Snooze,
    Split,
    Unlink,
    Unmerge,
    Wake,
)
from handlers.staff.looked import LOOKED
from handlers.texts import text
from handlers.texts.dates import moment

#: what a button of the card does as well
Press = str
_PRESSES = ("claim", "resolve", "reopen")
_MOST = 20


class Nonsense(ValueError):
    """Words that are no command of ours; the sentence says what was meant to stand there."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was typed: about which ticket, and what of it. No ticket: the colleague's own ones."""

    ticket: str
    wish: Change | Press | None


def parse(typed: str, now: datetime, zone: ZoneInfo) -> Parsed:
    """What was typed after `/ticket`. Raises `Nonsense`.

    >>> from datetime import UTC
    >>> monday, utc = datetime(2026, 3, 2, 9, 30, tzinfo=UTC), ZoneInfo("UTC")
    >>> parse("#12 tag +vip -old", monday, utc)
    Parsed(ticket='12', wish=Retag(add=('vip',), remove=('old',)))
    >>> parse("12 claim", monday, utc), parse("", monday, utc)
    (Parsed(ticket='12', wish='claim'), Parsed(ticket='', wish=None))
    """
    number, _, rest = typed.strip().partition(" ")
    if not number:
        return Parsed("", None)
    if key_in(number.lstrip("#")) is None:
        raise Nonsense("" if number.lower() == "help" else text("ticket_command.no_number", said=number[:40]))
    word, _, said = rest.strip().partition(" ")
    word, said = word.lower(), said.strip()
    ticket = number.lstrip("#")
    if not word:
        return Parsed(ticket, Look())
    if word in _PRESSES:
        return Parsed(ticket, word)
    if word not in _WORDS:
        raise Nonsense(text("ticket_command.unknown", said=word[:40]))
    return Parsed(ticket, _WORDS[word](said, now, zone))


def _assign(said: str, *_: object) -> Change:
    if not said:
        raise Nonsense(text("ticket_command.assign"))
    return Assign(None if said.lower() in ("nobody", "none", "-") else said)


def _priority(said: str, *_: object) -> Change:
    return Prioritise(said)


def _tag(said: str, *_: object) -> Change:
    words = said.replace(",", " ").split()
    if not words:
        raise Nonsense(text("ticket_command.tag"))
    add = tuple(word.lstrip("+") for word in words if not word.startswith("-"))
    return Retag(add, tuple(word[1:] for word in words if word.startswith("-")))


def _kind(said: str, *_: object) -> Change:
    return SetKind(said)


def _correct(said: str, *_: object) -> Change:
    return Reread(said)


def _snooze(said: str, now: datetime, zone: ZoneInfo) -> Change:
    try:
        return Snooze(snooze.until(said or "answer", now, zone))
    except snooze.NoTime:
        raise Nonsense(text("snooze.no_time", said=said[:80])) from None


def _number(said: str) -> int:
    number = key_in(re.sub(r"^(into|with|from)\s+", "", said.lower()).lstrip("#"))
    if number is None:
        raise Nonsense(text("ticket_command.no_number", said=said[:40] or "—"))
    return number


def _split(said: str, *_: object) -> Change:
    return Split(nth=_number(said)) if said else Split()


def _export(said: str, *_: object) -> Change:
    return Export("json" if said.lower() == "json" else "text")


_WORDS: dict[str, Callable[[str, datetime, ZoneInfo], Change]] = {
    "assign": _assign,
    "priority": _priority,
    "tag": _tag,
    "kind": _kind,
    "correct": _correct,
    "snooze": _snooze,
    "wake": lambda *_: Wake(),
    "merge": lambda said, *_: Merge(_number(said)),
    "unmerge": lambda *_: Unmerge(),
    "split": _split,
    "link": lambda said, *_: Link(_number(said)),
    "unlink": lambda said, *_: Unlink(_number(said)),
    "note": lambda said, *_: Note(said),
    "export": _export,
}


# --- the feature --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Own:
    """A colleague's open tickets."""

    event: StaffCommanded
    staff: str
    tickets: tuple[TicketView, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Help:
    event: StaffCommanded
    #: what was wrong; empty: help was asked for
    problem: str


Facts = Own | Help | changing.Facts | lifecycle.Facts


def gather(event: StaffCommanded, desk: Desk) -> Facts:
    try:
        parsed = parse(event.text, desk.now, desk.policy.timezone)
    except Nonsense as nonsense:
        return Help(event, str(nonsense))
    staff = desk.colleague(event.staff)
    if isinstance(parsed.wish, str):
        if not may(staff.role, parsed.wish, desk.policy.roles):
            return changing.not_allowed(event.staff, event.place, parsed.ticket, parsed.wish, desk)
        return lifecycle.gather(StaffPressed(event.staff, event.place, "", event.at, parsed.wish, parsed.ticket), desk)
    if parsed.wish is not None:
        return changing.gather(event.staff, event.place, parsed.ticket, (parsed.wish,), desk)
    mine = tickets.assigned_to(desk.connection, desk.cipher, staff.id, limit=_MOST)
    return Own(event, staff.name, tuple(mine), desk.policy.timezone)


def decide(facts: Facts) -> list[Action]:
    match facts:
        case Own():
            return _own(facts)
        case Help(problem=problem):
            told = Message(text="\n".join(line for line in (problem, text("ticket_command.help")) if line))
            return [Whisper(facts.event.staff, facts.event.place, told)]
        case changing.Facts(colleague=colleague, place=place, ticket=ticket):
            return _confirmed(changing.decide(facts), colleague, place, ticket)
        case lifecycle.Facts(event=event, ticket=ticket):
            return _confirmed(lifecycle.decide(facts), event.staff, event.place, ticket)


def _confirmed(decided: list[Action], colleague: Colleague, place: str, ticket: TicketView | None) -> list[Action]:
    """What was done, told as the ticket's thread is told to whoever typed it elsewhere."""
    if ticket is None or any(isinstance(action, Whisper) for action in decided):
        return decided
    told = (action.message for action in decided if isinstance(action, TellThread) and action.ticket_id == ticket.id)
    line = next((message.context or message.title for message in told), "")
    done = text("ticket_command.done", ticket=ticket.id, line=line)
    return [*decided, *([Whisper(colleague, place, Message(text=done))] if line else [])]


def _own(facts: Own) -> list[Action]:
    lines = tuple(Fact(_heading(ticket), _line(ticket, facts.zone)) for ticket in facts.tickets)
    told = text("ticket_command.own" if lines else "ticket_command.none")
    seen = Audit(facts.staff, LOOKED, "tickets:own")
    whisper = Whisper(
        facts.event.staff, facts.event.place, Message(title=told, facts=lines, context=text("ticket_command.hint"))
    )
    return [seen, whisper] if lines else [whisper]


def _heading(ticket: TicketView) -> str:
    return f"#{ticket.id} · {properties.spoken(ticket.kind)} · {ticket.priority}"


def _line(ticket: TicketView, zone: ZoneInfo) -> str:
    waits = (
        text("ticket_command.waits", at=moment(ticket.waiting_since, zone)) if ticket.waiting_since else ticket.status
    )
    return f"{waits}\n{ticket.subject}"
