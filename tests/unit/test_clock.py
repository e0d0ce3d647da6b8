"""Jobs are due at the shop's time, on cron's weekdays, once, and not too late."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_store.store import StoreUnavailable
from handlers.events import Slot
from jobs.clock import Clock

BERLIN = ZoneInfo("Europe/Berlin")
BORN = datetime(2026, 1, 1, tzinfo=UTC)


async def taken(now: datetime, cron: str = "0 9 * * mon-fri", *, hours: float = 6, born: datetime = BORN) -> list[Slot]:
    """What a clock hands in when it is started at a time."""
    slots: list[Slot] = []

    async def take(slot: Slot) -> None:
        slots.append(slot)

    clock = Clock({"waiting": cron}, BERLIN, late=timedelta(hours=hours), born=born, now=lambda: now, take=take)
    await clock.start()
    clock.stop()
    return slots


@pytest.mark.asyncio
async def test_a_slot_missed_while_nothing_ran_is_handed_in_late() -> None:
    (slot,) = await taken(datetime(2026, 3, 5, 10, 0, tzinfo=UTC))
    assert slot == Slot("waiting", datetime(2026, 3, 5, 9, 0, tzinfo=BERLIN))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("now", "why"),
    [
        (datetime(2026, 3, 5, 7, 59, tzinfo=UTC), "it is not nine in Berlin yet"),
        (datetime(2026, 3, 5, 14, 1, tzinfo=UTC), "more than six hours late"),
        (datetime(2026, 3, 7, 10, 0, tzinfo=UTC), "a Saturday"),
    ],
)
async def test_nothing_is_due(now: datetime, why: str) -> None:
    assert await taken(now) == [], why


@pytest.mark.asyncio
async def test_what_was_due_before_the_store_was_made_is_nobodys() -> None:
    noon = datetime(2026, 3, 5, 11, 0, tzinfo=UTC)
    assert await taken(noon, born=noon) == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("cron", "due"),
    [
        *(("0 9 * * 1-5", True), ("0 9 * * 0", False), ("0 9 * * 4", True), ("", False)),
        *(("0 9 * * 0-3", False), ("0 9 * * 0-4", True), ("0 9 * * 5-7", False), ("0 9 * * 7", False)),
        *(("0 9 * * */2", True), ("0 9 * * */3", False), ("0 9 * * mon-fri/2", False), ("0 9 * * tue-thu/2", True)),
        *(("0 9 * * *", True), ("0 9 * * sun,thu", True)),
    ],
)
async def test_numbers_of_weekdays_are_crons(cron: str, due: bool) -> None:
    thursday = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
    assert bool(await taken(thursday, cron)) is due


@pytest.mark.asyncio
@pytest.mark.parametrize(("day", "utc"), [(27, 8), (30, 7)])
async def test_nine_stays_nine_over_the_change_of_the_clocks(day: int, utc: int) -> None:
    (slot,) = await taken(datetime(2026, 3, day, utc, 30, tzinfo=UTC))
    assert slot.due.astimezone(UTC) == datetime(2026, 3, day, utc, 0, tzinfo=UTC)


@pytest.mark.asyncio
async def test_a_slot_waits_for_a_store_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.clock._STORE_WAIT", 0.01)
    asked: list[Slot] = []

    async def take(slot: Slot) -> None:
        asked.append(slot)
        if len(asked) < 3:
            raise StoreUnavailable("locked")

    nine = datetime(2026, 3, 5, 8, 0, 1, tzinfo=UTC)
    clock = Clock({"waiting": "0 9 * * *"}, BERLIN, late=timedelta(hours=6), born=BORN, now=lambda: nine, take=take)
    await clock.start()
    clock.stop()
    assert len(asked) == 3
    assert len(set(asked)) == 1


@pytest.mark.asyncio
async def test_with_no_lateness_allowed_what_was_missed_is_skipped_and_what_is_punctual_is_not() -> None:
    assert await taken(datetime(2026, 3, 5, 8, 1, tzinfo=UTC), hours=0) == []
    slots: list[Slot] = []

    async def take(slot: Slot) -> None:
        slots.append(slot)

    time = [datetime(2026, 3, 5, 7, 59, 58, tzinfo=UTC)]
    clock = Clock({"waiting": "0 9 * * *"}, BERLIN, late=timedelta(0), born=BORN, now=lambda: time[0], take=take)
    await clock.start()
    time[0] = datetime(2026, 3, 5, 8, 0, 0, 3_000, tzinfo=UTC)
    await clock._due("waiting")  # as the scheduler calls it
    clock.stop()
    assert slots == [Slot("waiting", datetime(2026, 3, 5, 9, 0, tzinfo=BERLIN))]


@pytest.mark.asyncio
async def test_nine_is_nine_on_the_shops_wall_however_its_clocks_are_set() -> None:
    for day, utc in ((28, 8), (29, 7), (30, 7)):  # the clocks go on in the night before 29 March
        (slot,) = await taken(datetime(2026, 3, day, 10, 0, tzinfo=UTC), "0 9 * * *")
        assert slot.due == datetime(2026, 3, day, utc, tzinfo=UTC)
    (slot,) = await taken(datetime(2026, 2, 28, 10, 0, tzinfo=UTC), "0 9 last * *")
    assert slot.due == datetime(2026, 2, 28, 8, tzinfo=UTC)
