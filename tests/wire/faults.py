"""Faults a test asks a wire server for: which call fails, how, and how often."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from aiohttp import web

Kind = Literal["rate_limit", "http_error", "error", "cut_before", "cut_after", "slow"]
KINDS: tuple[str, ...] = get_args(Kind)

#: SO_LINGER on, zero seconds: closing sends RST, as a pulled cable or a crashed proxy does.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Fault:
    """One way in which calls of one method fail."""

    kind: Kind
    method: str = "*"  #: the platform's method name; "*" is every method
    times: int | None = 1  #: how many calls it spoils; None is all of them
    skip: int = 0  #: how many matching calls pass first
    retry_after: float = 1  #: seconds, for `rate_limit`
    status: int = 500  #: for `http_error`
    name: str = "internal_error"  #: for `error`: Slack's error name, Telegram's description
    code: int = 400  #: for `error` on Telegram: the error code that goes with the description
    seconds: float = 0.0  #: for `slow`
    before: bool = False  #: for `slow`: wait first and process after, instead of the reverse
    when: Callable[[dict[str, Any]], bool] | None = None  #: spoil only calls whose arguments it accepts
    hits: int = 0  #: how many calls it has spoiled

    def matches(self, method: str, args: dict[str, Any]) -> bool:
        """Whether this fault is about such a call."""
        return self.method in ("*", method) and (self.when is None or self.when(args))


@dataclass
class Faults:
    """The faults still to come, oldest first. Each call takes at most one."""

    pending: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> Fault:
        """Ask for a fault; the same object tells later how often it hit."""
        if fault.kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}, not {fault.kind!r}")
        with self._lock:
            self.pending.append(fault)
        return fault

    def rate_limit(self, method: str = "*", retry_after: float = 1, times: int | None = 1, **more: Any) -> Fault:
        """Answer 429 and say when to come back."""
        return self.add(Fault("rate_limit", method, times, retry_after=retry_after, **more))

    def http_error(self, method: str = "*", status: int = 500, times: int | None = 1, **more: Any) -> Fault:
        """Answer with a 5xx (or any status) that is not the platform's usual envelope."""
        return self.add(Fault("http_error", method, times, status=status, **more))

    def error(self, method: str, name: str, times: int | None = 1, **more: Any) -> Fault:
        """Answer with the platform's own error of this name."""
        return self.add(Fault("error", method, times, name=name, **more))

    def cut_before(self, method: str = "*", times: int | None = 1, **more: Any) -> Fault:
        """Drop the connection, having done nothing."""
        return self.add(Fault("cut_before", method, times, **more))

    def cut_after(self, method: str = "*", times: int | None = 1, **more: Any) -> Fault:
        """Do what was asked, then drop the connection instead of answering."""
        return self.add(Fault("cut_after", method, times, **more))

    def slow(self, method: str = "*", seconds: float = 1.0, times: int | None = 1, **more: Any) -> Fault:
        """Do what was asked and answer late (or, with `before=True`, wait and then do it)."""
        return self.add(Fault("slow", method, times, seconds=seconds, **more))

    def clear(self) -> None:
        """Forget every fault that has not happened yet."""
        with self._lock:
            self.pending.clear()

    def take(self, method: str, args: dict[str, Any]) -> Fault | None:
        """The fault that spoils this call, if one does; counts it."""
        if not self.pending:
            return None
        with self._lock:
            fault = next((one for one in self.pending if one.matches(method, args)), None)
            return None if fault is None else self._spend(fault)

    def _spend(self, fault: Fault) -> Fault | None:
        if fault.skip > 0:
            fault.skip -= 1
            return None
        fault.hits += 1
        if fault.times is not None and fault.hits >= fault.times:
            self.pending.remove(fault)
        return fault


def cut(request: web.Request) -> web.Response:
    """Drop the caller's connection without a word. The value only satisfies aiohttp; nobody reads it."""
    transport = request.transport
    if transport is not None:
        raw: socket.socket | None = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    return web.Response()
