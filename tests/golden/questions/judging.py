"""Puts the golden questions to a store that holds their shop, and says of an answer whether it is right."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, literal, select

from bot.commands.ask import Answerer
from bot.config import load
from crm_store.importing import import_shop
from crm_store.migrate import upgrade
from crm_store.schema import CustomerScore, CustomerStats
from crm_store.store import connect, open_store
from nlp.ask.learning import learn
from nlp.ask.vocabulary import Shop
from tests.golden.questions.shop import NOW


@contextmanager
def answering(folder: Path) -> Iterator[tuple[Answerer, Shop]]:
    """What answers, and the shop's words: of the files in a folder (`shop.write_shop`), imported into a store there."""
    (folder / "config.yaml").write_text(
        "shop:\n  currency: EUR\n  timezone: UTC\n  rates: {GBP: 1.16, USD: 0.92, CNY: 0.128}\n"
        f"store:\n  url: sqlite:///{folder}/shop.db\n"
    )
    config = load(folder / "config.yaml")
    engine = connect(config.store.url)
    try:
        upgrade(engine)
        store = open_store(engine, bytes(range(32)), NOW)
        import_shop(
            store, folder, rates=config.rates, timezone=ZoneInfo("UTC"), now=NOW, rejected_to=folder / "rejected.csv"
        )
        with store.begin() as connection:
            # as a scoring run leaves them
            scores = [literal(0.8), literal(0.3), literal(10_000)]
            buyers = select(CustomerStats.customer_id, *scores).where(CustomerStats.orders > 0)
            columns = ["customer_id", "churn_risk", "propensity", "value_base"]
            connection.execute(insert(CustomerScore).from_select(columns, buyers))
            shop = learn(connection, config.rates, NOW)
        yield Answerer(store, shop, config, NOW), shop
    finally:
        engine.dispose()


def verdict(shape: str, gold: Any, answer: dict[str, Any]) -> str:
    """Right, wrong, or asked back where an answer was due."""
    answered = answer["status"] == "answered"
    if shape == "refuse":
        return "wrong" if answered else "right"
    if not answered:
        return "asked back"
    return "right" if _holds(shape, gold, answer) else "wrong"


def _holds(shape: str, gold: Any, answer: dict[str, Any]) -> bool:
    labels = [str(row[0]) for row in answer["rows"]]
    values = [row[answer["columns"].index(answer["metric"])] for row in answer["rows"]]
    match shape:
        case "value" | "percent" | "hours":
            return _close(answer["total"] if answer["value"] is None else answer["value"], gold)
        case "top" | "toplabel":
            return labels[: len(gold)] == gold
        case "toplabel1":
            return labels[:1] == [str(gold[0])]
        case "topany1":
            return bool(labels) and labels[0] in gold
        case "toplabeltie":
            allowed, count = gold
            return len(labels) >= count and set(labels[:count]) <= set(allowed)
        case "set" | "labels":
            return sorted(labels) == gold
        case "table":
            got = dict(zip(labels, values, strict=True))
            return got.keys() == gold.keys() and all(_close(got[each], gold[each]) for each in gold)
        case "tablevalues" | "compare":
            pairs = zip(sorted(values), sorted(gold), strict=False)
            return len(values) == len(gold) and all(_close(value, want) for value, want in pairs)
        case "anylist":
            return bool(labels)
        case "anyvalue":
            return isinstance(answer["value"], int | float)
        case _:
            raise ValueError(shape)


def _close(value: Any, want: float) -> bool:
    return value is not None and abs(value - want) <= max(0.011, 0.0005 * abs(want))
