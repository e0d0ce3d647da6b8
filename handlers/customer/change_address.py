"""A customer has an order sent elsewhere, while it has not left: the new address in one message or line by line, shown
back before the shop is asked."""

from collections.abc import Mapping
from dataclasses import asdict

from crm_store.flows import FlowView
from crm_store.orders import OrderView
from handlers.actions import Action, Audit, Leave, Run, Say
from handlers.customer import address, flow, outcome, own_orders, ticket
from handlers.customer.hearing import record
from handlers.customer.own_orders import NOT_SHIPPED, Answered, Asked
from handlers.desk import Desk
from handlers.errands import ChangeAddress, key_for
from handlers.events import ErrandSettled, Said
from handlers.message import Message
from handlers.texts import text

NAME = "change_address"
#: the questions of an address, in their order; each may be a flow's step
_LINES = ("line1", "line2", "postcode", "city", "country")
_REQUIRED = ("line1", "postcode", "city", "country")
#: what stands for a line that an address does not have, and for the country that was offered
_NONE, _SAME = "none", "same"


def gather(said: Said, desk: Desk) -> Asked:
    named = address.find(said.text)
    return own_orders.asked(said, desk, beside="" if named is None else named.postcode)


def decide(facts: Asked) -> list[Action]:
    if facts.for_ticket is not None:
        return ticket.decide(facts.for_ticket)
    heard = record(facts.said, facts.conversation, None)
    open_ = _changeable(facts.own)
    order = facts.named or (open_[0] if len(open_) == 1 else None)
    named = address.find(facts.said.text)
    said = {} if named is None else _answers(facts, named)
    if order is not None:
        return [heard, *_picked(facts, order, said)]
    if not open_:
        return [heard, *_too_late(facts, facts.own[0])]
    language = facts.conversation.language
    buttons = own_orders.choices(open_, language, facts.policy.timezone)
    at = FlowView(NAME, "order", said)
    return [heard, *flow.ask(facts.conversation, at, text("change_address.which", language), buttons)]


def gather_answer(answer: flow.Answer, desk: Desk) -> Answered:
    return own_orders.answered(answer, desk)


def decide_answer(facts: Answered) -> list[Action]:
    step = facts.answer.flow.step
    heard = flow.heard(facts.answer, facts.conversation)
    match step:
        case "order":
            return _choose(facts)
        case "address":
            return _whole(facts)
        case "confirm" if facts.says_yes:
            return _run(facts)
        case "confirm" if facts.answer.choice() == "again" or facts.says_no:
            return [*heard, *_ask_address(facts, facts.answer.flow.answers.get("order", ""))]
        case "confirm":
            return own_orders.again(facts, _shown(facts, facts.answer.flow), _confirming(facts))
        case step if step in _LINES:
            return _line(facts, step)
        case _:  # too late
            return own_orders.again(facts, text("flow.press", facts.conversation.language), _instead(facts))


def _choose(facts: Answered) -> list[Action]:
    language = facts.conversation.language
    order = own_orders.chosen(facts, facts.own)
    if order is None:
        buttons = own_orders.choices(_changeable(facts.own), language, facts.policy.timezone)
        return own_orders.again(facts, text("flow.which_again", language), buttons)
    return [*flow.heard(facts.answer, facts.conversation), *_picked(facts, order, facts.answer.flow.answers)]


def _picked(facts: Asked | Answered, order: OrderView, said: Mapping[str, str]) -> list[Action]:
    """`said`: the lines of an address that was told along with the wish."""
    if order.status not in NOT_SHIPPED:
        return _too_late(facts, order)
    if "line1" not in said:
        return _ask_address(facts, order.external_id)
    return _next(facts, FlowView(NAME, "address", {**said, "order": order.external_id}))


def _changeable(own: tuple[OrderView, ...]) -> tuple[OrderView, ...]:
    return tuple(order for order in own if order.status in NOT_SHIPPED)


# --- the address ----------------------------------------------------------------------------------------------------


def _ask_address(facts: Asked | Answered, number: str) -> list[Action]:
    language = facts.conversation.language
    at = FlowView(NAME, "address", {"order": number})
    question = text("change_address.ask", language, order=number)
    return flow.ask(facts.conversation, at, question, {"lines": text("change_address.by_line", language)})


def _whole(facts: Answered) -> list[Action]:
    """An address in one message; what it lacks is asked for by itself."""
    at, language = facts.answer.flow, facts.conversation.language
    heard = flow.heard(facts.answer, facts.conversation)
    if facts.answer.choice() == "lines":
        return [*heard, *_ask_line(facts, flow.understood(at, "line1"), "line1")]
    parts = address.parse(facts.answer.words)
    if parts is None:
        again = text("change_address.ask_again", language)
        return own_orders.again(facts, again, {"lines": text("change_address.by_line", language)})
    return [*heard, *_next(facts, flow.understood(at, "address", **_answers(facts, parts)))]


def _answers(facts: Asked | Answered, parts: address.Parts) -> dict[str, str]:
    """The parts of an address as the flow's answers; a line that it does not have is answered by that."""
    said = {name: value for name, value in asdict(parts).items() if value}
    # a parcel stays in the customer's country where the address names none; it is shown back before anything is done
    return {**said, "line2": parts.line2, "country": parts.country or facts.conversation.country or ""}


def _line(facts: Answered, step: str) -> list[Action]:
    value = _read(facts, step)
    if value is None:
        language = facts.conversation.language
        again = f"{text('change_address.line_again', language)} {text(f'change_address.{step}', language)}"
        return own_orders.again(facts, again, _offered(facts, step))
    heard = flow.heard(facts.answer, facts.conversation)
    return [*heard, *_next(facts, flow.understood(facts.answer.flow, step, **{step: value}))]


def _read(facts: Answered, step: str) -> str | None:
    """What an answer says of a line of the address; None when it says nothing of it."""
    choice, words = facts.answer.choice(), facts.answer.words
    if choice == _NONE and step in ("line2", "postcode"):
        return "-" if step == "postcode" else ""
    if choice == _SAME and step == "country":
        return facts.conversation.country
    match step:
        case "line2" if facts.says_no or words == "-":
            return ""
        case "postcode":
            return address.postcode(words)
        case "country":
            return address.country_code(words)
        case _:
            return address.line(words)


def _next(facts: Asked | Answered, at: FlowView) -> list[Action]:
    """Asks for the first line that is missing, or shows all of it."""
    for step in _LINES:
        if step not in at.answers or (step in _REQUIRED and not at.answers[step]):
            return _ask_line(facts, flow.understood(at, step), step)
    done = flow.understood(at, "confirm")
    return flow.ask(facts.conversation, done, _shown(facts, done), _confirming(facts))


def _ask_line(facts: Asked | Answered, at: FlowView, step: str) -> list[Action]:
    question = text(f"change_address.{step}", facts.conversation.language)
    return flow.ask(facts.conversation, at, question, _offered(facts, step))


def _offered(facts: Asked | Answered, step: str) -> dict[str, str]:
    language, country = facts.conversation.language, facts.conversation.country
    if step in ("line2", "postcode"):
        return {_NONE: text(f"change_address.no_{step}", language)}
    return {_SAME: address.country_name(country, language)} if step == "country" and country else {}


def _shown(facts: Asked | Answered, at: FlowView) -> str:
    errand, language = _errand(at), facts.conversation.language
    town = " ".join(part for part in (errand.postcode, errand.city, errand.region) if part)
    lines = (errand.line1, errand.line2, town, address.country_name(errand.country, language))
    shown = "\n".join(line for line in lines if line)
    return text("change_address.confirm", language, order=errand.order, address=shown)


def _confirming(facts: Asked | Answered) -> dict[str, str]:
    language = facts.conversation.language
    return {"yes": text("change_address.yes", language), "again": text("change_address.again", language)}


def _errand(at: FlowView) -> ChangeAddress:
    said = at.answers
    named = {name: said.get(name, "") for name in ("line1", "line2", "city", "region", "country")}
    return ChangeAddress(said.get("order", ""), postcode=said.get("postcode", "").removeprefix("-"), **named)


def _run(facts: Answered) -> list[Action]:
    order, conversation = facts.order, facts.conversation
    heard = flow.heard(facts.answer, conversation)
    if order is None:
        gone = Message(text=text("flow.gone", conversation.language))
        return [*heard, Leave(conversation.id), Say(conversation, gone)]
    if order.status not in NOT_SHIPPED:
        return [*heard, *_too_late(facts, order)]
    key = key_for("address", order.external_id, facts.inbox_id, facts.now)
    asked = Message(text=text("change_address.asked", conversation.language, order=order.external_id))
    run = Run(_errand(facts.answer.flow), key, conversation.id)
    return [*heard, Leave(conversation.id), Say(conversation, asked), run]


def _too_late(facts: Asked | Answered | outcome.Facts, order: OrderView) -> list[Action]:
    language = facts.conversation.language
    at = FlowView(NAME, "too_late", {"order": order.external_id})
    key = "change_address.cancelled" if order.status == "cancelled" else "change_address.too_late"
    return flow.ask(facts.conversation, at, text(key, language, order=order.external_id), _instead(facts))


def _instead(facts: Asked | Answered | outcome.Facts) -> dict[str, str]:
    return {f"{flow.INSTEAD}human": text("flow.to_human", facts.conversation.language)}


# --- what came of it ------------------------------------------------------------------------------------------------


def gather_settled(event: ErrandSettled, desk: Desk) -> outcome.Facts | None:
    return outcome.gather(event, NAME, desk)


def decide_settled(facts: outcome.Facts | None) -> list[Action]:
    if facts is None:
        return []
    order = facts.order
    if facts.event.state == "done":
        words = text("change_address.done", facts.conversation.language, order=facts.event.errand.order)
        kept = Audit("customer", "change address", f"order:{facts.event.errand.order}"[:100])
        return [kept, *outcome.tell(facts, Message(text=words))]
    has_left = order is not None and order.status not in NOT_SHIPPED
    if facts.event.state == "refused" and order is not None and has_left and facts.ticket is None and not facts.in_flow:
        return _too_late(facts, order)  # it left between the question and the answer
    return outcome.otherwise(facts)
