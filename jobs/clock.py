"""When jobs are due. The only file that names APScheduler."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from crm_store.store import StoreUnavailable
from handlers.events import Slot

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Planned:
    """When staff want a job, in place of what is configured: five cron fields (empty: never), and since when."""

    cron: str
    since: datetime


#: takes a slot in; the same slot a second time changes nothing
TakeSlot = Callable[[Slot], Awaitable[None]]
#: what staff planned, by job. Raises `StoreUnavailable`
ReadPlans = Callable[[], Awaitable[Mapping[str, Planned]]]
#: seconds between looks at what staff planned
_PLANS_READ = 20
#: seconds between attempts to hand a slot in while the store is away
_STORE_WAIT = 1.0
_A_MOMENT = timedelta(minutes=2)
_WEEK = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class Clock:
    """Hands in each job's slot when it is due; one that passed while nothing ran, if it is not too late for it.

    `crons`: five cron fields by job, in the shop's time zone; `plans`: what goes before them, looked at again and
    again. `late`: how old a missed slot may be.
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
        plans: ReadPlans | None = None,
    ) -> None:
        self._configured = dict(crons)
        self._crons: dict[str, str] = {}
        self._triggers: dict[str, CronTrigger] = {}
        #: slots before then are nobody's, by job
        self._since: dict[str, datetime] = {}
        self._timezone = timezone
        self._plans = plans
        self._late = late
        self._born = born
        self._now = now
        self._take = take
        self._scheduler = AsyncIOScheduler(timezone=timezone)

    async def start(self) -> None:
        """Catches up with what was missed, then follows the clock."""
        self._scheduler.start()
        await self.follow()
        if self._plans is not None:
            self._scheduler.add_job(
                self.follow, "interval", seconds=_PLANS_READ, misfire_grace_time=None, coalesce=True
            )

    async def follow(self) -> None:
        """Takes up what staff planned since the last look; a time that passed before they did is not made up for."""
        try:
            plans = {} if self._plans is None else await self._plans()
        except StoreUnavailable as error:
            log.warning("%s; digests stay as they were planned", error)
            return
        is_first = not self._crons
        # what is planned no longer, and was never configured, is due no more
        wanted = dict.fromkeys(self._crons, "") | self._configured | {job: plan.cron for job, plan in plans.items()}
        fresh = [job for job, cron in wanted.items() if self._crons.get(job) != cron]
        for job in fresh:
            plan = plans.get(job)
            self._since[job] = plan.since if plan is not None else self._born if is_first else self._now()
            self._set(job, wanted[job])
        # at the start it is what was missed that is looked for; later nothing was that is not punctual
        await asyncio.gather(*(self._due(job, self._late if is_first else None) for job in fresh))

    def _set(self, job: str, cron: str) -> None:
        self._crons[job] = cron
        self._triggers.pop(job, None)
        if self._scheduler.get_job(job) is not None:
            self._scheduler.remove_job(job)
        if cron:
            self._triggers[job] = trigger = CronTrigger.from_crontab(_named_days(cron), self._timezone)
            self._scheduler.add_job(self._due, trigger, args=[job], id=job, misfire_grace_time=None, coalesce=True)

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _due(self, job: str, late: timedelta | None = None) -> None:
        trigger = self._triggers.get(job)
        late = max(self._late, _A_MOMENT) if late is None else late
        due = None if trigger is None else latest_due(trigger, self._now(), late)
        if due is not None and due >= max(self._born, self._since[job]):
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
