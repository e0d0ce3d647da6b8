"""However many processes look at the same minute, each thing is done once; on every engine."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.app import policy, rooms
from bot.config import Assignment, Config, DeskConfig, Duration, Sla, Target
from bot.turn import Turns
from crm_store import duty, inbox, targets, tickets
from crm_store.inbox import NewRow
from crm_store.schema import OutboxRow, Ticket, TicketEvent
from crm_store.store import Store, StoreUnavailable
from handlers import events
from handlers.events import Chat, Colleague, Event, Said, Slot, StaffCommanded
from nlp.keywords import KeywordReader

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
MAYA = Colleague("console", "maya", "Maya")
CONFIG = Config(
    desk=DeskConfig(
        sla=Sla(normal=Target(first_reply=Duration(hours=1))), assignment=Assignment(mode="round_robin", cap=3)
    )
)


class Minutes:
    """Turns whose clock is set by hand."""

    def __init__(self, store: Store) -> None:
        self.time = NOW
        self.store = store
        self.turns = Turns(store, KeywordReader(), policy(CONFIG), rooms(CONFIG), {}, lambda: self.time)
        self._count = 0

    def turn_of(self, channel: str, event: Event) -> Callable[[], None]:
        """The turn of an event that is stored already; tried again when the database ended it."""
        self._count += 1
        lane = f"lane {self._count}"
        with self.store.begin() as connection:
            inbox.keep(connection, self.store.cipher, [NewRow(channel, lane, lane, events.encode(event))], self.time)
        with self.store.read() as connection:
            (row,) = (row for row in inbox.waiting(connection) if row.lane == lane)

        def take() -> None:
            while True:
                try:
                    return self.turns.take([row])
                except StoreUnavailable:
                    continue

        return take

    def says(self, who: str) -> Callable[[], None]:
        chat = Chat("console", "", who, who, who, language="en")
        return self.turn_of("console", Said(chat, f"{who} {self._count}", self.time, "does the tent come in green?"))

    def strikes(self, job: str) -> list[Callable[[], None]]:
        """The same minute in several processes whose clocks differ by as many seconds."""
        return [self.turn_of("clock", Slot(job, self.time + timedelta(seconds=n))) for n in range(4)]

    def commands(self, who: Colleague, words: str) -> Callable[[], None]:
        return self.turn_of("console", StaffCommanded(who, "tickets", self.time, "/duty", words))

    def happened(self, kind: str) -> int:
        with self.store.read() as connection:
            return connection.scalar(select(func.count()).where(TicketEvent.kind == kind)) or 0

    def failed(self) -> int:
        with self.store.read() as connection:
            return inbox.count_failed(connection)


@pytest.fixture
def minutes(store: Store) -> Minutes:
    return Minutes(store)


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def together(beside: ThreadPoolExecutor, work: Sequence[Callable[[], None]]) -> None:
    start = threading.Barrier(len(work))

    def run(take: Callable[[], None]) -> None:
        start.wait()
        take()

    for future in [beside.submit(run, take) for take in work]:
        future.result(60)


def test_each_is_warned_and_told_once(minutes: Minutes, beside: ThreadPoolExecutor) -> None:
    for who in ("ada", "bea", "cid"):
        minutes.says(who)()
    for after, kind in ((timedelta(minutes=50), "warned"), (HOUR, "breached"), (2 * HOUR, "escalated")):
        minutes.time = NOW + after
        together(beside, minutes.strikes("sla"))
        assert minutes.happened(kind) == 3
    assert minutes.failed() == 0
    with minutes.store.read() as connection:
        alerts = select(func.count()).where(OutboxRow.place == "alerts", OutboxRow.op == "post")
        assert connection.scalar(alerts) == 3


def test_a_customer_is_told_of_a_slip_once(minutes: Minutes, beside: ThreadPoolExecutor) -> None:
    for who in ("ada", "bea"):
        minutes.says(who)()
    with minutes.store.begin() as connection:
        numbers = list(connection.scalars(select(Ticket.id).order_by(Ticket.id)))
        for number in numbers:
            targets.promise(connection, number, NOW, NOW + HOUR)
    minutes.time = NOW + HOUR
    together(beside, minutes.strikes("promises"))
    assert minutes.failed() == 0
    with minutes.store.read() as connection:
        for who in ("ada", "bea"):
            told = select(func.count()).where(OutboxRow.place == who, OutboxRow.op == "post")
            assert connection.scalar(told) == 2, "that it was opened, and that it takes longer"


def test_tickets_that_come_at_once_are_dealt_up_to_the_cap(minutes: Minutes, beside: ThreadPoolExecutor) -> None:
    staff = [Colleague("console", name.lower(), name) for name in ("Maya", "Noor")]
    for one in staff:
        minutes.commands(one, "on")()
    together(beside, [minutes.says(f"customer {number}") for number in range(8)])
    minutes.time += timedelta(minutes=1)
    together(beside, minutes.strikes("assignment"))
    assert minutes.failed() == 0
    with minutes.store.read() as connection:
        assert [one.load for one in duty.on_duty(connection)] == [3, 3]
        assert len(duty.unassigned(connection)) == 2


def test_whoever_leaves_while_tickets_come_keeps_none(minutes: Minutes, beside: ThreadPoolExecutor) -> None:
    noor = Colleague("console", "noor", "Noor")
    for one in (MAYA, noor):
        minutes.commands(one, "on")()
    minutes.says("first")()
    together(beside, [minutes.commands(MAYA, "off"), *(minutes.says(f"customer {number}") for number in range(3))])
    minutes.time += timedelta(minutes=1)
    for take in minutes.strikes("assignment"):
        take()
    assert minutes.failed() == 0
    with minutes.store.read() as connection:
        assert [(one.staff.name, one.load) for one in duty.on_duty(connection)] == [("Noor", 3)]
        maya = tickets.colleague(connection, "console", "maya", "Maya", NOW)
        assert duty.unanswered_of(connection, maya.id) == []
        assert len(duty.unassigned(connection)) == 1
