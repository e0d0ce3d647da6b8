"""What the flows about a customer's own orders share: which one is meant, and how it reads on a button."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_store.conversations import ConversationView
from crm_store.orders import OrderView
from handlers.actions import Action
from handlers.customer import flow, ticket
from handlers.customer.known import is_known
from handlers.desk import Desk, Policy
from handlers.events import Said
from handlers.texts.dates import day
from handlers.texts.money import money

#: an order that has not left yet
NOT_SHIPPED = ("pending", "paid")
#: how many of the customer's own orders can be meant, and how many are offered
_OWN, _OFFERED = 50, 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer asks for something about an order."""

    said: Said
    conversation: ConversationView
    #: the customer's own orders, newest first
    own: tuple[OrderView, ...]
    #: the one that the message names
    named: OrderView | None
    #: what a ticket needs, where the desk is not to do it itself
    for_ticket: ticket.Facts | None
    inbox_id: int
    now: datetime
    policy: Policy
    #: the order that a person has to see to, for what goes on about it
    held: str = ""


def asked(said: Said, desk: Desk, *, wants_more: bool = False, beside: str = "") -> Asked:
    """Somebody who is not known, names what is not theirs, or more than one order, gets a person.

    `wants_more`: what the desk can do was done just now, and did not help. `beside`: a number that names no order.
    """
    conversation = desk.conversation(said.chat)
    may = is_known(conversation) and desk.policy.has_backoffice
    own = desk.orders_of(conversation, _OWN) if may else ()
    numbers = tuple(number for number in desk.reading(said.text).entities.order_ids if number != beside)
    named = find(numbers[0], own) if len(numbers) == 1 else None
    for_person = wants_more or not own or len(numbers) > 1 or (bool(numbers) and named is None)
    for_ticket = ticket.gather(said, desk) if for_person else None
    return Asked(said, conversation, own, named, for_ticket, desk.inbox_id, desk.now, desk.policy)


@dataclass(frozen=True, slots=True)
class Answered:
    """A customer answers a question of such a flow."""

    answer: flow.Answer
    conversation: ConversationView
    #: as they are by now
    own: tuple[OrderView, ...]
    #: what a ticket needs, where a further misunderstanding hands over to a person
    for_ticket: ticket.Facts | None
    inbox_id: int
    now: datetime
    policy: Policy
    #: the order that a person has to see to, for what goes on about it
    held: str = ""

    @property
    def order(self) -> OrderView | None:
        """The order that the flow is about; None when it is the customer's no more."""
        number = self.answer.flow.answers.get("order")
        return next((order for order in self.own if order.external_id == number), None)

    @property
    def says_yes(self) -> bool:
        return self.answer.choice() == "yes" or flow.says(self.answer, "flow.yes")

    @property
    def says_no(self) -> bool:
        return flow.says(self.answer, "flow.no")


def answered(answer: flow.Answer, desk: Desk) -> Answered:
    conversation = desk.conversation(answer.event.chat)
    # the link may have been undone since the flow began
    own = desk.orders_of(conversation, _OWN) if is_known(conversation) else ()
    is_last_try = isinstance(answer.event, Said) and answer.flow.misunderstood > 0
    for_ticket = ticket.gather(answer.event, desk) if is_last_try and isinstance(answer.event, Said) else None
    return Answered(answer, conversation, own, for_ticket, desk.inbox_id, desk.now, desk.policy)


def find(number: str, own: tuple[OrderView, ...]) -> OrderView | None:
    """The customer's own order of a number, in any case, with or without `#` and its letters."""
    bare = number.strip().lstrip("#").casefold()
    exact = [order for order in own if order.external_id.lstrip("#").casefold() == bare]
    ending = [order for order in own if re.fullmatch(rf"\D*{re.escape(bare)}", order.external_id.casefold())]
    return next(iter(exact or (ending if bare.isdecimal() else [])), None)


def chosen(facts: Answered, among: tuple[OrderView, ...]) -> OrderView | None:
    """The order that an answer picks: by its button, or by its number."""
    choice = facts.answer.choice()
    if choice is not None:
        return next((order for order in among if str(order.id) == choice), None)
    return next((found for word in facts.answer.words.split() if (found := find(word.strip(".,;:!?"), among))), None)


def choices(orders: tuple[OrderView, ...], language: str | None, zone: ZoneInfo) -> dict[str, str]:
    """A button for each of the newest orders."""
    spoken = language or "en"
    return {
        str(order.id): f"{order.external_id} · {day(order.placed_at, zone, spoken)} · "
        f"{money(order.total, order.currency, spoken)}"
        for order in orders[:_OFFERED]
    }


def again(facts: Answered, question: str, buttons: dict[str, str] | None = None) -> list[Action]:
    """The answer was not understood: the question comes again, and after that a person."""
    return flow.not_understood(facts.answer, facts.conversation, question, buttons, facts.for_ticket)
