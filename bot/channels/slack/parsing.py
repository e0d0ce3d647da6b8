"""Slack's events and interactions as the desk's events: pure, and total over whatever JSON arrives."""

import json
import logging
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.events import (
    Arrival,
    Colleague,
    FileKind,
    FileRef,
    FromStaff,
    StaffAsked,
    StaffCameHome,
    StaffCommanded,
    StaffDeleted,
    StaffEdited,
    StaffPressed,
    StaffReacted,
    StaffSaid,
    StaffSubmitted,
)

Json = dict[str, Any]

_log = logging.getLogger(__name__)

#: subtypes under which people speak; everything else is Slack's own talk
_SPOKEN = frozenset({"", "file_share", "thread_broadcast"})
_NOBODY: Mapping[str, str] = {}
#: how the lane of what people do on their own page begins
_HOME = "home"
_BROKEN = dict.fromkeys([0, *range(0xD800, 0xE000)], "\ufffd")


def parse(body: object, now: datetime, names: Mapping[str, str] = _NOBODY) -> Arrival | None:
    """What a request's body says, None when it is nothing a colleague told the desk. Never raises.

    `now` dates what Slack does not date (a submitted form), `names` are people's names by their id.
    """
    body = _object(body)
    match body.get("type"):
        case "event_callback":
            return _event(body, names)
        case "block_actions":
            return _pressed(body, names)
        case "view_submission":
            return _submitted(body, now, names)
        case "message_action" | "shortcut":
            return _shortcut(body, now, names)
        case None if "command" in body:
            return _commanded(body, now, names)
        case _:
            return None


def people_in(body: object) -> tuple[str, ...]:
    """The ids of those who speak or are spoken of: whose names `parse` would like to know."""
    body = _object(body)
    event = _object(body.get("event"))
    message = _object(event.get("message")) or event
    speakers = map(_object, (message.get("edited"), message, event.get("previous_message")))
    spoke = [_text(_object(body.get("user")).get("id")), *(_text(one.get("user")) for one in speakers)]
    spoke.append(_text(body.get("user_id")))
    said = _text(message.get("text")) or _text(body.get("text"))
    mentioned = re.findall(r"<@([UW]\w+)", said)
    return tuple(dict.fromkeys(one for one in (*spoke, *mentioned) if one))


# --- the Events API -----------------------------------------------------------------------------------------------


def _event(body: Json, names: Mapping[str, str]) -> Arrival | None:
    event = _object(body.get("event"))
    match event.get("type"):
        case "app_mention":
            return _asked(body, event, names)
        case "message" if event.get("channel_type") == "im":
            # the person's own conversation with the desk
            return _asked(body, event, names) if _text(event.get("subtype")) in _SPOKEN else None
        case "message":
            return _message(body, event, names)
        case "reaction_added":
            return _reacted(body, event, names)
        case "app_home_opened" if event.get("tab") == "home":
            return _came_home(body, event, names)
        case _:
            return None


def _reacted(body: Json, event: Json, names: Mapping[str, str]) -> Arrival | None:
    item, at = _object(event.get("item")), _moment(event.get("event_ts"))
    place, message_id, name = _text(item.get("channel")), _text(item.get("ts")), _text(event.get("reaction"))
    if item.get("type") != "message" or not _is_a_colleague(event, body):
        return None
    source_id = _text(body.get("event_id"))
    if not (source_id and place and message_id and name and at):
        return _strange("a reaction without its event_id, message, name or time")
    who = _colleague(_text(event.get("user")), names)
    # a thumb is a thumb in every colour
    reaction = StaffReacted(who, place, message_id, at, name.partition("::")[0])
    return _arrival(source_id, place, message_id, reaction)


def _came_home(body: Json, event: Json, names: Mapping[str, str]) -> Arrival | None:
    user, source_id, at = _text(event.get("user")), _text(body.get("event_id")), _moment(event.get("event_ts"))
    if not (user and source_id and at):
        return _strange("an opened Home without its person, event_id or time")
    return _arrival(source_id, _HOME, user, StaffCameHome(_colleague(user, names), at))


def _message(body: Json, event: Json, names: Mapping[str, str]) -> Arrival | None:
    source_id, place, subtype = _text(body.get("event_id")), _text(event.get("channel")), _text(event.get("subtype"))
    if not (source_id and place):
        return _strange("a message event without its event_id or channel")
    if subtype in _SPOKEN:
        return _said(body, event, place, names)
    if subtype == "message_changed":
        return _edited(body, event, place, names)
    return _deleted(body, event, place, names) if subtype == "message_deleted" else None


def _asked(body: Json, event: Json, names: Mapping[str, str]) -> Arrival | None:
    source_id, place, ts = _text(body.get("event_id")), _text(event.get("channel")), _text(event.get("ts"))
    at, thread = _moment(ts), _text(event.get("thread_ts")) or ts
    if not _is_a_colleague(event, body):
        return None
    if not (source_id and place and at):
        return _strange("a question without its event_id, channel or time")
    ours = "|".join(map(re.escape, sorted(_ours(body)))) or r"[UW]\w+"
    # who is called by name is no word of the question
    words = re.sub(rf"<@(?:{ours})(?:\|[^>]*)?>[\s:,，]*", " ", _text(event.get("text")))
    text = _as_typed({**event, "text": words}, names).strip()
    asked = StaffAsked(_colleague(_text(event.get("user")), names), place, thread, ts, at, text)
    return _arrival(source_id, place, thread, asked)


def _said(body: Json, event: Json, place: str, names: Mapping[str, str]) -> Arrival | None:
    thread, at = _thread_of(event), _moment(event.get("ts"))
    if thread is None or not _is_a_colleague(event, body):
        return None
    if at is None:
        return _strange("a message without a timestamp")
    said = StaffSaid(
        staff=_colleague(_text(event.get("user")), names),
        place=place,
        thread=thread,
        message_id=_text(event.get("ts")),
        at=at,
        text=_as_typed(event, names),
        files=tuple(_files(event, _text(body.get("team_id")))),
        calls_desk=any(f"<@{one}" in _text(event.get("text")) for one in _ours(body)),
    )
    return _arrival(_text(body.get("event_id")), place, thread, said)


def _edited(body: Json, event: Json, place: str, names: Mapping[str, str]) -> Arrival | None:
    """Slack reports unfurled links and new replies as changes too: only another text, by a person, is an edit."""
    message, before = _object(event.get("message")), _object(event.get("previous_message"))
    thread, at = _thread_of(message), _moment(event.get("event_ts")) or _moment(event.get("ts"))
    if thread is None or _text(message.get("subtype")) not in _SPOKEN or not _is_a_colleague(message, body):
        return None
    text = _as_typed(message, names)
    if (before or not message.get("edited")) and text == _as_typed(before, names):
        return None
    if at is None:
        return _strange("a changed message without a timestamp")
    editor = _text(_object(message.get("edited")).get("user")) or _text(message.get("user"))
    edit = StaffEdited(_colleague(editor, names), place, thread, _text(message.get("ts")), at, text)
    return _arrival(_text(body.get("event_id")), place, thread, edit)


def _deleted(body: Json, event: Json, place: str, names: Mapping[str, str]) -> Arrival | None:
    before = _object(event.get("previous_message"))
    thread, at = _thread_of(before), _moment(event.get("event_ts")) or _moment(event.get("ts"))
    message_id = _text(event.get("deleted_ts")) or _text(before.get("ts"))
    if thread is None or not _is_a_colleague(before, body):
        return None
    if at is None:
        return _strange("a deleted message without a timestamp")
    gone = StaffDeleted(_colleague(_text(before.get("user")), names), place, message_id, at, thread)
    return _arrival(_text(body.get("event_id")), place, thread, gone)


def _thread_of(message: Json) -> str | None:
    """The thread a reply stands in; None for what stands in the channel itself."""
    thread, ts = _text(message.get("thread_ts")), _text(message.get("ts"))
    return thread if thread and ts and thread != ts else None


def _is_a_colleague(message: Json, body: Json) -> bool:
    """Neither an app nor Slack itself nor, by the event's authorizations, our own bot."""
    user = _text(message.get("user"))
    return bool(user) and not message.get("bot_id") and user != "USLACKBOT" and user not in _ours(body)


def _ours(body: Json) -> set[str]:
    """Our own bot, by the event's authorizations."""
    grants = map(_object, _list(body.get("authorizations")))
    return {user for grant in grants if grant.get("is_bot") and (user := _text(grant.get("user_id")))}


# --- interactions -------------------------------------------------------------------------------------------------


def _pressed(body: Json, names: Mapping[str, str]) -> Arrival | None:
    container, message = _object(body.get("container")), _object(body.get("message"))
    user, source_id = _object(body.get("user")), _text(body.get("trigger_id"))
    action = _object(next(iter(_list(body.get("actions"))), None))
    name, at = _text(action.get("action_id")), _moment(action.get("action_ts"))
    is_home = _object(body.get("view")).get("type") == "home"
    # what a person is told about a button of their own page they are told in their own conversation with the desk
    place = _text(_object(body.get("channel")).get("id")) or _text(container.get("channel_id"))
    place = _text(user.get("id")) if is_home else place
    message_id = _text(container.get("message_ts")) or _text(message.get("ts"))
    message_id = _text(container.get("view_id")) if is_home else message_id
    if action.get("type") != "button" or action.get("url") or not message_id:
        return None
    if not (place and source_id and name and at and _text(user.get("id"))):
        return _strange("a pressed button without its channel, trigger, action, time or person")
    press = StaffPressed(
        _colleague(_text(user.get("id")), names, _text(user.get("name"))),
        place,
        message_id,
        at,
        re.sub(r"#\d+$", "", name),
        _unescaped(_text(action.get("value"))),
        # what one person alone sees may stand where the bot is not
        answer_to=_text(body.get("response_url")) if container.get("is_ephemeral") else "",
    )
    if is_home:
        return _arrival(source_id, _HOME, place, press)
    thread = _text(container.get("thread_ts")) or _text(message.get("thread_ts")) or message_id
    return _arrival(source_id, place, thread, press)


def _shortcut(body: Json, now: datetime, names: Mapping[str, str]) -> Arrival | None:
    """A shortcut on a message does what the button of its name does in the message's thread; one that is found
    everywhere belongs to no place but the person's own."""
    user, message = _object(body.get("user")), _object(body.get("message"))
    source_id, name, who = _text(body.get("trigger_id")), _text(body.get("callback_id")), _text(user.get("id"))
    if not (source_id and name and who):
        return _strange("a shortcut without its trigger, name or person")
    at, colleague = _moment(body.get("action_ts")) or now, _colleague(who, names, _text(user.get("name")))
    if body.get("type") == "shortcut":
        return _arrival(source_id, _HOME, who, StaffPressed(colleague, who, "", at, name))
    place = _text(_object(body.get("channel")).get("id"))
    message_id = _text(body.get("message_ts")) or _text(message.get("ts"))
    if not (place and message_id):
        return _strange("a shortcut without the message it was used on")
    thread, answer_to = _text(message.get("thread_ts")) or message_id, _text(body.get("response_url"))
    press = StaffPressed(colleague, place, message_id, at, name, thread=thread, answer_to=answer_to)
    return _arrival(source_id, place, thread, press)


def _commanded(body: Json, now: datetime, names: Mapping[str, str]) -> Arrival | None:
    user, place, source_id = (_text(body.get(name)) for name in ("user_id", "channel_id", "trigger_id"))
    command = _text(body.get("command")).lower()
    if not (user and place and source_id and command.startswith("/")):
        return _strange("a command without its person, channel or trigger")
    who = _colleague(user, names, _text(body.get("user_name")))
    text = as_typed(_text(body.get("text")), names).strip()
    said = StaffCommanded(who, place, now, command, text, _text(body.get("response_url")))
    return _arrival(source_id, "command", user, said)


def _submitted(body: Json, now: datetime, names: Mapping[str, str]) -> Arrival | None:
    view, user = _object(body.get("view")), _object(body.get("user"))
    meaning = _metadata(view.get("private_metadata"))
    form, ref, view_id = _text(meaning.get("form")), _text(meaning.get("ref")), _text(view.get("id"))
    if not (form and view_id and _text(user.get("id"))):
        return _strange("a submitted form that is none of ours")
    who = _colleague(_text(user.get("id")), names, _text(user.get("name")))
    place, answer_to = _text(meaning.get("place")), _text(meaning.get("answer_to"))
    filled = StaffSubmitted(who, now, form, ref, dict(_values(_object(view.get("state")))), place, answer_to)
    lane = _text(meaning.get("lane")) or f"slack:{form}:{ref}"
    return Arrival("slack", f"{view_id}:{_text(view.get('hash'))}", lane, filled)


def _metadata(stored: object) -> Json:
    try:
        return _object(json.loads(_text(stored) or "{}"))
    except ValueError:
        return {}


def _values(state: Json) -> Iterator[tuple[str, str]]:
    for block in _object(state.get("values")).values():
        for name, element in _object(block).items():
            yield _text(name), _entered(_object(element))


def _entered(element: Json) -> str:
    """What somebody entered: a text, one choice, several with a comma between, or a moment in seconds since 1970."""
    if isinstance(element.get("selected_options"), list):
        picked = (_text(_object(one).get("value")) for one in element["selected_options"])
        return ",".join(one for one in picked if one)
    moment = element.get("selected_date_time")
    if isinstance(moment, int) and not isinstance(moment, bool):
        return str(moment) if abs(moment) < 10**12 else ""
    return _text(element.get("value")) or _text(_object(element.get("selected_option")).get("value"))


# --- files --------------------------------------------------------------------------------------------------------


def _files(message: Json, account: str) -> Iterator[FileRef]:
    for file in map(_object, _list(message.get("files"))):
        if file_id := _text(file.get("id")):
            mime, size = _text(file.get("mimetype")) or "application/octet-stream", file.get("size")
            yield FileRef(
                channel="slack",
                id=file_id,
                name=_unescaped(_text(file.get("name")) or _text(file.get("title"))) or "file",
                mime=mime,
                size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
                kind=_kind(mime, _text(file.get("subtype"))),
                account=account,
            )


def _kind(mime: str, subtype: str) -> FileKind:
    if subtype == "slack_audio":
        return "voice"
    kinds: dict[str, FileKind] = {"image": "photo", "video": "video", "audio": "audio"}
    return "animation" if mime == "image/gif" else kinds.get(mime.partition("/")[0], "document")


# --- text ---------------------------------------------------------------------------------------------------------


def as_typed(text: str, names: Mapping[str, str] = _NOBODY) -> str:
    """Slack's text as the person typed it.

    >>> as_typed("&gt; see <https://shop.example/a?b=1&amp;c=2> &amp; ask <@U1>", {"U1": "Ada"})
    '> see https://shop.example/a?b=1&c=2 & ask @Ada'
    >>> as_typed("<http://shop.example|shop.example>, <https://shop.example/x|here>, <#C1|general>, <!here>")
    'shop.example, here (https://shop.example/x), #general, @here'
    """
    return _unescaped(re.sub(r"<([^<>]+)>", lambda found: _token(found[1], names) or found[0], text))


def _token(inner: str, names: Mapping[str, str]) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return "@" + (names.get(target[1:]) or label.removeprefix("@") or target[1:])
    if target.startswith("#"):
        return "#" + (label or target[1:])
    if target.startswith("!date"):
        return label
    if target.startswith("!subteam^"):  # a group of colleagues: its id tells nobody anything
        return "@" + (label or "team").removeprefix("@")
    if target.startswith("!"):
        return "@" + (label or target[1:]).removeprefix("@")
    return _link(target, label) if ":" in target else ""


def _link(target: str, label: str) -> str:
    bare = re.sub(r"^(mailto:|tel:)", "", target)
    if not label or label == target:
        return bare
    if label.rstrip("/") == re.sub(r"^https?://", "", bare).rstrip("/"):
        return label
    return f"{label} ({bare})"


def _as_typed(message: Json, names: Mapping[str, str]) -> str:
    text = _text(message.get("text"))
    emoji = dict(_emoji(message.get("blocks")))
    for name in sorted(emoji, key=len, reverse=True):
        text = text.replace(name, emoji[name])
    return as_typed(text, names)


def _emoji(blocks: object) -> Iterator[tuple[str, str]]:
    """`:wave::skin-tone-2:` and the character it stands for, of every emoji that has one."""
    pending = [blocks]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending.extend(part)
        elif isinstance(part, dict):
            if part.get("type") == "emoji" and (character := _character(_text(part.get("unicode")))):
                yield _shortcode(_text(part.get("name")), part.get("skin_tone")), character
            pending.extend(part.values())


def _shortcode(name: str, tone: object) -> str:
    return f":{name}::skin-tone-{tone}:" if isinstance(tone, int) and "::" not in name else f":{name}:"


def _character(codes: str) -> str:
    try:
        return "".join(chr(int(code, 16)) for code in codes.split("-")).translate(_BROKEN) if codes else ""
    except (ValueError, OverflowError):
        return ""


def _unescaped(text: str) -> str:
    return re.sub(r"&(lt|gt|amp);", lambda found: {"lt": "<", "gt": ">", "amp": "&"}[found[1]], text)


# --- small print --------------------------------------------------------------------------------------------------


def _arrival(source_id: str, place: str, thread: str, event: FromStaff) -> Arrival:
    return Arrival("slack", source_id, f"slack:{place}:{thread}", event)


def _colleague(user: str, names: Mapping[str, str], name: str = "") -> Colleague:
    return Colleague("slack", user, names.get(user) or name or user)


def _strange(what: str) -> Arrival | None:
    _log.warning("Slack sent %s: ignored", what)
    return None


def _moment(ts: object) -> datetime | None:
    try:
        seconds = float(_text(ts))
        return datetime.fromtimestamp(seconds, UTC) if math.isfinite(seconds) else None
    except (ValueError, OverflowError, OSError):
        return None


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value.translate(_BROKEN) if isinstance(value, str) else ""
