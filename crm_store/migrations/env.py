"""What Alembic runs: it takes the connection `crm_store.migrate` hands over, or opens the one `-x url=...` names."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from crm_store.schema import Instant, Table
from crm_store.store import connect


def _render(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """How a revision writes our own type: as what the database holds."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Instant) else False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        # computed columns are given back in each engine's own words
        compare_server_default=False,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


def _main() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _run(connection)
        return
    with connect(context.get_x_argument(as_dictionary=True)["url"]).begin() as connection:
        _run(connection)


# Alembic loads this file under the name "env_py"; whoever imports it as a module only looks at it
if __name__ == "env_py":
    _main()
