"""A customer in Telegram and staff in Slack, with the running product between them."""

from pathlib import Path

import pytest

from tests.end_to_end.desk import PATIENCE, RunningDesk
from tests.wire.slack import SlackMessage, SlackServer
from tests.wire.telegram import TelegramServer, TelegramUser


def card_of(slack: SlackServer, words: str) -> SlackMessage:
    """The card that shows these words."""
    return slack.until(
        lambda: next((one for one in slack.messages("#tickets", top=True) if words in one.shown), None),
        PATIENCE, f"a card with {words!r}",
    )  # fmt: skip


def sees_in_thread(slack: SlackServer, card: SlackMessage, words: str) -> SlackMessage:
    return slack.wait_for(words, "#tickets", thread_ts=card.ts, timeout=PATIENCE)


def replies_by_form(slack: SlackServer, card: SlackMessage, words: str, button: str = "Reply") -> None:
    user = "mia"
    holder = next(one for one in reversed(slack.messages("#tickets", thread_ts=card.ts)) if button in one.buttons)
    assert slack.press(holder.ts, button, user).wait(PATIENCE)
    slack.until(lambda: slack.modal(user), PATIENCE, "the form")
    assert slack.submit(None, {"Text": words}, user).wait(PATIENCE)


@pytest.fixture
def ada(telegram: TelegramServer) -> TelegramUser:
    return telegram.user(first_name="Ada", last_name="Lovelace")


def test_the_installed_command_runs_a_desk_that_carries_a_question_and_its_answer(
    sqlite_url: str, slack: SlackServer, telegram: TelegramServer, tmp_path: Path, ada: TelegramUser
) -> None:
    with RunningDesk(sqlite_url, slack, telegram, folder=tmp_path) as desk:
        ada.says("The blue jacket arrived torn, I am very disappointed")
        card = card_of(slack, "Ada Lovelace")
        sees_in_thread(slack, card, "arrived torn")
        replies_by_form(slack, card, "I am sorry! A new one leaves today.")
        ada.wait_for("A new one leaves today", PATIENCE)
        desk.settled()
        desk.stop()


def test_a_message_becomes_a_card_with_a_thread_and_both_ways_to_answer_reach_the_customer(
    desk: RunningDesk, slack: SlackServer, ada: TelegramUser
) -> None:
    ada.says("The blue jacket arrived torn")
    card = card_of(slack, "Ada Lovelace")
    assert card.buttons == ["Claim", "Reply", "Resolve"]
    sees_in_thread(slack, card, "arrived torn")
    ada.wait_for("request #1", PATIENCE)

    replies_by_form(slack, card, "I am sorry! A new one leaves today.")
    ada.wait_for("A new one leaves today", PATIENCE)
    sees_in_thread(slack, card, "Reply by mia")
    slack.say("mia", "#tickets", "&gt; And a voucher with it", card.ts)
    ada.wait_for("And a voucher with it", PATIENCE)
    slack.say("mia", "#tickets", "she is right to complain", card.ts)
    desk.settled()
    assert not any("right to complain" in text for text in ada.texts)
    assert ada.texts[1:] == ["I am sorry! A new one leaves today.", "And a voucher with it"]
