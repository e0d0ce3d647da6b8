"""The page of one's own, the command box and forms of every kind, in a browser."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.desk import PATIENCE, ROOT, CustomerSide, StaffSide
from tests.conftest import free_port

BROKEN = "The tent pole is broken, I am very disappointed"


def command_box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Command")


def test_a_ticket_of_mine_stands_on_my_page_and_is_worked_on_from_there(
    customer: CustomerSide, staff: StaffSide
) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.presses("Claim")
    expect(staff.row(customer.name)).to_contain_text("Front desk")
    staff.looks_at("Home")
    row = staff.side.get_by_role("listitem").filter(has_text=customer.name)
    expect(row).to_contain_text(BROKEN)
    expect(row).to_contain_text("waits")
    row.get_by_role("button", name="Reply").click()
    dialog = staff.page.get_by_role("dialog", name=f"Reply to {customer.name}")
    dialog.get_by_label("Text").fill("A new one leaves today.")
    dialog.get_by_role("button", name="Send").click()
    customer.sees("A new one leaves today.")
    expect(row).to_contain_text("answered")
    row.get_by_title("Open the ticket").click()
    expect(staff.thread.get_by_role("heading", name=customer.name)).to_be_visible()
    staff.looks_at("Home")
    row.get_by_role("button", name="Resolve").click()
    expect(row).to_have_count(0)


def test_my_page_shows_the_days_numbers_and_is_shown_again_after_a_reload(
    customer: CustomerSide, staff: StaffSide
) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.looks_at("Home")
    today = staff.side.get_by_role("region", name="Today")
    for label in ("Opened", "Resolved", "Unanswered", "Longest wait", "First reply, median"):
        expect(today.get_by_text(label, exact=True)).to_be_visible()
    staff.page.reload()
    expect(today).to_be_visible()


def test_a_command_is_found_given_and_answered_by_keyboard_alone(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    page, box = staff.page, command_box(staff.page)
    page.locator("body").click(position={"x": 640, "y": 10})
    page.keyboard.press("/")
    expect(box).to_be_focused()
    options = page.get_by_role("option")
    expect(options.filter(has_text="/digest")).to_be_visible()
    page.keyboard.type("di")
    expect(options.filter(has_text="/doctor")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", options.filter(has_text="/digest").get_attribute("id") or "")
    page.keyboard.press("Enter")
    expect(box).to_have_value("/digest ")
    page.keyboard.type("waiting show")
    page.keyboard.press("Enter")
    answer = page.get_by_role("region", name="Answer", exact=True)
    expect(answer.get_by_text("What waits")).to_be_visible()
    expect(answer.get_by_role("region", name="Unanswered longest")).to_be_visible()
    page.keyboard.press("Escape")
    expect(answer).to_be_hidden()
    expect(box).to_have_value("")


def test_a_command_that_is_none_is_answered_with_those_there_are(staff: StaffSide) -> None:
    box = command_box(staff.page)
    box.fill("brew tea")
    box.press("Enter")
    answer = staff.page.get_by_role("region", name="Answer", exact=True)
    expect(answer).to_contain_text("There is no command /brew")
    expect(answer).to_contain_text("Post a digest now")
    answer.get_by_role("button", name="Close the answer").click()
    expect(answer).to_be_hidden()


def test_a_slash_alone_opens_all_commands_to_choose_from(staff: StaffSide) -> None:
    page, box = staff.page, command_box(staff.page)
    box.fill("/")
    box.press("Enter")
    dialog = page.get_by_role("dialog", name="Shopdesk command")
    select = dialog.get_by_label("Command", exact=True)
    expect(select).to_be_focused()
    dialog.get_by_role("button", name="Run").click()
    expect(dialog, "a choice has to be made").to_be_visible()
    select.select_option("/digest")
    dialog.get_by_label("What follows it").fill("waiting show")
    dialog.get_by_label("What follows it").press("Enter")
    expect(page.get_by_role("region", name="Answer", exact=True).get_by_text("What waits")).to_be_visible()


# --- forms --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def forms(browser: Browser) -> Iterator[str]:
    """Where the page with a form of every kind is served."""
    port = free_port()
    # NiceGUI runs otherwise where it believes itself under test
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    process = subprocess.Popen([sys.executable, "-m", "tests.browser.forms", str(port)], cwd=ROOT, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def form(browser: Browser, forms: str) -> Iterator[Page]:
    """The form, opened, five hours west of Greenwich."""
    context = browser.new_context(timezone_id="America/New_York")
    page = context.new_page()
    page.goto(forms)
    page.get_by_role("button", name="Open").click()
    yield page
    context.close()


def _wait_for(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            assert time.monotonic() < end, "the form's page does not start"
            time.sleep(0.1)
        else:
            return


def told(page: Page) -> dict[str, Any]:
    expect(page.locator(".told")).not_to_be_empty()
    values: dict[str, Any] = json.loads(page.locator(".told").inner_text())
    return values


def test_a_form_begins_with_what_it_was_given(form: Page) -> None:
    dialog = form.get_by_role("dialog", name="Snooze ticket 7")
    expect(dialog.get_by_label("Priority")).to_have_value("gift")
    expect(dialog.get_by_label("Priority")).to_be_focused()
    expect(dialog.get_by_role("group", name="Tags").get_by_label("Late")).to_be_checked()
    expect(dialog.get_by_label("Until")).to_have_value("2026-03-02T04:30")
    dialog.get_by_role("button", name="Snooze").click()
    assert told(form) == {"priority": "gift", "macro": "", "tags": "late", "until": "1772443800", "note": ""}


def test_a_form_is_filled_in_by_keyboard_alone(form: Page) -> None:
    keys = form.keyboard
    expect(form.get_by_role("dialog").get_by_label("Priority")).to_be_focused()
    keys.press("ArrowDown")  # Priority: from gift to late
    keys.press("Tab")
    keys.press("V")  # Macro, by its first letter
    keys.press("Tab")
    keys.press("Space")  # Tags: vip beside late
    dialog = form.get_by_role("dialog")
    dialog.get_by_label("Until").fill("2026-07-01T09:00")
    dialog.get_by_label("Note").fill("Call her back")
    dialog.get_by_label("Note").press("Control+Enter")
    values = told(form)
    assert (values["priority"], values["macro"], values["note"]) == ("late", "vip", "Call her back")
    assert set(values["tags"].split(",")) == {"vip", "late"}
    assert int(values["until"]) == 1_782_910_800, "nine o'clock in New York"


def test_what_has_to_be_chosen_has_to_be_chosen(form: Page) -> None:
    dialog = form.get_by_role("dialog")
    late = dialog.get_by_role("group", name="Tags").get_by_label("Late")
    late.uncheck()
    dialog.get_by_role("button", name="Snooze").click()
    expect(dialog).to_be_visible()
    assert dialog.get_by_label("Vip").evaluate("box => box.validationMessage") == "Choose at least one."
    dialog.get_by_label("Press").check()
    dialog.get_by_role("button", name="Snooze").click()
    assert told(form)["tags"] == "press"


def test_a_form_that_was_not_taken_opens_again_as_it_was(form: Page) -> None:
    dialog = form.get_by_role("dialog")
    dialog.get_by_label("Priority").select_option("press")
    dialog.get_by_label("Vip").check()
    dialog.get_by_label("Note").fill("refuse this")
    dialog.get_by_role("button", name="Snooze").click()
    assert told(form)["priority"] == "press"
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Priority")).to_have_value("press")
    expect(dialog.get_by_label("Vip")).to_be_checked()
    expect(dialog.get_by_label("Gift")).not_to_be_checked()
    expect(dialog.get_by_label("Until")).to_have_value("2026-03-02T04:30")
    expect(dialog.get_by_label("Note")).to_have_value("refuse this")
