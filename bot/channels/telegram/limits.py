"""Telegram's numbers, as data. Texts are measured in UTF-16 units, after entity parsing."""

from typing import Final

LIMITS: Final = {
    "text": 4_096,
    "caption": 1_024,
    "entities": 100,
    "callback_data": 64,
    "callback_answer": 200,
    "buttons": 100,
    "buttons_in_row": 8,
    "album_least": 2,
    "album_most": 10,
    #: bytes a bot may fetch, send, and send as a photo
    "download": 20 * 1024 * 1024,
    "upload": 50 * 1024 * 1024,
    "photo": 10 * 1024 * 1024,
    "webhook_secret": 256,
    #: updates a call of getUpdates brings
    "updates": 100,
}

#: messages a second, kept by delivery: to one chat, and of the whole bot
RATES: Final = {"place": 1.0, "account": 30.0}
#: how many may leave at once after a pause
BURSTS: Final = {"place": 1, "account": 30}

#: what the desk asks Telegram to tell it
ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
