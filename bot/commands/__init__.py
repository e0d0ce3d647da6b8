"""What `shopdesk` can be told to do: one file and one row a command.

A command's module has `add_parser(subparsers)` and `run`. It imports what it works with inside `run`, so that help
and mistakes answer at once.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from bot.config import Config, load

if TYPE_CHECKING:
    from crm_store.store import Store


class WrongCall(Exception):
    """The command was called with something that cannot be; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table: where the command is, and what its `run` takes after the arguments."""

    file: str
    takes: Literal["nothing", "config", "config and store"] = "config"

    def module(self) -> ModuleType:
        return import_module(f"{__name__}.{self.file}")


COMMANDS = {
    "demo": Command("demo"),
    "run": Command("run"),
    "import": Command("importing", "config and store"),
    "classify": Command("classify"),
    "digest": Command("digest"),
    "doctor": Command("doctor", "nothing"),
    "slack-manifest": Command("manifest"),
    "replay": Command("replay"),
    "rotate-key": Command("rotate_key"),
}


def execute(name: str, arguments: argparse.Namespace) -> int:
    """Runs a command and gives its exit status."""
    command = COMMANDS[name]
    run = command.module().run
    if command.takes == "nothing":
        return int(run(arguments))
    config = load(config_path(arguments))
    if command.takes == "config":
        return int(run(arguments, config))
    with opened_store(config) as store:
        return int(run(arguments, config, store))


def config_path(arguments: argparse.Namespace) -> Path | None:
    """What `--config` names."""
    return None if arguments.config is None else Path(arguments.config)


@contextmanager
def opened_store(config: Config) -> Iterator["Store"]:
    """The configured store with its schema up to date, closed at the end."""
    from bot.config import master_key
    from crm_store import migrate
    from crm_store.store import connect, open_store

    key = master_key(config)
    engine = connect(config.store.url)
    try:
        migrate.upgrade(engine)
        yield open_store(engine, key, datetime.now(UTC))
    finally:
        engine.dispose()


def moment(text: str | None, zone: ZoneInfo) -> datetime:
    """What `--as-of` says, now when it says nothing; without an offset it is in the shop's time zone.

    Raises `WrongCall`.

    >>> moment("2026-06-30T12:00:00Z", ZoneInfo("Europe/Berlin")).isoformat()
    '2026-06-30T12:00:00+00:00'
    >>> moment("2026-06-30", ZoneInfo("Europe/Berlin")).isoformat()
    '2026-06-29T22:00:00+00:00'
    """
    if text is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongCall(f"--as-of is {text!r}, allowed is a time such as 2026-06-30 or 2026-06-30T12:00:00Z") from None
