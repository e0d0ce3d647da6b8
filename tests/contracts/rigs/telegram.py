"""Telegram for the channel contract: a bot before the local Bot API, by long polling and by webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiohttp import web

from bot.channels import Op
from bot.channels.telegram import TelegramChannel
from tests.contracts.rigs import Inbox, Post
from tests.wire.faults import Faults
from tests.wire.telegram import Shown, TelegramServer, TelegramUser

SECRET = "a-secret_of-the-shop"
METHODS: dict[Op, str] = {
    "post": "sendMessage",
    "edit": "editMessageText",
    "delete": "deleteMessage",
    "file": "sendDocument",
}


@dataclass
class TelegramRig:
    """A customer, Ada, who has started the bot."""

    telegram: TelegramServer
    channel: TelegramChannel
    inbox: Inbox
    ada: TelegramUser
    #: where updates are posted to, of a webhook
    webhook: str = ""
    methods: Mapping[Op, str] = field(default_factory=lambda: METHODS)
    finds: bool = False
    thread: str | None = None

    @property
    def faults(self) -> Faults:
        """What goes wrong next."""
        return self.telegram.faults

    @property
    def account(self) -> str:
        """The bot."""
        return str(self.telegram.bot_id)

    @property
    def place(self) -> str:
        """Ada's chat."""
        return str(self.ada.id)

    def says(self, text: str) -> None:
        """Ada writes to the bot."""
        self.ada.says(text)

    def says_late(self, first: str, second: str) -> None:
        """Two messages of Ada, the second delivered before the first."""
        with self.telegram.out_of_order():
            self.ada.says(first)
            self.ada.says(second)

    def repeats(self) -> None:
        """The next update comes twice."""
        self.telegram.duplicate()

    def sends_file(self, name: str, data: bytes) -> None:
        """Ada sends a document."""
        self.ada.sends_document(name, data)

    def refuses(self) -> None:
        """See `Rig`."""
        self.faults.error("sendMessage", "Bad Request: chat not found", code=400)

    def acknowledged(self) -> bool:
        """Whether no update waits at Telegram."""
        return not self.telegram.pending

    def posts(self) -> list[Post]:
        """What Ada sees of the bot."""
        return [Post(str(shown.message_id), shown.text, self._files(shown)) for shown in self.ada.inbox]

    def _files(self, shown: Shown) -> tuple[bytes, ...]:
        if shown.file is None:
            return ()
        chats = self.telegram.chats
        return (chats.contents[chats.files[shown.file["file_id"]]["file_path"]],)


@asynccontextmanager
async def polling(**options: Any) -> AsyncIterator[TelegramRig]:
    """A bot that polls."""
    with TelegramServer() as telegram:
        rig = _rig(telegram, **options)
        await rig.channel.start()
        try:
            yield rig
        finally:
            await rig.channel.stop()


@asynccontextmanager
async def webhook(**options: Any) -> AsyncIterator[TelegramRig]:
    """A bot that is called."""
    with TelegramServer() as telegram:
        telegram.retry_delays = (0.02, 0.05, 0.1)
        found: list[TelegramChannel] = []
        async with _served(partial(_take, found)) as url:
            rig = _rig(telegram, mode="webhook", webhook_url=url, webhook_secret=SECRET, **options)
            rig.webhook = url
            found.append(rig.channel)
            await rig.channel.start()
            try:
                await telegram.until_async(lambda: telegram.webhook_url)
                yield rig
            finally:
                await rig.channel.stop()


def _rig(telegram: TelegramServer, **options: Any) -> TelegramRig:
    inbox = Inbox()
    addresses = {"base_url": telegram.base_url, "base_file_url": telegram.base_file_url}
    channel = TelegramChannel(telegram.token, receive=inbox.receive, back_off=(0.02,), **{**addresses, **options})
    ada = telegram.user(first_name="Ada", last_name="Byron", username="ada", language_code="en-GB")
    telegram.chats.chats[ada.id].started = True
    return TelegramRig(telegram, channel, inbox, ada)


async def _take(channel: list[TelegramChannel], request: web.Request) -> web.Response:
    secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
    return web.Response(status=await channel[0].take_webhook(secret, await request.read()))


@asynccontextmanager
async def _served(handle: Callable[[web.Request], Any]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/telegram/webhook", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/webhook"
    finally:
        await runner.cleanup()
