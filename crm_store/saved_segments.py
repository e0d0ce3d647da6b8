"""Customers that a question finds, under a name: who belongs to it is asked anew each time."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from crm_store import segment_sizes
from crm_store.schema import SavedSegment
from crm_store.upsert import upsert

LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class SegmentView:
    name: str
    #: what was said, from the question that stands alone to the last that changed it
    words: tuple[str, ...]
    actor: str
    at: datetime


def named(typed: str) -> str:
    """A name as it is kept.

    >>> named("  VIPs   Berlin ")
    'vips berlin'
    """
    return " ".join(typed.lower().split())[:LONGEST_NAME]


def every(connection: Connection) -> list[SegmentView]:
    """In the order of their names."""
    columns = (SavedSegment.name, SavedSegment.words, SavedSegment.actor, SavedSegment.at)
    rows = connection.execute(select(*columns).order_by(SavedSegment.name))
    return [SegmentView(row.name, tuple(json.loads(row.words)), row.actor, row.at) for row in rows]


def keep(connection: Connection, segment: SegmentView) -> None:
    """Keeps it, in place of one of the same name, whose sizes are those of something else."""
    words = json.dumps(segment.words, ensure_ascii=False)
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
