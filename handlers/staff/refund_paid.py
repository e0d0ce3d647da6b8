"""What came of asking the shop to pay (paid, refused, unknown, waiting), told in the thread and to the customer."""

from dataclasses import dataclass

from crm_store import refunding
from handlers.actions import Action, EndRefund, TellRoom
from handlers.customer.refund_news import news
from handlers.desk import Desk, Policy
from handlers.events import ErrandSettled
from handlers.message import Message
from handlers.staff.refund import resolved, waits_again
from handlers.staff.refund_post import NOT_PAID, PAID, Seen, button, changed, line, post, see, written_down
from handlers.texts import text
from handlers.texts.lines import in_one

#: the shop's own words, as far as they are shown
_WORDS = 300


@dataclass(frozen=True, slots=True)
class Facts:
    event: ErrandSettled
    seen: Seen | None
    policy: Policy


def gather(event: ErrandSettled, desk: Desk) -> Facts:
    return Facts(event, see(refunding.number_of(event.key), desk), desk.policy)


def decide(facts: Facts) -> list[Action]:
    event, seen = facts.event, facts.seen
    if seen is None:
        return []  # a payment that something else asked for
    if event.key != seen.request.call_key:
        return _earlier_try(facts, seen)
    match event.state:
        case "done":
            return _paid(facts, seen)
        case "refused":
            return _refused(facts, seen)
        case "unknown":
            return _unknown(facts, seen)
        case _:
            return _waits(facts, seen)


def _paid(facts: Facts, seen: Seen) -> list[Action]:
    """The shop paid. It may say so twice, or after it was taken for refused: the first time counts."""
    if seen.request.status == "paid":
        return []
    paid = changed(seen, status="paid")
    receipt = in_one(facts.event.receipt, _WORDS)
    told = text("refund.line_paid", receipt=receipt) if receipt else text("refund.line_paid_plain")
    late = [] if seen.request.status == "approved" else [line(paid, text("refund.line_late"))]
    return [
        EndRefund(seen.request.number, "paid"),
        *written_down(paid, "bot", "paid"),
        post(paid, facts.policy, told),
        line(paid, told),
        *late,
        *news(seen.conversation, seen.request, "refund.paid", receipt=receipt),
        # what comes late is looked at by somebody
        *([] if late else resolved(seen)),
    ]


def _refused(facts: Facts, seen: Seen) -> list[Action]:
    """The shop did not pay: staff are told why, the customer that somebody takes care of it."""
    if seen.request.status != "approved":
        return []
    failed = changed(seen, status="failed")
    told = text("refund.line_shop_refused", reason=in_one(facts.event.reason, _WORDS) or "—")
    return [
        EndRefund(seen.request.number, "failed"),
        *written_down(failed, "bot", "not paid"),
        post(failed, facts.policy, told),
        line(failed, told),
        *news(seen.conversation, seen.request, "refund.stuck"),
        *waits_again(seen),
    ]


def _unknown(facts: Facts, seen: Seen) -> list[Action]:
    """Nobody knows whether the shop paid: somebody has to look, and nothing is repeated by itself."""
    if seen.request.status != "approved":
        return []
    told = text("refund.line_unknown", reason=in_one(facts.event.reason, _WORDS) or "—", key=facts.event.key)
    looked_up = (button(PAID, seen.request), button(NOT_PAID, seen.request))
    return [
        *written_down(seen, "bot", "in doubt"),
        post(seen, facts.policy, told, looked_up),
        line(seen, told),
        *waits_again(seen),
    ]


def _waits(facts: Facts, seen: Seen) -> list[Action]:
    if seen.request.status != "approved":
        return []
    return [post(seen, facts.policy, text("refund.line_waits", reason=in_one(facts.event.reason, _WORDS) or "—"))]


def _earlier_try(facts: Facts, seen: Seen) -> list[Action]:
    """An answer about a try that was given up. If that one was paid after all, it is paid; if another try is on its
    way or paid too, somebody has to stop it."""
    if facts.event.state != "done":
        return []
    if seen.request.status in ("requested", "failed"):
        return _paid(facts, seen)
    told = text("refund.line_twice", order=seen.request.order, key=facts.event.key)
    alarm = TellRoom("alerts", Message(title=text("refund.twice"), text=told))
    return [*written_down(seen, "bot", "paid twice"), line(seen, told), alarm]
