"""The process: the HTTP app on the web port, the channels and the clock around it, until a signal ends it."""

import asyncio
import logging
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn

from crm_store.alone import alone

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger(__name__)


class PortTaken(Exception):
    """Something else listens on the web port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"web.port {port} on {host} is in use: stop what listens there, or choose another port")
        self.host = host
        self.port = port


async def serve(app: "App") -> int:
    """Serves until a signal. Raises `PortTaken`, `AlreadyRunning`."""
    set_up_logging()
    # turns compute in threads; the one that answers platforms must not wait long for its turn
    sys.setswitchinterval(0.001)
    with alone(app.store.engine):
        return await _serve(app, _listen(app.config.web.host, app.config.web.port))


async def _serve(app: "App", listener: socket.socket) -> int:
    from bot.web.http import make_web

    server = uvicorn.Server(
        uvicorn.Config(make_web(app), log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=5)
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    # NiceGUI looks through all of the interpreter's objects when it starts; what another thread builds at that moment
    # fails with a SystemError (CPython's gc documentation warns of it), so nothing of ours runs until it has
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells by this flag alone
        await asyncio.sleep(0.01)
    await app.start()
    host, port = listener.getsockname()[:2]
    announce(app, host, port)
    watching = asyncio.create_task(_end_when_broken(app, server))
    await serving
    is_broken = watching.done()
    watching.cancel()
    await app.stop()
    return int(is_broken)


async def _end_when_broken(app: "App", server: uvicorn.Server) -> None:
    """A desk that takes messages in and works on none is worse than one that a supervisor starts again."""
    name, error = await app.first_ended()
    log.critical("the task %s ended unexpectedly, so the process ends", name, exc_info=error)
    app.ready = False
    server.should_exit = True


def announce(app: "App", host: str, port: int) -> None:
    """Says that everything is up, and where."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    connected = [name for name in ("telegram", "slack") if name in app.channels]
    with_them = f", connected to {' and '.join(name.capitalize() for name in connected)}" if connected else ""
    print(f"Shopdesk is ready: http://{shown}:{port}{with_them}", file=sys.stderr, flush=True)


def set_up_logging() -> None:
    """One line an event on stderr. Customers' words are never logged, nor addresses that hold a token."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("httpx", "httpcore", "apscheduler", "slack_bolt", "slack_sdk", "telegram", "uvicorn", "alembic"):
        logger = logging.getLogger(noisy)
        logger.setLevel(max(logger.level, logging.WARNING))  # a channel may have hushed it altogether


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(host, port) from error
    listener.listen(1024)
    return listener
