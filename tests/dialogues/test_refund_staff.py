"""Staff decide on requests for money back: limits by role, a second approver, forms, commands, what the shop says."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from crm_store.orders import NewItem, NewRefund, put_refund
from crm_store.schema import AuditEntry, OutboxRow, Ticket
from crm_store.tickets import timeline
from tests.dialogues.refunding import (
    JACKET,
    RATES,
    SOCKS,
    asks,
    bought,
    fills_in,
    known,
    refunded,
    requests,
    shop_is_silent,
    shop_says,
    stats_are_right,
    submits,
    the_request,
    types,
    with_rules,
)
from tests.dialogues.rehearsal import MORNING, Rehearsal, StaffMember

TENT = NewItem("TNT-1", 1, 500_00, "Tent")
YACHT = NewItem("YCT-1", 1, 5_000_00, "Yacht")
ROLES = {"agents": ("maya", "tom"), "managers": ("gus", "ivy"), "readers": ("rae",)}


def test_every_step_is_in_the_timeline_and_the_audit_log(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    maya.presses("Approve")
    shop_says(desk, "done")
    with desk.store.read() as connection:
        steps = [(entry.actor, entry.kind) for entry in timeline(connection, 1) if entry.kind.startswith("refund")]
        about = AuditEntry.subject == f"refund:{the_request(desk).number}"
        audited = connection.execute(select(AuditEntry.actor, AuditEntry.action, AuditEntry.detail).where(about)).all()
    assert steps == [("customer", "refund requested"), ("Maya", "refund approved"), ("bot", "refund paid")]
    assert [tuple(row) for row in audited] == [
        ("customer", "refund requested", "NT-10023 € 44.95"),
        ("Maya", "refund approved", "NT-10023 € 44.95"),
        ("bot", "refund paid", "NT-10023 € 44.95"),
    ]


# --- who may ------------------------------------------------------------------------------------------------------


def test_above_an_agents_limit_a_manager_must_approve_too(tmp_path: Path) -> None:
    with Rehearsal(tmp_path, with_rules(roles=ROLES)) as desk:
        ada, maya, tom, gus = known(desk), desk.staff("Maya"), desk.staff("Tom"), desk.staff("Gus")
        bought(desk, "NT-10023", TENT)
        asks(ada)
        maya.presses("Approve")
        maya.sees("Maya approved € 500.00. It is above their limit: a second person must approve it too.")
        assert the_request(desk).status == "requested"
        maya.presses("Approve")
        assert maya.was_whispered() == [
            "You have approved it. The amount is above your limit: a second person must approve it too."
        ]
        tom.presses("Approve")
        assert the_request(desk).status == "requested"
        gus.presses("Approve")
        assert the_request(desk).status == "approved"
        maya.sees("Maya approved € 500.00\nTom approved € 500.00\nGus approved € 500.00")
        ada.sees("Good news: €500.00 for order NT-10023 is approved")


def test_a_manager_approves_alone_up_to_the_limit_and_two_above_it(tmp_path: Path) -> None:
    with Rehearsal(tmp_path, with_rules(roles=ROLES)) as desk:
        ada, gus, ivy = known(desk), desk.staff("Gus"), desk.staff("Ivy")
        bought(desk, "NT-10023", TENT)
        asks(ada)
        gus.presses("Approve")
        assert the_request(desk).status == "approved"
        shop_says(desk, "done")
        bought(desk, "NT-10024", YACHT)
        ada.says("please refund order NT-10024")
        ada.presses("I changed my mind")
        ada.presses("Send the request")
        gus.presses("Approve", number=2)
        assert requests(desk)[-1].status == "requested"
        ivy.presses("Approve", number=2)
        assert requests(desk)[-1].status == "approved"


def test_without_any_roles_two_colleagues_approve_what_is_above_the_usual_limit(desk: Rehearsal) -> None:
    ada, maya, tom = known(desk), desk.staff("Maya"), desk.staff("Tom")
    bought(desk, "NT-10023", TENT)
    asks(ada)
    maya.presses("Approve")
    assert the_request(desk).status == "requested"
    tom.presses("Approve")
    assert the_request(desk).status == "approved"


def test_readers_decide_nothing(tmp_path: Path) -> None:
    with Rehearsal(tmp_path, with_rules(roles=ROLES)) as desk:
        ada, rae = known(desk), desk.staff("Rae")
        bought(desk)
        asks(ada)
        rae.presses("Approve")
        types(rae, "NT-10023 5.00")
        assert ["does not allow this: refund" in told for told in rae.was_whispered()] == [True, False]
        assert rae.was_whispered()[1] == "Your role may not decide on refunds."
        assert the_request(desk).status == "requested"


def test_an_amount_in_another_currency_is_held_against_the_limit_in_the_shops_own(tmp_path: Path) -> None:
    with Rehearsal(tmp_path, with_rules(roles=ROLES)) as desk:
        ada, maya = known(desk), desk.staff("Maya")
        bought(desk, "NT-10023", NewItem("BAG-1", 1, 180_00, "Bag"), currency="USD")  # € 90
        asks(ada)
        maya.sees("$ 180.00")
        maya.presses("Approve")
        assert the_request(desk).status == "approved"
        ada.sees("US$180.00")


# --- forms --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "We give you back a part: €20.00"), ("zh", "我们为您部分退款：订单 NT-10023，€20.00")],
)
def test_a_part_is_given_back_with_words_for_the_customer(desk: Rehearsal, language: str, told: str) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    bought(desk)
    ada.says("I want a refund for my order" if language == "en" else "我要退款")
    ada.presses("I changed my mind" if language == "en" else "不想要了")
    ada.presses("Send the request" if language == "en" else "提交申请")
    for wrong in ("", "nothing", "0", "44.96", "-5", "20.001", "20 USD", "9" * 30):
        fills_in(maya, "Partial…", amount=wrong)
        assert the_request(desk).status == "requested", wrong
    maya.sees("Maya: The order was paid in EUR, not in USD: write the amount in EUR.")
    maya.sees("Maya: A part is more than nothing and at most the € 44.95 that were asked for.")
    fills_in(maya, "Partial…", amount="20,00 €", reason="Worn once")
    request = the_request(desk)
    assert (request.status, request.amount) == ("approved", 20_00)
    assert told in ada.screen[-1]
    assert "Worn once" in ada.screen[-1]
    assert refunded(desk) == (1, 20_00)
    assert stats_are_right(desk)


def wrong_in(staff: StaffMember, label: str, **answers: str) -> dict[str, str]:
    """What the form that a button opens says at its fields before it is taken."""
    button = next(b for post in reversed(staff.thread()) for b in post.message.buttons if b.label == label)
    filled = staff.desk.app.console.submitted(staff.colleague, button.action, button.ref, answers, "tickets")
    wrong: dict[str, str] = staff.desk.run(staff.desk.app.wrong_in(filled))
    return wrong


def test_what_is_wrong_with_a_decision_is_told_in_its_form_and_nowhere_else(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    order = bought(desk)
    asks(ada)
    with desk.store.begin() as connection:
        put_refund(connection, RATES, NewRefund("R-1", order, 50_00, "USD", "paid", MORNING))  # € 25
    before = [post.text for post in maya.thread()]
    assert wrong_in(maya, "Partial…", amount="20 USD", reason="") == {
        "amount": "The order was paid in EUR, not in USD: write the amount in EUR."
    }
    assert wrong_in(maya, "Partial…", amount="30") == {"amount": "That is above what was paid: € 19.95 are left."}
    assert "at most the € 44.95" in wrong_in(maya, "Partial…", amount="50")["amount"]
    assert wrong_in(maya, "Partial…", amount="19.95", reason="Worn once") == {}
    assert wrong_in(maya, "Partial…", amount="", reason="")["amount"]
    assert [post.text for post in maya.thread()] == before


@pytest.mark.parametrize("label", ["Partial…", "Refuse…"])
def test_the_words_of_a_decision_are_looked_at_before_the_customer_reads_them(desk: Rehearsal, label: str) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    answers = {"amount": "10"} if label == "Partial…" else {}
    bad = "Dear [NAME], it was worn."
    assert wrong_in(maya, label, reason=bad, **answers) == {
        "reason": "Something was left to fill in: [NAME]. Mend the words, or tick that they are meant so."
    }
    fills_in(maya, label, reason=bad, **answers)  # the store was too slow to say so in the form
    assert the_request(desk).status == "requested"
    ada.does_not_see("[NAME]")

    assert wrong_in(maya, label, reason=bad, anyway="yes", **answers) == {}
    fills_in(maya, label, reason=bad, anyway="yes", **answers)
    ada.sees("[NAME]")
    with desk.store.read() as connection:
        kept = select(AuditEntry.actor, AuditEntry.detail).where(AuditEntry.action == "sent anyway")
        assert [tuple(row) for row in connection.execute(kept)] == [("Maya", "variable")]


def test_a_part_above_the_limit_is_approved_by_a_second_person_as_it_stands(tmp_path: Path) -> None:
    with Rehearsal(tmp_path, with_rules(roles=ROLES)) as desk:
        ada, maya, gus = known(desk), desk.staff("Maya"), desk.staff("Gus")
        bought(desk, "NT-10023", YACHT)
        asks(ada)
        fills_in(maya, "Partial…", amount="2000")
        maya.sees("Refund request · order NT-10023 · € 2,000.00")
        gus.presses("Approve")
        assert (the_request(desk).status, the_request(desk).amount) == ("approved", 2_000_00)


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "We are sorry: we cannot give €44.95 back"), ("zh", "很抱歉：订单 NT-10023 的 €44.95 无法退款")],
)
def test_a_request_is_refused_with_a_reason(desk: Rehearsal, language: str, told: str) -> None:
    ada, maya = known(desk, language=language), desk.staff("Maya")
    bought(desk)
    ada.says("I want a refund for my order" if language == "en" else "我要退款")
    ada.presses("I changed my mind" if language == "en" else "不想要了")
    ada.presses("Send the request" if language == "en" else "提交申请")
    fills_in(maya, "Refuse…", reason="It was worn")
    assert the_request(desk).status == "refused"
    assert told in ada.screen[-1]
    assert "It was worn" in ada.screen[-1]
    maya.sees("Maya refused the request.")
    maya.sees("Refused.")


def test_two_people_press_at_once_and_only_one_counts(desk: Rehearsal) -> None:
    ada, maya, tom = known(desk), desk.staff("Maya"), desk.staff("Tom")
    bought(desk)
    asks(ada)
    post = next(post for post in maya.thread() if "Approve" in post.buttons)
    approve = next(button for button in post.message.buttons if button.label == "Approve")
    refusing = desk.run(desk.app.form_of("refund_refuse", approve.ref, tom.colleague))
    for person in (maya, tom):
        press = desk.app.console.staff_press(person.colleague, "tickets", post.id, approve.action, approve.ref)
        desk.run(press)
    assert tom.was_whispered() == ["Maya approved it a moment ago: the money for order NT-10023 is being paid."]
    desk.run(desk.app.console.staff_submit(tom.colleague, maya.card().id, refusing.name, refusing.ref, {"reason": ""}))
    maya.sees("Tom: Maya approved it a moment ago")
    assert the_request(desk).status == "approved"
    assert [one.staff for one in the_request(desk).decisions] == ["Maya"]


def test_hostile_presses_are_answered(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    for ref in ("", "abc", "9" * 40, "999999", "-1"):
        desk.run(desk.app.console.staff_press(maya.colleague, "tickets", maya.card().id, "refund_approve", ref))
        desk.run(desk.app.console.staff_submit(maya.colleague, maya.card().id, "refund_partial", ref, {}))
        desk.run(desk.app.console.staff_submit(maya.colleague, maya.card().id, "refund", ref, {"lines": "1.2,x,9.9.9"}))
        assert desk.run(desk.app.form_of("refund_partial", ref, maya.colleague)) is None
        assert desk.run(desk.app.form_of("refund", ref, maya.colleague)) is None
    assert maya.was_whispered() == ["That request does not exist any more."] * 5
    assert the_request(desk).status == "requested"


# --- what happens meanwhile ---------------------------------------------------------------------------------------


def test_a_refund_imported_meanwhile_is_not_paid_on_top(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    order = bought(desk)
    asks(ada)
    with desk.store.begin() as connection:
        put_refund(connection, RATES, NewRefund("R-1", order, 50_00, "USD", "paid", MORNING))  # € 25
    maya.presses("Approve")
    assert maya.was_whispered() == ["That is above what was paid: € 19.95 are left."]
    fills_in(maya, "Partial…", amount="19.95")
    assert (the_request(desk).status, the_request(desk).amount) == ("approved", 19_95)


def test_a_request_of_a_ticket_that_was_merged_goes_on_in_the_one_that_was_kept(desk: Rehearsal) -> None:
    ada, bea, maya = known(desk), desk.customer("Bea"), desk.staff("Maya")
    bought(desk)
    asks(ada)
    bea.says("my parcel is wet")
    with desk.store.begin() as connection:
        connection.execute(update(Ticket).where(Ticket.id == 1).values(merged_into_id=2, status="resolved"))
    maya.presses("Approve", number=1)
    maya.sees("Maya approved € 44.95: being paid.", number=2)
    ada.sees("Good news: €44.95")
    bea.does_not_see("Good news")
    shop_says(desk, "done")
    maya.sees("The shop paid.", number=2)


def test_serial_refunds_are_hinted_at(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    for number in (1, 2):
        order = bought(desk, f"NT-1000{number}", days_ago=60)
        with desk.store.begin() as connection:
            put_refund(connection, RATES, NewRefund(f"R-{number}", order, 44_95, "EUR", "paid", MORNING))
    bought(desk, "NT-10023", SOCKS)
    ada.says("please refund order NT-10023")
    ada.presses("3")
    ada.presses("I changed my mind")
    ada.presses("Send the request")
    maya.sees("Look twice: 2 refunds within a year, € 89.90 of € 104.90 spent")


# --- what the shop says -------------------------------------------------------------------------------------------


def test_the_shop_refuses_and_is_asked_again(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    maya.presses("Approve")
    first = the_request(desk).call_key
    shop_says(desk, "refused", reason="The card has expired")
    assert (the_request(desk).status, refunded(desk)) == ("failed", (1, 0))
    maya.sees("The shop did not pay: The card has expired")
    ada.sees("The payment of €44.95 for order NT-10023 has not gone through yet.")
    ada.does_not_see("The card has expired")
    maya.presses("Ask again")
    assert (the_request(desk).status, the_request(desk).decisions) == ("requested", ())
    maya.presses("Approve")
    assert the_request(desk).call_key == f"{first}/2"
    shop_says(desk, "done")
    assert the_request(desk).status == "paid"
    assert stats_are_right(desk)


def test_what_the_shop_did_not_pay_is_paid_by_hand(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    maya.presses("Approve")
    shop_says(desk, "refused", reason="no back office is connected")
    maya.presses("It was paid")
    assert (the_request(desk).status, refunded(desk)) == ("paid", (1, 44_95))
    ada.sees("has been paid back")
    assert stats_are_right(desk)


def test_an_unknown_outcome_is_looked_up_and_not_repeated(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    maya.presses("Approve")
    shop_says(desk, "unknown", reason="Timed out")
    maya.sees("Nobody knows whether the shop paid: Timed out")
    maya.does_not_see("Ask the shop again")
    assert the_request(desk).status == "approved"
    maya.presses("It was paid")
    assert the_request(desk).status == "paid"
    maya.sees("Maya says that it was paid.")
    ada.sees("has been paid back")
    with desk.store.read() as connection:  # the failed list has nothing to send again
        assert connection.scalars(select(OutboxRow.state).where(OutboxRow.op == "errand")).all() == ["cancelled"]
    maya.does_not_see("It was not paid")
    before = len(ada.screen)
    shop_says(desk, "done", receipt="late")
    assert len(ada.screen) == before


def test_a_payment_that_was_given_up_and_turns_up_late_counts(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    maya.presses("Approve")
    shop_says(desk, "unknown")
    maya.presses("It was not paid")
    assert the_request(desk).status == "failed"
    shop_says(desk, "done")
    assert the_request(desk).status == "paid"
    maya.sees("It was not expected any more")
    ada.sees("has been paid back")
    assert stats_are_right(desk)


def test_an_earlier_try_that_was_paid_beside_a_new_one_alarms_staff(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    maya.presses("Approve")
    first = the_request(desk).call_key
    shop_says(desk, "unknown")
    maya.presses("It was not paid")
    maya.presses("Ask again")
    maya.presses("Approve")
    shop_says(desk, "done", key=first)
    assert "A refund may be paid twice" in desk.posts("alerts")[-1].text
    maya.sees("an earlier try for order NT-10023 was paid as well")


def test_the_shop_does_not_answer_for_long_and_then_answers_twice(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    asks(ada)
    maya.presses("Approve")
    shop_says(desk, "waits", reason="503")
    maya.sees("The shop does not answer, it is tried again: 503")
    told = len(ada.screen)
    shop_says(desk, "done")
    shop_says(desk, "done")
    shop_says(desk, "refused", reason="paid already")
    assert len(ada.screen) == told + 1
    assert the_request(desk).status == "paid"


def test_a_payment_that_is_none_of_ours_is_nobodys(desk: Rehearsal) -> None:
    ada = known(desk)
    bought(desk)
    asks(ada)
    shop_says(desk, "done", key="cancel-12")
    shop_says(desk, "done", key="refund:99999:1")
    assert the_request(desk).status == "requested"


# --- by themselves ------------------------------------------------------------------------------------------------


def test_staff_give_money_back_by_a_command(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    types(maya, "nt-10023 €20 zip broken")
    request = the_request(desk)
    assert (request.status, request.amount, request.reason) == ("approved", 20_00, "zip broken")
    (post,) = [post for post in desk.posts("tickets") if post.about.startswith("refund:")]
    assert "Refund request · order NT-10023 · € 20.00" in post.text
    ada.sees("Good news: €20.00 for order NT-10023 is approved")
    types(maya, "NT-10023 20")
    assert maya.was_whispered()[-1] == "The same € 20.00 of order NT-10023 are asked for or being paid already."
    shop_says(desk, "done")
    ada.sees("€20.00 for order NT-10023 has been paid back")
    types(maya, "NT-10023 25")
    assert maya.was_whispered()[-1] == "That is above what was paid: € 24.95 are left."
    types(maya, "NT-10023 24.95")
    assert refunded(desk) == (2, 44_95)
    assert stats_are_right(desk)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("NT-99999 20", "There is no order NT-99999 to give money back for."),
        ("NT-10023", "“” is no amount of EUR"),
        ("NT-10023 much", "“much” is no amount of EUR"),
        ("NT-10023 20 USD", "The order was paid in EUR, not in USD"),
        ("NT-10023 1,234", "“1,234” is no amount of EUR"),
        ("NT-10023 0", "“0” is no amount of EUR"),
        ("NT-10023 99999999999999999999999", "is no amount of EUR"),
        ("NT-10025 5", "Nothing can be given back for order NT-10025"),
    ],
)
def test_a_command_that_makes_no_sense_is_answered_in_a_sentence(desk: Rehearsal, typed: str, told: str) -> None:
    known(desk)
    maya = desk.staff("Maya")
    bought(desk)
    bought(desk, "NT-10025", status="pending", delivered_at=None)
    types(maya, typed)
    assert told in maya.was_whispered()[-1]
    assert requests(desk) == []


def test_a_commands_refund_above_the_limit_waits_for_a_second_person(tmp_path: Path) -> None:
    with Rehearsal(tmp_path, with_rules(roles=ROLES)) as desk:
        known(desk)
        maya, gus = desk.staff("Maya"), desk.staff("Gus")
        bought(desk, "NT-10023", TENT)
        types(maya, "NT-10023 300 late delivery")
        assert the_request(desk).status == "requested"
        types(gus, "")
        listed = gus.was_whispered()[-1]
        assert "NT-10023 | € 300.00 | Maya | needs a second approval until 9 Mar 2026, 09:30" in listed
        press = next(post for post in desk.posts("tickets") if post.about.startswith("refund:"))
        button = press.message.buttons[0]
        desk.run(desk.app.console.staff_press(gus.colleague, "tickets", press.id, button.action, button.ref))
        assert the_request(desk).status == "approved"


def test_the_command_alone_lists_what_waits(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    types(maya, "")
    assert "No request waits for a decision." in maya.was_whispered()[-1]
    asks(ada)
    types(maya, "")
    assert "#1 | NT-10023 | € 44.95 | the customer | to be decided until 9 Mar 2026, 09:30" in maya.was_whispered()[-1]
    maya.presses("Approve")
    desk.passes(minutes=16)
    types(maya, "")
    assert "#1 | NT-10023 | € 44.95 | the customer | approved, not paid yet" in maya.was_whispered()[-1]


def test_the_form_of_a_ticket_gives_back_lines_or_an_amount(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    order = bought(desk, "NT-10023", JACKET, SOCKS)
    other = bought(desk, "NT-10024", days_ago=20)
    ada.says("my parcel is wet")
    form = desk.run(desk.app.form_of("refund", "1", maya.colleague))
    assert [field.name for field in form.fields] == ["order", "lines", "amount", "reason"]
    assert form.fields[0].options[0].label == "NT-10023 · 25 Feb 2026 · € 59.95 left"
    lines = {option.label: option.value for option in form.fields[1].options}
    assert list(lines) == ["NT-10023 · 1 × Rain jacket", "NT-10023 · 3 × Wool socks", "NT-10024 · 1 × Rain jacket"]

    submits(maya, "refund", "1", order=str(order), lines=lines["NT-10024 · 1 × Rain jacket"], amount="", reason="")
    maya.sees("Maya: Choose lines of order NT-10023 alone.")
    submits(maya, "refund", "1", order=str(order), lines=lines["NT-10023 · 3 × Wool socks"], amount="", reason="wet")
    assert (the_request(desk).status, the_request(desk).amount) == ("approved", 15_00)
    submits(maya, "refund", "1", order=str(order), lines=lines["NT-10023 · 3 × Wool socks"], amount="1", reason="")
    maya.sees("Maya: An open request is about that line already.")
    submits(maya, "refund", "1", order=str(other), lines="", amount="5.00", reason="")
    assert [request.amount for request in requests(desk)] == [15_00, 5_00]
    submits(maya, "refund", "1", order="999", lines="", amount="5.00", reason="")
    maya.sees("There is no order 999 to give money back for.")


def test_a_customer_who_was_never_in_a_chat_is_paid_all_the_same(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    shop_is_silent(desk)
    bought(desk, "NT-10023", external_id="nobody")
    types(maya, "NT-10023 44.95")
    assert the_request(desk).status == "approved"
    shop_says(desk, "done")
    assert the_request(desk).status == "paid"
    assert any("The shop paid." in post.text for post in desk.posts("tickets"))
