"""What Slack's answers to a call mean for it: done, later, never, or unknown.

A token that does not work, and a channel the bot is not in, are "later", not "never": somebody mends them, and nothing
may be lost meanwhile. An answer
5xx is "later" as well, but a gateway's time-out and Slack's own `internal_error` are "unknown": some of it may stand.
"""

from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.channels import OutcomeUnknown, Refused, TryLater

#: seconds to wait for a person to mend the token; nothing may be lost while it is being replaced
TOKEN_WAIT = 300.0

#: the token does not work now: everything of the workspace waits
_TOKEN = {
    "invalid_auth": "Slack does not know the bot token: check SLACK_BOT_TOKEN",
    "not_authed": "no bot token reached Slack: check SLACK_BOT_TOKEN",
    "account_inactive": "the app was removed from the workspace: install it again and renew SLACK_BOT_TOKEN",
    "token_revoked": "the bot token was revoked: install the app again and renew SLACK_BOT_TOKEN",
    "token_expired": "the bot token has expired: renew SLACK_BOT_TOKEN",
    "ekm_access_denied": "the workspace's administrators have suspended access to messages",
    "access_denied": "the workspace denies the app access for now",
}
#: seconds to wait for a person to mend the channel or the app's permissions: what is for staff must not be lost
MEND_WAIT = 60.0
_MENDABLE = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "restricted_action_read_only_channel"}
    | {"restricted_action_thread_only_channel", "missing_scope", "not_allowed_token_type"}
)
#: what brings something to staff
_POSTING = frozenset({"chat.postMessage", "files.getUploadURLExternal", "files.completeUploadExternal"})
#: the bot, or the person, is not where something is to be shown to the person alone
NOT_THERE = frozenset(
    {"channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived", "restricted_action"}
    | {"method_not_supported_for_channel_type", "messages_tab_disabled", "thread_not_found"}
)
#: Slack did nothing and may do it later
_BUSY = frozenset(
    {"service_unavailable", "team_added_to_org", "request_timeout", "accesslimited", "message_limit_exceeded"}
)
#: Slack says of these that some of the call may have happened
_HALF_DONE = frozenset({"internal_error", "fatal_error"})
#: what a person can do about a refusal
_MEND = {
    "channel_not_found": "there is no such channel, or it is private and the bot is not in it:"
    " check slack.channels, and in the channel /invite @shopdesk",
    "not_in_channel": "the bot is not in the channel: invite it there with /invite @shopdesk",
    "is_archived": "the channel is archived: unarchive it or name another one in slack.channels",
    "restricted_action": "the workspace lets only some people post in this channel: allow the app to",
    "restricted_action_read_only_channel": "the channel is read-only: allow the app to post there",
    "restricted_action_thread_only_channel": "the channel takes replies in threads only: name another one",
    "msg_too_long": "the message is too long for Slack",
    "msg_blocks_too_long": "the message is too long for Slack",
    "invalid_blocks": "Slack does not take the message's layout",
    "invalid_blocks_format": "Slack does not take the message's layout",
    "no_text": "the message is empty",
    "message_not_found": "the post is no longer there",
    "cant_update_message": "Slack lets only the author change a post, and this one is not ours",
    "cant_delete_message": "Slack lets only the author delete a post, and this one is not ours",
    "edit_window_closed": "the workspace does not let posts be changed any more after this time",
    "thread_not_found": "the thread's first post was deleted",
    "user_not_in_channel": "the person is not in the channel",
    "user_not_found": "Slack does not know the person",
    "missing_scope": "the app lacks a permission: update it from `shopdesk slack-manifest` and install it again",
    "not_allowed_token_type": "SLACK_BOT_TOKEN is not a bot token (xoxb-…)",
    "not_enabled": "the app has no Home: update it from `shopdesk slack-manifest` and install it again",
    "messages_tab_disabled": "the app takes no messages: update it from `shopdesk slack-manifest` and install it again",
    "hash_conflict": "the page was changed at the same moment",
    "storage_limit_reached": "the workspace's storage for files is full",
    "file_uploads_disabled": "the workspace does not allow files",
    "file_upload_size_restricted": "the file is larger than the workspace allows",
}
#: methods whose 429 concerns one channel; elsewhere the limit is the app's in the workspace
_LIMITED_BY_CHANNEL = frozenset({"chat.postMessage", "chat.postEphemeral"})
#: a gateway gave up waiting for Slack: the call may well have arrived
_GATEWAY_TIMEOUTS = frozenset({408, 504})


class SlackRefused(Refused):
    """Slack's refusal with its own name of it."""

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(reason)
        self.code = code

    @property
    def is_about_layout(self) -> bool:
        """Slack does not take these blocks; it may take others."""
        return self.code in ("invalid_blocks", "invalid_blocks_format")


async def answer(method: str, call: Awaitable[Any], *, repeatable: bool, trace: str | None = None) -> dict[str, Any]:
    """Slack's answer to a call that went well.

    Raises `SlackRefused`, `TryLater`, and, unless doing it twice does no harm (`repeatable`), `OutcomeUnknown`.
    """
    try:
        response = await call
    except SlackApiError as error:
        raise _meaning(method, error, repeatable=repeatable, trace=trace) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise TryLater("Slack cannot be reached") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise _unknown("the connection to Slack broke off before the answer", repeatable, trace) from error
    data: dict[str, Any] = response.data
    return data


async def answered(response: aiohttp.ClientResponse) -> bool:
    """What Slack says to an answer at an interaction's own address; False where the address takes none any more.

    Raises `SlackRefused` and `TryLater`.
    """
    if response.status == 200:
        return True
    said = (await response.text())[:500]
    if response.status == 429:
        raise TryLater("Slack limits the rate of answers", _seconds(response.headers.get("Retry-After")))
    if response.status >= 500:
        raise TryLater(f"Slack answered an answer with HTTP {response.status}")
    if "invalid_blocks" in said:
        raise SlackRefused(f"{_MEND['invalid_blocks']}.", "invalid_blocks")
    return False


def error_name(error: SlackApiError) -> str:
    """Slack's name of the error, empty where it sent none."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _meaning(method: str, error: SlackApiError, *, repeatable: bool, trace: str | None) -> Exception:
    status = getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0)
    name = error_name(error)
    if status == 429 or name in ("ratelimited", "rate_limited"):
        wait, everywhere = _retry_after(error), method not in _LIMITED_BY_CHANNEL
        return TryLater(f"Slack limits the rate of {method}", wait, whole_account=everywhere)
    if name in _TOKEN:
        return TryLater(_TOKEN[name], TOKEN_WAIT, whole_account=True, to_mend=True)
    if name in _BUSY:
        return TryLater(f"Slack is busy ({name})")
    if name in _HALF_DONE or status in _GATEWAY_TIMEOUTS or (status == 200 and not name):
        return _unknown(f"Slack stumbled over {method} ({name or f'HTTP {status}'})", repeatable, trace)
    if name in _MENDABLE and method in _POSTING:
        return TryLater(_refusal(method, name, error).reason, MEND_WAIT, to_mend=True)
    return _refusal(method, name, error) if name else TryLater(f"Slack answered {method} with HTTP {status}")


def _refusal(method: str, name: str, error: SlackApiError) -> SlackRefused:
    data = error.response.data
    details = [str(data.get("needed") or ""), *map(str, data.get("errors") or ())]
    sentence = "; ".join([_MEND.get(name, f"Slack refuses {method}"), *filter(None, details)])
    return SlackRefused(f"{sentence} ({name}).", name)


def _unknown(reason: str, repeatable: bool, trace: str | None) -> Exception:
    return TryLater(reason) if repeatable else OutcomeUnknown(reason, trace)


def _retry_after(error: SlackApiError) -> float | None:
    return _seconds(error.response.headers.get("Retry-After"))


def _seconds(said: str | None) -> float | None:
    with suppress(ValueError, TypeError):
        return float(said or "")
    return None
