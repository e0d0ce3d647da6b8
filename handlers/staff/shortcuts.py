"""Shortcuts and emoji: what a ticket's buttons do, from any message of its thread; and commands from anywhere."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from handlers.actions import Action, Whisper
from handlers.desk import Desk
from handlers.events import Colleague, StaffCommanded, StaffPressed, StaffReacted, StaffSubmitted
from handlers.forms import Field, Form, Option
from handlers.message import Message
from handlers.staff import commands
from handlers.texts import text

#: what an emoji on a post does: the button of this name
EMOJI = {
    "eyes": "claim",
    "white_check_mark": "resolve",
    "heavy_check_mark": "resolve",
    "repeat": "reopen",
}
#: shortcuts on a message, in the order of Slack's menu: the button of this name. Slack shows 25 characters of each
ON_MESSAGES = ("reply", "note", "claim", "resolve")
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
        return msgspec.structs.replace(event, ref=str(number))
    action = EMOJI.get(event.emoji, event.emoji)
    return StaffPressed(event.staff, event.place, event.message_id, event.at, action, str(number))


@dataclass(frozen=True, slots=True)
class Facts:
    staff: Colleague
    place: str
    #: whether the message belongs to a ticket
    has_ticket: bool


def gather(event: StaffPressed, desk: Desk) -> Facts:
    return Facts(event.staff, event.place, bool(event.ref))


def decide(facts: Facts) -> list[Action]:
    """A shortcut that could do nothing: its message is no ticket's, or its form did not open in time."""
    told = text("shortcut.not_opened" if facts.has_ticket else "shortcut.no_ticket")
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
