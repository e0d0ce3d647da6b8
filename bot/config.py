"""Configuration: one frozen value, read once from a file, the environment and nothing else.

A key that does not exist, or holds what cannot be, ends the start with one sentence that names the key, the value and
what is allowed. Secrets come from the environment, or from a file named there (`SLACK_BOT_TOKEN_FILE`).
"""

import os
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, Self, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
import yaml
from msgspec import Meta, Struct, field

from crm_store import countries, money
from handlers.refunds import REASONS, Reason
from handlers.roles import StaffAction
from handlers.staff.checks import CHECKS, Check
from nlp.meaning import Intent

DEFAULT_FILE = Path("config.yaml")
#: the bot's number and its secret
TELEGRAM_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]+")
_PREFIX = "SHOPDESK__"
#: what the store can count in minor units, with room to spare
_LARGEST_LIMIT = 10**12


class ConfigError(Exception):
    """A key or an environment variable is unknown, impossible or missing."""

    def __init__(self, key: str, problem: str, *, where: str = "") -> None:
        super().__init__(f"{where}: {key} {problem}" if where else f"{key} {problem}")
        self.key = key
        self.problem = problem


# --- values of their own kind ---------------------------------------------------------------------------------------


class Duration(timedelta):
    """A length of time up to ten years, written `90s`, `15m`, `72h`, `7d`, `2w` or `1d 12h`; a bare number means hours.

    >>> Duration.parse("1d 12h") == Duration.parse(36) == timedelta(hours=36)
    True
    """

    allowed: ClassVar[str] = "a length of time such as 90s, 15m, 72h, 7d or '1d 12h', at most 3650d"
    _units: ClassVar[dict[str, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
    #: in seconds: what is added to today must still be a date
    _longest: ClassVar[int] = 3650 * 86_400

    @classmethod
    def parse(cls, value: Any) -> Self:
        text = "" if isinstance(value, bool) else str(value).strip().lower()
        if re.fullmatch(r"\d+(\.\d+)?", text):
            text += "h"
        if not re.fullmatch(r"(\d+(\.\d+)?\s*[smhdw]\s*)+", text):
            raise ValueError(text)
        parts = re.findall(r"([\d.]+)\s*([smhdw])", text)
        seconds = sum(float(number) * cls._units[unit] for number, unit in parts)
        if seconds > cls._longest:
            raise ValueError(text)
        return cls(seconds=seconds)


class Moment(Duration):
    """A length of time that is not nothing."""

    allowed: ClassVar[str] = "a length of time above 0 such as 30s, 1m or 1h, at most 3650d"

    @classmethod
    def parse(cls, value: Any) -> Self:
        length = super().parse(value)
        if not length:
            raise ValueError(value)
        return length


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a day in minutes after midnight. One that ends before it begins runs into the next day.

    >>> Interval.parse("09:00-12:30")
    Interval(start=540, end=750)
    """

    allowed: ClassVar[str] = "hours of a day such as 09:00-12:30, up to 24:00"
    start: int
    end: int

    @classmethod
    def parse(cls, value: Any) -> Self:
        match = re.fullmatch(r"(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)", str(value).strip())
        if match is None:
            raise ValueError(value)
        h1, m1, h2, m2 = map(int, match.groups())
        start, end = h1 * 60 + m1, h2 * 60 + m2
        if m1 > 59 or m2 > 59 or start >= 1440 or end > 1440 or start == end:
            raise ValueError(value)
        return cls(start, end)


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the week, Monday is 0.

    >>> Days.parse("fri-sun").numbers
    (4, 5, 6)
    """

    allowed: ClassVar[str] = "days such as mon, mon-fri or 'sat,sun'"
    names: ClassVar[tuple[str, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    numbers: tuple[int, ...]

    @classmethod
    def parse(cls, value: Any) -> Self:
        found: set[int] = set()
        for part in str(value).lower().split(","):
            first, _, last = part.strip().partition("-")
            start, end = cls.names.index(first), cls.names.index(last or first)
            found.update(n % 7 for n in range(start, end + 1 if end >= start else end + 8))
        return cls(tuple(sorted(found)))


class Cron(str):
    """When a job is due, in the five fields of cron; empty when it never is (written `off`).

    >>> Cron.parse("0 9 * * mon-fri")
    '0 9 * * mon-fri'
    """

    __slots__ = ()
    allowed: ClassVar[str] = "five fields of cron such as '0 9 * * mon-fri' (minute, hour, day, month, weekday), or off"
    _ranges: ClassVar[tuple[tuple[int, int], ...]] = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
    _months: ClassVar[tuple[str, ...]] = (
        *("jan", "feb", "mar", "apr", "may", "jun"),
        *("jul", "aug", "sep", "oct", "nov", "dec"),
    )

    @classmethod
    def parse(cls, value: Any) -> Self:
        text = str(value).strip().lower()
        if value is False or text == "off":
            return cls("")
        fields = text.split()
        if len(fields) != 5:
            raise ValueError(value)
        for words, (low, high), names in zip(fields, cls._ranges, ((), (), (), cls._months, Days.names), strict=True):
            for word in words.split(","):
                cls._check(word, low, high, names)
        return cls(" ".join(fields))

    @staticmethod
    def _check(word: str, low: int, high: int, names: tuple[str, ...]) -> None:
        span, slash, step = word.partition("/")
        if slash and int(step) < 1:
            raise ValueError(word)
        if span == "*":
            return
        numbers = [names.index(end) + low if end in names else int(end) for end in span.split("-")]
        if len(numbers) > 2 or numbers != sorted(numbers) or not all(low <= n <= high for n in numbers):
            raise ValueError(word)


Share = Annotated[float, Meta(ge=0, le=1, description="a number from 0 to 1")]
TeamName = Annotated[str, Meta(pattern=r"^\S.{0,63}$", description="a name of at most 64 characters")]
Language = Annotated[str, Meta(pattern="^[a-z]{2}$", description="a language's ISO 639-1 code such as en or zh")]
Names = tuple[Annotated[str, Meta(min_length=1, description="a name")], ...]
Text = Annotated[str, Meta(min_length=1, description="a text")]
SlackChannel = Annotated[
    str, Meta(pattern=r"^#?[^\s#,]{1,80}$", description="a Slack channel's name such as #support, or its id")
]


class HttpUrl(str):
    """Where something answers over HTTP.

    >>> HttpUrl.parse("https://desk.example.com/")
    'https://desk.example.com/'
    """

    __slots__ = ()
    allowed: ClassVar[str] = "an address such as https://desk.example.com"

    @classmethod
    def parse(cls, value: Any) -> Self:
        parts = urlsplit(str(value))
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        if not is_whole or not re.fullmatch("[!-~]+", str(value)):
            raise ValueError(value)
        return cls(value)


class Currency(str):
    """A currency."""

    __slots__ = ()
    allowed: ClassVar[str] = "a currency's ISO 4217 code such as EUR"

    @classmethod
    def parse(cls, value: Any) -> Self:
        if value not in money.EXPONENTS:
            raise ValueError(value)
        return cls(value)


class Country(str):
    """A country."""

    __slots__ = ()
    allowed: ClassVar[str] = "a country's ISO 3166-1 code such as DE"

    @classmethod
    def parse(cls, value: Any) -> Self:
        if value not in countries.CODES:
            raise ValueError(value)
        return cls(value)


class Amount(Decimal):
    """Money in the shop's currency."""

    allowed: ClassVar[str] = "an amount such as 50 or 49.90"

    @classmethod
    def parse(cls, value: Any) -> Self:
        try:
            amount = cls(str(value))
        except ArithmeticError as error:
            raise ValueError(value) from error
        if isinstance(value, bool) or not amount.is_finite() or amount < 0:
            raise ValueError(value)
        return amount


class Rate(Amount):
    """What one unit of a currency is worth in the shop's own."""

    allowed: ClassVar[str] = "a number above 0"

    @classmethod
    def parse(cls, value: Any) -> Self:
        rate = super().parse(value)
        if not rate:
            raise ValueError(value)
        return rate


# --- sections -------------------------------------------------------------------------------------------------------


class Section(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A group of keys. `short` names the key that a plain value stands for."""

    short: ClassVar[str] = ""


class Shop(Section, frozen=True):
    name: Text = "My shop"
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    currency: Currency = Currency("EUR")
    #: where a telephone number belongs that stands without its country's code, of a customer of no known country
    country: Country | None = None
    #: one unit of each currency in the shop's own
    rates: dict[Currency, Rate] = {}
    #: what of a sale is earned: what a customer who may leave is expected to cost counts this share of their value
    margin: Share = 1.0


class StoreConfig(Section, frozen=True):
    url: Text = "sqlite:///data/shopdesk.db"


class Telegram(Section, frozen=True):
    mode: Literal["polling", "webhook"] = "polling"
    base_url: HttpUrl = HttpUrl("https://api.telegram.org/bot")
    base_file_url: HttpUrl | None = None
    #: where Telegram reaches us in webhook mode; from `web.public_url` when empty
    webhook_url: HttpUrl | None = None

    @property
    def api(self) -> str:
        """The Bot API's address, up to the place where the token follows."""
        return _before_token(self.base_url, "/bot")

    @property
    def files(self) -> str:
        """The address of files, up to the place where the token follows."""
        if self.base_file_url is not None:
            return _before_token(self.base_file_url, "/file/bot")
        return self.api.removesuffix("/bot") + "/file/bot"

    def method(self, name: str, token: str) -> str:
        """The address of a method of the Bot API; it holds the token."""
        start = self.api.replace("{token}", token) if "{token}" in self.api else self.api + token
        return f"{start}/{name}"


class Route(Section, frozen=True):
    """Tickets that fit every word given go to `channel`."""

    channel: SlackChannel
    kind: tuple[Intent, ...] = ()
    priority: tuple[Literal["low", "normal", "high", "urgent"], ...] = ()
    language: tuple[Language, ...] = ()
    bot: Names = ()


class SlackChannels(Section, frozen=True):
    tickets: SlackChannel = "#support"
    #: `tickets` when empty
    digests: SlackChannel | None = None
    alerts: SlackChannel | None = None
    routes: tuple[Route, ...] = ()

    def all(self) -> tuple[str, ...]:
        """Every channel that is named, each once."""
        named = [self.tickets, self.digests, self.alerts, *(route.channel for route in self.routes)]
        return tuple(dict.fromkeys(channel for channel in named if channel))


def is_group(member: str) -> bool:
    """Whether who has a role is a Slack user group.

    >>> is_group("S0123ABCD"), is_group("U0123ABCD"), is_group("Sam")
    (True, False, False)
    """
    return re.fullmatch("S0[A-Z0-9]{6,}", member) is not None


class Role(Section, frozen=True):
    """Who has a role, and what it may do."""

    short: ClassVar[str] = "members"
    #: Slack user ids and user groups' ids; on the console page, names
    members: Names = ()
    #: of these actions, the only ones it may do; all of them when empty
    may: tuple[StaffAction, ...] = ()
    #: the largest refund, in the shop's currency
    refund_limit: Amount | None = None


class Roles(Section, frozen=True):
    """Who may do what. Whoever is named nowhere is an agent; once agents are named, read-only."""

    agents: Role = Role()
    managers: Role = Role()
    readers: Role = Role()

    @property
    def groups(self) -> tuple[str, ...]:
        """The Slack user groups that are named."""
        named = (*self.agents.members, *self.managers.members, *self.readers.members)
        return tuple(one for one in named if is_group(one))


class Slack(Section, frozen=True):
    mode: Literal["socket", "http"] = "socket"
    api_url: HttpUrl = HttpUrl("https://slack.com/api/")
    channels: SlackChannels = SlackChannels()
    #: what begins a thread message that is to reach the customer
    reply_prefix: Annotated[
        str, Meta(pattern=r"^\S{1,10}$", description="1 to 10 characters without spaces, such as > or !")
    ] = ">"
    roles: Roles = Roles()
    posts_per_second: Annotated[float, Meta(gt=0, le=1000, description="a number above 0, at most 1000")] = 1.0
    #: posts that may leave at once before the rate holds
    burst: Annotated[int, Meta(ge=1, le=1000, description="a whole number from 1 to 1000")] = 5

    def method(self, name: str) -> str:
        """The address of a method of the Web API."""
        return f"{self.api_url.rstrip('/')}/{name}"


class Web(Section, frozen=True):
    host: Text = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="a port number from 0 to 65535")] = 8080
    #: what the outside world calls this server, where it is reachable
    public_url: HttpUrl | None = None

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class Hours(Section, frozen=True):
    """When the desk is staffed; with no week it always is."""

    timezone: ZoneInfo | None = None
    week: dict[Days, tuple[Interval, ...]] = {}
    holidays: tuple[Annotated[date, Meta(description="a date such as 2026-12-25")], ...] = ()

    def of(self, weekday: int) -> tuple[Interval, ...]:
        """The hours of a day of the week, Monday is 0."""
        found = {interval for days, hours in self.week.items() if weekday in days.numbers for interval in hours}
        return tuple(sorted(found, key=lambda interval: interval.start))


class Target(Section, frozen=True):
    """How soon a ticket of a priority is to be answered and resolved."""

    short: ClassVar[str] = "first_reply"
    first_reply: Duration | None = None
    #: to what the customer says after the first answer
    next_reply: Duration | None = None
    resolution: Duration | None = None


class Sla(Section, frozen=True):
    low: Target = Target()
    normal: Target = Target()
    high: Target = Target()
    urgent: Target = Target()


class Escalation(Section, frozen=True):
    """Who is told that a target is about to be missed, or was."""

    #: what is left of a target when its assignee is warned; 0: nobody is
    warn_left: Share = 0.2
    #: how long after a miss, in open hours, the ticket's channel is told, and the alerts channel
    channel: Duration = Duration(minutes=15)
    manager: Duration = Duration(hours=1)


class Assignment(Section, frozen=True):
    """Whether new tickets are given to those on duty, and how many anybody is given."""

    short: ClassVar[str] = "mode"
    mode: Literal["off", "round_robin"] = "off"
    cap: Annotated[int, Meta(ge=1, le=10_000, description="a whole number from 1 to 10000")] = 10


class Team(Section, frozen=True):
    """Who answers tickets of some kinds, in some languages."""

    short: ClassVar[str] = "members"
    #: Slack user ids, or names
    members: Names
    kinds: tuple[Intent, ...] = ()
    languages: tuple[Language, ...] = ()
    #: the desk's when left out
    hours: Hours | None = None


class FloodConfig(Section, frozen=True):
    """More messages than these in so long mute a chat for a while."""

    short: ClassVar[str] = "messages"
    #: 0: nothing is a flood
    messages: Annotated[int, Meta(ge=0, le=10_000, description="a whole number from 0 (no limit) to 10000")] = 20
    per: Moment = Moment(minutes=1)
    mute: Moment = Moment(minutes=10)


class DeskConfig(Section, frozen=True):
    hours: Hours = Hours()
    sla: Sla = Sla()
    escalation: Escalation = Escalation()
    assignment: Assignment = Assignment()
    #: by name, in the order in which they are asked whether a ticket is theirs
    teams: dict[TeamName, Team] = {}
    #: whether customers are told when to expect an answer
    tell_waiting_time: bool = True
    #: whoever spent so much is valued: complaints of theirs come first
    valued_from: Amount = Amount(500)
    #: a customer who writes again this soon after a ticket was resolved reopens it; later a new one begins
    reopen_within: Duration = Duration(hours=72)
    #: for so long a reply can be taken back before it leaves
    undo_seconds: Annotated[int, Meta(ge=0, le=600, description="a whole number of seconds from 0 to 600")] = 10
    #: for so long the messages behind a reply that was "maybe sent" wait for staff to decide
    hold_uncertain: Duration = Duration(minutes=10)
    #: what a customer is answered in who neither wrote in a language of the desk's nor chose one, nor has one set
    language: Literal["en", "zh", "de", "fr", "es", "pt"] = "en"
    flood: FloodConfig = FloodConfig()
    #: what is looked at in a reply before it leaves
    reply_checks: tuple[Check, ...] = CHECKS


class Expression(str):
    """A regular expression that matches a whole number of the shop's."""

    allowed = "a regular expression such as NT-[0-9]{5}"

    @classmethod
    def parse(cls, value: Any) -> Self:
        re.compile(str(value))
        return cls(value)


class NumberPatterns(Section, frozen=True):
    """What the shop's own numbers look like."""

    orders: tuple[Expression, ...] = ()
    tracking: tuple[Expression, ...] = ()
    skus: tuple[Expression, ...] = ()


class LanguageModel(Section, frozen=True):
    """What may be asked how a question is meant that was not understood here (docs/questions.md)."""

    #: an OpenAI-compatible endpoint, up to its version: http://127.0.0.1:11434/v1
    url: HttpUrl | None = None
    #: which of its models
    name: Text | None = None
    #: how long an answer may take
    timeout: Moment = Moment(seconds=20)


class Nlp(Section, frozen=True):
    #: what reads texts: the trained models, or word lists that need nothing
    reader: Literal["trained", "keywords"] = "trained"
    #: below this confidence a person decides, whatever the intent
    threshold: Share = 0.5
    #: by intent, in place of the thresholds that were learnt
    thresholds: dict[Intent, Share] = {}
    #: the folder or hub name of a sentence-transformers model; the one installed with the product when empty
    encoder: Text | None = None
    #: where models are kept; beside a SQLite store when empty
    folder: Text | None = None
    #: sentences of the shop's own, to learn from beside those that ship
    sentences: Text | None = None
    patterns: NumberPatterns = NumberPatterns()
    language_model: LanguageModel = LanguageModel()


class KnowledgeConfig(Section, frozen=True):
    """Articles that questions are answered with."""

    short: ClassVar[str] = "folder"
    #: where they lie; it need not exist
    folder: Text = "knowledge"
    #: of articles that lie in the folder itself
    language: Literal["en", "zh", "de", "fr", "es", "pt"] = "en"
    #: as sure as that before a customer is answered; 0.5 is what was measured to be right nine times in ten
    threshold: Share = 0.5
    #: and before staff are shown a suggested reply
    suggest: Share = 0.4


class Jobs(Section, frozen=True):
    #: the digest of those who wait for an answer
    waiting: Cron = Cron("0 9 * * mon-fri")
    #: the other digests: segments, customers at risk, what the desk did, what reviews say, sales
    rfm: Cron = Cron("0 9 * * mon")
    churn: Cron = Cron("5 9 * * mon")
    service: Cron = Cron("0 18 * * *")
    review_digest: Cron = Cron("10 9 * * mon")
    sales: Cron = Cron("15 9 * * mon")
    #: asks customers how it went, reads new reviews, asks for reviews of delivered orders
    surveys: Cron = Cron("*/5 * * * *")
    reviews: Cron = Cron("*/5 * * * *")
    review_requests: Cron = Cron("")
    #: looks for mutes that have run out
    mutes: Cron = Cron("*/5 * * * *")
    #: scores customers, and fits the models of customers anew
    scores: Cron = Cron("0 3 * * *")
    training: Cron = Cron("30 3 * * sun")
    #: a slot missed by more than this is skipped
    late: Duration = Duration(hours=6)
    #: so many of staff's questions may be answered on a schedule
    questions: Annotated[int, Meta(ge=0, le=100, description="a whole number from 0 to 100")] = 20
    #: requests for refunds that nobody decided in time end
    refunds: Cron = Cron("*/15 * * * *")


class FinalSale(Section, frozen=True):
    """What is not taken back."""

    short: ClassVar[str] = "categories"
    categories: Names = ()
    skus: Names = ()


class Serial(Section, frozen=True):
    """From when on staff are told that a customer asks often."""

    #: refunds within a year
    refunds: Annotated[int, Meta(ge=1, le=1000, description="a whole number from 1 to 1000")] = 3
    #: of what was spent within a year
    share: Share = 0.3


class Refunds(Section, frozen=True):
    #: how long after the delivery customers can ask; by product category in its place
    window: Duration = Duration(days=30)
    windows: dict[Annotated[str, Meta(min_length=1, description="a product category")], Duration] = {}
    final_sale: FinalSale = FinalSale()
    #: paid without staff up to this amount in the shop's currency, for customers in good standing; 0: never
    automatic: Amount = Amount(0)
    #: what customers may give as a reason, in this order, and which of them need photos
    reasons: tuple[Reason, ...] = REASONS
    photos: tuple[Reason, ...] = ("damaged", "wrong_item")
    #: a request that nobody decides ends after this; one whose goods come back first
    expires: Duration = Duration(days=7)
    returns_expire: Duration = Duration(days=30)
    serial: Serial = Serial()


class Feedback(Section, frozen=True):
    """What customers are asked; whether they are asked at all is for `jobs`."""

    #: how long after a ticket was resolved its customer is asked how it went
    survey_after: Duration = Duration(minutes=5)
    #: how long after delivery a customer is asked for a review, and how long they are then left alone
    review_after: Duration = Duration(days=3)
    review_every: Duration = Duration(days=30)


class Backoffice(Section, frozen=True):
    """The shop's own systems: where they take what the desk wants done (docs/backoffice.md)."""

    url: HttpUrl | None = None
    #: how long an answer may take
    timeout: Duration = Duration(seconds=15)
    #: with no url: act on the orders of the store alone, though customers write in Telegram
    recorded: bool = False


class Privacy(Section, frozen=True):
    #: what /privacy answers; a text of the bot's own when empty
    policy: Text | None = None
    #: whom to ask about personal data
    contact: Text | None = None
    #: the version of the words that people agree to
    consent_version: Annotated[
        str, Meta(min_length=1, max_length=16, description="a text of 1 to 16 characters such as 2026-03")
    ] = "1"


class Secrets(Struct, frozen=True, kw_only=True):
    """What only the environment knows; never printed."""

    telegram_bot_token: str | None = None
    telegram_webhook_secret: str | None = None
    slack_bot_token: str | None = None
    slack_app_token: str | None = None
    slack_signing_secret: str | None = None
    #: for `/api/v1` and `/metrics`
    api_token: str | None = None
    web_password: str | None = None
    key: str | None = None
    #: signs what is sent to the shop's back office
    backoffice: str | None = None
    #: sent to the language model
    language_model: str | None = None

    def __repr__(self) -> str:
        there = ", ".join(name for name in self.__struct_fields__ if getattr(self, name) is not None)
        return f"Secrets({there or 'none'})"


_SECRET_NAMES = {
    "telegram_bot_token": "TELEGRAM_BOT_TOKEN",
    "telegram_webhook_secret": "TELEGRAM_WEBHOOK_SECRET",
    "slack_bot_token": "SLACK_BOT_TOKEN",
    "slack_app_token": "SLACK_APP_TOKEN",
    "slack_signing_secret": "SLACK_SIGNING_SECRET",
    "api_token": "SHOPDESK_API_TOKEN",
    "web_password": "SHOPDESK_WEB_PASSWORD",
    "key": "SHOPDESK_KEY",
    "backoffice": "SHOPDESK_BACKOFFICE_SECRET",
    "language_model": "SHOPDESK_LANGUAGE_MODEL_KEY",
}


class _File(Section, frozen=True):
    shop: Shop = field(default_factory=Shop)
    store: StoreConfig = StoreConfig()
    telegram: Telegram = Telegram()
    slack: Slack = Slack()
    web: Web = Web()
    desk: DeskConfig = DeskConfig()
    nlp: Nlp = Nlp()
    knowledge: KnowledgeConfig = KnowledgeConfig()
    jobs: Jobs = Jobs()
    feedback: Feedback = Feedback()
    refunds: Refunds = Refunds()
    backoffice: Backoffice = Backoffice()
    privacy: Privacy = Privacy()


class Config(_File, frozen=True):
    """Everything that can be set."""

    secrets: Secrets = Secrets()

    @property
    def rates(self) -> money.Rates:
        """What each currency is worth in the shop's own."""
        return money.Rates(self.shop.currency, dict(self.shop.rates.items()))

    @property
    def telegram_webhook_url(self) -> str | None:
        """Where Telegram is to deliver, None when nothing says how it reaches us."""
        if self.telegram.webhook_url is not None:
            return self.telegram.webhook_url
        return None if self.web.public_url is None else self.web.public_url.rstrip("/") + "/telegram/webhook"


# --- reading --------------------------------------------------------------------------------------------------------


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """The configuration of a file (`config.yaml` when None; it need not exist then) and the environment.

    Raises `ConfigError`.
    """
    environ = os.environ if environ is None else environ
    raw = _read_file(path)
    origins: dict[str, str] = {}
    for name, value in sorted(environ.items()):
        if name.startswith(_PREFIX):
            _override(raw, name, value, origins)
    if environ.get("SHOPDESK_STORE_URL"):
        _set(raw, ["store", "url"], environ["SHOPDESK_STORE_URL"], "SHOPDESK_STORE_URL")
        origins["store.url"] = "SHOPDESK_STORE_URL"
    reader = _Reader(str(path or DEFAULT_FILE), origins)
    file = reader.build(_File, raw, "")
    config = Config(**{name: getattr(file, name) for name in _File.__struct_fields__}, secrets=read_secrets(environ))
    _check(config, reader)
    return config


def read_secrets(environ: Mapping[str, str]) -> Secrets:
    """The secrets of an environment; `NAME_FILE` names a file that holds one. Raises `ConfigError`."""
    found: dict[str, str] = {}
    for key, name in _SECRET_NAMES.items():
        value, file = environ.get(name), environ.get(f"{name}_FILE")
        if value and file:
            raise ConfigError(name, f"and {name}_FILE are both set: keep one of them")
        if file:
            try:
                value = Path(file).read_text()
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is not text"
                raise ConfigError(f"{name}_FILE", f"names {file!r}, which cannot be read: {reason}") from error
            if not value.strip():
                raise ConfigError(f"{name}_FILE", f"names {file!r}, which is empty")
        if value and value.strip():
            found[key] = value.strip()
            if key != "web_password" and not re.fullmatch("[!-~]+", found[key]):
                problem = "holds a space, a line break or a character that no token has: copy it anew, alone"
                raise ConfigError(f"{name}_FILE" if file else name, problem)
    return Secrets(**found)


def kind_of(token: str) -> str:
    """What a token that stands in another's place is, to be said after what it is not; empty when nobody can tell."""
    kinds = {"xoxb-": "a Slack bot token", "xapp-": "a Slack app token", "xoxp-": "a Slack user token"}
    found = next((kind for start, kind in kinds.items() if token.startswith(start)), "")
    if re.fullmatch(r"\d{6,}:[\w-]{30,}", token):
        found = "a Telegram token"
    return f": it is {found}" if found else ""


def key_file(config: Config) -> Path | None:
    """Where the key of a SQLite store is kept, None for stores that have no such file."""
    from crm_store.store import parse_url

    url = parse_url(config.store.url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).with_suffix(".key")


def models_folder(config: Config) -> Path:
    """Where the text models are kept: where it says, else beside a SQLite store, else in `data/`."""
    if config.nlp.folder is not None:
        return Path(config.nlp.folder)
    file = key_file(config)
    return (Path("data") if file is None else file.parent) / "models"


def sentences_folder(config: Config) -> Path:
    """Where the shop's own sentences are: where it says, else beside the models; it need not exist then."""
    return Path(config.nlp.sentences) if config.nlp.sentences else models_folder(config).parent / "sentences"


def master_key(config: Config) -> bytes:
    """The store's master key: `SHOPDESK_KEY`, or with SQLite a file beside the store, made when the store is new.

    Raises `ConfigError` when it is missing or cannot be read or made, `crypto.BadKey` when it is not a key.
    """
    from crm_store import crypto, store

    file = key_file(config)
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = f"is {config.store.url!r}, but {str(file.parent)!r} cannot be made: {error.strerror}"
            raise ConfigError("store.url", problem) from error
    if config.secrets.key is not None:
        return crypto.parse_key(config.secrets.key)
    url = store.parse_url(config.store.url)
    if url.get_backend_name() != "sqlite":
        engine = url.get_backend_name()
        raise ConfigError("SHOPDESK_KEY", f"is not set: {engine} needs one, make it with 'openssl rand -base64 32'")
    if file is None:
        return bytes(crypto.KEY_BYTES)
    if not file.exists() and _has_keyring(Path(str(url.database))):
        raise ConfigError(
            "SHOPDESK_KEY", f"is not set and {file} is missing, but {url.database} is encrypted: bring its key back"
        )
    try:
        return crypto.read_or_make_key(file)
    except OSError as error:
        raise ConfigError("SHOPDESK_KEY", f"is not set, and {file} cannot be used: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise crypto.BadKey(str(file)) from error


def check_start(config: Config) -> None:
    """Whether `run` can begin: every channel whose token is there has what it needs. Raises `ConfigError`."""
    secrets = config.secrets
    if not config.web.is_local and secrets.web_password is None:
        raise ConfigError(
            "web.host", f"is {config.web.host!r}, which others can reach: set SHOPDESK_WEB_PASSWORD, or use 127.0.0.1"
        )
    if secrets.telegram_bot_token is not None:
        if not TELEGRAM_TOKEN.fullmatch(secrets.telegram_bot_token):
            problem = f"is not a bot's token{kind_of(secrets.telegram_bot_token)}"
            raise ConfigError("TELEGRAM_BOT_TOKEN", f"{problem}; @BotFather's look like 123456789:AAE...")
        if config.telegram.mode == "webhook":
            _check_webhook(config)
    if secrets.slack_bot_token is not None:
        if config.slack.mode == "socket" and secrets.slack_app_token is None:
            raise ConfigError("slack.mode", "is 'socket', which needs SLACK_APP_TOKEN (xapp-…) beside SLACK_BOT_TOKEN")
        if config.slack.mode == "http" and secrets.slack_signing_secret is None:
            raise ConfigError("slack.mode", "is 'http', which needs SLACK_SIGNING_SECRET beside SLACK_BOT_TOKEN")
    if config.nlp.language_model.url is not None and config.nlp.language_model.name is None:
        raise ConfigError("nlp.language_model.name", "is missing: say which model of nlp.language_model.url is asked")
    _check_backoffice(config)


def _check_backoffice(config: Config) -> None:
    url, secret = config.backoffice.url, config.secrets.backoffice
    if url is None:
        return
    if secret is None:
        problem = f"is {url!r}, which needs SHOPDESK_BACKOFFICE_SECRET: make one with 'openssl rand -hex 32'"
        raise ConfigError("backoffice.url", problem)
    if len(secret) < 16:
        raise ConfigError(
            "SHOPDESK_BACKOFFICE_SECRET", "is shorter than 16 characters: 'openssl rand -hex 32' makes one"
        )
    if not timedelta(seconds=1) <= config.backoffice.timeout <= timedelta(minutes=2):
        raise ConfigError("backoffice.timeout", f"is {config.backoffice.timeout}, allowed is 1s to 2m")
    parts = urlsplit(url)
    if parts.query or parts.fragment or parts.username:
        raise ConfigError("backoffice.url", f"is {url!r}, allowed is an address without a query, fragment or user")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname or ""):
        raise ConfigError("backoffice.url", f"is {url!r}, which must be https: addresses and invoices pass there")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_private or ip_address(host).is_loopback
    except ValueError:
        return "." not in host  # localhost, or a name in a network of containers


def _check_webhook(config: Config) -> None:
    secret = config.secrets.telegram_webhook_secret
    if config.telegram_webhook_url is None:
        raise ConfigError("telegram.mode", "is 'webhook', which needs web.public_url or telegram.webhook_url")
    if secret is None:
        raise ConfigError(
            "telegram.mode", "is 'webhook', which needs TELEGRAM_WEBHOOK_SECRET: make one with 'openssl rand -hex 32'"
        )
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,256}", secret):
        raise ConfigError("TELEGRAM_WEBHOOK_SECRET", "must be 8 to 256 characters of A-Z, a-z, 0-9, _ and -")


def _check(config: Config, reader: "_Reader") -> None:
    from crm_store import store

    shop = config.shop
    _check_roles(config.slack.roles, reader)
    if config.nlp.sentences is not None and not Path(config.nlp.sentences).is_dir():
        raise reader.error("nlp.sentences", f"is {config.nlp.sentences!r}, which is no folder")
    try:
        store.parse_url(config.store.url)
    except store.BadStoreUrl as error:
        raise reader.error("store.url", str(error).removeprefix("store.url ")) from error
    refunds = config.refunds
    if not refunds.reasons:
        raise reader.error("refunds.reasons", f"is empty, allowed is a list of {_listed(REASONS)}")
    for name in ("expires", "returns_expire"):
        if getattr(refunds, name) < timedelta(hours=1):
            raise reader.error(f"refunds.{name}", "is less than 1h: nobody could decide in time")
    limits = [config.slack.roles.agents.refund_limit, config.slack.roles.managers.refund_limit, refunds.automatic]
    keys = ("slack.roles.agents.refund_limit", "slack.roles.managers.refund_limit", "refunds.automatic")
    for key, limit in zip(keys, limits, strict=True):
        if limit is not None and limit > _LARGEST_LIMIT:
            raise reader.error(key, f"is {limit}, allowed is an amount up to {_LARGEST_LIMIT}")
    if shop.rates.get(shop.currency, Decimal(1)) != 1:
        raise reader.error(f"shop.rates.{shop.currency}", "must be 1 or absent: it is the shop's own currency")
    _check_desk(config.desk, reader)


def _check_hours(hours: Hours, path: str, reader: "_Reader") -> None:
    if hours.week and not any(hours.week.values()):
        raise reader.error(f"{path}.week", "names no hours: nobody would ever be there")


def _check_desk(desk: DeskConfig, reader: "_Reader") -> None:
    _check_hours(desk.hours, "desk.hours", reader)
    for name, team in desk.teams.items():
        if not team.members:
            raise reader.error(f"desk.teams.{name}.members", "is empty: nobody would ever answer")
        if team.hours is not None:
            _check_hours(team.hours, f"desk.teams.{name}.hours", reader)
    if desk.escalation.manager < desk.escalation.channel:
        raise reader.error("desk.escalation.manager", "is sooner than desk.escalation.channel")
    for priority in desk.sla.__struct_fields__:
        target: Target = getattr(desk.sla, priority)
        for clock in target.__struct_fields__:
            if getattr(target, clock) == timedelta(0):
                raise reader.error(f"desk.sla.{priority}.{clock}", "is 0: nobody can answer before they are asked")


def _check_roles(roles: Roles, reader: "_Reader") -> None:
    seen: dict[str, str] = {}
    for name in ("agents", "managers", "readers"):
        for member in getattr(roles, name).members:
            if seen.setdefault(member, name) != name:
                raise reader.error(f"slack.roles.{name}", f"names {member!r}, who is among {seen[member]} already")


def _read_file(path: Path | None) -> dict[str, Any]:
    try:
        text = (path or DEFAULT_FILE).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if path is None:
            return {}
        raise ConfigError("--config", f"names {str(path)!r}, which does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError("--config", f"names {str(path or DEFAULT_FILE)!r}, which cannot be read: {reason}") from error
    raw = _yaml(text, str(path or DEFAULT_FILE))
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise ConfigError(str(path or DEFAULT_FILE), "is not a list of sections such as 'shop:' and 'slack:'")
    return raw


class _Loader(yaml.SafeLoader):
    """YAML as people mean it: `no` and `off` are words, 9:30 is no number, and a key given twice is a mistake."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is one word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands there twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":int", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$"), list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))


def _yaml(text: str, where: str) -> Any:
    try:
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{where}{line}", f"is not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigError(where, f"is not valid YAML: {str(error).splitlines()[0]}") from error


def _override(raw: dict[str, Any], name: str, value: str, origins: dict[str, str]) -> None:
    kind: Any = _File
    path: list[str] = []
    for word in name.removeprefix(_PREFIX).split("__"):
        bare = _bare(kind)
        if _is_section(bare):
            path.append(word.lower())
            kind = get_type_hints(bare, include_extras=True).get(word.lower(), Any)
        else:
            path.append(word)
            kind = get_args(bare)[1] if get_origin(bare) is dict else Any
    origins[".".join(path)] = name
    _set(raw, path, _yaml(value, name) if _is_structured(_bare(kind)) else value or None, name)


def _set(raw: dict[str, Any], path: list[str], value: Any, name: str) -> None:
    for word in path[:-1]:
        if raw.get(word) is None:
            raw[word] = {}
        raw = raw[word]
        if not isinstance(raw, dict):
            raise ConfigError(name, f"cannot be set: {word} is not a section")
    raw[path[-1]] = value


def _bare(kind: Any) -> Any:
    """A type without its annotations and without None."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _bare(next(part for part in get_args(kind) if part is not type(None)))
    return kind


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)


def _is_structured(kind: Any) -> bool:
    return kind in (int, float, bool, Any) or get_origin(kind) in (dict, tuple) or _is_section(kind)


def _before_token(url: str, ending: str) -> str:
    url = url.rstrip("/")
    return url if url.endswith("/bot") or "{token}" in url else url + ending


@dataclass(frozen=True, slots=True)
class _Reader:
    """Builds typed sections out of what YAML gave."""

    file: str
    #: the environment variables by the keys they set
    origins: Mapping[str, str]

    def build(self, kind: Any, value: Any, path: str) -> Any:
        bare = _bare(kind)
        if value is None and type(None) in get_args(kind):
            return None
        if _is_section(bare):
            return self._section(bare, value, path)
        if get_origin(bare) is dict:
            return self._mapping(bare, value, path)
        if get_origin(bare) is tuple:
            return self._several(bare, value, path)
        return self._leaf(kind, bare, value, path)

    def _section(self, kind: type[Section], value: Any, path: str) -> Section:
        if kind.short and value is not None and not isinstance(value, dict):
            value = {kind.short: value}
        hints = get_type_hints(kind, include_extras=True)
        hints = {name: hints[name] for name in kind.__struct_fields__}
        values = self._dict(value, path, f"a section with {_listed(hints)}")
        for key in values:
            if key not in hints:
                raise self._unknown(str(key), values[key], path, hints)
        # a section or a key whose value was left out keeps its default
        given = {name: each for name, each in values.items() if each is not None}
        missing = [f.name for f in msgspec.structs.fields(kind) if f.required and f.name not in given]
        if missing:
            raise self.error(path, f"lacks {_listed(missing)}")
        return kind(**{name: self.build(hints[name], each, _join(path, name)) for name, each in given.items()})

    def _mapping(self, kind: Any, value: Any, path: str) -> dict[Any, Any]:
        key_kind, value_kind = get_args(kind)
        values = self._dict(value, path, f"a map of {_allowed(key_kind, _bare(key_kind))}")
        return {
            self._leaf(key_kind, _bare(key_kind), key, _join(path, str(key))): self.build(
                value_kind, each, _join(path, str(key))
            )
            for key, each in values.items()
        }

    def _several(self, kind: Any, value: Any, path: str) -> tuple[Any, ...]:
        item = get_args(kind)[0]
        if isinstance(value, (str, dict)):
            value = [value]
        if not isinstance(value, list):
            raise self._bad(path, value, f"a list, each {_allowed(item, _bare(item))}")
        return tuple(self.build(item, each, f"{path}[{number}]") for number, each in enumerate(value, 1))

    def _leaf(self, kind: Any, bare: Any, value: Any, path: str) -> Any:
        try:
            if bare is ZoneInfo:
                return ZoneInfo(value)
            if hasattr(bare, "parse"):
                return bare.parse(value)
            return msgspec.convert(value, kind)
        except (ValueError, TypeError, OSError, LookupError, msgspec.ValidationError) as error:
            raise self._bad(path, value, _allowed(kind, bare), _near(bare, value)) from error

    def _dict(self, value: Any, path: str, allowed: str) -> dict[Any, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self._bad(path, value, allowed)
        return value

    def _unknown(self, key: str, value: Any, path: str, known: Iterable[str]) -> ConfigError:
        full = _join(path, key)
        if re.search("token|secret|password", key):
            names = _listed(_SECRET_NAMES.values())
            return self.error(full, f"is not a key: secrets come from the environment ({names})")
        near = get_close_matches(key, list(known), n=1, cutoff=0.6) or _elsewhere(key)
        hint = f", did you mean {near[0]}?" if near else ""
        return self.error(full, f"(set to {_shown(value)}) is not a key{hint} (allowed here: {_listed(known)})")

    def _bad(self, path: str, value: Any, allowed: str, near: str | None = None) -> ConfigError:
        hint = f", did you mean {near}?" if near else ""
        return self.error(path, f"is {_shown(value)}, allowed is {allowed}{hint}")

    def error(self, path: str, problem: str) -> ConfigError:
        def touches(key: str) -> bool:
            return f"{path}.".startswith(f"{key}.") or f"{key}.".startswith(f"{path}.")

        origin = next((name for key, name in self.origins.items() if touches(key)), self.file)
        return ConfigError(path or "the file", problem, where=origin)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _shown(value: Any) -> str:
    text = repr(str(value) if isinstance(value, date) else value)
    return text if len(text) <= 80 else text[:77] + "…"


def _allowed(kind: Any, bare: Any) -> str:
    if hasattr(bare, "allowed"):
        return str(bare.allowed)
    if get_origin(bare) is Literal:
        return " or ".join(get_args(bare))
    for part in (kind, *get_args(kind)):
        for meta in getattr(part, "__metadata__", ()):
            if meta.description:
                return str(meta.description)
    if _is_section(bare):
        return f"a section with {_listed(bare.__struct_fields__)}"
    return {bool: "true or false", ZoneInfo: "a time zone such as Europe/Berlin", str: "a text"}.get(bare, "a number")


def _near(bare: Any, value: Any) -> str | None:
    choices: Iterable[str] = ()
    if get_origin(bare) is Literal:
        choices = get_args(bare)
    elif bare is ZoneInfo:
        from zoneinfo import available_timezones

        choices = available_timezones()
    lowered = {choice.lower(): choice for choice in sorted(choices)}
    found = get_close_matches(str(value).lower(), lowered, n=1, cutoff=0.6)
    return lowered[found[0]] if found else None


def _elsewhere(key: str) -> list[str]:
    """The full name of a key of another section that is called the same."""
    sections = get_type_hints(_File, include_extras=True)
    return [
        f"{name}.{key}"
        for name, kind in sections.items()
        if _is_section(kind) and (key in kind.__struct_fields__ or key == name)
    ]


def _has_keyring(database: Path) -> bool:
    if not database.exists():
        return False
    connection = sqlite3.connect(database)
    try:
        return connection.execute("SELECT 1 FROM keyring LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return False
    finally:
        connection.close()
