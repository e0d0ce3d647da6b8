"""The Slack channel: bolt receives, the SDK's asynchronous client sends."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, assert_never
from urllib.parse import urljoin, urlsplit
from weakref import WeakValueDictionary

import aiohttp
import msgspec
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels import Call, FileUnavailable, FormFor, OutcomeUnknown, Receive, Refused, Sent, TryLater, WrongIn
from bot.channels.slack.answers import NOT_THERE, SlackRefused, answer, answered
from bot.channels.slack.groups import Groups, Joined
from bot.channels.slack.limits import LIMITS
from bot.channels.slack.parsing import parse, people_in
from bot.channels.slack.receiving import listen, make_app, make_handler, reason_of
from bot.channels.slack.rendering import clean, fallback, home, modal, notice, render, split
from crm_store.store import StoreUnavailable
from handlers.events import Arrival, FileRef, FromStaff, StaffCommanded, StaffPressed, StaffSubmitted
from handlers.forms import Form
from handlers.message import Chart, Message

if TYPE_CHECKING:
    from slack_bolt.app.async_app import AsyncApp
    from starlette.requests import Request
    from starlette.responses import Response

Json = dict[str, Any]
ChartPng = Callable[[Chart], bytes]

_log = logging.getLogger(__name__)
_sdk_log = logging.getLogger(f"{__name__}.sdk")

EVENT_TYPE = "shopdesk_outbox"
#: seconds an acknowledgement may wait for a person's name
_NAME_WAIT = 1.0
#: seconds after which a person's name is asked for again
_NAME_LIFE = 3600.0
#: seconds a form may take to be made before a view opens that waits for it: the trigger lives for three
_FORM_WAIT = 1.0
#: seconds by which Slack's clock and ours may differ
_CLOCK_SKEW = 300
#: how far back to look for an attempt whose time is not known
_LONG_AGO = timedelta(days=1)
#: seconds that calls under way may take when the channel stops
_LAST_CALLS = 10.0
_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=10)
_TRANSFER = aiohttp.ClientTimeout(total=300, sock_connect=10)
_SLACK_HOST = re.compile(r"(.+\.)?slack\.com")
_REDIRECTS = 3

TOO_LATE = "That took too long, press again."
ONE_MOMENT = "One moment: the desk is looking it up."
DONE = "Done: there is nothing to fill in. You can close this window."
NOT_OPENED = "The form could not be opened, press again."


class SlackChannel:
    """One workspace. `receive` stores what arrives, `form_for` tells what opens a form, `chart_png` draws charts for a
    workspace whose Slack does not. `joined` is told who is in the user `groups`, whenever that was asked for."""

    name = "slack"

    def __init__(
        self,
        bot_token: str,
        *,
        receive: Receive,
        form_for: FormFor,
        wrong_in: WrongIn | None = None,
        mode: Literal["socket", "http"] = "socket",
        app_token: str | None = None,
        signing_secret: str | None = None,
        api_url: str = AsyncWebClient.BASE_URL,
        chart_png: ChartPng | None = None,
        groups: Sequence[str] = (),
        joined: Callable[[Joined], None] = lambda _: None,
    ) -> None:
        if mode == "socket" and not app_token:
            raise ValueError("Socket Mode needs an app token (xapp-…)")
        if mode == "http" and not signing_secret:
            raise ValueError("HTTP mode needs the signing secret")
        self._mode, self._app_token, self._signing_secret = mode, app_token, signing_secret
        self._receive, self._form_for, self._chart_png = receive, form_for, chart_png
        self._wrong_in = wrong_in
        self._groups = Groups(groups, self._ask_group, joined) if groups else None
        # without retry handlers: the SDK must never repeat a write by itself
        self._web = AsyncWebClient(token=bot_token, base_url=api_url, timeout=30, retry_handlers=[], logger=_sdk_log)
        _sdk_log.setLevel(max(_sdk_log.getEffectiveLevel(), logging.INFO))  # debug lines hold what people write
        self._token = bot_token
        #: the workspace and our bot's user there, known once Slack was asked
        self.account, self.bot_user = "", ""
        #: the address of the workspace, known then too
        self.url = ""
        #: why Slack takes or brings nothing, by the place it is for, and with no place for all of them
        self._troubles: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._names: dict[str, asyncio.Task[str]] = {}
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._under_way, self._idle = 0, asyncio.Event()
        self._idle.set()

    @property
    def trouble(self) -> str:
        """What somebody has to mend before Slack takes everything again, empty when nothing."""
        return "; ".join(f"{place}: {reason}" if place else reason for place, reason in self._troubles.items())

    def _tell_of_socket(self, reason: str) -> None:
        if reason:
            self._troubles["Socket Mode"] = reason
        else:
            self._troubles.pop("Socket Mode", None)

    # --- receiving ------------------------------------------------------------------------------------------------

    @cached_property
    def _app(self) -> "AsyncApp":
        return make_app(self._web, self._signing_secret, self._take)

    @cached_property
    def handler(self) -> "Callable[[Request], Awaitable[Response]]":
        """The endpoint `/slack/events` of HTTP mode."""
        if not self._signing_secret:
            raise ValueError("HTTP mode needs the signing secret")
        return make_handler(self._app, self._signing_secret)

    async def start(self) -> None:
        """Begins to receive; what fails now is tried again in the background."""
        self._session()
        self._spawn(self._introduce())
        if self._groups is not None:
            self._spawn(self._groups.follow())
        if self._mode == "socket" and self._app_token:
            self._spawn(listen(self._app, self._app_token, self._tell_of_socket))

    async def stop(self) -> None:
        """Stops receiving; what was not acknowledged comes again. Calls under way may end."""
        tasks = [*self._tasks, *self._names.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._names.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), _LAST_CALLS)
        if self._web.session is not None:
            await self._web.session.close()

    async def _introduce(self) -> None:
        """Asks Slack who we are, until it answers."""
        pause = 1.0
        while True:
            try:
                told = await self._web.auth_test()
            except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
                _log.error(
                    "Slack does not answer for the bot token (%s): trying again in %.0f s", reason_of(error), pause
                )
                self._troubles[""] = f"Slack does not answer for SLACK_BOT_TOKEN ({reason_of(error)})"
                await asyncio.sleep(pause)
                pause = min(pause * 2, 60.0)
            else:
                self._troubles.pop("", None)
                self.account, self.bot_user = str(told.get("team_id", "")), str(told.get("user_id", ""))
                self.url = str(told.get("url") or "")
                _log.info("connected to the Slack workspace %s as %s", told.get("team"), told.get("user"))
                return

    async def _take(self, body: Json) -> Json | None:
        """Stores what a request says; returns what the acknowledgement says, where it says anything.

        Raises what `receive` raises: then Slack sends it again.
        """
        if self._groups is not None and _tells_of_groups(body):
            self._groups.changed()
            return None
        arrival = parse(body, datetime.now(UTC))
        if arrival is None or self._is_our_own(arrival):
            return None
        event = arrival.event
        if isinstance(event, StaffPressed | StaffCommanded) and await self._opens_form(arrival, event, body):
            return None
        if isinstance(event, StaffSubmitted) and (wrong := await self._wrong_in_time(event)):
            return {"response_action": "errors", "errors": {field: clean(told) for field, told in wrong.items()}}
        # one after another, so that waiting for a name changes no order
        async with self._lanes.setdefault(arrival.lane, asyncio.Lock()):
            named = parse(body, datetime.now(UTC), await self._names_of(people_in(body)))
            await self._receive([named or arrival])
        return None

    async def _wrong_in_time(self, submitted: StaffSubmitted) -> dict[str, str]:
        """What is wrong with a form, where that is known in time: else it is taken, and its turn tells."""
        if self._wrong_in is None:
            return {}
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._wrong_in(submitted), _FORM_WAIT)
        return {}

    def _is_our_own(self, arrival: Arrival) -> bool:
        staff = getattr(arrival.event, "staff", None)
        return bool(self.bot_user) and staff is not None and staff.user == self.bot_user

    # --- names ----------------------------------------------------------------------------------------------------

    async def _names_of(self, users: Iterable[str]) -> dict[str, str]:
        """Names as far as they are known in time; a slow answer serves the next message."""
        asked = {user: self._name_task(user) for user in users}
        if asked:
            await asyncio.wait(asked.values(), timeout=_NAME_WAIT)
        told = {user: task for user, task in asked.items() if task.done() and not task.cancelled()}
        return {user: task.result() for user, task in told.items() if task.exception() is None and task.result()}

    def _name_task(self, user: str) -> "asyncio.Task[str]":
        if user not in self._names:
            self._names[user] = asyncio.create_task(self._ask_name(user))
        return self._names[user]

    async def _ask_name(self, user: str) -> str:
        try:
            told = await answer("users.info", self._api().users_info(user=user), repeatable=True)
        except (Refused, TryLater) as error:
            _log.info("Slack does not tell the name of %s: %s", user, error)
            asyncio.get_running_loop().call_later(60, self._names.pop, user, None)
            return ""
        asyncio.get_running_loop().call_later(_NAME_LIFE, self._names.pop, user, None)
        person = told.get("user") or {}
        profile = person.get("profile") or {}
        return str(profile.get("display_name") or person.get("real_name") or person.get("name") or "")

    async def _ask_group(self, group: str) -> frozenset[str]:
        """Who is in a user group. Raises `Refused`, `TryLater`."""
        told = await answer(
            "usergroups.users.list", self._api().usergroups_users_list(usergroup=group), repeatable=True
        )
        return frozenset(map(str, told.get("users") or ()))

    # --- forms ----------------------------------------------------------------------------------------------------

    async def _opens_form(self, arrival: Arrival, asked: StaffPressed | StaffCommanded, body: Json) -> bool:
        """Whether a button, a shortcut or a command opens a form.

        It is acknowledged at once and the form opened beside: both have the same three seconds.
        """
        trigger = str(body.get("trigger_id"))
        making = asyncio.ensure_future(self._form_for(asked))
        await asyncio.wait({making}, timeout=_FORM_WAIT)
        if not making.done():  # only a form is looked for in the store, and the store is slow
            self._spawn(self._open_late(making, arrival, asked, trigger))
            return True
        form = making.result()
        if form is not None:
            self._spawn(self._open(_modal(form, arrival, asked), arrival, asked, trigger))
        return form is not None

    async def _open(
        self, view: Json, arrival: Arrival, asked: StaffPressed | StaffCommanded, trigger: str
    ) -> str | None:
        """Opens a view; returns its id, None where it did not open or was open already."""
        opening = self._api().views_open(trigger_id=trigger, view=view)
        try:
            told = await answer("views.open", opening, repeatable=False)
        except (Refused, TryLater, OutcomeUnknown) as error:
            code = error.code if isinstance(error, SlackRefused) else ""
            if code == "exchanged_trigger_id":  # a redelivery: the form is open
                return None
            _log.warning("the form of %s could not be opened: %s", _name_of(asked), error)
            await self._tell(asked, arrival.lane, TOO_LATE if code == "expired_trigger_id" else NOT_OPENED)
            return None
        return str((told.get("view") or {}).get("id") or "")

    async def _open_late(
        self,
        making: "asyncio.Future[Form | None]",
        arrival: Arrival,
        asked: StaffPressed | StaffCommanded,
        trigger: str,
    ) -> None:
        """Opens a view that says to wait, within the trigger's time, and shows the form there once it is made."""
        opened = await self._open(notice("Shopdesk", ONE_MOMENT), arrival, asked, trigger)
        try:
            form = await making
            if form is None:  # after all something that is done at once
                await self._receive([arrival])
            shown = notice("Shopdesk", DONE) if form is None else _modal(form, arrival, asked)
        except StoreUnavailable as error:
            _log.warning("the form of %s could not be made: %s", _name_of(asked), error)
            shown = notice("Shopdesk", NOT_OPENED)
        except Exception:  # noqa: BLE001 - our own mistake: whoever looks at the view must not wait for ever
            _log.exception("the form of %s could not be made", _name_of(asked))
            shown = notice("Shopdesk", NOT_OPENED)
        if opened:
            updating = self._api().views_update(view_id=opened, view=shown)
            with suppress(Refused, TryLater):
                await answer("views.update", updating, repeatable=True)

    async def _tell(self, asked: StaffPressed | StaffCommanded, lane: str, sentence: str) -> None:
        """Says something at once to whoever did something; lost when Slack does not take it."""
        where = None
        if isinstance(asked, StaffPressed) and (thread := lane.rpartition(":")[2]) != asked.message_id:
            where = thread
        with suppress(Refused, TryLater, OutcomeUnknown):
            await self._privately(asked.staff.user, asked.place, where, asked, {"text": sentence})

    # --- sending --------------------------------------------------------------------------------------------------

    def split(self, message: Message) -> list[Message]:
        """The message in parts that each fit one post; nothing is cut off."""
        return split(message)

    async def perform(self, call: Call) -> Sent:
        """Makes the call. Raises `TryLater`, `Refused` or `OutcomeUnknown`."""
        self._under_way += 1
        self._idle.clear()
        # a room may take words and no files
        what = f"files in {call.place}" if call.files else call.place
        try:
            sent = await self._perform(call)
        except TryLater as later:
            if later.to_mend:
                self._troubles["" if later.whole_account else what] = later.reason
            raise
        else:
            self._troubles.pop("", None)
            self._troubles.pop(what, None)
            return sent
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def _perform(self, call: Call) -> Sent:
        match call.op:
            case "post" if not call.files:
                return await self._post(call)
            case "edit":
                return await self._edit(call)
            case "delete":
                return await self._delete(call)
            case "post" | "file":
                return await self._share(call)
            case "whisper":
                return await self._whisper(call)
            case "home":
                return await self._publish(call)
            case "errand":
                raise Refused("An errand is for the back office.")
            case _:
                assert_never(call.op)

    async def _post(self, call: Call) -> Sent:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": call.outbox_id}}

        async def post(content: Json) -> Json:
            posting = self._api().chat_postMessage(
                channel=call.place,
                thread_ts=call.thread,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
                mrkdwn=False,
                parse="none",
                **content,
            )
            return await answer("chat.postMessage", posting, repeatable=False)

        told, drawn = await self._plainer_until_taken(call.message, post)
        sent = Sent(str(told["ts"]), str(told["channel"]))
        self._ids[call.place.lstrip("#")] = sent.place
        if not drawn and call.message.chart is not None and self._chart_png is not None:
            await self._add_picture(call.message.chart, self._chart_png, sent, call.thread)
        return sent

    async def _edit(self, call: Call) -> Sent:
        place = await self._channel_id(call.place)

        async def edit(content: Json) -> Json:
            editing = self._api().chat_update(channel=place, ts=call.target or "", link_names=False, **content)
            return await answer("chat.update", editing, repeatable=True)

        await self._plainer_until_taken(call.message, edit)
        return Sent(call.target or "", place)

    async def _delete(self, call: Call) -> Sent:
        place = await self._channel_id(call.place)
        deleting = self._api().chat_delete(channel=place, ts=call.target or "")
        try:
            await answer("chat.delete", deleting, repeatable=True)
        except SlackRefused as refusal:
            if refusal.code != "message_not_found":  # otherwise it is gone already
                raise
        return Sent(call.target or "", place)

    async def _whisper(self, call: Call) -> Sent:
        async def whisper(content: Json) -> Json:
            return await self._privately(call.target or "", call.place, call.thread, call.asked_by, content)

        told, _ = await self._plainer_until_taken(call.message, whisper)
        return Sent(str(told.get("message_ts") or told.get("ts") or ""), call.place)

    async def _privately(
        self, user: str, place: str, thread: str | None, asked_by: FromStaff | None, content: Json
    ) -> Json:
        """Shows something to one person: at the place; where the bot is not there, as an answer to what they did; else
        in their conversation with the bot."""
        if place != user:
            try:
                return await self._show_there(user, place, thread, content)
            except SlackRefused as refusal:
                if refusal.code not in NOT_THERE:
                    raise
            answer_to: str = getattr(asked_by, "answer_to", "")
            if answer_to and self._may_answer_at(answer_to) and await self._answer_at(answer_to, thread, content):
                return {}
        writing = self._api().chat_postMessage(channel=user, link_names=False, mrkdwn=False, parse="none", **content)
        return await answer("chat.postMessage", writing, repeatable=False)

    async def _show_there(self, user: str, place: str, thread: str | None, content: Json) -> Json:
        shown = self._api().chat_postEphemeral(channel=place, user=user, thread_ts=thread, link_names=False, **content)
        return await answer("chat.postEphemeral", shown, repeatable=False)

    async def _answer_at(self, url: str, thread: str | None, content: Json) -> bool:
        """Answers by an interaction's own address; False when it takes no more: 5 answers in 30 minutes.

        Raises as `answers.answer` does.
        """
        said: Json = {"response_type": "ephemeral", "replace_original": False, **content}
        said |= {"thread_ts": thread} if thread else {}
        try:
            async with self._session().post(url, json=said, proxy=self._web.proxy, allow_redirects=False) as response:
                return await answered(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise TryLater("Slack cannot be reached") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknown("the connection to Slack broke off before the answer") from error

    def _may_answer_at(self, url: str) -> bool:
        """Only where Slack itself takes answers, whatever a request claimed."""
        return self._may_see_token(url)

    async def _publish(self, call: Call) -> Sent:
        """A person's own page, as a whole: the last one counts, whoever changed it in between."""
        publishing = self._api().views_publish(user_id=call.target or "", view=home(call.message, self.url))
        try:
            told = await answer("views.publish", publishing, repeatable=True)
        except SlackRefused as refusal:
            if refusal.code == "hash_conflict":  # it was changed at the same moment
                raise TryLater(refusal.reason, 1.0) from refusal
            raise
        return Sent(str((told.get("view") or {}).get("id") or ""), call.place)

    async def _plainer_until_taken(
        self, message: Message, send: Callable[[Json], Awaitable[Json]]
    ) -> tuple[Json, bool]:
        """Sends the message with Slack's charts and tables, or as text where it refuses; whether a chart was drawn."""
        forms = list(_forms(message))
        for blocks in forms[:-1]:
            try:
                return await send({"text": fallback(message), "blocks": blocks}), _has_chart(blocks)
            except SlackRefused as refusal:
                if not refusal.is_about_layout:
                    raise
                _log.warning("%s: sending the message as text", refusal.reason)
        return await send({"text": fallback(message), "blocks": forms[-1]}), _has_chart(forms[-1])

    # --- files ----------------------------------------------------------------------------------------------------

    async def _share(self, call: Call) -> Sent:
        """Uploads the files and shows them as one message with the message's own words."""
        message = call.message
        picture = clean(message.text).strip()[: LIMITS["alt_text"]]
        if not call.files or len(call.files) != len(message.files):
            raise Refused("the files of the message were not fetched.")
        place = await self._channel_id(call.place)
        uploads = [
            await self._upload(file.name, data, (picture or file.name) if file.mime.startswith("image/") else "")
            for file, data in zip(message.files, call.files, strict=True)
        ]
        words = render(msgspec.structs.replace(message, files=()), native_chart=False, native_table=False)
        told = await self._complete(uploads, place, call.thread, words)
        return Sent(_share_ts(told, place) or uploads[0]["id"], place)

    async def _upload(self, name: str, data: bytes, alt: str) -> Json:
        """The bytes, lying in Slack where nobody sees them yet; so all of this may be repeated."""
        if not data:
            raise Refused("the file is empty: Slack takes no empty files.")
        name = _file_name(name)
        asking = self._api().files_getUploadURLExternal(
            filename=name, length=len(data), alt_txt=alt[: LIMITS["alt_text"]] or None
        )
        told = await answer("files.getUploadURLExternal", asking, repeatable=True)
        try:
            async with self._session().post(
                str(told["upload_url"]), data=data, timeout=_TRANSFER, proxy=self._web.proxy
            ) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TryLater("the connection to Slack broke off during an upload") from error
        if status != 200:
            raise TryLater(f"Slack answered an upload with HTTP {status}")
        return {"id": str(told["file_id"]), "title": name}

    async def _complete(self, uploads: list[Json], place: str, thread: str | None, words: list[Json]) -> Json:
        arguments: Json = {"files": json.dumps(uploads), "channel_id": place, "thread_ts": thread}
        if words:
            arguments["blocks"] = json.dumps(words)
        # as a form: the SDK's own method puts everything into the address, where blocks are too long
        completing = self._api().api_call("files.completeUploadExternal", data=arguments)
        trace = ",".join(str(one["id"]) for one in uploads)
        return await answer("files.completeUploadExternal", completing, repeatable=False, trace=trace)

    async def _add_picture(self, chart: Chart, draw: ChartPng, sent: Sent, thread: str | None) -> None:
        """Puts the drawn chart into the post's thread. Its numbers stand in the post, so a failure costs only looks."""
        try:
            drawn = await asyncio.to_thread(draw, chart)
            upload = await self._upload(f"{chart.title or 'chart'}.png", drawn, chart.alt or chart.title)
            await self._complete([upload], sent.place, thread or sent.platform_id, [])
        except (Refused, TryLater, OutcomeUnknown) as error:
            _log.warning("the picture of a chart was not added: %s", error)

    async def _channel_id(self, place: str) -> str:
        """A channel's id; names are known from earlier posts or looked up once."""
        name = place.lstrip("#")
        if re.fullmatch(r"[CDG][A-Z0-9]{7,}", place):
            return place
        if name not in self._ids:
            wanted: Json = {"types": "public_channel,private_channel", "limit": 1000}
            async for channel in self._pages("conversations.list", "channels", **wanted):
                self._ids.setdefault(str(channel.get("name")), str(channel.get("id")))
        if name not in self._ids:
            raise Refused(f"there is no channel {place} that the bot can see: /invite @shopdesk there, or give its id.")
        return self._ids[name]

    # --- looking up -----------------------------------------------------------------------------------------------

    async def find(self, call: Call) -> Sent | None:
        """Where an earlier attempt stands: posts carry the outbox id, files their own ids.

        None when it never arrived; also for edits and deletions, which may be repeated as they are.
        """
        if call.op in ("edit", "delete"):
            return None
        if call.op == "whisper":
            raise OutcomeUnknown("Slack does not tell what it showed to one person", call.trace)
        try:
            place = await self._channel_id(call.place)
            async for message in self._since(call, place):
                if _is_it(message, call):
                    return Sent(str(message["ts"]), place)
        except Refused as refusal:
            if isinstance(refusal, SlackRefused) and refusal.code == "thread_not_found":
                return None
            raise OutcomeUnknown(f"Slack does not let us look: {refusal.reason}", call.trace) from refusal
        return None

    async def _since(self, call: Call, place: str) -> AsyncIterator[Json]:
        tried_at = call.tried_at or datetime.now(UTC) - _LONG_AGO
        begun = tried_at.timestamp() - _CLOCK_SKEW
        asked: Json = {"channel": place, "oldest": f"{begun:.6f}", "include_all_metadata": True, "limit": 200}
        method, where = ("conversations.replies", {"ts": call.thread}) if call.thread else ("conversations.history", {})
        async for message in self._pages(method, "messages", **asked, **where):
            yield message

    async def _pages(self, method: str, key: str, **arguments: Any) -> AsyncIterator[Json]:
        cursor: str | None = None
        while cursor != "":
            asking = self._api().api_call(method, http_verb="GET", params={**arguments, "cursor": cursor})
            told = await answer(method, asking, repeatable=True)
            for item in told.get(key) or ():
                yield item
            cursor = str((told.get("response_metadata") or {}).get("next_cursor") or "")

    # --- fetching -------------------------------------------------------------------------------------------------

    async def fetch(self, file: FileRef) -> bytes:
        """A file of the workspace. Raises `FileUnavailable`, `TryLater`."""
        try:
            asking = self._api().files_info(file=file.id)
            told = (await answer("files.info", asking, repeatable=True)).get("file") or {}
        except SlackRefused as refusal:
            gone = refusal.code in ("file_not_found", "file_deleted")
            raise FileUnavailable(file, "it was deleted in Slack" if gone else refusal.reason) from refusal
        url = str(told.get("url_private_download") or "")
        if told.get("is_external") or not url:
            raise FileUnavailable(file, "it lies outside Slack, which keeps only a link to it")
        if int(told.get("size") or 0) > LIMITS["download"]:
            raise FileUnavailable(file, "it is larger than 50 MB")
        try:
            return await self._download(file, url, is_page="html" in str(told.get("mimetype")))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TryLater("the connection to Slack broke off during a download") from error

    async def _download(self, file: FileRef, url: str, *, is_page: bool) -> bytes:
        for _ in range(_REDIRECTS + 1):
            if not self._may_see_token(url):
                raise FileUnavailable(file, "Slack names a place for it that is not Slack's")
            headers = {"Authorization": f"Bearer {self._token}"}
            async with self._session().get(
                url, headers=headers, timeout=_TRANSFER, allow_redirects=False, proxy=self._web.proxy
            ) as response:
                if response.status in (301, 302, 303, 307, 308):
                    url = urljoin(url, response.headers.get("Location", ""))
                    continue
                return await _content(file, response, is_page=is_page)
        raise FileUnavailable(file, "Slack sends us in circles for it")

    def _may_see_token(self, url: str) -> bool:
        """Our own API server, and Slack's hosts over an encrypted connection."""
        asked, api = urlsplit(url), urlsplit(self._web.base_url)
        is_slack = asked.scheme == "https" and _SLACK_HOST.fullmatch(asked.hostname or "") is not None
        return is_slack or (asked.scheme, asked.netloc) == (api.scheme, api.netloc)

    # --- the client -----------------------------------------------------------------------------------------------

    def _session(self) -> aiohttp.ClientSession:
        """One session for all calls, made where the loop runs."""
        if self._web.session is None or self._web.session.closed:
            self._web.session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self._web.session

    def _api(self) -> AsyncWebClient:
        self._session()
        return self._web

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _tells_of_groups(body: Json) -> bool:
    event = body.get("event")
    return isinstance(event, dict) and str(event.get("type")).startswith("subteam_")


def _modal(form: Form, arrival: Arrival, asked: StaffPressed | StaffCommanded) -> Json:
    """A form that remembers where it was asked for."""
    return modal(form, arrival.lane, asked.place, asked.answer_to)


def _name_of(asked: StaffPressed | StaffCommanded) -> str:
    return asked.action if isinstance(asked, StaffPressed) else asked.command


def _forms(message: Message) -> Iterator[list[Json]]:
    """The blocks of a message, from Slack's own charts and tables down to text alone."""
    native = render(message)
    yield native
    for chart, table in ((False, True), (False, False)):
        plainer = render(message, native_chart=chart, native_table=table)
        if plainer != native:
            native = plainer
            yield plainer


def _has_chart(blocks: list[Json]) -> bool:
    return any(block["type"] == "data_visualization" for block in blocks)


def _is_it(message: Mapping[str, Any], call: Call) -> bool:
    """Whether a message is the one an earlier attempt of the call made."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    if metadata.get("event_type") == EVENT_TYPE and str(payload.get("id")) == str(call.outbox_id):
        return True
    files = [one for one in message.get("files") or () if isinstance(one, dict)]
    if not files or not call.message.files:
        return False
    if call.trace:
        return bool(set(call.trace.split(",")) & {str(one.get("id")) for one in files})
    # the process ended before it could note the ids: our own files of the same names and sizes
    shown = [(one.get("name"), one.get("size")) for one in files]
    wanted = [(_file_name(file.name), file.size) for file in call.message.files]
    same = all(name == one and size in (None, two) for (name, size), (one, two) in zip(wanted, shown, strict=False))
    return bool(message.get("bot_id")) and len(shown) == len(wanted) and same


def _file_name(name: str) -> str:
    return clean(name).replace("\n", " ").strip() or "file"


def _share_ts(told: Json, place: str) -> str | None:
    """The message that shows a completed upload, where Slack already tells."""
    for file in told.get("files") or ():
        for rooms in (file.get("shares") or {}).values():
            for share in rooms.get(place) or ():
                return str(share["ts"])
    return None


async def _content(file: FileRef, response: aiohttp.ClientResponse, *, is_page: bool) -> bytes:
    if response.status >= 500 or response.status == 429:
        raise TryLater(f"Slack answered a download with HTTP {response.status}")
    if response.status != 200:
        raise FileUnavailable(file, "it was deleted in Slack" if response.status in (404, 410) else "Slack denies it")
    if response.content_type == "text/html" and not is_page:
        raise FileUnavailable(file, "the app lacks the permission files:read: install it again")
    data = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        data += chunk
        if len(data) > LIMITS["download"]:
            raise FileUnavailable(file, "it is larger than 50 MB")
    return bytes(data)
