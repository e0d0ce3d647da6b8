"""Telegram's updates as events: pure, and total over whatever JSON arrives."""

import hashlib
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from handlers.events import (
    Arrival,
    Blocked,
    Chat,
    Edited,
    Extra,
    FileKind,
    FileRef,
    FromCustomer,
    Happened,
    Location,
    Pressed,
    Said,
    SharedContact,
    Unsupported,
)

Json = dict[str, Any]

#: update kinds that are about no message of a customer to the desk
# fmt: off
_NOT_FOR_THE_DESK = frozenset({
    "business_connection", "business_message", "edited_business_message", "deleted_business_messages",
    "channel_post", "edited_channel_post", "message_reaction", "message_reaction_count", "inline_query",
    "chosen_inline_result", "poll", "poll_answer", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost"
})
# fmt: on

#: what every message may bear beside that which it is
# fmt: off
_ENVELOPE = frozenset({
    "message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat", "sender_boost_count",
    "sender_business_bot", "business_connection_id", "date", "chat", "forward_origin", "forward_from",
    "forward_from_chat", "forward_from_message_id", "forward_signature", "forward_sender_name", "forward_date",
    "is_topic_message", "is_automatic_forward", "reply_to_message", "reply_to_checklist_task_id", "external_reply",
    "quote", "reply_to_story", "via_bot", "edit_date", "has_protected_content", "is_from_offline", "is_paid_post",
    "media_group_id", "author_signature", "paid_star_count", "entities", "link_preview_options",
    "suggested_post_info", "effect_id", "sender_tag", "reply_to_poll_option_id", "caption", "caption_entities",
    "show_caption_above_media", "has_media_spoiler", "reply_markup", "text", "guest_bot_caller_user",
    "guest_bot_caller_chat", "guest_query_id",
    # of a message of another chat that is answered
    "origin"
})
# fmt: on

#: what Telegram tells of the chat; payments and what a form sends are left out: those are the customer's doing
# fmt: off
_SERVICE = frozenset({
    "boost_added", "channel_chat_created", "chat_background_set", "chat_owner_changed", "chat_owner_left",
    "chat_shared", "checklist_tasks_added", "checklist_tasks_done", "connected_website", "delete_chat_photo",
    "direct_message_price_changed", "forum_topic_closed", "forum_topic_created", "forum_topic_edited",
    "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden", "gift",
    "gift_upgrade_sent", "giveaway_completed", "giveaway_created", "group_chat_created", "left_chat_member",
    "managed_bot_created", "message_auto_delete_timer_changed", "migrate_from_chat_id", "migrate_to_chat_id",
    "new_chat_members", "new_chat_photo", "new_chat_title", "paid_message_price_changed", "pinned_message",
    "poll_option_added", "poll_option_deleted", "proximity_alert_triggered", "suggested_post_approval_failed",
    "suggested_post_approved", "suggested_post_declined", "suggested_post_paid", "suggested_post_refunded",
    "supergroup_chat_created", "unique_gift", "user_shared", "users_shared", "video_chat_ended",
    "video_chat_participants_invited", "video_chat_scheduled", "video_chat_started", "write_access_allowed"
})
# fmt: on

#: a message's own field, the name of a file that has none, its type; an animation bears a `document` too, so it is
#: looked for before
_FILES: tuple[tuple[FileKind, str, str], ...] = (
    ("voice", "voice.ogg", "audio/ogg"),
    ("video_note", "video-note.mp4", "video/mp4"),
    ("animation", "animation.mp4", "video/mp4"),
    ("video", "video.mp4", "video/mp4"),
    ("audio", "audio.mp3", "audio/mpeg"),
    ("document", "document", "application/octet-stream"),
)

#: a longer id is told apart by its digest, which is just as long
_LONGEST_ID = 64

_NEVER = datetime.fromtimestamp(0, UTC)
_BROKEN = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")
_NOT_IN_NAMES = dict.fromkeys((*range(32), 0x7F, ord("/"), ord("\\")), "_")


def parse(update: object, account: str, received: datetime | None = None) -> Arrival | None:
    """What an update says, None when it is nothing a customer told the desk. Never raises.

    `account` is the bot's id; `received` dates what Telegram does not date, such as a pressed button.
    """
    update = _object(update)
    number = _integer(update.get("update_id"))
    if number is None:
        return None
    for kind, body in update.items():
        if kind not in _NOT_FOR_THE_DESK and isinstance(body, dict) and (found := _of(kind, body, account, received)):
            return _arrival(found, f"{account}:{number}:{_own_id(body)}", body)
    return None


def _own_id(body: Json) -> str:
    """What tells two updates of one number apart: after an idle week Telegram may count from a number it gave before.

    A message has its id, a pressed button its query's, a membership only its time.
    """
    return next(filter(None, (_identifier(body.get(key)) for key in ("message_id", "id", "date"))), "")


def _of(kind: str, body: Json, account: str, received: datetime | None) -> FromCustomer | None:
    holder = _object(body.get("message")) if kind == "callback_query" else body
    chat = _chat(_object(holder.get("chat")), _object(body.get("from")), account)
    if chat is None:
        return None
    return _READERS.get(kind, _strange)(chat, body, received or _time(holder.get("date")) or _NEVER)


def _arrival(event: FromCustomer, source_id: str, body: Json) -> Arrival:
    chat = event.chat
    group = _identifier(body.get("media_group_id")) if isinstance(event, Said) else None
    return Arrival("telegram", source_id, f"telegram:{chat.account}:{chat.chat}", event, group)


# --- the kinds of updates -----------------------------------------------------------------------------------------


def _said(chat: Chat, body: Json, received: datetime) -> Said | Happened:
    message_id = _identifier(body.get("message_id")) or ""
    at = _time(body.get("date")) or received
    files = tuple(_files(body, chat.account))
    extras = tuple(_extras(body))
    if not (clean(body.get("text")) or files or extras):
        if _kind_of(body) in _SERVICE:
            return Happened(chat, message_id, at, _name_of(body))
        extras = (Unsupported(_name_of(body)),)
    return Said(
        chat=chat,
        message_id=message_id,
        at=at,
        text=_text(body),
        files=files,
        extras=extras,
        answers=_answers(body),
        forwarded_from=_author(body.get("forward_origin")),
    )


def _edited(chat: Chat, body: Json, received: datetime) -> FromCustomer | None:
    if "location" in body:  # a shared live position moves all the time
        return None
    now = _said(chat, body, received)
    if isinstance(now, Happened) or not now.message_id:
        return now
    at = _time(body.get("edit_date")) or received
    return Edited(chat, now.message_id, at, now.text, now.files, now.extras, now.answers, now.forwarded_from)


def _pressed(chat: Chat, body: Json, received: datetime) -> FromCustomer:
    action, _, ref = clean(body.get("data")).partition(":")
    if not action:
        return Said(chat, "", received, extras=(Unsupported("button"),))
    message_id = _identifier(_object(body.get("message")).get("message_id")) or ""
    return Pressed(chat, message_id, received, action, ref)


def _membership(chat: Chat, body: Json, received: datetime) -> FromCustomer:
    status = _object(body.get("new_chat_member")).get("status")
    return Blocked(chat, _time(body.get("date")) or received, blocked=status in ("kicked", "left"))


def _strange(chat: Chat, body: Json, received: datetime) -> FromCustomer:
    return Said(
        chat, _identifier(body.get("message_id")) or "", received, _text(body), extras=(Unsupported(_name_of(body)),)
    )


_READERS: dict[str, Callable[[Chat, Json, datetime], FromCustomer | None]] = {
    "message": _said,
    "edited_message": _edited,
    "callback_query": _pressed,
    "my_chat_member": _membership,
}


# --- the parts of a message ---------------------------------------------------------------------------------------


def _chat(chat: Json, sender: Json, account: str) -> Chat | None:
    if chat.get("type") != "private":
        return None
    place = _identifier(chat.get("id")) or _identifier(sender.get("id"))
    if place is None:
        return None
    person = {**chat, **sender}
    user = _identifier(sender.get("id")) or place
    username = clean(person.get("username")) or None
    return Chat("telegram", account, place, user, _full_name(person) or username or user, username, _language(sender))


def _full_name(person: Json) -> str:
    return " ".join(filter(None, (clean(person.get("first_name")).strip(), clean(person.get("last_name")).strip())))


def _language(sender: Json) -> str | None:
    code = clean(sender.get("language_code")).lower().partition("-")[0]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _text(body: Json) -> str:
    return clean(body.get("text")) or clean(body.get("caption"))


def _files(body: Json, account: str) -> Iterator[FileRef]:
    if photo := _largest(body.get("photo")):
        yield from _file("photo", photo, f"photo-{_short_id(photo)}.jpg", "image/jpeg", account)
        yield from _file("video", _object(body.get("live_photo")), "live-photo.mp4", "video/mp4", account)
        return
    if sticker := _object(body.get("sticker")):
        yield from _sticker(sticker, account)
        return
    for kind, name, mime in _FILES:
        if found := _object(body.get(kind)):
            yield from _file(kind, found, _file_name(found) or name, clean(found.get("mime_type")) or mime, account)
            return


def _file(kind: FileKind, found: Json, name: str, mime: str, account: str) -> Iterator[FileRef]:
    if file_id := clean(found.get("file_id")):
        unique = clean(found.get("file_unique_id"))
        yield FileRef("telegram", file_id, name, mime, _integer(found.get("file_size")), kind, account, unique)


def _sticker(sticker: Json, account: str) -> Iterator[FileRef]:
    ending, mime = "webp", "image/webp"
    if sticker.get("is_animated") is True:
        ending, mime = "tgs", "application/x-tgsticker"
    elif sticker.get("is_video") is True:
        ending, mime = "webm", "video/webm"
    emoji = clean(sticker.get("emoji")).translate(_NOT_IN_NAMES)
    yield from _file("sticker", sticker, f"sticker-{emoji}.{ending}" if emoji else f"sticker.{ending}", mime, account)


def _largest(sizes: object) -> Json | None:
    known = [size for size in sizes if isinstance(size, dict)] if isinstance(sizes, list) else []
    return max(known, key=_area, default=None)


def _area(size: Json) -> int:
    return (_integer(size.get("width")) or 0) * (_integer(size.get("height")) or 0)


def _short_id(photo: Json) -> str:
    return _safe_name(photo.get("file_unique_id")) or _safe_name(photo.get("file_id"))[:16]


def _file_name(found: Json) -> str:
    if name := _safe_name(found.get("file_name")):
        return name
    title = " - ".join(filter(None, (_safe_name(found.get("performer")), _safe_name(found.get("title")))))
    return f"{title}.mp3" if title else ""


def _safe_name(value: object) -> str:
    return clean(value).translate(_NOT_IN_NAMES).strip()


def _extras(body: Json) -> Iterator[Extra]:
    venue = _object(body.get("venue"))
    if location := _object(venue.get("location")) or _object(body.get("location")):
        yield _location(location, venue)
    if contact := _object(body.get("contact")):
        phone = clean(contact.get("phone_number"))
        yield SharedContact(_full_name(contact) or phone, phone, _identifier(contact.get("user_id")))


def _location(location: Json, venue: Json) -> Extra:
    latitude, longitude = _degrees(location.get("latitude")), _degrees(location.get("longitude"))
    if latitude is None or longitude is None:
        return Unsupported("location")
    title = ", ".join(filter(None, (clean(venue.get("title")), clean(venue.get("address")))))
    return Location(latitude, longitude, title)


def _answers(body: Json) -> str:
    """The words that a message answers, else the kind of what it answers."""
    answered = _object(body.get("external_reply")) or _object(body.get("reply_to_message"))
    if _kind_of(answered) in _SERVICE:  # a topic's messages all answer its opening
        return ""
    words = clean(_object(body.get("quote")).get("text")) or _text(answered)
    if not words and "reply_to_story" in body:
        words = "story"
    elif not words and answered:
        words = _name_of(answered)
    return ": ".join(part for part in (_author(answered.get("origin")), words) if part)


def _author(origin: object) -> str:
    """Who wrote what is passed on or answered in another chat; empty where nobody else did."""
    if not isinstance(origin, dict):
        return ""
    user, chat = _object(origin.get("sender_user")), _object(origin.get("sender_chat")) or _object(origin.get("chat"))
    known = _full_name(user), clean(origin.get("sender_user_name")), clean(chat.get("title")), _full_name(chat)
    return next(filter(None, (name.strip() for name in known)), "somebody")


def _kind_of(body: Json) -> str:
    """The first field of a message that is not part of every message's envelope."""
    return next((key for key in body if key not in _ENVELOPE), "message")


def _name_of(body: Json) -> str:
    """What a message calls itself."""
    return clean(_kind_of(body)).replace("_", " ")[:64]


# --- values out of any JSON ---------------------------------------------------------------------------------------


def clean(value: object) -> str:
    """A text that every store can hold: lone surrogates and NUL are replaced; what is no text is empty.

    >>> clean("caf\\ud83d"), clean(7)
    ('caf\ufffd', '')
    """
    return value.translate(_BROKEN) if isinstance(value, str) else ""


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _identifier(value: object) -> str | None:
    """An id is a whole number (of up to 52 bits) or, for albums, a text; no longer than the store keeps ids."""
    number = _integer(value)
    if number is not None:
        return str(number)
    text = clean(value)
    return hashlib.sha256(text.encode()).hexdigest() if len(text) > _LONGEST_ID else text or None


def _degrees(value: object) -> float | None:
    number = value if isinstance(value, float) else _integer(value)
    return float(number) if number is not None and math.isfinite(number) else None


def _time(value: object) -> datetime | None:
    seconds = _integer(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None and 0 < seconds < 2**36 else None
