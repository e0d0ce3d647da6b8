"""What a ticket is promised and how much of it is used: its clocks, which run in the hours the desk is there.

`follow` makes a ticket's clocks agree with the ticket, whatever was done to it: they start, stand still while it waits
for the customer or sleeps, and end. Beside them stands what the customer was told (`promise`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from crm_store.calendar import Calendar
from crm_store.schema import MILLISECOND, ChatMessage, Conversation, Instant, Ticket, TicketTarget

FIRST_REPLY: Final = "first_reply"
NEXT_REPLY: Final = "next_reply"
RESOLUTION: Final = "resolution"
#: the clocks a shop can set
KINDS: Final = (FIRST_REPLY, NEXT_REPLY, RESOLUTION)
#: when the customer was told to expect an answer: no clock of the shop's, and no part of the share met
PROMISE: Final = "promise"
#: how far a breach was carried
TO_NOBODY, TO_ASSIGNEE, TO_CHANNEL, TO_MANAGER = range(4)

#: a reply written longer ago has not arrived for a reason that somebody should look at
_LEAVING = timedelta(minutes=15)
_PRIORITIES = ("low", "normal", "high", "urgent")


@dataclass(frozen=True, slots=True)
class Targets:
    """How much open time each clock has; None where nothing is promised."""

    first_reply: timedelta | None = None
    next_reply: timedelta | None = None
    resolution: timedelta | None = None

    def of(self, kind: str) -> timedelta | None:
        return {FIRST_REPLY: self.first_reply, NEXT_REPLY: self.next_reply, RESOLUTION: self.resolution}[kind]


@dataclass(frozen=True, slots=True)
class Clocked:
    """What the clocks go by of a ticket."""

    id: int
    conversation_id: int | None
    status: str
    priority: str
    team: str | None
    opened_at: datetime
    first_reply_at: datetime | None
    resolved_at: datetime | None
    waiting_since: datetime | None
    merged_into_id: int | None

    @property
    def is_over(self) -> bool:
        return self.status == "resolved" or self.merged_into_id is not None


@dataclass(frozen=True, slots=True)
class TargetView:
    """A clock as it stands."""

    id: int
    ticket_id: int
    kind: str
    started_at: datetime
    #: in open time
    target: timedelta
    used: timedelta
    running_since: datetime | None
    due_at: datetime | None
    warned_at: datetime | None
    breached_at: datetime | None
    escalated: int


@dataclass(frozen=True, slots=True)
class Late:
    """A clock that runs and may want somebody's attention."""

    clock: TargetView
    conversation_id: int
    priority: str
    team: str | None
    assignee: str | None
    assignee_id: int | None
    #: whether an answer is written already, and only has to leave
    is_answered: bool


# --- the ticket's clocks ------------------------------------------------------------------------------------------


def clocked(connection: Connection, ticket_id: int) -> Clocked | None:
    """What the clocks go by of a ticket; None for one without a chat, which nobody can answer."""
    row = connection.execute(_clocked(), {"ticket": ticket_id}).first()
    return None if row is None else Clocked(*row)


@cache
def _clocked() -> Executable:
    columns = (
        Ticket.id, Ticket.conversation_id, Ticket.status, Ticket.priority, Ticket.team, Ticket.opened_at,
        Ticket.first_reply_at, Ticket.resolved_at, Ticket.waiting_since, Ticket.merged_into_id,
    )  # fmt: skip
    return select(*columns).where(Ticket.id == bindparam("ticket"), Ticket.conversation_id.is_not(None))


def clocks_of(connection: Connection, ticket_id: int) -> list[TargetView]:
    """The clocks of a ticket that have not ended, what the customer was told among them."""
    return [_view(row) for row in connection.execute(_open_of(), {"ticket": ticket_id})]


@cache
def _open_of() -> Executable:
    mine = (TicketTarget.ticket_id == bindparam("ticket"), *_is_open())
    return select(*_VIEW).where(*mine).order_by(TicketTarget.id)


def _is_open() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return TicketTarget.met_at.is_(None), TicketTarget.dropped_at.is_(None)


_VIEW = (
    TicketTarget.id,
    TicketTarget.ticket_id,
    TicketTarget.kind,
    TicketTarget.started_at,
    TicketTarget.target,
    TicketTarget.used,
    TicketTarget.running_since,
    TicketTarget.due_at,
    TicketTarget.warned_at,
    TicketTarget.breached_at,
    TicketTarget.escalated,
)


def _view(row: Any) -> TargetView:
    """The first columns of a row, which are those of `_VIEW`."""
    id_, ticket_id, kind, started_at, target, used, *rest = row[: len(_VIEW)]
    return TargetView(id_, ticket_id, kind, started_at, target * MILLISECOND, used * MILLISECOND, *rest)


def follow(
    connection: Connection,
    ticket: Clocked,
    wanted: Targets,
    calendar: Calendar,
    now: datetime,
    answered_at: datetime | None = None,
) -> None:
    """Makes a ticket's clocks agree with it. `answered_at`: when the reply was written that just arrived."""
    known = clocks_of(connection, ticket.id)
    if not known and wanted == Targets():
        return
    change = _Change(connection, ticket, calendar, now, answered_at)
    for told in (clock for clock in known if clock.kind == PROMISE):
        change.promise(told)
    for kind in KINDS:
        clocks = [clock for clock in known if clock.kind == kind]
        change.clock(kind, clocks[-1] if clocks else None, wanted.of(kind))


@dataclass(frozen=True, slots=True)
class _Change:
    connection: Connection
    ticket: Clocked
    calendar: Calendar
    now: datetime
    answered_at: datetime | None

    def promise(self, told: TargetView) -> None:
        waits = self.ticket.waiting_since
        if self.ticket.is_over or waits is None or waits > told.started_at:
            self._end_reply(told, self.answered_at)

    def clock(self, kind: str, clock: TargetView | None, target: timedelta | None) -> None:
        since = self._since(kind)
        if clock is not None and (since is None or (kind == NEXT_REPLY and since > clock.started_at)):
            self._end(clock)
            clock = None
        if clock is None:
            if since is not None and target is not None and self._begins(kind):
                self._start(kind, since, target)
        elif target is None:
            self._write(clock, dropped_at=self.now, running_since=None, due_at=None)
        else:
            self._go_on(clock, target)

    def _since(self, kind: str) -> datetime | None:
        """Since when a clock is to be there; None when it is not."""
        ticket = self.ticket
        if ticket.is_over:
            return None
        match kind:
            case "first_reply":
                return ticket.opened_at if ticket.first_reply_at is None else None
            case "next_reply":
                return ticket.waiting_since if ticket.first_reply_at is not None else None
            case _:
                return ticket.opened_at

    def _begins(self, kind: str) -> bool:
        """Whether a clock that is not there yet starts: nobody waits where staff wrote first."""
        return self.ticket.waiting_since is not None or (kind == RESOLUTION and self._had_one(kind))

    def _runs(self, kind: str) -> bool:
        """Whether a clock runs: not while the customer is to speak, nor while the ticket sleeps."""
        return self.ticket.status == "open" and (kind == RESOLUTION or self.ticket.waiting_since is not None)

    def _start(self, kind: str, since: datetime, target: timedelta) -> None:
        if kind == RESOLUTION and (self.ticket.first_reply_at is not None or self._had_one(kind)):
            since = self.now  # it was opened again, or nobody knows how long it stood still
        runs = self._runs(kind)
        values = {
            "ticket_id": self.ticket.id,
            "kind": kind,
            "started_at": since,
            "target": target // MILLISECOND,
            "running_since": since if runs else None,
            "due_at": self.calendar.after(since, target) if runs else None,
        }
        self.connection.execute(insert(TicketTarget).values(values))

    def _had_one(self, kind: str) -> bool:
        mine = (TicketTarget.ticket_id == self.ticket.id, TicketTarget.kind == kind)
        return self.connection.scalar(select(TicketTarget.id).where(*mine).limit(1)) is not None

    def _go_on(self, clock: TargetView, target: timedelta) -> None:
        values: dict[str, Any] = {} if target == clock.target else {"target": target // MILLISECOND}
        runs = self._runs(clock.kind)
        if runs and (values or clock.running_since is None):
            since = clock.running_since or self.now
            due = self.calendar.after(since, target - clock.used)
            values |= {"running_since": since, "due_at": due}
            if target != clock.target and due > self.now:  # there is more time now: whoever was warned is warned anew
                values |= {"warned_at": None, "breached_at": None, "escalated": TO_NOBODY}
        elif not runs and clock.running_since is not None:
            values |= self._stopped(clock, self.now)
        if values:
            self._write(clock, **values)

    def _stopped(self, clock: TargetView, at: datetime) -> dict[str, Any]:
        """What a clock that no longer runs has used; one that ran out did so, whoever noticed."""
        if clock.running_since is None:
            return {}
        used = clock.used + self.calendar.open_time(clock.running_since, at)
        due, breached = clock.due_at, clock.breached_at
        if due is not None and at > due:
            breached = breached or due
        elif breached == due:  # somebody looked while a reply written in time was on its way
            breached = None
        return {"used": used // MILLISECOND, "running_since": None, "due_at": None, "breached_at": breached}

    def _end(self, clock: TargetView) -> None:
        ticket = self.ticket
        if clock.kind == RESOLUTION:
            resolved = ticket.resolved_at if ticket.merged_into_id is None else None
            ended = {"met_at": resolved} if resolved else {"dropped_at": self.now}
            self._write(clock, **self._stopped(clock, resolved or self.now), **ended)
        else:
            self._end_reply(clock, ticket.first_reply_at if clock.kind == FIRST_REPLY else self.answered_at)

    def _end_reply(self, clock: TargetView, answered_at: datetime | None) -> None:
        """Met by a reply, also by one that is still on its way when its ticket is resolved; else it fell away."""
        at = answered_at or self._replied_since(clock.started_at)
        stopped = {} if clock.kind == PROMISE else self._stopped(clock, at or self.now)
        self._write(clock, **stopped, **({"met_at": at} if at else {"dropped_at": self.now}))

    def _replied_since(self, since: datetime) -> datetime | None:
        written = _replies_to(ChatMessage.ticket_id == self.ticket.id, ChatMessage.created_at >= since)
        return self.connection.scalar(select(func.min(ChatMessage.created_at)).where(written))

    def _write(self, clock: TargetView, **values: Any) -> None:
        self.connection.execute(update(TicketTarget).where(TicketTarget.id == clock.id).values(**values))


def _replies_to(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    by_staff = (ChatMessage.direction == "out", ChatMessage.author_kind == "staff", ChatMessage.deleted_at.is_(None))
    return and_(*which, *by_staff)


# --- what the customer was told -----------------------------------------------------------------------------------


def promise(connection: Connection, ticket_id: int, now: datetime, by: datetime) -> None:
    """The customer was told to expect an answer by a time; what they were told before counts no more."""
    mine = (TicketTarget.ticket_id == ticket_id, TicketTarget.kind == PROMISE, *_is_open())
    connection.execute(update(TicketTarget).where(*mine).values(dropped_at=now))
    told = {"ticket_id": ticket_id, "kind": PROMISE, "started_at": now, "target": 0, "due_at": by}
    connection.execute(insert(TicketTarget).values(told))


def promises_made(connection: Connection, ticket_id: int) -> int:
    """How often the customer was told a time."""
    mine = (TicketTarget.ticket_id == ticket_id, TicketTarget.kind == PROMISE)
    return connection.scalar(select(func.count()).select_from(TicketTarget).where(*mine)) or 0


def slipped(connection: Connection, now: datetime) -> list[Late]:
    """The promises to customers that time has passed by, while no answer is written."""
    passed = (TicketTarget.kind == PROMISE, TicketTarget.breached_at.is_(None), TicketTarget.due_at <= now)
    receives = exists().where(Conversation.id == Ticket.conversation_id, Conversation.blocked_at.is_(None))
    return [one for one in _late(connection, now, *passed, receives) if not one.is_answered]


# --- what is late -------------------------------------------------------------------------------------------------


def late(connection: Connection, now: datetime, warn_until: datetime) -> list[Late]:
    """The clocks that run and have run out, or will before a time and nobody was warned; by conversation."""
    soon = and_(TicketTarget.warned_at.is_(None), TicketTarget.breached_at.is_(None), TicketTarget.due_at <= warn_until)
    out = and_(TicketTarget.escalated < TO_MANAGER, TicketTarget.due_at <= now)
    runs = (TicketTarget.kind.in_(KINDS), TicketTarget.running_since.is_not(None))
    return _late(connection, now, *runs, or_(soon, out))


def is_late(connection: Connection, target_id: int, now: datetime) -> Late | None:
    """One of those again, as it stands once its conversation is the turn's; None when it has ended or stands still."""
    running = or_(TicketTarget.running_since.is_not(None), TicketTarget.kind == PROMISE)
    return next(iter(_late(connection, now, TicketTarget.id == target_id, running)), None)


def _late(connection: Connection, now: datetime, *which: ColumnElement[bool]) -> list[Late]:
    written = _replies_to(
        ChatMessage.ticket_id == Ticket.id,
        ChatMessage.created_at >= TicketTarget.started_at,
        ChatMessage.created_at >= now - _LEAVING,
    )
    answered = and_(TicketTarget.kind != RESOLUTION, exists().where(written)).label("answered")
    columns = (Ticket.conversation_id, Ticket.priority, Ticket.team, Ticket.assignee, Ticket.assignee_id, answered)
    unresolved = (Ticket.status != "resolved", Ticket.merged_into_id.is_(None), Ticket.conversation_id.is_not(None))
    query = select(*_VIEW, *columns).join(Ticket, Ticket.id == TicketTarget.ticket_id)
    query = query.where(*_is_open(), *unresolved, *which).order_by(Ticket.conversation_id, TicketTarget.id)
    return [
        Late(_view(row), row.conversation_id, row.priority, row.team, row.assignee, row.assignee_id, bool(row.answered))
        for row in connection.execute(query)
    ]


def mark(
    connection: Connection,
    target_id: int,
    *,
    warned_at: datetime | None = None,
    breached_at: datetime | None = None,
    escalated: int | None = None,
) -> None:
    """What was done about a clock."""
    said = {"warned_at": warned_at, "breached_at": breached_at, "escalated": escalated}
    values = {name: value for name, value in said.items() if value is not None}
    connection.execute(update(TicketTarget).where(TicketTarget.id == target_id).values(**values))


# --- numbers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """How many clocks of a kind and priority were kept, of how many that came to an end or ran out."""

    kind: str
    priority: str
    kept: int
    of: int

    @property
    def value(self) -> float:
        return self.kept / self.of


def share_met(connection: Connection, since: datetime, until: datetime) -> list[Share]:
    """The share of promises kept, by kind and by the priority the ticket has now; nothing where there were none.

    Counted are clocks *started* in the window (its end is exclusive) that were met or have run out: *kept* is one that
    was met and never ran out. One that still runs, or fell away in time (its ticket was resolved without a reply,
    merged, or lost its promise), is not counted; one that ran out counts as broken whatever became of it.
    What customers were told (`promise`) is not among them.
    """
    kept = and_(TicketTarget.met_at.is_not(None), TicketTarget.breached_at.is_(None))
    counted = or_(TicketTarget.met_at.is_not(None), TicketTarget.breached_at.is_not(None))
    query = (
        select(
            TicketTarget.kind,
            Ticket.priority,
            func.sum(case((kept, 1), else_=0)).label("kept"),
            func.count().label("of"),
        )
        .join(Ticket, Ticket.id == TicketTarget.ticket_id)
        .where(TicketTarget.kind.in_(KINDS), counted)
        .where(TicketTarget.started_at >= since, TicketTarget.started_at < until)
        .group_by(TicketTarget.kind, Ticket.priority)
    )
    shares = [Share(kind, priority, int(met), int(of)) for kind, priority, met, of in connection.execute(query)]
    return sorted(shares, key=lambda share: (KINDS.index(share.kind), -_rank(share.priority)))


def _rank(priority: str) -> int:
    return _PRIORITIES.index(priority) if priority in _PRIORITIES else -1


@dataclass(frozen=True, slots=True)
class Replied:
    """A ticket that got its first answer."""

    priority: str
    opened_at: datetime
    first_reply_at: datetime
    assignee_id: int | None


def replied_lately(connection: Connection, since: datetime, limit: int = 100) -> list[Replied]:
    """The newest tickets opened since a time that were answered."""
    return [Replied(*row) for row in connection.execute(_replied(), {"since": since, "most": limit})]


@cache
def _replied() -> Executable:
    columns = (Ticket.priority, Ticket.opened_at, Ticket.first_reply_at, Ticket.assignee_id)
    mine = (
        Ticket.conversation_id.is_not(None),
        Ticket.first_reply_at.is_not(None),
        # all of them: with it the index of status and time is of use, which finds the newest among a million
        Ticket.status.in_(("open", "pending", "snoozed", "resolved")),
        Ticket.opened_at >= bindparam("since", type_=Instant),
    )
    return select(*columns).where(*mine).order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(bindparam("most"))


def ahead(connection: Connection, priority: str, but: Sequence[int] = ()) -> int:
    """How many tickets wait for an answer that come before a new one of a priority."""
    before = _PRIORITIES[_rank(priority) :] if priority in _PRIORITIES else _PRIORITIES
    waiting = (Ticket.status == "open", Ticket.waiting_since.is_not(None), Ticket.conversation_id.is_not(None))
    query = select(func.count()).select_from(Ticket).where(*waiting, Ticket.priority.in_(before))
    return connection.scalar(query.where(not_(Ticket.id.in_(but))) if but else query) or 0
