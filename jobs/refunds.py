"""Requests for money back that nobody decided in time end; the customer and staff are told."""

from dataclasses import dataclass

from crm_store import refunding
from handlers.actions import Action
from handlers.desk import Desk, Policy
from handlers.events import Slot
from handlers.staff.refund import expire, is_expired
from handlers.staff.refund_post import Seen, see


@dataclass(frozen=True, slots=True)
class Facts:
    expired: tuple[Seen, ...]
    policy: Policy


def is_wanted(desk: Desk) -> bool:
    """Whether a request is over."""
    return bool(refunding.due(desk.connection, desk.now))


def gather(slot: Slot, desk: Desk) -> Facts:
    due = (see(request.number, desk) for request in refunding.due(desk.connection, desk.now))
    # one that was decided a moment ago is none of them any more
    over = (seen for seen in due if seen is not None and seen.request.status == "requested")
    return Facts(tuple(seen for seen in over if is_expired(seen, desk.now)), desk.policy)


def decide(facts: Facts) -> list[Action]:
    return [action for seen in facts.expired for action in expire(seen, facts.policy)]
