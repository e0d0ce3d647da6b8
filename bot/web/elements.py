"""Plain HTML elements for the console page, and lists of them that change without being rebuilt."""

import re
import zlib
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

Value = TypeVar("Value")
#: a click or a key press says nothing but that it happened
NO_ARGUMENTS: list[str] = []
#: characters that turn the reading direction of what surrounds them; right-to-left words themselves need none
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HUES = 6


def node(tag: str, css: str = "", **attributes: str | bool | int) -> Element:
    """An element. `aria_label="…"` becomes the attribute `aria-label`, `for_` becomes `for`."""
    return _dressed(ui.element(tag), css, attributes)


def words(text: str, css: str = "", tag: str = "span", **attributes: str | bool | int) -> TextElement:
    """An element that holds text and nothing else: whatever the text says, it is never markup."""
    element = TextElement(tag=tag, text=calm(text))
    _dressed(element, css, attributes)
    return element


def icon(name: str) -> Element:
    """A picture of the style sheet, for the eye alone."""
    return node("span", f"icon icon-{name}", aria_hidden="true")


def icon_button(name: str, label: str, css: str = "", **attributes: str | bool | int) -> Element:
    """A button that shows a picture and says its label."""
    button = node("button", f"icon-button {css}", type="button", aria_label=label, title=label, **attributes)
    with button:
        icon(name)
    return button


def newer_button() -> Element:
    """Stands at the end of a list that scrolls; seen while something new is below."""
    button = words("New messages ↓", "newer", "button", type="button")
    return button.on("click", js_handler="(e) => desk.newest(e.currentTarget)")


def avatar(name: str, css: str = "") -> Element:
    """Somebody's initials on a colour of theirs."""
    letters = [word[0] for word in calm(name).split() if word[0].isalnum()]
    initials = (letters[0] + (letters[-1] if len(letters) > 1 else "")).upper() if letters else "·"
    hue = zlib.crc32(name.encode(errors="replace")) % _HUES
    return words(initials, f"avatar hue-{hue} {css}", aria_hidden="true")


def calm(text: str) -> str:
    """The text without the signs that would turn the words around it.

    >>> calm("photo\u202egpj.exe")
    'photogpj.exe'
    """
    return _TURNS.sub("", text)


def _dressed(element: Element, css: str, attributes: dict[str, str | bool | int]) -> Element:
    if css:
        element.classes(css)
    for name, value in attributes.items():
        if value is not False:
            element.props[name.rstrip("_").replace("_", "-")] = value
    return element


class LiveList(Generic[Value]):
    """Rows by key: of a new list of values only what differs is drawn, so that focus and scroll position stay."""

    def __init__(self, container: Element, draw: Callable[[Value], None], tag: str = "div", css: str = "") -> None:
        self._container = container
        self._draw = draw
        self._tag, self._css = tag, css
        self._rows: dict[Hashable, tuple[Value, Element]] = {}

    def show(self, values: Iterable[tuple[Hashable, Value]]) -> None:
        """Makes the rows these, in this order."""
        wanted = dict(values)
        for key in [key for key in self._rows if key not in wanted]:
            self._rows.pop(key)[1].delete()
        for place, (key, value) in enumerate(wanted.items()):
            self._show_row(place, key, value)

    def _show_row(self, place: int, key: Hashable, value: Value) -> None:
        known = self._rows.get(key)
        if known is None:
            with self._container:
                row = node(self._tag, self._css)
        else:
            row = known[1]
            if known[0] != value:
                row.clear()
        if known is None or known[0] != value:
            self._rows[key] = (value, row)
            with row:
                self._draw(value)
        children = self._container.default_slot.children
        if place >= len(children) or children[place] is not row:
            row.move(target_index=place)

    def clear(self) -> None:
        self.show(())
