"""Times as other systems write them: 05/04/2026, 05.04.2026, with 3:30 PM."""

from collections.abc import Iterable

import polars as pl

_NUMBERS = r"(?P<first>[0-9]{1,2})(?P<mark>[/.-])(?P<second>[0-9]{1,2})[/.-](?P<year>[0-9]{4})"
_CLOCK = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<seconds>[0-9]{2}))?\s?(?:(?P<half>[AaPp])\.?[Mm]\.?)?"
_LOOSE = rf"^(?:{_NUMBERS}|(?P<date>[0-9]{{4}}[/-][0-9]{{2}}[/-][0-9]{{2}}))(?:,?[T\s]\s?{_CLOCK})?$"
#: what may be either way; with points the day is first everywhere
_EITHER = r"^([0-9]{1,2})[/-]([0-9]{1,2})[/-][0-9]{4}\b"


def day_is_first(columns: Iterable[pl.Series]) -> tuple[bool, str | None]:
    """Whether 05/04/2026 is the 5th of April: the first column with a number above twelve tells.

    Where none tells, the month is first, and one of the texts that were guessed comes along.
    """
    guessed: str | None = None
    for cells in columns:
        numbers = cells.to_frame("text").select(
            text="text",
            first=pl.col("text").str.extract(_EITHER, 1).cast(pl.Int64),
            second=pl.col("text").str.extract(_EITHER, 2).cast(pl.Int64),
        )
        numbers = numbers.drop_nulls()
        if not numbers.height:
            if cells.null_count() == len(cells):
                continue
            # a file writes its times one way: nothing to decide
            return False, guessed
        days, months = int((numbers["first"] > 12).sum()), int((numbers["second"] > 12).sum())
        if days != months:
            return days > months, None
        guessed = guessed or str(numbers["text"][0])
    return False, guessed


def iso(cell: pl.Expr, day_first: bool) -> pl.Expr:
    """Times in ISO 8601; what is written in another way stays as it is."""
    part = cell.str.extract_groups(_LOOSE).struct.field
    first, second = part("first").str.zfill(2), part("second").str.zfill(2)
    days = pl.lit(day_first) | (part("mark") == ".")
    month, day = pl.when(days).then(second).otherwise(first), pl.when(days).then(first).otherwise(second)
    numbered = pl.format("{}-{}-{}", part("year"), month, day)
    date = pl.coalesce(part("date").str.replace_all("/", "-", literal=True), numbered)
    hour, half = part("hour").cast(pl.Int64), part("half").str.to_lowercase()
    # 12 AM is midnight, 12 PM noon; there is no 13 PM
    of_half = pl.when(hour.is_between(1, 12)).then(hour % 12 + pl.when(half == "p").then(12).otherwise(0))
    hours = pl.when(half.is_null()).then(hour).otherwise(of_half).cast(pl.String).str.zfill(2)
    clock = pl.format("T{}:{}:{}", hours, part("minute"), part("seconds").fill_null("00"))
    return pl.coalesce(pl.when(hour.is_null()).then(date).otherwise(date + clock), cell)
