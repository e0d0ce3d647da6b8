"""The shop's own words, kept for a while: whoever asks seldom uses one that came a minute ago."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from crm_store.money import Rates
from nlp.ask.learning import Heard, learn
from nlp.ask.vocabulary import Shop

#: how long what was learnt is taken for what the store holds
_FRESH = timedelta(minutes=10)


class Learnt:
    """What was learnt last, and when."""

    def __init__(self) -> None:
        self._shop: Shop | None = None
        self._at: datetime | None = None
        self._heard = Heard()

    def shop(self, connection: Connection, rates: Rates, now: datetime) -> Shop:
        if self._shop is None or self._at is None or abs(now - self._at) > _FRESH:
            self._shop, self._at = learn(connection, rates, now, self._heard), now
        return self._shop
