"""`shopdesk slack-manifest`: the Slack app, ready to paste."""

import argparse
from typing import Any

from bot.commands import as_json
from bot.config import Config


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "slack-manifest",
        help="the Slack app manifest to paste",
        description="Prints the manifest of the Slack app, matching the configuration. Paste it at\n"
        "https://api.slack.com/apps -> Create New App -> From a manifest.",
        epilog="examples:\n  shopdesk slack-manifest\n  shopdesk slack-manifest --json > manifest.json",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--yaml", action="store_true", help="as YAML (the default)")
    form.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace, config: Config) -> int:
    from bot.manifest import manifest

    if arguments.json:
        print(as_json(manifest(config), indent=2))
    else:
        import yaml

        print(yaml.safe_dump(manifest(config), sort_keys=False, allow_unicode=True), end="")
    return 0
