"""Everything a handler may decide. The set is closed: `bot.perform` carries out each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crm_store.articles import ArticleView
from crm_store.asked import Asked
from crm_store.churn_list import AtRisk
from crm_store.conversations import ConversationView
from crm_store.digest_plans import PlanView
from crm_store.flows import FlowView
from crm_store.macros import MacroView
from crm_store.question_schedules import ScheduleView
from crm_store.refunding import Ending, NewRequest, Verdict
from crm_store.reviews import NewReview, RequestView
from crm_store.saved_segments import SegmentView
from crm_store.tickets import NewTicket, StaffView, TicketView
from handlers.errands import Errand
from handlers.events import Colleague, StaffCommanded
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
class Unassign:
    ticket_id: int


@dataclass(frozen=True, slots=True)
class SetPriority:
    ticket_id: int
    priority: str


@dataclass(frozen=True, slots=True)
class SetKind:
    ticket_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class SetOrder:
    """The order a ticket is about."""

    ticket_id: int
    order_id: int | None


@dataclass(frozen=True, slots=True)
class SetWaiting:
    """Since when the customer waits, where that is counted anew; None: nobody does."""

    ticket_id: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class SetFirstReply:
    """When a ticket was first answered, where another one became a part of it or is one of its own again."""

    ticket_id: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Correct:
    """Staff say what a message means: an example to learn from."""

    message_id: int
    intent: str
    actor: str


@dataclass(frozen=True, slots=True)
class AddTag:
    ticket_id: int
    tag: str


@dataclass(frozen=True, slots=True)
class RemoveTag:
    ticket_id: int
    tag: str


@dataclass(frozen=True, slots=True)
class Snooze:
    """Puts a ticket aside until a time; None: until the customer's answer."""

    ticket_id: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Wake:
    """A snoozed ticket is open again."""

    ticket_id: int


@dataclass(frozen=True, slots=True)
class SetMerged:
    """The ticket is a part of another one now; None: one of its own again."""

    ticket_id: int
    into: int | None


@dataclass(frozen=True, slots=True)
class MoveMessages:
    """A message of a ticket, and those after it, belong to another one now."""

    ticket_id: int
    since: int
    to: int


@dataclass(frozen=True, slots=True)
class LinkTickets:
    ticket_id: int
    other_id: int
    kind: Literal["related", "split"] = "related"


@dataclass(frozen=True, slots=True)
class UnlinkTickets:
    ticket_id: int
    other_id: int


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


@dataclass(frozen=True, slots=True)
class KeepFile:
    """Stores a file the desk made; a `FileRef` of the channel `store` with this id names it."""

    id: str
    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class GiveTicket:
    """It was this colleague's turn; None: the ticket is nobody's."""

    ticket_id: int
    staff: StaffView | None


# --- promises -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PromiseAnswer:
    """The customer is told to expect an answer by a time."""

    ticket_id: int
    by: datetime


@dataclass(frozen=True, slots=True)
class MarkTarget:
    """What was done about one of a ticket's clocks."""

    target_id: int
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    #: how far the breach was carried (`crm_store.targets`)
    escalated: int | None = None


# --- duty ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetDuty:
    """`since`: since when a colleague is on duty; None: off duty."""

    staff_id: int
    since: datetime | None


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
class TellChannel:
    """Post beside a ticket's card, where everybody sees it who sees the card."""

    ticket_id: int
    message: Message


@dataclass(frozen=True, slots=True)
class TellRoom:
    """Post in a staff room; where something about the same stands already, it is changed instead."""

    room: Room
    message: Message
    about: str | None = None
    #: elsewhere than the room is: a channel's name or id
    place: str = ""


@dataclass(frozen=True, slots=True)
class TellUnder:
    """Post in the thread that a colleague's message begins; without one, at the place itself."""

    place: str
    #: the platform id of the message
    thread: str
    message: Message


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
class Propose:
    """Ask the language model how words are meant that were not understood; what it says comes back as an event."""

    staff: Colleague
    words: str


@dataclass(frozen=True, slots=True)
class Examine:
    """Have the desk examined for whoever asked in this turn; what is found comes back as an event."""

    staff: Colleague


@dataclass(frozen=True, slots=True)
class ComputeScores:
    """Have all customers scored; with `train`, by models fitted anew."""

    #: when it was to happen
    due: datetime
    train: bool = False


@dataclass(frozen=True, slots=True)
class PostDigest:
    """Have a digest built now and posted; with `asked_by` shown to them alone."""

    digest: str
    asked_by: StaffCommanded | None = None


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
class FillBucket:
    """What is left at a time in the bucket that a flood empties."""

    conversation_id: int
    left: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Mute:
    """The chat is not heard until a time. `after`: the last message before."""

    conversation_id: int
    until: datetime
    by: str
    after: int


@dataclass(frozen=True, slots=True)
class Unmute:
    conversation_id: int


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """What the customer is answered in, with what they write in and what they chose."""

    conversation_id: int
    language: str
    writes_in: str | None
    chosen: str | None


@dataclass(frozen=True, slots=True)
class LinkChat:
    """The chat belongs to this customer of the shop, as the person proved."""

    identity_id: int
    customer_id: int
    #: the one-time token, where it is one that proves it
    token: str = ""
    by: Literal["link", "phone", "order"] = "link"


@dataclass(frozen=True, slots=True)
class MergeCustomers:
    """Two customers are one person: what is the merged one's becomes the kept one's."""

    kept_id: int
    merged_id: int
    actor: str


@dataclass(frozen=True, slots=True)
class UndoMerge:
    """They are two again."""

    merge_id: int


@dataclass(frozen=True, slots=True)
class Consented:
    customer_id: int
    kind: str
    given: bool
    channel: str


# --- what customers think of it -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SurveyAsked:
    ticket_id: int


@dataclass(frozen=True, slots=True)
class SurveyMarked:
    ticket_id: int
    mark: int


@dataclass(frozen=True, slots=True)
class SurveyCommented:
    ticket_id: int
    words: str


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    request: RequestView


@dataclass(frozen=True, slots=True)
class KeepReview:
    """A customer's own review of an order, as it reads now."""

    order_id: int
    review: NewReview


@dataclass(frozen=True, slots=True)
class ReviewRead:
    """What a review says, each sentiment -1 to 1; and the ticket it led to."""

    review_id: int
    sentiment: float
    aspects: Mapping[str, float]
    ticket_id: int | None = None


# --- digests ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeepChurnList:
    """The customers a digest names, to say later how the list turned out."""

    at: datetime
    listed: tuple[AtRisk, ...]


@dataclass(frozen=True, slots=True)
class AssignAtRisk:
    """A colleague looks after a customer who may be lost; None: nobody does."""

    customer_id: int
    staff_id: int | None
    actor: str


@dataclass(frozen=True, slots=True)
class SnoozeAtRisk:
    """The customer is on no list until a time."""

    customer_id: int
    until: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class PlanDigest:
    """Staff want a digest elsewhere or at another time than is configured."""

    plan: PlanView


@dataclass(frozen=True, slots=True)
class UnplanDigest:
    """What is configured holds again."""

    digest: str


# --- questions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeepAsked:
    """What was asked in this turn, for what is said after it."""

    asked: Asked


@dataclass(frozen=True, slots=True)
class SaveSegment:
    """A question over customers has a name from now on."""

    segment: SegmentView
    #: how many customers it has now, where that could be told
    size: int | None = None


@dataclass(frozen=True, slots=True)
class ForgetSegment:
    name: str


@dataclass(frozen=True, slots=True)
class KeepSchedule:
    """A question is answered by the clock from now on, or at another time or place than before."""

    schedule: ScheduleView


@dataclass(frozen=True, slots=True)
class ForgetSchedule:
    number: int


@dataclass(frozen=True, slots=True)
class ScheduleAnswered:
    """`value`: where the answer is one number."""

    number: int
    at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class ScheduleFailed:
    """It has no answer, as was said."""

    number: int
    at: datetime


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
class OrderCancelled:
    """The shop cancelled an order."""

    order_id: int


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
    | Unassign
    | SetPriority
    | SetKind
    | SetOrder
    | SetWaiting
    | SetFirstReply
    | Correct
    | AddTag
    | RemoveTag
    | Snooze
    | Wake
    | SetMerged
    | MoveMessages
    | LinkTickets
    | UnlinkTickets
    | KeepFile
    | ResolveTicket
    | ReopenTicket
    | CustomerWaits
    | Answered
    | GiveTicket
    | PromiseAnswer
    | MarkTarget
    | SetDuty
    | Say
    | ShowCard
    | TellThread
    | TellChannel
    | TellRoom
    | TellUnder
    | ShowHome
    | Whisper
    | Examine
    | Propose
    | ComputeScores
    | PostDigest
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
    | FillBucket
    | Mute
    | Unmute
    | SetLanguage
    | LinkChat
    | MergeCustomers
    | UndoMerge
    | Consented
    | SurveyAsked
    | SurveyMarked
    | SurveyCommented
    | ReviewAsked
    | KeepReview
    | ReviewRead
    | KeepChurnList
    | AssignAtRisk
    | SnoozeAtRisk
    | PlanDigest
    | UnplanDigest
    | KeepAsked
    | SaveSegment
    | ForgetSegment
    | KeepSchedule
    | ForgetSchedule
    | ScheduleAnswered
    | ScheduleFailed
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
    | OrderCancelled
    | Replay
    | Discard
)
