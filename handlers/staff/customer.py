"""Staff look a customer up, make one of two, and two again: `/customer`.

Whatever is shown is shown to the one who asked, and stands in the audit log.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_currency

from crm_store import customer_card, customers, merging_customers, money, phones, potential, tickets
from crm_store.customer_card import CustomerCard, CustomerDetails, RecommendedProduct
from crm_store.customers import CustomerView
from crm_store.merging_customers import MergeView
from crm_store.potential import Potential
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, MergeCustomers, ShowCard, TellThread, UndoMerge, Whisper
from handlers.desk import Desk, Policy
from handlers.events import StaffCommanded, key_in
from handlers.message import Fact, Message
from handlers.roles import CONTACTS, LOOK, may, refusal
from handlers.staff import scores
from handlers.staff.looked import LOOKED
from handlers.texts import counted, text
from handlers.texts.dates import day

COMMAND = "/customer"
MERGE = "merge"
#: what Slack makes of addresses and numbers in a command
_MARKED = re.compile(r"<(?:mailto|tel):([^|>]+)(?:\|[^>]*)?>")
#: customers named where several fit
_SEVERAL = 10
#: products that a customer is shown with, and potential customers that are listed
_NEXT, _LISTED = 5, 20


@dataclass(frozen=True, slots=True)
class Look:
    """A customer, looked at."""

    customer: CustomerView
    card: CustomerCard
    details: CustomerDetails
    consents: dict[str, bool]
    #: other customers who may be the same person, and by what
    alike: tuple[tuple[CustomerView, str], ...]
    #: whether addresses and numbers may be seen
    shows_contacts: bool
    #: what they are likely to buy next, the likeliest first
    next_products: tuple[RecommendedProduct, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Who may become a customer, the likeliest first."""

    people: tuple[Potential, ...]


@dataclass(frozen=True, slots=True)
class Merging:
    """Two customers who are to become one."""

    kept: CustomerView
    merged: CustomerView
    #: open tickets whose cards and threads show it
    open_tickets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Undoing:
    merge: MergeView
    kept: CustomerView
    merged: CustomerView
    open_tickets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded
    staff: StaffView
    #: what is to happen, or the sentence of why nothing does
    wanted: Look | Listing | Merging | Undoing | str
    policy: Policy


def gather(event: StaffCommanded, desk: Desk) -> Facts:
    staff = desk.colleague(event.staff)
    return Facts(event, staff, _wanted(event.text, staff, desk), desk.policy)


def _wanted(said: str, staff: StaffView, desk: Desk) -> Look | Listing | Merging | Undoing | str:
    words = _MARKED.sub(r"\1", said.replace("\0", "")).split()
    verb = words[0].lower() if words else ""
    action = MERGE if verb in ("merge", "undo") else LOOK
    if not may(staff.role, action, desk.policy.roles):
        return refusal(staff.role, "merge customers")
    match (verb, words[1:]):
        case ("merge", [first, second]):
            return _merging(first, second, desk)
        case ("undo", [one]):
            return _undoing(one, desk)
        case ("potential", []):
            return Listing(_likeliest(desk))
        case ("" | "merge" | "undo" | "help", _):
            return text("customer.usage")
        case _:
            return _look(" ".join(words), staff, desk)


def _likeliest(desk: Desk) -> tuple[Potential, ...]:
    found = potential.likeliest(desk.connection, _LISTED)
    kept = {one.customer_id: one.reasons for one in found if one.propensity is not None}
    why = desk.reasons("propensity", kept)
    return tuple(replace(one, reasons=why.get(one.customer_id)) for one in found)


# --- finding ------------------------------------------------------------------------------------------------------


def _found(ref: str, desk: Desk) -> list[int]:
    """The customers that a reference means: the first way in which it means any."""
    ways: tuple[Callable[[str, Desk], list[int]], ...] = (_by_id, _by_order, _by_email, _by_ticket, _by_phone)
    return next((keys for way in ways if (keys := way(ref, desk))), [])


def _by_id(ref: str, desk: Desk) -> list[int]:
    key = customers.key_of(desk.connection, ref)
    return [] if key is None else [key]


def _by_order(ref: str, desk: Desk) -> list[int]:
    order = desk.order(ref)
    return [] if order is None or order.customer_id is None else [order.customer_id]


def _by_email(ref: str, desk: Desk) -> list[int]:
    return customers.with_email(desk.connection, desk.cipher, ref) if "@" in ref else []


def _by_ticket(ref: str, desk: Desk) -> list[int]:
    number = key_in(ref.removeprefix("#"))
    ticket = None if number is None else desk.ticket(number)
    return [] if ticket is None or ticket.customer_id is None else [ticket.customer_id]


def _by_phone(ref: str, desk: Desk) -> list[int]:
    country = desk.policy.country
    e164 = phones.international(ref, country) or phones.international(re.sub(r"^\s*00", "+", ref))
    return [] if e164 is None else customers.with_phone(desk.connection, desk.cipher, e164, country)


def _one(ref: str, desk: Desk) -> int | str:
    """The one customer a reference means; else the sentence of what is wrong."""
    match _found(ref, desk):
        case []:
            return text("customer.none", ref=ref[:100])
        case [key]:
            return key
        case several:
            names = ", ".join(_name(view) for key in several[:_SEVERAL] if (view := _view(key, desk)))
            return text("customer.several", customers=names)


def _view(customer_id: int, desk: Desk) -> CustomerView | None:
    return customers.by_id(desk.connection, desk.cipher, customer_id)


def _views(first: int, second: int, desk: Desk) -> tuple[CustomerView, CustomerView]:
    one, other = _view(first, desk), _view(second, desk)
    if one is None or other is None:
        raise LookupError(first, second)
    return one, other


def _name(customer: CustomerView) -> str:
    """What staff call a customer in a command: the shop's id, where there is one."""
    return customer.external_id or text("customer.unknown", customer=customer.id)


# --- looking ------------------------------------------------------------------------------------------------------


def _look(ref: str, staff: StaffView, desk: Desk) -> Look | str:
    key = _one(ref, desk)
    if isinstance(key, str):
        return key
    key = customers.survivor(desk.connection, key)
    view = _view(key, desk)
    details = customer_card.details(desk.connection, desk.cipher, key)
    if view is None or details is None:
        raise LookupError(key)
    alike = ((_view(other, desk), what) for other, what in merging_customers.alike(desk.connection, key))
    return Look(
        view,
        desk.customer_card(key),
        details,
        customers.consents(desk.connection, key),
        tuple((other, what) for other, what in alike if other is not None),
        may(staff.role, CONTACTS, desk.policy.roles),
        customer_card.recommended(desk.connection, key, _NEXT),
    )


def decide(facts: Facts) -> list[Action]:
    match facts.wanted:
        case Look() as look:
            seen = Audit(facts.staff.name, LOOKED, f"customer:{look.customer.id}", COMMAND)
            return [seen, Whisper(facts.event.staff, facts.event.place, _shown(look, facts.policy))]
        case Listing() as listing:
            seen = Audit(facts.staff.name, LOOKED, "customers:potential", COMMAND)
            return [seen, Whisper(facts.event.staff, facts.event.place, _listed(listing, facts.policy))]
        case Merging() as merging:
            return _merge(facts, merging)
        case Undoing() as undoing:
            return _undo(facts, undoing)
        case problem:
            return [_tell(facts, problem)]


def _tell(facts: Facts, words: str) -> Whisper:
    return Whisper(facts.event.staff, facts.event.place, Message(text=words))


def _shown(look: Look, policy: Policy) -> Message:
    return Message(
        title=look.customer.name or _name(look.customer),
        facts=tuple(Fact(text(f"customer.{label}"), value) for label, value in _lines(look, policy) if value),
        context="\n".join(_suggestions(look)),
    )


def _lines(look: Look, policy: Policy) -> list[tuple[str, str | None]]:
    card, details, zone = look.card, look.details, policy.timezone
    about = (_name(look.customer), look.customer.country, details.city, details.language)
    contacts = (details.email, details.phone) if look.shows_contacts else (None, None)
    hidden = not look.shows_contacts and (details.email or details.phone)
    orders = "\n".join(
        f"{o.external_id} · {o.status} · {day(o.placed_at, zone)} · {_money(o.total, o.currency)}"
        for o in card.last_orders
    )
    return [
        ("id", " · ".join(part for part in about if part)),
        ("email", contacts[0]),
        ("phone", contacts[1]),
        ("contacts", text("customer.hidden") if hidden else None),
        ("since", day(details.signed_up_at, zone) if details.signed_up_at else None),
        ("spend", _spend(card, policy)),
        ("orders", orders),
        *scores.lines(card.scores, policy.currency),
        ("next", scores.products(look.next_products)),
        ("cart", _cart(card)),
        ("refunds", _refunds(card, policy)),
        ("tickets", ", ".join(f"#{number}" for number in card.open_tickets)),
        ("consents", _consents(look.consents)),
        ("chats", _chats(details, zone, shows_names=look.shows_contacts)),
        ("merged", ", ".join(details.merged)),
    ]


def _listed(listing: Listing, policy: Policy) -> Message:
    if not listing.people:
        return Message(text=text("customer.potential.none"))
    return Message(
        title=text("customer.potential"), text="\n".join(_potential(one, policy.timezone) for one in listing.people)
    )


def _potential(one: Potential, zone: ZoneInfo) -> str:
    since = one.signed_up_at and text("customer.potential.since", day=day(one.signed_up_at, zone))
    chance = scores.propensity(one.propensity, one.reasons) or text("customer.potential.unknown")
    name = one.external_id or text("customer.unknown", customer=one.customer_id)
    return " · ".join(part for part in (name, chance, since) if part)


def _money(minor: int, currency: str) -> str:
    amount = Decimal(minor).scaleb(-money.exponent(currency))
    return format_currency(amount, currency, locale="en")


def _spend(card: CustomerCard, policy: Policy) -> str | None:
    if not card.orders:
        return None
    return counted("customer.spend_in", card.orders, sum=_money(card.spend_base, policy.currency))


def _cart(card: CustomerCard) -> str | None:
    if not card.cart_pieces:
        return None
    sums = " + ".join(_money(one.total, one.currency) for one in card.cart)
    pieces = counted("customer.pieces", card.cart_pieces)
    return f"{pieces} · {sums}" if sums else pieces


def _refunds(card: CustomerCard, policy: Policy) -> str | None:
    return f"{card.refunds} · {_money(card.refunded_base, policy.currency)}" if card.refunds else None


def _consents(consents: dict[str, bool]) -> str:
    return " · ".join(f"{kind}: {text('customer.yes' if given else 'customer.no')}" for kind, given in consents.items())


def _chats(details: CustomerDetails, zone: ZoneInfo, *, shows_names: bool) -> str:
    lines = []
    for chat in details.chats:
        name = f" @{chat.username}" if chat.username and shows_names else ""
        how = text(f"customer.linked.{chat.linked_by}", day=day(chat.linked_at, zone))
        lines.append(f"{chat.channel}{name} · {how}")
    return "\n".join(lines)


def _suggestions(look: Look) -> list[str]:
    """Perhaps the same person: only a person can tell."""
    return [
        text(f"customer.alike.{what}", other=_name(other), customer=_name(look.customer)) for other, what in look.alike
    ]


# --- merging ------------------------------------------------------------------------------------------------------


def _merging(first: str, second: str, desk: Desk) -> Merging | str:
    keys = [_one(ref, desk) for ref in (first, second)]
    for key in keys:
        if isinstance(key, str):
            return key
    kept_id, merged_id = (key for key in keys if isinstance(key, int))
    held = merging_customers.hold(desk.connection, (kept_id, merged_id))
    for key in (kept_id, merged_id):
        if held.get(key) is not None:
            return _is_merged(key, desk)
    if kept_id == merged_id:
        return text("customer.merge.self", customer=first[:100])
    kept, merged = _views(kept_id, merged_id, desk)
    if kept.external_id is None and merged.external_id is not None:
        kept, merged = merged, kept  # whom the shop knows stays
    return Merging(kept, merged, tuple(tickets.open_of_customers(desk.connection, (kept.id, merged.id))))


def _is_merged(key: int, desk: Desk) -> str:
    part, whole = _views(key, customers.survivor(desk.connection, key), desk)
    return text("customer.merge.merged", customer=_name(part), kept=_name(whole))


def _merge(facts: Facts, merging: Merging) -> list[Action]:
    kept, merged, actor = merging.kept, merging.merged, facts.staff.name
    names = {"kept": _name(kept), "merged": _name(merged), "staff": actor}
    told = text("customer.merge.done", undo=merged.external_id or kept.external_id or "", **names)
    return [
        MergeCustomers(kept.id, merged.id, actor),
        *_written_down(actor, "merge customers", kept.id, merged.id),
        _tell(facts, told),
        *_seen_in(merging.open_tickets, text("thread.customers_merged", **names)),
    ]


def _undoing(ref: str, desk: Desk) -> Undoing | str:
    key = _one(ref, desk)
    if isinstance(key, str):
        return key
    merge = merging_customers.last_of(desk.connection, key)
    if merge is None:
        return text("customer.undo.none", customer=ref[:100])
    held = merging_customers.hold(desk.connection, (merge.kept_id, merge.merged_id))
    since = held.get(merge.kept_id)
    kept, merged = _views(merge.kept_id, merge.merged_id, desk)
    if since is not None:
        _, whole = _views(merge.kept_id, since, desk)
        return text("customer.undo.since", kept=_name(kept), other=_name(whole))
    if merging_customers.last_of(desk.connection, key) != merge:
        return text("customer.undo.none", customer=ref[:100])
    return Undoing(merge, kept, merged, tuple(tickets.open_of_customers(desk.connection, (kept.id,))))


def _undo(facts: Facts, undoing: Undoing) -> list[Action]:
    kept, merged, actor = undoing.kept, undoing.merged, facts.staff.name
    names = {"kept": _name(kept), "merged": _name(merged), "staff": actor}
    return [
        UndoMerge(undoing.merge.id),
        *_written_down(actor, "undo merge", kept.id, merged.id),
        _tell(facts, text("customer.undo.done", **names)),
        *_seen_in(undoing.open_tickets, text("thread.customers_parted", **names)),
    ]


def _written_down(actor: str, action: str, kept: int, merged: int) -> list[Action]:
    return [
        Audit(actor, action, f"customer:{kept}", f"with customer:{merged}"),
        Audit(actor, action, f"customer:{merged}", f"with customer:{kept}"),
    ]


def _seen_in(numbers: tuple[int, ...], words: str) -> list[Action]:
    shown: list[Action] = []
    for number in numbers:
        shown += [TellThread(number, Message(context=words)), ShowCard(number)]
    return shown
