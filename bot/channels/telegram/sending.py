"""The desk's calls as methods of the Bot API."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from telegram import InputFile, InputMediaDocument, InputMediaPhoto, InputMediaVideo

from bot.channels import Call, Refused
from bot.channels.telegram.limits import LIMITS
from bot.channels.telegram.parsing import clean
from bot.channels.telegram.rendering import Entity, Key, Rendered
from handlers.events import FileKind, FileRef

#: a kind of file, the method that sends it and the field it goes into
_METHODS: dict[FileKind, tuple[str, str]] = {
    "photo": ("sendPhoto", "photo"),
    "voice": ("sendVoice", "voice"),
    "video_note": ("sendVideoNote", "video_note"),
    "video": ("sendVideo", "video"),
    "audio": ("sendAudio", "audio"),
    "animation": ("sendAnimation", "animation"),
    "sticker": ("sendSticker", "sticker"),
    "document": ("sendDocument", "document"),
}

#: what may stand beside each other in an album; anything else goes as documents
_IN_ALBUMS: dict[FileKind, type[InputMediaPhoto | InputMediaVideo]] = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
}

#: a method and its parameters
Request = tuple[str, dict[str, Any]]


def text(call: Call, shown: Rendered) -> Request:
    """A post that is text alone."""
    return "sendMessage", {**_place(call), **_words(shown), "reply_markup": _markup(shown)}


def edit(call: Call, shown: Rendered) -> Request:
    """A post of ours with other words; those of a post with files are its caption."""
    post = {"chat_id": call.place, "message_id": _number(call.target), "reply_markup": _keyboard(shown.keyboard)}
    if call.message.files:
        return "editMessageCaption", {**post, **_caption(shown)}
    return "editMessageText", {**post, **_words(shown)}


def delete(call: Call) -> Request:
    """A post of ours that is to go."""
    return "deleteMessage", {"chat_id": call.place, "message_id": _number(call.target)}


def files(call: Call, shown: Rendered) -> Request:
    """A post with a file, or an album. Raises `Refused` for what no bot may send."""
    _check_sizes(call)
    mixed = len(call.files) > 1 and any(file.kind not in _IN_ALBUMS for file in call.message.files)
    return _files(call, shown, as_documents=mixed or any(_is_heavy_photo(*pair) for pair in _pairs(call)))


def documents(call: Call, shown: Rendered) -> Request:
    """The same as plain documents, which Telegram does not look into."""
    return _files(call, shown, as_documents=True)


def _files(call: Call, shown: Rendered, *, as_documents: bool) -> Request:
    if len(call.files) > 1:
        return _album(call, shown, as_documents)
    (file,) = call.message.files
    method, field = _METHODS["document" if as_documents else file.kind]
    parts = {field: InputFile(call.files[0], clean(file.name)), "reply_markup": _markup(shown)}
    return method, {**_place(call), **parts, **_caption(shown)}


def _album(call: Call, shown: Rendered, as_documents: bool) -> Request:
    media = []
    for place, (file, data) in enumerate(_pairs(call)):
        kind = InputMediaDocument if as_documents else _IN_ALBUMS[file.kind]
        media.append(kind(data, filename=clean(file.name), api_kwargs=None if place else _caption(shown)))
    return "sendMediaGroup", {**_place(call), "media": media}


def _check_sizes(call: Call) -> None:
    if len(call.files) != len(call.message.files) or len(call.files) > LIMITS["album_most"]:
        raise Refused("The files of this message cannot be sent in one post.")
    for data in call.files:
        if len(data) > LIMITS["upload"]:
            raise Refused("The file is larger than the 50 MB that Telegram takes from a bot.")
        if not data:
            raise Refused("The file is empty: Telegram sends no empty files.")


def _is_heavy_photo(file: FileRef, data: bytes) -> bool:
    return file.kind == "photo" and len(data) > LIMITS["photo"]


def _pairs(call: Call) -> list[tuple[FileRef, bytes]]:
    return list(zip(call.message.files, call.files, strict=True))


def _place(call: Call) -> dict[str, Any]:
    if call.thread is None:
        return {"chat_id": call.place}
    answered = {"message_id": _number(call.thread), "allow_sending_without_reply": True}
    return {"chat_id": call.place, "reply_parameters": answered}


def _number(message_id: str | None) -> int:
    if message_id is None or not message_id.isdecimal():
        raise Refused("There is no such message in Telegram.")
    return int(message_id)


def _words(shown: Rendered) -> dict[str, Any]:
    entities = _entities(shown.entities)
    return {"text": shown.text, "entities": entities, "link_preview_options": {"is_disabled": True}}


def _caption(shown: Rendered) -> dict[str, Any]:
    return {"caption": shown.text, "caption_entities": _entities(shown.entities)} if shown.text else {}


def _entities(entities: Sequence[Entity]) -> list[dict[str, Any]] | None:
    return [asdict(entity) for entity in entities] or None


def _markup(shown: Rendered) -> dict[str, Any] | None:
    """What stands under a post, or in place of the customer's keyboard; an edit can only change the former."""
    if shown.keys:
        keys = [[{"text": clean(key.label), "request_contact": key.shares_phone}] for key in shown.keys]
        return {"keyboard": keys, "resize_keyboard": True, "one_time_keyboard": True}
    return {"remove_keyboard": True} if shown.takes_keys_away else _keyboard(shown.keyboard)


def _keyboard(rows: Sequence[Sequence[Key]]) -> dict[str, Any] | None:
    if not rows:
        return None
    return {"inline_keyboard": [[{"text": key.label, "callback_data": key.data} for key in row] for row in rows]}
