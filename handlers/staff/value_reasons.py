"""The words for why a customer's value is what it is: from the codes that `jobs.value` writes."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from handlers.texts import counted, text
from handlers.texts.money import money

Reason = Mapping[str, Any]


def said(reasons: str | None) -> list[str]:
    """The reasons in words, the strongest first; what is not known here is left out.

    >>> said('[{"code": "usual_spend", "orders_a_year": 6.2, "mean_base": 4810, "currency": "EUR"}]')
    ['orders 6.2 times a year, €48.10 each']
    """
    return [_WORDS[one["code"]](one) for one in json.loads(reasons or "[]") if one["code"] in _WORDS]


def _mean(one: Reason) -> str:
    return money(one["mean_base"], one["currency"])


_WORDS: dict[str, Callable[[Reason], str]] = {
    "usual_spend": lambda one: text("value.usual_spend", orders=f"{one['orders_a_year']:g}", mean=_mean(one)),
    "one_order": lambda one: counted("value.one_order", one["days"], spent=_mean(one)),
    "silent": lambda one: counted("value.silent", one["days"], usual=one["usual_days"]),
    "spends_more": lambda one: text("value.spends_more", percent=one["percent"]),
    "spends_less": lambda one: text("value.spends_less", percent=one["percent"]),
    "orders_again": lambda one: text("value.orders_again", percent=one["percent"]),
}
