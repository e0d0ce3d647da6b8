"""A chat turns out to be a customer's of the shop: the chat, its tickets and what was agreed in it are theirs from now
on, and staff see it."""

from typing import Literal

from crm_store import customers, tickets
from crm_store.conversations import ConversationView
from crm_store.customers import CustomerView
from crm_store.tickets import TicketView
from handlers.actions import Action, Audit, LinkChat, Say, ShowCard, TellThread, Timeline
from handlers.customer.hearing import name_of
from handlers.desk import Desk
from handlers.message import Message
from handlers.texts import text

#: how it was proved
By = Literal["link", "phone", "order"]


def owner(customer_id: int | None, desk: Desk) -> CustomerView | None:
    return None if customer_id is None else customers.by_id(desk.connection, desk.cipher, customer_id)


def open_tickets(conversation: ConversationView, desk: Desk) -> tuple[TicketView, ...]:
    return tuple(tickets.open_of(desk.connection, desk.cipher, conversation.id))


def first_name(conversation: ConversationView, customer: CustomerView) -> str:
    return (customer.name or conversation.person or "").split(" ")[0] or "there"


def linked(
    conversation: ConversationView,
    customer: CustomerView,
    tickets_open: tuple[TicketView, ...],
    told: Message,
    by: By,
    token: str = "",
) -> list[Action]:
    """Joins the chat to the customer; `told`: what the customer is told of it."""
    known_as = customer.external_id or customer.id
    seen = text(f"thread.linked_by_{by}", person=name_of(conversation), customer=known_as)
    done: list[Action] = [
        LinkChat(conversation.identity_id, customer.id, token, by),
        Audit("customer", "link", f"customer:{customer.id}", f"identity {conversation.identity_id} by {by}"),
        Say(conversation, told),
    ]
    for ticket in tickets_open:
        done += [
            Timeline(ticket.id, "customer", "linked", by),
            TellThread(ticket.id, Message(context=seen)),
            ShowCard(ticket.id),
        ]
    return done
