"""Every kind of update that Telegram sends, and those it does not send yet."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Message as TelegramMessage

from bot.channels.telegram import parse
from handlers import events
from handlers.events import (
    Arrival,
    Blocked,
    Chat,
    Edited,
    FileRef,
    Happened,
    Location,
    Pressed,
    Said,
    SharedContact,
    Unsupported,
)

Json = dict[str, Any]

BOT = "4242"
DATE = 1_760_000_000
AT = datetime.fromtimestamp(DATE, UTC)
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ADA = {
    "id": 77,
    "is_bot": False,
    "first_name": "Ada",
    "last_name": "Byron",
    "username": "ada",
    "language_code": "en-GB",
}
PRIVATE = {"id": 77, "type": "private", "first_name": "Ada", "last_name": "Byron", "username": "ada"}
CHAT = Chat("telegram", BOT, "77", "77", "Ada Byron", "ada", "en")
FILE = {"file_id": "F", "file_unique_id": "U", "file_size": 5}


def message(**own: Any) -> Json:
    return {"message_id": 9, "from": ADA, "chat": PRIVATE, "date": DATE, **own}


def arrival(update: Json) -> Arrival:
    found = parse({"update_id": 1, **update}, BOT, NOW)
    assert found is not None
    assert events.decode(events.encode(found.event)) == found.event
    return found


def said(**own: Any) -> Said:
    event = arrival({"message": message(**own)}).event
    assert isinstance(event, Said)
    return event


def file(kind: Any, name: str, mime: str) -> FileRef:
    return FileRef("telegram", "F", name, mime, 5, kind, BOT, "U")


def test_a_text_is_an_arrival_with_a_lane_and_an_id_of_its_own() -> None:
    event = Said(CHAT, "9", AT, "hello")
    assert arrival({"message": message(text="hello")}) == Arrival("telegram", "4242:1:9", "telegram:4242:77", event)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"voice": FILE}, file("voice", "voice.ogg", "audio/ogg")),
        ({"video_note": FILE}, file("video_note", "video-note.mp4", "video/mp4")),
        ({"video": FILE}, file("video", "video.mp4", "video/mp4")),
        ({"video": {**FILE, "file_name": "tea.mov", "mime_type": "video/quicktime"}},
         file("video", "tea.mov", "video/quicktime")),
        ({"audio": FILE}, file("audio", "audio.mp3", "audio/mpeg")),
        ({"audio": {**FILE, "performer": "Clara", "title": "Trio"}}, file("audio", "Clara - Trio.mp3", "audio/mpeg")),
        ({"animation": FILE, "document": {**FILE, "file_id": "D"}}, file("animation", "animation.mp4", "video/mp4")),
        ({"document": FILE}, file("document", "document", "application/octet-stream")),
        ({"document": {**FILE, "file_name": "a/b\\c\n.pdf", "mime_type": "application/pdf"}},
         file("document", "a_b_c_.pdf", "application/pdf")),
        ({"sticker": {**FILE, "emoji": "🙂"}}, file("sticker", "sticker-🙂.webp", "image/webp")),
        ({"sticker": {**FILE, "is_animated": True}}, file("sticker", "sticker.tgs", "application/x-tgsticker")),
        ({"sticker": {**FILE, "is_video": True}}, file("sticker", "sticker.webm", "video/webm")),
        ({"photo": [{**FILE, "width": 1280, "height": 960}, {**FILE, "file_id": "small", "width": 90, "height": 67}]},
         file("photo", "photo-U.jpg", "image/jpeg")),
    ],
)  # fmt: skip
def test_a_file_has_a_name_and_a_kind(own: Json, expected: FileRef) -> None:
    assert said(**own) == Said(CHAT, "9", AT, files=(expected,))


def test_a_caption_is_the_text_of_its_file() -> None:
    assert said(document=FILE, caption="my receipt").text == "my receipt"


def test_the_parts_of_an_album_share_a_group_and_a_lane() -> None:
    found = [
        parse({"update_id": number, "message": message(photo=[FILE], media_group_id="G")}, BOT) for number in (1, 2)
    ]
    assert [(one.group, one.lane) for one in found if one] == [("G", "telegram:4242:77")] * 2


@pytest.mark.parametrize(
    ("own", "extra"),
    [
        ({"location": {"latitude": 52.5, "longitude": 13}}, Location(52.5, 13.0)),
        (
            {"venue": {"location": {"latitude": 1.5, "longitude": 2.5}, "title": "Shop", "address": "Main St 1"},
             "location": {"latitude": 1.5, "longitude": 2.5}},
            Location(1.5, 2.5, "Shop, Main St 1"),
        ),
        ({"contact": {"phone_number": "+49170", "first_name": "Ada", "user_id": 77}},
         SharedContact("Ada", "+49170", "77")),
        ({"contact": {"phone_number": "+49170"}}, SharedContact("+49170", "+49170")),
        ({"dice": {"emoji": "🎲", "value": 4}}, Unsupported("dice")),
        ({"poll": {"id": "1", "question": "?"}}, Unsupported("poll")),
        ({"story": {"id": 1}}, Unsupported("story")),
        ({"hologram": {"depth": 3}}, Unsupported("hologram")),
        ({"photo": []}, Unsupported("photo")),
        ({"voice": {"file_id": 7}}, Unsupported("voice")),
        ({"location": {"latitude": "north"}}, Unsupported("location")),
        ({"location": {"latitude": float("nan"), "longitude": 10**400}}, Unsupported("location")),
        ({"text": 7}, Unsupported("message")),
        ({}, Unsupported("message")),
    ],
)  # fmt: skip
def test_what_is_no_text_and_no_file_is_an_extra(own: Json, extra: events.Extra) -> None:
    assert said(**own) == Said(CHAT, "9", AT, extras=(extra,))


def test_an_unknown_kind_with_a_caption_is_not_mistaken_for_a_text() -> None:
    assert said(paid_media={}, caption="look").extras == (Unsupported("paid media"),)


def test_unknown_fields_of_a_text_are_ignored() -> None:
    assert said(text="hello", shimmer=True, hologram={"depth": 3}) == Said(CHAT, "9", AT, "hello")


@pytest.mark.parametrize(
    ("own", "answers"),
    [
        ({"reply_to_message": message(text="Which colour?")}, "Which colour?"),
        ({"reply_to_message": message(text="Which colour? Red?"), "quote": {"text": "Red?"}}, "Red?"),
        ({"reply_to_message": message(photo=[FILE], caption="the box")}, "the box"),
        ({"reply_to_message": message(photo=[FILE])}, "photo"),
        ({"reply_to_message": message(hologram={})}, "hologram"),
        ({"reply_to_message": message(forum_topic_created={})}, ""),
        ({"external_reply": {"origin": {"type": "hidden_user", "sender_user_name": "Zed"}}, "quote": {"text": "no"}},
         "Zed: no"),
        ({"external_reply": {"origin": {"type": "channel", "chat": {"title": "News"}}, "poll": {}}}, "News: poll"),
        ({"reply_to_story": {"id": 1}}, "story"),
        ({"reply_to_message": "x", "quote": 7}, ""),
    ],
)  # fmt: skip
def test_an_answer_bears_the_words_it_answers(own: Json, answers: str) -> None:
    assert said(text="yes", **own) == Said(CHAT, "9", AT, "yes", answers=answers)


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ({"type": "user", "sender_user": {"id": 5, "first_name": "Zed", "last_name": "Z"}}, "Zed Z"),
        ({"type": "hidden_user", "sender_user_name": "Zed"}, "Zed"),
        ({"type": "chat", "sender_chat": {"title": "Tea friends"}}, "Tea friends"),
        ({"type": "channel", "chat": {"title": "News"}}, "News"),
        ({"type": "hologram"}, "somebody"),
    ],
)
def test_a_forwarded_text_says_whose_it_is(origin: Json, name: str) -> None:
    assert said(text="see this", forward_origin=origin) == Said(CHAT, "9", AT, "see this", forwarded_from=name)


#: what a customer does on purpose, whether or not the desk can show it
CONTENT = {
    *("animation", "audio", "checklist", "contact", "dice", "document", "game", "giveaway", "giveaway_winners"),
    *("invoice", "live_photo", "location", "paid_media", "passport_data", "photo", "poll", "refunded_payment"),
    *("sticker", "story", "successful_payment", "venue", "video", "video_note", "voice", "web_app_data"),
}
#: what says something about a message, and is none
ENVELOPE = {
    *("author_signature", "business_connection_id", "caption", "caption_entities", "direct_messages_topic"),
    *("edit_date", "effect_id", "entities", "external_reply", "forward_origin", "from_user", "guest_bot_caller_chat"),
    *("guest_bot_caller_user", "guest_query_id", "has_media_spoiler", "has_protected_content"),
    *("is_automatic_forward", "is_from_offline", "is_paid_post", "is_topic_message", "link_preview_options"),
    *("media_group_id", "message_thread_id", "paid_star_count", "quote", "reply_markup"),
    *("reply_to_checklist_task_id", "reply_to_message", "reply_to_poll_option_id", "reply_to_story"),
    *("sender_boost_count", "sender_business_bot", "sender_chat", "sender_tag", "show_caption_above_media"),
    *("suggested_post_info", "text", "via_bot"),
}
FIELDS = {name for name in TelegramMessage.__slots__ if not name.startswith("_")}


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_every_field_of_a_message_is_content_or_envelope_or_the_platforms_own_news(field: str) -> None:
    event = arrival({"message": message(**{"from" if field == "from_user" else field: {}})}).event
    if field in CONTENT:
        assert event == Said(CHAT, "9", AT, extras=(Unsupported(field.replace("_", " ")),))
    elif field in ENVELOPE:
        assert isinstance(event, Said)
        assert event.extras == (Unsupported("message"),)
    else:
        assert event == Happened(CHAT, "9", AT, field.replace("_", " "))


def test_a_live_photo_is_its_picture_and_its_film() -> None:
    assert [one.kind for one in said(photo=[FILE], live_photo=FILE).files] == ["photo", "video"]


def test_broken_characters_are_replaced() -> None:
    broken = json.loads(r'{"text": "half \ud83d and nul \u0000 and whole \ud83d\ude42"}')
    assert said(**broken).text == "half \ufffd and nul \ufffd and whole 🙂"


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ({"id": 77, "first_name": "Ada"}, ("Ada", None, None)),
        ({"id": 77, "username": "ada"}, ("ada", "ada", None)),
        ({"id": 77}, ("77", None, None)),
        ({"id": 77, "first_name": "Ada", "language_code": "pt-BR"}, ("Ada", None, "pt")),
        ({"id": 77, "first_name": "Ada", "language_code": "fil"}, ("Ada", None, None)),
    ],
)
def test_a_person_is_described_by_what_there_is(sender: Json, expected: tuple[str, str | None, str | None]) -> None:
    found = arrival({"message": message(text="x", chat={"id": 77, "type": "private"}, **{"from": sender})}).event
    assert isinstance(found, Said)
    assert (found.chat.name, found.chat.username, found.chat.language) == expected


@pytest.mark.parametrize(
    "own",
    [
        {"text": "better"},
        {"caption": "better", "document": FILE},
        {"photo": [FILE]},
        {"contact": {"phone_number": "1"}},
        {"text": "better", "reply_to_message": message(text="Which?"), "forward_origin": {"type": "user"}},
        {"dice": {}},
        {},
    ],
)
def test_an_edit_brings_all_that_the_message_would_bring(own: Json) -> None:
    edited, new = arrival({"edited_message": message(edit_date=DATE + 60, **own)}).event, said(**own)
    at = datetime.fromtimestamp(DATE + 60, UTC)
    assert edited == Edited(CHAT, "9", at, new.text, new.files, new.extras, new.answers, new.forwarded_from)


def test_a_moving_position_is_not_an_edit() -> None:
    moved = message(location={"latitude": 1.0, "longitude": 2.0}, edit_date=DATE)
    assert parse({"update_id": 1, "edited_message": moved}, BOT) is None


@pytest.mark.parametrize(
    ("data", "action", "ref"), [("claim:7", "claim", "7"), ("menu", "menu", ""), ("go:a:b", "go", "a:b")]
)
def test_a_pressed_button_says_what_it_means(data: str, action: str, ref: str) -> None:
    query = {"id": "q", "from": ADA, "message": message(**{"from": {"id": 4242}}), "data": data}
    found = arrival({"callback_query": query})
    assert (found.event, found.lane) == (Pressed(CHAT, "9", NOW, action, ref), "telegram:4242:77")


def test_a_button_on_a_message_that_telegram_no_longer_shows_still_works() -> None:
    old = {"message_id": 9, "chat": PRIVATE, "date": 0}
    event = arrival({"callback_query": {"id": "q", "from": ADA, "message": old, "data": "claim:7"}}).event
    assert event == Pressed(CHAT, "9", NOW, "claim", "7")


@pytest.mark.parametrize(("status", "blocked"), [("kicked", True), ("member", False)])
def test_who_blocks_the_bot_is_known(status: str, blocked: bool) -> None:
    change = {"chat": PRIVATE, "from": ADA, "date": DATE, "new_chat_member": {"status": status}}
    assert arrival({"my_chat_member": change}).event == Blocked(CHAT, AT, blocked)


def test_an_update_nobody_knows_from_a_private_chat_is_not_lost() -> None:
    event = arrival({"teleported_message": message(portal={}, text="hi")}).event
    assert event == Said(CHAT, "9", NOW, "hi", extras=(Unsupported("portal"),))


def test_long_album_ids_fit_the_store_and_differ() -> None:
    found = [
        parse({"update_id": 1, "message": message(photo=[FILE], media_group_id="g" * 200 + end)}, BOT) for end in "aab"
    ]
    groups = [one.group for one in found if one and one.group]
    assert [len(group) for group in groups] == [64] * 3
    assert len(set(groups)) == 2


def test_a_number_that_telegram_gives_again_is_another_update() -> None:
    ids = {arrival({"message": message(message_id=number, text="hi")}).source_id for number in (1, 2, 2)}
    assert ids == {"4242:1:1", "4242:1:2"}


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_groups_and_channels_are_none_of_the_desks_business(kind: str) -> None:
    there = {"id": -100, "type": kind, "title": "Friends of tea"}
    for update in ({"message": message(text="hi", chat=there)}, {"channel_post": message(text="hi", chat=there)}):
        assert parse({"update_id": 1, **update}, BOT) is None


@pytest.mark.parametrize(
    "update",
    [
        None,
        [],
        {},
        {"update_id": 1},
        {"update_id": "1", "message": message(text="x")},
        {"update_id": 1, "message": "x"},
        {"update_id": 1, "inline_query": {"id": "1", "from": ADA, "query": "x"}},
        {"update_id": 1, "message_reaction": {"chat": PRIVATE, "user": ADA}},
        {"update_id": 1, "business_message": message(text="between others")},
        {"update_id": 1, "callback_query": {"id": "q", "from": ADA, "inline_message_id": "i", "data": "x"}},
    ],
)
def test_what_no_customer_said_is_nothing(update: object) -> None:
    assert parse(update, BOT) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FULL = message(
    text="hi", caption="hi", photo=[FILE], voice=FILE, sticker={**FILE, "emoji": "🙂"}, document=FILE, audio=FILE,
    location={"latitude": 1.0, "longitude": 2.0}, contact={"phone_number": "1", "first_name": "A", "user_id": 7},
    venue={"title": "T", "address": "A"}, media_group_id="G", reply_to_message={"message_id": 3}, edit_date=DATE,
    message=message(), data="a:b", new_chat_member={"status": "kicked"},
)  # fmt: skip


@settings(max_examples=150)
@given(
    kind=st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "something_new"]),
    broken=st.dictionaries(st.sampled_from(sorted(set(FULL) - {"chat"})), JSON),
    gone=st.sets(st.sampled_from(sorted(set(FULL) - {"chat", "message", "location"}))),
    received=st.none() | st.just(NOW),
)
def test_nothing_from_a_private_chat_is_lost_however_broken(
    kind: str, broken: Json, gone: set[str], received: datetime | None
) -> None:
    body = {key: value for key, value in {**FULL, **broken}.items() if key not in gone}
    if kind == "callback_query":
        body["message"] = message()
    if kind == "edited_message":
        del body["location"]
    found = parse({"update_id": 5, kind: body}, BOT, received)
    assert found is not None
    assert found.source_id.startswith("4242:5:")
    assert events.decode(events.encode(found.event)) == found.event


@given(JSON)
def test_no_json_at_all_raises(anything: object) -> None:
    parse(anything, BOT)
    parse({"update_id": 1, "message": anything, "callback_query": anything, "x": anything}, BOT)
