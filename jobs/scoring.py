"""Everything that is computed about customers, in its order: a row a scorer. `shopdesk score` and the clock run it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from crm_store import import_marks
from crm_store.alone import alone
from crm_store.money import Rates
from crm_store.store import Store

#: says how far it is, in a line
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scoring:
    """What a scorer is given. It reads and writes the store in transactions of its own, none of them long."""

    store: Store
    #: nothing later is looked at
    as_of: datetime
    timezone: ZoneInfo
    #: ISO 4217 code of the base currency
    currency: str
    tell: Tell
    #: whether models are fitted anew; else the last one serves, or is fitted where there is none
    train: bool = False
    #: what of a sale is earned, 0 to 1: an expected loss counts this share of it
    margin: float = 1.0
    #: what a unit of other currencies is worth in the base currency
    units: Mapping[str, Decimal] = field(default_factory=dict)
    #: what one scorer read and leaves to the next
    kept: dict[Any, Any] = field(default_factory=dict)

    @property
    def rates(self) -> Rates:
        return Rates(self.currency, self.units)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scorer did."""

    #: customers who have a score now
    scored: int
    #: a sentence for people: what serves, or what is missing and what is used in its place
    said: str


#: scores everybody as of a moment; the same store and moment give the same scores
Scorer = Callable[[Scoring], Outcome]

#: a scorer's module, whose `score` is one; loaded when it is needed, as what it works with is large
SCORERS: Mapping[str, str] = {
    "rfm": "jobs.rfm",
    "churn": "jobs.churn",
    "propensity": "jobs.propensity",
    "value": "jobs.value",
    "recommend": "jobs.recommend",
    "segments": "jobs.segments",
}


class ImportUnderWay(Exception):
    """An import began and has not ended: what is known of customers is half of it."""

    def __init__(self, began: datetime) -> None:
        super().__init__(
            f"the import that began {began:%F %R}Z has not ended: scores wait until it has, or until it is given again"
        )
        self.began = began


def score(work: Scoring, scorers: Mapping[str, Scorer] | None = None) -> dict[str, Outcome]:
    """Runs every scorer, in order; what each did, by its name. Run again after it broke off, it goes on from there.

    `scorers` are run in place of all of `SCORERS`.
    Raises `AlreadyRunning` where another process (or thread) is at it, `ImportUnderWay`, `StoreUnavailable`.
    """
    with alone(work.store.engine, patience=0, work="scores"):
        with work.store.read() as connection:
            began = import_marks.unfinished(connection)
        if began is not None:
            raise ImportUnderWay(began)
        if scorers is None:
            scorers = {name: _scorer(module) for name, module in SCORERS.items()}
        return {name: scorer(work) for name, scorer in scorers.items()}


def _scorer(module: str) -> Scorer:
    scorer: Scorer = import_module(module).score
    return scorer
