"""The shop's rules for giving money back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.orders import ItemView, OrderView
from crm_store.refunding import Decision, History, LineView, NewLine, OrderState
from handlers import refunds
from handlers.refunds import Rules
from handlers.roles import EVERYBODY, Roles
from handlers.staff.refund import OtherCurrency, leading_amount

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MUG = LineView(1, 1, "MUG", "Mug", "Kitchen", 2, 7_50)
TEA = LineView(2, 1, "TEA", "Tea", None, 1, 5_00)


def an_order(**changes: object) -> OrderState:
    view = OrderView(
        1, "O-1", 7, NOW - timedelta(days=40), "delivered", "EUR", 20_00, None, None, NOW - timedelta(days=10),
        (ItemView("MUG", "Mug", 2, 7_50), ItemView("TEA", "Tea", 1, 5_00)),
    )  # fmt: skip
    of_order = {name: changes.pop(name) for name in list(changes) if hasattr(view, name)}
    plain = OrderState(replace(view, **of_order), 20_00, 0, (MUG, TEA), 0, 0)
    return replace(plain, **changes)


# --- until when ---------------------------------------------------------------------------------------------------


def test_the_window_begins_with_the_delivery() -> None:
    assert refunds.ends_at(TEA, an_order(), Rules()) == NOW + timedelta(days=20)


def test_a_category_has_a_window_of_its_own_whatever_its_letters() -> None:
    rules = Rules(windows={"kitchen": timedelta(days=3)})
    assert refunds.hindrance(MUG, an_order(), rules, NOW) == "late"
    assert refunds.hindrance(TEA, an_order(), rules, NOW) is None


def test_without_a_known_delivery_it_begins_with_the_order() -> None:
    assert refunds.hindrance(TEA, an_order(delivered_at=None), Rules(), NOW) == "late"


@pytest.mark.parametrize("status", ["paid", "shipped"])
def test_what_is_on_its_way_is_not_late(status: str) -> None:
    assert refunds.ends_at(TEA, an_order(delivered_at=None, status=status), Rules()) is None


def test_the_last_moment_counts() -> None:
    end = NOW + timedelta(days=20)
    assert refunds.hindrance(TEA, an_order(), Rules(), end) is None
    assert refunds.hindrance(TEA, an_order(), Rules(), end + timedelta(milliseconds=1)) == "late"


def test_each_hindrance_has_its_name() -> None:
    rules, state = Rules(final_categories=frozenset({"kitchen"}), final_skus=frozenset({"TEA"})), an_order()
    assert refunds.hindrance(replace(TEA, claimed_by=9), state, Rules(), NOW) == "asked"
    assert refunds.hindrance(replace(MUG, refunded=2), state, Rules(), NOW) == "refunded"
    assert refunds.hindrance(TEA, replace(state, asked=20_00), Rules(), NOW) == "refunded"
    assert [refunds.hindrance(line, state, rules, NOW) for line in (MUG, TEA)] == ["final_sale"] * 2


# --- how much -----------------------------------------------------------------------------------------------------


def pieces(line: LineView, quantity: int) -> NewLine:
    return NewLine(line.product_id, line.occurrence, quantity, line.unit_price)


def test_a_part_is_worth_its_share_of_what_the_goods_cost() -> None:
    discounted = an_order(total=13_00, shipping=3_00)  # goods of 20.00 for 10.00
    assert refunds.worth([pieces(MUG, 1)], discounted) == 3_75


def test_everything_is_worth_the_whole_order_with_its_shipping() -> None:
    state = an_order(total=24_95, shipping=4_95)
    assert refunds.worth([pieces(MUG, 2), pieces(TEA, 1)], state) == 24_95
    assert refunds.worth([pieces(MUG, 2), pieces(TEA, 1)], replace(state, asked=5_00)) == 19_95


def test_nothing_is_worth_more_than_what_is_left() -> None:
    assert refunds.worth([pieces(MUG, 2)], an_order(asked=10_00)) == 10_00
    assert refunds.worth([pieces(MUG, 2)], an_order(asked=25_00)) == 0
    assert refunds.worth([pieces(MUG, 2)], an_order(status="pending")) == 0


def test_an_order_that_cost_nothing_gives_nothing_back() -> None:
    free = an_order(total=0)
    assert (refunds.worth([pieces(MUG, 1)], free), free.in_base(100)) == (0, 0)


@given(
    amount=st.integers(0, 10**12),
    lines=st.lists(st.tuples(st.just("A"), st.integers(1, 99), st.integers(0, 10**6)), min_size=1, max_size=9),
)
def test_an_amount_is_spread_over_its_lines_to_the_last_cent(amount: int, lines: list[tuple[str, int, int]]) -> None:
    spread = refunds.shares(amount, lines)
    assert sum(line.amount for line in spread) == amount
    assert all(line.amount >= 0 for line in spread)
    assert [line.quantity for line in spread] == [quantity for _, quantity, _ in lines]


# --- what kind of customer ----------------------------------------------------------------------------------------

GOOD = History(orders=2, first_order_at=NOW - timedelta(days=90), spend_base=100_00)


@pytest.mark.parametrize(
    ("history", "good"),
    [
        (GOOD, True),
        (replace(GOOD, orders=1), False),
        (replace(GOOD, first_order_at=NOW - timedelta(days=89)), False),
        (replace(GOOD, first_order_at=None), False),
        (replace(GOOD, refused=1), False),
        (replace(GOOD, refunds=1, refunded_base=30_00), True),
        (replace(GOOD, refunds=1, refunded_base=30_01), False),
        (replace(GOOD, refunds=2), False),
    ],
)
def test_good_standing(history: History, good: bool) -> None:
    assert refunds.in_good_standing(history, Rules(), NOW) is good


@pytest.mark.parametrize(
    ("history", "serial"),
    [
        (History(refunds=3), True),
        (History(refunds=2, refunded_base=31, spend_base=100), True),
        (History(refunds=2, refunded_base=30, spend_base=100), False),
        (History(refunds=1, refunded_base=100, spend_base=100), False),
    ],
)
def test_serial_refunders_are_told_by_number_or_share(history: History, serial: bool) -> None:
    assert refunds.is_serial(history, Rules()) is serial


@pytest.mark.parametrize(
    ("kind", "amount", "automatic", "paid"),
    [("refund", 50, 50, True), ("refund", 51, 50, False), ("return", 50, 50, False), ("refund", 1, 0, False)],
)
def test_automatic_up_to_the_amount_and_never_before_the_goods_are_back(
    kind: str, amount: int, automatic: int, paid: bool
) -> None:
    assert refunds.is_automatic(kind, amount, GOOD, Rules(automatic=automatic), NOW) is paid


# --- who decides --------------------------------------------------------------------------------------------------

ROLES = Roles({"U1": "agent", "U2": "manager", "U3": "reader"})


def test_a_role_that_may_not_decides_nothing() -> None:
    only_managers = replace(ROLES, given={"agent": frozenset({"reply"})})
    assert [refunds.may_decide(user, ROLES) for user in ("U1", "U2", "U3", "U9")] == [True, True, False, True]
    assert [ROLES.limit_of(user) for user in ("U1", "U2", "U3")] == [100_00, 1000_00, 0]
    assert not refunds.may_decide("U1", only_managers)
    assert only_managers.limit_of("U1") == 0


def test_without_managers_two_agents_are_enough() -> None:
    assert not refunds.is_enough([(1, 100_00)], 100_01, EVERYBODY)
    assert refunds.is_enough([(1, 100_00), (2, 100_00)], 100_01, EVERYBODY)


def test_the_same_person_twice_is_one() -> None:
    assert not refunds.is_enough([(1, 1000_00), (1, 1000_00)], 1000_01, ROLES)


def test_an_approval_of_another_amount_does_not_count() -> None:
    said = Decision(1, "Maya", "U1", "agent", "approve", 50_00, NOW)
    assert refunds.counts(said, 50_00)
    assert not refunds.counts(said, 60_00)
    assert not refunds.counts(replace(said, verdict="refuse"), 50_00)


# --- amounts as staff type them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "currency", "amount", "rest"),
    [
        ("49.90", "EUR", 49_90, ""),
        ("49,9", "EUR", 49_90, ""),
        ("€49.90 zip", "EUR", 49_90, "zip"),
        ("EUR 49.90", "EUR", 49_90, ""),
        ("49.90EUR", "EUR", 49_90, ""),
        ("1,234,567.00", "EUR", 1_234_567_00, ""),
        ("1.234.567", "EUR", 1_234_567_00, ""),
        ("1'234.50 CHF late", "CHF", 1_234_50, "late"),
        ("¥800 坏了", "CNY", 800_00, "坏了"),
        ("20 for the zip", "EUR", 20_00, "for the zip"),
        ("1.234", "KWD", 1_234, ""),
    ],
)
def test_amounts_are_read(typed: str, currency: str, amount: int, rest: str) -> None:
    assert leading_amount(typed, currency) == (amount, rest)


@pytest.mark.parametrize(("typed", "named"), [("$20", "$"), ("20 GBP", "GBP"), ("USD 20", "USD"), ("20£ x", "£")])
def test_another_currency_is_noticed(typed: str, named: str) -> None:
    with pytest.raises(OtherCurrency) as caught:
        leading_amount(typed, "EUR")
    assert caught.value.currency == named
