"""When the desk is there: shifts by day of the week, holidays, a time zone; and how long a wait is in such hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: minutes after midnight; one that does not end after it begins runs into the next day
Shift = tuple[int, int]

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
#: open hours are looked for a week at a time, and for no longer than ten years
_AT_A_TIME = timedelta(days=7)
_LONGEST = timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The desk is open while the clock on its wall shows a time within one of its shifts.

    So a night shift is an hour shorter when the clock goes forward, and an hour longer when it goes back. A shift
    belongs to the day it begins on: on a holiday none begins, and the one of the evening before ends as always.
    """

    zone: ZoneInfo
    #: the shifts of each day, Monday first; none at all: always open
    week: tuple[tuple[Shift, ...], ...] = ()
    holidays: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        return any(True for _ in self.open_between(at, at + _SECOND / 1000))

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time between two moments the desk is open; none when they are the other way round.

        >>> office = Calendar(ZoneInfo("Europe/Berlin"), (((540, 1020),),) * 5 + ((),) * 2)
        >>> friday, monday = (datetime(2026, 3, day, 12, tzinfo=ZoneInfo("Europe/Berlin")) for day in (6, 9))
        >>> office.open_time(friday, monday)
        datetime.timedelta(seconds=28800)
        """
        if not self.week:
            return max(end - start, timedelta(0))
        return sum((until - since for since, until in self.open_between(start, end)), timedelta(0))

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """The first moment by which so much open time has passed since another one; ten years later at the most."""
        left = max(amount, timedelta(0))
        if not self.week or not left:
            return start + left
        for since, until in self._open_from(start):
            if left <= until - since:
                return since + left
            left -= until - since
        return start + _LONGEST

    def next_open(self, at: datetime) -> datetime:
        """The first moment from another one on when the desk is open; ten years later at the most."""
        if not self.week:
            return at
        return next((since for since, _ in self._open_from(at)), at + _LONGEST)

    def open_between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches between two moments when the desk is open, in order; two never touch."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if not self.week:
            found = [(start, end)]
        else:
            first, last = (at.astimezone(self.zone).date() for at in (start, end))
            # a shift of the day before may still go on; where clocks change at midnight a date comes twice
            days = (first + number * _DAY for number in range(-2, (last - first).days + 2))
            found = sorted(stretch for day in days for stretch in self._shifts(day))
        since = until = start
        for opens, closes in found:
            opens, closes = max(opens, start), min(closes, end)
            if opens >= closes:
                continue
            if opens > until:
                if since < until:
                    yield since, until
                since = opens
            until = max(until, closes)
        if since < until:
            yield since, until

    def _open_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        for week in range(_LONGEST // _AT_A_TIME):
            since = start + week * _AT_A_TIME
            yield from self.open_between(since, since + _AT_A_TIME)

    def _shifts(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The stretches of time that belong to a day."""
        if day in self.holidays:
            return
        midnight = datetime.combine(day, time(), UTC)
        for start, end in self.week[day.weekday()]:
            length = end - start if end > start else end - start + 1440
            opens = midnight + timedelta(minutes=start)
            yield from self._on_the_wall(opens, opens + timedelta(minutes=length))

    def _on_the_wall(self, opens: datetime, closes: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When a clock on the wall shows a time between two, which are given as if they were UTC."""
        start, end = opens - _DAY, closes + _DAY
        before, after = self._offset(start), self._offset(end)
        if before == after:
            yield opens - before, closes - before
            return
        change = self._change(start, end)
        pieces = ((opens - before, min(closes - before, change)), (max(opens - after, change), closes - after))
        yield from (piece for piece in pieces if piece[0] < piece[1])

    def _change(self, start: datetime, end: datetime) -> datetime:
        """The second between two moments at which the clocks are changed."""
        before = self._offset(start)
        while end - start > _SECOND:
            middle = start + (end - start) // _SECOND // 2 * _SECOND
            start, end = (middle, end) if self._offset(middle) == before else (start, middle)
        return end

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.zone).utcoffset() or timedelta(0)
