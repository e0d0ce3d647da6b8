"""Shopify's exports of orders and of customers.

Columns as Shopify's help centre lists them; an order's own cells stand in its first row, further rows are its further
lines. Orders name people by e-mail only, so the customers' export is best imported with or before them.
"""

import polars as pl

from crm_store.importing.exports.mapped import REFUNDS_WITHOUT_DATE, Headers, Mapped

ORDERS_KNOWN_BY = frozenset(
    {"name", "financialstatus", "fulfillmentstatus", "currency", "total", "lineitemquantity", "lineitemprice"}
)
CUSTOMERS_KNOWN_BY = frozenset({"firstname", "lastname", "email", "totalspent", "totalorders"})


def _address(prefix: str, country: str) -> Headers:
    return {
        "line1": (f"{prefix}address1", f"{prefix}street"),
        "line2": (f"{prefix}address2",),
        "city": (f"{prefix}city",),
        "postcode": (f"{prefix}zip",),
        "region": (f"{prefix}provincename", f"{prefix}province", f"{prefix}provincecode"),
        "country": (f"{prefix}{country}", f"{prefix}country"),
    }


def _status(rows: pl.DataFrame) -> pl.Expr:
    """What happened last: cancelled, given back, sent, paid; otherwise it waits for its money."""

    def cell(name: str) -> pl.Expr:
        return pl.col(name).str.to_lowercase() if name in rows.columns else pl.lit(None, pl.String)

    money, parcel = cell("financialstatus"), cell("fulfillmentstatus")
    return (
        pl.when(cell("cancelledat").is_not_null() | money.is_in(["voided", "expired"]))
        .then(pl.lit("cancelled"))
        .when(money == "refunded")
        .then(pl.lit("returned"))
        .when(parcel == "fulfilled")
        .then(pl.lit("shipped"))
        .when(money.is_in(["paid", "partially_refunded"]))
        .then(pl.lit("paid"))
        .otherwise(pl.lit("pending"))
    )


ORDERS = Mapped(
    customer={
        "email": ("email",),
        "name": ("billingname", "shippingname"),
        "phone": ("phone", "billingphone", "shippingphone"),
        "country": ("billingcountry", "shippingcountry"),
        "city": ("billingcity", "shippingcity"),
    },
    order={
        "order_id": ("name",),
        "placed_at": ("createdat", "paidat"),
        "currency": ("currency",),
        "total": ("total",),
        "shipping": ("shipping",),
        "discount": ("discountamount",),
        "payment_method": ("paymentmethod",),
        "refunded": ("refundedamount",),
        "refunded_at": ("cancelledat",),
    },
    item={
        "sku": ("lineitemsku",),
        "name": ("lineitemname",),
        "quantity": ("lineitemquantity",),
        "unit_price": ("lineitemprice",),
    },
    statuses={},
    status=_status,
    addresses={"billing": _address("billing", "country"), "shipping": _address("shipping", "country")},
    notices=(REFUNDS_WITHOUT_DATE,),
)

CUSTOMERS = Mapped(
    customer={
        "customer_id": ("customerid", "id"),
        "email": ("email",),
        "first_name": ("firstname",),
        "last_name": ("lastname",),
        "phone": ("phone", "defaultaddressphone"),
        "country": ("defaultaddresscountrycode", "countrycode", "country"),
        "city": ("defaultaddresscity", "city"),
        "marketing_consent": ("acceptsemailmarketing", "acceptsmarketing"),
    },
    order={},
    item={},
    statuses={},
    addresses={
        "shipping": {
            name: tuple(f"{prefix}{header}" for prefix in ("defaultaddress", "") for header in headers)
            for name, headers in _address("", "countrycode").items()
        }
    },
)
