"""What is to go out: one row a call to a platform, written with what decided it, sent after the commit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Integer,
    String,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from crm_store.crypto import Cipher
from crm_store.schema import ChatMessage, Instant, OutboxRow, Post
from crm_store.upsert import insert_row

_MESSAGE = "outbox.message"
#: an album is one call, and so one part; its pictures after the first are numbered out of the way of other calls
_REST, _MOST_IN_ALBUM = 1000, 10
#: states in which a row keeps its lane waiting
OPEN = ("queued", "sending")


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call to make; see `schema.OutboxRow` for the fields."""

    channel: str
    lane: str
    place: str
    op: str
    message: bytes
    not_before: datetime
    account: str = ""
    about: str | None = None
    thread: str | None = None
    inbox_id: int | None = None
    report: bool = False
    #: the part of what stands that an edit or a deletion is for; a deletion without one is for all of it
    part: int | None = None


@dataclass(frozen=True, slots=True)
class QueuedCall:
    """A row that delivery has to see to."""

    id: int
    channel: str
    lane: str
    account: str
    place: str
    op: str
    about: str | None
    thread: str | None
    state: str
    attempts: int
    not_before: datetime
    tried_at: datetime | None
    trace: str | None
    report: bool

    @property
    def part(self) -> int | None:
        """The part of what stands that an edit or a deletion is for."""
        return int(self.trace) if self.op in ("edit", "delete") and self.trace else None


@dataclass(frozen=True, slots=True)
class CallState:
    """How a call stands."""

    id: int
    about: str | None
    op: str
    state: str
    error: str | None
    inbox_id: int | None
    attempts: int
    not_before: datetime
    settled_at: datetime | None
    lane: str

    @property
    def untouched(self) -> bool:
        """Whether it waits, and no attempt may have arrived yet: it can be taken back."""
        return self.state == "queued" and self.attempts == 0

    @property
    def unseen(self) -> bool:
        """Whether it is not under way, and no attempt of it may have arrived."""
        return self.state in ("queued", "failed", "cancelled") and self.attempts == 0

    @property
    def in_doubt(self) -> bool:
        """Whether it is not under way, and an attempt of it may have arrived."""
        return self.state == "maybe" or (self.state in ("queued", "failed", "cancelled") and self.attempts > 0)


@dataclass(frozen=True, slots=True)
class PutOff:
    """A call that waits, and since when."""

    id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Address:
    """Where the post about something goes, and the lane it leaves in."""

    channel: str
    account: str
    place: str
    lane: str
    thread: str | None


@dataclass(frozen=True, slots=True)
class PostView:
    """Where something stands on a platform."""

    about: str
    channel: str
    part: int
    place: str
    platform_id: str
    thread: str | None


_QUEUED: tuple[Any, ...] = (
    OutboxRow.id,
    OutboxRow.channel,
    OutboxRow.lane,
    OutboxRow.account,
    OutboxRow.place,
    OutboxRow.op,
    OutboxRow.about,
    OutboxRow.thread,
    OutboxRow.state,
    OutboxRow.attempts,
    OutboxRow.not_before,
    OutboxRow.tried_at,
    OutboxRow.trace,
    OutboxRow.report,
)
_STATE: tuple[Any, ...] = (
    OutboxRow.id,
    OutboxRow.about,
    OutboxRow.op,
    OutboxRow.state,
    OutboxRow.error,
    OutboxRow.inbox_id,
    OutboxRow.attempts,
    OutboxRow.not_before,
    OutboxRow.settled_at,
    OutboxRow.lane,
)
_POST = (Post.about, Post.channel, Post.part, Post.place, Post.platform_id, Post.thread)


def add(connection: Connection, cipher: Cipher, calls: Sequence[NewCall], now: datetime) -> list[int]:
    """Queues calls, in order. Returns their ids."""
    return [_add(connection, cipher, call, now) for call in calls]


def _add(connection: Connection, cipher: Cipher, call: NewCall, now: datetime) -> int:
    values = {
        "channel": call.channel,
        "lane": call.lane,
        "place": call.place,
        "account": call.account,
        "op": call.op,
        "about": call.about,
        "thread": call.thread,
        "inbox_id": call.inbox_id,
        "message_sealed": cipher.seal_bytes(_MESSAGE, call.message),
        "report": call.report,
        # what an edit or a deletion does is not looked up, so it needs no trace of its own
        "trace": None if call.part is None else str(call.part),
        "not_before": call.not_before,
        "state": "queued",
        "attempts": 0,
        "created_at": now,
    }
    return insert_row(connection, OutboxRow, values)


def forget(connection: Connection, outbox_id: int) -> None:
    """Takes a call back in the transaction that queued it."""
    connection.execute(delete(OutboxRow).where(OutboxRow.id == outbox_id))


def revise(connection: Connection, cipher: Cipher, outbox_id: int, message: bytes) -> bool:
    """Changes what a call will say; False when it has left, or begun to (then an edit must follow).

    A call that failed or may have been sent says it when it is sent again.
    """
    # an earlier attempt of a queued one may have arrived with the old words
    waits = or_(and_(OutboxRow.state == "queued", OutboxRow.attempts == 0), OutboxRow.state.in_(("failed", "maybe")))
    sealed = cipher.seal_bytes(_MESSAGE, message)
    mine = update(OutboxRow).where(OutboxRow.id == outbox_id, waits).values(message_sealed=sealed)
    return connection.execute(mine).rowcount > 0


def revise_edit(connection: Connection, cipher: Cipher, about: str, part: int, message: bytes) -> bool:
    """Changes what a queued edit of a part will say; False when there is none that has not left yet."""
    waiting_row = and_(
        OutboxRow.about == about,
        OutboxRow.op == "edit",
        OutboxRow.trace == str(part),
        OutboxRow.state == "queued",
        # an earlier attempt may have arrived with the old words
        OutboxRow.attempts == 0,
    )
    sealed = cipher.seal_bytes(_MESSAGE, message)
    return connection.execute(update(OutboxRow).where(waiting_row).values(message_sealed=sealed)).rowcount > 0


def rewrite(connection: Connection, cipher: Cipher, outbox_id: int, message: bytes) -> None:
    """Changes what a call says while it is being made."""
    sealed = cipher.seal_bytes(_MESSAGE, message)
    connection.execute(update(OutboxRow).where(OutboxRow.id == outbox_id).values(message_sealed=sealed))


def cancel_call(connection: Connection, outbox_id: int, now: datetime) -> bool:
    """Takes one call back; False when it has left, or begun to."""
    mine = and_(OutboxRow.id == outbox_id, OutboxRow.state == "queued", OutboxRow.attempts == 0)
    return connection.execute(update(OutboxRow).where(mine).values(state="cancelled", settled_at=now)).rowcount > 0


def retry(connection: Connection, outbox_id: int, now: datetime) -> bool:
    """Queues a call again that failed or may have been sent; False when it did neither.

    Attempts that may have arrived stay counted: the call cannot be taken back as if nobody saw it.
    """
    again = update(OutboxRow).where(OutboxRow.id == outbox_id, OutboxRow.state.in_(("failed", "maybe")))
    values = {"state": "queued", "not_before": now, "error": None, "settled_at": None}
    return connection.execute(again.values(values)).rowcount > 0


def withdraw(connection: Connection, about: str, now: datetime) -> None:
    """Makes no post about something (and runs no errand of that key) that is not under way: neither what is queued,
    however often, nor what ended badly.

    What deletes the posts that have left is no part of it, and stays queued.
    """
    mine = and_(OutboxRow.about == about, OutboxRow.op.in_(("post", "file", "errand")))
    idle = OutboxRow.state.in_(("queued", "failed", "maybe"))
    connection.execute(update(OutboxRow).where(mine, idle).values(state="cancelled", settled_at=now))


def supersede(connection: Connection, about: str, channel: str, op: str, now: datetime) -> None:
    """Something newer takes the place of what waits to be shown about something, or could not be: it is not made."""
    mine = and_(OutboxRow.about == about, OutboxRow.channel == channel, OutboxRow.op == op)
    idle = OutboxRow.state.in_(("queued", "failed", "maybe"))
    connection.execute(update(OutboxRow).where(mine, idle).values(state="cancelled", settled_at=now))


def is_shown(connection: Connection, about: str, channel: str, op: str) -> bool:
    """Whether something of its kind was ever made about something on a channel."""
    mine = and_(OutboxRow.about == about, OutboxRow.channel == channel, OutboxRow.op == op)
    return connection.scalar(select(OutboxRow.id).where(mine).limit(1)) is not None


def accept(connection: Connection, outbox_id: int, now: datetime) -> bool:
    """Takes a call that may have been sent as sent: somebody looked. False when there was no doubt."""
    sure = update(OutboxRow).where(OutboxRow.id == outbox_id, OutboxRow.state == "maybe")
    return connection.execute(sure.values(state="sent", settled_at=now, error=None)).rowcount > 0


def give_up(connection: Connection, outbox_id: int, now: datetime) -> bool:
    """Takes a call that failed, or may have been sent, off the list; False when it did neither."""
    mine = update(OutboxRow).where(OutboxRow.id == outbox_id, OutboxRow.state.in_(("failed", "maybe")))
    return connection.execute(mine.values(state="cancelled", settled_at=now)).rowcount > 0


def queued(
    connection: Connection,
    channel: str,
    held_until: datetime,
    now: datetime,
    *,
    urgent: str = "",
    each: int = 64,
    limit: int = 200,
) -> list[QueuedCall]:
    """The first unfinished call of each lane of a channel that is due: where somebody waits first, then by age.

    Somebody waits for a whisper, and for a post about what is named like `urgent`. Of what begins a thread at one
    place, of what is said in its threads, and of the changes in it, there are `each` at most: a place that takes little
    now, or nothing new, must not hide what else may go. What belongs under a post that does not stand is not due, nor a
    change of one that has yet to leave. A reply that may have been sent holds its lane until somebody decides, or until
    the doubt is from before `held_until`.
    """
    given = {"channel": channel, "held": held_until, "now": now, "urgent": urgent, "each": each, "most": limit}
    rows: Sequence[Any] = connection.execute(_heads(), given).all()
    return [QueuedCall(*row) for row in rows]


def next_in_lane(connection: Connection, lane: str, held_until: datetime) -> QueuedCall | None:
    """A lane's first unfinished call.

    None when it has none, or is held by one that may have been sent or has no thread to stand in yet.
    """
    row: Any = connection.execute(_first_of_lane(), {"lane": lane, "held": held_until}).first()
    return None if row is None or row.state == "maybe" or not row.has_thread else QueuedCall(*row[:-1])


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """When the next call that is not due yet will be."""
    later = select(func.min(OutboxRow.not_before)).where(OutboxRow.state.in_(OPEN), OutboxRow.not_before > now)
    return connection.scalar(later)


# statements of every delivery are built once: building one costs more than running it


@cache
def _heads() -> Executable:
    held = bindparam("held", type_=Instant)
    earlier, later, post = aliased(OutboxRow), aliased(OutboxRow), aliased(OutboxRow)
    doubtful = and_(earlier.state == "maybe", earlier.report, earlier.settled_at > held)
    behind = exists().where(
        earlier.lane == OutboxRow.lane, earlier.id < OutboxRow.id, or_(earlier.state.in_(OPEN), doubtful)
    )
    leaving = exists().where(
        post.about == OutboxRow.about,
        post.channel == OutboxRow.channel,
        post.op.in_(("post", "file")),
        post.state.in_(OPEN),
    )
    free = and_(~behind, _has_thread(), or_(OutboxRow.op.not_in(("edit", "delete")), ~leaving))
    due = and_(OutboxRow.state.in_(OPEN), OutboxRow.not_before <= bindparam("now", type_=Instant), free)
    named = later.about.like(bindparam("urgent", type_=String))
    awaited = OutboxRow.lane.in_(select(later.lane).where(later.state.in_(OPEN), later.op == "post", named))
    is_urgent = case((or_(OutboxRow.op == "whisper", awaited), 1), else_=0).label("urgent")
    mine = select(*_QUEUED, is_urgent).where(due, OutboxRow.channel == bindparam("channel")).subquery()
    first = (mine.c.urgent.desc(), mine.c.id)
    is_change = case((mine.c.op.in_(("edit", "delete")), 1), else_=0)
    begins = case((mine.c.thread.is_(None), 1), else_=0)
    turn = func.row_number().over(partition_by=(mine.c.place, is_change, begins), order_by=first).label("turn")
    ranked = select(mine, turn).subquery()
    few = select(*(ranked.c[column.key] for column in _QUEUED)).where(ranked.c.turn <= bindparam("each", type_=Integer))
    return few.order_by(ranked.c.urgent.desc(), ranked.c.id).limit(bindparam("most", type_=Integer))


@cache
def _first_of_lane() -> Executable:
    held = bindparam("held", type_=Instant)
    doubtful = and_(OutboxRow.state == "maybe", OutboxRow.report, OutboxRow.settled_at > held)
    mine = and_(OutboxRow.lane == bindparam("lane"), or_(OutboxRow.state.in_(OPEN), doubtful))
    columns = (*_QUEUED, case((_has_thread(), 1), else_=0).label("has_thread"))
    return select(*columns).where(mine).order_by(OutboxRow.id).limit(1)


def _has_thread() -> ColumnElement[bool]:
    """Whether the post stands that a call belongs under."""
    is_it = and_(Post.about == OutboxRow.thread, Post.channel == OutboxRow.channel, Post.deleted_at.is_(None))
    return or_(OutboxRow.thread.is_(None), exists().where(is_it))


@cache
def _message() -> Executable:
    return select(OutboxRow.message_sealed).where(OutboxRow.id == bindparam("id"))


@cache
def _begun() -> Executable:
    unchanged = and_(OutboxRow.state == bindparam("was"), OutboxRow.attempts == bindparam("tries"))
    mine = update(OutboxRow).where(OutboxRow.id == bindparam("key"), unchanged)
    return mine.values(state="sending", tried_at=bindparam("at", type_=Instant), attempts=OutboxRow.attempts + 1)


@cache
def _sent() -> Executable:
    mine = update(OutboxRow).where(OutboxRow.id == bindparam("key"), OutboxRow.state.in_(OPEN))
    return mine.values(state="sent", error=None, settled_at=bindparam("at", type_=Instant))


@cache
def _post_about() -> Executable:
    mine = and_(Post.about == bindparam("about"), Post.channel == bindparam("channel"), Post.deleted_at.is_(None))
    return select(*_POST).where(mine).order_by(Post.part)


def message_of(connection: Connection, cipher: Cipher, outbox_id: int) -> bytes:
    """The bytes of a call's message."""
    return cipher.open_bytes(_MESSAGE, connection.execute(_message(), {"id": outbox_id}).scalar_one())


def shown_about(connection: Connection, cipher: Cipher, about: str) -> bytes | None:
    """What the only part of a post about something says, or will once it has left; None where it has several parts, or
    none."""
    calls = (
        select(OutboxRow.id, OutboxRow.op)
        .where(OutboxRow.about == about, OutboxRow.op.in_(("post", "edit")), OutboxRow.state != "cancelled")
        .order_by(OutboxRow.id)
    )
    found = connection.execute(calls).all()
    if [row.op for row in found].count("post") != 1:
        return None
    return message_of(connection, cipher, found[-1].id)


def begin_attempt(connection: Connection, call: QueuedCall, now: datetime) -> bool:
    """Marks a call as being made; False when it was taken back, or begun by somebody else, since it was read."""
    # while it is unknown what became of an attempt, it is that attempt's time from which to look
    at = call.tried_at if call.state == "sending" and call.tried_at is not None else now
    tried = {"key": call.id, "was": call.state, "tries": call.attempts, "at": at}
    return connection.execute(_begun(), tried).rowcount > 0


def put_off(
    connection: Connection, outbox_id: int, until: datetime, reason: str, *, attempts: int, doubtful: bool = False
) -> None:
    """The call waits: its attempt did not happen, or (`doubtful`) has to be looked up before the next one.

    `attempts`: how many so far may have arrived. While none has, the call can be taken back.
    """
    state = "sending" if doubtful else "queued"
    values = {"state": state, "not_before": until, "error": reason[:500], "attempts": attempts}
    connection.execute(update(OutboxRow).where(OutboxRow.id == outbox_id).values(values))


def settle(
    connection: Connection,
    outbox_id: int,
    state: str,
    now: datetime,
    *,
    error: str | None = None,
    trace: str | None = None,
) -> bool:
    """Ends a call: sent, failed or maybe; False when it has ended already."""
    if state == "sent" and error is None and trace is None:
        return connection.execute(_sent(), {"key": outbox_id, "at": now}).rowcount > 0
    values: dict[str, Any] = {"state": state, "settled_at": now, "error": error[:500] if error else None}
    if state == "failed":  # what was refused did not arrive, unlike perhaps an attempt before it
        values["attempts"] = case((OutboxRow.attempts > 0, OutboxRow.attempts - 1), else_=0)
    if trace is not None:
        values["trace"] = trace
    mine = update(OutboxRow).where(OutboxRow.id == outbox_id, OutboxRow.state.in_(OPEN))
    return connection.execute(mine.values(values)).rowcount > 0


def note_trace(connection: Connection, outbox_id: int, trace: str) -> None:
    """Keeps what tells later whether the call arrived."""
    connection.execute(update(OutboxRow).where(OutboxRow.id == outbox_id).values(trace=trace))


def state_of(connection: Connection, outbox_id: int) -> CallState | None:
    row = connection.execute(select(*_STATE).where(OutboxRow.id == outbox_id)).first()
    return None if row is None else CallState(*row)


def states_about(connection: Connection, about: str, *, lock: bool = False) -> list[CallState]:
    """The posts about something (several where it was too long for one), in order.

    With `lock` none of them begins to leave before the transaction ends.
    """
    query = select(*_STATE).where(OutboxRow.about == about, OutboxRow.op.in_(("post", "file"))).order_by(OutboxRow.id)
    if lock:
        query = query.with_for_update()
    return [CallState(*row) for row in connection.execute(query)]


def address_of(connection: Connection, about: str) -> Address | None:
    """Where something was posted, or is queued to be."""
    columns = (OutboxRow.channel, OutboxRow.account, OutboxRow.place, OutboxRow.lane, OutboxRow.thread)
    first = select(*columns).where(OutboxRow.about == about, OutboxRow.op.in_(("post", "file"))).order_by(OutboxRow.id)
    row = connection.execute(first.limit(1)).first()
    return None if row is None else Address(*row)


def is_posting(connection: Connection, channel: str) -> bool:
    """Whether a post that begins a thread may stand on a channel already, and it is not known where."""
    mine = and_(OutboxRow.channel == channel, OutboxRow.op == "post", OutboxRow.thread.is_(None))
    begun = select(OutboxRow.id).where(mine, OutboxRow.state == "sending").limit(1)
    return connection.scalar(begun) is not None


def chat_of(connection: Connection, outbox_id: int) -> tuple[str, str, str] | None:
    """Channel, account and chat a call goes to."""
    columns = (OutboxRow.channel, OutboxRow.account, OutboxRow.place)
    row = connection.execute(select(*columns).where(OutboxRow.id == outbox_id)).first()
    return None if row is None else (row.channel, row.account, row.place)


def put_off_first(connection: Connection, channel: str, place: str) -> PutOff | None:
    """The oldest call to a place that was put off by its platform; a file may be for reasons of its own."""
    put_off = and_(OutboxRow.state.in_(OPEN), OutboxRow.error.is_not(None), OutboxRow.op != "file")
    mine = and_(OutboxRow.channel == channel, OutboxRow.place == place, put_off)
    oldest = select(OutboxRow.id, OutboxRow.created_at).where(mine).order_by(OutboxRow.id)
    row = connection.execute(oldest.limit(1)).first()
    return None if row is None else PutOff(*row)


def waiting_since(connection: Connection) -> dict[str, datetime]:
    """Since when the oldest unfinished call of each channel waits."""
    oldest = select(OutboxRow.channel, func.min(OutboxRow.created_at)).where(OutboxRow.state.in_(OPEN))
    return {row[0]: row[1] for row in connection.execute(oldest.group_by(OutboxRow.channel))}


def undelivered(connection: Connection) -> list[CallState]:
    """Calls that failed or may have been sent, oldest first."""
    query = select(*_STATE).where(OutboxRow.state.in_(("failed", "maybe"))).order_by(OutboxRow.id)
    return [CallState(*row) for row in connection.execute(query)]


def unsent_replies(connection: Connection, ticket_id: int) -> int:
    """How many replies in a ticket wait to leave, were refused, or may not have arrived; deleted ones do not count."""
    mine = (ChatMessage.ticket_id == ticket_id, ChatMessage.direction == "out", ChatMessage.author_kind == "staff")
    kept = select(ChatMessage.inbox_id).where(
        *mine, ChatMessage.deleted_at.is_(None), ChatMessage.inbox_id.is_not(None)
    )
    abouts = [f"reply:{number}" for number in connection.scalars(kept)]
    unsent = (OutboxRow.state.in_((*OPEN, "failed", "maybe")), OutboxRow.op.in_(("post", "file")))
    query = select(func.count(OutboxRow.about.distinct())).where(OutboxRow.about.in_(abouts), *unsent)
    return connection.scalar(query) or 0


def told_in(connection: Connection, lane: str, kind: str) -> list[str]:
    """What the posts of a kind (`held`, of `held:12`) in a lane are called, each once."""
    mine = (OutboxRow.lane == lane, OutboxRow.about.like(f"{kind}:%"))
    return [about for about in connection.scalars(select(OutboxRow.about).where(*mine).distinct()) if about]


def move_waiting(
    connection: Connection, channel: str, known: Collection[str], place: str, lane: str | None = None
) -> int:
    """Sends to a place what waits to begin a thread at one that is none of the `known`. Returns how many calls."""
    begins = and_(OutboxRow.channel == channel, OutboxRow.thread.is_(None), OutboxRow.op.in_(("post", "file")))
    # where one that is under way may stand is looked up at its place
    lost = and_(begins, OutboxRow.state.in_(("queued", "failed")), OutboxRow.place.not_in(known))
    mine = lost if lane is None else and_(lost, OutboxRow.lane == lane)
    return connection.execute(update(OutboxRow).where(mine).values(place=place)).rowcount


def count_open(connection: Connection) -> int:
    return connection.scalar(select(func.count()).where(OutboxRow.state.in_(OPEN))) or 0


# --- where things stand -------------------------------------------------------------------------------------------


def record_post(connection: Connection, outbox_id: int, post: PostView, more: Sequence[str] = ()) -> None:
    """Remembers where a call's post stands; of an album also the rest (`more`), which is deleted with it."""
    values = {
        "about": post.about,
        "channel": post.channel,
        "part": post.part,
        "place": post.place,
        "platform_id": post.platform_id,
        "thread": post.thread,
        "outbox_id": outbox_id,
    }
    rest = [
        {**values, "part": _REST + post.part * _MOST_IN_ALBUM + number, "platform_id": platform_id}
        for number, platform_id in enumerate(more)
    ]
    connection.execute(insert(Post), [values, *rest])


def posts_about(connection: Connection, about: str, channel: str) -> list[PostView]:
    """Everything that stands about something on a channel, in order."""
    rows: Sequence[Any] = connection.execute(_post_about(), {"about": about, "channel": channel}).all()
    return [PostView(*row) for row in rows]


def part_of(connection: Connection, about: str, outbox_id: int) -> int:
    """Which part of what it is about a call posts: its place among all calls that post about it."""
    earlier = and_(OutboxRow.about == about, OutboxRow.op.in_(("post", "file")), OutboxRow.id <= outbox_id)
    return connection.scalar(select(func.count()).where(earlier)) or 1


def repoint(connection: Connection, about: str, channel: str, part: int, outbox_id: int) -> None:
    """A post now shows what another call said (an edit)."""
    mine = update(Post).where(Post.about == about, Post.channel == channel, Post.part == part)
    connection.execute(mine.values(outbox_id=outbox_id))


def forget_post(connection: Connection, about: str, channel: str, part: int | None, now: datetime) -> None:
    """A post, or (without a part) all there is about something, was deleted on its platform."""
    mine = and_(Post.about == about, Post.channel == channel, Post.part == part if part else Post.deleted_at.is_(None))
    connection.execute(update(Post).where(mine).values(deleted_at=now))


def find_post(connection: Connection, about: str, channel: str) -> PostView | None:
    """The (first) post about something on a channel."""
    row: Any = connection.execute(_post_about(), {"about": about, "channel": channel}).first()
    return None if row is None else PostView(*row)


def standing_in(connection: Connection, channel: str, thread: str | None) -> frozenset[str]:
    """The platform ids of what stands in a thread."""
    return frozenset(connection.scalars(select(Post.platform_id).where(Post.channel == channel, Post.thread == thread)))


def post_at(connection: Connection, channel: str, place: str, platform_id: str) -> PostView | None:
    """What stands at a place of a platform."""
    at = and_(Post.channel == channel, Post.place == place, Post.platform_id == platform_id)
    row = connection.execute(select(*_POST).where(at)).first()
    return None if row is None else PostView(*row)
