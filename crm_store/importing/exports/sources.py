"""Exports as chunks of rows: CSV, workbooks, parquet; and a spool that brings rows of one key together again."""

import pickle
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import polars as pl
from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from crm_store.importing.errors import UnknownFormat
from crm_store.importing.files import plain
from crm_store.importing.reading import BROKEN, LINE, RAW, Chunk, csv_header, distinct, read_csv

ROWS = 100_000
_PARTS = 64


def headers(path: Path) -> dict[str, tuple[str, ...]]:
    """The names of columns, by sheet ('' for files that have none). Raises `UnknownFormat`."""
    match path.suffix.lower():
        case ".xlsx":
            return {title: names for title, names, _ in _sheets(path)}
        case ".parquet":
            try:
                return {"": tuple(pl.read_parquet_schema(path))}
            except (pl.exceptions.PolarsError, OSError) as error:
                raise UnknownFormat(path, (), f"it is not a parquet file ({error})") from error
        case _:
            return {"": csv_header(path)}


@dataclass(frozen=True, slots=True)
class Part:
    """A chunk of an export, its columns under plain names, and the sheet it is from ('' for other files)."""

    chunk: Chunk
    sheet: str


def read(path: Path, sheets: Collection[str]) -> Iterator[Part]:
    """The chunks of a file, of these sheets where it has any."""
    match path.suffix.lower():
        case ".xlsx":
            yield from _read_workbook(path, sheets)
        case ".parquet":
            yield from _read_parquet(path)
        case _:
            for chunk in read_csv(path):
                yield Part(Chunk(_plain(chunk.rows), chunk.broken, chunk.share), "")


def _plain(rows: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in rows.columns if name not in (LINE, RAW)]
    return rows.rename(dict(zip(names, distinct([plain(name) for name in names]), strict=True)))


def _read_parquet(path: Path) -> Iterator[Part]:
    total = pl.scan_parquet(path).select(pl.len()).collect().item()
    for start in range(0, total, ROWS):
        rows = pl.scan_parquet(path).slice(start, ROWS).collect()
        rows = _plain(rows).with_row_index(LINE, start + 1).cast({LINE: pl.Int64})
        yield Part(Chunk(rows, pl.DataFrame(schema=BROKEN), min((start + ROWS) / total, 1.0)), "")


def _read_workbook(path: Path, sheets: Collection[str]) -> Iterator[Part]:
    taken = [one for one in _sheets(path) if one[0] in sheets]
    for number, (sheet, names, rows) in enumerate(taken):
        columns = distinct([plain(name) for name in names])
        line = 2
        while block := list(islice(rows, ROWS // 4)):
            cells = [[_text(cell) for cell in _fitted(row, len(columns))] for row in block]
            frame = pl.DataFrame(cells, dict.fromkeys(columns, pl.String), orient="row")
            frame = frame.with_row_index(LINE, line).cast({LINE: pl.Int64})
            line += len(block)
            empty = pl.all_horizontal(pl.col(columns).is_null())
            yield Part(Chunk(frame.filter(~empty), pl.DataFrame(schema=BROKEN), (number + 0.5) / len(taken)), sheet)


def _fitted(row: tuple[Any, ...], width: int) -> tuple[Any, ...]:
    return (*row[:width], *([None] * (width - len(row))))


def _sheets(path: Path) -> Iterator[tuple[str, tuple[str, ...], Iterator[tuple[Any, ...]]]]:
    """Each sheet's name, header and the rows after it. Raises `UnknownFormat`."""
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, SyntaxError, EOFError, OSError) as error:
        raise UnknownFormat(path, (), f"it is not a workbook ({error})") from error
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        names = tuple("" if cell is None else str(cell).strip() for cell in next(rows, ()))
        if any(names):
            yield sheet.title, names, rows


def _text(cell: Any) -> str | None:
    """A workbook's cell as an export to CSV would write it."""
    match cell:
        case None:
            return None
        case datetime():
            return cell.isoformat(sep=" ")
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return str(cell)


class Spool:
    """Rows on disk, parted by a key: all rows of one key come back together, in constant memory."""

    def __init__(self, folder: Path) -> None:
        self._files = [(folder / f"{number}.part").open("w+b") for number in range(_PARTS)]
        self._rows = [0] * _PARTS

    def add(self, rows: pl.DataFrame, key: str) -> None:
        parts = rows.with_columns((pl.col(key).hash(0) % _PARTS).alias("_part")).partition_by("_part", as_dict=True)
        for (number,), part in parts.items():
            pickle.dump(part.drop("_part"), self._files[number], pickle.HIGHEST_PROTOCOL)
            self._rows[number] += part.height

    def groups(self, rows: int = ROWS) -> Iterator[pl.DataFrame]:
        """Frames of about so many rows, each in the order of its lines."""
        waiting: list[pl.DataFrame] = []
        for file in self._files:
            file.seek(0)
            waiting += _frames(file)
            file.close()
            if sum(frame.height for frame in waiting) >= rows:
                yield pl.concat(waiting)
                waiting = []
        if waiting:
            yield pl.concat(waiting)

    @property
    def rows(self) -> int:
        return sum(self._rows)


def _frames(file: Any) -> Sequence[pl.DataFrame]:
    frames = []
    while True:
        try:
            frames.append(pickle.load(file))
        except EOFError:
            return frames
