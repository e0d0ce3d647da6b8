"""Turns: each conversation's unread rows in order, one commit each.

A turn runs in a thread: everything in it is synchronous. Whatever it decides is written in one transaction with the row
it came from, so a crash leaves either all of it or none.
"""

import asyncio
import logging
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.perform import Performer, Rooms, Split
from crm_store import inbox
from crm_store.inbox import Waiting
from crm_store.store import Store, StoreUnavailable
from handlers import events, routes
from handlers.actions import Action
from handlers.customer import hearing
from handlers.desk import Desk, Explain, Policy, TooEarly, unexplained
from handlers.events import Colleague, Event, FromStaff, Said, Slot
from handlers.roles import Roles
from handlers.staff import failed
from jobs import schedule
from nlp.ask.learnt import Learnt
from nlp.knowledge import NO_ARTICLES, Knowledge
from nlp.meaning import Reader

log = logging.getLogger(__name__)

#: parts of an album come one by one; this long after the last one it is complete
ALBUM_WAIT = timedelta(seconds=1)
#: how long a lane waits when the store cannot be used, when it is too early, and when not even a failure can be kept
_STORE_WAIT, _EARLY_WAIT, _BROKEN_WAIT = 1.0, 0.5, 10.0
#: SQLite has one writer: more threads would only wait for each other. Elsewhere a second one works a tenth more
#: messages, and keeps the thread that acknowledges them waiting three times as long
_THREADS = 1
#: the most lanes handed to threads, and how many are enough not to look for more
_TOGETHER, _ENOUGH = 64, 16


@dataclass(frozen=True, slots=True)
class Turns:
    """Takes turns; knows nothing of how rows are handed to it."""

    store: Store
    reader: Reader
    policy: Policy
    rooms: Rooms
    splits: Mapping[str, Split]
    now: Callable[[], datetime]
    knowledge: Knowledge = NO_ARTICLES
    learnt: Learnt = field(default_factory=Learnt)
    explain: Explain = unexplained
    #: who has which role now, where that changes while the desk runs; None: as the policy says
    roles: Callable[[], Roles] | None = None

    def take(self, rows: Sequence[Waiting]) -> None:
        """One event's turn: its row, or an album's rows.

        Raises `StoreUnavailable` and `TooEarly`; then the rows wait as before.

        Any other failure puts the rows on the failed list with the error, and tells staff.
        """
        ids = [row.id for row in rows]
        try:
            self._turn(ids)
        except (StoreUnavailable, TooEarly):
            raise
        except inbox.Gone:
            log.info("inbox row %s, or another of its album, is another process's", ids[0])
        except Exception as error:  # the one broad catch: a message that cannot be handled must not stop the next
            log.exception("inbox row %s could not be handled", ids[0])
            self.put_aside(ids, error)

    def _turn(self, ids: list[int]) -> None:
        with self.store.begin() as connection:
            stored = inbox.take(connection, self.store.cipher, ids, self.now())
            event = _joined([events.decode(one) for one in stored])
            desk = self._desk(connection, ids[0])
            if isinstance(event, FromStaff) and not self._is_known(event.staff, desk.policy.roles):
                raise TooEarly(f"what {event.staff.user} may do is not known yet")
            self._performer(desk, event).perform(_decide(event, desk))

    def put_aside(self, ids: list[int], error: Exception) -> None:
        """Puts rows on the failed list with the error, and tells staff."""
        with self.store.begin() as connection:
            inbox.fail(connection, self.store.cipher, ids, "".join(traceback.format_exception(error)), self.now())
            said = f"{type(error).__name__}: {error}"
            desk = self._desk(connection, ids[0])
            self._performer(desk).perform([failed.alert(ids[0], said, desk)])

    def _desk(self, connection: Connection, inbox_id: int) -> Desk:
        cipher, now = self.store.cipher, self.now()
        policy = self.policy if self.roles is None else replace(self.policy, roles=self.roles())
        return Desk(
            connection,
            cipher,
            inbox_id,
            now,
            self.reader,
            policy,
            knowledge=self.knowledge,
            learnt=self.learnt,
            explain=self.explain,
        )

    def _is_known(self, staff: Colleague, roles: Roles) -> bool:
        """Whether somebody's role can be told; on the console page nobody is in a group."""
        return staff.channel != self.rooms.channel or roles.knows(staff.user)

    def _performer(self, desk: Desk, event: Event | None = None) -> Performer:
        return Performer(desk, self.rooms, self.splits, event)


def _decide(event: Event, desk: Desk) -> list[Action]:
    return schedule.handle(event, desk) if isinstance(event, Slot) else routes.handle(event, desk)


def _joined(parts: list[Event]) -> Event:
    """An album as one message."""
    said = [part for part in parts if isinstance(part, Said)]
    return hearing.joined(said) if len(said) > 1 else parts[0]


class TurnRunner:
    """Hands rows to turns: lanes side by side, each in its order."""

    def __init__(self, turns: Turns, on_turn: Callable[[], None]) -> None:
        self._turns = turns
        self._on_turn = on_turn
        self._wake = asyncio.Event()
        self._busy: set[str] = set()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="turn")
        self._stopping = False

    def wake(self) -> None:
        """There may be rows to work on."""
        self._wake.set()

    async def run(self, poll: float = 1.0) -> None:
        """Works until stopped. Polls as well: another process may have stored rows."""
        while not self._stopping:
            self._wake.clear()
            delay = await self._start_lanes()
            try:
                await asyncio.wait_for(self._wake.wait(), min(poll, delay))
            except TimeoutError:
                continue

    async def drain(self) -> bool:
        """Works off what waits now, and what comes of it. Returns whether there was anything."""
        worked = False
        while ready := [rows for rows in await self._lanes() if self._complete_in(rows[0], rows) <= 0]:
            for rows in ready:
                if await asyncio.get_running_loop().run_in_executor(self._pool, self._work, rows):
                    return worked
            worked = True
        return worked

    async def _lanes(self) -> list[list[Waiting]]:
        return list(_by_lane(await asyncio.to_thread(self._waiting)).values())

    async def stop(self) -> None:
        """Ends when the turns under way have."""
        self._stopping = True
        self._wake.set()
        await asyncio.to_thread(self._pool.shutdown)

    async def _start_lanes(self) -> float:
        """Starts a worker for each lane that can go on; returns in how many seconds another one may."""
        if len(self._busy) > _ENOUGH:
            return 60.0  # those under way wake us when there are few left
        try:
            rows = await asyncio.to_thread(self._waiting, tuple(self._busy))
        except StoreUnavailable as error:
            log.warning("%s", error)
            return _STORE_WAIT
        delay = 60.0
        for lane, waiting in _by_lane(rows).items():
            if lane in self._busy or len(self._busy) >= _TOGETHER:
                continue
            until = self._complete_in(waiting[0], waiting)
            if until > 0:
                delay = min(delay, until)
                continue
            self._busy.add(lane)
            future = asyncio.get_running_loop().run_in_executor(self._pool, self._work, waiting)
            future.add_done_callback(partial(self._finished, lane))
        return delay

    def _waiting(self, busy: Collection[str] = ()) -> list[Waiting]:
        with self._turns.store.read() as connection:
            return inbox.waiting(connection, busy)

    def _finished(self, lane: str, future: asyncio.Future[float]) -> None:
        """The lane stays busy while it has to wait: no other worker runs into the same wall."""
        if wait := future.result():
            asyncio.get_running_loop().call_later(wait, self._release, lane)
        else:
            self._release(lane)

    def _release(self, lane: str) -> None:
        self._busy.discard(lane)
        if len(self._busy) <= _ENOUGH:
            self._wake.set()

    def _work(self, rows: list[Waiting]) -> float:
        """A lane's rows, until one has to wait; returns for how many seconds."""
        lane = rows[0].lane
        try:
            while rows and not self._stopping and self._complete_in(rows[0], rows) <= 0:
                event, rows = _next_event(rows)
                self._turns.take(event)
                self._on_turn()
        except StoreUnavailable as error:
            log.warning("%s; the lane waits", error)
            return _STORE_WAIT
        except TooEarly as error:
            log.info("lane %s waits: %s", lane, error)
            return _EARLY_WAIT
        except Exception:
            # a failure that could not be put aside either: the rows stay, and the log says why
            log.exception("lane %s stands still", lane)
            return _BROKEN_WAIT
        return 0.0

    def _complete_in(self, first: Waiting, rows: list[Waiting]) -> float:
        """Seconds until a row's album can be taken as complete; 0 for what is no album."""
        if first.group is None:
            return 0.0
        newest = max(row.received_at for row in rows if row.group == first.group)
        return (newest + ALBUM_WAIT - self._turns.now()).total_seconds()


def _by_lane(rows: list[Waiting]) -> dict[str, list[Waiting]]:
    lanes: dict[str, list[Waiting]] = {}
    for row in rows:
        lanes.setdefault(row.lane, []).append(row)
    return lanes


def _next_event(rows: list[Waiting]) -> tuple[list[Waiting], list[Waiting]]:
    """The rows of the first event, and those after it."""
    first = rows[0]
    if first.group is None:
        return [first], rows[1:]
    return [row for row in rows if row.group == first.group], [row for row in rows if row.group != first.group]
