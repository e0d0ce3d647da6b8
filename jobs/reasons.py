"""Why a model says what it says of a customer: its strongest reasons, as codes with numbers.

What the features add to a customer's margin is summed by what they are about. Shown are the three that push hardest
towards the side on which the customer stands, above or below the average customer; where that is below, those that
push up nevertheless are kept beside them. The words are in `handlers.staff.reasons`.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from crm_store.features import LATE_DAYS, Features

_MOST = 3

Numbers = Callable[[Mapping[str, float], datetime], dict[str, object] | None]


def _silent(of: Mapping[str, float], _now: datetime) -> dict[str, object] | None:
    if np.isnan(of["recency"]):
        return None
    usual = of["gap_mean"]
    return {"days": round(of["recency"]), **({} if np.isnan(usual) else {"usual": max(1, round(usual))})}


def _slower(of: Mapping[str, float], _now: datetime) -> dict[str, object] | None:
    if np.isnan(of["gap_recent"]):
        return None
    return {"days": max(1, round(of["gap_recent"])), "usual": max(1, round(of["gap_mean"]))}


def _late(of: Mapping[str, float], now: datetime) -> dict[str, object] | None:
    if not of["parcels_late"]:
        return None
    last = now - timedelta(days=of["parcel_late_ago"])
    return {"count": round(of["parcels_late"]), "month": f"{last:%Y-%m}", "over": LATE_DAYS}


def _count(feature: str, always: bool = False, **more: object) -> Numbers:
    """How many; nothing where there is none and that is no reason."""

    def numbers(of: Mapping[str, float], _now: datetime) -> dict[str, object] | None:
        return {"count": round(of[feature]), **more} if of[feature] or always else None

    return numbers


def _ago(feature: str) -> Numbers:
    def numbers(of: Mapping[str, float], _now: datetime) -> dict[str, object] | None:
        return None if np.isnan(of[feature]) else {"days": round(of[feature])}

    return numbers


def _stars(of: Mapping[str, float], _now: datetime) -> dict[str, object] | None:
    return None if np.isnan(of["rating"]) else {"stars": round(of["rating"], 1)}


def _answers(of: Mapping[str, float], _now: datetime) -> dict[str, object] | None:
    return None if np.isnan(of["csat"]) else {"stars": round(of["csat"], 1)}


def _spend(of: Mapping[str, float], _now: datetime) -> dict[str, object] | None:
    return None if np.isnan(of["aov"]) else {"aov_base": round(of["aov"])}


#: what features are about, by how their names begin, the longest that fits; its numbers. Others are no reason to give
_ABOUT: dict[str, tuple[tuple[str, ...], Numbers]] = {
    "silent": (("recency", "overdue", "stays_", "recent_"), _silent),
    "slower": (("gap_",), _slower),
    "orders": (("orders", "days", "rate", "months", "lines", "parcels"), _count("orders", always=True)),
    "orders_lately": (("orders_", "spend_30", "spend_60", "spend_90"), _count("orders_90", always=True, days=90)),
    "year_ago": (("year_ago_",), _count("year_ago_90")),
    "spend": (("spend", "aov"), _spend),
    "basket": (("units", "products", "categories"), _count("products")),
    "since": (("tenure",), _ago("tenure")),
    "signed_up": (("days_since_sign_up",), _ago("days_since_sign_up")),
    "returns": (("refund", "returns"), _count("refunds")),
    "complaints": (("complaint",), _count("complaints")),
    "tickets": (("tickets",), _count("tickets")),
    "csat": (("csat",), _answers),
    "late_parcels": (("parcels_late", "parcel_"), _late),
    "rating": (("rating", "sentiment"), _stars),
    "visits": (("visits", "visit_", "looked_at"), _count("visits_30", always=True, days=30)),
    "cart": (("cart_",), _count("cart_units")),
}


def reasons(known: Features, added: NDArray[np.float64], now: datetime, currency: str) -> list[str]:
    """JSON, one a customer, of what (customers, features) `added` says: `[{"code": "silent", "days": 143}, ...]`.

    Amounts are minor units of the base `currency`, which stands beside them; what makes the score lower says so
    (`"lowers": true`).
    """
    codes = list(_ABOUT)
    belongs = np.zeros((len(known.names), len(codes)))
    for number, name in enumerate(known.names):
        code = _code(name)
        if code is not None:
            belongs[number, codes.index(code)] = 1
    pushes = added @ belongs
    side = np.where(added.sum(axis=1) >= 0, 1.0, -1.0)
    told = []
    for row, to in enumerate(side.tolist()):
        of = dict(zip(known.names, known.values[row].tolist(), strict=True))
        found = _strongest(to * pushes[row], codes, of, now, currency)
        if to < 0:
            found = [{**one, "lowers": True} for one in found] + _strongest(pushes[row], codes, of, now, currency)
        told.append(json.dumps(found))
    return told


def _strongest(
    pushes: NDArray[np.float64], codes: list[str], of: Mapping[str, float], now: datetime, currency: str
) -> list[dict[str, object]]:
    """What pushes up most, the strongest first."""
    found: list[dict[str, object]] = []
    for number in np.argsort(-pushes, kind="stable").tolist():
        if len(found) == _MOST or pushes[number] <= 0:
            break
        numbers = _ABOUT[codes[number]][1](of, now)
        if numbers is not None:
            money = {"currency": currency} if "aov_base" in numbers else {}
            found.append({"code": codes[number], **numbers, **money})
    return found


def _code(feature: str) -> str | None:
    fitting = [
        (len(start), code) for code, (starts, _) in _ABOUT.items() for start in starts if feature.startswith(start)
    ]
    return max(fitting)[1] if fitting else None
