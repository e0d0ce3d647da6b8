"""The console page, put together: who may see it, what it reads, how it stays up to date."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from msgspec.structs import replace as replace_field
from nicegui import app as nicegui_app
from nicegui import ui
from sqlalchemy import Connection

from bot.channels import FormFor, FormOf, WrongIn
from bot.channels.console import COMMANDS, ConsoleChannel, Whisper
from bot.web import changes, files, people, reading
from bot.web.command import Answer
from bot.web.customer import CustomerPane
from bot.web.desk import DeskPane, DeskView, Looking, tab_named
from bot.web.dialogs import PeopleDialog, open_form
from bot.web.elements import NO_ARGUMENTS, LiveList, avatar, calm, icon, icon_button, node, words
from bot.web.files import Fetch
from bot.web.guard import Guard
from bot.web.people import Person
from bot.web.reading import ChatLine
from crm_store.store import Store, StoreUnavailable
from handlers import message as messages
from handlers import routes
from handlers.events import Colleague, Slot
from handlers.forms import Field, Form
from handlers.message import Message

if TYPE_CHECKING:
    from bot.app import App

_STATIC = Path(__file__).parent / "static"
#: how often a page looks whether this process changed something, and reads again anyway for what others did, in seconds
_LOOK, _POLL = 0.25, 5.0
#: who works at the desk, until somebody says their name; a cookie keeps it
_NAME, _NAME_COOKIE = "Front desk", "shopdesk_name"
_NAME_FORM = Form("name", "", "Your name", "Save", (Field("name", "Name", max_length=60),), "Colleagues see it.")
_PHONE_FORM = Form(
    "phone",
    "",
    "Share a telephone number",
    "Share",
    (Field("phone", "Number of this phone", max_length=40),),
    "In Telegram the customer's own number is shared at once.",
)
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#0b6b5a"/>'
    '<path d="M9 10.5A2.5 2.5 0 0 1 11.5 8h9a2.5 2.5 0 0 1 2.5 2.5v6a2.5 2.5 0 0 1-2.5 2.5H15l-4.2 4v-4A2.5 2.5 0 0 1 '
    '9 16.5z" fill="#fff"/></svg>'
)


@dataclass(frozen=True, slots=True)
class ConsolePage:
    """What the page works with."""

    store: Store
    channel: ConsoleChannel
    form_of: FormOf
    form_for: FormFor
    wrong_in: WrongIn
    #: the page of a colleague's own
    home: Callable[[Connection, Colleague], tuple[Message, ...]]
    commands: tuple[str, ...]
    now: Callable[[], datetime]
    shop: str
    timezone: ZoneInfo
    reply_prefix: str
    #: posts the digest of what waits now
    post_digest: Callable[[], Awaitable[object]]
    password: str | None = None
    #: whether staff posts go to Slack
    slack: bool = False
    #: the bytes of files of other channels
    fetch: Fetch | None = None


def mount(web: FastAPI, app: "App") -> None:
    """Puts the console page on `/`: last of all routes, it answers whatever none before it does."""
    config = app.config
    page = ConsolePage(
        store=app.store,
        channel=app.console,
        form_of=app.form_of,
        form_for=app.form_for,
        wrong_in=app.wrong_in,
        home=app.home,
        commands=tuple(routes.STAFF_COMMANDS),
        now=app.now,
        shop=config.shop.name,
        timezone=config.shop.timezone,
        reply_prefix=config.slack.reply_prefix,
        post_digest=lambda: app.take_slot(Slot("waiting", app.now(), by_hand=True)),
        password=config.secrets.web_password,
        slack=app.slack is not None,
        fetch=app.delivery.fetch,
    )
    mount_page(web, page)


def mount_page(web: FastAPI, page: ConsolePage) -> None:
    """The page over what it works with."""

    @ui.page("/", title=f"{page.shop} · Shopdesk", favicon=_ICON, dark=None, language="en-US", response_timeout=15)
    async def console(request: Request, chat: str = "", ticket: str = "", tab: str = "") -> None:
        name = unquote(request.cookies.get(_NAME_COOKIE, ""))
        number = int(ticket) if ticket.isdecimal() and len(ticket) < 19 else None
        looking = Looking(tab=tab_named(tab), ticket=number, follows=number is None)
        await _Session(page, name).begin(chat, looking)

    @nicegui_app.get("/static/{name}", include_in_schema=False)
    async def static(name: str) -> Response:
        known = {file.name for file in _STATIC.iterdir()}
        if name not in known:
            return Response(status_code=404)
        return FileResponse(_STATIC / name, headers={"cache-control": "no-cache"})

    @nicegui_app.post("/files", include_in_schema=False)
    async def take(request: Request) -> Response:
        return await files.take(request, page.channel)

    @nicegui_app.get("/files/{channel}/{file_id:path}", include_in_schema=False)
    async def give(request: Request) -> Response:
        return await files.give(request, page.store, page.fetch)

    ui.run_with(
        web,
        title="Shopdesk",
        tailwind=False,
        show_welcome_message=False,
        binding_refresh_interval=None,
        # a page that was away for longer is read anew: drafts and what it shows are kept by the browser
        reconnect_timeout=10,
    )
    nicegui_app.add_middleware(Guard, cipher=page.store.cipher, shop=page.shop, password=page.password)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One look at the store."""

    desk: DeskView
    lines: tuple[ChatLine, ...]
    person: Person | None


class _Session:
    """One open page."""

    def __init__(self, page: ConsolePage, name: str) -> None:
        self._page = page
        self._looking = Looking()
        self._person: Person | None = None
        self._order = ""
        self._staff = _colleague(name)
        self._seen = (-1, 0.0)
        self._opened = time.monotonic_ns()
        self._lock = asyncio.Lock()
        self._customer = CustomerPane(
            page.channel,
            page.shop,
            page.timezone,
            self._attempt,
            self._choose_person,
            self._seat,
            lambda: self._order,
            self._share_phone,
        )
        self._desk = DeskPane(
            page.channel,
            page.form_of,
            page.form_for,
            page.wrong_in,
            page.commands,
            lambda: self._staff,
            page.timezone,
            page.reply_prefix,
            self._attempt,
            self._look,
            page.post_digest,
        )

    async def begin(self, chat: str, looking: Looking) -> None:
        """Draws the page and fills it for the first time."""
        self._looking = looking
        self._build()
        self._person = await asyncio.to_thread(self._first_person, chat)
        await self._refresh()
        if looking.tab == "home":
            await self._attempt(self._page.channel.staff_came_home(self._staff))
        ui.timer(_LOOK, self._tick)

    def _first_person(self, chat: str) -> Person:
        with self._page.store.read() as connection:
            cipher = self._page.store.cipher
            known = people.by_chat(connection, cipher, chat) or people.somebody(connection, cipher)
            self._order = people.last_order(connection)
        return known or people.newcomer("Robin Example")

    # --- the frame ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        ui.add_head_html(_HEAD)
        with node("div", "page") as self._root:
            self._build_head()
            with node("main", "main"):
                self._customer.build()
                self._desk.build()
            with node("nav", "sides", aria_label="Sides"):
                self._side("customer", "phone", "Customer")
                self._side("desk", "desk", "Staff desk")
            node("div", "toasts", role="status", aria_live="polite", popover="manual")

    def _build_head(self) -> None:
        with node("header", "top"):
            node("span", "mark", aria_hidden="true")
            words(self._page.shop, "shop", "h1", dir="auto")
            words("Console", "product")
            with node("div", "top-state"):
                words("Not connected", "state lost")
                self._state = LiveList[tuple[str, str]](node("span", "states"), self._draw_state, "span")
            me = node("span")
            self._me = LiveList[Colleague](me, self._draw_me, "span")
            self._me.show([("me", self._staff)])
            theme = icon_button("theme", "Light or dark")
            theme.on("click", js_handler="() => desk.theme()")
            if self._page.password is not None:
                with node("form", method="post", action="/logout"):
                    words("Log out", "button quiet", "button", type="submit")

    def _draw_me(self, staff: Colleague) -> None:
        me = node("button", "me", type="button", aria_label=f"You work as {staff.name}", title="Change your name")
        with me.on("click", self._ask_name, NO_ARGUMENTS):
            avatar(staff.name)
            words(staff.name, "me-name", "bdi")

    @staticmethod
    def _draw_state(state: tuple[str, str]) -> None:
        words(state[1], f"state {state[0]}")

    @staticmethod
    def _side(name: str, picture: str, label: str) -> None:
        with node("button", type="button", data_side=name) as button:
            icon(picture)
            words(label)
        button.on("click", js_handler=f"() => desk.side('{name}')")

    # --- keeping up -----------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        count, read_at = self._seen
        if changes.count() != count or time.monotonic() - read_at > _POLL:
            await self._refresh()
        for whisper in self._page.channel.whispers(self._staff.user, self._opened):
            self._opened = whisper.number
            if _is_answer(whisper):
                self._desk.answer(Answer(whisper.number, whisper.message))
            else:
                self._toast(messages.plain(whisper.message))

    async def _refresh(self, turn: Callable[[], None] = lambda: None) -> None:
        """Reads and shows; `turn` changes what is looked at, between two readings and never during one."""
        async with self._lock:
            turn()
            self._seen = (changes.count(), time.monotonic())
            try:
                read = await asyncio.to_thread(self._read)
            except StoreUnavailable as error:
                self._state.show([("store", ("bad", f"The store does not answer: {error.reason}"))])
                return
            self._show(read)

    def _show(self, read: _Reading) -> None:
        now = self._page.now()
        self._looking = replace(self._looking, ticket=read.desk.looking.ticket)
        if read.person is not None:
            self._person = read.person
        if self._person is not None:
            self._customer.play(self._person)
        self._customer.show(read.lines, now)
        self._desk.show(read.desk, now)
        waiting = read.desk.counts.waiting
        states = [("live", ("live", "Live"))]
        if waiting:
            states.insert(0, ("waiting", ("waiting", f"{waiting} waiting to be sent")))
        if self._page.slack:
            states.insert(0, ("slack", ("slack", "Staff posts go to Slack")))
        self._state.show(states)

    def _read(self) -> _Reading:
        """Everything that is shown, in one transaction."""
        cipher = self._page.store.cipher
        chat = self._person.chat if self._person is not None else ""
        with self._page.store.read() as connection:
            looking = self._looking
            if looking.follows:
                # somebody without a ticket leaves the desk where it is
                latest = reading.latest_ticket_of(connection, chat)
                looking = replace(looking, ticket=looking.ticket if latest is None else latest)
            view = DeskView(looking, reading.counts(connection))
            match looking.tab:
                case "home":
                    view = replace(view, home=self._page.home(connection, self._staff))
                case "tickets":
                    listed = reading.tickets(connection, cipher, looking.shelf, looking.limit)
                    if looking.ticket is None and listed:
                        view = replace(view, looking=replace(looking, ticket=listed[0].id))
                    chosen = view.looking.ticket
                    ticket = reading.ticket(connection, cipher, chosen) if chosen is not None else None
                    entries = reading.thread(connection, cipher, ticket) if ticket is not None else []
                    view = replace(view, tickets=tuple(listed), ticket=ticket, entries=tuple(entries))
                case "digests" | "alerts":
                    view = replace(view, posts=tuple(reading.room(connection, cipher, looking.tab, looking.limit)))
                case "failed":
                    events = reading.failed_events(connection, cipher)
                    view = replace(view, events=tuple(events), calls=tuple(reading.failed_calls(connection, cipher)))
            lines = reading.chat(connection, cipher, chat)
            person = people.by_chat(connection, cipher, chat)
        return _Reading(view, tuple(lines), person)

    # --- what people do -------------------------------------------------------------------------------------------

    async def _look(self, change: Callable[[Looking], Looking]) -> None:
        def turn() -> None:
            self._looking = change(self._looking)
            self._remember()

        before = self._looking.tab
        await self._refresh(turn)
        if self._looking.tab == "home" != before:
            await self._attempt(self._page.channel.staff_came_home(self._staff))

    async def _choose_person(self) -> None:
        dialog = PeopleDialog(self._root, self._search, self._play, people.newcomer)
        await dialog.fill()

    async def _ask_name(self) -> None:
        async def submit(values: dict[str, str]) -> bool:
            self._staff = _colleague(values["name"])
            self._me.show([("me", self._staff)])
            value = quote(self._staff.name, safe="")
            kept = f"{_NAME_COOKIE}={value}; path=/; max-age=31536000; samesite=strict"
            self._root.client.run_javascript(f"document.cookie = {kept!r}")
            return True

        field = replace_field(_NAME_FORM.fields[0], initial=self._staff.name)
        open_form(self._root, replace_field(_NAME_FORM, fields=(field,)), submit)

    async def _search(self, text: str) -> list[Person]:
        def search() -> list[Person]:
            with self._page.store.read() as connection:
                return people.search(connection, self._page.store.cipher, text)

        return await asyncio.to_thread(search)

    async def _play(self, person: Person) -> None:
        def turn() -> None:
            self._person = person
            self._looking = replace(self._looking, follows=True)
            self._remember()

        await self._refresh(turn)

    async def _share_phone(self, person: Person) -> None:
        """The chat's key for it was pressed: of somebody who is no customer yet, any number can be tried."""

        def phone() -> str:
            with self._page.store.read() as connection:
                return people.phone_of(connection, self._page.store.cipher, person)

        async def submit(values: dict[str, str]) -> bool:
            return await self._attempt(self._page.channel.share_phone(person.as_chat(), values["phone"]))

        field = replace_field(_PHONE_FORM.fields[0], initial=await asyncio.to_thread(phone))
        open_form(self._root, replace_field(_PHONE_FORM, fields=(field,)), submit)

    async def _seat(self, person: Person) -> None:
        """Before somebody's first words: a customer of the shop is known as such."""

        def seat() -> None:
            with self._page.store.begin() as connection:
                people.seat(connection, self._page.store.cipher, person, self._page.now())

        if person.customer_id is not None:
            await asyncio.to_thread(seat)

    def _remember(self) -> None:
        """Keeps in the page's address what it shows, so that a reload shows it again."""
        chat = self._person.chat if self._person is not None else ""
        ticket = "" if self._looking.follows or self._looking.ticket is None else str(self._looking.ticket)
        tab = "" if self._looking.tab == "tickets" else self._looking.tab
        shown = json.dumps({"chat": chat, "ticket": ticket, "tab": tab})
        self._root.client.run_javascript(f"desk.remembered({shown})")

    async def _attempt(self, doing: Awaitable[object]) -> bool:
        try:
            await doing
        except StoreUnavailable as error:
            self._toast(f"That did not work, try again: {error.reason}")
            return False
        return True

    def _toast(self, text: str) -> None:
        self._root.client.run_javascript(f"desk.toast({json.dumps(calm(text))})")


def _is_answer(whisper: Whisper) -> bool:
    """Whether it stands until it is closed: a list, a button or a page of words is more than a glance takes in."""
    said = whisper.message
    return whisper.place == COMMANDS or said.table is not None or bool(said.buttons or said.title)


def _colleague(name: str) -> Colleague:
    """Somebody at the desk by the name they gave."""
    name = " ".join(calm(name).split())[:60] or _NAME
    return Colleague("console", name.casefold()[:64], name)


_HEAD = """
<link rel="stylesheet" href="/static/console.css">
<script src="/static/console.js"></script>
"""
