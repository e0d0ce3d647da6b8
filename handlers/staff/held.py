"""A reply that is held: sent anyway, edited, or dropped with the message it was typed as."""

from dataclasses import dataclass

import msgspec

from crm_store import conversations, inbox
from crm_store.tickets import StaffView, TicketView
from handlers import events
from handlers.actions import Action, Audit, Revise, Timeline, Whisper
from handlers.desk import Desk
from handlers.events import StaffCommanded, StaffDeleted, StaffEdited, StaffPressed, StaffSaid, StaffSubmitted, key_in
from handlers.forms import Form
from handlers.message import Message
from handlers.staff import guard, macros, reply
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffPressed
    #: what the reply is called, and the reply as it would be sent now
    held: int
    reply: reply.Facts | None
    #: whether it still waits
    waits: bool
    staff: StaffView


def gather(event: StaffPressed, desk: Desk) -> Facts:
    held = key_in(event.ref) or 0
    facts = _reply(held, desk)  # holds the conversation: of two who press, the second one sees what the first did
    return Facts(event, held, facts, reply.is_held(held, desk), desk.colleague(event.staff))


def _reply(held: int, desk: Desk) -> reply.Facts | None:
    match event_of(held, desk):
        case StaffSubmitted() as submitted:
            return reply.gather_submitted(submitted, desk)
        case StaffSaid() as said:
            return reply.gather_typed(said, desk)
        case StaffCommanded() as commanded:
            return macros.gather_use(commanded, desk)
        case _:
            return None


def event_of(held: int, desk: Desk) -> reply.Event | None:
    """What a reply that is held came with; an edit that made a new message of a typed one as that message."""
    stored = inbox.events_of(desk.connection, desk.cipher, [held])
    event = events.decode(stored[0]) if stored else None
    if isinstance(event, StaffEdited):
        said = StaffSaid(event.staff, event.place, event.thread, event.message_id, event.at, event.text)
        return msgspec.structs.replace(said, files=reply.files_of(event, desk))
    return event if isinstance(event, StaffSubmitted | StaffSaid | StaffCommanded) else None


def decide(facts: Facts) -> list[Action]:
    answer = facts.reply
    if answer is None or not facts.waits or facts.event.action != "send_anyway":
        return [_whisper(facts, text("held.over"))]
    if answer.ticket is None or answer.conversation is None or answer.checked is None:
        return [_whisper(facts, answer.trouble or text("ticket.gone"))]
    reasons = guard.decide(answer.checked)
    found = guard.named(reasons) or "nothing"
    told = "\n".join([text("held.sent", staff=facts.staff.name), *(f"• {reason.sentence}" for reason in reasons)])
    return [
        Audit(facts.staff.name, reply.OVERRIDDEN, f"reply:{facts.held}", found),
        Audit(facts.staff.name, reply.OVERRIDDEN, f"ticket:{answer.ticket.id}", found),
        Timeline(answer.ticket.id, facts.staff.name, "sent anyway", found),
        Revise(reply.warning_about(facts.held), Message(context=told)),
        *reply.send(answer, answer.ticket, answer.conversation),
    ]


def _whisper(facts: Facts, words: str) -> Whisper:
    return Whisper(facts.event.staff, facts.event.place, Message(text=words))


# --- edited by the form -------------------------------------------------------------------------------------------


def edit_form(ref: str, desk: Desk) -> Form | None:
    """What Edit on the warning opens: the reply form with the words that are held."""
    held = key_in(ref)
    if held is None or not reply.is_held(held, desk):
        return None
    event = event_of(held, desk)
    ticket = ticket_of(event, desk)
    if event is None or ticket is None:
        return None
    return reply.form_for(ticket, f"{ticket.id}:{held}", desk, words=_words(event, ticket, desk))


def ticket_of(event: reply.Event | None, desk: Desk) -> TicketView | None:
    """The ticket that a form or a command names, or in whose thread it was typed. Nothing is locked."""
    match event:
        case StaffSaid():
            number = desk.number_at(event.staff.channel, event.place, event.thread)
        case StaffSubmitted(ref=ref):
            number = key_in(ref.partition(":")[0])
        case StaffCommanded(text=typed):
            wish = macros.wish_of(typed)
            number = key_in(wish.ticket) if isinstance(wish, macros.Use) else None
        case _:
            number = None
    return None if number is None else desk.ticket(number)


def _words(event: reply.Event, ticket: TicketView, desk: Desk) -> str:
    """What would be sent, a macro in it filled in as far as it can be. Nothing is locked: the form changes nothing."""
    if isinstance(event, StaffSaid):
        return reply.words_of(event.text, desk.policy.reply_prefix) or ""
    values = event.values if isinstance(event, StaffSubmitted) else {}
    wish = macros.wish_of(event.text) if isinstance(event, StaffCommanded) else None
    macro = wish.name if isinstance(wish, macros.Use) else values.get(reply.MACRO, "")
    words = values.get(reply.TEXT, "").strip()
    staff = desk.colleague_asking(event.staff)
    conversation = None
    if ticket.conversation_id is not None:
        conversation = conversations.look_at(desk.connection, desk.cipher, ticket.conversation_id)
    if not macro or conversation is None:
        return words
    filled, _, _ = reply.with_macro(macro, ticket, conversation, staff, desk)
    return "\n\n".join(part for part in (words, filled) if part)


# --- typed, and changed since -------------------------------------------------------------------------------------


def withdrawn(event: StaffDeleted | StaffEdited, desk: Desk) -> list[Action]:
    """The typed message of a reply that is held is gone, or meant for nobody but staff now."""
    typed = reply.held_at(event, desk)
    if not typed:
        return []
    if event.thread:  # its ticket's conversation is this turn's from here on
        desk.ticket_at(event.staff.channel, event.place, event.thread)
    staff = desk.colleague(event.staff).name
    return [one for held in typed if reply.is_held(held, desk) for one in reply.drop(held, staff, desk.inbox_id)]
