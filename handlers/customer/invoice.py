"""A customer asks for an order's invoice: the shop's own, sent as a PDF."""

from datetime import timedelta
from itertools import takewhile

from crm_store import conversations
from crm_store.flows import FlowView
from crm_store.orders import OrderView
from handlers.actions import Action, Leave, Run
from handlers.customer import flow, outcome, own_orders, ticket
from handlers.customer.hearing import record
from handlers.customer.own_orders import Answered, Asked
from handlers.desk import Desk
from handlers.errands import FetchInvoice, key_for
from handlers.events import ErrandSettled, Said
from handlers.message import Message, decode
from handlers.texts import text

NAME = "invoice"
#: a question so long after the answer is a new one
_AGAIN = timedelta(days=1)
#: the desk's messages to one of the customer's, at the most
_LAST = 8


def gather(said: Said, desk: Desk) -> Asked:
    return own_orders.asked(said, desk, wants_more=_was_just_sent(said, desk))


def _was_just_sent(said: Said, desk: Desk) -> bool:
    """Whether the last that the customer was told brought an invoice: who asks again wants another one."""
    last = conversations.messages_of(desk.connection, desk.cipher, desk.conversation(said.chat).id, limit=_LAST)
    lately = desk.now - _AGAIN
    answers = takewhile(lambda one: one.direction == "out", sorted(last, key=lambda one: one.id, reverse=True))
    return any(one.author_kind == "bot" and one.created_at > lately and decode(one.body).files for one in answers)


def decide(facts: Asked) -> list[Action]:
    if facts.for_ticket is not None:
        return ticket.decide(facts.for_ticket)
    heard = record(facts.said, facts.conversation, None)
    order = facts.named or (facts.own[0] if len(facts.own) == 1 else None)
    if order is not None:
        return [heard, *_run(facts, order)]
    language = facts.conversation.language
    buttons = own_orders.choices(facts.own, language, facts.policy.timezone)
    at = FlowView(NAME, "order")
    return [heard, *flow.ask(facts.conversation, at, text("invoice.which", language), buttons)]


def gather_answer(answer: flow.Answer, desk: Desk) -> Answered:
    return own_orders.answered(answer, desk)


def decide_answer(facts: Answered) -> list[Action]:
    conversation = facts.conversation
    if facts.says_no:
        return flow.never_mind(facts.answer, conversation)
    order = own_orders.chosen(facts, facts.own)
    if order is None:
        buttons = own_orders.choices(facts.own, conversation.language, facts.policy.timezone)
        return own_orders.again(facts, text("flow.which_again", conversation.language), buttons)
    return [*flow.heard(facts.answer, conversation), Leave(conversation.id), *_run(facts, order)]


def _run(facts: Asked | Answered, order: OrderView) -> list[Action]:
    conversation = facts.conversation
    key = key_for("invoice", order.external_id, facts.inbox_id, facts.now)
    return [Run(FetchInvoice(order.external_id), key, conversation.id)]


def gather_settled(event: ErrandSettled, desk: Desk) -> outcome.Facts | None:
    return outcome.gather(event, NAME, desk)


def decide_settled(facts: outcome.Facts | None) -> list[Action]:
    if facts is None:
        return []
    language, order = facts.conversation.language, facts.event.errand.order
    if facts.event.state == "done" and facts.event.files:
        here = Message(text=text("invoice.done", language, order=order), files=facts.event.files)
        return outcome.tell(facts, here)
    if facts.event.state == "done":
        return outcome.to_person(facts, "errand.customer_refused")
    return outcome.otherwise(facts)
