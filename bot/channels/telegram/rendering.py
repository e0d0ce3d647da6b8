"""A message as Telegram shows it: one text with entities, and a keyboard."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.channels.telegram.limits import LIMITS
from bot.channels.telegram.parsing import clean
from handlers import message as messages
from handlers.message import Button, Chart, Message, Table

EntityKind = Literal["bold", "italic", "blockquote", "pre"]

#: characters a row of buttons holds before the next begins
_ROW_WIDTH = 32


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of the text that looks different; offset and length in UTF-16 units."""

    type: EntityKind
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Key:
    """A button of the inline keyboard; `data` comes back when it is pressed."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Rendered:
    text: str
    entities: tuple[Entity, ...]
    keyboard: tuple[tuple[Key, ...], ...]
    #: what stands in place of the customer's own keyboard
    keys: tuple[messages.Key, ...] = ()
    takes_keys_away: bool = False


def render(message: Message) -> Rendered:
    """The message in one post, whatever its length. Raises `ValueError` for a button that Telegram cannot carry."""
    text, entities = _joined(_sections(message))
    if message.buttons and (message.keys or message.takes_keys_away):
        raise ValueError("a message of Telegram has either buttons or keys")
    return Rendered(text, entities, _keyboard(message.buttons), message.keys, message.takes_keys_away)


def units(text: str) -> int:
    """The length of a text as Telegram counts.

    >>> units("a"), units("🙂")
    (1, 2)
    """
    return len(text) + sum(character > "\uffff" for character in text)


# --- text ---------------------------------------------------------------------------------------------------------

Section = tuple[str, EntityKind | None]


def _sections(message: Message) -> Iterator[Section]:
    yield message.title, "bold"
    yield message.text, None
    yield message.quote, "blockquote"
    yield "\n".join(filter(None, (fact_line(fact.label, fact.value) for fact in message.facts))), None
    if message.table is not None:
        yield from _table_sections(message.table)
    if message.chart is not None:
        yield message.chart.alt, None
        yield from _table_sections(chart_table(message.chart))
    yield message.context, "italic"


def fact_line(label: str, value: str) -> str:
    """A fact in a line; without a label it is the value alone, and the other way round."""
    return ": ".join(filter(None, (label.strip(), value.strip())))


def _table_sections(table: Table) -> Iterator[Section]:
    yield table.caption, None
    yield table_text(table), "pre"


def _joined(sections: Iterator[Section]) -> tuple[str, tuple[Entity, ...]]:
    text, entities = "", []
    for raw, kind in sections:
        # Telegram trims a message's ends and would move the entities
        section = clean(raw).strip("\n") if kind == "pre" else clean(raw).strip()
        if not section.strip():
            continue
        text += _gap(kind) if text else ""
        if kind is not None:
            entities.append(Entity(kind, units(text), units(section)))
        text += section
    return text, tuple(entities)


def _gap(kind: EntityKind | None) -> str:
    return "\n" if kind in ("blockquote", "pre") else "\n\n"


def chart_table(chart: Chart) -> Table:
    """What a chart shows, as numbers: a row a category, a column a series."""
    columns = ("", *(series.label for series in chart.series))
    rows = tuple(
        (category, *(_number(series.values[place : place + 1]) for series in chart.series))
        for place, category in enumerate(chart.categories)
    )
    return Table(columns, rows, chart.title)


def _number(values: Sequence[float]) -> str:
    return f"{values[0]:,.10g}" if values else ""


def table_text(table: Table) -> str:
    """The table in columns of even width, for a monospaced font.

    >>> print(table_text(Table(("Item", "Pieces"), (("Tea", "3"), ("Milk", "12")))))
    Item  Pieces
    Tea   3
    Milk  12
    """
    lines = [[" ".join(clean(cell).split()) for cell in row] for row in (table.columns, *table.rows)]
    if lines[0][:1] == [""]:
        lines[0][0] = "–"  # Telegram trims the space a message begins with, and the columns would shift
    places = range(max(map(len, lines)))
    widths = [max(_width(line[place]) for line in lines if place < len(line)) for place in places]
    return "\n".join("  ".join(map(_padded, line, widths)).rstrip() for line in lines)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(cell: str) -> int:
    """Cells of a terminal: East Asian characters and emoji take two, marks none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in cell
    )


# --- keyboard -----------------------------------------------------------------------------------------------------


def _keyboard(buttons: Sequence[Button]) -> tuple[tuple[Key, ...], ...]:
    rows: list[tuple[Key, ...]] = []
    for key in map(_key, buttons):
        if rows and _fits(rows[-1], key):
            rows[-1] += (key,)
        else:
            rows.append((key,))
    return tuple(rows)


def _fits(row: tuple[Key, ...], key: Key) -> bool:
    width = sum(_width(one.label) + 2 for one in (*row, key))
    return len(row) < LIMITS["buttons_in_row"] and width <= _ROW_WIDTH


def _key(button: Button) -> Key:
    data = f"{button.action}:{button.ref}" if button.ref else button.action
    if ":" in button.action or not button.action:
        raise ValueError(f"a button's action is a word without a colon, not {button.action!r}")
    if len(data.encode("utf-8", "replace")) > LIMITS["callback_data"]:
        raise ValueError(f"the button {button.label!r} carries {data!r}: more than {LIMITS['callback_data']} bytes")
    return Key(clean(button.label).strip() or button.action, data)
