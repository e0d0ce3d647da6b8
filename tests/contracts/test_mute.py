"""Who is not heard, over every engine; and that a flood is counted right when two workers take its turns."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.app import policy, rooms
from bot.config import Config
from bot.turn import Turns
from crm_store import conversations, inbox, outbox
from crm_store.conversations import ChatPerson, ConversationView, NewMessage
from crm_store.inbox import NewRow, Waiting
from crm_store.schema import OutboxRow
from crm_store.store import Store
from handlers import events
from handlers import message as messages
from handlers.events import Chat, Said
from nlp.keywords import KeywordReader
from tests.conftest import NOW

FOR_GOOD = datetime(9999, 12, 31, tzinfo=UTC)


def a_chat(store: Store, name: str = "ada") -> ConversationView:
    with store.begin() as connection:
        return conversations.enter(connection, store.cipher, ChatPerson("console", "", name, name, name), NOW)


def as_stored(store: Store, conversation_id: int) -> ConversationView:
    with store.read() as connection:
        found = conversations.look_at(connection, store.cipher, conversation_id)
    assert found is not None
    return found


def test_a_bucket_keeps_what_is_left_and_a_mute_who_said_so(store: Store) -> None:
    chat = a_chat(store)
    with store.begin() as connection:
        conversations.fill_bucket(connection, chat.id, 3.25, NOW)
        conversations.mute(connection, chat.id, FOR_GOOD, "M" * 300, 7)

    kept = as_stored(store, chat.id)

    assert (kept.bucket, kept.bucket_at) == (3.25, NOW)
    assert (kept.muted_until, kept.muted_by, kept.muted_after) == (FOR_GOOD, "M" * 200, 7)
    with store.begin() as connection:
        conversations.unmute(connection, chat.id)
    kept = as_stored(store, chat.id)
    assert (kept.bucket, kept.bucket_at, kept.muted_until, kept.muted_by, kept.muted_after) == (None,) * 5


def test_the_muted_are_found_and_those_whose_time_is_over(store: Store) -> None:
    ada, bob, eve = a_chat(store, "ada"), a_chat(store, "bob"), a_chat(store, "eve")
    with store.begin() as connection:
        conversations.mute(connection, ada.id, NOW + timedelta(hours=1), "Maya", 1)
        conversations.mute(connection, bob.id, FOR_GOOD, "Maya", 2)
        conversations.mute(connection, eve.id, NOW, "the desk", 3)

        total, newest = conversations.muted(connection, store.cipher, NOW, 1)
        over = conversations.mutes_over(connection, NOW, 10)

    assert (total, [chat.id for chat in newest]) == (2, [bob.id])
    assert over == [eve.id]


def test_what_was_said_since_a_message_is_counted_and_the_last_of_it_given(store: Store) -> None:
    chat = a_chat(store)
    with store.begin() as connection:
        for number in range(5):
            direction = "out" if number == 3 else "in"
            new = NewMessage(chat.id, direction, "customer", f"{number}".encode(), NOW)
            conversations.record(connection, store.cipher, new)
            if number == 1:
                last = conversations.last_message(connection, chat.id)

        count, newest = conversations.heard_since(connection, store.cipher, chat.id, last, 1)

    assert (count, [one.body for one in newest]) == (2, [b"4"])


def test_a_language_is_kept_with_why(store: Store) -> None:
    chat = a_chat(store)
    with store.begin() as connection:
        conversations.set_language(connection, chat.id, "de", "tr", "de")

    kept = as_stored(store, chat.id)

    assert (kept.language, kept.writes_in, kept.language_chosen, kept.speaks) == ("de", "tr", "de", "de")


def take_all(worker: Turns, rows: list[Waiting]) -> None:
    for row in rows:
        worker.take([row])


def test_a_flood_that_two_workers_take_is_counted_as_one(store: Store) -> None:
    """Thirty messages at once: twenty are heard, the next one mutes, and staff are told once."""
    config = Config()
    ada = Chat("console", "", "ada", "ada", "Ada", language="en")
    said = [Said(ada, str(number), NOW, f"buy my watches {number}") for number in range(30)]
    rows = [NewRow("console", f"{number}", "console:ada", events.encode(one)) for number, one in enumerate(said)]
    with store.begin() as connection:
        inbox.keep(connection, store.cipher, rows, NOW)
    with store.read() as connection:
        waiting = inbox.waiting(connection)
    workers = [
        Turns(store, KeywordReader(), policy(config), rooms(config), {}, lambda: NOW),
        Turns(store, KeywordReader(), policy(config), rooms(config), {}, lambda: NOW),
    ]
    workers[0].take([waiting[0]])  # the chat is there

    with ThreadPoolExecutor(2) as pool:
        shares = [pool.submit(take_all, worker, waiting[start::2]) for start, worker in enumerate(workers, 1)]
        for share in shares:
            share.result()

    with store.read() as connection:
        chat = conversations.at(connection, store.cipher, "console", "", "ada")
        assert chat is not None
        assert chat.muted_until is not None
        since, _ = conversations.heard_since(connection, store.cipher, chat.id, chat.muted_after or 0, 0)
        told = [
            messages.decode(outbox.message_of(connection, store.cipher, key)).title
            for key in connection.scalars(select(OutboxRow.id).where(OutboxRow.about.like("mute:%")))
        ]
    assert since == 10
    assert told == ["Ada writes too fast and is muted until 2 Mar 2026, 09:40"]
