"""What a customer is in the middle of: one thing at a time in a conversation."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, select

from crm_store.crypto import Cipher
from crm_store.schema import Flow
from crm_store.upsert import upsert

_ANSWERS = "flows.answers"


@dataclass(frozen=True, slots=True)
class FlowView:
    """Where a customer is in a flow."""

    #: the feature, and the question that was asked last
    name: str
    step: str
    #: what was answered so far
    answers: dict[str, str] = field(default_factory=dict)
    #: answers in a row that were not understood
    misunderstood: int = 0


def current(connection: Connection, cipher: Cipher, conversation_id: int, since: datetime) -> FlowView | None:
    """What a conversation is in the middle of; None when it is in nothing, or said nothing of it since a time."""
    columns = (Flow.name, Flow.step, Flow.answers_sealed, Flow.misunderstood)
    mine = (Flow.conversation_id == conversation_id, Flow.updated_at >= since)
    row = connection.execute(select(*columns).where(*mine)).first()
    if row is None:
        return None
    answers = msgspec.json.decode(cipher.open(_ANSWERS, row.answers_sealed), type=dict[str, str])
    return FlowView(row.name, row.step, answers, row.misunderstood)


def put(connection: Connection, cipher: Cipher, conversation_id: int, flow: FlowView, now: datetime) -> None:
    """The conversation is there now, wherever it was before."""
    values = {
        "conversation_id": conversation_id,
        "name": flow.name,
        "step": flow.step,
        "answers_sealed": cipher.seal(_ANSWERS, msgspec.json.encode(flow.answers).decode()),
        "misunderstood": flow.misunderstood,
        "updated_at": now,
    }
    changed = [name for name in values if name != "conversation_id"]
    statement = upsert(
        connection.dialect.name, Flow, ["conversation_id"], lambda _, new: {name: new[name] for name in changed}
    )
    connection.execute(statement, [values])


def end(connection: Connection, conversation_id: int) -> None:
    connection.execute(delete(Flow).where(Flow.conversation_id == conversation_id))
