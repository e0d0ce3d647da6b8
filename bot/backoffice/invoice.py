"""An order's invoice as a PDF, as the recorded shop writes it."""

import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from crm_store.money import format_minor
from crm_store.orders import OrderView
from crm_store.recorded_shop import Extras

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: A4 in inches
_WIDTH, _HEIGHT = 8.27, 11.69
_INK, _SOFT, _RULE = "#1d1c1a", "#66625b", "#c9c5bc"
#: where columns end (the first begins), as shares of the page's width
_LEFT, _QUANTITY, _PRICE, _RIGHT = 0.09, 0.60, 0.76, 0.91
_LINES_A_PAGE, _LINE = 26, 0.024
_LONGEST_NAME = 52
#: families that have Chinese signs, where one of them is installed
_CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "SimHei", "PingFang SC")


@dataclass(frozen=True, slots=True)
class Invoice:
    shop: str
    order: OrderView
    extras: Extras
    #: the day on it
    at: datetime
    placed_at: datetime

    def totals(self) -> Iterator[tuple[str, int]]:
        yield "Items", sum(item.quantity * item.unit_price for item in self.order.items)
        if self.extras.shipping:
            yield "Shipping", self.extras.shipping
        if self.extras.discount:
            yield "Discount", -self.extras.discount
        yield "Total", self.order.total


def pdf(invoice: Invoice) -> bytes:
    """The invoice as a PDF of A4 pages, its words as text."""
    from matplotlib.backends.backend_pdf import PdfPages

    file = io.BytesIO()
    title = f"Invoice {invoice.order.external_id}"
    pages = _pages(invoice)
    about = {"Title": title, "Author": invoice.shop, "CreationDate": invoice.at, "Creator": None, "Producer": None}
    with warnings.catch_warnings():
        # a sign no font here has is drawn as a box
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        with PdfPages(file, metadata=about) as document:
            for number, lines in enumerate(pages, 1):
                document.savefig(_page(invoice, lines, number, len(pages)))
    return file.getvalue()


def _pages(invoice: Invoice) -> list[list[tuple[str, str, str, str]]]:
    currency = invoice.order.currency
    rows = [
        (
            _short(item.name or item.sku),
            str(item.quantity),
            format_minor(item.unit_price, currency),
            format_minor(item.quantity * item.unit_price, currency),
        )
        for item in invoice.order.items
    ]
    return [rows[start : start + _LINES_A_PAGE] for start in range(0, len(rows), _LINES_A_PAGE)] or [[]]


def _page(invoice: Invoice, lines: Sequence[tuple[str, str, str, str]], number: int, pages: int) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, _HEIGHT))
    _write(figure, _LEFT, 0.93, invoice.shop, size=16, bold=True)
    _write(figure, _LEFT, 0.895, f"Invoice for order {invoice.order.external_id}", size=13)
    _write(figure, _LEFT, 0.87, f"Ordered {_day(invoice.placed_at)}, invoice of {_day(invoice.at)}", colour=_SOFT)
    if pages > 1:
        _write(figure, _RIGHT, 0.93, f"Page {number} of {pages}", colour=_SOFT, right=True)
    y = 0.825
    _row(figure, y, ("Item", "Quantity", "Price", "Amount"), colour=_SOFT)
    _rule(figure, y - 0.008)
    for line in lines:
        y -= _LINE
        _row(figure, y, line)
    if number == pages:
        _rule(figure, y - 0.012)
        y -= 0.012
        for label, amount in invoice.totals():
            y -= _LINE
            is_total = label == "Total"
            _write(figure, _PRICE, y, label, bold=is_total, right=True)
            _write(figure, _RIGHT, y, format_minor(amount, invoice.order.currency), bold=is_total, right=True)
    return figure


def _row(figure: "Figure", y: float, cells: tuple[str, str, str, str], colour: str = _INK) -> None:
    _write(figure, _LEFT, y, cells[0], colour=colour)
    for x, words in zip((_QUANTITY, _PRICE, _RIGHT), cells[1:], strict=True):
        _write(figure, x, y, words, colour=colour, right=True)


def _write(
    figure: "Figure",
    x: float,
    y: float,
    words: str,
    *,
    size: float = 10,
    bold: bool = False,
    colour: str = _INK,
    right: bool = False,
) -> None:
    # without parse_math what stands between dollar signs would be read as a formula
    figure.text(
        x,
        y,
        words,
        fontsize=size,
        fontweight="bold" if bold else "normal",
        fontfamily=list(_families()),
        color=colour,
        ha="right" if right else "left",
        parse_math=False,
    )


def _rule(figure: "Figure", y: float) -> None:
    from matplotlib.lines import Line2D

    figure.add_artist(Line2D((_LEFT, _RIGHT), (y, y), color=_RULE, linewidth=0.8))


@cache
def _families() -> tuple[str, ...]:
    from matplotlib.font_manager import fontManager

    there = set(fontManager.get_font_names())
    return ("DejaVu Sans", *[family for family in _CHINESE if family in there][:1])


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
