"""`shopdesk digest`: one digest, now."""

import argparse
from pathlib import Path
from typing import Any

from bot.commands import moment
from bot.config import Config


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "digest",
        help="build one digest now and post it, or print it",
        description="Builds one digest now and posts it to the digests' channel; with --dry-run it is printed instead.",
        epilog="examples:\n  shopdesk digest waiting --dry-run\n"
        "  shopdesk digest waiting --as-of 2026-06-30T12:00:00Z --dry-run --save pictures/",
    )
    parser.add_argument("name", metavar="NAME", help="the digest, such as waiting")
    parser.add_argument("--as-of", metavar="T", help="what now is (default: the clock's time)")
    parser.add_argument("--dry-run", action="store_true", help="print it, post nothing")
    parser.add_argument("--save", metavar="DIR", type=Path, help="write its pictures into a folder")


def run(arguments: argparse.Namespace, config: Config) -> int:
    as_of = moment(arguments.as_of, config.shop.timezone)
    from bot import app

    return app.digest(config, arguments.name, as_of=as_of, dry_run=arguments.dry_run, save=arguments.save)
