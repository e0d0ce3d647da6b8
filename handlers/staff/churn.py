"""What staff do about customers who may be lost: the buttons of the churn digest give one to a colleague, put one
aside for a while, or draft a message to win one back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from crm_store import churn_list, conversations, customer_lines, customers, outbox, tickets
from crm_store.conversations import ConversationView
from crm_store.customer_lines import CustomerLine
from crm_store.tickets import NewTicket, StaffView, TicketView
from handlers import forms
from handlers.actions import (
    Action,
    AssignAtRisk,
    Audit,
    OpenTicket,
    Revise,
    SetWaiting,
    ShowCard,
    SnoozeAtRisk,
    TellRoom,
    Timeline,
    Whisper,
)
from handlers.desk import Desk, Policy
from handlers.digests import listing_in
from handlers.events import Slot, StaffPressed, StaffSubmitted, key_in
from handlers.forms import Field, Form, Option
from handlers.message import Button, Message, decode
from handlers.roles import may
from handlers.staff import reply
from handlers.staff.digest_lists import name_of
from handlers.texts import text
from handlers.texts.dates import day, moment

#: the forms, and the button that opens a draft
ASSIGN, SNOOZE, WIN_BACK, DRAFT = "churn_assign", "churn_snooze", "winback", "open_winback"
CUSTOMER, WHO, UNTIL = "customer", "who", "until"
_NOBODY = "nobody"
#: as long as is proposed, and as is taken
_PROPOSED, _LONGEST = timedelta(days=30), timedelta(days=366)
_LABEL, _OPTIONS = 75, 100
#: what somebody has to agree to before they are written to unasked
_CONSENT = "broadcast"


# --- the forms ----------------------------------------------------------------------------------------------------


def assign_form(ref: str, desk: Desk) -> Form | None:
    everybody = tickets.everybody(desk.connection, limit=_OPTIONS - 1)
    able = [one for one in everybody if may(one.role, "reply", desk.policy.roles)]
    options = (*(Option(one.name[:_LABEL], str(one.id)) for one in able), Option(text("card.unassigned"), _NOBODY))
    who = Field(WHO, text("churn.form.who"), kind="one", options=options)
    return _form(ASSIGN, ref, text("churn.assign"), desk, who)


def snooze_form(ref: str, desk: Desk) -> Form | None:
    proposed = str(int((desk.now + _PROPOSED).timestamp()))
    return _form(
        SNOOZE, ref, text("churn.snooze"), desk, Field(UNTIL, text("churn.form.until"), kind="moment", initial=proposed)
    )


def win_back_form(ref: str, desk: Desk) -> Form | None:
    return _form(WIN_BACK, ref, text("churn.win_back"), desk)


def _form(name: str, ref: str, title: str, desk: Desk, *fields: Field) -> Form | None:
    listed = _listed(ref, desk)
    known = customer_lines.lines(desk.connection, desk.cipher, listed)
    options = tuple(Option(name_of(known[key])[:_LABEL], str(key)) for key in listed if key in known)
    if not options:
        return None
    customer = Field(CUSTOMER, text("churn.form.customer"), kind="one", options=options, initial=options[0].value)
    return Form(name, ref, title, text("churn.form.do"), (customer, *fields))


def _listed(ref: str, desk: Desk) -> Sequence[int]:
    listing = listing_in(ref)
    return [] if listing is None else churn_list.listed(desk.connection, listing.until)


# --- who looks after a customer, and until when nobody has to -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Posted:
    """A digest as it stands, and the customer's row in it."""

    about: str
    message: Message
    row: int
    assignee: str | None
    snoozed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffSubmitted
    staff: StaffView
    #: who of the list was chosen; None for what is on it no more
    customer: CustomerLine | None
    #: whom the customer is given to
    to: StaffView | None
    #: the posted list, the place of the customer in it, and what is done about them so far
    posted: Posted | None
    now: datetime
    policy: Policy


def gather_assign(event: StaffSubmitted, desk: Desk) -> Facts:
    key = key_in(event.values.get(WHO, ""))
    to = None if key is None else tickets.staff_by_id(desk.connection, key)
    return _facts(event, desk, to)


def gather_snooze(event: StaffSubmitted, desk: Desk) -> Facts:
    return _facts(event, desk)


def _facts(event: StaffSubmitted, desk: Desk, to: StaffView | None = None) -> Facts:
    customer = _chosen(event, desk)
    posted = None if customer is None else _posted(event.ref, customer.id, desk)
    return Facts(event, desk.colleague(event.staff), customer, to, posted, desk.now, desk.policy)


def _posted(ref: str, customer: int, desk: Desk) -> Posted | None:
    """The digest that a list was posted with; None where it is not there, or shows other rows."""
    listing = listing_in(ref)
    if listing is None:
        return None
    listed = churn_list.listed(desk.connection, listing.until)
    assignee, until = churn_list.watch_of(desk.connection, customer)
    for by_hand in (False, True):
        about = Slot("churn", listing.until, by_hand).about
        stored = outbox.shown_about(desk.connection, desk.cipher, about)
        shown = None if stored is None else decode(stored)
        if shown is not None and shown.table is not None and len(shown.table.rows) == len(listed):
            return Posted(about, shown, listed.index(customer), assignee, until)
    return None


def _rewritten(posted: Posted | None, assignee: str | None, until: datetime | None, policy: Policy) -> list[Action]:
    """The posted list shows who looks after the customer by now, and until when nobody has to."""
    if posted is None or posted.message.table is None:
        return []
    aside = "" if until is None else text("churn.aside", until=day(until, policy.timezone))
    who = "; ".join(filter(None, (assignee, aside))) or "—"
    table = posted.message.table
    rows = tuple((*row[:-1], who) if at == posted.row else row for at, row in enumerate(table.rows))
    return [Revise(posted.about, replace(posted.message, table=replace(table, rows=rows)))]


def _chosen(event: StaffSubmitted, desk: Desk) -> CustomerLine | None:
    key = key_in(event.values.get(CUSTOMER, ""))
    if key is None or key not in _listed(event.ref, desk):
        return None
    return customer_lines.lines(desk.connection, desk.cipher, [key]).get(key)


def decide_assign(facts: Facts) -> list[Action]:
    customer, to = facts.customer, facts.to
    if customer is None or (to is None and facts.event.values.get(WHO) != _NOBODY):
        return _whisper(facts.event, Message(text=text("digests.no_list")))
    if to is not None and not may(to.role, "reply", facts.policy.roles):
        return _whisper(facts.event, Message(text=text("assign.may_not", name=to.name)))
    given = AssignAtRisk(customer.id, None if to is None else to.id, facts.staff.name)
    who = to.name if to is not None else text("card.unassigned")
    snoozed = None if facts.posted is None else facts.posted.snoozed_until
    told = text("churn.assigned", staff=facts.staff.name, customer=name_of(customer), who=who)
    return [
        given,
        Audit(facts.staff.name, "assign at risk", f"customer:{customer.id}", who),
        *_rewritten(facts.posted, None if to is None else to.name, snoozed, facts.policy),
        TellRoom("digests", Message(context=told)),
    ]


def decide_snooze(facts: Facts) -> list[Action]:
    customer, until = facts.customer, forms.moment(facts.event.values.get(UNTIL, ""))
    if customer is None:
        return _whisper(facts.event, Message(text=text("digests.no_list")))
    if until is None or not facts.now < until <= facts.now + _LONGEST:
        return _whisper(facts.event, Message(text=text("churn.bad_time")))
    at = moment(until, facts.policy.timezone)
    assignee = None if facts.posted is None else facts.posted.assignee
    told = text("churn.snoozed", staff=facts.staff.name, customer=name_of(customer), until=at)
    return [
        SnoozeAtRisk(customer.id, until, facts.staff.name),
        Audit(facts.staff.name, "snooze at risk", f"customer:{customer.id}", at),
        *_rewritten(facts.posted, assignee, until, facts.policy),
        TellRoom("digests", Message(context=told)),
    ]


def _whisper(event: StaffSubmitted | StaffPressed, message: Message) -> list[Action]:
    return [Whisper(event.staff, event.place, message)]


# --- winning somebody back ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WinBack:
    event: StaffSubmitted
    staff: StaffView
    customer: CustomerLine | None
    #: where the customer can be written to, and the ticket that is answered in
    conversation: ConversationView | None
    ticket: TicketView | None
    #: whether the customer agreed to be written to; None: nobody asked
    consent: bool | None
    #: of the ticket that is opened where there is none
    number: int | None
    now: datetime


def gather_win_back(event: StaffSubmitted, desk: Desk) -> WinBack:
    customer = _chosen(event, desk)
    chat = None if customer is None else churn_list.chat_of(desk.connection, customer.id)
    conversation = None if chat is None else conversations.by_id(desk.connection, desk.cipher, chat)
    ticket = None if conversation is None else desk.latest_ticket(conversation)
    consent = None if customer is None else customers.consents(desk.connection, customer.id).get(_CONSENT)
    opens = conversation is not None and ticket is None and consent
    number = desk.new_ticket_number() if opens else None
    return WinBack(event, desk.colleague(event.staff), customer, conversation, ticket, consent, number, desk.now)


def decide_win_back(facts: WinBack) -> list[Action]:
    customer, conversation = facts.customer, facts.conversation
    if customer is None:
        return _whisper(facts.event, Message(text=text("digests.no_list")))
    name = name_of(customer)
    if conversation is None:
        return _whisper(facts.event, Message(text=text("winback.no_chat", customer=name)))
    if not facts.consent:
        key = "winback.not_asked" if facts.consent is None else "winback.refused"
        return _whisper(facts.event, Message(text=text(key, customer=name)))
    kept = Audit(facts.staff.name, "draft win-back", f"customer:{customer.id}")
    number = facts.ticket.id if facts.ticket is not None else facts.number
    assert number is not None
    draft = Button(text("winback.open"), DRAFT, str(number), "primary")
    ready = Message(text=text("winback.ready", customer=name, ticket=number), buttons=(draft,))
    opened = [] if facts.ticket is not None else _opened(number, customer, conversation, facts)
    return [kept, *opened, *_whisper(facts.event, ready)]


def _opened(number: int, customer: CustomerLine, conversation: ConversationView, facts: WinBack) -> list[Action]:
    """A ticket to write in; nobody waits for an answer."""
    new = NewTicket(number, conversation.id, customer.id, "question", "low", text("winback.subject"), facts.now)
    return [
        OpenTicket(new),
        SetWaiting(number, None),
        Timeline(number, facts.staff.name, "opened", "win-back"),
        ShowCard(number),
    ]


def draft_form(ref: str, desk: Desk) -> Form | None:
    """The reply form with the draft in it; None where the customer has taken the consent back since."""
    number = key_in(ref)
    ticket = None if number is None else desk.ticket(number)
    if ticket is None or ticket.conversation_id is None:
        return None
    conversation = conversations.look_at(desk.connection, desk.cipher, ticket.conversation_id)
    if conversation is None or not customers.consents(desk.connection, conversation.customer_id).get(_CONSENT):
        return None
    return reply.form_for(ticket, ref, desk, words=_draft(conversation, desk.policy))


def _draft(conversation: ConversationView, policy: Policy) -> str:
    name = (conversation.customer_name or conversation.person or "").strip().split(" ")[0]
    key = "winback.draft" if name else "winback.draft_unnamed"
    return text(key, conversation.language, name=name, shop=policy.shop)


def gather_gone(event: StaffPressed, desk: Desk) -> StaffPressed:
    return event


def decide_gone(event: StaffPressed) -> list[Action]:
    return _whisper(event, Message(text=text("winback.gone")))
