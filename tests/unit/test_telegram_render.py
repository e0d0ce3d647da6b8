"""How a message looks in Telegram, and that none breaks a limit, whatever is in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram import LIMITS, render, split
from bot.channels.telegram.rendering import Entity, Rendered, units
from bot.channels.telegram.splitting import cut
from handlers.events import FileRef
from handlers.message import Button, Chart, Fact, Message, Series, Table


def looks(shown: Rendered) -> list[tuple[str, str]]:
    """The kind and the words of each entity, taken out the way Telegram counts."""
    wide = shown.text.encode("utf-16-le")
    return [
        (entity.type, wide[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le"))
        for entity in shown.entities
    ]


def test_each_part_has_its_looks() -> None:
    message = Message(
        title="Order 🙂 7",
        text="Ada writes:",
        quote="Where is\nmy 📦?",
        facts=(Fact("Carrier", "DHL"), Fact("Due", "Friday")),
        context="Ticket 12",
    )
    shown = render(message)
    assert shown.text == ("Order 🙂 7\n\nAda writes:\nWhere is\nmy 📦?\n\nCarrier: DHL\nDue: Friday\n\nTicket 12")
    assert looks(shown) == [("bold", "Order 🙂 7"), ("blockquote", "Where is\nmy 📦?"), ("italic", "Ticket 12")]


def test_a_table_stands_in_columns() -> None:
    table = Table(("Item", "Pieces"), (("Tee", "3"), ("茶", "12")), caption="Stock")
    assert looks(render(Message(table=table))) == [("pre", "Item  Pieces\nTee   3\n茶    12")]


def test_a_chart_is_shown_as_its_numbers() -> None:
    chart = Chart("bar", "Tickets", ("Mon", "Tue"), (Series("new", (3.0, 4.5)), Series("closed", (2.0,))), alt="More")
    shown = render(Message(chart=chart))
    assert shown.text == "More\n\nTickets\n–    new  closed\nMon  3    2\nTue  4.5"


def test_markup_is_not_markup() -> None:
    text = "<b>not bold</b> *nor* _this_ & [that](http://example.org)"
    assert render(Message(text=text)) == Rendered(text, (), ())


def test_what_telegram_trims_is_not_counted() -> None:
    assert render(Message(text="  \n", title="  hi \n")) == Rendered("hi", (Entity("bold", 0, 2),), ())


def test_a_button_carries_its_action_and_what_it_is_about() -> None:
    shown = render(Message(text="x", buttons=(Button("Claim", "claim", "7"), Button("Menu", "menu"))))
    assert [[(key.label, key.data) for key in row] for row in shown.keyboard] == [
        [("Claim", "claim:7"), ("Menu", "menu")]
    ]


@pytest.mark.parametrize(
    "button", [Button("x", "a", "r" * 63), Button("x", "ä" * 33), Button("x", "a:b"), Button("x", "")]
)
def test_a_button_that_could_not_come_back_is_refused_by_name(button: Button) -> None:
    with pytest.raises(ValueError, match="button"):
        render(Message(text="x", buttons=(button,)))


# --- splitting ----------------------------------------------------------------------------------------------------


def test_a_short_message_stays_one() -> None:
    message = Message(title="t", text="x", buttons=(Button("Claim", "claim"),))
    assert split(message) == [message]


def test_a_text_ends_at_a_paragraph_if_it_can() -> None:
    first, second = "a " * 1500, "b " * 1500
    assert [part.text for part in split(Message(text=f"{first.strip()}\n\n{second.strip()}"))] == [
        first.strip(),
        second.strip(),
    ]


@pytest.mark.parametrize("cluster", ["👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_no_visible_character_is_torn_apart(cluster: str) -> None:
    for shift in range(units(cluster)):
        parts = split(Message(text="." * shift + cluster * 3000))
        assert len(parts) > 1
        assert all(set(part.text.lstrip(".").replace(cluster, "")) == set() for part in parts)


def test_a_character_longer_than_a_message_is_cut_all_the_same() -> None:
    head, rest = cut("e" + "\u0301" * 5_000, 4_096)
    assert (len(head), len(rest)) == (4_096, 905)


def test_a_table_continues_with_its_head() -> None:
    rows = tuple((f"row {number}", "x" * 40) for number in range(200))
    parts = split(Message(text="Stock", table=Table(("Item", "Note"), rows)))
    tables = [part.table for part in parts if part.table]
    assert [row for table in tables for row in table.rows] == list(rows)
    assert {table.columns for table in tables} == {("Item", "Note")}
    assert len(parts) == len(tables)


PHOTO = FileRef("store", "1", "a.jpg", kind="photo")
PAPER = FileRef("store", "2", "b.pdf")


def test_a_file_takes_the_text_as_its_caption() -> None:
    message = Message(text="Your invoice", files=(PAPER,), buttons=(Button("Thanks", "thanks"),))
    assert split(message) == [message]


def test_a_text_too_long_for_a_caption_goes_before_the_file() -> None:
    parts = split(Message(text="x " * 1000, files=(PAPER,), buttons=(Button("Thanks", "thanks"),)))
    assert [(bool(part.text), part.files, bool(part.buttons)) for part in parts] == [
        (True, (), False),
        (False, (PAPER,), True),
    ]


def test_photos_make_albums_of_ten_and_buttons_stay_with_the_text() -> None:
    parts = split(Message(text="Look", files=(PHOTO,) * 12, buttons=(Button("Nice", "nice"),)))
    assert [(len(part.files), part.text, bool(part.buttons)) for part in parts] == [
        (0, "Look", True),
        (10, "", False),
        (2, "", False),
    ]


TEXTS = st.text(st.sampled_from("ab \n.é🙂👍🏽\u200d🇩🇪茶\u0301\ud83d"), max_size=40)
LONG = st.builds(lambda text, times: text * times, TEXTS, st.sampled_from([0, 1, 1, 20, 300]))
FACTS = st.lists(st.builds(Fact, TEXTS, LONG), max_size=4).map(tuple)
ROWS = st.integers(1, 3).flatmap(
    lambda width: st.builds(
        Table,
        st.tuples(*[TEXTS] * width),
        st.lists(st.tuples(*[TEXTS] * width), max_size=60).map(tuple),
        TEXTS,
    )
)
CHARTS = st.builds(
    Chart,
    st.just("bar"),
    TEXTS,
    st.lists(TEXTS, max_size=4).map(tuple),
    st.lists(st.builds(Series, TEXTS, st.lists(st.floats(), max_size=4).map(tuple)), max_size=3).map(tuple),
    LONG,
)
FILES = st.lists(st.sampled_from([PHOTO, PAPER, FileRef("store", "3", "s", kind="sticker")]), max_size=25).map(tuple)
BUTTONS = st.lists(st.builds(Button, TEXTS, st.sampled_from(["claim", "a" * 30]), st.just("7")), max_size=120).map(
    tuple
)
MESSAGES = st.builds(
    Message,
    title=LONG,
    text=LONG,
    quote=LONG,
    facts=FACTS,
    table=st.none() | ROWS,
    chart=st.none() | CHARTS,
    files=FILES,
    context=LONG,
    buttons=BUTTONS,
)


def check_limits(part: Message) -> None:
    shown = render(part)
    assert units(shown.text) == len(shown.text.encode("utf-16-le")) // 2  # and holds no broken characters
    assert units(shown.text) <= LIMITS["caption" if part.files else "text"]
    assert shown.text == shown.text.strip()
    assert shown.text or part.files
    assert len(shown.entities) <= LIMITS["entities"]
    assert len(part.files) <= LIMITS["album_most"]
    for entity in shown.entities:
        assert entity.length > 0
        assert entity.offset + entity.length <= units(shown.text)
    check_keyboard(part, shown)


def check_keyboard(part: Message, shown: Rendered) -> None:
    keys = [key for row in shown.keyboard for key in row]
    assert len(keys) <= LIMITS["buttons"]
    assert not (keys and len(part.files) > 1)
    assert all(len(row) <= LIMITS["buttons_in_row"] for row in shown.keyboard)
    for key in keys:
        assert key.label.strip()
        assert len(key.data.encode()) <= LIMITS["callback_data"]


def letters(*texts: str) -> str:
    return re.sub(r"\s", "", "".join(texts)).replace("\ud83d", "\ufffd")


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_no_part_breaks_a_limit_and_nothing_is_lost(message: Message) -> None:
    parts = split(message)
    if letters(message.title, message.text, message.quote) or message.files or message.buttons:
        for part in parts:
            check_limits(part)
    assert tuple(file for part in parts for file in part.files) == message.files
    assert sorted(button.label for part in parts for button in part.buttons) == sorted(
        button.label for button in message.buttons
    )
    for field in ("title", "text", "quote", "context"):
        if message.chart is None and message.table is None:
            together = letters(*(getattr(part, field) for part in parts))
            assert together.replace("👇", "") == letters(getattr(message, field))


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_every_word_of_every_part_is_somewhere(message: Message) -> None:
    shown = letters(*(render(part).text for part in split(message)))
    for fact in message.facts:
        assert letters(fact.label) in shown
    for cell in (cell for row in (message.table.rows if message.table else ()) for cell in row):
        assert letters(cell) in shown
    if message.chart:
        assert letters(message.chart.alt)[:500] in shown


@given(st.text(st.characters(codec=None), min_size=1), st.integers(1, 50))
def test_a_cut_loses_nothing_but_space_and_keeps_to_its_room(text: str, room: int) -> None:
    head, rest = cut(text, room + 2)
    assert units(head) <= room + 2
    assert letters(head, rest) == letters(text)
