"""Steering a wire server that runs in another process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.wire.server import Json, NeverHappened

_ROOT = Path(__file__).resolve().parents[2]


class Refused(Exception):
    """The control endpoint said no; the text says why."""


class Remote:
    """The control endpoint of a server in another process: `do("say", user="mia", ...)`, `state()`, `fault(...)`."""

    def __init__(self, url: str, addresses: Json | None = None) -> None:
        self.url = url
        self.addresses = addresses or {}  #: what the process printed: `api_url` and the rest

    def do(self, verb: str, /, **args: Any) -> Any:
        """Call a control method by name."""
        return self._send("POST", f"do/{verb}", args)["result"]

    def state(self) -> Json:
        """Everything the server shows of itself."""
        return self._send("GET", "state")

    def calls(self, since: int = 0) -> list[Json]:
        """The API calls the product made."""
        found: list[Json] = self._send("GET", f"calls?since={since}")["calls"]
        return found

    def fault(self, kind: str, method: str = "*", **more: Any) -> None:
        """Ask for a fault; the words are the fields of `Fault`."""
        self._send("POST", "faults", {"kind": kind, "method": method, **more})

    def clear_faults(self) -> None:
        """Forget the faults still to come."""
        self._send("DELETE", "faults")

    def advance(self, seconds: float) -> None:
        """Move the server's clock."""
        self._send("POST", "clock", {"advance": seconds})

    def set(self, **switches: Any) -> None:
        """Turn the server's switches, by attribute name."""
        self._send("POST", "set", switches)

    def until(self, condition: Callable[[Json], Any], timeout: float = 10.0) -> Any:
        """Poll the state until `condition(state)` is true; return its value."""
        end = time.monotonic() + timeout
        while not (value := condition(self.state())):
            if time.monotonic() > end:
                raise NeverHappened(f"the condition did not come true within {timeout} s")
            time.sleep(0.02)
        return value

    def _send(self, verb: str, path: str, body: Json | None = None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/_control/{path}", data, {"Content-Type": "application/json"}, method=verb
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                found: Json = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            raise Refused(error.read().decode()) from error


@contextmanager
def in_another_process(module: str, *options: str) -> Iterator[Remote]:
    """Run `python -m <module>` (`tests.wire.slack`, `tests.wire.telegram`) for the length of a block."""
    command = [sys.executable, "-m", module, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_ROOT) as process:
        assert process.stdout is not None
        try:
            addresses = json.loads(process.stdout.readline())
            yield Remote(addresses["url"], addresses)
        finally:
            process.terminate()
            process.wait(10)
