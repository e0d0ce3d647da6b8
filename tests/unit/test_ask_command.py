"""`shopdesk ask` with a language model: what it proposes is offered, and answered after a yes alone."""

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.__main__ import main
from bot.commands import opened_store
from bot.config import load
from crm_store.schema import Customer
from tests.wire.language_model import LanguageModelServer as Model
from tests.wire.language_model import serving

ROOT = Path(__file__).parents[2]
FANCY = "how many fancypants people of germany"
GERMANS = {"measure": "customers", "where": [{"type": "is", "field": "country", "values": ["DE"]}]}
OFFERED = "I understood: number of customers, country Germany. Is that what you mean?"


@pytest.fixture(autouse=True)
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """A shop with two German customers, and a model that is configured."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("SHOPDESK_", "SLACK_", "TELEGRAM_")):
            monkeypatch.delenv(name)
    with serving() as stand_in:
        monkeypatch.setenv("SHOPDESK__NLP__LANGUAGE_MODEL__URL", stand_in.url)
        monkeypatch.setenv("SHOPDESK__NLP__LANGUAGE_MODEL__NAME", "small")
        monkeypatch.setenv("SHOPDESK_LANGUAGE_MODEL_KEY", "a-key")
        with opened_store(load(None)) as store, store.begin() as connection:
            countries = ("DE", "DE", "FR")
            connection.execute(
                insert(Customer),
                [
                    {
                        "id": n,
                        "external_id": f"C-{n}",
                        "country": country,
                        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
                    }
                    for n, country in enumerate(countries, 1)
                ],
            )
        yield stand_in


def answers(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert main(["ask", "--json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_program_is_offered_what_is_proposed_and_answered_nothing(
    model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    model.replies.append(GERMANS)
    (said,) = answers(capsys, FANCY)
    assert (said["status"], said["understood"]) == ("clarify", OFFERED)
    assert (said["value"], said["rows"], said["query"]) == (None, [], None)
    assert model.keys == ["Bearer a-key"]
    assert model.asked[0]["messages"][-1] == {"role": "user", "content": FANCY}
    # each of them can be asked: the first asks for what was proposed
    suggestions = said["suggestions"]
    assert isinstance(suggestions, list)
    assert 2 <= len(suggestions) <= 4
    (again,) = answers(capsys, str(suggestions[0]))
    assert (again["status"], again["value"], again["understood"]) == ("answered", 2, suggestions[0])
    assert len(model.asked) == 1


def test_what_is_asked_in_chinese_is_offered_in_chinese(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    model.replies.append(GERMANS)
    (said,) = answers(capsys, "德国有多少独角兽")
    assert said["understood"] == "我的理解是：客户数，国家为 德国。是这个意思吗？"


def test_a_person_reads_an_answer_in_its_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "按国家统计客户数"]) == 0
    assert capsys.readouterr().out == "按国家的客户数\n  国家  客户数\n  德国  2\n  法国  1\n  显示 2 条，共 2 条\n"
    assert main(["ask", "customers by country"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  Country  Number of customers",
        "  DE       2",
        "  FR       1",
        "  2 of 2",
    ]
    assert main(["ask", "法国有多少客户？"]) == 0
    assert capsys.readouterr().out == "客户数，国家为 法国\n  1 位客户\n"
    assert main(["ask", "revenue this year"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "  0.00 EUR"


@pytest.mark.parametrize("reply", ["null", {"measure": "profit"}])
def test_what_cannot_be_asked_is_not_offered(model: Model, reply: object, capsys: pytest.CaptureFixture[str]) -> None:
    model.replies.append(reply)
    (said,) = answers(capsys, FANCY)
    assert said["understood"] == "I do not know the word 'fancypants' here."


def test_what_is_understood_refused_or_names_somebody_is_not_sent(
    model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(capsys, "how many customers are from Germany?")
    answers(capsys, "delete all customers")
    answers(capsys, "fancypants orders of ada@example.com")
    assert model.asked == []


def test_a_model_out_of_order_is_asked_once_and_said_of_once(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model.status = 500
    model.replies += ["", ""]
    questions = tmp_path / "questions.txt"
    questions.write_text(f"{FANCY}\nhow many customers are from Germany?\n{FANCY}\n")
    assert main(["ask", "--json", "--file", str(questions)]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["status"] for line in out.splitlines()] == ["clarify", "answered", "clarify"]
    assert err == "shopdesk: the language model proposes nothing from here on: it answers 500\n"
    assert len(model.asked) == 1


@pytest.mark.parametrize(("key", "told"), [("y", "2 customers"), ("n", "I do not know the word 'fancypants' here.")])
def test_at_a_terminal_it_is_answered_after_a_yes(model: Model, key: str, told: str) -> None:
    model.replies.append(GERMANS)
    here, there = pty.openpty()
    program = [sys.executable, "-m", "bot", "ask", FANCY]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(program, stdin=there, stdout=there, stderr=there, env=environ) as running:
        os.close(there)
        seen = _until(here, f"{OFFERED} [y/N] ")
        assert "2 customers" not in seen
        os.write(here, f"{key}\n".encode())
        _until(here, told)
        assert running.wait(30) == 0
    os.close(here)


def _until(terminal: int, words: str) -> str:
    """What stands on a terminal once the words do."""
    seen, end = "", time.monotonic() + 60
    while words not in seen:
        assert time.monotonic() < end, seen
        try:
            seen += os.read(terminal, 4096).decode()
        except OSError as error:  # the program has ended
            raise AssertionError(seen) from error
    return seen


def test_a_question_in_which_we_are_mistaken_takes_no_other_with_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from nlp.ask import reading

    def read(text: str, *rest: object) -> object:
        if "France" in text:
            raise KeyError("France")
        return as_ever(text, *rest)

    as_ever: Callable[..., object] = reading.read
    monkeypatch.setattr(reading, "read", read)
    (tmp_path / "questions.txt").write_text("how many customers in France\nhow many customers in Germany\n")
    assert main(["ask", "--json", "--file", "questions.txt"]) == 1
    said = capsys.readouterr()
    failed, answered = (json.loads(line) for line in said.out.splitlines())
    assert (failed["status"], answered["status"], answered["value"]) == ("unsupported", "answered", 2)
    assert "Shopdesk failed on this question" in failed["understood"]
    assert "'how many customers in France': KeyError" in said.err
