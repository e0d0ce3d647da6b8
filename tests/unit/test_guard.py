"""Who may see the console page."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.web import guard
from bot.web.guard import COOKIE, TRIES, WAIT, Attempts, Guard
from crm_store.store import Store

PASSWORD = "correct horse"


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


@pytest.fixture(autouse=True)
def _no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "DELAY", 0.0)


async def _inside(scope: Any, receive: Any, send: Any) -> None:
    """What is guarded: a page wherever one asks, and a socket."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the page"})


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: dict[str, str]


@dataclass
class Visitor:
    """A browser, as far as a guard sees it."""

    app: Guard
    host: str = "127.0.0.1:8080"
    client: str | None = "127.0.0.1"
    scheme: str = "http"
    cookie: str = ""
    query: str = ""
    _sent: list[dict[str, Any]] = field(default_factory=list)

    def get(self, path: str = "/", **headers: str) -> Answer:
        return self._ask("GET", path, headers)

    def post(self, path: str, body: bytes = b"", **headers: str) -> Answer:
        return self._ask("POST", path, headers, body)

    def opens_socket(self, **headers: str) -> bool:
        self._run(self._scope("websocket", "GET", "/_nicegui_ws/socket.io/", headers), [{"type": "websocket.connect"}])
        return bool(self._sent[0]["type"] == "websocket.accept")

    def logs_in(self, password: str = PASSWORD) -> int:
        return self.post("/login", urlencode({"password": password}).encode()).status

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        self._run(self._scope("http", method, path, headers), [{"type": "http.request", "body": body}])
        start, *bodies = self._sent
        told = {name.decode(): value.decode() for name, value in start["headers"]}
        if "set-cookie" in told:
            self.cookie = told["set-cookie"].partition(";")[0]
        return Answer(start["status"], b"".join(part["body"] for part in bodies).decode(), told)

    def _scope(self, kind: str, method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
        sent = {"host": self.host, "cookie": self.cookie}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": kind,
            "method": method,
            "path": path,
            "scheme": self.scheme,
            "query_string": self.query.encode(),
        }
        encoded = [(name.encode(), value.encode()) for name, value in sent.items() if value]
        return {**scope, "headers": encoded, "client": (self.client, 50_000) if self.client is not None else None}

    def _run(self, scope: dict[str, Any], received: list[dict[str, Any]]) -> None:
        self._sent = []

        async def receive() -> dict[str, Any]:
            return received.pop(0)

        async def send(message: Any) -> None:
            self._sent.append(message)

        asyncio.run(self.app(scope, receive, send))


def visitor(store: Store, password: str | None, **more: Any) -> Visitor:
    return Visitor(Guard(_inside, cipher=store.cipher, shop="Harbor <Pine>", password=password), **more)


# --- without a password -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.8.8.8"])
def test_this_machine_may(host: str, client: str, store: Store) -> None:
    assert visitor(store, None, host=f"{host}:8080", client=client).get().text == "the page"


@pytest.mark.parametrize("client", ["10.0.0.7", "203.0.113.9", "::ffff:10.0.0.7", "somewhere", "", None])
def test_another_machine_may_not(client: str | None, store: Store) -> None:
    answer = visitor(store, None, client=client).get()
    assert answer.status == 403
    assert "SHOPDESK_WEB_PASSWORD" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0", "[::"])
def test_a_foreign_name_for_this_machine_is_refused(host: str, store: Store) -> None:
    assert visitor(store, None, host=f"{host}:8080").get().status == 403


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_somebody_behind_a_proxy_of_this_machine_is_refused(header: str, store: Store) -> None:
    assert visitor(store, None).get(**{header: "203.0.113.9"}).status == 403


# --- other sites --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:9999", "http://localhost:8080", "null"])
def test_another_site_may_not_ask(origin: str, store: Store) -> None:
    client = visitor(store, None)
    assert client.get(origin=origin).status == 403
    assert client.post("/files", origin=origin).status == 403
    assert not client.opens_socket(origin=origin)


def test_a_socket_says_where_it_comes_from(store: Store) -> None:
    client = visitor(store, None)
    assert client.opens_socket(origin="http://127.0.0.1:8080")
    assert not client.opens_socket()


def test_nothing_from_outside_is_loaded_and_nobody_frames_the_page(store: Store) -> None:
    headers = visitor(store, None).get().headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


# --- with a password ----------------------------------------------------------------------------------------------


@pytest.fixture
def client(store: Store) -> Visitor:
    return visitor(store, PASSWORD, host="desk.example", client="203.0.113.9")


def test_a_browser_is_asked_for_the_password(client: Visitor) -> None:
    answer = client.get(accept="text/html")
    assert (answer.status, answer.headers["location"]) == (303, "/login?to=%2F")
    assert "Harbor &lt;Pine&gt;" in client.get("/login").text


@pytest.mark.parametrize(
    ("asked", "then"),
    [
        ("/?ticket=7", "/?ticket=7"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("", "/"),
    ],
)
def test_one_comes_to_what_one_asked_for(asked: str, then: str, client: Visitor) -> None:
    client.query = urlencode({"to": asked})
    answer = client.post("/login", urlencode({"password": PASSWORD}).encode())
    assert answer.headers["location"] == then


def test_everything_is_closed_before(client: Visitor) -> None:
    assert client.get().status == 401
    assert client.get("/files/console/1").status == 401
    assert not client.opens_socket(origin="http://desk.example")


def test_everything_is_open_after(client: Visitor) -> None:
    assert client.logs_in() == 303
    assert client.get().text == "the page"
    assert client.get("/files/console/1").text == "the page"
    assert client.opens_socket(origin="http://desk.example")
    assert not client.opens_socket(origin="http://evil.example")


def test_the_cookie_is_for_this_site_alone(client: Visitor) -> None:
    password = urlencode({"password": PASSWORD}).encode()
    cookie = client.post("/login", password).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    client.scheme = "https"
    assert "secure" in client.post("/login", password).headers["set-cookie"].lower()


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " ", "ü" * 9, "x" * 5_000])
def test_a_wrong_password_opens_nothing(password: str, client: Visitor) -> None:
    assert client.logs_in(password) == 401
    assert client.get().status == 401


@pytest.mark.parametrize("session", ["", ".", "9999999999.", "9999999999.x", "1.x", "٩٩٩.x", "9" * 40 + ".x", '"'])
def test_a_forged_session_opens_nothing(session: str, client: Visitor) -> None:
    client.cookie = f"{COOKIE}={session}"
    assert client.get().status == 401


def test_a_session_ends(client: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    client.logs_in()
    later = time.time() + guard.SESSION + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.get().status == 401


def test_another_password_ends_every_session(store: Store, client: Visitor) -> None:
    client.logs_in()
    assert visitor(store, "another", cookie=client.cookie).get().status == 401
    assert visitor(store, PASSWORD, cookie=client.cookie).get().status == 200


def test_logging_out_closes_the_page(client: Visitor) -> None:
    client.logs_in()
    assert client.post("/logout").status == 303
    assert client.get().status == 401


def test_a_link_logs_nobody_out(client: Visitor) -> None:
    client.logs_in()
    client.get("/logout")
    assert client.get().status == 200


def test_after_some_wrong_passwords_an_address_waits(client: Visitor) -> None:
    assert [client.logs_in("wrong") for _ in range(TRIES)] == [401] * TRIES
    assert client.logs_in() == 429
    assert client.get().status == 401


def test_the_wait_ends_and_is_each_address_own() -> None:
    now = 0.0
    attempts = Attempts(lambda: now)
    for _ in range(TRIES):
        attempts.failed("a")
    assert attempts.wait("a") == WAIT
    assert attempts.wait("b") == 0
    now = WAIT
    assert attempts.wait("a") == 0


def test_the_list_of_addresses_stays_short() -> None:
    attempts = Attempts()
    for number in range(10_050):
        attempts.failed(str(number))
    assert len(attempts._wrong) == 10_000
