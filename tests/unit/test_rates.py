"""Calls keep to the platform's rate, and pause where it asks for it."""

import pytest

from bot.rates import Bucket, Rate, Rates


def waits(bucket: Bucket, *times: float) -> list[float]:
    """How long each of some calls waits that are made one after another as soon as they may."""
    found, now = [], 0.0
    for at in times:
        now = max(now, at)
        wait = bucket.wait(now)
        now += wait
        bucket.take(now)
        found.append(now - at)
    return found


def test_a_burst_leaves_at_once_and_the_rest_at_the_rate() -> None:
    assert waits(Bucket(Rate(2.0, 3), 0.0), *[0.0] * 5) == pytest.approx([0, 0, 0, 0.5, 1])


def test_asking_takes_nothing() -> None:
    bucket = Bucket(Rate(1.0, 1), 0.0)
    bucket.take(0.0)
    assert [bucket.wait(at) for at in (0.0, 0.0, 0.5, 1.0)] == [1, 1, 0.5, 0]


def test_a_pause_holds_even_a_full_bucket() -> None:
    bucket = Bucket(Rate(10.0, 5), 0.0)
    bucket.pause(0.0, 30)
    assert [bucket.wait(at) for at in (0.0, 10.0, 30.0)] == pytest.approx([30.1, 20.1, 0.1])
    assert not bucket.idle(30.0)
    assert bucket.idle(31.0)


def goes(rates: Rates, place: str, op: str) -> bool:
    """Whether a call may leave at once."""
    return rates.wait("T1", place, op) < 0.05


@pytest.mark.parametrize(
    ("op", "whole_account", "held"),
    [
        ("post", False, ["#one post"]),
        ("post", True, ["#one post", "#two post"]),
        ("edit", True, ["#one edit", "#two edit"]),
        ("delete", True, ["#one edit", "#two edit"]),
    ],
)
def test_a_pause_holds_what_the_platform_meant(op: str, whole_account: bool, held: list[str]) -> None:
    rates = Rates(Rate(1.0, 5), Rate(1.0, 50), edits=Rate(1.0, 20))
    rates.pause("T1", "#one", op, 30, whole_account=whole_account)
    calls = [(place, call) for call in ("post", "edit") for place in ("#one", "#two")]
    assert [f"{place} {call}" for place, call in calls if not goes(rates, place, call)] == held


def test_a_place_may_take_more_in_threads_while_it_takes_nothing_new() -> None:
    rates = Rates(Rate(1.0, 5), Rate(1.0, 50))
    rates.pause_new("#one", 30)
    assert rates.wait("T1", "#one", "post", begins=True) > 29
    assert rates.wait("T1", "#two", "post", begins=True) == 0
    assert goes(rates, "#one", "post")
