"""Writes the demo's shop into an empty store: two years of customers, orders, reviews and tickets."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, Final

from sqlalchemy import Connection, Insert, insert, select, text

from bot.demo.catalogue import ARTICLES
from bot.demo.life import DAY, Bought, Shop, Till, history
from bot.demo.past_tickets import TEAM, PastTicket, past_tickets
from bot.demo.people import Person, at_home, people
from bot.demo.photo import torn_box
from crm_store import files, goods, stats
from crm_store.crypto import Cipher
from crm_store.money import Rates
from crm_store.schema import (
    Address,
    CartItem,
    Consent,
    Customer,
    Identity,
    Order,
    OrderItem,
    Product,
    Refund,
    Review,
    Shipment,
    Staff,
    Table,
    Ticket,
    TicketEvent,
    TicketNumber,
    Visit,
)
from crm_store.store import Store

Row = dict[str, Any]
#: the number of the first order: `NT-10001`
FIRST_ORDER: Final = 10001
#: where the photo of the conversation about a broken stove is kept
PHOTO: Final = "demo-torn-box"
_CHUNK: Final = 5_000
_KEYS: Final = {article.sku: key for key, article in enumerate(ARTICLES, 1)}


class StoreNotEmpty(Exception):
    """The demo's shop is written only where no shop is."""

    def __init__(self) -> None:
        super().__init__("the store has customers already: the demo needs one of its own")


def make_shop(store: Store, rates: Rates, *, seed: int = 7, now: datetime, customers: int = 2000) -> None:
    """Fills an empty store. The same seed and `now` make the same shop; all in one transaction.

    Prices are in the shop's own currency and, where `rates` has one, in the customer's. Raises `StoreNotEmpty`.
    """
    # a stream of random numbers for each part: one more ticket does not change the orders
    streams = [Random(f"{seed}:{part}") for part in ("people", "orders", "tickets", "interest")]
    everybody = people(customers, streams[0], now)
    shop = Shop(Till(rates), streams[1], now)
    orders = sorted((bought for person in everybody for bought in history(person, shop)), key=lambda order: order.at)
    past = past_tickets(orders, streams[2], now)
    with store.begin() as connection:
        if connection.scalar(select(Customer.id).limit(1)) is not None:
            raise StoreNotEmpty
        _write(connection, store.cipher, Written(rates, shop, everybody, orders, past, streams[3]))
        stats.rebuild(connection)
        goods.rebuild(connection)
        files.keep(connection, store.cipher, f"console/{PHOTO}", "box.png", "image/png", torn_box(), now)


@dataclass(frozen=True, slots=True)
class Written:
    """Everything that is to be written."""

    rates: Rates
    shop: Shop
    people: Sequence[Person]
    #: by time; the place in it gives the key and the number
    orders: Sequence[Bought]
    tickets: Sequence[PastTicket]
    random: Random

    @property
    def now(self) -> datetime:
        return self.shop.now


def _write(connection: Connection, cipher: Cipher, made: Written) -> None:
    tables: tuple[tuple[type[Table], Iterable[Row]], ...] = (
        (Customer, (_customer(person, cipher) for person in made.people)),
        (Address, (_address(person, cipher) for person in made.people)),
        (Identity, (_identity(person, cipher) for person in made.people if person.role)),
        (Consent, (row for person in made.people for row in _consents(person, made))),
        (Product, _products(made)),
        (Order, (_order(key, bought, made.rates) for key, bought in enumerate(made.orders, 1))),
        (OrderItem, (row for key, bought in enumerate(made.orders, 1) for row in _items(key, bought))),
        (Shipment, (row for key, bought in enumerate(made.orders, 1) for row in _shipment(key, bought))),
        (Refund, _refunds(made)),
        (Review, _reviews(made, cipher)),
        (CartItem, _carts(made)),
        (Visit, _visits(made)),
        (Staff, _staff(made.now)),
        (TicketNumber, ({"id": key, "at": past.opened_at} for key, past in enumerate(made.tickets, 1))),
        (Ticket, _tickets(made, cipher)),
        (TicketEvent, (row for key, past in enumerate(made.tickets, 1) for row in _events(key, past))),
    )
    for model, rows in tables:
        _insert(connection, model, rows)


def _insert(connection: Connection, model: type[Table], rows: Iterable[Row]) -> None:
    statement: Insert = insert(model)
    rest = iter(rows)
    while chunk := list(islice(rest, _CHUNK)):
        connection.execute(statement, chunk)
    if connection.dialect.name == "postgresql":
        # keys were given: the sequence must go on after them
        name = model.__tablename__
        highest = f"(SELECT coalesce(max(id), 0) + 1 FROM {name})"
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {highest}, false)"))


# --- people -------------------------------------------------------------------------------------------------------


def _customer(person: Person, cipher: Cipher) -> Row:
    return {
        "id": person.number,
        "external_id": person.external_id,
        "name_sealed": cipher.seal("customers.name", person.name),
        "email_sealed": cipher.seal("customers.email", person.email),
        "email_hash": cipher.digest("email", person.email),
        "phone_sealed": cipher.seal_optional("customers.phone", person.phone),
        "phone_hash": None if person.phone is None else cipher.digest("phone", person.phone),
        "country": person.country.code,
        "city": person.city,
        "language": person.language,
        "signed_up_at": person.signed_up_at,
        "marketing_consent": person.consent,
        "created_at": person.signed_up_at,
    }


def _address(person: Person, cipher: Cipher) -> Row:
    lines = {"line1": person.street, "city": person.city, "postcode": person.postcode}
    content = json.dumps(lines, ensure_ascii=False)
    return {
        "id": person.number,
        "customer_id": person.number,
        "kind": "shipping",
        "address_sealed": cipher.seal("addresses.address", content),
        "country": person.country.code,
        "fingerprint": cipher.digest("address", f"{content}|{person.country.code}"),
    }


def console_user(customer_id: int) -> str:
    """What the console page calls a customer of the shop."""
    return f"customer-{customer_id}"


def _identity(person: Person, cipher: Cipher) -> Row:
    return {
        "customer_id": person.number,
        "channel": "console",
        "user": console_user(person.number),
        "name_sealed": cipher.seal("identities.name", person.name),
        "username_sealed": None,
        "linked_by": "staff",
        "linked_at": person.signed_up_at,
    }


def _consents(person: Person, made: Written) -> Iterator[Row]:
    """What was ticked at the till; some think again later."""
    given = {"customer_id": person.number, "kind": "broadcast", "version": "1", "channel": "import"}
    yield {**given, "given": person.consent, "at": person.signed_up_at}
    later = person.signed_up_at + made.random.uniform(20, 400) * DAY
    if person.consent and made.random.random() < 0.06 and later < made.now:
        yield {**given, "given": False, "at": later}


def _staff(now: datetime) -> Iterator[Row]:
    for key, (name, days) in enumerate(TEAM, 1):
        role = "manager" if name == "Maya" else "agent"
        since = now - days * DAY
        yield {"id": key, "channel": "console", "user": name.lower(), "name": name, "role": role, "created_at": since}


# --- trade --------------------------------------------------------------------------------------------------------


def _products(made: Written) -> Iterator[Row]:
    base, random = made.rates.base, made.random
    for article in ARTICLES:
        stock = 0 if random.random() < 0.09 else int(random.lognormvariate(2.6 + article.popularity / 8, 0.9)) + 1
        yield {
            "id": _KEYS[article.sku],
            "sku": article.sku,
            "name": article.name,
            "category": article.category,
            "price": made.shop.till.price(article.price, base),
            "currency": base,
            "stock": stock,
        }


def _number(key: int) -> str:
    return f"NT-{FIRST_ORDER + key - 1}"


def _order(key: int, bought: Bought, rates: Rates) -> Row:
    return {
        "id": key,
        "external_id": _number(key),
        "customer_id": bought.person.number,
        "placed_at": bought.at,
        "status": bought.status,
        "currency": bought.currency,
        "total": bought.total,
        "total_base": rates.to_base(bought.total, bought.currency),
        "shipping": bought.shipping,
        "discount": bought.discount,
        "payment_method": bought.payment,
    }


def _items(key: int, bought: Bought) -> Iterator[Row]:
    for line in bought.lines:
        yield {
            "order_id": key,
            "product_id": _KEYS[line.article.sku],
            "occurrence": 1,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
        }


def _shipment(key: int, bought: Bought) -> Iterator[Row]:
    if bought.shipped is not None:
        yield {
            "order_id": key,
            "number": 1,
            "carrier": bought.shipped.carrier,
            "tracking_number": bought.shipped.tracking_number,
            "delivered_at": bought.shipped.delivered_at,
        }


def _refunds(made: Written) -> Iterator[Row]:
    given = [(key, bought, bought.refund) for key, bought in enumerate(made.orders, 1) if bought.refund]
    given.sort(key=lambda each: each[2].at)
    for number, (key, bought, refund) in enumerate(given, 1):
        yield {
            "external_id": f"R-{number:05d}",
            "order_id": key,
            "customer_id": bought.person.number,
            "amount": refund.amount,
            "currency": bought.currency,
            "amount_base": made.rates.to_base(refund.amount, bought.currency),
            "reason": refund.reason,
            "status": refund.status,
            "created_at": refund.at,
        }


def _reviews(made: Written, cipher: Cipher) -> Iterator[Row]:
    written = [(key, bought, bought.review) for key, bought in enumerate(made.orders, 1) if bought.review]
    written.sort(key=lambda each: each[2].at)
    for number, (key, bought, review) in enumerate(written, 1):
        yield {
            "external_id": f"V-{number:05d}",
            "customer_id": bought.person.number,
            "product_id": _KEYS[review.article.sku],
            "order_id": key,
            "rating": review.rating,
            "text_sealed": cipher.seal_optional("reviews.text", review.text),
            "language": review.language,
            "created_at": review.at,
        }


# --- interest -----------------------------------------------------------------------------------------------------

_SOURCES: Final = ("search", "newsletter", "direct", "social", "ads")
_SOURCE_SHARES: Final = (42, 18, 22, 12, 6)


def _visits(made: Written) -> Iterator[Row]:
    """The last four months: who bought lately looks more often, and at what they bought and the like."""
    last = {bought.person.number: bought for bought in made.orders}
    for person in made.people:
        bought = last.get(person.number)
        for _ in range(_looks(person, bought, made)):
            yield _visit(person, bought, made)


def _looks(person: Person, bought: Bought | None, made: Written) -> int:
    age = (made.now - bought.at) / DAY if bought else 400.0
    expected = 5.0 * person.habit.monthly + 4.5 * max(0.0, 1 - age / 150) + 0.35
    return int(made.random.expovariate(1 / expected))


def _visit(person: Person, bought: Bought | None, made: Written) -> Row:
    random = made.random
    known = bought is not None and random.random() < 0.35
    article = random.choice(bought.lines).article if bought and known else random.choice(ARTICLES)
    earliest = max(person.signed_up_at, made.now - 120 * DAY)
    day = earliest + random.random() * (made.now - earliest)
    at = max(earliest, min(at_home(day, person.country, random), made.now - timedelta(minutes=random.randint(1, 90))))
    source = random.choices(_SOURCES, _SOURCE_SHARES)[0]
    # the number keeps two equal visits apart
    said = f"{person.number}|{article.sku}|{at.isoformat()}|{source}|{random.getrandbits(64)}"
    return {
        "customer_id": person.number,
        "product_id": _KEYS[article.sku],
        "at": at,
        "source": source,
        "fingerprint": hashlib.sha256(said.encode()).hexdigest()[:43],
    }


def _carts(made: Written) -> Iterator[Row]:
    random = made.random
    for person in made.people:
        if random.random() >= 0.05 + min(0.25, person.habit.monthly / 6):
            continue
        updated = max(person.signed_up_at, made.now - random.expovariate(1 / 9) * DAY)
        for article in random.sample(ARTICLES, random.choice((1, 1, 1, 2, 3))):
            yield {
                "customer_id": person.number,
                "product_id": _KEYS[article.sku],
                "quantity": random.choice((1, 1, 1, 2)),
                "updated_at": updated,
            }


# --- tickets ------------------------------------------------------------------------------------------------------


def _tickets(made: Written, cipher: Cipher) -> Iterator[Row]:
    keys = {id(bought): key for key, bought in enumerate(made.orders, 1)}
    staff = {name: key for key, (name, _) in enumerate(TEAM, 1)}
    for number, past in enumerate(made.tickets, 1):
        yield {
            "id": number,
            "external_id": f"T-{number:05d}",
            "conversation_id": None,
            "customer_id": past.bought.person.number,
            "order_id": keys[id(past.bought)],
            "kind": past.kind,
            "status": "resolved",
            "priority": past.priority,
            "assignee": past.assignee,
            "assignee_id": staff[past.assignee],
            "subject_sealed": cipher.seal("tickets.subject", past.subject),
            "opened_at": past.opened_at,
            "first_reply_at": past.first_reply_at,
            "resolved_at": past.resolved_at,
            "csat": past.csat,
        }


def _events(number: int, past: PastTicket) -> Iterator[Row]:
    for at, actor, kind in (
        (past.opened_at, "customer", "opened"),
        (past.first_reply_at, past.assignee, "replied"),
        (past.resolved_at, past.assignee, "resolved"),
    ):
        yield {"ticket_id": number, "at": at, "actor": actor, "kind": kind, "detail": None}
