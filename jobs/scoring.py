"""Everything that is computed about customers, in its order: a row a scorer. `shopdesk score` and the clock run it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from zoneinfo import ZoneInfo

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
    "churn": "jobs.churn",
    "propensity": "jobs.propensity",
    # after churn: an expected loss is the value by that risk
    "value": "jobs.value",
    "recommend": "jobs.recommend",
}


def score(work: Scoring) -> dict[str, Outcome]:
    """Runs every scorer, in order; what each did, by its name."""
    return {name: _scorer(module)(work) for name, module in SCORERS.items()}


def _scorer(module: str) -> Scorer:
    scorer: Scorer = import_module(module).score
    return scorer
