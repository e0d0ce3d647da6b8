"""Orders and spend of customers who may have gone silently: published figures, and histories at the edges."""

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.optimize import approx_fprime
from scipy.special import gammaln, hyp2f1
from scipy.stats import beta, gamma

from jobs import bg_nbd
from jobs.bg_nbd import BgNbd, GammaGamma, TooFewRepeats

CDNOW = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "cdnow_master.parquet"
Floats = NDArray[np.float64]
#: Fader, Hardie, Lee 2005, table 2, in weeks; the same in days
IN_WEEKS = BgNbd(0.243, 4.414, 0.793, 2.426)
IN_DAYS = BgNbd(0.243, 4.414 * 7, 0.793, 2.426)
#: Fader, Hardie 2013, page 6
PUBLISHED_SPEND = GammaGamma(6.25, 3.74, 15.44)


@pytest.fixture(scope="module")
def cdnow() -> tuple[Floats, ...]:
    """Repeat days, recency and age in days by 1997-09-30, mean value of all days; the whole set of 23,570."""
    if not CDNOW.exists():
        pytest.skip(f"{CDNOW} is not here")
    end = pl.lit(datetime(1997, 9, 30))  # noqa: DTZ001 - the set has dates alone
    days = pl.read_parquet(CDNOW).filter(pl.col("date") <= end).group_by("customer_id", "date").agg(pl.sum("value"))
    first = pl.min("date")
    rows = days.group_by("customer_id").agg(
        x=pl.len() - 1,
        t_x=(pl.max("date") - first).dt.total_days(),
        t=(end - first).dt.total_days(),
        m=pl.mean("value"),
    )
    rows = rows.sort("customer_id")
    return tuple(rows[name].to_numpy().astype(np.float64) for name in ("x", "t_x", "t", "m"))


def simulated(model: BgNbd, customers: int, seed: int = 1) -> tuple[Floats, Floats, Floats, Floats]:
    """Histories as the model says they come about, and the orders of the 90 days that follow."""
    chance = np.random.default_rng(seed)
    ages = chance.integers(100, 700, customers).astype(np.float64)
    x, t_x, later = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    rates = chance.gamma(model.r, 1 / model.alpha, customers)
    leaves = chance.beta(model.a, model.b, customers)
    for one, (rate, p, age) in enumerate(zip(rates, leaves, ages, strict=True)):
        at = chance.exponential(1 / rate)
        while at <= age + 90:
            if at <= age:
                x[one], t_x[one] = x[one] + 1, at
            else:
                later[one] += 1
            if chance.random() < p:
                break
            at += chance.exponential(1 / rate)
    return x, np.floor(t_x), ages, later


def by_the_paper(model: BgNbd, x: float, t_x: float, t: float, ahead: float) -> float:
    """Equation 10."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    z = ahead / (alpha + t + ahead)
    shrunk = ((alpha + t) / (alpha + t + ahead)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
    odds = a / (b + x - 1) * ((alpha + t) / (alpha + t_x)) ** (r + x) if x else 0
    return float((a + b + x - 1) / (a - 1) * (1 - shrunk) / (1 + odds))


# --- BG/NBD -------------------------------------------------------------------------------------------------------


def test_the_published_example_has_the_published_number_of_orders() -> None:
    assert IN_WEEKS.expected_orders([2], [30.43], [38.86], 39) == pytest.approx(1.226, abs=5e-4)
    assert IN_DAYS.expected_orders([2], [30.43 * 7], [38.86 * 7], 39 * 7) == pytest.approx(1.226, abs=5e-4)


@pytest.mark.parametrize("history", [(0, 0, 38.86), (1, 0, 38.86), (20, 38, 38.86), (1, 1, 300), (5, 10, 12)])
def test_expected_orders_are_those_of_the_paper(history: tuple[float, float, float]) -> None:
    x, t_x, t = history
    assert IN_WEEKS.expected_orders([x], [t_x], [t], 39) == pytest.approx(
        by_the_paper(IN_WEEKS, *history, 39), rel=1e-5
    )


def test_the_likelihood_is_the_integral_it_stands_for() -> None:
    """Over rates and chances of leaving, for one history: equation 4 of the paper, by brute force."""
    x, t_x, t = 3, 20.0, 30.0
    r, alpha, a, b = 0.6, 5.0, 0.8, 2.5

    def of_rate(rate: float) -> float:
        return float(rate**x * np.exp(-rate * t) * gamma.pdf(rate, r, scale=1 / alpha))

    def of_rate_gone(rate: float) -> float:
        return float(rate**x * np.exp(-rate * t_x) * gamma.pdf(rate, r, scale=1 / alpha))

    stays = quad(lambda p: (1 - p) ** x * beta.pdf(p, a, b), 0, 1)[0] * quad(of_rate, 0, 20)[0]
    goes = quad(lambda p: p * (1 - p) ** (x - 1) * beta.pdf(p, a, b), 0, 1)[0] * quad(of_rate_gone, 0, 20)[0]
    values, _ = bg_nbd.log_likelihood(np.log([r, alpha, a, b]), *(np.array([each]) for each in (float(x), t_x, t)))
    assert values == pytest.approx(np.log(stays + goes), rel=1e-5)


def test_the_slopes_are_those_of_the_likelihood() -> None:
    histories = [np.array(each, dtype=np.float64) for each in ([0, 1, 7, 300], [0, 5, 40, 400], [50, 50, 60, 410])]
    at = np.log([0.4, 20.0, 0.7, 2.0])
    _, slopes = bg_nbd.log_likelihood(at, *histories)
    near = approx_fprime(at, lambda logs: bg_nbd.log_likelihood(logs, *histories)[0].sum(), 1e-7)
    assert slopes.sum(axis=1) == pytest.approx(near, rel=1e-4)


def test_a_shop_of_cdnow_has_parameters_near_the_published_ones(cdnow: tuple[Floats, ...]) -> None:
    """The papers' sample is a tenth of the set; ten other tenths of it have r 0.240-0.274 and alpha 4.0-5.5 weeks."""
    model = bg_nbd.fit(*cdnow[:3])
    assert (model.r, model.alpha / 7) == pytest.approx((0.243, 4.414), rel=0.1)
    assert model.a / (model.a + model.b) == pytest.approx(0.793 / (0.793 + 2.426), rel=0.1)


def test_what_made_the_histories_is_found() -> None:
    truth = BgNbd(0.8, 60, 0.9, 2.8)
    model = bg_nbd.fit(*simulated(truth, 5000)[:3])
    assert (model.r, model.alpha) == pytest.approx((truth.r, truth.alpha), rel=0.15)
    assert model.a / (model.a + model.b) == pytest.approx(truth.a / (truth.a + truth.b), rel=0.15)


def test_the_chance_of_no_order_falls_with_time_and_rises_with_silence() -> None:
    ahead = [IN_DAYS.p_no_order([4], [300], [320], days)[0] for days in (1, 30, 90, 365)]
    assert ahead == sorted(ahead, reverse=True)
    silent = IN_DAYS.p_no_order([4] * 4, [300] * 4, [300, 330, 400, 700], 90)
    assert list(silent) == sorted(silent)
    orders = IN_DAYS.expected_orders([0, 1, 4, 12], [0, 300, 300, 300], [310] * 4, 90)
    assert list(orders) == sorted(orders)


def test_what_is_expected_is_what_happens() -> None:
    x, t_x, t, later = simulated(BgNbd(0.8, 60, 0.9, 2.8), 4000, seed=3)
    model = bg_nbd.fit(x, t_x, t)
    chance = model.p_no_order(x, t_x, t, 90)
    for low, high in ((0, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1)):
        among = (chance >= low) & (chance < high)
        assert chance[among].mean() == pytest.approx((later[among] == 0).mean(), abs=0.05)
    assert model.expected_orders(x, t_x, t, 90).mean() == pytest.approx(later.mean(), rel=0.1)
    assert model.p_no_order(x, t_x, t, 0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("x", "t_x", "t"),
    [(0, 0, 0), (0, 0, 1e5), (1, 0, 0), (100_000, 3650, 3650), (100_000, 1, 3650), (3, 1e-9, 1e9), (1e6, 1e4, 1e4)],
)
@pytest.mark.parametrize("model", [IN_DAYS, BgNbd(1e-4, 1e-3, 1e-4, 1e4), BgNbd(5e3, 1e5, 30, 1e-3)])
def test_extreme_histories_have_probabilities(model: BgNbd, x: float, t_x: float, t: float) -> None:
    chance, orders = model.p_no_order([x], [t_x], [t], 90), model.expected_orders([x], [t_x], [t], 365)
    assert (chance >= 0).all()
    assert (chance <= 1).all()
    assert (orders >= 0).all()
    assert np.isfinite(orders).all()


def test_grouping_changes_nothing() -> None:
    once = simulated(IN_DAYS, 500)[:3]
    model = bg_nbd.fit(*once)
    twice = bg_nbd.fit(*(np.concatenate([each, each]) for each in once))
    assert (twice.r, twice.alpha, twice.a, twice.b) == pytest.approx((model.r, model.alpha, model.a, model.b), rel=1e-3)


@pytest.mark.parametrize("customers", [0, 1, 500])
def test_customers_who_never_came_back_fit_nothing(customers: int) -> None:
    with pytest.raises(TooFewRepeats) as raised:
        bg_nbd.fit(np.zeros(customers), np.zeros(customers), np.full(customers, 100))
    assert (raised.value.customers, raised.value.repeaters) == (customers, 0)


def test_one_customer_fits_nothing() -> None:
    with pytest.raises(TooFewRepeats):
        bg_nbd.fit([12], [100], [120])


def test_customers_who_are_all_alike_fit_something() -> None:
    """Everybody came back every day to the last: nobody ever left."""
    model = bg_nbd.fit([30] * 50, [30] * 50, [30] * 50)
    assert model.expected_orders([30], [30], [30], 10) == pytest.approx(10, rel=0.05)
    assert model.p_no_order([30], [30], [30], 10)[0] < 0.01


@pytest.mark.parametrize(
    ("x", "t_x", "t"), [([1], [5], [4]), ([-1], [0], [1]), ([1, 2], [1], [2]), ([1], [-1], [2]), ([np.nan], [1], [2])]
)
def test_impossible_histories_are_refused(x: list[float], t_x: list[float], t: list[float]) -> None:
    with pytest.raises(ValueError, match=r"frequency"):
        IN_DAYS.p_no_order(x, t_x, t, 90)


# --- Gamma-Gamma --------------------------------------------------------------------------------------------------


def test_an_expected_mean_lies_between_the_customers_own_and_everybodys() -> None:
    everybody = PUBLISHED_SPEND.expected_mean([0], [0])[0]
    assert everybody == pytest.approx(6.25 * 15.44 / 2.74)  # 35.2 dollars
    one, ten, many = PUBLISHED_SPEND.expected_mean([1, 10, 100_000], [100, 100, 100])
    assert everybody < one < ten < many
    assert many == pytest.approx(100, rel=1e-3)


def test_the_spend_of_cdnow_is_near_the_published(cdnow: tuple[Floats, ...]) -> None:
    """The papers' 946 repeat customers have a mean of 35.2 dollars by their model."""
    model = bg_nbd.fit_spend(cdnow[0] + 1, cdnow[3])
    assert model.expected_mean([0], [0])[0] == pytest.approx(35.2, rel=0.1)


def test_what_made_the_spend_is_found() -> None:
    chance = np.random.default_rng(5)
    truth = GammaGamma(6.0, 4.0, 1500.0)
    x = chance.integers(1, 12, 4000).astype(np.float64)
    rate = chance.gamma(truth.q, 1 / truth.v, 4000)
    m = chance.gamma(truth.p * x, 1 / (rate * x))
    model = bg_nbd.fit_spend(x, m)
    assert (model.p, model.q, model.v) == pytest.approx((truth.p, truth.q, truth.v), rel=0.15)
    logs = np.log([model.p, model.q, model.v])

    def total(logs: Floats) -> float:
        p, q, v = np.exp(logs)
        each = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
        return float((each + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(x * m + v)).mean())

    best = total(logs)
    assert all(total(logs + step) <= best + 1e-9 for step in 0.02 * np.vstack([np.eye(3), -np.eye(3)]))


def test_means_below_zero_and_free_orders_say_nothing_of_spend() -> None:
    x, m = [1.0] * 30, [10.0, 20.0, 30.0] * 10
    clean = bg_nbd.fit_spend(x, m)
    assert bg_nbd.fit_spend([*x, 2, 3, 0], [*m, -50, 0, 10]) == clean
    assert clean.expected_mean([4], [-100]) == clean.expected_mean([4], [0])
    with pytest.raises(TooFewRepeats):
        bg_nbd.fit_spend([1] * 30, [0] * 30)


def test_spend_that_never_differs_is_expected_again() -> None:
    assert bg_nbd.fit_spend([3] * 40, [25] * 40).expected_mean([3, 0], [25, 0]) == pytest.approx(25, rel=0.05)
