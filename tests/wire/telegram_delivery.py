"""How Telegram reaches a bot: long polling or a webhook that is called until it says yes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp

from tests.wire.server import HttpAnswer, Json
from tests.wire.telegram_chats import TelegramRefusal, bad_request

if TYPE_CHECKING:
    from tests.wire.telegram import TelegramServer

#: What a bot gets only when it asks (https://core.telegram.org/bots/api#getupdates).
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_POLLED_AGAIN = "terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_ON = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass
class Webhook:
    """Where updates go, and how it went."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_date: int = 0
    last_error_message: str = ""


@dataclass
class Pending:
    """An update the bot has not taken yet."""

    update: Json
    chat: int
    attempts: int = 0
    not_before: float = 0.0
    flying: bool = False


@dataclass
class Taken:
    """An update as it reached the bot, for tests that count."""

    update_id: int
    at: float
    status: int  #: the webhook's answer, 200 for polling


class Post:
    """The queue of updates; lives on the server's event loop, filled from any thread under the server's lock."""

    def __init__(self, telegram: TelegramServer) -> None:
        self._telegram = telegram
        self.webhook = Webhook()
        self.allowed: list[str] | None = None
        self.pending: list[Pending] = []
        self.taken: list[Taken] = []
        self.repeats = 0  #: how many confirmed updates come once more
        self._poll = 0
        self._wake = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Get ready to post."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()

    def wants(self, update: Json) -> bool:
        """Whether the bot asked for this kind of update."""
        kind = next((key for key in update if key != "update_id"), "")
        return kind in self.allowed if self.allowed else kind not in _ON_REQUEST

    def put(self, update: Json, chat: int) -> None:
        """Queue an update."""
        if self.wants(update):
            self.pending.append(Pending(update, chat))

    def wake(self) -> None:
        """Something is new: an update, a poll, a webhook."""
        self._wake.set()
        self._wake = asyncio.Event()

    # -- long polling -------------------------------------------------------

    async def get_updates(self, args: Json) -> list[Json]:
        """Telegram's long poll; a newer one ends it with a conflict."""
        if self.webhook.url:
            raise TelegramRefusal(409, f"Conflict: {_WEBHOOK_ON}")
        self._poll += 1
        mine = self._poll
        self._allow(args)
        self._confirm(int(args.get("offset") or 0))
        self.wake()
        return await self._next_batch(mine, args)

    async def _next_batch(self, mine: int, args: Json) -> list[Json]:
        limit = max(1, min(int(args.get("limit") or 100), 100))
        end = time.monotonic() + min(float(args.get("timeout") or 0), 50)
        while True:
            wake = self._wake
            with self._telegram.lock:
                batch = [one.update for one in self.pending[:limit]]
            if batch or time.monotonic() >= end:
                return batch
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), end - time.monotonic())
            self._still_the_poller(mine)

    def _still_the_poller(self, mine: int) -> None:
        if mine != self._poll:
            raise TelegramRefusal(409, f"Conflict: {_POLLED_AGAIN}")
        if self.webhook.url:
            raise TelegramRefusal(409, "Conflict: terminated by setWebhook request")

    def _allow(self, args: Json) -> None:
        if args.get("allowed_updates") is not None:
            self.allowed = list(args["allowed_updates"])

    def _confirm(self, offset: int) -> None:
        """Forget what the bot has taken; a negative offset keeps only the last so many."""
        with self._telegram.lock:
            if offset < 0:
                self.pending = self.pending[offset:]
                return
            done = [one for one in self.pending if one.update["update_id"] < offset]
            kept = [one for one in self.pending if one.update["update_id"] >= offset]
            again = done[: self.repeats]
            self.repeats -= len(again)
            self.taken += [Taken(one.update["update_id"], self._telegram.clock.now(), 200) for one in done]
            self.pending = [*again, *kept]
        if done:
            self._telegram.changed()

    # -- webhook ------------------------------------------------------------

    def set_webhook(self, args: Json) -> bool:
        """Start posting, or with an empty URL stop."""
        url, secret = str(args.get("url") or ""), str(args.get("secret_token") or "")
        if url and not url.startswith("http"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        self._allow(args)
        self._drop(args)
        self.webhook = Webhook(url, secret, int(args.get("max_connections") or 40))
        self.wake()
        return True

    def delete_webhook(self, args: Json) -> bool:
        """Stop posting."""
        self._drop(args)
        self.webhook = Webhook()
        self.wake()
        return True

    def _drop(self, args: Json) -> None:
        if str(args.get("drop_pending_updates")).lower() == "true":
            with self._telegram.lock:
                self.pending.clear()

    def webhook_info(self) -> Json:
        """How the webhook is doing."""
        known = {"url": self.webhook.url, "has_custom_certificate": False, "pending_update_count": len(self.pending)}
        if self.webhook.url:
            known["max_connections"] = self.webhook.max_connections
        if self.webhook.last_error_message:
            known |= {"last_error_date": self.webhook.last_error_date}
            known |= {"last_error_message": self.webhook.last_error_message}
        return {**known, "allowed_updates": self.allowed} if self.allowed else known

    async def pump(self) -> None:
        """Post updates for as long as the server lives: in order within a chat, chats beside each other."""
        while True:
            wake = self._wake
            wait = self._start_due()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), wait)

    def _start_due(self) -> float | None:
        if not self.webhook.url:
            return None
        now, soonest = time.monotonic(), None
        with self._telegram.lock:
            busy = {one.chat for one in self.pending if one.flying}
            for one in self.pending:
                if one.chat in busy or one.flying:
                    continue
                busy.add(one.chat)
                if one.not_before > now:
                    soonest = min(one.not_before - now, soonest or 60.0)
                    continue
                one.flying = True
                self._telegram.spawn(self._post(one))
        return soonest

    async def _post(self, one: Pending) -> None:
        answer = await self.send(one.update, self.webhook.secret)
        if answer.ok and self.repeats > 0:
            self.repeats -= 1
            await self.send(one.update, self.webhook.secret)
        self._note(one, answer)
        if answer.ok and answer.body.startswith("{"):
            self._telegram.perform_reply(json.loads(answer.body))

    def _note(self, one: Pending, answer: HttpAnswer) -> None:
        with self._telegram.lock:
            one.flying = False
            one.attempts += 1
            self.taken.append(Taken(one.update["update_id"], self._telegram.clock.now(), answer.status))
            if answer.ok:
                self.pending = [other for other in self.pending if other is not one]
            else:
                delays = self._telegram.retry_delays
                one.not_before = time.monotonic() + delays[min(one.attempts, len(delays)) - 1]
                self.webhook.last_error_date = int(self._telegram.clock.now())
                self.webhook.last_error_message = _complaint(answer)
        self.wake()
        self._telegram.changed()

    async def send(self, update: Json, secret: str | None, url: str | None = None) -> HttpAnswer:
        """Post one update, with any secret or none."""
        assert self._session is not None
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        limit = aiohttp.ClientTimeout(total=self._telegram.webhook_timeout)
        target = url or self.webhook.url
        try:
            async with self._session.post(target, json=update, headers=headers, timeout=limit) as answer:
                return HttpAnswer(answer.status, await answer.text(), answer.headers)
        except TimeoutError:
            return HttpAnswer(0, reason="Read timeout expired")
        except aiohttp.ClientError:
            return HttpAnswer(0, reason="Connection refused")


def _complaint(answer: HttpAnswer) -> str:
    if not answer.status:
        return answer.reason
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = ""
    return f"Wrong response from the webhook: {answer.status} {phrase}".strip()
