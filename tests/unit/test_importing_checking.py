"""Cells become values."""

from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.importing.checking import instant, minor, to_base
from crm_store.importing.files import plain
from crm_store.money import Rates, parse_minor
from crm_store.schema import to_ms

BERLIN = ZoneInfo("Europe/Berlin")


def moment(text: str) -> int | None:
    value = pl.select(instant(pl.lit(text), BERLIN)).item()
    return None if value is None else int(value)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-01T12:00:00Z", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("2026-01-01T12:00:00", datetime(2026, 1, 1, 11, tzinfo=UTC)),
        ("2026-07-01 12:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-01-01T12:00:00.25+05:30", datetime(2026, 1, 1, 6, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-01-01 12:00:00 -0500", datetime(2026, 1, 1, 17, tzinfo=UTC)),
        # the clock skips 02:00-03:00, and repeats 02:00-03:00
        ("2026-03-29T02:30:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_times(text: str, at: datetime) -> None:
    assert moment(text) == to_ms(at)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-01-01T24:00:00", "1.5.2026", "0001-01-01", "tomorrow", "2026"])
def test_impossible_times(text: str) -> None:
    assert moment(text) is None


@pytest.mark.parametrize("offset", ["+99:99", "-15:00", "+02:60", "+1"])
def test_impossible_offsets(offset: str) -> None:
    assert moment(f"2026-01-01T12:00:00{offset}") is None


FORMS = (
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S+02:00",
    "%d.%m.%Y",
)
local_times = st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1))  # noqa: DTZ001 - local on purpose


@settings(deadline=None)
@given(
    # columns of one form, and of several
    st.lists(st.sampled_from(FORMS), min_size=1, max_size=2).flatmap(
        lambda forms: st.lists(st.builds(datetime.strftime, local_times, st.sampled_from(forms)), max_size=4)
    ),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
def test_a_column_is_read_as_its_cells_are(filled: list[str], empty: int, chance: Random) -> None:
    cells: list[str | None] = [*filled, *[None] * empty]
    chance.shuffle(cells)
    column = pl.DataFrame({"at": cells}, {"at": pl.String}).select(instant(pl.col("at"), BERLIN))["at"]
    assert column.to_list() == [None if cell is None else moment(cell) for cell in cells]


@settings(deadline=None)
@given(local_times)
def test_local_times_are_those_of_the_standard_library(local: datetime) -> None:
    local = local.replace(microsecond=0, fold=0)  # what is written says nothing of a fold
    assert moment(local.isoformat()) == to_ms(local.replace(tzinfo=BERLIN))


@settings(deadline=None)
@given(st.decimals(0, 10**11, places=2))
def test_amounts_are_exact(amount: Decimal) -> None:
    value = pl.select(minor(pl.lit(float(amount)), pl.lit("EUR"))).item()
    assert value == parse_minor(str(amount), "EUR")


def test_sums_in_the_base_currency_are_those_of_the_rates() -> None:
    rates = Rates("EUR", {"JPY": Decimal("0.0061")})
    found = to_base(pl.Series([1000, 5, None]), pl.Series(["JPY", "EUR", "JPY"]), rates)
    assert found.to_list() == [610, 5, None]


def test_headers_compare_without_case_spaces_and_underscores() -> None:
    assert plain("Customer ID") == plain("customer_id") == plain("CustomerID")
