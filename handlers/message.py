"""A message to people, as a value: each channel renders it within its own limits."""

from typing import Literal

import msgspec

from handlers.events import Colleague, FileRef
from handlers.value import Value

ButtonStyle = Literal["", "primary", "danger"]
#: heat: a table of numbers as colours, a row a series and a column a category; rows may end early
ChartKind = Literal["bar", "line", "area", "pie", "heat"]


class Fact(Value, frozen=True):
    """A label and its value: `Carrier: DHL`."""

    label: str
    value: str


class Button(Value, frozen=True):
    """What pressing it means is `action`, about `ref`; both together are at most 60 bytes."""

    label: str
    action: str
    ref: str = ""
    style: ButtonStyle = ""


class Key(Value, frozen=True):
    """A key that stands in place of the customer's own keyboard. Pressing it says its label, or shares with the shop
    the telephone number that the platform knows the customer by (`handlers.events.SharedContact`)."""

    label: str
    shares_phone: bool = False


class Table(Value, frozen=True):
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


class Series(Value, frozen=True):
    label: str
    #: one a category of the chart; a row of a heat map may have fewer
    values: tuple[float, ...]


class Chart(Value, frozen=True):
    kind: ChartKind
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    #: what the picture says, for those who do not see it
    alt: str = ""
    #: what its words are in; None: as staff are told anything else
    language: str | None = None


class Post(Value, frozen=True):
    """Something that stands on a channel, as it names the place and the post."""

    place: str
    id: str


class Message(Value, frozen=True):
    """Parts are shown in this order. Every text is plain: channels escape it, none of it is markup."""

    title: str = ""
    text: str = ""
    #: words of a person outside the desk, shown as a quotation
    quote: str = ""
    facts: tuple[Fact, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    files: tuple[FileRef, ...] = ()
    #: small print
    context: str = ""
    buttons: tuple[Button, ...] = ()
    #: stand until a message takes them away; one with keys, or that takes them away, has no buttons
    keys: tuple[Key, ...] = ()
    takes_keys_away: bool = False
    #: what a page consists of; a post has none
    sections: tuple["Message", ...] = ()
    #: colleagues whom the post calls, so that their platform tells them
    calls: tuple[Colleague, ...] = ()
    #: what the text speaks of: a page that can links it there
    of: Post | None = None


_decoder = msgspec.json.Decoder(Message)


def encode(message: Message) -> bytes:
    """A message as it is stored."""
    return msgspec.json.encode(message)


def decode(stored: bytes) -> Message:
    """A stored message again."""
    return _decoder.decode(stored)


def plain(message: Message) -> str:
    """The message as text alone: for logs, notifications and channels that show nothing else.

    >>> plain(Message(title="Order 7", text="On its way", facts=(Fact("Carrier", "DHL"),)))
    'Order 7\\nOn its way\\nCarrier: DHL'
    """
    lines = [message.title, message.text, message.quote, *(f"{fact.label}: {fact.value}" for fact in message.facts)]
    if message.table is not None:
        lines += [" | ".join(row) for row in (message.table.columns, *message.table.rows)]
    if message.chart is not None:
        lines.append(message.chart.alt or message.chart.title)
    lines += [file.name for file in message.files]
    lines.append(message.context)
    lines += [plain(section) for section in message.sections]
    lines.append(" ".join(f"@{colleague.name}" for colleague in message.calls))
    return "\n".join(line for line in lines if line)
