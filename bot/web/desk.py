"""The staff's side of the console page: tickets and their threads, digests, alerts, what failed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from nicegui.element import Element

from bot.channels import FormFor, FormOf, WrongIn
from bot.channels.console import COMMANDS, HOME, ConsoleChannel
from bot.web import reading, rendering, times
from bot.web.command import Answer, CommandBox
from bot.web.compose import Compose
from bot.web.customer import Attempt
from bot.web.dialogs import open_form
from bot.web.elements import NO_ARGUMENTS, LiveList, avatar, icon, icon_button, newer_button, node, words
from bot.web.home import HomePanel
from bot.web.reading import Counts, Entry, FailedCall, FailedEvent, Place, Shelf, Shown, TicketRow, Typed
from handlers.events import Colleague, FileRef
from handlers.forms import Form
from handlers.message import Button, Fact, Message
from handlers.staff.shortcuts import COMMAND_FORM
from handlers.texts import text
from handlers.texts.dates import moment

Tab = Literal["home", "tickets", "digests", "alerts", "failed"]
_TABS: dict[Tab, str] = {
    "home": "Home",
    "tickets": "Tickets",
    "digests": "Digests",
    "alerts": "Alerts",
    "failed": "Failed",
}
_SHELVES: dict[Shelf, str] = {"open": "Open", "resolved": "Resolved", "all": "All"}


def tab_named(name: str) -> Tab:
    """The tab of this name, else the tickets."""
    return next((tab for tab in _TABS if tab == name), "tickets")


@dataclass(frozen=True, slots=True)
class Looking:
    """What the desk looks at."""

    tab: Tab = "tickets"
    shelf: Shelf = "open"
    limit: int = reading.PAGE
    ticket: int | None = None
    #: until somebody chooses a ticket, the desk follows the chat's
    follows: bool = True


@dataclass(frozen=True, slots=True)
class DeskView:
    """What there is to see of it."""

    looking: Looking
    counts: Counts
    tickets: tuple[TicketRow, ...] = ()
    ticket: TicketRow | None = None
    entries: tuple[Entry, ...] = ()
    posts: tuple[Shown, ...] = ()
    events: tuple[FailedEvent, ...] = ()
    calls: tuple[FailedCall, ...] = ()
    #: the page of one's own
    home: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    ticket: TicketRow
    age: str
    chosen: bool
    #: whether its status says more than the shelf it stands on
    mixed: bool


@dataclass(frozen=True, slots=True)
class _Action:
    """A button of a card, and where that stands."""

    card: Place
    button: Button


@dataclass(frozen=True, slots=True)
class _Dated:
    """Something with its time, as it is shown."""

    what: Entry | FailedEvent | FailedCall
    time: str


class DeskPane:
    """Draws what staff see and does what they do."""

    def __init__(
        self,
        channel: ConsoleChannel,
        form_of: FormOf,
        form_for: FormFor,
        wrong_in: WrongIn,
        commands: Sequence[str],
        staff: Callable[[], Colleague],
        zone: ZoneInfo,
        prefix: str,
        attempt: Attempt,
        look: Callable[[Callable[[Looking], Looking]], Awaitable[None]],
        post_digest: Callable[[], Awaitable[object]],
    ) -> None:
        self._channel = channel
        self._form_of = form_of
        self._form_for = form_for
        self._wrong_in = wrong_in
        self._commands = commands
        self._staff = staff
        self._zone = zone
        self._prefix = prefix
        self._attempt = attempt
        self._look = look
        self._post_digest = post_digest
        self._view = DeskView(Looking(), Counts(0, 0, 0))
        self._composing: tuple[int, Place | None] | None = None

    # --- the frame ------------------------------------------------------------------------------------------------

    def build(self) -> None:
        with node("section", "desk panel", aria_label="Staff desk") as self._root:
            with node("div", "desk-top"):
                with node("nav", "tabs", aria_label="Staff channels"):
                    self._tabs = {tab: self._tab(tab, label) for tab, label in _TABS.items()}
                self._box = CommandBox(self._commands, self._command, self._pressing(Place("console", COMMANDS, "")))
            self._home = HomePanel(self._pressing(Place("console", HOME, "")), self._open)
            with node("div", "tab-body home") as home:
                self._home.build()
            with node("div", "tab-body tickets") as tickets:
                self._build_list()
                self._build_thread()
            with node("div", "tab-body feed") as feed:
                self._build_feed()
            self._bodies = (home, tickets, feed)
            self._box.build_answers()

    def _tab(self, tab: Tab, label: str) -> tuple[Element, LiveList[int]]:
        async def choose() -> None:
            await self._look(lambda looking: replace(looking, tab=tab, limit=reading.PAGE))

        with node("button", "tab", type="button").on("click", choose, NO_ARGUMENTS) as button:
            words(label)
            css = "count bad" if tab == "failed" else "count"
            counter = LiveList[int](node("span"), lambda number: _set(words(str(number), css)), "span")
        return button, counter

    def _build_list(self) -> None:
        with node("div", "ticket-list"):
            with node("div", "shelves", role="group", aria_label="Which tickets"):
                self._shelves = {shelf: self._shelf(shelf, label) for shelf, label in _SHELVES.items()}
            with node("div", "rows", role="group", aria_label="Tickets") as rows:
                self._rows = LiveList[_Row](node("div", "rows-inner"), self._draw_row, css="row-slot")
                self._more = words("Load more", "button quiet more", "button", type="button")
                self._more.on("click", self._load_more, NO_ARGUMENTS)
                self._no_tickets = node("div", "empty")
            rows.on("keydown", js_handler="(e) => desk.walk(e)")

    def _shelf(self, shelf: Shelf, label: str) -> Element:
        async def choose() -> None:
            await self._look(lambda looking: replace(looking, shelf=shelf, limit=reading.PAGE))

        return words(label, "shelf", "button", type="button").on("click", choose, NO_ARGUMENTS)

    def _build_thread(self) -> None:
        with node("div", "thread", role="region", aria_label="Thread"):
            with node("header", "thread-head") as self._thread_head, node("div", "thread-title"):
                self._build_head()
            self._thread_scroll = node(
                "div", "thread-scroll", data_stick=True, tabindex="0", role="log", aria_label="Messages"
            )
            with self._thread_scroll:
                self._entries = LiveList[_Dated](node("div", "entries"), self._draw_entry, css="entry-slot")
                newer_button()
            self._thread_foot = node("div", "thread-foot")
            self._no_thread = node("div", "empty")

    def _build_head(self) -> None:
        """Buttons and facts of the card stay in reach however long the thread is; each is drawn anew as it changes."""
        icon_button("back", "Back to the tickets", "back").on("click", js_handler="() => desk.leave()")
        self._title = LiveList[TicketRow](node("div", "part"), self._draw_title, css="part")
        self._actions = LiveList[_Action](node("div", "buttons"), self._draw_action, css="part")
        self._facts = LiveList[tuple[Fact, ...]](node("div", "part"), self._draw_facts, css="part")

    def _build_feed(self) -> None:
        with node("div", "feed-scroll", tabindex="0", role="region", aria_label="Posts"):
            with node("div", "feed-top") as self._digest_top:
                post = words("Post what waits now", "button", "button", type="button")
                post.on("click", lambda: self._attempt(self._post_digest()), NO_ARGUMENTS)
            self._feed = LiveList[_Dated](node("div", "feed-inner"), self._draw_feed, css="feed-slot")
            self._no_posts = node("div", "empty")

    async def _load_more(self) -> None:
        await self._look(lambda looking: replace(looking, limit=looking.limit + reading.PAGE))

    # --- showing --------------------------------------------------------------------------------------------------

    def show(self, view: DeskView, now: datetime) -> None:
        """Makes the desk show this; what it shows already stays as it is."""
        self._view = view
        looking = view.looking
        self._show_tabs(looking, view.counts)
        home, tickets, feed = self._bodies
        home.set_visibility(looking.tab == "home")
        tickets.set_visibility(looking.tab == "tickets")
        feed.set_visibility(looking.tab not in ("home", "tickets"))
        if looking.tab == "home":
            self._home.show(view.home)
        elif looking.tab == "tickets":
            self._show_tickets(view, now)
            self._show_thread(view, now)
        else:
            self._show_feed(view, now)

    def _show_tabs(self, looking: Looking, counts: Counts) -> None:
        numbers = {"tickets": counts.open, "failed": counts.failed}
        for tab, (button, counter) in self._tabs.items():
            _mark(button, tab == looking.tab)
            counter.show([("count", numbers[tab])] if numbers.get(tab) else [])

    def _show_tickets(self, view: DeskView, now: datetime) -> None:
        for shelf, button in self._shelves.items():
            _mark(button, shelf == view.looking.shelf)
        shown = view.tickets
        mixed = view.looking.shelf == "all"
        rows = [_Row(ticket, _age(ticket, now), ticket.id == view.looking.ticket, mixed) for ticket in shown]
        self._rows.show((row.ticket.id, row) for row in rows)
        self._more.set_visibility(len(shown) >= view.looking.limit)
        self._show_empty(self._no_tickets, not shown, *_EMPTY_SHELVES[view.looking.shelf])

    def _show_thread(self, view: DeskView, now: datetime) -> None:
        ticket = view.ticket
        card = _card(view.entries)
        self._title.show([] if ticket is None else [(ticket.id, ticket)])
        # each by itself: one that goes takes no other with it
        where = ticket.card if ticket else None
        self._actions.show(((one.action, one.ref), _Action(where, one)) for one in card.buttons if where)
        self._facts.show([(ticket.id, card.facts)] if ticket and card.facts else [])
        shown: Sequence[Entry] = view.entries
        if ticket is not None and ticket.card is None:
            shown = (_past(ticket, self._zone),)
        self._entries.show((_key(entry), self._dated(entry, entry.at, now)) for entry in shown)
        composing = None if ticket is None else (ticket.id, ticket.card)
        if composing != self._composing:
            self._composing = composing
            self._draw_foot(ticket)
            self._root.client.run_javascript(f"desk.end({self._thread_scroll.html_id!r}); desk.reveal()")
        for part in (self._thread_head, self._thread_scroll, self._thread_foot):
            part.set_visibility(ticket is not None)
        self._show_empty(self._no_thread, ticket is None, *_NO_THREAD)

    def _show_feed(self, view: DeskView, now: datetime) -> None:
        things: Sequence[Shown | FailedEvent | FailedCall]
        things = (*view.events, *view.calls) if view.looking.tab == "failed" else view.posts
        keyed = [((view.looking.tab, *_identity(thing)), self._dated(thing, thing.at, now)) for thing in things]
        self._feed.show(keyed)
        self._digest_top.set_visibility(view.looking.tab == "digests")
        empty = _EMPTY_FEEDS[view.looking.tab]
        self._show_empty(self._no_posts, not things, *empty)

    def _dated(self, what: Entry | FailedEvent | FailedCall, at: datetime, now: datetime) -> _Dated:
        return _Dated(what, times.clock(at, now, self._zone))

    @staticmethod
    def _show_empty(place: Element, visible: bool, name: str, title: str, text: str) -> None:
        place.set_visibility(visible)
        if visible and place.props.get("data-shows") != title:
            place.clear()
            place.props["data-shows"] = title
            with place:
                icon(name)
                words(title, tag="h3")
                words(text, tag="p")

    # --- the list -------------------------------------------------------------------------------------------------

    def _draw_row(self, row: _Row) -> None:
        ticket = row.ticket

        async def choose() -> None:
            await self._look(lambda looking: replace(looking, ticket=ticket.id, follows=False))

        button = node(
            "button",
            f"row{' chosen' if row.chosen else ''}{' waits' if ticket.waiting_since else ''}",
            type="button",
            data_item=True,
            data_ticket=ticket.id,
        )
        if row.chosen:
            button.props["aria-current"] = "true"
        button.on("click", choose, js_handler="() => { desk.enter(); emit(); }")
        with button:
            avatar(ticket.person)
            with node("span", "row-main"):
                with node("span", "row-top"):
                    words(ticket.person, "row-name", "bdi")
                    words(row.age, "row-age")
                words(ticket.subject, "row-subject", dir="auto")
                with node("span", "row-tags"):
                    words(f"#{ticket.id} {ticket.kind}", "tag")
                    if row.mixed or ticket.status not in ("open", "resolved"):
                        _status_tag(ticket)
                    if ticket.priority in ("high", "urgent"):
                        words(ticket.priority, "tag hot")
                    if ticket.assignee:
                        words(ticket.assignee, "tag who", "bdi")

    # --- the thread -----------------------------------------------------------------------------------------------

    @staticmethod
    def _draw_title(ticket: TicketRow) -> None:
        with node("div", "thread-name"):
            words(ticket.person, tag="h2", dir="auto")
            with node("p", "thread-kind"):
                words(f"#{ticket.id} · {ticket.kind}")
                _status_tag(ticket)
                if ticket.priority in ("high", "urgent"):
                    words(ticket.priority, "tag hot")
                if ticket.assignee:
                    words(ticket.assignee, "tag who", "bdi", title=f"{text('card.assignee')}: {ticket.assignee}")

    def _draw_action(self, action: _Action) -> None:
        rendering.show(Message(buttons=(action.button,)), self._pressing(action.card))

    @staticmethod
    def _draw_facts(facts: tuple[Fact, ...]) -> None:
        with node("details", "thread-facts"):
            words(_in_short(facts), tag="summary", dir="auto")
            rendering.show(Message(facts=facts))

    def _draw_entry(self, dated: _Dated) -> None:
        match dated.what:
            case Shown() as post:
                self._draw_post(post, dated.time)
            case Typed() as said:
                self._draw_typed(said, dated.time)

    def _draw_post(self, post: Shown, time: str) -> None:
        if _is_line(post):
            with node("article", "line-post"):
                rendering.show(post.message, self._pressing(post.place), leaves=_leaves(post))
                _time(time, post.at)
            return
        kind = post.about.partition(":")[0]
        with node("article", f"post {kind if kind in _KINDS else 'bot'}{' gone' if post.gone else ''}"):
            # whose words these are stands in the title
            is_spoken = kind in ("said", "status") and bool(post.message.title)
            author = post.message.title if is_spoken else "Shopdesk"
            if kind == "said":
                avatar(author)
            else:
                node("span", "avatar desk-mark", aria_hidden="true")
            with node("div", "post-body"):
                with node("header", "post-head"):
                    words(author, "post-author", "bdi")
                    _time(time, post.at)
                press = None if kind == "card" else self._pressing(post.place)
                rendering.show(post.message, press, titled=not is_spoken, leaves=_leaves(post))
                if post.gone:
                    self._again(f"{self._prefix} {post.message.text}")

    def _draw_typed(self, said: Typed, time: str) -> None:
        kind = "reply" if said.is_reply else "note"
        with node("article", f"post {kind}{' gone' if said.deleted else ''}"):
            avatar(said.author)
            with node("div", "post-body"):
                with node("header", "post-head"):
                    words(said.author, "post-author", "bdi")
                    words("Reply to customer" if said.is_reply else "Internal note", f"stamp {kind}")
                    if said.edited:
                        words("edited", "post-note")
                    _time(time, said.at)
                rendering.show(said.message)
                if said.status is not None:
                    press = self._pressing(said.status.place)
                    rendering.show(said.status.message, press, leaves=_leaves(said.status))
                if said.deleted and said.message.text:
                    self._again(_as_typed(said, self._prefix))
            if said.message_id is not None and not said.deleted:
                with node("div", "edits"):
                    if said.message.text:
                        self._edit_button(said, said.message_id)
                    self._delete_button(said, said.message_id)

    def _again(self, text: str) -> None:
        """Offers to begin anew with what was taken back."""
        ticket = self._view.ticket
        if ticket is None or ticket.card is None or ticket.card.channel != "console":
            return
        again = words("Write it again", "button quiet again", "button", type="button")
        again.on("click", lambda: self._compose.add(text), NO_ARGUMENTS)

    def _edit_button(self, said: Typed, message_id: str) -> None:
        async def save(text: str) -> bool:
            card = self._card
            if card is None:
                return False
            edited = self._channel.staff_edit(self._staff(), card.place, card.platform_id, message_id, text)
            return await self._attempt(edited)

        def edit() -> None:
            self._compose.edit(_as_typed(said, self._prefix), save)

        icon_button("pencil", "Edit message", "edit").on("click", edit, NO_ARGUMENTS)

    def _delete_button(self, said: Typed, message_id: str) -> None:
        async def delete(_: dict[str, str]) -> bool:
            card = self._card
            if card is None:
                return False
            deleted = self._channel.staff_delete(self._staff(), card.place, card.platform_id, message_id)
            return await self._attempt(deleted)

        def ask() -> None:
            open_form(self._root, _DELETE_REPLY if said.is_reply else _DELETE_NOTE, delete)

        icon_button("bin", "Delete message", "edit").on("click", ask, NO_ARGUMENTS)

    def _draw_foot(self, ticket: TicketRow | None) -> None:
        self._thread_foot.clear()
        if ticket is None:
            return
        with self._thread_foot:
            if ticket.card is None:
                words("This ticket is from before the desk: its messages are not here.", "elsewhere", "p")
                return
            if ticket.card.channel != "console":
                words("This thread is in Slack: notes and typed replies are written there.", "elsewhere", "p")
                return
            self._compose = Compose(
                "Message in the thread",
                f"Note, or {self._prefix} to reply",
                self._sent,
                self._channel.uploaded,
                draft=f"ticket:{ticket.id}",
                prefix=self._prefix,
                person=ticket.person,
                begun=self._stay,
            )

    # --- doing ----------------------------------------------------------------------------------------------------

    async def _sent(self, text: str, files: tuple[FileRef, ...]) -> bool:
        card = self._card
        if card is None:
            return False
        said = self._channel.staff_say(self._staff(), card.place, card.platform_id, text.strip(), files)
        return await self._attempt(said)

    @property
    def _card(self) -> Place | None:
        """Where the card stands whose thread is shown."""
        return None if self._view.ticket is None else self._view.ticket.card

    async def _stay(self) -> None:
        """Whoever works on a ticket keeps it before them, wherever the chat goes."""
        if self._view.looking.follows and self._view.ticket is not None:
            await self._look(lambda looking: replace(looking, follows=False))

    def _pressing(self, at: Place) -> rendering.Press:
        async def press(button: Button) -> None:
            await self.press(at, button.action, button.ref)

        return press

    async def press(self, at: Place, action: str, ref: str) -> None:
        """A colleague presses a button: a form opens, or the desk is told."""
        await self._stay()
        staff = self._staff()
        is_thread = at.place not in (HOME, COMMANDS)
        thread = self._card.platform_id if is_thread and self._card is not None else None
        form = None

        async def ask() -> None:
            nonlocal form
            form = await self._form_of(action, ref, staff)

        if not await self._attempt(ask()):
            return
        if form is None:
            pressed = self._channel.staff_press(staff, at.place, at.platform_id, action, ref, thread)
            await self._attempt(pressed)
            return

        self._open_form(form, thread or at.platform_id, at.place)

    def _open_form(self, form: Form, thread: str, place: str) -> None:
        async def submit(values: dict[str, str]) -> bool | dict[str, str]:
            staff, wrong = self._staff(), dict[str, str]()

            async def take() -> None:
                wrong.update(await self._wrong_in(self._channel.submitted(staff, form.name, form.ref, values, place)))
                if not wrong:
                    await self._channel.staff_submit(staff, thread, form.name, form.ref, values, place)

            return await self._attempt(take()) and (wrong or True)

        open_form(self._root, form, submit)

    async def _command(self, typed: str) -> bool:
        """A colleague gives a command: a form opens, or the desk is told, and answers below the box."""
        command = self._channel.commanded(self._staff(), typed)
        form = None

        async def ask() -> None:
            nonlocal form
            if command.command == "/":  # nothing but a slash: all commands to choose from
                form = await self._form_of(COMMAND_FORM, "", command.staff)
            else:
                form = await self._form_for(command)

        if not await self._attempt(ask()):
            return False
        if form is None:
            return await self._attempt(self._channel.staff_command(command))
        self._open_form(form, f"command:{command.staff.user}", command.place)
        return True

    def answer(self, answer: Answer) -> None:
        """Shows what somebody is told about a command."""
        self._box.tell(answer)

    async def _open(self, number: int) -> None:
        """Looks at a ticket's thread."""
        await self._look(lambda looking: replace(looking, tab="tickets", shelf="all", ticket=number, follows=False))
        self._root.client.run_javascript("desk.enter()")

    # --- digests, alerts, failures --------------------------------------------------------------------------------

    def _draw_feed(self, dated: _Dated) -> None:
        match dated.what:
            case Shown() as post:
                with node("article", "feed-post"):
                    _time(dated.time, post.at)
                    rendering.show(post.message, self._pressing(post.place))
            case FailedEvent() as event:
                self._draw_failed_event(event, dated.time)
            case FailedCall() as call:
                self._draw_failed_call(call, dated.time)
            case Typed():
                raise TypeError(dated.what)

    def _draw_failed_event(self, event: FailedEvent, time: str) -> None:
        with node("article", "feed-post failed"):
            with node("header", "post-head"):
                words("Not handled", "tag hot")
                words(event.channel, "tag")
                _time(time, event.at)
            words(event.what, "title", "h3", dir="auto")
            if event.words:
                words(event.words, "quote", "blockquote", dir="auto")
            _error(event.error)
            self._act([("Replay", "replay", "primary"), ("Discard", "discard", "danger")], str(event.inbox_id))

    def _draw_failed_call(self, call: FailedCall, time: str) -> None:
        with node("article", "feed-post failed"):
            with node("header", "post-head"):
                words("Perhaps not delivered" if call.maybe else "Not delivered", "tag hot")
                words(call.channel, "tag")
                _time(time, call.at)
            words(call.words, "quote", "blockquote", dir="auto")
            _error(call.error)
            arrived = [("It arrived", "arrived", "")] if call.maybe else []
            self._act([("Retry", "retry", "primary"), *arrived], str(call.outbox_id))

    def _act(self, buttons: list[tuple[str, str, str]], ref: str) -> None:
        with node("div", "buttons"):
            for label, action, style in buttons:
                self._action(label, action, style, ref)

    def _action(self, label: str, action: str, style: str, ref: str) -> None:
        async def press() -> None:
            await self.press(Place("console", "failed", f"{action}:{ref}"), action, ref)

        words(label, f"button {style}", "button", type="button").on("click", press, NO_ARGUMENTS)


def _error(error: str) -> None:
    """An error's last line; all of it on demand."""
    lines = error.strip().splitlines()
    if not lines:
        return
    words(lines[-1], "error", "p", dir="auto")
    if len(lines) > 1:
        with node("details", "trace"):
            words("What happened", tag="summary")
            words(error.strip(), tag="pre", tabindex="0")


def _time(shown: str, at: datetime) -> None:
    words(shown, "time", "time", datetime=at.isoformat())


def _leaves(post: Shown) -> str:
    return "" if post.leaves_at is None else post.leaves_at.isoformat()


def _status_tag(ticket: TicketRow) -> None:
    words(ticket.status, f"tag status {ticket.status if ticket.status in _STATUSES else ''}")


_DELETE_REPLY = Form(
    "delete",
    "",
    "Delete this reply?",
    "Delete",
    (),
    "It disappears from the customer’s chat, where the app allows it.",
)
_DELETE_NOTE = Form("delete", "", "Delete this note?", "Delete", (), "Colleagues see it struck through.")
_KINDS = ("card", "said", "status")
_STATUSES = ("open", "pending", "snoozed", "resolved")


def _age(ticket: TicketRow, now: datetime) -> str:
    """How long the customer waits; else how long ago the ticket ended or began."""
    if ticket.waiting_since is not None:
        return f"waits {times.age(ticket.waiting_since, now).replace('now', '<1 min')}"
    return times.age(ticket.resolved_at or ticket.opened_at, now)


def _past(ticket: TicketRow, zone: ZoneInfo) -> Shown:
    """What is known of a ticket from before the desk, as a card."""
    times_of = (("Opened", ticket.opened_at), ("First reply", ticket.first_reply_at), ("Resolved", ticket.resolved_at))
    facts = [
        Fact(text("card.priority"), ticket.priority),
        Fact(text("card.assignee"), ticket.assignee),
        Fact("Order", ticket.order),
        *(Fact(label, moment(at, zone) if at else "") for label, at in times_of),
        Fact("Satisfaction", f"{ticket.csat} of 5" if ticket.csat else ""),
    ]
    title = text("card.title", ticket=ticket.id, kind=ticket.kind, person=ticket.person)
    card = Message(title=title, quote=ticket.subject, facts=tuple(fact for fact in facts if fact.value))
    return Shown(ticket.id, f"card:{ticket.id}", Place("", "", ""), card, ticket.opened_at)


def _as_typed(said: Typed, prefix: str) -> str:
    return f"{prefix} {said.message.text}" if said.is_reply else said.message.text


def _is_line(post: Shown) -> bool:
    """Whether a post is one small line: somebody took the ticket, resolved it."""
    message = post.message
    others = (message.title, message.quote, message.facts, message.table, message.chart, message.files)
    return bool(message.context or message.text) and not any(others) and not (message.context and message.text)


def _card(entries: Sequence[Entry]) -> Message:
    return next((entry.message for entry in entries if _is_card(entry)), Message())


def _in_short(facts: tuple[Fact, ...]) -> str:
    """A card's facts in one line; its status and assignee stand above it."""
    told = {fact.label: fact.value for fact in facts}
    priority, customer, since, orders = (text(f"card.{name}") for name in ("priority", "customer", "waiting", "orders"))
    parts = [f"{told[priority]} {priority.lower()}"] if priority in told else []
    parts += [told[customer]] if customer in told else []
    parts += [f"{since.lower()} {told[since]}"] if since in told else []
    parts += [told[orders].splitlines()[0]] if orders in told else []
    return " · ".join(parts)


def _is_card(entry: Entry) -> bool:
    return isinstance(entry, Shown) and entry.about.startswith("card:")


def _key(entry: Entry) -> tuple[str, int]:
    return ("post" if isinstance(entry, Shown) else "typed", entry.id)


def _identity(thing: Shown | FailedEvent | FailedCall) -> tuple[str, int]:
    match thing:
        case Shown(id=key):
            return "post", key
        case FailedEvent(inbox_id=key):
            return "in", key
        case FailedCall(outbox_id=key):
            return "out", key


def _mark(element: Element, is_current: bool) -> None:
    wanted = "true" if is_current else "false"
    if element.props.get("aria-current") != wanted:
        element.props["aria-current"] = wanted


def _set(_element: Element) -> None:
    """A drawing function gives nothing back."""


_EMPTY_SHELVES: dict[Shelf, tuple[str, str, str]] = {
    "open": (
        "inbox",
        "Nothing is waiting",
        "Write as a customer, for example “My parcel arrived damaged”: what the desk cannot answer by itself "
        "becomes a ticket here.",
    ),
    "resolved": ("inbox", "Nothing resolved yet", "Resolved tickets move here. Reopen brings one back."),
    "all": ("inbox", "No tickets yet", "Write as a customer, for example “My parcel arrived damaged”."),
}
_NO_THREAD = (
    "chat",
    "Choose a ticket",
    "Its card, the customer’s messages and your colleagues’ notes appear here.",
)
_EMPTY_FEEDS: dict[Tab, tuple[str, str, str]] = {
    "home": _NO_THREAD,
    "tickets": _NO_THREAD,
    "digests": (
        "chart",
        "No digest yet",
        "What waits is posted by the clock, and now by the button above.",
    ),
    "alerts": ("bell", "All quiet", "What needs a person at once is posted here."),
    "failed": (
        "check",
        "Nothing failed",
        "Messages that could not be handled or delivered wait here to be tried again.",
    ),
}
