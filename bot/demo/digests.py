"""The demo's digests: those of the last morning, and the one about who may leave, once the desk is up.

Segments are counted in a moment, so that they are there as the demo opens; models take many seconds to be fitted.
"""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.app import App
from bot.perform import SCORES, Performer
from bot.scores import scoring_of
from crm_store import segment_figures
from crm_store.schema import OutboxRow, Ticket
from crm_store.store import Store
from handlers.actions import Action, ShowCard
from handlers.events import Slot
from jobs import rfm

_WEEK = timedelta(days=7)
#: seconds until it is looked again whether everybody is scored
_AGAIN = 1.0


async def post(app: App, morning: datetime) -> None:
    """Posts the digests that have something to show, what waits last; segments as they were a week before as well, so
    that it shows who moved."""
    for as_of in (morning - _WEEK, morning):
        rfm.score(scoring_of(app.config.shop, app.store, as_of, lambda _: None))
    with app.store.read() as connection:
        has_segments = segment_figures.latest(connection, morning) is not None
    for job in (*(("rfm",) if has_segments else ()), "review_digest", "sales", "service", "waiting"):
        await app.take_slot(Slot(job, morning))
        await app.settle()


async def follow(app: App) -> None:
    """Has everybody scored, then shows the scores on the cards that stand and posts the digest of who may leave."""
    await app.take_slot(Slot("scores", app.now(), by_hand=True))
    while not await asyncio.to_thread(_is_scored, app.store):  # noqa: ASYNC110 - the store alone tells
        await asyncio.sleep(_AGAIN)
    await asyncio.to_thread(_show_cards, app)
    await app.take_slot(Slot("churn", app.now(), by_hand=True))


def _is_scored(store: Store) -> bool:
    done = select(OutboxRow.id).where(OutboxRow.channel == SCORES, OutboxRow.state == "sent")
    with store.read() as connection:
        return connection.scalar(done.limit(1)) is not None


def _show_cards(app: App) -> None:
    with app.store.begin() as connection:
        has_card = (Ticket.status != "resolved", Ticket.conversation_id.is_not(None))
        shown: list[Action] = [ShowCard(number) for number in connection.scalars(select(Ticket.id).where(*has_card))]
        Performer(app.desk(connection), app.rooms, {}).perform(shown)
