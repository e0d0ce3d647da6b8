"""The console page while the desk is out of reach: nothing that was written is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.desk import CustomerSide, Desk, StaffSide, order_of

BROKEN = "The tent pole is broken, I am very disappointed"


@pytest.fixture(scope="module")
def frail_desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(tmp_path_factory.mktemp("frail")) as desk:
        yield desk


def test_what_is_sent_while_the_desk_is_away_waits_for_it(frail_desk: Desk, page: Page) -> None:
    customer, staff = _open(frail_desk, page, 1)
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.presses("Reply")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Text")).to_be_visible()
    frail_desk.stop()
    expect(page.get_by_text("Not connected")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_hidden()
    dialog.get_by_label("Text").fill("A new one leaves today.")
    dialog.get_by_role("button", name="Send").click()
    expect(page.get_by_text("There is no connection to the desk.")).to_be_visible()
    page.keyboard.press("Escape")
    customer.box.fill("Are you there?")
    customer.box.press("Enter")
    expect(customer.box).to_have_value("Are you there?")
    frail_desk.start()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(customer.box).to_have_value("Are you there?")
    customer.sends("Are you there?")
    expect(customer.box).to_have_value("")
    staff.presses("Reply")
    expect(dialog.get_by_label("Text")).to_have_value("A new one leaves today.")


def test_what_the_desk_did_not_take_comes_back(frail_desk: Desk, page: Page) -> None:
    sockets: list[WebSocketRoute] = []
    swallows = False

    def connect(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda told: None if swallows else server.send(told))
        sockets.append(socket)

    page.route_web_socket("**/socket.io/**", connect)
    customer, _ = _open(frail_desk, page, 2)
    customer.says("Hello")
    swallows = True
    customer.box.fill("Do you hear me?")
    customer.box.press("Enter")
    expect(customer.box).to_have_value("")
    customer.box.fill("Hello?")
    for socket in sockets:
        socket.close()
    expect(customer.box).to_have_value("Do you hear me?\nHello?")
    expect(customer.bubble("Do you hear me?")).to_have_count(0)


def _open(desk: Desk, page: Page, key: int) -> tuple[CustomerSide, StaffSide]:
    page.goto(f"{desk.url}/?chat=customer-{key}")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    name = {1: "Ada Marsh", 2: "Jonas Marsh"}[key]
    return CustomerSide(page, name, order_of(key)), StaffSide(page)
