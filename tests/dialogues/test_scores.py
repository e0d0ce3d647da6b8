"""Customers are scored by the clock, beside the turns: once a slot, later where it cannot be, and visibly if never."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from sqlalchemy import func, select

from crm_store import import_marks, outbox
from crm_store.alone import alone
from crm_store.orders import NewOrder, put_order
from crm_store.schema import CustomerScore, OutboxRow, SegmentDay
from handlers.events import Arrival, Slot
from jobs import rfm, scoring
from jobs.scoring import Outcome, Scoring
from tests.dialogues.rehearsal import Rehearsal
from tests.dialogues.shop import RATES, linked

NIGHT = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)


def _strikes(desk: Rehearsal, job: str = "scores", due: datetime = NIGHT) -> None:
    desk.time = max(desk.time, due)
    desk.run(desk.app.receive([Arrival("clock", f"{job}@{due.isoformat()}", f"job:{job}", Slot(job, due))]))


def _segments(desk: Rehearsal) -> list[str | None]:
    with desk.store.read() as connection:
        return list(connection.scalars(select(CustomerScore.segment).order_by(CustomerScore.customer_id)))


def _calls(desk: Rehearsal) -> list[tuple[str, str | None]]:
    with desk.store.read() as connection:
        rows = connection.execute(select(OutboxRow.state, OutboxRow.error).where(OutboxRow.channel == "scores"))
        return [(row.state, row.error) for row in rows]


@contextmanager
def _scorer(does: Callable[[Scoring], Outcome]) -> Iterator[None]:
    with mock.patch.object(rfm, "score", does):
        yield


def test_at_night_customers_are_scored_as_of_then(desk: Rehearsal) -> None:
    linked(desk, NT_1="paid", NT_2="delivered")
    _strikes(desk)
    assert [one for one in _segments(desk) if one] == ["hibernating"], "the only buyer is the last as well as the first"
    with desk.store.read() as connection:
        assert connection.scalar(select(func.max(SegmentDay.at))) == NIGHT
    assert _calls(desk) == [("sent", None)]


def test_a_slot_is_scored_once_whoever_strikes(desk: Rehearsal) -> None:
    linked(desk, NT_1="paid")
    _strikes(desk)
    _strikes(desk)
    assert len(_calls(desk)) == 1


def test_once_a_week_models_are_fitted_anew(desk: Rehearsal) -> None:
    asked: list[bool] = []

    def notes(work: Scoring) -> Outcome:
        asked.append(work.train)
        return Outcome(0, "")

    with _scorer(notes):
        _strikes(desk)
        _strikes(desk, "training")
    assert asked == [False, True]


def test_scores_wait_for_an_import_and_are_computed_once_it_has_ended(desk: Rehearsal) -> None:
    linked(desk, NT_1="paid")
    with desk.store.begin() as connection:
        import_marks.begin(connection, NIGHT)
    _strikes(desk)
    ((state, error),) = _calls(desk)
    assert state == "queued"
    assert "import that began 2026-03-03 03:00Z has not ended" in (error or "")
    assert _segments(desk) == []
    with desk.store.begin() as connection:
        import_marks.end(connection, desk.time, "")
    desk.passes(minutes=6)
    assert _calls(desk)[0][0] == "sent"
    assert any(_segments(desk))


def test_scores_that_cannot_be_computed_for_hours_are_told_to_staff_who_can_try_again(desk: Rehearsal) -> None:
    linked(desk, NT_1="paid")
    with desk.store.begin() as connection:
        import_marks.begin(connection, NIGHT)
    _strikes(desk)
    desk.passes(hours=6)
    assert _calls(desk)[0][0] == "failed"
    (alert,) = desk.posts("alerts")
    assert "has not ended" in alert.text
    with desk.store.begin() as connection:
        import_marks.end(connection, desk.time, "")
        assert [call.state for call in outbox.undelivered(connection)] == ["failed"]
    desk.staff("Maya").presses("Retry", place="alerts")
    assert _calls(desk)[0][0] == "sent"


def test_nobody_scores_beside_another(desk: Rehearsal) -> None:
    linked(desk, NT_1="paid")
    with alone(desk.store.engine, patience=0, work="scores"):
        _strikes(desk)
        ((state, error),) = _calls(desk)
        assert state == "queued"
        assert "already" in (error or "")
    desk.passes(minutes=6)
    assert _calls(desk)[0][0] == "sent"


def test_customers_are_answered_while_others_are_scored(desk: Rehearsal) -> None:
    linked(desk, NT_1="paid")

    def meanwhile(work: Scoring) -> Outcome:
        with work.store.begin() as connection:
            put_order(connection, RATES, NewOrder("NT-9", None, NIGHT, "paid", "EUR", 100))
        return Outcome(0, "")

    with _scorer(meanwhile):
        _strikes(desk)
    assert _calls(desk) == [("sent", None)], "no transaction is held while it runs"


def test_what_a_crash_broke_off_is_done_again(desk: Rehearsal) -> None:
    linked(desk, NT_1="paid")
    with desk.store.begin() as connection:
        import_marks.begin(connection, NIGHT)
    _strikes(desk)
    with desk.store.begin() as connection:
        import_marks.end(connection, NIGHT, "")
        # as a process leaves it that ends in the middle
        connection.execute(
            OutboxRow.__table__.update()
            .where(OutboxRow.channel == "scores")
            .values(state="sending", tried_at=desk.time - timedelta(minutes=1), not_before=desk.time)
        )
    desk.settle()
    assert _calls(desk)[0][0] == "sent"
    assert any(_segments(desk))


def test_every_scorer_is_where_the_table_says() -> None:
    for module in scoring.SCORERS.values():
        assert callable(pytest.importorskip(module).score)
