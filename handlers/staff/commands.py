"""A colleague types a command that nobody knows, or asks what there is."""

from dataclasses import dataclass

from handlers.actions import Action, Whisper
from handlers.desk import Desk
from handlers.events import StaffCommanded
from handlers.message import Fact, Message
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded
    names: tuple[str, ...]


def gather(event: StaffCommanded, desk: Desk, names: tuple[str, ...]) -> Facts:
    return Facts(event, names)


def decide(facts: Facts) -> list[Action]:
    facts_of = tuple(Fact(*described(name)) for name in facts.names)
    is_help = facts.event.command == "/help"
    told = text("desk_command.help") if is_help else text("desk_command.unknown", command=facts.event.command[:40])
    return [Whisper(facts.event.staff, facts.event.place, Message(title=told, facts=facts_of))]


def described(name: str) -> tuple[str, str]:
    """How a command is written, and what it does.

    >>> described("/digest")
    ('/digest [name] [show]', 'Post a digest now, or show it to you alone')
    """
    bare = name.removeprefix("/")
    return f"{name} {_said(f'desk_command.{bare}.usage')}".strip(), _said(f"desk_command.{bare}.about")


def _said(key: str) -> str:
    try:
        return text(key)
    except KeyError:  # a command without a description is a command
        return ""
