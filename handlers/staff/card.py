"""A ticket's card: what staff see of it in the channel, above its thread."""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from crm_store import corrections, tags, ticket_links, tickets
from crm_store.conversations import ConversationView
from crm_store.customer_card import CustomerCard
from crm_store.money import format_minor
from crm_store.ticket_links import Link
from crm_store.tickets import TicketView
from handlers.customer import mute
from handlers.customer.hearing import name_of
from handlers.customer.language import spoken_by
from handlers.desk import Desk, Policy
from handlers.message import Button, Fact, Message
from handlers.staff import muting, scores, sla
from handlers.texts import counted, text
from handlers.texts.dates import day, moment

_ORDERS = 3
#: other tickets of the customer that the card names, at most
_OTHERS = 10


@dataclass(frozen=True, slots=True)
class Facts:
    ticket: TicketView
    conversation: ConversationView | None
    policy: Policy
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    #: the tickets that became a part of it
    merged: tuple[int, ...] = ()
    #: what staff say its first message means
    corrected: str | None = None
    #: what the customer has beside this ticket; None for an imported ticket of nobody known
    customer: CustomerCard | None = None
    #: how its targets stand
    clock: str = ""


def about(ticket_id: int) -> str:
    """What a ticket's card is called in the outbox."""
    return f"card:{ticket_id}"


def gather(ticket: TicketView, desk: Desk) -> Facts:
    connection = desk.connection
    conversation = desk.conversation_of(ticket)
    return Facts(
        ticket,
        conversation,
        desk.policy,
        tags.of(connection, ticket.id),
        ticket_links.of(connection, ticket.id),
        tuple(tickets.merged_into(connection, ticket.id)),
        None if ticket.message_id is None else corrections.of_message(connection, ticket.message_id),
        None
        if ticket.customer_id is None
        else desk.customer_card(ticket.customer_id, beside_ticket=ticket.id, last=_ORDERS, tickets=_OTHERS),
        sla.clock_of(ticket, desk),
    )


def show(facts: Facts, forms: Collection[str] = ()) -> Message:
    """The card as a message. `forms`: the buttons that open one; what no feature answers has no button."""
    ticket = facts.ticket
    return Message(
        title=text("card.title", ticket=ticket.id, kind=_spoken(ticket.kind), person=_person(facts)),
        quote=ticket.subject,
        facts=tuple(Fact(text(label), value) for label, value in _lines(facts) if value),
        context=_small_print(facts),
        buttons=_buttons(facts, forms),
    )


def summary(facts: Facts) -> Message:
    """The card for somebody who asked for it elsewhere: without what is done below it."""
    return msgspec.structs.replace(show(facts), buttons=())


def _person(facts: Facts) -> str:
    return name_of(facts.conversation) if facts.conversation else "—"


def _spoken(kind: str) -> str:
    return kind.replace("_", " ")


def _lines(facts: Facts) -> list[tuple[str, str | None]]:
    ticket, zone = facts.ticket, facts.policy.timezone
    return [
        ("card.status", _status(facts)),
        ("card.priority", ticket.priority),
        ("card.assignee", ticket.assignee or text("card.unassigned")),
        ("card.clock", facts.clock),
        ("card.muted", _muted(facts)),
        ("card.waiting", moment(ticket.waiting_since, zone) if ticket.waiting_since else None),
        ("card.read", _reading(facts)),
        ("card.language", spoken_by(facts.conversation)),
        ("card.tags", ", ".join(facts.tags)),
        ("card.links", _links(facts)),
        ("card.customer", _customer(facts.conversation)),
        *_customer_lines(facts),
    ]


def _status(facts: Facts) -> str:
    ticket = facts.ticket
    if ticket.merged_into_id is not None:
        return text("card.merged", into=ticket.merged_into_id)
    if not ticket.is_snoozed:
        return ticket.status
    if ticket.snoozed_until is None:
        return text("card.snoozed_until_answer")
    return text("card.snoozed_until", at=moment(ticket.snoozed_until, facts.policy.timezone))


def _reading(facts: Facts) -> str | None:
    """What the ticket's first message was read as, how surely, and what staff say instead."""
    ticket = facts.ticket
    if ticket.intent is None:
        return None
    read = text("card.read_as", intent=_spoken(ticket.intent), sure=f"{ticket.confidence or 0:.0%}")
    return read if facts.corrected is None else text("card.corrected", read=read, intent=_spoken(facts.corrected))


def _links(facts: Facts) -> str:
    linked = [f"#{link.ticket_id} ({text(f'card.link.{link.kind}')})" for link in facts.links]
    return ", ".join([*linked, *(f"#{number} ({text('card.link.merged')})" for number in facts.merged)])


def _customer_lines(facts: Facts) -> list[tuple[str, str | None]]:
    """What the shop knows of the customer."""
    has, zone, base = facts.customer, facts.policy.timezone, facts.policy.currency
    if has is None:
        return []
    orders = [f"{o.external_id} · {o.status} · {day(o.placed_at, zone)}" for o in has.last_orders]
    spent, refunded = format_minor(has.spend_base, base), format_minor(has.refunded_base, base)
    cart = [counted("card.cart_of", has.cart_pieces), *(format_minor(one.total, one.currency) for one in has.cart)]
    return [
        ("card.scores", scores.summary(has.scores, base)),
        ("card.spent", counted("card.spent_in", has.orders, amount=spent) if has.orders else None),
        ("card.orders", "\n".join(orders)),
        ("card.cart", " · ".join(cart) if has.cart_pieces else None),
        ("card.refunds", counted("card.refunds_of", has.refunds, amount=refunded) if has.refunds else None),
        ("card.others", ", ".join(f"#{number}" for number in has.open_tickets)),
    ]


def _muted(facts: Facts) -> str | None:
    chat = facts.conversation
    if chat is None or chat.muted_until is None:
        return None
    until = mute.until_when(chat.muted_until, facts.policy.timezone)
    return text("card.muted.by", until=until, by=muting.by_whom(chat))


def _customer(conversation: ConversationView | None) -> str | None:
    if conversation is None:
        return None
    if conversation.customer_external_id is None:
        return text("card.unknown_customer")
    return " · ".join(part for part in (conversation.customer_external_id, conversation.country) if part)


def _small_print(facts: Facts) -> str:
    ticket, zone = facts.ticket, facts.policy.timezone
    parts = [text("card.opened", at=moment(ticket.opened_at, zone))]
    if ticket.resolved_at is not None:
        parts.append(text("card.resolved", at=moment(ticket.resolved_at, zone)))
    if ticket.follows_id is not None:
        parts.append(text("card.follows", ticket=ticket.follows_id))
    return " · ".join(parts) + "\n" + text("card.hint", prefix=facts.policy.reply_prefix)


#: the buttons of a card, in their order; those that do something at once, and open no form
_OPEN: tuple[str, ...] = ("claim", "reply", "resolve", "note", "snooze", "refund", "correct", "more")
_RESOLVED: tuple[str, ...] = ("reopen", "reply", "note", "more")
_AT_ONCE = ("claim", "resolve", "reopen")
#: what a ticket is about that money may be given back for; of any other kind, where it is about an order
_MONEY = ("refund", "return", "payment", "cancel_order")


def _buttons(facts: Facts, forms: Collection[str]) -> tuple[Button, ...]:
    ticket, ref = facts.ticket, str(facts.ticket.id)
    if ticket.merged_into_id is not None:
        return (Button(text("unmerge"), "unmerge", ref),)
    names = _OPEN if ticket.is_open else _RESOLVED
    shown = (name for name in names if (name in _AT_ONCE or name in forms) and name not in _idle(facts))
    return tuple(_button(name, ref) for name in shown)


def _idle(facts: Facts) -> set[str]:
    """Buttons that the ticket has no use for as it stands."""
    ticket = facts.ticket
    needed = {
        "claim": ticket.assignee_id is None,  # a colleague's ticket is given to another one by More
        "refund": ticket.kind in _MONEY or ticket.order_id is not None,
        "correct": ticket.message_id is not None and facts.corrected is None,
    }
    return {name for name, is_needed in needed.items() if not is_needed}


def _button(name: str, ref: str) -> Button:
    return Button(text(name), name, ref, "primary" if name == "reply" else "")
