"""Starts desks quickly: a process that has imported the product already and forks one for each line it reads.

What runs is `shopdesk` as installed; only the second its imports take is spent once for all tests. Every line on stdin
is a JSON object with `arguments`, `environment` and `log`; the answer is a line with the process id. When stdin ends,
so does everything that was started.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module

_MODULES = (
    "bot.__main__",
    "bot.app",
    "bot.channels.slack.channel",
    "bot.channels.telegram.channel",
    "bot.commands.run",
    "bot.serve",
    "bot.web.http",
    "crm_store.migrate",
    "slack_bolt.adapter.socket_mode.aiohttp",
    "slack_bolt.adapter.starlette.async_handler",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
)


def _begin(arguments: Sequence[str], environment: Mapping[str, str], log: str) -> int:
    """Forks a desk and returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing, written = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for descriptor, stands_for in ((nothing, 0), (written, 1), (written, 2)):
            os.dup2(descriptor, stands_for)
        os.environ.clear()
        os.environ.update(environment)
        status = import_module("bot.__main__").main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def main() -> None:
    for module in _MODULES:
        import_module(module)
    running: set[int] = set()
    # the kernel clears up after those that end
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("warm", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = _begin(asked["arguments"], asked["environment"], asked["log"])
        running.add(pid)
        print(pid, flush=True)
    for pid in running:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
