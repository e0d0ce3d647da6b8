"""The desk's own health as a channel: a turn asks by the outbox, the answer comes in like any other event."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.channels import Call, FileUnavailable, Receive, Sent
from handlers.events import Arrival, Examined, FileRef, Remark, StaffCommanded
from handlers.message import Message


class DoctorChannel:
    """Examines the desk for whoever asked. Nothing is said here: what was found is received."""

    name = "doctor"

    def __init__(
        self, examine: Callable[[], Sequence[Remark]], *, receive: Receive, now: Callable[[], datetime]
    ) -> None:
        self._examine = examine
        self._receive = receive
        self._now = now

    def split(self, message: Message) -> list[Message]:
        """A question is one."""
        return [message]

    async def perform(self, call: Call) -> Sent:
        """Examines the desk, which takes as long as the platforms take to answer. Raises `StoreUnavailable`."""
        if isinstance(call.asked_by, StaffCommanded):
            remarks = await asyncio.to_thread(self._examine)
            found = Examined(call.asked_by, self._now(), tuple(remarks))
            lane = f"{self.name}:{call.asked_by.staff.user}"
            await self._receive([Arrival(self.name, str(call.outbox_id), lane, found)])
        return Sent(str(call.outbox_id), call.place)

    async def find(self, call: Call) -> Sent | None:
        """An examination that was broken off leaves nothing behind."""
        return None

    async def fetch(self, file: FileRef) -> bytes:
        """Raises `FileUnavailable`: there are no files here."""
        raise FileUnavailable(file, "it is nowhere")

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Nothing to end."""
