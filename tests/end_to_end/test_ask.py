"""Staff ask in Slack, over the wire."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert

from crm_store import inbox
from crm_store.schema import Customer
from handlers import events
from handlers.events import Slot
from tests.conftest import NOW
from tests.end_to_end.conftest import NewDesk
from tests.end_to_end.desk import RunningDesk, until
from tests.wire.slack import SlackMessage, SlackServer


def test_a_mention_is_answered_in_its_thread_which_goes_on_without_the_name(
    sqlite_url: str, new_desk: NewDesk, slack: SlackServer
) -> None:
    desk = new_desk(sqlite_url)
    call = f"<@{slack.bot_user}>"
    first = slack.say("mia", "#tickets", f"{call} how many customers are from Germany?")
    told = slack.wait_for("number of customers, country Germany", "#tickets", thread_ts=first)
    assert told.buttons == ["Definition", "Schedule", "Change filter"]
    slack.say("mia", "#tickets", "and in France?", thread_ts=first)
    slack.wait_for("number of customers, country France", "#tickets", thread_ts=first)
    # Slack tells of this one twice: as a message of the thread, and as a mention
    slack.say("mia", "#tickets", f"{call} and in Spain?", thread_ts=first)
    slack.wait_for("number of customers, country Spain", "#tickets", thread_ts=first)
    desk.settled()
    answers = [post for post in slack.posts("#tickets") if post.thread_ts == first]
    assert len(answers) == 3

    directly = slack.say("mia", slack.user("mia"), "how many orders?")
    slack.wait_for("number of orders, of all time", slack.user("mia"), thread_ts=directly)
    assert "Traceback" not in desk.log


def test_a_question_on_a_schedule_is_posted_and_goes_on_in_its_thread(
    sqlite_url: str, new_desk: NewDesk, slack: SlackServer
) -> None:
    desk = new_desk(sqlite_url)
    with desk.store() as store, store.begin() as connection:
        countries = ("DE", "DE", "FR")
        connection.execute(
            insert(Customer),
            [{"external_id": f"C-{n}", "country": country, "created_at": NOW} for n, country in enumerate(countries)],
        )
    call = f"<@{slack.bot_user}>"
    asked = slack.say("mia", "#tickets", f"{call} number of customers by country")
    told = slack.wait_for("number of customers by country", "#tickets", thread_ts=asked)
    slack.press(told.ts, "Schedule", "mia", "#tickets")
    form = until(lambda: slack.modal("mia"), "the form is open")
    slack.submit(form, {"days": "daily", "time": "08:00", "room": "#alerts"}, "mia")
    until(lambda: any("is answered in #alerts" in str(one) for one in slack.ephemerals), "it is planned")

    due = datetime(2026, 3, 2, 8, tzinfo=UTC)
    _strikes(desk, due)
    (posted,) = _begun(slack)
    assert "number of customers by country" in posted.shown
    assert "every day, 08:00; planned by mia." in posted.shown
    assert "DE\n2\nFR\n1" in posted.shown
    assert posted.buttons == ["Definition", "Show all (CSV file)", "Change or stop", "Change filter"]
    _strikes(desk, due)
    assert len(_begun(slack)) == 1

    slack.say("mia", "#alerts", "only those in Germany", thread_ts=posted.ts)
    slack.wait_for("number of customers by country, country Germany", "#alerts", thread_ts=posted.ts)
    slack.press(posted.ts, "Change or stop", "mia", "#alerts")
    form = until(lambda: slack.modal("mia"), "the form is open")
    slack.submit(form, {"days": "stop"}, "mia")
    until(lambda: any("not answered on a schedule any more" in str(one) for one in slack.ephemerals), "it is stopped")
    _strikes(desk, due + timedelta(days=1))
    assert len(_begun(slack)) == 1
    assert "Traceback" not in desk.log


def _strikes(desk: RunningDesk, due: datetime) -> None:
    """The clock's time for the first schedule has come."""
    slot = Slot("question:1", due)
    with desk.store() as store, store.begin() as connection:
        source = f"{slot.name}@{due.isoformat()}#{uuid4()}"
        inbox.keep(
            connection, store.cipher, [inbox.NewRow("clock", source, f"job:{slot.job}", events.encode(slot))], due
        )
    desk.settled()


def _begun(slack: SlackServer) -> list[SlackMessage]:
    """What stands in the channel itself."""
    return [post for post in slack.posts("#alerts") if post.thread_ts in (None, post.ts)]
