"""People the shop knows who never bought: who signed up or looked around, the likeliest to buy first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from crm_store.schema import Customer, CustomerScore, CustomerStats, Visit


@dataclass(frozen=True, slots=True)
class Potential:
    """A potential customer."""

    customer_id: int
    #: the shop's own id
    external_id: str | None
    signed_up_at: datetime | None
    #: the chance of an order in the next 30 days, 0 to 1, and JSON of its reasons; None where it is not known yet
    propensity: float | None
    reasons: str | None


def likeliest(connection: Connection, limit: int) -> list[Potential]:
    """Who signed up or visited and has no order that stands, the highest propensity first, the unknown last."""
    visited = select(Visit.id).where(Visit.customer_id == Customer.id).exists()
    columns = (Customer.id, Customer.external_id, Customer.signed_up_at)
    people = (
        select(*columns, CustomerScore.propensity, CustomerScore.propensity_reasons)
        .join_from(Customer, CustomerStats, CustomerStats.customer_id == Customer.id)
        .outerjoin(CustomerScore, CustomerScore.customer_id == Customer.id)
        .where(
            Customer.merged_into_id.is_(None),
            CustomerStats.orders == 0,
            or_(Customer.signed_up_at.is_not(None), visited),
        )
        # the engines disagree on where NULL belongs
        .order_by(CustomerScore.propensity.is_(None), CustomerScore.propensity.desc(), Customer.id)
    )
    return [Potential(*row) for row in connection.execute(people.limit(limit))]
