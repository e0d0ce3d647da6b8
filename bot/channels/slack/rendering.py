"""A message as Slack blocks, and a form as a modal.

No text of ours is markup. A person's words go into `rich_text`, the one block whose text Slack never interprets: no
formatting, no mention, no link, not even of a bare address. `plain_text` holds the rest. `mrkdwn` is left for the bold
label of a fact, and only when nothing in it could be read as formatting.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, assert_never

import msgspec

from bot.channels.slack.limits import LIMITS
from handlers import texts
from handlers.events import Colleague
from handlers.forms import Field, Form, Option, chosen
from handlers.message import Button, Chart, Fact, Message, Post, Table, plain

Json = dict[str, Any]

#: controls that turn the order of letters around; marks (LRM, RLM) and zero-width characters are letters' own and stay
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CLEANED: dict[int, str | None] = {
    **dict.fromkeys(code for code in range(32) if chr(code) not in "\n\t"),
    **dict.fromkeys(map(ord, _BIDI)),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
#: what Slack would take for a mention or a link if it ever parsed a text that it promises not to
_TOKEN = re.compile(r"<(?=[!@#]|[A-Za-z][\w+.-]*:)")
_WORD_JOINER = "\u2060"
_ESCAPED = {"&": 5, "<": 5, ">": 4}
_MARKUP = re.compile(r"([*_~`]).*\1|^\s*>|:[\w+-]+:|://|www\.", re.MULTILINE | re.DOTALL)
_JOINS = "\u200d\ufe0e\ufe0f"
_NOTHING = "\u2013"
#: a table's row that is longer stands as facts
_ROW = 3_000
_TABLE = 7_000


def render(
    message: Message, *, native_chart: bool = True, native_table: bool = True, used: set[str] | None = None
) -> list[Json]:
    """The blocks of a message that fits one post (`split` sees to that). Without the native blocks all is text.

    `used`: the names of buttons that stand on the same page already.
    """
    blocks: list[Json] = [*_title(message.title), *_sections(message.text), *_quote(message.quote)]
    blocks += _facts(message.facts)
    if message.table is not None:
        blocks += _table(message.table, native=native_table)
    if message.chart is not None:
        blocks += _chart(message.chart, native=native_chart)
    blocks += _context(message)
    blocks += _calls(message.calls)
    blocks += _buttons(message.buttons, set() if used is None else used)
    return blocks


def fallback(message: Message) -> str:
    """The text beside the blocks: what notifications and screen readers say."""
    whole = clean(plain(message)).strip() or _NOTHING
    escaped = escape(whole)
    if len(escaped.encode()) <= LIMITS["fallback"]:
        return escaped
    room, kept = LIMITS["fallback"] - len("…".encode()), 0
    for at, character in enumerate(whole):
        kept += len(escape(character).encode())
        if kept > room:
            return escape(whole[:at]) + "…"
    return escaped


def escape(text: str) -> str:
    """
    >>> escape("<!channel> & co")
    '&lt;!channel&gt; &amp; co'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clean(text: str) -> str:
    """A text without what could forge its looks or break its JSON.

    >>> clean("gpj.\\u202eexe\\r\\n")
    'gpj.exe\\n'
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEANED)


def literal(text: str) -> str:
    """A text for a place that interprets nothing; an invisible joiner keeps it from meaning anything even so."""
    return _TOKEN.sub("<" + _WORD_JOINER, clean(text))


def size(text: str) -> int:
    """The most a text may take: escaped or with its joiners, in UTF-16 units."""
    return sum(_ESCAPED.get(character, 1 + (character > "\uffff")) for character in text)


def cut(text: str, most: int) -> Iterator[str]:
    """The text in pieces of at most `most`, after a line or a word where possible; joined they are the text again.

    >>> list(cut("one two three", 8))
    ['one two ', 'three']
    """
    while text:
        end = _end(text, most)
        yield text[:end]
        text = text[end:]


def _end(text: str, most: int) -> int:
    room, end = most, 0
    for end, character in enumerate(text):  # noqa: B007 - the place where room ran out is the point
        room -= size(character)
        if room < 0:
            break
    else:
        return len(text)
    for separator in "\n ":
        if (found := text.rfind(separator, end // 2, end)) >= 0:
            return found + 1
    while end > 1 and (unicodedata.combining(text[end]) or text[end] in _JOINS or text[end - 1] in _JOINS):
        end -= 1
    return max(end, 1)


# --- the parts of a message ---------------------------------------------------------------------------------------


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def _rich(kind: str, text: str, **style: bool) -> Json:
    element: Json = {"type": "text", "text": text, **({"style": style} if style else {})}
    return {"type": "rich_text", "elements": [{"type": kind, "elements": [element]}]}


def _pieces(text: str, most: int) -> Iterator[str]:
    return (literal(piece) for piece in cut(clean(text), most) if piece.strip())


def _title(title: str) -> Iterator[Json]:
    title = clean(title).strip()
    if title and size(title) <= LIMITS["header"] and "\n" not in title and _TOKEN.search(title) is None:
        yield {"type": "header", "text": _plain(title)}
    else:
        yield from (_rich("rich_text_section", piece, bold=True) for piece in _pieces(title, LIMITS["section"]))


def _sections(text: str) -> Iterator[Json]:
    return ({"type": "section", "text": _plain(piece)} for piece in _pieces(text, LIMITS["section"]))


def _quote(words: str) -> Iterator[Json]:
    return (_rich("rich_text_quote", piece) for piece in _pieces(words, LIMITS["section"]))


def _facts(facts: Sequence[Fact]) -> Iterator[Json]:
    fields = [_field(*pair) for pair in map(_label_and_value, facts) if any(pair)]
    for start in range(0, len(fields), LIMITS["fields"]):
        yield {"type": "section", "fields": fields[start : start + LIMITS["fields"]]}


def _label_and_value(fact: Fact) -> tuple[str, str]:
    return clean(fact.label).strip(), clean(fact.value).strip()


def _field(label: str, value: str) -> Json:
    if label and "\n" not in label and not _MARKUP.search(f"{label}\n{value}") and not set(label) & set("*_~`"):
        return {"type": "mrkdwn", "text": f"*{escape(label)}*\n{escape(value)}".strip(), "verbatim": True}
    return _plain(literal(f"{label}\n{value}".strip()))


def _context(message: Message) -> Iterator[Json]:
    names = "\n".join(f"📎 {file.name}" for file in message.files)
    elements = [_plain(piece) for text in (names, message.context) for piece in _pieces(text, LIMITS["context"])]
    for start in range(0, len(elements), LIMITS["context_elements"]):
        yield {"type": "context", "elements": elements[start : start + LIMITS["context_elements"]]}


def _calls(colleagues: Sequence[Colleague]) -> Iterator[Json]:
    """The one place where somebody is mentioned; whoever has no account in Slack is named."""
    elements: list[Json] = []
    for colleague in colleagues:
        in_slack = colleague.channel == "slack" and re.fullmatch(r"[UW][A-Z0-9]+", colleague.user)
        named = {"type": "text", "text": "@" + literal(colleague.name or colleague.user)}
        elements += [{"type": "user", "user_id": colleague.user} if in_slack else named, {"type": "text", "text": " "}]
    if elements:
        yield {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements[:-1]}]}


# --- tables and charts --------------------------------------------------------------------------------------------


def _table(table: Table, *, native: bool) -> Iterator[Json]:
    yield from _sections(table.caption)
    rows = _rows(table)
    if not rows or not rows[0]:
        return
    if native and len(rows) <= LIMITS["table_rows"] and len(rows[0]) <= LIMITS["table_columns"]:
        cells = [[{"type": "raw_text", "text": literal(cell) or _NOTHING} for cell in row] for row in rows]
        yield {"type": "table", "column_settings": [_column(rows, at) for at in range(len(rows[0]))], "rows": cells}
    else:
        yield _rich("rich_text_preformatted", literal(_monospaced(rows)))


def _rows(table: Table) -> list[list[str]]:
    """Header and rows, cleaned and of one width."""
    rows = [[clean(cell).strip() for cell in row] for row in (table.columns, *table.rows) if row]
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _column(rows: Sequence[Sequence[str]], at: int) -> Json:
    is_number = len(rows) > 1 and all(re.fullmatch(r"[-+]?[\d.,\s]*\d[\d.,]*\W{0,2}", row[at]) for row in rows[1:])
    return {"align": "right" if is_number else "left", "is_wrapped": True}


def _monospaced(rows: Sequence[Sequence[str]]) -> str:
    lines = [[" ".join(cell.split()) for cell in row] for row in rows]
    widths = [max(_width(line[at]) for line in lines) for at in range(len(lines[0]))]
    aligned = "\n".join("  ".join(_padded(*pair) for pair in zip(line, widths, strict=True)).rstrip() for line in lines)
    return aligned if size(aligned) <= _TABLE else "\n".join(" | ".join(line) for line in lines)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(cell: str) -> int:
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in cell
    )


def _chart(chart: Chart, *, native: bool) -> Iterator[Json]:
    drawn = native_chart(chart) if native else None
    title = clean(chart.title).strip()
    if drawn is None:
        yield from _sections(chart.alt)
        yield from _table(chart_table(chart), native=False)
        return
    if size(title) > LIMITS["chart_title"]:
        yield from _sections(title)
    yield {"type": "data_visualization", "title": _shortened(title, LIMITS["chart_title"]), "chart": drawn}


def native_chart(chart: Chart) -> Json | None:
    """The chart as Slack draws it, None when it has more or longer parts than Slack takes."""
    categories = [literal(one).strip() for one in chart.categories]
    labels = [literal(one.label).strip() for one in chart.series]
    if not clean(chart.title).strip() or not chart.series or not _are_labels(categories):
        return None
    if any(len(one.values) != len(categories) or not all(map(math.isfinite, one.values)) for one in chart.series):
        return None
    if chart.kind == "heat":  # Slack draws none
        return None
    if chart.kind == "pie":
        return _pie(categories, chart.series[0].values) if len(chart.series) == 1 else None
    if len(categories) > LIMITS["chart_categories"] or len(labels) > LIMITS["chart_series"] or not _are_labels(labels):
        return None
    series = [
        {"name": label, "data": _points(categories, one.values)}
        for label, one in zip(labels, chart.series, strict=True)
    ]
    return {"type": chart.kind, "series": series, "axis_config": {"categories": categories}}


def _pie(categories: Sequence[str], values: Sequence[float]) -> Json | None:
    if len(categories) > LIMITS["chart_series"] or any(value <= 0 for value in values):
        return None
    return {"type": "pie", "segments": _points(categories, values)}


def _points(categories: Sequence[str], values: Sequence[float]) -> list[Json]:
    return [{"label": label, "value": value} for label, value in zip(categories, values, strict=True)]


def _are_labels(labels: Sequence[str]) -> bool:
    short = all(one and size(one) <= LIMITS["chart_label"] for one in labels)
    return bool(labels) and short and len(set(labels)) == len(labels)


def chart_table(chart: Chart) -> Table:
    """What a chart shows, as numbers: a row a category, a column a series."""
    longest = max((len(one.values) for one in chart.series), default=0)
    categories = [*chart.categories, *[""] * (longest - len(chart.categories))]
    rows = tuple(
        (category, *(f"{one.values[at]:,.10g}" if at < len(one.values) else "" for one in chart.series))
        for at, category in enumerate(categories)
    )
    return Table(("", *(one.label for one in chart.series)), rows, chart.title)


# --- buttons and forms --------------------------------------------------------------------------------------------


def _buttons(buttons: Sequence[Button], used: set[str]) -> Iterator[Json]:
    yield from _sections("\n".join(one.label for one in buttons if size(clean(one.label)) > LIMITS["button"]))
    elements = [_button(one, used) for one in buttons]
    for start in range(0, len(elements), LIMITS["actions"]):
        yield {"type": "actions", "elements": elements[start : start + LIMITS["actions"]]}


def _button(button: Button, used: set[str]) -> Json:
    label = _shortened(literal(button.label).strip() or button.action, LIMITS["button"])
    made: Json = {"type": "button", "text": _plain(label), "action_id": _action_id(button.action, used)}
    made |= {"value": button.ref} if button.ref else {}
    return made | ({"style": button.style} if button.style else {})


def _action_id(action: str, used: set[str]) -> str:
    """The action, numbered where a message has it twice: `parse` takes the number away."""
    numbered = (f"{action}#{number}" for number in count(2))
    name = next(one for one in (action, *[next(numbered) for _ in range(len(used) + 1)]) if one not in used)
    used.add(name)
    return name


def _shortened(text: str, most: int) -> str:
    if size(text) <= most:
        return text
    kept = text[: _end(text, most - 1)]
    return kept.rstrip() + "…"


def modal(form: Form, lane: str, place: str = "", answer_to: str = "") -> Json:
    """A form as a modal; what it is about, and where it was asked for, comes back in its private metadata."""
    title = clean(form.title).strip()
    notes = [*_sections(title if size(title) > LIMITS["view_title"] else ""), *_sections(form.text)]
    inputs = [_input(field, form.language) for field in form.fields[: LIMITS["view_blocks"]]]
    return {
        "type": "modal",
        "callback_id": form.name,
        "title": _plain(_shortened(title or form.name, LIMITS["view_title"])),
        "submit": _plain(_shortened(clean(form.submit).strip() or "OK", LIMITS["view_submit"])),
        # without it Slack says it in the language of whoever reads
        **({"close": _plain(texts.text("form.cancel", form.language))} if form.language else {}),
        "private_metadata": _metadata(form, lane, place, answer_to),
        "blocks": [*notes[: LIMITS["view_blocks"] - len(inputs)], *inputs],
    }


def _metadata(form: Form, lane: str, place: str, answer_to: str) -> str:
    """An address that does not fit is left out: then the answer comes elsewhere."""
    about = {"form": form.name, "ref": form.ref, "lane": lane} | ({"place": place} if place else {})
    whole = json.dumps(about | ({"answer_to": answer_to} if answer_to else {}))
    return whole if len(whole) <= LIMITS["private_metadata"] else json.dumps(about)


def home(page: Message, workspace: str = "") -> Json:
    """A person's own page; what finds no room on it is counted at its end.

    `workspace`: its address, as `auth.test` tells it; without it nothing is linked.
    """
    used: set[str] = set()
    blocks: list[Json] = []
    for place, section in enumerate(page.sections):
        parts = split(section) if section != Message() else []
        shown = [block for part in parts for block in render(part, native_chart=False, native_table=False, used=used)]
        if section.of is not None and workspace and section.text.strip() and not section.title:
            shown[0] = _linked(section.text, permalink(workspace, section.of))
        if section.title and blocks:
            shown.insert(0, {"type": "divider"})
        if len(blocks) + len(shown) > LIMITS["view_blocks"] - 1:
            blocks += _context(Message(context=f"{len(page.sections) - place} more found no room on this page."))
            break
        blocks += shown
    return {"type": "home", "blocks": blocks or [{"type": "section", "text": _plain(_NOTHING)}]}


def permalink(workspace: str, post: Post) -> str:
    """Where a message stands, as `chat.getPermalink` says it, without asking.

    >>> permalink("https://shop.slack.com/", Post("C024BE91L", "1503435956.000247"))
    'https://shop.slack.com/archives/C024BE91L/p1503435956000247'
    """
    return f"{workspace.rstrip('/')}/archives/{post.place}/p{post.id.replace('.', '')}"


def _linked(text: str, url: str) -> Json:
    link = {"type": "link", "url": url, "text": literal(_shortened(clean(text).strip(), LIMITS["section"]))}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}


def notice(title: str, text: str) -> Json:
    """A modal that only says something."""
    shown = _plain(_shortened(title, LIMITS["view_title"]))
    return {"type": "modal", "callback_id": "notice", "title": shown, "blocks": [*_sections(text)]}


def _input(field: Field, language: str | None) -> Json:
    label = _shortened(clean(field.label).strip() or field.name, LIMITS["input_label"])
    options = _options(field.options)
    if field.kind in ("one", "several") and not options:  # Slack takes no empty choice
        return {"type": "section", "block_id": field.name, "text": _plain(f"{label[:500]}: {_NOTHING}")}
    match field.kind:
        case "text":
            element = _text_input(field)
        case "one":
            element = _select("static_select", field, options)
        case "several" if len(options) <= LIMITS["checkboxes"]:
            element = _select("checkboxes", field, options)
        case "several":
            element = _select("multi_static_select", field, options)
        case "moment":
            element = _date_and_time(field)
        case _:
            assert_never(field.kind)
    made: Json = {"type": "input", "block_id": field.name, "label": _plain(label), "element": element}
    more = len(field.options) - LIMITS["options_in_all"]
    made |= (
        {"hint": _plain(texts.text("form.more_options", language, number=more))} if field.options and more > 0 else {}
    )
    return made | ({"optional": True} if field.optional else {})


def _text_input(field: Field) -> Json:
    most = max(1, min(field.max_length, LIMITS["input"]))
    element: Json = {"type": "plain_text_input", "action_id": field.name, "multiline": field.multiline}
    return element | {"max_length": most} | ({"initial_value": clean(field.initial)[:most]} if field.initial else {})


def _date_and_time(field: Field) -> Json:
    """Slack's picker takes moments of ten digits alone: from September 2001 on."""
    element: Json = {"type": "datetimepicker", "action_id": field.name}
    return element | ({"initial_date_time": int(field.initial)} if re.fullmatch(r"[1-9]\d{9}", field.initial) else {})


def _options(options: Sequence[Option]) -> list[Json]:
    """Each value once, as many as a form can offer."""
    made: dict[str, Json] = {}
    for option in options:
        value = clean(option.value)[: LIMITS["option_value"]].strip() or _NOTHING
        label = _shortened(literal(option.label).strip() or value, LIMITS["option_label"])
        made.setdefault(value, {"text": _plain(label), "value": value})
        if len(made) == LIMITS["options_in_all"]:
            break
    return list(made.values())


def _select(kind: str, field: Field, options: list[Json]) -> Json:
    element: Json = {"type": kind, "action_id": field.name, **_grouped(options)}
    wanted = {field.initial} if kind == "static_select" else set(chosen(field.initial))
    initial = [option for option in options if option["value"] in wanted]
    if not initial:
        return element
    if kind == "static_select":
        return element | {"initial_option": initial[0]}
    return element | {"initial_options": initial[: LIMITS["options"]]}


def _grouped(options: list[Json]) -> Json:
    """A list takes a hundred options: more stand in groups, which are named by their first and last."""
    most = LIMITS["options"]
    if len(options) <= most:
        return {"options": options}
    groups = [options[start : start + most] for start in range(0, len(options), most)]
    return {"option_groups": [{"label": _plain(_from_to(group)), "options": group} for group in groups]}


def _from_to(group: list[Json]) -> str:
    first, last = (_shortened(one["text"]["text"], LIMITS["option_label"] // 2 - 2) for one in (group[0], group[-1]))
    return f"{first} {_NOTHING} {last}"


# --- several messages out of one ----------------------------------------------------------------------------------

#: a part of a message: its place in the order of parts, the part, and the most blocks and characters it takes
Atom = tuple[int, Message, int, int]


def split(message: Message) -> list[Message]:
    """The message in parts that each fit one post; joined they say all of it, in its order."""
    parts: list[Message] = []
    last, blocks, characters = len(_ORDER), 0, 0
    for place, atom, more_blocks, more_characters in _atoms(message):
        fits = blocks + more_blocks <= LIMITS["blocks"] and characters + more_characters <= LIMITS["message"]
        if place < last or (place == last and _ORDER[place] in ("table", "chart")) or not fits:
            parts.append(atom)
            blocks, characters = more_blocks, more_characters
        else:
            parts[-1] = _joined(parts[-1], atom, _ORDER[place])
            blocks, characters = blocks + more_blocks, characters + more_characters
        last = place
    return parts or [message]


_ORDER = ("title", "text", "quote", "facts", "table", "chart", "files", "context", "calls", "buttons")


def _joined(part: Message, atom: Message, name: str) -> Message:
    """Texts and lists grow; a table or a chart is one."""
    before, more = getattr(part, name), getattr(atom, name)
    return msgspec.structs.replace(part, **{name: more if name in ("table", "chart") else before + more})


def _atoms(message: Message) -> Iterator[Atom]:
    for place, name in enumerate(_ORDER[:3]):
        for piece in cut(clean(getattr(message, name)), LIMITS["section"]):
            yield place, msgspec.structs.replace(Message(), **{name: piece}), 1, size(piece)
    yield from _fact_atoms(message.facts)
    if message.table is not None:
        yield from _table_atoms(message.table)
    if message.chart is not None:
        yield from _chart_atoms(message.chart)
    for file in message.files:
        yield 6, Message(files=(file,)), 1, size(clean(file.name)) + 8
    for piece in cut(clean(message.context), LIMITS["context"]):
        yield 7, Message(context=piece), 1, size(piece)
    for colleague in message.calls:
        yield 8, Message(calls=(colleague,)), 1, size(clean(colleague.name)) + 16
    for button in message.buttons:
        label = size(clean(button.label)) + 8
        yield 9, Message(buttons=(button,)), 1 + (label > LIMITS["button"]), label + LIMITS["button"]


def _fact_atoms(facts: Sequence[Fact]) -> Iterator[Atom]:
    for fact in facts:
        label, value = _label_and_value(fact)
        if size(label) > LIMITS["field"] // 4:
            label, value = "", f"{label}: {value}"
        room = LIMITS["field"] - size(label) - 8
        for number, piece in enumerate(list(cut(value, room)) or [""]):
            part = Fact(label if number == 0 else "", piece)
            yield 3, Message(facts=(part,)), 1, size(label) + size(piece) + 8


def _table_atoms(table: Table) -> Iterator[Atom]:
    for start in range(0, max(map(len, (table.columns, *table.rows))), LIMITS["table_columns"] - 1):
        yield from _band_atoms(_band(table, start))


def _band(table: Table, start: int) -> Table:
    """Twenty columns of a wide table; every further band repeats the first column."""
    stop = start + LIMITS["table_columns"] - 1

    def of(row: Sequence[str]) -> tuple[str, ...]:
        return tuple(row[start : stop + 1] if start == 0 else (*row[:1], *row[start + 1 : stop + 1]))

    return Table(of(table.columns), tuple(map(of, table.rows)), table.caption if start == 0 else "")


def _band_atoms(table: Table) -> Iterator[Atom]:
    caption, taken, cost = table.caption, list[tuple[str, ...]](), 0
    header = _row_cost(table.columns)
    if header > _ROW:
        yield from _fact_atoms([Fact(caption, "\n".join(table.columns))])
        table, caption, header = Table((), table.rows), "", 0

    def chunk() -> Atom:
        made = Table(table.columns, tuple(taken), caption)
        return 4, Message(table=made), 2, header + cost + size(clean(caption))

    if size(clean(caption)) > _ROW:
        for piece in cut(clean(caption), LIMITS["section"]):
            yield 1, Message(text=piece), 1, size(piece)
        caption = ""
    for row in table.rows:
        more = _row_cost(row)
        if taken and (more > _ROW or cost + more > _TABLE - header or len(taken) + 1 >= LIMITS["table_rows"]):
            yield chunk()
            taken, cost, caption = [], 0, ""
        if more > _ROW:
            yield from _fact_atoms([Fact(caption, ""), *_row_facts(table.columns, row)])
            caption = ""
        else:
            taken.append(row)
            cost += more
    if taken or (not table.rows and (table.columns or caption)):
        yield chunk()


def _row_cost(row: Sequence[str]) -> int:
    """Room for a row in either form: cells and what stands between them."""
    return sum(size(clean(cell)) + 3 for cell in row)


def _row_facts(columns: Sequence[str], row: Sequence[str]) -> list[Fact]:
    return [Fact(columns[at] if at < len(columns) else "", cell) for at, cell in enumerate(row)]


def _chart_atoms(chart: Chart) -> Iterator[Atom]:
    table = chart_table(chart)
    cost = sum(map(_row_cost, (table.columns, *table.rows)))
    around = size(clean(chart.title)) + size(clean(chart.alt))
    if cost <= _TABLE and around <= _ROW and len(table.columns) <= LIMITS["table_columns"]:
        yield 5, Message(chart=chart), 3, cost + around + LIMITS["chart_title"]
        return
    for piece in cut(clean(chart.alt), LIMITS["section"]):
        yield 1, Message(text=piece), 1, size(piece)
    yield from _table_atoms(table)
