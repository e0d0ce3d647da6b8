"""Learning from snapshots of the past whether a customer orders: candidates, how each did, and which serves.

A candidate is fitted to earlier snapshots and says a margin, the log odds of what is asked about. `learn` measures all
of them on the latest snapshot whose outcome is known, after fitting them to what had an outcome by then. How many do
it in all is foretold from the levels of the snapshots (`jobs.seasons`), how sure a candidate may be is read off the
latest. Of those that beat the rule there, the one with the least Brier score serves, the level taken out of it; the
blend serves where it is as good to `_AS_GOOD`, for it errs less from one season to the next. All are fitted anew to
everything that has an outcome.

The same snapshots give the same model: one thread, fixed seeds.
"""

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crm_store.features import Features
from jobs import bg_nbd, seasons

if TYPE_CHECKING:
    from jobs.forecasting import Asked

Floats = NDArray[np.float64]

#: what the rule looks at
_RULE = ("recency", "days_since_sign_up", "visit_ago")
#: a year or less of snapshots has not seen a season come again
_SEASON = ("season_sin", "season_cos")
#: fewer examples teach boosting noise
_BOOSTED_FROM = 4000
#: inverse strength of the penalty for the rule's three numbers
_RULE_PENALTY = 1.0
_CLIP = 1e-6
#: boosting fits with one, for the same model every time; what it says is the same with several
_THREADS = 2
#: a difference in Brier score that says nothing of the next season
_AS_GOOD = 0.003
#: how far from 1 the slope of margins is expected to lie: standard deviation
_SLOPE_APART = 0.15
#: bins of calibration and of drift
BINS = 10


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was known at a moment, and what came: (customers,) True where what is asked about happened."""

    known: Features
    came: NDArray[np.bool_]
    at: datetime


class Candidate(Protocol):
    """A fitted model."""

    def margins(self, known: Features) -> Floats:
        """Log odds, one a customer; NaN for whom it cannot say anything about."""

    def reasons(self, known: Features) -> Floats:
        """(customers, features): what each feature adds to the margin of an average customer."""

    def kept(self) -> dict[str, NDArray[Any]]:
        """Itself as arrays."""


# --- candidates ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Logistic:
    """Logistic regression on logarithms, standardised, with a column for what is missing."""

    columns: NDArray[np.int64]
    middles: Floats
    #: which of the columns have a missing indicator
    gaps: NDArray[np.int64]
    means: Floats
    scales: Floats
    weights: Floats
    level: Floats

    @classmethod
    def fit(
        cls, values: NDArray[np.float32], came: NDArray[np.bool_], columns: Sequence[int], penalty: float
    ) -> "Logistic":
        """Fits it to (customers, features) and what came. `penalty` is the inverse strength."""
        from sklearn.linear_model import LogisticRegression

        chosen = np.array(columns, np.int64)
        logs = _logs(values[:, chosen])
        missing = np.isnan(logs)
        told = ~missing.all(axis=0)
        middles = np.zeros(len(chosen))
        middles[told] = np.nanmedian(logs[:, told], axis=0)
        share = missing.mean(axis=0)
        gaps = np.flatnonzero((share > 0.01) & (share < 0.99))
        inputs = _inputs(logs, middles, gaps)
        means, scales = inputs.mean(axis=0), inputs.std(axis=0)
        scales[scales < 1e-9] = 1
        model = LogisticRegression(C=penalty, max_iter=1000).fit((inputs - means) / scales, came)
        return cls(chosen, middles, gaps, means, scales, model.coef_[0], np.array(model.intercept_))

    def margins(self, known: Features) -> Floats:
        return np.asarray(self._standard(known) @ self.weights + self.level[0])

    def reasons(self, known: Features) -> Floats:
        added = self._standard(known) * self.weights
        shares = np.zeros(known.values.shape)
        shares[:, self.columns] = added[:, : len(self.columns)]
        shares[:, self.columns[self.gaps]] += added[:, len(self.columns) :]
        return shares

    def kept(self) -> dict[str, NDArray[Any]]:
        return {name: getattr(self, name) for name in self.__slots__}

    def _standard(self, known: Features) -> Floats:
        inputs = _inputs(_logs(known.values[:, self.columns]), self.middles, self.gaps)
        return np.asarray((inputs - self.means) / self.scales)


def _logs(values: NDArray[np.float32]) -> Floats:
    wide = values.astype(np.float64)
    return np.asarray(np.sign(wide) * np.log1p(np.abs(wide)))


def _inputs(logs: Floats, middles: Floats, gaps: NDArray[np.int64]) -> Floats:
    missing = np.isnan(logs)
    return np.hstack([np.where(missing, middles, logs), missing[:, gaps]])


@dataclass(frozen=True, slots=True)
class Boosting:
    """Gradient boosting (LightGBM: Ke and others 2017), kept as its own text."""

    columns: NDArray[np.int64]
    booster: Any

    @classmethod
    def fit(cls, values: NDArray[np.float32], came: NDArray[np.bool_], columns: Sequence[int]) -> "Boosting":
        """Fits it to (customers, features) and what came."""
        import lightgbm

        settings = {
            "objective": "binary",
            "learning_rate": 0.027,
            "num_leaves": 6,
            # thresholds drawn at random: trees that differ more err less together
            "extra_trees": True,
            "min_data_in_leaf": 200,
            "lambda_l2": 5.0,
            "feature_fraction": 0.2,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "seed": 0,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
        }
        chosen = np.array(columns, np.int64)
        data = lightgbm.Dataset(values[:, chosen], came.astype(np.float32), params={"verbosity": -1})
        return cls(chosen, lightgbm.train(settings, data, num_boost_round=300))

    def margins(self, known: Features) -> Floats:
        values = known.values[:, self.columns]
        return np.asarray(self.booster.predict(values, raw_score=True, num_threads=_THREADS), np.float64)

    def reasons(self, known: Features) -> Floats:
        """Exact Shapley values (TreeSHAP: Lundberg, Erion, Lee 2018)."""
        shares = np.zeros(known.values.shape)
        added = self.booster.predict(known.values[:, self.columns], pred_contrib=True, num_threads=1)
        shares[:, self.columns] = np.asarray(added)[:, :-1]
        return shares

    def kept(self) -> dict[str, NDArray[Any]]:
        text = self.booster.model_to_string().encode()
        return {"columns": self.columns, "text": np.frombuffer(text, np.uint8)}

    @classmethod
    def of(cls, kept: Mapping[str, NDArray[Any]]) -> "Boosting":
        """One that was kept."""
        import lightgbm

        text = kept["text"].tobytes().decode()
        return cls(kept["columns"], lightgbm.Booster(model_str=text))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """BG/NBD: the chance of no order, from how many orders there were and when. Knows nothing of who never bought."""

    #: r, alpha, a, b; days ahead; 1 where no order is asked for, -1 where one is; the middle buyer's repeat orders,
    #: days of silence and days since the first order
    numbers: Floats

    @classmethod
    def fit(cls, known: Features, asked: "Asked") -> "Rhythm":
        """Fits it to what was known: it needs no outcomes. Raises `bg_nbd.TooFewRepeats`."""
        repeats, last, age = _rhythm(known)
        model = bg_nbd.fit(repeats, last, age)
        middle = [float(np.median(one)) for one in (repeats, age - last, age)]
        sign = 1 if asked.silence else -1
        return cls(np.array([model.r, model.alpha, model.a, model.b, asked.days, sign, *middle]))

    def margins(self, known: Features) -> Floats:
        margins = np.full(len(known.ids), np.nan)
        repeats, last, age = _rhythm(known)
        margins[known.column("orders") > 0] = self._margin(repeats, age - last, age)
        return margins

    def reasons(self, known: Features) -> Floats:
        """Exact Shapley values of its three inputs, against the middle buyer."""
        repeats, last, age = _rhythm(known)
        own = (repeats, age - last, age)
        said: dict[frozenset[int], Floats] = {}
        for subset in (frozenset(those) for size in range(4) for those in combinations(range(3), size)):
            inputs = [own[one] if one in subset else np.full(len(age), self.numbers[6 + one]) for one in range(3)]
            said[subset] = self._margin(*inputs)
        shares = np.zeros(known.values.shape)
        bought = known.column("orders") > 0
        for one, feature in enumerate(("days", "recency", "tenure")):
            added = np.zeros(len(age))
            for subset, margin in said.items():
                if one not in subset:
                    weight = 1 / 6 if len(subset) == 1 else 1 / 3
                    added += weight * (said[subset | {one}] - margin)
            shares[bought, known.names.index(feature)] = added
        return shares

    def kept(self) -> dict[str, NDArray[Any]]:
        return {"numbers": self.numbers}

    def _margin(self, repeats: Floats, silence: Floats, age: Floats) -> Floats:
        r, alpha, a, b, days, sign = self.numbers[:6]
        came_back = repeats > 0
        last = np.where(came_back, np.clip(age - silence, np.minimum(1.0, age), age), 0.0)
        chance_ = bg_nbd.BgNbd(r, alpha, a, b).p_no_order(repeats, last, age, float(days))
        return np.asarray(sign * log_odds(chance_))


def _rhythm(known: Features) -> tuple[Floats, Floats, Floats]:
    """Repeat orders (those of a day are one), days from the first to the last, days since the first: of buyers."""
    bought = known.column("orders") > 0
    days, tenure, recency = (known.column(name)[bought].astype(np.float64) for name in ("days", "tenure", "recency"))
    repeats, age = days - 1, np.floor(tenure) + 1
    last = np.clip(np.round(tenure - recency), np.where(repeats > 0, 1.0, 0.0), age)
    return repeats, np.where(repeats > 0, last, 0.0), age


@dataclass(frozen=True, slots=True)
class Blend:
    """The mean of what others say, of those who can say anything."""

    of: tuple[Candidate, ...]

    def margins(self, known: Features) -> Floats:
        return np.asarray(np.nanmean(np.stack([one.margins(known) for one in self.of]), axis=0))

    def reasons(self, known: Features) -> Floats:
        return np.asarray(np.mean([one.reasons(known) for one in self.of], axis=0))

    def kept(self) -> dict[str, NDArray[Any]]:
        return {}


def log_odds(chance: Floats) -> Floats:
    """Log odds of a chance, within bounds."""
    within = np.clip(chance, _CLIP, 1 - _CLIP)
    return np.asarray(np.log(within / (1 - within)))


def chance(margins: Floats) -> Floats:
    """The chance of log odds."""
    from scipy.special import expit

    return np.asarray(expit(margins), np.float64)


# --- all of them ---------------------------------------------------------------------------------------------------


def fit_all(asked: "Asked", past: Sequence[Snapshot], now: Features) -> dict[str, Candidate]:
    """The candidates that can be fitted to snapshots of the past; `now` is what is known when they are to speak.

    The rule is always there. Raises ValueError where what came was the same for everybody.
    """
    values = np.concatenate([one.known.values for one in past])
    came = np.concatenate([one.came for one in past])
    if came.all() or not came.any():
        raise ValueError("everybody did the same")
    names = past[0].known.names
    usable = [number for number in _varied(values) if names[number] not in _SEASON]
    rule = [names.index(name) for name in _RULE]
    fitted: dict[str, Candidate] = {
        "rule": Logistic.fit(values, came, [one for one in rule if one in usable] or rule, _RULE_PENALTY)
    }
    if usable:
        fitted["logistic"] = Logistic.fit(values, came, usable, _penalty(len(came)))
    if len(came) >= _BOOSTED_FROM and usable:
        # where its library, or what that needs of the system, is missing, the others serve
        with suppress(ImportError, OSError):
            fitted["boosting"] = Boosting.fit(values, came, usable)
    try:
        rhythm = Rhythm.fit(now, asked)
    except (bg_nbd.TooFewRepeats, ValueError):
        rhythm = None
    parts = [fitted[name] for name in ("logistic", "boosting") if name in fitted]
    if rhythm is not None:
        parts.append(rhythm)
        if asked.silence:
            fitted["bg_nbd"] = rhythm
    if len(parts) > 1 and "logistic" in fitted:
        fitted["blend"] = Blend(tuple(parts))
    return fitted


def _penalty(rows: int) -> float:
    """Inverse strength for so many rows. They are of the same customers again and again, so it need not grow with
    them: on earlier cut-offs 0.001 was best of what a few hundred customers teach, 0.0003 of what thousands do."""
    return min(max(20 / rows, 0.0003), 0.001)


def _varied(values: NDArray[np.float32]) -> list[int]:
    """The columns that say more than one thing."""
    filled = np.nan_to_num(values, nan=-1e30)
    return [int(number) for number in np.flatnonzero(filled.max(axis=0) > filled.min(axis=0))]


@dataclass(frozen=True, slots=True)
class Measured:
    """How a candidate did on people it was not fitted to."""

    auc: float
    #: average precision
    pr_auc: float
    #: how many times more often it came among the tenth it named first than among all
    lift: float
    brier: float
    #: the same as if as many had been foretold in all as did: what is the candidate's own, and not a season's
    brier_level: float
    #: of each tenth by the chance said: the mean chance, the share that came
    bins: tuple[tuple[float, float], ...]


def measure(said: Floats, came: NDArray[np.bool_]) -> Measured:
    """Measures chances against what came."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    order = np.argsort(said, kind="stable")
    tenths = [part for part in np.array_split(order, BINS) if len(part)]
    return Measured(
        auc=float(roc_auc_score(came, said)),
        pr_auc=float(average_precision_score(came, said)),
        lift=float(came[tenths[-1]].mean() / came.mean()),
        brier=float(np.mean((said - came) ** 2)),
        brier_level=_brier_level(said, came),
        bins=tuple((float(said[part].mean()), float(came[part].mean())) for part in tenths),
    )


def _brier_level(said: Floats, came: NDArray[np.bool_]) -> float:
    margins = log_odds(said)
    return float(np.mean((chance(margins + seasons.level(margins, came, 0, 0).shift) - came) ** 2))


@dataclass(frozen=True, slots=True)
class Served:
    """What serves: a candidate and its level."""

    method: str
    model: Candidate
    #: multiplies margins, is added to them
    level: tuple[float, float]

    def chances(self, known: Features) -> Floats:
        """The chance of what is asked about, one a customer."""
        slope, shift = self.level
        return chance(slope * self.model.margins(known) + shift)


def steepness(margins: Floats, came: NDArray[np.bool_]) -> float:
    """How far margins are to be stretched to fit what came: Platt's slope (1999), drawn to 1 where customers are few.

    His shift is found beside it and left out: it is that of a season.
    """
    apart = margins - margins.mean()
    found = np.array([1.0, 0.0])
    for _ in range(25):
        said = chance(found[0] * apart + found[1])
        inputs = np.stack([apart, np.ones_like(apart)])
        slopes = inputs @ (came - said) - [(found[0] - 1) / _SLOPE_APART**2, found[1] / 100]
        bends = (inputs * (said * (1 - said))) @ inputs.T + np.diag([_SLOPE_APART**-2, 0.01])
        found += np.clip(np.linalg.solve(bends, slopes), -1, 1)
    return float(np.clip(found[0], 0.5, 2.0))


@dataclass(frozen=True, slots=True)
class Periods:
    """Snapshots in the order of their time."""

    #: what came of them was known at `latest`
    earlier: tuple[Snapshot, ...]
    #: after them, what came of them was not known by `latest`
    since: tuple[Snapshot, ...]
    latest: Snapshot


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of learning."""

    #: every candidate, as it would serve
    candidates: Mapping[str, Served]
    measured: Mapping[str, Measured]
    #: None: worse than the rule
    chosen: str | None


def learn(asked: "Asked", periods: Periods, now: Features, as_of: datetime) -> Learnt:
    """Fits, measures and chooses; `now` is what is known as of when it is to serve.

    Raises ValueError where everybody did the same in one of the periods.
    """
    latest = periods.latest
    if latest.came.all() or not latest.came.any():
        raise ValueError("everybody did the same")
    tried = _set(asked, periods.earlier, latest.known, latest.at, {})
    measured = {name: measure(one.chances(latest.known), latest.came) for name, one in tried.items()}
    slopes = {name: steepness(log_odds(one.chances(latest.known)), latest.came) for name, one in tried.items()}
    everything = [*periods.earlier, *periods.since, latest]
    fitted = _set(asked, everything, now, as_of, slopes)
    candidates = {name: one for name, one in fitted.items() if name in measured}
    return Learnt(candidates, measured, _chosen(measured))


def _chosen(measured: Mapping[str, Measured]) -> str | None:
    """The best of those that beat the rule as they are: by what is left when the season's level is taken out."""
    beat = {name: one.brier_level for name, one in measured.items() if one.brier < measured["rule"].brier}
    if not beat:
        return None
    best = min(beat, key=lambda name: (beat[name], name))
    return "blend" if beat.get("blend", 1.0) <= beat[best] + _AS_GOOD else best


def _set(
    asked: "Asked", past: Sequence[Snapshot], now: Features, as_of: datetime, slopes: Mapping[str, float]
) -> dict[str, Served]:
    """The candidates that can be fitted to the past, as they would serve as of a moment."""
    served = {}
    for name, model in fit_all(asked, past, now).items():
        margins = [model.margins(one.known) for one in past]
        slope = slopes.get(name, 1.0)
        # margins are stretched around their middle, so that in all as many do it as before
        middle = (1 - slope) * float(np.mean([one.mean() for one in margins]))
        levels = [
            seasons.level(slope * own + middle, one.came, _day(one.at), _age(one.known))
            for own, one in zip(margins, past, strict=True)
        ]
        served[name] = Served(name, model, (slope, middle + seasons.foretold(levels, _day(as_of), _age(now))))
    return served


def _day(at: datetime) -> float:
    return at.timestamp() / 86_400


def _age(known: Features) -> float:
    """Days since the first order of anybody."""
    return float(np.nan_to_num(known.column("tenure")).max(initial=0))


# --- kept without pickle: arrays, and text in arrays ----------------------------------------------------------------

_KINDS: dict[str, Any] = {"logistic": Logistic, "boosting": Boosting, "rhythm": Rhythm}


class OtherFeatures(Exception):
    """A kept model was fitted to other features than there are now: it has to be fitted anew."""


def keep(served: Served, names: Sequence[str], seen: "Spread") -> bytes:
    """A model as bytes: numpy's own format, which runs nothing when it is read."""
    parts = served.model.of if isinstance(served.model, Blend) else (served.model,)
    kinds = [next(kind for kind, cls in _KINDS.items() if isinstance(part, cls)) for part in parts]
    head = {"method": served.method, "level": served.level, "kinds": kinds, "names": list(names)}
    arrays: dict[str, Any] = {
        f"{number}.{name}": array for number, part in enumerate(parts) for name, array in part.kept().items()
    }
    arrays |= {"head": np.frombuffer(json.dumps(head).encode(), np.uint8), "edges": seen.edges, "shares": seen.shares}
    written = io.BytesIO()
    np.savez_compressed(written, **arrays)
    return written.getvalue()


def read(kept: bytes, names: Sequence[str]) -> "tuple[Served, Spread]":
    """A model that was kept, and how its features were spread. Raises `OtherFeatures`."""
    with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
        head = json.loads(arrays["head"].tobytes())
        if head["names"] != list(names):
            raise OtherFeatures
        parts: list[Candidate] = []
        for number, kind in enumerate(head["kinds"]):
            own = {name.split(".", 1)[1]: arrays[name] for name in arrays.files if name.startswith(f"{number}.")}
            parts.append(Boosting.of(own) if kind == "boosting" else _KINDS[kind](**own))
        model = parts[0] if len(parts) == 1 else Blend(tuple(parts))
        served = Served(head["method"], model, (head["level"][0], head["level"][1]))
        return served, Spread(arrays["edges"], arrays["shares"])


# --- drift ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spread:
    """How features are spread: (features, BINS - 1) edges, and (features, BINS + 1) shares, the last of what is NaN."""

    edges: Floats
    shares: Floats

    @classmethod
    def of(cls, values: NDArray[np.float32]) -> "Spread":
        """Of (customers, features)."""
        edges = np.full((values.shape[1], BINS - 1), np.inf)
        for number, column in enumerate(values.T):
            told = column[~np.isnan(column)]
            if len(told):
                edges[number] = np.quantile(told, np.arange(1, BINS) / BINS)
        return cls(edges, cls.counted(edges, values) / max(len(values), 1))

    @staticmethod
    def counted(edges: Floats, values: NDArray[np.float32]) -> Floats:
        """How many of the values lie in each bin, by feature."""
        counts = np.zeros((len(edges), BINS + 1))
        for number, column in enumerate(values.T):
            missing = np.isnan(column)
            places = np.searchsorted(edges[number], column[~missing], side="left")
            counts[number] = np.append(np.bincount(places, minlength=BINS), missing.sum())
        return counts

    def drift(self, counts: Floats) -> Floats:
        """The population stability index by feature: under 0.1 little moved, above 0.25 much has."""
        floor = 1e-4
        then = np.maximum(self.shares, floor)
        now = np.maximum(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), floor)
        return np.asarray(((now - then) * np.log(now / then)).sum(axis=1))
