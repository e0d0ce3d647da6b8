"""Staff have a question answered again and again, at a time and in a channel of their choice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy import text as sql

from bot.config import Config, Jobs, Shop, Slack
from crm_store import answering
from crm_store.schema import AuditEntry, Order, OrderItem, Product
from handlers.events import Slot
from handlers.message import Message
from handlers.staff import ask as staff_ask
from tests.dialogues.rehearsal import Rehearsal
from tests.dialogues.test_ask import PEOPLE, ROLES, ask, buyer, facts, mention, presses, says

#: the rehearsal begins on Monday, 2 March 2026, at 9:30
NINE = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    config = Config(shop=Shop(country="DE"), slack=Slack(roles=ROLES), jobs=Jobs(questions=2))  # type: ignore[arg-type]
    with Rehearsal(tmp_path, config) as rehearsal:
        for number, (name, country, city, amounts) in enumerate(PEOPLE, 1):
            buyer(rehearsal, f"C-{number}", name, country, city, amounts)
        yield rehearsal


def plans(desk: Rehearsal, name: str, told: Message, label: str = "Schedule", **answers: str) -> str:
    """What somebody is told who sends in the form that a button of an answer opens."""
    who = desk.staff(name)
    button = next(one for one in told.buttons if one.label == label)
    form = desk.run(desk.app.form_of(button.action, button.ref, who.colleague))
    if form is None:
        return "no form"
    values = {field.name: field.initial for field in form.fields} | answers
    desk.run(desk.app.console.staff_submit(who.colleague, "", form.name, form.ref, values, "commands"))
    return who.was_whispered()[-1]


def strikes(desk: Rehearsal, at: datetime, number: int = 1, posted_at: datetime | None = None) -> list[Message]:
    """What stands among the digests once a schedule's time has come."""
    desk.time = posted_at or at
    desk.run(desk.app.take_slot(Slot(f"question:{number}", at)))
    return [post.message for post in desk.posts("digests")]


def audited(desk: Rehearsal, action: str) -> list[str]:
    with desk.store.read() as connection:
        return list(connection.scalars(select(AuditEntry.actor).where(AuditEntry.action == action)))


def test_an_answer_is_posted_at_its_time_with_its_change_to_the_last_one(desk: Rehearsal) -> None:
    said = plans(desk, "Maya", ask(desk, "Maya", "revenue in the last 30 days"), days="mon", time="9:00")
    assert said.startswith("“revenue in the last 30 days” is answered in digests: Mondays, 09:00.")
    (first,) = strikes(desk, NINE)
    assert facts(first) == {"Revenue": "€720.00"}
    assert first.text == "revenue, 7 February 2026 09:00 to now"
    assert "Mondays, 09:00; planned by Maya." in first.context
    strikes(desk, NINE)
    assert len(desk.posts("digests")) == 1
    buyer(desk, "C-9", "Eve", "DE", "Bonn", (18_000,))
    second = strikes(desk, NINE + timedelta(days=7))[-1]
    assert facts(second) == {"Revenue": "€900.00 (+€180.00, +25 % since 9 Mar 2026)"}
    assert audited(desk, "schedule question") == ["Maya"]


def test_nobody_is_named_where_others_read_along_and_the_buttons_work(desk: Rehearsal) -> None:
    plans(desk, "Maya", ask(desk, "Maya", "customers in Germany"))
    (posted,) = strikes(desk, NINE)
    assert posted.table is not None
    assert "Name" not in posted.table.columns
    assert [row[0] for row in posted.table.rows] == ["C-1", "C-2"]
    assert "Ada" not in str(posted)
    assert presses(desk, "Maya", posted, "Definition", "digests").title == "What this counts"
    assert presses(desk, "Maya", posted, "Show all (CSV file)", "digests").files


def test_its_thread_goes_on_from_the_question_that_was_answered(desk: Rehearsal) -> None:
    plans(desk, "Maya", ask(desk, "Maya", "revenue in the last 30 days"))
    strikes(desk, NINE)
    (post,) = desk.posts("digests")
    # nobody asked it there: talk among colleagues stays theirs
    for talk in ("wow, I did not expect wombats", "thanks"):
        assert says(desk, "Bob", talk, post.id, place="digests") == []
    assert desk.staff("Bob").was_whispered() == []
    desk.passes(hours=20)
    told = says(desk, "Bob", "by country", post.id, place="digests")
    assert [one.text for one in told] == ["revenue by country, 7 February 2026 09:00 to 9 March 2026 09:00"]
    desk.passes(hours=20)
    told = says(desk, "Maya", "only those in France", post.id, place="digests")
    assert told[-1].text.startswith("revenue by country, country France, 7 February 2026 09:00 to 9 March 2026 09:00")
    told = mention(desk, "Bob", "and last month?", post.id, place="digests")
    assert told[-1].text == "revenue by country, country France, 1 February 2026 to 28 February 2026"


def test_under_another_post_nothing_is_answered(desk: Rehearsal) -> None:
    desk.customer("Zoe").says("my parcel is wet")
    card = desk.cards()[-1].id
    before = len(desk.posts("tickets", card))
    assert len(says(desk, "Bob", "by country", card, place="tickets")) == before
    strikes(desk, NINE, number=9)
    desk.run(desk.app.take_slot(Slot("sales", NINE)))
    for post in desk.posts("digests"):
        assert says(desk, "Bob", "by country", post.id, place="digests") == []


def test_it_is_listed_changed_and_stopped(desk: Rehearsal) -> None:
    assert "No question is on a schedule" in ask(desk, "Maya", "schedule").text
    assert "还没有定时问题" in ask(desk, "Maya", "计划").text
    told = ask(desk, "Maya", "德国有多少客户？")
    said = plans(desk, "Maya", told, "定时发送", days="last", time="17:30", room="alerts")
    assert said == "“德国有多少客户？”将在alerts回答：每月最后一天 17:30。/ask 定时 列出全部定时问题。"
    listed = ask(desk, "Rita", "定时")
    assert (listed.title, [one.label for one in listed.buttons]) == ("定时问题", ["修改或停止 1"])
    assert listed.table is not None
    assert listed.table.columns == ("编号", "问题", "时间", "频道", "设定人", "上次回答")
    assert listed.table.rows[0][2] == "每月最后一天 17:30"
    listed = ask(desk, "Rita", "schedule")
    assert listed.table is not None
    row = ("1", "德国有多少客户？", "monthly, on its last day, 17:30", "alerts", "Maya", "—")
    assert listed.table.rows == (row,)
    assert plans(desk, "Rita", listed, "Change or stop 1") == "no form"
    assert "每天 08:00" in plans(desk, "Bob", listed, "Change or stop 1", days="daily", time="08:00", room="digests")
    assert ask(desk, "Maya", "schedules").table.rows[0][2:5] == ("every day, 08:00", "digests", "Bob")  # type: ignore[union-attr]
    (posted,) = strikes(desk, NINE)
    assert posted.text == "客户数，国家为 德国"
    assert "每天 08:00；由 Bob 设定。" in posted.context
    assert "不再定时回答" in plans(desk, "Maya", posted, "修改或停止", days="stop")
    assert len(strikes(desk, NINE + timedelta(days=1))) == 1
    assert audited(desk, "stop schedule") == ["Maya"]


def test_what_cannot_be_meant_is_said(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "revenue this month")
    assert "“25:00” is no time" in plans(desk, "Maya", told, time="25:00")
    assert "“kitchen” is no channel" in plans(desk, "Maya", told, room="kitchen")
    assert "Choose the days" in plans(desk, "Maya", told, days="never")
    plans(desk, "Maya", told)
    plans(desk, "Maya", told)
    assert "There are 2 questions on a schedule already" in plans(desk, "Maya", told)
    assert plans(desk, "Rita", ask(desk, "Rita", "revenue this month")) == "no form"


def test_a_question_that_no_longer_works_is_told_of_once(desk: Rehearsal) -> None:
    assert "is answered in" in plans(desk, "Maya", ask(desk, "Maya", "units sold of MUG this year"), days="daily")
    with desk.store.begin() as connection:
        connection.execute(delete(OrderItem))
        connection.execute(delete(Order))
        connection.execute(delete(Product))
    desk.time = NINE
    strikes(desk, NINE)
    posted = strikes(desk, NINE + timedelta(days=1))
    assert len(posted) == 1
    assert "can no longer be answered on its schedule" in posted[0].text
    assert "no answer since 9 Mar" in ask(desk, "Maya", "schedule").table.rows[0][5]  # type: ignore[union-attr]
    buyer(desk, "C-9", "Eve", "DE", "Bonn", (18_000,))
    desk.time += timedelta(hours=1)
    posted = strikes(desk, NINE + timedelta(days=2))
    assert len(posted) == 2
    assert facts(posted[1]) == {"Units sold": "1 unit"}


def test_a_question_that_is_too_slow_is_told_of_once_and_asked_the_next_time(
    desk: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans(desk, "Maya", ask(desk, "Maya", "how many customers in Germany?"), days="daily")
    plans(desk, "Maya", ask(desk, "Maya", "法国有多少客户？"), "定时发送", days="daily")
    day = timedelta(days=1)
    with monkeypatch.context() as slow:
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) AS value FROM n"
        slow.setattr(answering, "compile_question", lambda *_: sql(endless))
        slow.setattr(staff_ask, "IN_A_TURN", timedelta(milliseconds=100))
        (told,) = strikes(desk, NINE)
        assert told.text.startswith("“how many customers in Germany?” can no longer be answered on its schedule: ")
        assert "That took too long and was stopped" in told.text
        assert [button.label for button in told.buttons] == ["Change or stop"]
        told = strikes(desk, NINE, number=2)[-1]
        assert told.text.startswith("“法国有多少客户？”已无法定时回答：查询时间过长，已停止")
        # what else the turn did holds
        assert "no answer since 9 Mar" in ask(desk, "Maya", "schedule").table.rows[0][5]  # type: ignore[union-attr]
        assert len(strikes(desk, NINE + day)) == 2
    posted = strikes(desk, NINE + 2 * day)[-1]
    assert facts(posted) == {"Number of customers": "2 customers"}
    assert "11 Mar" in ask(desk, "Maya", "schedule").table.rows[0][5]  # type: ignore[union-attr]
    with monkeypatch.context() as slow:
        slow.setattr(answering, "compile_question", lambda *_: sql(endless))
        slow.setattr(staff_ask, "IN_A_TURN", timedelta(milliseconds=100))
        assert "took too long" in strikes(desk, NINE + 3 * day)[-1].text


def test_one_that_was_missed_is_posted_late_with_the_numbers_of_its_own_time(desk: Rehearsal) -> None:
    plans(desk, "Maya", ask(desk, "Maya", "how many orders today?"), days="daily")
    (posted,) = strikes(desk, NINE, posted_at=NINE + timedelta(hours=2))
    assert "Posted late" in posted.context


def test_the_clock_takes_it_up_and_lets_it_go_without_a_restart(desk: Rehearsal) -> None:
    clock = desk.app.clock
    desk.time = NINE - timedelta(minutes=30)
    desk.run(clock.start())
    plans(desk, "Maya", ask(desk, "Maya", "how many customers in Germany?"), days="daily", time="08:45")
    desk.time = NINE - timedelta(minutes=10)
    desk.run(clock.follow())
    desk.run(clock.follow())
    assert [one.message.text for one in desk.posts("digests")].count("number of customers, country Germany") == 1
    listed = ask(desk, "Maya", "schedule")
    plans(desk, "Maya", listed, "Change or stop 1", days="stop")
    desk.time = NINE + timedelta(days=1)
    desk.run(clock.follow())
    desk.run(clock.follow())
    clock.stop()
    assert [one.message.text for one in desk.posts("digests")].count("number of customers, country Germany") == 1
