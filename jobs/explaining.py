"""Why a model says what it says of a customer, found when somebody looks: by the model that said it, from what was
known then. For everybody it would cost more than the chances do, and few are ever looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from crm_store import forecasts
from crm_store.features import Among, features
from crm_store.forecasts import Kind

if TYPE_CHECKING:
    from jobs.learning import Served


@dataclass(slots=True)
class Explainer:
    """Finds reasons; keeps the model of each kind that it read last."""

    #: ISO 4217 code of the base currency
    currency: str
    _read: dict[str, tuple[int, "Served | None"]] = field(default_factory=dict)

    def __call__(self, connection: Connection, kind: Kind, ids: Sequence[int]) -> Mapping[int, str]:
        """The reasons of these customers (`jobs.reasons`), of those who have a chance. None where what models are made
        with is not installed, or the model was of other features."""
        found: dict[int, str] = {}
        said: dict[datetime, list[int]] = {}
        for key, as_of in forecasts.said_at(connection, kind, ids).items():
            said.setdefault(as_of, []).append(key)
        for as_of, some in said.items():
            found |= self._explained(connection, kind, as_of, some)
        return found

    def _explained(self, connection: Connection, kind: Kind, as_of: datetime, ids: list[int]) -> Mapping[int, str]:
        known = features(connection, as_of, Among(ids=tuple(ids)))
        served = self._model(connection, kind, as_of, known.names)
        if served is None or not len(known.ids):
            return {}
        from jobs.reasons import reasons

        told = reasons(known, served.model.reasons(known), as_of, self.currency)
        return dict(zip(known.ids.tolist(), told, strict=True))

    def _model(self, connection: Connection, kind: Kind, as_of: datetime, names: tuple[str, ...]) -> "Served | None":
        last = forecasts.last_model_id(connection, kind, as_of)
        if last is None:
            return None
        if kind not in self._read or self._read[kind][0] != last:
            self._read[kind] = (last, _opened(connection, kind, as_of, names))
        return self._read[kind][1]


def _opened(connection: Connection, kind: Kind, as_of: datetime, names: tuple[str, ...]) -> "Served | None":
    kept = forecasts.last_model(connection, kind, as_of)
    if kept is None or kept.data is None:
        return None
    try:
        from jobs.learning import OtherFeatures, read
    except ImportError:
        return None
    try:
        return read(kept.data, names)[0]
    except (OtherFeatures, ImportError, OSError):
        return None
