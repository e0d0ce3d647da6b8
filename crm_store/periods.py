"""Calendar periods in the shop's time zone: bounds are reckoned here, so that no engine's date functions are asked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment to another, its end exclusive; both aware."""

    start: datetime
    end: datetime


def week_before(now: datetime, zone: ZoneInfo, back: int = 1) -> Period:
    """The last whole week, Monday to Monday, or one further `back`.

    >>> week_before(datetime(2026, 3, 30, 9, tzinfo=UTC), ZoneInfo("Europe/Berlin"))  # the clocks went on in it
    ... # doctest: +NORMALIZE_WHITESPACE
    Period(start=datetime.datetime(2026, 3, 22, 23, 0, tzinfo=datetime.timezone.utc),
           end=datetime.datetime(2026, 3, 29, 22, 0, tzinfo=datetime.timezone.utc))
    """
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return Period(_midnight(monday, zone), _midnight(monday + timedelta(days=7), zone))


def day_to(now: datetime, zone: ZoneInfo, back: int = 0) -> Period:
    """The day that ends now, or one that ended so many days back, at the same time by the clock on the wall.

    >>> day_to(datetime(2026, 3, 29, 16, tzinfo=UTC), ZoneInfo("Europe/Berlin")).start  # 23 hours before
    datetime.datetime(2026, 3, 28, 17, 0, tzinfo=datetime.timezone.utc)
    """
    here = now.astimezone(zone)
    ends = [(here - timedelta(days=days)).astimezone(UTC) for days in (back + 1, back)]
    return Period(ends[0], ends[1])


def days_to(end: datetime, zone: ZoneInfo, days: int) -> Period:
    """So many days that end at a moment, by the clock on the wall."""
    return Period((end.astimezone(zone) - timedelta(days=days)).astimezone(UTC), end)


def months_before(now: datetime, zone: ZoneInfo, count: int) -> tuple[Period, ...]:
    """The last whole months, oldest first.

    >>> [one.start.month for one in months_before(datetime(2026, 2, 10, tzinfo=UTC), ZoneInfo("UTC"), 3)]
    [11, 12, 1]
    """
    here = now.astimezone(zone)
    number = here.year * 12 + here.month - 1
    firsts = [_midnight(date(*_month(one)), zone) for one in range(number - count, number + 1)]
    return tuple(Period(start, end) for start, end in pairwise(firsts))


def _month(number: int) -> tuple[int, int, int]:
    return number // 12, number % 12 + 1, 1


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Where the clocks skip midnight, the moment they do."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
