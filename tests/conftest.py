"""Stores to test with: the same fixture over every engine.

Servers come from `SHOPDESK_TEST_POSTGRESQL` and `SHOPDESK_TEST_MARIADB` (URLs of a database one may connect to; each
session makes its own beside it and drops it at the end). Where no server answers, its tests are skipped, unless
`SHOPDESK_TEST_NO_SKIP=1` says that all must run.
"""

import os
import random
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ProgrammingError

from crm_store.migrate import upgrade
from crm_store.schema import Table
from crm_store.store import Store, StoreUnavailable, connect, open_store, unavailable

NewDatabase = Callable[[str], AbstractContextManager[str]]

#: the tests that take longest, longest first
_LONG = ("test_kill.py", "tests/browser/", "tests/end_to_end/", "tests/dialogues/", "tests/contracts/")
ENGINES = ("sqlite", "postgresql", "mariadb")
SERVERS = {
    "postgresql": ("SHOPDESK_TEST_POSTGRESQL", "postgresql://root@127.0.0.1/test"),
    "mariadb": ("SHOPDESK_TEST_MARIADB", "mariadb://root@127.0.0.1/test"),
}
#: says where the text models are kept for all tests: made once, when the first test needs them
MODELS = {"SHOPDESK__NLP__FOLDER": str(Path(__file__).resolve().parent.parent / "data" / "models")}
os.environ.update(MODELS)
#: the master key of every store in the tests
MASTER = bytes(range(32))
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
#: where servers of the tests listen: below the ports that a system takes for connections of its own
_PORTS = range(20_000, 32_000)
_ports = islice(cycle(_PORTS), random.randrange(len(_PORTS)), None)


@dataclass(frozen=True, slots=True)
class Server:
    """A database server that answers."""

    url: URL

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh, empty database that goes away afterwards."""
        name = f"shopdesk_test_{uuid.uuid4().hex[:12]}"
        self._execute(f"CREATE DATABASE {name}")
        try:
            if self.url.get_backend_name() == "postgresql":
                self._hasten(name)
            yield self.url.set(database=name).render_as_string(hide_password=False)
        finally:
            force = " WITH (FORCE)" if self.url.get_backend_name() == "postgresql" else ""
            self._execute(f"DROP DATABASE {name}{force}")

    def _hasten(self, name: str) -> None:
        self._execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        # only an administrator may; without it the tests that provoke deadlocks wait a second for each
        with suppress(ProgrammingError):
            self._execute(f"ALTER DATABASE {name} SET deadlock_timeout = '20ms'")

    def _execute(self, statement: str) -> None:
        engine = connect(self.url.render_as_string(hide_password=False))
        with unavailable(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))
        engine.dispose()


@cache
def _why_absent(url: str) -> str | None:
    """Why a server cannot be used; None when it answers."""
    engine = connect(url)
    try:
        with unavailable(), engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except StoreUnavailable as error:
        return error.reason
    finally:
        engine.dispose()
    return None


def find_server(family: str) -> Server:
    """The server of a family (postgresql, mariadb); skips the test when none answers, or fails where none may skip."""
    variable, usual = SERVERS[family]
    url = os.environ.get(variable, usual)
    why = _why_absent(url)
    if why is None:
        return Server(make_url(url))
    sentence = f"no {family} server answers: set {variable} to the URL of one ({why})"
    if os.environ.get("SHOPDESK_TEST_NO_SKIP") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture
def new_database(tmp_path: Path) -> NewDatabase:
    """`with new_database("mariadb") as url`: a database in which nothing is yet."""

    def make(family: str) -> AbstractContextManager[str]:
        if family == "sqlite":
            return nullcontext(f"sqlite:///{tmp_path}/new.db")
        return find_server(family).database()

    return make


@pytest.fixture(scope="session", autouse=True)
def models() -> Path:
    """The text models, made now if they are missing: a test in a process of its own would give up waiting for them."""
    from nlp.models import Making, open_reader

    making = Making(Path(MODELS["SHOPDESK__NLP__FOLDER"]))
    open_reader(making, print)
    return making.folder


# --- tests side by side -------------------------------------------------------------------------------------------


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """What shares something costly is worked off together by one process, what takes long comes first.

    Else the longest test would begin last, and the others would wait for it.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFolder(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            if file.startswith("tests/browser/"):
                return "tests/browser"
            return nodeid if file.startswith("tests/end_to_end/") else file

    config.option.loadscopereorder = False
    return ByFolder(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(
            key=lambda item: next((place for place, long in enumerate(_LONG) if long in item.nodeid), len(_LONG))
        )


def free_port() -> int:
    """A port to listen at that nothing else is about to take: not another process of these tests either."""
    for port in _ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("there is no end to the ports")


# --- stores -------------------------------------------------------------------------------------------------------


def sqlite_file(path: Path) -> str:
    """The URL of a SQLite file, made with every table and no row where there is none yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_migrated_file())
    return f"sqlite:///{path}"


@cache
def _migrated_file() -> bytes:
    """Migrating takes longer than most tests do: it is done once, and copied."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        engine = connect(f"sqlite:///{path}")
        upgrade(engine)
        engine.dispose()
        return path.read_bytes()


@pytest.fixture(scope="session")
def postgresql_engine() -> Iterator[Engine]:
    """A migrated PostgreSQL database, one a session."""
    with find_server("postgresql").database() as url:
        yield from _migrated(url)


@pytest.fixture(scope="session")
def mariadb_engine() -> Iterator[Engine]:
    """A migrated MariaDB database, one a session."""
    with find_server("mariadb").database() as url:
        yield from _migrated(url)


def _migrated(url: str) -> Iterator[Engine]:
    engine = connect(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store, once on each engine.

    A test for one engine says `@pytest.mark.parametrize("store", ["mariadb"], indirect=True)`.
    """
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_store")
        return
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    empty(engine)
    yield open_store(engine, MASTER, NOW)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a SQLite file of its own."""
    opened = open_store(connect(sqlite_file(tmp_path / "store.db")), MASTER, NOW)
    yield opened
    opened.close()


def empty(engine: Engine) -> None:
    """Deletes every row of every table."""
    with engine.begin() as connection:
        match connection.dialect.name:
            case "postgresql":
                _empty_postgresql(connection)
            case "sqlite":
                _delete_all(connection)
            case _:
                connection.execute(text("SET foreign_key_checks = 0"))
                _delete_all(connection)
                connection.execute(text("SET foreign_key_checks = 1"))


def _empty_postgresql(connection: Connection) -> None:
    # one round trip; DELETE of a few rows is far faster than TRUNCATE, which makes a file for each table
    connection.exec_driver_sql(
        ";".join(f'DELETE FROM "{table.name}"' for table in reversed(Table.metadata.sorted_tables))
    )


def _delete_all(connection: Connection) -> None:
    for table in reversed(Table.metadata.sorted_tables):
        connection.execute(table.delete())
