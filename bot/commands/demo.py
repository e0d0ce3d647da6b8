"""`shopdesk demo`: the whole product with a made-up shop and no account anywhere."""

import argparse
import os
from pathlib import Path
from typing import Any

from bot.commands import WrongCall
from bot.config import Config, Rate, Secrets, StoreConfig

STORE = Path("data/demo.db")
#: what the made-up shop's customers pay in, in euros
RATES = {
    "GBP": Rate("1.16"),
    "USD": Rate("0.92"),
    "CNY": Rate("0.128"),
    "BRL": Rate("0.16"),
    "PLN": Rate("0.23"),
}


def add_parser(subparsers: Any) -> None:
    subparsers.add_parser(
        "demo",
        help="the whole product with a made-up shop, no account anywhere",
        description="Starts everything with a made-up shop in a fresh SQLite file (data/demo.db, replaced at each\n"
        "start). The console page plays both sides: the customer's chat and the staff's channel.",
        epilog="examples:\n  shopdesk demo\n  SHOPDESK__WEB__PORT=9000 shopdesk demo",
    )


def run(arguments: argparse.Namespace, config: Config) -> int:
    from bot.config import check_start

    store_url = os.environ.get("SHOPDESK_STORE_URL")
    demo = rehearsal(config, store_url)
    check_start(demo)
    make_room(demo, replace=store_url is None)
    from bot import app

    return app.run(demo, demo=True)


def rehearsal(config: Config, store_url: str | None) -> Config:
    """The configuration of a demo: no platform, no key of the shop's, a store of its own.

    A store named in the environment is used when it does not exist yet. Raises `WrongCall`.
    """
    from msgspec.structs import replace

    from crm_store.store import parse_url

    if store_url is None:
        store_url = f"sqlite:///{STORE}"
    else:
        url = parse_url(store_url)
        if url.get_backend_name() != "sqlite":
            raise WrongCall("SHOPDESK_STORE_URL names a server, but the demo makes a SQLite file: unset it")
        if url.database and Path(url.database).exists():
            raise WrongCall(f"SHOPDESK_STORE_URL names {url.database}, which exists, but the demo makes a new file")
    secrets = Secrets(web_password=config.secrets.web_password, api_token=config.secrets.api_token)
    shop = replace(config.shop, name="Northwind Trail", currency="EUR", rates=RATES)
    return replace(config, shop=shop, store=StoreConfig(url=store_url), secrets=secrets)


def make_room(demo: Config, *, replace: bool) -> None:
    """Removes the last demo's store (`replace`), once it is known that the new one can start.

    Raises `AlreadyRunning` while somebody still looks at the last one, `PortTaken`, `ConfigError`.
    """
    from bot.serve import listen
    from crm_store.alone import alone
    from crm_store.store import connect

    with alone(connect(demo.store.url), patience=0):
        listen(demo.web.host, demo.web.port).close()
        for ending in (".db", ".db-wal", ".db-shm", ".key") if replace else ():
            STORE.with_suffix(ending).unlink(missing_ok=True)
