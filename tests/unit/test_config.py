"""Configuration is read once; what cannot be ends with a sentence that says what to change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from bot.app import refund_rules, roles, staffing
from bot.config import (
    Config,
    ConfigError,
    Cron,
    Days,
    Duration,
    Interval,
    check_start,
    load,
    master_key,
    read_secrets,
)
from crm_store import crypto, migrate
from crm_store.calendar import Calendar
from crm_store.store import connect, open_store
from crm_store.targets import Targets

ROOT = Path(__file__).parents[2]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "desk.yaml"


def read(written: Path, text: str, **environ: str) -> Config:
    written.write_text(text)
    return load(written, environ)


def problem(written: Path, text: str, **environ: str) -> str:
    """What is wrong with a configuration, without the file's name."""
    with pytest.raises(ConfigError) as caught:
        read(written, text, **environ)
    return str(caught.value).removeprefix(f"{written}: ")


def test_the_shipped_file_says_what_holds_without_it(written: Path) -> None:
    assert load(ROOT / "config.yaml", {}) == read(written, "")


def test_the_shipped_file_speaks_of_every_key() -> None:
    shipped = (ROOT / "config.yaml").read_text()

    for section in msgspec.structs.fields(Config):
        for key in msgspec.structs.fields(section.type) if section.name != "secrets" else ():
            assert f"{key.name}:" in shipped, f"{section.name}.{key.name}"


def test_without_any_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert load(None, {}).web.port == 8080


def test_values_come_typed(written: Path) -> None:
    config = read(
        written,
        """
        shop: {name: Nordic Threads, timezone: Europe/Berlin, currency: EUR, rates: {USD: 0.92, GBP: 1.16}}
        slack:
          channels: {tickets: C0123456, routes: [{kind: refund, priority: [high, urgent], channel: "#refunds"}]}
          roles: {agents: [U1, U2], managers: {members: U3, may: refund, refund_limit: 200}}
        desk:
          hours: {week: {mon-fri: ["09:00-12:30", "13:30-18:00"], sat: "10:00-14:00"}, holidays: [2026-12-25]}
          sla: {urgent: {first_reply: 15m, resolution: 4h}, high: 1h}
          assignment: round_robin
          teams: {billing: {members: [U1], kinds: refund, hours: {week: {sat: "22:00-06:00"}}}, night: U2}
          reopen_within: 7d
        jobs: {waiting: off, late: 2h}
        """,
    )

    assert config.shop.timezone == ZoneInfo("Europe/Berlin")
    assert config.rates.to_base(10_00, "GBP") == 11_60
    assert config.slack.channels.routes[0].kind == ("refund",)
    assert config.slack.channels.all() == ("C0123456", "#refunds")
    assert config.slack.roles.agents.members == ("U1", "U2")
    assert config.slack.roles.managers.refund_limit == Decimal(200)
    assert config.desk.hours.of(0) == (Interval(540, 750), Interval(810, 1080))
    assert config.desk.hours.of(6) == ()
    assert config.desk.hours.holidays == (date(2026, 12, 25),)
    assert config.desk.sla.urgent.resolution == timedelta(hours=4)
    assert config.desk.sla.high.first_reply == timedelta(hours=1)
    assert (config.desk.assignment.mode, config.desk.assignment.cap) == ("round_robin", 10)
    assert list(config.desk.teams) == ["billing", "night"]
    assert config.desk.teams["night"].members == ("U2",)
    assert config.desk.reopen_within == timedelta(days=7)
    assert config.jobs.waiting == ""


def test_what_is_said_of_the_desk_is_what_it_goes_by(written: Path) -> None:
    said = staffing(
        read(
            written,
            """
            shop: {timezone: Europe/Berlin, currency: JPY}
            desk:
              hours: {week: {mon: "09:00-17:00"}, holidays: [2026-12-25]}
              sla: {urgent: {first_reply: 15m, next_reply: 30m}}
              teams: {night: {members: U2, hours: {timezone: UTC, week: {sat: "22:00-06:00"}}}}
            """,
        )
    )

    assert said.hours == Calendar(
        ZoneInfo("Europe/Berlin"), (((540, 1020),), *[()] * 6), frozenset({date(2026, 12, 25)})
    )
    assert said.calendar("night") == Calendar(ZoneInfo("UTC"), (*[()] * 5, ((1320, 360),), ()))
    assert said.targets_of("urgent") == Targets(timedelta(minutes=15), timedelta(minutes=30))
    assert said.targets_of("normal") == Targets()
    assert said.valued_from == 500


def test_a_section_whose_keys_are_all_commented_out_keeps_its_defaults(written: Path) -> None:
    assert read(written, "privacy:\n  # contact: me\nweb:\n  port:\n").web.port == 8080


def test_a_role_is_given_to_people_and_to_user_groups(written: Path) -> None:
    said = "slack: {roles: {agents: [U1, S0AGENTS1], managers: [S0LEADS12], readers: U9}}"
    config = read(written, said)
    who = roles(config)
    assert config.slack.roles.groups == ("S0AGENTS1", "S0LEADS12")
    assert who.members == {"U1": "agent", "U9": "reader"}
    assert who.joined == {}  # no Slack is connected that could tell
    told = replace(who, joined={"S0AGENTS1": {"U2", "U3", "U9"}, "S0LEADS12": {"U1", "U3"}})
    # of several groups the highest role counts, and one's own name more than a group
    assert [told.of(user) for user in ("U1", "U2", "U3", "U9", "U4")] == [
        "agent",
        "agent",
        "manager",
        "reader",
        "reader",
    ]
    assert not told.leads("agent")
    assert told.highest_limit == 1000_00
    connected = roles(read(written, said, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1"))
    assert [connected.knows(user) for user in ("U1", "U2")] == [True, False]


def test_refund_limits_and_rules_reach_the_desk(written: Path) -> None:
    said = """
    shop: {currency: JPY}
    slack: {roles: {agents: {members: [U1], refund_limit: 50}, managers: {members: [U2], may: [claim]}, readers: U3}}
    refunds: {automatic: 30, windows: {Shoes: 60d}, final_sale: [Underwear]}
    """
    rules, who = refund_rules(read(written, said)), roles(read(written, said))
    assert who.limits == {"agent": 50, "manager": 1000, "reader": 0}
    assert who.members == {"U1": "agent", "U2": "manager", "U3": "reader"}
    assert [who.limit_of(user) for user in ("U1", "U2", "U3", "U4")] == [50, 0, 0, 0]
    assert who.highest_limit == 50
    assert (rules.automatic, rules.windows, rules.currency) == (30, {"shoes": timedelta(days=60)}, "JPY")
    assert rules.final_categories == {"underwear"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("web: {prot: 1}", "web.prot (set to 1) is not a key, did you mean port? (allowed here: host, port,"),
        ("web: {port: 99999}", "web.port is 99999, allowed is a port number from 0 to 65535"),
        ("web: {port: true}", "web.port is True, allowed is a port number from 0 to 65535"),
        ("web: 3", "web is 3, allowed is a section with host, port, public_url"),
        ("telegram: {mode: poling}", "telegram.mode is 'poling', allowed is polling or webhook, did you mean polling?"),
        (
            "shop: {timezone: Europe/Berln}",
            "shop.timezone is 'Europe/Berln', allowed is a time zone such as Europe/Berlin, did you mean Europe/Ber",
        ),
        ("shop: {currency: EURO}", "shop.currency is 'EURO', allowed is a currency's ISO 4217 code such as EUR"),
        ("shop: {rates: {XXQ: 1}}", "shop.rates.XXQ is 'XXQ', allowed is a currency's ISO 4217 code such as EUR"),
        ("shop: {rates: {GBP: 0}}", "shop.rates.GBP is 0, allowed is a number above 0"),
        ("shop: {rates: {EUR: 2}}", "shop.rates.EUR must be 1 or absent: it is the shop's own currency"),
        ("jobs: {late: 999999999d}", "jobs.late is '999999999d', allowed is a length of time such as"),
        ("jobs: {late: 99999999999999999999999d}", "jobs.late is '99999999999999999999999d', allowed is a length"),
        ("slack: {channels: {routes: [{kind: refnd, channel: a}]}}", "slack.channels.routes[1].kind[1] is 'refnd', a"),
        ("slack: {roles: {agents: {may: fly}}}", "slack.roles.agents.may[1] is 'fly', allowed is claim or reply or"),
        ("slack: {roles: {agents: S0123ABCD, managers: S0123ABCD}}", "slack.roles.managers names 'S0123ABCD', who is"),
        ("slack: {roles: {agents: U1, readers: [U2, U1]}}", "slack.roles.readers names 'U1', who is among agents al"),
        ("web: {public_url: 'https://desk .example'}", "web.public_url is 'https://desk .example', allowed is an addr"),
        ("telegram: {base_url: 'http://[bad'}", "telegram.base_url is 'http://[bad', allowed is an address such as"),
        ("slack: {api_url: 'http://h:99999/'}", "slack.api_url is 'http://h:99999/', allowed is an address such as"),
        ("slack: {api_url: slack.com}", "slack.api_url is 'slack.com', allowed is an address such as"),
        ("slack: {api_url: 1}", "slack.api_url is 1, allowed is an address such as"),
        ("desk: {hold_uncertain: yes}", "desk.hold_uncertain is 'yes', allowed is a length of time such as"),
        ("desk: {hours: {week: {mo: []}}}", "desk.hours.week.mo is 'mo', allowed is days such as mon, mon-fri or"),
        (
            "desk: {hours: {week: {mon: ['9-12']}}}",
            "desk.hours.week.mon[1] is '9-12', allowed is hours of a day such as 09:00-12:30, up to 24:00",
        ),
        ("desk: {hours: {holidays: [2026-02-30]}}", "desk.hours.holidays[1] is '2026-02-30', allowed is a date"),
        ("desk: {hours: {week: {mon-fri: []}}}", "desk.hours.week names no hours: nobody would ever be there"),
        ("desk: {sla: {high: {next_reply: 0}}}", "desk.sla.high.next_reply is 0: nobody can answer before they are"),
        ("desk: {escalation: {channel: 2h}}", "desk.escalation.manager is sooner than desk.escalation.channel"),
        ("desk: {escalation: {warn_left: 20}}", "desk.escalation.warn_left is 20, allowed is a number from 0 to 1"),
        ("desk: {assignment: round}", "desk.assignment.mode is 'round', allowed is off or round_robin, did you mean"),
        ("desk: {assignment: {cap: 0}}", "desk.assignment.cap is 0, allowed is a whole number from 1 to 10000"),
        ("desk: {teams: {billing: {kinds: refund}}}", "desk.teams.billing lacks members"),
        ("desk: {teams: {billing: []}}", "desk.teams.billing.members is empty: nobody would ever answer"),
        (
            "desk: {teams: {billing: {members: [U1], hours: {week: {sat: []}}}}}",
            "desk.teams.billing.hours.week names no hours: nobody would ever be there",
        ),
        ("desk: {valued_from: -1}", "desk.valued_from is -1, allowed is an amount such as 50 or 49.90"),
        ("slack: {channels: {routes: [{kind: refund}]}}", "slack.channels.routes[1] lacks channel"),
        ("slack: {reply_prefix: ''}", "slack.reply_prefix is '', allowed is 1 to 10 characters without spaces"),
        ("store: {url: 'oracle://x'}", "store.url 'oracle://x' cannot be used: 'oracle' is not a supported engine"),
        ("telegram: {token: 1:abc}", "telegram.token is not a key: secrets come from the environment (TELEG"),
        ("privacy: {consent_version: the second of March}", "privacy.consent_version is 'the second of March'"),
        ("port: 80", "port (set to 80) is not a key, did you mean web.port?"),
        ("refunds: {window: soon}", "refunds.window is 'soon', allowed is a length of time such as"),
        ("refunds: {automatic: -1}", "refunds.automatic is -1, allowed is an amount such as 50 or 49.90"),
        ("refunds: {reasons: [broken]}", "refunds.reasons[1] is 'broken', allowed is damaged or wrong_item or"),
        ("refunds: {reasons: []}", "refunds.reasons is empty, allowed is a list of damaged, wrong_item,"),
        ("refunds: {expires: 5m}", "refunds.expires is less than 1h: nobody could decide in time"),
        ("refunds: {serial: {share: 30}}", "refunds.serial.share is 30, allowed is a number from 0 to 1"),
        ("refunds: {automatic: 1e30}", "refunds.automatic is 1E+30, allowed is an amount up to 1000000000000"),
        ("jobs: {waiting: 0 9 * mon}", "jobs.waiting is '0 9 * mon', allowed is five fields of cron such as"),
    ],
)
def test_what_cannot_be_is_named_with_what_is_allowed(written: Path, text: str, sentence: str) -> None:
    assert problem(written, text).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "line 1 is not valid YAML"),
        ("web: {port: 1}\nweb: {port: 2}", "line 2 is not valid YAML: 'web' stands there twice"),
        ("[1]", "is not a list of sections"),
        ("? [a]\n: 1", "line 1 is not valid YAML: a key is one word"),
        ("? {a: 1}\n: 1", "line 1 is not valid YAML: a key is one word"),
    ],
)
def test_a_broken_file_is_named_with_the_line(written: Path, text: str, sentence: str) -> None:
    assert sentence in problem(written, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="which does not exist"):
        load(tmp_path / "nowhere.yaml", {})


def test_any_key_can_come_from_the_environment(written: Path) -> None:
    config = read(
        written,
        "web: {port: 1}\nshop: {rates: {USD: 0.9}}",
        SHOPDESK__WEB__PORT="9000",
        SHOPDESK__SHOP__NAME="12",
        SHOPDESK__SHOP__RATES__GBP="1.16",
        SHOPDESK__SLACK__CHANNELS__TICKETS="#help",
        SHOPDESK__DESK__HOURS__WEEK="{mon-fri: ['09:00-17:00']}",
        SHOPDESK__DESK__SLA__HIGH="90m",
        SHOPDESK__WEB__PUBLIC_URL="",
        SHOPDESK_STORE_URL="sqlite:///elsewhere.db",
    )

    assert config.web.port == 9000
    assert config.shop.name == "12"
    assert config.shop.rates == {"USD": Decimal("0.9"), "GBP": Decimal("1.16")}
    assert config.slack.channels.tickets == "#help"
    assert config.desk.hours.of(4) == (Interval(540, 1020),)
    assert config.desk.sla.high.first_reply == timedelta(minutes=90)
    assert config.web.public_url is None
    assert config.store.url == "sqlite:///elsewhere.db"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SHOPDESK__WEB__PORT", "x", "SHOPDESK__WEB__PORT: web.port is 'x', allowed is a port number"),
        ("SHOPDESK__WEB__PROT", "1", "SHOPDESK__WEB__PROT: web.prot (set to 1) is not a key, did you mean port?"),
        ("SHOPDESK__SHOP__RATES", "{GBP: -1}", "SHOPDESK__SHOP__RATES: shop.rates.GBP is -1"),
        ("SHOPDESK__SHOP__RATES", "{GBP", "SHOPDESK__SHOP__RATES, line 1 is not valid YAML"),
        ("SHOPDESK_STORE_URL", "oracle://x", "SHOPDESK_STORE_URL: store.url 'oracle://x' cannot be used"),
        ("SHOPDESK__WEB__PORT__X", "1", "SHOPDESK__WEB__PORT__X: web.port is {'X': 1}"),
    ],
)
def test_a_wrong_variable_is_named_by_its_name(written: Path, name: str, value: str, sentence: str) -> None:
    assert problem(written, "", **{name: value}).startswith(sentence)


def test_secrets_come_from_the_environment_or_a_file_named_there(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("123:abc\n")

    secrets = read_secrets({"TELEGRAM_BOT_TOKEN_FILE": str(tmp_path / "token"), "SLACK_BOT_TOKEN": " xoxb-1 "})

    assert secrets.telegram_bot_token == "123:abc"
    assert secrets.slack_bot_token == "xoxb-1"
    assert secrets.slack_app_token is None


def test_secrets_are_never_shown(written: Path) -> None:
    config = read(written, "", SLACK_BOT_TOKEN="xoxb-very-secret")

    assert "very-secret" not in repr(config)
    assert "Secrets(slack_bot_token)" in repr(config)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"SHOPDESK_KEY": "a", "SHOPDESK_KEY_FILE": "b"}, "SHOPDESK_KEY and SHOPDESK_KEY_FILE are both set"),
        ({"SLACK_BOT_TOKEN_FILE": "/nowhere"}, "SLACK_BOT_TOKEN_FILE names '/nowhere', which cannot be read"),
        ({"SLACK_BOT_TOKEN_FILE": "/dev/null"}, "SLACK_BOT_TOKEN_FILE names '/dev/null', which is empty"),
        ({"SHOPDESK_API_TOKEN": "t\u00f6k"}, "SHOPDESK_API_TOKEN holds a space, a line break or a character that no"),
    ],
)
def test_a_secret_that_cannot_be_read_is_named(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError, match=f"^{sentence}"):
        read_secrets(environ)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"SHOPDESK__WEB__HOST": "0.0.0.0"}, "web.host is '0.0.0.0', which others can reach: set SHOPDESK_WEB_P"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "slack.mode is 'socket', which needs SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": "x", "SHOPDESK__SLACK__MODE": "http"}, "slack.mode is 'http', which needs SLACK_SIGNING"),
        (
            {"TELEGRAM_BOT_TOKEN": "1:a", "SHOPDESK__TELEGRAM__MODE": "webhook"},
            "telegram.mode is 'webhook', which needs web.public_url or telegram.webhook_url",
        ),
        (
            {
                "TELEGRAM_BOT_TOKEN": "1:a",
                "SHOPDESK__TELEGRAM__MODE": "webhook",
                "SHOPDESK__WEB__PUBLIC_URL": "https://desk.example.com",
            },
            "telegram.mode is 'webhook', which needs TELEGRAM_WEBHOOK_SECRET",
        ),
        (
            {
                "TELEGRAM_BOT_TOKEN": "1:a",
                "SHOPDESK__TELEGRAM__MODE": "webhook",
                "SHOPDESK__WEB__PUBLIC_URL": "https://desk.example.com",
                "TELEGRAM_WEBHOOK_SECRET": "with.dots",
            },
            "TELEGRAM_WEBHOOK_SECRET must be 8 to 256 characters",
        ),
    ],
)
def test_a_channel_that_lacks_something_does_not_start(written: Path, environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_start(read(written, "", **environ))
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("url", "timeout", "secret", "sentence"),
    [
        ("https://shop.example.com/e", "15s", "", "backoffice.url is 'https://shop.example.com/e', which needs SHOP"),
        ("https://shop.example.com/e", "15s", "short", "SHOPDESK_BACKOFFICE_SECRET is shorter than 16 characters"),
        (
            "http://shop.example.com/e",
            "15s",
            "x" * 32,
            "backoffice.url is 'http://shop.example.com/e', which must be h",
        ),
        ("https://shop.example.com?a=1", "15s", "x" * 32, "backoffice.url is 'https://shop.example.com?a=1', allowed"),
        ("https://shop.example.com/e", "10m", "x" * 32, "backoffice.timeout is 0:10:00, allowed is 1s to 2m"),
    ],
)
def test_a_back_office_that_cannot_be_asked_does_not_start(
    written: Path, url: str, timeout: str, secret: str, sentence: str
) -> None:
    config = read(written, f"backoffice: {{url: '{url}', timeout: {timeout}}}", SHOPDESK_BACKOFFICE_SECRET=secret)
    with pytest.raises(ConfigError) as caught:
        check_start(config)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    "url", ["https://shop.example.com/e", "http://127.0.0.1:81/e", "http://shop:81/e", "http://10.0.0.2/e"]
)
def test_a_back_office_may_be_near_or_safe(written: Path, url: str) -> None:
    check_start(read(written, f"backoffice: {{url: '{url}'}}", SHOPDESK_BACKOFFICE_SECRET="x" * 32))


def test_a_console_page_that_others_reach_starts_with_a_password(written: Path) -> None:
    check_start(read(written, "web: {host: 0.0.0.0}", SHOPDESK_WEB_PASSWORD="long enough"))


@pytest.mark.parametrize(
    ("base", "files", "api", "file_api"),
    [
        ("http://h:1/bot", None, "http://h:1/bot", "http://h:1/file/bot"),
        ("http://h:1/", None, "http://h:1/bot", "http://h:1/file/bot"),
        ("http://h:1/bot", "http://h:1/files/bot", "http://h:1/bot", "http://h:1/files/bot"),
    ],
)
def test_a_bot_api_server_is_named_with_or_without_its_ending(
    written: Path, base: str, files: str | None, api: str, file_api: str
) -> None:
    environ = {"SHOPDESK__TELEGRAM__BASE_URL": base, "SHOPDESK__TELEGRAM__BASE_FILE_URL": files or ""}
    telegram = read(written, "", **environ).telegram

    assert (telegram.api, telegram.files) == (api, file_api)
    assert telegram.method("getMe", "1:a") == f"{api}1:a/getMe"


# --- the key --------------------------------------------------------------------------------------------------------


def test_a_sqlite_store_gets_a_key_of_its_own(tmp_path: Path, written: Path) -> None:
    config = read(written, "", SHOPDESK_STORE_URL=f"sqlite:///{tmp_path}/new/desk.db")

    key = master_key(config)

    assert (tmp_path / "new" / "desk.key").stat().st_mode & 0o777 == 0o600
    assert master_key(config) == key


def test_the_environments_key_comes_first(written: Path) -> None:
    config = read(written, "", SHOPDESK_STORE_URL="postgresql://h/d", SHOPDESK_KEY=crypto.new_key())

    assert len(master_key(config)) == crypto.KEY_BYTES


@pytest.mark.parametrize("url", ["postgresql://h/d", "mariadb://h/d"])
def test_other_engines_want_a_key(written: Path, url: str) -> None:
    with pytest.raises(ConfigError, match=r"^SHOPDESK_KEY is not set: .* needs one, make it with"):
        master_key(read(written, "", SHOPDESK_STORE_URL=url))


def test_a_store_whose_key_is_lost_gets_no_new_one(tmp_path: Path, written: Path) -> None:
    config = read(written, "", SHOPDESK_STORE_URL=f"sqlite:///{tmp_path}/desk.db")
    engine = connect(config.store.url)
    migrate.upgrade(engine)
    open_store(engine, master_key(config), datetime(2026, 1, 1, tzinfo=UTC)).close()
    (tmp_path / "desk.key").unlink()

    with pytest.raises(ConfigError, match="bring its key back"):
        master_key(config)
    assert not (tmp_path / "desk.key").exists()


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "5x", "h", "-1h", "1 hour", True, None])
def test_what_is_no_length_of_time(text: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the reader makes the sentence
        Duration.parse(text)


@pytest.mark.parametrize("text", ["25:00-26:00", "09:60-10:00", "09:00", "09:00-09:00", "24:00-25:00"])
def test_what_are_no_hours(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the reader makes the sentence
        Interval.parse(text)


@pytest.mark.parametrize("text", ["* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "*/0 * * * *", "* * * * lun"])
def test_what_is_no_cron(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the reader makes the sentence
        Cron.parse(text)


@pytest.mark.parametrize("text", ["*/5 8-18 * * mon-fri", "0 9 1,15 jan-mar *", "30 7 * * 0"])
def test_cron_as_people_write_it(text: str) -> None:
    assert Cron.parse(text) == text


def test_a_week_may_go_round_its_end() -> None:
    assert Days.parse("sat-mon").numbers == (0, 5, 6)
