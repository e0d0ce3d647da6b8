"""A desk to talk to in a test: the real app over a SQLite file, with the console as its channel and its own clock."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Self

import msgspec
from sqlalchemy import select

from bot.app import App
from bot.config import Config, DeskConfig, StoreConfig
from crm_store import conversations, outbox, tickets
from crm_store.schema import Conversation, OutboxRow, Post
from crm_store.store import connect, open_store
from handlers import message as messages
from handlers.events import Arrival, Blocked, Chat, Colleague, FileRef, Said, SharedContact, StaffCommanded
from handlers.message import Key, Message, plain
from tests.conftest import MASTER, sqlite_file

_numbers = count(1)
MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass
class Rehearsal:
    """`ada = desk.customer("Ada")`, `ada.says("my parcel is wet")`, `desk.staff("Maya").sees("complaint")`."""

    folder: Path
    config: Config = field(default_factory=Config)
    time: datetime = MORNING

    def __post_init__(self) -> None:
        engine = connect(sqlite_file(self.folder / "desk.db"))
        self.store = open_store(engine, MASTER, self.time)
        self._loop = asyncio.new_event_loop()
        self.app = App(self.config, self.store, now=lambda: self.time)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self.app.close())
        self._loop.close()

    def run(self, work: Any) -> Any:
        """Does something of the app, and everything that comes of it."""
        result = self._loop.run_until_complete(work)
        self.settle()
        return result

    def comes_in(self, arrivals: list[Arrival]) -> None:
        """Stored, and not worked on yet."""
        self._loop.run_until_complete(self.app.receive(arrivals))

    def decide(self) -> None:
        """What came in is worked on; nothing leaves."""
        self._loop.run_until_complete(self.app.runner.drain())

    def settle(self) -> None:
        self._loop.run_until_complete(self.app.settle())

    def passes(self, **time: float) -> None:
        """Time passes: `desk.passes(seconds=10)`."""
        self.time += timedelta(**time)
        self.settle()

    def customer(self, name: str, *, language: str = "en", user: str | None = None) -> "Customer":
        return Customer(self, Chat("console", "", user or name.lower(), user or name.lower(), name, language=language))

    def staff(self, name: str) -> "StaffMember":
        return StaffMember(self, Colleague("console", name.lower(), name))

    # --- what stands where ----------------------------------------------------------------------------------------

    def posts(self, place: str, thread: str | None = None) -> list["Shown"]:
        """What a place shows now, oldest first."""
        query = (
            select(Post.platform_id, Post.about, Post.outbox_id)
            .where(Post.place == place, Post.deleted_at.is_(None))
            .where(Post.thread == thread if thread else Post.thread.is_(None))
            .order_by(Post.id)
        )
        with self.store.read() as connection:
            rows = connection.execute(query).all()
            return [Shown(row.platform_id, row.about, self._message(connection, row.outbox_id)) for row in rows]

    def sent_to(self, chat: str) -> list[Message]:
        """What a customer was told, oldest first, as it reads now."""
        with self.store.read() as connection:
            told = select(OutboxRow.id, OutboxRow.about).where(
                OutboxRow.place == chat, OutboxRow.op.in_(("post", "file")), OutboxRow.state == "sent"
            )
            shown = []
            for row in connection.execute(told.order_by(OutboxRow.id)).all():
                now = connection.scalar(select(Post.outbox_id).where(Post.about == row.about)) if row.about else None
                shown.append(self._message(connection, now or row.id))
            return shown

    def _message(self, connection: Any, outbox_id: int) -> Message:
        return messages.decode(outbox.message_of(connection, self.store.cipher, outbox_id))

    def cards(self) -> list["Shown"]:
        return [post for post in self.posts("tickets") if post.about.startswith("card:")]

    def ticket(self, number: int) -> tickets.TicketView:
        with self.store.read() as connection:
            found = tickets.get(connection, self.store.cipher, number)
        assert found is not None
        return found

    def said_in(self, chat: str) -> list[conversations.MessageView]:
        """Everything kept of a chat."""
        with self.store.read() as connection:
            conversation = connection.scalar(select(Conversation.id).where(Conversation.chat == chat))
            assert conversation is not None
            return conversations.messages_of(connection, self.store.cipher, conversation)


@dataclass(frozen=True)
class Shown:
    """A post as people see it."""

    id: str
    about: str
    message: Message

    @property
    def text(self) -> str:
        return plain(self.message)

    @property
    def buttons(self) -> list[str]:
        return [button.label for button in self.message.buttons]


@dataclass
class Customer:
    """Somebody who writes to the shop."""

    desk: Rehearsal
    chat: Chat

    def says(self, text: str, *files: FileRef) -> str:
        return str(self.desk.run(self.desk.app.console.say(self.chat, text, files)))

    def sends(self, said: Said) -> None:
        arrival = Arrival("console", said.message_id, f"console:{self.chat.chat}", said)
        self.desk.run(self.desk.app.receive([arrival]))

    def shares_phone(self, phone: str, *, of: str | None = None, forwarded_from: str = "") -> None:
        """A contact card; `of`: the account it belongs to, their own when left out, nobody's when empty."""
        contact = SharedContact(self.chat.name, phone, self.chat.user if of is None else of or None)
        said = Said(self.chat, f"contact-{phone}-{self.desk.time}", self.desk.time, extras=(contact,))
        self.sends(msgspec.structs.replace(said, forwarded_from=forwarded_from))

    @property
    def keys(self) -> list[str]:
        """What stands in place of their keyboard."""
        keys: tuple[Key, ...] = ()
        for told in self.desk.sent_to(self.chat.chat):
            keys = () if told.takes_keys_away else told.keys or keys
        return [key.label for key in keys]

    def edits(self, message_id: str, text: str) -> None:
        self.desk.run(self.desk.app.console.edit(self.chat, message_id, text))

    def presses(self, label: str) -> None:
        for told in reversed(self.desk.sent_to(self.chat.chat)):
            for button in told.buttons:
                if label in button.label:
                    self.desk.run(self.desk.app.console.press(self.chat, "", button.action, button.ref))
                    return
        raise AssertionError(f"no button {label!r}")

    def blocks(self, blocked: bool = True) -> None:
        event = Blocked(self.chat, self.desk.time, blocked)
        source = f"block {blocked} {self.desk.time}"
        self.desk.run(self.desk.app.receive([Arrival("console", source, f"console:{self.chat.chat}", event)]))

    @property
    def screen(self) -> list[str]:
        return [plain(message) for message in self.desk.sent_to(self.chat.chat)]

    def sees(self, words: str) -> None:
        assert any(words in told for told in self.screen), f"{words!r} is not among {self.screen}"

    def does_not_see(self, words: str) -> None:
        assert not any(words in told for told in self.screen), f"{words!r} is among {self.screen}"


@dataclass
class StaffMember:
    """Somebody who works at the shop."""

    desk: Rehearsal
    colleague: Colleague

    def card(self, number: int | None = None) -> Shown:
        cards = self.desk.cards()
        assert cards, "there is no card"
        return cards[-1] if number is None else next(card for card in cards if card.about == f"card:{number}")

    def thread(self, number: int | None = None) -> list[Shown]:
        return self.desk.posts("tickets", self.card(number).id)

    def sees(self, words: str, number: int | None = None) -> None:
        shown = [post.text for post in [self.card(number), *self.thread(number)]]
        assert any(words in text for text in shown), f"{words!r} is not among {shown}"

    def does_not_see(self, words: str, number: int | None = None) -> None:
        shown = [post.text for post in [self.card(number), *self.thread(number)]]
        assert not any(words in text for text in shown), f"{words!r} is among {shown}"

    def writes(self, text: str, *files: FileRef, number: int | None = None) -> str:
        """In the ticket's thread."""
        said = self.desk.app.console.staff_say(self.colleague, "tickets", self.card(number).id, text, files)
        return str(self.desk.run(said))

    def edits(self, message_id: str, text: str, number: int | None = None) -> None:
        card = self.card(number)
        self.desk.run(self.desk.app.console.staff_edit(self.colleague, "tickets", card.id, message_id, text))

    def deletes(self, message_id: str, number: int | None = None) -> None:
        """What they wrote in a thread."""
        card = self.card(number)
        self.desk.run(self.desk.app.console.staff_delete(self.colleague, "tickets", card.id, message_id))

    def presses(self, label: str, number: int | None = None, place: str = "tickets") -> None:
        """The newest button with a label, on the card or in its thread."""
        shown = [self.card(number), *self.thread(number)] if place == "tickets" else self.desk.posts(place)
        for post in reversed(shown):
            for button in post.message.buttons:
                if button.label == label:
                    press = self.desk.app.console.staff_press(self.colleague, place, post.id, button.action, button.ref)
                    self.desk.run(press)
                    return
        raise AssertionError(f"no button {label!r} among {[post.buttons for post in shown]}")

    def replies(self, text: str, number: int | None = None, label: str = "Reply") -> None:
        """By the form that the button opens."""
        card = self.card(number)
        shown = [card, *self.thread(number)]
        button = next(b for post in reversed(shown) for b in post.message.buttons if b.label == label)
        form = self.desk.run(self.desk.app.form_of(button.action, button.ref, self.colleague))
        assert form is not None
        answers = {form.fields[0].name: text}
        self.desk.run(self.desk.app.console.staff_submit(self.colleague, card.id, form.name, form.ref, answers))

    def types(self, command: str) -> None:
        """A command, in the room of tickets."""
        word, _, words = command.partition(" ")
        event = StaffCommanded(self.colleague, "tickets", self.desk.time, word, words)
        source = f"command-{self.colleague.user}-{next(_numbers)}"
        self.desk.run(self.desk.app.receive([Arrival("console", source, "console:commands", event)]))

    def was_whispered(self) -> list[str]:
        return [plain(whisper.message) for whisper in self.desk.app.console.whispers(self.colleague.user, 0)]


def quick(**desk: Any) -> Config:
    """A configuration with some keys of `desk` changed."""
    return Config(store=StoreConfig(), desk=DeskConfig(**desk))
