"""A desk that runs as a process, to be started, killed and asked from a test.

with RunningDesk(store_url, slack, telegram, folder=tmp_path) as desk:
    ada.says("my parcel is wet")
    slack.wait_for("my parcel is wet", "#tickets")
    desk.kill()
    desk.start()
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import select

from crm_store import outbox
from crm_store.schema import InboxRow
from crm_store.store import Store, StoreUnavailable, connect, open_store
from tests.conftest import MASTER, MODELS, NOW, free_port
from tests.wire.slack import SlackServer
from tests.wire.telegram import TelegramServer

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
#: seconds after which a test gives up waiting; only a broken desk takes so long, a busy machine does not
PATIENCE = float(os.environ.get("SHOPDESK_TEST_PATIENCE", "90"))
_CHANNELS = ("telegram", "slack", "console")
#: a time at which every call is due
FAR = datetime(9000, 1, 1, tzinfo=UTC)
WEBHOOK_SECRET = "wire-webhook-secret"


class DeskEnded(AssertionError):
    """The process ended though nobody told it to."""


def until(condition: Callable[[], T], what: str, timeout: float = PATIENCE, pause: float = 0.02) -> T:
    """Waits until `condition()` is true and returns its value, for what no wire server can tell."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {timeout:.0f} s")
        time.sleep(pause)
    return value


class Warm:
    """`tests.end_to_end.warm`, from which desks are started within a moment."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.warm"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=_clean_environment({}),
        )  # fmt: skip
        self._lock = threading.Lock()
        assert self._line() == "warm"

    def begin(self, arguments: list[str], environment: Mapping[str, str], log: Path) -> int:
        assert self._process.stdin is not None
        with self._lock:
            asked = {"arguments": arguments, "environment": dict(environment), "log": str(log)}
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            return int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the desk answered over HTTP; status 0 when it did not."""

    status: int
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class RunningDesk:
    """One desk: its configuration, its process (again and again), its log and its store."""

    def __init__(
        self,
        store_url: str,
        slack: SlackServer | None = None,
        telegram: TelegramServer | None = None,
        /,
        *,
        folder: Path,
        warm: Warm | None = None,
        environment: Mapping[str, str] | None = None,
        **config: Mapping[str, Any],
    ) -> None:
        """`config`: sections of the configuration (`desk={"reopen_within": "1h"}`) over quick defaults.

        Without `warm` the process is `python -m bot`.
        """
        self.store_url, self.slack, self.telegram, self._warm = store_url, slack, telegram, warm
        self.port = free_port()
        self.log_file, self.config_file = folder / "desk.log", folder / "desk.yaml"
        self.config_file.write_text(json.dumps(self._config(config)))  # JSON is YAML
        self._environment = _clean_environment({**self._secrets(), **(environment or {})})
        self._process: subprocess.Popen[bytes] | None = None
        self.pid: int | None = None

    # --- what it is told ------------------------------------------------------------------------------------------

    def _config(self, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        sections: dict[str, dict[str, Any]] = {
            "shop": {"name": "Wire Shop"},
            "store": {"url": self.store_url},
            "web": {"port": self.port},
            "desk": {"undo_seconds": 0},
            "jobs": {"waiting": "off"},
        }
        if self.telegram is not None:
            sections["telegram"] = {"base_url": self.telegram.base_url, "base_file_url": self.telegram.base_file_url}
            sections["telegram"] |= {"webhook_url": f"{self.url}/telegram/webhook"}
        if self.slack is not None:
            channels = {"tickets": "#tickets", "alerts": "#alerts"}
            sections["slack"] = {"api_url": self.slack.api_url, "channels": channels}
            sections["slack"] |= {"posts_per_second": 50, "burst": 100}
        return {name: {**sections.get(name, {}), **given.get(name, {})} for name in {**sections, **given}}

    def _secrets(self) -> dict[str, str]:
        secrets = {"SHOPDESK_KEY": b64encode(MASTER).decode()}
        if self.telegram is not None:
            secrets |= {"TELEGRAM_BOT_TOKEN": self.telegram.token, "TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET}
        if self.slack is not None:
            secrets |= {"SLACK_BOT_TOKEN": self.slack.bot_token, "SLACK_APP_TOKEN": self.slack.app_token}
            secrets |= {"SLACK_SIGNING_SECRET": self.slack.signing_secret}
        return secrets

    # --- its process ----------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Starts the process and waits until it is ready."""
        self.begin()
        self.wait_ready()

    def begin(self) -> None:
        """Starts the process."""
        assert self.pid is None, "the desk runs already"
        arguments = ["run", "--config", str(self.config_file)]
        if self._warm is not None:
            self.pid = self._warm.begin(arguments, self._environment, self.log_file)
            return
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, env=self._environment,
            )  # fmt: skip
        self.pid = self._process.pid

    def wait_ready(self, timeout: float = PATIENCE) -> None:
        """Until `/readyz` says so, and Slack's WebSocket is open where there is one."""
        until(self._is_ready, "the desk is ready", timeout)

    def _is_ready(self) -> bool:
        if not self.is_alive:
            raise DeskEnded(f"the desk ended while it started:\n{self.log[-5_000:]}")
        if self.get("/readyz").status != 200:
            return False
        return self.slack is None or bool(self.slack.request_url) or self.slack.connections > 0

    @property
    def is_alive(self) -> bool:
        if self.pid is None:
            return False
        if self._process is not None:
            return self._process.poll() is None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed. Returns when the process is gone."""
        self._signal(signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM) -> int | None:
        """SIGTERM, as an init system says it. Returns the exit status, once the process has ended.

        What `warm` started leaves none.
        """
        return self._signal(number)

    def _signal(self, number: int) -> int | None:
        if self.pid is None:
            return None
        if self.is_alive:
            os.kill(self.pid, number)
        until(lambda: not self.is_alive, "the desk ends", pause=0.002)
        status = None if self._process is None else self._process.returncode
        self.pid = self._process = None
        return status

    def restart(self) -> None:
        self.kill()
        self.start()

    # --- what it says ---------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def wait_log(self, words: str, timeout: float = PATIENCE) -> None:
        until(lambda: words in self.log, f"{words!r} in the log", timeout)

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def send(self, verb: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Any HTTP request to the desk."""
        request = urllib.request.Request(f"{self.url}{path}", body, dict(headers or {}), method=verb)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read())
        except OSError:
            return Answer(0)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`shopdesk COMMAND` with this desk's configuration."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments, "--config", str(self.config_file)],
            capture_output=True, text=True, cwd=ROOT, env=self._environment, timeout=PATIENCE, check=False,
        )  # fmt: skip

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The desk's own store, opened beside it."""
        opened = open_store(connect(self.store_url), MASTER, NOW)
        try:
            yield opened
        finally:
            opened.close()

    def settled(self, timeout: float = PATIENCE) -> None:
        """Waits until nothing waits: every update taken, every row worked, every call made."""
        until(self.is_idle, "everything is worked off", timeout, pause=0.05)

    def is_idle(self) -> bool:
        """Whether nothing is under way; what waits for a decision of staff does not count."""
        if self.telegram is not None and self.telegram.pending:
            return False
        if self.slack is not None and not all(one.as_json()["over"] for one in list(self.slack.deliveries)):
            return False
        try:
            with self.store() as store, store.read() as connection:
                new = connection.scalar(select(InboxRow.id).where(InboxRow.state == "new").limit(1))
                return new is None and not any(outbox.queued(connection, name, NOW, FAR) for name in _CHANNELS)
        except StoreUnavailable:
            # it writes so much that nobody else gets in
            return False


def _clean_environment(more: Mapping[str, str]) -> dict[str, str]:
    """This environment without what would configure a desk."""
    ours = ("SHOPDESK_", "TELEGRAM_", "SLACK_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, **MODELS, **more}
