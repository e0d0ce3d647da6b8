"""What `shopdesk` can be told to do: one file and one row a command.

A command's module has `add_parser(subparsers)` and `run`. It imports what it works with inside `run`, so that help
and mistakes answer at once.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.config import Config, load

if TYPE_CHECKING:
    from crm_store.store import Store


class WrongCall(Exception):
    """The command was called with something that cannot be; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table: where the command is, and whether its `run` takes the configuration."""

    file: str
    takes_config: bool = True

    def module(self) -> ModuleType:
        return import_module(f"{__name__}.{self.file}")


COMMANDS = {
    "demo": Command("demo"),
    "run": Command("run"),
    "import": Command("importing"),
    "ask": Command("ask"),
    "classify": Command("classify"),
    "train": Command("train"),
    "evaluate": Command("evaluate"),
    "digest": Command("digest"),
    "score": Command("score"),
    "doctor": Command("doctor", takes_config=False),
    "slack-manifest": Command("manifest"),
    "replay": Command("replay"),
    "rotate-key": Command("rotate_key"),
}


def execute(name: str, arguments: argparse.Namespace) -> int:
    """Runs a command and gives its exit status."""
    command = COMMANDS[name]
    run = command.module().run
    if not command.takes_config:
        return int(run(arguments))
    return int(run(arguments, load(config_path(arguments))))


def as_json(value: Any, **more: Any) -> str:
    """A value for a program to read; a terminal that lacks a character loses none of it."""
    is_unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(value, ensure_ascii=not is_unicode, **more)


def config_path(arguments: argparse.Namespace) -> Path | None:
    """What `--config` names."""
    return None if arguments.config is None else Path(arguments.config)


@contextmanager
def opened_store(config: Config, *, make: bool = True) -> Iterator["Store"]:
    """The configured store with its schema up to date, closed at the end.

    Raises `WrongCall` when it would have to be made and is not to be.
    """
    if not make:
        expect_store(config)
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


def expect_store(config: Config) -> None:
    """Raises `WrongCall` when there is no store yet: a command that looks into one is called in a wrong folder then."""
    from bot.config import key_file
    from crm_store.store import parse_url

    database = str(parse_url(config.store.url).database)
    if key_file(config) is not None and not Path(database).exists():
        raise WrongCall(f"there is no store at {database}: name it with store.url, or make it with 'shopdesk run'")


def given_texts(given: str | None, file: str | None) -> Iterator[str]:
    """The one text that was given, or those of a file, one a line: of standard input where it is `-` or none is named.

    Raises `WrongCall` for a file that cannot be read.
    """
    if given is not None:
        # bytes that are not UTF-8 reach a program as lone surrogates
        yield given.encode(errors="surrogateescape").decode(errors="replace")
    elif file is None or file == "-":
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")
        yield from (line.rstrip("\r\n") for line in sys.stdin)
    else:
        try:
            # a line ends at a line feed alone: texts may hold other separators
            with Path(file).open(encoding="utf-8-sig", errors="replace", newline="\n") as lines:
                yield from (line.rstrip("\r\n") for line in lines)
        except OSError as error:
            raise WrongCall(f"--file names {file!r}, which cannot be read: {error.strerror}") from error


#: what `--as-of` may say: within it every time zone and every length of time makes a date
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


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
        at = (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongCall(f"--as-of is {text!r}, allowed is a time such as 2026-06-30 or 2026-06-30T12:00:00Z") from None
    if not _EARLIEST <= at <= _LATEST:
        raise WrongCall(f"--as-of is {text!r}, allowed is a time from 1970 to 2100")
    return at
