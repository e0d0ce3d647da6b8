"""Where somebody writes: a text that grows, attachments, and a button to send."""

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from nicegui.events import GenericEventArguments

from bot.channels.console import LARGEST_FILE
from bot.web.elements import NO_ARGUMENTS, LiveList, icon, icon_button, node, words
from bot.web.files import is_picture, url_of
from handlers.events import FileRef

#: sends a text with attachments; False when it was not taken and is to be given back
Send = Callable[[str, tuple[FileRef, ...]], Awaitable[bool]]
#: saves what a message is to say; False when it was not taken
Save = Callable[[str], Awaitable[bool]]
_MOST_FILES = 10
_LONGEST_TEXT = 50_000


class Compose:
    """The text lives in the browser until it is sent: nothing the server draws can disturb it."""

    def __init__(
        self,
        label: str,
        placeholder: str,
        send: Send,
        uploaded: Callable[[str], FileRef | None],
        *,
        draft: str,
        prefix: str = "",
        person: str = "",
        begun: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """With a `prefix` the box shows whether what is written goes to `person` or stays among staff.

        `begun` is told that somebody is about to write.
        """
        self._send = send
        self._save: Save | None = None
        self._draft = draft
        self._file = uploaded
        self._attached: list[FileRef] = []
        with node("form", "compose", data_draft=draft, data_prefix=prefix, data_largest=LARGEST_FILE) as self.root:
            if prefix:
                self._modes(person)
            self._editing = node("div", "editing", role="status")
            chips = node("div", "chips", role="group", aria_label="Attachments")
            with node("div", "compose-row"):
                self._attach_button()
                self._text = node(
                    "textarea", rows=1, placeholder=placeholder, aria_label=label, maxlength=_LONGEST_TEXT, dir="auto"
                )
                self._button = icon_button("send", "Send", "send")
        self._chips = LiveList[FileRef](chips, self._chip, css="chip")
        self._text.on("keydown", self._sent, js_handler="(e) => desk.key(e, emit)")
        if begun is not None:
            self._text.on("focus", begun, NO_ARGUMENTS)
        self._text.on("paste", self._uploaded, js_handler="(e) => desk.paste(e, emit)")
        self._text.on("input", js_handler="(e) => desk.typed(e.target)")
        self._button.on("click", self._sent, js_handler="(e) => desk.send(e.currentTarget, emit)")
        self.root.on("dragover", js_handler="(e) => e.preventDefault()")
        self.root.on("drop", self._uploaded, js_handler="(e) => desk.drop(e, emit)")
        self.root.on("restore", self._restored, js_handler="(e) => emit(e.detail)")
        self.root.on("submit", js_handler="(e) => e.preventDefault()")

    def _modes(self, person: str) -> None:
        with node("div", "modes", role="group", aria_label="Who reads this"):
            for mode, label in (("note", "Internal note"), ("reply", "Reply to customer")):
                button = words(label, "mode", "button", type="button", data_mode=mode, aria_pressed="false")
                button.on("click", js_handler="(e) => desk.mode(e.currentTarget)")
            with node("span", "mode-hint", aria_live="polite"):
                words("Only colleagues see this.", "hint-note")
                words(f"{person} will read this.", "hint-reply")

    def _attach_button(self) -> None:
        picker = node("input", "picker", type="file", multiple=True, tabindex=-1, aria_hidden="true")
        picker.on("change", self._uploaded, js_handler="(e) => desk.picked(e, emit)")
        icon_button("clip", "Attach files", "attach").on("click", js_handler="(e) => desk.pick(e.currentTarget)")

    async def _sent(self, event: GenericEventArguments) -> None:
        told: dict[str, Any] = event.args if isinstance(event.args, dict) else {}
        text = str(told.get("text", ""))[:_LONGEST_TEXT]
        if told.get("edits"):
            await self._edited(text)
            return
        files, self._attached = tuple(self._attached), []
        self._show_chips()
        if not text.strip() and not files:
            return
        if await self._send(text, files):
            self._run("taken", self._draft, told.get("id"))
        else:
            self._attached = [*files, *self._attached]
            self._show_chips()
            self._run("refused", self._draft)

    def _uploaded(self, event: GenericEventArguments) -> None:
        """The browser has uploaded a file (`files.take`) and tells what it is called here."""
        self._attach([str(event.args)])

    def _restored(self, event: GenericEventArguments) -> None:
        """The browser remembers files that were attached before the box was drawn."""
        self._attach([str(file_id) for file_id in event.args] if isinstance(event.args, list) else [])

    def _attach(self, ids: Iterable[str]) -> None:
        known = {file.id for file in self._attached}
        found = [self._file(file_id) for file_id in ids if file_id not in known]
        self._attached = [*self._attached, *(file for file in found if file is not None)][:_MOST_FILES]
        self._show_chips()

    def _chip(self, file: FileRef) -> None:
        if is_picture(file):
            node("img", src=url_of(file), alt="")
        else:
            icon("file")
        words(file.name, "chip-name", "bdi")

        def remove() -> None:
            self._attached = [other for other in self._attached if other.id != file.id]
            self._show_chips()

        icon_button("close", f"Remove {file.name}").on("click", remove, NO_ARGUMENTS)

    def _show_chips(self) -> None:
        self._chips.show((file.id, file) for file in self._attached)
        self._run("attached", self._draft, [file.id for file in self._attached])

    # --- editing what was sent ------------------------------------------------------------------------------------

    def edit(self, text: str, save: Save) -> None:
        """Puts a message into the box until it is saved; what stood there comes back afterwards."""
        self._save = save
        self._editing.clear()
        with self._editing:
            icon("pencil")
            words("Editing your message", "editing-label")
            icon_button("close", "Stop editing").on("click", self._stop_editing, NO_ARGUMENTS)
        self._run("edit", self._text.html_id, text)

    async def _edited(self, text: str) -> None:
        if self._save is not None and text.strip() and await self._save(text.strip()):
            self._stop_editing()

    def _stop_editing(self) -> None:
        self._save = None
        self._editing.clear()
        self._run("stopEditing", self._text.html_id)

    # --- the box --------------------------------------------------------------------------------------------------

    def add(self, text: str) -> None:
        """Puts a text into the box, below what stands there, and the cursor behind it."""
        self._run("add", self._text.html_id, text)

    def _run(self, does: str, *arguments: object) -> None:
        told = ", ".join(json.dumps(argument) for argument in arguments)
        self.root.client.run_javascript(f"desk.{does}({told})")
