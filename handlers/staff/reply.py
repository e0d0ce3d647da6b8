"""Staff answer the customer: from the Reply form, by a thread message that begins with the prefix, or by a macro.

A reply in which something may be wrong is held (`handlers.staff.guard`) until whoever wrote it mends it or sends it
anyway (`handlers.staff.held`). Any other waits for the undo window, leaves, and shows at every moment how it stands.
Only one that has left answers the customer (`handlers.staff.delivered`).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crm_store import composing, conversations, inbox, macros, outbox
from crm_store.conversations import ConversationView
from crm_store.macros import MacroView
from crm_store.tickets import StaffView, TicketView
from handlers import events
from handlers import message as messages
from handlers.actions import Action, Audit, Composed, Record, Revise, Say, TellThread, Timeline, Whisper
from handlers.customer.hearing import in_a_line, name_of
from handlers.desk import Desk, Policy
from handlers.events import FileRef, StaffCommanded, StaffDeleted, StaffEdited, StaffSaid, StaffSubmitted, key_in
from handlers.forms import Field, Form, Option
from handlers.message import Button, Message
from handlers.staff import card, guard, variables
from handlers.staff.guard import Reason
from handlers.texts import spoken, text
from handlers.texts.dates import moment_beside

FORM = "reply"
TEXT, MACRO = "text", "macro"
#: ticked where words that are questioned are meant so
ANYWAY = "anyway"
#: what the audit log calls a typed reply that cannot be sent, and how long an edit may make another one of it
_REFUSED = "refused"
_LATELY = timedelta(days=1)
#: what the audit log calls a reply that waits for a second look, and what became of it
HELD, OVERRIDDEN, DROPPED = "held", "sent anyway", "dropped"
#: for so long a form counts as open, and a held reply can be sent
TYPING, HELD_FOR = timedelta(minutes=15), timedelta(days=30)
#: what a platform's select takes
_CHOICES = 100

Event = StaffSaid | StaffSubmitted | StaffCommanded


def about(inbox_id: int) -> str:
    """What a reply is called in the outbox."""
    return f"reply:{inbox_id}"


def status_about(inbox_id: int) -> str:
    """What the line that shows how a reply stands is called."""
    return f"status:{inbox_id}"


def warning_about(inbox_id: int) -> str:
    """What the warning about a reply that is held is called."""
    return f"held:{inbox_id}"


# --- the form -----------------------------------------------------------------------------------------------------


def form(ref: str, desk: Desk) -> Form | None:
    """What the Reply button opens: whom the reply is for, and what they said last."""
    number = key_in(ref)
    return form_for(None if number is None else desk.ticket(number), ref, desk)


def form_for(ticket: TicketView | None, ref: str, desk: Desk, *, name: str = FORM, words: str = "") -> Form:
    """A form to reply by, with some words in it already; with macros to choose from once there are some."""
    title, last = _addressed(ticket, desk)
    names = tuple(dict.fromkeys(macro.name for macro in macros.every(desk.connection)))[:_CHOICES]
    fields = [Field(TEXT, text("form.text"), multiline=True, initial=words, optional=bool(names))]
    if names:
        choices = tuple(Option(name, name) for name in names)
        fields.append(Field(MACRO, text("form.macro"), kind="one", options=choices, optional=True))
    lines = [last, *(_typing(ticket, desk) if ticket is not None else ())]
    return Form(name, ref, title, text("form.send"), tuple(fields), "\n".join(line for line in lines if line))


def _typing(ticket: TicketView, desk: Desk) -> list[str]:
    """Who else has the form open."""
    me, zone = desk.asking, desk.policy.timezone
    mine = None if me is None else desk.known_colleague(me)
    return [
        text("form.typing", staff=one.name, at=moment_beside(one.at, desk.now, zone))
        for one in composing.who(desk.connection, ticket.id, desk.now - TYPING)
        if mine is None or one.staff_id != mine.id
    ]


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


# --- what is to be sent -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    event: Event
    ticket: TicketView | None
    conversation: ConversationView | None
    #: who wrote it
    staff: StaffView
    words: str
    files: tuple[FileRef, ...]
    inbox_id: int
    now: datetime
    policy: Policy
    #: what is wrong with the macro that was chosen
    trouble: str | None = None
    #: what may be wrong with the words; None when nothing can be sent
    checked: guard.Facts | None = None
    #: replies that are held, in whose place this one is sent
    replaces: tuple[int, ...] = field(default=())

    @property
    def typed(self) -> bool:
        """Whether the words stand in the thread already."""
        return isinstance(self.event, StaffSaid)


def gather_submitted(event: StaffSubmitted, desk: Desk) -> Facts:
    number, _, before = event.ref.partition(":")
    held = key_in(before)
    return facts_of(
        event,
        desk.ticket_named(number),
        event.values.get(TEXT, ""),
        desk,
        macro=event.values.get(MACRO, ""),
        # what was typed with files keeps them: the form has no field for them
        files=() if held is None else _files_typed((held,), desk),
        replaces=() if held is None else (held,),
    )


def gather_typed(event: StaffSaid, desk: Desk) -> Facts:
    ticket = desk.ticket_at(event.staff.channel, event.place, event.thread)
    words = words_of(event.text, desk.policy.reply_prefix) or ""
    return facts_of(event, ticket, words, desk, files=event.files, replaces=held_at(event, desk))


def facts_of(
    event: Event,
    ticket: TicketView | None,
    words: str,
    desk: Desk,
    *,
    macro: str = "",
    files: tuple[FileRef, ...] = (),
    replaces: tuple[int, ...] = (),
) -> Facts:
    """A reply, and what there is to know about it before it leaves."""
    conversation = desk.conversation_of(ticket) if ticket else None
    staff = desk.colleague(event.staff)
    words, trouble, other_language = words.strip(), None, None
    if macro and ticket is not None and conversation is not None:
        filled, trouble, other_language = with_macro(macro, ticket, conversation, staff, desk)
        words = "\n\n".join(part for part in (words, filled) if part)
    checked = None
    if words and ticket is not None and conversation is not None and trouble is None:
        checked = guard.gather(words, ticket, conversation, staff, desk, other_language)
    replaces = tuple(held for held in replaces if is_held(held, desk))
    return Facts(
        event, ticket, conversation, staff, words, files, desk.inbox_id, desk.now, desk.policy,
        trouble, checked, replaces,
    )  # fmt: skip


def with_macro(
    name: str, ticket: TicketView, conversation: ConversationView, staff: StaffView, desk: Desk
) -> tuple[str, str | None, tuple[str, str] | None]:
    """A macro's words for a customer; why it cannot be sent; its language and theirs, where it has none in theirs."""
    wanted = spoken(conversation.language)
    macro = in_language(macros.named(desk.connection, name.lower()), wanted)
    if macro is None:
        return "", text("macro.unknown", name=name), None
    filled = variables.fill(macro.text, variables.gather(ticket, conversation, staff, desk), macro.language)
    empty = ", ".join(f"{{{one}}}" for one in filled.empty)
    trouble = text("macro.empty", name=macro.name, empty=empty) if empty else None
    return filled.text, trouble, None if macro.language == wanted else (macro.language, wanted)


def in_language(texts: tuple[MacroView, ...], wanted: str) -> MacroView | None:
    """A macro's text for a customer of a language: in it, else in English, else in any."""
    by_language = {macro.language: macro for macro in texts}
    return by_language.get(wanted) or by_language.get("en") or next(iter(texts), None)


def is_held(inbox_id: int, desk: Desk) -> bool:
    """Whether a reply still waits for a second look."""
    what = f"reply:{inbox_id}"
    if not desk.done_to(what, HELD, HELD_FOR):
        return False
    return not (desk.done_to(what, OVERRIDDEN, HELD_FOR) or desk.done_to(what, DROPPED, HELD_FOR))


def held_in(ticket_id: int, desk: Desk) -> int:
    """How many replies to a ticket's customer wait for a second look."""
    warned = outbox.told_in(desk.connection, card.about(ticket_id), "held")
    return sum(is_held(int(about.partition(":")[2]), desk) for about in warned)


def as_new(event: StaffEdited, desk: Desk) -> StaffSaid | None:
    """The edit of a message that was refused or is held, and so is kept nowhere, is a message like any other."""
    if not held_at(event, desk) or left_by_form(event, desk):
        return None
    source = source_of(event.staff.channel, event.place, event.message_id)
    if conversations.message_typed_at(desk.connection, desk.cipher, source) is not None:
        return None
    files = files_of(event, desk)
    return StaffSaid(event.staff, event.place, event.thread, event.message_id, event.at, event.text, files)


def held_at(event: StaffSaid | StaffEdited | StaffDeleted, desk: Desk) -> tuple[int, ...]:
    """What replies that were typed at a place, and refused or held, are called."""
    return tuple(sorted(map(int, desk.done_to(_typed_at(event), _REFUSED, _LATELY))))


def files_of(event: StaffEdited, desk: Desk) -> tuple[FileRef, ...]:
    """What came with a typed message that was refused or held: its edit names no files."""
    return _files_typed(held_at(event, desk), desk)


def _files_typed(replies: tuple[int, ...], desk: Desk) -> tuple[FileRef, ...]:
    stored = map(events.decode, inbox.events_of(desk.connection, desk.cipher, replies))
    return next((said.files for said in stored if isinstance(said, StaffSaid)), ())


def left_by_form(event: StaffEdited, desk: Desk) -> bool:
    """Whether a typed message is no longer what the customer read: another text left by the form of its warning."""
    return any(_went_by_form(one, desk) for one in held_at(event, desk))


def _went_by_form(held: int, desk: Desk) -> bool:
    """Whether a typed reply left as the form of its warning has it: its message in the thread is history then."""
    instead = [int(row) for row in desk.done_to(f"reply:{held}", DROPPED, HELD_FOR)]
    stored = map(events.decode, inbox.events_of(desk.connection, desk.cipher, instead))
    return any(isinstance(event, StaffSubmitted) for event in stored)


def _typed_at(event: StaffSaid | StaffEdited | StaffDeleted) -> str:
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


# --- what becomes of it -------------------------------------------------------------------------------------------


def decide(facts: Facts) -> list[Action]:
    problem = _problem(facts)
    if facts.ticket is None or facts.conversation is None or problem is not None:
        return [*_closed(facts), *_refuse(facts, problem or text("ticket.gone"))]
    reasons = guard.decide(facts.checked) if facts.checked is not None else ()
    if reasons:
        return [*_closed(facts), *_dropped(facts), *_hold(facts, facts.ticket, reasons)]
    return [*_closed(facts), *_dropped(facts), *send(facts, facts.ticket, facts.conversation)]


def send(facts: Facts, ticket: TicketView, conversation: ConversationView) -> list[Action]:
    """The reply waits for the undo window, and leaves."""
    return [*_send(facts, ticket, conversation), *_write_down(facts, ticket)]


def _closed(facts: Facts) -> list[Action]:
    """Whoever sent the form in writes no more."""
    if facts.ticket is None or isinstance(facts.event, StaffSaid):
        return []
    return [Composed(facts.ticket.id, facts.staff.id)]


def _problem(facts: Facts) -> str | None:
    if facts.ticket is None:
        return text("ticket.gone")
    if facts.ticket.merged_into_id is not None:
        return text("merge.went", ticket=facts.ticket.id, into=facts.ticket.merged_into_id)
    if facts.conversation is None:
        return text("reply.no_chat")
    if facts.trouble is not None:
        return facts.trouble
    if not facts.words and not facts.files:
        return text("reply.empty", prefix=facts.policy.reply_prefix)
    return None


def _refuse(facts: Facts, problem: str) -> list[Action]:
    if isinstance(facts.event, StaffSaid):
        return [
            Audit(facts.staff.name, _REFUSED, _typed_at(facts.event), str(facts.inbox_id)),
            Whisper(facts.event.staff, facts.event.place, Message(text=problem)),
        ]
    if isinstance(facts.event, StaffCommanded):
        return [Whisper(facts.event.staff, facts.event.place, Message(text=problem))]
    if facts.ticket is None:
        return []
    if facts.trouble is None:
        return [TellThread(facts.ticket.id, Message(text=problem))]
    # the words that were written beside the macro are not lost
    edit = Button(text("edit"), "edit_held", str(facts.inbox_id))
    told = Message(title=text("held.title", staff=facts.staff.name), quote=facts.words, text=problem, buttons=(edit,))
    held = Audit(facts.staff.name, HELD, f"reply:{facts.inbox_id}", "macro")
    return [*_dropped(facts), held, TellThread(facts.ticket.id, told, about=warning_about(facts.inbox_id))]


def _hold(facts: Facts, ticket: TicketView, reasons: tuple[Reason, ...]) -> list[Action]:
    """The reply waits for a second look, with everything that may be wrong with it."""
    held: list[Action] = [
        Audit(facts.staff.name, HELD, f"reply:{facts.inbox_id}", guard.named(reasons)),
        Timeline(ticket.id, facts.staff.name, "held", guard.named(reasons)),
        TellThread(ticket.id, _warning(facts, reasons), about=warning_about(facts.inbox_id)),
    ]
    if isinstance(facts.event, StaffSaid):  # so that its edit is read as a new message
        held.append(Audit(facts.staff.name, _REFUSED, _typed_at(facts.event), str(facts.inbox_id)))
    return held


def _warning(facts: Facts, reasons: tuple[Reason, ...]) -> Message:
    ref = str(facts.inbox_id)
    send_anyway = Button(text("held.send"), "send_anyway", ref, "danger")
    title = text("held.title", staff=facts.staff.name)
    why = "\n".join(f"• {reason.sentence}" for reason in reasons)
    edit = Button(text("edit"), "edit_held", ref)
    context = text("held.edit_typed") if facts.typed else ""
    return Message(title=title, text=why, quote=facts.words, context=context, buttons=(send_anyway, edit))


def _dropped(facts: Facts) -> list[Action]:
    """What this reply takes the place of is sent no more, and its warning is withdrawn."""
    return [one for held in facts.replaces for one in drop(held, facts.staff.name, facts.inbox_id)]


def drop(held: int, staff: str, inbox_id: int) -> list[Action]:
    """A reply that is held is not sent; its warning says so, without buttons."""
    return [
        Audit(staff, DROPPED, f"reply:{held}", str(inbox_id)),
        Revise(warning_about(held), Message(context=text("held.dropped"))),
    ]


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
