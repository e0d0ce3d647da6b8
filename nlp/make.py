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
from nlp.models import Making, shipped_model
from nlp.sentences import Sentence

#: sentences by which the encoder's scales are measured
_SAMPLES: Final = 240


def main() -> int:
    asked = json.load(sys.stdin)
    making = Making(
        Path(asked["folder"]),
        asked["model"],
        tuple(map(Path, asked["sentences"])),
        tuple((text, language, intent) for text, language, intent in asked["corrections"]),
    )
    try:
        _make(making, anew=asked["anew"])
    except Exception as error:  # noqa: BLE001 - the process that asked says it in a sentence
        _say("fail", " ".join(str(error).split()) or type(error).__name__)
        return 1
    return 0


def _make(making: Making, *, anew: bool) -> None:
    learnt = sentences.read(list(making.sentences))
    learnt += [_correction(*one) for one in making.corrections]

    def encode() -> Callable[[Sequence[str]], Floats]:
        if not (making.encoder_folder / "encoder.onnx").exists():
            _export(making, learnt)
        return encoder.load(making.encoder_folder).encode

    if making.reader_file.exists() and not anew:
        encode()
        return
    # the encoder that ships was made for English: of Chinese it says next to nothing
    by_vector: tuple[Script, ...] = ("alphabetic", "chinese") if making.model else ("alphabetic",)
    found, worth = train.train(learnt, encode, by_vector, lambda said: _say("tell", said))
    heads.save(found, {"sentences": _counts(learnt), "worth": worth}, making.reader_file)


def _export(making: Making, learnt: Sequence[Sentence]) -> None:
    """A folder that stands is whole: it gets its name last."""
    from nlp.export import export

    model = making.model or str(shipped_model())
    _say("tell", f"exporting the encoder {making.model or 'all-MiniLM-L6-v2'}")
    half = Path(mkdtemp(prefix="half-", dir=making.folder))
    samples = random.Random(0).sample([sentence.text for sentence in learnt], min(_SAMPLES, len(learnt)))
    try:
        export(model, samples, half)
        if making.encoder_folder.exists():
            shutil.rmtree(making.encoder_folder)
        os.replace(half, making.encoder_folder)
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
