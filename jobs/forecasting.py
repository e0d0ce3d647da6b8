"""From the store to a forecast of every customer and back: what `churn` and `propensity` have in common."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crm_store import forecasts
from crm_store.features import EVERYBODY, Among, Features, Past, features, read
from crm_store.forecasts import Kind
from handlers.texts import text
from jobs.scoring import Outcome, Scoring

if TYPE_CHECKING:
    import numpy as np

    from jobs.learning import Learnt, Periods, Served, Snapshot, Spread

#: days between two snapshots, and how many there are before the last
_STEP, _SNAPSHOTS = 30, 14
#: customers of a snapshot that are learnt from: more are sampled, and teach little
_SAMPLE = 12_000
#: fewer customers, or fewer of either outcome, in a snapshot that is measured on tell nothing
_FEWEST, _FEWEST_EITHER = 50, 10
#: ids whose customers are read at a time, and scores that are written in a transaction
_PART, _WRITTEN = 1_000_000, 10_000
#: customers whose features drift is measured on, about
_DRIFT_OF = 50_000
#: features whose drift the card names, and those that move by themselves: with the season, with every sign-up
_DRIFTS = 10
_MOVES = ("season_sin", "season_cos", "country_share")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about customers."""

    kind: Kind
    #: days ahead
    days: int
    #: whether no order is what is asked for, and of buyers alone
    silence: bool


class TooLittle(Exception):
    """There is too little to learn from; says what is missing."""


def run(work: Scoring, asked: Asked) -> Outcome:
    """Scores everybody the question is about; fits first where that is asked for or there is no model yet."""
    with work.store.read() as connection:
        kept = None if work.train else forecasts.last_model(connection, asked.kind, work.as_of)
    try:
        if kept is None:
            return _fitted(work, asked)
        return _scored_again(work, asked, kept)
    except ModuleNotFoundError as missing:
        # the product alone, without what models are made with
        return Outcome(0, text(f"model.not_installed.{asked.kind}", missing=missing.name))
    except TooLittle as missing:
        with work.store.begin() as connection:
            forecasts.forget_forecasts(connection, asked.kind)
        return Outcome(0, str(missing))


def _scored_again(work: Scoring, asked: Asked, kept: forecasts.KeptModel) -> Outcome:
    from jobs.learning import OtherFeatures
    from jobs.learning import read as read_model

    card = json.loads(kept.card)
    if kept.data is None:
        with work.store.begin() as connection:
            forecasts.forget_forecasts(connection, asked.kind)
        return Outcome(0, card["why"])
    try:
        with work.store.read() as connection:
            names = features(connection, work.as_of, Among(1, 0, 0)).names
        served, spread = read_model(kept.data, names)
    except (OtherFeatures, ImportError, OSError):
        return _fitted(work, asked)
    scored, drift = _score(work, asked, served, spread)
    _keep_drift(work, kept.id, card, names, drift)
    return Outcome(scored, text(f"model.serves.{asked.kind}", method=_named(kept.method), customers=scored))


def _fitted(work: Scoring, asked: Asked) -> Outcome:
    from jobs.learning import Spread, keep, learn

    with work.store.read() as connection:
        first, last_id = forecasts.span(connection, work.as_of)
    periods, dates, now = periods_of(work, asked, first, Among(max(1, -(-last_id // _SAMPLE))))
    try:
        learnt = learn(asked, periods, now, work.as_of)
    except ValueError as error:
        raise TooLittle(text(f"model.same.{asked.kind}")) from error
    card = _card(asked, learnt, periods, dates, work.as_of)
    served = learnt.candidates[learnt.chosen] if learnt.chosen else None
    spread = Spread.of(now.values)
    data = keep(served, now.names, spread) if served else None
    method = learnt.chosen or "none"
    with work.store.begin() as connection:
        written = json.dumps(card)
        model = forecasts.keep_model(connection, asked.kind, work.as_of, work.as_of, method, written, data)
        if served is None:
            forecasts.forget_forecasts(connection, asked.kind)
    if served is None:
        return Outcome(0, card["why"])
    scored, drift = _score(work, asked, served, spread)
    _keep_drift(work, model, card, now.names, drift)
    return Outcome(scored, text(f"model.serves.{asked.kind}", method=_named(method), customers=scored))


# --- the past ------------------------------------------------------------------------------------------------------


def periods_of(
    work: Scoring, asked: Asked, first: datetime | None, among: Among
) -> "tuple[Periods, tuple[datetime, ...], Features]":
    """Snapshots, when they are of, and what is known now. Raises `TooLittle`."""
    from jobs.learning import Periods

    ahead = timedelta(days=asked.days)
    if first is None or work.as_of - first < 4 * ahead:
        have = 0 if first is None else (work.as_of - first).days
        raise TooLittle(text(f"model.too_short.{asked.kind}", have=have, need=4 * asked.days))
    latest = work.as_of - ahead
    dates = [latest - timedelta(days=_STEP) * number for number in range(_SNAPSHOTS + 1)]
    dates = sorted(date for date in dates if date >= first + ahead)
    with work.store.read() as connection:
        past = read(connection, [*dates, work.as_of], among=among)
    snapshots = {}
    for date in dates:
        work.tell(text("model.reading", date=date.date().isoformat()))
        snapshots[date] = snapshot(past, asked, date)
    periods = Periods(
        earlier=tuple(snapshots[date] for date in dates if date + ahead <= latest),
        since=tuple(snapshots[date] for date in dates if latest - ahead < date < latest),
        latest=snapshots[latest],
    )
    _enough(asked, periods)
    return periods, tuple(dates), _asked_of(asked, past.at(work.as_of))


def _enough(asked: Asked, periods: "Periods") -> None:
    for one in (periods.earlier[-1], periods.latest):
        came, all_ = int(one.came.sum()), len(one.came)
        if all_ < _FEWEST or min(came, all_ - came) < _FEWEST_EITHER:
            bought = all_ - came if asked.silence else came
            need = {"need": _FEWEST, "need_either": _FEWEST_EITHER}
            raise TooLittle(text(f"model.too_few.{asked.kind}", customers=all_, bought=bought, **need))


def snapshot(past: Past, asked: Asked, date: datetime) -> "Snapshot":
    """What was known at a date, and whether what is asked about came in the days after."""
    import numpy as np

    from jobs.learning import Snapshot

    known = _asked_of(asked, past.at(date))
    ordered = np.isin(known.ids, past.ordered(date, date + timedelta(days=asked.days)))
    return Snapshot(known, ~ordered if asked.silence else ordered, date)


def _asked_of(asked: Asked, known: Features) -> Features:
    return known.only(known.column("orders") > 0) if asked.silence else known


# --- now -----------------------------------------------------------------------------------------------------------


def _score(work: Scoring, asked: Asked, served: "Served", spread: "Spread") -> "tuple[int, np.ndarray[Any, Any]]":
    """Scores everybody, by ranges of ids: how many, and how far each feature has drifted."""
    import numpy as np

    with work.store.read() as connection:
        _, last_id = forecasts.span(connection, work.as_of)
    step = max(1, last_id // _DRIFT_OF)
    scored, counts = 0, np.zeros(spread.shares.shape)
    for some in _everybody(last_id):
        past = _past(work, some)
        for block in past.blocks(work.as_of):
            known = _asked_of(asked, block)
            if not len(known.ids):
                continue
            counts += spread.counted(spread.edges, known.values[known.ids % step == 0])
            chances = served.chances(known)
            for start in range(0, len(known.ids), _WRITTEN):
                part = slice(start, start + _WRITTEN)
                with work.store.begin() as connection:
                    forecasts.put_forecasts(connection, asked.kind, work.as_of, known.ids[part], chances[part])
            scored += len(known.ids)
            work.tell(text("model.scored", customers=scored))
    with work.store.begin() as connection:
        forecasts.forget_forecasts(connection, asked.kind, but_of=work.as_of)
    return scored, spread.drift(counts)


def _past(work: Scoring, some: Among) -> Past:
    """What happened to everybody is read once for both questions: who asks second takes it away. Of a part of the
    customers it is read again: all parts at once would be too much to hold."""
    kept: Past | None = work.kept.pop("past", None)
    if kept is not None:
        return kept
    with work.store.read() as connection:
        past = read(connection, [work.as_of], among=some)
    if some == EVERYBODY:
        work.kept["past"] = past
    return past


def _everybody(last_id: int) -> Iterator[Among]:
    """All customers, so many ids at a time: where they are few enough, nothing has to be joined to pick some."""
    if last_id <= _PART:
        yield EVERYBODY
        return
    for first in range(1, last_id + 1, _PART):
        yield Among(1, first, first + _PART - 1)


# --- the card ------------------------------------------------------------------------------------------------------


def _card(
    asked: Asked, learnt: "Learnt", periods: "Periods", dates: Sequence[datetime], as_of: datetime
) -> dict[str, Any]:
    """What a model is made of and how it did: JSON, with `text` in lines for people."""
    latest = periods.latest
    learnt_from = sum(len(one.came) for one in periods.earlier)
    card: dict[str, Any] = {
        "kind": asked.kind,
        "days": asked.days,
        "as_of": as_of.isoformat(),
        "snapshots": [date.isoformat() for date in dates],
        "measured_at": dates[-1].isoformat(),
        "features": len(latest.known.names),
        "learnt_from": learnt_from,
        "customers": len(latest.came),
        "share": float(latest.came.mean()),
        "candidates": {name: asdict(one) for name, one in learnt.measured.items()},
        "chosen": learnt.chosen or "none",
        "why": _why(asked, learnt),
        "drift": {},
    }
    return {**card, "text": "\n".join(_lines(card))}


def _why(asked: Asked, learnt: "Learnt") -> str:
    measured = learnt.measured
    rule = measured["rule"]
    if learnt.chosen is None:
        others = [one.brier for name, one in measured.items() if name != "rule"]
        best = min(others) if others else rule.brier
        return text(f"model.off.{asked.kind}", rule=f"{rule.brier:.3f}", best=f"{best:.3f}")
    chosen = measured[learnt.chosen]
    numbers = {"brier": f"{chosen.brier:.3f}", "rule": f"{rule.brier:.3f}"}
    return text("model.why", method=_named(learnt.chosen), **numbers)


def _lines(card: dict[str, Any]) -> Iterator[str]:
    yield text(f"model.card.{card['kind']}", method=_named(card["chosen"]), date=card["as_of"][:10])
    numbers = {"snapshots": len(card["snapshots"]) - 1, "rows": card["learnt_from"], "features": card["features"]}
    yield text("model.card.data", first=card["snapshots"][0][:10], **numbers)
    people = {"customers": card["customers"], "share": f"{card['share']:.0%}"}
    yield text(f"model.card.measured.{card['kind']}", date=card["measured_at"][:10], days=card["days"], **people)
    for name, one in sorted(card["candidates"].items(), key=lambda item: float(item[1]["brier"])):
        measured = {key: f"{one[key]:.3f}" for key in ("auc", "pr_auc", "brier")}
        yield text("model.card.candidate", method=_named(name), lift=f"{one['lift']:.1f}", **measured)
    yield card["why"]
    if card["drift"]:
        feature, most = max(card["drift"].items(), key=lambda item: float(item[1]))
        said = "much" if most > 0.25 else "some" if most > 0.1 else "little"
        yield text(f"model.card.drift.{said}", feature=feature, psi=f"{most:.2f}")


def _keep_drift(
    work: Scoring, model: int, card: dict[str, Any], names: Sequence[str], drift: "np.ndarray[Any, Any]"
) -> None:
    most = sorted(zip(names, drift.tolist(), strict=True), key=lambda item: (-item[1], item[0]))
    moved = [(name, round(psi, 4)) for name, psi in most if name not in _MOVES]
    card["drift"] = dict(moved[:_DRIFTS])
    card["text"] = "\n".join(_lines(card))
    with work.store.begin() as connection:
        forecasts.change_card(connection, model, json.dumps(card))


def _named(method: str) -> str:
    return text(f"model.method.{method}")
