"""Files as chunks of rows with their true line numbers, in constant memory.

A CSV file is read in blocks of some megabytes; its first line tells whether commas, semicolons or tabs part the cells.
Lines without a quotation mark are split by polars; the others go through `csv.reader`, one record at a time, so that a
record over several lines keeps its number and a quotation mark that is never closed costs one line and not the rest of
the file.
"""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import TypeVar

import polars as pl

from crm_store.importing.errors import UnknownFormat

BLOCK_BYTES = 3 << 20
#: names of the columns beside the file's own
LINE, RAW, REASON = "_line", "_raw", "_reason"
BOM = "\ufeff"
#: a header is no longer than that
_HEAD_BYTES = 1 << 20
_REMEDY = 'save it as "CSV UTF-8"'
_OUT_OF_PLACE = "a quotation mark is not closed or stands in the middle of a cell"
_TOO_LONG = f"a quoted cell has more than {csv.field_size_limit():,} characters, or its quotation mark is not closed"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a file.

    `rows` has the file's columns as text, `_line` (the number of the record's first line) and for CSV `_raw`;
    `broken` has `_line`, `_reason` and `_raw` of what is no row at all. `share` of the file is read with it.
    """

    rows: pl.DataFrame
    broken: pl.DataFrame
    share: float

    @property
    def read(self) -> int:
        return self.rows.height + self.broken.height

    def originals(self, lines: pl.Series) -> pl.DataFrame:
        """`_line` and `_raw` of some rows; a row of a workbook or a parquet file is written as CSV."""
        rows = self.rows.filter(pl.col(LINE).is_in(lines.implode()))
        if RAW in rows.columns:
            return rows.select(LINE, RAW)
        cells = rows.drop(LINE).select(pl.all().cast(pl.String).fill_null(""))
        return pl.DataFrame({LINE: rows[LINE], RAW: [_csv_line(cells_) for cells_ in cells.rows()]}, _ORIGINAL)


_ORIGINAL = {LINE: pl.Int64, RAW: pl.String}
BROKEN = {LINE: pl.Int64, REASON: pl.String, RAW: pl.String}


def _csv_line(cells: tuple[str, ...]) -> str:
    return ",".join(f'"{c.replace(chr(34), chr(34) * 2)}"' if set(c) & set(',"\n\r') else c for c in cells)


def ahead(items: Iterator[_T], depth: int = 1) -> Iterator[_T]:
    """The same items, made in a thread while the caller works on the one before."""
    queue: Queue[tuple[_T] | BaseException | None] = Queue(depth)
    stopped = Event()

    def produce() -> None:
        end: BaseException | None = None
        try:
            for item in items:
                queue.put((item,))
                if stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised again where the items are used
            end = error
        queue.put(end)

    thread = Thread(target=produce, name="import-reader", daemon=True)
    thread.start()
    try:
        while isinstance(item := queue.get(), tuple):
            yield item[0]
        if item is not None:
            raise item
    finally:
        stopped.set()
        while thread.is_alive():
            while not queue.empty():
                queue.get_nowait()
            thread.join(0.01)


def csv_header(path: Path) -> tuple[str, ...]:
    """The header of a CSV file; empty when the file is. Raises `UnknownFormat` when it is not UTF-8 text."""
    return _form(path).header


def distinct(header: Sequence[str]) -> tuple[str, ...]:
    """Names under which all columns can stand in one frame: those without a name, repeated ones and ours are numbered.

    >>> distinct(("a", "", "a", "_line"))
    ('a', '(column 2)', 'a (column 3)', '_line (column 4)')
    """
    names: list[str] = []
    for number, name in enumerate(header, 1):
        taken = not name or name in (LINE, RAW, REASON) or name in names
        names.append(f"{name} (column {number})".lstrip() if taken else name)
    return tuple(names)


@dataclass(frozen=True, slots=True)
class _Form:
    """How a CSV file is written: its header, how many bytes and lines that takes, what parts cells and lines."""

    header: tuple[str, ...]
    size: int
    lines: int
    separator: str
    line_end: bytes


def _form(path: Path) -> _Form:
    """What the beginning of a file tells. Raises `UnknownFormat`."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise UnknownFormat(path, (), f"it is UTF-16, not UTF-8: {_REMEDY}")
    # old Macs, and some programs on new ones, end lines with CR alone
    line_end = b"\r" if b"\r" in head and b"\n" not in head else b"\n"
    try:
        form = _parted(head, ",", line_end)
        if len(form.header) == 1:
            separator = next((one for one in (";", "\t") if one in form.header[0]), ",")
            form = _parted(head, separator, line_end)
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnknownFormat(path, (), f"its first line is not UTF-8 text ({error}): {_REMEDY}") from error
    return form


def _parted(head: bytes, separator: str, line_end: bytes) -> _Form:
    taken, lines = 0, 0

    def texts() -> Iterator[str]:
        nonlocal taken, lines
        for line in head.split(line_end):
            taken, lines = taken + len(line) + 1, lines + 1
            yield line.decode() + "\n"

    cells = next(csv.reader(texts(), delimiter=separator), []) if head else []
    header = tuple(cell.removeprefix(BOM).strip().strip('"') for cell in cells)
    return _Form(header, taken, max(lines, 1), separator, line_end)


def read_csv(path: Path, block_bytes: int = BLOCK_BYTES) -> Iterator[Chunk]:
    """The rows of a CSV file under its own header."""
    form = _form(path)
    size = max(path.stat().st_size, 1)
    if not form.header:
        return
    names, taken, lines = distinct(form.header), form.size, form.lines
    carry: list[bytes] = []
    with path.open("rb") as file:
        file.seek(taken)
        while True:
            block = file.read(block_bytes)
            final = len(block) < block_bytes
            taken += len(block)
            texts = _lines(carry, block.replace(form.line_end, b"\n"), final)
            carry = [] if final else [texts.pop()]
            parser = _Block(names, texts, lines + 1, final, form.separator)
            chunk = parser.parse(min(taken / size, 1.0))
            carry = [*texts[parser.used :], *carry]
            lines += parser.used
            if chunk.read or final:
                yield chunk
            if final:
                return


def _lines(carry: list[bytes], block: bytes, final: bool) -> list[bytes]:
    texts = block.split(b"\n")
    if carry:
        texts[0] = carry[-1] + texts[0]
        texts = [*carry[:-1], *texts]
    if final and texts and texts[-1] == b"":
        texts.pop()
    return texts


class _Block:
    """The lines of one block, and what became of them. `used` lines are done, the rest belong to the next block."""

    def __init__(self, names: tuple[str, ...], lines: list[bytes], first: int, final: bool, separator: str) -> None:
        self.names, self.first, self.final, self.separator = names, first, final, separator
        self.bad: dict[int, str] = {}
        self.texts = self._decode(lines)
        self.used = len(self.texts)
        self.quoted: list[tuple[str, ...]] = []
        self.broken: list[tuple[int, str, str]] = []
        self.taken = bytearray(len(self.texts))

    def _decode(self, lines: list[bytes]) -> list[str]:
        whole = b"\n".join(lines)
        if b"\0" not in whole:
            try:
                return whole.decode().split("\n") if lines else []
            except UnicodeDecodeError:
                pass
        return [self._decode_line(number, line) for number, line in enumerate(lines)]

    def _decode_line(self, number: int, line: bytes) -> str:
        if b"\0" in line:
            self.bad[number] = "it holds a NUL byte"
        try:
            return line.decode().replace("\0", "\\x00")
        except UnicodeDecodeError:
            self.bad.setdefault(number, "it is not UTF-8")
            return line.decode(errors="backslashreplace").replace("\0", "\\x00")

    def parse(self, share: float) -> Chunk:
        raw = pl.Series(RAW, self.texts, pl.String).str.strip_suffix("\r")
        self._read_quoted(raw.str.contains('"', literal=True).arg_true().to_list())
        self._reject_bad()
        rows = self._plain(raw)
        if self.quoted:
            schema = dict.fromkeys([*self.names_with_line], pl.String) | {LINE: pl.Int64}
            rows = pl.concat([rows, pl.DataFrame(self.quoted, schema, orient="row")]).sort(LINE)
        broken = pl.DataFrame(self.broken, BROKEN, orient="row")
        return Chunk(rows, broken, share)

    @property
    def names_with_line(self) -> tuple[str, ...]:
        return (LINE, RAW, *self.names)

    def _plain(self, raw: pl.Series) -> pl.DataFrame:
        """The lines without a quotation mark."""
        width = len(self.names)
        numbers = pl.int_range(self.first, self.first + len(raw), eager=True, dtype=pl.Int64).alias(LINE)
        lines = pl.DataFrame([numbers, raw])[: self.used]
        if self.quoted or self.broken or any(self.taken):
            lines = lines.filter(pl.Series(list(self.taken[: self.used]), dtype=pl.UInt8) == 0)
        lines = lines.filter(pl.col(RAW).str.contains(r"\S"))
        cells = lines[RAW].str.count_matches(self.separator, literal=True) + 1
        ragged = lines.filter(cells != width)
        if ragged.height:
            counts = cells.filter(cells != width).to_list()
            for (line, text), count in zip(ragged.rows(), counts, strict=True):
                self.broken.append((line, _wrong_width(count, width), text))
            lines = lines.filter(cells == width)
        if width == 1:
            return lines.with_columns(pl.col(RAW).alias(self.names[0]))
        parts = (
            lines[RAW].str.split_exact(self.separator, width - 1).struct.rename_fields(list(self.names)).struct.unnest()
        )
        return lines.hstack(parts)

    def _read_quoted(self, indices: list[int]) -> None:
        free = 0
        for index in indices:
            if index < free:
                continue
            free = self._read_record(index)
            if free > self.used:
                return

    def _read_record(self, index: int) -> int:
        """Reads the record that begins at a line; returns the line after it."""
        reader = csv.reader(self._from(index), delimiter=self.separator, strict=True)
        try:
            cells = next(reader)
        except csv.Error as error:
            if "unexpected end" in str(error) and not self.final:
                self.used = index
                self.taken[index:] = b"\1" * (len(self.taken) - index)
                return len(self.texts) + 1
            self._break(index, 1, _TOO_LONG if "field limit" in str(error) else _OUT_OF_PLACE)
            return index + 1
        count = reader.line_num
        reasons = [self.bad[i] for i in range(index, index + count) if i in self.bad] if self.bad else []
        if reasons:
            self._break(index, count, reasons[0])
        elif len(cells) != len(self.names):
            self._break(index, count, _wrong_width(len(cells), len(self.names)))
        else:
            self.quoted.append((self.first + index, self._text(index, count), *cells))  # type: ignore[arg-type]
            self._take(index, count)
        return index + count

    def _from(self, index: int) -> Iterator[str]:
        texts = self.texts
        for i in range(index, len(texts)):
            yield texts[i] + "\n"

    def _text(self, index: int, count: int) -> str:
        return "\n".join(self.texts[index : index + count]).removesuffix("\r")

    def _take(self, index: int, count: int) -> None:
        self.taken[index : index + count] = b"\1" * count

    def _break(self, index: int, count: int, reason: str) -> None:
        self.broken.append((self.first + index, reason, self._text(index, count)))
        self._take(index, count)

    def _reject_bad(self) -> None:
        for index, reason in self.bad.items():
            if index < self.used and not self.taken[index]:
                self._break(index, 1, reason)


def _wrong_width(count: int, width: int) -> str:
    return f"it has {count} cells, the header has {width}"
