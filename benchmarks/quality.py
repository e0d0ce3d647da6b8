"""How good the trained reader is on public texts and on messages that were labelled for it.

    python benchmarks/quality.py [--data ../shared/data] [--folder data/models] [--plot docs/images/calibration.png]

Prints the tables of docs/models.md: Bitext's questions, labelled first tweets to shops, labelled turns of a Chinese
shop's chat, chat as customers of two shops in India would type it, what is out of scope (CLINC150), and sentiment on
product reviews. None of these texts is learnt from. The labels are in tests/golden/labels; public texts stay where they
are.
"""

import argparse
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bot.charts import calibration_png
from nlp.evaluate import Labelled, Report, area_under_curve, as_text, measure
from nlp.labelled import read_labelled, read_names
from nlp.meaning import INTENTS, Intent
from nlp.models import CHANGE, Making, open_reader, shipped_model
from nlp.triage import TrainedReader

LABELS = Path(__file__).resolve().parent.parent / "tests" / "golden" / "labels"
#: labels of the first lot were looked at while sentences were written, those of the second only summed up
_LOTS = "12"
#: tweets in other alphabets and languages are not counted as English
_FOREIGN = re.compile(r"[^\x00-\x7f\u2000-\u2fff\ufe0f\U0001f000-\U0001faff]{6,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where the public texts are")
    parser.add_argument("--folder", type=Path, default=Path("data/models"), help="where the models are kept")
    parser.add_argument("--plot", type=Path, help="write a calibration plot of the labelled real messages")
    arguments = parser.parse_args()
    reader = open_reader(Making(arguments.folder), print)
    data: Path = arguments.data
    names = read_names(data / "bitext_intents.csv")
    bitext = [each for part in ("train", "dev") for each in read_labelled(data / f"bitext_{part}.csv", names)]
    tweets, chat = [*_tweets(data)], [*_chat(data)]
    imitated = [Labelled(row["text"], _intents(row["labels"])) for row in _rows(LABELS / "en_shop_chat.csv")]
    for title, labelled in (
        ("Bitext, both files", bitext),
        ("first tweets to shops", tweets),
        *((f"first tweets to shops, lot {lot}", list(_tweets(data, lot))) for lot in _LOTS),
        ("a Chinese shop's chat", chat),
        *((f"a Chinese shop's chat, lot {lot}", list(_chat(data, lot))) for lot in _LOTS),
        ("a Chinese shop's chat, turns that ask for something", [one for one in chat if one.intents[0] != "other"]),
        ("chat of a supplement and a mattress shop, written for this", imitated),
        ("the same, in scope", [one for one in imitated if "other" not in one.intents]),
    ):
        print(f"\n=== {title}\n{as_text(measure(reader, labelled), confusions=10)}")
    real = measure(reader, [*tweets, *chat])
    print(f"\n=== real messages together: calibration error {real.calibration_error:.3f}")
    if arguments.plot:
        _plot(real, arguments.plot)
    _rounding(reader, {"Bitext": bitext, "tweets to shops": tweets})
    _scope(reader, data, {"Bitext": bitext, "tweets to shops": tweets})
    _sentiment(reader, data)


def _plot(report: Report, file: Path) -> None:
    bars = [(one.confidence, one.accuracy, one.count) for one in report.bins]
    file.write_bytes(calibration_png(bars, f"{report.total.count:,} real messages"))


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _intents(said: str) -> tuple[Intent, ...]:
    return tuple(intent for each in said.split("|") for intent in INTENTS if intent == each)


def _tweets(data: Path, lots: str = _LOTS) -> Iterator[Labelled]:
    texts = {row["tweet_id"]: row["text"] for row in _rows(data / "en_tweets_unlabelled.csv")}
    for row in _rows(LABELS / "en_tweets.csv"):
        if row["shop"] == "1" and row["lot"] in lots and not _FOREIGN.search(texts[row["id"]]):
            yield Labelled(texts[row["id"]], _intents(row["labels"]), "en")


def _chat(data: Path, lots: str = _LOTS) -> Iterator[Labelled]:
    texts = [row["text"] for row in _rows(data / "zh_shop_chat_unlabelled.csv")]
    for row in _rows(LABELS / "zh_shop_chat.csv"):
        if row["labels"] != "skip" and row["lot"] in lots:
            yield Labelled(texts[int(row["row"])], _intents(row["labels"]), "zh")


class _Unrounded:
    """The encoder with what it learnt, before it was exported and rounded to eight bits."""

    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer

        from nlp import adapter

        self._model = SentenceTransformer(str(shipped_model()), device="cpu", local_files_only=True)
        adapter.adapt(self._model[0].auto_model, CHANGE)

    def encode(self, texts: list[str]) -> Any:
        return self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)


def _rounding(reader: TrainedReader, several: dict[str, list[Labelled]]) -> None:
    """What eight bits cost: the same heads over the vectors of the model before it was rounded."""
    unrounded = replace(reader, encoder=_Unrounded())  # type: ignore[arg-type]
    print("\n=== right with int8, and with the vectors of the model before it was rounded")
    for name, labelled in several.items():
        ours, theirs = (measure(one, labelled).total.share for one in (reader, unrounded))
        print(f"  {name:<16} {ours:.2%}  {theirs:.2%}")


def _scope(reader: TrainedReader, data: Path, inside: dict[str, list[Labelled]]) -> None:
    """How well texts of an intent rank above CLINC150's, by each way to rank them."""

    def by_confidence(reading: Any) -> float:
        return 0.0 if reading.intent == "other" else float(reading.confidence)

    def by_other(reading: Any) -> float:
        chances = dict([(reading.intent, reading.confidence), *reading.runners_up])
        return 1 - float(chances.get("other", 0.0))

    outside = reader.read_all([row["text"] for row in _rows(data / "clinc150_test.csv")])
    said = np.mean([one.intent == "other" for one in outside])
    print(f"\n=== out of scope: {len(outside):,} texts of CLINC150, {said:.1%} read as other")
    for name, labelled in inside.items():
        readings = reader.read_all([one.text for one in labelled if "other" not in one.intents])
        ways: dict[str, Callable[[Any], float]] = {"confidence": by_confidence, "chance of other": by_other}
        for way, score in ways.items():
            scores = np.array([score(one) for one in [*readings, *outside]])
            positive = np.arange(len(scores)) < len(readings)
            print(f"  {name:<16} by {way:<16} area under the curve {area_under_curve(scores, positive):.3f}")


def _sentiment(reader: TrainedReader, data: Path) -> None:
    english = [
        (row["text"], int(row["stars"]) > 3)
        for row in _rows(data / "en_womens_clothing_reviews.csv")
        if row["stars"] != "3"
    ]
    chinese = [(row["review"], row["label"] == "1") for row in _rows(data / "zh_online_shopping_20k.csv")]
    print("\n=== sentiment of product reviews, area under the curve")
    for name, reviews in (("English", english), ("Chinese", chinese)):
        moods = np.array([one.sentiment for one in reader.read_all([text for text, _ in reviews])])
        area = area_under_curve(moods, np.array([good for _, good in reviews]))
        print(f"  {name:<8} {len(reviews):>6,} reviews  {area:.3f}")


if __name__ == "__main__":
    main()
