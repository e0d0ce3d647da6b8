"""What moved beyond chance: the tests, against a library's and against chance itself."""

import random

import pytest

from crm_store.review_figures import Blame
from jobs.digests.chance import beyond, fisher
from jobs.digests.reviews import moved


@pytest.mark.parametrize("seed", range(40))
def test_the_exact_test_is_that_of_the_library(seed: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    dice = random.Random(seed)
    of, base_of = dice.randrange(1, 60), dice.randrange(1, 400)
    hits, base_hits = dice.randrange(of + 1), dice.randrange(base_of + 1)
    table = [[hits, of - hits], [base_hits, base_of - base_hits]]
    assert fisher(hits, of, base_hits, base_of) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_what_is_believed_is_that_of_the_library(seed: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    dice = random.Random(seed)
    chances = [dice.random() ** 4 for _ in range(30)]
    assert beyond(chances) == [bool(one <= 0.05) for one in stats.false_discovery_control(chances)]


def test_of_aspects_that_stayed_as_they_were_none_is_named() -> None:
    dice = random.Random(3)
    now = [Blame(f"P{n}", n, "quality", sum(dice.random() < 0.05 for _ in range(30)), 30) for n in range(100)]
    past = [Blame(f"P{n}", n, "quality", sum(dice.random() < 0.05 for _ in range(200)), 200) for n in range(100)]
    found = moved(now, dict.fromkeys(range(100), 30), past, dict.fromkeys(range(100), 200))
    assert len(found) <= 1

    now[7] = Blame("P7", 7, "quality", 12, 30)
    worse = moved(now, dict.fromkeys(range(100), 30), past, dict.fromkeys(range(100), 200))
    assert worse[0].blame.sku == "P7"
    assert worse[0].is_worse


def test_an_aspect_that_nobody_blames_any_more_is_better() -> None:
    found = moved([], {1: 60}, [Blame("TENT", 1, "size", 60, 200)], {1: 200})
    assert [(one.blame.sku, one.blame.bad, one.is_worse) for one in found] == [("TENT", 0, False)]
    assert moved([], {1: 4}, [Blame("TENT", 1, "size", 60, 200)], {1: 200}) == []
