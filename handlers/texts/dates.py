"""Dates and times as people read them, in the shop's time zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def day(at: datetime, zone: ZoneInfo) -> str:
    """A date.

    >>> from datetime import UTC
    >>> day(datetime(2026, 3, 5, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    '6 Mar 2026'
    """
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def moment_beside(at: datetime, beside: datetime, zone: ZoneInfo) -> str:
    """A moment as it is told beside another one: on the same day the time is enough.

    >>> from datetime import UTC
    >>> evening, night = datetime(2026, 3, 5, 22, 30, tzinfo=UTC), datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    >>> moment_beside(night, evening, ZoneInfo("UTC")), moment_beside(night, evening, ZoneInfo("Europe/Berlin"))
    ('23:30', '6 Mar 2026, 00:30')
    """
    return f"{at.astimezone(zone):%H:%M}" if day(at, zone) == day(beside, zone) else moment(at, zone)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A date with the time.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 5, 23, 30, tzinfo=UTC), ZoneInfo("UTC"))
    '5 Mar 2026, 23:30'
    """
    local = at.astimezone(zone)
    return f"{day(at, zone)}, {local:%H:%M}"


def spell(length: timedelta) -> str:
    """A length of time, roughly.

    >>> spell(timedelta(minutes=50)), spell(timedelta(hours=5)), spell(timedelta(days=3, hours=7))
    ('50 min', '5 h', '3 d 7 h')
    """
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h" if days else f"{hours} h"
