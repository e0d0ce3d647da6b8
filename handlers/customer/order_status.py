"""A customer asks where the order is: by its number, or as somebody the shop knows."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from crm_store import conversations
from crm_store.conversations import ConversationView, MessageView
from crm_store.orders import OrderView
from crm_store.tickets import TicketView
from handlers.actions import Action, Audit, Say
from handlers.customer import flow, ticket
from handlers.customer.hearing import answered_by_bot, record
from handlers.desk import Desk, Policy
from handlers.events import Pressed, Said
from handlers.message import Button, Fact, Message, decode
from handlers.texts import text
from handlers.texts.dates import day

#: one message may name several orders; the customer is asked to send more than these again
_CARDS = 3
#: how many orders a chat is shown in a while that are not known to be its customer's: numbers can be guessed
_FOREIGN = 5
_WINDOW = timedelta(hours=1)
#: what the audit log calls it
SHOWN = "order shown"
#: a question so long after the answer is a new one
_AGAIN = timedelta(days=1)
#: the desk's messages to one of the customer's, at the most
_LAST = 8
_CHOICES = 5
#: how many of the customer's own orders a button or a bare number can mean
_OWN = 50


@dataclass(frozen=True, slots=True)
class Named:
    """The orders that a message names."""

    #: may be shown: the customer's own, and a few of others
    shown: tuple[OrderView, ...]
    #: of these, those of others that the chat was not shown lately
    news: tuple[str, ...]
    #: numbers of orders that the chat is not to be shown now, and of those that are too many for one message
    withheld: tuple[str, ...]
    more: tuple[str, ...]
    #: numbers of no order
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    said: Said
    conversation: ConversationView
    named: Named
    #: the customer's newest orders
    own: tuple[OrderView, ...]
    #: what a ticket needs, should a person have to look
    for_ticket: ticket.Facts | None
    policy: Policy


def gather(said: Said, desk: Desk) -> Facts:
    asked = _asked(said, desk)
    for_person = asked.named.withheld or (asked.named.unknown and not asked.named.shown)
    return replace(asked, for_ticket=ticket.gather(said, desk)) if for_person else asked


def gather_shown(said: Said, desk: Desk) -> Facts | None:
    """What the desk can show at once; None where a person has to look, or there is nothing to show."""
    asked = _asked(said, desk)
    return asked if (asked.named.shown or asked.own) and not asked.named.withheld else None


def _asked(said: Said, desk: Desk) -> Facts:
    conversation = desk.conversation(said.chat)
    numbers = desk.reading(said.text).entities.order_ids
    own = () if numbers else desk.orders_of(conversation, _CHOICES)
    return Facts(said, conversation, _named(numbers, conversation, desk), own, None, desk.policy)


def was_just_shown(said: Said, desk: Desk) -> bool:
    """Whether the last that the customer was told is the state of an order: who asks again wants more than that.

    Where the question names orders, theirs as it still is; a number alone is no question.
    """
    conversation = desk.conversation(said.chat)
    told = _told(takewhile(lambda one: one.direction == "out", _newest_first(conversation, desk)), desk)
    numbers = desk.reading(said.text).entities.order_ids
    if not numbers:
        return any(one.facts for one in told)
    return _has_words_beside(numbers, said.text) and _knows_no_more(numbers, told, conversation, desk)


def _newest_first(conversation: ConversationView, desk: Desk) -> list[MessageView]:
    last = conversations.messages_of(desk.connection, desk.cipher, conversation.id, limit=_LAST)
    return sorted(last, key=lambda one: one.id, reverse=True)


def _told(said: Iterable[MessageView], desk: Desk) -> list[Message]:
    """What the desk said by itself, lately."""
    lately = desk.now - _AGAIN
    return [decode(one.body) for one in said if one.author_kind == "bot" and one.created_at > lately]


def _has_words_beside(numbers: tuple[str, ...], words: str) -> bool:
    for number in numbers:
        words = words.replace(number, " ")
    return re.search(r"[^\W\d_]{2}", words) is not None


def _knows_no_more(
    numbers: tuple[str, ...], told: Sequence[Message], conversation: ConversationView, desk: Desk
) -> bool:
    """Whether orders still are as the customer was told."""
    seen = [(one.title, one.facts) for one in told]
    shown = _named(numbers, conversation, desk).shown
    cards = [card(order, conversation.language, desk.policy.timezone) for order in shown]
    return bool(cards) and all((one.title, one.facts) in seen for one in cards)


def decide(facts: Facts) -> list[Action]:
    cards, answers = _show(facts.named, facts.conversation, facts.policy.timezone)
    if facts.for_ticket is not None:
        opened = ticket.decide(facts.for_ticket, _handed_over(facts, facts.for_ticket))
        return [*opened, *cards, *_told_staff(facts.for_ticket, answers)]
    heard = record(facts.said, facts.conversation, None)
    if not answers:
        cards = [Say(facts.conversation, _ask_which(facts))]
    return [heard, *cards]


def _handed_over(facts: Facts, for_ticket: ticket.Facts) -> str:
    """What the customer is told of an order that a person has to look into."""
    language, number = facts.conversation.language, for_ticket.number
    if facts.named.withheld:
        numbers = ", ".join(facts.named.withheld)
        return text("order.withheld", language, limit=_FOREIGN, number=numbers, ticket=number)
    return text("order.unknown", language, number=", ".join(facts.named.unknown), ticket=number)


def _told_staff(for_ticket: ticket.Facts, answers: list[Message]) -> list[Action]:
    """A line in the ticket's thread of what the desk answered by itself."""
    number = for_ticket.ticket.id if for_ticket.number is None and for_ticket.ticket else for_ticket.number
    return [answered_by_bot(number, answers)] if answers and number is not None else []


def _show(named: Named, conversation: ConversationView, zone: ZoneInfo) -> tuple[list[Action], list[Message]]:
    """Shows orders to their customer, or to whoever knows the number; and the messages that do."""
    language = conversation.language
    answers = [card(order, language, zone) for order in named.shown]
    if answers and named.unknown:
        answers.append(Message(text=text("order.not_found", language, numbers=", ".join(named.unknown))))
    if answers and named.more:
        answers.append(Message(text=text("order.more", language, limit=_CARDS, numbers=", ".join(named.more))))
    kept = [Audit("customer", SHOWN, _subject(conversation), number) for number in named.news]
    return [*kept, *(Say(conversation, answer) for answer in answers)], answers


def _ask_which(facts: Facts) -> Message:
    language, zone = facts.conversation.language, facts.policy.timezone
    match facts.own:
        case ():
            return Message(text=text("order.which", language))
        case (order,):
            return card(order, language, zone)
        case _:
            return _choice(facts.own, language, zone)


def _choice(own: tuple[OrderView, ...], language: str | None, zone: ZoneInfo) -> Message:
    buttons = tuple(
        Button(f"{order.external_id} · {day(order.placed_at, zone, language)}", "order", order.external_id)
        for order in own
        if len(order.external_id.encode()) < 50  # what a button can carry
    )
    never_mind = Button(text("flow.never_mind", language), "order", flow.NEVER_MIND)
    return Message(text=text("order.choose", language), buttons=(*buttons, never_mind))


def card(order: OrderView, language: str | None, zone: ZoneInfo) -> Message:
    """An order as its customer sees it: status, items, carrier, tracking. No name, address or price: the number alone
    proves nothing about who asks."""
    # a line each: names hold commas
    items = "\n".join(f"{item.quantity} × {item.name or item.sku}" for item in order.items)
    lines = [
        ("order.status", text(f"status.{order.status}", language)),
        ("order.placed", day(order.placed_at, zone, language)),
        ("order.items", items),
        ("order.carrier", order.carrier),
        ("order.tracking", order.tracking_number),
        ("order.delivered", day(order.delivered_at, zone, language) if order.delivered_at else None),
    ]
    return Message(
        title=text("order.title", language, number=order.external_id),
        facts=tuple(Fact(text(label, language), value) for label, value in lines if value),
    )


@dataclass(frozen=True, slots=True)
class BesideFacts:
    for_ticket: ticket.Facts
    named: Named
    #: what a question that names no order is answered with; None: it was answered before, or names one
    unnamed: Message | None


def gather_beside(said: Said, desk: Desk) -> BesideFacts:
    numbers, conversation = desk.reading(said.text).entities.order_ids, desk.conversation(said.chat)
    for_ticket = ticket.gather(said, desk)
    unnamed = None
    if not numbers and for_ticket.ticket is not None and for_ticket.ticket.is_open:
        unnamed = _acknowledged(for_ticket.ticket, conversation, desk)
    told = _told(_newest_first(conversation, desk), desk) if numbers else []
    if numbers and _knows_no_more(numbers, told, conversation, desk):
        numbers = ()  # staff see that it was asked for again
    return BesideFacts(for_ticket, _named(numbers, conversation, desk), unnamed)


def _acknowledged(goes_on: TicketView, conversation: ConversationView, desk: Desk) -> Message | None:
    """What the desk knows of the customer's own orders, else that staff were told; once a ticket."""
    language, zone = conversation.language, desk.policy.timezone
    passed_on = Message(text=text("order.passed_on", language, ticket=goes_on.id))
    last = conversations.messages_of(desk.connection, desk.cipher, conversation.id)
    since = (decode(one.body) for one in last if one.author_kind == "bot" and one.created_at >= goes_on.opened_at)
    if any(one.facts or one == passed_on or any(b.action == "order" for b in one.buttons) for one in since):
        return None
    match desk.orders_of(conversation, _CHOICES):
        case ():
            return passed_on
        case (order,):
            return card(order, language, zone)
        case own:
            return _choice(own, language, zone)


def decide_beside(facts: BesideFacts) -> list[Action]:
    """The message goes into the ticket's thread like any other; what the desk knows of the order is said at once."""
    conversation, zone = facts.for_ticket.conversation, facts.for_ticket.policy.timezone
    cards, answers = _show(facts.named, conversation, zone)
    if facts.unnamed is not None:
        cards, answers = [Say(conversation, facts.unnamed)], [facts.unnamed]
    return [*ticket.decide(facts.for_ticket), *cards, *_told_staff(facts.for_ticket, answers)]


def _named(numbers: tuple[str, ...], conversation: ConversationView, desk: Desk) -> Named:
    """The orders of numbers; a number without its letters finds one of the customer's own."""
    own = desk.orders_of(conversation, _OWN) if any(number.isdecimal() for number in numbers) else ()
    looked_up = {number: desk.order(number) or _ending(number, own) for number in numbers[:_CARDS]}
    shown: list[OrderView] = []
    news: list[str] = []
    withheld: list[str] = []
    before = desk.done_to(_subject(conversation), SHOWN, _WINDOW) if numbers else frozenset()
    for order in filter(None, looked_up.values()):
        is_new = order.customer_id != conversation.customer_id and order.external_id not in before.union(news)
        if is_new and len(before.union(news)) >= _FOREIGN:
            withheld.append(order.external_id)
            continue
        shown.append(order)
        if is_new:
            news.append(order.external_id)
    unknown = tuple(number for number, order in looked_up.items() if order is None)
    return Named(tuple(shown), tuple(news), tuple(withheld), numbers[_CARDS:], unknown)


def _subject(conversation: ConversationView) -> str:
    return f"conversation:{conversation.id}"


def _ending(number: str, own: tuple[OrderView, ...]) -> OrderView | None:
    return next((order for order in own if re.fullmatch(rf"\D*{re.escape(number)}", order.external_id)), None)


@dataclass(frozen=True, slots=True)
class PressedFacts:
    event: Pressed
    conversation: ConversationView
    order: OrderView | None
    #: the conversation's newest ticket
    ticket: TicketView | None
    policy: Policy


def gather_pressed(event: Pressed, desk: Desk) -> PressedFacts:
    """The order of a button; only one of the customer's own, whatever the button says."""
    conversation = desk.conversation(event.chat)
    own = {order.external_id: order for order in desk.orders_of(conversation, _OWN)}
    return PressedFacts(event, conversation, own.get(event.ref), desk.latest_ticket(conversation), desk.policy)


def decide_pressed(facts: PressedFacts) -> list[Action]:
    language = facts.conversation.language
    if (facts.event.action, facts.event.ref) == ("order", flow.NEVER_MIND):
        return [Say(facts.conversation, Message(text=text("flow.ended", language)))]
    if facts.order is None:
        return [Say(facts.conversation, Message(text=text("button.expired", language)))]
    shown = card(facts.order, language, facts.policy.timezone)
    told = [answered_by_bot(facts.ticket.id, [shown])] if facts.ticket is not None and facts.ticket.is_open else []
    return [Say(facts.conversation, shown), *told]
