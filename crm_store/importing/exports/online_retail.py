"""UCI *Online Retail II*: one row a line of an invoice; an invoice that starts with C is a return.

Orders are in pounds sterling and paid. A row without a customer belongs to a guest. Rows of an invoice may stand
anywhere in the file: they are brought together on disk. An invoice that stands in the file once more as a whole (the
workbook's two sheets overlap by nine days) counts once.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from zoneinfo import ZoneInfo

import polars as pl

from crm_store.countries import BY_NAME
from crm_store.importing import checking, merging
from crm_store.importing.checking import Checked
from crm_store.importing.exports.sources import Part, Spool, read
from crm_store.importing.merging import Batch, Merged
from crm_store.importing.reading import LINE, REASON, ahead
from crm_store.importing.report import FileReport, Progress
from crm_store.importing.shop import Counts, Import

CURRENCY = "GBP"
#: plain names → ours; `customer_id` and its like are the same in plain form
KNOWN_BY = frozenset(
    {"invoice", "stockcode", "description", "quantity", "invoicedate", "price", "customerid", "country"}
)
_SOLD, _TAKEN_BACK = ("orders", "order_items"), ("refund_items",)
_AMERICAN = ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S")
_COLUMNS = (LINE, "run", "invoice", "sku", "name", "quantity", "at", "price", "customer", "country")


@dataclass(slots=True)
class _Runs:
    """Numbers runs of rows with the same invoice, over chunks and sheets."""

    number: int = 0
    last: tuple[str, str] | None = None

    def count(self, sheet: str, rows: pl.DataFrame) -> pl.DataFrame:
        if not rows.height:
            return rows.with_columns(pl.lit(0, pl.Int64).alias("run"))
        fresh = pl.col("invoice").ne_missing(pl.col("invoice").shift(1))
        first = int((sheet, str(rows["invoice"][0])) != self.last)
        runs = fresh.cast(pl.Int64).cum_sum() - 1 + first + self.number
        rows = rows.with_columns(runs.alias("run"))
        self.number, self.last = int(rows["run"][-1]), (sheet, str(rows["invoice"][-1]))
        return rows


def import_file(work: Import, path: Path, sheets: Collection[str]) -> FileReport:
    """Imports the file: sales first, then returns, which look for their orders."""
    started, counts = perf_counter(), Counts()
    work.open_file()
    with TemporaryDirectory() as folder:
        (Path(folder) / "sales").mkdir()
        (Path(folder) / "returns").mkdir()
        sales, returns = Spool(Path(folder) / "sales"), Spool(Path(folder) / "returns")
        for part, checked in ahead(_checked(work, path, sheets)):
            name = f"{path.name}:{part.sheet}" if part.sheet else path.name
            work.take(name, counts, part.chunk, Checked(checked.good.clear(), checked.bad), _nothing)
            is_return = pl.col("invoice").str.starts_with("C")
            sales.add(checked.good.filter(~is_return), "invoice")
            returns.add(checked.good.filter(is_return), "invoice")
            work.progress(Progress(path.name, counts.read, part.chunk.share / 2, perf_counter() - started))
        _merge_all(work, path, counts, started, sales, returns)
    work.count_customers()
    seconds = perf_counter() - started
    work.progress(Progress(path.name, counts.read, 1.0, seconds))
    return work.report(path.name, counts, seconds, ())


def _merge_all(work: Import, path: Path, counts: Counts, started: float, sales: Spool, returns: Spool) -> None:
    total, done = max(sales.rows + returns.rows, 1), 0
    for spool, merge, tables in ((sales, _sell, _SOLD), (returns, _take_back, _TAKEN_BACK)):
        # returns look for their orders: by then the indexes of sales are there
        with work.bulky(path, *tables):
            for prepared in ahead(_prepared(spool.groups())):
                merged = work.write(partial(_step, merge, prepared))
                counts.add(merged[0])
                done += prepared.lines.height
                share = 0.5 + min(done / total, 1.0) / 2
                work.progress(Progress(path.name, counts.read, share, perf_counter() - started))
    # what was left out as a repetition is as it was
    counts.unchanged = counts.read - counts.rejected - counts.imported - counts.updated


def _step(
    merge: "Callable[[Batch, _Prepared], Sequence[Merged]]", prepared: "_Prepared", batch: Batch
) -> Sequence[Merged]:
    return merge(batch, prepared)


def _nothing(_batch: Batch, _rows: pl.DataFrame) -> Sequence[Merged]:
    return ()


def _checked(work: Import, path: Path, sheets: Collection[str]) -> Iterator[tuple[Part, Checked]]:
    runs = _Runs()
    known = CURRENCY in checking.with_rate(work.rates)
    for part in read(path, sheets):
        rows = runs.count(part.sheet, _values(part.chunk.rows, work.timezone))
        problem = _problem() if known else pl.lit(f"currency {CURRENCY} is a currency without a rate")
        yield part, checking.split(rows.select(*_COLUMNS, problem.alias(REASON)))


def _values(rows: pl.DataFrame, timezone: ZoneInfo) -> pl.DataFrame:
    """The export's columns as values, whatever types the file has; what is no value is null."""
    texts = {name: dtype == pl.String for name, dtype in rows.schema.items()}

    def text(name: str) -> pl.Expr:
        cell = pl.col(name) if texts[name] else pl.col(name).cast(pl.String)
        cell = cell.str.strip_chars()
        return pl.when(cell != "").then(cell)

    def number(name: str, pattern: str) -> pl.Expr:
        if not texts[name]:
            return pl.col(name).cast(pl.Float64)
        return pl.when(text(name).str.contains(pattern)).then(text(name)).cast(pl.Float64, strict=False)

    at = loose_instant(text("invoicedate"), timezone) if texts["invoicedate"] else _moment(rows, timezone)
    quantity = number("quantity", checking.WHOLE)
    country = text("country").str.to_lowercase().replace_strict(BY_NAME, default=None, return_dtype=pl.String)
    price = number("price", checking.AMOUNT)
    return rows.select(
        LINE,
        text("invoice").str.to_uppercase().alias("invoice"),
        text("stockcode").alias("sku"),
        text("description").str.slice(0, 300).alias("name"),
        quantity.cast(pl.Int64, strict=False).alias("quantity"),
        at.alias("at"),
        price.alias("price"),
        text("customerid").str.replace(r"\.0$", "").alias("customer"),
        country.alias("country"),
    )


def _moment(rows: pl.DataFrame, timezone: ZoneInfo) -> pl.Expr:
    dtype = rows.schema["invoicedate"]
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return pl.col("invoicedate").dt.timestamp("ms")
    return checking.in_zone(pl.col("invoicedate").cast(pl.Datetime("ms")), timezone)


def loose_instant(cell: pl.Expr, timezone: ZoneInfo) -> pl.Expr:
    """ISO 8601, or month/day/year as American spreadsheets write it, as milliseconds since 1970 UTC."""

    def parse(cells: pl.Series) -> pl.Series:
        frame, text = pl.DataFrame({"text": cells}), pl.col("text")
        iso = frame.select(checking.instant(text, timezone)).to_series()
        if iso.null_count() == cells.null_count():
            return iso.alias(cells.name)
        local = [text.str.to_datetime(form, strict=False, time_unit="ms") for form in _AMERICAN]
        return frame.select(pl.coalesce(iso, *(checking.in_zone(one, timezone) for one in local))).to_series()

    return cell.map_batches(parse, return_dtype=pl.Int64)


def _problem() -> pl.Expr:
    is_return = pl.col("invoice").str.starts_with("C")
    long = pl.max_horizontal(pl.col(name).str.len_chars() for name in ("invoice", "sku", "customer")) > 100
    reasons = (
        (pl.col("invoice").is_null(), "Invoice is missing"),
        (pl.col("sku").is_null(), "StockCode is missing"),
        (long, "an id is longer than 100 characters"),
        (pl.col("quantity").is_null(), "Quantity is not a whole number"),
        (pl.col("at").is_null(), "InvoiceDate is not a possible time"),
        (pl.col("price").is_null(), "Price is not an amount"),
        (pl.col("price") < 0, "Price is negative: an adjustment, not a sale"),
        (~is_return & (pl.col("quantity") < 0), "Quantity is negative on an invoice that is not a return"),
        (is_return & (pl.col("quantity") >= 0), "Quantity of a return is not negative"),
        (pl.col("price") == 0, "Price is zero: a movement of stock, not a sale"),
        (pl.col("quantity") == 0, "Quantity is zero"),
        (pl.col("quantity").abs() >= 2**31, "Quantity is too large"),
    )
    return pl.coalesce(*(pl.when(wrong).then(pl.lit(said)) for wrong, said in reasons))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Some invoices, made ready while the ones before are written."""

    #: one row a line: `_line`, `invoice`, `sku`, `occurrence`, `quantity`, `unit_price` in minor units
    lines: pl.DataFrame
    #: one row an invoice: `_line` (its first), `external_id`, `customer_id` (the shop's), `at`, `amount`
    invoices: pl.DataFrame
    #: `external_id` and `country`
    customers: pl.DataFrame
    #: `sku` and `name`
    products: pl.DataFrame


def _prepared(groups: Iterator[pl.DataFrame]) -> Iterator[_Prepared]:
    for group in groups:
        price = checking.minor(pl.col("price"), pl.lit(CURRENCY)).alias("unit_price")
        rows = _once(group).with_columns(price, pl.col("quantity").abs())
        nth = merging.nth(rows, ["invoice", "sku"]).alias("occurrence")
        invoices = rows.group_by("invoice", maintain_order=True).agg(
            pl.col(LINE).first(),
            pl.col("customer").drop_nulls().first().alias("customer_id"),
            pl.col("country").drop_nulls().first(),
            pl.col("at").min(),
            (pl.col("quantity") * pl.col("unit_price")).sum().alias("amount"),
        )
        people = invoices.filter(pl.col("customer_id").is_not_null()).sort("country", nulls_last=True)
        yield _Prepared(
            rows.select(LINE, "invoice", "sku", nth, "quantity", "unit_price"),
            invoices.drop("country").rename({"invoice": "external_id"}),
            people.select(pl.col("customer_id").alias("external_id"), "country").unique("external_id", keep="first"),
            rows.group_by("sku", maintain_order=True).agg(pl.col("name").drop_nulls().first()),
        )


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """Leaves out runs of an invoice that say the same as an earlier one."""
    if rows["run"].n_unique() == rows["invoice"].n_unique():
        return rows
    said = pl.struct("sku", "quantity", "price", "at").hash(0)
    runs = rows.group_by("invoice", "run", maintain_order=True).agg(said.sum().alias("said"), pl.len().alias("n"))
    first = runs.sort("run").unique(["invoice", "said", "n"], keep="first")
    return rows.join(first.select("run"), on="run", how="semi", maintain_order="left")


def _invoices(batch: Batch, prepared: _Prepared) -> pl.DataFrame:
    """The invoices with our ids of their customers, who are made if need be, as are the products."""
    merging.derive(batch, merging.CUSTOMERS, prepared.customers, {"created_at": pl.lit(batch.now)})
    merging.make_products(batch, prepared.products)
    rows, _ = merging.resolve(batch, prepared.invoices, "customer_id", "customers", "external_id", "customer_id")
    rows = rows.with_columns(pl.lit(CURRENCY).alias("currency"), pl.lit("paid").alias("status"))
    base = checking.to_base(rows["amount"], rows["currency"], batch.rates)
    return rows.with_columns(base.alias("amount_base"))


def _items(batch: Batch, prepared: _Prepared, parents: str, table: str, parent: str) -> Merged:
    """The lines of orders or refunds that are in the store by now."""
    rows, _ = merging.resolve(batch, prepared.lines, "invoice", parents, "external_id", parent)
    rows, _ = merging.resolve(batch, rows, "sku", "products", "sku", "product_id")
    return merging.lines(batch, table, parent, rows)


def _sell(batch: Batch, prepared: _Prepared) -> Sequence[Merged]:
    names = {"at": "placed_at", "amount": "total", "amount_base": "total_base"}
    orders = merging.stored_orders(batch, _invoices(batch, prepared).rename(names))
    return [_items(batch, prepared, "orders", "order_items", "order_id"), orders]


def _take_back(batch: Batch, prepared: _Prepared) -> Sequence[Merged]:
    refunds = merging.stored_refunds(batch, _invoices(batch, prepared).rename({"at": "created_at"}))
    items = _items(batch, prepared, "refunds", "refund_items", "refund_id")
    merging.find_orders(batch, prepared.invoices["external_id"])
    return [items, refunds]
