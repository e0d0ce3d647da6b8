"""Whatever is wrong, forged or hostile ends in a clear sentence or a safe result, and nothing is lost."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_store.schema import InboxRow
from tests.end_to_end.conftest import NewDesk
from tests.end_to_end.desk import PATIENCE, ROOT, WEBHOOK_SECRET, RunningDesk, until
from tests.end_to_end.people import card_of, sees, thread, writes
from tests.wire.server import Json
from tests.wire.slack import SlackMessage, SlackServer
from tests.wire.telegram import TelegramServer, TelegramUser

HEADER = "X-Telegram-Bot-Api-Secret-Token"


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


# --- configuration and tokens -------------------------------------------------------------------------------------


def test_an_unknown_key_ends_the_start_with_one_sentence_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text("desk: {undo_secnds: 5}\n")
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "run", "--config", str(file)],
        capture_output=True, text=True, cwd=ROOT, env=dict(os.environ), timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "desk.undo_secnds" in ended.stderr
    assert "undo_seconds" in ended.stderr


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("TELEGRAM_BOT_TOKEN", "4242424242:revoked", "Telegram does not accept TELEGRAM_BOT_TOKEN"),
        ("SLACK_BOT_TOKEN", "xoxb-revoked", "Slack does not answer for the bot token (invalid_auth)"),
        ("SLACK_APP_TOKEN", "xapp-revoked", "Slack's Socket Mode cannot be opened (invalid_auth)"),
    ],
)
def test_a_wrong_token_leaves_the_desk_up_and_is_named_in_the_log_and_by_the_doctor(
    sqlite_url: str, new_desk: NewDesk, variable: str, value: str, words: str
) -> None:
    desk = new_desk(sqlite_url, started=False, environment={variable: value})
    desk.begin()
    desk.wait_log(words)
    until(lambda: desk.get("/healthz").status == 200, "the desk answers")
    assert desk.is_alive
    assert "Traceback" not in desk.log
    assert value not in desk.log
    found = json.loads(desk.command("doctor", "--json").stdout)
    bad = [each["what"] + (each["mend"] or "") for each in found["findings"] if each["level"] == "bad"]
    assert any(variable in each for each in bad), bad


def test_what_waits_for_a_token_leaves_when_it_is_there(
    sqlite_url: str, new_desk: NewDesk, slack: SlackServer, ada: TelegramUser
) -> None:
    right, slack.bot_token = slack.bot_token, "xoxb-another"
    desk = new_desk(sqlite_url, started=False, environment={"SLACK_BOT_TOKEN": right})
    desk.begin()
    ada.says("The blue jacket arrived torn")
    ada.wait_for("is with our team", PATIENCE)
    slack.until(lambda: slack.calls_of("chat.postMessage"), PATIENCE, "the card is tried")
    slack.bot_token = right
    desk.restart()
    with desk.store() as store, store.begin() as connection:  # the five minutes to its next try are over
        connection.exec_driver_sql("UPDATE outbox SET not_before = 0 WHERE state = 'queued'")
    sees(slack, card_of(slack, "Ada"), "arrived torn")


# --- what is too large, too long, or no text ----------------------------------------------------------------------


def test_a_file_too_large_to_fetch_is_said_to_both_sides(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    ada.sends_document("film.mov", b"x", size=30_000_000)
    sees(slack, card, "film.mov” (30 MB), which is too large")
    ada.wait_for("film.mov” is too large", PATIENCE)
    ada.says("and this one?")
    sees(slack, card, "and this one?")


def test_a_file_of_thirty_megabytes_reaches_the_customer_whole(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    content = os.urandom(1_000_000) * 30
    writes(slack, card, "&gt; the manual", {"manual.pdf": content})
    desk.settled()
    (file,) = [shown.file for shown in ada.inbox if shown.file]
    assert telegram.chats.contents[telegram.chats.files[file["file_id"]]["file_path"]] == content


def test_ten_thousand_characters_arrive_whole_both_ways(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    words = " ".join(f"word{number:04}" for number in range(1_111))
    assert len(words) == 9_998
    writes(slack, card, f"&gt; {words}")
    # customers' own messages end at 4,096 characters; the Bot API does not promise it
    ada.says(words)
    desk.settled()
    assert " ".join(ada.texts[1:]) == words
    shown = " ".join(post.shown for post in thread(slack, card))
    assert [shown.count(f"word{number:04}") for number in range(1_111)] == [1] * 1_111


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_halves_of_characters_and_broken_bytes_stop_nothing(
    sqlite_url: str, new_desk: NewDesk, slack: SlackServer, ada: TelegramUser, mode: str
) -> None:
    desk = new_desk(sqlite_url, telegram={"mode": mode})
    ada.says("torn \ud83d and \x00 and \ufffe")
    card = card_of(slack, "Ada")
    sees(slack, card, "torn")
    if mode == "webhook":
        person = {"id": ada.id, "is_bot": False, "first_name": "Ada"}
        said = {"message_id": 9, "date": 1, "text": "wet ??", "chat": {"id": ada.id, "type": "private"}, "from": person}
        raw = json.dumps({"update_id": 9, "message": said}).encode().replace(b"??", b"\xff\xfe")
        assert desk.send("POST", "/telegram/webhook", raw, secret()).status == 200
        sees(slack, card, "wet")
        for rubbish in (b"", b"[]", b"{", b"\xff", b"null"):
            assert desk.send("POST", "/telegram/webhook", rubbish, secret()).status == 400
    ada.says("still there?")
    sees(slack, card, "still there?")
    assert slack.posts("#alerts") == []


def test_updates_with_fields_and_kinds_nobody_knows_are_taken(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, card: SlackMessage, ada: TelegramUser
) -> None:
    telegram.extra_fields = {"from_the_future": {"deep": [1, {"x": None}]}}
    telegram.push({"teleported": {"to": "Mars"}})
    telegram.push({"message": {"message_id": "no number", "chat": None}})
    telegram.push({"message": []})
    telegram.skip_ids()
    ada.says("one more thing", another_field={"a": 1})
    sees(slack, card, "one more thing")
    desk.settled()
    assert slack.posts("#alerts") == []
    assert "Traceback" not in desk.log


# --- hostile words ------------------------------------------------------------------------------------------------

HOSTILE = {
    "a call to everybody": "<!channel> <!here> @channel torn",
    "a mention": "<@U0123456> <#C0123456|tickets> torn",
    "a disguised link": "<https://evil.example|https://bank.example> torn",
    "HTML": "<b>torn</b> &lt;i&gt; &amp;amp; <script>alert(1)</script>",
    "markup": "*torn* _x_ ~y~ `z` ```code``` > quote :rotating_light:",
    "right to left": "torn \u202egnp.exe\u202c \u2066x\u2069 \u200f",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_customers_words_stay_words_for_staff(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, kind: str
) -> None:
    eve = telegram.user(first_name=f"Eve {HOSTILE[kind]}"[:60])
    eve.says(HOSTILE[kind])
    slack.until(lambda: slack.messages("#tickets", top=True), PATIENCE, "the card")
    desk.settled()
    for post in slack.posts("#tickets"):
        assert "<!" not in post.text
        assert "<@" not in post.text
        assert not any("<!" in one or "<@" in one or "<https:" in one for one in markdown(post.blocks))
        assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068") & set(post.shown + post.text)
    assert slack.posts("#alerts") == []


def markdown(blocks: object) -> list[str]:
    """The texts of blocks that Slack reads as markup."""
    if isinstance(blocks, list):
        return [text for one in blocks for text in markdown(one)]
    if not isinstance(blocks, dict):
        return []
    if blocks.get("type") == "mrkdwn":
        return [str(blocks["text"])]
    return [text for one in blocks.values() for text in markdown(one)]


def test_staffs_words_reach_the_customer_as_they_were_typed(
    desk: RunningDesk, slack: SlackServer, card: SlackMessage, ada: TelegramUser
) -> None:
    typed = "<b>not bold</b> & *stars* [link](https://x.example) https://shop.example/a?b=1&c=2 \u202eשלום"
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    writes(slack, card, f"&gt; {escaped}")
    desk.settled()
    assert ada.texts[1:] == [typed]


# --- forged requests ----------------------------------------------------------------------------------------------


def secret(value: str = WEBHOOK_SECRET) -> dict[str, str]:
    return {HEADER: value, "Content-Type": "application/json"}


WRONG_SECRETS: dict[str, dict[str, str]] = {
    "none": {},
    "another": secret("not-the-secret"),
    "empty": secret(""),
    "long": secret("x" * 10_000),
    "not ASCII": secret("schlüssel"),
}


@pytest.mark.parametrize("headers", WRONG_SECRETS.values(), ids=WRONG_SECRETS)
def test_the_webhook_takes_nothing_without_its_secret(
    sqlite_url: str, new_desk: NewDesk, ada: TelegramUser, headers: Mapping[str, str]
) -> None:
    desk = new_desk(sqlite_url, telegram={"mode": "webhook"})
    said = {"message_id": 1, "date": 1, "text": "x", "chat": {"id": ada.id, "type": "private"}}
    update = json.dumps({"update_id": 1, "message": said}).encode()
    assert desk.send("POST", "/telegram/webhook", update, headers).status == 401
    assert stored(desk) == 0


def test_slack_requests_that_slack_did_not_sign_just_now_are_refused(
    sqlite_url: str, new_desk: NewDesk, slack: SlackServer, ada: TelegramUser
) -> None:
    desk = new_desk(sqlite_url, started=False, slack={"mode": "http"})
    slack.send_events_to(f"{desk.url}/slack/events")
    desk.start()
    ada.says("The blue jacket arrived torn")
    card = card_of(slack, "Ada")
    desk.settled()
    before = stored(desk)
    said: Json = {"type": "message", "user": "U1", "text": "&gt; forged", "thread_ts": card.ts, "ts": "1.2"}
    said["channel"] = card.channel
    body = slack.event_body(said)
    wrong: Json = {"X-Slack-Signature": "v0=é", "X-Slack-Request-Timestamp": "soon"}
    for forged in ({"signed": False}, {"secret": "another"}, {"age": 301.0}, {"age": -301.0}, {"headers": wrong}):
        assert slack.send_http(body, **forged).result(PATIENCE).status == 401, forged
    for rubbish in (b"\xff\xfe", b"{", b"[]"):
        assert slack.send_http(rubbish).result(PATIENCE).status in (400, 401)
    assert "wire-challenge" in slack.verify_url().result(PATIENCE).body
    assert stored(desk) == before
    assert "forged" not in "".join(ada.texts)
    assert slack.send_http(slack.event_body({**said, "text": "&gt; signed"})).result(PATIENCE).status == 200
    ada.wait_for("signed", PATIENCE)


def stored(desk: RunningDesk) -> int:
    with desk.store() as store, store.read() as connection:
        return len(connection.scalars(select(InboxRow.id).where(InboxRow.channel != "delivery")).all())
