"""Cells of other systems' exports become ours."""

import polars as pl
import pytest

from crm_store.importing.exports.amounts import amount


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
