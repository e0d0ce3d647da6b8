"""A customer's question that an article answers; who was not helped by it gets a person."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from crm_store import articles, conversations
from crm_store.articles import Vote
from crm_store.conversations import ConversationView, MessageView
from crm_store.tickets import TicketView
from handlers import message as messages
from handlers.actions import (
    Action,
    AnsweredBy,
    CustomerWaits,
    JoinTicket,
    Say,
    ShowCard,
    TellThread,
    Voted,
)
from handlers.customer import flow, refund, ticket
from handlers.customer.hearing import answered_by_bot, name_of, record, subject_of
from handlers.customer.ticket import Opening
from handlers.desk import Desk
from handlers.events import Pressed, Said, key_in
from handlers.message import Button, Message
from handlers.texts import spoken, text
from nlp.knowledge import Found
from nlp.meaning import Intent, Reading

#: what articles answer, however it is put
_ASKED: Final[frozenset[Intent]] = frozenset({"delivery", "payment", "product", "account", "newsletter", "other"})
#: what they answer when somebody asks how it is done in general; who wants it done is served otherwise
_ASKED_HOW: Final[frozenset[Intent]] = frozenset(
    {"return", "refund", "invoice", "cancel_order", "change_order", "change_address"}
)
_HOW = re.compile(
    r"\b(?:how|what|which|when|where|who pays|do i have to|is it (?:free|possible)|is returning"
    r"|wie|was|wann|wo|welche\w*|muss ich|wer zahlt|ist die rücksendung"
    r"|comment|quels?|quelles?|combien|quand|où|dois-je|à ma charge|est-il|est-elle"
    r"|cómo|como|cuánt\w+|cuánto|cuál\w*|cuándo|dónde|donde|qué|tengo que"
    r"|quant\w+|qual|quais|quando|onde|o que|tenho de|tenho que|sou eu que)\b"
    r"|怎么|怎样|如何|多久|多少|几天|什么|哪|谁",
    re.IGNORECASE,
)
#: who says this wants it done, whatever else they ask; "I want to know" and "if I want to" are questions
_WISH = re.compile(
    r"(?<!\bif )\bi(?: want to|(?:'d| would) like to| need to)\b(?! (?:know|ask|understand))"
    r"|\bich (?:möchte|will|würde gern\w*|muss)\b(?! (?:wissen|fragen))"
    r"|(?<!\bsi )\bje (?:veux|voudrais|souhaite|dois)\b(?! (?:savoir|demander))"
    r"|(?<!\bsi )\b(?:quiero|quisiera|me gustaría)\b(?! (?:saber|preguntar))"
    r"|(?<!\bse )\b(?:quero|queria|gostaria de)\b(?! (?:saber|perguntar))"
    r"|(?<!如果)我(?:想要?|要)(?!知道|问|了解)",
    re.IGNORECASE,
)
#: a question is no longer than this, in characters
_LONGEST: Final = 300
#: who writes again so soon after an answer was not helped by it
_AGAIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Facts:
    said: Said
    conversation: ConversationView
    found: Found | None
    #: what the customer can begin right away, beside reading how it is done
    start: refund.Kind | None
    inbox_id: int


def answers(said: Said, desk: Desk) -> bool:
    """Whether a message is a question that an article surely answers."""
    found = _found(said.text, desk.conversation(said.chat), desk)
    if found is None or found.sure < desk.policy.knowledge_sure or not _is_asked(desk.reading(said.text)):
        return False
    return not _was_answered(said, found, desk)


def _is_asked(reading: Reading) -> bool:
    """Whether a message asks something in general: not for a person, about no order, and not in distress."""
    entities = reading.entities
    if len(reading.text) > _LONGEST or entities.order_ids or entities.tracking_numbers:
        return False
    if reading.wants_person or reading.is_abuse or reading.urgency == "high":
        return False
    if set(reading.intents) - _ASKED - _ASKED_HOW:
        return False  # it tells of something else as well
    if reading.intent in _ASKED_HOW:
        return _HOW.search(reading.text) is not None and _WISH.search(reading.text) is None
    return reading.intent in _ASKED


def _was_answered(said: Said, found: Found, desk: Desk) -> bool:
    """Whether the customer was given this article a moment ago: who asks again wants something else."""
    conversation = desk.conversation(said.chat)
    last = articles.last_vote(desk.connection, conversation.id, desk.now - _AGAIN)
    return last is not None and last.slug == found.article.slug and last.helped is not True


def _found(question: str, conversation: ConversationView, desk: Desk) -> Found | None:
    """The likeliest article in the language of the question, or in that of the conversation."""
    languages = dict.fromkeys((desk.reading(question).language, spoken(conversation.language)))
    found = [desk.article_for(question, language) for language in languages]
    return max((one for one in found if one is not None), key=lambda one: one.sure, default=None)


def gather(said: Said, desk: Desk) -> Facts:
    conversation = desk.conversation(said.chat)
    begins = flow.current(conversation, desk) is None and refund.begins(said, desk) == "flow"
    start = refund.kind_of(desk.reading(said.text)) if begins else None
    return Facts(said, conversation, _found(said.text, conversation, desk), start, desk.inbox_id)


def decide(facts: Facts) -> list[Action]:
    if facts.found is None:
        raise LookupError(facts.conversation.id)
    article = facts.found.article
    return [
        record(facts.said, facts.conversation, None),
        AnsweredBy(article.slug, article.language),
        Say(facts.conversation, _answer(facts.found, facts.start, facts.inbox_id)),
    ]


def _answer(found: Found, start: refund.Kind | None, inbox_id: int) -> Message:
    language = found.article.language
    buttons = [
        Button(text("knowledge.yes", language), "helped", f"y:{inbox_id}"),
        Button(text("knowledge.no", language), "helped", f"n:{inbox_id}"),
    ]
    if start is not None:
        buttons.insert(0, Button(text(f"knowledge.start_{start}", language), refund.ANOTHER, start))
    source = text("knowledge.source", language, title=found.article.title)
    context = f"{source}\n{text('knowledge.helped', language)}"
    return Message(title=found.part.heading, text=found.part.text, context=context, buttons=tuple(buttons))


# --- did this help? -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PressedFacts:
    conversation: ConversationView
    helped: bool
    #: the question, and the article it was answered with; None for a button of nobody's, or of another's
    question: MessageView | None
    vote: Vote | None
    #: what the article is called, where it is still there
    title: str
    #: the conversation's newest ticket
    ticket: TicketView | None
    #: what a new one begins with, where none is open
    opening: Opening | None
    reading: Reading | None
    now: datetime


def gather_pressed(event: Pressed, desk: Desk) -> PressedFacts:
    conversation = desk.conversation(event.chat)
    said, _, ref = event.ref.partition(":")
    question = _question(key_in(ref), conversation, desk)
    vote = articles.vote_on(desk.connection, question.id) if question is not None else None
    latest = desk.latest_ticket(conversation)
    asks_for_person = said == "n" and question is not None and vote is not None and vote.helped is not False
    reading = desk.reading(messages.decode(question.body).text) if question is not None else None
    begins = None
    if asks_for_person and reading is not None and not (latest and latest.is_open):
        begins = ticket.opening(ticket.kind_of(reading), conversation, latest, desk)
    title = desk.article_title(vote.slug, vote.language) if vote is not None else ""
    return PressedFacts(conversation, said == "y", question, vote, title, latest, begins, reading, desk.now)


def _question(inbox_id: int | None, conversation: ConversationView, desk: Desk) -> MessageView | None:
    """The customer's own message that came with an inbox row."""
    if inbox_id is None:
        return None
    message = conversations.message_of_inbox(desk.connection, desk.cipher, inbox_id)
    is_theirs = message is not None and message.conversation_id == conversation.id and message.direction == "in"
    return message if is_theirs else None


def decide_pressed(facts: PressedFacts) -> list[Action]:
    if facts.question is None or facts.vote is None:
        return [_say(facts, "button.expired", facts.conversation.language)]
    language = facts.vote.language
    if facts.helped:
        return [Voted(facts.question.id, helped=True), _say(facts, "knowledge.glad", language)]
    if facts.vote.helped is False:
        return [_say(facts, "knowledge.noted", language)]
    return [Voted(facts.question.id, helped=False), *_ask_person(facts, facts.question)]


def _ask_person(facts: PressedFacts, question: MessageView) -> list[Action]:
    begins = facts.opening
    if begins is None and facts.ticket is not None:
        return _join(facts, question, facts.ticket)
    if begins is None or facts.reading is None:
        raise LookupError(facts.conversation.id)
    new = ticket.new_ticket(
        begins,
        subject_of(messages.decode(question.body)),
        facts.now,
        facts.reading,
        priority=ticket.priority_of(facts.reading),
        message_id=question.id,
    )
    return [
        *ticket.begun(begins, new),
        JoinTicket(question.id, new.id),
        *_in_thread(facts, question, new.id),
        *ticket.handed(begins),
        ticket.answer(facts.conversation, "ticket.opened", new.id),
    ]


def _join(facts: PressedFacts, question: MessageView, goes_on: TicketView) -> list[Action]:
    return [
        JoinTicket(question.id, goes_on.id),
        CustomerWaits(goes_on.id),
        ShowCard(goes_on.id),
        *_in_thread(facts, question, goes_on.id),
        ticket.answer(facts.conversation, "ticket.opened", goes_on.id),
    ]


def _in_thread(facts: PressedFacts, question: MessageView, ticket_id: int) -> list[Action]:
    """The question, and with what it was answered, so that nobody says the same again."""
    asked = messages.decode(question.body)
    copy = Message(title=name_of(facts.conversation), quote=asked.text)
    told = answered_by_bot(ticket_id, [Message(text=text("thread.article", title=facts.title))])
    return [TellThread(ticket_id, copy, about=f"said:{question.inbox_id}"), told]


def _say(facts: PressedFacts, key: str, language: str | None) -> Say:
    return Say(facts.conversation, Message(text=text(key, language)))
