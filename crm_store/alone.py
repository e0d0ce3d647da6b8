"""One process at a time works a store's queues: a second one would send everything twice. Likewise computes scores."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, TextClause, text

#: what is done by one process at a time: the queues (`run`), or the scores
Work = Literal["run", "scores"]
#: distinguishes these advisory locks from others in a PostgreSQL database
_LOCKS: dict[Work, int] = {"run": 0x5309DE5C, "scores": 0x5309DE5D}
_SAID: dict[Work, str] = {
    "run": "another shopdesk runs on {where}: stop it first, or give this one a store of its own",
    "scores": "scores are being computed on {where} already: wait until that has ended",
}


class AlreadyRunning(Exception):
    """Another process is at this work."""

    def __init__(self, where: str, work: Work = "run") -> None:
        super().__init__(_SAID[work].format(where=where))
        self.where = where


@contextmanager
def alone(engine: Engine, patience: float = 5.0, work: Work = "run") -> Iterator[None]:
    """Holds one of the store's locks for the length of the block; a killed process loses it by itself.

    Raises `AlreadyRunning` when somebody else still holds it after `patience` seconds.
    """
    match engine.dialect.name:
        case "sqlite":
            with _locked_file(engine, patience, work):
                yield
        case "postgresql":
            take = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=_LOCKS[work])
            with _locked_session(engine, take, patience, work):
                yield
        case _:
            # a named lock is the server's, not the database's
            take = text("SELECT GET_LOCK(:name, 0)").bindparams(name=f"shopdesk {work}/{engine.url.database}"[:64])
            with _locked_session(engine, take, patience, work):
                yield


@contextmanager
def _locked_file(engine: Engine, patience: float, work: Work) -> Iterator[None]:
    database = engine.url.database
    if database in (None, "", ":memory:"):
        yield
        return
    path = Path(str(database)).with_suffix(".lock" if work == "run" else f".{work}.lock")
    with path.open("a") as file:
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    raise AlreadyRunning(str(database), work) from error
                time.sleep(0.1)
        yield


@contextmanager
def _locked_session(engine: Engine, take: TextClause, patience: float, work: Work) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        until = time.monotonic() + patience
        while not connection.scalar(take):
            if time.monotonic() >= until:
                raise AlreadyRunning(engine.url.render_as_string(hide_password=True), work)
            time.sleep(0.1)
        try:
            yield
        finally:
            connection.invalidate()  # the lock ends with its session
