"""A customer says thank you while nothing is open: answered, and no ticket made of it."""

from handlers.actions import Action, Say
from handlers.customer import greeting
from handlers.customer.greeting import Facts
from handlers.customer.hearing import record
from handlers.message import Message
from handlers.texts import text

gather = greeting.gather


def decide(facts: Facts) -> list[Action]:
    words = text("thanks", facts.conversation.language)
    return [record(facts.said, facts.conversation, None), Say(facts.conversation, Message(text=words))]
