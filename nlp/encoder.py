"""Texts as sentence vectors: the only file that loads weights at serving time.

The weights are a file that `nlp.export` made. Neither torch nor transformers is imported here.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

#: texts of one call of the model, of like length; the calls run side by side, each in one thread
_TOGETHER: Final = 16
_THREADS: Final = 2


class BrokenModel(Exception):
    """A file of a model cannot be used; the sentence names it and says what to do."""

    def __init__(self, file: Path, why: str, remove: Path) -> None:
        super().__init__(f"{file} is no usable model ({why}): remove {remove}, and it is made anew")
        self.file = file


@dataclass(frozen=True, slots=True)
class Encoder:
    """A model in memory. The same text gives the same vector, alone or in a batch."""

    dimension: int
    _session: Any
    _tokenizer: Any
    _pool: ThreadPoolExecutor

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """The vectors of texts, each of length one: (texts, dimension)."""
        # a text without a token would have a vector of nothing
        tokens = [each.ids for each in self._tokenizer.encode_batch([text or " " for text in texts])]
        vectors = np.empty((len(tokens), self.dimension), np.float32)

        def fill(batch: list[int]) -> None:
            vectors[batch] = self._vectors([tokens[index] for index in batch])

        batches = list(_of_one_length(tokens))
        if len(batches) == 1:
            fill(batches[0])
        else:
            list(self._pool.map(fill, batches))
        return vectors

    def _vectors(self, tokens: list[list[int]]) -> Any:
        ids = np.array(tokens, np.int64)
        return self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]


def _of_one_length(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Batches of texts with as many tokens: where nothing is filled up, a text's neighbours change nothing of it."""
    by_length = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
    for _, alike in groupby(by_length, key=lambda index: len(tokens[index])):
        texts = list(alike)
        yield from (texts[start : start + _TOGETHER] for start in range(0, len(texts), _TOGETHER))


def load(folder: Path) -> Encoder:
    """The encoder that was exported into a folder. Raises `BrokenModel`."""
    file = folder / "encoder.onnx"
    try:
        about = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
        dimension, longest = int(about["dimension"]), int(about["longest"])
        session, tokenizer = _session(file), _tokenizer(folder / "tokenizer.json", longest)
        one = np.ones((1, 1), np.int64)
        vectors = session.run(None, {"input_ids": one, "attention_mask": one})[0]
    except Exception as error:
        raise BrokenModel(file, " ".join(str(error).split())[:200], folder) from error
    if vectors.shape != (1, dimension):
        raise BrokenModel(file, f"its vectors have not {dimension} numbers", folder)
    return Encoder(dimension, session, tokenizer, ThreadPoolExecutor(_THREADS, thread_name_prefix="encoder"))


def _session(file: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # each call in the thread that makes it: more of them wait for each other longer than they work
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def _tokenizer(file: Path, longest: int) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    return tokenizer
