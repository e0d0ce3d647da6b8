"""How good a reader is on labelled texts: accuracy, confusions, calibration, telling what is out of scope."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from nlp.meaning import ASK_A_PERSON, Intent, Reader, Reading

#: of what is answered without a person, this share is to be right
PRECISION: Final = 0.95
#: the bars of a calibration plot
BINS: Final = 10
_BATCH: Final = 256


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    #: the intents that are right; one of them counts
    intents: tuple[Intent, ...]
    #: as the file says; the reader's own finding when it does not
    language: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    count: int
    right: int

    @property
    def share(self) -> float:
        return self.right / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts of like confidence: how sure the reader was on average, how often it was right."""

    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Report:
    total: Tally
    by_language: dict[str, Tally]
    #: by the first of the right intents
    by_intent: dict[str, Tally]
    #: (right, said) and how often, most frequent first
    confusions: tuple[tuple[str, str, int], ...]
    bins: tuple[Bin, ...]
    #: expected calibration error: the mean distance of confidence and accuracy over the bins
    #: (Naeini, Cooper, Hauskrecht, AAAI 2015), 0 to 1
    calibration_error: float
    #: the share of texts that can be answered, surest first, with `PRECISION` of them right
    answered: float
    #: what the reader would have acted on without a person
    routed: Tally
    #: how well confidence ranks texts of an intent above texts of none (area under the ROC curve); None without both
    scope: float | None


def measure(reader: Reader, labelled: Sequence[Labelled]) -> Report:
    """Reads every text and compares. Raises `ValueError` when there is none."""
    if not labelled:
        raise ValueError("there is nothing to measure on")
    readings: list[Reading] = []
    for start in range(0, len(labelled), _BATCH):
        readings += reader.read_all([one.text for one in labelled[start : start + _BATCH]])
    right = np.array([reading.intent in one.intents for reading, one in zip(readings, labelled, strict=True)])
    confidence = np.array([reading.confidence for reading in readings])
    pairs = list(zip(readings, labelled, right, strict=True))
    bins = _bins(confidence, right)
    routed = [is_right for reading, _, is_right in pairs if reading.route != ASK_A_PERSON]
    return Report(
        total=Tally(len(right), int(right.sum())),
        by_language=_tallies((one.language or reading.language, is_right) for reading, one, is_right in pairs),
        by_intent=_tallies((one.intents[0], is_right) for _, one, is_right in pairs),
        confusions=_confusions(pairs),
        bins=bins,
        calibration_error=float(sum(one.count * abs(one.confidence - one.accuracy) for one in bins) / len(right)),
        answered=_answered(confidence, right),
        routed=Tally(len(routed), sum(map(bool, routed))),
        scope=_scope(readings, labelled),
    )


def _tallies(found: Iterable[tuple[str, Any]]) -> dict[str, Tally]:
    counts: Counter[str] = Counter()
    rights: Counter[str] = Counter()
    for name, is_right in found:
        counts[name] += 1
        rights[name] += bool(is_right)
    return {name: Tally(counts[name], rights[name]) for name in sorted(counts)}


def _confusions(pairs: Iterable[tuple[Reading, Labelled, Any]]) -> tuple[tuple[str, str, int], ...]:
    counts = Counter((one.intents[0], reading.intent) for reading, one, is_right in pairs if not is_right)
    return tuple((truth, said, count) for (truth, said), count in counts.most_common())


def _bins(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> tuple[Bin, ...]:
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)
    found = []
    for index in range(BINS):
        own = which == index
        if own.any():
            found.append(Bin(int(own.sum()), float(confidence[own].mean()), float(right[own].mean())))
    return tuple(found)


def _answered(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    return float(enough[-1] + 1) / len(order) if len(enough) else 0.0


def _scope(readings: Sequence[Reading], labelled: Sequence[Labelled]) -> float | None:
    scores = np.array([0.0 if reading.intent == "other" else reading.confidence for reading in readings])
    outside = np.array([one.intents[0] == "other" for one in labelled])
    if not outside.any() or outside.all():
        return None
    return area_under_curve(scores, ~outside)


def area_under_curve(scores: npt.NDArray[np.float64], positive: npt.NDArray[np.bool_]) -> float:
    """The chance that a positive scores above a negative, ties counting half (Mann and Whitney, 1947).

    >>> area_under_curve(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    many, few = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - many * (many + 1) / 2) / (many * few))


# --- told -----------------------------------------------------------------------------------------------------------


def as_text(report: Report, confusions: int = 15) -> str:
    """A report for a person."""
    lines = [
        f"{report.total.count:,} texts, {report.total.share:.1%} right",
        f"  calibration error       {report.calibration_error:.3f}",
        f"  answered at {PRECISION:.0%} right   {report.answered:.0%}",
        f"  acted on by the route   {report.routed.count / report.total.count:.0%}, {report.routed.share:.1%} right",
    ]
    if report.scope is not None:
        lines.append(f"  in or out of scope      {report.scope:.3f} (area under the curve)")
    for title, tallies in (("language", report.by_language), ("intent", report.by_intent)):
        lines += ["", f"{title:<16} {'texts':>6}  {'right':>6}"]
        lines += [f"{name:<16} {tally.count:>6}  {tally.share:>6.1%}" for name, tally in tallies.items()]
    lines += ["", f"{'confidence':<16} {'texts':>6}  {'right':>6}"]
    lines += [f"{one.confidence:<16.2f} {one.count:>6}  {one.accuracy:>6.1%}" for one in report.bins]
    if report.confusions:
        lines += ["", f"{'right':<16} {'said':<16} {'times':>5}"]
        lines += [f"{truth:<16} {said:<16} {count:>5}" for truth, said, count in report.confusions[:confusions]]
    return "\n".join(lines)


def as_json(report: Report) -> dict[str, Any]:
    """A report for a program."""

    def told(tally: Tally) -> dict[str, Any]:
        return {"texts": tally.count, "right": tally.right, "accuracy": round(tally.share, 4)}

    return {
        **told(report.total),
        "calibration_error": round(report.calibration_error, 4),
        "answered_at_95": round(report.answered, 4),
        "routed": told(report.routed),
        "scope_auroc": None if report.scope is None else round(report.scope, 4),
        "by_language": {name: told(tally) for name, tally in report.by_language.items()},
        "by_intent": {name: told(tally) for name, tally in report.by_intent.items()},
        "bins": [
            {"texts": one.count, "confidence": round(one.confidence, 4), "accuracy": round(one.accuracy, 4)}
            for one in report.bins
        ],
        "confusions": [{"right": truth, "said": said, "times": count} for truth, said, count in report.confusions],
    }
