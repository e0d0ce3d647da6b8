"""The sentences a reader is trained on: plain files, one sentence a line, for a shop to read and extend.

    <folder>/<language>/<intent>.txt              what customers write, by what they want
    <folder>/<language>/reviews/<opinion>.txt     good, mixed or bad: `quality+ delivery- | Fine shoes, two weeks late`
    <folder>/<language>/urgency/<urgency>.txt     high or low; what is in no such file counts as normal
    <folder>/<language>/abuse.txt                 insults and threats

An empty line is nothing. A line that begins with `# ` names the part of the file that follows: people who write alike.
What a reader is worth is measured on parts it was not trained on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

from nlp.meaning import ASPECTS, INTENTS, Aspect, Intent, Urgency

Opinion = Literal["good", "mixed", "bad"]

OPINIONS: Final[tuple[Opinion, ...]] = get_args(Opinion)
#: what ships with the product
SHIPPED: Final = Path(__file__).with_name("examples")
#: of a sentence without a part of its own
NO_PART: Final = ""

_URGENCIES: Final[tuple[Urgency, ...]] = ("low", "high")
_ASPECT = re.compile(r"([a-z]+)([+=-])")
_SIGN: Final = {"+": 1, "=": 0, "-": -1}


class BadSentences(Exception):
    """A file of sentences cannot be used; the sentence names it, the line and what is allowed."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        super().__init__(f"{file}, line {line}: {problem}" if line else f"{file}: {problem}")
        self.file = file
        self.line = line


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    #: ISO 639-1
    language: str
    part: str = NO_PART
    intent: Intent | None = None
    opinion: Opinion | None = None
    #: of a review: each side it speaks of, -1, 0 or 1
    aspects: dict[Aspect, int] = field(default_factory=dict)
    urgency: Urgency | None = None
    is_abuse: bool = False
    #: what it was varied from
    source: str = ""


def read(folders: list[Path]) -> list[Sentence]:
    """Every sentence of several folders, each once a language and purpose, in a stable order. Raises `BadSentences`.

    A later folder has the last word on a sentence: a shop may say otherwise than what ships.
    A folder that is missing is one without sentences: a shop's own need not exist.
    """
    found: dict[tuple[str, str, str], Sentence] = {}
    for folder in folders:
        own: dict[tuple[str, str, str], Sentence] = {}
        for file in files_of(folder):
            language, *purpose = file.relative_to(folder).parts[:-1]
            for sentence in _sentences(file, file.relative_to(folder).parts):
                own.setdefault(("/".join(purpose) or _kind(file), language, sentence.text.casefold()), sentence)
        found |= own
    return list(found.values())


def files_of(folder: Path) -> list[Path]:
    """The files of a folder that hold sentences; hidden ones are nobody's."""
    return sorted(file for file in folder.glob("*/**/*.txt") if not file.name.startswith(".") and file.is_file())


def _kind(file: Path) -> str:
    return "abuse" if file.stem == "abuse" else "intents"


def _sentences(file: Path, parts: tuple[str, ...]) -> Iterator[Sentence]:
    language, name = parts[0], file.stem
    match parts[1:-1]:
        case () if name in INTENTS:
            for _, part, text in _lines(file):
                yield Sentence(text, language, part, intent=_intent(name))
        case () if name == "abuse":
            for _, part, text in _lines(file):
                yield Sentence(text, language, part, is_abuse=True)
        case ("reviews",) if name in OPINIONS:
            for number, part, text in _lines(file):
                yield _review(file, number, language, part, text)
        case ("urgency",) if name in _URGENCIES:
            for _, part, text in _lines(file):
                yield Sentence(text, language, part, urgency="high" if name == "high" else "low")
        case _:
            allowed = f"{', '.join(INTENTS)}, abuse, reviews/{'|'.join(OPINIONS)}, urgency/{'|'.join(_URGENCIES)}"
            raise BadSentences(file, 0, f"is named after nothing a reader learns; allowed are {allowed}")


def _intent(name: str) -> Intent:
    return next(intent for intent in INTENTS if intent == name)


def _lines(file: Path) -> Iterator[tuple[int, str, str]]:
    try:
        written = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadSentences(file, 0, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        place = error.object[: error.start].count(b"\n") + 1
        raise BadSentences(file, place, "is not UTF-8: save the file as UTF-8") from error
    part = NO_PART
    for number, written_line in enumerate(written.split("\n"), 1):
        text = " ".join(written_line.split())
        if text.startswith("# "):
            part = text[2:]
        elif text:
            yield number, part, text


def _review(file: Path, number: int, language: str, part: str, line: str) -> Sentence:
    """`quality+ size- | text`; the marks may be left out with their bar.

    >>> _review(Path("good.txt"), 1, "en", "", "quality+ size- | Soft, but short").aspects
    {'quality': 1, 'size': -1}
    """
    marks, bar, text = line.partition("|")
    if not bar:
        marks, text = "", line
    aspects: dict[Aspect, int] = {}
    for mark in marks.split():
        found = _ASPECT.fullmatch(mark)
        aspect = next((one for one in ASPECTS if found and one == found[1]), None)
        if found is None or aspect is None:
            raise BadSentences(file, number, f"{mark!r} is no mark; allowed are {', '.join(ASPECTS)} with +, = or -")
        aspects[aspect] = _SIGN[found[2]]
    opinion = next(one for one in OPINIONS if one == file.stem)
    return Sentence(text.strip(), language, part, opinion=opinion, aspects=aspects)
