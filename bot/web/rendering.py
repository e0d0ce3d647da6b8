"""A message as the console page shows it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, assert_never
from unicodedata import east_asian_width

from nicegui import ui
from nicegui.element import Element

from bot.charts import HEAT, colours
from bot.web.elements import NO_ARGUMENTS, icon, node, words
from bot.web.files import is_picture, url_of
from handlers.events import FileRef
from handlers.message import Button, Chart, Fact, Message, Table
from handlers.texts import text

Press = Callable[[Button], Awaitable[None]]
_SHORT = 12
_STYLES = {"primary": "button primary", "danger": "button danger", "": "button"}


def show(message: Message, press: Press | None = None, *, titled: bool = True, leaves: str = "") -> None:
    """Draws a message where we stand, its parts in the order of `Message`; without `press` the buttons are left out.

    Every text is drawn as text: customers' words can hold anything. The seconds that a line says until something
    `leaves` (a time) are counted down in the browser.
    """
    if message.title and titled:
        words(message.title, "title", "div", dir="auto")
    if message.text:
        words(message.text, "text", "div", dir="auto")
    if message.quote:
        words(message.quote, "quote", "blockquote", dir="auto")
    if message.facts:
        _facts(message.facts)
    if message.table is not None:
        _table(message.table)
    if message.chart is not None:
        _chart(message.chart)
    if message.files:
        _files(message.files)
    if message.context:
        words(message.context, "context", "div", dir="auto", data_leaves=leaves or False)
    if message.calls:
        words(" ".join(f"@{colleague.name}" for colleague in message.calls), "context", "div", dir="auto")
    if message.buttons and press is not None:
        _buttons(message.buttons, press)


def _facts(facts: tuple[Fact, ...]) -> None:
    """Labels beside their values; numbers alone stand side by side, large."""
    numbers = len(facts) > 1 and all(len(fact.value) <= _SHORT and _is_number(fact.value) for fact in facts)
    with node("dl", "facts numbers" if numbers else "facts"):
        for fact in facts:
            with node("div", "fact"):
                words(fact.label, tag="dt")
                words(fact.value, tag="dd", dir="auto")


def _table(table: Table) -> None:
    width = max(map(len, (table.columns, *table.rows)))
    numeric = [_is_numeric([row[place] for row in table.rows if place < len(row)]) for place in range(width)]
    with node("div", "table", tabindex="0", role="region", aria_label=table.caption or "Table"), node("table"):
        if table.caption:
            words(table.caption, tag="caption")
        with node("thead"), node("tr"):
            for column, is_numeric in zip(table.columns, numeric, strict=False):
                words(column, "number" if is_numeric else "", "th", scope="col")
        with node("tbody"):
            for row in table.rows:
                with node("tr"):
                    for cell, is_numeric in zip(row, numeric, strict=False):
                        words(cell, "number" if is_numeric or _is_number(cell) else "", "td", dir="auto")


def _is_numeric(column: Sequence[str]) -> bool:
    """Whether a column holds numbers; a dash stands for one that is not there."""
    cells = [cell for cell in column if cell != "—"]
    return bool(cells) and all(_is_number(cell) for cell in cells)


def _is_number(cell: str) -> bool:
    return cell.strip("-+ %€$£").replace(",", "").replace(".", "").isdecimal()


def _buttons(buttons: tuple[Button, ...], press: Press) -> None:
    with node("div", "buttons"):
        for button in buttons:
            _button(button, press)


def _button(button: Button, press: Press) -> Element:
    async def pressed() -> None:
        await press(button)

    return words(button.label, _STYLES[button.style], "button", type="button").on("click", pressed, NO_ARGUMENTS)


# --- files --------------------------------------------------------------------------------------------------------


def _files(files: tuple[FileRef, ...]) -> None:
    with node("div", "files"):
        for file in files:
            show_file(file)


def show_file(file: FileRef) -> None:
    """A picture as such, sound and film with their controls, anything else by its name."""
    if is_picture(file):
        with node("a", "picture", href=url_of(file), target="_blank", rel="noopener"):
            node("img", src=url_of(file), alt=file.name, loading="lazy")
    elif file.mime.startswith("video/"):
        node("video", "picture", src=url_of(file), controls=True, preload="metadata", aria_label=file.name)
    elif file.mime.startswith("audio/"):
        node("audio", src=url_of(file), controls=True, preload="none", aria_label=file.name)
    else:
        with node("a", "file", href=url_of(file), target="_blank", rel="noopener"):
            icon("file")
            words(file.name, "file-name", "bdi")
            if file.size is not None:
                words(size(file.size), "file-size")


def size(count: int) -> str:
    """Bytes as people count them.

    >>> size(900), size(48_300), size(2_600_000)
    ('900 B', '48 kB', '2.6 MB')
    """
    if count < 1_000:
        return f"{count} B"
    return f"{count // 1_000} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


# --- charts -------------------------------------------------------------------------------------------------------


def _chart(chart: Chart) -> None:
    """The chart as a drawing, and its numbers for those who do not see it."""
    with node("figure", "chart"):
        words(chart.title, tag="figcaption")
        drawing = ui.echart(_options(chart), renderer="svg")
        drawing.props["role"] = "img"
        drawing.props["aria-label"] = chart.alt or chart.title
        with node("details"):
            words(text("chart.numbers", chart.language), tag="summary")
            columns = ("", *(series.label for series in chart.series))
            rows = [
                (category, *(_number(series.values[place]) for series in chart.series if place < len(series.values)))
                for place, category in enumerate(chart.categories)
            ]
            _table(Table(columns, tuple(rows)))


#: lines that are faint on a light ground and on a dark one
_FAINT = {"lineStyle": {"color": "rgba(128, 128, 128, 0.25)"}}


#: names that stand side by side below a chart
_FEW = 6
#: and those that still find room aslant
_SEVERAL = 16
#: the widest that a name stands in one line, and the least that the numbers beside a chart take, in pixels
_WIDEST, _AXIS = 110, 14


def _options(chart: Chart) -> dict[str, Any]:
    if chart.kind == "heat":
        return _heat(chart)
    names = chart.categories if chart.kind == "pie" else [series.label for series in chart.series]
    shared = {
        "animation": False,
        "color": colours(names),
        "textStyle": {"fontFamily": "inherit"},
        "tooltip": {"trigger": "item" if chart.kind == "pie" else "axis", "renderMode": "richText"},
        "legend": {
            "show": chart.kind == "pie" or len(chart.series) > 1,
            "bottom": 0,
            "icon": "circle",
            "type": "scroll",
        },
    }
    if chart.kind == "pie":
        return {**shared, "series": [_pie(chart)]}
    return {
        **shared,
        "grid": _grid(chart),
        "xAxis": {
            "type": "category",
            "data": list(chart.categories),
            "axisTick": {"show": False},
            "axisLine": _FAINT,
            "axisLabel": _names_below(chart),
            "boundaryGap": chart.kind == "bar",
        },
        "yAxis": {"type": "value", "minInterval": 1 if _whole(chart) else 0, "splitLine": _FAINT},
        "series": [_series(chart, place) for place in range(len(chart.series))],
    }


def _names_below(chart: Chart) -> dict[str, Any]:
    """How names stand below a chart: of few bars each in up to two lines, of more aslant; of points what finds room."""
    if chart.kind == "bar" and len(chart.categories) <= _FEW:
        return {"interval": 0, "overflow": "break", "width": 84, "lineHeight": 14}
    if chart.kind == "bar" and len(chart.categories) <= _SEVERAL:
        return {"interval": 0, "rotate": 32, "overflow": "truncate", "width": 128}
    return {"hideOverlap": True, "showMinLabel": True, "showMaxLabel": True}


def _grid(chart: Chart) -> dict[str, Any]:
    """Room around what is drawn: the first and the last point of a line stand at its edges, their names reach over."""
    names = chart.categories if chart.kind != "bar" and chart.categories else ("",)
    left, right = max(8, _half(names[0]) - _AXIS), max(12, _half(names[-1]))
    return {
        "left": left,
        "right": right,
        "top": 16,
        "bottom": 36 if len(chart.series) > 1 else 8,
        "containLabel": True,
    }


def _half(name: str) -> int:
    """Half of how wide a name stands below a chart, in pixels."""
    wide = sum(13 if east_asian_width(character) in "WF" else 8 for character in name)
    return min(wide, _WIDEST) // 2


def _series(chart: Chart, place: int) -> dict[str, Any]:
    series = chart.series[place]
    drawn: dict[str, Any] = {"name": series.label, "data": [_point(value) for value in series.values]}
    match chart.kind:
        case "bar":
            few = len(chart.categories) * len(chart.series) <= 14
            label = {"show": few, "position": "top"}
            return {
                **drawn,
                "type": "bar",
                "barMaxWidth": 48,
                "itemStyle": {"borderRadius": [6, 6, 0, 0]},
                "label": label,
            }
        case "line":
            return {**drawn, "type": "line", "symbolSize": 6}
        case "area":
            return {**drawn, "type": "line", "symbolSize": 6, "areaStyle": {"opacity": 0.14}}
        case "pie" | "heat":
            raise ValueError(chart.kind)
        case _:
            assert_never(chart.kind)


def _point(value: float) -> float | dict[str, Any]:
    """A value; nothing is written above a bar that is not there."""
    return value or {"value": value, "label": {"show": False}}


def _pie(chart: Chart) -> dict[str, Any]:
    values = chart.series[0].values if chart.series else ()
    slices = [{"name": name, "value": value} for name, value in zip(chart.categories, values, strict=False)]
    return {"type": "pie", "radius": ["46%", "74%"], "center": ["50%", "44%"], "label": {"show": False}, "data": slices}


def ink(value: float, least: float, most: float) -> str:
    """What a number is read best in on its cell, which is the darker the more it is.

    >>> ink(9, 0, 100), ink(90, 0, 100)
    ('#1d1c1a', '#ffffff')
    """
    return "#ffffff" if value > least + 0.65 * (most - least) else "#1d1c1a"


def _heat(chart: Chart) -> dict[str, Any]:
    """Rows from the top down, as they are listed."""
    rows = [series.values for series in chart.series]
    numbers = [value for row in rows for value in row] or [0.0]
    least = min(0.0, *numbers)
    most = max(*numbers, least + 1e-9)
    cells = [(column, place, value) for place, row in enumerate(rows) for column, value in enumerate(row)]
    return {
        "animation": False,
        "textStyle": {"fontFamily": "inherit"},
        "tooltip": {"renderMode": "richText"},
        "grid": {"left": 8, "right": 12, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": list(chart.categories), "axisTick": {"show": False}, "axisLine": _FAINT},
        "yAxis": {
            "type": "category",
            "data": [series.label for series in chart.series],
            "inverse": True,
            "axisTick": {"show": False},
            "axisLine": _FAINT,
        },
        "visualMap": {
            "show": False,
            "min": least,
            "max": most,
            "inRange": {"color": list(HEAT)},
        },
        "series": [
            {
                "type": "heatmap",
                "data": [{"value": cell, "label": {"color": ink(cell[2], least, most)}} for cell in cells],
                "label": {"show": len(chart.categories) <= 14},
            }
        ],
    }


def _whole(chart: Chart) -> bool:
    return all(value == int(value) for series in chart.series for value in series.values)


def _number(value: float) -> str:
    return f"{value:,.10g}"
