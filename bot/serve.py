"""The process: the HTTP app on the web port, the channels and the clock around it, until a signal ends it."""

import asyncio
import errno
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from bot.config import ConfigError
from crm_store import import_marks
from crm_store.alone import alone

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger(__name__)

#: what an init system and a terminal say when the process is to end
_ENDING = (signal.SIGTERM, signal.SIGINT)


class PortTaken(Exception):
    """Something else listens on the web port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"web.port {port} on {host} is in use: stop what listens there, or choose another port")
        self.host = host
        self.port = port


#: what is done beside, once the desk is up
Beside = Callable[["App"], Coroutine[None, None, None]]


async def serve(app: "App", beside: Beside | None = None) -> int:
    """Serves until a signal. Raises `PortTaken`, `ConfigError`, `AlreadyRunning`."""
    set_up_logging()
    # turns compute in threads; the one that answers platforms must not wait long for its turn
    sys.setswitchinterval(0.001)
    with alone(app.store.engine):
        return await _serve(app, listen(app.config.web.host, app.config.web.port), beside)


class _Server(uvicorn.Server):
    """uvicorn without its way with signals: it would raise them anew once it has ended, before the desk has."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(app: "App", listener: socket.socket, beside: Beside | None = None) -> int:
    from bot.web.http import make_web

    _tell_of_half_an_import(app)
    server = _Server(
        uvicorn.Config(make_web(app), log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=5)
    )
    _end_on_signals(server)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    # NiceGUI looks through all of the interpreter's objects when it starts; what another thread builds at that moment
    # fails with a SystemError (CPython's gc documentation warns of it), so nothing of ours runs until it has
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells by this flag alone
        await asyncio.sleep(0.01)
    if not server.started:  # uvicorn has logged why
        await serving
        await app.close()
        return 1
    host, port = listener.getsockname()[:2]
    living = asyncio.create_task(_live(app, host, port, beside))
    await asyncio.wait((serving, living), return_when=asyncio.FIRST_COMPLETED)
    is_broken = living.done()
    server.should_exit = True
    await serving
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)
    await app.stop()
    if not living.cancelled():
        living.result()
    return int(is_broken)


def _tell_of_half_an_import(app: "App") -> None:
    # nothing is mended here: the import may be at work in another process
    with app.store.read() as connection:
        began = import_marks.unfinished(connection)
    if began is not None:
        log.warning(
            "the import that began %s did not end: the store may be slow and customers' numbers old until it does, "
            "or until it is given again ('shopdesk doctor' says more)",
            began.strftime("%F %RZ"),
        )


def _end_on_signals(server: uvicorn.Server) -> None:
    """The first signal lets everything end in order, a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        server.should_exit = True
        for number in _ENDING:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    for number in _ENDING:
        loop.add_signal_handler(number, end)


async def _live(app: "App", host: str, port: int, beside: Beside | None) -> None:
    """Starts the app and returns when it is broken.

    A desk that takes messages in and works on none is worse than one that a supervisor starts again.
    """
    await app.start()
    # what stands by now stays; looking through all of it for garbage would hold every thread for a tenth of a second
    gc.freeze()
    announce(app, host, port)
    following = None if beside is None else asyncio.create_task(beside(app))
    try:
        name, error = await app.first_ended()
    finally:
        if following is not None:
            following.cancel()
    app.ready = False
    log.critical("the task %s ended unexpectedly, so the process ends", name, exc_info=error)


def announce(app: "App", host: str, port: int) -> None:
    """Says that the desk is up, and where. Whether the platforms take its tokens shows later."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    platforms = [name.capitalize() for name in ("telegram", "slack") if name in app.channels]
    with_them = f", connecting to {' and '.join(platforms)}" if platforms else ""
    print(f"Shopdesk is ready: http://{shown}:{port}{with_them}", file=sys.stderr, flush=True)


def set_up_logging() -> None:
    """One line an event on stderr. Customers' words are never logged, nor addresses that hold a token."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("httpx", "httpcore", "apscheduler", "slack_bolt", "slack_sdk", "telegram", "uvicorn", "alembic"):
        logger = logging.getLogger(noisy)
        logger.setLevel(max(logger.level, logging.WARNING))  # a channel may have hushed it altogether


def listen(host: str, port: int) -> socket.socket:
    """A socket that hears on the web port. Raises `PortTaken`, `ConfigError`."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise ConfigError("web.host", f"is {host!r}, which is no address: use 127.0.0.1, or 0.0.0.0 for all") from error
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from error
        wrong = ("web.port", f"is {port}") if error.errno == errno.EACCES else ("web.host", f"is {host!r}")
        raise ConfigError(wrong[0], f"{wrong[1]}, which cannot be used here: {error.strerror}") from error
    listener.listen(1024)
    return listener
