"""`shopdesk rotate-key`: another key for the store."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import WrongCall, expect_store
from bot.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from crm_store.rotation import Progress


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "rotate-key",
        help="a new key for the store",
        description="Makes a new key and locks the store with it; nothing else is written again. With --values,\n"
        "every encrypted value is written again under a new data key as well: stop the bot first.",
        epilog="examples:\n  shopdesk rotate-key\n  shopdesk rotate-key --to /etc/shopdesk/key.new\n"
        "  shopdesk rotate-key --values",
    )
    parser.add_argument("--to", metavar="FILE", type=Path, help="where the new key goes (default: beside the store)")
    parser.add_argument("--values", action="store_true", help="also encrypt every value anew")


def run(arguments: argparse.Namespace, config: Config) -> int:
    from bot.config import key_file, master_key
    from crm_store import crypto, migrate
    from crm_store.store import connect

    file = arguments.to or (key_file(config) if config.secrets.key is None else None)
    if file is None:
        raise WrongCall("--to is missing: the key comes from SHOPDESK_KEY, name a file for the new one")
    expect_store(config)
    engine = connect(config.store.url)
    try:
        if migrate.state(engine) != "current":
            raise WrongCall("the store is not of this version: start 'shopdesk run' once, then rotate its key")
        prepared = file.with_name(file.name + ".new") if arguments.to is None else file
        with _writable(prepared):
            known = crypto.parse_key(prepared.read_text(), str(prepared)) if prepared.exists() else None
        if known is not None and not _opens(engine, known):
            raise WrongCall(f"{prepared} exists and is not this store's key: remove it, or name another file with --to")
        # a rotation that was broken off after the store changed its lock left its key here: then only the rest is due
        if known is None:
            _rewrap(engine, master_key(config), prepared)
        if arguments.to is None:
            prepared.replace(file)
        key = crypto.parse_key(file.read_text(), str(file))
        print(f"the store's key is now the one in {file}")
        if arguments.to is not None:
            print(f"start everything that uses the store with SHOPDESK_KEY_FILE={file}")
        if arguments.values:
            _renew_values(engine, key)
    finally:
        engine.dispose()
    return 0


@contextmanager
def _writable(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it holds something else"
        raise WrongCall(f"the new key cannot be kept in {file}: {reason}; name another file with --to") from error


def _opens(engine: "Engine", key: bytes) -> bool:
    from bot.doctor import wrapped_keys
    from crm_store import crypto

    try:
        return all(crypto.unwrap(key, each) for each in wrapped_keys(engine))
    except crypto.WrongKey:
        return False


def _rewrap(engine: "Engine", old: bytes, new_file: Path) -> None:
    """Locks the store with a new key, which is on the disk before the store needs it."""
    from crm_store import crypto, rotation
    from crm_store.store import open_store

    store = open_store(engine, old, datetime.now(UTC))
    with _writable(new_file):
        new = crypto.read_or_make_key(new_file)
    try:
        with store.begin() as connection:
            rotation.rewrap(connection, old, new)
    except BaseException:
        if _opens(engine, old):
            os.unlink(new_file)
        raise


def _renew_values(engine: "Engine", key: bytes) -> None:
    from crm_store import rotation
    from crm_store.alone import alone
    from crm_store.store import open_store

    now = datetime.now(UTC)
    with_progress = _progress() if sys.stderr.isatty() else None
    # a desk that runs would go on with the keys it knows
    with alone(engine, patience=0):
        rotation.reencrypt(open_store(engine, key, now), key, now, with_progress)
    print("every value is encrypted anew")


def _progress() -> "Progress":
    def show(done: int, total: int) -> None:
        end = "\n" if done >= total else ""
        print(f"\r{done:,} of {total:,} rows", end=end, file=sys.stderr, flush=True)

    return show
