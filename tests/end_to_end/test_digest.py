"""`shopdesk digest` says what became of the digest it was asked for."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_store.migrate import upgrade
from crm_store.schema import JobRun, OutboxRow
from crm_store.store import connect, open_store
from tests.conftest import MASTER, NOW
from tests.end_to_end.conftest import NewDesk
from tests.end_to_end.desk import RunningDesk
from tests.wire.slack import SlackServer

PAST = "2026-06-30T12:00:00Z"


@pytest.fixture
def desk(sqlite_url: str, slack: SlackServer, tmp_path: Path) -> RunningDesk:
    """A desk with a store that does not run."""
    engine = connect(sqlite_url)
    upgrade(engine)
    open_store(engine, MASTER, NOW).close()
    return RunningDesk(sqlite_url, slack, folder=tmp_path)


def digest(desk: RunningDesk, *arguments: str) -> "subprocess.CompletedProcess[str]":
    done = desk.command("digest", "waiting", *arguments)
    assert "Unclosed" not in done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_it_says_where_it_was_posted(desk: RunningDesk, slack: SlackServer) -> None:
    done = digest(desk)

    assert (done.returncode, done.stdout, done.stderr) == (0, "posted to #tickets\n", "")
    assert len(slack.posts("#tickets")) == 1


def test_the_same_again_is_posted_once_and_without_a_time_each_is_another(
    desk: RunningDesk, slack: SlackServer
) -> None:
    assert digest(desk, "--as-of", PAST).stdout == "posted to #tickets\n"
    assert digest(desk, "--as-of", PAST).stdout == "was posted already\n"
    assert len(slack.posts("#tickets")) == 1
    assert digest(desk).stdout == digest(desk).stdout == "posted to #tickets\n"
    assert len(slack.posts("#tickets")) == 3


def test_it_takes_no_slot_from_the_clock(desk: RunningDesk) -> None:
    assert digest(desk, "--as-of", PAST).returncode == 0

    with desk.store() as store, store.read() as connection:
        assert connection.scalars(select(JobRun.job)).all() == ["waiting by hand"]


def test_what_is_refused_is_said(desk: RunningDesk, slack: SlackServer) -> None:
    slack.faults.error("chat.postMessage", "msg_too_long", times=None)

    done = digest(desk)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("shopdesk: the digest is not posted: ")
    assert "'shopdesk replay' lists it" in done.stderr


def test_what_cannot_be_posted_now_waits_and_holds_nothing_up(desk: RunningDesk, slack: SlackServer) -> None:
    slack.faults.http_error("chat.postMessage", 503)

    done = digest(desk, "--as-of", "2090-01-01")
    assert done.returncode == 1
    assert done.stderr.endswith("it stays queued for 'shopdesk run'\n")
    with desk.store() as store, store.read() as connection:
        (again,) = connection.scalars(select(OutboxRow.not_before)).all()
    assert again.year < 2090
    assert (again - datetime.now(UTC)).total_seconds() < 60


def test_a_running_desk_posts_it(sqlite_url: str, new_desk: NewDesk, slack: SlackServer) -> None:
    running = new_desk(sqlite_url)

    done = digest(running)
    assert (done.returncode, done.stdout, done.stderr) == (0, "queued: the running desk posts it\n", "")
    slack.wait_for("What waits", "#tickets", timeout=30)
