"""Who is in the Slack user groups that roles are given to."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from bot.channels import TryLater
from bot.channels.slack.answers import SlackRefused

_log = logging.getLogger(__name__)

Joined = Mapping[str, frozenset[str]]

#: seconds after which everybody is asked for again: an event may get lost
_LIFE = 300.0
#: seconds between tries while Slack does not answer
_PAUSE = 5.0


class Groups:
    """Asks who is in each group at the start, after a change, and every few minutes; `tell` is told all of it."""

    def __init__(
        self, ids: Sequence[str], ask: Callable[[str], Awaitable[frozenset[str]]], tell: Callable[[Joined], None]
    ) -> None:
        self._ids, self._ask, self._tell = ids, ask, tell
        self._known: dict[str, frozenset[str]] = {}
        self._refused: set[str] = set()
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Somebody joined or left."""
        self._changed.set()

    async def follow(self) -> None:
        """Keeps up with the groups until cancelled."""
        while True:
            self._changed.clear()
            answers = [await self._answered(group) for group in self._ids]
            if len(self._known) == len(self._ids):
                self._tell(dict(self._known))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _LIFE if all(answers) else _PAUSE)

    async def _answered(self, group: str) -> bool:
        """Whether Slack said who is in a group, or that it does not say: then nobody has its role."""
        try:
            self._known[group] = await self._ask(group)
        except TryLater as later:  # who was in it a moment ago still is
            _log.warning("Slack does not tell who is in the user group %s: %s", group, later.reason)
            return False
        except SlackRefused as refused:
            if group not in self._refused:
                _log.error("nobody has the role of the user group %s: %s", group, refused.reason)
            self._refused.add(group)
            self._known[group] = frozenset()
        else:
            self._refused.discard(group)
        return True
