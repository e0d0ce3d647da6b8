"""RFM scores on Apache Spark, for histories that outgrow one server: the same SELECTs, compiled for Spark SQL.

`shopdesk score --spark` writes the scores back into the store (`jobs.spark`). From files to files:

    python -m crm_store.spark orders.parquet scores.parquet --as-of 2026-06-30T00:00:00Z --master spark://host:7077

The orders are Parquet files (or a folder of them) with the columns of the table `orders` that count: `customer_id`,
`placed_at` (milliseconds since 1970 UTC), `status` and `total_base`. The scores are Parquet with the columns of
`customer_scores`. Row for row they are what `crm_store.rfm` makes of the same orders.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Dialect, SelectBase, column, table
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import IdentifierPreparer, SQLCompiler

from crm_store import rfm
from crm_store.schema import from_ms, to_ms
from crm_store.spark_source import Files, failures, orders, started

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class _Compiler(SQLCompiler):
    def render_literal_value(self, value: Any, type_: Any) -> str:
        if isinstance(value, str):  # to Spark '' is the end of one text and the beginning of another
            escaped = value.replace("\\", "\\\\").replace("'", "\\'")
            return f"'{escaped}'"
        if isinstance(value, float):  # else it is a decimal
            return f"{value!r}D"
        return super().render_literal_value(value, type_)


class _Preparer(IdentifierPreparer):
    def __init__(self, dialect: Dialect, **options: Any) -> None:
        super().__init__(dialect, initial_quote="`", **options)  # what stands in '"' is a text to Spark


class SparkDialect(DefaultDialect):
    """Compiles to Spark SQL; it connects to nothing."""

    name = "spark"
    statement_compiler = _Compiler
    preparer: type[IdentifierPreparer] = _Preparer
    div_is_floordiv = False  # its / is of doubles; a CAST to NUMERIC would round them to whole numbers


_BUYERS = table(
    "buyers",
    column("customer_id", BigInteger),
    column("last_order_at", BigInteger),
    column("orders", BigInteger),
    column("spend_base", BigInteger),
)


@contextmanager
def score(spark: "SparkSession", orders: "DataFrame", as_of: datetime) -> Iterator["tuple[rfm.Scale, DataFrame]"]:
    """What everybody is measured by, and their scores: `customer_id`, `spend_base` and `rfm.COLUMNS`; times are
    milliseconds since 1970 UTC.

    The four cut values of each score are found by one sort of one column; the scores themselves need none. What is
    counted of the orders, once, is held within the block alone: after it Spark would give it for newer orders too.
    """
    as_of = from_ms(to_ms(as_of))
    orders.createOrReplaceTempView("orders")
    buyers = spark.sql(sql(rfm.summed(as_of))).cache()
    try:
        buyers.createOrReplaceTempView("buyers")
        found = spark.sql(sql(rfm.measured(_BUYERS, as_of))).collect()
        scale = rfm.scale_of(as_of, [(row[0], row[1], row[2]) for row in found])
        scores = spark.sql(sql(rfm.scored(_BUYERS, scale)))
        yield scale, scores.select("customer_id", "spend_base", *rfm.COLUMNS)
    finally:
        buyers.unpersist()


def sql(statement: SelectBase) -> str:
    """A statement in Spark's words, its values in it.

    >>> from sqlalchemy import Double, literal, select
    >>> sql(select(literal("can't lose").label("a"), literal(0.1, Double).label("b")))
    "SELECT 'can\\\\'t lose' AS a, 0.1D AS b"
    """
    return str(statement.compile(dialect=SparkDialect(), compile_kwargs={"literal_binds": True}))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("orders", help="Parquet of the orders")
    parser.add_argument("scores", help="where the scores go, as Parquet")
    parser.add_argument("--as-of", required=True, type=_moment, help="what now is, with its offset")
    parser.add_argument("--master", help="where Spark runs (default: as it is configured, or spark-submit says)")
    parsed = parser.parse_args(arguments)
    source = Files(parsed.orders)
    with (
        started(parsed.master, source) as spark,
        failures("compute the scores", source),
        score(spark, orders(spark, source), parsed.as_of) as (_, scores),
    ):
        scores.drop("spend_base").write.mode("overwrite").parquet(parsed.scores)


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


if __name__ == "__main__":
    main()
