"""`/model churn`: how good a model of customers is, shown to whoever asks, and a picture of how well calibrated."""

import json
from dataclasses import dataclass
from typing import Any

from crm_store import forecasts
from handlers.actions import Action, Whisper
from handlers.desk import Desk
from handlers.events import StaffCommanded
from handlers.message import Chart, Message, Series
from handlers.texts import text

MODELS = ("churn", "propensity")


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded
    #: None for a word that is no model's name
    name: str | None
    #: None where it was never fitted
    card: dict[str, Any] | None


def gather(event: StaffCommanded, desk: Desk) -> Facts:
    name = event.text.strip().lower()
    if name not in MODELS:
        return Facts(event, None, None)
    model = forecasts.last_model(desk.connection, name)
    return Facts(event, name, json.loads(model.card) if model else None)


def decide(facts: Facts) -> list[Action]:
    return [Whisper(facts.event.staff, facts.event.place, _shown(facts))]


def _shown(facts: Facts) -> Message:
    if facts.name is None:
        return Message(text=text("model.usage", names="|".join(MODELS)))
    if facts.card is None:
        return Message(text=text("model.unfitted", name=facts.name))
    return Message(title=text("model.title", name=facts.name), text=facts.card["text"], chart=_chart(facts.card))


def _chart(card: dict[str, Any]) -> Chart | None:
    """By tenth, from the least likely to the likeliest: the chance that was said and the share that came."""
    candidates, chosen = card["candidates"], card["chosen"]
    bins = candidates[chosen if chosen in candidates else "rule"]["bins"]
    said, came = (tuple(round(100 * one[side], 1) for one in bins) for side in (0, 1))
    pairs = (text("model.chart.pair", said=f"{a:.0f}", came=f"{b:.0f}") for a, b in zip(said, came, strict=True))
    return Chart(
        kind="line",
        title=text("model.chart.title"),
        categories=tuple(str(number) for number in range(1, len(bins) + 1)),
        series=(Series(text("model.chart.said"), said), Series(text("model.chart.came"), came)),
        alt=text("model.chart.alt", pairs=", ".join(pairs)),
    )
