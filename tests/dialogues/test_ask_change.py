"""Staff change one part of an answered question in a form; what does not fit is said there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Config, Shop, Slack
from handlers.forms import Form
from handlers.message import Message
from tests.dialogues.rehearsal import Rehearsal
from tests.dialogues.test_ask import PEOPLE, ROLES, ask, buyer, facts, looks, mention, presses, saves, segment, under
from tests.dialogues.test_ask_schedule import plans


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    config = Config(shop=Shop(country="DE"), slack=Slack(roles=ROLES))  # type: ignore[arg-type]
    with Rehearsal(tmp_path, config) as rehearsal:
        for number, (name, country, city, amounts) in enumerate(PEOPLE, 1):
            buyer(rehearsal, f"C-{number}", name, country, city, amounts)
        yield rehearsal


def opens(desk: Rehearsal, name: str, told: Message, label: str = "Change filter") -> Form:
    who = desk.staff(name)
    button = next(one for one in told.buttons if one.label == label)
    form = desk.run(desk.app.form_of(button.action, button.ref, who.colleague))
    assert form is not None
    return form


def changes(
    desk: Rehearsal,
    name: str,
    told: Message,
    part: str,
    typed: str,
    label: str = "Change filter",
    place: str = "commands",
) -> Message:
    """What somebody is told who changes the part that reads so."""
    who, form = desk.staff(name), opens(desk, name, told, label)
    values = values_of(form, part, typed)
    desk.run(desk.app.console.staff_submit(who.colleague, "", form.name, form.ref, values, place))
    whispers = desk.app.console.whispers(who.colleague.user, 0)
    return whispers[-1].message if whispers else Message()


def values_of(form: Form, part: str, typed: str) -> dict[str, str]:
    choices = {option.label: option.value for option in form.fields[0].options}
    return {"part": choices.get(part, part), "value": typed}


def wrong_in(desk: Rehearsal, told: Message, part: str, typed: str, label: str = "Change filter") -> dict[str, str]:
    """What the form says at its fields instead of closing."""
    form, who = opens(desk, "Maya", told, label), desk.staff("Maya").colleague
    filled = desk.app.console.submitted(who, form.name, form.ref, values_of(form, part, typed), "commands")
    wrong: dict[str, str] = desk.run(desk.app.wrong_in(filled))
    return wrong


def test_one_filter_becomes_another_and_the_rest_stays(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "customers in Germany who spent over 500")
    form = opens(desk, "Maya", told)
    assert [one.label for one in form.fields[0].options] == ["country Germany", "total spend more than 500 EUR"]
    assert wrong_in(desk, told, "country Germany", "France") == {}
    told = changes(desk, "Maya", told, "country Germany", "France")
    assert told.text == "customers, country France, total spend more than 500 EUR"
    assert told.table is None
    told = changes(desk, "Maya", told, "total spend more than 500 EUR", "over 100")
    assert told.text == "customers, country France, total spend more than 100 EUR"
    assert [row[0] for row in told.table.rows] == ["C-3"]  # type: ignore[union-attr]
    told = changes(desk, "Maya", told, "total spend more than 100 EUR", "")
    assert [row[0] for row in told.table.rows] == ["C-3", "C-4"]  # type: ignore[union-attr]
    assert [name for name, _ in looks(desk)] == ["Maya"] * 4
    assert looks(desk)[-1][1] == "customers, country France"


def test_the_time_the_split_and_the_number_are_parts_too(desk: Rehearsal) -> None:
    told = changes(desk, "Maya", ask(desk, "Maya", "revenue this year"), "1 January 2026 to now", "last 10 days")
    assert facts(told) == {"Revenue": "€720.00"}
    told = changes(desk, "Maya", ask(desk, "Maya", "revenue by country this year"), "by country", "by city")
    assert [row[0] for row in told.table.rows] == ["Berlin", "Paris", "Hamburg"]  # type: ignore[union-attr]
    told = changes(desk, "Maya", ask(desk, "Maya", "top 2 cities by revenue this year"), "the first 2", "top 1")
    assert [row[0] for row in told.table.rows] == ["Berlin"]  # type: ignore[union-attr]


def test_what_does_not_fit_is_said_in_the_form_with_an_example(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "revenue in Germany this year")
    said = "“unicorns” cannot stand for “country Germany”. Write, for example: France"
    assert wrong_in(desk, told, "country Germany", "unicorns") == {"value": said}
    assert "last 60 days" in wrong_in(desk, told, "1 January 2026 to now", "France")["value"]
    assert wrong_in(desk, told, "country Germany", "'; DROP TABLE orders; --").keys() == {"value"}
    assert wrong_in(desk, told, "where7", "France") == {"part": "Choose from the list what to change."}
    by_month = ask(desk, "Maya", "revenue by month this year")
    assert "cannot be removed" in wrong_in(desk, by_month, "1 January 2026 to now", "")["value"]
    assert changes(desk, "Maya", told, "country Germany", "unicorns").text == said
    assert len(looks(desk)) == 2


def test_it_is_answered_where_it_was_asked(desk: Rehearsal) -> None:
    (first,) = mention(desk, "Maya", "customers in Germany")
    changes(desk, "Rita", first, "country Germany", "France", place="growth")
    second = under(desk, "m1")[-1]
    assert second.text == "customers, country France"
    assert second.table is not None
    assert "Name" not in second.table.columns


def test_a_changed_question_is_saved_planned_and_followed_up_by_its_words(desk: Rehearsal) -> None:
    told = changes(desk, "Maya", ask(desk, "Maya", "customers in Germany"), "country Germany", "France")
    assert "french" in saves(desk, "Maya", told, "french")
    assert segment(desk, "Maya", "french").text == "customers, country France"
    assert "“customers in Germany / France” is answered" in plans(desk, "Maya", told)
    assert ask(desk, "Maya", "only those in Paris").text == "customers, country France, city Paris"


def test_one_that_no_words_ask_for_can_only_be_looked_at_and_followed_up(desk: Rehearsal) -> None:
    told = changes(desk, "Maya", ask(desk, "Maya", "customers in Germany who spent over 500"), "country Germany", "")
    assert told.text == "customers, total spend more than 500 EUR"
    assert {"Schedule", "Save as segment"}.isdisjoint(one.label for one in told.buttons)
    assert presses(desk, "Maya", told, "Show all (CSV file)").files
    told = ask(desk, "Maya", "only those in Berlin")
    assert told.text == "customers, total spend more than 500 EUR, city Berlin"
    assert {"Schedule", "Save as segment"}.isdisjoint(one.label for one in told.buttons)


def test_the_last_days_are_those_before_now(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "revenue in Germany in the last 30 days")
    desk.time += timedelta(days=1)
    told = changes(desk, "Maya", told, "country Germany", "France")
    assert told.text == "revenue, country France, 1 February 2026 09:30 to now"


def test_chinese_all_through(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "消费超过500欧元的德国客户")
    form = opens(desk, "Maya", told, "修改条件")
    assert (form.title, form.submit, form.fields[0].label) == ("修改条件", "发送", "修改哪一项")
    assert "可以写：法国" in wrong_in(desk, told, "国家为 德国", "独角兽", "修改条件")["value"]
    told = changes(desk, "Maya", told, "累计消费 超过 500 EUR", "超过10", "修改条件")
    assert told.text == "客户，国家为 德国，累计消费 超过 10 EUR"
    assert "定时发送" in {one.label for one in told.buttons}


def test_what_is_not_kept_any_more_says_so_and_what_has_no_parts_has_no_button(desk: Rehearsal) -> None:
    assert "Change filter" not in {one.label for one in ask(desk, "Maya", "how many customers do we have?").buttons}
    who = desk.staff("Maya").colleague
    assert desk.run(desk.app.form_of("ask_change", "999", who)) is None
    values = {"part": "where0", "value": "France"}
    desk.run(desk.app.console.staff_submit(who, "", "ask_change", "999", values, "commands"))
    assert "not kept any more" in desk.staff("Maya").was_whispered()[-1]


@pytest.mark.parametrize(
    ("question", "part", "label", "example"),
    [
        ("urgent tickets", "priority urgent", "Change filter", "high"),
        ("今年已付款的订单", "状态为 已付款", "修改条件", "待付款"),
    ],
)
def test_what_is_given_as_an_example_fits(question: str, part: str, label: str, example: str, desk: Rehearsal) -> None:
    told = ask(desk, "Maya", question)
    said = wrong_in(desk, told, part, "wombats", label)["value"]
    assert said.endswith((f": {example}", f"：{example}"))
    assert wrong_in(desk, told, part, example, label) == {}
    assert changes(desk, "Maya", told, part, example, label).text != told.text


@pytest.mark.parametrize(
    ("question", "part", "label", "said"),
    [
        ("open tickets by kind", "open", "Change filter", "leave this empty."),
        ("按类型统计未解决的工单", "未解决", "修改条件", "请留空。"),
    ],
)
def test_what_can_only_go_is_said_to_go(question: str, part: str, label: str, said: str, desk: Rehearsal) -> None:
    told = ask(desk, "Maya", question)
    assert wrong_in(desk, told, part, "wombats", label)["value"].endswith(said)
    assert wrong_in(desk, told, part, "", label) == {}
