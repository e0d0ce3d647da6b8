"""How well churn risk and purchase propensity are told, on public histories.

    python benchmarks/churn.py [--data ../shared/data] [--only online_retail|cdnow] [--earlier] [--asked propensity]
        [--made-up CUSTOMERS]

Imports UCI Online Retail II (returns and rows without a customer left out) and CDNOW into SQLite stores, learns from
what was known before the cut-off alone, and measures every candidate on the 90 days after it; with `--asked propensity`
on the 30 days after it, and BG/NBD beside them.
Then the same for 300 of the customers, drawn five times, and with shuffled labels, five times.
`--earlier` measures on earlier cut-offs of Online Retail II instead, whose 90 days end before that of the others: what
is tried is tried on them. *With hindsight* is what serves, corrected by what came of four fifths of the customers and
measured on the rest: how much a better way of learning from the same features could gain. `--made-up` times features,
fitting and scoring of a made-up shop of so many customers with ten orders each.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from crm_store import forecasts, stats
from crm_store.features import EVERYBODY, Among, Features, features, read
from crm_store.migrate import upgrade
from crm_store.store import Store, connect, open_store
from jobs import churn, propensity
from jobs.forecasting import Asked, periods_of, snapshot
from jobs.learning import Periods, Rhythm, Served, Snapshot, chance, learn, log_odds, measure
from jobs.scoring import Scoring

NOW = datetime(2026, 1, 1, tzinfo=UTC)
#: the day up to which each history is known
CUTS = {
    "online_retail": datetime(2011, 9, 11, tzinfo=UTC),
    "cdnow": datetime(1998, 4, 1, tzinfo=UTC),
}
#: earlier cut-offs of Online Retail II
EARLIER = tuple(
    datetime(*day, tzinfo=UTC) for day in ((2010, 12, 14), (2011, 1, 28), (2011, 3, 14), (2011, 4, 28), (2011, 6, 12))
)
ASKED = {"churn": churn.ASKED, "propensity": propensity.ASKED}
SMALL, DRAWS = 300, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where the public files are")
    parser.add_argument("--only", choices=tuple(CUTS))
    parser.add_argument("--asked", choices=tuple(ASKED), default="churn")
    parser.add_argument("--earlier", action="store_true", help="on earlier cut-offs, on which things are tried")
    parser.add_argument("--made-up", type=int, default=0, help="customers of a made-up shop that is timed")
    arguments = parser.parse_args()
    asked = ASKED[arguments.asked]
    with tempfile.TemporaryDirectory() as folder:
        if arguments.made_up:
            _time(_store(Path(folder) / "made_up.db"), arguments.made_up)
            return
        if arguments.earlier:
            store = _store(Path(folder) / "earlier.db")
            _import_online_retail(store, arguments.data)
            _measure_earlier(asked, store)
            store.close()
            return
        for name, cut_off in CUTS.items():
            if arguments.only in (None, name):
                store = _store(Path(folder) / f"{name}.db")
                {"online_retail": _import_online_retail, "cdnow": _import_cdnow}[name](store, arguments.data)
                _measure(asked, name, store, cut_off)
                store.close()


def _measure(asked: Asked, name: str, store: Store, cut_off: datetime) -> None:
    began = time.perf_counter()
    periods, dates, now = _periods(asked, store, cut_off)
    took = time.perf_counter() - began
    truth = _truth(asked, store, cut_off)
    print(
        f"\n{name}: {len(truth.came)} buyers before {cut_off.date()}, {truth.came.mean():.1%} {_what(asked)} in "
        f"{asked.days} days; {len(dates)} snapshots since {dates[0].date()}, read in {took:.1f} s"
    )
    _compare(asked, periods, now, truth, shown=True)
    draws = np.random.default_rng(0)
    drawn: dict[str, list[float]] = {}
    for _ in range(DRAWS):
        some = draws.choice(now.ids, SMALL, replace=False)
        for candidate, auc in _compare(asked, _among(periods, some), _only(now, some), _some(truth, some)).items():
            drawn.setdefault(candidate, []).append(auc)
    told = ", ".join(f"{key} {np.mean(values):.3f}" for key, values in sorted(drawn.items()))
    print(f"  {SMALL} customers, mean AUC of {DRAWS} draws: {told}")
    shuffled = [_compare(asked, _shuffled(periods, draws), now, truth)["logistic"] for _ in range(DRAWS)]
    print(f"  shuffled labels, AUC of the logistic regression: {', '.join(f'{auc:.3f}' for auc in shuffled)}")


def _measure_earlier(asked: Asked, store: Store) -> None:
    rows: dict[str, list[tuple[float, float, float]]] = {}
    hindsight: list[float] = []
    for cut_off in EARLIER:
        periods, _, now = _periods(asked, store, cut_off)
        truth = _truth(asked, store, cut_off)
        learnt = learn(asked, periods, now, cut_off)
        found = {name: measure(one.chances(truth.known), truth.came) for name, one in learnt.candidates.items()}
        found["serves"] = found[learnt.chosen or "rule"]
        for name, one in found.items():
            rows.setdefault(name, []).append((one.auc, one.pr_auc, one.brier))
        hindsight.append(_hindsight(learnt.candidates[learnt.chosen or "rule"], truth))
        one = found["serves"]
        came = f"{truth.came.mean():.1%} of {len(truth.came)} {_what(asked)}"
        told = f"AUC {one.auc:.4f}  PR-AUC {one.pr_auc:.4f}  Brier {one.brier:.4f} ({one.brier_level:.4f} at its level)"
        told += f"; AUC with hindsight {hindsight[-1]:.4f}"
        print(f"{cut_off.date()}: {came}; {learnt.chosen} serves: {told}")
    for name, all_ in rows.items():
        print("{:<9} AUC {:.4f}  PR-AUC {:.4f}  Brier {:.4f}".format(name, *np.mean(all_, axis=0)))
    print(f"what serves, with hindsight: AUC {np.mean(hindsight):.4f}")


def _hindsight(serves: Served, truth: Snapshot) -> float:
    """The AUC of what serves once it was corrected by what came, a fifth of the customers by that of the others."""
    values = truth.known.values.astype(np.float64)
    missing = np.isnan(values)
    logs = np.where(missing, 0, np.sign(values) * np.log1p(np.abs(values)))
    inputs = np.hstack([logs, missing])
    inputs = inputs[:, inputs.std(axis=0) > 1e-6]
    inputs = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    # so wide that the penalty does not touch what is corrected
    margins = 30 * log_odds(serves.chances(truth.known))
    model = LogisticRegression(C=0.001, solver="newton-cholesky")
    parts = StratifiedKFold(5, shuffle=True, random_state=0)
    said = cross_val_predict(model, np.c_[margins, inputs], truth.came, cv=parts, method="predict_proba")[:, 1]
    return float(roc_auc_score(truth.came, said))


def _what(asked: Asked) -> str:
    return "without an order" if asked.silence else "with an order"


def _periods(asked: Asked, store: Store, cut_off: datetime) -> tuple[Periods, tuple[datetime, ...], Features]:
    work = Scoring(store, cut_off, ZoneInfo("UTC"), "GBP", lambda line: None, train=True)
    with store.read() as connection:
        first, _ = forecasts.span(connection, cut_off)
    return periods_of(work, asked, first, EVERYBODY)


def _truth(asked: Asked, store: Store, cut_off: datetime) -> Snapshot:
    with store.read() as connection:
        past = read(connection, [cut_off], cut_off + timedelta(days=asked.days))
    return snapshot(past, asked, cut_off)


def _compare(asked: Asked, periods: Periods, now: Features, truth: Snapshot, shown: bool = False) -> dict[str, float]:
    """Every candidate's AUC on the truth; that of what would serve is under `serves`."""
    began = time.perf_counter()
    learnt = learn(asked, periods, now, truth.at)
    took = time.perf_counter() - began
    found = {name: measure(one.chances(truth.known), truth.came) for name, one in learnt.candidates.items()}
    if not asked.silence:
        rhythm = Rhythm.fit(now, asked)
        found["bg_nbd"] = measure(chance(rhythm.margins(truth.known)), truth.came)
    if shown:
        print(f"  learnt in {took:.1f} s; serves: {learnt.chosen}")
        for name, one in sorted(found.items(), key=lambda item: -item[1].auc):
            print(f"  {name:<9} AUC {one.auc:.4f}  PR-AUC {one.pr_auc:.4f}  Brier {one.brier:.4f}  lift {one.lift:.2f}")
        serves = found[learnt.chosen or "rule"]
        print(f"  with hindsight {_hindsight(learnt.candidates[learnt.chosen or 'rule'], truth):.4f}")
        print("  said and came, by tenth: " + ", ".join(f"{said:.2f} {came:.2f}" for said, came in serves.bins))
    aucs = {name: one.auc for name, one in found.items()}
    return aucs | {"serves": aucs[learnt.chosen or "rule"]}


def _among(periods: Periods, ids: Sequence[int]) -> Periods:
    return Periods(
        earlier=tuple(_some(one, ids) for one in periods.earlier),
        since=tuple(_some(one, ids) for one in periods.since),
        latest=_some(periods.latest, ids),
    )


def _some(one: Snapshot, ids: Sequence[int]) -> Snapshot:
    return replace(one, known=_only(one.known, ids), came=one.came[np.isin(one.known.ids, ids)])


def _only(known: Features, ids: Sequence[int]) -> Features:
    return known.only(np.isin(known.ids, ids))


def _shuffled(periods: Periods, draws: np.random.Generator) -> Periods:
    """The same, with what came dealt out anew among the customers of each snapshot."""

    def mixed(one: Snapshot) -> Snapshot:
        return replace(one, came=draws.permutation(one.came))

    return Periods(
        earlier=tuple(map(mixed, periods.earlier)),
        since=tuple(map(mixed, periods.since)),
        latest=mixed(periods.latest),
    )


# --- imports -------------------------------------------------------------------------------------------------------


def _store(path: Path) -> Store:
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    return open_store(engine, bytes(32), NOW)


def _import_online_retail(store: Store, folder: Path) -> None:
    rows = pl.read_parquet(folder / "online_retail_II.parquet").filter(
        pl.col("customer_id").is_not_null() & ~pl.col("invoice").str.starts_with("C") & (pl.col("quantity") > 0)
    )
    codes = {name: f"{chr(65 + n // 26)}{chr(65 + n % 26)}" for n, name in enumerate(sorted(set(rows["country"])))}
    people = rows.group_by("customer_id").agg(pl.col("country").first()).sort("customer_id")
    people = people.with_columns(id=pl.col("customer_id"), country=pl.col("country").replace(codes))
    _put(store, "customers", people.select("id", "country", created_at=pl.lit(0)))
    products = rows.select(sku="stock_code").unique().sort("sku").with_row_index("id", offset=1)
    _put(store, "products", products.select("id", "sku"))
    pence = (pl.col("price") * 100).round().cast(pl.Int64)
    orders = (
        rows.group_by("invoice")
        .agg(
            pl.col("customer_id").first(),
            placed_at=pl.col("invoice_date").min().dt.epoch("ms"),
            total=(pence * pl.col("quantity")).sum(),
        )
        .sort("placed_at", "invoice")
        .with_row_index("id", offset=1)
    )
    _put_orders(store, orders)
    items = rows.join(orders.select("invoice", order_id="id"), on="invoice")
    items = items.join(products.select(stock_code="sku", product_id="id"), on="stock_code")
    items = items.select("order_id", "product_id", "quantity", unit_price=pence)
    occurrence = pl.int_range(1, pl.len() + 1).over("order_id", "product_id")
    _put(store, "order_items", items.with_columns(occurrence=occurrence))


def _import_cdnow(store: Store, folder: Path) -> None:
    rows = pl.read_parquet(folder / "cdnow_master.parquet").with_row_index("id", offset=1)
    _put(store, "customers", rows.select(id="customer_id").unique().sort("id").with_columns(created_at=pl.lit(0)))
    _put(store, "products", pl.DataFrame({"id": [1], "sku": ["CD"]}))
    cents = (pl.col("value") * 100).round().cast(pl.Int64)
    _put_orders(store, rows.select("id", "customer_id", placed_at=pl.col("date").dt.epoch("ms"), total=cents))
    items = rows.select(order_id="id", quantity="cds").with_columns(
        product_id=pl.lit(1), occurrence=pl.lit(1), unit_price=pl.lit(0)
    )
    _put(store, "order_items", items)


def _put_orders(store: Store, orders: pl.DataFrame) -> None:
    """Orders of `id`, `customer_id`, `placed_at` and `total`."""
    rest = {"external_id": pl.col("id").cast(pl.String), "total_base": pl.col("total")}
    rest |= {"status": pl.lit("delivered"), "currency": pl.lit("GBP")}
    _put(store, "orders", orders.select("id", "customer_id", "placed_at", "total", **rest))


def _put(store: Store, table: str, rows: pl.DataFrame) -> None:
    marks = ", ".join("?" for _ in rows.columns)
    with store.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        for part in rows.iter_slices(100_000):
            driver.executemany(f"INSERT INTO {table} ({', '.join(rows.columns)}) VALUES ({marks})", part.rows())


# --- speed ---------------------------------------------------------------------------------------------------------


def _time(store: Store, customers: int) -> None:
    chance = np.random.default_rng(0)
    ids = np.arange(1, customers + 1)
    _put(store, "customers", pl.DataFrame({"id": ids, "created_at": np.zeros(customers, np.int64)}))
    owners = np.repeat(ids, 10)
    habits = np.repeat(chance.gamma(2, 15, customers), 10)
    ages = chance.exponential(habits).reshape(customers, 10).cumsum(axis=1) + chance.exponential(60, (customers, 1))
    at = (NOW.timestamp() - 86_400 * ages.ravel()) * 1000
    orders = pl.DataFrame(
        {"customer_id": owners, "placed_at": at.astype(np.int64), "total": chance.integers(500, 9000, len(at))}
    )
    _put_orders(store, orders.with_row_index("id", offset=1))
    with store.begin() as connection:
        stats.rebuild(connection)
    began = time.perf_counter()
    with store.read() as connection:
        told = features(connection, NOW, Among(1, 1, min(customers, 50_000)))
    print(f"features of {len(told.ids)} customers: {time.perf_counter() - began:.1f} s")
    for what, train in (("fitting and scoring", True), ("scoring", False)):
        began = time.perf_counter()
        outcome = churn.score(Scoring(store, NOW, ZoneInfo("UTC"), "EUR", lambda line: None, train))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{what}: {time.perf_counter() - began:.1f} s, peak {peak:.0f} MB; {outcome.said}")


if __name__ == "__main__":
    main()
