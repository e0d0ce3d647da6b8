"""Sends what waits in the outbox: in the order of each lane, as fast as the platforms allow, never twice unseen.

A call is marked as being made before it is made. What a crash leaves in that state, and a connection that ended before
the answer, is looked up where the platform can tell (`Channel.find`); where it cannot, it is "maybe" and staff decide.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, TypeVar

import msgspec
from sqlalchemy import Connection

from bot.channels import Call, Channel, FileUnavailable, Op, OutcomeUnknown, Refused, Sent, TryLater
from bot.commits import Commits, Work
from bot.rates import Rates
from crm_store import errands as stored_errands
from crm_store import files as stored_files
from crm_store import inbox, outbox
from crm_store.errands import ErrandView
from crm_store.inbox import NewRow
from crm_store.outbox import PostView, QueuedCall
from crm_store.store import Store, StoreUnavailable
from handlers import errands, events
from handlers import message as messages
from handlers.errands import Errand
from handlers.events import ErrandSettled, FileRef, FromDelivery, RoomRefused, Settled
from handlers.message import Message

Outcome = Literal["sent", "failed", "maybe"]
T = TypeVar("T")

log = logging.getLogger(__name__)

#: back-off when a platform does not say how long to wait: doubles from the first to the last, in seconds
_FIRST_WAIT, _LAST_WAIT = 1.0, 300.0
#: a call that got no answer may arrive for so long after it was begun: only then what is not found was not made
_LOOK_AGAIN = timedelta(seconds=5)
#: the names of what staff wait for: a reply's line, with its Undo
_AWAITED = "status:%"
#: lanes of one channel served side by side, and how many under way are enough not to look for more
_TOGETHER, _ENOUGH = 32, 16
#: how long to rest at most after a look at what is due, in seconds
_LONGEST_REST = 0.25
#: how long a room refuses what is for it before it is told
_TROUBLE = timedelta(minutes=3)
#: whoever waits for a reply is told of a wait longer than this, in seconds
_WORTH_TELLING = 15.0
#: of so many calls it is known how often they were put off: nobody tells of those taken back while they waited
_REMEMBERED = 10_000
#: how often a call is tried at which we ourselves stumble
_STUMBLES = 3
#: the same of an errand: a shop takes its time, and keeps at what it began when we hung up
_ERRAND_MAY_ARRIVE = timedelta(seconds=60)
#: for so long a shop is asked what became of an errand, before staff are
_ASK_THE_SHOP = timedelta(minutes=30)
#: calls that may be repeated without harm
_REPEATABLE = ("edit", "delete")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A call with what the store knows about it."""

    row: QueuedCall
    message: Message
    #: where it goes: where the post it concerns stands, which outlives the place's name; else as it is addressed
    place: str
    thread: str | None
    targets: tuple[str, ...]
    #: what other calls are known to have posted where this one may have
    others: frozenset[str] = frozenset()
    #: what the back office is to do
    errand: Errand | None = None


class Delivery:
    """The outbox's way out."""

    def __init__(
        self,
        store: Store,
        commits: Commits,
        channels: Mapping[str, Channel],
        rates: Mapping[str, Rates],
        *,
        hold_doubtful: timedelta,
        now: Callable[[], datetime],
        on_change: Callable[[], None],
        on_settled: Callable[[], None],
    ) -> None:
        self._store = store
        self._commits = commits
        self._channels = channels
        self._rates = rates
        self._hold = hold_doubtful
        self._now = now
        self._on_change = on_change
        self._on_settled = on_settled
        self._wake = asyncio.Event()
        #: lanes under way, with their channel
        self._busy: dict[str, tuple[str, asyncio.Task[None]]] = {}
        #: calls at which we stumbled, and how often; those a platform put off in a row, and how often
        self._stumbles: Counter[int] = Counter()
        self._put_off: Counter[int] = Counter()
        #: set once it is to stop
        self._stopped = asyncio.Event()

    @property
    def _stopping(self) -> bool:
        return self._stopped.is_set()

    def wake(self) -> None:
        """There may be calls to make."""
        self._wake.set()

    async def run(self, poll: float = 1.0) -> None:
        """Works until stopped. Polls as well: time passes, and another process may have queued calls."""
        while not self._stopping:
            self._wake.clear()
            begun = time.monotonic()
            delay = await self._start_lanes()
            # a long queue takes long to look through: half of the time stays for the calls themselves
            await self._rest(min(_LONGEST_REST, time.monotonic() - begun))
            try:
                await asyncio.wait_for(self._wake.wait(), max(0.01, min(poll, delay)))
            except TimeoutError:
                continue

    async def drain(self) -> bool:
        """Sends what is due now, until stopped. Returns whether there was anything."""
        worked = False
        while not self._stopping:
            due, _ = await asyncio.to_thread(self._heads, list(self._channels))
            if not due:
                break
            waits = [(self._admit(head), head) for head in due]
            ready = [head for wait, head in waits if wait <= 0]
            if not ready:
                await self._rest(min(wait for wait, _ in waits))
            await asyncio.gather(*(self._lane(head) for head in ready))
            worked = True
        return worked

    async def stop(self) -> None:
        """Ends when the calls under way have; what waits stays queued."""
        self._stopped.set()
        self._wake.set()
        await asyncio.gather(*(task for _, task in self._busy.values()), return_exceptions=True)

    async def _start_lanes(self) -> float:
        """Starts the lanes that are due; returns in how many seconds another one may be."""
        under_way = Counter(channel for channel, _ in self._busy.values())
        # a channel with enough to do wakes us when there is little left; it keeps no other one waiting
        wanting = [name for name in self._channels if under_way[name] <= _ENOUGH]
        if not wanting:
            return 60.0
        try:
            heads, delay = await asyncio.to_thread(self._heads, wanting)
        except StoreUnavailable as error:
            log.warning("%s", error)
            return 1.0
        for head in heads:
            if head.lane in self._busy or under_way[head.channel] >= _TOGETHER:
                continue
            # who must wait for the rate takes no place among those under way, and leaves its turn to who is awaited
            wait = self._admit(head)
            if wait > 0:
                delay = min(delay, wait)
                continue
            under_way[head.channel] += 1
            task = asyncio.create_task(self._lane(head))
            self._busy[head.lane] = head.channel, task
            task.add_done_callback(partial(self._finished, head.lane))
        return delay

    def _heads(self, channels: Sequence[str]) -> tuple[list[QueuedCall], float]:
        """What is due on some channels, and in how many seconds something else will be."""
        now = self._now()
        with self._store.read() as connection:
            held = now - self._hold
            due = [call for name in channels for call in outbox.queued(connection, name, held, now, urgent=_AWAITED)]
            later = outbox.next_due(connection, now)
        return due, 60.0 if later is None else (later - now).total_seconds()

    def _admit(self, row: QueuedCall) -> float:
        """In how many seconds the platform's rate lets a call be made; with 0 it is counted, and to be made now."""
        rates = self._rates.get(row.channel)
        if rates is None or row.state != "queued":
            return 0.0
        begins = row.thread is None
        wait = rates.wait(row.account, row.place, row.op, begins=begins)
        if wait <= 0:
            rates.take(row.account, row.place, row.op, begins=begins)
        return wait

    def _finished(self, lane: str, _task: asyncio.Task[None]) -> None:
        channel, _ = self._busy.pop(lane)
        if sum(name == channel for name, _ in self._busy.values()) <= _ENOUGH:
            self._wake.set()

    async def _lane(self, head: QueuedCall) -> None:
        """A lane's calls, the first of them admitted, until one has to wait."""
        row: QueuedCall | None = head
        try:
            while row is not None and not self._stopping:
                row = await self._or_stumble(row)
                if row is not None and (row.not_before > self._now() or self._admit(row) > 0):
                    return
        except StoreUnavailable as error:
            log.warning("%s; lane %s waits", error, head.lane)
            await self._rest(1.0)

    async def _or_stumble(self, row: QueuedCall) -> QueuedCall | None:
        try:
            return await self._one(row)
        except StoreUnavailable:
            raise
        except Exception as error:
            # our own mistake: the log says why, and after some tries the call no longer keeps its lane waiting
            log.exception("outbox row %s could not be delivered", row.id)
            self._stumbles[row.id] += 1
            if self._stumbles[row.id] < _STUMBLES:
                await self._rest(5.0)
                return None
            del self._stumbles[row.id]
            prepared = _Prepared(row, Message(), row.place, None, ())
            if row.op == "errand":
                return await self._settle_errand(prepared, "unknown", f"the desk stumbled: {type(error).__name__}")
            return await self._settle(prepared, "failed", error=f"{type(error).__name__}: {error}")

    async def _one(self, row: QueuedCall) -> QueuedCall | None:
        """Makes a call; returns the lane's next."""
        prepared = await self._commits.run(lambda connection: self._begin(connection, row))
        if prepared is None:
            return await self._commits.run(lambda connection: self._next(connection, row.lane))
        return await self._deliver(prepared)

    async def _rest(self, seconds: float) -> None:
        """Waits, but keeps nobody from stopping."""
        if seconds <= 0:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    def _next(self, connection: Connection, lane: str) -> QueuedCall | None:
        return outbox.next_in_lane(connection, lane, self._now() - self._hold)

    def _begin(self, connection: Connection, row: QueuedCall) -> _Prepared | None:
        if not outbox.begin_attempt(connection, row, self._now()):
            return None  # taken back while it waited for its turn
        if row.op == "errand":
            return _Prepared(row, Message(), row.place, None, (), errand=self._errand_of(connection, row)[0])
        message = messages.decode(outbox.message_of(connection, self._store.cipher, row.id))
        thread = outbox.find_post(connection, row.thread, row.channel) if row.thread else None
        place = thread.place if thread else row.place
        targets: tuple[str, ...] = ()
        if row.op in _REPEATABLE and row.about:
            wanted = row.part or (1 if row.op == "edit" else None)
            standing = outbox.posts_about(connection, row.about, row.channel)
            meant = [post for post in standing if wanted in (None, post.part)]
            targets = tuple(post.platform_id for post in meant)
            place = meant[0].place if meant else place
        elif row.op == "whisper" and row.about:
            targets = (row.about.removeprefix("whisper:"),)
        under = thread.platform_id if thread else None
        in_doubt = row.op == "file" and row.state == "sending"
        others = outbox.standing_in(connection, row.channel, under) if in_doubt else frozenset[str]()
        return _Prepared(row, message, place, under, targets, others)

    def _errand_of(self, connection: Connection, row: QueuedCall) -> tuple[Errand, ErrandView]:
        """What a call carries to the back office."""
        stored = stored_errands.of_call(connection, self._store.cipher, row.id)
        if stored is None:
            raise LookupError(row.id)
        return errands.decode(stored.errand), stored

    async def _deliver(self, prepared: _Prepared) -> QueuedCall | None:
        row = prepared.row
        if row.op == "errand":
            return await self._run(prepared)
        channel = self._channels[row.channel]
        try:
            sent = await self._call(channel, prepared)
        except TryLater as later:
            return await self._wait(row, later)
        except Refused as refused:
            return await self._settle(prepared, "failed", error=refused.reason, blocked=refused.blocked)
        except OutcomeUnknown as unknown:
            # a whisper is worth no doubt
            state: Outcome = "sent" if row.op == "whisper" else "maybe"
            return await self._settle(prepared, state, error=unknown.reason, trace=unknown.trace)
        except StoreUnavailable as error:  # while files were fetched: nothing has left yet
            return await self._wait(row, TryLater(str(error)))
        return await self._settle(prepared, "sent", sent=sent)

    async def _run(self, prepared: _Prepared) -> QueuedCall | None:
        """Has the back office do an errand, or finds what it did of it."""
        try:
            sent = await self._call(self._channels[prepared.row.channel], prepared)
        except TryLater as later:
            return await self._wait(prepared.row, later)
        except Refused as refused:
            return await self._settle_errand(prepared, "refused", refused.reason)
        except OutcomeUnknown as unknown:
            return await self._settle_errand(prepared, "unknown", unknown.reason)
        return await self._settle_errand(prepared, "done", "", sent)

    async def _call(self, channel: Channel, prepared: _Prepared) -> Sent | None:
        """Makes the call, or finds that an earlier attempt made it."""
        row = prepared.row
        if row.thread is not None and prepared.thread is None:
            raise _NotYet("the post it belongs under does not stand yet", 5.0)
        if row.op in _REPEATABLE:
            return await self._change(channel, prepared)
        call = Call(
            row.id,
            _op_of(row, prepared.message),
            row.account,
            prepared.place,
            prepared.message,
            thread=prepared.thread,
            target=prepared.targets[0] if prepared.targets else None,
            tried_at=row.tried_at or self._now(),
            trace=row.trace,
            errand=prepared.errand,
            key=row.about or "" if row.op == "errand" else "",
        )
        # a crash left it so; an errand that staff ask for again may have been done meanwhile
        if (row.state == "sending" and row.op != "whisper") or (row.op == "errand" and row.attempts > 0):
            found = await self._find(channel, call)
            if found is not None and found.platform_id not in prepared.others:
                return found
            self._may_still_arrive(call, "it is not there yet, but may still arrive")
        return await self._make(channel, await self._with_files(call))

    async def _make(self, channel: Channel, call: Call) -> Sent:
        if call.op == "errand":
            call = replace(call, tried_at=self._now())  # an attempt before this one never reached the shop
        try:
            return await channel.perform(call)
        except OutcomeUnknown as unknown:
            if call.op == "whisper":
                raise
            call = replace(call, trace=unknown.trace)
            found = await self._find(channel, call)
            if found is None:
                # the next attempt looks once more before it is made
                raise _StillUnknown(unknown.reason, _FIRST_WAIT, unknown.trace) from unknown
            return found

    def _may_still_arrive(self, call: Call, reason: str) -> None:
        """Raises `_StillUnknown` while an attempt is so fresh that the platform may still be at it."""
        may_arrive = _ERRAND_MAY_ARRIVE if call.op == "errand" else _LOOK_AGAIN
        left = (call.tried_at or self._now()) + may_arrive - self._now()
        if left > timedelta(0) and call.op == "errand":
            raise _StillUnknown(reason, None, call.trace)  # looked for by the usual back-off, it may be done any moment
        if left > timedelta(0):
            raise _StillUnknown(reason, left.total_seconds(), call.trace)

    async def _find(self, channel: Channel, call: Call) -> Sent | None:
        try:
            return await channel.find(call)
        except TryLater as later:
            if call.op == "errand" and self._now() - (call.tried_at or self._now()) >= _ASK_THE_SHOP:
                raise OutcomeUnknown(later.reason) from later
            # nobody can tell at the moment: the row stays "sending", so the next attempt looks again first
            raise _StillUnknown(later.reason, later.after, call.trace, asked=True) from later

    async def _change(self, channel: Channel, prepared: _Prepared) -> Sent | None:
        """Edits or deletes what stands; repeating it does no harm."""
        row = prepared.row
        if not prepared.targets:
            raise Refused("what was to be changed was never delivered")
        sent: Sent | None = None
        for target in prepared.targets:
            op: Op = "edit" if row.op == "edit" else "delete"
            call = Call(row.id, op, row.account, prepared.place, prepared.message, target=target)
            try:
                sent = await channel.perform(call)
            except OutcomeUnknown as unknown:
                raise TryLater(unknown.reason) from unknown
        return sent

    # --- files ----------------------------------------------------------------------------------------------------

    async def _with_files(self, call: Call) -> Call:
        """The call with its files' bytes; what cannot be fetched for staff is said instead."""
        if not call.message.files:
            return call
        fetched: list[tuple[FileRef, bytes]] = []
        missing: list[FileUnavailable] = []
        for file in call.message.files:
            try:
                fetched.append((file, await self.fetch(file)))
            except FileUnavailable as gone:
                missing.append(gone)
        if missing and call.thread is None:
            # without its name: an error is kept, and logged, as it reads
            raise Refused("; ".join(f"the {gone.file.kind.replace('_', ' ')}: {gone.reason}" for gone in missing))
        if missing:
            said = "\n".join(f"{gone.file.name}: {gone.reason}" for gone in missing)
            message = msgspec.structs.replace(call.message, context=said, files=tuple(file for file, _ in fetched))
            await self._commits.run(
                lambda connection: outbox.rewrite(
                    connection, self._store.cipher, call.outbox_id, messages.encode(message)
                )
            )
            call = replace(call, op="file" if fetched else "post", message=message)
        return replace(call, files=tuple(data for _, data in fetched))

    async def fetch(self, file: FileRef) -> bytes:
        """A file's bytes, from the store if it was fetched before. Raises `FileUnavailable`, `TryLater`."""
        source = f"{file.channel}/{file.id}"
        known = await asyncio.to_thread(self._stored, source)
        if known is not None:
            return known
        channel = self._channels.get(file.channel)
        if channel is None:
            raise FileUnavailable(file, f"{file.channel} is not connected")
        try:
            data = await channel.fetch(file)
        except TryLater as later:
            # the platform the file lies on asks for it: where the call goes to, nothing else has to wait
            raise _NotYet(later.reason, later.after) from later
        await asyncio.to_thread(self._keep, source, file, data)
        return data

    def _stored(self, source: str) -> bytes | None:
        with self._store.read() as connection:
            known = stored_files.find(connection, self._store.cipher, source)
            return None if known is None else stored_files.read(connection, self._store.cipher, known.id)

    def _keep(self, source: str, file: FileRef, data: bytes) -> None:
        with self._store.begin() as connection:
            stored_files.keep(connection, self._store.cipher, source, file.name, file.mime, data, self._now())

    # --- outcomes -------------------------------------------------------------------------------------------------

    async def _wait(self, row: QueuedCall, later: TryLater) -> QueuedCall | None:
        doubles = min(self._put_off[row.id], 20)
        self._put_off[row.id] += 1
        if len(self._put_off) > _REMEMBERED:
            del self._put_off[next(iter(self._put_off))]
        after = later.after if later.after is not None else min(_LAST_WAIT, _FIRST_WAIT * 2**doubles)
        self._pause(row, later)
        log.warning("outbox row %s waits %.0f s: %s", row.id, after, later.reason)
        until = self._now() + timedelta(seconds=after)
        told = row.report and after > _WORTH_TELLING
        of_room = _is_of_room(row, later)

        def put_off(connection: Connection) -> QueuedCall | None:
            doubtful = isinstance(later, _StillUnknown)
            # what can be repeated without harm is put off without knowing whether it arrived
            nothing_left = not doubtful and row.op not in _REPEATABLE
            attempts = row.attempts if nothing_left else row.attempts + 1
            outbox.put_off(connection, row.id, until, later.reason, attempts=attempts, doubtful=doubtful)
            if isinstance(later, _StillUnknown) and later.trace is not None:
                outbox.note_trace(connection, row.id, later.trace)
            if of_room:
                self._tell_of_room(connection, row, later.reason)
            if row.op == "errand":
                self._tell_of_wait(connection, row, later.reason)
            elif told:
                self._tell(connection, row, "waits", later.reason, False, self._now())
            return self._next(connection, row.lane)

        following = await self._write(put_off)
        if told or of_room or row.op == "errand":
            self._on_settled()
        return following

    def _pause(self, row: QueuedCall, later: TryLater) -> None:
        """What else goes where the call went waits as well, where the platform asks for it."""
        is_ours = isinstance(later, _NotYet) and not later.asked
        is_of_files = later.to_mend and not later.whole_account and row.op == "file"
        if later.after is None or is_ours or is_of_files or row.channel not in self._rates:
            return
        rates = self._rates[row.channel]
        if _is_of_room(row, later) and row.thread is None:
            rates.pause_new(row.place, later.after)  # threads are found by where they stand, whatever it is called now
        else:
            rates.pause(row.account, row.place, row.op, later.after, whole_account=later.whole_account)

    def _tell_of_room(self, connection: Connection, row: QueuedCall, reason: str) -> None:
        """That a room has taken nothing for minutes is told once, by the call that waits longest."""
        now = self._now()
        first = outbox.put_off_first(connection, row.channel, row.place)
        if first is not None and now - first.created_at >= _TROUBLE:
            event = RoomRefused(first.id, row.channel, row.place, now, reason)
            self._keep_event(connection, f"refused:{first.id}", f"room:{row.channel}:{row.place}", event)

    async def _write(self, work: Work[T]) -> T:
        """Writes down what became of a call, however long the store is away: nobody else knows it."""
        while True:
            try:
                return await self._commits.run(work)
            except StoreUnavailable as error:
                if self._stopping:
                    raise
                log.warning("%s; an outcome waits to be written down", error)
                await asyncio.sleep(1.0)

    async def _settle(
        self,
        prepared: _Prepared,
        state: Outcome,
        *,
        sent: Sent | None = None,
        error: str | None = None,
        trace: str | None = None,
        blocked: bool = False,
    ) -> QueuedCall | None:
        if state != "sent":
            log.warning("outbox row %s: %s: %s", prepared.row.id, state, error)
        told = prepared.row.report or (state != "sent" and _matters(prepared.row))

        def settle(connection: Connection) -> QueuedCall | None:
            now = self._now()
            is_news = outbox.settle(connection, prepared.row.id, state, now, error=error, trace=trace)
            if sent is not None and is_news:
                self._note_post(connection, prepared, sent)
            if told and is_news:
                self._tell(connection, prepared.row, state, error or "", blocked, now)
            return self._next(connection, prepared.row.lane)

        following = await self._write(settle)
        self._put_off.pop(prepared.row.id, None)
        self._on_change()
        if told:
            self._on_settled()
        return following

    async def _settle_errand(
        self, prepared: _Prepared, state: Literal["done", "refused", "unknown"], reason: str, sent: Sent | None = None
    ) -> QueuedCall | None:
        """What came of an errand, with what it brought back. A shop that refuses has answered: no call failed."""
        row = prepared.row
        if state == "unknown":
            log.warning("outbox row %s: nobody can tell what became of the errand: %s", row.id, reason)
        receipt, brought = (sent.platform_id, sent.files) if sent is not None else ("", ())

        def settle(connection: Connection) -> QueuedCall | None:
            now = self._now()
            call_state, error = ("maybe", reason) if state == "unknown" else ("sent", None)
            if outbox.settle(connection, row.id, call_state, now, error=error):
                for file, data in brought:
                    source = f"{file.channel}/{file.id}"
                    stored_files.keep(connection, self._store.cipher, source, file.name, file.mime, data, now)
                files = tuple(file for file, _ in brought)
                self._tell_errand(connection, row, state, reason, receipt=receipt, files=files)
            return self._next(connection, row.lane)

        following = await self._write(settle)
        self._put_off.pop(row.id, None)
        self._on_change()
        self._on_settled()
        return following

    def _tell_of_wait(self, connection: Connection, row: QueuedCall, reason: str) -> None:
        """That an errand waits is told after a moment, and once more when it has waited long."""
        if row.about is not None and stored_errands.is_wait_news(connection, row.about, self._now()):
            self._tell_errand(connection, row, "waits", reason)

    def _tell_errand(
        self,
        connection: Connection,
        row: QueuedCall,
        state: Literal["done", "refused", "unknown", "waits"],
        reason: str,
        *,
        receipt: str = "",
        files: tuple[FileRef, ...] = (),
    ) -> None:
        errand, stored = self._errand_of(connection, row)
        now = self._now()
        if state != "waits":
            stored_errands.settle(connection, stored.key, state, now)
        event = ErrandSettled(
            stored.key, now, errand, state, reason, receipt, files, stored.conversation_id, stored.ticket_id
        )
        source = f"{row.id}:{row.attempts + 1}:{state}:{now.timestamp()}"
        self._keep_event(connection, source, stored_errands.lane_of(stored), event)

    def _note_post(self, connection: Connection, prepared: _Prepared, sent: Sent) -> None:
        row = prepared.row
        if row.about is None or row.op == "whisper":
            return
        if row.op == "edit":
            outbox.repoint(connection, row.about, row.channel, row.part or 1, row.id)
        elif row.op == "delete":
            outbox.forget_post(connection, row.about, row.channel, row.part, self._now())
        else:
            part = outbox.part_of(connection, row.about, row.id)
            post = PostView(row.about, row.channel, part, sent.place, sent.platform_id, prepared.thread)
            outbox.record_post(connection, row.id, post, sent.more)

    def _tell(
        self,
        connection: Connection,
        row: QueuedCall,
        state: Outcome | Literal["waits"],
        error: str,
        blocked: bool,
        now: datetime,
    ) -> None:
        """What became of a call."""
        source = f"{row.id}:{row.attempts + 1}:{state}:{now.timestamp()}"
        self._keep_event(connection, source, row.lane, Settled(row.id, now, state, error, blocked))

    def _keep_event(self, connection: Connection, source: str, lane: str, event: FromDelivery) -> None:
        """What delivery has to tell is an event like any other, in the commit of what it tells of."""
        kept = NewRow("delivery", source, lane, events.encode(event))
        inbox.keep(connection, self._store.cipher, [kept], self._now())


def _matters(row: QueuedCall) -> bool:
    """Whether it is told when a call does not arrive: to a customer always, among staff when it posts something.

    An alert that does not arrive is in the log alone: telling of it would be the next alert.
    """
    is_alert = (row.about or "").startswith(("failed:", "undelivered:", "refused:"))
    return row.lane.startswith("chat:") or (row.op in ("post", "file") and not is_alert)


def _is_of_room(row: QueuedCall, later: TryLater) -> bool:
    """Whether somebody has to mend the room a call is for; one that takes no files may well take words."""
    return later.to_mend and not later.whole_account and row.op != "file"


def _op_of(row: QueuedCall, message: Message) -> Op:
    """How a call is made that posts something."""
    if row.op == "whisper":
        return "whisper"
    if row.op == "errand":
        return "errand"
    # files that could not be fetched at an earlier attempt are words by now
    return "file" if row.op == "file" and message.files else "post"


class _NotYet(TryLater):
    """The call waits for something of ours; `asked`: the platform asked for it as well."""

    def __init__(self, reason: str, after: float | None, *, asked: bool = False) -> None:
        super().__init__(reason, after)
        self.asked = asked


class _StillUnknown(_NotYet):
    """Whether the call arrived cannot be told at the moment: the next attempt looks before it is made."""

    def __init__(self, reason: str, after: float | None, trace: str | None, *, asked: bool = False) -> None:
        super().__init__(reason, after, asked=asked)
        self.trace = trace
