"""Makes the demo: the shop, then its conversations, played through the desk as they would have happened."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import assert_never
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bot.app import App, now, open_app
from bot.channels import Call, OutcomeUnknown, Sent
from bot.channels.console import ConsoleChannel
from bot.config import Config
from bot.demo import conversations as play
from bot.demo import digests, knowledge
from bot.demo.conversations import Claim, Edits, FromStaff, Note, ReplyTo, Resolve, Says, Script
from bot.demo.shop import make_shop
from crm_store import conversations, inbox, outbox, tickets
from crm_store.inbox import NewRow
from handlers import events
from handlers.events import Arrival, Event, StaffPressed, StaffSaid, StaffSubmitted
from handlers.staff import card, reply

#: played time goes on this long after each step: replies leave, albums are complete
_PAUSE = timedelta(seconds=30)
_DAYS = timedelta(days=3)


@dataclass
class PlayedTime:
    """A clock that is set by hand."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


class DoubtfulConsole(ConsoleChannel):
    """The console, on which for once nobody knows whether a message arrived."""

    def __init__(self, app: App, doubts: dict[str, str]) -> None:
        """`doubts`: the words of such messages, and why."""
        super().__init__(app.store, receive=app.receive, now=app.now)
        self._doubts = doubts

    async def perform(self, call: Call) -> Sent:
        self._doubt(call)
        return await super().perform(call)

    async def find(self, call: Call) -> Sent | None:
        self._doubt(call)
        return await super().find(call)

    def _doubt(self, call: Call) -> None:
        doubt = self._doubts.get(call.message.text)
        if doubt is not None and call.op == "post" and call.thread is None:
            raise OutcomeUnknown(doubt)


def at_home(config: Config) -> Config:
    """The configuration in the time zone of this machine, where it names none."""
    from tzlocal import get_localzone

    if config.shop.timezone.key != "UTC":
        return config
    return replace(config, shop=replace(config.shop, timezone=get_localzone()))


def with_articles(config: Config) -> Config:
    """The configuration with the articles of the demo's shop, where the shop itself has none."""
    if config.knowledge.folder != Config().knowledge.folder or Path(config.knowledge.folder).is_dir():
        return config
    return replace(config, knowledge=replace(config.knowledge, folder=str(knowledge.FOLDER)))


def make(config: Config, seed: int = 7) -> None:
    """Fills the configured store, which must be empty, with a shop and conversations in progress."""
    at = now()
    time = PlayedTime(at - _DAYS)
    app = open_app(config, time)
    make_shop(app.store, app.config.rates, seed=seed, now=at)
    # one of its replies is meant to be in doubt: nobody who starts the demo needs to read of it
    logging.disable(logging.WARNING)
    try:
        asyncio.run(Rehearsal(app, time, at).play())
    finally:
        logging.disable(logging.NOTSET)


@dataclass
class Rehearsal:
    """The scripts, played through inbox, turn and delivery at the times they name."""

    app: App
    time: PlayedTime
    end: datetime
    _count: int = field(default=0)

    async def play(self) -> None:
        """Plays everything, and the digests of the last morning in between."""
        scripts = play.scripts(self.app.store)
        replies = [step for script in scripts for step in script.steps if isinstance(step, ReplyTo)]
        doubts = {reply.text: reply.doubt for reply in replies if reply.doubt}
        self.app.channels["console"] = DoubtfulConsole(self.app, doubts)
        steps = play.in_order(scripts)
        morning = _morning(self.end, self.app.config.shop.timezone)
        before = [step for step in steps if self._at(*step) <= morning]
        for script, place in before:
            await self._happens(script, place)
        self.time.at = morning
        await digests.post(self.app, morning)
        for script, place in steps[len(before) :]:
            await self._happens(script, place)
        await self.app.close()

    def _at(self, script: Script, place: int) -> datetime:
        return play.at(script.steps[place], self.end)

    async def _happens(self, script: Script, place: int) -> None:
        step = script.steps[place]
        self.time.at = self._at(script, place)
        event = self._event(script, place)
        self._count += 1
        source, lane = f"demo:{self._count}", f"console:{script.chat.chat}"
        if isinstance(step, Says) and step.fails:
            self._fails(NewRow("console", source, lane, events.encode(event), None), TimeoutError(step.fails))
        else:
            await self.app.receive([Arrival("console", source, lane, event)])
        await self.app.settle()
        self.time.at += _PAUSE
        await self.app.settle()

    def _fails(self, row: NewRow, error: Exception) -> None:
        """Something that came in is on the failed list."""
        store = self.app.store
        with store.begin() as connection:
            inbox.keep(connection, store.cipher, [row], self.time())
            stored = [waiting.id for waiting in inbox.waiting(connection)]
        self.app.turns.put_aside(stored, error)

    def _event(self, script: Script, place: int) -> Event:
        step = script.steps[place]
        if isinstance(step, Says | Edits):
            said = play.event_of(script, place, self.end)
            assert said is not None
            return said
        return self._staff_event(script, step, f"demo-staff-{script.chat.chat}-{place}")

    def _staff_event(self, script: Script, step: FromStaff, message_id: str) -> Event:
        staff, at = play.colleague(step.staff), self.time.at
        number, thread = self._thread(script)
        match step:
            case Claim():
                return StaffPressed(staff, "tickets", thread, at, "claim", str(number))
            case Resolve():
                return StaffPressed(staff, "tickets", thread, at, "resolve", str(number))
            case Note(text=text):
                return StaffSaid(staff, "tickets", thread, message_id, at, text)
            case ReplyTo(text=text):
                return StaffSubmitted(staff, at, reply.FORM, str(number), {reply.TEXT: text})
            case _:
                assert_never(step)

    def _thread(self, script: Script) -> tuple[int, str]:
        """The number of the customer's ticket, and the post its thread hangs under."""
        chat, store = script.chat, self.app.store
        with store.begin() as connection:
            conversation = conversations.at(connection, store.cipher, chat.channel, chat.account, chat.chat)
            ticket = tickets.latest_of(connection, store.cipher, conversation.id) if conversation else None
            post = outbox.find_post(connection, card.about(ticket.id), "console") if ticket else None
        if ticket is None or post is None:
            raise LookupError(script.customer_external_id)
        return ticket.id, post.platform_id


def _morning(end: datetime, zone: ZoneInfo) -> datetime:
    """The last time it was nine."""
    today = end.astimezone(zone).replace(hour=9, minute=0, second=0, microsecond=0)
    return today if today <= end else today - timedelta(days=1)
