"""What the console page reads, on every engine."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.channels.console import ACCOUNT
from bot.web import people, reading
from bot.web.reading import Shown
from crm_store import conversations, inbox, tickets
from crm_store.conversations import ChatPerson, NewMessage
from crm_store.schema import ChatMessage, Customer, Order, OutboxRow, Post, Ticket
from crm_store.store import Store
from crm_store.tickets import NewTicket
from crm_store.upsert import insert_row
from handlers import message as messages
from handlers.events import FileRef
from handlers.message import Message
from tests.conftest import NOW

BOX = FileRef("console", "f1", "box.png", "image/png", kind="photo")


def call(store: Store, lane: str, message: Message, at: datetime = NOW, **values: Any) -> int:
    """A call that has left, unless `state` says otherwise."""
    row = {
        "channel": "console",
        "lane": lane,
        "place": lane,
        "op": "post",
        "message_sealed": store.cipher.seal_bytes("outbox.message", messages.encode(message)),
        "not_before": at,
        "state": "sent",
        "created_at": at,
        "settled_at": at,
        **values,
    }
    with store.begin() as connection:
        return insert_row(connection, OutboxRow, row)


def sent(store: Store, lane: str, message: Message, about: str, at: datetime = NOW, op: str = "post") -> int:
    """A call that has left, with where its post stands."""
    number = call(store, lane, message, at, about=about, op=op)
    with store.begin() as connection:
        part = connection.scalar(select(func.count()).where(Post.about == about)) or 0
        where = {"about": about, "channel": "console", "part": part + 1, "place": lane, "platform_id": str(number)}
        connection.execute(insert(Post).values(**where, outbox_id=number))
    return number


def opened(store: Store, name: str = "Ada", at: datetime = NOW) -> int:
    """A ticket of somebody's chat, with its card."""
    with store.begin() as connection:
        person = ChatPerson("console", ACCOUNT, f"guest-{name}", f"guest-{name}", name)
        chat = conversations.enter(connection, store.cipher, person, at)
        number = tickets.new_number(connection, at)
        new = NewTicket(number, chat.id, chat.customer_id, "change_address", "normal", "Where to?", at)
        tickets.open_ticket(connection, store.cipher, new)
    sent(store, f"card:{number}", Message(title="card"), f"card:{number}", at)
    return number


def resolve(store: Store, number: int, at: datetime) -> None:
    with store.begin() as connection:
        ticket = tickets.get(connection, store.cipher, number)
        assert ticket is not None
        tickets.resolve(connection, ticket, at)


def test_tickets_stand_on_their_shelf(store: Store) -> None:
    first, second, third = (opened(store, name, NOW + timedelta(hours=n)) for n, name in enumerate("ABC"))
    resolve(store, third, NOW + timedelta(days=1))
    resolve(store, first, NOW + timedelta(days=2))
    with store.read() as connection:
        shelves = {
            shelf: [row.id for row in reading.tickets(connection, store.cipher, shelf)]
            for shelf in ("open", "resolved", "all")
        }
        (row,) = reading.tickets(connection, store.cipher, "open")
        assert reading.counts(connection).open == 1
        assert reading.latest_ticket_of(connection, "guest-B") == second
        assert reading.latest_ticket_of(connection, "guest-X") is None
    assert shelves == {"open": [second], "resolved": [first, third], "all": [third, second, first]}
    assert (row.person, row.kind, row.subject, row.waiting_since) == (
        "B",
        "change address",
        "Where to?",
        NOW + timedelta(hours=1),
    )


def test_who_waits_longest_comes_first(store: Store) -> None:
    first, second, third, fourth = (opened(store, name, NOW + timedelta(hours=n)) for n, name in enumerate("ABCD"))
    with store.begin() as connection:
        for number in (first, third):
            connection.execute(update(Ticket).where(Ticket.id == number).values(waiting_since=None))
        again = NOW + timedelta(hours=9)
        connection.execute(update(Ticket).where(Ticket.id == second).values(waiting_since=again))
    with store.read() as connection:
        listed = [row.id for row in reading.tickets(connection, store.cipher, "open")]
    assert listed == [fourth, second, third, first]


def test_tickets_from_before_the_desk_stand_among_the_resolved(store: Store) -> None:
    number = opened(store)
    resolve(store, number, NOW)
    with store.begin() as connection:
        past = tickets.new_number(connection, NOW)
        values = {"kind": "refund", "priority": "high", "assignee": "Maya", "opened_at": NOW, "csat": 4}
        state = {"status": "resolved", "resolved_at": NOW + timedelta(hours=3)}
        connection.execute(insert(Ticket).values(id=past, **values, **state))
        unresolved = tickets.new_number(connection, NOW)
        connection.execute(insert(Ticket).values(id=unresolved, status="open", **values))
    with store.read() as connection:
        shelves = {
            shelf: [row.id for row in reading.tickets(connection, store.cipher, shelf)]
            for shelf in ("open", "resolved", "all")
        }
        row = reading.ticket(connection, store.cipher, past)
    assert shelves == {"open": [], "resolved": [past, number], "all": [unresolved, past, number]}
    assert row is not None
    assert (row.card, row.person, row.kind, row.assignee, row.csat) == (None, "Somebody", "refund", "Maya", 4)


def test_a_reply_of_the_form_that_is_no_more_is_marked(store: Store) -> None:
    number = opened(store)
    for key in (77, 78):
        with store.begin() as connection:
            ticket = tickets.get(connection, store.cipher, number)
            assert ticket is not None
            assert ticket.conversation_id is not None
            said = messages.encode(Message(text="Soon"))
            new = NewMessage(ticket.conversation_id, "out", "staff", said, NOW, ticket_id=number, inbox_id=key)
            conversations.record(connection, store.cipher, new)
        sent(store, f"card:{number}", Message(text="Soon", context="Sent."), f"status:{key}", NOW)
    with store.begin() as connection:
        connection.execute(update(ChatMessage).where(ChatMessage.inbox_id == 77).values(deleted_at=NOW))
    with store.read() as connection:
        shown = reading.ticket(connection, store.cipher, number)
        assert shown is not None
        entries = reading.thread(connection, store.cipher, shown)
    assert {entry.about: entry.gone for entry in entries if isinstance(entry, Shown)} == {
        f"card:{number}": False,
        "status:77": True,
        "status:78": False,
    }


def test_a_thread_shows_posts_and_what_staff_typed(store: Store) -> None:
    number = opened(store)
    lane = f"card:{number}"
    sent(store, lane, Message(title="Ada", quote="Look"), "said:1", NOW + timedelta(seconds=1))
    sent(store, lane, Message(files=(BOX,)), "said:1", NOW + timedelta(seconds=1), "file")
    call(store, lane, Message(context="Maya took this ticket."), NOW + timedelta(seconds=2))
    with store.begin() as connection:
        maya = tickets.colleague(connection, "console", "maya", "Maya", NOW)
        chat = tickets.get(connection, store.cipher, number)
        assert chat is not None
        assert chat.conversation_id is not None
        typed = NewMessage(
            chat.conversation_id, "out", "staff", messages.encode(Message(text="Soon")), NOW + timedelta(seconds=3),
            ticket_id=number, inbox_id=77, author_id=maya.id, source="console/tickets/m1",
        )  # fmt: skip
        conversations.record(connection, store.cipher, typed)
    sent(store, lane, Message(context="Sent 10:00."), "status:77", NOW + timedelta(seconds=4))
    with store.read() as connection:
        ticket = reading.ticket(connection, store.cipher, number)
        assert ticket is not None
        card, said, line, reply = reading.thread(connection, store.cipher, ticket)
    assert card.message.title == "card"
    assert (said.message.quote, said.message.files) == ("Look", (BOX,))
    assert line.message.context == "Maya took this ticket."
    assert isinstance(reply, reading.Typed)
    assert (reply.author, reply.is_reply, reply.message_id) == ("Maya", True, "m1")
    assert reply.status is not None
    assert reply.status.message.context == "Sent 10:00."


def test_a_post_shows_its_last_edit_and_none_that_was_deleted(store: Store) -> None:
    sent(store, "digests", Message(text="before"), "digest:1")
    call(store, "digests", Message(text="stays"), NOW + timedelta(seconds=1))
    sent(store, "digests", Message(text="goes"), "digest:2")
    edit = call(store, "digests", Message(text="after"), op="edit")
    with store.begin() as connection:
        connection.execute(update(Post).where(Post.about == "digest:1").values(outbox_id=edit))
        connection.execute(update(Post).where(Post.about == "digest:2").values(deleted_at=NOW))
    with store.read() as connection:
        shown = reading.room(connection, store.cipher, "digests")
    assert [(post.message.text, post.edited) for post in shown] == [("stays", False), ("after", True)]


def test_a_chat_shows_both_sides(store: Store) -> None:
    with store.begin() as connection:
        person = ChatPerson("console", ACCOUNT, "guest-1", "guest-1", "Ada")
        chat = conversations.enter(connection, store.cipher, person, NOW)
        said = NewMessage(chat.id, "in", "customer", messages.encode(Message(text="Hello")), NOW, platform_id="m1")
        conversations.record(connection, store.cipher, said)
    lane = f"chat:console:{ACCOUNT}:guest-1"
    call(store, lane, Message(text="Hello!"))
    sent(store, lane, Message(text="I am Maya"), "reply:5", NOW + timedelta(seconds=5))
    with store.read() as connection:
        lines = reading.chat(connection, store.cipher, "guest-1")
    assert [(line.mine, line.message.text, line.by_staff) for line in lines] == [
        (True, "Hello", False),
        (False, "Hello!", False),
        (False, "I am Maya", True),
    ]


def test_what_failed_is_counted_and_listed(store: Store) -> None:
    with store.begin() as connection:
        inbox.keep(connection, store.cipher, [inbox.NewRow("console", "1", "l", b"{}")], NOW)
        (row,) = inbox.waiting(connection)
        inbox.fail(connection, store.cipher, [row.id], "ValueError: no", NOW)
    failed = call(store, "l", Message(text="Lost"), state="failed", error="gone")
    maybe = call(store, "l", Message(text="Lost"), state="maybe")
    call(store, "l", Message(text="Waits"), state="queued")
    with store.read() as connection:
        assert reading.counts(connection) == reading.Counts(open=0, failed=3, waiting=1)
        (event,) = reading.failed_events(connection, store.cipher)
        calls = reading.failed_calls(connection, store.cipher)
    assert (event.what, event.error) == ("Something unreadable", "ValueError: no")
    assert [(one.outbox_id, one.words, one.error, one.maybe) for one in calls] == [
        (maybe, "Lost", "", True),
        (failed, "Lost", "gone", False),
    ]


# --- whom to play -------------------------------------------------------------------------------------------------


def shop(store: Store) -> None:
    names = {1: "Ada Marsh", 2: "Ada Weber", 3: "Lucía Ortega", 4: None}
    with store.begin() as connection:
        for key, name in names.items():
            row = {
                "id": key,
                "external_id": f"C%{key}",
                "name_sealed": store.cipher.seal_optional("customers.name", name),
                "email_hash": store.cipher.digest("email", f"p{key}@example.com"),
                "created_at": NOW,
            }
            connection.execute(insert(Customer).values(row))
        for number, owner, status in (("#10023", 3, "shipped"), ("10024", 2, "delivered"), ("10025", None, "paid")):
            order = {
                "placed_at": NOW + timedelta(minutes=int(number[-1])),
                "currency": "EUR",
                "total": 1,
                "total_base": 1,
            }
            connection.execute(insert(Order).values(external_id=number, customer_id=owner, status=status, **order))


def found(store: Store, words: str) -> list[str]:
    with store.read() as connection:
        return [person.chat for person in people.search(connection, store.cipher, words)]


def test_people_are_found_by_what_one_knows_of_them(store: Store) -> None:
    shop(store)
    assert found(store, "C%2") == ["customer-2"]
    assert found(store, "C%") == [f"customer-{key}" for key in (1, 2, 3, 4)]
    assert found(store, "C_") == []
    assert found(store, " P3@Example.com") == ["customer-3"]
    assert found(store, "10023") == found(store, "#10023") == ["customer-3"]
    assert found(store, "marsh ada") == ["customer-1"]
    assert sorted(found(store, "ada")) == ["customer-1", "customer-2"]
    assert found(store, "nobody") == []
    assert found(store, "")[:2] == ["customer-2", "customer-3"]


def test_one_begins_with_somebody_whose_parcel_is_on_its_way(store: Store) -> None:
    with store.read() as connection:
        assert people.somebody(connection, store.cipher) is None
    shop(store)
    with store.read() as connection:
        person = people.somebody(connection, store.cipher)
    assert person is not None
    assert (person.name, person.order) == ("Lucía Ortega", "#10023")


def test_a_customer_of_the_shop_is_known_as_such_once_seated(store: Store) -> None:
    shop(store)
    with store.begin() as connection:
        person = people.by_chat(connection, store.cipher, "customer-1")
        assert person is not None
        people.seat(connection, store.cipher, person, NOW)
        people.seat(connection, store.cipher, person, NOW)
        told = person.as_chat()
        chat = conversations.enter(
            connection, store.cipher, ChatPerson(told.channel, told.account, told.chat, told.user, told.name), NOW
        )
    assert (chat.customer_id, chat.customer_external_id) == (1, "C%1")


def test_a_newcomer_is_found_again(store: Store) -> None:
    person = people.newcomer("  Wanda   Unknown ")
    with store.begin() as connection:
        told = person.as_chat()
        conversations.enter(
            connection, store.cipher, ChatPerson(told.channel, told.account, told.chat, told.user, told.name), NOW
        )
    with store.read() as connection:
        again = people.by_chat(connection, store.cipher, person.chat)
        (listed,) = people.search(connection, store.cipher, "")
    assert again == person
    assert (listed.chat, listed.name) == (person.chat, "Wanda Unknown")


def test_nobody_is_behind_a_made_up_chat(store: Store) -> None:
    shop(store)
    with store.read() as connection:
        for chat in ("", "tickets", "customer-0", "customer-99", "customer-1 ", "guest-0000000z", "guest-00000000"):
            assert people.by_chat(connection, store.cipher, chat) is None
