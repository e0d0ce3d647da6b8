"""A Slack workspace on 127.0.0.1: the Web API, Socket Mode and signed HTTP events, with people who act in it."""

from __future__ import annotations

import argparse
import asyncio
import concurrent.futures
import copy
import json
import mimetypes
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from tests.wire import slack_methods
from tests.wire.faults import Fault
from tests.wire.server import Call, HttpAnswer, Json, LocalServer, serve_forever
from tests.wire.slack_blocks import elements, shown_text, view_problems
from tests.wire.slack_delivery import Attempt, Courier, Delivery, Kind, encoded
from tests.wire.slack_forms import (
    CannotSubmit,
    NoSuchButton,
    check_form,
    chosen,
    entered_state,
    find_element,
    is_view,
    label_of,
)
from tests.wire.slack_workspace import (
    RESPONSE_URL_SECONDS,
    RESPONSE_URL_USES,
    Room,
    SlackRefusal,
    Workspace,
)

__all__ = ["Attempt", "CannotSubmit", "Delivery", "Fault", "NoSuchButton", "SlackMessage", "SlackServer"]

#: Arguments that slack_sdk sends as JSON text inside a form or a query.
_JSON_ARGS = frozenset({"blocks", "attachments", "metadata", "files", "view", "unfurls"})


class NoSuchPlace(LookupError):
    """The test names something the workspace does not have."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"there is no {what} {name}")
        self.what, self.name = what, name


@dataclass(frozen=True)
class SlackMessage:
    """A message as people see it."""

    channel: str
    ts: str
    raw: Json

    @property
    def text(self) -> str:
        """The top-level text."""
        return str(self.raw.get("text", ""))

    @property
    def user(self) -> str:
        """Who posted it."""
        return str(self.raw.get("user", ""))

    @property
    def thread_ts(self) -> str | None:
        """The thread it stands in, if any."""
        return self.raw.get("thread_ts")

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        return list(self.raw.get("blocks") or [])

    @property
    def metadata(self) -> Json:
        """Its metadata, empty when it has none."""
        return dict(self.raw.get("metadata") or {})

    @property
    def files(self) -> list[Json]:
        """Its files."""
        return list(self.raw.get("files") or [])

    @property
    def edited(self) -> bool:
        """Whether it was changed after posting."""
        return "edited" in self.raw

    @property
    def shown(self) -> str:
        """All one can read: the blocks where there are some, else the text."""
        return "\n".join(shown_text(self.blocks)) if self.blocks else self.text

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return [label_of(one) for _, one in elements(self.blocks) if one["type"] == "button"]

    def as_json(self) -> Json:
        """For the control endpoint."""
        return {"channel": self.channel, **self.raw}


class SlackServer(LocalServer):
    """A workspace with one app in it: ours."""

    verbs = (
        "say", "edit", "delete", "press", "choose", "submit", "close_view", "command", "shortcut", "react",
        "take_reaction_back", "opens_home", "event", "user", "channel", "group", "join", "disconnect", "cut_sockets",
        "hold", "release", "accept", "duplicate", "lose_acks", "hear_acks", "send_http", "send_socket_mode", "bot_says",
        "scopes",
    )  # fmt: skip

    def __init__(
        self,
        port: int = 0,
        *,
        bot_token: str = "xoxb-wire-bot",
        app_token: str = "xapp-wire-app",
        signing_secret: str = "wire-signing-secret",
        channels: Sequence[str] = ("tickets", "general"),
    ) -> None:
        super().__init__(port)
        self.bot_token, self.app_token, self.signing_secret = bot_token, app_token, signing_secret
        self.workspace = Workspace(self.clock, self._on_event)
        self.request_url: str | Mapping[str, str] = ""  #: where events go over HTTP; empty means Socket Mode
        self.retry_delays: tuple[float, ...] = (0.0, 1.0, 5.0)  #: Slack: at once, 1 min, 5 min
        self.retry_interactions = False  #: Slack retries events only
        self.ack_timeout = 3.0
        self.hold_seconds = 30.0  #: how long a delivery waits for a WebSocket
        self.order_wait = 0.5  #: how long one delivery waits for the one before it in its channel
        self.max_connections = 10
        self.echo = True  #: the app also hears of its own messages, as in Slack
        self.deliveries: list[Delivery] = []
        self._held: list[Delivery] | None = None
        self._duplicates = self._lost_acks = self._event_count = 0
        for name in channels:
            self.workspace.add_room(name)

    # -- where it is --------------------------------------------------------

    @property
    def api_url(self) -> str:
        """The `base_url` of a slack_sdk client."""
        return f"{self.url}/api/"

    @property
    def app_id(self) -> str:
        """Our app."""
        return self.workspace.app_id

    @property
    def bot_user(self) -> str:
        """Our bot's user id."""
        return self.workspace.bot_user

    @property
    def connections(self) -> int:
        """How many WebSockets the app holds open."""
        return self._courier.connections

    def addresses(self) -> Json:
        """What the product needs to be configured with."""
        tokens = {"bot_token": self.bot_token, "app_token": self.app_token, "signing_secret": self.signing_secret}
        return {"api_url": self.api_url, **tokens}

    def url_for(self, kind: Kind) -> str:
        """The product's address for one kind of request."""
        return self.request_url if isinstance(self.request_url, str) else self.request_url[kind]

    def send_events_to(self, url: str | Mapping[str, str]) -> None:
        """Deliver over HTTP: one URL, or one each for `events_api`, `interactive`, `slash_commands`."""
        self.request_url = url

    def use_socket_mode(self) -> None:
        """Deliver over WebSockets (the default)."""
        self.request_url = ""

    # -- the people and the rooms -------------------------------------------

    def user(self, name: str, **more: Any) -> str:
        """The id of a person, made on first mention (`real_name`, `email`, `tz`)."""
        with self.lock:
            return self.workspace.person(name, **more).id

    def channel(self, name: str, *, private: bool = False, bot_in: bool = True) -> str:
        """The id of a channel, made on first mention. A person's id is the name of their direct conversation."""
        with self.lock:
            try:
                return self.workspace.room(name).id
            except SlackRefusal:
                return self.workspace.add_room(name, private=private, bot_in=bot_in).id

    def group(self, group: str, *people: str) -> None:
        """Make a user group, or change who is in it; the app hears of the change."""
        with self.lock:
            before, after = self.workspace.groups.get(group), [self.user(one) for one in people]
            self.workspace.groups[group] = after
        if before is not None:
            added, gone = [one for one in after if one not in before], [one for one in before if one not in after]
            changed = {"added_users": added, "added_users_count": len(added), "removed_users": gone}
            told = {"team_id": self.workspace.team_id, "removed_users_count": len(gone), "date_update": 1}
            self.event({"type": "subteam_members_changed", "subteam_id": group, **changed, **told})

    def join(self, user: str, channel: str) -> None:
        """Let a person into a channel."""
        with self.lock:
            self._room(channel).members.add(self.user(user))

    def scopes(self, *names: str) -> tuple[str, ...]:
        """The token's scopes; with names, set them first."""
        with self.lock:
            self.workspace.scopes = names or self.workspace.scopes
            return self.workspace.scopes

    def accept(self, **kinds: bool) -> None:
        """Take or refuse kinds of blocks: `accept(data_visualization=False)`."""
        self.workspace.rules.accepts |= kinds

    def _room(self, name: str) -> Room:
        try:
            return self.workspace.room(name)
        except SlackRefusal:
            raise NoSuchPlace("channel", name) from None

    # -- what people see ----------------------------------------------------

    def messages(self, channel: str, *, thread_ts: str | None = None, top: bool = False) -> list[SlackMessage]:
        """The messages of a channel, oldest first: all, one thread's (with its parent), or only top-level ones."""
        with self.lock:
            room = self._room(channel)
            found = [SlackMessage(room.id, ts, copy.deepcopy(one)) for ts, one in room.messages.items()]
        if thread_ts is not None:
            return [one for one in found if thread_ts in (one.ts, one.thread_ts)]
        return [one for one in found if one.thread_ts in (None, one.ts)] if top else found

    def posts(self, channel: str) -> list[SlackMessage]:
        """The app's own messages in a channel, replies included, oldest first."""
        return [one for one in self.messages(channel) if one.raw.get("bot_id") == self.workspace.bot_id]

    def message(self, channel: str, ts: str) -> SlackMessage:
        """One message as it is now."""
        with self.lock:
            return SlackMessage(self._room(channel).id, ts, copy.deepcopy(self._room(channel).messages[ts]))

    def wait_for(self, text: str, channel: str, *, thread_ts: str | None = None, timeout: float = 5.0) -> SlackMessage:
        """Block until the app shows `text` in a channel (or a thread) and return that message."""
        return self.until(lambda: self._showing(text, channel, thread_ts), timeout, f"{text!r} in {channel}")

    async def wait_for_async(
        self,
        text: str,
        channel: str,
        *,
        thread_ts: str | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> SlackMessage:
        """`wait_for` for a test that shares its event loop with the product."""
        return await asyncio.to_thread(self.wait_for, text, channel, thread_ts=thread_ts, timeout=timeout)

    def _showing(self, text: str, channel: str, thread_ts: str | None) -> SlackMessage:
        found = [one for one in self.posts(channel) if thread_ts in (None, one.thread_ts)]
        # A value that is false while nothing shows the text, as `until` wants it.
        return next((one for one in reversed(found) if text in one.shown or text in one.text), None)  # type: ignore[return-value]

    @property
    def ephemerals(self) -> list[Json]:
        """What was shown to single people: `channel`, `user`, `text`, `blocks`, `thread_ts`."""
        with self.lock:
            return copy.deepcopy(self.workspace.ephemerals)

    @property
    def deleted(self) -> list[Json]:
        """The messages that were deleted, as they were."""
        with self.lock:
            return copy.deepcopy(self.workspace.deleted)

    def modal(self, user: str) -> Json | None:
        """The modal a person sees now."""
        with self.lock:
            return copy.deepcopy(self.workspace.open_view(self.user(user)))

    def home(self, user: str) -> Json | None:
        """A person's Home tab."""
        with self.lock:
            return copy.deepcopy(self.workspace.homes.get(self.user(user)))

    def state(self) -> Json:
        """Everything, for another process."""
        ws = self.workspace
        rooms = {room.name: {"id": room.id, "messages": list(room.messages.values())} for room in ws.rooms.values()}
        views = {"modals": {user: self.modal(user) for user in ws.modals}, "homes": ws.homes}
        seen = {"people": ws.people, "ephemerals": ws.ephemerals, "deleted": ws.deleted, "files": ws.files}
        return {"channels": rooms, **views, **seen, "deliveries": self.deliveries, "connections": self.connections}

    # -- what people do -----------------------------------------------------

    def say(
        self,
        user: str,
        channel: str,
        text: str = "",
        thread_ts: str | None = None,
        files: Sequence[Mapping[str, Any]] | Mapping[str, bytes] = (),
    ) -> str:
        """A person writes (`text` as on the wire: `&amp;`, `<@U…>`); returns the ts. `files`: name → bytes."""
        with self.lock:
            who, room = self.user(user), self._room(channel)
            room.members.add(who)
            body: Json = {"user": who, "text": text, "client_msg_id": self.workspace.new_id("m")}
            if thread_ts:
                body["thread_ts"] = thread_ts
            if files:
                body |= {"files": self._files(files, who), "subtype": "file_share", "upload": False}
            return str(self.workspace.post(room, body)["ts"])

    def _files(self, files: Sequence[Mapping[str, Any]] | Mapping[str, bytes], user: str) -> list[Json]:
        if isinstance(files, Mapping):
            return [self.workspace.add_file(name, _bytes(content), user) for name, content in files.items()]
        return [self.workspace.add_file(one["name"], _bytes(one["content"]), user) for one in files]

    def bot_says(self, channel: str, text: str, name: str = "otherbot") -> str:
        """Another app's bot writes."""
        with self.lock:
            body = {"subtype": "bot_message", "bot_id": f"B0{name.upper()}", "username": name, "text": text}
            return str(self.workspace.post(self._room(channel), body)["ts"])

    def edit(self, ts: str, text: str, channel: str | None = None) -> None:
        """A person changes a message of theirs."""
        with self.lock:
            room, message = self._find(ts, channel)
            self.workspace.change(room, message, {"text": text}, str(message.get("user")))

    def delete(self, ts: str, channel: str | None = None) -> None:
        """A person deletes a message."""
        with self.lock:
            room, message = self._find(ts, channel)
            self.workspace.remove(room, message)

    def react(self, user: str, ts: str, name: str, channel: str | None = None) -> None:
        """A person reacts to a message; the app hears of it where the bot is, when it asked to."""
        with self.lock:
            room, message = self._find(ts, channel)
            slack_methods.react(message, name, self.user(user))
            self._tell_of_reaction("reaction_added", user, room, message, name)

    def take_reaction_back(self, user: str, ts: str, name: str, channel: str | None = None) -> None:
        """A person takes a reaction back."""
        with self.lock:
            room, message = self._find(ts, channel)
            message["reactions"] = [one for one in message.get("reactions", ()) if one["name"] != name]
            self._tell_of_reaction("reaction_removed", user, room, message, name)

    def _tell_of_reaction(self, kind: str, user: str, room: Room, message: Json, name: str) -> None:
        if self.bot_user not in room.members or "reactions:read" not in self.workspace.scopes:
            self.changed()
            return
        item = {"type": "message", "channel": room.id, "ts": message["ts"]}
        self._emit(
            {"type": kind, "user": self.user(user), "reaction": name, "item": item,
             "item_user": message.get("user"), "event_ts": self.workspace.new_ts()}
        )  # fmt: skip

    def opens_home(self, user: str) -> Delivery:
        """A person opens the app's Home tab."""
        with self.lock:
            who = self.user(user)
            event: Json = {"type": "app_home_opened", "user": who, "tab": "home", "event_ts": self.workspace.new_ts()}
            event["channel"] = self.workspace.direct_room(who).id
            if who in self.workspace.homes:
                event["view"] = self.workspace.homes[who]
            return self._emit(event)

    def event(self, event: Json) -> Delivery:
        """Send any event."""
        with self.lock:
            return self._emit({"event_ts": self.workspace.new_ts(), **event})

    def press(
        self, ts: str, button: str, user: str, channel: str | None = None, *, pick: str | None = None
    ) -> Delivery:
        """A person presses a button, by label or action id, in a message (its ts) or a view (its id).

        With `pick`, they choose that option (text or value) of a select, overflow, radio or date element.
        """
        with self.lock:
            who = self.user(user)
            if ts in self.workspace.views:
                return self._press_in_view(self.workspace.views[ts], button, who, pick)
            room, message = self._find(ts, channel, ephemeral=True)
            body = {**self._actor(who), **self._about_message(room, message, who)}
            block, element = find_element(message.get("blocks") or [], button)
            body |= {"type": "block_actions", "actions": [self._action(block, element, pick)]}
            body["state"] = {"values": entered_state(message.get("blocks") or [], {element["action_id"]: pick})}
            return self._interact(body, room.id)

    def choose(self, ts: str, element: str, option: str, user: str, channel: str | None = None) -> Delivery:
        """A person chooses an option of an element."""
        return self.press(ts, element, user, channel, pick=option)

    def _press_in_view(self, view: Json, button: str, who: str, pick: str | None) -> Delivery:
        block, element = find_element(view["blocks"], button)
        body = {**self._actor(who, view["id"]), "type": "block_actions", "view": copy.deepcopy(view)}
        body["container"] = {"type": "view", "view_id": view["id"]}
        body["actions"] = [self._action(block, element, pick)]
        return self._interact(body, view["id"])

    def submit(self, view: Json | str | None, values: Mapping[str, Any] | None = None, user: str = "") -> Delivery:
        """A person fills in the modal they see and submits it; `values` by label, action id or block id.

        `view` may be the view, its id, its callback id or title, or None for whatever is on top.
        """
        with self.lock:
            who, found = self._open_modal(view, user)
            filled = copy.deepcopy(found)
            filled["state"] = {"values": entered_state(found["blocks"], values or {})}
            check_form(found["blocks"], filled["state"]["values"])
            body = {**self._actor(who, found["id"]), "type": "view_submission", "view": filled, "response_urls": []}
            return self._interact(body, found["id"], lambda delivery: self._after_submit(who, found, delivery))

    def close_view(self, user: str) -> Delivery | None:
        """A person closes the modal; the app hears of it when it asked to."""
        with self.lock:
            who, view = self._open_modal(None, user)
            self.workspace.modals[who].pop()
            if not view["notify_on_close"]:
                return None
            body = {**self._actor(who), "type": "view_closed", "view": copy.deepcopy(view), "is_cleared": False}
            body.pop("trigger_id")
            return self._interact(body, view["id"])

    def command(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """A person types a slash command."""
        with self.lock:
            who, room, ws = self.user(user), self._room(channel), self.workspace
            form = {"token": ws.verification_token, "team_id": ws.team_id, "team_domain": ws.team_domain}
            form |= {"channel_id": room.id, "channel_name": room.name, "user_id": who}
            form |= {"user_name": ws.people[who].name, "command": command, "text": text, "api_app_id": ws.app_id}
            form |= {"is_enterprise_install": "false", "response_url": ws.new_response_url(room, who)}
            form["trigger_id"] = ws.new_trigger(who)
            delivery = Delivery("slash_commands", form, room.id)
            return self._dispatch(delivery, lambda done: self._command_answer(room, who, done))

    def shortcut(self, user: str, callback_id: str, ts: str | None = None, channel: str | None = None) -> Delivery:
        """A person runs a global shortcut, or with `ts` a message shortcut."""
        with self.lock:
            who = self.user(user)
            body = {**self._actor(who), "callback_id": callback_id, "action_ts": self.workspace.new_ts()}
            if ts is None:
                return self._interact({**body, "type": "shortcut"}, "")
            room, message = self._find(ts, channel)
            about = self._about_message(room, message, who)
            return self._interact({**body, **about, "type": "message_action", "message_ts": ts}, room.id)

    # -- pieces of payloads -------------------------------------------------

    def _find(self, ts: str, channel: str | None, *, ephemeral: bool = False) -> tuple[Room, Json]:
        for shown in self.workspace.ephemerals if ephemeral else ():
            if shown["ts"] == ts:
                return self._room(shown["channel"]), shown
        rooms = [self._room(channel)] if channel else list(self.workspace.rooms.values())
        for room in rooms:
            if ts in room.messages:
                return room, room.messages[ts]
        raise NoSuchPlace("message", ts)

    def _actor(self, who: str, view_id: str | None = None) -> Json:
        ws = self.workspace
        name = ws.people[who].name
        team = {"id": ws.team_id, "domain": ws.team_domain}
        person = {"id": who, "username": name, "name": name, "team_id": ws.team_id}
        rest = {"enterprise": None, "is_enterprise_install": False, "trigger_id": ws.new_trigger(who, view_id)}
        return {"user": person, "team": team, "api_app_id": ws.app_id, "token": ws.verification_token, **rest}

    def _about_message(self, room: Room, message: Json, who: str) -> Json:
        """Where an interaction happened; an ephemeral message is only named, never shown."""
        seen = message["ts"] in room.messages
        container: Json = {"type": "message", "message_ts": message["ts"], "channel_id": room.id}
        container["is_ephemeral"] = not seen
        if message.get("thread_ts"):
            container["thread_ts"] = message["thread_ts"]
        url = self.workspace.new_response_url(room, who, message["ts"], message.get("thread_ts"))
        body = {"container": container, "channel": {"id": room.id, "name": room.name}, "response_url": url}
        return {**body, "message": copy.deepcopy(message)} if seen else body

    def _action(self, block: Json, element: Json, pick: str | None) -> Json:
        action: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
        action |= {"action_ts": self.workspace.new_ts()}
        if element["type"] == "button":
            return {**action, **{key: element[key] for key in ("text", "value", "style", "url") if key in element}}
        return {**action, **chosen(element, pick)}

    def _open_modal(self, view: Json | str | None, user: str) -> tuple[str, Json]:
        for who, stack in self.workspace.modals.items():
            if stack and (not user or who == self.user(user)):
                top = self.workspace.views[stack[-1]]
                if is_view(top, view):
                    return who, top
        raise NoSuchPlace("open modal", str(view or user))

    # -- after the answer ---------------------------------------------------

    def _after_submit(self, who: str, view: Json, delivery: Delivery) -> None:
        """Do what the app's answer to a submission says."""
        if not delivery.acked:
            return
        answer = delivery.response if isinstance(delivery.response, dict) else {}
        stack = self.workspace.modals.get(who, [])
        match answer.get("response_action"):
            case None:
                if view["id"] in stack:
                    del stack[stack.index(view["id"]) :]
            case "clear":
                stack.clear()
            case "update" if not view_problems(answer["view"], self.workspace.rules):
                self.workspace.fill_view(view, answer["view"])
            case "push" if not view_problems(answer["view"], self.workspace.rules):
                slack_methods.push_view(self.workspace, who, answer["view"])

    def _command_answer(self, room: Room, who: str, delivery: Delivery) -> None:
        answer = delivery.response
        if delivery.acked and answer:
            said = {"text": answer} if isinstance(answer, str) else dict(answer)
            self._respond(room, who, said)

    def _respond(self, room: Room, who: str, said: Json) -> None:
        """Show an answer to a command or through a response_url."""
        checked = slack_methods.content(self.workspace, said)
        if said.get("response_type") == "in_channel":
            self.workspace.post(room, {**slack_methods.ours(self.workspace, {}), **checked})
        else:
            shown = {**checked, "channel": room.id, "user": who, "ts": self.workspace.new_ts()}
            self.workspace.ephemerals.append({**shown, "thread_ts": said.get("thread_ts")})

    # -- deliveries ---------------------------------------------------------

    def _on_event(self, event: Json, room: Room | None) -> None:
        """An event of the workspace: the app hears of it when the bot is in the room."""
        about = (event, event.get("message", {}), event.get("previous_message", {}))
        own = any(one.get("bot_id") == self.workspace.bot_id for one in about)
        if room is not None and self.bot_user not in room.members:
            return
        if own and not (self.echo and self._reachable):
            self.changed()
            return
        self._emit(event, room.id if room else "")

    @property
    def _reachable(self) -> bool:
        return bool(self.request_url) or self._courier.connections > 0

    def _emit(self, event: Json, room: str = "") -> Delivery:
        ws = self.workspace
        self._event_count += 1
        grant = {"enterprise_id": None, "team_id": ws.team_id, "user_id": ws.bot_user, "is_bot": True}
        body: Json = {"token": ws.verification_token, "team_id": ws.team_id, "context_team_id": ws.team_id}
        body |= {"context_enterprise_id": None, "api_app_id": ws.app_id, "event": event, "type": "event_callback"}
        body |= {"event_id": f"Ev{self._event_count:09d}", "event_time": int(self.clock.now())}
        body |= {"authorizations": [{**grant, "is_enterprise_install": False}], "is_ext_shared_channel": False}
        body["event_context"] = f"4-wire-{self._event_count}"
        return self._dispatch(Delivery("events_api", body, room))

    def _interact(self, body: Json, room: str, after: Callable[[Delivery], None] | None = None) -> Delivery:
        return self._dispatch(Delivery("interactive", body, room), after)

    def _dispatch(self, delivery: Delivery, after: Callable[[Delivery], None] | None = None) -> Delivery:
        self.deliveries.append(delivery)
        self.changed()
        if self._held is not None and delivery.kind == "events_api":
            self._held.append(delivery)
            return delivery
        self._send_off(delivery, after)
        return delivery

    def _send_off(self, delivery: Delivery, after: Callable[[Delivery], None] | None = None) -> None:
        self.spawn(self._carry(delivery, after))
        if self._duplicates > 0 and delivery.kind == "events_api":
            self._duplicates -= 1
            self.redeliver(delivery)

    async def _carry(self, delivery: Delivery, after: Callable[[Delivery], None] | None) -> None:
        await self._courier.carry(delivery)
        if after is not None:
            with self.lock:
                after(delivery)
        delivery.finish(delivery.acked)
        self.changed()

    # -- faults on the way to the app ---------------------------------------

    def hold(self) -> None:
        """Keep events back until `release`."""
        with self.lock:
            self._held = []

    def release(self, order: Literal["as_sent", "reversed"] = "as_sent") -> list[Delivery]:
        """Send the events kept back, possibly in the wrong order."""
        with self.lock:
            held, self._held = self._held or [], None
            for one in held[::-1] if order == "reversed" else held:
                one.room = "" if order == "reversed" else one.room
                self._send_off(one)
            return held

    @contextmanager
    def out_of_order(self) -> Iterator[None]:
        """Events of the block arrive after it, last first."""
        self.hold()
        yield
        self.release("reversed")

    def duplicate(self, times: int = 1) -> None:
        """Deliver each of the next events twice, with the same event_id."""
        self._duplicates += times

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Deliver something once more, unchanged."""
        again = Delivery(delivery.kind, delivery.body, delivery.room)
        with self.lock:
            self.deliveries.append(again)
        self.spawn(self._carry(again, None))
        return again

    def lose_acks(self, times: int = 1) -> None:
        """Overhear the app's next acknowledgements: it did its work, Slack believes it did not."""
        self._lost_acks += times

    def hear_acks(self) -> None:
        """Overhear none any more."""
        self._lost_acks = 0

    def ack_is_lost(self) -> bool:
        """Whether this acknowledgement is one to overhear."""
        if self._lost_acks <= 0:
            return False
        self._lost_acks -= 1
        return True

    def send_http(
        self,
        body: Json | bytes | str,
        *,
        kind: Kind = "events_api",
        url: str | None = None,
        secret: str | None = None,
        age: float = 0.0,
        signed: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> concurrent.futures.Future[HttpAnswer]:
        """Post anything to the app: unsigned, signed with another `secret`, or `age` seconds old."""
        raw, content_type = (
            encoded(kind, body) if isinstance(body, dict)
            else (_bytes(body), "application/json" if kind == "events_api" else "application/x-www-form-urlencoded")
        )  # fmt: skip
        whole = {"Content-Type": content_type, **(headers or {})}
        at = self.clock.now() - age
        target = url or self.url_for(kind)
        return self.promise(self._courier.post(raw, target, whole, secret=secret, at=at, signed=signed))

    def verify_url(self) -> concurrent.futures.Future[HttpAnswer]:
        """Slack's `url_verification` handshake."""
        token = self.workspace.verification_token
        return self.send_http({"type": "url_verification", "token": token, "challenge": "wire-challenge"})

    def event_body(self, event: Json) -> Json:
        """The body an event would be posted with, without sending it."""
        with self.lock:
            held, self._held = self._held, []
            try:
                return self._emit(event).body
            finally:
                self.deliveries.pop()
                self._held = held

    def send_socket_mode(self, kind: Kind, payload: Json) -> Delivery:
        """Send any envelope."""
        with self.lock:
            return self._dispatch(Delivery(kind, payload))

    def disconnect(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Tell the app's WebSockets to reconnect, as Slack does every few hours."""
        self.promise(self._courier.disconnect(reason, close=close)).result(5)

    def cut_sockets(self) -> None:
        """Drop the app's WebSockets without a word."""
        self.promise(self._courier.cut_all()).result(5)

    # -- the server ---------------------------------------------------------

    async def opened(self) -> None:
        """Start the courier on the server's loop."""
        self.workspace.url = self.url
        self._courier = Courier(self)
        await self._courier.open()

    async def closing(self) -> None:
        """Stop the courier."""
        for one in self.deliveries:
            one.finish(one.acked)
        await self._courier.close()

    def routes(self, app: web.Application) -> None:
        """Slack's endpoints."""
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link/", self._link)
        app.router.add_post("/upload/v1/{ticket}", self._upload)
        app.router.add_get("/files-pri/{name}/download/{file}", self._download)
        app.router.add_get("/files-pri/{name}/{file}", self._download)
        app.router.add_post("/actions/{team}/{name}", self._response_url)
        app.router.add_get("/login", _login_page)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        return await self._courier.link(request)

    def refusal(self, fault: Fault) -> web.Response:
        """Slack's way to fail."""
        if fault.kind == "rate_limit":
            retry = {"Retry-After": str(max(1, round(fault.retry_after)))}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=retry)
        if fault.kind == "error":
            return web.json_response({"ok": False, "error": fault.name}, headers=self._scope_headers())
        return web.Response(
            status=fault.status, text="<html><body>Server Error</body></html>", content_type="text/html"
        )

    def _scope_headers(self, accepted: Sequence[str] = ()) -> dict[str, str]:
        return {"x-oauth-scopes": ",".join(self.workspace.scopes), "x-accepted-oauth-scopes": ",".join(accepted)}

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        args = await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or args.pop("token", "")
        args.pop("token", None)
        call = self.noted(name, args)

        async def perform() -> web.StreamResponse:
            return self._perform(call, token)

        return await self.through_faults(request, call, perform)

    def _perform(self, call: Call, token: str) -> web.Response:
        with self.lock:
            answer, accepted = self._answer(call, token)
            text = json.dumps(answer)
        call.ok, call.error = answer["ok"], answer.get("error")
        self.changed()
        return web.Response(text=text, content_type="application/json", headers=self._scope_headers(accepted))

    def _answer(self, call: Call, token: str) -> tuple[Json, Sequence[str]]:
        method = slack_methods.METHODS.get(call.method)
        try:
            if call.method == "apps.connections.open":
                self._check_token(token, "app")
                return {"ok": True, "url": self._new_socket_url()}, ()
            if method is None:
                return {"ok": False, "error": "unknown_method", "req_method": call.method}, ()
            self._check_token(token, "bot")
            self._check_scopes(method.scopes)
            return {"ok": True, **method.perform(self.workspace, call.args)}, method.scopes
        except SlackRefusal as refusal:
            return {"ok": False, "error": refusal.error, **refusal.extra}, method.scopes if method else ()

    def _new_socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/link/?ticket={self._courier.new_ticket()}&app_id={self.app_id}"

    def _check_token(self, token: str, wanted: str) -> None:
        if not token:
            raise SlackRefusal("not_authed")
        if token not in (self.bot_token, self.app_token):
            raise SlackRefusal("invalid_auth")
        if (token == self.app_token) != (wanted == "app"):
            raise SlackRefusal("not_allowed_token_type")

    def _check_scopes(self, wanted: Sequence[str]) -> None:
        if wanted and not set(wanted) & set(self.workspace.scopes):
            needed, provided = ",".join(wanted), ",".join(self.workspace.scopes)
            raise SlackRefusal("missing_scope", needed=needed, provided=provided)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        content = await _posted_bytes(request)
        call = self.noted("upload", {"ticket": request.match_info["ticket"], "bytes": len(content)})

        async def perform() -> web.StreamResponse:
            return self._take_upload(request.match_info["ticket"], content)

        return await self.through_faults(request, call, perform)

    def _take_upload(self, ticket: str, content: bytes) -> web.Response:
        with self.lock:
            file = next((one for one in self.workspace.files.values() if one.get("ticket") == ticket), None)
            if file is None:
                return web.Response(status=404, text="unknown upload")
            if file["size"] != len(content):
                return web.Response(status=400, text="length mismatch")
            self.workspace.contents[file["id"]] = content
            file["mode"] = "uploaded"
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A private file; without the token Slack shows its login page, not an error."""
        call = self.noted("download", {"file": request.match_info["file"]})

        async def perform() -> web.StreamResponse:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if token != self.bot_token:
                raise web.HTTPFound("/login")
            name_id = request.match_info["name"].partition("-")[2]
            content = self.workspace.contents.get(name_id)
            if content is None:
                raise web.HTTPNotFound
            kind = mimetypes.guess_type(request.match_info["file"])[0] or "application/octet-stream"
            return web.Response(body=content, content_type=kind)

        return await self.through_faults(request, call, perform)

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        call = self.noted("response_url", said)
        perform = self._answer_response_url(request.match_info["name"], said, call)
        return await self.through_faults(request, call, perform)

    def _answer_response_url(self, name: str, said: Json, call: Call) -> Callable[[], Awaitable[web.StreamResponse]]:
        async def perform() -> web.StreamResponse:
            try:
                with self.lock:
                    self._use_response_url(name, said)
            except SlackRefusal as refusal:
                call.ok, call.error = False, refusal.error
                return web.json_response({"ok": False, "error": refusal.error}, status=404)
            call.ok = True
            self.changed()
            return web.Response(text="ok")

        return perform

    def _use_response_url(self, name: str, said: Json) -> None:
        place = self.workspace.response_urls.get(name)
        if place is None or self.clock.now() - place.at > RESPONSE_URL_SECONDS:
            raise SlackRefusal("expired_url")
        if place.uses >= RESPONSE_URL_USES:
            raise SlackRefusal("used_url")
        place.uses += 1
        room = self.workspace.rooms[place.room]
        message = room.messages.get(place.ts or "")
        if said.get("delete_original") or said.get("replace_original"):
            shown = self.workspace.ephemerals
            shown[:] = [one for one in shown if one["ts"] != place.ts]
        if said.get("delete_original") and message is not None:
            self.workspace.remove(room, message)
        elif said.get("replace_original") and message is not None:
            self.workspace.change(room, message, slack_methods.content(self.workspace, said), self.bot_user)
        elif not said.get("delete_original"):
            self._respond(room, place.user, said)


# -- small print ------------------------------------------------------------


async def _login_page(_: web.Request) -> web.Response:
    return web.Response(text="<!DOCTYPE html><html><title>Login | Slack</title></html>", content_type="text/html")


async def _arguments(request: web.Request) -> Json:
    args: Json = dict(request.query)
    if request.can_read_body:
        if request.content_type == "application/json":
            args |= await request.json()
        else:
            args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    return {key: _unpacked(key, value) for key, value in args.items()}


def _unpacked(key: str, value: Any) -> Any:
    if key in _JSON_ARGS and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


async def _posted_bytes(request: web.Request) -> bytes:
    if request.content_type.startswith("multipart/"):
        for value in (await request.post()).values():
            if isinstance(value, web.FileField):
                return value.file.read()
    return await request.read()


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


def main() -> None:
    """Run the server as a process."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.slack", description=__doc__)
    parser.add_argument("--request-url", default="", help="deliver events here over HTTP instead of Socket Mode")
    parser.add_argument("--channel", action="append", help="a channel the bot is in; repeatable")
    serve_forever(_from_options, parser)


def _from_options(options: argparse.Namespace) -> SlackServer:
    slack = SlackServer(options.port, channels=options.channel or ("tickets", "general"))
    slack.send_events_to(options.request_url)
    return slack


if __name__ == "__main__":
    main()
