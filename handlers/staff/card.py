"""A ticket's card: what staff see of it in the channel, above its thread."""

from dataclasses import dataclass

from crm_store import tags
from crm_store.conversations import ConversationView
from crm_store.orders import OrderView
from crm_store.tickets import TicketView
from handlers.customer import mute
from handlers.customer.hearing import name_of
from handlers.customer.language import spoken_by
from handlers.desk import Desk, Policy
from handlers.message import Button, Fact, Message
from handlers.staff import muting
from handlers.texts import text
from handlers.texts.dates import day, moment

_ORDERS = 3


@dataclass(frozen=True, slots=True)
class Facts:
    ticket: TicketView
    conversation: ConversationView | None
    orders: tuple[OrderView, ...]
    tags: tuple[str, ...]
    policy: Policy


def about(ticket_id: int) -> str:
    """What a ticket's card is called in the outbox."""
    return f"card:{ticket_id}"


def gather(ticket: TicketView, desk: Desk) -> Facts:
    conversation = desk.conversation_of(ticket)
    known = conversation is not None and conversation.customer_external_id is not None
    orders = desk.orders_of(conversation, _ORDERS) if conversation is not None and known else ()
    return Facts(ticket, conversation, orders, tags.of(desk.connection, ticket.id), desk.policy)


def show(facts: Facts) -> Message:
    """The card as a message."""
    ticket = facts.ticket
    person = name_of(facts.conversation) if facts.conversation else "—"
    return Message(
        title=text("card.title", ticket=ticket.id, kind=ticket.kind.replace("_", " "), person=person),
        quote=ticket.subject,
        facts=tuple(Fact(text(label), value) for label, value in _lines(facts) if value),
        context=_small_print(facts),
        buttons=(*_buttons(ticket), *_mute_button(facts)),
    )


def _lines(facts: Facts) -> list[tuple[str, str | None]]:
    ticket, zone = facts.ticket, facts.policy.timezone
    return [
        ("card.status", ticket.status),
        ("card.priority", ticket.priority),
        ("card.tags", ", ".join(facts.tags)),
        ("card.assignee", ticket.assignee or text("card.unassigned")),
        ("card.customer", _customer(facts.conversation)),
        ("card.language", spoken_by(facts.conversation)),
        ("card.muted", _muted(facts)),
        ("card.waiting", moment(ticket.waiting_since, zone) if ticket.waiting_since else None),
        ("card.orders", "\n".join(f"{o.external_id} · {o.status} · {day(o.placed_at, zone)}" for o in facts.orders)),
    ]


def _muted(facts: Facts) -> str | None:
    chat = facts.conversation
    if chat is None or chat.muted_until is None:
        return None
    until = mute.until_when(chat.muted_until, facts.policy.timezone)
    return text("card.muted.by", until=until, by=muting.by_whom(chat))


def _mute_button(facts: Facts) -> tuple[Button, ...]:
    """Mutes the chat, or lets it be heard again."""
    if facts.conversation is None:
        return ()
    if facts.conversation.muted_until is not None:
        return (Button(text("unmute"), "unmute", str(facts.conversation.id)),)
    return (Button(text("mute"), "mute", str(facts.ticket.id)),)


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


def _buttons(ticket: TicketView) -> tuple[Button, ...]:
    ref = str(ticket.id)
    reply = Button(text("reply"), "reply", ref, "primary")
    if ticket.is_open:
        return (Button(text("claim"), "claim", ref), reply, Button(text("resolve"), "resolve", ref))
    return (reply, Button(text("reopen"), "reopen", ref))
