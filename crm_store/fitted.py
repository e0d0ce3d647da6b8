"""The models that were fitted to the store, as their cards tell of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from crm_store.schema import FittedModel


@dataclass(frozen=True, slots=True)
class Card:
    """What a model says of itself; `card` is JSON."""

    kind: str
    as_of: datetime
    fitted_at: datetime
    method: str
    card: str


def cards(connection: Connection) -> list[Card]:
    """The card of the newest model of each kind."""
    newest = select(func.max(FittedModel.id)).group_by(FittedModel.kind)
    columns = (FittedModel.kind, FittedModel.as_of, FittedModel.fitted_at, FittedModel.method, FittedModel.card)
    found = select(*columns).where(FittedModel.id.in_(newest)).order_by(FittedModel.kind)
    return [Card(*row) for row in connection.execute(found)]
