"""The command line: `shopdesk COMMAND`, the same as `python -m bot`."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from io import TextIOWrapper
from typing import Never

from bot.commands import COMMANDS, WrongCall, execute
from bot.config import ConfigError

OK, FAILED, WRONG_CALL = 0, 1, 2
_EXAMPLES = """\
first steps:
  shopdesk demo                      everything, with a made-up shop and no account anywhere
  shopdesk doctor                    what is missing for your own shop, and how to mend it
  shopdesk run                       the bot

'shopdesk COMMAND --help' shows examples of a command."""


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes fit one line."""

    def error(self, message: str) -> Never:
        wrong = message.partition("invalid choice: '")[2].partition("'")[0]
        near = get_close_matches(wrong, COMMANDS, n=1) if wrong and "COMMAND" in message else []
        hint = f" (did you mean {near[0]}?)" if near else ""
        self.exit(WRONG_CALL, f"shopdesk: {message}{hint}; see '{self.prog} --help'\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = Parser(
        prog="shopdesk",
        description="A self-hosted support desk for online shops.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(parser=parser)
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser, title="commands")
    for command in COMMANDS.values():
        command.module().add_parser(commands)
    for each in set(commands.choices.values()):
        each.add_argument("--config", metavar="FILE", help="the configuration (default: config.yaml)")
        each.set_defaults(parser=each)
        each.formatter_class = argparse.RawDescriptionHelpFormatter
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; its exit status is 0 when it worked, 1 when it did not, 2 when it was called wrongly."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # a terminal that lacks a character shows another; it is no reason to fail
            stream.reconfigure(errors="replace")
    try:
        return _run(arguments)
    except BrokenPipeError:
        # whoever read our output has seen enough; Python would complain once more when it flushes
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:
        # the last place, where a person reads what comes out
        if os.environ.get("SHOPDESK_DEBUG") == "1":
            raise
        print(f"shopdesk: {_sentence(error)}", file=sys.stderr)
        return _status(error)


def _run(arguments: Sequence[str] | None) -> int:
    parser = build_parser()
    parsed, unknown = parser.parse_known_args(arguments)
    if unknown:
        parsed.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if parsed.version:
        from importlib.metadata import version

        print(f"shopdesk {version('shopdesk')}")
        return OK
    if parsed.command is None:
        parser.print_help()
        return OK
    status = execute(parsed.command, parsed)
    sys.stdout.flush()
    return status


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if _is_ours(error) and text else f"{type(error).__name__}: {text} (SHOPDESK_DEBUG=1 shows where)"


def _status(error: Exception) -> int:
    """2 for what the caller can mend by calling differently, else 1."""
    if isinstance(error, ConfigError | WrongCall):
        return WRONG_CALL
    from crm_store.crypto import BadKey, WrongKey
    from crm_store.spark_source import NoDriver, NoOrders, NoSpark
    from crm_store.store import BadStoreUrl
    from nlp.articles import BadArticle
    from nlp.sentences import BadSentences

    mended_by_caller = BadKey | BadStoreUrl | WrongKey | BadSentences | BadArticle | NoSpark | NoDriver | NoOrders
    return WRONG_CALL if isinstance(error, mended_by_caller) else FAILED


def _is_ours(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in ("bot", "jobs", "handlers", "nlp", "crm_store")


if __name__ == "__main__":
    sys.exit(main())
