"""A colleague opens their own page: today's numbers, their queue, what waits for their word, what did not arrive."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_store import home, outbox
from crm_store.home import Approval, Numbers, QueuedTicket, Undelivered
from crm_store.money import format_minor
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, ShowHome
from handlers.desk import Desk, Policy
from handlers.events import Colleague, StaffCameHome
from handlers.message import Button, Fact, Message, Post
from handlers.refunds import may_decide
from handlers.staff import card
from handlers.staff.looked import LOOKED
from handlers.texts import counted, text
from handlers.texts.dates import moment_beside, spell
from handlers.texts.lines import in_one

#: how much of each the page shows; the rest is counted
QUEUE, APPROVALS, FAILED = 15, 8, 5
_SUBJECT = 140


@dataclass(frozen=True, slots=True)
class Facts:
    staff: Colleague
    numbers: Numbers
    queue: tuple[QueuedTicket, ...]
    queued: int
    approvals: tuple[Approval, ...]
    failed: tuple[Undelivered, ...]
    undelivered: int
    #: what failed that is no message to a customer
    elsewhere: int
    #: where the tickets' cards stand on the colleague's platform, by ticket
    cards: Mapping[int, Post]
    now: datetime
    policy: Policy


def about(user: str) -> str:
    """What somebody's page is called in the outbox."""
    return f"home:{user}"


def gather(staff: Colleague, desk: Desk) -> Facts:
    return facts_of(staff, desk.colleague(staff), desk)


def gather_opened(event: StaffCameHome, desk: Desk) -> Facts:
    return gather(event.staff, desk)


def facts_of(staff: Colleague, known: StaffView | None, desk: Desk) -> Facts:
    """What the page of somebody shows; of one who is not known here yet, what everybody sees."""
    connection, cipher, now = desk.connection, desk.cipher, desk.now
    midnight = now.astimezone(desk.policy.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    decides = may_decide(staff.user, desk.policy.roles)
    queue = tuple(home.queue_of(connection, cipher, known.id, QUEUE)) if known else ()
    approvals = tuple(home.approvals(connection, cipher, known, now, APPROVALS)) if known and decides else ()
    failed = tuple(home.undelivered(connection, FAILED))
    of_others = (*(one.ticket_id for one in approvals), *(one.ticket_id for one in failed))
    named = {*(one.id for one in queue), *(number for number in of_others if number is not None)}
    return Facts(
        staff,
        home.numbers(connection, midnight),
        queue,
        home.queue_length(connection, known.id) if known else 0,
        approvals,
        failed,
        home.count_undelivered(connection),
        home.count_failed_elsewhere(connection),
        dict(_cards(named, staff, desk)),
        now,
        desk.policy,
    )


def _cards(numbers: Iterable[int], staff: Colleague, desk: Desk) -> Iterator[tuple[int, Post]]:
    for number in numbers:
        post = outbox.find_post(desk.connection, card.about(number), staff.channel)
        if post is not None:
            yield number, Post(post.place, post.platform_id)


def decide(facts: Facts) -> list[Action]:
    return [Audit(facts.staff.name or facts.staff.user, LOOKED, "home"), ShowHome(facts.staff, show(facts))]


def show(facts: Facts) -> tuple[Message, ...]:
    """The page, section by section; one that begins with a title begins something new."""
    return (*_today(facts), *_failed(facts), *_approvals(facts), *_queue(facts))


def _today(facts: Facts) -> tuple[Message, ...]:
    told = facts.numbers
    values = {
        "opened": str(told.opened),
        "resolved": str(told.resolved),
        "unanswered": str(told.unanswered),
        "oldest": spell(facts.now - told.oldest_wait) if told.oldest_wait else "–",
        "first_reply": spell(told.first_reply) if told.first_reply is not None else "–",
    }
    shown = tuple(Fact(text(f"home.{name}"), value) for name, value in values.items())
    return (Message(title=text("home.today"), facts=shown),)


def _queue(facts: Facts) -> tuple[Message, ...]:
    title = text("home.queue")
    if not facts.queued:
        return (Message(title=title, context=text("home.queue.empty")),)
    head = Message(title=title, context=counted("home.queue.length", facts.queued))
    rows = tuple(_ticket(ticket, facts) for ticket in facts.queue)
    more = facts.queued - len(facts.queue)
    rest = (Message(context=counted("home.more", more)),) if more > 0 else ()
    return (head, *rows, *rest)


def _ticket(ticket: QueuedTicket, facts: Facts) -> Message:
    ref = str(ticket.id)
    line = [ticket.priority]
    if ticket.due_at is not None:
        line.append(_until(ticket.due_at, facts, "home.due", "home.overdue"))
    if ticket.waiting_since is not None:
        line.append(text("home.waits", length=spell(facts.now - ticket.waiting_since)))
    else:
        line.append(text("home.answered"))
    return Message(
        text=text("card.title", ticket=ticket.id, kind=ticket.kind.replace("_", " "), person=ticket.person or "–"),
        quote=in_one(ticket.subject, _SUBJECT),
        context=" · ".join(line),
        buttons=(Button(text("reply"), "reply", ref), Button(text("resolve"), "resolve", ref)),
        of=facts.cards.get(ticket.id),
    )


def _until(at: datetime, facts: Facts, before: str, after: str) -> str:
    left = at - facts.now
    when = moment_beside(at, facts.now, facts.policy.timezone)
    return text(before if left >= timedelta(0) else after, length=spell(abs(left)), at=when)


def _approvals(facts: Facts) -> tuple[Message, ...]:
    if not facts.approvals:
        return ()
    return (
        Message(title=text("home.approvals"), context=text("home.approvals.hint")),
        *(_approval(one, facts) for one in facts.approvals),
    )


def _approval(one: Approval, facts: Facts) -> Message:
    order = text("home.order", order=one.order) if one.order else ""
    ticket = "" if one.ticket_id is None else f"#{one.ticket_id}"
    parts = (format_minor(one.amount, one.currency), order, ticket, one.person)
    ends = _until(one.expires_at, facts, "home.expires", "home.expires")
    asked = text("home.asked_by", who=one.requested_by) if one.requested_by else ""
    return Message(
        text=" · ".join(part for part in parts if part),
        context=" · ".join(part for part in (asked, ends) if part),
        buttons=(
            Button(text("home.approve"), "refund_approve", str(one.number), "primary"),
            Button(text("home.partial"), "refund_partial", str(one.number)),
            Button(text("home.refuse"), "refund_refuse", str(one.number), "danger"),
        ),
        of=None if one.ticket_id is None else facts.cards.get(one.ticket_id),
    )


def _failed(facts: Facts) -> tuple[Message, ...]:
    beside = (Message(context=counted("home.elsewhere", facts.elsewhere)),) if facts.elsewhere else ()
    if not facts.undelivered:
        return beside
    head = Message(title=counted("home.undelivered", facts.undelivered), context=text("home.undelivered.hint"))
    more = facts.undelivered - len(facts.failed)
    rest = (Message(context=counted("home.more", more)),) if more > 0 else ()
    return (head, *(_call(one, facts) for one in facts.failed), *rest, *beside)


def _call(call: Undelivered, facts: Facts) -> Message:
    where = f"#{call.ticket_id} · {call.channel}" if call.ticket_id is not None else call.channel
    ref = str(call.outbox_id)
    arrived = (Button(text("arrived"), "arrived", ref),) if call.is_maybe else ()
    state = text("home.maybe") if call.is_maybe else ""
    return Message(
        text=where,
        context=" ".join(part for part in (state, call.error) if part),
        buttons=(Button(text("retry"), "retry", ref), *arrived),
        of=None if call.ticket_id is None else facts.cards.get(call.ticket_id),
    )
