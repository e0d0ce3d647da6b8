"""What a Slack workspace knows: people, channels, messages, files, views, and the tickets that let an app act."""

from __future__ import annotations

import copy
import itertools
import mimetypes
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.wire.clock import Clock
from tests.wire.slack_blocks import Rules, elements

Json = dict[str, Any]

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS, RESPONSE_URL_USES = 1800.0, 5
MODAL_STACK = 3

#: Every scope the product could want, but not `chat:write.public`: posting needs membership.
SCOPES = (
    "app_mentions:read",
    "bookmarks:read",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.customize",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "metadata.message:read",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)


class SlackRefusal(Exception):
    """Slack answers `ok: false` with this error name."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


@dataclass(slots=True)
class Person:
    """A member of the workspace."""

    id: str
    name: str
    real_name: str
    email: str
    tz: str = "Europe/Berlin"
    is_bot: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Room:
    """A channel or a direct conversation."""

    id: str
    name: str
    is_private: bool = False
    im_with: str | None = None
    is_archived: bool = False
    members: set[str] = field(default_factory=set)
    messages: dict[str, Json] = field(default_factory=dict)  #: by ts, oldest first
    threads: dict[str, list[str]] = field(default_factory=dict)  #: parent ts → reply ts, oldest first

    @property
    def kind(self) -> str:
        """Slack's `channel_type`."""
        if self.im_with:
            return "im"
        return "group" if self.is_private else "channel"


@dataclass(slots=True)
class Trigger:
    """The right to open a view, for three seconds and once."""

    user: str
    at: float
    view_id: str | None = None
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The right to answer an interaction, five times in half an hour."""

    room: str
    user: str
    at: float
    ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Workspace:
    """The state behind the API. Not thread-safe: its server holds the lock."""

    team_id, team_name, team_domain = "T0SHOP001", "Shop", "shop"
    app_id, bot_id, bot_user = "A0SHOP001", "B0SHOP001", "U0SHOPBOT"
    verification_token = "legacy-verification-token"

    def __init__(self, clock: Clock, emit: Callable[[Json, Room | None], None]) -> None:
        self.clock, self.emit = clock, emit
        self.url = ""  #: the server's address, for links to files
        self.rules = Rules()
        self.scopes: tuple[str, ...] = SCOPES
        self.people: dict[str, Person] = {}
        self.groups: dict[str, list[str]] = {}  #: user group → its people
        self.rooms: dict[str, Room] = {}
        self.files: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}
        self.views: dict[str, Json] = {}
        self.modals: dict[str, list[str]] = {}  #: user → the stack of open modals, top last
        self.homes: dict[str, Json] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.ephemerals: list[Json] = []
        self.deleted: list[Json] = []
        self._last_ts = 0
        self._ids = itertools.count(1)
        self.person("shopdesk", id=self.bot_user, is_bot=True)

    # -- ids ----------------------------------------------------------------

    def new_id(self, letter: str) -> str:
        """A Slack-looking id."""
        return f"{letter}0{next(self._ids):07d}"

    def new_ts(self) -> str:
        """A message's timestamp and name: unique and increasing in the whole workspace."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_trigger(self, user: str, view_id: str | None = None) -> str:
        """The ticket that comes with an interaction."""
        name = f"{next(self._ids)}.{self.team_id[1:]}.{secrets.token_hex(8)}"
        self.triggers[name] = Trigger(user, self.clock.now(), view_id)
        return name

    def new_response_url(self, room: Room, user: str, ts: str | None = None, thread_ts: str | None = None) -> str:
        """The address where an interaction may be answered."""
        name = secrets.token_hex(12)
        self.response_urls[name] = ResponseUrl(room.id, user, self.clock.now(), ts, thread_ts)
        return f"{self.url}/actions/{self.team_id}/{name}"

    # -- people and rooms ---------------------------------------------------

    def person(self, name: str, **more: Any) -> Person:
        """The person with this id or name; made on first mention."""
        known = self.people.get(name) or next((one for one in self.people.values() if one.name == name), None)
        if known is not None:
            return known
        words = {"id": self.new_id("U"), "real_name": name.title(), "email": f"{name}@shop.example", **more}
        made = Person(name=name, **words)
        self.people[made.id] = made
        return made

    def add_room(self, name: str, *, private: bool = False, bot_in: bool = True, id: str | None = None) -> Room:
        """Make a channel."""
        room = Room(id or self.new_id("C"), name.lstrip("#"), is_private=private)
        if bot_in:
            room.members.add(self.bot_user)
        self.rooms[room.id] = room
        return room

    def direct_room(self, user: str) -> Room:
        """The direct conversation between a person and the bot."""
        known = next((room for room in self.rooms.values() if room.im_with == user), None)
        if known is None:
            known = Room(self.new_id("D"), f"dm-{user}", im_with=user, members={user, self.bot_user})
            self.rooms[known.id] = known
        return known

    def room(self, name: str) -> Room:
        """A channel by id, `#name` or name; a direct conversation by user id. As a person sees it: all exist."""
        if name in self.rooms:
            return self.rooms[name]
        if name in self.people:
            return self.direct_room(name)
        bare = name.lstrip("#")
        for room in self.rooms.values():
            if room.name == bare and not room.im_with:
                return room
        raise SlackRefusal("channel_not_found")

    def visible_room(self, name: object) -> Room:
        """A channel as the bot sees it: private ones, and what two people write to each other, only from inside."""
        room = self.room(str(name or ""))
        if (room.is_private or room.im_with) and self.bot_user not in room.members:
            raise SlackRefusal("channel_not_found")
        return room

    # -- messages -----------------------------------------------------------

    def post(self, room: Room, message: Json, *, announce: bool = True) -> Json:
        """Put a message into a room and tell the app."""
        ts = self.new_ts()
        body: Json = {"type": "message", **message, "ts": ts, "team": self.team_id}
        self.name_blocks(body)
        parent = body.get("thread_ts")
        if parent and parent != ts:
            self._join_thread(room, body, str(parent))
        room.messages[ts] = body
        if announce:
            self.announce(room, body)
        return body

    def name_blocks(self, body: Json) -> None:
        """Give the ids that the app left out."""
        for block in body.get("blocks") or ():
            block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
        for _, element in elements(body.get("blocks") or []):
            element.setdefault("action_id", secrets.token_urlsafe(4)[:5])

    def _join_thread(self, room: Room, body: Json, parent_ts: str) -> None:
        parent = room.messages.get(parent_ts)
        if parent is None:
            raise SlackRefusal("thread_not_found")
        body["parent_user_id"] = parent.get("user")
        replies = room.threads.setdefault(parent_ts, [])
        replies.append(body["ts"])
        users = parent.setdefault("reply_users", [])
        if body.get("user") not in users:
            users.append(body.get("user"))
        parent |= {
            "thread_ts": parent_ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": body["ts"],
            "subscribed": False,
            "is_locked": False,
        }

    def find(self, room: Room, ts: object) -> Json:
        """A message by its ts."""
        message = room.messages.get(str(ts))
        if message is None:
            raise SlackRefusal("message_not_found")
        return message

    def change(self, room: Room, message: Json, changes: Json, editor: str) -> None:
        """Edit a message and tell the app."""
        before = copy.deepcopy(message)
        message |= {key: value for key, value in changes.items() if value is not None}
        self.name_blocks(message)
        message["edited"] = {"user": editor, "ts": self.new_ts()}
        self._tell_change(room, message, before)

    def remove(self, room: Room, message: Json) -> None:
        """Delete a message; the parent of a thread leaves a tombstone, as in Slack."""
        before, ts = copy.deepcopy(message), message["ts"]
        self.deleted.append({**before, "channel": room.id})
        if room.threads.get(ts):
            for key in ("blocks", "files", "metadata", "bot_id", "attachments"):
                message.pop(key, None)
            gone = {"subtype": "tombstone", "text": "This message was deleted.", "hidden": True}
            message |= {**gone, "user": "USLACKBOT"}
            self._tell_change(room, message, before)
            return
        del room.messages[ts]
        self._leave_thread(room, before)
        event = {"type": "message", "subtype": "message_deleted", "hidden": True, "deleted_ts": ts}
        self._tell(room, {**event, "previous_message": before})

    def _leave_thread(self, room: Room, message: Json) -> None:
        replies = room.threads.get(str(message.get("thread_ts")), [])
        if message["ts"] in replies:
            replies.remove(message["ts"])
            parent = room.messages.get(message["thread_ts"])
            if parent is not None:
                parent["reply_count"] = len(replies)

    def _tell_change(self, room: Room, message: Json, before: Json) -> None:
        event = {"type": "message", "subtype": "message_changed", "hidden": True}
        self._tell(room, {**event, "message": copy.deepcopy(message), "previous_message": before})

    def _tell(self, room: Room, event: Json) -> None:
        ts = self.new_ts()
        self.emit({**event, "channel": room.id, "ts": ts, "event_ts": ts, "channel_type": room.kind}, room)

    def announce(self, room: Room, message: Json) -> None:
        """Send the `message` event of a new message, and `app_mention` when it names the bot."""
        event = {**copy.deepcopy(message), "channel": room.id, "event_ts": message["ts"], "channel_type": room.kind}
        self.emit(event, room)
        if f"<@{self.bot_user}>" in str(message.get("text")) and message.get("user") != self.bot_user:
            mention = {key: value for key, value in event.items() if key not in ("channel_type", "subtype")}
            self.emit({**mention, "type": "app_mention"}, room)

    # -- files --------------------------------------------------------------

    def add_file(self, name: str, content: bytes, user: str, *, alt: str = "") -> Json:
        """Store a file as Slack describes it."""
        name_id, kind = self.new_id("F"), mimetypes.guess_type(name)[0] or "application/octet-stream"
        link = f"{self.url}/files-pri/{self.team_id}-{name_id}"
        self.contents[name_id] = content
        self.files[name_id] = {
            "id": name_id,
            "created": int(self.clock.now()),
            "timestamp": int(self.clock.now()),
            "name": name,
            "title": name,
            "mimetype": kind,
            "filetype": name.rpartition(".")[2] or "binary",
            "user": user,
            "size": len(content),
            "mode": "hosted",
            "is_external": False,
            "is_public": True,
            "file_access": "visible",
            "url_private": f"{link}/{name}",
            "url_private_download": f"{link}/download/{name}",
            "permalink": f"{self.url}/files/{user}/{name_id}/{name}",
            "alt_txt": alt,
            "shares": {},
        }
        return self.files[name_id]

    # -- views --------------------------------------------------------------

    def spend_trigger(self, name: object) -> Trigger:
        """Check a trigger id; the caller marks it used once everything else is in order."""
        trigger = self.triggers.get(str(name))
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id")
        if trigger.used:
            raise SlackRefusal("exchanged_trigger_id")
        if self.clock.now() - trigger.at > TRIGGER_SECONDS:
            raise SlackRefusal("expired_trigger_id")
        return trigger

    def new_view(self, given: Json, root: str | None = None, previous: str | None = None) -> Json:
        """A view as Slack keeps it."""
        name = self.new_id("V")
        view: Json = {"id": name, "root_view_id": root or name, "previous_view_id": previous}
        self.views[name] = view
        return self.fill_view(view, given)

    def fill_view(self, view: Json, given: Json) -> Json:
        """Set what the app chose, and what Slack adds."""
        defaults: Json = {"submit": None, "close": None, "private_metadata": "", "callback_id": "", "external_id": ""}
        flags: Json = {"clear_on_close": False, "notify_on_close": False, "state": {"values": {}}}
        ours: Json = {"team_id": self.team_id, "app_id": self.app_id, "bot_id": self.bot_id, "hash": self.new_ts()}
        view |= {**defaults, **flags, **copy.deepcopy(given), **ours, "app_installed_team_id": self.team_id}
        self.name_blocks(view)
        return view

    def open_view(self, user: str) -> Json | None:
        """The modal a person sees now."""
        stack = self.modals.get(user)
        return self.views[stack[-1]] if stack else None
