"""Questions that mean the same (`alike_en.txt`, `alike_zh.txt`), and whether two readings ask the same."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from crm_store.question.grammar import Compare, Did, Filter, Is, Not, Or, Question

HERE = Path(__file__).parent
#: numbers of whole things: more than 3 of them are at least 4
_WHOLE = ("orders", "stars", "stock", "units")


def forms(file: Path) -> Iterator[tuple[str, str]]:
    """Each form with the one that it is compared with."""
    asked: list[tuple[str, str]] = []
    head = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        head = head if line.startswith(" ") else line
        for each, same in zip(_each(head), _each(line.strip()), strict=True):
            asked += [(_ways(each)[0], way) for way in _ways(same)]
    yield from dict.fromkeys(asked)


def _each(line: str) -> list[str]:
    """One line for each of {a|b}."""
    slots = [slot.split("|") for slot in re.findall(r"\{([^}]*)\}", line)]
    size = len(slots[0]) if slots else 1
    return [_filled(line, [slot[place] for slot in slots]) for place in range(size)]


def _filled(line: str, values: list[str]) -> str:
    left = iter(values)
    return re.sub(r"\{[^}]*\}", lambda _: next(left), line)


def _ways(line: str) -> list[str]:
    """Each of [a|b]."""
    parts = re.split(r"\[([^\]]*)\]", line)
    choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    return [" ".join("".join(way).split()) for way in itertools.product(*choices)]


def meaning(question: Question) -> Any:
    """What a question asks, whichever way its parts are put: two that ask the same have the same."""
    where = _plain(question.where)
    least = {each.value for each in where if isinstance(each, Compare) and (each.field, each.op) == ("orders", "ge")}
    ordered = any(isinstance(each, Did) and each.event == "orders" and each.op == "ge" for each in where)
    if any(value > 1 for value in least) or ordered or question.measure in ("spend", "revenue"):
        # who ordered twice, in May or for so much has ordered
        where = [each for each in where if each != Compare("orders", "ge", 1)]
    measure = {"spend": "revenue"}.get(question.measure or "", question.measure)
    # which one it is: its row stands first, whether others follow or not
    limit = 10 if question.limit == 1 and question.by else question.limit
    return msgspec.structs.replace(question, where=tuple(where), measure=measure, limit=limit)


def _plain(filters: tuple[Filter, ...]) -> list[Filter]:
    return sorted({_put(each) for each in filters}, key=repr)


def _put(filter_: Filter) -> Filter:
    match filter_:
        case Is(field, values):
            return Is(field, tuple(sorted(values, key=repr)))
        case Compare(field, "gt", value) if field in _WHOLE:
            return Compare(field, "ge", value + 1)
        case Compare(field, "lt", value) if field in _WHOLE:
            return Compare(field, "le", value - 1)
        case Did():
            return msgspec.structs.replace(filter_, where=tuple(_plain(filter_.where)))
        case Or(some):
            return Or(tuple(_plain(some)))
        case Not(of):
            return Not(_put(of))
        case _:
            return filter_
