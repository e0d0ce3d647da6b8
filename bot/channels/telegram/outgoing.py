"""Makes the desk's calls, and says what became of them."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, assert_never

from telegram.error import TelegramError

from bot.channels import Call, FileUnavailable, OutcomeUnknown, Refused, Sent, TryLater
from bot.channels.telegram import sending
from bot.channels.telegram.api import Api, Rejected
from bot.channels.telegram.errors import described, translated
from bot.channels.telegram.limits import LIMITS
from bot.channels.telegram.parsing import clean
from bot.channels.telegram.rendering import Rendered, render
from handlers.events import FileRef
from handlers.message import Message

#: what Telegram says of a photo, voice message or video that it does not take as one
_NOT_THIS_KIND = re.compile(r"photo|image|video|voice|audio|sticker|animation|media|wrong (file|type)")

_TOO_BIG = "it is larger than the 20 MB that Telegram lets a bot fetch; please ask the customer to send it another way."
_GONE = "Telegram no longer has it; please ask the customer to send it again."


class Outgoing:
    """One bot's calls and downloads."""

    def __init__(self, api: Api, clock: Callable[[], float] = time.monotonic) -> None:
        self._api, self._clock = api, clock
        #: places that were told to wait, and until when
        self._waits: dict[str, float] = {}

    async def perform(self, call: Call) -> Sent:
        """Makes the call. Raises `TryLater`, `Refused` or `OutcomeUnknown`."""
        try:
            return await self._performed(call)
        except TelegramError as error:
            raise self._outcome(error, call) from error

    async def _performed(self, call: Call) -> Sent:
        match call.op:
            case "post" | "file":
                return await self._post(call, _shown(call.message))
            case "edit":
                return await self._edit(call, _shown(call.message))
            case "delete":
                return await self._delete(call)
            case "whisper":
                raise Refused("Telegram has no messages that only one of several people sees.")
            case "errand":
                raise Refused("An errand is for the back office.")
            case _:
                assert_never(call.op)

    async def _post(self, call: Call, shown: Rendered) -> Sent:
        if call.message.files:
            return _sent(call, await self._with_files(call, shown))
        if not shown.text:
            raise Refused("The message is empty: Telegram sends no empty messages.")
        return _sent(call, await self._formatted(sending.text, call, shown))

    async def _with_files(self, call: Call, shown: Rendered) -> Any:
        try:
            return await self._formatted(sending.files, call, shown)
        except Rejected as error:
            if error.code != 400 or not _NOT_THIS_KIND.search(described(error)):
                raise
            return await self._formatted(sending.documents, call, shown)

    async def _formatted(
        self, request: Callable[[Call, Rendered], sending.Request], call: Call, shown: Rendered
    ) -> Any:
        """The result; of the plain text when Telegram takes offence at its looks."""
        try:
            return await self._api.call(*request(call, shown))
        except Rejected as error:
            if "entit" not in described(error) or not shown.entities:
                raise
            return await self._api.call(*request(call, replace(shown, entities=())))

    async def _edit(self, call: Call, shown: Rendered) -> Sent:
        try:
            await self._formatted(sending.edit, call, shown)
        except Rejected as error:
            if "message is not modified" not in described(error):
                raise
        return Sent(call.target or "", call.place)

    async def _delete(self, call: Call) -> Sent:
        try:
            await self._api.call(*sending.delete(call))
        except Rejected as error:
            if "message to delete not found" not in described(error):
                raise
        return Sent(call.target or "", call.place)

    def _outcome(self, error: TelegramError, call: Call) -> TryLater | Refused | OutcomeUnknown:
        outcome = translated(error)
        if isinstance(outcome, OutcomeUnknown) and call.op in ("edit", "delete"):
            return TryLater("The connection to Telegram ended before the answer.")  # done twice is done once
        if isinstance(error, Rejected) and error.code == 429 and isinstance(outcome, TryLater):
            outcome.whole_account = self._others_wait(call.place, outcome.after or 0)
        return outcome

    def _others_wait(self, place: str, after: float) -> bool:
        """Whether another chat is waiting too: then it is the bot that is too fast, which Telegram does not say."""
        now = self._clock()
        self._waits = {other: until for other, until in self._waits.items() if until > now}
        others = self._waits.keys() - {place}
        self._waits[place] = now + after
        return bool(others)

    async def fetch(self, file: FileRef) -> bytes:
        """A customer's file. Raises `FileUnavailable`, `TryLater`."""
        if (file.size or 0) > LIMITS["download"]:
            raise FileUnavailable(file, _TOO_BIG)
        try:
            return await self._fetched(file)
        except TelegramError as error:
            raise _fetch_outcome(error, file) from error

    async def _fetched(self, file: FileRef) -> bytes:
        found = await self._api.call("getFile", {"file_id": file.id})
        path = clean(found.get("file_path")) if isinstance(found, dict) else ""
        if not path:
            raise FileUnavailable(file, _GONE)
        try:
            return await self._api.download(path)
        except Rejected as error:
            if error.code in (404, 410):  # of a method this is said of the token, of an address of the file
                raise FileUnavailable(file, _GONE) from error
            raise


def _shown(message: Message) -> Rendered:
    try:
        return render(message)
    except ValueError as error:
        raise Refused(str(error)) from error


def _sent(call: Call, result: Any) -> Sent:
    """Where a post stands; an album is several messages, and stands where its first does."""
    parts = result if isinstance(result, list) and result else [result]
    first, *more = [part.get("message_id") if isinstance(part, dict) else None for part in parts]
    if not isinstance(first, int):
        raise OutcomeUnknown("Telegram's answer did not say where the message stands: it may have been sent.")
    return Sent(str(first), call.place, tuple(str(number) for number in more if isinstance(number, int)))


def _fetch_outcome(error: TelegramError, file: FileRef) -> FileUnavailable | TryLater:
    if isinstance(error, Rejected) and "too big" in described(error):
        return FileUnavailable(file, _TOO_BIG)
    outcome = translated(error)
    if isinstance(outcome, Refused):
        return FileUnavailable(file, _GONE)
    return outcome if isinstance(outcome, TryLater) else TryLater("The connection to Telegram ended before the answer.")
