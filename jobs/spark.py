"""RFM scores on Apache Spark: computed there, and written into the store here.

The store's own code writes: Spark's workers need no way to write to it, and nothing of Shopdesk.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from crm_store import rfm, scores_from_elsewhere
from crm_store import spark as on_spark
from crm_store.spark_source import Source, failures, orders
from jobs.rfm import said
from jobs.scoring import Outcome, Scoring

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def score(spark: "SparkSession", source: Source, work: Scoring) -> Outcome:
    """Scores every buyer of the orders of `source`; for `jobs.scoring.score`.

    Raises `NoOrders`, `NoDriver`, `SparkFailed`, and `UnknownCustomers` where the store does not have their customers.
    """
    with work.store.read() as connection:
        is_first = rfm.is_first(connection)
    with work.store.begin() as connection:
        rfm.begin(connection, work.as_of)
    placed = orders(spark, source)
    totals: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    buyers = moved = 0
    with failures("compute the scores", source), on_spark.score(spark, placed, work.as_of) as (scale, scores):
        found = scores.select("customer_id", "spend_base", *rfm.KEPT).orderBy("customer_id").persist()
        found.count()  # on all workers: what follows takes one part after the other
        rows = (row.asDict() for row in found.toLocalIterator())
        for stretch, part in _stretches(rows):
            with work.store.begin() as connection:
                written = scores_from_elsewhere.write(connection, work.as_of, part, stretch, keeps_moves=not is_first)
            buyers += len(part)
            moved += written.moved
            for name, (customers, spend) in written.segments.items():
                totals[name] = (totals[name][0] + customers, totals[name][1] + spend)
            work.tell(f"rfm: {buyers:,} buyers are scored")
        found.unpersist()
    with work.store.begin() as connection:
        rfm.record(connection, scale, totals)
    return Outcome(buyers, said(buyers, moved, is_first=is_first))


def _stretches(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[rfm.Stretch, list[dict[str, Any]]]]:
    """Scores by ascending customer in parts that are written at once, and whose they are: together, everybody's."""
    first, part = 0, list(islice(rows, rfm.AT_ONCE))
    while following := list(islice(rows, rfm.AT_ONCE)):
        last = part[-1]["customer_id"]
        yield (first, last), part
        first, part = last + 1, following
    yield (first, None), part
