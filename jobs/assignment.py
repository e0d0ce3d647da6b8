"""Tickets that are nobody's are given to those on duty, as soon as somebody has room for them."""

from dataclasses import dataclass

from crm_store import duty
from crm_store.duty import OnDuty, Unassigned
from handlers.actions import Action, GiveTicket, ShowCard
from handlers.customer.ticket import given
from handlers.desk import Desk
from handlers.events import Slot
from handlers.staff.duty import held
from handlers.staffing import hand_out

Given = tuple[tuple[Unassigned, OnDuty], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    given: Given


def is_wanted(desk: Desk) -> bool:
    if desk.policy.staffing.assignment == "off":
        return False
    return bool(_hand_out(duty.unassigned(desk.connection), duty.on_duty(desk.connection), desk))


def gather(slot: Slot, desk: Desk) -> Facts:
    waiting = held(duty.unassigned(desk.connection), desk)
    still = {ticket.id for ticket in duty.unassigned(desk.connection)}
    people = duty.on_duty(desk.connection, lock=True)
    return Facts(_hand_out([ticket for ticket in waiting if ticket.id in still], people, desk))


def _hand_out(waiting: list[Unassigned], people: list[OnDuty], desk: Desk) -> Given:
    passed = hand_out(waiting, people, desk.policy.staffing, desk.now)
    return tuple((ticket, one) for ticket, one in passed if one is not None)


def decide(facts: Facts) -> list[Action]:
    return [
        action
        for ticket, one in facts.given
        for action in (GiveTicket(ticket.id, one.staff), ShowCard(ticket.id), *given(ticket.id, one.staff))
    ]
