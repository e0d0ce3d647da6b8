"""A page with one form of every kind of field, and what somebody sent in with it: run by itself, on a port."""

import json
import sys

from nicegui import ui
from nicegui.element import Element

from bot.web.console import _HEAD, _STATIC
from bot.web.dialogs import open_form
from bot.web.elements import NO_ARGUMENTS, node, words
from handlers.forms import Field, Form, Option

TAGS = tuple(Option(name.title(), name) for name in ("vip", "gift", "late", "press"))
FORM = Form(
    "everything",
    "7",
    "Snooze ticket 7",
    "Snooze",
    (
        Field("priority", "Priority", kind="one", options=TAGS, initial="gift"),
        Field("macro", "Macro", kind="one", options=TAGS, optional=True),
        Field("tags", "Tags", kind="several", options=TAGS, initial="late"),
        Field("until", "Until", kind="moment", initial="1772443800"),
        Field("note", "Note", multiline=True, optional=True),
    ),
    "Wakes up by itself, or with the customer’s answer.",
)


def main(port: int) -> None:
    """Serves the page."""
    from nicegui import app

    app.add_static_files("/static", str(_STATIC))

    @ui.page("/", dark=None)
    def page() -> None:
        ui.add_head_html(_HEAD)
        with node("div", "page") as root:
            _fill(root)

    ui.run(host="127.0.0.1", port=port, show=False, reload=False, show_welcome_message=False, tailwind=False)


def _fill(root: Element) -> None:
    told = words("", "told", "p")

    async def submit(values: dict[str, str]) -> bool:
        told.text = json.dumps(values)
        return values["note"] != "refuse this"

    button = words("Open", "button", "button", type="button")
    button.on("click", lambda: open_form(root, FORM, submit), NO_ARGUMENTS)
    node("div", "toasts", role="status", aria_live="polite", popover="manual")


if __name__ == "__main__":
    main(int(sys.argv[1]))
