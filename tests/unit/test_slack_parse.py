"""What Slack's JSON says to the desk, and that no JSON breaks it."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.slack.parsing import as_typed, parse, people_in
from handlers.events import (
    Arrival,
    Colleague,
    FileRef,
    StaffAsked,
    StaffDeleted,
    StaffEdited,
    StaffPressed,
    StaffSaid,
    StaffSubmitted,
)
from handlers.events import encode as encode_event

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
Json = dict[str, Any]

REPLY: Json = {
    "type": "message",
    "channel": "C1",
    "user": "U1",
    "text": "&gt; on its way",
    "ts": "1795489876.000200",
    "thread_ts": "1795489870.000100",
    "event_ts": "1795489876.000200",
    "channel_type": "channel",
}
PRESS: Json = {
    "type": "block_actions",
    "user": {"id": "U1", "username": "ada", "name": "ada", "team_id": "T1"},
    "container": {"type": "message", "message_ts": "1795489870.000100", "channel_id": "C1", "is_ephemeral": False},
    "trigger_id": "12.34.abc",
    "channel": {"id": "C1", "name": "tickets"},
    "message": {"ts": "1795489870.000100"},
    "actions": [{"type": "button", "action_id": "claim", "block_id": "b", "value": "T-7", "action_ts": "1795489880.5"}],
}
SUBMISSION: Json = {
    "type": "view_submission",
    "user": {"id": "U1", "name": "ada"},
    "trigger_id": "12.34.abd",
    "view": {
        "id": "V1",
        "hash": "156772938.1827394",
        "private_metadata": json.dumps({"form": "reply", "ref": "T-7", "lane": "slack:C1:1795489870.000100"}),
        "state": {"values": {"text": {"text": {"type": "plain_text_input", "value": "On its way"}}}},
    },
}


def body(event: Json, **more: Any) -> Json:
    grants = [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}]
    return {
        "type": "event_callback",
        "event_id": "Ev1",
        "team_id": "T1",
        "authorizations": grants,
        "event": event,
        **more,
    }


def changed(before: Json, after: Json) -> Json:
    times = {"ts": "1795489890.000300", "event_ts": "1795489890.000300"}
    subtype = {"type": "message", "subtype": "message_changed", "channel": "C1", "hidden": True}
    return body({**subtype, **times, "message": after, "previous_message": before})


def said(event: Json) -> StaffSaid | None:
    arrival = parse(body(event), NOW)
    if arrival is None:
        return None
    assert isinstance(arrival.event, StaffSaid)
    return arrival.event


# --- messages -----------------------------------------------------------------------------------------------------


def test_a_reply_in_a_thread_is_said_by_a_colleague() -> None:
    assert parse(body(REPLY), NOW, {"U1": "Ada"}) == Arrival(
        "slack",
        "Ev1",
        "slack:C1:1795489870.000100",
        StaffSaid(
            Colleague("slack", "U1", "Ada"),
            "C1",
            "1795489870.000100",
            "1795489876.000200",
            datetime.fromtimestamp(1795489876.0002, UTC),
            "> on its way",
        ),
    )


def test_a_colleague_without_a_known_name_is_called_by_the_id() -> None:
    reply = said(REPLY)
    assert reply is not None
    assert reply.staff.name == "U1"


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_files_and_broadcast_replies_are_said_too(subtype: str) -> None:
    assert said({**REPLY, "subtype": subtype}) is not None


@pytest.mark.parametrize(
    "difference",
    [
        {"thread_ts": None},
        {"thread_ts": REPLY["ts"]},
        {"bot_id": "B1"},
        {"user": "UBOT"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"type": "reaction_added"},
    ],
)
def test_what_no_colleague_says_in_a_thread_is_nothing(difference: Json) -> None:
    assert said({**REPLY, **difference}) is None


def test_a_file_is_named_by_what_fetches_it() -> None:
    file = {"id": "F1", "name": "a &amp; b.png", "mimetype": "image/png", "size": 12, "url_private": "https://x"}
    reply = said({**REPLY, "subtype": "file_share", "files": [file]})
    assert reply is not None
    assert reply.files == (FileRef("slack", "F1", "a & b.png", "image/png", 12, "photo", "T1"),)


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ({"mimetype": "image/gif"}, "animation"),
        ({"mimetype": "video/mp4"}, "video"),
        ({"mimetype": "audio/mp4", "subtype": "slack_audio"}, "voice"),
        ({"mimetype": "audio/mpeg"}, "audio"),
        ({"mimetype": "application/pdf"}, "document"),
        ({}, "document"),
    ],
)
def test_files_have_a_kind(file: Json, kind: str) -> None:
    reply = said({**REPLY, "files": [{"id": "F1", **file}]})
    assert reply is not None
    assert [one.kind for one in reply.files] == [kind]


def test_an_edit_is_another_text_by_a_person() -> None:
    after = {**REPLY, "text": "&gt; delivered", "edited": {"user": "U2", "ts": "1795489889.0"}}
    arrival = parse(changed(REPLY, after), NOW, {"U2": "Bob"})
    assert arrival is not None
    assert isinstance(arrival.event, StaffEdited)
    assert (arrival.event.text, arrival.event.staff.name, arrival.event.message_id) == (
        "> delivered",
        "Bob",
        REPLY["ts"],
    )


@pytest.mark.parametrize(
    "after",
    [
        {**REPLY, "attachments": [{"title": "unfurled"}]},
        {**REPLY, "text": "another", "bot_id": "B1"},
        {**REPLY, "text": "This message was deleted.", "subtype": "tombstone", "user": "USLACKBOT"},
        {**REPLY, "text": "another", "thread_ts": REPLY["ts"]},
    ],
)
def test_other_changes_are_no_edits(after: Json) -> None:
    assert parse(changed(REPLY, after), NOW) is None


def test_a_deletion_names_the_message_and_its_author() -> None:
    gone = {
        "type": "message",
        "subtype": "message_deleted",
        "channel": "C1",
        "deleted_ts": REPLY["ts"],
        "ts": "1795489891.0",
    }
    arrival = parse(body({**gone, "previous_message": REPLY}), NOW)
    assert arrival is not None
    assert isinstance(arrival.event, StaffDeleted)
    assert (arrival.event.message_id, arrival.event.staff.user) == (REPLY["ts"], "U1")
    assert arrival.lane == "slack:C1:1795489870.000100"
    assert parse(body({**gone, "previous_message": {**REPLY, "bot_id": "B1"}}), NOW) is None


# --- text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wire", "typed"),
    [
        ("&gt; hello", "> hello"),
        ("&gt; one\n&gt; two", "> one\n> two"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<https://shop.example/?a=1&amp;b=2>", "https://shop.example/?a=1&b=2"),
        ("<http://shop.example|shop.example>", "shop.example"),
        ("<https://shop.example/|https://shop.example/>", "https://shop.example/"),
        ("<https://shop.example|our shop>", "our shop (https://shop.example)"),
        ("<mailto:ada@shop.example|ada@shop.example>", "ada@shop.example"),
        ("<tel:+4930123|+49 30 123>", "+49 30 123 (+4930123)"),
        ("<@U1> and <@U2|bob> and <@U3>", "@Ada and @bob and @U3"),
        ("<#C1|general> <#C2>", "#general #C2"),
        ("<!here> <!channel> <!subteam^S1|@agents> <!subteam^S1>", "@here @channel @agents @team"),
        ("<!date^1392734382^{date}|Feb 18, 2014>", "Feb 18, 2014"),
        ("no tokens < at all", "no tokens < at all"),
        ("<strange>", "<strange>"),
    ],
)
def test_text_is_what_the_person_typed(wire: str, typed: str) -> None:
    assert as_typed(wire, {"U1": "Ada"}) == typed


def test_emoji_are_the_characters_that_were_typed() -> None:
    elements = [
        {"type": "emoji", "name": "blush", "unicode": "1f60a"},
        {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fc", "skin_tone": 3},
        {"type": "emoji", "name": "shop-logo"},
    ]
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}]
    reply = said({**REPLY, "text": "Hi :blush: :wave::skin-tone-3: :shop-logo: at 14:30:15", "blocks": blocks})
    assert reply is not None
    assert reply.text == "Hi 😊 👋🏼 :shop-logo: at 14:30:15"


def test_the_people_of_a_message_are_its_author_and_whom_it_names() -> None:
    assert people_in(body({**REPLY, "text": "<@U2> <@W3|x> <#C1>"})) == ("U1", "U2", "W3")
    assert people_in(PRESS) == ("U1",)


# --- buttons and forms --------------------------------------------------------------------------------------------


def test_a_pressed_button_says_its_action_and_its_ref() -> None:
    at = datetime.fromtimestamp(1795489880.5, UTC)
    press = StaffPressed(Colleague("slack", "U1", "ada"), "C1", "1795489870.000100", at, "claim", "T-7")
    assert parse(PRESS, NOW) == Arrival("slack", "12.34.abc", "slack:C1:1795489870.000100", press)


def test_a_button_in_a_thread_belongs_to_the_threads_lane() -> None:
    message = {"ts": "1795489875.0", "thread_ts": "1795489870.000100"}
    container = {**PRESS["container"], "message_ts": "1795489875.0"}
    arrival = parse({**PRESS, "message": message, "container": container}, NOW)
    assert arrival is not None
    assert arrival.lane == "slack:C1:1795489870.000100"


def test_the_second_button_of_an_action_is_that_action() -> None:
    action = {**PRESS["actions"][0], "action_id": "claim#2"}
    arrival = parse({**PRESS, "actions": [action]}, NOW)
    assert arrival is not None
    assert isinstance(arrival.event, StaffPressed)
    assert arrival.event.action == "claim"


def test_a_link_is_no_press() -> None:
    assert parse({**PRESS, "actions": [{**PRESS["actions"][0], "url": "https://shop.example"}]}, NOW) is None


def test_a_form_comes_back_with_what_it_was_about() -> None:
    filled = StaffSubmitted(Colleague("slack", "U1", "ada"), NOW, "reply", "T-7", {"text": "On its way"})
    assert parse(SUBMISSION, NOW) == Arrival("slack", "V1:156772938.1827394", "slack:C1:1795489870.000100", filled)


@pytest.mark.parametrize("kind", ["shortcut", "message_action", "view_closed", "block_suggestion", "url_verification"])
def test_other_interactions_are_nothing(kind: str) -> None:
    assert parse({**SUBMISSION, "type": kind}, NOW) is None


# --- no JSON breaks it --------------------------------------------------------------------------------------------

ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\ud83d", "1.0", "nan", "inf"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def with_another(value: Any, path: tuple[Any, ...], other: object) -> Any:
    if not path:
        return other
    twin = copy.copy(value)
    twin[path[0]] = with_another(value[path[0]], path[1:], other)
    return twin


WHOLE = [
    body({**REPLY, "files": [{"id": "F1", "name": "a", "mimetype": "image/png", "size": 1}]}),
    changed(REPLY, {**REPLY, "text": "another", "edited": {"user": "U1", "ts": "1.0"}}),
    body({"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": "3.0", "previous_message": REPLY}),
    PRESS,
    SUBMISSION,
]


@given(ANY_JSON)
def test_any_json_is_an_arrival_or_nothing(value: object) -> None:
    assert parse(value, NOW) is None
    people_in(value)


@given(st.data())
def test_a_body_with_anything_in_any_place_never_raises_and_can_be_stored(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(WHOLE))
    place = data.draw(st.sampled_from(places(whole)))
    strange = with_another(whole, place, data.draw(ANY_JSON))
    people_in(strange)
    arrival = parse(strange, NOW)
    if arrival is not None:
        encode_event(arrival.event)
        f"{arrival.source_id} {arrival.lane}".encode()


# --- questions ------------------------------------------------------------------------------------------------------

MENTION: Json = {
    "type": "app_mention",
    "channel": "C9",
    "user": "U1",
    "text": "<@UBOT> how many customers, <@U2>?",
    "ts": "1795489876.000200",
    "event_ts": "1795489876.000200",
}


def asked(event: Json) -> StaffAsked | None:
    arrival = parse(body(event), NOW, {"U1": "Ada", "U2": "Bo"})
    assert arrival is None or isinstance(arrival.event, StaffAsked)
    return None if arrival is None else arrival.event


def test_whoever_calls_the_bot_by_its_name_asks_it_something() -> None:
    question = asked(MENTION)
    assert question is not None
    assert (question.text, question.thread) == ("how many customers, @Bo?", MENTION["ts"])
    inside = asked({**MENTION, "thread_ts": "1795489870.000100", "text": "and in France, <@UBOT|shopdesk>?"})
    assert inside is not None
    assert (inside.text, inside.thread) == ("and in France,  ?", "1795489870.000100")


def test_in_their_own_conversation_everything_asks() -> None:
    question = asked({**MENTION, "type": "message", "channel_type": "im", "text": "revenue today"})
    assert question is not None
    assert question.text == "revenue today"
    assert asked({**MENTION, "type": "message", "channel_type": "im", "subtype": "message_changed"}) is None


@pytest.mark.parametrize("more", [{"user": "UBOT"}, {"bot_id": "B1"}, {"user": ""}, {"ts": "x"}, {"channel": ""}])
def test_the_bot_asks_itself_nothing(more: Json) -> None:
    assert asked({**MENTION, **more}) is None


def test_a_message_in_a_thread_knows_whether_it_calls_the_bot() -> None:
    calls, tells = said({**REPLY, "text": "<@UBOT> and in France?"}), said(REPLY)
    assert calls is not None
    assert tells is not None
    assert (calls.calls_desk, tells.calls_desk) == (True, False)
