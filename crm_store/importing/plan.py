"""What is in a folder or a file, decided by names and headers before anything is written; then the import."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from crm_store.importing.errors import MissingColumns, MissingFile, UnknownFormat
from crm_store.importing.exports.known import SUFFIXES, Export, recognise
from crm_store.importing.exports.sources import header as header_of
from crm_store.importing.files import BY_NAME, FILES, File
from crm_store.importing.reading import csv_header
from crm_store.importing.rejected import HEADER as REJECTED
from crm_store.importing.rejected import Rejected
from crm_store.importing.report import FileReport, Progress, Report
from crm_store.importing.shop import Import
from crm_store.money import Rates
from crm_store.store import Store


@dataclass(frozen=True, slots=True)
class OurFile:
    """A file of our format that will be read."""

    file: File
    path: Path
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of another system that will be read."""

    export: Export
    path: Path


Planned = OurFile | ExportFile


def import_shop(
    store: Store,
    path: Path,
    *,
    rates: Rates,
    timezone: ZoneInfo,
    now: datetime,
    rejected_to: Path,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Imports a folder of our CSV files, or the export of another system (a file, or a folder of them).

    Times without an offset are in `timezone`; sums are converted by `rates`; `now` is when the rows count as made.
    Rejected rows go to `rejected_to`. Raises `ImportRefused` (nothing was written) and `StoreUnavailable` (what was
    written is whole; a second import completes it).
    """
    planned = plan(path)
    started = perf_counter()
    with Rejected(rejected_to) as rejected:
        work = Import(store, rates, timezone, now, rejected, progress)
        work.make_products = not any(isinstance(p, OurFile) and p.file.name == "products" for p in planned)
        work.began()
        reports = tuple(_read(work, one) for one in planned)
        work.count_customers()
        report = Report(reports, perf_counter() - started, rejected_to if rejected.count else None)
        work.ended(f"{report.read} rows read, {report.changed} written, {report.rejected} rejected")
    return report


def _read(work: Import, planned: Planned) -> FileReport:
    match planned:
        case OurFile(file, path, notices):
            return work.read_file(file, path, notices)
        case ExportFile(export, path):
            return export.read(work, path)


def plan(path: Path) -> list[Planned]:
    """The files to be read, in order. Raises `ImportRefused`."""
    if path.is_dir():
        return _plan_folder(path)
    if not path.is_file():
        raise MissingFile(path)
    header = header_of(path)
    if (export := recognise(header)) is not None:
        return [ExportFile(export, path)]
    file = BY_NAME.get(path.stem) or _by_header(header)
    if file is None or path.suffix.lower() != ".csv":
        raise UnknownFormat(path, header)
    return [_ours(file, path)]


def _plan_folder(folder: Path) -> list[Planned]:
    paths = {file.name: folder / f"{file.name}.csv" for file in FILES}
    found = sorted(p for p in folder.iterdir() if p.is_file() and p.suffix.lower() in SUFFIXES)
    known = [(recognise(header_of(p)), p) for p in found if not _is_rejected(p)]
    others = [ExportFile(export, p) for export, p in known if export is not None]
    taken = {one.path for one in others}
    if others and not any(p.exists() and p not in taken for p in paths.values()):
        return [*sorted(others, key=lambda one: one.export.rank)]
    for file in FILES:
        if file.required and not paths[file.name].is_file():
            raise MissingFile(paths[file.name])
    return [_ours(file, paths[file.name]) for file in FILES if paths[file.name].is_file()]


def _ours(file: File, path: Path) -> OurFile:
    header = csv_header(path)
    missing = tuple(name for name in file.required_columns if name not in header)
    if missing and (header or file.required):
        raise MissingColumns(path, missing)
    names = {column.name for column in file.columns}
    twice = tuple(sorted({name for name in header if header.count(name) > 1}))
    if twice:
        raise UnknownFormat(path, header, f"the column {', '.join(twice)} stands in it more than once")
    unknown = [name for name in header if name not in names]
    notice = f"columns left out: {', '.join(unknown)}"
    return OurFile(file, path, (notice,) if unknown else ())


def _by_header(header: tuple[str, ...]) -> File | None:
    """The file of our format whose columns fit best."""
    fitting = [file for file in FILES if set(file.required_columns) <= set(header)]
    return max(fitting, key=lambda file: len({c.name for c in file.columns} & set(header)), default=None)


def _is_rejected(path: Path) -> bool:
    return path.suffix.lower() == ".csv" and csv_header(path) == REJECTED
