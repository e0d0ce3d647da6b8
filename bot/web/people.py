"""Whom one may play on the customer's side of the console page."""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select

from bot.channels.console import ACCOUNT
from crm_store.crypto import Cipher
from crm_store.schema import Conversation, Customer, CustomerStats, Identity, Order
from handlers.events import Chat

#: people shown at a time
PAGE = 20
#: names are encrypted: they are searched among this many customers, those active most recently
SEARCHED = 2_000
_KNOWN = re.compile(r"customer-([1-9][0-9]{0,17})")
_GUEST = re.compile(r"guest-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the customer's side; `customer_id` is None for one who is new to the shop."""

    chat: str
    name: str
    customer_id: int | None = None
    external_id: str = ""
    country: str = ""
    language: str | None = None
    orders: int = 0
    #: the number of the newest order
    order: str = ""

    def as_chat(self) -> Chat:
        """The person as the console describes them to the desk."""
        return Chat("console", ACCOUNT, self.chat, self.chat, self.name, language=self.language)


def newcomer(name: str) -> Person:
    """Somebody the shop never heard of."""
    return Person(f"guest-{secrets.token_hex(4)}", " ".join(name.split())[:100] or "New customer")


def seat(connection: Connection, cipher: Cipher, person: Person, now: datetime) -> None:
    """Makes a customer's account on the console the customer's own, as a link from the shop would."""
    if person.customer_id is None:
        return
    mine = select(Identity.id).where(Identity.channel == "console", Identity.user == person.chat)
    if connection.scalar(mine) is not None:
        return
    values = {
        "channel": "console",
        "user": person.chat,
        "customer_id": person.customer_id,
        "name_sealed": cipher.seal("identities.name", person.name),
        "linked_by": "staff",
        "linked_at": now,
    }
    connection.execute(insert(Identity).values(values))


def by_chat(connection: Connection, cipher: Cipher, chat: str) -> Person | None:
    """The person behind a chat's id; None when there is nobody of it."""
    known = _KNOWN.fullmatch(chat)
    if known:
        return next(iter(_people(connection, cipher, [int(known[1])])), None)
    if not _GUEST.fullmatch(chat):
        return None
    name = connection.scalar(select(Identity.name_sealed).where(Identity.channel == "console", Identity.user == chat))
    return None if name is None else Person(chat, cipher.open("identities.name", name))


def somebody(connection: Connection, cipher: Cipher) -> Person | None:
    """Whom to begin with: who wrote last, else a customer whose parcel is on its way, else one who ordered lately."""
    last = select(Conversation.chat).where(Conversation.channel == "console").order_by(Conversation.id.desc()).limit(1)
    chat = connection.scalar(last)
    if chat is not None:
        return by_chat(connection, cipher, chat)
    newest = select(Order.customer_id, Order.status).where(Order.customer_id.is_not(None))
    rows = connection.execute(newest.order_by(Order.placed_at.desc()).limit(200)).all()
    waiting = [row.customer_id for row in rows if row.status == "shipped"] + [row.customer_id for row in rows]
    return next(iter(_people(connection, cipher, waiting[:1])), None)


def phone_of(connection: Connection, cipher: Cipher, person: Person) -> str:
    """The telephone number the shop knows a customer by; empty where it knows none."""
    if person.customer_id is None:
        return ""
    sealed = connection.scalar(select(Customer.phone_sealed).where(Customer.id == person.customer_id))
    return cipher.open_optional("customers.phone", sealed) or ""


def last_order(connection: Connection) -> str:
    """The number of the shop's newest order."""
    newest = select(Order.external_id).order_by(Order.placed_at.desc(), Order.id.desc()).limit(1)
    return connection.scalar(newest) or ""


def search(connection: Connection, cipher: Cipher, words: str) -> list[Person]:
    """Customers by the shop's id (whole or its beginning), e-mail address or order number; else by name.

    Without words: those who wrote or ordered last.
    """
    words = " ".join(words.split())[:100]
    if not words:
        return _people(connection, cipher, _active(connection, PAGE))
    exact = _people(connection, cipher, _named_exactly(connection, cipher, words))
    by_name = [person for person in _by_name(connection, cipher, words) if person not in exact]
    return [*exact, *by_name][:PAGE]


def _named_exactly(connection: Connection, cipher: Cipher, words: str) -> list[int]:
    ids: list[int] = []
    if "@" in words:
        email = Customer.email_hash == cipher.digest("email", words)
        ids += connection.scalars(select(Customer.id).where(email).limit(PAGE))
    order = Order.lookup == words.lower().replace("#", "")
    owners = select(Order.customer_id).where(order, Order.customer_id.is_not(None)).limit(PAGE)
    ids += [owner for owner in connection.scalars(owners) if owner is not None]
    begins = _begins(connection.dialect.name, words)
    ids += connection.scalars(select(Customer.id).where(begins).order_by(Customer.external_id).limit(PAGE))
    return list(dict.fromkeys(ids))


def _begins(dialect: str, words: str) -> ColumnElement[bool]:
    """Ids that begin with some words; where the database compares by code point, as a range its index can serve."""
    prefix = Customer.external_id.startswith(words, autoescape=True)
    if dialect == "postgresql":
        return prefix
    return prefix & (Customer.external_id >= words) & (Customer.external_id < words + "\U0010ffff")


def _by_name(connection: Connection, cipher: Cipher, words: str) -> list[Person]:
    active = _active(connection, SEARCHED)
    wanted = words.casefold().split()
    found: list[int] = []
    for ids in _batches(active, 500):
        rows = connection.execute(select(Customer.id, Customer.name_sealed).where(Customer.id.in_(ids)))
        names = {row.id: (cipher.open_optional("customers.name", row.name_sealed) or "").casefold() for row in rows}
        found += [key for key in ids if all(word in names.get(key, "") for word in wanted)]
        if len(found) >= PAGE:
            break
    return _people(connection, cipher, found[:PAGE])


def _active(connection: Connection, limit: int) -> list[int]:
    """Customers who wrote or ordered last, then the newest."""
    wrote = select(Conversation.customer_id).order_by(Conversation.id.desc()).limit(limit)
    ordered = select(Order.customer_id).where(Order.customer_id.is_not(None)).order_by(Order.placed_at.desc())
    newest = select(Customer.id).order_by(Customer.id.desc()).limit(limit)
    ids: dict[int, None] = {}
    for query in (wrote, ordered.limit(2 * limit), newest):
        if len(ids) < limit:
            ids.update(dict.fromkeys(key for key in connection.scalars(query) if key is not None))
    return list(ids)[:limit]


def _people(connection: Connection, cipher: Cipher, ids: Sequence[int]) -> list[Person]:
    """Customers by their keys, in the order given."""
    columns = (
        Customer.id,
        Customer.external_id,
        Customer.name_sealed,
        Customer.country,
        Customer.language,
        CustomerStats.orders,
    )
    joined = select(*columns).outerjoin(CustomerStats, CustomerStats.customer_id == Customer.id)
    rows = connection.execute(joined.where(Customer.id.in_(ids)))
    guests = _guest_chats(connection, ids)
    orders = _newest_orders(connection, ids)
    found = {row.id: _person(cipher, row, guests.get(row.id), orders.get(row.id, "")) for row in rows}
    return [found[key] for key in ids if key in found]


def _person(cipher: Cipher, row: Any, guest: tuple[str, bytes | None] | None, order: str) -> Person:
    chat, sealed = guest or (f"customer-{row.id}", None)
    name = cipher.open_optional("customers.name", row.name_sealed) or cipher.open_optional("identities.name", sealed)
    return Person(
        chat=chat,
        name=name or row.external_id or f"Customer {row.id}",
        customer_id=None if guest else row.id,
        external_id=row.external_id or "",
        country=row.country or "",
        language=row.language[:2] if row.language else None,
        orders=row.orders or 0,
        order=order,
    )


def _guest_chats(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, bytes | None]]:
    """The chats of people who were new on the console, by the customer made for them."""
    theirs = select(Identity.customer_id, Identity.user, Identity.name_sealed).where(
        Identity.customer_id.in_(ids), Identity.channel == "console", Identity.user.startswith("guest-")
    )
    return {row.customer_id: (row.user, row.name_sealed) for row in connection.execute(theirs)}


def _newest_orders(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    newest = select(Order.customer_id, func.max(Order.placed_at).label("at")).where(Order.customer_id.in_(ids))
    last = newest.group_by(Order.customer_id).subquery()
    rows = connection.execute(
        select(Order.customer_id, Order.external_id).join(
            last, (last.c.customer_id == Order.customer_id) & (last.c.at == Order.placed_at)
        )
    )
    return {row.customer_id: row.external_id for row in rows if row.customer_id is not None}


def _batches(ids: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
