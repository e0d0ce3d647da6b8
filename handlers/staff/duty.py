"""`/duty on`, `/duty off`, `/duty list`: who is there to be given tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crm_store import conversations, duty
from crm_store.duty import OnDuty, Unassigned
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, GiveTicket, SetDuty, ShowCard, TellThread, Timeline, Whisper
from handlers.desk import Desk, Policy
from handlers.events import StaffCommanded
from handlers.message import Message, Table
from handlers.roles import may
from handlers.staffing import account_of, hand_out
from handlers.texts import counted, text
from handlers.texts.dates import moment_beside


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded
    staff: StaffView
    #: since when whoever typed it is on duty
    since: datetime | None
    people: tuple[OnDuty, ...]
    #: their tickets that wait for an answer, when they go off duty
    waiting: tuple[Unassigned, ...]
    now: datetime
    policy: Policy


def gather(event: StaffCommanded, desk: Desk) -> Facts:
    staff, leaves = desk.colleague(event.staff), _word(event) == "off"
    waiting = held(duty.unanswered_of(desk.connection, staff.id), desk) if leaves else []
    mine = {ticket.id for ticket in duty.unanswered_of(desk.connection, staff.id)} if waiting else set()
    people = duty.on_duty(desk.connection, lock=leaves)
    since = duty.on_duty_since(desk.connection, staff.id)
    still = tuple(ticket for ticket in waiting if ticket.id in mine)
    return Facts(event, staff, since, tuple(people), still, desk.now, desk.policy)


def held(waiting: Sequence[Unassigned], desk: Desk) -> list[Unassigned]:
    """Tickets whose conversations are this turn's from now on; what became of them until now is to be read again."""
    if desk.connection.dialect.name != "sqlite":
        for conversation_id in sorted({ticket.conversation_id for ticket in waiting}):
            conversations.hold(desk.connection, conversation_id)
    return list(waiting)


def _word(event: StaffCommanded) -> str:
    return event.text.strip().lower()


def decide(facts: Facts) -> list[Action]:
    match _word(facts.event):
        case "on":
            return _on(facts)
        case "off":
            return _off(facts)
        case "" | "list":
            return [_whisper(facts, _list(facts))]
        case _:
            return [_whisper(facts, Message(text=text("duty.usage")))]


def _on(facts: Facts) -> list[Action]:
    if facts.since is not None:
        at = moment_beside(facts.since, facts.now, facts.policy.timezone)
        return [_whisper(facts, Message(text=text("duty.already_on", at=at)))]
    if not may(facts.staff.role, "duty", facts.policy.roles):
        return [_whisper(facts, Message(text=text("duty.reader")))]
    by_turns = facts.policy.staffing.assignment == "round_robin"
    told = text("duty.on" if by_turns else "duty.on_by_hand")
    return [
        SetDuty(facts.staff.id, facts.now),
        Audit(facts.staff.name, "on duty", f"staff:{facts.staff.id}"),
        _whisper(facts, Message(text=told)),
    ]


def _off(facts: Facts) -> list[Action]:
    if facts.since is None:
        return [_whisper(facts, Message(text=text("duty.already_off")))]
    left: list[Action] = [
        SetDuty(facts.staff.id, None),
        Audit(facts.staff.name, "off duty", f"staff:{facts.staff.id}"),
    ]
    if facts.policy.staffing.assignment == "off":
        kept = counted("duty.off_by_hand", len(facts.waiting)) if facts.waiting else text("duty.off")
        return [*left, _whisper(facts, Message(text=kept))]
    others = [one for one in facts.people if one.staff.id != facts.staff.id]
    passed = hand_out(facts.waiting, others, facts.policy.staffing, facts.now)
    moved = [action for ticket, one in passed for action in _passed_on(facts, ticket.id, one)]
    told = counted("duty.off_passed", len(facts.waiting)) if facts.waiting else text("duty.off")
    return [*left, *moved, _whisper(facts, Message(text=told))]


def _passed_on(facts: Facts, ticket_id: int, one: OnDuty | None) -> list[Action]:
    if one is None:
        told = Message(context=text("duty.left", staff=facts.staff.name))
    else:
        words = text("duty.taken_over", staff=facts.staff.name, next=one.staff.name)
        told = Message(context=words, calls=(account_of(one.staff),))
    next_ = one.staff if one else None
    return [
        GiveTicket(ticket_id, next_),
        Timeline(ticket_id, "bot", "assigned" if next_ else "unassigned", next_.name if next_ else None),
        ShowCard(ticket_id),
        TellThread(ticket_id, told),
    ]


def _list(facts: Facts) -> Message:
    if not facts.people:
        return Message(title=text("duty.title"), text=text("duty.nobody"))
    columns = tuple(text(f"duty.column.{name}") for name in ("who", "since", "tickets"))
    rows = tuple(
        (one.staff.name, moment_beside(one.since, facts.now, facts.policy.timezone), str(one.load))
        for one in facts.people
    )
    by_turns = facts.policy.staffing.assignment == "round_robin"
    context = text("duty.turns", cap=facts.policy.staffing.cap) if by_turns else text("duty.by_hand")
    return Message(title=text("duty.title"), table=Table(columns, rows), context=context)


def _whisper(facts: Facts, message: Message) -> Whisper:
    return Whisper(facts.event.staff, facts.event.place, message)
