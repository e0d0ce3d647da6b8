"""Dates and times as people read them, in the shop's time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo


def day(at: datetime, zone: ZoneInfo) -> str:
    """A date.

    >>> from datetime import UTC
    >>> day(datetime(2026, 3, 5, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    '6 Mar 2026'
    """
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A date with the time.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 5, 23, 30, tzinfo=UTC), ZoneInfo("UTC"))
    '5 Mar 2026, 23:30'
    """
    local = at.astimezone(zone)
    return f"{day(at, zone)}, {local:%H:%M}"
