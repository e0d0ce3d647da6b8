"""Eight hundred questions as people type them, against answers worked out row by row (tests/golden/questions)."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, literal, select

from bot.commands.ask import Answerer
from bot.config import load
from crm_store.importing import import_shop
from crm_store.migrate import upgrade
from crm_store.schema import CustomerScore, CustomerStats
from crm_store.store import connect, open_store
from nlp.ask.learning import learn
from tests.golden.questions.make import HERE, make
from tests.golden.questions.shop import NOW, write_shop

GOLDEN = [json.loads(line) for line in (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("golden-shop")
    write_shop(path)
    return path


@pytest.fixture(scope="module")
def answerer(folder: Path) -> Iterator[Answerer]:
    (folder / "config.yaml").write_text(
        "shop:\n  currency: EUR\n  timezone: UTC\n  rates: {GBP: 1.16, USD: 0.92, CNY: 0.128}\n"
        f"store:\n  url: sqlite:///{folder}/shop.db\n"
    )
    config = load(folder / "config.yaml")
    engine = connect(config.store.url)
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
    yield Answerer(store, shop, config, NOW)
    engine.dispose()


def test_the_golden_answers_are_those_of_the_shop(folder: Path) -> None:
    assert json.loads(json.dumps(make(folder))) == GOLDEN


def test_golden_questions_are_answered_right_or_asked_back_and_never_wrong(answerer: Answerer) -> None:
    tally: Counter[tuple[str, str]] = Counter()
    wrong = []
    for golden in GOLDEN:
        answer = answerer.answer(golden["question"])
        fate = verdict(golden["shape"], golden["gold"], answer)
        tally[golden["lang"], fate] += 1
        if fate == "wrong":
            wrong.append((golden["question"], answer["understood"], answer["value"], answer["rows"][:3]))
    assert not wrong, wrong
    for language in ("en", "zh"):
        right, asked_back = tally[language, "right"], tally[language, "asked back"]
        assert right >= 0.97 * (right + asked_back), (language, right, asked_back)


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
