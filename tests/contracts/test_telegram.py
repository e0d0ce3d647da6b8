"""What Telegram alone does, over the local Bot API."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.channels import Call, FileUnavailable, Op, OutcomeUnknown, Refused, Sent, TryLater
from bot.channels.telegram import TelegramChannel
from handlers.events import Blocked, Edited, FileKind, FileRef, Pressed, SharedContact, Unsupported
from handlers.message import Button, Key, Message
from tests.contracts.rigs import Inbox, until
from tests.contracts.rigs.telegram import SECRET, TelegramRig, polling, webhook
from tests.wire.telegram import TelegramServer

TOKEN = "4242424242:wire-bot-token"
MEGABYTE = 1024 * 1024


@pytest_asyncio.fixture
async def rig() -> AsyncIterator[TelegramRig]:
    async with polling() as opened:
        yield opened


@pytest_asyncio.fixture
async def called() -> AsyncIterator[TelegramRig]:
    async with webhook() as opened:
        yield opened


def call(rig: TelegramRig, message: Message, op: Op = "post", **more: Any) -> Call:
    return Call(**{"outbox_id": 7, "op": op, "account": rig.account, "place": rig.place, "message": message, **more})


def files(*kinds: FileKind) -> tuple[FileRef, ...]:
    return tuple(FileRef("store", str(number), f"{kind}-{number}.bin", kind=kind) for number, kind in enumerate(kinds))


async def send(rig: TelegramRig, message: Message, *data: bytes) -> Sent:
    return await rig.channel.perform(call(rig, message, "file" if data else "post", files=data))


async def refused(rig: TelegramRig, description: str, *, code: int = 400, method: str = "sendMessage") -> Exception:
    """What a call ends with when Telegram says this."""
    rig.faults.error(method, description, code=code)
    with pytest.raises((Refused, TryLater, OutcomeUnknown)) as caught:
        await send(rig, Message(text="hello"))
    return caught.value


# --- what a customer does -----------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_everything_a_customer_can_send_comes_in(rig: TelegramRig) -> None:
    ada = rig.ada
    for sends in (ada.sends_photo, ada.sends_voice, ada.sends_video, ada.sends_video_note, ada.sends_sticker):
        sends()
    ada.sends_location()
    ada.sends_contact()
    ada.sends_unknown_kind("hologram")
    ada.sends_album()
    await until(lambda: len(rig.inbox.stored) == 10)
    said: list[Any] = rig.inbox.said()
    assert [file.kind for one in said for file in one.files] == [
        "photo", "voice", "video", "video_note", "sticker", "photo", "photo",
    ]  # fmt: skip
    assert SharedContact("Ada", "+491701234567", rig.place) in said[6].extras
    assert said[7].extras == (Unsupported("hologram"),)
    assert len({arrival.group for arrival in rig.inbox.stored.values()} - {None}) == 1


@pytest.mark.asyncio
async def test_edits_and_blocks_come_in(rig: TelegramRig) -> None:
    rig.ada.edits(rig.ada.says("wet"), "very wet")
    rig.ada.blocks()
    await until(lambda: len(rig.inbox.stored) == 3)
    _, edited, blocked = [arrival.event for arrival in rig.inbox.stored.values()]
    assert isinstance(edited, Edited)
    assert edited.text == "very wet"
    assert isinstance(blocked, Blocked)
    assert blocked.blocked


@pytest.mark.asyncio
async def test_unknown_fields_and_kinds_do_no_harm(rig: TelegramRig) -> None:
    rig.telegram.extra_fields = {"mood": {"sunny": True}}
    rig.telegram.push({"message": {"chat": {"type": "private"}, "date": "yesterday"}})
    rig.telegram.push({"message": "not a message"})
    rig.ada.says("still here", shimmer=3)
    await until(lambda: rig.inbox.texts() == ["still here"])
    await until(rig.acknowledged)


@pytest.mark.asyncio
async def test_a_pressed_button_comes_in_and_is_answered(rig: TelegramRig) -> None:
    await send(rig, Message(text="Was it helpful?", buttons=(Button("Yes", "rate", "7:5"),)))
    pressed = rig.ada.presses("Yes")
    await until(lambda: pressed.answer)  # type: ignore[union-attr]
    (arrival,) = rig.inbox.stored.values()
    assert isinstance(arrival.event, Pressed)
    assert (arrival.event.action, arrival.event.ref) == ("rate", "7:5")


@pytest.mark.asyncio
async def test_a_button_that_cannot_be_answered_holds_nothing_up(rig: TelegramRig) -> None:
    rig.faults.error("answerCallbackQuery", "Bad Request: query is too old", times=None)
    await send(rig, Message(text="Was it helpful?", buttons=(Button("Yes", "rate", "5"),)))
    rig.ada.presses("Yes")
    rig.ada.says("next")
    await until(lambda: rig.inbox.texts() == ["next"])
    await until(rig.acknowledged)


@pytest.mark.asyncio
async def test_a_jump_of_the_update_ids_loses_nothing(rig: TelegramRig) -> None:
    rig.says("before")
    await until(rig.acknowledged)
    rig.telegram.skip_ids(-500_000)
    rig.says("after")
    await until(lambda: rig.inbox.texts() == ["before", "after"])


# --- polling ------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["http_error", "rate_limit", "cut_before", "cut_after"])
async def test_polling_goes_on_after_every_failure(rig: TelegramRig, kind: Any) -> None:
    rig.says("first")
    await until(rig.acknowledged)
    times = 1 if kind == "cut_after" else 3  # Telegram holds a poll that brings nothing before it cuts it
    fault = getattr(rig.faults, kind)("getUpdates", times=times)
    rig.says("wake the poll that is open")
    await until(lambda: fault.hits == times)
    rig.says("last")
    await until(lambda: rig.inbox.texts()[-1:] == ["last"])
    assert len(rig.inbox.stored) == 3


@pytest.mark.asyncio
async def test_a_second_poller_is_named_in_the_log(rig: TelegramRig, caplog: pytest.LogCaptureFixture) -> None:
    rig.faults.error("getUpdates", "Conflict: terminated by other getUpdates request", code=409)
    rig.says("wake the poll that is open")
    await until(lambda: "another program polls" in caplog.text)
    rig.says("and on")
    await until(lambda: "and on" in rig.inbox.texts())


@pytest.mark.asyncio
async def test_a_webhook_in_the_way_of_polling_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with polling() as rig:
        async with aiohttp.ClientSession() as session:
            await session.post(f"{rig.telegram.base_url}{TOKEN}/setWebhook", json={"url": "http://127.0.0.1:9/"})
        await until(lambda: "deleteWebhook" in caplog.text)
        assert rig.telegram.webhook_url  # and it is left as it is


@pytest.mark.asyncio
async def test_a_wrong_token_is_said_and_stops_nothing_else() -> None:
    with TelegramServer() as telegram:
        channel = TelegramChannel("1:wrong", receive=Inbox().receive, base_url=telegram.url)
        await channel.start()
        await until(lambda: channel.trouble)
        assert "@BotFather" in channel.trouble
        await channel.stop()


@pytest.mark.asyncio
async def test_a_refused_token_is_tried_again(
    rig: TelegramRig, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.channel._REFUSED_PAUSE", 0.3)
    rig.faults.error("getUpdates", "Unauthorized", code=401)
    rig.says("wake the poll that is open")
    await until(lambda: rig.channel.trouble)
    assert "TELEGRAM_BOT_TOKEN" in rig.channel.trouble
    assert "TELEGRAM_BOT_TOKEN" in caplog.text
    rig.says("and on")
    await until(lambda: "and on" in rig.inbox.texts())
    await until(lambda: not rig.channel.trouble)


@pytest.mark.asyncio
async def test_the_token_is_in_no_log_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with polling() as rig:
            rig.faults.cut_before("setMyCommands")
            rig.says("hello")
            await until(rig.acknowledged)
            await send(rig, Message(text="hello"))
    assert TOKEN not in caplog.text
    assert "wire-bot-token" not in caplog.text


@pytest.mark.asyncio
async def test_the_menu_is_set_and_its_failure_is_not_fatal() -> None:
    with TelegramServer() as telegram:
        telegram.faults.http_error("setMyCommands")
        inbox = Inbox()
        channel = TelegramChannel(telegram.token, receive=inbox.receive, base_url=telegram.url, back_off=(0.01,))
        await channel.start()
        telegram.user().says("hello")
        await until(inbox.said)
        await channel.stop()
        await channel.start()
        await until(lambda: len(telegram.chats.commands) == 7)
        await channel.stop()
        for menu in telegram.chats.commands.values():
            assert [one["command"] for one in menu] == ["start", "help", "link", "language", "privacy", "stop"]
        (german,) = (menu for key, menu in telegram.chats.commands.items() if '"de"' in key)
        assert german[3]["description"] == "Die Sprache der Antworten wählen"


# --- the webhook --------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_webhook_is_set_with_its_secret_and_drops_nothing(called: TelegramRig) -> None:
    (made,) = called.telegram.calls_of("setWebhook")
    assert made.args["secret_token"] == SECRET
    assert made.args["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert "drop_pending_updates" not in made.args


@pytest.mark.asyncio
async def test_the_webhook_is_set_again_until_it_is_set() -> None:
    with TelegramServer() as telegram:
        fault = telegram.faults.http_error("setWebhook", times=2)
        options: Any = {"mode": "webhook", "webhook_url": "http://127.0.0.1:9/hook", "webhook_secret": SECRET}
        channel = TelegramChannel(
            telegram.token, receive=Inbox().receive, base_url=telegram.url, back_off=(0.01,), **options
        )
        await channel.start()
        await until(lambda: telegram.webhook_url)
        await channel.stop()
        assert (fault.hits, telegram.webhook_url) == (2, "http://127.0.0.1:9/hook")


@pytest.mark.asyncio
@pytest.mark.parametrize("secret", [None, "", "not-the-secret", SECRET[:-1], SECRET + "x", "geheimniß", "\udcff"])
async def test_a_webhook_call_without_the_secret_is_turned_away(called: TelegramRig, secret: str | None) -> None:
    update = json.dumps({"update_id": 1, "message": {"text": "forged"}}).encode()
    assert await called.channel.take_webhook(secret, update) == 401
    assert not called.inbox.handed


@pytest.mark.asyncio
async def test_an_impostor_gets_nothing_in(called: TelegramRig) -> None:
    forged = called.telegram.forge({"message": {"text": "forged"}}, secret=None)
    assert (await asyncio.wrap_future(forged)).status == 401
    assert not called.inbox.handed


@pytest.mark.asyncio
@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"7", b"[" * 100_000])
async def test_a_webhook_call_that_is_no_update_is_bad(called: TelegramRig, body: bytes) -> None:
    assert await called.channel.take_webhook(SECRET, body) == 400


@pytest.mark.asyncio
async def test_a_webhook_call_that_was_not_stored_is_not_acknowledged(called: TelegramRig) -> None:
    called.inbox.failures = 1
    message = {"message_id": 1, "date": 1_760_000_000, "chat": {"id": 7, "type": "private"}, "text": "hello"}
    update = json.dumps({"update_id": 1, "message": message}).encode()
    assert await called.channel.take_webhook(SECRET, update) == 503
    assert await called.channel.take_webhook(SECRET, update) == 200
    assert called.inbox.texts() == ["hello"]


@pytest.mark.asyncio
async def test_broken_characters_come_in_replaced(called: TelegramRig) -> None:
    head = b'{"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": '
    assert await called.channel.take_webhook(SECRET, head + b'"caf\xe9 \\ud83d"}}') == 200
    assert called.inbox.texts() == ["caf\ufffd \ufffd"]


@pytest.mark.parametrize("secret", ["", "has space", "ünicode", "x" * 257, "line\n"])
def test_a_webhook_without_a_proper_secret_is_not_built(secret: str) -> None:
    with pytest.raises(ValueError, match="TELEGRAM_WEBHOOK_SECRET"):
        TelegramChannel(
            TOKEN, receive=Inbox().receive, mode="webhook", webhook_url="https://shop.example", webhook_secret=secret
        )


@pytest.mark.parametrize("token", ["", "no-colon", "abc:def", ":x", "7:", "7: x"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        TelegramChannel(token, receive=Inbox().receive)


# --- what the desk sends ------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["photo", "voice", "video_note", "video", "audio", "animation", "sticker", "document"])
async def test_a_file_is_sent_as_what_it_is(rig: TelegramRig, kind: FileKind) -> None:
    await send(rig, Message(text="look", files=files(kind)), b"data")
    (shown,) = rig.ada.inbox
    assert (shown.kind, rig.posts()[0].files) == (kind, (b"data",))


@pytest.mark.asyncio
async def test_a_caption_has_looks_and_buttons(rig: TelegramRig) -> None:
    await send(rig, Message(title="Invoice", files=files("document"), buttons=(Button("Ok", "ok"),)), b"data")
    (shown,) = rig.ada.inbox
    assert (shown.text, shown.buttons) == ("Invoice", ["Ok"])
    assert shown.entities == [{"type": "bold", "offset": 0, "length": 7}]


@pytest.mark.asyncio
async def test_photos_go_as_an_album(rig: TelegramRig) -> None:
    sent = await send(rig, Message(title="Two views", files=files("photo", "photo")), b"one", b"two")
    first, second = rig.ada.inbox
    assert sent.platform_id == str(first.message_id)
    assert first.raw["media_group_id"] == second.raw["media_group_id"]
    assert (first.text, second.text) == ("Two views", "")
    assert [post.files for post in rig.posts()] == [(b"one",), (b"two",)]


@pytest.mark.asyncio
async def test_photos_and_videos_share_an_album(rig: TelegramRig) -> None:
    await send(rig, Message(files=files("photo", "video")), b"one", b"two")
    assert [shown.kind for shown in rig.ada.inbox] == ["photo", "video"]


@pytest.mark.asyncio
async def test_an_album_of_other_kinds_goes_as_documents(rig: TelegramRig) -> None:
    await send(rig, Message(files=files("photo", "document", "voice")), b"one", b"two", b"three")
    assert [(shown.kind, post.files) for shown, post in zip(rig.ada.inbox, rig.posts(), strict=True)] == [
        ("document", (b"one",)),
        ("document", (b"two",)),
        ("document", (b"three",)),
    ]


@pytest.mark.asyncio
async def test_a_photo_of_more_than_10_mb_goes_as_a_document(rig: TelegramRig) -> None:
    await send(rig, Message(files=files("photo")), b"x" * (10 * MEGABYTE + 1))
    assert rig.ada.inbox[0].kind == "document"


@pytest.mark.asyncio
async def test_a_photo_that_telegram_does_not_like_goes_as_a_document(rig: TelegramRig) -> None:
    rig.faults.error("sendPhoto", "Bad Request: PHOTO_INVALID_DIMENSIONS")
    await send(rig, Message(files=files("photo")), b"a long panorama")
    assert (rig.ada.inbox[0].kind, rig.posts()[0].files) == ("document", (b"a long panorama",))


@pytest.mark.asyncio
async def test_a_file_of_more_than_50_mb_is_refused_before_it_is_sent(rig: TelegramRig) -> None:
    with pytest.raises(Refused, match="50 MB"):
        await send(rig, Message(files=files("video")), bytes(50 * MEGABYTE + 1))
    assert not rig.telegram.calls_of("sendVideo")


@pytest.mark.asyncio
async def test_a_file_of_30_mb_cannot_be_fetched_and_says_so(rig: TelegramRig) -> None:
    rig.ada.sends_video(size=30 * MEGABYTE)
    await until(rig.inbox.said)
    (file,) = rig.inbox.said()[0].files
    for known in (file, FileRef("telegram", file.id, file.name)):  # with and without its size
        with pytest.raises(FileUnavailable, match="20 MB"):
            await rig.channel.fetch(known)
    assert len(rig.telegram.calls_of("getFile")) == 1


@pytest.mark.asyncio
async def test_a_file_that_is_gone_is_unavailable(rig: TelegramRig) -> None:
    with pytest.raises(FileUnavailable, match="send it again"):
        await rig.channel.fetch(FileRef("telegram", "gone", "a.pdf"))


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [404, 410])
async def test_a_file_that_is_no_longer_there_is_not_taken_for_a_refused_token(rig: TelegramRig, status: int) -> None:
    rig.sends_file("receipt.pdf", b"content")
    await until(rig.inbox.said)
    (file,) = rig.inbox.said()[0].files
    rig.faults.http_error("download", status=status)
    with pytest.raises(FileUnavailable, match="send it again"):
        await rig.channel.fetch(file)


@pytest.mark.asyncio
@pytest.mark.parametrize("method", ["getFile", "download"])
@pytest.mark.parametrize("kind", ["http_error", "rate_limit", "cut_before", "cut_after"])
async def test_a_fetch_that_fails_is_tried_later(rig: TelegramRig, method: str, kind: str) -> None:
    rig.sends_file("a.pdf", b"data")
    await until(rig.inbox.said)
    (file,) = rig.inbox.said()[0].files
    getattr(rig.faults, kind)(method)
    with pytest.raises(TryLater):
        await rig.channel.fetch(file)
    assert await rig.channel.fetch(file) == b"data"


@pytest.mark.asyncio
async def test_links_are_not_previewed(rig: TelegramRig) -> None:
    await send(rig, Message(text="https://shop.example/7"))
    assert rig.telegram.calls_of("sendMessage")[0].args["link_preview_options"] == {"is_disabled": True}


@pytest.mark.asyncio
async def test_looks_that_telegram_cannot_parse_are_left_out(rig: TelegramRig) -> None:
    rig.faults.error("sendMessage", "Bad Request: can't parse entities: unsupported")
    await send(rig, Message(title="Order 7", text="on its way"))
    (shown,) = rig.ada.inbox
    assert (shown.text, shown.entities) == ("Order 7\n\non its way", [])


@pytest.mark.asyncio
async def test_a_blocked_bot_is_refused_as_blocked(rig: TelegramRig) -> None:
    rig.ada.blocks()
    with pytest.raises(Refused, match="blocked the bot") as caught:
        await send(rig, Message(text="hello"))
    assert caught.value.blocked
    rig.ada.unblocks()
    rig.ada.deletes_account()
    with pytest.raises(Refused, match="account was deleted") as caught:
        await send(rig, Message(text="hello"))
    assert caught.value.blocked


@pytest.mark.asyncio
async def test_an_edit_after_48_hours_is_refused_in_a_sentence(rig: TelegramRig) -> None:
    sent = await send(rig, Message(text="before"))
    rig.telegram.clock.advance(hours=49)
    for op in ("edit", "delete"):
        with pytest.raises(Refused, match="48 hours"):
            await rig.channel.perform(call(rig, Message(text="after"), op, target=sent.platform_id))


@pytest.mark.asyncio
async def test_a_caption_is_edited_too(rig: TelegramRig) -> None:
    message = Message(text="before", files=files("document"))
    sent = await send(rig, message, b"data")
    await rig.channel.perform(call(rig, Message(text="after", files=message.files), "edit", target=sent.platform_id))
    assert rig.ada.inbox[0].text == "after"


@pytest.mark.asyncio
@pytest.mark.parametrize("op", ["edit", "delete"])
@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
async def test_what_can_be_done_twice_is_tried_again(rig: TelegramRig, op: Op, kind: str) -> None:
    sent = await send(rig, Message(text="before"))
    getattr(rig.faults, kind)("editMessageText" if op == "edit" else "deleteMessage")
    change = call(rig, Message(text="after"), op, target=sent.platform_id)
    with pytest.raises(TryLater):
        await rig.channel.perform(change)
    assert await rig.channel.perform(change) == sent
    assert rig.ada.texts == (["after"] if op == "edit" else [])


@pytest.mark.asyncio
async def test_an_unreachable_telegram_was_never_reached(rig: TelegramRig) -> None:
    rig.telegram.stop()
    with pytest.raises(TryLater, match="could not be reached"):
        await send(rig, Message(text="hello"))


@pytest.mark.asyncio
async def test_nothing_was_sent_after_the_channel_stopped(rig: TelegramRig) -> None:
    await rig.channel.stop()
    with pytest.raises(TryLater):
        await send(rig, Message(text="hello"))


@pytest.mark.asyncio
async def test_an_answer_that_makes_no_sense_leaves_the_outcome_open(rig: TelegramRig) -> None:
    rig.faults.http_error("sendMessage", status=200)
    with pytest.raises(OutcomeUnknown):
        await send(rig, Message(text="hello"))


@pytest.mark.asyncio
async def test_two_chats_that_are_told_to_wait_mean_the_whole_bot(rig: TelegramRig) -> None:
    first = await refused_by_rate(rig, rig.place)
    again = await refused_by_rate(rig, rig.place)
    other = await refused_by_rate(rig, str(rig.telegram.user(first_name="Bob").id))
    assert [one.whole_account for one in (first, again, other)] == [False, False, True]


async def refused_by_rate(rig: TelegramRig, place: str) -> TryLater:
    rig.faults.rate_limit("sendMessage", retry_after=30)
    with pytest.raises(TryLater) as caught:
        await rig.channel.perform(call(rig, Message(text="hello"), place=place))
    return caught.value


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "message",
    [
        Message(),
        Message(text=" \n"),
        Message(text="x", buttons=(Button("x", "a", "r" * 70),)),
        Message(files=files("document", "document")),
        Message(text="x" * 5_000),
    ],
)
async def test_what_telegram_would_not_take_is_refused(rig: TelegramRig, message: Message) -> None:
    with pytest.raises(Refused) as caught:
        await rig.channel.perform(call(rig, message, files=(b"only one",) if message.files else ()))
    assert caught.value.reason


@pytest.mark.asyncio
async def test_a_whisper_and_a_target_that_is_no_number_are_refused(rig: TelegramRig) -> None:
    for op, target in (("whisper", "7"), ("edit", None), ("delete", "1700.01")):
        with pytest.raises(Refused):
            await rig.channel.perform(call(rig, Message(text="x"), op, target=target))  # type: ignore[arg-type]


@pytest.mark.asyncio
async def test_every_refusal_is_a_sentence(rig: TelegramRig) -> None:
    for description in (
        "Bad Request: chat not found",
        "Bad Request: SOMETHING_NEW",
        "Bad Request: message is too long",
    ):
        error = await refused(rig, description)
        assert isinstance(error, Refused)
        assert error.reason.endswith(".")
    error = await refused(rig, "Too Many Requests: retry after 9", code=429)  # with the wait in the words alone
    assert isinstance(error, TryLater)
    assert error.after == 9
    error = await refused(rig, "Unauthorized", code=401)
    assert isinstance(error, TryLater)
    assert error.whole_account


def test_the_port_alone_does_not_load_the_library() -> None:
    code = "import sys, bot.channels, bot.channels.telegram; sys.exit('telegram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- keys in place of the customer's keyboard ---------------------------------------------------------------------


KEYS = (Key("Share my phone number", shares_phone=True), Key("Never mind"))


@pytest.mark.asyncio
async def test_a_key_shares_the_customers_own_number(rig: TelegramRig) -> None:
    await send(rig, Message(text="Who are you?", keys=KEYS))
    assert rig.ada.keyboard == [["Share my phone number"], ["Never mind"]]
    rig.ada.presses("Share my phone number")
    await until(lambda: rig.inbox.said())
    (said,) = rig.inbox.said()
    assert said.extras == (SharedContact("Ada", "+491701234567", rig.place),)
    assert said.chat.user == rig.place


@pytest.mark.asyncio
async def test_a_key_without_more_says_its_label(rig: TelegramRig) -> None:
    await send(rig, Message(text="Who are you?", keys=KEYS))
    rig.ada.presses("Never mind")
    await until(lambda: rig.inbox.texts() == ["Never mind"])


@pytest.mark.asyncio
async def test_keys_stand_until_a_message_takes_them_away(rig: TelegramRig) -> None:
    rig.telegram.chats.chats[rig.ada.id].started = True
    await send(rig, Message(text="Who are you?", keys=KEYS))
    await send(rig, Message(text="Take your time"))
    assert rig.ada.keyboard
    await send(rig, Message(text="Thank you", takes_keys_away=True))
    assert rig.ada.keyboard == []


@pytest.mark.asyncio
async def test_a_message_in_parts_has_its_keys_below_the_last(rig: TelegramRig) -> None:
    parts = rig.channel.split(Message(text="word " * 2_000, keys=KEYS))
    assert [bool(part.keys) for part in parts] == [False, False, True]
    album = rig.channel.split(Message(files=files("photo", "photo"), takes_keys_away=True))
    assert [part.takes_keys_away for part in album] == [False, True]


@pytest.mark.asyncio
async def test_keys_and_buttons_do_not_stand_in_one_message(rig: TelegramRig) -> None:
    with pytest.raises(Refused, match="either buttons or keys"):
        await send(rig, Message(text="Who?", keys=KEYS, buttons=(Button("Yes", "rate", "5"),)))
