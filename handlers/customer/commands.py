"""The commands every Telegram bot owes its users: /help, /privacy, /stop."""

from dataclasses import dataclass

from crm_store.conversations import ConversationView
from handlers.actions import Action, Consented, Say
from handlers.customer.hearing import record
from handlers.desk import Desk, Policy
from handlers.events import Said
from handlers.message import Message
from handlers.texts import text

KNOWN = ("help", "privacy", "stop")
#: what /stop ends; answers to the customer's own questions go on
STOPPED = ("broadcast", "training", "surveys")
#: characters of a command, as Telegram has them, with its slash
_LONGEST = 33
#: other companies' platforms, which keep what goes through them
_CARRIERS = ("telegram", "slack")


@dataclass(frozen=True, slots=True)
class Facts:
    said: Said
    conversation: ConversationView
    command: str
    #: what was written in its place, when it is no command of ours
    unknown: str
    policy: Policy


def gather(said: Said, desk: Desk) -> Facts:
    written = said.text.split()[0].partition("@")[0]
    command = written.lstrip("/").lower()
    if command in KNOWN:
        return Facts(said, desk.conversation(said.chat), command, "", desk.policy)
    return Facts(said, desk.conversation(said.chat), "help", written[:_LONGEST], desk.policy)


def decide(facts: Facts) -> list[Action]:
    heard: list[Action] = [record(facts.said, facts.conversation, None)]
    if facts.command == "stop":
        heard += [Consented(facts.conversation.customer_id, kind, False, facts.said.chat.channel) for kind in STOPPED]
    return [*heard, Say(facts.conversation, Message(text=_words(facts)))]


def _words(facts: Facts) -> str:
    language = facts.conversation.language
    if facts.command == "privacy" and facts.policy.privacy_text:
        return facts.policy.privacy_text
    contact = facts.policy.privacy_contact
    elsewhere = text("privacy.elsewhere", language, contact=contact) if contact else ""
    ways = (facts.said.chat.channel, facts.policy.staff_channel)
    carriers = "".join(text(f"privacy.{way}", language) for way in ways if way in _CARRIERS)
    words = text(facts.command, language, shop=facts.policy.shop, carriers=carriers, elsewhere=elsewhere)
    if facts.command == "help":
        words = f"{words}\n{text('identify.help', language)}"
    return f"{text('command.unknown', language, command=facts.unknown)} {words}" if facts.unknown else words
