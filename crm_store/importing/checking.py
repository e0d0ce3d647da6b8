"""Cells become values, or a reason why not: whole columns at a time, in polars.

A checked frame has `_line`, the file's columns and nothing else: ids and texts trimmed, empty cells null, times in
milliseconds since 1970 UTC, money as decimal numbers (`Float64`, exact to 15 digits) until the currency is known.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from crm_store.countries import CODES
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
    # no clock is further from UTC than fourteen hours
    r" ?(?P<offset>Z|z|UTC|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_HOUR = 3_600_000
_UTC = ZoneInfo("UTC")
_FLAGS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows of a chunk that make sense by themselves, and the reasons of those that do not."""

    good: pl.DataFrame
    bad: pl.DataFrame


def check(file: File, rows: pl.DataFrame, rates: Rates, timezone: ZoneInfo) -> Checked:
    """Checks the text columns of one of our files. A column the file lacks stays absent."""
    rows = rows.rename(file.own_names(rows.columns))
    here = [column for column in file.columns if column.name in rows.columns]
    cells = rows.select(LINE, *(trimmed(column.name) for column in here))
    values = cells.with_columns(_value(column, timezone).alias(_valued(column)) for column in here)
    fine = values.select(pl.all_horizontal(*(_fits(column, rates) for column in here), *_across(here))).to_series()
    good = (values if fine.all() else values.filter(fine)).select(LINE, *(_kept(column) for column in here))
    if good.height == values.height:
        return Checked(good, pl.DataFrame(schema=REASONS))
    # sentences are made for the few rows that need one
    reasons = [*(_reason(column, rates) for column in here), *_across_reasons(here)]
    return Checked(good, values.filter(~fine).select(LINE, pl.coalesce(*reasons).alias(REASON)))


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


def _valued(column: Column) -> str:
    """Under this name a column's values stand beside its cells."""
    return f"{column.name} value"


def _kept(column: Column) -> pl.Expr:
    return pl.col(_valued(column)).alias(column.name)


def _value(column: Column, timezone: ZoneInfo) -> pl.Expr:
    """A column's cells as values; what is none is null, or fails `_valid`."""
    cell = pl.col(column.name)
    match column.kind:
        case Kind.ID | Kind.TEXT:
            return cell
        case Kind.MONEY:
            return pl.when(cell.str.contains(AMOUNT)).then(cell).cast(pl.Float64, strict=False)
        case Kind.COUNT:
            return pl.when(cell.str.contains(WHOLE)).then(cell.str.extract(r"^(-?\d+)")).cast(pl.Int64, strict=False)
        case Kind.STARS:
            return pl.when(cell.str.contains(r"^[1-5](\.0*)?$")).then(cell.str.slice(0, 1)).cast(pl.Int64)
        case Kind.TIME:
            return instant(cell, timezone)
        case Kind.COUNTRY | Kind.CURRENCY:
            return cell.str.to_uppercase()
        case Kind.LANGUAGE:
            return cell.str.replace("_", "-", literal=True).str.to_lowercase()
        case Kind.FLAG:
            return cell.str.to_lowercase().replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)
        case Kind.CHOICE | Kind.SLUG:
            return cell.str.to_lowercase()


def _valid(column: Column, rates: Rates) -> pl.Expr:
    """Whether a value that is there may be."""
    value = pl.col(_valued(column))
    match column.kind:
        case Kind.ID | Kind.TEXT:
            return pl.lit(True)
        case Kind.MONEY:
            return value >= 0
        case Kind.COUNT:
            return value.is_between(0, _MOST)
        case Kind.STARS | Kind.TIME | Kind.FLAG:
            return value.is_not_null()
        case Kind.COUNTRY:
            return value.is_in(CODES)
        case Kind.CURRENCY:
            return value.is_in(with_rate(rates))
        case Kind.LANGUAGE:
            return value.str.contains(r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")
        case Kind.CHOICE:
            return value.is_in(column.allowed)
        case Kind.SLUG:
            return value.str.contains(r"^[a-z][a-z0-9_]*$")


def _wrong(column: Column) -> pl.Expr:
    """The end of the sentence about a cell that is not valid."""
    value = pl.col(_valued(column))
    match column.kind:
        case Kind.ID | Kind.TEXT:
            return pl.lit("")
        case Kind.MONEY:
            return _negative_or(value, "is not an amount")
        case Kind.COUNT:
            return _negative_or(value, f"is not a whole number up to {_MOST}")
        case Kind.STARS:
            return pl.lit("is not one of 1 to 5")
        case Kind.TIME:
            return pl.lit("is not a possible time")
        case Kind.COUNTRY:
            return pl.lit("is not an ISO 3166-1 country code")
        case Kind.CURRENCY:
            return _no_rate(value)
        case Kind.LANGUAGE:
            return pl.lit("is not a language code")
        case Kind.FLAG:
            return pl.lit("is not true or false")
        case Kind.CHOICE:
            return pl.lit(f"is not one of {', '.join(column.allowed)}")
        case Kind.SLUG:
            return pl.lit("is not a word of letters, digits and _")


def _fits(column: Column, rates: Rates) -> pl.Expr:
    cell = pl.col(column.name)
    fits = _valid(column, rates).fill_null(False)
    fits = cell.is_not_null() & fits if column.required else cell.is_null() | fits
    return fits if column.size is None else fits & (cell.str.len_chars().fill_null(0) <= column.size)


def _reason(column: Column, rates: Rates) -> pl.Expr:
    """What is wrong with a cell; null where nothing is."""
    cell = pl.col(column.name)
    said = pl.format("{} {} {}", pl.lit(column.name), _shown(cell), _wrong(column))
    reason: pl.Expr = pl.when(cell.is_not_null() & ~_valid(column, rates).fill_null(False)).then(said)
    if column.size is not None:
        long = pl.lit(f"{column.name} is longer than {column.size} characters")
        reason = pl.when(cell.str.len_chars() > column.size).then(long).otherwise(reason)
    if column.required:
        reason = pl.when(cell.is_null()).then(pl.lit(f"{column.name} is missing")).otherwise(reason)
    return reason


def _shown(cell: pl.Expr) -> pl.Expr:
    return pl.lit('"') + cell.str.slice(0, 60) + pl.lit('"')


def _negative_or(value: pl.Expr, wrong: str) -> pl.Expr:
    """The end of the sentence about a number: that it is negative, or else what is wrong."""
    return pl.when(value < 0).then(pl.lit("is negative")).otherwise(pl.lit(wrong))


def with_rate(rates: Rates) -> list[str]:
    """The currencies a row may be in."""
    return [*rates.units, rates.base]


def _no_rate(value: pl.Expr) -> pl.Expr:
    """The end of the sentence about a currency a row may not be in."""
    unknown = pl.lit("is not an ISO 4217 currency")
    return pl.when(value.is_in(list(EXPONENTS))).then(pl.lit("is a currency without a rate")).otherwise(unknown)


def _across(here: list[Column]) -> list[pl.Expr]:
    """Whether amounts have no more decimal places than the currency of their row."""
    return [(_places(column) <= _most_places()).fill_null(True) for column in _with_currency(here)]


def _across_reasons(here: list[Column]) -> list[pl.Expr]:
    return [
        pl.when(_places(column) > _most_places()).then(
            pl.format(
                "{} {} has more than {} decimal places",
                pl.lit(column.name),
                _shown(pl.col(column.name)),
                _most_places(),
            )
        )
        for column in _with_currency(here)
    ]


def _with_currency(here: list[Column]) -> list[Column]:
    known = any(column.kind is Kind.CURRENCY for column in here)
    return [column for column in here if known and column.kind is Kind.MONEY]


def _places(column: Column) -> pl.Expr:
    return pl.col(column.name).str.extract(r"\.(\d*[1-9])0*$").str.len_chars().cast(pl.Int64)


def _most_places() -> pl.Expr:
    return pl.col("currency value").replace_strict(EXPONENTS, default=None, return_dtype=pl.Int64)


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
    return cell.map_batches(lambda cells: _instants(cells, timezone), return_dtype=pl.Int64)


def _instants(cells: pl.Series, timezone: ZoneInfo) -> pl.Series:
    """Most files write all their times in one of two forms, which need no regular expression."""
    name = cells.name or "at"
    if cells.null_count() == len(cells):
        return pl.Series(name, [None] * len(cells), pl.Int64)
    frame = pl.DataFrame({"text": cells})
    text = pl.col("text")
    if (quick := _of_one_form(cells, timezone)) is not None:
        values = frame.select(pl.when(_in_years(quick)).then(quick)).to_series()
        if values.null_count() == cells.null_count():
            return values.alias(name)
    # lines of one order share their time: each text is taken apart once
    slow = frame.unique("text").with_columns(_taken_apart(text, timezone).alias("at"))
    return frame.join(slow, on="text", how="left", maintain_order="left")["at"].alias(name)


def _of_one_form(cells: pl.Series, timezone: ZoneInfo) -> pl.Expr | None:
    """How to read `text` where every cell may have one of the two usual forms."""
    lengths = cells.str.len_bytes()
    text = pl.col("text").str
    if (lengths.min(), lengths.max()) == (20, 20) and cells.str.ends_with("Z").all():
        return in_zone(text.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False, time_unit="ms"), _UTC)
    if (lengths.min(), lengths.max()) == (19, 19):
        return in_zone(text.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="ms"), timezone)
    return None


def _in_years(moment: pl.Expr) -> pl.Expr:
    return moment.cast(pl.Datetime("ms")).dt.year().is_between(_FIRST_YEAR, _LAST_YEAR - 1)


def _taken_apart(cell: pl.Expr, timezone: ZoneInfo) -> pl.Expr:
    parts = cell.str.extract_groups(_TIME)
    field = parts.struct.field
    text = field("date") + "T" + field("clock").fill_null("00:00") + field("seconds").fill_null(":00")
    local = text.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="ms")
    fraction = field("fraction").str.pad_end(3, "0").str.slice(0, 3).cast(pl.Int64).fill_null(0)
    shift = _offset_minutes(field("offset"))
    moment = pl.when(shift.is_null()).then(in_zone(local, timezone)).otherwise(local.cast(pl.Int64) - shift * 60_000)
    return pl.when(_in_years(moment)).then(moment + fraction)


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
