"""What is behind a digest's numbers: a button opens the list, or what the numbers mean, for who pressed it alone.

Whoever may not see contacts (`handlers.roles`) sees none here; every list that was opened stands in the audit log.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crm_store import churn_list, customer_lines, desk_figures, review_figures, sales_figures, segment_figures
from crm_store.customer_lines import CustomerLine
from crm_store.desk_figures import TicketLine
from crm_store.review_figures import ReviewLine
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, Whisper
from handlers.desk import Desk
from handlers.digests import Listing, listing_in
from handlers.events import StaffPressed, key_in
from handlers.message import Message, Table
from handlers.roles import CONTACTS, may
from handlers.staff.looked import LOOKED
from handlers.texts import text
from handlers.texts.dates import day, spell
from handlers.texts.lines import in_one
from handlers.texts.money import money

#: rows of a list
LONGEST = 50
_WORDS = 120
_DASH = "—"

Build = Callable[[Listing, Desk, bool], Message]


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffPressed
    staff: StaffView
    #: None: it is none of ours, or not there any more
    list: Message | None


def gather(event: StaffPressed, desk: Desk) -> Facts:
    staff = desk.colleague(event.staff)
    listing = listing_in(event.ref)
    build = None if listing is None else LISTS.get(listing.name)
    if listing is None or build is None:
        return Facts(event, staff, None)
    return Facts(event, staff, build(listing, desk, may(staff.role, CONTACTS, desk.policy.roles)))


def decide(facts: Facts) -> list[Action]:
    event = facts.event
    if facts.list is None:
        return [Whisper(event.staff, event.place, Message(text=text("digests.no_list")))]
    seen = Audit(facts.staff.name, LOOKED, f"digest:{event.ref.partition('|')[0]}", event.ref)
    return [seen, Whisper(event.staff, event.place, facts.list)]


# --- what the numbers mean ----------------------------------------------------------------------------------------


def gather_meaning(event: StaffPressed, desk: Desk) -> StaffPressed:
    return event


def decide_meaning(event: StaffPressed) -> list[Action]:
    known = event.ref if event.ref in MEANINGS else "digests"
    return [Whisper(event.staff, event.place, Message(title=text("digests.meaning"), text=text(f"meaning.{known}")))]


#: the digests whose numbers are explained
MEANINGS = ("rfm", "churn", "sales", "service", "reviews")


# --- customers ----------------------------------------------------------------------------------------------------


def people(
    title: str,
    ids: Sequence[int],
    desk: Desk,
    shows_contacts: bool,
    more: Mapping[int, tuple[str, ...]] | None = None,
    columns: Sequence[str] = (),
) -> Message:
    """A list of customers; `more`: what else stands beside each, under `columns`."""
    if not ids:
        return Message(title=title, text=text("digests.empty"))
    known = customer_lines.lines(desk.connection, desk.cipher, ids)
    names = ["customer", *(["email"] if shows_contacts else []), "segment", "orders", "spend", "last"]
    heads = (*(text(f"digests.column.{name}") for name in names), *columns)
    rows = tuple(
        (*_person(known[key], desk, shows_contacts), *((more or {}).get(key, ("",) * len(columns))))
        for key in ids
        if key in known
    )
    return Message(title=title, table=Table(heads, rows), context=_cut(len(ids)))


def _cut(count: int) -> str:
    return text("digests.first", most=LONGEST) if count >= LONGEST else ""


def _person(line: CustomerLine, desk: Desk, shows_contacts: bool) -> tuple[str, ...]:
    return (
        name_of(line),
        *((line.email or _DASH,) if shows_contacts else ()),
        line.segment or _DASH,
        f"{line.orders:,}",
        money(line.spend_base, desk.policy.currency),
        day(line.last_order_at, desk.policy.timezone) if line.last_order_at else _DASH,
    )


def name_of(line: CustomerLine) -> str:
    """A customer as a list names them."""
    number = line.external_id or text("customer.unknown", customer=line.id)
    return f"{line.name} ({number})" if line.name else number


def _fell(listing: Listing, desk: Desk, shows_contacts: bool) -> Message:
    moved = segment_figures.fallen(desk.connection, listing.since, listing.until, LONGEST)
    return _moved(text("rfm.list.fell"), moved, desk, shows_contacts)


def _back(listing: Listing, desk: Desk, shows_contacts: bool) -> Message:
    moved = segment_figures.returned(desk.connection, listing.since, listing.until, LONGEST)
    return _moved(text("rfm.list.back"), moved, desk, shows_contacts)


def _moved(title: str, moved: Sequence[tuple[int, str, str]], desk: Desk, shows_contacts: bool) -> Message:
    more = {key: (before,) for key, before, _ in moved}
    return people(title, list(more), desk, shows_contacts, more, (text("digests.column.before"),))


def _segment(listing: Listing, desk: Desk, shows_contacts: bool) -> Message:
    number = key_in(listing.which)
    segments = segment_figures.SEGMENTS
    name = segments[number] if number is not None and number < len(segments) else segments[0]
    return people(name.capitalize(), segment_figures.members(desk.connection, name, LONGEST), desk, shows_contacts)


def _listed(listing: Listing, desk: Desk, shows_contacts: bool) -> Message:
    title = text("churn.list", at=day(listing.until, desk.policy.timezone))
    return people(title, churn_list.listed(desk.connection, listing.until), desk, shows_contacts)


def _new_buyers(listing: Listing, desk: Desk, shows_contacts: bool) -> Message:
    found = sales_figures.buyers(desk.connection, listing.period, LONGEST, new=True)
    return people(text("sales.new"), found, desk, shows_contacts)


def _repeat_buyers(listing: Listing, desk: Desk, shows_contacts: bool) -> Message:
    found = sales_figures.buyers(desk.connection, listing.period, LONGEST, new=False)
    return people(text("sales.repeat"), found, desk, shows_contacts)


def _carts(listing: Listing, desk: Desk, shows_contacts: bool) -> Message:
    found = sales_figures.with_abandoned_cart(desk.connection, listing.period, desk.now, LONGEST)
    return people(text("sales.carts"), found, desk, shows_contacts)


# --- tickets and refunds ------------------------------------------------------------------------------------------


def _opened(listing: Listing, desk: Desk, _: bool) -> Message:
    found = desk_figures.opened(desk.connection, desk.cipher, listing.period, LONGEST)
    return _tickets(text("service.opened"), found, desk)


def _resolved(listing: Listing, desk: Desk, _: bool) -> Message:
    found = desk_figures.resolved(desk.connection, desk.cipher, listing.period, LONGEST)
    return _tickets(text("service.resolved"), found, desk)


def _marked(listing: Listing, desk: Desk, _: bool) -> Message:
    found = desk_figures.marked(desk.connection, desk.cipher, listing.period, LONGEST)
    return _tickets(text("service.csat"), found, desk)


def _complaints(listing: Listing, desk: Desk, _: bool) -> Message:
    found = desk_figures.complaints(desk.connection, desk.cipher, listing.period, LONGEST)
    return _tickets(text("service.complaints"), found, desk)


def _waiting(_: Listing, desk: Desk, __: bool) -> Message:
    return _tickets(text("waiting.longest"), desk_figures.waiting(desk.connection, desk.cipher, LONGEST), desk)


def _tickets(title: str, found: Sequence[TicketLine], desk: Desk) -> Message:
    if not found:
        return Message(title=title, text=text("digests.empty"))
    names = ("ticket", "about", "words", "status", "who", "waits", "mark")
    heads = tuple(text(f"digests.column.{name}") for name in names)
    rows = tuple(
        (
            f"#{one.id}",
            one.kind.replace("_", " "),
            in_one(one.subject, _WORDS),
            f"{one.status}, {one.priority}",
            one.assignee or _DASH,
            spell(desk.now - one.waiting_since) if one.waiting_since else _DASH,
            str(one.csat or _DASH),
        )
        for one in found
    )
    return Message(title=title, table=Table(heads, rows), context=_cut(len(found)))


def _refunds(listing: Listing, desk: Desk, _: bool) -> Message:
    title = text("service.refunds")
    found = desk_figures.refunds(desk.connection, listing.period, LONGEST)
    if not found:
        return Message(title=title, text=text("digests.empty"))
    ids = [one.customer_id for one in found if one.customer_id is not None]
    known = customer_lines.lines(desk.connection, desk.cipher, ids)
    names = ("customer", "amount", "reason", "status", "created")
    rows = tuple(
        (
            name_of(known[one.customer_id]) if one.customer_id in known else _DASH,
            money(one.amount, one.currency),
            one.reason.replace("_", " ") or _DASH,
            one.status,
            day(one.created_at, desk.policy.timezone),
        )
        for one in found
    )
    return Message(title=title, table=Table(tuple(text(f"digests.column.{name}") for name in names), rows))


# --- reviews ------------------------------------------------------------------------------------------------------


def _worst(listing: Listing, desk: Desk, _: bool) -> Message:
    found = review_figures.worst(desk.connection, desk.cipher, listing.period, LONGEST)
    return _reviews(text("reviews.worst"), found, desk)


def _blame(listing: Listing, desk: Desk, _: bool) -> Message:
    product, _bar, aspect = listing.which.partition("|")
    key = key_in(product)
    found = (
        review_figures.blaming(desk.connection, desk.cipher, key, aspect, listing.period, LONGEST)
        if key is not None
        else []
    )
    return _reviews(text("reviews.blaming", aspect=aspect), found, desk)


def _reviews(title: str, found: Sequence[ReviewLine], desk: Desk) -> Message:
    if not found:
        return Message(title=title, text=text("digests.empty"))
    names = ("product", "stars", "words", "created")
    rows = tuple(
        (
            one.sku or _DASH,
            str(one.rating),
            in_one(one.text, _WORDS) or _DASH,
            day(one.created_at, desk.policy.timezone),
        )
        for one in found
    )
    heads = tuple(text(f"digests.column.{name}") for name in names)
    return Message(title=title, table=Table(heads, rows), context=_cut(len(found)))


#: every list that a digest's button can open
LISTS: dict[str, Build] = {
    "fell": _fell,
    "back": _back,
    "segment": _segment,
    "churn": _listed,
    "new": _new_buyers,
    "repeat": _repeat_buyers,
    "carts": _carts,
    "opened": _opened,
    "resolved": _resolved,
    "csat": _marked,
    "complaints": _complaints,
    "waiting": _waiting,
    "refunds": _refunds,
    "worst": _worst,
    "blame": _blame,
}
