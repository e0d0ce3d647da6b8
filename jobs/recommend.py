"""The products that each customer is likely to buy next: what they bought before, beside what others like them buy.

Every product gets log-odds to be bought in the next `AHEAD` days: a linear model of how often and how long ago the
customer bought it, how often anybody buys it again, how many bought it lately, and how near it is to what the customer
has (EASE: Steck 2019, Embarrassingly Shallow Autoencoders for Sparse Data, equation 8). Its weights are learnt on the
shop's own last months. A customer without a history gets what is popular. Nobody is recommended what they sent back,
or what is out of stock.
"""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, delete, func, insert, or_, select, type_coerce, update

from crm_store.schema import (
    Customer,
    FittedModel,
    Order,
    OrderItem,
    Product,
    Recommendation,
    Refund,
    RefundItem,
    to_ms,
)
from crm_store.store import Store
from handlers.texts import text
from jobs.scoring import Outcome, Scoring

KIND = "recommend"
#: products a customer
EACH = 10
#: days in which what is recommended should be bought
AHEAD = 90
#: days in which a product's buyers make it popular
LATELY = 60
#: customers that are fitted to, at most; and customers that are scored in one transaction
SAMPLE, PART = 30_000, 5_000
#: products that can be recommended, and those that can be near to others; of each the most bought
PRODUCTS, NEAR = 20_000, 3_000
#: what is kept of the products near to one
_NEIGHBOURS = 50
#: EASE's only setting, chosen on the earlier cut-offs of benchmarks/recommend.py
_EASE = 500.0
#: cells of a customer and a product that are in memory at a time
_CELLS = 4_000_000
#: customers whose purchases weights are learnt from and checked on, about
_LEARNERS = 3_000
#: one in so many products that were not bought is learnt from
_OTHERS = 50
#: with fewer customers, or fewer things bought, weights are not learnt
_MIN_LEARNT = (50, 200)
_DAY = 24 * 3600 * 1000

Floats = NDArray[np.float64]
Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bought:
    """What customers bought. One entry a customer and product, but for `customers`."""

    #: the keys of the customers, ascending; some may have bought nothing
    customers: Keys
    #: whose it is: a place in `customers`
    whose: Keys
    #: the product's key
    product: Keys
    #: in how many orders
    times: Floats
    #: whole days since the last of them
    ago: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of products, one entry each, and the weights of it."""

    #: the keys of the products, ascending
    products: Keys
    #: logarithms of how many bought it lately and ever; log-odds that its buyers buy it again
    popular: Floats
    lasting: Floats
    again: Floats
    #: (products, products) sparse: how much having one speaks for another
    near: Any
    #: of the columns of `_features`, and a constant
    weights: Floats
    constant: float


#: near to what Online Retail II taught, for shops that are too young to teach anything themselves
_DEFAULT = np.array([0.45, 0.05, 1.6, 3.0, 1.3, -0.35, 0.05, 0.25, 0.05])
_DEFAULT_CONSTANT = -6.5
_ONLY_POPULAR = np.array([1.0, 0.01, 0, 0, 0, 0, 0, 0, 0])


# --- the model ----------------------------------------------------------------------------------------------------


def know(past: Bought) -> Model:
    """What histories say of the products; with the weights for shops that taught none."""
    from scipy.sparse import csr_matrix

    every, buyers = np.unique(past.product, return_counts=True)
    chosen = np.sort(np.argsort(-buyers, kind="stable")[:PRODUCTS])
    products, buyers = every[chosen], buyers[chosen]
    place, known = _places(products, past.product)
    lately = np.bincount(place[known & (past.ago < LATELY)], minlength=products.size)
    twice = np.bincount(place[known & (past.times > 1)], minlength=products.size)
    rate = (twice + 1.25) / (buyers + 5)
    has = csr_matrix(
        (np.ones(int(known.sum())), (past.whose[known], place[known])), shape=(past.customers.size, products.size)
    )
    near = _near(has, buyers)
    logs = np.log1p(lately), np.log1p(buyers), np.log(rate / (1 - rate))
    return Model(products, logs[0], logs[1], logs[2], near, _DEFAULT, _DEFAULT_CONSTANT)


def _near(has: Any, buyers: Keys) -> Any:
    """EASE's weights between the most bought products, the largest of each; zero for all others."""
    from scipy.sparse import coo_matrix

    most = np.sort(np.argsort(-buyers, kind="stable")[:NEAR])
    part = has[:, most]
    gram = (part.T @ part).toarray()
    gram[np.diag_indices(most.size)] += _EASE
    inverse = np.linalg.inv(gram)
    weights = inverse / -np.diag(inverse)
    weights[np.diag_indices(most.size)] = 0
    kept = min(_NEIGHBOURS, most.size)
    rows = np.argpartition(-weights, kept - 1, axis=0)[:kept]
    columns = np.broadcast_to(np.arange(most.size), rows.shape)
    values = np.maximum(weights[rows, columns], 0)
    shape = (buyers.size, buyers.size)
    return coo_matrix((values.ravel(), (most[rows.ravel()], most[columns.ravel()])), shape=shape).tocsr()


def _places(products: Keys, wanted: Keys) -> tuple[Keys, NDArray[np.bool_]]:
    """Where the wanted products stand among these, and which of them do."""
    place = np.searchsorted(products, wanted)
    place[place == products.size] = 0
    known = products[place] == wanted if products.size else np.zeros(wanted.size, bool)
    return place, known


def _groups(model: Model, bought: Bought) -> Iterator[tuple[Bought, Floats, tuple[Keys, Keys]]]:
    """Some customers at a time: what they bought of the model's products, how near each of their products is to that
    (customers, products), and the cells of what they bought."""
    from scipy.sparse import csr_matrix

    place, known = _places(model.products, bought.product)
    step = max(1, _CELLS // max(1, model.products.size))
    for first in range(0, bought.customers.size, step):
        customers = bought.customers[first : first + step]
        mine = known & (bought.whose >= first) & (bought.whose < first + customers.size)
        cells = bought.whose[mine] - first, place[mine]
        has = csr_matrix((np.ones(cells[0].size), cells), shape=(customers.size, model.products.size))
        part = Bought(customers, cells[0], bought.product[mine], bought.times[mine], bought.ago[mine])
        yield part, np.log1p(10 * (has @ model.near).toarray()), cells


def _features(model: Model, products: Keys, near: Floats, times: Floats, ago: Floats) -> Floats:
    """What speaks for a customer's buying a product; `times` is 0 where they never did. (cells, 9)."""
    has = times > 0
    popular = model.popular[products]
    columns = [popular, model.lasting[products], np.where(has, 0, near), has]
    columns += [has * each for each in (np.log1p(times), np.log(ago + 7), popular, near, model.again[products])]
    return np.column_stack(columns).astype(np.float64)


def log_odds(model: Model, bought: Bought) -> Iterator[tuple[Keys, Floats]]:
    """Some customers at a time: their keys, and the log-odds that they buy each product (customers, products)."""
    w = model.weights
    flat = model.constant + w[0] * model.popular + w[1] * model.lasting
    for part, near, (whose, products) in _groups(model, bought):
        odds = flat + w[2] * near
        theirs = _features(model, products, near[whose, products], part.times, part.ago)
        odds[whose, products] = model.constant + theirs @ w
        yield part.customers, odds


def learn(model: Model, past: Bought, later: Bought) -> Model:
    """The model with weights learnt from what the same customers bought afterwards; unchanged where that is little."""
    from sklearn.linear_model import LogisticRegression

    buyers = _some(np.unique(later.customers[later.whose]))
    if buyers.size < _MIN_LEARNT[0] or later.whose.size < _MIN_LEARNT[1]:
        return model
    past = _only(past, buyers)
    later_place, known = _places(model.products, later.product)
    bought_later = set(zip(later.customers[later.whose[known]].tolist(), later_place[known].tolist(), strict=True))
    chance = np.random.default_rng(0)
    x, y, weight = [], [], []
    for part, near, (whose, products) in _groups(model, past):
        times, ago = np.zeros_like(near), np.zeros_like(near)
        times[whose, products], ago[whose, products] = part.times, part.ago
        wanted = np.zeros(near.shape, bool)
        row_of = {key: row for row, key in enumerate(part.customers.tolist())}
        cells = [(row_of[key], product) for key, product in bought_later if key in row_of]
        rows, columns = np.array(cells, np.int64).reshape(-1, 2).T
        wanted[rows, columns] = True
        sure = wanted | (times > 0)
        taken = np.nonzero(sure | (chance.random(near.shape) < 1 / _OTHERS))
        x.append(_features(model, taken[1], near[taken], times[taken], ago[taken]))
        y.append(wanted[taken])
        weight.append(np.where(sure[taken], 1.0, _OTHERS))
    features, labels = np.vstack(x), np.concatenate(y)
    if not labels.any():
        return model
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale == 0] = 1
    fitted = LogisticRegression(max_iter=300).fit(
        (features - mean) / scale, labels, sample_weight=np.concatenate(weight)
    )
    weights = fitted.coef_[0] / scale
    return replace(model, weights=weights, constant=float(fitted.intercept_[0] - weights @ mean))


def _some(customers: Keys) -> Keys:
    """All of them, or every second, third, ...: what is learnt and measured does not change with more."""
    return customers[:: max(1, customers.size // _LEARNERS)]


def _only(bought: Bought, customers: Keys) -> Bought:
    """The same of these customers alone; those who bought nothing are among them."""
    place, known = _places(customers, bought.customers)
    mine = known[bought.whose]
    return Bought(customers, place[bought.whose[mine]], bought.product[mine], bought.times[mine], bought.ago[mine])


def recall(model: Model, past: Bought, later: Bought, *, new: bool = False) -> float:
    """Recall at 10, hits / min(10, bought), mean over customers of `past` who bought later.

    `new`: of products alone that they had never bought.
    """
    wanted: dict[int, set[int]] = {}
    for key, product in zip(later.customers[later.whose].tolist(), later.product.tolist(), strict=True):
        wanted.setdefault(key, set()).add(product)
    had: dict[int, set[int]] = {}
    for key, product in zip(past.customers[past.whose].tolist(), past.product.tolist(), strict=True):
        had.setdefault(key, set()).add(product)
    old = {key: had.get(key, set()) if new else set() for key in wanted}
    wanted = {key: left for key, some in wanted.items() if key in had and (left := some - old[key])}
    hits = []
    for customers, odds in log_odds(model, _only(past, _some(np.array(sorted(wanted), np.int64)))):
        for row, key in enumerate(customers.tolist()):
            if old[key]:
                place, known = _places(model.products, np.array(sorted(old[key]), np.int64))
                odds[row, place[known]] = -np.inf
            told = model.products[_best(odds[row])].tolist()
            hits.append(len(wanted[key].intersection(told)) / min(EACH, len(wanted[key])))
    return float(np.mean(hits)) if hits else 0.0


def only_popular(model: Model) -> Model:
    """The floor: the same for everybody."""
    return replace(model, weights=_ONLY_POPULAR, constant=_DEFAULT_CONSTANT)


def _best(odds: Floats) -> Keys:
    """The places of the ten largest, largest first; of equal ones the first. What is ruled out is -inf."""
    if odds.size > EACH:
        least = np.partition(odds, odds.size - EACH)[odds.size - EACH]
        among = np.flatnonzero(odds >= least)
    else:
        among = np.arange(odds.size)
    best = among[np.argsort(-odds[among], kind="stable")][:EACH]
    return best[np.isfinite(odds[best])]


def dumps(model: Model) -> bytes:
    """The model as a compressed archive of arrays, without code."""
    near = model.near.tocoo()
    file = io.BytesIO()
    np.savez_compressed(
        file,
        products=model.products,
        known=np.stack([model.popular, model.lasting, model.again]),
        near=np.stack([near.row.astype(np.float64), near.col.astype(np.float64), near.data]),
        weights=np.append(model.weights, model.constant),
    )
    return file.getvalue()


def loads(data: bytes) -> Model:
    from scipy.sparse import coo_matrix

    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
        products, known, weights = kept["products"], kept["known"], kept["weights"]
        rows, columns, values = kept["near"]
    shape = (products.size, products.size)
    near = coo_matrix((values, (rows.astype(np.int64), columns.astype(np.int64))), shape=shape).tocsr()
    return Model(products, known[0], known[1], known[2], near, weights[:-1], float(weights[-1]))


# --- scoring ------------------------------------------------------------------------------------------------------


def score(work: Scoring) -> Outcome:
    """Writes everybody's ten products, some customers a transaction; the old ones go with it."""
    model, how = _model(work)
    if model is None:
        with work.store.begin() as connection:
            connection.execute(delete(Recommendation))
        return Outcome(0, "nothing to recommend: no order names a product yet")
    buyable = _buyable(work.store, model)
    scored = 0
    for first, last in _ranges(work.store, PART):
        scored += _write(work, model, buyable, first, last)
        work.tell(f"recommend: {scored} customers")
    return Outcome(scored, f"next products by {how}")


def _model(work: Scoring) -> tuple[Model | None, str]:
    if not work.train:
        newest = select(FittedModel.method, FittedModel.data).where(
            FittedModel.kind == KIND, FittedModel.as_of <= work.as_of
        )
        with work.store.read() as connection:
            kept = connection.execute(newest.order_by(FittedModel.id.desc()).limit(1)).first()
        if kept is not None and kept.data is not None:
            return loads(kept.data), text(f"model.method.{kept.method}")
    past = read(work.store, work.as_of, sample=SAMPLE)
    if not past.product.size:
        return None, ""
    model, method, card = _taught(work, past)
    row = {
        "kind": KIND,
        "as_of": work.as_of,
        "fitted_at": datetime.now(UTC),
        "method": method,
        "card": json.dumps(card | {"text": "\n".join(_lines(card, method))}),
        "data": dumps(model),
    }
    with work.store.begin() as connection:
        # of older models the cards are kept, not a megabyte each
        connection.execute(update(FittedModel).where(FittedModel.kind == KIND).values(data=None))
        connection.execute(insert(FittedModel), row)
    return model, text(f"model.method.{method}")


def _lines(card: Mapping[str, Any], method: str) -> Iterator[str]:
    """The card for people."""
    seen = {"customers": card["customers"], "products": card["products"]}
    yield text("model.card.recommend", method=text(f"model.method.{method}"), **seen)
    if "checked" in card:
        yield text("model.card.unchecked", why=card["checked"])
    else:
        shares = {"recall": f"{card['recall_at_10']:.0%}", "popular": f"{card['recall_at_10_popular']:.0%}"}
        yield text("model.card.recommend.tried", days=card["ahead_days"], **shares)


def _taught(work: Scoring, past: Bought) -> tuple[Model, str, dict[str, Any]]:
    """The model that serves, its method and its card. It is checked on the last `AHEAD` days, not learnt from then."""
    ahead = timedelta(days=AHEAD)
    lately = read(work.store, work.as_of, since=work.as_of - ahead, sample=SAMPLE)
    before = read(work.store, work.as_of - ahead, sample=SAMPLE)
    model = know(past)
    card: dict[str, Any] = {"customers": past.customers.size, "products": model.products.size, "ahead_days": AHEAD}
    if not before.product.size:
        return model, "mixed", card | {"checked": "the history is too short"}
    earlier = know(before)
    older = read(work.store, work.as_of - 2 * ahead, sample=SAMPLE)
    checked = earlier
    if older.product.size:
        between = read(work.store, work.as_of - ahead, since=work.as_of - 2 * ahead, sample=SAMPLE)
        taught = learn(know(older), older, between)
        checked = replace(earlier, weights=taught.weights, constant=taught.constant)
    mixed, floor = recall(checked, before, lately), recall(only_popular(earlier), before, lately)
    card |= {"recall_at_10": round(mixed, 4), "recall_at_10_popular": round(floor, 4)}
    if mixed < floor:
        return only_popular(model), "popularity", card
    taught = learn(earlier, before, lately)
    return replace(model, weights=taught.weights, constant=taught.constant), "mixed", card


def _write(work: Scoring, model: Model, buyable: NDArray[np.bool_], first: int, last: int) -> int:
    bought = read(work.store, work.as_of, first=first, last=last, everybody=True)
    back = _sent_back(work.store, work.as_of, first, last)
    rows: list[dict[str, Any]] = []
    for customers, odds in log_odds(model, bought):
        odds[:, ~buyable] = -np.inf
        for row, key in enumerate(customers.tolist()):
            if key in back:
                place, known = _places(model.products, np.array(back[key], np.int64))
                odds[row, place[known]] = -np.inf
            best = _best(odds[row])
            chances = 1 / (1 + np.exp(-np.clip(odds[row, best], -700, 700)))
            products = model.products[best].tolist()
            for rank, (product, chance) in enumerate(zip(products, chances.tolist(), strict=True), 1):
                rows.append({"customer_id": key, "rank": rank, "product_id": product, "score": chance})
    stamped = [row | {"as_of": work.as_of} for row in rows]
    with work.store.begin() as connection:
        connection.execute(delete(Recommendation).where(Recommendation.customer_id.between(first, last)))
        if stamped:
            connection.execute(insert(Recommendation), stamped)
    return len({row["customer_id"] for row in rows})


def _buyable(store: Store, model: Model) -> NDArray[np.bool_]:
    """Which of the model's products are there and not out of stock."""
    there = select(Product.id).where(or_(Product.stock.is_(None), Product.stock > 0))
    with store.read() as connection:
        keys = np.fromiter(connection.scalars(there), np.int64)
    return np.isin(model.products, keys)


# --- the store ----------------------------------------------------------------------------------------------------


def read(
    store: Store,
    until: datetime,
    *,
    since: datetime | None = None,
    first: int | None = None,
    last: int | None = None,
    sample: int | None = None,
    everybody: bool = False,
) -> Bought:
    """What was bought before a moment, and not before `since`; orders that were cancelled or came back do not count.

    Of the customers with keys from `first` to `last`; or of about `sample` customers, the same ones each time.
    `everybody`: those who bought nothing are among the customers.
    """
    placed = type_coerce(Order.placed_at, BigInteger)
    # summed here: SQLite would sort the lines slowly, and gather the orders of each pair to count them
    lines = select(Order.customer_id, OrderItem.product_id, Order.id, placed)
    lines = lines.join_from(Order, OrderItem, OrderItem.order_id == Order.id).where(
        Order.customer_id.is_not(None),
        Order.status.not_in(("cancelled", "returned")),
        Order.placed_at < until,
        OrderItem.quantity > 0,
    )
    people = select(Customer.id).where(Customer.merged_into_id.is_(None))
    if since is not None:
        lines = lines.where(Order.placed_at >= since)
    if first is not None and last is not None:
        lines = lines.where(Order.customer_id.between(first, last))
        people = people.where(Customer.id.between(first, last))
    with store.read() as connection:
        if sample is not None:
            buyers = connection.scalar(select(func.count(func.distinct(Order.customer_id)))) or 0
            lines = lines.where(Order.customer_id % max(1, buyers // sample) == 0)
        rows = connection.execute(lines).all()
        others = list(connection.scalars(people)) if everybody else []
    numbers = np.fromiter(chain.from_iterable(rows), np.int64, 4 * len(rows)).reshape(-1, 4)
    who, product, order, at = numbers[np.lexsort((numbers[:, 2], numbers[:, 1], numbers[:, 0]))].T
    is_pair = np.append(True, (who[1:] != who[:-1]) | (product[1:] != product[:-1]))[: who.size]
    # a product may be in several lines of an order
    is_order = is_pair | np.append(True, order[1:] != order[:-1])[: who.size]
    starts = np.flatnonzero(is_pair)
    times = np.add.reduceat(is_order, starts, dtype=np.int64) if starts.size else starts
    last_at = np.maximum.reduceat(at, starts) if starts.size else starts
    who, product = who[starts], product[starts]
    customers = np.unique(np.concatenate([who, np.array(others, np.int64)]))
    ago = (to_ms(until) - last_at) // _DAY
    whose = np.searchsorted(customers, who)
    return Bought(customers, whose, product, times.astype(np.float64), ago.astype(np.float64))


def _sent_back(store: Store, until: datetime, first: int, last: int) -> dict[int, list[int]]:
    """The products that customers asked to give back, whatever came of it, or that came back; by customer.

    A refund that names no product is about all of its order where it is about all of its total.
    """
    refunds = (Refund.created_at < until, Refund.customer_id.between(first, last))
    named = select(Refund.customer_id, RefundItem.product_id).join(RefundItem, RefundItem.refund_id == Refund.id)
    whole = (
        select(Order.customer_id, OrderItem.product_id)
        .join_from(Refund, Order, Order.id == Refund.order_id)
        .join(OrderItem, OrderItem.order_id == Order.id)
        .where(
            *refunds,
            Order.customer_id.is_not(None),
            ~select(RefundItem.id).where(RefundItem.refund_id == Refund.id).exists(),
            Refund.currency == Order.currency,
            Refund.amount >= Order.total,
        )
    )
    returned = (
        select(Order.customer_id, OrderItem.product_id)
        .join_from(Order, OrderItem, OrderItem.order_id == Order.id)
        .where(Order.customer_id.between(first, last), Order.status == "returned", Order.placed_at < until)
    )
    found: dict[int, list[int]] = {}
    with store.read() as connection:
        for statement in (named.where(*refunds), whole, returned):
            for customer, product in connection.execute(statement):
                if customer is not None:
                    found.setdefault(customer, []).append(product)
    return found


def _ranges(store: Store, customers: int) -> Iterator[tuple[int, int]]:
    """Ranges of customers' keys, from and to, with so many customers each."""
    first = 0
    while True:
        later = select(Customer.id).where(Customer.id >= first).order_by(Customer.id)
        with store.read() as connection:
            end = connection.scalar(later.offset(customers).limit(1))
            last = connection.scalar(select(func.max(Customer.id)))
        if last is None or last < first:
            return
        yield first, last if end is None else end - 1
        first = last + 1 if end is None else end
