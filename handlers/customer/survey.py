"""How did it go (CSAT): five buttons once after a ticket was resolved, then a sentence if the customer likes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import surveys
from crm_store.conversations import ConversationView
from crm_store.flows import FlowView
from crm_store.surveys import SurveyView
from handlers.actions import (
    Action,
    Enter,
    Leave,
    Revise,
    Say,
    SurveyAsked,
    SurveyCommented,
    SurveyMarked,
    TellRoom,
    TellThread,
    Timeline,
)
from handlers.customer import flow
from handlers.customer.hearing import name_of, record
from handlers.desk import Desk
from handlers.events import Pressed, Said
from handlers.message import Button, Fact, Message
from handlers.texts import text

#: the flow, and the action of the five buttons
FLOW = "survey"
#: marks that alert: unhappy customers, by the usual reading of a five-point scale
LOW = 2
#: a mark so long after the question says little about it
_ANSWER_WITHIN = timedelta(days=14)
_MARKS = {5: "😀", 4: "🙂", 3: "😐", 2: "🙁", 1: "😞"}
#: what a comment can be read as; anything else is a message of its own
_COMMENTS = {"review", "thanks", "complaint", "other", "greeting"}


def about(ticket_id: int) -> str:
    """What the question is called in the outbox."""
    return f"survey:{ticket_id}"


def low_about(ticket_id: int) -> str:
    """What the alert of a low mark is called."""
    return f"low:{ticket_id}"


def ask(conversation: ConversationView, ticket_id: int) -> list[Action]:
    """The question, with a button a mark."""
    buttons = tuple(Button(f"{mark} {face}", FLOW, f"{ticket_id}:{mark}") for mark, face in _MARKS.items())
    words = text("survey.ask", conversation.language, ticket=ticket_id)
    return [SurveyAsked(ticket_id), Say(conversation, Message(text=words, buttons=buttons), about=about(ticket_id))]


# --- the mark -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    conversation: ConversationView
    #: what this chat was asked; None for a button of another chat's, or none of ours
    survey: SurveyView | None
    mark: int
    now: datetime


def gather(event: Pressed, desk: Desk) -> Facts:
    conversation = desk.conversation(event.chat)
    ticket, _, mark = event.ref.partition(":")
    known = ticket.isdecimal() and len(ticket) < 19 and mark in {str(one) for one in _MARKS}
    asked = surveys.survey(desk.connection, int(ticket)) if known else None
    mine = asked if asked is not None and asked.conversation_id == conversation.id else None
    return Facts(conversation, mine, int(mark) if known else 0, desk.now)


def decide(facts: Facts) -> list[Action]:
    survey, conversation = facts.survey, facts.conversation
    language = conversation.language
    if survey is None or facts.now - survey.asked_at > _ANSWER_WITHIN:
        return [Say(conversation, Message(text=text("button.expired", language)))]
    if survey.mark is not None:
        return [Say(conversation, Message(text=text("survey.already", language, mark=survey.mark)))]
    ticket, mark = survey.ticket_id, facts.mark
    given = Message(text=text("survey.given", language, mark=f"{mark} {_MARKS[mark]}"))
    at = FlowView(FLOW, "comment", {"ticket": str(ticket), "mark": str(mark)})
    question = text("survey.what_went_wrong" if mark <= LOW else "survey.comment", language)
    no = flow.button(at, text("survey.no_comment", language), flow.NEVER_MIND)
    told = text("thread.survey", person=name_of(conversation), mark=mark)
    return [
        SurveyMarked(ticket, mark),
        Timeline(ticket, "customer", "rated", str(mark)),
        Revise(about(ticket), given),
        TellThread(ticket, Message(context=told)),
        *(_alert(conversation, ticket, mark, "") if mark <= LOW else []),
        Enter(conversation.id, at),
        Say(conversation, Message(text=question, buttons=(no,))),
    ]


def _alert(conversation: ConversationView, ticket: int, mark: int, words: str) -> list[Action]:
    message = Message(
        title=text("survey.low.title", ticket=ticket),
        quote=words,
        facts=(Fact(text("survey.low.customer"), name_of(conversation)), Fact(text("survey.low.mark"), f"{mark} / 5")),
    )
    return [TellRoom("alerts", message, about=low_about(ticket))]


# --- the comment --------------------------------------------------------------------------------------------------


def is_comment(said: Said, desk: Desk) -> bool:
    """Whether a message that comes after the mark is about it, and no question or wish of its own."""
    reading = desk.reading(said.text)
    return not said.files and not said.extras and reading.intent in _COMMENTS and not reading.entities.order_ids


@dataclass(frozen=True, slots=True)
class CommentFacts:
    answer: flow.Answer
    conversation: ConversationView


def gather_comment(answer: flow.Answer, desk: Desk) -> CommentFacts:
    return CommentFacts(answer, desk.conversation(answer.event.chat))


def decide_comment(facts: CommentFacts) -> list[Action]:
    answer, conversation = facts.answer, facts.conversation
    ticket, mark = int(answer.flow.answers["ticket"]), int(answer.flow.answers["mark"])
    if not isinstance(answer.event, Said):
        return [Leave(conversation.id)]
    person = name_of(conversation)
    return [
        record(answer.event, conversation, ticket),
        SurveyCommented(ticket, answer.words),
        TellThread(ticket, Message(title=person, quote=answer.words, context=text("thread.survey_comment"))),
        *(_alert(conversation, ticket, mark, answer.words) if mark <= LOW else []),
        Leave(conversation.id),
        Say(conversation, Message(text=text("survey.thanks", conversation.language))),
    ]
