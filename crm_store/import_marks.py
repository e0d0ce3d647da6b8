"""The marks an import leaves in `audit_log`: one that began and did not end left the store half-way.

Then rows are missing, the numbers of customers may be old ones, and plain indexes may be gone (`crm_store.indexes`).
"""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from crm_store.schema import AuditEntry

_BEGAN, _ENDED = "import began", "import ended"


def begin(connection: Connection, at: datetime) -> None:
    _mark(connection, at, _BEGAN)


def end(connection: Connection, at: datetime, detail: str) -> None:
    _mark(connection, at, _ENDED, detail)


def unfinished(connection: Connection) -> datetime | None:
    """When the last import began, if it has not ended: it was interrupted, or is at work."""
    marks = select(AuditEntry.action, AuditEntry.at).where(AuditEntry.subject == "import")
    last = connection.execute(marks.order_by(AuditEntry.id.desc()).limit(1)).one_or_none()
    return last.at if last is not None and last.action == _BEGAN else None


def _mark(connection: Connection, at: datetime, action: str, detail: str | None = None) -> None:
    values = {"at": at, "actor": "import", "action": action, "subject": "import", "detail": detail}
    connection.execute(insert(AuditEntry).values(values))
