"""Staff give money back by themselves: `/refund ORDER AMOUNT [reason]`, the Refund form of a ticket, and the list of
requests that wait (`/refund`). What they ask for, they approve: above their limit a second person must too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import money, orders, refunding
from crm_store.money import format_minor
from crm_store.orders import OrderView
from crm_store.refunding import LineView, NewLine, NewRequest, OrderState, RequestView
from crm_store.tickets import StaffView, TicketView
from handlers import refunds
from handlers.actions import Action, Audit, RequestRefund, TellThread, Whisper
from handlers.customer.refund_news import short
from handlers.desk import Desk, Policy
from handlers.events import StaffCommanded, StaffSubmitted, key_in
from handlers.forms import Field, Form, Option
from handlers.message import Message, Table
from handlers.staff import refund, refund_post
from handlers.staff.looked import LOOKED
from handlers.staff.refund import AMOUNT, REASON, OtherCurrency, amount_in, leading_amount, said_of
from handlers.staff.refund_post import Before, history, post_anew, written_down
from handlers.texts import text
from handlers.texts.dates import day, moment

#: the form that a ticket's Refund button opens
FORM = "refund"
ORDER, LINES = "order", "lines"
#: of the customer's newest orders, so many can be chosen
_ORDERS, _LINES = 10, 100
#: the shop answers within minutes; what was asked for before that is looked at
_SOON = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a colleague wants to give back."""

    order: str
    #: as typed; empty: what the lines are worth
    amount: str
    reason: str
    #: product and occurrence
    lines: tuple[tuple[int, int], ...] = ()
    #: whether more than the amount may follow it
    is_command: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded | StaffSubmitted
    wanted: Wanted | None
    before: Before | None
    #: the ticket the form was opened on
    ticket: TicketView | None
    #: requests of the same order that are not settled
    open: tuple[RequestView, ...]
    #: requests that wait for a decision, and those that were approved a while ago and are not paid
    waiting: tuple[RequestView, ...]
    staff: StaffView
    inbox_id: int
    now: datetime
    policy: Policy


# --- the command --------------------------------------------------------------------------------------------------


def gather_typed(event: StaffCommanded, desk: Desk) -> Facts:
    order, _, rest = event.text.strip().partition(" ")
    wanted = Wanted(order, rest.strip(), "", is_command=True) if order else None
    return _facts(event, wanted, None, desk)


def _facts(
    event: StaffCommanded | StaffSubmitted, wanted: Wanted | None, ticket: TicketView | None, desk: Desk
) -> Facts:
    connection = desk.connection
    order = None if wanted is None else _order(wanted.order, ticket, desk)
    before = None if order is None else _before(order, ticket, desk)
    waiting: tuple[RequestView, ...] = ()
    if wanted is None:
        doubtful = refunding.in_doubt(connection, desk.now - _SOON)
        waiting = (*refunding.waiting(connection), *doubtful)
    of_customer = order.customer_id if order is not None else None
    mine = () if of_customer is None else refunding.open_of_customer(connection, of_customer, limit=100)
    still_open = tuple(one for one in mine if order is not None and one.order_id == order.id)
    staff = desk.colleague(event.staff)
    return Facts(event, wanted, before, ticket, still_open, waiting, staff, desk.inbox_id, desk.now, desk.policy)


def _order(typed: str, ticket: TicketView | None, desk: Desk) -> OrderView | None:
    """The order that is meant: on a ticket, one of those its form offers, by key; where it offers none, by number."""
    own = _orders_of(ticket, desk) if ticket is not None else []
    if own:
        return next((order for order in own if str(order.id) == typed), None)
    return desk.order(typed) if len(typed) <= 100 else None


def _before(order: OrderView, on: TicketView | None, desk: Desk) -> Before | None:
    """What a request about an order is decided by, held until the turn ends."""
    number = refunding.ticket_about(desk.connection, order.id)
    if on is not None:
        number = refunding.ticket_now(desk.connection, on.id)
    ticket = None if number is None else desk.ticket_held(number)
    conversation = refund_post.chat_of(ticket, order.customer_id, desk)
    state = refunding.look(desk.connection, order.id, lock=True)
    if state is None:
        return None
    return Before(state, history(order.customer_id, desk), ticket, conversation)


def decide(facts: Facts) -> list[Action]:
    if facts.wanted is None:
        seen = [Audit(facts.staff.name, LOOKED, "refunds:waiting", str(len(facts.waiting)))] if facts.waiting else []
        return [*seen, _whisper(facts, _list(facts))]
    if not refunds.may_decide(facts.staff.user, facts.policy.roles):
        return _tell(facts, text("refund.may_not"))
    if facts.before is None:
        return _tell(facts, text("refund.no_order", order=facts.wanted.order[:40] or "—"))
    state = facts.before.state
    try:
        amount, reason = _amount(facts.wanted, state)
    except (money.BadAmount, OtherCurrency) as error:
        return _tell(facts, said_of(error, state.order.currency))
    problem = _problem(facts, state, amount)
    if problem is not None:
        return _tell(facts, problem)
    return _ask_and_approve(facts, facts.before, facts.wanted, amount, reason)


def _amount(wanted: Wanted, state: OrderState) -> tuple[int, str]:
    """How much, and the reason. Raises `money.BadAmount` and `OtherCurrency`."""
    if not wanted.amount and wanted.lines:
        return refunds.worth(_new_lines(wanted, state), state), wanted.reason
    if wanted.is_command:
        return leading_amount(wanted.amount, state.order.currency)
    return amount_in(wanted.amount, state.order.currency), wanted.reason


def _new_lines(wanted: Wanted, state: OrderState) -> tuple[NewLine, ...]:
    return tuple(
        NewLine(line.product_id, line.occurrence, line.left, line.unit_price)
        for line in state.lines
        if line.key in wanted.lines
    )


def _problem(facts: Facts, state: OrderState, amount: int) -> str | None:
    """Why the money cannot be given back."""
    currency, wanted = state.order.currency, facts.wanted
    assert wanted is not None
    if state.paid == 0:
        return text("refund.nothing_paid", order=state.order.external_id)
    chosen = [line for line in state.lines if line.key in wanted.lines]
    if len(chosen) < len(set(wanted.lines)):
        return text("refund.other_lines", order=state.order.external_id)
    taken = next((line for line in chosen if line.claimed_by is not None or line.left == 0), None)
    if taken is not None:
        key = "refund.line_taken" if taken.claimed_by is not None else "refund.line_refunded"
        return text(key, item=short(taken.name or taken.sku))
    if amount < 1:
        return text("refund.bad_amount", typed=wanted.amount[:40], currency=currency)
    if amount > state.left:
        asked = text("refund.asked_for_meanwhile") if state.asked > state.settled else ""
        return f"{text('refund.above', left=format_minor(state.left, currency))} {asked}".strip()
    if not wanted.lines and any(not one.lines and one.amount == amount for one in facts.open):
        return text("refund.same_already", amount=format_minor(amount, currency), order=state.order.external_id)
    return None


def _ask_and_approve(facts: Facts, before: Before, wanted: Wanted, amount: int, reason: str) -> list[Action]:
    staff, policy = facts.staff, facts.policy
    new = NewRequest(
        number=facts.inbox_id,
        order_id=before.state.order.id,
        amount=amount,
        kind="refund",
        reason=reason.strip()[:200],
        lines=_new_lines(wanted, before.state),
        requested_by=staff.name,
        created_at=facts.now,
        expires_at=facts.now + policy.refunds.expires,
        ticket_id=None if before.ticket is None else before.ticket.id,
    )
    asked = refund_post.asked(new, before)
    approved = refund.approve(asked, amount, staff, facts.now, policy)
    if isinstance(approved, str):
        return _tell(facts, approved)
    decided = [RequestRefund(new), *written_down(asked, staff.name, "requested"), post_anew(asked, policy), *approved]
    if isinstance(facts.event, StaffCommanded):
        values = {"amount": format_minor(amount, before.state.order.currency), "order": before.state.order.external_id}
        decided.append(_whisper(facts, Message(text=text("refund.command_done", **values))))
    return decided


# --- the list -----------------------------------------------------------------------------------------------------


def _list(facts: Facts) -> Message:
    """What waits for a decision, and what was approved and is not paid."""
    if not facts.waiting:
        return Message(text=text("refund.none_waits"), context=text("refund.usage"))
    names = ("ticket", "order", "amount", "by", "state")
    columns = tuple(text(f"refund.column.{name}") for name in names)
    rows = tuple(_row(request, facts.policy) for request in facts.waiting)
    table = Table(columns, rows, caption=text("refund.waiting"))
    return Message(title=text("refund.waiting"), table=table, context=text("refund.usage"))


def _row(request: RequestView, policy: Policy) -> tuple[str, ...]:
    state = text("refund.state.approved")
    if request.status == "requested" and request.expires_at is not None:
        key = "refund.state.second" if request.decisions else "refund.state.requested"
        state = text(key, until=moment(request.expires_at, policy.timezone))
    by = text("refund_post.customer") if request.requested_by == "customer" else request.requested_by
    ticket = f"#{request.ticket_id}" if request.ticket_id is not None else "—"
    return (ticket, request.order, format_minor(request.amount, request.currency), by, state)


# --- the form -----------------------------------------------------------------------------------------------------


def form(ref: str, desk: Desk) -> Form | None:
    """What a ticket's Refund button opens: the customer's order, its lines or an amount."""
    number = key_in(ref)
    ticket = None if number is None else desk.ticket(number)
    if ticket is None:
        return None
    own = _orders_of(ticket, desk)
    states = [state for order in own if (state := refunding.look(desk.connection, order.id)) is not None]
    fields = [_order_field(states, desk.policy)]
    options = tuple(_option(state, line) for state in states for line in state.lines if line.left)[:_LINES]
    if options:
        fields.append(Field(LINES, text("form.refund.lines"), kind="several", options=options, optional=True))
    fields.append(Field(AMOUNT, text("form.refund.amount_or_lines"), max_length=30, optional=True))
    fields.append(Field(REASON, text("form.refund.why"), max_length=200, optional=True))
    return Form(FORM, ref, text("form.refund.title"), text("form.refund.pay"), tuple(fields))


def _orders_of(ticket: TicketView, desk: Desk) -> list[OrderView]:
    """The orders that can be chosen on a ticket, the one it is about first."""
    own = () if ticket.customer_id is None else orders.orders_of(desk.connection, ticket.customer_id, _ORDERS)
    about = None if ticket.order_id is None else orders.get_order(desk.connection, ticket.order_id)
    first = [about] if about is not None else []
    return [*first, *(order for order in own if order.id != ticket.order_id)]


def _order_field(states: list[OrderState], policy: Policy) -> Field:
    if not states:
        return Field(ORDER, text("form.refund.order"), max_length=100)
    options = tuple(
        Option(
            text(
                "form.refund.order_option",
                order=state.order.external_id[:30],
                day=day(state.order.placed_at, policy.timezone),
                left=format_minor(state.left, state.order.currency),
            ),
            str(state.order.id),
        )
        for state in states
    )
    return Field(ORDER, text("form.refund.order"), kind="one", options=options, initial=options[0].value)


def _option(state: OrderState, line: LineView) -> Option:
    name = (line.name or line.sku)[:30]
    label = f"{state.order.external_id[:20]} · {line.left} × {name}"
    return Option(label, f"{state.order.id}.{line.product_id}.{line.occurrence}")


def gather_submitted(event: StaffSubmitted, desk: Desk) -> Facts:
    ticket = desk.ticket_named(event.ref)
    values = {name: value.strip() for name, value in event.values.items()}
    return _facts(event, _wanted(values), ticket, desk)


def _wanted(values: Mapping[str, str]) -> Wanted:
    """What the form says. Lines of another order than the one chosen are kept too, and refused later."""
    order = values.get(ORDER, "")
    lines: list[tuple[int, int]] = []
    for value in filter(None, values.get(LINES, "").split(",")):
        keys = [key_in(part) for part in value.split(".")]
        its_order, product, occurrence = keys if len(keys) == 3 else (None, None, None)
        belongs = its_order is not None and str(its_order) == order
        lines.append((product or 0, occurrence or 0) if belongs else (0, 0))
    return Wanted(order, values.get(AMOUNT, ""), values.get(REASON, ""), tuple(lines))


# --- told to the colleague ----------------------------------------------------------------------------------------


def _tell(facts: Facts, words: str) -> list[Action]:
    if isinstance(facts.event, StaffCommanded):
        return [_whisper(facts, Message(text=words))]
    if facts.ticket is None:
        return []
    return [TellThread(facts.ticket.id, Message(context=f"{facts.staff.name}: {words}"))]


def _whisper(facts: Facts, message: Message) -> Whisper:
    assert isinstance(facts.event, StaffCommanded)
    return Whisper(facts.event.staff, facts.event.place, message)
