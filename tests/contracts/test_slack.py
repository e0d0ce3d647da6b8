"""What only Slack promises: signatures, redelivery, forms, charts, and a post that is found exactly once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.channels import Call, FileUnavailable, Op, OutcomeUnknown, Refused, Sent, TryLater
from bot.channels.slack.channel import DONE, NOT_OPENED, ONE_MOMENT, TOO_LATE, SlackChannel
from bot.manifest import SCOPES
from crm_store.store import StoreUnavailable
from handlers.events import FileRef, StaffDeleted, StaffEdited, StaffPressed, StaffSaid, StaffSubmitted
from handlers.forms import Field, Form
from handlers.message import Button, Chart, Message, Series, Table
from tests.contracts.rigs import until
from tests.contracts.rigs.slack import SlackRig, open_rig
from tests.wire.server import Call as ApiCall
from tests.wire.slack_methods import METHODS

pytestmark = pytest.mark.asyncio

REPLY = Form("reply", "T-7", "Reply to ticket 7", "Send", (Field("text", "Text", multiline=True),))
CHART = Chart("bar", "Orders", ("Mon", "Tue"), (Series("Web", (3, 5)),), alt="Orders rose from 3 to 5")


@pytest_asyncio.fixture
async def rig() -> AsyncIterator[SlackRig]:
    async with open_rig("socket") as opened:
        yield opened


@pytest_asyncio.fixture
async def web() -> AsyncIterator[SlackRig]:
    async with open_rig("http") as opened:
        yield opened


def call(rig: SlackRig, message: Message, op: Op = "post", **more: Any) -> Call:
    return Call(**{"outbox_id": 7, "op": op, "account": rig.account, "place": rig.place, "message": message} | more)


def events(rig: SlackRig) -> list[Any]:
    return [arrival.event for arrival in rig.inbox.stored.values()]


async def card(rig: SlackRig, *buttons: Button) -> Sent:
    return await rig.channel.perform(call(rig, Message(title="Ticket 7", text="A parcel", buttons=buttons)))


# --- who may speak to us ------------------------------------------------------------------------------------------


async def http_status(rig: SlackRig, **how: Any) -> int:
    body = rig.server.event_body({"type": "message", "channel": "C1", "user": "U1", "ts": "2.0", "thread_ts": "1.0"})
    return (await asyncio.wrap_future(rig.server.send_http(body, **how))).status


@pytest.mark.parametrize("how", [{"signed": False}, {"secret": "another"}, {"age": 301}, {"age": -301}])
async def test_a_request_that_slack_did_not_just_sign_is_refused_and_not_stored(
    web: SlackRig, how: dict[str, Any]
) -> None:
    assert await http_status(web, **how) == 401
    assert not web.inbox.handed


async def test_a_request_that_slack_signed_within_five_minutes_is_taken(web: SlackRig) -> None:
    assert await http_status(web, age=290) == 200


@pytest.mark.parametrize("stamp", ["", "yesterday", "9" * 40, "²"])
async def test_a_timestamp_that_is_no_number_is_refused(web: SlackRig, stamp: str) -> None:
    headers = {"X-Slack-Request-Timestamp": stamp.encode().decode("latin-1")}
    assert await http_status(web, headers=headers) == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"ssl_check=1&token=x", b"{"])
async def test_garbage_without_a_signature_is_refused(web: SlackRig, body: bytes) -> None:
    assert (await asyncio.wrap_future(web.server.send_http(body, signed=False))).status == 401


async def test_slack_may_verify_the_address(web: SlackRig) -> None:
    answer = await asyncio.wrap_future(web.server.verify_url())
    assert (answer.status, "wire-challenge" in answer.body) == (200, True)


# --- what is kept, and how often ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_an_event_that_could_not_be_stored_comes_again(mode: Any) -> None:
    async with open_rig(mode) as rig:
        rig.server.ack_timeout = 0.3
        rig.inbox.failures = 1
        rig.says("> on its way")
        await until(lambda: events(rig))
        await until(rig.acknowledged)
        (delivery,) = [one for one in rig.server.deliveries if one.kind == "events_api"]
        assert [attempt.ok for attempt in delivery.attempts] == [False, True]


async def test_an_event_is_stored_though_the_token_does_not_work(web: SlackRig) -> None:
    web.server.bot_token = "xoxb-another"
    web.says("do not lose me")
    await until(lambda: web.inbox.texts() == ["do not lose me"])


async def test_a_lost_acknowledgement_stores_nothing_twice(web: SlackRig) -> None:
    web.server.lose_acks()
    web.says("once")
    await until(lambda: len(web.inbox.handed) == 2)
    assert web.inbox.texts() == ["once"]
    await until(web.acknowledged)


async def test_our_own_posts_and_other_bots_are_nobody(rig: SlackRig) -> None:
    rig.server.bot_says("tickets", "beep")
    await rig.channel.perform(call(rig, Message(text="ours"), thread=rig.thread))
    await rig.channel.perform(call(rig, Message(text="ours, changed"), "edit", target=rig.posts()[-1].platform_id))
    rig.says("a person")
    await until(lambda: events(rig))
    await until(rig.acknowledged)
    assert rig.inbox.texts() == ["a person"]


async def test_edits_and_deletions_of_people_come_in(rig: SlackRig) -> None:
    ts = rig.server.say("ada", rig.place, "&gt; helo", rig.thread)
    rig.server.edit(ts, "&gt; hello")
    rig.server.delete(ts)
    await until(lambda: len(events(rig)) == 3)
    said, edited, deleted = events(rig)
    assert isinstance(said, StaffSaid)
    assert isinstance(edited, StaffEdited)
    assert isinstance(deleted, StaffDeleted)
    assert (edited.text, edited.thread, edited.message_id, deleted.message_id) == ("> hello", rig.thread, ts, ts)


async def test_a_word_in_the_channel_itself_is_nobodys_business(rig: SlackRig) -> None:
    rig.server.say("ada", rig.place, "lunch?")
    rig.says("in the thread")
    await until(lambda: events(rig))
    await until(rig.acknowledged)
    assert rig.inbox.texts() == ["in the thread"]


async def test_the_socket_is_opened_again_when_slack_asks_for_it(rig: SlackRig) -> None:
    rig.server.disconnect()
    rig.says("on the new one")
    await until(lambda: rig.inbox.texts() == ["on the new one"])


# --- names --------------------------------------------------------------------------------------------------------


async def test_a_colleague_has_a_name_and_is_asked_for_once(rig: SlackRig) -> None:
    rig.says("one")
    rig.says("two <@U0SHOPBOT>")
    await until(lambda: len(rig.inbox.texts()) == 2)
    assert {event.staff.name for event in events(rig)} == {"ada"}
    asked = [one.args["user"] for one in rig.server.calls_of("users.info")]
    assert len(asked) == len(set(asked))


async def test_a_name_is_asked_for_again_after_a_while(rig: SlackRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.slack.channel._NAME_LIFE", 0.2)
    rig.says("one")
    await until(lambda: len(rig.inbox.texts()) == 1)
    asked = len(rig.server.calls_of("users.info"))
    await asyncio.sleep(0.5)
    rig.says("two")
    await until(lambda: len(rig.server.calls_of("users.info")) > asked)


async def test_a_name_that_slack_does_not_tell_in_time_delays_nothing(rig: SlackRig) -> None:
    rig.faults.slow("users.info", seconds=3.0, before=True)
    rig.says("quick")
    await until(lambda: rig.inbox.texts() == ["quick"], 2.0)
    assert events(rig)[0].staff.name == rig.server.user("ada")


async def test_slow_names_change_no_order(rig: SlackRig) -> None:
    rig.faults.slow("users.info", seconds=0.3, before=True)
    rig.server.say("ada", rig.place, "first", rig.thread)
    rig.server.say("bob", rig.place, "second", rig.thread)
    await until(lambda: len(rig.inbox.texts()) == 2)
    assert rig.inbox.texts() == ["first", "second"]


# --- buttons and forms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_press_comes_in_with_its_action_and_what_it_is_about(mode: Any) -> None:
    async with open_rig(mode) as rig:
        sent = await card(rig, Button("Claim", "claim", "T-7"), Button("Claim the other", "claim", "T-8"))
        assert await rig.server.press(sent.platform_id, "Claim the other", "ada").done()
        (press,) = events(rig)
        assert isinstance(press, StaffPressed)
        assert (press.action, press.ref, press.place, press.message_id) == (
            "claim",
            "T-8",
            sent.place,
            sent.platform_id,
        )
        (lane,) = [arrival.lane for arrival in rig.inbox.stored.values()]
        assert lane == f"slack:{sent.place}:{sent.platform_id}"


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_reply_button_opens_a_form_and_its_answer_comes_in_the_threads_lane(mode: Any) -> None:
    async with open_rig(mode) as rig:
        rig.forms["reply"] = REPLY
        sent = await card(rig, Button("Reply", "reply", "T-7"))
        rig.server.press(sent.platform_id, "Reply", "ada")
        await until(lambda: rig.server.modal("ada"))
        assert not events(rig)
        assert await rig.server.submit(None, {"Text": "On its way & <b>soon</b>"}, "ada").done()
        (filled,) = events(rig)
        assert isinstance(filled, StaffSubmitted)
        assert (filled.form, filled.ref, filled.values) == ("reply", "T-7", {"text": "On its way & <b>soon</b>"})
        assert next(iter(rig.inbox.stored.values())).lane == f"slack:{sent.place}:{sent.platform_id}"
        await until(lambda: rig.server.modal("ada") is None)


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_form_in_which_something_is_wrong_stays_open_and_says_so_at_its_field(mode: Any) -> None:
    async def wrong_in(filled: StaffSubmitted) -> dict[str, str]:
        await asyncio.sleep(5 if filled.values["text"] == "slow" else 0)
        return {"text": "Say more & kinder."} if filled.values["text"] == "no" else {}

    async with open_rig(mode, wrong_in=wrong_in) as rig:
        rig.forms["reply"] = REPLY
        sent = await card(rig, Button("Reply", "reply", "T-7"))
        rig.server.press(sent.platform_id, "Reply", "ada")
        await until(lambda: rig.server.modal("ada"))
        refused = rig.server.submit(None, {"Text": "no"}, "ada")
        assert await refused.done()
        assert refused.response == {"response_action": "errors", "errors": {"text": "Say more & kinder."}}
        assert rig.server.modal("ada") is not None
        assert not events(rig)
        rig.server.ack_timeout = 3.0
        assert await rig.server.submit(None, {"Text": "slow"}, "ada").done()  # the turn looks at it
        assert len(events(rig)) == 1


async def test_a_form_that_takes_long_to_make_shows_in_a_view_that_is_open_by_then(rig: SlackRig) -> None:
    rig.forms["reply"] = REPLY
    rig.delays["reply"] = 4.0  # longer than a trigger lives
    sent = await card(rig, Button("Reply", "reply", "T-7"))
    rig.server.press(sent.platform_id, "Reply", "ada")
    await until(lambda: ONE_MOMENT in str(rig.server.modal("ada")), 3.0)
    await until(lambda: "Text" in str(rig.server.modal("ada")), 8.0)
    assert await rig.server.submit(None, {"Text": "On its way"}, "ada").done()
    (filled,) = events(rig)
    assert isinstance(filled, StaffSubmitted)
    assert filled.values == {"text": "On its way"}


async def test_a_button_that_proves_slowly_to_open_no_form_does_what_it_says(rig: SlackRig) -> None:
    rig.delays["claim"] = 1.5
    sent = await card(rig, Button("Claim", "claim", "T-7"))
    rig.server.press(sent.platform_id, "Claim", "ada")
    await until(lambda: DONE in str(rig.server.modal("ada")), 5.0)
    assert [event.action for event in events(rig) if isinstance(event, StaffPressed)] == ["claim"]


@pytest.mark.parametrize("error", [StoreUnavailable("the store is locked"), KeyError("T-7")])
async def test_a_form_that_could_not_be_made_in_time_says_so_and_why_in_the_log(
    rig: SlackRig, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    rig.forms["reply"] = error
    rig.delays["reply"] = 1.5
    sent = await card(rig, Button("Reply", "reply", "T-7"))
    rig.server.press(sent.platform_id, "Reply", "ada")
    await until(lambda: NOT_OPENED in str(rig.server.modal("ada")), 5.0)
    assert "the form of reply could not be made" in caplog.text
    assert str(error) in caplog.text


async def test_a_form_that_could_not_be_stored_stays_open(web: SlackRig) -> None:
    web.forms["reply"] = REPLY
    sent = await card(web, Button("Reply", "reply", "T-7"))
    web.server.press(sent.platform_id, "Reply", "ada")
    await until(lambda: web.server.modal("ada"))
    web.inbox.failures = 1
    assert not await web.server.submit(None, {"Text": "again, please"}, "ada").done()
    assert web.server.modal("ada") is not None
    assert await web.server.submit(None, {"Text": "again, please"}, "ada").done()
    assert len(events(web)) == 1


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("expired_trigger_id", TOO_LATE), ("internal_error", NOT_OPENED), ("trigger_expired", NOT_OPENED)],
)
async def test_a_form_that_could_not_be_opened_is_said_to_the_one_who_pressed(
    rig: SlackRig, code: str, sentence: str
) -> None:
    rig.forms["reply"] = REPLY
    sent = await card(rig, Button("Reply", "reply", "T-7"))
    rig.says("I am in the channel")
    rig.faults.error("views.open", code)
    assert await rig.server.press(sent.platform_id, "Reply", "ada").done()
    await until(lambda: rig.server.ephemerals)
    assert (rig.server.ephemerals[0]["user"], rig.server.ephemerals[0]["text"]) == (rig.server.user("ada"), sentence)


# --- a post is found exactly once ---------------------------------------------------------------------------------


@pytest.mark.parametrize("in_thread", [True, False])
async def test_a_post_whose_answer_was_lost_is_found_among_many(rig: SlackRig, in_thread: bool) -> None:
    where = {"thread": rig.thread if in_thread else None, "tried_at": datetime.now(UTC) - timedelta(seconds=1)}
    lost = call(rig, Message(text="find me"), **where)
    for number in range(5):
        await rig.channel.perform(call(rig, Message(text="find me"), outbox_id=100 + number, **where))
    rig.faults.cut_after("chat.postMessage")
    with pytest.raises(OutcomeUnknown):
        await rig.channel.perform(lost)
    found = await rig.channel.find(lost)
    assert found is not None
    assert rig.server.message(rig.place, found.platform_id).metadata["event_payload"] == {"id": 7}
    assert await rig.channel.find(call(rig, Message(), outbox_id=8, **where)) is None


async def test_looking_reads_every_page(rig: SlackRig) -> None:
    first = await rig.channel.perform(call(rig, Message(text="the first")))
    for number in range(220):
        rig.server.say("ada", rig.place, f"word {number}")
    assert await rig.channel.find(call(rig, Message(), tried_at=datetime.now(UTC))) == first
    assert len(rig.server.calls_of("conversations.history")) == 2


async def test_a_channel_named_by_its_name_is_looked_up_once(rig: SlackRig) -> None:
    missing = call(rig, Message(), place="#tickets", outbox_id=99)
    for _ in range(2):
        assert await rig.channel.find(missing) is None
    assert len(rig.server.calls_of("conversations.list")) == 1


async def test_files_whose_answer_was_lost_are_found_by_their_ids(rig: SlackRig) -> None:
    files = (FileRef("store", "1", "a.txt", "text/plain"), FileRef("store", "2", "b.png", "image/png"))
    shared = call(rig, Message(text="A red shoe", files=files), "file", thread=rig.thread, files=(b"one", b"two"))
    rig.faults.cut_after("files.completeUploadExternal")
    with pytest.raises(OutcomeUnknown) as caught:
        await rig.channel.perform(shared)
    again = call(rig, shared.message, "file", thread=rig.thread, trace=caught.value.trace)
    found = await rig.channel.find(again)
    (post,) = rig.posts()
    assert found == Sent(post.platform_id, rig.place)
    assert post.files == (b"one", b"two")
    picture = rig.server.message(rig.place, post.platform_id).files[1]
    assert picture["alt_txt"] == "A red shoe"


async def test_files_of_a_crash_are_found_by_name_and_size(rig: SlackRig) -> None:
    file = FileRef("store", "1", "a.txt", "text/plain", size=3)
    await rig.channel.perform(call(rig, Message(files=(file,)), "file", thread=rig.thread, files=(b"one",)))
    assert await rig.channel.find(call(rig, Message(files=(file,)), thread=rig.thread)) is not None
    other = FileRef("store", "1", "a.txt", "text/plain", size=4)
    assert await rig.channel.find(call(rig, Message(files=(other,)), thread=rig.thread)) is None


async def test_an_upload_that_broke_off_may_be_repeated(rig: SlackRig) -> None:
    rig.faults.cut_before("upload")
    file = FileRef("store", "1", "a.txt", "text/plain")
    with pytest.raises(TryLater):
        await rig.channel.perform(call(rig, Message(files=(file,)), "file", files=(b"one",)))
    assert not rig.posts()


async def test_when_looking_is_not_allowed_the_outcome_stays_unknown(rig: SlackRig) -> None:
    rig.faults.error("conversations.history", "missing_scope")
    with pytest.raises(OutcomeUnknown):
        await rig.channel.find(call(rig, Message(), tried_at=datetime.now(UTC)))
    rig.faults.http_error("conversations.history", 503)
    with pytest.raises(TryLater):
        await rig.channel.find(call(rig, Message(), tried_at=datetime.now(UTC)))
    with pytest.raises(OutcomeUnknown):
        await rig.channel.find(call(rig, Message(), "whisper", target="U1"))


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("not_in_channel", "/invite @shopdesk"),
        ("channel_not_found", "slack.channels"),
        ("is_archived", "unarchive"),
        ("missing_scope", "slack-manifest"),
    ],
)
async def test_what_a_person_can_mend_waits_for_it(rig: SlackRig, code: str, hint: str) -> None:
    rig.faults.error("chat.postMessage", code)
    with pytest.raises(TryLater, match=hint) as caught:
        await rig.channel.perform(call(rig, Message(text="hello")))
    assert caught.value.after is not None


@pytest.mark.parametrize(("code", "hint"), [("msg_too_long", "too long"), ("something_new", "something_new")])
async def test_a_refusal_says_why(rig: SlackRig, code: str, hint: str) -> None:
    rig.faults.error("chat.postMessage", code)
    with pytest.raises(Refused, match=hint):
        await rig.channel.perform(call(rig, Message(text="hello")))


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_nothing_is_lost_while_the_token_is_being_replaced(rig: SlackRig, code: str) -> None:
    rig.faults.error("chat.postMessage", code)
    with pytest.raises(TryLater) as caught:
        await rig.channel.perform(call(rig, Message(text="hello")))
    assert caught.value.whole_account
    assert caught.value.after is not None


async def test_a_rate_limit_on_edits_holds_the_whole_workspace(rig: SlackRig) -> None:
    sent = await card(rig)
    rig.faults.rate_limit("chat.update", retry_after=3)
    with pytest.raises(TryLater) as caught:
        await rig.channel.perform(call(rig, Message(text="new"), "edit", target=sent.platform_id))
    assert (caught.value.after, caught.value.whole_account) == (3, True)


async def test_slacks_half_done_calls_are_looked_for(rig: SlackRig) -> None:
    rig.faults.error("chat.postMessage", "internal_error")
    with pytest.raises(OutcomeUnknown):
        await rig.channel.perform(call(rig, Message(text="hello")))


async def test_the_sdk_repeats_nothing_by_itself(rig: SlackRig) -> None:
    rig.faults.cut_before("chat.postMessage")
    with pytest.raises(OutcomeUnknown):
        await rig.channel.perform(call(rig, Message(text="hello")))
    assert len(rig.server.calls_of("chat.postMessage")) == 1


async def test_a_whisper_is_seen_by_one_person(rig: SlackRig) -> None:
    rig.says("here I am")
    ada = rig.server.user("ada")
    await rig.channel.perform(call(rig, Message(text="Not sent"), "whisper", target=ada, thread=rig.thread))
    (whisper,) = rig.server.ephemerals
    assert (whisper["user"], whisper["text"], whisper["thread_ts"]) == (ada, "Not sent", rig.thread)
    assert not rig.posts()


async def test_an_edit_of_a_channel_by_name_reaches_the_post(rig: SlackRig) -> None:
    sent = await rig.channel.perform(call(rig, Message(text="before"), place="tickets"))
    await rig.channel.perform(call(rig, Message(text="after"), "edit", place="tickets", target=sent.platform_id))
    assert rig.server.calls_of("chat.update")[-1].args["channel"] == rig.place
    assert rig.posts()[-1].text == "after"


# --- what it may do -------------------------------------------------------------------------------------------------


def wanted_by(made: ApiCall) -> set[str]:
    """The scopes that Slack wants for a call."""
    marks = {"metadata.message:read"} if made.args.get("include_all_metadata") else set()
    return {*METHODS[made.method].scopes, *marks} if made.method in METHODS else set()


async def test_every_scope_the_app_asks_for_is_wanted_by_something_it_does(rig: SlackRig) -> None:
    await rig.channel.fetch(await a_file(rig))
    await rig.channel.find(call(rig, Message(), place="#tickets", outbox_id=99))
    sent = await rig.channel.perform(call(rig, Message(text="before"), place="tickets"))
    await rig.channel.perform(call(rig, Message(text="after"), "edit", place="tickets", target=sent.platform_id))
    file = FileRef("store", "1", "a.txt", "text/plain", size=3)
    await rig.channel.perform(call(rig, Message(files=(file,)), "file", thread=rig.thread, files=(b"one",)))
    wanted = set[str]().union(*(wanted_by(made) for made in rig.server.calls))
    # what lets the app hear of something is wanted by no call
    assert set(SCOPES) - {"app_mentions:read", "commands", "im:history", "reactions:read"} <= wanted
    # what staff see directly and what they write to each other is none of the bot's business
    assert {scope for scope in wanted if not scope.startswith("im:")} <= set(SCOPES)


@pytest.mark.parametrize(("lacking", "op"), [("chat:write", "post"), ("files:write", "file")])
async def test_a_scope_that_is_lacking_is_missed(rig: SlackRig, lacking: str, op: Op) -> None:
    rig.server.scopes(*(set(SCOPES) - {lacking}))
    file = FileRef("store", "1", "a.txt", "text/plain", size=3)
    message, files = (Message(files=(file,)), (b"one",)) if op == "file" else (Message(text="hello"), ())
    with pytest.raises((Refused, TryLater), match=lacking):
        await rig.channel.perform(call(rig, message, op, thread=rig.thread, files=files))


# --- charts and tables --------------------------------------------------------------------------------------------


async def test_slack_draws_a_chart_itself(rig: SlackRig) -> None:
    await rig.channel.perform(call(rig, Message(title="Week", chart=CHART)))
    assert "data_visualization" in [block["type"] for block in rig.server.posts("tickets")[-1].blocks]


async def test_where_slack_draws_no_charts_the_numbers_stand_as_text(rig: SlackRig) -> None:
    rig.server.accept(data_visualization=False)
    sent = await rig.channel.perform(call(rig, Message(title="Week", chart=CHART)))
    (post,) = rig.posts()
    assert post.platform_id == sent.platform_id
    for words in ("Orders", "Web", "Tue", "5", CHART.alt):
        assert words in post.text


async def test_where_slack_draws_no_charts_a_picture_lies_in_the_thread() -> None:
    async with open_rig("socket", chart_png=lambda chart: b"\x89PNG " + chart.title.encode()) as rig:
        rig.server.accept(data_visualization=False)
        await rig.channel.perform(call(rig, Message(title="Week", chart=CHART)))
        post, picture = rig.posts()
        assert picture.files == (b"\x89PNG Orders",)
        raw = rig.server.message(rig.place, picture.platform_id)
        assert (raw.thread_ts, raw.files[0]["alt_txt"]) == (post.platform_id, CHART.alt)


async def test_a_heat_map_which_slack_never_draws_is_a_picture_with_its_numbers_as_text() -> None:
    async with open_rig("socket", chart_png=lambda chart: b"\x89PNG " + chart.kind.encode()) as rig:
        heat = Chart(
            "heat", "R and F", ("F 1", "F 2"), (Series("R 5", (7, 3)), Series("R 4", (1,))), alt="7 at R 5, F 1"
        )
        await rig.channel.perform(call(rig, Message(title="Week", chart=heat)))
        post, picture = rig.posts()
        assert picture.files == (b"\x89PNG heat",)
        assert rig.server.message(rig.place, picture.platform_id).files[0]["alt_txt"] == heat.alt
        assert "7 at R 5, F 1" in post.text


async def test_a_picture_that_cannot_be_added_costs_only_the_picture() -> None:
    async with open_rig("socket", chart_png=lambda _: b"\x89PNG") as rig:
        rig.server.accept(data_visualization=False)
        rig.faults.error("files.getUploadURLExternal", "file_uploads_disabled")
        await rig.channel.perform(call(rig, Message(title="Week", chart=CHART)))
        assert len(rig.posts()) == 1


async def test_where_slack_takes_no_tables_they_stand_as_text(rig: SlackRig) -> None:
    rig.server.accept(table=False, data_visualization=False)
    table = Table(("Item", "Pieces"), (("Tea", "12"),))
    await rig.channel.perform(call(rig, Message(chart=CHART, table=table)))
    assert "Item  Pieces\nTea   12" in rig.posts()[-1].text


async def test_another_mistake_in_the_layout_is_a_refusal(rig: SlackRig) -> None:
    rig.faults.error("chat.postMessage", "invalid_blocks", times=None)
    with pytest.raises(Refused):
        await rig.channel.perform(call(rig, Message(text="hello", chart=CHART)))
    assert not rig.posts()


# --- files of colleagues ------------------------------------------------------------------------------------------


async def a_file(rig: SlackRig) -> FileRef:
    rig.sends_file("shoe.png", b"\x89PNG")
    await until(lambda: events(rig))
    (file,) = events(rig)[0].files
    assert isinstance(file, FileRef)
    return file


async def test_a_file_that_is_gone_is_said(rig: SlackRig) -> None:
    file = await a_file(rig)
    rig.server.workspace.contents.clear()
    with pytest.raises(FileUnavailable, match="deleted"):
        await rig.channel.fetch(file)
    rig.faults.error("files.info", "file_not_found")
    with pytest.raises(FileUnavailable, match="deleted"):
        await rig.channel.fetch(file)


async def test_a_file_that_is_too_large_is_not_fetched(rig: SlackRig) -> None:
    file = await a_file(rig)
    rig.server.workspace.files[file.id]["size"] = 51 * 1024 * 1024
    with pytest.raises(FileUnavailable, match="50 MB"):
        await rig.channel.fetch(file)
    assert not rig.server.calls_of("download")


async def test_the_token_goes_to_slack_alone(rig: SlackRig) -> None:
    file = await a_file(rig)
    for url in ("http://127.0.0.1:1/files-pri/x", "https://slack.com.evil.example/x", "http://files.slack.com/x"):
        rig.server.workspace.files[file.id]["url_private_download"] = url
        with pytest.raises(FileUnavailable, match="not Slack's"):
            await rig.channel.fetch(file)


async def test_a_login_page_is_no_file(rig: SlackRig) -> None:
    file = await a_file(rig)
    rig.server.workspace.files[file.id]["url_private_download"] = f"{rig.server.url}/login"
    with pytest.raises(FileUnavailable, match="files:read"):
        await rig.channel.fetch(file)


async def test_a_failing_download_is_tried_again(rig: SlackRig) -> None:
    file = await a_file(rig)
    rig.faults.http_error("download", 503)
    with pytest.raises(TryLater):
        await rig.channel.fetch(file)
    rig.faults.cut_before("download", times=None)
    with pytest.raises(TryLater):
        await rig.channel.fetch(file)


# --- starting -----------------------------------------------------------------------------------------------------


async def test_a_workspace_that_is_away_at_start_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    async def nothing(*_: Any) -> None:
        return None

    tokens = {"app_token": "xapp-wire-app", "api_url": "http://127.0.0.1:1/api/"}
    channel = SlackChannel("xoxb-wire-bot", receive=nothing, form_for=nothing, **tokens)
    with caplog.at_level(logging.ERROR):
        await channel.start()
        await until(lambda: len(caplog.records) >= 2)
        await channel.stop()
    assert any("trying again" in record.getMessage() for record in caplog.records)
    assert "SLACK_BOT_TOKEN" in channel.trouble
    assert "SLACK_APP_TOKEN" in channel.trouble


async def test_a_token_that_slack_takes_again_is_no_trouble(rig: SlackRig) -> None:
    await rig.channel.stop()
    rig.faults.error("auth.test", "account_inactive")
    rig.faults.error("apps.connections.open", "invalid_auth")
    await rig.channel.start()
    await until(lambda: "account_inactive" in rig.channel.trouble and "invalid_auth" in rig.channel.trouble)
    await until(lambda: not rig.channel.trouble)


async def test_a_call_under_way_ends_before_the_channel_does(rig: SlackRig) -> None:
    rig.faults.slow("chat.postMessage", seconds=0.3)
    posting = asyncio.create_task(rig.channel.perform(call(rig, Message(text="the last one"))))
    await until(lambda: rig.server.calls_of("chat.postMessage"))
    await rig.channel.stop()
    assert (await posting).place == rig.place


async def test_a_mode_without_its_secret_is_refused_at_once() -> None:
    async def nothing(*_: Any) -> None:
        return None

    with pytest.raises(ValueError, match="app token"):
        SlackChannel("xoxb-x", receive=nothing, form_for=nothing)
    with pytest.raises(ValueError, match="signing secret"):
        SlackChannel("xoxb-x", receive=nothing, form_for=nothing, mode="http")
