"""Staff take a reply back while it waits, or change or delete one that was sent."""

from dataclasses import dataclass, replace

import msgspec

from crm_store import conversations, outbox, tickets
from crm_store.conversations import MessageView
from crm_store.outbox import CallState
from crm_store.tickets import StaffView
from handlers import message as messages
from handlers.actions import (
    Action,
    Audit,
    MarkDeleted,
    Record,
    ReplaceBody,
    Retract,
    Revise,
    TellThread,
    Timeline,
    Whisper,
    Withdraw,
)
from handlers.desk import Desk, Policy
from handlers.events import StaffDeleted, StaffEdited, StaffPressed, StaffSubmitted, key_in
from handlers.forms import Field, Form, Option
from handlers.message import Button, Message
from handlers.staff import early, guard
from handlers.staff.delivered import deleted
from handlers.staff.reply import (
    ANYWAY,
    OVERRIDDEN,
    TEXT,
    about,
    left_by_form,
    source_of,
    status,
    status_about,
    words_of,
)
from handlers.texts import text

EDIT_FORM = "edit_reply"

Event = StaffPressed | StaffSubmitted | StaffEdited | StaffDeleted


@dataclass(frozen=True, slots=True)
class Facts:
    event: Event
    message: MessageView | None
    #: every call of the reply, in order, locked: none of them leaves before this turn ends
    calls: tuple[CallState, ...]
    author: StaffView | None
    staff: StaffView
    #: whether the message is one that has not come yet
    early: bool
    #: whether a later edit of the message came before this one
    outdated: bool
    #: whether the reply left as the form of its warning had it, and not as this message
    left_by_form: bool
    inbox_id: int
    policy: Policy
    #: what may be wrong with the words of an edit; None where there is none
    checked: guard.Facts | None

    @property
    def body(self) -> Message:
        return messages.decode(self.message.body) if self.message else Message()

    @property
    def waits(self) -> bool:
        """Whether no part of the reply has left, or begun to."""
        return bool(self.calls) and all(call.untouched for call in self.calls)

    @property
    def unseen(self) -> bool:
        """Whether no part of the reply has reached the customer, or is about to."""
        return bool(self.calls) and all(call.unseen for call in self.calls)


def edit_form(ref: str, desk: Desk) -> Form | None:
    """What the Edit button opens: the reply as it reads now."""
    message = _reply_named(ref, desk)
    if message is None:
        return None
    words = messages.decode(message.body).text
    anyway = (Option(text("form.anyway"), "yes"),)
    fields = (
        Field(TEXT, text("form.text"), multiline=True, initial=words),
        Field(ANYWAY, text("form.questioned"), kind="several", options=anyway, optional=True),
    )
    return Form(EDIT_FORM, ref, text("form.edit.title"), text("form.save"), fields)


def wrong_in_form(event: StaffSubmitted, desk: Desk) -> dict[str, str]:
    """What may be wrong with an edit by the form, before it is taken; nothing is locked. The turn looks again."""
    message = _reply_named(event.ref, desk)
    checked = _looked_at(event, message, desk.colleague_asking(event.staff), desk)
    reasons = _questions(event, checked)
    return {TEXT: " ".join([*reasons, text("form.mend")])} if reasons else {}


def gather(event: Event, desk: Desk) -> Facts:
    message = _held(event, desk)
    calls: tuple[CallState, ...] = ()
    author = None
    if message is not None and message.inbox_id is not None:
        calls = tuple(outbox.states_about(desk.connection, about(message.inbox_id), lock=True))
    if message is not None and message.author_id is not None:
        author = tickets.staff_by_id(desk.connection, message.author_id)
    is_early, outdated = message is None and _is_early(event, desk), _is_outdated(event, message, desk)
    staff = desk.colleague(event.staff)
    checked = _looked_at(event, message, staff, desk)
    by_form = message is None and isinstance(event, StaffEdited) and left_by_form(event, desk)
    return Facts(event, message, calls, author, staff, is_early, outdated, by_form, desk.inbox_id, desk.policy, checked)


def _looked_at(event: Event, message: MessageView | None, staff: StaffView, desk: Desk) -> guard.Facts | None:
    """An edit of a reply is looked at as a reply is, whether it has left or not."""
    words = _words(event, desk.policy.reply_prefix)
    if not words or message is None or message.direction != "out" or message.ticket_id is None:
        return None
    if words == messages.decode(message.body).text:
        return None
    ticket = desk.ticket(message.ticket_id)
    conversation = conversations.look_at(desk.connection, desk.cipher, message.conversation_id)
    if ticket is None or conversation is None:
        return None
    # that somebody answered since the reply form was opened is nothing to an edit
    return replace(guard.gather(words, ticket, conversation, staff, desk), answered=())


def _words(event: Event, prefix: str) -> str:
    """What the customer would read after an edit; empty where it is none."""
    match event:
        case StaffSubmitted(values=values):
            return values.get(TEXT, "").strip()
        case StaffEdited(text=typed):
            return words_of(typed, prefix) or ""
        case _:
            return ""


def _questions(event: Event, checked: guard.Facts | None) -> tuple[str, ...]:
    """What may be wrong with an edit, unless its words are said to be meant so."""
    is_meant = isinstance(event, StaffSubmitted) and bool(event.values.get(ANYWAY))
    return () if checked is None or is_meant else tuple(reason.sentence for reason in guard.decide(checked))


def _held(event: Event, desk: Desk) -> MessageView | None:
    """The message as it stands once its conversation is this turn's: what becomes of it comes in another lane."""
    message = _message(event, desk)
    if message is None:
        return None
    conversations.hold(desk.connection, message.conversation_id)
    return _message(event, desk)


def _is_early(event: Event, desk: Desk) -> bool:
    """Whether the change of a message that nobody knows may be of one that is still to come."""
    if not isinstance(event, StaffEdited | StaffDeleted):
        return False
    # a deletion that was stored by an earlier version does not say in what thread
    return not event.thread or desk.ticket_at(event.staff.channel, event.place, event.thread) is not None


def _is_outdated(event: Event, message: MessageView | None, desk: Desk) -> bool:
    if not isinstance(event, StaffEdited) or message is None:
        return False
    edits = [message.edited_at, *(change.at for change in early.changes_of(event, desk))]
    return any(at is not None and at > event.at for at in edits)


def _message(event: Event, desk: Desk) -> MessageView | None:
    if isinstance(event, StaffPressed | StaffSubmitted):
        return _reply_named(event.ref, desk)
    source = source_of(event.staff.channel, event.place, event.message_id)
    return conversations.message_typed_at(desk.connection, desk.cipher, source)


def _reply_named(ref: str, desk: Desk) -> MessageView | None:
    """The reply a button or form names; what the customer said is nobody's to change."""
    inbox_id = key_in(ref)
    if inbox_id is None:
        return None
    message = conversations.message_of_inbox(desk.connection, desk.cipher, inbox_id)
    return message if message is not None and message.direction == "out" else None


def decide(facts: Facts) -> list[Action]:
    if facts.left_by_form:
        return _whisper(facts, text("reply.left_by_form"))
    if facts.early and isinstance(facts.event, StaffEdited | StaffDeleted):
        return [early.remember(facts.event, facts.staff, facts.inbox_id)]
    if facts.message is None or facts.message.inbox_id is None or facts.message.deleted_at is not None:
        return []
    if facts.outdated:
        return []
    match facts.event:
        case StaffPressed():
            return _undo(facts, facts.message, facts.message.inbox_id)
        case StaffDeleted():
            return _delete(facts, facts.message, facts.message.inbox_id)
        case StaffSubmitted(values=values):
            return _edit(facts, facts.message, facts.message.inbox_id, values.get(TEXT, "").strip())
        case StaffEdited(text=words):
            return _edit_typed(facts, facts.message, facts.message.inbox_id, words.strip())


def _undo(facts: Facts, message: MessageView, inbox_id: int) -> list[Action]:
    if not facts.unseen:
        has_left = any(call.state == "sent" for call in facts.calls)
        return _whisper(facts, text("reply.too_late" if has_left else "reply.leaving"))
    return _take_back(facts, message, inbox_id, text("reply.undone"))


def _take_back(facts: Facts, message: MessageView, inbox_id: int, state: str) -> list[Action]:
    undone = status(_name(facts), None if message.typed else facts.body.text, state, ())
    return [
        Withdraw(about(inbox_id)),
        MarkDeleted(message.id),
        *_history(facts, message, "took back"),
        Revise(status_about(inbox_id), undone),
    ]


def _delete(facts: Facts, message: MessageView, inbox_id: int) -> list[Action]:
    if message.direction == "note":
        return [MarkDeleted(message.id)]
    if facts.unseen:
        return _undo(facts, message, inbox_id)
    return [
        Withdraw(about(inbox_id)),
        *([Retract(about(inbox_id))] if any(call.state in ("sent", "sending") for call in facts.calls) else []),
        MarkDeleted(message.id),
        *_history(facts, message, "deleted"),
        Revise(status_about(inbox_id), status(_name(facts), None, deleted(facts.calls), ())),
    ]


def _edit_typed(facts: Facts, message: MessageView, inbox_id: int, words: str) -> list[Action]:
    prefix = facts.policy.reply_prefix
    told = words_of(words, prefix)
    if message.direction == "note":
        note: list[Action] = [] if words == facts.body.text else [_replace(facts, message, words)]
        return note + (_whisper(facts, text("reply.note_stays", prefix=prefix)) if told is not None else [])
    if told is None and facts.unseen:
        return _make_a_note(facts, message, inbox_id, words)
    if told is None:
        return _whisper(facts, text("reply.edit_needs_prefix", prefix=prefix))
    return _edit(facts, message, inbox_id, told)


def _make_a_note(facts: Facts, message: MessageView, inbox_id: int, words: str) -> list[Action]:
    """Without its prefix a reply that waits is not meant for the customer."""
    note = Record(
        message.conversation_id, "note", "staff", msgspec.structs.replace(facts.body, text=words), facts.event.at,
        ticket_id=message.ticket_id, author_id=message.author_id, source=message.source,
    )  # fmt: skip
    state = text("reply.now_a_note", prefix=facts.policy.reply_prefix)
    noted = [] if message.ticket_id is None else [Timeline(message.ticket_id, facts.staff.name, "noted")]
    return [*_take_back(facts, message, inbox_id, state), note, *noted]


def _replace(facts: Facts, message: MessageView, words: str) -> ReplaceBody:
    """Other words; the files that came with them stay."""
    return ReplaceBody(message.id, msgspec.structs.replace(facts.body, text=words), facts.event.at)


def _edit(facts: Facts, message: MessageView, inbox_id: int, words: str) -> list[Action]:
    if not words:
        return _whisper(facts, text("reply.empty", prefix=facts.policy.reply_prefix))
    if words == facts.body.text:
        return []
    if questions := _questions(facts.event, facts.checked):
        return _questioned(facts, questions, inbox_id)
    edited: list[Action] = [
        *_overridden(facts, inbox_id),
        _replace(facts, message, words),
        Revise(about(inbox_id), Message(text=words), report=True),
        *_history(facts, message, "edited"),
    ]
    if facts.waits and message.typed:  # the line with its Undo button stays right
        return edited
    if any(call.state in ("failed", "maybe") for call in facts.calls):  # so does the one with Retry, which sends these
        return edited
    state = text("reply.edit_queued")
    shown = status(_name(facts), None if message.typed else words, state, ())
    return [*edited, Revise(status_about(inbox_id), shown)]


def _questioned(facts: Facts, questions: tuple[str, ...], inbox_id: int) -> list[Action]:
    """The edit does not leave; the form is where it can be said that the words are meant so."""
    told = "\n".join([text("reply.edit_questioned"), *(f"• {question}" for question in questions)])
    if isinstance(facts.event, StaffSubmitted):
        return _whisper(facts, told)
    edit = Button(text("edit"), "edit_reply", str(inbox_id))
    return [Whisper(facts.event.staff, facts.event.place, Message(text=told, buttons=(edit,)))]


def _overridden(facts: Facts, inbox_id: int) -> list[Action]:
    found = guard.named(guard.decide(facts.checked)) if facts.checked is not None else ""
    return [Audit(facts.staff.name, OVERRIDDEN, f"edit:{inbox_id}", found)] if found else []


def _history(facts: Facts, message: MessageView, what: str) -> list[Action]:
    if message.ticket_id is None:
        return []
    return [
        Timeline(message.ticket_id, facts.staff.name, what),
        # with what it came by: `Desk.done_to` asks for it
        Audit(facts.staff.name, what, f"message:{message.id}", str(facts.inbox_id)),
    ]


def _whisper(facts: Facts, words: str) -> list[Action]:
    if isinstance(facts.event, StaffSubmitted):
        ticket_id = facts.message.ticket_id if facts.message else None
        return [] if ticket_id is None else [TellThread(ticket_id, Message(text=words))]
    return [Whisper(facts.event.staff, facts.event.place, Message(text=words))]


def _name(facts: Facts) -> str:
    return facts.author.name if facts.author else facts.staff.name
