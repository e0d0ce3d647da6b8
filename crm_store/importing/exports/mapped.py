"""Exports whose rows become rows of our own files: one table of headers each, checked and merged like ours.

A mapping names, for each of our columns, the headers an export may write for it (plain names, the first one there
counts). Rows of one order must stand together, as these exports write them; cells that stand only in an order's first
row hold for all its rows.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import polars as pl

from crm_store.countries import BY_NAME as COUNTRIES
from crm_store.importing import checking, merging, sealing
from crm_store.importing.checking import Checked, check
from crm_store.importing.exports import dates
from crm_store.importing.exports.amounts import amount
from crm_store.importing.exports.sources import Part, read
from crm_store.importing.files import BY_NAME
from crm_store.importing.merging import Batch, Merged, Seen
from crm_store.importing.reading import LINE, REASON, Chunk, ahead
from crm_store.importing.report import FileReport, Progress
from crm_store.importing.shop import Counts, Import

REFUNDS_WITHOUT_DATE = "this export has no dates of refunds: they count on the day of the order, or of its cancellation"
_GUESSED = "dates such as {} were read as month/day/year: no date of the file tells which number is the day"

Headers = Mapping[str, tuple[str, ...]]
#: a table of customers nobody has met yet: rows that follow from orders are never duplicates
_FORGETFUL = Seen(2**62)


@dataclass(frozen=True, slots=True)
class Mapped:
    """One export: our columns by their headers there, and what its words mean."""

    #: of a person: `customer_id`, `email`, `first_name`, `last_name` or `name`, `phone`, `country`, ...
    customer: Headers
    #: of an order; empty for an export of customers
    order: Headers
    #: of an order's lines; empty where the export has none
    item: Headers
    #: status words (plain) → ours
    statuses: Mapping[str, str]
    #: addresses by kind: `line1`, `line2`, `city`, `postcode`, `region`, `country`
    addresses: Mapping[str, Headers]
    notices: tuple[str, ...] = ()
    #: works out an order's status where one column does not tell it
    status: Callable[[pl.DataFrame], pl.Expr] | None = None
    #: makes lines of an order out of cells that hold several
    split: Callable[[pl.DataFrame], pl.DataFrame] | None = None

    def read(self, work: Import, path: Path, sheets: Collection[str]) -> FileReport:
        """Imports the file."""
        started, counts = perf_counter(), Counts()
        work.open_file()
        make, merge = work.make_products, self._merge_orders if self.order else self._merge_customers
        work.make_products = True
        day_first, guessed = dates.day_is_first(self._dates(part.chunk.rows) for part in read(path, sheets))
        for part in ahead(self._whole_orders(path, sheets, day_first)):
            name = f"{path.name}:{part.sheet}" if part.sheet else path.name
            good = Checked(part.chunk.rows, pl.DataFrame(schema=checking.REASONS))
            work.take(name, counts, part.chunk, good, lambda batch, rows: merge(work, batch, rows))
            work.progress(Progress(path.name, counts.read, part.chunk.share, perf_counter() - started))
        work.make_products = make
        work.count_customers()
        seconds = perf_counter() - started
        work.progress(Progress(path.name, counts.read, 1.0, seconds))
        notices = self.notices if guessed is None else (*self.notices, _GUESSED.format(guessed))
        return work.report(path.name, counts, seconds, notices)

    # --- reading ----------------------------------------------------------------------------------------------------

    def _timed(self, rows: pl.DataFrame) -> list[str]:
        """The columns of a file that hold times."""
        headers = (self.order.get("placed_at"), self.order.get("refunded_at"), self.customer.get("signed_up_at"))
        return [name for name in rows.columns if any(name in some for some in headers if some is not None)]

    def _dates(self, rows: pl.DataFrame) -> pl.Series:
        return pl.concat([pl.Series([], dtype=pl.String), *(rows[name].cast(pl.String) for name in self._timed(rows))])

    def _whole_orders(self, path: Path, sheets: Collection[str], day_first: bool) -> Iterator[Part]:
        """The file's chunks, cut between orders; every row has its order's `order_id`."""
        held: Part | None = None
        for part in read(path, sheets):
            rows = part.chunk.rows.with_columns(pl.exclude(LINE).cast(pl.String))
            rows = rows.with_columns(dates.iso(pl.col(name), day_first).alias(name) for name in self._timed(rows))
            if not self.order:
                yield Part(replace(part.chunk, rows=rows), part.sheet)
                continue
            if held is not None and held.sheet != part.sheet:
                yield held
                held = None
            rows = rows.with_columns(_cell(rows, self.order["order_id"]).alias("order_id"))
            rows = rows if held is None else pl.concat([held.chunk.rows, rows])
            if self.item:
                rows = rows.with_columns(pl.col("order_id").forward_fill())
            last = part.chunk.share >= 1.0 or not rows.height
            cut = rows.height if last else rows["order_id"].rle_id().search_sorted(rows["order_id"].rle_id()[-1])
            held = Part(Chunk(rows[cut:], part.chunk.broken.clear(), part.chunk.share), part.sheet)
            yield Part(replace(part.chunk, rows=rows[:cut]), part.sheet)
        if held is not None:
            yield held

    # --- customers --------------------------------------------------------------------------------------------------

    def _merge_customers(self, work: Import, batch: Batch, rows: pl.DataFrame) -> Sequence[Merged]:
        people = _person(rows, self.customer)
        checked = check(BY_NAME["customers"], people, work.rates, work.timezone)
        known = _identified(batch, checked.good, adopt=True)
        anonymous = known.filter(pl.col("customer_id").is_null())
        nameless = anonymous.select(LINE, pl.lit("it has neither an id nor an e-mail address").alias(REASON))
        known = known.filter(pl.col("customer_id").is_not_null())
        merged = merging.customers(batch, known)
        addresses = self._merge_addresses(work, batch, rows, known.select(LINE, "customer_id"))
        return _counted(rows, [_with(merged, checked.bad, nameless)], [addresses])

    def _merge_addresses(self, work: Import, batch: Batch, rows: pl.DataFrame, owners: pl.DataFrame) -> Merged:
        if not self.addresses:
            return Merged()
        found = pl.concat(_address(rows, kind, headers) for kind, headers in self.addresses.items())
        found = found.join(owners.drop_nulls(), on=LINE)
        checked = check(BY_NAME["addresses"], found, work.rates, work.timezone)
        forgetful = replace(batch, seen={**batch.seen, "addresses": _FORGETFUL})
        return merging.addresses(forgetful, checked.good)

    # --- orders -----------------------------------------------------------------------------------------------------

    def _merge_orders(self, work: Import, batch: Batch, rows: pl.DataFrame) -> Sequence[Merged]:
        heads = _first_known(rows)
        persons = check(BY_NAME["customers"], _person(heads, self.customer), work.rates, work.timezone)
        people = _identified(batch, persons.good, adopt=False)
        named = people.filter(pl.col("customer_id").is_not_null())
        merging.derive(
            batch,
            merging.CUSTOMERS,
            named.drop(LINE, "telegram_id", strict=False).rename({"customer_id": "external_id"}),
            {"created_at": pl.lit(batch.now)},
        )
        told = self._orders(work, heads)
        currencies = told.select("order_id", "currency").unique("order_id")
        orders = told.join(people.select(LINE, "customer_id"), on=LINE, how="left")
        checked = check(BY_NAME["orders"], orders, work.rates, work.timezone)
        done = _with(merging.orders(batch, checked.good), checked.bad)
        addresses = self._merge_addresses(work, batch, heads, named.select(LINE, "customer_id"))
        items = self._merge_items(work, batch, rows, currencies)
        refunds = self._merge_refunds(work, batch, heads, currencies)
        lost = rows.filter(pl.col("order_id").is_null()).select(LINE, pl.lit("it names no order").alias(REASON))
        return _counted(rows, [items, _with(done, lost)], [refunds, addresses])

    def _orders(self, work: Import, heads: pl.DataFrame) -> pl.DataFrame:
        columns = [column.name for column in BY_NAME["orders"].columns if column.name in self.order]
        status = _translated(heads, self.order["status"], self.statuses) if self.status is None else self.status(heads)
        known = [_cell(heads, self.order[name]).alias(name) for name in columns if name != "status"]
        cells = heads.select(LINE, *known, status.alias("status"))
        currency = pl.col("currency") if "currency" in columns else pl.lit(None, pl.String)
        return cells.with_columns(
            pl.col("order_id").str.strip_prefix("#"),
            currency.fill_null(work.rates.base).str.to_uppercase().alias("currency"),
        ).with_columns(
            amount(pl.col(name), pl.col("currency")).alias(name)
            for name in ("total", "shipping", "discount")
            if name in columns
        )

    def _merge_items(self, work: Import, batch: Batch, rows: pl.DataFrame, currencies: pl.DataFrame) -> Merged:
        if self.split is not None:
            cells = self.split(rows)
        elif self.item:
            cells = rows.select(LINE, "order_id", *(_cell(rows, h).alias(n) for n, h in self.item.items()))
        else:
            return Merged()
        name = pl.col("name") if "name" in cells.columns else pl.lit(None, pl.String)
        cells = cells.with_columns(
            pl.col("order_id").str.strip_prefix("#"),
            # a product without a sku goes by its name
            pl.coalesce(pl.col("sku"), name.str.slice(0, 100)).alias("sku"),
            name.str.slice(0, 300).alias("name"),
        )
        cells = cells.join(currencies, on="order_id", how="left", maintain_order="left")
        cells = cells.with_columns(amount(pl.col("unit_price"), pl.col("currency")).alias("unit_price"))
        # a row without any of them is of an order alone
        told = pl.any_horizontal(pl.col("sku", "name", "quantity", "unit_price").is_not_null())
        lines = cells.filter(told & pl.col("order_id").is_not_null())
        checked = check(BY_NAME["order_items"], lines, work.rates, work.timezone)
        named = lines.join(checked.good.select(LINE), on=LINE, how="semi").select("sku", "name")
        merging.make_products(batch, named)
        return _with(merging.order_items(batch, checked.good), checked.bad)

    def _merge_refunds(self, work: Import, batch: Batch, heads: pl.DataFrame, currencies: pl.DataFrame) -> Merged:
        if "refunded" not in self.order:
            return Merged()
        at = pl.coalesce(_cell(heads, self.order.get("refunded_at", ())), _cell(heads, self.order["placed_at"]))
        rows = heads.select(
            LINE,
            pl.col("order_id").str.strip_prefix("#"),
            _cell(heads, self.order["refunded"]).alias("amount"),
            at.alias("created_at"),
            pl.lit("paid").alias("status"),
        )
        rows = rows.join(currencies, on="order_id", how="left", maintain_order="left").with_columns(
            amount(pl.col("amount"), pl.col("currency")).str.strip_prefix("-").alias("amount"),
            pl.format("{}-refund", "order_id").alias("refund_id"),
        )
        nothing = pl.col("amount").cast(pl.Float64, strict=False) == 0
        rows = rows.drop("currency").filter(pl.col("amount").is_not_null() & ~nothing.fill_null(False))
        checked = check(BY_NAME["refunds"], rows, work.rates, work.timezone)
        # the order itself may be in: the reason says what is not
        bad = checked.bad.with_columns(pl.format("its refund was left out: {}", REASON).alias(REASON))
        return _with(merging.refunds(batch, checked.good, are_sums=True), bad)


def _with(merged: Merged, *rejected: pl.DataFrame) -> Merged:
    return replace(merged, rejected=pl.concat([*rejected, merged.rejected]))


def _counted(rows: pl.DataFrame, own: Sequence[Merged], beside: Sequence[Merged]) -> Sequence[Merged]:
    """Counts every row once, before what became of its parts.

    A row is rejected when one of its parts was; imported when one of its `own` parts (a line, an order) is new; updated
    when one of those has changed, or what stands `beside` them (a refund, an address) is new or has changed.
    """

    def lines(*found: pl.Series) -> pl.Series:
        return pl.concat([one.cast(pl.Int64).alias(LINE) for one in found]).unique()

    bad = lines(*(part.rejected[LINE] for part in (*own, *beside)))
    new = lines(*(part.new for part in own))
    new = new.filter(~new.is_in(bad.implode()))
    changed = lines(*(part.changed for part in own), *(each for part in beside for each in (part.new, part.changed)))
    changed = changed.filter(~changed.is_in(bad.implode()) & ~changed.is_in(new.implode()))
    return [Merged(len(new), len(changed), rows.height - len(bad) - len(new) - len(changed)), *beside, *own]


def _cell(rows: pl.DataFrame, headers: Sequence[str]) -> pl.Expr:
    """The first of the headers that has something in a row; null where none is there."""
    here = [checking.trimmed(name) for name in headers if name in rows.columns]
    return pl.coalesce(*here) if here else pl.lit(None, pl.String)


def _first_known(rows: pl.DataFrame) -> pl.DataFrame:
    """One row an order: of each column the first cell that has something, and the first line."""
    names = [name for name in rows.columns if name not in (LINE, "order_id")]
    cells = [checking.trimmed(name).drop_nulls().first().alias(name) for name in names]
    known = rows.filter(pl.col("order_id").is_not_null())
    return known.group_by("order_id", maintain_order=True).agg(pl.col(LINE).first(), *cells)


def _person(rows: pl.DataFrame, headers: Headers) -> pl.DataFrame:
    """customers.csv's columns; the telephone and ids without the apostrophe that keeps spreadsheets from counting."""
    names = [name for name in headers if name not in ("first_name", "last_name")]
    parts = [_cell(rows, headers.get(part, ())) for part in ("first_name", "last_name")]
    both = pl.concat_str(parts, separator=" ", ignore_nulls=True).alias("_both")
    cells = rows.select(LINE, *(_cell(rows, headers[name]).alias(name) for name in names), both)
    cells = cells.with_columns(pl.col(names).str.strip_prefix("'"))
    name = pl.coalesce("name", "_both") if "name" in names else pl.col("_both")
    cells = cells.with_columns(pl.when(name.str.strip_chars() != "").then(name).alias("name")).drop("_both")
    if "country" in names:
        cells = cells.with_columns(_country(pl.col("country")))
    if "city" in names:
        cells = cells.with_columns(pl.col("city").str.slice(0, 100))
    if "email" not in names:
        cells = cells.with_columns(pl.lit(None, pl.String).alias("email"))
    if "customer_id" in names:
        # 0 is a guest
        cells = cells.with_columns(pl.when(pl.col("customer_id") != "0").then("customer_id").alias("customer_id"))
    else:
        cells = cells.with_columns(pl.lit(None, pl.String).alias("customer_id"))
    # what is no id yet is found by e-mail: the check must not miss it
    return cells.with_columns(pl.col("customer_id").fill_null("?"))


def _country(cell: pl.Expr) -> pl.Expr:
    return cell.str.to_lowercase().replace_strict(COUNTRIES, default=None, return_dtype=pl.String)


def _address(rows: pl.DataFrame, kind: str, headers: Headers) -> pl.DataFrame:
    cells = rows.select(LINE, *(_cell(rows, names).alias(name) for name, names in headers.items()))
    cells = cells.with_columns(
        _country(pl.col("country")), pl.col("postcode").str.strip_prefix("'"), pl.lit(kind).alias("kind")
    )
    return cells.filter(pl.any_horizontal(pl.col("line1", "postcode").is_not_null()))


def _identified(batch: Batch, people: pl.DataFrame, *, adopt: bool) -> pl.DataFrame:
    """Gives people without an id the one the store has for their e-mail address, or one made from its keyed hash.

    With `adopt`, customers who were only known by their address take the id the export gives them.
    """
    people = people.with_columns(pl.when(pl.col("customer_id") != "?").then("customer_id").alias("customer_id"))
    hashes = sealing.digest(batch.cipher, "email", people["email"].to_list()).alias("_hash")
    people = people.with_columns(hashes)
    stored = batch.loader.find("customers", "email_hash", hashes, ["external_id"])
    stored = stored.filter(pl.col("external_id").is_not_null()).sort("id").unique("email_hash", keep="first")
    stored = stored.rename({"email_hash": "_hash", "external_id": "_stored"})
    people = people.join(stored, on="_hash", how="left", maintain_order="left")
    made = pl.format("email:{}", pl.col("_hash"))
    if adopt:
        named = pl.col("customer_id").is_not_null() & (pl.col("_stored") == made)
        adopted = (
            people.filter(named).unique("id", keep="first").select("id", pl.col("customer_id").alias("external_id"))
        )
        known = batch.loader.find("customers", "external_id", adopted["external_id"], [])
        batch.loader.update("customers", adopted.join(known, on="external_id", how="anti"))
    people = people.with_columns(pl.coalesce("customer_id", "_stored", made).alias("customer_id"))
    return people.drop("_hash", "_stored", "id")


def _translated(rows: pl.DataFrame, headers: Sequence[str], words: Mapping[str, str]) -> pl.Expr:
    """Status words as ours; one that is not known stays, and is rejected with its own name."""
    cell = _cell(rows, headers)
    plain = cell.str.to_lowercase().str.strip_prefix("wc-").str.replace_all(r"[\s_-]", "")
    return plain.replace_strict(words, default=None, return_dtype=pl.String).fill_null(cell)
