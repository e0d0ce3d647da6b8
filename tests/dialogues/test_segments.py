"""Saved segments over time, and two beside each other."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.config import Config, Shop, Slack
from bot.scores import scoring_of
from crm_store import segment_sizes
from crm_store.schema import Customer
from handlers.message import Message
from jobs import segments
from tests.dialogues.rehearsal import Rehearsal
from tests.dialogues.test_ask import PEOPLE, ROLES, ask, buyer, facts, presses


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    config = Config(shop=Shop(country="DE"), slack=Slack(roles=ROLES))  # type: ignore[arg-type]
    with Rehearsal(tmp_path, config) as rehearsal:
        for number, (name, country, city, amounts) in enumerate(PEOPLE, 1):
            buyer(rehearsal, f"C-{number}", name, country, city, amounts)
        saves(rehearsal, "customers in Germany", "germans")
        saves(rehearsal, "customers who spent over 150", "big spenders")
        yield rehearsal


def saves(desk: Rehearsal, words: str, name: str, label: str = "Save as segment") -> str:
    return keeps(desk, ask(desk, "Maya", words), name, label)


def keeps(desk: Rehearsal, told: Message, name: str, label: str = "Save as segment") -> str:
    """What Maya is told who saves an answer."""
    maya = desk.staff("Maya")
    button = next(one for one in told.buttons if one.label == label)
    form = desk.run(desk.app.form_of(button.action, button.ref, maya.colleague))
    assert form is not None
    desk.run(desk.app.console.staff_submit(maya.colleague, "", form.name, form.ref, {"name": name}, "commands"))
    return maya.was_whispered()[-1]


def segment(desk: Rehearsal, words: str) -> Message:
    maya = desk.staff("Maya")
    maya.types(f"/segment {words}")
    return desk.app.console.whispers(maya.colleague.user, 0)[-1].message


def rows(told: Message) -> list[str]:
    assert told.table is not None
    return [row[0] for row in told.table.rows]


def counted(desk: Rehearsal) -> None:
    segments.score(scoring_of(desk.config.shop, desk.store, desk.time, lambda _: None))


def test_a_segment_is_counted_when_it_is_saved_and_every_night(desk: Rehearsal) -> None:
    first = segment(desk, "germans")
    assert facts(first)["Customers now"] == "2"
    assert first.chart is None
    desk.time += timedelta(days=23)
    counted(desk)
    buyer(desk, "C-8", "Eve", "DE", "Bonn", ())
    buyer(desk, "C-9", "Flo", "DE", "Bonn", ())
    desk.time += timedelta(days=7)
    counted(desk)
    told = segment(desk, "germans")
    assert facts(told)["Customers now"] == "4 (+2 in 7 days, +2 in 30 days)"
    assert told.chart is not None
    assert (told.chart.kind, told.chart.series[0].values) == ("line", (2.0, 2.0, 4.0))
    assert told.chart.categories[-1] == "1 Apr 2026"
    assert any(button.label == "Show all (CSV file)" for button in told.buttons)


def test_other_words_under_the_same_name_begin_anew(desk: Rehearsal) -> None:
    desk.time += timedelta(days=8)
    saves(desk, "customers in France", "germans")
    assert facts(segment(desk, "germans"))["Customers now"] == "2"
    segment(desk, "delete germans")
    with desk.store.read() as connection:
        assert segment_sizes.history(connection, "germans", desk.time - timedelta(days=99), desk.time) == []


def test_two_segments_are_compared(desk: Rehearsal) -> None:
    told = segment(desk, "compare germans big spenders")
    assert told.table is not None
    assert told.table.rows == (
        ("germans", "2", "4", "€770.00", "€192.50", "€385.00"),
        ("big spenders", "2", "5", "€950.00", "€190.00", "€475.00"),
        ("In both", "1", "3", "€750.00", "€250.00", "€750.00"),
        ("Only in germans", "1", "1", "€20.00", "€20.00", "€20.00"),
        ("Only in big spenders", "1", "2", "€200.00", "€100.00", "€200.00"),
    )
    for label, ref in (("In both (1)", "C-1"), ("Only in germans (1)", "C-2"), ("Only in big spenders (1)", "C-3")):
        listed = presses(desk, "Maya", told, label)
        assert listed.table is not None
        assert [row[0] for row in listed.table.rows] == [ref]
        assert "Schedule" not in [button.label for button in listed.buttons]
        assert presses(desk, "Maya", listed, "Show all (CSV file)").files


def test_a_part_of_two_is_saved_and_is_a_segment_like_any_other(desk: Rehearsal) -> None:
    told = segment(desk, "compare germans big spenders")
    listed = presses(desk, "Maya", told, "Only in germans (1)")
    # who was counted is saved, whatever the names stand for by now
    saves(desk, "customers in France", "germans")
    assert (
        keeps(desk, listed, "small germans")
        == "Saved: /segment small germans shows who belongs to it whenever you ask."
    )
    shown = segment(desk, "small germans")
    assert rows(shown) == ["C-2"]
    assert "Save as segment" not in [button.label for button in shown.buttons]
    (row,) = [row for row in segment(desk, "").table.rows if row[0] == "small germans"]  # type: ignore[union-attr]
    assert row[1:4] == ("1", "“customers in Germany” but not “customers who spent over 150”", "Maya")
    buyer(desk, "C-9", "Eve", "DE", "Bonn", (100,))
    assert rows(segment(desk, "small germans")) == ["C-2", "C-9"]
    desk.time += timedelta(days=7)
    counted(desk)
    assert facts(segment(desk, "small germans"))["Customers now"] == "2 (+1 in 7 days)"
    # what is said after it goes on from it, and it can be compared in its turn
    segment(desk, "small germans")
    assert "by city" in ask(desk, "Maya", "by city").text
    saves(desk, "customers in Hamburg", "hamburg")
    told = segment(desk, "compare small germans hamburg")
    assert [row[:2] for row in told.table.rows] == [  # type: ignore[union-attr]
        ("small germans", "2"),
        ("hamburg", "1"),
        ("In both", "1"),
        ("Only in small germans", "1"),
        ("Only in hamburg", "0"),
    ]
    both = presses(desk, "Maya", told, "In both (1)")
    keeps(desk, both, "small hamburg")
    assert rows(segment(desk, "small hamburg")) == ["C-2"]
    assert rows(presses(desk, "Maya", told, "Only in small germans (1)")) == ["C-9"]


def test_parts_add_up_where_nothing_is_known_of_somebody(desk: Rehearsal) -> None:
    """Whoever is not known to be in a segment is not in it."""
    with desk.store.begin() as connection:
        connection.execute(update(Customer).where(Customer.external_id == "C-1").values(country=None))
    told = segment(desk, "compare big spenders germans")
    assert [row[:2] for row in told.table.rows] == [  # type: ignore[union-attr]
        ("big spenders", "2"),
        ("germans", "1"),
        ("In both", "0"),
        ("Only in big spenders", "2"),
        ("Only in germans", "1"),
    ]


def test_a_segment_of_the_list_is_opened(desk: Rehearsal) -> None:
    listed = segment(desk, "")
    assert [button.label for button in listed.buttons] == ["Open big spenders", "Open germans"]
    assert rows(presses(desk, "Rita", listed, "Open germans")) == ["C-1", "C-2"]
    segment(desk, "delete germans")
    assert "There is no segment germans" in presses(desk, "Rita", listed, "Open germans").text


def test_segments_made_in_chinese_are_compared_in_chinese(desk: Rehearsal) -> None:
    saves(desk, "德国客户", "德国", "保存为分群")
    saves(desk, "消费超过150的客户", "大客户", "保存为分群")
    told = segment(desk, "比较 德国 大客户")
    assert told.title == "德国与大客户"
    assert told.table is not None
    assert told.table.columns == ("名称", "客户数", "订单数", "消费额", "客单价", "人均消费额")
    assert [row[0] for row in told.table.rows] == ["德国", "大客户", "两者都有", "仅在德国", "仅在大客户"]
    assert told.context.startswith("不含已取消的订单")
    listed = presses(desk, "Maya", told, "仅在德国 (1)")
    assert "保存为分群" in [button.label for button in listed.buttons]
    assert keeps(desk, listed, "小客户", "保存为分群") == "已保存：随时用 /segment 小客户 查看其中有哪些客户。"
    assert segment(desk, "小客户").text.startswith("客户，")
    assert segment(desk, "比较 德国 老客户").text == "没有名为 老客户 的分群：/segment 列出全部分群。"
    assert segment(desk, "独角兽").text.startswith("没有名为 独角兽 的分群")
    segment(desk, "delete germans")
    segment(desk, "delete big spenders")
    listed = segment(desk, "")
    assert listed.title == "分群"
    assert listed.table is not None
    assert listed.table.columns == ("名称", "客户数", "问题", "保存人", "保存日期")
    (row,) = [row for row in listed.table.rows if row[0] == "小客户"]
    assert row[2:] == ("“德国客户”但非“消费超过150的客户”", "Maya", "2026年3月2日")
    assert segment(desk, "删除 小客户").text == "分群 小客户 已删除，其他没有变化。"
    assert len(rows(segment(desk, ""))) == 2


def test_an_empty_segment_is_said_to_be_empty(desk: Rehearsal) -> None:
    saves(desk, "customers in Spain", "spaniards")
    saves(desk, "customers in Italy", "italians")
    told = segment(desk, "compare germans spaniards")
    assert told.text == "Nobody is in spaniards now."
    assert told.table is not None
    assert told.table.rows[1] == ("spaniards", "0", "0", "€0.00", "—", "—")
    assert [button.label for button in told.buttons] == ["Only in germans (2)"]
    told = segment(desk, "compare spaniards italians")
    assert told.text == "Nobody is in spaniards now.\nNobody is in italians now."
    assert (told.buttons, told.context) == ((), "There is nobody to list.")


def test_what_cannot_be_compared_is_said(desk: Rehearsal) -> None:
    assert "Name two different segments" in segment(desk, "compare germans").text
    assert "Name two different segments" in segment(desk, "compare wombats unicorns").text
    assert "There is no segment unicorns" in segment(desk, "compare germans unicorns").text
    assert "There is no segment pink unicorns" in segment(desk, "compare pink unicorns big spenders").text
    assert "That is big spenders twice" in segment(desk, "compare big spenders Big Spenders").text
    told = segment(desk, "compare germans big spenders")
    segment(desk, "delete germans")
    assert "There is no segment germans" in segment(desk, "compare germans big spenders").text
    # what was compared before is still listed as it was
    assert rows(presses(desk, "Maya", told, "Only in germans (1)")) == ["C-2"]
    assert "begins with none of delete, compare" in saves(desk, "customers in France", "compare us")
