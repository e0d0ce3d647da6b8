"""A customer opens the chat: /start, with or without the shop's one-time token that says who they are."""

from dataclasses import dataclass

from crm_store import customers
from crm_store.conversations import ConversationView
from crm_store.tickets import TicketView
from handlers.actions import Action, Audit, LinkChat, Say, ShowCard, TellThread, Timeline
from handlers.customer.hearing import first_name, hello, name_of, record
from handlers.desk import Desk, Policy
from handlers.events import Said
from handlers.message import Message
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Facts:
    said: Said
    conversation: ConversationView
    ticket: TicketView | None
    #: what stood behind /start, and the customer it proves to be
    token: str
    owner: customers.CustomerView | None
    #: whether this chat was connected by that token before
    is_linked: bool
    policy: Policy


def gather(said: Said, desk: Desk) -> Facts:
    conversation = desk.conversation(said.chat)
    _, _, token = said.text.partition(" ")
    owner_id = customers.token_owner(desk.connection, desk.cipher, token, desk.now) if token.strip() else None
    owner = None if owner_id is None else customers.by_id(desk.connection, desk.cipher, owner_id)
    is_linked = owner is None and _is_linked(token, conversation, desk)
    return Facts(said, conversation, desk.latest_ticket(conversation), token.strip(), owner, is_linked, desk.policy)


def _is_linked(token: str, conversation: ConversationView, desk: Desk) -> bool:
    """Whether the token connected this chat's customer: Start was pressed twice."""
    used_for = customers.token_used_for(desk.connection, desk.cipher, token) if token.strip() else None
    return used_for is not None and used_for == conversation.customer_id


def decide(facts: Facts) -> list[Action]:
    heard = record(facts.said, facts.conversation, None)
    if not facts.token:
        return [heard, _say(facts, "greeting", first_name(facts.conversation))]
    if facts.is_linked:
        return [heard, _say(facts, "link.already", first_name(facts.conversation))]
    if facts.owner is None:
        return [heard, _say(facts, "link.invalid", "")]
    return [heard, *_link(facts, facts.owner)]


def _link(facts: Facts, owner: customers.CustomerView) -> list[Action]:
    name = (owner.name or facts.conversation.person).split(" ")[0]
    linked: list[Action] = [
        LinkChat(facts.conversation.identity_id, owner.id, facts.token),
        Audit("customer", "link", f"customer:{owner.id}", f"identity {facts.conversation.identity_id}"),
        _say(facts, "greeting.linked", name),
    ]
    if facts.ticket is None or not facts.ticket.is_open:
        return linked
    told = text("thread.linked", person=name_of(facts.conversation), customer=owner.external_id or owner.id)
    return [
        *linked,
        Timeline(facts.ticket.id, "customer", "linked"),
        TellThread(facts.ticket.id, Message(context=told)),
        ShowCard(facts.ticket.id),
    ]


def _say(facts: Facts, key: str, name: str) -> Say:
    language = facts.conversation.language
    words = text(key, language, hello=hello(name, language), shop=facts.policy.shop)
    return Say(facts.conversation, Message(text=words))
