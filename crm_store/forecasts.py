"""What models say of customers, kept in `customer_scores`, and the models themselves in `fitted_models`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from crm_store.schema import Customer, CustomerScore, FittedModel, Order
from crm_store.upsert import Columns, upsert

Kind = Literal["churn", "propensity"]

#: the columns of `customer_scores`: the chance, when it was said, why
_COLUMNS: dict[Kind, tuple[str, str, str]] = {
    "churn": ("churn_risk", "churn_as_of", "churn_reasons"),
    "propensity": ("propensity", "propensity_as_of", "propensity_reasons"),
}


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is said of a customer."""

    customer_id: int
    chance: float
    #: JSON: the strongest reasons, each a code with its numbers
    reasons: str


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model as it was kept."""

    id: int
    as_of: datetime
    fitted_at: datetime
    method: str
    #: JSON
    card: str
    #: None where nothing serves
    data: bytes | None


def put_forecasts(connection: Connection, kind: Kind, as_of: datetime, forecasts: Sequence[Forecast]) -> None:
    """Writes what is said of these customers in place of what was said before."""
    if not forecasts:
        return
    columns = _COLUMNS[kind]

    def change(_old: Columns, new: Columns) -> dict[str, ColumnElement[Any]]:
        return {column: new[column] for column in columns}

    rows = [
        {"customer_id": one.customer_id, **dict(zip(columns, (one.chance, as_of, one.reasons), strict=True))}
        for one in forecasts
    ]
    connection.execute(upsert(connection.dialect.name, CustomerScore, ["customer_id"], change), rows)


def forget_forecasts(connection: Connection, kind: Kind, but_of: datetime | None = None) -> None:
    """Takes back what is said of everybody, but for what was said as of a moment."""
    _, said_at, _ = _COLUMNS[kind]
    column: Any = getattr(CustomerScore, said_at)
    stale = column.is_not(None) if but_of is None else or_(column < but_of, column > but_of)
    connection.execute(update(CustomerScore).where(stale).values(dict.fromkeys(_COLUMNS[kind])))


def keep_model(
    connection: Connection, kind: Kind, as_of: datetime, fitted_at: datetime, method: str, card: str, data: bytes | None
) -> int:
    """Keeps a model that was fitted; its id."""
    values = {"kind": kind, "as_of": as_of, "fitted_at": fitted_at, "method": method, "card": card, "data": data}
    key = connection.execute(insert(FittedModel), values).inserted_primary_key
    assert key is not None
    return int(key[0])


def change_card(connection: Connection, model_id: int, card: str) -> None:
    """Writes a model's card anew: what was found out since."""
    connection.execute(update(FittedModel).where(FittedModel.id == model_id).values(card=card))


def last_model(connection: Connection, kind: str, by: datetime | None = None) -> KeptModel | None:
    """The model of a kind that was fitted last, of those that looked at nothing later than `by`."""
    found = select(FittedModel).where(FittedModel.kind == kind).order_by(FittedModel.id.desc()).limit(1)
    if by is not None:
        found = found.where(FittedModel.as_of <= by)
    row = connection.execute(found.with_only_columns(*FittedModel.__table__.c)).one_or_none()
    if row is None:
        return None
    return KeptModel(row.id, row.as_of, row.fitted_at, row.method, row.card, row.data)


def span(connection: Connection, before: datetime) -> tuple[datetime | None, int]:
    """When the first order that counts was placed before a moment (None: there is none), and the last customer's id."""
    first = select(func.min(Order.placed_at)).where(
        Order.placed_at < before, Order.customer_id.is_not(None), Order.status != "cancelled"
    )
    return connection.scalar(first), connection.scalar(select(func.max(Customer.id))) or 0
