"""What staff do and see in Slack, for all tests."""

from collections.abc import Mapping

from tests.end_to_end.desk import PATIENCE, until
from tests.wire.slack import SlackMessage, SlackServer
from tests.wire.telegram import Shown, TelegramServer, TelegramUser

MIA = "mia"


def card_of(slack: SlackServer, words: str) -> SlackMessage:
    """The card that shows these words."""
    return until(lambda: _card(slack, words), f"a card with {words!r}", pause=0.05)  # type: ignore[return-value]


def _card(slack: SlackServer, words: str) -> SlackMessage | None:
    return next((one for one in slack.messages("#tickets", top=True) if words in one.shown), None)


def thread(slack: SlackServer, card: SlackMessage) -> list[SlackMessage]:
    """What the desk posted under a card, oldest first."""
    return [one for one in slack.posts("#tickets") if one.thread_ts == card.ts and one.ts != card.ts]


def sees(slack: SlackServer, card: SlackMessage, words: str) -> SlackMessage:
    """The post in a card's thread that shows these words, as soon as it does."""
    return slack.wait_for(words, "#tickets", thread_ts=card.ts, timeout=PATIENCE)


def writes(slack: SlackServer, card: SlackMessage, text: str, files: Mapping[str, bytes] | None = None) -> str:
    """Staff write in a card's thread."""
    return slack.say(MIA, "#tickets", text, card.ts, files or {})


def presses(slack: SlackServer, card: SlackMessage, button: str) -> None:
    """Staff press the newest button of this label on a card or in its thread."""
    found = until(
        lambda: [one for one in slack.messages("#tickets", thread_ts=card.ts) if button in one.buttons],
        f"a button {button}", pause=0.05,
    )  # fmt: skip
    assert slack.press(found[-1].ts, button, MIA).wait(PATIENCE)


def replies(slack: SlackServer, card: SlackMessage, words: str, button: str = "Reply") -> None:
    """Staff answer by the form that a button opens."""
    presses(slack, card, button)
    slack.until(lambda: slack.modal(MIA), PATIENCE, "the form")
    assert slack.submit(None, {"Text": words}, MIA).wait(PATIENCE)


def bytes_in_slack(slack: SlackServer, post: SlackMessage) -> list[bytes]:
    """The files of a post as they lie in Slack."""
    with slack.lock:
        return [slack.workspace.contents[file["id"]] for file in post.files]


def bytes_in_telegram(telegram: TelegramServer, shown: Shown) -> bytes:
    """The file of a message as it lies in Telegram."""
    file = shown.file
    assert file is not None
    with telegram.lock:
        return telegram.chats.contents[telegram.chats.files[file["file_id"]]["file_path"]]


def files_of(person: TelegramUser) -> list[Shown]:
    """The messages with a file that a customer sees."""
    return [one for one in person.inbox if one.file is not None]
