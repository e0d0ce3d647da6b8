"""The wire servers behave as Slack and Telegram do: the real libraries are their judges."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import telegram
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from tests.wire.control import Refused, in_another_process
from tests.wire.server import NeverHappened
from tests.wire.slack import CannotSubmit, NoSuchButton, SlackServer
from tests.wire.telegram import NotOnScreen, TelegramServer

Json = dict[str, Any]


# -- Slack: the Web API -----------------------------------------------------


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        server.retry_delays = (0.0, 0.02, 0.04)
        yield server


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5)


def button(label: str, action: str, value: str = "") -> Json:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action, "value": value}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


async def refused(call: Awaitable[Any]) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await call
    answer = caught.value.response.data
    assert isinstance(answer, dict)
    return answer


@pytest.mark.asyncio
async def test_slack_says_whose_token_it_is_and_what_it_may_do(slack: SlackServer, client: AsyncWebClient) -> None:
    me = await client.auth_test()
    assert me["user_id"] == slack.bot_user
    assert "chat:write" in me.headers["x-oauth-scopes"]
    assert (await client.bots_info(bot=me["bot_id"]))["bot"]["app_id"] == slack.app_id
    assert (await client.team_info())["team"]["name"] == "Shop"


@pytest.mark.asyncio
async def test_slack_refuses_a_wrong_token_and_a_missing_scope(slack: SlackServer, client: AsyncWebClient) -> None:
    stranger = AsyncWebClient("xoxb-stranger", base_url=slack.api_url)
    assert (await refused(stranger.auth_test()))["error"] == "invalid_auth"
    assert (await refused(client.apps_connections_open(app_token=slack.bot_token)))["error"] == "not_allowed_token_type"
    slack.scopes("chat:write")
    answer = await refused(client.users_list())
    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")


@pytest.mark.asyncio
async def test_slack_takes_channels_by_name_or_id(slack: SlackServer, client: AsyncWebClient) -> None:
    for name in ("#tickets", "tickets", slack.channel("tickets")):
        assert (await client.chat_postMessage(channel=name, text="hello"))["channel"] == slack.channel("tickets")
    assert (await refused(client.chat_postMessage(channel="#nowhere", text="x")))["error"] == "channel_not_found"
    assert (await refused(client.conversations_info(channel="#tickets")))["error"] == "channel_not_found"


@pytest.mark.asyncio
async def test_slack_lets_the_bot_post_only_where_it_is(slack: SlackServer, client: AsyncWebClient) -> None:
    room = slack.channel("outside", bot_in=False)
    hidden = slack.channel("secret", private=True, bot_in=False)
    assert (await refused(client.chat_postMessage(channel=room, text="x")))["error"] == "not_in_channel"
    assert (await refused(client.conversations_history(channel=room)))["error"] == "not_in_channel"
    assert (await refused(client.chat_postMessage(channel=hidden, text="x")))["error"] == "channel_not_found"
    await client.conversations_join(channel=room)
    await client.chat_postMessage(channel=room, text="now I am")
    listed = await client.conversations_list()
    assert {one["name"] for one in listed["channels"]} == {"tickets", "general", "outside"}


@pytest.mark.asyncio
async def test_slack_keeps_metadata_and_gives_it_to_who_asks(slack: SlackServer, client: AsyncWebClient) -> None:
    metadata = {"event_type": "outbox", "event_payload": {"id": 7}}
    posted = await client.chat_postMessage(channel="#tickets", text="hi", metadata=metadata)
    room = slack.channel("tickets")
    full = await client.conversations_history(channel=room, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata
    assert "event_payload" not in (await client.conversations_history(channel=room))["messages"][0]["metadata"]
    await client.chat_postMessage(channel=room, text="in", thread_ts=posted["ts"], metadata=metadata)
    thread = await client.conversations_replies(channel=room, ts=posted["ts"], include_all_metadata=True)
    assert [one.get("metadata") for one in thread["messages"]] == [metadata, metadata]


@pytest.mark.asyncio
async def test_slack_history_pages_and_bounds(slack: SlackServer, client: AsyncWebClient) -> None:
    room = slack.channel("tickets")
    ts = [str((await client.chat_postMessage(channel=room, text=str(n)))["ts"]) for n in range(5)]
    assert ts == sorted(set(ts))
    first = await client.conversations_history(channel=room, limit=3)
    assert [one["text"] for one in first["messages"]] == ["4", "3", "2"]
    rest = await client.conversations_history(channel=room, limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert [one["text"] for one in rest["messages"]] == ["1", "0"]
    assert not rest["has_more"]
    inside = await client.conversations_history(channel=room, oldest=ts[1], latest=ts[3])
    assert [one["text"] for one in inside["messages"]] == ["2"]
    around = await client.conversations_history(channel=room, oldest=ts[1], latest=ts[3], inclusive=True)
    assert [one["text"] for one in around["messages"]] == ["3", "2", "1"]


@pytest.mark.asyncio
async def test_slack_threads_stay_out_of_the_channel(slack: SlackServer, client: AsyncWebClient) -> None:
    room = slack.channel("tickets")
    top = (await client.chat_postMessage(channel=room, text="top"))["ts"]
    await client.chat_postMessage(channel=room, text="reply", thread_ts=top)
    (only,) = (await client.conversations_history(channel=room))["messages"]
    assert (only["text"], only["reply_count"]) == ("top", 1)
    assert [one.text for one in slack.messages("tickets", thread_ts=top)] == ["top", "reply"]
    assert (await refused(client.chat_postMessage(channel=room, text="x", thread_ts="1.000001")))["error"] == (
        "thread_not_found"
    )


@pytest.mark.asyncio
async def test_slack_edits_and_deletes_only_what_the_bot_wrote(slack: SlackServer, client: AsyncWebClient) -> None:
    room = slack.channel("tickets")
    ts = (await client.chat_postMessage(channel=room, text="before"))["ts"]
    await client.chat_update(channel=room, ts=ts, text="after")
    assert slack.message("tickets", ts).text == "after"
    assert slack.message("tickets", ts).edited
    theirs = slack.say("mia", "tickets", "mine")
    assert (await refused(client.chat_update(channel=room, ts=theirs, text="x")))["error"] == "cant_update_message"
    assert (await refused(client.chat_delete(channel=room, ts=theirs)))["error"] == "cant_delete_message"
    assert (await refused(client.chat_update(channel=room, ts=ts, text="x" * 4001)))["error"] == "msg_too_long"
    await client.chat_delete(channel=room, ts=ts)
    assert [one["text"] for one in slack.deleted] == ["after"]


@pytest.mark.asyncio
async def test_slack_shows_ephemerals_to_one_person(slack: SlackServer, client: AsyncWebClient) -> None:
    mia = slack.user("mia")
    call = client.chat_postEphemeral(channel="#tickets", user=mia, text="psst")
    assert (await refused(call))["error"] == "user_not_in_channel"
    slack.join("mia", "tickets")
    await client.chat_postEphemeral(channel="#tickets", user=mia, text="psst")
    assert [(one["user"], one["text"]) for one in slack.ephemerals] == [(mia, "psst")]


@pytest.mark.asyncio
async def test_slack_knows_people_and_reactions(slack: SlackServer, client: AsyncWebClient) -> None:
    mia = slack.user("mia", real_name="Mia Meyer")
    assert (await client.users_info(user=mia))["user"]["real_name"] == "Mia Meyer"
    assert mia in {one["id"] for one in (await client.users_list())["members"]}
    assert (await refused(client.users_info(user="U404")))["error"] == "user_not_found"
    ts, room = slack.say("mia", "tickets", "hi"), slack.channel("tickets")
    await client.reactions_add(channel=room, timestamp=ts, name="eyes")
    assert (await refused(client.reactions_add(channel=room, timestamp=ts, name="eyes")))["error"] == "already_reacted"
    got = await client.reactions_get(channel=room, timestamp=ts)
    assert got["message"]["reactions"] == [{"name": "eyes", "users": [slack.bot_user], "count": 1}]


FIELD = {"type": "mrkdwn", "text": "f"}
CASES = [
    ([section("x")] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section", "fields": [FIELD] * 11}], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    (
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "f" * 2001}]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        [{"type": "header", "text": {"type": "plain_text", "text": "h" * 151}}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        [{"type": "context", "elements": [FIELD] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        [{"type": "actions", "elements": [button("b", f"a{n}") for n in range(26)]}],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        [{"type": "actions", "elements": [button("b" * 76, "a")]}],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        [{"type": "actions", "elements": [button("b", "a", "v" * 2001)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        [{"type": "actions", "elements": [button("b", "a" * 256)]}],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (
        [section("x", accessory=button("b", "a")), section("y", accessory=button("c", "a"))],
        "`action_id` a already exists [json-pointer:/blocks/1]",
    ),
    ([{"type": "hologram"}], "unsupported type: hologram [json-pointer:/blocks/0/type]"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (
        [{"type": "data_table", "rows": [[{"type": "raw_text", "text": "a"}]], "caption": "c"}],
        "no less than 2 items allowed [json-pointer:/blocks/0/rows]",
    ),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("blocks", "problem"), CASES, ids=[problem.partition(" [")[0] for _, problem in CASES])
async def test_slack_refuses_blocks_beyond_its_limits(client: AsyncWebClient, blocks: list[Json], problem: str) -> None:
    answer = await refused(client.chat_postMessage(channel="#tickets", text="x", blocks=blocks))
    assert answer["error"] == "invalid_blocks"
    assert problem in answer["errors"]
    assert f"[ERROR] {problem}" in answer["response_metadata"]["messages"]


@pytest.mark.asyncio
async def test_slack_refuses_too_much_and_nothing(client: AsyncWebClient) -> None:
    long = client.chat_postMessage(channel="#tickets", text="x" * 40_001)
    assert (await refused(long))["error"] == "msg_too_long"
    many = client.chat_postMessage(channel="#tickets", text="x", blocks=[section("x" * 3000)] * 5)
    assert (await refused(many))["error"] == "msg_blocks_too_long"
    nothing = client.api_call("chat.postMessage", json={"channel": "#tickets"})
    assert (await refused(nothing))["error"] == "no_text"


CHART = {
    "type": "data_visualization",
    "title": "Orders",
    "chart": {
        "type": "bar",
        "series": [{"name": "Orders", "data": [{"label": "Mon", "value": 3}, {"label": "Tue", "value": 5}]}],
        "axis_config": {"categories": ["Mon", "Tue"]},
    },
}


@pytest.mark.asyncio
async def test_slack_takes_charts_unless_told_not_to(slack: SlackServer, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="#tickets", text="chart", blocks=[CHART])
    answer = await refused(client.chat_postMessage(channel="#tickets", text="x", blocks=[CHART] * 3))
    assert answer["errors"] == ["no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"]
    slack.accept(data_visualization=False)
    answer = await refused(client.chat_postMessage(channel="#tickets", text="chart", blocks=[CHART]))
    assert answer["error"] == "invalid_blocks"


@pytest.mark.asyncio
async def test_slack_takes_files_in_three_steps(slack: SlackServer, client: AsyncWebClient) -> None:
    top = (await client.chat_postMessage(channel="#tickets", text="top"))["ts"]
    room = slack.channel("tickets")
    done = await client.files_upload_v2(
        channel=room, content=b"a,b\n1,2", filename="t.csv", alt_txt="a table", initial_comment="here", thread_ts=top
    )
    (reply,) = slack.messages("tickets", thread_ts=top)[1:]
    assert (reply.text, reply.files[0]["name"], reply.files[0]["alt_txt"]) == ("here", "t.csv", "a table")
    info = (await client.files_info(file=done["file"]["id"]))["file"]
    assert info["shares"]["public"][room][0]["thread_ts"] == top
    async with aiohttp.ClientSession() as session:
        with_token = {"Authorization": f"Bearer {slack.bot_token}"}
        async with session.get(info["url_private_download"], headers=with_token) as answer:
            assert await answer.read() == b"a,b\n1,2"
        async with session.get(info["url_private_download"]) as answer:
            assert "Login" in await answer.text()


@pytest.mark.asyncio
async def test_slack_refuses_an_upload_that_was_never_sent(client: AsyncWebClient) -> None:
    step = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    call = client.files_completeUploadExternal(files=[{"id": step["file_id"]}], channel_id=None)
    assert (await refused(call))["error"] == "file_not_found"


# -- Slack: faults ----------------------------------------------------------


@pytest.mark.asyncio
async def test_slack_fails_as_asked(slack: SlackServer, client: AsyncWebClient) -> None:
    slack.faults.rate_limit("chat.postMessage", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="#tickets", text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    slack.faults.http_error("chat.postMessage", 503)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="#tickets", text="x")
    assert caught.value.response.status_code == 503
    slack.faults.error("chat.postMessage", "is_archived")
    assert (await refused(client.chat_postMessage(channel="#tickets", text="x")))["error"] == "is_archived"
    await client.chat_postMessage(channel="#tickets", text="at last")
    assert [one.text for one in slack.posts("tickets")] == ["at last"]
    assert [call.fault for call in slack.calls_of("chat.postMessage")] == ["rate_limit", "http_error", "error", None]


@pytest.mark.asyncio
async def test_slack_cuts_the_line_before_or_after_the_work(slack: SlackServer, client: AsyncWebClient) -> None:
    slack.faults.cut_before("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="#tickets", text="lost")
    assert slack.posts("tickets") == []
    slack.faults.cut_after("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="#tickets", text="posted all the same")
    assert [one.text for one in slack.posts("tickets")] == ["posted all the same"]


@pytest.mark.asyncio
async def test_slack_answers_late_after_the_work(slack: SlackServer) -> None:
    hasty = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    fault = slack.faults.slow("chat.postMessage", seconds=30)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(hasty.chat_postMessage(channel="#tickets", text="slow"), 0.2)
    assert [one.text for one in slack.posts("tickets")] == ["slow"]
    assert fault.hits == 1


@pytest.mark.asyncio
async def test_a_fault_counts_skips_and_chooses(slack: SlackServer, client: AsyncWebClient) -> None:
    slack.faults.error("chat.postMessage", "fatal_error", times=2, skip=1, when=lambda args: args["text"] != "safe")
    outcomes = []
    for text in ("a", "safe", "b", "c", "d"):
        try:
            await client.chat_postMessage(channel="#tickets", text=text)
            outcomes.append(text)
        except SlackApiError:
            outcomes.append("-")
    assert outcomes == ["a", "safe", "-", "-", "d"]


# -- Slack: reaching the app ------------------------------------------------


@asynccontextmanager
async def over_sockets(slack: SlackServer, app: AsyncApp, connections: int = 1) -> AsyncIterator[None]:
    handlers = [AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.1) for _ in range(connections)]
    for handler in handlers:
        await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until_async(lambda: slack.connections == connections)
    try:
        yield
    finally:
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def over_http(slack: SlackServer, app: AsyncApp) -> AsyncIterator[None]:
    async def answer(request: web.Request) -> web.Response:
        headers: dict[str, str | Sequence[str]] = {key: [value] for key, value in request.headers.items()}
        asked = AsyncBoltRequest(body=await request.text(), query=request.query_string, headers=headers)
        bolt = await app.async_dispatch(asked)
        kind = {key: value[0] for key, value in bolt.headers.items()}
        return web.Response(status=bolt.status, text=bolt.body, headers=kind)

    async with listening(answer) as url:
        slack.send_events_to(url)
        yield


@asynccontextmanager
async def listening(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    served = web.Application()
    served.router.add_post("/hook", answer)
    runner = web.AppRunner(served, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


WAYS = {"sockets": over_sockets, "http": over_http}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Any:
    return WAYS[request.param]


def an_app(slack: SlackServer, client: AsyncWebClient) -> tuple[AsyncApp, list[Json]]:
    """An app that notes what it hears, opens a modal on a button and answers a command."""
    app, heard = AsyncApp(client=client, signing_secret=slack.signing_secret), []

    @app.event("message")
    async def message(event: Json) -> None:
        heard.append(event)

    @app.event("app_mention")
    async def mention(event: Json) -> None:
        heard.append(event)

    @app.action("open")
    async def opens(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        heard.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.action("colour")
    async def colours(ack: Any, body: Json) -> None:
        await ack()
        heard.append(body)

    @app.view("refund")
    async def refunds(ack: Any, view: Json) -> None:
        amount = view["state"]["values"]["amount"]["amount"]["value"]
        await ack(response_action="errors", errors={"amount": "a number"}) if amount == "lots" else await ack()
        heard.append(view)

    @app.command("/desk")
    async def desk(ack: Any, command: Json, respond: Any) -> None:
        await ack(f"you said {command['text']}")
        await respond("and more", response_type="in_channel")

    @app.shortcut("close")
    async def closes(ack: Any, body: Json) -> None:
        await ack()
        heard.append(body)

    return app, heard


MODAL = {
    "type": "modal",
    "callback_id": "refund",
    "title": {"type": "plain_text", "text": "Refund"},
    "submit": {"type": "plain_text", "text": "Pay"},
    "blocks": [
        {
            "type": "input",
            "block_id": "amount",
            "label": {"type": "plain_text", "text": "Amount"},
            "element": {"type": "plain_text_input", "action_id": "amount"},
        },
        {
            "type": "input",
            "block_id": "reason",
            "optional": True,
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {
                "type": "static_select",
                "action_id": "reason",
                "options": [{"text": {"type": "plain_text", "text": "Broken"}, "value": "broken"}],
            },
        },
    ],
}


@pytest.mark.asyncio
async def test_the_app_hears_what_people_say(slack: SlackServer, client: AsyncWebClient, way: Any) -> None:
    app, heard = an_app(slack, client)
    async with way(slack, app):
        ts = slack.say("mia", "#tickets", f"hello <@{slack.bot_user}>", files={"a.png": b"png"})
        slack.edit(ts, "hello again")
        slack.delete(ts)
        for delivery in list(slack.deliveries):
            assert await delivery.done()
    kinds = [(one["type"], one.get("subtype")) for one in heard]
    assert sorted(kinds, key=str) == [
        ("app_mention", None),
        ("message", "file_share"),
        ("message", "message_changed"),
        ("message", "message_deleted"),
    ]
    assert heard[0]["files"][0]["name"] == "a.png"


@pytest.mark.asyncio
async def test_the_app_is_told_of_its_own_messages(slack: SlackServer, client: AsyncWebClient, way: Any) -> None:
    app, heard = an_app(slack, client)
    async with way(slack, app):
        await client.chat_postMessage(channel="#tickets", text="mine")
        echo = slack.deliveries[-1]
        assert await echo.done()
    assert echo.body["event"]["bot_id"] == slack.workspace.bot_id
    assert heard == []  # Bolt itself leaves them out


@pytest.mark.asyncio
async def test_a_button_opens_a_modal_and_the_modal_is_submitted(
    slack: SlackServer, client: AsyncWebClient, way: Any
) -> None:
    app, heard = an_app(slack, client)
    blocks = [section("ticket"), {"type": "actions", "elements": [button("Refund…", "open", "42")]}]
    async with way(slack, app):
        ts = str((await client.chat_postMessage(channel="#tickets", text="ticket", blocks=blocks))["ts"])
        assert slack.message("tickets", ts).buttons == ["Refund…"]
        assert await slack.press(ts, "Refund…", "mia").done()
        view = await slack.until_async(lambda: slack.modal("mia"))
        assert view is not None
        wrong = slack.submit(view, {"Amount": "lots"}, "mia")
        await wrong.done()
        assert wrong.response == {"response_action": "errors", "errors": {"amount": "a number"}}
        assert slack.modal("mia") is not None
        right = slack.submit("Refund", {"Amount": "12", "Reason": "Broken"}, "mia")
        assert await right.done()
        assert slack.modal("mia") is None
    pressed, submitted = next(one for one in heard if "actions" in one), heard[-1]
    assert pressed["actions"][0]["value"] == "42"
    assert pressed["container"]["message_ts"] == ts
    assert submitted["state"]["values"]["reason"]["reason"]["selected_option"]["value"] == "broken"


@pytest.mark.asyncio
async def test_an_ephemeral_message_has_buttons_too(slack: SlackServer, client: AsyncWebClient, way: Any) -> None:
    app, heard = an_app(slack, client)
    slack.join("mia", "tickets")
    blocks = [{"type": "actions", "elements": [button("Open", "open")]}]
    async with way(slack, app):
        await client.chat_postEphemeral(channel="#tickets", user=slack.user("mia"), text="only you", blocks=blocks)
        assert await slack.press(slack.ephemerals[0]["ts"], "Open", "mia").done()
        assert await slack.until_async(lambda: slack.modal("mia"))
    assert heard[0]["container"]["is_ephemeral"]
    assert "message" not in heard[0]


@pytest.mark.asyncio
async def test_commands_shortcuts_and_choices_reach_the_app(
    slack: SlackServer, client: AsyncWebClient, way: Any
) -> None:
    app, heard = an_app(slack, client)
    options = [{"text": {"type": "plain_text", "text": colour}, "value": colour} for colour in ("red", "blue")]
    select = {"type": "static_select", "action_id": "colour", "options": options}
    async with way(slack, app):
        command = slack.command("mia", "#tickets", "/desk", "hello")
        assert await command.done()
        assert [one["text"] for one in slack.ephemerals] == ["you said hello"]
        assert (await slack.wait_for_async("and more", "tickets")).user == slack.bot_user
        ts = str(
            (await client.chat_postMessage(channel="#tickets", text="c", blocks=[section("c", accessory=select)]))["ts"]
        )
        assert await slack.choose(ts, "colour", "blue", "mia").done()
        assert await slack.shortcut("mia", "close", ts).done()
    assert heard[-2]["actions"][0]["selected_option"]["value"] == "blue"
    assert heard[-1]["message"]["ts"] == ts


@pytest.mark.asyncio
async def test_a_trigger_works_once_and_for_three_seconds(slack: SlackServer, client: AsyncWebClient) -> None:
    trigger = slack.workspace.new_trigger(slack.user("mia"))
    await client.views_open(trigger_id=trigger, view=MODAL)
    assert (await refused(client.views_open(trigger_id=trigger, view=MODAL)))["error"] == "exchanged_trigger_id"
    late = slack.workspace.new_trigger(slack.user("mia"))
    slack.clock.advance(3.5)
    assert (await refused(client.views_open(trigger_id=late, view=MODAL)))["error"] == "expired_trigger_id"
    assert (await refused(client.views_open(trigger_id="none", view=MODAL)))["error"] == "invalid_trigger_id"


@pytest.mark.asyncio
async def test_views_keep_their_limits_and_their_hash(slack: SlackServer, client: AsyncWebClient) -> None:
    trigger = slack.workspace.new_trigger(slack.user("mia"))
    long = {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}, "private_metadata": "x" * 3001}
    answer = await refused(client.views_open(trigger_id=trigger, view=long))
    assert answer["error"] == "invalid_arguments"
    assert [one.partition(" [json")[2] for one in answer["errors"]] == [
        "-pointer:/view/title/text]",
        "-pointer:/view/private_metadata]",
    ]
    view = (await client.views_open(trigger_id=trigger, view=MODAL))["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)
    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)
    assert (await refused(stale))["error"] == "hash_conflict"
    await client.views_push(trigger_id=slack.workspace.new_trigger(slack.user("mia")), view=MODAL)
    top = slack.modal("mia")
    assert top is not None
    assert top["previous_view_id"] == view["id"]
    home = {"type": "home", "blocks": [section("hello")]}
    await client.views_publish(user_id=slack.user("mia"), view=home)
    published = slack.home("mia")
    assert published is not None
    assert published["blocks"][0]["text"]["text"] == "hello"


@pytest.mark.asyncio
async def test_people_cannot_press_or_submit_what_is_not_there(slack: SlackServer, client: AsyncWebClient) -> None:
    blocks = [{"type": "actions", "elements": [button("Take", "take")]}]
    ts = str((await client.chat_postMessage(channel="#tickets", text="t", blocks=blocks))["ts"])
    with pytest.raises(NoSuchButton, match=r"'Take' \(take\)"):
        slack.press(ts, "Close", "mia")
    await client.views_open(trigger_id=slack.workspace.new_trigger(slack.user("mia")), view=MODAL)
    with pytest.raises(CannotSubmit, match="'Amount' must be filled in"):
        slack.submit("refund", {}, "mia")
    with pytest.raises(NoSuchButton, match="Colour"):
        slack.submit("refund", {"Colour": "red"}, "mia")


@pytest.mark.asyncio
async def test_an_event_without_an_ack_comes_again(slack: SlackServer) -> None:
    seen: list[tuple[str, str | None, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        name = json.loads(await request.text())["event_id"]
        seen.append((name, request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        return web.Response(status=500 if len(seen) < 3 else 200)

    async with listening(answer) as url:
        slack.send_events_to(url)
        slack.say("mia", "tickets", "hi")
        delivery = slack.deliveries[-1]
        assert await delivery.done()
        name = delivery.event_id
        assert seen == [(name, None, None), (name, "1", "http_error"), (name, "2", "http_error")]
        seen[:] = [("", None, None)] * 3
        slack.lose_acks()
        slack.say("mia", "tickets", "again")
        assert await slack.deliveries[-1].done()
        assert [number for _, number, _ in seen[3:]] == [None, "1"]


@pytest.mark.asyncio
async def test_an_app_that_never_answers_is_tried_four_times(slack: SlackServer) -> None:
    slack.send_events_to("http://127.0.0.1:9/hook")
    slack.say("mia", "tickets", "hi")
    assert not await slack.deliveries[-1].done()
    assert [one.reason for one in slack.deliveries[-1].attempts] == ["connection_failed"] * 4


@pytest.mark.asyncio
async def test_bolt_refuses_forged_and_old_requests(slack: SlackServer, client: AsyncWebClient) -> None:
    app, heard = an_app(slack, client)
    async with over_http(slack, app):
        body = slack.event_body({"type": "message", "channel": slack.channel("tickets"), "user": "U1", "text": "hi"})
        for forged in ({"secret": "wrong"}, {"age": 301}, {"signed": False}):
            answer = await asyncio.wrap_future(slack.send_http(body, **forged))
            assert answer.status == 401
        assert heard == []
        assert (await asyncio.wrap_future(slack.send_http(body))).status == 200
        assert "wire-challenge" in (await asyncio.wrap_future(slack.verify_url())).body


@pytest.mark.asyncio
async def test_events_come_twice_or_in_the_wrong_order(slack: SlackServer, client: AsyncWebClient, way: Any) -> None:
    app, heard = an_app(slack, client)
    async with way(slack, app):
        slack.duplicate()
        slack.say("mia", "tickets", "twice")
        for delivery in list(slack.deliveries):
            await delivery.done()
        assert [one["text"] for one in heard] == ["twice", "twice"]
        assert len({one.event_id for one in slack.deliveries}) == 1
        heard.clear()
        slack.hold()
        for text in ("one", "two"):
            slack.say("mia", "tickets", text)
        last, first = slack.release("reversed")[::-1]
        await last.done()
        await first.done()
        assert sorted(one["text"] for one in heard) == ["one", "two"]


@pytest.mark.asyncio
async def test_socket_mode_hands_an_unacked_event_to_another_connection(slack: SlackServer) -> None:
    async with aiohttp.ClientSession() as session:
        opener = AsyncWebClient(slack.app_token, base_url=slack.api_url)
        urls = [(await opener.apps_connections_open(app_token=slack.app_token))["url"] for _ in range(2)]
        async with session.ws_connect(urls[0]) as one, session.ws_connect(urls[1]) as two:
            assert (await one.receive_json())["type"] == "hello"
            assert (await two.receive_json())["num_connections"] == 2
            slack.say("mia", "tickets", "hi")
            receivers = {asyncio.ensure_future(ws.receive_json()): ws for ws in (one, two)}
            (got,), _ = await asyncio.wait(receivers, return_when=asyncio.FIRST_COMPLETED)
            first = got.result()
            await receivers.pop(got).close()
            (left,) = receivers
            second = await left
            await receivers[left].send_json({"envelope_id": second["envelope_id"]})
            assert await slack.deliveries[-1].done()
        assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
        assert first["payload"]["event_id"] == second["payload"]["event_id"]
        async with session.get(urls[0].replace("ws:", "http:")) as answer:
            assert answer.status == 401


@pytest.mark.asyncio
async def test_the_app_comes_back_after_a_disconnect_and_a_cut(slack: SlackServer, client: AsyncWebClient) -> None:
    app, heard = an_app(slack, client)
    async with over_sockets(slack, app):
        await asyncio.to_thread(slack.disconnect, "refresh_requested")
        slack.say("mia", "tickets", "after the disconnect")
        assert await slack.deliveries[-1].done()
        await asyncio.to_thread(slack.cut_sockets)
        slack.say("mia", "tickets", "after the cut")
        assert await slack.deliveries[-1].done()
    # An acknowledgement may be lost with its connection: the same event may come twice.
    assert list(dict.fromkeys(one["text"] for one in heard)) == ["after the disconnect", "after the cut"]


# -- Telegram ---------------------------------------------------------------


@pytest.fixture
def tg() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        server.retry_delays = (0.02,)
        yield server


@asynccontextmanager
async def a_bot(tg: TelegramServer, token: str = "") -> AsyncIterator[telegram.Bot]:
    def request() -> HTTPXRequest:
        return HTTPXRequest(connection_pool_size=8, read_timeout=5)

    bot = telegram.Bot(
        token or tg.token, tg.base_url, tg.base_file_url, request=request(), get_updates_request=request()
    )
    async with bot:
        yield bot


@pytest.mark.asyncio
async def test_telegram_knows_its_bot_and_refuses_strangers(tg: TelegramServer) -> None:
    async with a_bot(tg) as bot:
        assert (await bot.get_me()).username == "shopdesk_bot"
        await bot.set_my_commands([("orders", "Your orders")], language_code="de")
        assert [one.command for one in await bot.get_my_commands(language_code="de")] == ["orders"]
        assert await bot.get_my_commands() == ()
        with pytest.raises(BadRequest, match=r"(?i)command_invalid"):
            await bot.set_my_commands([("Not Good", "x")])
    with pytest.raises(InvalidToken):
        async with a_bot(tg, "4242424242:wrong"):
            pass


@pytest.mark.asyncio
async def test_polling_gives_each_update_until_it_is_confirmed(tg: TelegramServer) -> None:
    ada = tg.user(first_name="Ada", language_code="de", username="ada")
    ada.starts("abc")
    ada.says("where is my order?")
    async with a_bot(tg) as bot:
        first, second = await bot.get_updates(timeout=1)
        assert first.message is not None
        assert first.message.text == "/start abc"
        assert first.message.entities[0].type == "bot_command"
        assert first.effective_user is not None
        assert first.effective_user.language_code == "de"
        assert len(await bot.get_updates(limit=1)) == 1
        assert await bot.get_updates(offset=second.update_id + 1) == ()
        waiting = asyncio.ensure_future(bot.get_updates(offset=second.update_id + 1, timeout=5))
        await tg.until_async(lambda: len(tg.calls_of("getUpdates")) == 4)
        ada.says("hello?")
        (third,) = await waiting
        assert third.update_id == second.update_id + 1


@pytest.mark.asyncio
async def test_a_second_poller_and_a_webhook_end_the_first_poll(tg: TelegramServer) -> None:
    async with a_bot(tg) as bot, a_bot(tg) as other:
        first = asyncio.ensure_future(bot.get_updates(timeout=5))
        await tg.until_async(lambda: tg.calls_of("getUpdates"))
        second = asyncio.ensure_future(other.get_updates(timeout=5))
        with pytest.raises(Conflict, match="other getUpdates"):
            await first
        await bot.set_webhook("http://127.0.0.1:9/hook")
        with pytest.raises(Conflict):
            await second
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()


@pytest.mark.asyncio
async def test_every_kind_of_message_reaches_the_bot(tg: TelegramServer) -> None:
    ada = tg.user()
    said = ada.says("before")
    ada.sends_photo(caption="broken")
    ada.sends_document("invoice.pdf")
    ada.sends_voice()
    ada.sends_video()
    ada.sends_video_note()
    ada.sends_sticker("😡")
    ada.sends_location()
    ada.sends_contact()
    ada.sends_unknown_kind()
    ada.edits(said, "after")
    album = ada.sends_album([b"1", b"2", b"3"], "three")
    tg.push({"teleported": {"to": "the moon"}})
    async with a_bot(tg) as bot:
        updates = await bot.get_updates()
    kinds = [
        next(
            (
                k
                for k in ("photo", "document", "voice", "video", "video_note", "sticker", "location", "contact")
                if m[k]
            ),
            "",
        )
        for m in (update.message for update in updates[1:10])
        if m is not None
    ]
    assert kinds == ["photo", "document", "voice", "video", "video_note", "sticker", "location", "contact", ""]
    assert updates[10].edited_message is not None
    assert updates[10].edited_message.text == "after"
    groups = {update.message.media_group_id for update in updates[11:14] if update.message is not None}
    assert len(album) == 3
    assert len(groups) == 1
    assert updates[14].api_kwargs == {"teleported": {"to": "the moon"}}


@pytest.mark.asyncio
async def test_a_person_sees_what_the_bot_sends(tg: TelegramServer) -> None:
    ada = tg.user()
    ada.starts()
    async with a_bot(tg) as bot:
        sent = await bot.send_message(ada.id, "<b>Order 7</b> &amp; co 😀 <i>soon</i>", parse_mode="HTML")
        assert sent.parse_entities() == {sent.entities[0]: "Order 7", sent.entities[1]: "soon"}
        await bot.send_photo(ada.id, b"png", caption="a *chart*", parse_mode="MarkdownV2")
        await bot.send_document(ada.id, b"%PDF", filename="invoice.pdf", reply_to_message_id=sent.message_id)
        await bot.send_media_group(
            ada.id, [telegram.InputMediaPhoto(b"1", caption="two"), telegram.InputMediaPhoto(b"2")]
        )
        await bot.send_voice(ada.id, b"ogg")
        await bot.send_location(ada.id, 1, 2)
        await bot.send_chat_action(ada.id, "typing")
        assert [one.kind for one in ada.inbox] == ["text", "photo", "document", "photo", "photo", "voice", "location"]
        assert ada.texts[:2] == ["Order 7 & co 😀 soon", "a chart"]
        assert ada.inbox[2].reply_to == sent.message_id
        assert ada.typing == 1
        file = ada.inbox[2].file
        assert file is not None
        got = await bot.get_file(file["file_id"])
        assert bytes(await got.download_as_bytearray()) == b"%PDF"
        again = await bot.send_document(ada.id, file["file_id"])
        assert again.document is not None
        await bot.edit_message_text("gone", ada.id, sent.message_id)
        await bot.delete_message(ada.id, again.message_id)
        await ada.wait_for_async("gone")
        assert ada.inbox[0].edited
        assert len(ada.deleted) == 1


@pytest.mark.asyncio
async def test_buttons_are_pressed_and_answered(tg: TelegramServer) -> None:
    ada = tg.user()
    ada.starts()
    keys = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="yes:7")]])
    reply = telegram.ReplyKeyboardMarkup([["Orders"], [telegram.KeyboardButton("Call me", request_contact=True)]])
    async with a_bot(tg) as bot:
        sent = await bot.send_message(ada.id, "Sure?", reply_markup=keys)
        await bot.send_message(ada.id, "Menu", reply_markup=reply)
        ada.presses("Yes")
        ada.presses("Orders")
        ada.presses("Call me")
        _, pressed, said, contact = await bot.get_updates()
        assert pressed.callback_query is not None
        assert pressed.callback_query.data == "yes:7"
        assert await pressed.callback_query.answer("done")
        assert ada.toasts == ["done"]
        assert said.message is not None
        assert said.message.text == "Orders"
        assert contact.message is not None
        assert contact.message.contact is not None
        tg.clock.advance(61)
        with pytest.raises(BadRequest, match="too old"):
            await pressed.callback_query.answer("late")
        await bot.edit_message_reply_markup(ada.id, sent.message_id, reply_markup=None)
        with pytest.raises(NotOnScreen, match="Orders"):
            ada.presses("Yes")


@pytest.mark.asyncio
async def test_telegram_refuses_what_breaks_its_rules(tg: TelegramServer) -> None:
    ada = tg.user()
    ada.starts()

    def keys(*rows: int, data: str = "d") -> telegram.InlineKeyboardMarkup:
        one = telegram.InlineKeyboardButton("b", callback_data=data)
        return telegram.InlineKeyboardMarkup([[one] * row for row in rows])

    async with a_bot(tg) as bot:
        sent = await bot.send_message(ada.id, "text")
        calls: list[tuple[Awaitable[Any], str]] = [
            (bot.send_message(ada.id, "😀" * 2049), "message is too long"),
            (bot.send_message(ada.id, " \n "), "text is empty"),
            (bot.send_photo(ada.id, b"p", caption="x" * 1025), "caption is too long"),
            (bot.send_message(ada.id, "<b>x", parse_mode="HTML"), "parse entities: can't find end tag"),
            (bot.send_message(ada.id, "<c>x</c>", parse_mode="HTML"), "unsupported start tag"),
            (bot.send_message(ada.id, "1.5", parse_mode="MarkdownV2"), "is reserved and must be escaped"),
            (bot.send_message(ada.id, "*x", parse_mode="MarkdownV2"), "find end of bold entity"),
            (bot.send_message(ada.id, "_x", parse_mode="Markdown"), "find end of the entity"),
            (bot.send_message(ada.id, "x", reply_markup=keys(1, data="x" * 65)), "button_data_invalid"),
            (bot.send_message(ada.id, "x", reply_markup=keys(*[8] * 12, 5)), "markup is too long"),
            (bot.edit_message_text("text", ada.id, sent.message_id), "message is not modified"),
            (bot.edit_message_text("x", ada.id, 999), "message to edit not found"),
            (bot.delete_message(ada.id, 999), "message to delete not found"),
            (bot.send_message(1, "x"), "chat not found"),
            (bot.send_message(ada.id, "x", reply_to_message_id=999), "replied not found"),
        ]
        for call, sentence in calls:
            with pytest.raises(BadRequest, match=rf"(?i){sentence}"):
                await call
        await bot.send_message(ada.id, "😀" * 2048)
        tg.clock.advance(hours=49)
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("late", ada.id, sent.message_id)
        with pytest.raises(BadRequest, match="can't be deleted"):
            await bot.delete_message(ada.id, sent.message_id)


@pytest.mark.asyncio
async def test_files_have_their_sizes(tg: TelegramServer) -> None:
    ada = tg.user()
    ada.sends_document("huge.zip", size=20 * 1024 * 1024 + 1)
    async with a_bot(tg) as bot:
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.document is not None
        with pytest.raises(BadRequest, match=r"(?i)file is too big"):
            await update.message.document.get_file()
        tg.chats.upload_limit = 10
        with pytest.raises(NetworkError, match="Too Large"):
            await bot.send_document(ada.id, b"x" * 11)


@pytest.mark.asyncio
async def test_who_blocks_the_bot_is_out_of_reach(tg: TelegramServer) -> None:
    ada, bob = tg.user(), tg.user(first_name="Bob")
    ada.starts()
    ada.blocks()
    async with a_bot(tg) as bot:
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(ada.id, "x")
        with pytest.raises(Forbidden, match="can't initiate"):
            await bot.send_message(bob.id, "x")
        ada.unblocks()
        await bot.send_message(ada.id, "welcome back")
        _, blocked, back = await bot.get_updates()
        assert blocked.my_chat_member is not None
        assert blocked.my_chat_member.new_chat_member.status == "kicked"
        assert back.my_chat_member is not None
        assert back.my_chat_member.new_chat_member.status == "member"


@pytest.mark.asyncio
async def test_telegram_fails_as_asked(tg: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    ada = tg.user()
    ada.starts()
    async with a_bot(tg) as bot:
        tg.faults.rate_limit("sendMessage", retry_after=9)
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(ada.id, "x")
        assert caught.value.retry_after == timedelta(seconds=9)
        tg.faults.http_error("sendMessage", 502)
        with pytest.raises(NetworkError):
            await bot.send_message(ada.id, "x")
        tg.faults.error("sendMessage", "Forbidden: user is deactivated", code=403)
        with pytest.raises(Forbidden):
            await bot.send_message(ada.id, "x")
        tg.faults.cut_before("sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(ada.id, "lost")
        assert ada.inbox == []
        tg.faults.cut_after("sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(ada.id, "sent all the same")
        assert ada.texts == ["sent all the same"]
        tg.faults.slow("sendMessage", seconds=30)
        with pytest.raises(TimedOut):
            await bot.send_message(ada.id, "late", read_timeout=0.1)
        assert ada.texts == ["sent all the same", "late"]


@pytest.mark.asyncio
async def test_a_webhook_gets_updates_until_it_takes_them(tg: TelegramServer) -> None:
    ada = tg.user()
    seen: list[tuple[int, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        update = await request.json()
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        seen.append((update["update_id"], secret))
        if secret != "s3cret":
            return web.Response(status=403)
        if len(seen) == 1:
            return web.Response(status=500)
        reply = {"method": "sendMessage", "chat_id": ada.id, "text": "by reply"}
        return web.json_response(reply) if len(seen) == 2 else web.Response()

    async with listening(answer) as url, a_bot(tg) as bot:
        await bot.set_webhook(url, secret_token="s3cret")
        ada.says("hi")
        await ada.wait_for_async("by reply")
        assert (await bot.get_webhook_info()).last_error_message == (
            "Wrong response from the webhook: 500 Internal Server Error"
        )
        tg.duplicate()
        ada.says("twice")
        await tg.until_async(lambda: len(seen) == 4 and not tg.pending)
        numbers = [number for number, _ in seen]
        assert numbers[0] == numbers[1] == numbers[2] - 1 == numbers[3] - 1
        assert [one.status for one in tg.taken][:2] == [500, 200]
        for secret in ("wrong", None):
            forged = await asyncio.wrap_future(tg.forge({"message": {}}, secret=secret))
            assert forged.status == 403
        before = len(seen)
        with tg.out_of_order():
            ada.says("one")
            ada.says("two")
        await tg.until_async(lambda: len(seen) == before + 2 and not tg.pending)
        await bot.delete_webhook()
        ada.says("polled")
        assert len(await bot.get_updates()) == 1


@pytest.mark.asyncio
async def test_polled_updates_come_twice_or_in_the_wrong_order(tg: TelegramServer) -> None:
    ada = tg.user()
    async with a_bot(tg) as bot:
        tg.duplicate()
        ada.says("twice")
        (first,) = await bot.get_updates()
        (again,) = await bot.get_updates(offset=first.update_id + 1)
        assert again.update_id == first.update_id
        assert await bot.get_updates(offset=first.update_id + 1) == ()
        with tg.out_of_order():
            ada.says("one")
            ada.says("two")
        texts = [update.message.text for update in await bot.get_updates() if update.message is not None]
        assert texts == ["two", "one"]


@pytest.mark.asyncio
async def test_a_polling_application_talks_with_a_person(tg: TelegramServer) -> None:
    async def echo(update: telegram.Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(f"you said {update.message.text}")

    request = HTTPXRequest(connection_pool_size=8)
    builder = Application.builder().token(tg.token).base_url(tg.base_url).base_file_url(tg.base_file_url)
    app = builder.request(request).get_updates_request(HTTPXRequest()).build()
    app.add_handler(MessageHandler(filters.TEXT, echo))
    ada = tg.user()
    async with app:
        assert app.updater is not None
        await app.start()
        await app.updater.start_polling(timeout=timedelta(seconds=5))
        ada.says("hello")
        await ada.wait_for_async("you said hello")
        await app.updater.stop()
        await app.stop()
    assert tg.pending == []


# -- both -------------------------------------------------------------------


def test_a_wait_that_never_ends_says_so(slack: SlackServer) -> None:
    with pytest.raises(NeverHappened, match=r"'hello' in #tickets"):
        slack.wait_for("hello", "#tickets", timeout=0.05)


@pytest.mark.asyncio
async def test_both_servers_run_as_processes_and_take_orders() -> None:
    with in_another_process("tests.wire.slack") as slack, in_another_process("tests.wire.telegram") as tg:
        client = AsyncWebClient(slack.addresses["bot_token"], base_url=slack.addresses["api_url"], retry_handlers=[])
        slack.fault("error", "chat.postMessage", name="fatal_error")
        assert (await refused(client.chat_postMessage(channel="#tickets", text="x")))["error"] == "fatal_error"
        await client.chat_postMessage(channel="#tickets", text="x")
        ts = slack.do("say", user="mia", channel="#tickets", text="hi")
        texts = [one["text"] for one in slack.state()["channels"]["tickets"]["messages"]]
        assert texts == ["x", "hi"]
        assert [call["error"] for call in slack.calls()] == ["fatal_error", None]
        assert ts in json.dumps(slack.state()["deliveries"])
        with pytest.raises(Refused, match="none of"):
            slack.do("fly")
        number = tg.do("act", user=7, verb="says", text="hello")
        bot = telegram.Bot(tg.addresses["token"], tg.addresses["base_url"], tg.addresses["base_file_url"])
        async with bot:
            (update,) = await bot.get_updates()
            assert update.effective_message is not None
            assert update.effective_message.message_id == number
            await bot.send_message(7, "good day")
        assert [one["text"] for one in tg.do("inbox", user=7)] == ["good day"]
