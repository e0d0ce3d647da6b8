"""What staff asked is kept for what comes after it, on every engine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text, update

from crm_store import answering, asked, question_schedules, saved_segments, segment_sizes
from crm_store.answering import TooSlow, answer_in
from crm_store.asked import FOLLOWED, KEPT, Asked
from crm_store.money import Rates
from crm_store.question.grammar import Compare, Did, Is, Question, Window
from crm_store.question_schedules import ScheduleView
from crm_store.saved_segments import Both, SegmentView, Without
from crm_store.schema import AskedQuestion
from crm_store.segment_sizes import SizeView
from crm_store.store import Store

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
QUESTION = Question(
    subject="customers",
    where=(Is("country", ("DE",)), Compare("spend", "gt", 50_000.0), Did("items", window=Window(NOW, None))),
)


def a_question(number: int, at: datetime = NOW, question: Question | None = QUESTION) -> Asked:
    return Asked(
        number, "slack/C1/1.2", "U1", at, question, ("revenue", "and last month?"), ("多少客户？", "how many?"), True
    )


def test_the_last_question_of_a_thread_that_was_understood_is_found_again(store: Store) -> None:
    with store.begin() as connection:
        asked.keep(connection, a_question(1, question=Question(measure="revenue")))
        asked.keep(connection, a_question(2))
        asked.keep(connection, a_question(3, question=None))
        assert asked.last_in(connection, "slack/C1/1.2", NOW) == a_question(2)
        assert asked.last_in(connection, "slack/U1", NOW) is None
        assert asked.find(connection, 3) == a_question(3, question=None)
        assert a_question(3).under == "1.2"


def test_a_turn_that_is_taken_again_keeps_one(store: Store) -> None:
    with store.begin() as connection:
        asked.keep(connection, a_question(1))
        asked.keep(connection, a_question(1, question=Question(measure="orders")))
        found = asked.find(connection, 1)
    assert found is not None
    assert found.question == Question(measure="orders")


def test_a_segment_is_kept_under_its_name_until_it_is_forgotten(store: Store) -> None:
    vips = SegmentView("vips", ("customers in Germany", "those who spent over 500"), "Maya", NOW)
    with store.begin() as connection:
        saved_segments.keep(connection, SegmentView("vips", ("customers in France",), "Bob", NOW))
        saved_segments.keep(connection, vips)
        saved_segments.keep(connection, SegmentView("法国", ("法国客户",), "Bob", NOW))
        assert saved_segments.every(connection)[0] == vips
        saved_segments.forget(connection, "vips")
        assert [one.name for one in saved_segments.every(connection)] == ["法国"]


def test_a_segment_of_two_is_kept_with_all_of_its_words(store: Store) -> None:
    germans, buyers = ("德国客户",), ("customers who bought shoes", "only those in Berlin")
    part = Without(Both(germans, buyers), Without(buyers, germans))
    with store.begin() as connection:
        saved_segments.keep(connection, SegmentView("part", part, "Maya", NOW))
        segment_sizes.keep(connection, "part", NOW, 7)
        saved_segments.keep(connection, SegmentView("part", part, "Bob", NOW))
        assert saved_segments.every(connection) == [SegmentView("part", part, "Bob", NOW)]
        assert len(segment_sizes.history(connection, "part", NOW, NOW)) == 1


def test_sizes_of_a_segment_are_kept_for_a_while_and_belong_to_its_words(store: Store) -> None:
    vips, day = SegmentView("vips", ("customers in Germany",), "Maya", NOW), timedelta(days=1)
    with store.begin() as connection:
        saved_segments.keep(connection, vips)
        for age, size in ((segment_sizes.KEPT / day + 1, 1), (40, 2), (7, 3), (0, 4), (0, 5)):
            segment_sizes.keep(connection, "vips", NOW - age * day, size)
        segment_sizes.keep(connection, "others", NOW, 9)
        kept = segment_sizes.history(connection, "vips", NOW - 9_999 * day, NOW)
        assert kept == [SizeView(NOW - 40 * day, 2), SizeView(NOW - 7 * day, 3), SizeView(NOW, 5)]
        assert segment_sizes.history(connection, "vips", NOW - 8 * day, NOW - day) == kept[1:2]
        saved_segments.keep(connection, vips)
        assert len(segment_sizes.history(connection, "vips", NOW - 99 * day, NOW)) == 3
        saved_segments.keep(connection, SegmentView("vips", ("customers in France",), "Maya", NOW))
        assert segment_sizes.history(connection, "vips", NOW - 99 * day, NOW) == []
        saved_segments.forget(connection, "others")
        assert segment_sizes.history(connection, "others", NOW - 99 * day, NOW) == []


def test_a_schedule_is_kept_with_how_it_fared(store: Store) -> None:
    new = ScheduleView(0, ("德国客户", "and last month?"), True, "0 9 * * mon", "C1", "Maya", NOW)
    later = NOW + timedelta(days=7)
    with store.begin() as connection:
        question_schedules.keep(connection, new)
        (kept,) = question_schedules.every(connection)
        assert kept == replace(new, id=kept.id)
        question_schedules.answered(connection, kept.id, NOW, 12.5)
        question_schedules.failed(connection, kept.id, later)
        question_schedules.failed(connection, kept.id, later + timedelta(days=7))
        found = question_schedules.find(connection, kept.id)
        assert found == replace(kept, answered_at=NOW, value=12.5, failing_since=later)
        question_schedules.keep(connection, replace(kept, cron="0 8 last * *", room="", actor="Bob", at=later))
        question_schedules.answered(connection, kept.id, later, None)
        changed = replace(kept, cron="0 8 last * *", room="", actor="Bob", at=later, answered_at=later)
        assert question_schedules.every(connection) == [changed]
        question_schedules.forget(connection, kept.id)
        assert question_schedules.find(connection, kept.id) is None


def test_questions_get_old(store: Store) -> None:
    with store.begin() as connection:
        asked.keep(connection, a_question(1))
        assert asked.last_in(connection, "slack/C1/1.2", NOW + FOLLOWED) is None
        asked.keep(connection, a_question(2, NOW + KEPT + timedelta(seconds=1)))
        assert asked.find(connection, 1) is None


def test_a_question_of_another_version_is_none(store: Store) -> None:
    with store.begin() as connection:
        asked.keep(connection, a_question(1))
        connection.execute(update(AskedQuestion).values(question='{"subject": "unicorns"}'))
        found = asked.find(connection, 1)
    assert found is not None
    assert found.question is None


def test_a_question_that_takes_too_long_undoes_nothing_of_its_turn(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = {
        "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) AS value FROM n",
        "postgresql": "SELECT pg_sleep(30) AS value",
        "mariadb": "SELECT count(*) AS value FROM seq_1_to_1000000 a, seq_1_to_1000000 b",
    }[store.dialect]
    shop = (NOW, ZoneInfo("UTC"), Rates("EUR", {}), timedelta(milliseconds=300))
    with store.begin() as connection:
        asked.keep(connection, a_question(1))
        with monkeypatch.context() as patched:
            patched.setattr(answering, "compile_question", lambda *_: text(slow))
            with pytest.raises(TooSlow):
                answer_in(connection, Question(measure="orders"), *shop)
        assert answer_in(connection, Question(measure="customers"), *shop).value == 0
        # what comes after it in the turn may take as long as ever
        assert store.dialect != "postgresql" or connection.scalar(text("SHOW statement_timeout")) != "300ms"
        asked.keep(connection, a_question(2))
    with store.read() as connection:
        assert asked.find(connection, 1) == a_question(1)
        assert asked.find(connection, 2) == a_question(2)
