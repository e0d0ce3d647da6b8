"""How fast a platform lets us speak: token buckets, and the pauses it asks for."""

import time
from dataclasses import dataclass

#: calls that change what stands: platforms may count them apart
_CHANGES = ("edit", "delete")
#: what a token may lack to count as one: times are floats
_ALMOST = 1e-6


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a second in the long run, and so many at once."""

    per_second: float
    burst: float = 1.0


class Bucket:
    """A token bucket (Turner, 1986): holds `burst` tokens at most, gains `per_second`, a call takes one."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = rate.burst
        #: when the tokens were counted; later than now during a pause
        self._at = now

    def wait(self, now: float) -> float:
        """In how many seconds there is a token; nothing is taken, so whoever is most urgent then may have it."""
        self._fill(now)
        lacking = 1 - self._tokens
        return max(0.0, self._at - now) + (lacking / self._rate.per_second if lacking > _ALMOST else 0.0)

    def take(self, now: float) -> None:
        """Takes a token."""
        self._fill(now)
        self._tokens -= 1

    def pause(self, now: float, seconds: float) -> None:
        """No call for some seconds: the platform said so."""
        self._fill(now)
        self._tokens = min(self._tokens, 0.0)
        self._at = max(self._at, now + seconds)

    def idle(self, now: float) -> bool:
        """Whether it is full again, so that a new one would be the same."""
        return self._tokens + (now - self._at) * self._rate.per_second >= self._rate.burst

    def _fill(self, now: float) -> None:
        self._tokens = min(self._rate.burst, self._tokens + max(0.0, now - self._at) * self._rate.per_second)
        self._at = max(now, self._at)


class Rates:
    """The buckets of one channel: one a place, one for the account as a whole, one for edits where they count apart.

    What `begins` a thread has one more: a place that takes nothing new under its name may still take more in threads.
    """

    def __init__(self, place: Rate, account: Rate, edits: Rate | None = None) -> None:
        self._place = place
        self._account = account
        self._edits = edits
        self._buckets: dict[str, Bucket] = {}

    def wait(self, account: str, place: str, op: str, *, begins: bool = False) -> float:
        """In how many seconds a call to a place may be made; it is not counted yet."""
        now = time.monotonic()
        return max(bucket.wait(now) for bucket in self._of(account, place, op, begins, now))

    def take(self, account: str, place: str, op: str, *, begins: bool = False) -> None:
        """Counts a call that is made now."""
        now = time.monotonic()
        for bucket in self._of(account, place, op, begins, now):
            bucket.take(now)

    def pause(self, account: str, place: str, op: str, seconds: float, *, whole_account: bool) -> None:
        """The platform wants us to wait with calls like this one."""
        now = time.monotonic()
        of_account, *of_place = self._of(account, place, op, False, now)
        for bucket in of_place:
            bucket.pause(now, seconds)
        if whole_account or not of_place:
            of_account.pause(now, seconds)

    def pause_new(self, place: str, seconds: float) -> None:
        """A place takes nothing that begins a thread."""
        now = time.monotonic()
        self._bucket(f"n:{place}", self._place, now).pause(now, seconds)

    def _of(self, account: str, place: str, op: str, begins: bool, now: float) -> list[Bucket]:
        """Those a call takes from, the account's first."""
        if self._edits is not None and op in _CHANGES:
            return [self._bucket(f"e:{account}", self._edits, now)]
        keys = [f"p:{place}", f"n:{place}"] if begins else [f"p:{place}"]
        of_place = [self._bucket(key, self._place, now) for key in keys]
        return [self._bucket(f"a:{account}", self._account, now), *of_place]

    def _bucket(self, key: str, rate: Rate, now: float) -> Bucket:
        if len(self._buckets) > 10_000:
            self._buckets = {name: bucket for name, bucket in self._buckets.items() if not bucket.idle(now)}
        return self._buckets.setdefault(key, Bucket(rate, now))
