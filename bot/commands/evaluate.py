"""`shopdesk evaluate`: how good the reader is on labelled texts."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, as_json
from bot.config import Config

if TYPE_CHECKING:
    from nlp.evaluate import Report


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "evaluate",
        help="measure the reader of texts on a labelled CSV file",
        description="Reads every text of a CSV file (columns text and intent, perhaps language; several right intents\n"
        "joined by |) and says how often the intent was right, by language and intent, what was mistaken\n"
        "for what, and whether the confidence can be believed.",
        epilog="examples:\n  shopdesk evaluate last-month.csv\n"
        "  shopdesk evaluate theirs.csv --map names.csv --plot calibration.png",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a CSV file with texts and intents")
    parser.add_argument("--map", metavar="F", type=Path, help="a CSV file: the file's own labels, and our intents")
    parser.add_argument("--plot", metavar="PNG", type=Path, help="write a calibration plot")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace, config: Config) -> int:
    from bot import app
    from nlp.evaluate import as_json as in_json
    from nlp.evaluate import as_text, measure
    from nlp.labelled import BadLabels, read_labelled, read_names

    try:
        names = None if arguments.map is None else read_names(arguments.map)
        labelled = read_labelled(arguments.file, names)
    except BadLabels as error:
        raise WrongCall(str(error)) from error
    report = measure(app.reader(config), labelled)
    if arguments.plot is not None:
        _plot(report, arguments.plot)
    print(as_json(in_json(report)) if arguments.json else as_text(report))
    return 0


def _plot(report: "Report", file: Path) -> None:
    from bot.charts import calibration_png

    bars = [(one.confidence, one.accuracy, one.count) for one in report.bins]
    try:
        file.write_bytes(calibration_png(bars, f"{report.total.count:,} texts"))
    except OSError as error:
        raise WrongCall(f"--plot names {str(file)!r}, which cannot be written: {error.strerror}") from error
