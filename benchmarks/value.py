"""How near expected spend comes to what customers then spent, on Online Retail II.

    python benchmarks/value.py [--data ../shared/data] [--days 90] [--until 2011-09-11]

For each cut-off what is expected of everybody who had bought before it is compared with the `--days` that followed.
The model is fitted to orders before the cut-off alone. It was chosen, and its settings with it, by the earlier
cut-offs; the last is the published one. Invoices without returns count, in pounds.
"""

import argparse
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from jobs import value
from jobs.histories import Histories
from jobs.value import Measured, ValueModel

EARLIER = ("2011-03-15", "2011-06-13")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where the public data is")
    parser.add_argument("--days", type=int, default=90, help="days that are looked ahead")
    parser.add_argument("--until", default="2011-09-11", help="the cut-off that was published")
    arguments = parser.parse_args()
    orders = _orders(arguments.data)
    print(f"{'cut-off':12} {'customers':>9} {'by':26} {'MAE':>7} {'Spearman':>9} {'sum':>5}")
    for cut in (*EARLIER, arguments.until):
        past, spent = _parted(orders, datetime.fromisoformat(cut), arguments.days)
        model = value.fit(past, arguments.days)
        seen = value.see(past, arguments.days)
        classic = ValueModel(model.orders, model.spend, model.horizon)
        _say(cut, "BG/NBD x Gamma-Gamma", value.measure(classic.expected(seen, arguments.days), spent[seen.who]))
        if model.learnt is not None:
            learnt = model.learnt.expected(model.features(seen))
            _say(cut, "learnt pair", value.measure(learnt, spent[seen.who]))
        _say(cut, "what serves: both", value.measure(model.expected(seen, arguments.days), spent[seen.who]))


def _say(cut: str, by: str, measured: Measured) -> None:
    error, order, total = measured.error / 100, measured.order, measured.total
    print(f"{cut:12} {measured.customers:9} {by:26} {error:7.1f} {order:9.4f} {total:5.2f}")


def _orders(data: Path) -> pl.DataFrame:
    lines = pl.read_parquet(data / "online_retail_II.parquet").filter(
        pl.col("customer_id").is_not_null(), ~pl.col("invoice").str.starts_with("C"), pl.col("quantity") > 0
    )
    total = (pl.col("quantity") * pl.col("price")).sum() * 100
    return (
        lines.group_by("customer_id", "invoice").agg(at=pl.min("invoice_date"), total=total).sort("customer_id", "at")
    )


def _parted(orders: pl.DataFrame, cut: datetime, days: int) -> tuple[Histories, np.ndarray]:
    """What was known at the cut-off, and what each customer of it spent in the days that followed."""
    ago = ((pl.lit(cut) - pl.col("at")).dt.total_seconds() / 86400).floor().cast(pl.Int64)
    rows = orders.with_columns(ago=ago)
    known = rows.filter(pl.col("ago") >= 0)
    customers, whose = np.unique(known["customer_id"].to_numpy(), return_inverse=True)
    past = Histories(customers, whose, known["ago"].to_numpy(), known["total"].to_numpy())
    later = rows.filter((pl.col("ago") < 0) & (pl.col("ago") >= -days), pl.col("customer_id").is_in(customers.tolist()))
    place = np.searchsorted(customers, later["customer_id"].to_numpy())
    return past, np.bincount(place, later["total"].to_numpy(), customers.size)


if __name__ == "__main__":
    main()
