"""One process at a time works a store's queues: a second one would send everything twice."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, TextClause, text

#: distinguishes this advisory lock from others in a PostgreSQL database
_LOCK = 0x5309DE5C


class AlreadyRunning(Exception):
    """Another process works this store's queues."""

    def __init__(self, where: str) -> None:
        super().__init__(f"another shopdesk runs on {where}: stop it first, or give this one a store of its own")
        self.where = where


@contextmanager
def alone(engine: Engine, patience: float = 5.0) -> Iterator[None]:
    """Holds the store's lock for the length of the block; a killed process loses it by itself.

    Raises `AlreadyRunning` when another process still holds it after `patience` seconds.
    """
    match engine.dialect.name:
        case "sqlite":
            with _locked_file(engine, patience):
                yield
        case "postgresql":
            take = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=_LOCK)
            with _locked_session(engine, take, patience):
                yield
        case _:
            # a named lock is the server's, not the database's
            take = text("SELECT GET_LOCK(:name, 0)").bindparams(name=f"shopdesk run/{engine.url.database}"[:64])
            with _locked_session(engine, take, patience):
                yield


@contextmanager
def _locked_file(engine: Engine, patience: float) -> Iterator[None]:
    database = engine.url.database
    if database in (None, "", ":memory:"):
        yield
        return
    path = Path(str(database)).with_suffix(".lock")
    with path.open("a") as file:
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    raise AlreadyRunning(str(database)) from error
                time.sleep(0.1)
        yield


@contextmanager
def _locked_session(engine: Engine, take: TextClause, patience: float) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        until = time.monotonic() + patience
        while not connection.scalar(take):
            if time.monotonic() >= until:
                raise AlreadyRunning(engine.url.render_as_string(hide_password=True))
            time.sleep(0.1)
        try:
            yield
        finally:
            connection.invalidate()  # the lock ends with its session
