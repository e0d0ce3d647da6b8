"""`rejected.csv`: every row that was not imported, where it stands, why, and what it said."""

import csv
import io
import os
import re
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import polars as pl

from crm_store.importing.errors import CannotWrite
from crm_store.importing.reading import LINE, RAW, REASON

HEADER = ("file", "line", "reason", "content")
#: more of a file is not looked at to see whether it is one of ours
_LONGEST = 1000
#: what a spreadsheet takes for a formula
_FORMULA = re.compile(r"^[\s'\"]*[=+\-@\t\r|%]")
#: ... and what only looks like one: a number, a telephone number, a time's offset
_HARMLESS = re.compile(r"^[+-]?[\d\s().,/:]*$")


class Rejected:
    """The file of rejected rows: there from the beginning, gone at the end when none came.

    It holds what customers wrote in clear, so only its owner may read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        """Raises `CannotWrite`."""
        try:
            self._make_way()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.fdopen(
                os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
            )
        except OSError as error:
            raise CannotWrite(self.path, f"{error.strerror}: {error.filename}") from error
        csv.writer(self._file).writerow(HEADER)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
            if not self.count:
                self.path.unlink(missing_ok=True)

    def add(self, file: str, rows: pl.DataFrame) -> None:
        """Writes rows of `_line`, `_reason` and `_raw`, in the order of their lines."""
        if not rows.height or self._file is None:
            return
        writer = csv.writer(self._file)
        for line, reason, raw in rows.sort(LINE).select(LINE, REASON, RAW).iter_rows():
            writer.writerow((harmless(file), line, harmless(reason), harmless_line(raw)))
        self._file.flush()
        self.count += rows.height

    def _make_way(self) -> None:
        """What an earlier import rejected is not what this one rejects; anything else at the path stays."""
        if not self.path.exists():
            return
        if self.path.is_dir():
            raise CannotWrite(self.path, "it is a folder")
        if not self.path.is_file():
            raise CannotWrite(self.path, "it is not a plain file")
        with self.path.open("rb") as file:
            ours = file.readline(_LONGEST).strip() == ",".join(HEADER).encode()
        if not ours and self.path.stat().st_size:
            raise CannotWrite(self.path, "another file of that name is there")
        self.path.unlink()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection): an apostrophe goes before it.

    >>> harmless("=cmd|' /C calc'!A0"), harmless("-5"), harmless("+49 151 1")
    ("'=cmd|' /C calc'!A0", '-5', '+49 151 1')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _HARMLESS.match(cell) else cell


def harmless_line(raw: str) -> str:
    """A line of CSV with every cell made harmless.

    >>> harmless_line("C1,=1+1"), harmless_line("C1;=1+1;-5")
    ("C1,'=1+1", "C1;'=1+1;-5")
    """
    if not re.search(r"[=+\-@\t\r|%]", raw):
        return raw
    try:
        cells = next(csv.reader([raw] if "\n" not in raw else io.StringIO(raw), strict=True), [])
    except csv.Error:
        cells = [raw, *()] if "," not in raw else raw.split(",")
    if all(_harmless_inside(cell) == cell for cell in cells):
        return harmless(raw)
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([_harmless_inside(cell) for cell in cells])
    return harmless(out.getvalue())


def _harmless_inside(cell: str) -> str:
    """A cell that is harmless, too, where semicolons or tabs end cells."""
    parts = re.sub(r"[^;\t]+", lambda part: harmless(part[0]), cell)
    return parts if parts.startswith("'") else harmless(parts)
