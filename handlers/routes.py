"""The table of contents: which feature handles what comes in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, assert_never

from handlers import digests
from handlers.actions import Action, Leave
from handlers.customer import (
    aside,
    blocked,
    cancel_order,
    card_number,
    change_address,
    commands,
    complaint,
    edited,
    flow,
    greeting,
    happened,
    hearing,
    identify,
    invoice,
    knowledge,
    language,
    mute,
    order_status,
    refund,
    refund_open,
    review,
    start,
    survey,
    thanks,
    ticket,
)
from handlers.customer.known import is_known
from handlers.desk import Desk
from handlers.errands import CancelOrder, ChangeAddress, Errand, FetchInvoice, PayBack
from handlers.events import (
    Blocked,
    Edited,
    ErrandSettled,
    Examined,
    FromCustomer,
    FromDelivery,
    FromStaff,
    Happened,
    Pressed,
    Proposed,
    RoomRefused,
    Said,
    Settled,
    StaffAsked,
    StaffCameHome,
    StaffCommanded,
    StaffDeleted,
    StaffEdited,
    StaffOpened,
    StaffPressed,
    StaffReacted,
    StaffSaid,
    StaffSubmitted,
)
from handlers.forms import Form
from handlers.staff import (
    article,
    ask,
    ask_change,
    ask_schedule,
    changing,
    churn,
    composing,
    customer,
    delivered,
    digest,
    digest_lists,
    digest_plan,
    doctor,
    duty,
    early,
    errand,
    failed,
    held,
    home,
    lifecycle,
    looked,
    macros,
    model,
    muting,
    not_allowed,
    note,
    proposed,
    refund_command,
    refund_paid,
    refund_post,
    refused,
    reply,
    second_thoughts,
    segment,
    segment_compare,
    shortcuts,
    sla,
    suggestion,
    ticket_command,
    ticket_emoji,
    ticket_forms,
)
from handlers.staff import (
    commands as staff_commands,
)
from handlers.staff import (
    refund as staff_refund,
)
from nlp.meaning import Reading


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
    "/link": Feature(identify.gather_asked, identify.decide_asked),
    "/language": Feature(language.gather_command, language.decide_choice),
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

#: what becomes a ticket with words of its own, by what the ticket is about
TICKETS = {
    "complaint": Feature(complaint.gather, complaint.decide),
}

#: what a customer can be in the middle of: the feature that takes the answer to its own question
FLOWS: dict[str, Feature] = {
    review.FLOW: Feature(review.gather_words, review.decide_words),
    survey.FLOW: Feature(survey.gather_comment, survey.decide_comment),
    identify.NAME: Feature(identify.gather, identify.decide),
    refund.FLOW: Feature(refund.gather, refund.decide),
    cancel_order.NAME: Feature(cancel_order.gather_answer, cancel_order.decide_answer),
    change_address.NAME: Feature(change_address.gather_answer, change_address.decide_answer),
    invoice.NAME: Feature(invoice.gather_answer, invoice.decide_answer),
}

#: a person takes over in the middle of a flow; some pass on what was answered so far
PERSON = Feature(flow.gather_person, flow.decide_person)
PEOPLE: dict[str, Feature] = {refund.FLOW: Feature(refund.gather_person, refund.decide_person)}

#: the customer's own telephone number, which shows who they are
OWN_NUMBER = Feature(identify.gather_shared, identify.decide_shared)

#: money back or a return, for customers the shop knows; what they say of a request that waits
REFUND = Feature(refund.gather_start, refund.decide)
REFUND_BESIDE = Feature(refund_open.gather, refund_open.decide)

#: a question that an article answers; for some intents the desk can do something better
KNOWLEDGE = Feature(knowledge.gather, knowledge.decide)
BETTER = frozenset({"invoice", "order_status", "cancel_order", "change_address"})

#: "never mind", where nothing goes on
NOTHING = Feature(flow.gather_nothing, flow.decide_nothing)
#: questions of flows that are answered by a choice, not in words of one's own
_CHOICES = frozenset({"order", "items", "quantity", "confirm", "check"})
#: what is wished for by whoever is in a flow
_WISHES: dict[str, tuple[str, ...]] = {
    refund.FLOW: refund.KINDS,
    cancel_order.NAME: ("cancel_order",),
    change_address.NAME: ("change_address",),
    invoice.NAME: ("invoice",),
}
#: a sentiment from here down is no slip of the finger
_UPSET = -0.5

TICKET = Feature(ticket.gather, ticket.decide)
#: while a ticket goes on, an order that is asked for is shown as well
ORDER_STATUS_BESIDE = Feature(order_status.gather_beside, order_status.decide_beside)
#: a thank-you for a ticket resolved lately does not reopen it
THANKS_AFTERWARDS = Feature(thanks.gather_afterwards, thanks.decide_afterwards)
EDITED = Feature(edited.gather, edited.decide)
HAPPENED = Feature(happened.gather, happened.decide)
BLOCKED = Feature(blocked.gather, blocked.decide)
#: whatever a customer does in a chat shows that the bot is let in
LET_IN = Feature(blocked.gather_heard, blocked.decide)

#: what a message shows of the language its writer speaks holds for the answer to it
LANGUAGE = Feature(language.gather, language.decide)

#: whoever sends a card number is told not to
CARD_NUMBER = Feature(card_number.gather, card_number.decide)

#: buttons in the customer's chat
BUTTONS = {
    "order": Feature(order_status.gather_pressed, order_status.decide_pressed),
    review.FLOW: Feature(review.gather, review.decide),
    survey.FLOW: Feature(survey.gather, survey.decide),
    refund.WITHDRAW: Feature(refund_open.gather_pressed, refund_open.decide_pressed),
    refund.ANOTHER: Feature(refund.gather_another, refund.decide),
    language.ACTION: Feature(language.gather_pressed, language.decide_choice),
    "helped": Feature(knowledge.gather_pressed, knowledge.decide_pressed),
}

#: a button whose form does not open says why
SHUT = Feature(ticket_forms.gather_shut, changing.decide)
TICKET_FORM = Feature(ticket_forms.gather_submitted, changing.decide)
TICKET_COMMAND = Feature(ticket_command.gather, ticket_command.decide)
TICKET_EMOJI = Feature(ticket_emoji.gather, ticket_emoji.decide)
NOTE = Feature(note.gather, note.decide)
REPLY = Feature(reply.gather_typed, reply.decide)
SECOND_THOUGHTS = Feature(second_thoughts.gather, second_thoughts.decide)
#: questions about the shop, by the desk's name, and what is said under them
ASKED = Feature(ask.gather_asked, ask.decide)
LOOK = Feature(looked.gather, looked.decide)
COMPOSING = Feature(composing.gather, composing.decide)
SETTLED = Feature(delivered.gather, delivered.decide)
ROOM_REFUSED = Feature(refused.gather, refused.decide)
HOME = Feature(home.gather_opened, home.decide)
EXAMINED = Feature(doctor.gather_examined, doctor.decide_examined)
PROPOSED = Feature(proposed.gather, proposed.decide)
#: a shortcut that could do nothing
IDLE_SHORTCUT = Feature(shortcuts.gather, shortcuts.decide)

REFUND_DECISION = Feature(staff_refund.gather, staff_refund.decide)
#: an errand's result, as far as it is the same for all errands
ERRAND = Feature(errand.gather, errand.decide)

#: buttons on the desk's posts among staff
STAFF_BUTTONS = {
    "claim": Feature(lifecycle.gather, lifecycle.decide),
    "resolve": Feature(lifecycle.gather, lifecycle.decide),
    "reopen": Feature(lifecycle.gather, lifecycle.decide),
    ticket_forms.NOTE: SHUT,
    ticket_forms.SNOOZE: SHUT,
    ticket_forms.MORE: SHUT,
    ticket_forms.MUTE: SHUT,
    ticket_forms.CORRECT: SHUT,
    "unmerge": Feature(ticket_forms.gather_unmerge, changing.decide),
    "merge_sure": Feature(ticket_forms.gather_sure, changing.decide),
    "undo": SECOND_THOUGHTS,
    "retry": Feature(delivered.gather_pressed, delivered.decide_pressed),
    "arrived": Feature(delivered.gather_pressed, delivered.decide_pressed),
    "send_anyway": Feature(held.gather, held.decide),
    "edit_held": Feature(held.gather, held.decide),
    "delete_article": Feature(article.gather_pressed, article.decide_pressed),
    "replay": Feature(failed.gather, failed.decide),
    "discard": Feature(failed.gather, failed.decide),
    refund_post.APPROVE: REFUND_DECISION,
    refund_post.PAID: REFUND_DECISION,
    refund_post.NOT_PAID: REFUND_DECISION,
    refund_post.AGAIN: REFUND_DECISION,
    errand.AGAIN: Feature(errand.gather_pressed, errand.decide_pressed),
    errand.WAS_DONE: Feature(errand.gather_pressed, errand.decide_pressed),
    errand.ADDRESS: Feature(errand.gather_address, errand.decide_address),
    "unmute": Feature(muting.gather_unmute, muting.decide_unmute),
    digests.LIST: Feature(digest_lists.gather, digest_lists.decide),
    # where no draft opens any more
    churn.DRAFT: Feature(churn.gather_gone, churn.decide_gone),
    digests.MEANING: Feature(digest_lists.gather_meaning, digest_lists.decide_meaning),
    ask.AGAIN: Feature(ask.gather_again, ask.decide),
    proposed.CONFIRM: Feature(proposed.gather_confirmed, ask.decide),
    ask.MEANING: Feature(ask.gather_meaning, ask.decide_meaning),
    ask.FILE: Feature(ask.gather_file, ask.decide_file),
    ask.CUSTOMER: Feature(ask.gather_customer, customer.decide),
    segment_compare.LIST: Feature(segment_compare.gather_list, ask.decide),
    segment.OPEN: Feature(segment.gather_open, segment.decide),
}

#: forms that staff send in
STAFF_FORMS = {
    reply.FORM: Feature(reply.gather_submitted, reply.decide),
    second_thoughts.EDIT_FORM: SECOND_THOUGHTS,
    ticket_forms.NOTE: TICKET_FORM,
    ticket_forms.SNOOZE: TICKET_FORM,
    ticket_forms.MORE: TICKET_FORM,
    ticket_forms.CORRECT: TICKET_FORM,
    refund_post.PARTIAL: REFUND_DECISION,
    refund_post.REFUSE: REFUND_DECISION,
    refund_command.FORM: Feature(refund_command.gather_submitted, refund_command.decide),
    article.FORM: Feature(article.gather, article.decide),
    digest_plan.FORM: Feature(digest_plan.gather, digest_plan.decide),
    ask.SEGMENT: Feature(segment.gather_submitted, segment.decide_submitted),
    ask.CHANGE: Feature(ask_change.gather_submitted, ask.decide),
    ask.SCHEDULE: Feature(ask_schedule.gather_submitted, ask_schedule.decide_submitted),
    churn.ASSIGN: Feature(churn.gather_assign, churn.decide_assign),
    churn.SNOOZE: Feature(churn.gather_snooze, churn.decide_snooze),
    churn.WIN_BACK: Feature(churn.gather_win_back, churn.decide_win_back),
}

#: of these, those that are looked at before they are taken: what is wrong stands at its field, and the form stays open
FORM_CHECKS: dict[str, Callable[[StaffSubmitted, Desk], dict[str, str]]] = {
    refund_post.PARTIAL: staff_refund.wrong_in_form,
    refund_post.REFUSE: staff_refund.wrong_in_form,
    second_thoughts.EDIT_FORM: second_thoughts.wrong_in_form,
    ask.CHANGE: ask_change.wrong_in_form,
}

#: commands that staff type
STAFF_COMMANDS: dict[str, Feature] = {
    "/ticket": TICKET_COMMAND,
    customer.COMMAND: Feature(customer.gather, customer.decide),
    ask.COMMAND: Feature(ask_schedule.gather, ask_schedule.decide),
    segment.COMMAND: Feature(segment.gather, segment.decide),
    "/refund": Feature(refund_command.gather_typed, refund_command.decide),
    "/macro": Feature(macros.gather, macros.decide),
    "/duty": Feature(duty.gather, duty.decide),
    "/sla": Feature(sla.gather, sla.decide),
    "/spam": Feature(muting.gather_list, muting.decide_list),
    "/digest": Feature(digest.gather, digest.decide),
    "/model": Feature(model.gather, model.decide),
    "/doctor": Feature(doctor.gather, doctor.decide),
}

#: one that nobody knows is answered with those there are
UNKNOWN_COMMAND = Feature(
    lambda event, desk: staff_commands.gather(event, desk, tuple(STAFF_COMMANDS)), staff_commands.decide
)

#: commands that open a form, with some words after them, instead of doing something at once
COMMAND_FORMS: dict[str, Callable[[StaffCommanded, Desk], Form | None]] = {"/digest": digest_plan.form}

#: emoji that staff put on a post
STAFF_EMOJI: dict[str, Feature] = {
    **dict.fromkeys(ticket_emoji.EMOJI, TICKET_EMOJI),
}

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
    ticket_forms.NOTE: ticket_forms.note_form,
    ticket_forms.SNOOZE: ticket_forms.snooze_form,
    ticket_forms.MORE: ticket_forms.more_form,
    ticket_forms.MUTE: ticket_forms.more_form,
    ticket_forms.CORRECT: ticket_forms.correct_form,
    shortcuts.COMMAND_FORM: lambda _ref, _desk: shortcuts.command_form(tuple(STAFF_COMMANDS)),
    refund_post.PARTIAL: staff_refund.partial_form,
    refund_post.REFUSE: staff_refund.refuse_form,
    refund_command.FORM: refund_command.form,
    "edit_held": held.edit_form,
    "use_suggestion": suggestion.form,
    "make_article": article.form,
    ask.SEGMENT: segment.form,
    ask.CHANGE: ask_change.form,
    ask.SCHEDULE: ask_schedule.form,
    churn.ASSIGN: churn.assign_form,
    churn.SNOOZE: churn.snooze_form,
    churn.WIN_BACK: churn.win_back_form,
    churn.DRAFT: churn.draft_form,
    "edit_article": article.edit_form,
}
#: what comes of opening those of these that show what is a customer's, and the page of one's own: the look is kept, and
#: where a customer is answered, others are told that somebody writes
OPENED: dict[str, tuple[Feature, ...]] = {
    **dict.fromkeys(("reply", "edit_held", "use_suggestion"), (LOOK, COMPOSING)),
    **dict.fromkeys(
        (
            "edit_reply",
            ticket_forms.MORE,
            ticket_forms.MUTE,
            refund_command.FORM,
            refund_post.PARTIAL,
            refund_post.REFUSE,
        ),
        (LOOK,),
    ),
    **dict.fromkeys(("make_article", "home"), (LOOK,)),
}


def message_shortcuts() -> tuple[str, ...]:
    """The shortcuts on a message that do something, in the order of their menu."""
    return tuple(name for name in shortcuts.ON_MESSAGES if name in STAFF_BUTTONS or name in FORMS)


def form_for(event: StaffPressed | StaffCommanded, desk: Desk) -> Form | None:
    """The form that a button, a shortcut or a command opens; None when it does something at once. Nothing is locked.

    Raises `TooEarly`.
    """
    if isinstance(event, StaffCommanded):
        asked = COMMAND_FORMS.get(event.command)
        return asked(event, desk) if asked else None
    if event.action not in FORMS:
        return None
    pressed = shortcuts.named(event, desk) if event.thread and not event.ref else event
    return None if pressed is None else opened(pressed.action, pressed.ref, desk)


def opened(action: str, ref: str, desk: Desk) -> Form | None:
    """The form that a button opens; None where it is for something that the colleague's role does not allow."""
    shut = action != shortcuts.COMMAND_FORM and not_allowed.keeps_shut(action, desk)
    return None if shut else FORMS[action](ref, desk)


def handle(event: FromCustomer | FromStaff | FromDelivery, desk: Desk) -> list[Action]:
    """What is to be done about an event. Whether the customer is heard at all comes first, before anything is read."""
    if not isinstance(event, Said | Edited | Pressed | Happened):
        return _heard(event, desk)
    facts = mute.gather(event, desk)
    if facts is None or not facts.is_muted:
        return [*mute.decide(facts), *_heard(event, desk)]
    let_in = [] if isinstance(event, Happened) else LET_IN.handle(event, desk)
    return [*let_in, *mute.decide(facts)]


def _heard(event: FromCustomer | FromStaff | FromDelivery, desk: Desk) -> list[Action]:
    match event:
        case Said():
            said = hearing.unheard(event, desk)
            if said is None:
                return []
            return [
                *LET_IN.handle(said, desk),
                *LANGUAGE.handle(said, desk),
                *suggestion.beside(said, _said(said, desk), desk),
                *CARD_NUMBER.handle(said, desk),
            ]
        case Edited():
            anew = edited.as_new(event, desk)
            now = EDITED.handle(event, desk) if anew is None else _said(anew, desk)
            return [*LET_IN.handle(event, desk), *now, *CARD_NUMBER.handle(event, desk)]
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
        case StaffAsked():
            return ASKED.handle(event, desk)
        case StaffEdited():
            written = reply.as_new(event, desk)
            if written is None:
                return SECOND_THOUGHTS.handle(event, desk)
            is_reply = reply.words_of(written.text, desk.policy.reply_prefix) is not None
            return [*_typed(written, desk), *([] if is_reply else held.withdrawn(event, desk))]
        case StaffDeleted():
            return [*SECOND_THOUGHTS.handle(event, desk), *held.withdrawn(event, desk)]
        case StaffPressed(thread=thread, ref="") if thread:
            pressed = shortcuts.named(event, desk)
            if pressed is None:
                return IDLE_SHORTCUT.handle(event, desk)
            return _if_allowed(STAFF_BUTTONS.get(pressed.action, IDLE_SHORTCUT), pressed, desk)
        case StaffPressed(action=action):
            is_known = action in STAFF_BUTTONS or action in FORMS
            return _if_allowed(STAFF_BUTTONS.get(action), event, desk) if is_known else []
        case StaffSubmitted(form=shortcuts.COMMAND_FORM):
            return handle(shortcuts.as_command(event), desk)
        case StaffSubmitted(form=form):
            known = STAFF_FORMS.get(form)
            return _if_allowed(known, event, desk) if known else []
        case Settled():
            return SETTLED.handle(event, desk)
        case RoomRefused():
            return ROOM_REFUSED.handle(event, desk)
        case StaffCommanded(command=command):
            known = STAFF_COMMANDS.get(command)
            return known.handle(event, desk) if known else UNKNOWN_COMMAND.handle(event, desk)
        case StaffReacted(emoji=emoji):
            if emoji in STAFF_EMOJI:
                return STAFF_EMOJI[emoji].handle(event, desk)
            pressed = shortcuts.named(event, desk) if emoji in shortcuts.EMOJI else None
            return [] if pressed is None else handle(pressed, desk)
        case StaffCameHome():
            return HOME.handle(event, desk)
        case Examined():
            return EXAMINED.handle(event, desk)
        case Proposed():
            return PROPOSED.handle(event, desk)
        case StaffOpened(action=action):
            return [one for known in OPENED.get(action, ()) for one in known.handle(event, desk)]
        case ErrandSettled():
            known = ERRANDS.get(type(event.errand))
            return [*ERRAND.handle(event, desk), *(known.handle(event, desk) if known else [])]
        case _:
            assert_never(event)


def _if_allowed(feature: Feature | None, event: StaffPressed | StaffSubmitted, desk: Desk) -> list[Action]:
    """What a button or a form does, where the colleague's role allows it; nothing where it only opens a form."""
    refused = not_allowed.gather(event, desk)
    if refused is not None:
        return not_allowed.decide(refused)
    return [] if feature is None else feature.handle(event, desk)


def _said(said: Said, desk: Desk) -> list[Action]:
    """A message answers the question of the flow its chat is in; else it begins something."""
    at = flow.current(desk.conversation(said.chat), desk)
    if at is None or _command(said) in COMMANDS:
        return _feature_for(said, desk).handle(said, desk)
    if at.name in (survey.FLOW, review.FLOW) and not survey.is_comment(said, desk):
        return [Leave(desk.conversation(said.chat).id), *_feature_for(said, desk).handle(said, desk)]
    return _in_flow(flow.Answer(said, at), desk)


def _pressed_in_flow(event: Pressed, desk: Desk) -> list[Action]:
    at = flow.current(desk.conversation(event.chat), desk)
    answer = None if at is None else flow.Answer(event, at)
    if answer is None or answer.choice() is None:
        return BUTTONS["order"].handle(event, desk)  # the question was answered since, or is none of ours
    return _in_flow(answer, desk)


def _in_flow(answer: flow.Answer, desk: Desk) -> list[Action]:
    decided = _answered(answer, desk)
    return identify.put_keys_away(decided) if answer.flow.name == identify.NAME else decided


def _answered(answer: flow.Answer, desk: Desk) -> list[Action]:
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
    if isinstance(answer.event, Said) and _is_upset(answer, desk):
        return PEOPLE.get(answer.flow.name, PERSON).handle(answer, desk)
    if isinstance(answer.event, Said) and flow.wants_person(answer, desk):
        return PEOPLE.get(answer.flow.name, PERSON).handle(answer, desk)
    known = FLOWS[answer.flow.name]
    beside, is_new = aside.told(answer, desk), _is_another_wish(answer, desk)
    if beside or is_new:
        afresh = replace(answer, flow=replace(answer.flow, misunderstood=0))
        if aside.is_beside(answer, known.handle(afresh, desk)):
            return beside or _begun_instead(answer, desk)
    return known.handle(answer, desk)


def _is_another_wish(answer: flow.Answer, desk: Desk) -> bool:
    """Whether a customer who is asked to choose something wants something else done instead."""
    own = _WISHES.get(answer.flow.name)
    if own is None or answer.flow.step not in _CHOICES or not isinstance(answer.event, Said) or not answer.words:
        return False
    reading = desk.reading(answer.words)
    wished = {wish for name, wishes in _WISHES.items() if name != answer.flow.name for wish in wishes}
    return reading.route in wished and set(reading.intents) <= {reading.route}


def _begun_instead(answer: flow.Answer, desk: Desk) -> list[Action]:
    assert isinstance(answer.event, Said), "a press is an answer, and no other wish"
    return [
        Leave(desk.conversation(answer.event.chat).id),
        *_feature_for(answer.event, desk).handle(answer.event, desk),
    ]


def _is_upset(answer: flow.Answer, desk: Desk) -> bool:
    """Whether a customer who is asked to choose something is abusive or complains: no choice of theirs, and no time to
    ask again."""
    if answer.flow.step not in _CHOICES or not answer.words:
        return False
    reading = desk.reading(answer.words)
    return reading.route == "complaint" and (reading.is_abuse or reading.sentiment < _UPSET)


def _typed(event: StaffSaid, desk: Desk) -> list[Action]:
    """What staff typed in a thread, as it reads by now; no edit makes a note a reply."""
    goes_on = ask.gather_said(event, desk)
    if goes_on is not None:
        return ask.decide(goes_on)
    said = early.as_it_reads(event, desk)
    if said is None:
        return []
    is_reply = all(reply.words_of(one.text, desk.policy.reply_prefix) is not None for one in (event, said))
    refused = not_allowed.gather(event, desk, "reply" if is_reply else "note")
    if refused is not None:
        return not_allowed.decide(refused)
    return (REPLY if is_reply else NOTE).handle(said, desk)


def _command(said: Said) -> str:
    """The first word of a message, as a command is written."""
    return said.text.split(maxsplit=1)[0].partition("@")[0].lower() if said.text.strip() else ""


def _feature_for(said: Said, desk: Desk) -> Feature:
    word = _command(said)
    if identify.shows(said, desk):
        return OWN_NUMBER
    if said.files or said.extras:
        return _ticket(said, desk)  # whatever its words are: a person has to look at it
    if word in COMMANDS:
        return COMMANDS[word]
    if re.fullmatch(r"/\w+(@\w+)?", said.text.strip()):
        return COMMANDS["/help"]  # a command nobody knows
    if asks := refund.begins(said, desk):
        if asks == "flow" and knowledge.answers(said, desk):
            return TICKET if ticket.is_open(said, desk) else KNOWLEDGE  # how it is done: no wish yet
        return REFUND_BESIDE if asks == "beside" else REFUND
    if flow.is_nothing(said.text) and not ticket.is_open(said, desk):
        return NOTHING
    reading = desk.reading(said.text)
    if reading.is_abuse and reading.route in ("greeting", "thanks"):
        return TICKET  # whatever it looks like: it is no courtesy
    asks_for_order = bool(reading.entities.order_ids) and reading.intent in ("other", "order_status")
    if ticket.goes_on(said, desk):
        if reading.route == "thanks" and not ticket.is_open(said, desk):
            return THANKS_AFTERWARDS
        if reading.route == "greeting" and not ticket.is_open(said, desk):
            return INTENTS["greeting"]  # what they want comes next, and may be something else
        if reading.route == "order_status" and asks_for_order and not ticket.is_open(said, desk):
            # a question of its own, which needs no person
            return TICKET if order_status.was_just_shown(said, desk) else INTENTS["order_status"]
        if _is_another_matter(said, reading, desk):
            return INTENTS[reading.route]
        asks_where = reading.route == "order_status" and set(reading.intents) <= {"order_status"}
        return ORDER_STATUS_BESIDE if asks_for_order or asks_where else TICKET
    if knowledge.answers(said, desk) and not _has_better(said, reading.intent, desk):
        return KNOWLEDGE
    if set(reading.intents) - {reading.intent}:
        return _ticket(said, desk)  # it asks for more than the desk could answer
    if (asks_for_order or reading.route == "order_status") and order_status.was_just_shown(said, desk):
        return TICKET  # what the desk knows did not help
    if asks_for_order:
        return INTENTS["order_status"]  # perhaps no more than the number we asked for
    return INTENTS.get(reading.route) or _ticket(said, desk)


def _is_another_matter(said: Said, reading: Reading, desk: Desk) -> bool:
    """Whether a customer whose ticket was resolved lately, or has no answer yet, wants something of another kind, which
    the desk can do. While staff and the customer talk, they go on."""
    latest = desk.latest_ticket(desk.conversation(said.chat))
    if latest is None or set(reading.intents) - {reading.intent}:
        return False
    if latest.is_open and (latest.first_reply_at is not None or reading.route == "order_status"):
        return False  # where an order is, is told beside the ticket
    can_do = is_known(desk.conversation(said.chat)) and (desk.policy.has_backoffice or not latest.is_open)
    return reading.route in BETTER and reading.route != latest.kind and can_do


def _has_better(said: Said, intent: str, desk: Desk) -> bool:
    """Whether the desk can do what is asked for, where an article would only tell of it."""
    if intent == "order_status":
        return True
    return intent in BETTER and is_known(desk.conversation(said.chat)) and desk.policy.has_backoffice


def _ticket(said: Said, desk: Desk) -> Feature:
    return TICKETS.get(ticket.kind_of(desk.reading(said.text)), TICKET)
