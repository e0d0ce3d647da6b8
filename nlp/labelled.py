"""Labelled texts from CSV files, as people have them: to measure a reader on, or to learn from."""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from nlp.evaluate import Labelled
from nlp.meaning import INTENTS, Intent

#: how people call the columns; the first that a file has is taken
_TEXT: Final = ("text", "utterance", "message", "sentence")
_INTENT: Final = ("intents", "intent", "labels", "label")
_LANGUAGE: Final = ("language", "lang", "locale")


class BadLabels(Exception):
    """A labelled file cannot be used; the sentence names it, the line and what is allowed."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        super().__init__(f"{file}, line {line}: {problem}" if line else f"{file}: {problem}")
        self.file = file
        self.line = line


def read_labelled(file: Path, names: Mapping[str, str] | None = None) -> list[Labelled]:
    """The rows of a CSV file with a text and the intents that are right, joined by `|`. Raises `BadLabels`.

    `names` says what a file's own labels mean; a row whose label it leaves out is passed over.
    """
    found = []
    for line, row in _rows(file):
        text = _cell(row, _TEXT)
        said = _cell(row, _INTENT)
        if text is None or said is None:
            missing = "text" if text is None else "intent"
            allowed = ", ".join(_TEXT if text is None else _INTENT)
            raise BadLabels(file, 1, f"has no column for the {missing}; allowed are {allowed}")
        intents = [names.get(each, "") if names is not None else each for each in _split(said)]
        if names is not None and not any(intents):
            continue
        known = tuple(_intent(each, file, line) for each in intents)
        found.append(Labelled(text, known, _language(_cell(row, _LANGUAGE) or "", file, line)))
    if not found:
        raise BadLabels(file, 0, "holds no labelled text")
    return found


def read_names(file: Path) -> dict[str, str]:
    """What a file's own labels mean: two columns, the label and our intent. Raises `BadLabels`."""
    names = {}
    for line, row in _rows(file):
        cells = [cell.strip() for cell in row.values()]
        if len(cells) != 2:
            raise BadLabels(file, line, "has not two columns: the label, and the intent it means")
        names[cells[0]] = _intent(cells[1], file, line)
    return dict(names)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            for row in reader:
                yield (
                    reader.line_num,
                    {(name or "").strip().casefold(): value or "" for name, value in row.items() if name is not None},
                )
    except OSError as error:
        raise BadLabels(file, 0, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadLabels(file, 0, "is not UTF-8: save the file as UTF-8") from error
    except csv.Error as error:
        raise BadLabels(file, 0, f"is no CSV file: {error}") from error


def _cell(row: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((row[name] for name in names if name in row), None)


def _split(said: str) -> list[str]:
    return [each.strip() for each in said.split("|") if each.strip()] or [""]


def _language(said: str, file: Path, line: int) -> str:
    """`en` of `en-US`; nothing where nothing is said."""
    language = re.split("[-_]", said.strip().casefold())[0]
    if language and not re.fullmatch("[a-z]{2,3}", language):
        raise BadLabels(file, line, f"{said!r} is no language; allowed is a code such as en or pt-BR")
    return language


def _intent(name: str, file: Path, line: int) -> Intent:
    found = next((intent for intent in INTENTS if intent == name), None)
    if found is None:
        raise BadLabels(file, line, f"{name!r} is no intent; allowed are {', '.join(INTENTS)}")
    return found
