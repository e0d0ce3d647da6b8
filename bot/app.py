"""Who is who: the one place that names concrete classes and puts them together."""

import asyncio
import logging
import secrets
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from bot.backoffice import Backoffice
from bot.backoffice.absent import AbsentBackoffice
from bot.backoffice.channel import BackofficeChannel
from bot.backoffice.recorded import RecordedBackoffice
from bot.channels import Channel
from bot.channels.console import ConsoleChannel
from bot.channels.doctor import DoctorChannel
from bot.charts import png
from bot.commits import Commits
from bot.config import Config, Hours, is_group, models_folder, sentences_folder
from bot.config import Role as RoleConfig
from bot.config import Team as TeamConfig
from bot.delivery import Delivery
from bot.perform import BACKOFFICE, PROPOSALS, SCORES, Rooms, Route, Split
from bot.rates import Rate, Rates
from bot.scores import ScoresChannel
from bot.turn import TurnRunner, Turns
from bot.web import changes
from crm_store import digest_plans, inbox, money, orders, outbox, question_schedules, store, tickets
from crm_store.calendar import Calendar
from crm_store.digest_plans import PlanView
from crm_store.inbox import NewRow
from crm_store.masking import OwnNumbers
from crm_store.question_schedules import ScheduleView
from crm_store.schema import KeyRow
from crm_store.store import Store, StoreUnavailable
from crm_store.targets import Targets
from handlers import events, routes
from handlers.actions import Room
from handlers.desk import Desk, Flood, Policy, TooEarly
from handlers.events import Arrival, Colleague, Remark, Slot, StaffCommanded, StaffOpened, StaffPressed, StaffSubmitted
from handlers.forms import Form
from handlers.masking import without_cards
from handlers.message import Message
from handlers.refunds import Rules
from handlers.roles import Role, Roles
from handlers.staff import home
from handlers.staffing import Staffing, Team
from handlers.texts import LANGUAGES
from jobs import questions, schedule
from jobs.clock import Clock, Planned
from jobs.explaining import Explainer
from nlp import articles
from nlp.entities import Patterns
from nlp.keywords import KeywordReader
from nlp.knowledge import Knowledge
from nlp.meaning import Reader

if TYPE_CHECKING:
    from nlp.models import Making

log = logging.getLogger(__name__)

#: what Telegram lets a bot fetch, in bytes; no other platform of customers allows less
LARGEST_FILE = 20 * 1024 * 1024
#: more than this nobody spends
_LARGEST = Decimal(10**12)


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


def knowledge(config: Config, reader: Reader) -> Knowledge:
    """The articles of the shop's files, to be found by meaning where there are models. Raises `BadArticle`."""
    shelf = config.knowledge
    found = articles.read(Path(shelf.folder), shelf.language, LANGUAGES)
    return Knowledge(found, getattr(reader, "encoder", None))


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
        language=config.desk.language,
        flood=Flood(config.desk.flood.messages, config.desk.flood.per, config.desk.flood.mute),
        staff_channel=staff.channel,
        alerts_place=staff.places["alerts"],
        survey_after=config.feedback.survey_after,
        review_after=config.feedback.review_after,
        review_every=config.feedback.review_every,
        currency=config.shop.currency,
        roles=roles(config),
        country=config.shop.country,
        digests=schedule.digests(),
        crons={name: getattr(config.jobs, job) for name, job in schedule.DIGESTS.items()},
        refunds=refund_rules(config),
        staffing=staffing(config),
        has_backoffice=_backoffice_kind(config) != "absent",
        rates=config.rates,
        reply_checks=frozenset(config.desk.reply_checks),
        knowledge_sure=config.knowledge.threshold,
        knowledge_suggest=config.knowledge.suggest,
        has_language_model=config.nlp.language_model.url is not None,
        scheduled_questions=config.jobs.questions,
    )


def roles(config: Config) -> Roles:
    """Which colleague has which role, and what each may do."""
    said = config.slack.roles
    by_role: dict[Role, RoleConfig] = {"agent": said.agents, "manager": said.managers, "reader": said.readers}
    unit, usual = 10 ** money.exponent(config.shop.currency), {"agent": 100, "manager": 1000}
    limits = {
        role: one.refund_limit if one.refund_limit is not None else usual.get(role, 0) for role, one in by_role.items()
    }
    named = {member: role for role, one in by_role.items() for member in one.members}
    groups = {member: role for member, role in named.items() if is_group(member)}
    return Roles(
        {member: role for member, role in named.items() if member not in groups},
        groups,
        # Slack tells; where it is not connected, nobody is in any
        joined=None if groups and config.secrets.slack_bot_token is not None else {},
        others="reader" if said.agents.members else "agent",
        given={role: frozenset(one.may) for role, one in by_role.items() if one.may},
        limits={role: int(limit * unit) for role, limit in limits.items()},
    )


def refund_rules(config: Config) -> Rules:
    """What customers can ask back."""
    said, one = config.refunds, 10 ** money.exponent(config.shop.currency)
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
    )


def staffing(config: Config) -> Staffing:
    """When the desk is there, what it promises, and who answers what."""
    desk = config.desk
    priorities = ("low", "normal", "high", "urgent")
    set_ = {name: getattr(desk.sla, name) for name in priorities}
    return Staffing(
        hours=calendar(desk.hours, config.shop.timezone),
        targets={name: Targets(each.first_reply, each.next_reply, each.resolution) for name, each in set_.items()},
        warn_left=desk.escalation.warn_left,
        to_channel=desk.escalation.channel,
        to_manager=desk.escalation.manager,
        teams=tuple(_team(name, team, config) for name, team in desk.teams.items()),
        assignment=desk.assignment.mode,
        cap=desk.assignment.cap,
        tells_when=desk.tell_waiting_time,
        valued_from=int(min(desk.valued_from, _LARGEST).scaleb(money.exponent(config.shop.currency))),
    )


def _team(name: str, team: TeamConfig, config: Config) -> Team:
    hours = None if team.hours is None else calendar(team.hours, config.shop.timezone)
    return Team(name, frozenset(team.members), frozenset(team.kinds), frozenset(team.languages), hours)


def calendar(hours: Hours, zone: ZoneInfo) -> Calendar:
    """Hours as they are reckoned with; `zone` is theirs where they name none."""
    week = tuple(tuple((shift.start, shift.end) for shift in hours.of(day)) for day in range(7))
    return Calendar(hours.timezone or zone, week if any(week) else (), frozenset(hours.holidays))


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
        self.knowledge = knowledge(self.config, self.reader)
        self.policy = policy(self.config)
        self.roles = self.policy.roles
        self.rooms = rooms(self.config)
        self.own_numbers = OwnNumbers.of(self.config.nlp.patterns.orders, self.config.nlp.patterns.tracking)
        self.commits = Commits(self.store)
        # SQLite has one writer; elsewhere what comes in is kept while calls are being settled
        self.intake = self.commits if self.store.dialect == "sqlite" else Commits(self.store)
        self._add_channels()
        splits: Mapping[str, Split] = {name: channel.split for name, channel in self.channels.items()}
        self.explain = Explainer(self.policy.currency)
        self.turns = Turns(
            self.store,
            self.reader,
            self.policy,
            self.rooms,
            splits,
            self.now,
            self.knowledge,
            explain=self.explain,
            roles=lambda: self.roles,
        )
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
            {
                **{schedule.DIGESTS[name]: cron for name, cron in self.policy.crons.items()},
                "surveys": self.config.jobs.surveys,
                "reviews": self.config.jobs.reviews,
                "review_requests": self.config.jobs.review_requests,
                "refunds": self.config.jobs.refunds,
                "mutes": self.config.jobs.mutes,
                "scores": self.config.jobs.scores,
                "training": self.config.jobs.training,
                **schedule.ALWAYS,
            },
            self.config.shop.timezone,
            late=self.config.jobs.late,
            born=self._born(),
            now=self.now,
            take=self.take_slot,
            plans=self._plans,
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ready = False

    def _add_channels(self) -> None:
        config = self.config
        self.console = ConsoleChannel(self.store, receive=self.receive, now=self.now)
        self.channels["console"] = self.console
        self.channels["doctor"] = DoctorChannel(self._examine, receive=self.receive, now=self.now)
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
                form_for=self.form_for,
                wrong_in=self.wrong_in,
                mode=config.slack.mode,
                app_token=config.secrets.slack_app_token,
                signing_secret=config.secrets.slack_signing_secret,
                api_url=config.slack.api_url,
                chart_png=png,
                groups=config.slack.roles.groups,
                joined=self._joined,
            )
            self.channels["slack"] = self.slack
        self.channels[BACKOFFICE] = BackofficeChannel(self._backoffice(), self.store)
        if config.nlp.language_model.url is not None:
            from bot.channels.proposals import ProposalsChannel

            self.channels[PROPOSALS] = ProposalsChannel(
                config.nlp.language_model,
                config.secrets.language_model,
                self.store,
                receive=self.receive,
                rates=config.rates,
                zone=config.shop.timezone,
                now=self.now,
            )
        self.channels[SCORES] = ScoresChannel(self.store, config.shop, self.now)

    def _joined(self, joined: Mapping[str, Collection[str]]) -> None:
        """Slack told who is in the user groups that have a role."""
        self.roles = replace(self.roles, joined=joined)
        self.runner.wake()

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

        def keep(connection: Connection) -> int:
            rows = [self._row(one, connection) for one in arrivals]
            return inbox.keep(connection, self.store.cipher, rows, self.now())

        await self.intake.run(keep)
        self.runner.wake()

    async def form_for(self, event: StaffPressed | StaffCommanded) -> Form | None:
        """The form that a button, a shortcut or a command opens, None when it does something at once."""
        if isinstance(event, StaffPressed) and not event.thread:
            return await self.form_of(event.action, event.ref, event.staff)
        opens = routes.COMMAND_FORMS if isinstance(event, StaffCommanded) else routes.FORMS
        name = event.command if isinstance(event, StaffCommanded) else event.action
        form = await asyncio.to_thread(self._form_asked_for, event) if name in opens else None
        if form is not None and isinstance(event, StaffPressed):  # of a shortcut: its form knows which ticket it is
            await self._opened(event.action, form.ref, event.staff)
        return form

    def _form_asked_for(self, event: StaffPressed | StaffCommanded) -> Form | None:
        with self.store.read() as connection:
            try:
                return routes.form_for(event, self.desk(connection, event.staff))
            except TooEarly:  # the turn waits until it is known, and then says what could not be opened
                return None

    def _row(self, one: Arrival, connection: Connection) -> NewRow:
        """The row of an event, with the card numbers in it masked."""

        def spares(number: str) -> bool:
            return self.own_numbers.spares(number) or orders.names_something(connection, number)

        event = without_cards(one.event, spares)
        return NewRow(one.channel, one.source_id, one.lane, events.encode(event), one.group)

    async def form_of(self, action: str, ref: str, staff: Colleague) -> Form | None:
        """The form a staff button opens, None when the button does something at once."""
        if action not in routes.FORMS:
            return None
        form = await asyncio.to_thread(self._form, action, ref, staff)
        if form is not None:
            await self._opened(action, ref, staff)
        return form

    async def _opened(self, action: str, ref: str, staff: Colleague) -> None:
        if action not in routes.OPENED:
            return
        opened = StaffOpened(staff, self.now(), action, ref)
        # no reason to keep the form from whoever asked for it
        with suppress(StoreUnavailable):
            await self.receive([Arrival("opened", secrets.token_hex(16), f"opened:{staff.user}", opened)])

    async def wrong_in(self, submitted: StaffSubmitted) -> dict[str, str]:
        """What keeps a filled-in form from being taken, by the name of its field. Raises `StoreUnavailable`."""
        check = routes.FORM_CHECKS.get(submitted.form)
        return {} if check is None else await asyncio.to_thread(self._wrong_in, check, submitted)

    def _wrong_in(
        self, check: Callable[[StaffSubmitted, Desk], dict[str, str]], submitted: StaffSubmitted
    ) -> dict[str, str]:
        with self.store.read() as connection:
            return check(submitted, self.desk(connection, submitted.staff))

    def _form(self, action: str, ref: str, staff: Colleague) -> Form | None:
        with self.store.read() as connection:
            return routes.opened(action, ref, self.desk(connection, staff))

    def desk(self, connection: Connection, asking: Colleague | None = None) -> Desk:
        """The desk to read by, outside a turn."""
        cipher, now, policy = self.store.cipher, self.now(), replace(self.policy, roles=self.roles)
        return Desk(connection, cipher, 0, now, self.reader, policy, asking, self.knowledge, explain=self.explain)

    def home(self, connection: Connection, staff: Colleague) -> tuple[Message, ...]:
        """What a colleague's own page shows now."""
        known = tickets.find_colleague(connection, staff.channel, staff.user)
        return home.show(home.facts_of(staff, known, self.desk(connection)))

    def _examine(self) -> list[Remark]:
        from bot.doctor import examine_running

        found = examine_running(self.config, self.now)
        return [Remark(one.level, one.area, one.what, one.mend) for one in found]

    async def take_slot(self, slot: Slot) -> None:
        """A job is due. The same slot twice is the same as once. Raises `StoreUnavailable`."""
        if not slot.by_hand and not await asyncio.to_thread(self._is_wanted, slot):
            return
        log.info("job %s is due (%s)", slot.name, slot.due)
        await self.receive([Arrival("clock", f"{slot.name}@{slot.due.isoformat()}", f"job:{slot.job}", slot)])

    def _is_wanted(self, slot: Slot) -> bool:
        with self.store.read() as connection:
            return schedule.is_wanted(slot, self.desk(connection))

    async def _plans(self) -> dict[str, Planned]:
        """What staff planned, by job. Raises `StoreUnavailable`."""
        plans, asked = await asyncio.to_thread(self._planned)
        jobs = ((schedule.DIGESTS.get(name), plan) for name, plan in plans.items())
        digests = {job: Planned(plan.cron, plan.at) for job, plan in jobs if job is not None}
        return digests | {questions.job_of(one.id): Planned(one.cron, one.at) for one in asked}

    def _planned(self) -> tuple[dict[str, PlanView], list[ScheduleView]]:
        with self.store.read() as connection:
            return digest_plans.every(connection), question_schedules.every(connection)

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
        plans, asked = self._planned()
        planned = {plan.room for plan in plans.values() if plan.room} | {one.room for one in asked if one.room}
        known = {*rooms.places.values(), *(route.place for route in rooms.routes), *planned}
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
        from bot.demo import digests
        from bot.demo.rehearse import at_home, make, with_articles

        config = at_home(config)
        make(config)
        return asyncio.run(serve(open_app(with_articles(config)), digests.follow))
    return asyncio.run(serve(open_app(config)))
