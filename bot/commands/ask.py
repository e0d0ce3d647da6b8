"""`shopdesk ask`: staff's questions, answered from the store."""

import argparse
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from bot.commands import WrongCall, as_json, given_texts, moment, opened_store
from bot.config import Config

if TYPE_CHECKING:
    from crm_store.answering import Figures
    from crm_store.question.grammar import Question
    from crm_store.store import Store
    from nlp.ask.outcomes import Unclear, Unsupported
    from nlp.ask.vocabulary import Shop

#: a screen shows so many rows of a longer answer
_ON_SCREEN = 20
_YES = ("y", "yes", "是", "是的", "对")


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
    from crm_store.store import StoreUnavailable
    from nlp.ask.learning import learn

    with opened_store(config, make=False) as store:
        with store.read() as connection:
            shop = learn(connection, config.rates, now)
        answerer = Answerer(store, shop, config, now)
        asks_back = not arguments.json and arguments.file is None and sys.stdin.isatty() and sys.stdout.isatty()
        status = 0
        for question in given_texts(arguments.question, arguments.file):
            try:
                answered = _answer(question, answerer, asks_back=asks_back)
            except StoreUnavailable:
                raise
            except Exception as error:
                # one question in which we are mistaken does not take the answers of the others with it
                if arguments.file is None or os.environ.get("SHOPDESK_DEBUG") == "1":
                    raise
                print(f"shopdesk: {question!r}: {type(error).__name__}: {error}", file=sys.stderr)
                answered, status = answerer.mistaken(question), 1
            print(as_json(answered) if arguments.json else shown(answered), flush=True)
    return status


def _answer(text: str, answerer: "Answerer", *, asks_back: bool) -> dict[str, Any]:
    """The answer object. What a language model proposes is answered after a yes at the terminal alone."""
    answered = answerer.answer(text)
    proposal = answerer.proposal(text) if answered["status"] == "clarify" else None
    if proposal is None:
        return answered
    offered = answerer.offered(answered, proposal)
    if not asks_back:
        return offered
    return answerer.answer_to(text, proposal) if _is_confirmed(offered["understood"]) else answered


def _is_confirmed(question: str) -> bool:
    print(f"{question} [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in _YES


class Answerer:
    """Questions against an open store, as of one moment."""

    def __init__(self, store: "Store", shop: "Shop", config: Config, now: datetime) -> None:
        self._store, self._shop, self._config, self._now = store, shop, config, now
        self._has_model = config.nlp.language_model.url is not None

    def answer(self, text: str) -> dict[str, Any]:
        """The answer object (docs/questions.md)."""
        from nlp.ask.outcomes import Unclear, Unsupported

        asked = self._read(text)
        return self._declined(text, asked) if isinstance(asked, Unclear | Unsupported) else self.answer_to(text, asked)

    def _read(self, text: str) -> "Question | Unclear | Unsupported":
        from crm_store.customers import ids_with_email
        from nlp.ask.addressed import with_ids
        from nlp.ask.reading import read

        def owners(email: str) -> list[str]:
            with self._store.read() as connection:
                return ids_with_email(connection, self._store.cipher, email)

        text, nobody = with_ids(text, owners)
        return nobody or read(text, self._shop, self._now, self._config.shop.timezone)

    def mistaken(self, text: str) -> dict[str, Any]:
        """The answer object of a question in which the program failed."""
        from nlp.ask.outcomes import Unsupported

        return self._declined(text, Unsupported("mistake"))

    def answer_to(self, text: str, asked: "Question") -> dict[str, Any]:
        """The answer object of a question that was typed as `text`."""
        from crm_store.answering import NO_ANSWER, NotScored
        from nlp.ask.outcomes import Unsupported, declined

        try:
            return self._answered(text, asked, self._figures(asked))
        except NotScored:
            return self._declined(text, Unsupported("too_little"))
        except NO_ANSWER as error:
            return self._declined(text, declined(error))

    def proposal(self, text: str) -> "Question | None":
        """What the language model, where there is one, takes words for that were not understood here."""
        from nlp.ask.outcomes import Unclear, Unsupported
        from nlp.ask.proposing import may_propose, prompt, proposed

        asked = self._read(text)
        if (
            not self._has_model
            or not isinstance(asked, Unclear | Unsupported)
            or not may_propose(asked, text, self._shop)
        ):
            return None
        zone = self._config.shop.timezone
        reply = self._ask_model(prompt(text, self._shop, self._now, zone))
        return None if reply is None else proposed(reply, text, self._shop, self._now, zone)

    def _ask_model(self, messages: list[dict[str, str]]) -> str | None:
        import asyncio

        from bot.channels.proposals import NoProposal, complete, connect

        model, key = self._config.nlp.language_model, self._config.secrets.language_model

        async def reply() -> str:
            async with connect(model, key) as client:
                return await complete(client, model, messages)

        try:
            return asyncio.run(reply())
        except NoProposal as error:
            # a file of questions would wait for it at each of them
            self._has_model = False
            print(f"shopdesk: the language model proposes nothing from here on: {error}", file=sys.stderr)
            return None

    def offered(self, declined: dict[str, Any], proposal: "Question") -> dict[str, Any]:
        """The answer object of words that were not understood, with what a language model takes them for."""
        from handlers.texts import text
        from nlp.ask.lexing import is_chinese

        chinese = is_chinese(declined["question"])
        said = self._said(proposal, chinese=chinese)
        # as a suggestion it has to be a question that asks for just that
        can_be_asked = self._read(said) == proposal
        suggestions = [said, *declined["suggestions"]] if can_be_asked else declined["suggestions"]
        understood = text("ask.proposed", "zh" if chinese else None, understood=said)
        return declined | {"understood": understood, "suggestions": suggestions[:4]}

    def _said(self, asked: "Question", *, chinese: bool) -> str:
        from crm_store.question.describing import describe

        shop = self._config.shop
        return describe(asked, chinese=chinese, now=self._now, zone=shop.timezone, currency=str(shop.currency))

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

        from nlp.ask.lexing import is_chinese

        return {
            "question": text,
            "status": "answered",
            "understood": self._said(asked, chinese=is_chinese(text)),
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
            "suggestions": suggestions(text, outcome, can_ask=self._can_ask),
        }

    def _can_ask(self, text: str) -> bool:
        from nlp.ask.outcomes import Unclear, Unsupported

        return not isinstance(self._read(text), Unclear | Unsupported)


def _tell_slow(orders: int) -> None:
    """Before it has taken long: that it may, and what would take less."""
    from crm_store.answering import PATIENCE

    most = f"{PATIENCE.total_seconds():.0f} s"
    print(f"this looks through up to {orders:,} orders and may take {most}; a shorter time takes less", file=sys.stderr)


def shown(answer: dict[str, Any]) -> str:
    """An answer for a person."""
    from crm_store.question.describing import label
    from crm_store.question.values import in_chinese
    from handlers.texts import text
    from nlp.ask.lexing import is_chinese

    lines = [answer["understood"]]
    if answer["status"] != "answered":
        return "\n".join([*lines, *(f"  - {each}" for each in answer["suggestions"])])
    language, columns, rows = None, answer["columns"], answer["rows"][:_ON_SCREEN]
    if is_chinese(answer["question"]):
        language = "zh"
        rows = [
            [in_chinese(name, cell) if isinstance(cell, str) else cell for name, cell in zip(columns, row, strict=True)]
            for row in rows
        ]
    if rows:
        of_each = answer["query"].get("subject") is not None
        lines += _table([label(name, chinese=language == "zh", of_each=of_each) for name in columns], rows)
    query = answer["query"]
    asks_for_one = (query.get("growth") or query.get("ratio")) and query.get("by") is None
    if answer["value"] is not None or not columns or asks_for_one:
        lines.append(f"  {_number(answer['value'], answer['unit'], language)}")
    elif rows:
        said = text("ask.rows", language, shown=f"{len(rows):,}", total=f"{max(answer['total'], len(rows)):,}")
        lines.append(f"  {said}")
    else:
        lines.append(f"  {text('ask.none', language)}")
    return "\n".join(lines)


def _number(value: Any, unit: str, language: str | None) -> str:
    """A number with its unit; an amount of money with its currency's code."""
    from handlers.staff.ask import number
    from handlers.texts import text

    if value is None:
        return text("ask.nothing", language)
    return f"{_cell(value)} {unit}" if unit.isupper() else number(value, unit, "", language)


def _table(columns: list[str], rows: list[list[Any]]) -> list[str]:
    cells = [columns, *([_cell(value) for value in row] for row in rows)]
    widths = [max(_width(row[at]) for row in cells) for at in range(len(columns))]
    return [
        "  " + "  ".join(cell + " " * (widths[at] - _width(cell)) for at, cell in enumerate(row)).rstrip()
        for row in cells
    ]


def _width(cell: str) -> int:
    """In columns of a terminal, of which a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in cell)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
