"""The Slack app as Slack is told of it: what it may do, what it hears, and where it is reached."""

from collections.abc import Iterator
from typing import Any

from bot.config import Config, ConfigError

#: what the bot may do, and what for
SCOPES = {
    "app_mentions:read": "hear a question that calls the bot by its name",
    "channels:history": "read what staff write in the threads of public channels",
    "channels:read": "find a channel by its name",
    "chat:write": "post ticket cards and messages",
    "commands": "hear slash commands and shortcuts",
    "files:read": "fetch a file that staff send to a customer",
    "files:write": "show a customer's file",
    "groups:history": "read what staff write in the threads of private channels",
    "groups:read": "find a private channel by its name",
    "im:history": "hear a question in a person's own conversation with the bot",
    "metadata.message:read": "find a post again by its mark when Slack's answer was lost, instead of posting twice",
    "reactions:read": "hear of an emoji on a ticket's card, which claims or resolves it",
    "users:read": "call staff by their names",
}
#: what it may do besides where roles are given to user groups, and what it hears then
GROUP_SCOPES = {"usergroups:read": "know who is in the user groups that roles are given to"}
GROUP_EVENTS = ("subteam_members_changed", "subteam_updated")
EVENTS = ("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "reaction_added")
#: what Slack takes of a command's description and usage hint, and of a shortcut's name
_DESCRIPTION, _HINT, _SHORTCUT = 2_000, 1_000, 24


def scopes(config: Config) -> dict[str, str]:
    """What the bot has to be allowed with this configuration, and what for."""
    return SCOPES | (GROUP_SCOPES if config.slack.roles.groups else {})


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
                "home_tab_enabled": True,
                # where questions are asked, and where somebody is answered whom the bot can answer nowhere else
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Shopdesk", "always_online": True},
            "shortcuts": _shortcuts(),
            "slash_commands": [{**command, **_url(reached)} for command in _commands()],
        },
        "oauth_config": {"scopes": {"bot": list(scopes(config))}},
        "settings": {
            "event_subscriptions": {**reached, "bot_events": _events(config)},
            "interactivity": {"is_enabled": True, **reached},
            "org_deploy_enabled": False,
            "socket_mode_enabled": config.slack.mode == "socket",
            "token_rotation_enabled": False,
        },
    }


def _events(config: Config) -> list[str]:
    return [*EVENTS, *(GROUP_EVENTS if config.slack.roles.groups else ())]


def _commands() -> Iterator[dict[str, Any]]:
    """The commands that the desk knows."""
    from handlers.routes import STAFF_COMMANDS
    from handlers.staff.commands import described

    for name in STAFF_COMMANDS:
        usage, about = described(name)
        hint = usage.removeprefix(name).strip()[:_HINT]
        told = {"command": name, "description": (about or f"Shopdesk: {name.removeprefix('/')}")[:_DESCRIPTION]}
        # people and channels that are named come with their ids, which the desk turns into names
        yield {**told, **({"usage_hint": hint} if hint else {}), "should_escape": True}


def _shortcuts() -> list[dict[str, str]]:
    """What stands in the menu of every message, and in the one that is found everywhere."""
    from handlers.routes import message_shortcuts
    from handlers.staff.shortcuts import COMMAND_FORM
    from handlers.texts import text

    on_messages = [(name, "message", text(f"shortcut.{name}")) for name in message_shortcuts()]
    return [
        {"name": label[:_SHORTCUT], "type": kind, "callback_id": name, "description": f"Shopdesk: {label}"}
        for name, kind, label in [*on_messages, (COMMAND_FORM, "global", text("shortcut.everywhere"))]
    ]


def _url(reached: dict[str, str]) -> dict[str, str]:
    return {"url": reached["request_url"]} if reached else {}


def _reached(config: Config) -> dict[str, str]:
    """Where Slack sends events; nowhere in Socket Mode, where the bot calls Slack."""
    if config.slack.mode == "socket":
        return {}
    if config.web.public_url is None:
        raise ConfigError("web.public_url", "is not set: with slack.mode 'http' Slack must know how to reach the bot")
    return {"request_url": config.web.public_url.rstrip("/") + "/slack/events"}
