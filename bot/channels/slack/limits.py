"""Slack's numbers, as data. Texts are measured in UTF-16 units after escaping, the largest way Slack may count."""

from typing import Final

LIMITS: Final = {
    #: blocks and characters a message holds; the characters are undocumented (about 13,200), so we stay below
    "blocks": 50,
    "message": 12_000,
    #: the text beside the blocks, in bytes: `chat.update` refuses a longer one
    "fallback": 4_000,
    "section": 3_000,
    "field": 2_000,
    "fields": 10,
    "header": 150,
    "context": 3_000,
    "context_elements": 10,
    "actions": 25,
    "button": 75,
    "value": 2_000,
    "action_id": 255,
    #: the header row included
    "table_rows": 100,
    "table_columns": 20,
    "chart_title": 50,
    "chart_series": 6,
    "chart_label": 20,
    "chart_categories": 20,
    "view_blocks": 100,
    "view_title": 24,
    "view_submit": 24,
    "input_label": 2_000,
    "input": 3_000,
    "private_metadata": 3_000,
    #: a choice among options: how many, in how many groups, and how many a form can offer before it is too large
    "options": 100,
    "option_groups": 100,
    "options_in_all": 1_000,
    "option_label": 75,
    "option_value": 150,
    "checkboxes": 10,
    "hint": 2_000,
    "alt_text": 1_000,
    #: bytes the desk fetches of one file
    "download": 50 * 1024 * 1024,
    #: seconds by which a signed request may differ from our clock
    "request_age": 300,
}

#: calls a second, kept by delivery: posts to one channel, everything of the workspace, edits (Tier 3: 50 a minute)
RATES: Final = {"place": 1.0, "account": 5.0, "edit": 50 / 60}
#: how many may leave at once after a pause
BURSTS: Final = {"place": 10, "account": 50, "edit": 20}
