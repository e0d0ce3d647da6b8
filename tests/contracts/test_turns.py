"""What turns side by side promise on every engine: a conversation is one turn's at a time, and no meeting a failure."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from bot.app import policy, rooms
from bot.config import Config
from bot.turn import Turns
from crm_store import conversations, files, inbox, outbox, tickets
from crm_store.conversations import ChatPerson, NewMessage
from crm_store.inbox import NewRow
from crm_store.schema import AuditEntry, ChatMessage, CustomerStats, InboxRow, OutboxRow, Staff, StoredFile, TicketEvent
from crm_store.store import Store
from crm_store.tickets import NewTicket
from handlers import events
from handlers.events import Chat, Colleague, Event, FileRef, Said, StaffPressed, StaffSubmitted
from nlp.keywords import KeywordReader

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MAYA, ALI = Colleague("console", "maya", "Maya"), Colleague("console", "ali", "Ali")
servers = pytest.mark.parametrize("store", ["postgresql", "mariadb"], indirect=True)


@pytest.fixture
def turns(store: Store) -> Turns:
    config = Config()
    return Turns(store, KeywordReader(), policy(config), rooms(config), {}, lambda: NOW)


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def ticket_in(store: Store) -> tuple[int, int]:
    """A conversation and its open ticket."""
    with store.begin() as connection:
        person = ChatPerson("console", "", "ada", "ada", "Ada")
        chat = conversations.enter(connection, store.cipher, person, NOW)
        number = tickets.new_number(connection, NOW)
        new = NewTicket(number, chat.id, chat.customer_id, "complaint", "normal", "wet", NOW)
        tickets.open_ticket(connection, store.cipher, new)
    return chat.id, number


def turn_of(turns: Turns, lane: str, event: Event) -> Callable[[], None]:
    """The turn of an event that is stored already."""
    with turns.store.begin() as connection:
        inbox.keep(connection, turns.store.cipher, [NewRow("console", lane, lane, events.encode(event))], NOW)
    with turns.store.read() as connection:
        (row,) = (row for row in inbox.waiting(connection) if row.lane == lane)
    return lambda: turns.take([row])


def press(who: Colleague, action: str, number: int) -> StaffPressed:
    return StaffPressed(who, "tickets", "1", NOW, action, str(number))


@contextmanager
def held(store: Store, conversation_id: int) -> Iterator[Connection]:
    """A turn of the conversation is under way."""
    with store.begin() as connection:
        conversations.by_id(connection, store.cipher, conversation_id)
        yield connection


def waits(future: Future[None]) -> None:
    """The turn has come to where the other one stops it."""
    with pytest.raises(TimeoutError):
        future.result(0.3)


@servers
def test_a_press_and_a_customers_message_do_not_lock_each_other_out(
    turns: Turns, store: Store, beside: ThreadPoolExecutor
) -> None:
    conversation_id, number = ticket_in(store)
    take = turn_of(turns, "staff", press(MAYA, "resolve", number))
    with held(store, conversation_id) as connection:
        resolved = beside.submit(take)
        waits(resolved)
        tickets.customer_waits(connection, number, NOW)
    resolved.result(5)


@servers
def test_two_who_resolve_a_ticket_at_once_resolve_it_once(
    turns: Turns, store: Store, beside: ThreadPoolExecutor
) -> None:
    conversation_id, number = ticket_in(store)
    presses = [turn_of(turns, who.user, press(who, "resolve", number)) for who in (MAYA, ALI)]
    with held(store, conversation_id):
        both = [beside.submit(take) for take in presses]
        waits(both[0])
    for each in both:
        each.result(5)
    with store.read() as connection:
        assert connection.scalar(select(CustomerStats.open_tickets)) == 0
        assert connection.scalar(select(func.count()).where(TicketEvent.kind == "resolved")) == 1


@servers
def test_a_reply_that_somebody_else_takes_as_sent_meanwhile_is_not_sent_again(
    turns: Turns, store: Store, beside: ThreadPoolExecutor
) -> None:
    conversation_id, number = ticket_in(store)
    turn_of(turns, "reply", StaffSubmitted(MAYA, NOW, "reply", str(number), {"text": "Sorry!"}))()
    with store.begin() as connection:
        call = connection.scalars(select(OutboxRow.id).where(OutboxRow.about.startswith("reply:"))).one()
        outbox.settle(connection, call, "maybe", NOW, error="no answer.")
    take = turn_of(turns, "retry", press(ALI, "retry", call))
    with held(store, conversation_id) as connection:
        retried = beside.submit(take)
        waits(retried)
        outbox.accept(connection, call, NOW)
    retried.result(5)
    with store.read() as connection:
        assert connection.scalar(select(func.count()).where(AuditEntry.action == "retry")) == 0


def test_a_new_colleague_in_two_threads_at_once_is_one_and_no_failure(
    turns: Turns, store: Store, beside: ThreadPoolExecutor
) -> None:
    for round_ in range(5):
        new = Colleague("console", f"new{round_}", "New")
        start = threading.Barrier(4)
        presses = [turn_of(turns, f"{round_}/{lane}", press(new, "claim", 0)) for lane in range(4)]

        def together(take: Callable[[], None], start: threading.Barrier = start) -> None:
            start.wait(5)
            take()

        for each in [beside.submit(together, take) for take in presses]:
            each.result(10)
    with store.read() as connection:
        assert connection.scalar(select(func.count()).where(InboxRow.state == "failed")) == 0
        assert connection.scalar(select(func.count()).select_from(Staff)) == 5


@servers
def test_a_file_fetched_twice_at_once_is_kept_once(store: Store, beside: ThreadPoolExecutor) -> None:
    def keep() -> int:
        with store.begin() as connection:
            return files.keep(connection, store.cipher, "telegram/7", "a.png", "image/png", b"png", NOW).id

    with store.begin() as connection:
        first = files.keep(connection, store.cipher, "telegram/7", "a.png", "image/png", b"png", NOW)
        second = beside.submit(keep)
        with pytest.raises(TimeoutError):
            second.result(0.3)
    assert second.result(5) == first.id
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(StoredFile)) == 1
        assert files.read(connection, store.cipher, first.id) == b"png"


def test_the_open_ticket_of_a_conversation_comes_before_newer_ones(store: Store) -> None:
    chat, first = ticket_in(store)
    _, second = ticket_in(store)
    with store.begin() as connection:
        for number, latest in ((second, first), (first, second)):
            ticket = tickets.get(connection, store.cipher, number)
            assert ticket is not None
            tickets.resolve(connection, ticket, NOW)
            found = tickets.latest_of(connection, store.cipher, chat)
            assert found is not None
            assert found.id == latest


def test_the_customer_is_heard_after_a_reply_by_what_is_new_and_by_what_is_changed(store: Store) -> None:
    conversation_id, number = ticket_in(store)
    at = [NOW + timedelta(minutes=minutes) for minutes in range(5)]

    def said(direction: str, minutes: int) -> int:
        new = NewMessage(conversation_id, direction, "customer", b"", at[minutes], ticket_id=number, source=direction)
        return conversations.record(connection, store.cipher, new)

    with store.begin() as connection:
        first = said("in", 0)
        conversations.replace_body(connection, store.cipher, said("in", 0), b"", at[1])
        said("out", 2)
        reply = conversations.message_typed_at(connection, store.cipher, "out")
        assert reply is not None
        assert conversations.heard_after(connection, number, reply) is None
        said("in", 4)
        assert conversations.heard_after(connection, number, reply) == at[4]
        conversations.replace_body(connection, store.cipher, first, b"", at[3])
        assert conversations.heard_after(connection, number, reply) == at[3]


def test_an_album_is_kept_part_by_part_and_once(store: Store, turns: Turns) -> None:
    chat = Chat("console", "", "ada", "ada", "Ada")
    parts = [Said(chat, str(number), NOW, files=(FileRef("console", "x", "x.png"),)) for number in (9, 10)]
    for round_ in ("first", "again"):
        new = [NewRow("console", f"{round_} {part.message_id}", "ada", events.encode(part), "g") for part in parts]
        kept(store, *new)
        with store.read() as connection:
            rows = inbox.waiting(connection)
        turns.take(rows)
    with store.read() as connection:
        heard = select(ChatMessage.platform_id).where(ChatMessage.direction == "in").order_by(ChatMessage.id)
        assert list(connection.scalars(heard)) == ["9", "10"]
        assert inbox.failed(connection, store.cipher) == []


def kept(store: Store, *rows: NewRow) -> None:
    with store.begin() as connection:
        inbox.keep(connection, store.cipher, rows, NOW)


def test_one_lanes_flood_hides_no_other_lane(store: Store) -> None:
    flood = [NewRow("console", str(number), "loud", b"x") for number in range(5)]
    kept(store, *flood, NewRow("console", "a", "quiet", b"x"))
    with store.read() as connection:
        assert {row.lane for row in inbox.waiting(connection, limit=3)} == {"loud"}
        assert [row.lane for row in inbox.waiting(connection, ["loud"], limit=3)] == ["quiet"]


def test_an_album_is_taken_as_a_whole_or_not_at_all(store: Store, turns: Turns) -> None:
    kept(store, NewRow("console", "1", "ada", b"x", "G"), NewRow("console", "2", "ada", b"x", "G"))
    with store.begin() as connection:
        first, second = inbox.waiting(connection)
        inbox.take(connection, store.cipher, [first.id], NOW)
    turns.take([first, second])
    with store.read() as connection:
        assert [row.id for row in inbox.waiting(connection)] == [second.id]


def test_ids_longer_than_their_columns_are_kept_apart(store: Store) -> None:
    long = "g" * 300
    kept(store, *(NewRow("console", long + end, long, b"x", long) for end in ("1", "1", "2")))
    with store.read() as connection:
        first, second = inbox.waiting(connection)
    assert (first.lane, first.group) == (second.lane, second.group)
