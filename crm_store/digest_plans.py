"""Where and when staff want digests, in place of what is configured."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from crm_store.schema import DigestPlan
from crm_store.upsert import upsert


@dataclass(frozen=True, slots=True)
class PlanView:
    digest: str
    #: five cron fields in the shop's time zone; empty: off
    cron: str
    #: a channel's name or id; empty: the digests' channel
    room: str
    actor: str
    at: datetime


def every(connection: Connection) -> dict[str, PlanView]:
    """The plans there are, by digest."""
    columns = (DigestPlan.digest, DigestPlan.cron, DigestPlan.room, DigestPlan.actor, DigestPlan.at)
    return {row.digest: PlanView(*row) for row in connection.execute(select(*columns).order_by(DigestPlan.digest))}


def room_of(connection: Connection, digest: str) -> str:
    """Where staff want a digest; empty: where all go."""
    return connection.scalar(select(DigestPlan.room).where(DigestPlan.digest == digest)) or ""


def keep(connection: Connection, plan: PlanView) -> None:
    statement = upsert(
        connection.dialect.name,
        DigestPlan,
        ("digest",),
        lambda _, new: {"cron": new.cron, "room": new.room, "actor": new.actor, "at": new.at},
    )
    values = {"digest": plan.digest, "cron": plan.cron, "room": plan.room, "actor": plan.actor, "at": plan.at}
    connection.execute(statement, values)


def forget(connection: Connection, digest: str) -> None:
    """What is configured holds again."""
    connection.execute(delete(DigestPlan).where(DigestPlan.digest == digest))
