"""What came of an errand that a customer asked for: the customer hears the truth of it, and a person takes over where
one has to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import conversations, outbox
from crm_store import errands as stored_errands
from crm_store.conversations import ConversationView
from crm_store.orders import OrderView
from crm_store.tickets import NewTicket, TicketView
from handlers.actions import (
    Action,
    CustomerWaits,
    JoinErrand,
    Say,
    TellThread,
)
from handlers.customer import flow, ticket
from handlers.customer.hearing import answered_by_bot
from handlers.customer.ticket import Opening
from handlers.desk import Desk, Policy
from handlers.errands import FetchInvoice
from handlers.events import ErrandSettled
from handlers.message import Message
from handlers.staff import errand
from handlers.texts import text

#: an errand that waits for so long is a person's business
_OVERDUE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Facts:
    event: ErrandSettled
    conversation: ConversationView
    #: as it is by now
    order: OrderView | None
    #: the ticket that goes on in the conversation
    ticket: TicketView | None
    #: what a new ticket would begin with, where one may be needed
    opening: Opening | None
    outbox_id: int
    #: whether a line about it stands in a ticket's thread, or is put there by `handlers.staff.errand`
    is_told: bool
    is_overdue: bool
    #: whether the customer is in the middle of something else by now
    in_flow: bool
    now: datetime
    policy: Policy


def gather(event: ErrandSettled, kind: str, desk: Desk) -> Facts | None:
    """`kind`: of a ticket, should a person have to see to it. None for an errand that no customer waits for."""
    stored = stored_errands.get(desk.connection, desk.cipher, event.key)
    if stored is None or event.conversation_id is None:
        return None
    if conversations.look_at(desk.connection, desk.cipher, event.conversation_id) is None:
        return None  # the chat was erased meanwhile
    conversation = conversations.by_id(desk.connection, desk.cipher, event.conversation_id)
    latest = desk.latest_ticket(conversation)
    goes_on = latest if latest is not None and latest.is_open else None
    stands = outbox.address_of(desk.connection, errand.about(stored.outbox_id)) is not None
    is_overdue = event.state == "waits" and desk.now - stored.created_at >= _OVERDUE
    is_empty = event.state == "done" and isinstance(event.errand, FetchInvoice) and not event.files
    may_need_person = event.state in ("refused", "unknown") or is_overdue or is_empty
    needs_new = may_need_person and goes_on is None
    return Facts(
        event,
        conversation,
        desk.order(event.errand.order),
        goes_on,
        ticket.opening(kind, conversation, latest, desk) if needs_new else None,
        stored.outbox_id,
        stands or (event.state == "unknown" and event.ticket_id is not None),
        is_overdue,
        flow.current(conversation, desk) is not None,
        desk.now,
        desk.policy,
    )


def tell(facts: Facts, message: Message) -> list[Action]:
    """Tells the customer; staff who are at a ticket of theirs see that they were told."""
    if facts.ticket is None:
        return [Say(facts.conversation, message)]
    said = Say(facts.conversation, message, ticket_id=facts.ticket.id)
    return [said, answered_by_bot(facts.ticket.id, [message])]


def to_person(facts: Facts, key: str) -> list[Action]:
    """A person has to see to it: in the ticket that goes on, or a new one. `key`: what the customer is told."""
    if facts.ticket is not None:
        about = facts.ticket.id
        begun: list[Action] = [CustomerWaits(about)]
    else:
        assert facts.opening is not None, "a number was taken for what may need a person"
        about = facts.opening.number
        begun = ticket.begun(facts.opening, _ticket(facts, facts.opening), by="bot")
    told = Message(text=text(key, facts.conversation.language, ticket=about, order=facts.event.errand.order))
    line = errand.line(facts.event, facts.outbox_id)
    in_thread = [] if facts.is_told else [TellThread(about, line, about=errand.about(facts.outbox_id))]
    if facts.event.ticket_id == about and facts.event.state == "unknown":
        return [
            *begun,
            *in_thread,
        ]  # a person has it already, and asked the shop again: that is no news to the customer
    said: list[Action] = [Say(facts.conversation, told, ticket_id=about), answered_by_bot(about, [told])]
    handed = ticket.handed(facts.opening) if facts.ticket is None and facts.opening is not None else []
    return [*begun, *in_thread, JoinErrand(facts.event.key, about), *handed, *said]


def _ticket(facts: Facts, begins: ticket.Opening) -> NewTicket:
    return ticket.new_ticket(
        begins,
        errand.describe(facts.event.errand),
        facts.now,
        priority="normal" if isinstance(facts.event.errand, FetchInvoice) else "high",  # a parcel may leave meanwhile
        order_id=None if facts.order is None else facts.order.id,
    )


def otherwise(facts: Facts) -> list[Action]:
    """What is told of an errand that was not done, the same for all of them."""
    event = facts.event
    if event.state == "waits" and not facts.is_overdue:
        waits = Message(text=text("errand.customer_waits", facts.conversation.language, order=event.errand.order))
        return tell(facts, waits)
    state = "overdue" if event.state == "waits" else event.state
    return to_person(facts, f"errand.customer_{state}")
