"""What staff do in Slack beside writing: forms of every kind, commands, shortcuts, emoji, their own page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels import Call, OutcomeUnknown, Refused, TryLater
from bot.channels.slack.channel import NOT_OPENED, ONE_MOMENT, TOO_LATE
from bot.channels.slack.rendering import home
from handlers.events import StaffCameHome, StaffCommanded, StaffPressed, StaffReacted, StaffSubmitted
from handlers.forms import Field, Form, Option
from handlers.message import Button, Fact, Message, Post, Table
from tests.contracts.rigs import until
from tests.contracts.rigs.slack import SlackRig, open_rig
from tests.wire.slack_blocks import Rules, view_problems

asynchronous = pytest.mark.asyncio
FEW = tuple(Option(name.title(), name) for name in ("vip", "gift", "late"))
MANY = tuple(Option(f"Macro {number}", f"m{number}") for number in range(130))
EVERYTHING = Form(
    "all",
    "T-7",
    "Everything there is",
    "Save",
    (
        Field("note", "Note", multiline=True, optional=True),
        Field("priority", "Priority", kind="one", options=FEW, initial="gift"),
        Field("macro", "Macro", kind="one", options=MANY),
        Field("tags", "Tags", kind="several", options=FEW, initial="vip", optional=True),
        Field("macros", "Macros", kind="several", options=MANY),
        Field("until", "Until", kind="moment", optional=True),
    ),
)


@pytest_asyncio.fixture
async def rig() -> AsyncIterator[SlackRig]:
    async with open_rig("socket") as opened:
        yield opened


@pytest_asyncio.fixture(params=["socket", "http"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[SlackRig]:
    """What comes in comes in by both ways alike."""
    async with open_rig(request.param) as opened:
        yield opened


def call(rig: SlackRig, message: Message, op: Any = "whisper", **more: Any) -> Call:
    return Call(**{"outbox_id": 7, "op": op, "account": rig.account, "place": rig.place, "message": message} | more)


def events(rig: SlackRig) -> list[Any]:
    return [arrival.event for arrival in rig.inbox.stored.values()]


async def card(rig: SlackRig, *buttons: Button) -> str:
    message = Message(title="Ticket 7", text="A parcel", buttons=buttons)
    return (await rig.channel.perform(call(rig, message, "post"))).platform_id


async def heard(rig: SlackRig) -> Any:
    """What the desk hears first."""
    await until(lambda: events(rig))
    return events(rig)[0]


# --- forms --------------------------------------------------------------------------------------------------------


@asynchronous
async def test_what_is_chosen_in_a_form_comes_back_as_values(either: SlackRig) -> None:
    rig = either
    rig.forms["edit"] = EVERYTHING
    rig.server.press(await card(rig, Button("Edit", "edit", "T-7")), "Edit", "ada")
    await until(lambda: rig.server.modal("ada"))
    filled = {"Macro": "Macro 129", "Tags": ["vip", "late"], "Macros": ["m3", "m128"], "Until": 1_772_443_800}
    assert await rig.server.submit(None, filled, "ada").done()
    submitted = await heard(rig)
    assert isinstance(submitted, StaffSubmitted)
    assert submitted.values == {
        "note": "",
        "priority": "gift",
        "macro": "m129",
        "tags": "vip,late",
        "macros": "m3,m128",
        "until": "1772443800",
    }
    assert submitted.place == rig.place


@asynchronous
async def test_what_may_be_left_out_may_be_left_out_and_nothing_else(rig: SlackRig) -> None:
    rig.forms["edit"] = EVERYTHING
    rig.server.press(await card(rig, Button("Edit", "edit", "T-7")), "Edit", "ada")
    await until(lambda: rig.server.modal("ada"))
    with pytest.raises(ValueError, match="'Macro' must be filled in"):
        rig.server.submit(None, {"Macros": ["m3"]}, "ada")
    assert await rig.server.submit(None, {"Macro": "m0", "Macros": ["m3"], "Tags": []}, "ada").done()
    submitted = await heard(rig)
    assert (submitted.values["tags"], submitted.values["until"]) == ("", "")


# --- commands -----------------------------------------------------------------------------------------------------


@asynchronous
async def test_a_command_comes_in_with_who_typed_it_where_and_what(either: SlackRig) -> None:
    rig = either
    maya = rig.server.user("maya")
    text = f"12 assign &lt;me&gt; &amp; <@{maya}|maya>"
    assert await rig.server.command("ada", rig.place, "/Ticket", text).done()
    said = await heard(rig)
    assert isinstance(said, StaffCommanded)
    assert (said.command, said.text) == ("/ticket", "12 assign <me> & @maya")
    assert (said.staff.user, said.staff.name, said.place) == (rig.server.user("ada"), "ada", rig.place)


@asynchronous
async def test_the_same_command_twice_is_two_and_a_redelivery_is_none(either: SlackRig) -> None:
    rig = either
    first = rig.server.command("ada", rig.place, "/duty", "on")
    assert await first.done()
    assert await rig.server.command("ada", rig.place, "/duty", "on").done()
    assert await rig.server.redeliver(first).done()
    assert (len(rig.inbox.handed), len(rig.inbox.stored)) == (3, 2)


@asynchronous
async def test_a_command_that_could_not_be_stored_is_not_acknowledged(either: SlackRig) -> None:
    rig = either
    rig.inbox.failures = 1
    assert not await rig.server.command("ada", rig.place, "/duty").done()
    assert not rig.inbox.stored


async def whispered(rig: SlackRig, channel: str, text: str = "Done") -> None:
    """A command is typed in a channel, and answered."""
    assert await rig.server.command("ada", channel, "/duty").done()
    said = events(rig)[-1]
    await rig.channel.perform(call(rig, Message(text=text), place=said.place, target=said.staff.user, asked_by=said))


@asynchronous
async def test_a_command_is_answered_where_the_bot_is_by_its_own_right(rig: SlackRig) -> None:
    rig.server.join("ada", "tickets")
    await whispered(rig, "tickets")
    (shown,) = rig.server.ephemerals
    assert (shown["channel"], shown["user"], shown["text"]) == (rig.place, rig.server.user("ada"), "Done")
    assert not rig.server.calls_of("response_url")


@asynchronous
@pytest.mark.parametrize("private", [True, False])
async def test_a_command_is_answered_where_the_bot_is_not(rig: SlackRig, private: bool) -> None:
    elsewhere = rig.server.channel("elsewhere", private=private, bot_in=False)
    await whispered(rig, elsewhere)
    (shown,) = rig.server.ephemerals
    assert (shown["channel"], shown["user"], shown["text"]) == (elsewhere, rig.server.user("ada"), "Done")
    assert len(rig.server.calls_of("response_url")) == 1


@asynchronous
async def test_a_sixth_answer_and_one_that_is_half_an_hour_late_come_in_a_direct_message(rig: SlackRig) -> None:
    elsewhere = rig.server.channel("elsewhere", private=True, bot_in=False)
    await whispered(rig, elsewhere, "1")
    said, ada = events(rig)[0], rig.server.user("ada")
    for number in range(2, 7):
        shown = call(rig, Message(text=str(number)), place=elsewhere, target=ada, asked_by=said)
        await rig.channel.perform(shown)
    assert [one["text"] for one in rig.server.ephemerals] == ["1", "2", "3", "4", "5"]
    assert [one.text for one in rig.server.posts(ada)] == ["6"]
    await rig.server.command("ada", elsewhere, "/duty").done()
    rig.server.clock.advance(1_900)
    await rig.channel.perform(call(rig, Message(text="7"), place=elsewhere, target=ada, asked_by=events(rig)[1]))
    assert [one.text for one in rig.server.posts(ada)] == ["6", "7"]


@asynchronous
@pytest.mark.parametrize(
    ("fault", "expected"),
    [("rate_limit", TryLater), ("http_error", TryLater), ("cut_after", OutcomeUnknown)],
)
async def test_an_answer_that_does_not_arrive_is_told(rig: SlackRig, fault: str, expected: type[Exception]) -> None:
    elsewhere = rig.server.channel("elsewhere", private=True, bot_in=False)
    assert await rig.server.command("ada", elsewhere, "/duty").done()
    said = events(rig)[0]
    getattr(rig.faults, fault)("response_url")
    with pytest.raises(expected):
        await rig.channel.perform(
            call(rig, Message(text="Done"), place=elsewhere, target=said.staff.user, asked_by=said)
        )


@asynchronous
async def test_no_answer_goes_to_an_address_that_is_not_slacks(rig: SlackRig) -> None:
    elsewhere, ada = rig.server.channel("elsewhere", private=True, bot_in=False), rig.server.user("ada")
    assert await rig.server.command("ada", elsewhere, "/duty").done()
    said = events(rig)[0]
    for url in ("http://127.0.0.1:1/x", "https://slack.com.evil.example/x", "file:///etc/passwd"):
        forged = StaffCommanded(said.staff, elsewhere, said.at, "/duty", answer_to=url)
        await rig.channel.perform(call(rig, Message(text="Done"), place=elsewhere, target=ada, asked_by=forged))
    assert [one.text for one in rig.server.posts(ada)] == ["Done"] * 3


@asynchronous
async def test_a_command_may_open_a_form(rig: SlackRig) -> None:
    rig.forms["/refund"] = EVERYTHING
    elsewhere = rig.server.channel("elsewhere", private=True, bot_in=False)
    assert await rig.server.command("ada", elsewhere, "/refund", "12").done()
    await until(lambda: rig.server.modal("ada"))
    assert not events(rig)
    assert await rig.server.submit(None, {"Macro": "m0", "Macros": ["m3"]}, "ada").done()
    submitted = await heard(rig)
    assert submitted.place == elsewhere
    refused = call(rig, Message(text="No"), place=elsewhere, target=submitted.staff.user, asked_by=submitted)
    await rig.channel.perform(refused)
    assert [one["text"] for one in rig.server.ephemerals] == ["No"], "the form knows where to answer"


@asynchronous
@pytest.mark.parametrize(
    ("code", "sentence"), [("expired_trigger_id", TOO_LATE), ("fatal_error", NOT_OPENED), ("ratelimited", NOT_OPENED)]
)
async def test_a_commands_form_that_does_not_open_is_said_where_it_was_typed(
    rig: SlackRig, code: str, sentence: str
) -> None:
    rig.forms["/refund"] = EVERYTHING
    elsewhere = rig.server.channel("elsewhere", private=True, bot_in=False)
    rig.faults.error("views.open", code)
    assert await rig.server.command("ada", elsewhere, "/refund").done()
    await until(lambda: rig.server.ephemerals)
    assert (rig.server.ephemerals[0]["channel"], rig.server.ephemerals[0]["text"]) == (elsewhere, sentence)


@asynchronous
async def test_a_commands_form_that_takes_long_to_make_shows_where_it_says_to_wait(rig: SlackRig) -> None:
    rig.forms["/refund"], rig.delays["/refund"] = EVERYTHING, 1.3
    rig.server.command("ada", rig.place, "/refund")
    await until(lambda: ONE_MOMENT in str(rig.server.modal("ada")))
    await until(lambda: "Macro 129" in str(rig.server.modal("ada")))


# --- shortcuts and emoji ------------------------------------------------------------------------------------------


@asynchronous
async def test_a_shortcut_on_a_message_names_its_thread(either: SlackRig) -> None:
    rig = either
    said = rig.server.say("ada", rig.place, "the customer is right", rig.thread)
    await until(lambda: events(rig))
    for ts in (said, rig.thread):
        assert await rig.server.shortcut("ada", "claim", ts).done()
    _, on_reply, on_card = events(rig)
    assert [type(one) for one in (on_reply, on_card)] == [StaffPressed, StaffPressed]
    assert (on_reply.action, on_reply.ref, on_reply.message_id, on_reply.thread) == ("claim", "", said, rig.thread)
    assert (on_card.message_id, on_card.thread) == (rig.thread, rig.thread)
    lanes = {arrival.lane for arrival in rig.inbox.stored.values()}
    assert lanes == {f"slack:{rig.place}:{rig.thread}"}, "in turn with what is said in the thread"


@asynchronous
async def test_a_shortcut_that_opens_a_form_opens_it(rig: SlackRig) -> None:
    rig.forms["reply"] = EVERYTHING
    assert await rig.server.shortcut("ada", "reply", rig.thread).done()
    await until(lambda: rig.server.modal("ada"))
    assert not events(rig)


@asynchronous
async def test_a_shortcut_is_answered_where_the_bot_is_not(rig: SlackRig) -> None:
    elsewhere = rig.server.channel("elsewhere", private=True, bot_in=False)
    ts = rig.server.say("ada", elsewhere, "lunch?")
    assert await rig.server.shortcut("ada", "claim", ts).done()
    pressed = await heard(rig)
    told = call(rig, Message(text="No ticket"), place=elsewhere, target=pressed.staff.user, asked_by=pressed)
    await rig.channel.perform(told)
    assert [(one["channel"], one["text"]) for one in rig.server.ephemerals] == [(elsewhere, "No ticket")]


@asynchronous
async def test_a_shortcut_from_anywhere_is_answered_in_the_persons_own_conversation(either: SlackRig) -> None:
    rig = either
    assert await rig.server.shortcut("ada", "command").done()
    pressed = await heard(rig)
    assert (pressed.action, pressed.place, pressed.thread) == ("command", rig.server.user("ada"), "")
    await rig.channel.perform(call(rig, Message(text="Hello"), place=pressed.place, target=pressed.staff.user))
    assert [one.text for one in rig.server.posts(pressed.place)] == ["Hello"]


@asynchronous
async def test_an_emoji_comes_in_once_whatever_its_colour(rig: SlackRig) -> None:
    rig.server.duplicate()
    rig.server.react("ada", str(rig.thread), "+1::skin-tone-4")
    await until(lambda: len(rig.inbox.handed) == 2)
    (reacted,) = events(rig)
    assert isinstance(reacted, StaffReacted)
    assert (reacted.emoji, reacted.place, reacted.message_id) == ("+1", rig.place, rig.thread)
    assert reacted.staff.name == "ada"


@asynchronous
async def test_the_bots_own_emoji_and_one_that_is_taken_back_say_nothing(rig: SlackRig) -> None:
    rig.server.react(rig.server.bot_user, str(rig.thread), "eyes")
    rig.server.react("ada", str(rig.thread), "heart")
    rig.server.take_reaction_back("ada", str(rig.thread), "heart")
    assert all([await one.done() for one in rig.server.deliveries])
    assert [one.emoji for one in events(rig)] == ["heart"]


# --- the page of one's own ----------------------------------------------------------------------------------------


def page(*sections: Message) -> Message:
    return Message(sections=sections)


async def publish(rig: SlackRig, shown: Message) -> None:
    ada = rig.server.user("ada")
    await rig.channel.perform(call(rig, shown, "home", place=ada, target=ada))


@asynchronous
async def test_who_opens_the_home_tab_is_heard_and_who_looks_at_the_messages_is_not(rig: SlackRig) -> None:
    rig.server.event({"type": "app_home_opened", "user": rig.server.user("ada"), "tab": "messages", "channel": "D1"})
    assert await rig.server.opens_home("ada").done()
    opened = await heard(rig)
    assert isinstance(opened, StaffCameHome)
    assert opened.staff.name == "ada"
    assert len(events(rig)) == 1


@asynchronous
async def test_a_page_shows_its_sections_and_then_others(rig: SlackRig) -> None:
    await publish(rig, page(Message(title="Today", facts=(Fact("Opened", "3"),)), Message(title="My queue")))
    assert [word in str(rig.server.home("ada")) for word in ("Today", "Opened", "My queue")] == [True] * 3
    await publish(rig, page(Message(title="My queue", text="#12")))
    assert "Today" not in str(rig.server.home("ada"))


@asynchronous
async def test_a_page_links_each_ticket_to_its_thread(rig: SlackRig) -> None:
    await until(lambda: rig.channel.url)
    stands = await rig.channel.perform(call(rig, Message(title="Ticket 12"), "post"))
    ticket = Message(text="#12 · refund · <Ada>", of=Post(stands.place, stands.platform_id))
    await publish(rig, page(Message(title="My queue"), ticket, Message(text="#13", of=None)))
    view = rig.server.home("ada")
    assert view is not None
    client = AsyncWebClient(rig.server.bot_token, base_url=rig.server.api_url)
    asked = await client.chat_getPermalink(channel=stands.place, message_ts=stands.platform_id)
    (link,) = [
        found
        for block in view["blocks"]
        if block["type"] == "rich_text"
        for found in block["elements"][0]["elements"]
        if found["type"] == "link"
    ]
    assert (link["url"], link["text"]) == (asked["permalink"], "#12 · refund · <Ada>")
    assert "#13" in str(view)


@asynchronous
async def test_a_button_of_a_page_is_pressed_for_the_right_ticket(rig: SlackRig) -> None:
    tickets = [Message(text=f"#{ref}", buttons=(Button("Resolve", "resolve", ref),)) for ref in ("12", "13")]
    await publish(rig, page(*tickets))
    view = rig.server.home("ada")
    assert view is not None
    assert await rig.server.press(view["id"], "resolve#2", "ada").done()
    pressed = await heard(rig)
    assert (pressed.action, pressed.ref, pressed.place) == ("resolve", "13", rig.server.user("ada"))


@asynchronous
async def test_a_button_of_a_page_opens_a_form(rig: SlackRig) -> None:
    rig.forms["reply"] = EVERYTHING
    await publish(rig, page(Message(text="#12", buttons=(Button("Reply", "reply", "12"),))))
    view = rig.server.home("ada")
    assert view is not None
    assert await rig.server.press(view["id"], "Reply", "ada").done()
    await until(lambda: rig.server.modal("ada"))


@asynchronous
@pytest.mark.parametrize(
    ("code", "expected"), [("hash_conflict", TryLater), ("not_enabled", Refused), ("ratelimited", TryLater)]
)
async def test_a_page_that_is_not_taken_says_why(rig: SlackRig, code: str, expected: type[Exception]) -> None:
    rig.faults.error("views.publish", code)
    with pytest.raises(expected):
        await publish(rig, page(Message(title="Today")))
    await publish(rig, page(Message(title="Today")))


words = st.text(max_size=80) | st.sampled_from(["<!channel>", "*bold*", "\u202e", "&lt;", "x" * 4_000])
buttons = st.builds(Button, words, st.sampled_from(["reply", "resolve", "retry"]), st.text(max_size=20))
sections = st.builds(
    Message,
    title=words,
    text=words,
    quote=words,
    facts=st.lists(st.builds(Fact, words, words), max_size=12).map(tuple),
    table=st.none() | st.builds(Table, st.tuples(words), st.lists(st.tuples(words), max_size=120).map(tuple), words),
    context=words,
    buttons=st.lists(buttons, max_size=30).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(sections, max_size=40).map(tuple))
def test_no_page_breaks_a_limit(shown: tuple[Message, ...]) -> None:
    assert view_problems(home(Message(sections=shown)), Rules()) == []


# --- user groups --------------------------------------------------------------------------------------------------


@asynchronous
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_who_is_in_a_user_group_is_asked_for_and_followed(mode: str) -> None:
    told: list[dict[str, Any]] = []
    async with open_rig(mode, groups=("S0LEADS12", "S0NOBODY1"), joined=told.append) as rig:  # type: ignore[arg-type]
        rig.server.scopes("usergroups:read", *rig.server.scopes())
        rig.server.group("S0LEADS12", "ada")
        rig.server.event({"type": "subteam_updated", "subteam": {"id": "S0LEADS12"}})
        await until(lambda: told and told[-1]["S0LEADS12"])
        assert told[-1] == {"S0LEADS12": {rig.staff}, "S0NOBODY1": set()}  # one that is not there has nobody
        rig.server.group("S0LEADS12", "bo")
        await until(lambda: told[-1]["S0LEADS12"] == {rig.server.user("bo")})
        assert rig.acknowledged()
        assert not rig.inbox.handed


@asynchronous
async def test_whoever_was_in_a_group_stays_in_it_while_slack_does_not_tell() -> None:
    told: list[dict[str, Any]] = []
    async with open_rig("socket", groups=("S0LEADS12",), joined=told.append) as rig:
        rig.server.scopes("usergroups:read", *rig.server.scopes())
        rig.server.group("S0LEADS12", "ada")
        rig.server.event({"type": "subteam_updated"})
        await until(lambda: told and told[-1]["S0LEADS12"])
        before = len(told)
        rig.faults.http_error("usergroups.users.list", 503)
        rig.server.event({"type": "subteam_updated"})
        await until(lambda: len(told) > before)
        assert told[-1] == {"S0LEADS12": {rig.staff}}
