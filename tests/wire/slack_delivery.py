"""How Slack reaches an app: signed HTTP requests or Socket Mode envelopes, with its retries."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.wire.server import HttpAnswer, Json

if TYPE_CHECKING:
    from tests.wire.slack import SlackServer

Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(slots=True)
class Attempt:
    """One try to hand something to the app."""

    at: float
    ok: bool
    reason: str = ""  #: why it failed: `http_timeout`, `http_error`, `connection_failed`, `ack_lost`
    status: int = 0  #: the HTTP status, 0 over Socket Mode


@dataclass(eq=False)
class Delivery:
    """One event, interaction or command on its way to the app."""

    kind: Kind
    body: Json
    room: str = ""  #: deliveries of one room start in order
    attempts: list[Attempt] = field(default_factory=list)
    _done: concurrent.futures.Future[bool] = field(default_factory=concurrent.futures.Future)
    response: Any = None  #: what the app said with its acknowledgement

    @property
    def event_id(self) -> str:
        """Slack's name of the event, the same in every attempt."""
        return str(self.body.get("event_id", ""))

    @property
    def acked(self) -> bool:
        """Whether the app has acknowledged it."""
        return any(one.ok for one in self.attempts)

    def wait(self, timeout: float = 5.0) -> bool:
        """Block until it is acknowledged (True) or given up (False). Not from the product's own event loop."""
        return self._done.result(timeout)

    async def done(self) -> bool:
        """`wait` for a test that shares its event loop with the product."""
        return await asyncio.wrap_future(self._done)

    def finish(self, acked: bool) -> None:
        """Tell whoever waits."""
        if not self._done.done():
            self._done.set_result(acked)

    def as_json(self) -> Json:
        """For the control endpoint."""
        shown = {"kind": self.kind, "event_id": self.event_id, "acked": self.acked, "over": self._done.done()}
        return {**shown, "body": self.body, "attempts": self.attempts, "response": self.response}


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's request signature, version 0."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return "v0=" + digest.hexdigest()


def encoded(kind: Kind, body: Json) -> tuple[bytes, str]:
    """A body as Slack posts it, with its content type."""
    if kind == "events_api":
        return json.dumps(body, separators=(",", ":")).encode(), "application/json"
    form = body if kind == "slash_commands" else {"payload": json.dumps(body, separators=(",", ":"))}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


@dataclass(eq=False, slots=True)
class _Connection:
    """One open WebSocket of the app."""

    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)


class Courier:
    """Carries deliveries to the app; lives on the server's event loop."""

    def __init__(self, slack: SlackServer) -> None:
        self._slack = slack
        self._connections: list[_Connection] = []
        self._tickets: set[str] = set()
        self._turn = 0
        self._previous: dict[str, asyncio.Event] = {}
        self._session: aiohttp.ClientSession | None = None
        self._connected = asyncio.Event()

    async def open(self) -> None:
        """Get ready to post."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def close(self) -> None:
        """Close every connection."""
        for one in list(self._connections):
            with contextlib.suppress(Exception):
                await one.socket.close()
        if self._session is not None:
            await self._session.close()

    @property
    def connections(self) -> int:
        """How many WebSockets the app holds open."""
        return len(self._connections)

    # -- the journey of one delivery ----------------------------------------

    async def carry(self, delivery: Delivery) -> None:
        """Deliver with Slack's retries: events are retried, interactions and commands are not."""
        before, mine = self._previous.get(delivery.room), asyncio.Event()
        self._previous[delivery.room] = mine
        try:
            if before is not None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(before.wait(), self._slack.order_wait)
            await self._with_retries(delivery, mine)
        finally:
            mine.set()

    async def _with_retries(self, delivery: Delivery, tried: asyncio.Event) -> None:
        delays = self._slack.retry_delays if self._retried(delivery) else ()
        for number, delay in enumerate((0.0, *delays)):
            if number:
                await asyncio.sleep(delay)
            last = await self._attempt(delivery, number)
            tried.set()
            self._slack.changed()
            if last.ok or last.reason == "no_retry":
                return

    def _retried(self, delivery: Delivery) -> bool:
        return delivery.kind == "events_api" or self._slack.retry_interactions

    async def _attempt(self, delivery: Delivery, number: int) -> Attempt:
        reason = delivery.attempts[-1].reason if delivery.attempts else ""
        if self._slack.request_url:
            made = await self._by_http(delivery, number, reason)
        else:
            made = await self._by_socket(delivery, number, reason)
        if made.ok and self._slack.ack_is_lost():
            made = Attempt(made.at, False, "http_timeout", made.status)
        delivery.attempts.append(made)
        return made

    # -- HTTP ---------------------------------------------------------------

    async def _by_http(self, delivery: Delivery, number: int, reason: str) -> Attempt:
        body, kind = encoded(delivery.kind, delivery.body)
        headers = {"Content-Type": kind}
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason or "unknown_error"}
        answer = await self.post(body, self._slack.url_for(delivery.kind), headers)
        self._read_answer(delivery, answer)
        why = answer.reason or ("" if answer.ok else "http_error")
        if not answer.ok and answer.headers.get("X-Slack-No-Retry") == "1":
            why = "no_retry"
        return Attempt(self._slack.clock.now(), answer.ok, why, answer.status)

    def _read_answer(self, delivery: Delivery, answer: HttpAnswer) -> None:
        if answer.ok and answer.body:
            is_json = "json" in answer.headers.get("Content-Type", "")
            delivery.response = json.loads(answer.body) if is_json else answer.body

    async def post(
        self,
        body: bytes,
        url: str,
        headers: dict[str, str],
        *,
        secret: str | None = None,
        at: float | None = None,
        signed: bool = True,
    ) -> HttpAnswer:
        """Post with a signature, of our secret and the present time unless told otherwise."""
        stamp = str(int(self._slack.clock.now() if at is None else at))
        whole = {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", "Accept": "*/*", **headers}
        if signed:
            sign = signature(secret or self._slack.signing_secret, stamp, body)
            whole = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": sign, **whole}
        return await self._send(url, body, whole)

    async def _send(self, url: str, body: bytes, headers: dict[str, str]) -> HttpAnswer:
        assert self._session is not None
        limit = aiohttp.ClientTimeout(total=self._slack.ack_timeout)
        try:
            async with self._session.post(url, data=body, headers=headers, timeout=limit) as answer:
                return HttpAnswer(answer.status, await answer.text(), answer.headers)
        except TimeoutError:
            return HttpAnswer(0, reason="http_timeout")
        except aiohttp.ClientError:
            return HttpAnswer(0, reason="connection_failed")

    # -- Socket Mode --------------------------------------------------------

    def new_ticket(self) -> str:
        """A one-time pass for one WebSocket."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def link(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket endpoint."""
        if request.query.get("ticket") not in self._tickets:
            raise web.HTTPUnauthorized
        self._tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse(heartbeat=None, timeout=0.5)
        await socket.prepare(request)
        if len(self._connections) >= self._slack.max_connections:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        return await self._listen(_Connection(socket))

    async def _listen(self, connection: _Connection) -> web.WebSocketResponse:
        self._connections.append(connection)
        await self._say_hello(connection)
        self._connected.set()
        self._slack.changed()
        try:
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    self._take_ack(json.loads(message.data))
        finally:
            self._forget(connection)
        return connection.socket

    async def _say_hello(self, connection: _Connection) -> None:
        info = {"host": "applink-wire", "started": "", "build_number": 1, "approximate_connection_time": 18060}
        app = {"app_id": self._slack.app_id}
        count = len(self._connections)
        hello = {"type": "hello", "num_connections": count, "debug_info": info, "connection_info": app}
        await connection.socket.send_json(hello)

    def _take_ack(self, message: Json) -> None:
        """Take an acknowledgement from any connection: slack_sdk answers on its newest."""
        for connection in self._connections:
            waiter = connection.waiting.pop(str(message.get("envelope_id")), None)
            if waiter is not None and not waiter.done():
                waiter.set_result(message.get("payload"))

    def _forget(self, connection: _Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        if not self._connections:
            self._connected.clear()
        for waiter in connection.waiting.values():
            if not waiter.done():
                waiter.set_exception(ConnectionResetError())
        self._slack.changed()

    async def disconnect(self, reason: str, *, close: bool = True) -> None:
        """Tell every connection to go (`warning`, `refresh_requested`, `link_disabled`), then close it."""
        for one in list(self._connections):
            with contextlib.suppress(ConnectionError, RuntimeError):
                await one.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "wire"}})
            if close:
                self._forget(one)
                await one.socket.close()

    async def cut_all(self) -> None:
        """Drop every WebSocket without a word."""
        for one in list(self._connections):
            self._forget(one)
            transport = one.socket._req.transport if one.socket._req is not None else None
            if transport is not None:
                transport.abort()

    async def _by_socket(self, delivery: Delivery, number: int, reason: str) -> Attempt:
        connection = await self._next_connection()
        if connection is None:
            return Attempt(self._slack.clock.now(), False, "connection_failed")
        envelope: Json = {"envelope_id": str(uuid.uuid4()), "payload": delivery.body, "type": delivery.kind}
        envelope["accepts_response_payload"] = delivery.kind != "events_api"
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": number, "retry_reason": "timeout" if reason == "http_timeout" else reason}
        return await self._send_envelope(connection, envelope, delivery)

    async def _send_envelope(self, connection: _Connection, envelope: Json, delivery: Delivery) -> Attempt:
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = waiter
        try:
            await connection.socket.send_json(envelope)
            delivery.response = await asyncio.wait_for(waiter, self._slack.ack_timeout)
        except TimeoutError:
            return Attempt(self._slack.clock.now(), False, "http_timeout")
        except (ConnectionError, RuntimeError):
            return Attempt(self._slack.clock.now(), False, "connection_failed")
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)
        return Attempt(self._slack.clock.now(), True)

    async def _next_connection(self) -> _Connection | None:
        """The connections take turns; with none open, wait for one."""
        end = time.monotonic() + self._slack.hold_seconds
        while not self._connections:
            left = end - time.monotonic()
            try:
                await asyncio.wait_for(self._connected.wait(), max(left, 0))
            except TimeoutError:
                return None
        self._turn += 1
        return self._connections[self._turn % len(self._connections)]
