"""What every flow has: one question at a time, "never mind" at any step, a person on request or after two answers that
were not understood. Where a customer is in it stands in the store."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from zlib import crc32

import msgspec

from crm_store import flows
from crm_store.conversations import ConversationView
from crm_store.flows import FlowView
from handlers.actions import Action, Enter, Leave, Say
from handlers.customer import complaint, ticket
from handlers.customer.hearing import records, show_with_files
from handlers.desk import Desk
from handlers.events import FileRef, Pressed, Said
from handlers.message import Button, Message
from handlers.texts import LANGUAGES, text

#: an answer so long after the question begins anew
_STALE = timedelta(days=2)
#: answers in a row that are not understood before a person takes over
PATIENCE = 2
#: the action of every button in a flow
ACTION = "flow"
_ADDRESS = re.compile(r"\S+@\S+")
#: a button that ends the flow
NEVER_MIND = "-"
_FILES = "files"
_files: msgspec.json.Decoder[tuple[FileRef, ...]] = msgspec.json.Decoder(tuple[FileRef, ...])
#: answers that grow while one question is asked, of which every button still counts
_GROWING = {_FILES, "note", "lines", "more", "pieces"}
#: begins a button that leaves the flow for what an intent stands for (`=return`)
INSTEAD = "="
#: flows that are themselves about cancelling: "cancel" is an answer there, and no clear one
_ABOUT_CANCELLING = ("cancel_order",)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a customer says or presses while in a flow."""

    event: Said | Pressed
    flow: FlowView

    @property
    def words(self) -> str:
        return self.event.text.strip() if isinstance(self.event, Said) else ""

    @property
    def files(self) -> tuple[FileRef, ...]:
        return self.event.files if isinstance(self.event, Said) else ()

    def choice(self) -> str | None:
        """The button's value, where one of the question now asked was pressed."""
        if not isinstance(self.event, Pressed):
            return None
        at, _, value = self.event.ref.partition(":")
        return value if at == _place(self.flow) else None


def _place(flow: FlowView) -> str:
    """Names a question by its flow, its step and what it is about: a button of another order's question, or of another
    address's, is none of this one's."""
    about = sorted((name, value) for name, value in flow.answers.items() if name not in _GROWING)
    return f"{flow.name}.{flow.step}.{crc32(repr(about).encode()) & 0xFFFFF:05x}"


def current(conversation: ConversationView, desk: Desk) -> FlowView | None:
    """The flow a conversation is in."""
    return flows.current(desk.connection, desk.cipher, conversation.id, desk.now - _STALE)


def button(flow: FlowView, label: str, value: str) -> Button:
    """A button that answers the question a flow is at; value: at most 30 bytes of ASCII."""
    return Button(label, ACTION, f"{_place(flow)}:{value}")


def ask(
    conversation: ConversationView, flow: FlowView, question: str, choices: Mapping[str, str] | None = None
) -> list[Action]:
    """Asks a question of a flow, with a button a choice (label by value) and one to end it."""
    buttons = [button(flow, label, value) for value, label in (choices or {}).items()]
    buttons.append(button(flow, text("flow.never_mind", conversation.language), NEVER_MIND))
    return [Enter(conversation.id, flow), Say(conversation, Message(text=question, buttons=tuple(buttons)))]


def is_over(answer: Answer) -> bool:
    """Whether the customer ends the flow."""
    is_unclear = answer.flow.name in _ABOUT_CANCELLING and says(answer, "flow.cancels")
    return answer.choice() == NEVER_MIND or (is_ender(answer.words) and not is_unclear)


def is_ender(words: str) -> bool:
    """Whether a whole message says no more than that something is off."""
    # where the button is a key, its label is said
    return bare(words) in _ways_to_say("flow.enders") or bare(words) in _ways_to_say("flow.never_mind")


def is_nothing(words: str) -> bool:
    """Whether a whole message says "never mind" where nothing goes on; "cancel" alone may be an order to cancel."""
    return is_ender(words) and bare(words) not in _ways_to_say("flow.cancels")


def gather_nothing(said: Said, desk: Desk) -> tuple[Said, ConversationView]:
    return said, desk.conversation(said.chat)


def decide_nothing(facts: tuple[Said, ConversationView]) -> list[Action]:
    said, conversation = facts
    told = Message(text=text("flow.ended", conversation.language))
    return [*records(said, conversation, None), Say(conversation, told)]


def bare(words: str) -> str:
    """A short answer as it is compared.

    >>> bare(" Yes,  please! ")
    'yes, please'
    """
    return " ".join(words.lower().strip(" .!?。！？…").split())


def instead(answer: Answer, conversation: ConversationView) -> tuple[str, Said] | None:
    """The intent that a button leaves the flow for, with the words it stands for; None for every other answer."""
    choice = answer.choice()
    if choice is None or not choice.startswith(INSTEAD) or not isinstance(answer.event, Pressed):
        return None
    intent = choice.removeprefix(INSTEAD)
    words = text(f"flow.as_{intent}", conversation.language, order=answer.flow.answers.get("order", ""))
    return intent, as_said(answer.event, words)


def says(answer: Answer, key: str) -> bool:
    """Whether the whole answer is one of a sentence's ways to say it: `flow.yes`, `flow.no`."""
    return is_said(answer.words, key)


def is_said(words: str, key: str) -> bool:
    """Whether words are as a whole one of a sentence's ways to say it, in any language."""
    return bare(words) in _ways_to_say(key)


@cache
def _ways_to_say(key: str) -> frozenset[str]:
    """How customers say something in words, in every language: each stands for a whole message."""
    return frozenset(way for language in LANGUAGES for way in text(key, language).lower().split("|"))


def never_mind(answer: Answer, conversation: ConversationView) -> list[Action]:
    """The customer ends the flow; nothing was changed."""
    told = Message(text=text("flow.ended", conversation.language))
    return [*heard(answer, conversation), Leave(conversation.id), Say(conversation, told)]


def heard(answer: Answer, conversation: ConversationView) -> list[Action]:
    """Keeps what was said as an answer; a press leaves nothing to keep."""
    return records(answer.event, conversation, None) if isinstance(answer.event, Said) else []


def not_understood(
    answer: Answer,
    conversation: ConversationView,
    again: str,
    choices: Mapping[str, str] | None,
    for_ticket: ticket.Facts | None,
) -> list[Action]:
    """Asks again, in words that say what is wanted; the second time in a row a person takes over.

    `for_ticket`: what a person's ticket needs (`handed_over`); None for a press, which is never misunderstood.
    """
    flow = replace(answer.flow, misunderstood=answer.flow.misunderstood + 1)
    if flow.misunderstood >= PATIENCE and for_ticket is not None:
        return hand_over(conversation, for_ticket)
    return [*heard(answer, conversation), *ask(conversation, flow, again, choices)]


@dataclass(frozen=True, slots=True)
class PersonFacts:
    conversation: ConversationView
    for_ticket: ticket.Facts
    files: tuple[FileRef, ...]


def gather_person(answer: Answer, desk: Desk) -> PersonFacts:
    """The customer wants a person instead of answering, or is upset."""
    if isinstance(answer.event, Pressed):
        raise TypeError("a press asks for a person by the button that says so")
    return PersonFacts(desk.conversation(answer.event.chat), ticket.gather(answer.event, desk), files_of(answer.flow))


def decide_person(facts: PersonFacts) -> list[Action]:
    return hand_over(facts.conversation, facts.for_ticket, facts.files)


def hand_over(
    conversation: ConversationView, for_ticket: ticket.Facts, files: tuple[FileRef, ...] = ()
) -> list[Action]:
    """A person goes on from here: the message becomes a ticket, with what was said just before in its thread. Who
    complains is answered like everybody who does.

    `files`: what the customer sent in the flow (`files_of`).
    """
    number = for_ticket.number if for_ticket.number is not None or not for_ticket.ticket else for_ticket.ticket.id
    sent: list[Action] = []
    if files and number is not None:
        sent = show_with_files(Message(files=files), conversation, number, for_ticket.policy)
    decide = complaint.decide if for_ticket.complains else ticket.decide
    return [Leave(conversation.id), *decide(for_ticket), *sent]


def files_of(flow: FlowView) -> tuple[FileRef, ...]:
    """The files that were sent in a flow so far."""
    return _files.decode(flow.answers.get(_FILES, "[]"))


def with_files(flow: FlowView, files: tuple[FileRef, ...]) -> FlowView:
    """The flow with more files; what is sent where words were asked for is not lost."""
    kept = msgspec.json.encode((*files_of(flow), *files)).decode()
    return replace(flow, answers={**flow.answers, _FILES: kept}) if files else flow


def understood(flow: FlowView, step: str, **answers: str) -> FlowView:
    """The flow one question further, with what was answered."""
    return FlowView(flow.name, step, {**flow.answers, **answers})


def wants_person(answer: Answer, desk: Desk) -> bool:
    """Whether the customer asks for a person instead of answering. An address alone is an answer, however it reads."""
    words = _ADDRESS.sub(" ", answer.words).strip()
    return bool(words) and desk.reading(words).wants_person


def as_said(pressed: Pressed, words: str) -> Said:
    """A press as the words on its button, where only what was said can open a ticket."""
    return Said(pressed.chat, "", pressed.at, words)
