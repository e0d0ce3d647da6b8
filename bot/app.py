"""Who is who: the one place that names concrete classes and puts them together."""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection, func, select

from bot.backoffice import Backoffice
from bot.backoffice.absent import AbsentBackoffice
from bot.backoffice.channel import BackofficeChannel
from bot.backoffice.recorded import RecordedBackoffice
from bot.channels import Channel
from bot.channels.console import ConsoleChannel
from bot.charts import png
from bot.commits import Commits
from bot.config import Config, models_folder, sentences_folder
from bot.delivery import Delivery
from bot.perform import BACKOFFICE, Rooms, Route, Split
from bot.rates import Rate, Rates
from bot.turn import TurnRunner, Turns
from bot.web import changes
from crm_store import inbox, money, outbox, store
from crm_store.inbox import NewRow
from crm_store.schema import KeyRow
from crm_store.store import Store
from handlers import events, routes
from handlers.actions import Room
from handlers.desk import Desk, Policy
from handlers.events import Arrival, Slot
from handlers.forms import Form
from handlers.refunds import Rules
from jobs.clock import Clock
from nlp.entities import Patterns
from nlp.keywords import KeywordReader
from nlp.meaning import Reader

if TYPE_CHECKING:
    from nlp.models import Making

log = logging.getLogger(__name__)

#: what Telegram lets a bot fetch, in bytes; no other platform of customers allows less
LARGEST_FILE = 20 * 1024 * 1024


def now() -> datetime:
    return datetime.now(UTC)


def tell_on_stderr(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


def reader(config: Config) -> Reader:
    """What reads customers' texts; models that are missing are made first, which takes a minute or two.

    Raises `NotMade`, `BrokenModel`, `BadSentences`.
    """
    if config.nlp.reader == "keywords":
        return KeywordReader(patterns(config), sure=config.nlp.threshold)
    from nlp.models import open_reader

    return open_reader(
        making(config),
        tell_on_stderr,
        patterns=patterns(config),
        sure=config.nlp.threshold,
        thresholds={str(intent): least for intent, least in config.nlp.thresholds.items()},
    )


def making(config: Config) -> "Making":
    """What the trained reader is made of."""
    from nlp.models import Making
    from nlp.sentences import SHIPPED

    return Making(models_folder(config), config.nlp.encoder or "", (SHIPPED, sentences_folder(config)))


def patterns(config: Config) -> Patterns:
    """What the shop's own numbers look like."""
    said = config.nlp.patterns
    return Patterns(said.orders or Patterns().orders, said.tracking, said.skus)


def policy(config: Config) -> Policy:
    """What handlers decide by."""
    staff = rooms(config)
    return Policy(
        shop=config.shop.name,
        timezone=config.shop.timezone,
        reply_prefix=config.slack.reply_prefix,
        undo=timedelta(seconds=config.desk.undo_seconds),
        reopen_within=config.desk.reopen_within,
        largest_file=LARGEST_FILE,
        privacy_text=config.privacy.policy or "",
        privacy_contact=config.privacy.contact or "",
        consent_version=config.privacy.consent_version,
        staff_channel=staff.channel,
        alerts_place=staff.places["alerts"],
        refunds=refund_rules(config),
        has_backoffice=_backoffice_kind(config) != "absent",
    )


def refund_rules(config: Config) -> Rules:
    """What customers can ask back, and who of staff decides."""
    said, roles, usual = config.refunds, config.slack.roles, Rules()
    one = 10 ** money.exponent(config.shop.currency)
    by_role = {"agent": (roles.agents, 100), "manager": (roles.managers, 1000), "reader": (roles.readers, 0)}
    may = {name for name, (role, _) in by_role.items() if name in usual.may and (not role.may or "refund" in role.may)}
    return Rules(
        currency=config.shop.currency,
        window=said.window,
        windows={category.lower(): window for category, window in said.windows.items()},
        final_categories=frozenset(category.lower() for category in said.final_sale.categories),
        final_skus=frozenset(said.final_sale.skus),
        automatic=int(said.automatic * one),
        reasons=said.reasons,
        photos=frozenset(said.photos),
        expires=said.expires,
        returns_expire=said.returns_expire,
        serial_refunds=said.serial.refunds,
        serial_share=said.serial.share,
        limits={
            name: int((preset if role.refund_limit is None else role.refund_limit) * one)
            for name, (role, preset) in by_role.items()
        },
        members={member: name for name, (role, _) in by_role.items() for member in role.members},
        may=frozenset(may),
    )


def _backoffice_kind(config: Config) -> Literal["http", "recorded", "absent"]:
    """What stands for the shop. Customers of a real shop are not told that something was done which nobody did."""
    if config.backoffice.url is not None:
        return "http"
    is_trial = config.backoffice.recorded or config.secrets.telegram_bot_token is None
    return "recorded" if is_trial else "absent"


def rooms(config: Config) -> Rooms:
    """Where staff are: in Slack when it is connected, else on the console page."""
    if config.secrets.slack_bot_token is None:
        return Rooms("console", {"tickets": "tickets", "digests": "digests", "alerts": "alerts"})
    channels = config.slack.channels
    places: dict[Room, str] = {
        "tickets": channels.tickets,
        "digests": channels.digests or channels.tickets,
        "alerts": channels.alerts or channels.tickets,
    }
    chosen = tuple(
        Route(
            route.channel,
            frozenset(route.kind),
            frozenset(route.priority),
            frozenset(route.language),
            frozenset(route.bot),
        )
        for route in channels.routes
    )
    return Rooms("slack", places, routes=chosen)


@dataclass
class App:
    """Everything that runs, put together but not started."""

    config: Config
    store: Store
    now: Callable[[], datetime] = now
    reader: Reader = field(init=False)
    channels: dict[str, Channel] = field(init=False, default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.reader = reader(self.config)
        self.policy = policy(self.config)
        self.rooms = rooms(self.config)
        self.commits = Commits(self.store)
        # SQLite has one writer; elsewhere what comes in is kept while calls are being settled
        self.intake = self.commits if self.store.dialect == "sqlite" else Commits(self.store)
        self._add_channels()
        splits: Mapping[str, Split] = {name: channel.split for name, channel in self.channels.items()}
        self.turns = Turns(self.store, self.reader, self.policy, self.rooms, splits, self.now)
        self.runner = TurnRunner(self.turns, self._after_turn)
        self.delivery = Delivery(
            self.store,
            self.commits,
            self.channels,
            _rates(self.config),
            hold_doubtful=self.config.desk.hold_uncertain,
            now=self.now,
            on_change=changes.bump,
            on_settled=lambda: self.runner.wake(),
        )
        self.clock = Clock(
            {"waiting": self.config.jobs.waiting, "refunds": self.config.jobs.refunds},
            self.config.shop.timezone,
            late=self.config.jobs.late,
            born=self._born(),
            now=self.now,
            take=self.take_slot,
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ready = False

    def _add_channels(self) -> None:
        config = self.config
        self.console = ConsoleChannel(self.store, receive=self.receive, now=self.now)
        self.channels["console"] = self.console
        self.telegram = None
        self.slack = None
        if config.secrets.telegram_bot_token is not None:
            from bot.channels.telegram import TelegramChannel

            self.telegram = TelegramChannel(
                config.secrets.telegram_bot_token,
                receive=self.receive,
                mode=config.telegram.mode,
                base_url=config.telegram.api,
                base_file_url=config.telegram.files,
                webhook_url=config.telegram_webhook_url or "",
                webhook_secret=config.secrets.telegram_webhook_secret or "",
                now=self.now,
            )
            self.channels["telegram"] = self.telegram
        if config.secrets.slack_bot_token is not None:
            from bot.channels.slack import SlackChannel

            self.slack = SlackChannel(
                config.secrets.slack_bot_token,
                receive=self.receive,
                form_of=self.form_of,
                mode=config.slack.mode,
                app_token=config.secrets.slack_app_token,
                signing_secret=config.secrets.slack_signing_secret,
                api_url=config.slack.api_url,
                chart_png=png,
            )
            self.channels["slack"] = self.slack
        self.channels[BACKOFFICE] = BackofficeChannel(self._backoffice(), self.store)

    def _backoffice(self) -> Backoffice:
        config = self.config
        match _backoffice_kind(config):
            case "http":
                from bot.backoffice.http import HttpBackoffice

                return HttpBackoffice(
                    config.backoffice.url or "",
                    config.secrets.backoffice or "",
                    timeout=config.backoffice.timeout.total_seconds(),
                    now=self.now,
                )
            case "recorded":
                shop = config.shop
                return RecordedBackoffice(self.store, shop=shop.name, timezone=shop.timezone, now=self.now)
            case "absent":
                return AbsentBackoffice()

    # --- what channels call ---------------------------------------------------------------------------------------

    async def receive(self, arrivals: Sequence[Arrival]) -> None:
        """Stores what came in; once it returns, it may be acknowledged. Raises `StoreUnavailable`."""
        rows = [NewRow(one.channel, one.source_id, one.lane, events.encode(one.event), one.group) for one in arrivals]

        def keep(connection: Connection) -> int:
            return inbox.keep(connection, self.store.cipher, rows, self.now())

        await self.intake.run(keep)
        self.runner.wake()

    async def form_of(self, action: str, ref: str, user: str) -> Form | None:
        """The form a staff button opens, None when the button does something at once."""
        opens = routes.FORMS.get(action)
        return None if opens is None else await asyncio.to_thread(self._form, opens, ref)

    def _form(self, opens: Callable[[str, Desk], Form | None], ref: str) -> Form | None:
        with self.store.read() as connection:
            return opens(ref, self.desk(connection))

    def desk(self, connection: Connection) -> Desk:
        """The desk to read by, outside a turn."""
        return Desk(connection, self.store.cipher, 0, self.now(), self.reader, self.policy)

    async def take_slot(self, slot: Slot) -> None:
        """A job is due. The same slot twice is the same as once."""
        await self.receive([Arrival("clock", f"{slot.name}@{slot.due.isoformat()}", f"job:{slot.job}", slot)])

    # --- running --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Starts everything; returns when messages can come in."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._readdress)
        self._tasks = [
            asyncio.create_task(self.runner.run(), name="turns"),
            asyncio.create_task(self.delivery.run(), name="delivery"),
        ]
        await asyncio.gather(*(channel.start() for channel in self.channels.values()))
        await self.clock.start()
        self.ready = True

    def _readdress(self) -> None:
        """What waits for a room that the configuration calls something else by now goes to the room of today."""
        rooms = self.rooms
        known = {*rooms.places.values(), *(route.place for route in rooms.routes)}
        with self.store.begin() as connection:
            for room, place in rooms.places.items():
                outbox.move_waiting(connection, rooms.channel, known, place, lane=room)
            outbox.move_waiting(connection, rooms.channel, known, rooms.places["tickets"])

    async def first_ended(self) -> tuple[str, BaseException | None]:
        """Returns once a task that only `stop` may end has ended, with its name and what ended it."""
        ended, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        task = ended.pop()
        return task.get_name(), None if task.cancelled() else task.exception()

    async def settle(self) -> None:
        """Works off everything that is due, without being started: for rehearsals and one-off commands."""
        while await self.runner.drain() or await self.delivery.drain():
            continue

    async def close(self) -> None:
        """Ends an app that was not started."""
        await self.runner.stop()
        await asyncio.gather(*(channel.stop() for channel in self.channels.values()))
        self._close_store()

    async def stop(self) -> None:
        """Lets what is under way end, then closes the channels and the store. What waits stays in the store."""
        self.ready = False
        self.clock.stop()
        await self.runner.stop()
        await self.delivery.stop()
        # last: what comes in until here is stored, and calls under way needed their connections
        await asyncio.gather(*(channel.stop() for channel in self.channels.values()), return_exceptions=True)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._close_store()

    def _close_store(self) -> None:
        for commits in {self.commits, self.intake}:
            commits.close()
        self.store.close()

    def _after_turn(self) -> None:
        """A turn ended, in its thread: there may be calls to make, and pages to refresh."""
        changes.bump()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.delivery.wake)

    def _born(self) -> datetime:
        """When the store was made: a slot before that was nobody's to miss."""
        with self.store.read() as connection:
            return connection.scalar(select(func.min(KeyRow.created_at))) or self.now()


def _rates(config: Config) -> dict[str, Rates]:
    """How fast each platform may be spoken to."""
    from bot.channels.slack import limits as slack
    from bot.channels.telegram import limits as telegram

    posts = config.slack.posts_per_second
    return {
        "telegram": Rates(
            Rate(telegram.RATES["place"], telegram.BURSTS["place"]),
            Rate(telegram.RATES["account"], telegram.BURSTS["account"]),
        ),
        "slack": Rates(
            Rate(posts, config.slack.burst),
            Rate(max(slack.RATES["account"], posts), max(slack.BURSTS["account"], config.slack.burst)),
            edits=Rate(max(slack.RATES["edit"], posts), slack.BURSTS["edit"]),
        ),
    }


def open_app(config: Config, now: Callable[[], datetime] = now) -> App:
    """The app over the configured store, its schema brought up to date.

    Raises what is wrong with the configuration, the store or its key.
    """
    from bot.config import master_key
    from crm_store import migrate

    key = master_key(config)
    engine = store.connect(config.store.url)
    migrate.upgrade(engine)
    return App(config, store.open_store(engine, key, now()), now)


def run(config: Config, demo: bool = False) -> int:
    """Runs until it is told to stop. Returns the exit status."""
    from bot.serve import serve

    if demo:
        from bot.demo.rehearse import at_home, make

        config = at_home(config)
        make(config)
    return asyncio.run(serve(open_app(config)))
