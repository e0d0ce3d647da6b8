"""`shopdesk doctor`: what works, what does not, and how to mend it."""

import argparse
import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, as_json, config_path

if TYPE_CHECKING:
    from bot.doctor import Finding, Stats


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "doctor",
        help="what works, what does not, and how to mend it",
        description="Checks the configuration, the store, the tokens and what they may do, the webhook, the clock and\n"
        "the web port. Changes nothing unless asked to. Exits with 1 when something is bad.",
        epilog="examples:\n  shopdesk doctor\n  shopdesk doctor --stats\n  shopdesk doctor --json",
    )
    numbers = parser.add_mutually_exclusive_group()
    numbers.add_argument("--stats", action="store_true", help="also compare customers' numbers with the history (slow)")
    numbers.add_argument("--recount", action="store_true", help="the same, and count again, build missing indexes")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    from bot.doctor import examine

    path = config_path(arguments)
    if path is not None and not path.exists():
        raise WrongCall(f"--config names {str(path)!r}, which does not exist")
    stats: Stats = "recount" if arguments.recount else "compare" if arguments.stats else "leave"
    found = []
    for finding in examine(path, os.environ, lambda: datetime.now(UTC), stats):
        found.append(finding)
        if not arguments.json:
            print(_line(finding), flush=True)
    bad, warnings = (sum(each.level == level for each in found) for level in ("bad", "warn"))
    if arguments.json:
        print(as_json({"ok": not bad, "findings": [asdict(each) for each in found]}))
    else:
        print(f"\n{bad} bad, {warnings} to look at" if bad or warnings else "\nall is well")
    return 1 if bad else 0


def _line(finding: "Finding") -> str:
    line = f"{finding.level:<5} {finding.area:<14} {finding.what}"
    return f"{line}\n{'':<20} -> {finding.mend}" if finding.mend else line
