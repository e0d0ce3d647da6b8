"""Agents and managers work, readers look on: whoever may not is told so, and nothing happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import Config, Role, Roles, Slack
from crm_store.schema import AuditEntry, Staff
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
    rita.replies("we are sorry")
    desk.passes(minutes=1)
    assert rita.was_whispered() == [
        REFUSED.format("read-only", action) for action in ("claim", "resolve", "reply", "note")
    ]
    rita.sees("Rita: " + REFUSED.format("read-only", "reply"))
    ada.does_not_see("we are sorry")
    assert desk.ticket(1).is_open
    assert desk.ticket(1).assignee is None
    with desk.store.read() as connection:
        refused = connection.scalars(select(AuditEntry.detail).where(AuditEntry.action == "not allowed"))
        assert list(refused) == ["claim", "resolve", "reply", "note", "reply"]


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
