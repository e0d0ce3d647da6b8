"""The numbers of digests, on every engine, against the same reckoned in plain Python."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert

from crm_store import (
    churn_list,
    customer_lines,
    desk_figures,
    digest_plans,
    review_figures,
    sales_figures,
    segment_figures,
    stats,
    tickets,
)
from crm_store.churn_list import AtRisk
from crm_store.desk_figures import DeskWork, ReasonSum
from crm_store.digest_plans import PlanView
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder, NewRefund, put_order, put_refund
from crm_store.periods import Period, day_to, days_to, months_before, week_before
from crm_store.review_figures import Blame, Mood
from crm_store.sales_figures import Carts, CartSum, Sales
from crm_store.schema import (
    CartItem,
    Customer,
    CustomerScore,
    Product,
    Review,
    ReviewAspect,
    SegmentDay,
    SegmentMove,
    Ticket,
    TicketNumber,
)
from crm_store.segment_figures import COLD, WARM, Move, Size
from crm_store.store import Store
from crm_store.upsert import insert_row

#: a Monday in the week after Berlin's clocks went on
NOW = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
RATES = Rates("EUR", {"GBP": Decimal("1.16")})
WEEK = week_before(NOW, BERLIN)


def customer(connection: Connection, name: str) -> int:
    key = insert_row(connection, Customer, {"external_id": name, "created_at": NOW})
    stats.customer_added(connection, key)
    return key


def order(connection: Connection, number: object, who: int | None, placed: datetime, total: int, status: Any) -> int:
    items = (NewItem("MUG", 1, total, "Mug"),)
    return put_order(connection, RATES, NewOrder(str(number), who, placed, status, "EUR", total, items=items))


def ticket(connection: Connection, opened: datetime, **values: Any) -> int:
    key = insert_row(connection, TicketNumber, {"at": NOW})
    row = {"kind": "question", "priority": "normal", "status": "open", "opened_at": opened}
    connection.execute(insert(Ticket), {"id": key, **row, **values})
    return key


def test_a_week_in_which_the_clocks_went_on_is_an_hour_shorter() -> None:
    assert WEEK.end - WEEK.start == 7 * DAY - timedelta(hours=1)
    assert WEEK.end == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert day_to(NOW, BERLIN).start == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert day_to(NOW, BERLIN, back=1) == Period(
        datetime(2026, 3, 28, 8, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)
    )
    assert days_to(WEEK.end, BERLIN, 28).start == datetime(2026, 3, 1, 23, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(2))
def test_sales_are_those_of_plain_python(store: Store, seed: int) -> None:
    dice = random.Random(seed)
    with store.begin() as connection:
        people = [customer(connection, f"C-{number}") for number in range(15)]
        rows = []
        for number in range(70):
            who = dice.choice([*people, None])
            at = WEEK.end - timedelta(hours=dice.randrange(-20, 24 * 100))
            at = dice.choice((at, WEEK.start, WEEK.end, WEEK.end - timedelta(milliseconds=1)))
            row = (who, at, dice.randrange(-500, 9000), dice.choice(("paid", "shipped", "cancelled")))
            rows.append(row)
            order(connection, number, *row)
        months = months_before(NOW, BERLIN, 3)
        found = sales_figures.sales(connection, WEEK)
        new = sales_figures.buyers(connection, WEEK, 100, new=True)
        repeat = sales_figures.buyers(connection, WEEK, 100, new=False)
        cohorts = sales_figures.cohorts(connection, months)

    kept = [(who, at, total) for who, at, total, status in rows if status != "cancelled"]
    inside = [(who, at, total) for who, at, total in kept if WEEK.start <= at < WEEK.end]
    first = {who: min(at for one, at, _ in kept if one == who) for who in people if any(one == who for one, *_ in kept)}
    buying = {who for who, *_ in inside if who is not None}
    are_new = {who for who in buying if WEEK.start <= first[who] < WEEK.end}
    until = {who: [at for one, at, _ in kept if one == who and at < WEEK.end] for who in buying}
    are_repeat = {who for who in buying if len(until[who]) >= 2}
    assert found == Sales(sum(total for *_, total in inside), len(inside), len(buying), len(are_new), len(are_repeat))
    assert (set(new), set(repeat)) == (are_new, are_repeat)
    wanted = [
        [
            len({who for who, at, _ in kept if who in first and _in(first[who], cohort) and _in(at, month)})
            for month in months[place:]
        ]
        for place, cohort in enumerate(months)
    ]
    assert cohorts == wanted


def _in(at: datetime, period: Period) -> bool:
    return period.start <= at < period.end


def test_nothing_sold_is_nothing(store: Store) -> None:
    with store.read() as connection:
        assert sales_figures.sales(connection, WEEK) == Sales(0, 0, 0, 0, 0)
        assert sales_figures.sales(connection, WEEK).aov_base is None
        assert sales_figures.cohorts(connection, months_before(NOW, BERLIN, 2)) == [[0, 0], [0]]
        assert sales_figures.abandoned_carts(connection, WEEK, NOW) == Carts(0, ())
        assert desk_figures.desk_work(connection, WEEK) == DeskWork(0, 0, None, None, 0)
        assert segment_figures.latest(connection, NOW) is None
        assert churn_list.scored_at(connection) is None
        assert review_figures.ratings(connection, WEEK).rating is None


def test_a_cart_is_abandoned_that_no_order_followed(store: Store) -> None:
    inside = WEEK.end - DAY
    with store.begin() as connection:
        ada, bob, cid, dee, eve = (customer(connection, name) for name in ("ada", "bob", "cid", "dee", "eve"))
        mug = insert_row(connection, Product, {"sku": "CUP", "price": 500, "currency": "EUR"})
        tea = insert_row(connection, Product, {"sku": "TEA", "price": 300, "currency": "GBP"})
        free = insert_row(connection, Product, {"sku": "FREE"})
        for who, what, quantity, at in (
            (ada, mug, 2, WEEK.start - DAY),
            (ada, tea, 1, inside),
            (bob, mug, 1, inside),
            (cid, mug, 1, WEEK.end),
            (dee, free, 4, inside),
            (eve, mug, 1, None),
        ):
            line = {"customer_id": who, "product_id": what, "quantity": quantity, "updated_at": at}
            connection.execute(insert(CartItem), line)
        order(connection, 1, bob, inside + timedelta(hours=1), 500, "paid")
        order(connection, 2, ada, inside - timedelta(hours=1), 500, "paid")
        order(connection, 3, ada, inside + timedelta(hours=1), 500, "cancelled")
        found = sales_figures.abandoned_carts(connection, WEEK, NOW)
        whose = sales_figures.with_abandoned_cart(connection, WEEK, NOW, 9)
    assert found == Carts(2, (CartSum("EUR", 1000), CartSum("GBP", 300)))
    assert set(whose) == {ada, dee}


@pytest.mark.parametrize("count", [0, 1, 4, 7])
def test_the_desk_is_that_of_plain_python(store: Store, count: int) -> None:
    dice = random.Random(count)
    took = [timedelta(minutes=dice.randrange(1, 900)) for _ in range(count)]
    marks = [dice.randrange(1, 6) for _ in range(count)]
    at = WEEK.start + DAY
    with store.begin() as connection:
        for length, mark in zip(took, marks, strict=True):
            ended = {"status": "resolved", "resolved_at": at + DAY, "csat": mark}
            ticket(connection, at, first_reply_at=at + length, **ended)
        kept = ticket(connection, at)
        ticket(connection, at, merged_into_id=kept, status="resolved", resolved_at=at)
        ticket(connection, WEEK.end, first_reply_at=WEEK.end, csat=1, status="resolved", resolved_at=WEEK.end)
        found = desk_figures.desk_work(connection, WEEK)
    wanted = DeskWork(count + 1, count, median(took) if took else None, mean(marks) if marks else None, count)
    assert (found.opened, found.resolved, found.marks) == (wanted.opened, wanted.resolved, wanted.marks)
    assert found.first_reply == wanted.first_reply
    assert found.csat == pytest.approx(wanted.csat)


def test_complaints_are_counted_by_what_they_are_about(store: Store) -> None:
    at = WEEK.start + DAY
    with store.begin() as connection:
        ada = customer(connection, "ada")
        bought = order(connection, 1, ada, at, 500, "paid")
        cup = insert_row(connection, Product, {"sku": "CUP"})
        for _ in range(3):
            ticket(connection, at, kind="complaint", order_id=bought)
        ticket(connection, at, kind="refund", order_id=bought)
        ticket(connection, WEEK.end, kind="complaint", order_id=bought)
        reviewed = ticket(connection, at, kind="complaint", order_id=bought)
        review(connection, "R", at, product_id=cup, ticket_id=reviewed)
        for number, (amount, reason) in enumerate(((500, "damaged"), (900, None), (100, "damaged"))):
            put_refund(
                connection, RATES, NewRefund(f"F-{number}", bought, amount, "EUR", "requested", at, reason=reason)
            )
        assert desk_figures.count_complaints(connection, WEEK) == 4
        assert desk_figures.complaints_by_product(connection, WEEK, 9) == [("MUG", 3), ("CUP", 1)]
        assert len(desk_figures.complaints(connection, store.cipher, WEEK, 9)) == 4
        reasons = desk_figures.refunds_by_reason(connection, WEEK)
        largest = desk_figures.refunds(connection, WEEK, 1)
    assert reasons == [ReasonSum("damaged", 2, 600), ReasonSum("", 1, 900)]
    assert [one.amount for one in largest] == [900]


def test_who_waits_is_listed_the_longest_first(store: Store) -> None:
    with store.begin() as connection:
        late = ticket(connection, NOW - DAY, waiting_since=NOW - timedelta(hours=1))
        early = ticket(connection, NOW - DAY, waiting_since=NOW - timedelta(hours=9))
        ticket(connection, NOW - DAY)
        found = desk_figures.waiting(connection, store.cipher, 9)
        assert [one.id for one in found] == [early, late]
        assert tickets.get(connection, store.cipher, early) is not None


def test_moves_are_net_of_what_was_taken_back(store: Store) -> None:
    dice = random.Random(5)
    names = ("champions", "loyal", "at risk", "hibernating", None)
    moved: dict[int, list[tuple[str | None, str | None]]] = {}
    with store.begin() as connection:
        people = [customer(connection, f"C-{number}") for number in range(20)]
        stands = dict.fromkeys(people, "champions")
        for step in range(60):
            who, to = dice.choice(people), dice.choice(names)
            if to == stands[who] or to is None:
                continue
            at = NOW - 10 * DAY + timedelta(hours=4 * step)
            row = {"customer_id": who, "at": at, "from_segment": stands[who], "to_segment": to}
            connection.execute(insert(SegmentMove), row)
            if NOW - 7 * DAY < at <= NOW:
                moved.setdefault(who, []).append((stands[who], to))
            stands[who] = to
        new = customer(connection, "new")
        connection.execute(insert(SegmentMove), {"customer_id": new, "at": NOW, "to_segment": "new"})
        moved[new] = [(None, "new")]
        found = segment_figures.moves(connection, NOW - 7 * DAY, NOW)
        fallen = segment_figures.fallen(connection, NOW - 7 * DAY, NOW, 99)
        back = segment_figures.returned(connection, NOW - 7 * DAY, NOW, 99)
    net = {who: (steps[0][0], steps[-1][1]) for who, steps in moved.items() if steps[0][0] != steps[-1][1]}
    counts = {pair: list(net.values()).count(pair) for pair in net.values()}
    assert {(one.before, one.after): one.customers for one in found} == counts
    assert Move(None, "new", 1, 0) in found
    assert {who for who, *_ in fallen} == {who for who, (before, _) in net.items() if before == "champions"}
    assert {who for who, *_ in back} == {who for who, (b, a) in net.items() if b in COLD and a in WARM}


def test_the_segments_before_are_the_nearest_to_a_week_ago(store: Store) -> None:
    with store.begin() as connection:
        for days, customers in ((0, 5), (1, 4), (8, 3), (9, 2)):
            at = NOW - days * DAY
            row = {"at": at, "segment": "champions", "customers": customers, "spend_base": -100}
            connection.execute(insert(SegmentDay), row)
        now = segment_figures.latest(connection, NOW)
        assert now is not None
        before = segment_figures.before(connection, now, 7 * DAY)
        only = segment_figures.before(connection, now, 30 * DAY)
    assert (now.of("champions"), now.of("loyal"), now.spend_base) == (Size(5, -100), Size(), -100)
    assert before is not None
    assert before.customers == 3
    assert only is not None
    assert only.at == NOW - 9 * DAY


def test_the_churn_list_is_ranked_by_what_may_be_lost(store: Store) -> None:
    with store.begin() as connection:
        maya = tickets.colleague(connection, "console", "maya", "Maya", NOW, "agent")
        people = {name: customer(connection, name) for name in ("ada", "bob", "cid", "dee")}
        for name, risk, loss in (("ada", 0.9, 500), ("bob", 0.5, 900), ("cid", 0.8, 700), ("dee", 0.1, 0)):
            scores = {"churn_risk": risk, "value_base": 1000, "loss_base": loss, "recency": 1, "frequency": 5}
            at = {"churn_as_of": NOW, "value_as_of": NOW - DAY}
            connection.execute(insert(CustomerScore), {"customer_id": people[name], **scores, **at})
        churn_list.snooze(connection, people["cid"], NOW + DAY, "Maya", NOW)
        churn_list.assign(connection, people["bob"], maya.id, "Maya", NOW)
        churn_list.assign(connection, people["cid"], maya.id, "Maya", NOW)
        listed = churn_list.at_risk(connection, NOW, 9)
        later = churn_list.at_risk(connection, NOW + DAY, 2)
        assert churn_list.scored_at(connection) == NOW - DAY
        assert segment_figures.grid(connection) == {(1, 5): 4}

        churn_list.keep(connection, NOW - 7 * DAY, later)
        churn_list.keep(connection, NOW - 7 * DAY, listed)
        order(connection, 1, people["ada"], NOW - DAY, 500, "paid")
        order(connection, 2, people["bob"], NOW - DAY, 500, "cancelled")
        order(connection, 3, people["bob"], NOW - 8 * DAY, 500, "paid")
        assert churn_list.last_before(connection, NOW - 7 * DAY) is None
        assert churn_list.last_before(connection, NOW) == NOW - 7 * DAY
        assert churn_list.listed(connection, NOW - 7 * DAY) == [people["bob"], people["ada"]]
        outcome = churn_list.outcome(connection, NOW - 7 * DAY, NOW)
        assert churn_list.loss_of(connection, NOW - 7 * DAY) == 1400
        assert churn_list.loss_of(connection, NOW) == 0
        assert churn_list.chat_of(connection, people["ada"]) is None
        line = customer_lines.lines(connection, store.cipher, [people["ada"], 99_999])[people["ada"]]
    assert [(one.customer_id, one.assignee) for one in listed] == [(people["bob"], "Maya"), (people["ada"], None)]
    assert isinstance(listed[0], AtRisk)
    assert [one.customer_id for one in later] == [people["bob"], people["cid"]]
    assert (outcome.customers, outcome.ordered) == (2, 1)
    assert outcome.expected == pytest.approx(0.6)
    assert (line.external_id, line.orders, line.spend_base) == ("ada", 1, 500)


def review(connection: Connection, name: str, at: datetime, **values: Any) -> int:
    row = {"external_id": name, "rating": 3, "created_at": at, "read_at": at, "sentiment": 0.5}
    return insert_row(connection, Review, {**row, **values})


def test_what_reviews_say_is_counted_by_product_and_aspect(store: Store) -> None:
    at = WEEK.start + DAY
    with store.begin() as connection:
        cup = insert_row(connection, Product, {"sku": "CUP", "category": "Kitchen"})
        bad = review(connection, "1", at, product_id=cup, rating=1, sentiment=-1.0)
        good = review(connection, "2", at, product_id=cup, rating=5, sentiment=1.0)
        review(connection, "3", at, product_id=cup, read_at=None, sentiment=None)
        review(connection, "4", WEEK.end, product_id=cup)
        for one, aspect, mood in ((bad, "quality", -1.0), (good, "quality", 0.5), (good, "price", 1.0)):
            connection.execute(insert(ReviewAspect), {"review_id": one, "aspect": aspect, "sentiment": mood})
        assert review_figures.by_aspect(connection, WEEK) == [Mood("quality", 2, -0.25), Mood("price", 1, 1.0)]
        assert review_figures.by_category(connection, WEEK) == [Mood("Kitchen", 2, 0.0)]
        blamed = review_figures.blamed(connection, WEEK)
        assert review_figures.reviewed(connection, WEEK) == {cup: 2}
        assert review_figures.ratings(connection, WEEK).reviews == 3
        worst = review_figures.worst(connection, store.cipher, WEEK, 1)
        those = review_figures.blaming(connection, store.cipher, cup, "quality", WEEK, 9)
    assert blamed == [Blame("CUP", cup, "price", 0, 2), Blame("CUP", cup, "quality", 1, 2)]
    assert [one.rating for one in worst] == [1]
    assert [one.rating for one in those] == [1]


def test_a_plan_stands_until_it_is_forgotten(store: Store) -> None:
    plan = PlanView("rfm", "0 8 * * mon", "#figures", "Maya", NOW)
    with store.begin() as connection:
        digest_plans.keep(connection, PlanView("rfm", "", "", "Bob", NOW - DAY))
        digest_plans.keep(connection, plan)
        assert digest_plans.every(connection) == {"rfm": plan}
        assert digest_plans.room_of(connection, "rfm") == "#figures"
        digest_plans.forget(connection, "rfm")
        assert digest_plans.room_of(connection, "rfm") == ""
