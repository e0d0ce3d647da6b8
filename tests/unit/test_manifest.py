"""The Slack app manifest is one Slack takes, and matches the configuration."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.config import Config, ConfigError, Role, Roles, Slack, Web
from bot.manifest import manifest
from handlers.routes import FORMS, STAFF_BUTTONS, STAFF_COMMANDS

SCHEMA = json.loads((Path(__file__).parents[1] / "golden" / "slack_manifest.schema.json").read_text())
GROUPS = Config(slack=Slack(roles=Roles(managers=Role(members=("S0LEADS12",)))))
HTTP = Config(slack=Slack(mode="http"), web=Web(public_url="https://desk.example.com/"))


@pytest.mark.parametrize("config", [Config(), HTTP], ids=["socket", "http"])
def test_slack_takes_the_manifest(config: Config) -> None:
    Draft202012Validator(SCHEMA).validate(manifest(config))


def test_slack_would_refuse_what_it_does_not_know() -> None:
    wrong: dict[str, Any] = manifest(Config())
    wrong["settings"]["socket_mode"] = True
    wrong["display_information"]["name"] = "x" * 36

    assert len(list(Draft202012Validator(SCHEMA).iter_errors(wrong))) == 2


def test_in_socket_mode_slack_is_given_no_address() -> None:
    settings = manifest(Config())["settings"]

    assert settings["socket_mode_enabled"] is True
    assert "request_url" not in settings["event_subscriptions"]
    assert "request_url" not in settings["interactivity"]


def test_in_http_mode_events_and_buttons_come_to_the_public_address() -> None:
    settings = manifest(HTTP)["settings"]

    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == "https://desk.example.com/slack/events"
    assert settings["interactivity"]["request_url"] == "https://desk.example.com/slack/events"


def test_http_mode_without_a_public_address_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^web\.public_url is not set"):
        manifest(Config(slack=Slack(mode="http")))


def test_every_event_has_the_scope_that_slack_wants_for_it() -> None:
    wanted = {
        "app_home_opened": None,
        "app_mention": "app_mentions:read",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "reaction_added": "reactions:read",
        "subteam_members_changed": "usergroups:read",
        "subteam_updated": "usergroups:read",
    }

    made = manifest(GROUPS)

    heard, given = made["settings"]["event_subscriptions"]["bot_events"], made["oauth_config"]["scopes"]["bot"]
    assert {wanted[event] for event in heard} <= {None, *given}


def test_user_groups_are_asked_for_only_where_a_role_names_one() -> None:
    scopes = [set(manifest(config)["oauth_config"]["scopes"]["bot"]) for config in (Config(), GROUPS)]

    assert scopes[1] - scopes[0] == {"usergroups:read"}
    Draft202012Validator(SCHEMA).validate(manifest(GROUPS))


@pytest.mark.parametrize(("config", "url"), [(Config(), None), (HTTP, "https://desk.example.com/slack/events")])
def test_every_command_of_the_desk_is_declared(config: Config, url: str | None) -> None:
    declared = {one["command"]: one for one in manifest(config)["features"]["slash_commands"]}

    assert set(declared) == set(STAFF_COMMANDS)
    assert {one.get("url") for one in declared.values()} == {url}
    assert declared["/digest"]["description"] == "Post a digest now, or show it to you alone"
    assert declared["/digest"]["usage_hint"] == "[name] [show]"


def test_every_shortcut_that_is_declared_does_something() -> None:
    declared = manifest(Config())["features"]["shortcuts"]

    assert [one["type"] for one in declared].count("global") == 1
    assert {one["callback_id"] for one in declared} <= {*STAFF_BUTTONS, *FORMS}
    assert [one["callback_id"] for one in declared[:1]] == ["reply"]


def test_the_home_tab_is_on() -> None:
    home = manifest(Config())["features"]["app_home"]

    assert home["home_tab_enabled"] is True
    assert (home["messages_tab_enabled"], home["messages_tab_read_only_enabled"]) == (True, False)
