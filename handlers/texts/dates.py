"""Dates and times as people read them, in the shop's time zone: staff's in English, a customer's in their language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from handlers.texts import locale_of


def day(at: datetime, zone: ZoneInfo, language: str | None = None) -> str:
    """A date. With a language: as its speakers write it.

    >>> from datetime import UTC
    >>> late = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    >>> day(late, ZoneInfo("Europe/Berlin"))
    '6 Mar 2026'
    >>> [day(late, ZoneInfo("UTC"), language) for language in ("zh", "de", "fr")]
    ['2026年3月5日', '05.03.2026', '5 mars 2026']
    """
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}" if language is None else format_date(local, "medium", locale_of(language))


def clock(at: datetime, zone: ZoneInfo, language: str | None = None) -> str:
    """The time of a day, as a customer reads it.

    >>> from datetime import UTC
    >>> clock(datetime(2026, 3, 5, 7, 30, tzinfo=UTC), ZoneInfo("UTC"), "es")
    '7:30'
    """
    return format_time(at.astimezone(zone), "short", locale=locale_of(language))


def moment_beside(at: datetime, beside: datetime, zone: ZoneInfo) -> str:
    """A moment as it is told beside another one: on the same day the time is enough.

    >>> from datetime import UTC
    >>> evening, night = datetime(2026, 3, 5, 22, 30, tzinfo=UTC), datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    >>> moment_beside(night, evening, ZoneInfo("UTC")), moment_beside(night, evening, ZoneInfo("Europe/Berlin"))
    ('23:30', '6 Mar 2026, 00:30')
    """
    return f"{at.astimezone(zone):%H:%M}" if day(at, zone) == day(beside, zone) else moment(at, zone)


def moment(at: datetime, zone: ZoneInfo, language: str | None = None) -> str:
    """A date with the time. With a language: as its speakers write it.

    >>> from datetime import UTC
    >>> late = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    >>> moment(late, ZoneInfo("UTC")), moment(late, ZoneInfo("UTC"), "pt")
    ('5 Mar 2026, 23:30', '5 de mar. de 2026, 23:30')
    """
    local = at.astimezone(zone)
    if language is None:
        return f"{day(at, zone)}, {local:%H:%M}"
    between = " " if language == "zh" else ", "
    return f"{day(at, zone, language)}{between}{clock(at, zone, language)}"
