"""The Slack Web API: one function a method, over the workspace."""

from __future__ import annotations

import base64
import copy
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tests.wire.slack_blocks import TEXT_CHARS, character_count, message_problems, view_problems
from tests.wire.slack_workspace import MODAL_STACK, Json, Person, Room, SlackRefusal, Workspace

UPDATE_TEXT_BYTES = 4_000  #: `chat.update` is stricter than `chat.postMessage`


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method and the scopes any one of which opens it."""

    perform: Callable[[Workspace, Json], Json]
    scopes: tuple[str, ...] = ()


METHODS: dict[str, Method] = {}


def _method(name: str, *scopes: str) -> Callable[[Callable[[Workspace, Json], Json]], Any]:
    def register(perform: Callable[[Workspace, Json], Json]) -> Callable[[Workspace, Json], Json]:
        METHODS[name] = Method(perform, scopes)
        return perform

    return register


# -- who we are -------------------------------------------------------------


@_method("api.test")
def api_test(_: Workspace, args: Json) -> Json:
    """Answer what was sent."""
    return {"args": args}


@_method("auth.test")
def auth_test(ws: Workspace, _: Json) -> Json:
    """Whose token this is."""
    names = {"url": f"https://{ws.team_domain}.slack.com/", "team": ws.team_name, "user": "shopdesk"}
    return {**names, "team_id": ws.team_id, "user_id": ws.bot_user, "bot_id": ws.bot_id, "is_enterprise_install": False}


@_method("bots.info", "users:read")
def bots_info(ws: Workspace, args: Json) -> Json:
    """The bot behind a bot id."""
    if args.get("bot", ws.bot_id) != ws.bot_id:
        raise SlackRefusal("bot_not_found")
    return {"bot": {"id": ws.bot_id, "app_id": ws.app_id, "user_id": ws.bot_user, "name": "shopdesk", "deleted": False}}


@_method("team.info", "team:read")
def team_info(ws: Workspace, _: Json) -> Json:
    """The workspace."""
    return {"team": {"id": ws.team_id, "name": ws.team_name, "domain": ws.team_domain, "email_domain": ""}}


# -- people -----------------------------------------------------------------


def _as_user(ws: Workspace, person: Person) -> Json:
    profile = {"real_name": person.real_name, "display_name": person.name, "email": person.email, "team": ws.team_id}
    flags = {"is_bot": person.is_bot, "deleted": person.deleted, "is_admin": False, "is_app_user": False}
    names = {"id": person.id, "team_id": ws.team_id, "name": person.name, "real_name": person.real_name}
    return {**names, **flags, "tz": person.tz, "tz_offset": 3600, "profile": profile, "updated": 1}


@_method("users.info", "users:read")
def users_info(ws: Workspace, args: Json) -> Json:
    """One person."""
    person = ws.people.get(str(args.get("user")))
    if person is None:
        raise SlackRefusal("user_not_found")
    return {"user": _as_user(ws, person)}


@_method("users.list", "users:read")
def users_list(ws: Workspace, args: Json) -> Json:
    """Everybody."""
    page, more = _page(list(ws.people.values()), args, default=200)
    return {"members": [_as_user(ws, one) for one in page], "cache_ts": int(ws.clock.now()), **more}


@_method("users.lookupByEmail", "users:read.email")
def users_lookup(ws: Workspace, args: Json) -> Json:
    """The person with an address."""
    for person in ws.people.values():
        if person.email == args.get("email"):
            return {"user": _as_user(ws, person)}
    raise SlackRefusal("users_not_found")


@_method("usergroups.users.list", "usergroups:read")
def usergroups_users_list(ws: Workspace, args: Json) -> Json:
    """Who is in a user group."""
    if args.get("usergroup") not in ws.groups:
        raise SlackRefusal("no_such_subteam")
    return {"users": ws.groups[str(args["usergroup"])]}


# -- channels ---------------------------------------------------------------


def _as_channel(ws: Workspace, room: Room) -> Json:
    flags = {"is_channel": room.kind == "channel", "is_group": room.is_private, "is_im": bool(room.im_with)}
    more = {"is_private": room.is_private, "is_archived": room.is_archived, "is_member": ws.bot_user in room.members}
    told = {"topic": {"value": ""}, "purpose": {"value": ""}, "num_members": len(room.members), "created": 1}
    who = {"user": room.im_with} if room.im_with else {"name": room.name, "name_normalized": room.name}
    return {"id": room.id, **who, **flags, **more, **told, "context_team_id": ws.team_id}


@_method("conversations.info", "channels:read", "groups:read", "im:read")
def conversations_info(ws: Workspace, args: Json) -> Json:
    """One channel."""
    return {"channel": _as_channel(ws, _by_id(ws, args))}


@_method("conversations.list", "channels:read", "groups:read", "im:read")
def conversations_list(ws: Workspace, args: Json) -> Json:
    """The channels the bot can see."""
    kinds = {"public_channel": "channel", "private_channel": "group", "im": "im"}
    wanted = {kinds.get(kind.strip()) for kind in str(args.get("types") or "public_channel").split(",")}
    seen = [room for room in ws.rooms.values() if room.kind in wanted and _is_seen(ws, room)]
    page, more = _page(seen, args, default=100)
    return {"channels": [_as_channel(ws, room) for room in page], **more}


def _is_seen(ws: Workspace, room: Room) -> bool:
    return not room.is_private or ws.bot_user in room.members


@_method("conversations.members", "channels:read", "groups:read", "im:read")
def conversations_members(ws: Workspace, args: Json) -> Json:
    """Who is in a channel."""
    page, more = _page(sorted(_by_id(ws, args).members), args, default=100)
    return {"members": page, **more}


@_method("conversations.join", "channels:join")
def conversations_join(ws: Workspace, args: Json) -> Json:
    """Let the bot into a public channel."""
    room = _by_id(ws, args)
    if room.is_private or room.im_with:
        raise SlackRefusal("method_not_supported_for_channel_type")
    if room.is_archived:
        raise SlackRefusal("is_archived")
    warned = {"warning": "already_in_channel"} if ws.bot_user in room.members else {}
    room.members.add(ws.bot_user)
    return {"channel": _as_channel(ws, room), **warned}


@_method("conversations.open", "im:write")
def conversations_open(ws: Workspace, args: Json) -> Json:
    """The direct conversation with a person."""
    user = str(args.get("users") or "")
    if user not in ws.people:
        raise SlackRefusal("user_not_found")
    return {"channel": {"id": ws.direct_room(user).id}}


@_method("conversations.create", "channels:manage")
def conversations_create(ws: Workspace, args: Json) -> Json:
    """Make a channel."""
    if any(room.name == args.get("name") for room in ws.rooms.values()):
        raise SlackRefusal("name_taken")
    room = ws.add_room(str(args.get("name")), private=_flag(args, "is_private"))
    return {"channel": _as_channel(ws, room)}


def _by_id(ws: Workspace, args: Json) -> Room:
    """Only `chat.*` takes names; everything else wants the id."""
    if str(args.get("channel")) not in ws.rooms:
        raise SlackRefusal("channel_not_found")
    return ws.visible_room(args["channel"])


# -- reading messages -------------------------------------------------------


@_method("conversations.history", "channels:history", "groups:history", "im:history")
def conversations_history(ws: Workspace, args: Json) -> Json:
    """A channel's messages, newest first, without replies."""
    room = _joined(ws, args)
    whole = (one for one in (room.messages[ts] for ts in reversed(room.messages)) if _is_top_level(one))
    page, more = _page_of(_between(whole, args), args, default=100, most=999)
    return {"messages": [_as_read(one, args) for one in page], "pin_count": 0, **more}


@_method("conversations.replies", "channels:history", "groups:history", "im:history")
def conversations_replies(ws: Workspace, args: Json) -> Json:
    """A thread: the parent, then the replies, oldest first."""
    room, ts = _joined(ws, args), str(args.get("ts"))
    asked = room.messages.get(ts)
    if asked is None:
        raise SlackRefusal("thread_not_found")
    parent = str(asked.get("thread_ts") or ts)
    replies = _between((room.messages[one] for one in room.threads.get(parent, ())), args)
    page, more = _page_of(replies, args, default=1000, most=1000)
    first = [room.messages[parent]] if parent in room.messages and not args.get("cursor") else []
    return {"messages": [_as_read(one, args) for one in [*first, *page]], **more}


def _joined(ws: Workspace, args: Json) -> Room:
    room = _by_id(ws, args)
    if ws.bot_user not in room.members:
        raise SlackRefusal("not_in_channel")
    return room


def _is_top_level(message: Json) -> bool:
    return message.get("thread_ts") in (None, message["ts"]) or message.get("subtype") == "thread_broadcast"


def _between(messages: Iterable[Json], args: Json) -> Iterable[Json]:
    oldest, latest = str(args.get("oldest") or ""), str(args.get("latest") or "")
    inclusive = _flag(args, "inclusive")
    low, high = _moment(oldest), _moment(latest)
    for message in messages:
        at = _moment(message["ts"])
        after = not oldest or at > low or (inclusive and at == low)
        if after and (not latest or at < high or (inclusive and at == high)):
            yield message


def _moment(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    return int(seconds or 0), int((micros + "000000")[:6])


def _as_read(message: Json, args: Json) -> Json:
    if "metadata" not in message or _flag(args, "include_all_metadata"):
        return message
    return {**message, "metadata": {"event_type": message["metadata"]["event_type"]}}


def _page(items: list[Any], args: Json, *, default: int) -> tuple[list[Any], Json]:
    page, more = _page_of(items, args, default=default, most=1000)
    return page, {"response_metadata": more.get("response_metadata", {"next_cursor": ""})}


def _page_of(items: Iterable[Any], args: Json, *, default: int, most: int) -> tuple[list[Any], Json]:
    """Page by position; what arrives meanwhile shifts it, as one may expect of any cursor."""
    try:
        limit = min(int(args.get("limit") or default), most)
        start = int(base64.b64decode(args["cursor"]).decode().removeprefix("next:")) if args.get("cursor") else 0
    except ValueError:
        raise SlackRefusal("invalid_cursor" if args.get("cursor") else "invalid_limit") from None
    found = list(islice(items, start, start + limit + 1))
    if len(found) <= limit:
        return found, {"has_more": False}
    cursor = base64.b64encode(f"next:{start + limit}".encode()).decode()
    return found[:limit], {"has_more": True, "response_metadata": {"next_cursor": cursor}}


# -- writing messages -------------------------------------------------------


@_method("chat.postMessage", "chat:write")
def chat_post(ws: Workspace, args: Json) -> Json:
    """Post."""
    room = _writable(ws, args)
    body = {**ours(ws, args), **content(ws, args)}
    if args.get("thread_ts"):
        body["thread_ts"] = str(args["thread_ts"])
        if _flag(args, "reply_broadcast"):
            body["subtype"] = "thread_broadcast"
    message = ws.post(room, body)
    return {"channel": room.id, "ts": message["ts"], "message": message}


@_method("chat.update", "chat:write")
def chat_update(ws: Workspace, args: Json) -> Json:
    """Edit one's own message."""
    room = ws.visible_room(args.get("channel"))
    message = ws.find(room, args.get("ts"))
    if message.get("bot_id") != ws.bot_id or message.get("subtype") == "tombstone":
        raise SlackRefusal("cant_update_message")
    if len(str(args.get("text") or "").encode()) > UPDATE_TEXT_BYTES:
        raise SlackRefusal("msg_too_long")
    changes = content(ws, args)
    if "blocks" not in changes and args.get("text"):
        message.pop("blocks", None)
    ws.change(room, message, changes, ws.bot_user)
    return {"channel": room.id, "ts": message["ts"], "text": message["text"], "message": message}


@_method("chat.delete", "chat:write")
def chat_delete(ws: Workspace, args: Json) -> Json:
    """Delete one's own message."""
    room = ws.visible_room(args.get("channel"))
    message = ws.find(room, args.get("ts"))
    if message.get("bot_id") != ws.bot_id:
        raise SlackRefusal("cant_delete_message")
    ws.remove(room, message)
    return {"channel": room.id, "ts": message["ts"]}


@_method("chat.postEphemeral", "chat:write")
def chat_ephemeral(ws: Workspace, args: Json) -> Json:
    """Show a message to one person."""
    room = _writable(ws, args)
    if args.get("user") not in room.members:
        raise SlackRefusal("user_not_in_channel")
    ts = ws.new_ts()
    shown = {**content(ws, args), "channel": room.id, "user": args["user"], "ts": ts}
    ws.name_blocks(shown)
    ws.ephemerals.append({**shown, "thread_ts": args.get("thread_ts")})
    return {"message_ts": ts}


@_method("chat.getPermalink")
def chat_permalink(ws: Workspace, args: Json) -> Json:
    """The link to a message."""
    room = _by_id(ws, args)
    ts = ws.find(room, args.get("message_ts"))["ts"]
    link = f"https://{ws.team_domain}.slack.com/archives/{room.id}/p{ts.replace('.', '')}"
    return {"channel": room.id, "permalink": link}


def _writable(ws: Workspace, args: Json) -> Room:
    room = ws.visible_room(args.get("channel"))
    if room.is_archived:
        raise SlackRefusal("is_archived")
    if ws.bot_user not in room.members and "chat:write.public" not in ws.scopes:
        raise SlackRefusal("not_in_channel")
    return room


def ours(ws: Workspace, args: Json) -> Json:
    """The marks of a message the app posted."""
    profile = {"id": ws.bot_id, "app_id": ws.app_id, "name": "shopdesk", "deleted": False, "team_id": ws.team_id}
    dressed = {key: args[key] for key in ("username", "icons", "icon_emoji", "icon_url") if args.get(key)}
    return {"user": ws.bot_user, "bot_id": ws.bot_id, "app_id": ws.app_id, "bot_profile": profile, **dressed}


def content(ws: Workspace, args: Json) -> Json:
    """The checked text, blocks, attachments and metadata of a message."""
    text, blocks, attachments = str(args.get("text") or ""), args.get("blocks"), args.get("attachments")
    if not (text or blocks or attachments or args.get("markdown_text")):
        raise SlackRefusal("no_text")
    if len(text) > TEXT_CHARS:
        raise SlackRefusal("msg_too_long")
    content: Json = {"text": text or str(args.get("markdown_text") or "")}
    if blocks:
        content["blocks"] = _checked_blocks(ws, blocks)
    if attachments:
        content["attachments"] = copy.deepcopy(attachments)
    if args.get("metadata"):
        content["metadata"] = _checked_metadata(args["metadata"])
    return content


def _checked_blocks(ws: Workspace, blocks: object) -> list[Json]:
    if not isinstance(blocks, list):
        raise SlackRefusal("invalid_blocks_format")
    problems = message_problems(blocks, ws.rules)
    if problems:
        raise _invalid("invalid_blocks", problems)
    if character_count(blocks) > ws.rules.message_chars:
        raise SlackRefusal("msg_blocks_too_long")
    kept: list[Json] = copy.deepcopy(blocks)
    return kept


def _checked_metadata(metadata: object) -> Json:
    known = isinstance(metadata, dict) and isinstance(metadata.get("event_type"), str)
    if not isinstance(metadata, dict) or not known or not isinstance(metadata.get("event_payload"), dict):
        raise SlackRefusal("invalid_metadata_format")
    if len(json.dumps(metadata["event_payload"])) > 8_000:
        raise SlackRefusal("metadata_too_large")
    return copy.deepcopy(metadata)


def _invalid(error: str, problems: list[str]) -> SlackRefusal:
    told = {"messages": [f"[ERROR] {one}" for one in problems]}
    return SlackRefusal(error, errors=problems, response_metadata=told)


# -- reactions --------------------------------------------------------------


@_method("reactions.add", "reactions:write")
def reactions_add(ws: Workspace, args: Json) -> Json:
    """React to a message."""
    message = ws.find(_by_id(ws, args), args.get("timestamp"))
    react(message, str(args.get("name")), ws.bot_user)
    return {}


@_method("reactions.remove", "reactions:write")
def reactions_remove(ws: Workspace, args: Json) -> Json:
    """Take a reaction back."""
    message = ws.find(_by_id(ws, args), args.get("timestamp"))
    found = next((one for one in message.get("reactions", ()) if one["name"] == args.get("name")), None)
    if found is None or ws.bot_user not in found["users"]:
        raise SlackRefusal("no_reaction")
    found["users"].remove(ws.bot_user)
    found["count"] -= 1
    message["reactions"] = [one for one in message["reactions"] if one["count"]]
    return {}


@_method("reactions.get", "reactions:read")
def reactions_get(ws: Workspace, args: Json) -> Json:
    """A message with its reactions."""
    room = _by_id(ws, args)
    return {"type": "message", "channel": room.id, "message": ws.find(room, args.get("timestamp"))}


def react(message: Json, name: str, user: str) -> None:
    """Count a reaction; the same person may react once with each name."""
    reactions = message.setdefault("reactions", [])
    found = next((one for one in reactions if one["name"] == name), None)
    if found is None:
        found = {"name": name, "users": [], "count": 0}
        reactions.append(found)
    if user in found["users"]:
        raise SlackRefusal("already_reacted")
    found["users"].append(user)
    found["count"] += 1


# -- files ------------------------------------------------------------------


@_method("files.getUploadURLExternal", "files:write")
def files_upload_url(ws: Workspace, args: Json) -> Json:
    """Where to send a file's bytes."""
    if not args.get("filename") or not str(args.get("length") or "").isdigit():
        raise _invalid("invalid_arguments", ["missing required field: filename, length"])
    alt = str(args.get("alt_txt") or "")
    if len(alt) > 1000:
        raise SlackRefusal("alt_txt_too_large")
    file = ws.add_file(str(args["filename"]), b"", ws.bot_user, alt=alt)
    file |= {"size": int(args["length"]), "mode": "uploading", "ticket": secrets.token_hex(16)}
    return {"upload_url": f"{ws.url}/upload/v1/{file['ticket']}", "file_id": file["id"]}


@_method("files.completeUploadExternal", "files:write")
def files_complete(ws: Workspace, args: Json) -> Json:
    """Share uploaded files, as one message."""
    files = [_uploaded(ws, one) for one in args.get("files") or []]
    if not files:
        raise _invalid("invalid_arguments", ["missing required field: files"])
    targets = [args.get("channel_id"), *str(args.get("channels") or "").split(",")]
    rooms = [_writable(ws, {"channel": one}) for one in targets if one]
    for file in files:
        file.pop("ticket", None)
        file["mode"] = "hosted"
    for room in rooms:
        _share(ws, room, files, args)
    return {"files": files}


def _uploaded(ws: Workspace, given: Json) -> Json:
    file = ws.files.get(str(given.get("id")))
    if file is None or file["mode"] != "uploaded":
        raise SlackRefusal("file_not_found")
    file["title"] = given.get("title") or file["name"]
    return file


def _share(ws: Workspace, room: Room, files: list[Json], args: Json) -> None:
    body = {**ours(ws, {}), "text": str(args.get("initial_comment") or ""), "files": files, "upload": True}
    if args.get("blocks"):
        body["blocks"] = _checked_blocks(ws, args["blocks"])
    if args.get("thread_ts"):
        body["thread_ts"] = str(args["thread_ts"])
    message = ws.post(room, {**body, "subtype": "file_share"})
    share = {"ts": message["ts"], "channel_name": room.name, "team_id": ws.team_id}
    if message.get("thread_ts"):
        share["thread_ts"] = message["thread_ts"]
    for file in files:
        shares = file["shares"].setdefault("private" if room.is_private else "public", {})
        shares.setdefault(room.id, []).append(share)


@_method("files.info", "files:read")
def files_info(ws: Workspace, args: Json) -> Json:
    """One file."""
    file = ws.files.get(str(args.get("file")))
    if file is None:
        raise SlackRefusal("file_not_found")
    return {"file": file, "comments": []}


@_method("files.delete", "files:write")
def files_delete(ws: Workspace, args: Json) -> Json:
    """Delete a file of one's own."""
    file = ws.files.get(str(args.get("file")))
    if file is None:
        raise SlackRefusal("file_not_found")
    file["mode"] = "tombstone"
    ws.contents.pop(file["id"], None)
    return {}


# -- views ------------------------------------------------------------------


@_method("views.open")
def views_open(ws: Workspace, args: Json) -> Json:
    """Open a modal."""
    trigger = ws.spend_trigger(args.get("trigger_id"))
    given = _checked_view(ws, args, "modal")
    trigger.used = True
    view = ws.new_view(given)
    ws.modals[trigger.user] = [view["id"]]
    return {"view": view}


@_method("views.push")
def views_push(ws: Workspace, args: Json) -> Json:
    """Lay a modal on top of the one the trigger came from."""
    trigger = ws.spend_trigger(args.get("trigger_id"))
    given = _checked_view(ws, args, "modal")
    stack = ws.modals.get(trigger.user) or []
    if not stack:
        raise SlackRefusal("not_found")
    if len(stack) >= MODAL_STACK:
        raise SlackRefusal("push_limit_reached")
    trigger.used = True
    return {"view": push_view(ws, trigger.user, given)}


def push_view(ws: Workspace, user: str, given: Json) -> Json:
    """Lay a modal on a person's stack."""
    stack = ws.modals.setdefault(user, [])
    view = ws.new_view(given, root=stack[0] if stack else None, previous=stack[-1] if stack else None)
    stack.append(view["id"])
    return view


@_method("views.update")
def views_update(ws: Workspace, args: Json) -> Json:
    """Replace a modal that is still open."""
    view = _known_view(ws, args)
    if args.get("hash") and args["hash"] != view["hash"]:
        raise SlackRefusal("hash_conflict")
    given = _checked_view(ws, args, view["type"])
    return {"view": ws.fill_view(view, given)}


@_method("views.publish")
def views_publish(ws: Workspace, args: Json) -> Json:
    """Set a person's Home tab."""
    user = str(args.get("user_id"))
    if user not in ws.people:
        raise _invalid("invalid_arguments", ["invalid user [json-pointer:/user_id]"])
    known = ws.homes.get(user)
    if args.get("hash") and known and args["hash"] != known["hash"]:
        raise SlackRefusal("hash_conflict")
    given = _checked_view(ws, args, "home")
    ws.homes[user] = ws.fill_view(known, given) if known else ws.new_view(given)
    return {"view": ws.homes[user]}


def _known_view(ws: Workspace, args: Json) -> Json:
    wanted, external = args.get("view_id"), args.get("external_id")
    for view in ws.views.values():
        if view["id"] == wanted or (external and view.get("external_id") == external):
            if view["type"] == "modal" and not any(view["id"] in stack for stack in ws.modals.values()):
                break
            return view
    raise SlackRefusal("not_found")


def _checked_view(ws: Workspace, args: Json, kind: str) -> Json:
    view = args.get("view")
    if not isinstance(view, dict):
        raise _invalid("invalid_arguments", ["missing required field: view"])
    problems = view_problems(view, ws.rules)
    if view.get("type") in ("modal", "home") and view["type"] != kind:
        problems.append(f"must be a {kind} [json-pointer:/view/type]")
    if problems:
        raise _invalid("invalid_arguments", problems)
    if len(json.dumps(view)) > 250_000:
        raise SlackRefusal("view_too_large")
    return view


def _flag(args: Json, name: str) -> bool:
    """Flags come as JSON booleans, as 1 and 0, or as words in a form."""
    return str(args.get(name, "")).lower() in ("1", "true")
