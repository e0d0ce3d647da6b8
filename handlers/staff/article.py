"""Staff make an article of a good reply: whoever asks the same is answered with it."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crm_store import articles, conversations, inbox
from crm_store.articles import ArticleView
from crm_store.conversations import ConversationView, MessageView
from crm_store.tickets import StaffView
from handlers import events
from handlers import message as messages
from handlers.actions import Action, Audit, DeleteArticle, Revise, SaveArticle, TellThread, Timeline, Whisper
from handlers.customer.hearing import in_a_line
from handlers.desk import Desk
from handlers.events import StaffPressed, StaffSubmitted, key_in
from handlers.forms import Field, Form, Option
from handlers.message import Button, Message
from handlers.texts import LANGUAGES, spoken, text
from nlp.language import language_of
from nlp.meaning import Entities

FORM = "article"
TITLE, TEXT, LANGUAGE = "title", "text", "language"
#: characters of an article, and of a reply that may be worth one
_LONGEST_TITLE, _LONGEST, _WORTH = 200, 3_000, 60
_SLUG: Final = 40
#: letters of a name that is one; a Chinese one may be shorter
_A_NAME = 3
#: how letters begin and end that are to one customer alone
_GREETING = re.compile(
    r"\A(?:hello|hi|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|liebe[rs]?"
    r"|sehr geehrte[rs]?(?: frau| herr)?|bonjour|bonsoir|chère?|hola|buen[oa]s (?:días|tardes|noches)|estimad[oa]"
    r"|olá|oi|bom dia|boa (?:tarde|noite)|prezad[oa]|您好|你好|亲爱的?)\b[^\n,.!:，。！：]{0,40}[,.!:，。！：]\s*",
    re.IGNORECASE,
)


def about(inbox_id: int) -> str:
    """What the line that tells of an article is called, by the reply that it came from."""
    return f"article:{inbox_id}"


def button(reply: MessageView | None) -> tuple[Button, ...]:
    """The button under a reply that has left, where it says enough to answer others too."""
    if reply is None or reply.inbox_id is None or reply.author_kind != "staff":
        return ()
    if len(messages.decode(reply.body).text) < _WORTH:
        return ()
    return (Button(text("article.make"), "make_article", str(reply.inbox_id)),)


# --- the form -----------------------------------------------------------------------------------------------------


def form(ref: str, desk: Desk) -> Form | None:
    """What the button opens: the question and the reply, without what is about this customer alone."""
    reply = _reply(ref, desk)
    if reply is None or reply.ticket_id is None:
        return None
    conversation = conversations.look_at(desk.connection, desk.cipher, reply.conversation_id)
    if conversation is None:
        return None
    asked = conversations.last_heard(desk.connection, desk.cipher, reply.ticket_id)
    title = "" if asked is None else in_a_line(messages.decode(asked.body))
    words = messages.decode(reply.body).text
    language = language_of(words)
    return _form(
        ref,
        _impersonal(title, conversation, desk)[:_LONGEST_TITLE],
        _impersonal(_GREETING.sub("", words), conversation, desk),
        language if language in LANGUAGES else spoken(conversation.language),
    )


def edit_form(ref: str, desk: Desk) -> Form | None:
    """What Edit opens under an article that was not kept: the form as it was sent in."""
    number = key_in(ref)
    stored = inbox.events_of(desk.connection, desk.cipher, [number]) if number is not None else []
    event = events.decode(stored[0]) if stored else None
    if not isinstance(event, StaffSubmitted) or event.form != FORM:
        return None
    values = event.values
    return _form(event.ref, values.get(TITLE, ""), values.get(TEXT, ""), values.get(LANGUAGE, "en"))


def _form(ref: str, title: str, words: str, language: str) -> Form:
    languages = tuple(Option(one, one) for one in LANGUAGES)
    fields = (
        Field(TITLE, text("article.title"), initial=title, max_length=_LONGEST_TITLE),
        Field(TEXT, text("article.text"), multiline=True, initial=words, max_length=_LONGEST),
        Field(LANGUAGE, text("article.language"), initial=language, kind="one", options=languages),
    )
    return Form(FORM, ref, text("article.form"), text("article.save"), fields, text("article.hint"))


def _reply(ref: str, desk: Desk) -> MessageView | None:
    """The reply of staff that a button names."""
    number = key_in(ref)
    message = None if number is None else conversations.message_of_inbox(desk.connection, desk.cipher, number)
    is_reply = message is not None and message.direction == "out" and message.author_kind == "staff"
    return message if is_reply else None


def _impersonal(words: str, conversation: ConversationView, desk: Desk) -> str:
    for found in personal(words, desk.reading(words).entities, conversation):
        words = re.sub(rf"\s*{re.escape(found)}", "", words, flags=re.IGNORECASE)
    return words.strip()


def personal(words: str, entities: Entities, conversation: ConversationView) -> tuple[str, ...]:
    """What in a text is about one customer alone: names, e-mails, phones, numbers of orders and parcels, cards."""
    known = [conversation.customer_name, conversation.person, conversation.customer_external_id]
    names = [name for whole in known if whole for name in (whole, *whole.split())]
    found = [name for name in dict.fromkeys(names) if _is_named(name, words)]
    numbers = (*entities.emails, *entities.phones, *entities.order_ids, *entities.tracking_numbers, *entities.cards)
    return tuple(dict.fromkeys([*found, *numbers]))


def _is_named(name: str, words: str) -> bool:
    if not name.isascii() and any("\u3400" <= letter <= "\u9fff" for letter in name):
        return len(name) > 1 and name in words
    return len(name) >= _A_NAME and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words, re.IGNORECASE) is not None


# --- kept ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffSubmitted
    reply: MessageView | None
    title: str
    words: str
    language: str
    #: what is about one customer alone
    personal: tuple[str, ...]
    staff: StaffView
    inbox_id: int
    now: datetime


def gather(event: StaffSubmitted, desk: Desk) -> Facts:
    title = " ".join(event.values.get(TITLE, "").split())
    words, language = event.values.get(TEXT, "").strip(), event.values.get(LANGUAGE, "")
    reply = _reply(event.ref, desk)
    found: tuple[str, ...] = ()
    if reply is not None:
        conversation = conversations.look_at(desk.connection, desk.cipher, reply.conversation_id)
        whole = f"{title}\n{words}"
        found = personal(whole, desk.reading(whole).entities, conversation) if conversation is not None else ()
    return Facts(event, reply, title, words, language, found, desk.colleague(event.staff), desk.inbox_id, desk.now)


def decide(facts: Facts) -> list[Action]:
    if facts.reply is None or facts.reply.ticket_id is None or facts.reply.inbox_id is None:
        return []
    ticket_id, origin = facts.reply.ticket_id, facts.reply.inbox_id
    problem = _problem(facts)
    if problem is not None:
        edit = Button(text("edit"), "edit_article", str(facts.inbox_id))
        told = Message(title=text("article.not_kept"), text=problem, quote=facts.words, buttons=(edit,))
        return [TellThread(ticket_id, told)]
    slug = slug_of(facts.title, origin)
    article = ArticleView(slug, facts.language, facts.title, facts.words, facts.staff.name, facts.now)
    ref = f"{origin}:{facts.language}:{slug}"
    delete = Button(text("article.delete"), "delete_article", ref, "danger")
    kept = text("article.kept", staff=facts.staff.name)
    shown = Message(title=facts.title, text=facts.words, context=kept, buttons=(delete,))
    return [
        SaveArticle(article),
        Audit(facts.staff.name, "save article", f"article:{slug}", facts.language),
        Timeline(ticket_id, facts.staff.name, "article", slug),
        TellThread(ticket_id, shown, about(origin)),
    ]


def _problem(facts: Facts) -> str | None:
    if not 0 < len(facts.title) <= _LONGEST_TITLE:
        return text("article.no_title", limit=_LONGEST_TITLE)
    if not 0 < len(facts.words) <= _LONGEST:
        return text("article.no_text", limit=_LONGEST)
    if facts.language not in LANGUAGES:
        return text("article.no_language", language=facts.language[:20] or "…")
    if facts.personal:
        return text("article.personal", found=", ".join(facts.personal))
    return None


def slug_of(title: str, number: int) -> str:
    """A short name of an article, by its title, or by a number where that has no Latin letters.

    >>> slug_of("Können Sie nach Zürich liefern?", 7), slug_of("怎么付款", 7)
    ('konnen-sie-nach-zurich-liefern', 'reply-7')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:_SLUG].strip("-")
    return slug if re.search("[a-z]{3}", slug) else f"reply-{number}"


# --- deleted ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PressedFacts:
    event: StaffPressed
    #: the reply that the article came from
    origin: int
    article: ArticleView | None
    staff: StaffView


def gather_pressed(event: StaffPressed, desk: Desk) -> PressedFacts:
    origin, _, named = event.ref.partition(":")
    language, _, slug = named.partition(":")
    found = articles.get(desk.connection, slug, language)
    return PressedFacts(event, key_in(origin) or 0, found, desk.colleague(event.staff))


def decide_pressed(facts: PressedFacts) -> list[Action]:
    article = facts.article
    if article is None:
        return [Whisper(facts.event.staff, facts.event.place, Message(text=text("article.gone")))]
    told = Message(title=article.title, context=text("article.deleted", staff=facts.staff.name))
    return [
        DeleteArticle(article.slug, article.language),
        Audit(facts.staff.name, "delete article", f"article:{article.slug}", article.language),
        Revise(about(facts.origin), told),
    ]
