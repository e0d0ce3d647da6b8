"""What Telegram knows: people and their chats with the bot, messages, files, pressed buttons."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.wire.clock import Clock

Json = dict[str, Any]

MEGABYTE = 1024 * 1024


class TelegramRefusal(Exception):
    """Telegram answers `ok: false` with this code and sentence."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def as_json(self) -> Json:
        """The body of the answer."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad_request(why: str) -> TelegramRefusal:
    """The usual refusal."""
    return TelegramRefusal(400, f"Bad Request: {why}")


@dataclass
class Chat:
    """One person's private chat with the bot."""

    id: int
    user: Json
    started: bool = False  #: bots cannot write first
    blocked: bool = False
    deactivated: bool = False
    messages: dict[int, Json] = field(default_factory=dict)  #: by message_id, oldest first
    deleted: list[Json] = field(default_factory=list)
    keyboard: Json | None = None  #: the reply keyboard under the text field
    actions: list[str] = field(default_factory=list)  #: "typing" and the like

    @property
    def as_json(self) -> Json:
        """The chat inside a message."""
        names: Json = {key: self.user[key] for key in ("first_name", "last_name", "username") if key in self.user}
        return {"id": self.id, "type": "private", **names}


@dataclass
class Callback:
    """A pressed button, waiting for `answerCallbackQuery`."""

    id: str
    user: int
    data: str
    at: float
    answer: Json | None = None


class Chats:
    """The state behind the Bot API. Not thread-safe: its server holds the lock."""

    def __init__(self, clock: Clock, bot: Json) -> None:
        self.clock, self.bot = clock, bot
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}
        self.callbacks: dict[str, Callback] = {}
        self.commands: dict[str, list[Json]] = {}
        self.download_limit = 20 * MEGABYTE
        self.upload_limit = 50 * MEGABYTE
        self.photo_limit = 10 * MEGABYTE
        self.edit_seconds = 48 * 3600.0
        self.callback_seconds = 60.0
        self._message_ids = itertools.count(1)
        self._numbers = itertools.count(1)

    def now(self) -> int:
        """Telegram's time stamps are whole seconds."""
        return int(self.clock.now())

    # -- messages -----------------------------------------------------------

    def from_person(self, chat: Chat, content: Json) -> Json:
        """Put a person's message into their chat, without telling the bot yet."""
        message = self._message(chat, chat.user, content)
        chat.started = True
        return message

    def from_bot(self, chat: Chat, content: Json) -> Json:
        """Put the bot's message into a chat."""
        return self._message(chat, self.bot, content)

    def _message(self, chat: Chat, sender: Json, content: Json) -> Json:
        number = next(self._message_ids)
        head: Json = {"message_id": number, "from": sender, "chat": chat.as_json, "date": self.now()}
        chat.messages[number] = {**head, **content}
        return chat.messages[number]

    def chat(self, chat_id: object) -> Chat:
        """The chat of this id, as the bot may name it."""
        try:
            number = int(str(chat_id))
        except ValueError:
            raise bad_request("chat not found") from None
        if number not in self.chats:
            raise bad_request("chat not found")
        return self.chats[number]

    def writable(self, chat_id: object) -> Chat:
        """A chat the bot may write to."""
        if chat_id in (None, ""):
            raise bad_request("chat_id is empty")
        chat = self.chat(chat_id)
        if chat.deactivated:
            raise TelegramRefusal(403, "Forbidden: user is deactivated")
        if chat.blocked:
            raise TelegramRefusal(403, "Forbidden: bot was blocked by the user")
        if not chat.started:
            raise TelegramRefusal(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    # -- files --------------------------------------------------------------

    def add_file(self, name: str, content: bytes, folder: str = "documents", size: int | None = None) -> Json:
        """Store a file; `size` pretends that it is larger than its content."""
        number = next(self._numbers)
        name_id = f"AgADwire{number}{secrets.token_urlsafe(16)}"
        ending = name.rpartition(".")[2] if "." in name else "bin"
        path = f"{folder}/file_{number}.{ending}"
        file = {
            "file_id": name_id,
            "file_unique_id": f"AQwire{number}",
            "file_size": len(content) if size is None else size,
        }
        self.files[name_id] = {**file, "file_path": path, "name": name}
        self.contents[path] = content
        return file

    # -- callbacks ----------------------------------------------------------

    def new_callback(self, user: int, data: str) -> Callback:
        """Remember a pressed button."""
        callback = Callback(f"{next(self._numbers):019d}", user, data, self.clock.now())
        self.callbacks[callback.id] = callback
        return callback
