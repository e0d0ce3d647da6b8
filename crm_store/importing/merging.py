"""Checked rows meet what the store holds: new rows are added, changed ones updated, the rest left alone.

Rows are matched by the shop's own ids. An empty cell means "not known" and leaves what the store knows. A row that
comes a second time in the same import is a repetition when it says the same, and is rejected when it does not: `Seen`
knows which stored rows this import has met already, in one bit a row.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

import polars as pl

from crm_store.crypto import Cipher
from crm_store.importing import checking, sealing
from crm_store.importing.checking import REASONS
from crm_store.importing.files import BY_NAME, File
from crm_store.importing.loading import Loader
from crm_store.importing.reading import LINE, REASON
from crm_store.masking import masked
from crm_store.money import Rates

#: what a changed row belonged to before
_WHOSE = ("customer_id_old", "currency_old")
_UNKNOWN = pl.DataFrame(schema=REASONS)
_NONE = pl.Series("id", [], pl.Int64)
#: an `occurrence` is a SMALLINT
_MOST_LINES = 2**15 - 1
DUPLICATE = "its id stands in an earlier row with other content"


@dataclass(slots=True)
class Seen:
    """Which rows of a table this import has met: those above `floor` are its own, the others have a bit."""

    floor: int
    bits: bytearray = field(default_factory=bytearray)
    #: rows that belonged to something the import named, and were not met then
    doubted: bytearray = field(default_factory=bytearray)

    def __contains__(self, row_id: int) -> bool:
        byte = row_id >> 3
        return row_id > self.floor or (byte < len(self.bits) and bool(self.bits[byte] & 1 << (row_id & 7)))

    def flags(self, ids: pl.Series) -> pl.Series:
        """For each id (null: a new row) whether it was met."""
        if not self.bits:
            return (ids > self.floor).fill_null(False)
        return pl.Series([i is not None and i in self for i in ids.to_list()], dtype=pl.Boolean)

    def add(self, ids: pl.Series) -> None:
        self.bits = self._marked(self.bits, ids)

    def doubt(self, ids: pl.Series) -> None:
        self.doubted = self._marked(self.doubted, ids)

    def missing(self) -> Iterator[int]:
        """The rows that were doubted and not met up to now, in order."""
        for place, (doubted, met) in enumerate(zip_longest(self.doubted, self.bits, fillvalue=0)):
            if left := doubted & ~met:
                yield from (place << 3 | bit for bit in range(8) if left >> bit & 1)

    def _marked(self, bits: bytearray, ids: pl.Series) -> bytearray:
        old = ids.filter(ids <= self.floor).to_list()
        if old and not bits:
            bits = bytearray((self.floor >> 3) + 1)
        for row_id in old:
            bits[row_id >> 3] |= 1 << (row_id & 7)
        return bits


@dataclass(frozen=True, slots=True)
class Batch:
    """What a merge works with: one transaction's loader and what holds for the whole import."""

    loader: Loader
    cipher: Cipher
    rates: Rates
    #: milliseconds since 1970 UTC
    now: int
    seen: Mapping[str, Seen]
    #: whether rows are first taken for new, without a look; a refusal by the database then means: look
    blind: bool
    #: whether a product that nobody described is made from its sku alone
    make_products: bool
    #: rows this import added itself, which need not be looked up: by table, `id` and what names them
    known: Mapping[str, pl.DataFrame]
    #: customers who turned out to be others, by key
    survivors: Mapping[int, int] = field(default_factory=dict)

    def led(self, customer_ids: pl.Series) -> pl.Series:
        """The customers that those named turned out to be; for most, themselves."""
        if not self.survivors:
            return customer_ids
        return customer_ids.replace(list(self.survivors), list(self.survivors.values()))

    def trusts(self, table: str) -> bool:
        return self.blind and self.seen[table].floor == 0

    def find(self, table: str, key: str, keys: pl.Series, also: Sequence[str]) -> pl.DataFrame:
        """`id`, `key` and `also` of the rows of a table with one of the keys."""
        known = self.known.get(table) if self.blind else None
        if known is None or not {key, *also} <= set(known.columns):
            return self.loader.find(table, key, keys, also)
        wanted = keys.drop_nulls().unique()
        found = known.join(wanted.alias(key).to_frame(), on=key, how="semi").select("id", key, *also)
        if found.height == len(wanted):
            return found
        return pl.concat(
            [found, self.loader.find(table, key, wanted.filter(~wanted.is_in(found[key].implode())), also)]
        )


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of some rows."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    #: `_line` and `_reason`
    rejected: pl.DataFrame = field(default_factory=lambda: _UNKNOWN)
    #: ids of stored rows that were met, by table
    met: tuple[tuple[str, pl.Series], ...] = ()
    #: ids of stored rows beside them, of the same order, that may still be met
    doubted: tuple[tuple[str, pl.Series], ...] = ()
    #: customers whose numbers may have changed
    touched: pl.Series = field(default_factory=lambda: _NONE)
    #: orders whose lines may have changed
    orders_touched: pl.Series = field(default_factory=lambda: _NONE)
    #: `_line` of the rows that were imported, and of those that were updated
    new: pl.Series = field(default_factory=lambda: _NONE)
    changed: pl.Series = field(default_factory=lambda: _NONE)
    #: rows that were added: `id` and the columns other files name them by
    added: tuple[tuple[str, pl.DataFrame], ...] = ()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column that is stored encrypted: where, under which label, and as what kind of hash it is looked up."""

    column: str
    label: str
    hash_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """How the rows of one table are recognised and compared.

    `key` is the column (or columns) that names a row, the first of them indexed; `content` what a row says.
    """

    table: str
    key: tuple[str, ...]
    content: tuple[str, ...]
    sealed: Mapping[str, Sealed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows beside the stored ones: each frame has the key, the content, `_line`; `changed` and `same` have `id`."""

    new: pl.DataFrame
    changed: pl.DataFrame
    same: pl.DataFrame
    repeats: int
    rejected: pl.DataFrame

    def merged(self, table: str, touched: pl.Series = _NONE) -> Merged:
        met = pl.concat([self.changed["id"], self.same["id"]])
        same = self.same.height + self.repeats
        return Merged(
            self.new.height,
            self.changed.height,
            same,
            self.rejected,
            ((table, met),),
            touched=touched,
            new=self.new[LINE],
            changed=self.changed[LINE],
        )


# --- the common part ----------------------------------------------------------------------------------------------


def compare(batch: Batch, keyed: Keyed, rows: pl.DataFrame) -> Compared:
    """Parts rows into new, changed and same; `changed` holds the values to be written."""
    content = [name for name in keyed.content if name in rows.columns]
    rows, repeats, rejected = _once(rows, list(keyed.key), content)
    if batch.trusts(keyed.table):
        nothing = rows.clear().with_columns(pl.lit(None, pl.Int64).alias("id"))
        return Compared(rows, nothing, nothing, repeats, rejected)
    stored = _stored(batch, keyed, rows[keyed.key[0]], content)
    beside = rows.join(stored, on=list(keyed.key), how="left", suffix="_old", maintain_order="left")
    new = beside.filter(pl.col("id").is_null()).select(rows.columns)
    matched = beside.filter(pl.col("id").is_not_null())
    if not matched.height:
        nothing = rows.clear().with_columns(pl.lit(None, pl.Int64).alias("id"))
        return Compared(new, nothing, nothing, repeats, rejected)
    return _compared(batch.seen[keyed.table], content, new, matched, repeats, rejected)


def _compared(
    seen: Seen, content: list[str], new: pl.DataFrame, matched: pl.DataFrame, repeats: int, rejected: pl.DataFrame
) -> Compared:
    known = [pl.col(name).is_not_null() & pl.col(name).ne_missing(pl.col(f"{name}_old")) for name in content]
    strict = [pl.col(name).ne_missing(pl.col(f"{name}_old")) for name in content]
    met = seen.flags(matched["id"])
    ours = matched["id"] > seen.floor
    matched = matched.with_columns(
        pl.any_horizontal(pl.lit(False), *known).alias("_changed"),
        pl.any_horizontal(pl.lit(False), *strict).alias("_other"),
    )
    clash = met & (matched["_changed"] | (ours & matched["_other"]))
    again = met & ~clash
    twice = matched.filter(clash).select(LINE, pl.lit(DUPLICATE).alias(REASON))
    rest = matched.filter(~met)
    merged = [pl.coalesce(name, f"{name}_old").alias(name) for name in content]
    names = [name for name in new.columns if name not in content]
    kept = [name for name in _WHOSE if name in rest.columns]
    rest = rest.select("id", "_changed", *names, *merged, *kept)
    changed = rest.filter("_changed").drop("_changed")
    same = rest.filter(~pl.col("_changed")).drop("_changed")
    return Compared(new, changed, same, repeats + int(again.sum()), pl.concat([rejected, twice]))


def _once(rows: pl.DataFrame, key: list[str], content: list[str]) -> tuple[pl.DataFrame, int, pl.DataFrame]:
    """Each key's first row; how many others said the same; the others, rejected."""
    keys = rows.select(pl.struct(key).alias("key"))["key"] if len(key) > 1 else rows[key[0]]
    if keys.n_unique() == rows.height:
        return rows, 0, _UNKNOWN
    first = rows.filter(keys.is_first_distinct())
    later = rows.filter(~keys.is_first_distinct())
    beside = later.join(first, on=key, how="left", suffix="_first", maintain_order="left")
    differs = [pl.col(name).ne_missing(pl.col(f"{name}_first")) for name in content]
    other = beside.filter(pl.any_horizontal(pl.lit(False), *differs))
    return first, later.height - other.height, other.select(LINE, pl.lit(DUPLICATE).alias(REASON))


def _stored(batch: Batch, keyed: Keyed, keys: pl.Series, content: Sequence[str]) -> pl.DataFrame:
    """The stored rows with one of the keys: `id`, the key, and the content in clear."""
    columns = [keyed.sealed[name].column if name in keyed.sealed else name for name in content]
    stored = batch.loader.find(keyed.table, keyed.key[0], keys, [*keyed.key, *columns])
    clear = [
        _opened(batch.cipher, stored[keyed.sealed[name].column], keyed.sealed[name].label).alias(name)
        if name in keyed.sealed
        else stored[name]
        for name in content
    ]
    return stored.select("id", *keyed.key, *clear)


def _opened(cipher: Cipher, sealed: pl.Series, label: str) -> pl.Series:
    return pl.Series([cipher.open_optional(label, value) for value in sealed.to_list()], dtype=pl.String)


def write(
    batch: Batch, keyed: Keyed, compared: Compared, constants: Mapping[str, pl.Expr] | None = None
) -> pl.DataFrame | None:
    """Adds the new rows and updates the changed ones; returns the new ones with their `id`, where it is known."""
    extra = [value.alias(name) for name, value in (constants or {}).items()]
    new = compared.new.select(*keyed.key, *_content(keyed, compared.new)).with_columns(extra)
    ids = None if "id" in new.columns else batch.loader.take_ids(keyed.table, new.height)
    if ids is not None:
        new = new.select(ids.alias("id"), pl.all())
    batch.loader.insert(keyed.table, _seal(batch.cipher, keyed, new))
    if compared.changed.height:
        changed = compared.changed.select("id", *_content(keyed, compared.changed))
        batch.loader.update(keyed.table, _seal(batch.cipher, keyed, changed))
    return None if ids is None else new


def _with_added(merged: Merged, table: str, new: pl.DataFrame | None, *names: str) -> Merged:
    return merged if new is None else replace(merged, added=((table, new.select("id", *names)),))


def _content(keyed: Keyed, rows: pl.DataFrame) -> list[str]:
    return [name for name in keyed.content if name in rows.columns]


def _seal(cipher: Cipher, keyed: Keyed, rows: pl.DataFrame) -> pl.DataFrame:
    for name, sealed in keyed.sealed.items():
        if name not in rows.columns:
            continue
        texts = rows[name].to_list()
        columns = [pl.Series(sealed.column, sealing.seal(cipher, sealed.label, texts), pl.Binary)]
        if sealed.hash_kind is not None:
            columns.append(sealing.digest(cipher, sealed.hash_kind, texts))
        rows = rows.drop(name).with_columns(columns)
    return rows


def _without_cards(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Rows whose words hold no card number."""
    if name not in rows.columns:
        return rows
    words = [word and masked(word) for word in rows[name].to_list()]
    return rows.with_columns(pl.Series(name, words, pl.String))


def resolve(
    batch: Batch, rows: pl.DataFrame, name: str, table: str, key: str, into: str, also: Sequence[str] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Replaces the shop's id in a column by ours; rows that name an unknown one are returned apart, with the reason.

    `also` are columns of the named row that come along as `{into}.{column}`.
    """
    if name not in rows.columns:
        return rows.with_columns(pl.lit(None, pl.Int64).alias(into)), _UNKNOWN
    found = batch.find(table, key, rows[name], also).rename({"id": into, key: "_theirs"})
    found = found.rename({column: f"{into}.{column}" for column in also})
    joined = rows.rename({name: "_theirs"}).join(found, on="_theirs", how="left", maintain_order="left")
    lost = joined["_theirs"].is_not_null() & joined[into].is_null()
    if not lost.any():
        return joined.drop("_theirs"), _UNKNOWN
    said = pl.format('{} "{}" is not known', pl.lit(name), pl.col("_theirs")).alias(REASON)
    return joined.filter(~lost).drop("_theirs"), joined.filter(lost).select(LINE, said)


def derive(
    batch: Batch, keyed: Keyed, rows: pl.DataFrame, constants: Mapping[str, pl.Expr] | None = None
) -> pl.DataFrame:
    """Adds rows that follow from others (an order's customer), and fills what is not known of those that are there.

    Nothing known is changed: two orders may say different things of the same customer. Returns the new rows.
    """
    rows = rows.unique(list(keyed.key), keep="first", maintain_order=True)
    content = _content(keyed, rows)
    stored = _stored(batch, keyed, rows[keyed.key[0]], content)
    beside = rows.join(stored, on=list(keyed.key), how="left", suffix="_old", maintain_order="left")
    gaps = [pl.col(f"{name}_old").is_null() & pl.col(name).is_not_null() for name in content]
    filled = beside.filter(pl.col("id").is_not_null() & pl.any_horizontal(pl.lit(False), *gaps))
    merged = [pl.coalesce(f"{name}_old", name).alias(name) for name in content]
    new = beside.filter(pl.col("id").is_null()).select(rows.columns)
    nothing = filled.clear()
    changed = filled.select("id", *keyed.key, *merged)
    write(batch, keyed, Compared(new, changed, nothing, 0, _UNKNOWN), constants)
    return new


def _customer(batch: Batch, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The customer a row names; of one merged into another, that other one."""
    rows, unknown = _named_customer(batch, rows)
    return rows.with_columns(batch.led(rows["customer_id"])), unknown


def _named_customer(batch: Batch, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    return resolve(batch, rows, "customer_id", "customers", "external_id", "customer_id")


def _order(batch: Batch, rows: pl.DataFrame, *also: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    return resolve(batch, rows, "order_id", "orders", "external_id", "order_id", also)


def _product(batch: Batch, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    if batch.make_products and "sku" in rows.columns:
        make_products(batch, rows.select("sku").filter(pl.col("sku").is_not_null()))
    return resolve(batch, rows, "sku", "products", "sku", "product_id")


def make_products(batch: Batch, rows: pl.DataFrame) -> None:
    """Adds the products that are not there yet, by `sku` and, where it is told, `name`."""
    derive(batch, PRODUCTS, rows)


def _with_rejected(merged: Merged, *rejected: pl.DataFrame) -> Merged:
    return replace(merged, rejected=pl.concat([merged.rejected, *rejected]))


def _touched(compared: Compared) -> pl.Series:
    """The customers of new and changed rows, and those whom changed rows belonged to before."""
    ids = [compared.new["customer_id"], compared.changed["customer_id"]]
    if compared.changed.height:
        ids.append(compared.changed["customer_id_old"])
    return pl.concat([each.alias("id") for each in ids]).drop_nulls().unique()


# --- table by table -----------------------------------------------------------------------------------------------

#: Telegram promises that its ids fit into 52 bits
_LARGEST_ACCOUNT = 2**52
_WITHOUT = ": the customer goes in without it"

CUSTOMERS = Keyed(
    "customers",
    ("external_id",),
    ("name", "email", "phone", "country", "city", "language", "signed_up_at", "marketing_consent"),
    {
        "name": Sealed("name_sealed", "customers.name"),
        "email": Sealed("email_sealed", "customers.email", "email"),
        "phone": Sealed("phone_sealed", "customers.phone", "phone"),
    },
)


def customers(batch: Batch, rows: pl.DataFrame) -> Merged:
    """customers.csv; a customer whose Telegram account cannot be goes in without it."""
    rows = rows.rename({"customer_id": "external_id"})
    rows, malformed = _account_numbers(rows)
    rows, taken = _free_accounts(batch, rows)
    before = batch.loader.newest("customers")
    compared = compare(batch, CUSTOMERS, rows)
    new = write(batch, CUSTOMERS, compared, {"created_at": pl.lit(batch.now)})
    linked = _link_accounts(batch, rows, compared, before)
    merged = _with_added(compared.merged("customers", linked), "customers", new, "external_id")
    return _partly_rejected(merged, pl.concat([malformed, taken]))


def _partly_rejected(merged: Merged, partly: pl.DataFrame) -> Merged:
    """Counts rows of which only a part went in as rejected, and not once more as what they are."""
    partly = partly.join(merged.rejected, on=LINE, how="anti")
    new, changed = (int(lines.is_in(partly[LINE].implode()).sum()) for lines in (merged.new, merged.changed))
    return replace(
        merged,
        imported=merged.imported - new,
        updated=merged.updated - changed,
        unchanged=merged.unchanged - (partly.height - new - changed),
        rejected=pl.concat([merged.rejected, partly]),
    )


def _account_numbers(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Telegram ids as Telegram writes them; what is none is null, and returned apart with the reason."""
    if "telegram_id" not in rows.columns or rows["telegram_id"].null_count() == rows.height:
        return rows, _UNKNOWN
    cell = pl.col("telegram_id")
    # spreadsheets write 12345.0
    number = cell.str.extract(r"^([0-9]{1,16})(\.0*)?$").cast(pl.Int64)
    number = pl.when(number.is_between(1, _LARGEST_ACCOUNT)).then(number.cast(pl.String))
    said = pl.format('telegram_id "{}" is not the number of an account{}', cell.str.slice(0, 60), pl.lit(_WITHOUT))
    bad = rows.filter(cell.is_not_null() & number.is_null()).select(LINE, said.alias(REASON))
    return rows.with_columns(number.alias("telegram_id")), bad


def _free_accounts(batch: Batch, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Takes away Telegram accounts that belong to another customer of the shop, and says so."""
    if "telegram_id" not in rows.columns or rows["telegram_id"].null_count() == rows.height:
        return rows, _UNKNOWN
    owners = _owners(batch, rows["telegram_id"]).rename({"user": "telegram_id"})
    first = rows.filter(pl.col("telegram_id").is_not_null()).unique("telegram_id", keep="first", maintain_order=True)
    first = first.select("telegram_id", pl.col("external_id").alias("_first"))
    beside = rows.join(owners, on="telegram_id", how="left", maintain_order="left")
    beside = beside.join(first, on="telegram_id", how="left", maintain_order="left")
    owner = pl.coalesce("owner", "_first")
    beside = beside.with_columns(_survivors_name(batch, beside["external_id"]).alias("_own"))
    taken = beside.select(
        owner.is_not_null() & (owner != pl.col("external_id")) & (owner != pl.col("_own"))
    ).to_series()
    if not taken.any():
        return rows, _UNKNOWN
    said = pl.format(
        'telegram_id "{}" belongs to customer "{}"{}', pl.col("telegram_id"), owner, pl.lit(_WITHOUT)
    ).alias(REASON)
    free = rows.with_columns(pl.when(~taken).then("telegram_id").alias("telegram_id"))
    return free, beside.filter(taken).select(LINE, said)


def _survivors_name(batch: Batch, names: pl.Series) -> pl.Series:
    """The shop's ids of the customers that those with these ids turned out to be."""
    if not batch.survivors:
        return names
    merged = batch.loader.find("customers", "id", pl.Series(list(batch.survivors)), ["external_id"])
    merged = merged.with_columns(batch.led(merged["id"]).alias("_into"))
    into = batch.loader.find("customers", "id", merged["_into"], ["external_id"])
    into = into.select(pl.col("id").alias("_into"), pl.col("external_id").alias("_name"))
    pairs = merged.join(into, on="_into").drop_nulls(["external_id", "_name"])
    return names.replace(pairs["external_id"], pairs["_name"])


def _owners(batch: Batch, users: pl.Series) -> pl.DataFrame:
    """Linked Telegram accounts: `user`, `identity`, `holder` (our customer id), `owner` (the shop's, or null)."""
    found = batch.loader.find("identities", "user", users, ["channel", "customer_id"])
    found = found.filter(pl.col("channel") == "telegram")
    holders = batch.loader.find("customers", "id", found["customer_id"], ["external_id"])
    found = found.join(holders.rename({"id": "customer_id", "external_id": "owner"}), on="customer_id", how="left")
    return found.select("user", "owner", pl.col("id").alias("identity"), pl.col("customer_id").alias("holder"))


def _link_accounts(batch: Batch, rows: pl.DataFrame, compared: Compared, before: int) -> pl.Series:
    """Makes or moves the accounts that the rows name; returns the customers whose chats moved."""
    if "telegram_id" not in rows.columns:
        return _NONE
    ids = [compared.changed.select("id", "external_id"), compared.same.select("id", "external_id")]
    if compared.new.height:
        ids.append(batch.loader.find_newer("customers", before, ["external_id"]))
    accounts = rows.select("external_id", pl.col("telegram_id").alias("user")).drop_nulls()
    accounts = accounts.unique("user", keep="first").join(pl.concat(ids), on="external_id")
    accounts = accounts.with_columns(batch.led(accounts["id"]))
    if not accounts.height:
        return _NONE
    accounts = accounts.join(_owners(batch, accounts["user"]), on="user", how="left")
    new = accounts.filter(pl.col("identity").is_null())
    told = {"linked_by": pl.lit("import"), "linked_at": pl.lit(batch.now)}
    added = new.select("user", pl.col("id").alias("customer_id"), pl.lit("telegram").alias("channel"), **told)
    batch.loader.insert("identities", added)
    # somebody who wrote before the shop said whose account it is: chats, tickets and consents go with the account
    moved = accounts.filter(pl.col("identity").is_not_null() & (pl.col("holder") != pl.col("id")))
    if not moved.height:
        return _NONE
    moved = moved.select(pl.col("identity").alias("identity_id"), pl.col("id").alias("customer_id"), "holder")
    owned = moved.select(pl.col("identity_id").alias("id"), "customer_id", **told)
    batch.loader.update("identities", owned)
    chats = batch.loader.find("conversations", "identity_id", moved["identity_id"], []).join(moved, on="identity_id")
    batch.loader.update("conversations", chats.select("id", "customer_id"))
    tickets = batch.loader.find("tickets", "conversation_id", chats["id"], [])
    tickets = tickets.join(chats.select(pl.col("id").alias("conversation_id"), "customer_id"), on="conversation_id")
    batch.loader.update("tickets", tickets.select("id", "customer_id"))
    said = ["kind", "given", "version", "at", "channel"]
    consents = batch.loader.find("consents", "customer_id", moved["holder"], said).rename({"customer_id": "holder"})
    consents = consents.filter(pl.col("channel") == "telegram").sort("id").join(moved, on="holder")
    batch.loader.insert("consents", consents.select("customer_id", *said))
    return pl.concat([moved["holder"], moved["customer_id"]]).unique().alias("id")


ADDRESSES = Keyed("addresses", ("customer_id", "kind", "fingerprint"), ())
_LINES = ("line1", "line2", "city", "postcode", "region")


def addresses(batch: Batch, rows: pl.DataFrame) -> Merged:
    """addresses.csv: an address is its content, so a row is new or there already."""
    rows, unknown = _customer(batch, rows)
    lines = [name for name in _LINES if name in rows.columns]
    country = pl.col("country") if "country" in rows.columns else pl.lit(None, pl.String)
    texts = [
        json.dumps({k: v for k, v in zip(lines, values, strict=True) if v is not None}, ensure_ascii=False)
        for values in rows.select(lines).iter_rows()
    ]
    rows = rows.select(LINE, "customer_id", "kind", country.alias("country"))
    full = [f"{text}|{code}" for text, code in zip(texts, rows["country"].to_list(), strict=True)]
    digest = batch.cipher.digest
    rows = rows.with_columns(
        pl.Series("text", texts, pl.String),
        pl.Series("fingerprint", [digest("address", text) for text in full], pl.String),
    )
    compared = compare(batch, ADDRESSES, rows)
    seal = batch.cipher.seal
    sealed = [seal("addresses.address", text) for text in compared.new["text"].to_list()]
    new = compared.new.drop(LINE, "text").with_columns(pl.Series("address_sealed", sealed, pl.Binary))
    batch.loader.insert("addresses", new)
    return _with_rejected(compared.merged("addresses"), unknown)


PRODUCTS = Keyed("products", ("sku",), ("name", "category", "price", "currency", "stock"))


def products(batch: Batch, rows: pl.DataFrame) -> Merged:
    """products.csv; a price without a currency is in the shop's own."""
    if "price" in rows.columns:
        currency = pl.col("currency") if "currency" in rows.columns else pl.lit(None, pl.String)
        currency = currency.fill_null(pl.when(pl.col("price").is_not_null()).then(pl.lit(batch.rates.base)))
        rows = rows.with_columns(currency.alias("currency"))
        rows = rows.with_columns(checking.minor(pl.col("price"), pl.col("currency")).alias("price"))
    compared = compare(batch, PRODUCTS, rows)
    write(batch, PRODUCTS, compared)
    return compared.merged("products")


ORDERS = Keyed(
    "orders",
    ("external_id",),
    (
        "customer_id",
        "placed_at",
        "status",
        "currency",
        "total",
        "total_base",
        "shipping",
        "discount",
        "payment_method",
        "tracking_number",
        "carrier",
        "delivered_at",
    ),
)
_PARCEL = ("tracking_number", "carrier", "delivered_at")


def orders(batch: Batch, rows: pl.DataFrame) -> Merged:
    """orders.csv, with what it says of the first parcel."""
    rows, unknown = _customer(batch, rows)
    rows = rows.rename({"order_id": "external_id"})
    money = [name for name in ("total", "shipping", "discount") if name in rows.columns]
    rows = rows.with_columns(checking.minor(pl.col(name), pl.col("currency")).alias(name) for name in money)
    base = checking.to_base(rows["total"], rows["currency"], batch.rates)
    return _with_rejected(stored_orders(batch, rows.with_columns(base.alias("total_base"))), unknown)


def stored_orders(batch: Batch, rows: pl.DataFrame) -> Merged:
    """Orders as the store has them: `external_id`, `customer_id` of ours, money in minor units with `total_base`."""
    parcel = [name for name in _PARCEL if name in rows.columns]
    keyed = Keyed("orders", ORDERS.key, tuple(name for name in ORDERS.content if name not in _PARCEL))
    before = batch.loader.newest("orders")
    compared = _compare_orders(batch, keyed, rows, parcel)
    new = write(batch, keyed, compared)
    if parcel:
        _parcels(batch, compared, parcel, before)
    touched = _touched(compared)
    if compared.changed.height:
        touched = pl.concat([touched, _take_refunds_along(batch, compared.changed)])
    return _with_added(compared.merged("orders", touched), "orders", new, "external_id", "currency")


def _take_refunds_along(batch: Batch, changed: pl.DataFrame) -> pl.Series:
    """Gives changed orders' refunds their order's customer, and its currency to those that had it; whose they were.

    An amount stays as it was written: 9.90 of one currency is 9.90 of the other.
    """
    names = {"id": "order_id", "customer_id": "owner", "currency": "new", "currency_old": "old"}
    orders = changed.select(pl.col(name).alias(alias) for name, alias in names.items())
    refunds = batch.loader.find("refunds", "order_id", orders["order_id"], ["customer_id", "currency", "amount"])
    refunds = refunds.join(orders, on="order_id", maintain_order="left")
    renamed = (pl.col("currency") == pl.col("old")) & (pl.col("old") != pl.col("new"))
    refunds = refunds.filter(renamed | pl.col("customer_id").ne_missing(pl.col("owner")))
    if not refunds.height:
        return _NONE
    written = pl.col("amount") / checking.minor(pl.lit(1.0), pl.col("currency"))
    moved = refunds.select(
        "id",
        pl.col("owner").alias("customer_id"),
        pl.when(renamed).then("new").otherwise("currency").alias("currency"),
        pl.when(renamed).then(checking.minor(written, pl.col("new"))).otherwise("amount").alias("amount"),
    )
    base = checking.to_base(moved["amount"], moved["currency"], batch.rates)
    batch.loader.update("refunds", moved.with_columns(base.alias("amount_base")))
    return refunds["customer_id"].drop_nulls().alias("id")


def _compare_orders(batch: Batch, keyed: Keyed, rows: pl.DataFrame, parcel: list[str]) -> Compared:
    """Compares orders together with their first parcel, which the file writes in the same row."""
    content = [name for name in keyed.content if name in rows.columns]
    rows, repeats, rejected = _once(rows, list(keyed.key), [*content, *parcel])
    nothing = rows.clear().with_columns(pl.lit(None, pl.Int64).alias("id"))
    if batch.trusts("orders"):
        return Compared(rows, nothing, nothing, repeats, rejected)
    stored = _stored(batch, keyed, rows["external_id"], content)
    if parcel:
        sent = batch.loader.find("shipments", "order_id", stored["id"], ["number", *parcel])
        sent = sent.filter(pl.col("number") == 1).select(pl.col("order_id").alias("id"), *parcel)
        stored = stored.join(sent, on="id", how="left", maintain_order="left")
    beside = rows.join(stored, on="external_id", how="left", suffix="_old", maintain_order="left")
    new = beside.filter(pl.col("id").is_null()).select(rows.columns)
    matched = beside.filter(pl.col("id").is_not_null())
    if not matched.height:
        return Compared(new, nothing, nothing, repeats, rejected)
    return _compared(batch.seen["orders"], [*content, *parcel], new, matched, repeats, rejected)


def _parcels(batch: Batch, compared: Compared, parcel: list[str], before: int) -> None:
    """Writes shipments number 1."""
    told = pl.any_horizontal(pl.col(name).is_not_null() for name in parcel)
    new = compared.new.filter(told).select("external_id", *parcel)
    if new.height:
        ids = batch.loader.find_newer("orders", before, ["external_id"])
        new = new.join(ids, on="external_id", maintain_order="left")
    else:
        new = new.with_columns(pl.lit(None, pl.Int64).alias("id"))
    rows = new.select(pl.col("id").alias("order_id"), *parcel)
    if compared.changed.height:
        changed = compared.changed.filter(told).select(pl.col("id").alias("order_id"), *parcel)
        sent = batch.loader.find("shipments", "order_id", changed["order_id"], ["number"])
        sent = sent.filter(pl.col("number") == 1).select("id", "order_id")
        known = changed.join(sent, on="order_id")
        batch.loader.update("shipments", known.select("id", *parcel))
        rows = pl.concat([rows, changed.join(sent, on="order_id", how="anti")])
    batch.loader.insert("shipments", rows.with_columns(pl.lit(1, pl.Int64).alias("number")))


def order_items(batch: Batch, rows: pl.DataFrame) -> Merged:
    """order_items.csv: the n-th line of a product in an order is that product's occurrence n."""
    rows, no_order = _order(batch, rows, "currency")
    rows, no_product = _product(batch, rows)
    price = checking.minor(pl.col("unit_price"), pl.col("order_id.currency")).alias("unit_price")
    rows = rows.select(LINE, "order_id", "product_id", "quantity", price)
    return _with_rejected(lines(batch, "order_items", "order_id", rows), no_order, no_product)


def nth(rows: pl.DataFrame, key: list[str]) -> pl.Series:
    """For each row the how-manyth with its key it is, in the order of lines: counted only where a key comes twice."""
    numbers = pl.repeat(1, rows.height, dtype=pl.Int64, eager=True)
    twice = rows.select(pl.struct(key).is_duplicated()).to_series()
    if not twice.any():
        return numbers
    counted = rows.filter(twice).select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(key, order_by=LINE))
    return numbers.scatter(twice.arg_true(), counted.to_series())


def lines(batch: Batch, table: str, parent: str, rows: pl.DataFrame) -> Merged:
    """Lines of orders or refunds: `_line`, the parent's id, `product_id`, `quantity`, `unit_price` in minor units.

    `occurrence` may be there already; otherwise the lines of one product in one parent are counted here.
    """
    key = [parent, "product_id"]
    if "occurrence" not in rows.columns:
        rows = rows.with_columns(nth(rows, key).alias("occurrence"))
    rows, beyond = _countable(rows)
    keyed = Keyed(table, (parent, "product_id", "occurrence"), ("quantity", "unit_price"))
    if batch.trusts(table):
        batch.loader.insert(table, rows.drop(LINE))
        done = Merged(imported=rows.height, new=rows[LINE], rejected=beyond)
        return _with_lines_of(done, table, rows[parent])
    seen = batch.seen[table]
    stored = batch.loader.find(table, parent, rows[parent], [*keyed.key, *keyed.content])
    # lines of the same product that stood further above in the file have taken the first occurrences
    used = stored.filter(seen.flags(stored["id"])).group_by(key).agg(pl.len().cast(pl.Int64).alias("_used"))
    rows = rows.join(used, on=key, how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("occurrence") + pl.col("_used").fill_null(0)).drop("_used")
    rows, more = _countable(rows)
    beside = rows.join(stored, on=list(keyed.key), how="left", suffix="_old", maintain_order="left")
    new = beside.filter(pl.col("id").is_null()).select(rows.columns)
    matched = beside.filter(pl.col("id").is_not_null())
    compared = _compared(seen, list(keyed.content), new, matched, 0, pl.concat([beyond, more]))
    write(batch, keyed, compared)
    doubted = stored["id"].filter(~seen.flags(stored["id"]) & ~stored["id"].is_in(matched["id"].implode()))
    written = pl.concat([compared.new[parent], compared.changed[parent]])
    return _with_lines_of(replace(compared.merged(table), doubted=((table, doubted),)), table, written)


def _with_lines_of(merged: Merged, table: str, parents: pl.Series) -> Merged:
    return replace(merged, orders_touched=parents.unique().alias("id")) if table == "order_items" else merged


def _countable(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parts off lines that are more of one product than the store can number."""
    beyond = rows["occurrence"] > _MOST_LINES
    if not beyond.any():
        return rows, _UNKNOWN
    said = pl.lit(f"more than {_MOST_LINES:,} lines of one product in one order")
    return rows.filter(~beyond), rows.filter(beyond).select(LINE, said.alias(REASON))


REFUNDS = Keyed(
    "refunds",
    ("external_id",),
    ("order_id", "customer_id", "amount", "currency", "amount_base", "reason", "status", "created_at"),
)


#: the shop pays what was asked for so long before it was asked for (clocks differ), and after; in milliseconds
_PAID_BEFORE, _PAID_AFTER = 24 * 3600 * 1000, 45 * 24 * 3600 * 1000


def refunds(batch: Batch, rows: pl.DataFrame, *, are_sums: bool = False) -> Merged:
    """refunds.csv; a refund has its order's customer and currency.

    What the desk itself had paid is not counted again: a row about it gives it the shop's id. `are_sums`: a row is all
    that was paid back of an order, and only the rest of it is not the desk's.
    """
    rows, unknown = _order(batch, rows, "currency", "customer_id")
    rows = rows.rename({"refund_id": "external_id"})
    rows = rows.rename({"order_id.currency": "currency", "order_id.customer_id": "customer_id"})
    amount = checking.minor(pl.col("amount"), pl.col("currency")).alias("amount")
    rows = rows.with_columns(amount, pl.col("customer_id").is_null().alias("_guest"))
    if not batch.trusts("refunds"):
        rows = _beyond_ours(batch, rows) if are_sums else _with_ours(batch, rows)
    base = checking.to_base(rows["amount"], rows["currency"], batch.rates)
    return _with_rejected(stored_refunds(batch, rows.with_columns(base.alias("amount_base"))), unknown)


def _ours(batch: Batch, orders: pl.Series) -> pl.DataFrame:
    """The refunds of some orders that went through the desk, and whose money is gone."""
    columns = ["external_id", "amount", "status", "created_at", "call_key"]
    found = batch.loader.find("refunds", "order_id", orders, columns)
    return found.filter(pl.col("call_key").is_not_null() & pl.col("status").is_in(["approved", "paid"]))


def _beyond_ours(batch: Batch, rows: pl.DataFrame) -> pl.DataFrame:
    """What was paid back of orders beside what went through the desk."""
    ours = _ours(batch, rows["order_id"]).group_by("order_id").agg(pl.col("amount").sum().alias("_ours"))
    beside = rows.join(ours, on="order_id", how="left", maintain_order="left")
    rest = beside.with_columns(pl.col("amount") - pl.col("_ours").fill_null(0))
    return rest.filter(pl.col("_ours").is_null() | (pl.col("amount") > 0)).drop("_ours")


def _with_ours(batch: Batch, rows: pl.DataFrame) -> pl.DataFrame:
    """Gives the desk's refunds the shop's ids, by order, amount and time. What the desk knows of them stays."""
    known = batch.loader.find("refunds", "external_id", rows["external_id"], ["call_key"])
    loose = _ours(batch, rows["order_id"]).filter(pl.col("external_id").is_null())
    if loose.height:
        theirs = rows.filter(pl.col("status") != "refused").join(known, on="external_id", how="anti")
        pairs = theirs.select("external_id", "order_id", "amount", "created_at").join(
            loose.select("id", "order_id", "amount", pl.col("created_at").alias("_asked")), on=["order_id", "amount"]
        )
        later = pl.col("created_at") - pl.col("_asked")
        near = pairs.filter(later.is_between(-_PAID_BEFORE, _PAID_AFTER)).sort(later.abs(), "id")
        met = near.unique("external_id", keep="first", maintain_order=True)
        met = met.unique("id", keep="first", maintain_order=True).select("id", "external_id")
        batch.loader.update("refunds", met)
        known = pl.concat([known, met.with_columns(pl.lit("").alias("call_key")).select(known.columns)])
    own = known.filter(pl.col("call_key").is_not_null())["external_id"]
    told = [name for name in ("reason", "status", "created_at") if name in rows.columns]
    is_own = pl.col("external_id").is_in(own.implode())
    return rows.with_columns(pl.when(~is_own).then(pl.col(name)).alias(name) for name in told)


def stored_refunds(batch: Batch, rows: pl.DataFrame) -> Merged:
    """Refunds as the store has them: `external_id`, ids of ours, money in minor units with `amount_base`."""
    compared = compare(batch, REFUNDS, rows)
    write(batch, REFUNDS, compared)
    if compared.changed.height and "_guest" in compared.changed.columns:
        # a refund that went to a guest's order is no customer's any more
        guests = compared.changed.filter(pl.col("_guest") & pl.col("customer_id").is_not_null())
        batch.loader.update("refunds", guests.select("id", pl.lit(None, pl.Int64).alias("customer_id")))
    return compared.merged("refunds", _touched(compared))


def find_orders(batch: Batch, external_ids: pl.Series) -> None:
    """Joins refunds that name no order to the customer's latest earlier one with one of their products."""
    found = batch.loader.find("refunds", "external_id", external_ids, ["order_id", "customer_id"])
    lost = found.filter(pl.col("order_id").is_null() & pl.col("customer_id").is_not_null())
    candidates = batch.loader.earlier_orders(lost["id"])
    # the same moment twice: the later row
    latest = candidates.sort("placed_at", "order_id").unique("id", keep="last").select("id", "order_id")
    batch.loader.update("refunds", latest)


REVIEWS = Keyed(
    "reviews",
    ("external_id",),
    ("customer_id", "product_id", "order_id", "rating", "text", "language", "created_at"),
    {"text": Sealed("text_sealed", "reviews.text")},
)


def reviews(batch: Batch, rows: pl.DataFrame) -> Merged:
    """reviews.csv"""
    rows, no_customer = _customer(batch, rows)
    rows, no_order = _order(batch, rows)
    rows, no_product = _product(batch, rows)
    rows = _without_cards(rows, "text")
    compared = compare(batch, REVIEWS, rows.rename({"review_id": "external_id"}))
    write(batch, REVIEWS, compared)
    touched = _touched(compared)
    return _with_rejected(compared.merged("reviews", touched), no_customer, no_order, no_product)


TICKETS = Keyed(
    "tickets",
    ("external_id",),
    (
        "customer_id",
        "order_id",
        "kind",
        "status",
        "priority",
        "assignee",
        "subject",
        "opened_at",
        "first_reply_at",
        "resolved_at",
        "csat",
    ),
    {"subject": Sealed("subject_sealed", "tickets.subject")},
)


def tickets(batch: Batch, rows: pl.DataFrame, number: Callable[[int], Sequence[int]]) -> Merged:
    """tickets.csv; `number` gives that many fresh ticket numbers."""
    rows, no_customer = _customer(batch, rows)
    rows, no_order = _order(batch, rows)
    rows = _without_cards(rows.rename({"ticket_id": "external_id"}), "subject")
    if "resolved_at" in rows.columns:
        rows = rows.with_columns(pl.when(pl.col("status") == "resolved").then("resolved_at").alias("resolved_at"))
    compared = _with_defaults(compare(batch, TICKETS, rows), BY_NAME["tickets"])
    ids = pl.Series("id", number(compared.new.height), pl.Int64)
    write(batch, TICKETS, compared, {"id": pl.lit(ids)} if compared.new.height else None)
    if compared.changed.height and "resolved_at" in compared.changed.columns:
        # a ticket that was opened again is not resolved any more, though its empty cell says nothing
        reopened = compared.changed.filter((pl.col("status") != "resolved") & pl.col("resolved_at").is_not_null())
        batch.loader.update("tickets", reopened.select("id", pl.lit(None, pl.Int64).alias("resolved_at")))
    touched = _touched(compared)
    return _with_rejected(compared.merged("tickets", touched), no_customer, no_order)


def _with_defaults(compared: Compared, file: File) -> Compared:
    """What new rows get for what is not known; of a row that is there, it changes nothing."""
    new = compared.new
    for column in file.columns:
        if column.default is not None:
            cell = pl.col(column.name) if column.name in new.columns else pl.lit(None, pl.String)
            new = new.with_columns(cell.fill_null(column.default).alias(column.name))
    return replace(compared, new=new)


CARTS = Keyed("carts", ("customer_id", "product_id"), ("quantity", "updated_at"))


def carts(batch: Batch, rows: pl.DataFrame) -> Merged:
    """carts.csv"""
    rows, no_customer = _named_customer(batch, rows)
    rows, no_product = _product(batch, rows)
    compared = compare(batch, CARTS, _carts_of_merged(batch, rows))
    write(batch, CARTS, compared)
    return _with_rejected(compared.merged("carts"), no_customer, no_product)


def _carts_of_merged(batch: Batch, rows: pl.DataFrame) -> pl.DataFrame:
    """What lies in a merged customer's cart lies in the other's, but for what lies in both: that stays where it is."""
    if not batch.survivors:
        return rows
    led = rows.select(batch.led(rows["customer_id"]), "product_id")
    is_moved = rows["customer_id"] != led["customer_id"]
    if not is_moved.any():
        return rows
    merged = rows.filter(is_moved)
    stored = batch.loader.find("carts", "customer_id", merged["customer_id"], ["product_id"])
    own = rows.filter(~is_moved).select("customer_id", "product_id").with_columns(pl.lit(True).alias("_both"))
    stays = stored.select("customer_id", "product_id").with_columns(pl.lit(True).alias("_stays"))
    both = led.join(own.unique(), on=["customer_id", "product_id"], how="left", maintain_order="left")["_both"]
    stay = rows.join(stays.unique(), on=["customer_id", "product_id"], how="left", maintain_order="left")["_stays"]
    goes = is_moved & ~both.fill_null(False) & ~stay.fill_null(False)
    return rows.with_columns(pl.when(goes).then(led["customer_id"]).otherwise(rows["customer_id"]).alias("customer_id"))


VISITS = Keyed("visits", ("fingerprint",), ())


def visits(batch: Batch, rows: pl.DataFrame) -> Merged:
    """visits.csv: the n-th of equal visits has the fingerprint of its content and n."""
    rows, no_customer = _named_customer(batch, rows)
    rows, no_product = _product(batch, rows)
    source = pl.col("source") if "source" in rows.columns else pl.lit(None, pl.String)
    rows = rows.with_columns(source.alias("source"))
    said = [pl.col(name).cast(pl.String).fill_null("") for name in ("customer_id", "product_id", "at", "source")]
    rows = rows.with_columns(pl.concat_str(said, separator="|").alias("_said"))
    rows = rows.with_columns(nth(rows, ["_said"]).alias("_nth"))
    rows = _fingerprinted(rows)
    if not batch.trusts("visits"):
        rows = _after_earlier(batch, rows)
    # the print is that of the customer named: visits that came in before a merge are still the same afterwards
    compared = compare(batch, VISITS, rows.with_columns(batch.led(rows["customer_id"])))
    new = compared.new.select("customer_id", "product_id", "at", "source", "fingerprint")
    batch.loader.insert("visits", new)
    return _with_rejected(compared.merged("visits"), no_customer, no_product)


def _fingerprinted(rows: pl.DataFrame) -> pl.DataFrame:
    pairs = zip(rows["_said"].to_list(), rows["_nth"].to_list(), strict=True)
    prints = [hashlib.sha256(f"{said}|{nth}".encode()).hexdigest()[:43] for said, nth in pairs]
    return rows.with_columns(pl.Series("fingerprint", prints, pl.String))


def _after_earlier(batch: Batch, rows: pl.DataFrame) -> pl.DataFrame:
    """Counts on where equal visits stood further above in the file."""
    seen = batch.seen["visits"]
    while True:
        stored = batch.loader.find("visits", "fingerprint", rows["fingerprint"], [])
        taken = stored.filter(seen.flags(stored["id"]))
        again = rows.filter(pl.col("fingerprint").is_in(taken["fingerprint"].implode()))
        if not again.height:
            return rows
        moved = pl.col("_said").is_in(again["_said"].unique().implode())
        rows = _fingerprinted(rows.with_columns((pl.col("_nth") + moved.cast(pl.Int64)).alias("_nth")))
