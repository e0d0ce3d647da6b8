"""The morning digest: what waits, posted once."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from crm_store.schema import JobRun
from handlers.events import Arrival, Slot
from tests.dialogues.rehearsal import MORNING, Rehearsal

NINE = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


def the_clock_strikes(desk: Rehearsal, due: datetime, source: str | None = None) -> None:
    slot = Slot("waiting", due)
    desk.run(desk.app.receive([Arrival("clock", source or due.isoformat(), "job:waiting", slot)]))


def three_days_of_work(desk: Rehearsal) -> None:
    ada, bea, cid = desk.customer("Ada"), desk.customer("Bea"), desk.customer("Cid")
    ada.says("The jacket arrived torn, this is a scam, I call my lawyer!!!")
    desk.passes(days=1, hours=5)
    bea.says("I want my money back")
    maya = desk.staff("Maya")
    maya.writes("> On its way", number=2)
    desk.passes(days=1)
    cid.says("can you change my address")
    maya.presses("Claim", number=3)
    maya.presses("Resolve", number=3)
    desk.time = NINE


def test_it_lists_what_waits_by_age_and_priority_longest_first(desk: Rehearsal) -> None:
    three_days_of_work(desk)
    desk.customer("Dee").says("does the tent come in green?")
    the_clock_strikes(desk, NINE)

    (digest,) = desk.posts("digests")
    facts = {fact.label: fact.value for fact in digest.message.facts}
    assert facts == {"Open tickets": "3", "Unanswered": "2", "Unassigned": "3"}
    table = digest.message.table
    assert table is not None
    assert [row[0] for row in table.rows] == ["#1", "#4"]
    assert table.rows[0][1] == "Ada"
    assert table.rows[0][4] == "2 d 23 h"
    chart = digest.message.chart
    assert chart is not None
    assert chart.categories == ("under a day", "1 to 3 days", "3 to 7 days", "over a week")
    assert {one.label: one.values for one in chart.series}["normal"] == (1.0, 1.0, 0.0, 0.0)
    assert "Open tickets by age and priority" in chart.alt


def test_nothing_waiting_is_said_too(desk: Rehearsal) -> None:
    the_clock_strikes(desk, MORNING)
    assert "Nothing waits" in desk.posts("digests")[0].text


def test_a_slot_happens_once_whoever_strikes(desk: Rehearsal) -> None:
    the_clock_strikes(desk, NINE)
    the_clock_strikes(desk, NINE)
    the_clock_strikes(desk, NINE, source="another process, another id")
    assert len(desk.posts("digests")) == 1
    with desk.store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(JobRun)) == 1


def test_one_that_is_asked_for_by_hand_takes_the_clocks_place_in_nothing(desk: Rehearsal) -> None:
    desk.customer("Ada").says("The jacket arrived torn")
    later = NINE + timedelta(days=100)
    for slot in (Slot("waiting", later, by_hand=True), Slot("waiting", later)):
        desk.run(desk.app.take_slot(slot))
    asked, struck = desk.posts("digests")
    assert asked.message.table is not None
    assert asked.message.table.rows[0][4].startswith("102 d"), "it sees the time it was asked for"
    assert struck.message.table is not None
    assert struck.message.table.rows[0][4] == "0 min"


def test_the_next_day_it_is_posted_again(desk: Rehearsal) -> None:
    the_clock_strikes(desk, NINE)
    the_clock_strikes(desk, NINE + timedelta(days=1))
    assert len(desk.posts("digests")) == 2


def test_a_late_one_says_so(desk: Rehearsal) -> None:
    desk.time = NINE + timedelta(hours=2)
    the_clock_strikes(desk, NINE)
    (post,) = desk.posts("digests")
    assert "Posted late, as of 5 Mar 2026, 11:00" in post.text
    assert "Unanswered: the customer spoke last." in post.text


def test_an_unknown_job_is_put_aside_and_told(desk: Rehearsal) -> None:
    desk.run(desk.app.receive([Arrival("clock", "x", "job:x", Slot("tea", NINE))]))
    assert "there is no job 'tea'" in desk.posts("alerts")[0].text
