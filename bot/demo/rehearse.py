"""Makes the demo: the shop, then its conversations, played through the desk as they would have happened."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from bot.app import App, now, open_app
from bot.config import Config
from bot.demo import conversations as play
from bot.demo.conversations import Claim, Edits, FromStaff, Note, ReplyTo, Resolve, Says, Script
from bot.demo.shop import make_shop
from crm_store import conversations, outbox, tickets
from handlers.events import Arrival, Event, Slot, StaffPressed, StaffSaid, StaffSubmitted
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


def make(config: Config, seed: int = 7) -> None:
    """Fills the configured store, which must be empty, with a shop and conversations in progress."""
    at = now()
    time = PlayedTime(at - _DAYS)
    app = open_app(config, time)
    make_shop(app.store, app.config.rates, seed=seed, now=at)
    asyncio.run(Rehearsal(app, time, at).play())


@dataclass
class Rehearsal:
    """The scripts, played through inbox, turn and delivery at the times they name."""

    app: App
    time: PlayedTime
    end: datetime
    _count: int = field(default=0)

    async def play(self) -> None:
        """Plays everything, then the digest of this morning."""
        for script, place in play.in_order(play.scripts(self.app.store)):
            self.time.at = play.at(script.steps[place], self.end)
            await self._happens(script, self._event(script, place))
        self.time.at = self.end
        morning = self.end.astimezone(self.app.config.shop.timezone).replace(hour=9, minute=0, second=0, microsecond=0)
        await self.app.take_slot(Slot("waiting", min(morning, self.end)))
        await self.app.settle()
        await self.app.close()

    async def _happens(self, script: Script, event: Event) -> None:
        self._count += 1
        await self.app.receive([Arrival("console", f"demo:{self._count}", f"console:{script.chat.chat}", event)])
        await self.app.settle()
        self.time.at += _PAUSE
        await self.app.settle()

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
