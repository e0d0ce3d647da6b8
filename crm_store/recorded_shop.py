"""What the recorded shop keeps: the errands it was asked for with its answers, and what of an order only it needs."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from crm_store.crypto import Cipher
from crm_store.schema import Address, Order, RecordedErrand, Refund
from crm_store.upsert import insert_once

_ERRAND = "recorded_errands.errand"
_ADDRESS = "addresses.address"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the shop answered to an errand; `errand` is its bytes."""

    order: str
    errand: bytes
    is_done: bool
    receipt: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Extras:
    """What an order costs beside its lines, in minor units of its currency; None is "not known"."""

    shipping: int | None
    discount: int | None


def hold_order(connection: Connection, number: str) -> None:
    """Nobody else acts on the order before this transaction ends."""
    if connection.dialect.name != "sqlite":  # there the whole database is locked already
        connection.execute(select(Order.id).where(Order.external_id == number).with_for_update())


def answer_of(connection: Connection, cipher: Cipher, key: str) -> Answer | None:
    """What was answered to the errand of a key."""
    columns = (
        RecordedErrand.order,
        RecordedErrand.errand_sealed,
        RecordedErrand.state,
        RecordedErrand.receipt,
        RecordedErrand.reason,
        RecordedErrand.at,
    )
    row: Any = connection.execute(select(*columns).where(RecordedErrand.key == key)).first()
    if row is None:
        return None
    errand = cipher.open_bytes(_ERRAND, row.errand_sealed)
    return Answer(row.order, errand, row.state == "done", row.receipt or "", row.reason or "", row.at)


def keep_answer(connection: Connection, cipher: Cipher, key: str, answer: Answer, amount: int) -> bool:
    """Keeps an answer, with the money that went back; False when another transaction was first with the key."""
    values = {
        "key": key,
        "order": answer.order[:100],
        "errand_sealed": cipher.seal_bytes(_ERRAND, answer.errand),
        "state": "done" if answer.is_done else "refused",
        "receipt": answer.receipt or None,
        "reason": answer.reason or None,
        "amount": amount,
        "at": answer.at,
    }
    return insert_once(connection, RecordedErrand, values, RecordedErrand.key == key) is not None


def paid_back(connection: Connection, order_id: int, number: str) -> int:
    """What went back for an order already: by errands, and by what the shop told of itself. Minor units."""
    done = (RecordedErrand.order == number, RecordedErrand.state == "done")
    own = connection.scalar(select(func.sum(RecordedErrand.amount)).where(*done)) or 0
    # a refund with a key is one of the errands
    told = (Refund.order_id == order_id, Refund.status == "paid", Refund.call_key.is_(None))
    return int(own) + int(connection.scalar(select(func.sum(Refund.amount)).where(*told)) or 0)


def extras_of(connection: Connection, order_id: int) -> Extras:
    row = connection.execute(select(Order.shipping, Order.discount).where(Order.id == order_id)).one()
    return Extras(row.shipping, row.discount)


def put_address(connection: Connection, cipher: Cipher, customer_id: int, lines: dict[str, str], country: str) -> None:
    """A further shipping address of a customer; the same once more changes nothing."""
    content = json.dumps({name: value for name, value in lines.items() if value}, ensure_ascii=False)
    fingerprint = cipher.digest("address", f"{content}|{country or None}")
    mine = (Address.customer_id == customer_id, Address.kind == "shipping", Address.fingerprint == fingerprint)
    if connection.scalar(select(Address.id).where(*mine)) is not None:
        return
    values = {
        "customer_id": customer_id,
        "kind": "shipping",
        "address_sealed": cipher.seal(_ADDRESS, content),
        "country": country or None,
        "fingerprint": fingerprint,
    }
    insert_once(connection, Address, values, Address.fingerprint == fingerprint)
