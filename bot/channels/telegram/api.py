"""The Bot API over python-telegram-bot's HTTP: raw JSON in, raw JSON out, refusals with their number."""

import json
from typing import Any

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

#: seconds to wait for an answer, beyond those a long poll may take
ANSWER_WITHIN = 15.0
#: connections that sending may hold at once
_CONNECTIONS = 64


class Rejected(TelegramError):
    """Telegram answered, and the answer was no."""

    def __init__(self, code: int, description: str, retry_after: float | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after


class _Request(HTTPXRequest):
    """Keeps the number of an error and the wait it asks for, which python-telegram-bot's own errors lose."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **kwargs)
        if not 200 <= code <= 299:
            raise _rejected(code, payload)
        return code, payload


class Api(Bot):
    """One bot's methods by name. Nothing is repeated and nothing is turned into objects."""

    def __init__(self, token: str, base_url: str, base_file_url: str) -> None:
        super().__init__(
            token, base_url, base_file_url, _Request(_CONNECTIONS, ANSWER_WITHIN), _Request(2, ANSWER_WITHIN)
        )

    async def call(self, method: str, data: dict[str, Any] | None = None, *, wait: float = 0) -> Any:
        """The result of a method, which may take `wait` seconds longer than others.

        Raises `Rejected`, or python-telegram-bot's `NetworkError` with the connection's own error as its cause.
        """
        try:
            return await self._post(method, data, read_timeout=ANSWER_WITHIN + wait)
        except (KeyError, TypeError, RecursionError) as error:  # JSON, but none of Telegram's
            raise TelegramError("the answer makes no sense") from error

    async def download(self, path: str) -> bytes:
        """The bytes of a file that `getFile` named."""
        return await self.request.retrieve(f"{self.base_file_url}/{path}")

    async def connect(self) -> None:
        """Opens the connections again, after `disconnect`."""
        for request in self._request:
            await request.initialize()

    async def disconnect(self) -> None:
        """Closes the connections."""
        for request in self._request:
            await request.shutdown()


def _rejected(code: int, payload: bytes) -> Rejected:
    answer = _object(payload)
    parameters = answer.get("parameters")
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    description = str(answer.get("description") or "without a reason")
    return Rejected(code, description, float(wait) if isinstance(wait, int | float) else None)


def _object(payload: bytes) -> dict[str, Any]:
    """A proxy may answer in HTML."""
    try:
        found = json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
