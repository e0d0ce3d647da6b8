"""What Spark reads of a store: its tables over JDBC, each by ranges of customers, or Parquet files of them.

Only the columns that are asked for are read, so an account that may see no others is enough.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, SelectBase, Table
from sqlalchemy.engine import URL
from sqlalchemy.sql.visitors import iterate

from crm_store.store import parse_url

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: what a range is of, the first that a table has
_KEYS = ("customer_id", "order_id", "id")
#: ranges a table is read by, each over a connection of its own
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


class NoTables(Exception):
    """What Spark is to read is not where it was said to be."""


class SparkFailed(Exception):
    """Spark could not do it; says why, and what to change where that is known."""


@dataclass(frozen=True, slots=True)
class Database:
    """A store's own database, read over JDBC."""

    #: as in `store.url`
    url: str
    #: the driver; where Debian puts it when left out
    jar: str | None = None
    #: ranges a table is read by, each over a connection of its own
    partitions: int = PARTITIONS

    def driver(self) -> tuple[_Driver, str]:
        """The driver and its file. Raises `NoTables`, `NoDriver`, `BadStoreUrl`."""
        family = _family(parse_url(self.url))
        if family not in _DRIVERS:
            raise NoTables("Spark reads no SQLite file: name a folder of Parquet files of its tables with --parquet")
        driver = _DRIVERS[family]
        jar = self.jar or driver.jar
        if not Path(jar).is_file():
            raise NoDriver(family, jar, "which is not there")
        return driver, jar


@dataclass(frozen=True, slots=True)
class Files:
    """A folder, of this machine or any that Spark knows: `<table>.parquet`, each a file or a folder of files."""

    folder: str


Source = Database | Files


def columns(statements: Iterable[SelectBase]) -> dict[str, tuple[str, ...]]:
    """The columns of each table that statements read.

    >>> from sqlalchemy import select
    >>> from crm_store.schema import Order
    >>> columns([select(Order.status).where(Order.customer_id == 1)])
    {'orders': ('customer_id', 'status')}
    """
    found: dict[str, set[str]] = {}
    for statement in statements:
        for element in iterate(statement):
            if isinstance(element, Column) and isinstance(element.table, Table):
                found.setdefault(element.table.name, set()).add(element.name)
    return {name: tuple(sorted(those)) for name, those in sorted(found.items())}


@contextmanager
def started(master: str | None, source: Source) -> Iterator["SparkSession"]:
    """A session, ended with the block; one that runs already is used and left alone.

    `master` is where Spark runs; None: as it is configured. Raises `NoSpark`, `NoTables`, `NoDriver`, `SparkFailed`.
    """
    if find_spec("pyspark") is None:
        raise NoSpark("pyspark", "pip install 'shopdesk[spark]'")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise NoSpark("Java 17 or newer", "install it (Debian's default-jre-headless), or say where with JAVA_HOME")
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("shopdesk score")
    if isinstance(source, Database):
        builder = builder.config("spark.jars", source.driver()[1])
    if master:
        builder = builder.master(master)
        if master.startswith("local"):
            # else whatever is called python3, which may have none of this
            import sys

            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
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


def register(spark: "SparkSession", source: Source, wanted: Mapping[str, tuple[str, ...]]) -> None:
    """Makes the tables known to Spark SQL by their names. Raises `NoTables`, `NoDriver`, `SparkFailed`."""
    for table, names in wanted.items():
        with failures(f"read {table}", source):
            match source:
                case Files():
                    frame = _of_files(spark, source, table, names)
                case Database():
                    # a server is asked once a table, whatever is counted from it
                    frame = _of_database(spark, source, table, names).persist()
            frame.createOrReplaceTempView(table)


def release(spark: "SparkSession", wanted: Iterable[str]) -> None:
    """Forgets what `register` made known."""
    for table in wanted:
        spark.table(table).unpersist()
        spark.catalog.dropTempView(table)


@contextmanager
def failures(doing: str, source: Source) -> Iterator[None]:
    """Turns what Spark says went wrong into a sentence: raises `NoDriver`, `SparkFailed`."""
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, *_java_errors()) as error:
        told = str(error)
        if isinstance(source, Database) and re.search(r"ClassNotFoundException|[Nn]o suitable driver", told):
            family = _family(parse_url(source.url))
            raise NoDriver(family, source.driver()[1], "or Spark was started without it") from error
        raise SparkFailed(f"Spark cannot {doing}: {_why(error)}{_mend(told)}") from error


def _java_errors() -> tuple[type[Exception], ...]:
    from py4j.protocol import Py4JError

    return (Py4JError,)


def _why(error: Exception) -> str:
    """The sentence inside of a stack of Java's."""
    told = str(error)
    for pattern in (r"(?:PSQL|SQL)\w*Exception: ([^\n]+)", r"ModuleNotFoundError: ([^\n]+)"):
        found = re.findall(pattern, told)
        if found:
            return str(found[-1]).strip().rstrip(".")
    return next((line.strip() for line in told.splitlines() if line.strip()), type(error).__name__)


def _mend(told: str) -> str:
    if re.search(r"permission denied|command denied", told):
        return "; GRANT SELECT on it to the store's account"
    if "ModuleNotFoundError" in told:
        return "; Spark's workers need Shopdesk and its models installed (PYSPARK_PYTHON says which Python they run)"
    return ""


def _family(url: URL) -> str:
    family = url.get_backend_name()
    return "mariadb" if family == "mysql" else family


def _of_files(spark: "SparkSession", source: Files, table: str, names: tuple[str, ...]) -> "DataFrame":
    from pyspark.errors import AnalysisException

    path = f"{source.folder.rstrip('/')}/{table}.parquet"
    try:
        frame = spark.read.parquet(path)
    except AnalysisException as error:
        if error.getCondition() == "PATH_NOT_FOUND":
            raise NoTables(f"there is no {path}: it has to hold the columns {', '.join(names)} of {table}") from error
        raise
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise NoTables(f"{path} lacks {', '.join(missing)}: export these columns of {table} as well")
    return frame.select(*names)


def _of_database(spark: "SparkSession", source: Database, table: str, names: tuple[str, ...]) -> "DataFrame":
    driver, _ = source.driver()
    url = parse_url(source.url)
    where = f"jdbc:{driver.scheme}://{url.host or 'localhost'}:{url.port or driver.port}/{url.database}{driver.ending}"
    account = {"user": url.username, "password": url.password}
    options: dict[str, Any] = {"url": where, "driver": driver.name, "fetchsize": _FETCHED}
    options |= {name: value for name, value in account.items() if value}
    key = next(name for name in _KEYS if name in names)
    # a reader keeps every option that it was ever given
    ends = (
        spark.read.format("jdbc")
        .options(**options)
        .option("query", f"SELECT MIN({key}) AS first, MAX({key}) AS last FROM {table}")
        .load()
        .first()
    )
    reader = (
        spark.read.format("jdbc")
        .options(**options)
        .option("dbtable", f"(SELECT {', '.join(names)} FROM {table}) AS {table}_read")
    )
    if ends is None or ends["first"] is None:
        return reader.load()
    ranges = {"partitionColumn": key, "lowerBound": ends["first"], "upperBound": ends["last"] + 1}
    return reader.options(**ranges, numPartitions=source.partitions).load()
