"""When a customer may expect an answer: from what the desk did lately and who is there, else from its hours alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from babel import Locale
from babel.dates import format_datetime, format_time

from crm_store import duty, targets
from crm_store.calendar import Calendar
from crm_store.targets import Replied
from handlers.desk import Desk
from handlers.texts import spoken, text

#: what is looked back on
_LATELY = timedelta(days=30)
#: fewer answers than this say nothing
_LEAST = 5
#: so many of the answers lately came as soon as is told
_MOST = 0.8
#: nobody is told a time further away, or one that is all but now
_FURTHEST, _SOONEST = timedelta(days=10), timedelta(minutes=10)
#: open hours beyond which an estimate is too rough to promise
_ROUGH = timedelta(hours=24)
_ROUND = timedelta(minutes=15)
#: how much fewer or more people than usual count, at the most
_FEWEST, _BEST = 4.0, 0.5


@dataclass(frozen=True, slots=True)
class Expected:
    """What a customer can be told about the time of an answer."""

    #: open time until then; None where the desk has too little to go by
    within: timedelta | None
    hours: Calendar


def expected(priority: str, team: str | None, desk: Desk, ticket_id: int | None = None) -> Expected | None:
    """What can be told of a ticket (`ticket_id`: of one that waits already); None when customers are told nothing."""
    staffing = desk.policy.staffing
    if not staffing.tells_when:
        return None
    hours = staffing.calendar(team)
    lately = targets.replied_lately(desk.connection, desk.now - _LATELY)
    if len(lately) < _LEAST:
        return Expected(None, hours)
    ahead = targets.ahead(desk.connection, priority, () if ticket_id is None else (ticket_id,))
    on_duty = len(duty.on_duty(desk.connection))
    awaited = estimate(lately, priority, ahead, on_duty, hours)
    # what lies further ahead is no promise that anybody could keep
    return Expected(None if awaited is not None and awaited > _ROUGH else awaited, hours)


def estimate(lately: Sequence[Replied], priority: str, ahead: int, on_duty: int, hours: Calendar) -> timedelta | None:
    """The open time in which a new ticket is answered, as four of five were; None for too few to tell.

    Each answer of late took so long for each place its ticket had in the queue when it came: its *pace*. The new ticket
    has `ahead + 1` places to go at a pace that four of five kept; where fewer people are on duty than answered lately,
    it goes slower by as much. Tickets of the same priority are gone by where there are enough, else all.
    """
    alike = [one for one in lately if one.priority == priority]
    alike = alike if len(alike) >= _LEAST else list(lately)
    if len(alike) < _LEAST:
        return None
    paces = sorted(hours.open_time(one.opened_at, one.first_reply_at) / (1 + _ahead_of(one, lately)) for one in alike)
    pace = paces[ceil(_MOST * len(paces)) - 1]
    usual = len({one.assignee_id for one in lately if one.assignee_id is not None})
    slower = min(max(usual / on_duty, _BEST), _FEWEST) if usual and on_duty else 1.0
    return max(pace * (ahead + 1) * slower, _SOONEST)


def _ahead_of(one: Replied, lately: Sequence[Replied]) -> int:
    """How many tickets waited for an answer when one came."""
    return sum(other.opened_at < one.opened_at < other.first_reply_at for other in lately)


def told(promise: Expected, now: datetime, language: str | None) -> tuple[str, datetime | None]:
    """A sentence on when an answer comes, and the time it promises; empty where there is nothing honest to say."""
    by = _by(promise, now)
    if by is not None:
        return _sentence("by", by, now, promise.hours, language), by
    if not promise.hours.week:
        return "", None
    opens = promise.hours.next_open(now)
    if opens > now:
        return _sentence("from", opens, now, promise.hours, language), None
    return text("promise.until", language, time=_time(_closes(now, promise.hours), promise.hours, language)), None


def _by(promise: Expected, now: datetime) -> datetime | None:
    if promise.within is None:
        return None
    by = promise.hours.after(now, promise.within)
    minutes = timedelta(minutes=by.minute % 15, seconds=by.second, microseconds=by.microsecond)
    by += _ROUND - minutes if minutes else timedelta(0)
    return by if by - now <= _FURTHEST else None


def _closes(now: datetime, hours: Calendar) -> datetime:
    """When the last shift of today ends, which may be after midnight."""
    local = now.astimezone(hours.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    begun = [stretch for stretch in hours.open_between(now, now + timedelta(days=2)) if stretch[0] < midnight]
    return begun[-1][1]


def _sentence(what: str, at: datetime, now: datetime, hours: Calendar, language: str | None) -> str:
    local, today = at.astimezone(hours.zone).date(), now.astimezone(hours.zone).date()
    time = _time(at, hours, language)
    match (local - today).days:
        case 0:
            return text(f"promise.{what}.today", language, time=time)
        case 1:
            return text(f"promise.{what}.tomorrow", language, time=time)
        case _:
            day = format_datetime(at, text("promise.day", language), hours.zone, _locale(language))
            return text(f"promise.{what}.day", language, time=time, day=day)


def _time(at: datetime, hours: Calendar, language: str | None) -> str:
    """A time of the shop's clock, as it is written where the language is spoken."""
    return format_time(at, "short", tzinfo=hours.zone, locale=_locale(language))


def _locale(language: str | None) -> Locale:
    """Of English there are many: most of Europe and Asia writes 15:00 in it."""
    short = spoken(language)
    return Locale.parse("en_GB" if short == "en" else short)
