"""Telegram's text: lengths in UTF-16 units, and the entities it finds in HTML, Markdown and what people type."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

#: MarkdownV2 refuses these unescaped (https://core.telegram.org/bots/api#markdownv2-style).
RESERVED = frozenset("_*[]()~`>#+-=|{}.!")


class CannotParse(ValueError):
    """The text breaks the rules of its parse mode; the sentence is Telegram's."""


def units(text: str) -> int:
    """The length of a text in UTF-16 code units, as Telegram counts.

    >>> units("a😀")
    3
    """
    return len(text.encode("utf-16-le")) // 2


def parse(text: str, mode: str | None, given: list[Json] | None = None) -> tuple[str, list[Json]]:
    """The plain text and its entities, trimmed as Telegram trims. Raises `CannotParse`."""
    match (mode or "").lower():
        case "":
            found = (text, [dict(one) for one in given or ()])
        case "html":
            found = _Html(text).parse()
        case "markdownv2":
            found = _MarkdownV2(text).parse()
        case "markdown":
            found = _Markdown(text).parse()
        case _:
            raise CannotParse("unsupported parse_mode")
    return _trimmed(*found)


def typed_entities(text: str) -> list[Json]:
    """What Telegram marks by itself in a person's message: commands, links, addresses, numbers."""
    found: list[Json] = []
    for kind, pattern in _TYPED.items():
        for match in pattern.finditer(text):
            offset = units(text[: match.start()])
            if not any(one["offset"] <= offset < one["offset"] + one["length"] for one in found):
                found.append({"type": kind, "offset": offset, "length": units(match[0])})
    return sorted(found, key=lambda one: one["offset"])


_TYPED = {
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w+)?"),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w"),
    "url": re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)]"),
    "mention": re.compile(r"(?<!\w)@\w{4,32}"),
    "hashtag": re.compile(r"(?<!\w)#\w+"),
    "phone_number": re.compile(r"\+\d[\d ()-]{7,}\d"),
}


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    lost = units(text) - units(text.lstrip())
    text = text.strip()
    kept = []
    for one in entities:
        start = max(one["offset"] - lost, 0)
        end = min(one["offset"] + one["length"] - lost, units(text))
        if end > start:
            kept.append({**one, "offset": start, "length": end - start})
    return text, sorted(kept, key=lambda one: (one["offset"], -one["length"]))


@dataclass
class _Open:
    """An entity whose end has not been found yet."""

    tag: str
    kind: str
    offset: int
    at: int  #: byte offset in the source, for the error
    extra: Json = field(default_factory=dict)


class _Reader:
    """Walks through marked-up text and gathers the plain text and its entities."""

    def __init__(self, source: str) -> None:
        self.source, self.place = source, 0
        self.text: list[str] = []
        self.length = 0
        self.entities: list[Json] = []
        self.open: list[_Open] = []

    def put(self, text: str) -> None:
        """Add plain text."""
        self.text.append(text)
        self.length += units(text)

    def byte(self, place: int | None = None) -> int:
        """The byte offset of a place in the source."""
        return len(self.source[: self.place if place is None else place].encode())

    def begin(self, tag: str, kind: str, **extra: Any) -> None:
        """An entity starts here."""
        self.open.append(_Open(tag, kind, self.length, self.byte(), extra))

    def end(self) -> None:
        """The innermost entity ends here."""
        one = self.open.pop()
        if self.length > one.offset:
            self.entities.append(
                {"type": one.kind, "offset": one.offset, "length": self.length - one.offset, **one.extra}
            )

    def result(self) -> tuple[str, list[Json]]:
        """What was read."""
        return "".join(self.text), self.entities


_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*["']([^"']*)["']""")
_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip


class _Html(_Reader):
    """Telegram's HTML: a few tags, strictly nested, and five named characters."""

    def parse(self) -> tuple[str, list[Json]]:
        """Read all of it."""
        while self.place < len(self.source):
            char = self.source[self.place]
            if char == "<":
                self._tag()
            elif char == "&":
                self._character()
            else:
                self.put(char)
                self.place += 1
        if self.open:
            raise CannotParse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return self.result()

    def _character(self) -> None:
        match = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);").match(self.source, self.place)
        self.put(html.unescape(match[0]) if match else "&")
        self.place += len(match[0]) if match else 1

    def _tag(self) -> None:
        match = re.compile(r"<(/?)([a-zA-Z-]*)([^>]*)>").match(self.source, self.place)
        if match is None:
            raise CannotParse(f"Unclosed start tag at byte offset {self.byte()}")
        closing, tag, attributes = match[1], match[2].lower(), match[3]
        if closing:
            self._close(tag)
        else:
            self._start(tag, attributes)
        self.place = match.end()

    def _start(self, tag: str, attributes: str) -> None:
        kind = _TAGS.get(tag)
        words = {
            key: html.unescape(value) for key, value in re.findall(r"""([\w-]+)\s*=\s*["']([^"']*)["']""", attributes)
        }
        if kind is None or (tag == "span" and words.get("class") != "tg-spoiler"):
            raise CannotParse(f'Unsupported start tag "{tag}" at byte offset {self.byte()}')
        if tag == "code" and self.open and self.open[-1].tag == "pre":
            self.open[-1].extra |= {"language": words.get("class", "").removeprefix("language-")}
        extra = {"url": words["href"]} if tag == "a" and "href" in words else {}
        if tag == "tg-emoji":
            extra = {"custom_emoji_id": words.get("emoji-id", "")}
        self.begin(tag, kind, **extra)

    def _close(self, tag: str) -> None:
        if not self.open:
            raise CannotParse(f"Unexpected end tag at byte offset {self.byte()}")
        expected = self.open[-1].tag
        if tag not in ("", expected):
            place = self.byte()
            raise CannotParse(f'Unmatched end tag at byte offset {place}, expected "</{expected}>", found "</{tag}>"')
        self.end()


_MARKS = (
    ("```", "pre"),
    ("||", "spoiler"),
    ("__", "underline"),
    ("*", "bold"),
    ("_", "italic"),
    ("~", "strikethrough"),
    ("`", "code"),
)


class _MarkdownV2(_Reader):
    """MarkdownV2: every reserved character is markup or escaped."""

    def parse(self) -> tuple[str, list[Json]]:
        """Read all of it."""
        while self.place < len(self.source):
            self._step()
        self._end_quote()
        if self.open:
            last = self.open[-1]
            name = last.kind.title().replace("Text_Link", "TextUrl").replace("_", "")
            raise CannotParse(f"Can't find end of {name} entity at byte offset {last.at}")
        return self.result()

    def _step(self) -> None:
        rest, char = self.source[self.place :], self.source[self.place]
        verbatim = self.open[-1].tag if self.open and self.open[-1].kind in ("code", "pre") else ""
        if char == "\\" and len(rest) > 1 and ord(rest[1]) < 127:
            self._plain(rest[1], 2)
        elif verbatim:
            self._close_verbatim(verbatim, rest, char)
        elif char == ">" and (self.place == 0 or self.source[self.place - 1] == "\n"):
            self._quote()
        elif char == "\n":
            self._new_line()
        elif not self._mark(rest) and not self._link(rest):
            self._ordinary(char)

    def _plain(self, text: str, consumed: int) -> None:
        self.put(text)
        self.place += consumed

    def _ordinary(self, char: str) -> None:
        if char in RESERVED:
            raise CannotParse(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
        self._plain(char, 1)

    def _close_verbatim(self, mark: str, rest: str, char: str) -> None:
        if rest.startswith(mark):
            self.end()
            self.place += len(mark)
        else:
            self._plain(char, 1)

    def _mark(self, rest: str) -> bool:
        for mark, kind in _MARKS:
            if rest.startswith(mark):
                if self.open and self.open[-1].tag == mark:
                    self.end()
                else:
                    self.begin(mark, kind)
                self.place += len(mark)
                return True
        return False

    def _link(self, rest: str) -> bool:
        if rest.startswith(("[", "![")):
            self.begin("[", "text_link")
            self.place += rest.index("[") + 1
            return True
        if rest.startswith("]") and self.open and self.open[-1].tag == "[":
            match = re.compile(r"\]\(((?:\\.|[^)\\])*)\)").match(rest)
            if match is None:
                raise CannotParse(f"Can't find end of a URL at byte offset {self.byte()}")
            self.open[-1].extra = {"url": re.sub(r"\\(.)", r"\1", match[1])}
            self.end()
            self.place += match.end()
            return True
        return False

    def _quote(self) -> None:
        if not (self.open and self.open[-1].tag == ">"):
            self.begin(">", "blockquote")
        self.place += 1

    def _new_line(self) -> None:
        if not self.source[self.place + 1 :].startswith(">"):
            self._end_quote()
        self._plain("\n", 1)

    def _end_quote(self) -> None:
        if self.open and self.open[-1].tag == ">":
            self.end()


class _Markdown(_Reader):
    """The legacy Markdown: no nesting, no strictness except about ends."""

    _marks = (("```", "pre"), ("*", "bold"), ("_", "italic"), ("`", "code"))

    def parse(self) -> tuple[str, list[Json]]:
        """Read all of it."""
        while self.place < len(self.source):
            rest = self.source[self.place :]
            if rest[0] == "\\" and rest[1:2] in ("_", "*", "`", "["):
                self.put(rest[1])
                self.place += 2
            elif not self._mark(rest) and not self._link(rest):
                self.put(rest[0])
                self.place += 1
        return self.result()

    def _mark(self, rest: str) -> bool:
        for mark, kind in self._marks:
            if rest.startswith(mark):
                end = rest.find(mark, len(mark))
                if end < 0:
                    raise CannotParse(f"Can't find end of the entity starting at byte offset {self.byte()}")
                self.begin(mark, kind)
                self.put(rest[len(mark) : end])
                self.end()
                self.place += end + len(mark)
                return True
        return False

    def _link(self, rest: str) -> bool:
        match = re.compile(r"\[([^\]]*)\]\(([^)]*)\)").match(rest)
        if match is None:
            return False
        self.begin("[", "text_link", url=match[2])
        self.put(match[1])
        self.end()
        self.place += match.end()
        return True
