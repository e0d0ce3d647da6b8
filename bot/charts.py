"""A chart as a picture, for platforms that draw none themselves."""

import io
import logging
import math
import warnings
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, assert_never

from handlers.message import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: the same as on the console page: told apart in grey too, and by those who see no red or green
COLOURS = ("#0b7a66", "#d98324", "#3f6fd1", "#b3477d", "#7a8a2a", "#7d5ba6")
#: what a colour stands for, on every chart and every day
_NAMED = {"urgent": "#b8322a", "high": "#e0942e", "normal": "#4a7fe0", "low": "#9a958b"}
#: from few to many on a heat map
HEAT = ("#f3f1ec", "#8cc0b4", "#0b7a66")
_INK, _SOFT, _GRID, _PAPER = "#1d1c1a", "#66625b", "#e3e0d9", "#ffffff"
_WIDTH, _HEIGHT, _DPI = 8.0, 4.5, 120
#: a label longer than this is drawn shortened; the message's table and alt text hold it whole
_LONGEST_LABEL = 22
_MOST_LABELS = 14
_MOST_SLICES = 8
#: fonts that hold Chinese, by what systems call them
_CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Droid Sans Fallback",
)
#: series that stand side by side in one line of the legend, as long as their names fit
_MOST_COLUMNS, _WIDEST_LEGEND = 6, 70


def colours(names: Sequence[str]) -> list[str]:
    """A colour for each series or slice: its own where its name has one, else the next one.

    >>> colours(["high", "low"]) == colours(["urgent", "high", "low"])[1:]
    True
    """
    return [_NAMED.get(name, COLOURS[number % len(COLOURS)]) for number, name in enumerate(names)]


def calibration_png(bars: Sequence[tuple[float, float, int]], title: str) -> bytes:
    """How sure a reader was against how often it was right, a point each (confidence, accuracy, texts), as a PNG.

    On the dashed line it is as often right as it says.
    """
    figure, axes = _figure()
    figure.suptitle(f"Calibration: {_plain(title)}", x=0.02, ha="left", fontsize=13, fontweight="bold", color=_INK)
    axes.plot((0, 1), (0, 1), color=_SOFT, linestyle="--", linewidth=1)
    axes.plot([sure for sure, _, _ in bars], [right for _, right, _ in bars], color=COLOURS[0], marker="o")
    for sure, right, count in bars:
        axes.annotate(f"{count:,}", (sure, right), (6, -12), textcoords="offset points", fontsize=8, color=_SOFT)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="confidence", ylabel="share right")
    axes.grid(color=_GRID)
    return _saved(figure, f"Calibration: {title}")


def _figure() -> "tuple[Figure, Axes]":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    _with_chinese()
    figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_DPI, facecolor=_PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    figure.get_layout_engine().set(w_pad=0.2, h_pad=0.15)  # type: ignore[union-attr, call-arg]  # "constrained" has one, and it takes them
    return figure, figure.add_subplot()


@cache
def _with_chinese() -> None:
    """Signs that Matplotlib's own font lacks are taken from one of the system's that holds Chinese, if it has one."""
    from matplotlib import font_manager, rcParams

    installed = {font.name for font in font_manager.fontManager.ttflist}
    found = next((name for name in _CHINESE if name in installed), None)
    if found is not None:
        rcParams["font.family"] = ["DejaVu Sans", found]
        # few of them are there in bold too, which it would say of every chart
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


def png(chart: Chart) -> bytes:
    """The chart as a PNG of 960 x 540 pixels. Its alternative text goes in as the picture's description."""
    figure, axes = _figure()
    figure.suptitle(_plain(chart.title), x=0.02, ha="left", fontsize=13, fontweight="bold", color=_INK)
    if chart.kind == "pie":
        _pie(axes, chart)
    elif chart.kind == "heat":
        _heat(axes, chart)
    else:
        _cartesian(axes, chart)
        if len(chart.series) > 1:
            figure.legend(
                frameon=False, fontsize=10, labelcolor=_INK, ncols=_columns(chart), loc="outside lower center"
            )
    return _saved(figure, chart.alt or chart.title)


def _saved(figure: "Figure", description: str) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        # a sign no font here has is drawn as a box
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(file, format="png", metadata={"Description": description, "Software": None})
    return file.getvalue()


def _columns(chart: Chart) -> int:
    labels = [series.label for series in chart.series]
    fits = len(labels) <= _MOST_COLUMNS and sum(map(len, labels)) <= _WIDEST_LEGEND
    return len(labels) if fits else 3


def _cartesian(axes: "Axes", chart: Chart) -> None:
    places = list(range(len(chart.categories)))
    match chart.kind:
        case "bar":
            _bars(axes, chart, places)
        case "line" | "area":
            _lines(axes, chart, places, filled=chart.kind == "area")
        case "pie" | "heat":
            raise ValueError(chart.kind)
        case _:
            assert_never(chart.kind)
    step = max(1, -(-len(places) // _MOST_LABELS))
    labels = [_short(chart.categories[place]) for place in places[::step]]
    crowded = sum(map(len, labels)) > 80
    axes.set_xticks(places[::step], labels, rotation=30 * crowded, ha="right" if crowded else "center")
    axes.tick_params(colors=_SOFT, length=0, labelsize=10)
    axes.grid(axis="y", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.spines["bottom"].set(visible=True, color=_GRID)


def _bars(axes: "Axes", chart: Chart, places: list[int]) -> None:
    drawn = _series_colours(chart)
    width = 0.7 / max(1, len(chart.series))
    for number, series in enumerate(chart.series):
        moved = [place + (number - (len(chart.series) - 1) / 2) * width for place in places]
        bars = axes.bar(moved, series.values, width * 0.94, label=_plain(series.label), color=drawn[number])
        if len(places) * len(chart.series) <= _MOST_LABELS:
            axes.bar_label(
                bars, labels=[f"{value:,.10g}" for value in series.values], padding=3, color=_INK, fontsize=10
            )


def _lines(axes: "Axes", chart: Chart, places: list[int], *, filled: bool) -> None:
    for series, colour in zip(chart.series, _series_colours(chart), strict=True):
        marker = "o" if len(places) <= _MOST_LABELS else ""
        axes.plot(places, series.values, label=_plain(series.label), color=colour, linewidth=2.2, marker=marker)
        if filled:
            axes.fill_between(places, series.values, color=colour, alpha=0.14, linewidth=0)
    if all(value >= 0 for series in chart.series for value in series.values):
        axes.set_ylim(bottom=0)


def _pie(axes: "Axes", chart: Chart) -> None:
    slices = _slices(chart)
    total = sum(value for _, value in slices)
    axes.axis("off")
    if total <= 0:
        return
    wedges = axes.pie(
        [value for _, value in slices],
        colors=colours([name for name, _ in slices]),
        startangle=90,
        counterclock=False,
        radius=1.0,
        wedgeprops={"width": 0.42, "edgecolor": _PAPER, "linewidth": 2},
    )[0]
    labels = [f"{_short(name)}  {value:,.10g} ({value / total:.0%})" for name, value in slices]
    axes.legend(
        wedges, labels, frameon=False, loc="center left", bbox_to_anchor=(0.95, 0.5), labelcolor=_INK, fontsize=10
    )


def _heat(axes: "Axes", chart: Chart) -> None:
    """Each number in its cell: the darker, the more."""
    from matplotlib.colors import LinearSegmentedColormap

    axes.spines[:].set_visible(False)
    axes.tick_params(colors=_SOFT, length=0, labelsize=10)
    numbers = [value for series in chart.series for value in series.values]
    if not numbers or not chart.categories:
        axes.axis("off")
        return
    width = len(chart.categories)
    rows = [(*series.values[:width], *[math.nan] * (width - len(series.values))) for series in chart.series]
    least, most = min(numbers), max(numbers)
    colours_ = LinearSegmentedColormap.from_list("heat", HEAT)
    axes.imshow(rows, cmap=colours_, aspect="auto", vmin=min(0.0, least), vmax=max(most, min(0.0, least) + 1e-9))
    axes.set_xticks(range(len(chart.categories)), [_short(one) for one in chart.categories])
    axes.set_yticks(range(len(rows)), [_short(series.label) for series in chart.series])
    if len(chart.categories) > _MOST_LABELS:
        axes.tick_params(axis="x", labelsize=6, rotation=90)
        return
    # from here on white is read better than black
    middle = min(0.0, least) + 0.65 * (most - min(0.0, least))
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if math.isnan(value):
                continue
            ink = _PAPER if value > middle else _INK
            axes.text(column, row, f"{value:,.10g}", ha="center", va="center", color=ink, fontsize=10)


def _slices(chart: Chart) -> list[tuple[str, float]]:
    """What a pie shows: nothing below zero, and of many slices the largest, the others as one."""
    values = chart.series[0].values if chart.series else ()
    named = [(name, value) for name, value in zip(chart.categories, values, strict=False) if value > 0]
    if len(named) <= _MOST_SLICES:
        return named
    named.sort(key=lambda slice_: -slice_[1])
    shown, rest = named[: _MOST_SLICES - 1], named[_MOST_SLICES - 1 :]
    return [*shown, (f"{len(rest)} others", sum(value for _, value in rest))]


def _series_colours(chart: Chart) -> list[str]:
    return colours([series.label for series in chart.series])


def _short(label: str) -> str:
    return _plain(label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…")


def _plain(text: str) -> str:
    """Matplotlib reads what stands between dollar signs as a formula."""
    return text.replace("$", r"\$")
