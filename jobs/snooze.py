"""Snoozed tickets wake up when their time has come."""

from dataclasses import dataclass
from datetime import datetime

from crm_store import tickets
from crm_store.tickets import TicketView
from handlers.actions import Action, ShowCard
from handlers.customer.ticket import woken
from handlers.desk import Desk
from handlers.events import Slot


@dataclass(frozen=True, slots=True)
class Facts:
    due: tuple[TicketView, ...]


def is_wanted(desk: Desk) -> bool:
    """Whether any ticket is due: the job is looked after every minute, and does nothing in most of them."""
    return bool(tickets.due_to_wake(desk.connection, desk.now, limit=1))


def gather(_: Slot, desk: Desk) -> Facts:
    numbers = tickets.due_to_wake(desk.connection, desk.now)
    held = [desk.ticket_held(number) for number in numbers]
    return Facts(tuple(one for one in held if one is not None and _is_due(one, desk.now)))


def _is_due(ticket: TicketView, now: datetime) -> bool:
    return ticket.is_snoozed and ticket.snoozed_until is not None and ticket.snoozed_until <= now


def decide(facts: Facts) -> list[Action]:
    return [action for ticket in facts.due for action in (*woken(ticket, "clock"), ShowCard(ticket.id))]
