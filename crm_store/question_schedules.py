"""Questions that are asked anew by the clock, and how each fared."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from crm_store.schema import QuestionSchedule

_COLUMNS = (
    QuestionSchedule.id,
    QuestionSchedule.words,
    QuestionSchedule.is_chinese,
    QuestionSchedule.cron,
    QuestionSchedule.room,
    QuestionSchedule.actor,
    QuestionSchedule.at,
    QuestionSchedule.answered_at,
    QuestionSchedule.value,
    QuestionSchedule.failing_since,
)


@dataclass(frozen=True, slots=True)
class ScheduleView:
    #: 0: it is not kept yet
    id: int
    #: what was said, from the question that stands alone to the last that changed it
    words: tuple[str, ...]
    is_chinese: bool
    #: five cron fields in the shop's time zone
    cron: str
    #: a channel's name or id; empty: the digests' channel
    room: str
    #: who planned it last, and when
    actor: str
    at: datetime
    #: when it was last answered, and the number, where it was one
    answered_at: datetime | None = None
    value: float | None = None
    #: since when it has no answer, as was said once
    failing_since: datetime | None = None


def every(connection: Connection) -> list[ScheduleView]:
    """In the order in which they were made."""
    return [_view(row) for row in connection.execute(select(*_COLUMNS).order_by(QuestionSchedule.id))]


def find(connection: Connection, number: int) -> ScheduleView | None:
    row = connection.execute(select(*_COLUMNS).where(QuestionSchedule.id == number)).first()
    return None if row is None else _view(row)


def keep(connection: Connection, schedule: ScheduleView) -> None:
    """Keeps a new one (its number is 0), or one that was planned anew."""
    values: dict[str, Any] = {"cron": schedule.cron, "room": schedule.room, "actor": schedule.actor, "at": schedule.at}
    if schedule.id:
        mine = update(QuestionSchedule).where(QuestionSchedule.id == schedule.id)
        connection.execute(mine.values(values))
        return
    words = json.dumps(schedule.words, ensure_ascii=False)
    connection.execute(insert(QuestionSchedule).values(values | {"words": words, "is_chinese": schedule.is_chinese}))


def answered(connection: Connection, number: int, at: datetime, value: float | None) -> None:
    """It was answered; `value`: where the answer is one number."""
    mine = update(QuestionSchedule).where(QuestionSchedule.id == number)
    connection.execute(mine.values(answered_at=at, value=value, failing_since=None))


def failed(connection: Connection, number: int, at: datetime) -> None:
    """It has no answer since a time."""
    mine = update(QuestionSchedule).where(QuestionSchedule.id == number, QuestionSchedule.failing_since.is_(None))
    connection.execute(mine.values(failing_since=at))


def forget(connection: Connection, number: int) -> None:
    connection.execute(delete(QuestionSchedule).where(QuestionSchedule.id == number))


def _view(row: Row[*tuple[Any, ...]]) -> ScheduleView:
    number, words, is_chinese, *rest = row
    return ScheduleView(number, tuple(json.loads(words)), bool(is_chinese), *rest)
