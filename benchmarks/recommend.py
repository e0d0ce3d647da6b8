"""How many of the products that customers then bought are among the ten recommended, on Online Retail II.

    python benchmarks/recommend.py [--data ../shared/data] [--until 2011-09-11]

Recall at 10 (hits / min(10, bought)) over the 90 days after a cut-off, of customers who bought before it and in it. The
weights are learnt on the 90 days before the cut-off. They were chosen, and every setting with them, by the earlier
cut-off; the last is the published one.
"""

import argparse
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl

from jobs import recommend
from jobs.recommend import AHEAD, Bought

EARLIER = "2011-06-13"
BEGAN = datetime.fromisoformat("2009-12-01")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where the public data is")
    parser.add_argument("--until", default="2011-09-11", help="the cut-off that was published")
    arguments = parser.parse_args()
    lines = _lines(arguments.data)
    ahead = timedelta(days=AHEAD)
    print(f"{'cut-off':12} {'by':34} {'all products':>13} {'new ones':>9} {'seconds':>8}")
    for name in (EARLIER, arguments.until):
        cut = datetime.fromisoformat(name)
        before, past = _bought(lines, BEGAN, cut - ahead), _bought(lines, BEGAN, cut)
        between, later = _bought(lines, cut - ahead, cut), _bought(lines, cut, cut + ahead)
        began = perf_counter()
        taught = recommend.learn(recommend.know(before), before, between)
        model = replace(recommend.know(past), weights=taught.weights, constant=taught.constant)
        seconds = perf_counter() - began
        ways = {
            "popularity": recommend.only_popular(model),
            "bought most often": replace(model, weights=np.array([0.001, 0, 0, 1, 9, 0, 0, 0, 0])),
            "weights for shops that taught none": recommend.know(past),
            "what serves": model,
        }
        for by, one in ways.items():
            both = recommend.recall(one, past, later), recommend.recall(one, past, later, new=True)
            print(f"{name:12} {by:34} {both[0]:13.3f} {both[1]:9.3f} {seconds if one is model else 0:8.1f}")
        print("weights", model.weights.round(2).tolist(), round(model.constant, 2))


def _lines(data: Path) -> pl.DataFrame:
    lines = pl.read_parquet(data / "online_retail_II.parquet").filter(
        pl.col("customer_id").is_not_null(),
        ~pl.col("invoice").str.starts_with("C"),
        pl.col("quantity") > 0,
        pl.col("price") > 0,
    )
    return lines.with_columns(product=pl.col("stock_code").rank("dense").cast(pl.Int64))


def _bought(lines: pl.DataFrame, since: datetime, until: datetime) -> Bought:
    rows = lines.filter(pl.col("invoice_date") >= since, pl.col("invoice_date") < until)
    last = (pl.lit(until) - pl.max("invoice_date")).dt.total_days()
    pairs = rows.group_by("customer_id", "product").agg(times=pl.n_unique("invoice"), ago=last)
    pairs = pairs.sort("customer_id", "product")
    customers, whose = np.unique(pairs["customer_id"].to_numpy(), return_inverse=True)
    numbers = (pairs[name].to_numpy().astype(np.float64) for name in ("times", "ago"))
    return Bought(customers, whose, pairs["product"].to_numpy(), *numbers)


if __name__ == "__main__":
    main()
