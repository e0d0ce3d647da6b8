"""Macros: replies that staff keep for use again, one text a language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from crm_store.schema import Macro
from crm_store.upsert import upsert


@dataclass(frozen=True, slots=True)
class MacroView:
    """A macro's text in one language."""

    name: str
    #: ISO 639-1
    language: str
    text: str
    #: who wrote it last, and when
    actor: str
    at: datetime


def save(connection: Connection, macro: MacroView) -> None:
    """Keeps a macro's text in its language, in place of the one it had."""
    values = {
        "name": macro.name,
        "language": macro.language,
        "text": macro.text,
        "actor": macro.actor,
        "at": macro.at,
    }
    changed = ("text", "actor", "at")
    statement = upsert(
        connection.dialect.name, Macro, ["name", "language"], lambda _, new: {name: new[name] for name in changed}
    )
    connection.execute(statement, [values])


def remove(connection: Connection, name: str, language: str | None = None) -> int:
    """Takes a macro away, in one language or (None) in all. Returns how many texts went."""
    mine = [Macro.name == name] if language is None else [Macro.name == name, Macro.language == language]
    return connection.execute(delete(Macro).where(*mine)).rowcount


def named(connection: Connection, name: str) -> tuple[MacroView, ...]:
    """A macro's texts, by language; none where there is no such macro."""
    return _views(connection.execute(_QUERY.where(Macro.name == name)).all())


def every(connection: Connection) -> tuple[MacroView, ...]:
    """All texts of all macros, by name and language."""
    return _views(connection.execute(_QUERY).all())


_QUERY = select(Macro.name, Macro.language, Macro.text, Macro.actor, Macro.at).order_by(Macro.name, Macro.language)


def _views(rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[MacroView, ...]:
    return tuple(MacroView(*row) for row in rows)
