"""Measuring a reader on labelled texts, and learning from them, from the command line."""

import json
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import main
from nlp.evaluate import Labelled, area_under_curve, measure
from nlp.labelled import BadLabels, read_labelled, read_names
from nlp.meaning import ASK_A_PERSON, Entities, Intent, Reading
from tests.conftest import MODELS

ROOT = Path(__file__).parents[2]


@dataclass
class Told:
    """A reader that says what it was told to."""

    said: dict[str, tuple[Intent, float]]

    def read(self, text: str) -> Reading:
        intent, confidence = self.said[text]
        route = intent if confidence >= 0.5 else ASK_A_PERSON
        return Reading(text, "en", intent, confidence, 0.0, "normal", (), Entities(), route)

    def read_all(self, texts: list[str]) -> list[Reading]:
        return [self.read(text) for text in texts]


def written(file: Path, *lines: str) -> Path:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_a_report_counts_what_was_right() -> None:
    reader = Told({
        "a": ("refund", 0.95), "b": ("refund", 0.85), "c": ("return", 0.55), "d": ("other", 0.9), "e": ("refund", 0.15),
    })  # fmt: skip
    report = measure(reader, [
        Labelled("a", ("refund",)), Labelled("b", ("return", "refund")), Labelled("c", ("refund",)),
        Labelled("d", ("other",)), Labelled("e", ("other",), "de"),
    ])  # fmt: skip

    assert (report.total.count, report.total.right) == (5, 3)
    assert (report.by_language["en"].right, report.by_language["de"].right) == (3, 0)
    assert report.by_intent["refund"].share == 0.5
    assert set(report.confusions) == {("refund", "return", 1), ("other", "refund", 1)}
    assert report.answered == 0.6
    assert (report.routed.count, report.routed.right) == (4, 3)
    assert report.calibration_error == pytest.approx((0.05 + 0.15 + 0.55 + 0.1 + 0.15) / 5, abs=0.03)
    # of inside (0.95, 0.85, 0.55) and outside (0, 0.15) every pair stands right
    assert report.scope == 1.0


def test_without_anything_there_is_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="nothing to measure"):
        measure(Told({}), [])


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_the_area_is_the_share_of_pairs_that_stand_right(pairs: list[tuple[int, bool]]) -> None:
    scores = np.array([float(score) for score, _ in pairs])
    positive = np.array([is_positive for _, is_positive in pairs])
    if positive.all() or not positive.any():
        return
    wins = [
        Decimal(1) if high > low else Decimal("0.5") if high == low else Decimal(0)
        for high in scores[positive]
        for low in scores[~positive]
    ]

    assert area_under_curve(scores, positive) == pytest.approx(float(sum(wins) / len(wins)))


def test_labels_of_others_are_translated_and_unknown_ones_passed_over(tmp_path: Path) -> None:
    file = written(tmp_path / "theirs.csv", "utterance,intent", "where is it,track_order", "buy,place_order")
    names = read_names(written(tmp_path / "names.csv", "theirs,ours", "track_order,order_status"))

    assert read_labelled(file, names) == [Labelled("where is it", ("order_status",))]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["words,intent", "x,refund"], "line 1: has no column for the text; allowed are text, utterance"),
        (["text,kind", "x,refund"], "has no column for the intent"),
        (["text,intent", "x,refund", "y,refnd"], "line 3: 'refnd' is no intent; allowed are refund"),
        (["text,intent"], "holds no labelled text"),
        (["text,intent,language", "x,refund,../../etc"], "line 2: '../../etc' is no language"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_allowed(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(BadLabels) as raised:
        read_labelled(written(tmp_path / "labels.csv", *lines))

    assert said in str(raised.value)


def test_the_command_prints_a_report_and_draws_a_plot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "mine.csv", "text,intents", "where is my parcel,order_status|delivery", "hello,greeting")

    assert main(["evaluate", str(file), "--json", "--plot", str(tmp_path / "plot.png")]) == 0
    report = json.loads(capsys.readouterr().out)

    assert (report["texts"], report["right"], report["accuracy"]) == (2, 2, 1.0)
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")

    assert main(["evaluate", str(file)]) == 0
    assert "2 texts, 100.0% right" in capsys.readouterr().out


def test_a_wrong_file_is_one_line_and_the_status_is_2(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "evaluate", str(tmp_path / "none.csv")]

    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, env={"PYTHONPATH": str(ROOT), **MODELS}
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "none.csv: cannot be read: No such file or directory" in done.stderr


def test_a_labelled_file_becomes_sentences_of_the_shops_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    made: list[object] = []
    monkeypatch.setattr("nlp.models.make", lambda making, tell, anew: made.append((making, anew)))
    monkeypatch.setattr("nlp.models.made_of", lambda making: {"sentences": {"en": 3}, "worth": {}})
    monkeypatch.setenv("SHOPDESK__NLP__FOLDER", str(tmp_path / "kept" / "models"))
    file = written(
        tmp_path / "mine.csv",
        "text,intent",
        "  my coins   back  ,refund",
        "my coins back,refund",
        "wo ist es,order_status",
    )

    own = tmp_path / "kept" / "sentences"
    (own / "en").mkdir(parents=True)
    (own / "en" / "refund.txt").write_text("\ufeffcash back please", encoding="utf-8")
    with file.open("a", encoding="utf-8") as more:
        more.write("cash back please,refund\n# your card 4111 1111 1111 1111 was charged,payment\n")

    assert main(["train", str(file)]) == 0
    assert main(["train", str(file)]) == 0

    assert (own / "en" / "refund.txt").read_text() == "\ufeffcash back please\n# mine.csv\nmy coins back\n"
    assert (own / "en" / "payment.txt").read_text() == "# mine.csv\nyour card •••• •••• •••• 1111 was charged\n"
    assert (own / "de" / "order_status.txt").read_text() == "# mine.csv\nwo ist es\n"
    assert [anew for _, anew in made] == [True, True]
    assert all(own in making.sentences for making, _ in made)
    assert "0 sentences of" in capsys.readouterr().out
