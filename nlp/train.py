"""Sentences to heads: scikit-learn learns here, once; what it learnt is asked in `nlp.heads`.

What the readers are worth is measured while they are trained, on parts of the sentences that were held out whole:
people who write otherwise than those one learnt from. Confidence is calibrated on the same.
"""

import random
import time
import warnings
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from nlp import ngrams
from nlp.heads import VECTOR_SCALE, Floats, Head, Network, Script, Task, certain
from nlp.language import is_chinese
from nlp.meaning import ASPECTS, INTENTS
from nlp.sentences import NO_PART, OPINIONS, Opinion, Sentence

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

#: the languages that are told apart by what was learnt; others by their script and commonest words
LANGUAGES: Final = ("de", "en", "es", "fr", "pt")
#: how often an intent that is acted on is to be right
PRECISION: Final = 0.85
#: real messages are nearer to what was learnt than a part that is held out, and some have several right intents: the
#: reader is more often right than it says (slope and start of the first intent's chance; docs/models.md)
_NEARER: Final[dict[Script, tuple[float, float]]] = {"alphabetic": (0.8, 0.9), "chinese": (0.9, 0.85)}
#: how strongly the starts of intents are drawn to nothing, and the sentences held out of a language that has its own
_DRAWN, _ENOUGH = 30.0, 300
#: the least and the greatest confidence from which an intent is acted on
_LEAST, _MOST = 0.4, 0.9
#: one part in so many is held out
_ONE_IN: Final = 3
#: the strength of regularisation (scikit-learn's alpha) or its inverse (C)
_ALPHA_GRAMS: Final = 1e-5
_C_GRAMS: Final[dict[Script, float]] = {"alphabetic": 12.0, "chinese": 25.0}
_C_VECTORS: Final = 0.75
_PASSES, _PASSES_GRAMS = 5, 10
#: the score of a class that no sentence has
_NEVER: Final = -10.0
_HIDDEN, _EPOCHS, _BATCH, _RATE, _ALPHA = 512, 6, 256, 2e-3, 1e-2
_NETWORKS: Final = 2
#: of sentences that serve as what is nothing of the kind, where few are of the kind
_OTHERS: Final = 2000
#: how often an example gets a greeting before it, a thank-you behind it, another of its intent beside it
_VARIED: Final[dict[Script, tuple[float, float, float]]] = {
    "alphabetic": (0.08, 0.05, 0.0),
    "chinese": (0.35, 0.25, 0.25),
}

#: texts encoded between two looks at the clock, and the seconds after which it is told how far it is
_AT_ONCE, _SILENT = 2048, 15

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Held:
    """What a task said of sentences that were held out."""

    grams: Floats
    vectors: Floats
    #: the class of each, or for tasks of yes and no a row of 0 and 1
    truth: npt.NDArray[Any]
    languages: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class _Lot:
    """Sentences of one script and their n-grams."""

    script: Script
    sentences: tuple[Sentence, ...]
    counts: "csr_matrix"


def train(
    sentences: Sequence[Sentence],
    encoder: Callable[[], Callable[[Sequence[str]], Floats]],
    by_vector: Collection[Script],
    tell: Progress,
) -> tuple[dict[Script, Head], dict[str, Any]]:
    """Heads for both scripts, and what they were worth on sentences held out.

    The same sentences and vectors give the same heads.

    `encoder` gives what makes vectors of texts, for the scripts that are read `by_vector` as well; what needs none is
    learnt in the meantime.
    """
    scripts: dict[Script, list[Sentence]] = {"alphabetic": [], "chinese": []}
    for sentence in sentences:
        scripts["chinese" if is_chinese(sentence.text) else "alphabetic"].append(sentence)
    several = {script: (*own, *varied(own, script)) for script, own in scripts.items()}
    tell(f"learning from {len(sentences):,} sentences in {len({one.language for one in sentences})} languages")

    def encoded(script: Script) -> Floats:
        return _encoded([one.text for one in several[script]], encoder(), tell)

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool, ThreadPoolExecutor(1) as beside:
        vectors = {script: beside.submit(encoded, script) for script in several if script in by_vector}
        counted = {script: pool.submit(ngrams.counted, [one.text for one in own]) for script, own in several.items()}
        lots = {script: _Lot(script, own, counted[script].result()) for script, own in several.items()}
        every = {script: np.ones(len(own), bool) for script, own in several.items()}
        out = {script: left_out(own) for script, own in several.items()}
        # what goes by n-grams alone is learnt while the encoder is at work
        wholes = {script: pool.submit(_by_grams, lot, every[script]) for script, lot in lots.items()}
        parts = {script: pool.submit(_by_grams, lot, ~out[script][0]) for script, lot in lots.items()}
        work = {}
        for script, lot in lots.items():
            found = vectors[script].result() if script in vectors else None
            if found is not None:
                tell("learning what the words mean")
            whole = pool.submit(_by_vector, wholes[script].result(), lot, found, every[script])
            held = pool.submit(_held_out, parts[script].result(), lot, found, *out[script])
            work[script] = (whole, held)
        done = {script: _calibrated(whole.result(), held.result(), script) for script, (whole, held) in work.items()}
    return {script: head for script, (head, _) in done.items()}, {script: worth for script, (_, worth) in done.items()}


def _encoded(texts: Sequence[str], encode: Callable[[Sequence[str]], Floats], tell: Progress) -> Floats:
    """The vectors of texts. On an old processor that is most of the wait, so it is told how far it is."""
    tell(f"encoding {len(texts):,} sentences")
    vectors = []
    told = time.monotonic()
    for begin in range(0, max(len(texts), 1), _AT_ONCE):
        vectors.append(encode(texts[begin : begin + _AT_ONCE]))
        if time.monotonic() - told > _SILENT:
            told = time.monotonic()
            tell(f"encoded {min(begin + _AT_ONCE, len(texts)):,} of {len(texts):,}")
    return np.concatenate(vectors)


def left_out(sentences: Sequence[Sentence]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which sentences are held out, and which of these with their whole part.

    About every third part of a language is, and a third of the texts of a language that has few parts. Which parts goes
    by their names alone: the encoder never saw them either (`nlp.adapter`), and other sentences change nothing of that.
    """
    parts: dict[str, set[str]] = {}
    for sentence in sentences:
        parts.setdefault(sentence.language, set()).add(sentence.part)

    def is_whole(sentence: Sentence) -> bool:
        return len(parts[sentence.language] - {NO_PART}) >= _ONE_IN and sentence.part != NO_PART

    def is_out(sentence: Sentence) -> bool:
        if is_whole(sentence):
            return _is_drawn(sentence.part)
        return _is_drawn(sentence.source or sentence.text)

    out = np.array([is_out(sentence) for sentence in sentences])
    return out, out & np.array([is_whole(sentence) for sentence in sentences])


def _is_drawn(name: str) -> bool:
    return zlib.crc32(name.encode(errors="replace")) % _ONE_IN == 1


def varied(sentences: Sequence[Sentence], script: Script) -> list[Sentence]:
    """Examples as they come in chats: with a greeting, with thanks, two things of one kind at once.

    A greeting before a question is no greeting: without these, "hi, ..." would be one.
    """
    greeted, thanked, joined = _VARIED[script]
    chance = random.Random(1)
    by: dict[tuple[str, str], list[str]] = {}
    # never two of different parts: one of them may be held out
    alike: dict[tuple[str, str, str], list[str]] = {}
    for sentence in sentences:
        if sentence.intent is not None:
            by.setdefault((sentence.language, sentence.intent), []).append(sentence.text)
            alike.setdefault((sentence.language, sentence.part, sentence.intent), []).append(sentence.text)

    def short(language: str, intent: str) -> list[str]:
        most = 8 if language == "zh" else 22
        return [text for text in by.get((language, intent), []) if len(text) <= most]

    greetings = {language: short(language, "greeting") for language, _ in by}
    thanks = {language: short(language, "thanks") for language, _ in by}
    varied = []
    for sentence in sentences:
        if sentence.intent in (None, "greeting", "thanks"):
            continue
        space = chance.choice(" ， ") if sentence.language == "zh" else " "
        text = sentence.text
        if chance.random() < greeted and greetings[sentence.language]:
            text = chance.choice(greetings[sentence.language]) + space + text
        if chance.random() < thanked and thanks[sentence.language]:
            text = text + space + chance.choice(thanks[sentence.language])
        if chance.random() < joined and sentence.intent != "other":
            beside = chance.choice(alike[sentence.language, sentence.part, str(sentence.intent)])
            text = space.join((text, beside) if chance.random() < 0.5 else (beside, text))
        if text != sentence.text:
            varied.append(replace(sentence, text=text, source=sentence.text))
    return varied


# --- tasks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """A task to be learnt: which sentences tell something of it, and what."""

    name: str
    classes: tuple[str, ...]
    is_one_of: bool
    #: positions among the lot's sentences
    of: npt.NDArray[np.int64]
    truth: npt.NDArray[Any]
    #: what reads the vector: nothing, one layer, or a hidden one beside it
    vector: int


def questions(sentences: Sequence[Sentence], script: Script) -> Iterator[Question]:
    intents = [index for index, sentence in enumerate(sentences) if sentence.intent is not None]
    told = np.array([INTENTS.index(sentences[index].intent) for index in intents])
    yield Question("intent", INTENTS, True, np.array(intents), told, 2)
    if script == "alphabetic":
        spoken = [index for index in intents if sentences[index].language in LANGUAGES]
        told = np.array([LANGUAGES.index(sentences[index].language) for index in spoken])
        yield Question("language", LANGUAGES, True, np.array(spoken), told, 0)
    chance = random.Random(2)
    beside = np.array(sorted(chance.sample(intents, min(_OTHERS, len(intents)))))
    yield from _opinion(sentences, intents)
    yield from _urgency(sentences, beside)
    yield from _abuse(sentences, beside)
    yield from _aspects(sentences)


#: what an intent says of the mood, where it says anything
_MOODS: Final[dict[str, Opinion]] = {
    "complaint": "bad",
    "thanks": "good",
    **dict.fromkeys(("product", "delivery", "invoice", "payment", "change_address", "account", "greeting"), "mixed"),
}
#: at the most so many of their sentences are taken: what has no mood must not outweigh what has
_MOODY: Final[dict[Opinion, int]] = {"bad": 1500, "good": 1500, "mixed": 500}


def _opinion(sentences: Sequence[Sentence], intents: list[int]) -> Iterator[Question]:
    reviews = [index for index, sentence in enumerate(sentences) if sentence.opinion is not None]
    if not reviews:
        return
    truth = [OPINIONS.index(sentences[index].opinion) for index in reviews]
    chance = random.Random(3)
    for mood in OPINIONS:
        own = [index for index in intents if _MOODS.get(str(sentences[index].intent)) == mood]
        some = sorted(chance.sample(own, min(_MOODY[mood], len(own))))
        reviews += some
        truth += [OPINIONS.index(mood)] * len(some)
    yield Question("opinion", OPINIONS, True, np.array(reviews), np.array(truth), 1)


def _urgency(sentences: Sequence[Sentence], beside: npt.NDArray[np.int64]) -> Iterator[Question]:
    known = [index for index, sentence in enumerate(sentences) if sentence.urgency is not None]
    if known:
        classes = ("low", "normal", "high")
        truth = [classes.index(str(sentences[index].urgency)) for index in known] + [1] * len(beside)
        yield Question("urgency", classes, True, np.array([*known, *beside]), np.array(truth), 1)


def _abuse(sentences: Sequence[Sentence], beside: npt.NDArray[np.int64]) -> Iterator[Question]:
    known = [index for index, sentence in enumerate(sentences) if sentence.is_abuse]
    if known:
        truth = np.array([[1]] * len(known) + [[0]] * len(beside))
        yield Question("abuse", ("abuse",), False, np.array([*known, *beside]), truth, 1)


def _aspects(sentences: Sequence[Sentence]) -> Iterator[Question]:
    known = [index for index, sentence in enumerate(sentences) if sentence.opinion is not None]
    if any(sentences[index].aspects for index in known):
        truth = np.array([[int(aspect in sentences[index].aspects) for aspect in ASPECTS] for index in known])
        yield Question("aspects", ASPECTS, False, np.array(known), truth, 1)


# --- learning, in processes of their own ----------------------------------------------------------------------------


def _by_grams(lot: _Lot, known: npt.NDArray[np.bool_]) -> Head:
    """A head that goes by the n-grams of known sentences alone."""
    idf = ngrams.idf_of(lot.counts[known])
    used = np.flatnonzero(idf)
    rows = np.zeros(ngrams.SIZE, np.int32)
    rows[used] = np.arange(len(used))
    grams = ngrams.matrix(lot.counts, idf)
    columns: list[Floats] = []
    biases: list[float] = []
    tasks: dict[str, Task] = {}
    for question in questions(lot.sentences, lot.script):
        taught = known[question.of]
        of, truth = question.of[taught], question.truth[taught]
        if len(np.unique(truth, axis=0)) < 2:
            continue
        start = len(columns)
        for weights, bias in _lines(grams[of], truth, question, lot.script):
            columns.append(weights)
            biases.append(bias)
        tasks[question.name] = Task(question.classes, question.is_one_of, slice(start, len(columns)), None)
    table = np.stack(columns, axis=1).astype(np.float16)
    return Head(idf, rows, table, np.array(biases, np.float32), tasks)


def _by_vector(head: Head, lot: _Lot, vectors: Floats | None, known: npt.NDArray[np.bool_]) -> Head:
    """The head with networks over the vectors of known sentences as well, where there are vectors."""
    if vectors is None:
        return head
    tasks = dict(head.tasks)
    for question in questions(lot.sentences, lot.script):
        if question.name in tasks:
            taught = known[question.of]
            network = _network(vectors[question.of[taught]], question.truth[taught], question)
            tasks[question.name] = replace(tasks[question.name], network=network)
    return replace(head, tasks=tasks)


def _held_out(
    head: Head, lot: _Lot, vectors: Floats | None, out: npt.NDArray[np.bool_], whole: npt.NDArray[np.bool_]
) -> dict[str, Held]:
    """What a head that knows the others says of the sentences that are held out; `head` goes by n-grams as yet.

    Of intents, where there are some, those held out with their whole part: sentences beside which others of their kind
    are known are easier than people nobody has heard.
    """
    head = _by_vector(head, lot, vectors, ~out)
    held = {}
    for question in questions(lot.sentences, lot.script):
        tested = (whole if question.name == "intent" and whole.any() else out)[question.of]
        own = question.of[tested]
        if question.name not in head.tasks or not len(own):
            continue
        grams = ngrams.matrix(lot.counts[own], head.idf) @ head.table.astype(np.float32) + head.bias
        seen = np.zeros((len(own), 1), np.float32) if vectors is None else vectors[own]
        parts = head.tasks[question.name].parts(grams.astype(np.float32), seen)
        spoken = np.array([lot.sentences[index].language for index in own])
        held[question.name] = Held(*parts, question.truth[tested], spoken)
    return held


def _lines(
    grams: "csr_matrix", truth: npt.NDArray[Any], question: Question, script: Script
) -> Iterator[tuple[Floats, float]]:
    """Weights and bias of each class, by n-grams: all classes of one at once, or each against the rest."""
    if not question.is_one_of:
        for name in range(len(question.classes)):
            yield _line(grams, truth[:, name] == 1)
        return
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    # against each other, not each against the rest: classes that are near one another share what is sure of neither
    line = LogisticRegression(C=_C_GRAMS[script], solver="sag", max_iter=_PASSES_GRAMS, tol=0.0, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops early on purpose
        line.fit(grams, truth)
    # of two classes it keeps the second alone
    rows = line.coef_ if len(line.classes_) > 2 else np.vstack([-line.coef_, line.coef_])
    starts = line.intercept_ if len(line.classes_) > 2 else np.hstack([-line.intercept_, line.intercept_])
    learnt = {int(name): (rows[row], starts[row]) for row, name in enumerate(line.classes_)}
    for name in range(len(question.classes)):
        weights, bias = learnt.get(name, (np.zeros(grams.shape[1]), _NEVER))
        yield weights.astype(np.float32), float(bias)


def _line(grams: "csr_matrix", wanted: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    """One class against the rest, by n-grams."""
    from sklearn.linear_model import SGDClassifier

    if wanted.all() or not wanted.any():
        return np.zeros(grams.shape[1], np.float32), -_NEVER if wanted.all() else _NEVER
    line = SGDClassifier(loss="log_loss", alpha=_ALPHA_GRAMS, max_iter=_PASSES, tol=None, average=True, random_state=0)
    line.fit(grams, wanted)
    return line.coef_[0].astype(np.float32), float(line.intercept_[0])


def _network(vectors: Floats, truth: npt.NDArray[Any], question: Question) -> Network | None:
    from sklearn.linear_model import LogisticRegression

    scaled = vectors * np.float32(VECTOR_SCALE)
    count = len(question.classes)
    if question.vector == 0:
        return None
    if question.vector == 2:
        return _side_by_side([_hidden(scaled, truth, count, seed) for seed in range(_NETWORKS)])
    wanted = np.eye(count, dtype=int)[truth] if question.is_one_of else truth
    weights, bias = np.zeros((vectors.shape[1], count), np.float32), np.zeros(count, np.float32)
    for name in range(count):
        if len(np.unique(wanted[:, name])) == 2:
            line = LogisticRegression(C=_C_VECTORS, max_iter=100, tol=1e-2).fit(scaled, wanted[:, name])
            weights[:, name], bias[name] = line.coef_[0], line.intercept_[0]
    return Network(((weights, bias),))


def _hidden(scaled: Floats, truth: npt.NDArray[Any], count: int, seed: int) -> list[tuple[Floats, Floats]]:
    """The two layers of a network with a hidden one."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (_HIDDEN,), alpha=_ALPHA, max_iter=_EPOCHS, batch_size=_BATCH, learning_rate_init=_RATE, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops early on purpose
        network.fit(scaled, truth)
    first, (weights, bias) = zip(network.coefs_, network.intercepts_, strict=True)
    all_weights, all_bias = np.zeros((_HIDDEN, count)), np.full(count, _NEVER)
    all_weights[:, network.classes_], all_bias[network.classes_] = weights, bias
    return [first, (all_weights, all_bias)]


def _side_by_side(networks: list[list[tuple[Floats, Floats]]]) -> Network:
    """Networks of two layers as one that gives the mean of what they say: each alone depends on how it began."""
    first = np.concatenate([layers[0][0] for layers in networks], axis=1)
    second = np.concatenate([layers[1][0] for layers in networks], axis=0) / len(networks)
    first_bias = np.concatenate([layers[0][1] for layers in networks])
    second_bias = sum(layers[1][1] for layers in networks) / len(networks)
    layers = ((first, first_bias), (second, second_bias))
    return Network(tuple((np.asarray(weights, np.float32), np.asarray(bias, np.float32)) for weights, bias in layers))


# --- calibration ----------------------------------------------------------------------------------------------------


def _calibrated(head: Head, held: dict[str, Held], script: Script) -> tuple[Head, dict[str, float]]:
    """The head with its tasks weighed, and thresholds for intents, by what was held out; how often each was right."""
    tasks = dict(head.tasks)
    worth: dict[str, float] = {}
    thresholds: Mapping[str, float] = {}
    for name, one in held.items():
        task = replace(head.tasks[name], weights=_weights(head.tasks[name], one, 0))
        chances = task.joined((one.grams, one.vectors), np.array([task.weights], np.float32))
        if name == "intent":
            task, chances = _by_language(task, one, script, chances)
            thresholds = _thresholds(chances, one.truth)
        if task.is_one_of:
            worth[name] = round(float((chances.argmax(axis=1) == one.truth).mean()), 4)
        tasks[name] = task
    return replace(head, tasks=tasks, thresholds=thresholds), worth


def _by_language(task: Task, held: Held, script: Script, chances: Floats) -> tuple[Task, Floats]:
    """Intents as they are weighed in each language, with the certainty of the first; and their chances.

    The encoder was made for English: there its vectors count as much as n-grams do, elsewhere a fifth of that.
    """
    if script == "alphabetic":
        spoken = []
        for language in LANGUAGES:
            own = np.flatnonzero(held.languages == language)
            weights = (*task.weights, *[0.0] * len(task.classes))
            if len(own) >= _ENOUGH:
                there = Held(held.grams[own], held.vectors[own], held.truth[own], held.languages[own])
                weights = _weights(task, there, len(task.classes))
                chances[own] = task.joined((there.grams, there.vectors), np.array([weights], np.float32))
            spoken.append(weights)
        task = replace(task, spoken=tuple(spoken))
    return replace(task, certainty=_NEARER[script]), certain(chances, *_NEARER[script])


def _weights(task: Task, held: Held, starts: int) -> tuple[float, ...]:
    """How much n-grams and vector count, so that the truth is likeliest, and where each of so many classes starts.

    Vector scaling (Guo et al., "On calibration of modern neural networks", 2017) of two views. How strongly starts are
    drawn to nothing was chosen by leaving out one part of those held out after the other.
    """
    grams, vectors, truth = held.grams, held.vectors, held.truth
    if not task.is_one_of:
        from sklearn.linear_model import LogisticRegression

        both = np.stack([grams.ravel(), vectors.ravel()], axis=1)
        line = LogisticRegression(max_iter=200).fit(both, truth.ravel())
        return (*(round(float(each), 4) for each in line.coef_[0]), round(float(line.intercept_[0]), 4))
    from scipy.optimize import minimize

    count, rows = len(truth), np.arange(len(truth))

    def unlikely(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        """How unlikely the truth is, and its slopes."""
        chances = task.joined((grams, vectors), weights[None, :].astype(np.float32)).astype(np.float64)
        own, drawn = weights[2:], _DRAWN / count
        loss = -np.log(np.maximum(chances[rows, truth], 1e-9)).mean() + drawn * float(own @ own)
        chances[rows, truth] -= 1
        views = [float((chances * view).sum()) / count for view in (grams, vectors)]
        return float(loss), np.array([*views, *(chances.sum(axis=0)[:starts] / count + 2 * drawn * own)])

    found = minimize(unlikely, [0.6, 0.4, *[0.0] * starts], jac=True, method="L-BFGS-B").x
    return tuple(round(float(each), 4) for each in found)


def _thresholds(chances: Floats, truth: npt.NDArray[Any]) -> Mapping[str, float]:
    """By intent, the least confidence from which it is right as often as `PRECISION`."""
    said, confidence = chances.argmax(axis=1), chances.max(axis=1)
    thresholds: dict[str, float] = {}
    for index, intent in enumerate(INTENTS):
        own = np.flatnonzero(said == index)
        order = own[np.argsort(-confidence[own])]
        right = np.cumsum(truth[order] == index) / np.arange(1, len(order) + 1)
        good = np.flatnonzero(right >= PRECISION)
        least = float(confidence[order[good[-1]]]) if len(good) else _MOST
        thresholds[intent] = round(min(_MOST, max(_LEAST, least)), 3)
    return thresholds
