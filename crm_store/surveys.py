"""How customers found the service (CSAT): whom to ask, what they said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, exists, func, select, update
from sqlalchemy.orm import aliased

from crm_store.crypto import Cipher
from crm_store.schema import Conversation, Ticket

_COMMENT = "tickets.csat_comment"


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A ticket whose customer was asked how it went."""

    ticket_id: int
    conversation_id: int
    asked_at: datetime
    #: 1 to 5, once it was given
    mark: int | None
    marked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Marks of a period: how many customers were asked, how many gave a mark, and how many gave 4 or 5.

    The CSAT score is `satisfied / marks`, the field's top-two-box definition.
    """

    asked: int
    marks: int
    satisfied: int

    @property
    def score(self) -> float | None:
        """0 to 1; None without a mark."""
        return self.satisfied / self.marks if self.marks else None


def due(connection: Connection, since: datetime, until: datetime, limit: int) -> list[tuple[int, int]]:
    """Tickets to ask about, with their conversations: resolved between two times after a person had answered, never
    asked about, their customer reachable and not in another open ticket. Oldest first."""
    other = aliased(Ticket)
    goes_on = exists().where(other.conversation_id == Ticket.conversation_id, other.status != "resolved")
    query = (
        select(Ticket.id, Ticket.conversation_id)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(
            Ticket.status == "resolved",
            Ticket.resolved_at.between(since, until),
            Ticket.first_reply_at.is_not(None),
            Ticket.csat_asked_at.is_(None),
            Ticket.merged_into_id.is_(None),
            Conversation.blocked_at.is_(None),
            Conversation.muted_until.is_(None),
            ~goes_on,
        )
        .order_by(Ticket.resolved_at, Ticket.id)
        .limit(limit)
    )
    return [(row.id, row.conversation_id) for row in connection.execute(query)]


def asked(connection: Connection, ticket_id: int, now: datetime) -> None:
    connection.execute(update(Ticket).where(Ticket.id == ticket_id).values(csat_asked_at=now))


def marked(connection: Connection, ticket_id: int, mark: int, now: datetime) -> None:
    """The customer's mark, 1 to 5; the newest counts."""
    connection.execute(update(Ticket).where(Ticket.id == ticket_id).values(csat=mark, csat_at=now))


def commented(connection: Connection, cipher: Cipher, ticket_id: int, words: str) -> None:
    values = {"csat_comment_sealed": cipher.seal(_COMMENT, words)}
    connection.execute(update(Ticket).where(Ticket.id == ticket_id).values(values))


def survey(connection: Connection, ticket_id: int) -> SurveyView | None:
    """What a ticket's customer was asked; None where nobody asked."""
    columns = (Ticket.id, Ticket.conversation_id, Ticket.csat_asked_at, Ticket.csat, Ticket.csat_at)
    wanted = and_(Ticket.id == ticket_id, Ticket.csat_asked_at.is_not(None), Ticket.conversation_id.is_not(None))
    row = connection.execute(select(*columns).where(wanted)).first()
    if row is None or row.conversation_id is None or row.csat_asked_at is None:
        return None
    return SurveyView(row.id, row.conversation_id, row.csat_asked_at, row.csat, row.csat_at)


def comment(connection: Connection, cipher: Cipher, ticket_id: int) -> str | None:
    """What the customer said beside the mark."""
    sealed = connection.scalar(select(Ticket.csat_comment_sealed).where(Ticket.id == ticket_id))
    return cipher.open_optional(_COMMENT, sealed)


def satisfaction(connection: Connection, since: datetime, until: datetime) -> Satisfaction:
    """The marks of tickets asked about between two times (the first included)."""
    satisfied = func.sum(case((Ticket.csat >= 4, 1), else_=0))
    period = (Ticket.csat_asked_at >= since, Ticket.csat_asked_at < until)
    counts = select(func.count(), func.count(Ticket.csat_at), satisfied).where(*period)
    all_asked, marks, good = connection.execute(counts).one()
    return Satisfaction(all_asked, marks, int(good or 0))
