"""Knowledge articles: files that a shop writes, one an article and language, and the parts they are answered by.

<folder>/<language>/<slug>.md     or, for a shop of one language,     <folder>/<slug>.md

---
title: How do I return something?
keywords: [return label, send back]
questions:
  - How many days do I have to return an order?
---
The answer. What follows a line such as

## What cannot be returned

is a part of its own: whoever asks for it is answered with it alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

#: characters that a title and a part may have: a chat shows no more in one message
_TITLE, _PART = 200, 3_000
_HEAD = re.compile(r"\A---[ \t]*\n(?P<head>.*?)\n---[ \t]*(?:\n|\Z)(?P<text>.*)\Z", re.DOTALL)
_LANGUAGE = re.compile(r"[a-z]{2}")
_HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_KNOWN: Final = ("title", "keywords", "questions")


class BadArticle(Exception):
    """A file is no article; the sentence names it and what is wrong."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
        self.file = file


@dataclass(frozen=True, slots=True)
class Part:
    """What one question is answered with."""

    #: empty for what stands before the first heading
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    slug: str
    #: ISO 639-1
    language: str
    title: str
    parts: tuple[Part, ...]
    #: words it is found by, and questions it answers, beside its own
    keywords: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def parts_of(text: str) -> tuple[Part, ...]:
    r"""An article's text in parts, as plain text.

    >>> parts_of("We **ship** daily.\n\n## Express\nBy noon: [more](https://a.example)")
    (Part(heading='', text='We ship daily.'), Part(heading='Express', text='By noon: more (https://a.example)'))
    """
    pieces = _HEADING.split(text)
    headed = [("", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]
    return tuple(Part(_plain(heading), _plain(words)) for heading, words in headed if _plain(words))


def _plain(written: str) -> str:
    """Markdown without its marks: chats show them as they are."""
    written = re.sub(r"\[([^\]\n]+)\]\(([^)\s]+)\)", r"\1 (\2)", written)
    written = re.sub(r"(\*\*|__)(.+?)\1", r"\2", written)
    written = re.sub(r"^#{1,6}[ \t]+", "", written, flags=re.MULTILINE)
    written = re.sub(r"^[ \t]*[-*][ \t]+", "• ", written, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", written.replace("`", "")).strip()


def read(folder: Path, default: str = "en", languages: Sequence[str] = ()) -> tuple[Article, ...]:
    """The articles of a folder, none where there is no such folder. Raises `BadArticle`.

    `default`: the language of what lies in the folder itself; `languages`: those that are allowed, all when empty.
    """
    if not folder.is_dir():
        return ()
    found = [_article(file, default, languages) for file in sorted(folder.glob("*.md"))]
    for inner in sorted(each for each in folder.iterdir() if each.is_dir() and any(each.glob("*.md"))):
        if not _LANGUAGE.fullmatch(inner.name) or (languages and inner.name not in languages):
            allowed = f" ({', '.join(languages)})" if languages else ""
            raise BadArticle(inner, f"a folder of articles is named after a language{allowed}")
        found += [_article(file, inner.name, languages) for file in sorted(inner.glob("*.md"))]
    return tuple(found)


def _article(file: Path, language: str, languages: Sequence[str]) -> Article:
    try:
        match = _HEAD.match(file.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
        head = yaml.safe_load(match["head"]) if match else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadArticle(file, f"cannot be read: {' '.join(str(error).split())[:200]}") from error
    if match is None or not isinstance(head, dict):
        raise BadArticle(file, "begins with no head (---, title: ..., ---)")
    unknown = [str(key) for key in head if key not in _KNOWN]
    if unknown:
        raise BadArticle(file, f"{unknown[0]!r} is no key of a head, allowed are {', '.join(_KNOWN)}")
    title = head.get("title")
    if not isinstance(title, str) or not 0 < len(title.strip()) <= _TITLE:
        raise BadArticle(file, f"needs a title of 1 to {_TITLE} characters")
    parts = parts_of(match["text"])
    if not parts:
        raise BadArticle(file, "has no text")
    if any(len(part.text) > _PART for part in parts):
        raise BadArticle(file, f"has a part of more than {_PART} characters: divide it by lines that begin with ##")
    return Article(
        file.stem,
        language,
        title.strip(),
        parts,
        tuple(_listed(file, "keywords", head.get("keywords"))),
        tuple(_listed(file, "questions", head.get("questions"))),
    )


def _listed(file: Path, key: str, value: Any) -> Iterator[str]:
    """The lines of a list in a head; a single one needs no list."""
    several = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(several, list) or not all(isinstance(one, str | int | float) for one in several):
        raise BadArticle(file, f"{key} is no list of texts")
    yield from (str(one).strip() for one in several if str(one).strip())
