"""`shopdesk digest`: one digest, now."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, moment
from bot.config import Config
from handlers.events import Slot
from handlers.message import Message, plain

if TYPE_CHECKING:
    from bot.app import App


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
    from bot.app import open_app
    from jobs.schedule import JOBS

    if arguments.name not in JOBS:
        raise WrongCall(f"there is no digest {arguments.name!r}; there are: {', '.join(sorted(JOBS))}")
    as_of = moment(arguments.as_of, config.shop.timezone) or datetime.now(UTC)
    app = open_app(config, now=lambda: as_of)
    slot = Slot(arguments.name, as_of)
    told = _built(app, slot)
    if arguments.save is not None:
        _save(told, arguments.save, arguments.name)
    if arguments.dry_run:
        print("\n\n".join(plain(message) for message in told))
        asyncio.run(app.close())
    else:
        asyncio.run(_post(app, slot))
    return 0


def _built(app: "App", slot: Slot) -> list[Message]:
    """What the digest says."""
    from handlers.actions import TellRoom
    from jobs import schedule

    with app.store.read() as connection:
        decided = schedule.decide(slot, app.desk(connection))
    return [action.message for action in decided if isinstance(action, TellRoom)]


async def _post(app: "App", slot: Slot) -> None:
    """Hands the slot in as the clock would. A desk that is running posts it; where none is, it is posted from here."""
    from crm_store.alone import AlreadyRunning, alone

    await app.take_slot(slot)
    try:
        with alone(app.store.engine, patience=0):
            await app.settle()
    except AlreadyRunning:
        pass
    await app.close()


def _save(told: list[Message], folder: Path, name: str) -> None:
    from bot.charts import png

    folder.mkdir(parents=True, exist_ok=True)
    charts = [message.chart for message in told if message.chart is not None]
    for number, chart in enumerate(charts, 1):
        (folder / f"{name}-{number}.png").write_bytes(png(chart))
