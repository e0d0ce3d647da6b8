"""Scoring on Apache Spark: histories are counted and models asked there, and the scores alone are written to the store.

RFM, churn and propensity. The store's own code writes, here: Spark's workers need no way to write to it. Models are
fitted to a sample of customers, which the store is asked for as it always is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from crm_store import features, forecasts, rfm, scores_from_elsewhere
from crm_store import spark as on_spark
from crm_store.forecasts import Forecast
from crm_store.schema import to_ms
from crm_store.spark_tables import Source, columns, failures, register, release
from jobs import churn, propensity
from jobs.forecasting import Asked, asked_of, run
from jobs.rfm import said
from jobs.scoring import Outcome, Scorer, Scoring

if TYPE_CHECKING:
    import numpy as np
    from pyspark.sql import SparkSession

    from jobs.learning import Served, Spread

#: customers that a worker asks the models about at a time
_AT_ONCE = 10_000
#: forecasts in one transaction
_WRITTEN = 5_000
#: who is scored elsewhere alone
LEFT_OUT = ("value", "recommend")


@contextmanager
def scorers(spark: "SparkSession", source: Source, as_of: datetime) -> Iterator[Mapping[str, Scorer]]:
    """Scorers that count on Spark what they read of `source`, for `jobs.scoring.score`.

    Raises `NoTables`, `NoDriver`, `SparkFailed`, as they do.
    """
    wanted = columns([rfm.summed(as_of), features.countries(to_ms(as_of)), features.side_by_side(as_of)])
    register(spark, source, wanted)
    asked = {"churn": churn.ASKED, "propensity": propensity.ASKED}
    try:
        yield {
            "rfm": partial(_score_rfm, spark, source),
            **{name: partial(_score_by_model, spark, source, one) for name, one in asked.items()},
        }
    finally:
        release(spark, wanted)


def _score_rfm(spark: "SparkSession", source: Source, work: Scoring) -> Outcome:
    with work.store.read() as connection:
        is_first = rfm.is_first(connection)
    totals: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    buyers = moved = 0
    with failures("compute the scores", source):
        scores = on_spark.score(spark, spark.table("orders"), work.as_of).orderBy("customer_id").persist()
        scores.count()  # on all workers: what follows takes one part after the other
        rows = (row.asDict() for row in scores.toLocalIterator())
        for stretch, part in _stretches(rows):
            with work.store.begin() as connection:
                written = scores_from_elsewhere.write(connection, work.as_of, part, stretch, keeps_moves=not is_first)
            buyers += len(part)
            moved += written.moved
            for name, (customers, spend) in written.segments.items():
                totals[name] = (totals[name][0] + customers, totals[name][1] + spend)
            work.tell(f"rfm: {buyers:,} buyers are scored")
        scores.unpersist()
    with work.store.begin() as connection:
        rfm.record(connection, work.as_of, totals)
    return Outcome(buyers, said(buyers, moved, is_first=is_first))


def _stretches(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[rfm.Stretch, list[dict[str, Any]]]]:
    """Scores by ascending customer in parts that are written at once, and whose they are: together, everybody's."""
    first, part = 0, list(islice(rows, rfm.AT_ONCE))
    while following := list(islice(rows, rfm.AT_ONCE)):
        last = part[-1]["customer_id"]
        yield (first, last), part
        first, part = last + 1, following
    yield (first, None), part


def _score_by_model(spark: "SparkSession", source: Source, asked: Asked, work: Scoring) -> Outcome:
    return run(work, asked, partial(_score_all, spark, source))


def _score_all(
    spark: "SparkSession", source: Source, work: Scoring, asked: Asked, served: "Served", spread: "Spread"
) -> "tuple[int, np.ndarray[Any, Any]]":
    import numpy as np
    from pyspark import StorageLevel

    scored, counts = 0, np.zeros(spread.shares.shape)
    with failures("ask the model", source):
        counted = spark.sql(on_spark.sql(features.countries(to_ms(work.as_of)))).collect()
        shares = features.country_shares(counted)
        model = spark.sparkContext.broadcast((served, spread))
        forecast = partial(_forecast, model=model, shares=shares, asked=asked, as_of=work.as_of, currency=work.currency)
        rows = spark.sql(on_spark.sql(features.side_by_side(work.as_of)))
        names = tuple(rows.columns)
        said_of = rows.rdd.mapPartitions(partial(forecast, names)).persist(StorageLevel.DISK_ONLY)
        said_of.count()
        for forecasts_, seen in said_of.toLocalIterator():
            counts += seen
            for start in range(0, len(forecasts_), _WRITTEN):
                with work.store.begin() as connection:
                    forecasts.put_forecasts(connection, asked.kind, work.as_of, forecasts_[start : start + _WRITTEN])
            scored += len(forecasts_)
            work.tell(f"{asked.kind}: {scored:,} customers are scored")
        said_of.unpersist()
    with work.store.begin() as connection:
        forecasts.forget_forecasts(connection, asked.kind, but_of=work.as_of)
    return scored, spread.drift(counts)


def _forecast(
    names: tuple[str, ...],
    rows: Iterable[Any],
    *,
    model: Any,
    shares: Mapping[str | None, float],
    asked: Asked,
    as_of: datetime,
    currency: str,
) -> "Iterator[tuple[list[Forecast], np.ndarray[Any, Any]]]":
    """On a worker: forecasts of some customers of a partition, and how many lie in each bin of `Spread`."""
    from jobs.reasons import reasons

    served, spread = model.value
    left = iter(rows)
    while part := list(islice(left, _AT_ONCE)):
        known = asked_of(asked, _known(names, part, shares, as_of))
        if not len(known.ids):
            continue
        told = reasons(known, served.model.reasons(known), as_of, currency)
        said_of = zip(known.ids.tolist(), served.chances(known).tolist(), told, strict=True)
        yield [Forecast(*one) for one in said_of], spread.counted(spread.edges, known.values)


def _known(
    names: tuple[str, ...], rows: list[Any], shares: Mapping[str | None, float], as_of: datetime
) -> features.Features:
    """Features of customers, from rows of `features.side_by_side`."""
    import numpy as np

    by_name = dict(zip(names, zip(*rows, strict=True), strict=True))
    ids = np.array(by_name.pop("id"), np.int64)
    countries = np.array([shares.get(country) for country in by_name.pop("country")], np.float64)
    seen = {name: np.array(values, np.float64) for name, values in by_name.items()}
    signed_up = seen.pop("signed_up_at")
    signed_up[~(signed_up < to_ms(as_of))] = np.nan
    return features.put_together(ids, signed_up, countries, seen, as_of)
