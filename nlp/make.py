"""Makes an encoder and a reader: `python -m nlp.make` reads what is asked as JSON and tells how far it is, a line each.

Run by `nlp.models`; it needs torch and scikit-learn, which nothing that serves imports.
"""

import json
import os
import random
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from nlp import encoder, heads, sentences, train
from nlp.heads import Floats, Script
from nlp.meaning import INTENTS
from nlp.models import CHANGE, shipped_model
from nlp.sentences import Sentence

#: sentences by which the encoder's scales are measured
_SAMPLES: Final = 240


def main() -> int:
    asked = json.load(sys.stdin)
    try:
        _make(asked)
    except Exception as error:  # noqa: BLE001 - the process that asked says it in a sentence
        _say("fail", " ".join(str(error).split()) or type(error).__name__)
        return 1
    return 0


def _make(asked: dict[str, Any]) -> None:
    vectors, reader = Path(asked["encoder"]), Path(asked["reader"])
    learnt = sentences.read([Path(folder) for folder in asked["sentences"]])
    learnt += [_correction(*one) for one in asked["corrections"] if one[2] in INTENTS]

    def encode() -> Callable[[Sequence[str]], Floats]:
        if not (vectors / "encoder.onnx").exists():
            _export(asked["model"], vectors, learnt)
        return encoder.load(vectors).encode

    if reader.exists() and not asked["anew"]:
        encode()
        return
    # the encoder that ships was made for English: of Chinese it says next to nothing
    by_vector: tuple[Script, ...] = ("alphabetic", "chinese") if asked["model"] else ("alphabetic",)
    found, worth = train.train(learnt, encode, by_vector, lambda said: _say("tell", said))
    heads.save(found, {"sentences": _counts(learnt), "worth": worth}, reader)


def _export(model: str, target: Path, learnt: Sequence[Sentence]) -> None:
    """A folder that stands is whole: it gets its name last."""
    from nlp.export import export

    _say("tell", f"exporting the encoder {model or 'all-MiniLM-L6-v2'}")
    half = Path(mkdtemp(prefix="half-", dir=target.parent))
    # of what ships, where there is some: the same scales on every machine
    known = [sentence.text for sentence in sentences.read([sentences.SHIPPED]) or learnt]
    samples = random.Random(0).sample(known, min(_SAMPLES, len(known)))
    try:
        export(model or str(shipped_model()), samples, half, None if model else CHANGE)
        if target.exists():
            shutil.rmtree(target)
        os.replace(half, target)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _correction(text: str, language: str, intent: str) -> Sentence:
    known: Any = intent
    return Sentence(text, language, "corrections", intent=known)


def _counts(learnt: Sequence[Sentence]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for sentence in learnt:
        counts[sentence.language] = counts.get(sentence.language, 0) + 1
    return counts


def _say(kind: str, said: str) -> None:
    print(kind, said, flush=True)


if __name__ == "__main__":
    sys.exit(main())
