"""The back office over HTTP: errands as signed JSON to an endpoint of the shop's own (docs/backoffice.md)."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from bot.backoffice import Document, Done, OutcomeUnknown, Refused, TryLater
from handlers.errands import CancelOrder, ChangeAddress, Errand, FetchInvoice, PayBack

#: the largest answer that is read, in bytes: an invoice or two
LARGEST_ANSWER = 20 * 1024 * 1024
_CONNECT = 5.0
#: seconds after which a shop is asked again at the latest, whatever it says
_LONGEST_WAIT = 3_600.0
#: what the protocol calls each errand
KINDS: dict[type[Errand], str] = {
    PayBack: "pay_back",
    CancelOrder: "cancel_order",
    ChangeAddress: "change_address",
    FetchInvoice: "fetch_invoice",
}
_REASON, _RECEIPT = 1_000, 200
#: the request never got to the shop
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def signature(secret: str, timestamp: str, key: str, body: bytes) -> str:
    """What a request is signed with, over its time, its key and its body as it is sent.

    >>> signature("a secret of sixteen", "1772443800", "cancel-1", b"{}")[:11]
    'v0=0718dc70'
    """
    signed = f"v0:{timestamp}:{key}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed(secret: str, now: datetime, key: str, body: bytes) -> dict[str, str]:
    """The headers that every request has."""
    timestamp = str(int(now.timestamp()))
    return {
        "Idempotency-Key": key,
        "X-Shopdesk-Timestamp": timestamp,
        "X-Shopdesk-Signature": signature(secret, timestamp, key, body),
    }


def body_of(errand: Errand, key: str) -> bytes:
    """An errand as it is sent."""
    # every field, the empty ones as well: a shop need not know what is left out
    fields = {"key": key, "errand": KINDS[type(errand)], **msgspec.structs.asdict(errand)}
    return json.dumps(fields, ensure_ascii=False, default=msgspec.structs.asdict).encode()


class HttpBackoffice:
    """The back office port over the shop's endpoint."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        timeout: float,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`timeout`: seconds an answer may take."""
        self._url = url.rstrip("/")
        self._secret = secret
        self._timeout = timeout
        self._now = now
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=min(_CONNECT, timeout)),
            headers={"User-Agent": "Shopdesk"},
            follow_redirects=False,
            transport=transport,
        )

    async def carry_out(self, errand: Errand, key: str) -> Done:
        """Asks the shop. Raises `TryLater`, `Refused`, `OutcomeUnknown`."""
        status, headers, answer = await self._ask("POST", self._url, key, body_of(errand, key))
        if status in (200, 201):
            return _done(answer)
        if status == 202:
            raise OutcomeUnknown("the shop took it and has not done it yet")
        if status == 409:
            return _seen_before(answer)
        if status in (408, 425, 429, 503):
            raise TryLater(f"the shop's back office answers {status}", _wait(headers))
        if status >= 500:
            raise OutcomeUnknown(f"the shop's back office answers {status}")
        raise _no(status, answer)

    async def look_up(self, key: str) -> Done | None:
        """Asks the shop what came of a key. Raises `TryLater`, `Refused`, `OutcomeUnknown`."""
        try:
            status, headers, answer = await self._ask("GET", f"{self._url}/{quote(key, safe='')}", key, b"")
        except OutcomeUnknown as unknown:
            raise TryLater(unknown.reason) from unknown  # a look-up does nothing: it may be asked again
        said = answer.get("status")
        if status == 200:
            if said == "pending":
                raise TryLater("the shop has not done it yet")
            if said == "refused":
                raise Refused(_words(answer))
            return _done(answer)
        if status == 404 and said == "unknown":
            return None
        if status in (404, 405, 410, 501):
            raise OutcomeUnknown(f"the shop's back office cannot tell (it answers {status})")
        raise TryLater(f"the shop's back office answers {status}", _wait(headers))

    async def start(self) -> None:
        """Nothing to begin: connections are opened when they are needed."""

    async def stop(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def _ask(self, method: str, url: str, key: str, body: bytes) -> tuple[int, httpx.Headers, dict[str, Any]]:
        headers = signed(self._secret, self._now(), key, body)
        if body:
            headers["Content-Type"] = "application/json"
        try:
            async with self._client.stream(method, url, headers=headers, content=body or None) as response:
                data = await _read(response)
        except _NEVER_LEFT as error:
            raise TryLater(f"the shop's back office cannot be reached: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(f"the shop's back office did not answer: {type(error).__name__}") from error
        return response.status_code, response.headers, _object(data)


async def _read(response: httpx.Response) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > LARGEST_ANSWER:
            raise OutcomeUnknown(f"the answer is larger than {LARGEST_ANSWER // 1024 // 1024} MB")
    return bytes(data)


def _object(data: bytes) -> dict[str, Any]:
    """A proxy may answer in HTML."""
    try:
        found = json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _done(answer: dict[str, Any]) -> Done:
    """What a shop that did it answered. Raises `Refused` where it says so, `OutcomeUnknown` where it says neither."""
    if answer.get("status") == "refused":
        raise Refused(_words(answer))
    if answer.get("status") != "done":
        raise OutcomeUnknown("the shop's answer says neither done nor refused")
    documents = answer.get("documents") or []
    try:
        found = tuple(
            Document(str(one["name"])[:200], str(one["mime"])[:100], base64.b64decode(one["data"], validate=True))
            for one in documents
        )
    except (KeyError, TypeError, binascii.Error, ValueError) as error:
        raise OutcomeUnknown("the shop's answer holds a document that cannot be read") from error
    return Done(str(answer.get("receipt") or "")[:_RECEIPT], found)


def _seen_before(answer: dict[str, Any]) -> Done:
    """The shop knows the key: what it says is the outcome of then, or is to be looked up."""
    if answer.get("status") in ("done", "refused"):
        return _done(answer)
    raise OutcomeUnknown("the shop is at it already")


def _no(status: int, answer: dict[str, Any]) -> Exception:
    """A refusal has a reason; without one it is not the shop that speaks, but a proxy or a wrong address."""
    if status != 401 and isinstance(answer.get("reason"), str):
        return Refused(_words(answer))
    if status in (401, 403):
        return TryLater(
            "the shop's back office does not take our signature: see SHOPDESK_BACKOFFICE_SECRET, and clocks"
        )
    return TryLater(f"the shop's back office answers {status} without a reason: see backoffice.url")


def _words(answer: dict[str, Any]) -> str:
    return " ".join(str(answer.get("reason") or "it gave no reason").split())[:_REASON]


def _wait(headers: httpx.Headers) -> float | None:
    """Seconds that the shop asks us to wait."""
    said = headers.get("retry-after", "")
    return min(float(said), _LONGEST_WAIT) if said.isdecimal() and len(said) < 9 else None
