"""Charts as pictures."""

import struct
import warnings
from typing import get_args

import pytest

from bot import charts
from bot.charts import colours, png
from handlers.message import Chart, ChartKind, Series
from jobs.digests.waiting import PRIORITIES


@pytest.mark.parametrize("kind", get_args(ChartKind))
@pytest.mark.parametrize(
    ("categories", "values"),
    [
        (("under 1 h", "1 to 4 h"), (4.0, 7.5)),
        ((), ()),
        (("one",), (0.0,)),
        (tuple(f"{day} November" for day in range(1, 31)), tuple(float(day) for day in range(30))),
        (("$x^2$", "a very long name of a category that nobody can read", "中文 العربية"), (1.0, -2.0, 3.0)),
    ],
)
def test_every_chart_becomes_a_picture(kind: ChartKind, categories: tuple[str, ...], values: tuple[float, ...]) -> None:
    series = (Series("opened in $", values), Series("resolved", values))
    picture = png(Chart(kind, "Tickets, $ & <b>", categories, series, alt="Four and seven"))
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (960, 540)
    assert b"Four and seven" in picture


def test_a_chart_without_series_is_an_empty_one() -> None:
    assert png(Chart("pie", "Nothing yet", (), ())).startswith(b"\x89PNG")


def test_a_priority_keeps_its_colour_whichever_others_are_there() -> None:
    every = dict(zip(PRIORITIES, colours(PRIORITIES), strict=True))
    assert len(set(every.values())) == 4
    for some in (("high", "low"), ("normal",), ("urgent", "normal", "low")):
        assert colours(some) == [every[name] for name in some]


def test_other_names_are_told_apart() -> None:
    assert len(set(colours(["opened", "resolved", "waiting"]))) == 3


def test_chinese_is_written_where_a_font_for_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import font_manager

    if not {font.name for font in font_manager.fontManager.ttflist} & set(charts._CHINESE):
        pytest.skip("no font that holds Chinese is installed")
    chart = Chart("bar", "客户数", ("冠军客户", "有风险"), (Series("客户数", (1.0, 2.0)),))
    monkeypatch.setattr(charts.warnings, "filterwarnings", lambda *_, **__: None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a sign that no font has is warned of
        assert png(chart).startswith(b"\x89PNG")
