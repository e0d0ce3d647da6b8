"""How the process ends."""

import asyncio
from pathlib import Path

import pytest

from bot.app import App
from bot.config import Config
from bot.serve import _listen, _serve
from crm_store.migrate import upgrade
from crm_store.store import connect, open_store
from tests.dialogues.rehearsal import MORNING


def app_in(folder: Path) -> App:
    engine = connect(f"sqlite:///{folder / 'desk.db'}")
    upgrade(engine)
    return App(Config(), open_store(engine, bytes(range(32)), MORNING))


@pytest.mark.asyncio
async def test_a_task_that_dies_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_in(tmp_path)

    async def die() -> None:
        raise ValueError("nobody thought of this")

    monkeypatch.setattr(app.delivery, "run", die)
    status = await asyncio.wait_for(_serve(app, _listen("127.0.0.1", 0)), 20)
    assert (status, app.ready) == (1, False)
    assert "the task delivery ended unexpectedly" in caplog.text
