"""`shopdesk digest`: one digest, now."""

import argparse
import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, moment, opened_store
from bot.config import Config, check_start
from handlers.events import Slot
from handlers.message import Message, plain

if TYPE_CHECKING:
    from bot.app import App
    from crm_store.outbox import CallState
    from crm_store.store import Store


class NotPosted(Exception):
    """The digest does not stand where it should."""

    def __init__(self, reason: str, what_next: str) -> None:
        super().__init__(f"the digest is not posted: {reason.rstrip('.')}; {what_next}")
        self.reason = reason


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
    from jobs import schedule

    digests = schedule.digests()
    if arguments.name not in digests:
        raise WrongCall(f"there is no digest {arguments.name!r}; there are: {', '.join(digests)}")
    slot = Slot(schedule.DIGESTS[arguments.name], moment(arguments.as_of, config.shop.timezone), by_hand=True)
    if not arguments.dry_run:
        check_start(config)
    with opened_store(config, make=False) as store:
        told = _built(config, store, slot)
    if arguments.save is not None:
        _save(told, arguments.save, arguments.name)
    if arguments.dry_run:
        print("\n\n".join(plain(message) for message in told))
    else:
        logging.basicConfig(level=logging.ERROR)  # what became of the digest is said at the end, once
        print(asyncio.run(_post(config, slot)))
    return 0


def _built(config: Config, store: "Store", slot: Slot) -> list[Message]:
    """What the digest says."""
    from bot import app
    from handlers.actions import TellRoom
    from handlers.desk import Desk
    from jobs import schedule
    from jobs.explaining import Explainer
    from nlp.keywords import KeywordReader

    with store.read() as connection:
        # a digest reads no texts: what needs no models will do
        policy = app.policy(config)
        explain = Explainer(policy.currency)
        desk = Desk(connection, store.cipher, 0, app.now(), KeywordReader(), policy, explain=explain)
        decided = schedule.decide(slot, desk)
    return [action.message for action in decided if isinstance(action, TellRoom)]


async def _post(config: Config, slot: Slot) -> str:
    """Hands the slot in as the clock would, and says what became of it.

    A desk that is running posts it; where none is, it is posted from here. Raises `NotPosted`.
    """
    from bot.app import open_app
    from crm_store.alone import AlreadyRunning, alone

    app = open_app(config)
    try:
        if _is_posted(_calls(app, slot)):
            return "was posted already"
        await app.take_slot(slot)
        is_running = False
        try:
            with alone(app.store.engine, patience=0):
                await app.settle()
        except AlreadyRunning:
            is_running = True
        calls = _calls(app, slot)
        for call in calls:
            if call.state in ("failed", "maybe"):
                raise NotPosted(call.error or call.state, "'shopdesk replay' lists it")
        if is_running:
            return "queued: the running desk posts it"
        if not calls:
            raise NotPosted("it could not be built", "'shopdesk replay' shows why")
        if not _is_posted(calls):
            reason = next((call.error for call in calls if call.error), "others go first")
            raise NotPosted(reason, "it stays queued for 'shopdesk run'")
        return f"posted to {_room(app, slot)}"
    finally:
        await app.close()


def _room(app: "App", slot: Slot) -> str:
    """Where it went: where staff want it, or where all digests go."""
    from crm_store import digest_plans
    from jobs import schedule

    with app.store.read() as connection:
        rooms = [digest_plans.room_of(connection, name) for name, job in schedule.DIGESTS.items() if job == slot.job]
    return next(filter(None, rooms), app.rooms.places["digests"])


def _calls(app: "App", slot: Slot) -> "list[CallState]":
    from crm_store import outbox

    with app.store.read() as connection:
        return outbox.states_about(connection, slot.about)


def _is_posted(calls: "list[CallState]") -> bool:
    return bool(calls) and all(call.state == "sent" for call in calls)


def _save(told: list[Message], folder: Path, name: str) -> None:
    from bot.charts import png

    charts = [message.chart for message in told if message.chart is not None]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, chart in enumerate(charts, 1):
            (folder / f"{name}-{number}.png").write_bytes(png(chart))
    except OSError as error:
        raise WrongCall(f"--save names {str(folder)!r}, where no picture can be written: {error.strerror}") from error
