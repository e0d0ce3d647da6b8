"""When and where something is posted again and again, as staff choose it in a form and as it is kept: a cron."""

import re

from handlers.desk import Policy
from handlers.texts import text

#: cron's days of the month and of the week, by the name of the choice
WEEKLY: dict[str, tuple[str, str]] = {
    "daily": ("*", "*"),
    "weekdays": ("*", "mon-fri"),
    **{day: ("*", day) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
}
#: later days are not in every month: `last` is
MONTHLY: dict[str, tuple[str, str]] = {
    **{f"day{day}": (str(day), "*") for day in range(1, 29)},
    "last": ("last", "*"),
}
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_SIMPLE = re.compile(r"(\d{1,2}) (\d{1,2}) (\S+) \* (\S+)")
#: a channel of Slack, by its name or id
_CHANNEL = re.compile(r"#?[\w.-]{1,80}")
#: the rooms of the console page
ROOMS = ("digests", "tickets", "alerts")


def label(days: str, language: str | None = None) -> str:
    """A choice in words.

    >>> label("mon"), label("day3"), label("last")
    ('Mondays', 'monthly, on day 3', 'monthly, on its last day')
    """
    if days.startswith("day") and days in MONTHLY:
        return text("plan.days.month", language, day=MONTHLY[days][0])
    return text(f"plan.days.{days}", language)


def cron_of(days: str, typed: str) -> str | None:
    """A choice of days and a time of the day as five cron fields; None for a time that is none.

    >>> cron_of("mon", "9:05"), cron_of("last", "17.00"), cron_of("daily", "25:00")
    ('5 9 * * mon', '0 17 last * *', None)
    """
    time = _TIME.fullmatch(typed)
    if time is None:
        return None
    month, week = (WEEKLY | MONTHLY)[days]
    return f"{int(time[2])} {int(time[1])} {month} * {week}"


def chosen(cron: str) -> tuple[str, str] | None:
    """The choice of days and the time that a cron came from; None for a cron that is none of the form's.

    >>> chosen("5 9 * * mon"), chosen("*/5 * * * *")
    (('mon', '09:05'), None)
    """
    found = _SIMPLE.fullmatch(cron)
    if found is None:
        return None
    days = next((name for name, days in (WEEKLY | MONTHLY).items() if days == (found[3], found[4])), None)
    return None if days is None else (days, f"{int(found[2]):02}:{found[1]:0>2}")


def spoken(cron: str, language: str | None = None) -> str:
    """A cron as people read it, as far as it is one of the form's.

    >>> spoken("5 9 * * mon"), spoken(""), spoken("*/5 * * * *"), spoken("0 8 1 * *")
    ('Mondays, 09:05', 'off', '*/5 * * * *', 'monthly, on day 1, 08:00')
    >>> spoken("5 9 * * mon", "zh")
    '每周一 09:05'
    """
    if not cron:
        return text("plan.days.off")
    found = chosen(cron)
    between = " " if language == "zh" else ", "
    return cron if found is None else f"{label(found[0], language)}{between}{found[1]}"


def room_of(typed: str, policy: Policy) -> str | None:
    """Where it goes; empty where all digests go, None for what is no place."""
    if policy.staff_channel == "console":
        return None if typed not in ("", *ROOMS) else ("" if typed == ROOMS[0] else typed)
    return typed if not typed or _CHANNEL.fullmatch(typed) else None
