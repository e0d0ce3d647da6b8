"""Cells become values, or a reason why not: whole columns at a time, in polars.

A checked frame has `_line`, the file's columns and nothing else: ids and texts trimmed, empty cells null, times in
milliseconds since 1970 UTC, money as decimal numbers (`Float64`, exact to 15 digits) until the currency is known.
"""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from crm_store.importing.countries import CODES
from crm_store.importing.files import Column, File, Kind
from crm_store.importing.reading import LINE, REASON
from crm_store.money import EXPONENTS, Rates

#: of a rejected row: the line and why
REASONS = {LINE: pl.Int64, REASON: pl.String}
#: amounts of up to twelve digits before the point keep every minor unit in a double
AMOUNT = r"^-?(\d{1,12}(\.\d*)?|\.\d+)$"
WHOLE = r"^-?\d{1,15}(\.0*)?$"
#: the largest count a spreadsheet's owner can mean: it fits every engine's INTEGER
_MOST = 2**31 - 1
_TIME = (
    r"^(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<clock>\d{2}:\d{2})(?P<seconds>:\d{2})?(?:[.,](?P<fraction>\d{1,9}))?"
    r" ?(?P<offset>Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_HOUR = 3_600_000
_FLAGS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows of a chunk that make sense by themselves, and the reasons of those that do not."""

    good: pl.DataFrame
    bad: pl.DataFrame


def check(file: File, rows: pl.DataFrame, rates: Rates, timezone: ZoneInfo) -> Checked:
    """Checks the text columns of one of our files. A column the file lacks stays absent."""
    here = [column for column in file.columns if column.name in rows.columns]
    cells = rows.select(LINE, *(trimmed(column.name) for column in here))
    values, problems = [], []
    for column in here:
        value, problem = _rule(column, rates, timezone)
        values.append(value.alias(column.name))
        problems.append(problem)
    if problems:
        problems += _across(file, here)
    checked = cells.select(LINE, *values, pl.coalesce(*problems, pl.lit(None, pl.String)).alias(REASON))
    return split(checked)


def split(rows: pl.DataFrame) -> Checked:
    """Parts a frame by its `_reason` column."""
    if rows[REASON].null_count() == rows.height:
        return Checked(rows.drop(REASON), pl.DataFrame(schema=REASONS))
    bad = rows.filter(pl.col(REASON).is_not_null()).select(pl.col(LINE).cast(pl.Int64), REASON)
    return Checked(rows.filter(pl.col(REASON).is_null()).drop(REASON), bad)


def trimmed(name: str) -> pl.Expr:
    """A text column without the space around its cells; empty ones are null."""
    cell = pl.col(name).str.strip_chars()
    return pl.when(cell != "").then(cell).alias(name)


def _rule(column: Column, rates: Rates, timezone: ZoneInfo) -> tuple[pl.Expr, pl.Expr]:
    """An expression for a column's values, and one for what is wrong with them (null where nothing is)."""
    cell = pl.col(column.name)
    value, valid, wrong = _value(column, cell, rates, timezone)
    said = pl.format("{} {} {}", pl.lit(column.name), _shown(cell), wrong)
    problem: pl.Expr = pl.when(cell.is_not_null() & ~valid.fill_null(False)).then(said)
    if column.size is not None:
        long = pl.lit(f"{column.name} is longer than {column.size} characters")
        problem = pl.when(cell.str.len_chars() > column.size).then(long).otherwise(problem)
    if column.required and column.default is None:
        problem = pl.when(cell.is_null()).then(pl.lit(f"{column.name} is missing")).otherwise(problem)
    return value if column.default is None else value.fill_null(column.default), problem


def _shown(cell: pl.Expr) -> pl.Expr:
    return pl.lit('"') + cell.str.slice(0, 60) + pl.lit('"')


def _value(column: Column, cell: pl.Expr, rates: Rates, timezone: ZoneInfo) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """A column's values, where they are valid, and the end of the sentence where they are not."""
    match column.kind:
        case Kind.ID | Kind.TEXT:
            return cell, pl.lit(True), pl.lit("")
        case Kind.MONEY:
            value = pl.when(cell.str.contains(AMOUNT)).then(cell).cast(pl.Float64, strict=False)
            return value, value >= 0, negative_or(value, "is not an amount")
        case Kind.COUNT:
            value = pl.when(cell.str.contains(WHOLE)).then(cell.str.extract(r"^(-?\d+)")).cast(pl.Int64, strict=False)
            wrong = negative_or(value, f"is not a whole number up to {_MOST}")
            return value, value.is_between(0, _MOST), wrong
        case Kind.STARS:
            value = pl.when(cell.str.contains(r"^[1-5](\.0*)?$")).then(cell.str.slice(0, 1)).cast(pl.Int64)
            return value, value.is_not_null(), pl.lit("is not one of 1 to 5")
        case Kind.TIME:
            value = instant(cell, timezone)
            return value, value.is_not_null(), pl.lit("is not a possible time")
        case Kind.COUNTRY:
            value = cell.str.to_uppercase()
            return value, value.is_in(CODES), pl.lit("is not an ISO 3166-1 country code")
        case Kind.LANGUAGE:
            value = cell.str.replace("_", "-", literal=True)
            valid = value.str.contains(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
            return value.str.to_lowercase(), valid, pl.lit("is not a language code")
        case Kind.CURRENCY:
            value = cell.str.to_uppercase()
            return value, value.is_in(with_rate(rates)), no_rate(value)
        case Kind.FLAG:
            value = cell.str.to_lowercase().replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)
            return value, value.is_not_null(), pl.lit("is not true or false")
        case Kind.CHOICE:
            value = cell.str.to_lowercase()
            return value, value.is_in(column.allowed), pl.lit(f"is not one of {', '.join(column.allowed)}")
        case Kind.SLUG:
            value = cell.str.to_lowercase()
            return value, value.str.contains(r"^[a-z][a-z0-9_]*$"), pl.lit("is not a word of letters, digits and _")


def negative_or(value: pl.Expr, wrong: str) -> pl.Expr:
    """The end of the sentence about a number: that it is negative, or else what is wrong."""
    return pl.when(value < 0).then(pl.lit("is negative")).otherwise(pl.lit(wrong))


def with_rate(rates: Rates) -> list[str]:
    """The currencies a row may be in."""
    return [*rates.units, rates.base]


def no_rate(value: pl.Expr) -> pl.Expr:
    """The end of the sentence about a currency a row may not be in."""
    unknown = pl.lit("is not an ISO 4217 currency")
    return pl.when(value.is_in(list(EXPONENTS))).then(pl.lit("is a currency without a rate")).otherwise(unknown)


def _across(file: File, here: list[Column]) -> list[pl.Expr]:
    """Rules over several columns of one row."""
    names = {column.name for column in here}
    if "currency" not in names:
        return []
    return [
        too_fine(pl.col(column.name), pl.col("currency").str.to_uppercase(), column.name)
        for column in here
        if column.kind is Kind.MONEY
    ]


def too_fine(cell: pl.Expr, currency: pl.Expr, name: str) -> pl.Expr:
    """The reason for amounts (as text) with more decimal places than their currency has."""
    places = cell.str.extract(r"\.(\d*[1-9])0*$").str.len_chars()
    most = currency.replace_strict(EXPONENTS, default=None, return_dtype=pl.Int64)
    said = pl.format("{} {} has more than {} decimal places", pl.lit(name), _shown(cell), most)
    return pl.when(places > most).then(said)


def minor(amount: pl.Expr, currency: pl.Expr) -> pl.Expr:
    """Decimal amounts as minor units of their currency, rounded half to even."""
    factors = {code: 10.0**places for code, places in EXPONENTS.items()}
    factor = currency.replace_strict(factors, default=None, return_dtype=pl.Float64)
    return (amount * factor).round(mode="half_to_even").cast(pl.Int64)


def to_base(amounts: pl.Series, currencies: pl.Series, rates: Rates) -> pl.Series:
    """Minor units in the shop's base currency."""
    if (currencies == rates.base).all():
        return amounts
    convert = rates.to_base
    pairs = zip(amounts.to_list(), currencies.to_list(), strict=True)
    return pl.Series([None if a is None else convert(a, c) for a, c in pairs], dtype=pl.Int64)


def instant(cell: pl.Expr, timezone: ZoneInfo) -> pl.Expr:
    """ISO 8601 text as milliseconds since 1970 UTC; null where it names no moment.

    Without an offset it is the shop's local time: an hour that the clock repeats counts as its first pass, one that it
    skips as if the clock had not been put forward (PEP 495, fold 0).
    """
    parts = cell.str.extract_groups(_TIME)
    field = parts.struct.field
    text = field("date") + "T" + field("clock").fill_null("00:00") + field("seconds").fill_null(":00")
    local = text.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="ms")
    fraction = field("fraction").str.pad_end(3, "0").str.slice(0, 3).cast(pl.Int64).fill_null(0)
    shift = _offset_minutes(field("offset"))
    moment = pl.when(shift.is_null()).then(in_zone(local, timezone)).otherwise(local.cast(pl.Int64) - shift * 60_000)
    years = local.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR - 1)
    return pl.when(years).then(moment + fraction)


def _offset_minutes(offset: pl.Expr) -> pl.Expr:
    digits = offset.str.replace_all(r"[^0-9]", "").str.pad_end(4, "0")
    hours, rest = (digits.str.slice(at, 2).cast(pl.Int64, strict=False) for at in (0, 2))
    minutes = hours * 60 + rest
    return (
        pl.when(offset.str.contains(r"^(Z|z|UTC)$"))
        .then(pl.lit(0, pl.Int64))
        .when(offset.str.starts_with("-"))
        .then(-minutes)
        .when(offset.str.starts_with("+"))
        .then(minutes)
    )


def in_zone(local: pl.Expr, timezone: ZoneInfo) -> pl.Expr:
    """Naive local datetimes as milliseconds since 1970 UTC."""

    def at(value: pl.Expr) -> pl.Expr:
        zoned = value.dt.replace_time_zone(timezone.key, ambiguous="earliest", non_existent="null")
        return zoned.dt.timestamp("ms")

    # a skipped local time has no moment of its own: three hours earlier there is one on every clock
    return pl.coalesce(at(local), at(local - pl.duration(hours=3)) + 3 * _HOUR)


#: a header without what exports write differently: case, spaces, underscores
def plain(name: str) -> str:
    """A header's name without case, spaces and underscores.

    >>> plain("Customer ID"), plain("customer_id")
    ('customerid', 'customerid')
    """
    return re.sub(r"[\s_]", "", name).lower()
