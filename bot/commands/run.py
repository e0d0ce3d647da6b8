"""`shopdesk run`: the bot."""

import argparse
from typing import Any

from bot.config import Config

ROLES = ("all",)


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "run",
        help="the bot, with the channels whose tokens are there",
        description="Starts the bot with the channels whose tokens are in the environment; with none of them, the\n"
        "console page alone. The store is made or upgraded first.",
        epilog="examples:\n  shopdesk run\n"
        "  TELEGRAM_BOT_TOKEN_FILE=/run/secrets/telegram shopdesk run --config desk.yaml",
    )
    parser.add_argument("--role", choices=ROLES, default="all", help="what this process does (default: all)")


def run(arguments: argparse.Namespace, config: Config) -> int:
    from bot.config import check_start

    check_start(config)
    from bot import app

    return app.run(config)
