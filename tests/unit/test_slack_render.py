"""No rendered message breaks a limit of Slack, says less than it was given, or says more than its words."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.slack.limits import LIMITS
from bot.channels.slack.rendering import clean, cut, fallback, modal, render, size, split
from handlers.events import Colleague, FileRef
from handlers.forms import Field, Form, Option
from handlers.message import Button, Chart, Fact, Message, Series, Table
from tests.wire.slack_blocks import Rules, character_count, message_problems, shown_text, view_problems

Json = dict[str, Any]

HOSTILE = [
    "<!channel>",
    "<@U123>",
    "<https://evil.example|shop>",
    "*bold* _it_ ~no~ `code`",
    "&lt;",
    "\u202egpj.exe",
    ":fire:",
]

words = st.text(max_size=60) | st.sampled_from(HOSTILE)
long_words = words | st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=40), st.integers(1, 400))
labels = st.text(min_size=1, max_size=100)
actions = st.sampled_from(["claim", "reply", "resolve", "page#2"])
tables = st.integers(1, 25).flatmap(
    lambda width: st.builds(
        Table,
        columns=st.lists(words, min_size=width, max_size=width).map(tuple),
        rows=st.lists(st.lists(words, min_size=width, max_size=width).map(tuple), max_size=6).map(tuple)
        | st.builds(
            lambda row, times: (tuple(row),) * times, st.lists(words, min_size=1, max_size=3), st.integers(1, 250)
        ),
        caption=words,
    )
)
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
charts = st.integers(0, 25).flatmap(
    lambda width: st.builds(
        Chart,
        kind=st.sampled_from(["bar", "line", "area", "pie", "heat"]),
        title=words,
        categories=st.lists(st.text(max_size=24), min_size=width, max_size=width).map(tuple),
        series=st.lists(
            st.builds(Series, st.text(max_size=24), st.lists(numbers, min_size=width, max_size=width).map(tuple)),
            max_size=8,
        ).map(tuple),
        alt=words,
    )
)
messages = st.builds(
    Message,
    title=words | long_words,
    text=long_words,
    quote=long_words,
    facts=st.lists(st.builds(Fact, words, long_words), max_size=30).map(tuple),
    table=st.none() | tables,
    chart=st.none() | charts,
    files=st.lists(st.builds(FileRef, st.just("store"), st.just("1"), labels), max_size=3).map(tuple),
    context=words | long_words,
    buttons=st.lists(
        st.builds(Button, labels, actions, words, st.sampled_from(["", "primary", "danger"])), max_size=40
    ).map(tuple),
)
NATIVE = [{}, {"native_chart": False}, {"native_chart": False, "native_table": False}]


def bare(text: str) -> str:
    """A text without spaces and without what stands in for nothing."""
    return re.sub(r"[\s\u2060]", "", clean(text))


def shown(value: object) -> str:
    """What people see of blocks, without spaces."""
    return bare("".join(pieces_of(value)))


def pieces_of(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        text = value.get("text")
        if isinstance(text, str):
            yield html.unescape(text) if value.get("type") == "mrkdwn" else text
        yield from (value[key] for key in ("title", "name", "label") if isinstance(value.get(key), str))
        for one in value.values():
            yield from pieces_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from pieces_of(one)


# --- limits -------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(messages)
def test_no_part_of_any_message_breaks_a_limit(message: Message) -> None:
    for part in split(message):
        for how in NATIVE:
            blocks = render(part, **how)
            assert message_problems(blocks, Rules()) == []
            assert character_count(blocks) <= 13_200
            assert len(json.dumps(blocks)) < 200_000
        assert 0 < len(fallback(part).encode()) <= LIMITS["fallback"]


@settings(max_examples=60, deadline=None)
@given(messages)
def test_nothing_of_a_message_is_lost(message: Message) -> None:
    parts = split(message)
    whole = "".join(shown(render(part)) for part in parts)
    assert bare(message.text) in "".join(bare(part.text) for part in parts)
    assert bare(message.quote) == "".join(bare(part.quote) for part in parts)
    for text in (message.title, message.text, message.quote, message.context):
        assert all(bare(piece) in whole for piece in cut(clean(text), 80))
    cells = [cell for row in ((message.table.columns, *message.table.rows) if message.table else ()) for cell in row]
    for text in [*(fact.label for fact in message.facts), *cells, *(file.name for file in message.files)]:
        assert bare(text) in whole
    for fact in message.facts:
        assert all(bare(piece) in whole for piece in cut(clean(fact.value).strip(), 40))
    assert sum(len(part.buttons) for part in parts) == len(message.buttons)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.integers(10, 80))
def test_pieces_join_to_the_text_and_fit(text: str, most: int) -> None:
    pieces = list(cut(text, most))
    assert "".join(pieces) == text
    assert all(size(piece) <= most for piece in pieces)


def test_a_short_message_stays_one() -> None:
    message = Message(title="Ticket 7", text="A parcel", quote="Where is it?", buttons=(Button("Claim", "claim", "7"),))
    assert split(message) == [message]
    assert split(Message()) == [Message()]


def test_buttons_stand_under_the_last_part() -> None:
    parts = split(Message(text="word " * 10_000, buttons=(Button("Claim", "claim"),)))
    assert [len(part.buttons) for part in parts] == [0] * (len(parts) - 1) + [1]


# --- looks --------------------------------------------------------------------------------------------------------


def test_a_ticket_card() -> None:
    message = Message(
        title="Ticket 7",
        text="Ada writes",
        quote="Where is it?",
        facts=(Fact("Carrier", "DHL"),),
        context="2 orders",
        buttons=(Button("Claim", "claim", "T-7", "primary"), Button("Reply", "reply", "T-7")),
    )

    def plain(text: str) -> Json:
        return {"type": "plain_text", "text": text, "emoji": False}

    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": "Where is it?"}]}
    claim = {"type": "button", "text": plain("Claim"), "action_id": "claim", "value": "T-7", "style": "primary"}
    assert render(message) == [
        {"type": "header", "text": plain("Ticket 7")},
        {"type": "section", "text": plain("Ada writes")},
        {"type": "rich_text", "elements": [quote]},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Carrier*\nDHL", "verbatim": True}]},
        {"type": "context", "elements": [plain("2 orders")]},
        {
            "type": "actions",
            "elements": [claim, {"type": "button", "text": plain("Reply"), "action_id": "reply", "value": "T-7"}],
        },
    ]
    assert fallback(message) == "Ticket 7\nAda writes\nWhere is it?\nCarrier: DHL\n2 orders"


def texts_of(value: object) -> Iterator[Json]:
    """Every text that Slack would interpret."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)


@pytest.mark.parametrize("hostile", [*HOSTILE, "> quoted", "https://evil.example", "www.evil.example", "<!subteam^S1>"])
def test_hostile_words_mean_nothing(hostile: str) -> None:
    message = Message(
        title=hostile,
        text=hostile,
        quote=hostile,
        facts=(Fact(hostile, "x"), Fact("Name", hostile)),
        table=Table((hostile,), ((hostile,),), hostile),
        context=hostile,
        buttons=(Button(hostile, "claim"),),
    )
    written = json.dumps(render(message)) + fallback(message)
    assert not re.search(r"<[!@#]|<https?:", written)
    assert '"link"' not in written
    assert "\\u202e" not in written
    interpreted = [one for one in texts_of(render(message)) if one["verbatim"] is not True or hostile in one["text"]]
    assert interpreted == []


def test_letters_of_other_scripts_stay_whole() -> None:
    family, persian = "👩\u200d👧\u200d👦", "می\u200cخواهم"
    blocks = render(Message(quote=f"{family} {persian} שלום"))
    assert blocks[0]["elements"][0]["elements"][0]["text"] == f"{family} {persian} שלום"
    assert all(len(piece) in (5, 10) for piece in cut(family * 3, 16))


def test_two_buttons_of_one_action_are_told_apart() -> None:
    (actions,) = render(
        Message(buttons=(Button("A", "claim", "1"), Button("B", "claim", "2"), Button("C", "claim", "3")))
    )
    assert [one["action_id"] for one in actions["elements"]] == ["claim", "claim#2", "claim#3"]


def test_a_chart_is_drawn_by_slack() -> None:
    chart = Chart("line", "Orders", ("Mon", "Tue"), (Series("Web", (3, 5)),), "Rising")
    (block,) = render(Message(chart=chart))
    points = [{"label": "Mon", "value": 3}, {"label": "Tue", "value": 5}]
    drawn = {"type": "line", "series": [{"name": "Web", "data": points}], "axis_config": {"categories": ["Mon", "Tue"]}}
    assert block == {"type": "data_visualization", "title": "Orders", "chart": drawn}
    pie = Chart("pie", "Orders", ("Mon", "Tue"), (Series("Web", (3, 5)),))
    assert render(Message(chart=pie))[0]["chart"] == {"type": "pie", "segments": points}


@pytest.mark.parametrize(
    "chart",
    [
        Chart("pie", "Orders", ("Mon", "Tue"), (Series("Web", (3, 0)),)),
        Chart("bar", "Orders", ("Mon", "Mon"), (Series("Web", (3, 1)),)),
        Chart("bar", "Orders", ("A label that is far too long",), (Series("Web", (3,)),)),
        Chart("bar", "Orders", ("Mon",), tuple(Series(f"S{number}", (1,)) for number in range(7))),
        Chart("bar", "Orders", ("Mon",), (Series("Web", (float("nan"),)),)),
        Chart("bar", "", ("Mon",), (Series("Web", (1,)),)),
    ],
)
def test_a_chart_that_slack_cannot_draw_stands_as_numbers(chart: Chart) -> None:
    blocks = render(Message(chart=chart))
    assert "data_visualization" not in [block["type"] for block in blocks]
    assert chart.categories[0] in shown_text(blocks)[-1]


def test_a_table_of_a_thousand_rows_repeats_its_header() -> None:
    table = Table(("Customer", "Orders"), tuple((f"customer {number}", str(number)) for number in range(1_000)), "All")
    parts = split(Message(table=table))
    assert [part.table.columns for part in parts if part.table] == [table.columns] * len(parts)
    assert tuple(row for part in parts if part.table for row in part.table.rows) == table.rows


# --- forms --------------------------------------------------------------------------------------------------------


def test_a_reply_form_has_one_input_labelled_text() -> None:
    form = Form("reply", "T-7", "Reply to the customer of ticket 7", "Send", (Field("text", "Text", multiline=True),))
    view = modal(form, "slack:C1:1.0")
    assert view_problems(view, Rules()) == []
    (block,) = [block for block in view["blocks"] if block["type"] == "input"]
    assert (block["label"]["text"], block["element"]["action_id"], block["element"]["multiline"]) == (
        "Text",
        "text",
        True,
    )
    assert json.loads(view["private_metadata"]) == {"form": "reply", "ref": "T-7", "lane": "slack:C1:1.0"}
    assert form.title in shown_text(view["blocks"])


def test_every_kind_of_field_is_an_element_of_its_own() -> None:
    few = tuple(Option(name.upper(), name) for name in ("vip", "gift", "late"))
    many = tuple(Option(f"Tag {number}", f"t{number}") for number in range(250))
    form = Form(
        "all",
        "7",
        "Everything",
        "Save",
        (
            Field("text", "Text", initial="Hello"),
            Field("one", "Priority", kind="one", options=few, initial="gift"),
            Field("several", "Tags", kind="several", options=few, initial="late,vip", optional=True),
            Field("crowd", "More tags", kind="several", options=many, initial="t249"),
            Field("moment", "Until", kind="moment", initial="1772443800"),
            Field("none", "Macro", kind="one"),
        ),
    )
    view = modal(form, "slack:C1:1.0")
    assert view_problems(view, Rules()) == []
    blocks = {block["block_id"]: block for block in view["blocks"]}
    kinds = {name: block["element"]["type"] for name, block in blocks.items() if block["type"] == "input"}
    assert kinds == {
        "text": "plain_text_input",
        "one": "static_select",
        "several": "checkboxes",
        "crowd": "multi_static_select",
        "moment": "datetimepicker",
    }
    assert blocks["one"]["element"]["initial_option"]["value"] == "gift"
    assert {option["value"] for option in blocks["several"]["element"]["initial_options"]} == {"late", "vip"}
    assert [name for name, block in blocks.items() if block.get("optional")] == ["several"]
    assert [len(group["options"]) for group in blocks["crowd"]["element"]["option_groups"]] == [100, 100, 50]
    assert blocks["crowd"]["element"]["option_groups"][0]["label"]["text"] == "Tag 0 – Tag 99"
    assert blocks["moment"]["element"]["initial_date_time"] == 1_772_443_800
    assert "Macro" in shown_text(blocks["none"])[0]


def test_a_choice_of_more_than_a_form_can_offer_says_how_many_are_left_out() -> None:
    crowd = tuple(Option(f"Tag {number}", f"t{number}") for number in range(1_200))
    view = modal(Form("tags", "7", "Tags", "Save", (Field("tags", "Tags", kind="one", options=crowd),)), "lane")
    assert view_problems(view, Rules()) == []
    assert "200 more" in view["blocks"][0]["hint"]["text"]


def test_where_a_form_was_asked_for_comes_back_with_it_as_far_as_it_fits() -> None:
    form = Form("reply", "T-7", "Reply", "Send", ())
    told = json.loads(modal(form, "lane", "C1", "https://hooks.slack.com/commands/x")["private_metadata"])
    assert (told["place"], told["answer_to"]) == ("C1", "https://hooks.slack.com/commands/x")
    assert "answer_to" not in json.loads(modal(form, "lane", "C1", "x" * 3_000)["private_metadata"])


values = st.text(max_size=200) | st.integers(0, 10**11).map(str)
choices = st.lists(st.builds(Option, long_words, values), max_size=30).map(tuple)
fields = st.builds(
    Field,
    name=st.uuids().map(str),
    label=words,
    multiline=st.booleans(),
    initial=long_words | values,
    max_length=st.integers(0, 10_000),
    kind=st.sampled_from(["text", "one", "several", "moment"]),
    options=choices,
    optional=st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        Form,
        name=st.just("reply"),
        ref=st.text(max_size=50),
        title=words,
        submit=words,
        fields=st.lists(fields, max_size=8).map(tuple),
        text=long_words,
    )
)
def test_no_form_breaks_a_limit(form: Form) -> None:
    assert view_problems(modal(form, "slack:C1:1.0"), Rules()) == []


def test_only_colleagues_in_slack_are_mentioned_and_nobody_by_words() -> None:
    calls = (
        Colleague("slack", "U0123", "Maya"),
        Colleague("console", "U9", "Noor <@U7>"),
        Colleague("slack", "<!channel>", "Evil"),
    )
    message = Message(text="This is yours, <@U5>", calls=calls)
    (mention,) = [block for block in render(message) if block["type"] == "rich_text"]
    named = mention["elements"][0]["elements"]
    assert [one for one in named if one["type"] == "user"] == [{"type": "user", "user_id": "U0123"}]
    assert [one["text"].replace("\u2060", "") for one in named if one["type"] == "text"] == [
        " ", "@Noor <@U7>", " ", "@Evil",
    ]  # fmt: skip
    assert split(message) == [message]
    assert fallback(message).endswith("@Maya @Noor &lt;@U7&gt; @Evil")


def test_a_form_in_chinese_is_left_in_chinese() -> None:
    crowd = tuple(Option(f"第 {number} 项", f"t{number}") for number in range(1_003))
    fields = (Field("name", "名称"), Field("many", "选项", kind="one", options=crowd))
    view = modal(Form("ask_segment", "1", "保存为分群", "保存", fields, language="zh"), "slack:C1:1.0")
    assert view["close"]["text"] == "取消"
    assert view["blocks"][1]["hint"]["text"] == "另有 3 项未列出。"
    assert view_problems(view, Rules()) == []
    # else Slack says it in the language of whoever reads
    assert "close" not in modal(Form("note", "1", "Note", "Save", fields), "slack:C1:1.0")
