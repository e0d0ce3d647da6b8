"""Telegram on 127.0.0.1: the Bot API, files, long polling and webhooks, with people who write to the bot."""

from __future__ import annotations

import argparse
import concurrent.futures
import copy
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from aiohttp import web

from tests.wire.faults import Fault
from tests.wire.server import Call, HttpAnswer, Json, LocalServer, serve_forever
from tests.wire.telegram_chats import Callback, Chat, Chats, TelegramRefusal
from tests.wire.telegram_delivery import Post, Taken
from tests.wire.telegram_methods import METHODS, Upload, Uploads
from tests.wire.telegram_people import NotOnScreen, Shown, TelegramUser

__all__ = ["Callback", "Fault", "NotOnScreen", "Shown", "Taken", "TelegramServer", "TelegramUser"]

#: Arguments that python-telegram-bot sends as JSON text inside a form.
_JSON_ARGS = frozenset(
    {
        "reply_markup", "entities", "caption_entities", "media", "allowed_updates", "reply_parameters", "commands",
        "scope", "link_preview_options", "message_ids", "reaction",
    }
)  # fmt: skip


class TelegramServer(LocalServer):
    """All of Telegram that one bot and its customers see."""

    verbs = ("act", "inbox", "duplicate", "hold", "release", "push")

    def __init__(
        self, port: int = 0, *, token: str = "4242424242:wire-bot-token", username: str = "shopdesk_bot"
    ) -> None:
        super().__init__(port)
        self.token = token
        bot: Json = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Shopdesk", "username": username}
        self.chats = Chats(self.clock, bot)
        self.retry_delays: tuple[float, ...] = (
            0.1,
            0.5,
            1.0,
            2.0,
            5.0,
        )  #: between tries of a webhook; the last repeats
        self.webhook_timeout = 10.0
        self.extra_fields: Json = {}  #: unknown fields to put into every update
        self._users: dict[int, TelegramUser] = {}
        self._update_id = 700_000_000
        self._held: list[tuple[Json, int]] | None = None

    # -- where it is --------------------------------------------------------

    @property
    def base_url(self) -> str:
        """The `base_url` of a `telegram.Bot`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """The `base_file_url` of a `telegram.Bot`."""
        return f"{self.url}/file/bot"

    @property
    def bot_id(self) -> int:
        """Our bot."""
        return int(self.chats.bot["id"])

    def addresses(self) -> Json:
        """What the product needs to be configured with."""
        return {"base_url": self.base_url, "base_file_url": self.base_file_url, "token": self.token}

    # -- people -------------------------------------------------------------

    def user(
        self, id: int = 0, first_name: str = "Ada", username: str = "", language_code: str = "en", **more: Any
    ) -> TelegramUser:
        """A person, made on first mention; without an id they get the next free one."""
        with self.lock:
            number = id or 5_000_000_000 + len(self._users) + 1
            if number not in self._users:
                about: Json = {"id": number, "is_bot": False, "first_name": first_name, "language_code": language_code}
                if username:
                    about["username"] = username
                self.chats.chats[number] = Chat(number, {**about, **more})
                self._users[number] = TelegramUser(self, self.chats.chats[number])
            return self._users[number]

    def act(self, user: int, verb: str, **args: Any) -> Any:
        """For the control endpoint: a person's verb by name."""
        who = self.user(user, **args.pop("as", {}))
        if verb.startswith("_") or not callable(getattr(who, verb, None)):
            raise ValueError(f"a person cannot {verb}")
        return getattr(who, verb)(**args)

    def inbox(self, user: int) -> list[Shown]:
        """For the control endpoint: what a person sees."""
        return self.user(user).inbox

    # -- updates ------------------------------------------------------------

    def tell(self, content: Json, chat: int) -> int:
        """Queue an update for the bot; returns its update_id."""
        with self.lock:
            self._update_id += 1
            update = {"update_id": self._update_id, **content, **self.extra_fields}
            if self._held is not None:
                self._held.append((update, chat))
            else:
                self._post.put(update, chat)
            number = self._update_id
        self._wake_up()
        return number

    def push(self, update: Json, chat: int = 0) -> int:
        """Queue any update, known or not: `push({"teleported": {...}})`."""
        return self.tell(copy.deepcopy(update), chat)

    def skip_ids(self, by: int = 1_000_000) -> None:
        """Let update ids jump, as they may after an idle week."""
        with self.lock:
            self._update_id += by

    def hold(self) -> None:
        """Keep updates back until `release`."""
        with self.lock:
            self._held = []

    def release(self, order: Literal["as_sent", "reversed"] = "as_sent") -> None:
        """Hand over the updates kept back. Reversed, a poll still sees rising ids, a webhook sees falling ones."""
        with self.lock:
            held, self._held = self._held or [], None
            ids = [update["update_id"] for update, _ in held]
            for place, (update, chat) in enumerate(held[::-1] if order == "reversed" else held):
                if not self._post.webhook.url:
                    update["update_id"] = ids[place]
                self._post.put(update, place if order == "reversed" else chat)
        self._wake_up()

    @contextmanager
    def out_of_order(self) -> Iterator[None]:
        """Updates of the block arrive after it, last first."""
        self.hold()
        yield
        self.release("reversed")

    def duplicate(self, times: int = 1) -> None:
        """Deliver each of the next updates the bot takes once more, with the same update_id."""
        self._post.repeats += times

    def forge(
        self, update: Json, *, secret: str | None = "not-the-secret", url: str | None = None
    ) -> concurrent.futures.Future[HttpAnswer]:
        """Post an update to the webhook as an impostor would: with a wrong secret, or with none."""
        with self.lock:
            self._update_id += 1
            forged = {"update_id": self._update_id, **update}
        return self.promise(self._post.send(forged, secret, url))

    @property
    def taken(self) -> list[Taken]:
        """The updates the bot took or refused, one entry an attempt."""
        with self.lock:
            return list(self._post.taken)

    @property
    def pending(self) -> list[Json]:
        """The updates the bot has not taken yet."""
        with self.lock:
            return [one.update for one in self._post.pending]

    @property
    def webhook_url(self) -> str:
        """Where updates go; empty while the bot polls."""
        return self._post.webhook.url

    def drained(self, timeout: float = 5.0) -> None:
        """Block until the bot has taken every update."""
        self.until(lambda: not self.pending, timeout, "taking every update")

    def _wake_up(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._post.wake)
        self.changed()

    # -- the server ---------------------------------------------------------

    def state(self) -> Json:
        """Everything, for another process."""
        chats = {
            str(chat.id): {
                "user": chat.user,
                "messages": list(chat.messages.values()),
                "deleted": chat.deleted,
                "blocked": chat.blocked,
                "keyboard": chat.keyboard,
            }
            for chat in self.chats.chats.values()
        }
        queue = {"pending": self.pending, "taken": self.taken, "webhook": self._post.webhook}
        return {"chats": chats, "commands": self.chats.commands, "callbacks": self.chats.callbacks, **queue}

    async def opened(self) -> None:
        """Start the queue on the server's loop."""
        self._post = Post(self)
        await self._post.open()
        self.spawn(self._post.pump())

    async def closing(self) -> None:
        """Stop the queue."""
        await self._post.close()

    def routes(self, app: web.Application) -> None:
        """Telegram's endpoints."""
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._api)

    def refusal(self, fault: Fault) -> web.Response:
        """Telegram's way to fail."""
        if fault.kind == "rate_limit":
            after = max(1, round(fault.retry_after))
            refused = TelegramRefusal(429, f"Too Many Requests: retry after {after}", retry_after=after)
            return web.json_response(refused.as_json(), status=429, headers={"Retry-After": str(after)})
        if fault.kind == "error":
            refused = TelegramRefusal(fault.code, fault.name)
            return web.json_response(refused.as_json(), status=fault.code)
        return web.Response(status=fault.status, text="<html><h1>Bad Gateway</h1></html>", content_type="text/html")

    async def _api(self, request: web.Request) -> web.StreamResponse:
        try:
            args, uploads = await _arguments(request)
        except web.HTTPRequestEntityTooLarge:
            return _answer(TelegramRefusal(413, "Request Entity Too Large"))
        call = self.noted(request.match_info["method"], args)

        async def perform() -> web.StreamResponse:
            return await self._perform(request.match_info["token"], call, uploads)

        return await self.through_faults(request, call, perform)

    async def _perform(self, token: str, call: Call, uploads: Uploads) -> web.Response:
        try:
            self._check_token(token)
            result = await self._result(call, uploads)
        except TelegramRefusal as refused:
            call.ok, call.error = False, refused.description
            self.changed()
            return _answer(refused)
        call.ok = True
        self.changed()
        return web.Response(text=result, content_type="application/json")

    def _check_token(self, token: str) -> None:
        if token != self.token:
            known_form = token.partition(":")[0].isdigit() and ":" in token
            raise TelegramRefusal(401, "Unauthorized") if known_form else TelegramRefusal(404, "Not Found")

    async def _result(self, call: Call, uploads: Uploads) -> str:
        """The answer as JSON text, written while nobody can change it."""
        name = call.method.lower()
        if name == "getupdates":
            return _ok(await self._post.get_updates(call.args))
        with self.lock:
            return _ok(self._do(name, call.args, uploads))

    def _do(self, name: str, args: Json, uploads: Uploads) -> Any:
        own: dict[str, Callable[[], Any]] = {
            "setwebhook": lambda: self._post.set_webhook(args),
            "deletewebhook": lambda: self._post.delete_webhook(args),
            "getwebhookinfo": self._post.webhook_info,
        }
        if name in own:
            return own[name]()
        if name not in METHODS:
            raise TelegramRefusal(404, "Not Found: method not found")
        return METHODS[name](self.chats, args, uploads)

    def perform_reply(self, body: Json) -> None:
        """Do what the answer to a webhook call asks for; its outcome is never told."""
        name = str(body.pop("method", ""))
        if not name:
            return
        call = self.noted(name, body)
        with self.lock:
            try:
                self._do(name.lower(), body, {})
            except TelegramRefusal as refused:
                call.ok, call.error = False, refused.description
            else:
                call.ok = True
        self.changed()

    async def _download(self, request: web.Request) -> web.StreamResponse:
        call = self.noted("download", {"path": request.match_info["path"]})

        async def perform() -> web.StreamResponse:
            if request.match_info["token"] != self.token:
                return _answer(TelegramRefusal(401, "Unauthorized"))
            content = self.chats.contents.get(request.match_info["path"])
            if content is None:
                return _answer(TelegramRefusal(404, "Not Found"))
            return web.Response(body=content, content_type="application/octet-stream")

        return await self.through_faults(request, call, perform)


def _ok(result: Any) -> str:
    return json.dumps({"ok": True, "result": _visible(result)})


def _visible(result: Any) -> Any:
    """What a bot may see of a message: not our own notes, whose names start with an underscore."""
    if isinstance(result, dict) and "_reactions" in result:
        return {key: value for key, value in result.items() if key != "_reactions"}
    return result


def _answer(refused: TelegramRefusal) -> web.Response:
    return web.json_response(refused.as_json(), status=refused.code)


async def _arguments(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    args: Json = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.can_read_body:
        if request.content_type == "application/json":
            args |= await request.json()
        else:
            for key, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    uploads[key] = Upload(value.filename, value.file.read())
                else:
                    args[key] = value
    return {key: _unpacked(key, value) for key, value in args.items()}, uploads


def _unpacked(key: str, value: Any) -> Any:
    if key not in _JSON_ARGS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def main(options: Sequence[str] | None = None) -> None:
    """Run the server as a process."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.telegram", description=__doc__)
    parser.add_argument("--token", default="4242424242:wire-bot-token")
    serve_forever(lambda given: TelegramServer(given.port, token=given.token), parser)


if __name__ == "__main__":
    main()
