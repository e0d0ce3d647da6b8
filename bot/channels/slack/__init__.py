"""Slack: staff write in threads, press buttons, fill in forms."""

from typing import TYPE_CHECKING, Any

from bot.channels.slack.limits import BURSTS, LIMITS, RATES

if TYPE_CHECKING:
    from bot.channels.slack.channel import SlackChannel

__all__ = ["BURSTS", "LIMITS", "RATES", "SlackChannel"]


def __getattr__(name: str) -> Any:
    """The channel, and with it Slack's SDK, when somebody asks for it."""
    if name != "SlackChannel":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bot.channels.slack.channel import SlackChannel

    return SlackChannel
