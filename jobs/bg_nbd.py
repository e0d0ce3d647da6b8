"""Orders and spend of customers who may have gone silently: BG/NBD and Gamma-Gamma, fitted by maximum likelihood.

BG/NBD (Fader, Hardie, Lee 2005, "Counting Your Customers" the Easy Way, Marketing Science 24(2), 275-284): while a
customer is alive orders come at a rate of their own, and after each repeat order they may leave for good. Gamma-Gamma
(Fader, Hardie 2013, The Gamma-Gamma Model of Monetary Value): what an order costs varies around a mean of the
customer's own.

Arrays have one entry a customer. *frequency* counts repeat orders: all orders but the first; *recency* is the time from
the first order to the last, *age* the time from the first order to now, both in days. Orders of one day should count as
one. Whole days are grouped, which makes a fit over a million customers one over the cases that differ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
#: the logarithm of a scaled parameter stays within these: further out the likelihood is flat
_BOUNDS = (-10.0, 10.0)
#: points at which an expectation over the chance of leaving is evaluated: five digits in the worst of cases, mostly ten
_NODES = 24
#: fewer customers with a repeat order fit a model of noise
MIN_REPEATERS = 10


class TooFewRepeats(Exception):
    """Too few customers came back to say how often customers do."""

    def __init__(self, customers: int, repeaters: int) -> None:
        super().__init__(f"{repeaters} of {customers} customers have a repeat order; {MIN_REPEATERS} are needed")
        self.customers = customers
        self.repeaters = repeaters


@dataclass(frozen=True, slots=True)
class BgNbd:
    """A fitted BG/NBD. Order rates are Gamma(r, alpha) with alpha in days; chances of leaving are Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """The chance that a customer has not left; 1 without a repeat order, as one leaves only after such."""
        from scipy.special import expit

        x, t_x, t = _checked(frequency, recency, age)
        return np.asarray(expit(-self._log_odds_left(x, t_x, t)), dtype=np.float64)

    def p_no_order(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, days: float) -> Floats:
        """The chance of no order in the next `days`: they left, or stay and do not order."""
        x, t_x, t = _checked(frequency, recency, age)
        alive = self.p_alive(x, t_x, t)
        silent = np.exp(-(self.r + x) * np.log1p(days / (self.alpha + t)))
        return (1 - alive) + alive * silent

    def expected_orders(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, days: float) -> Floats:
        """The expected number of orders in the next `days`.

        The paper's equation 10, without its hypergeometric function and its pole at a = 1: a customer who is alive has
        a rate from Gamma(r + x, alpha + T) and leaves with a chance p from Beta(a, b + x); of rate l they order
        (1 - exp(-l p t)) / p times. The rate is integrated out exactly, p by Gauss-Jacobi quadrature.
        """
        x, t_x, t = _checked(frequency, recency, age)
        cases, case = np.unique(x, return_inverse=True)
        p, weights = _beta_nodes(self.a, self.b + cases)
        scale = days / (self.alpha + t)
        orders = np.zeros_like(t)
        for node in range(_NODES):  # one after the other: a million customers need no matrix of them all
            chance = p[case, node]
            orders += weights[case, node] * -np.expm1(-(self.r + x) * np.log1p(chance * scale)) / chance
        return self.p_alive(x, t_x, t) * orders

    def _log_odds_left(self, x: Floats, t_x: Floats, t: Floats) -> Floats:
        again = np.maximum(x, 1)
        odds = np.log(self.a / (self.b + again - 1)) + (self.r + x) * np.log((self.alpha + t) / (self.alpha + t_x))
        return np.where(x > 0, odds, -np.inf)


def fit(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> BgNbd:
    """The BG/NBD that makes the histories most likely. Raises `TooFewRepeats`, and `ValueError` for impossible ones."""
    x, t_x, t = _checked(frequency, recency, age)
    repeaters = int((x > 0).sum())
    if repeaters < MIN_REPEATERS:
        raise TooFewRepeats(x.size, repeaters)
    unit = float(t.mean())  # so that the four parameters are of one size, whatever the shop's age
    x, t_x, t, counts = _grouped(x, t_x / unit, t / unit)

    def likelihood(parameters: Floats) -> tuple[float, Floats]:
        values, slopes = log_likelihood(parameters, x, t_x, t)
        return float(counts @ values), slopes @ counts

    r, alpha, a, b = np.exp(_climb(likelihood, np.log([0.5, 0.5, 1.0, 2.0]), counts.sum()))
    return BgNbd(float(r), float(alpha * unit), float(a), float(b))


def log_likelihood(logs: Floats, x: Floats, t_x: Floats, t: Floats) -> tuple[Floats, Floats]:
    """Each history's log likelihood (the paper's equation 6), and its slopes by the logarithms of r, alpha, a and b.

    The two terms of the sum are added as logarithms: histories of thousands of orders neither overflow nor vanish.

    Shapes: (n,) and (4, n).
    """
    from scipy.special import gammaln, psi

    r, alpha, a, b = np.exp(logs)
    repeats, again = x > 0, np.maximum(x, 1)
    stayed = -(r + x) * np.log(alpha + t)
    left = np.where(repeats, np.log(a / (b + again - 1)) - (r + x) * np.log(alpha + t_x), -np.inf)
    either = np.logaddexp(stayed, left)
    values = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + either
    values += gammaln(a + b) - gammaln(a + b + x) + gammaln(b + x) - gammaln(b)
    gone = np.exp(left - either)
    here = 1 - gone
    by_r = psi(r + x) - psi(r) + np.log(alpha) - here * np.log(alpha + t) - gone * np.log(alpha + t_x)
    by_alpha = r / alpha - (r + x) * (here / (alpha + t) + gone / (alpha + t_x))
    by_a = psi(a + b) - psi(a + b + x) + gone / a
    by_b = psi(a + b) - psi(a + b + x) + psi(b + x) - psi(b) - gone / (b + again - 1)
    return values, np.stack([r * by_r, alpha * by_alpha, a * by_a, b * by_b])


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """A fitted Gamma-Gamma: an order's value is Gamma(p, v_i), and the v_i of customers are Gamma(q, v)."""

    p: float
    q: float
    v: float

    def expected_mean(self, frequency: ArrayLike, mean_spend: ArrayLike) -> Floats:
        """The expected mean value of a customer's orders: between what theirs were and what everybody's are.

        `frequency`: how many orders the mean is of; 0 (the mean is not looked at) gives everybody's. In the unit of
        the means that were fitted. A mean below zero counts as zero.
        """
        x = np.asarray(frequency, dtype=np.float64)
        total = np.where(x > 0, x * np.maximum(np.asarray(mean_spend, dtype=np.float64), 0), 0)
        return np.asarray(self.p * (self.v + total) / (self.p * x + self.q - 1), dtype=np.float64)


def fit_spend(frequency: ArrayLike, mean_spend: ArrayLike) -> GammaGamma:
    """The Gamma-Gamma that makes mean order values most likely; customers without orders or with nothing spent say
    nothing. Its q stays above 1: below, everybody's mean would be infinite. Raises `TooFewRepeats`."""
    from scipy.special import gammaln, psi

    x, m = np.asarray(frequency, dtype=np.float64), np.asarray(mean_spend, dtype=np.float64)
    said = (x > 0) & (m > 0) & np.isfinite(m)
    x, m = x[said], m[said]
    if x.size < MIN_REPEATERS:
        raise TooFewRepeats(said.size, x.size)
    unit = float(m.mean())
    m = m / unit

    def likelihood(logs: Floats) -> tuple[float, Floats]:
        p, over, v = np.exp(logs)
        q = 1 + over
        total = np.log(x * m + v)
        values = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v) - (p * x + q) * total
        values += p * x * np.log(x * m) - np.log(m)
        by_p = x * (psi(p * x + q) - psi(p * x) + np.log(x * m) - total)
        by_q = psi(p * x + q) - psi(q) + np.log(v) - total
        by_v = q / v - (p * x + q) / (x * m + v)
        return float(values.sum()), np.array([p * by_p.sum(), over * by_q.sum(), v * by_v.sum()])

    p, over, v = np.exp(_climb(likelihood, np.log([2.0, 2.0, 1.0]), x.size))
    return GammaGamma(float(p), float(1 + over), float(v * unit))


def _climb(likelihood: Callable[[Floats], tuple[float, Floats]], start: Floats, customers: float) -> Floats:
    """Where the likelihood is largest. It has ridges along which it hardly changes: any point of them serves alike."""
    from scipy.optimize import minimize

    def descent(at: Floats) -> tuple[float, Floats]:
        value, slope = likelihood(at)
        return -value / customers, -slope / customers

    found: Any = minimize(
        descent, start, jac=True, method="L-BFGS-B", bounds=[_BOUNDS] * start.size, options={"ftol": 1e-12}
    )
    return np.asarray(found.x, dtype=np.float64)


def _checked(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, t_x, t = (np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in (frequency, recency, age))
    if not x.shape == t_x.shape == t.shape or x.ndim != 1:
        raise ValueError(f"frequency, recency and age differ in shape: {x.shape}, {t_x.shape}, {t.shape}")
    if not (np.isfinite(x).all() and np.isfinite(t).all() and (x >= 0).all() and (t_x >= 0).all() and (t_x <= t).all()):
        raise ValueError("a history needs frequency >= 0 and 0 <= recency <= age")
    return x, t_x, t


def _grouped(x: Floats, t_x: Floats, t: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The histories that differ, and how many customers have each."""
    order = np.lexsort((t, t_x, x))
    x, t_x, t = x[order], t_x[order], t[order]
    new = np.ones(x.size, dtype=bool)
    new[1:] = (x[1:] != x[:-1]) | (t_x[1:] != t_x[:-1]) | (t[1:] != t[:-1])
    starts = np.flatnonzero(new)
    return x[starts], t_x[starts], t[starts], np.diff(starts, append=x.size).astype(np.float64)


def _beta_nodes(a: float, b: Floats) -> tuple[Floats, Floats]:
    """Points in (0, 1) and weights of Gauss quadrature over Beta(a, b), for each b: two arrays (b, nodes).

    Golub and Welsch (1969): the eigenvalues of the Jacobi polynomials' recurrence, here on 0 to 1, for all b at once;
    scipy's `roots_jacobi` overflows from some thousand orders on.
    """
    k = np.arange(1, _NODES)
    low, high = a - 1, (b - 1)[:, None]
    both = low + high
    matrix = np.zeros((b.size, _NODES, _NODES))
    matrix[:, 0, 0] = a / (a + b)
    step = 2 * k + both
    matrix[:, k, k] = (1 + (low**2 - high**2) / (step * (step + 2))) / 2
    squares = k * (k + low) * (k + high) * (k + both) / (step**2 * (step**2 - 1))
    squares[:, 0] = a * b / ((a + b) ** 2 * (a + b + 1))  # the same at k = 1, where its parts can be 0 / 0
    matrix[:, k, k - 1] = np.sqrt(squares)
    values, vectors = np.linalg.eigh(matrix)
    return np.clip(values, 1e-300, 1), vectors[:, 0, :] ** 2
