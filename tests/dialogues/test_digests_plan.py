"""Staff say where and when digests are posted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from bot.config import Config, Role
from handlers.events import Slot, StaffCommanded
from handlers.forms import Form
from handlers.staff import digest_plan
from tests.dialogues.digesting import audited, strikes
from tests.dialogues.rehearsal import Rehearsal, StaffMember

NINE = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


def form_of(desk: Rehearsal, who: StaffMember, words: str = "") -> Form | None:
    event = StaffCommanded(who.colleague, "tickets", desk.time, "/digest", words)
    found: Form | None = desk.run(desk.app.form_for(event))
    return found


def plans(desk: Rehearsal, staff: StaffMember, **answers: str) -> str:
    values = {"digest": "rfm", "days": "mon", "time": "09:00", "room": "digests"} | answers
    desk.run(desk.app.console.staff_submit(staff.colleague, "", digest_plan.FORM, "", values, "tickets"))
    return staff.was_whispered()[-1]


def test_the_form_shows_how_each_digest_is_planned(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    plans(desk, maya, digest="sales", days="weekdays", time="7:05", room="alerts")
    form = form_of(desk, maya)
    assert form is not None
    assert "rfm: Mondays, 09:00, in digests" in form.text.splitlines()
    assert "sales: Monday to Friday, 07:05, in alerts (by Maya)" in form.text.splitlines()
    assert form_of(desk, maya, "rfm") is None
    assert audited(desk, "plan digest") == [("Maya", "digest:sales")]


def test_a_planned_digest_goes_where_it_was_planned(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    assert "rfm: Mondays, 09:00, in alerts, from the next minute on." in plans(desk, maya, room="alerts")
    desk.run(desk.app.take_slot(Slot("rfm", NINE)))
    assert desk.posts("digests") == []
    assert "Customers by segment" in desk.posts("alerts")[-1].text
    plans(desk, maya, days="configured")
    strikes(desk, "rfm", NINE + timedelta(days=7))
    assert len(desk.posts("digests")) == 1


def test_the_clock_follows_a_plan_without_a_restart(desk: Rehearsal) -> None:
    maya, clock = desk.staff("Maya"), desk.app.clock
    desk.time = NINE - timedelta(minutes=30)
    desk.run(clock.start())
    assert [post.message.title for post in desk.posts("digests")] == []

    # a time that has passed when it is planned is not made up for
    plans(desk, maya, days="daily", time="08:00")
    desk.run(clock.follow())
    assert desk.posts("digests") == []

    plans(desk, maya, days="daily", time="08:45")
    desk.time = NINE - timedelta(minutes=10)
    desk.run(clock.follow())
    desk.run(clock.follow())
    assert [post.message.title for post in desk.posts("digests")] == ["Customers by segment · 9 Mar 2026"]

    plans(desk, maya, days="off")
    desk.time = NINE + timedelta(days=7)
    desk.run(clock.follow())
    clock.stop()
    assert len(desk.posts("digests")) == 1


def test_what_cannot_be_meant_is_said(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    assert "is no time" in plans(desk, maya, time="25:00")
    assert "is no channel" in plans(desk, maya, room="kitchen")
    assert "Say which digest" in plans(desk, maya, digest="tea")


def test_only_managers_plan(tmp_path: Path) -> None:
    config = Config()
    roles = replace(config.slack.roles, managers=Role(members=("maya",)), readers=Role(members=("rob",)))
    with Rehearsal(tmp_path, replace(config, slack=replace(config.slack, roles=roles))) as desk:
        bob, maya, rob = desk.staff("Bob"), desk.staff("Maya"), desk.staff("Rob")
        assert [form_of(desk, one) is None for one in (bob, maya, rob)] == [True, False, True]
        assert "Only managers" in plans(desk, bob)
        assert "read-only" in plans(desk, rob)
        assert "from the next minute on" in plans(desk, maya)
