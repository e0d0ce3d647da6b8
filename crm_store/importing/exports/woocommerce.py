"""WooCommerce's exports: Analytics (orders, customers), and what the common export plugins write.

Headers: Analytics as in WooCommerce's own `Reports/Orders/Controller.php` and `Reports/Customers/Controller.php`; one
row an order with `line_item_1`, ... as the Import Export Suite's documentation lists them; one row a line with `Order
Number`, `Item Cost`, ... as Advanced Order Export writes them.
"""

import polars as pl

from crm_store.importing.exports.mapped import REFUNDS_WITHOUT_DATE, Headers, Mapped
from crm_store.importing.reading import LINE

ANALYTICS_ORDERS_KNOWN_BY = frozenset({"date", "order#", "status", "customer", "customertype", "itemssold"})
ANALYTICS_CUSTOMERS_KNOWN_BY = frozenset({"name", "username", "lastactive", "email", "orders", "aov"})
SUITE_ORDERS_KNOWN_BY = frozenset({"orderid", "ordernumber", "status", "ordertotal", "billingemail"})
SUITE_CUSTOMERS_KNOWN_BY = frozenset({"useremail", "userregistered", "billingemail"})
LINES_KNOWN_BY = frozenset({"ordernumber", "orderstatus", "orderdate", "ordertotalamount"})

_STATUSES = {
    "pending": "pending",
    "pendingpayment": "pending",
    "onhold": "pending",
    "checkoutdraft": "pending",
    "processing": "paid",
    "completed": "delivered",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "failed": "cancelled",
    "trash": "cancelled",
    "refunded": "returned",
    "partiallyrefunded": "paid",
}


def _address(kind: str, form: str) -> Headers:
    """Headers of an address: `form` is `billing{}` in some exports and `{}(billing)` in others."""

    def named(*parts: str) -> tuple[str, ...]:
        return tuple(form.format(kind=kind, part=part) for part in parts)

    return {
        "line1": named("address1", "address1&2", "address"),
        "line2": named("address2"),
        "city": named("city"),
        "postcode": named("postcode"),
        "region": named("statecode", "state"),
        "country": named("countrycode", "country"),
    }


_KINDS = ("billing", "shipping")
_SUITE_ADDRESSES = {kind: _address(kind, "{kind}{part}") for kind in _KINDS}

ANALYTICS_ORDERS = Mapped(
    customer={},
    order={
        "order_id": ("order#",),
        "placed_at": ("date",),
        "status": ("status",),
        # what the customer paid; Net Sales (once N. Revenue) is without taxes and shipping
        "total": ("n.revenue(formatted)", "netsales", "n.revenue"),
    },
    item={},
    statuses=_STATUSES,
    addresses={},
    notices=(
        "this export has neither e-mail addresses nor prices of products: its orders are guests', without lines",
        "it names neither currencies nor refunds: totals are taken as of the shop's currency, and as they were ordered",
    ),
)

ANALYTICS_CUSTOMERS = Mapped(
    customer={
        "email": ("email",),
        "name": ("name", "username"),
        "phone": ("billingphone", "shippingphone"),
        "country": ("country/region",),
        "city": ("city",),
        "signed_up_at": ("signup",),
    },
    order={},
    item={},
    statuses={},
    addresses={},
)


def _lines(rows: pl.DataFrame) -> pl.DataFrame:
    """The lines of one-row orders: cells such as `name:Mug|sku:MUG-1|quantity:2|total:9.00`."""
    numbered = [name for name in rows.columns if name.startswith("lineitem") and name[8:].isdigit()]
    cells: list[pl.Expr] = [pl.col(name) for name in numbered]
    if "lineitems" in rows.columns:
        cells.append(pl.col("lineitems").str.split(";"))
    texts = pl.concat_list(cells or [pl.lit(None, pl.String)])
    lines = (
        rows.select(LINE, "order_id", texts.alias("text"))
        .explode("text")
        .filter(pl.col("text").str.strip_chars() != "")
    )

    def part(name: str) -> pl.Expr:
        value = pl.col("text").str.extract(rf"(?:^|\|)\s*{name}:\s*([^|]*)").str.strip_chars()
        return pl.when(value != "").then(value)

    quantity = pl.coalesce(part("quantity"), pl.lit("1"))
    total = pl.coalesce(part("sub_total"), part("subtotal"), part("total")).cast(pl.Float64, strict=False)
    each = total / quantity.cast(pl.Float64, strict=False)
    return lines.select(
        LINE,
        "order_id",
        part("sku").alias("sku"),
        part("name").alias("name"),
        quantity.alias("quantity"),
        pl.when(each.is_finite()).then(each.round(6).cast(pl.String)).alias("unit_price"),
    )


SUITE_ORDERS = Mapped(
    customer={
        "customer_id": ("customeruser", "customerid"),
        "email": ("customeremail", "billingemail"),
        "first_name": ("billingfirstname",),
        "last_name": ("billinglastname",),
        "phone": ("billingphone",),
        "country": ("billingcountry",),
        "city": ("billingcity",),
    },
    order={
        "order_id": ("ordernumber", "orderid"),
        "placed_at": ("orderdate", "date"),
        "status": ("status",),
        "currency": ("ordercurrency", "currency"),
        "total": ("ordertotal",),
        "shipping": ("shippingtotal",),
        "discount": ("discounttotal",),
        "payment_method": ("paymentmethodtitle", "paymentmethod"),
        "refunded": ("refundedtotal",),
    },
    item={},
    statuses=_STATUSES,
    addresses=_SUITE_ADDRESSES,
    notices=(REFUNDS_WITHOUT_DATE,),
    split=_lines,
)

SUITE_CUSTOMERS = Mapped(
    customer={
        "customer_id": ("customerid", "id"),
        "email": ("useremail", "billingemail"),
        "first_name": ("firstname", "billingfirstname"),
        "last_name": ("lastname", "billinglastname"),
        "phone": ("billingphone",),
        "country": ("billingcountry",),
        "city": ("billingcity",),
        "signed_up_at": ("userregistered",),
    },
    order={},
    item={},
    statuses={},
    addresses=_SUITE_ADDRESSES,
)

LINES = Mapped(
    customer={
        "customer_id": ("customeruserid", "customerid"),
        "email": ("email(billing)", "customeruseremail"),
        "first_name": ("firstname(billing)",),
        "last_name": ("lastname(billing)",),
        "phone": ("phone(billing)",),
        "country": ("countrycode(billing)", "country(billing)"),
        "city": ("city(billing)",),
    },
    order={
        "order_id": ("ordernumber",),
        "placed_at": ("orderdate",),
        "status": ("orderstatus",),
        "currency": ("ordercurrency", "currency"),
        "total": ("ordertotalamount",),
        "shipping": ("ordershippingamount",),
        "discount": ("cartdiscountamount",),
        "payment_method": ("paymentmethodtitle",),
        "refunded": ("orderrefundamount",),
    },
    item={
        "sku": ("sku",),
        "name": ("itemname", "name", "productname"),
        "quantity": ("quantity", "quantity(-refund)"),
        "unit_price": ("itemcost", "productcurrentprice"),
    },
    statuses=_STATUSES,
    addresses={kind: _address(kind, "{part}({kind})") for kind in _KINDS},
    notices=(REFUNDS_WITHOUT_DATE,),
)
