"""What an article or a macro would say to the question that opens a ticket, shown in its thread to be used."""

from dataclasses import dataclass

from crm_store import conversations, macros
from crm_store.conversations import ConversationView
from crm_store.tickets import TicketView
from handlers import forms
from handlers import message as messages
from handlers.actions import Action, OpenTicket, TellThread
from handlers.desk import Desk
from handlers.events import Said, key_in
from handlers.message import Button, Message
from handlers.staff import reply
from handlers.texts import spoken, text
from nlp.articles import Article, parts_of
from nlp.knowledge import Found

#: how a macro is called among articles; no slug begins so
_MACRO = "macro:"
#: characters of a question
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Facts:
    #: the ticket's number
    number: int
    found: Found | None
    #: how sure one has to be
    least: float


def beside(said: Said, actions: list[Action], desk: Desk) -> list[Action]:
    """What is decided about a customer's message; with a suggestion, where it opens a ticket."""
    opened = next((action.ticket.id for action in actions if isinstance(action, OpenTicket)), None)
    if opened is None or said.files or not said.text.strip():
        return actions
    return [*actions, *decide(gather(opened, said.text, desk.conversation(said.chat), desk))]


def gather(number: int, question: str, conversation: ConversationView, desk: Desk) -> Facts:
    return Facts(number, find(question, conversation, desk), desk.policy.knowledge_suggest)


def find(question: str, conversation: ConversationView, desk: Desk) -> Found | None:
    """The likeliest article or macro in the language of the question, or in that of the conversation."""
    question = question[:_LONGEST]
    languages = dict.fromkeys((desk.reading(question).language, spoken(conversation.language)))
    kept = tuple(
        Article(_MACRO + one.name, one.language, one.name.replace("-", " ").replace("_", " "), parts_of(one.text))
        for one in macros.every(desk.connection)
        if one.text.strip()
    )
    found = [desk.article_for(question, language, kept) for language in languages]
    return max((one for one in found if one is not None), key=lambda one: one.sure, default=None)


def decide(facts: Facts) -> list[Action]:
    if facts.found is None or facts.found.sure < facts.least:
        return []
    article = facts.found.article
    is_macro = article.slug.startswith(_MACRO)
    name = article.slug.removeprefix(_MACRO)
    source = text("suggestion.macro", name=name) if is_macro else text("suggestion.article", title=article.title)
    use = Button(text("suggestion.use"), "use_suggestion", str(facts.number))
    shown = Message(title=text("suggestion.title"), text=facts.found.part.text, context=source, buttons=(use,))
    return [TellThread(facts.number, shown, about=f"suggestion:{facts.number}")]


# --- Use ----------------------------------------------------------------------------------------------------------


def form(ref: str, desk: Desk) -> forms.Form | None:
    """What Use opens: the reply form with the words in it, a macro's variables filled in as far as they can be."""
    number = key_in(ref)
    ticket = None if number is None else desk.ticket(number)
    if ticket is None or ticket.conversation_id is None:
        return None
    conversation = conversations.look_at(desk.connection, desk.cipher, ticket.conversation_id)
    if conversation is None:
        return None
    found = find(_opening(ticket, conversation, desk), conversation, desk)
    words = "" if found is None else _words(found, ticket, conversation, desk)
    return reply.form_for(ticket, ref, desk, words=words)


def _opening(ticket: TicketView, conversation: ConversationView, desk: Desk) -> str:
    """The words that a ticket was opened with; a moment ago, mostly."""
    said = conversations.messages_of(desk.connection, desk.cipher, conversation.id)
    theirs = (one for one in said if one.ticket_id == ticket.id and one.direction == "in")
    first = next(theirs, None)
    return ticket.subject if first is None else messages.decode(first.body).text


def _words(found: Found, ticket: TicketView, conversation: ConversationView, desk: Desk) -> str:
    name = found.article.slug.removeprefix(_MACRO)
    staff = None if desk.asking is None else desk.colleague_asking(desk.asking)
    if name == found.article.slug or staff is None:
        return found.part.text
    return reply.with_macro(name, ticket, conversation, staff, desk)[0] or found.part.text
