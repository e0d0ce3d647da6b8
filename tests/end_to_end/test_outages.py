"""The platforms and the store fail in every way they can; the desk loses nothing, repeats nothing and goes on."""

import random
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from bot.manifest import SCOPES
from crm_store import outbox
from crm_store.outbox import NewCall
from crm_store.schema import OutboxRow
from crm_store.store import connect
from handlers import message
from handlers.message import Message
from tests.end_to_end.conftest import NewDesk
from tests.end_to_end.desk import PATIENCE, WEBHOOK_SECRET, RunningDesk, until
from tests.end_to_end.people import (
    MIA,
    bytes_in_slack,
    bytes_in_telegram,
    card_of,
    files_of,
    presses,
    sees,
    thread,
    writes,
)
from tests.wire.server import Json
from tests.wire.slack import SlackMessage, SlackServer
from tests.wire.telegram import TelegramServer, TelegramUser

CONTENT = bytes(range(256)) * 400


@pytest.fixture
def desk(sqlite_desk: RunningDesk) -> RunningDesk:
    return sqlite_desk


@pytest.fixture
def ada(telegram: TelegramServer) -> TelegramUser:
    return telegram.user(first_name="Ada")


@pytest.fixture
def card(desk: RunningDesk, slack: SlackServer, ada: TelegramUser) -> SlackMessage:
    """The card of a ticket, everything about it said."""
    ada.says("The blue jacket arrived torn")
    found = card_of(slack, "Ada")
    desk.settled()
    return found


def minutes_pass(desk: RunningDesk) -> None:
    """What waits has waited for some minutes."""
    desk.kill()
    with desk.store() as store, store.begin() as connection:
        earlier = datetime.now(UTC) - timedelta(minutes=5)
        connection.execute(update(OutboxRow).values(created_at=earlier, not_before=earlier))
    desk.start()


def occurrences(slack: SlackServer, words: str) -> int:
    """How often something is shown in #tickets."""
    return sum(post.shown.count(words) for post in slack.posts("#tickets"))


# --- Slack fails --------------------------------------------------------------------------------------------------

SLACK_FAILS: dict[str, Callable[[SlackServer, str], object]] = {
    "429": lambda slack, method: slack.faults.rate_limit(method, retry_after=1),
    "500": lambda slack, method: slack.faults.http_error(method, 500),
    "503": lambda slack, method: slack.faults.http_error(method, 503),
    "504": lambda slack, method: slack.faults.http_error(method, 504),
    "internal_error": lambda slack, method: slack.faults.error(method, "internal_error"),
    "cut before": lambda slack, method: slack.faults.cut_before(method),
    "cut after": lambda slack, method: slack.faults.cut_after(method),
}


@pytest.mark.parametrize("failure", SLACK_FAILS)
def test_a_failing_slack_shows_every_message_exactly_once(
    desk: RunningDesk, slack: SlackServer, ada: TelegramUser, failure: str
) -> None:
    SLACK_FAILS[failure](slack, "chat.postMessage")  # the card
    ada.says("The blue jacket arrived torn")
    card = card_of(slack, "Ada")
    SLACK_FAILS[failure](slack, "chat.postMessage")  # a message's copy
    ada.says("and the zip is broken")
    sees(slack, card, "the zip is broken")
    SLACK_FAILS[failure](slack, "files.completeUploadExternal")
    ada.sends_photo(CONTENT)
    desk.settled()
    assert len(slack.messages("#tickets", top=True)) == 1
    assert occurrences(slack, "the zip is broken") == 1
    assert [bytes_in_slack(slack, post) for post in thread(slack, card) if post.files] == [[CONTENT]]


def test_a_post_that_cannot_be_looked_up_for_a_while_is_not_repeated(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    for method in ("conversations.replies", "conversations.history"):
        slack.faults.http_error(method, 503, times=3)
    slack.faults.cut_after("chat.postMessage")
    ada.says("and the zip is broken")
    desk.settled()
    assert occurrences(slack, "the zip is broken") == 1


def test_a_post_is_found_however_many_came_after_it(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    slack.faults.slow("chat.postMessage", 20)
    ada.says("and the zip is broken")
    until(lambda: any("zip" in one.shown for one in slack.messages("#tickets")), "the post stands, unanswered")
    desk.kill()
    for number in range(450):
        slack.say("ben", "#tickets", f"noise {number}", card.ts)
    desk.start()
    desk.settled()
    assert occurrences(slack, "the zip is broken") == 1


def test_a_post_that_slack_makes_late_is_not_made_twice(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    """The desk dies with the request under way; Slack carries it out when the desk is back already."""
    slack.faults.slow("chat.postMessage", 3, before=True)
    ada.says("and the zip is broken")
    until(lambda: any(call.fault == "slow" for call in slack.calls), "the request is under way")
    desk.restart()
    desk.settled()
    assert occurrences(slack, "the zip is broken") == 1


def test_a_card_that_slack_refuses_keeps_no_other_ticket_waiting(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, ada: TelegramUser
) -> None:

    def is_bobs_card(args: Json) -> bool:
        return "Bob" in str(args) and "thread_ts" not in args

    slack.faults.error("chat.postMessage", "invalid_blocks", times=None, when=is_bobs_card)
    telegram.user(first_name="Bob").says("my parcel is wet")
    until(lambda: any("Bob" in str(call.args) and call.error for call in slack.calls), "Bob's card is refused")
    for number in range(20):
        ada.says(f"my jacket is torn, message {number}")
    sees(slack, card_of(slack, "Ada"), "message 19")


def test_customers_are_answered_while_slack_takes_nothing(
    store_url: str, new_desk: NewDesk, slack: SlackServer, telegram: TelegramServer
) -> None:
    """Hundreds of posts wait for Slack; what waits for Telegram does not queue behind them."""
    desk = new_desk(store_url, slack={"posts_per_second": 0.01, "burst": 1})
    people = [telegram.user(first_name=f"Customer{number}") for number in range(260)]
    for person in people:
        person.says("my parcel is wet")
    for person in people:
        person.wait_for("is with our team", PATIENCE)
    desk.kill()


@pytest.fixture
def slow_desk(sqlite_url: str, new_desk: NewDesk) -> RunningDesk:
    return new_desk(sqlite_url, desk={"undo_seconds": 6}, slack={"posts_per_second": 1, "burst": 5})


@pytest.fixture
def crowded(slow_desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, ada: TelegramUser) -> SlackMessage:
    """Ada's card, while more new tickets wait than #tickets takes within half a minute."""
    ada.says("The blue jacket arrived torn")
    card = card_of(slack, "Ada")
    slow_desk.settled()
    for number in range(40):
        telegram.user(first_name=f"Customer{number}").says("my parcel is wet")
    card_of(slack, "Customer2")
    return card


def test_a_reply_can_be_taken_back_while_many_new_tickets_wait(
    crowded: SlackMessage, slack: SlackServer, ada: TelegramUser
) -> None:
    writes(slack, crowded, "&gt; oops")
    presses(slack, crowded, "Undo")
    sees(slack, crowded, "Taken back")
    assert "oops" not in ada.texts


def test_a_button_on_another_card_and_another_room_do_not_wait_for_many_new_tickets(
    slow_desk: RunningDesk, crowded: SlackMessage, slack: SlackServer
) -> None:
    now = datetime.now(UTC)
    with slow_desk.store() as store, store.begin() as connection:
        call = NewCall("slack", "alert", "#alerts", "post", message.encode(Message(text="Look here")), now)
        outbox.add(connection, store.cipher, [call], now)
    presses(slack, crowded, "Claim")
    until(lambda: slack.calls_of("chat.update"), "the card shows who has it", 15)
    slack.wait_for("Look here", "#alerts", timeout=15)
    assert len(slack.messages("#tickets", top=True)) < 40


def test_two_photos_of_one_name_and_size_are_both_shown_though_the_desk_died_between(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    ada.sends_photo(CONTENT)
    desk.settled()
    slack.faults.slow("files.completeUploadExternal", 2, before=True)
    ada.sends_photo(CONTENT[::-1])
    until(lambda: any(call.fault == "slow" for call in slack.calls), "the second is under way")
    desk.restart()
    desk.settled()
    shown = [bytes_in_slack(slack, post) for post in thread(slack, card) if post.files]
    assert shown == [[CONTENT], [CONTENT[::-1]]]


# --- one platform fails, the other goes on -----------------------------------------------------------------------


def test_a_file_that_telegram_holds_back_keeps_nothing_else_from_staff(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    telegram.faults.rate_limit("getFile", retry_after=5)
    ada.sends_photo(CONTENT)
    until(lambda: telegram.calls_of("getFile"), "the file is asked for")
    begun = time.monotonic()
    telegram.user(first_name="Bob").says("my parcel is wet")
    sees(slack, card_of(slack, "Bob"), "my parcel is wet")
    assert time.monotonic() - begun < 4
    desk.settled()
    assert [bytes_in_slack(slack, post) for post in thread(slack, card) if post.files] == [[CONTENT]]


def test_a_file_that_slack_holds_back_keeps_nothing_else_from_customers(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    slack.faults.rate_limit("files.info", retry_after=5)
    writes(slack, card, "&gt; your label", {"label.pdf": CONTENT})
    until(lambda: slack.calls_of("files.info"), "the file is asked for")
    begun = time.monotonic()
    bob = telegram.user(first_name="Bob")
    bob.says("my parcel is wet")
    bob.wait_for("is with our team", PATIENCE)
    assert time.monotonic() - begun < 4
    desk.settled()
    assert [bytes_in_telegram(telegram, shown) for shown in files_of(ada)] == [CONTENT]


def test_a_renamed_channel_keeps_the_threads_it_has(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    with slack.lock:
        slack.workspace.room("#tickets").name = "helpdesk"
    ada.says("and the zip is broken")
    slack.wait_for("the zip is broken", "#helpdesk", thread_ts=card.ts, timeout=20)
    slack.say(MIA, "#helpdesk", "&gt; we send another", card.ts)
    slack.wait_for("Sent", "#helpdesk", thread_ts=card.ts, timeout=20)
    ada.sends_photo(CONTENT)
    until(lambda: any(one.files for one in slack.posts("#helpdesk")), "the photo is shown", 20)
    telegram.user(first_name="Bob").says("my parcel is wet")
    until(lambda: any(call.error for call in slack.calls_of("chat.postMessage")), "Bob's card finds no room")
    ada.says("and it is red")
    slack.wait_for("and it is red", "#helpdesk", thread_ts=card.ts, timeout=20)
    desk.kill()
    desk.config_file.write_text(desk.config_file.read_text().replace("#tickets", "#helpdesk"))
    desk.start()
    until(lambda: any("Bob" in one.shown for one in slack.posts("#helpdesk")), "Bob's card stands")


def test_a_room_that_takes_nothing_is_told_of_in_another_one_once(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, ada: TelegramUser
) -> None:
    for_tickets = {"when": lambda args: args.get("channel") == "#tickets"}
    slack.faults.error("chat.postMessage", "is_archived", times=None, **for_tickets)

    def refused() -> int:
        return sum(call.error == "is_archived" for call in slack.calls_of("chat.postMessage"))

    def go_on() -> None:
        seen = refused()
        minutes_pass(desk)
        until(lambda: refused() > seen, "it is refused again")

    ada.says("The blue jacket arrived torn")
    until(refused, "the card is refused")
    assert "unarchive it" in desk.get("/readyz").json["trouble"]
    assert not slack.posts("#alerts")
    for _ in range(2):
        go_on()
        slack.wait_for("#tickets", "#alerts", timeout=20)
    assert len(slack.posts("#alerts")) == 1
    slack.faults.clear()
    minutes_pass(desk)
    card_of(slack, "Ada")


def test_files_that_an_app_may_not_share_keep_no_words_waiting_and_are_no_trouble_of_the_room(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    bob = telegram.user(first_name="Bob")
    bob.says("my parcel is wet")
    bobs = card_of(slack, "Bob")
    desk.settled()
    slack.scopes(*(SCOPES.keys() - {"files:write"}))
    ada.sends_photo(CONTENT)
    until(lambda: desk.get("/readyz").json.get("trouble"), "the photo is refused")
    bob.says("and so is the book in it")
    slack.wait_for("and so is the book", "#tickets", thread_ts=bobs.ts, timeout=20)
    asked = len(slack.calls_of("files.getUploadURLExternal"))
    minutes_pass(desk)
    until(lambda: len(slack.calls_of("files.getUploadURLExternal")) > asked, "it is refused again")
    until(lambda: desk.get("/readyz").json.get("trouble"), "and so it is written down")
    bob.says("and the card")
    slack.wait_for("and the card", "#tickets", thread_ts=bobs.ts, timeout=20)
    assert "files in" in desk.get("/readyz").json["trouble"]
    assert not slack.posts("#alerts")
    slack.scopes(*SCOPES)
    minutes_pass(desk)
    until(lambda: any(post.files for post in thread(slack, card)), "the photo is shown")


def test_what_only_one_colleague_sees_is_shown_where_they_are(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage
) -> None:
    def told(number: int) -> str | None:
        until(lambda: len(slack.ephemerals) == number, "it is told")
        return slack.ephemerals[-1].get("thread_ts")

    writes(slack, card, "&gt;")
    assert told(1) == card.ts
    slack.press(card.ts, "Resolve", MIA)
    slack.press(card.ts, "Resolve", MIA)  # on the card itself: they are in the room
    assert told(2) is None


# --- Telegram fails -----------------------------------------------------------------------------------------------

TELEGRAM_FAILS: dict[str, Callable[[TelegramServer], object]] = {
    "429": lambda telegram: telegram.faults.rate_limit("sendMessage", retry_after=1),
    "502": lambda telegram: telegram.faults.http_error("sendMessage", 502),
}


@pytest.mark.parametrize("failure", TELEGRAM_FAILS)
def test_a_failing_telegram_brings_every_reply_once_and_in_order(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser, failure: str
) -> None:
    TELEGRAM_FAILS[failure](telegram)
    for number in range(3):
        writes(slack, card, f"&gt; reply {number}")
        desk.settled()
    assert ada.texts[1:] == ["reply 0", "reply 1", "reply 2"]


def test_a_reply_that_telegram_puts_off_can_be_taken_back(
    sqlite_url: str, new_desk: NewDesk, slack: SlackServer, telegram: TelegramServer, ada: TelegramUser
) -> None:
    desk = new_desk(sqlite_url, desk={"undo_seconds": 1})
    ada.says("The blue jacket arrived torn")
    card = card_of(slack, "Ada")
    desk.settled()
    telegram.faults.rate_limit("sendMessage", retry_after=6)
    typed = writes(slack, card, "&gt; meant for somebody else")
    until(lambda: any(call.fault == "rate_limit" for call in telegram.calls), "it is put off")
    slack.delete(typed, "#tickets")
    writes(slack, card, "&gt; we send another")
    ada.wait_for("we send another", PATIENCE)
    desk.settled()
    assert not any("somebody else" in one.text for one in [*ada.inbox, *ada.deleted])


def test_a_reply_that_waits_long_says_so_and_can_be_taken_back_by_its_button(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    telegram.faults.rate_limit("sendMessage", retry_after=600)
    writes(slack, card, "&gt; meant for somebody else")
    line = sees(slack, card, "Not sent yet, tried again at")
    assert "Telegram" in line.shown
    presses(slack, card, "Undo")
    sees(slack, card, "Taken back. The customer has not seen it.")
    assert not any("somebody else" in one.text for one in ada.inbox)


@pytest.mark.parametrize("cut", ["cut_before", "cut_after"])
def test_an_unknown_outcome_is_shown_and_decided_by_staff(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser, cut: str
) -> None:
    getattr(telegram.faults, cut)("sendMessage")
    writes(slack, card, "&gt; reply 0")
    sees(slack, card, "Maybe delivered")
    writes(slack, card, "&gt; reply 1")
    desk.settled()
    assert "reply 1" not in ada.texts  # it waits for the decision
    arrived = cut == "cut_after"
    presses(slack, card, "It arrived" if arrived else "Retry")
    ada.wait_for("reply 1", PATIENCE)
    desk.settled()
    assert ada.texts[1:] == ["reply 0", "reply 1"]
    assert not any("Maybe" in post.shown for post in thread(slack, card))


def test_an_edit_of_a_doubtful_reply_keeps_its_buttons_and_is_what_retry_sends(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    telegram.faults.cut_before("sendMessage")
    typed = writes(slack, card, "&gt; It leaves on Monday")
    sees(slack, card, "Maybe delivered")
    slack.edit(typed, "&gt; It leaves on Tuesday")
    desk.settled()
    presses(slack, card, "Retry")
    ada.wait_for("Tuesday", PATIENCE)
    desk.settled()
    assert ada.texts[1:] == ["It leaves on Tuesday"]


def test_updates_twice_and_out_of_order_are_shown_once(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    telegram.duplicate(3)
    slack.duplicate(2)
    slack.lose_acks(2)
    telegram.faults.http_error("getUpdates", 502, when=lambda args: bool(args.get("offset")))
    with telegram.out_of_order():
        for number in range(5):
            ada.says(f"message {number}")
    writes(slack, card, "&gt; reply 0")
    writes(slack, card, "&gt; reply 1")
    desk.settled()
    assert [occurrences(slack, f"message {number}") for number in range(5)] == [1] * 5
    assert sorted(ada.texts[1:]) == ["reply 0", "reply 1"]


# --- edits --------------------------------------------------------------------------------------------------------


def test_edits_of_a_long_reply_change_each_part_before_and_after_it_left(
    sqlite_url: str, new_desk: NewDesk, slack: SlackServer, ada: TelegramUser
) -> None:
    desk = new_desk(sqlite_url, desk={"undo_seconds": 4})
    ada.says("The blue jacket arrived torn")
    card = card_of(slack, "Ada")

    def long(word: str, times: int) -> str:
        return " ".join(f"{word}{number}" for number in range(times))

    def read() -> str:
        return " ".join(ada.texts[1:])

    typed = writes(slack, card, f"&gt; {long('first', 1200)}")
    sees(slack, card, "Leaves in 4 s")
    slack.edit(typed, f"&gt; {long('second', 1000)}")
    desk.settled()
    assert read() == long("second", 1000)
    slack.edit(typed, f"&gt; {long('third', 1300)}")
    desk.settled()
    assert read() == long("third", 1300)
    slack.edit(typed, "&gt; brief")
    desk.settled()
    assert read() == "brief"


def test_a_reply_with_pictures_and_a_paper_is_deleted_as_a_whole(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    photo = b"\xff\xd8\xff"
    files = {"a.jpg": photo + b"a", "b.jpg": photo + b"b", "c.jpg": photo + b"c", "d.pdf": CONTENT}
    typed = writes(slack, card, "&gt; like these", files)
    desk.settled()
    assert len(files_of(ada)) == 4
    slack.delete(typed, "#tickets")
    desk.settled()
    assert not files_of(ada)
    assert "like these" not in ada.texts


def test_edits_that_race_with_a_slow_delivery_end_with_the_last_words(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    telegram.faults.slow("sendMessage", 1, before=True)
    telegram.faults.slow("editMessageText", 0.5, times=2)
    typed = writes(slack, card, "&gt; words 0")
    for number in range(1, 8):
        slack.edit(typed, f"&gt; words {number}")
    desk.settled()
    assert ada.texts[1:] == ["words 7"]


# --- the store fails ----------------------------------------------------------------------------------------------


def test_a_store_that_somebody_else_locks_delays_everything_and_loses_nothing(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    slack.ack_timeout = 3.0  # as Slack has it: it sends the event again
    telegram.faults.slow("sendMessage", 1)  # so that its outcome meets the lock
    writes(slack, card, "&gt; reply before the lock")
    until(lambda: any("before the lock" in text for text in ada.texts), "it is under way")
    foreign = connect(desk.store_url)
    with foreign.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        for number in range(5):
            ada.says(f"message {number}")
        writes(slack, card, "&gt; reply behind the lock")
        threading.Event().wait(8)  # longer than the desk waits for a lock
        connection.exec_driver_sql("ROLLBACK")
    foreign.dispose()
    desk.settled()
    assert [occurrences(slack, f"message {number}") for number in range(5)] == [1] * 5
    assert ada.texts[1:] == ["reply before the lock", "reply behind the lock"]
    assert not any("Maybe" in post.shown for post in thread(slack, card))


@contextmanager
def disk_full(pid: int) -> Iterator[None]:
    """For the length of a block no file of a process may grow or change, as on a disk that is full."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_a_full_disk_refuses_what_comes_in_and_takes_it_when_there_is_room(
    sqlite_url: str, new_desk: NewDesk, slack: SlackServer, telegram: TelegramServer, ada: TelegramUser, mode: str
) -> None:
    desk = new_desk(sqlite_url, telegram={"mode": mode})
    ada.says("The blue jacket arrived torn")
    card = card_of(slack, "Ada")
    desk.settled()
    assert desk.pid is not None
    with disk_full(desk.pid):
        ada.says("and the zip is broken")
        if mode == "webhook":
            telegram.until(lambda: any(one.status == 503 for one in telegram.taken), PATIENCE, "it is refused")
        else:
            calls = len(telegram.calls_of("getUpdates"))
            telegram.until(lambda: len(telegram.calls_of("getUpdates")) >= calls + 2, PATIENCE, "it is fetched again")
        assert len(telegram.pending) == 1
    sees(slack, card, "the zip is broken")
    desk.settled()
    assert occurrences(slack, "the zip is broken") == 1


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_database_connections_that_are_cut_all_the_time_lose_and_double_nothing(
    store_url: str, new_desk: NewDesk, slack: SlackServer, telegram: TelegramServer
) -> None:
    desk = new_desk(store_url)
    people = [telegram.user(first_name=f"Customer{number:02}") for number in range(10)]
    for person in people:
        person.says("my jacket arrived torn, message 00")
    cards = {person: card_of(slack, f"Customer{number:02}") for number, person in enumerate(people)}
    done = threading.Event()
    cutting = threading.Thread(target=cut_connections, args=(store_url, done))
    cutting.start()
    try:
        for number in range(1, 20):
            for person in people:
                person.says(f"message {number:02}")
                threading.Event().wait(0.01)
        for person in people:
            writes(slack, cards[person], "&gt; the only reply")
        telegram.drained(PATIENCE)
        threading.Event().wait(3)
    finally:
        done.set()
        cutting.join()
    desk.settled()
    for card in cards.values():
        shown = "\n".join(post.shown for post in thread(slack, card))
        assert [shown.count(f"message {number:02}") for number in range(20)] == [1] * 20
        assert shown.index("message 01") < shown.index("message 19")
    assert [person.texts.count("the only reply") for person in people] == [1] * 10


def cut_connections(store_url: str, done: threading.Event) -> None:
    chance = random.Random(7)
    engine = connect(store_url)
    others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                  "AND pid <> pg_backend_pid() AND random() < 0.5")  # fmt: skip
    while not done.wait(chance.uniform(0.05, 0.4)):
        with engine.connect() as connection:
            connection.execute(others)
    engine.dispose()


# --- rows that make no sense --------------------------------------------------------------------------------------


def test_a_call_that_cannot_be_read_is_put_aside_and_its_lane_goes_on(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    now = datetime.now(UTC)
    with desk.store() as store, store.begin() as connection:
        lane = connection.scalars(select(OutboxRow.lane).where(OutboxRow.channel == "telegram").limit(1)).one()
        call = NewCall("telegram", lane, str(ada.id), "post", message.encode(Message(text="x")), now)
        (number,) = outbox.add(connection, store.cipher, [call], now)
        connection.execute(update(OutboxRow).where(OutboxRow.id == number).values(message_sealed=b"rubbish"))
    writes(slack, card, "&gt; the next reply")
    ada.wait_for("the next reply", PATIENCE)
    assert f"out:{number}\t" in desk.command("replay").stdout
    assert WEBHOOK_SECRET not in desk.log


def test_a_file_of_staff_arrives_though_the_desk_died_while_fetching_it(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    slack.faults.slow("download", 10, before=True)
    writes(slack, card, "&gt; your label", {"label.pdf": CONTENT})
    until(lambda: slack.calls_of("download"), "it is fetched")
    desk.restart()
    sees(slack, card, "Maybe delivered")
    presses(slack, card, "Retry")
    desk.settled()
    assert [bytes_in_telegram(telegram, shown) for shown in files_of(ada)] == [CONTENT]
