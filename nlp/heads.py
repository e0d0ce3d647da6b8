"""What was learnt: linear readers over n-grams with small networks over sentence vectors beside them.

A head holds everything for the texts of one kind of script. Chinese words show in characters, and the encoder says next
to nothing about them; elsewhere both are needed. `nlp.train` makes heads; here they are kept, loaded and asked, with
numpy alone.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from nlp import ngrams
from nlp.encoder import BrokenModel

Floats = npt.NDArray[np.float32]
Script = Literal["alphabetic", "chinese"]

#: what the numbers of a vector are multiplied by: of 384 that make a length of one, each is small
VECTOR_SCALE: Final = 8.0
#: how near the second class comes to the first where it would pass it
_BEHIND: Final = 0.999


@dataclass(frozen=True, slots=True)
class Network:
    """Layers of a network over the sentence vector; rectified between them."""

    layers: tuple[tuple[Floats, Floats], ...]

    def __call__(self, vectors: Floats) -> Floats:
        # row by row: the sums of a product of matrices depend, in their last bits, on how many rows there are
        return np.stack([self._one(vector * np.float32(VECTOR_SCALE)) for vector in vectors])

    def _one(self, values: Floats) -> Floats:
        for index, (weights, bias) in enumerate(self.layers):
            if index:
                values = np.maximum(values, 0)
            values = weights.T @ values + bias
        return np.asarray(values, np.float32)


@dataclass(frozen=True, slots=True)
class Task:
    """One question that a head answers: one class of several, or each class by itself."""

    classes: tuple[str, ...]
    is_one_of: bool
    #: where its classes stand among the columns of the head
    columns: slice
    #: None where the vector does not help
    network: Network | None
    #: how much n-grams and vector count, and where all classes or each of them start
    weights: tuple[float, ...] = (1.0, 1.0)
    #: the same for each class of the head's task of languages, where what counts differs by language
    spoken: tuple[tuple[float, ...], ...] = ()
    #: slope and start of what the likeliest class says of itself (`certain`); None where it is right as it says
    certainty: tuple[float, float] | None = None

    def chances(self, grams: Floats, vectors: Floats, languages: Floats | None = None) -> Floats:
        """How likely each class is, 0 to 1: (texts, classes); by how likely each language is, (texts, languages)."""
        weights = np.array([self.weights], np.float32)
        if self.spoken and languages is not None:
            several = np.array(self.spoken, np.float32)
            # row by row, as in a network
            weights = np.stack([row @ several for row in languages])
        chances = self.joined(self.parts(grams, vectors), weights)
        return chances if self.certainty is None else certain(chances, *self.certainty)

    def parts(self, grams: Floats, vectors: Floats) -> tuple[Floats, Floats]:
        """What n-grams and what the vector say, on scales of their own: each (texts, classes)."""
        own = grams[:, self.columns]
        other = np.zeros_like(own) if self.network is None else self.network(vectors)
        return (_log_softmax(own), _log_softmax(other)) if self.is_one_of else (own, other)

    def joined(self, parts: tuple[Floats, Floats], weights: Floats) -> Floats:
        """Chances by what both say, weighed alike for all texts, (1, weights), or for each, (texts, weights)."""
        scores = weights[:, :1] * parts[0] + weights[:, 1:2] * parts[1]
        if weights.shape[1] > 2:
            scores = scores + weights[:, 2:]
        if self.is_one_of:
            return np.asarray(np.exp(_log_softmax(scores)), np.float32)
        return np.asarray(1 / (1 + np.exp(-np.clip(scores, -30, 30))), np.float32)


def certain(chances: Floats, slope: float, start: float) -> Floats:
    """Chances of which the likeliest says how often it is right; the others share what is left.

    Platt, "Probabilistic outputs for support vector machines", 1999, of the likeliest class alone: a text may have
    several right answers, of which chances that make one together know nothing. It stays the likeliest.

    >>> certain(np.array([[0.5, 0.3, 0.2]], np.float32), 1.0, 0.0).astype(float).round(2).tolist()
    [[0.5, 0.3, 0.2]]
    >>> certain(np.array([[0.5, 0.3, 0.2]], np.float32), 1.0, 1.0).astype(float).round(2).tolist()
    [[0.73, 0.16, 0.11]]
    """
    rows, first = np.arange(len(chances)), chances.argmax(axis=1)
    top = np.clip(chances[rows, first], 1e-6, 1 - 1e-6)
    sure = 1 / (1 + np.exp(-(np.float32(slope) * np.log(top / (1 - top)) + np.float32(start))))
    others = np.minimum(chances * ((1 - sure) / (1 - top))[:, None], sure[:, None] * np.float32(_BEHIND))
    others[rows, first] = sure
    return np.asarray(others, np.float32)


def _log_softmax(scores: Floats) -> Floats:
    scores = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), np.float32)


@dataclass(frozen=True, slots=True)
class Head:
    """The readers of one script."""

    #: of each feature, 0 for those that were not learnt
    idf: Floats
    #: the row of a feature in `table`
    rows: npt.NDArray[np.int32]
    table: npt.NDArray[np.float16]
    bias: Floats
    tasks: Mapping[str, Task]
    #: by intent: the confidence from which it may be acted on without a person
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def chances(self, grams: Floats, vectors: Floats) -> dict[str, Floats]:
        """Of each task, how likely each class is: (texts, classes)."""
        speaks = self.tasks.get("language")
        languages = None if speaks is None else speaks.chances(grams, vectors)
        others = {name: task for name, task in self.tasks.items() if task is not speaks}
        found = {name: task.chances(grams, vectors, languages) for name, task in others.items()}
        return found if languages is None else found | {"language": languages}

    @property
    def needs_vectors(self) -> bool:
        return any(task.network is not None for task in self.tasks.values())

    def grams(self, features: ngrams.Features) -> Floats:
        """The score of each column by a text's n-grams: (columns,)."""
        found, weights = ngrams.weighed(features, self.idf)
        return np.asarray(weights @ self.table[self.rows[found]].astype(np.float32) + self.bias, np.float32)

    def known(self, features: ngrams.Features) -> float:
        """The share of a text's n-grams that were learnt, 0 to 1."""
        return float((self.idf[features] > 0).mean()) if len(features) else 0.0


# --- kept in a file -------------------------------------------------------------------------------------------------


def save(heads: Mapping[Script, Head], about: Mapping[str, Any], file: Path) -> None:
    """Writes heads and what is said about them; a file that stands is whole."""
    arrays: dict[str, Any] = {}
    told: dict[str, Any] = {"about": dict(about), "heads": {}}
    for script, head in heads.items():
        used = np.flatnonzero(head.idf)
        arrays |= {
            f"{script}/used": used.astype(np.int32),
            f"{script}/idf": head.idf[used],
            f"{script}/table": head.table[head.rows[used]],
            f"{script}/bias": head.bias,
        }
        told["heads"][script] = {"thresholds": dict(head.thresholds), "tasks": {}}
        for name, task in head.tasks.items():
            layers = task.network.layers if task.network is not None else ()
            for index, (weights, bias) in enumerate(layers):
                arrays |= {f"{script}/{name}/{index}/weights": weights, f"{script}/{name}/{index}/bias": bias}
            told["heads"][script]["tasks"][name] = {
                "classes": task.classes,
                "is_one_of": task.is_one_of,
                "columns": [task.columns.start, task.columns.stop],
                "layers": len(layers),
                "weights": task.weights,
                "spoken": task.spoken,
                "certainty": task.certainty,
            }
    arrays["told"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    half = file.with_suffix(f".{os.getpid()}.half")
    with half.open("wb") as out:
        np.savez(out, **arrays)
    os.replace(half, file)


def load(file: Path) -> tuple[dict[Script, Head], dict[str, Any]]:
    """Heads, and what is said about them. Raises `BrokenModel`."""
    try:
        with np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        told = json.loads(arrays["told"].tobytes())
        heads: dict[Script, Head] = {
            script: _head(script, told["heads"][script], arrays) for script in ("alphabetic", "chinese")
        }
    except Exception as error:
        raise BrokenModel(file, " ".join(str(error).split())[:200], file) from error
    return heads, told["about"]


def _head(script: str, told: dict[str, Any], arrays: dict[str, Any]) -> Head:
    used = arrays[f"{script}/used"]
    idf = np.zeros(ngrams.SIZE, np.float32)
    idf[used] = arrays[f"{script}/idf"]
    rows = np.zeros(ngrams.SIZE, np.int32)
    rows[used] = np.arange(len(used))
    tasks = {
        name: Task(
            tuple(one["classes"]),
            one["is_one_of"],
            slice(*one["columns"]),
            _network(f"{script}/{name}", one["layers"], arrays),
            tuple(one["weights"]),
            tuple(map(tuple, one["spoken"])),
            one["certainty"] and tuple(one["certainty"]),
        )
        for name, one in told["tasks"].items()
    }
    return Head(idf, rows, arrays[f"{script}/table"], arrays[f"{script}/bias"], tasks, told["thresholds"])


def _network(name: str, layers: int, arrays: dict[str, Any]) -> Network | None:
    if not layers:
        return None
    return Network(
        tuple((arrays[f"{name}/{index}/weights"], arrays[f"{name}/{index}/bias"]) for index in range(layers))
    )
