"""Shortcuts and emoji: what a ticket's buttons do, from any message of its thread; and commands from anywhere."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from crm_store import conversations, outbox
from handlers.actions import Action, Whisper
from handlers.desk import Desk
from handlers.events import Colleague, StaffCommanded, StaffPressed, StaffReacted, StaffSubmitted
from handlers.forms import Field, Form, Option
from handlers.message import Message
from handlers.staff import commands
from handlers.staff.reply import source_of
from handlers.texts import text

#: what an emoji on a post does: the button of this name
EMOJI = {
    "eyes": "claim",
    "white_check_mark": "resolve",
    "heavy_check_mark": "resolve",
    "repeat": "reopen",
}
#: shortcuts on a message, in the order of Slack's menu: the button of this name. Slack shows 25 characters of each
ON_MESSAGES = ("reply", "note", "claim", "resolve", "make_article")
#: those of these that are about the message itself, and not about its ticket
_OF_MESSAGES = ("make_article",)
#: the form that the shortcut opens which is found everywhere, and that shortcut
COMMAND_FORM = "command"
COMMAND, TEXT = "command", "text"


def named(event: StaffPressed | StaffReacted, desk: Desk) -> StaffPressed | None:
    """The press of a ticket's button that a shortcut or an emoji stands for; None where there is no ticket."""
    thread = event.thread if isinstance(event, StaffPressed) else ""
    number = desk.number_under(event.staff.channel, event.place, event.message_id, thread)
    if number is None:
        return None
    if isinstance(event, StaffPressed):
        ref = _reply_at(event, desk) if event.action in _OF_MESSAGES else str(number)
        return msgspec.structs.replace(event, ref=ref)
    action = EMOJI.get(event.emoji, event.emoji)
    return StaffPressed(event.staff, event.place, event.message_id, event.at, action, str(number))


def _reply_at(event: StaffPressed, desk: Desk) -> str:
    """What the reply is called that a message shows: it was typed there, or the line there tells how it stands."""
    post = outbox.post_at(desk.connection, event.staff.channel, event.place, event.message_id)
    if post is not None:
        kind, _, number = post.about.partition(":")
        return number if kind == "status" else "none"
    source = source_of(event.staff.channel, event.place, event.message_id)
    typed = conversations.message_typed_at(desk.connection, desk.cipher, source)
    return "none" if typed is None or typed.inbox_id is None else str(typed.inbox_id)


@dataclass(frozen=True, slots=True)
class Facts:
    staff: Colleague
    place: str
    #: whether the message belongs to a ticket
    has_ticket: bool
    #: why nothing opened
    problem: str


def gather(event: StaffPressed, desk: Desk) -> Facts:
    problem = "shortcut.no_reply" if event.action in _OF_MESSAGES else "shortcut.not_opened"
    return Facts(event.staff, event.place, bool(event.ref), problem)


def decide(facts: Facts) -> list[Action]:
    """A shortcut that could do nothing: its message is no ticket's, or its form did not open in time."""
    told = text("shortcut.no_ticket" if not facts.has_ticket else facts.problem)
    return [Whisper(facts.staff, facts.place, Message(text=told))]


def command_form(names: tuple[str, ...]) -> Form:
    """The form by which a command is given where none can be typed."""
    options = tuple(Option(name, name) for name in names)
    fields = (
        Field(COMMAND, text("shortcut.command"), kind="one", options=options),
        Field(TEXT, text("shortcut.text"), optional=True, max_length=500),
    )
    help_lines = "\n".join(f"{usage} – {about}" if about else usage for usage, about in map(commands.described, names))
    return Form(COMMAND_FORM, "", text("shortcut.title"), text("shortcut.run"), fields, help_lines)


def as_command(event: StaffSubmitted) -> StaffCommanded:
    """The command that the form stands for."""
    at: datetime = event.at
    command, words = event.values.get(COMMAND, ""), event.values.get(TEXT, "").strip()
    return StaffCommanded(event.staff, event.place or event.staff.user, at, command, words, event.answer_to)
