"""What colleagues type after `/ticket`, and how they name times."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.staff import snooze
from handlers.staff.changes import Assign, Export, Link, Look, Merge, Note, Retag, Snooze, Split
from handlers.staff.ticket_command import Nonsense, parse

#: a Monday
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("30m", "2026-03-02 10:00"),
        ("2 hours", "2026-03-02 11:30"),
        ("for 3 days", "2026-03-05 09:30"),
        ("1w", "2026-03-09 09:30"),
        ("tomorrow", "2026-03-03 08:00"),
        ("Tomorrow  14:30", "2026-03-03 13:30"),
        ("next monday", "2026-03-09 08:00"),
        ("tue 7:05", "2026-03-03 06:05"),
        ("until sunday", "2026-03-08 08:00"),
        ("12:00", "2026-03-02 11:00"),
        ("9:00", "2026-03-03 08:00"),
        ("today 23:59", "2026-03-02 22:59"),
        ("2026-07-01", "2026-07-01 07:00"),
        ("2026-07-01 18:00", "2026-07-01 16:00"),
    ],
)
def test_a_time_is_the_shops(words: str, at: str) -> None:
    assert snooze.until(words, NOW, BERLIN) == datetime.fromisoformat(at + "+00:00")


def test_the_morning_after_the_clocks_change_is_nine_all_the_same() -> None:
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert snooze.until("tomorrow", saturday, BERLIN) == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert snooze.until("tomorrow 2:30", saturday, BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("words", ["answer", "until answer", "reply", "until the answer"])
def test_the_customers_answer_is_no_time(words: str) -> None:
    assert snooze.until(words, NOW, BERLIN) is None


@pytest.mark.parametrize("words", ["", "never", "25:00", "9:99", "2026-02-30", "99999999h", "-2h", "monday 9", "²h"])
def test_words_that_name_no_time_are_refused(words: str) -> None:
    with pytest.raises(snooze.NoTime):
        snooze.until(words, NOW, BERLIN)


_WORDS = st.text() | st.from_regex(r"(until |for |next )?[0-9]{0,6} ?[a-z0-9:-]{0,10}( [0-9:]{0,5})?", fullmatch=True)


@given(_WORDS)
def test_whatever_is_typed_as_a_time_is_one_or_is_refused(words: str) -> None:
    try:
        at = snooze.until(words, NOW, BERLIN)
    except snooze.NoTime:
        return
    assert at is None or at.utcoffset() == timedelta(0)


@given(st.text() | st.builds("{} {} {}".format, st.integers(), st.sampled_from(["tag", "merge", "snooze"]), st.text()))
def test_whatever_is_typed_as_a_command_is_one_or_is_refused(typed: str) -> None:
    try:
        parse(typed, NOW, BERLIN)
    except Nonsense:
        return


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("12", Look()),
        (" #12  Claim ", "claim"),
        ("12 assign @Tom Jones", Assign("@Tom Jones")),
        ("12 assign nobody", Assign(None)),
        ("12 tag vip, -old", Retag(("vip",), ("old",))),
        ("12 merge into #15", Merge(15)),
        ("12 link with 15", Link(15)),
        ("12 split", Split()),
        ("12 split 3", Split(nth=3)),
        ("12 snooze", Snooze(None)),
        ("12 note she called\ntwice", Note("she called\ntwice")),
        ("12 export JSON", Export("json")),
    ],
)
def test_a_command_is_what_it_says(typed: str, wish: object) -> None:
    parsed = parse(typed, NOW, BERLIN)
    assert (parsed.ticket, parsed.wish) == ("12", wish)
