"""Dialogs of the console page: the desk's forms, and the choice of whom to play."""

import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import assert_never

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from bot.web.customer import person_row
from bot.web.elements import NO_ARGUMENTS, LiveList, icon, icon_button, node, words
from bot.web.people import Person
from handlers.forms import Field, Form, chosen
from handlers.texts import text

#: takes what was filled in; False where it could not be taken, and what is wrong by the field it stands in
Submit = Callable[[dict[str, str]], Awaitable[bool | dict[str, str]]]
Search = Callable[[str], Awaitable[Sequence[Person]]]
Choose = Callable[[Person], Awaitable[None]]


@contextmanager
def _dialog(root: Element, title: str, css: str = "", language: str | None = None) -> Iterator[Element]:
    """A dialog that opens once it is filled, and is gone once it closes: by Esc, its cross, or what it is for."""
    with root:
        dialog = node("dialog", f"dialog {css}", aria_label=title)
        dialog.on("close", dialog.delete, NO_ARGUMENTS)
        with dialog:
            with node("header", "dialog-head"):
                words(title, tag="h2")
                icon_button("close", text("form.close", language)).on(
                    "click", js_handler="(e) => desk.close(e.currentTarget)"
                )
            yield dialog
    root.client.run_javascript(f"desk.open({dialog.html_id!r})")


def open_form(root: Element, form: Form, submit: Submit) -> None:
    """Shows one of the desk's forms; what could not be taken opens it again with what was written."""

    async def submitted(event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        values = {field.name: str(told.get(field.name, "")) for field in form.fields}
        taken = await submit(values)
        if taken is True:
            for field in form.fields:
                root.client.run_javascript(f"desk.forget({_draft(form, field)!r})")
        else:
            _open_form(root, form, values, submitted, taken or {})

    _open_form(root, form, {}, submitted, {})


def _draft(form: Form, field: Field) -> str:
    """What the browser keeps words by that were left in a form: another time they stand in it again.

    But not over words that somebody else has changed meanwhile.
    """
    return f"form:{form.name}:{form.ref}:{field.name}:{zlib.crc32(field.initial.encode())}"


def _open_form(
    root: Element,
    form: Form,
    values: dict[str, str],
    submitted: Callable[[GenericEventArguments], Awaitable[None]],
    wrong: Mapping[str, str],
) -> None:
    with _dialog(root, form.title, language=form.language), node("form", "form") as element:
        if form.text:
            words(form.text, "form-text", "p")
        for field in form.fields:
            value, problem = values.get(field.name, field.initial), wrong.get(field.name, "")
            is_first = field.name == next(iter(wrong), form.fields[0].name)
            _field(element, field, value, problem, draft=_draft(form, field), is_first=is_first, language=form.language)
        with node("footer", "dialog-foot"):
            if any(field.multiline for field in form.fields):
                words(text("form.keys", form.language), "keys")
            cancel = words(text("form.cancel", form.language), "button", "button", type="button")
            cancel.on("click", js_handler="(e) => desk.close(e.currentTarget)")
            first = not form.fields
            words(form.submit, "button primary", "button", type="submit", data_first=first)
        element.on("submit", submitted, js_handler="(e) => desk.submit(e, emit)")


def _field(
    form: Element, field: Field, value: str, problem: str, *, draft: str, is_first: bool, language: str | None
) -> None:
    name = f"field-{form.id}-{field.name}"
    if field.kind == "several":
        _choices(name, field, chosen(value), is_first=is_first, language=language)
        return
    shared: dict[str, str | bool | int] = {
        "id": name,
        "name": field.name,
        "required": not field.optional,
        "data_first": is_first,
    }
    if problem:
        shared |= {"aria_invalid": "true", "aria_describedby": f"{name}-problem"}
    with node("div", "field"):
        with words(field.label, tag="label", for_=name):
            _optional(field, language)
        match field.kind:
            case "one":
                with node("select", "", data_initial=value, **shared):
                    words(text("form.choose" if field.options else "form.no_choice", language), tag="option", value="")
                    for option in field.options:
                        words(option.label, tag="option", value=option.value)
            case "moment":
                node("input", "", type="datetime-local", data_moment=True, data_initial=value, **shared)
            case "text" if field.multiline:
                shared["maxlength"] = field.max_length
                area = node("textarea", "", rows=5, dir="auto", data_initial=value, data_draft=draft, **shared)
                area.on("keydown", js_handler="(e) => desk.dialogKey(e)")
                area.on("input", js_handler="(e) => desk.typed(e.target)")
            case "text":
                shared["maxlength"] = field.max_length
                node("input", "", type="text", dir="auto", data_initial=value, **shared)
            case _:
                assert_never(field.kind)
        if problem:
            words(problem, "error", "p", id=f"{name}-problem", role="alert")


def _choices(name: str, field: Field, picked: tuple[str, ...], *, is_first: bool, language: str | None) -> None:
    """Any number of choices, each a box to tick; the group says whether it may stay empty."""
    with node("fieldset", "field choices", id=name, data_required=not field.optional and bool(field.options)):
        with words(field.label, tag="legend"):
            _optional(field, language)
        with node("div", "choices-list"):
            if not field.options:
                words(text("form.no_choice", language), "context")
            for place, option in enumerate(field.options):
                with node("label", "choice"):
                    box = node("input", "", type="checkbox", name=field.name, value=option.value)
                    _dressed_box(box, checked=option.value in picked, is_first=is_first and place == 0)
                    words(option.label, "choice-label", "span", dir="auto")


def _dressed_box(box: Element, *, checked: bool, is_first: bool) -> None:
    if checked:
        box.props["checked"] = True
    if is_first:
        box.props["data-first"] = True


def _optional(field: Field, language: str | None) -> None:
    if field.optional:
        words(text("form.optional", language), "optional")


class PeopleDialog:
    """Whom to play: a search among the shop's customers, or somebody new."""

    def __init__(self, root: Element, search: Search, choose: Choose, newcomer: Callable[[str], Person]) -> None:
        self._search = search
        self._choose = choose
        self._newcomer = newcomer
        self._asked = 0
        with _dialog(root, "Who writes?", "people") as self._dialog:
            with node("div", "search"):
                icon("search")
                field = node(
                    "input",
                    type="search",
                    placeholder="Name, id, e-mail or order",
                    aria_label="Search customers",
                    data_first=True,
                    autocomplete="off",
                )
                field.on("input", self._typed, throttle=0.2, leading_events=False, js_handler=_VALUE)
                field.on("keydown", self._first, js_handler="(e) => desk.seek(e, emit)")
            self._note = words("", "people-note", "p", aria_live="polite")
            with node("div", "people-list", role="group", aria_label="Customers").on(
                "keydown", js_handler=_WALK
            ) as found:
                self._list = LiveList[Person](node("div"), self._row)
            found.props["tabindex"] = -1
            with node("form", "new-person") as form:
                node(
                    "input",
                    type="text",
                    name="name",
                    placeholder="A new name",
                    aria_label="New person’s name",
                )
                words("Start a new chat", "button", "button", type="submit")
            form.on("submit", self._start, js_handler="(e) => desk.submit(e, emit)")

    async def fill(self, text: str = "") -> None:
        """Shows who fits."""
        self._asked += 1
        asked = self._asked
        found = await self._search(text)
        if asked == self._asked and not self._dialog.is_deleted:
            self._list.show((person.chat, person) for person in found)
            self._note.text = "" if found else "Nobody found."

    async def _typed(self, event: GenericEventArguments) -> None:
        await self.fill(str(event.args))

    async def _first(self, event: GenericEventArguments) -> None:
        """Takes whoever fits best. What stands in the list may still be the answer to fewer letters."""
        found = await self._search(str(event.args))
        if found and not self._dialog.is_deleted:
            self._dialog.delete()
            await self._choose(found[0])

    def _row(self, person: Person) -> None:
        async def chosen() -> None:
            self._dialog.delete()
            await self._choose(person)

        person_row(person).on("click", chosen, NO_ARGUMENTS)

    async def _start(self, event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        await self._choose(self._newcomer(str(told.get("name", ""))))


_VALUE = "(e) => emit(e.target.value)"
_WALK = "(e) => desk.walk(e)"
