"""Telegram as a channel: customers' private chats with one bot."""

import asyncio
import hmac
import logging
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from telegram.error import TelegramError

from bot.channels import Call, OutcomeUnknown, Receive, Sent
from bot.channels.telegram.api import Api
from bot.channels.telegram.incoming import Incoming, Polling, TokenRefused, raise_if_token, update_in
from bot.channels.telegram.limits import ALLOWED_UPDATES, LIMITS
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.splitting import split
from handlers.events import FileRef
from handlers.message import Message
from handlers.texts import LANGUAGES, text

Mode = Literal["polling", "webhook"]

#: what customers find in the bot's menu
COMMANDS = ("start", "help", "link", "language", "privacy", "stop")

#: seconds between attempts, longer each time
BACK_OFF: tuple[float, ...] = (1, 2, 5, 10, 30)
#: seconds that Telegram may hold a poll that brings nothing
POLL = 25

_TOKEN = re.compile(r"(\d{1,20}):[A-Za-z0-9_-]+")
_SECRET = re.compile(rf"[A-Za-z0-9_-]{{1,{LIMITS['webhook_secret']}}}")

_log = logging.getLogger(__name__)

#: how long a refused token rests, in seconds: a server between may have refused it, or somebody mends it there
_REFUSED_PAUSE = 60.0


class TelegramChannel:
    """One bot. Updates go to `receive` and are acknowledged once it has returned."""

    name = "telegram"

    def __init__(
        self,
        token: str,
        *,
        receive: Receive,
        mode: Mode = "polling",
        base_url: str = "https://api.telegram.org/bot",
        base_file_url: str = "https://api.telegram.org/file/bot",
        webhook_url: str = "",
        webhook_secret: str = "",
        poll: int = POLL,
        back_off: Sequence[float] = BACK_OFF,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Raises `ValueError` for a token or a webhook that cannot work."""
        self.account = _bot_of(token)
        #: the bot's @name, known once Telegram was asked
        self.username = ""
        if mode == "webhook":
            _check_webhook(webhook_url, webhook_secret)
        _hush_libraries()
        #: why it receives nothing at the moment, empty while it does
        self.trouble = ""
        self._mode, self._webhook_url, self._secret, self._back_off = mode, webhook_url, webhook_secret, back_off
        self._api = Api(token, _ending(base_url, "/bot"), _ending(base_file_url, "/file/bot"))
        self._incoming = Incoming(self._api, self.account, receive, now)
        self._outgoing = Outgoing(self._api)
        self._polling = Polling(self._api, self._incoming, poll, back_off, self._works)
        self._receiving: asyncio.Task[None] | None = None

    def split(self, message: Message) -> list[Message]:
        """The message in parts that each fit one post."""
        return split(message)

    async def perform(self, call: Call) -> Sent:
        """Makes the call. Raises `TryLater`, `Refused` or `OutcomeUnknown`."""
        return await self._outgoing.perform(call)

    async def find(self, call: Call) -> Sent | None:
        """Always raises `OutcomeUnknown`: Telegram does not show a bot what it sent."""
        raise OutcomeUnknown("Telegram cannot tell whether the message arrived.", call.trace)

    async def fetch(self, file: FileRef) -> bytes:
        """A customer's file. Raises `FileUnavailable`, `TryLater`."""
        return await self._outgoing.fetch(file)

    async def start(self) -> None:
        """Begins to receive; Telegram need not be there yet."""
        await self._api.connect()
        self.trouble = ""
        self._receiving = asyncio.create_task(self._receive())

    async def stop(self) -> None:
        """Stops receiving; a webhook stays set, so that Telegram keeps what comes in the meantime."""
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.gather(self._receiving, return_exceptions=True)
            self._receiving = None
        await self._incoming.stop()
        await self._api.disconnect()

    def knows(self, secret_header: str | None) -> bool:
        """Whether it is Telegram that calls the webhook: to be asked before anything of the call is read."""
        return bool(self._secret) and hmac.compare_digest(_bytes(secret_header or ""), _bytes(self._secret))

    async def take_webhook(self, secret_header: str | None, body: bytes) -> int:
        """Takes one call of the webhook in and returns the HTTP status to answer: 200 only once it is stored."""
        if not self.knows(secret_header):
            return 401
        update = update_in(body)
        if update is None:
            return 400
        try:
            await self._incoming.take([update])
        except Exception:  # noqa: BLE001 - whatever the store raises: Telegram sends it again
            _log.exception("an update was not stored, Telegram sends it again")
            return 503
        return 200

    async def _introduce(self) -> None:
        try:
            me = await self._api.call("getMe")
            self.username = str(me.get("username", "")) if isinstance(me, dict) else ""
            await self._api.call("setMyCommands", {"commands": _menu(None)})
            for language in LANGUAGES:
                await self._api.call("setMyCommands", {"commands": _menu(language), "language_code": language})
        except TelegramError as error:
            raise_if_token(error)
            _log.warning("the bot's menu was not set: %s", error)

    async def _receive(self) -> None:
        while True:
            if await self._is_let_in():
                return
            await asyncio.sleep(_REFUSED_PAUSE)

    async def _is_let_in(self) -> bool:
        """Receives; False as soon as Telegram refuses the token."""
        try:
            await self._introduce()
            await (self._polling.run() if self._mode == "polling" else self._set_webhook())
        except TokenRefused as refused:
            self.trouble = str(refused)
            _log.error("Telegram brings nothing in, the next attempt follows: %s", refused)
            return False
        return True

    def _works(self) -> None:
        """Telegram takes the token, again or still."""
        self.trouble = ""

    async def _set_webhook(self) -> None:
        # max_connections stays as it is: of one chat Telegram's server posts an update only once the one before it was
        # taken, over however many connections (WebhookActor.cpp of tdlib/telegram-bot-api: a queue for each chat)
        wanted: dict[str, Any] = {
            "url": self._webhook_url,
            "secret_token": self._secret,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        failures = 0
        while not await self._is_set(wanted):
            await asyncio.sleep(self._back_off[min(failures, len(self._back_off) - 1)])
            failures += 1
        self._works()

    async def _is_set(self, webhook: dict[str, Any]) -> bool:
        try:
            await self._api.call("setWebhook", webhook)
        except TelegramError as error:
            raise_if_token(error)
            _log.warning("the webhook was not set, the next attempt follows: %s", error)
            return False
        return True


def _menu(language: str | None) -> list[dict[str, str]]:
    """The commands as the speakers of a language find them; None: as everybody else does."""
    return [{"command": name, "description": text(f"menu.{name}", language)} for name in COMMANDS]


def _bot_of(token: str) -> str:
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise ValueError("a Telegram token is the bot's number, a colon and a secret: 123456:ABC-DEF")
    return found[1]


def _check_webhook(url: str, secret: str) -> None:
    if not _SECRET.fullmatch(secret):
        raise ValueError("the webhook needs TELEGRAM_WEBHOOK_SECRET: 1 to 256 of the characters A-Z a-z 0-9 _ -")
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"the webhook needs the address at which Telegram reaches this server, not {url!r}")


def _hush_libraries() -> None:
    """They log every address they call, and those of the Bot API hold the token; some log customers' words too."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _bytes(header: str) -> bytes:
    return header.encode("utf-8", "surrogatepass")


def _ending(url: str, ending: str) -> str:
    """The address as python-telegram-bot wants it; the configuration may name the server alone."""
    url = url.rstrip("/")
    return url if url.endswith(ending) or "{" in url else url + ending
