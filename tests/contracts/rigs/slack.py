"""Slack before the contract: the real channel over Socket Mode or signed HTTP, and a workspace on 127.0.0.1."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from bot.channels import Op
from bot.channels.slack.channel import SlackChannel
from bot.manifest import SCOPES
from handlers.events import Colleague
from handlers.forms import Form
from tests.contracts.rigs import Inbox, Post, until
from tests.wire.faults import Faults
from tests.wire.slack import SlackServer

CARD = "the ticket's card"
METHODS: dict[Op, str] = {
    "post": "chat.postMessage",
    "edit": "chat.update",
    "delete": "chat.delete",
    "file": "files.completeUploadExternal",
}


@dataclass
class SlackRig:
    """A workspace with one colleague, Ada, and a thread under a card that our bot posted."""

    server: SlackServer
    channel: SlackChannel
    inbox: Inbox
    #: the forms that buttons open, by action, or what goes wrong while they are made
    forms: dict[str, Form | Exception]
    #: seconds it takes to make the form of an action
    delays: dict[str, float]
    thread: str | None
    finds: bool = True
    methods: Mapping[Op, str] = field(default_factory=lambda: METHODS)

    @property
    def faults(self) -> Faults:
        """What goes wrong next."""
        return self.server.faults

    @property
    def account(self) -> str:
        """The workspace."""
        return self.server.workspace.team_id

    @property
    def place(self) -> str:
        """The channel of tickets."""
        return self.server.channel("tickets")

    def says(self, text: str) -> None:
        """Ada answers in the thread."""
        self.server.say("ada", self.place, _escaped(text), self.thread)

    def says_late(self, first: str, second: str) -> None:
        """Slack delivers the second message first."""
        with self.server.out_of_order():
            self.says(first)
            self.says(second)

    def repeats(self) -> None:
        """Slack delivers its next event twice."""
        self.server.duplicate()

    def sends_file(self, name: str, data: bytes) -> None:
        """Ada uploads a file into the thread."""
        self.server.say("ada", self.place, "", self.thread, files={name: data})

    def refuses(self) -> None:
        """See `Rig`."""
        self.faults.error("chat.postMessage", "msg_too_long")

    def acknowledged(self) -> bool:
        """Whether every delivery ended well."""
        return all(one.acked for one in self.server.deliveries)

    def posts(self) -> list[Post]:
        """What the bot says in the channel, without the card."""
        found = [one for one in self.server.posts(self.place) if one.ts != self.thread]
        contents = self.server.workspace.contents
        return [Post(one.ts, one.shown or one.text, tuple(contents[file["id"]] for file in one.files)) for one in found]


@asynccontextmanager
async def open_rig(mode: Literal["socket", "http"] = "socket", **options: Any) -> AsyncIterator[SlackRig]:
    """A started channel; further options are the channel's own."""
    with SlackServer() as server:
        server.retry_delays = (0.05, 0.1, 0.2)
        server.ack_timeout = 1.0
        server.scopes(*SCOPES)  # what the app asks for is enough for everything it does
        inbox, forms, delays = Inbox(), dict[str, Form | Exception](), dict[str, float]()
        card = server.workspace.post(server.workspace.room("tickets"), {**_OURS, "text": CARD}, announce=False)

        async def form_of(action: str, ref: str, staff: Colleague) -> Form | None:
            await asyncio.sleep(delays.get(action, 0))
            made = forms.get(action)
            if isinstance(made, Exception):
                raise made
            return made

        channel = SlackChannel(
            server.bot_token,
            receive=inbox.receive,
            form_of=form_of,
            mode=mode,
            app_token=server.app_token,
            signing_secret=server.signing_secret,
            api_url=server.api_url,
            **options,
        )
        rig = SlackRig(server, channel, inbox, forms, delays, str(card["ts"]))
        async with _receiving(rig, mode):
            yield rig


_OURS = {"user": "U0SHOPBOT", "bot_id": "B0SHOP001", "app_id": "A0SHOP001"}


@asynccontextmanager
async def _receiving(rig: SlackRig, mode: str) -> AsyncIterator[None]:
    await rig.channel.start()
    try:
        if mode == "http":
            async with _served(rig):
                yield
        else:
            await rig.server.until_async(lambda: rig.server.connections, what="a WebSocket")
            yield
    finally:
        await rig.channel.stop()


@asynccontextmanager
async def _served(rig: SlackRig) -> AsyncIterator[None]:
    app = Starlette(routes=[Route("/slack/events", rig.channel.handler, methods=["POST"])])
    web = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none", lifespan="off"))
    serving = asyncio.create_task(web.serve())
    await until(lambda: web.started)
    port = web.servers[0].sockets[0].getsockname()[1]
    rig.server.send_events_to(f"http://127.0.0.1:{port}/slack/events")
    try:
        yield
    finally:
        web.should_exit = True
        await serving


RIGS = {"slack socket mode": partial(open_rig, "socket"), "slack http": partial(open_rig, "http")}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
