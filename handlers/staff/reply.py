"""Staff answer the customer: from the Reply form, or by a thread message that begins with the prefix.

A reply waits for the undo window, leaves, and shows at every moment how it stands. Only one that has left answers the
customer (`handlers.staff.delivered`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import conversations
from crm_store.conversations import ConversationView
from crm_store.tickets import StaffView, TicketView
from handlers import message as messages
from handlers.actions import Action, Audit, Record, Say, TellThread, Timeline, Whisper
from handlers.customer.hearing import in_a_line, name_of
from handlers.desk import Desk, Policy
from handlers.events import FileRef, StaffEdited, StaffSaid, StaffSubmitted, key_in
from handlers.forms import Field, Form
from handlers.message import Button, Message
from handlers.texts import text

FORM = "reply"
TEXT = "text"
#: what the audit log calls a typed reply that cannot be sent, and how long an edit may make another one of it
_REFUSED = "refused"
_LATELY = timedelta(days=1)


def about(inbox_id: int) -> str:
    """What a reply is called in the outbox."""
    return f"reply:{inbox_id}"


def status_about(inbox_id: int) -> str:
    """What the line that shows how a reply stands is called."""
    return f"status:{inbox_id}"


def form(ref: str, desk: Desk) -> Form | None:
    """What the Reply button opens: whom the reply is for, and what they said last."""
    number = key_in(ref)
    ticket = None if number is None else desk.ticket(number)
    field = Field(TEXT, text("form.text"), multiline=True)
    title, last = _addressed(ticket, desk)
    return Form(FORM, ref, title, text("form.send"), (field,), last)


def _addressed(ticket: TicketView | None, desk: Desk) -> tuple[str, str]:
    """The title of the form, and the line above its field. Nothing is locked: the form changes nothing."""
    connection, cipher = desk.connection, desk.cipher
    if ticket is None or ticket.conversation_id is None:
        return text("form.reply.nobody"), ""
    conversation = conversations.look_at(connection, cipher, ticket.conversation_id)
    if conversation is None:
        return text("form.reply.nobody"), ""
    person = name_of(conversation)
    said = conversations.last_heard(connection, cipher, ticket.id)
    last = "" if said is None else in_a_line(messages.decode(said.body))
    return text("form.reply.title", person=person), text("form.reply.last", person=person, words=last) if last else ""


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffSaid | StaffSubmitted
    ticket: TicketView | None
    conversation: ConversationView | None
    staff: StaffView
    words: str
    files: tuple[FileRef, ...]
    inbox_id: int
    now: datetime
    policy: Policy

    @property
    def typed(self) -> bool:
        """Whether the words stand in the thread already."""
        return isinstance(self.event, StaffSaid)


def gather_submitted(event: StaffSubmitted, desk: Desk) -> Facts:
    ticket = desk.ticket_named(event.ref)
    return _facts(event, ticket, event.values.get(TEXT, ""), (), desk)


def gather_typed(event: StaffSaid, desk: Desk) -> Facts:
    ticket = desk.ticket_at(event.staff.channel, event.place, event.thread)
    return _facts(event, ticket, words_of(event.text, desk.policy.reply_prefix) or "", event.files, desk)


def as_new(event: StaffEdited, desk: Desk) -> StaffSaid | None:
    """The edit of a message that was refused, and so is kept nowhere, is a message like any other."""
    if not desk.done_to(_typed_at(event), _REFUSED, _LATELY):
        return None
    source = source_of(event.staff.channel, event.place, event.message_id)
    if conversations.message_typed_at(desk.connection, desk.cipher, source) is not None:
        return None
    return StaffSaid(event.staff, event.place, event.thread, event.message_id, event.at, event.text)


def _typed_at(event: StaffSaid | StaffEdited) -> str:
    """What a typed message that was refused is called in the audit log."""
    return f"typed:{source_of(event.staff.channel, event.place, event.message_id)}"


def words_of(typed: str, prefix: str) -> str | None:
    """What a message in a thread says to the customer; None for a note. Slack's editor may quote every line.

    >>> words_of("> Hello\\n> Ada", ">"), words_of("> Hello\\nAda > Bob", ">"), words_of("Hello", ">")
    ('Hello\\nAda', 'Hello\\nAda > Bob', None)
    """
    typed = typed.strip()
    if not typed.startswith(prefix):
        return None
    lines = typed.split("\n")
    if all(line.startswith(prefix) for line in lines if line.strip()):
        return "\n".join(line.removeprefix(prefix).removeprefix(" ") for line in lines).strip()
    return typed.removeprefix(prefix).strip()


def _facts(
    event: StaffSaid | StaffSubmitted, ticket: TicketView | None, words: str, files: tuple[FileRef, ...], desk: Desk
) -> Facts:
    conversation = desk.conversation_of(ticket) if ticket else None
    staff = desk.colleague(event.staff)
    return Facts(event, ticket, conversation, staff, words.strip(), files, desk.inbox_id, desk.now, desk.policy)


def decide(facts: Facts) -> list[Action]:
    problem = _problem(facts)
    if facts.ticket is None or facts.conversation is None or problem is not None:
        return _refuse(facts, problem or text("ticket.gone"))
    return [*_send(facts, facts.ticket, facts.conversation), *_write_down(facts, facts.ticket)]


def _problem(facts: Facts) -> str | None:
    if facts.ticket is None:
        return text("ticket.gone")
    if facts.ticket.merged_into_id is not None:
        return text("merge.went", ticket=facts.ticket.id, into=facts.ticket.merged_into_id)
    if facts.conversation is None:
        return text("reply.no_chat")
    if not facts.words and not facts.files:
        return text("reply.empty", prefix=facts.policy.reply_prefix)
    return None


def _refuse(facts: Facts, problem: str) -> list[Action]:
    if isinstance(facts.event, StaffSaid):
        return [
            Audit(facts.staff.name, _REFUSED, _typed_at(facts.event), str(facts.inbox_id)),
            Whisper(facts.event.staff, facts.event.place, Message(text=problem)),
        ]
    if facts.ticket is not None:
        return [TellThread(facts.ticket.id, Message(text=problem))]
    return []


def _send(facts: Facts, ticket: TicketView, conversation: ConversationView) -> list[Action]:
    body = Message(text=facts.words, files=facts.files)
    source = None
    if isinstance(facts.event, StaffSaid):
        source = source_of(facts.event.staff.channel, facts.event.place, facts.event.message_id)
    return [
        Record(
            conversation.id, "out", "staff", body, facts.now,
            ticket_id=ticket.id, author_id=facts.staff.id, source=source,
        ),
        Say(
            conversation, body,
            about=about(facts.inbox_id), hold=facts.policy.undo, report=True, ticket_id=ticket.id,
        ),
        TellThread(ticket.id, _queued(facts), about=status_about(facts.inbox_id)),
    ]  # fmt: skip


def _queued(facts: Facts) -> Message:
    seconds = int(facts.policy.undo.total_seconds())
    state = text("reply.queued", seconds=seconds) if seconds else text("reply.sending")
    undo = (Button(text("undo"), "undo", str(facts.inbox_id)),) if seconds else ()
    return status(facts.staff.name, None if facts.typed else facts.words, state, undo)


def status(staff: str, words: str | None, state: str, buttons: tuple[Button, ...]) -> Message:
    """The line in the thread that shows how a reply stands; with its words where the thread has them nowhere else."""
    if words is None:
        return Message(context=state, buttons=buttons)
    return Message(title=text("reply.by", staff=staff), text=words, context=state, buttons=buttons)


def source_of(channel: str, place: str, message_id: str) -> str:
    """Where staff typed something, so that an edit of it is recognised."""
    return f"{channel}/{place}/{message_id}"


def _write_down(facts: Facts, ticket: TicketView) -> list[Action]:
    return [
        Timeline(ticket.id, facts.staff.name, "replied"),
        Audit(facts.staff.name, "reply", f"ticket:{ticket.id}"),
    ]
