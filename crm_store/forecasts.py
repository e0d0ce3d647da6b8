"""What models say of customers, kept in `customer_scores`, and the models themselves in `fitted_models`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, Connection, func, insert, literal, literal_column, null, or_, select, true, update

from crm_store.schema import Customer, CustomerScore, FittedModel, Instant, Order, RfmScale, to_ms
from crm_store.upsert import Columns, upsert

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["churn", "propensity"]

#: the columns of `customer_scores`: the chance, when it was said, why
_COLUMNS: dict[Kind, tuple[str, str, str]] = {
    "churn": ("churn_risk", "churn_as_of", "churn_reasons"),
    "propensity": ("propensity", "propensity_as_of", "propensity_reasons"),
}


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


def put_forecasts(
    connection: Connection, kind: Kind, as_of: datetime, ids: "NDArray[np.int64]", chances: "NDArray[np.float64]"
) -> None:
    """Writes what is said of these customers in place of what was said before, reasons too: those of now are found when
    they are asked for."""
    if not len(ids):
        return
    chance, said_at, reasons = _COLUMNS[kind]

    def change(_old: Columns, new: Columns) -> dict[str, ColumnElement[Any]]:
        return {chance: new[chance], said_at: new[said_at], reasons: null()}

    keys = ["customer_id", chance, said_at]
    if connection.dialect.name == "postgresql":
        # one statement that is given two arrays, as text: its driver would send row by row
        arrays: Any = func.unnest(_array(ids, "bigint[]"), _array(chances, "float8[]"))
        rows = arrays.table_valued("customer", "chance").render_derived()
        given = select(rows.c.customer, rows.c.chance, literal(as_of, Instant)).where(true())
        connection.execute(upsert("postgresql", CustomerScore, ["customer_id"], change, (keys, given)))
        return
    statement = upsert(connection.dialect.name, CustomerScore, ["customer_id"], change)
    said = zip(ids.tolist(), chances.tolist(), strict=True)
    if connection.dialect.name == "sqlite":
        # past SQLAlchemy, which would look at every value of a million rows
        sql, at = str(statement.compile(connection, column_keys=keys)), to_ms(as_of)
        connection.exec_driver_sql(sql, [(key, one, at) for key, one in said])
        return
    connection.execute(statement, [{"customer_id": key, chance: one, said_at: as_of} for key, one in said])


def _array(values: "NDArray[Any]", kind: str) -> ColumnElement[Any]:
    return literal_column(f"'{{{','.join(map(repr, values.tolist()))}}}'::{kind}")


def forget_forecasts(connection: Connection, kind: Kind, but_of: datetime | None = None) -> None:
    """Takes back what is said of everybody, but for what was said as of a moment."""
    _, said_at, _ = _COLUMNS[kind]
    column: Any = getattr(CustomerScore, said_at)
    stale = column.is_not(None) if but_of is None else or_(column < but_of, column > but_of)
    connection.execute(update(CustomerScore).where(stale).values(dict.fromkeys(_COLUMNS[kind])))


def ages(connection: Connection) -> dict[str, datetime]:
    """As of when customers were scored last, by what was scored; what never was is left out."""
    columns = {
        "rfm": RfmScale.as_of,
        "churn": CustomerScore.churn_as_of,
        "propensity": CustomerScore.propensity_as_of,
        "value": CustomerScore.value_as_of,
    }
    newest = (select(func.max(column)).scalar_subquery() for column in columns.values())
    found = connection.execute(select(*newest)).one()
    return {name: at for name, at in zip(columns, found, strict=True) if at is not None}


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


def last_model_id(connection: Connection, kind: Kind, by: datetime) -> int | None:
    """The key of that model."""
    found = select(FittedModel.id).where(FittedModel.kind == kind, FittedModel.as_of <= by)
    return connection.scalar(found.order_by(FittedModel.id.desc()).limit(1))


def said_at(connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[int, datetime]:
    """When something was said of these customers last, of those of whom it was."""
    column: Any = getattr(CustomerScore, _COLUMNS[kind][1])
    found = select(CustomerScore.customer_id, column).where(CustomerScore.customer_id.in_(ids), column.is_not(None))
    return {row[0]: row[1] for row in connection.execute(found)}


def span(connection: Connection, before: datetime) -> tuple[datetime | None, int]:
    """When the first order that counts was placed before a moment (None: there is none), and the last customer's id."""
    first = select(func.min(Order.placed_at)).where(
        Order.placed_at < before, Order.customer_id.is_not(None), Order.status != "cancelled"
    )
    return connection.scalar(first), connection.scalar(select(func.max(Customer.id))) or 0
