"""The weekly digest of customers who may be lost, and what staff do about them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import func, insert, select, update

from bot.config import Config, Role
from crm_store.orders import NewItem, NewOrder, put_order
from crm_store.schema import ChurnListing, Conversation, Customer, CustomerScore, Identity
from handlers.events import StaffPressed
from handlers.forms import Form
from handlers.staff import reply
from tests.dialogues.digesting import audited, bought, facts, scored, strikes
from tests.dialogues.rehearsal import Rehearsal, StaffMember

#: a Monday
NINE = datetime(2026, 3, 9, 9, 5, tzinfo=UTC)
WEEK = timedelta(days=7)


def two_at_risk(desk: Rehearsal) -> tuple[int, int]:
    desk.time = NINE
    keys = []
    for name, loss in (("Ada", 40_000), ("Bea", 90_000)):
        key = bought(desk, name, (NINE - 20 * WEEK, 50_000))
        why = '[{"code": "silent", "days": 140, "usual": 31}, {"code": "late_parcels", "count": 2, "month": "2026-02"}]'
        at = {"churn_as_of": NINE - timedelta(hours=6), "value_as_of": NINE - timedelta(hours=6)}
        scored(desk, key, churn_risk=0.8, churn_reasons=why, value_base=100_000, loss_base=loss, **at)
        keys.append(key)
    return keys[0], keys[1]


def opens(desk: Rehearsal, who: StaffMember, label: str) -> Form:
    button = next(one for one in desk.posts("digests")[-1].message.buttons if one.label == label)
    form = desk.run(desk.app.form_of(button.action, button.ref, who.colleague))
    assert form is not None
    return form


def sends(desk: Rehearsal, staff: StaffMember, label: str, **answers: str) -> None:
    form = opens(desk, staff, label)
    submitted = desk.app.console.staff_submit(staff.colleague, "", form.name, form.ref, answers, "digests")
    desk.run(submitted)


def test_it_lists_whose_loss_would_cost_most(desk: Rehearsal) -> None:
    two_at_risk(desk)
    post = strikes(desk, "churn", NINE)
    table = post.message.table
    assert table is not None
    why = "no order for 140 days, usually every 31; second late parcel in February"
    assert list(table.rows) == [
        ("Bea (C-Bea)", "80%", "€1,000.00", "€900.00", why, "20 Oct 2025", "0", "—"),
        ("Ada (C-Ada)", "80%", "€1,000.00", "€400.00", why, "20 Oct 2025", "0", "—"),
    ]
    assert facts(post.message) == {"Customers": "2", "May be lost in all": "€1,300.00"}
    assert post.message.text == "This is the first list; the next ones say how it turned out."


def test_the_next_one_says_how_the_last_list_turned_out(desk: Rehearsal) -> None:
    ada, _ = two_at_risk(desk)
    strikes(desk, "churn", NINE)
    with desk.store.begin() as connection:
        connection.execute(update(ChurnListing).values(at=NINE - 13 * WEEK))
    old = strikes(desk, "churn", NINE + timedelta(minutes=1)).message
    assert "Of the 2 named on 8 Dec 2025, whose 90 days are over, 0 ordered; 0.4 were expected to." in old.text

    desk.time = NINE + WEEK
    with desk.store.begin() as connection:
        new = NewOrder("late", ada, NINE + WEEK / 2, "paid", "EUR", 100, items=(NewItem("MUG", 1, 100, "Mug"),))
        put_order(connection, desk.config.rates, new)
    post = strikes(desk, "churn", NINE + WEEK)
    first = "Of the 2 named on 9 Mar 2026, 1 have ordered since; within 90 days 0.4 were expected to."
    assert first in post.text
    assert facts(post.message) == {
        "Customers": "2 (=)",
        "May be lost in all": "€1,300.00 (=)",
        "New on the list": "0",
    }


def test_a_list_that_only_one_person_sees_is_not_kept(desk: Rehearsal) -> None:
    two_at_risk(desk)
    maya = desk.staff("Maya")
    maya.types("/digest churn show")
    assert "Bea (C-Bea)" in maya.was_whispered()[0]
    with desk.store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(ChurnListing)) == 0


def test_a_customer_is_given_to_a_colleague(desk: Rehearsal) -> None:
    ada, _ = two_at_risk(desk)
    desk.customer("Zoe").says("The jacket arrived torn")
    bob, maya = desk.staff("Bob"), desk.staff("Maya")
    bob.presses("Claim")
    strikes(desk, "churn", NINE)
    form = opens(desk, maya, "Give to a colleague")
    names = {option.label: option.value for option in form.fields[1].options}
    sends(desk, maya, "Give to a colleague", customer=str(ada), who=names["Bob"])
    assert "Maya: Ada (C-Ada) is looked after by Bob now." in desk.posts("digests")[-1].text
    assert audited(desk, "assign at risk") == [("Maya", f"customer:{ada}")]
    table = strikes(desk, "churn", NINE + timedelta(minutes=1)).message.table
    assert table is not None
    assert [row[-1] for row in table.rows] == ["—", "Bob"]


def test_a_customer_who_is_put_aside_is_on_no_list_until_then(desk: Rehearsal) -> None:
    _, bea = two_at_risk(desk)
    maya = desk.staff("Maya")
    strikes(desk, "churn", NINE)
    sends(desk, maya, "Put aside", customer=str(bea), until="12")
    assert "from now to a year from now" in maya.was_whispered()[-1]
    sends(desk, maya, "Put aside", customer=str(bea), until=str(int((NINE + 2 * WEEK).timestamp())))
    assert "Maya put Bea (C-Bea) aside until 23 Mar 2026, 09:05." in desk.posts("digests")[-1].text
    for due, people in ((NINE + WEEK, ["Ada (C-Ada)"]), (NINE + 2 * WEEK, ["Bea (C-Bea)", "Ada (C-Ada)"])):
        table = strikes(desk, "churn", due).message.table
        assert table is not None
        assert [row[0] for row in table.rows] == people


@pytest.mark.parametrize(
    ("consent", "told"),
    [(None, "never agreed to be written to"), (False, "does not want to be written to")],
)
def test_nobody_is_written_to_unasked(desk: Rehearsal, consent: bool | None, told: str) -> None:
    ada, _ = two_at_risk(desk)
    maya = desk.staff("Maya")
    strikes(desk, "churn", NINE)
    sends(desk, maya, "Win back", customer=str(ada))
    assert "no chat with the shop" in maya.was_whispered()[-1]

    has_chat(desk, ada, consent)
    sends(desk, maya, "Win back", customer=str(ada))
    assert told in maya.was_whispered()[-1]


def has_chat(desk: Rehearsal, customer: int, consent: bool | None) -> None:
    with desk.store.begin() as connection:
        user = {"channel": "console", "user": "ada", "linked_by": "link", "linked_at": desk.time}
        connection.execute(insert(Identity), {"customer_id": customer, **user})
        identity = connection.scalar(select(Identity.id).where(Identity.user == "ada"))
        chat = {"channel": "console", "account": "", "chat": "ada", "language": "de", "created_at": desk.time}
        connection.execute(insert(Conversation), {"customer_id": customer, "identity_id": identity, **chat})
        wants = update(Customer).where(Customer.id == customer)
        connection.execute(wants.values(marketing_consent=consent))


def test_with_consent_a_draft_opens_in_the_reply_form(desk: Rehearsal) -> None:
    ada, _ = two_at_risk(desk)
    has_chat(desk, ada, True)
    maya = desk.staff("Maya")
    strikes(desk, "churn", NINE)
    sends(desk, maya, "Win back", customer=str(ada))
    assert "The draft opens in the reply form of #1" in maya.was_whispered()[-1]
    assert desk.ticket(1).waiting_since is None

    form = desk.run(desk.app.form_of("open_winback", "1", maya.colleague))
    assert form is not None
    assert form.fields[0].initial.startswith("Hallo Ada, Ihre letzte Bestellung")
    words = {reply.TEXT: form.fields[0].initial}
    desk.run(desk.app.console.staff_submit(maya.colleague, "", form.name, form.ref, words, "tickets"))
    desk.passes(seconds=60)
    desk.customer("Ada").sees("Hallo Ada, Ihre letzte Bestellung")


def test_a_consent_that_was_taken_back_since_opens_no_draft(desk: Rehearsal) -> None:
    ada, _ = two_at_risk(desk)
    has_chat(desk, ada, True)
    maya = desk.staff("Maya")
    strikes(desk, "churn", NINE)
    sends(desk, maya, "Win back", customer=str(ada))
    with desk.store.begin() as connection:
        connection.execute(update(Customer).values(marketing_consent=False))
    assert desk.run(desk.app.form_of("open_winback", "1", maya.colleague)) is None
    event = StaffPressed(maya.colleague, "digests", "1", desk.time, "open_winback", "1")
    desk.run(desk.app.console.staff_press(event.staff, event.place, "1", event.action, event.ref))
    assert "does not want to be written to any more" in maya.was_whispered()[-1]


def test_readers_do_nothing_about_anybody(tmp_path: Path) -> None:
    config = Config()
    roles = replace(config.slack.roles, readers=Role(members=("rob",)))
    with Rehearsal(tmp_path, replace(config, slack=replace(config.slack, roles=roles))) as desk:
        ada, _ = two_at_risk(desk)
        strikes(desk, "churn", NINE)
        rob = desk.staff("Rob")
        button = next(one for one in desk.posts("digests")[-1].message.buttons if one.label == "Win back")
        assert desk.run(desk.app.form_of(button.action, button.ref, rob.colleague)) is None
        answers = {"customer": str(ada)}
        desk.run(desk.app.console.staff_submit(rob.colleague, "", button.action, button.ref, answers, "digests"))
        assert "read-only" in rob.was_whispered()[-1]
        assert len(desk.posts("digests")) == 1


def test_without_scores_or_risk_it_says_so(desk: Rehearsal) -> None:
    assert "shopdesk score" in strikes(desk, "churn", NINE).text
    key = bought(desk, "Ada")
    scored(desk, key, churn_risk=0.1, value_base=0, loss_base=0, churn_as_of=NINE, value_as_of=NINE)
    assert "No customer's loss would cost anything" in strikes(desk, "churn", NINE + WEEK).text


def test_only_what_raises_the_risk_is_a_reason_and_the_rest_is_drawn(desk: Rehearsal) -> None:
    ada, bea = two_at_risk(desk)
    lowers = '[{"code": "orders", "count": 9, "lowers": true}'
    more = ((ada, f"{lowers}]", "loyal"), (bea, f'{lowers}, {{"code": "silent", "days": 40}}]', "champions"))
    with desk.store.begin() as connection:
        for key, why, segment in more:
            mine = update(CustomerScore).where(CustomerScore.customer_id == key)
            connection.execute(mine.values(churn_reasons=why, segment=segment))
    shown = strikes(desk, "churn", NINE).message
    assert shown.table is not None
    assert [row[4] for row in shown.table.rows] == ["no order for 40 days", "nothing stands out"]
    assert shown.chart is not None
    assert (shown.chart.categories, shown.chart.series[0].values) == (("champions", "loyal"), (900.0, 400.0))
    assert shown.chart.alt == "What may be lost, by segment. champions: €900.00; loyal: €400.00."


def test_the_posted_list_shows_what_is_done_about_a_customer(desk: Rehearsal) -> None:
    ada, bea = two_at_risk(desk)
    desk.customer("Zoe").says("The jacket arrived torn")
    bob, maya = desk.staff("Bob"), desk.staff("Maya")
    bob.presses("Claim")
    posted = strikes(desk, "churn", NINE)
    buttons = {one.label: one for one in posted.message.buttons}

    def sends_in(label: str, **answers: str) -> list[str]:
        form = desk.run(desk.app.form_of(buttons[label].action, buttons[label].ref, maya.colleague))
        assert form is not None
        names = {option.label: option.value for field in form.fields for option in field.options}
        values = {name: names.get(value, value) for name, value in answers.items()}
        desk.run(desk.app.console.staff_submit(maya.colleague, "", form.name, form.ref, values, "digests"))
        table = next(one for one in desk.posts("digests") if one.id == posted.id).message.table
        assert table is not None
        return [row[-1] for row in table.rows]

    assert sends_in("Give to a colleague", customer=str(ada), who="Bob") == ["—", "Bob"]
    until = str(int((NINE + 2 * WEEK).timestamp()))
    assert sends_in("Put aside", customer=str(bea), until=until) == ["aside until 23 Mar 2026", "Bob"]
    assert sends_in("Put aside", customer=str(ada), until=until)[1] == "Bob; aside until 23 Mar 2026"
