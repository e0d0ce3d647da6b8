"""How many do it in all: read off snapshots of the past, and foretold."""

import numpy as np
import pytest

from jobs.seasons import Level, foretold, level


def levels(shifts: dict[int, float], born: int = -2000) -> list[Level]:
    return [Level(day, day - born, shift, 0.01) for day, shift in shifts.items()]


def test_with_its_level_as_many_are_said_as_came() -> None:
    chance = np.random.default_rng(0)
    margins, came = chance.normal(size=1000), chance.uniform(size=1000) < 0.8
    found = level(margins, came, 0, 0)
    said = 1 / (1 + np.exp(-margins - found.shift))
    assert said.sum() == pytest.approx(came.sum(), abs=1)
    assert found.variance == pytest.approx(1 / (said * (1 - said)).sum(), rel=1e-6)


@pytest.mark.parametrize("everybody", [True, False])
def test_where_everybody_did_the_same_the_level_is_finite(everybody: bool) -> None:
    found = level(np.linspace(-3, 3, 50), np.full(50, everybody), 0, 0)
    assert 1 < abs(found.shift) <= 6
    assert (found.shift > 0) is everybody


def test_nothing_seen_is_nothing_foretold() -> None:
    assert foretold([], 100, 1000) == 0
    assert foretold(levels(dict.fromkeys(range(0, 360, 30), 0.0)), 450, 2450) == 0


def test_a_drift_fades() -> None:
    seen = levels({0: 0.0, 30: 0.2, 60: 0.4, 90: 0.6})
    soon, later = (foretold(seen, day, day + 2000) for day in (120, 270))
    assert 0.6 > soon > later > 0


def test_a_season_comes_again() -> None:
    year = {day: 0.8 if 300 <= day < 360 else 0.0 for day in range(0, 510, 30)}
    assert foretold(levels(year), 330 + 365, 330 + 365 + 2000) > foretold(levels(year), 600, 2600) + 0.1


def test_few_customers_say_little() -> None:
    sure = [Level(0, 2000, 1.0, 0.001)]
    unsure = [Level(0, 2000, 1.0, 2.0)]
    assert foretold(sure, 90, 2090) > 3 * foretold(unsure, 90, 2090) > 0


def test_what_a_young_history_got_wrong_is_no_season() -> None:
    shifts = {day: -0.8 * np.exp(-day / 90) for day in range(0, 360, 30)}
    young, old = levels(shifts, born=-90), levels(shifts)
    assert abs(foretold(young, 400, 490)) < 0.3 * abs(foretold(old, 400, 2400))
