"""What the shop's software, Prometheus and operators ask of the web port."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from msgspec.structs import replace

from bot.app import App
from bot.config import Config, Rate, Secrets, Shop, StoreConfig
from bot.web.http import make_web
from crm_store import orders, outbox, stats
from crm_store.schema import Customer
from crm_store.store import Store
from crm_store.upsert import insert_row
from tests.conftest import NOW

TOKEN = {"Authorization": "Bearer let-me-in"}
ORDER = {
    "customer_id": "C-1",
    "placed_at": "2026-03-01T12:00:00+00:00",
    "status": "paid",
    "currency": "GBP",
    "total": "49.90",
    "items": [{"sku": "JKT-1", "quantity": 1, "unit_price": 49.90, "name": "Rain jacket"}],
}


@dataclass(frozen=True)
class Web:
    """Asks the HTTP app as a process on this machine would."""

    app: FastAPI

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        return asyncio.run(self._ask(method, path, request))

    async def _ask(self, method: str, path: str, request: dict[str, Any]) -> httpx.Response:
        local = httpx.ASGITransport(self.app, client=("127.0.0.1", 50_000))
        async with httpx.AsyncClient(transport=local, base_url="http://localhost") as client:
            return await client.request(method, path, **request)


@pytest.fixture
def app(store: Store) -> App:
    with store.begin() as connection:
        insert_row(connection, Customer, {"external_id": "C-1", "created_at": NOW})
    shop = Shop(rates={"GBP": Rate("1.16")})
    config = Config(shop=shop, store=StoreConfig(), secrets=Secrets(api_token="let-me-in"))
    return App(config, store, now=lambda: NOW)


@pytest.fixture
def web(app: App) -> Web:
    return Web(make_web(app))


def test_an_order_is_told_and_told_again(web: Web, app: App) -> None:
    for status in ("paid", "shipped", "shipped"):
        answer = web("PUT", "/api/v1/orders/NT-1", json={**ORDER, "status": status}, headers=TOKEN)
        assert answer.status_code == 200, answer.text
    with app.store.read() as connection:
        order = orders.find_order(connection, "NT-1")
        assert order is not None
        assert (order.status, order.total, order.items[0].name) == ("shipped", 4_990, "Rain jacket")
        assert stats.compare(connection) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"customer_id": "C-9"}, "C-9"),
        ({"currency": "JPY"}, "JPY"),
        ({"currency": "euro"}, "currency"),
        ({"status": "lost"}, "status"),
        ({"total": "NaN"}, "total"),
        ({"surprise": 1}, "surprise"),
        ({"items": [{"sku": "A", "quantity": -1, "unit_price": 1}]}, "quantity"),
    ],
)
def test_an_order_that_cannot_be_is_refused_and_says_why(web: Web, change: dict[str, object], says: str) -> None:
    answer = web("PUT", "/api/v1/orders/NT-1", json={**ORDER, **change}, headers=TOKEN)
    assert answer.status_code == 422
    assert says in answer.text


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic let-me-in"}])
def test_the_api_wants_its_token(web: Web, headers: dict[str, str]) -> None:
    assert web("PUT", "/api/v1/orders/NT-1", json=ORDER, headers=headers).status_code == 401
    assert web("POST", "/api/v1/customers/C-1/telegram-link", headers=headers).status_code == 401
    assert web("GET", "/metrics", headers=headers).status_code == 401


def test_a_link_for_a_customer_is_made_once_asked_for(web: Web) -> None:
    link = web("POST", "/api/v1/customers/C-1/telegram-link", headers=TOKEN).json()
    assert len(link["token"]) >= 32
    assert link["expires_at"].startswith("2026-03-09")
    assert web("POST", "/api/v1/customers/C-9/telegram-link", headers=TOKEN).status_code == 404


def test_without_a_token_in_the_environment_the_api_is_off(app: App) -> None:
    closed = App(replace(app.config, secrets=Secrets()), app.store)
    answer = Web(make_web(closed))("PUT", "/api/v1/orders/NT-1", json=ORDER, headers=TOKEN)
    assert answer.status_code == 403
    assert "SHOPDESK_API_TOKEN" in answer.text


def test_health_readiness_and_metrics(web: Web, app: App) -> None:
    assert web("GET", "/healthz").text == "ok"
    assert web("GET", "/readyz").status_code == 503
    app.ready = True
    assert web("GET", "/readyz").json() == {"status": "ready", "failed": 0, "queued": 0}
    assert "shopdesk_inbox_rows" in web("GET", "/metrics", headers=TOKEN).text


def test_metrics_tell_how_long_the_oldest_call_waits(web: Web, app: App) -> None:
    with app.store.begin() as connection:
        for minutes in (7, 2):
            at = NOW - timedelta(minutes=minutes)
            call = outbox.NewCall("slack", "card:1", "#tickets", "post", b"", at)
            outbox.add(connection, app.store.cipher, [call], at)
    assert 'shopdesk_outbox_oldest_seconds{channel="slack"} 420.0' in web("GET", "/metrics", headers=TOKEN).text


def test_the_api_describes_itself(web: Web) -> None:
    assert "/api/v1/orders/{order_id}" in web("GET", "/api/docs").json()["paths"]


async def _chunks() -> AsyncIterator[bytes]:
    for _ in range(5):
        yield b"x" * 500_000


@pytest.fixture
def connected(app: App) -> App:
    """Telegram calls its webhook, Slack its events."""
    secrets = Secrets(
        telegram_bot_token="42:" + "a" * 35,
        telegram_webhook_secret="hook",
        slack_bot_token="xoxb-1",
        slack_signing_secret="signed",
        api_token="let-me-in",
    )
    config = replace(
        app.config,
        secrets=secrets,
        telegram=replace(app.config.telegram, mode="webhook", webhook_url="https://shop.example"),
        slack=replace(app.config.slack, mode="http"),
    )
    return App(config, app.store, now=lambda: NOW)


@pytest.mark.parametrize("path", ["/telegram/webhook", "/slack/events", "/api/v1/orders/NT-1"])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_too_large_is_turned_away(connected: App, path: str, is_chunked: bool) -> None:
    web = Web(make_web(connected))
    headers = {"X-Telegram-Bot-Api-Secret-Token": "hook", "Content-Type": "application/json"}
    method = "PUT" if path.startswith("/api") else "POST"
    body = _chunks() if is_chunked else b"x" * 2_500_000
    assert web(method, path, content=body, headers=headers).status_code == 413


def test_telegrams_secret_is_asked_for_before_the_body_is_read(connected: App) -> None:
    assert Web(make_web(connected))("POST", "/telegram/webhook", content=_chunks()).status_code == 401


def test_readiness_tells_that_a_platform_takes_or_brings_nothing(connected: App) -> None:
    assert connected.telegram is not None
    assert connected.slack is not None
    connected.ready, connected.telegram.trouble = True, "the token is refused"
    connected.slack._troubles["#tickets"] = "it is archived"
    told = Web(make_web(connected))("GET", "/readyz").json()
    assert (told["status"], told["trouble"]) == ("ready", "the token is refused; #tickets: it is archived")
