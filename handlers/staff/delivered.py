"""A reply leaves, fails, or may have left: its line in the thread says so, with what staff can do about it."""

from dataclasses import dataclass
from datetime import datetime

from crm_store import conversations, outbox, tickets
from crm_store.conversations import MessageView
from crm_store.outbox import CallState
from crm_store.tickets import StaffView, TicketView
from handlers import message as messages
from handlers.actions import (
    Action,
    Answered,
    Audit,
    Revise,
    SendAgain,
    ShowCard,
    TakeAsSent,
    TellRoom,
    Timeline,
    Whisper,
    Withdraw,
)
from handlers.customer import blocked as blocking
from handlers.desk import Desk, Policy
from handlers.events import Settled, StaffPressed, key_in
from handlers.message import Button, Message
from handlers.staff.reply import about, status, status_about
from handlers.texts import text
from handlers.texts.dates import moment_beside


def undelivered(outbox_id: int) -> str:
    """What the alert of a post that did not arrive among staff is called in the outbox."""
    return f"undelivered:{outbox_id}"


@dataclass(frozen=True, slots=True)
class Facts:
    event: Settled
    call: CallState | None
    #: every call of the reply (a long one has several), in order
    calls: tuple[CallState, ...]
    message: MessageView | None
    author: StaffView | None
    ticket: TicketView | None
    #: when the customer spoke in the ticket after the reply was written
    heard_after: datetime | None
    #: of the chat that proved to be blocked
    blocked: blocking.Facts | None
    policy: Policy


def gather(event: Settled, desk: Desk) -> Facts:
    connection, cipher = desk.connection, desk.cipher
    message, call = _reply_and_call(event.outbox_id, desk)
    author = tickets.staff_by_id(connection, message.author_id) if message and message.author_id else None
    ticket, heard_after = _ticket_of(message, desk)
    chat = outbox.chat_of(connection, event.outbox_id) if event.blocked else None
    conversation = conversations.at(connection, cipher, *chat) if chat else None
    blocked = None if conversation is None else blocking.facts_of(conversation, True, desk)
    calls = tuple(outbox.states_about(connection, call.about)) if call and call.about and message else ()
    return Facts(event, call, calls, message, author, ticket, heard_after, blocked, desk.policy)


def _reply_and_call(outbox_id: int, desk: Desk) -> tuple[MessageView | None, CallState | None]:
    """A call and the reply that it is a part of, as they stand once the conversation is this turn's."""
    connection, cipher = desk.connection, desk.cipher
    call = outbox.state_of(connection, outbox_id)
    if call is None or not (call.about or "").startswith("reply:"):
        return None, call
    inbox_id = int((call.about or "").removeprefix("reply:"))
    message = conversations.message_of_inbox(connection, cipher, inbox_id)
    if message is None:
        return None, call
    conversations.hold(connection, message.conversation_id)
    return conversations.message_of_inbox(connection, cipher, inbox_id), outbox.state_of(connection, outbox_id)


def _ticket_of(message: MessageView | None, desk: Desk) -> tuple[TicketView | None, datetime | None]:
    """A reply's ticket, and when the customer spoke in it after the reply was written."""
    ticket = desk.ticket_held(message.ticket_id) if message is not None and message.ticket_id is not None else None
    if message is None or ticket is None:
        return None, None
    return ticket, conversations.heard_after(desk.connection, ticket.id, message)


def decide(facts: Facts) -> list[Action]:
    blocked = blocking.decide(facts.blocked)
    if facts.message is None or facts.message.inbox_id is None:
        return [*blocked, *_alert(facts)]
    if facts.message.deleted_at is not None:
        return [*blocked, *_after_deletion(facts, facts.message, facts.message.inbox_id)]
    state, buttons = _standing(facts)
    shown = Revise(status_about(facts.message.inbox_id), _line(facts, facts.message, state, buttons))
    failed: list[Action] = []
    if facts.event.state in ("failed", "maybe") and facts.message.ticket_id is not None:
        failed = [Timeline(facts.message.ticket_id, "bot", facts.event.state, facts.event.error[:500])]
    return [*blocked, *failed, *_answered(facts.ticket, facts.message, facts.heard_after, facts.calls), shown]


def _after_deletion(facts: Facts, reply: MessageView, inbox_id: int) -> list[Action]:
    """Staff deleted the reply while this call of it was made: it is not sent again, and its line says what is left."""
    op = facts.call.op if facts.call is not None else ""
    if op in ("post", "file"):
        line = _line(facts, reply, deleted(facts.calls), ())
        return [Withdraw(about(inbox_id)), Revise(status_about(inbox_id), line)]
    if op == "delete" and facts.event.state == "failed" and any(call.state == "sent" for call in facts.calls):
        line = _line(facts, reply, text("reply.not_deleted", reason=facts.event.error), ())
        return [Revise(status_about(inbox_id), line)]
    return []


def deleted(calls: tuple[CallState, ...]) -> str:
    """What a reply's line says once staff deleted the reply."""
    if any(call.in_doubt for call in calls):
        return text("reply.deleted_in_doubt")
    if any(call.state == "sending" for call in calls):
        return text("reply.deleted_on_its_way")
    return text("reply.deleted" if any(call.state == "sent" for call in calls) else "reply.undone")


def _answered(
    ticket: TicketView | None, reply: MessageView, heard_after: datetime | None, calls: tuple[CallState, ...]
) -> list[Action]:
    """Once all of the reply has left the customer is answered, but for what they said after it was written."""
    if ticket is None or any(call.state not in ("sent", "cancelled") for call in calls):
        return []
    waits = None
    if ticket.waiting_since is not None and heard_after is not None:
        waits = max(ticket.waiting_since, heard_after)  # a later reply may have answered the first of it
    if waits == ticket.waiting_since and ticket.first_reply_at is not None:
        return []
    return [Answered(ticket.id, reply.created_at, waits), ShowCard(ticket.id)]


def _alert(facts: Facts) -> list[Action]:
    """Staff do not see what did not arrive among them, unless they are told elsewhere."""
    call = facts.call
    if call is None or call.state not in ("failed", "maybe") or call.lane.startswith("chat:"):
        return []
    actions = ("retry", "arrived") if call.state == "maybe" else ("retry",)
    buttons = tuple(_button(action, call.id) for action in actions)
    told = text(f"reply.{call.state}", reason=call.error or "")
    alert = Message(title=text("undelivered.title"), text=told, buttons=buttons)
    return [TellRoom("alerts", alert, about=undelivered(call.id))]


def _standing(facts: Facts) -> tuple[str, tuple[Button, ...]]:
    """How the reply as a whole stands, and what can be done."""
    bad = next((call for call in facts.calls if call.state in ("failed", "maybe")), None)
    if bad is not None and bad.state == "failed":
        told = f"{_sent_beside(bad, facts.calls)} {text('reply.failed', reason=bad.error or '')}".lstrip()
        return told, (_button("retry", bad.id),)
    if bad is not None:
        return text("reply.maybe", reason=bad.error or ""), (_button("retry", bad.id), _button("arrived", bad.id))
    held = next((call for call in facts.calls if call.untouched and call.error), None)
    if held is not None and not any(call.state == "sending" for call in facts.calls):
        return _held(held, facts)
    if any(call.state in outbox.OPEN for call in facts.calls):
        return text("reply.sending"), ()
    if facts.call is not None and facts.call.state in outbox.OPEN:  # an edit of what was sent, that is put off
        return text("reply.edit_queued"), ()
    if facts.event.state == "failed":  # an edit of what was sent
        return text("reply.edit_failed", reason=facts.event.error), ()
    what = "reply.edited" if facts.call is not None and facts.call.op == "edit" else "reply.sent"
    return text(what, at=_time(facts.event.at, facts.message, facts.policy)), _edit_button(facts)


def _held(held: CallState, facts: Facts) -> tuple[str, tuple[Button, ...]]:
    """A call that the platform puts off: the reply can be taken back while no part of it reaches the customer."""
    at, sent = _time(held.not_before, facts.message, facts.policy), _sent_beside(held, facts.calls)
    if held.inbox_id is None or not all(call.unseen for call in facts.calls):
        return f"{sent} {text('reply.rest_waits', at=at, reason=held.error)}".lstrip(), ()
    return text("reply.waits", at=at, reason=held.error), (Button(text("undo"), "undo", str(held.inbox_id)),)


def _sent_beside(late: CallState, calls: tuple[CallState, ...]) -> str:
    """What of a reply reached the customer although a part of it did not; empty when nothing did."""
    words = [call for call in calls if call.op == "post"]
    if late.op == "file" and words and all(call.state == "sent" for call in words):
        return text("reply.text_sent")
    return text("reply.part_sent") if any(call.state == "sent" for call in calls) else ""


def _time(at: datetime, reply: MessageView | None, policy: Policy) -> str:
    """When something came of a reply; on the day it was written, which the thread shows, the time alone."""
    return moment_beside(at, reply.created_at if reply is not None else at, policy.timezone)


def _edit_button(facts: Facts) -> tuple[Button, ...]:
    """A reply from the form can be edited by one; one typed in the thread is edited where it stands."""
    if facts.message is None or facts.message.inbox_id is None or facts.message.typed:
        return ()
    return (Button(text("edit"), "edit_reply", str(facts.message.inbox_id)),)


def _button(action: str, outbox_id: int) -> Button:
    return Button(text(action), action, str(outbox_id))


def _line(facts: Facts, message: MessageView, state: str, buttons: tuple[Button, ...]) -> Message:
    words = None if message.typed else messages.decode(message.body).text
    return status(facts.author.name if facts.author else "", words, state, buttons)


# --- Retry and It arrived -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PressedFacts:
    event: StaffPressed
    call: CallState | None
    message: MessageView | None
    author: StaffView | None
    #: whether the reply was edited after the call was made
    edited: bool
    #: the other calls of the same reply; like `call` locked: none of them leaves before this turn ends
    others: tuple[CallState, ...]
    ticket: TicketView | None
    heard_after: datetime | None
    staff: StaffView
    now: datetime
    policy: Policy


def gather_pressed(event: StaffPressed, desk: Desk) -> PressedFacts:
    outbox_id = key_in(event.ref)
    message, call = (None, None) if outbox_id is None else _reply_and_call(outbox_id, desk)
    others: tuple[CallState, ...] = ()
    if call is not None and call.about and message is not None:
        calls = outbox.states_about(desk.connection, call.about, lock=True)
        # what is pressed is a post of the reply
        call = next((one for one in calls if one.id == outbox_id), None)
        others = tuple(other for other in calls if other.id != outbox_id)
    author = tickets.staff_by_id(desk.connection, message.author_id) if message and message.author_id else None
    ticket, heard_after = _ticket_of(message, desk)
    staff = desk.colleague(event.staff)
    edited = call is not None and message is not None and _edited_since(call, message, desk)
    return PressedFacts(event, call, message, author, edited, others, ticket, heard_after, staff, desk.now, desk.policy)


def _edited_since(call: CallState, reply: MessageView, desk: Desk) -> bool:
    """Whether a reply was edited after a call of it had ended, by our clock: the message has the platform's time."""
    if call.settled_at is None:
        return False
    return bool(desk.done_to(f"message:{reply.id}", "edited", desk.now - call.settled_at))


def decide_pressed(facts: PressedFacts) -> list[Action]:
    call = facts.call
    again = facts.event.action == "retry"
    if facts.message is not None and facts.message.deleted_at is not None:
        return [Whisper(facts.event.staff, facts.event.place, Message(text=text("reply.is_deleted")))]
    if call is None or call.state not in (("failed", "maybe") if again else ("maybe",)):
        return [Whisper(facts.event.staff, facts.event.place, Message(text=text("nothing_to_retry")))]
    done: list[Action] = [
        SendAgain(call.id) if again else TakeAsSent(call.id, facts.staff.name),
        Audit(facts.staff.name, facts.event.action, f"outbox:{call.id}"),
    ]
    state = text("reply.sending") if again else _arrived(facts)
    if facts.message is None or facts.message.inbox_id is None:
        return [*done, Revise(undelivered(call.id), Message(title=text("undelivered.title"), context=state))]
    if not again:
        done += _answered(facts.ticket, facts.message, facts.heard_after, facts.others)
    words = None if facts.message.typed else messages.decode(facts.message.body).text
    line = status(facts.author.name if facts.author else "", words, state, ())
    return [*done, Revise(status_about(facts.message.inbox_id), line)]


def _arrived(facts: PressedFacts) -> str:
    """The reply was sent after all; what was edited since stands in the store alone, for the post is not known."""
    at = _time(facts.now, facts.message, facts.policy)
    return text("reply.edited_in_doubt" if facts.edited else "reply.sent", at=at)
