"""Every command answers with a sentence and a status, never with a traceback."""

import json
import os
import socket
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import text

import bot
from bot.__main__ import main
from bot.commands import COMMANDS, WrongCall, opened_store
from bot.commands.demo import rehearsal
from bot.config import Config, Secrets, load
from crm_store import crypto, inbox, outbox
from crm_store.alone import alone
from crm_store.store import connect
from nlp.meaning import ASK_A_PERSON, Entities, Reading
from tests.conftest import MODELS

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands run in an empty folder, without the settings of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("SHOPDESK", "SLACK_", "TELEGRAM_")) and name not in MODELS:
            monkeypatch.delenv(name)
    return tmp_path


class RecordedApp(ModuleType):
    """Stands in for `bot.app`, which starts servers: it notes what it is asked to do."""

    def __init__(self) -> None:
        super().__init__("bot.app")
        self.asked: list[tuple[Any, ...]] = []
        self.raises: BaseException | None = None

    def run(self, config: Config, demo: bool = False) -> int:
        if self.raises is not None:
            raise self.raises
        self.asked.append(("run", config, demo))
        return 0

    def open_app(self, config: Config, **more: Any) -> Any:
        raise AssertionError

    def reader(self, config: Config) -> Any:
        return self

    def read_all(self, texts: list[str]) -> list[Reading]:
        none = Entities()
        return [Reading(text, "en", "other", 0.1, 0.0, "normal", (), none, ASK_A_PERSON) for text in texts]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> RecordedApp:
    recorded = RecordedApp()
    monkeypatch.setitem(sys.modules, "bot.app", recorded)
    monkeypatch.setattr(bot, "app", recorded, raising=False)
    return recorded


@pytest.fixture
def desk(tmp_path: Path) -> Config:
    """A desk whose store is made, beside its key."""
    (tmp_path / "config.yaml").write_text(f"store: {{url: 'sqlite:///{tmp_path}/desk.db'}}")
    config = load(tmp_path / "config.yaml", {})
    with opened_store(config):
        return config


def shopdesk(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The real program, in a process of its own."""
    path = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, env={**path, **MODELS, **environ}, capture_output=True, text=True, check=False, timeout=60
    )


# --- in a process of its own ----------------------------------------------------------------------------------------


def test_help_answers_without_loading_what_commands_work_with() -> None:
    watch = "import sys; from bot.__main__ import main; main(['--help']); print(sorted(sys.modules))"

    done = subprocess.run([sys.executable, "-c", watch], cwd=ROOT, capture_output=True, text=True, check=True)

    for heavy in ("sqlalchemy", "nicegui", "telegram", "slack_sdk", "matplotlib", "polars", "httpx"):
        assert f"'{heavy}'" not in done.stdout


def test_a_mistake_is_one_line_and_the_status_is_2() -> None:
    done = shopdesk("slack-manifest", SHOPDESK__WEB__PORT="http")

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("shopdesk: SHOPDESK__WEB__PORT: web.port is 'http', allowed is a port")
    assert done.stderr.count("\n") == 1


def test_a_reader_who_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    command = f"{sys.executable} -m bot slack-manifest --json | true"

    done = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("0\n", "")


# --- the parser -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_examples_and_takes_a_configuration(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])

    shown = capsys.readouterr().out
    assert stopped.value.code == 0
    assert f"examples:\n  shopdesk {name}" in shown
    assert "--config FILE" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"| `shopdesk {name}" in (ROOT / "README.md").read_text()


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "shopdesk demo" in capsys.readouterr().out


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("shopdesk 0.")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["demmo"], "did you mean demo?"),
        (["digest"], "the following arguments are required: NAME; see 'shopdesk digest --help'"),
        (["run", "--role", "x"], "invalid choice: 'x'"),
        (["digest", "waiting", "--print"], "unrecognized arguments: --print; see 'shopdesk digest --help'"),
        (["--verbose"], "unrecognized arguments: --verbose; see 'shopdesk --help'"),
    ],
)
def test_a_wrong_call_is_one_line(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    told = capsys.readouterr().err
    assert stopped.value.code == 2
    assert told.count("\n") == 1
    assert sentence in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--config", "nowhere.yaml"], "--config names 'nowhere.yaml', which does not exist"),
        (["replay", "--discard"], "--discard needs the ID"),
        (["replay", "in:1", "--json"], "--json is for the list"),
        (["doctor", "--config", "nowhere.yaml"], "--config names 'nowhere.yaml', which does not exist"),
        (["digest", "waiting", "--as-of", "soon"], "--as-of is 'soon', allowed is a time such as"),
        (["digest", "waiting", "--as-of", "0001-01-01"], "--as-of is '0001-01-01', allowed is a time from 1970 to"),
        (["digest", "waiting", "--as-of", "2101-01-01"], "--as-of is '2101-01-01', allowed is a time from 1970 to"),
        (["digest", "waiting", "--dry-run"], "there is no store at data/shopdesk.db: name it with store.url, or make"),
        (["replay"], "there is no store at data/shopdesk.db: name it with store.url, or make"),
        (["classify", "a", "--file", "b"], "TEXT and --file are both given"),
        (["classify", "--file", "nowhere"], "--file names 'nowhere', which cannot be read"),
    ],
)
def test_what_cannot_be_done_as_called(
    app: RecordedApp, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2

    told = capsys.readouterr().err
    assert told.startswith(f"shopdesk: {sentence}")
    assert told.count("\n") == 1


@pytest.fixture
def small_shop(tmp_path: Path) -> Path:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "customers.csv").write_text("customer_id,country\nC1,DE\n,DE\n")
    (shop / "orders.csv").write_text("order_id,placed_at,status,currency,total\n")
    return shop


@pytest.mark.parametrize(
    ("rejected", "why"),
    [
        ("shop/customers.csv", "another file of that name is there"),
        ("shop", "it is a folder"),
        ("shop/customers.csv/rejected.csv", "File exists: shop/customers.csv"),
        ("/dev/null", "it is not a plain file"),
    ],
)
def test_an_import_begins_only_where_rejected_rows_can_go(
    desk: Config, small_shop: Path, rejected: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (small_shop / "customers.csv").read_bytes()

    assert main(["import", "shop", "--rejected", rejected]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"shopdesk: rejected rows cannot be written to {rejected}: {why}")
    assert told.endswith("choose another file with --rejected\n")
    assert told.count("\n") == 1
    assert (small_shop / "customers.csv").read_bytes() == before
    with opened_store(desk) as store, store.read() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM customers")) == 0


def test_rejected_rows_are_for_their_owner_alone(desk: Config, small_shop: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert main(["import", "shop", "--json"]) == 0
        assert (tmp_path / "rejected.csv").stat().st_mode & 0o777 == 0o600
        assert len((tmp_path / "rejected.csv").read_text().splitlines()) == 2

    (small_shop / "customers.csv").write_text("customer_id,country\nC1,DE\n")
    assert main(["import", "shop", "--json"]) == 0
    assert not (tmp_path / "rejected.csv").exists()


# --- what commands do -----------------------------------------------------------------------------------------------


def test_run_starts_the_bot(app: RecordedApp) -> None:
    assert main(["run"]) == 0
    assert [(name, demo) for name, _, demo in app.asked] == [("run", False)]


def test_run_does_not_start_where_others_reach_it_without_a_password(
    app: RecordedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPDESK__WEB__HOST", "0.0.0.0")

    assert main(["run"]) == 2
    assert app.asked == []


def test_a_failure_is_one_sentence_and_the_status_is_1(app: RecordedApp, capsys: pytest.CaptureFixture[str]) -> None:
    app.raises = RuntimeError("the disk\nis full")

    assert main(["run"]) == 1
    assert capsys.readouterr().err == "shopdesk: RuntimeError: the disk is full (SHOPDESK_DEBUG=1 shows where)\n"


def test_the_traceback_is_there_for_those_who_ask(app: RecordedApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app.raises = RuntimeError("the disk is full")
    monkeypatch.setenv("SHOPDESK_DEBUG", "1")

    with pytest.raises(RuntimeError):
        main(["run"])


def test_an_interrupt_is_quiet(app: RecordedApp, capsys: pytest.CaptureFixture[str]) -> None:
    app.raises = KeyboardInterrupt()

    assert main(["run"]) == 130
    assert capsys.readouterr().err == ""


def test_a_digest_is_printed_and_not_posted(desk: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["digest", "waiting", "--as-of", "2026-06-30T12:00:00Z", "--dry-run"]) == 0

    assert "wait" in capsys.readouterr().out.lower()
    with opened_store(desk) as store, store.read() as connection:
        assert outbox.count_open(connection) == 0


def test_a_picture_that_cannot_be_written_is_named_before_anything_is_posted(
    desk: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    assert main(["digest", "waiting", "--save", "file"]) == 2

    with opened_store(desk) as store, store.read() as connection:
        assert outbox.count_open(connection) == 0
    assert capsys.readouterr().err.startswith("shopdesk: --save names 'file', where no picture can be written")


def test_a_digest_needs_what_run_needs(
    desk: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")

    assert main(["digest", "waiting"]) == 2
    assert "needs SLACK_APP_TOKEN" in capsys.readouterr().err
    assert main(["digest", "waiting", "--dry-run"]) == 0


def test_a_digest_that_is_not_there_is_named(desk: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["digest", "wating"]) == 2
    assert "there are: churn, reviews, rfm, sales, service, waiting" in capsys.readouterr().err


def test_what_failed_is_listed_and_tried_again_or_given_up(desk: Config, capsys: pytest.CaptureFixture[str]) -> None:
    with opened_store(desk) as store, store.begin() as connection:
        for number in (1, 2):
            inbox.keep(connection, store.cipher, [inbox.NewRow("telegram", str(number), "l", b"{}", None)], NOW)
        inbox.fail(connection, store.cipher, [1, 2], "Traceback\nValueError: too odd", NOW)

    assert main(["replay"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in listed] == ["ID", "in:1", "in:2"]
    assert listed[1].endswith("telegram\tValueError: too odd")
    assert main(["replay", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["failed"][0] == {
        "id": "in:1", "at": "2026-03-02T09:30:00Z", "what": "telegram", "reason": "ValueError: too odd",
    }  # fmt: skip

    assert main(["replay", "in:1"]) == 0
    assert main(["replay", "in:2", "--discard"]) == 0
    capsys.readouterr()
    assert main(["replay"]) == 0
    assert capsys.readouterr().out == "nothing failed\n"
    assert main(["replay", "in:2"]) == 1
    assert main(["replay", "17"]) == 2


def test_classify_prints_one_object_a_text(
    app: RecordedApp, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "texts").write_text("first\nzweiter: größer\n\u2028third\n")

    assert main(["classify", "--json", "--file", str(tmp_path / "texts")]) == 0

    lines = [json.loads(line) for line in capsys.readouterr().out.split("\n") if line]
    assert [line["text"] for line in lines] == ["first", "zweiter: größer", "\u2028third"]
    assert list(lines[0]) == (
        ["text", "language", "intent", "confidence", "sentiment", "urgency", "aspects", "entities", "route"]
    )


def test_broken_bytes_are_read_as_far_as_they_go() -> None:
    command = [sys.executable, "-m", "bot", "classify", "--json"]
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LC_ALL": "C", **MODELS}

    piped = subprocess.run(command, env=environ, input=b"caf\xe9\nzweiter\n", capture_output=True, check=False)
    named = subprocess.run([*command, b"caf\xe9"], env=environ, capture_output=True, check=False)

    assert [json.loads(line)["text"] for line in piped.stdout.splitlines()] == ["caf\ufffd", "zweiter"]
    assert json.loads(named.stdout)["text"] == "caf\ufffd"


def test_json_loses_nothing_where_the_output_lacks_characters() -> None:
    done = shopdesk("classify", "--json", "größer 大", PYTHONIOENCODING="latin-1")

    assert json.loads(done.stdout)["text"] == "größer 大"


def test_classify_speaks_to_people(app: RecordedApp, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "where is it?"]) == 0
    assert "intent     other (10%) -> ask a person" in capsys.readouterr().out


def test_slack_manifest_comes_as_yaml_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["slack-manifest"]) == 0
    assert capsys.readouterr().out.startswith("_metadata:\n")
    assert main(["slack-manifest", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["display_information"]["name"] == "Shopdesk"


def test_a_store_is_made_on_the_way(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text(f"store: {{url: 'sqlite:///{tmp_path}/desk.db'}}")

    with opened_store(load(tmp_path / "desk.yaml", {})) as store:
        assert store.dialect == "sqlite"
    assert (tmp_path / "desk.key").exists()


# --- the demo -------------------------------------------------------------------------------------------------------


def test_a_demo_uses_no_account_and_a_store_of_its_own() -> None:
    real = Config(secrets=Secrets(telegram_bot_token="1:a", slack_bot_token="xoxb", key="k", web_password="p"))

    demo = rehearsal(real, None)

    assert demo.store.url == "sqlite:///data/demo.db"
    assert demo.secrets == Secrets(web_password="p")


@pytest.fixture
def last_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a demo ran; the port is free."""
    (tmp_path / "data").mkdir()
    for name in ("demo.db", "demo.db-wal", "demo.key", "shopdesk.db"):
        (tmp_path / "data" / name).touch()
    monkeypatch.setenv("SHOPDESK__WEB__PORT", "0")
    return tmp_path / "data"


def test_a_demo_begins_anew(app: RecordedApp, last_demo: Path) -> None:
    assert main(["demo"]) == 0

    # the lock is a file of its own: it outlives what it guards
    assert sorted(path.name for path in last_demo.iterdir()) == ["demo.lock", "shopdesk.db"]
    assert [(name, demo) for name, _, demo in app.asked] == [("run", True)]


def test_a_second_demo_leaves_the_first_ones_store_alone(
    app: RecordedApp, last_demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with alone(connect("sqlite:///data/demo.db")):
        assert main(["demo"]) == 1
    assert "stop it first" in capsys.readouterr().err
    assert (last_demo / "demo.db").exists()


def test_a_demo_that_cannot_start_leaves_the_last_one(
    app: RecordedApp, last_demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        monkeypatch.setenv("SHOPDESK__WEB__PORT", str(taken.getsockname()[1]))
        assert main(["demo"]) == 1
    assert "is in use" in capsys.readouterr().err
    assert (last_demo / "demo.db").exists()
    assert app.asked == []


def test_a_demo_never_fills_a_store_that_exists(tmp_path: Path) -> None:
    (tmp_path / "real.db").touch()

    with pytest.raises(WrongCall, match="which exists"):
        rehearsal(Config(), f"sqlite:///{tmp_path}/real.db")
    with pytest.raises(WrongCall, match="names a server"):
        rehearsal(Config(), "postgresql://h/d")
    assert rehearsal(Config(), "sqlite:///new.db").store.url == "sqlite:///new.db"


# --- the key --------------------------------------------------------------------------------------------------------


def opens(config: Config) -> bool:
    try:
        with opened_store(config):
            return True
    except crypto.WrongKey:
        return False


def test_rotating_puts_a_new_key_beside_the_store(desk: Config, tmp_path: Path) -> None:
    before = (tmp_path / "desk.key").read_text()

    assert main(["rotate-key"]) == 0

    assert (tmp_path / "desk.key").read_text() != before
    assert (tmp_path / "desk.key").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "desk.key.new").exists()
    assert opens(desk)


def test_rotating_encrypts_values_anew_when_asked(desk: Config, capsys: pytest.CaptureFixture[str]) -> None:
    with opened_store(desk) as store:
        before = store.cipher.newest

    assert main(["rotate-key", "--values"]) == 0

    assert "every value is encrypted anew" in capsys.readouterr().out
    with opened_store(desk) as store:
        assert store.cipher.newest > before


def test_a_rotation_broken_off_after_the_store_changed_is_finished(desk: Config, tmp_path: Path) -> None:
    main(["rotate-key", "--to", str(tmp_path / "desk.key.new")])
    assert not opens(desk)

    assert main(["rotate-key"]) == 0
    assert opens(desk)


@pytest.mark.parametrize("place", ["nowhere/new.key", "file/new.key", "."])
def test_a_place_where_no_key_can_be_kept_is_named(
    desk: Config, tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    assert main(["rotate-key", "--to", place]) == 2
    assert capsys.readouterr().err.startswith(f"shopdesk: the new key cannot be kept in {place}: ")
    assert opens(desk)


def test_without_a_store_there_is_no_key_to_rotate(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rotate-key"]) == 2
    assert capsys.readouterr().err.startswith("shopdesk: there is no store at data/shopdesk.db")


@pytest.mark.parametrize("key", [None, crypto.new_key()], ids=["a key file", "a key of the environment"])
def test_a_place_where_no_store_can_be_made_is_named(
    app: RecordedApp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    key: str | None,
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SHOPDESK_STORE_URL", f"sqlite:///{tmp_path}/file/desk.db")
    if key is not None:
        monkeypatch.setenv("SHOPDESK_KEY", key)

    assert main(["import", "shop"]) == 2
    assert capsys.readouterr().err.startswith(f"shopdesk: store.url is 'sqlite:///{tmp_path}/file/desk.db', but ")


def test_a_foreign_key_is_not_taken_for_a_rotation_broken_off(desk: Config, tmp_path: Path) -> None:
    (tmp_path / "desk.key.new").write_text(crypto.new_key())

    assert main(["rotate-key"]) == 2
    assert opens(desk)


def test_a_key_from_the_environment_needs_a_place_for_the_new_one(
    desk: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOPDESK_KEY", (tmp_path / "desk.key").read_text())

    assert main(["rotate-key"]) == 2
    assert capsys.readouterr().err.startswith("shopdesk: --to is missing")
    assert main(["rotate-key", "--to", "new.key"]) == 0
    assert "SHOPDESK_KEY_FILE=new.key" in capsys.readouterr().out
    monkeypatch.delenv("SHOPDESK_KEY")
    monkeypatch.setenv("SHOPDESK_KEY_FILE", "new.key")
    assert opens(load(tmp_path / "config.yaml"))
