"""The page of one's own at the desk: today's numbers, one's queue, what waits for one's word, what did not arrive."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.web import rendering
from bot.web.elements import NO_ARGUMENTS, LiveList, node, words
from handlers.message import Button, Fact, Message

Press = Callable[[Button], Awaitable[None]]
Open = Callable[[int], Awaitable[None]]
#: buttons that name a ticket, whose thread can be opened as well
_OF_TICKETS = ("reply", "resolve")


@dataclass(frozen=True, slots=True)
class _Group:
    """What stands under one title."""

    head: Message
    rows: tuple[Message, ...] = ()


class HomePanel:
    """Draws the sections that every channel shows, each group as a card."""

    def __init__(self, press: Press, open_ticket: Open) -> None:
        self._press = press
        self._open = open_ticket

    def build(self) -> None:
        with node("div", "home-scroll", tabindex="0", role="region", aria_label="Home"):
            self._groups = LiveList[_Group](node("div", "home-inner"), self._draw, css="home-slot")

    def show(self, sections: tuple[Message, ...]) -> None:
        self._groups.show((group.head.title, group) for group in _groups(sections))

    def _draw(self, group: _Group) -> None:
        head = group.head
        with node("section", "home-group", aria_label=head.title):
            with node("header", "home-head"):
                words(head.title, tag="h3")
                if head.context:
                    words(head.context, "context")
            if head.facts:
                _tiles(head.facts)
            if group.rows:
                with node("div", "home-rows", role="list"):
                    for row in group.rows:
                        self._draw_row(row)

    def _draw_row(self, row: Message) -> None:
        number = next((int(one.ref) for one in row.buttons if one.action in _OF_TICKETS and one.ref.isdecimal()), None)
        with node("div", "home-row", role="listitem"):
            with node("div", "home-what"):
                if row.text and number is not None:
                    self._link(row.text, number)
                elif row.text:
                    words(row.text, "home-title", "div", dir="auto")
                rendering.show(Message(quote=row.quote, context=row.context))
            if row.buttons:
                rendering.show(Message(buttons=row.buttons), self._press)

    def _link(self, label: str, number: int) -> None:
        async def choose() -> None:
            await self._open(number)

        link = words(label, "home-title link", "button", type="button", dir="auto", title="Open the ticket")
        link.on("click", choose, NO_ARGUMENTS)


def _tiles(facts: tuple[Fact, ...]) -> None:
    with node("dl", "facts numbers"):
        for fact in facts:
            with node("div", "fact"):
                words(fact.label, tag="dt")
                words(fact.value, tag="dd")


def _groups(sections: tuple[Message, ...]) -> list[_Group]:
    groups: list[_Group] = []
    for section in sections:
        if section.title or not groups:
            groups.append(_Group(section))
        else:
            groups[-1] = _Group(groups[-1].head, (*groups[-1].rows, section))
    return groups
