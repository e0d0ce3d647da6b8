"""Whether a count moved beyond chance: Fisher's exact test, and Benjamini and Hochberg's rule for many at once."""

from collections.abc import Sequence
from math import exp, lgamma

#: what is as likely as what was seen, but for rounding
_SAME = 1 + 1e-7


def fisher(hits: int, of: int, base_hits: int, base_of: int) -> float:
    """The chance, 0 to 1, of shares at least as far apart as `hits / of` and `base_hits / base_of` where both are
    truly the same: the two-sided exact test (Fisher 1922), which holds for the smallest counts.

    >>> round(fisher(9, 31, 6, 300), 8), fisher(0, 5, 0, 9)
    (5.8e-07, 1.0)
    """
    all_hits, whole = hits + base_hits, of + base_of
    least, most = max(0, all_hits - base_of), min(of, all_hits)
    chances = {
        one: exp(_ways(all_hits, one) + _ways(whole - all_hits, of - one) - _ways(whole, of))
        for one in range(least, most + 1)
    }
    return min(1.0, sum(chance for chance in chances.values() if chance <= chances[hits] * _SAME))


def _ways(of: int, chosen: int) -> float:
    """The logarithm of the number of ways to choose."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def beyond(chances: Sequence[float], false_share: float = 0.05) -> list[bool]:
    """Which of many tests can be believed, so that of those believed at most such a share is false on average
    (Benjamini and Hochberg 1995).

    >>> beyond([0.01, 0.04, 0.03, 0.9]), beyond([])
    ([True, False, False, False], [])
    """
    ranked = sorted(chances)
    bound = max((p for rank, p in enumerate(ranked, 1) if p <= false_share * rank / len(ranked)), default=-1.0)
    return [chance <= bound for chance in chances]
