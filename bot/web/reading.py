"""What the console page shows, read from the store: the staff's rooms and threads, a customer's chat, what failed.

Every reading is bounded. The store is the only source: what was delivered is in the outbox, one lane a card, a room or
a chat, whichever platform it went to; so posts in Slack are shown like the console's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, assert_never

import msgspec
from sqlalchemy import ColumnElement, Connection, String, and_, case, cast, func, literal, or_, select

from bot.channels.console import ACCOUNT
from crm_store import inbox
from crm_store.crypto import Cipher
from crm_store.schema import (
    ChatMessage,
    Conversation,
    Customer,
    Identity,
    Order,
    OutboxRow,
    Post,
    Staff,
    Ticket,
)
from handlers import events
from handlers import message as messages
from handlers.message import Button, Message

#: cards, posts and chat messages read at a time; "load more" asks for another page
PAGE = 50
_MOST = 500
_UNRESOLVED = ("open", "pending", "snoozed")
_STAFF_CHANNELS = ("console", "slack")

Shelf = Literal["open", "resolved", "all"]
Room = Literal["digests", "alerts"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post stands."""

    channel: str
    place: str
    platform_id: str


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in the list, with the place of its card; one from before the desk has none."""

    id: int
    card: Place | None
    person: str
    kind: str
    status: str
    priority: str
    assignee: str
    subject: str
    opened_at: datetime
    waiting_since: datetime | None
    resolved_at: datetime | None
    first_reply_at: datetime | None
    csat: int | None
    #: the number of the order it is about
    order: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as it stands now."""

    id: int
    about: str
    place: Place
    message: Message
    at: datetime
    edited: bool = False
    #: when the reply it tells of leaves, while that can still be undone
    leaves_at: datetime | None = None
    #: whether it tells of a reply that was taken back or deleted
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """What a colleague typed in a thread, with the line that says how it stands when it is a reply."""

    id: int
    author: str
    is_reply: bool
    message: Message
    at: datetime
    edited: bool
    deleted: bool
    #: the console's id of it; None when it was typed in Slack
    message_id: str | None
    status: Shown | None = None


Entry = Shown | Typed


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A message of a customer's chat."""

    key: str
    mine: bool
    message: Message
    message_id: str
    at: datetime
    edited: bool
    #: who answered: the bot, or somebody of the staff
    by_staff: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers in the page's head."""

    open: int
    failed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class FailedEvent:
    """Something that came in and could not be handled."""

    inbox_id: int
    channel: str
    at: datetime
    what: str
    words: str
    error: str


@dataclass(frozen=True, slots=True)
class FailedCall:
    """Something that did not go out, or perhaps did."""

    outbox_id: int
    channel: str
    at: datetime
    words: str
    error: str
    #: whether it may have arrived
    maybe: bool


def counts(connection: Connection) -> Counts:
    """Open tickets with a chat, what failed either way, and what waits to be sent."""
    chats = and_(Ticket.status.in_(_UNRESOLVED), Ticket.conversation_id.is_not(None))
    states = select(OutboxRow.state, func.count()).where(OutboxRow.state.in_(("queued", "sending", "failed", "maybe")))
    by_state: dict[str, int] = {row[0]: row[1] for row in connection.execute(states.group_by(OutboxRow.state))}
    undelivered = by_state.get("failed", 0) + by_state.get("maybe", 0)
    return Counts(
        open=connection.scalar(select(func.count()).select_from(Ticket).where(chats)) or 0,
        failed=inbox.count_failed(connection) + undelivered,
        waiting=by_state.get("queued", 0) + by_state.get("sending", 0),
    )


# --- tickets ------------------------------------------------------------------------------------------------------


def tickets(connection: Connection, cipher: Cipher, shelf: Shelf, limit: int = PAGE) -> list[TicketRow]:
    """Tickets that have a card: who waits longest comes first, then those opened last.

    Those resolved last are the first of theirs; they and all tickets include those from before the desk.
    """
    query = _tickets().limit(min(limit, _MOST))
    match shelf:
        case "open":
            waits = case((Ticket.waiting_since.is_(None), 1), else_=0)
            query = query.where(Ticket.status.in_(_UNRESOLVED), Post.id.is_not(None))
            query = query.order_by(waits, Ticket.waiting_since, Ticket.id.desc())
        case "resolved":
            query = query.where(Ticket.resolved_at.is_not(None)).order_by(Ticket.resolved_at.desc(), Ticket.id.desc())
        case "all":
            query = query.order_by(Ticket.id.desc())
        case _:
            assert_never(shelf)
    return _ticket_rows(cipher, connection.execute(query).all())


def ticket(connection: Connection, cipher: Cipher, ticket_id: int) -> TicketRow | None:
    """One of these tickets."""
    rows = connection.execute(_tickets().where(Ticket.id == ticket_id).limit(1)).all()
    return next(iter(_ticket_rows(cipher, rows)), None)


def latest_ticket_of(connection: Connection, chat: str) -> int | None:
    """The newest ticket of a chat on the console, if its card stands somewhere."""
    newest = select(func.max(Ticket.id)).join(Conversation, Conversation.id == Ticket.conversation_id).join(Post, _CARD)
    return connection.scalar(newest.where(_is_chat(chat)))


def _is_chat(chat: str) -> ColumnElement[bool]:
    return and_(Conversation.channel == "console", Conversation.account == ACCOUNT, Conversation.chat == chat)


#: which posts are a ticket's card
_CARD = and_(
    Post.about == literal("card:") + cast(Ticket.id, String(20)),
    Post.part == 1,
    Post.channel.in_(_STAFF_CHANNELS),
    Post.deleted_at.is_(None),
)


def _tickets() -> Any:
    return (
        select(
            Ticket.id,
            Ticket.kind,
            Ticket.status,
            Ticket.priority,
            Ticket.assignee,
            Ticket.subject_sealed,
            Ticket.opened_at,
            Ticket.waiting_since,
            Ticket.resolved_at,
            Ticket.first_reply_at,
            Ticket.csat,
            Order.external_id.label("order"),
            Post.channel,
            Post.place,
            Post.platform_id,
            Identity.name_sealed.label("person_sealed"),
            Customer.name_sealed,
        )
        .outerjoin(Post, _CARD)
        .outerjoin(Conversation, Conversation.id == Ticket.conversation_id)
        .outerjoin(Identity, Identity.id == Conversation.identity_id)
        .outerjoin(Customer, Customer.id == func.coalesce(Conversation.customer_id, Ticket.customer_id))
        .outerjoin(Order, Order.id == Ticket.order_id)
        .where(or_(Post.id.is_not(None), Ticket.conversation_id.is_(None)))
    )


def _ticket_rows(cipher: Cipher, rows: Sequence[Any]) -> list[TicketRow]:
    return [
        TicketRow(
            id=row.id,
            card=None if row.channel is None else _place(row),
            person=_name(cipher, row.name_sealed, row.person_sealed),
            kind=row.kind.replace("_", " "),
            status=row.status,
            priority=row.priority,
            assignee=row.assignee or "",
            subject=cipher.open_optional("tickets.subject", row.subject_sealed) or "",
            opened_at=row.opened_at,
            waiting_since=row.waiting_since,
            resolved_at=row.resolved_at,
            first_reply_at=row.first_reply_at,
            csat=row.csat,
            order=row.order or "",
        )
        for row in rows
    ]


def _name(cipher: Cipher, customer: bytes | None, person: bytes | None) -> str:
    """The shop's name for somebody, else the platform's."""
    known = cipher.open_optional("customers.name", customer)
    return known or cipher.open_optional("identities.name", person) or "Somebody"


# --- a ticket's thread --------------------------------------------------------------------------------------------


def thread(connection: Connection, cipher: Cipher, ticket: TicketRow, limit: int = 4 * PAGE) -> list[Entry]:
    """The card, then what was posted and typed under it, oldest first."""
    posts = _with_leaving(connection, _delivered(connection, cipher, f"card:{ticket.id}", limit))
    posts = _with_gone(connection, posts)
    typed = _typed(connection, cipher, ticket.id, limit)
    lines = {post.about: post for post in posts if post.about.startswith("status:")}
    entries: list[Entry] = [post for post in posts if post.about not in {f"status:{key}" for key in typed}]
    entries += [_with_status(said, lines.get(f"status:{key}")) for key, said in typed.items()]
    return sorted(entries, key=lambda entry: (not _is_card(entry), entry.at, isinstance(entry, Shown)))


def _is_card(entry: Entry) -> bool:
    return isinstance(entry, Shown) and entry.about.startswith("card:")


def _with_leaving(connection: Connection, posts: list[Shown]) -> list[Shown]:
    """A line that offers to undo a reply knows when the reply leaves."""
    replies = {post.id: f"reply:{button.ref}" for post in posts for button in post.message.buttons if _undoes(button)}
    if not replies:
        return posts
    waiting = select(OutboxRow.about, func.min(OutboxRow.not_before)).where(
        OutboxRow.about.in_(replies.values()), OutboxRow.state == "queued"
    )
    leaves: dict[str | None, datetime] = {
        row[0]: row[1] for row in connection.execute(waiting.group_by(OutboxRow.about))
    }
    return [replace(post, leaves_at=leaves.get(replies.get(post.id))) for post in posts]


def _with_gone(connection: Connection, posts: list[Shown]) -> list[Shown]:
    """A line with the words of a reply that is no more is marked so."""
    replies = {post.id: int(post.about.removeprefix("status:")) for post in posts if _tells_words(post)}
    if not replies:
        return posts
    deleted = select(ChatMessage.inbox_id).where(
        ChatMessage.inbox_id.in_(replies.values()), ChatMessage.deleted_at.is_not(None)
    )
    gone = set(connection.scalars(deleted))
    return [replace(post, gone=replies.get(post.id) in gone) for post in posts]


def _tells_words(post: Shown) -> bool:
    return post.about.startswith("status:") and bool(post.message.text)


def _undoes(button: Button) -> bool:
    return button.action == "undo"


def _with_status(said: Typed, line: Shown | None) -> Typed:
    return said if line is None else replace(said, status=line)


def _typed(connection: Connection, cipher: Cipher, ticket_id: int, limit: int) -> dict[int, Typed]:
    """What colleagues typed under a ticket's card, by the inbox row it came with."""
    query = (
        select(
            ChatMessage.id,
            ChatMessage.inbox_id,
            ChatMessage.direction,
            ChatMessage.body_sealed,
            ChatMessage.source,
            ChatMessage.created_at,
            ChatMessage.edited_at,
            ChatMessage.deleted_at,
            Staff.name,
        )
        .outerjoin(Staff, Staff.id == ChatMessage.author_id)
        .where(ChatMessage.ticket_id == ticket_id, ChatMessage.author_kind == "staff", ChatMessage.source.is_not(None))
        .order_by(ChatMessage.id.desc())
        .limit(min(limit, _MOST))
    )
    return {row.inbox_id or -row.id: _typed_row(cipher, row) for row in connection.execute(query)}


def _typed_row(cipher: Cipher, row: Any) -> Typed:
    channel, _, rest = row.source.partition("/")
    return Typed(
        id=row.id,
        author=row.name or "Staff",
        is_reply=row.direction == "out",
        message=messages.decode(cipher.open_bytes("messages.body", row.body_sealed)),
        at=row.created_at,
        edited=row.edited_at is not None,
        deleted=row.deleted_at is not None,
        message_id=rest.rpartition("/")[2] if channel == "console" else None,
    )


# --- rooms --------------------------------------------------------------------------------------------------------


def room(connection: Connection, cipher: Cipher, name: Room, limit: int = PAGE) -> list[Shown]:
    """The newest posts of a staff room, newest first."""
    return list(reversed(_delivered(connection, cipher, name, limit)))


def _delivered(connection: Connection, cipher: Cipher, lane: str, limit: int) -> list[Shown]:
    """The newest posts of a lane as they stand now, oldest first; what was deleted since is left out."""
    query = (
        select(
            OutboxRow.id,
            OutboxRow.about,
            OutboxRow.channel,
            OutboxRow.place,
            OutboxRow.message_sealed,
            OutboxRow.created_at,
            OutboxRow.settled_at,
        )
        .where(OutboxRow.lane == lane, OutboxRow.state == "sent", OutboxRow.op.in_(("post", "file")))
        .order_by(OutboxRow.id.desc())
        .limit(min(limit, _MOST))
    )
    rows = list(reversed(connection.execute(query).all()))
    posts = _posts_of(connection, {row.about for row in rows if row.about is not None})
    shown: list[Shown] = []
    for row in reversed(rows):
        standing = posts.get((row.about, row.channel))
        # several calls may be about the same: the last call is the last part
        post = standing.pop() if standing else None
        if post is not None and post.deleted_at is not None:
            continue
        sealed = row.message_sealed if post is None else post.message_sealed
        place = Place(row.channel, row.place, str(row.id)) if post is None else _place(post)
        message = messages.decode(cipher.open_bytes("outbox.message", sealed))
        edited = post is not None and post.outbox_id != row.id
        shown.append(Shown(row.id, row.about or "", place, message, row.settled_at or row.created_at, edited))
    return _with_files(list(reversed(shown)))


def _with_files(shown: list[Shown]) -> list[Shown]:
    """Files leave in calls of their own: here they stand with the words they came with."""
    joined: list[Shown] = []
    for post in shown:
        last = joined[-1] if joined else None
        only_files = post.message == Message(files=post.message.files) and not post.edited
        if last is not None and only_files and post.about and post.about == last.about:
            message = msgspec.structs.replace(last.message, files=(*last.message.files, *post.message.files))
            joined[-1] = replace(last, message=message)
        else:
            joined.append(post)
    return joined


def _posts_of(connection: Connection, abouts: set[str]) -> dict[tuple[str | None, str], list[Any]]:
    """Where things stand, by what they are about and the channel, with the message shown there now."""
    posts: dict[tuple[str | None, str], list[Any]] = {}
    columns = (
        Post.about,
        Post.channel,
        Post.place,
        Post.platform_id,
        Post.outbox_id,
        Post.deleted_at,
        OutboxRow.message_sealed,
    )
    query = select(*columns).join(OutboxRow, OutboxRow.id == Post.outbox_id).where(Post.about.in_(abouts))
    for post in connection.execute(query.order_by(Post.part)):
        posts.setdefault((post.about, post.channel), []).append(post)
    return posts


def _place(row: Any) -> Place:
    return Place(row.channel, row.place, row.platform_id)


# --- a customer's chat --------------------------------------------------------------------------------------------


def chat(connection: Connection, cipher: Cipher, chat_id: str, limit: int = 2 * PAGE) -> list[ChatLine]:
    """What was said on the console in a customer's chat, both ways, oldest first: at most `limit` of each."""
    received = _delivered(connection, cipher, f"chat:console:{ACCOUNT}:{chat_id}", limit)
    lines = [
        ChatLine(
            key=f"out:{post.id}",
            mine=False,
            message=post.message,
            message_id=post.place.platform_id,
            at=post.at,
            edited=post.edited,
            by_staff=post.about.startswith("reply:"),
        )
        for post in received
    ]
    lines += _written(connection, cipher, chat_id, limit)
    return sorted(lines, key=lambda line: (line.at, not line.mine))


def _written(connection: Connection, cipher: Cipher, chat_id: str, limit: int) -> list[ChatLine]:
    query = (
        select(
            ChatMessage.id,
            ChatMessage.body_sealed,
            ChatMessage.platform_id,
            ChatMessage.created_at,
            ChatMessage.edited_at,
        )
        .join(Conversation, Conversation.id == ChatMessage.conversation_id)
        .where(_is_chat(chat_id), ChatMessage.direction == "in", ChatMessage.deleted_at.is_(None))
        .order_by(ChatMessage.id.desc())
        .limit(min(limit, _MOST))
    )
    return [
        ChatLine(
            key=f"in:{row.platform_id}",
            mine=True,
            message=messages.decode(cipher.open_bytes("messages.body", row.body_sealed)),
            message_id=row.platform_id or "",
            at=row.created_at,
            edited=row.edited_at is not None,
        )
        for row in connection.execute(query)
    ]


# --- what failed --------------------------------------------------------------------------------------------------


def failed_events(connection: Connection, cipher: Cipher) -> list[FailedEvent]:
    """What could not be handled, newest first."""
    rows = inbox.failed(connection, cipher)[-PAGE:]
    return [
        FailedEvent(row.id, row.channel, row.received_at, *_told(row.event), error=row.error) for row in reversed(rows)
    ]


def _told(stored: bytes) -> tuple[str, str]:
    """What an event was, and the words in it."""
    try:
        event = events.decode(stored)
    except ValueError:
        return "Something unreadable", ""
    match event:
        case events.Said(chat=who, text=text):
            return f"{who.name} wrote", text
        case events.Edited(chat=who, text=text):
            return f"{who.name} edited a message", text
        case events.Pressed(chat=who, action=action):
            return f"{who.name} pressed “{action}”", ""
        case events.Happened(chat=who, what=what):
            return f"{who.name}: {what}", ""
        case events.StaffSaid(staff=who, text=text) | events.StaffEdited(staff=who, text=text):
            return f"{who.name or who.user} wrote in a thread", text
        case events.StaffAsked(staff=who, text=text):
            return f"{who.name or who.user} asked the desk", text
        case events.StaffSubmitted(staff=who, form=form, values=values):
            return f"{who.name or who.user} sent the form “{form}”", "\n".join(values.values())
        case events.StaffCommanded(staff=who, command=command, text=text):
            return f"{who.name or who.user} gave the command {command}", text
        case events.StaffReacted(staff=who, emoji=emoji):
            return f"{who.name or who.user} reacted with :{emoji}:", ""
        case events.StaffCameHome(staff=who):
            return f"{who.name or who.user} opened their page", ""
        case events.StaffPressed(staff=who, action=action):
            return f"{who.name or who.user} pressed “{action}”", ""
        case _:
            return type(event).__name__, ""


def failed_calls(connection: Connection, cipher: Cipher) -> list[FailedCall]:
    """What did not go out, or perhaps did, newest first."""
    query = (
        select(
            OutboxRow.id,
            OutboxRow.channel,
            OutboxRow.created_at,
            OutboxRow.tried_at,
            OutboxRow.message_sealed,
            OutboxRow.error,
            OutboxRow.state,
        )
        .where(OutboxRow.state.in_(("failed", "maybe")))
        .order_by(OutboxRow.id.desc())
        .limit(PAGE)
    )
    return [
        FailedCall(
            outbox_id=row.id,
            channel=row.channel,
            at=row.tried_at or row.created_at,
            words=messages.plain(messages.decode(cipher.open_bytes("outbox.message", row.message_sealed))),
            error=row.error or "",
            maybe=row.state == "maybe",
        )
        for row in connection.execute(query)
    ]
