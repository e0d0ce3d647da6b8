"""Refunds with the shop that ships: what staff approve is paid, once, and everybody is told."""

from crm_store.orders import NewRefund, put_refund
from tests.dialogues.refunding import RATES, asks, bought, known, requests, stats_are_right, the_request, types
from tests.dialogues.rehearsal import MORNING, Rehearsal


def test_what_is_approved_is_paid_by_the_shop_and_told(desk: Rehearsal) -> None:
    shop = desk.app.channels["backoffice"]
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    desk.app.channels["backoffice"] = shop
    maya.presses("Approve")
    assert the_request(desk).status == "paid"
    maya.sees("The shop paid. Its receipt:")
    ada.sees("€44.95 for order NT-10023 has been paid back")
    assert "\nReceipt: REFUND-" in ada.screen[-1]
    assert stats_are_right(desk)


def test_the_shop_refuses_what_it_paid_already_and_staff_are_told(desk: Rehearsal) -> None:
    shop = desk.app.channels["backoffice"]
    known(desk)
    maya = desk.staff("Maya")
    order = bought(desk)
    types(maya, "NT-10023 30")
    with desk.store.begin() as connection:
        put_refund(connection, RATES, NewRefund("R-1", order, 40_00, "EUR", "paid", MORNING))
    desk.app.channels["backoffice"] = shop
    desk.passes(minutes=1)
    assert requests(desk)[0].status == "failed"
    assert any("The shop did not pay" in post.text for post in desk.posts("tickets"))
