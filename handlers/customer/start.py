"""A customer opens the chat: /start, with or without the shop's one-time token that says who they are."""

from dataclasses import dataclass

from crm_store import customers
from crm_store.conversations import ConversationView
from crm_store.tickets import TicketView
from handlers.actions import Action, Audit, Leave, Say
from handlers.customer import flow, identify, linking
from handlers.customer.hearing import first_name, hello, record
from handlers.desk import Desk, Policy
from handlers.events import Said
from handlers.message import Message
from handlers.texts import text

#: what the audit log calls a token that opens nothing
_FAILED = "link failed"


@dataclass(frozen=True, slots=True)
class Facts:
    said: Said
    conversation: ConversationView
    open_tickets: tuple[TicketView, ...]
    #: what stood behind /start, and the customer it proves to be
    token: str
    owner: customers.CustomerView | None
    #: whether this chat was connected by that token before
    is_linked: bool
    #: whether the chat has brought too many wrong tokens lately
    is_too_many: bool
    #: whether the desk just asked who this is
    is_asked: bool
    inbox_id: int
    policy: Policy


def gather(said: Said, desk: Desk) -> Facts:
    conversation = desk.conversation(said.chat)
    token = said.text.partition(" ")[2].strip()
    is_too_many = bool(token) and desk.times_done(_FAILED, identify.WINDOW, _subject(conversation)) >= identify.ATTEMPTS
    owner_id = None
    if token and not is_too_many:
        owner_id = customers.token_owner(desk.connection, desk.cipher, token, desk.now)
    owner = linking.owner(owner_id, desk)
    at = flow.current(conversation, desk)
    return Facts(
        said,
        conversation,
        linking.open_tickets(conversation, desk),
        token,
        owner,
        owner is None and _is_linked(token, conversation, desk),
        is_too_many,
        at is not None and at.name == identify.NAME,
        desk.inbox_id,
        desk.policy,
    )


def _subject(conversation: ConversationView) -> str:
    return f"conversation:{conversation.id}"


def _is_linked(token: str, conversation: ConversationView, desk: Desk) -> bool:
    """Whether the token connected this chat's customer: Start was pressed twice."""
    used_for = customers.token_used_for(desk.connection, desk.cipher, token) if token else None
    return used_for is not None and used_for == conversation.customer_id


def decide(facts: Facts) -> list[Action]:
    heard = record(facts.said, facts.conversation, None)
    if not facts.token:
        return [heard, _say(facts, "greeting", first_name(facts.conversation))]
    if facts.is_linked:
        return [heard, _say(facts, "link.already", first_name(facts.conversation))]
    if facts.is_too_many:
        return [heard, _say(facts, "identify.too_many_links", "")]
    if facts.owner is None:
        wrong = Audit("customer", _FAILED, _subject(facts.conversation), f"inbox {facts.inbox_id}")
        return [heard, wrong, _say(facts, "link.invalid", "")]
    return [heard, *_link(facts, facts.owner)]


def _link(facts: Facts, owner: customers.CustomerView) -> list[Action]:
    told = _say(facts, "greeting.linked", linking.first_name(facts.conversation, owner)).message
    done = linking.linked(facts.conversation, owner, facts.open_tickets, told, "link", facts.token)
    if not facts.is_asked:
        return done
    return [Leave(facts.conversation.id), *identify.put_keys_away(done)]


def _say(facts: Facts, key: str, name: str) -> Say:
    language = facts.conversation.language
    words = text(key, language, hello=hello(name, language), shop=facts.policy.shop)
    return Say(facts.conversation, Message(text=words))
