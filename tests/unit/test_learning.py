"""Learning from snapshots: what there is to learn is learnt, the rest is not, and a kept model says the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from crm_store.features import Features
from jobs import learning
from jobs.forecasting import Asked
from jobs.learning import Blend, Learnt, Periods, Snapshot, Spread, learn, measure, steepness

ASKED = Asked("churn", 90, silence=True)
NAMES = ("orders", "days", "recency", "tenure", "days_since_sign_up", "visit_ago", "noise", "season_sin", "season_cos")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def known(seed: int, customers: int = 700) -> Features:
    chance = np.random.default_rng(seed)
    days = chance.integers(1, 12, customers).astype(float)
    tenure = chance.uniform(60, 600, customers)
    recency = np.where(days > 1, tenure * chance.uniform(0, 1, customers), tenure)
    nothing = np.full(customers, np.nan)
    noise, season = chance.normal(size=customers), np.ones(customers)
    columns = [days, days, recency, tenure, nothing, nothing, noise, season, season]
    return Features(NAMES, np.arange(customers), np.stack(columns, axis=1).astype(np.float32))


def snapshot(seed: int, customers: int = 700, level: float = 0.0, at: datetime = NOW) -> Snapshot:
    told = known(seed, customers)
    odds = told.column("recency") / 60 - told.column("days") / 2 + level
    came = np.random.default_rng(seed + 1000).uniform(size=customers) < learning.chance(odds.astype(float))
    return Snapshot(told, came, at)


def periods(customers: int = 700, levels: tuple[float, ...] = (0.0,) * 10) -> Periods:
    """Ten snapshots, thirty days apart, the last one 90 days ago."""
    dates = [NOW - timedelta(days=90 + 30 * ago) for ago in reversed(range(10))]
    *earlier, since, latest = (
        snapshot(seed, customers, level, date) for seed, (level, date) in enumerate(zip(levels, dates, strict=True))
    )
    return Periods(tuple(earlier), (since,), latest)


def shuffled(of: Periods, seed: int) -> Periods:
    chance = np.random.default_rng(seed)

    def mixed(one: Snapshot) -> Snapshot:
        return replace(one, came=chance.permutation(one.came))

    return Periods(tuple(map(mixed, of.earlier)), tuple(map(mixed, of.since)), mixed(of.latest))


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    """What is learnt for the customers of `known(5)`."""
    return learn(ASKED, periods(), known(5), NOW)


def test_what_there_is_to_learn_is_learnt(learnt: Learnt) -> None:
    truth = snapshot(77, 2000)
    assert learnt.chosen is not None
    serves = learnt.candidates[learnt.chosen]
    told = measure(serves.chances(truth.known), truth.came)
    rule = measure(learnt.candidates["rule"].chances(truth.known), truth.came)
    assert told.auc > 0.85
    assert told.brier < rule.brier
    assert {"rule", "logistic", "boosting", "bg_nbd", "blend"} == set(learnt.candidates)


def test_from_shuffled_labels_nothing_is_learnt() -> None:
    truth = snapshot(78, 2000)
    aucs = []
    for seed in range(8):
        learnt = learn(ASKED, shuffled(periods(200), seed), truth.known, NOW)
        aucs += [
            measure(learnt.candidates[name].chances(truth.known), truth.came).auc
            for name in ("logistic", "boosting")
            if name in learnt.candidates
        ]
    assert 0.3 < float(np.mean(aucs)) < 0.7
    assert min(aucs) < 0.5 < max(aucs), "they err to both sides"


@pytest.mark.parametrize("method", ["rule", "logistic", "boosting", "bg_nbd", "blend"])
def test_a_kept_model_says_the_same(method: str, learnt: Learnt) -> None:
    now = known(5)
    served = learnt.candidates[method]
    spread = Spread.of(now.values)
    again, spread_again = learning.read(learning.keep(served, NAMES, spread), NAMES)
    assert again.method == method
    assert again.chances(now).tolist() == served.chances(now).tolist()
    assert again.model.reasons(now).tolist() == served.model.reasons(now).tolist()
    assert spread_again.drift(spread.counted(spread.edges, now.values)).max() < 1e-9


def test_a_model_of_other_features_is_not_used(learnt: Learnt) -> None:
    now = known(5)
    served = learnt.candidates["rule"]
    kept = learning.keep(served, NAMES, Spread.of(now.values))
    with pytest.raises(learning.OtherFeatures):
        learning.read(kept, (*NAMES, "another"))


def test_the_same_snapshots_give_the_same_model(learnt: Learnt) -> None:
    now = known(5)
    second = learn(ASKED, periods(), now, NOW)
    assert learnt.measured == second.measured
    for name, one in learnt.candidates.items():
        assert one.chances(now).tolist() == second.candidates[name].chances(now).tolist()


def test_reasons_add_up_to_the_margin(learnt: Learnt) -> None:
    now = known(5)
    blend = learnt.candidates["blend"].model
    assert isinstance(blend, Blend)
    for part in (*blend.of, blend):
        rest = part.margins(now) - part.reasons(now).sum(axis=1)
        assert np.ptp(rest) < 1e-6, "what is not given as a reason is the same for everybody"


def test_how_many_in_all_follows_the_latest_snapshots_and_those_of_a_year_ago() -> None:
    of = periods(levels=(1.0, 1.0, -1.0, -1.0, -1.0, -1.0, -1.0, 1.0, 1.0, 1.0))
    learnt = learn(ASKED, of, known(5), NOW)
    truth = snapshot(79, 2000, level=1.0)
    pooled = np.mean([one.came.mean() for one in (*of.earlier, *of.since, of.latest)])
    for name in ("logistic", "boosting"):
        said = learnt.candidates[name].chances(truth.known).mean()
        assert pooled + 0.03 < said < truth.came.mean() + 0.05, name


def test_steepness_is_what_margins_lack() -> None:
    chance = np.random.default_rng(0)
    margins = chance.normal(0.5, 1.5, 5000)
    came = chance.uniform(size=5000) < learning.chance(1.4 * margins - 1)
    assert steepness(margins, came) == pytest.approx(1.4, abs=0.1)
    assert steepness(margins[:20], came[:20]) == pytest.approx(1, abs=0.2)


def test_few_examples_are_not_boosted() -> None:
    learnt = learn(ASKED, periods(60), known(5, 60), NOW)
    assert "boosting" not in learnt.candidates


def test_drift_is_seen() -> None:
    then = known(5)
    spread = Spread.of(then.values)
    moved = then.values.copy()
    moved[:, NAMES.index("noise")] += 3
    drift = dict(zip(NAMES, spread.drift(spread.counted(spread.edges, moved)).tolist(), strict=True))
    assert drift["noise"] > 0.25
    assert drift["recency"] < 0.01


def test_everybody_the_same_is_no_lesson() -> None:
    of = periods(60)
    with pytest.raises(ValueError, match="the same"):
        learn(ASKED, replace(of, latest=replace(of.latest, came=np.ones(60, bool))), known(5, 60), NOW)
