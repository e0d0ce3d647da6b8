"""`shopdesk train`: the text models, from the sentences that ship, the shop's own and what staff corrected."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, expect_store, opened_store
from bot.config import Config, sentences_folder

if TYPE_CHECKING:
    from nlp.models import Making


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "train",
        help="learn anew what customers' texts mean",
        description="Learns from the sentences that ship with the product, the shop's own (nlp.sentences) and what\n"
        "staff corrected, where the customer agreed. A labelled CSV file (columns text and intent, perhaps\n"
        "language) is first added to the shop's own sentences. A desk that runs uses the new models once it\n"
        "is started again.",
        epilog="examples:\n  shopdesk train\n  shopdesk train last-month.csv",
    )
    parser.add_argument("file", metavar="FILE", nargs="*", type=Path, help="a labelled CSV file to learn from as well")


def run(arguments: argparse.Namespace, config: Config) -> int:
    from dataclasses import replace

    from bot.app import making, tell_on_stderr
    from nlp.models import made_of, make

    own = sentences_folder(config)
    for file in arguments.file:
        _add(file, own)
    asked = replace(making(config), corrections=_corrections(config))
    make(asked, tell_on_stderr, anew=True)
    print(_told(asked, made_of(asked)))
    return 0


def _add(file: Path, own: Path) -> None:
    """Puts what a labelled file holds into the shop's own sentences, each once. Card numbers are masked."""
    from nlp.entities import masked
    from nlp.labelled import BadLabels, read_labelled
    from nlp.language import language_of

    try:
        labelled = read_labelled(file)
    except BadLabels as error:
        raise WrongCall(str(error)) from error
    added: dict[Path, list[str]] = {}
    for one in labelled:
        # a line that begins with "# " would be a heading
        text = masked(" ".join(one.text.split())).removeprefix("# ")
        language = one.language or language_of(text)
        if text:
            added.setdefault(own / language / f"{one.intents[0]}.txt", []).append(text)
    count = sum(_append(target, texts, file.name) for target, texts in sorted(added.items()))
    print(f"{count:,} sentences of {file} added to {own}")


def _append(target: Path, texts: list[str], heading: str) -> int:
    """Adds the texts that a file of sentences does not hold yet; how many these were."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        before = target.read_text(encoding="utf-8-sig") if target.exists() else ""
    except UnicodeDecodeError as error:
        raise WrongCall(f"{target} is not UTF-8: save it as UTF-8") from error
    known = set(before.splitlines())
    new = list(dict.fromkeys(text for text in texts if text not in known))
    if new:
        with target.open("a", encoding="utf-8") as out:
            out.write("\n" if before and not before.endswith("\n") else "")
            out.write("\n".join([f"# {heading}", *new]) + "\n")
    return len(new)


def _corrections(config: Config) -> tuple[tuple[str, str, str], ...]:
    """What staff corrected: text, language, intent. Card numbers never go into a model."""
    from nlp.entities import masked
    from nlp.language import language_of

    try:
        expect_store(config)
    except WrongCall:
        return ()  # a shop that has not begun yet
    from crm_store import corrections
    from handlers.message import decode

    with opened_store(config) as store, store.read() as connection:
        found = corrections.to_learn_from(connection, store.cipher)
    texts = [(masked(decode(one.body).text), one.intent) for one in found]
    return tuple((text, language_of(text), intent) for text, intent in texts if text.strip())


def _told(asked: "Making", about: dict[str, Any]) -> str:
    counts = about["sentences"]
    languages = ", ".join(f"{language} {count:,}" for language, count in sorted(counts.items()))
    lines = [f"learnt from {sum(counts.values()):,} sentences ({languages})"]
    for script, worth in sorted(about["worth"].items()):
        held = ", ".join(f"{name} {share:.1%}" for name, share in sorted(worth.items()))
        lines.append(f"  right on what was held out, {script}: {held}")
    return "\n".join([*lines, f"kept in {asked.folder}"])
