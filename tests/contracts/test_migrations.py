"""Whatever engine a store has, its schema comes to this program's, once, and never goes past it unseen."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from crm_store import migrate
from crm_store.migrate import StoreTooNew, state, upgrade
from crm_store.schema import Table
from crm_store.store import Store, connect

NewDatabase = Callable[[str], AbstractContextManager[str]]


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def empty_url(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[str]:
    """A database in which nothing is yet."""
    with new_database(request.param) as url:
        yield url


@pytest.fixture
def empty_engine(empty_url: str) -> Iterator[Engine]:
    engine = connect(empty_url)
    yield engine
    engine.dispose()


def test_an_empty_database_becomes_current_once(empty_engine: Engine) -> None:
    assert state(empty_engine) == "empty"
    assert upgrade(empty_engine) == migrate.revisions()
    assert state(empty_engine) == "current"
    assert upgrade(empty_engine) == ()


def test_the_revisions_make_exactly_the_models(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        assert compare_metadata(context, Table.metadata) == []


def test_mariadb_compares_text_as_it_is_written(mariadb_engine: Engine) -> None:
    with mariadb_engine.connect() as connection:
        collations = connection.execute(
            text(
                "SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = database() "
                "AND collation_name IS NOT NULL AND table_name <> 'alembic_version'"
            )
        ).scalars()
        assert set(collations) == {"utf8mb4_nopad_bin"}


def test_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    program = "import sys; from crm_store import store, migrate; print(*migrate.upgrade(store.connect(sys.argv[1])))"
    starts = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", program, empty_url], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    ends = [start.communicate(timeout=60) for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], ends
    assert sorted(out.decode().strip() for out, _ in ends) == ["", "", " ".join(migrate.revisions())]


def test_threads_that_start_at_once_migrate_once(empty_engine: Engine) -> None:
    applied: list[tuple[str, ...]] = []
    threads = [threading.Thread(target=lambda: applied.append(upgrade(empty_engine))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(applied) == [(), (), migrate.revisions()]


def test_a_newer_store_is_left_alone(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert state(empty_engine) == "ahead"
    with pytest.raises(StoreTooNew, match=r"revision 9999.*up to 0006.*install") as caught:
        upgrade(empty_engine)
    assert (caught.value.found, caught.value.known) == ("9999", migrate.revisions()[-1])


def test_an_older_store_is_behind(empty_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(empty_engine)
    monkeypatch.setattr(migrate, "revisions", lambda: ("0001", "0002", "0003", "0004", "0005", "0006", "0007"))
    assert state(empty_engine) == "behind"


def test_a_failed_upgrade_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = connect(f"sqlite:///{tmp_path}/new.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE tickets (mine TEXT)"))
    with pytest.raises(Exception, match="already exists"):
        upgrade(engine)
    assert inspect(engine).get_table_names() == ["tickets"]
    engine.dispose()


def test_a_current_store_is_recognised_fast_and_without_alembic(store: Store) -> None:
    times = []
    for _ in range(3):
        started = time.perf_counter()
        upgrade(store.engine)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.1
    url = store.engine.url.render_as_string(hide_password=False)
    program = (
        "import sys; from crm_store import store, migrate; "
        "assert migrate.upgrade(store.connect(sys.argv[1])) == (); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, url], check=True, timeout=60)


def test_file_names_tell_the_revisions() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    history = tuple(script.revision for script in reversed(list(scripts.walk_revisions())))
    assert migrate.revisions() == history
