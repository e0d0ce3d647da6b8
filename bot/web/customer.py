"""The customer's side of the console page: a chat as it would look on a phone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui.element import Element

from bot.channels.console import ConsoleChannel
from bot.web import rendering, times
from bot.web.compose import Compose
from bot.web.elements import NO_ARGUMENTS, LiveList, avatar, icon_button, newer_button, node, words
from bot.web.people import Person
from bot.web.reading import ChatLine
from handlers.events import FileRef
from handlers.message import Button, Key

#: does something that touches the store; tells the person at the page when that fails
Attempt = Callable[[Awaitable[object]], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class _Line:
    line: ChatLine
    time: str
    #: whether the one before is of the same side: they stand closer then
    follows: bool
    #: whether its keys can be pressed: nothing took them away
    has_keys: bool


class CustomerPane:
    """Draws the chat of one person and writes in their name."""

    def __init__(
        self,
        channel: ConsoleChannel,
        shop: str,
        zone: ZoneInfo,
        attempt: Attempt,
        choose: Callable[[], Awaitable[None]],
        seat: Callable[[Person], Awaitable[None]],
        order: Callable[[], str],
        share_phone: Callable[[Person], Awaitable[None]],
    ) -> None:
        """`order` gives an order somebody new may ask about."""
        self._channel = channel
        self._shop = shop
        self._zone = zone
        self._attempt = attempt
        self._choose = choose
        self._seat = seat
        self._order = order
        self._share_phone = share_phone
        self._person: Person | None = None

    def build(self) -> None:
        with node("section", "customer panel", aria_label="Customer chat"):
            self._head = node("header", "chat-head")
            self._scroll = node("div", "chat-scroll", data_stick=True, tabindex="0", role="log", aria_label="Messages")
            with self._scroll:
                self._hello = node("div", "hello")
                self._list = LiveList[_Line](node("div", "bubbles"), self._draw, css="line")
                newer_button()
            self._foot = node("div", "chat-foot")

    def play(self, person: Person) -> None:
        """From now on the chat is this person's."""
        if self._person == person:
            return
        other = self._person is None or self._person.chat != person.chat
        self._person = person
        self._draw_head(person)
        self._draw_hello(person)
        if other:
            self._list.clear()
            self._draw_foot(person)
            self._scroll.client.run_javascript(f"desk.end({self._scroll.html_id!r})")

    def show(self, lines: Sequence[ChatLine], now: datetime) -> None:
        self._hello.set_visibility(not lines)
        drawn = []
        changes_keys = [line.key for line in lines if line.message.keys or line.message.takes_keys_away]
        for place, line in enumerate(lines):
            follows = place > 0 and lines[place - 1].mine == line.mine
            has_keys = bool(line.message.keys) and line.key == changes_keys[-1]
            drawn.append((line.key, _Line(line, times.clock(line.at, now, self._zone), follows, has_keys)))
        self._list.show(drawn)

    # --- drawing --------------------------------------------------------------------------------------------------

    def _draw_head(self, person: Person) -> None:
        self._head.clear()
        with self._head:
            avatar(person.name, "large")
            with node("div", "chat-who"):
                words(person.name, "chat-name", "h2", dir="auto")
                words(_about(person), "chat-about", "p")
            with node("button", "button quiet", type="button").on("click", self._choose, NO_ARGUMENTS):
                words("Switch person")

    def _draw_hello(self, person: Person) -> None:
        self._hello.clear()
        with self._hello:
            node("span", "avatar huge desk-mark", aria_hidden="true")
            words(f"Chat with {self._shop}", "hello-title", "h3")
            words(f"You are {person.name}. Write what a customer would write, or try one of these:", tag="p")
            with node("div", "tries"):
                for example in _examples(person.order or self._order()):
                    self._example(example)

    def _example(self, text: str) -> None:
        async def write() -> None:
            await self._sent(text, ())

        words(text, "try", "button", type="button").on("click", write, NO_ARGUMENTS)

    def _draw_foot(self, person: Person) -> None:
        self._foot.clear()
        with self._foot:
            self._compose = Compose(
                "Message to the shop",
                f"Message {self._shop}",
                self._sent,
                self._channel.uploaded,
                draft=f"chat:{person.chat}",
            )

    def _draw(self, shown: _Line) -> None:
        line = shown.line
        side = "mine" if line.mine else "theirs"
        row = node("article", f"bubble-row {side}{' follows' if shown.follows else ''}")
        with row:
            with node("div", "bubble"):
                rendering.show(line.message)
                with node("footer", "bubble-foot"):
                    if line.by_staff:
                        words("Support team", "bubble-by")
                    if line.edited:
                        words("edited")
                    words(shown.time, tag="time", datetime=line.at.isoformat())
            if line.mine and line.message.text:
                self._edit_button(line)
            if line.message.buttons:
                self._keyboard(line)
            if shown.has_keys:
                self._keys(line.message.keys)

    def _edit_button(self, line: ChatLine) -> None:
        async def save(text: str) -> bool:
            person = self._person
            return person is not None and await self._attempt(
                self._channel.edit(person.as_chat(), line.message_id, text)
            )

        def edit() -> None:
            self._compose.edit(line.message.text, save)

        icon_button("pencil", "Edit message", "edit").on("click", edit, NO_ARGUMENTS)

    def _keyboard(self, line: ChatLine) -> None:
        with node("div", "keyboard"):
            for button in line.message.buttons:
                self._key(line, button)

    def _key(self, line: ChatLine, button: Button) -> None:
        async def press() -> None:
            if self._person is not None:
                pressed = self._channel.press(self._person.as_chat(), line.message_id, button.action, button.ref)
                await self._attempt(pressed)

        words(button.label, "key", "button", type="button").on("click", press, NO_ARGUMENTS)

    def _keys(self, keys: Sequence[Key]) -> None:
        with node("div", "keyboard"):
            for key in keys:
                self._key_below(key)

    def _key_below(self, key: Key) -> None:
        async def press() -> None:
            if self._person is None:
                return
            if key.shares_phone:
                await self._share_phone(self._person)
            else:
                await self._sent(key.label, ())

        words(key.label, "key", "button", type="button").on("click", press, NO_ARGUMENTS)

    # --- writing --------------------------------------------------------------------------------------------------

    async def _sent(self, text: str, files: tuple[FileRef, ...]) -> bool:
        person = self._person
        if person is None:
            return False
        return await self._attempt(self._say(person, text.strip(), files))

    async def _say(self, person: Person, text: str, files: tuple[FileRef, ...]) -> None:
        await self._seat(person)
        await self._channel.say(person.as_chat(), text, files)


def _about(person: Person) -> str:
    if person.customer_id is None and not person.external_id:
        return "New to the shop"
    orders = f"{person.orders} order{'' if person.orders == 1 else 's'}"
    return " · ".join(part for part in (person.external_id, person.country, orders) if part)


def _examples(order: str) -> list[str]:
    if not order:
        return ["Where is my order?", "My order arrived damaged, I want my money back", "/help"]
    return [f"Where is my order {order}?", f"Order {order} arrived damaged, I want my money back", "/help"]


def person_row(person: Person) -> Element:
    """Somebody one may play, as a button."""
    row = node("button", "person", type="button", data_item=True)
    with row:
        avatar(person.name)
        with node("span", "person-who"):
            words(person.name, "person-name", dir="auto")
            words(_about(person), "person-about")
        if person.order:
            words(f"Order {person.order}", "person-order")
    return row
