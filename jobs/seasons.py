"""How many do what is asked about, more or fewer than their features say, and how that moves from one date to another.

At each snapshot of the past there is a *level*: what has to be added to a model's log odds for as many to do it as did.
What it will be at a later date is foretold by Gaussian process regression (Rasmussen, Williams 2006, chapters 2.2 and
5.4.3) as the sum of three things, each of which is nothing where the snapshots do not show it:

- a drift, which fades with the time since;
- a season, alike at the same time of each year;
- what a young history gets wrong: whoever is seen for the first time seems new, and is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: standard deviations of the three, in log odds
_DRIFT, _SEASON, _YOUTH = 0.5, 0.5, 2.0
#: days in which the drift, and what a young history gets wrong, fade to 1/e
_DRIFT_FADES, _YOUTH_FADES = 365.0, 90.0
_YEAR = 365.25
#: variance of what none of the three explains
_REST = 0.05**2
#: log odds beyond which a level says nothing more
_MOST = 6.0


@dataclass(frozen=True, slots=True)
class Level:
    """The level of one snapshot."""

    #: days since any fixed date, and since the first order of the shop
    day: float
    age: float
    #: log odds, and the variance that is due to the number of customers
    shift: float
    variance: float


def level(margins: Floats, came: NDArray[np.bool_], day: float, age: float) -> Level:
    """The level of a snapshot, from log odds and what came, one a customer."""
    count = (came.sum() + 0.5) / (len(came) + 1) * len(came)
    shift, spread = 0.0, 1.0
    for _ in range(50):
        said = 1 / (1 + np.exp(-np.clip(margins + shift, -30, 30)))
        spread = max(float((said * (1 - said)).sum()), 1e-3)
        step = float(np.clip((count - said.sum()) / spread, -1, 1))
        shift = float(np.clip(shift + step, -_MOST, _MOST))
        if abs(step) < 1e-9:
            break
    return Level(day, age, shift, 1 / spread)


def foretold(levels: Sequence[Level], day: float, age: float) -> float:
    """The level to be expected on a day, in log odds; 0 where nothing is known.

    >>> winters = [Level(day, 400 + day, 1.0 if day % 365 < 60 else 0.0, 0.01) for day in range(0, 720, 30)]
    >>> foretold(winters, 740, 1140) > 0.5 > foretold(winters, 900, 1300)
    True
    """
    if not levels:
        return 0.0
    days = np.array([*(one.day for one in levels), day])
    ages = np.array([*(one.age for one in levels), age])
    alike = _alike(days, ages)
    seen = alike[:-1, :-1] + np.diag([one.variance + _REST for one in levels])
    return float(alike[-1, :-1] @ np.linalg.solve(seen, np.array([one.shift for one in levels])))


def _alike(days: Floats, ages: Floats) -> Floats:
    """The covariance of levels."""
    apart = np.abs(days[:, None] - days)
    drift = _DRIFT**2 * np.exp(-apart / _DRIFT_FADES)
    season = _SEASON**2 * np.exp(-2 * np.sin(np.pi * apart / _YEAR) ** 2)
    # 1 when the first snapshot can be: a history younger than a fade is no younger for it
    youth = _YOUTH * np.exp(-np.maximum(ages - _YOUTH_FADES, 0) / _YOUTH_FADES)
    return np.asarray(drift + season + youth[:, None] * youth)
