"""The recorded shop: a back office that acts on the orders of the CRM store as a shop would. It ships for the console,
the demo and tests; where it stands for a real shop, nothing but the store changes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.backoffice import Document, Done, Refused, TryLater
from bot.backoffice.invoice import Invoice, pdf
from crm_store import orders, recorded_shop
from crm_store.money import format_minor
from crm_store.orders import OrderView
from crm_store.recorded_shop import Answer
from crm_store.store import Store, StoreUnavailable
from handlers import errands
from handlers.errands import CancelOrder, ChangeAddress, Errand, FetchInvoice, PayBack

#: an order that has not left yet
_HERE = ("pending", "paid")


class RecordedBackoffice:
    """The back office port over the store; each errand and its answer is kept there by its key."""

    def __init__(self, store: Store, *, shop: str, timezone: ZoneInfo, now: Callable[[], datetime]) -> None:
        self._store = store
        self._shop = shop
        self._timezone = timezone
        self._now = now

    async def carry_out(self, errand: Errand, key: str) -> Done:
        """Does it, or refuses, once. Raises `Refused`, `TryLater`."""
        return await asyncio.to_thread(self._carry_out, errand, key)

    async def look_up(self, key: str) -> Done | None:
        """What was answered under a key. Raises `Refused`, `TryLater`."""
        return await asyncio.to_thread(self._look_up, key)

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Nothing to end."""

    def _carry_out(self, errand: Errand, key: str) -> Done:
        try:
            with self._store.begin() as connection:
                self._answer(connection, errand, key)
        except StoreUnavailable as error:
            raise TryLater(str(error)) from error
        answer = self._look_up(key)
        assert answer is not None, "it was kept a moment ago"
        return answer

    def _look_up(self, key: str) -> Done | None:
        try:
            with self._store.read() as connection:
                answer = recorded_shop.answer_of(connection, self._store.cipher, key)
                return None if answer is None else self._as_told(connection, answer)
        except StoreUnavailable as error:
            raise TryLater(str(error)) from error

    def _answer(self, connection: Connection, errand: Errand, key: str) -> None:
        recorded_shop.hold_order(connection, errand.order)
        if recorded_shop.answer_of(connection, self._store.cipher, key) is not None:
            return
        verdict = self._do(connection, errand)
        answer = Answer(
            errand.order,
            errands.encode(errand),
            verdict.reason == "",
            f"{verdict.receipt}-{key[-8:]}" if verdict.receipt else "",
            verdict.reason,
            self._now(),
        )
        if not recorded_shop.keep_answer(connection, self._store.cipher, key, answer, verdict.amount):
            raise StoreUnavailable("another errand has this key at the moment")  # and nothing of this one stays

    def _do(self, connection: Connection, errand: Errand) -> "_Verdict":
        order = orders.find_order(connection, errand.order)
        if order is None or order.external_id != errand.order:
            return _Verdict(reason=f"there is no order {errand.order}")
        match errand:
            case CancelOrder():
                return self._cancel(connection, order)
            case ChangeAddress():
                return self._change_address(connection, order, errand)
            case PayBack():
                return self._pay_back(connection, order, errand)
            case FetchInvoice():
                return _Verdict(receipt="INV")
            case _:
                assert_never(errand)

    def _cancel(self, connection: Connection, order: OrderView) -> "_Verdict":
        if order.status == "cancelled":
            return _Verdict(reason="the order is cancelled already")
        if order.status not in _HERE:
            return _Verdict(reason="the order has left already")
        orders.set_status(connection, order.id, "cancelled")
        return _Verdict(receipt="CANCEL")

    def _change_address(self, connection: Connection, order: OrderView, errand: ChangeAddress) -> "_Verdict":
        if order.status not in _HERE:
            why = "is cancelled" if order.status == "cancelled" else "has left already"
            return _Verdict(reason=f"the order {why}")
        if order.customer_id is not None:
            lines = {name: getattr(errand, name) for name in ("line1", "line2", "city", "postcode", "region")}
            recorded_shop.put_address(connection, self._store.cipher, order.customer_id, lines, errand.country)
        return _Verdict(receipt="ADDRESS")

    def _pay_back(self, connection: Connection, order: OrderView, errand: PayBack) -> "_Verdict":
        if order.status == "pending":
            return _Verdict(reason="nothing was paid for the order yet")
        if errand.currency != order.currency:
            return _Verdict(reason=f"the order was paid in {order.currency}, not in {errand.currency}")
        left = order.total - recorded_shop.paid_back(connection, order.id, order.external_id)
        if errand.amount <= 0:
            return _Verdict(reason="an amount above 0 is needed")
        if errand.amount > left:
            return _Verdict(
                reason=f"no more than {format_minor(max(left, 0), order.currency)} is left of what was paid"
            )
        return _Verdict(receipt="REFUND", amount=errand.amount)

    def _as_told(self, connection: Connection, answer: Answer) -> Done:
        """An answer once more, as it was; documents are written anew. Raises `Refused`."""
        if not answer.is_done:
            raise Refused(answer.reason)
        if not isinstance(errands.decode(answer.errand), FetchInvoice):
            return Done(answer.receipt)
        order = orders.find_order(connection, answer.order)
        if order is None:
            raise Refused(f"there is no order {answer.order}")
        extras = recorded_shop.extras_of(connection, order.id)
        dates = (answer.at.astimezone(self._timezone), order.placed_at.astimezone(self._timezone))
        written = pdf(Invoice(self._shop, order, extras, *dates))
        return Done(answer.receipt, (Document(f"invoice-{_bare(order.external_id)}.pdf", "application/pdf", written),))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the shop says to an errand: a receipt's first word, or why not."""

    receipt: str = ""
    reason: str = ""
    amount: int = 0


def _bare(number: str) -> str:
    """An order's number as a part of a file's name."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in number).strip("-")
