"""Cells of other systems' exports become ours."""

import polars as pl
import pytest

from crm_store.importing.exports.amounts import amount
from crm_store.importing.exports.dates import day_is_first, iso


@pytest.mark.parametrize(
    ("cell", "currency", "plain"),
    [
        ("24", "EUR", "24"),
        ("24.5", "EUR", "24.5"),
        (".5", "EUR", ".5"),
        ("1,234.50", "EUR", "1234.50"),
        ("1.234,50", "EUR", "1234.50"),
        ("1.234.567", "EUR", "1234567"),
        ("1,23,456.50", "INR", "123456.50"),
        ("1 234,50 €", "EUR", "1234.50"),
        ("1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}kr", "SEK", "1234"),
        ("CHF 1'234.50", "CHF", "1234.50"),
        # one mark alone
        ("12,50", "EUR", "12.50"),
        ("0,125", "EUR", "0.12"),
        ("1,234", "EUR", "1234"),
        ("1,234", "KWD", "1.234"),
        ("1.234", "KWD", "1.234"),
        ("1.234", "EUR", "1.23"),
        # no more places than the currency has
        ("19.999", "EUR", "20.00"),
        ("19.990000", "EUR", "19.990000"),
        ("8.403361", "EUR", "8.40"),
        ("1.5", "JPY", "2.0"),
        # signs and HTML
        ("&#36;24.00", "USD", "24.00"),
        ("&euro;1,234.50", "EUR", "1234.50"),
        ("24,00&nbsp;&euro;", "EUR", "24.00"),
        ("-$4.00", "USD", "-4.00"),
        ("$-4.00", "USD", "-4.00"),
        ("US$ 5", "USD", "5"),
        ("KWD 1.500", "KWD", "1.500"),
        ("R$5,00", "BRL", "5.00"),
        ("12 zł", "PLN", "12"),
        ("د.إ 5.50", "AED", "5.50"),
        ("kr. 5,50", "DKK", "5.50"),
        ("€24.00 (includes €4.00 VAT)", "EUR", "24.00"),
        ("€24.00 €20.00", "EUR", "24.00"),
        ("24,00 € 20,00 €", "EUR", "24.00"),
        # what is no amount stays, and is rejected with its own text
        *((text, "EUR", text) for text in ("1e5", "12abc", "(12.50)", "12 34", "1.23.4", "1,2,3", "XYZ 5", "5-", "€")),
    ],
)
def test_amounts(cell: str, currency: str, plain: str) -> None:
    cells = pl.DataFrame({"amount": [cell, None, cell], "currency": currency})
    assert cells.select(amount(pl.col("amount"), pl.col("currency"))).to_series().to_list() == [plain, None, plain]


@pytest.mark.parametrize(
    ("cell", "month_first", "day_first"),
    [
        ("05/04/2026", "2026-05-04", "2026-04-05"),
        ("5/4/2026 9:05", "2026-05-04T09:05:00", "2026-04-05T09:05:00"),
        ("05-04-2026, 3:30 PM", "2026-05-04T15:30:00", "2026-04-05T15:30:00"),
        *(
            (text, plain, plain)
            for text, plain in (
                ("05.04.2026", "2026-04-05"),
                ("05.04.2026 17:30:15", "2026-04-05T17:30:15"),
                ("2026-04-05 12:30 a.m.", "2026-04-05T00:30:00"),
                ("2026-04-05 12:30 pm", "2026-04-05T12:30:00"),
                ("2026/04/05", "2026-04-05"),
                ("2026-04-05 10:00:00 +0200", "2026-04-05 10:00:00 +0200"),
                ("2026-04-05 13:30 PM", "2026-04-05 13:30 PM"),
                ("5 April 2026", "5 April 2026"),
            )
        ),
    ],
)
def test_dates(cell: str, month_first: str, day_first: str) -> None:
    cells = pl.DataFrame({"at": [cell, None]})
    assert cells.select(iso(pl.col("at"), False)).to_series().to_list() == [month_first, None]
    assert cells.select(iso(pl.col("at"), True)).to_series().to_list() == [day_first, None]


@pytest.mark.parametrize(
    ("columns", "answer"),
    [
        ([["2026-04-05", None]], (False, None)),
        ([["05/04/2026", "13/04/2026"]], (True, None)),
        ([["05/04/2026", "04/13/2026"]], (False, None)),
        ([["05/04/2026"], ["06/04/2026", "31-12-2025 10:00"]], (True, None)),
        ([["05/04/2026"], ["06/04/2026"]], (False, "05/04/2026")),
        ([["05.04.2026"]], (False, None)),
        ([["2026-04-05"], ["13/04/2026"]], (False, None)),
        ([[], [None], ["13/04/2026"]], (True, None)),
    ],
)
def test_the_whole_file_tells_whether_the_day_is_first(
    columns: list[list[str | None]], answer: tuple[bool, str | None]
) -> None:
    assert day_is_first(pl.Series(cells, dtype=pl.String) for cells in columns) == answer
