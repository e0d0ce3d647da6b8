"""The exports that are known, and how one is recognised."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from crm_store.importing.exports import online_retail, shopify
from crm_store.importing.exports import woocommerce as woo
from crm_store.importing.files import plain
from crm_store.importing.report import FileReport
from crm_store.importing.shop import Import

SUFFIXES = (".csv", ".xlsx", ".parquet")


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of export: the columns by which it is known (plain names), and how it is read."""

    name: str
    known_by: frozenset[str]
    #: in a folder the lower ones come first: customers before orders
    rank: int
    #: reads these sheets of a file ('' where it has none)
    read: Callable[[Import, Path, Collection[str]], FileReport]


EXPORTS = (
    Export("Online Retail II", online_retail.KNOWN_BY, 1, online_retail.import_file),
    Export("Shopify customers", shopify.CUSTOMERS_KNOWN_BY, 0, shopify.CUSTOMERS.read),
    Export("Shopify orders", shopify.ORDERS_KNOWN_BY, 1, shopify.ORDERS.read),
    Export(
        "WooCommerce Analytics customers",
        woo.ANALYTICS_CUSTOMERS_KNOWN_BY,
        0,
        woo.ANALYTICS_CUSTOMERS.read,
    ),
    Export("WooCommerce Analytics orders", woo.ANALYTICS_ORDERS_KNOWN_BY, 1, woo.ANALYTICS_ORDERS.read),
    Export("WooCommerce customers", woo.SUITE_CUSTOMERS_KNOWN_BY, 0, woo.SUITE_CUSTOMERS.read),
    Export("WooCommerce orders", woo.SUITE_ORDERS_KNOWN_BY, 1, woo.SUITE_ORDERS.read),
    Export("WooCommerce order lines", woo.LINES_KNOWN_BY, 1, woo.LINES.read),
)


def recognise(names: tuple[str, ...]) -> Export | None:
    """The export with this header; where several fit, the one known by the most columns."""
    here = {plain(name) for name in names}
    fitting = [export for export in EXPORTS if export.known_by <= here]
    return max(fitting, key=lambda export: len(export.known_by), default=None)
