"""What Telegram's errors mean for the desk, in sentences that a support agent understands."""

import re

import httpx
from telegram.error import TelegramError

from bot.channels import OutcomeUnknown, Refused, TryLater
from bot.channels.telegram.api import Rejected

#: the connection ended before the first byte of the request left
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    RuntimeError,  # python-telegram-bot's, when the connections are closed
)

#: seconds to wait for someone to mend the token
_TOKEN_WAIT = 60.0

_BLOCKED = ("bot was blocked by the user", "user is deactivated")

#: words of a description, and what they mean
_REASONS: tuple[tuple[str, str], ...] = (
    ("bot was blocked by the user", "The customer blocked the bot: nothing can be sent until they let it in again."),
    ("user is deactivated", "The customer's Telegram account was deleted."),
    ("can't initiate conversation", "The customer never started the bot: Telegram lets it write only after they do."),
    ("chat not found", "Telegram knows no such chat: the customer never started the bot, or the account is gone."),
    (
        "message can't be edited",
        "Telegram no longer lets this message be edited: that ends 48 hours after it was sent.",
    ),
    (
        "message can't be deleted",
        "Telegram no longer lets this message be deleted: that ends 48 hours after it was sent.",
    ),
    ("message to edit not found", "The message is no longer there: it was deleted in Telegram."),
    ("message is too long", "The text is longer than Telegram shows in one message."),
    ("message_too_long", "The text is longer than Telegram shows in one message."),
    ("caption is too long", "The text is longer than Telegram shows beside a file."),
    ("message text is empty", "The message is empty: Telegram sends no empty messages."),
    ("text must be non-empty", "The message is empty: Telegram sends no empty messages."),
    ("voice_messages_forbidden", "The customer does not accept voice messages."),
    ("request entity too large", "The file is larger than the 50 MB that Telegram takes from a bot."),
    ("file is too big", "The file is larger than the 50 MB that Telegram takes from a bot."),
)


def described(error: TelegramError) -> str:
    """Telegram's own words, in lower case; empty when it gave none."""
    return error.description.lower() if isinstance(error, Rejected) else ""


def translated(error: TelegramError) -> TryLater | Refused | OutcomeUnknown:
    """What a call that ended so means."""
    if isinstance(error, Rejected):
        return _answered(error)
    if isinstance(error.__cause__, _NEVER_SENT):
        return TryLater("Telegram could not be reached.")
    return OutcomeUnknown("The connection to Telegram ended before the answer: the message may have been sent.")


def _answered(error: Rejected) -> TryLater | Refused:
    match error.code:
        case 429:
            return TryLater("Telegram asks the bot to send more slowly.", _wait(error))
        case 401 | 404:
            return TryLater("Telegram does not accept the bot's token.", _TOKEN_WAIT, whole_account=True)
        case code if code >= 500:
            return TryLater(f"Telegram has a failure of its own ({code}).", error.retry_after)
        case _:
            return Refused(_reason(error), blocked=any(words in described(error) for words in _BLOCKED))


def _wait(error: Rejected) -> float | None:
    if error.retry_after is not None:
        return error.retry_after
    found = re.search(r"retry after (\d{1,6})", described(error))
    return float(found[1]) if found else None


def _reason(error: Rejected) -> str:
    known = (reason for words, reason in _REASONS if words in described(error))
    return next(known, f"Telegram refused the message: {error.description}.")
