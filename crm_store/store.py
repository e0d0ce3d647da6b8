"""The store: one database, opened with its key, read and written in transactions."""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import StaticPool

from crm_store import crypto
from crm_store.crypto import Cipher
from crm_store.schema import KeyRow

#: how long a writer waits for another process before the store counts as busy, in milliseconds
BUSY_TIMEOUT = 5_000
#: MariaDB's driver reports faults of a statement (unknown column, two rows where one belongs, ...) like a lost server
_STATEMENT_FAULTS = {1054, 1093, 1136, 1241, 1242, 1364, 1366}
_BROKEN_CHECKS = {3819, 4025}
_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}


class StoreUnavailable(Exception):
    """The database is locked, full or gone. What was asked was not done; it can be tried again."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the store cannot be used at the moment: {reason}")
        self.reason = reason


class BadStoreUrl(Exception):
    """The store's URL cannot be used."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"store.url {url!r} cannot be used: {why}; allowed are sqlite:///…, postgresql://…, mariadb://…"
        )
        self.url = url


def parse_url(text: str) -> URL:
    """A store's URL with the driver Shopdesk uses. Raises `BadStoreUrl`.

    >>> parse_url("postgresql://shop@localhost/desk").drivername
    'postgresql+psycopg'
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise BadStoreUrl(text, "it is not a database URL") from error
    family = url.get_backend_name()
    if family == "sqlite":
        return url
    if family not in _DRIVERS:
        raise BadStoreUrl(url.render_as_string(), f"{family!r} is not a supported engine")
    url = url.set(drivername=_DRIVERS[family])
    return url if family == "postgresql" else url.update_query_dict({"charset": "utf8mb4"})


class Turnstile:
    """A lock that is passed on in the order in which it was asked for.

    Python's own goes to whoever runs first: a thread that writes all the time would take it again and again, and the
    short write that acknowledges a message would wait for many long ones instead of one.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._queue: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._queue.append(mine)
        mine.acquire()  # until the one before passes it on

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._taken = False


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. `begin` writes, `read` reads; both give a `Connection` and end with it."""

    engine: Engine
    cipher: Cipher
    #: SQLite has one writer: threads of this process queue here, in order, instead of polling the file's lock
    _turnstile: AbstractContextManager[Any]

    @property
    def dialect(self) -> str:
        """sqlite, postgresql or mariadb."""
        name = self.engine.dialect.name
        return "mariadb" if name == "mysql" else name

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end of the block, rolled back on an exception.

        Raises `StoreUnavailable` when the database is locked, full or gone; then nothing was written.
        """
        with self._turnstile, unavailable(), self.engine.connect() as connection:
            connection.execution_options(shopdesk_writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises `StoreUnavailable`."""
        with unavailable(), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def connect(url: str) -> Engine:
    """An engine with the settings the store relies on; nothing is read yet. Raises `BadStoreUrl`.

    Its errors do not show what a statement was given: they are logged and told to staff.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _connect_sqlite(parsed)
    # MariaDB's own default keeps a transaction's first view: two that change one row would each add to the old value,
    # or fail (innodb_snapshot_isolation). So both servers show each statement what is committed when it begins.
    engine = create_engine(
        parsed,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        pool_recycle=1800,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
    )
    event.listen(engine, "handle_error", _name_broken_check)
    event.listen(engine, "handle_error", _tell_no_data)
    return engine


def _tell_no_data(context: ExceptionContext) -> None:
    told, kept = str(context.original_exception), strip_data(context.original_exception)
    if kept and context.sqlalchemy_exception is not None:
        first, *rest = context.sqlalchemy_exception.args
        context.sqlalchemy_exception.args = (first.replace(told, kept), *rest)


def strip_data(error: BaseException) -> str | None:
    """Leaves of PostgreSQL's errors the first sentence, and returns it: details and context quote the row."""
    sentence: str | None = getattr(getattr(error, "diag", None), "message_primary", None)
    if sentence:
        error.args = (sentence,)
    return sentence


def _name_broken_check(context: ExceptionContext) -> None:
    """MariaDB's driver takes a broken CHECK for an outage; here it is what it is on the other engines."""
    error = context.original_exception
    if isinstance(context.sqlalchemy_exception, OperationalError) and error.args and error.args[0] in _BROKEN_CHECKS:
        raise IntegrityError(context.statement, context.parameters, error, hide_parameters=True) from error


def open_store(engine: Engine, master: bytes, now: datetime) -> Store:
    """The store behind an engine whose schema is in place; the first opening makes its data keys.

    Raises `crypto.WrongKey` when the master key is not the one the store was made with.
    """
    turnstile: AbstractContextManager[Any] = Turnstile() if engine.dialect.name == "sqlite" else nullcontext()
    locked = Store(engine, Cipher({}, 0, b""), turnstile)
    with locked.begin() as connection:
        cipher = _open_keyring(connection, master, now)
    return Store(engine, cipher, turnstile)


def add_data_key(connection: Connection, master: bytes, now: datetime, purpose: str = "seal") -> None:
    """Adds a data key; a new `seal` key is used for everything written after the store is opened again."""
    wrapped = crypto.wrap(master, AESGCM.generate_key(bit_length=256))
    connection.execute(insert(KeyRow).values(purpose=purpose, wrapped=wrapped, created_at=now))


def _open_keyring(connection: Connection, master: bytes, now: datetime) -> Cipher:
    rows = connection.execute(select(KeyRow.id, KeyRow.purpose, KeyRow.wrapped)).all()
    if not rows:
        add_data_key(connection, master, now, "seal")
        add_data_key(connection, master, now, "hash")
        rows = connection.execute(select(KeyRow.id, KeyRow.purpose, KeyRow.wrapped)).all()
    seals = {row.id: AESGCM(crypto.unwrap(master, row.wrapped)) for row in rows if row.purpose == "seal"}
    hash_key = min((row.id, crypto.unwrap(master, row.wrapped)) for row in rows if row.purpose == "hash")[1]
    return Cipher(seals, max(seals), hash_key)


@contextmanager
def unavailable() -> Iterator[None]:
    """Turns what a driver says of a locked, full or lost database into `StoreUnavailable`."""
    try:
        yield
    except NoConnectionFree as error:
        raise StoreUnavailable("all connections are in use") from error
    except DBAPIError as error:
        if error.connection_invalidated or (isinstance(error, _OUTAGES) and not _is_statement_fault(error.orig)):
            raise StoreUnavailable(str(error.orig)) from error
        raise


_OUTAGES = (OperationalError, InterfaceError)


def _is_statement_fault(error: BaseException | None) -> bool:
    """Whether the statement itself is wrong: trying it again cannot help."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return bool(error and error.args and error.args[0] in _STATEMENT_FAULTS)


def _connect_sqlite(url: URL) -> Engine:
    in_memory = url.database in (None, "", ":memory:")
    if not in_memory:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_size": 8, "max_overflow": 24}
    engine = create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True, **options)

    @event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        # the driver's own BEGIN comes too late and only before writes: ours follows
        connection.isolation_level = None
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT}"):
                connection.execute(f"PRAGMA {pragma}").close()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise BadStoreUrl(url.render_as_string(), f"{url.database} is not an SQLite database") from error
            raise

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        # IMMEDIATE: a transaction that will write waits at its start, where waiting is possible, not in its middle
        writes = connection.get_execution_options().get("shopdesk_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
