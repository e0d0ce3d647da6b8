"""Everything a handler may decide. The set is closed: `bot.perform` carries out each of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crm_store.articles import ArticleView
from crm_store.conversations import ConversationView
from crm_store.flows import FlowView
from crm_store.macros import MacroView
from crm_store.tickets import NewTicket, StaffView, TicketView
from handlers.errands import Errand
from handlers.events import Colleague
from handlers.message import Message

Room = Literal["tickets", "digests", "alerts"]
Direction = Literal["in", "out", "note"]
AuthorKind = Literal["customer", "staff", "bot"]

_NO_WAIT = timedelta(0)


# --- said and written down ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """Keep something said, as the message that came with this turn's event."""

    conversation_id: int
    direction: Direction
    author_kind: AuthorKind
    body: Message
    at: datetime
    ticket_id: int | None = None
    author_id: int | None = None
    platform_id: str | None = None
    #: where staff typed it: `channel/place/id`
    source: str | None = None
    #: a further part of an album, whose first part stands for the event
    is_further: bool = False


@dataclass(frozen=True, slots=True)
class ReplaceBody:
    """A message was edited; what it said before is kept."""

    message_id: int
    body: Message
    #: when, where its platform tells; now otherwise
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MarkDeleted:
    message_id: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A line of a ticket's history."""

    ticket_id: int
    actor: str
    kind: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """A line of the audit log."""

    actor: str
    action: str
    subject: str
    detail: str = ""


# --- tickets ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenTicket:
    ticket: NewTicket


@dataclass(frozen=True, slots=True)
class SetSubject:
    ticket_id: int
    subject: str


@dataclass(frozen=True, slots=True)
class ClaimTicket:
    ticket_id: int
    staff: StaffView


@dataclass(frozen=True, slots=True)
class ResolveTicket:
    ticket: TicketView


@dataclass(frozen=True, slots=True)
class ReopenTicket:
    """`waiting_since`: since when the customer waits, None when nobody does."""

    ticket: TicketView
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class CustomerWaits:
    ticket_id: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply reached the customer. `at`: when staff wrote it; `waiting_since`: since when an answer is due again."""

    ticket_id: int
    at: datetime
    waiting_since: datetime | None


# --- said to people -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the customer. `about` names it for later (an edit, its state); `hold` is how long it can be taken back."""

    conversation: ConversationView
    message: Message
    about: str | None = None
    hold: timedelta = _NO_WAIT
    #: whether the desk is told of the outcome
    report: bool = False
    ticket_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShowCard:
    """The ticket's card shows how things stand now; posted when it is new."""

    ticket_id: int


@dataclass(frozen=True, slots=True)
class TellThread:
    """Post in the ticket's thread."""

    ticket_id: int
    message: Message
    about: str | None = None


@dataclass(frozen=True, slots=True)
class TellRoom:
    """Post in a staff room; where something about the same stands already, it is changed instead."""

    room: Room
    message: Message
    about: str | None = None


@dataclass(frozen=True, slots=True)
class ShowHome:
    """What a colleague sees on the app's own page."""

    staff: Colleague
    sections: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Whisper:
    """Tell one colleague, at a place, what nobody else needs to see."""

    staff: Colleague
    place: str
    message: Message


@dataclass(frozen=True, slots=True)
class Revise:
    """What stands (or is queued) about something says this now."""

    about: str
    message: Message
    report: bool = False


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back what is queued about something, or failed, or may have been sent: it is not sent again."""

    about: str


@dataclass(frozen=True, slots=True)
class Retract:
    """Delete what stands about something on its platform."""

    about: str


@dataclass(frozen=True, slots=True)
class SendAgain:
    """A call that failed, or may have been sent, is made again."""

    outbox_id: int


@dataclass(frozen=True, slots=True)
class TakeAsSent:
    """Somebody looked: the call that may have been sent was."""

    outbox_id: int


# --- replies ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Composes:
    """A colleague has the ticket's reply form open."""

    ticket_id: int
    staff_id: int


@dataclass(frozen=True, slots=True)
class Composed:
    """A colleague has sent the ticket's reply form in."""

    ticket_id: int
    staff_id: int


@dataclass(frozen=True, slots=True)
class SaveMacro:
    macro: MacroView


@dataclass(frozen=True, slots=True)
class DeleteMacro:
    """In one language, or (None) in all."""

    name: str
    language: str | None


# --- knowledge ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """The message that came with this turn's event was answered with an article."""

    slug: str
    language: str


@dataclass(frozen=True, slots=True)
class Voted:
    """The customer says whether the article that answered a message helped."""

    message_id: int
    helped: bool


@dataclass(frozen=True, slots=True)
class JoinTicket:
    """A message that was said before a ticket belongs to it."""

    message_id: int
    ticket_id: int


@dataclass(frozen=True, slots=True)
class SaveArticle:
    article: ArticleView


@dataclass(frozen=True, slots=True)
class DeleteArticle:
    slug: str
    language: str


# --- people -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetBlocked:
    conversation_id: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class LinkChat:
    """The chat belongs to this customer of the shop: the one-time token proves it."""

    identity_id: int
    customer_id: int
    token: str


@dataclass(frozen=True, slots=True)
class Consented:
    customer_id: int
    kind: str
    given: bool
    channel: str


# --- flows --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enter:
    """The conversation is now here in a flow; whatever the customer says next answers the flow's question."""

    conversation_id: int
    flow: FlowView


@dataclass(frozen=True, slots=True)
class Leave:
    """The conversation is in no flow any more."""

    conversation_id: int


# --- the shop's back office ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """Have the back office do something, once: the same key again is the same errand."""

    errand: Errand
    #: at most 64 characters
    key: str
    conversation_id: int | None = None
    ticket_id: int | None = None


# --- the failed list ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replay:
    inbox_id: int


@dataclass(frozen=True, slots=True)
class Discard:
    inbox_id: int


Action = (
    Record
    | ReplaceBody
    | MarkDeleted
    | Timeline
    | Audit
    | OpenTicket
    | SetSubject
    | ClaimTicket
    | ResolveTicket
    | ReopenTicket
    | CustomerWaits
    | Answered
    | Say
    | ShowCard
    | TellThread
    | TellRoom
    | ShowHome
    | Whisper
    | Revise
    | Withdraw
    | Retract
    | SendAgain
    | TakeAsSent
    | Composes
    | Composed
    | SaveMacro
    | DeleteMacro
    | AnsweredBy
    | Voted
    | JoinTicket
    | SaveArticle
    | DeleteArticle
    | SetBlocked
    | LinkChat
    | Consented
    | Enter
    | Leave
    | Run
    | Replay
    | Discard
)
