"""A message in parts that each fit one post: split, never cut."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from bot.channels.telegram.limits import LIMITS
from bot.channels.telegram.rendering import chart_table, fact_line, render, units
from handlers.events import FileRef
from handlers.message import Button, Fact, Message, Table

Field = Literal["title", "text", "quote", "facts", "table", "context"]
#: a message that has this one field alone
Piece = tuple[Field, Message]

_ORDER: tuple[Field, ...] = ("title", "text", "quote", "facts", "table", "context")
#: the fields that may be cut anywhere between words
_TEXTS: tuple[Field, ...] = ("title", "text", "quote", "context")
#: a label longer than this is a text
_LONGEST_LABEL = 256
#: a post that has less room than this is left as it is, and the next begins
_LEAST_ROOM = LIMITS["text"] // 4
#: a paragraph, line or word must fill so much of the room for a cut at its end to be worth it
_WORTH = 0.5
#: the kinds of files that make albums
_PICTURES = frozenset({"photo", "video"})
#: Telegram shows no buttons without a text above them
_POINTER = "👇"


def split(message: Message) -> list[Message]:
    """Parts in order: files after the text that does not fit beside them, buttons on the last that can bear them."""
    texts = _texts(replace(message, files=(), buttons=(), keys=(), takes_keys_away=False))
    groups = _groups(message.files)
    if groups and _is_caption(texts, groups, message.buttons):
        first, *others = groups
        posts = [replace(texts[0], files=first), *(Message(files=group) for group in others)]
    else:
        posts = [*texts, *(Message(files=group) for group in groups)]
    return _with_keys(_with_buttons(posts, message.buttons), message) or [message]


# --- text ---------------------------------------------------------------------------------------------------------


def _texts(message: Message) -> list[Message]:
    length = units(render(message).text)
    if length <= LIMITS["text"]:
        return [message] if length else []
    packing = _Packing()
    for piece in _pieces(message):
        packing.add(piece)
    return packing.parts()


class _Packing:
    """Fills one post after the other."""

    def __init__(self) -> None:
        self._full: list[Message] = []
        self._open = Message()
        self._last: Field | None = None

    def add(self, piece: Piece) -> None:
        rest = piece if render(piece[1]).text else None
        while rest is not None:
            rest = self._add(rest)

    def parts(self) -> list[Message]:
        return [part for part in (*self._full, self._open) if render(part).text]

    def _add(self, piece: Piece) -> Piece | None:
        """Puts in what has room, and returns what has not."""
        if self._follows(piece) and self._put(piece):
            return None
        room = self._room() if self._follows(piece) else 0
        if self._last is not None and (room < _LEAST_ROOM or piece[0] == "table"):
            self._close()
            return piece
        head, rest = _cut(piece, room)
        if not self._put(head):
            raise AssertionError(f"a {head[0]} cut to {room} units has no room")
        self._close()
        return rest

    def _follows(self, piece: Piece) -> bool:
        field, message = piece
        if self._last is None or _ORDER.index(field) > _ORDER.index(self._last):
            return True
        return field == self._last and (field == "facts" or (field == "table" and _continues(self._open, message)))

    def _put(self, piece: Piece) -> bool:
        both = _joined(self._open, piece)
        if units(render(both).text) > LIMITS["text"]:
            return False
        self._open, self._last = both, piece[0]
        return True

    def _room(self) -> int:
        taken = units(render(self._open).text)
        return LIMITS["text"] - taken - 2 if taken else LIMITS["text"]

    def _close(self) -> None:
        self._full.append(self._open)
        self._open, self._last = Message(), None


def _continues(part: Message, piece: Message) -> bool:
    """Whether a row belongs to the table that is being filled; a caption begins another."""
    if part.table is None or piece.table is None:
        return False
    return part.table.columns == piece.table.columns and not piece.table.caption


def _joined(part: Message, piece: Piece) -> Message:
    field, message = piece
    if field == "facts":
        return replace(part, facts=part.facts + message.facts)
    if field == "table" and part.table is not None and message.table is not None:
        return replace(part, table=replace(part.table, rows=part.table.rows + message.table.rows))
    return replace(part, **{field: getattr(message, field)})


def _pieces(message: Message) -> Iterator[Piece]:
    yield "title", Message(title=message.title)
    yield "text", Message(text=message.text)
    yield "quote", Message(quote=message.quote)
    for fact in message.facts:
        yield _fact_piece(fact)
    if message.table is not None:
        yield from _table_pieces(message.table)
    if message.chart is not None:
        yield "text", Message(text=message.chart.alt)
        yield from _table_pieces(chart_table(message.chart))
    yield "context", Message(context=message.context)


def _fact_piece(fact: Fact) -> Piece:
    short = units(fact.label) <= _LONGEST_LABEL
    return "facts", Message(facts=(fact if short else Fact("", fact_line(fact.label, fact.value)),))


def _table_pieces(table: Table) -> Iterator[Piece]:
    if units(table.caption) > _LONGEST_LABEL:
        yield "text", Message(text=table.caption)
        table = replace(table, caption="")
    first = Message(table=replace(table, rows=table.rows[:1]))
    rows = [first, *(Message(table=Table(table.columns, (row,))) for row in table.rows[1:])]
    if all(units(render(row).text) <= LIMITS["text"] for row in rows):
        yield from (("table", row) for row in rows)
    else:
        yield from map(_fact_piece, _row_facts(table))


def _row_facts(table: Table) -> Iterator[Fact]:
    """A table too wide for columns: a fact a cell."""
    yield Fact("", table.caption)
    for row in table.rows or ((),):
        for place in range(max(len(row), len(table.columns))):
            yield Fact("".join(table.columns[place : place + 1]), "".join(row[place : place + 1]))


def _cut(piece: Piece, room: int) -> tuple[Piece, Piece | None]:
    field, message = piece
    if field in _TEXTS:
        head, rest = cut(getattr(message, field), room)
        return (field, replace(message, **{field: head})), (field, replace(message, **{field: rest})) if rest else None
    (fact,) = message.facts
    head, rest = cut(fact.value, room - units(fact.label) - 2)
    return _fact_piece(Fact(fact.label, head)), _fact_piece(Fact("", rest)) if rest else None


def cut(text: str, room: int) -> tuple[str, str]:
    """The text in two: what fits in so many UTF-16 units, up to the end of a paragraph, a line or a word, and the rest.

    >>> cut("one two three", 9)
    ('one two', 'three')
    """
    text = text.strip()
    end = _reach(text, room)
    if end < len(text):
        end = _boundary(text, end)
    return text[:end].rstrip(), text[end:].lstrip()


def _reach(text: str, room: int) -> int:
    for index, character in enumerate(text):
        room -= 2 if character > "\uffff" else 1
        if room < 0:
            return index
    return len(text)


def _boundary(text: str, end: int) -> int:
    for mark in ("\n\n", "\n", " "):
        found = text.rfind(mark, 0, end + 1)
        if found >= end * _WORTH:
            return found
    return _between_characters(text, end)


def _between_characters(text: str, end: int) -> int:
    """The nearest place before `end` that tears no visible character apart; `end` when there is none."""
    place = end
    while place > 0 and _is_joined(text, place):
        place -= 1
    return place or end


def _is_joined(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if _is_flag_half(before) and _is_flag_half(after):
        return (place - _flags_begin(text, place)) % 2 == 1
    return "\u200d" in (before, after) or _extends(after)


def _extends(character: str) -> bool:
    """Whether it belongs to the character before it: marks, variation selectors, skin tones, tags."""
    return (
        unicodedata.category(character).startswith("M")
        or "🏻" <= character <= "🏿"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _is_flag_half(character: str) -> bool:
    return "🇦" <= character <= "🇿"


def _flags_begin(text: str, place: int) -> int:
    while place > 0 and _is_flag_half(text[place - 1]):
        place -= 1
    return place


# --- files and buttons --------------------------------------------------------------------------------------------


def _groups(files: Sequence[FileRef]) -> list[tuple[FileRef, ...]]:
    """A post each: photos and videos that stand together make albums."""
    groups: list[tuple[FileRef, ...]] = []
    for file in files:
        last = groups[-1] if groups else ()
        if last and {file.kind, last[-1].kind} <= _PICTURES and len(last) < LIMITS["album_most"]:
            groups[-1] = (*last, file)
        else:
            groups.append((file,))
    return groups


def _is_caption(texts: list[Message], groups: list[tuple[FileRef, ...]], buttons: Sequence[Button]) -> bool:
    """Whether the text can stand under the first files."""
    if len(texts) != 1 or groups[0][0].kind in ("sticker", "video_note"):
        return False
    if buttons and all(len(group) > 1 for group in groups):  # albums bear no buttons, so the text has to
        return False
    return units(render(texts[0]).text) <= LIMITS["caption"]


def _with_keys(posts: list[Message], message: Message) -> list[Message]:
    """The last post that is no album puts keys up or takes them away."""
    if not message.keys and not message.takes_keys_away:
        return posts
    place = next((place for place in reversed(range(len(posts))) if len(posts[place].files) < 2), None)
    if place is None:
        return [*posts, Message(text=_POINTER, keys=message.keys, takes_keys_away=message.takes_keys_away)]
    posts[place] = replace(posts[place], keys=message.keys, takes_keys_away=message.takes_keys_away)
    return posts


def _with_buttons(posts: list[Message], buttons: Sequence[Button]) -> list[Message]:
    if not buttons:
        return posts
    size = LIMITS["buttons"]
    first, *others = [tuple(buttons[start : start + size]) for start in range(0, len(buttons), size)]
    place = next((place for place in reversed(range(len(posts))) if len(posts[place].files) < 2), None)
    if place is None:
        return [*posts, *(Message(text=_POINTER, buttons=chunk) for chunk in (first, *others))]
    posts[place] = replace(posts[place], buttons=first)
    return [*posts, *(Message(text=_POINTER, buttons=chunk) for chunk in others)]
