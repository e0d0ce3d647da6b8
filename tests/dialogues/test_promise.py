"""Customers are told when to expect an answer, no more than is known, and told again when it does not come."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import Config, Days, DeskConfig, Hours, Interval, Shop
from crm_store import targets
from crm_store.calendar import Calendar
from crm_store.targets import Replied
from handlers.customer.promise import Expected, estimate, told
from handlers.events import Slot
from handlers.texts import LANGUAGES, text
from tests.dialogues.rehearsal import Rehearsal

BERLIN = ZoneInfo("Europe/Berlin")
#: a Monday, 9 o'clock
NINE = datetime(2026, 3, 2, 9, tzinfo=BERLIN)
HOUR = timedelta(hours=1)
WEEK = {Days.parse("mon-fri"): (Interval.parse("09:00-12:00"), Interval.parse("13:00-18:00"))}
OFFICE = Calendar(BERLIN, (((540, 720), (780, 1080)),) * 5 + ((),) * 2)

Open = Callable[[datetime], Rehearsal]


@pytest.fixture
def office(tmp_path: Path) -> Rehearsal:
    config = Config(shop=Shop(timezone=BERLIN), desk=DeskConfig(hours=Hours(week=WEEK)))
    return Rehearsal(tmp_path, config, NINE)


def answer_all(desk: Rehearsal, count: int = 5) -> None:
    """Customers of before, each answered after an hour."""
    maya = desk.staff("Maya")
    for number in range(count):
        who = f"before {number}"
        desk.customer(who).says("does the tent come in green?")
        desk.passes(hours=1)
        maya.writes("> Yes", number=number + 1)
        desk.passes(seconds=11)
        maya.presses("Resolve", number=number + 1)


def minute(desk: Rehearsal, job: str) -> None:
    desk.run(desk.app.take_slot(Slot(job, desk.time)))


def test_a_desk_that_knows_nothing_of_itself_promises_nothing(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("does the tent come in green?")
    assert ada.screen == [text("ticket.opened", "en", ticket=1)]


@pytest.mark.parametrize(
    ("hour", "language", "sentence"),
    [
        (10, "en", "Our team is here until 18:00."),
        (12.5, "en", "Our team is here again today from 13:00."),
        (20, "en", "Our team is here again tomorrow from 09:00."),
        (20, "es", "Nuestro equipo estará de nuevo aquí mañana a partir de las 9:00."),
    ],
)
def test_without_answers_to_go_by_it_tells_its_hours_and_no_more(
    office: Rehearsal, hour: float, language: str, sentence: str
) -> None:
    with office as desk:
        desk.time = NINE + (hour - 9) * HOUR
        ada = desk.customer("Ada", language=language)
        ada.says("does the tent come in green?" if language == "en" else "Quiero que me devuelvan el dinero")
        assert ada.screen[0].endswith(sentence)
        desk.passes(days=3)
        minute(desk, "promises")
        assert len(ada.screen) == 1


@pytest.mark.parametrize(
    ("language", "words", "by", "again"),
    [
        ("en", "I want my money back", "You can expect an answer by about 10:30 tomorrow.", "taking longer"),
        ("es", "Quiero que me devuelvan el dinero", "una respuesta mañana antes de las 10:30", "tardando más"),
    ],
)
def test_what_the_desk_did_lately_is_told_and_told_again_when_it_slips(
    office: Rehearsal, language: str, words: str, by: str, again: str
) -> None:
    with office as desk:
        answer_all(desk)  # until 15:00 on Monday, each within an open hour
        desk.time = NINE + 8.5 * HOUR
        desk.customer("Bea").says("does the tent come in green?")  # half an hour before six, and ahead of Ada
        ada = desk.customer("Ada", language=language)
        ada.says(words)
        ada.sees(by)
        assert len(ada.screen) == 1

        desk.time = NINE + 25.5 * HOUR - timedelta(seconds=1)
        minute(desk, "promises")
        assert len(ada.screen) == 1
        desk.passes(seconds=1)
        minute(desk, "promises")
        minute(desk, "promises")
        assert len(ada.screen) == 2
        ada.sees(again)
        desk.staff("Maya").sees("The bot answered:", number=7)


def test_an_answer_keeps_the_promise(office: Rehearsal) -> None:
    with office as desk:
        answer_all(desk)
        ada = desk.customer("Ada")
        ada.says("I want my money back")
        ada.sees("by about")
        desk.staff("Maya").writes("> Here it is", number=6)
        desk.passes(seconds=11)
        desk.passes(days=2)
        minute(desk, "promises")
        ada.does_not_see("longer")
        assert len(ada.screen) == 2


def test_a_reply_that_is_about_to_leave_is_waited_for(office: Rehearsal) -> None:
    with office as desk:
        answer_all(desk)
        ada = desk.customer("Ada")
        ada.says("I want my money back")
        with desk.store.read() as connection:
            (promise,) = targets.clocks_of(connection, 6)
        assert promise.due_at is not None
        desk.time = promise.due_at - timedelta(seconds=1)
        desk.staff("Maya").writes("> Here it is", number=6)
        desk.time += timedelta(seconds=2)
        desk.run(desk.app.take_slot(Slot("promises", desk.time)))
        ada.does_not_see("longer")


def test_after_three_promises_nothing_more_is_promised(office: Rehearsal) -> None:
    with office as desk:
        answer_all(desk)
        ada = desk.customer("Ada")
        ada.says("I want my money back")
        for _ in range(10):
            desk.passes(days=1)
            minute(desk, "promises")
        assert len(ada.screen) == 4
        assert sum("by about" in told for told in ada.screen) == 3
        assert ada.screen[-1] == text("promise.slipped", "en")


def test_whoever_opens_a_ticket_again_is_told_too(office: Rehearsal) -> None:
    with office as desk:
        ada, maya = desk.customer("Ada"), desk.staff("Maya")
        ada.says("I want my money back")
        maya.presses("Resolve")
        desk.passes(hours=12)
        ada.says("it has not come")
        assert ada.screen[-1].endswith("Our team is here again tomorrow from 09:00.")


def test_a_shop_can_keep_it_to_itself(tmp_path: Path) -> None:
    config = Config(desk=DeskConfig(hours=Hours(week=WEEK), tell_waiting_time=False))
    with Rehearsal(tmp_path, config, NINE) as desk:
        ada = desk.customer("Ada")
        ada.says("I want my money back")
        assert ada.screen == [text("ticket.opened", "en", ticket=1)]


# --- the estimate -------------------------------------------------------------------------------------------------


def replied(after: timedelta, at: datetime = NINE, priority: str = "normal", by: int = 1) -> Replied:
    return Replied(priority, at, at + after, by)


def days(*lengths: timedelta, priority: str = "normal") -> list[Replied]:
    """One ticket a day."""
    return [replied(one, NINE + timedelta(days=number), priority) for number, one in enumerate(lengths)]


def test_four_of_five_were_answered_as_soon_as_is_told() -> None:
    lately = days(HOUR, HOUR, 2 * HOUR, 3 * HOUR, 8 * HOUR)
    always = Calendar(BERLIN)
    assert estimate(lately, "normal", 0, 0, always) == 3 * HOUR
    assert estimate(lately, "urgent", 0, 0, always) == 3 * HOUR
    assert estimate(lately[:4], "normal", 0, 0, always) is None
    assert estimate(lately, "normal", 2, 0, always) == 9 * HOUR


def test_only_open_hours_count() -> None:
    lately = [replied(24 * HOUR, NINE) for _ in range(5)]
    assert estimate(lately, "normal", 0, 0, OFFICE) == 8 * HOUR


def test_tickets_of_the_same_priority_say_more() -> None:
    urgent = [replied(HOUR / 2, one.opened_at - timedelta(minutes=1), "urgent") for one in days(*[HOUR] * 5)]
    lately = [*urgent, *days(*[6 * HOUR] * 5)]
    assert estimate(lately, "urgent", 0, 0, Calendar(BERLIN)) == HOUR / 2
    assert estimate(lately, "normal", 0, 0, Calendar(BERLIN)) == 3 * HOUR, "an urgent one was always ahead"


def test_fewer_people_take_longer() -> None:
    lately = [replied(HOUR, NINE + timedelta(days=n), by=n % 3) for n in range(6)]
    always = Calendar(BERLIN)
    assert [estimate(lately, "normal", 0, people, always) for people in (1, 3, 6, 100)] == [
        3 * HOUR, HOUR, HOUR / 2, HOUR / 2,
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_every_time(language: str) -> None:
    cases = [(NINE + HOUR, HOUR), (NINE + 8 * HOUR, 2 * HOUR), (NINE + 104 * HOUR, 2 * HOUR)]
    cases += [(NINE + 4 * HOUR - timedelta(minutes=30), None), (NINE + HOUR, None), (NINE + 10 * HOUR, None)]
    cases += [(NINE + 106 * HOUR, None)]
    said = [told(Expected(within, OFFICE), now, language)[0] for now, within in cases]
    assert len(set(said)) == 7
    assert all(said)
    if language != "en":
        english = [told(Expected(within, OFFICE), now, "en")[0] for now, within in cases]
        assert not set(said) & set(english)


def test_a_day_is_named_in_full() -> None:
    friday = NINE + 104 * HOUR
    days = [told(Expected(2 * HOUR, OFFICE), friday, language)[0] for language in ("en", "de", "es", "zh")]
    assert [day for day in days if "9" in day] == days
    assert ["Monday 9 March" in days[0], "Montag, 9. März" in days[1], "lunes 9 de marzo" in days[2]] == [True] * 3
    assert "3月9日星期一" in days[3]


def test_a_time_is_rounded_up_to_a_quarter_of_an_hour() -> None:
    now = datetime(2026, 3, 2, 9, 1, tzinfo=UTC)
    _, by = told(Expected(timedelta(minutes=20), Calendar(BERLIN)), now, "en")
    assert by == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    _, by = told(Expected(timedelta(minutes=14), Calendar(BERLIN)), now, "en")
    assert by == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def test_what_is_weeks_away_is_not_promised() -> None:
    assert told(Expected(timedelta(days=11), Calendar(BERLIN)), NINE, "en") == ("", None)
