"""Who has the reply form of a ticket open."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from crm_store.schema import ChatMessage, Composing, Staff
from crm_store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Composer:
    """A colleague with the form open, and since when."""

    staff_id: int
    name: str
    at: datetime


def opened(connection: Connection, ticket_id: int, staff_id: int, now: datetime) -> None:
    """A colleague has the form open from now on."""
    values = {"ticket_id": ticket_id, "staff_id": staff_id, "at": now}
    key = ["ticket_id", "staff_id"]
    connection.execute(upsert(connection.dialect.name, Composing, key, lambda _, new: {"at": new["at"]}), [values])


def closed(connection: Connection, ticket_id: int, staff_id: int) -> None:
    """A colleague has sent the form in."""
    connection.execute(delete(Composing).where(Composing.ticket_id == ticket_id, Composing.staff_id == staff_id))


def who(connection: Connection, ticket_id: int, since: datetime) -> tuple[Composer, ...]:
    """Who opened the form since a time and did not send it in, the first one first."""
    open_now = (
        select(Composing.staff_id, Staff.name, Composing.at)
        .join(Staff, Staff.id == Composing.staff_id)
        .where(Composing.ticket_id == ticket_id, Composing.at > since)
        .order_by(Composing.at, Composing.staff_id)
    )
    return tuple(Composer(*row) for row in connection.execute(open_now))


def since(connection: Connection, ticket_id: int, staff_id: int) -> datetime | None:
    """Since when a colleague has the form open."""
    at: datetime | None = connection.scalar(
        select(Composing.at).where(Composing.ticket_id == ticket_id, Composing.staff_id == staff_id)
    )
    return at


def answers_since(connection: Connection, ticket_id: int, staff_id: int, since: datetime) -> tuple[Composer, ...]:
    """Who else answered the customer of a ticket since a time, and when, the first answer first."""
    others = (
        select(Staff.id, Staff.name, ChatMessage.created_at)
        .join(Staff, Staff.id == ChatMessage.author_id)
        .where(
            ChatMessage.ticket_id == ticket_id,
            ChatMessage.direction == "out",
            ChatMessage.author_kind == "staff",
            ChatMessage.author_id != staff_id,
            ChatMessage.deleted_at.is_(None),
            ChatMessage.created_at > since,
        )
        .order_by(ChatMessage.id)
    )
    return tuple(Composer(*row) for row in connection.execute(others))
