"""Whole turns about one order side by side, on the servers: one request a line, one errand, nobody is paid twice."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from bot.app import policy, rooms
from bot.config import Config
from bot.perform import Performer
from crm_store import conversations, flows, refunding, stats
from crm_store.conversations import ChatPerson
from crm_store.flows import FlowView
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder, put_order
from crm_store.refunding import NewLine, NewRequest
from crm_store.schema import Conversation, Customer, Identity, OrderItem, Refund, RefundClaim, TicketEvent
from crm_store.store import Store, StoreUnavailable
from crm_store.upsert import insert_row
from handlers import routes
from handlers.actions import Run
from handlers.customer import flow
from handlers.desk import Desk
from handlers.events import Chat, Colleague, FromCustomer, FromStaff, Pressed, StaffCommanded, StaffPressed
from nlp.keywords import KeywordReader

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RATES = Rates("EUR", {"USD": Decimal("0.5")})
THREADS = 20
servers = pytest.mark.parametrize("store", ["postgresql", "mariadb"], indirect=True)


def _order(store: Store) -> tuple[int, int, NewLine]:
    """A customer, their order of three mugs for 30.00, and its line."""
    with store.begin() as connection:
        customer = insert_row(connection, Customer, {"external_id": "ada", "created_at": NOW})
        stats.customer_added(connection, customer)
        placed, items = NOW - timedelta(days=3), (NewItem("MUG", 3, 10_00, "Mug"),)
        new = NewOrder("NT-10023", customer, placed, "delivered", "EUR", 30_00, items=items, delivered_at=placed)
        order = put_order(connection, RATES, new)
        product = connection.scalar(select(OrderItem.product_id).where(OrderItem.order_id == order))
    assert product is not None
    return customer, order, NewLine(product, 1, 3, 10_00)


def _turn(store: Store, number: int, event: FromCustomer | FromStaff) -> list[Run]:
    """The turn of an event, as often as the database ends it; the errands it decided on."""
    config = Config()
    while True:
        try:
            with store.begin() as connection:
                desk = Desk(connection, store.cipher, number, NOW, KeywordReader(), policy(config))
                actions = routes.handle(event, desk)
                Performer(desk, rooms(config), {}, event).perform(actions)
        except StoreUnavailable:
            continue
        return [action for action in actions if isinstance(action, Run)]


def _together(work: Callable[[int], None]) -> None:
    start, errors = threading.Barrier(THREADS), []

    def run(number: int) -> None:
        start.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - raised again below, where the test sees it
            errors.append(error)

    workers = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]


@servers
def test_twenty_colleagues_approve_at_once_and_the_shop_is_asked_once(store: Store) -> None:
    _, order, line = _order(store)
    with store.begin() as connection:
        until = NOW + timedelta(days=7)
        new = NewRequest(1, order, 30_00, "refund", "damaged", (line,), "customer", NOW, until)
        refunding.request(connection, new)
    errands: list[Run] = []

    def approve(number: int) -> None:
        who = Colleague("slack", f"U{number}", f"Colleague {number}")
        errands.extend(_turn(store, 100 + number, StaffPressed(who, "tickets", "1", NOW, "refund_approve", "1")))

    _together(approve)
    with store.read() as connection:
        found = refunding.by_number(connection, 1)
        assert stats.compare(connection) == []
    assert found is not None
    assert (found.status, len(found.decisions)) == ("approved", 1)
    assert [errand.key for errand in errands] == [found.call_key]


@servers
def test_one_customer_in_twenty_chats_asks_for_the_same_line_at_once(store: Store) -> None:
    customer, order, line = _order(store)
    answers = {
        "kind": "refund",
        "words": "",
        "since": NOW.isoformat(),
        "order": str(order),
        "lines": f"{line.product_id}.1.3",
        "more": "no",
        "reason": "changed_mind",
    }
    with store.begin() as connection:
        for number in range(THREADS):
            person = ChatPerson("console", "", f"chat{number}", f"user{number}", "Ada")
            chat = conversations.enter(connection, store.cipher, person, NOW)
            flows.put(connection, store.cipher, chat.id, FlowView("refund", "check", answers), NOW)
        connection.execute(update(Identity).values(customer_id=customer))
        connection.execute(update(Conversation).values(customer_id=customer))

    sends = flow.button(FlowView("refund", "check", answers), "Send the request", "send")

    def send(number: int) -> None:
        chat = Chat("console", "", f"chat{number}", f"user{number}", "Ada")
        assert _turn(store, 200 + number, Pressed(chat, "", NOW, sends.action, sends.ref)) == []

    _together(send)
    with store.read() as connection:
        made = connection.execute(select(Refund.amount, Refund.status)).all()
        claims = connection.scalar(select(func.count()).select_from(RefundClaim))
        joined = TicketEvent.kind == "refund asked again"
        again = connection.scalar(select(func.count()).select_from(TicketEvent).where(joined))
        assert stats.compare(connection) == []
    assert [tuple(row) for row in made] == [(30_00, "requested")]
    assert (claims, again) == (1, THREADS - 1)


@servers
def test_twenty_commands_for_one_order_pay_no_more_than_what_was_paid(store: Store) -> None:
    _order(store)
    errands: list[Run] = []

    def give_back(number: int) -> None:
        who = Colleague("slack", f"U{number}", f"Colleague {number}")
        typed = f"NT-10023 {4 + number / 100:.2f}"
        errands.extend(_turn(store, 300 + number, StaffCommanded(who, "tickets", NOW, "/refund", typed)))

    _together(give_back)
    with store.read() as connection:
        approved = connection.scalar(select(func.sum(Refund.amount)).where(Refund.status == "approved"))
        assert stats.compare(connection) == []
    assert len({errand.key for errand in errands}) == len(errands) == 7
    assert approved is not None
    assert 28_00 <= approved <= 30_00
