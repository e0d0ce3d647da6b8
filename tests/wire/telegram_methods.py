"""The Telegram Bot API: one function a method, over the chats."""

from __future__ import annotations

import copy
import json
import mimetypes
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.wire.telegram_chats import Chat, Chats, Json, TelegramRefusal, bad_request
from tests.wire.telegram_text import CannotParse, parse, units

TEXT_UNITS, CAPTION_UNITS, CALLBACK_BYTES, ANSWER_CHARS = 4096, 1024, 64, 200
INLINE_BUTTONS, BUTTONS_A_ROW, REPLY_BUTTONS = 100, 8, 300


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    content: bytes


Uploads = Mapping[str, Upload]
Perform = Callable[[Chats, Json, Uploads], Any]

METHODS: dict[str, Perform] = {}


def _method(name: str) -> Callable[[Perform], Perform]:
    def register(perform: Perform) -> Perform:
        METHODS[name.lower()] = perform
        return perform

    return register


# -- the bot ----------------------------------------------------------------


@_method("getMe")
def get_me(chats: Chats, _: Json, __: Uploads) -> Json:
    """The bot itself."""
    flags = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries", "can_connect_to_business")
    return {**chats.bot, **dict.fromkeys(flags, False), "has_main_web_app": False}


@_method("setMyCommands")
def set_commands(chats: Chats, args: Json, _: Uploads) -> bool:
    """The menu of commands."""
    commands = args.get("commands") or []
    for one in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(one.get("command"))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description") or "")) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    chats.commands[_commands_key(args)] = copy.deepcopy(commands)
    return True


@_method("getMyCommands")
def get_commands(chats: Chats, args: Json, _: Uploads) -> list[Json]:
    """The menu as it is."""
    return chats.commands.get(_commands_key(args), [])


@_method("deleteMyCommands")
def delete_commands(chats: Chats, args: Json, _: Uploads) -> bool:
    """Forget the menu."""
    chats.commands.pop(_commands_key(args), None)
    return True


def _commands_key(args: Json) -> str:
    return json.dumps([args.get("scope") or {"type": "default"}, args.get("language_code") or ""], sort_keys=True)


@_method("getChat")
def get_chat(chats: Chats, args: Json, _: Uploads) -> Json:
    """A chat."""
    gifts = {"unlimited_gifts": True, "limited_gifts": True, "unique_gifts": True, "premium_subscription": True}
    about = {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {**gifts, "gifts_from_channels": True},
    }
    return {**chats.chat(args.get("chat_id")).as_json, **about}


@_method("sendChatAction")
def send_chat_action(chats: Chats, args: Json, _: Uploads) -> bool:
    """Show "typing…"."""
    chats.writable(args.get("chat_id")).actions.append(str(args.get("action")))
    return True


# -- sending ----------------------------------------------------------------


@_method("sendMessage")
def send_message(chats: Chats, args: Json, _: Uploads) -> Json:
    """Send a text."""
    chat = chats.writable(args.get("chat_id"))
    text, entities = _parsed(args, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if units(text) > TEXT_UNITS:
        raise bad_request("message is too long")
    return _sent(chats, chat, args, _with_entities("text", text, "entities", entities))


@_method("sendLocation")
def send_location(chats: Chats, args: Json, _: Uploads) -> Json:
    """Send a place."""
    chat = chats.writable(args.get("chat_id"))
    place = {"latitude": float(args["latitude"]), "longitude": float(args["longitude"])}
    return _sent(chats, chat, args, {"location": place})


@_method("sendContact")
def send_contact(chats: Chats, args: Json, _: Uploads) -> Json:
    """Send a phone number."""
    chat = chats.writable(args.get("chat_id"))
    known = {key: str(args[key]) for key in ("phone_number", "first_name", "last_name") if args.get(key)}
    return _sent(chats, chat, args, {"contact": known})


def _media_method(name: str, kind: str) -> None:
    def send(chats: Chats, args: Json, uploads: Uploads) -> Json:
        chat = chats.writable(args.get("chat_id"))
        body = media_body(chats, kind, _file(chats, kind, args.get(kind), uploads, kind))
        return _sent(chats, chat, args, {**body, **_caption(args)})

    METHODS[name.lower()] = send


for _name, _kind in {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVoice": "voice",
    "sendAudio": "audio",
    "sendVideo": "video",
    "sendVideoNote": "video_note",
    "sendAnimation": "animation",
    "sendSticker": "sticker",
}.items():
    _media_method(_name, _kind)


@_method("sendMediaGroup")
def send_media_group(chats: Chats, args: Json, uploads: Uploads) -> list[Json]:
    """Send an album."""
    chat, media = chats.writable(args.get("chat_id")), args.get("media") or []
    if not 2 <= len(media) <= 10:
        raise bad_request("expected 2-10 media in an album" if media else "media is empty")
    bodies = []
    for one in media:
        file = _file(chats, one["type"], one.get("media"), uploads, one["type"])
        bodies.append({**media_body(chats, one["type"], file), **_caption(one)})
    album = f"{chats.now()}{len(chat.messages)}"
    return [_sent(chats, chat, args, {**body, "media_group_id": album}) for body in bodies]


@_method("copyMessage")
def copy_message(chats: Chats, args: Json, _: Uploads) -> Json:
    """Send a message again, as one's own."""
    copied = _source(chats, args)
    for key in ("message_id", "from", "chat", "date", "reply_markup", "edit_date", "media_group_id"):
        copied.pop(key, None)
    chat = chats.writable(args.get("chat_id"))
    return {"message_id": _sent(chats, chat, args, copied)["message_id"]}


@_method("forwardMessage")
def forward_message(chats: Chats, args: Json, _: Uploads) -> Json:
    """Send a message on, with its author."""
    source = _source(chats, args)
    origin = {"type": "user", "sender_user": source["from"], "date": source["date"]}
    for key in ("message_id", "from", "chat", "date", "reply_markup"):
        source.pop(key, None)
    return _sent(chats, chats.writable(args.get("chat_id")), args, {**source, "forward_origin": origin})


def _source(chats: Chats, args: Json) -> Json:
    message = chats.chat(args.get("from_chat_id")).messages.get(_number(args.get("message_id")))
    if message is None:
        raise bad_request("message to copy not found")
    return copy.deepcopy(message)


def _sent(chats: Chats, chat: Chat, args: Json, content: Json) -> Json:
    markup = _markup(args)
    content |= _reply(chat, args)
    if "inline_keyboard" in markup:
        content["reply_markup"] = markup
    elif "keyboard" in markup:
        chat.keyboard = markup
    elif markup.get("remove_keyboard"):
        chat.keyboard = None
    return chats.from_bot(chat, content)


def _reply(chat: Chat, args: Json) -> Json:
    wanted = args.get("reply_parameters") or {}
    number = wanted.get("message_id") or args.get("reply_to_message_id")
    if not number:
        return {}
    found = chat.messages.get(_number(number))
    if found is None:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    return {"reply_to_message": {key: value for key, value in found.items() if key != "reply_to_message"}}


# -- text -------------------------------------------------------------------


def _parsed(args: Json, text: str, entities: str) -> tuple[str, list[Json]]:
    try:
        return parse(str(args.get(text) or ""), args.get("parse_mode"), args.get(entities))
    except CannotParse as error:
        raise bad_request(f"can't parse entities: {error}") from None


def _with_entities(key: str, text: str, entities_key: str, entities: list[Json]) -> Json:
    return {key: text, entities_key: entities} if entities else {key: text}


def _caption(args: Json) -> Json:
    caption, entities = _parsed(args, "caption", "caption_entities")
    if units(caption) > CAPTION_UNITS:
        raise bad_request("message caption is too long")
    return _with_entities("caption", caption, "caption_entities", entities) if caption else {}


# -- keyboards --------------------------------------------------------------


def _markup(args: Json) -> Json:
    markup = args.get("reply_markup") or {}
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        _check_inline(markup["inline_keyboard"])
    if sum(len(row) for row in markup.get("keyboard", ())) > REPLY_BUTTONS:
        raise bad_request("reply markup is too long")
    return copy.deepcopy(markup)


def _check_inline(rows: list[list[Json]]) -> None:
    # Telegram's clients push buttons beyond the eighth out of a row; refusing shows the mistake in a test.
    if sum(len(row) for row in rows) > INLINE_BUTTONS or any(len(row) > BUTTONS_A_ROW for row in rows):
        raise bad_request("reply markup is too long")
    for button in (button for row in rows for button in row):
        _check_button(button)


def _check_button(button: Json) -> None:
    if not str(button.get("text") or "").strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be non-empty')
    if len(button) < 2:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not re.match(r"(https?|tg)://\S+|\w[\w.-]+\.\w+", str(url)):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


# -- files ------------------------------------------------------------------


def _file(chats: Chats, kind: str, given: object, uploads: Uploads, field: str) -> Json:
    """The file meant by an upload, an `attach://` link or a known file_id."""
    upload = uploads.get(str(given).removeprefix("attach://")) if given else uploads.get(field)
    if upload is not None:
        return _stored(chats, kind, upload)
    if not given:
        raise bad_request(f"there is no {kind} in the request")
    known = chats.files.get(str(given))
    if known is None:
        why = (
            "failed to get HTTP URL content"
            if str(given).startswith("http")
            else ("wrong file identifier/HTTP URL specified")
        )
        raise bad_request(why)
    return {key: known[key] for key in ("file_id", "file_unique_id", "file_size")} | {"name": known["name"]}


def _stored(chats: Chats, kind: str, upload: Upload) -> Json:
    if len(upload.content) > chats.upload_limit:
        raise TelegramRefusal(413, "Request Entity Too Large")
    if kind == "photo" and len(upload.content) > chats.photo_limit:
        raise bad_request("file is too big")
    if not upload.content:
        raise bad_request("file must be non-empty")
    return {**chats.add_file(upload.name, upload.content, f"{kind}s"), "name": upload.name}


def media_body(chats: Chats, kind: str, file: Json) -> Json:
    """The field of a message that holds a file of this kind."""
    name = file.get("name", "file")
    plain = {key: value for key, value in file.items() if key != "name"}
    mime = mimetypes.guess_type(str(name))[0]
    match kind:
        case "photo":
            small = {**plain, "width": 90, "height": 67, "file_size": min(1200, plain["file_size"])}
            return {"photo": [small, {**plain, "width": 1280, "height": 960}]}
        case "document":
            return {"document": {**plain, "file_name": name, "mime_type": mime or "application/octet-stream"}}
        case "voice":
            return {"voice": {**plain, "duration": 3, "mime_type": "audio/ogg"}}
        case "audio":
            return {"audio": {**plain, "duration": 3, "file_name": name, "mime_type": mime or "audio/mpeg"}}
        case "video" | "animation":
            size = {"width": 640, "height": 360, "duration": 3}
            return {kind: {**plain, **size, "file_name": name, "mime_type": mime or "video/mp4"}}
        case "video_note":
            return {"video_note": {**plain, "length": 240, "duration": 3}}
        case "sticker":
            flags = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
            return {"sticker": {**plain, **flags, "emoji": "🙂"}}
        case _:
            raise bad_request(f"unknown media type {kind}")


@_method("getFile")
def get_file(chats: Chats, args: Json, _: Uploads) -> Json:
    """Where to download a file."""
    file = chats.files.get(str(args.get("file_id")))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if file["file_size"] > chats.download_limit:
        raise bad_request("file is too big")
    return {key: value for key, value in file.items() if key != "name"}


# -- editing ----------------------------------------------------------------


@_method("editMessageText")
def edit_text(chats: Chats, args: Json, _: Uploads) -> Json:
    """Change a text."""
    message = _editable(chats, args)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    text, entities = _parsed(args, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if units(text) > TEXT_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    return _edited(chats, message, {"text": text, "entities": entities}, args)


@_method("editMessageCaption")
def edit_caption(chats: Chats, args: Json, _: Uploads) -> Json:
    """Change a caption."""
    message = _editable(chats, args)
    caption = {"caption": "", "caption_entities": [], **_caption(args)}
    return _edited(chats, message, caption, args)


@_method("editMessageReplyMarkup")
def edit_markup(chats: Chats, args: Json, _: Uploads) -> Json:
    """Change the buttons."""
    return _edited(chats, _editable(chats, args), {}, args)


@_method("editMessageMedia")
def edit_media(chats: Chats, args: Json, uploads: Uploads) -> Json:
    """Change the file."""
    message, media = _editable(chats, args), args.get("media") or {}
    file = _file(chats, media["type"], media.get("media"), uploads, media["type"])
    for key in ("photo", "document", "video", "animation", "audio", "text", "entities"):
        message.pop(key, None)
    return _edited(chats, message, {**media_body(chats, media["type"], file), **_caption(media)}, args)


@_method("deleteMessage")
def delete_message(chats: Chats, args: Json, _: Uploads) -> bool:
    """Delete a message, one's own or the other's, for 48 hours."""
    chat = chats.chat(args.get("chat_id"))
    message = chat.messages.get(_number(args.get("message_id")))
    if message is None:
        raise bad_request("message to delete not found")
    if chats.clock.now() - message["date"] > chats.edit_seconds:
        raise bad_request("message can't be deleted for everyone")
    chat.deleted.append(chat.messages.pop(message["message_id"]))
    return True


@_method("deleteMessages")
def delete_messages(chats: Chats, args: Json, uploads: Uploads) -> bool:
    """Delete several; those that are gone are skipped."""
    chat = chats.chat(args.get("chat_id"))
    for number in args.get("message_ids") or ():
        if _number(number) in chat.messages:
            delete_message(chats, {"chat_id": chat.id, "message_id": number}, uploads)
    return True


@_method("setMessageReaction")
def set_reaction(chats: Chats, args: Json, _: Uploads) -> bool:
    """React to a message."""
    chat = chats.writable(args.get("chat_id"))
    if _number(args.get("message_id")) not in chat.messages:
        raise bad_request("message to react not found")
    chat.messages[_number(args["message_id"])]["_reactions"] = args.get("reaction") or []
    return True


def _editable(chats: Chats, args: Json) -> Json:
    chat = chats.writable(args.get("chat_id"))
    message = chat.messages.get(_number(args.get("message_id")))
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != chats.bot["id"] or chats.clock.now() - message["date"] > chats.edit_seconds:
        raise bad_request("message can't be edited")
    return message


def _edited(chats: Chats, message: Json, changes: Json, args: Json) -> Json:
    markup = _markup(args)
    if markup and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    after = {**message, **changes}
    after.pop("reply_markup", None)
    if markup.get("inline_keyboard"):
        after["reply_markup"] = markup
    after = {key: value for key, value in after.items() if key not in changes or value not in ([], "")}
    if after == message:
        why = (
            "specified new message content and reply markup are exactly the same as a current content and reply markup"
        )
        raise bad_request(f"message is not modified: {why} of the message")
    message.clear()
    message |= {**after, "edit_date": chats.now()}
    return message


# -- callbacks --------------------------------------------------------------


@_method("answerCallbackQuery")
def answer_callback(chats: Chats, args: Json, _: Uploads) -> bool:
    """Answer a pressed button."""
    callback = chats.callbacks.get(str(args.get("callback_query_id")))
    if callback is None or chats.clock.now() - callback.at > chats.callback_seconds:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(str(args.get("text") or "")) > ANSWER_CHARS:
        raise bad_request("MESSAGE_TOO_LONG")
    callback.answer = {"text": args.get("text") or "", "show_alert": str(args.get("show_alert")).lower() == "true"}
    return True


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise bad_request("message identifier is not specified") from None
