"""The orders that Spark reads: of a store's own database over JDBC, by ranges of customers, or Parquet files.

Only the columns that count are read, so an account that may see no others is enough.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import URL

from crm_store.store import parse_url

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: the columns of `orders` that scores are made of
COLUMNS = ("customer_id", "placed_at", "status", "total_base")
#: ranges of customers the orders are read by, each over a connection of its own
PARTITIONS = 8
#: rows that a driver fetches at a time: else PostgreSQL's holds all of a range
_FETCHED = 10_000


@dataclass(frozen=True, slots=True)
class _Driver:
    scheme: str
    name: str
    port: int
    package: str
    #: where Debian's package puts it
    jar: str
    #: what its URL ends with
    ending: str = ""


_DRIVERS = {
    "postgresql": _Driver(
        "postgresql", "org.postgresql.Driver", 5432, "libpostgresql-jdbc-java", "/usr/share/java/postgresql.jar"
    ),
    # to jdbc:mariadb Spark says its names in '"', which are texts to MariaDB; the driver's version 3 has to be told
    "mariadb": _Driver(
        "mysql",
        "org.mariadb.jdbc.Driver",
        3306,
        "libmariadb-java",
        "/usr/share/java/mariadb-java-client.jar",
        "?permitMysqlScheme=true",
    ),
}


class NoSpark(Exception):
    """Something that Spark needs is not installed."""

    def __init__(self, missing: str, mend: str) -> None:
        super().__init__(f"Spark needs {missing}: {mend}")
        self.missing = missing


class NoDriver(Exception):
    """There is no JDBC driver for the store, or what was named is none."""

    def __init__(self, family: str, jar: str, why: str) -> None:
        package = _DRIVERS[family].package
        super().__init__(
            f"the JDBC driver of {family} is not in {jar}, {why}: "
            f"name its .jar with --jar (Debian's {package} brings one)"
        )
        self.jar = jar


class NoOrders(Exception):
    """The orders that Spark is to read are not where they were said to be."""


class SparkFailed(Exception):
    """Spark could not do it; says why, and what to change where that is known."""


@dataclass(frozen=True, slots=True)
class Database:
    """A store's own database, read over JDBC."""

    #: as in `store.url`
    url: str
    #: the driver; where Debian puts it when left out
    jar: str | None = None
    #: ranges of customers the orders are read by, each over a connection of its own
    partitions: int = PARTITIONS

    def driver(self) -> tuple[_Driver, str]:
        """The driver and its file. Raises `NoOrders`, `NoDriver`, `BadStoreUrl`."""
        family = _family(parse_url(self.url))
        if family not in _DRIVERS:
            raise NoOrders("Spark reads no SQLite file: name Parquet files of its orders with --parquet")
        driver = _DRIVERS[family]
        jar = self.jar or driver.jar
        if not Path(jar).is_file():
            raise NoDriver(family, jar, "which is not there")
        return driver, jar


@dataclass(frozen=True, slots=True)
class Files:
    """Orders as Parquet."""

    #: a file or a folder of files, of this machine or any place that Spark knows
    path: str


Source = Database | Files


@contextmanager
def started(master: str | None, source: Source) -> Iterator["SparkSession"]:
    """A session, ended with the block; one that runs already is used and left alone.

    `master` is where Spark runs; None: as it is configured. Raises `NoSpark`, `NoOrders`, `NoDriver`, `SparkFailed`.
    """
    jar = source.driver()[1] if isinstance(source, Database) else None
    if find_spec("pyspark") is None:
        raise NoSpark("pyspark", "pip install 'shopdesk[spark]'")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise NoSpark("Java 17 or newer", "install it (Debian's default-jre-headless), or say where with JAVA_HOME")
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("shopdesk score")
    if jar:
        builder = builder.config("spark.jars", jar)
    if master:
        builder = builder.master(master)
    is_ours = SparkSession.getActiveSession() is None
    try:
        spark = builder.getOrCreate()
    except (PySparkException, *_java_errors()) as error:
        raise SparkFailed(f"Spark does not start on {master or 'what it is configured for'}: {_why(error)}") from error
    try:
        yield spark
    finally:
        if is_ours:
            spark.stop()


def orders(spark: "SparkSession", source: Source) -> "DataFrame":
    """The orders, `COLUMNS` of each. Raises `NoOrders`, `NoDriver`, `SparkFailed`."""
    with failures("read orders", source):
        match source:
            case Files():
                return _of_files(spark, source)
            case Database():
                return _of_database(spark, source)


@contextmanager
def failures(doing: str, source: Source) -> Iterator[None]:
    """Turns what Spark says went wrong into a sentence: raises `NoDriver`, `SparkFailed`."""
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, *_java_errors()) as error:
        told = _told(error)
        if isinstance(source, Database) and re.search(r"ClassNotFoundException|[Nn]o suitable driver", told):
            family = _family(parse_url(source.url))
            raise NoDriver(family, source.driver()[1], "or Spark was started without it") from error
        raise SparkFailed(f"Spark cannot {doing}: {_why(error)}") from error


def _java_errors() -> tuple[type[Exception], ...]:
    from py4j.protocol import Py4JError

    return (Py4JError,)


def _told(error: Exception) -> str:
    """Everything that is known of it: Spark's sentence says that a connection failed, Java's stack below it why."""
    return f"{error}\n{getattr(error, '_stackTrace', '')}"


def _why(error: Exception) -> str:
    told = _told(error)
    found = re.findall(r"SQL\w*Exception: ([^\n]+)", told)
    if found:
        return str(found[-1]).strip().rstrip(".")
    return next((line.strip() for line in told.splitlines() if line.strip()), type(error).__name__)


def _family(url: URL) -> str:
    family = url.get_backend_name()
    return "mariadb" if family == "mysql" else family


def _of_files(spark: "SparkSession", source: Files) -> "DataFrame":
    from pyspark.errors import AnalysisException

    try:
        frame = spark.read.parquet(source.path)
    except AnalysisException as error:
        if error.getCondition() == "PATH_NOT_FOUND":
            raise NoOrders(f"there is no {source.path}: it has to hold the columns {', '.join(COLUMNS)}") from error
        raise
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise NoOrders(f"{source.path} lacks {', '.join(missing)}: export these columns of the orders as well")
    return frame.select(*COLUMNS)


def _of_database(spark: "SparkSession", source: Database) -> "DataFrame":
    driver, _ = source.driver()
    url = parse_url(source.url)
    where = f"jdbc:{driver.scheme}://{url.host or 'localhost'}:{url.port or driver.port}/{url.database}{driver.ending}"
    account = {"user": url.username, "password": url.password}
    options: dict[str, Any] = {"url": where, "driver": driver.name, "fetchsize": _FETCHED}
    options |= {name: value for name, value in account.items() if value}
    # a reader keeps every option that it was ever given
    ends = (
        spark.read.format("jdbc")
        .options(**options)
        .option("query", "SELECT MIN(customer_id) AS first, MAX(customer_id) AS last FROM orders")
        .load()
        .first()
    )
    reader = (
        spark.read.format("jdbc")
        .options(**options)
        .option("dbtable", f"(SELECT {', '.join(COLUMNS)} FROM orders) AS orders_read")
    )
    if ends is None or ends["first"] is None:
        return reader.load()
    ranges = {"partitionColumn": "customer_id", "lowerBound": ends["first"], "upperBound": ends["last"] + 1}
    return reader.options(**ranges, numPartitions=source.partitions).load()
