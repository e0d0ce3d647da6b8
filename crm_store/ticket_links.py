"""Tickets that have to do with each other."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, delete, or_, select

from crm_store.schema import TicketLink
from crm_store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Link:
    """The ticket on the other side, and what the two have to do with each other: related, split."""

    ticket_id: int
    kind: str


def add(connection: Connection, one: int, other: int, kind: str = "related") -> None:
    """Links two tickets, whether or not they were; how they were linked first stands."""
    statement = upsert(
        connection.dialect.name, TicketLink, ["ticket_id", "other_id"], lambda old, _: {"kind": old["kind"]}
    )
    connection.execute(statement, [{"ticket_id": min(one, other), "other_id": max(one, other), "kind": kind}])


def remove(connection: Connection, one: int, other: int) -> None:
    """The two have nothing to do with each other."""
    connection.execute(delete(TicketLink).where(_between(one, other)))


def _between(one: int, other: int) -> ColumnElement[bool]:
    return and_(TicketLink.ticket_id == min(one, other), TicketLink.other_id == max(one, other))


def of(connection: Connection, ticket_id: int) -> tuple[Link, ...]:
    """The tickets a ticket is linked to, by number."""
    other = case((TicketLink.ticket_id == ticket_id, TicketLink.other_id), else_=TicketLink.ticket_id)
    mine = or_(TicketLink.ticket_id == ticket_id, TicketLink.other_id == ticket_id)
    rows = connection.execute(select(other, TicketLink.kind).where(mine))
    return tuple(sorted((Link(*row) for row in rows), key=lambda link: link.ticket_id))
