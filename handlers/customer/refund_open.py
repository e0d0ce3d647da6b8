"""A customer speaks of a request that waits: it is passed on, and they are told how it stands; or they take it back."""

from dataclasses import dataclass

from crm_store import refunding
from crm_store.conversations import ConversationView
from crm_store.refunding import RequestView
from crm_store.tickets import TicketView
from handlers.actions import Action, CustomerWaits, EndRefund, Say, ShowCard
from handlers.customer import ticket
from handlers.customer.hearing import answered_by_bot, name_of, put_in_thread, records
from handlers.customer.known import is_known
from handlers.customer.refund import ANOTHER, WITHDRAW, kind_of, open_requests
from handlers.desk import Desk, Policy
from handlers.events import Pressed, Said, key_in
from handlers.message import Button, Message
from handlers.staff.refund_post import Seen, changed, line, post, see, written_down
from handlers.texts import text
from handlers.texts.dates import day
from handlers.texts.money import money


@dataclass(frozen=True, slots=True)
class Facts:
    said: Said
    conversation: ConversationView
    #: the request that is meant
    request: RequestView
    #: where staff talk about it; None where there is no ticket
    thread: TicketView | None
    #: what the message becomes where there is none
    for_ticket: ticket.Facts | None
    kind: str
    inbox_id: int
    policy: Policy


def gather(said: Said, desk: Desk) -> Facts:
    conversation = desk.conversation(said.chat)
    request = _meant(open_requests(conversation, desk), desk.reading(said.text).entities.order_ids)
    at = None if request.ticket_id is None else refunding.ticket_now(desk.connection, request.ticket_id)
    its_ticket = None if at is None else desk.ticket(at)
    for_ticket = ticket.gather(said, desk) if its_ticket is None else None
    kind = kind_of(desk.reading(said.text))
    return Facts(said, conversation, request, its_ticket, for_ticket, kind, desk.inbox_id, desk.policy)


def _meant(requests: list[RequestView], numbers: tuple[str, ...]) -> RequestView:
    """The request about an order that is named, else the newest."""
    named = {number.lower().lstrip("#") for number in numbers}
    return next((one for one in requests if one.order.lower().lstrip("#") in named), requests[0])


def decide(facts: Facts) -> list[Action]:
    told = _told(facts)
    if facts.thread is None:
        passed_on = ticket.decide(facts.for_ticket) if facts.for_ticket is not None else []
        return [*passed_on, Say(facts.conversation, told)]
    number = facts.thread.id
    reopened = [] if facts.thread.is_open else ticket.reopen(facts.thread, facts.conversation, facts.said.at)
    return [
        *reopened,
        *records(facts.said, facts.conversation, number),
        CustomerWaits(number),
        *put_in_thread(facts.said, facts.conversation, number, facts.inbox_id, facts.policy),
        Say(facts.conversation, told, ticket_id=number),
        answered_by_bot(number, [told]),
        ShowCard(number),
    ]


def _told(facts: Facts) -> Message:
    request, language = facts.request, facts.conversation.language
    until = day(request.expires_at or facts.said.at, facts.policy.timezone, language or "en")
    words = text(
        f"refund.status_{request.status}",
        language,
        ticket=request.ticket_id,
        order=request.order,
        amount=money(request.amount, request.currency, language),
        day=until,
    )
    buttons = [Button(text("refund.another", language), ANOTHER, facts.kind)]
    if request.status == "requested":
        buttons.insert(0, Button(text("refund.withdraw", language), WITHDRAW, str(request.number)))
    return Message(text=words, buttons=tuple(buttons))


# --- taken back ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PressedFacts:
    conversation: ConversationView
    #: the request, where it is the customer's own
    seen: Seen | None
    policy: Policy


def gather_pressed(event: Pressed, desk: Desk) -> PressedFacts:
    conversation = desk.conversation(event.chat)
    number = key_in(event.ref)
    request = None if number is None else refunding.by_number(desk.connection, number)
    mine = request is not None and request.requested_by == "customer" and _is_own(request, conversation)
    return PressedFacts(conversation, see(number, desk) if mine else None, desk.policy)


def _is_own(request: RequestView, conversation: ConversationView) -> bool:
    return is_known(conversation) and request.customer_id == conversation.customer_id


def decide_pressed(facts: PressedFacts) -> list[Action]:
    conversation, seen, language = facts.conversation, facts.seen, facts.conversation.language
    if seen is None:
        return [Say(conversation, Message(text=text("button.expired", language)))]
    status = seen.request.status
    if status != "requested":
        key = "refund.too_late" if status == "approved" else "refund.is_over"
        return [Say(conversation, Message(text=text(key, language, order=seen.request.order)))]
    gone = changed(seen, status="withdrawn")
    told = text("refund.withdrawn", language, ticket=seen.request.ticket_id, order=seen.request.order)
    return [
        EndRefund(seen.request.number, "withdrawn"),
        *written_down(gone, "customer", "withdrawn"),
        post(gone, facts.policy),
        line(gone, text("refund.line_withdrawn", person=name_of(conversation))),
        Say(conversation, Message(text=told), ticket_id=seen.request.ticket_id),
    ]
