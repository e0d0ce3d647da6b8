"""Messages end to end: Telegram's webhook in, a ticket's thread in Slack out, through the real process.

    python -m benchmarks.end_to_end                    SQLite, and PostgreSQL where SHOPDESK_TEST_POSTGRESQL answers
    python -m benchmarks.end_to_end --rate 100 --seconds 20

Both platforms are the local servers of `tests/wire`, each a process of its own; Slack's rate limits are lifted, so that
what is measured is the desk. Three loads, the same for the desk and for a plain bridge (`benchmarks.bridge`): a steady
rate (open loop: a slow answer delays no later message), as fast as it goes, and at rest.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp

from tests.conftest import SERVERS, Server
from tests.wire.control import Remote, in_another_process

SECRET = "benchmark-secret"
CUSTOMERS = 200


@dataclass(frozen=True)
class Wire:
    """The two platforms."""

    slack: Remote
    telegram: Remote


@dataclass(frozen=True)
class Measured:
    """Seconds: from sending an update to its answer, and to its post in Slack."""

    acknowledged: list[float]
    posted: list[float]
    wall: float

    def row(self) -> str:
        return (
            f"{len(self.posted) / self.wall:7.1f} messages/s   "
            f"ack p50 {1e3 * median(self.acknowledged):6.1f} ms  p99 {1e3 * p99(self.acknowledged):6.1f} ms   "
            f"post p50 {1e3 * median(self.posted):7.1f} ms  p99 {1e3 * p99(self.posted):7.1f} ms"
        )


def p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


def update(number: int, user: int, text: str) -> dict[str, Any]:
    person = {"id": user, "is_bot": False, "first_name": f"User {user}", "language_code": "en"}
    chat = {"id": user, "type": "private", "first_name": f"User {user}"}
    message = {"message_id": number, "date": int(time.time()), "from": person, "chat": chat, "text": text}
    return {"update_id": number, "message": message}


class Load:
    """Sends updates and finds their posts."""

    def __init__(self, url: str, slack: Remote) -> None:
        self._url, self._slack = url, slack
        self._number = 1_000
        self._seen = 0

    async def steady(self, rate: float, seconds: float) -> Measured:
        """So many a second, whatever the answers do."""
        return await self._run([n / rate for n in range(int(rate * seconds))], together=1_000)

    async def flat_out(self, count: int, together: int = 32) -> Measured:
        """As fast as `together` connections can."""
        return await self._run([0.0] * count, together)

    async def _run(self, offsets: list[float], together: int) -> Measured:
        sent: dict[str, float] = {}
        acknowledged: list[float] = []
        gate = asyncio.Semaphore(together)
        connector = aiohttp.TCPConnector(limit=together)
        secret = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with aiohttp.ClientSession(connector=connector, headers=secret) as http:
            begin = time.time()

            async def one(offset: float, number: int) -> None:
                await asyncio.sleep(max(0.0, begin + offset - time.time()))
                async with gate:
                    text = f"my parcel number {number:07d} came wet"
                    at = begin + offset if offset else time.time()
                    sent[text] = at
                    async with http.post(self._url, json=update(number, 1 + number % CUSTOMERS, text)) as answer:
                        assert answer.status == 200, answer.status
                    acknowledged.append(time.time() - at)

            numbers = range(self._number, self._number + len(offsets))
            self._number += len(offsets)
            await asyncio.gather(*(one(offset, number) for offset, number in zip(offsets, numbers, strict=True)))
            posts = await self._posts(set(sent))
        wall = max(posts.values()) - begin
        return Measured(acknowledged, [posts[text] - at for text, at in sent.items()], wall)

    async def _posts(self, wanted: set[str]) -> dict[str, float]:
        """When each text was posted in a thread, or in the channel by a bridge."""
        found: dict[str, float] = {}
        until = time.time() + 300
        while len(found) < len(wanted):
            assert time.time() < until, f"{len(wanted) - len(found)} posts never came"
            await asyncio.sleep(0.3)
            calls = await asyncio.to_thread(self._slack.calls, self._seen)
            self._seen += len(calls)
            for call in calls:
                if call["method"] == "chat.postMessage":
                    words = json.dumps(call["args"])
                    start = words.find("my parcel number")
                    text = words[start : start + len("my parcel number 0000000 came wet")] if start >= 0 else ""
                    if text in wanted:
                        # of a new ticket the card comes first, then the thread's copy: the later one counts
                        found[text] = max(call["at"], found.get(text, 0))
        return found


@contextmanager
def desk(folder: Path, store: str, wire: Wire, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The real process over a store."""
    config = {
        "store": {"url": store},
        "web": {"port": port},
        "jobs": {"waiting": "off"},
        "telegram": {
            "mode": "webhook",
            "base_url": wire.telegram.addresses["base_url"],
            "webhook_url": f"http://127.0.0.1:{port}/telegram/webhook",
        },
        "slack": {
            "api_url": wire.slack.addresses["api_url"],
            "channels": {"tickets": "#tickets"},
            "posts_per_second": 1000,
            "burst": 1000,
        },
    }
    file = folder / "desk.yaml"
    file.write_text(json.dumps(config))
    secrets = {
        "TELEGRAM_BOT_TOKEN": wire.telegram.addresses["token"],
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "SLACK_BOT_TOKEN": wire.slack.addresses["bot_token"],
        "SLACK_APP_TOKEN": wire.slack.addresses["app_token"],
        "SHOPDESK_KEY": b64encode(bytes(32)).decode(),
    }
    with _process(["bot", "run", "--config", str(file)], folder / "desk.log", secrets) as process:
        yield process


@contextmanager
def bridge(folder: Path, wire: Wire, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """What there would be otherwise."""
    told = [
        *("--port", str(port)),
        *("--telegram", wire.telegram.addresses["base_url"], "--telegram-token", wire.telegram.addresses["token"]),
        *("--slack", wire.slack.addresses["api_url"], "--slack-token", wire.slack.addresses["bot_token"]),
    ]
    with _process(["benchmarks.bridge", *told], folder / "bridge.log", {}) as process:
        yield process


@contextmanager
def _process(arguments: list[str], log: Path, secrets: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], stdout=file, stderr=file, env={**os.environ, **secrets}
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


async def until_ready(port: int) -> float:
    """Seconds until the process answers that it is ready."""
    begin = time.monotonic()
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < begin + 60:
            try:
                async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return time.monotonic() - begin
            except aiohttp.ClientError:
                await asyncio.sleep(0.02)
    raise TimeoutError("the process is not ready")


def resident(process: subprocess.Popen[bytes]) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def cpu(process: subprocess.Popen[bytes]) -> float:
    """Processor seconds the process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(
    name: str, process: subprocess.Popen[bytes], port: int, wire: Wire, asked: argparse.Namespace
) -> None:
    ready = await until_ready(port)
    rest = resident(process)
    load = Load(f"http://127.0.0.1:{port}/telegram/webhook", wire.slack)
    await load.flat_out(CUSTOMERS)  # each customer's ticket is opened
    steady = await load.steady(asked.rate, asked.seconds)
    before = cpu(process)
    flat_out = await load.flat_out(asked.flood)
    spent = 1e3 * (cpu(process) - before) / asked.flood
    after = resident(process)
    print(f"{name:18} ready in {ready:.2f} s, resident {rest:.0f} MB at rest, {after:.0f} MB after the load")
    print(f"{name:18} at {asked.rate:.0f}/s    {steady.row()}")
    print(f"{name:18} flat out   {flat_out.row()}   {spent:.1f} ms of processor a message", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--flood", type=int, default=2000)
    parser.add_argument("--only", choices=("sqlite", "postgresql", "bridge"))
    asked = parser.parse_args()
    for number, name in enumerate(("sqlite", "postgresql", "bridge")):
        if asked.only in (None, name):
            await one(name, 18080 + number, asked)


async def one(name: str, port: int, asked: argparse.Namespace) -> None:
    slack, telegram = in_another_process("tests.wire.slack"), in_another_process("tests.wire.telegram")
    with tempfile.TemporaryDirectory() as folder, slack as slack_server, telegram as telegram_server:
        wire = Wire(slack_server, telegram_server)
        for user in range(1, CUSTOMERS + 1):  # a bot may write to nobody who never wrote to it
            wire.telegram.do("act", user=user, verb="starts")
        path = Path(folder)
        match name:
            case "sqlite":
                with desk(path, f"sqlite:///{path / 'desk.db'}", wire, port) as process:
                    await measure("desk, SQLite", process, port, wire, asked)
            case "postgresql":
                from sqlalchemy.engine import make_url

                variable, default = SERVERS["postgresql"]
                server = Server(make_url(os.environ.get(variable, default)))
                with server.database() as url, desk(path, url, wire, port) as process:
                    await measure("desk, PostgreSQL", process, port, wire, asked)
            case _:
                with bridge(path, wire, port) as process:
                    await measure("plain bridge", process, port, wire, asked)
        if asked.only:
            print((path / ("bridge.log" if name == "bridge" else "desk.log")).read_text()[-2000:])


if __name__ == "__main__":
    asyncio.run(main())
