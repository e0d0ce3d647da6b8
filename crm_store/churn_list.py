"""The customers whose loss would cost most: who they are, what staff do about them, how former lists turned out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, cast, delete, exists, func, insert, or_, select

from crm_store.schema import ChurnListing, ChurnWatch, Conversation, Customer, CustomerScore, Order, Staff
from crm_store.upsert import upsert

#: what a churn risk looks ahead (`metrics`)
HORIZON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A customer who may be lost. `value_base`: expected spend in 12 months, `loss_base`: what of it may be lost, both
    in minor units of the base currency."""

    customer_id: int
    #: the chance, 0 to 1, of no order in the next 90 days
    churn_risk: float
    value_base: int
    loss_base: int
    #: as the scorer wrote them
    reasons: str | None
    #: who of staff looks after the customer
    assignee: str | None


def scored_at(connection: Connection) -> datetime | None:
    """When churn and value were both last computed, the older of the two; None where one of them never was."""
    churn, value = connection.execute(
        select(func.max(CustomerScore.churn_as_of), func.max(CustomerScore.value_as_of))
    ).one()
    return None if churn is None or value is None else min(churn, value)


def at_risk(connection: Connection, now: datetime, limit: int) -> list[AtRisk]:
    """Whose loss would cost most, and whom nobody put aside until later."""
    columns = (
        CustomerScore.customer_id,
        CustomerScore.churn_risk,
        CustomerScore.value_base,
        CustomerScore.loss_base,
        CustomerScore.churn_reasons,
        Staff.name,
    )
    query = (
        select(*columns)
        .join(Customer, Customer.id == CustomerScore.customer_id)
        .outerjoin(ChurnWatch, ChurnWatch.customer_id == CustomerScore.customer_id)
        .outerjoin(Staff, Staff.id == ChurnWatch.assignee_id)
        .where(CustomerScore.loss_base > 0, CustomerScore.churn_risk.is_not(None), Customer.merged_into_id.is_(None))
        .where(or_(ChurnWatch.snoozed_until.is_(None), ChurnWatch.snoozed_until <= now))
        .order_by(CustomerScore.loss_base.desc(), CustomerScore.customer_id)
        .limit(limit)
    )
    return [
        AtRisk(
            row.customer_id, row.churn_risk or 0.0, row.value_base or 0, row.loss_base or 0, row.churn_reasons, row.name
        )
        for row in connection.execute(query)
    ]


def losses(connection: Connection) -> list[tuple[str, int]]:
    """What may be lost of each RFM segment's customers, in minor units of the base currency, the largest first."""
    loss = cast(func.sum(CustomerScore.loss_base), BigInteger).label("loss")
    query = (
        select(CustomerScore.segment, loss)
        .join(Customer, Customer.id == CustomerScore.customer_id)
        .where(CustomerScore.segment.is_not(None), CustomerScore.loss_base > 0, Customer.merged_into_id.is_(None))
        .group_by(CustomerScore.segment)
        .order_by(loss.desc(), CustomerScore.segment)
    )
    return [(row.segment or "", row.loss) for row in connection.execute(query)]


# --- the lists that were posted -----------------------------------------------------------------------------------


def keep(connection: Connection, at: datetime, listed: Sequence[AtRisk]) -> None:
    """Keeps a list as it was posted; of the same time once."""
    connection.execute(delete(ChurnListing).where(ChurnListing.at == at))
    rows = [
        {
            "at": at,
            "rank": rank,
            "customer_id": one.customer_id,
            "churn_risk": one.churn_risk,
            "value_base": one.value_base,
            "loss_base": one.loss_base,
        }
        for rank, one in enumerate(listed, 1)
    ]
    if rows:
        connection.execute(insert(ChurnListing), rows)


def listed(connection: Connection, at: datetime) -> list[int]:
    """The customers of a list, in its order."""
    query = select(ChurnListing.customer_id).where(ChurnListing.at == at).order_by(ChurnListing.rank)
    return list(connection.scalars(query))


def last_before(connection: Connection, at: datetime) -> datetime | None:
    """When the last list before a time was posted."""
    return connection.scalar(select(func.max(ChurnListing.at)).where(ChurnListing.at < at))


def loss_of(connection: Connection, at: datetime) -> int:
    """What a list's customers might have taken with them, in minor units of the base currency."""
    total = cast(func.coalesce(func.sum(ChurnListing.loss_base), 0), BigInteger)
    return connection.scalar(select(total).where(ChurnListing.at == at)) or 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a list turned out so far."""

    at: datetime
    customers: int
    #: who has placed an order since, within 90 days, that is not cancelled
    ordered: int
    #: how many were expected to within 90 days: the sum of 1 - risk
    expected: float


def outcome(connection: Connection, at: datetime, now: datetime) -> Outcome:
    until = min(now, at + HORIZON)
    came = exists().where(
        Order.customer_id == ChurnListing.customer_id,
        Order.status != "cancelled",
        Order.placed_at >= at,
        Order.placed_at < until,
    )
    risks = list(connection.scalars(select(ChurnListing.churn_risk).where(ChurnListing.at == at)))
    ordered = connection.scalar(select(func.count()).select_from(ChurnListing).where(ChurnListing.at == at, came))
    return Outcome(at, len(risks), ordered or 0, sum(1 - risk for risk in risks))


def chat_of(connection: Connection, customer_id: int) -> int | None:
    """The newest conversation in which a customer can be written to; None where there is none."""
    theirs = select(Conversation.id).where(Conversation.customer_id == customer_id, Conversation.blocked_at.is_(None))
    return connection.scalar(theirs.order_by(Conversation.id.desc()).limit(1))


def watch_of(connection: Connection, customer_id: int) -> tuple[str | None, datetime | None]:
    """Who looks after a customer, and until when the customer is on no list."""
    query = (
        select(Staff.name, ChurnWatch.snoozed_until)
        .select_from(ChurnWatch)
        .outerjoin(Staff, Staff.id == ChurnWatch.assignee_id)
        .where(ChurnWatch.customer_id == customer_id)
    )
    row = connection.execute(query).first()
    return (None, None) if row is None else (row[0], row[1])


# --- what staff do about them -------------------------------------------------------------------------------------


def assign(connection: Connection, customer_id: int, staff_id: int | None, actor: str, at: datetime) -> None:
    """Somebody of staff looks after the customer; None: nobody does."""
    statement = upsert(
        connection.dialect.name,
        ChurnWatch,
        ("customer_id",),
        lambda _, new: {"assignee_id": new.assignee_id, "actor": new.actor, "at": new.at},
    )
    connection.execute(statement, {"customer_id": customer_id, "assignee_id": staff_id, "actor": actor, "at": at})


def snooze(connection: Connection, customer_id: int, until: datetime, actor: str, at: datetime) -> None:
    """The customer is left out of the list until a time."""
    statement = upsert(
        connection.dialect.name,
        ChurnWatch,
        ("customer_id",),
        lambda _, new: {"snoozed_until": new.snoozed_until, "actor": new.actor, "at": new.at},
    )
    connection.execute(statement, {"customer_id": customer_id, "snoozed_until": until, "actor": actor, "at": at})
