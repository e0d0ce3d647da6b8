"""Who may see the console page: this machine alone, or whoever knows the password."""

import asyncio
import hmac
import html
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_store.crypto import Cipher

COOKIE = "shopdesk_console"
#: how long somebody stays logged in, in seconds
SESSION = 7 * 24 * 3600
#: wrong passwords an address may send before it has to wait, and for how long, in seconds
TRIES, WAIT = 5, 60.0
#: what every wrong password costs, in seconds
DELAY = 0.4
_LOCAL_NAMES = {"localhost", "127.0.0.1", "::1"}
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")
_ADDRESSES = 10_000
_LONGEST_FORM = 4_096

_TYPEFACE = ("/static/inter-latin.woff2", "/static/inter-cyrillic.woff2")

#: nothing outside this server is loaded, sent to or framed; the page's own libraries compile templates (unsafe-eval)
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "content-security-policy": _POLICY,
}


class Attempts:
    """Wrong passwords by address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until the address may try again; 0 when it may now."""
        count, last = self._wrong.get(address, (0, 0.0))
        left = last + WAIT - self._clock()
        if left <= 0:
            self._wrong.pop(address, None)
        return left if count >= TRIES and left > 0 else 0.0

    def failed(self, address: str) -> None:
        """Another wrong one; the addresses seen longest ago are forgotten when there are too many."""
        count, _ = self._wrong.pop(address, (0, 0.0))
        self._wrong[address] = (count + 1, self._clock())
        if len(self._wrong) > _ADDRESSES:
            self._wrong.popitem(last=False)

    def forget(self, address: str) -> None:
        self._wrong.pop(address, None)


class Guard:
    """Stands before everything of the console: pages, files, and the socket that carries them."""

    def __init__(self, app: ASGIApp, *, cipher: Cipher, shop: str, password: str | None) -> None:
        self._app = app
        self._cipher = cipher
        self._shop = shop
        self._password = password
        self._attempts = Attempts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        answer = await self._answer(scope, receive)
        if answer is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer(scope, receive, _with_headers(send))

    async def _answer(self, scope: Scope, receive: Receive) -> Response | None:
        """What to say instead of letting in, None when the request may pass."""
        headers = Headers(scope=scope)
        if not _is_same_origin(scope, headers):
            return PlainTextResponse("This request came from another site.", 403)
        if self._password is None:
            return None if _is_local(scope, headers) else PlainTextResponse(_CLOSED, 403)
        if scope["type"] == "http" and scope["path"] in ("/login", "/logout"):
            return await self._log_in_or_out(Request(scope, receive), self._password)
        if self._is_logged_in(headers, self._password) or _is_typeface(scope):
            return None
        if "text/html" in headers.get("accept", ""):
            asked = scope["path"] + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
            return RedirectResponse("/login?" + urlencode({"to": asked}), 303)
        return PlainTextResponse("Log in first.", 401)

    def _is_logged_in(self, headers: Headers, password: str) -> bool:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        expires, _, mac = cookie.value.partition(".") if cookie else ("", "", "")
        if not expires.isascii() or not expires.isdecimal() or len(expires) > 12 or int(expires) < time.time():
            return False
        return hmac.compare_digest(mac.encode(), self._mac(expires, password).encode())

    def _mac(self, expires: str, password: str) -> str:
        """Signs a session; another password ends all sessions, every process of this store knows them."""
        return self._cipher.digest("console session", f"{expires} {password}")

    async def _log_in_or_out(self, request: Request, password: str) -> Response:
        if request.url.path == "/logout":
            leave = RedirectResponse("/login", 303)
            if request.method == "POST":
                leave.delete_cookie(COOKIE)
            return leave
        if request.method != "POST":
            return self._page(request)
        address = request.client.host if request.client else ""
        wait = self._attempts.wait(address)
        if wait:
            return self._page(request, f"Too many wrong passwords. Try again in {wait:.0f} seconds.", 429)
        if not hmac.compare_digest((await _sent_password(request)).encode(), password.encode()):
            self._attempts.failed(address)
            await asyncio.sleep(DELAY)
            return self._page(request, "That is not the password.", 401)
        self._attempts.forget(address)
        return self._enter(request, password)

    def _enter(self, request: Request, password: str) -> Response:
        expires = str(int(time.time()) + SESSION)
        enter = RedirectResponse(_within(request.query_params.get("to", "/")), 303)
        session = f"{expires}.{self._mac(expires, password)}"
        secure = request.url.scheme == "https"
        enter.set_cookie(COOKIE, session, max_age=SESSION, httponly=True, samesite="strict", secure=secure)
        return enter

    def _page(self, request: Request, error: str = "", status: int = 200) -> Response:
        to = html.escape(urlencode({"to": _within(request.query_params.get("to", "/"))}))
        note = f'<p role="alert">{html.escape(error)}</p>' if error else ""
        page = _LOGIN.replace("{shop}", html.escape(self._shop)).replace("{note}", note).replace("{to}", to)
        return HTMLResponse(page, status, {"cache-control": "no-store"})


def _is_same_origin(scope: Scope, headers: Headers) -> bool:
    """Whether the page that asks is ours: browsers name its origin when it is another's, and always on a socket."""
    origin = headers.get("origin")
    if origin is None:
        return bool(scope["type"] == "http")
    return urlsplit(origin).netloc == headers.get("host", "")


def _is_local(scope: Scope, headers: Headers) -> bool:
    """Whether a browser on this machine asks, by a name of this machine (a foreign name may have been rebound here)."""
    client = scope.get("client")
    if client is None or any(name in headers for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(client[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    if not (mapped or address).is_loopback:
        return False
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname in _LOCAL_NAMES
    except ValueError:
        return False


def _is_typeface(scope: Scope) -> bool:
    """The log-in page is set in it too."""
    return scope["type"] == "http" and scope["path"] in _TYPEFACE


def _within(path: str) -> str:
    """A path of this server, whatever was asked for."""
    inside = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if inside else "/"


async def _sent_password(request: Request) -> str:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LONGEST_FORM:
                return ""
    except ClientDisconnect:
        return ""
    return parse_qs(body.decode(errors="replace")).get("password", [""])[0]


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


_CLOSED = """\
The console page answers only on this machine, at http://127.0.0.1 or http://localhost.
To open it from elsewhere, set SHOPDESK_WEB_PASSWORD and start again.
"""

_LOGIN = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in · {shop}</title>
<link rel="icon" href="data:,">
<style>
@font-face { font-family: "Inter"; src: url("/static/inter-latin.woff2") format("woff2"); font-weight: 100 900 }
@font-face { font-family: "Inter"; src: url("/static/inter-cyrillic.woff2") format("woff2"); font-weight: 100 900;
  unicode-range: U+0400-045F, U+0490-0491, U+04B0-04B1, U+2116 }
:root { color-scheme: light dark; font: 16px/1.5 "Inter", ui-sans-serif, system-ui, "Segoe UI", sans-serif;
  --page: light-dark(#f4f3ef, #111315); --card: light-dark(#fff, #1a1d1f); --ink: light-dark(#1d1c1a, #ece9e4);
  --soft: light-dark(#66625b, #a5a198); --line: light-dark(#8b867c, #6d6a63); --accent: light-dark(#0b6b5a, #58cdb2);
  --on: light-dark(#fff, #06231d); --bad: light-dark(#b3261e, #ff9d94) }
* { box-sizing: border-box }
body { margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 24px; background: var(--page);
  color: var(--ink) }
form { width: min(360px, 100%); background: var(--card); border-radius: 20px; padding: 32px;
  box-shadow: 0 1px 2px #0001, 0 12px 40px #0001 }
h1 { font-size: 20px; margin: 0 0 4px; letter-spacing: -.01em }
p { margin: 0 0 20px; color: var(--soft) }
p[role=alert] { color: var(--bad); margin: 12px 0 0 }
label { display: block; font-size: 14px; font-weight: 600; margin-bottom: 6px }
input, button { width: 100%; font: inherit; border-radius: 12px; padding: 10px 14px }
input { border: 1px solid var(--line); background: transparent; color: inherit }
button { border: 0; margin-top: 16px; background: var(--accent); color: var(--on); font-weight: 600; cursor: pointer }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
</style>
</head>
<body>
<form method="post" action="/login?{to}">
<h1>{shop}</h1>
<p>The support desk’s console</p>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button>Log in</button>
{note}
</form>
</body>
</html>
"""
