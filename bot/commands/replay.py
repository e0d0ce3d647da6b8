"""`shopdesk replay`: messages that failed."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, opened_store
from bot.config import Config

if TYPE_CHECKING:
    from crm_store.store import Store


class NotOnTheList(Exception):
    """The message did not fail, or was settled in the meantime."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not on the list of what failed: 'shopdesk replay' shows it")
        self.name = name


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "replay",
        help="failed messages: list, replay, discard",
        description="Lists what could not be worked or delivered, each with its id and reason; with an ID, tries it\n"
        "again.",
        epilog="examples:\n  shopdesk replay\n  shopdesk replay in:17\n  shopdesk replay out:204 --discard",
    )
    parser.add_argument("id", metavar="ID", nargs="?", help="which one, as the list names it")
    parser.add_argument("--discard", action="store_true", help="give it up instead of trying again")


def run(arguments: argparse.Namespace, config: Config) -> int:
    if arguments.discard and arguments.id is None:
        raise WrongCall("--discard needs the ID of what to discard: 'shopdesk replay' lists them")
    with opened_store(config, make=False) as store:
        if arguments.id is None:
            return _list(store)
        kind, row_id = _parse(arguments.id)
        changed = _change(store, kind, row_id, discard=arguments.discard)
    if not changed:
        raise NotOnTheList(arguments.id)
    print(f"{arguments.id} {'was given up' if arguments.discard else 'is tried again'}")
    return 0


def _list(store: "Store") -> int:
    from crm_store import inbox, outbox

    with store.read() as connection:
        failed, undelivered = inbox.failed(connection, store.cipher), outbox.undelivered(connection)
    for row in failed:
        reason = row.error.strip().splitlines()[-1] if row.error.strip() else ""
        print(f"in:{row.id}\t{row.received_at:%F %T}Z\t{row.channel}\t{reason}")
    for call in undelivered:
        at = call.settled_at or call.not_before
        print(f"out:{call.id}\t{at:%F %T}Z\t{call.state}\t{call.error or ''}")
    if not failed and not undelivered:
        print("nothing failed")
    return 0


def _parse(name: str) -> tuple[str, int]:
    kind, _, number = name.rpartition(":")
    if kind not in ("in", "out") or not (number.isdecimal() and len(number) < 19):
        raise WrongCall(f"{name!r} is not an ID: 'shopdesk replay' lists them, such as in:17 or out:204")
    return kind, int(number)


def _change(store: "Store", kind: str, row_id: int, *, discard: bool) -> bool:
    from crm_store import inbox, outbox

    with store.begin() as connection:
        if kind == "in":
            return bool(inbox.discard(connection, [row_id]) if discard else inbox.replay(connection, [row_id]))
        now = datetime.now(UTC)
        return outbox.give_up(connection, row_id, now) if discard else outbox.retry(connection, row_id, now)
