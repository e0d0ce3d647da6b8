"""The Slack app as Slack is told of it: what it may do, what it hears, and where it is reached."""

from typing import Any

from bot.config import Config, ConfigError

#: what the bot may do, and what for
SCOPES = {
    "channels:history": "read what staff write in the threads of public channels",
    "channels:read": "find a channel by its name",
    "chat:write": "post ticket cards and messages",
    "files:read": "fetch a file that staff send to a customer",
    "files:write": "show a customer's file",
    "groups:history": "read what staff write in the threads of private channels",
    "groups:read": "find a private channel by its name",
    "metadata.message:read": "find a post again by its mark when Slack's answer was lost, instead of posting twice",
    "users:read": "call staff by their names",
}
EVENTS = ("message.channels", "message.groups")


def manifest(config: Config) -> dict[str, Any]:
    """The app's manifest. Raises `ConfigError` when HTTP mode lacks an address that Slack can reach."""
    reached = _reached(config)
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Shopdesk",
            "description": "Customers' messages as tickets: claim, reply and resolve them here.",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": False,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Shopdesk", "always_online": True},
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**reached, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **reached},
            "org_deploy_enabled": False,
            "socket_mode_enabled": config.slack.mode == "socket",
            "token_rotation_enabled": False,
        },
    }


def _reached(config: Config) -> dict[str, str]:
    """Where Slack sends events; nowhere in Socket Mode, where the bot calls Slack."""
    if config.slack.mode == "socket":
        return {}
    if config.web.public_url is None:
        raise ConfigError("web.public_url", "is not set: with slack.mode 'http' Slack must know how to reach the bot")
    return {"request_url": config.web.public_url.rstrip("/") + "/slack/events"}
