"""Chats with customers: who is on the other side, and what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)

from crm_store import stats
from crm_store.crypto import Cipher
from crm_store.schema import ChatMessage, Conversation, Customer, Identity, Instant, MessageVersion
from crm_store.upsert import insert_row

_BODY = "messages.body"
_OLD_BODY = "message_versions.body"
#: keys in one query
_TOGETHER = 500
#: characters of the name of whoever mutes a chat
_BY = 200


@dataclass(frozen=True, slots=True)
class ChatPerson:
    """A private chat and the person in it, as the platform describes them."""

    channel: str
    account: str
    chat: str
    user: str
    name: str
    username: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation and its customer. `customer_external_id` is empty for somebody the shop does not know."""

    id: int
    channel: str
    account: str
    chat: str
    identity_id: int
    customer_id: int
    #: what they are answered in: one of the desk's own languages, from the customer's first message on
    language: str | None
    blocked_at: datetime | None
    person: str
    customer_external_id: str | None
    customer_name: str | None
    country: str | None
    #: what they write in, as far as they showed it, and what they chose by /language (ISO 639-1)
    writes_in: str | None = None
    language_chosen: str | None = None
    #: until when they are not heard, who said so, and the last message before
    muted_until: datetime | None = None
    muted_by: str | None = None
    muted_after: int | None = None
    #: what was left in the bucket that a flood empties, and when; empty: it is full
    bucket: float | None = None
    bucket_at: datetime | None = None

    @property
    def speaks(self) -> str | None:
        """The language to talk to them in, whether or not the desk has it."""
        return self.language_chosen or self.writes_in or self.language


@dataclass(frozen=True, slots=True)
class NewMessage:
    """Something said; `body` is the message's bytes."""

    conversation_id: int
    direction: str
    author_kind: str
    body: bytes
    at: datetime
    ticket_id: int | None = None
    inbox_id: int | None = None
    author_id: int | None = None
    platform_id: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """Something said, as it reads now."""

    id: int
    conversation_id: int
    ticket_id: int | None
    inbox_id: int | None
    direction: str
    author_kind: str
    author_id: int | None
    body: bytes
    platform_id: str | None
    source: str | None
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None

    @property
    def typed(self) -> bool:
        """Whether staff typed it in the thread, where it stands."""
        return self.source is not None


def enter(connection: Connection, cipher: Cipher, person: ChatPerson, now: datetime) -> ConversationView:
    """The conversation of a chat, locked until the transaction ends; made, with its customer, on first contact."""
    here = {"channel": person.channel, "account": person.account, "chat": person.chat}
    found = _find(connection, cipher, here)
    if found is None:
        _make(connection, cipher, person, now)
        found = _find(connection, cipher, here)
    if found is None:
        raise LookupError(person.chat)
    return found


def by_id(connection: Connection, cipher: Cipher, conversation_id: int) -> ConversationView:
    """A conversation, locked until the transaction ends. Raises `LookupError`."""
    found = _find(connection, cipher, {"id": conversation_id})
    if found is None:
        raise LookupError(conversation_id)
    return found


def look_at(connection: Connection, cipher: Cipher, conversation_id: int) -> ConversationView | None:
    """A conversation as it is at the moment, for whoever only shows it."""
    row = connection.execute(_query(("id",)), {"id": conversation_id}).first()
    return None if row is None else _view(cipher, row)


def hold(connection: Connection, conversation_id: int) -> None:
    """Locks a conversation until the transaction ends, without a look at it."""
    _hold(connection, {"id": conversation_id})


def at(connection: Connection, cipher: Cipher, channel: str, account: str, chat: str) -> ConversationView | None:
    """The conversation of a chat, if there is one, locked until the transaction ends."""
    return _find(connection, cipher, {"channel": channel, "account": account, "chat": chat})


def _find(connection: Connection, cipher: Cipher, by: dict[str, Any]) -> ConversationView | None:
    """The conversation whose columns `by` names have these values."""
    _hold(connection, by)
    row = connection.execute(_query(tuple(by)), by).first()
    return None if row is None else _view(cipher, row)


def _hold(connection: Connection, by: dict[str, Any]) -> None:
    if connection.dialect.name != "sqlite":  # there the whole database is locked already
        connection.execute(_lock(tuple(by)), by)


# built once: building a statement costs more than running it


@cache
def _lock(by: tuple[str, ...]) -> Executable:
    return select(Conversation.id).where(_matches(by)).with_for_update()


@cache
def _query(by: tuple[str, ...]) -> Executable:
    columns = (
        Conversation.id,
        Conversation.channel,
        Conversation.account,
        Conversation.chat,
        Conversation.identity_id,
        Conversation.customer_id,
        Conversation.language,
        Conversation.blocked_at,
        Conversation.writes_in,
        Conversation.language_chosen,
        Conversation.muted_until,
        Conversation.muted_by,
        Conversation.muted_after,
        Conversation.bucket,
        Conversation.bucket_at,
        Identity.name_sealed.label("person_sealed"),
        Customer.external_id,
        Customer.name_sealed,
        Customer.country,
    )
    joined = select(*columns).join(Identity, Identity.id == Conversation.identity_id)
    return joined.join(Customer, Customer.id == Conversation.customer_id).where(_matches(by))


def _matches(by: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(*(getattr(Conversation, name) == bindparam(name) for name in by))


def _view(cipher: Cipher, row: Row[*tuple[Any, ...]]) -> ConversationView:
    return ConversationView(
        id=row.id,
        channel=row.channel,
        account=row.account,
        chat=row.chat,
        identity_id=row.identity_id,
        customer_id=row.customer_id,
        language=row.language,
        blocked_at=row.blocked_at,
        person=cipher.open_optional("identities.name", row.person_sealed) or "",
        customer_external_id=row.external_id,
        customer_name=cipher.open_optional("customers.name", row.name_sealed),
        country=row.country,
        writes_in=row.writes_in,
        language_chosen=row.language_chosen,
        muted_until=row.muted_until,
        muted_by=row.muted_by,
        muted_after=row.muted_after,
        bucket=row.bucket,
        bucket_at=row.bucket_at,
    )


def _make(connection: Connection, cipher: Cipher, person: ChatPerson, now: datetime) -> None:
    identity_id, customer_id = _identity(connection, cipher, person, now)
    values = {
        "channel": person.channel,
        "account": person.account,
        "chat": person.chat,
        "identity_id": identity_id,
        "customer_id": customer_id,
        "language": person.language,
        "created_at": now,
    }
    connection.execute(insert(Conversation).values(values))


def _identity(connection: Connection, cipher: Cipher, person: ChatPerson, now: datetime) -> tuple[int, int]:
    """The person's identity and customer, made when the channel never named them before."""
    names = {
        "name_sealed": cipher.seal("identities.name", person.name),
        "username_sealed": cipher.seal_optional("identities.username", person.username),
    }
    mine = and_(Identity.channel == person.channel, Identity.user == person.user)
    known = connection.execute(select(Identity.id, Identity.customer_id).where(mine)).first()
    if known is not None:
        connection.execute(update(Identity).where(Identity.id == known.id).values(names))
        return known.id, known.customer_id
    customer_id = insert_row(connection, Customer, {"language": person.language, "created_at": now})
    stats.customer_added(connection, customer_id)
    account = {"channel": person.channel, "user": person.user, "customer_id": customer_id}
    identity_id = insert_row(connection, Identity, {**account, "linked_by": "chat", "linked_at": now, **names})
    return identity_id, customer_id


def set_blocked(connection: Connection, conversation_id: int, since: datetime | None) -> None:
    """The customer does not receive since a time, or (None) does again."""
    mine = update(Conversation).where(Conversation.id == conversation_id)
    connection.execute(mine.values(blocked_at=since))


def set_language(
    connection: Connection, conversation_id: int, language: str, writes_in: str | None, chosen: str | None
) -> None:
    """What the customer is answered in from now on, and why: what they write in, and what they chose."""
    values = {"language": language, "writes_in": writes_in, "language_chosen": chosen}
    connection.execute(update(Conversation).where(Conversation.id == conversation_id).values(values))


# --- who is not heard ---------------------------------------------------------------------------------------------


def fill_bucket(connection: Connection, conversation_id: int, left: float, at: datetime) -> None:
    """What is left at a time in the bucket that a flood empties."""
    connection.execute(_filled(), {"conversation": conversation_id, "left": left, "at": at})


@cache
def _filled() -> Executable:
    mine = update(Conversation).where(Conversation.id == bindparam("conversation"))
    return mine.values(bucket=bindparam("left"), bucket_at=bindparam("at", type_=Instant))


def mute(connection: Connection, conversation_id: int, until: datetime, by: str, after: int) -> None:
    """The customer is not heard until a time; `after`: the last message before."""
    values = {"muted_until": until, "muted_by": by[:_BY], "muted_after": after}
    connection.execute(update(Conversation).where(Conversation.id == conversation_id).values(values))


def unmute(connection: Connection, conversation_id: int) -> None:
    """The customer is heard again, and begins with a full bucket."""
    values = dict.fromkeys(("muted_until", "muted_by", "muted_after", "bucket", "bucket_at"))
    connection.execute(update(Conversation).where(Conversation.id == conversation_id).values(values))


def muted(connection: Connection, cipher: Cipher, now: datetime, limit: int) -> tuple[int, list[ConversationView]]:
    """How many conversations are muted, and the newest of them."""
    which = Conversation.muted_until > now
    total = connection.scalar(select(func.count()).select_from(Conversation).where(which)) or 0
    newest = select(Conversation.id).where(which).order_by(Conversation.muted_after.desc(), Conversation.id.desc())
    found = (look_at(connection, cipher, key) for key in list(connection.scalars(newest.limit(limit))))
    return total, [one for one in found if one is not None]


def mutes_over(connection: Connection, now: datetime, limit: int) -> list[int]:
    """Conversations whose mute has run out."""
    over = select(Conversation.id).where(Conversation.muted_until <= now).order_by(Conversation.muted_until)
    return list(connection.scalars(over.limit(limit)))


def last_message(connection: Connection, conversation_id: int) -> int:
    """The id of the last message of a conversation; 0 when there is none."""
    last = select(func.max(ChatMessage.id)).where(ChatMessage.conversation_id == conversation_id)
    return connection.scalar(last) or 0


def heard_since(
    connection: Connection, cipher: Cipher, conversation_id: int, after: int, limit: int
) -> tuple[int, list[MessageView]]:
    """How many messages of the customer came after one, and the last of them, oldest first."""
    theirs = and_(ChatMessage.conversation_id == conversation_id, ChatMessage.direction == "in", ChatMessage.id > after)
    count = connection.scalar(select(func.count()).select_from(ChatMessage).where(theirs)) or 0
    if not limit:
        return count, []
    newest = connection.execute(_messages().where(theirs).order_by(ChatMessage.id.desc()).limit(limit))
    return count, [_message(cipher, row) for row in reversed(newest.all())]


# --- what was said ------------------------------------------------------------------------------------------------


def record(connection: Connection, cipher: Cipher, message: NewMessage) -> int:
    """Keeps something said. Returns its id."""
    values = {
        "conversation_id": message.conversation_id,
        "ticket_id": message.ticket_id,
        "inbox_id": message.inbox_id,
        "direction": message.direction,
        "author_kind": message.author_kind,
        "author_id": message.author_id,
        "body_sealed": cipher.seal_bytes(_BODY, message.body),
        "platform_id": message.platform_id,
        "source": message.source,
        "created_at": message.at,
    }
    return insert_row(connection, ChatMessage, values)


def replace_body(connection: Connection, cipher: Cipher, message_id: int, body: bytes, at: datetime) -> None:
    """Changes what a message says, at a time; what it said before is kept as a version."""
    mine = ChatMessage.id == message_id
    before = cipher.open_bytes(_BODY, connection.execute(select(ChatMessage.body_sealed).where(mine)).scalar_one())
    old = {"message_id": message_id, "body_sealed": cipher.seal_bytes(_OLD_BODY, before), "replaced_at": at}
    connection.execute(insert(MessageVersion).values(old))
    new = {"body_sealed": cipher.seal_bytes(_BODY, body), "edited_at": at}
    connection.execute(update(ChatMessage).where(mine).values(new))


def mark_deleted(connection: Connection, message_id: int, now: datetime) -> None:
    connection.execute(update(ChatMessage).where(ChatMessage.id == message_id).values(deleted_at=now))


def message_from_customer(
    connection: Connection, cipher: Cipher, conversation_id: int, platform_id: str
) -> MessageView | None:
    """The customer's message that a platform knows by an id."""
    mine = and_(
        ChatMessage.conversation_id == conversation_id,
        ChatMessage.platform_id == platform_id,
        ChatMessage.direction == "in",
    )
    return _one(connection, cipher, mine)


def last_heard(connection: Connection, cipher: Cipher, ticket_id: int) -> MessageView | None:
    """What the customer said last in a ticket."""
    return _one(connection, cipher, and_(ChatMessage.ticket_id == ticket_id, ChatMessage.direction == "in"))


def knows(connection: Connection, conversation_id: int, platform_id: str) -> bool:
    """Whether the customer's message that a platform knows by an id is kept."""
    given = {"conversation": conversation_id, "platform_id": platform_id}
    return connection.execute(_from_customer(), given).first() is not None


@cache
def _from_customer() -> Executable:
    mine = and_(
        ChatMessage.conversation_id == bindparam("conversation"),
        ChatMessage.platform_id == bindparam("platform_id"),
        ChatMessage.direction == "in",
    )
    return select(ChatMessage.id).where(mine).limit(1)


def message_typed_at(connection: Connection, cipher: Cipher, source: str) -> MessageView | None:
    """The message or note that staff typed at a place (`channel/place/id`)."""
    return _one(connection, cipher, ChatMessage.source == source)


def message_of_inbox(connection: Connection, cipher: Cipher, inbox_id: int) -> MessageView | None:
    """The message that came with an inbox row."""
    return _one(connection, cipher, ChatMessage.inbox_id == inbox_id)


def opening_of(connection: Connection, ticket_id: int) -> int | None:
    """The id of the customer's first message in a ticket."""
    theirs = and_(ChatMessage.ticket_id == ticket_id, ChatMessage.direction == "in")
    return connection.scalar(select(func.min(ChatMessage.id)).where(theirs))


def heard_after(connection: Connection, ticket_id: int, reply: MessageView) -> datetime | None:
    """When the customer first spoke in a ticket, or changed what they said, after a reply; None when they did not."""
    theirs = and_(ChatMessage.ticket_id == ticket_id, ChatMessage.direction == "in")
    is_new, is_changed = ChatMessage.id > reply.id, ChatMessage.edited_at > reply.created_at
    at = case((is_new, ChatMessage.created_at), else_=ChatMessage.edited_at)
    first: datetime | None = connection.scalar(select(func.min(at)).where(theirs, or_(is_new, is_changed)))
    return first


def spoke_after(connection: Connection, ticket_id: int, inbox_id: int) -> datetime | None:
    """When the customer first spoke in a ticket after what came in with an inbox row; None when they did not."""
    theirs = (ChatMessage.ticket_id == ticket_id, ChatMessage.direction == "in", ChatMessage.inbox_id > inbox_id)
    first: datetime | None = connection.scalar(select(func.min(ChatMessage.created_at)).where(*theirs))
    return first


def spoken_in(connection: Connection, ticket_id: int) -> int | None:
    """The conversation the customer spoke in last in a ticket: tickets of several chats may have become one."""
    theirs = and_(ChatMessage.ticket_id == ticket_id, ChatMessage.direction == "in")
    last = select(ChatMessage.conversation_id).where(theirs).order_by(ChatMessage.id.desc()).limit(1)
    return connection.scalar(last)


def said_in_ticket(connection: Connection, cipher: Cipher, ticket_id: int, limit: int = 10_000) -> list[MessageView]:
    """The newest of what was said in a ticket and noted beside it, oldest first."""
    mine = _messages().where(ChatMessage.ticket_id == ticket_id)
    newest = connection.execute(mine.order_by(ChatMessage.id.desc()).limit(limit))
    return [_message(cipher, row) for row in reversed(newest.all())]


def versions_of(
    connection: Connection, cipher: Cipher, message_ids: Sequence[int]
) -> dict[int, list[tuple[datetime, bytes]]]:
    """What messages said before they were edited, oldest first: until when, and the words."""
    columns = (MessageVersion.message_id, MessageVersion.replaced_at, MessageVersion.body_sealed)
    found: dict[int, list[tuple[datetime, bytes]]] = {}
    for start in range(0, len(message_ids), _TOGETHER):
        mine = MessageVersion.message_id.in_(message_ids[start : start + _TOGETHER])
        for row in connection.execute(select(*columns).where(mine).order_by(MessageVersion.id)):
            said = (row.replaced_at, cipher.open_bytes(_OLD_BODY, row.body_sealed))
            found.setdefault(row.message_id, []).append(said)
    return found


def move_messages(connection: Connection, ticket_id: int, since: int, to: int) -> None:
    """A message of a ticket, and those after it, belong to another ticket from now on."""
    mine = and_(ChatMessage.ticket_id == ticket_id, ChatMessage.id >= since)
    connection.execute(update(ChatMessage).where(mine).values(ticket_id=to))


def take_in(connection: Connection, conversation_id: int, ticket_id: int, since: datetime) -> None:
    """What was said since a time, and belongs to no ticket, belongs to this one from now on."""
    loose = (ChatMessage.conversation_id == conversation_id, ChatMessage.ticket_id.is_(None))
    connection.execute(update(ChatMessage).where(*loose, ChatMessage.created_at >= since).values(ticket_id=ticket_id))


def messages_of(connection: Connection, cipher: Cipher, conversation_id: int, limit: int = 200) -> list[MessageView]:
    """The newest messages of a conversation, oldest first, notes left out."""
    mine = and_(ChatMessage.conversation_id == conversation_id, ChatMessage.direction != "note")
    newest = connection.execute(_messages().where(mine).order_by(ChatMessage.id.desc()).limit(limit))
    return [_message(cipher, row) for row in reversed(newest.all())]


def _messages() -> Select[*tuple[Any, ...]]:
    return select(
        ChatMessage.id,
        ChatMessage.conversation_id,
        ChatMessage.ticket_id,
        ChatMessage.inbox_id,
        ChatMessage.direction,
        ChatMessage.author_kind,
        ChatMessage.author_id,
        ChatMessage.body_sealed,
        ChatMessage.platform_id,
        ChatMessage.source,
        ChatMessage.created_at,
        ChatMessage.edited_at,
        ChatMessage.deleted_at,
    )


def _one(connection: Connection, cipher: Cipher, which: ColumnElement[bool]) -> MessageView | None:
    row = connection.execute(_messages().where(which).order_by(ChatMessage.id.desc()).limit(1)).first()
    return None if row is None else _message(cipher, row)


def _message(cipher: Cipher, row: Row[*tuple[Any, ...]]) -> MessageView:
    return MessageView(
        id=row.id,
        conversation_id=row.conversation_id,
        ticket_id=row.ticket_id,
        inbox_id=row.inbox_id,
        direction=row.direction,
        author_kind=row.author_kind,
        author_id=row.author_id,
        body=cipher.open_bytes(_BODY, row.body_sealed),
        platform_id=row.platform_id,
        source=row.source,
        created_at=row.created_at,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
    )
