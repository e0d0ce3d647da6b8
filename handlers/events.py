"""Everything that can come in: from customers, from staff, from the clock and from the desk itself."""

import json
from datetime import datetime
from typing import Literal

import msgspec

from handlers.errands import Errand
from handlers.value import Value

FileKind = Literal["photo", "voice", "video_note", "video", "audio", "animation", "sticker", "document"]


class FileRef(Value, frozen=True):
    """A file that lies on a platform (or in the store: `channel` is then `store`)."""

    channel: str
    #: what the channel fetches it by
    id: str
    name: str
    mime: str = "application/octet-stream"
    #: bytes, where the platform says
    size: int | None = None
    kind: FileKind = "document"
    #: the bot or workspace that may fetch it
    account: str = ""
    #: what stays the same whenever the platform names the file, which `id` need not
    unique: str = ""


class Location(Value, frozen=True, tag=True):
    latitude: float
    longitude: float
    title: str = ""


class SharedContact(Value, frozen=True, tag=True):
    """A contact card; `user` is the platform account it belongs to, where the platform knows."""

    name: str
    phone: str
    user: str | None = None


class Unsupported(Value, frozen=True, tag=True):
    """A kind of message the desk does not know: shown to staff by its name, never dropped."""

    what: str


Extra = Location | SharedContact | Unsupported


class Chat(Value, frozen=True):
    """A private chat with a customer, and the person as the platform describes them."""

    channel: str
    account: str
    chat: str
    user: str
    name: str
    username: str | None = None
    #: the person's interface language, ISO 639-1, where the platform tells
    language: str | None = None


class Colleague(Value, frozen=True):
    """A staff member as the platform describes them."""

    channel: str
    user: str
    name: str = ""


# --- from customers -----------------------------------------------------------------------------------------------


class Said(Value, frozen=True, tag=True):
    """A customer's message. An album arrives as several, joined by the turn."""

    chat: Chat
    message_id: str
    at: datetime
    text: str = ""
    files: tuple[FileRef, ...] = ()
    extras: tuple[Extra, ...] = ()
    #: the words it answers, where the platform tells
    answers: str = ""
    #: who wrote it, when the customer passes it on
    forwarded_from: str = ""
    #: the messages an album consists of; empty for what is no album
    parts: tuple["Said", ...] = ()
    #: whether a card number in it was masked before it was stored
    hidden: bool = False


class Edited(Value, frozen=True, tag=True):
    """What a customer's message says now, files and all; no files: those it had stay."""

    chat: Chat
    message_id: str
    at: datetime
    text: str
    files: tuple[FileRef, ...] = ()
    extras: tuple[Extra, ...] = ()
    answers: str = ""
    forwarded_from: str = ""
    #: whether a card number in it was masked before it was stored
    hidden: bool = False


class Pressed(Value, frozen=True, tag=True):
    """A customer pressed a button of ours."""

    chat: Chat
    message_id: str
    at: datetime
    action: str
    ref: str = ""


class Happened(Value, frozen=True, tag=True):
    """The platform tells of the chat itself (a message was pinned): nothing that the customer says."""

    chat: Chat
    message_id: str
    at: datetime
    what: str


class Blocked(Value, frozen=True, tag=True):
    """The customer blocked the bot, or (`blocked=False`) let it in again."""

    chat: Chat
    at: datetime
    blocked: bool


# --- from staff ---------------------------------------------------------------------------------------------------


class StaffSaid(Value, frozen=True, tag=True):
    """A staff member wrote in a thread of ours (`thread` is the platform id of the thread's first post)."""

    staff: Colleague
    place: str
    thread: str
    message_id: str
    at: datetime
    text: str
    files: tuple[FileRef, ...] = ()
    #: whether a card number in it was masked before it was stored
    hidden: bool = False
    #: whether it names the desk itself, which then hears of it as a question too
    calls_desk: bool = False


class StaffAsked(Value, frozen=True, tag=True):
    """A staff member asked the desk something, by its name or in their own conversation with it.

    `thread` is the platform id of the message that begins the thread to answer in: of this one, where it is in none.
    """

    staff: Colleague
    place: str
    thread: str
    message_id: str
    at: datetime
    text: str
    #: whether a card number in it was masked before it was stored
    hidden: bool = False


class StaffEdited(Value, frozen=True, tag=True):
    staff: Colleague
    place: str
    thread: str
    message_id: str
    at: datetime
    text: str
    #: whether a card number in it was masked before it was stored
    hidden: bool = False


class StaffDeleted(Value, frozen=True, tag=True):
    staff: Colleague
    place: str
    message_id: str
    at: datetime
    thread: str = ""


class StaffPressed(Value, frozen=True, tag=True):
    """A staff member pressed a button; `ref` is what the button stands for (a ticket's number, an outbox row).

    A shortcut is pressed on any message instead: it names no ticket, but the thread it was used in.
    """

    staff: Colleague
    place: str
    message_id: str
    at: datetime
    action: str
    ref: str = ""
    #: of a shortcut: the platform id of the thread's first post
    thread: str = ""
    #: where the platform takes an answer for the one who pressed, should it take none at the place
    answer_to: str = ""


class StaffSubmitted(Value, frozen=True, tag=True):
    """A staff member sent a form in."""

    staff: Colleague
    at: datetime
    form: str
    ref: str
    values: dict[str, str]
    #: where the form was opened
    place: str = ""
    answer_to: str = ""
    #: whether a card number in it was masked before it was stored
    hidden: bool = False


class StaffCommanded(Value, frozen=True, tag=True):
    """A staff member typed a command: `/ticket 12 tag vip`."""

    staff: Colleague
    place: str
    at: datetime
    #: with its slash, in small letters
    command: str
    text: str = ""
    answer_to: str = ""
    #: whether a card number in it was masked before it was stored
    hidden: bool = False


class StaffReacted(Value, frozen=True, tag=True):
    """A staff member put an emoji on a post in one of our rooms; `message_id` is the post's id."""

    staff: Colleague
    place: str
    message_id: str
    at: datetime
    #: the platform's name of it, without colons
    emoji: str


class StaffCameHome(Value, frozen=True, tag=True):
    """A staff member opened the app's own page."""

    staff: Colleague
    at: datetime


class StaffOpened(Value, frozen=True, tag=True):
    """A staff member's button opened a form."""

    staff: Colleague
    at: datetime
    action: str
    ref: str


# --- from the clock and from the desk itself ----------------------------------------------------------------------


class Slot(Value, frozen=True, tag=True):
    """A job is due, or somebody asks for it by hand: then `due` is the time to take for now."""

    job: str
    due: datetime
    by_hand: bool = False
    #: who wants to see what comes of it alone, instead of having it posted
    asked_by: StaffCommanded | None = None

    @property
    def name(self) -> str:
        """What is due. A job that is asked for by hand is another one: it takes no slot from the clock's."""
        return f"{self.job} by hand" if self.by_hand else self.job

    @property
    def about(self) -> str:
        """The name of what comes of it."""
        return f"digest:{self.name}:{self.due:%Y%m%d%H%M%S%f}"


class Settled(Value, frozen=True, tag=True):
    """A message that staff wait on was sent, failed, may have been sent, or waits for longer than a moment."""

    outbox_id: int
    at: datetime
    state: Literal["sent", "failed", "maybe", "waits"]
    error: str = ""
    #: whether it failed because the customer blocked the bot
    blocked: bool = False


class RoomRefused(Value, frozen=True, tag=True):
    """A room of staff has refused what is for it for minutes, until somebody mends it."""

    #: the call that waits longest for it
    outbox_id: int
    channel: str
    place: str
    at: datetime
    reason: str


class ErrandSettled(Value, frozen=True, tag=True):
    """What came of an errand to the shop's back office (`handlers.errands`), or that it waits for longer than usual."""

    #: the errand's key
    key: str
    at: datetime
    errand: Errand
    #: unknown: the shop may or may not have done it, and cannot tell
    state: Literal["done", "refused", "unknown", "waits"]
    #: the shop's own words on it, for staff
    reason: str = ""
    #: the shop's own id of what it did
    receipt: str = ""
    #: what the errand brought back (an invoice)
    files: tuple[FileRef, ...] = ()
    conversation_id: int | None = None
    ticket_id: int | None = None


class Remark(Value, frozen=True):
    """What an examination of the desk found, and how to mend it where it is not well."""

    level: Literal["ok", "warn", "bad"]
    area: str
    what: str
    mend: str = ""


class Examined(Value, frozen=True, tag=True):
    """The desk was examined because a staff member asked for it."""

    asked_by: StaffCommanded
    at: datetime
    remarks: tuple[Remark, ...]


class Proposed(Value, frozen=True, tag=True):
    """A language model said how a question may be meant that was not understood."""

    asked_by: StaffCommanded | StaffAsked
    at: datetime
    #: what it said, as it said it
    reply: str


FromCustomer = Said | Edited | Pressed | Happened | Blocked
FromStaff = (
    StaffSaid
    | StaffAsked
    | StaffEdited
    | StaffDeleted
    | StaffPressed
    | StaffSubmitted
    | StaffCommanded
    | StaffReacted
    | StaffCameHome
    | StaffOpened
)
FromDelivery = Settled | RoomRefused | ErrandSettled | Examined | Proposed
Event = FromCustomer | FromStaff | Slot | FromDelivery

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """An event as it is stored. Half a character (a lone surrogate, which JSON may smuggle in) becomes a `?`."""
    try:
        return _encoder.encode(event)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(event), ensure_ascii=False).encode(errors="replace")


def decode(stored: bytes) -> Event:
    """A stored event again. Raises `msgspec.ValidationError` when it is not one."""
    return _decoder.decode(stored)


def asker(event: Event) -> FromStaff | None:
    """Whoever of staff waits for what comes of an event, by what they did."""
    match event:
        case Slot(asked_by=asked_by) | Examined(asked_by=asked_by) | Proposed(asked_by=asked_by):
            return asked_by
        case _:
            return event if isinstance(event, FromStaff) else None


def key_in(ref: str) -> int | None:
    """The key that a button's or a form's `ref` names; None for anything that is no key of ours.

    >>> key_in("12"), key_in("9" * 30), key_in("card")
    (12, None, None)
    """
    return int(ref) if ref.isdecimal() and len(ref) < 19 else None


class Arrival(Value, frozen=True):
    """An event with what the inbox needs to keep it once and in order."""

    channel: str
    #: the platform's own id of it
    source_id: str
    lane: str
    event: Event
    #: the album it is a part of
    group: str | None = None
