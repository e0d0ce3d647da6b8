"""A customer cancels an order that has not left yet."""

from dataclasses import replace

from crm_store import refunding
from crm_store.conversations import ConversationView
from crm_store.flows import FlowView
from crm_store.orders import OrderView
from handlers.actions import Action, Audit, Leave, OrderCancelled, Run, Say
from handlers.customer import flow, outcome, own_orders, ticket
from handlers.customer.hearing import answered_by_bot, record
from handlers.customer.own_orders import NOT_SHIPPED, Answered, Asked
from handlers.desk import Desk
from handlers.errands import CancelOrder, key_for
from handlers.events import ErrandSettled, Pressed, Said
from handlers.message import Message
from handlers.texts import text
from handlers.texts.money import money

NAME = "cancel_order"


def gather(said: Said, desk: Desk) -> Asked:
    facts = own_orders.asked(said, desk)
    open_ = _cancellable(facts.own)
    order = facts.named or (open_[0] if len(open_) == 1 else None)
    if facts.for_ticket is not None or order is None or not _is_held(order, facts.conversation, desk):
        return facts
    return replace(facts, held=order.external_id, for_ticket=ticket.gather(said, desk, NAME, order.id))


def _is_held(order: OrderView, conversation: ConversationView, desk: Desk) -> bool:
    """Whether money of the order is asked for: cancelled as well, it could be paid back twice."""
    found = refunding.open_of_customer(desk.connection, conversation.customer_id)
    return order.status in NOT_SHIPPED and any(request.order_id == order.id for request in found)


def decide(facts: Asked) -> list[Action]:
    if facts.held and facts.for_ticket is not None:
        return _to_person(facts, facts.for_ticket)
    if facts.for_ticket is not None:
        return ticket.decide(facts.for_ticket)
    heard = record(facts.said, facts.conversation, None)
    open_ = _cancellable(facts.own)
    match (facts.named, open_):
        case (OrderView() as named, _) if named in open_:
            return [heard, *_confirm(facts, named)]
        case (OrderView() as named, _):
            return [heard, *_too_late(facts, named)]
        case (None, ()):
            return [heard, *_too_late(facts, facts.own[0])]
        case (None, (order,)):
            return [heard, *_confirm(facts, order)]
        case _:
            return [heard, *_choose(facts, open_)]


def gather_answer(answer: flow.Answer, desk: Desk) -> Answered:
    facts = own_orders.answered(answer, desk)
    picked = own_orders.chosen(facts, facts.own) if answer.flow.step == "order" else None
    order = facts.order if answer.flow.step == "confirm" and facts.says_yes else picked
    if order is None or not _is_held(order, facts.conversation, desk):
        return facts
    said = answer.event
    if isinstance(said, Pressed):
        words = text("cancel_order.wish", facts.conversation.language, order=order.external_id)
        said = flow.as_said(said, words)
    return replace(facts, held=order.external_id, for_ticket=ticket.gather(said, desk, NAME, order.id))


def _to_person(facts: Asked | Answered, for_ticket: ticket.Facts) -> list[Action]:
    """A person sees to the order's refund and its cancelling together."""
    conversation = facts.conversation
    goes_on = None if for_ticket.number is not None else for_ticket.ticket
    number = for_ticket.number if goes_on is None else goes_on.id
    assert number is not None, "a message opens a ticket or goes on with one"
    told = text("cancel_order.in_refund", conversation.language, order=facts.held, ticket=number)
    done = [Leave(conversation.id), *ticket.decide(for_ticket, told)]
    if goes_on is not None:  # the ticket was there, and its customer is told nothing new by it
        said = Message(text=told)
        done += [Say(conversation, said, ticket_id=number), answered_by_bot(number, [said])]
    return done


def decide_answer(facts: Answered) -> list[Action]:
    answer, language = facts.answer, facts.conversation.language
    if facts.held and facts.for_ticket is not None:
        return _to_person(facts, facts.for_ticket)
    if facts.says_no:
        return flow.never_mind(answer, facts.conversation)
    match answer.flow.step:
        case "order":
            return _picked(facts)
        case "confirm" if facts.says_yes:
            return _run(facts)
        case "confirm":
            yes = {"yes": text("cancel_order.yes", language)}
            number = answer.flow.answers.get("order", "")
            return own_orders.again(facts, text("cancel_order.unclear", language, order=number), yes)
        case _:
            return own_orders.again(facts, text("flow.press", language), _instead(language))


def _picked(facts: Answered) -> list[Action]:
    language, zone = facts.conversation.language, facts.policy.timezone
    order = own_orders.chosen(facts, facts.own)
    heard = flow.heard(facts.answer, facts.conversation)
    if order is None:
        buttons = own_orders.choices(_cancellable(facts.own), language, zone)
        return own_orders.again(facts, text("flow.which_again", language), buttons)
    return [*heard, *(_confirm(facts, order) if order.status in NOT_SHIPPED else _too_late(facts, order))]


def _run(facts: Answered) -> list[Action]:
    order, conversation = facts.order, facts.conversation
    heard = flow.heard(facts.answer, conversation)
    if order is None:
        return [*heard, Leave(conversation.id), Say(conversation, _words(facts, "flow.gone"))]
    if order.status not in NOT_SHIPPED:
        return [*heard, *_too_late(facts, order)]
    key = key_for("cancel", order.external_id, facts.inbox_id, facts.now)
    return [
        *heard,
        Leave(conversation.id),
        Say(conversation, _words(facts, "cancel_order.asked", order)),
        Run(CancelOrder(order.external_id, reason="the customer asked for it"), key, conversation.id),
    ]


def _cancellable(own: tuple[OrderView, ...]) -> tuple[OrderView, ...]:
    return tuple(order for order in own if order.status in NOT_SHIPPED)


def _choose(facts: Asked, open_: tuple[OrderView, ...]) -> list[Action]:
    language = facts.conversation.language
    buttons = own_orders.choices(open_, language, facts.policy.timezone)
    return flow.ask(facts.conversation, FlowView(NAME, "order"), text("cancel_order.which", language), buttons)


def _confirm(facts: Asked | Answered, order: OrderView) -> list[Action]:
    language = facts.conversation.language
    items = "\n".join(f"{item.quantity} × {item.name or item.sku}" for item in order.items)
    total = money(order.total, order.currency, language)
    question = text("cancel_order.confirm", language, order=order.external_id, items=items, total=total)
    at = FlowView(NAME, "confirm", {"order": order.external_id})
    return flow.ask(facts.conversation, at, question, {"yes": text("cancel_order.yes", language)})


def _too_late(facts: Asked | Answered | outcome.Facts, order: OrderView) -> list[Action]:
    """Says how things stand, and what can be done instead."""
    language = facts.conversation.language
    if order.status == "cancelled":
        told = Message(text=text("cancel_order.already", language, order=order.external_id))
        return [Leave(facts.conversation.id), Say(facts.conversation, told)]
    at = FlowView(NAME, "shipped", {"order": order.external_id})
    question = text("cancel_order.too_late", language, order=order.external_id)
    return flow.ask(facts.conversation, at, question, _instead(language))


def _instead(language: str | None) -> dict[str, str]:
    return {f"{flow.INSTEAD}{intent}": text(f"flow.to_{intent}", language) for intent in ("return", "human")}


def _words(facts: Answered, key: str, order: OrderView | None = None) -> Message:
    number = "" if order is None else order.external_id
    return Message(text=text(key, facts.conversation.language, order=number))


def gather_settled(event: ErrandSettled, desk: Desk) -> outcome.Facts | None:
    return outcome.gather(event, NAME, desk)


def decide_settled(facts: outcome.Facts | None) -> list[Action]:
    if facts is None:
        return []
    if facts.event.state == "done":
        words = text("cancel_order.done", facts.conversation.language, order=facts.event.errand.order)
        cancelled: list[Action] = [] if facts.order is None else [OrderCancelled(facts.order.id)]
        kept = Audit("customer", "cancel order", f"order:{facts.event.errand.order}"[:100])
        return [*cancelled, kept, *outcome.tell(facts, Message(text=words))]
    order = facts.order
    has_left = order is not None and order.status not in NOT_SHIPPED
    if facts.event.state == "refused" and order is not None and has_left and facts.ticket is None and not facts.in_flow:
        return _too_late(facts, order)  # it left between the question and the answer
    return outcome.otherwise(facts)
