"""The shop's rules for giving money back: what can be asked for and until when, how much it comes to, who may decide.

Everything here is pure: what the store says of an order or a customer, and the time, are handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from crm_store.refunding import Decision, History, LineView, NewLine, OrderState, RequestView
from handlers.errands import Line
from handlers.roles import Roles, may

Reason = Literal["damaged", "wrong_item", "not_as_described", "not_arrived", "does_not_fit", "changed_mind", "other"]
REASONS: tuple[Reason, ...] = (
    *("damaged", "wrong_item", "not_as_described", "not_arrived", "does_not_fit", "changed_mind", "other"),
)
#: why a line cannot be asked for
Hindrance = Literal["asked", "refunded", "final_sale", "late"]

#: how far back a customer's refunds are counted
YEAR = timedelta(days=365)
#: a customer of good standing has bought for so long, so often
_KNOWN_FOR = timedelta(days=90)
_ORDERS = 2
#: a share of the spend tells nothing while there are few refunds
_SHARE_FROM = 2


@dataclass(frozen=True, slots=True)
class Rules:
    """What the shop settled. Amounts in minor units of the base currency."""

    currency: str = "EUR"
    #: how long after the delivery, and by category (in small letters) in its place
    window: timedelta = timedelta(days=30)
    windows: Mapping[str, timedelta] = field(default_factory=dict)
    #: categories (in small letters) and skus that are not taken back
    final_categories: frozenset[str] = frozenset()
    final_skus: frozenset[str] = frozenset()
    #: paid without staff up to this, for customers in good standing; 0: never
    automatic: int = 0
    #: what customers may choose among, and what of it needs photos
    reasons: tuple[Reason, ...] = REASONS
    photos: frozenset[Reason] = frozenset({"damaged", "wrong_item"})
    #: for so long a request can be decided; one whose goods come back first
    expires: timedelta = timedelta(days=7)
    returns_expire: timedelta = timedelta(days=30)
    #: from so many refunds in a year, or such a share of the spend, staff are warned
    serial_refunds: int = 3
    serial_share: float = 0.3

    def lasts(self, kind: str) -> timedelta:
        """For how long a request of a kind can be decided."""
        return self.returns_expire if kind == "return" else self.expires


# --- what can be asked for ----------------------------------------------------------------------------------------


def is_refundable(state: OrderState) -> bool:
    """Whether there is anything to give back for an order, as far as its status says."""
    return state.order.status not in ("pending", "cancelled")


def ends_at(line: LineView, state: OrderState, rules: Rules) -> datetime | None:
    """Until when a line can be asked for; None while its time has not begun: what is on its way is not late.

    It begins with the delivery; where that is not known, with the order.
    """
    order = state.order
    if order.delivered_at is None and order.status in ("paid", "shipped"):
        return None
    window = rules.windows.get((line.category or "").lower(), rules.window)
    return (order.delivered_at or order.placed_at) + window


def hindrance(line: LineView, state: OrderState, rules: Rules, now: datetime) -> Hindrance | None:
    """Why a line cannot be asked for; None where it can."""
    if line.claimed_by is not None:
        return "asked"
    if line.left == 0 or state.left == 0:
        return "refunded"
    if line.sku in rules.final_skus or (line.category or "").lower() in rules.final_categories:
        return "final_sale"
    end = ends_at(line, state, rules)
    return "late" if end is not None and now > end else None


def worth(chosen: Sequence[NewLine], state: OrderState) -> int:
    """What comes back for these lines, in minor units of the order's currency.

    The pieces' prices, less their share of the order's discount; everything that was ordered comes back with the
    shipping. Never more than what is left of what was paid.
    """
    asked = sum(line.quantity * line.unit_price for line in chosen)
    goods = sum(line.quantity * line.unit_price for line in state.lines)
    everything = {line.key: line.quantity for line in state.lines}
    if {(line.product_id, line.occurrence): line.quantity for line in chosen} == everything:
        return min(state.paid, state.left)
    paid_for_goods = min(goods, max(0, state.paid - state.shipping))
    share = asked * paid_for_goods // goods if goods else 0
    return min(share, state.left)


def shares(amount: int, lines: Sequence[tuple[str, int, int]]) -> tuple[Line, ...]:
    """An amount over the lines it is for (sku, pieces, price of a piece), by their prices, to the last cent.

    >>> [(line.sku, line.amount) for line in shares(100, [("A", 1, 50), ("B", 2, 50)])]
    [('A', 33), ('B', 67)]
    """
    whole = sum(quantity * price for _, quantity, price in lines)
    spread: list[Line] = []
    upto = given = 0
    for number, (sku, quantity, price) in enumerate(lines, 1):
        upto += quantity * price
        until = amount * upto // whole if whole else amount * number // len(lines)
        spread.append(Line(sku, quantity, until - given))
        given = until
    return tuple(spread)


# --- what kind of customer ----------------------------------------------------------------------------------------


def is_serial(history: History, rules: Rules) -> bool:
    """Whether staff should look twice: many refunds in a year, or a large share of what was spent in it.

    >>> is_serial(History(refunds=3), Rules()), is_serial(History(refunds=1, refunded_base=99, spend_base=99), Rules())
    (True, False)
    """
    if history.refunds >= rules.serial_refunds:
        return True
    large = history.refunded_base > rules.serial_share * history.spend_base
    return history.refunds >= _SHARE_FROM and large


def in_good_standing(history: History, rules: Rules, now: datetime) -> bool:
    """Whether a customer may be paid without staff: has bought for 90 days at least, twice at least, had no request
    refused within the year, and is no serial refunder, this request counted."""
    known = history.first_order_at is not None and now - history.first_order_at >= _KNOWN_FOR
    with_this = History(refunds=history.refunds + 1, refunded_base=history.refunded_base, spend_base=history.spend_base)
    return known and history.orders >= _ORDERS and not history.refused and not is_serial(with_this, rules)


def is_automatic(kind: str, amount_base: int, history: History, rules: Rules, now: datetime) -> bool:
    """Whether a request is paid without staff. Never where the goods come back first."""
    if kind == "return" or not 0 < amount_base <= rules.automatic:
        return False
    return in_good_standing(history, rules, now)


# --- who decides --------------------------------------------------------------------------------------------------


def may_decide(user: str, roles: Roles) -> bool:
    return may(roles.of(user), "refund", roles)


def is_enough(approvals: Sequence[tuple[int, int]], amount_base: int, roles: Roles) -> bool:
    """Whether approvals (who, up to which limit) carry an amount.

    One is enough up to that person's own limit. Above it there must be two of different people, and one of them must
    have the highest role there is.

    >>> roles = Roles({"U1": "agent", "U2": "manager"})
    >>> agent, other, manager = (1, 100_00), (2, 100_00), (3, 1000_00)
    >>> is_enough([agent], 100_00, roles), is_enough([agent, other], 101_00, roles), is_enough([manager], 101_00, roles)
    (True, False, True)
    >>> is_enough([manager], 5000_00, roles), is_enough([agent, manager], 5000_00, roles)
    (False, True)
    """
    if any(limit >= amount_base for _, limit in approvals):
        return True
    people = {who for who, _ in approvals}
    return len(people) > 1 and any(limit >= roles.highest_limit for _, limit in approvals)


def approvals_of(request: RequestView, amount: int, roles: Roles) -> list[tuple[int, int]]:
    """Who approved this amount so far, and up to which limit they may."""
    return [(one.staff_id, roles.limit_of(one.user)) for one in request.decisions if counts(one, amount)]


def counts(decision: Decision, amount: int) -> bool:
    """Whether a decision approves an amount: one for another amount does not."""
    return decision.verdict == "approve" and decision.amount == amount
