"""Customers: what the shop tells of them, links to their chats, consents, and the ways to find them."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, func, insert, literal, select, update

from crm_store import phones, stats
from crm_store.crypto import Cipher
from crm_store.schema import AuditEntry, Consent, Conversation, Customer, CustomerMerge, Identity, LinkToken, Ticket
from crm_store.stats import CountedTicket
from crm_store.upsert import insert_once

LINK_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CustomerView:
    id: int
    external_id: str | None
    name: str | None
    country: str | None
    language: str | None


def find(connection: Connection, cipher: Cipher, external_id: str) -> CustomerView | None:
    """The customer the shop knows by an id; of one merged into another, that other one."""
    key = key_of(connection, external_id)
    return None if key is None else by_id(connection, cipher, survivor(connection, key))


def key_of(connection: Connection, external_id: str) -> int | None:
    """The key of the very customer with the shop's id, merged or not."""
    return connection.scalar(select(Customer.id).where(Customer.external_id == external_id))


def by_id(connection: Connection, cipher: Cipher, customer_id: int) -> CustomerView | None:
    return _one(connection, cipher, Customer.id == customer_id)


def survivor(connection: Connection, customer_id: int) -> int:
    """The customer that one turned out to be, by now; for most, themselves."""
    while True:
        into = connection.scalar(select(Customer.merged_into_id).where(Customer.id == customer_id))
        if into is None:
            return customer_id
        customer_id = into


def merged_into(connection: Connection, customer_id: int) -> list[int]:
    """The customers that turned out to be this one."""
    into = (CustomerMerge.kept_id == customer_id, CustomerMerge.undone_at.is_(None))
    found = list(connection.scalars(select(CustomerMerge.merged_id).where(*into)))
    return [*found, *(other for one in found for other in merged_into(connection, one))]


# --- found by what they gave the shop -----------------------------------------------------------------------------


def with_email(connection: Connection, cipher: Cipher, email: str) -> list[int]:
    """The shop's customers with an e-mail address, the smaller key first."""
    mine = Customer.email_hash == cipher.digest("email", email)
    return _survivors(connection, connection.scalars(select(Customer.id).where(mine, _OF_SHOP)).all())


def ids_with_email(connection: Connection, cipher: Cipher, email: str) -> list[str]:
    """The shop's ids of its customers with an e-mail address."""
    keys = with_email(connection, cipher, email)
    return [ref for ref in connection.scalars(select(Customer.external_id).where(Customer.id.in_(keys))) if ref]


def with_phone(connection: Connection, cipher: Cipher, e164: str, country: str | None) -> list[int]:
    """The shop's customers with a telephone number, however the shop wrote it, the smaller key first.

    `country`: where a number without its country's code belongs, of a customer whose own country is not known. The
    hashes see digits alone, so that a number of one country can look like that of another: each one found is opened
    and read again.
    """
    hashes = {cipher.digest("phone", form) for form in phones.written_forms(e164)}
    found = select(Customer.id, Customer.phone_sealed, Customer.country).where(
        Customer.phone_hash.in_(hashes), _OF_SHOP
    )
    same = [
        row.id
        for row in connection.execute(found)
        if _reads(cipher.open_optional("customers.phone", row.phone_sealed) or "", row.country or country) == e164
    ]
    return _survivors(connection, same)


_OF_SHOP = Customer.external_id.is_not(None)


def _reads(number: str, country: str | None) -> str | None:
    abroad = re.sub(r"^\s*00", "+", number)
    return phones.international(number, country) or phones.international(abroad)


def _survivors(connection: Connection, ids: Iterable[int]) -> list[int]:
    return sorted({survivor(connection, key) for key in ids})


def who_has(connection: Connection, cipher: Cipher, kind: Literal["email", "phone"], value: str) -> frozenset[int]:
    """The customers whose e-mail or phone a value is."""
    column = Customer.email_hash if kind == "email" else Customer.phone_hash
    return frozenset(connection.scalars(select(Customer.id).where(column == cipher.digest(kind, value))))


def _one(connection: Connection, cipher: Cipher, which: ColumnElement[bool]) -> CustomerView | None:
    columns = (Customer.id, Customer.external_id, Customer.name_sealed, Customer.country, Customer.language)
    row = connection.execute(select(*columns).where(which)).first()
    if row is None:
        return None
    name = cipher.open_optional("customers.name", row.name_sealed)
    return CustomerView(row.id, row.external_id, name, row.country, row.language)


# --- told by the shop ---------------------------------------------------------------------------------------------


class AccountTaken(Exception):
    """A platform account that was told as a customer's belongs to another customer of the shop."""

    def __init__(self, user: str, owner: str) -> None:
        super().__init__(f"telegram_id {user!r} belongs to customer {owner!r}")
        self.user = user
        self.owner = owner


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer as the shop sends them; None is "not known" and changes nothing."""

    external_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    country: str | None = None
    city: str | None = None
    language: str | None = None
    signed_up_at: datetime | None = None
    marketing_consent: bool | None = None
    telegram_id: str | None = None


def put_customer(connection: Connection, cipher: Cipher, customer: NewCustomer, now: datetime) -> int:
    """Inserts a customer or updates the one with their external id; their key, which is what orders and the rest are
    put by: of one merged into another, that other's. Raises `AccountTaken`.

    What the shop says of a merged customer is kept with that one's own row, for the day the merge is undone.
    """
    known = {name: value for name, value in _columns(cipher, customer).items() if value is not None}
    mine = Customer.external_id == customer.external_id
    key = connection.scalar(select(Customer.id).where(mine))
    if key is None:
        values = {"external_id": customer.external_id, "created_at": now, **known}
        key = insert_once(connection, Customer, values, mine)
        if key is None:  # it was taken a moment ago
            return put_customer(connection, cipher, customer, now)
        stats.customer_added(connection, key)
    elif known:
        connection.execute(update(Customer).where(Customer.id == key).values(known))
    key = survivor(connection, key)
    if customer.telegram_id is not None:
        _give_account(connection, customer.telegram_id, key, now)
    return key


def _columns(cipher: Cipher, customer: NewCustomer) -> dict[str, Any]:
    return {
        "name_sealed": cipher.seal_optional("customers.name", customer.name),
        "email_sealed": cipher.seal_optional("customers.email", customer.email),
        "email_hash": customer.email and cipher.digest("email", customer.email),
        "phone_sealed": cipher.seal_optional("customers.phone", customer.phone),
        "phone_hash": customer.phone and cipher.digest("phone", customer.phone),
        "country": customer.country,
        "city": customer.city,
        "language": customer.language,
        "signed_up_at": customer.signed_up_at,
        "marketing_consent": customer.marketing_consent,
    }


def _give_account(connection: Connection, user: str, customer_id: int, now: datetime) -> None:
    """The Telegram account is this customer's from now on. Raises `AccountTaken`."""
    mine = and_(Identity.channel == "telegram", Identity.user == user)
    holder = select(Identity.id, Customer.id.label("customer_id"), Customer.external_id)
    found = connection.execute(holder.join(Customer, Customer.id == Identity.customer_id).where(mine)).first()
    if found is None:
        account = {"channel": "telegram", "user": user, "customer_id": customer_id}
        account |= {"linked_by": "import", "linked_at": now}
        if insert_once(connection, Identity, account, mine) is None:
            _give_account(connection, user, customer_id, now)
        return
    if found.customer_id != customer_id and found.external_id is not None:
        raise AccountTaken(user, found.external_id)
    _join(connection, found.id, customer_id, "import", now)


def _join(connection: Connection, identity_id: int, customer_id: int, linked_by: str, now: datetime) -> None:
    """Makes a chat account a customer's own.

    Its conversations and their tickets move along, and what the person agreed to or refused in them counts for the
    customer as well; a customer made only for the chat stays behind, without a chat.
    """
    account = select(Identity.customer_id, Identity.channel).where(Identity.id == identity_id)
    before, channel = connection.execute(account).one()
    if before == customer_id:
        return
    moved = {"customer_id": customer_id, "linked_by": linked_by, "linked_at": now}
    connection.execute(update(Identity).where(Identity.id == identity_id).values(moved))
    theirs = select(Conversation.id).where(Conversation.identity_id == identity_id)
    # in one order: two that hold what the other waits for would end each other
    chats = list(connection.scalars(theirs.order_by(Conversation.id).with_for_update()))
    connection.execute(update(Conversation).where(Conversation.id.in_(chats)).values(customer_id=customer_id))
    _move_tickets(connection, chats, customer_id)
    _take_consents_along(connection, before, customer_id, channel)


# --- links and consents -------------------------------------------------------------------------------------------


def make_link(connection: Connection, cipher: Cipher, customer_id: int, now: datetime) -> str:
    """A one-time token by which a chat proves to be this customer's; it goes into `t.me/BOT?start=TOKEN`."""
    token = secrets.token_urlsafe(24)
    values = {
        "token_hash": cipher.digest("token", token),
        "customer_id": customer_id,
        "expires_at": now + LINK_LIFE,
    }
    connection.execute(insert(LinkToken).values(values))
    return token


def token_owner(connection: Connection, cipher: Cipher, token: str, now: datetime) -> int | None:
    """The customer a token stands for; None when it is unknown, used or expired."""
    good = (
        LinkToken.token_hash == cipher.digest("token", token),
        LinkToken.used_at.is_(None),
        LinkToken.expires_at > now,
    )
    return _survivor_or_none(connection, connection.scalar(select(LinkToken.customer_id).where(*good)))


def _survivor_or_none(connection: Connection, customer_id: int | None) -> int | None:
    return None if customer_id is None else survivor(connection, customer_id)


def token_used_for(connection: Connection, cipher: Cipher, token: str) -> int | None:
    """The customer whom a token linked to a chat; None when it is unknown or was never used."""
    used = LinkToken.token_hash == cipher.digest("token", token), LinkToken.used_at.is_not(None)
    return _survivor_or_none(connection, connection.scalar(select(LinkToken.customer_id).where(*used)))


def link(connection: Connection, cipher: Cipher, identity_id: int, customer_id: int, token: str, now: datetime) -> bool:
    """Joins a chat account to the customer a token stands for, once. Returns False when the token was just used."""
    mine = update(LinkToken).where(LinkToken.token_hash == cipher.digest("token", token), LinkToken.used_at.is_(None))
    if connection.execute(mine.values(used_at=now)).rowcount == 0:
        return False
    _join(connection, identity_id, customer_id, "link", now)
    return True


def join(connection: Connection, identity_id: int, customer_id: int, linked_by: str, now: datetime) -> None:
    """Joins a chat account to the customer its person proved to be: by `phone`, or by `order` and e-mail address."""
    _join(connection, identity_id, customer_id, linked_by, now)


def _move_tickets(connection: Connection, conversations: list[int], customer_id: int) -> None:
    theirs = Ticket.conversation_id.in_(conversations)
    moved = connection.execute(select(Ticket.customer_id, Ticket.status).where(theirs)).all()
    connection.execute(update(Ticket).where(theirs).values(customer_id=customer_id))
    for before, status in moved:
        stats.ticket_changed(connection, CountedTicket(before, status), CountedTicket(customer_id, status))


def _take_consents_along(connection: Connection, before: int, customer_id: int, channel: str) -> None:
    # copied, not moved: another account of the former customer may have said it
    said = (Consent.kind, Consent.given, Consent.version, Consent.at, Consent.channel)
    theirs = select(literal(customer_id), *said).where(Consent.customer_id == before, Consent.channel == channel)
    names = ["customer_id", *(column.key for column in said)]
    connection.execute(insert(Consent).from_select(names, theirs.order_by(Consent.id)))


def consent(
    connection: Connection, customer_id: int, kind: str, given: bool, version: str, channel: str, now: datetime
) -> None:
    """Keeps what the customer agreed to or refused; the newest row of a kind counts."""
    values = {
        "customer_id": customer_id,
        "kind": kind,
        "given": given,
        "version": version,
        "channel": channel,
        "at": now,
    }
    connection.execute(insert(Consent).values(values))


def consents(connection: Connection, customer_id: int) -> dict[str, bool]:
    """What the customer agreed to (True) or refused (False), by kind.

    The shop's own `marketing_consent` stands for `broadcast` until the person says something: it comes without a time,
    and again with every import.
    """
    shops_words = connection.scalars(
        select(Customer.marketing_consent).where(Customer.id.in_([customer_id, *merged_into(connection, customer_id)]))
    )
    # two customers who are one person: where the shop was told no once, it is no
    told = min((word for word in shops_words if word is not None), default=None)
    said = select(Consent.kind, Consent.given).where(Consent.customer_id == customer_id)
    rows = connection.execute(said.order_by(Consent.at, Consent.id))
    return ({} if told is None else {"broadcast": told}) | {row.kind: row.given for row in rows}


def audited(connection: Connection, action: str, subject: str, since: datetime) -> frozenset[str]:
    """The different details with which something was done to a subject since a time."""
    mine = (AuditEntry.subject == subject, AuditEntry.action == action, AuditEntry.at > since)
    return frozenset(detail for detail in connection.scalars(select(AuditEntry.detail).where(*mine)) if detail)


def audited_times(connection: Connection, action: str, subjects: Iterable[str], since: datetime) -> dict[str, int]:
    """How often something was done to each of some subjects since a time."""
    mine = (AuditEntry.subject.in_(list(subjects)), AuditEntry.action == action, AuditEntry.at > since)
    counted = select(AuditEntry.subject, func.count().label("times")).where(*mine).group_by(AuditEntry.subject)
    return {row.subject: row.times for row in connection.execute(counted)}


def audit(connection: Connection, at: datetime, actor: str, action: str, subject: str, detail: str = "") -> None:
    """Writes down who did or looked at what."""
    values = {"at": at, "actor": actor, "action": action, "subject": subject, "detail": detail[:500] or None}
    connection.execute(insert(AuditEntry).values(values))
