"""What a macro's `{order.total}` stands for: a closed list, each written as the customer's language writes it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, assert_never
from zoneinfo import ZoneInfo

from babel.dates import format_date

from crm_store import conversations, orders
from crm_store.conversations import ConversationView
from crm_store.money import UnknownCurrency
from crm_store.orders import OrderView
from crm_store.tickets import StaffView, TicketView
from handlers import message as messages
from handlers.desk import Desk
from handlers.texts import spoken, text
from handlers.texts.money import money

Kind = Literal["text", "number", "money", "day", "order status"]
#: minor units and their currency
_Money = tuple[int, str]
_Value = str | int | datetime | _Money | None

#: of the customer's latest orders and messages, how many are looked at to tell which order a ticket is about
_ORDERS, _MESSAGES = 10, 20
_UNDER_WAY = ("pending", "paid", "shipped")
_BRACED = re.compile(r"\{\s*([^{}\n]{0,60}?)\s*\}")


@dataclass(frozen=True, slots=True)
class Named:
    """The order that a ticket is about."""

    order: OrderView
    #: whether it is known to be the customer's: of another one a number proves too little to tell its price
    is_own: bool


@dataclass(frozen=True, slots=True)
class Values:
    """What variables are filled from."""

    conversation: ConversationView
    ticket: TicketView
    named: Named | None
    staff: StaffView
    shop: str
    zone: ZoneInfo

    @property
    def name(self) -> str:
        return (self.conversation.customer_name or self.conversation.person or "").strip()


@dataclass(frozen=True, slots=True)
class Variable:
    kind: Kind
    value: Callable[[Values], _Value]


def _order(value: Callable[[OrderView], _Value]) -> Callable[[Values], _Value]:
    return lambda values: value(values.named.order) if values.named is not None else None


def _total(values: Values) -> _Value:
    named = values.named
    return (named.order.total, named.order.currency) if named is not None and named.is_own else None


VARIABLES: Final[Mapping[str, Variable]] = MappingProxyType(
    {
        "customer.name": Variable("text", lambda values: values.name),
        "customer.first_name": Variable("text", lambda values: values.name.split(" ")[0]),
        "customer.number": Variable("text", lambda values: values.conversation.customer_external_id),
        "order.number": Variable("text", _order(lambda order: order.external_id)),
        "order.total": Variable("money", _total),
        "order.status": Variable("order status", _order(lambda order: order.status)),
        "order.tracking": Variable("text", _order(lambda order: order.tracking_number)),
        "order.carrier": Variable("text", _order(lambda order: order.carrier)),
        "order.placed": Variable("day", _order(lambda order: order.placed_at)),
        "order.delivered": Variable("day", _order(lambda order: order.delivered_at)),
        "ticket.number": Variable("number", lambda values: values.ticket.id),
        "ticket.opened": Variable("day", lambda values: values.ticket.opened_at),
        "agent.name": Variable("text", lambda values: values.staff.name),
        "agent.first_name": Variable("text", lambda values: values.staff.name.split(" ")[0]),
        "shop.name": Variable("text", lambda values: values.shop),
    }
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A macro's text with its variables filled in."""

    text: str
    #: variables that nothing is known for; they stand in the text as they were written
    empty: tuple[str, ...]


def unknown(words: str) -> tuple[str, ...]:
    """What stands in braces and is no variable of ours, each once.

    >>> unknown("Hello {customer.first_name}, {customer.mood} { order.number }")
    ('customer.mood',)
    """
    return tuple(dict.fromkeys(name for name in _BRACED.findall(words) if name not in VARIABLES))


def fill(words: str, values: Values, language: str | None) -> Filled:
    """A macro's text for a customer of a language."""
    empty: dict[str, None] = {}

    def filled(match: re.Match[str]) -> str:
        variable = VARIABLES.get(match[1])
        if variable is None:
            return match[0]
        value = _written(variable, values, language)
        if not value:
            empty[match[1]] = None
        return value or match[0]

    return Filled(_BRACED.sub(filled, words), tuple(empty))


def _written(variable: Variable, values: Values, language: str | None) -> str:
    match variable.value(values):
        case None:
            return ""
        case str() as words:
            return text(f"status.{words}", language) if variable.kind == "order status" else words
        case int() as number:
            return str(number)
        case datetime() as at:
            return format_date(at.astimezone(values.zone).date(), "long", locale=spoken(language))
        case (minor, currency):
            try:
                return money(minor, currency, language)
            except UnknownCurrency:
                return ""
        case never:
            assert_never(never)


def gather(ticket: TicketView, conversation: ConversationView, staff: StaffView, desk: Desk) -> Values:
    named = order_of(ticket, conversation, desk)
    return Values(conversation, ticket, named, staff, desk.policy.shop, desk.policy.timezone)


def order_of(ticket: TicketView, conversation: ConversationView, desk: Desk) -> Named | None:
    """The order a ticket is about: its own, else the one the customer names in it, else the only one in question."""
    if ticket.order_id is not None:
        order = orders.get_order(desk.connection, ticket.order_id)
        return None if order is None else Named(order, is_own=True)
    numbers = desk.reading(said_in(ticket, conversation, desk)).entities.order_ids
    named = {order.id: order for order in map(desk.order, numbers[:_ORDERS]) if order is not None}
    if len(named) == 1:
        (order,) = named.values()
        return Named(order, order.customer_id == conversation.customer_id)
    own = desk.orders_of(conversation, _ORDERS) if not named else ()
    likely = own if len(own) == 1 else tuple(order for order in own if order.status in _UNDER_WAY)
    return Named(likely[0], is_own=True) if len(likely) == 1 else None


def said_in(ticket: TicketView, conversation: ConversationView, desk: Desk) -> str:
    """What the customer said in a ticket, its latest messages."""
    last = conversations.messages_of(desk.connection, desk.cipher, conversation.id, _MESSAGES)
    theirs = [messages.decode(one.body).text for one in last if one.ticket_id == ticket.id and one.direction == "in"]
    return "\n".join(words for words in theirs if words)
