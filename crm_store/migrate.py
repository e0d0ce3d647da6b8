"""Bringing a store's schema up to this program's: `state` tells, `upgrade` does it.

Revisions are linear and numbered, so whether a store is behind or ahead is read from its version table and the file
names in `crm_store/migrations/versions`; Alembic is loaded only when there is something to apply.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, inspect, text

from crm_store.store import BUSY_TIMEOUT, StoreUnavailable, unavailable

State = Literal["empty", "behind", "current", "ahead"]

#: how long a second process waits while the first one migrates, in seconds
PATIENCE = 300
_SCRIPTS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"
_LOCK = 7_403_921_845


class StoreTooNew(Exception):
    """The store was written by a newer program."""

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"the store's schema has revision {found}, this program knows revisions up to {known}: "
            "install the version of Shopdesk that last used the store, or a newer one; "
            "or restore a backup made before it was upgraded"
        )
        self.found = found
        self.known = known


def revisions() -> tuple[str, ...]:
    """The revisions this program knows, oldest first."""
    return tuple(sorted(path.stem[1:].partition("_")[0] for path in (_SCRIPTS / "versions").glob("v*_*.py")))


def state(engine: Engine) -> State:
    """How the store's schema stands to this program's. Raises `StoreUnavailable`."""
    with unavailable(), engine.connect() as connection:
        return _compare(_found(connection))


def upgrade(engine: Engine) -> tuple[str, ...]:
    """Applies the revisions that are missing and names them; none when the schema is current.

    Several processes may call it at once: one migrates, the others wait up to `PATIENCE` and find nothing left to do.
    SQLite and PostgreSQL apply all or nothing; MariaDB cannot undo a change of schema.
    Raises `StoreTooNew` and `StoreUnavailable`.
    """
    if _state_or_too_new(engine) == "current":
        return ()
    with unavailable(), engine.connect() as connection, _alone(connection):
        known, found = revisions(), _found(connection)
        missing = known[known.index(found) + 1 :] if found else known
        if missing:
            _run_alembic(connection)
        return missing


def _state_or_too_new(engine: Engine) -> State:
    with unavailable(), engine.connect() as connection:
        found = _found(connection)
    if _compare(found) == "ahead":
        raise StoreTooNew(str(found), revisions()[-1])
    return _compare(found)


def _found(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    found: str | None = connection.scalar(text(f"SELECT max(version_num) FROM {_VERSION_TABLE}"))
    return found


def _compare(found: str | None) -> State:
    known = revisions()
    if found is None:
        return "empty"
    if found not in known:
        return "ahead"
    return "current" if found == known[-1] else "behind"


def _run_alembic(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """A transaction in which no other process migrates this store."""
    match connection.dialect.name:
        case "sqlite":
            alone = _alone_on_sqlite(connection)
        case "postgresql":
            alone = _alone_on_postgresql(connection)
        case _:
            alone = _alone_on_mariadb(connection)
    with alone:
        yield


@contextmanager
def _alone_on_sqlite(connection: Connection) -> Iterator[None]:
    driver = connection.connection.driver_connection
    assert driver is not None
    # tables that SQLite cannot alter are copied and renamed; that must not follow their foreign keys
    for pragma in ("foreign_keys=OFF", f"busy_timeout={PATIENCE * 1000}"):
        driver.execute(f"PRAGMA {pragma}").close()
    try:
        with connection.execution_options(shopdesk_writes=True).begin():
            yield
    finally:
        for pragma in ("foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT}"):
            driver.execute(f"PRAGMA {pragma}").close()


@contextmanager
def _alone_on_postgresql(connection: Connection) -> Iterator[None]:
    with connection.begin():
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield


@contextmanager
def _alone_on_mariadb(connection: Connection) -> Iterator[None]:
    # a named lock is the server's, not the database's
    name = {"name": f"shopdesk/{connection.engine.url.database}"}
    with connection.begin():
        if not connection.scalar(text("SELECT GET_LOCK(:name, :patience)"), {**name, "patience": PATIENCE}):
            raise StoreUnavailable("another process has been upgrading its schema for too long")
    try:
        with connection.begin():
            yield
    finally:
        # only after the commit: whoever waits for the lock must find the revision written
        with connection.begin():
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), name)
