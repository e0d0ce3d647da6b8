"""Words of the shop's own are learnt stretch by stretch, and none is left out for good."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from crm_store.migrate import upgrade
from crm_store.money import Rates
from crm_store.schema import Customer
from crm_store.store import connect
from nlp.ask import learning
from nlp.ask.learning import Heard, learn

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_words_of_old_rows_are_found_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "_STRETCH", 3)
    engine = connect(f"sqlite:///{tmp_path}/shop.db")
    upgrade(engine)
    cities = [f"City {number:02}" for number in range(12)]
    heard, rates = Heard(), Rates("EUR", {})
    with engine.begin() as connection:
        connection.execute(insert(Customer), [{"city": city, "created_at": NOW} for city in cities])
        assert learn(connection, rates, NOW, heard).values["city"] == tuple(cities[7:])
        for _ in range(4):
            found = learn(connection, rates, NOW, heard).values["city"]
        assert found == tuple(cities)
        # an old row that changes later is read again
        connection.execute(update(Customer).where(Customer.city == "City 01").values(city="Atlantis"))
        for _ in range(7):
            found = learn(connection, rates, NOW, heard).values["city"]
        assert "Atlantis" in found
    engine.dispose()
