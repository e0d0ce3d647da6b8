"""The calendar against a count minute by minute, and the laws it keeps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.calendar import Calendar, Shift

#: a zone, and a night in which its clocks change: by an hour, by half an hour, at midnight, south of the equator
CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 3, 8, 5, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 10, 29, 21, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 6, 1, 12, tzinfo=UTC)),
]
MINUTE = timedelta(minutes=1)

shifts = st.tuples(st.integers(0, 1439), st.integers(0, 1440)).filter(lambda shift: shift[0] != shift[1])
weeks = st.lists(st.lists(shifts, max_size=3).map(tuple), min_size=7, max_size=7).map(tuple).filter(any)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar, and a moment within two days of a change of its clocks."""
    zone, change = draw(st.sampled_from(CHANGES))
    at = change + draw(st.integers(-2880, 2880)) * MINUTE
    holidays = draw(st.sets(st.integers(-2, 2).map(lambda day: (change + timedelta(days=day)).date()), max_size=2))
    return Calendar(ZoneInfo(zone), draw(weeks), frozenset(holidays)), at


def shows_open(calendar: Calendar, at: datetime) -> bool:
    """What somebody would say who looks at the wall and at the plan."""
    wall = at.astimezone(calendar.zone).replace(tzinfo=None)
    for day in (wall.date(), wall.date() - timedelta(days=1)):
        minute = (wall - datetime.combine(day, datetime.min.time())) // MINUTE
        for start, end in calendar.week[day.weekday()]:
            last = end if end > start else end + 1440
            if day not in calendar.holidays and start <= minute < last:
                return True
    return False


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(0, 4000))
def test_open_time_is_what_a_count_of_minutes_says(given_: tuple[Calendar, datetime], minutes: int) -> None:
    calendar, start = given_
    counted = sum(shows_open(calendar, start + n * MINUTE) for n in range(minutes))
    assert calendar.open_time(start, start + minutes * MINUTE) == counted * MINUTE


@settings(max_examples=150, deadline=None)
@given(calendars(), st.integers(0, 30_000_000), st.integers(0, 30_000_000))
def test_more_time_is_never_less_open_time(given_: tuple[Calendar, datetime], one: int, more: int) -> None:
    calendar, start = given_
    middle = start + timedelta(milliseconds=one)
    end = middle + timedelta(milliseconds=more)
    parts = calendar.open_time(start, middle) + calendar.open_time(middle, end)
    assert calendar.open_time(start, end) == parts
    assert timedelta(0) <= parts <= end - start
    assert calendar.open_time(end, start) == timedelta(0) or one + more == 0


@settings(max_examples=150, deadline=None)
@given(calendars(), st.integers(1, 400_000_000))
def test_after_is_the_first_moment_by_which_so_much_has_passed(given_: tuple[Calendar, datetime], ms: int) -> None:
    calendar, start = given_
    amount = timedelta(milliseconds=ms)
    end = calendar.after(start, amount)
    assert calendar.open_time(start, end) == amount
    assert calendar.open_time(start, end - timedelta(milliseconds=1)) < amount


@settings(max_examples=100, deadline=None)
@given(calendars())
def test_the_next_opening_is_open_and_nothing_before_it_is(given_: tuple[Calendar, datetime]) -> None:
    calendar, at = given_
    opening = calendar.next_open(at)
    assert calendar.is_open(opening)
    assert calendar.open_time(at, opening) == timedelta(0)


def berlin(*shifts: Shift, holidays: frozenset[date] = frozenset()) -> Calendar:
    return Calendar(ZoneInfo("Europe/Berlin"), (shifts,) * 7, holidays)


def at(day: int, hour: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(("day", "month", "hours"), [(27, 3, 8), (28, 3, 7), (24, 10, 9)])
def test_a_night_shift_is_as_long_as_its_night(day: int, month: int, hours: int) -> None:
    nights = berlin((22 * 60, 6 * 60))
    noon = at(day, 12, month)
    assert nights.open_time(noon, at(day + 1, 12, month)) == timedelta(hours=hours)


def test_a_shift_belongs_to_the_day_it_begins_on() -> None:
    nights = berlin((22 * 60, 6 * 60), holidays=frozenset({date(2026, 3, 11)}))
    assert nights.is_open(at(11, 3)), "the night of the 10th goes on"
    assert not nights.is_open(at(11, 23))
    assert not nights.is_open(at(12, 3))


def test_with_no_week_it_is_always_open() -> None:
    always = Calendar(ZoneInfo("Europe/Berlin"))
    assert always.after(at(7, 3), timedelta(hours=5)) == at(7, 8)
    assert always.open_time(at(7, 3), at(8, 3)) == timedelta(days=1)
    assert always.next_open(at(7, 3)) == at(7, 3)


def test_what_falls_due_with_the_end_of_the_day_is_due_then_and_not_next_morning() -> None:
    office = berlin((9 * 60, 12 * 60), (13 * 60, 18 * 60))
    assert office.after(at(9, 15), timedelta(hours=3)) == at(9, 18)
    assert office.after(at(9, 11), timedelta(hours=3)) == at(9, 15)
    assert office.after(at(9, 20), timedelta(hours=1)) == at(10, 10)
