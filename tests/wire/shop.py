"""A shop's own endpoint for the desk's errands, as docs/backoffice.md describes it, with a few orders and its books."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.wire.faults import Fault
from tests.wire.server import Json, LocalServer

SECRET = "a-secret-of-the-shop-and-the-desk"
INVOICE = b"%PDF-1.4 an invoice"


@dataclass
class ShopOrder:
    """An order as the shop has it."""

    status: str
    #: minor units
    total: int = 8_990
    currency: str = "EUR"
    paid_back: int = 0
    address: Json = field(default_factory=dict)


class Shop(LocalServer):
    """Orders NT-1 (paid), NT-2 (shipped) and NT-3 (waits for payment)."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.now = now
        self.orders = {"NT-1": ShopOrder("paid"), "NT-2": ShopOrder("shipped"), "NT-3": ShopOrder("pending")}
        #: what was asked under each key, and the answer
        self.known: dict[str, tuple[bytes, int, Json]] = {}
        #: how a key that is asked for again is answered: 200 or 409
        self.replays_as = 200
        self.looks_up = True
        #: whether it takes errands now and does them later
        self.is_slow = False
        self.refused_signatures = 0
        #: the errands that were done, each as often as it was
        self.done: list[str] = []

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/errands", self._post)
        app.router.add_get("/errands/{key}", self._get)

    def refusal(self, fault: Fault) -> web.Response:
        match fault.kind:
            case "rate_limit":
                return web.Response(status=429, headers={"Retry-After": str(int(fault.retry_after))})
            case "error":
                return web.json_response({"status": "refused", "reason": fault.name}, status=fault.code)
            case _:
                return web.Response(status=fault.status, text="<h1>Something broke</h1>")

    def state(self) -> Json:
        return {"orders": {number: vars(order) for number, order in self.orders.items()}}

    def addresses(self) -> Json:
        return {"backoffice": f"{self.url}/errands"}

    def _is_signed(self, request: web.Request, body: bytes) -> bool:
        timestamp, key = request.headers.get("X-Shopdesk-Timestamp", ""), request.headers.get("Idempotency-Key", "")
        if not timestamp.isdecimal() or abs(self.now() - int(timestamp)) > 300:
            return False
        signed = f"v0:{timestamp}:{key}:".encode() + body
        wanted = "v0=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted, request.headers.get("X-Shopdesk-Signature", ""))

    async def _post(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not self._is_signed(request, body):
            self.refused_signatures += 1
            return web.json_response({"reason": "the signature is wrong"}, status=401)
        asked: Json = json.loads(body)
        key = request.headers["Idempotency-Key"]
        if asked["key"] != key:
            return web.json_response({"reason": "the key in the body is another one"}, status=400)
        call = self.noted(asked["errand"], asked)

        async def perform() -> web.StreamResponse:
            return self._take(key, body, asked)

        return await self.through_faults(request, call, perform)

    def _take(self, key: str, body: bytes, asked: Json) -> web.Response:
        with self.lock:
            known = self.known.get(key)
            if known is not None and known[0] != body:
                return web.json_response({"reason": "this key was used for something else"}, status=422)
            if known is None:
                self.known[key] = known = (body, *self._do(asked))
                self.changed()
                if self.is_slow:
                    return web.json_response({"status": "pending"}, status=202)
            elif self.replays_as == 409:
                pending = {"status": "pending"} if self.is_slow else known[2]
                return web.json_response(pending, status=409)
        return web.json_response(known[2], status=known[1])

    async def _get(self, request: web.Request) -> web.StreamResponse:
        if not self._is_signed(request, b""):
            self.refused_signatures += 1
            return web.json_response({"reason": "the signature is wrong"}, status=401)
        key = request.match_info["key"]
        call = self.noted("look_up", {"key": key})

        async def perform() -> web.StreamResponse:
            if not self.looks_up:
                return web.Response(status=404, text="<h1>Not found</h1>")
            known = self.known.get(key)
            if known is None:
                return web.json_response({"status": "unknown"}, status=404)
            return web.json_response({"status": "pending"} if self.is_slow else known[2])

        return await self.through_faults(request, call, perform)

    # -- the books ----------------------------------------------------------

    def _do(self, asked: Json) -> tuple[int, Json]:
        """The status and the answer to an errand that is new."""
        order = self.orders.get(asked["order"])
        if order is None:
            return 422, _refused(f"there is no order {asked['order']}")
        why = getattr(self, f"_{asked['errand']}")(order, asked)
        if why is not None:
            return 422, _refused(why)
        self.done.append(f"{asked['errand']} {asked['order']}")
        answer: dict[str, Any] = {"status": "done", "receipt": f"S-{len(self.done)}"}
        if asked["errand"] == "fetch_invoice":
            data = base64.b64encode(INVOICE).decode()
            answer["documents"] = [{"name": "invoice.pdf", "mime": "application/pdf", "data": data}]
        return 200, answer

    def _cancel_order(self, order: ShopOrder, _: Json) -> str | None:
        if order.status not in ("pending", "paid"):
            return "the order has left already" if order.status == "shipped" else f"the order is {order.status}"
        order.status = "cancelled"
        return None

    def _change_address(self, order: ShopOrder, asked: Json) -> str | None:
        if order.status not in ("pending", "paid"):
            return "the order has left already"
        order.address = {name: asked[name] for name in ("line1", "line2", "postcode", "city", "region", "country")}
        return None

    def _pay_back(self, order: ShopOrder, asked: Json) -> str | None:
        left = order.total - order.paid_back
        if order.status == "pending" or asked["currency"] != order.currency or not 0 < asked["amount"] <= left:
            return "that cannot be paid back"
        order.paid_back += asked["amount"]
        return None

    def _fetch_invoice(self, order: ShopOrder, asked: Json) -> str | None:
        return None


def _refused(reason: str) -> Json:
    return {"status": "refused", "reason": reason}
