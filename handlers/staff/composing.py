"""Somebody opened a ticket's reply form: whoever opens it next is told."""

from dataclasses import dataclass

from crm_store.tickets import StaffView, TicketView
from handlers.actions import Action, Composes
from handlers.desk import Desk
from handlers.events import StaffOpened, key_in
from handlers.staff import held


@dataclass(frozen=True, slots=True)
class Facts:
    ticket: TicketView | None
    staff: StaffView


def gather(event: StaffOpened, desk: Desk) -> Facts:
    number = key_in(event.ref)
    if number is None:
        return Facts(None, desk.colleague(event.staff))
    is_held = event.action == "edit_held"
    ticket = held.ticket_of(held.event_of(number, desk), desk) if is_held else desk.ticket(number)
    return Facts(ticket, desk.colleague(event.staff))


def decide(facts: Facts) -> list[Action]:
    return [] if facts.ticket is None else [Composes(facts.ticket.id, facts.staff.id)]
