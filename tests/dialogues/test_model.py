"""`/model`: staff ask how good a model of customers is."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from handlers.events import Arrival, StaffCommanded
from handlers.message import Message, plain
from jobs import churn
from jobs.scoring import Scoring
from tests import past
from tests.dialogues.rehearsal import Rehearsal


def asks(desk: Rehearsal, words: str) -> Message:
    """What Maya is shown when she asks for a model."""
    maya = desk.staff("Maya")
    event = StaffCommanded(maya.colleague, "tickets", desk.time, "/model", words)
    desk.run(desk.app.receive([Arrival("console", f"/model {words}", "staff", event)]))
    return desk.app.console.whispers(maya.colleague.user, 0)[-1].message


def test_a_card_says_how_good_the_model_is_and_draws_it(desk: Rehearsal) -> None:
    past.make(desk.store, desk.time, customers=250)
    churn.score(Scoring(desk.store, desk.time, ZoneInfo("UTC"), "EUR", lambda line: None))
    shown = asks(desk, "churn")
    assert "Churn risk" in shown.text
    assert "AUC" in shown.text
    assert shown.chart is not None
    assert shown.chart.kind == "line"
    assert [len(series.values) for series in shown.chart.series] == [10, 10]


def test_a_model_that_was_never_fitted_is_said_to_be_missing(desk: Rehearsal) -> None:
    assert "There is no propensity model yet" in plain(asks(desk, "propensity"))


def test_a_model_that_is_off_says_why(desk: Rehearsal) -> None:
    past.make(desk.store, desk.time, customers=10, days=20)
    outcome = churn.score(Scoring(desk.store, desk.time - timedelta(days=1), ZoneInfo("UTC"), "EUR", lambda line: None))
    assert "360 are needed" in outcome.said
    assert "There is no churn model yet" in plain(asks(desk, "churn"))


def test_any_other_word_is_answered_with_the_models_there_are(desk: Rehearsal) -> None:
    assert "/model churn|propensity" in plain(asks(desk, "weather"))
