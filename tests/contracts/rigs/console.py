"""The console before the contract: nothing lies between the channel and the page, so the rig is what the page calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.channels.console import ConsoleChannel
from crm_store.migrate import upgrade
from crm_store.store import connect, open_store
from handlers.events import Colleague
from handlers.message import plain
from tests.contracts.rigs import Inbox

ADA = Colleague("console", "ada", "ada")


@dataclass
class ConsoleRig:
    """A colleague, Ada, at the page, and a ticket's card."""

    channel: ConsoleChannel
    inbox: Inbox
    account: str = "console"
    staff: str = "ada"
    place: str = "tickets"
    thread: str = "1"

    async def commands(self, typed: str) -> None:
        """Ada types a command."""
        await self.channel.staff_command(self.channel.commanded(ADA, typed))

    async def submits(self, form: str, ref: str, values: dict[str, str]) -> None:
        """Ada sends in a form that was opened on the card."""
        await self.channel.staff_submit(ADA, self.thread, form, ref, values, self.place)

    async def presses(self, action: str, ref: str) -> None:
        """Ada presses a button of the card."""
        await self.channel.staff_press(ADA, self.place, self.thread, action, ref)

    def told(self) -> list[str]:
        """What Ada was told alone."""
        return [plain(whisper.message) for whisper in self.channel.whispers("ada", 0)]


@asynccontextmanager
async def open_rig() -> AsyncIterator[ConsoleRig]:
    """The channel over a store of its own."""
    engine = connect("sqlite://")
    upgrade(engine)
    store, inbox = open_store(engine, bytes(range(32)), datetime.now(UTC)), Inbox()
    try:
        yield ConsoleRig(ConsoleChannel(store, receive=inbox.receive), inbox)
    finally:
        store.close()


RIGS = {"console": open_rig}
