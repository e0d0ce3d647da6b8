"""The words for why a model says what it says of a customer: from the codes that `jobs.reasons` writes."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from handlers.texts import counted, text
from handlers.texts.money import money

Reason = Mapping[str, Any]


def said(reasons: str | None, *, raising: bool = False) -> list[str]:
    """The reasons in words, the strongest first; what is not known here is left out. They are those for the side on
    which the customer stands, or (`raising`) what makes the score higher wherever that is.

    >>> said('[{"code": "silent", "days": 143, "usual": 31}, {"code": "late_parcels", "count": 2, "month": "2026-05"}]')
    ['no order for 143 days, usually every 31', 'second late parcel in May']
    >>> low = '[{"code": "orders", "count": 9, "lowers": true}, {"code": "silent", "days": 40}]'
    >>> said(low), said(low, raising=True)
    (['9 orders'], ['no order for 40 days'])
    """
    known = [one for one in json.loads(reasons or "[]") if one["code"] in _WORDS]
    lowers = not raising and any("lowers" in one for one in known)
    return [_WORDS[one["code"]](one) for one in known if ("lowers" in one) == lowers]


def _silent(one: Reason) -> str:
    if "usual" in one:
        return counted("reason.silent_usual", one["days"], usual=one["usual"])
    return counted("reason.silent", one["days"])


def _late(one: Reason) -> str:
    number = one["count"]
    month = f"{date.fromisoformat(one['month'] + '-01'):%B}"
    return counted("reason.late_parcels", number, month=month, ordinal=_ordinal(number))


def _ordinal(number: int) -> str:
    return text(f"reason.ordinal.{number}") if 2 <= number <= 5 else text("reason.ordinal", number=number)


def _count(one: Reason) -> str:
    key, number = f"reason.{one['code']}", one["count"]
    days = {"days": one["days"]} if "days" in one else {}
    if number == 0 and one["code"] in _CAN_BE_NONE:
        return text(f"{key}.none", **days)
    return counted(key, number, **days)


def _days(one: Reason) -> str:
    return counted(f"reason.{one['code']}", one["days"])


def _stars(one: Reason) -> str:
    return text(f"reason.{one['code']}", stars=f"{one['stars']:g}")


#: codes that say something where there is none
_CAN_BE_NONE = ("orders", "orders_lately", "visits")
_WORDS: dict[str, Callable[[Reason], str]] = {
    "silent": _silent,
    "slower": lambda one: counted("reason.slower", one["days"], usual=one["usual"]),
    "late_parcels": _late,
    "spend": lambda one: text("reason.spend", amount=money(one["aov_base"], one["currency"])),
    **dict.fromkeys(
        ("orders", "orders_lately", "year_ago", "basket", "returns", "complaints", "tickets", "visits", "cart"), _count
    ),
    **dict.fromkeys(("since", "signed_up"), _days),
    **dict.fromkeys(("csat", "rating"), _stars),
}
