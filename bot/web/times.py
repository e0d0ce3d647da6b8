"""Moments as a page shows them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def age(since: datetime, now: datetime) -> str:
    """How long ago, in one unit.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    >>> [age(noon - timedelta(seconds=s), noon) for s in (5, 90, 7200, 200_000)]
    ['now', '1 min', '2 h', '2 d']
    """
    gone = now - since
    if gone < _MINUTE:
        return "now"
    if gone < _HOUR:
        return f"{gone // _MINUTE} min"
    return f"{gone // _HOUR} h" if gone < _DAY else f"{gone // _DAY} d"


def clock(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The time of day, with the date when that is another one.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    >>> clock(noon, noon, ZoneInfo("UTC")), clock(noon - timedelta(days=1), noon, ZoneInfo("UTC"))
    ('12:00', '4 Mar, 12:00')
    """
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    year = f" {local.year}" if local.year != today.year else ""
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"
