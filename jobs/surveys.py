"""Customers are asked how it went, a little after their ticket was resolved; once a ticket."""

from dataclasses import dataclass
from datetime import timedelta

from crm_store import conversations, customers, surveys
from crm_store.conversations import ConversationView
from handlers.actions import Action
from handlers.customer import survey
from handlers.customer.review import CONSENT
from handlers.desk import Desk
from handlers.events import Slot

#: later than that the question comes out of nowhere
_AT_THE_LATEST = timedelta(days=1)
#: at most so many in one turn; the rest has its turn next time
_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Facts:
    #: tickets, and the chats to ask in
    due: tuple[tuple[int, ConversationView], ...]


def gather(slot: Slot, desk: Desk) -> Facts:
    wait = desk.policy.survey_after
    found = surveys.due(desk.connection, desk.now - wait - _AT_THE_LATEST, desk.now - wait, _TOGETHER)
    chats = ((ticket, conversations.look_at(desk.connection, desk.cipher, chat)) for ticket, chat in found)
    return Facts(tuple((ticket, chat) for ticket, chat in chats if chat is not None and may_ask(chat, desk)))


def is_wanted(desk: Desk) -> bool:
    """Whether somebody is to be asked."""
    wait = desk.policy.survey_after
    return bool(surveys.due(desk.connection, desk.now - wait - _AT_THE_LATEST, desk.now - wait, 1))


def may_ask(conversation: ConversationView, desk: Desk) -> bool:
    """Whether the customer has not said that they want no questions."""
    return customers.consents(desk.connection, conversation.customer_id).get(CONSENT, True)


def decide(facts: Facts) -> list[Action]:
    return [action for ticket, conversation in facts.due for action in survey.ask(conversation, ticket)]
