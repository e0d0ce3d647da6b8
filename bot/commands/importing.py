"""`shopdesk import`: a shop's history comes in."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from bot.commands import opened_store
from bot.config import Config

if TYPE_CHECKING:
    from crm_store.importing import Progress, Report

#: without a terminal a file's progress is told no more often, in seconds
_LINE_EVERY = 5.0


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "import",
        help="bring in a shop's customers, orders and the rest",
        description="Imports a folder of CSV files, or an export of Shopify, WooCommerce or Online Retail II as it is. "
        "The same import twice changes nothing. Rows that make no sense are written to a file with the reason.",
        epilog="examples:\n  shopdesk import shop/\n  shopdesk import orders_export.csv --rejected bad-rows.csv\n"
        "  shopdesk import online_retail_II.xlsx --json",
    )
    parser.add_argument("path", metavar="DIR_OR_FILE", type=Path, help="a folder of files, or one file")
    parser.add_argument(
        "--rejected",
        metavar="FILE",
        type=Path,
        default=Path("rejected.csv"),
        help="where rejected rows go, with what they said in clear (default: rejected.csv)",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace, config: Config) -> int:
    from crm_store.importing import CannotWrite, ImportRefused, import_shop

    try:
        with opened_store(config) as store, _progress(quiet=arguments.json) as progress:
            report = import_shop(
                store,
                arguments.path,
                rates=config.rates,
                timezone=config.shop.timezone,
                now=datetime.now(UTC),
                rejected_to=arguments.rejected,
                progress=progress,
            )
    except CannotWrite as error:
        print(f"shopdesk: {error} with --rejected", file=sys.stderr)
        return 2
    except ImportRefused as error:
        print(f"shopdesk: {error}", file=sys.stderr)
        return 1 if arguments.path.exists() else 2
    if arguments.json:
        print(json.dumps(report.as_json()))
    else:
        _show(report)
    return 0


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[["Progress"], None]]:
    """A bar with rows a second on a terminal, plain lines elsewhere, on stderr."""
    if not quiet and sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield (lambda _: None) if quiet else _lines()


@contextmanager
def _bar() -> Iterator[Callable[["Progress"], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    rate = TextColumn("{task.fields[rows]:>11,} rows  {task.fields[speed]:>9,.0f} rows/s")
    columns = (TextColumn("{task.description}"), BarColumn(), rate, TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def show(progress: "Progress") -> None:
            if progress.file not in tasks:
                tasks[progress.file] = bar.add_task(progress.file, total=1.0, rows=0, speed=0.0)
            speed = progress.rows / progress.seconds if progress.seconds else 0.0
            bar.update(tasks[progress.file], completed=progress.share, rows=progress.rows, speed=speed)

        yield show


def _lines() -> Callable[["Progress"], None]:
    told: dict[str, float] = {}
    finished: set[str] = set()

    def show(progress: "Progress") -> None:
        now, ends = monotonic(), progress.share >= 1.0 and progress.file not in finished
        if ends or now - told.setdefault(progress.file, now) >= _LINE_EVERY:
            told[progress.file] = now
            finished.update((progress.file,) if ends else ())
            speed = progress.rows / progress.seconds if progress.seconds else 0.0
            line = f"{progress.file}: {progress.rows:,} rows, {progress.share:.0%}, {speed:,.0f} rows/s"
            print(line, file=sys.stderr, flush=True)

    return show


def _show(report: "Report") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("file", overflow="fold")
    for name in ("read", "imported", "updated", "unchanged", "rejected", "rows/s"):
        table.add_column(name, justify="right", no_wrap=True)
    for file in report.files:
        counts = (file.read, file.imported, file.updated, file.unchanged, file.rejected)
        cells = [f"{count:,}" for count in counts]
        table.add_row(file.name, *cells, f"{file.rows_per_second:,.0f}")
    console = Console()
    console.print(table)
    for file in report.files:
        for notice in file.notices:
            console.print(f"{file.name}: {notice}", markup=False, highlight=False)
    for notice in report.notices:
        console.print(notice, markup=False, highlight=False)
    rate = report.read / report.seconds if report.seconds else 0.0
    console.print(f"{report.read:,} rows in {report.seconds:.1f} s ({rate:,.0f} rows/s)", highlight=False)
    if report.rejected_to is not None:
        where = f"{report.rejected:,} rows were rejected: see {report.rejected_to}"
        console.print(where, markup=False, highlight=False)
