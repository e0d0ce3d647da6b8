"""A customer says hello, or opens the chat for the first time."""

from dataclasses import dataclass

from crm_store.conversations import ConversationView
from handlers.actions import Action, Say
from handlers.customer.hearing import first_name, hello, record
from handlers.desk import Desk, Policy
from handlers.events import Said
from handlers.message import Message
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Facts:
    said: Said
    conversation: ConversationView
    policy: Policy


def gather(said: Said, desk: Desk) -> Facts:
    return Facts(said, desk.conversation(said.chat), desk.policy)


def decide(facts: Facts) -> list[Action]:
    language = facts.conversation.language
    told = text("greeting", language, hello=hello(first_name(facts.conversation), language), shop=facts.policy.shop)
    return [
        record(facts.said, facts.conversation, None),
        Say(facts.conversation, Message(text=told)),
    ]
