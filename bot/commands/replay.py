"""`shopdesk replay`: messages that failed."""

import argparse
from typing import Any

from bot.commands import WrongCall
from bot.config import Config


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
    from bot import app

    return app.replay(config, arguments.id, discard=arguments.discard)
