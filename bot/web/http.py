"""The HTTP app: what platforms call, what operators look at, and the console page."""

import logging
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.web.api import add_api, bearer
from bot.web.limits import BodyLimit
from bot.web.metrics import make_registry
from crm_store import inbox, outbox
from crm_store.store import StoreUnavailable

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger(__name__)


def make_web(app: "App") -> FastAPI:
    """The HTTP app over the desk."""
    from bot.web.console import mount

    # the usual documentation page loads its scripts from outside; the description alone needs none
    web = FastAPI(title="Shopdesk", docs_url=None, redoc_url=None, openapi_url="/api/docs")
    web.add_middleware(BodyLimit)
    _add_health(web, app)
    _add_metrics(web, app)
    add_api(web, app)
    _end_api(web)
    if app.telegram is not None:
        _add_telegram(web, app)
    if app.slack is not None and app.config.slack.mode == "http":
        web.add_api_route("/slack/events", app.slack.handler, methods=["POST"], include_in_schema=False)
    mount(web, app)
    return web


def _add_health(web: FastAPI, app: "App") -> None:
    @web.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @web.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
    def readyz() -> JSONResponse:
        """Ready: started, and the store answers. With what waits and what failed."""
        if not app.ready:
            return JSONResponse({"status": "starting"}, status_code=503)
        try:
            with app.store.read() as connection:
                failed, queued = inbox.count_failed(connection), outbox.count_open(connection)
        except StoreUnavailable as error:
            return JSONResponse({"status": "store unavailable", "reason": error.reason}, status_code=503)
        trouble = "; ".join(one.trouble for one in (app.telegram, app.slack) if one is not None and one.trouble)
        told = {"status": "ready", "failed": failed, "queued": queued}
        return JSONResponse({**told, "trouble": trouble} if trouble else told)


def _end_api(web: FastAPI) -> None:
    """What is not there under `/api` is said in JSON, not on a page."""

    @web.api_route(
        "/api/{path:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False
    )
    def nothing(path: str) -> JSONResponse:
        return JSONResponse({"detail": f"there is nothing at /api/{path}: see /api/docs"}, status_code=404)


def _add_metrics(web: FastAPI, app: "App") -> None:
    registry = make_registry(app)

    only_with_token = Depends(bearer(app.config.secrets.api_token))

    @web.get("/metrics", include_in_schema=False, dependencies=[only_with_token])
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _add_telegram(web: FastAPI, app: "App") -> None:
    telegram = app.telegram
    if telegram is None:
        return

    @web.post("/telegram/webhook", include_in_schema=False)
    async def webhook(request: Request, x_telegram_bot_api_secret_token: str | None = Header(None)) -> Response:
        if not telegram.knows(x_telegram_bot_api_secret_token):
            return Response(status_code=401)
        return Response(status_code=await telegram.take_webhook(x_telegram_bot_api_secret_token, await request.body()))
