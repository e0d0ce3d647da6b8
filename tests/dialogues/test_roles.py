"""Agents and managers work, readers look on: whoever may not is told so, and nothing happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import Config, Role, Roles, Slack
from crm_store.schema import AuditEntry, Staff
from handlers import routes
from handlers.roles import ACTIONS, LOOK
from handlers.staff import changing, shortcuts
from handlers.staff.not_allowed import actions_of
from tests.dialogues.rehearsal import Rehearsal

ROLES = Roles(
    agents=Role(members=("maya",), may=("reply", "note", "resolve")),
    managers=Role(members=("bo",)),
    readers=Role(members=("rita",)),
)
REFUSED = "Your role here ({}) does not allow this: {}. Ask whoever set up the desk (slack.roles)."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    with Rehearsal(tmp_path, Config(slack=Slack(roles=ROLES))) as rehearsal:
        yield rehearsal


def test_a_reader_changes_nothing_and_is_told_why(desk: Rehearsal) -> None:
    ada, rita = desk.customer("Ada"), desk.staff("Rita")
    ada.says("my parcel is wet")
    rita.presses("Claim")
    rita.presses("Resolve")
    rita.writes("> we are sorry")
    rita.writes("she is angry")
    for button in rita.card().message.buttons:  # no form opens, and whatever is pressed is refused
        assert desk.run(desk.app.form_of(button.action, button.ref, rita.colleague)) is None
    rita.presses("More")
    submitted = {"text": "we are sorry"}
    desk.run(desk.app.console.staff_submit(rita.colleague, rita.card().id, "reply", "1", submitted))
    desk.passes(minutes=1)
    assert rita.was_whispered() == [
        REFUSED.format("read-only", action) for action in ("claim", "resolve", "reply", "note", "more")
    ]
    rita.sees("Rita: " + REFUSED.format("read-only", "reply"))
    ada.does_not_see("we are sorry")
    assert desk.ticket(1).is_open
    assert desk.ticket(1).assignee is None
    with desk.store.read() as connection:
        refused = connection.scalars(select(AuditEntry.detail).where(AuditEntry.action == "not allowed"))
        assert list(refused) == ["claim", "resolve", "reply", "note", "more", "reply"]


def test_everything_that_staff_do_can_be_given_to_a_role() -> None:
    """Each button, form and change of a ticket goes by a name that `may` of the configuration takes."""
    named = {one for name in (*routes.STAFF_BUTTONS, *routes.STAFF_FORMS, *routes.FORMS) for one in actions_of(name)}
    named |= {way.action for way in changing.WAYS.values()} - {LOOK}
    assert named - {shortcuts.COMMAND_FORM, LOOK} <= set(ACTIONS)
    assert set(ACTIONS) - named == {"duty"}  # what a command does, and asks for itself


def test_whom_no_role_names_looks_on_once_agents_are_named(desk: Rehearsal) -> None:
    desk.customer("Ada").says("my parcel is wet")
    guest = desk.staff("Guest")
    guest.presses("Claim")
    assert guest.was_whispered() == [REFUSED.format("read-only", "claim")]


def test_a_role_may_what_the_shop_gives_it(desk: Rehearsal) -> None:
    ada, maya, bo = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Bo")
    ada.says("my parcel is wet")
    maya.presses("Claim")
    assert maya.was_whispered() == [REFUSED.format("agent", "claim")]
    bo.presses("Claim")
    assert desk.ticket(1).assignee == "Bo"
    maya.writes("> we are sorry")
    desk.passes(minutes=1)
    ada.sees("we are sorry")
    maya.presses("Resolve")
    assert not desk.ticket(1).is_open
    with desk.store.read() as connection:
        roles = connection.execute(select(Staff.name, Staff.role).order_by(Staff.name))
        assert {row.name: row.role for row in roles} == {"Bo": "manager", "Maya": "agent"}


def test_without_roles_everybody_is_an_agent(tmp_path: Path) -> None:
    with Rehearsal(tmp_path) as desk:
        desk.customer("Ada").says("my parcel is wet")
        desk.staff("Rita").presses("Claim")
        assert desk.ticket(1).assignee == "Rita"
