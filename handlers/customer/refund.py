"""A customer asks for money back, or wants to return something: which order, what of it, why, with photos where the
reason needs them; then what happens next. Staff get a request to decide on, in a ticket of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from crm_store import conversations, refunding
from crm_store.conversations import ConversationView, MessageView
from crm_store.flows import FlowView
from crm_store.orders import OrderView
from crm_store.refunding import LineView, NewLine, NewRequest, OrderState, RequestView
from crm_store.tickets import NewTicket, TicketView
from handlers import refunds
from handlers.actions import (
    Action,
    CustomerWaits,
    Leave,
    RequestRefund,
    Say,
    ShowCard,
    TakeIn,
    TellThread,
    Timeline,
)
from handlers.customer import flow, own_orders, ticket
from handlers.customer.flow import Answer
from handlers.customer.hearing import name_of, show_with_files
from handlers.customer.known import is_known
from handlers.customer.refund_news import item, short
from handlers.desk import Desk, Policy
from handlers.events import Pressed, Said, key_in
from handlers.message import Button, Fact, Message
from handlers.staff import refund_post
from handlers.staff.refund import BOT, pay
from handlers.staff.refund_post import Before, post_anew, written_down
from handlers.texts import counted, text
from handlers.texts.dates import day
from handlers.texts.money import money
from nlp.meaning import Reading

FLOW = "refund"
#: a button in the chat: the request is taken back
WITHDRAW = "refund_withdraw"
#: a button in the chat: another request beside the one that waits
ANOTHER = "refund_another"
Kind = Literal["refund", "return"]
KINDS: tuple[Kind, ...] = ("refund", "return")

#: how many orders can be chosen by a button, by their number, and how many pieces by a button
_CHOICES, _OWN, _PIECES = 5, 50, 8
#: what staff see of the customer's own words
_WORDS = 500
_BUTTON = 60
#: the values of buttons that stand for no line and no reason
_ALL, _NO_MORE, _DONE, _NO_PHOTOS, _SEND, _PERSON = "all", "no_more", "done", "none", "send", "person"


# --- when it begins -----------------------------------------------------------------------------------------------


def begins(said: Said, desk: Desk) -> Literal["flow", "beside", ""]:
    """Whether a message asks for money back that the desk can take a request for, or is about one that is open.

    Only of customers whom the shop knows, and who bought something; while staff and the customer talk, they go on.
    """
    conversation = desk.conversation(said.chat)
    if not is_known(conversation) or said.files or said.extras:
        return ""
    still_open = open_requests(conversation, desk)
    if still_open and flow.is_ender(said.text):
        return "beside"
    reading = desk.reading(said.text)
    if reading.route not in KINDS or set(reading.intents) - set(KINDS) or reading.wants_person:
        return ""
    named = reading.entities.order_ids
    if still_open and not _names_another(named, still_open, conversation, desk):
        return "beside"
    latest = desk.latest_ticket(conversation)
    if latest is not None and latest.is_open and latest.first_reply_at is not None:
        return ""
    own = desk.orders_of(conversation, _OWN)
    return "flow" if own and (not named or _named(named, own) is not None) else ""


def kind_of(reading: Reading) -> Kind:
    """Which of the two a message is about that asks for either."""
    return "return" if reading.route == "return" else "refund"


def open_requests(conversation: ConversationView, desk: Desk) -> list[RequestView]:
    """The customer's own requests that are not settled, newest first."""
    found = refunding.open_of_customer(desk.connection, conversation.customer_id)
    return [request for request in found if request.requested_by == "customer"]


def _names_another(
    numbers: tuple[str, ...], still_open: list[RequestView], conversation: ConversationView, desk: Desk
) -> bool:
    order = _named(numbers, desk.orders_of(conversation, _OWN)) if numbers else None
    return order is not None and all(order.id != request.order_id for request in still_open)


def _named(numbers: tuple[str, ...], own: tuple[OrderView, ...]) -> OrderView | None:
    """The first of the customer's orders that is named."""
    return next((found for number in numbers if (found := own_orders.find(number, own)) is not None), None)


# --- the facts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    #: what is answered; None when the flow begins
    answer: Answer | None
    event: Said | Pressed
    conversation: ConversationView
    #: where the flow is, with what was answered before
    flow: FlowView
    #: the customer's orders that money can go back for, newest first
    own: tuple[OrderView, ...]
    #: the chosen one, held until the turn ends
    state: OrderState | None
    #: what this answer says; None for what is not understood, empty for files alone
    heard: Mapping[str, str] | None
    #: what a person's ticket needs, where one has to take over
    for_ticket: ticket.Facts | None
    #: what the request's ticket begins with, once everything is answered
    opening: ticket.Opening | None
    #: what the customer wrote at first, as it is kept, and what it means
    first: MessageView | None
    reading: Reading | None
    open: tuple[RequestView, ...]
    history: refunding.History
    inbox_id: int
    now: datetime
    policy: Policy

    @property
    def language(self) -> str | None:
        return self.conversation.language


def gather_start(event: Said, desk: Desk) -> Facts:
    """The flow begins with a message."""
    reading = desk.reading(event.text)
    kind = kind_of(reading)
    own = desk.orders_of(desk.conversation(event.chat), _OWN)
    named = _named(reading.entities.order_ids, own)
    return _start(event, kind, event.text[:_WORDS], named, desk)


def gather_another(event: Pressed, desk: Desk) -> Facts:
    """The flow begins with a button."""
    return _start(event, "return" if event.ref == "return" else "refund", "", None, desk)


def _start(event: Said | Pressed, kind: str, words: str, named: OrderView | None, desk: Desk) -> Facts:
    answers = {"kind": kind, "words": words, "since": event.at.isoformat()}
    if named is not None:
        answers["order"] = str(named.id)
    return _facts(None, event, FlowView(FLOW, "", answers), desk)


def gather(answer: Answer, desk: Desk) -> Facts:
    return _facts(answer, answer.event, flow.with_files(answer.flow, answer.files), desk)


def _facts(answer: Answer | None, event: Said | Pressed, at: FlowView, desk: Desk) -> Facts:
    conversation = desk.conversation(event.chat)
    # what is not the customer's own is no order here, whatever a button says
    known = is_known(conversation)
    orders = desk.orders_of(conversation, _OWN) if known else ()
    own = tuple(order for order in orders if order.status not in ("pending", "cancelled"))
    state = _state(at, orders, desk)
    heard = {} if answer is None else _understand(answer, at, own, state, desk)
    if heard and "order" in heard:
        state = _state(replace(at, answers={**at.answers, **heard}), orders, desk)
    elif state is None and len(own) == 1 and answer is None:
        at = replace(at, answers={**at.answers, "order": str(own[0].id)})
        state = _state(at, orders, desk)
    wants_person = heard is None or heard.get("person") == _PERSON
    for_ticket = _for_ticket(answer, at, state, desk) if wants_person and answer is not None else None
    latest = desk.latest_ticket(conversation)
    sends = heard is not None and heard.get("send") == _SEND
    kind, words = at.answers["kind"], at.answers["words"]
    return Facts(
        answer,
        event,
        conversation,
        at,
        own,
        state,
        heard,
        for_ticket,
        ticket.opening(kind, conversation, latest, desk) if sends else None,
        _first(at, conversation, desk) if sends and words else None,
        desk.reading(words) if sends and words else None,
        tuple(refunding.open_of_customer(desk.connection, conversation.customer_id)),
        refund_post.history(conversation.customer_id, desk),
        desk.inbox_id,
        desk.now,
        desk.policy,
    )


def _state(at: FlowView, own: tuple[OrderView, ...], desk: Desk) -> OrderState | None:
    """The chosen order, as long as it is the customer's."""
    key = key_in(at.answers.get("order", ""))
    mine = key is not None and any(order.id == key for order in own)
    return refunding.look(desk.connection, key, lock=True) if key is not None and mine else None


def _first(at: FlowView, conversation: ConversationView, desk: Desk) -> MessageView | None:
    since = datetime.fromisoformat(at.answers["since"])
    last = conversations.messages_of(desk.connection, desk.cipher, conversation.id)
    theirs = (one for one in last if one.direction == "in" and one.ticket_id is None and one.created_at >= since)
    return next(theirs, None)


def _for_ticket(answer: Answer, at: FlowView, state: OrderState | None, desk: Desk) -> ticket.Facts | None:
    """What a person's ticket begins with, where this answer may lead to one."""
    if isinstance(answer.event, Said) and not answer.flow.misunderstood:
        return None
    return _in_person(answer.event, at, state, desk)


def _in_person(event: Said | Pressed, at: FlowView, state: OrderState | None, desk: Desk) -> ticket.Facts:
    """A person's ticket begins with what the customer wrote; of a press, with what they wrote at first. It is about the
    order, and of the kind that was asked for."""
    if isinstance(event, Pressed):
        words = at.answers.get("words") or text("refund.ask_person", desk.conversation(event.chat).language)
        event = flow.as_said(event, words)
    return ticket.gather(event, desk, at.answers.get("kind", "refund"), state.order.id if state is not None else None)


# --- what an answer says ------------------------------------------------------------------------------------------


def _understand(
    answer: Answer, at: FlowView, own: tuple[OrderView, ...], state: OrderState | None, desk: Desk
) -> Mapping[str, str] | None:
    language = desk.conversation(answer.event.chat).language
    choice, words = answer.choice(), answer.words
    if choice is None and not words and answer.files and at.step != "photos":
        return {}  # kept; the question is asked again
    if choice is None and words and at.step in ("items", "quantity") and flow.is_said(words, "refund.words.all"):
        choice = _ALL
    match at.step:
        case "order":
            return _order(choice, words, own, desk)
        case "items":
            return _line(choice, words, at, state)
        case "quantity":
            return _quantity(choice, words, at, state)
        case "reason":
            return _reason(choice, words, desk.policy, language)
        case "photos":
            return _photos(choice, words, answer, at)
        case "check":
            sends = choice == _SEND or (bool(words) and flow.is_said(words, "refund.words.yes"))
            return {"send": _SEND} if sends else None
        case _:  # a person is offered
            asks = choice == _PERSON or (bool(words) and flow.is_said(words, "refund.words.yes"))
            return {"person": _PERSON} if asks else None


def _order(choice: str | None, words: str, own: tuple[OrderView, ...], desk: Desk) -> Mapping[str, str] | None:
    if choice is not None:
        found = next((order for order in own if str(order.id) == choice), None)
    else:
        numbers = desk.reading(words).entities.order_ids if words else ()
        found = _named((*numbers, words), own)
    return None if found is None else {"order": str(found.id)}


def _line(choice: str | None, words: str, at: FlowView, state: OrderState | None) -> Mapping[str, str] | None:
    if choice == _ALL:
        return {"all": "yes"}
    if at.answers.get("lines"):
        no_more = choice == _NO_MORE or (choice is None and flow.is_said(words, "refund.words.no_more"))
        if no_more:
            return {"more": "no"}
    lines = state.lines if state is not None else ()
    if choice is not None:
        found = next((line for line in lines if _key(line) == choice), None)
    else:
        said = words.casefold()
        found = next((line for line in lines if said and _is_meant(line, said)), None)
    return None if found is None else {"line": _key(found)}


def _is_meant(line: LineView, said: str) -> bool:
    name = (line.name or "").casefold()
    return line.sku.casefold() in said or (bool(name) and (name in said or (len(said) > 2 and said in name)))


def _quantity(choice: str | None, words: str, at: FlowView, state: OrderState | None) -> Mapping[str, str] | None:
    pending = _pending(at.answers, state)
    if pending is None:
        return None
    if choice == _ALL:
        return {"pieces": str(pending.left)}
    number = key_in(choice if choice is not None else words.strip(" .!。"))
    return {"pieces": str(number)} if number is not None and 1 <= number <= pending.left else None


def _reason(choice: str | None, words: str, policy: Policy, language: str | None) -> Mapping[str, str] | None:
    """The reason that was pressed, or that words tell; words that name none of them are a reason of their own."""
    known = policy.refunds.reasons
    if choice is not None:
        return {"reason": choice} if choice in known else None
    if not words:
        return None
    said = words.casefold()
    for reason in known:
        hints = "" if reason == "other" else text(f"refund.words.{reason}", language)
        is_named = said == text(f"refund.reason.{reason}", language).casefold()
        if is_named or any(hint in said for hint in hints.split("|") if hint):
            return {"reason": reason, "note": words[:_WORDS]}
    return {"reason": "other", "note": words[:_WORDS]}


def _photos(choice: str | None, words: str, answer: Answer, at: FlowView) -> Mapping[str, str] | None:
    has_some = bool(flow.files_of(at))
    if answer.files:
        return _noted(at, words) if words else {}
    done = choice == _DONE or (choice is None and flow.is_said(words, "refund.words.no_more"))
    if done and has_some:
        return {"photos": "done"}
    return {"photos": "none"} if choice == _NO_PHOTOS else None


def _key(line: LineView) -> str:
    return f"{line.product_id}.{line.occurrence}"


# --- what was chosen so far ---------------------------------------------------------------------------------------


def _chosen(answers: Mapping[str, str], state: OrderState) -> tuple[NewLine, ...]:
    """The chosen lines, as far as they can still be asked for."""
    there = {_key(line): line for line in state.lines}
    found = []
    for one in filter(None, answers.get("lines", "").split(",")):
        key, _, pieces = one.rpartition(".")
        line, number = there.get(key), key_in(pieces)
        if line is not None and number is not None and 0 < number <= line.left:
            found.append(NewLine(line.product_id, line.occurrence, number, line.unit_price))
    return tuple(found)


def _pending(answers: Mapping[str, str], state: OrderState | None) -> LineView | None:
    """The line whose pieces are not counted yet."""
    lines = state.lines if state is not None else ()
    return next((line for line in lines if _key(line) == answers.get("line")), None)


def _added(answers: Mapping[str, str], line: LineView, pieces: int) -> dict[str, str]:
    lines = [one for one in answers.get("lines", "").split(",") if one]
    lines.append(f"{_key(line)}.{pieces}")
    return {name: value for name, value in answers.items() if name not in ("line", "pieces")} | {
        "lines": ",".join(lines)
    }


def _free(answers: Mapping[str, str], state: OrderState, facts: Facts) -> list[LineView]:
    """The lines that can be asked for and are not chosen yet."""
    chosen = {(one.product_id, one.occurrence) for one in _chosen(answers, state)}
    rules = facts.policy.refunds
    return [
        line
        for line in state.lines
        if line.key not in chosen and refunds.hindrance(line, state, rules, facts.now) is None
    ]


# --- the questions, one after the other ---------------------------------------------------------------------------


def decide(facts: Facts) -> list[Action]:
    kept = _heard(facts)
    if facts.heard is None:
        return _not_understood(facts)
    if facts.heard.get("person") == _PERSON and facts.for_ticket is not None:
        return _hand_over(facts, facts.for_ticket)
    answers = {**facts.flow.answers, **facts.heard}
    return [*kept, *_go_on(facts, answers)]


def _heard(facts: Facts) -> list[Action]:
    if facts.answer is not None:
        return flow.heard(facts.answer, facts.conversation)
    if isinstance(facts.event, Said):
        return flow.heard(Answer(facts.event, facts.flow), facts.conversation)
    return []


def _go_on(facts: Facts, answers: dict[str, str]) -> list[Action]:
    """The next question; or, once all are answered, the request."""
    state = facts.state
    if state is None:
        return _which_order(facts, answers)
    if not refunds.is_refundable(state) or (not _chosen(answers, state) and not _free(answers, state, facts)):
        return _hindered(facts, answers, state)
    if answers.pop("all", ""):
        for line in _free(answers, state, facts):
            answers = _added(answers, line, line.left)
        answers.pop("line", None)
    return _about_lines(facts, answers, state)


def _about_lines(facts: Facts, answers: dict[str, str], state: OrderState) -> list[Action]:
    free = _free(answers, state, facts)
    pending = _pending(answers, state)
    if pending is None and not _chosen(answers, state) and len(state.lines) == 1:
        pending = free[0]
        answers["line"] = _key(pending)
    if pending is not None and pending not in free:
        return _hindered_line(facts, answers, state, pending)
    if pending is not None:
        pieces = key_in(answers.get("pieces", "1" if pending.left == 1 else ""))
        if pieces is None:
            return _how_many(facts, answers, pending)
        answers = _added(answers, pending, pieces)
        free = [line for line in free if line != pending]
    if not _chosen(answers, state) or (free and "more" not in answers):
        return _which_items(facts, answers, state, free)
    return _about_reason(facts, answers, state)


def _about_reason(facts: Facts, answers: dict[str, str], state: OrderState) -> list[Action]:
    rules = facts.policy.refunds
    reason = answers.get("reason")
    if reason is None:
        return _why(facts, answers)
    if reason in rules.photos and "photos" not in answers:
        return _ask_photos(facts, answers)
    if answers.get("send") != _SEND or facts.opening is None:
        return _check(facts, answers, state)
    return _request(facts, answers, state, facts.opening)


def _ask(
    facts: Facts, answers: Mapping[str, str], step: str, question: str, choices: Mapping[str, str]
) -> list[Action]:
    return flow.ask(facts.conversation, FlowView(FLOW, step, dict(answers)), question, choices)


def _which_order(facts: Facts, answers: Mapping[str, str]) -> list[Action]:
    if not facts.own:
        return _offer_person(facts, answers, text("refund.no_orders", facts.language))
    question = _thanks(facts) + text("refund.which_order", facts.language)
    return _ask(facts, answers, "order", question, _order_choices(facts))


def _order_choices(facts: Facts) -> dict[str, str]:
    zone = facts.policy.timezone
    return {
        str(order.id): _on_button(f"{order.external_id} · {day(order.placed_at, zone, facts.language or 'en')}")
        for order in facts.own[:_CHOICES]
    }


def _which_items(facts: Facts, answers: Mapping[str, str], state: OrderState, free: list[LineView]) -> list[Action]:
    chosen = _chosen(answers, state)
    order = state.order.external_id
    if chosen:
        question = text("refund.more_items", facts.language, items=_items(chosen, state))
    else:
        question = text("refund.which_item", facts.language, order=order)
        impossible = _why_not(facts, state)
        if impossible:
            question += "\n" + text("refund.not_these", facts.language) + "\n" + impossible
    return _ask(facts, answers, "items", _thanks(facts) + question, _item_choices(facts, answers, state, free))


def _item_choices(facts: Facts, answers: Mapping[str, str], state: OrderState, free: list[LineView]) -> dict[str, str]:
    choices = {_key(line): _on_button(item(line.left, _name(line))) for line in free}
    asked = [line for line in state.lines if line.claimed_by is not None]
    choices |= {
        _key(line): _on_button(text("refund.asked_already", facts.language, item=short(_name(line)[:40])))
        for line in asked
    }
    if _chosen(answers, state):
        return {_NO_MORE: text("refund.no_more", facts.language), **choices}
    return {**choices, _ALL: text("refund.all", facts.language)} if len(free) > 1 else choices


def _how_many(facts: Facts, answers: Mapping[str, str], line: LineView) -> list[Action]:
    question = text("refund.how_many", facts.language, item=short(_name(line)), left=line.left)
    return _ask(facts, answers, "quantity", _thanks(facts) + question, _piece_choices(line))


def _piece_choices(line: LineView) -> dict[str, str]:
    few = range(1, min(line.left, _PIECES) + 1)
    return {str(number): str(number) for number in (*few, *([line.left] if line.left > _PIECES else []))}


def _why(facts: Facts, answers: Mapping[str, str]) -> list[Action]:
    question = _thanks(facts) + text("refund.why", facts.language)
    return _ask(facts, answers, "reason", question, _reason_choices(facts))


def _reason_choices(facts: Facts) -> dict[str, str]:
    return {reason: text(f"refund.reason.{reason}", facts.language) for reason in facts.policy.refunds.reasons}


def _ask_photos(facts: Facts, answers: Mapping[str, str]) -> list[Action]:
    number = len(flow.files_of(facts.flow))
    if number:
        question = counted("refund.photos_more", number, facts.language)
    else:
        question = text("refund.photos", facts.language)
    return _ask(facts, answers, "photos", question, _photo_choices(facts))


def _photo_choices(facts: Facts) -> dict[str, str]:
    if flow.files_of(facts.flow):
        return {_DONE: text("refund.photos_done", facts.language)}
    return {_NO_PHOTOS: text("refund.photos_none", facts.language)}


def _check(facts: Facts, answers: Mapping[str, str], state: OrderState) -> list[Action]:
    chosen = _chosen(answers, state)
    question = text(
        f"refund.check_{answers['kind']}",
        facts.language,
        items="\n".join(f"• {_item(one, state)}" for one in chosen),
        order=state.order.external_id,
        reason=text(f"refund.reason.{answers['reason']}", facts.language),
        amount=_money(refunds.worth(chosen, state), state, facts),
    )
    return _ask(facts, answers, "check", _thanks(facts) + question, _check_choices(facts))


def _check_choices(facts: Facts) -> dict[str, str]:
    return {_SEND: text("refund.send", facts.language)}


def _thanks(facts: Facts) -> str:
    """A photo where words were asked for is kept; the customer is told before the question comes again."""
    came = facts.answer is not None and bool(facts.answer.files) and facts.flow.step != "photos"
    return text("refund.kept_photo", facts.language) + " " if came else ""


# --- answers that are not understood ------------------------------------------------------------------------------


def _not_understood(facts: Facts) -> list[Action]:
    assert facts.answer is not None
    again, choices = _again(facts)
    # what was sent in the meantime stays with the flow, and what was written where photos were asked for
    answer = replace(facts.answer, flow=_with_note(facts.flow, facts.answer.words))
    if facts.for_ticket is not None and answer.flow.misunderstood >= 1:
        return _hand_over(facts, facts.for_ticket)
    return flow.not_understood(answer, facts.conversation, again, choices, None)


def _with_note(at: FlowView, words: str) -> FlowView:
    """Who describes the damage instead of showing it is read by staff."""
    return replace(at, answers={**at.answers, **_noted(at, words)}) if at.step == "photos" and words else at


def _noted(at: FlowView, words: str) -> dict[str, str]:
    return {"note": f"{at.answers.get('note', '')}\n{words}".strip()[:_WORDS]}


def _again(facts: Facts) -> tuple[str, dict[str, str]]:
    """The question once more, in words that say what is wanted."""
    answers, state, language = facts.flow.answers, facts.state, facts.language
    pending = _pending(answers, state)
    match facts.flow.step:
        case "items" if state is not None:
            choices = _item_choices(facts, answers, state, _free(answers, state, facts))
            return text("refund.item_again", language, order=state.order.external_id), choices
        case "quantity" if pending is not None:
            return text("refund.how_many_again", language, left=pending.left), _piece_choices(pending)
        case "reason":
            return text("refund.why_again", language), _reason_choices(facts)
        case "photos":
            return text("refund.photos_again", language), _photo_choices(facts)
        case "check":
            return text("refund.check_again", language), _check_choices(facts)
        case "person":
            return text("refund.person_again", language), {_PERSON: text("refund.ask_person", language)}
        case _:
            return text("refund.which_order_again", language), _order_choices(facts)


def gather_person(answer: Answer, desk: Desk) -> Facts:
    """The customer wants a person instead of answering, or is upset."""
    facts = gather(answer, desk)
    return replace(facts, for_ticket=facts.for_ticket or _in_person(answer.event, facts.flow, facts.state, desk))


def decide_person(facts: Facts) -> list[Action]:
    assert facts.for_ticket is not None, "it was gathered for a person"
    return _hand_over(facts, facts.for_ticket)


def _hand_over(facts: Facts, for_ticket: ticket.Facts) -> list[Action]:
    """A person takes over, and sees what was answered so far."""
    done = flow.hand_over(facts.conversation, for_ticket, flow.files_of(facts.flow))
    goes_on = for_ticket.ticket.id if for_ticket.ticket is not None else None
    number = goes_on if for_ticket.number is None else for_ticket.number
    so_far = _so_far(facts)
    return [*done, TellThread(number, so_far)] if number is not None and so_far.facts else done


def _so_far(facts: Facts) -> Message:
    """What the customer answered, among staff."""
    answers, state = facts.flow.answers, facts.state
    chosen = "" if state is None else _items(_chosen(answers, state), state)
    pending = _pending(answers, state)
    reason = answers.get("reason", "")
    lines = [
        ("refund_post.order", "" if state is None else state.order.external_id),
        ("refund_post.items", ", ".join(filter(None, (chosen, short(_name(pending)) if pending is not None else "")))),
        ("refund_post.reason", text(f"refund.reason.{reason}") if reason else ""),
        ("refund_post.words", "\n".join(filter(None, (answers.get("words"), answers.get("note"))))),
    ]
    told = tuple(Fact(text(label), value) for label, value in lines if value)
    return Message(title=text(f"refund_post.so_far_{answers.get('kind', 'refund')}"), facts=told)


# --- what cannot be asked for -------------------------------------------------------------------------------------


def _hindered(facts: Facts, answers: Mapping[str, str], state: OrderState) -> list[Action]:
    """Nothing of the order can be asked for: it is asked for already, or the customer is told why, and offered a
    person."""
    asked = [line for line in state.lines if line.claimed_by is not None]
    if asked and refunds.is_refundable(state):
        return [*_join(facts, state, asked), Leave(facts.conversation.id)]
    order, language = state.order, facts.language
    if not refunds.is_refundable(state):
        return _offer_person(facts, answers, text(f"refund.{order.status}", language, order=order.external_id))
    why = _why_not(facts, state)
    if state.left == 0 or not why:
        why = text("refund.nothing_left", language, order=order.external_id)
    return _offer_person(facts, answers, why)


def _hindered_line(facts: Facts, answers: dict[str, str], state: OrderState, line: LineView) -> list[Action]:
    """One line cannot be asked for; the others may."""
    rest = {name: value for name, value in answers.items() if name not in ("line", "pieces")}
    free = _free(rest, state, facts)
    if line.claimed_by is not None:
        joined = _join(facts, state, [line])
        if not free and not _chosen(rest, state):
            return [*joined, Leave(facts.conversation.id)]
        return [*joined, *_which_items(facts, rest, state, free)]
    if any(line.key == (one.product_id, one.occurrence) for one in _chosen(rest, state)):
        return _which_items(facts, rest, state, free)  # chosen before
    return _offer_person(facts, rest, _hindrance(line, state, facts))


def _offer_person(facts: Facts, answers: Mapping[str, str], why: str) -> list[Action]:
    question = text("refund.cannot", facts.language, why=why)
    return _ask(facts, answers, "person", question, {_PERSON: text("refund.ask_person", facts.language)})


def _why_not(facts: Facts, state: OrderState) -> str:
    """Why some lines cannot be asked for, a line each."""
    return "\n".join(filter(None, (_hindrance(line, state, facts) for line in state.lines)))


def _hindrance(line: LineView, state: OrderState, facts: Facts) -> str:
    rules, language = facts.policy.refunds, facts.language
    what = refunds.hindrance(line, state, rules, facts.now)
    if what in (None, "asked"):
        return ""
    end = refunds.ends_at(line, state, rules) or facts.now
    until = day(end, facts.policy.timezone, language or "en")
    return text(f"refund.{what}", language, item=short(_name(line)), day=until)


def _join(facts: Facts, state: OrderState, lines: list[LineView]) -> list[Action]:
    """What is asked for a second time joins the request that is open."""
    done: list[Action] = []
    by_id = {request.id: request for request in facts.open}
    for refund_id in dict.fromkeys(line.claimed_by for line in lines):
        names = ", ".join(short(_name(line)) for line in lines if line.claimed_by == refund_id)
        request = by_id.get(refund_id or 0)
        if request is None or request.ticket_id is None:
            told = text("refund.joined_untold", facts.language, items=names)
            done.append(Say(facts.conversation, Message(text=told)))
            continue
        told = text("refund.joined", facts.language, items=names, ticket=request.ticket_id)
        done += [
            *_told_in(facts, request, text("refund.line_joined", person=name_of(facts.conversation), items=names)),
            Say(facts.conversation, Message(text=told, buttons=_withdraw_button(request, facts)), ticket_id=None),
        ]
    return done


def _told_in(facts: Facts, request: RequestView, words: str) -> list[Action]:
    if request.ticket_id is None:
        return []
    return [
        Timeline(request.ticket_id, "customer", "refund asked again"),
        CustomerWaits(request.ticket_id),
        TellThread(request.ticket_id, Message(context=words)),
        ShowCard(request.ticket_id),
    ]


# --- the request --------------------------------------------------------------------------------------------------


def _request(facts: Facts, answers: dict[str, str], state: OrderState, begins: ticket.Opening) -> list[Action]:
    chosen = _chosen(answers, state)
    claimed = {line.key: line for line in state.lines if line.claimed_by is not None}
    taken = [claimed[one.product_id, one.occurrence] for one in chosen if (one.product_id, one.occurrence) in claimed]
    chosen = tuple(one for one in chosen if (one.product_id, one.occurrence) not in claimed)
    joined = _join(facts, state, taken) if taken else []
    amount = refunds.worth(chosen, state)
    if not chosen or amount < 1:
        if joined:
            return [*joined, Leave(facts.conversation.id)]
        return _hindered(facts, answers, state)
    kind: Kind = "return" if answers["kind"] == "return" else "refund"
    rules, number = facts.policy.refunds, begins.number
    new = NewRequest(
        number=facts.inbox_id,
        order_id=state.order.id,
        amount=amount,
        kind=kind,
        reason=answers["reason"],
        lines=chosen,
        requested_by="customer",
        created_at=facts.now,
        expires_at=facts.now + rules.lasts(kind),
        ticket_id=number,
    )
    automatic = refunds.is_automatic(kind, state.in_base(amount), facts.history, rules, facts.now)
    if automatic:
        begins = replace(begins, turn=None)  # nobody has to see to it
    opened = _ticket(facts, answers, state, chosen, begins)
    # the ticket is opened by this turn: what is decided about it knows no more than its number
    asked = refund_post.asked(new, Before(state, facts.history, _as_view(opened), facts.conversation))
    since = datetime.fromisoformat(answers["since"])
    return [
        *joined,
        Leave(facts.conversation.id),
        *ticket.begun(begins, opened),
        TakeIn(number, facts.conversation.id, since),
        RequestRefund(new),
        *written_down(asked, "customer", "requested"),
        *_own_words(facts, answers, number),
        post_anew(asked, facts.policy),
        *ticket.handed(begins),
        *(_paid_at_once(facts, asked) if automatic else _next_step(facts, asked, number)),
    ]


def _ticket(
    facts: Facts, answers: Mapping[str, str], state: OrderState, chosen: tuple[NewLine, ...], begins: ticket.Opening
) -> NewTicket:
    subject = text(
        f"refund_post.subject_{begins.kind}",
        items=_items(chosen, state),
        order=state.order.external_id,
        reason=text(f"refund.reason.{answers['reason']}"),
    )
    first = None if facts.first is None else facts.first.id
    order = state.order.id
    return ticket.new_ticket(begins, subject[:200], facts.now, facts.reading, order_id=order, message_id=first)


def _as_view(opened: NewTicket) -> TicketView:
    return TicketView(
        id=opened.id,
        conversation_id=opened.conversation_id,
        customer_id=opened.customer_id,
        order_id=opened.order_id,
        kind=opened.kind,
        status="open",
        priority=opened.priority,
        assignee=None,
        assignee_id=None,
        subject=opened.subject,
        opened_at=opened.opened_at,
        first_reply_at=None,
        resolved_at=None,
        waiting_since=opened.opened_at,
        follows_id=opened.follows_id,
    )


def _own_words(facts: Facts, answers: Mapping[str, str], number: int) -> list[Action]:
    """What the customer wrote and sent, for staff to see."""
    words = [answers.get("words", "").strip(), answers.get("note", "").strip()]
    files = flow.files_of(facts.flow)
    note = text("refund_post.no_photos") if answers.get("photos") == "none" else ""
    said = Message(title=name_of(facts.conversation), quote="\n".join(filter(None, words)), context=note, files=files)
    if not said.quote and not files and not note:
        return []
    return show_with_files(said, facts.conversation, number, facts.policy)


def _next_step(facts: Facts, asked: refund_post.Seen, number: int) -> list[Action]:
    """What happens next, said at once."""
    request = asked.request
    until = day(request.expires_at or facts.now, facts.policy.timezone, facts.language or "en")
    amount = money(request.amount, request.currency, facts.language)
    key = f"refund.asked_{request.kind}"
    told = text(key, facts.language, ticket=number, order=request.order, amount=amount, day=until)
    message = Message(text=told, buttons=_withdraw_button(request, facts))
    return [Say(facts.conversation, message, ticket_id=number)]


def _paid_at_once(facts: Facts, asked: refund_post.Seen) -> list[Action]:
    approved = refund_post.changed(asked, status="approved")
    return pay(approved, facts.policy, BOT, facts.now)


def _withdraw_button(request: RequestView, facts: Facts) -> tuple[Button, ...]:
    if request.status != "requested":
        return ()
    return (Button(text("refund.withdraw", facts.language), WITHDRAW, str(request.number)),)


def _name(line: LineView) -> str:
    return line.name or line.sku


def _item(one: NewLine, state: OrderState) -> str:
    name = next((_name(line) for line in state.lines if line.key == (one.product_id, one.occurrence)), "")
    return item(one.quantity, name)


def _items(chosen: tuple[NewLine, ...], state: OrderState) -> str:
    return ", ".join(_item(one, state) for one in chosen)


def _money(amount: int, state: OrderState, facts: Facts) -> str:
    return money(amount, state.order.currency, facts.language)


def _on_button(label: str) -> str:
    return label if len(label) <= _BUTTON else label[: _BUTTON - 1] + "…"
