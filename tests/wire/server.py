"""What both wire servers are: an aiohttp application in a thread of its own, watched and steered from outside."""

from __future__ import annotations

import argparse
import asyncio
import concurrent.futures
import dataclasses
import json
import logging
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, ClassVar, Self, TypeVar

from aiohttp import web

from tests.wire.clock import Clock
from tests.wire.faults import Fault, Faults, cut

T = TypeVar("T")
Json = dict[str, Any]

_log = logging.getLogger(__name__)
_MAX_BODY = 64 * 1024 * 1024


class NeverHappened(AssertionError):
    """What a test waited for did not come to pass in time."""


@dataclasses.dataclass(slots=True)
class Call:
    """One API call the product made."""

    method: str
    args: Json
    at: float
    ok: bool | None = None  #: None while it is being answered, or when the answer was never sent
    error: str | None = None
    fault: str | None = None  #: the kind of fault that spoiled it


@dataclasses.dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What the product answered to a request of ours; status 0 means it could not be reached."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    reason: str = ""  #: why there is no answer: `timeout` or `connection_failed`

    @property
    def ok(self) -> bool:
        """Whether the product took it."""
        return 200 <= self.status < 300


class LocalServer:
    """An HTTP server on 127.0.0.1 in its own thread; its control methods may be called from any thread."""

    verbs: ClassVar[tuple[str, ...]] = ()  #: the control methods that `POST /_control/do/<verb>` offers

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.clock = Clock()
        self.faults = Faults()
        self.calls: list[Call] = []
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- life ---------------------------------------------------------------

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the server listens, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Listen; returns when the port is open."""
        opened: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._live, args=(opened,), name=type(self).__name__, daemon=True)
        self._thread.start()
        opened.result(10)
        return self

    def stop(self) -> None:
        """Close every connection and end the thread."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(self._stopping.set)
        thread.join(10)
        self._loop = self._thread = None

    def _live(self, opened: concurrent.futures.Future[None]) -> None:
        try:
            asyncio.run(self._serve(opened))
        except BaseException as error:
            if opened.done():
                raise
            opened.set_exception(error)

    async def _serve(self, opened: concurrent.futures.Future[None]) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=_MAX_BODY)
        self.routes(app)
        self._control_routes(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, backlog=1024)
        await site.start()
        self.port = runner.addresses[0][1]
        await self.opened()
        opened.set_result(None)
        await self._stopping.wait()
        await self._wind_down(runner)

    async def _wind_down(self, runner: web.AppRunner) -> None:
        left = set(self._tasks)
        while left:  # `wait_for` of Python 3.11 may swallow a cancellation: once is not always enough
            for task in left:
                task.cancel()
            _, left = await asyncio.wait(left, timeout=0.2)
        await self.closing()
        await runner.cleanup()

    # -- for the servers ----------------------------------------------------

    def routes(self, app: web.Application) -> None:
        """Add the platform's endpoints."""
        raise NotImplementedError

    def refusal(self, fault: Fault) -> web.Response:
        """How this platform says 429, 5xx or an error by name."""
        raise NotImplementedError

    def state(self) -> Json:
        """Everything worth seeing from another process."""
        raise NotImplementedError

    def addresses(self) -> Json:
        """What a product needs to find this server."""
        raise NotImplementedError

    async def opened(self) -> None:
        """Called on the server's loop once the port is open."""

    async def closing(self) -> None:
        """Called on the server's loop before the port closes."""

    def changed(self) -> None:
        """Wake whoever waits for something to happen."""
        with self._changed:
            self._changed.notify_all()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the server's loop, in the order of the calls, whichever thread calls."""
        loop = self._loop
        if loop is None:
            work.close()
            raise RuntimeError("the server is not running")
        loop.call_soon_threadsafe(self._begin, work)

    def promise(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Like `spawn`, with a future: `.result(5)` in a plain test, `asyncio.wrap_future` in an async one."""
        future: concurrent.futures.Future[T] = concurrent.futures.Future()

        async def keep() -> None:
            try:
                future.set_result(await work)
            except BaseException as error:
                future.set_exception(error)
                raise

        self.spawn(keep())
        return future

    def _begin(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("a wire server's own task failed", exc_info=task.exception())

    def noted(self, method: str, args: Json) -> Call:
        """Remember a call of the product."""
        call = Call(method, args, self.clock.now())
        with self.lock:
            self.calls.append(call)
        self.changed()
        return call

    async def through_faults(
        self, request: web.Request, call: Call, perform: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Answer a call, spoiled by the fault that is due, if one is."""
        fault = self.faults.take(call.method, call.args)
        if fault is None:
            return await perform()
        call.fault = fault.kind
        self.changed()
        return await self._spoil(fault, request, call, perform)

    async def _spoil(
        self, fault: Fault, request: web.Request, call: Call, perform: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        match fault.kind:
            case "cut_before":
                return cut(request)
            case "cut_after":
                await perform()
                return cut(request)
            case "slow":
                return await self._late(fault, perform)
            case _:
                call.ok, call.error = False, fault.name if fault.kind == "error" else fault.kind
                return self.refusal(fault)

    async def _late(self, fault: Fault, perform: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
        if fault.before:
            await asyncio.sleep(fault.seconds)
            return await perform()
        response = await perform()
        await asyncio.sleep(fault.seconds)
        return response

    # -- for tests ----------------------------------------------------------

    def until(self, condition: Callable[[], T], timeout: float = 5.0, what: str = "") -> T:
        """Block until `condition()` is true and return its value. Not from the product's own event loop."""
        with self._changed:
            self._changed.wait_for(lambda: bool(condition()), timeout)
            value = condition()
        if not value:
            raise NeverHappened(f"{what or 'the condition'} did not come true within {timeout} s")
        return value

    async def until_async(self, condition: Callable[[], T], timeout: float = 5.0, what: str = "") -> T:  # noqa: ASYNC109 - the pair of `until`
        """`until` for a test that shares its event loop with the product."""
        return await asyncio.to_thread(self.until, condition, timeout, what)

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        with self.lock:
            return [call for call in self.calls if call.method == method]

    # -- control over HTTP --------------------------------------------------

    def _control_routes(self, app: web.Application) -> None:
        app.router.add_get("/_control/state", self._control_state)
        app.router.add_get("/_control/calls", self._control_calls)
        app.router.add_post("/_control/faults", self._control_fault)
        app.router.add_delete("/_control/faults", self._control_clear)
        app.router.add_post("/_control/clock", self._control_clock)
        app.router.add_post("/_control/set", self._control_set)
        app.router.add_post("/_control/do/{verb}", self._control_do)

    async def _control_state(self, _: web.Request) -> web.Response:
        with self.lock:
            return _json(self.state())

    async def _control_calls(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", 0))
        with self.lock:
            return _json({"calls": self.calls[since:], "total": len(self.calls)})

    async def _control_fault(self, request: web.Request) -> web.Response:
        try:
            self.faults.add(Fault(**await request.json()))
        except (TypeError, ValueError) as error:
            return _json({"ok": False, "error": str(error)}, 400)
        return _json({"ok": True})

    async def _control_clear(self, _: web.Request) -> web.Response:
        self.faults.clear()
        return _json({"ok": True})

    async def _control_clock(self, request: web.Request) -> web.Response:
        self.clock.advance(float((await request.json())["advance"]))
        return _json({"ok": True, "now": self.clock.now()})

    async def _control_set(self, request: web.Request) -> web.Response:
        for name, value in (await request.json()).items():
            if name.startswith("_") or not hasattr(self, name):
                return _json({"ok": False, "error": f"the server has no switch {name}"}, 400)
            setattr(self, name, tuple(value) if isinstance(value, list) else value)
        return _json({"ok": True})

    async def _control_do(self, request: web.Request) -> web.Response:
        verb = request.match_info["verb"]
        if verb not in self.verbs:
            return _json({"ok": False, "error": f"{verb} is none of {', '.join(self.verbs)}"}, 404)
        args = await request.json() if request.can_read_body else {}
        try:
            result = await asyncio.to_thread(getattr(self, verb), **args)
            if isinstance(result, concurrent.futures.Future):
                result = await asyncio.wrap_future(result)
            return _json({"ok": True, "result": result})
        except (LookupError, TypeError, ValueError, AssertionError) as error:
            return _json({"ok": False, "error": f"{type(error).__name__}: {error}"}, 400)


def plain(value: object) -> object:
    """What `json.dumps` should write for our own values."""
    if hasattr(value, "as_json"):
        return value.as_json()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if not f.name.startswith("_")}
    if isinstance(value, set | frozenset | Mapping):
        return dict(value) if isinstance(value, Mapping) else sorted(value)
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    return repr(value)


def _json(value: object, status: int = 200) -> web.Response:
    return web.json_response(value, status=status, dumps=lambda v: json.dumps(v, default=plain))


def serve_forever(make: Callable[[argparse.Namespace], LocalServer], parser: argparse.ArgumentParser) -> None:
    """Run a server as a process: the first line of stdout is JSON with its addresses; SIGTERM ends it."""
    parser.add_argument("--port", type=int, default=0)
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    with make(parser.parse_args()) as server:
        sys.stdout.write(json.dumps({"url": server.url, "port": server.port, **server.addresses()}) + "\n")
        sys.stdout.flush()
        ended.wait()
