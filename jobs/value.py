"""What a customer is expected to spend in the next 12 months, and what of it is expected to be lost.

Two estimates and their geometric mean compete: BG/NBD times Gamma-Gamma (`jobs.bg_nbd`), and a learnt pair, the chance
that a customer orders at all (logistic) times what those spend who do (a ridge on its logarithm). They are measured on
the shop's own latest months, which neither was fitted to. The learnt pair looks a *horizon* ahead, the longest of
`HORIZONS` that the shop's history can be checked on; BG/NBD stretches it to 12 months, each customer's by itself.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, select, update

from crm_store.schema import CustomerScore, FittedModel
from crm_store.upsert import Columns, upsert
from handlers.texts import text
from handlers.texts.money import money
from jobs import bg_nbd, histories
from jobs.bg_nbd import BgNbd, Floats, GammaGamma, TooFewRepeats
from jobs.histories import Histories
from jobs.scoring import Outcome, Scoring

KIND = "value"
YEAR = 365
#: days ahead that are learnt; four of them have to lie in the history: two to learn from, one to learn, one to check
HORIZONS = (365, 180, 90)
#: customers that are fitted to, at most
SAMPLE = 50_000
#: with fewer customers to learn from, or fewer who bought again, nothing is learnt
MIN_LEARNT = (300, 100)
#: the learnt pair may put customers in a worse order than BG/NBD by this much rank correlation, and no more
_WORSE_ORDER = 0.005
#: moments that are learnt from: one, two and three months earlier hold more of the year than one alone
_MOMENTS = (0, 30, 60)


# --- what a history says ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What histories say of their customers as of a moment; one entry a customer who had bought by then."""

    #: which of the histories' customers they are
    who: NDArray[np.int64]
    #: days of orders but the first, days from the first to the last, days from the first to now
    frequency: Floats
    recency: Floats
    age: Floats
    #: mean spend of a day with orders, in minor units
    mean: Floats
    #: spend of the last 180 days, and of the 180 before them
    half_year: Floats
    half_before: Floats
    #: what else the learnt pair looks at (n, ...)
    more: Floats


def see(past: Histories, horizon: int) -> Seen:
    """What histories say. Orders of one day (24 hours, counted back from the moment) are one."""
    n = past.customers.size
    width = int(past.ago.max(initial=0)) + 1
    days = np.unique(past.whose * width + past.ago)
    whose, ago = days // width, days % width
    count = np.bincount(whose, minlength=n)
    first, last = np.zeros(n, np.int64), np.full(n, width)
    np.maximum.at(first, whose, ago)
    np.minimum.at(last, whose, ago)
    largest = np.zeros(n)
    np.maximum.at(largest, past.whose, past.spend)
    spend = np.bincount(past.whose, past.spend, n)
    mean, gap = spend / np.maximum(count, 1), (first - last) / np.maximum(count - 1, 1)
    columns: list[Any] = [count, first, last, spend, mean, largest, gap, last / np.maximum(gap, 1)]
    for back in (30, 60, 90, 180, 365):
        columns += [np.bincount(whose[ago < back], minlength=n), past.spent(back, back)]
    # the same months of last year, and whether the customer could have bought in them
    columns += [past.spent(YEAR, horizon), first >= YEAR - horizon / 2]
    who = np.flatnonzero(count > 0)
    return Seen(
        who,
        (count[who] - 1).astype(np.float64),
        (first - last)[who].astype(np.float64),
        first[who].astype(np.float64),
        mean[who],
        past.spent(180, 180)[who],
        past.spent(360, 180)[who],
        np.column_stack(columns)[who].astype(np.float64),
    )


# --- the model ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Learnt:
    """The learnt pair: two linear models over the standardised logarithms of what is seen."""

    mean: list[float]
    scale: list[float]
    #: weights and, last, the constant: of the chance to order at all, and of the logarithm of the spend of those who do
    chance: list[float]
    spend: list[float]
    #: what makes the mean of the spend of the mean of its logarithm (Duan 1983, Smearing Estimate)
    smear: float

    def expected(self, features: Floats) -> Floats:
        """Expected spend over the horizon, in minor units."""
        z = (features - np.array(self.mean)) / np.array(self.scale)
        chance = 1 / (1 + np.exp(-np.clip(z @ self.chance[:-1] + self.chance[-1], -30, 30)))
        return np.asarray(chance * np.exp(np.minimum(z @ self.spend[:-1] + self.spend[-1], 50)) * self.smear)


@dataclass(frozen=True, slots=True)
class ValueModel:
    orders: BgNbd
    spend: GammaGamma
    #: days that the learnt pair looks ahead
    horizon: int
    #: None where BG/NBD times Gamma-Gamma serves alone
    learnt: Learnt | None = None

    def expected(self, seen: Seen, days: int) -> Floats:
        """Expected spend in the next `days`, in minor units of the base currency."""
        orders = self.orders.expected_orders(seen.frequency, seen.recency, seen.age, days)
        classic = orders * self.spend.expected_mean(seen.frequency + 1, seen.mean)
        if self.learnt is None:
            return classic
        near = classic if days == self.horizon else self._classic(seen)
        learnt = self.learnt.expected(self.features(seen))
        # of the two estimates over the horizon the geometric mean, stretched as BG/NBD stretches its own
        return np.asarray(classic * np.sqrt(learnt / np.maximum(near, 1e-6)))

    def features(self, seen: Seen) -> Floats:
        classic = self._classic(seen)
        mean = self.spend.expected_mean(seen.frequency + 1, seen.mean)
        silent = self.orders.p_no_order(seen.frequency, seen.recency, seen.age, self.horizon)
        return np.log1p(np.column_stack([seen.more, classic / np.maximum(mean, 1e-6), mean, classic, silent]))

    def _classic(self, seen: Seen) -> Floats:
        orders = self.orders.expected_orders(seen.frequency, seen.recency, seen.age, self.horizon)
        return orders * self.spend.expected_mean(seen.frequency + 1, seen.mean)


def fit(past: Histories, horizon: int, *, learn: bool = True) -> ValueModel:
    """The model of histories, of which everything counts that lies before the moment they are seen from.

    Raises `TooFewRepeats`. Learns nothing, too, where there are fewer customers than `MIN_LEARNT`.
    """
    seen = see(past, horizon)
    orders = bg_nbd.fit(seen.frequency, seen.recency, seen.age)
    model = ValueModel(orders, bg_nbd.fit_spend(seen.frequency + 1, seen.mean), horizon)
    if not learn:
        return model
    learnt = _learn(model, past)
    return ValueModel(model.orders, model.spend, horizon, learnt)


def _learn(model: ValueModel, past: Histories) -> Learnt | None:
    features, spent = [], []
    for moment in _MOMENTS:
        cut = model.horizon + moment
        seen = see(past.before(cut), model.horizon)
        if seen.who.size:
            features.append(model.features(seen))
            spent.append(past.spent(cut, model.horizon)[seen.who])
    if not features:
        return None
    x, y = np.vstack(features), np.concatenate(spent)
    bought = y > 0
    if features[0].shape[0] < MIN_LEARNT[0] or bought.sum() < MIN_LEARNT[1] or bought.all():
        return None
    from sklearn.linear_model import LogisticRegression, Ridge

    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale == 0] = 1
    z, logs = (x - mean) / scale, np.log(y[bought])
    chance = LogisticRegression(max_iter=500).fit(z, bought)
    spend = Ridge(alpha=10).fit(z[bought], logs)
    smear = y[bought].sum() / np.exp(spend.predict(z[bought])).sum()
    return Learnt(
        mean.tolist(),
        scale.tolist(),
        [*chance.coef_[0].tolist(), float(chance.intercept_[0])],
        [*spend.coef_.tolist(), float(spend.intercept_)],
        float(smear),
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """How near a model came to what was spent. Money in minor units."""

    customers: int
    #: mean absolute error a customer
    error: float
    #: Spearman's rank correlation
    order: float
    #: everything expected / everything spent
    total: float


def measure(expected: Floats, spent: Floats) -> Measured:
    from scipy.stats import spearmanr

    order = float(spearmanr(expected, spent).statistic) if np.ptp(expected) > 0 and np.ptp(spent) > 0 else 0.0
    error = float(np.abs(expected - spent).mean())
    return Measured(expected.size, error, order, float(expected.sum() / max(float(spent.sum()), 1.0)))


def choose(past: Histories) -> tuple[ValueModel, Mapping[str, Any]]:
    """The model that serves a shop's histories, and its card's figures. Raises `TooFewRepeats`."""
    history = int(past.ago.max(initial=0))
    horizon = next((days for days in HORIZONS if 4 * days <= history), None)
    if horizon is None:
        return fit(past, HORIZONS[-1], learn=False), {"learnt": "the history is too short to check it on"}
    try:
        earlier = fit(past.before(horizon), horizon)
    except TooFewRepeats:
        return fit(past, horizon, learn=False), {"learnt": "too few customers had come back to check it on"}
    if earlier.learnt is None:
        return fit(past, horizon, learn=False), {"learnt": "too few customers to learn from"}
    seen = see(past.before(horizon), horizon)
    spent = past.spent(horizon, horizon)[seen.who]
    classic = measure(ValueModel(earlier.orders, earlier.spend, horizon).expected(seen, horizon), spent)
    blend = measure(earlier.expected(seen, horizon), spent)
    learns = blend.error < classic.error and blend.order > classic.order - _WORSE_ORDER
    figures = {"checked_days": horizon, "bg_nbd": asdict(classic), "blend": asdict(blend)}
    return fit(past, horizon, learn=learns), figures


def dumps(model: ValueModel) -> bytes:
    return json.dumps(asdict(model)).encode()


def loads(data: bytes) -> ValueModel:
    kept = json.loads(data)
    learnt = None if kept["learnt"] is None else Learnt(**kept["learnt"])
    return ValueModel(BgNbd(**kept["orders"]), GammaGamma(**kept["spend"]), kept["horizon"], learnt)


# --- scoring ------------------------------------------------------------------------------------------------------


def score(work: Scoring) -> Outcome:
    """Writes everybody's value, expected loss and reasons; whoever never bought has none."""
    try:
        model = _model(work)
    except TooFewRepeats as error:
        _forget(work)
        return Outcome(0, f"no value yet: {error}")
    scored = 0
    for part in histories.read(work.store, work.as_of):
        _write(work, part, model)
        scored += part.customers.size
        work.tell(f"value: {scored} customers")
    _forget(work)
    how = "BG/NBD and Gamma-Gamma" if model.learnt is None else "BG/NBD, Gamma-Gamma and what this shop's months taught"
    return Outcome(scored, f"expected spend of 12 months by {how}")


def _model(work: Scoring) -> ValueModel:
    """The last model that was fitted to nothing later; a new one where that is asked for, or where there is none."""
    if not work.train:
        newest = select(FittedModel.data).where(FittedModel.kind == KIND, FittedModel.as_of <= work.as_of)
        with work.store.read() as connection:
            data = connection.scalar(newest.order_by(FittedModel.id.desc()).limit(1))
        if data is not None:
            return loads(data)
    past = histories.sample(work.store, work.as_of, SAMPLE)
    model, figures = choose(past)
    card = {
        "customers": past.customers.size,
        "orders": past.ago.size,
        "first_order": (work.as_of - timedelta(days=int(past.ago.max()))).date().isoformat(),
        "horizon_days": model.horizon,
        "money": f"minor units of {work.currency}",
        **figures,
    }
    method = "bg_nbd" if model.learnt is None else "blend"
    row = {
        "kind": KIND,
        "as_of": work.as_of,
        "fitted_at": datetime.now(UTC),
        "method": method,
        "card": json.dumps(card | {"text": "\n".join(_lines(card, method, work.currency))}),
        "data": dumps(model),
    }
    with work.store.begin() as connection:
        connection.execute(insert(FittedModel), row)
    return model


def _lines(card: Mapping[str, Any], method: str, currency: str) -> Iterator[str]:
    """The card for people."""
    seen = {"customers": card["customers"], "days": card["orders"], "first": card["first_order"]}
    yield text("model.card.value", method=text(f"model.method.{method}"), **seen)
    for tried in ("bg_nbd", "blend"):
        if tried in card:
            one = card[tried]
            said = {
                "error": money(round(one["error"]), currency),
                "order": f"{one['order']:.2f}",
                "total": f"{one['total']:.0%}",
            }
            yield text(
                "model.card.value.tried", method=text(f"model.method.{tried}"), days=card["checked_days"], **said
            )
    if "learnt" in card:
        yield text("model.card.unchecked", why=card["learnt"])


def _write(work: Scoring, part: Histories, model: ValueModel) -> None:
    seen = see(part, model.horizon)
    value = np.rint(np.minimum(model.expected(seen, YEAR), 2.0**53)).astype(np.int64)
    again = 1 - model.orders.p_no_order(seen.frequency, seen.recency, seen.age, YEAR)
    keys = part.customers[seen.who]
    risks = _risks(work, int(keys[0]), int(keys[-1]))
    rows: list[dict[str, Any]] = []
    for place, key in enumerate(keys.tolist()):
        worth, risk = int(value[place]), risks.get(key)
        rows.append(
            {
                "customer_id": key,
                "value_base": worth,
                "loss_base": None if risk is None else round(worth * risk * work.margin),
                "value_as_of": work.as_of,
                "value_reasons": json.dumps(reasons(seen, place, float(again[place]), work.currency)),
            }
        )
    with work.store.begin() as connection:
        connection.execute(upsert(connection.dialect.name, CustomerScore, ["customer_id"], _change), rows)


def _change(_old: Columns, new: Columns) -> dict[str, Any]:
    return {name: new[name] for name in ("value_base", "loss_base", "value_as_of", "value_reasons")}


def _risks(work: Scoring, first: int, last: int) -> dict[int, float]:
    known = select(CustomerScore.customer_id, CustomerScore.churn_risk).where(
        CustomerScore.customer_id.between(first, last), CustomerScore.churn_risk.is_not(None)
    )
    with work.store.read() as connection:
        return {row.customer_id: row.churn_risk or 0.0 for row in connection.execute(known)}


def _forget(work: Scoring) -> None:
    """Takes the value from whoever has no order any more: their only one was cancelled, or went to another customer."""
    nothing = dict.fromkeys(("value_base", "loss_base", "value_as_of", "value_reasons"))
    with work.store.begin() as connection:
        old = CustomerScore.value_as_of.is_not(None), CustomerScore.value_as_of != work.as_of
        connection.execute(update(CustomerScore).where(*old).values(nothing))


def reasons(seen: Seen, place: int, again: float, currency: str) -> list[dict[str, Any]]:
    """Why a customer's value is what it is: codes with their numbers, the most telling first, three at most."""
    count, age = int(seen.frequency[place]) + 1, float(seen.age[place])
    since = int(age - seen.recency[place])
    mean = {"mean_base": round(float(seen.mean[place])), "currency": currency}
    found: list[dict[str, Any]] = []
    if count == 1:
        found.append({"code": "one_order", "days": since} | mean)
    else:
        found.append({"code": "usual_spend", "orders_a_year": round(YEAR * count / max(age, 30.0), 1)} | mean)
        gap = float(seen.recency[place]) / (count - 1)
        if since > max(3 * gap, 30):
            found.append({"code": "silent", "days": since, "usual_days": max(1, round(gap))})
    if age >= YEAR and (before := float(seen.half_before[place])) > 0:
        percent = round(100 * (float(seen.half_year[place]) / before - 1))
        if abs(percent) >= 25:
            found.append({"code": "spends_more" if percent > 0 else "spends_less", "percent": abs(percent)})
    found.append({"code": "orders_again", "percent": round(100 * again)})
    return found[:3]
