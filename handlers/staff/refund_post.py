"""A request for money back as staff see it: a post in its ticket's thread that always says how the request stands."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from crm_store import conversations, refunding
from crm_store.conversations import ConversationView
from crm_store.money import format_minor
from crm_store.refunding import Decision, History, NewRequest, OrderState, RequestedLine, RequestView, key_of
from crm_store.tickets import TicketView
from handlers import refunds
from handlers.actions import Action, Audit, Revise, TellRoom, TellThread, Timeline
from handlers.customer.refund_news import items
from handlers.desk import Desk, Policy
from handlers.message import Button, Fact, Message
from handlers.texts import text
from handlers.texts.dates import moment

APPROVE, PARTIAL, REFUSE = "refund_approve", "refund_partial", "refund_refuse"
#: after the shop was asked
PAID, NOT_PAID, AGAIN = "refund_paid", "refund_not_paid", "refund_again"


def about(number: int) -> str:
    """What the post about a request is called in the outbox."""
    return f"refund:{number}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A request with all that is decided by; held until the turn ends."""

    request: RequestView
    state: OrderState
    history: History
    #: where staff talk about it: its ticket, or the one that became a part of; None: in the room
    ticket: TicketView | None
    #: where the customer is told
    conversation: ConversationView | None
    #: when the customer first wrote in the ticket after they asked for it; None when they did not
    spoke_at: datetime | None = None
    #: whether another request goes on in the ticket
    has_others: bool = False

    @property
    def own_ticket(self) -> TicketView | None:
        """The ticket that the customer's request opened, while it is open and a part of no other."""
        ticket, request = self.ticket, self.request
        mine = ticket is not None and ticket.id == request.ticket_id and request.requested_by == "customer"
        return ticket if ticket is not None and mine and ticket.is_open else None

    @property
    def waits_since(self) -> datetime | None:
        """Since when the customer waits for something beside the money, in their own ticket."""
        ticket = self.own_ticket
        if ticket is None or ticket.waiting_since is None or self.spoke_at is None:
            return None
        return max(ticket.waiting_since, self.spoke_at)  # a reply may have answered the first of it


@dataclass(frozen=True, slots=True)
class Before:
    """What a new request is decided by; held until the turn ends."""

    state: OrderState
    history: History
    ticket: TicketView | None
    conversation: ConversationView | None


def see(number: int | None, desk: Desk) -> Seen | None:
    """The request with a number, as it stands once its chat and its order are this turn's."""
    connection = desk.connection
    request = None if number is None else refunding.by_number(connection, number)
    if request is None:
        return None
    # the chat first, then the order: whoever else takes both takes them so
    own = None if request.ticket_id is None else desk.ticket_held(request.ticket_id)
    conversation = chat_of(own, request.customer_id, desk)
    state = refunding.look(connection, request.order_id, lock=True)
    request = refunding.by_number(connection, request.number)
    if request is None or state is None:
        return None
    ticket = own if own is None else desk.ticket(refunding.ticket_now(connection, own.id))
    spoke_at = None if ticket is None else conversations.spoke_after(connection, ticket.id, request.number)
    others = [] if request.customer_id is None else refunding.open_of_customer(connection, request.customer_id)
    has_others = any(one.id != request.id and one.ticket_id == request.ticket_id for one in others)
    return Seen(request, state, history(request.customer_id, desk), ticket, conversation, spoke_at, has_others)


def glance(number: int | None, desk: Desk) -> Seen | None:
    """The request with a number as it stands just now; nothing is locked."""
    connection = desk.connection
    request = None if number is None else refunding.by_number(connection, number)
    state = None if request is None else refunding.look(connection, request.order_id)
    if request is None or state is None:
        return None
    ticket = None if request.ticket_id is None else desk.ticket(refunding.ticket_now(connection, request.ticket_id))
    key = _chat_key(ticket, request.customer_id, desk)
    conversation = None if key is None else conversations.look_at(connection, desk.cipher, key)
    return Seen(request, state, history(request.customer_id, desk), ticket, conversation)


def history(customer_id: int | None, desk: Desk) -> History:
    """A customer's last year; a guest has none."""
    if customer_id is None:
        return History()
    return refunding.history(desk.connection, customer_id, desk.now - refunds.YEAR)


def chat_of(ticket: TicketView | None, customer_id: int | None, desk: Desk) -> ConversationView | None:
    """The ticket's chat; without one (an imported ticket has none), the customer's newest. None where there is none."""
    key = _chat_key(ticket, customer_id, desk)
    if key is None or conversations.look_at(desk.connection, desk.cipher, key) is None:
        return None
    return conversations.by_id(desk.connection, desk.cipher, key)


def _chat_key(ticket: TicketView | None, customer_id: int | None, desk: Desk) -> int | None:
    if ticket is not None and ticket.conversation_id is not None:
        return ticket.conversation_id
    return None if customer_id is None else refunding.conversation_of(desk.connection, customer_id)


# --- how it is shown ----------------------------------------------------------------------------------------------


def show(seen: Seen, policy: Policy, standing: str = "", buttons: tuple[Button, ...] | None = None) -> Message:
    """The post. `standing`: how it stands, where the status alone does not say it."""
    request = seen.request
    amount = format_minor(request.amount, request.currency)
    return Message(
        title=text(f"refund_post.{request.kind}", order=request.order, amount=amount),
        text=items(request.lines),
        facts=tuple(Fact(text(label), value) for label, value in _facts(seen, policy) if value),
        context=standing or _standing(request, policy),
        buttons=_buttons(request) if buttons is None else buttons,
    )


def _facts(seen: Seen, policy: Policy) -> list[tuple[str, str]]:
    request, state, history = seen.request, seen.state, seen.history
    currency = state.order.currency
    before = state.settled - (request.amount if request.status in ("approved", "paid") else 0)
    hint = ""
    if refunds.is_serial(history, policy.refunds):
        back, spent = (
            format_minor(one, policy.refunds.currency) for one in (history.refunded_base, history.spend_base)
        )
        hint = text("refund_post.serial", number=history.refunds, back=back, spent=spent)
    return [
        ("refund_post.reason", reason(request)),
        (
            "refund_post.by",
            text("refund_post.customer") if request.requested_by == "customer" else request.requested_by,
        ),
        ("refund_post.paid_for", format_minor(state.paid, currency)),
        ("refund_post.before", format_minor(before, currency) if before else ""),
        ("refund_post.hint", hint),
        ("refund_post.said", said_so_far(request)),
    ]


def reason(request: RequestView) -> str:
    """Why; a customer's reason by its name, staff's as they wrote it."""
    known = request.requested_by == "customer" and request.reason in refunds.REASONS
    return text(f"refund.reason.{request.reason}") if known else request.reason


def said_so_far(request: RequestView) -> str:
    """Who decided what."""
    return "\n".join(
        text(f"refund_post.said_{one.verdict}", staff=one.staff, amount=format_minor(one.amount, request.currency))
        for one in request.decisions
    )


def _standing(request: RequestView, policy: Policy) -> str:
    if request.status == "requested" and request.expires_at is not None:
        return text("refund_post.requested", until=moment(request.expires_at, policy.timezone))
    return text(f"refund_post.{request.status}")


def _buttons(request: RequestView) -> tuple[Button, ...]:
    if request.status == "requested":
        return (button(APPROVE, request, "primary"), button(PARTIAL, request), button(REFUSE, request, "danger"))
    # what the shop did not pay is asked for again, or paid by hand
    return (button(AGAIN, request), button(PAID, request)) if request.status == "failed" else ()


def button(action: str, request: RequestView, style: Literal["", "primary", "danger"] = "") -> Button:
    return Button(text(action), action, str(request.number), style)


# --- where it is shown --------------------------------------------------------------------------------------------


def post(seen: Seen, policy: Policy, standing: str = "", buttons: tuple[Button, ...] | None = None) -> Action:
    """The post says how the request stands now."""
    return Revise(about(seen.request.number), show(seen, policy, standing, buttons))


def post_anew(seen: Seen, policy: Policy, standing: str = "") -> Action:
    """The post of a new request: in the ticket's thread; without a ticket, in the room."""
    shown = show(seen, policy, standing)
    name = about(seen.request.number)
    return TellRoom("tickets", shown, name) if seen.ticket is None else TellThread(seen.ticket.id, shown, name)


def line(seen: Seen, words: str) -> Action:
    """A line among staff about a request, below its post."""
    said = Message(context=words)
    if seen.ticket is not None:
        return TellThread(seen.ticket.id, said)
    return TellRoom("tickets", Message(context=f"{seen.request.order}: {words}"))


def written_down(seen: Seen, actor: str, what: str, detail: str = "") -> list[Action]:
    """A step, in the ticket's history and in the audit log. `detail` names nobody's data."""
    request = seen.request
    detail = detail or f"{request.order} {format_minor(request.amount, request.currency)}"
    kept: list[Action] = [Audit(actor, f"refund {what}", about(request.number), detail)]
    if seen.ticket is not None:
        kept.insert(0, Timeline(seen.ticket.id, actor, f"refund {what}", detail))
    return kept


def asked(request: NewRequest, before: Before) -> Seen:
    """A request that this turn opens, as it will stand."""
    state = before.state
    order, lines = state.order, {line.key: line for line in state.lines}
    its_lines = tuple(
        RequestedLine(
            one.product_id, one.occurrence, lines[one.product_id, one.occurrence].sku,
            lines[one.product_id, one.occurrence].name, one.quantity, one.unit_price,
        )
        for one in request.lines
    )  # fmt: skip
    view = RequestView(
        id=0,
        number=request.number,
        call_key=key_of(request.number, request.created_at),
        order_id=order.id,
        order=order.external_id,
        customer_id=order.customer_id,
        ticket_id=request.ticket_id,
        amount=request.amount,
        amount_base=state.in_base(request.amount),
        currency=order.currency,
        kind=request.kind,
        reason=request.reason,
        status="requested",
        requested_by=request.requested_by,
        created_at=request.created_at,
        expires_at=request.expires_at,
        lines=its_lines,
        decisions=(),
    )
    return Seen(view, state, before.history, before.ticket, before.conversation)


def changed(seen: Seen, decided: Decision | None = None, **changes: Any) -> Seen:
    """The request as it stands once this turn's decisions are carried out."""
    decisions = seen.request.decisions
    if decided is not None:
        decisions = (*(one for one in decisions if one.staff_id != decided.staff_id), decided)
    state = seen.state
    if changes.get("status") == "approved":
        state = replace(state, settled=state.settled + changes.get("amount", seen.request.amount))
    return replace(seen, request=replace(seen.request, decisions=decisions, **changes), state=state)
