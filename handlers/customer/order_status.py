"""A customer asks where the order is: by its number, or as somebody the shop knows."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from crm_store.conversations import ConversationView
from crm_store.orders import OrderView
from handlers.actions import Action, Say
from handlers.customer import ticket
from handlers.customer.hearing import record
from handlers.desk import Desk, Policy
from handlers.events import Pressed, Said
from handlers.message import Button, Fact, Message
from handlers.texts import text
from handlers.texts.dates import day

#: one message may name several orders; more than these are left to a person
_CARDS = 3
_CHOICES = 5
#: how many of the customer's own orders a button or a bare number can mean
_OWN = 50


@dataclass(frozen=True, slots=True)
class Facts:
    said: Said
    conversation: ConversationView
    #: the order numbers in the message, and the orders they are
    numbers: tuple[str, ...]
    named: tuple[OrderView, ...]
    #: the customer's newest orders
    own: tuple[OrderView, ...]
    #: what a ticket needs, should a person have to look
    for_ticket: ticket.Facts | None
    policy: Policy


def gather(said: Said, desk: Desk) -> Facts:
    conversation = desk.conversation(said.chat)
    numbers = desk.reading(said.text).entities.order_ids[:_CARDS]
    named = _named(numbers, conversation, desk)
    own = () if numbers else desk.orders_of(conversation, _CHOICES)
    for_ticket = ticket.gather(said, desk) if numbers and not named else None
    return Facts(said, conversation, numbers, named, own, for_ticket, desk.policy)


def decide(facts: Facts) -> list[Action]:
    if facts.for_ticket is not None:
        unknown = text("order.unknown", facts.conversation.language, number=facts.numbers[0])
        return [Say(facts.conversation, Message(text=unknown)), *ticket.decide(facts.for_ticket)]
    heard = record(facts.said, facts.conversation, None)
    answers = [Say(facts.conversation, message) for message in _answers(facts)]
    return [heard, *answers]


def _answers(facts: Facts) -> list[Message]:
    language, zone = facts.conversation.language, facts.policy.timezone
    match facts.named, facts.own:
        case (_, *_), _:
            return [card(order, language, zone) for order in facts.named]
        case _, ():
            return [Message(text=text("order.which", language))]
        case _, (order,):
            return [card(order, language, zone)]
        case _:
            return [_choice(facts.own, language, zone)]


def _choice(own: tuple[OrderView, ...], language: str | None, zone: ZoneInfo) -> Message:
    buttons = tuple(
        Button(f"{order.external_id} · {day(order.placed_at, zone)}", "order", order.external_id)
        for order in own
        if len(order.external_id) < 50  # what a button can carry
    )
    return Message(text=text("order.choose", language), buttons=buttons)


def card(order: OrderView, language: str | None, zone: ZoneInfo) -> Message:
    """An order as its customer sees it: status, items, carrier, tracking. No name, address or price: the number alone
    proves nothing about who asks."""
    items = ", ".join(f"{item.quantity} × {item.name or item.sku}" for item in order.items)
    lines = [
        ("order.status", text(f"status.{order.status}", language)),
        ("order.placed", day(order.placed_at, zone)),
        ("order.items", items),
        ("order.carrier", order.carrier),
        ("order.tracking", order.tracking_number),
        ("order.delivered", day(order.delivered_at, zone) if order.delivered_at else None),
    ]
    return Message(
        title=text("order.title", language, number=order.external_id),
        facts=tuple(Fact(text(label, language), value) for label, value in lines if value),
    )


@dataclass(frozen=True, slots=True)
class BesideFacts:
    for_ticket: ticket.Facts
    named: tuple[OrderView, ...]


def gather_beside(said: Said, desk: Desk) -> BesideFacts:
    numbers = desk.reading(said.text).entities.order_ids[:_CARDS]
    return BesideFacts(ticket.gather(said, desk), _named(numbers, desk.conversation(said.chat), desk))


def decide_beside(facts: BesideFacts) -> list[Action]:
    """The message goes into the ticket's thread like any other; what the desk knows of the order is said at once."""
    conversation, zone = facts.for_ticket.conversation, facts.for_ticket.policy.timezone
    cards = [Say(conversation, card(order, conversation.language, zone)) for order in facts.named]
    return [*ticket.decide(facts.for_ticket), *cards]


def _named(numbers: tuple[str, ...], conversation: ConversationView, desk: Desk) -> tuple[OrderView, ...]:
    """The orders of numbers; a number without its letters finds one of the customer's own."""
    own = desk.orders_of(conversation, _OWN) if any(number.isdecimal() for number in numbers) else ()
    found = (desk.order(number) or _ending(number, own) for number in numbers)
    return tuple(order for order in found if order is not None)


def _ending(number: str, own: tuple[OrderView, ...]) -> OrderView | None:
    return next((order for order in own if re.fullmatch(rf"\D*{re.escape(number)}", order.external_id)), None)


@dataclass(frozen=True, slots=True)
class PressedFacts:
    conversation: ConversationView
    order: OrderView | None
    policy: Policy


def gather_pressed(event: Pressed, desk: Desk) -> PressedFacts:
    """The order of a button; only one of the customer's own, whatever the button says."""
    conversation = desk.conversation(event.chat)
    own = {order.external_id: order for order in desk.orders_of(conversation, _OWN)}
    return PressedFacts(conversation, own.get(event.ref), desk.policy)


def decide_pressed(facts: PressedFacts) -> list[Action]:
    language = facts.conversation.language
    if facts.order is None:
        return [Say(facts.conversation, Message(text=text("button.expired", language)))]
    return [Say(facts.conversation, card(facts.order, language, facts.policy.timezone))]
