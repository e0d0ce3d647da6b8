"""What Prometheus scrapes: how much came in and went out, what waits, what failed."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Connection, Executable, Row, func, select

from crm_store import outbox
from crm_store.schema import InboxRow, OutboxRow, Ticket

if TYPE_CHECKING:
    from bot.app import App


class DeskCollector:
    """Reads the store when asked; nothing is counted in between."""

    def __init__(self, app: "App") -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        with self._app.store.read() as connection:
            came = select(InboxRow.channel, InboxRow.state, func.count()).group_by(InboxRow.channel, InboxRow.state)
            yield _family(
                "shopdesk_inbox_rows", "Events by channel and state", ("channel", "state"), _read(connection, came)
            )
            left = select(OutboxRow.channel, OutboxRow.state, func.count()).group_by(OutboxRow.channel, OutboxRow.state)
            yield _family(
                "shopdesk_outbox_rows",
                "Calls to platforms by channel and state",
                ("channel", "state"),
                _read(connection, left),
            )
            since = outbox.waiting_since(connection).items()
            ages = [(channel, (self._app.now() - at).total_seconds()) for channel, at in since]
            yield _family(
                "shopdesk_outbox_oldest_seconds", "Age of the oldest call to a platform that waits", ("channel",), ages
            )
            tickets = select(Ticket.status, func.count()).group_by(Ticket.status)
            yield _family("shopdesk_tickets", "Tickets by status", ("status",), _read(connection, tickets))


def _read(connection: Connection, counts: Executable) -> Sequence[Row[*tuple[Any, ...]]]:
    return connection.execute(counts).all()


def _family(
    name: str, meaning: str, labels: tuple[str, ...], rows: Sequence[tuple[Any, ...] | Row[*tuple[Any, ...]]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for *values, count in rows:
        family.add_metric([str(value) for value in values], count)
    return family


def make_registry(app: "App") -> CollectorRegistry:
    """The desk's own registry."""
    registry = CollectorRegistry()
    registry.register(DeskCollector(app))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry
