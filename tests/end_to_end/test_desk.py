"""A customer in Telegram and staff in Slack, with the running product between them."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from crm_store import customers, inbox, orders
from crm_store.inbox import NewRow
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder
from crm_store.schema import Customer, InboxRow, OutboxRow
from handlers import events
from handlers.events import Chat, Said
from tests.end_to_end.conftest import NewDesk
from tests.end_to_end.desk import PATIENCE, RunningDesk, until
from tests.end_to_end.people import (
    MIA,
    bytes_in_slack,
    bytes_in_telegram,
    card_of,
    files_of,
    presses,
    replies,
    sees,
    thread,
    writes,
)
from tests.wire.slack import SlackMessage, SlackServer
from tests.wire.telegram import TelegramServer, TelegramUser

#: every byte there is, and more of them than one packet holds
CONTENT = bytes(range(256)) * 1_000
TORN = "The blue jacket arrived torn"


@pytest.fixture
def ada(telegram: TelegramServer) -> TelegramUser:
    return telegram.user(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def card(desk: RunningDesk, slack: SlackServer, ada: TelegramUser) -> SlackMessage:
    """The card of a ticket that Ada has opened."""
    ada.says(TORN)
    return card_of(slack, "Ada Lovelace")


# --- words --------------------------------------------------------------------------------------------------------


def test_the_installed_command_runs_a_desk_that_carries_a_question_and_its_answer(
    sqlite_url: str, slack: SlackServer, telegram: TelegramServer, tmp_path: Path, ada: TelegramUser
) -> None:
    with RunningDesk(sqlite_url, slack, telegram, folder=tmp_path) as desk:
        ada.says(TORN)
        replies(slack, card_of(slack, "Ada Lovelace"), "I am sorry! A new one leaves today.")
        ada.wait_for("A new one leaves today", PATIENCE)
        desk.settled()
        desk.stop()
        assert "Traceback" not in desk.log


def test_a_message_becomes_a_card_with_a_thread_and_both_ways_to_answer_reach_the_customer(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    assert card.buttons == ["Claim", "Reply", "Resolve", "Note", "Snooze", "Wrong kind?", "More"]
    sees(slack, card, "arrived torn")
    ada.wait_for("request #1", PATIENCE)

    replies(slack, card, "I am sorry! A new one leaves today.")
    ada.wait_for("A new one leaves today", PATIENCE)
    sees(slack, card, "Reply by mia")
    writes(slack, card, "&gt; And a voucher with it")
    ada.wait_for("And a voucher with it", PATIENCE)
    writes(slack, card, "she is right to complain")
    desk.settled()
    assert ada.texts[1:] == ["I am sorry! A new one leaves today.", "And a voucher with it"]


@pytest.mark.parametrize(("telegram_mode", "slack_mode"), [("webhook", "http"), ("webhook", "socket")])
def test_webhook_and_http_carry_the_same(
    store_url: str,
    new_desk: NewDesk,
    slack: SlackServer,
    telegram: TelegramServer,
    ada: TelegramUser,
    telegram_mode: str,
    slack_mode: str,
) -> None:
    desk = new_desk(store_url, started=False, telegram={"mode": telegram_mode}, slack={"mode": slack_mode})
    if slack_mode == "http":
        slack.send_events_to(f"{desk.url}/slack/events")
    desk.start()
    telegram.until(lambda: telegram.webhook_url, PATIENCE, "the webhook")
    ada.says(TORN)
    card = card_of(slack, "Ada Lovelace")
    replies(slack, card, "A new one leaves today.")
    ada.wait_for("A new one leaves today", PATIENCE)
    writes(slack, card, "&gt; And a voucher")
    ada.wait_for("And a voucher", PATIENCE)
    assert telegram.calls_of("getUpdates") == []


def test_a_customers_edit_shows_before_and_after(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    message = ada.says("size 40 please")
    sees(slack, card, "size 40")
    ada.edits(message, "size 42 please")
    edited = sees(slack, card, "edited a message").shown
    assert edited.index("size 40 please") < edited.index("size 42 please")


def test_a_staff_edit_changes_the_reply_at_the_customers(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    typed = writes(slack, card, "&gt; It leaves on Monday")
    ada.wait_for("Monday", PATIENCE)
    replies(slack, card, "With DHL")
    ada.wait_for("With DHL", PATIENCE)

    slack.edit(typed, "&gt; It leaves on Tuesday")
    ada.wait_for("Tuesday", PATIENCE)
    replies(slack, card, "With UPS", button="Edit")
    ada.wait_for("With UPS", PATIENCE)
    desk.settled()
    assert ada.texts[1:] == ["It leaves on Tuesday", "With UPS"]


def test_an_edit_before_a_reply_left_changes_what_leaves_and_undo_takes_it_back(
    store_url: str, new_desk: NewDesk, slack: SlackServer, ada: TelegramUser
) -> None:
    desk = new_desk(store_url, desk={"undo_seconds": 4})
    ada.says(TORN)
    card = card_of(slack, "Ada Lovelace")
    writes(slack, card, "&gt; You are mistaken")
    presses(slack, card, "Undo")
    sees(slack, card, "Taken back")
    typed = writes(slack, card, "&gt; It leaves on Monday")
    sees(slack, card, "Leaves in 4 s")
    slack.edit(typed, "&gt; It leaves on Tuesday")
    ada.wait_for("Tuesday", PATIENCE)
    desk.settled()
    assert ada.texts[1:] == ["It leaves on Tuesday"]
    assert not ada.inbox[-1].edited


def test_a_blocked_bot_is_said_in_the_thread_and_a_reply_can_be_sent_again_later(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    ada.wait_for("request #1", PATIENCE)
    ada.blocks()
    sees(slack, card, "has blocked the bot")
    writes(slack, card, "&gt; A new one leaves today")
    sees(slack, card, "Not delivered: The customer blocked the bot")
    ada.unblocks()
    sees(slack, card, "has let the bot in again")
    presses(slack, card, "Retry")
    ada.wait_for("A new one leaves today", PATIENCE)
    until(lambda: any("Sent" in post.shown for post in thread(slack, card)), "the line says so")


# --- files --------------------------------------------------------------------------------------------------------

SENDS: dict[str, Callable[[TelegramUser], object]] = {
    "photo": lambda ada: ada.sends_photo(CONTENT, "look at this tear"),
    "voice": lambda ada: ada.sends_voice(CONTENT),
    "document": lambda ada: ada.sends_document("invoice.pdf", CONTENT),
    "video": lambda ada: ada.sends_video(CONTENT),
}


def test_files_of_customers_reach_staff_byte_for_byte(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    for send in SENDS.values():
        send(ada)
    desk.settled()
    shown = [post for post in thread(slack, card) if post.files]
    assert [bytes_in_slack(slack, post) for post in shown] == [[CONTENT]] * len(SENDS)
    assert any("look at this tear" in post.shown for post in thread(slack, card))


def test_an_album_is_one_post_and_one_ticket(desk: RunningDesk, slack: SlackServer, ada: TelegramUser) -> None:
    pictures = [CONTENT, CONTENT[::-1], CONTENT[1:]]
    ada.sends_album(pictures, "torn in three places")
    card = card_of(slack, "Ada Lovelace")
    desk.settled()
    (album,) = [post for post in thread(slack, card) if post.files]
    assert bytes_in_slack(slack, album) == pictures
    assert len(slack.messages("#tickets", top=True)) == 1
    sees(slack, card, "torn in three places")


def test_files_of_staff_reach_the_customer_byte_for_byte(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    sent = {"label.pdf": CONTENT, "hello.ogg": CONTENT[1:]}
    for name, content in sent.items():
        writes(slack, card, "&gt; please use this", {name: content})
    writes(slack, card, "&gt;", {"one.jpg": CONTENT[2:], "two.jpg": CONTENT[3:]})
    writes(slack, card, "for us alone", {"secret.pdf": CONTENT})
    desk.settled()
    got = [bytes_in_telegram(telegram, shown) for shown in files_of(ada)]
    assert got == [*sent.values(), CONTENT[2:], CONTENT[3:]]
    assert [shown.kind for shown in files_of(ada)] == ["document", "audio", "photo", "photo"]


def test_what_the_desk_does_not_know_is_shown_by_its_name(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    ada.sends_unknown_kind("hologram")
    sees(slack, card, "[unsupported: hologram]")
    ada.sends_location(52.52, 13.405)
    sees(slack, card, "52.52, 13.405")
    ada.sends_contact("+491701234567")
    sees(slack, card, "+491701234567")


# --- what the shop knows ------------------------------------------------------------------------------------------


def test_an_order_is_answered_by_its_number_without_a_ticket(
    desk: RunningDesk, slack: SlackServer, ada: TelegramUser
) -> None:
    placed = datetime(2026, 2, 3, 12, tzinfo=UTC)
    order = NewOrder(
        "10023", None, placed, "shipped", "EUR", 4_990,
        items=(NewItem("JKT", 1, 4_990, "Blue jacket"),), carrier="DHL", tracking_number="JD014600",
    )  # fmt: skip
    with desk.store() as store, store.begin() as connection:
        orders.put_order(connection, Rates("EUR", {"USD": Decimal("0.9")}), order)
    ada.says("where is my order 10023?")
    answer = ada.wait_for("Order 10023", PATIENCE).text
    assert "on its way" in answer
    assert "Blue jacket" in answer
    assert "JD014600" in answer
    desk.settled()
    assert slack.posts("#tickets") == []


def test_a_deep_link_connects_the_chat_to_the_customer_once(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, ada: TelegramUser
) -> None:
    now = datetime.now(UTC)
    with desk.store() as store, store.begin() as connection:
        connection.execute(insert(Customer), {"external_id": "C-77", "created_at": now})
        key = connection.scalars(select(Customer.id).where(Customer.external_id == "C-77")).one()
        token = customers.make_link(connection, store.cipher, key, now)
    ada.starts(token)
    ada.wait_for("now connected to your Wire Shop account", PATIENCE)
    ada.says(TORN)
    assert "C-77" in card_of(slack, "arrived torn").shown
    thief = telegram.user(first_name="Eve")
    thief.starts(token)
    thief.wait_for("expired or was used before", PATIENCE)


# --- the ticket's life --------------------------------------------------------------------------------------------


def test_a_resolved_ticket_opens_again_when_the_customer_writes_soon(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    presses(slack, card, "Claim")
    sees(slack, card, "mia took this ticket")
    presses(slack, card, "Resolve")
    sees(slack, card, "mia resolved this ticket")
    ada.says("and now the zip is broken")
    ada.wait_for("opened your request #1 again", PATIENCE)
    sees(slack, card, "the zip is broken")
    desk.settled()
    assert len(slack.messages("#tickets", top=True)) == 1
    assert slack.message("#tickets", card.ts).buttons[:2] == ["Reply", "Resolve"]


def test_a_message_long_after_the_end_opens_a_new_ticket(
    store_url: str, new_desk: NewDesk, slack: SlackServer, ada: TelegramUser
) -> None:
    desk = new_desk(store_url, desk={"reopen_within": "0s"})
    ada.says(TORN)
    first = card_of(slack, "#1 ")
    presses(slack, first, "Resolve")
    sees(slack, first, "mia resolved this ticket")
    ada.says("my trousers are torn as well")
    assert "Follows #1" in card_of(slack, "#2 ").shown
    desk.settled()


# --- what cannot be handled ---------------------------------------------------------------------------------------


def broken(desk: RunningDesk) -> int:
    """Stores an event that no version of the desk ever wrote; returns its row."""
    with desk.store() as store, store.begin() as connection:
        row = NewRow("telegram", "broken", "telegram:4242424242:1", b'{"type":"Teleported"}')
        inbox.keep(connection, store.cipher, [row], datetime.now(UTC))
        return connection.scalars(select(InboxRow.id).where(InboxRow.source_id == "broken")).one()


def mend(desk: RunningDesk, row: int, ada: TelegramUser) -> None:
    chat = Chat("telegram", "4242424242", str(ada.id), str(ada.id), "Ada Lovelace")
    event = events.encode(Said(chat, "901", datetime.now(UTC), "my parcel is wet"))
    with desk.store() as store, store.begin() as connection:
        sealed = store.cipher.seal_bytes("inbox.event", event)
        connection.execute(update(InboxRow).where(InboxRow.id == row).values(event_sealed=sealed))


def alerts(slack: SlackServer) -> list[SlackMessage]:
    return slack.posts("#alerts")


def test_a_message_that_cannot_be_handled_is_told_once_and_replayed_when_the_cause_is_mended(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    ada.wait_for("request #1", PATIENCE)
    row = broken(desk)
    alert = slack.wait_for("could not be handled", "#alerts", timeout=PATIENCE)
    assert "Teleported" in alert.shown
    ada.says("the others go on")
    sees(slack, card, "the others go on")

    assert f"in:{row}\t" in desk.command("replay").stdout
    slack.press(alert.ts, "Replay", MIA).wait(PATIENCE)  # the cause is still there
    slack.wait_for("failed again", "#alerts", timeout=PATIENCE)
    until(lambda: "Replay" in slack.message("#alerts", alert.ts).buttons, "the alert offers Replay again")
    assert len(alerts(slack)) == 1

    mend(desk, row, ada)
    slack.press(alert.ts, "Replay", MIA).wait(PATIENCE)
    sees(slack, card, "my parcel is wet")
    desk.settled()
    assert len(alerts(slack)) == 1
    assert "replayed" in alerts(slack)[0].shown
    assert desk.command("replay").stdout == "nothing failed\n"


def test_the_command_line_replays_what_failed(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    row = broken(desk)
    slack.wait_for("could not be handled", "#alerts", timeout=PATIENCE)
    mend(desk, row, ada)
    assert desk.command("replay", f"in:{row}").returncode == 0
    sees(slack, card, "my parcel is wet")
    again = desk.command("replay", f"in:{row}")
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_desk_that_is_told_to_end_ends_what_is_under_way_and_goes_on_where_it_was(
    sqlite_url: str,
    new_desk: NewDesk,
    slack: SlackServer,
    telegram: TelegramServer,
    ada: TelegramUser,
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    desk = new_desk(sqlite_url, warm=None)
    ada.says(TORN)
    card = card_of(slack, "Ada Lovelace")
    ada.wait_for("request #1", PATIENCE)
    telegram.faults.slow("sendMessage", 1.5, times=None, before=False)
    slack.faults.slow("chat.postMessage", 0.3, times=None, before=True)
    telegram.calls.clear()
    writes(slack, card, "&gt; a new one leaves today")
    for each in range(10):
        ada.says(f"message {each}")
    until(lambda: telegram.calls_of("sendMessage"), "the reply is being sent")
    assert desk.stop(number) == 0
    assert not [path for path in tmp_path.iterdir() if path.name.endswith("-wal")]
    with desk.store() as store, store.read() as connection:
        assert set(connection.scalars(select(OutboxRow.state).distinct())) <= {"sent", "queued"}
    slack.faults.clear()
    telegram.faults.clear()
    desk.start()
    desk.settled()
    shown = "\n".join(post.shown for post in thread(slack, card))
    assert [shown.count(f"message {each}") for each in range(10)] == [1] * 10
    assert len([text for text in ada.texts if "a new one leaves today" in text]) == 1
    assert "Traceback" not in desk.log


def test_a_desk_that_is_told_twice_ends_at_once(
    sqlite_url: str, new_desk: NewDesk, telegram: TelegramServer, ada: TelegramUser
) -> None:
    desk = new_desk(sqlite_url, warm=None)
    telegram.faults.slow("sendMessage", 60, times=None, before=False)
    ada.says(TORN)
    until(lambda: telegram.calls_of("sendMessage"), "the answer is being sent")
    assert desk.pid is not None
    os.kill(desk.pid, signal.SIGTERM)
    until(lambda: desk.get("/healthz").status == 0, "it is ending")
    assert desk.stop() == -signal.SIGTERM


def test_what_came_while_the_desk_was_away_is_not_lost(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    desk.kill()
    ada.says("are you there?")
    writes(slack, card, "&gt; yes we are")
    desk.start()
    sees(slack, card, "are you there?")
    ada.wait_for("yes we are", PATIENCE)


# --- rooms and teams ----------------------------------------------------------------------------------------------

ROUTES = [
    {"kind": "refund", "language": "de", "channel": "#geld-zurueck"},
    {"kind": "refund", "channel": "#refunds"},
    {"language": "zh", "channel": "#chinese"},
    {"priority": ["high", "urgent"], "channel": "#urgent"},
    {"bot": "1", "channel": "#another-bot"},
    {"bot": "BOT", "kind": "complaint", "channel": "#complaints"},
]


@pytest.mark.parametrize(
    ("words", "room"),
    [
        ("Ich möchte mein Geld zurück", "geld-zurueck"),
        ("I want my money back", "refunds"),
        ("请问这件夹克防水吗？", "chinese"),
        ("My parcel is wet, I need somebody right now, this is urgent!!", "urgent"),
        ("The jacket came with a loose button", "complaints"),
        ("Do you make the jacket in size XXS as well?", "tickets"),
    ],
)
def test_a_ticket_stands_in_the_room_that_its_kind_language_priority_and_bot_say(
    sqlite_url: str,
    new_desk: NewDesk,
    slack: SlackServer,
    telegram: TelegramServer,
    ada: TelegramUser,
    words: str,
    room: str,
) -> None:
    rooms = ("geld-zurueck", "refunds", "chinese", "urgent", "another-bot", "complaints", "tickets")
    for one in rooms:
        slack.channel(one)
    bot = str(telegram.bot_id)
    routes = [{**route, **({"bot": bot} if route.get("bot") == "BOT" else {})} for route in ROUTES]
    channels = {"tickets": "#tickets", "alerts": "#alerts", "routes": routes}
    new_desk(sqlite_url, slack={"api_url": slack.api_url, "channels": channels})
    ada.says(words)
    card = slack.wait_for("Ada Lovelace", f"#{room}", timeout=PATIENCE)
    assert {one: len(slack.messages(f"#{one}", top=True)) for one in rooms} == {one: one == room for one in rooms}
    slack.say(MIA, f"#{room}", "&gt; We are on it", card.thread_ts or card.ts)
    ada.wait_for("We are on it", timeout=PATIENCE)


# --- roles --------------------------------------------------------------------------------------------------------


def test_a_role_comes_with_a_user_group_and_goes_with_it(
    sqlite_url: str, new_desk: NewDesk, slack: SlackServer, ada: TelegramUser
) -> None:
    slack.scopes("usergroups:read", *slack.scopes())
    slack.group("S0AGENTS1")
    given = {"api_url": slack.api_url, "roles": {"agents": ["S0AGENTS1"]}}
    desk = new_desk(sqlite_url, slack=given)
    ada.says(TORN)
    card = card_of(slack, "Ada Lovelace")
    slack.join(MIA, "tickets")
    presses(slack, card, "Claim")
    slack.until(lambda: "read-only" in str(slack.ephemerals), PATIENCE, "who may not is told")
    slack.group("S0AGENTS1", MIA)
    desk.settled()
    presses(slack, card, "Claim")
    slack.wait_for("*Assignee*\nmia", "#tickets", timeout=PATIENCE)

    # what is pressed while nobody can tell who is in the group waits, and is refused to nobody
    desk.stop()
    slack.faults.http_error("usergroups.users.list", 503, times=1)
    desk.start()
    presses(slack, card, "Resolve")
    slack.wait_for("*Status*\nresolved", "#tickets", timeout=PATIENCE)
    assert len(slack.ephemerals) == 1  # from before, when Mia was in no group
