"""A desk in a process of its own, with a small shop in its store, and its console page in a browser.

ada.says("My parcel arrived damaged")
staff.opens("Ada Marsh")
staff.replies("A new one leaves today.")
ada.sees("A new one leaves today.")
"""

import os
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import insert

from crm_store.migrate import upgrade
from crm_store.schema import Customer, CustomerStats, Order
from crm_store.store import Store, connect, open_store
from tests.conftest import MASTER, MODELS, free_port

ROOT = Path(__file__).resolve().parents[2]
#: seconds a desk may take to start; only a broken one takes so long, a busy machine does not
PATIENCE = 60.0
#: who the shop knows, by the key of the customer; each test plays another one
PEOPLE = tuple(
    f"{first} {last}"
    for last in ("Marsh", "Weber", "Ortega", "Сато", "Haddad", "Lind", "Okoye", "Silva", "Novak", "Tran", "Moreau")
    for first in ("Ada", "Jonas", "Lucía", "Mina", "Noor", "Ravi", "Chloé", "Yusuf")
)


class Desk:
    """The running desk."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        url = f"sqlite:///{folder / 'desk.db'}"
        engine = connect(url)
        upgrade(engine)
        self.store: Store = open_store(engine, MASTER, datetime.now(UTC))
        _fill(self.store)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        settings = {
            "SHOPDESK_STORE_URL": url,
            "SHOPDESK_KEY": b64encode(MASTER).decode(),
            "SHOPDESK__WEB__PORT": str(self.port),
            "SHOPDESK__SHOP__NAME": "Harbor & Pine",
            "SHOPDESK__DESK__UNDO_SECONDS": "0",
        }
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name in MODELS or not name.startswith(("SHOPDESK", "SLACK", "TELEGRAM"))
        }
        self._environment = {**inherited, **settings, **environment}
        self._log = (folder / "log").open("wb")

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log,
        )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise AssertionError((self.folder / "log").read_text())
            time.sleep(0.1)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._log.close()
        self.store.close()


def order_of(customer: int) -> str:
    """The number of a customer's newest order."""
    return str(10_021 + 2 * customer)


def _fill(store: Store) -> None:
    now = datetime.now(UTC)
    with store.begin() as connection:
        for key, name in enumerate(PEOPLE, 1):
            person = {
                "id": key,
                "external_id": f"C-{1_000 + key}",
                "name_sealed": store.cipher.seal("customers.name", name),
                "email_hash": store.cipher.digest("email", f"person{key}@example.com"),
                "country": "GB",
                "language": "en",
                "created_at": now,
            }
            connection.execute(insert(Customer).values(person))
            connection.execute(insert(CustomerStats).values(customer_id=key, orders=2, last_order_at=now))
            for number, days in ((10_020 + 2 * key, 40), (10_021 + 2 * key, 3)):
                order = {
                    "external_id": str(number),
                    "customer_id": key,
                    "placed_at": now - timedelta(days=days, minutes=key),
                    "status": "shipped" if days == 3 else "delivered",
                    "currency": "EUR",
                    "total": 4_990,
                    "total_base": 4_990,
                }
                connection.execute(insert(Order).values(order))


@dataclass
class CustomerSide:
    """What somebody does and sees in the chat."""

    page: Page
    name: str
    order: str

    @property
    def side(self) -> Locator:
        return self.page.get_by_role("region", name="Customer chat")

    @property
    def box(self) -> Locator:
        return self.side.get_by_label("Message to the shop")

    def says(self, text: str) -> None:
        self.box.fill(text)
        self.sends(text)

    def sends(self, text: str) -> None:
        """Sends what stands in the box; what is given back, as the desk was busy or away, once more, as people do."""
        self.box.press("Enter")
        try:
            expect(self.bubble(text)).to_be_visible()
        except AssertionError:
            if self.box.input_value() != text:
                raise
            self.box.press("Enter")
            expect(self.bubble(text)).to_be_visible()

    def attaches(self, *files: Path) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.side.get_by_label("Attach files").click()
        chooser.value.set_files(files)
        expect(self.side.locator(".chip")).to_have_count(len(files))

    def sees(self, text: str) -> None:
        expect(self.side.locator(".theirs").filter(has_text=text).last).to_be_visible()

    def does_not_see(self, text: str) -> None:
        expect(self.side.get_by_text(text)).to_have_count(0)

    def bubble(self, text: str) -> Locator:
        return self.side.locator(".mine").filter(has_text=text).last


@dataclass
class StaffSide:
    """What staff do and see at the desk."""

    page: Page

    @property
    def side(self) -> Locator:
        return self.page.get_by_role("region", name="Staff desk")

    @property
    def thread(self) -> Locator:
        return self.side.get_by_role("region", name="Thread")

    @property
    def box(self) -> Locator:
        return self.thread.get_by_label("Message in the thread")

    def row(self, person: str) -> Locator:
        return self.side.locator(".row").filter(has_text=person)

    def opens(self, person: str) -> None:
        self.row(person).click()
        expect(self.thread.get_by_role("heading", name=person)).to_be_visible()

    def presses(self, label: str) -> None:
        self.side.get_by_role("button", name=label, exact=True).click()

    def replies(self, text: str) -> None:
        """By the card's button."""
        self.presses("Reply")
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Text").fill(text)
        dialog.get_by_role("button", name="Send").click()
        expect(dialog).to_have_count(0)

    def writes(self, text: str) -> None:
        """In the thread."""
        self.box.fill(text)
        self.box.press("Enter")

    def sees(self, text: str) -> None:
        expect(self.thread.get_by_text(text).last).to_be_visible()

    def looks_at(self, tab: str) -> None:
        self.side.get_by_role("navigation").get_by_role("button", name=tab).click()
