"""Slack's way in: requests reach the store through bolt, and are acknowledged only once they lie there.

The desk's step stands before bolt's authorization. Bolt would ask `auth.test` there and, when that fails, acknowledge
the event unseen; and its filter of own events needs that answer. `parse` tells our own bot by the event itself.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.answers import error_name

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_log = logging.getLogger(__name__)
_bolt_log = logging.getLogger(f"{__name__}.bolt")

#: takes a request's body: stores it or lets it be, and says what the acknowledgement says; raising: there is none
Take = Callable[[dict[str, Any]], Awaitable[dict[str, Any] | None]]

#: seconds between looks at the WebSocket, and for how long it may be down before a new one is made
_LOOK, _PATIENCE = 1.0, 30.0
_LONGEST_PAUSE = 60.0
#: seconds to wait for Slack's side of the closing handshake
_GOODBYE = 2.0


def make_app(client: AsyncWebClient, signing_secret: str | None, take: Take) -> AsyncApp:
    """A bolt app without listeners: everything ends in `take`."""

    async def store(req: AsyncBoltRequest, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        if req.body.get("type") == "url_verification":
            return await next()
        told = await take(req.body)  # what it raises becomes a 500: Slack sends the request again
        return BoltResponse(status=200, body=told or "")

    # bolt reads SLACK_BOT_TOKEN from the environment by itself and warns that it is not needed
    _bolt_log.addFilter(_is_news)
    _bolt_log.setLevel(max(_bolt_log.getEffectiveLevel(), logging.INFO))  # debug lines hold what people write
    return AsyncApp(
        name="shopdesk",
        logger=_bolt_log,
        client=client,
        signing_secret=signing_secret or "unused in Socket Mode",
        before_authorize=store,
        ssl_check_enabled=False,  # it answers unsigned requests
    )


def _is_news(record: logging.LogRecord) -> bool:
    return "you gave `client` as well" not in record.getMessage()


# --- HTTP ---------------------------------------------------------------------------------------------------------


def make_handler(app: AsyncApp, signing_secret: str) -> "Callable[[Request], Awaitable[Response]]":
    """The endpoint for Starlette and FastAPI: 401 for what Slack did not sign within the last five minutes."""
    from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
    from starlette.requests import Request
    from starlette.responses import Response

    verifier, bolt = SignatureVerifier(signing_secret), AsyncSlackRequestHandler(app)

    async def handle(request: Request) -> Response:
        body = await request.body()
        if not _is_signed(verifier, body, request.headers.get("x-slack-request-timestamp", ""), request.headers):
            return Response("invalid request", status_code=401)
        return await bolt.handle(request) if _is_readable(body, request) else Response("no JSON", status_code=400)

    return handle


def _is_signed(verifier: SignatureVerifier, body: bytes, timestamp: str, headers: Any) -> bool:
    """Bolt checks again, but stumbles over a timestamp that is no number and a body that is no text."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 15):
        return False
    with suppress(UnicodeDecodeError, TypeError):
        return verifier.is_valid(body, timestamp, headers.get("x-slack-signature", ""))
    return False


def _is_readable(body: bytes, request: "Request") -> bool:
    if not request.headers.get("content-type", "").startswith("application/json"):
        return True
    with suppress(ValueError):
        return isinstance(json.loads(body), dict)
    return False


# --- Socket Mode --------------------------------------------------------------------------------------------------


async def listen(app: AsyncApp, app_token: str, trouble: Callable[[str], None], ping_interval: float = 5.0) -> None:
    """Keeps a WebSocket to Slack open until cancelled. Bolt answers an envelope only when `take` has returned.

    `trouble` is told why none can be opened, and nothing once one can.

    The SDK reconnects by itself, but for ever to the same address when that has gone stale; so a connection that stays
    down is thrown away and made anew.
    """
    pause = 1.0
    while True:
        handler = AsyncSocketModeHandler(app, app_token, logger=_bolt_log, ping_interval=ping_interval)
        try:
            handler.client.wss_uri = await handler.client.issue_new_wss_url()
            trouble("")
            pause = 1.0 if await _until_down(handler) else min(pause * 2, _LONGEST_PAUSE)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            trouble(f"Slack opens no connection for SLACK_APP_TOKEN ({reason_of(error)})")
            _log.error("Slack's Socket Mode cannot be opened (%s): trying again in %.0f s", reason_of(error), pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        finally:
            await _close(handler)


async def _until_down(handler: AsyncSocketModeHandler) -> bool:
    """Connects and waits while the connection lives; whether it ever did."""
    connecting = asyncio.create_task(handler.client.connect())  # type: ignore[no-untyped-call]  # the SDK leaves it so
    down, lived = 0.0, False
    try:
        while down < _PATIENCE:
            await asyncio.sleep(_LOOK)
            is_up = await handler.client.is_connected()
            lived, down = lived or is_up, 0.0 if is_up else down + _LOOK
    finally:
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
    _log.warning("the WebSocket to Slack stays down: opening a new one")
    return lived


async def _close(handler: AsyncSocketModeHandler) -> None:
    """Ends the SDK's tasks before its socket: a reader beside it keeps the closing handshake from its end."""
    client = handler.client
    tasks = [task for task in (client.message_receiver, client.current_session_monitor) if task is not None]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
        await asyncio.wait_for(client.close(), _GOODBYE)  # type: ignore[no-untyped-call]  # the same
    await client.aiohttp_client_session.close()
    await asyncio.gather(client.message_processor, return_exceptions=True)


def reason_of(error: Exception) -> str:
    """Why a call failed, for a log line."""
    return (error_name(error) if isinstance(error, SlackApiError) else "") or str(error) or type(error).__name__
