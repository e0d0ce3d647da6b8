"""The desk's command box: commands with what they do while somebody types, and the answers below it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui.events import GenericEventArguments

from bot.web import rendering
from bot.web.elements import NO_ARGUMENTS, LiveList, icon, icon_button, node, words
from handlers.message import Button, Message
from handlers.staff.commands import described

#: gives a command; False when it was not taken
Give = Callable[[str], Awaitable[bool]]
Press = Callable[[Button], Awaitable[None]]
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody was told about a command."""

    number: int
    message: Message


class CommandBox:
    """A text with suggestions (the ARIA pattern of a combobox with a list), and what was answered last."""

    def __init__(self, names: Sequence[str], give: Give, press: Press) -> None:
        self._give = give
        self._press = press
        self._said: list[Answer] = []
        with node("form", "command", role="search", aria_label="Desk commands") as form:
            icon("slash")
            box = node(
                "input",
                "command-text",
                type="text",
                name="command",
                placeholder="Command",
                maxlength=_LONGEST,
                autocomplete="off",
                spellcheck="false",
                role="combobox",
                aria_label="Command",
                aria_expanded="false",
                aria_autocomplete="list",
                aria_keyshortcuts="/",
                title="Press / to come here",
            )
            box.on("input", js_handler="(e) => desk.suggest(e.target)")
            box.on("focus", js_handler="(e) => desk.suggest(e.target)")
            box.on("blur", js_handler="(e) => desk.unsuggest(e.target)")
            box.on("keydown", js_handler="(e) => desk.commandKey(e)")
            # -1: a list that scrolls would take the focus on the way out of the box, and lose it by closing
            with node("div", "suggestions", role="listbox", aria_label="Commands", tabindex=-1, hidden=True) as listed:
                for name in names:
                    self._suggestion(name)
            box.props["aria-controls"] = listed.html_id
        form.on("submit", self._given, js_handler="(e) => desk.command(e, emit)")

    @staticmethod
    def _suggestion(name: str) -> None:
        usage, about = described(name)
        with node("div", "suggestion", role="option", data_command=name, aria_selected="false") as option:
            with node("span", "suggestion-usage"):
                words(name, "suggestion-name")
                words(usage.removeprefix(name), "suggestion-words")
            words(about, "suggestion-about")
        # before the box loses the focus, and the list with it
        option.on("mousedown", js_handler="(e) => desk.complete(e)")

    def build_answers(self) -> None:
        """Where the answers stand: over what the desk shows, until they are closed."""
        with node("section", "answers", aria_label="Answer", aria_live="polite") as self._answers:
            icon_button("close", "Close the answer", "answers-close").on("click", self.close, NO_ARGUMENTS)
            self._list = LiveList[Answer](node("div", "answers-list"), self._draw, css="answer")
        self._answers.on("keydown.escape", self.close, NO_ARGUMENTS)
        self._answers.set_visibility(False)

    async def _given(self, event: GenericEventArguments) -> None:
        typed = str(event.args)[:_LONGEST].strip()
        if not typed:
            return
        self.close()
        await self._give(typed)

    def tell(self, answer: Answer) -> None:
        """Shows an answer, below those to the same command."""
        self._said.append(answer)
        self._show()
        self._answers.client.run_javascript("desk.answered()")

    def close(self) -> None:
        self._said.clear()
        self._show()

    def _show(self) -> None:
        self._list.show((answer.number, answer) for answer in self._said)
        self._answers.set_visibility(bool(self._said))

    def _draw(self, answer: Answer) -> None:
        rendering.show(answer.message, self._press)
