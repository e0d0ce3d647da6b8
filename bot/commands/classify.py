"""`shopdesk classify`: what a text means."""

import argparse
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, as_json, given_texts
from bot.config import Config

if TYPE_CHECKING:
    from nlp.meaning import Reading

_BATCH = 256
#: chances below it are not worth a person's time
_WORTH_SAYING = 0.05


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "classify",
        help="what a text means: intent, sentiment, urgency, aspects, entities",
        description="Reads a text as the desk reads a customer's message. Without TEXT and --file, one text a line\n"
        "from standard input.",
        epilog="examples:\n  shopdesk classify 'where is my parcel NT-10234?'\n"
        "  shopdesk classify --json --file messages.txt",
    )
    parser.add_argument("text", metavar="TEXT", nargs="?", help="the text")
    parser.add_argument("--file", metavar="F", help="one text a line, - for standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object a text")
    parser.add_argument("--all", action="store_true", help="with --json: runners-up, every wish, abuse, articles, too")


def run(arguments: argparse.Namespace, config: Config) -> int:
    if arguments.text is not None and arguments.file is not None:
        raise WrongCall("TEXT and --file are both given: keep one of them")
    from bot import app

    reader = app.reader(config)
    texts = given_texts(arguments.text, arguments.file)
    while batch := list(islice(texts, _BATCH)):
        for reading in reader.read_all(batch):
            print(_in_json(reading, everything=arguments.all) if arguments.json else described(reading))
    return 0


def _in_json(reading: "Reading", *, everything: bool) -> str:
    from nlp import meaning

    return as_json(meaning.as_json(reading) | (meaning.more_as_json(reading) if everything else {}))


def described(reading: "Reading") -> str:
    """A reading for a person."""
    entities = reading.entities
    named = [
        *(f"order {each}" for each in entities.order_ids),
        *(f"tracking number {each}" for each in entities.tracking_numbers),
        *(f"{each.value} {each.currency}" for each in entities.amounts),
        *entities.dates,
        *entities.emails,
        *entities.phones,
        *(f"article {each}" for each in entities.skus),
        *(f"card {each}" for each in entities.cards),
    ]
    lines = [
        reading.text,
        f"  intent     {reading.intent} ({reading.confidence:.0%}) -> {reading.route}",
        f"  language   {reading.language}",
        f"  sentiment  {reading.sentiment:+.2f}",
        f"  urgency    {reading.urgency}",
    ]
    if reading.runners_up and reading.runners_up[0][1] >= _WORTH_SAYING:
        lines.insert(
            2,
            "  or else    "
            + ", ".join(f"{intent} ({chance:.0%})" for intent, chance in reading.runners_up if chance >= _WORTH_SAYING),
        )
    if len(reading.intents) > 1:
        lines.append("  asks for   " + ", ".join(reading.intents))
    if reading.is_abuse:
        lines.append("  tone       abusive")
    if reading.aspects:
        lines.append("  about      " + ", ".join(f"{each.aspect} ({each.sentiment:+.2f})" for each in reading.aspects))
    if named:
        lines.append("  names      " + ", ".join(named))
    return "\n".join(lines)
