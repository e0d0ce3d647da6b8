"""The labels of a ticket: staff's own, and those the desk puts on it."""

from sqlalchemy import Connection, delete, select

from crm_store.schema import TicketTag
from crm_store.upsert import upsert

#: characters of a tag
LONGEST = 64
#: the label of a ticket whose customer became abusive
ABUSE = "abuse"


def add(connection: Connection, ticket_id: int, tag: str) -> None:
    """The ticket carries the tag, whether or not it did before."""
    statement = upsert(connection.dialect.name, TicketTag, ["ticket_id", "tag"], lambda old, _: {"tag": old["tag"]})
    connection.execute(statement, [{"ticket_id": ticket_id, "tag": tag[:LONGEST]}])


def remove(connection: Connection, ticket_id: int, tag: str) -> bool:
    """The ticket does not carry the tag; whether it did before."""
    mine = (TicketTag.ticket_id == ticket_id, TicketTag.tag == tag[:LONGEST])
    return connection.execute(delete(TicketTag).where(*mine)).rowcount > 0


def of(connection: Connection, ticket_id: int) -> tuple[str, ...]:
    """The tags of a ticket, by the alphabet."""
    return tuple(sorted(connection.scalars(select(TicketTag.tag).where(TicketTag.ticket_id == ticket_id))))
