"""Customers: links to their chats, consents, and the ways to find them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from crm_store import stats
from crm_store.crypto import Cipher
from crm_store.schema import AuditEntry, Consent, Conversation, Customer, Identity, LinkToken, Ticket
from crm_store.stats import CountedTicket

LINK_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CustomerView:
    id: int
    external_id: str | None
    name: str | None
    country: str | None
    language: str | None


def find(connection: Connection, cipher: Cipher, external_id: str) -> CustomerView | None:
    """The customer the shop knows by an id."""
    return _one(connection, cipher, Customer.external_id == external_id)


def by_id(connection: Connection, cipher: Cipher, customer_id: int) -> CustomerView | None:
    return _one(connection, cipher, Customer.id == customer_id)


def _one(connection: Connection, cipher: Cipher, which: ColumnElement[bool]) -> CustomerView | None:
    columns = (Customer.id, Customer.external_id, Customer.name_sealed, Customer.country, Customer.language)
    row = connection.execute(select(*columns).where(which)).first()
    if row is None:
        return None
    name = cipher.open_optional("customers.name", row.name_sealed)
    return CustomerView(row.id, row.external_id, name, row.country, row.language)


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
    return connection.scalar(select(LinkToken.customer_id).where(*good))


def token_used_for(connection: Connection, cipher: Cipher, token: str) -> int | None:
    """The customer whom a token linked to a chat; None when it is unknown or was never used."""
    used = LinkToken.token_hash == cipher.digest("token", token), LinkToken.used_at.is_not(None)
    return connection.scalar(select(LinkToken.customer_id).where(*used))


def link(connection: Connection, cipher: Cipher, identity_id: int, customer_id: int, token: str, now: datetime) -> bool:
    """Joins a chat account to the customer a token stands for, once. Returns False when the token was just used.

    The account's conversations and their tickets move along; a customer made only for the chat stays behind, empty.
    """
    mine = update(LinkToken).where(LinkToken.token_hash == cipher.digest("token", token), LinkToken.used_at.is_(None))
    if connection.execute(mine.values(used_at=now)).rowcount == 0:
        return False
    before = connection.scalar(select(Identity.customer_id).where(Identity.id == identity_id))
    if before == customer_id:
        return True
    moved = {"customer_id": customer_id, "linked_by": "link", "linked_at": now}
    connection.execute(update(Identity).where(Identity.id == identity_id).values(moved))
    chats = list(connection.scalars(select(Conversation.id).where(Conversation.identity_id == identity_id)))
    connection.execute(update(Conversation).where(Conversation.id.in_(chats)).values(customer_id=customer_id))
    _move_tickets(connection, chats, customer_id)
    return True


def _move_tickets(connection: Connection, conversations: list[int], customer_id: int) -> None:
    theirs = Ticket.conversation_id.in_(conversations)
    moved = connection.execute(select(Ticket.customer_id, Ticket.status).where(theirs)).all()
    connection.execute(update(Ticket).where(theirs).values(customer_id=customer_id))
    for before, status in moved:
        stats.ticket_changed(connection, CountedTicket(before, status), CountedTicket(customer_id, status))


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
    """What the customer agreed to (True) or refused (False), by kind."""
    newest = select(func.max(Consent.id)).where(Consent.customer_id == customer_id).group_by(Consent.kind)
    rows = connection.execute(select(Consent.kind, Consent.given).where(Consent.id.in_(newest)))
    return {row.kind: row.given for row in rows}


def audit(connection: Connection, at: datetime, actor: str, action: str, subject: str, detail: str = "") -> None:
    """Writes down who did or looked at what."""
    values = {"at": at, "actor": actor, "action": action, "subject": subject, "detail": detail[:500] or None}
    connection.execute(insert(AuditEntry).values(values))
