"""Small writes of the edges, several to a commit.

Acknowledging a message or marking one as sent is one short write that must be on disk before the next step. Under load
many of them wait at the same moment: they share a commit, so a hundred messages a second do not cost a hundred syncs.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from crm_store.store import Store

T = TypeVar("T")
Work = Callable[[Connection], T]

#: the most writes in one commit
BATCH = 100


class _Waiting(Generic[T]):
    __slots__ = ("done", "work")

    def __init__(self, work: Work[T]) -> None:
        self.work = work
        self.done: asyncio.Future[T] = asyncio.get_running_loop().create_future()


class Commits:
    """Runs writes in the order they were asked for, together in one transaction where several wait."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commits")
        self._waiting: list[_Waiting[Any]] = []
        self._task: asyncio.Task[None] | None = None

    async def run(self, work: Work[T]) -> T:
        """What `work` returns, once it is committed. Raises what it raises; then nothing of it was written."""
        waiting = _Waiting(work)
        self._waiting.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await waiting.done

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            results = await loop.run_in_executor(self._thread, self._commit, [waiting.work for waiting in batch])
            for waiting, (value, error) in zip(batch, results, strict=True):
                if waiting.done.cancelled():
                    continue
                if error is None:
                    waiting.done.set_result(value)
                else:
                    waiting.done.set_exception(error)

    def _commit(self, works: list[Work[Any]]) -> list[tuple[Any, Exception | None]]:
        try:
            with self._store.begin() as connection:
                return [(work(connection), None) for work in works]
        except Exception as error:  # noqa: BLE001 - each caller gets the error of its own work, below
            if len(works) == 1:
                return [(None, error)]
        return [result for work in works for result in self._commit([work])]

    def close(self) -> None:
        self._thread.shutdown()
