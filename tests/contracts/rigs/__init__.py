"""What the channel contract needs of a platform: a rig puts a real channel before a local server that speaks for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from bot.channels import Channel, Op
from handlers.events import Arrival, Said, StaffSaid
from tests.wire.faults import Faults


@dataclass(frozen=True, slots=True)
class Post:
    """A post of ours as people see it on the platform."""

    platform_id: str
    text: str
    files: tuple[bytes, ...] = ()


@dataclass(slots=True)
class Inbox:
    """Stands for the store: keeps each arrival once, and fails when told to."""

    #: stored, each source id once, in the order in which they came
    stored: dict[str, Arrival] = field(default_factory=dict)
    #: everything that was handed over and kept, repeats included
    handed: list[Arrival] = field(default_factory=list)
    #: how many of the next calls fail
    failures: int = 0

    async def receive(self, arrivals: Sequence[Arrival]) -> None:
        """A channel's `Receive`."""
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the store is away")
        for arrival in arrivals:
            self.handed.append(arrival)
            self.stored.setdefault(arrival.source_id, arrival)

    def said(self) -> list[Said | StaffSaid]:
        """What people wrote, each once."""
        return [arrival.event for arrival in self.stored.values() if isinstance(arrival.event, Said | StaffSaid)]

    def texts(self) -> list[str]:
        """The texts of what people wrote."""
        return [event.text for event in self.said()]


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Waits without blocking the channel, which lives on the same event loop."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it did not come true within {seconds} s"
        await asyncio.sleep(0.005)


class Rig(Protocol):
    """One channel with its platform. The server runs in a thread of its own, so nothing in here needs awaiting."""

    @property
    def channel(self) -> Channel:
        """What is tested."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Where it puts what comes in."""
        ...

    @property
    def faults(self) -> Faults:
        """What the platform does wrong next."""
        ...

    @property
    def account(self) -> str:
        """The bot or the workspace."""
        ...

    @property
    def place(self) -> str:
        """Where the desk posts: a chat, or a channel of the workspace."""
        ...

    @property
    def thread(self) -> str | None:
        """The first post of the thread that `says` writes into, where the platform has threads."""
        ...

    @property
    def methods(self) -> Mapping[Op, str]:
        """The platform's method behind `post`, `edit`, `delete` and `file`."""
        ...

    @property
    def finds(self) -> bool:
        """Whether `find` can tell where an earlier attempt stands."""
        ...

    def says(self, text: str) -> None:
        """A person the desk listens to writes: a customer to the bot, a colleague in the thread."""
        ...

    def says_late(self, first: str, second: str) -> None:
        """Two messages, delivered in the wrong order."""
        ...

    def repeats(self) -> None:
        """From now on: the platform delivers its next event twice, acknowledged or not."""
        ...

    def sends_file(self, name: str, data: bytes) -> None:
        """The same person sends a file."""
        ...

    def refuses(self) -> None:
        """The platform will say no to the next post, for good."""
        ...

    def acknowledged(self) -> bool:
        """Whether the platform believes everything it delivered was taken."""
        ...

    def posts(self) -> list[Post]:
        """The desk's posts that stand in `place` now, oldest first."""
        ...


class StaffRig(Protocol):
    """A channel that staff work in, with one colleague, Ada, and a ticket's card."""

    @property
    def channel(self) -> Channel:
        """What is tested."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Where it puts what comes in."""
        ...

    @property
    def account(self) -> str:
        """The workspace."""
        ...

    @property
    def staff(self) -> str:
        """Ada's user id."""
        ...

    @property
    def place(self) -> str:
        """Where the card stands."""
        ...

    async def commands(self, typed: str) -> None:
        """Ada types a command."""
        ...

    async def submits(self, form: str, ref: str, values: dict[str, str]) -> None:
        """Ada sends in a form that was opened on the card; `values` by the fields' names."""
        ...

    async def presses(self, action: str, ref: str) -> None:
        """Ada presses a button of the card."""
        ...

    def told(self) -> list[str]:
        """What Ada was told alone."""
        ...


#: how a rig is built: `async with open_rig() as rig`; within the block the channel receives
OpenRig = Callable[[], AbstractAsyncContextManager[Rig]]
OpenStaffRig = Callable[[], AbstractAsyncContextManager[StaffRig]]
