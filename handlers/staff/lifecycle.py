"""The card's buttons: claim, resolve, reopen."""

from dataclasses import dataclass

from crm_store import outbox
from crm_store.tickets import StaffView, TicketView
from handlers.actions import (
    Action,
    Audit,
    ClaimTicket,
    ReopenTicket,
    ResolveTicket,
    ShowCard,
    TellThread,
    Timeline,
    Wake,
    Whisper,
)
from handlers.desk import Desk
from handlers.events import StaffPressed
from handlers.message import Message
from handlers.staff import reply
from handlers.texts import counted, text


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffPressed
    ticket: TicketView | None
    staff: StaffView
    #: replies that wait for a second look, and those that did not arrive by now
    held: int
    unsent: int


def gather(event: StaffPressed, desk: Desk) -> Facts:
    ticket, staff = desk.ticket_named(event.ref), desk.colleague(event.staff)
    if ticket is None or event.action != "resolve":
        return Facts(event, ticket, staff, 0, 0)
    unsent = outbox.unsent_replies(desk.connection, ticket.id)
    return Facts(event, ticket, staff, reply.held_in(ticket.id, desk), unsent)


def decide(facts: Facts) -> list[Action]:
    if facts.ticket is None:
        return [_whisper(facts, text("ticket.gone"))]
    if facts.ticket.merged_into_id is not None:
        went = text("merge.went", ticket=facts.ticket.id, into=facts.ticket.merged_into_id)
        return [_whisper(facts, went)]
    match facts.event.action:
        case "claim":
            return _claim(facts, facts.ticket)
        case "resolve":
            return _resolve(facts, facts.ticket)
        case _:
            return _reopen(facts, facts.ticket)


def _claim(facts: Facts, ticket: TicketView) -> list[Action]:
    if ticket.is_open and ticket.assignee_id == facts.staff.id:
        return [_whisper(facts, text("ticket.already_yours", ticket=ticket.id))]
    if not ticket.is_open:
        return [_whisper(facts, text("ticket.already_resolved", ticket=ticket.id))]
    taken = "taken_over" if ticket.assignee else "claimed"
    return [ClaimTicket(ticket.id, facts.staff), *_done(facts, ticket, taken)]


def _resolve(facts: Facts, ticket: TicketView) -> list[Action]:
    if not ticket.is_open:
        return [_whisper(facts, text("ticket.already_resolved", ticket=ticket.id))]
    return [ResolveTicket(ticket), *_done(facts, ticket, "resolved")]


def _reopen(facts: Facts, ticket: TicketView) -> list[Action]:
    if ticket.is_snoozed:
        return [Wake(ticket.id), *_done(facts, ticket, "woke")]
    if ticket.is_open:
        return [_whisper(facts, text("ticket.already_open", ticket=ticket.id))]
    # whom nobody ever answered still waits
    waits = ticket.opened_at if ticket.first_reply_at is None else None
    return [ReopenTicket(ticket, waiting_since=waits), *_done(facts, ticket, "reopened")]


def _done(facts: Facts, ticket: TicketView, what: str) -> list[Action]:
    told = [text(f"thread.{what}", staff=facts.staff.name, before=ticket.assignee)]
    told += [counted(f"resolve.{name}", n) for name, n in (("held", facts.held), ("unsent", facts.unsent)) if n]
    return [
        Timeline(ticket.id, facts.staff.name, what),
        Audit(facts.staff.name, what, f"ticket:{ticket.id}"),
        ShowCard(ticket.id),
        TellThread(ticket.id, Message(context="\n".join(told))),
    ]


def _whisper(facts: Facts, words: str) -> Whisper:
    return Whisper(facts.event.staff, facts.event.place, Message(text=words))
