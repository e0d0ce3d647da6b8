"""Everything a handler may decide. The set is closed: `bot.perform` carries out each of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crm_store.conversations import ConversationView
from crm_store.flows import FlowView
from crm_store.refunding import Ending, NewRequest, Verdict
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
    """Somebody looked: the call that may have been sent was; an errand was done."""

    outbox_id: int
    #: who says so
    staff: str = ""


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


# --- refunds ------------------------------------------------------------------------------------------------------
# each names its request by the number that `RequestRefund` gave it


@dataclass(frozen=True, slots=True)
class RequestRefund:
    """Somebody asks for money back."""

    request: NewRequest


@dataclass(frozen=True, slots=True)
class JudgeRefund:
    """What a colleague says of a request is kept."""

    number: int
    staff_id: int
    verdict: Verdict
    #: minor units
    amount: int


@dataclass(frozen=True, slots=True)
class SetRefundAmount:
    """A request that waits is about another amount, in minor units."""

    number: int
    amount: int


@dataclass(frozen=True, slots=True)
class ApproveRefund:
    """A request is to be paid; the errand to the shop (`Run`) is decided beside it."""

    number: int


@dataclass(frozen=True, slots=True)
class EndRefund:
    """A request is settled in one way or another."""

    number: int
    status: Ending


@dataclass(frozen=True, slots=True)
class AskRefundAgain:
    """A request that the shop did not pay waits for a decision again."""

    number: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TakeIn:
    """What was said in a conversation since a time, and belongs to no ticket, belongs to this one."""

    ticket_id: int
    conversation_id: int
    since: datetime
@dataclass(frozen=True, slots=True)
class JoinErrand:
    """What comes of an errand from now on is told in this ticket."""

    key: str
    ticket_id: int


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
    | SetBlocked
    | LinkChat
    | Consented
    | Enter
    | Leave
    | Run
    | RequestRefund
    | JudgeRefund
    | SetRefundAmount
    | ApproveRefund
    | EndRefund
    | AskRefundAgain
    | TakeIn
    | JoinErrand
    | Replay
    | Discard
)
