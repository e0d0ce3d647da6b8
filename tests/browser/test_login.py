"""The console page behind a password."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import CustomerSide, Desk, StaffSide, order_of

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def closed_desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(tmp_path_factory.mktemp("closed"), SHOPDESK_WEB_PASSWORD=PASSWORD) as desk:
        yield desk


def test_the_page_opens_to_whoever_knows_the_password(closed_desk: Desk, page: Page) -> None:
    page.goto(closed_desk.url + "/?chat=customer-1")
    page.get_by_label("Password").fill("wrong horse")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the password.")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    customer, staff = CustomerSide(page, "Ada Marsh", order_of(1)), StaffSide(page)
    expect(customer.side.get_by_role("heading", name="Ada Marsh", exact=True)).to_be_visible()
    customer.says("The tent is broken, I am very disappointed")
    staff.opens("Ada Marsh")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto(closed_desk.url)
    expect(page.get_by_label("Password")).to_be_visible()


def test_without_it_nothing_is_given(closed_desk: Desk, page: Page) -> None:
    for path in ("/", "/files/console/1", "/static/console.js", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"):
        assert page.request.get(closed_desk.url + path, headers={"accept": "*/*"}).status == 401
    assert page.request.post(closed_desk.url + "/files", data=b"x").status == 401
    # the log-in page is set in this typeface
    for path in ("/healthz", "/static/inter-latin.woff2"):
        assert page.request.get(closed_desk.url + path).status == 200


def test_another_site_cannot_reach_in(closed_desk: Desk, page: Page) -> None:
    answer = page.request.post(closed_desk.url + "/files", data=b"x", headers={"origin": "https://evil.example"})
    assert answer.status == 403
