"""Saved segments over time, and two beside each other."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Config, Shop, Slack
from bot.scores import scoring_of
from crm_store import segment_sizes
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


def saves(desk: Rehearsal, words: str, name: str) -> str:
    maya, told = desk.staff("Maya"), ask(desk, "Maya", words)
    button = next(one for one in told.buttons if one.label == "Save as segment")
    form = desk.run(desk.app.form_of(button.action, button.ref, maya.colleague))
    assert form is not None
    desk.run(desk.app.console.staff_submit(maya.colleague, "", form.name, form.ref, {"name": name}, "commands"))
    return maya.was_whispered()[-1]


def segment(desk: Rehearsal, words: str) -> Message:
    maya = desk.staff("Maya")
    maya.types(f"/segment {words}")
    return desk.app.console.whispers(maya.colleague.user, 0)[-1].message


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
        assert "Save as segment" not in [button.label for button in listed.buttons]
        assert presses(desk, "Maya", listed, "Show all (CSV file)").files


def test_what_cannot_be_compared_is_said(desk: Rehearsal) -> None:
    assert "Name two different segments" in segment(desk, "compare germans").text
    assert "Name two different segments" in segment(desk, "compare germans unicorns").text
    assert "neither “delete” nor “compare”" in saves(desk, "customers in France", "compare us")
