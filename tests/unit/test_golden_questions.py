"""Eight hundred questions as people type them, against answers worked out row by row (tests/golden/questions)."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.ask import Answerer
from tests.golden.questions.judging import answering, verdict
from tests.golden.questions.make import HERE, make
from tests.golden.questions.shop import write_shop

GOLDEN = [json.loads(line) for line in (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("golden-shop")
    write_shop(path)
    return path


@pytest.fixture(scope="module")
def answerer(folder: Path) -> Iterator[Answerer]:
    with answering(folder) as (answerer, _):
        yield answerer


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
