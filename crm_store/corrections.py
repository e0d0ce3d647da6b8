"""What staff say a message means, where the reader said otherwise."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from crm_store.crypto import Cipher
from crm_store.schema import ChatMessage, Consent, Conversation, Correction

#: the consent without which nobody's words are learnt from
CONSENT = "training"


@dataclass(frozen=True, slots=True)
class Corrected:
    """A customer's message and the intent it has."""

    body: bytes
    intent: str


def correct(connection: Connection, message_id: int, intent: str, actor: str, at: datetime) -> None:
    """Keeps what a message means; the last word counts."""
    connection.execute(delete(Correction).where(Correction.message_id == message_id))
    connection.execute(insert(Correction).values(message_id=message_id, intent=intent, actor=actor, at=at))


def of_message(connection: Connection, message_id: int) -> str | None:
    """The intent staff say a message has, where they said one."""
    return connection.scalar(select(Correction.intent).where(Correction.message_id == message_id))


def to_learn_from(connection: Connection, cipher: Cipher) -> list[Corrected]:
    """The corrected messages of customers whose newest word on `CONSENT` is a yes, oldest first."""
    newest = (
        select(Consent.customer_id, func.max(Consent.id).label("id"))
        .where(Consent.kind == CONSENT)
        .group_by(Consent.customer_id)
        .subquery()
    )
    agreed = select(Consent.customer_id).join(newest, newest.c.id == Consent.id).where(Consent.given)
    mine = (
        select(ChatMessage.body_sealed, Correction.intent)
        .join(Correction, Correction.message_id == ChatMessage.id)
        .join(Conversation, Conversation.id == ChatMessage.conversation_id)
        .where(Conversation.customer_id.in_(agreed), ChatMessage.direction == "in", ChatMessage.deleted_at.is_(None))
        .order_by(Correction.id)
    )
    return [
        Corrected(cipher.open_bytes("messages.body", row.body_sealed), row.intent) for row in connection.execute(mine)
    ]
