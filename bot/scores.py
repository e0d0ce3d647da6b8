"""The scores of customers as a channel of the outbox: a turn asks for them, and they are computed beside the turns."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.channels import Call, FileUnavailable, Refused, Sent, TryLater
from bot.config import Shop
from bot.perform import SCORES as NAME
from crm_store.alone import AlreadyRunning
from crm_store.store import Store, StoreUnavailable
from handlers.events import FileRef
from handlers.message import Message
from jobs.scoring import ImportUnderWay, Scoring, Tell, score

log = logging.getLogger(__name__)

#: seconds until it is tried again where an import, or somebody else who scores, is at work
_NEXT_TRY = 300.0
#: for so long after it was due; then staff are told, and may have it tried again
_PATIENCE = timedelta(hours=6)


def scoring_of(shop: Shop, store: Store, as_of: datetime, tell: Tell, *, train: bool = False) -> Scoring:
    """What is to be computed for a shop, as it is configured."""
    return Scoring(store, as_of, shop.timezone, shop.currency, tell, train, shop.margin, dict(shop.rates.items()))


class ScoresChannel:
    """Its calls name in their place what is to be done and when it was due. What breaks off is begun again."""

    name = NAME

    def __init__(self, store: Store, shop: Shop, now: Callable[[], datetime]) -> None:
        self._store = store
        self._shop = shop
        self._now = now

    def split(self, message: Message) -> list[Message]:
        """There are no words here."""
        return [message]

    async def perform(self, call: Call) -> Sent:
        """Scores everybody as of now, whenever it was due. Raises `TryLater`, `Refused`."""
        what, _, due = call.place.partition("@")
        try:
            await asyncio.to_thread(self._score, train=what == "training")
        except (AlreadyRunning, ImportUnderWay) as error:
            if self._now() - datetime.fromisoformat(due) >= _PATIENCE:
                raise Refused(str(error)) from error
            raise TryLater(str(error), _NEXT_TRY) from error
        except StoreUnavailable as error:
            raise TryLater(str(error)) from error
        return Sent(str(call.outbox_id), call.place)

    def _score(self, *, train: bool) -> None:
        work = scoring_of(self._shop, self._store, self._now(), log.debug, train=train)
        for name, outcome in score(work).items():
            log.info("%s: %s", name, outcome.said)

    async def find(self, call: Call) -> Sent | None:
        """What broke off goes on from where it was, and what was complete is soon done again."""
        return None

    async def fetch(self, file: FileRef) -> bytes:
        """Raises `FileUnavailable`: there are no files here."""
        raise FileUnavailable(file, "it is nowhere")

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Nothing to end."""
