"""How the process ends."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import App
from bot.config import Config, ConfigError
from bot.rates import Rate, Rates
from bot.serve import PortTaken, _serve, listen
from crm_store import import_marks, outbox
from crm_store.outbox import NewCall
from crm_store.store import connect, open_store
from handlers import message as messages
from handlers.message import Message
from tests.conftest import MASTER, sqlite_file
from tests.dialogues.rehearsal import MORNING


def app_in(folder: Path) -> App:
    return App(Config(), open_store(connect(sqlite_file(folder / "desk.db")), MASTER, MORNING))


@pytest.mark.asyncio
async def test_a_task_that_dies_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_in(tmp_path)

    async def die() -> None:
        raise ValueError("nobody thought of this")

    monkeypatch.setattr(app.delivery, "run", die)
    status = await asyncio.wait_for(_serve(app, listen("127.0.0.1", 0)), 20)
    assert (status, app.ready) == (1, False)
    assert "the task delivery ended unexpectedly" in caplog.text


@pytest.mark.asyncio
async def test_an_import_that_did_not_end_is_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_in(tmp_path)
    with app.store.begin() as connection:
        import_marks.begin(connection, MORNING)

    async def die() -> None:
        raise ValueError("enough")

    monkeypatch.setattr(app.delivery, "run", die)
    await asyncio.wait_for(_serve(app, listen("127.0.0.1", 0)), 20)
    assert "the import that began" in caplog.text


@pytest.mark.asyncio
async def test_stopping_does_not_wait_for_a_platforms_rate(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    rates = Rates(Rate(0.001), Rate(0.001))
    rates.pause("", "ada", "post", 600, whole_account=True)
    app.delivery._rates = {"console": rates}
    call = NewCall("console", "chat:1", "ada", "post", messages.encode(Message(text="hello")), MORNING)
    with app.store.begin() as connection:
        (key,) = outbox.add(connection, app.store.cipher, [call], MORNING)
    running = asyncio.create_task(app.delivery.run())
    await asyncio.sleep(0.3)
    await asyncio.wait_for(app.delivery.stop(), 5)
    await running
    with app.store.read() as connection:
        state = outbox.state_of(connection, key)
    assert state is not None
    assert state.untouched
    await app.close()


def test_what_keeps_it_from_starting_is_said_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_in(tmp_path)

    async def cannot() -> None:
        raise ValueError("nobody thought of this")

    monkeypatch.setattr(app.console, "start", cannot)
    with pytest.raises(ValueError, match="nobody thought of this"):
        asyncio.run(_serve(app, listen("127.0.0.1", 0)))
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


@pytest.mark.parametrize("host", ["nohost.invalid", "a..b", "192.0.2.1", "[::1"])
def test_a_host_that_is_none_of_this_machines_is_named(host: str) -> None:
    with pytest.raises(ConfigError, match=r"^web\.host is "):
        listen(host, 0)


def test_a_port_that_is_taken_is_named() -> None:
    with closing(listen("127.0.0.1", 0)) as taken, pytest.raises(PortTaken, match="is in use"):
        listen("127.0.0.1", taken.getsockname()[1])
