"""Local platforms and desks as processes."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NewDatabase
from tests.end_to_end.desk import RunningDesk, Warm
from tests.wire.slack import SlackServer
from tests.wire.telegram import TelegramServer

NewDesk = Callable[..., RunningDesk]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what its desk logged."""
    report = yield
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if report.failed and folder is not None and (log := folder / "desk.log").exists():
        report.sections.append(("the desk's log", log.read_text(errors="replace")[-20_000:]))
    return report


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Where desks are started from."""
    started = Warm()
    yield started
    started.close()


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer(channels=("tickets", "alerts")) as server:
        server.ack_timeout = 20.0  # a busy machine is no reason to fail
        yield server


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        server.webhook_timeout = 30.0
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[str]:
    """An empty database, once on each engine."""
    with new_database(request.param) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/new.db"


@pytest.fixture
def new_desk(slack: SlackServer, telegram: TelegramServer, tmp_path: Path, warm: Warm) -> Iterator[NewDesk]:
    """`new_desk(url, desk={...})`: a desk between both platforms, running."""
    with ExitStack() as running:

        def make(store_url: str, *, started: bool = True, **more: Any) -> RunningDesk:
            desk = RunningDesk(store_url, slack, telegram, folder=tmp_path, **{"warm": warm, **more})
            running.push(desk.__exit__)
            if started:
                desk.start()
            return desk

        yield make


@pytest.fixture
def desk(store_url: str, new_desk: NewDesk) -> RunningDesk:
    """A running desk, once on each engine."""
    return new_desk(store_url)


@pytest.fixture
def sqlite_desk(sqlite_url: str, new_desk: NewDesk) -> RunningDesk:
    """A running desk over SQLite, for what has nothing to do with the engine."""
    return new_desk(sqlite_url)
