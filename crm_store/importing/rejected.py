"""`rejected.csv`: every row that was not imported, where it stands, why, and what it said."""

import csv
import io
import re
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import polars as pl

from crm_store.importing.reading import LINE, RAW, REASON

HEADER = ("file", "line", "reason", "content")
#: what a spreadsheet takes for a formula
_FORMULA = re.compile(r"^[\s'\"]*[=+\-@\t\r|%]")
#: ... and what only looks like one: a number, a telephone number, a time's offset
_HARMLESS = re.compile(r"^[+-]?[\d\s().,/:]*$")


class Rejected:
    """The file of rejected rows, made when the first one comes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        # what an earlier import rejected is not what this one rejects
        if self._is_ours():
            self.path.unlink()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, file: str, rows: pl.DataFrame) -> None:
        """Writes rows of `_line`, `_reason` and `_raw`, in the order of their lines."""
        if not rows.height:
            return
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(HEADER)
        writer = csv.writer(self._file)
        for line, reason, raw in rows.sort(LINE).select(LINE, REASON, RAW).iter_rows():
            writer.writerow((harmless(file), line, harmless(reason), harmless_line(raw)))
        self._file.flush()
        self.count += rows.height

    def _is_ours(self) -> bool:
        if not self.path.is_file():
            return False
        with self.path.open(encoding="utf-8", errors="replace", newline="") as file:
            return tuple(next(csv.reader(file), ())) == HEADER


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection): an apostrophe goes before it.

    >>> harmless("=cmd|' /C calc'!A0"), harmless("-5"), harmless("+49 151 1")
    ("'=cmd|' /C calc'!A0", '-5', '+49 151 1')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _HARMLESS.match(cell) else cell


def harmless_line(raw: str) -> str:
    """A line of CSV with every cell made harmless.

    >>> harmless_line("C1,=1+1")
    "C1,'=1+1"
    """
    if not re.search(r"[=+\-@\t\r|%]", raw):
        return raw
    try:
        cells = next(csv.reader([raw] if "\n" not in raw else io.StringIO(raw), strict=True), [])
    except csv.Error:
        cells = [raw, *()] if "," not in raw else raw.split(",")
    if all(harmless(cell) == cell for cell in cells):
        return harmless(raw)
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([harmless(cell) for cell in cells])
    return harmless(out.getvalue())
