"""What a text means: the port every reader fills, and its values."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, Protocol, get_args

Intent = Literal[
    "refund",
    "return",
    "complaint",
    "order_status",
    "cancel_order",
    "change_order",
    "change_address",
    "payment",
    "invoice",
    "delivery",
    "product",
    "account",
    "newsletter",
    "human",
    "review",
    "greeting",
    "thanks",
    "other",
]
Aspect = Literal["quality", "delivery", "price", "service", "packaging", "size"]
Urgency = Literal["low", "normal", "high"]

INTENTS: Final[tuple[Intent, ...]] = get_args(Intent)
ASPECTS: Final[tuple[Aspect, ...]] = get_args(Aspect)
#: the route of a text whose intent the reader does not know well enough to act on
ASK_A_PERSON: Final = "ask a person"
#: the language of a text that shows none (ISO 639-2, BCP 47)
NO_LANGUAGE: Final = "und"


@dataclass(frozen=True, slots=True)
class AspectSentiment:
    """How a text speaks of one side of a purchase, -1 (bad) to 1 (good)."""

    aspect: Aspect
    sentiment: float


@dataclass(frozen=True, slots=True)
class Amount:
    value: Decimal
    #: ISO 4217
    currency: str


@dataclass(frozen=True, slots=True)
class Entities:
    """What a text names, each once, in the order of the text."""

    #: in the shop's own spelling, without a leading `#`
    order_ids: tuple[str, ...] = ()
    tracking_numbers: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()
    #: `2026-05-03`, or `05-03` where no year is said
    dates: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    #: digits, with a leading `+` where it was written
    phones: tuple[str, ...] = ()
    #: articles, in the shop's own spelling
    skus: tuple[str, ...] = ()
    #: card numbers, all but their last four digits masked
    cards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one text."""

    text: str
    #: ISO 639-1, or `und`
    language: str
    intent: Intent
    #: of the intent, 0 to 1
    confidence: float
    #: -1 (angry) to 1 (delighted)
    sentiment: float
    urgency: Urgency
    aspects: tuple[AspectSentiment, ...]
    entities: Entities
    #: the intent, where the reader is sure of it; else `ask a person`
    route: str
    #: the next likeliest intents and how likely each is, likeliest first
    runners_up: tuple[tuple[Intent, float], ...] = ()
    #: everything the text asks for, in its order; the intent is one of them
    intents: tuple[Intent, ...] = ()
    is_abuse: bool = False
    wants_person: bool = False


class Reader(Protocol):
    """Reads what customers write. It never raises, whatever the text; the same text gives the same reading."""

    def read(self, text: str) -> Reading:
        """What one text means."""
        ...

    def read_all(self, texts: Sequence[str]) -> list[Reading]:
        """What several texts mean, in their order."""
        ...


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading as `shopdesk classify --json` prints it.

    >>> amount = Amount(Decimal("49.90"), "EUR")
    >>> entities = Entities(order_ids=("NT-10234",), amounts=(amount,))
    >>> reading = Reading("…", "en", "refund", 0.75, -0.5, "normal", (), entities, "refund")
    >>> as_json(reading)["entities"]["amounts"]
    [{'value': 49.9, 'currency': 'EUR'}]
    """
    return {
        "text": reading.text,
        "language": reading.language,
        "intent": reading.intent,
        "confidence": reading.confidence,
        "sentiment": reading.sentiment,
        "urgency": reading.urgency,
        "aspects": [{"aspect": found.aspect, "sentiment": found.sentiment} for found in reading.aspects],
        "entities": _entities_as_json(reading.entities),
        "route": reading.route,
    }


def more_as_json(reading: Reading) -> dict[str, Any]:
    """What `shopdesk classify --json --all` adds."""
    return {
        "runners_up": [{"intent": intent, "confidence": confidence} for intent, confidence in reading.runners_up],
        "intents": list(reading.intents),
        "abuse": reading.is_abuse,
        "wants_person": reading.wants_person,
        "skus": list(reading.entities.skus),
        "cards": list(reading.entities.cards),
    }


def _entities_as_json(entities: Entities) -> dict[str, list[Any]]:
    return {
        "order_ids": list(entities.order_ids),
        "tracking_numbers": list(entities.tracking_numbers),
        "amounts": [{"value": float(amount.value), "currency": amount.currency} for amount in entities.amounts],
        "dates": list(entities.dates),
        "emails": list(entities.emails),
        "phones": list(entities.phones),
    }
