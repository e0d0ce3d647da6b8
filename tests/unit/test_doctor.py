"""The doctor names each wrong thing and how to mend it."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text, update

from bot import doctor
from bot.commands import opened_store
from bot.config import load
from bot.doctor import Finding, Stats, examine
from bot.manifest import SCOPES
from crm_store import crypto, import_marks
from crm_store.schema import Customer, CustomerStats, InboxRow, OutboxRow
from crm_store.store import Store
from tests.conftest import MODELS
from tests.wire.shop import SECRET, Shop
from tests.wire.slack import SlackServer
from tests.wire.telegram import TelegramServer

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        server.channel("archive")
        server.workspace.room("archive").is_archived = True
        server.channel("elsewhere", bot_in=False)
        server.channel("hidden", private=True, bot_in=False)
        yield server


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def environ(tmp_path: Path, slack: SlackServer, telegram: TelegramServer) -> dict[str, str]:
    """A desk with which nothing is wrong."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    return {
        "SHOPDESK_STORE_URL": f"sqlite:///{tmp_path}/desk.db",
        "SHOPDESK__WEB__PORT": str(port),
        "SHOPDESK__TELEGRAM__BASE_URL": telegram.base_url,
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "SHOPDESK__SLACK__API_URL": slack.api_url,
        "SHOPDESK__SLACK__CHANNELS__TICKETS": "#tickets",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        **MODELS,
    }


@pytest.fixture
def store(environ: dict[str, str]) -> Iterator[Store]:
    """The desk's store, made."""
    with opened_store(load(Path("/dev/null"), environ)) as store:
        yield store


def found(environ: dict[str, str], *, skew: float = 0, stats: Stats = "leave") -> list[Finding]:
    clock = lambda: datetime.now(UTC) + timedelta(seconds=skew)  # noqa: E731 - a clock that is wrong
    return list(examine(Path("/dev/null"), environ, clock, stats))


def complaints(environ: dict[str, str], *, skew: float = 0, stats: Stats = "leave") -> list[Finding]:
    return [each for each in found(environ, skew=skew, stats=stats) if each.level != "ok"]


def complaint(environ: dict[str, str], *, skew: float = 0, stats: Stats = "leave") -> Finding:
    """The one thing that is wrong."""
    (only,) = complaints(environ, skew=skew, stats=stats)
    assert only.mend
    return only


def test_a_desk_with_which_nothing_is_wrong(environ: dict[str, str], store: Store) -> None:
    told = [each.what for each in found(environ, stats="compare")]

    assert complaints(environ, stats="compare") == []
    assert "the bot is @shopdesk_bot" in told
    assert "the bot is in #tickets" in told
    assert "Socket Mode opens a connection" in told
    assert "the key fits" in told
    assert any(each.startswith("learnt from ") and "(de, en, es, fr, pt, zh)" in each for each in told)


def test_it_changes_nothing(environ: dict[str, str], tmp_path: Path, telegram: TelegramServer) -> None:
    telegram.calls.clear()

    assert complaints(environ) == []
    assert list(tmp_path.iterdir()) == []
    assert {call.method for call in telegram.calls} == {"getMe", "getWebhookInfo"}


def test_a_wrong_key_of_the_configuration(environ: dict[str, str]) -> None:
    environ["SHOPDESK__WEB__PROT"] = "1"

    assert "did you mean port?" in complaint(environ).what


def test_without_tokens_it_says_what_is_missing_and_is_content(environ: dict[str, str]) -> None:
    del environ["TELEGRAM_BOT_TOKEN"], environ["SLACK_BOT_TOKEN"]

    assert [each.level for each in complaints(environ)] == ["warn", "warn"]


# --- the store ------------------------------------------------------------------------------------------------------


def test_a_database_that_does_not_answer(environ: dict[str, str]) -> None:
    environ |= {"SHOPDESK_STORE_URL": "postgresql://u:hidden@127.0.0.1:1/d", "SHOPDESK_KEY": crypto.new_key()}

    wrong = complaint(environ)
    assert "cannot be used" in wrong.what
    assert "hidden" not in wrong.what
    assert "\n" not in wrong.what


def test_a_place_where_no_store_can_be_made(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environ["SHOPDESK_STORE_URL"] = f"sqlite:///{tmp_path}/file/desk.db"

    wrong = complaint(environ)
    assert wrong.level == "bad"
    assert wrong.what.endswith(f"cannot be made in {tmp_path}/file: it is not a folder")


def test_a_file_that_is_no_database(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_text("something else\n" * 1000)

    assert "desk.db is not an SQLite database" in complaint(environ).what


def test_another_stores_key(environ: dict[str, str], store: Store) -> None:
    environ["SHOPDESK_KEY"] = crypto.new_key()

    assert "does not open the store's keyring" in complaint(environ).what


def test_a_lost_key(environ: dict[str, str], store: Store, tmp_path: Path) -> None:
    (tmp_path / "desk.key").unlink()

    assert "bring its key back" in complaint(environ).what


def test_a_key_that_others_can_read(environ: dict[str, str], store: Store, tmp_path: Path) -> None:
    (tmp_path / "desk.key").chmod(0o644)

    assert complaint(environ).mend == f"chmod 600 {tmp_path}/desk.key"


def test_a_store_that_is_newer_than_the_program(environ: dict[str, str], store: Store) -> None:
    with store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert complaint(environ).what == "the store is newer than this program"


def test_a_full_disk(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "DISK_BAD", 10**18)

    assert "GB free in" in complaint(environ).what


def test_messages_that_failed(environ: dict[str, str], store: Store) -> None:
    with store.begin() as connection:
        failed = {"channel": "telegram", "source_id": "1", "lane": "l", "event_sealed": b"", "received_at": NOW}
        connection.execute(InboxRow.__table__.insert().values(**failed, state="failed"))
        call = {"channel": "slack", "lane": "l", "place": "C1", "op": "post", "message_sealed": b""}
        times = {"not_before": NOW, "created_at": NOW}
        for state in ("failed", "maybe"):
            connection.execute(OutboxRow.__table__.insert().values(**call, **times, state=state))

    assert [(each.what, each.mend) for each in complaints(environ)] == [
        ("1 message could not be worked", "shopdesk replay"),
        ("2 messages failed to leave, or may not have left", "shopdesk replay"),
    ]


def test_numbers_that_are_not_what_the_history_says(environ: dict[str, str], store: Store) -> None:
    with store.begin() as connection:
        connection.execute(Customer.__table__.insert().values(id=7, created_at=NOW))
        connection.execute(CustomerStats.__table__.insert().values(customer_id=7))
        connection.execute(update(CustomerStats).values(orders=3))

    assert complaints(environ) == []
    assert "the numbers of 1 customer differ" in complaint(environ, stats="compare").what
    assert complaints(environ, stats="recount") == []
    assert complaints(environ, stats="compare") == []


def test_an_import_that_did_not_end(environ: dict[str, str], store: Store) -> None:
    with store.begin() as connection:
        import_marks.begin(connection, NOW)
        connection.execute(text("DROP INDEX ix_orders_total_base"))
        connection.execute(Customer.__table__.insert().values(id=7, created_at=NOW))

    unfinished, slow = complaints(environ)
    assert unfinished.what.startswith("the import that began 2026-03-02 09:30Z did not end")
    assert "shopdesk import" in unfinished.mend
    assert slow.what == "the store is slow: 1 index missing (ix_orders_total_base)"
    assert complaints(environ, stats="recount") == [unfinished]
    with store.begin() as connection:
        import_marks.end(connection, NOW, "")
    assert complaints(environ, stats="compare") == []


# --- the web port ---------------------------------------------------------------------------------------------------


def test_a_port_that_something_else_uses(environ: dict[str, str], telegram: TelegramServer) -> None:
    environ["SHOPDESK__WEB__PORT"] = str(telegram.port)

    assert complaint(environ).what == f"127.0.0.1:{telegram.port} cannot be used: Address already in use"


@pytest.mark.parametrize("host", ["nohost.invalid", "a..b"])
def test_a_host_that_is_no_address(environ: dict[str, str], host: str) -> None:
    environ |= {"SHOPDESK__WEB__HOST": host, "SHOPDESK_WEB_PASSWORD": "x" * 20}

    assert f"{host}:" in complaint(environ).what


def test_a_port_that_shopdesk_uses_itself(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpx, "get", lambda *_, **__: httpx.Response(200))
    with closing(socket.create_server(("127.0.0.1", int(environ["SHOPDESK__WEB__PORT"])))):
        assert complaints(environ) == []


# --- Telegram -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "what"),
    [
        ("4242424242:wrong", "TELEGRAM_BOT_TOKEN is refused: Unauthorized"),
        ("shopdesk_bot", "TELEGRAM_BOT_TOKEN is not a bot's token"),
        ("xoxb-1", "TELEGRAM_BOT_TOKEN is not a bot's token: it is a Slack bot token"),
        ("123456789:AA/../x", "TELEGRAM_BOT_TOKEN is not a bot's token"),
    ],
)
def test_a_wrong_telegram_token(environ: dict[str, str], token: str, what: str) -> None:
    environ["TELEGRAM_BOT_TOKEN"] = token

    assert complaint(environ).what.startswith(what)


def test_telegram_out_of_reach(environ: dict[str, str]) -> None:
    environ["SHOPDESK__TELEGRAM__BASE_URL"] = "http://127.0.0.1:1/bot"

    wrong = complaint(environ)
    assert wrong.what.startswith("127.0.0.1:1 cannot be reached:")
    assert environ["TELEGRAM_BOT_TOKEN"] not in wrong.what


@pytest.fixture
def webhook(environ: dict[str, str], telegram: TelegramServer) -> Iterator[str]:
    """A desk in webhook mode, with its webhook set."""
    url = "http://127.0.0.1:1/telegram/webhook"
    environ |= {
        "SHOPDESK__TELEGRAM__MODE": "webhook",
        "SHOPDESK__WEB__PUBLIC_URL": "http://127.0.0.1:1",
        "TELEGRAM_WEBHOOK_SECRET": "0123456789abcdef0123456789abcdef",
    }
    set_webhook(telegram, url)
    yield url
    set_webhook(telegram, "")


def set_webhook(telegram: TelegramServer, url: str) -> None:
    arguments = {"url": url, "drop_pending_updates": "true"}
    httpx.post(f"{telegram.base_url}{telegram.token}/setWebhook", data=arguments).raise_for_status()


def test_a_webhook_as_it_should_be(environ: dict[str, str], webhook: str) -> None:
    assert complaints(environ) == []


def test_a_webhook_left_over_while_polling(environ: dict[str, str], webhook: str) -> None:
    environ["SHOPDESK__TELEGRAM__MODE"] = "polling"

    wrong = complaint(environ)
    assert (wrong.level, wrong.what) == ("bad", f"a webhook is set ({webhook}) while telegram.mode is polling")
    assert "bot$TELEGRAM_BOT_TOKEN/deleteWebhook" in wrong.mend


def test_the_way_to_remove_a_webhook_fits_where_the_token_is(
    environ: dict[str, str], webhook: str, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(environ.pop("TELEGRAM_BOT_TOKEN"))
    environ |= {"SHOPDESK__TELEGRAM__MODE": "polling", "TELEGRAM_BOT_TOKEN_FILE": str(tmp_path / "token")}

    assert "bot$(cat $TELEGRAM_BOT_TOKEN_FILE)/deleteWebhook" in complaint(environ).mend


def test_no_webhook_in_webhook_mode(environ: dict[str, str], webhook: str, telegram: TelegramServer) -> None:
    set_webhook(telegram, "")

    assert complaint(environ).what == "no webhook is set"


def test_another_programs_webhook(environ: dict[str, str], webhook: str, telegram: TelegramServer) -> None:
    set_webhook(telegram, "http://127.0.0.1:2/other")

    assert complaint(environ).what == f"the webhook is http://127.0.0.1:2/other, not {webhook}"


def test_a_webhook_whose_deliveries_fail(
    environ: dict[str, str], webhook: str, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "PENDING_WARN", 0)
    telegram.user(first_name="Ada").says("hello")
    telegram.until(lambda: bool(telegram.taken), 5, "a delivery")

    failed, waiting = complaints(environ)
    assert "last delivery failed" in failed.what
    assert waiting.what == "1 update waiting at Telegram"


def test_a_webhooks_secret_that_is_easy_to_guess(environ: dict[str, str], webhook: str) -> None:
    environ["TELEGRAM_WEBHOOK_SECRET"] = "aaaaaaaaaaaaaaaaaaaaaaaa"

    assert complaint(environ).what == "TELEGRAM_WEBHOOK_SECRET is easy to guess"


# --- Slack ----------------------------------------------------------------------------------------------------------


def test_a_refused_slack_token(environ: dict[str, str]) -> None:
    environ["SLACK_BOT_TOKEN"] = "xoxb-of-another-workspace"

    assert complaint(environ).what == "SLACK_BOT_TOKEN is refused: invalid_auth"


def test_slack_tokens_in_each_others_place(environ: dict[str, str], slack: SlackServer) -> None:
    environ |= {"SLACK_BOT_TOKEN": slack.app_token, "SLACK_APP_TOKEN": slack.bot_token}

    assert [each.what for each in complaints(environ)] == [
        "SLACK_BOT_TOKEN does not begin with xoxb-: it is a Slack app token",
        "SLACK_APP_TOKEN does not begin with xapp-: it is a Slack bot token",
    ]


def test_a_token_where_the_signing_secret_belongs(environ: dict[str, str]) -> None:
    environ |= {
        "SHOPDESK__SLACK__MODE": "http",
        "SLACK_SIGNING_SECRET": "xapp-1",
        "SHOPDESK__WEB__PUBLIC_URL": "https://desk.example.com",
    }

    assert complaint(environ).what == "SLACK_SIGNING_SECRET is not a signing secret: it is a Slack app token"


def test_http_mode_without_a_signing_secret(environ: dict[str, str]) -> None:
    environ["SHOPDESK__SLACK__MODE"] = "http"

    assert "needs SLACK_SIGNING_SECRET" in complaint(environ).what


def test_an_app_token_that_opens_no_connection(environ: dict[str, str]) -> None:
    environ["SLACK_APP_TOKEN"] = "xapp-expired"

    assert complaint(environ).what == "SLACK_APP_TOKEN opens no connection: invalid_auth"


def test_missing_scopes(environ: dict[str, str], slack: SlackServer) -> None:
    before = slack.scopes()
    slack.scopes(*(scope for scope in SCOPES if scope not in ("files:write", "users:read")))
    try:
        wrong = complaint(environ)
    finally:
        slack.scopes(*before)

    assert wrong.what == "the bot lacks the scopes files:write, users:read"
    assert "shopdesk slack-manifest" in wrong.mend


def test_a_user_group_that_has_a_role(environ: dict[str, str], slack: SlackServer) -> None:
    environ["SHOPDESK__SLACK__ROLES__MANAGERS"] = "S0LEADS12"
    slack.group("S0LEADS12", "maya", "bo")
    assert "2 people have their role by the user group S0LEADS12" in {one.what for one in found(environ)}

    slack.group("S0LEADS12")
    assert complaint(environ).what == "nobody is in the user group S0LEADS12"

    environ["SHOPDESK__SLACK__ROLES__MANAGERS"] = "S0GONE123"
    assert complaint(environ).what.endswith("so nobody has its role: no_such_subteam")


@pytest.mark.parametrize(
    ("channel", "what", "mend"),
    [
        ("#elsewhere", "the bot is not in #elsewhere", "invite it: write /invite @shopdesk in #elsewhere"),
        ("#hidden", "there is no channel #hidden that the bot can see", "create it, or invite the bot"),
        ("#nowhere", "there is no channel #nowhere that the bot can see", "create it, or invite the bot"),
        ("C0000000000", "there is no channel C0000000000 that the bot can see", "create it, or invite the bot"),
        ("#archive", "the channel #archive is archived", "bring it back"),
    ],
)
def test_a_channel_the_bot_cannot_post_to(environ: dict[str, str], channel: str, what: str, mend: str) -> None:
    environ["SHOPDESK__SLACK__CHANNELS__ALERTS"] = channel

    wrong = complaint(environ)
    assert wrong.what == what
    assert wrong.mend.startswith(mend)


def test_a_channel_by_its_id(environ: dict[str, str], slack: SlackServer) -> None:
    environ["SHOPDESK__SLACK__CHANNELS__TICKETS"] = slack.channel("tickets")

    assert complaints(environ) == []


@pytest.fixture
def shop(environ: dict[str, str]) -> Iterator[Shop]:
    """The shop's back office, connected."""
    with Shop() as server:
        environ["SHOPDESK__BACKOFFICE__URL"] = f"{server.url}/errands"
        environ["SHOPDESK_BACKOFFICE_SECRET"] = SECRET
        yield server


def test_a_back_office_as_it_should_be(environ: dict[str, str], shop: Shop) -> None:
    assert any(each.what.endswith("takes our signature") for each in found(environ))
    assert complaints(environ) == []


def test_a_back_office_that_has_another_secret(environ: dict[str, str], shop: Shop) -> None:
    environ["SHOPDESK_BACKOFFICE_SECRET"] = "another secret of theirs".replace(" ", "-")
    assert "does not take our signature" in complaint(environ).what


def test_a_back_office_that_looks_nothing_up(environ: dict[str, str], shop: Shop) -> None:
    shop.looks_up = False
    assert "answers 404 to a key nobody used" in complaint(environ).what


def test_a_back_office_out_of_reach(environ: dict[str, str], shop: Shop) -> None:
    environ["SHOPDESK__BACKOFFICE__URL"] = "http://127.0.0.1:1/errands"
    assert complaint(environ).what.startswith("127.0.0.1:1 cannot be reached:")


def test_slack_out_of_reach(environ: dict[str, str]) -> None:
    environ["SHOPDESK__SLACK__API_URL"] = "http://127.0.0.1:1/api/"

    assert complaint(environ).what.startswith("127.0.0.1:1 cannot be reached:")


def test_something_that_is_not_slack(environ: dict[str, str], telegram: TelegramServer) -> None:
    environ["SHOPDESK__SLACK__API_URL"] = f"{telegram.url}/api/"

    assert complaint(environ).level == "bad"


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TELEGRAM_BOT_TOKEN"])
@pytest.mark.parametrize("token", ["xoxb-SECRET1\nxoxb-SECRET2", "xoxb-SECRET SECRET", "xoxb-SECRETÜ", "SECRET\0"])
def test_a_token_that_was_not_copied_alone_is_named_and_not_shown(
    environ: dict[str, str], name: str, token: str
) -> None:
    environ[name] = token

    wrong = complaint(environ)
    assert wrong.what.startswith(f"{name} holds a space, a line break")
    assert "SECRET" not in wrong.what.removeprefix(name)


# --- the clock ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("skew", "level", "what"),
    [
        (90, "warn", "90 s ahead of"),
        (-90, "warn", "90 s behind"),
        (400, "bad", "400 s ahead of"),
    ],
)
def test_a_clock_that_is_wrong(environ: dict[str, str], skew: float, level: str, what: str) -> None:
    wrong = complaints(environ, skew=skew)

    assert {each.level for each in wrong} == {level}
    assert [each.area for each in wrong] == ["telegram", "slack"]
    seconds = abs(skew)
    for each in wrong:
        said = float(each.what.split(" is ")[1].split(" s ")[0])
        assert abs(said - seconds) <= 3
        assert what.split(" s ")[1] in each.what


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_says_what_to_mend_and_exits_with_1(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from bot.__main__ import main

    monkeypatch.chdir(tmp_path)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert main(["doctor"]) == 0
    assert "all is well" in capsys.readouterr().out

    monkeypatch.setenv("SHOPDESK__SLACK__CHANNELS__TICKETS", "#elsewhere")
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "bad   slack          the bot is not in #elsewhere\n" in told
    assert "-> invite it" in told

    assert main(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert any({"level": "bad", "area": "slack"}.items() <= one.items() for one in report["findings"])
