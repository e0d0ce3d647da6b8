"""When jobs are due. The only file that names APScheduler."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from crm_store.store import StoreUnavailable
from handlers.events import Slot

log = logging.getLogger(__name__)

#: takes a slot in; the same slot a second time changes nothing
TakeSlot = Callable[[Slot], Awaitable[None]]
#: seconds between attempts to hand a slot in while the store is away
_STORE_WAIT = 1.0
_A_MOMENT = timedelta(minutes=2)
_WEEK = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class Clock:
    """Hands in each job's slot when it is due; one that passed while nothing ran, if it is not too late for it.

    `crons`: five cron fields by job, in the shop's time zone. `late`: how old a missed slot may be.
    """

    def __init__(
        self,
        crons: Mapping[str, str],
        timezone: ZoneInfo,
        *,
        late: timedelta,
        born: datetime,
        now: Callable[[], datetime],
        take: TakeSlot,
    ) -> None:
        due = {job: _named_days(cron) for job, cron in crons.items() if cron}
        self._triggers = {job: CronTrigger.from_crontab(cron, timezone) for job, cron in due.items()}
        self._late = late
        self._born = born
        self._now = now
        self._take = take
        self._scheduler = AsyncIOScheduler(timezone=timezone)

    async def start(self) -> None:
        """Catches up with what was missed, then follows the clock."""
        for job, trigger in self._triggers.items():
            self._scheduler.add_job(self._due, trigger, args=[job], misfire_grace_time=None, coalesce=True)
        self._scheduler.start()
        await asyncio.gather(*(self._due(job) for job in self._triggers))

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _due(self, job: str) -> None:
        due = latest_due(self._triggers[job], self._now(), self._late)
        if due is not None and due >= self._born:
            log.debug("job %s is due (%s)", job, due)
            await self._hand_in(Slot(job, due))

    async def _hand_in(self, slot: Slot) -> None:
        """However long the store is away: nobody else knows that the slot was due."""
        while True:
            try:
                return await self._take(slot)
            except StoreUnavailable as error:
                log.warning("%s; job %s waits", error, slot.job)
                await asyncio.sleep(_STORE_WAIT)


def _named_days(cron: str) -> str:
    """Cron's weekdays one by one, by name: to cron 0 and 7 are Sunday and a week begins there, to APScheduler 0 is
    Monday, a week ends with Sunday, and a range of days knows no step.

    >>> _named_days("0 9 * * 0-2,fri"), _named_days("0 9 * * mon-fri/2")
    ('0 9 * * sun,mon,tue,fri', '0 9 * * mon,wed,fri')
    """
    *fields, weekdays = cron.split()
    words = [word if word == "*" else ",".join(_days(word)) for word in weekdays.split(",")]
    return " ".join([*fields, ",".join(words)])


def _days(word: str) -> list[str]:
    span, _, step = word.partition("/")
    first, _, last = ("0-6" if span == "*" else span).partition("-")
    start, end = _number(first), _number(last or first)
    end += 7 if end < start else 0
    return [_WEEK[number % 7] for number in range(start, end + 1, int(step or 1))]


def _number(day: str) -> int:
    return _WEEK.index(day) if day in _WEEK else int(day)


def latest_due(trigger: CronTrigger, now: datetime, late: timedelta) -> datetime | None:
    """The last time a trigger fired, up to now and not more than `late` ago.

    >>> from datetime import UTC
    >>> every_morning = CronTrigger.from_crontab("0 9 * * *", UTC)
    >>> latest_due(every_morning, datetime(2026, 3, 5, 9, 0, 1, tzinfo=UTC), timedelta(hours=6))
    datetime.datetime(2026, 3, 5, 9, 0, tzinfo=datetime.timezone.utc)
    >>> latest_due(every_morning, datetime(2026, 3, 5, 16, 0, tzinfo=UTC), timedelta(hours=6)) is None
    True
    """
    for window in (_A_MOMENT, late):  # of what fires every minute, hours would be looked through every minute
        found: datetime | None = None
        candidate = trigger.get_next_fire_time(None, now - min(window, late))
        while candidate is not None and candidate <= now:
            found = candidate
            candidate = trigger.get_next_fire_time(candidate, candidate + timedelta(microseconds=1))
        if found is not None:
            return found
    return None
