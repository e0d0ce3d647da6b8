"""A customer says thank you: answered, and no ticket made or reopened for it."""

from dataclasses import dataclass

from crm_store.conversations import ConversationView
from handlers.actions import Action, Say
from handlers.customer import greeting
from handlers.customer.hearing import put_in_thread, record
from handlers.desk import Desk, Policy
from handlers.events import Said
from handlers.message import Message
from handlers.texts import text

gather = greeting.gather


def decide(facts: greeting.Facts) -> list[Action]:
    return [record(facts.said, facts.conversation, None), _welcome(facts.conversation)]


@dataclass(frozen=True, slots=True)
class AfterwardsFacts:
    said: Said
    conversation: ConversationView
    #: the ticket that was resolved lately
    ticket_id: int
    inbox_id: int
    policy: Policy


def gather_afterwards(said: Said, desk: Desk) -> AfterwardsFacts:
    conversation = desk.conversation(said.chat)
    ticket = desk.latest_ticket(conversation)
    if ticket is None:
        raise LookupError(conversation.id)
    return AfterwardsFacts(said, conversation, ticket.id, desk.inbox_id, desk.policy)


def decide_afterwards(facts: AfterwardsFacts) -> list[Action]:
    """Staff read it in the thread of what they resolved."""
    copy = put_in_thread(facts.said, facts.conversation, facts.ticket_id, facts.inbox_id, facts.policy)
    return [record(facts.said, facts.conversation, facts.ticket_id), *copy, _welcome(facts.conversation)]


def _welcome(conversation: ConversationView) -> Say:
    return Say(conversation, Message(text=text("thanks", conversation.language)))
