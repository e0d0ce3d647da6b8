"""Slack's limits on blocks and views, as it enforces them: each breach is one sentence with a JSON pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Problems = Iterator[str]

MESSAGE_BLOCKS, VIEW_BLOCKS, MESSAGE_CHARS, TEXT_CHARS = 50, 100, 13_200, 40_000


@dataclass
class Rules:
    """What this workspace accepts; the switches a test may turn."""

    accepts: dict[str, bool] = field(
        default_factory=lambda: {"data_visualization": True, "table": True, "data_table": True}
    )
    unique_action_ids: str = "message"  #: "message" or "block"
    message_chars: int = MESSAGE_CHARS  #: all text of a message's blocks together


def message_problems(blocks: object, rules: Rules) -> list[str]:
    """Every limit the blocks of a message break."""
    return [*_all_blocks(blocks, "/blocks", MESSAGE_BLOCKS, rules), *_charts_a_message(blocks)]


def view_problems(view: Json, rules: Rules) -> list[str]:
    """Every limit a modal or a Home tab breaks."""
    return [*_view_head(view), *_all_blocks(view.get("blocks"), "/view/blocks", VIEW_BLOCKS, rules)]


def character_count(blocks: object) -> int:
    """How many characters of text the blocks hold, however deep."""
    if isinstance(blocks, dict):
        return sum(
            len(value)
            if key in ("text", "alt_text", "caption", "title") and isinstance(value, str)
            else character_count(value)
            for key, value in blocks.items()
        )
    return sum(character_count(one) for one in blocks) if isinstance(blocks, list) else 0


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each interactive element with the block that holds it."""
    for block in blocks:
        inner = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        for element in inner:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def shown_text(blocks: object) -> list[str]:
    """Every piece of text in the blocks, in reading order."""
    if isinstance(blocks, list):
        return [piece for one in blocks for piece in shown_text(one)]
    if not isinstance(blocks, dict):
        return []
    own = [blocks[key] for key in ("text", "caption", "title", "name", "alt_text") if isinstance(blocks.get(key), str)]
    return own + [piece for value in blocks.values() for piece in shown_text(value)]


# -- rules ------------------------------------------------------------------


def _all_blocks(blocks: object, at: str, most: int, rules: Rules) -> Problems:
    if not isinstance(blocks, list):
        yield f"must be an array [json-pointer:{at}]"
        return
    yield from _items(blocks, at, most)
    for place, block in enumerate(blocks):
        yield from _block(block, f"{at}/{place}", rules)
    dicts = [block for block in blocks if isinstance(block, dict)]
    yield from _unique_block_ids(dicts, at)
    yield from _unique_action_ids(dicts, at, rules)


def _block(block: object, at: str, rules: Rules) -> Problems:
    if not isinstance(block, dict):
        yield f"must be an object [json-pointer:{at}]"
        return
    kind = str(block.get("type"))
    check = _BLOCKS.get(kind)
    if check is None or not rules.accepts.get(kind, True):
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    yield from _string(block.get("block_id"), f"{at}/block_id", 255)
    yield from check(block, at)


def _section(block: Json, at: str) -> Problems:
    if "text" not in block and "fields" not in block:
        yield f"missing required field: text or fields [json-pointer:{at}]"
    if "text" in block:
        yield from _text(block["text"], f"{at}/text", 3000)
    fields = block.get("fields", [])
    yield from _items(fields, f"{at}/fields", 10)
    for place, one in enumerate(fields):
        yield from _text(one, f"{at}/fields/{place}", 2000)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{at}/accessory")


def _header(block: Json, at: str) -> Problems:
    yield from _text(block.get("text"), f"{at}/text", 150, plain=True)


def _context(block: Json, at: str) -> Problems:
    inner = block.get("elements", [])
    yield from _items(inner, f"{at}/elements", 10, least=1)
    for place, one in enumerate(inner):
        if one.get("type") == "image":
            yield from _image(one, f"{at}/elements/{place}")
        else:
            yield from _text(one, f"{at}/elements/{place}", 3000)


def _actions(block: Json, at: str) -> Problems:
    inner = block.get("elements", [])
    yield from _items(inner, f"{at}/elements", 25, least=1)
    for place, one in enumerate(inner):
        yield from _element(one, f"{at}/elements/{place}")


def _input(block: Json, at: str) -> Problems:
    yield from _text(block.get("label"), f"{at}/label", 2000, plain=True)
    if "hint" in block:
        yield from _text(block["hint"], f"{at}/hint", 2000, plain=True)
    yield from _element(block.get("element"), f"{at}/element")


def _image(block: Json, at: str) -> Problems:
    if not (block.get("image_url") or block.get("slack_file")):
        yield f"missing required field: image_url [json-pointer:{at}]"
    if "alt_text" not in block:
        yield f"missing required field: alt_text [json-pointer:{at}]"
    yield from _string(block.get("image_url"), f"{at}/image_url", 3000)
    yield from _string(block.get("alt_text"), f"{at}/alt_text", 2000)


def _markdown(block: Json, at: str) -> Problems:
    yield from _string(block.get("text", ""), f"{at}/text", 12_000, least=1)


def _table(block: Json, at: str) -> Problems:
    yield from _rows(block, at, 1, 100)
    yield from _items(block.get("column_settings", []), f"{at}/column_settings", 20)


def _data_table(block: Json, at: str) -> Problems:
    if not block.get("caption"):
        yield f"missing required field: caption [json-pointer:{at}/caption]"
    yield from _rows(block, at, 2, 101)
    widths = {len(row) for row in block.get("rows", []) if isinstance(row, list)}
    if len(widths) > 1:
        yield f"every row must have the same number of cells [json-pointer:{at}/rows]"


def _rows(block: Json, at: str, least: int, most: int) -> Problems:
    rows = block.get("rows", [])
    yield from _items(rows, f"{at}/rows", most, least=least)
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        yield from _items(row, f"{at}/rows/{place}", 20, least=1)
        for column, cell in enumerate(row if isinstance(row, list) else []):
            yield from _cell(cell, f"{at}/rows/{place}/{column}")


def _cell(cell: object, at: str) -> Problems:
    if not isinstance(cell, dict) or cell.get("type") not in ("raw_text", "raw_number", "rich_text", "button"):
        yield f"unsupported type for a table cell [json-pointer:{at}/type]"
    elif cell["type"] == "raw_text" and not cell.get("text"):
        yield f"must be more than 0 characters [json-pointer:{at}/text]"


def _chart(block: Json, at: str) -> Problems:
    yield from _string(block.get("title", ""), f"{at}/title", 50, least=1)
    chart = block.get("chart")
    kind = chart.get("type") if isinstance(chart, dict) else None
    if not isinstance(chart, dict) or kind not in ("pie", "bar", "area", "line"):
        yield f"unsupported type: {kind} [json-pointer:{at}/chart/type]"
        return
    yield from _pie(chart, f"{at}/chart") if kind == "pie" else _axes_chart(chart, f"{at}/chart")


def _pie(chart: Json, at: str) -> Problems:
    yield from _points(chart.get("segments", []), f"{at}/segments", 6)
    if any(not isinstance(one.get("value"), int | float) or one["value"] <= 0 for one in chart.get("segments", [])):
        yield f"must be greater than 0 [json-pointer:{at}/segments]"


def _axes_chart(chart: Json, at: str) -> Problems:
    series, axis = chart.get("series", []), chart.get("axis_config") or {}
    categories = axis.get("categories", [])
    yield from _items(series, f"{at}/series", 6, least=1)
    yield from _items(categories, f"{at}/axis_config/categories", 20, least=1)
    for place, label in enumerate(categories):
        yield from _string(label, f"{at}/axis_config/categories/{place}", 20, least=1)
    names = [one.get("name") for one in series]
    if len(set(names)) != len(names):
        yield f"series names must be unique [json-pointer:{at}/series]"
    for place, one in enumerate(series):
        yield from _string(one.get("name", ""), f"{at}/series/{place}/name", 20, least=1)
        yield from _points(one.get("data", []), f"{at}/series/{place}/data", 20)
        if [point.get("label") for point in one.get("data", [])] != categories:
            yield f"labels must match axis_config.categories [json-pointer:{at}/series/{place}/data]"


def _points(points: object, at: str, most: int) -> Problems:
    yield from _items(points, at, most, least=1)
    for place, point in enumerate(points if isinstance(points, list) else []):
        yield from _string(point.get("label", ""), f"{at}/{place}/label", 20, least=1)
        if not isinstance(point.get("value"), int | float):
            yield f"must be a number [json-pointer:{at}/{place}/value]"


def _charts_a_message(blocks: object) -> Problems:
    if isinstance(blocks, list):
        charts = [one for one in blocks if isinstance(one, dict) and one.get("type") == "data_visualization"]
        if len(charts) > 2:
            yield "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"


def _anything(_block: Json, _at: str) -> Problems:
    return iter(())


_BLOCKS: dict[str, Callable[[Json, str], Problems]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "table": _table,
    "data_table": _data_table,
    "data_visualization": _chart,
    "divider": _anything,
    "rich_text": _anything,
    "file": _anything,
    "video": _anything,
    "context_actions": _anything,
    "alert": _anything,
    "card": _anything,
}

# -- elements ---------------------------------------------------------------


def _element(element: object, at: str) -> Problems:
    if not isinstance(element, dict):
        yield f"missing required field: element [json-pointer:{at}]"
        return
    kind = str(element.get("type"))
    yield from _string(element.get("action_id"), f"{at}/action_id", 255)
    if "placeholder" in element:
        yield from _text(element["placeholder"], f"{at}/placeholder", 150, plain=True)
    if kind == "button":
        yield from _button(element, at)
    elif kind == "image":
        yield from _image(element, at)
    elif kind in _OPTIONS:
        yield from _options(element, at, *_OPTIONS[kind])
        yield from _initial_options(element, at)
    elif kind == "plain_text_input":
        yield from _text_input(element, at)
    elif kind == "datetimepicker":
        initial = element.get("initial_date_time", 10**9)
        if not isinstance(initial, int) or len(str(initial)) != 10:
            yield f"must be a Unix timestamp of 10 digits [json-pointer:{at}/initial_date_time]"
    elif kind not in _OTHER_ELEMENTS:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"


def _text_input(element: Json, at: str) -> Problems:
    most = element.get("max_length", 3000)
    if not 1 <= most <= 3000:
        yield f"must be between 1 and 3000 [json-pointer:{at}/max_length]"
    yield from _string(element.get("initial_value"), f"{at}/initial_value", min(most, 3000))


def _button(button: Json, at: str) -> Problems:
    yield from _text(button.get("text"), f"{at}/text", 75, plain=True)
    yield from _string(button.get("value"), f"{at}/value", 2000)
    yield from _string(button.get("url"), f"{at}/url", 3000)
    if button.get("style", "primary") not in ("primary", "danger"):
        yield f"must be one of primary, danger [json-pointer:{at}/style]"
    for key, most in _CONFIRM.items() if "confirm" in button else ():
        yield from _text(button["confirm"].get(key), f"{at}/confirm/{key}", most)


_CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
_OPTIONS: dict[str, tuple[int, int]] = {
    "static_select": (1, 100),
    "multi_static_select": (1, 100),
    "overflow": (1, 5),
    "radio_buttons": (1, 10),
    "checkboxes": (1, 10),
}
_OTHER_ELEMENTS = frozenset(
    f"{many}{what}_select" for many in ("", "multi_") for what in ("users", "conversations", "channels", "external")
) | {
    "datepicker",
    "timepicker",
    "datetimepicker",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
    "workflow_button",
}


def _options(element: Json, at: str, least: int, most: int) -> Problems:
    groups = element.get("option_groups")
    if groups is not None and element["type"] not in ("static_select", "multi_static_select"):
        yield f"unsupported field: option_groups [json-pointer:{at}/option_groups]"
    if groups is not None and "options" in element:
        yield f"only one of options and option_groups may be given [json-pointer:{at}]"
    if groups is None:
        yield from _option_list(element.get("options", []), f"{at}/options", least, most)
        return
    yield from _items(groups, f"{at}/option_groups", 100, least=1)
    for place, group in enumerate(groups):
        yield from _text(group.get("label"), f"{at}/option_groups/{place}/label", 75, plain=True)
        yield from _option_list(group.get("options", []), f"{at}/option_groups/{place}/options", 1, 100)


def _initial_options(element: Json, at: str) -> Problems:
    """What is chosen from the start is one of the options, to the letter; an empty list is none."""
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    offered = [option for group in groups for option in group.get("options", [])]
    if "initial_option" in element and element["initial_option"] not in offered:
        yield f"must match one of the options [json-pointer:{at}/initial_option]"
    if "initial_options" in element:
        yield from _items(element["initial_options"], f"{at}/initial_options", 100, least=1)
        for place, option in enumerate(element["initial_options"]):
            if option not in offered:
                yield f"must match one of the options [json-pointer:{at}/initial_options/{place}]"


def _option_list(options: list[Json], at: str, least: int, most: int) -> Problems:
    yield from _items(options, at, most, least=least)
    values = [option.get("value") for option in options]
    if len(set(values)) != len(values):
        yield f"values must be unique [json-pointer:{at}]"
    for place, option in enumerate(options):
        yield from _text(option.get("text"), f"{at}/{place}/text", 75)
        yield from _string(option.get("value", ""), f"{at}/{place}/value", 150, least=1)
        if "description" in option:
            yield from _text(option["description"], f"{at}/{place}/description", 75)


# -- views ------------------------------------------------------------------


def _view_head(view: Json) -> Problems:
    kind = view.get("type")
    if kind not in ("modal", "home"):
        yield f"unsupported type: {kind} [json-pointer:/view/type]"
    if kind == "modal":
        yield from _text(view.get("title"), "/view/title", 24, plain=True)
    for key in ("submit", "close"):
        if view.get(key) is not None:
            yield from _text(view[key], f"/view/{key}", 24, plain=True)
    yield from _string(view.get("private_metadata"), "/view/private_metadata", 3000)
    yield from _string(view.get("callback_id"), "/view/callback_id", 255)
    yield from _string(view.get("external_id"), "/view/external_id", 255)
    blocks = view.get("blocks") or []
    if kind == "modal" and not view.get("submit") and any(one.get("type") == "input" for one in blocks):
        yield "missing required field: submit, as the view has an input block [json-pointer:/view/submit]"


# -- small print ------------------------------------------------------------


def _text(value: object, at: str, most: int, *, plain: bool = False) -> Problems:
    if not isinstance(value, dict):
        yield f"missing required field [json-pointer:{at}]"
        return
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if value.get("type") not in kinds:
        yield f"must be one of {', '.join(kinds)} [json-pointer:{at}/type]"
    yield from _string(value.get("text", ""), f"{at}/text", most, least=1)


def _string(value: object, at: str, most: int, least: int = 0) -> Problems:
    if value is None:
        return
    if not isinstance(value, str):
        yield f"must be a string [json-pointer:{at}]"
    elif len(value) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{at}]"
    elif len(value) < least:
        yield f"must be more than {least - 1} characters [json-pointer:{at}]"


def _items(value: object, at: str, most: int, least: int = 0) -> Problems:
    if not isinstance(value, list):
        yield f"must be an array [json-pointer:{at}]"
    elif len(value) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"
    elif len(value) < least:
        yield f"no less than {least} items allowed [json-pointer:{at}]"


def _unique_block_ids(blocks: list[Json], at: str) -> Problems:
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        name = block.get("block_id")
        if name and name in seen:
            yield f"`block_id` {name} already exists [json-pointer:{at}/{place}/block_id]"
        seen.add(name or "")


def _unique_action_ids(blocks: list[Json], at: str, rules: Rules) -> Problems:
    seen: set[tuple[object, str]] = set()
    for block, element in elements(blocks):
        place = blocks.index(block)
        key = (place if rules.unique_action_ids == "block" else None, str(element["action_id"]))
        if key in seen:
            yield f"`action_id` {key[1]} already exists [json-pointer:{at}/{place}]"
        seen.add(key)
