"""A person with Telegram on the phone: what they do, and what they see."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.wire.server import Json
from tests.wire.telegram_chats import Callback, Chat
from tests.wire.telegram_methods import media_body
from tests.wire.telegram_text import typed_entities

if TYPE_CHECKING:
    from tests.wire.telegram import TelegramServer

KINDS = (
    "text",
    "photo",
    "document",
    "voice",
    "audio",
    "video",
    "video_note",
    "animation",
    "sticker",
    "location",
    "contact",
)


class NotOnScreen(LookupError):
    """The person looks for something that is not there; says what is."""

    def __init__(self, wanted: object, there: Sequence[str]) -> None:
        super().__init__(f"{wanted!r} is not on the screen, only: {', '.join(there) or 'nothing'}")
        self.wanted, self.there = wanted, list(there)


@dataclass(frozen=True)
class Shown:
    """A message of the bot as the person sees it now."""

    message_id: int
    raw: Json

    @property
    def kind(self) -> str:
        """`text`, `photo`, `document` and so on."""
        return next((kind for kind in KINDS if kind in self.raw), "unknown")

    @property
    def text(self) -> str:
        """The text or the caption."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def entities(self) -> list[Json]:
        """Bold, links and the rest."""
        return list(self.raw.get("entities") or self.raw.get("caption_entities") or [])

    @property
    def keyboard(self) -> list[list[Json]]:
        """The rows of inline buttons."""
        return list(self.raw.get("reply_markup", {}).get("inline_keyboard", []))

    @property
    def buttons(self) -> list[str]:
        """The labels of the inline buttons."""
        return [button["text"] for row in self.keyboard for button in row]

    @property
    def edited(self) -> bool:
        """Whether it was changed."""
        return "edit_date" in self.raw

    @property
    def reply_to(self) -> int | None:
        """The message it answers."""
        found: int | None = self.raw.get("reply_to_message", {}).get("message_id")
        return found

    @property
    def file(self) -> Json | None:
        """Its file, the largest size of a photo."""
        value = self.raw.get(self.kind)
        if isinstance(value, list):
            return dict(value[-1])
        return dict(value) if isinstance(value, dict) and "file_id" in value else None

    def as_json(self) -> Json:
        """For the control endpoint."""
        return self.raw


class TelegramUser:
    """One person. Each verb returns the message_id of what they sent, unless it says otherwise."""

    def __init__(self, telegram: TelegramServer, chat: Chat) -> None:
        self._telegram, self._chat = telegram, chat

    @property
    def id(self) -> int:
        """Their id, and that of their chat with the bot."""
        return self._chat.id

    # -- doing --------------------------------------------------------------

    def says(self, text: str, *, reply_to: int | None = None, **more: Any) -> int:
        """They write; `more` are further fields of the message, known or not."""
        content: Json = {"text": text, **more}
        if entities := typed_entities(text):
            content["entities"] = entities
        return self._sends(content, reply_to)

    def starts(self, token: str = "") -> int:
        """They press Start, perhaps with a deep-link token."""
        return self.says(f"/start {token}".strip())

    def sends_photo(self, content: bytes = b"\xff\xd8wire", caption: str = "", **more: Any) -> int:
        """A photo."""
        return self._sends_file("photo", "photo.jpg", content, caption, **more)

    def sends_document(
        self, name: str = "file.pdf", content: bytes = b"%PDF-wire", caption: str = "", *, size: int | None = None
    ) -> int:
        """A file; `size` pretends that it is larger than its content."""
        return self._sends_file("document", name, content, caption, size=size)

    def sends_voice(self, content: bytes = b"OggSwire", caption: str = "") -> int:
        """A voice message."""
        return self._sends_file("voice", "voice.oga", content, caption)

    def sends_video(self, content: bytes = b"wire-mp4", caption: str = "", *, size: int | None = None) -> int:
        """A video."""
        return self._sends_file("video", "video.mp4", content, caption, size=size)

    def sends_video_note(self, content: bytes = b"wire-note") -> int:
        """A round video."""
        return self._sends_file("video_note", "note.mp4", content)

    def sends_sticker(self, emoji: str = "🙂") -> int:
        """A sticker."""
        with self._telegram.lock:
            body = self._file_body("sticker", "sticker.webp", b"RIFFwire")
            body["sticker"]["emoji"] = emoji
            return self._sends(body)

    def sends_location(self, latitude: float = 52.52, longitude: float = 13.405) -> int:
        """A place."""
        return self._sends({"location": {"latitude": latitude, "longitude": longitude}})

    def sends_contact(
        self, phone_number: str = "+491701234567", *, own: bool = True, of: int = 0, forwarded_from: str = ""
    ) -> int:
        """A phone number, by default their own; `of`: the account of somebody else that it belongs to."""
        contact: Json = {"phone_number": phone_number, "first_name": self._chat.user["first_name"]}
        owner = of or (self.id if own else 0)
        content: Json = {"contact": {**contact, "user_id": owner} if owner else contact}
        if forwarded_from:
            date = self._telegram.chats.now()
            content["forward_origin"] = {"type": "hidden_user", "sender_user_name": forwarded_from, "date": date}
        return self._sends(content)

    def sends_album(self, photos: Sequence[bytes] = (b"one", b"two"), caption: str = "") -> list[int]:
        """Several photos at once: one update each, with one media_group_id; the caption is on the first."""
        with self._telegram.lock:
            album = f"{self._telegram.chats.now()}{self.id}{len(self._chat.messages)}"
            return [
                self.sends_photo(photo, caption if place == 0 else "", media_group_id=album)
                for place, photo in enumerate(photos)
            ]

    def sends_unknown_kind(self, field: str = "hologram") -> int:
        """Something no library knows yet."""
        return self._sends({field: {"depth": 3}})

    def edits(self, message_id: int, text: str) -> None:
        """They change a message of theirs."""
        with self._telegram.lock:
            message = self._chat.messages[message_id]
            message["caption" if "caption" in message else "text"] = text
            message["entities"] = typed_entities(text)
            message["edit_date"] = self._telegram.chats.now()
            self._telegram.tell({"edited_message": copy.deepcopy(message)}, self.id)

    def presses(self, button: str, message_id: int | None = None) -> Callback | int:
        """They press an inline button (by label or data; the newest message wins) or one of the reply keyboard.

        An inline button gives the `Callback`, whose `answer` is the toast; the others send their label.
        """
        with self._telegram.lock:
            for shown in reversed(self.inbox):
                if message_id in (None, shown.message_id):
                    found = _button(shown, button)
                    if found is not None:
                        return self._press_inline(shown, found)
            return self._press_reply(button)

    def _press_inline(self, shown: Shown, button: Json) -> Callback:
        callback = self._telegram.chats.new_callback(self.id, button.get("callback_data", ""))
        message = copy.deepcopy(self._chat.messages[shown.message_id])
        query = {"id": callback.id, "from": self._chat.user, "message": message, "chat_instance": str(self.id * 7)}
        self._telegram.tell({"callback_query": {**query, "data": callback.data}}, self.id)
        return callback

    def _press_reply(self, button: str) -> int:
        rows = (self._chat.keyboard or {}).get("keyboard", [])
        keys = [key if isinstance(key, dict) else {"text": key} for row in rows for key in row]
        for key in keys:
            if key["text"] == button:
                return self._use_key(key)
        inline = [label for shown in self.inbox for label in shown.buttons]
        raise NotOnScreen(button, [*inline, *(key["text"] for key in keys)])

    def _use_key(self, key: Json) -> int:
        if (self._chat.keyboard or {}).get("one_time_keyboard"):
            self._chat.keyboard = None
        if key.get("request_contact"):
            return self.sends_contact()
        return self.sends_location() if key.get("request_location") else self.says(key["text"])

    def blocks(self) -> None:
        """They stop the bot."""
        self._membership(blocked=True)

    def unblocks(self) -> None:
        """They let the bot in again."""
        self._membership(blocked=False)

    def deletes_account(self) -> None:
        """Their account is gone; the bot is not told."""
        with self._telegram.lock:
            self._chat.deactivated = True

    def reacts(self, message_id: int, emoji: str = "👍") -> None:
        """They react; the bot hears of it only when it asked for `message_reaction`."""
        with self._telegram.lock:
            kind = {"type": "emoji", "emoji": emoji}
            about = {"chat": self._chat.as_json, "message_id": message_id, "user": self._chat.user}
            when = {"date": self._telegram.chats.now(), "old_reaction": [], "new_reaction": [kind]}
            self._telegram.tell({"message_reaction": {**about, **when}}, self.id)

    def _membership(self, *, blocked: bool) -> None:
        with self._telegram.lock:
            self._chat.blocked = blocked
            words = ("member", "kicked") if blocked else ("kicked", "member")
            old, new = (self._standing(word) for word in words)
            who = {"chat": self._chat.as_json, "from": self._chat.user, "date": self._telegram.chats.now()}
            self._telegram.tell({"my_chat_member": {**who, "old_chat_member": old, "new_chat_member": new}}, self.id)

    def _standing(self, status: str) -> Json:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": self._telegram.chats.bot, "status": status, **until}

    def _sends(self, content: Json, reply_to: int | None = None) -> int:
        with self._telegram.lock:
            if reply_to is not None:
                content["reply_to_message"] = copy.deepcopy(self._chat.messages[reply_to])
            message = self._telegram.chats.from_person(self._chat, content)
            self._telegram.tell({"message": copy.deepcopy(message)}, self.id)
            return int(message["message_id"])

    def _sends_file(self, kind: str, name: str, content: bytes, caption: str = "", **more: Any) -> int:
        with self._telegram.lock:
            body = self._file_body(kind, name, content, more.pop("size", None)) | more
            return self._sends({**body, "caption": caption} if caption else body)

    def _file_body(self, kind: str, name: str, content: bytes | str, size: int | None = None) -> Json:
        chats = self._telegram.chats
        content = content.encode() if isinstance(content, str) else content
        return media_body(chats, kind, {**chats.add_file(name, content, f"{kind}s", size), "name": name})

    # -- seeing -------------------------------------------------------------

    @property
    def inbox(self) -> list[Shown]:
        """The bot's messages on the screen now, oldest first: after edits, without deleted ones."""
        with self._telegram.lock:
            bot = self._telegram.chats.bot["id"]
            mine = [one for one in self._chat.messages.values() if one["from"]["id"] == bot]
            return [Shown(one["message_id"], copy.deepcopy(one)) for one in mine]

    @property
    def texts(self) -> list[str]:
        """The texts of the inbox."""
        return [shown.text for shown in self.inbox]

    @property
    def deleted(self) -> list[Shown]:
        """The bot's messages that were there and are gone."""
        with self._telegram.lock:
            return [Shown(one["message_id"], one) for one in self._chat.deleted]

    @property
    def keyboard(self) -> list[list[str]]:
        """The labels of the reply keyboard."""
        with self._telegram.lock:
            rows = (self._chat.keyboard or {}).get("keyboard", [])
            return [[key["text"] if isinstance(key, dict) else key for key in row] for row in rows]

    @property
    def toasts(self) -> list[str]:
        """What the bot answered to pressed buttons, oldest first."""
        with self._telegram.lock:
            mine = [one for one in self._telegram.chats.callbacks.values() if one.user == self.id]
            return [one.answer["text"] for one in mine if one.answer is not None]

    @property
    def typing(self) -> int:
        """How often the bot showed that it is busy."""
        return len(self._chat.actions)

    def wait_for(self, text: str, timeout: float = 5.0) -> Shown:
        """Block until a message on the screen holds `text`; the newest such message."""
        return self._telegram.until(
            lambda: self._showing(text), timeout, f"{text!r} for {self._chat.user['first_name']}"
        )

    async def wait_for_async(self, text: str, timeout: float = 5.0) -> Shown:  # noqa: ASYNC109 - the pair of `wait_for`
        """`wait_for` for a test that shares its event loop with the product."""
        return await asyncio.to_thread(self.wait_for, text, timeout)

    def _showing(self, text: str) -> Shown:
        # A value that is false while nothing shows the text, as `until` wants it.
        return next((one for one in reversed(self.inbox) if text in one.text), None)  # type: ignore[return-value]


def _button(shown: Shown, wanted: str) -> Json | None:
    for row in shown.keyboard:
        for button in row:
            if wanted in (button["text"], button.get("callback_data")):
                return button
    return None
