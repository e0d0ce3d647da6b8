"""What staff asked lately: a follow-up changes it, and the buttons of its answer are about it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, select

from crm_store.question.grammar import Question
from crm_store.schema import AskedQuestion
from crm_store.upsert import upsert

#: how long a question can be followed up, and how long its buttons work
FOLLOWED, KEPT = timedelta(hours=12), timedelta(days=30)
#: the thread of what no colleague asked
BY_CLOCK = "clock"
#: begins the thread of what is no question in anybody's words: a part of two segments that were compared
COMPARED = "compared"
_COLUMNS = (
    AskedQuestion.id,
    AskedQuestion.thread,
    AskedQuestion.user,
    AskedQuestion.at,
    AskedQuestion.question,
    AskedQuestion.words,
    AskedQuestion.suggestions,
    AskedQuestion.is_chinese,
    AskedQuestion.is_proposed,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood; None: it was asked back, with what can be asked instead."""

    id: int
    #: what belongs together: `channel/place/thread`, or `channel/user` of whoever asked by a command
    thread: str
    user: str
    at: datetime
    question: Question | None
    #: what was said, from the question that stands alone to the last that changed it
    words: tuple[str, ...]
    suggestions: tuple[str, ...]
    is_chinese: bool
    #: whether a language model read it so, and nobody has confirmed it
    is_proposed: bool = False

    @property
    def language(self) -> str | None:
        """What all of its answer is said in; None: as staff are told anything else."""
        return "zh" if self.is_chinese else None

    @property
    def part(self) -> str:
        """Which part of which comparison it lists, as its button said; empty for any other question."""
        begins, _, part = self.thread.partition(":")
        return part if begins == COMPARED else ""

    @property
    def under(self) -> str:
        """The platform id of the message under which it was asked; empty where it was asked by a command."""
        channel_place_message = self.thread.split("/")
        return channel_place_message[2] if len(channel_place_message) == 3 else ""


def keep(connection: Connection, asked: Asked) -> None:
    """Keeps a question, and forgets those that are too old for anything."""
    connection.execute(delete(AskedQuestion).where(AskedQuestion.at < asked.at - KEPT))
    statement = upsert(
        connection.dialect.name,
        AskedQuestion,
        ("id",),
        lambda _, new: {"question": new.question, "words": new.words, "suggestions": new.suggestions},
    )
    typed = None if asked.question is None else msgspec.json.encode(asked.question).decode()
    values = {
        "id": asked.id,
        "thread": asked.thread,
        "user": asked.user,
        "at": asked.at,
        "question": typed,
        "words": json.dumps(asked.words, ensure_ascii=False),
        "suggestions": json.dumps(asked.suggestions, ensure_ascii=False),
        "is_chinese": asked.is_chinese,
        "is_proposed": asked.is_proposed,
    }
    connection.execute(statement, values)


def last_in(connection: Connection, thread: str, now: datetime, within: timedelta = FOLLOWED) -> Asked | None:
    """The last question that was understood in a thread, unless that is too long ago to go on from it."""
    query = (
        select(*_COLUMNS)
        .where(
            AskedQuestion.thread == thread,
            AskedQuestion.question.is_not(None),
            AskedQuestion.is_proposed.is_(False),
        )
        .order_by(AskedQuestion.id.desc())
        .limit(1)
    )
    found = _view(connection.execute(query).first())
    return found if found is not None and found.at > now - within else None


def find(connection: Connection, number: int) -> Asked | None:
    return _view(connection.execute(select(*_COLUMNS).where(AskedQuestion.id == number)).first())


def _view(row: Row[*tuple[Any, ...]] | None) -> Asked | None:
    if row is None:
        return None
    number, thread, user, at, typed, words, suggestions, is_chinese, is_proposed = row
    return Asked(
        number,
        thread,
        user,
        at,
        None if typed is None else _read(typed),
        tuple(json.loads(words)),
        tuple(json.loads(suggestions)),
        bool(is_chinese),
        bool(is_proposed),
    )


def _read(typed: str) -> Question | None:
    """The typed question; None where it was kept by another version, whose questions are not those of this one."""
    try:
        return msgspec.json.decode(typed, type=Question)
    except msgspec.ValidationError:
        return None
