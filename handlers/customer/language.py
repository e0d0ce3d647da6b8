"""Which language a customer is answered in: the one they chose, else the one they write in, else their platform's,
else the shop's.

A message shows a language when it is long enough to be sure of; "ok" or an order's number shows none. A language that
is new in the chat is answered at once. One that was left in the last few messages takes two messages in a row: a chat
that mixes two is not answered in turns.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from babel import Locale

from crm_store import conversations
from crm_store.conversations import ConversationView
from crm_store.tickets import TicketView
from handlers.actions import Action, Say, SetLanguage, ShowCard, TellThread, Timeline
from handlers.customer.hearing import name_of, record
from handlers.desk import Desk
from handlers.events import Pressed, Said
from handlers.message import Button, Message
from handlers.message import decode as decoded
from handlers.texts import LANGUAGES, of_ours, text
from nlp.language import language_of
from nlp.meaning import NO_LANGUAGE, Reading

#: the action of the buttons, and what the one says that leaves it to the desk
ACTION = "language"
AUTO = "auto"
#: words that show a language, when all of them speak for it; without one that is known for it, more
_WORDS, _UNKNOWN_WORDS = 3, 4
#: above that many words one more or less makes no difference
_MANY = 12
#: messages that are looked back at, ours among them; how many of the customer's count, and for how long
_LAST, _COUNT, _LATELY = 20, 3, timedelta(days=1)
#: characters of what somebody asks for that is no language of ours
_LONGEST = 30
#: what has letters and is no word of a language: addresses, numbers with letters, commands
_NO_WORDS = re.compile(r"\S*(?:[@/\\#]|www\.|[0-9])\S*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
#: scripts that are written without spaces
_UNSPACED = frozenset({"zh", "ja", "th"})


@dataclass(frozen=True, slots=True)
class Facts:
    #: the conversation as it was stored, and as the message shows it to be
    before: ConversationView
    after: ConversationView
    ticket: TicketView | None


def gather(said: Said, desk: Desk) -> Facts:
    """From here on the conversation has its new language, whoever gathers it."""
    before = desk.conversation(said.chat)
    writes_in = _shown(said, before, desk) or before.writes_in
    after = _as_spoken(replace(before, writes_in=writes_in), said.chat.language, desk)
    desk.learn(said.chat, after)
    return Facts(before, after, desk.latest_ticket(after))


def _as_spoken(conversation: ConversationView, platform: str | None, desk: Desk) -> ConversationView:
    """The conversation with the language it is answered in."""
    language = (
        of_ours(conversation.language_chosen)
        or of_ours(conversation.writes_in)
        or of_ours(platform)
        or desk.policy.language
    )
    return replace(conversation, language=language)


def decide(facts: Facts) -> list[Action]:
    if facts.before == facts.after:
        return []
    return [_set(facts.after), *_told_staff(facts.before, facts.after, facts.ticket)]


def _set(after: ConversationView) -> SetLanguage:
    return SetLanguage(after.id, after.language or "en", after.writes_in, after.language_chosen)


def _told_staff(before: ConversationView, after: ConversationView, ticket: TicketView | None) -> list[Action]:
    """Whoever works on the ticket has to write in another language now."""
    if ticket is None or not ticket.is_open or before.speaks == after.speaks:
        return []
    told = text("thread.language", person=name_of(after), language=english_name(after.speaks))
    return [
        Timeline(ticket.id, "customer", "language", after.speaks),
        TellThread(ticket.id, Message(context=told)),
        ShowCard(ticket.id),
    ]


# --- what a message shows -----------------------------------------------------------------------------------------


def _shown(said: Said, conversation: ConversationView, desk: Desk) -> str | None:
    """The language that a message shows its writer to speak; None when it shows none, or that may be a whim."""
    if not said.text.strip() or said.text.lstrip().startswith("/"):
        return None
    reading = desk.reading(said.text)
    language = clearly(said.text, reading.language)
    if language is None:
        return _likely(said, reading) if conversation.writes_in is None else None
    if language == conversation.writes_in:
        return None
    return language if settles(_earlier(conversation, desk), language) else None


def clearly(words: str, language: str) -> str | None:
    """The language, as a reader calls it, of a text that is long enough to be sure of; else None.

    >>> clearly("Wo bleibt mein Paket?", "de"), clearly("ok", "en"), clearly("10023", "und"), clearly("退款", "zh")
    ('de', None, None, 'zh')
    """
    text_alone = _NO_WORDS.sub(" ", words)
    found = _WORD.findall(text_alone)
    if language == NO_LANGUAGE or not found:
        return None
    if language in _UNSPACED:
        return language if sum(map(len, found)) >= 2 else None
    if language_of(text_alone) != language:  # what was learnt knows it by more than the commonest words
        return language if len(found) >= _UNKNOWN_WORDS else None
    if len(found) < _WORDS:
        return None
    if len(found) > _MANY:
        return language
    without_one = (" ".join(found[:at] + found[at + 1 :]) for at in range(len(found)))
    return language if all(language_of(rest) == language for rest in without_one) else None


def settles(earlier: Sequence[str], language: str) -> bool:
    """Whether a message is answered in its language, after earlier ones (oldest first) that were clear.

    >>> settles(["en", "en"], "de"), settles(["en", "de"], "en"), settles(["de", "en"], "en")
    (True, False, True)
    """
    return language not in earlier or earlier[-1] == language


def _earlier(conversation: ConversationView, desk: Desk) -> list[str]:
    """The languages of the last messages that were clear, oldest first."""
    last = conversations.messages_of(desk.connection, desk.cipher, conversation.id, limit=_LAST)
    lately = desk.now - _LATELY
    said = (decoded(one.body).text for one in last if one.direction == "in" and one.created_at > lately)
    shown = (clearly(words, language_of(words)) for words in said if not words.startswith("/"))
    return [language for language in shown if language is not None][-_COUNT:]


def _likely(said: Said, reading: Reading) -> str | None:
    """Of somebody who wrote nothing yet that was clear, a word or two tell more than their platform does; but everybody
    says hi and thanks in English."""
    found = _WORD.findall(_NO_WORDS.sub(" ", said.text))
    if reading.language == NO_LANGUAGE or not found:
        return None
    if reading.language == "en" and of_ours(said.chat.language) is not None:
        return None
    return reading.language if len(found) > 1 or reading.intent in ("greeting", "thanks") else None


# --- /language ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChoiceFacts:
    event: Said | Pressed
    before: ConversationView
    #: with what was chosen; None when that is no language of ours, or nothing
    after: ConversationView | None
    asked: str
    ticket: TicketView | None


def gather_command(said: Said, desk: Desk) -> ChoiceFacts:
    _, _, asked = said.text.strip().partition(" ")
    return _choice(said, asked.strip(), desk)


def gather_pressed(event: Pressed, desk: Desk) -> ChoiceFacts:
    return _choice(event, event.ref, desk)


def _choice(event: Said | Pressed, asked: str, desk: Desk) -> ChoiceFacts:
    before = desk.conversation(event.chat)
    chosen = named(asked)
    after = None
    if chosen is not None:
        wanted = replace(before, language_chosen=None if chosen == AUTO else chosen)
        after = _as_spoken(wanted, event.chat.language, desk)
    return ChoiceFacts(event, before, after, asked, desk.latest_ticket(before))


def named(asked: str) -> str | None:
    """The language of ours that somebody asks for, by its code or its name in any of them; None for another.

    >>> named("de"), named("German"), named("Español"), named("法语"), named("auto"), named("Klingon")
    ('de', 'de', 'es', 'fr', 'auto', None)
    """
    wanted = asked.strip().casefold()
    if wanted == AUTO or wanted in {text("language.auto", language).casefold() for language in LANGUAGES}:
        return AUTO
    return of_ours(wanted) or _names().get(wanted)


@cache
def _names() -> dict[str, str]:
    own = {text("language.name", language).casefold(): language for language in LANGUAGES}
    said_in = [Locale.parse(language).languages for language in LANGUAGES]
    return own | {names[language].casefold(): language for names in said_in for language in LANGUAGES}


def decide_choice(facts: ChoiceFacts) -> list[Action]:
    heard: list[Action] = [record(facts.event, facts.before, None)] if isinstance(facts.event, Said) else []
    if facts.after is None:
        return [*heard, Say(facts.before, _which(facts))]
    after = facts.after
    told = text("language.chosen" if after.language_chosen else "language.automatic", after.language)
    return [
        *heard,
        _set(after),
        Say(after, Message(text=told)),
        *_told_staff(facts.before, after, facts.ticket),
    ]


def _which(facts: ChoiceFacts) -> Message:
    """The languages, each by its own name."""
    language = facts.before.language
    buttons = [Button(text("language.name", one), ACTION, one) for one in LANGUAGES]
    buttons.append(Button(text("language.auto", language), ACTION, AUTO))
    if facts.asked and isinstance(facts.event, Said):
        question = text("language.unknown", language, asked=facts.asked[:_LONGEST])
    else:
        question = text("language.which", language, language=text("language.name", language))
    return Message(text=question, buttons=tuple(buttons))


# --- for staff ----------------------------------------------------------------------------------------------------


def english_name(language: str | None) -> str:
    """What staff call a language.

    >>> english_name("de"), english_name("tr"), english_name("xx"), english_name(None)
    ('German', 'Turkish', 'xx', '—')
    """
    if language is None:
        return "—"
    return str(Locale.parse("en").languages.get(language.partition("-")[0], language))


def spoken_by(conversation: ConversationView | None) -> str | None:
    """A customer's language on the card."""
    if conversation is None or conversation.speaks is None:
        return None
    name = english_name(conversation.speaks)
    if conversation.language_chosen:
        return text("card.language.chosen", language=name)
    if of_ours(conversation.speaks) is None:
        return text("card.language.foreign", language=name, ours=english_name(conversation.language))
    return name
