"""Telegram: customers' private chats with a bot."""

from typing import TYPE_CHECKING, Any

from bot.channels.telegram.limits import BURSTS, LIMITS, RATES
from bot.channels.telegram.parsing import parse
from bot.channels.telegram.rendering import render
from bot.channels.telegram.splitting import split

if TYPE_CHECKING:
    from bot.channels.telegram.channel import TelegramChannel

__all__ = ["BURSTS", "LIMITS", "RATES", "TelegramChannel", "parse", "render", "split"]


def __getattr__(name: str) -> Any:
    """The channel itself is loaded when it is asked for: python-telegram-bot takes its time."""
    if name == "TelegramChannel":
        from bot.channels.telegram.channel import TelegramChannel

        return TelegramChannel
    raise AttributeError(f"{__name__} has no {name}")
