"""Takes updates in: stored first, acknowledged after."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from telegram.error import TelegramError

from bot.channels import Receive
from bot.channels.telegram.api import Api, Rejected
from bot.channels.telegram.errors import described
from bot.channels.telegram.limits import ALLOWED_UPDATES, LIMITS
from bot.channels.telegram.parsing import parse

_log = logging.getLogger(__name__)

_OTHER_POLLER = (
    "another program polls Telegram with the same token: stop it, a token has one poller; the next attempt follows"
)
_WEBHOOK_SET = (
    "a webhook is set for this bot, so Telegram does not let it poll: set telegram.mode to webhook, or remove the "
    "webhook (deleteWebhook); `shopdesk doctor` shows it"
)


class TokenRefused(Exception):
    """Telegram does not know the bot's token."""

    def __init__(self) -> None:
        super().__init__("Telegram does not accept TELEGRAM_BOT_TOKEN: ask @BotFather for the bot's current token")


class Incoming:
    """One bot's updates, whichever way they come."""

    def __init__(self, api: Api, account: str, receive: Receive, now: Callable[[], datetime]) -> None:
        self._api, self._account, self._receive, self._now = api, account, receive, now
        self._answers: set[asyncio.Task[None]] = set()

    async def take(self, updates: Sequence[object]) -> None:
        """Stores them in one call; once it has returned they may be acknowledged."""
        received = self._now()
        arrivals = [found for update in updates if (found := parse(update, self._account, received))]
        if arrivals:
            await self._receive(arrivals)
        for update in updates:
            self._answer(update)

    def _answer(self, update: object) -> None:
        """Ends the waiting that a pressed button shows; nobody waits for it to be done."""
        query = update.get("callback_query") if isinstance(update, dict) else None
        if isinstance(query, dict) and isinstance(query.get("id"), str | int):
            task = asyncio.create_task(self._answered(query["id"]))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _answered(self, query: str | int) -> None:
        try:
            await self._api.call("answerCallbackQuery", {"callback_query_id": query})
        except TelegramError as error:  # an old button, or no connection: it ends by itself then
            _log.info("a pressed button was not answered: %s", error)

    async def stop(self) -> None:
        """Gives up the answers that still wait."""
        for task in tuple(self._answers):
            task.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)


class Polling:
    """Asks for updates in one long poll after the other. The offset moves only after the updates were stored."""

    def __init__(
        self, api: Api, incoming: Incoming, poll: int, back_off: Sequence[float], works: Callable[[], None]
    ) -> None:
        """`works` is called after each poll that brought what it should."""
        self._api, self._incoming, self._poll, self._back_off, self._works = api, incoming, poll, back_off, works
        self._offset: int | None = None

    async def run(self) -> None:
        """Until it is cancelled. Raises `TokenRefused`."""
        failures = 0
        while True:
            try:
                await self._turn()
                self._works()
                failures = 0
            except Exception as error:  # noqa: BLE001 - whatever the store raises: it all comes again
                _explain(error)
                await asyncio.sleep(self._back_off[min(failures, len(self._back_off) - 1)])
                failures += 1

    async def _turn(self) -> None:
        asked = {"offset": self._offset, "limit": LIMITS["updates"], "timeout": self._poll}
        updates = await self._api.call("getUpdates", {**asked, "allowed_updates": ALLOWED_UPDATES}, wait=self._poll)
        if not isinstance(updates, list) or not all(isinstance(update, dict) for update in updates):
            raise TelegramError("the answer to getUpdates is no list of updates")
        await self._incoming.take(updates)
        numbers = [number for update in updates if isinstance(number := update.get("update_id"), int)]
        # without an offset Telegram gives whatever is not yet acknowledged: after an idle week ids begin elsewhere
        self._offset = max(numbers) + 1 if numbers else None


def raise_if_token(error: Exception) -> None:
    """Raises `TokenRefused` when that is what the error says: nothing else works then."""
    if isinstance(error, Rejected) and error.code in (401, 404):
        raise TokenRefused from error


def _explain(error: Exception) -> None:
    raise_if_token(error)
    if not isinstance(error, Rejected):
        _log.warning("updates were not taken, they come again: %s", str(error) or repr(error))
    elif error.code == 409:
        _log.error("Telegram: %s", _WEBHOOK_SET if "webhook" in described(error) else _OTHER_POLLER)
    else:
        _log.warning("Telegram gave no updates: %s", error)


def update_in(body: bytes) -> dict[str, Any] | None:
    """The update that a webhook call brings, None when it is none. Broken UTF-8 is replaced."""
    try:
        found = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
