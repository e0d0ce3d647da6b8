"""The console page in headless Chromium.

The browser lives as long as this package's tests: Playwright keeps an event loop running, which others must not meet.
"""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.browser.desk import PEOPLE, CustomerSide, Desk, StaffSide, order_of

CHROMIUM = Path("/usr/bin/chromium")
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: a busy machine is not a broken page, in milliseconds
_PATIENCE = 20_000
_customers = count(1)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        sentence = f"{CHROMIUM} is not there: install it with apt-get install chromium"
        if os.environ.get("SHOPDESK_TEST_NO_SKIP") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=_SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, for a desk of the test's own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture
def open_page(browser: Browser, desk: Desk) -> Iterator[OpenPage]:
    """Opens the console page; at the end nothing may have gone wrong in it, nor asked anybody but the desk."""
    contexts = []
    wrong: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            wrong.append(message.text)

    def asked(request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != f"127.0.0.1:{desk.port}":
            wrong.append(f"asked {request.url}")

    def open_page(path: str = "/", **options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(_PATIENCE)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", asked)
        page.on("websocket", lambda socket: wrong.append(socket.url) if str(desk.port) not in socket.url else None)
        page.goto(desk.url + path)
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def customer(open_page: OpenPage) -> CustomerSide:
    """A customer nobody played before, at the page."""
    return play(open_page)


@pytest.fixture
def staff(customer: CustomerSide) -> StaffSide:
    """The desk on the same page."""
    return StaffSide(customer.page)


def play(open_page: OpenPage, **options: object) -> CustomerSide:
    key = next(_customers)
    page = open_page(f"/?chat=customer-{key}", **options)
    return CustomerSide(page, PEOPLE[key - 1], order_of(key))
