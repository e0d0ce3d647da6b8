"""Staff decide on a request for money back: approve, approve a part, refuse; and what to do once the shop was asked.

Everybody approves alone up to the limit of their role; above it a second person must approve (`handlers.refunds`).
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from crm_store import money, refunding
from crm_store.money import format_minor
from crm_store.refunding import Decision
from crm_store.tickets import StaffView
from handlers import refunds
from handlers.actions import (
    Action,
    Answered,
    ApproveRefund,
    AskRefundAgain,
    Audit,
    CustomerWaits,
    EndRefund,
    JudgeRefund,
    ResolveTicket,
    Run,
    SetRefundAmount,
    SetWaiting,
    ShowCard,
    Timeline,
    Whisper,
    Withdraw,
)
from handlers.customer.refund_news import news
from handlers.desk import Desk, Policy
from handlers.errands import PayBack
from handlers.events import StaffPressed, StaffSubmitted, key_in
from handlers.forms import Field, Form, Option
from handlers.message import Message
from handlers.staff import guard, reply
from handlers.staff.refund_post import (
    AGAIN,
    APPROVE,
    NOT_PAID,
    PAID,
    PARTIAL,
    REFUSE,
    Seen,
    about,
    changed,
    glance,
    line,
    post,
    reason,
    see,
    written_down,
)
from handlers.texts import text

AMOUNT, REASON = "amount", "reason"
#: what of staff's words goes to the customer and to the shop
_REASON = 500
#: who approves what is paid without staff
BOT = "bot"


def partial_form(ref: str, desk: Desk) -> Form | None:
    """What the Partial button opens."""
    number = key_in(ref)
    request = None if number is None else refunding.by_number(desk.connection, number)
    if request is None:
        return None
    fields = (Field(AMOUNT, text("form.refund.amount", currency=request.currency), max_length=30), *_words_fields())
    asked = text("form.refund.asked", amount=format_minor(request.amount, request.currency), order=request.order)
    return Form(PARTIAL, ref, text("form.refund.partial"), text("form.refund.approve"), fields, asked)


def refuse_form(ref: str, desk: Desk) -> Form | None:
    """What the Refuse button opens."""
    number = key_in(ref)
    request = None if number is None else refunding.by_number(desk.connection, number)
    if request is None:
        return None
    asked = text("form.refund.asked", amount=format_minor(request.amount, request.currency), order=request.order)
    title, send = text("form.refund.refuse"), text("form.refund.send_refusal")
    return Form(REFUSE, ref, title, send, _words_fields(), asked)


def _words_fields() -> tuple[Field, ...]:
    """What the customer is told, and that it is meant so: a form cannot ask back."""
    anyway = (Option(text("form.anyway"), "yes"),)
    return (
        Field(REASON, text("form.refund.reason"), multiline=True, max_length=_REASON, optional=True),
        Field(reply.ANYWAY, text("form.questioned"), kind="several", options=anyway, optional=True),
    )


def wrong_in_form(event: StaffSubmitted, desk: Desk) -> dict[str, str]:
    """What keeps a filled-in form from being taken, by its field; nothing is locked. The turn looks again."""
    seen = glance(key_in(event.ref), desk)
    if seen is None or seen.request.status != "requested" or is_expired(seen, desk.now):
        return {}  # about no field: the turn tells why
    staff = desk.colleague_asking(event.staff)
    facts = Facts(event, seen, staff, desk.now, desk.policy, _looked_at(event, seen, staff, desk))
    wrong = {REASON: _questions(facts)} if _is_questioned(facts) else {}
    if event.form == PARTIAL:
        amount = _part(facts, seen)
        decided = amount if isinstance(amount, str) else approve(seen, amount, staff, desk.now, desk.policy)
        wrong |= {AMOUNT: decided} if isinstance(decided, str) else {}
    return wrong


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffPressed | StaffSubmitted
    seen: Seen | None
    staff: StaffView
    now: datetime
    policy: Policy
    #: what may be wrong with the words for the customer; None where there are none, or nobody to read them
    checked: guard.Facts | None


def gather(event: StaffPressed | StaffSubmitted, desk: Desk) -> Facts:
    seen, staff = see(key_in(event.ref), desk), desk.colleague(event.staff)
    return Facts(event, seen, staff, desk.now, desk.policy, _looked_at(event, seen, staff, desk))


def _looked_at(
    event: StaffPressed | StaffSubmitted, seen: Seen | None, staff: StaffView, desk: Desk
) -> guard.Facts | None:
    """The words are looked at as a reply's are."""
    words = event.values.get(REASON, "").strip()[:_REASON] if isinstance(event, StaffSubmitted) else ""
    if not words or seen is None or seen.ticket is None or seen.conversation is None:
        return None
    # who answered since they opened the reply form is nothing to a decision
    return replace(guard.gather(words, seen.ticket, seen.conversation, staff, desk), answered=())


def _is_questioned(facts: Facts) -> bool:
    """Whether something may be wrong with the words for the customer, and nobody said that they are meant so."""
    is_meant = isinstance(facts.event, StaffSubmitted) and bool(facts.event.values.get(reply.ANYWAY))
    return facts.checked is not None and bool(guard.decide(facts.checked)) and not is_meant


def _questions(facts: Facts) -> str:
    reasons = () if facts.checked is None else guard.decide(facts.checked)
    return " ".join([*(reason.sentence for reason in reasons), text("form.mend")])


def decide(facts: Facts) -> list[Action]:
    seen = facts.seen
    if seen is None:
        return _tell(facts, text("refund.gone"))
    if not refunds.may_decide(facts.staff.user, facts.policy.roles):
        return _tell(facts, text("refund.may_not"))
    what = facts.event.action if isinstance(facts.event, StaffPressed) else facts.event.form
    if what in (PAID, NOT_PAID, AGAIN):
        return _afterwards(facts, seen, what)
    if seen.request.status != "requested":
        return _tell(facts, already(seen))
    if is_expired(seen, facts.now):
        return [*expire(seen, facts.policy), *_tell(facts, text("refund.expired_now"))]
    if what == APPROVE:
        return _or_told(facts, approve(seen, seen.request.amount, facts.staff, facts.now, facts.policy))
    if _is_questioned(facts):
        return _tell(facts, _questions(facts))
    return _partial(facts, seen) if what == PARTIAL else _refuse(facts, seen)


def already(seen: Seen) -> str:
    """Why a request cannot be decided any more."""
    by = ", ".join(one.staff for one in seen.request.decisions) or seen.request.requested_by
    return text(f"refund.already_{seen.request.status}", staff=by, order=seen.request.order)


def is_expired(seen: Seen, now: datetime) -> bool:
    return seen.request.expires_at is not None and seen.request.expires_at <= now


def expire(seen: Seen, policy: Policy) -> list[Action]:
    """Nobody decided in time: the customer and staff are told."""
    gone = changed(seen, status="expired")
    return [
        EndRefund(seen.request.number, "expired"),
        *written_down(gone, "clock", "expired"),
        post(gone, policy),
        line(gone, text("refund.line_expired", order=seen.request.order)),
        *(news(seen.conversation, seen.request, "refund.expired") if seen.request.requested_by == "customer" else []),
    ]


# --- approve ------------------------------------------------------------------------------------------------------


def approve(
    seen: Seen, amount: int, staff: StaffView, now: datetime, policy: Policy, because: str = ""
) -> list[Action] | str:
    """A colleague approves an amount: it is paid, or a second person has to approve it too. A sentence, where neither
    can be."""
    roles, request = policy.roles, seen.request
    left = seen.state.paid - seen.state.settled
    if amount > left:
        return text("refund.above", left=format_minor(max(0, left), request.currency))
    earlier = refunds.approvals_of(request, amount, roles)
    mine = (staff.id, roles.limit_of(staff.user))
    enough = refunds.is_enough([*earlier, mine], seen.state.in_base(amount), roles)
    if not enough and staff.id in {who for who, _ in earlier}:
        return text("refund.second_needed")
    said = Decision(staff.id, staff.name, staff.user, staff.role, "approve", amount, now)
    judged: list[Action] = [JudgeRefund(request.number, staff.id, "approve", amount)]
    if amount != request.amount:
        judged.insert(0, SetRefundAmount(request.number, amount))
    if not enough:
        waits = changed(seen, said, amount=amount)
        told = text("refund.line_second", staff=staff.name, amount=format_minor(amount, request.currency))
        told += _because(because)
        return [*judged, *written_down(waits, staff.name, "first approved"), post(waits, policy), line(waits, told)]
    key = "refund.partly" if amount < request.amount else "refund.approved"
    approved = changed(seen, said, amount=amount, status="approved")
    return [*judged, *pay(approved, policy, staff.name, now, because, key)]


def _because(words: str) -> str:
    return "\n" + text("refund.line_because", reason=words) if words else ""


def pay(
    seen: Seen, policy: Policy, actor: str, now: datetime, because: str = "", key: str = "refund.approved"
) -> list[Action]:
    """An approved request: the shop is asked to pay, once, and everybody is told."""
    request = seen.request
    lines = tuple((line.sku, line.quantity, line.unit_price) for line in request.lines)
    errand = PayBack(
        request.order, request.amount, request.currency, refunds.shares(request.amount, lines), reason(request)
    )
    by_whom = "refund.line_automatic" if actor == BOT else "refund.line_approved"
    told = text(by_whom, staff=actor, amount=format_minor(request.amount, request.currency))
    chat = seen.conversation.id if seen.conversation is not None else None
    return [
        ApproveRefund(request.number),
        Run(errand, request.call_key, chat, seen.ticket.id if seen.ticket is not None else None),
        *written_down(seen, actor, "approved"),
        post(seen, policy),
        line(seen, told + _because(because)),
        *news(seen.conversation, request, key, because),
        *_answered(seen, actor, now),
    ]


def _answered(seen: Seen, actor: str, now: datetime) -> list[Action]:
    """Who asked for the money, and was told that it comes, waits for no more than what they wrote since. A colleague's
    approval is an answer like a reply; the desk's own is nobody's."""
    ticket = seen.own_ticket
    if ticket is None:
        return []
    is_staffs = actor != BOT
    answered = Answered(ticket.id, now, seen.waits_since) if is_staffs else SetWaiting(ticket.id, seen.waits_since)
    return [answered, ShowCard(ticket.id)]


def resolved(seen: Seen) -> list[Action]:
    """The money is with its customer: the ticket that asked for it is over, unless they wrote meanwhile."""
    ticket = seen.own_ticket
    if ticket is None or seen.waits_since is not None or seen.has_others:
        return []
    return [
        ResolveTicket(ticket),
        Timeline(ticket.id, BOT, "resolved"),
        Audit(BOT, "resolved", f"ticket:{ticket.id}"),
        ShowCard(ticket.id),
        line(seen, text("refund.line_resolved")),
    ]


def waits_again(seen: Seen) -> list[Action]:
    """The money does not come by itself after all: somebody has to see to it."""
    ticket = seen.own_ticket
    return [] if ticket is None else [CustomerWaits(ticket.id), ShowCard(ticket.id)]


def _or_told(facts: Facts, decided: list[Action] | str) -> list[Action]:
    return _tell(facts, decided) if isinstance(decided, str) else decided


def _partial(facts: Facts, seen: Seen) -> list[Action]:
    assert isinstance(facts.event, StaffSubmitted)
    amount = _part(facts, seen)
    if isinstance(amount, str):
        return _tell(facts, amount)
    because = facts.event.values.get(REASON, "").strip()[:_REASON]
    decided = approve(seen, amount, facts.staff, facts.now, facts.policy, because)
    return _tell(facts, decided) if isinstance(decided, str) else [*_overridden(facts, seen), *decided]


def _part(facts: Facts, seen: Seen) -> int | str:
    """The amount that was written; a sentence, where it is none that can be given back."""
    assert isinstance(facts.event, StaffSubmitted)
    request = seen.request
    try:
        amount = amount_in(facts.event.values.get(AMOUNT, ""), request.currency)
    except (money.BadAmount, OtherCurrency) as error:
        return said_of(error, request.currency)
    if not 0 < amount <= request.amount:
        return text("refund.partial_range", asked=format_minor(request.amount, request.currency))
    return amount


def _overridden(facts: Facts, seen: Seen) -> list[Action]:
    """Words that were questioned and are meant so: the audit log names the checks, never what they found."""
    found = guard.named(guard.decide(facts.checked)) if facts.checked is not None else ""
    return [Audit(facts.staff.name, reply.OVERRIDDEN, about(seen.request.number), found)] if found else []


# --- refuse -------------------------------------------------------------------------------------------------------


def _refuse(facts: Facts, seen: Seen) -> list[Action]:
    assert isinstance(facts.event, StaffSubmitted)
    request, staff = seen.request, facts.staff
    because = facts.event.values.get(REASON, "").strip()[:_REASON]
    said = Decision(staff.id, staff.name, staff.user, staff.role, "refuse", request.amount, facts.now)
    refused = changed(seen, said, status="refused")
    told = text("refund.line_refused", staff=staff.name)
    return [
        *_overridden(facts, seen),
        JudgeRefund(request.number, staff.id, "refuse", request.amount),
        EndRefund(request.number, "refused"),
        *written_down(refused, staff.name, "refused"),
        post(refused, facts.policy),
        line(refused, told + _because(because)),
        *news(seen.conversation, request, "refund.refused", because),
    ]


# --- after the shop was asked -------------------------------------------------------------------------------------


def _afterwards(facts: Facts, seen: Seen, what: str) -> list[Action]:
    """Nobody knew whether the shop paid, and a colleague looked; or it did not pay, and is to be asked again."""
    fitting = {PAID: ("approved", "failed"), NOT_PAID: ("approved",), AGAIN: ("failed",)}
    if seen.request.status not in fitting[what]:
        return _tell(facts, already(seen))
    if what == AGAIN:
        return _again(facts, seen)
    status, staff = ("paid" if what == PAID else "failed"), facts.staff.name
    settled = changed(seen, status=status)
    told = text(f"refund.line_{status}_by", staff=staff)
    customer = "refund.paid" if what == PAID else "refund.stuck"
    return [
        EndRefund(seen.request.number, "paid" if what == PAID else "failed"),
        Withdraw(seen.request.call_key),  # nobody asks the shop for it again by the failed list
        *written_down(settled, staff, f"{status} (looked up)"),
        post(settled, facts.policy, told),
        line(settled, told),
        *news(seen.conversation, seen.request, customer),
        *(resolved(seen) if what == PAID else waits_again(seen)),
    ]


def _again(facts: Facts, seen: Seen) -> list[Action]:
    request, state = seen.request, seen.state
    if request.amount > state.left:
        return _tell(facts, text("refund.above", left=format_minor(state.left, request.currency)))
    mine = {(one.product_id, one.occurrence) for one in request.lines}
    if any(one.claimed_by not in (None, request.id) for one in state.lines if one.key in mine):
        return _tell(facts, text("refund.line_taken"))
    until = facts.now + facts.policy.refunds.lasts(request.kind)
    anew = replace(seen, request=replace(request, status="requested", expires_at=until, decisions=()))
    return [
        AskRefundAgain(request.number, until),
        *written_down(anew, facts.staff.name, "asked again"),
        post(anew, facts.policy),
        line(anew, text("refund.line_again", staff=facts.staff.name)),
    ]


# --- told to the colleague ----------------------------------------------------------------------------------------


def _tell(facts: Facts, words: str) -> list[Action]:
    """Tells the colleague alone, where they pressed or opened the form; where that is not known, below the post."""
    if facts.event.place:
        return [Whisper(facts.event.staff, facts.event.place, Message(text=words))]
    return [] if facts.seen is None else [line(facts.seen, f"{facts.staff.name}: {words}")]


# --- amounts that staff type --------------------------------------------------------------------------------------


class OtherCurrency(Exception):
    """An amount names another currency than the order was paid in."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"the amount is in {currency}")
        self.currency = currency


def said_of(error: money.BadAmount | OtherCurrency, currency: str) -> str:
    """What a colleague is told of an amount that is none."""
    if isinstance(error, OtherCurrency):
        return text("refund.other_currency", typed=error.currency, currency=currency)
    return text("refund.bad_amount", typed=error.text[:40], currency=currency)


def amount_in(typed: str, currency: str) -> int:
    """An amount as staff type it, in minor units of a currency. Raises `money.BadAmount` and `OtherCurrency`.

    >>> amount_in("49.90", "EUR"), amount_in("€ 49,90", "EUR"), amount_in("1.234,50 eur", "EUR")
    (4990, 4990, 123450)
    """
    amount, rest = leading_amount(typed, currency)
    if rest:
        raise money.BadAmount(typed, currency, "there is more than an amount")
    return amount


def leading_amount(typed: str, currency: str) -> tuple[int, str]:
    """The amount that a text begins with, and what follows it. Raises `money.BadAmount` and `OtherCurrency`.

    >>> leading_amount("20 EUR zip broken", "EUR"), leading_amount("20 all of it", "EUR")
    ((2000, 'zip broken'), (2000, 'all of it'))
    """
    match = _AMOUNT.match(typed.strip())
    if match is None:
        raise money.BadAmount(typed, currency, "it is not a number")
    before, number, sign, word, rest = match.group("before", "number", "sign", "word", "rest")
    # a word after the number is a currency when it is written like one
    if word and not (word.upper() == currency or (word.isupper() and word in money.EXPONENTS)):
        rest, word = f"{word} {rest}".strip(), ""
    for named in (before, sign, word):
        if named and not _means(named, currency):
            raise OtherCurrency(named)
    return money.parse_minor(_plain(number, typed, currency), currency), rest


_AMOUNT = re.compile(
    r"(?P<before>[^\W\d_]{3}|[€$£¥￥])?\s*(?P<number>[0-9][0-9.,']*)\s*(?P<sign>[€$£¥￥])?"
    r"(?:\s*(?P<word>[A-Za-z]{3})(?![A-Za-z]))?\s*(?P<rest>.*)",
    re.DOTALL,
)
#: a sign that several currencies share may stand for any of them
_SIGNS = {
    "€": {"EUR"},
    "£": {"GBP"},
    "¥": {"JPY", "CNY"},
    "￥": {"JPY", "CNY"},
    "$": {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"},
}


def _means(named: str, currency: str) -> bool:
    return currency in _SIGNS.get(named, {named.upper()})


def _plain(number: str, typed: str, currency: str) -> str:
    """A number without separators of thousands, its decimals after a point."""
    number = number.replace("'", "").rstrip(".,")
    marks = [mark for mark in number if mark in ".,"]
    if len(set(marks)) == 2:  # the last mark is the decimal one
        decimal = marks[-1]
        number = number.replace("." if decimal == "," else ",", "").replace(",", ".")
    elif len(marks) > 1:
        number = number.replace(marks[0], "")
    elif marks == [","]:
        whole, _, decimals = number.partition(",")
        if len(decimals) == 3 and money.exponent(currency) < 3:
            raise money.BadAmount(typed, currency, "a comma before three digits can mean two things")
        number = f"{whole}.{decimals}"
    return number
