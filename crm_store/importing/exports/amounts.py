"""Amounts as other systems write them: with signs of currencies, thousands separators, HTML."""

from html import unescape

import polars as pl

from crm_store.importing import checking
from crm_store.money import EXPONENTS

#: signs of currencies that are letters, as WooCommerce writes them
_LETTERS = r"kr\.?|Kč|Ft|zł|lei|din\.|ден|лв\.?|KM|Fr\.?|Rp|RM|R|S/|Q|L|Bs\.?|\p{Arabic}[\p{Arabic}.]*"
_SIGN = rf"[A-Z]{{0,3}}\p{{Sc}}|{'|'.join(EXPONENTS)}|{_LETTERS}"
_AMOUNT = rf"^(?:[-−]\s*)?(?:{_SIGN})?\s*(?:[-−]\s*)?(\d[\d.,'’\s]*|\.\d+)\s*(?:{_SIGN})?$"
_DECIMAL = r"^(\d+(\.\d*)?|\.\d+)$"
_SPACED = r"^\d{1,3}(['’\s]\d{3})+([.,]\d+)?$"
#: 1,234.50 and 1,23,456 as in India; 1.234,50 and 1.234.567
_COMMAS = r"^\d{1,3}(,\d{2,3})*,\d{3}\.\d+$|^\d{1,3}(,\d{2,3})+,\d{3}$"
_POINTS = r"^\d{1,3}(\.\d{3})+,\d+$|^\d{1,3}(\.\d{3}){2,}$"
_COMMA, _THOUSANDS = r"^\d+,\d+$", r"^[1-9]\d{0,2},\d{3}$"


def amount(cell: pl.Expr, currency: pl.Expr) -> pl.Expr:
    """Amounts in plain decimals, with no more places than their currency has; what is no amount stays as it is.

    Where a point and a comma stand, the last one is the decimal mark. A point alone is one, too; a comma alone is one
    unless exactly three digits follow it and the currency has not three places.
    """
    text = cell.map_batches(_unescaped, return_dtype=pl.String)
    # € 24.00 (includes € 4.00 VAT); the second of two amounts is what was left after a refund
    text = text.str.replace(r"^(.*\d.*?)\s*\([^()]*\)$", "$1")
    text = text.str.replace(r"^(\p{Sc}\s?[\d.,]+)\s+\p{Sc}\s?[\d.,]+$", "$1")
    text = text.str.replace(r"^([\d.,]+\s?\p{Sc})\s+[\d.,]+\s?\p{Sc}$", "$1")
    places = currency.replace_strict(EXPONENTS, default=None, return_dtype=pl.Int64)
    number = _decimal(text.str.extract(_AMOUNT).str.strip_chars(), places)
    return (
        pl.when(text.str.contains(r"^\D*[-−]"))
        .then("-" + number)
        .otherwise(_rounded(number, currency, places))
        .fill_null(cell)
    )


def _unescaped(cells: pl.Series) -> pl.Series:
    if not cells.str.contains("&", literal=True).any():
        return cells
    return pl.Series(cells.name, [None if cell is None else unescape(cell).strip() for cell in cells], pl.String)


def _decimal(number: pl.Expr, places: pl.Expr) -> pl.Expr:
    text = number.str
    is_thousand = text.contains(_THOUSANDS) & (places != 3).fill_null(True)
    return (
        pl.when(text.contains(_DECIMAL))
        .then(number)
        .when(text.contains(_SPACED))
        .then(text.replace_all(r"['’\s]", "").str.replace(",", ".", literal=True))
        .when(text.contains(_COMMAS) | is_thousand)
        .then(text.replace_all(",", "", literal=True))
        .when(text.contains(_POINTS))
        .then(text.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .when(text.contains(_COMMA))
        .then(text.replace(",", ".", literal=True))
    )


def _rounded(number: pl.Expr, currency: pl.Expr, places: pl.Expr) -> pl.Expr:
    """Longer ones are rounded half to even, as `checking.minor` does."""
    long = number.str.extract(r"\.(\d*[1-9])0*$").str.len_chars() > places
    minor = checking.minor(number.cast(pl.Float64, strict=False), currency)
    factor = pl.lit(10, pl.Int64).pow(places)
    short = pl.format("{}.{}", minor // factor, (minor % factor).cast(pl.String).str.zfill(places))
    return pl.when(long).then(short).otherwise(number)
