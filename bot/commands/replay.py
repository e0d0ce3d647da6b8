"""`shopdesk replay`: messages that failed."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, as_json, opened_store
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
        epilog="examples:\n  shopdesk replay\n  shopdesk replay in:17\n  shopdesk replay out:204 --discard\n"
        "  shopdesk replay --json",
    )
    parser.add_argument("id", metavar="ID", nargs="?", help="which one, as the list names it")
    parser.add_argument("--json", action="store_true", help="the list as one JSON object")
    parser.add_argument("--discard", action="store_true", help="give it up instead of trying again")


def run(arguments: argparse.Namespace, config: Config) -> int:
    if arguments.discard and arguments.id is None:
        raise WrongCall("--discard needs the ID of what to discard: 'shopdesk replay' lists them")
    if arguments.json and arguments.id is not None:
        raise WrongCall("--json is for the list: leave the ID out")
    with opened_store(config, make=False) as store:
        if arguments.id is None:
            return _list(store, in_json=arguments.json)
        kind, row_id = _parse(arguments.id)
        changed = _change(store, kind, row_id, discard=arguments.discard)
    if not changed:
        raise NotOnTheList(arguments.id)
    print(f"{arguments.id} {'was given up' if arguments.discard else 'is tried again'}")
    return 0


def _list(store: "Store", *, in_json: bool) -> int:
    from crm_store import inbox, outbox

    with store.read() as connection:
        failed, undelivered = inbox.failed(connection, store.cipher), outbox.undelivered(connection)
    listed = [(f"in:{row.id}", row.received_at, row.channel, _last_line(row.error)) for row in failed]
    listed += [
        (f"out:{call.id}", call.settled_at or call.not_before, call.state, call.error or "") for call in undelivered
    ]
    if in_json:
        names = ("id", "at", "what", "reason")
        print(
            as_json(
                {"failed": [dict(zip(names, (id_, f"{at:%FT%TZ}", *rest), strict=True)) for id_, at, *rest in listed]}
            )
        )
    elif not listed:
        print("nothing failed")
    else:
        print("ID\tWHEN\tFROM, OR HOW IT STANDS\tREASON")
        for id_, at, what, reason in listed:
            print(f"{id_}\t{at:%F %T}Z\t{what}\t{reason}")
    return 0


def _last_line(error: str) -> str:
    return error.strip().splitlines()[-1] if error.strip() else ""


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
