"""Who is on duty, and whose turn it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from crm_store.schema import Staff, Ticket
from crm_store.tickets import StaffView


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A colleague on duty."""

    staff: StaffView
    since: datetime
    #: when a ticket was last given to them in turn
    assigned_at: datetime | None
    #: tickets of theirs that are neither resolved nor asleep
    load: int


@dataclass(frozen=True, slots=True)
class Unassigned:
    """An open ticket that is to be somebody's."""

    id: int
    conversation_id: int
    team: str | None


def set_duty(connection: Connection, staff_id: int, since: datetime | None) -> None:
    """The colleague is on duty since a time, or (None) off duty."""
    connection.execute(update(Staff).where(Staff.id == staff_id).values(on_duty_since=since))


def on_duty_since(connection: Connection, staff_id: int) -> datetime | None:
    return connection.scalar(select(Staff.on_duty_since).where(Staff.id == staff_id))


def on_duty(connection: Connection, *, lock: bool = False) -> list[OnDuty]:
    """Everybody on duty, longest first.

    `lock`: until the transaction ends nobody else gives them a ticket. Whoever locks conversations as well does that
    before: turns that open tickets hold theirs already.
    """
    columns = (Staff.id, Staff.channel, Staff.user, Staff.name, Staff.role, Staff.on_duty_since, Staff.assigned_at)
    query = select(*columns).where(Staff.on_duty_since.is_not(None)).order_by(Staff.id)
    rows = connection.execute(query.with_for_update() if lock else query).all()
    if not rows:
        return []
    # counted once they are locked: what another turn gave them a moment ago is among it
    loads = _loads(connection, [row.id for row in rows])
    people = [OnDuty(StaffView(*row[:5]), row.on_duty_since, row.assigned_at, loads.get(row.id, 0)) for row in rows]
    return sorted(people, key=lambda one: (one.since, one.staff.id))


def _loads(connection: Connection, staff_ids: Sequence[int]) -> dict[int, int]:
    theirs = (Ticket.assignee_id.in_(staff_ids), Ticket.status.in_(("open", "pending")))
    query = select(Ticket.assignee_id, func.count()).where(*theirs).group_by(Ticket.assignee_id)
    return {int(staff_id): int(count) for staff_id, count in connection.execute(query) if staff_id is not None}


def give(connection: Connection, ticket_id: int, staff: StaffView | None, now: datetime) -> None:
    """The ticket is now this colleague's, whose turn comes after everybody else's; or (None) nobody's."""
    values = {"assignee": staff.name if staff else None, "assignee_id": staff.id if staff else None}
    connection.execute(update(Ticket).where(Ticket.id == ticket_id).values(**values))
    if staff is not None:
        connection.execute(update(Staff).where(Staff.id == staff.id).values(assigned_at=now))


def unassigned(connection: Connection, limit: int = 50) -> list[Unassigned]:
    """The tickets that wait for an answer and are nobody's, oldest first."""
    return _waiting(connection, Ticket.assignee.is_(None), Ticket.assignee_id.is_(None), limit=limit)


def unanswered_of(connection: Connection, staff_id: int, limit: int = 200) -> list[Unassigned]:
    """A colleague's tickets that wait for an answer, oldest first."""
    return _waiting(connection, Ticket.assignee_id == staff_id, limit=limit)


def _waiting(connection: Connection, *which: object, limit: int) -> list[Unassigned]:
    waiting = (
        Ticket.status == "open",
        Ticket.waiting_since.is_not(None),
        Ticket.conversation_id.is_not(None),
        Ticket.merged_into_id.is_(None),
    )
    query = select(Ticket.id, Ticket.conversation_id, Ticket.team).where(*waiting, *which)  # type: ignore[arg-type]
    rows = connection.execute(query.order_by(Ticket.opened_at, Ticket.id).limit(limit))
    return [Unassigned(int(id_), int(conversation_id or 0), team) for id_, conversation_id, team in rows]
