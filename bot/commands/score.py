"""`shopdesk score`: everything that is computed about customers, now."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, as_json, moment, opened_store
from bot.config import Config

if TYPE_CHECKING:
    from crm_store.spark_source import Source
    from crm_store.store import Store
    from jobs.scoring import Outcome, Scoring


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "score",
        help="score all customers now",
        description="Computes what is thought of every customer: recency, frequency and monetary scores with\n"
        "segments, and what the models say. Nothing later than the moment is looked at. Scores are computed\n"
        "every night as well (jobs.scores), and models fitted anew every week (jobs.training).",
        epilog="examples:\n  shopdesk score\n  shopdesk score --as-of 2026-06-30T12:00:00Z --json\n"
        "  shopdesk score --train\n  shopdesk score --report\n"
        "  shopdesk score --spark spark://host:7077 --parquet s3a://shop/orders",
    )
    parser.add_argument("--as-of", metavar="T", help="what now is (default: the clock's time)")
    parser.add_argument("--train", action="store_true", help="fit the models anew first")
    parser.add_argument("--json", action="store_true", help="what was done, or the report, as one JSON object")
    parser.add_argument(
        "--report", action="store_true", help="compute nothing, show the cards of the models that serve"
    )
    spark = parser.add_argument_group(
        "RFM alone, on Apache Spark: where the history outgrew one server (docs/analytics.md)"
    )
    spark.add_argument(
        "--spark",
        metavar="MASTER",
        nargs="?",
        const="",
        help="compute it there: spark://host:7077, yarn, local[4], ... (default: as Spark is configured)",
    )
    spark.add_argument("--parquet", metavar="PATH", help="read the orders here (default: in the store, over JDBC)")
    spark.add_argument("--jar", metavar="FILE", help="the JDBC driver (default: where Debian's package puts it)")
    spark.add_argument(
        "--partitions",
        metavar="N",
        type=int,
        help="ranges of customers to read by over JDBC, a connection each (default: 8)",
    )


def run(arguments: argparse.Namespace, config: Config) -> int:
    if arguments.report and (arguments.train or arguments.as_of is not None):
        raise WrongCall("--report shows what is there: leave --train and --as-of out")
    source = _source(arguments, config)
    as_of = moment(arguments.as_of, config.shop.timezone)
    with opened_store(config, make=False) as store:
        if arguments.report:
            _report(store, in_json=arguments.json)
            return 0
        from bot.scores import scoring_of
        from jobs.scoring import score

        with _progress(quiet=arguments.json) as tell:
            work = scoring_of(config.shop, store, as_of, tell, train=arguments.train)
            done = score(work) if source is None else _on_spark(work, arguments.spark or None, source)
    _show(as_of, done, in_json=arguments.json)
    return 0


def _source(arguments: argparse.Namespace, config: Config) -> "Source | None":
    """What Spark is to read; None: Spark is not asked for."""
    given = [name for name in ("parquet", "jar", "partitions") if getattr(arguments, name) is not None]
    if arguments.spark is None:
        if given:
            raise WrongCall(f"--{given[0]} says what Spark reads: add --spark, or leave it out")
        return None
    if arguments.report:
        raise WrongCall("--report shows what is there: leave --spark out")
    if arguments.train:
        raise WrongCall("--train fits models, and Spark computes RFM alone: leave one of the two out")
    from crm_store.spark_source import PARTITIONS, Database, Files

    if arguments.parquet is not None:
        if len(given) > 1:
            raise WrongCall(f"--{given[1]} is for reading over JDBC: leave it out beside --parquet")
        return Files(arguments.parquet)
    if arguments.partitions is not None and arguments.partitions < 1:
        raise WrongCall(f"--partitions is {arguments.partitions}, allowed is a whole number above 0")
    return Database(config.store.url, arguments.jar, arguments.partitions or PARTITIONS)


def _on_spark(work: "Scoring", master: str | None, source: "Source") -> "dict[str, Outcome]":
    from crm_store.spark_source import started
    from jobs import spark
    from jobs.scoring import score

    with started(master, source) as session:
        return score(work, {"rfm": partial(spark.score, session, source)})


def _show(as_of: datetime, done: "dict[str, Outcome]", *, in_json: bool) -> None:
    if in_json:
        scorers = {name: {"scored": outcome.scored, "said": outcome.said} for name, outcome in done.items()}
        print(as_json({"as_of": f"{as_of.astimezone(UTC):%FT%TZ}", "scorers": scorers}))
        return
    for name, outcome in done.items():
        print(f"{name}: {outcome.said}")


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """How far it is, on stderr: one line that changes on a terminal, plain lines elsewhere."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("") as status:
            yield lambda said: status.update(said)
    else:
        from bot.app import tell_on_stderr

        yield tell_on_stderr


def _report(store: "Store", *, in_json: bool) -> None:
    from crm_store.fitted import cards

    with store.read() as connection:
        found = cards(connection)
    if in_json:
        print(as_json({card.kind: _content(card.card) for card in found}))
        return
    if not found:
        print("no model has been fitted yet: 'shopdesk score --train' fits them")
    for card in found:
        print(f"{card.kind}: {card.method}, fitted {card.fitted_at:%F %R}Z to what was known by {card.as_of:%F %R}Z")
        content = _content(card.card)
        told = content.get("text") if isinstance(content, dict) else None
        print(f"{told if isinstance(told, str) else as_json(content)}\n")


def _content(card: str) -> Any:
    """What a card says; one that is no JSON says itself."""
    try:
        return json.loads(card)
    except ValueError:
        return card
