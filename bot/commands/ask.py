"""`shopdesk ask`: staff's questions, answered from the store."""

import argparse
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, as_json, given_texts, moment, opened_store
from bot.config import Config

if TYPE_CHECKING:
    from crm_store.answering import Figures
    from crm_store.question.grammar import Question
    from crm_store.store import Store
    from nlp.ask.vocabulary import Shop

#: a screen shows so many rows of a longer answer
_ON_SCREEN = 20


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "ask",
        help="a question about the shop in plain English or Chinese",
        description="Answers a question from the shop's data, or asks back. Without QUESTION and --file, one question\n"
        "a line from standard input.",
        epilog="examples:\n  shopdesk ask 'revenue by country this year'\n  shopdesk ask '德国有多少客户?'\n"
        "  shopdesk ask --json --file questions.txt --as-of 2026-06-30T12:00:00Z",
    )
    parser.add_argument("question", metavar="QUESTION", nargs="?", help="the question")
    parser.add_argument("--file", metavar="F", help="one question a line, - for standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object a question")
    parser.add_argument("--as-of", metavar="T", help="what is now, such as 2026-06-30T12:00:00Z")


def run(arguments: argparse.Namespace, config: Config) -> int:
    if arguments.question is not None and arguments.file is not None:
        raise WrongCall("QUESTION and --file are both given: keep one of them")
    now = moment(arguments.as_of, config.shop.timezone)
    from nlp.ask.learning import learn

    with opened_store(config, make=False) as store:
        with store.read() as connection:
            shop = learn(connection, config.rates, now)
        for question in given_texts(arguments.question, arguments.file):
            answered = Answerer(store, shop, config, now).answer(question)
            print(as_json(answered) if arguments.json else shown(answered), flush=True)
    return 0


class Answerer:
    """Questions against an open store, as of one moment."""

    def __init__(self, store: "Store", shop: "Shop", config: Config, now: datetime) -> None:
        self._store, self._shop, self._config, self._now = store, shop, config, now

    def answer(self, text: str) -> dict[str, Any]:
        """The answer object (`questions.md`)."""
        from crm_store.answering import NO_ANSWER, NotScored
        from nlp.ask.outcomes import Unclear, Unsupported, declined
        from nlp.ask.reading import read

        asked = read(text, self._shop, self._now, self._config.shop.timezone)
        if isinstance(asked, Unclear | Unsupported):
            return self._declined(text, asked)
        try:
            return self._answered(text, asked, self._figures(asked))
        except NotScored:
            return self._declined(text, Unsupported("too_little"))
        except NO_ANSWER as error:
            return self._declined(text, declined(error))

    def _figures(self, asked: "Question") -> "Figures":
        """The numbers; scores that were never computed are computed first."""
        from crm_store.answering import NotScored, answer

        shop = self._config.shop
        try:
            return answer(self._store, asked, self._now, shop.timezone, self._config.rates, _tell_slow)
        except NotScored:
            self._score()
            return answer(self._store, asked, self._now, shop.timezone, self._config.rates, _tell_slow)

    def _score(self) -> None:
        from bot.scores import scoring_of
        from jobs.scoring import score

        score(scoring_of(self._config.shop, self._store, self._now, lambda line: print(line, file=sys.stderr)))

    def _answered(self, text: str, asked: "Question", figures: "Figures") -> dict[str, Any]:
        import msgspec

        from crm_store.question.describing import describe
        from nlp.ask.lexing import is_chinese

        shop = self._config.shop
        said = describe(asked, chinese=is_chinese(text), now=self._now, zone=shop.timezone, currency=str(shop.currency))
        return {
            "question": text,
            "status": "answered",
            "understood": said,
            "value": figures.value,
            "unit": figures.unit,
            "columns": list(figures.columns),
            "metric": figures.metric,
            "rows": [list(row) for row in figures.rows],
            "total": figures.total,
            "query": msgspec.to_builtins(asked),
            "suggestions": [],
        }

    def _declined(self, text: str, outcome: Any) -> dict[str, Any]:
        from nlp.ask.outcomes import Unclear
        from nlp.ask.saying import sentence, suggestions

        return {
            "question": text,
            "status": "clarify" if isinstance(outcome, Unclear) else "unsupported",
            "understood": sentence(outcome, text),
            "value": None,
            "unit": None,
            "columns": [],
            "metric": None,
            "rows": [],
            "total": 0,
            "query": None,
            "suggestions": suggestions(text),
        }


def _tell_slow(orders: int) -> None:
    """Before it has taken long: that it may, and what would take less."""
    from crm_store.answering import PATIENCE

    most = f"{PATIENCE.total_seconds():.0f} s"
    print(f"this looks through up to {orders:,} orders and may take {most}; a shorter time takes less", file=sys.stderr)


def shown(answer: dict[str, Any]) -> str:
    """An answer for a person."""
    lines = [answer["understood"]]
    if answer["status"] != "answered":
        return "\n".join([*lines, *(f"  - {each}" for each in answer["suggestions"])])
    if answer["rows"]:
        lines += _table(answer["columns"], answer["rows"][:_ON_SCREEN])
        hidden = len(answer["rows"]) - _ON_SCREEN
        lines += [f"  ... and {hidden} more"] if hidden > 0 else []
    if answer["value"] is not None or not answer["columns"]:
        lines.append(f"  {_cell(answer['value'])} {answer['unit']}")
    elif not answer["rows"]:
        lines.append("  none")
    else:
        lines.append(f"  {answer['total']} in all")
    return "\n".join(lines)


def _table(columns: list[str], rows: list[list[Any]]) -> list[str]:
    cells = [columns, *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    ]


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
