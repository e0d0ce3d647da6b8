"""What is in a folder or a file, decided by names and headers before anything is written; then the import."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from crm_store.importing.errors import MissingColumns, MissingFile, NotAFile, UnknownFormat
from crm_store.importing.exports.known import SUFFIXES, Export, recognise
from crm_store.importing.exports.sources import headers
from crm_store.importing.files import BY_NAME, FILES, File, plain
from crm_store.importing.reading import csv_header, distinct
from crm_store.importing.rejected import HEADER as REJECTED
from crm_store.importing.rejected import Rejected
from crm_store.importing.report import FileReport, Progress, Report
from crm_store.importing.shop import Import
from crm_store.money import Rates
from crm_store.store import Store

#: files left out that are called by their names
_NAMED_AT_MOST = 10


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
    sheets: tuple[str, ...]
    notices: tuple[str, ...]


Planned = OurFile | ExportFile


@dataclass(frozen=True, slots=True)
class Plan:
    """The files that will be read, in order, and what else the owner should know."""

    files: tuple[Planned, ...]
    notices: tuple[str, ...] = ()


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
        work.make_products = not any(isinstance(p, OurFile) and p.file.name == "products" for p in planned.files)
        work.began()
        reports = tuple(_read(work, one) for one in planned.files)
        work.count_customers()
        report = Report(reports, perf_counter() - started, rejected_to if rejected.count else None, planned.notices)
        work.ended(f"{report.read} rows read, {report.changed} written, {report.rejected} rejected")
    return report


def _read(work: Import, planned: Planned) -> FileReport:
    match planned:
        case OurFile(file, path, notices):
            return work.read_file(file, path, notices)
        case ExportFile(export, path, sheets, notices):
            report = export.read(work, path, sheets)
            return replace(report, notices=(*report.notices, *notices))


def plan(path: Path) -> Plan:
    """The files to be read, in order. Raises `ImportRefused`."""
    if path.is_dir():
        return _plan_folder(path)
    if not path.is_file():
        raise MissingFile(path)
    if (export := _export(path)) is not None:
        return Plan((export,))
    header = next(iter(headers(path).values()), ())
    file = BY_NAME.get(path.stem) or _by_header(header)
    if file is None or path.suffix.lower() != ".csv":
        raise UnknownFormat(path, header)
    return Plan((_ours(file, path),))


def _plan_folder(folder: Path) -> Plan:
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    exports: dict[Path, ExportFile] = {}
    # what cannot be read only matters where nothing else is there
    unreadable: list[UnknownFormat] = []
    for path in entries:
        try:
            if path.is_file() and path.suffix.lower() in SUFFIXES and (found := _export(path)) is not None:
                exports[path] = found
        except UnknownFormat as error:
            unreadable.append(error)
    ours = {file.name: folder / f"{file.name}.csv" for file in FILES}
    if exports and not any(path.exists() and path not in exports for path in ours.values()):
        ranked = sorted(exports.values(), key=lambda one: one.export.rank)
        files: tuple[Planned, ...] = (*ranked,)
    else:
        if unreadable and not any(path.exists() for path in ours.values()):
            raise unreadable[0]
        for file in FILES:
            if file.required:
                _must_be_file(ours[file.name])
        files = tuple(_ours(file, ours[file.name]) for file in FILES if ours[file.name].is_file())
    taken = {one.path for one in files}
    return Plan(files, _left_out([path for path in entries if path not in taken and not _is_rejected(path)]))


def _must_be_file(path: Path) -> None:
    if path.is_dir():
        raise NotAFile(path)
    if not path.is_file():
        raise MissingFile(path)


def _left_out(paths: list[Path]) -> tuple[str, ...]:
    """What the owner should know of files that nobody reads."""
    if not paths:
        return ()
    more = f" and {len(paths) - _NAMED_AT_MOST} more" if len(paths) > _NAMED_AT_MOST else ""
    return (f"left out: {', '.join(_described(path) for path in paths[:_NAMED_AT_MOST])}{more}",)


def _described(path: Path) -> str:
    if path.is_dir():
        return f"{path.name} (a folder)"
    meant = next((file.name for file in FILES if plain(file.name) == plain(path.stem.replace("-", "_"))), None)
    return path.name if meant is None else f"{path.name} (if it is one of ours, call it {meant}.csv)"


def _export(path: Path) -> ExportFile | None:
    """The export a file is, with the sheets that are of that kind."""
    kinds = {sheet: recognise(header) for sheet, header in headers(path).items()}
    export = next((kind for kind in kinds.values() if kind is not None), None)
    if export is None:
        return None
    others = [sheet for sheet, kind in kinds.items() if kind is not export]
    notices = (f"sheets left out: {', '.join(others)}",) if others else ()
    return ExportFile(export, path, tuple(sheet for sheet in kinds if sheet not in others), notices)


def _ours(file: File, path: Path) -> OurFile:
    header = csv_header(path)
    known = [ours for name in header for ours in file.own_names([name]).values()]
    missing = tuple(name for name in file.required_columns if name not in known)
    if missing and (header or file.required):
        raise MissingColumns(path, missing)
    twice = tuple(sorted({name for name in known if known.count(name) > 1}))
    if twice:
        raise UnknownFormat(path, header, f"the column {', '.join(twice)} stands in it more than once")
    unknown = [name for name in distinct(header) if not file.own_names([name])]
    notice = f"columns left out: {', '.join(unknown)}"
    return OurFile(file, path, (notice,) if unknown else ())


def _by_header(header: tuple[str, ...]) -> File | None:
    """The file of our format whose columns fit best."""
    fitting = [file for file in FILES if set(file.required_columns) <= set(file.own_names(header).values())]
    return max(fitting, key=lambda file: len(file.own_names(header)), default=None)


def _is_rejected(path: Path) -> bool:
    try:
        return path.is_file() and path.suffix.lower() == ".csv" and csv_header(path) == REJECTED
    except UnknownFormat:
        return False
