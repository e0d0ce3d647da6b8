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
from sqlalchemy import select

from bot.app import App
from bot.config import Config, Rate, Secrets, Shop, StoreConfig
from bot.web.http import make_web
from crm_store import conversations, customers, orders, outbox, reviews, stats, tickets
from crm_store.conversations import ChatPerson
from crm_store.schema import Customer
from crm_store.store import Store
from crm_store.tickets import NewTicket
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
        stats.customer_added(connection, insert_row(connection, Customer, {"external_id": "C-1", "created_at": NOW}))
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


CUSTOMER = {
    "name": "Grace Hopper",
    "email": "Grace@example.com",
    "phone": "+1 555 0100",
    "country": "us",
    "city": "Arlington",
    "language": "EN",
    "signed_up_at": "2026-03-01T12:00:00+00:00",
    "marketing_consent": True,
    "telegram_id": 4242,
}


def kept(app: App, external_id: str) -> Any:
    with app.store.read() as connection:
        return connection.execute(select(Customer.__table__).where(Customer.external_id == external_id)).one()


def test_a_customer_who_signs_up_after_the_import_is_told_and_then_orders(web: Web, app: App) -> None:
    for _ in range(2):
        answer = web("PUT", "/api/v1/customers/C-17", json=CUSTOMER, headers=TOKEN)
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"customer_id": "C-17"}
    grace = kept(app, "C-17")
    cipher = app.store.cipher
    assert cipher.open("customers.name", grace.name_sealed) == "Grace Hopper"
    assert cipher.open("customers.email", grace.email_sealed) == "Grace@example.com"
    assert grace.email_hash == cipher.digest("email", "grace@example.com")
    assert cipher.open("customers.phone", grace.phone_sealed) == "+1 555 0100"
    assert grace.phone_hash == cipher.digest("phone", "15550100")
    assert (grace.country, grace.city, grace.language) == ("US", "Arlington", "en")
    assert grace.marketing_consent is True
    assert grace.signed_up_at.isoformat() == "2026-03-01T12:00:00+00:00"
    with app.store.read() as connection:
        assert stats.compare(connection) == []

    order = {**ORDER, "customer_id": "C-17"}
    assert web("PUT", "/api/v1/orders/NT-17", json=order, headers=TOKEN).status_code == 200
    with app.store.read() as connection:
        assert [order.external_id for order in orders.orders_of(connection, grace.id)] == ["NT-17"]
        assert stats.compare(connection) == []


def test_what_is_left_out_or_empty_of_a_customer_stays(web: Web, app: App) -> None:
    web("PUT", "/api/v1/customers/C-17", json=CUSTOMER, headers=TOKEN)
    answer = web("PUT", "/api/v1/customers/C-17", json={"city": "New York", "phone": " "}, headers=TOKEN)
    assert answer.status_code == 200, answer.text
    grace = kept(app, "C-17")
    assert (grace.city, grace.country) == ("New York", "US")
    assert app.store.cipher.open("customers.phone", grace.phone_sealed) == "+1 555 0100"


def test_somebody_who_wrote_before_becomes_the_customer_the_shop_tells_of(web: Web, app: App) -> None:
    grace = ChatPerson("telegram", "bot", "4242", "4242", "Grace")
    with app.store.begin() as connection:
        chat = conversations.enter(connection, app.store.cipher, grace, NOW)
        number = tickets.new_number(connection, NOW)
        ticket = NewTicket(number, chat.id, chat.customer_id, "question", "normal", "wet", NOW)
        tickets.open_ticket(connection, app.store.cipher, ticket)
        customers.consent(connection, chat.customer_id, "broadcast", False, "1", "telegram", NOW)
    web("PUT", "/api/v1/customers/C-17", json=CUSTOMER, headers=TOKEN)
    with app.store.begin() as connection:
        chat = conversations.enter(connection, app.store.cipher, grace, NOW)
        moved = tickets.get(connection, app.store.cipher, number)
        assert chat.customer_external_id == "C-17"
        assert moved is not None
        assert moved.customer_id == chat.customer_id
        assert customers.consents(connection, chat.customer_id) == {"broadcast": False}
        assert stats.compare(connection) == []

    answer = web("PUT", "/api/v1/customers/C-18", json={"telegram_id": "4242"}, headers=TOKEN)
    assert answer.status_code == 422
    assert "telegram_id '4242' belongs to customer 'C-17'" in answer.text
    with app.store.read() as connection:
        assert customers.find(connection, app.store.cipher, "C-18") is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"country": "XX"}, "ISO 3166-1"),
        ({"language": "English"}, "language"),
        ({"email": "grace"}, "email"),
        ({"city": "a" * 101}, "city"),
        ({"city": "a\0"}, "city"),
        ({"signed_up_at": "0001-01-01T00:00:00+05:00"}, "1900"),
        ({"signed_up_at": "2026-02-30"}, "signed_up_at"),
        ({"marketing_consent": "perhaps"}, "marketing_consent"),
        ({"telegram_id": "@grace"}, "telegram_id"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_customer_who_cannot_be_is_refused_and_says_why(web: Web, change: dict[str, object], says: str) -> None:
    answer = web("PUT", "/api/v1/customers/C-17", json={**CUSTOMER, **change}, headers=TOKEN)
    assert answer.status_code == 422
    assert says in answer.text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"customer_id": "C-9"}, "C-9"),
        ({"customer_id": "C-9"}, "PUT /api/v1/customers/"),
        ({"placed_at": "0001-01-01T00:00:00+05:00"}, "1900"),
        ({"currency": "JPY"}, "JPY"),
        ({"currency": "euro"}, "currency"),
        ({"status": "lost"}, "status"),
        ({"total": "NaN"}, "total"),
        ({"total": "-0.01"}, "total"),
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
    assert web("PUT", "/api/v1/customers/C-1", json=CUSTOMER, headers=headers).status_code == 401
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
    paths = web("GET", "/api/docs").json()["paths"]
    assert {"/api/v1/orders/{order_id}", "/api/v1/customers/{customer_id}"} <= paths.keys()


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
    web = Web(make_web(connected))
    connected.ready = True
    assert "trouble" not in web("GET", "/readyz").json()
    connected.telegram.trouble = "the token is refused"
    connected.slack._troubles["#tickets"] = "it is archived"
    told = web("GET", "/readyz").json()
    assert (told["status"], told["trouble"]) == ("ready", "the token is refused; #tickets: it is archived")


def test_health_answers_those_who_want_the_head_alone(web: Web) -> None:
    assert web("HEAD", "/healthz").status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v1"), ("GET", "/api/nope"), ("POST", "/api/v1/nope")])
def test_what_is_not_there_under_api_is_said_in_json(web: Web, method: str, path: str) -> None:
    answer = web(method, path)
    assert answer.status_code == 404
    assert answer.json()["detail"] == f"there is nothing at {path}: see /api/docs"


def test_the_shop_tells_of_a_review(web: Web, app: App) -> None:
    web("PUT", "/api/v1/orders/NT-1", json=ORDER, headers=TOKEN)
    told = {"order_id": "NT-1", "rating": 2, "text": " broke ", "created_at": "2026-03-02T09:00:00Z"}
    assert web("PUT", "/api/v1/reviews/R-1", json=told, headers=TOKEN).json() == {"review_id": "R-1"}
    with app.store.read() as connection:
        (kept,) = reviews.unread(connection, app.store.cipher, app.now(), 10)
    assert (kept.order, kept.rating, kept.text) == ("NT-1", 2, "broke")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"rating": 6}, "less than or equal to 5"),
        ({"order_id": "NT-404"}, "is not an order of the shop"),
        ({"customer_id": "C-404"}, "is not a customer of the shop"),
        ({"stars": 3}, "not permitted"),
    ],
)
def test_a_review_that_makes_no_sense_is_refused(web: Web, change: dict[str, object], problem: str) -> None:
    told = {"rating": 2, "created_at": "2026-03-02T09:00:00Z", **change}
    answer = web("PUT", "/api/v1/reviews/R-1", json=told, headers=TOKEN)
    assert answer.status_code == 422
    assert problem in answer.text
