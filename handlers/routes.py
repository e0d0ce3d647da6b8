"""The table of contents: which feature handles what comes in."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_never

from handlers.actions import Action, Leave
from handlers.customer import (
    blocked,
    cancel_order,
    change_address,
    commands,
    edited,
    flow,
    greeting,
    happened,
    hearing,
    invoice,
    order_status,
    refund,
    refund_open,
    start,
    thanks,
    ticket,
)
from handlers.desk import Desk
from handlers.errands import CancelOrder, ChangeAddress, Errand, FetchInvoice, PayBack
from handlers.events import (
    Blocked,
    Edited,
    ErrandSettled,
    FromCustomer,
    FromDelivery,
    FromStaff,
    Happened,
    Pressed,
    RoomRefused,
    Said,
    Settled,
    StaffCameHome,
    StaffCommanded,
    StaffDeleted,
    StaffEdited,
    StaffPressed,
    StaffReacted,
    StaffSaid,
    StaffSubmitted,
)
from handlers.forms import Form
from handlers.staff import (
    delivered,
    early,
    errand,
    failed,
    lifecycle,
    note,
    refund_command,
    refund_paid,
    refund_post,
    refused,
    reply,
    second_thoughts,
)
from handlers.staff import refund as staff_refund


@dataclass(frozen=True, slots=True)
class Feature:
    """Reads the facts about an event, then decides on them alone."""

    gather: Callable[[Any, Desk], Any]
    decide: Callable[[Any], list[Action]]

    def handle(self, event: object, desk: Desk) -> list[Action]:
        return self.decide(self.gather(event, desk))


#: these work whatever else is going on
COMMANDS = {
    "/start": Feature(start.gather, start.decide),
    "/help": Feature(commands.gather, commands.decide),
    "/privacy": Feature(commands.gather, commands.decide),
    "/stop": Feature(commands.gather, commands.decide),
}

#: what is answered without a person, unless a ticket goes on; everything else becomes a ticket
INTENTS = {
    "greeting": Feature(greeting.gather, greeting.decide),
    "thanks": Feature(thanks.gather, thanks.decide),
    "order_status": Feature(order_status.gather, order_status.decide),
    "cancel_order": Feature(cancel_order.gather, cancel_order.decide),
    "change_address": Feature(change_address.gather, change_address.decide),
    "invoice": Feature(invoice.gather, invoice.decide),
}

#: what a customer can be in the middle of: the feature that takes the answer to its own question
FLOWS: dict[str, Feature] = {
    refund.FLOW: Feature(refund.gather, refund.decide),
    cancel_order.NAME: Feature(cancel_order.gather_answer, cancel_order.decide_answer),
    change_address.NAME: Feature(change_address.gather_answer, change_address.decide_answer),
    invoice.NAME: Feature(invoice.gather_answer, invoice.decide_answer),
}

#: money back or a return, for customers the shop knows; what they say of a request that waits
REFUND = Feature(refund.gather_start, refund.decide)
REFUND_BESIDE = Feature(refund_open.gather, refund_open.decide)

TICKET = Feature(ticket.gather, ticket.decide)
#: while a ticket goes on, an order that is asked for by its number is shown as well
ORDER_STATUS_BESIDE = Feature(order_status.gather_beside, order_status.decide_beside)
#: a thank-you for a ticket resolved lately does not reopen it
THANKS_AFTERWARDS = Feature(thanks.gather_afterwards, thanks.decide_afterwards)
EDITED = Feature(edited.gather, edited.decide)
HAPPENED = Feature(happened.gather, happened.decide)
BLOCKED = Feature(blocked.gather, blocked.decide)
#: whatever a customer does in a chat shows that the bot is let in
LET_IN = Feature(blocked.gather_heard, blocked.decide)

#: buttons in the customer's chat
BUTTONS = {
    "order": Feature(order_status.gather_pressed, order_status.decide_pressed),
    refund.WITHDRAW: Feature(refund_open.gather_pressed, refund_open.decide_pressed),
    refund.ANOTHER: Feature(refund.gather_another, refund.decide),
}

NOTE = Feature(note.gather, note.decide)
REPLY = Feature(reply.gather_typed, reply.decide)
SECOND_THOUGHTS = Feature(second_thoughts.gather, second_thoughts.decide)
SETTLED = Feature(delivered.gather, delivered.decide)
ROOM_REFUSED = Feature(refused.gather, refused.decide)
#: an errand's result, as far as it is the same for all errands
ERRAND = Feature(errand.gather, errand.decide)

REFUND_DECISION = Feature(staff_refund.gather, staff_refund.decide)

#: buttons on the desk's posts among staff
STAFF_BUTTONS = {
    "claim": Feature(lifecycle.gather, lifecycle.decide),
    "resolve": Feature(lifecycle.gather, lifecycle.decide),
    "reopen": Feature(lifecycle.gather, lifecycle.decide),
    "undo": SECOND_THOUGHTS,
    "retry": Feature(delivered.gather_pressed, delivered.decide_pressed),
    "arrived": Feature(delivered.gather_pressed, delivered.decide_pressed),
    "replay": Feature(failed.gather, failed.decide),
    "discard": Feature(failed.gather, failed.decide),
    refund_post.APPROVE: REFUND_DECISION,
    refund_post.PAID: REFUND_DECISION,
    refund_post.NOT_PAID: REFUND_DECISION,
    refund_post.AGAIN: REFUND_DECISION,
    errand.AGAIN: Feature(errand.gather_pressed, errand.decide_pressed),
    errand.WAS_DONE: Feature(errand.gather_pressed, errand.decide_pressed),
}

#: forms that staff send in
STAFF_FORMS = {
    reply.FORM: Feature(reply.gather_submitted, reply.decide),
    second_thoughts.EDIT_FORM: SECOND_THOUGHTS,
    refund_post.PARTIAL: REFUND_DECISION,
    refund_post.REFUSE: REFUND_DECISION,
    refund_command.FORM: Feature(refund_command.gather_submitted, refund_command.decide),
}

#: commands that staff type
STAFF_COMMANDS: dict[str, Feature] = {
    "/refund": Feature(refund_command.gather_typed, refund_command.decide),
}

#: emoji that staff put on a post
STAFF_EMOJI: dict[str, Feature] = {}

#: what comes of an errand to the back office
ERRANDS: dict[type[Errand], Feature] = {
    PayBack: Feature(refund_paid.gather, refund_paid.decide),
    CancelOrder: Feature(cancel_order.gather_settled, cancel_order.decide_settled),
    ChangeAddress: Feature(change_address.gather_settled, change_address.decide_settled),
    FetchInvoice: Feature(invoice.gather_settled, invoice.decide_settled),
}

#: buttons that open a form instead of doing something at once, from what their reference names
FORMS: dict[str, Callable[[str, Desk], Form | None]] = {
    "reply": reply.form,
    "edit_reply": second_thoughts.edit_form,
    refund_post.PARTIAL: staff_refund.partial_form,
    refund_post.REFUSE: staff_refund.refuse_form,
    refund_command.FORM: refund_command.form,
}


def handle(event: FromCustomer | FromStaff | FromDelivery, desk: Desk) -> list[Action]:
    """What is to be done about an event."""
    match event:
        case Said():
            said = hearing.unheard(event, desk)
            return [] if said is None else [*LET_IN.handle(said, desk), *_said(said, desk)]
        case Edited():
            anew = edited.as_new(event, desk)
            now = EDITED.handle(event, desk) if anew is None else _feature_for(anew, desk).handle(anew, desk)
            return [*LET_IN.handle(event, desk), *now]
        case Pressed(action=flow.ACTION):
            return [*LET_IN.handle(event, desk), *_pressed_in_flow(event, desk)]
        case Pressed(action=action):
            return [*LET_IN.handle(event, desk), *BUTTONS.get(action, BUTTONS["order"]).handle(event, desk)]
        case Happened():
            return HAPPENED.handle(event, desk)
        case Blocked():
            return BLOCKED.handle(event, desk)
        case StaffSaid():
            return _typed(event, desk)
        case StaffEdited():
            written = reply.as_new(event, desk)
            return SECOND_THOUGHTS.handle(event, desk) if written is None else _typed(written, desk)
        case StaffDeleted():
            return SECOND_THOUGHTS.handle(event, desk)
        case StaffPressed(action=action):
            known = STAFF_BUTTONS.get(action)
            return known.handle(event, desk) if known else []
        case StaffSubmitted(form=form):
            known = STAFF_FORMS.get(form)
            return known.handle(event, desk) if known else []
        case Settled():
            return SETTLED.handle(event, desk)
        case RoomRefused():
            return ROOM_REFUSED.handle(event, desk)
        case StaffCommanded(command=command):
            known = STAFF_COMMANDS.get(command)
            return known.handle(event, desk) if known else []
        case StaffReacted(emoji=emoji):
            known = STAFF_EMOJI.get(emoji)
            return known.handle(event, desk) if known else []
        case StaffCameHome():
            return []
        case ErrandSettled():
            known = ERRANDS.get(type(event.errand))
            return [*ERRAND.handle(event, desk), *(known.handle(event, desk) if known else [])]
        case _:
            assert_never(event)


def _said(said: Said, desk: Desk) -> list[Action]:
    """A message answers the question of the flow its chat is in; else it begins something."""
    at = flow.current(desk.conversation(said.chat), desk)
    if at is None or _command(said) in COMMANDS:
        return _feature_for(said, desk).handle(said, desk)
    return _in_flow(flow.Answer(said, at), desk)


def _pressed_in_flow(event: Pressed, desk: Desk) -> list[Action]:
    at = flow.current(desk.conversation(event.chat), desk)
    answer = None if at is None else flow.Answer(event, at)
    if answer is None or answer.choice() is None:
        return BUTTONS["order"].handle(event, desk)  # the question was answered since, or is none of ours
    return _in_flow(answer, desk)


def _in_flow(answer: flow.Answer, desk: Desk) -> list[Action]:
    conversation = desk.conversation(answer.event.chat)
    if flow.is_over(answer):
        return flow.never_mind(answer, conversation)
    instead = flow.instead(answer, conversation)
    if instead is not None:
        intent, said = instead
        known = TICKET if ticket.goes_on(said, desk) else INTENTS.get(intent, TICKET)
        if intent in refund.KINDS and refund.begins(said, desk):
            known = REFUND
        return [Leave(conversation.id), *known.handle(said, desk)]
    if isinstance(answer.event, Said) and flow.wants_person(answer, desk):
        return flow.hand_over(conversation, ticket.gather(answer.event, desk), flow.files_of(answer.flow))
    return FLOWS[answer.flow.name].handle(answer, desk)


def _typed(event: StaffSaid, desk: Desk) -> list[Action]:
    """What staff typed in a thread, as it reads by now; no edit makes a note a reply."""
    said = early.as_it_reads(event, desk)
    if said is None:
        return []
    is_reply = all(reply.words_of(one.text, desk.policy.reply_prefix) is not None for one in (event, said))
    return (REPLY if is_reply else NOTE).handle(said, desk)


def _command(said: Said) -> str:
    """The first word of a message, as a command is written."""
    return said.text.split(maxsplit=1)[0].partition("@")[0].lower() if said.text.strip() else ""


def _feature_for(said: Said, desk: Desk) -> Feature:
    word = _command(said)
    if said.files or said.extras:
        return TICKET  # whatever its words are: a person has to look at it
    if word in COMMANDS:
        return COMMANDS[word]
    if re.fullmatch(r"/\w+(@\w+)?", said.text.strip()):
        return COMMANDS["/help"]  # a command nobody knows
    if asks := refund.begins(said, desk):
        return REFUND_BESIDE if asks == "beside" else REFUND
    reading = desk.reading(said.text)
    asks_for_order = bool(reading.entities.order_ids) and reading.intent in ("other", "order_status")
    if ticket.goes_on(said, desk):
        if reading.route == "thanks" and not ticket.is_open(said, desk):
            return THANKS_AFTERWARDS
        if reading.route == "order_status" and asks_for_order and not ticket.is_open(said, desk):
            return INTENTS["order_status"]  # a question of its own, which needs no person
        return ORDER_STATUS_BESIDE if asks_for_order else TICKET
    if set(reading.intents) - {reading.intent}:
        return TICKET  # it asks for more than the desk could answer
    if asks_for_order:
        return INTENTS["order_status"]  # perhaps no more than the number we asked for
    if reading.route == "order_status" and order_status.was_just_shown(said, desk):
        return TICKET  # what the desk knows did not help
    return INTENTS.get(reading.route, TICKET)
