"""A language model proposes how a question is meant that was not understood: nothing is answered before a yes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.config import Config, HttpUrl, LanguageModel, Nlp, Secrets, Shop
from bot.doctor import Wire, check_language_model
from handlers.message import Message
from tests.dialogues.rehearsal import MORNING, Rehearsal
from tests.dialogues.test_ask import ask, buyer, facts, mention, presses, under
from tests.wire.language_model import LanguageModelServer as Model
from tests.wire.language_model import serving

FANCY = "how many fancypants people of germany"
GERMANS = {"measure": "customers", "where": [{"type": "is", "field": "country", "values": ["DE"]}]}


@pytest.fixture
def model() -> Iterator[Model]:
    with serving() as stand_in:
        yield stand_in


def config_for(model: Model) -> Config:
    return Config(
        shop=Shop(country="DE"),  # type: ignore[arg-type]
        nlp=Nlp(language_model=LanguageModel(url=HttpUrl(model.url), name="small")),
        secrets=Secrets(language_model="a-key"),
    )


@pytest.fixture
def desk(tmp_path: Path, model: Model) -> Iterator[Rehearsal]:
    with Rehearsal(tmp_path, config_for(model)) as rehearsal:
        buyer(rehearsal, "C-1", "Ada", "DE", "Berlin", (60_000,))
        buyer(rehearsal, "C-2", "Bea", "FR", "Lyon", (2_000, 3_000))
        yield rehearsal


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


def test_what_is_proposed_is_answered_after_a_yes(desk: Rehearsal, model: Model) -> None:
    model.replies.append(GERMANS)
    told = ask(desk, "Maya", FANCY)
    assert told.text == "I understood: number of customers, country Germany. Is that what you mean?"
    assert told.context == "Proposed by the language model"
    before = desk.app.console.whispers("maya", 0)[-2].message
    assert "fancypants" in before.text
    answered = presses(desk, "Maya", told, "Yes, answer it")
    assert facts(answered) == {"Number of customers": "1 customer"}
    assert "Save as segment" not in labels(answered)
    assert "Schedule" not in labels(answered)


def test_it_is_told_the_question_and_no_customer(desk: Rehearsal, model: Model) -> None:
    model.replies.append(GERMANS)
    ask(desk, "Maya", FANCY)
    (asked,) = model.asked
    assert asked["model"] == "small"
    assert asked["messages"][-1] == {"role": "user", "content": FANCY}
    assert model.keys == ["Bearer a-key"]
    assert not [name for name in ("Ada", "Bea", "Berlin", "C-1", "ada@") if name in json.dumps(asked)]


def test_in_a_thread_it_stands_there_and_the_next_words_go_on_from_the_answer(desk: Rehearsal, model: Model) -> None:
    model.replies.append(GERMANS)
    told = mention(desk, "Maya", FANCY)[-1]
    assert told.text.startswith("I understood")
    who = desk.staff("Maya").colleague
    button = next(one for one in told.buttons if one.label == "Yes, answer it")
    desk.run(desk.app.console.staff_press(who, "growth", "m1", button.action, button.ref))
    assert facts(under(desk, "m1")[-1]) == {"Number of customers": "1 customer"}
    listed = mention(desk, "Maya", "who are they?")[-1]
    assert listed.table is not None
    assert [row[0] for row in listed.table.rows] == ["C-1"]
    assert "Save as segment" not in labels(listed)


def test_before_a_yes_it_is_no_question_to_go_on_from(desk: Rehearsal, model: Model) -> None:
    model.replies += [GERMANS, "null"]
    ask(desk, "Maya", FANCY)
    told = ask(desk, "Maya", "by city")
    assert told.table is None
    assert not told.facts


@pytest.mark.parametrize(
    "reply",
    [
        "null",
        "I cannot say",
        {"measure": "profit"},
        {"measure": "customers", "where": [{"type": "is", "field": "customer", "values": ["C-1"]}]},
        {"measure": "customers", "where": [{"type": "is", "field": "email", "values": ["ada@example.com"]}]},
    ],
)
def test_what_cannot_be_asked_is_not_proposed(desk: Rehearsal, model: Model, reply: Any) -> None:
    model.replies.append(reply)
    assert "fancypants" in ask(desk, "Maya", FANCY).text
    assert len(model.asked) == 1


def test_a_model_that_is_out_of_order_changes_nothing(desk: Rehearsal, model: Model) -> None:
    model.status = 500
    model.replies.append("")
    assert "fancypants" in ask(desk, "Maya", FANCY).text
    assert facts(ask(desk, "Maya", "how many customers in Germany?")) == {"Number of customers": "1 customer"}


def test_it_is_not_asked_what_is_understood_or_names_somebody(desk: Rehearsal, model: Model) -> None:
    ask(desk, "Maya", "how many customers in Germany?")
    ask(desk, "Maya", "fancypants orders of ada@example.com")
    ask(desk, "Maya", "delete all customers")
    assert model.asked == []


def test_doctor_says_whether_it_is_there(model: Model) -> None:
    def found(config: Config) -> tuple[str, str]:
        with httpx.Client() as client:
            (finding,) = check_language_model(config, Wire(client, lambda: MORNING))
        return finding.level, finding.what

    host = f"127.0.0.1:{model.port}"
    assert found(config_for(model)) == ("ok", f"{host} has small")
    other = Config(nlp=Nlp(language_model=LanguageModel(url=HttpUrl(model.url), name="large")))
    assert found(other) == ("warn", f"{host} has no large")
    model.status = 404
    assert found(config_for(model)) == ("warn", f"{host} does not list its models (it answers 404)")
    model.port = 1
    assert found(config_for(model)) == ("warn", "127.0.0.1:1 cannot be reached: ConnectError")
