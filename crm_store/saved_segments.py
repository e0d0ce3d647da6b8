"""Customers that a question finds, under a name: who belongs to it is asked anew each time."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, delete, select

from crm_store import segment_sizes
from crm_store.schema import SavedSegment
from crm_store.upsert import upsert

LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Both:
    """Whoever belongs to one and to the other."""

    one: "Meaning"
    other: "Meaning"


@dataclass(frozen=True, slots=True)
class Without:
    """Whoever belongs to one and not to the other."""

    one: "Meaning"
    other: "Meaning"


#: who belongs to a segment: what was said, from the question that stands alone to the last that changed it; or a part
#: of two that were compared
Meaning: TypeAlias = tuple[str, ...] | Both | Without


@dataclass(frozen=True, slots=True)
class SegmentView:
    name: str
    meaning: Meaning
    actor: str
    at: datetime


def named(typed: str) -> str:
    """A name as it is kept.

    >>> named("  VIPs   Berlin ")
    'vips berlin'
    """
    return " ".join(typed.lower().split())[:LONGEST_NAME]


def encode(meaning: Meaning) -> str:
    """As JSON.

    >>> encode(Without(("customers in Germany",), ("customers who never bought",)))
    '{"without": [["customers in Germany"], ["customers who never bought"]]}'
    """
    return json.dumps(_plain(meaning), ensure_ascii=False)


def _plain(meaning: Meaning) -> Any:
    if isinstance(meaning, Both | Without):
        name = "both" if isinstance(meaning, Both) else "without"
        return {name: [_plain(meaning.one), _plain(meaning.other)]}
    return list(meaning)


def decode(written: str) -> Meaning:
    """What `encode` wrote."""
    return _meaning(json.loads(written))


def _meaning(plain: Any) -> Meaning:
    if isinstance(plain, dict):
        ((name, (one, other)),) = plain.items()
        return (Both if name == "both" else Without)(_meaning(one), _meaning(other))
    return tuple(plain)


def every(connection: Connection) -> list[SegmentView]:
    """In the order of their names."""
    columns = (SavedSegment.name, SavedSegment.words, SavedSegment.actor, SavedSegment.at)
    rows = connection.execute(select(*columns).order_by(SavedSegment.name))
    return [SegmentView(row.name, decode(row.words), row.actor, row.at) for row in rows]


def keep(connection: Connection, segment: SegmentView) -> None:
    """Keeps it, in place of one of the same name, whose sizes are those of something else."""
    words = encode(segment.meaning)
    if connection.scalar(select(SavedSegment.words).where(SavedSegment.name == segment.name)) != words:
        segment_sizes.forget(connection, segment.name)
    statement = upsert(
        connection.dialect.name,
        SavedSegment,
        ("name",),
        lambda _, new: {"words": new.words, "actor": new.actor, "at": new.at},
    )
    connection.execute(statement, {"name": segment.name, "words": words, "actor": segment.actor, "at": segment.at})


def forget(connection: Connection, name: str) -> None:
    segment_sizes.forget(connection, name)
    connection.execute(delete(SavedSegment).where(SavedSegment.name == name))
