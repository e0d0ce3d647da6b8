"""The back office as a channel of the outbox: an errand leaves like a message, in order, once, and is looked up."""

import asyncio

from bot.backoffice import Backoffice, Done
from bot.channels import Call, FileUnavailable, Sent
from bot.perform import BACKOFFICE as NAME
from crm_store import files
from crm_store.store import Store
from handlers.events import FileRef
from handlers.message import Message


class BackofficeChannel:
    """Errands are its calls (`op` is `errand`); what they bring back lies in the store."""

    name = NAME

    def __init__(self, backoffice: Backoffice, store: Store) -> None:
        self._backoffice = backoffice
        self._store = store

    def split(self, message: Message) -> list[Message]:
        """An errand is one call."""
        return [message]

    async def perform(self, call: Call) -> Sent:
        """Has the errand done. Raises `TryLater`, `Refused` or `OutcomeUnknown`."""
        assert call.errand is not None, "nothing else goes to the back office"
        return _sent(call, await self._backoffice.carry_out(call.errand, call.key))

    async def find(self, call: Call) -> Sent | None:
        """What came of an earlier attempt. Raises `Refused` as well: that the shop said no is an outcome."""
        done = await self._backoffice.look_up(call.key)
        return None if done is None else _sent(call, done)

    async def fetch(self, file: FileRef) -> bytes:
        """What an errand brought back. Raises `FileUnavailable`."""
        return await asyncio.to_thread(self._fetch, file)

    def _fetch(self, file: FileRef) -> bytes:
        with self._store.read() as connection:
            known = files.find(connection, self._store.cipher, f"{NAME}/{file.id}")
            if known is None:
                raise FileUnavailable(file, "it is not in the store")
            return files.read(connection, self._store.cipher, known.id)

    async def start(self) -> None:
        await self._backoffice.start()

    async def stop(self) -> None:
        await self._backoffice.stop()


def _sent(call: Call, done: Done) -> Sent:
    """The errand's result; its documents are files of this channel."""
    brought = tuple(
        (FileRef(NAME, f"{call.key}/{number}", one.name, one.mime, len(one.data)), one.data)
        for number, one in enumerate(done.documents, 1)
    )
    return Sent(done.receipt, call.place, files=brought)
