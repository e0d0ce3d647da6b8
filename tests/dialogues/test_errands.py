"""What the desk has the shop do happens once, and everybody hears what came of it, whatever goes wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from bot.backoffice import Refused
from bot.backoffice.http import HttpBackoffice
from bot.config import Backoffice, Config, Duration, HttpUrl, Role, Roles, Secrets, Slack
from bot.perform import Performer
from crm_store import errands, outbox
from crm_store.schema import AuditEntry, InboxRow
from handlers import events
from handlers.actions import Run
from handlers.desk import Desk
from handlers.errands import CancelOrder, Errand, PayBack
from handlers.events import ErrandSettled
from tests.dialogues.rehearsal import Customer, Rehearsal, StaffMember
from tests.dialogues.shop import becomes, linked
from tests.wire.shop import SECRET, Shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, shop: Shop) -> Iterator[Rehearsal]:
    backoffice = Backoffice(url=HttpUrl(f"{shop.url}/errands"), timeout=Duration(seconds=1))
    config = Config(backoffice=backoffice, secrets=Secrets(backoffice=SECRET))
    with Rehearsal(tmp_path, config) as rehearsal:
        shop.now = lambda: rehearsal.time.timestamp()
        yield rehearsal


def cancels(desk: Rehearsal) -> Customer:
    ada = linked(desk, NT_1="paid")
    ada.says("cancel my order")
    ada.presses("Yes, cancel the order")
    return ada


def run(desk: Rehearsal, *runs: Run) -> None:
    """What a turn decides, with nothing sent yet."""
    with desk.store.begin() as connection:
        app = desk.app
        facts = Desk(connection, desk.store.cipher, 0, desk.time, app.reader, app.policy)
        Performer(facts, app.rooms, {}).perform(list(runs))


def told(desk: Rehearsal) -> list[ErrandSettled]:
    """The results that came back, in order."""
    with desk.store.read() as connection:
        rows = connection.scalars(select(InboxRow.event_sealed).order_by(InboxRow.id))
        found = [events.decode(desk.store.cipher.open_bytes("inbox.event", sealed)) for sealed in rows]
    return [event for event in found if isinstance(event, ErrandSettled)]


def pass_in_steps(desk: Rehearsal, minutes: int) -> None:
    for _ in range(minutes):
        desk.passes(minutes=1)


def posts(shop: Shop, errand: str = "cancel_order") -> int:
    return len(shop.calls_of(errand))


def test_an_order_is_cancelled_by_the_shop(desk: Rehearsal, shop: Shop) -> None:
    ada = cancels(desk)
    assert ada.screen[-1] == "Order NT-1 is cancelled."
    assert (shop.done, shop.refused_signatures) == (["cancel_order NT-1"], 0)


@pytest.mark.parametrize("fault", ["cut_after", "slow"])
def test_what_was_done_while_the_answer_got_lost_is_looked_up_and_not_repeated(
    desk: Rehearsal, shop: Shop, fault: str
) -> None:
    if fault == "slow":
        shop.faults.slow("cancel_order", seconds=1.5)
    else:
        shop.faults.cut_after("cancel_order")
    ada = cancels(desk)
    assert ada.screen[-1] == "Order NT-1 is cancelled."
    assert (posts(shop), shop.done) == (1, ["cancel_order NT-1"])


@pytest.mark.parametrize("fault", ["cut_before", "http_error"])
def test_what_the_shop_never_heard_of_is_asked_again_after_a_minute_under_the_same_key(
    desk: Rehearsal, shop: Shop, fault: str
) -> None:
    getattr(shop.faults, fault)("cancel_order")
    ada = cancels(desk)
    desk.passes(seconds=30)
    assert posts(shop) == 1
    assert ada.screen[-1].startswith("The shop's system is slow to answer about order NT-1.")
    pass_in_steps(desk, 2)
    assert ada.screen[-1] == "Order NT-1 is cancelled."
    assert len({call.args["key"] for call in shop.calls_of("cancel_order")}) == 1
    assert shop.done == ["cancel_order NT-1"]


def test_a_busy_shop_is_asked_again_and_the_customer_hears_of_the_wait_once(desk: Rehearsal, shop: Shop) -> None:
    shop.faults.rate_limit("cancel_order", retry_after=20, times=3)
    ada = cancels(desk)
    for _ in range(4):
        desk.passes(seconds=20)
    assert ada.screen[-1] == "Order NT-1 is cancelled."
    assert sum("slow to answer" in told for told in ada.screen) == 1
    assert desk.cards() == []


def test_a_shop_that_is_away_for_long_is_a_persons_business(desk: Rehearsal, shop: Shop) -> None:
    shop.faults.http_error("cancel_order", status=503, times=None)
    ada, maya = cancels(desk), desk.staff("Maya")
    pass_in_steps(desk, 25)
    assert ada.screen[-1].startswith("The shop's system still does not answer about order NT-1.")
    maya.sees("The shop's system has not taken it yet")
    assert len(desk.cards()) == 1

    shop.faults.clear()
    pass_in_steps(desk, 6)
    assert ada.screen[-1] == "Order NT-1 is cancelled."
    maya.sees("The shop has done it.")
    maya.sees("The bot answered: Order NT-1 is cancelled.")


def test_a_refusal_becomes_a_ticket_with_the_shops_words_which_the_customer_does_not_read(
    desk: Rehearsal, shop: Shop
) -> None:
    shop.faults.error("cancel_order", "Blocked by Mr Schmidt", code=422)
    ada, maya = cancels(desk), desk.staff("Maya")
    assert ada.screen[-1].startswith("I could not get that done for order NT-1")
    ada.does_not_see("Schmidt")
    maya.sees("The shop refused: Blocked by Mr Schmidt")
    assert desk.ticket(1).kind == "cancel_order"
    with desk.store.read() as connection:
        assert outbox.undelivered(connection) == []


def unknown(desk: Rehearsal, shop: Shop) -> tuple[Customer, StaffMember]:
    """A shop that did it, lost the answer, and looks nothing up."""
    shop.looks_up = False
    shop.faults.cut_after("cancel_order")
    return cancels(desk), desk.staff("Maya")


def test_what_nobody_can_tell_goes_to_staff_who_ask_again(desk: Rehearsal, shop: Shop) -> None:
    ada, maya = unknown(desk, shop)
    ada.sees("I asked for it, but cannot tell whether it was done for order NT-1.")
    maya.sees("Nobody knows whether the shop has done it")
    assert maya.thread()[0].buttons == ["Ask the shop again", "It was done"]
    pass_in_steps(desk, 60)
    assert posts(shop) == 1

    shop.looks_up = True
    maya.presses("Ask the shop again")
    assert ada.screen[-1] == "Order NT-1 is cancelled."
    maya.sees("The shop has done it.")
    assert (posts(shop), shop.done) == (1, ["cancel_order NT-1"])
    assert maya.thread()[0].buttons == []


def test_asking_again_a_shop_that_still_cannot_tell_says_so_again(desk: Rehearsal, shop: Shop) -> None:
    ada, maya = unknown(desk, shop)
    maya.presses("Ask the shop again")
    assert maya.thread()[0].buttons == ["Ask the shop again", "It was done"]
    assert posts(shop) == 1
    assert len(desk.cards()) == 1
    assert ada.screen.count(ada.screen[-1]) == 1


def test_staff_who_looked_say_that_it_was_done(desk: Rehearsal, shop: Shop) -> None:
    ada, maya = unknown(desk, shop)
    line = maya.thread()[0]
    maya.presses("It was done")
    assert ada.screen[-1] == "Order NT-1 is cancelled."
    maya.sees("The shop has done it. Maya says so.")

    done = next(button for button in line.message.buttons if button.label == "It was done")
    desk.run(desk.app.console.staff_press(maya.colleague, "tickets", line.id, done.action, done.ref))
    assert maya.was_whispered() == ["What became of it is known by now: there is nothing to ask."]
    assert ada.screen.count("Order NT-1 is cancelled.") == 1


def test_where_a_customer_lives_is_shown_to_who_asks_and_that_is_kept(tmp_path: Path, shop: Shop) -> None:
    roles = Roles(agents=Role(members=("maya",)), readers=Role(members=("rita",)))
    backoffice = Backoffice(url=HttpUrl(f"{shop.url}/errands"))
    config = Config(backoffice=backoffice, slack=Slack(roles=roles), secrets=Secrets(backoffice=SECRET))
    shop.faults.error("change_address", "The van is loaded", code=422)
    with Rehearsal(tmp_path, config) as desk:
        shop.now = lambda: desk.time.timestamp()
        ada, maya, rita = linked(desk, NT_1="paid"), desk.staff("Maya"), desk.staff("Rita")
        ada.says("please send it to Hauptstr. 5, 10115 Berlin instead")
        ada.presses("Yes, send it there")
        maya.sees("The shop refused: The van is loaded")
        maya.sees("New address: Berlin, DE")
        maya.does_not_see("Hauptstr. 5\n10115 Berlin\nDE")

        maya.presses("Show the address")
        rita.presses("Show the address")
        assert "Hauptstr. 5\n10115 Berlin\nDE" in maya.was_whispered()[-1]
        assert "does not allow this: contacts" in rita.was_whispered()[-1]
        looked = select(AuditEntry.actor, AuditEntry.subject).where(AuditEntry.detail == "address")
        with desk.store.read() as connection:
            assert [tuple(row) for row in connection.execute(looked)] == [("Maya", "order:NT-1")]


@pytest.mark.parametrize("ref", ["", "card", "9" * 30, "1"])
def test_an_address_that_is_kept_no_longer_is_not_shown(desk: Rehearsal, ref: str) -> None:
    _, maya = linked(desk), desk.staff("Maya")
    desk.run(desk.app.console.staff_press(maya.colleague, "tickets", "1", "errand_address", ref))
    assert maya.was_whispered() == ["That address is kept here no longer."]


@pytest.mark.parametrize("ref", ["", "card", "9" * 30, "1"])
def test_a_button_about_no_errand_is_answered(desk: Rehearsal, ref: str) -> None:
    _, maya = linked(desk), desk.staff("Maya")
    desk.run(desk.app.console.staff_press(maya.colleague, "tickets", "1", "errand_done", ref))
    assert maya.was_whispered() == ["What became of it is known by now: there is nothing to ask."]


def test_a_shop_that_says_it_is_at_it_is_asked_for_half_an_hour(desk: Rehearsal, shop: Shop) -> None:
    shop.is_slow = True
    ada, maya = cancels(desk), desk.staff("Maya")
    pass_in_steps(desk, 10)
    assert posts(shop) == 1
    ada.sees("slow to answer")
    pass_in_steps(desk, 30)
    maya.sees("Nobody knows whether the shop has done it: the shop has not done it yet.")
    shop.is_slow = False
    maya.presses("Ask the shop again")
    assert ada.screen[-1] == "Order NT-1 is cancelled."
    assert posts(shop) == 1


# --- crashes --------------------------------------------------------------------------------------------------------

KEY = "refund-1"
REFUND = Run(PayBack("NT-1", 4_495, "EUR"), KEY, ticket_id=None)


def crash_in_the_call(desk: Rehearsal) -> None:
    """The process ended after it had written down that it makes the call."""
    with desk.store.begin() as connection:
        (call,) = outbox.queued(connection, "backoffice", desk.time, desk.time)
        assert outbox.begin_attempt(connection, call, desk.time)


def ask_directly(desk: Rehearsal, shop: Shop, errand: Errand, key: str) -> None:
    backoffice = HttpBackoffice(f"{shop.url}/errands", SECRET, timeout=1, now=lambda: desk.time)
    try:
        desk._loop.run_until_complete(backoffice.carry_out(errand, key))
    finally:
        desk._loop.run_until_complete(backoffice.stop())


def test_a_crash_after_the_shop_did_it_is_found_out(desk: Rehearsal, shop: Shop) -> None:
    run(desk, REFUND)
    crash_in_the_call(desk)
    ask_directly(desk, shop, REFUND.errand, KEY)
    desk.settle()
    assert [(event.state, event.receipt) for event in told(desk)] == [("done", "S-1")]
    assert (posts(shop, "pay_back"), shop.orders["NT-1"].paid_back) == (1, 4_495)


def test_a_crash_before_the_shop_heard_of_it_is_made_good(desk: Rehearsal, shop: Shop) -> None:
    run(desk, REFUND)
    crash_in_the_call(desk)
    desk.settle()
    assert (posts(shop, "pay_back"), len(shop.calls_of("look_up"))) == (0, 1)
    pass_in_steps(desk, 3)
    assert [event.state for event in told(desk)] == ["done"]
    assert posts(shop, "pay_back") == 1
    assert shop.orders["NT-1"].paid_back == 4_495


def test_a_crash_after_the_shop_refused_is_told_as_a_refusal(desk: Rehearsal, shop: Shop) -> None:
    run(desk, Run(CancelOrder("NT-2"), "cancel-2"))
    crash_in_the_call(desk)
    with pytest.raises(Refused, match="left already"):
        ask_directly(desk, shop, CancelOrder("NT-2"), "cancel-2")
    desk.settle()
    assert [(event.state, event.reason) for event in told(desk)] == [("refused", "the order has left already")]


def test_the_same_key_decided_on_twice_pays_once(desk: Rehearsal, shop: Shop) -> None:
    run(desk, REFUND, REFUND)
    run(desk, REFUND)
    desk.settle()
    run(desk, REFUND)
    desk.settle()
    assert (shop.orders["NT-1"].paid_back, len(told(desk))) == (4_495, 1)


def test_errands_about_one_order_leave_in_their_order_and_hold_no_other_up(desk: Rehearsal, shop: Shop) -> None:
    shop.faults.rate_limit("pay_back", retry_after=60)
    run(desk, REFUND, Run(CancelOrder("NT-1"), "cancel-1"), Run(CancelOrder("NT-3"), "cancel-3"))
    desk.settle()
    assert shop.done == ["cancel_order NT-3"]
    pass_in_steps(desk, 2)
    assert shop.done == ["cancel_order NT-3", "pay_back NT-1", "cancel_order NT-1"]


def test_an_unknown_outcome_of_staffs_own_errand_is_told_in_its_ticket(desk: Rehearsal, shop: Shop) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    shop.looks_up = False
    shop.faults.cut_after("cancel_order")
    run(desk, Run(CancelOrder("NT-1"), KEY, ticket_id=1))
    desk.settle()
    maya.sees("order NT-1")
    maya.sees("Nobody knows whether the shop has done it")
    maya.presses("It was done")
    assert [(event.state, event.ticket_id) for event in told(desk)] == [("unknown", 1), ("done", 1)]
    with desk.store.read() as connection:
        found = errands.get(connection, desk.store.cipher, KEY)
    assert found is not None
    assert found.state == "done"


def test_taking_it_off_the_failed_list_as_arrived_means_that_it_was_done(desk: Rehearsal, shop: Shop) -> None:
    ada, maya = unknown(desk, shop)
    with desk.store.read() as connection:
        (call,) = outbox.undelivered(connection)
    desk.run(desk.app.console.staff_press(maya.colleague, "alerts", "1", "arrived", str(call.id)))
    assert ada.screen[-1] == "Order NT-1 is cancelled."


def test_where_no_back_office_is_connected_customers_of_a_real_shop_get_a_person(tmp_path: Path) -> None:
    config = Config(secrets=Secrets(telegram_bot_token="42:" + "a" * 35))
    with Rehearsal(tmp_path / "real", config) as desk:
        ada, maya = linked(desk, NT_1="paid"), desk.staff("Maya")
        ada.says("cancel my order")
        maya.sees("cancel my order")
    trial = replace(config, backoffice=Backoffice(recorded=True))
    with Rehearsal(tmp_path / "trial", trial) as desk:
        ada = linked(desk, NT_1="paid")
        ada.says("cancel my order")
        ada.sees("Shall I have order NT-1 cancelled")


def test_a_result_ends_nothing_that_the_customer_began_meanwhile(desk: Rehearsal, shop: Shop) -> None:
    shop.faults.rate_limit("cancel_order", retry_after=60)
    ada = cancels(desk)
    ada.says("change my delivery address")
    becomes(desk, "NT-1", "shipped")
    shop.orders["NT-1"].status = "shipped"
    desk.passes(minutes=1)
    ada.sees("I could not get that done for order NT-1")
    ada.presses("Never mind")
    assert ada.screen[-1].startswith("All right, I leave it as it is.")
