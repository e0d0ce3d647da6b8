"""`shopdesk doctor`: what works, what does not, and how to mend it.

Every check is a small function that yields findings. None of them changes anything: no file is made, no message is
sent, no webhook is set. What it puts right, when asked, can be made again from the rest: numbers and indexes.
"""

import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import httpx

from bot.config import TELEGRAM_TOKEN, Config, ConfigError, check_start, key_file, kind_of, load, master_key
from bot.manifest import scopes
from crm_store import crypto, migrate
from crm_store.store import BadStoreUrl, StoreUnavailable, connect, parse_url

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from crm_store import goods

Level = Literal["ok", "warn", "bad"]

#: seconds by which the clocks may differ before signatures come close to failing, and before they fail
SKEW_WARN, SKEW_BAD = 60, 300
#: free bytes on the store's disk
DISK_WARN, DISK_BAD = 1_000_000_000, 100_000_000
#: updates that Telegram could not deliver
PENDING_WARN = 100
#: the age at which scores that are computed every night were not, for some nights
SCORES_WARN = timedelta(days=3)
_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and how to mend it where it is not well."""

    level: Level
    area: str
    what: str
    mend: str = ""


Findings = Iterator[Finding]
#: whether customers' numbers are left alone, compared with the history, or counted again where they differ
Stats = Literal["leave", "compare", "recount"]


def examine(
    path: Path | None, environ: Mapping[str, str], clock: Callable[[], datetime], stats: Stats = "leave"
) -> Findings:
    """Every finding, in the order in which one would mend them."""
    try:
        config = load(path, environ)
    except ConfigError as error:
        yield Finding("bad", "configuration", str(error), "change it as the sentence says")
        return
    yield from check_configuration(config)
    yield from check_store(config, stats, clock())
    yield from check_disk(config)
    yield from check_port(config)
    yield from check_models(config)
    yield from check_articles(config)
    with httpx.Client(timeout=_TIMEOUT) as client:
        wire = Wire(client, clock)
        token = "$(cat $TELEGRAM_BOT_TOKEN_FILE)" if environ.get("TELEGRAM_BOT_TOKEN_FILE") else "$TELEGRAM_BOT_TOKEN"
        yield from check_telegram(config, wire, token)
        yield from check_slack(config, wire)
        yield from check_backoffice(config, wire)
        yield from check_language_model(config, wire)


def examine_running(config: Config, clock: Callable[[], datetime]) -> Findings:
    """The findings about a desk that is running: its port is its own, its models are loaded."""
    yield from check_configuration(config)
    yield from check_store(config, "leave", clock())
    yield from check_disk(config)
    with httpx.Client(timeout=_TIMEOUT) as client:
        wire = Wire(client, clock)
        yield from check_telegram(config, wire)
        yield from check_slack(config, wire)


# --- configuration and store ----------------------------------------------------------------------------------------


def check_configuration(config: Config) -> Findings:
    try:
        check_start(config)
    except ConfigError as error:
        yield Finding("bad", "configuration", str(error), "without it 'shopdesk run' does not start")
    else:
        yield Finding("ok", "configuration", f"{config.shop.name}: {config.shop.currency}, {config.shop.timezone.key}")


def check_models(config: Config) -> Findings:
    if config.nlp.reader == "keywords":
        yield Finding("ok", "models", "texts are read by word lists; no model is loaded")
        return
    from bot.app import making
    from nlp import sentences
    from nlp.encoder import BrokenModel
    from nlp.models import NotMade, made_of, open_reader
    from nlp.sentences import BadSentences

    asked = making(config)
    mend = "or read by word lists, which need no models: nlp.reader: keywords"
    try:
        if not asked.made.is_done:
            sentences.read(list(asked.sentences))
            shipped = "" if asked.model else " (nothing is downloaded)"
            yield Finding("ok", "models", f"the text models are made at the first start, in about 90 s{shipped}")
            return
        open_reader(asked, lambda _: None).read("where is my order")
        counts = made_of(asked)["sentences"]
    except (BrokenModel, NotMade, BadSentences, ImportError, OSError) as error:
        yield Finding("bad", "models", " ".join(str(error).split()), mend)
        return
    languages = ", ".join(sorted(counts))
    yield Finding(
        "ok", "models", f"learnt from {sum(counts.values()):,} sentences ({languages}), kept in {asked.folder}"
    )


def check_articles(config: Config) -> Findings:
    from handlers.texts import LANGUAGES
    from nlp import articles

    shelf = config.knowledge
    try:
        found = articles.read(Path(shelf.folder), shelf.language, LANGUAGES)
    except articles.BadArticle as error:
        yield Finding("bad", "articles", str(error), "mend the file, or take it out of the folder")
        return
    if not found:
        yield Finding("ok", "articles", f"there are none in {shelf.folder}: questions go to a person")
        return
    languages = ", ".join(sorted({article.language for article in found}))
    yield Finding("ok", "articles", f"{len(found)} in {shelf.folder} ({languages})")


def check_store(config: Config, stats: Stats, now: datetime) -> Findings:
    if _is_new(config):
        yield _can_be_made(config)
        return
    engine = connect(config.store.url)
    try:
        yield from _check_open_store(config, engine, stats, now)
    except BadStoreUrl as error:
        yield Finding("bad", "store", str(error), "mend store.url, or put a backup in the file's place")
    except StoreUnavailable as error:
        where = engine.url.render_as_string(hide_password=True)
        reason = " ".join(error.reason.split())
        yield Finding("bad", "store", f"{where} cannot be used: {reason}", "start it, or mend store.url")
    finally:
        engine.dispose()


def _is_new(config: Config) -> bool:
    url = parse_url(config.store.url)
    if url.get_backend_name() != "sqlite":
        return False
    return url.database in (None, "", ":memory:") or not os.path.exists(str(url.database))


def _can_be_made(config: Config) -> Finding:
    folder = _store_folder(config)
    if folder is not None and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        reason = "nothing may be written there" if folder.is_dir() else "it is not a folder"
        return Finding("bad", "store", f"{config.store.url} cannot be made in {folder}: {reason}", "mend store.url")
    return Finding("ok", "store", f"{config.store.url} is not there yet: 'shopdesk run' makes it")


def _store_folder(config: Config) -> Path | None:
    """The folder of a SQLite store, or what there is of the way to it; None for other stores."""
    url = parse_url(config.store.url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    folder = Path(str(url.database)).absolute().parent
    while not os.path.exists(folder):
        folder = folder.parent
    return folder


def _check_open_store(config: Config, engine: "Engine", stats: Stats, now: datetime) -> Findings:
    state = migrate.state(engine)
    if state == "ahead":
        yield Finding("bad", "store", "the store is newer than this program", "install the version that last used it")
        return
    if state == "empty":
        yield Finding("ok", "store", "the database is empty: 'shopdesk run' sets it up")
        yield from _check_key(config, [])
        return
    if state == "behind":
        mend = "back it up (docs/operations.md); 'shopdesk run' then upgrades it"
        yield Finding("warn", "store", "the store is older than this program", mend)
    else:
        yield Finding("ok", "store", f"{engine.dialect.name}, schema {migrate.revisions()[-1]}")
    yield from _check_key(config, wrapped_keys(engine))
    if state == "current":
        yield from _check_failed(engine)
        yield from _check_scores(engine, now)
        yield from _check_import(engine, rebuild=stats == "recount")
        if stats != "leave":
            yield from _check_stats(engine, recount=stats == "recount")


def wrapped_keys(engine: "Engine") -> list[bytes]:
    """The store's data keys, as they are kept."""
    from sqlalchemy import select

    from crm_store.schema import KeyRow
    from crm_store.store import unavailable

    with unavailable(), engine.connect() as connection:
        return list(connection.scalars(select(KeyRow.wrapped)))


def _check_key(config: Config, wrapped: list[bytes]) -> Findings:
    file = key_file(config)
    if not wrapped and config.secrets.key is None and file is not None:
        return
    try:
        master = master_key(config)
        for each in wrapped:
            crypto.unwrap(master, each)
    except (ConfigError, crypto.BadKey, crypto.WrongKey) as error:
        yield Finding("bad", "store", str(error), "without the right key what is stored cannot be read")
        return
    yield Finding("ok", "store", "the key fits")
    if config.secrets.key is None and file is not None and file.stat().st_mode & 0o077:
        yield Finding("warn", "store", f"others can read the key in {file}", f"chmod 600 {file}")


def _check_failed(engine: "Engine") -> Findings:
    from crm_store import inbox, outbox
    from crm_store.store import unavailable

    with unavailable(), engine.connect() as connection:
        failed, undelivered = inbox.count_failed(connection), len(outbox.undelivered(connection))
    if failed:
        yield Finding("warn", "store", f"{_many(failed, 'message')} could not be worked", "shopdesk replay")
    if undelivered:
        what = f"{_many(undelivered, 'message')} failed to leave, or may not have left"
        yield Finding("warn", "store", what, "shopdesk replay")


def _check_scores(engine: "Engine", now: datetime) -> Findings:
    from crm_store.forecasts import ages
    from crm_store.store import unavailable

    with unavailable(), engine.connect() as connection:
        as_of = ages(connection)
    if not as_of:
        yield Finding("ok", "scores", "no customer was scored yet: 'shopdesk score' does it, as does the night")
        return
    told = ", ".join(f"{name} {_many((now - at).days, 'day')}" for name, at in as_of.items())
    oldest = now - min(as_of.values())
    level: Level = "warn" if oldest >= SCORES_WARN else "ok"
    mend = "" if level == "ok" else "shopdesk score says what holds them up; jobs.scores is when they are due"
    yield Finding(level, "scores", f"their age: {told}", mend)


def _check_import(engine: "Engine", *, rebuild: bool) -> Findings:
    from crm_store import import_marks, indexes
    from crm_store.store import unavailable

    with unavailable(), engine.connect() as connection:
        began, missing = import_marks.unfinished(connection), indexes.missing(connection)
    if began is not None:
        what = f"the import that began {began:%F %R}Z did not end: rows and customers' numbers may be missing"
        mend = "where none is running at this moment, give the same 'shopdesk import' again: it completes what is there"
        yield Finding("warn", "store", what, mend)
    if not missing:
        return
    what = f"the store is slow: {_many(len(missing), 'index', 'indexes')} missing ({missing[0].name})"
    if not rebuild:
        mend = "shopdesk doctor --recount builds them, as does the next import; one that is running does at its end"
        yield Finding("warn" if began else "bad", "store", what, mend)
        return
    for index in missing:
        with unavailable(), engine.connect().execution_options(shopdesk_writes=True) as connection, connection.begin():
            indexes.build(connection, index)
    yield Finding("ok", "store", f"{_many(len(missing), 'missing index', 'missing indexes')} built again")


def _check_stats(engine: "Engine", *, recount: bool) -> Findings:
    from crm_store import goods
    from crm_store.stats import compare, rebuild
    from crm_store.store import unavailable

    with unavailable(), engine.connect() as connection:
        differences = compare(connection)
        bought = goods.compare(connection)
    if bought:
        yield from _check_goods(engine, bought[0], recount=recount)
    if not differences:
        yield Finding("ok", "store", "every customer's numbers are what the history says")
        return
    first = differences[0]
    customers = len({each.customer_id for each in differences})
    what = f"the numbers of {_many(customers, 'customer')} differ from the history"
    example = f"customer {first.customer_id}: {first.column} is {first.kept}, should be {first.right}"
    if not recount:
        yield Finding("bad", "store", f"{what} ({example})", "shopdesk doctor --recount")
        return
    with unavailable(), engine.connect().execution_options(shopdesk_writes=True) as connection, connection.begin():
        rebuild(connection)
    yield Finding("ok", "store", f"{what} ({example}): all are counted again")


def _check_goods(engine: "Engine", first: "goods.Difference", *, recount: bool) -> Findings:
    from crm_store import goods
    from crm_store.store import unavailable

    what = f"what customers bought of categories differs from the history (customer {first.customer_id})"
    if not recount:
        yield Finding("bad", "store", what, "shopdesk doctor --recount")
        return
    with unavailable(), engine.connect().execution_options(shopdesk_writes=True) as connection, connection.begin():
        goods.rebuild(connection)
    yield Finding("ok", "store", f"{what}: all is counted again")


def check_disk(config: Config) -> Findings:
    folder = _store_folder(config)
    if folder is None:
        return
    free = shutil.disk_usage(folder).free
    level: Level = "bad" if free < DISK_BAD else "warn" if free < DISK_WARN else "ok"
    mend = "" if level == "ok" else "make room: a full disk stops the store"
    yield Finding(level, "store", f"{free / 1e9:,.1f} GB free in {folder}", mend)


def check_port(config: Config) -> Findings:
    host, port = config.web.host, config.web.port
    where = f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind, protocol)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        if _answers_health(config):
            yield Finding("ok", "web", f"Shopdesk is running at {where}")
        else:
            reason = getattr(error, "strerror", None) or "it is no address"
            mend = "stop what uses the port, or set web.port and web.host"
            yield Finding("bad", "web", f"{where} cannot be used: {reason}", mend)
    else:
        yield Finding("ok", "web", f"{where} is free")


def _answers_health(config: Config) -> bool:
    host = "127.0.0.1" if config.web.host in ("0.0.0.0", "::") else config.web.host
    try:
        return httpx.get(f"http://{host}:{config.web.port}/healthz", timeout=2).status_code == 200
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
        return False


# --- the platforms --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered, and how far its clock is from ours."""

    body: dict[str, Any]
    headers: Mapping[str, str]
    #: seconds that our clock is ahead, None when the platform does not say
    skew: float | None

    @property
    def error(self) -> str | None:
        """Why the platform refused."""
        if self.body.get("ok"):
            return None
        return str(self.body.get("description") or self.body.get("error") or "no reason given")


class Unreachable(Exception):
    """A platform did not answer; the sentence holds no token."""


@dataclass(frozen=True, slots=True)
class Wire:
    """The way to the platforms, and the time here."""

    client: httpx.Client
    clock: Callable[[], datetime]

    def ask(self, url: str, token: str = "", **arguments: str) -> Answer:
        """What a platform's method answers. Raises `Unreachable`."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            response = self.client.post(url, headers=headers, data=arguments)
            body = response.json()
        except (httpx.LocalProtocolError, httpx.InvalidURL) as error:
            # what these say quotes the request, which holds the token
            raise Unreachable("the request cannot be made as it is configured") from error
        except httpx.HTTPError as error:
            raise Unreachable(str(error) or type(error).__name__) from error
        except ValueError as error:
            raise Unreachable(f"it answered {response.status_code} with something that is not JSON") from error
        if not isinstance(body, dict):
            raise Unreachable("it answered something unknown")
        return Answer(body, response.headers, _skew(response.headers.get("date"), self.clock()))


def _skew(date: str | None, now: datetime) -> float | None:
    try:
        return None if date is None else (now - parsedate_to_datetime(date)).total_seconds()
    except (ValueError, TypeError):
        return None


def _check_skew(area: str, skew: float | None) -> Findings:
    if skew is None or abs(skew) <= SKEW_WARN:
        return
    level: Level = "bad" if abs(skew) > SKEW_BAD else "warn"
    what = f"this machine's clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} {area.capitalize()}'s"
    yield Finding(level, area, what, "set the clock by NTP: signatures fail from 300 s on")


def check_telegram(config: Config, wire: Wire, in_shell: str = "$TELEGRAM_BOT_TOKEN") -> Findings:
    """`in_shell`: how a command names the token without showing it."""
    token = config.secrets.telegram_bot_token
    if token is None:
        mend = "set TELEGRAM_BOT_TOKEN (docs/connect.md)"
        yield Finding("warn", "telegram", "no token: customers cannot write", mend)
        return
    if not TELEGRAM_TOKEN.fullmatch(token):
        return  # `check_start` says so
    try:
        me = wire.ask(config.telegram.method("getMe", token))
        if me.error is not None:
            mend = "copy it from @BotFather again, and see that telegram.base_url is right"
            yield Finding("bad", "telegram", f"TELEGRAM_BOT_TOKEN is refused: {me.error}", mend)
            return
        yield Finding("ok", "telegram", f"the bot is @{me.body['result'].get('username')}")
        yield from _check_skew("telegram", me.skew)
        webhook = wire.ask(config.telegram.method("getWebhookInfo", token))
        yield from _check_webhook(config, webhook.body.get("result") or {}, in_shell)
    except Unreachable as error:
        mend = "see that this machine reaches it, and that telegram.base_url is right"
        yield Finding("bad", "telegram", f"{_host(config.telegram.base_url)} cannot be reached: {error}", mend)


def _check_webhook(config: Config, info: Mapping[str, Any], in_shell: str) -> Findings:
    url = info.get("url")
    if config.telegram.mode == "polling":
        if url:
            remove = f'curl "{config.telegram.method("deleteWebhook", in_shell)}"'
            mend = f"remove it ({remove}), or set telegram.mode to webhook: Telegram does not let both be"
            yield Finding("bad", "telegram", f"a webhook is set ({url}) while telegram.mode is polling", mend)
        return
    yield from _check_secret(config.secrets.telegram_webhook_secret)
    wanted = config.telegram_webhook_url
    if not url:
        yield Finding("warn", "telegram", "no webhook is set", "'shopdesk run' sets it")
    elif url != wanted:
        mend = "'shopdesk run' sets it anew; see that no other program uses this bot"
        yield Finding("warn", "telegram", f"the webhook is {url}, not {wanted}", mend)
    else:
        yield Finding("ok", "telegram", f"the webhook is {url}")
    if info.get("last_error_message"):
        at = datetime.fromtimestamp(info.get("last_error_date", 0), UTC)
        mend = f"see that {wanted} is reachable from outside by HTTPS and leads to web.port"
        what = f"Telegram's last delivery failed ({at:%F %R}Z): {info['last_error_message']}"
        yield Finding("warn", "telegram", what, mend)
    pending = int(info.get("pending_update_count", 0))
    if pending > PENDING_WARN:
        mend = "start the bot, or see in its log why it refuses them"
        yield Finding("warn", "telegram", f"{_many(pending, 'update')} waiting at Telegram", mend)


def _check_secret(secret: str | None) -> Findings:
    # that there is one is `check_start`'s concern
    if secret is not None and (len(secret) < 16 or len(set(secret)) < 8):
        mend = "make one with 'openssl rand -hex 32': whoever guesses it can write as any customer"
        yield Finding("bad", "telegram", "TELEGRAM_WEBHOOK_SECRET is easy to guess", mend)


def check_slack(config: Config, wire: Wire) -> Findings:
    secrets = config.secrets
    if secrets.slack_bot_token is None:
        mend = "set SLACK_BOT_TOKEN (docs/connect.md)"
        yield Finding("warn", "slack", "no token: staff have the console page alone", mend)
        return
    mixed_up = list(_check_kinds(config))
    yield from mixed_up
    try:
        if not any("SLACK_BOT_TOKEN" in each.what for each in mixed_up):
            yield from _check_bot(config, secrets.slack_bot_token, wire)
        if config.slack.mode == "socket" and secrets.slack_app_token is not None and not mixed_up:
            yield from _check_socket(config, secrets.slack_app_token, wire)
    except Unreachable as error:
        mend = "see that this machine reaches it, and that slack.api_url is right"
        yield Finding("bad", "slack", f"{_host(config.slack.api_url)} cannot be reached: {error}", mend)


def _check_kinds(config: Config) -> Findings:
    secrets = config.secrets
    wanted = (
        ("SLACK_BOT_TOKEN", secrets.slack_bot_token, "xoxb-", "OAuth & Permissions -> Bot User OAuth Token"),
        ("SLACK_APP_TOKEN", secrets.slack_app_token, "xapp-", "Basic Information -> App-Level Tokens"),
    )
    for name, token, start, place in wanted:
        if token is not None and not token.startswith(start):
            what = f"{name} does not begin with {start}{kind_of(token)}"
            yield Finding("bad", "slack", what, f"copy it from the app's page: {place}")
    signing = secrets.slack_signing_secret
    if signing is not None and kind_of(signing):
        what = f"SLACK_SIGNING_SECRET is not a signing secret{kind_of(signing)}"
        yield Finding("bad", "slack", what, "copy it from the app's page: Basic Information -> Signing Secret")


def _check_bot(config: Config, token: str, wire: Wire) -> Findings:
    me = wire.ask(config.slack.method("auth.test"), token)
    if me.error is not None:
        mend = "copy it from the app's page: OAuth & Permissions -> Bot User OAuth Token; install the app first"
        yield Finding("bad", "slack", f"SLACK_BOT_TOKEN is refused: {me.error}", mend)
        return
    name = str(me.body.get("user", "Shopdesk"))
    yield Finding("ok", "slack", f"the bot is @{name} in {me.body.get('team', 'the workspace')}")
    yield from _check_skew("slack", me.skew)
    missing = _missing_scopes(config, me.headers.get("x-oauth-scopes"))
    if missing:
        mend = "paste 'shopdesk slack-manifest' into the app's page (App Manifest), then install the app again"
        yield Finding("bad", "slack", f"the bot lacks the scopes {', '.join(missing)}", mend)
    for channel in config.slack.channels.all():
        yield from _check_channel(config, token, wire, channel, name)
    for group in config.slack.roles.groups:
        yield from _check_group(config, token, wire, group)


def _check_group(config: Config, token: str, wire: Wire, group: str) -> Findings:
    answer = wire.ask(config.slack.method("usergroups.users.list"), token, usergroup=group)
    try:
        _raise_refusal(answer)
    except _SlackRefused as error:
        what = f"who is in the user group {group} cannot be looked up, so nobody has its role: {error}"
        yield Finding("bad", "slack", what, "mend the scopes first, or slack.roles")
        return
    people = len(answer.body.get("users") or ())
    if people:
        yield Finding("ok", "slack", f"{people} people have their role by the user group {group}")
    else:
        yield Finding(
            "warn", "slack", f"nobody is in the user group {group}", "add its people in Slack, or mend slack.roles"
        )


def _missing_scopes(config: Config, header: str | None) -> list[str]:
    if header is None:
        return []
    given = {scope.strip() for scope in header.split(",")}
    return [scope for scope in scopes(config) if scope not in given]


def _check_channel(config: Config, token: str, wire: Wire, channel: str, bot: str) -> Findings:
    try:
        found = _find_channel(config, token, wire, channel)
    except _SlackRefused as error:
        yield Finding("bad", "slack", f"the channel {channel} cannot be looked up: {error}", "mend the scopes first")
        return
    if found is None:
        mend = f"create it, or invite the bot where it is private (/invite @{bot}), or mend slack.channels"
        yield Finding("bad", "slack", f"there is no channel {channel} that the bot can see", mend)
    elif found.get("is_archived"):
        yield Finding("bad", "slack", f"the channel {channel} is archived", "bring it back, or mend slack.channels")
    elif not found.get("is_member"):
        yield Finding("bad", "slack", f"the bot is not in {channel}", f"invite it: write /invite @{bot} in {channel}")
    else:
        yield Finding("ok", "slack", f"the bot is in {channel}")


class _SlackRefused(Exception):
    """Slack answered with an error."""


def _find_channel(config: Config, token: str, wire: Wire, channel: str) -> dict[str, Any] | None:
    if re.fullmatch("[CG][A-Z0-9]{6,}", channel):
        answer = wire.ask(config.slack.method("conversations.info"), token, channel=channel)
        if answer.error == "channel_not_found":
            return None
        _raise_refusal(answer)
        return dict(answer.body["channel"])
    cursor = ""
    while True:
        kinds = {"types": "public_channel,private_channel", "limit": "1000", "cursor": cursor}
        answer = wire.ask(config.slack.method("conversations.list"), token, **kinds)
        _raise_refusal(answer)
        for each in answer.body["channels"]:
            if each["name"] == channel.removeprefix("#"):
                return dict(each)
        cursor = str((answer.body.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return None


def _raise_refusal(answer: Answer) -> None:
    if answer.error is not None:
        needed = f" (it needs {answer.body['needed']})" if "needed" in answer.body else ""
        raise _SlackRefused(f"{answer.error}{needed}")


def _check_socket(config: Config, token: str, wire: Wire) -> Findings:
    answer = wire.ask(config.slack.method("apps.connections.open"), token)
    if answer.error is None:
        yield Finding("ok", "slack", "Socket Mode opens a connection")
        return
    mend = "make one with the scope connections:write: Basic Information -> App-Level Tokens; switch Socket Mode on"
    yield Finding("bad", "slack", f"SLACK_APP_TOKEN opens no connection: {answer.error}", mend)


def _host(url: str) -> str:
    return httpx.URL(url).netloc.decode()


def _many(number: int, thing: str, things: str = "") -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {things or thing + 's'}"


# --- the shop's back office -----------------------------------------------------------------------------------------


def check_backoffice(config: Config, wire: Wire) -> Findings:
    """Looks a key up that no errand has: a shop that is well says that it does not know it."""
    url, secret = config.backoffice.url, config.secrets.backoffice
    if url is None:
        if config.secrets.telegram_bot_token is not None and not config.backoffice.recorded:
            what = "none: refunds, cancellations, addresses and invoices are done by hand"
            yield Finding("ok", "backoffice", what)
        return
    if secret is None:
        return  # `check_start` says so
    from bot.backoffice.http import signed

    key = "doctor"
    try:
        response = wire.client.get(f"{url.rstrip('/')}/{key}", headers=signed(secret, wire.clock(), key, b""))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        mend = "see that this machine reaches it, and that backoffice.url is right"
        yield Finding("bad", "backoffice", f"{_host(url)} cannot be reached: {error}", mend)
        return
    yield from _check_skew("backoffice", _skew(response.headers.get("date"), wire.clock()))
    if response.status_code == 404 and '"unknown"' in response.text:
        yield Finding("ok", "backoffice", f"{_host(url)} takes our signature")
    elif response.status_code in (401, 403):
        mend = "give both sides the same SHOPDESK_BACKOFFICE_SECRET, and set their clocks"
        yield Finding("bad", "backoffice", f"{_host(url)} does not take our signature ({response.status_code})", mend)
    else:
        what = f'{_host(url)} answers {response.status_code} to a key nobody used, not 404 and {{"status": "unknown"}}'
        yield Finding(
            "bad", "backoffice", what, "see docs/backoffice.md: without look-ups staff decide what is in doubt"
        )


# --- the language model ---------------------------------------------------------------------------------------------


def check_language_model(config: Config, wire: Wire) -> Findings:
    """Asks an endpoint that is configured for its models, among which has to be the one that is named."""
    model, key = config.nlp.language_model, config.secrets.language_model
    if model.url is None:
        return
    area, host = "language model", _host(model.url)
    try:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        response = wire.client.get(f"{model.url.rstrip('/')}/models", headers=headers)
        names = [str(one["id"]) for one in response.raise_for_status().json()["data"]]
    except (httpx.HTTPStatusError, ValueError, LookupError, TypeError):
        mend = "see that nlp.language_model.url ends before /chat/completions, and that its key is right"
        yield Finding("warn", area, f"{host} does not list its models (it answers {response.status_code})", mend)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        mend = "see that this machine reaches it, and that nlp.language_model.url is right"
        yield Finding("warn", area, f"{host} cannot be reached: {type(error).__name__}", mend)
    else:
        if model.name in names:
            yield Finding("ok", area, f"{host} has {model.name}")
        else:
            yield Finding("warn", area, f"{host} has no {model.name}", f"it has {', '.join(names[:5]) or 'none'}")
