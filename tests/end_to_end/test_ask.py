"""Staff ask in Slack, over the wire."""

from tests.end_to_end.conftest import NewDesk
from tests.wire.slack import SlackServer


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
