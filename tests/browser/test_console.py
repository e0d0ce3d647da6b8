"""What people do on the console page, on both of its sides."""

import re
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, insert, select, update

from crm_store import customers, outbox
from crm_store.customers import NewCustomer
from crm_store.schema import ChatMessage, InboxRow, OutboxRow, StoredFile, Ticket
from crm_store.upsert import insert_row
from handlers import events, message
from handlers.events import Chat, Said
from handlers.message import Chart, ChartKind, Fact, Message, Series, Table
from tests.browser.conftest import OpenPage, play
from tests.browser.desk import PEOPLE, CustomerSide, Desk, StaffSide, order_of

BROKEN = "The tent pole is broken, I am very disappointed"


def test_a_customer_writes_staff_answer_and_the_customer_reads_it(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    customer.sees("with our team")
    staff.opens(customer.name)
    staff.sees(BROKEN)
    staff.replies("A new one leaves today.\nSorry!")
    customer.sees("A new one leaves today.\nSorry!")
    staff.sees("Sent")


def test_what_the_desk_answers_by_itself_needs_no_ticket(customer: CustomerSide, staff: StaffSide) -> None:
    customer.side.get_by_role("button", name=f"Where is my order {customer.order}?").click()
    customer.sees(f"Order {customer.order}")
    customer.sees("on its way")
    expect(staff.row(customer.name)).to_have_count(0)


def test_commands_are_answered(customer: CustomerSide) -> None:
    for command, answer in (("/start", "This is Harbor & Pine"), ("/help", "Here is what I can do"), ("/stop", "Done")):
        customer.says(command)
        customer.sees(answer)


def test_a_button_of_the_bot_is_pressed(customer: CustomerSide) -> None:
    customer.says("Where is my order?")
    button = customer.side.locator(".key").first
    button.click()
    customer.sees("Status")


def test_a_photo_reaches_staff(customer: CustomerSide, staff: StaffSide, tmp_path: Path) -> None:
    photo = tmp_path / "box.png"
    photo.write_bytes(_png(40, 30))
    customer.attaches(photo)
    customer.says("Look at this")
    expect(customer.side.get_by_role("img", name="box.png")).to_be_visible()
    staff.opens(customer.name)
    shown = staff.thread.get_by_role("img", name="box.png")
    expect(shown).to_be_visible()
    assert shown.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") == 40


def test_a_photo_alone_is_a_message(customer: CustomerSide, staff: StaffSide, tmp_path: Path) -> None:
    photo = tmp_path / "alone.png"
    photo.write_bytes(_png(10, 10))
    customer.attaches(photo)
    customer.box.press("Enter")
    staff.opens(customer.name)
    shown = staff.thread.get_by_role("img", name="alone.png")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.clientWidth >= 60 && image.clientHeight >= 60")


def test_an_edit_shows_before_and_after(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says("I live in Lime Street")
    staff.opens(customer.name)
    customer.bubble("Lime Street").hover()
    customer.side.get_by_role("button", name="Edit message").click()
    expect(customer.box).to_have_value("I live in Lime Street")
    customer.says("I live in Oak Street")
    expect(customer.bubble("Oak Street")).to_contain_text("edited")
    staff.sees(f"{customer.name} edited a message")
    staff.sees("I live in Lime Street")
    staff.sees("I live in Oak Street")


def test_a_ticket_is_claimed_resolved_and_reopened(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.presses("Claim")
    expect(staff.row(customer.name)).to_contain_text("Front desk")
    expect(staff.thread.locator(".thread-kind")).to_contain_text("Front desk")
    staff.presses("Resolve")
    expect(staff.row(customer.name)).to_have_count(0)
    staff.side.get_by_role("button", name="Resolved", exact=True).click()
    staff.opens(customer.name)
    staff.presses("Reopen")
    expect(staff.row(customer.name)).to_have_count(0)
    staff.side.get_by_role("button", name="Open", exact=True).click()
    expect(staff.row(customer.name)).to_be_visible()


def test_a_note_stays_among_staff_and_a_reply_does_not(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    expect(staff.thread.get_by_text("Only colleagues see this.")).to_be_visible()
    staff.writes("The third broken pole this week")
    staff.sees("The third broken pole this week")
    expect(staff.thread.locator(".post.note")).to_contain_text("Internal note")
    staff.thread.get_by_role("button", name="Reply to customer").click()
    expect(staff.box).to_have_value("> ")
    expect(staff.thread.get_by_text(f"{customer.name} will read this.")).to_be_visible()
    expect(staff.thread.get_by_text("Only colleagues see this.")).to_be_hidden()
    staff.writes("> We send it again")
    customer.sees("We send it again")
    expect(staff.thread.locator(".post.reply")).to_contain_text("Sent")
    customer.does_not_see("The third broken pole this week")


def test_staff_edit_what_they_typed(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.writes("> It leaves on Monday")
    customer.sees("It leaves on Monday")
    expect(staff.thread.locator(".post.reply")).to_contain_text("Sent")  # a post is drawn anew then, with its buttons
    staff.thread.locator(".post.reply").hover()
    staff.thread.get_by_role("button", name="Edit message").click()
    expect(staff.box).to_have_value("> It leaves on Monday")
    staff.writes("> It leaves on Tuesday")
    customer.sees("It leaves on Tuesday")
    customer.does_not_see("It leaves on Monday")


def test_an_edit_leaves_the_draft_alone(customer: CustomerSide, staff: StaffSide, tmp_path: Path) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.writes("Look into it")
    note = staff.thread.locator(".post.note")
    staff.box.fill("half a sentence")
    for leave in ("Escape", "Enter"):
        note.hover()
        note.get_by_role("button", name="Edit message").click()
        expect(staff.box).to_have_value("Look into it")
        expect(staff.thread.get_by_label("Attach files")).to_be_hidden()
        staff.box.fill("Look into it today")
        staff.box.press(leave)
        expect(staff.box).to_have_value("half a sentence")
    expect(note).to_contain_text("Look into it today")
    expect(note).to_contain_text("edited")


def test_an_edit_takes_no_files(customer: CustomerSide) -> None:
    customer.says("I live in Lime Street")
    customer.bubble("Lime Street").hover()
    customer.side.get_by_role("button", name="Edit message").click()
    expect(customer.box).to_have_value("I live in Lime Street")
    customer.box.evaluate(
        "box => { const files = new DataTransfer(); files.items.add(new File(['x'], 'x.txt'));"
        " box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: files })); }"
    )
    expect(customer.page.get_by_text("A message that was sent takes no more files")).to_be_visible()


def test_staff_delete_what_they_typed(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.writes("> It leaves on Monday")
    customer.sees("It leaves on Monday")
    reply = staff.thread.locator(".post.reply")
    reply.hover()
    reply.get_by_role("button", name="Delete message").click()
    staff.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    customer.does_not_see("It leaves on Monday")
    expect(reply.locator(".text")).to_have_css("text-decoration-line", "line-through")
    reply.get_by_role("button", name="Write it again").click()
    expect(staff.box).to_have_value("> It leaves on Monday")


def test_a_reply_of_the_form_that_was_taken_back_looks_so(desk: Desk, customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.replies(f"Sorry, {customer.name}!")
    customer.sees(f"Sorry, {customer.name}!")
    with desk.store.begin() as connection:
        last = connection.scalar(select(func.max(ChatMessage.id)).where(ChatMessage.direction == "out"))
        connection.execute(update(ChatMessage).where(ChatMessage.id == last).values(deleted_at=datetime.now(UTC)))
    reply = staff.thread.locator(".post.status")
    expect(reply.locator(".text")).to_have_css("text-decoration-line", "line-through")
    reply.get_by_role("button", name="Write it again").click()
    expect(staff.box).to_have_value(f"> Sorry, {customer.name}!")


def test_a_form_that_is_left_keeps_its_words(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    dialog = staff.page.get_by_role("dialog", name=f"Reply to {customer.name}")
    staff.presses("Reply")
    dialog.get_by_label("Text").fill("Half a sen")
    staff.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    staff.presses("Reply")
    expect(dialog.get_by_label("Text")).to_have_value("Half a sen")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    staff.replies("A whole sentence")
    customer.sees("A whole sentence")
    staff.presses("Reply")
    expect(dialog.get_by_label("Text")).to_have_value("")


def test_words_left_in_a_form_do_not_cover_what_a_colleague_wrote_since(
    customer: CustomerSide, staff: StaffSide, open_page: OpenPage
) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.replies("It leaves on Monday")
    customer.sees("It leaves on Monday")
    text = staff.page.get_by_role("dialog").get_by_label("Text")
    staff.presses("Edit")
    text.fill("It leaves on Friday")
    staff.page.keyboard.press("Escape")
    staff.presses("Edit")
    expect(text).to_have_value("It leaves on Friday")
    staff.page.keyboard.press("Escape")

    other = StaffSide(open_page())
    other.opens(customer.name)
    other.presses("Edit")
    dialog = other.page.get_by_role("dialog")
    dialog.get_by_label("Text").fill("It leaves on Tuesday")
    dialog.get_by_role("button", name="Save").click()
    customer.sees("It leaves on Tuesday")
    staff.presses("Edit")
    expect(text).to_have_value("It leaves on Tuesday")


def test_what_only_one_colleague_needs_to_know_is_whispered(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.writes(">")
    expect(staff.page.get_by_role("status").filter(has_text="There is nothing to send")).to_be_visible()
    expect(staff.box).to_have_value(">")


def test_a_cards_facts_stay_above_its_thread(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    facts = staff.thread.locator(".thread-facts")
    expect(facts).to_contain_text(re.compile(r"(low|normal|high|urgent) priority · C-\d+ · GB · waiting since"))
    last = facts.get_by_text("Last orders")
    expect(last).to_be_hidden()
    facts.locator("summary").click()
    expect(last).to_be_visible()
    expect(staff.thread.locator(".thread-head")).to_be_in_viewport(ratio=1)


def test_another_page_follows_without_a_reload(customer: CustomerSide, staff: StaffSide, open_page: OpenPage) -> None:
    other = StaffSide(open_page())
    customer.says(BROKEN)
    other.opens(customer.name)
    staff.opens(customer.name)
    other.box.fill("half a sentence")
    staff.writes("Seen by both")
    other.sees("Seen by both")
    expect(other.box).to_have_value("half a sentence")
    expect(other.box).to_be_focused()


def test_of_two_quick_choices_the_last_holds(customer: CustomerSide, staff: StaffSide, open_page: OpenPage) -> None:
    first, second = play(open_page), play(open_page)
    for one in (first, second, customer):
        one.says(BROKEN)
        expect(staff.row(one.name)).to_be_visible()
    staff.opens(customer.name)
    click = "name => [...document.querySelectorAll('.row')].find((row) => row.innerText.includes(name)).click()"
    customer.page.evaluate(f"names => names.forEach({click})", [first.name, second.name])
    expect(staff.thread.get_by_role("heading", name=second.name)).to_be_visible()


def test_a_new_ticket_moves_no_desk(customer: CustomerSide, open_page: OpenPage) -> None:
    customer.says(BROKEN)
    other = StaffSide(open_page())
    expect(other.thread.get_by_role("heading", name=customer.name)).to_be_visible()
    another = play(open_page)
    another.says(BROKEN)
    expect(other.row(another.name)).to_be_visible()
    expect(other.thread.get_by_role("heading", name=customer.name)).to_be_visible()


def test_a_ticket_that_is_worked_on_stays(customer: CustomerSide, staff: StaffSide, open_page: OpenPage) -> None:
    waiting = play(open_page)
    waiting.says(BROKEN)
    shown = staff.thread.get_by_role("heading")
    expect(shown).to_be_visible()
    name = shown.inner_text()
    assert name != customer.name
    staff.box.click()
    customer.says(BROKEN)
    expect(staff.row(customer.name)).to_be_visible()
    expect(shown).to_have_text(name)


def test_a_reload_shows_the_same_again(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.box.fill("a draft")
    customer.page.reload()
    expect(customer.bubble(BROKEN)).to_be_visible()
    expect(staff.thread.get_by_role("heading", name=customer.name)).to_be_visible()
    expect(staff.box).to_have_value("a draft")


def test_what_is_attached_waits_with_the_draft(customer: CustomerSide, tmp_path: Path) -> None:
    photo = tmp_path / "box.png"
    photo.write_bytes(_png(10, 10))
    customer.attaches(photo)
    customer.box.fill("Look at this")
    customer.page.reload()
    expect(customer.box).to_have_value("Look at this")
    expect(customer.side.locator(".chip")).to_have_count(1)
    customer.box.press("Enter")
    expect(customer.side.get_by_role("img", name="box.png")).to_be_visible()
    customer.page.reload()
    expect(customer.bubble("Look at this")).to_be_visible()
    expect(customer.side.locator(".chip")).to_have_count(0)


def test_any_customer_is_found(customer: CustomerSide) -> None:
    for words, name in (
        ("ortega lucía", PEOPLE[18]),
        ("C-1004", PEOPLE[3]),
        ("person5@example.com", PEOPLE[4]),
        ("#10033", PEOPLE[5]),
    ):
        customer.page.get_by_role("button", name="Switch person").click()
        dialog = customer.page.get_by_role("dialog")
        dialog.get_by_label("Search customers").fill(words)
        expect(dialog.locator(".person")).to_have_count(1)
        dialog.get_by_role("button", name=re.compile(name)).click()
        expect(customer.side.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_somebody_new_writes(customer: CustomerSide, staff: StaffSide) -> None:
    customer.page.get_by_role("button", name="Switch person").click()
    dialog = customer.page.get_by_role("dialog")
    dialog.get_by_label("New person’s name").fill("Wanda Unknown")
    dialog.get_by_role("button", name="Start a new chat").click()
    expect(customer.side.get_by_role("heading", name="Wanda Unknown", exact=True)).to_be_visible()
    customer.says(BROKEN)
    staff.opens("Wanda Unknown")
    staff.sees("not linked to a shop account")


def test_somebody_new_shows_who_they_are_by_a_number(desk: Desk, customer: CustomerSide) -> None:
    with desk.store.begin() as connection:
        told = NewCustomer("C-9001", name="Pim Visser", phone="+31 6 12345678")
        customers.put_customer(connection, desk.store.cipher, told, datetime.now(UTC))
    customer.side.get_by_role("button", name="Switch person").click()
    dialog = customer.page.get_by_role("dialog")
    dialog.get_by_label("New person’s name").fill("Somebody")
    dialog.get_by_role("button", name="Start a new chat").click()
    expect(customer.side.get_by_role("heading", name="Somebody")).to_be_visible()
    customer.says("/link")
    customer.side.get_by_role("button", name="Share my phone number").click()
    dialog.get_by_label("Number of this phone").fill("+31612345678")
    dialog.get_by_role("button", name="Share", exact=True).click()
    customer.sees("Thank you, Pim: this chat is now connected to your Harbor & Pine account.")
    expect(customer.side.get_by_role("button", name="Share my phone number")).to_have_count(0)


def test_somebody_new_may_ask_about_an_order_of_the_shop(customer: CustomerSide) -> None:
    customer.page.get_by_role("button", name="Switch person").click()
    customer.page.get_by_role("button", name="Start a new chat").click()
    expect(customer.side.locator(".try").first).to_have_text(f"Where is my order {order_of(1)}?")


def test_who_waits_is_marked(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    row = staff.row(customer.name)
    expect(row).to_contain_text("waits")
    staff.opens(customer.name)
    staff.replies("A new one leaves today.")
    expect(row).not_to_contain_text("waits")


def test_a_ticket_from_before_the_desk_shows_what_is_known(
    desk: Desk, customer: CustomerSide, staff: StaffSide
) -> None:
    now = datetime.now(UTC)
    with desk.store.begin() as connection:
        past = {
            "id": 9_000_001,
            "customer_id": 3,
            "kind": "refund",
            "status": "resolved",
            "priority": "low",
            "assignee": "Ines",
            "opened_at": now,
            "resolved_at": now,
        }
        connection.execute(insert(Ticket).values(past))
    staff.side.get_by_role("button", name="Resolved", exact=True).click()
    staff.row("#9000001").click()
    expect(staff.thread.get_by_role("heading", name=PEOPLE[2])).to_be_visible()
    expect(staff.thread.locator(".facts")).to_contain_text("Ines")
    staff.sees("This ticket is from before the desk")
    expect(staff.thread.get_by_role("button", name="Reply")).to_have_count(0)


def test_a_digest_is_posted_now(customer: CustomerSide, staff: StaffSide) -> None:
    staff.looks_at("Digests")
    staff.side.get_by_role("button", name="Post what waits now").click()
    expect(staff.side.locator(".feed-post").filter(has_text="What waits ·").first).to_be_visible()


def test_what_is_new_below_is_announced(customer: CustomerSide, staff: StaffSide, open_page: OpenPage) -> None:
    customer.says("\n".join(f"{line}. {BROKEN}" for line in range(60)))
    customer.sees("with our team")
    newer = customer.side.get_by_role("button", name="New messages")
    expect(newer).to_be_hidden()
    customer.side.get_by_role("log").evaluate("list => list.scrollTop = 0")
    other = StaffSide(open_page())
    other.opens(customer.name)
    other.replies("A new one leaves today.")
    expect(newer).to_be_in_viewport()
    newer.click()
    expect(customer.side.get_by_text("A new one leaves today.")).to_be_in_viewport()
    expect(newer).to_be_hidden()


def test_the_list_shows_the_ticket_of_the_thread(customer: CustomerSide, staff: StaffSide, open_page: OpenPage) -> None:
    waiting = [play(open_page) for _ in range(2)]
    for one in (*waiting, customer):
        one.says(BROKEN)
        expect(staff.row(one.name)).to_be_visible()
    small = StaffSide(open_page(f"/?{urlsplit(customer.page.url).query}", viewport={"width": 1280, "height": 420}))
    expect(small.thread.get_by_role("heading", name=customer.name)).to_be_visible()
    expect(small.row(customer.name)).to_be_in_viewport(ratio=0.9)


def test_a_colleague_says_their_name(customer: CustomerSide, staff: StaffSide) -> None:
    customer.page.get_by_role("button", name="You work as").click()
    dialog = customer.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Maya")
    dialog.get_by_role("button", name="Save").click()
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.presses("Claim")
    staff.sees("Maya took this ticket.")
    customer.page.reload()
    expect(customer.page.get_by_role("button", name="You work as Maya")).to_be_visible()


# --- what fails ---------------------------------------------------------------------------------------------------


def test_what_failed_is_listed_and_tried_again(desk: Desk, customer: CustomerSide, staff: StaffSide) -> None:
    chat = Chat("console", "console", "guest-00000001", "guest-00000001", "Eve")
    broken = events.encode(Said(chat, "1", datetime.now(UTC), "Do you read this?"))
    _put_aside(desk, "broken", broken)
    staff.looks_at("Failed")
    row = staff.side.locator(".feed-post").filter(has_text="Do you read this?")
    expect(row).to_contain_text("Eve wrote")
    expect(row).to_contain_text("ValueError: as if")
    row.get_by_role("button", name="Replay").click()
    expect(row).to_have_count(0)
    staff.looks_at("Tickets")
    expect(staff.row("Eve")).to_be_visible()


def test_what_failed_is_discarded(desk: Desk, customer: CustomerSide, staff: StaffSide) -> None:
    _put_aside(desk, "unreadable", b"{}")
    staff.looks_at("Failed")
    row = staff.side.locator(".feed-post").filter(has_text="Something unreadable")
    row.get_by_role("button", name="Discard").click()
    expect(row).to_have_count(0)


def test_what_was_not_delivered_is_listed(desk: Desk, customer: CustomerSide, staff: StaffSide) -> None:
    lost = _undelivered(desk, "failed", "Lost on the way", "the chat was not found")
    perhaps = _undelivered(desk, "maybe", "Perhaps it came", "the connection ended")
    staff.looks_at("Failed")
    posts = staff.side.locator(".feed-post")
    expect(posts.filter(has_text="Lost on the way")).to_contain_text("the chat was not found")
    posts.filter(has_text="Lost on the way").get_by_role("button", name="Retry").click()
    expect(posts.filter(has_text="Lost on the way")).to_have_count(0)
    expect(customer.page.get_by_text(re.compile(r"\d waiting to be sent"))).to_be_visible()
    posts.filter(has_text="Perhaps it came").get_by_role("button", name="It arrived").click()
    expect(posts.filter(has_text="Perhaps it came")).to_have_count(0)
    with desk.store.begin() as connection:
        states = [outbox.state_of(connection, number) for number in (lost, perhaps)]
        assert [state.state for state in states if state] == ["queued", "sent"]
        connection.execute(update(OutboxRow).where(OutboxRow.id == lost).values(state="cancelled"))


def _put_aside(desk: Desk, name: str, event: bytes) -> None:
    """An event on the failed list: failed from the first moment, so that the running desk does not take it."""
    cipher = desk.store.cipher
    values = {
        "channel": "console",
        "source_id": name,
        "lane": f"console:{name}",
        "event_sealed": cipher.seal_bytes("inbox.event", event),
        "received_at": datetime.now(UTC),
        "state": "failed",
        "error_sealed": cipher.seal("inbox.error", "Traceback\n  somewhere\nValueError: as if"),
    }
    with desk.store.begin() as connection:
        connection.execute(insert(InboxRow).values(values))


def _undelivered(desk: Desk, state: str, text: str, error: str) -> int:
    now = datetime.now(UTC)
    row = {
        "channel": "telegram",
        "account": "1",
        "lane": f"chat:telegram:1:{state}",
        "place": "7",
        "op": "post",
        "message_sealed": desk.store.cipher.seal_bytes("outbox.message", message.encode(Message(text=text))),
        "not_before": now,
        "state": state,
        "error": error,
        "created_at": now,
        "tried_at": now,
        "settled_at": now,
    }
    with desk.store.begin() as connection:
        return insert_row(connection, OutboxRow, row)


# --- hostile words ------------------------------------------------------------------------------------------------

HOSTILE = (
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 2'>",
    "{{ constructor.constructor('window.hacked = 3')() }} ${window.hacked = 4} `",
    "</script><style>* { display: none }</style>",
    "<!channel> <@U123> [click](javascript:window.hacked=5)",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_words(text: str, customer: CustomerSide, staff: StaffSide) -> None:
    said = f"Damaged {text}"
    customer.says(said)
    staff.opens(customer.name)
    staff.sees(said)
    customer.page.reload()
    expect(customer.bubble(said)).to_be_visible()
    staff.sees(said)
    assert customer.page.evaluate("window.hacked") is None


def test_words_that_turn_around_turn_nothing_else(customer: CustomerSide, staff: StaffSide) -> None:
    customer.box.fill("السلام عليكم، الطرد تالف \u202e abc")
    customer.box.press("Enter")
    staff.opens(customer.name)
    shown = staff.thread.locator(".post.said .quote")
    expect(shown).to_have_attribute("dir", "auto")
    assert "\u202e" not in shown.inner_text()
    assert shown.evaluate("element => getComputedStyle(element).direction") == "rtl"


def test_a_hostile_file_is_saved_and_not_run(customer: CustomerSide, staff: StaffSide, tmp_path: Path) -> None:
    page = tmp_path / "invoice.html"
    page.write_text("<script>window.hacked = 1</script>")
    customer.attaches(page)
    customer.says("My invoice")
    staff.opens(customer.name)
    link = staff.thread.get_by_role("link", name=re.compile("invoice.html"))
    answer = customer.page.request.get(str(link.evaluate("link => link.href")))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_file_too_large_is_refused_before_it_is_sent(desk: Desk, customer: CustomerSide) -> None:
    with desk.store.read() as connection:
        before = connection.scalar(select(func.count()).select_from(StoredFile))
    with customer.page.expect_file_chooser() as chooser:
        customer.side.get_by_label("Attach files").click()
    chooser.value.set_files({"name": "film.bin", "mimeType": "application/octet-stream", "buffer": bytes(20_000_001)})
    expect(customer.page.get_by_text("film.bin is larger than 20 MB.")).to_be_visible()
    with desk.store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(StoredFile)) == before


# --- small windows, keyboards, eyes -------------------------------------------------------------------------------


def test_on_a_phone_one_side_shows_at_a_time(open_page: OpenPage) -> None:
    customer = play(open_page, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    staff = StaffSide(customer.page)
    sides = customer.page.get_by_role("navigation", name="Sides")
    expect(staff.side).to_be_hidden()
    customer.says(BROKEN)
    _fits(customer.page)
    sides.get_by_role("button", name="Staff desk").click()
    expect(customer.side).to_be_hidden()
    expect(staff.thread).to_be_hidden()
    _fits(customer.page)
    staff.opens(customer.name)
    expect(staff.row(customer.name)).to_be_hidden()
    _fits(customer.page)
    staff.replies("A new one leaves today.")
    staff.side.get_by_role("button", name="Back to the tickets").click()
    expect(staff.row(customer.name)).to_be_visible()
    sides.get_by_role("button", name="Customer").click()
    customer.sees("A new one leaves today.")


def test_on_a_phone_going_back_leaves_the_thread(open_page: OpenPage) -> None:
    customer = play(open_page, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page, staff = customer.page, StaffSide(customer.page)
    customer.says(BROKEN)
    page.get_by_role("navigation", name="Sides").get_by_role("button", name="Staff desk").click()
    staff.opens(customer.name)
    page.go_back()
    expect(staff.row(customer.name)).to_be_visible()
    expect(staff.thread).to_be_hidden()
    staff.looks_at("Alerts")
    expect(page).to_have_url(re.compile("tab=alerts"))
    page.reload()
    expect(staff.side.get_by_role("button", name="Alerts")).to_have_attribute("aria-current", "true")
    expect(staff.side).to_be_visible()


def test_long_names_stay_inside(customer: CustomerSide, tmp_path: Path) -> None:
    page = customer.page
    page.get_by_role("button", name="Switch person").click()
    page.get_by_label("New person’s name").fill("Donaudampfschifffahrtsgesellschaftskapitän" * 2)
    page.get_by_role("button", name="Start a new chat").click()
    expect(customer.side.get_by_role("heading", name="Donaudampf")).to_be_visible()
    file = tmp_path / ("a-very-long-file-name" * 8 + ".txt")
    file.write_text("x")
    customer.attaches(file)
    customer.says(BROKEN)
    inner = customer.side.evaluate("side => [side.scrollWidth, side.clientWidth]")
    assert inner[0] == inner[1]
    for part in (customer.bubble(BROKEN).locator(".bubble"), customer.side.get_by_role("button", name="Switch person")):
        inside = part.evaluate(
            "part => { const [one, side] = [part, part.closest('.customer')].map(e => e.getBoundingClientRect());"
            " return side.left <= one.left && one.right <= side.right && part.scrollWidth <= part.clientWidth }"
        )
        assert inside


def test_a_digest_fits_a_phone(desk: Desk, open_page: OpenPage) -> None:
    _post_digest(desk)
    page = open_page("/", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("navigation", name="Sides").get_by_role("button", name="Staff desk").click()
    StaffSide(page).looks_at("Digests")
    digest = page.locator(".feed-post").filter(has_text="Featherstonehaugh")
    table = digest.locator("> .table")
    expect(table).to_be_visible()
    widths = "element => [element.scrollWidth, element.clientWidth, Math.ceil(element.getBoundingClientRect().right)]"
    whole, shown, right = page.locator(".feed-scroll").evaluate(widths)
    assert (whole, right) == (shown, 390)
    whole, shown, right = table.evaluate(widths)
    assert whole > shown
    assert right < 390
    axis = digest.locator("svg")
    for words in ("up to 1 day", "up to 3 days", "up to 7 days", "older"):
        expect(axis).to_contain_text(words)
    for tile in digest.locator(".fact").all():
        assert tile.evaluate("element => element.getBoundingClientRect().right") < 390
    _fits(page)


@pytest.mark.parametrize(("kind", "days"), [("line", 6), ("line", 22), ("bar", 12)])
def test_the_names_below_a_chart_are_whole(kind: ChartKind, days: int, desk: Desk, open_page: OpenPage) -> None:
    names = tuple(f"2026-11-{day:02}" for day in range(1, days + 1))
    values = Series("revenue", tuple(float(day) for day in range(days)))
    _post(
        desk,
        f"digest:{kind}:{days}",
        Message(title=f"A {kind} of {days}", chart=Chart(kind, "Revenue", names, (values,))),
    )
    page = open_page("/")
    StaffSide(page).looks_at("Digests")
    drawing = page.locator(".feed-post").filter(has_text=f"A {kind} of {days}").locator("svg")
    for name in (names[0], names[-1]):
        written = drawing.get_by_text(name, exact=True)
        expect(written).to_be_visible()
        name_box, box = written.bounding_box(), drawing.bounding_box()
        assert name_box is not None
        assert box is not None
        assert box["x"] <= name_box["x"]
        assert name_box["x"] + name_box["width"] <= box["x"] + box["width"]
    if kind == "bar":
        for name in names:
            expect(drawing.get_by_text(name, exact=True)).to_be_visible()


def _post_digest(desk: Desk) -> None:
    names = ("Ticket", "Customer", "About", "Priority", "Waits", "Assignee")
    row = ("#640", "Bartholomew Featherstonehaugh", "change address", "normal", "2 d 5 h", "nobody yet")
    numbers = tuple(Fact(name, "10") for name in ("Open tickets", "Unanswered", "Unassigned"))
    ages = ("up to 1 day", "up to 3 days", "up to 7 days", "older")
    priorities = tuple(Series(name, (3.0, 1.0, 0.0, 2.0)) for name in ("urgent", "high", "normal", "low"))
    digest = Message(
        title="What waits",
        facts=numbers,
        table=Table(names, (row,), caption="Unanswered longest"),
        chart=Chart("bar", "Open tickets by age and priority", ages, priorities),
    )
    _post(desk, "digest:waiting:1", digest)


def _post(desk: Desk, about: str, posted: Message) -> None:
    """What stands among the digests."""
    now = datetime.now(UTC)
    values = {
        "channel": "console",
        "account": "console",
        "lane": "digests",
        "place": "digests",
        "op": "post",
        "about": about,
        "message_sealed": desk.store.cipher.seal_bytes("outbox.message", message.encode(posted)),
        "not_before": now,
        "state": "sent",
        "created_at": now,
        "tried_at": now,
        "settled_at": now,
    }
    with desk.store.begin() as connection:
        insert_row(connection, OutboxRow, values)


def _fits(page: Page) -> None:
    """Nothing sticks out to the side."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_keyboard_is_enough(customer: CustomerSide, staff: StaffSide) -> None:
    page = customer.page
    customer.box.focus()
    page.keyboard.type("My tent")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("is broken, I am very disappointed")
    page.keyboard.press("Enter")
    expect(customer.bubble("My tent\nis broken, I am very disappointed")).to_be_visible()
    expect(staff.thread.get_by_role("heading", name=customer.name)).to_be_visible()
    _tab_to(page, "Reply")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(staff.side.get_by_role("button", name="Reply", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Text")).to_be_focused()
    page.keyboard.type("By hand alone")
    page.keyboard.press("Control+Enter")
    customer.sees("By hand alone")


def test_the_keyboard_stays_where_it_was(customer: CustomerSide, staff: StaffSide, open_page: OpenPage) -> None:
    for one in (play(open_page), customer):
        one.says(BROKEN)
        expect(staff.row(one.name)).to_be_visible()
    page = customer.page
    rows = staff.side.locator(".row")
    rows.first.focus()
    for place in (1, 0, 1):
        page.keyboard.press("ArrowDown" if place else "ArrowUp")
        page.keyboard.press("Enter")
        expect(rows.nth(place)).to_have_class(re.compile("chosen"))
        expect(rows.nth(place)).to_be_focused()
    staff.opens(customer.name)
    staff.side.get_by_role("button", name="Claim").focus()
    page.keyboard.press("Enter")
    staff.sees("took this ticket")
    expect(staff.thread.locator(".thread-head button:focus")).to_have_count(1)


def test_a_button_stays_under_the_hand_that_presses_it(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    resolve = staff.side.get_by_role("button", name="Resolve", exact=True).element_handle()
    staff.presses("Claim")
    expect(staff.thread.locator(".thread-kind")).to_contain_text("Front desk")
    expect(staff.thread.locator(".thread-facts .facts")).to_contain_text("Front desk")
    assert resolve.evaluate("button => button.isConnected")


def test_the_keyboard_chooses_who_writes(customer: CustomerSide) -> None:
    page = customer.page
    opener = page.get_by_role("button", name="Switch person")
    dialog = page.get_by_role("dialog")
    search = dialog.get_by_label("Search customers")
    opener.click()
    expect(search).to_be_focused()
    expect(dialog.locator(".person").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(dialog.locator(".person").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    page.keyboard.type("nobody at all")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(search).to_be_focused()
    page.keyboard.type("C-1005")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(customer.side.get_by_role("heading", name=PEOPLE[4], exact=True)).to_be_visible()


def _tab_to(page: Page, label: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = (
            "[document.activeElement.ariaLabel ?? document.activeElement.innerText, "
            "getComputedStyle(document.activeElement).outlineStyle, document.activeElement.tagName]"
        )
        name, outline, tag = page.evaluate(focused)
        assert outline != "none" or tag == "TEXTAREA", f"{name} does not show that it has the focus"
        if name == label:
            return
    raise AssertionError(f"{label} was not reached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(scheme: str, open_page: OpenPage) -> None:
    customer = play(open_page, color_scheme=scheme)
    staff = StaffSide(customer.page)
    customer.says(BROKEN)
    staff.opens(customer.name)
    staff.writes("A note")
    staff.sees("A note")
    staff.writes("> A reply")
    customer.sees("A reply")
    customer.page.wait_for_timeout(300)
    assert customer.page.evaluate(_CONTRASTS) == []


#: the texts whose contrast to what is behind them is below 4.5 (WCAG 2.2 AA), or below 3 where they are large
_CONTRASTS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], ground) => [r, g, b].map((c, i) => c * a + ground[i] * (1 - a));
  const ground = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.unshift(rgba(getComputedStyle(e).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const low = [];
  for (const element of document.querySelectorAll(".page *")) {
    const text = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
    if (!text || !element.checkVisibility() || element.closest("svg")) continue;
    const style = getComputedStyle(element);
    const behind = ground(element);
    const [a, b] = [light(over(rgba(style.color), behind)), light(behind)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const isLarge = parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700;
    if (contrast < (isLarge ? 3 : 4.5)) low.push(`${text.slice(0, 30)}: ${contrast.toFixed(2)}`);
  }
  return low;
}"""


def test_every_control_has_a_name(customer: CustomerSide, staff: StaffSide) -> None:
    customer.says(BROKEN)
    staff.opens(customer.name)
    nameless = customer.page.evaluate(
        "[...document.querySelectorAll('button, input, textarea, a, img')]"
        ".filter(e => e.checkVisibility() && !(e.ariaLabel || e.innerText || e.alt || e.labels?.length))"
        ".map(e => e.outerHTML)"
    )
    assert nameless == []


def _png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
