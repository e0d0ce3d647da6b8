"""What a person can touch in a message or a modal: finding it, filling it in, and Slack's own form check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.wire.server import Json
from tests.wire.slack_blocks import elements


class NoSuchButton(LookupError):
    """Nothing in the message or view carries that label or action id; says what there is."""

    def __init__(self, wanted: str, there: list[str]) -> None:
        super().__init__(f"no {wanted!r} here, only: {', '.join(there) or 'nothing'}")
        self.wanted, self.there = wanted, there


class CannotSubmit(ValueError):
    """Slack's own form check stops the person before anything reaches the app."""

    def __init__(self, label: str, why: str) -> None:
        super().__init__(f"{label!r} {why}")
        self.label, self.why = label, why


def plain_text(value: object) -> str:
    """The text of a text object, or nothing."""
    return str(value.get("text", "")) if isinstance(value, dict) else ""


def label_of(element: Json) -> str:
    """What stands on an element."""
    return plain_text(element.get("text")) or plain_text(element.get("placeholder"))


def find_element(blocks: list[Json], wanted: str) -> tuple[Json, Json]:
    """The interactive element with this action id or label; the exact label wins over a part of one."""
    found = list(elements(blocks))
    for block, one in found:
        if wanted in (one["action_id"], label_of(one)):
            return block, one
    for block, one in found:
        if wanted in (block["block_id"], plain_text(block.get("label"))) or wanted in label_of(one):
            return block, one
    raise NoSuchButton(wanted, [f"{label_of(one)!r} ({one['action_id']})" for _, one in found])


def is_view(view: Json, wanted: Json | str | None) -> bool:
    """Whether a view is the one meant by itself, its id, callback id, external id or title."""
    if wanted is None:
        return True
    if isinstance(wanted, dict):
        return bool(view["id"] == wanted.get("id"))
    return wanted in (view["id"], view["callback_id"], view["external_id"], plain_text(view.get("title")))


def entered_state(blocks: list[Json], values: Mapping[str, Any]) -> Json:
    """Slack's `state.values`: block id → action id → what the person entered."""
    state: Json = {}
    left = set(values)
    for block, element in elements(blocks):
        if element["type"] in ("button", "overflow", "workflow_button"):
            left.discard(element["action_id"])
            continue
        names = (element["action_id"], block["block_id"], plain_text(block.get("label")), label_of(element))
        used = next((name for name in names if name in values), None)
        left.discard(used or "")
        entered = values[used] if used is not None else None
        held = {"type": element["type"], **chosen(element, entered)}
        state.setdefault(block["block_id"], {})[element["action_id"]] = held
    if left:
        raise NoSuchButton(", ".join(sorted(left)), [name for name in _field_names(blocks) if name])
    return state


def chosen(element: Json, entered: Any) -> Json:
    """What an element holds after a person entered something, or what it held from the start."""
    kind = element["type"]
    if kind in _SIMPLE:
        key, initial = _SIMPLE[kind]
        return {key: element.get(initial) if entered is None else entered}
    if kind in ("static_select", "radio_buttons", "overflow", "external_select"):
        return {"selected_option": element.get("initial_option") if entered is None else _option(element, entered)}
    if kind in ("multi_static_select", "checkboxes", "multi_external_select"):
        picked = element.get("initial_options", []) if entered is None else [_option(element, one) for one in entered]
        return {"selected_options": picked}
    return {"value": entered}


_SIMPLE = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "file_input": ("files", "initial_files"),
}


def _option(element: Json, wanted: Any) -> Json:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    options: list[Json] = [one for group in groups for one in group["options"]]
    for option in options:
        if wanted in (option["value"], option["text"]["text"]):
            return option
    raise NoSuchButton(str(wanted), [option["text"]["text"] for option in options])


def check_form(blocks: list[Json], state: Json) -> None:
    """What Slack's own form refuses: an empty required field, too short or too long a text."""
    for block in blocks:
        if block["type"] != "input":
            continue
        element, label = block["element"], plain_text(block["label"])
        entered = [v for k, v in state[block["block_id"]][element["action_id"]].items() if k != "type"]
        if not block.get("optional") and not any(value not in (None, "", []) for value in entered):
            raise CannotSubmit(label, "must be filled in")
        text = entered[0] if entered and isinstance(entered[0], str) else ""
        if text and not element.get("min_length", 0) <= len(text) <= element.get("max_length", 3000):
            raise CannotSubmit(label, f"has {len(text)} characters")


def _field_names(blocks: list[Json]) -> list[str]:
    return [plain_text(block.get("label")) or label_of(one) or one["action_id"] for block, one in elements(blocks)]
