"""The demo's digests: those of the last morning, over scores as they were then and a week before."""

from datetime import datetime, timedelta

from bot.app import App
from bot.scores import scoring_of
from crm_store import churn_list, segment_figures
from handlers.events import Slot
from jobs import scoring

_WEEK = timedelta(days=7)


def score(app: App, at: datetime) -> None:
    """Scores everybody as of a week before a time, and as of that time, so that digests show what moved."""
    for as_of in (at - _WEEK, at):
        scoring.score(scoring_of(app.config.shop, app.store, as_of, lambda _: None))


async def post(app: App, morning: datetime) -> None:
    """Posts the digests that have something to show, what waits last."""
    score(app, morning)
    with app.store.read() as connection:
        has_segments = segment_figures.latest(connection, morning) is not None
        has_risks = churn_list.scored_at(connection) is not None
    wanted = {"rfm": has_segments, "churn": has_risks, "review_digest": True, "sales": True, "service": True}
    for job in (*(job for job, is_wanted in wanted.items() if is_wanted), "waiting"):
        await app.take_slot(Slot(job, morning))
        await app.settle()
