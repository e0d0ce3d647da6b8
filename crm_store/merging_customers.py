"""Two customers who turned out to be one person become one, and two again when that was wrong.

What is the one's becomes the other's; the rows that moved are kept by their keys, so that exactly these go back,
whatever has come in meanwhile. What both have (the same article in the cart, the same address) stays where it is. The
merged customer's own row stays as well, with what the shop says of them: whoever names it is led to the other
(`customers.survivor`). What is thought of the merged one (scores, recommendations) goes: both are
scored anew next time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, literal, or_, select, update

from crm_store import goods, stats
from crm_store.crypto import Cipher
from crm_store.schema import (
    Address,
    CartItem,
    Consent,
    Conversation,
    Customer,
    CustomerMerge,
    CustomerScore,
    Identity,
    LinkToken,
    Order,
    Recommendation,
    Refund,
    Review,
    Table,
    Ticket,
    Visit,
)

#: what a customer has, and the key of its rows, leaders before those that follow them (`_FOLLOWS`). Of carts and
#: addresses only what the other does not have too
OWNED: dict[type[Table], str] = {
    Identity: "id",
    Conversation: "id",
    Order: "id",
    Refund: "id",
    Review: "id",
    Visit: "id",
    Ticket: "id",
    Consent: "id",
    LinkToken: "token_hash",
    CartItem: "id",
    Address: "id",
}
#: what is thought of a customer, to be computed again
THOUGHT: tuple[Any, ...] = (CustomerScore, Recommendation)
#: what was thought, or done, about the customer of that time, and stays with them
PAST = ("segment_moves", "churn_listings", "churn_watches")
#: what makes two rows of two customers the same
_SAME: dict[type[Table], tuple[str, ...]] = {CartItem: ("product_id",), Address: ("kind", "fingerprint")}
_MOVED = "customer_merges.moved"
#: keys in one statement
_BATCH = 500

Problem = Literal["self", "missing", "merged", "not merged", "merged since"]


class CannotMerge(Exception):
    """Two customers cannot become one, or not two again."""

    def __init__(self, problem: Problem, customer_id: int) -> None:
        super().__init__(f"customer {customer_id}: {problem}")
        self.problem = problem
        self.customer_id = customer_id


@dataclass(frozen=True, slots=True)
class MergeView:
    id: int
    kept_id: int
    merged_id: int
    actor: str
    at: datetime


def hold(connection: Connection, customer_ids: Iterable[int]) -> dict[int, int | None]:
    """Locks customers till the end of the transaction, so that they are merged once; by key, what each turned out to
    be. Those who do not exist are left out."""
    held = select(Customer.id, Customer.merged_into_id).where(Customer.id.in_(set(customer_ids)))
    # in one order: two that hold what the other waits for would end each other
    rows = connection.execute(held.order_by(Customer.id).with_for_update())
    return {row.id: row.merged_into_id for row in rows}


def merge(connection: Connection, cipher: Cipher, kept: int, merged: int, actor: str, now: datetime) -> int:
    """Everything of `merged` becomes `kept`'s; the merge's key. Raises `CannotMerge`."""
    held = hold(connection, (kept, merged))
    for one in (kept, merged):
        if one not in held:
            raise CannotMerge("missing", one)
        if held[one] is not None:
            raise CannotMerge("merged", one)
    if kept == merged:
        raise CannotMerge("self", kept)
    moved = {model.__tablename__: _take(connection, model, merged, kept) for model in OWNED}
    connection.execute(update(Customer).where(Customer.id == merged).values(merged_into_id=kept))
    for thought in THOUGHT:
        connection.execute(delete(thought).where(thought.customer_id == merged))
    _count_again(connection, kept, merged)
    row = {"kept_id": kept, "merged_id": merged, "actor": actor, "at": now}
    sealed = cipher.seal_bytes(_MOVED, msgspec.json.encode(moved))
    key = connection.execute(insert(CustomerMerge), {**row, "moved_sealed": sealed}).inserted_primary_key
    assert key is not None
    return int(key[0])


def undo(connection: Connection, cipher: Cipher, merge_id: int, now: datetime) -> None:
    """What moved goes back, as far as it is still there and still the other's; what came in since stays, but for what
    belongs to a row that goes (a refund of an order, a ticket of a chat). Raises `CannotMerge`."""
    row = connection.execute(select(CustomerMerge).where(CustomerMerge.id == merge_id).with_for_update()).one_or_none()
    if row is None or row.undone_at is not None:
        raise CannotMerge("not merged", merge_id if row is None else row.merged_id)
    held = hold(connection, (row.kept_id, row.merged_id))
    if held[row.kept_id] is not None:
        raise CannotMerge("merged since", row.kept_id)
    moved = msgspec.json.decode(cipher.open_bytes(_MOVED, row.moved_sealed), type=dict[str, list[int | str]])
    back: dict[type[Table], list[int | str]] = {}
    for model in OWNED:
        keys = {*moved.get(model.__tablename__, ()), *_followers(connection, model, back)}
        back[model] = _give_back(connection, model, sorted(keys), row.kept_id, row.merged_id)
    _copy_what_was_said_since(connection, row, back[Identity])
    connection.execute(update(Customer).where(Customer.id == row.merged_id).values(merged_into_id=None))
    connection.execute(update(CustomerMerge).where(CustomerMerge.id == merge_id).values(undone_at=now))
    _count_again(connection, row.kept_id, row.merged_id)


def last_of(connection: Connection, customer_id: int) -> MergeView | None:
    """The newest merge of a customer, on either side, that was not undone."""
    sides = or_(CustomerMerge.merged_id == customer_id, CustomerMerge.kept_id == customer_id)
    columns = (CustomerMerge.id, CustomerMerge.kept_id, CustomerMerge.merged_id, CustomerMerge.actor, CustomerMerge.at)
    mine = select(*columns).where(sides, CustomerMerge.undone_at.is_(None))
    row = connection.execute(mine.order_by(CustomerMerge.id.desc()).limit(1)).first()
    return None if row is None else MergeView(*row)


def survivors(connection: Connection) -> dict[int, int]:
    """What every merged customer turned out to be, by key."""
    pairs = select(CustomerMerge.merged_id, CustomerMerge.kept_id).where(CustomerMerge.undone_at.is_(None))
    into = {row.merged_id: row.kept_id for row in connection.execute(pairs)}
    return {merged: _last(into, kept) for merged, kept in into.items()}


def _last(into: dict[int, int], customer_id: int) -> int:
    while customer_id in into:
        customer_id = into[customer_id]
    return customer_id


def alike(connection: Connection, customer_id: int, limit: int = 5) -> list[tuple[int, str]]:
    """Other customers of the shop with the same e-mail address or telephone number, and which of the two it is: perhaps
    the same person, which only a person can tell."""
    mine = connection.execute(
        select(Customer.email_hash, Customer.phone_hash).where(Customer.id == customer_id)
    ).one_or_none()
    if mine is None:
        return []
    found: dict[int, str] = {}
    for what, column, value in (("email", Customer.email_hash, mine[0]), ("phone", Customer.phone_hash, mine[1])):
        if value is not None:
            others = (column == value, Customer.id != customer_id, Customer.merged_into_id.is_(None))
            for other in connection.scalars(select(Customer.id).where(*others).order_by(Customer.id).limit(limit)):
                found.setdefault(other, what)
    return list(found.items())[:limit]


# --- rows ---------------------------------------------------------------------------------------------------------


def _take(connection: Connection, model: Any, merged: int, kept: int) -> list[int | str]:
    """The keys of the rows that become the kept customer's."""
    key = getattr(model, OWNED[model])
    theirs = and_(model.customer_id == merged, *_not_with(model, kept))
    keys = list(connection.scalars(select(key).where(theirs).order_by(key).with_for_update()))
    for some in _batches(keys):
        connection.execute(update(model).where(key.in_(some)).values(customer_id=kept))
    return keys


def _give_back(
    connection: Connection, model: Any, keys: Sequence[int | str], kept: int, merged: int
) -> list[int | str]:
    """The keys of the rows that went back to the merged customer."""
    key = getattr(model, OWNED[model])
    back: list[int | str] = []
    for some in _batches(keys):
        still = (model.customer_id == kept, *_not_with(model, merged))
        these = list(connection.scalars(select(key).where(key.in_(some), *still).order_by(key).with_for_update()))
        connection.execute(update(model).where(key.in_(these)).values(customer_id=merged))
        back += these
    return back


#: what is always of the same customer as the row it names
_FOLLOWS: dict[Any, tuple[type[Table], Any]] = {
    Conversation: (Identity, Conversation.identity_id),
    Refund: (Order, Refund.order_id),
    Ticket: (Conversation, Ticket.conversation_id),
}


def _followers(connection: Connection, model: Any, back: dict[type[Table], list[int | str]]) -> list[int | str]:
    """The keys of rows that follow others which went back."""
    if model not in _FOLLOWS:
        return []
    leader, column = _FOLLOWS[model]
    batches = (connection.scalars(select(model.id).where(column.in_(some))) for some in _batches(back[leader]))
    return [key for batch in batches for key in batch]


def _copy_what_was_said_since(connection: Connection, merge: Any, identities: Sequence[int | str]) -> None:
    """What was agreed to or refused since the merge, on the channels of accounts that go back, counts for both: nobody
    knows any more in which chat it was said."""
    channels = select(Identity.channel).where(Identity.id.in_(identities))
    said = (Consent.kind, Consent.given, Consent.version, Consent.at, Consent.channel)
    since = (Consent.customer_id == merge.kept_id, Consent.at > merge.at, Consent.channel.in_(channels))
    copies = select(literal(merge.merged_id), *said).where(*since).order_by(Consent.id)
    connection.execute(insert(Consent).from_select(["customer_id", *(column.key for column in said)], copies))


def _batches(keys: Sequence[int | str]) -> Iterator[Sequence[int | str]]:
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))


def _not_with(model: Any, customer_id: int) -> tuple[ColumnElement[bool], ...]:
    """Leaves out what a customer has too."""
    same = _SAME.get(model)
    if same is None:
        return ()
    having = select(*(getattr(model, name) for name in same)).where(model.customer_id == customer_id).subquery()
    matches = and_(*(getattr(model, name) == having.c[name] for name in same))
    return (~select(having.c[same[0]]).where(matches).exists(),)


def _count_again(connection: Connection, *customer_ids: int) -> None:
    both: Select[Any] = select(Customer.id).where(Customer.id.in_(customer_ids))
    stats.rebuild(connection, both)
    goods.rebuild(connection, both)
