"""What the product's own sentences teach the encoder that ships: a small change of each of its layers, kept in a file.

    python -m nlp.adapter          # half an hour on two cores; writes `nlp.models.CHANGE`

Low-rank adaptation (Hu et al., 2021, arXiv:2106.09685): beside the weights W of a linear layer, which stay as they
came, two thin matrices are learnt, and W + B A is what is exported. The tasks are those of `nlp.train`, each with a
head of its own on the sentence vector; the heads are thrown away, as every shop's reader learns its own. It is done
several times, begun and ordered otherwise, and the mean of what was learnt ships (Wortsman et al., "Model soups", 2022,
arXiv:2203.05482): what one learnt by chance alone goes out of it.

The parts of the sentences that `nlp.train` holds out are not learnt from: with vectors that know them they would be
read better than what people write whom nobody has heard, and confidence would be calibrated on that. To be run again
when sentences have changed much. torch is needed here; nothing that serves imports it.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from nlp import sentences, train
from nlp.heads import VECTOR_SCALE, Floats
from nlp.language import is_chinese
from nlp.models import CHANGE, shipped_model
from nlp.sentences import Sentence
from nlp.train import Question

_RANK: Final = 8
#: how often it is learnt, each with a rank of its own in the file
_TIMES: Final = 2
#: passes over the sentences
_PASSES: Final = 1.5
_RATE, _RATE_HEADS = 1e-3, 2e-3
_DECAY, _SMOOTHED, _DROPPED, _WARMING, _HIDDEN = 0.01, 0.05, 0.1, 0.05, 512
#: sentences of a batch, which are of like length among so many
_BATCH, _AMONG = 64, 64 * 40
#: tokens of a sentence that are learnt from
_LONGEST: Final = 64


def adapt(model: Any, file: Path) -> None:
    """Adds a kept change to the weights of a BERT model, in place. Raises `ValueError` where it is of another model."""
    with np.load(file, allow_pickle=False) as kept:
        change = {name: kept[name].astype(np.float32) for name in kept.files}
    layers = _linear(model)
    if {name.rpartition("/")[0] for name in change} != set(layers):
        raise ValueError(f"{file.name} changes other layers than the model has")
    with torch.no_grad():
        for name, layer in layers.items():
            layer.weight += torch.from_numpy(change[f"{name}/b"] @ change[f"{name}/a"])


def _linear(model: Any) -> dict[str, nn.Linear]:
    """The linear layers of a BERT model's encoder, by name."""
    return {name: layer for name, layer in model.encoder.named_modules() if isinstance(layer, nn.Linear)}


# --- learning -------------------------------------------------------------------------------------------------------


class _Changed(nn.Module):
    """A linear layer and the change that is learnt beside it; at first there is none."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.a = nn.Parameter(torch.randn(_RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.b = nn.Parameter(torch.zeros(layer.out_features, _RANK))

    def forward(self, values: Any) -> Any:
        return self.layer(values) + functional.linear(functional.linear(values, self.a), self.b)


@dataclass(frozen=True, slots=True)
class _Pupil:
    """A model that learns, with what it is asked."""

    model: Any
    changed: dict[str, _Changed]
    heads: nn.ModuleDict

    def vectors(self, tokens: Sequence[Sequence[int]]) -> Any:
        """Sentence vectors as `nlp.encoder` makes them, scaled as `nlp.heads` does."""
        longest = max(map(len, tokens))
        ids = torch.zeros(len(tokens), longest, dtype=torch.long)
        for row, one in enumerate(tokens):
            ids[row, : len(one)] = torch.tensor(one)
        mask = (torch.arange(longest) < torch.tensor([[len(one)] for one in tokens])).long()
        states = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return functional.normalize(mean, dim=1) * VECTOR_SCALE

    def loss(self, question: Question, tokens: Sequence[Sequence[int]], truth: Any) -> Any:
        said = self.heads[question.name](self.vectors(tokens))
        if question.is_one_of:
            return functional.cross_entropy(said, torch.from_numpy(truth), label_smoothing=_SMOOTHED)
        return functional.binary_cross_entropy_with_logits(said, torch.from_numpy(truth).float())


def learn(opened: Callable[[], Any], known: Sequence[Sentence], file: Path, tell: train.Progress) -> None:
    """Teaches a sentence-transformers model of the BERT kind, `opened` anew each time, and writes what changes in it.

    Raises `ValueError` where no sentence says anything that is learnt.
    """
    lot = tuple(sentence for sentence in known if not is_chinese(sentence.text))
    lot = (*lot, *train.varied(lot, "alphabetic"))
    questions = [question for question in train.questions(lot, "alphabetic") if question.vector]
    if not any(len(question.of) for question in questions):
        raise ValueError("no sentence says anything that the encoder could learn")
    out, _ = train.left_out(lot)
    taught = [replace(one, of=one.of[~out[one.of]], truth=one.truth[~out[one.of]]) for one in questions]
    changes = []
    for time in range(_TIMES):
        transformer = opened()
        tokens = transformer.tokenizer([one.text for one in lot], truncation=True, max_length=_LONGEST)["input_ids"]
        torch.manual_seed(time)
        pupil = _pupil(transformer, questions)
        lessons = list(_lessons(taught, [len(one) for one in tokens], random.Random(time)))
        _teach(pupil, lessons, tokens, tell)
        changes.append(_change(pupil))
    file.parent.mkdir(parents=True, exist_ok=True)
    # half precision loses less than the eight bits that the encoder is exported with
    arrays: dict[str, Any] = {name: values.astype(np.float16) for name, values in mean(changes).items()}
    np.savez(file, **arrays)


def mean(changes: Sequence[Mapping[str, Floats]]) -> dict[str, Floats]:
    """The change that adds the mean of what several add; its rank is the sum of theirs."""
    share = np.float32(1 / len(changes))
    joined = {}
    for name in changes[0]:
        several = [one[name] for one in changes]
        joined[name] = np.concatenate(several) if name.endswith("/a") else np.concatenate(several, axis=1) * share
    return joined


def _pupil(transformer: Any, questions: Iterable[Question]) -> _Pupil:
    model = transformer[0].auto_model
    for weights in model.parameters():
        weights.requires_grad_(requires_grad=False)
    size = int(model.config.hidden_size)
    changed = {}
    for name, layer in _linear(model).items():
        changed[name] = _Changed(layer)
        parent, _, child = name.rpartition(".")
        setattr(model.encoder.get_submodule(parent), child, changed[name])
    heads = {question.name: _head(size, len(question.classes), question.vector) for question in questions}
    return _Pupil(model, changed, nn.ModuleDict(heads))


def _head(size: int, classes: int, layers: int) -> nn.Module:
    """As the reader's own: one layer, or a hidden one before it."""
    if layers == 1:
        return nn.Linear(size, classes)
    return nn.Sequential(nn.Linear(size, _HIDDEN), nn.ReLU(), nn.Dropout(_DROPPED), nn.Linear(_HIDDEN, classes))


def _lessons(
    questions: Sequence[Question], lengths: Sequence[int], chance: random.Random
) -> Iterator[tuple[Question, list[int]]]:
    """Batches of one question each, in an order by chance; of how many passes, the last perhaps not whole."""
    left = _PASSES
    while left > 0:
        lessons = []
        for question in questions:
            order = list(range(len(question.of)))
            chance.shuffle(order)
            own = [lengths[one] for one in question.of]
            for start in range(0, len(order), _AMONG):
                alike = sorted(order[start : start + _AMONG], key=own.__getitem__)
                lessons += [(question, alike[at : at + _BATCH]) for at in range(0, len(alike), _BATCH)]
        chance.shuffle(lessons)
        yield from lessons[: math.ceil(len(lessons) * min(1.0, left))]
        left -= 1


def _teach(pupil: _Pupil, lessons: Sequence[tuple[Question, list[int]]], tokens: Any, tell: train.Progress) -> None:
    own = [weights for one in pupil.changed.values() for weights in (one.a, one.b)]
    groups = [{"params": own, "lr": _RATE}, {"params": pupil.heads.parameters(), "lr": _RATE_HEADS}]
    optimiser = torch.optim.AdamW(groups, weight_decay=_DECAY)
    total = len(lessons)

    def pace(step: int) -> float:
        """Faster at first, ever slower then."""
        return min(1.0, (step + 1) / (_WARMING * total)) * max(0.02, 1 - step / total)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, pace)
    pupil.model.train()
    pupil.heads.train()
    for number, (question, of) in enumerate(lessons, 1):
        loss = pupil.loss(question, [tokens[question.of[one]] for one in of], question.truth[of])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*own, *pupil.heads.parameters()], 1.0)
        optimiser.step()
        schedule.step()
        if number % 100 == 0 or number == total:
            tell(f"{number} of {total} batches")


def _change(pupil: _Pupil) -> dict[str, Floats]:
    """The thin matrices of each layer: a (rank, inputs) and b (outputs, rank)."""
    return {
        f"{name}/{which}": matrix.detach().numpy()
        for name, one in pupil.changed.items()
        for which, matrix in (("a", one.a), ("b", one.b))
    }


def main() -> None:
    from sentence_transformers import SentenceTransformer

    def opened() -> Any:
        return SentenceTransformer(str(shipped_model()), device="cpu", local_files_only=True)

    learn(opened, sentences.read([sentences.SHIPPED]), CHANGE, print)


if __name__ == "__main__":
    main()
