"""What a handler may read: the store in this turn's transaction, the time, the text reader, the shop's rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from crm_store import conversations, customers, orders, outbox, tickets
from crm_store.conversations import ChatPerson, ConversationView
from crm_store.crypto import Cipher
from crm_store.orders import OrderView
from crm_store.tickets import StaffView, TicketView
from handlers.events import Chat, Colleague, key_in
from handlers.refunds import Rules
from nlp.meaning import Reader, Reading

T = TypeVar("T")


class TooEarly(Exception):
    """What the turn needs to know is being found out at this moment; it is to be taken again a little later."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the shop settled in its configuration."""

    shop: str
    timezone: ZoneInfo
    #: begins a thread message that is to reach the customer
    reply_prefix: str
    #: how long a reply can be taken back
    undo: timedelta
    #: how long after its end a ticket is opened again by a new message
    reopen_within: timedelta
    #: how much of a file can be fetched from the customer's platform, in bytes
    largest_file: int
    #: what /privacy answers (empty: our own words), whom customers may ask, the version of what they agree to
    privacy_text: str
    privacy_contact: str
    consent_version: str
    #: the channel staff read customers' messages in, and the place there where they are alerted
    staff_channel: str
    alerts_place: str
    #: what can be given back, and who decides
    refunds: Rules = Rules()  # noqa: RUF009 - a frozen value
    #: whether the shop can be asked to do something (`handlers.errands`)
    has_backoffice: bool = True


@dataclass(frozen=True, slots=True)
class Desk:
    """Facts are gathered here. Nothing is changed through it but what a turn needs to exist (a chat, a colleague)."""

    connection: Connection
    cipher: Cipher
    #: the inbox row this turn works on: the id of everything that comes of it
    inbox_id: int
    now: datetime
    reader: Reader
    policy: Policy
    #: what was read already: facts do not change while they are gathered
    _known: dict[object, Any] = field(default_factory=dict)

    def reading(self, text: str) -> Reading:
        """What a text means."""
        return self._once(("reading", text), lambda: self.reader.read(text))

    def conversation(self, chat: Chat) -> ConversationView:
        """The conversation of a chat, made on first contact."""
        return self._once(chat, lambda: self._enter(chat))

    def _enter(self, chat: Chat) -> ConversationView:
        person = ChatPerson(chat.channel, chat.account, chat.chat, chat.user, chat.name, chat.username, chat.language)
        return conversations.enter(self.connection, self.cipher, person, self.now)

    def _once(self, key: object, read: Callable[[], T]) -> T:
        if key not in self._known:
            self._known[key] = read()
        known: T = self._known[key]
        return known

    def conversation_of(self, ticket: TicketView) -> ConversationView | None:
        """The conversation a ticket belongs to; an imported ticket has none."""
        if ticket.conversation_id is None:
            return None
        return conversations.by_id(self.connection, self.cipher, ticket.conversation_id)

    def latest_ticket(self, conversation: ConversationView) -> TicketView | None:
        """The conversation's newest open ticket, else the newest of all."""
        return self._once(
            ("latest", conversation.id), lambda: tickets.latest_of(self.connection, self.cipher, conversation.id)
        )

    def ticket(self, ticket_id: int) -> TicketView | None:
        return tickets.get(self.connection, self.cipher, ticket_id)

    def ticket_named(self, ref: str) -> TicketView | None:
        """The ticket a button or form names; None for anything that is no ticket's number."""
        number = key_in(ref)
        return None if number is None else self.ticket_held(number)

    def ticket_at(self, channel: str, place: str, thread: str) -> TicketView | None:
        """The ticket whose card a thread hangs under."""
        # the console page shows the threads of Slack as well
        posts = (outbox.post_at(self.connection, where, place, thread) for where in (channel, "slack"))
        post = next((post for post in posts if post is not None), None)
        if post is None and outbox.is_posting(self.connection, channel):
            raise TooEarly(f"where a post to {channel} stands is not known yet")
        if post is None or not post.about.startswith("card:"):
            return None
        return self.ticket_held(int(post.about.removeprefix("card:")))

    def ticket_held(self, ticket_id: int) -> TicketView | None:
        """The ticket as it stands once its conversation is this turn's: the customer's words come in another lane."""
        ticket = self.ticket(ticket_id)
        if ticket is None or ticket.conversation_id is None or self.connection.dialect.name == "sqlite":
            return ticket
        conversations.hold(self.connection, ticket.conversation_id)
        return self.ticket(ticket_id)

    def colleague(self, staff: Colleague) -> StaffView:
        """The staff member behind a platform account."""
        return tickets.colleague(self.connection, staff.channel, staff.user, staff.name, self.now)

    def new_ticket_number(self) -> int:
        return tickets.new_number(self.connection, self.now)

    def done_to(self, subject: str, action: str, lately: timedelta) -> frozenset[str]:
        """The different details with which the audit log says that something was done to a subject lately."""
        return customers.audited(self.connection, action, subject, self.now - lately)

    def order(self, number: str) -> OrderView | None:
        return orders.find_order(self.connection, number)

    def orders_of(self, conversation: ConversationView, limit: int = 5) -> tuple[OrderView, ...]:
        """The customer's newest orders."""
        return tuple(orders.orders_of(self.connection, conversation.customer_id, limit))
